/* SPDX-License-Identifier: Apache-2.0 */
/* behaviors.c - the cache behaviours of a distribution, by meaning. */
#include "services/cloudfront/function.h"

static bool has(const struct np_strs *l, const char *z)
{
    for (size_t i = 0; i < l->n; i++)
        if (np_str_eq(l->v[i], np_str_of(z)))
            return true;
    return false;
}

/* AWS: these three sets and no others (tests/sdk/test_cloudfront_distributions.py). */
static int check_methods(const struct cloudfront_AllowedMethods *m, struct np_err *err)
{
    const struct np_strs *allowed = &m->Items, *cached = &m->CachedMethods->Items;
    bool read = has(allowed, "GET") && has(allowed, "HEAD");
    bool ok = read &&
              (allowed->n == 2 || (allowed->n == 3 && has(allowed, "OPTIONS")) || allowed->n == 7);
    if (!ok)
        return cloudfront_invalid_argument(
            err, "The parameter AllowedMethods is invalid: GET and HEAD, these and OPTIONS, or all "
                 "seven.");
    ok = has(cached, "GET") && has(cached, "HEAD") &&
         (cached->n == 2 || (cached->n == 3 && has(cached, "OPTIONS")));
    if (!ok || (has(cached, "OPTIONS") && !has(allowed, "OPTIONS")))
        return cloudfront_invalid_argument(
            err, "The parameter CachedMethods is invalid: GET and HEAD, or these and OPTIONS where "
                 "it is allowed.");
    return 0;
}

static int check_cookies(const struct cloudfront_CookiePreference *p, struct np_err *err)
{
    size_t n = p->WhitelistedNames != NULL ? p->WhitelistedNames->Items.n : 0;
    bool some = np_str_is(p->Forward, "whitelist");
    if (some != (n != 0))
        return np_fault(err, &CLOUDFRONT_InvalidForwardCookies,
                        "Your request contains forward cookies option which doesn't match with the "
                        "expectation for the whitelisted list of cookie names.");
    if (n > CLOUDFRONT_FORWARDED_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyCookieNamesInWhiteList,
                        "Your request contains more cookie names in the whitelist than are allowed "
                        "per cache behavior.");
    return 0;
}

/* AWS: what S3 reads of a request that CloudFront signs or answers itself is not forwarded to it.
 */
static bool s3_header_ok(struct np_str name)
{
    static const char *const allowed[] = {"Origin", "Access-Control-Request-Headers",
                                          "Access-Control-Request-Method"};
    NP_EACH (a, allowed)
        if (np_str_ieq(name, np_str_of(*a)))
            return true;
    return !np_str_is(name, "*") && !np_str_ieq(name, NP_STR("Host")) &&
           !np_str_istarts(name, NP_STR("X-Amz-")) && !np_str_ieq(name, NP_STR("Authorization"));
}

static int check_forwarded(const struct cloudfront_ForwardedValues *f, bool s3, struct np_err *err)
{
    const struct np_strs *h = &f->Headers->Items;
    if (h->n > CLOUDFRONT_FORWARDED_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyHeadersInForwardedValues,
                        "Your request contains too many headers in forwarded values.");
    for (size_t i = 0; i < h->n; i++) {
        if (s3 && !s3_header_ok(h->v[i]))
            return np_fault(err, &CLOUDFRONT_InvalidHeadersForS3Origin,
                            "The headers specified are not valid for an Amazon S3 origin: %.*s.",
                            NP_FMT(h->v[i]));
        if (!cloudfront_token_ok(h->v[i]) || (np_str_is(h->v[i], "*") && h->n != 1))
            return cloudfront_invalid_argument(err, "The parameter Headers is invalid.");
    }
    if (f->QueryStringCacheKeys->Items.n > CLOUDFRONT_FORWARDED_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyQueryStringParameters,
                        "Your request contains too many query string parameters.");
    if (f->QueryStringCacheKeys->Items.n != 0 && !f->QueryString.v)
        return np_fault(err, &CLOUDFRONT_InvalidQueryStringParameters,
                        "The query string parameters specified are not valid: QueryString is "
                        "false.");
    return check_cookies(f->Cookies, err);
}

static int check_ttls(const struct cloudfront_CacheBehavior *b, struct np_err *err)
{
    bool ok = b->MinTTL.v >= 0 && b->DefaultTTL.v >= b->MinTTL.v &&
              b->MaxTTL.v >= b->DefaultTTL.v && b->MaxTTL.v <= CLOUDFRONT_TTL_MAX;
    return ok ? 0
              : np_fault(err, &CLOUDFRONT_InvalidTTLOrder,
                         "The TTL order specified is not valid: MinTTL, DefaultTTL and MaxTTL are "
                         "each at least the one before.");
}

static int check_caching(const struct cloudfront_CacheBehavior *b, bool s3, struct np_err *err)
{
    bool policy = b->CachePolicyId.n != 0;
    if (!policy && b->ForwardedValues == NULL)
        return cloudfront_invalid_argument(
            err, "The parameter ForwardedValues or CachePolicyId is required.");
    if (policy &&
        (b->ForwardedValues != NULL || b->MinTTL.set || b->DefaultTTL.set || b->MaxTTL.set))
        return cloudfront_invalid_argument(
            err, "The parameter ForwardedValues, MinTTL, DefaultTTL or MaxTTL cannot be used when "
                 "a cache policy is associated to the cache behavior.");
    if (!policy && b->OriginRequestPolicyId.n != 0)
        return cloudfront_invalid_argument(
            err, "The parameter OriginRequestPolicyId requires a cache policy.");
    if (policy)
        return 0;
    int rc = check_ttls(b, err);
    return rc == 0 ? check_forwarded(b->ForwardedValues, s3, err) : rc;
}

static int check_signers(const struct cloudfront_TrustedKeyGroups *g, struct np_err *err)
{
    if (g->Enabled.v != (g->Items.n != 0))
        return cloudfront_invalid_argument(
            err, "The parameter TrustedKeyGroups is enabled exactly if it has items.");
    if (g->Items.n > CLOUDFRONT_KEY_GROUPS_USE_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyKeyGroupsAssociatedToDistribution,
                        "The number of key groups referenced by this distribution is more than the "
                        "maximum allowed.");
    return 0;
}

/* AWS: of a path pattern (tests/sdk/test_cloudfront_distributions.py). */
static bool pattern_ok(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  memchr("_-.*$/~\"'@:+&?=%!,;()[]{}|^#<>", c, 30) != NULL;
        if (!ok)
            return false;
    }
    return s.n != 0 && s.n <= CLOUDFRONT_PATH_MAX;
}

static int check_target(const struct cloudfront_DistributionConfig *c,
                        const struct cloudfront_CacheBehavior *b, bool *s3, struct np_err *err)
{
    const struct cloudfront_Origin *o = cloudfront_origin_find(c, b->TargetOriginId);
    *s3 = o != NULL && o->S3OriginConfig != NULL;
    for (size_t i = 0; o == NULL && i < c->OriginGroups->Items.n; i++) {
        if (!np_str_eq(c->OriginGroups->Items.v[i].Id, b->TargetOriginId))
            continue;
        for (size_t k = 0; k < b->AllowedMethods->Items.n && b->AllowedMethods->Items.n == 7; k++)
            return cloudfront_invalid_argument(
                err, "The parameter AllowedMethods cannot include POST, PUT, PATCH, and DELETE for "
                     "a cached behavior associated with an origin group.");
        return 0;
    }
    return o != NULL ? 0
                     : np_fault(err, &CLOUDFRONT_NoSuchOrigin,
                                "One or more of your origins or origin groups do not exist.");
}

static int check_behavior(const struct cloudfront_DistributionConfig *c,
                          const struct cloudfront_CacheBehavior *b, struct np_err *err)
{
    bool s3;
    int rc = check_methods(b->AllowedMethods, err);
    if (rc == 0)
        rc = check_target(c, b, &s3, err);
    if (rc == 0)
        rc = check_caching(b, s3, err);
    if (rc == 0)
        rc = check_signers(b->TrustedKeyGroups, err);
    if (rc == 0)
        rc = cloudfront_functions_check(b->FunctionAssociations, err);
    return rc;
}

int cloudfront_behaviors_check(const struct cloudfront_DistributionConfig *c, struct np_err *err)
{
    const struct cloudfront_CacheBehaviorList *l = &c->CacheBehaviors->Items;
    const struct cloudfront_CacheBehavior def =
        cloudfront_default_behavior(c->DefaultCacheBehavior);
    if (l->n > CLOUDFRONT_BEHAVIORS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyCacheBehaviors,
                        "You cannot create more cache behaviors for the distribution.");
    int rc = check_behavior(c, &def, err);
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        if (!pattern_ok(l->v[i].PathPattern))
            return cloudfront_invalid_argument(err, "The parameter PathPattern is invalid.");
        for (size_t k = 0; k < i; k++)
            if (np_str_eq(l->v[i].PathPattern, l->v[k].PathPattern))
                return cloudfront_invalid_argument(
                    err, "The parameter PathPattern must be unique for each cache behavior.");
        rc = check_behavior(c, &l->v[i], err);
    }
    return rc;
}
