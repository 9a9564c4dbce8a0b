/* SPDX-License-Identifier: Apache-2.0 */
/* http_origin.c - the driver of custom origins: HTTP/1.1 over kept connections. */
#include "base/arena.h"
#include "base/auto.h"
#include "engines/edge/fetch.h"
#include "engines/edge/request.h"
#include "engines/edge/tunnel.h"
#include "http/limits.h"

struct asking {
    unsigned refs; /* of the fetch, and of the resolver while it works */
    struct np_edge_worker *w;
    struct np_loop *loop;
    struct np_edge_fetch *fetch; /* NULL: cancelled or over */
    struct np_http_call *call;
    struct np_defer later;
    enum np_edge_reason reason; /* of what did not even begin */
    struct np_err err;
    struct np_addr to;
    bool body_over; /* the viewer's */
    bool waits;     /* its body waits for the origin */
};

static void unref(struct asking *k)
{
    if (--k->refs > 0)
        return;
    np_defer_cancel(&k->later);
    np_free(k);
}

static void finish(struct asking *k, enum np_edge_reason reason, const struct np_err *err)
{
    struct np_edge_fetch *f = k->fetch;
    k->fetch = NULL;
    k->call = NULL;
    np_edge_fetch_done(f, reason, err);
    unref(k);
}

static void fail_later(void *arg)
{
    struct asking *k = arg;
    if (k->fetch != NULL)
        finish(k, k->reason, &k->err);
}

static enum np_edge_reason reason_of(int rc, bool tls, const struct np_err *err)
{
    /* Nothing but a handshake fails like that. */
    if (tls && (rc == NP_EPROTO || rc == NP_EACCES) &&
        np_str_starts(np_err_text(err), NP_STR("cannot connect")))
        return NP_EDGE_BAD_TLS;
    switch (rc) {
    case 0:
        return NP_EDGE_OK;
    case NP_ETIMEDOUT:
        return NP_EDGE_TIMEOUT;
    case NP_EPROTO:
        return NP_EDGE_BAD_RESPONSE;
    default:
        return NP_EDGE_NO_CONNECTION;
    }
}

/* --- the body --- */

static void on_body(void *arg, int rc, struct np_str data, bool end)
{
    struct asking *k = arg;
    if (k->fetch == NULL || k->call == NULL || k->body_over)
        return;
    if (rc != 0) {
        /* A body that is cut must not look whole to the origin. */
        struct np_err err = {0};
        np_http_call_cancel(k->call);
        np_err(&err, rc, "the viewer's body broke off");
        k->err = err;
        k->reason = NP_EDGE_BAD_REQUEST;
        k->call = NULL;
        np_defer(k->loop, &k->later, fail_later, k);
        return;
    }
    k->body_over = end;
    int sent = np_http_call_write(k->call, data, end);
    if (sent == NP_EAGAIN && !end) {
        k->waits = true;
        np_edge_fetch_read_pause(k->fetch);
    }
}

static void on_writable(void *arg)
{
    struct asking *k = arg;
    if (!k->waits || k->fetch == NULL)
        return;
    k->waits = false;
    np_edge_fetch_read_resume(k->fetch);
}

/* --- the response --- */

/* Both sides leave HTTP: their streams are joined. */
static void switch_protocols(struct asking *k, const struct np_http_head *h)
{
    struct np_edge_request *rq = edge_fetch_owner(k->fetch);
    if (rq == NULL || !rq->is_websocket)
        return; /* the call fails: it was not asked to switch */
    NP_AUTO_BUF of_viewer;
    NP_AUTO_BUF of_origin;
    np_buf_init(&of_viewer, NULL, NP_HTTP_HEAD_MAX + NP_HTTP_READ_BYTES);
    np_buf_init(&of_origin, NULL, NP_HTTP_HEAD_MAX + NP_HTTP_READ_BYTES);
    struct np_stream *viewer = edge_request_switch(rq, h, &of_viewer);
    struct np_stream *origin = np_http_call_take_stream(k->call, &of_origin);
    if (viewer != NULL)
        edge_tunnel_new(k->w, viewer, np_buf_str(&of_viewer), origin, np_buf_str(&of_origin));
    else
        np_stream_close(origin);
    finish(k, NP_EDGE_OK, NULL);
}

static void on_head(void *arg, const struct np_http_head *h)
{
    struct asking *k = arg;
    if (k->fetch == NULL)
        return;
    if (h->status == 101) {
        switch_protocols(k, h);
        return;
    }
    int64_t length = -1;
    struct np_str said = np_http_field(h, NP_STR("Content-Length"));
    uint64_t n;
    if (h->framing == NP_BODY_LENGTH)
        length = (int64_t)h->content_length;
    else if (h->framing == NP_BODY_NONE && np_str_u64(said, &n) && n <= INT64_MAX)
        length = (int64_t)n; /* of what a GET would give */
    else if (h->framing == NP_BODY_NONE && !np_str_is(np_edge_fetch_view(k->fetch)->method, "HEAD"))
        length = 0;
    np_edge_fetch_head(k->fetch, h->status, h->fields, h->n_fields, length);
}

static void on_data(void *arg, struct np_str data)
{
    struct asking *k = arg;
    if (k->fetch != NULL)
        np_edge_fetch_data(k->fetch, data);
}

static void on_done(void *arg, int rc, const struct np_err *err)
{
    struct asking *k = arg;
    bool tls = k->fetch != NULL && np_edge_fetch_view(k->fetch)->https;
    k->call = NULL;
    if (k->fetch != NULL)
        finish(k, reason_of(rc, tls, err), err);
}

static const struct np_http_call_handlers handlers = {
    .head = on_head, .data = on_data, .writable = on_writable, .done = on_done};

/* --- the request --- */

static void give_up(struct asking *k, enum np_edge_reason reason)
{
    k->reason = reason;
    np_defer(k->loop, &k->later, fail_later, k);
}

static bool is_idempotent(struct np_str method)
{
    return np_str_is(method, "GET") || np_str_is(method, "HEAD") || np_str_is(method, "OPTIONS");
}

static void call(struct asking *k)
{
    const struct np_edge_fetch_view *v = np_edge_fetch_view(k->fetch);
    const struct np_edge_opts *o = &k->w->edge->o;
    const struct np_edge_origin *origin = v->origin;
    struct np_tls *tls = NULL;
    if (v->https && o->client_tls != NULL)
        tls = o->client_tls(o->client_tls_arg, origin->tls_protocols);
    struct np_http_pool *pool = edge_pool(k->w, origin->keepalive_ms);
    if (pool == NULL || (v->https && tls == NULL)) {
        np_err(&k->err, NP_ENOTSUP, "no TLS client for the origin");
        give_up(k, v->https ? NP_EDGE_BAD_TLS : NP_EDGE_OVERLOAD);
        return;
    }
    struct np_http_call_opts opts = {
        .purpose = "edge.origin",
        .to = k->to,
        .tls = tls,
        .server_name = origin->host,
        .method = v->method,
        .target = v->target,
        .host = v->host,
        .fields = v->fields,
        .n_fields = v->n_fields,
        .body_length = v->body_length,
        .connect_timeout_ms = origin->connect_timeout_ms,
        .stall_timeout_ms = origin->response_timeout_ms,
        .idempotent = is_idempotent(v->method),
    };
    int rc = np_http_call(pool, &opts, &handlers, k, &k->call, &k->err);
    if (rc != 0)
        give_up(k, rc == NP_EINVAL || rc == NP_E2BIG ? NP_EDGE_BAD_REQUEST : NP_EDGE_NO_CONNECTION);
    else if (v->body_length != 0 && edge_fetch_owner(k->fetch) != NULL)
        np_edge_fetch_read(k->fetch, on_body, k);
}

static void on_address(void *arg, int rc, const struct np_addr *a, const struct np_err *err)
{
    struct asking *k = arg;
    if (k->fetch == NULL) {
        unref(k);
        return;
    }
    if (rc != 0) {
        if (err != NULL)
            k->err = *err;
        give_up(k, rc == NP_ETIMEDOUT ? NP_EDGE_TIMEOUT : NP_EDGE_NO_ADDRESS);
    } else {
        k->to = *a;
        call(k);
    }
    unref(k);
}

static void start(void *arg, struct np_edge_worker *w, struct np_edge_fetch *f)
{
    const struct np_edge_fetch_view *v = np_edge_fetch_view(f);
    const struct np_edge_resolver *r = &w->edge->o.resolver;
    struct asking *k = np_heap_new(struct asking);
    k->refs = 2;
    k->w = w;
    k->loop = w->loop;
    k->fetch = f;
    np_edge_fetch_set_user(f, k);
    r->resolve(r->arg, w->loop, v->origin->host,
               v->https ? v->origin->https_port : v->origin->http_port, on_address, k);
}

static void cancel(void *arg, struct np_edge_fetch *f)
{
    struct asking *k = np_edge_fetch_user(f);
    k->fetch = NULL;
    np_defer_cancel(&k->later);
    if (k->call != NULL)
        np_http_call_cancel(k->call);
    k->call = NULL;
    unref(k);
}

static void pause_call(void *arg, struct np_edge_fetch *f)
{
    struct asking *k = np_edge_fetch_user(f);
    if (k->call != NULL)
        np_http_call_pause(k->call);
}

static void resume_call(void *arg, struct np_edge_fetch *f)
{
    struct asking *k = np_edge_fetch_user(f);
    if (k->call != NULL)
        np_http_call_resume(k->call);
}

const struct np_edge_origin_ops edge_http_origin = {
    .start = start, .cancel = cancel, .pause = pause_call, .resume = resume_call};
