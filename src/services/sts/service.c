/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - STS as the front door sees it: who may call what, and the questions about oneself. */
#include "services/sts/sts_int.h"

/* --- who may call what --- */

enum rule {
    ANYBODY,   /* the operation authorises by itself */
    SIGNED,    /* credentials of any kind */
    FEDERABLE, /* not a federated user; the operation asks its own policies */
    LONG_TERM, /* no session */
    BY_POLICY, /* no session of a user or root; the action must be allowed */
};

static const struct {
    const char *op;
    enum rule rule;
} rules[] = {
    {"AssumeRole", FEDERABLE},
    {"AssumeRoleWithWebIdentity", ANYBODY},
    {"DecodeAuthorizationMessage", BY_POLICY},
    {"GetAccessKeyInfo", BY_POLICY},
    {"GetCallerIdentity", SIGNED},
    {"GetFederationToken", LONG_TERM},
    {"GetSessionToken", LONG_TERM},
};

static enum rule rule_of(const char *op)
{
    NP_EACH (r, rules)
        if (np_str_eq(np_str_of(r->op), np_str_of(op)))
            return r->rule;
    return BY_POLICY;
}

/* AWS: federated users may only ask who they are, sessions of a user may also assume roles. */
static bool session_ok(const struct np_identity *who, enum rule rule)
{
    switch (rule) {
    case ANYBODY:
    case SIGNED:
        return true;
    case FEDERABLE:
        return who->kind != NP_WHO_FEDERATED_USER;
    case LONG_TERM:
        return !who->temporary && (who->kind == NP_WHO_USER || who->kind == NP_WHO_ROOT);
    case BY_POLICY:
        return !who->temporary || who->kind == NP_WHO_ASSUMED_ROLE;
    }
    return false;
}

static int authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    (void)in;
    enum rule rule = rule_of(op->codec->name);
    if (rule != ANYBODY && rq->who->kind == NP_WHO_ANONYMOUS)
        return np_fault(err, &NP_MissingAuthenticationToken,
                        "Request is missing Authentication Token");
    if (!session_ok(rq->who, rule))
        return np_fault(err, &NP_AccessDenied, "Cannot call %s with session credentials",
                        op->codec->name);
    if (rule != BY_POLICY)
        return 0;
    const struct np_access access = {
        .action = np_str_printf(rq->arena, "sts:%s", op->codec->name),
        .resource = NP_STR("*"),
    };
    return np_authorize(rq, &access, err);
}

/* --- questions about callers, keys and denials --- */

int sts_GetCallerIdentity(struct np_req *rq, const struct sts_GetCallerIdentityRequest *in,
                          struct sts_GetCallerIdentityResponse *out, struct np_err *err)
{
    (void)in, (void)err;
    out->UserId = rq->who->user_id;
    out->Account = rq->who->account;
    out->Arn = rq->who->arn;
    return 0;
}

int sts_GetAccessKeyInfo(struct np_req *rq, const struct sts_GetAccessKeyInfoRequest *in,
                         struct sts_GetAccessKeyInfoResponse *out, struct np_err *err)
{
    struct np_str account = iam_key_account(rq->core, rq->arena, in->AccessKeyId);
    if (account.p == NULL || !np_account_exists(rq->core, account))
        return np_fault(err, &STS_ValidationError, "The access key id %.*s is of no account.",
                        NP_FMT(in->AccessKeyId));
    out->Account = account;
    return 0;
}

int sts_DecodeAuthorizationMessage(struct np_req *rq,
                                   const struct sts_DecodeAuthorizationMessageRequest *in,
                                   struct sts_DecodeAuthorizationMessageResponse *out,
                                   struct np_err *err)
{
    out->DecodedMessage =
        np_decode_denial(rq->core, rq->arena, rq->who->account, in->EncodedMessage);
    if (out->DecodedMessage.p == NULL)
        return np_fault(err, &STS_InvalidAuthorizationMessageException,
                        "The message is not a message of this account, or was changed.");
    return 0;
}

/* --- life --- */

static int init(struct np_core *core, struct np_err *err)
{
    (void)err;
    sts_provider_register(core);
    return 0;
}

const struct np_service sts_service = {
    .name = "sts",
    .model = &sts_model,
    .action_prefix = "sts",
    .also_us_east_1 = true, /* sts.amazonaws.com */
    .init = init,
    .authorize = authorize,
    .anonymous_ok = true,
    .presigned_ms = 15 * 60 * 1000, /* AWS: X-Amz-Expires, 60 in tokens of EKS, is not looked at */
};
