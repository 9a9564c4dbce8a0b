/* SPDX-License-Identifier: Apache-2.0 */
/* web.c - AssumeRoleWithWebIdentity: a token of an OpenID Connect provider for a role. */
#include "services/sts/sts_int.h"

#include "aws/issuer.h"

#define SKEW_S 300 /* a token may be of the near future: clocks differ */

#define CLAIM_TAGS            "https://aws.amazon.com/tags"
#define CLAIM_SOURCE_IDENTITY "https://aws.amazon.com/source_identity"

struct web {
    struct np_req *rq;
    struct sts_assume as;
    struct sts_wish wish;
    struct np_jwt jwt;
    struct np_str issuer, subject, audience;
    struct iam_oidc_facts provider;
    bool again; /* keys were asked for anew */
};

/* --- claims --- */

static struct np_str claim(const struct web *w, const char *name)
{
    return np_json_str(w->jwt.claims, np_str_of(name));
}

static bool time_of(const struct web *w, const char *name, int64_t *seconds)
{
    const struct np_json *j = np_json_member(w->jwt.claims, np_str_of(name));
    if (j == NULL || (j->type != NP_J_INT && j->type != NP_J_DOUBLE) || j->d < 0 || j->d > 1e12)
        return false;
    *seconds = (int64_t)j->d;
    return true;
}

static int missing(const char *name, struct np_err *err)
{
    return np_fault(err, &STS_InvalidIdentityTokenException, "Missing a required claim: %s", name);
}

static int check_times(const struct web *w, struct np_err *err)
{
    int64_t now = w->rq->now_ms / 1000, exp, from;
    if (!time_of(w, "exp", &exp))
        return missing("exp", err);
    if (!time_of(w, "iat", &from))
        return missing("iat", err);
    if (exp <= now)
        return np_fault(err, &STS_ExpiredTokenException,
                        "Token expired: current date/time %lld must be before the expiration "
                        "date/time %lld",
                        (long long)now, (long long)exp);
    if (from > now + SKEW_S || (time_of(w, "nbf", &from) && from > now + SKEW_S))
        return np_fault(err, &STS_IDPRejectedClaimException,
                        "The token is not valid yet: current date/time %lld", (long long)now);
    return 0;
}

/* The values of "aud" or "amr": one text or many. */
static struct np_strs texts_of(struct np_arena *a, const struct np_json *j)
{
    struct np_strs out = {0};
    if (j == NULL || (j->type != NP_J_STRING && j->type != NP_J_ARRAY))
        return out;
    out.v = np_new_array(a, struct np_str, j->n + 1);
    if (j->type == NP_J_STRING)
        out.v[out.n++] = j->s;
    for (const struct np_json *x = j->child; x != NULL; x = x->next)
        if (x->type == NP_J_STRING)
            out.v[out.n++] = x->s;
    return out;
}

static bool holds(const struct np_strs *list, struct np_str s)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i], s))
            return true;
    return false;
}

/* AWS: the authorised party, if there is one, counts as the audience. */
static int check_audience(struct web *w, struct np_err *err)
{
    struct np_strs aud = texts_of(w->rq->arena, np_json_member(w->jwt.claims, NP_STR("aud")));
    struct np_str azp = claim(w, "azp");
    if (aud.n == 0)
        return missing("aud", err);
    if (azp.p != NULL)
        aud = (struct np_strs){.v = &azp, .n = 1};
    for (size_t i = 0; i < aud.n && w->audience.p == NULL; i++)
        if (holds(&w->provider.client_ids, aud.v[i]))
            w->audience = aud.v[i];
    if (w->audience.p == NULL)
        return np_fault(err, &STS_InvalidIdentityTokenException, "Incorrect token audience");
    return 0;
}

static int check_issuer(struct web *w, struct np_err *err)
{
    static const struct np_str scheme = {"https://", 8};
    struct np_str url = claim(w, "iss"), named = url;
    w->subject = claim(w, "sub");
    if (url.p == NULL)
        return missing("iss", err);
    if (w->subject.p == NULL)
        return missing("sub", err);
    if (np_str_starts(url, scheme)) /* AWS: Google's may be without */
        url = np_str_sub(url, scheme.n, url.n);
    if (np_str_ends(url, NP_STR("/")))
        url.n--;
    if (iam_oidc_facts(w->rq, w->wish.account, url, &w->provider) != 0)
        return np_fault(err, &STS_InvalidIdentityTokenException,
                        "No OpenIDConnect provider found in your account for %.*s", NP_FMT(named));
    w->issuer = np_str_cat(w->rq->arena, scheme, w->provider.url);
    return 0;
}

/* --- tags that the provider gives --- */

static void add_tag(struct np_arena *a, struct sts_tagListType *tags, const struct np_json *j)
{
    struct np_strs values = texts_of(a, j);
    if (values.n == 1)
        tags->v[tags->n++] = (struct sts_Tag){.Key = j->key, .Value = values.v[0]};
}

static int read_tags(struct web *w, struct np_err *err)
{
    struct np_arena *a = w->rq->arena;
    const struct np_json *claim_of = np_json_member(w->jwt.claims, NP_STR(CLAIM_TAGS));
    const struct np_json *principal =
        claim_of != NULL ? np_json_member(claim_of, NP_STR("principal_tags")) : NULL;
    struct sts_tagListType tags = {0};
    if (claim_of != NULL)
        w->wish.transitive = texts_of(a, np_json_member(claim_of, NP_STR("transitive_tag_keys")));
    if (principal != NULL && principal->type == NP_J_OBJECT) {
        if (principal->n > STS_TAGS_MAX)
            return np_fault(err, &STS_InvalidIdentityTokenException,
                            "The token holds more than %d tags.", STS_TAGS_MAX);
        tags.v = np_new_array(a, struct sts_Tag, principal->n + 1);
        for (const struct np_json *j = principal->child; j != NULL; j = j->next)
            add_tag(a, &tags, j);
    }
    return sts_tags_read(a, &tags, &w->wish.tags, &w->wish.n_tags, err);
}

/* --- the role's side --- */

struct claims {
    struct np_policy_key *keys;
    size_t n, room;
};

static void add_claim(struct claims *c, const struct web *w, const char *name,
                      const struct np_strs *values)
{
    struct np_arena *a = w->rq->arena;
    if (values->n == 0 || c->n == c->room)
        return;
    struct np_str key = np_str_printf(a, "%.*s:%s", NP_FMT(w->provider.url), name);
    c->keys[c->n++] = (struct np_policy_key){key, values->v, values->n};
}

/* The condition keys of the provider that AWS has. */
static size_t add_claims(const struct web *w, struct np_policy_key *keys, size_t n, size_t room)
{
    static const char *const names[] = {"sub", "amr", "azp", "email"};
    struct np_arena *a = w->rq->arena;
    struct claims c = {.keys = keys, .n = n, .room = room};
    struct np_strs aud = texts_of(a, np_json_member(w->jwt.claims, NP_STR("aud")));
    struct np_strs azp = texts_of(a, np_json_member(w->jwt.claims, NP_STR("azp")));
    add_claim(&c, w, "aud", azp.n != 0 ? &azp : &aud);
    if (azp.n != 0)
        add_claim(&c, w, "oaud", &aud);
    NP_EACH (name, names) {
        struct np_strs v = texts_of(a, np_json_member(w->jwt.claims, np_str_of(*name)));
        add_claim(&c, w, *name, &v);
    }
    return c.n;
}

static bool may(const struct web *w, struct np_access *access, const char *action)
{
    const struct np_identity who = {
        .kind = NP_WHO_ANONYMOUS,
        .federated_provider = w->provider.arn,
        .source_identity = w->as.source_identity,
    };
    struct np_policy_decision d;
    access->action = np_str_of(action);
    np_decide(w->rq, &who, access, &d);
    return d.allowed;
}

static int authorize(struct web *w, struct np_err *err)
{
    struct np_arena *a = w->rq->arena;
    size_t room = STS_TRUST_KEYS_MAX + 8;
    struct np_policy_key *keys = np_new_array(a, struct np_policy_key, room);
    size_t n = sts_trust_keys(a, &w->as, &w->wish, keys, STS_TRUST_KEYS_MAX);
    struct np_access access = {
        .resource = w->as.role.arn,
        .resource_account = w->as.role.account,
        .resource_policy = w->as.role.trust,
        .resource_policy_required = true,
        .keys = keys,
        .n_keys = add_claims(w, keys, n, room),
    };
    const char *const action = "sts:AssumeRoleWithWebIdentity";
    if (!may(w, &access, action) || (w->wish.n_tags != 0 && !may(w, &access, "sts:TagSession")) ||
        (w->as.source_identity.p != NULL && !may(w, &access, "sts:SetSourceIdentity")))
        return np_fault(err, &STS_AccessDenied, "Not authorized to perform %s", action);
    return 0;
}

static int give_session(struct web *w, struct np_err *err)
{
    struct np_req *rq = w->rq;
    struct sts_AssumeRoleWithWebIdentityResponse *out = rq->out;
    struct sts_session s = {0};
    int64_t seconds;
    if (iam_role_facts(rq->core, rq->arena, w->as.role_arn, &w->as.role) != 0)
        return np_fault(err, &STS_AccessDenied,
                        "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    int rc = authorize(w, err);
    if (rc == 0)
        rc = sts_role_seconds(&w->as, false, &seconds, err);
    if (rc != 0)
        return rc;
    sts_role_identity(rq->arena, &w->as, &s.who);
    s.who.federated_provider = w->provider.arn;
    rc = sts_session_limit(rq, &w->wish, NULL, &s, &out->PackedPolicySize, err);
    if (rc != 0)
        return rc;
    out->Credentials = sts_issue(rq, &s, seconds);
    out->AssumedRoleUser = sts_assumed_user(rq->arena, &s.who);
    out->SubjectFromWebIdentityToken = w->subject;
    out->Provider = w->provider.arn;
    out->Audience = w->audience;
    out->SourceIdentity = w->as.source_identity;
    return 0;
}

/* --- the provider's keys --- */

static int verify(struct web *w, const struct np_jwks *keys, const struct np_err *why,
                  struct np_err *err);

static void keys_here(void *arg, const struct np_jwks *keys, const struct np_err *why)
{
    struct web *w = arg;
    int rc = verify(w, keys, why, &w->rq->err);
    if (rc != NP_LATER)
        np_req_done(w->rq, rc);
}

static int verify(struct web *w, const struct np_jwks *keys, const struct np_err *why,
                  struct np_err *err)
{
    struct np_req *rq = w->rq;
    if (keys == NULL)
        return np_fault(err, &STS_IDPCommunicationErrorException,
                        "Couldn't retrieve verification key from your identity provider: %.*s%s",
                        (int)why->n, why->text,
                        why->code == NP_EACCES ? "; start the region with --egress for its address"
                                               : "");
    enum np_jwt_verdict verdict = np_jwt_verify(&w->jwt, keys);
    if (verdict == NP_JWT_NO_KEY && !w->again) {
        w->again = true;
        np_issuer_keys(rq->core, rq->loop, w->issuer, true, keys_here, w);
        return NP_LATER;
    }
    if (verdict == NP_JWT_NO_KEY)
        return np_fault(err, &STS_InvalidIdentityTokenException,
                        "The provider has no key that the token is signed with.");
    if (verdict == NP_JWT_WRONG)
        return np_fault(err, &STS_InvalidIdentityTokenException,
                        "The signature of the token is not valid.");
    return give_session(w, err);
}

static int read_token(struct web *w, struct np_str token, struct np_err *err)
{
    if (np_jwt_parse(w->rq->arena, token, &w->jwt, NULL) != 0)
        return np_fault(err, &STS_InvalidIdentityTokenException,
                        "The ID Token provided is not a valid JWT. (You may see this error if you "
                        "sent an Access Token)");
    int rc = check_issuer(w, err);
    if (rc == 0)
        rc = check_audience(w, err);
    if (rc == 0)
        rc = check_times(w, err);
    if (rc == 0)
        rc = read_tags(w, err);
    w->as.source_identity = claim(w, CLAIM_SOURCE_IDENTITY);
    return rc;
}

int sts_AssumeRoleWithWebIdentity(struct np_req *rq,
                                  const struct sts_AssumeRoleWithWebIdentityRequest *in,
                                  struct sts_AssumeRoleWithWebIdentityResponse *out,
                                  struct np_err *err)
{
    (void)out;
    struct web *w = np_new(rq->arena, struct web);
    w->rq = rq;
    w->as = (struct sts_assume){.role_arn = in->RoleArn,
                                .session_name = in->RoleSessionName,
                                .seconds = in->DurationSeconds};
    w->wish = (struct sts_wish){.policy = in->Policy, .policy_arns = &in->PolicyArns};
    int rc = sts_role_arn_read(in->RoleArn, &w->wish.account, err);
    if (rc == 0)
        rc = read_token(w, in->WebIdentityToken, err);
    if (rc != 0)
        return rc;
    np_issuer_keys(rq->core, rq->loop, w->issuer, false, keys_here, w);
    return NP_LATER;
}
