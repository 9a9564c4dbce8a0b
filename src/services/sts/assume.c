/* SPDX-License-Identifier: Apache-2.0 */
/* assume.c - AssumeRole: trust policy and identity policies of the caller, limits, tags, chains. */
#include "services/sts/sts_int.h"

#include "aws/arn.h"

int sts_role_arn_ok(struct np_str arn, struct np_str *account, struct np_err *err)
{
    struct np_arn parts;
    if (!np_arn_parse(arn, &parts) || !np_str_is(parts.service, "iam") ||
        !np_str_starts(parts.resource, NP_STR("role/")))
        return np_fault(err, &STS_ValidationError, "%.*s is invalid", NP_FMT(arn));
    *account = parts.account;
    return 0;
}

int sts_duration(struct np_opt_int asked, int64_t longest_s, bool chained, int64_t *seconds,
                 struct np_err *err)
{
    *seconds = asked.set ? asked.v : STS_ROLE_S;
    if (chained && *seconds > STS_CHAINED_MAX_S)
        return np_fault(err, &STS_ValidationError,
                        "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                        "assumed by role chaining");
    if (*seconds > longest_s)
        return np_fault(err, &STS_ValidationError,
                        "The requested DurationSeconds exceeds the MaxSessionDuration set for this "
                        "role.");
    return 0;
}

void sts_add_key(struct np_arena *a, struct sts_assume *as, const char *name, struct np_str value)
{
    if (value.p == NULL || as->n_keys == NP_LEN(as->keys))
        return;
    struct np_str *slot = np_new(a, struct np_str);
    *slot = value;
    as->keys[as->n_keys++] = (struct np_policy_key){np_str_of(name), slot, 1};
}

static void add_list(struct sts_assume *as, const char *name, const struct np_str *v, size_t n)
{
    if (n != 0 && as->n_keys < NP_LEN(as->keys))
        as->keys[as->n_keys++] = (struct np_policy_key){np_str_of(name), v, n};
}

void sts_add_tag_keys(struct np_arena *a, struct sts_assume *as)
{
    const struct sts_session *s = &as->session;
    struct np_str *names = np_new_array(a, struct np_str, s->n_tags + 1);
    for (size_t i = 0; i < s->n_tags; i++) {
        names[i] = s->tags[i].key;
        struct np_str key = np_str_cat(a, NP_STR("aws:RequestTag/"), s->tags[i].key);
        if (as->n_keys < NP_LEN(as->keys))
            as->keys[as->n_keys++] = (struct np_policy_key){key, &s->tags[i].value, 1};
    }
    add_list(as, "aws:TagKeys", names, s->n_tags);
    add_list(as, "sts:TransitiveTagKeys", names, s->n_transitive);
    as->tags = s->n_tags != 0;
}

void sts_role_session(struct np_req *rq, struct sts_assume *as, struct np_str session_name,
                      int64_t seconds)
{
    const struct iam_role_facts *role = &as->role;
    struct sts_session *s = &as->session;
    s->kind = NP_WHO_ASSUMED_ROLE;
    s->account = role->account;
    s->name = role->name;
    s->role_arn = role->arn;
    s->session_name = session_name;
    s->arn = np_str_printf(rq->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
                           NP_FMT(role->account), NP_FMT(role->name), NP_FMT(session_name));
    s->user_id = np_str_printf(rq->arena, "%.*s:%.*s", NP_FMT(role->id), NP_FMT(session_name));
    s->issued_ms = rq->now_ms / 1000 * 1000;
    s->expires_ms = s->issued_ms + seconds * 1000;
}

struct sts_AssumedRoleUser *sts_assumed_out(struct np_arena *a, const struct sts_session *s)
{
    struct sts_AssumedRoleUser *u = np_new(a, struct sts_AssumedRoleUser);
    u->Arn = s->arn;
    u->AssumedRoleId = s->user_id;
    return u;
}

/* --- may the caller? --- */

static int denied(struct np_req *rq, const char *action, struct np_str role_arn, struct np_err *err)
{
    return np_fault(err, &NP_AccessDenied,
                    "User: %.*s is not authorized to perform: %s on resource: %.*s",
                    NP_FMT(rq->who->arn), action, NP_FMT(role_arn));
}

static int may(struct np_req *rq, const struct sts_assume *as, const char *action,
               struct np_err *err)
{
    const struct np_resource_provider *iam = np_resource(rq->core, as->role.arn);
    struct np_access access = {
        .action = np_str_of(action),
        .resource = as->role.arn,
        .resource_account = as->role.account,
        .resource_policy = as->role.trust,
        .resource_policy_required = true,
        .keys = as->keys,
        .n_keys = as->n_keys,
    };
    iam->tags(iam->arg, rq->arena, as->role.arn, &access.resource_tags, &access.n_resource_tags);
    /* AWS: the denial does not say which policy lacks. */
    return np_authorize(rq, &access, err) == 0 ? 0 : denied(rq, action, as->role.arn, err);
}

static int authorize(struct np_req *rq, const struct sts_assume *as, struct np_err *err)
{
    int rc = may(rq, as, "sts:AssumeRole", err);
    if (rc == 0 && as->tags)
        rc = may(rq, as, "sts:TagSession", err);
    if (rc == 0 && as->source_identity)
        rc = may(rq, as, "sts:SetSourceIdentity", err);
    return rc;
}

static int set_source_identity(struct np_req *rq, const struct sts_AssumeRoleRequest *in,
                               struct sts_assume *as, struct np_err *err)
{
    struct np_str have = rq->who->source_identity, want = in->SourceIdentity;
    if (have.p != NULL && want.p != NULL && !np_str_eq(have, want))
        return np_fault(err, &STS_ValidationError,
                        "The source identity of a session cannot be changed by role chaining.");
    as->session.source_identity = want.p != NULL ? want : have;
    as->source_identity = as->session.source_identity.p != NULL;
    sts_add_key(rq->arena, as, "sts:SourceIdentity", as->session.source_identity);
    return 0;
}

static void add_request_keys(struct np_req *rq, const struct sts_AssumeRoleRequest *in,
                             int64_t mfa_ms, struct sts_assume *as)
{
    sts_add_key(rq->arena, as, "sts:ExternalId", in->ExternalId);
    sts_add_key(rq->arena, as, "sts:RoleSessionName", in->RoleSessionName);
    sts_add_tag_keys(rq->arena, as);
    if (mfa_ms != 0) {
        sts_add_key(rq->arena, as, "aws:MultiFactorAuthPresent", NP_STR("true"));
        sts_add_key(rq->arena, as, "aws:MultiFactorAuthAge", NP_STR("0"));
    }
}

static int assume(struct np_req *rq, int64_t mfa_ms, struct np_err *err)
{
    const struct sts_AssumeRoleRequest *in = rq->in;
    struct sts_AssumeRoleResponse *out = rq->out;
    struct sts_assume *as = np_new(rq->arena, struct sts_assume);
    const struct sts_limits limits = {in->Policy, &in->PolicyArns, &in->Tags,
                                      &in->TransitiveTagKeys};
    bool chained = rq->who->kind == NP_WHO_ASSUMED_ROLE;
    int64_t seconds;
    if (iam_role_facts(rq->core, rq->arena, in->RoleArn, &as->role) != 0)
        return denied(rq, "sts:AssumeRole", in->RoleArn, err);
    sts_role_session(rq, as, in->RoleSessionName, 0);
    int rc = sts_limit_session(rq, as->role.account, &limits, &as->session, &as->packed, err);
    if (rc == 0)
        rc = set_source_identity(rq, in, as, err);
    if (rc != 0)
        return rc;
    add_request_keys(rq, in, mfa_ms, as);
    rc = authorize(rq, as, err);
    if (rc == 0)
        rc = sts_duration(in->DurationSeconds, as->role.max_session_s, chained, &seconds, err);
    if (rc != 0)
        return rc;
    as->session.expires_ms = as->session.issued_ms + seconds * 1000;
    /* AWS: MFA that was shown for a role counts for its trust policy only. */
    out->Credentials = sts_credentials_out(rq->core, rq->arena, &as->session);
    out->AssumedRoleUser = sts_assumed_out(rq->arena, &as->session);
    out->PackedPolicySize = as->packed;
    out->SourceIdentity = as->session.source_identity;
    return 0;
}

int sts_AssumeRole(struct np_req *rq, const struct sts_AssumeRoleRequest *in,
                   struct sts_AssumeRoleResponse *out, struct np_err *err)
{
    struct np_str account;
    int rc = sts_role_arn_ok(in->RoleArn, &account, err);
    if (rc != 0)
        return rc;
    if (rq->who->kind == NP_WHO_ROOT)
        return np_fault(err, &NP_AccessDenied, "Roles may not be assumed by root accounts.");
    if (rq->who->kind == NP_WHO_FEDERATED_USER)
        return np_fault(err, &NP_AccessDenied, "Cannot call AssumeRole with session credentials");
    return sts_with_mfa(rq, in->SerialNumber, in->TokenCode, assume, err);
}
