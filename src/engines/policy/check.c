/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - refuses what is no policy, in the order and the words of IAM.
 *
 * Identity policies are told little («Syntax errors in policy.») and checked in passes over the
 * whole document: form, version, dates and resource forms («legacy parsing»), statement ids,
 * missing members, resources, actions. Documents with principals are told which member is wrong.
 */
#include "engines/policy/policy_int.h"

#include "codec/json.h"

#define LEGACY "The policy failed legacy parsing"

struct check {
    const struct np_json *doc, *statements; /* statements: the first of the list, or the only one */
    enum np_policy_kind kind;
    struct np_err *err;
};

static bool is_identity(const struct check *c)
{
    return !policy_has_principals(c->kind);
}

/* Calls `step` for each statement until one fails. */
static int each_statement(struct check *c, int (*step)(struct check *c, const struct np_json *st))
{
    bool list = np_json_member(c->doc, NP_STR("Statement"))->type == NP_J_ARRAY;
    for (const struct np_json *st = c->statements; st != NULL; st = list ? st->next : NULL) {
        int rc = step(c, st);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* Calls `step` for the text of a member, or for each of its list, until one fails. */
static int each_text(struct check *c, const struct np_json *member,
                     int (*step)(struct check *c, struct np_str text))
{
    if (member == NULL)
        return 0;
    if (member->type == NP_J_STRING)
        return step(c, member->s);
    for (const struct np_json *v = member->child; v != NULL; v = v->next) {
        int rc = step(c, v->s);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* --- form --- */

#define SYNTAX(c, ...)                                                                             \
    (is_identity(c) ? np_err((c)->err, NP_EINVAL, "Syntax errors in policy.")                      \
                    : np_err((c)->err, NP_EINVAL, __VA_ARGS__))

static bool known(struct np_str name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(name, np_str_of(names[i])))
            return true;
    return false;
}

/* Every member once, and only those that the language has. */
static int members(struct check *c, const struct np_json *object, const char *const *names,
                   size_t n)
{
    if (object->n > POLICY_KEYS_MAX)
        return np_err(c->err, NP_EINVAL, "Policy has more than %d condition keys", POLICY_KEYS_MAX);
    for (const struct np_json *m = object->child; m != NULL; m = m->next) {
        if (names != NULL && !known(m->key, names, n))
            return SYNTAX(c, "Unknown field %.*s", NP_FMT(np_str_sub(m->key, 0, 100)));
        if (np_json_member(object, m->key) != m)
            return SYNTAX(c, "Duplicate field %.*s", NP_FMT(np_str_sub(m->key, 0, 100)));
    }
    return 0;
}

static bool is_texts(const struct np_json *j)
{
    if (j == NULL || j->type == NP_J_STRING)
        return true;
    if (j->type != NP_J_ARRAY)
        return false;
    for (const struct np_json *v = j->child; v != NULL; v = v->next)
        if (v->type != NP_J_STRING)
            return false;
    return true;
}

static bool is_scalar(const struct np_json *j)
{
    return j->type == NP_J_STRING || j->type == NP_J_BOOL || j->type == NP_J_INT ||
           j->type == NP_J_DOUBLE;
}

static bool is_values(const struct np_json *j)
{
    if (j->type != NP_J_ARRAY)
        return is_scalar(j);
    for (const struct np_json *v = j->child; v != NULL; v = v->next)
        if (!is_scalar(v))
            return false;
    return true;
}

static int form_operator(struct check *c, const struct np_json *op)
{
    struct policy_operator how;
    if (op->type != NP_J_OBJECT)
        return SYNTAX(c, "Invalid condition block");
    int rc = members(c, op, NULL, 0);
    if (rc != 0)
        return rc;
    for (const struct np_json *v = op->child; v != NULL; v = v->next)
        if (!is_values(v))
            return SYNTAX(c, "Invalid condition value");
    /* AWS: an operator without keys may have any name. */
    if (op->n != 0 && !policy_operator_parse(op->key, &how))
        return SYNTAX(c, "Invalid Condition type : %.*s", NP_FMT(np_str_sub(op->key, 0, 100)));
    return 0;
}

static int form_condition(struct check *c, const struct np_json *condition)
{
    if (condition == NULL)
        return 0;
    if (condition->type != NP_J_OBJECT)
        return SYNTAX(c, "Invalid condition block");
    int rc = members(c, condition, NULL, 0);
    for (const struct np_json *op = condition->child; rc == 0 && op != NULL; op = op->next)
        rc = form_operator(c, op);
    return rc;
}

static int form_principal(struct check *c, const struct np_json *p)
{
    static const char *const types[] = {"AWS", "Service", "Federated", "CanonicalUser"};
    if (p == NULL || (p->type == NP_J_STRING && np_str_is(p->s, "*")))
        return 0;
    if (p->type != NP_J_OBJECT)
        return np_err(c->err, NP_EINVAL, "Invalid principal in policy");
    int rc = members(c, p, types, NP_LEN(types));
    for (const struct np_json *t = p->child; rc == 0 && t != NULL; t = t->next)
        if (!is_texts(t))
            rc = np_err(c->err, NP_EINVAL, "Invalid principal in policy");
    return rc;
}

static int form_effect(struct check *c, const struct np_json *effect)
{
    if (effect == NULL)
        return SYNTAX(c, "Missing required field Effect");
    if (effect->type != NP_J_STRING)
        return SYNTAX(c, "Invalid effect");
    /* Another case is refused later, by the legacy parser. */
    if (!np_str_ieq(effect->s, NP_STR("Allow")) && !np_str_ieq(effect->s, NP_STR("Deny")))
        return SYNTAX(c, "Invalid effect: %.*s", NP_FMT(np_str_sub(effect->s, 0, 100)));
    return 0;
}

static int form_pair(struct check *c, const struct np_json *st, const char *name,
                     const char *not_name)
{
    const struct np_json *yes = np_json_member(st, np_str_of(name)),
                         *no = np_json_member(st, np_str_of(not_name));
    if (yes != NULL && no != NULL)
        return SYNTAX(c, "Statement has both %s and %s", name, not_name);
    if (!is_texts(yes) || !is_texts(no))
        return SYNTAX(c, "Invalid %s", yes != NULL ? name : not_name);
    return 0;
}

static int form_statement(struct check *c, const struct np_json *st)
{
    static const char *const names[] = {"Sid",          "Effect",      "Principal",
                                        "NotPrincipal", "Action",      "NotAction",
                                        "Resource",     "NotResource", "Condition"};
    if (st->type != NP_J_OBJECT)
        return SYNTAX(c, "Statement is not an object");
    const struct np_json *sid = np_json_member(st, NP_STR("Sid"));
    const struct np_json *who = np_json_member(st, NP_STR("Principal"));
    const struct np_json *who_not = np_json_member(st, NP_STR("NotPrincipal"));
    int rc = members(c, st, names, NP_LEN(names));
    if (rc == 0 && sid != NULL && sid->type != NP_J_STRING)
        rc = SYNTAX(c, "Invalid Sid");
    if (rc == 0 && is_identity(c) && (who != NULL || who_not != NULL))
        rc = np_err(c->err, NP_EINVAL, "Policy document should not specify a principal.");
    if (rc == 0 && who != NULL && who_not != NULL)
        rc = SYNTAX(c, "Statement has both Principal and NotPrincipal");
    rc = rc != 0 ? rc : form_pair(c, st, "Action", "NotAction");
    rc = rc != 0 ? rc : form_pair(c, st, "Resource", "NotResource");
    rc = rc != 0 ? rc : form_effect(c, np_json_member(st, NP_STR("Effect")));
    rc = rc != 0 ? rc : form_principal(c, who != NULL ? who : who_not);
    return rc != 0 ? rc : form_condition(c, np_json_member(st, NP_STR("Condition")));
}

static int form_document(struct check *c)
{
    static const char *const names[] = {"Version", "Id", "Statement"};
    if (c->doc->type != NP_J_OBJECT)
        return SYNTAX(c, "Policies must be valid JSON and the first byte must be '{'");
    int rc = members(c, c->doc, names, NP_LEN(names));
    if (rc != 0)
        return rc;
    const struct np_json *version = np_json_member(c->doc, NP_STR("Version"));
    const struct np_json *id = np_json_member(c->doc, NP_STR("Id"));
    const struct np_json *list = np_json_member(c->doc, NP_STR("Statement"));
    if (version != NULL && (version->type != NP_J_STRING || (!np_str_is(version->s, "2012-10-17") &&
                                                             !np_str_is(version->s, "2008-10-17"))))
        return SYNTAX(c, "The policy must contain a valid version string");
    if (id != NULL && id->type != NP_J_STRING)
        return SYNTAX(c, "Invalid Id");
    if (list == NULL || (list->type != NP_J_OBJECT && list->type != NP_J_ARRAY) ||
        (list->type == NP_J_ARRAY && list->n == 0))
        return SYNTAX(c, "Could not parse the policy: Statement is empty!");
    if (list->type == NP_J_ARRAY && list->n > POLICY_STATEMENTS_MAX)
        return np_err(c->err, NP_EINVAL, "Policy has more than %d statements",
                      POLICY_STATEMENTS_MAX);
    c->statements = list->type == NP_J_ARRAY ? list->child : list;
    return each_statement(c, form_statement);
}

/* --- what the legacy parser looks at --- */

/* Colons of its own decide the form; those of variables do not count. */
static int legacy_resource(struct check *c, struct np_str r)
{
    struct np_str rest, service;
    if (np_str_is(r, "*"))
        return 0;
    if (policy_colons(r) < 5 && np_str_find(r, NP_STR("::")) >= 0)
        return np_err(c->err, NP_EINVAL, LEGACY);
    if (np_str_cut(r, ':', &service, &rest) && np_str_cut(rest, ':', &service, &rest)) {
        np_str_cut(rest, ':', &service, &rest);
        if (service.n == 0)
            return np_err(c->err, NP_EINVAL, LEGACY);
    }
    return 0;
}

static int legacy_effect(struct check *c, const struct np_json *st)
{
    struct np_str effect = np_json_str(st, NP_STR("Effect"));
    bool ok = np_str_is(effect, "Allow") || np_str_is(effect, "Deny");
    return ok ? 0 : np_err(c->err, NP_EINVAL, LEGACY);
}

static bool value_ok(const struct policy_operator *how, struct np_str s)
{
    struct policy_number number;
    struct policy_cidr cidr;
    int64_t ms;
    if (how->op == OP_DATE)
        return policy_date_parse(s, &ms);
    if (how->op == OP_NUMERIC)
        return policy_number_parse(s, &number);
    return how->op != OP_IP || policy_cidr_parse(s, &cidr);
}

static int legacy_values(struct check *c, const struct np_json *st)
{
    const struct np_json *condition = np_json_member(st, NP_STR("Condition"));
    for (const struct np_json *op = condition != NULL ? condition->child : NULL; op != NULL;
         op = op->next) {
        struct policy_operator how;
        if (!policy_operator_parse(op->key, &how))
            continue;
        for (const struct np_json *key = op->child; key != NULL; key = key->next) {
            bool list = key->type == NP_J_ARRAY;
            for (const struct np_json *v = list ? key->child : key; v != NULL;
                 v = list ? v->next : NULL)
                if (!value_ok(&how, v->s))
                    return np_err(c->err, NP_EINVAL, LEGACY);
        }
    }
    return 0;
}

/* --- resources --- */

static bool has_wildcard(struct np_str s)
{
    return np_str_chr(s, '*') >= 0 || np_str_chr(s, '?') >= 0;
}

static struct np_str field_or_star(struct np_str *rest)
{
    struct np_str field;
    if (rest->p == NULL)
        return NP_STR("*");
    np_str_cut(*rest, ':', &field, rest);
    return field;
}

static int wrong_partition(struct check *c, struct np_str partition, struct np_str rest)
{
    if (rest.n == 0)
        rest = NP_STR_NULL;
    struct np_str service = field_or_star(&rest), region = field_or_star(&rest),
                  account = field_or_star(&rest);
    struct np_str resource = rest.p != NULL ? rest : NP_STR("*");
    return np_err(c->err, NP_EINVAL,
                  "Partition \"%.*s\" is not valid for resource \"arn:%.*s:%.*s:%.*s:%.*s:%.*s\".",
                  NP_FMT(partition), NP_FMT(partition), NP_FMT(service), NP_FMT(region),
                  NP_FMT(account), NP_FMT(resource));
}

/* A wildcard inside the first word may still become one of them. */
static bool iam_path_ok(struct np_str path)
{
    static const char *const starts[] = {
        "user/",   "federated-user/",     "role/",         "group/",   "instance-profile/",
        "mfa/",    "server-certificate/", "policy/",       "sms-mfa/", "saml-provider/",
        "report/", "oidc-provider/",      "access-report/"};
    NP_EACH (s, starts) {
        struct np_str want = np_str_of(*s);
        size_t i = 0;
        while (i < want.n && i < path.n && path.p[i] == want.p[i])
            i++;
        if (i == want.n || (i < path.n && strchr("*?$", path.p[i]) != NULL))
            return true;
    }
    return path.n == 0;
}

static int service_fields(struct check *c, struct np_str r, struct np_str service,
                          struct np_str rest)
{
    struct np_str region, account;
    bool iam = np_str_is(service, "iam"), s3 = np_str_is(service, "s3");
    if (!np_str_cut(rest, ':', &region, &rest) || !np_str_cut(rest, ':', &account, &rest))
        return 0;
    if (iam && region.n != 0)
        return np_err(c->err, NP_EINVAL, "IAM resource %.*s cannot contain region information.",
                      NP_FMT(r));
    if (s3 && region.n != 0 && account.n == 0)
        return np_err(c->err, NP_EINVAL, "Resource %.*s can not contain region information.",
                      NP_FMT(r));
    if (iam && !iam_path_ok(rest))
        return np_err(
            c->err, NP_EINVAL,
            "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, "
            "group/, "
            "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
            "oidc-provider/, report/, access-report/.");
    return 0;
}

static int resource_ok(struct check *c, struct np_str r)
{
    struct np_str arn, partition, service, rest;
    if (np_str_is(r, "*"))
        return 0;
    if (!np_str_cut(r, ':', &arn, &rest))
        return np_err(c->err, NP_EINVAL, "Resource %.*s must be in ARN format or \"*\".",
                      NP_FMT(r));
    bool more = np_str_cut(rest, ':', &partition, &rest);
    if (!np_str_is(partition, "aws") && !np_str_is(partition, "*"))
        return wrong_partition(c, partition, more ? rest : NP_STR_NULL);
    if (!np_str_is(arn, "arn"))
        return np_err(c->err, NP_EINVAL, "Resource %.*s must be in ARN format or \"*\".",
                      NP_FMT(r));
    if (!more)
        return np_err(c->err, NP_EINVAL,
                      "Resource vendor must be fully qualified and cannot contain regexes.");
    more = np_str_cut(rest, ':', &service, &rest);
    if (has_wildcard(service))
        return np_err(c->err, NP_EINVAL,
                      "Resource vendor must be fully qualified and cannot contain regexes.");
    return more ? service_fields(c, r, service, rest) : 0;
}

static int legacy_resources(struct check *c, const struct np_json *st)
{
    int rc = each_text(c, np_json_member(st, NP_STR("Resource")), legacy_resource);
    return rc != 0 ? rc : each_text(c, np_json_member(st, NP_STR("NotResource")), legacy_resource);
}

static int resources_ok(struct check *c, const struct np_json *st)
{
    int rc = each_text(c, np_json_member(st, NP_STR("Resource")), resource_ok);
    return rc != 0 ? rc : each_text(c, np_json_member(st, NP_STR("NotResource")), resource_ok);
}

/* The legacy parser reads resources up to the first statement with one that is no ARN. */
static int legacy_resources_first(struct check *c, const struct np_json *st)
{
    struct check quiet = *c;
    quiet.err = NULL;
    if (resources_ok(&quiet, st) != 0)
        return NP_LATER;
    return legacy_resources(c, st);
}

/* --- statement ids, actions, principals --- */

static int sids_ok(struct check *c, const struct np_json *st)
{
    struct np_str sid = np_json_str(st, NP_STR("Sid"));
    for (size_t i = 0; i < sid.n && c->kind != NP_POLICY_RESOURCE; i++) {
        char ch = sid.p[i];
        if (!(ch >= '0' && ch <= '9') && !(ch >= 'A' && ch <= 'Z') && !(ch >= 'a' && ch <= 'z'))
            return np_err(c->err, NP_EINVAL,
                          "Statement IDs (SID) must be alpha-numeric. Check that your input "
                          "satisfies the regular expression [0-9A-Za-z]*");
    }
    for (const struct np_json *s = c->statements; sid.n != 0 && s != st; s = s->next)
        if (np_str_eq(np_json_str(s, NP_STR("Sid")), sid))
            return np_err(c->err, NP_EINVAL,
                          "Statement IDs (SID) in a single policy must be unique.");
    return 0;
}

static const struct np_json *either(const struct np_json *st, struct np_str name,
                                    struct np_str not_name)
{
    const struct np_json *j = np_json_member(st, name);
    j = j != NULL ? j : np_json_member(st, not_name);
    return j != NULL && j->type == NP_J_ARRAY && j->n == 0 ? NULL : j;
}

static int has_actions(struct check *c, const struct np_json *st)
{
    if (either(st, NP_STR("Action"), NP_STR("NotAction")) != NULL)
        return 0;
    return np_err(c->err, NP_EINVAL,
                  is_identity(c) ? "Policy statement must contain actions."
                                 : "Missing required field Action");
}

static int has_resources(struct check *c, const struct np_json *st)
{
    bool has = either(st, NP_STR("Resource"), NP_STR("NotResource")) != NULL;
    if (c->kind == NP_POLICY_TRUST) {
        if (np_json_member(st, NP_STR("Resource")) != NULL)
            return np_err(c->err, NP_EINVAL, "Has prohibited field Resource");
        if (np_json_member(st, NP_STR("NotResource")) != NULL)
            return np_err(c->err, NP_EINVAL, "Has prohibited field NotResource");
        return 0;
    }
    if (has)
        return 0;
    return np_err(c->err, NP_EINVAL,
                  is_identity(c) ? "Policy statement must contain resources."
                                 : "Missing required field Resource");
}

static int action_ok(struct check *c, struct np_str action)
{
    struct np_str vendor, name;
    bool colon = np_str_cut(action, ':', &vendor, &name);
    if (c->kind == NP_POLICY_TRUST && !np_str_ieq(vendor, NP_STR("sts")))
        return np_err(c->err, NP_EINVAL,
                      "AssumeRole policy may only specify STS AssumeRole actions.");
    if (!colon && !np_str_is(action, "*"))
        return np_err(c->err, NP_EINVAL,
                      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    if (colon && np_str_chr(name, ':') >= 0)
        return np_err(c->err, NP_EINVAL, "Actions/Condition can contain only one colon.");
    for (size_t i = 0; i < vendor.n && !np_str_is(vendor, "*"); i++) {
        char ch = vendor.p[i];
        if (!(ch >= '0' && ch <= '9') && !(ch >= 'A' && ch <= 'Z') && !(ch >= 'a' && ch <= 'z') &&
            ch != '-' && ch != '.')
            return np_err(c->err, NP_EINVAL, "Vendor %.*s is not valid", NP_FMT(vendor));
    }
    return 0;
}

static int actions_ok(struct check *c, const struct np_json *st)
{
    int rc = each_text(c, np_json_member(st, NP_STR("Action")), action_ok);
    return rc != 0 ? rc : each_text(c, np_json_member(st, NP_STR("NotAction")), action_ok);
}

static int principal_values(struct check *c, const struct np_json *type)
{
    struct policy_principal ignored;
    bool list = type->type == NP_J_ARRAY;
    if (list && type->n == 0)
        return np_err(c->err, NP_EINVAL, "Missing required field Principal cannot be empty!");
    for (const struct np_json *v = list ? type->child : type; v != NULL;
         v = list ? v->next : NULL) {
        if (policy_principal_parse(type->key, v->s, &ignored))
            continue;
        if (c->kind != NP_POLICY_TRUST)
            return np_err(c->err, NP_EINVAL, "Invalid principal in policy");
        return np_err(c->err, NP_EINVAL, "Invalid principal in policy: \"%.*s\":\"%.*s\"",
                      NP_FMT(type->key), NP_FMT(v->s));
    }
    return 0;
}

static int principals_ok(struct check *c, const struct np_json *st)
{
    const struct np_json *p = np_json_member(st, NP_STR("Principal"));
    const struct np_json *not = np_json_member(st, NP_STR("NotPrincipal"));
    if (p == NULL && not == NULL)
        return np_err(c->err, NP_EINVAL, "Missing required field Principal");
    if (not != NULL && np_str_is(np_json_str(st, NP_STR("Effect")), "Allow"))
        return np_err(c->err, NP_EINVAL, "Allow with NotPrincipal is not allowed.");
    p = p != NULL ? p : not ;
    if (p->type == NP_J_OBJECT && p->n == 0)
        return np_err(c->err, NP_EINVAL, "Missing required field Principal cannot be empty!");
    for (const struct np_json *type = p->child; type != NULL; type = type->next) {
        int rc = principal_values(c, type);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* --- the passes --- */

static int version_ok(struct check *c)
{
    if (c->kind != NP_POLICY_MANAGED ||
        np_str_is(np_json_str(c->doc, NP_STR("Version")), "2012-10-17"))
        return 0;
    return np_err(c->err, NP_EINVAL, "Policy document must be version 2012-10-17 or greater.");
}

int policy_check(const struct np_json *doc, enum np_policy_kind kind, struct np_err *err)
{
    static int (*const identity[])(struct check * c, const struct np_json *st) = {
        legacy_effect, legacy_values, legacy_resources_first, sids_ok, has_actions,
        resources_ok,  actions_ok,    has_resources,
    };
    static int (*const with_principals[])(struct check * c, const struct np_json *st) = {
        principals_ok, has_actions, has_resources, legacy_effect,
        legacy_values, sids_ok,     resources_ok,  actions_ok,
    };
    struct check c = {.doc = doc, .kind = kind, .err = err};
    int rc = form_document(&c);
    rc = rc != 0 ? rc : version_ok(&c);
    for (size_t i = 0; rc == 0 && i < NP_LEN(identity); i++) {
        rc = each_statement(&c, is_identity(&c) ? identity[i] : with_principals[i]);
        rc = rc == NP_LATER ? 0 : rc;
    }
    return rc;
}
