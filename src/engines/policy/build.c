/* SPDX-License-Identifier: Apache-2.0 */
/* build.c - from a checked document to its compiled form, all of it in one arena. */
#include "engines/policy/policy_int.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"
#include "codec/json.h"

#define ANY_SERVICE UINT64_MAX

uint64_t policy_service_bit(struct np_str service)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < service.n; i++)
        h = (h ^ (uint8_t)service.p[i]) * 16777619u;
    return (uint64_t)1 << ((h ^ h >> 15) & 63);
}

static enum policy_builtin builtin_of(struct np_str lower)
{
    static const struct {
        const char *name;
        enum policy_builtin is;
    } known[] = {
        {"aws:principalarn", BUILTIN_PRINCIPAL_ARN},
        {"aws:principalaccount", BUILTIN_PRINCIPAL_ACCOUNT},
        {"aws:userid", BUILTIN_USERID},
    };
    NP_EACH (k, known)
        if (np_str_eq(lower, np_str_of(k->name)))
            return k->is;
    return BUILTIN_NONE;
}

uint32_t policy_key_add(struct policy_builder *b, struct np_str name)
{
    struct np_policy *p = b->policy;
    struct np_str lower = np_str_lower(b->arena, name);
    for (size_t i = 0; i < p->n_keys; i++)
        if (np_str_eq(p->keys[i].lower, lower))
            return (uint32_t)i;
    if (p->n_keys == POLICY_KEYS_MAX) {
        b->keys_full = true;
        return 0;
    }
    if (p->n_keys == b->keys_cap) {
        b->keys_cap = b->keys_cap != 0 ? b->keys_cap * 2 : 8;
        struct policy_key *more = np_new_array(b->arena, struct policy_key, b->keys_cap);
        if (p->n_keys != 0)
            memcpy(more, p->keys, p->n_keys * sizeof(*more));
        p->keys = more;
    }
    p->keys[p->n_keys] = (struct policy_key){np_str_dup(b->arena, name), lower, builtin_of(lower)};
    return (uint32_t)p->n_keys++;
}

/* The texts of a member that is one or a list of them. */
static struct np_str *texts(struct policy_builder *b, const struct np_json *member, size_t *n)
{
    bool list = member->type == NP_J_ARRAY;
    *n = list ? member->n : 1;
    struct np_str *out = np_new_array(b->arena, struct np_str, *n);
    const struct np_json *v = list ? member->child : member;
    for (size_t i = 0; i < *n; i++, v = v->next)
        out[i] = v->s;
    return out;
}

static const struct np_json *either(const struct np_json *st, const char *name,
                                    const char *not_name, bool *negated)
{
    const struct np_json *j = np_json_member(st, np_str_of(name));
    *negated = j == NULL;
    return j != NULL ? j : np_json_member(st, np_str_of(not_name));
}

static uint64_t action_services(struct np_str lower)
{
    struct np_str service, rest;
    if (!np_str_cut(lower, ':', &service, &rest) || np_str_is(service, "*"))
        return ANY_SERVICE;
    return policy_service_bit(service);
}

static bool build_actions(struct policy_builder *b, const struct np_json *j,
                          struct policy_statement *st)
{
    const struct np_json *member = either(j, "Action", "NotAction", &st->not_action);
    struct np_str *text = texts(b, member, &st->n_actions);
    st->services = st->not_action ? ANY_SERVICE : 0;
    st->actions = np_new_array(b->arena, struct policy_pattern, st->n_actions);
    for (size_t i = 0; i < st->n_actions; i++) {
        struct np_str lower = np_str_lower(b->arena, text[i]);
        st->services |= action_services(lower);
        if (!policy_pattern_compile(b, lower, PATTERN_WILDCARDS, &st->actions[i]))
            return false;
    }
    return true;
}

static bool build_resources(struct policy_builder *b, const struct np_json *j,
                            struct policy_statement *st)
{
    const struct np_json *member = either(j, "Resource", "NotResource", &st->not_resource);
    if (member == NULL) { /* trust policies: the role itself */
        st->not_resource = false;
        return true;
    }
    struct np_str *text = texts(b, member, &st->n_resources);
    st->resources = np_new_array(b->arena, struct policy_pattern, st->n_resources);
    for (size_t i = 0; i < st->n_resources; i++) {
        struct np_str r = text[i];
        /* AWS: fields that an ARN lacks at its end stand for any. */
        for (size_t colons = policy_colons(r); colons < 5 && !np_str_is(r, "*"); colons++)
            r = np_str_cat(b->arena, r, NP_STR(":*"));
        if (!policy_pattern_compile(b, r, PATTERN_WILDCARDS | PATTERN_VARIABLES, &st->resources[i]))
            return false;
    }
    return true;
}

static bool build_conditions(struct policy_builder *b, const struct np_json *j,
                             struct policy_statement *st)
{
    const struct np_json *block = np_json_member(j, NP_STR("Condition"));
    size_t n = 0;
    for (const struct np_json *op = block != NULL ? block->child : NULL; op != NULL; op = op->next)
        n += op->n;
    st->conditions = np_new_array(b->arena, struct policy_condition, n + 1);
    for (const struct np_json *op = n != 0 ? block->child : NULL; op != NULL; op = op->next) {
        struct policy_operator how;
        if (op->n == 0)
            continue;
        np_assert(policy_operator_parse(op->key, &how));
        for (const struct np_json *key = op->child; key != NULL; key = key->next)
            if (!policy_condition_compile(b, &how, key, &st->conditions[st->n_conditions++]))
                return false;
    }
    return true;
}

static void build_principals(struct policy_builder *b, const struct np_json *j,
                             struct policy_statement *st)
{
    const struct np_json *member = either(j, "Principal", "NotPrincipal", &st->not_principal);
    if (member->type == NP_J_STRING) {
        st->principals = np_new(b->arena, struct policy_principal);
        st->principals[st->n_principals++] = (struct policy_principal){.who = WHO_ANYBODY};
        return;
    }
    size_t n = 0;
    for (const struct np_json *type = member->child; type != NULL; type = type->next)
        n += type->type == NP_J_ARRAY ? type->n : 1;
    st->principals = np_new_array(b->arena, struct policy_principal, n);
    for (const struct np_json *type = member->child; type != NULL; type = type->next) {
        size_t count;
        struct np_str *text = texts(b, type, &count);
        for (size_t i = 0; i < count; i++)
            np_assert(policy_principal_parse(type->key, np_str_dup(b->arena, text[i]),
                                             &st->principals[st->n_principals++]));
    }
}

static int build_statement(struct policy_builder *b, const struct np_json *j,
                           struct policy_statement *st, struct np_err *err)
{
    struct np_str sid = np_json_str(j, NP_STR("Sid"));
    st->sid = sid.n != 0 ? np_str_dup(b->arena, sid) : NP_STR_NULL;
    st->deny = np_str_is(np_json_str(j, NP_STR("Effect")), "Deny");
    if (policy_has_principals(b->policy->kind))
        build_principals(b, j, st);
    if (!build_actions(b, j, st) || !build_resources(b, j, st))
        return np_err(err, NP_EINVAL, "A value has more than %d policy variables",
                      POLICY_PATTERN_VARS_MAX);
    if (!build_conditions(b, j, st))
        return np_err(err, NP_EINVAL, "The policy failed legacy parsing");
    if (b->keys_full)
        return np_err(err, NP_EINVAL, "Policy has more than %d condition keys", POLICY_KEYS_MAX);
    return 0;
}

static int build(const struct np_json *doc, enum np_policy_kind kind, struct np_policy **out,
                 struct np_err *err)
{
    struct np_arena *arena = np_arena_new();
    struct np_policy *p = np_new(arena, struct np_policy);
    struct policy_builder b = {.arena = arena, .policy = p};
    b.variables = np_str_is(np_json_str(doc, NP_STR("Version")), "2012-10-17");
    *p = (struct np_policy){.magic = POLICY_MAGIC, .refs = 1, .arena = arena, .kind = kind};

    const struct np_json *list = np_json_member(doc, NP_STR("Statement"));
    bool many = list->type == NP_J_ARRAY;
    p->n_statements = many ? list->n : 1;
    p->statements = np_new_array(arena, struct policy_statement, p->n_statements);
    const struct np_json *st = many ? list->child : list;
    for (size_t i = 0; i < p->n_statements; i++, st = st->next) {
        int rc = build_statement(&b, st, &p->statements[i], err);
        if (rc != 0) {
            np_arena_free(arena);
            return rc;
        }
        p->services |= p->statements[i].services;
    }
    *out = p;
    return 0;
}

static int refuse_json(struct np_str json, enum np_policy_kind kind, struct np_err *err)
{
    if (!policy_has_principals(kind))
        return np_err(err, NP_EINVAL, "Syntax errors in policy.");
    struct np_str trimmed = np_str_trim(json);
    if (trimmed.n == 0 || trimmed.p[0] != '{')
        return np_err(err, NP_EINVAL, "Policies must be valid JSON and the first byte must be '{'");
    return np_err(err, NP_EINVAL, "This policy contains invalid Json");
}

int np_policy_compile(struct np_str json, enum np_policy_kind kind, struct np_policy **out,
                      struct np_err *err)
{
    if (json.n > POLICY_DOCUMENT_MAX)
        return np_err(err, NP_EINVAL, "Policy is longer than %d bytes", POLICY_DOCUMENT_MAX);
    NP_AUTO_ARENA scratch = np_arena_new();
    struct np_json *doc;
    if (np_json_parse(scratch, json, &doc, NULL) != 0)
        return refuse_json(json, kind, err);
    int rc = policy_check(doc, kind, err);
    return rc != 0 ? rc : build(doc, kind, out, err);
}

struct np_policy *np_policy_ref(const struct np_policy *p)
{
    struct np_policy *mine = (struct np_policy *)(uintptr_t)p;
    np_assert(mine->magic == POLICY_MAGIC);
    __atomic_add_fetch(&mine->refs, 1, __ATOMIC_RELAXED);
    return mine;
}

void np_policy_unref(struct np_policy *p)
{
    if (p == NULL)
        return;
    np_assert(p->magic == POLICY_MAGIC);
    if (__atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    p->magic = 0;
    np_arena_free(p->arena);
}
