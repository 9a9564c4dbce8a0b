/* SPDX-License-Identifier: Apache-2.0 */
/* role.c - AssumeRole, and what it shares with AssumeRoleWithWebIdentity. */
#include "services/sts/sts_int.h"

#include "aws/arn.h"

#define SECONDS_DEFAULT 3600
#define SECONDS_CHAINED 3600

/* --- shared --- */

int sts_role_arn_read(struct np_str text, struct np_str *account, struct np_err *err)
{
    struct np_arn arn;
    if (!np_arn_parse(text, &arn) || !np_str_is(arn.partition, "aws") ||
        !np_str_is(arn.service, "iam") || arn.region.n != 0 || arn.account.n != 12 ||
        !np_str_starts(arn.resource, NP_STR("role/")))
        return np_fault(err, &STS_ValidationError, "%.*s is invalid", NP_FMT(text));
    *account = arn.account;
    return 0;
}

int sts_role_seconds(const struct sts_assume *as, bool chained, int64_t *seconds,
                     struct np_err *err)
{
    *seconds = as->seconds.set ? as->seconds.v : SECONDS_DEFAULT;
    if (chained && *seconds > SECONDS_CHAINED)
        return np_fault(err, &STS_ValidationError,
                        "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                        "assumed by role chaining.");
    if (*seconds > as->role.max_session_s)
        return np_fault(err, &STS_ValidationError,
                        "The requested DurationSeconds exceeds the MaxSessionDuration set for "
                        "this role.");
    return 0;
}

void sts_role_identity(struct np_arena *a, const struct sts_assume *as, struct np_identity *who)
{
    const struct iam_role_facts *r = &as->role;
    *who = (struct np_identity){
        .kind = NP_WHO_ASSUMED_ROLE,
        .account = r->account,
        .name = r->name,
        .role_arn = r->arn,
        .session_name = as->session_name,
        .source_identity = as->source_identity,
        .user_id = np_str_printf(a, "%.*s:%.*s", NP_FMT(r->id), NP_FMT(as->session_name)),
        .arn = np_str_printf(a, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s", NP_FMT(r->account),
                             NP_FMT(r->name), NP_FMT(as->session_name)),
    };
}

struct sts_AssumedRoleUser *sts_assumed_user(struct np_arena *a, const struct np_identity *who)
{
    struct sts_AssumedRoleUser *u = np_new(a, struct sts_AssumedRoleUser);
    u->AssumedRoleId = who->user_id;
    u->Arn = who->arn;
    return u;
}

struct keys {
    struct np_arena *a;
    struct np_policy_key *v;
    size_t n, room;
};

static void add_list(struct keys *k, struct np_str name, const struct np_str *values, size_t n)
{
    if (k->n < k->room && n != 0)
        k->v[k->n++] = (struct np_policy_key){name, values, n};
}

static void add(struct keys *k, struct np_str name, struct np_str value)
{
    if (value.p == NULL)
        return;
    struct np_str *slot = np_new(k->a, struct np_str);
    *slot = value;
    add_list(k, name, slot, 1);
}

static void add_tags(struct keys *k, const struct sts_wish *w)
{
    struct np_str *names = np_new_array(k->a, struct np_str, w->n_tags + 1);
    for (size_t i = 0; i < w->n_tags; i++) {
        names[i] = w->tags[i].key;
        add(k, np_str_cat(k->a, NP_STR("aws:RequestTag/"), w->tags[i].key), w->tags[i].value);
    }
    add_list(k, NP_STR("aws:TagKeys"), names, w->n_tags);
    add_list(k, NP_STR("sts:TransitiveTagKeys"), w->transitive.v, w->transitive.n);
}

size_t sts_trust_keys(struct np_arena *a, const struct sts_assume *as, const struct sts_wish *w,
                      struct np_policy_key *keys, size_t room)
{
    struct keys k = {.a = a, .v = keys, .room = room};
    add(&k, NP_STR("sts:RoleSessionName"), as->session_name);
    add(&k, NP_STR("sts:SourceIdentity"), as->source_identity);
    add_tags(&k, w);
    return k.n;
}

/* --- AssumeRole --- */

/* AWS: STS does not say why not. */
static int denied(struct np_req *rq, const char *action, struct np_str arn, struct np_err *err)
{
    return np_fault(err, &NP_AccessDenied,
                    "User: %.*s is not authorized to perform: %s on resource: %.*s",
                    NP_FMT(rq->who->arn), action, NP_FMT(arn));
}

static int ask(struct np_req *rq, struct np_access *access, const char *action, struct np_err *err)
{
    access->action = np_str_of(action);
    int rc = np_authorize(rq, access, err);
    return rc == NP_EFAULT ? denied(rq, action, access->resource, err) : rc;
}

/* Both the caller's policies and the role's must allow it, and the tags and the source identity
 * that the session gets. */
static int authorize(struct np_req *rq, const struct sts_AssumeRoleRequest *in,
                     const struct sts_assume *as, const struct sts_wish *w, int64_t mfa_ms,
                     struct np_err *err)
{
    struct np_policy_key *v = np_new_array(rq->arena, struct np_policy_key, STS_TRUST_KEYS_MAX);
    struct keys keys = {.a = rq->arena, .v = v, .room = STS_TRUST_KEYS_MAX};
    keys.n = sts_trust_keys(rq->arena, as, w, v, STS_TRUST_KEYS_MAX);
    add(&keys, NP_STR("sts:ExternalId"), in->ExternalId);
    if (mfa_ms != 0) {
        add(&keys, NP_STR("aws:MultiFactorAuthPresent"), NP_STR("true"));
        add(&keys, NP_STR("aws:MultiFactorAuthAge"), NP_STR("0"));
    }
    struct np_access access = {
        .resource = as->role.arn,
        .resource_account = as->role.account,
        .resource_policy = as->role.trust,
        .resource_policy_required = true,
        .keys = v,
        .n_keys = keys.n,
    };
    const struct np_resource_provider *p = np_resource(rq->core, as->role.arn);
    if (p != NULL && p->tags != NULL)
        p->tags(p->arg, rq->arena, as->role.arn, &access.resource_tags, &access.n_resource_tags);
    int rc = ask(rq, &access, "sts:AssumeRole", err);
    if (rc == 0 && (w->n_tags != 0 || rq->who->n_transitive_tags != 0))
        rc = ask(rq, &access, "sts:TagSession", err);
    if (rc == 0 && as->source_identity.p != NULL)
        rc = ask(rq, &access, "sts:SetSourceIdentity", err);
    return rc;
}

/* AWS: a source identity, once set, stays through all further roles. */
static int set_source_identity(struct np_req *rq, const struct sts_AssumeRoleRequest *in,
                               struct sts_assume *as, struct np_err *err)
{
    struct np_str had = rq->who->source_identity;
    as->source_identity = had.p != NULL ? had : in->SourceIdentity;
    if (had.p == NULL || in->SourceIdentity.p == NULL || np_str_eq(had, in->SourceIdentity))
        return 0;
    return np_fault(err, &STS_AccessDenied,
                    "The source identity of the calling session cannot be changed.");
}

/* AWS: what an instance got of its role says whose it is, as ec2:SourceInstanceARN
 * (tests/sdk/test_ec2_metadata.py). */
static bool is_ec2(const struct np_identity *who)
{
    return who->kind == NP_WHO_SERVICE && np_str_is(who->name, "ec2.amazonaws.com");
}

static int assume(struct np_req *rq, int64_t mfa_ms, struct np_err *err)
{
    const struct sts_AssumeRoleRequest *in = rq->in;
    struct sts_AssumeRoleResponse *out = rq->out;
    struct sts_assume as = {.role_arn = in->RoleArn,
                            .session_name = in->RoleSessionName,
                            .seconds = in->DurationSeconds};
    struct sts_wish w = {
        .policy = in->Policy, .policy_arns = &in->PolicyArns, .transitive = in->TransitiveTagKeys};
    int rc = sts_role_arn_read(in->RoleArn, &w.account, err);
    if (rc == 0)
        rc = sts_tags_read(rq->arena, &in->Tags, &w.tags, &w.n_tags, err);
    if (rc == 0)
        rc = set_source_identity(rq, in, &as, err);
    if (rc != 0)
        return rc;
    if (iam_role_facts(rq->core, rq->arena, in->RoleArn, &as.role) != 0)
        return denied(rq, "sts:AssumeRole", in->RoleArn, err);
    rc = authorize(rq, in, &as, &w, mfa_ms, err);
    int64_t seconds = 0;
    if (rc == 0)
        rc = sts_role_seconds(&as, rq->who->kind == NP_WHO_ASSUMED_ROLE, &seconds, err);
    struct sts_session s = {0};
    if (rc == 0) {
        sts_role_identity(rq->arena, &as, &s.who);
        if (is_ec2(rq->who))
            s.who.source_instance = rq->who->source_arn;
        rc = sts_session_limit(rq, &w, rq->who, &s, &out->PackedPolicySize, err);
    }
    if (rc != 0)
        return rc;
    /* AWS: a device that was shown counts for the trust policy, the session knows nothing of it. */
    out->Credentials = sts_issue(rq, &s, seconds);
    out->AssumedRoleUser = sts_assumed_user(rq->arena, &s.who);
    out->SourceIdentity = as.source_identity;
    return 0;
}

int sts_AssumeRole(struct np_req *rq, const struct sts_AssumeRoleRequest *in,
                   struct sts_AssumeRoleResponse *out, struct np_err *err)
{
    (void)out;
    if (rq->who->kind == NP_WHO_ROOT)
        return np_fault(err, &STS_AccessDenied, "Roles may not be assumed by root accounts.");
    return sts_mfa_then(rq, in->SerialNumber, in->TokenCode, assume, err);
}

/* --- for other services --- */

int sts_credentials_of_role(struct np_core *core, struct np_arena *a, struct np_str role_arn,
                            struct np_str session_name, int64_t now_ms, int64_t duration_s,
                            struct sts_credentials *out)
{
    struct sts_assume as = {.session_name = session_name};
    struct sts_session s = {0};
    int rc = iam_role_facts(core, a, role_arn, &as.role);
    if (rc != 0)
        return rc;
    sts_role_identity(a, &as, &s.who);
    sts_session_begin(&s, a, now_ms, duration_s);
    out->token = sts_token_seal(core, &s, a);
    out->access_key_id = s.who.access_key_id;
    out->secret = s.secret;
    out->expires_ms = s.expires_ms;
    return 0;
}
