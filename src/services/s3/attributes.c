/* SPDX-License-Identifier: Apache-2.0 */
/* attributes.c - GetObjectAttributes. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"

static bool wants(const struct s3_GetObjectAttributesRequest *in, const char *name)
{
    for (size_t i = 0; i < in->ObjectAttributes.n; i++)
        if (np_str_eq(in->ObjectAttributes.v[i], np_str_of(name)))
            return true;
    return false;
}

static struct s3_Checksum *checksum_of(struct np_arena *a, const struct s3_row *row)
{
    if (row->sum_alg == S3_SUM_NONE)
        return NULL;
    struct s3_Checksum *c = np_new(a, struct s3_Checksum);
    /* AWS: here a composite one goes without its "-N" (tests/sdk/test_s3_multipart.py). */
    s3_sum_put(a, row->sum_alg, row->sum, 0, false, S3_SUM_MEMBERS(c));
    c->ChecksumType = s3_sum_type(row->sum_alg, row->flags);
    return c;
}

/* AWS: the parts one by one only where each has a checksum of its own. */
static int take_parts(struct np_req *rq, const struct s3_GetObjectAttributesRequest *in,
                      const struct s3_row *row, struct s3_GetObjectAttributesParts *out,
                      struct np_err *err)
{
    NP_SQL(some, "SELECT " S3_PART_COLUMNS " FROM s3_parts WHERE set_id = ?1 AND part_no > ?2 "
                 "ORDER BY part_no LIMIT ?3");
    size_t max =
        in->MaxParts.set && in->MaxParts.v < S3_LIST_MAX ? (size_t)in->MaxParts.v : S3_LIST_MAX;
    out->TotalPartsCount = (struct np_opt_int){true, row->n_parts};
    if (!(row->flags & S3_F_COMPOSITE) || row->body.kind != S3_BODY_PARTS)
        return 0;
    out->PartNumberMarker = (struct np_opt_int){true, in->PartNumberMarker.v};
    out->NextPartNumberMarker = out->PartNumberMarker;
    out->MaxParts = (struct np_opt_int){true, (int64_t)max};
    out->IsTruncated.set = true;
    out->Parts.v = np_new_array(rq->arena, struct s3_ObjectPart, max + 1);
    struct np_q *q = np_q(np_req_db(rq), NULL, &some, "iii", row->body.id, in->PartNumberMarker.v,
                          (int64_t)max + 1);
    while (np_row(q)) {
        struct s3_part p;
        if (out->Parts.n == max) {
            out->IsTruncated.v = max != 0;
            break;
        }
        s3_part_take(q, rq->arena, &p);
        struct s3_ObjectPart *o = &out->Parts.v[out->Parts.n++];
        out->Parts.set = true;
        o->PartNumber = (struct np_opt_int){true, p.no};
        o->Size = (struct np_opt_int){true, (int64_t)p.size};
        s3_sum_put(rq->arena, p.sum_alg, p.sum, 0, false, S3_SUM_MEMBERS(o));
        out->NextPartNumberMarker.v = p.no;
    }
    return np_q_end(q, err);
}

static int check_page(const struct s3_GetObjectAttributesRequest *in, struct np_arena *a,
                      struct np_err *err)
{
    if (in->MaxParts.v < 0)
        return s3_bad_argument(err, NP_STR("max-parts"),
                               np_str_printf(a, "%lld", (long long)in->MaxParts.v),
                               "Argument max-parts must be an integer between 0 and 2147483647");
    if (in->PartNumberMarker.v < 0)
        return s3_bad_argument(err, NP_STR("part-number-marker"),
                               np_str_printf(a, "%lld", (long long)in->PartNumberMarker.v),
                               "Argument part-number-marker must be an integer between 0 and "
                               "2147483647");
    return 0;
}

int s3_GetObjectAttributes(struct np_req *rq, const struct s3_GetObjectAttributesRequest *in,
                           struct s3_GetObjectAttributesOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_row row;
    struct s3_sse_key key;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_sse_of(rq, in->SSECustomerAlgorithm, in->SSECustomerKey, in->SSECustomerKeyMD5,
                       &key, err);
    if (rc == 0)
        rc = check_page(in, rq->arena, err);
    if (rc == 0)
        rc = s3_object_need(rq, b, in->Key, in->VersionId, &row, NULL, err);
    if (rc == 0)
        rc = s3_sse_check(&key, row.sse_check, err);
    if (rc != 0)
        return rc;
    out->LastModified = (struct np_opt_int){true, row.modified_ms};
    if (b->versioning != S3_UNVERSIONED)
        out->VersionId = s3_version_id(s3_objects_of(rq->core), rq->arena, &row);
    if (wants(in, "ETag")) { /* AWS: here without its quotes */
        struct np_str etag = s3_etag_text(rq->arena, row.etag, row.n_parts);
        out->ETag = np_str_sub(etag, 1, etag.n - 2);
    }
    if (wants(in, "Checksum"))
        out->Checksum = checksum_of(rq->arena, &row);
    if (wants(in, "StorageClass"))
        out->StorageClass = s3_class_text(&row);
    if (wants(in, "ObjectSize"))
        out->ObjectSize = (struct np_opt_int){true, (int64_t)row.size};
    if (!wants(in, "ObjectParts") || row.n_parts == 0)
        return 0;
    out->ObjectParts = np_new(rq->arena, struct s3_GetObjectAttributesParts);
    return take_parts(rq, in, &row, out->ObjectParts, err);
}
