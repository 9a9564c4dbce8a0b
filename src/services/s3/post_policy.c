/* SPDX-License-Identifier: Apache-2.0 */
/* post_policy.c - the policy of an upload by a form, see post_policy.h. */
#include "services/s3/post_policy.h"

#include "base/arena.h"
#include "base/timefmt.h"
#include "codec/json.h"

struct condition {
    struct np_str match, name, value; /* "eq" or "starts-with"; without '$' */
};

/* AWS: "\$" and "\v" are no escapes of JSON, but of policies. */
static struct np_str without_own_escapes(struct np_arena *a, struct np_str s)
{
    struct np_buf b;
    np_buf_init(&b, a, 6 * s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 1 == s.n) {
            np_buf_char(&b, s.p[i]);
            continue;
        }
        char c = s.p[++i];
        if (c == 'v')
            np_buf_lit(&b, "\\u000b");
        else if (c == '$')
            np_buf_char(&b, c);
        else
            np_buf_add(&b, s.p + i - 1, 2);
    }
    return np_buf_str(&b);
}

/* The form's value of a name; absent if it has none. */
static struct np_str value_of(const struct s3_post_terms *t, struct np_str name)
{
    if (np_str_ieq(name, NP_STR("bucket")))
        return t->bucket;
    for (size_t i = 0; i < t->n; i++)
        if (np_str_ieq(t->fields[i].name, name))
            return t->fields[i].value;
    return NP_STR_NULL;
}

static int failed(struct np_arena *a, const struct condition *c, struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, a, 64 * 1024);
    np_buf_lit(&b, "[");
    np_json_quote(&b, c->match);
    np_buf_lit(&b, ", ");
    np_json_quote(&b, np_str_cat(a, NP_STR("$"), c->name));
    np_buf_lit(&b, ", ");
    np_json_quote(&b, c->value);
    np_buf_lit(&b, "]");
    return np_err(err, NP_EACCES, "Policy Condition failed: %.*s", (int)(b.n < 400 ? b.n : 400),
                  b.p != NULL ? b.p : "");
}

/* AWS: a Content-Type may be a list, and then all of it has to begin so. */
static bool begins(struct np_str name, struct np_str value, struct np_str prefix)
{
    struct np_str rest = value, one;
    if (!np_str_ieq(name, NP_STR("content-type")))
        return np_str_starts(value, prefix);
    bool any = false;
    while (np_str_split(&rest, ',', &one)) {
        any = true;
        if (!np_str_starts(np_str_trim(one), prefix))
            return false;
    }
    return any || prefix.n == 0;
}

static int meet(struct np_arena *a, const struct condition *c, const struct s3_post_terms *t,
                struct np_err *err)
{
    struct np_str value = value_of(t, c->name);
    bool ok = value.p != NULL && (np_str_is(c->match, "eq") ? np_str_eq(value, c->value)
                                                            : begins(c->name, value, c->value));
    return ok ? 0 : failed(a, c, err);
}

/* --- the document --- */

static int bad(struct np_err *err, const char *text)
{
    return np_err(err, NP_EPROTO, "%s", text);
}

static bool size_of(const struct np_json *j, uint64_t *out)
{
    /* AWS: numbers may stand in quotes. */
    if (j->type == NP_J_STRING)
        return np_str_u64(j->s, out);
    *out = (uint64_t)j->i;
    return j->type == NP_J_INT && j->i >= 0;
}

/* ["content-length-range", 1, 1048576] */
static int size_range(const struct np_json *list, uint64_t *least, uint64_t *most,
                      struct np_err *err)
{
    const struct np_json *from = list->child->next;
    uint64_t lo, hi;
    if (list->n != 3 || !size_of(from, &lo) || !size_of(from->next, &hi))
        return bad(err, "Invalid 'content-length-range' condition.");
    *least = lo > *least ? lo : *least;
    *most = hi < *most ? hi : *most;
    return 0;
}

/* ["eq", "$acl", "public-read"] */
static int of_list(const struct np_json *list, struct condition *out, struct np_err *err)
{
    const struct np_json *name = list->child->next;
    if (list->n != 3 || name->type != NP_J_STRING || name->next->type != NP_J_STRING ||
        !np_str_starts(name->s, NP_STR("$")))
        return bad(err, "Invalid Simple-Condition: Simple-Conditions must have exactly one "
                        "property specified.");
    *out = (struct condition){list->child->s, np_str_sub(name->s, 1, name->s.n), name->next->s};
    if (np_str_ieq(out->match, NP_STR("eq")))
        out->match = NP_STR("eq");
    else if (np_str_ieq(out->match, NP_STR("starts-with")))
        out->match = NP_STR("starts-with");
    else
        return np_err(err, NP_EPROTO, "Invalid Condition: unknown operation '%.*s'.",
                      NP_FMT(out->match));
    return 0;
}

/* {"acl": "public-read"} */
static int of_object(const struct np_json *object, struct condition *out, struct np_err *err)
{
    if (object->n != 1 || object->child->type != NP_J_STRING)
        return bad(err, "Invalid Simple-Condition: Simple-Conditions must have exactly one "
                        "property specified.");
    *out = (struct condition){NP_STR("eq"), object->child->key, object->child->s};
    return 0;
}

/* Fields that need no condition. */
static bool is_free(struct np_str name)
{
    static const char *const names[] = {"x-amz-signature", "signature", "awsaccesskeyid", "policy",
                                        "file"};
    NP_EACH (n, names)
        if (np_str_ieq(name, np_str_of(*n)))
            return true;
    return np_str_istarts(name, NP_STR("x-ignore-"));
}

static int extra_fields(struct np_arena *a, const struct s3_post_terms *t, const bool *named,
                        struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, a, 64 * 1024);
    for (size_t i = 0; i < t->n; i++) {
        if (named[i] || is_free(t->fields[i].name))
            continue;
        if (b.n != 0)
            np_buf_lit(&b, ", ");
        np_buf_str_add(&b, np_str_lower(a, t->fields[i].name));
    }
    if (b.n == 0)
        return 0;
    return np_err(err, NP_EACCES, "Extra input fields: %.*s", (int)(b.n < 400 ? b.n : 400), b.p);
}

static void tick(const struct s3_post_terms *t, struct np_str name, bool *named)
{
    for (size_t i = 0; i < t->n; i++)
        if (np_str_ieq(t->fields[i].name, name))
            named[i] = true;
}

static int check_conditions(struct np_arena *a, const struct np_json *list,
                            const struct s3_post_terms *t, uint64_t *least, uint64_t *most,
                            struct np_err *err)
{
    bool *named = np_new_array(a, bool, t->n + 1);
    for (const struct np_json *j = list->child; j != NULL; j = j->next) {
        struct condition c;
        int rc;
        if (j->type == NP_J_OBJECT) {
            rc = of_object(j, &c, err);
        } else if (j->type != NP_J_ARRAY || j->n == 0 || j->child->type != NP_J_STRING) {
            return bad(err, "Invalid Condition: each is an object or a list.");
        } else if (np_str_ieq(j->child->s, NP_STR("content-length-range"))) {
            rc = size_range(j, least, most, err);
            if (rc != 0)
                return rc;
            continue;
        } else {
            rc = of_list(j, &c, err);
        }
        if (rc == 0)
            rc = meet(a, &c, t, err);
        if (rc != 0)
            return rc;
        tick(t, c.name, named);
    }
    return extra_fields(a, t, named, err);
}

int s3_post_policy_check(struct np_arena *a, struct np_str json, const struct s3_post_terms *t,
                         uint64_t *least, uint64_t *most, struct np_err *err)
{
    struct np_json *doc;
    struct np_err why = {0};
    int64_t end;
    if (np_json_parse(a, without_own_escapes(a, json), &doc, &why) != 0 || doc->type != NP_J_OBJECT)
        return bad(err, "Invalid JSON.");
    const struct np_json *conditions = np_json_member(doc, NP_STR("conditions"));
    struct np_str expiration = np_json_str(doc, NP_STR("expiration"));
    if (expiration.p == NULL)
        return bad(err, "Policy missing expiration.");
    if (!np_time_parse_iso(expiration, &end))
        return np_err(err, NP_EPROTO, "Invalid 'expiration' value: '%.*s'", NP_FMT(expiration));
    if (conditions == NULL || conditions->type != NP_J_ARRAY)
        return bad(err, "Policy missing conditions.");
    if (end <= t->now_ms)
        return np_err(err, NP_EACCES, "Policy expired.");
    return check_conditions(a, conditions, t, least, most, err);
}
