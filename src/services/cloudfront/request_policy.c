/* SPDX-License-Identifier: Apache-2.0 */
/* request_policy.c - origin request policies: what of a request an origin is sent beside the cache
 * key. */
#include "services/cloudfront/cloudfront_int.h"

/* --- by meaning --- */

int cloudfront_request_policy_check(struct np_arena *a, const void *config, struct np_err *err)
{
    const struct cloudfront_OriginRequestPolicyConfig *c = config;
    const struct cloudfront_Headers *h = c->HeadersConfig->Headers;
    const struct cloudfront_CookieNames *k = c->CookiesConfig->Cookies;
    const struct cloudfront_QueryStringNames *q = c->QueryStringsConfig->QueryStrings;
    struct np_str which = c->HeadersConfig->HeaderBehavior;
    (void)a;
    int rc = cloudfront_name_check(c->Name, err);
    if (rc == 0)
        rc = cloudfront_comment_check(c->Comment, err);
    if (rc == 0)
        rc = cloudfront_list_check(
            "Headers", np_str_is(which, "allViewer") ? NP_STR("none") : which,
            h != NULL ? h->Items.n : 0, h != NULL,
            np_str_is(which, "allViewerAndWhitelistCloudFront") ? CLOUDFRONT_POLICY_NAMES_MAX * 4
                                                                : CLOUDFRONT_POLICY_NAMES_MAX,
            &CLOUDFRONT_TooManyHeadersInOriginRequestPolicy, err);
    if (rc == 0)
        rc = cloudfront_list_check(
            "Cookies", c->CookiesConfig->CookieBehavior, k != NULL ? k->Items.n : 0, k != NULL,
            CLOUDFRONT_POLICY_NAMES_MAX, &CLOUDFRONT_TooManyCookiesInOriginRequestPolicy, err);
    if (rc == 0)
        rc = cloudfront_list_check("QueryStrings", c->QueryStringsConfig->QueryStringBehavior,
                                   q != NULL ? q->Items.n : 0, q != NULL,
                                   CLOUDFRONT_POLICY_NAMES_MAX,
                                   &CLOUDFRONT_TooManyQueryStringsInOriginRequestPolicy, err);
    for (size_t i = 0; rc == 0 && h != NULL && i < h->Items.n; i++)
        if (!cloudfront_token_ok(h->Items.v[i]))
            rc = cloudfront_invalid_argument(err,
                                             "The parameter Headers contains %.*s, which is "
                                             "no name of a header.",
                                             NP_FMT(h->Items.v[i]));
        else if (np_str_is(which, "allViewerAndWhitelistCloudFront") &&
                 !np_str_istarts(h->Items.v[i], NP_STR("CloudFront-")))
            rc = cloudfront_invalid_argument(
                err,
                "The parameter Headers contains %.*s that is not allowed: beside all headers "
                "of viewers only those of CloudFront are listed.",
                NP_FMT(h->Items.v[i]));
    return rc;
}

/* --- operations --- */

static int filled(struct np_arena *a, const struct cloudfront_item *item,
                  struct cloudfront_OriginRequestPolicy **out, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_config(item, CLOUDFRONT_ORIGIN_REQUEST_POLICY, a, &config, err);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct cloudfront_OriginRequestPolicy);
    (*out)->Id = item->id;
    (*out)->LastModifiedTime = CLOUDFRONT_INT(item->modified_ms);
    (*out)->OriginRequestPolicyConfig = config;
    return 0;
}

int cloudfront_CreateOriginRequestPolicy_apply(
    struct np_txn *t, const struct cloudfront_CreateOriginRequestPolicyRequest *in,
    struct cloudfront_CreateOriginRequestPolicyResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_create(t, CLOUDFRONT_ORIGIN_REQUEST_POLICY,
                                    in->OriginRequestPolicyConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->Location = cloudfront_location(
        np_txn_req(t), cloudfront_kinds[CLOUDFRONT_ORIGIN_REQUEST_POLICY].path, item.id);
    return filled(np_txn_arena(t), &item, &out->OriginRequestPolicy, err);
}

int cloudfront_GetOriginRequestPolicy(struct np_req *rq,
                                      const struct cloudfront_GetOriginRequestPolicyRequest *in,
                                      struct cloudfront_GetOriginRequestPolicyResult *out,
                                      struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_find(rq, CLOUDFRONT_ORIGIN_REQUEST_POLICY, in->Id, &item, err);
    if (rc == 0)
        rc = filled(rq->arena, &item, &out->OriginRequestPolicy, err);
    out->ETag = item.etag;
    return rc;
}

int cloudfront_GetOriginRequestPolicyConfig(
    struct np_req *rq, const struct cloudfront_GetOriginRequestPolicyConfigRequest *in,
    struct cloudfront_GetOriginRequestPolicyConfigResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_OriginRequestPolicy *whole;
    int rc = cloudfront_item_find(rq, CLOUDFRONT_ORIGIN_REQUEST_POLICY, in->Id, &item, err);
    if (rc == 0)
        rc = filled(rq->arena, &item, &whole, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->OriginRequestPolicyConfig = whole->OriginRequestPolicyConfig;
    return 0;
}

int cloudfront_UpdateOriginRequestPolicy_apply(
    struct np_txn *t, const struct cloudfront_UpdateOriginRequestPolicyRequest *in,
    struct cloudfront_UpdateOriginRequestPolicyResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_update(t, CLOUDFRONT_ORIGIN_REQUEST_POLICY, in->Id, in->IfMatch,
                                    in->OriginRequestPolicyConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return filled(np_txn_arena(t), &item, &out->OriginRequestPolicy, err);
}

int cloudfront_DeleteOriginRequestPolicy_apply(
    struct np_txn *t, const struct cloudfront_DeleteOriginRequestPolicyRequest *in,
    struct cloudfront_DeleteOriginRequestPolicyOutput *out, struct np_err *err)
{
    (void)out;
    return cloudfront_item_delete(t, CLOUDFRONT_ORIGIN_REQUEST_POLICY, in->Id, in->IfMatch, err);
}

int cloudfront_ListOriginRequestPolicies(
    struct np_req *rq, const struct cloudfront_ListOriginRequestPoliciesRequest *in,
    struct cloudfront_ListOriginRequestPoliciesResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_item *items;
    size_t n = 0;
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    p.only = in->Type;
    if (rc == 0)
        rc = cloudfront_item_list(rq, CLOUDFRONT_ORIGIN_REQUEST_POLICY, &p, &items, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_OriginRequestPolicyList *l =
        np_new(rq->arena, struct cloudfront_OriginRequestPolicyList);
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_OriginRequestPolicySummary, n + 1);
    l->Items.set = n != 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct cloudfront_OriginRequestPolicySummary *s = &l->Items.v[l->Items.n++];
        s->Type = items[i].managed ? NP_STR("managed") : NP_STR("custom");
        rc = filled(rq->arena, &items[i], &s->OriginRequestPolicy, err);
    }
    out->OriginRequestPolicyList = l;
    return rc;
}
