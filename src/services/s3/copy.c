/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - CopyObject and UploadPartCopy.
 *
 * Where the bytes on disk can be the copy's as they are (same key at rest), the body gets one user
 * more. What the copy's ETag and checksum need and the source does not tell is computed by reading
 * the bytes once, on job threads. Else the bytes go through a sink. */
#include "services/s3/copy.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"

#define RESTARTS_MAX 10

/* --- the source's name --- */

static int bad_source(struct np_err *err, struct np_str text)
{
    return s3_bad_argument(err, NP_STR("x-amz-copy-source"), text, S3_BAD_COPY_SOURCE);
}

static int parse_source(struct np_req *rq, struct np_str text, struct s3_copy_source *s,
                        struct np_err *err)
{
    struct s3_source_name name;
    if (!s3_copy_source_read(rq->arena, text, &name))
        return bad_source(err, text);
    if (name.version_id.p != NULL && name.version_id.n == 0)
        return s3_bad_argument(err, NP_STR("x-amz-copy-source"), name.version_id,
                               "Version id cannot be the empty string");
    s->bucket = name.bucket;
    s->key = name.key;
    s->version_id = name.version_id;
    return 0;
}

/* --- finding it --- */

static int find_bucket(struct np_req *rq, struct s3_copy_source *s, struct np_str expected_owner,
                       struct np_err *err)
{
    s->b = s3_bucket_find(rq->core, s->bucket);
    if (s->b == NULL) {
        np_fault(err, &S3_NoSuchBucket, "The specified bucket does not exist");
        np_err_extra(err, "BucketName", s->bucket);
        return NP_EFAULT;
    }
    if (expected_owner.p != NULL && !np_str_eq(expected_owner, s->b->account))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    s->id = s->b->id;
    return 0;
}

static int find_row(struct np_req *rq, struct s3_copy_source *s, struct np_err *err)
{
    struct s3_which w;
    bool found;
    int rc = s3_which_of(rq, s->version_id, &w, err);
    if (rc == 0)
        rc = s3_row_find(np_req_db(rq), s->id, s->key, &w, rq->arena, &s->row, &s->sealed, &found,
                         err);
    if (rc != 0)
        return rc;
    bool marker = found && (s->row.flags & S3_F_MARKER) != 0;
    if (marker && s->version_id.p != NULL)
        return np_fault(err, &S3_InvalidRequest,
                        "The source of a copy request may not specifically refer to a delete "
                        "marker by version id.");
    if (found && !marker)
        return 0;
    if (s->version_id.p == NULL)
        return s3_no_such_key(rq, s->b, s->key, err);
    np_fault(err, &S3_NoSuchVersion, "The specified version does not exist.");
    np_err_extra(err, "Key", s->key);
    np_err_extra(err, "VersionId", s->version_id);
    return NP_EFAULT;
}

int s3_copy_source_need(struct np_req *rq, const struct s3_copy_asked *in, struct s3_copy_source *s,
                        struct np_err *err)
{
    int rc = parse_source(rq, in->source, s, err);
    if (rc == 0)
        rc = find_bucket(rq, s, in->expected_owner, err);
    if (rc == 0)
        rc = s3_payer_check(rq, s->b, err);
    if (rc == 0)
        rc = s3_authorize_object(rq, s->b,
                                 s->version_id.p != NULL ? "s3:GetObjectVersion" : "s3:GetObject",
                                 s->key, s->version_id, err);
    if (rc == 0)
        rc = s3_sse_of(rq, in->ssec_alg, in->ssec_key, in->ssec_md5, &s->sse, err);
    if (rc == 0)
        rc = find_row(rq, s, err);
    if (rc == 0)
        rc = s3_sse_check(&s->sse, s->row.sse_check, err);
    if (rc == 0)
        rc = s3_kms_of_row(rq, s->row.kms, &s->sse, err);
    if (rc == 0)
        rc = s3_source_conditions(&in->conditions, &s->row, rq->arena, err);
    if (rc == 0 && !s3_is_readable(&s->row, rq->now_ms))
        rc = np_fault(err, &S3_ObjectNotInActiveTierError,
                      "The source object of the COPY operation is not in the active tier and is "
                      "only stored in Amazon S3 Glacier.");
    s->off = 0;
    s->n = s->row.size;
    return rc;
}

/* --- hashing without writing: one run of bytes at a time, on a job --- */

#define HASH_BYTES (256 * 1024)

struct hasher {
    struct np_job job;
    struct s3_copy *c; /* NULL: the request is gone */
    struct np_digest *md5, *sum;
    size_t n;
    char bytes[HASH_BYTES];
};

static void pump(struct s3_copy *c);

static void hasher_free(struct hasher *h)
{
    np_digest_free(h->md5);
    np_digest_free(h->sum);
    np_free(h);
}

static void hash_work(struct np_job *j)
{
    struct hasher *h = NP_CONTAINER(j, struct hasher, job);
    np_digest_add(h->md5, h->bytes, h->n);
    if (h->sum != NULL)
        np_digest_add(h->sum, h->bytes, h->n);
}

static void hash_done(struct np_job *j)
{
    struct hasher *h = NP_CONTAINER(j, struct hasher, job);
    struct s3_copy *c = h->c;
    if (c == NULL) {
        hasher_free(h);
        return;
    }
    h->n = 0;
    c->busy = false;
    pump(c);
}

static void copy_gone(void *arg)
{
    struct s3_copy *c = arg;
    struct hasher *h = c->hasher;
    if (h == NULL)
        return;
    if (c->busy)
        h->c = NULL; /* the job ends first */
    else
        hasher_free(h);
}

static void hasher_new(struct s3_copy *c)
{
    struct hasher *h = np_heap_alloc(sizeof(*h));
    h->c = c;
    h->md5 = np_digest_new(NP_MD5);
    if (c->sum_alg != S3_SUM_NONE)
        h->sum = np_digest_new(s3_sums[c->sum_alg].digest);
    c->hasher = h;
    np_arena_defer(c->rq->arena, copy_gone, c);
}

/* Takes what fits; starts the job when it is full or at the end. */
static void hash_some(struct s3_copy *c)
{
    struct hasher *h = c->hasher;
    size_t n = HASH_BYTES - h->n < c->data.n ? HASH_BYTES - h->n : c->data.n;
    memcpy(h->bytes + h->n, c->data.p, n);
    h->n += n;
    c->data = np_str_sub(c->data, n, c->data.n);
    if (h->n < HASH_BYTES && !(c->end && c->data.n == 0))
        return;
    c->busy = true;
    np_job_submit(c->rq->core->jobs, c->rq->loop, &h->job, hash_work, hash_done);
}

static void hash_take(struct s3_copy *c)
{
    struct hasher *h = c->hasher;
    char *md5 = np_alloc(c->rq->arena, 16);
    np_digest_end(h->md5, md5);
    c->md5 = np_str_n(md5, 16);
    if (h->sum == NULL)
        return;
    char *sum = np_alloc(c->rq->arena, NP_DIGEST_MAX);
    np_digest_end(h->sum, sum);
    c->sum = np_str_n(sum, np_digest_size(s3_sums[c->sum_alg].digest));
}

/* --- moving bytes --- */

/* The bytes went with their version: what is there now is copied, or is none. */
static int again(struct s3_copy *c, struct np_err *err)
{
    if (c->tries < RESTARTS_MAX)
        return c->restart(c->rq, err);
    return np_fault(err, &S3_SlowDown, "Please reduce your request rate.");
}

static unsigned next_try(const struct np_req *rq)
{
    const struct s3_copy *before = rq->priv;
    return before != NULL ? before->tries + 1 : 0;
}

static void fail(struct s3_copy *c, int rc)
{
    s3_source_close(c->from);
    c->from = NULL;
    if (rc == NP_ENOENT) {
        rc = again(c, &c->rq->err);
        if (rc != NP_LATER)
            np_req_done(c->rq, rc);
        return;
    }
    if (rc == NP_ECORRUPT) {
        np_log(NP_ERROR, "s3.object.corrupt", "bucket=%.*s key=%.*s body=%lld",
               NP_FMT(c->source.bucket), NP_FMT(np_log_quote(c->rq->arena, c->source.key)),
               (long long)c->source.row.body.id);
        np_fault(&c->rq->err, &S3_InternalError, "The bytes of the source are damaged on disk.");
    } else if (c->rq->err.code == 0) {
        np_err(&c->rq->err, rc, "reading the source of a copy");
    }
    np_req_done(c->rq, c->rq->err.code);
}

static void durable(void *arg, int rc)
{
    struct s3_copy *c = arg;
    if (rc != 0)
        np_req_done(c->rq, rc);
    else
        c->done(c);
}

static void ended(void *arg, int rc)
{
    struct s3_copy *c = arg;
    if (rc != 0) {
        np_req_done(c->rq, rc);
        return;
    }
    c->md5 = s3_sink_md5(c->sink);
    c->sum = s3_sink_sum(c->sink);
    s3_sink_commit(c->sink, durable, c);
}

static void at_end(struct s3_copy *c)
{
    s3_source_close(c->from);
    c->from = NULL;
    if (c->hasher != NULL) {
        hash_take(c);
        c->done(c);
    } else {
        s3_sink_end(c->sink, ended, c);
    }
}

static void ready(void *arg)
{
    struct s3_copy *c = arg;
    c->waiting = false;
    pump(c);
}

/* 0: the bytes were taken; NP_EAGAIN: it goes on later. */
static int give(struct s3_copy *c)
{
    if (c->hasher != NULL) {
        hash_some(c);
        return c->busy ? NP_EAGAIN : 0;
    }
    int rc = s3_sink_write(c->sink, c->data);
    c->data = NP_STR_NULL;
    if (rc == NP_EAGAIN) {
        c->waiting = true;
        s3_sink_on_ready(c->sink, ready, c);
    }
    return rc;
}

static void pump(struct s3_copy *c)
{
    while (c->from != NULL && !c->busy && !c->waiting) {
        int rc = 0;
        if (c->data.n == 0 && c->end) {
            at_end(c);
            return;
        }
        if (c->data.n == 0)
            rc = s3_source_read(c->from, &c->data, &c->end);
        if (rc == 0)
            rc = give(c);
        if (rc == NP_EAGAIN)
            return;
        if (rc != 0) {
            fail(c, rc);
            return;
        }
    }
}

static void source_ready(void *arg)
{
    pump(arg);
}

/* The client left: nobody needs the copy. */
static void gone(struct np_req *rq)
{
    struct s3_copy *c = rq->priv;
    if (c->from == NULL)
        return; /* on its way to the store, which is told in any case */
    s3_source_close(c->from);
    c->from = NULL;
    np_err(&rq->err, NP_ECLOSED, "the client left");
    np_req_done(rq, NP_ECLOSED);
}

int s3_copy_start(struct s3_copy *c, struct np_err *err)
{
    const struct s3_row *row = &c->source.row;
    bool whole = c->source.n == row->size;
    bool plain = s3_sse_bytes(&c->source.sse) == NULL && c->sse_key == NULL;
    /* Bytes of its own are the copy's whatever becomes of the source. */
    c->share = plain && whole && c->tries == 0 && !(c->flat && row->body.kind == S3_BODY_PARTS);
    bool sum_known = row->sum_alg == c->sum_alg && !(row->flags & S3_F_COMPOSITE);
    if (c->share && row->n_parts == 0 && row->etag.n == 16 && sum_known) {
        c->md5 = row->etag;
        c->sum = row->sum;
        c->done(c);
        return NP_LATER;
    }
    if (c->share)
        hasher_new(c);
    else
        c->sink = s3_sink_new(c->rq, &(struct s3_sink_opts){
                                         .sse_key = c->sse_key,
                                         .expect = (int64_t)c->source.n,
                                         .limit = S3_OBJECT_MAX,
                                         .sum_alg = c->sum_alg,
                                     });
    int rc = s3_source_open(c->rq,
                            &(struct s3_source_opts){
                                .body = row->body,
                                .part_size = row->part_size,
                                .sealed = c->source.sealed,
                                .sse_key = s3_sse_bytes(&c->source.sse),
                                .off = c->source.off,
                                .n = c->source.n,
                            },
                            source_ready, c, &c->from, err);
    if (rc == NP_ENOENT)
        return again(c, err);
    if (rc != 0)
        return rc;
    np_req_on_gone(c->rq, gone);
    pump(c);
    return NP_LATER;
}

int s3_copy_body(struct np_txn *t, struct s3_copy *c, struct s3_body *out, struct np_err *err)
{
    if (c->sink != NULL)
        return s3_sink_add(c->sink, t, out, err);
    /* The source may have gone since: then its body may be garbage already. */
    const struct s3_which same = {.kind = S3_SEQ, .seq = c->source.row.seq};
    struct s3_row now;
    bool found;
    int rc = s3_row_find(np_txn_db(t), c->source.id, c->source.key, &same, np_txn_arena(t), &now,
                         NULL, &found, err);
    if (rc != 0)
        return rc;
    c->gone = !found;
    if (c->gone)
        return 0;
    *out = now.body;
    return s3_body_share(t, now.body, err);
}

/* --- CopyObject --- */

struct copy {
    struct s3_copy c; /* first: the request's priv */
    struct s3_row row;
    struct s3_sse_key key;
    enum s3_versioning versioning;
};

/* Nothing of it would change. */
static bool onto_itself(const struct copy *p, const struct s3_CopyObjectRequest *in)
{
    return np_str_eq(in->Bucket, p->c.source.bucket) && np_str_eq(in->Key, p->c.source.key) &&
           p->c.source.version_id.p == NULL && !np_str_is(in->MetadataDirective, "REPLACE") &&
           !np_str_is(in->TaggingDirective, "REPLACE") && in->StorageClass.p == NULL &&
           in->WebsiteRedirectLocation.p == NULL && in->ServerSideEncryption.p == NULL &&
           s3_sse_bytes(&p->key) == NULL && s3_sse_bytes(&p->c.source.sse) == NULL &&
           in->ChecksumAlgorithm.p == NULL;
}

static int check_directive(struct np_str directive, const char *header, struct np_err *err)
{
    if (directive.p == NULL || np_str_is(directive, "COPY") || np_str_is(directive, "REPLACE"))
        return 0;
    return s3_bad_argument(err, np_str_of(header), directive, "Unknown %s directive.",
                           np_str_is(np_str_of(header), "x-amz-tagging-directive") ? "tagging"
                                                                                   : "metadata");
}

/* Metadata and tags: the source's, unless they are to be replaced. */
static int take_attributes(struct np_req *rq, const struct s3_bucket *b, struct copy *p,
                           const struct s3_CopyObjectRequest *in, struct np_err *err)
{
    struct s3_asked asked = S3_ASKED(in);
    bool tags_too = !np_str_is(in->TaggingDirective, "REPLACE");
    if (tags_too)
        asked.tagging = NP_STR_NULL;
    int rc = s3_attrs_of(rq, b, &asked, &p->row, &p->key, err);
    if (rc != 0)
        return rc;
    if (!np_str_is(in->MetadataDirective, "REPLACE")) {
        struct s3_head h;
        s3_head_unpack(p->c.source.row.head, rq->arena, &h);
        h.redirect = in->WebsiteRedirectLocation;
        p->row.head = s3_head_pack(rq->arena, &h);
    }
    if (!tags_too || p->c.source.row.tags.p == NULL)
        return 0;
    p->row.tags = p->c.source.row.tags;
    rc = s3_authorize_object(rq, p->c.source.b,
                             p->c.source.version_id.p != NULL ? "s3:GetObjectVersionTagging"
                                                              : "s3:GetObjectTagging",
                             p->c.source.key, p->c.source.version_id, err);
    return rc != 0 ? rc
                   : s3_authorize_object(rq, b, "s3:PutObjectTagging", in->Key, NP_STR_NULL, err);
}

static int take_sum(struct copy *p, struct np_str algorithm, struct np_err *err)
{
    const struct s3_row *from = &p->c.source.row;
    p->c.sum_alg = from->sum_alg != S3_SUM_NONE ? from->sum_alg : S3_SUM_DEFAULT;
    if (algorithm.n == 0)
        return 0;
    p->c.sum_alg = s3_sum_named(algorithm);
    if (p->c.sum_alg != S3_SUM_NONE)
        return 0;
    return np_fault(err, &S3_InvalidRequest,
                    "Checksum algorithm provided is unsupported. Please try again with any of the "
                    "valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
}

static void copied(struct s3_copy *c)
{
    struct copy *p = NP_CONTAINER(c, struct copy, c);
    p->row.size = c->source.n;
    p->row.etag = s3_sse_etag(c->rq->arena, &p->key, c->md5);
    p->row.sum_alg = c->sum_alg;
    p->row.sum = c->sum;
    p->row.part_size = c->share ? c->source.row.part_size : 0;
    np_req_apply(c->rq);
}

/* Both keys are there. */
static void start_copy(struct np_req *rq)
{
    struct copy *p = rq->priv;
    p->row.kms = s3_kms_pack(rq->arena, p->key.kms);
    p->c.sse_key = s3_sse_bytes(&p->key);
    int rc = s3_copy_start(&p->c, &rq->err);
    if (rc != NP_LATER)
        np_req_done(rq, rc);
}

static void seal_copy(struct np_req *rq)
{
    const struct s3_CopyObjectRequest *in = rq->in;
    struct copy *p = rq->priv;
    s3_kms_seal(rq, &p->key, in->Bucket, in->Key, start_copy);
}

static int restart_copy(struct np_req *rq, struct np_err *err)
{
    return s3_CopyObject_begin(rq, rq->in, err);
}

int s3_CopyObject_begin(struct np_req *rq, const struct s3_CopyObjectRequest *in,
                        struct np_err *err)
{
    const struct s3_bucket *b;
    struct copy *p = np_new(rq->arena, struct copy);
    struct s3_copy_asked asked = S3_COPY_ASKED(in);
    p->c.tries = next_try(rq);
    rq->priv = p;
    p->c.rq = rq;
    p->c.done = copied;
    p->c.restart = restart_copy;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_whole_check(rq, err);
    if (rc == 0)
        rc = check_directive(in->MetadataDirective, "x-amz-metadata-directive", err);
    if (rc == 0)
        rc = check_directive(in->TaggingDirective, "x-amz-tagging-directive", err);
    if (rc == 0)
        rc = s3_copy_source_need(rq, &asked, &p->c.source, err);
    if (rc == 0 && p->c.source.row.size > S3_OBJECT_MAX)
        rc = np_fault(err, &S3_InvalidRequest,
                      "The specified copy source is larger than the maximum allowable size for a "
                      "copy source: %llu",
                      (unsigned long long)S3_OBJECT_MAX);
    if (rc == 0)
        rc = take_attributes(rq, b, p, in, err);
    if (rc == 0 && onto_itself(p, in))
        rc = np_fault(err, &S3_InvalidRequest,
                      "This copy request is illegal because it is trying to copy an object to "
                      "itself without changing the object's metadata, storage class, website "
                      "redirect location or encryption attributes.");
    if (rc == 0)
        rc = take_sum(p, in->ChecksumAlgorithm, err);
    if (rc == 0)
        rc = s3_write_conditions_ok(in->IfMatch, in->IfNoneMatch, err);
    if (rc != 0)
        return rc;
    s3_kms_open(rq, &p->c.source.sse, p->c.source.bucket, p->c.source.key, seal_copy);
    return NP_LATER;
}

int s3_CopyObject_apply(struct np_txn *t, const struct s3_CopyObjectRequest *in,
                        struct s3_CopyObjectOutput *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    struct copy *p = rq->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc == 0)
        rc = s3_copy_body(t, &p->c, &p->row.body, err);
    if (rc != 0 || p->c.gone)
        return rc;
    p->versioning = b.versioning;
    return s3_version_put(t, &b, in->Key, &p->row,
                          &(struct s3_put_how){.objects = s3_objects_of(rq->core),
                                               .rq = rq,
                                               .match = in->IfMatch,
                                               .none_match = in->IfNoneMatch,
                                               .event = "ObjectCreated:Copy"},
                          err);
}

/* Of a source in a versioned bucket. */
static struct np_str source_version(struct np_req *rq, const struct s3_copy_source *s)
{
    const struct s3_bucket *b = s3_bucket_find(rq->core, s->bucket);
    if (b == NULL || b->versioning == S3_UNVERSIONED)
        return NP_STR_NULL;
    return s3_version_id(s3_objects_of(rq->core), rq->arena, &s->row);
}

int s3_CopyObject_reply(struct np_req *rq, const struct s3_CopyObjectRequest *in,
                        struct s3_CopyObjectOutput *out, struct np_err *err)
{
    struct copy *p = rq->priv;
    struct np_arena *a = rq->arena;
    if (p->c.gone)
        return again(&p->c, err);
    if (p->c.sink != NULL)
        s3_sink_taken(p->c.sink);
    struct s3_CopyObjectResult *r = np_new(a, struct s3_CopyObjectResult);
    r->ETag = s3_etag_text(a, p->row.etag, 0);
    r->LastModified = (struct np_opt_int){true, p->row.modified_ms};
    s3_sum_put(a, p->row.sum_alg, p->row.sum, 0, false, S3_SUM_MEMBERS(r));
    r->ChecksumType = s3_sum_type(p->row.sum_alg, p->row.flags);
    out->CopyObjectResult = r;
    out->CopySourceVersionId = source_version(rq, &p->c.source);
    S3_SSE_PUT(rq, out, &p->key);
    S3_KMS_CONTEXT_PUT(out, &p->key);
    if (p->versioning != S3_UNVERSIONED)
        out->VersionId = s3_version_id(s3_objects_of(rq->core), a, &p->row);
    out->Expiration = s3_expiration_of(rq, s3_bucket_find(rq->core, in->Bucket), in->Key, &p->row);
    return 0;
}

/* --- UploadPartCopy --- */

struct part_copy {
    struct s3_copy c; /* first: the request's priv */
    struct s3_upload_row upload;
    struct s3_sse_key key;
    struct s3_part part;
};

static int take_range(struct np_str text, struct s3_copy_source *s, struct np_err *err)
{
    uint64_t first, last;
    if (text.p == NULL)
        return 0;
    if (!s3_copy_range_read(text, &first, &last))
        return s3_bad_argument(err, NP_STR("x-amz-copy-source-range"), text,
                               "The x-amz-copy-source-range value must be of the form "
                               "bytes=first-last where first and last are the zero-based offsets "
                               "of the first and last bytes to copy");
    if (last >= s->row.size)
        return s3_bad_argument(err, NP_STR("x-amz-copy-source-range"), text,
                               "Range specified is not valid for source object of size: %llu",
                               (unsigned long long)s->row.size);
    s->off = first;
    s->n = last - first + 1;
    return 0;
}

static void part_copied(struct s3_copy *c)
{
    struct part_copy *p = NP_CONTAINER(c, struct part_copy, c);
    p->part.size = c->source.n;
    p->part.etag = s3_sse_etag(c->rq->arena, &p->key, c->md5);
    p->part.sum_alg = c->sum_alg;
    p->part.sum = c->sum;
    np_req_apply(c->rq);
}

static void start_part(struct np_req *rq)
{
    struct part_copy *p = rq->priv;
    p->c.sum_alg = p->upload.row.sum_alg;
    p->c.sse_key = s3_sse_bytes(&p->key);
    p->c.flat = true;
    int rc = s3_copy_start(&p->c, &rq->err);
    if (rc != NP_LATER)
        np_req_done(rq, rc);
}

static void open_part(struct np_req *rq)
{
    const struct s3_UploadPartCopyRequest *in = rq->in;
    struct part_copy *p = rq->priv;
    s3_kms_open(rq, &p->key, in->Bucket, in->Key, start_part);
}

static int restart_part(struct np_req *rq, struct np_err *err)
{
    return s3_UploadPartCopy_begin(rq, rq->in, err);
}

int s3_UploadPartCopy_begin(struct np_req *rq, const struct s3_UploadPartCopyRequest *in,
                            struct np_err *err)
{
    const struct s3_bucket *b;
    struct part_copy *p = np_new(rq->arena, struct part_copy);
    struct s3_copy_asked asked = S3_COPY_ASKED(in);
    p->c.tries = next_try(rq);
    rq->priv = p;
    p->c.rq = rq;
    p->c.done = part_copied;
    p->c.restart = restart_part;
    p->part.no = in->PartNumber.v;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_part_no_check(rq, p->part.no, err);
    if (rc == 0)
        rc = s3_upload_need(rq, b, in->Key, in->UploadId, &p->upload, err);
    if (rc == 0)
        rc = s3_sse_of(rq, in->SSECustomerAlgorithm, in->SSECustomerKey, in->SSECustomerKeyMD5,
                       &p->key, err);
    if (rc == 0)
        rc = s3_part_sse_check(&p->key, &p->upload, err);
    if (rc == 0)
        rc = s3_kms_of_row(rq, p->upload.row.kms, &p->key, err);
    if (rc == 0)
        rc = s3_copy_source_need(rq, &asked, &p->c.source, err);
    if (rc == 0)
        rc = take_range(in->CopySourceRange, &p->c.source, err);
    if (rc == 0 && p->c.source.n > S3_OBJECT_MAX)
        rc = np_fault(err, &S3_InvalidRequest,
                      "The specified copy source is larger than the maximum allowable size for a "
                      "copy source: %llu",
                      (unsigned long long)S3_OBJECT_MAX);
    if (rc != 0)
        return rc;
    s3_kms_open(rq, &p->c.source.sse, p->c.source.bucket, p->c.source.key, open_part);
    return NP_LATER;
}

int s3_UploadPartCopy_apply(struct np_txn *t, const struct s3_UploadPartCopyRequest *in,
                            struct s3_UploadPartCopyOutput *out, struct np_err *err)
{
    struct np_req *rq = np_txn_req(t);
    struct part_copy *p = rq->priv;
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc == 0)
        rc = s3_upload_again(t, &b, in->Key, p->upload.id, in->UploadId, err);
    if (rc == 0)
        rc = s3_copy_body(t, &p->c, &p->part.body, err);
    return rc != 0 || p->c.gone
               ? rc
               : s3_part_insert(t, s3_objects_of(rq->core), p->upload.id, &p->part, err);
}

int s3_UploadPartCopy_reply(struct np_req *rq, const struct s3_UploadPartCopyRequest *in,
                            struct s3_UploadPartCopyOutput *out, struct np_err *err)
{
    struct part_copy *p = rq->priv;
    struct np_arena *a = rq->arena;
    (void)in;
    if (p->c.gone)
        return again(&p->c, err);
    if (p->c.sink != NULL)
        s3_sink_taken(p->c.sink);
    struct s3_CopyPartResult *r = np_new(a, struct s3_CopyPartResult);
    r->ETag = s3_etag_text(a, p->part.etag, 0);
    r->LastModified = (struct np_opt_int){true, p->part.modified_ms};
    if (p->upload.sum_named)
        s3_sum_put(a, p->part.sum_alg, p->part.sum, 0, false, S3_SUM_MEMBERS(r));
    out->CopyPartResult = r;
    out->CopySourceVersionId = source_version(rq, &p->c.source);
    S3_SSE_PUT(rq, out, &p->key);
    return 0;
}
