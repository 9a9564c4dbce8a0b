/* SPDX-License-Identifier: Apache-2.0 */
/* multipart.c - multipart uploads: create, parts, complete, abort. A finished upload rewrites
 * nothing: the object's body is the upload's list of parts. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"
#include "services/s3/upload.h"

/* --- rows of uploads --- */

int s3_no_such_upload(struct np_str upload_id, struct np_err *err)
{
    np_fault(err, &S3_NoSuchUpload,
             "The specified upload does not exist. The upload ID may be invalid, or the upload may "
             "have been aborted or completed.");
    np_err_extra(err, "UploadId", upload_id);
    return NP_EFAULT;
}

int s3_upload_find(struct np_dbc *c, int64_t bucket_id, struct np_str key, int64_t id,
                   struct np_arena *a, struct s3_upload_row *out, bool *found, struct np_err *err)
{
    NP_SQL(one, "SELECT initiated_ms, initiator, class, owner, sum_alg, composite, sse_check, "
                "lock_mode, lock_until_ms, legal_hold, head, tags, acl, kms FROM s3_uploads "
                "WHERE bucket_id = ?1 AND key = ?2 AND id = ?3");
    struct np_q *q = np_q(c, NULL, &one, "ibi", bucket_id, key, id);
    *found = np_row(q);
    if (*found) {
        bool named = !np_col_null(q, 4);
        *out = (struct s3_upload_row){
            .id = id,
            .initiated_ms = np_col_int(q, 0),
            .initiator = np_col_str(q, 1, a),
            .sum_named = named,
            .composite = np_col_int(q, 5) != 0,
            .row = {.class_ = np_col_str(q, 2, a),
                    .owner = np_col_str(q, 3, a),
                    .sum_alg = named ? (int)np_col_int(q, 4) : S3_SUM_DEFAULT,
                    .sse_check = np_col_str(q, 6, a),
                    .lock = {(enum s3_lock_mode)np_col_int(q, 7), np_col_int(q, 8),
                             np_col_int(q, 9) != 0},
                    .head = np_col_str(q, 10, a),
                    .tags = np_col_str(q, 11, a),
                    .acl = np_col_str(q, 12, a),
                    .kms = np_col_str(q, 13, a)},
        };
    }
    return np_q_end(q, err);
}

int s3_upload_need(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                   struct np_str upload_id, struct s3_upload_row *out, struct np_err *err)
{
    int64_t id;
    bool found;
    int rc = s3_key_check(rq, key, err);
    if (rc != 0)
        return rc;
    if (!s3_upload_id_read(s3_objects_of(rq->core), rq->arena, upload_id, &id))
        return s3_no_such_upload(upload_id, err);
    rc = s3_upload_find(np_req_db(rq), b->id, key, id, rq->arena, out, &found, err);
    return rc == 0 && !found ? s3_no_such_upload(upload_id, err) : rc;
}

/* In apply: the upload is still there. */
int s3_upload_again(struct np_txn *t, const struct s3_bucket_row *b, struct np_str key, int64_t id,
                    struct np_str upload_id, struct np_err *err)
{
    NP_SQL(one, "SELECT 1 FROM s3_uploads WHERE bucket_id = ?1 AND key = ?2 AND id = ?3");
    struct np_q *q = np_tq(t, &one, "ibi", b->id, key, id);
    bool found = np_row(q);
    int rc = np_q_end(q, err);
    return rc == 0 && !found ? s3_no_such_upload(upload_id, err) : rc;
}

static int upload_delete(struct np_txn *t, int64_t bucket_id, struct np_str key, int64_t id,
                         struct np_err *err)
{
    NP_SQL(del, "DELETE FROM s3_uploads WHERE bucket_id = ?1 AND key = ?2 AND id = ?3");
    return np_exec(t, &del, err, "ibi", bucket_id, key, id);
}

/* --- CreateMultipartUpload --- */

struct create {
    struct s3_upload_row up;
    struct s3_sse_key key;
};

static int take_algorithm(const struct s3_CreateMultipartUploadRequest *in,
                          struct s3_upload_row *up, struct np_err *err)
{
    up->row.sum_alg = S3_SUM_DEFAULT;
    if (in->ChecksumAlgorithm.n == 0) {
        if (in->ChecksumType.n != 0)
            return np_fault(err, &S3_InvalidRequest,
                            "The x-amz-checksum-type header can only be used with the "
                            "x-amz-checksum-algorithm header.");
        return 0;
    }
    int alg = s3_sum_named(in->ChecksumAlgorithm);
    if (alg == S3_SUM_NONE)
        return np_fault(err, &S3_InvalidRequest,
                        "Checksum algorithm provided is unsupported. Please try again with any of "
                        "the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    up->row.sum_alg = alg;
    up->sum_named = true;
    up->composite =
        in->ChecksumType.n != 0 ? np_str_is(in->ChecksumType, "COMPOSITE") : s3_sums[alg].composite;
    if (up->composite ? s3_sums[alg].composite : s3_sums[alg].full_object)
        return 0;
    return np_fault(err, &S3_InvalidRequest,
                    "The %s checksum type cannot be used with the %s checksum algorithm.",
                    up->composite ? "COMPOSITE" : "FULL_OBJECT", s3_sum_lower(alg));
}

/* The parts' key is there. */
static void sealed(struct np_req *rq)
{
    struct create *c = rq->priv;
    c->up.row.kms = s3_kms_pack(rq->arena, c->key.kms);
    np_req_apply(rq);
}

int s3_CreateMultipartUpload_begin(struct np_req *rq,
                                   const struct s3_CreateMultipartUploadRequest *in,
                                   struct np_err *err)
{
    const struct s3_bucket *b;
    struct create *c = np_new(rq->arena, struct create);
    struct s3_asked asked = S3_ASKED(in);
    rq->priv = c;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_attrs_of(rq, b, &asked, &c->up.row, &c->key, err);
    if (rc == 0)
        rc = take_algorithm(in, &c->up, err);
    if (rc == 0 && !s3_id_take(s3_objects_of(rq->core), &c->up.id))
        rc = np_fault(err, &S3_SlowDown, "Please reduce your request rate.");
    c->up.initiator = rq->who->arn;
    if (rc != 0)
        return rc;
    s3_kms_seal(rq, &c->key, in->Bucket, in->Key, sealed);
    return NP_LATER;
}

int s3_CreateMultipartUpload_apply(struct np_txn *t,
                                   const struct s3_CreateMultipartUploadRequest *in,
                                   struct s3_CreateMultipartUploadOutput *out, struct np_err *err)
{
    NP_SQL(insert, "INSERT INTO s3_uploads (bucket_id, key, id, initiated_ms, initiator, class, "
                   "owner, sum_alg, composite, sse_check, lock_mode, lock_until_ms, legal_hold, "
                   "head, tags, acl, kms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
                   "?12, ?13, ?14, ?15, ?16, ?17)");
    struct create *c = np_txn_req(t)->priv;
    struct s3_bucket_row b;
    const struct s3_row *row = &c->up.row;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc != 0)
        return rc;
    c->up.initiated_ms = s3_second(np_txn_now_ms(t));
    struct np_opt_int alg = {.set = c->up.sum_named, .v = row->sum_alg};
    return np_exec(t, &insert, err, "ibiisssIibiiibbbb", b.id, in->Key, c->up.id,
                   c->up.initiated_ms, c->up.initiator, row->class_, row->owner, alg,
                   (int64_t)c->up.composite, row->sse_check, (int64_t)row->lock.mode,
                   row->lock.until_ms, (int64_t)row->lock.hold, row->head, row->tags, row->acl,
                   row->kms);
}

int s3_CreateMultipartUpload_reply(struct np_req *rq,
                                   const struct s3_CreateMultipartUploadRequest *in,
                                   struct s3_CreateMultipartUploadOutput *out, struct np_err *err)
{
    struct create *c = rq->priv;
    const struct s3_bucket *b = s3_bucket_find(rq->core, in->Bucket);
    (void)err;
    out->Bucket = in->Bucket;
    out->Key = in->Key;
    out->UploadId = s3_upload_id(s3_objects_of(rq->core), rq->arena, c->up.id);
    if (c->up.sum_named) {
        out->ChecksumAlgorithm = np_str_of(s3_sums[c->up.row.sum_alg].name);
        out->ChecksumType = c->up.composite ? NP_STR("COMPOSITE") : NP_STR("FULL_OBJECT");
    }
    S3_SSE_PUT(rq, out, &c->key);
    S3_KMS_CONTEXT_PUT(out, &c->key);
    if (b != NULL &&
        s3_abort_rule(b, in->Key, c->up.initiated_ms, &out->AbortDate.v, &out->AbortRuleId))
        out->AbortDate.set = true;
    return 0;
}

/* --- UploadPart --- */

int s3_part_no_check(struct np_req *rq, int64_t no, struct np_err *err)
{
    if (no >= 1 && no <= S3_PARTS_MAX)
        return 0;
    return s3_bad_argument(err, NP_STR("partNumber"),
                           np_str_printf(rq->arena, "%lld", (long long)no), S3_BAD_PART_NUMBER);
}

int s3_part_sse_check(const struct s3_sse_key *key, const struct s3_upload_row *up,
                      struct np_err *err)
{
    struct np_str check = up->row.sse_check;
    if (check.p != NULL && !key->set)
        return np_fault(err, &S3_InvalidRequest,
                        "The multipart upload initiate requested encryption. Subsequent part "
                        "requests must include the appropriate encryption parameters.");
    if (check.p == NULL && key->set)
        return np_fault(err, &S3_InvalidRequest,
                        "The multipart upload initiate did not request encryption. Please resend "
                        "the request without sending encryption parameters.");
    if (key->set && !np_ct_eq(check, key->check))
        return np_fault(err, &S3_InvalidRequest,
                        "The provided encryption parameters did not match the ones used "
                        "originally.");
    return 0;
}

/* AWS: a part brings the algorithm that the upload was created for, and has to when the parts'
 * checksums make the object's. An upload of no named algorithm takes any: it is checked, told and
 * forgotten (tests/sdk/test_s3_multipart.py). */
static int part_sums(struct s3_upload *u, const struct s3_UploadPartRequest *in,
                     const struct s3_upload_row *up, struct np_err *err)
{
    int rc = s3_upload_sums(u, S3_SUM_MEMBERS(in), in->ChecksumAlgorithm, in->ContentMD5, err);
    if (rc != 0)
        return rc;
    if (up->sum_named && (u->sum_by_client ? u->sum_alg != up->row.sum_alg : up->composite))
        return np_fault(err, &S3_InvalidRequest,
                        "Checksum Type mismatch occurred, expected checksum Type: %s, actual "
                        "checksum Type: %s",
                        s3_sum_lower(up->row.sum_alg),
                        u->sum_by_client ? s3_sum_lower(u->sum_alg) : "null");
    bool locks = up->row.lock.mode != S3_LOCK_NONE || up->row.lock.hold == S3_HOLD_ON;
    if (locks && !u->sum_by_client && u->want_md5.p == NULL)
        return np_fault(err, &S3_InvalidRequest,
                        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part "
                        "requests with Object Lock parameters");
    if (!u->sum_by_client)
        u->sum_alg = up->row.sum_alg;
    return 0;
}

static bool by_other_sum(const struct s3_part_put *p)
{
    return p->up.sum_alg != p->upload.row.sum_alg;
}

static void received(struct s3_upload *u)
{
    struct s3_part_put *p = NP_CONTAINER(u, struct s3_part_put, up);
    p->part.size = s3_sink_size(u->sink);
    p->part.etag = s3_sse_etag(u->rq->arena, &p->key, s3_sink_md5(u->sink));
    p->part.sum_alg = p->upload.row.sum_alg;
    p->part.sum = by_other_sum(p) ? s3_sink_default_sum(u->sink) : s3_sink_sum(u->sink);
    np_req_apply(u->rq);
}

static void take_body(struct np_req *rq)
{
    struct s3_part_put *p = rq->priv;
    p->up.sink = s3_sink_new(rq, &(struct s3_sink_opts){
                                     .sse_key = s3_sse_bytes(&p->key),
                                     .expect = np_req_body_length(rq),
                                     .limit = S3_OBJECT_MAX,
                                     .sum_alg = p->up.sum_alg,
                                     .with_default = by_other_sum(p),
                                 });
    s3_upload_start(&p->up);
}

int s3_UploadPart_begin(struct np_req *rq, const struct s3_UploadPartRequest *in,
                        struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_part_put *p = np_new(rq->arena, struct s3_part_put);
    rq->priv = p;
    p->up = (struct s3_upload){.rq = rq, .done = received};
    p->part.no = in->PartNumber.v;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_part_no_check(rq, p->part.no, err);
    if (rc == 0)
        rc = s3_body_length_check(rq, err);
    if (rc == 0)
        rc = s3_sse_of(rq, in->SSECustomerAlgorithm, in->SSECustomerKey, in->SSECustomerKeyMD5,
                       &p->key, err);
    if (rc == 0)
        rc = s3_upload_need(rq, b, in->Key, in->UploadId, &p->upload, err);
    if (rc == 0)
        rc = s3_part_sse_check(&p->key, &p->upload, err);
    if (rc == 0)
        rc = s3_kms_of_row(rq, p->upload.row.kms, &p->key, err);
    if (rc == 0)
        rc = part_sums(&p->up, in, &p->upload, err);
    if (rc != 0)
        return rc;
    s3_kms_open(rq, &p->key, in->Bucket, in->Key, take_body);
    return NP_LATER;
}

/* In apply: the part takes the place of one of its number. */
int s3_part_insert(struct np_txn *t, struct s3_objects *o, int64_t set_id, struct s3_part *part,
                   struct np_err *err)
{
    NP_SQL(old, "SELECT body, body_id FROM s3_parts WHERE set_id = ?1 AND part_no = ?2");
    NP_SQL(put, "INSERT OR REPLACE INTO s3_parts (set_id, " S3_PART_COLUMNS ") VALUES (?1, ?2, ?3, "
                "?4, ?5, ?6, ?7, ?8, ?9)");
    struct s3_body before = {.kind = S3_BODY_NONE};
    struct np_q *q = np_tq(t, &old, "ii", set_id, part->no);
    if (np_row(q))
        before = (struct s3_body){(enum s3_body_kind)np_col_int(q, 0), np_col_int(q, 1)};
    int rc = np_q_end(q, err);
    if (rc == 0)
        rc = s3_body_release(t, o, before, err);
    part->modified_ms = s3_second(np_txn_now_ms(t));
    struct np_opt_int alg = {.set = part->sum_alg != S3_SUM_NONE, .v = part->sum_alg};
    return rc != 0 ? rc
                   : np_exec(t, &put, err, "iiiibIbii", set_id, part->no, part->modified_ms,
                             (int64_t)part->size, part->etag, alg, part->sum,
                             (int64_t)part->body.kind, part->body.id);
}

int s3_UploadPart_apply(struct np_txn *t, const struct s3_UploadPartRequest *in,
                        struct s3_UploadPartOutput *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    struct s3_part_put *p = rq->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc == 0)
        rc = s3_upload_again(t, &b, in->Key, p->upload.id, in->UploadId, err);
    if (rc == 0)
        rc = s3_sink_add(p->up.sink, t, &p->part.body, err);
    return rc != 0 ? rc : s3_part_insert(t, s3_objects_of(rq->core), p->upload.id, &p->part, err);
}

int s3_UploadPart_reply(struct np_req *rq, const struct s3_UploadPartRequest *in,
                        struct s3_UploadPartOutput *out, struct np_err *err)
{
    struct s3_part_put *p = rq->priv;
    (void)in, (void)err;
    s3_sink_taken(p->up.sink);
    out->ETag = s3_etag_text(rq->arena, p->part.etag, 0);
    if (p->upload.sum_named || p->up.sum_by_client)
        s3_sum_put(rq->arena, p->up.sum_alg, s3_sink_sum(p->up.sink), 0, false,
                   S3_SUM_MEMBERS(out));
    S3_SSE_PUT(rq, out, &p->key);
    return 0;
}

/* --- AbortMultipartUpload --- */

/* In apply: the upload and its parts go. */
int s3_upload_discard(struct np_txn *t, struct s3_objects *o, int64_t bucket_id, struct np_str key,
                      int64_t id, struct np_err *err)
{
    int rc = upload_delete(t, bucket_id, key, id, err);
    return rc != 0 ? rc : s3_parts_discard(t, o, id, err);
}

int s3_AbortMultipartUpload_begin(struct np_req *rq,
                                  const struct s3_AbortMultipartUploadRequest *in,
                                  struct np_err *err)
{
    const struct s3_bucket *b;
    struct s3_upload_row *up = np_new(rq->arena, struct s3_upload_row);
    rq->priv = up;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_upload_need(rq, b, in->Key, in->UploadId, up, err);
    if (rc == 0 && in->IfMatchInitiatedTime.set &&
        s3_second(in->IfMatchInitiatedTime.v) != up->initiated_ms)
        rc = s3_condition_failed(err, "x-amz-if-match-initiated-time");
    return rc != 0 ? rc : np_apply(rq);
}

int s3_AbortMultipartUpload_apply(struct np_txn *t, const struct s3_AbortMultipartUploadRequest *in,
                                  struct s3_AbortMultipartUploadOutput *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    const struct s3_upload_row *up = rq->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc == 0)
        rc = s3_upload_again(t, &b, in->Key, up->id, in->UploadId, err);
    return rc != 0 ? rc : s3_upload_discard(t, s3_objects_of(rq->core), b.id, in->Key, up->id, err);
}
