/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - origin access controls, and the older origin access identities. */
#include "services/cloudfront/cloudfront_int.h"

#include "base/digest.h"
#include "base/enc.h"

#define K_CONTROL  CLOUDFRONT_ACCESS_CONTROL
#define K_IDENTITY CLOUDFRONT_ACCESS_IDENTITY

/* --- controls --- */

int cloudfront_access_control_check(struct np_arena *a, const void *config, struct np_err *err)
{
    const struct cloudfront_OriginAccessControlConfig *c = config;
    (void)a;
    if (c->Name.n == 0 || c->Name.n > 64)
        return cloudfront_invalid_argument(err, "The parameter Name has 1 to 64 characters.");
    if (c->Description.n > 256)
        return cloudfront_invalid_argument(err,
                                           "The parameter Description has at most 256 characters.");
    if (!np_str_is(c->OriginAccessControlOriginType, "s3"))
        return np_fault(err, &CLOUDFRONT_UnsupportedOperation,
                        "This region has no origins of the type %.*s that sign requests: only s3.",
                        NP_FMT(c->OriginAccessControlOriginType));
    return 0;
}

static int control_of(struct np_arena *a, const struct cloudfront_item *item,
                      struct cloudfront_OriginAccessControl **out, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_config(item, K_CONTROL, a, &config, err);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct cloudfront_OriginAccessControl);
    (*out)->Id = item->id;
    (*out)->OriginAccessControlConfig = config;
    return 0;
}

int cloudfront_CreateOriginAccessControl_apply(
    struct np_txn *t, const struct cloudfront_CreateOriginAccessControlRequest *in,
    struct cloudfront_CreateOriginAccessControlResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_create(t, K_CONTROL, in->OriginAccessControlConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->Location = cloudfront_location(np_txn_req(t), cloudfront_kinds[K_CONTROL].path, item.id);
    return control_of(np_txn_arena(t), &item, &out->OriginAccessControl, err);
}

int cloudfront_GetOriginAccessControl(struct np_req *rq,
                                      const struct cloudfront_GetOriginAccessControlRequest *in,
                                      struct cloudfront_GetOriginAccessControlResult *out,
                                      struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_find(rq, K_CONTROL, in->Id, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return control_of(rq->arena, &item, &out->OriginAccessControl, err);
}

int cloudfront_GetOriginAccessControlConfig(
    struct np_req *rq, const struct cloudfront_GetOriginAccessControlConfigRequest *in,
    struct cloudfront_GetOriginAccessControlConfigResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_OriginAccessControl *c;
    int rc = cloudfront_item_find(rq, K_CONTROL, in->Id, &item, err);
    if (rc == 0)
        rc = control_of(rq->arena, &item, &c, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->OriginAccessControlConfig = c->OriginAccessControlConfig;
    return 0;
}

int cloudfront_UpdateOriginAccessControl_apply(
    struct np_txn *t, const struct cloudfront_UpdateOriginAccessControlRequest *in,
    struct cloudfront_UpdateOriginAccessControlResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_update(t, K_CONTROL, in->Id, in->IfMatch,
                                    in->OriginAccessControlConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return control_of(np_txn_arena(t), &item, &out->OriginAccessControl, err);
}

int cloudfront_DeleteOriginAccessControl_apply(
    struct np_txn *t, const struct cloudfront_DeleteOriginAccessControlRequest *in,
    struct cloudfront_DeleteOriginAccessControlOutput *out, struct np_err *err)
{
    (void)out;
    return cloudfront_item_delete(t, K_CONTROL, in->Id, in->IfMatch, err);
}

int cloudfront_ListOriginAccessControls(struct np_req *rq,
                                        const struct cloudfront_ListOriginAccessControlsRequest *in,
                                        struct cloudfront_ListOriginAccessControlsResult *out,
                                        struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_item *items;
    size_t n = 0;
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    if (rc == 0)
        rc = cloudfront_item_list(rq, K_CONTROL, &p, &items, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_OriginAccessControlList *l =
        np_new(rq->arena, struct cloudfront_OriginAccessControlList);
    l->Marker = p.marker;
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->IsTruncated = CLOUDFRONT_BOOL(p.next.p != NULL);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_OriginAccessControlSummary, n + 1);
    l->Items.set = n != 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct cloudfront_OriginAccessControl *c;
        rc = control_of(rq->arena, &items[i], &c, err);
        if (rc != 0)
            return rc;
        l->Items.v[l->Items.n++] = (struct cloudfront_OriginAccessControlSummary){
            .Id = c->Id,
            .Description = c->OriginAccessControlConfig->Description.p != NULL
                               ? c->OriginAccessControlConfig->Description
                               : NP_STR(""),
            .Name = c->OriginAccessControlConfig->Name,
            .SigningProtocol = c->OriginAccessControlConfig->SigningProtocol,
            .SigningBehavior = c->OriginAccessControlConfig->SigningBehavior,
            .OriginAccessControlOriginType =
                c->OriginAccessControlConfig->OriginAccessControlOriginType,
        };
    }
    out->OriginAccessControlList = l;
    return rc;
}

/* --- identities --- */

int cloudfront_access_identity_check(struct np_arena *a, const void *config, struct np_err *err)
{
    const struct cloudfront_CloudFrontOriginAccessIdentityConfig *c = config;
    (void)a;
    if (c->CallerReference.n == 0)
        return cloudfront_invalid_argument(err, "The parameter CallerReference is required.");
    return cloudfront_comment_check(c->Comment, err);
}

struct np_str cloudfront_canonical_user(struct np_arena *a, struct np_str identity)
{
    uint8_t sum[48];
    struct np_str text = np_str_cat(a, NP_STR("cloudfront origin access identity "), identity);
    char *hex = np_alloc(a, 2 * sizeof(sum));
    np_digest_once(NP_SHA384, text, sum);
    np_hex(hex, sum, sizeof(sum));
    return np_str_n(hex, 2 * sizeof(sum));
}

static int identity_of(struct np_arena *a, const struct cloudfront_item *item,
                       struct cloudfront_CloudFrontOriginAccessIdentity **out, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_config(item, K_IDENTITY, a, &config, err);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct cloudfront_CloudFrontOriginAccessIdentity);
    (*out)->Id = item->id;
    (*out)->S3CanonicalUserId = cloudfront_canonical_user(a, item->id);
    (*out)->CloudFrontOriginAccessIdentityConfig = config;
    return 0;
}

/* AWS: the same reference with the same comment is the same call again
 * (tests/sdk/test_cloudfront_items.py). */
static int made_before(struct np_txn *t,
                       const struct cloudfront_CloudFrontOriginAccessIdentityConfig *c,
                       struct cloudfront_item *item, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_by_reference(t, K_IDENTITY, c->CallerReference, item, err);
    if (rc == 0)
        rc = cloudfront_item_config(item, K_IDENTITY, np_txn_arena(t), &config, err);
    if (rc != 0)
        return rc;
    const struct cloudfront_CloudFrontOriginAccessIdentityConfig *old = config;
    return np_str_eq(old->Comment, c->Comment)
               ? 0
               : np_fault(err, cloudfront_kinds[K_IDENTITY].exists, "%s",
                          cloudfront_kinds[K_IDENTITY].exists_text);
}

int cloudfront_CreateCloudFrontOriginAccessIdentity_apply(
    struct np_txn *t, const struct cloudfront_CreateCloudFrontOriginAccessIdentityRequest *in,
    struct cloudfront_CreateCloudFrontOriginAccessIdentityResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = made_before(t, in->CloudFrontOriginAccessIdentityConfig, &item, err);
    if (rc == NP_ENOENT)
        rc = cloudfront_item_create(t, K_IDENTITY, in->CloudFrontOriginAccessIdentityConfig, &item,
                                    err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->Location = cloudfront_location(np_txn_req(t), cloudfront_kinds[K_IDENTITY].path, item.id);
    return identity_of(np_txn_arena(t), &item, &out->CloudFrontOriginAccessIdentity, err);
}

int cloudfront_GetCloudFrontOriginAccessIdentity(
    struct np_req *rq, const struct cloudfront_GetCloudFrontOriginAccessIdentityRequest *in,
    struct cloudfront_GetCloudFrontOriginAccessIdentityResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_find(rq, K_IDENTITY, in->Id, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return identity_of(rq->arena, &item, &out->CloudFrontOriginAccessIdentity, err);
}

int cloudfront_GetCloudFrontOriginAccessIdentityConfig(
    struct np_req *rq, const struct cloudfront_GetCloudFrontOriginAccessIdentityConfigRequest *in,
    struct cloudfront_GetCloudFrontOriginAccessIdentityConfigResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_CloudFrontOriginAccessIdentity *i;
    int rc = cloudfront_item_find(rq, K_IDENTITY, in->Id, &item, err);
    if (rc == 0)
        rc = identity_of(rq->arena, &item, &i, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->CloudFrontOriginAccessIdentityConfig = i->CloudFrontOriginAccessIdentityConfig;
    return 0;
}

int cloudfront_UpdateCloudFrontOriginAccessIdentity_apply(
    struct np_txn *t, const struct cloudfront_UpdateCloudFrontOriginAccessIdentityRequest *in,
    struct cloudfront_UpdateCloudFrontOriginAccessIdentityResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_update(t, K_IDENTITY, in->Id, in->IfMatch,
                                    in->CloudFrontOriginAccessIdentityConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return identity_of(np_txn_arena(t), &item, &out->CloudFrontOriginAccessIdentity, err);
}

int cloudfront_DeleteCloudFrontOriginAccessIdentity_apply(
    struct np_txn *t, const struct cloudfront_DeleteCloudFrontOriginAccessIdentityRequest *in,
    struct cloudfront_DeleteCloudFrontOriginAccessIdentityOutput *out, struct np_err *err)
{
    (void)out;
    return cloudfront_item_delete(t, K_IDENTITY, in->Id, in->IfMatch, err);
}

int cloudfront_ListCloudFrontOriginAccessIdentities(
    struct np_req *rq, const struct cloudfront_ListCloudFrontOriginAccessIdentitiesRequest *in,
    struct cloudfront_ListCloudFrontOriginAccessIdentitiesResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_item *items;
    size_t n = 0;
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    if (rc == 0)
        rc = cloudfront_item_list(rq, K_IDENTITY, &p, &items, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_CloudFrontOriginAccessIdentityList *l =
        np_new(rq->arena, struct cloudfront_CloudFrontOriginAccessIdentityList);
    l->Marker = p.marker;
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->IsTruncated = CLOUDFRONT_BOOL(p.next.p != NULL);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v =
        np_new_array(rq->arena, struct cloudfront_CloudFrontOriginAccessIdentitySummary, n + 1);
    l->Items.set = n != 0;
    for (size_t i = 0; i < n; i++) {
        struct cloudfront_CloudFrontOriginAccessIdentity *x;
        rc = identity_of(rq->arena, &items[i], &x, err);
        if (rc != 0)
            return rc;
        l->Items.v[l->Items.n++] = (struct cloudfront_CloudFrontOriginAccessIdentitySummary){
            .Id = x->Id,
            .S3CanonicalUserId = x->S3CanonicalUserId,
            .Comment = x->CloudFrontOriginAccessIdentityConfig->Comment,
        };
    }
    out->CloudFrontOriginAccessIdentityList = l;
    return 0;
}
