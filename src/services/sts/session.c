/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - GetSessionToken, GetFederationToken, GetCallerIdentity, GetAccessKeyInfo,
 * authorization messages; what limits a session. */
#include "services/sts/sts_int.h"

#include "aws/arn.h"
#include "aws/tags.h"
#include "base/enc.h"

/* --- who am I --- */

int sts_GetCallerIdentity(struct np_req *rq, const struct sts_GetCallerIdentityRequest *in,
                          struct sts_GetCallerIdentityResponse *out, struct np_err *err)
{
    out->Account = rq->who->account;
    out->UserId = rq->who->user_id;
    out->Arn = rq->who->arn;
    return 0;
}

int sts_GetAccessKeyInfo(struct np_req *rq, const struct sts_GetAccessKeyInfoRequest *in,
                         struct sts_GetAccessKeyInfoResponse *out, struct np_err *err)
{
    out->Account = iam_key_account(rq->core, rq->arena, in->AccessKeyId);
    if (out->Account.p == NULL)
        return np_fault(err, &STS_ValidationError, "Invalid access key id: %.*s",
                        NP_FMT(in->AccessKeyId));
    return 0;
}

/* --- denials that were told in code --- */

struct np_str sts_message_encode(const struct np_core *core, struct np_arena *a, struct np_str json)
{
    return np_base64url(a, np_core_seal(core, "sts.message", json, a));
}

int sts_DecodeAuthorizationMessage(struct np_req *rq,
                                   const struct sts_DecodeAuthorizationMessageRequest *in,
                                   struct sts_DecodeAuthorizationMessageResponse *out,
                                   struct np_err *err)
{
    struct np_str sealed = np_unbase64url(rq->arena, in->EncodedMessage);
    if (sealed.p != NULL)
        out->DecodedMessage = np_core_unseal(rq->core, "sts.message", sealed, rq->arena);
    if (out->DecodedMessage.p == NULL)
        return np_fault(err, &STS_InvalidAuthorizationMessageException, "Message is not valid");
    return 0;
}

/* --- policies and tags of a session --- */

static int check_policy(struct np_str policy, struct np_err *err)
{
    struct np_policy *p;
    struct np_err why = {0};
    if (policy.n > STS_POLICY_MAX)
        return np_fault(err, &STS_ValidationError,
                        "1 validation error detected: Value at 'policy' failed to satisfy "
                        "constraint: Member must have length less than or equal to %d",
                        STS_POLICY_MAX);
    if (np_policy_compile(policy, NP_POLICY_IDENTITY, &p, &why) != 0)
        return np_fault(err, &STS_MalformedPolicyDocumentException, "%.*s",
                        NP_FMT(np_err_text(&why)));
    np_policy_unref(p);
    return 0;
}

static int check_arns(struct np_req *rq, struct np_str account,
                      const struct sts_policyDescriptorListType *in, struct np_strs *out,
                      struct np_err *err)
{
    if (in->n > STS_POLICY_ARNS_MAX)
        return np_fault(err, &STS_ValidationError,
                        "1 validation error detected: Value at 'policyArns' failed to satisfy "
                        "constraint: Member must have length less than or equal to %d",
                        STS_POLICY_ARNS_MAX);
    *out = (struct np_strs){np_new_array(rq->arena, struct np_str, in->n + 1), 0, true};
    for (size_t i = 0; i < in->n; i++) {
        struct np_arn parts;
        struct np_str arn = in->v[i].arn;
        bool ok = np_arn_parse(arn, &parts) &&
                  (np_str_is(parts.account, "aws") || np_str_eq(parts.account, account));
        if (!ok || iam_managed_policy(rq->core, arn) == NULL)
            return np_fault(err, &STS_MalformedPolicyDocumentException,
                            "Policy ARN %.*s does not exist or is not attachable.", NP_FMT(arn));
        out->v[out->n++] = arn;
    }
    return 0;
}

static bool has_key(const struct np_tag *tags, size_t n, struct np_str key)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_ieq(tags[i].key, key))
            return true;
    return false;
}

static int check_tags(const struct sts_tagListType *tags, struct np_err *err)
{
    _Static_assert(sizeof(struct sts_Tag) == sizeof(struct np_tag), "the same two members");
    const struct np_tag *list = (const void *)tags->v;
    size_t at = 0;
    for (size_t i = 0; i < tags->n; i++)
        if (has_key(list, i, list[i].key))
            return np_fault(err, &STS_InvalidParameterValue,
                            "Duplicate tag keys found. Please note that Tag keys are case "
                            "insensitive.");
    enum np_tag_problem p = np_tags_check(list, tags->n, &at);
    if (p == NP_TAG_OK || p == NP_TAG_DUPLICATE)
        return 0;
    return np_fault(err, &STS_InvalidParameterValue, "The tag with key '%.*s' is not valid.",
                    NP_FMT(tags->v[at].Key));
}

static bool is_transitive(const struct np_strs *transitive, struct np_str key)
{
    for (size_t i = 0; transitive != NULL && i < transitive->n; i++)
        if (np_str_ieq(transitive->v[i], key))
            return true;
    return false;
}

/* Transitive tags first: those that the calling session hands on, then those of the call. */
static int merge_tags(struct np_req *rq, const struct sts_limits *in, struct sts_session *s,
                      struct np_err *err)
{
    const struct np_identity *who = rq->who;
    const struct np_tag *asked = (const void *)in->tags->v;
    size_t inherited = s->kind == NP_WHO_ASSUMED_ROLE ? who->n_transitive_tags : 0;
    s->tags = np_new_array(rq->arena, struct np_tag, inherited + in->tags->n + 1);
    for (size_t i = 0; in->transitive != NULL && i < in->transitive->n; i++)
        if (!has_key(asked, in->tags->n, in->transitive->v[i]))
            return np_fault(err, &STS_InvalidParameterValue,
                            "The specified transitive tag key must be included in the requested "
                            "tags.");
    for (size_t i = 0; i < inherited; i++) {
        if (has_key(asked, in->tags->n, who->session_tags[i].key))
            return np_fault(err, &STS_InvalidParameterValue,
                            "One of the specified transitive tag keys can't be set because it "
                            "conflicts with a transitive tag key from the calling session.");
        s->tags[s->n_tags++] = who->session_tags[i];
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < in->tags->n; i++)
            if (is_transitive(in->transitive, asked[i].key) == (pass == 0))
                s->tags[s->n_tags++] = asked[i];
        if (pass == 0)
            s->n_transitive = s->n_tags;
    }
    for (size_t i = 0; i < s->n_tags; i++)
        if (s->tags[i].value.p == NULL)
            s->tags[i].value = NP_STR("");
    return 0;
}

static int64_t packed_size(const struct sts_session *s)
{
    size_t n = s->policy.p != NULL ? np_policy_size_nonblank(s->policy) : 0;
    for (size_t i = 0; i < s->policy_arns.n; i++)
        n += s->policy_arns.v[i].n;
    for (size_t i = 0; i < s->n_tags; i++)
        n += s->tags[i].key.n + s->tags[i].value.n;
    return (int64_t)((n * 100 + STS_PACKED_MAX - 1) / STS_PACKED_MAX);
}

int sts_limit_session(struct np_req *rq, struct np_str account, const struct sts_limits *in,
                      struct sts_session *s, struct np_opt_int *packed, struct np_err *err)
{
    int rc = in->policy.p != NULL ? check_policy(in->policy, err) : 0;
    if (rc == 0)
        rc = check_arns(rq, account, in->arns, &s->policy_arns, err);
    if (rc == 0)
        rc = check_tags(in->tags, err);
    if (rc == 0)
        rc = merge_tags(rq, in, s, err);
    if (rc != 0)
        return rc;
    s->policy = in->policy;
    int64_t percent = packed_size(s);
    if (percent > 100)
        return np_fault(
            err, &STS_PackedPolicyTooLargeException,
            "Packed size of session tags and policies consumes %lld%% of allotted space.",
            (long long)percent);
    *packed =
        (struct np_opt_int){s->policy.p != NULL || s->policy_arns.n + s->n_tags != 0, percent};
    return 0;
}

/* --- MFA --- */

struct mfa_wait {
    int (*go)(struct np_req *rq, int64_t mfa_ms, struct np_err *err);
};

static int mfa_wrong(int rc, struct np_err *err)
{
    if (rc == NP_EACCES)
        return np_fault(err, &NP_AccessDenied,
                        "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    if (rc == NP_ENOENT)
        return np_fault(err, &NP_AccessDenied,
                        "MultiFactorAuthentication failed, unable to validate MFA code.  Please "
                        "verify your MFA serial number is valid and associated with this user.");
    return rc;
}

static void mfa_done(struct np_req *rq, int rc)
{
    const struct mfa_wait *w = rq->priv;
    rc = rc == 0 ? w->go(rq, rq->now_ms, &rq->err) : mfa_wrong(rc, &rq->err);
    if (rc != NP_LATER)
        np_req_done(rq, rc);
}

int sts_with_mfa(struct np_req *rq, struct np_str serial, struct np_str code,
                 int (*go)(struct np_req *rq, int64_t mfa_ms, struct np_err *err),
                 struct np_err *err)
{
    if (serial.p == NULL && code.p == NULL)
        return go(rq, 0, err);
    if (serial.p == NULL || code.p == NULL)
        return np_fault(err, &NP_AccessDenied,
                        "MultiFactorAuthentication failed, must provide both MFA serial number and "
                        "one time pass code.");
    struct mfa_wait *w = np_new(rq->arena, struct mfa_wait);
    w->go = go;
    rq->priv = w;
    int rc = iam_mfa_verify(rq, serial, code, mfa_done);
    return rc == NP_LATER ? rc : mfa_wrong(rc, err);
}

/* --- GetSessionToken --- */

static int long_term_only(const struct np_req *rq, const char *operation, struct np_err *err)
{
    bool ok = !rq->who->temporary && (rq->who->kind == NP_WHO_USER || rq->who->kind == NP_WHO_ROOT);
    return ok ? 0
              : np_fault(err, &NP_AccessDenied, "Cannot call %s with session credentials",
                         operation);
}

/* AWS: root's sessions last an hour at most. */
static int64_t session_seconds(const struct np_req *rq, struct np_opt_int asked)
{
    int64_t s = asked.set ? asked.v : STS_SESSION_S;
    return rq->who->kind == NP_WHO_ROOT && s > STS_ROOT_MAX_S ? STS_ROOT_MAX_S : s;
}

static int issue_session(struct np_req *rq, int64_t mfa_ms, struct np_err *err)
{
    const struct sts_GetSessionTokenRequest *in = rq->in;
    struct sts_GetSessionTokenResponse *out = rq->out;
    struct sts_session s = {
        .kind = rq->who->kind,
        .account = rq->who->account,
        .arn = rq->who->arn,
        .user_id = rq->who->user_id,
        .name = rq->who->name,
        .issued_ms = rq->now_ms / 1000 * 1000,
        .mfa_ms = mfa_ms,
    };
    s.expires_ms = s.issued_ms + session_seconds(rq, in->DurationSeconds) * 1000;
    out->Credentials = sts_credentials_out(rq->core, rq->arena, &s);
    return 0;
}

int sts_GetSessionToken(struct np_req *rq, const struct sts_GetSessionTokenRequest *in,
                        struct sts_GetSessionTokenResponse *out, struct np_err *err)
{
    int rc = long_term_only(rq, "GetSessionToken", err);
    return rc != 0 ? rc : sts_with_mfa(rq, in->SerialNumber, in->TokenCode, issue_session, err);
}

/* --- GetFederationToken --- */

int sts_GetFederationToken(struct np_req *rq, const struct sts_GetFederationTokenRequest *in,
                           struct sts_GetFederationTokenResponse *out, struct np_err *err)
{
    struct np_arena *a = rq->arena;
    struct np_str account = rq->who->account;
    const struct sts_limits limits = {in->Policy, &in->PolicyArns, &in->Tags, NULL};
    struct sts_session s = {
        .kind = NP_WHO_FEDERATED_USER,
        .account = account,
        .name = in->Name,
        .arn = np_str_printf(a, "arn:aws:sts::%.*s:federated-user/%.*s", NP_FMT(account),
                             NP_FMT(in->Name)),
        .user_id = np_str_printf(a, "%.*s:%.*s", NP_FMT(account), NP_FMT(in->Name)),
        .parent_id = rq->who->user_id,
        .issued_ms = rq->now_ms / 1000 * 1000,
    };
    struct np_opt_int packed;
    int rc = long_term_only(rq, "GetFederationToken", err);
    if (rc == 0)
        rc = sts_limit_session(rq, account, &limits, &s, &packed, err);
    if (rc != 0)
        return rc;
    s.expires_ms = s.issued_ms + session_seconds(rq, in->DurationSeconds) * 1000;
    out->Credentials = sts_credentials_out(rq->core, a, &s);
    out->FederatedUser = np_new(a, struct sts_FederatedUser);
    out->FederatedUser->Arn = s.arn;
    out->FederatedUser->FederatedUserId = s.user_id;
    out->PackedPolicySize = (struct np_opt_int){true, packed.set ? packed.v : 0};
    return 0;
}
