/* SPDX-License-Identifier: Apache-2.0 */
/* s3_origin.c - buckets as origins: S3 is asked in process, as CloudFront for the distribution
 * (origin access control), as an identity of CloudFront, or as nobody. */
#include "services/cloudfront/edge.h"

#include "aws/rest.h"
#include "base/arena.h"
#include "gen/s3/ops.h"

struct asking {
    struct np_edge_fetch *f;
    struct np_rest *rest;
    struct np_rest_request q;
    bool reading;
};

/* --- the body of the viewer's request --- */

static void body_bytes(void *arg, int rc, struct np_str data, bool end)
{
    struct asking *k = arg;
    np_rest_give(k->rest, rc, data, end);
}

static void on_read(void *arg)
{
    struct asking *k = arg;
    k->reading = true;
    np_edge_fetch_read(k->f, body_bytes, k);
}

static void on_read_pause(void *arg)
{
    np_edge_fetch_read_pause(((struct asking *)arg)->f);
}

static void on_read_resume(void *arg)
{
    np_edge_fetch_read_resume(((struct asking *)arg)->f);
}

/* --- S3's response --- */

static bool is_framing(struct np_str name)
{
    return np_str_ieq(name, NP_STR("Content-Length")) ||
           np_str_ieq(name, NP_STR("Transfer-Encoding")) || np_str_ieq(name, NP_STR("Connection"));
}

static void on_head(void *arg, int status, const struct np_http_field *fields, size_t n,
                    int64_t length)
{
    struct asking *k = arg;
    const struct np_edge_fetch_view *v = np_edge_fetch_view(k->f);
    struct np_http_field *kept = np_new_array(v->arena, struct np_http_field, n + 1);
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        if (!is_framing(fields[i].name))
            kept[at++] = fields[i];
    np_edge_fetch_head(k->f, status, kept, at, length);
}

static void on_data(void *arg, struct np_str data)
{
    np_edge_fetch_data(((struct asking *)arg)->f, data);
}

static void on_done(void *arg, int rc)
{
    struct asking *k = arg;
    struct np_edge_fetch *f = k->f;
    struct np_err err;
    if (rc != 0)
        np_err(&err, rc, "S3's response broke off");
    np_edge_fetch_done(f, rc == 0 ? NP_EDGE_OK : NP_EDGE_BAD_RESPONSE, rc == 0 ? NULL : &err);
}

static const struct np_rest_ops with_body = {
    .read = on_read,
    .read_pause = on_read_pause,
    .read_resume = on_read_resume,
    .head = on_head,
    .data = on_data,
    .done = on_done,
};
static const struct np_rest_ops without_body = {
    .head = on_head,
    .data = on_data,
    .done = on_done,
};

/* --- who asks --- */

static struct np_caller caller_of(const struct cloudfront_bucket *b, bool viewer_signs)
{
    struct np_caller c = {
        .kind = NP_CALLER_ANONYMOUS,
        .account = b->account,
        .region = NP_STR("us-east-1"),
    };
    if (b->as == CLOUDFRONT_IDENTITY) {
        c.kind = NP_CALLER_IDENTITY;
        c.arn = b->identity_arn;
        c.canonical_user = b->canonical_user;
    } else if (b->as == CLOUDFRONT_CONTROL && !(b->no_override && viewer_signs)) {
        c.kind = NP_CALLER_SERVICE;
        c.service = NP_STR("cloudfront.amazonaws.com");
        c.source_arn = b->arn;
        c.source_account = b->account;
    }
    return c;
}

/* What S3 would take for somebody's signature: whoever asks is known already. */
static bool is_signature(struct np_str name)
{
    static const char *const names[] = {"Authorization", "X-Amz-Date", "X-Amz-Security-Token",
                                        "X-Amz-Content-Sha256"};
    NP_EACH (n, names)
        if (np_str_ieq(name, np_str_of(*n)))
            return true;
    return false;
}

static bool has_field(const struct np_edge_fetch_view *v, struct np_str name)
{
    for (size_t i = 0; i < v->n_fields; i++)
        if (np_str_ieq(v->fields[i].name, name))
            return true;
    return false;
}

static void fill_fields(const struct np_edge_fetch_view *v, struct np_rest_request *q)
{
    struct np_http_field *to = np_new_array(v->arena, struct np_http_field, v->n_fields + 1);
    for (size_t i = 0; i < v->n_fields; i++)
        if (!is_signature(v->fields[i].name))
            to[q->n_fields++] = v->fields[i];
    if (v->body_length > 0)
        to[q->n_fields++] = (struct np_http_field){
            NP_STR("Content-Length"),
            np_str_printf(v->arena, "%lld", (long long)v->body_length),
        };
    q->fields = to;
}

/* --- the driver --- */

static void start(void *arg, struct np_edge_worker *w, struct np_edge_fetch *f)
{
    const struct cloudfront_bucket *b = arg;
    const struct np_edge_fetch_view *v = np_edge_fetch_view(f);
    struct asking *k = np_new(v->arena, struct asking);
    struct np_str path, query;
    k->f = f;
    if (!np_str_cut(v->target, '?', &path, &query))
        query = NP_STR_NULL;
    k->q = (struct np_rest_request){
        .model = &s3_model,
        .caller = caller_of(b, has_field(v, NP_STR("Authorization"))),
        .method = v->method,
        /* A target that does not begin with '/' ("*") must not go on with the bucket's name. */
        .path = np_str_printf(v->arena, "/%.*s%s%.*s", NP_FMT(b->bucket),
                              np_str_starts(path, NP_STR("/")) ? "" : "/", NP_FMT(path)),
        .query = query,
        .body_length = v->body_length,
    };
    fill_fields(v, &k->q);
    np_edge_fetch_set_user(f, k);
    k->rest = np_rest(b->core, np_edge_worker_loop(w), &k->q,
                      v->body_length != 0 ? &with_body : &without_body, k);
}

static void cancel(void *arg, struct np_edge_fetch *f)
{
    (void)arg;
    np_rest_cancel(((struct asking *)np_edge_fetch_user(f))->rest);
}

static void pause_data(void *arg, struct np_edge_fetch *f)
{
    (void)arg;
    np_rest_pause(((struct asking *)np_edge_fetch_user(f))->rest);
}

static void resume_data(void *arg, struct np_edge_fetch *f)
{
    (void)arg;
    np_rest_resume(((struct asking *)np_edge_fetch_user(f))->rest);
}

const struct np_edge_origin_ops cloudfront_s3_ops = {
    .start = start,
    .cancel = cancel,
    .pause = pause_data,
    .resume = resume_data,
};
