/* SPDX-License-Identifier: Apache-2.0 */
/* logging.c - server access logs: lines by aws/logs.h, a file about once a minute that
 * logging.s3.amazonaws.com puts into the target bucket, if that bucket lets it. The object's name
 * is made of the delivery, so one that is repeated writes the same object again.
 */
#include "services/s3/bucket_int.h"
#include "services/s3/object_int.h"

#include "aws/logs.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "gen/s3/stubs.h"

#define DELIVER_MS (60 * 1000)

/* --- the configuration --- */

int s3_GetBucketLogging(struct np_req *rq, const struct s3_GetBucketLoggingRequest *in,
                        struct s3_GetBucketLoggingOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        out->LoggingEnabled = (void *)(uintptr_t)b->logging;
    return rc;
}

static int check_target(struct np_req *rq, const struct s3_bucket *b,
                        const struct s3_LoggingEnabled *l, struct np_err *err)
{
    const struct s3_bucket *to = s3_bucket_find(rq->core, l->TargetBucket);
    if (to == NULL)
        return np_fault(err, &S3_InvalidTargetBucketForLogging,
                        "The target bucket for logging does not exist");
    if (!np_str_eq(to->account, b->account))
        return np_fault(err, &S3_InvalidTargetBucketForLogging,
                        "The owner for the bucket to be logged and the target bucket must be the "
                        "same.");
    if (!np_str_eq(to->region, b->region))
        return np_fault(err, &S3_CrossLocationLoggingProhibited,
                        "Cross S3 location logging not allowed.");
    if (l->TargetGrants.n != 0 && to->ownership == S3_OWNER_ENFORCED)
        return s3_bad_argument(err, NP_STR("TargetGrants"), NP_STR_NULL,
                               "Bucket logging requires ACLs to be disabled or TargetGrants to be "
                               "empty: the target bucket has bucket owner enforced ownership.");
    if (l->TargetObjectKeyFormat != NULL && l->TargetObjectKeyFormat->SimplePrefix != NULL &&
        l->TargetObjectKeyFormat->PartitionedPrefix != NULL)
        return s3_malformed(err);
    return 0;
}

int s3_PutBucketLogging_begin(struct np_req *rq, const struct s3_PutBucketLoggingRequest *in,
                              struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0 && in->BucketLoggingStatus->LoggingEnabled != NULL)
        rc = check_target(rq, b, in->BucketLoggingStatus->LoggingEnabled, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutBucketLogging_apply(struct np_txn *t, const struct s3_PutBucketLoggingRequest *in,
                              struct s3_PutBucketLoggingOutput *out, struct np_err *err)
{
    (void)out;
    bool on = in->BucketLoggingStatus->LoggingEnabled != NULL;
    return s3_config_set(t, in->Bucket, S3_CFG_LOGGING, on ? in->BucketLoggingStatus : NULL, err);
}

/* --- names of operations in the log --- */

static const struct {
    const char *operation, *method, *resource;
} log_names[] = {
    {"ListBuckets", "GET", "SERVICE"},
    {"CreateBucket", "PUT", "BUCKET"},
    {"DeleteBucket", "DELETE", "BUCKET"},
    {"HeadBucket", "HEAD", "BUCKET"},
    {"ListObjects", "GET", "BUCKET"},
    {"ListObjectsV2", "GET", "BUCKET"},
    {"ListObjectVersions", "GET", "BUCKETVERSIONS"},
    {"ListMultipartUploads", "GET", "UPLOADS"},
    {"ListParts", "GET", "UPLOAD"},
    {"CreateMultipartUpload", "POST", "UPLOADS"},
    {"UploadPart", "PUT", "PART"},
    {"UploadPartCopy", "COPY", "PART"},
    {"CompleteMultipartUpload", "POST", "UPLOAD"},
    {"AbortMultipartUpload", "DELETE", "UPLOAD"},
    {"CopyObject", "COPY", "OBJECT"},
    {"DeleteObjects", "POST", "MULTI_OBJECT_DELETE"},
    {"GetBucketLocation", "GET", "LOCATION"},
    {"GetBucketPolicyStatus", "GET", "BUCKETPOLICYSTATUS"},
};

/* Parts of operations' names, longest first where one begins another. */
static const struct {
    const char *part, *resource;
} log_parts[] = {
    {"BucketAcl", "ACL"},
    {"ObjectAcl", "ACL"},
    {"BucketPolicy", "BUCKETPOLICY"},
    {"BucketTagging", "TAGGING"},
    {"ObjectTagging", "OBJECT_TAGGING"},
    {"BucketVersioning", "VERSIONING"},
    {"BucketLogging", "LOGGING_STATUS"},
    {"BucketLifecycle", "LIFECYCLE"},
    {"BucketNotification", "NOTIFICATION"},
    {"BucketCors", "CORS"},
    {"BucketEncryption", "ENCRYPTION"},
    {"BucketWebsite", "WEBSITE"},
    {"BucketRequestPayment", "REQUEST_PAYMENT"},
    {"BucketAccelerate", "ACCELERATE"},
    {"BucketReplication", "REPLICATION"},
    {"BucketOwnershipControls", "OWNERSHIP_CONTROLS"},
    {"PublicAccessBlock", "PUBLIC_ACCESS_BLOCK"},
    {"ObjectLockConfiguration", "OBJECT_LOCK_CONFIGURATION"},
    {"ObjectRetention", "OBJECT_LOCK_RETENTION"},
    {"ObjectLegalHold", "OBJECT_LOCK_LEGALHOLD"},
    {"ObjectAttributes", "OBJECT_ATTRIBUTES"},
    {"Object", "OBJECT"},
};

static struct np_str log_name(const struct np_req *rq)
{
    struct np_str op = np_str_of(rq->op != NULL ? rq->op->codec->name : "");
    NP_EACH (n, log_names)
        if (np_str_eq(np_str_of(n->operation), op))
            return np_str_printf(rq->arena, "REST.%s.%s", n->method, n->resource);
    NP_EACH (p, log_parts)
        if (np_str_find(op, np_str_of(p->part)) >= 0)
            return np_str_printf(rq->arena, "REST.%.*s.%s", NP_FMT(rq->wire.method), p->resource);
    return np_str_printf(rq->arena, "REST.%.*s.UNKNOWN", NP_FMT(rq->wire.method));
}

/* --- a line --- */

static void put_word(struct np_buf *b, struct np_str s)
{
    np_buf_char(b, ' ');
    if (s.n == 0)
        np_buf_char(b, '-');
    else
        np_buf_str_add(b, s);
}

/* Text of a client: quotes and control bytes cannot end the field. */
static void put_quoted(struct np_buf *b, struct np_str s)
{
    np_buf_lit(b, " \"");
    if (s.n == 0)
        np_buf_char(b, '-');
    for (size_t i = 0; i < s.n && i < 4096; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\' || c < 0x20 || c == 0x7f)
            np_buf_printf(b, "\\x%02X", c);
        else
            np_buf_char(b, s.p[i]);
    }
    np_buf_char(b, '"');
}

static void put_time(struct np_buf *b, int64_t t_ms)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t y;
    unsigned m, d;
    np_civil_from_days(t_ms / 86400000, &y, &m, &d);
    int64_t s = t_ms / 1000 % 86400;
    np_buf_printf(b, " [%02u/%s/%04lld:%02lld:%02lld:%02lld +0000]", d, months[m - 1], (long long)y,
                  (long long)(s / 3600), (long long)(s / 60 % 60), (long long)(s % 60));
}

static struct np_str requester(struct np_req *rq)
{
    if (rq->who->kind == NP_WHO_ROOT)
        return s3_canonical_id(rq->arena, rq->who->account);
    if (rq->who->kind == NP_WHO_SERVICE)
        return np_str_printf(rq->arena, "svc:%.*s", NP_FMT(rq->who->name));
    return rq->who->arn;
}

/* A form becomes a PutObject once its fields are read. */
static bool came_by_form(const struct np_req *rq)
{
    return rq->op != NULL && rq->op->codec == &s3_PutObject_op &&
           np_str_is(rq->wire.method, "POST");
}

/* The path as it was sent. */
static struct np_str path_of(struct np_req *rq)
{
    struct np_str key;
    if (rq->sign_path.p != NULL || !came_by_form(rq))
        return rq->sign_path.p != NULL ? rq->sign_path : rq->wire.path;
    return np_str_cat(rq->arena, NP_STR("/"), s3_path_bucket(rq->wire.path, &key));
}

static void put_uri(struct np_buf *b, struct np_req *rq)
{
    struct np_str path = path_of(rq);
    if (rq->wire.method.n == 0) {
        np_buf_lit(b, " \"-\"");
        return;
    }
    put_quoted(b, np_str_printf(rq->arena, "%.*s %.*s%s%.*s HTTP/1.1", NP_FMT(rq->wire.method),
                                NP_FMT(path), rq->wire.query.n != 0 ? "?" : "",
                                NP_FMT(rq->wire.query)));
}

static void put_number(struct np_buf *b, uint64_t n)
{
    np_buf_char(b, ' ');
    if (n == 0)
        np_buf_char(b, '-');
    else
        np_buf_u64(b, n);
}

struct line {
    const struct s3_bucket *b;
    struct np_str operation, key, error_code, version;
    int status;
    uint64_t bytes_sent, object_size;
};

static void put_line(struct np_buf *b, struct np_req *rq, const struct line *l)
{
    bool is_signed = rq->who->kind != NP_WHO_ANONYMOUS && rq->who->kind != NP_WHO_SERVICE;
    bool header = np_req_field(rq, NP_STR("authorization")).p != NULL;
    struct np_buf key;
    np_buf_init(&key, rq->arena, 8 * 1024);
    np_uri_encode(&key, l->key, true);
    s3_make_ids(rq);
    np_buf_str_add(b, s3_canonical_id(rq->arena, l->b->account));
    put_word(b, l->b->name);
    put_time(b, rq->now_ms);
    put_word(b, rq->zone.source_ip);
    put_word(b, requester(rq));
    put_word(b, rq->request_id);
    put_word(b, l->operation);
    put_word(b, np_buf_str(&key));
    put_uri(b, rq);
    np_buf_printf(b, " %d", l->status);
    put_word(b, l->error_code);
    put_number(b, l->bytes_sent);
    put_number(b, l->object_size);
    int64_t took = np_region_ms(rq->loop) - rq->now_ms;
    np_buf_printf(b, " %lld %lld", (long long)(took < 1 ? 1 : took),
                  (long long)(took < 1 ? 1 : took));
    put_quoted(b, np_req_field(rq, NP_STR("referer")));
    put_quoted(b, np_req_field(rq, NP_STR("user-agent")));
    put_word(b, l->version);
    put_word(b, rq->host_id);
    put_word(b, is_signed ? NP_STR("SigV4") : NP_STR_NULL);
    np_buf_lit(b, " -");
    put_word(b, !is_signed ? NP_STR_NULL : header ? NP_STR("AuthHeader") : NP_STR("QueryString"));
    put_word(b, rq->host);
    put_word(b, rq->zone.tls ? NP_STR("TLSv1.3") : NP_STR_NULL);
    np_buf_lit(b, " - -\n");
}

/* --- gathering --- */

static void add_line(struct np_req *rq, const struct line *l)
{
    struct np_logs *logs = s3_state(rq->core)->logs;
    put_line(np_logs_begin(logs, rq->loop, l->b->account, l->b->name), rq, l);
    np_logs_end(logs, rq->loop);
}

void s3_log(struct np_req *rq, const struct s3_bucket *b, const char *operation, struct np_str key,
            int status, const char *error_code, uint64_t bytes_sent, uint64_t object_size)
{
    if (b->logging == NULL)
        return;
    add_line(rq, &(struct line){
                     .b = b,
                     .operation = np_str_of(operation),
                     .key = key,
                     .status = status,
                     .error_code = np_str_of(error_code),
                     .bytes_sent = bytes_sent,
                     .object_size = object_size,
                 });
}

static uint64_t object_size(const struct np_req *rq, int status)
{
    const struct s3_upload *form = rq->priv;
    if (came_by_form(rq))
        return status < 400 ? s3_sink_size(form->sink) : 0;
    bool puts = rq->op->codec == &s3_PutObject_op || rq->op->codec == &s3_UploadPart_op;
    int64_t said = puts ? np_req_body_length(rq) : 0;
    return said > 0 ? (uint64_t)said : 0;
}

void s3_log_answer(struct np_req *rq, int status)
{
    bool streamed = rq->op != NULL && (rq->op->flags & NP_OP_STREAM_OUT) != 0;
    if (__atomic_load_n(&s3_state(rq->core)->n_logging, __ATOMIC_RELAXED) == 0 ||
        (streamed && status < 300) || rq->op == NULL)
        return;
    struct np_str key, name = s3_path_bucket(rq->wire.path, &key);
    const struct s3_bucket *b = name.n != 0 ? s3_bucket_find(rq->core, name) : NULL;
    if (b == NULL || b->logging == NULL)
        return;
    struct np_str decoded = np_uri_decode(rq->arena, key, false);
    add_line(rq, &(struct line){
                     .b = b,
                     /* AWS: a form is posted to the bucket (tests/sdk/test_s3_events.py). */
                     .operation = came_by_form(rq) ? NP_STR("REST.POST.BUCKET") : log_name(rq),
                     .key = decoded.p != NULL ? decoded : key,
                     .status = status,
                     .error_code = rq->err.code != 0 ? s3_error_code(rq) : NP_STR_NULL,
                     .bytes_sent = np_req_reply_length(rq),
                     .object_size = object_size(rq, status),
                 });
}

/* --- delivery --- */

/* [prefix]YYYY-MM-DD-hh-mm-ss-UNIQUE, after folders for account, region, bucket and day if the
 * configuration asks for them. */
static struct np_str object_key(struct np_arena *a, const struct s3_bucket *b,
                                const struct np_delivery *d)
{
    const struct s3_LoggingEnabled *l = b->logging;
    const struct s3_TargetObjectKeyFormat *f = l->TargetObjectKeyFormat;
    uint8_t sum[32];
    char unique[16];
    int64_t y;
    unsigned m, day;
    np_digest_once(NP_SHA256, d->event_id, sum);
    np_hex(unique, sum, 8);
    for (size_t i = 0; i < sizeof(unique); i++)
        if (unique[i] >= 'a')
            unique[i] = (char)(unique[i] - 'a' + 'A');
    np_civil_from_days(d->created_ms / 86400000, &y, &m, &day);
    int64_t s = d->created_ms / 1000 % 86400;
    struct np_str folders = NP_STR("");
    /* AWS: by the day of the events alone, the rest of the name says no time of the day. */
    if (f != NULL && f->PartitionedPrefix != NULL &&
        np_str_is(f->PartitionedPrefix->PartitionDateSource, "EventTime"))
        s = 0;
    if (f != NULL && f->PartitionedPrefix != NULL)
        folders = np_str_printf(a, "%.*s/%.*s/%.*s/%04lld/%02u/%02u/", NP_FMT(b->account),
                                NP_FMT(b->region), NP_FMT(b->name), (long long)y, m, day);
    return np_str_printf(a, "%.*s%.*s%04lld-%02u-%02u-%02lld-%02lld-%02lld-%.16s",
                         NP_FMT(l->TargetPrefix), NP_FMT(folders), (long long)y, m, day,
                         (long long)(s / 3600), (long long)(s / 60 % 60), (long long)(s % 60),
                         unique);
}

/* TargetGrants as the header field that says the same. */
static struct np_str grants(struct np_arena *a, const struct s3_LoggingEnabled *l,
                            const char *permission)
{
    struct np_buf b;
    np_buf_init(&b, a, 64 * 1024);
    for (size_t i = 0; i < l->TargetGrants.n; i++) {
        const struct s3_TargetGrant *g = &l->TargetGrants.v[i];
        if (g->Grantee == NULL || !np_str_eq(g->Permission, np_str_of(permission)))
            continue;
        bool group = g->Grantee->URI.n != 0;
        struct np_str who = group ? g->Grantee->URI : g->Grantee->ID;
        np_buf_printf(&b, "%s%s=\"%.*s\"", b.n != 0 ? "," : "", group ? "uri" : "id", NP_FMT(who));
    }
    return b.n != 0 ? np_buf_str(&b) : NP_STR_NULL;
}

static void send(struct np_parcel *p, const struct s3_bucket *b, const struct s3_bucket *to)
{
    struct np_arena *a = p->d->arena;
    struct s3_PutObjectRequest *in = np_new(a, struct s3_PutObjectRequest);
    *in = (struct s3_PutObjectRequest){
        .Bucket = np_str_dup(a, to->name),
        .Key = object_key(a, b, p->d),
        .ContentType = NP_STR("text/plain"),
        .ContentLength = {.set = true, .v = (int64_t)p->lines.n},
        .GrantFullControl = grants(a, b->logging, "FULL_CONTROL"),
        .GrantRead = grants(a, b->logging, "READ"),
    };
    const struct np_caller caller = {
        .kind = NP_CALLER_SERVICE,
        .service = NP_STR("logging.s3.amazonaws.com"),
        .source_arn = np_str_printf(a, "arn:aws:s3:::%.*s", NP_FMT(b->name)),
        .source_account = b->account,
        .account = to->account,
        .region = to->region,
    };
    np_parcel_send(p, &s3_model, "PutObject", &caller, in, p->lines);
}

static void deliver(void *arg, struct np_parcel *p)
{
    struct s3_state *s = NP_CAST(s3_state, arg, S3_STATE_MAGIC);
    const struct s3_bucket *b = s3_bucket_find(s->core, p->source);
    const struct s3_bucket *to =
        b != NULL && np_str_eq(b->account, p->account) && b->logging != NULL
            ? s3_bucket_find(s->core, b->logging->TargetBucket)
            : NULL;
    if (to == NULL || p->lines.n == 0) /* nobody wants them any more */
        np_parcel_done(p, 0);
    else
        send(p, b, to);
}

void s3_logging_init(struct s3_state *s)
{
    s->logs = np_logs_new(s->core, &(struct np_logs_kind){
                                       .kind = "s3.log",
                                       .db = NP_DB_S3,
                                       .deliver_ms = DELIVER_MS,
                                       .deliver = deliver,
                                       .arg = s,
                                   });
}
