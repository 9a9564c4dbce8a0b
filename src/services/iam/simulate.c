/* SPDX-License-Identifier: Apache-2.0 */
/* simulate.c - what would be decided: the engine that decides requests, asked with policies,
 * resources and context that the caller gives. */
#include "services/iam/iam_int.h"

#include "aws/arn.h"
#include "base/enc.h"
#include "base/map.h"

struct source { /* a policy and where it is from */
    struct np_str id, document;
    struct np_policy *policy;
};
struct sources {
    struct source *v;
    size_t n;
    bool set;
};

struct simulation {
    struct np_req *rq;
    struct iam_db db;
    struct sources identity, boundary, resource;
    bool has_boundary;
    struct np_policy_key *keys;
    size_t n_keys;
    struct np_policy_principal principal;
    struct np_str resource_account;
};

static void unref(void *p)
{
    np_policy_unref(p);
}

/* Compiled for the time of the request. */
static int add(struct simulation *s, struct sources *to, struct np_str id, struct np_str document,
               enum np_policy_kind kind, struct np_err *err)
{
    struct source src = {.id = id, .document = document};
    struct np_err why = {0};
    if (np_policy_compile(document, kind, &src.policy, &why) != 0)
        return np_fault(err, &IAM_InvalidInputException, "Invalid policy %.*s: %.*s", NP_FMT(id),
                        NP_FMT(np_err_text(&why)));
    np_arena_defer(s->db.a, unref, src.policy);
    IAM_PUSH(s->db.a, to, src);
    return 0;
}

static int add_list(struct simulation *s, struct sources *to, const char *name,
                    const struct np_strs *documents, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < documents->n && rc == 0; i++)
        rc = add(s, to, np_str_printf(s->db.a, "%s.%zu", name, i + 1), documents->v[i],
                 NP_POLICY_IDENTITY, err);
    return rc;
}

/* --- the policies that a user, group or role has --- */

static int add_entity(struct simulation *s, const struct iam_entity *e, struct np_err *err)
{
    NP_SQL(inlined, "SELECT name, document FROM iam_inline WHERE account = :account AND owner = ?1 "
                    "ORDER BY name");
    struct iam_attachedPoliciesListType attached = {0};
    int rc = 0;
    struct np_q *q = np_q(s->db.c, &s->db.scope, &inlined, "s", e->id);
    while (rc == 0 && np_row(q)) {
        struct np_str name = np_col_peek(q, 0);
        rc = add(s, &s->identity,
                 np_str_printf(s->db.a, "%s_%.*s_%.*s", iam_kind_name(e->kind), NP_FMT(e->name),
                               NP_FMT(name)),
                 np_col_str(q, 1, s->db.a), NP_POLICY_IDENTITY, err);
    }
    int end = np_q_end(q, err);
    iam_attached_list(&s->db, e->id, &attached);
    for (size_t i = 0; i < attached.n && rc == 0; i++)
        rc = add(s, &s->identity, attached.v[i].PolicyName,
                 iam_policy_document(&s->db, attached.v[i].PolicyArn), NP_POLICY_IDENTITY, err);
    return rc != 0 ? rc : end;
}

static int add_groups(struct simulation *s, struct np_str user_id, struct np_err *err)
{
    NP_SQL(groups,
           "SELECT " IAM_ENTITY_COLUMNS " FROM iam_entity WHERE account = :account AND id IN "
           "(SELECT grp FROM iam_member WHERE account = :account AND usr = ?1)");
    int rc = 0;
    struct np_q *q = np_q(s->db.c, &s->db.scope, &groups, "s", user_id);
    while (rc == 0 && np_row(q)) {
        struct iam_entity g;
        iam_entity_row(&s->db, q, &g);
        rc = add_entity(s, &g, err);
    }
    int end = np_q_end(q, err);
    return rc != 0 ? rc : end;
}

static int find_source(struct simulation *s, struct np_str arn, struct iam_entity *e,
                       struct np_err *err)
{
    static const enum iam_kind kinds[] = {IAM_USER, IAM_GROUP, IAM_ROLE};
    struct np_arn parts;
    struct np_str kind, rest;
    if (!np_arn_parse(arn, &parts) || !np_str_is(parts.service, "iam"))
        return np_fault(err, &IAM_InvalidInputException,
                        "Invalid Entity Arn: %.*s does not clearly "
                        "define entity type and name.",
                        NP_FMT(arn));
    np_str_cut(parts.resource, '/', &kind, &rest);
    NP_EACH (k, kinds) {
        if (!np_str_eq(kind, np_str_of(iam_kind_name(*k))))
            continue;
        int rc = iam_entity_find(&s->db, *k, iam_policy_name(arn), e, err);
        if (rc == 0 && !np_str_eq(e->arn, arn))
            rc = np_fault(err, &IAM_NoSuchEntityException, "The %s with name %.*s cannot be found.",
                          iam_kind_name(*k), NP_FMT(iam_policy_name(arn)));
        return rc;
    }
    return np_fault(err, &IAM_InvalidInputException,
                    "Invalid Entity Arn: %.*s does not clearly "
                    "define entity type and name.",
                    NP_FMT(arn));
}

static int add_principal(struct simulation *s, struct np_str arn, struct np_err *err)
{
    struct iam_entity e;
    int rc = find_source(s, arn, &e, err);
    if (rc == 0)
        rc = add_entity(s, &e, err);
    if (rc == 0 && e.kind == IAM_USER)
        rc = add_groups(s, e.id, err);
    if (rc == 0 && e.boundary.p != NULL) {
        s->has_boundary = true;
        rc = add(s, &s->boundary, iam_policy_name(e.boundary),
                 iam_policy_document(&s->db, e.boundary), NP_POLICY_IDENTITY, err);
    }
    s->principal.arn = e.kind == IAM_GROUP ? NP_STR_NULL : e.arn;
    s->principal.user_id = e.id;
    return rc;
}

/* --- the request that is simulated --- */

static const struct {
    const char *name; /* for several values with "List" after it */
    enum np_policy_type type;
} context_types[] = {
    {"string", NP_POLICY_STRING}, {"numeric", NP_POLICY_NUMERIC}, {"boolean", NP_POLICY_BOOLEAN},
    {"ip", NP_POLICY_IP},         {"binary", NP_POLICY_BINARY},   {"date", NP_POLICY_DATE},
};

static bool is_list_type(struct np_str type)
{
    return np_str_ends(type, NP_STR("List"));
}

static enum np_policy_type context_type(struct np_str type)
{
    if (is_list_type(type))
        type.n -= strlen("List");
    NP_EACH (t, context_types)
        if (np_str_eq(type, np_str_of(t->name)))
            return t->type;
    return NP_POLICY_STRING;
}

/* The values of a key that has a type are of that type, and one alone unless it is a list. */
static int check_context(struct simulation *s, const struct iam_ContextEntry *e, struct np_err *err)
{
    const struct np_strs *values = &e->ContextKeyValues;
    struct np_str type = e->ContextKeyType;
    if (type.p == NULL)
        return 0;
    if (values->n > 1 && !is_list_type(type))
        return np_fault(err, &IAM_InvalidInputException,
                        "Context key %.*s has several values; its type must be %.*sList.",
                        NP_FMT(e->ContextKeyName), NP_FMT(type));
    for (size_t i = 0; i < values->n; i++)
        if (!np_policy_value_ok(context_type(type), values->v[i], s->db.a))
            return np_fault(err, &IAM_InvalidInputException,
                            "Context key %.*s: '%.*s' is no value of type %.*s.",
                            NP_FMT(e->ContextKeyName), NP_FMT(values->v[i]), NP_FMT(type));
    return 0;
}

/* Binary values come as Base64; conditions compare what it stands for. */
static const struct np_str *context_values(struct simulation *s, const struct iam_ContextEntry *e)
{
    const struct np_strs *given = &e->ContextKeyValues;
    if (e->ContextKeyType.p == NULL || context_type(e->ContextKeyType) != NP_POLICY_BINARY)
        return given->v;
    struct np_str *values = np_new_array(s->db.a, struct np_str, given->n + 1);
    for (size_t i = 0; i < given->n; i++)
        values[i] = np_unbase64(s->db.a, given->v[i]);
    return values;
}

static int add_context(struct simulation *s, const struct iam_ContextEntryListType *entries,
                       struct np_err *err)
{
    s->keys = np_new_array(s->db.a, struct np_policy_key, entries->n + 1);
    for (size_t i = 0; i < entries->n; i++) {
        const struct iam_ContextEntry *e = &entries->v[i];
        if (e->ContextKeyName.p == NULL)
            continue;
        int rc = check_context(s, e, err);
        if (rc != 0)
            return rc;
        s->keys[s->n_keys++] =
            (struct np_policy_key){e->ContextKeyName, context_values(s, e), e->ContextKeyValues.n};
    }
    return 0;
}

static bool is_user(struct np_str arn, struct np_arn *parts)
{
    return np_arn_parse(arn, parts) && np_str_is(parts->service, "iam") &&
           np_str_starts(parts->resource, NP_STR("user/"));
}

/* AWS: only a user can be the simulated caller (tests/sdk/test_iam_account.py). */
static int add_resource_policy(struct simulation *s,
                               const struct iam_SimulateCustomPolicyRequest *in, struct np_err *err)
{
    struct np_arn parts;
    if (in->ResourceOwner.p != NULL)
        s->resource_account =
            np_arn_parse(in->ResourceOwner, &parts) ? parts.account : in->ResourceOwner;
    if (in->CallerArn.p != NULL) {
        if (!is_user(in->CallerArn, &parts))
            return np_fault(err, &IAM_InvalidInputException,
                            "Invalid Caller Arn: %.*s is not the ARN of a user.",
                            NP_FMT(in->CallerArn));
        s->principal.arn = in->CallerArn;
        s->principal.account = parts.account;
    }
    if (in->ResourcePolicy.p == NULL)
        return 0;
    if (!is_user(s->principal.arn, &parts))
        return np_fault(err, &IAM_InvalidInputException,
                        "CallerArn must be specified when a ResourcePolicy is, unless "
                        "PolicySourceArn is that of a user.");
    return add(s, &s->resource, NP_STR("ResourcePolicy"), in->ResourcePolicy, NP_POLICY_RESOURCE,
               err);
}

/* --- one decision --- */

/* Where statement number `want` of a document stands: a walk over its tokens, strings skipped. */
static bool statement_span(struct np_str doc, size_t want, size_t *from, size_t *to)
{
    ptrdiff_t at = np_str_find(doc, NP_STR("\"Statement\""));
    unsigned depth = 0;
    size_t seen = 0;
    bool quoted = false;
    for (size_t i = at < 0 ? doc.n : (size_t)at + strlen("\"Statement\""); i < doc.n; i++) {
        char c = doc.p[i];
        if (c == '"' && doc.p[i - 1] != '\\')
            quoted = !quoted;
        if (quoted)
            continue;
        if (c == '{' && depth++ == 0)
            *from = i;
        if (c == '}' && (depth == 0 || (--depth == 0 && seen++ == want))) {
            *to = i + 1;
            return depth == 0 && seen == want + 1;
        }
    }
    return false;
}

static struct iam_Position *position(struct np_arena *a, struct np_str doc, size_t at)
{
    int64_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < doc.n; i++) {
        column = doc.p[i] == '\n' ? 1 : column + 1;
        line += doc.p[i] == '\n';
    }
    struct iam_Position *p = np_new(a, struct iam_Position);
    p->Line = IAM_INT(line);
    p->Column = IAM_INT(column);
    return p;
}

static void matched(struct simulation *s, const struct sources *from,
                    const struct np_policy_request *rq, enum np_effect only,
                    struct iam_StatementListType *out)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct source *src = &from->v[i];
        size_t statement = 0, start = 0, end = 0;
        enum np_effect e = np_policy_eval(src->policy, rq, &statement);
        if (e == NP_NO_MATCH || (only == NP_DENY && e != NP_DENY))
            continue;
        struct iam_Statement st = {
            .SourcePolicyId = src->id,
            .SourcePolicyType =
                from == &s->resource ? NP_STR("Resource Policy") : NP_STR("IAM Policy"),
        };
        if (statement_span(src->document, statement, &start, &end)) {
            st.StartPosition = position(s->db.a, src->document, start);
            st.EndPosition = position(s->db.a, src->document, end);
        }
        IAM_PUSH(s->db.a, out, st);
    }
}

static const struct np_policy **policies(struct simulation *s, const struct sources *from)
{
    const struct np_policy **p = np_new_array(s->db.a, const struct np_policy *, from->n + 1);
    for (size_t i = 0; i < from->n; i++)
        p[i] = from->v[i].policy;
    return p;
}

static bool boundary_allows(const struct simulation *s, const struct np_policy_request *rq)
{
    return s->boundary.n != 0 && np_policy_eval(s->boundary.v[0].policy, rq, NULL) == NP_ALLOW;
}

static void decide(struct simulation *s, struct np_str action, struct np_str resource,
                   const struct np_strs *missing, struct iam_EvaluationResult *out)
{
    const struct np_policy_request rq = {
        .action = action,
        .resource = resource,
        .principal = s->principal,
        .keys = s->keys,
        .n_keys = s->n_keys,
    };
    const struct np_policy_input in = {
        .identity = policies(s, &s->identity),
        .n_identity = s->identity.n,
        .has_boundary = s->has_boundary,
        .boundary = s->boundary.n != 0 ? s->boundary.v[0].policy : NULL,
        .resource = s->resource.n != 0 ? s->resource.v[0].policy : NULL,
        .resource_account = s->resource_account,
    };
    struct np_policy_decision d;
    np_policy_decide(&in, &rq, &d);
    out->EvalActionName = action;
    out->EvalResourceName = resource;
    out->EvalDecision = d.allowed         ? NP_STR("allowed")
                        : d.explicit_deny ? NP_STR("explicitDeny")
                                          : NP_STR("implicitDeny");
    out->MatchedStatements.set = true;
    enum np_effect only = d.explicit_deny ? NP_DENY : NP_ALLOW;
    if (d.allowed || d.explicit_deny) {
        matched(s, &s->identity, &rq, only, &out->MatchedStatements);
        matched(s, &s->boundary, &rq, only, &out->MatchedStatements);
        matched(s, &s->resource, &rq, only, &out->MatchedStatements);
    }
    out->MissingContextValues = *missing;
    if (s->has_boundary) {
        out->PermissionsBoundaryDecisionDetail =
            np_new(s->db.a, struct iam_PermissionsBoundaryDecisionDetail);
        out->PermissionsBoundaryDecisionDetail->AllowedByPermissionsBoundary =
            boundary_allows(s, &rq) ? IAM_TRUE : IAM_FALSE;
    }
}

/* --- context keys --- */

static bool given(const struct simulation *s, struct np_str key)
{
    for (size_t i = 0; i < s->n_keys; i++)
        if (np_str_ieq(s->keys[i].name, key))
            return true;
    return false;
}

static void context_keys(struct simulation *s, const struct sources *from, struct np_strs *out)
{
    out->set = true;
    for (size_t i = 0; i < from->n; i++) {
        struct np_strs keys = {0};
        np_policy_context_keys(from->v[i].policy, s->db.a, &keys);
        for (size_t k = 0; k < keys.n; k++) {
            bool known = given(s, keys.v[k]);
            for (size_t j = 0; j < out->n && !known; j++)
                known = np_str_ieq(out->v[j], keys.v[k]);
            if (!known)
                IAM_PUSH(s->db.a, out, keys.v[k]);
        }
    }
}

int iam_GetContextKeysForCustomPolicy(struct np_req *rq,
                                      const struct iam_GetContextKeysForCustomPolicyRequest *in,
                                      struct iam_GetContextKeysForPolicyResponse *out,
                                      struct np_err *err)
{
    struct simulation s = {.rq = rq, .db = iam_db_req(rq)};
    int rc = add_list(&s, &s.identity, "PolicyInputList", &in->PolicyInputList, err);
    if (rc == 0)
        context_keys(&s, &s.identity, &out->ContextKeyNames);
    return rc;
}

int iam_GetContextKeysForPrincipalPolicy(
    struct np_req *rq, const struct iam_GetContextKeysForPrincipalPolicyRequest *in,
    struct iam_GetContextKeysForPolicyResponse *out, struct np_err *err)
{
    struct simulation s = {.rq = rq, .db = iam_db_req(rq)};
    int rc = add_principal(&s, in->PolicySourceArn, err);
    if (rc == 0)
        rc = add_list(&s, &s.identity, "PolicyInputList", &in->PolicyInputList, err);
    if (rc != 0)
        return rc;
    context_keys(&s, &s.identity, &out->ContextKeyNames);
    context_keys(&s, &s.boundary, &out->ContextKeyNames);
    return 0;
}

/* --- the two simulations --- */

static int check_actions(const struct np_strs *actions, const struct np_strs *resources,
                         struct np_err *err)
{
    for (size_t i = 0; i < actions->n; i++)
        if (np_str_chr(actions->v[i], ':') <= 0)
            return np_fault(err, &IAM_InvalidInputException, "Invalid Action: %.*s",
                            NP_FMT(actions->v[i]));
    if (actions->n * resources->n > IAM_SIMULATED_MAX)
        return np_fault(err, &IAM_InvalidInputException,
                        "At most %d pairs of action and resource can be simulated in one call.",
                        IAM_SIMULATED_MAX);
    return 0;
}

static uint64_t hash_list(const struct np_strs *list)
{
    uint64_t h = list->n;
    for (size_t i = 0; i < list->n; i++)
        h = h * 31 + np_page_filter(list->v[i]);
    return h;
}

/* Each action on each resource, in order; a position is the number of the pair. */
static int run(struct simulation *s, const struct iam_SimulateCustomPolicyRequest *in,
               struct iam_SimulatePolicyResponse *out, struct np_err *err)
{
    struct np_strs resources = in->ResourceArns, missing = {0};
    if (resources.n == 0)
        IAM_PUSH(s->db.a, &resources, NP_STR("*"));
    struct iam_page page;
    int rc = check_actions(&in->ActionNames, &resources, err);
    if (rc == 0)
        rc = iam_page_begin(s->rq, in->MaxItems, in->Marker,
                            hash_list(&in->ActionNames) ^ hash_list(&resources), &page, err);
    if (rc == 0)
        rc = add_resource_policy(s, in, err);
    if (rc == 0)
        rc = add_context(s, &in->ContextEntries, err);
    if (rc != 0)
        return rc;
    context_keys(s, &s->identity, &missing);
    context_keys(s, &s->boundary, &missing);
    context_keys(s, &s->resource, &missing);
    int64_t from = 0;
    np_str_i64(page.after, &from);
    size_t total = in->ActionNames.n * resources.n, i = (size_t)from;
    out->EvaluationResults.set = true;
    for (; i < total && out->EvaluationResults.n < page.limit; i++) {
        struct iam_EvaluationResult r = {0};
        decide(s, in->ActionNames.v[i / resources.n], resources.v[i % resources.n], &missing, &r);
        IAM_PUSH(s->db.a, &out->EvaluationResults, r);
    }
    iam_page_end(s->rq, &page, i < total, np_str_printf(s->db.a, "%zu", i), &out->IsTruncated,
                 &out->Marker);
    return 0;
}

/* A boundary that is given counts in place of the principal's. */
static int add_given_boundary(struct simulation *s, const struct np_strs *documents,
                              struct np_err *err)
{
    if (documents->n == 0)
        return 0;
    if (documents->n > 1)
        return np_fault(err, &IAM_InvalidInputException,
                        "Only one permissions boundary can be given.");
    s->boundary = (struct sources){0};
    s->has_boundary = true;
    return add_list(s, &s->boundary, "PermissionsBoundaryPolicyInputList", documents, err);
}

int iam_SimulateCustomPolicy(struct np_req *rq, const struct iam_SimulateCustomPolicyRequest *in,
                             struct iam_SimulatePolicyResponse *out, struct np_err *err)
{
    struct simulation s = {.rq = rq, .db = iam_db_req(rq), .principal = {.account = rq->account}};
    int rc = add_list(&s, &s.identity, "PolicyInputList", &in->PolicyInputList, err);
    if (rc == 0)
        rc = add_given_boundary(&s, &in->PermissionsBoundaryPolicyInputList, err);
    return rc != 0 ? rc : run(&s, in, out, err);
}

int iam_SimulatePrincipalPolicy(struct np_req *rq,
                                const struct iam_SimulatePrincipalPolicyRequest *in,
                                struct iam_SimulatePolicyResponse *out, struct np_err *err)
{
    struct simulation s = {.rq = rq, .db = iam_db_req(rq), .principal = {.account = rq->account}};
    const struct iam_SimulateCustomPolicyRequest same = {
        .ActionNames = in->ActionNames,
        .ResourceArns = in->ResourceArns,
        .ResourcePolicy = in->ResourcePolicy,
        .ResourceOwner = in->ResourceOwner,
        .CallerArn = in->CallerArn,
        .ContextEntries = in->ContextEntries,
        .MaxItems = in->MaxItems,
        .Marker = in->Marker,
    };
    int rc = add_principal(&s, in->PolicySourceArn, err);
    if (rc == 0)
        rc = add_list(&s, &s.identity, "PolicyInputList", &in->PolicyInputList, err);
    if (rc == 0)
        rc = add_given_boundary(&s, &in->PermissionsBoundaryPolicyInputList, err);
    return rc != 0 ? rc : run(&s, &same, out, err);
}
