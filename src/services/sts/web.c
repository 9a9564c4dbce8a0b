/* SPDX-License-Identifier: Apache-2.0 */
/* web.c - AssumeRoleWithWebIdentity: a token of an OpenID Connect provider for credentials of a
 * role. */
#include "services/sts/sts_int.h"

struct web {
    struct np_req *rq;
    struct np_str account;
    struct iam_oidc_facts provider;
    struct sts_jwt jwt;
    bool fetched_again;
};

static int invalid_token(struct np_err *err, const char *why)
{
    return np_fault(err, &STS_InvalidIdentityTokenException, "%s", why);
}

static struct np_str without_scheme(struct np_str issuer)
{
    struct np_str url =
        np_str_istarts(issuer, NP_STR("https://")) ? np_str_sub(issuer, 8, issuer.n) : issuer;
    while (np_str_ends(url, NP_STR("/")))
        url.n--;
    return url;
}

/* --- the claims --- */

static bool contains(const struct np_strs *list, struct np_str s)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i], s))
            return true;
    return false;
}

static bool audience_ok(const struct web *w)
{
    const struct sts_claims *c = &w->jwt.claims;
    if (c->authorized_party.p != NULL && contains(&w->provider.client_ids, c->authorized_party))
        return true;
    for (size_t i = 0; i < c->audiences.n; i++)
        if (contains(&w->provider.client_ids, c->audiences.v[i]))
            return true;
    return false;
}

static int check_claims(const struct web *w, struct np_err *err)
{
    const struct sts_claims *c = &w->jwt.claims;
    int64_t now_s = w->rq->now_ms / 1000;
    if (now_s >= c->expires_s)
        return np_fault(err, &STS_ExpiredTokenException,
                        "Token expired: current date/time %lld must be before the expiration "
                        "date/time %lld",
                        (long long)now_s, (long long)c->expires_s);
    if (c->issued_s > now_s + 300)
        return invalid_token(err, "The token was issued in the future.");
    if (!audience_ok(w))
        return invalid_token(err, "Incorrect token audience");
    return 0;
}

/* --- the session --- */

static void claim_key(struct web *w, struct sts_assume *as, const char *name, struct np_str value)
{
    if (value.p == NULL)
        return;
    const char *key = np_str_z(
        w->rq->arena, np_str_printf(w->rq->arena, "%.*s:%s", NP_FMT(w->provider.url), name));
    sts_add_key(w->rq->arena, as, key, value);
}

static void claim_list(struct web *w, struct sts_assume *as, const char *name,
                       const struct np_strs *list)
{
    if (list->n == 0 || as->n_keys == NP_LEN(as->keys))
        return;
    struct np_str key = np_str_printf(w->rq->arena, "%.*s:%s", NP_FMT(w->provider.url), name);
    as->keys[as->n_keys++] = (struct np_policy_key){key, list->v, list->n};
}

static void add_keys(struct web *w, const struct sts_AssumeRoleWithWebIdentityRequest *in,
                     struct sts_assume *as)
{
    const struct sts_claims *c = &w->jwt.claims;
    /* AWS: aud is the authorized party when there is one; oaud is always the audience. */
    claim_key(w, as, "aud", c->authorized_party.p != NULL ? c->authorized_party : c->audience);
    claim_key(w, as, "oaud", c->audience);
    claim_key(w, as, "azp", c->authorized_party);
    claim_key(w, as, "sub", c->subject);
    claim_key(w, as, "email", c->email);
    claim_list(w, as, "amr", &c->methods);
    sts_add_key(w->rq->arena, as, "sts:RoleSessionName", in->RoleSessionName);
    sts_add_key(w->rq->arena, as, "aws:FederatedProvider", w->provider.arn);
    sts_add_tag_keys(w->rq->arena, as);
    if (c->source_identity.p != NULL) {
        as->session.source_identity = c->source_identity;
        as->source_identity = true;
        sts_add_key(w->rq->arena, as, "sts:SourceIdentity", c->source_identity);
    }
}

static int may(struct web *w, const struct sts_assume *as, const char *action, struct np_err *err)
{
    const struct np_identity who = {.kind = NP_WHO_ANONYMOUS,
                                    .federated_provider = w->provider.arn};
    const struct np_access access = {
        .action = np_str_of(action),
        .resource = as->role.arn,
        .resource_account = as->role.account,
        .resource_policy = as->role.trust,
        .resource_policy_required = true,
        .keys = as->keys,
        .n_keys = as->n_keys,
    };
    struct np_policy_decision d;
    np_decide(w->rq, &who, &access, &d);
    return d.allowed ? 0 : np_fault(err, &NP_AccessDenied, "Not authorized to perform %s", action);
}

static int authorize(struct web *w, const struct sts_assume *as, struct np_err *err)
{
    int rc = may(w, as, "sts:AssumeRoleWithWebIdentity", err);
    if (rc == 0 && as->tags)
        rc = may(w, as, "sts:TagSession", err);
    if (rc == 0 && as->source_identity)
        rc = may(w, as, "sts:SetSourceIdentity", err);
    return rc;
}

static int issue(struct web *w, struct np_err *err)
{
    struct np_req *rq = w->rq;
    const struct sts_AssumeRoleWithWebIdentityRequest *in = rq->in;
    struct sts_AssumeRoleWithWebIdentityResponse *out = rq->out;
    struct sts_assume *as = np_new(rq->arena, struct sts_assume);
    const struct sts_claims *c = &w->jwt.claims;
    const struct sts_tagListType tags = {(struct sts_Tag *)(void *)c->tags, c->n_tags, true};
    const struct sts_limits limits = {in->Policy, &in->PolicyArns, &tags, &c->transitive};
    int64_t seconds;
    if (iam_role_facts(rq->core, rq->arena, in->RoleArn, &as->role) != 0)
        return np_fault(err, &NP_AccessDenied,
                        "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    int rc = sts_limit_session(rq, as->role.account, &limits, &as->session, &as->packed, err);
    if (rc != 0)
        return rc;
    add_keys(w, in, as);
    rc = authorize(w, as, err);
    if (rc == 0)
        rc = sts_duration(in->DurationSeconds, as->role.max_session_s, false, &seconds, err);
    if (rc != 0)
        return rc;
    as->session.federated_provider = w->provider.arn;
    sts_role_session(rq, as, in->RoleSessionName, seconds);
    out->Credentials = sts_credentials_out(rq->core, rq->arena, &as->session);
    out->AssumedRoleUser = sts_assumed_out(rq->arena, &as->session);
    out->PackedPolicySize = as->packed;
    out->Provider = w->provider.arn;
    out->Audience = c->audience;
    out->SubjectFromWebIdentityToken = c->subject;
    out->SourceIdentity = as->session.source_identity;
    return 0;
}

/* --- the provider's keys --- */

static void got_keys(struct np_req *rq, int rc, struct np_str key_set, const struct np_err *err)
{
    struct web *w = rq->priv;
    int verdict = rc == 0 ? sts_jwt_verify(rq->arena, &w->jwt, key_set) : NP_ENOENT;
    if (rc == 0 && verdict == NP_ENOENT && !w->fetched_again) {
        w->fetched_again = true; /* the provider may have a new key */
        sts_jwks_get(rq, w->provider.url, true, got_keys);
        return;
    }
    if (rc != 0)
        rc = np_fault(&rq->err, &STS_IDPCommunicationErrorException,
                      "The identity provider https://%.*s could not be asked for its keys: %.*s",
                      NP_FMT(w->provider.url), err != NULL ? (int)err->n : 0,
                      err != NULL ? err->text : "");
    else if (verdict == NP_ENOENT)
        rc = invalid_token(
            &rq->err, "Couldn't retrieve verification key from your identity provider,  please "
                      "reference AssumeRoleWithWebIdentity documentation for requirements");
    else if (verdict != 0)
        rc = invalid_token(&rq->err,
                           "The signature of the token does not verify with the keys of the "
                           "identity provider.");
    else
        rc = issue(w, &rq->err);
    np_req_done(rq, rc);
}

int sts_AssumeRoleWithWebIdentity(struct np_req *rq,
                                  const struct sts_AssumeRoleWithWebIdentityRequest *in,
                                  struct sts_AssumeRoleWithWebIdentityResponse *out,
                                  struct np_err *err)
{
    struct web *w = np_new(rq->arena, struct web);
    w->rq = rq;
    rq->priv = w;
    int rc = sts_role_arn_ok(in->RoleArn, &w->account, err);
    if (rc == 0)
        rc = sts_jwt_parse(rq->arena, in->WebIdentityToken, &w->jwt, err);
    if (rc != 0)
        return rc;
    struct np_str issuer = w->jwt.claims.issuer;
    if (iam_oidc_facts(rq, w->account, without_scheme(issuer), &w->provider) != 0)
        return np_fault(err, &STS_InvalidIdentityTokenException,
                        "No OpenIDConnect provider found in your account for %.*s", NP_FMT(issuer));
    rc = check_claims(w, err);
    if (rc != 0)
        return rc;
    sts_jwks_get(rq, w->provider.url, false, got_keys);
    return NP_LATER;
}
