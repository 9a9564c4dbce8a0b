/* SPDX-License-Identifier: Apache-2.0 */
/* delete.c - DeleteObject and DeleteObjects. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"

static int no_mfa(struct np_str mfa, struct np_err *err)
{
    if (mfa.p == NULL)
        return 0;
    np_fault(err, &S3_NotImplemented,
             "This region has no MFA delete: leave the x-amz-mfa header out.");
    np_err_extra(err, "Header", NP_STR("x-amz-mfa"));
    return NP_EFAULT;
}

/* --- one key --- */

static bool versioned(const struct s3_bucket_row *b)
{
    return b->versioning != S3_UNVERSIONED;
}

int s3_DeleteObject_begin(struct np_req *rq, const struct s3_DeleteObjectRequest *in,
                          struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_delete *d = np_new(rq->arena, struct s3_delete);
    *d = (struct s3_delete){
        .objects = s3_objects_of(rq->core),
        .rq = rq,
        .key = in->Key,
        .version_id = in->VersionId,
        .bypass = in->BypassGovernanceRetention.v,
        .match = in->IfMatch,
        .match_modified_ms = in->IfMatchLastModifiedTime,
        .match_size = in->IfMatchSize,
        .removed = "ObjectRemoved:Delete",
        .marked = "ObjectRemoved:DeleteMarkerCreated",
    };
    rq->priv = d;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = no_mfa(in->MFA, err);
    if (rc == 0)
        rc = s3_key_check(rq, in->Key, err);
    if (rc == 0)
        rc = s3_which_of(rq, in->VersionId, &d->which, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_DeleteObject_apply(struct np_txn *t, const struct s3_DeleteObjectRequest *in,
                          struct s3_DeleteObjectOutput *out, struct np_err *err)
{
    struct s3_delete *d = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc == 0)
        rc = s3_version_delete(t, &b, d, err);
    if (rc != 0)
        return rc;
    if (versioned(&b))
        out->VersionId = d->result_id;
    out->DeleteMarker = (struct np_opt_bool){d->marker, true};
    return 0;
}

/* --- many --- */

struct item {
    struct s3_delete d;
    const struct np_err *err; /* why it may not be deleted; NULL: it may */
};
struct batch {
    struct item *items;
    size_t n;
};

static int take_item(struct np_req *rq, const struct s3_bucket *b,
                     const struct s3_DeleteObjectsRequest *in, const struct s3_ObjectIdentifier *o,
                     struct item *i, struct np_err *err)
{
    i->d = (struct s3_delete){
        .objects = s3_objects_of(rq->core),
        .rq = rq,
        .key = o->Key,
        .version_id = o->VersionId,
        .bypass = in->BypassGovernanceRetention.v,
        .match = o->ETag,
        .match_modified_ms = o->LastModifiedTime,
        .match_size = o->Size,
        .removed = "ObjectRemoved:Delete",
        .marked = "ObjectRemoved:DeleteMarkerCreated",
    };
    int rc = s3_key_check(rq, o->Key, err);
    /* AWS: in a batch an id that cannot be one is of a version that is not there
     * (tests/sdk/test_s3_versions.py). */
    if (rc == 0 && s3_which_of(rq, o->VersionId, &i->d.which, NULL) != 0)
        rc = np_fault(err, &S3_NoSuchVersion, "The specified version does not exist.");
    if (rc == 0)
        rc = s3_authorize_object(
            rq, b, o->VersionId.p != NULL ? "s3:DeleteObjectVersion" : "s3:DeleteObject", o->Key,
            o->VersionId, err);
    if (rc == 0 && i->d.bypass)
        rc = s3_authorize_object(rq, b, "s3:BypassGovernanceRetention", o->Key, o->VersionId, err);
    return rc;
}

/* AWS: a list of keys to delete never goes without a digest. */
static int has_digest(const struct np_req *rq, struct np_err *err)
{
    if (np_req_field(rq, NP_STR("content-md5")).p != NULL)
        return 0;
    for (int i = 0; i < S3_SUMS; i++)
        if (np_req_field(rq, np_str_of(s3_sums[i].header)).p != NULL)
            return 0;
    if (np_req_field(rq, NP_STR("x-amz-trailer")).p != NULL || rq->wire.fields == NULL)
        return 0; /* compared when it came; and calls within the region need none */
    return np_fault(err, &S3_InvalidRequest,
                    "Missing required header for this request: Content-MD5");
}

int s3_DeleteObjects_begin(struct np_req *rq, const struct s3_DeleteObjectsRequest *in,
                           struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = no_mfa(in->MFA, err);
    if (rc == 0)
        rc = has_digest(rq, err);
    if (rc == 0)
        rc = s3_document_check(rq, err);
    const struct s3_ObjectIdentifierList *list = &in->Delete->Objects;
    if (rc == 0 && (list->n == 0 || list->n > S3_LIST_MAX))
        rc = np_fault(err, &S3_MalformedXML,
                      "The XML you provided was not well-formed or did not validate against our "
                      "published schema");
    if (rc != 0)
        return rc;
    struct batch *batch = np_new(rq->arena, struct batch);
    batch->items = np_new_array(rq->arena, struct item, list->n);
    batch->n = list->n;
    for (size_t i = 0; i < list->n; i++) {
        struct np_err one = {0};
        if (take_item(rq, b, in, &list->v[i], &batch->items[i], &one) == 0)
            continue;
        struct np_err *kept = np_new(rq->arena, struct np_err);
        *kept = one;
        batch->items[i].err = kept;
    }
    rq->priv = batch;
    return np_apply(rq);
}

static void add_error(struct np_arena *a, const struct item *i, const struct np_err *err,
                      struct s3_DeleteObjectsOutput *out)
{
    const struct np_fault_def *def = err->code == NP_EFAULT ? err->fault : &S3_InternalError;
    struct s3_Error *e = &out->Errors.v[out->Errors.n++];
    e->Key = i->d.key;
    e->VersionId = i->d.version_id;
    e->Code = np_str_of(def->code != NULL ? def->code : def->name);
    e->Message = np_str_dup(a, np_err_text(err));
}

static void add_deleted(const struct item *i, const struct s3_bucket_row *b,
                        struct s3_DeleteObjectsOutput *out)
{
    struct s3_DeletedObject *o = &out->Deleted.v[out->Deleted.n++];
    o->Key = i->d.key;
    o->VersionId = i->d.version_id;
    if (!i->d.marker || !versioned(b))
        return;
    o->DeleteMarker = (struct np_opt_bool){true, true};
    o->DeleteMarkerVersionId = i->d.result_id;
}

int s3_DeleteObjects_apply(struct np_txn *t, const struct s3_DeleteObjectsRequest *in,
                           struct s3_DeleteObjectsOutput *out, struct np_err *err)
{
    struct batch *batch = np_txn_req(t)->priv;
    struct np_arena *a = np_txn_arena(t);
    struct s3_bucket_row b;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc != 0)
        return rc;
    out->Errors.v = np_new_array(a, struct s3_Error, batch->n);
    out->Deleted.v = np_new_array(a, struct s3_DeletedObject, batch->n);
    out->Errors.set = out->Deleted.set = true;
    for (size_t i = 0; i < batch->n; i++) {
        struct item *item = &batch->items[i];
        struct np_err one = {0};
        if (item->err == NULL) {
            rc = s3_version_delete(t, &b, &item->d, &one);
            if (rc != 0 && rc != NP_EFAULT) { /* a fault was found before anything was changed */
                *err = one;
                return rc;
            }
        }
        const struct np_err *problem = item->err != NULL ? item->err : &one;
        if (problem->code != 0)
            add_error(a, item, problem, out);
        else if (!in->Delete->Quiet.v)
            add_deleted(item, &b, out);
    }
    return 0;
}
