/* SPDX-License-Identifier: Apache-2.0 */
/* upload_list.c - ListParts, ListMultipartUploads. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/enc.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"
#include "services/s3/upload.h"

/* The initiator is known by its ARN: of root, the canonical user; else the ARN and its last name.
 */
static struct s3_Initiator *initiator_of(struct np_arena *a, const struct s3_bucket *b,
                                         struct np_str arn)
{
    struct s3_Initiator *i = np_new(a, struct s3_Initiator);
    if (arn.p == NULL || np_str_ends(arn, NP_STR(":root"))) {
        i->ID = s3_canonical_id(a, b->account);
        return i;
    }
    ptrdiff_t slash = np_str_rchr(arn, '/');
    i->ID = arn;
    i->DisplayName = slash < 0 ? arn : np_str_sub(arn, (size_t)slash + 1, arn.n);
    return i;
}

static struct s3_Owner *owner_of(struct np_arena *a, const struct s3_bucket *b,
                                 const struct s3_row *row)
{
    return s3_owner(a, row->owner.p != NULL && b->ownership != S3_OWNER_ENFORCED ? row->owner
                                                                                 : b->account);
}

/* --- ListParts --- */

static int take_parts(struct np_req *rq, const struct s3_upload_row *up, int64_t after, size_t max,
                      struct s3_ListPartsOutput *out, struct np_err *err)
{
    NP_SQL(some, "SELECT " S3_PART_COLUMNS " FROM s3_parts WHERE set_id = ?1 AND part_no > ?2 "
                 "ORDER BY part_no LIMIT ?3");
    out->Parts.v = np_new_array(rq->arena, struct s3_Part, max + 1);
    struct np_q *q = np_q(np_req_db(rq), NULL, &some, "iii", up->id, after, (int64_t)max + 1);
    while (np_row(q)) {
        struct s3_part p;
        if (out->Parts.n == max) {
            out->IsTruncated.v = max != 0;
            break;
        }
        s3_part_take(q, rq->arena, &p);
        struct s3_Part *o = &out->Parts.v[out->Parts.n++];
        out->Parts.set = true;
        o->PartNumber = (struct np_opt_int){true, p.no};
        o->LastModified = (struct np_opt_int){true, p.modified_ms};
        o->ETag = s3_etag_text(rq->arena, p.etag, 0);
        o->Size = (struct np_opt_int){true, (int64_t)p.size};
        if (up->sum_named)
            s3_sum_put(rq->arena, p.sum_alg, p.sum, 0, false, S3_SUM_MEMBERS(o));
        out->NextPartNumberMarker = (struct np_opt_int){true, p.no};
    }
    return np_q_end(q, err);
}

int s3_ListParts(struct np_req *rq, const struct s3_ListPartsRequest *in,
                 struct s3_ListPartsOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_upload_row up;
    struct s3_sse_key key;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_sse_of(rq, in->SSECustomerAlgorithm, in->SSECustomerKey, in->SSECustomerKeyMD5,
                       &key, err);
    if (rc == 0)
        rc = s3_upload_need(rq, b, in->Key, in->UploadId, &up, err);
    if (rc == 0 && key.set) /* AWS: a list needs no key, but not a wrong one either */
        rc = s3_part_sse_check(&key, &up, err);
    if (rc != 0)
        return rc;
    if (in->MaxParts.set && (in->MaxParts.v < 0 || in->MaxParts.v > INT32_MAX))
        return s3_bad_argument(err, NP_STR("max-parts"), NP_STR_NULL,
                               "Argument max-parts must be an integer between 0 and 2147483647");
    int64_t after = in->PartNumberMarker.v;
    if (after < 0 || after > INT32_MAX)
        return s3_bad_argument(err, NP_STR("part-number-marker"), NP_STR_NULL,
                               "Argument part-number-marker must be an integer between 0 and "
                               "2147483647");
    size_t max =
        in->MaxParts.set && in->MaxParts.v < S3_LIST_MAX ? (size_t)in->MaxParts.v : S3_LIST_MAX;
    out->Bucket = in->Bucket;
    out->Key = in->Key;
    out->UploadId = in->UploadId;
    out->PartNumberMarker = (struct np_opt_int){true, after};
    out->MaxParts = (struct np_opt_int){true, (int64_t)max};
    out->IsTruncated.set = true;
    out->Owner = owner_of(rq->arena, b, &up.row);
    out->Initiator = initiator_of(rq->arena, b, up.initiator);
    out->StorageClass = s3_class_text(&up.row);
    if (up.sum_named) {
        out->ChecksumAlgorithm = np_str_of(s3_sums[up.row.sum_alg].name);
        out->ChecksumType = up.composite ? NP_STR("COMPOSITE") : NP_STR("FULL_OBJECT");
    }
    if (s3_abort_rule(b, in->Key, up.initiated_ms, &out->AbortDate.v, &out->AbortRuleId))
        out->AbortDate.set = true;
    return take_parts(rq, &up, after, max, out, err);
}

/* --- ListMultipartUploads --- */

struct listing {
    struct np_req *rq;
    const struct s3_bucket *b;
    const struct s3_ListMultipartUploadsRequest *in;
    struct s3_ListMultipartUploadsOutput *out;
    size_t max, n;
    bool url;
};

static struct np_str shown(const struct listing *l, struct np_str text)
{
    return l->url && text.p != NULL ? s3_url_form(l->rq->arena, text) : text;
}

static struct np_q *seek(struct listing *l, struct np_str key, int64_t id)
{
    NP_SQL(from, "SELECT key, id, initiated_ms, initiator, class, owner, sum_alg, composite "
                 "FROM s3_uploads WHERE bucket_id = ?1 AND (key, id) > (?2, ?3) ORDER BY key, id");
    return np_q(np_req_db(l->rq), NULL, &from, "ibi", l->b->id, key, id);
}

static struct np_str common_of(const struct listing *l, struct np_str key, size_t prefix)
{
    if (l->in->Delimiter.n == 0)
        return NP_STR_NULL;
    ptrdiff_t at = np_str_find(np_str_sub(key, prefix, key.n), l->in->Delimiter);
    return at < 0 ? NP_STR_NULL : np_str_sub(key, 0, prefix + (size_t)at + l->in->Delimiter.n);
}

static void add_upload(struct listing *l, struct np_q *q, struct np_str key)
{
    struct np_arena *a = l->rq->arena;
    struct s3_MultipartUpload *u = &l->out->Uploads.v[l->out->Uploads.n++];
    const struct s3_row row = {.owner = np_col_str(q, 5, a)};
    l->out->Uploads.set = true;
    u->Key = shown(l, key);
    u->UploadId = s3_upload_id(s3_objects_of(l->rq->core), a, np_col_int(q, 1));
    u->Initiated = (struct np_opt_int){true, np_col_int(q, 2)};
    u->Initiator = initiator_of(a, l->b, np_col_str(q, 3, a));
    u->StorageClass = np_col_null(q, 4) ? NP_STR("STANDARD") : np_col_str(q, 4, a);
    u->Owner = owner_of(a, l->b, &row);
    if (!np_col_null(q, 6)) {
        u->ChecksumAlgorithm = np_str_of(s3_sums[np_col_int(q, 6)].name);
        u->ChecksumType = np_col_int(q, 7) != 0 ? NP_STR("COMPOSITE") : NP_STR("FULL_OBJECT");
    }
    l->out->NextKeyMarker = u->Key;
    l->out->NextUploadIdMarker = u->UploadId;
}

static void add_common(struct listing *l, struct np_str common)
{
    l->out->CommonPrefixes.set = true;
    l->out->CommonPrefixes.v[l->out->CommonPrefixes.n++].Prefix = shown(l, common);
    l->out->NextKeyMarker = shown(l, common);
    l->out->NextUploadIdMarker = NP_STR_NULL;
}

/* The first text past all that start so. */
static struct np_str after_common(struct np_arena *a, struct np_str common)
{
    char *next = np_alloc(a, common.n);
    memcpy(next, common.p, common.n);
    next[common.n - 1]++;
    return np_str_n(next, common.n);
}

static int walk(struct listing *l, struct np_str from, int64_t id, struct np_err *err)
{
    struct np_arena *a = l->rq->arena;
    struct np_str prefix = l->in->Prefix;
    struct np_q *q = seek(l, from, id);
    while (np_row(q)) {
        struct np_str key = np_col_str(q, 0, a);
        if (!np_str_starts(key, prefix))
            break;
        struct np_str common = common_of(l, key, prefix.n);
        if (l->n == l->max) {
            l->out->IsTruncated.v = l->max != 0;
            break;
        }
        l->n++;
        if (common.p == NULL) {
            add_upload(l, q, key);
            continue;
        }
        add_common(l, common);
        np_q_end(q, NULL);
        q = seek(l, after_common(a, common), INT64_MIN);
    }
    return np_q_end(q, err);
}

int s3_ListMultipartUploads(struct np_req *rq, const struct s3_ListMultipartUploadsRequest *in,
                            struct s3_ListMultipartUploadsOutput *out, struct np_err *err)
{
    struct listing l = {.rq = rq, .in = in, .out = out, .url = np_str_is(in->EncodingType, "url")};
    const struct np_str prefix = in->Prefix.p != NULL ? in->Prefix : NP_STR("");
    struct np_str from = prefix;
    int64_t id = INT64_MIN;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &l.b, err);
    if (rc != 0)
        return rc;
    if (in->EncodingType.n != 0 && !l.url)
        return s3_bad_argument(err, NP_STR("encoding-type"), in->EncodingType,
                               "Invalid Encoding Method specified in Request");
    if (in->MaxUploads.set && (in->MaxUploads.v < 0 || in->MaxUploads.v > INT32_MAX))
        return s3_bad_argument(err, NP_STR("max-uploads"),
                               np_str_printf(rq->arena, "%lld", (long long)in->MaxUploads.v),
                               "Argument max-uploads must be an integer between 0 and 2147483647");
    l.max = in->MaxUploads.set && in->MaxUploads.v < S3_LIST_MAX ? (size_t)in->MaxUploads.v
                                                                 : S3_LIST_MAX;
    if (in->KeyMarker.n != 0 && np_str_cmp(in->KeyMarker, from) >= 0) {
        from = in->KeyMarker;
        id = INT64_MAX;
        if (in->UploadIdMarker.n != 0 &&
            !s3_upload_id_read(s3_objects_of(rq->core), rq->arena, in->UploadIdMarker, &id))
            return s3_bad_argument(err, NP_STR("upload-id-marker"), in->UploadIdMarker,
                                   "Invalid uploadId marker");
    }
    /* AWS: a marker within a common prefix passes it over (tests/sdk/test_s3_lists.py). */
    struct np_str common =
        np_str_starts(in->KeyMarker, prefix) ? common_of(&l, in->KeyMarker, prefix.n) : NP_STR_NULL;
    if (common.p != NULL) {
        from = after_common(rq->arena, common);
        id = INT64_MIN;
    }
    out->Bucket = in->Bucket;
    out->KeyMarker = shown(&l, in->KeyMarker.p != NULL ? in->KeyMarker : NP_STR(""));
    out->UploadIdMarker = in->UploadIdMarker.p != NULL ? in->UploadIdMarker : NP_STR("");
    if (in->Prefix.n != 0)
        out->Prefix = shown(&l, in->Prefix);
    if (in->Delimiter.n != 0)
        out->Delimiter = shown(&l, in->Delimiter);
    out->MaxUploads = (struct np_opt_int){true, (int64_t)l.max};
    out->IsTruncated.set = true;
    if (l.url)
        out->EncodingType = NP_STR("url");
    out->Uploads.v = np_new_array(rq->arena, struct s3_MultipartUpload, l.max + 1);
    out->CommonPrefixes.v = np_new_array(rq->arena, struct s3_CommonPrefix, l.max + 1);
    return walk(&l, from, id, err);
}
