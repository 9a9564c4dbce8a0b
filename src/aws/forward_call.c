/* SPDX-License-Identifier: Apache-2.0 */
/* forward_call.c - a request sent on by a connection of our own: head, body and answer streamed,
 * each as fast as the slower side takes it. */
#include "aws/forward_int.h"

#include "base/arena.h"

/* --- the answer --- */

/* What is announced: HEAD and 304 have a length without a body. */
static int64_t length_of(const struct np_http_head *h)
{
    uint64_t n;
    if (h->framing == NP_BODY_LENGTH)
        return (int64_t)h->content_length;
    struct np_str said = np_http_field(h, NP_STR("Content-Length"));
    bool empty = h->framing == NP_BODY_NONE && said.p != NULL;
    return empty && np_str_u64(said, &n) && n <= INT64_MAX ? (int64_t)n : -1;
}

static void got_head(void *arg, const struct np_http_head *h)
{
    struct np_forward *f = arg;
    struct np_arena *a = np_http_arena(f->x);
    struct np_http_field *fields;
    size_t n = np_forward_fields(a, h, np_via(f->worker->core, a), false, &fields);
    f->responded = true;
    np_http_respond(f->x, h->status, fields, n, length_of(h));
}

static void drained(void *arg)
{
    struct np_forward *f = arg;
    if (f->call != NULL)
        np_http_call_resume(f->call);
}

static void got_data(void *arg, struct np_str data)
{
    struct np_forward *f = arg;
    if (np_http_write(f->x, data) != NP_EAGAIN)
        return;
    np_http_call_pause(f->call);
    np_http_on_drain(f->x, drained, f);
}

/* An answer that has begun must not look whole. */
static void fail(struct np_forward *f, int status, struct np_str why)
{
    if (f->responded)
        np_http_abort(f->x);
    else
        np_forward_refuse(f, status, "%.*s", NP_FMT(why));
    f->responded = true;
}

static void got_all(void *arg, int rc, const struct np_err *err)
{
    struct np_forward *f = arg;
    f->call = NULL;
    if (rc == 0)
        np_http_end(f->x);
    else
        fail(f, np_forward_status(rc), np_err_text(err));
}

/* --- the request's body --- */

static void writable(void *arg)
{
    struct np_forward *f = arg;
    np_http_read_resume(f->x);
}

/* A server that has answered takes no more: what still comes is dropped, as its length is all that
 * the next request needs of it. */
static void on_body(void *arg, int rc, struct np_str data, bool end)
{
    struct np_forward *f = arg;
    if (f->call == NULL || !f->takes_body)
        return;
    if (rc < 0) {
        np_http_call_cancel(f->call);
        f->call = NULL;
        if (rc != NP_ECLOSED)
            fail(f, rc == NP_ETIMEDOUT ? 408 : 400, NP_STR("the body is not whole"));
        return;
    }
    int sent = np_http_call_write(f->call, data, end);
    if (sent == NP_ECLOSED)
        f->takes_body = false;
    else if (sent == NP_EAGAIN && !end)
        np_http_read_pause(f->x);
}

/* --- the start --- */

void np_forward_call(struct np_forward *f)
{
    static const struct np_http_call_handlers handlers = {
        .head = got_head, .data = got_data, .writable = writable, .done = got_all};
    struct np_arena *a = np_http_arena(f->x);
    struct np_http_field *fields;
    const struct np_http_head *h = np_http_head(f->x);
    struct np_http_call_opts o = {
        .purpose = "proxy",
        .to = f->to,
        .method = h->method,
        .target = np_forward_target(a, h),
        .host = h->host,
        .n_fields = np_forward_fields(a, h, np_via(f->worker->core, a), false, &fields),
        .body_length = h->framing == NP_BODY_CHUNKED  ? -1
                       : h->framing == NP_BODY_LENGTH ? (int64_t)h->content_length
                                                      : 0,
        .idempotent = h->framing == NP_BODY_NONE &&
                      (np_str_is(h->method, "GET") || np_str_is(h->method, "HEAD")),
    };
    o.fields = fields;
    struct np_err err;
    struct np_forwarder *all = np_forwarder_of(f->worker->core, f->worker->loop);
    int rc = np_http_call(all->pool, &o, &handlers, f, &f->call, &err);
    if (rc != 0) {
        fail(f, np_forward_status(rc), np_err_text(&err));
        return;
    }
    f->takes_body = o.body_length != 0;
    if (f->takes_body)
        np_http_read(f->x, on_body, f);
}

void np_forward_call_gone(struct np_forward *f)
{
    if (f->call != NULL)
        np_http_call_cancel(f->call);
    f->call = NULL;
}
