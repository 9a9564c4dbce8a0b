/* SPDX-License-Identifier: Apache-2.0 */
/* get.c - GetObject and HeadObject: conditions, ranges, parts, the bytes. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/log.h"
#include "gen/s3/ops.h"
#include "services/s3/limits.h"

/* What both operations ask, from members that have the same names. */
struct ask {
    struct np_str bucket, key, version_id, owner, range, checksum_mode;
    struct np_opt_int part_no;
    struct s3_conditions conditions;
    struct np_str ssec_alg, ssec_key, ssec_md5;
    struct np_str over[6]; /* response-… */
    bool head;
};
#define ASK(in, is_head)                                                                           \
    ((struct ask){                                                                                 \
        .bucket = (in)->Bucket,                                                                    \
        .key = (in)->Key,                                                                          \
        .version_id = (in)->VersionId,                                                             \
        .owner = (in)->ExpectedBucketOwner,                                                        \
        .range = (in)->Range,                                                                      \
        .checksum_mode = (in)->ChecksumMode,                                                       \
        .part_no = (in)->PartNumber,                                                               \
        .conditions = {.match = (in)->IfMatch,                                                     \
                       .none_match = (in)->IfNoneMatch,                                            \
                       .modified_since = (in)->IfModifiedSince,                                    \
                       .unmodified_since = (in)->IfUnmodifiedSince},                               \
        .ssec_alg = (in)->SSECustomerAlgorithm,                                                    \
        .ssec_key = (in)->SSECustomerKey,                                                          \
        .ssec_md5 = (in)->SSECustomerKeyMD5,                                                       \
        .over = {(in)->ResponseCacheControl, (in)->ResponseContentDisposition,                     \
                 (in)->ResponseContentEncoding, (in)->ResponseContentLanguage,                     \
                 (in)->ResponseContentType, (in)->ResponseExpires},                                \
        .head = (is_head),                                                                         \
    })

struct get {
    struct np_req *rq;
    const struct s3_bucket *b; /* valid only in the first turn */
    struct ask ask;
    struct s3_row row;
    struct np_str sealed;
    struct s3_sse_key key;
    uint64_t off, n; /* of the body */
    uint64_t sent;
    bool partial;        /* 206 */
    struct s3_part part; /* with partNumber of a list of parts */
    struct s3_source *source;
    unsigned tries;
    bool responded;
};

/* --- which bytes --- */

static int no_such_range(struct get *g, struct np_err *err)
{
    np_fault(err, &S3_InvalidRange, "The requested range is not satisfiable");
    np_err_extra(err, "RangeRequested", g->ask.range);
    np_err_extra(err, "ActualObjectSize",
                 np_str_printf(g->rq->arena, "%llu", (unsigned long long)g->row.size));
    np_req_reply_field(
        g->rq, "Content-Range",
        np_str_printf(g->rq->arena, "bytes */%llu", (unsigned long long)g->row.size));
    return NP_EFAULT;
}

static int take_range(struct get *g, struct np_err *err)
{
    struct s3_range range;
    enum s3_ranged asked = s3_range_read(g->ask.range, g->row.size, &range);
    if (asked == S3_RANGE_OUTSIDE)
        return no_such_range(g, err);
    if (asked == S3_RANGE_NONE)
        return 0;
    g->off = range.off;
    g->n = range.n;
    g->partial = true;
    return 0;
}

static int no_such_part(struct get *g, struct np_err *err)
{
    np_fault(err, &S3_InvalidPartNumber, "The requested partnumber is not satisfiable");
    np_err_extra(err, "ActualPartCount",
                 np_str_printf(g->rq->arena, "%u", g->row.n_parts != 0 ? g->row.n_parts : 1));
    np_err_extra(err, "PartNumberRequested",
                 np_str_printf(g->rq->arena, "%lld", (long long)g->ask.part_no.v));
    return NP_EFAULT;
}

/* The k-th part of the list, with its place. */
static int find_part(struct get *g, int64_t k, struct np_err *err)
{
    NP_SQL(parts, "SELECT " S3_PART_COLUMNS " FROM s3_parts WHERE set_id = ?1 ORDER BY part_no "
                  "LIMIT ?2");
    struct np_q *q = np_q(np_req_db(g->rq), NULL, &parts, "ii", g->row.body.id, k);
    uint64_t at = 0;
    int64_t seen = 0;
    while (np_row(q)) {
        s3_part_take(q, g->rq->arena, &g->part);
        g->off = at;
        g->n = g->part.size;
        at += g->part.size;
        seen++;
    }
    int rc = np_q_end(q, err);
    return rc == 0 && seen != k ? no_such_part(g, err) : rc;
}

static int take_part(struct get *g, struct np_err *err)
{
    int64_t k = g->ask.part_no.v;
    if (g->ask.range.p != NULL)
        return np_fault(err, &S3_InvalidRequest,
                        "Cannot specify both Range header and partNumber query parameter");
    if (k < 1 || k > S3_PARTS_MAX)
        return s3_bad_argument(err, NP_STR("partNumber"),
                               np_str_printf(g->rq->arena, "%lld", (long long)k),
                               S3_BAD_PART_NUMBER);
    g->partial = g->row.size != 0;
    if (g->row.n_parts == 0)
        return k == 1 ? 0 : no_such_part(g, err);
    if (g->row.body.kind == S3_BODY_PARTS)
        return find_part(g, k, err);
    return k == 1 ? 0 : no_such_part(g, err);
}

static int take_bytes(struct get *g, struct np_err *err)
{
    g->off = 0;
    g->n = g->row.size;
    g->partial = false;
    if (g->ask.part_no.set)
        return take_part(g, err);
    return g->ask.range.p != NULL ? take_range(g, err) : 0;
}

/* --- the head of the answer --- */

#define COMMON(out)                                                                                \
    do {                                                                                           \
        (out)->AcceptRanges = NP_STR("bytes");                                                     \
        (out)->LastModified = (struct np_opt_int){true, g->row.modified_ms};                       \
        (out)->ETag = s3_etag_text(a, g->row.etag, g->row.n_parts);                                \
        (out)->CacheControl = h.cache_control;                                                     \
        (out)->ContentDisposition = h.content_disposition;                                         \
        (out)->ContentEncoding = h.content_encoding;                                               \
        (out)->ContentLanguage = h.content_language;                                               \
        (out)->ContentType = h.content_type;                                                       \
        (out)->Expires = h.expires;                                                                \
        (out)->WebsiteRedirectLocation = h.redirect;                                               \
        (out)->Metadata = h.metadata;                                                              \
        (out)->StorageClass = g->row.class_;                                                       \
        (out)->Expiration = expiration;                                                            \
        (out)->Restore = s3_restore_text(a, &g->row, g->rq->now_ms);                               \
        S3_SSE_PUT(g->rq, out, &g->key);                                                           \
        if (versioned)                                                                             \
            (out)->VersionId = s3_version_id(s3_objects_of(g->rq->core), a, &g->row);              \
        if (g->ask.part_no.set && g->row.n_parts != 0)                                             \
            (out)->PartsCount = (struct np_opt_int){true, g->row.n_parts};                         \
        if (n_tags != 0)                                                                           \
            (out)->TagCount = (struct np_opt_int){true, (int64_t)n_tags};                          \
        if (g->row.lock.mode != S3_LOCK_NONE) {                                                    \
            (out)->ObjectLockMode = g->row.lock.mode == S3_LOCK_COMPLIANCE ? NP_STR("COMPLIANCE")  \
                                                                           : NP_STR("GOVERNANCE"); \
            (out)->ObjectLockRetainUntilDate = (struct np_opt_int){true, g->row.lock.until_ms};    \
        }                                                                                          \
        (out)->ObjectLockLegalHoldStatus = s3_hold_name(g->row.lock.hold);                         \
        if (g->partial)                                                                            \
            (out)->ContentRange = content_range(g);                                                \
        if (np_str_is(g->ask.checksum_mode, "ENABLED"))                                            \
            put_sum(g, S3_SUM_MEMBERS(out), &(out)->ChecksumType);                                 \
    } while (0)

static struct np_str content_range(const struct get *g)
{
    return np_str_printf(g->rq->arena, "bytes %llu-%llu/%llu", (unsigned long long)g->off,
                         (unsigned long long)(g->off + g->n - 1), (unsigned long long)g->row.size);
}

/* The checksum of what is sent, where there is one: of the whole, or of one part.
 * AWS: of several parts, each tells its own only where they make the object's
 * (tests/sdk/test_s3_multipart.py). */
static void put_sum(const struct get *g, struct np_str *members, struct np_str *type)
{
    struct np_arena *a = g->rq->arena;
    if (g->part.no != 0 && g->row.n_parts > 1 && !(g->row.flags & S3_F_COMPOSITE))
        return;
    if (g->part.no != 0)
        s3_sum_put(a, g->part.sum_alg, g->part.sum, 0, false, members);
    else if (g->n == g->row.size)
        s3_sum_put(a, g->row.sum_alg, g->row.sum, g->row.n_parts,
                   (g->row.flags & S3_F_COMPOSITE) != 0, members);
    else
        return;
    *type = s3_sum_type(g->row.sum_alg, g->row.flags);
}

static void override(struct get *g, struct s3_head *h)
{
    struct np_str *const to[] = {&h->cache_control,    &h->content_disposition,
                                 &h->content_encoding, &h->content_language,
                                 &h->content_type,     &h->expires};
    for (size_t i = 0; i < NP_LEN(to); i++)
        if (g->ask.over[i].p != NULL)
            *to[i] = g->ask.over[i];
}

static void fill_out(struct get *g)
{
    struct np_arena *a = g->rq->arena;
    struct s3_head h;
    memset(g->rq->out, 0, g->rq->op->codec->out->size);
    s3_head_unpack(g->row.head, a, &h);
    override(g, &h);
    if (h.content_type.p == NULL)
        h.content_type = NP_STR("binary/octet-stream");
    size_t n_tags = s3_tags_count(g->row.tags);
    bool versioned = g->b->versioning != S3_UNVERSIONED;
    /* AWS: nothing is told of a version that was asked for (tests/sdk/test_s3_lifecycle.py). */
    struct np_str expiration = g->ask.version_id.p != NULL
                                   ? NP_STR_NULL
                                   : s3_expiration_of(g->rq, g->b, g->ask.key, &g->row);
    if (g->ask.head)
        COMMON((struct s3_HeadObjectOutput *)g->rq->out);
    else
        COMMON((struct s3_GetObjectOutput *)g->rq->out);
    if (g->partial)
        np_req_reply_status(g->rq, 206);
}

/* --- the body of the answer --- */

static void finish_late(struct get *g, int rc)
{
    if (rc == NP_ECORRUPT)
        np_log(NP_ERROR, "s3.object.corrupt", "bucket=%.*s key=%.*s body=%lld size=%llu",
               NP_FMT(g->ask.bucket), NP_FMT(np_log_quote(g->rq->arena, g->ask.key)),
               (long long)g->row.body.id, (unsigned long long)g->row.size);
    s3_source_close(g->source);
    g->source = NULL;
    if (g->responded) {
        np_req_abort(g->rq);
        return;
    }
    if (rc == NP_ECORRUPT)
        np_fault(&g->rq->err, &S3_InternalError, "The bytes of this object are damaged on disk.");
    else
        np_err(&g->rq->err, rc, "reading the body of an object");
    np_req_done(g->rq, g->rq->err.code);
}

static void pump(struct get *g);

static void ready(void *arg)
{
    pump(arg);
}

static void drained(struct np_req *rq)
{
    pump(rq->priv);
}

static void log_sent(struct get *g, const struct s3_bucket *b)
{
    if (b != NULL && b->logging != NULL)
        s3_log(g->rq, b, "REST.GET.OBJECT", g->ask.key, g->partial ? 206 : 200, NULL, g->sent,
               g->row.size);
}

static void gone(struct np_req *rq)
{
    struct get *g = rq->priv;
    if (g->responded)
        log_sent(g, s3_bucket_find(rq->core, g->ask.bucket));
    s3_source_close(g->source);
    g->source = NULL;
    np_req_abort(rq);
}

static int start(struct get *g, struct np_err *err);

/* The body went between the row and its bytes: the object was overwritten or deleted. */
static void again(struct get *g)
{
    s3_source_close(g->source);
    g->source = NULL;
    if (++g->tries > 3) {
        finish_late(g, NP_ECORRUPT);
        return;
    }
    int rc = start(g, &g->rq->err);
    if (rc != NP_LATER)
        np_req_done(g->rq, rc);
}

static void pump(struct get *g)
{
    struct np_req *rq = g->rq;
    struct np_str data;
    bool end = false;
    while (g->source != NULL) {
        int rc = s3_source_read(g->source, &data, &end);
        if (rc == NP_EAGAIN)
            return;
        if (rc == NP_ENOENT && !g->responded) {
            again(g);
            return;
        }
        if (rc != 0) {
            finish_late(g, rc);
            return;
        }
        if (!g->responded) {
            g->responded = true;
            np_req_respond(rq, (int64_t)g->n);
        }
        rc = np_req_write(rq, data);
        g->sent += data.n;
        if (end) {
            log_sent(g, s3_bucket_find(rq->core, g->ask.bucket));
            s3_source_close(g->source);
            g->source = NULL;
            np_req_on_gone(rq, NULL);
            np_req_end(rq);
            return;
        }
        if (rc == NP_EAGAIN) {
            np_req_on_drain(rq, drained);
            return;
        }
        if (rc != 0)
            return; /* `gone` follows */
    }
}

static int send_body(struct get *g, struct np_err *err)
{
    struct s3_source_opts o = {
        .body = g->row.body,
        .part_size = g->row.part_size,
        .sealed = g->sealed,
        .sse_key = s3_sse_bytes(&g->key),
        .off = g->off,
        .n = g->n,
    };
    if (g->row.body.kind <= S3_BODY_INLINE || g->n == 0) {
        struct np_str body;
        int rc = s3_source_small(g->rq, &o, &body);
        if (rc == 0) {
            g->sent = body.n;
            log_sent(g, g->b);
            return np_req_respond_whole(g->rq, body);
        }
        finish_late(g, rc);
        return NP_LATER;
    }
    np_req_on_gone(g->rq, gone);
    int rc = s3_source_open(g->rq, &o, ready, g, &g->source, err);
    if (rc == NP_ENOENT) {
        again(g);
        return NP_LATER;
    }
    if (rc != 0)
        return rc;
    pump(g);
    return NP_LATER;
}

/* --- both operations --- */

static int not_modified(struct get *g)
{
    fill_out(g);
    np_req_reply_status(g->rq, 304);
    np_req_respond(g->rq, (int64_t)g->row.size);
    np_req_end(g->rq);
    return NP_LATER;
}

/* AWS: objects in an archive are read after a restore only. */
static int check_archived(struct get *g, struct np_err *err)
{
    if (g->ask.head || s3_is_readable(&g->row, g->rq->now_ms))
        return 0;
    np_fault(err, &S3_InvalidObjectState,
             "The operation is not valid for the object's storage class");
    np_err_extra(err, "StorageClass", g->row.class_);
    return NP_EFAULT;
}

static int answer(struct get *g, struct np_err *err)
{
    fill_out(g);
    if (!g->ask.head)
        return send_body(g, err);
    np_req_respond(g->rq, (int64_t)g->n);
    np_req_end(g->rq);
    return NP_LATER;
}

/* AWS: HEAD needs the right to decrypt only where it is to tell the checksum
 * (tests/sdk/test_s3_kms.py). */
static bool needs_key(const struct get *g)
{
    return !g->ask.head || np_str_is(g->ask.checksum_mode, "ENABLED");
}

/* By KMS, another turn: the bucket may have gone. */
static void opened(struct np_req *rq)
{
    struct get *g = rq->priv;
    int rc = s3_bucket_need(rq, g->ask.bucket, g->ask.owner, &g->b, &rq->err);
    if (rc == 0)
        rc = answer(g, &rq->err);
    if (rc != NP_LATER)
        np_req_done(rq, rc);
}

static int start(struct get *g, struct np_err *err)
{
    struct np_req *rq = g->rq;
    bool same = false;
    int rc = s3_bucket_need(rq, g->ask.bucket, g->ask.owner, &g->b, err);
    if (rc == 0)
        rc = s3_object_need(rq, g->b, g->ask.key, g->ask.version_id, &g->row,
                            g->ask.head ? NULL : &g->sealed, err);
    if (rc == 0)
        rc = s3_sse_check(&g->key, g->row.sse_check, err);
    if (rc == 0)
        rc = s3_kms_of_row(rq, g->row.kms, &g->key, err);
    if (rc == 0)
        rc = s3_read_conditions(&g->ask.conditions, &g->row, rq->arena, &same, err);
    if (rc == 0 && same)
        return not_modified(g);
    if (rc == 0)
        rc = check_archived(g, err);
    if (rc == 0)
        rc = take_bytes(g, err);
    if (rc != 0)
        return rc;
    if (g->key.kms == NULL || !needs_key(g))
        return answer(g, err);
    s3_kms_open(rq, &g->key, g->ask.bucket, g->ask.key, opened);
    return NP_LATER;
}

static bool overrides(const struct ask *ask)
{
    for (size_t i = 0; i < NP_LEN(ask->over); i++)
        if (ask->over[i].p != NULL)
            return true;
    return false;
}

static int serve(struct np_req *rq, const struct ask *ask, struct np_err *err)
{
    struct get *g = np_new(rq->arena, struct get);
    g->rq = rq;
    g->ask = *ask;
    rq->priv = g;
    if (rq->who->kind == NP_WHO_ANONYMOUS && overrides(ask))
        return np_fault(err, &S3_InvalidRequest,
                        "Request specific response headers cannot be used for anonymous GET "
                        "requests.");
    /* AWS: what an object is encrypted by is said when it is made (tests/wire/s3/objects.wire). */
    if (np_req_field(rq, NP_STR("x-amz-server-side-encryption")).p != NULL)
        return np_fault(err, &S3_InvalidArgument,
                        "x-amz-server-side-encryption header is not supported for this operation.");
    int rc = s3_sse_of(rq, ask->ssec_alg, ask->ssec_key, ask->ssec_md5, &g->key, err);
    return rc != 0 ? rc : start(g, err);
}

int s3_GetObject(struct np_req *rq, const struct s3_GetObjectRequest *in,
                 struct s3_GetObjectOutput *out, struct np_err *err)
{
    (void)out;
    struct ask ask = ASK(in, false);
    return serve(rq, &ask, err);
}

int s3_HeadObject(struct np_req *rq, const struct s3_HeadObjectRequest *in,
                  struct s3_HeadObjectOutput *out, struct np_err *err)
{
    (void)out;
    struct ask ask = ASK(in, true);
    return serve(rq, &ask, err);
}
