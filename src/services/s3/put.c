/* SPDX-License-Identifier: Apache-2.0 */
/* put.c - PutObject. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"
#include "services/s3/post.h"

struct put {
    struct s3_upload up; /* first: the request's priv */
    struct s3_row row;   /* as apply leaves it */
    struct s3_sse_key key;
    enum s3_versioning versioning; /* as apply saw it */
};

static void received(struct s3_upload *u)
{
    struct put *p = NP_CONTAINER(u, struct put, up);
    p->row.size = s3_sink_size(u->sink);
    p->row.etag = s3_sse_etag(u->rq->arena, &p->key, s3_sink_md5(u->sink));
    p->row.sum_alg = u->sum_alg;
    p->row.sum = s3_sink_sum(u->sink);
    np_req_apply(u->rq);
}

int s3_body_length_check(struct np_req *rq, struct np_err *err)
{
    int64_t n = np_req_body_length(rq);
    if (n < 0)
        return np_fault(err, &S3_MissingContentLength,
                        "You must provide the Content-Length HTTP header.");
    if ((uint64_t)n <= S3_OBJECT_MAX)
        return 0;
    np_fault(err, &S3_EntityTooLarge, "Your proposed upload exceeds the maximum allowed size");
    np_err_extra(err, "ProposedSize", np_str_printf(rq->arena, "%lld", (long long)n));
    np_err_extra(err, "MaxSizeAllowed",
                 np_str_printf(rq->arena, "%llu", (unsigned long long)S3_OBJECT_MAX));
    return NP_EFAULT;
}

/* The key is there. */
static void take_body(struct np_req *rq)
{
    struct put *p = rq->priv;
    const struct s3_post *post = p->up.post;
    p->row.kms = s3_kms_pack(rq->arena, p->key.kms);
    p->up.sink = s3_sink_new(rq, &(struct s3_sink_opts){
                                     .sse_key = s3_sse_bytes(&p->key),
                                     .expect = post != NULL ? -1 : np_req_body_length(rq),
                                     .limit = post != NULL ? post->most : S3_OBJECT_MAX,
                                     .sum_alg = p->up.sum_alg,
                                 });
    s3_upload_start(&p->up);
}

int s3_PutObject_begin(struct np_req *rq, const struct s3_PutObjectRequest *in, struct np_err *err)
{
    const struct s3_bucket *b;
    struct put *p = np_new(rq->arena, struct put);
    struct s3_asked asked = S3_ASKED(in);
    const struct s3_post *post = rq->priv; /* a form's */
    asked.signed_v2 = post != NULL && post->signed_v2;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_whole_check(rq, err);
    if (rc == 0 && in->WriteOffsetBytes.set) {
        np_fault(err, &S3_NotImplemented,
                 "A header you provided implies functionality that is not implemented");
        np_err_extra(err, "Header", NP_STR("x-amz-write-offset-bytes"));
        rc = NP_EFAULT;
    }
    if (rc == 0 && post == NULL)
        rc = s3_body_length_check(rq, err);
    if (rc == 0)
        rc = s3_attrs_of(rq, b, &asked, &p->row, &p->key, err);
    if (rc == 0)
        rc = s3_write_conditions_ok(in->IfMatch, in->IfNoneMatch, err);
    p->up = (struct s3_upload){.rq = rq, .post = post, .done = received};
    if (rc == 0)
        rc = s3_upload_sums(&p->up, S3_SUM_MEMBERS(in), in->ChecksumAlgorithm, in->ContentMD5, err);
    if (rc != 0)
        return rc;
    bool locks = p->row.lock.mode != S3_LOCK_NONE || p->row.lock.hold == S3_HOLD_ON;
    if (locks && !p->up.sum_by_client && p->up.want_md5.p == NULL)
        return np_fault(err, &S3_InvalidRequest,
                        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object "
                        "requests with Object Lock parameters");
    if (!p->up.sum_by_client)
        p->up.sum_alg = S3_SUM_DEFAULT;
    rq->priv = p;
    s3_kms_seal(rq, &p->key, in->Bucket, in->Key, take_body);
    return NP_LATER;
}

int s3_PutObject_apply(struct np_txn *t, const struct s3_PutObjectRequest *in,
                       struct s3_PutObjectOutput *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    struct put *p = rq->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc == 0)
        rc = s3_sink_add(p->up.sink, t, &p->row.body, err);
    if (rc != 0)
        return rc;
    p->versioning = b.versioning;
    return s3_version_put(t, &b, in->Key, &p->row,
                          &(struct s3_put_how){.objects = s3_objects_of(rq->core),
                                               .rq = rq,
                                               .match = in->IfMatch,
                                               .none_match = in->IfNoneMatch,
                                               .event = p->up.post != NULL ? "ObjectCreated:Post"
                                                                           : "ObjectCreated:Put"},
                          err);
}

int s3_PutObject_reply(struct np_req *rq, const struct s3_PutObjectRequest *in,
                       struct s3_PutObjectOutput *out, struct np_err *err)
{
    struct put *p = rq->priv;
    (void)err;
    s3_sink_taken(p->up.sink);
    out->ETag = s3_etag_text(rq->arena, p->row.etag, 0);
    s3_sum_put(rq->arena, p->row.sum_alg, p->row.sum, 0, false, S3_SUM_MEMBERS(out));
    out->ChecksumType = s3_sum_type(p->row.sum_alg, p->row.flags);
    S3_SSE_PUT(rq, out, &p->key);
    S3_KMS_CONTEXT_PUT(out, &p->key);
    if (p->versioning != S3_UNVERSIONED)
        out->VersionId = s3_version_id(s3_objects_of(rq->core), rq->arena, &p->row);
    out->Expiration = s3_expiration_of(rq, s3_bucket_find(rq->core, in->Bucket), in->Key, &p->row);
    return p->up.post != NULL ? s3_post_reply(rq, p->up.post, in, out) : 0;
}
