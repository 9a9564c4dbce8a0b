/* SPDX-License-Identifier: Apache-2.0 */
/* cache_policy.c - cache policies: what of a request is in the cache key, and for how long. */
#include "services/cloudfront/cloudfront_int.h"

/* --- by meaning --- */

static int check_ttls(const struct cloudfront_CachePolicyConfig *c, struct np_err *err)
{
    int64_t min = c->MinTTL.v, def = c->DefaultTTL.set ? c->DefaultTTL.v : 86400,
            max = c->MaxTTL.set ? c->MaxTTL.v : 31536000;
    if (!c->DefaultTTL.set && def < min)
        def = min;
    if (!c->MaxTTL.set && max < def)
        max = def;
    if (min < 0 || def < min || max < def || max > CLOUDFRONT_TTL_MAX)
        return cloudfront_invalid_argument(
            err, "The parameter MinTTL, DefaultTTL, MaxTTL order is invalid: each is at least the "
                 "one before.");
    return 0;
}

/* AWS: a policy without caching has nothing in the key (tests/sdk/test_cloudfront_items.py). */
static int check_uncached(const struct cloudfront_CachePolicyConfig *c, struct np_err *err)
{
    const struct cloudfront_ParametersInCacheKeyAndForwardedToOrigin *k =
        c->ParametersInCacheKeyAndForwardedToOrigin;
    if (!c->MaxTTL.set || c->MaxTTL.v != 0 || k == NULL)
        return 0;
    if (!np_str_is(k->HeadersConfig->HeaderBehavior, "none"))
        return cloudfront_invalid_argument(
            err, "The parameter HeaderBehavior is invalid for policy with caching disabled.");
    if (!np_str_is(k->CookiesConfig->CookieBehavior, "none"))
        return cloudfront_invalid_argument(
            err, "The parameter CookieBehavior is invalid for policy with caching disabled.");
    if (!np_str_is(k->QueryStringsConfig->QueryStringBehavior, "none"))
        return cloudfront_invalid_argument(
            err, "The parameter QueryStringBehavior is invalid for policy with caching disabled.");
    if (k->EnableAcceptEncodingGzip.v || k->EnableAcceptEncodingBrotli.v)
        return cloudfront_invalid_argument(
            err, "The parameter EnableAcceptEncodingGzip or EnableAcceptEncodingBrotli is invalid "
                 "for policy with caching disabled.");
    return 0;
}

static int check_key(const struct cloudfront_ParametersInCacheKeyAndForwardedToOrigin *k,
                     struct np_err *err)
{
    const struct cloudfront_Headers *h = k->HeadersConfig->Headers;
    const struct cloudfront_CookieNames *c = k->CookiesConfig->Cookies;
    const struct cloudfront_QueryStringNames *q = k->QueryStringsConfig->QueryStrings;
    int rc = cloudfront_list_check(
        "Headers", k->HeadersConfig->HeaderBehavior, h != NULL ? h->Items.n : 0, h != NULL,
        CLOUDFRONT_POLICY_NAMES_MAX, &CLOUDFRONT_TooManyHeadersInCachePolicy, err);
    if (rc == 0)
        rc = cloudfront_list_check(
            "Cookies", k->CookiesConfig->CookieBehavior, c != NULL ? c->Items.n : 0, c != NULL,
            CLOUDFRONT_POLICY_NAMES_MAX, &CLOUDFRONT_TooManyCookiesInCachePolicy, err);
    if (rc == 0)
        rc = cloudfront_list_check("QueryStrings", k->QueryStringsConfig->QueryStringBehavior,
                                   q != NULL ? q->Items.n : 0, q != NULL,
                                   CLOUDFRONT_POLICY_NAMES_MAX,
                                   &CLOUDFRONT_TooManyQueryStringsInCachePolicy, err);
    for (size_t i = 0; rc == 0 && h != NULL && i < h->Items.n; i++)
        if (!cloudfront_token_ok(h->Items.v[i]))
            rc = cloudfront_invalid_argument(err,
                                             "The parameter Headers contains %.*s, which is "
                                             "no name of a header.",
                                             NP_FMT(h->Items.v[i]));
        else if (np_str_ieq(h->Items.v[i], NP_STR("Accept-Encoding")) &&
                 (k->EnableAcceptEncodingGzip.v || k->EnableAcceptEncodingBrotli.v))
            rc = cloudfront_invalid_argument(
                err, "The parameter Headers contains Accept-Encoding that is not allowed when "
                     "EnableAcceptEncodingGzip or EnableAcceptEncodingBrotli is true.");
    return rc;
}

int cloudfront_cache_policy_check(struct np_arena *a, const void *config, struct np_err *err)
{
    const struct cloudfront_CachePolicyConfig *c = config;
    (void)a;
    int rc = cloudfront_name_check(c->Name, err);
    if (rc == 0)
        rc = cloudfront_comment_check(c->Comment, err);
    if (rc == 0)
        rc = check_ttls(c, err);
    if (rc == 0)
        rc = check_uncached(c, err);
    if (rc == 0 && c->ParametersInCacheKeyAndForwardedToOrigin != NULL)
        rc = check_key(c->ParametersInCacheKeyAndForwardedToOrigin, err);
    return rc;
}

/* --- operations --- */

static int filled(struct np_arena *a, const struct cloudfront_item *item,
                  struct cloudfront_CachePolicy **out, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_config(item, CLOUDFRONT_CACHE_POLICY, a, &config, err);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct cloudfront_CachePolicy);
    (*out)->Id = item->id;
    (*out)->LastModifiedTime = CLOUDFRONT_INT(item->modified_ms);
    (*out)->CachePolicyConfig = config;
    return 0;
}

int cloudfront_CreateCachePolicy_apply(struct np_txn *t,
                                       const struct cloudfront_CreateCachePolicyRequest *in,
                                       struct cloudfront_CreateCachePolicyResult *out,
                                       struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_create(t, CLOUDFRONT_CACHE_POLICY, in->CachePolicyConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->Location =
        cloudfront_location(np_txn_req(t), cloudfront_kinds[CLOUDFRONT_CACHE_POLICY].path, item.id);
    return filled(np_txn_arena(t), &item, &out->CachePolicy, err);
}

int cloudfront_GetCachePolicy(struct np_req *rq, const struct cloudfront_GetCachePolicyRequest *in,
                              struct cloudfront_GetCachePolicyResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_find(rq, CLOUDFRONT_CACHE_POLICY, in->Id, &item, err);
    if (rc == 0)
        rc = filled(rq->arena, &item, &out->CachePolicy, err);
    out->ETag = item.etag;
    return rc;
}

int cloudfront_GetCachePolicyConfig(struct np_req *rq,
                                    const struct cloudfront_GetCachePolicyConfigRequest *in,
                                    struct cloudfront_GetCachePolicyConfigResult *out,
                                    struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_CachePolicy *whole;
    int rc = cloudfront_item_find(rq, CLOUDFRONT_CACHE_POLICY, in->Id, &item, err);
    if (rc == 0)
        rc = filled(rq->arena, &item, &whole, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->CachePolicyConfig = whole->CachePolicyConfig;
    return 0;
}

int cloudfront_UpdateCachePolicy_apply(struct np_txn *t,
                                       const struct cloudfront_UpdateCachePolicyRequest *in,
                                       struct cloudfront_UpdateCachePolicyResult *out,
                                       struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_update(t, CLOUDFRONT_CACHE_POLICY, in->Id, in->IfMatch,
                                    in->CachePolicyConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return filled(np_txn_arena(t), &item, &out->CachePolicy, err);
}

int cloudfront_DeleteCachePolicy_apply(struct np_txn *t,
                                       const struct cloudfront_DeleteCachePolicyRequest *in,
                                       struct cloudfront_DeleteCachePolicyOutput *out,
                                       struct np_err *err)
{
    (void)out;
    return cloudfront_item_delete(t, CLOUDFRONT_CACHE_POLICY, in->Id, in->IfMatch, err);
}

int cloudfront_ListCachePolicies(struct np_req *rq,
                                 const struct cloudfront_ListCachePoliciesRequest *in,
                                 struct cloudfront_ListCachePoliciesResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_item *items;
    size_t n = 0;
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    p.only = in->Type;
    if (rc == 0)
        rc = cloudfront_item_list(rq, CLOUDFRONT_CACHE_POLICY, &p, &items, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_CachePolicyList *l = np_new(rq->arena, struct cloudfront_CachePolicyList);
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_CachePolicySummary, n + 1);
    l->Items.set = n != 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct cloudfront_CachePolicySummary *s = &l->Items.v[l->Items.n++];
        s->Type = items[i].managed ? NP_STR("managed") : NP_STR("custom");
        rc = filled(rq->arena, &items[i], &s->CachePolicy, err);
    }
    out->CachePolicyList = l;
    return rc;
}
