/* SPDX-License-Identifier: Apache-2.0 */
/* access_log.c - access logs to S3: lines by aws/logs.h, a file about once a minute that
 * awslogsdelivery puts into the logging bucket, if the bucket's access control list lets it. The
 * object's name is made of the delivery, so one that is repeated writes the same object again.
 */
#include "services/cloudfront/edge.h"

#include "aws/logs.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "gen/s3/ops.h"
#include "services/cloudfront/log_text.h"
#include "services/s3/s3.h"

#define DELIVER_MS (60 * 1000)

void cloudfront_log(void *arg, const struct np_edge_record *r)
{
    const struct cloudfront_state *s = arg;
    const struct cloudfront_site *site = r->owner;
    if (site == NULL || site->log_bucket.p == NULL)
        return;
    struct np_loop *loop = np_http_loop(np_edge_request_exchange(r->request));
    cloudfront_log_line(np_logs_begin(s->logs, loop, site->account, site->id), r);
    np_logs_end(s->logs, loop);
}

/* [prefix/]ID.YYYY-MM-DD-HH.UNIQUE.gz */
static struct np_str object_key(const struct np_parcel *p, struct np_str prefix)
{
    struct np_arena *a = p->d->arena;
    uint8_t sum[32];
    char unique[8];
    int64_t y, s = p->d->created_ms / 1000 % 86400;
    unsigned m, day;
    np_digest_once(NP_SHA256, p->d->event_id, sum);
    np_hex(unique, sum, 4);
    np_civil_from_days(p->d->created_ms / 86400000, &y, &m, &day);
    const char *slash = prefix.n != 0 && !np_str_ends(prefix, NP_STR("/")) ? "/" : "";
    return np_str_printf(a, "%.*s%s%.*s.%04lld-%02u-%02u-%02lld.%.8s.gz", NP_FMT(prefix), slash,
                         NP_FMT(p->source), (long long)y, m, day, (long long)(s / 3600), unique);
}

static void send_file(struct np_parcel *p, const struct cloudfront_LoggingConfig *l)
{
    struct np_str bucket = NP_STR_NULL, region;
    struct s3_PutObjectRequest *in = np_new(p->d->arena, struct s3_PutObjectRequest);
    cloudfront_s3_domain(l->Bucket, &bucket, &region);
    struct np_str file = np_logs_pack(p->d->arena, np_str_of(cloudfront_log_head), p->lines);
    *in = (struct s3_PutObjectRequest){
        .Bucket = bucket,
        .Key = object_key(p, l->Prefix),
        .ContentType = NP_STR("application/x-gzip"),
        .ContentLength = {.set = true, .v = (int64_t)file.n},
    };
    const struct np_caller caller = {
        .kind = NP_CALLER_IDENTITY,
        .canonical_user = NP_STR(S3_LOG_DELIVERY_ID),
        .account = p->account,
        .region = NP_STR("us-east-1"),
    };
    np_parcel_send(p, &s3_model, "PutObject", &caller, in, file);
}

static void deliver(void *arg, struct np_parcel *p)
{
    struct cloudfront_state *s = arg;
    struct cloudfront_row r;
    struct np_err err;
    const struct np_scope scope = {.account = p->account};
    int rc = cloudfront_row_get(np_store_reader(s->core->store, NP_DB_STATE), &scope, p->source,
                                p->d->arena, &r, &err);
    if (rc != 0 && rc != NP_ENOENT)
        np_parcel_done(p, rc);
    else if (rc == NP_ENOENT || !r.config->Logging->Enabled.v || p->lines.n == 0)
        np_parcel_done(p, 0); /* nobody wants them any more */
    else
        send_file(p, r.config->Logging);
}

void cloudfront_log_init(struct cloudfront_state *s)
{
    s->logs = np_logs_new(s->core, &(struct np_logs_kind){
                                       .kind = "cloudfront.log",
                                       .db = NP_DB_STATE,
                                       .deliver_ms = DELIVER_MS,
                                       .deliver = deliver,
                                       .arg = s,
                                   });
}
