/* SPDX-License-Identifier: Apache-2.0 */
/* federate.c - GetSessionToken and GetFederationToken: sessions of users and root themselves. */
#include "services/sts/sts_int.h"

#define SECONDS_DEFAULT 43200
#define SECONDS_ROOT    3600

/* AWS: root gets an hour, whatever it asks for. */
static int64_t seconds_of(const struct np_req *rq, struct np_opt_int asked)
{
    int64_t seconds = asked.set ? asked.v : SECONDS_DEFAULT;
    bool root = rq->who->kind == NP_WHO_ROOT;
    return root && seconds > SECONDS_ROOT ? SECONDS_ROOT : seconds;
}

static int give_session(struct np_req *rq, int64_t mfa_ms, struct np_err *err)
{
    (void)err;
    const struct sts_GetSessionTokenRequest *in = rq->in;
    struct sts_GetSessionTokenResponse *out = rq->out;
    struct sts_session s = {.who = *rq->who};
    s.who.mfa_ms = mfa_ms;
    out->Credentials = sts_issue(rq, &s, seconds_of(rq, in->DurationSeconds));
    return 0;
}

/* AWS: no policy need allow it, but one can deny it. */
int sts_GetSessionToken(struct np_req *rq, const struct sts_GetSessionTokenRequest *in,
                        struct sts_GetSessionTokenResponse *out, struct np_err *err)
{
    (void)out;
    const struct np_access access = {.action = NP_STR("sts:GetSessionToken"),
                                     .resource = NP_STR("*")};
    struct np_policy_decision d;
    np_decide(rq, rq->who, &access, &d);
    if (d.explicit_deny) {
        int rc = np_authorize(rq, &access, err);
        if (rc != 0)
            return rc;
    }
    return sts_mfa_then(rq, in->SerialNumber, in->TokenCode, give_session, err);
}

/* --- GetFederationToken --- */

static int authorize(struct np_req *rq, struct np_str arn, const struct sts_wish *w,
                     struct np_err *err)
{
    struct np_policy_key keys[STS_TAGS_MAX + 1];
    struct np_str names[STS_TAGS_MAX];
    size_t n = 0;
    for (; n < w->n_tags && n < STS_TAGS_MAX; n++) {
        names[n] = w->tags[n].key;
        keys[n] = (struct np_policy_key){np_str_cat(rq->arena, NP_STR("aws:RequestTag/"), names[n]),
                                         &w->tags[n].value, 1};
    }
    keys[n] = (struct np_policy_key){NP_STR("aws:TagKeys"), names, n};
    struct np_access access = {
        .action = NP_STR("sts:GetFederationToken"),
        .resource = arn,
        .keys = keys,
        .n_keys = n != 0 ? n + 1 : 0,
    };
    int rc = np_authorize(rq, &access, err);
    access.action = NP_STR("sts:TagSession");
    return rc == 0 && n != 0 ? np_authorize(rq, &access, err) : rc;
}

int sts_GetFederationToken(struct np_req *rq, const struct sts_GetFederationTokenRequest *in,
                           struct sts_GetFederationTokenResponse *out, struct np_err *err)
{
    const struct np_identity *by = rq->who;
    struct sts_wish w = {
        .account = by->account, .policy = in->Policy, .policy_arns = &in->PolicyArns};
    struct sts_session s = {0};
    s.who = (struct np_identity){
        .kind = NP_WHO_FEDERATED_USER,
        .account = by->account,
        .name = in->Name,
        .parent_id = by->user_id,
        .parent_arn = by->arn,
        .user_id = np_str_printf(rq->arena, "%.*s:%.*s", NP_FMT(by->account), NP_FMT(in->Name)),
        .arn = np_str_printf(rq->arena, "arn:aws:sts::%.*s:federated-user/%.*s",
                             NP_FMT(by->account), NP_FMT(in->Name)),
    };
    int rc = sts_tags_read(rq->arena, &in->Tags, &w.tags, &w.n_tags, err);
    if (rc == 0)
        rc = authorize(rq, s.who.arn, &w, err);
    if (rc == 0)
        rc = sts_session_limit(rq, &w, NULL, &s, &out->PackedPolicySize, err);
    if (rc != 0)
        return rc;
    out->PackedPolicySize.set = true;
    out->Credentials = sts_issue(rq, &s, seconds_of(rq, in->DurationSeconds));
    out->FederatedUser = np_new(rq->arena, struct sts_FederatedUser);
    out->FederatedUser->FederatedUserId = s.who.user_id;
    out->FederatedUser->Arn = s.who.arn;
    return 0;
}
