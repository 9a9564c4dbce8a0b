/* SPDX-License-Identifier: Apache-2.0 */
/* principal.c - whom a statement names, and what being named so is worth. */
#include "engines/policy/policy_int.h"

/* --- parsing --- */

static bool all_digits(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

static bool has_wildcard(struct np_str s)
{
    return np_str_chr(s, '*') >= 0 || np_str_chr(s, '?') >= 0;
}

static bool is_account(struct np_str s)
{
    return s.n == 12 && all_digits(s);
}

/* AIDA…, AROA…: what IAM leaves in a policy when the named user or role is gone. */
static bool is_unique_id(struct np_str s)
{
    if (s.n < 16 || s.n > 128 || s.p[0] != 'A')
        return false;
    for (size_t i = 0; i < s.n && s.p[i] != ':'; i++)
        if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
            return false;
    return true;
}

static bool arn_parse(struct np_str s, struct policy_principal *out)
{
    struct np_str arn, partition, service, region, account, rest = s;
    if (!np_str_cut(rest, ':', &arn, &rest) || !np_str_cut(rest, ':', &partition, &rest) ||
        !np_str_cut(rest, ':', &service, &rest) || !np_str_cut(rest, ':', &region, &rest) ||
        !np_str_cut(rest, ':', &account, &rest))
        return false;
    if (!np_str_is(arn, "arn") || !np_str_starts(partition, NP_STR("aws")) || region.n != 0)
        return false;
    *out = (struct policy_principal){.who = WHO_ARN, .value = s};
    if (np_str_is(service, "sts"))
        return is_account(account) && (np_str_starts(rest, NP_STR("assumed-role/")) ||
                                       np_str_starts(rest, NP_STR("federated-user/")));
    if (!np_str_is(service, "iam"))
        return false;
    if (np_str_is(rest, "root")) {
        *out = (struct policy_principal){.who = WHO_ACCOUNT, .value = account};
        return is_account(account);
    }
    return (is_account(account) || np_str_is(account, "cloudfront")) &&
           (np_str_starts(rest, NP_STR("user/")) || np_str_starts(rest, NP_STR("role/")));
}

static bool aws_parse(struct np_str s, struct policy_principal *out)
{
    *out = (struct policy_principal){.who = WHO_ANYBODY};
    if (np_str_is(s, "*"))
        return true;
    *out = (struct policy_principal){.who = WHO_ACCOUNT, .value = s};
    if (is_account(s))
        return true;
    *out = (struct policy_principal){.who = WHO_ID, .value = s};
    return is_unique_id(s) || arn_parse(s, out);
}

bool policy_principal_parse(struct np_str type, struct np_str value, struct policy_principal *out)
{
    if (np_str_is(type, "AWS"))
        return !(has_wildcard(value) && value.n > 1) && aws_parse(value, out);
    *out = (struct policy_principal){.value = value};
    if (value.n == 0 || has_wildcard(value))
        return false;
    if (np_str_is(type, "Service"))
        out->who = WHO_SERVICE;
    else if (np_str_is(type, "Federated"))
        out->who = WHO_FEDERATED;
    else if (np_str_is(type, "CanonicalUser"))
        out->who = WHO_CANONICAL;
    else
        return false;
    return true;
}

/* --- matching --- */

static bool is_aws(const struct np_policy_principal *p)
{
    return !p->anonymous && p->service.n == 0;
}

static bool id_is(struct np_str want, struct np_str user_id)
{
    return np_str_eq(want, user_id) ||
           (np_str_starts(user_id, want) && user_id.n > want.n && user_id.p[want.n] == ':');
}

static enum policy_grant through(const struct np_policy_principal *p)
{
    return p->session_arn.n != 0 ? GRANT_LIMITED : GRANT_DIRECT;
}

static enum policy_grant arn_grant(struct np_str want, const struct np_policy_principal *p)
{
    if (!is_aws(p))
        return GRANT_NONE;
    if (np_str_eq(want, p->session_arn))
        return GRANT_DIRECT;
    return np_str_eq(want, p->arn) ? through(p) : GRANT_NONE;
}

static enum policy_grant account_grant(struct np_str want, const struct np_policy_principal *p)
{
    if (!is_aws(p) || !np_str_eq(want, p->account))
        return GRANT_NONE;
    return p->root ? through(p) : GRANT_ACCOUNT;
}

static enum policy_grant id_grant(struct np_str want, const struct np_policy_principal *p)
{
    if (!is_aws(p) || !id_is(want, p->user_id))
        return GRANT_NONE;
    return np_str_chr(want, ':') >= 0 ? GRANT_DIRECT : through(p);
}

static enum policy_grant canonical_grant(struct np_str want, const struct np_policy_principal *p)
{
    if (p->anonymous || !np_str_eq(want, p->canonical_user))
        return GRANT_NONE;
    /* It names an account, but for the identities of CloudFront, which have none. */
    return p->account.n == 0 ? GRANT_DIRECT : p->root ? through(p) : GRANT_ACCOUNT;
}

static enum policy_grant grant(const struct policy_principal *x,
                               const struct np_policy_principal *p)
{
    switch (x->who) {
    case WHO_ANYBODY:
        return GRANT_DIRECT;
    case WHO_ACCOUNT:
        return account_grant(x->value, p);
    case WHO_ARN:
        return arn_grant(x->value, p);
    case WHO_ID:
        return id_grant(x->value, p);
    case WHO_SERVICE:
        return np_str_eq(x->value, p->service) ? GRANT_DIRECT : GRANT_NONE;
    case WHO_FEDERATED:
        return np_str_eq(x->value, p->federated) ? through(p) : GRANT_NONE;
    case WHO_CANONICAL:
        return canonical_grant(x->value, p);
    }
    return GRANT_NONE;
}

static bool names(const struct policy_statement *st, enum policy_who who, struct np_str value)
{
    for (size_t i = 0; i < st->n_principals; i++)
        if (st->principals[i].who == who && np_str_eq(st->principals[i].value, value))
            return true;
    return false;
}

static bool names_id(const struct policy_statement *st, struct np_str user_id)
{
    for (size_t i = 0; i < st->n_principals; i++)
        if (st->principals[i].who == WHO_ID && id_is(st->principals[i].value, user_id))
            return true;
    return false;
}

/* A deny with NotPrincipal spares a session only if session, role and account are all named, a
 * user only if user and account are; and nobody who has a permissions boundary. */
static bool spared(const struct policy_statement *st, const struct policy_eval *e)
{
    const struct np_policy_principal *p = &e->rq->principal;
    if (names(st, WHO_ANYBODY, NP_STR_NULL))
        return true;
    if (p->anonymous)
        return false;
    if (p->service.n != 0)
        return names(st, WHO_SERVICE, p->service);
    if (p->account.n == 0)
        return (p->federated.n != 0 && names(st, WHO_FEDERATED, p->federated)) ||
               (p->canonical_user.n != 0 && names(st, WHO_CANONICAL, p->canonical_user));
    if (e->has_boundary)
        return false;
    bool account = names(st, WHO_ACCOUNT, p->account) ||
                   (p->canonical_user.n != 0 && names(st, WHO_CANONICAL, p->canonical_user));
    bool entity = p->root || names(st, WHO_ARN, p->arn) || names_id(st, p->user_id);
    bool session = p->session_arn.n == 0 || names(st, WHO_ARN, p->session_arn);
    return account && entity && session;
}

enum policy_grant policy_principal_grant(const struct policy_statement *st,
                                         const struct policy_eval *e)
{
    if (st->not_principal)
        return spared(st, e) ? GRANT_NONE : GRANT_DIRECT;
    enum policy_grant best = GRANT_NONE;
    for (size_t i = 0; i < st->n_principals && best != GRANT_DIRECT; i++) {
        enum policy_grant g = grant(&st->principals[i], &e->rq->principal);
        best = g > best ? g : best;
    }
    return best;
}
