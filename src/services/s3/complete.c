/* SPDX-License-Identifier: Apache-2.0 */
/* complete.c - CompleteMultipartUpload: the list of the request against the parts that are there.
 */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/enc.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"
#include "services/s3/upload.h"

struct complete {
    int64_t id;
    struct s3_sse_key key;
    struct s3_row row; /* as apply leaves it */
    enum s3_versioning versioning;
};

static int malformed(struct np_err *err)
{
    return np_fault(err, &S3_MalformedXML,
                    "The XML you provided was not well-formed or did not validate against our "
                    "published schema");
}

static int check_list(struct np_req *rq, const struct s3_CompleteMultipartUploadRequest *in,
                      struct np_err *err)
{
    if (in->MultipartUpload == NULL || in->MultipartUpload->Parts.n == 0 ||
        in->MultipartUpload->Parts.n > S3_PARTS_MAX)
        return malformed(err);
    int64_t before = 0;
    for (size_t i = 0; i < in->MultipartUpload->Parts.n; i++) {
        const struct s3_CompletedPart *p = &in->MultipartUpload->Parts.v[i];
        if (!p->PartNumber.set || p->ETag.p == NULL)
            return malformed(err);
        if (p->PartNumber.v < 1)
            return s3_bad_argument(err, NP_STR("PartNumber"),
                                   np_str_printf(rq->arena, "%lld", (long long)p->PartNumber.v),
                                   "PartNumber must be >= 1");
        int rc = s3_part_no_check(rq, p->PartNumber.v, err);
        if (rc != 0)
            return rc;
        if (p->PartNumber.v <= before) {
            np_fault(err, &S3_InvalidPartOrder,
                     "The list of parts was not in ascending order. Parts must be ordered by part "
                     "number.");
            np_err_extra(err, "UploadId", in->UploadId);
            return NP_EFAULT;
        }
        before = p->PartNumber.v;
    }
    return 0;
}

/* AWS: who completes an upload of KMS's has to have the right to decrypt its parts
 * (tests/sdk/test_s3_kms.py). Whether the upload is there is apply's to say. */
static int open_parts(struct np_req *rq, const struct s3_bucket *b,
                      const struct s3_CompleteMultipartUploadRequest *in, struct np_err *err)
{
    struct complete *c = rq->priv;
    struct s3_upload_row up = {0};
    bool found;
    int rc = s3_upload_find(np_req_db(rq), b->id, in->Key, c->id, rq->arena, &up, &found, err);
    if (rc == 0)
        rc = s3_kms_of_row(rq, up.row.kms, &c->key, err);
    if (rc != 0)
        return rc;
    s3_kms_open(rq, &c->key, in->Bucket, in->Key, np_req_apply);
    return NP_LATER;
}

int s3_CompleteMultipartUpload_begin(struct np_req *rq,
                                     const struct s3_CompleteMultipartUploadRequest *in,
                                     struct np_err *err)
{
    const struct s3_bucket *b;
    struct complete *c = np_new(rq->arena, struct complete);
    rq->priv = c;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_key_check(rq, in->Key, err);
    if (rc == 0 && !s3_upload_id_read(s3_objects_of(rq->core), rq->arena, in->UploadId, &c->id))
        rc = s3_no_such_upload(in->UploadId, err);
    if (rc == 0)
        rc = s3_sse_of(rq, in->SSECustomerAlgorithm, in->SSECustomerKey, in->SSECustomerKeyMD5,
                       &c->key, err);
    if (rc == 0)
        rc = s3_write_conditions_ok(in->IfMatch, in->IfNoneMatch, err);
    if (rc == 0)
        rc = check_list(rq, in, err);
    return rc != 0 ? rc : open_parts(rq, b, in, err);
}

/* --- in apply --- */

struct joined { /* the parts so far */
    struct np_arena *a;
    const struct s3_CompleteMultipartUploadRequest *in;
    const struct s3_upload_row *up;
    struct np_digest *md5, *sums; /* sums: of a composite checksum */
    uint8_t crc[64];
    uint64_t size, first_size;
    size_t n;
    bool regular; /* parts 1 to N of one size but the last */
};

static int invalid_part(const struct joined *j, const struct s3_CompletedPart *want,
                        struct np_err *err)
{
    np_fault(err, &S3_InvalidPart,
             "One or more of the specified parts could not be found.  The part may not have been "
             "uploaded, or the specified entity tag may not match the part's entity tag.");
    np_err_extra(err, "UploadId", j->in->UploadId);
    np_err_extra(err, "PartNumber", np_str_printf(j->a, "%lld", (long long)want->PartNumber.v));
    np_err_extra(err, "ETag", want->ETag);
    return NP_EFAULT;
}

static int check_part(const struct joined *j, const struct s3_CompletedPart *want,
                      const struct s3_part *got, struct np_err *err)
{
    const struct s3_row as_row = {.etag = got->etag};
    if (got->no != want->PartNumber.v || !s3_etag_matches(want->ETag, &as_row, j->a) ||
        np_str_is(np_str_trim(want->ETag), "*"))
        return invalid_part(j, want, err);
    const struct np_str *said = S3_SUM_MEMBERS(want);
    for (int i = 0; i < S3_SUMS; i++) {
        if (said[i].p == NULL)
            continue;
        if (i != got->sum_alg || !np_str_eq(said[i], np_base64(j->a, got->sum)))
            return invalid_part(j, want, err);
    }
    if (j->up->composite && said[j->up->row.sum_alg].p == NULL)
        return np_fault(err, &S3_InvalidRequest,
                        "The upload was created using a %s checksum. The complete request must "
                        "include the checksum for each part. It was missing for part %lld in the "
                        "request.",
                        s3_sum_lower(j->up->row.sum_alg), (long long)got->no);
    return 0;
}

static int too_small(const struct joined *j, const struct s3_part *p, struct np_err *err)
{
    struct np_str etag = s3_etag_text(j->a, p->etag, 0);
    np_fault(err, &S3_EntityTooSmall,
             "Your proposed upload is smaller than the minimum allowed size");
    np_err_extra(err, "ProposedSize", np_str_printf(j->a, "%llu", (unsigned long long)p->size));
    np_err_extra(err, "MinSizeAllowed",
                 np_str_printf(j->a, "%llu", (unsigned long long)S3_PART_MIN));
    np_err_extra(err, "PartNumber", np_str_printf(j->a, "%lld", (long long)p->no));
    np_err_extra(err, "ETag", np_str_sub(etag, 1, etag.n - 2));
    return NP_EFAULT;
}

static void join(struct joined *j, const struct s3_part *p, bool last)
{
    enum np_digest_alg alg = s3_sums[j->up->row.sum_alg].digest;
    np_digest_add(j->md5, p->etag.p, p->etag.n);
    if (j->sums != NULL)
        np_digest_add(j->sums, p->sum.p, p->sum.n);
    else if (j->n == 0)
        memcpy(j->crc, p->sum.p, p->sum.n);
    else
        np_crc_combine(alg, j->crc, p->sum.p, p->size);
    if (j->n == 0) {
        j->first_size = p->size;
        j->regular = true;
    }
    bool fits = last ? p->size <= j->first_size : p->size == j->first_size;
    j->regular = j->regular && fits && p->no == (int64_t)j->n + 1;
    j->size += p->size;
    j->n++;
}

struct left_over {
    int64_t no;
    struct s3_body body;
};

/* Walks both lists side by side; parts that were not named are to go. */
static int join_all(struct np_txn *t, struct joined *j, struct left_over *left, size_t *n_left,
                    struct np_err *err)
{
    NP_SQL(all, "SELECT " S3_PART_COLUMNS " FROM s3_parts WHERE set_id = ?1 ORDER BY part_no");
    const struct s3_CompletedPartList *want = &j->in->MultipartUpload->Parts;
    struct np_q *q = np_tq(t, &all, "i", j->up->id);
    size_t i = 0;
    int rc = 0;
    while (rc == 0 && np_row(q)) {
        struct s3_part p;
        s3_part_take(q, j->a, &p);
        if (i == want->n || p.no < want->v[i].PartNumber.v) {
            left[(*n_left)++] = (struct left_over){p.no, p.body};
            continue;
        }
        bool last = i + 1 == want->n;
        rc = check_part(j, &want->v[i], &p, err);
        if (rc == 0 && !last && p.size < S3_PART_MIN)
            rc = too_small(j, &p, err);
        if (rc == 0)
            join(j, &p, last);
        i++;
    }
    int end = np_q_end(q, err);
    if (rc == 0)
        rc = end;
    return rc == 0 && i < want->n ? invalid_part(j, &want->v[i], err) : rc;
}

static void take_result(struct joined *j, struct s3_row *row)
{
    enum np_digest_alg alg = s3_sums[j->up->row.sum_alg].digest;
    uint8_t sum[NP_DIGEST_MAX];
    np_digest_end(j->md5, sum);
    *row = j->up->row;
    row->etag = s3_bytes_dup(j->a, sum, 16);
    row->n_parts = (unsigned)j->n;
    row->size = j->size;
    row->part_size = j->regular ? j->first_size : 0;
    row->body = (struct s3_body){S3_BODY_PARTS, j->up->id};
    if (j->sums != NULL) {
        np_digest_end(j->sums, sum);
        row->flags |= S3_F_COMPOSITE;
    }
    row->sum = s3_bytes_dup(j->a, j->sums != NULL ? sum : j->crc, np_digest_size(alg));
}

/* AWS: of an upload of no named algorithm, the checksums that are older than the default one are
 * not looked at, and the newer ones refused (tests/sdk/test_s3_multipart.py). */
static int unannounced(int alg, struct np_err *err)
{
    static const char *const older[] = {"CRC32", "CRC32C", "SHA1", "SHA256"};
    NP_EACH (name, older)
        if (np_str_eq(np_str_of(*name), np_str_of(s3_sums[alg].name)))
            return 0;
    return np_fault(err, &S3_InvalidRequest,
                    "Checksum Type mismatch occurred, expected checksum Type: null, actual "
                    "checksum Type: %s",
                    s3_sum_lower(alg));
}

/* What the request says of the whole object. */
static int check_result(const struct joined *j, const struct s3_row *row, struct np_err *err)
{
    const struct s3_CompleteMultipartUploadRequest *in = j->in;
    bool composite = j->up->composite;
    if (in->ChecksumType.n != 0 && np_str_is(in->ChecksumType, "COMPOSITE") != composite)
        return np_fault(err, &S3_InvalidRequest,
                        "The upload was created using the %s checksum mode. The complete request "
                        "must use the same checksum mode.",
                        composite ? "COMPOSITE" : "FULL_OBJECT");
    if (in->MpuObjectSize.set && (uint64_t)in->MpuObjectSize.v != row->size)
        return np_fault(err, &S3_InvalidRequest,
                        "The provided 'x-amz-mp-object-size' header value %lld does not match what "
                        "was computed: %llu",
                        (long long)in->MpuObjectSize.v, (unsigned long long)row->size);
    const struct np_str *said = S3_SUM_MEMBERS(in);
    struct np_str got = np_base64(j->a, row->sum);
    for (int i = 0; i < S3_SUMS; i++) {
        struct np_str value = said[i], count;
        if (value.p == NULL)
            continue;
        if (!j->up->sum_named && i != row->sum_alg) {
            int rc = unannounced(i, err);
            if (rc != 0)
                return rc;
            continue;
        }
        if (composite)
            np_str_cut(said[i], '-', &value, &count);
        if (i != row->sum_alg || !np_str_eq(value, got))
            return np_fault(err, &S3_BadDigest,
                            "The %s you specified did not match the calculated checksum.",
                            s3_sums[i].name);
    }
    return 0;
}

static int drop_left(struct np_txn *t, struct s3_objects *o, int64_t set_id,
                     const struct left_over *left, size_t n, struct np_err *err)
{
    NP_SQL(drop, "DELETE FROM s3_parts WHERE set_id = ?1 AND part_no = ?2");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = np_exec(t, &drop, err, "ii", set_id, left[i].no);
        if (rc == 0)
            rc = s3_body_release(t, o, left[i].body, err);
    }
    return rc;
}

/* A client that did not hear of its success asks again: the same answer. */
static int completed_before(struct np_txn *t, const struct s3_bucket_row *b,
                            const struct s3_CompleteMultipartUploadRequest *in, struct complete *c,
                            struct np_err *err)
{
    const struct s3_which newest = {.kind = S3_NEWEST};
    bool found;
    int rc = s3_row_find(np_txn_db(t), b->id, in->Key, &newest, np_txn_arena(t), &c->row, NULL,
                         &found, err);
    if (rc != 0 || (found && c->row.body.kind == S3_BODY_PARTS && c->row.body.id == c->id))
        return rc;
    return s3_no_such_upload(in->UploadId, err);
}

static int finish(struct np_txn *t, const struct s3_bucket_row *b, struct complete *c,
                  struct joined *j, struct np_err *err)
{
    NP_SQL(over, "DELETE FROM s3_uploads WHERE bucket_id = ?1 AND key = ?2 AND id = ?3");
    const struct s3_CompleteMultipartUploadRequest *in = j->in;
    struct s3_objects *o = s3_objects_of(np_txn_req(t)->core);
    struct left_over *left = np_new_array(j->a, struct left_over, S3_PARTS_MAX + 1);
    size_t n_left = 0;
    int rc = join_all(t, j, left, &n_left, err);
    if (rc != 0)
        return rc;
    take_result(j, &c->row);
    rc = check_result(j, &c->row, err);
    if (rc == 0)
        rc = drop_left(t, o, c->id, left, n_left, err);
    if (rc == 0)
        rc = np_exec(t, &over, err, "ibi", b->id, in->Key, c->id);
    if (rc == 0)
        rc = s3_body_add(t, c->row.body, NP_STR_NULL, err);
    return rc != 0 ? rc
                   : s3_version_put(
                         t, b, in->Key, &c->row,
                         &(struct s3_put_how){.objects = o,
                                              .rq = np_txn_req(t),
                                              .match = in->IfMatch,
                                              .none_match = in->IfNoneMatch,
                                              .event = "ObjectCreated:CompleteMultipartUpload"},
                         err);
}

int s3_CompleteMultipartUpload_apply(struct np_txn *t,
                                     const struct s3_CompleteMultipartUploadRequest *in,
                                     struct s3_CompleteMultipartUploadOutput *out,
                                     struct np_err *err)
{
    struct complete *c = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    struct s3_upload_row up;
    bool found;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc == 0)
        rc = s3_upload_find(np_txn_db(t), b.id, in->Key, c->id, np_txn_arena(t), &up, &found, err);
    if (rc != 0)
        return rc;
    c->versioning = b.versioning;
    if (!found)
        return completed_before(t, &b, in, c, err);
    rc = c->key.set ? s3_part_sse_check(&c->key, &up, err) : 0;
    if (rc != 0)
        return rc;
    struct joined j = {.a = np_txn_arena(t), .in = in, .up = &up, .md5 = np_digest_new(NP_MD5)};
    if (up.composite)
        j.sums = np_digest_new(s3_sums[up.row.sum_alg].digest);
    rc = finish(t, &b, c, &j, err);
    np_digest_free(j.md5);
    np_digest_free(j.sums);
    return rc;
}

struct np_str s3_object_location(struct np_req *rq, struct np_str bucket, struct np_str key)
{
    struct np_buf b;
    np_buf_init(&b, rq->arena, 8192);
    np_buf_str_add(&b, rq->endpoint);
    np_buf_char(&b, '/');
    if (rq->sign_path.p == NULL) { /* path style: the host does not name the bucket */
        np_buf_str_add(&b, bucket);
        np_buf_char(&b, '/');
    }
    np_uri_encode(&b, key, true);
    return np_buf_str(&b);
}

int s3_CompleteMultipartUpload_reply(struct np_req *rq,
                                     const struct s3_CompleteMultipartUploadRequest *in,
                                     struct s3_CompleteMultipartUploadOutput *out,
                                     struct np_err *err)
{
    struct complete *c = rq->priv;
    struct np_arena *a = rq->arena;
    (void)err;
    out->Location = s3_object_location(rq, in->Bucket, in->Key);
    out->Bucket = in->Bucket;
    out->Key = in->Key;
    out->ETag = s3_etag_text(a, c->row.etag, c->row.n_parts);
    s3_sum_put(a, c->row.sum_alg, c->row.sum, c->row.n_parts, (c->row.flags & S3_F_COMPOSITE) != 0,
               S3_SUM_MEMBERS(out));
    out->ChecksumType = s3_sum_type(c->row.sum_alg, c->row.flags);
    const struct s3_kms *kms = s3_kms_unpack(c->row.kms, a);
    if (kms != NULL)
        S3_KMS_PUT(out, kms);
    else if (c->row.sse_check.p == NULL && rq->core->config.at_rest)
        out->ServerSideEncryption = NP_STR("AES256");
    if (c->versioning != S3_UNVERSIONED)
        out->VersionId = s3_version_id(s3_objects_of(rq->core), a, &c->row);
    out->Expiration = s3_expiration_of(rq, s3_bucket_find(rq->core, in->Bucket), in->Key, &c->row);
    return 0;
}
