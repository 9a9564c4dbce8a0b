/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - lists of distributions, whole and by what they use. */
#include "services/cloudfront/cloudfront_int.h"

static struct cloudfront_DistributionSummary summary(struct np_arena *a,
                                                     const struct cloudfront_row *r)
{
    const struct cloudfront_DistributionConfig *c = r->config;
    return (struct cloudfront_DistributionSummary){
        .Id = r->id,
        .ARN = cloudfront_arn(a, r->account, r->id),
        .ETag = r->etag,
        .Status = NP_STR("Deployed"),
        .LastModifiedTime = CLOUDFRONT_INT(r->modified_ms),
        .DomainName = r->domain,
        .Aliases = c->Aliases,
        .Origins = c->Origins,
        .OriginGroups = c->OriginGroups,
        .DefaultCacheBehavior = c->DefaultCacheBehavior,
        .CacheBehaviors = c->CacheBehaviors,
        .CustomErrorResponses = c->CustomErrorResponses,
        .Comment = c->Comment,
        .PriceClass = c->PriceClass,
        .Enabled = c->Enabled,
        .ViewerCertificate = c->ViewerCertificate,
        .Restrictions = c->Restrictions,
        .WebACLId = c->WebACLId,
        .HttpVersion = c->HttpVersion,
        .IsIPV6Enabled = c->IsIPV6Enabled,
        .Staging = c->Staging,
    };
}

/* A page of rows, and of one more where there is a next. */
static int page(struct np_req *rq, struct cloudfront_page *p, struct np_str marker,
                struct np_str max_items, struct cloudfront_row_list l, struct cloudfront_row **rows,
                size_t *n, struct np_err *err)
{
    int rc = cloudfront_page_begin(p, marker, max_items, err);
    l.after = p->marker;
    l.limit = p->limit + 1;
    if (rc == 0)
        rc = cloudfront_rows(rq, &l, rows, n, err);
    if (rc != 0)
        return rc;
    if (*n > p->limit) {
        *n = p->limit;
        p->next = (*rows)[*n - 1].id;
    }
    return 0;
}

static struct cloudfront_DistributionList *whole(struct np_arena *a,
                                                 const struct cloudfront_page *p,
                                                 const struct cloudfront_row *rows, size_t n)
{
    struct cloudfront_DistributionList *l = np_new(a, struct cloudfront_DistributionList);
    l->Marker = p->marker;
    l->NextMarker = p->next;
    l->MaxItems = CLOUDFRONT_INT(p->limit);
    l->IsTruncated = CLOUDFRONT_BOOL(p->next.p != NULL);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v = np_new_array(a, struct cloudfront_DistributionSummary, n + 1);
    l->Items.set = n != 0;
    for (; l->Items.n < n; l->Items.n++)
        l->Items.v[l->Items.n] = summary(a, &rows[l->Items.n]);
    return l;
}

int cloudfront_ListDistributions(struct np_req *rq,
                                 const struct cloudfront_ListDistributionsRequest *in,
                                 struct cloudfront_ListDistributionsResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_row *rows;
    size_t n;
    int rc =
        page(rq, &p, in->Marker, in->MaxItems, (struct cloudfront_row_list){0}, &rows, &n, err);
    if (rc == 0)
        out->DistributionList = whole(rq->arena, &p, rows, n);
    return rc;
}

/* AWS: "null" asks for those without one, which here are all. */
int cloudfront_ListDistributionsByWebACLId(
    struct np_req *rq, const struct cloudfront_ListDistributionsByWebACLIdRequest *in,
    struct cloudfront_ListDistributionsByWebACLIdResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_row *rows = NULL;
    size_t n = 0;
    int rc = np_str_is(in->WebACLId, "null")
                 ? page(rq, &p, in->Marker, in->MaxItems, (struct cloudfront_row_list){0}, &rows,
                        &n, err)
                 : cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    if (rc == 0)
        out->DistributionList = whole(rq->arena, &p, rows, n);
    return rc;
}

/* --- ids of those that use an item --- */

static int by_item(struct np_req *rq, enum cloudfront_kind_id k, struct np_str id,
                   struct np_str marker, struct np_str max_items,
                   struct cloudfront_DistributionIdList **out, struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_page p;
    struct cloudfront_row *rows;
    size_t n;
    int rc = cloudfront_item_find(rq, k, id, &item, err);
    if (rc == 0)
        rc =
            page(rq, &p, marker, max_items,
                 (struct cloudfront_row_list){.used = true, .kind = k, .item = id}, &rows, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_DistributionIdList *l =
        np_new(rq->arena, struct cloudfront_DistributionIdList);
    l->Marker = p.marker;
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->IsTruncated = CLOUDFRONT_BOOL(p.next.p != NULL);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items = (struct np_strs){np_new_array(rq->arena, struct np_str, n + 1), 0, n != 0};
    for (; l->Items.n < n; l->Items.n++)
        l->Items.v[l->Items.n] = rows[l->Items.n].id;
    *out = l;
    return 0;
}

int cloudfront_ListDistributionsByCachePolicyId(
    struct np_req *rq, const struct cloudfront_ListDistributionsByCachePolicyIdRequest *in,
    struct cloudfront_ListDistributionsByCachePolicyIdResult *out, struct np_err *err)
{
    return by_item(rq, CLOUDFRONT_CACHE_POLICY, in->CachePolicyId, in->Marker, in->MaxItems,
                   &out->DistributionIdList, err);
}

int cloudfront_ListDistributionsByOriginRequestPolicyId(
    struct np_req *rq, const struct cloudfront_ListDistributionsByOriginRequestPolicyIdRequest *in,
    struct cloudfront_ListDistributionsByOriginRequestPolicyIdResult *out, struct np_err *err)
{
    return by_item(rq, CLOUDFRONT_ORIGIN_REQUEST_POLICY, in->OriginRequestPolicyId, in->Marker,
                   in->MaxItems, &out->DistributionIdList, err);
}

int cloudfront_ListDistributionsByResponseHeadersPolicyId(
    struct np_req *rq,
    const struct cloudfront_ListDistributionsByResponseHeadersPolicyIdRequest *in,
    struct cloudfront_ListDistributionsByResponseHeadersPolicyIdResult *out, struct np_err *err)
{
    return by_item(rq, CLOUDFRONT_HEADERS_POLICY, in->ResponseHeadersPolicyId, in->Marker,
                   in->MaxItems, &out->DistributionIdList, err);
}

int cloudfront_ListDistributionsByKeyGroup(
    struct np_req *rq, const struct cloudfront_ListDistributionsByKeyGroupRequest *in,
    struct cloudfront_ListDistributionsByKeyGroupResult *out, struct np_err *err)
{
    return by_item(rq, CLOUDFRONT_KEY_GROUP, in->KeyGroupId, in->Marker, in->MaxItems,
                   &out->DistributionIdList, err);
}
