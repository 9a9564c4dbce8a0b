/* SPDX-License-Identifier: Apache-2.0 */
/* http1.c - what a connection that speaks HTTP/1 does next: by state, take a head, feed a body to
 * its handler, end the exchange, or drop the rest of a body.
 *
 * Every connection begins here: the protocol that TLS chose, or the first bytes, may lead to
 * http2.c. The head is copied out of the read buffer to the exchange's arena, so an idle
 * connection holds no buffer at all.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/http1.h"
#include "http/limits.h"
#include "http/parse.h"

/* --- the end of exchanges and connections --- */

static void drop_exchange(struct np_http_conn *c, bool complete)
{
    struct np_http_x *x = c->x;
    np_http_x_gone(x, complete);
    c->x = NULL;
    x->magic = 0;
    np_http_arena_give(c->server->local, x->arena);
}

/* An end that a reader of an unframed body would take for a good one must be a reset. */
static void cut(struct np_http_conn *c)
{
    const struct np_http_x *x = c->x;
    if (x == NULL || !x->responded || x->has_length || x->chunked || np_stream_is_tls(c->stream))
        return;
    int fd = np_stream_take_fd(c->stream);
    if (fd < 0)
        return;
    const struct linger at_once = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

static bool give_stream_away(struct np_http_conn *c)
{
    c->stream = NULL;
    drop_exchange(c, true);
    c->dead = true;
    return false;
}

/* The client left, or must not get more. */
static bool lose(struct np_http_conn *c)
{
    struct np_http_x *x = c->x;
    if (x != NULL && x->taken)
        return give_stream_away(c);
    if (x != NULL && !x->gone) {
        if (x->reading && !x->read_over && !x->ended && !x->aborted)
            np_http_x_tell_reader(x, NP_ECLOSED);
        cut(c);
    }
    if (x != NULL)
        drop_exchange(c, false);
    c->dead = true;
    return false;
}

static bool refuse(struct np_http_conn *c, int status)
{
    struct np_str text = np_http1_refusal(c->server, status);
    struct iovec iov = {(void *)(uintptr_t)text.p, text.n};
    if (np_http_out_send(&c->out, c->stream, &iov, 1) < 0)
        c->broken = true;
    c->ending = true;
    c->lingers = true;
    c->in.unread = NP_STR_NULL;
    return true;
}

/* --- heads --- */

static void begin_exchange(struct np_http_conn *c, const struct np_http_head *h, size_t used)
{
    struct np_arena *a = np_http_arena_take(c->server->local);
    struct np_http1_x *h1 = np_new(a, struct np_http1_x);
    struct np_http_x *x = &h1->x;
    x->magic = NP_HTTP_X_MAGIC;
    x->ops = &np_http1_x_ops;
    x->conn = c;
    x->out = &c->out;
    x->arena = a;
    np_http_head_copy(a, h, c->in.unread.p, used, &x->head);
    np_http_body_init(&h1->body, &x->head);
    np_buf_init(&h1->trailers, a, NP_HTTP_TRAILER_MAX);
    np_http_in_take(&c->in, used);
    c->wait = WAIT_NOTHING; /* the next head's timeout starts anew */
    c->x = x;
    np_http_x_begin(x);
}

/* By what TLS chose, or by the first bytes where the config allows; true: it is HTTP/2. NP_EAGAIN:
 * more of them are needed. */
static int is_http2(const struct np_http_conn *c)
{
    if (np_stream_is_tls(c->stream))
        return np_str_is(np_stream_alpn(c->stream), "h2");
    const struct np_str preface = NP_STR(NP_HTTP2_PREFACE), first = c->in.unread;
    size_t n = first.n < preface.n ? first.n : preface.n;
    if (!c->server->config.h2c || memcmp(first.p, preface.p, n) != 0)
        return 0;
    return n == preface.n ? 1 : NP_EAGAIN;
}

/* True: the next step is HTTP/2's. */
static bool decide(struct np_http_conn *c)
{
    if (c->in.unread.n == 0)
        return false;
    int rc = is_http2(c);
    c->decided = rc != NP_EAGAIN;
    if (rc == 1)
        np_http2_begin(c);
    return rc == 1;
}

static bool step_head(struct np_http_conn *c)
{
    if (c->server->draining && c->in.unread.n == 0) {
        c->ending = true;
        return true;
    }
    if (!c->decided && decide(c))
        return true;
    if (np_http_in_may_be_head(&c->in, c->server->config.limits.head_bytes)) {
        const struct np_http_limits *limits = &c->server->config.limits;
        struct np_http_head h;
        size_t used = 0;
        int status = 0;
        int rc = np_http_parse_request(c->in.unread.p, c->in.unread.n, limits,
                                       np_http_fields(c->server->local, limits->fields), &h, &used,
                                       &status);
        if (rc == 0) {
            begin_exchange(c, &h, used);
            return true;
        }
        if (rc != NP_EAGAIN)
            return refuse(c, status);
    }
    c->in.scanned = c->in.unread.n;
    int rc = np_http_conn_fill(c);
    if (rc < 0)
        c->dead = true;
    return rc > 0;
}

/* --- bodies --- */

static int parse_trailers(struct np_http_x *x)
{
    const struct np_buf *lines = &np_http1_x(x)->trailers;
    if (lines->n == 0)
        return 0;
    x->trailer_fields = np_new_array(x->arena, struct np_http_field, NP_HTTP_TRAILER_FIELDS_MAX);
    return np_http_parse_fields(np_buf_str(lines), NP_HTTP_TRAILER_FIELDS_MAX, x->trailer_fields,
                                &x->n_trailers);
}

static bool step_body(struct np_http_conn *c)
{
    struct np_http_x *x = c->x;
    struct np_http1_x *h1 = np_http1_x(x);
    struct np_str data;
    if (x->read_failed != 0) {
        np_http_x_tell_reader(x, x->read_failed);
        return true;
    }
    int rc = np_http_body_take(&h1->body, &c->in.unread, &data, &h1->trailers);
    if (rc == 1) {
        x->read(x->read_arg, 0, data, false);
        return true;
    }
    if (rc == 0) {
        rc = np_http_conn_fill(c);
        return rc < 0 ? lose(c) : rc > 0;
    }
    if (rc == 2)
        rc = parse_trailers(x);
    if (rc < 0) {
        c->lingers = true;
        c->in.unread = NP_STR_NULL;
        h1->body.done = false;
    }
    np_http_x_tell_reader(x, rc < 0 ? NP_EPROTO : 0);
    return true;
}

/* Drops the rest of a body, so that the next request can be found. */
static bool step_skip(struct np_http_conn *c)
{
    struct np_http1_x *x = np_http1_x(c->x);
    struct np_str data;
    int rc = np_http_body_take(&x->body, &c->in.unread, &data, NULL);
    x->skipped += data.n;
    if (rc < 0 || x->skipped > NP_HTTP_SKIP_MAX) {
        x->keep = false;
        return true;
    }
    if (rc != 0)
        return true;
    rc = np_http_conn_fill(c);
    return rc < 0 ? lose(c) : rc > 0;
}

/* --- the exchange --- */

/* The response is sent. */
static bool step_sent(struct np_http_conn *c)
{
    const struct np_http1_x *h1 = np_http1_x(c->x);
    np_http_x_gone(c->x, true);
    if (h1->keep && !h1->body.done && !h1->x.read_over)
        return step_skip(c);
    c->lingers |= !h1->body.done;
    c->ending |= !h1->keep || !h1->body.done;
    drop_exchange(c, true);
    return true;
}

static bool step_exchange(struct np_http_conn *c)
{
    struct np_http_x *x = c->x;
    if (x->taken)
        return give_stream_away(c);
    if (x->aborted)
        return lose(c);
    if (x->ended)
        return np_http_out_empty(&c->out) ? step_sent(c) : false;
    bool wants_body = x->reading && !x->read_over;
    if (wants_body && (!x->read_paused || x->read_failed != 0))
        return step_body(c);
    /* Nobody waits for the answer any more; a paused body may still be all there. */
    if (c->in.closed && (!wants_body || np_http1_x(x)->body.done))
        return lose(c);
    return false;
}

static bool step(struct np_http_conn *c)
{
    if (c->x != NULL)
        return step_exchange(c);
    return c->ending ? np_http_conn_step_end(c) : step_head(c);
}

static bool sent(struct np_http_conn *c)
{
    return c->x != NULL && np_http_x_drained(c->x);
}

static enum np_http_wait waits_for(const struct np_http_conn *c)
{
    const struct np_http_x *x = c->x;
    if (!np_http_out_empty(&c->out))
        return WAIT_PEER;
    if (x == NULL)
        return c->in.unread.n > 0 ? WAIT_HEAD : WAIT_REQUEST;
    if (x->ended || (x->reading && !x->read_paused && !x->read_over))
        return WAIT_PEER;
    return WAIT_NOTHING;
}

static bool timed_out(struct np_http_conn *c)
{
    if (c->wait == WAIT_NOTHING)
        return true;
    if (c->wait == WAIT_HEAD)
        return refuse(c, 408);
    if (c->wait == WAIT_PEER) {
        if (c->x == NULL || c->x->ended || !np_http_out_empty(&c->out))
            return lose(c);
        c->lingers = true;
        c->x->read_failed = NP_ETIMEDOUT;
        return true;
    }
    c->dead = true;
    return false;
}

static void drain(struct np_http_conn *c)
{
    if (!c->running && c->x == NULL && !c->ending && c->in.unread.n == 0)
        np_http_conn_kill(c);
}

static void fini(struct np_http_conn *c)
{
    (void)c;
}

const struct np_http_proto np_http1 = {step, sent, lose, waits_for, timed_out, drain, fini};
