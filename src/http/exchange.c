/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - what a handler may ask of its exchange. Nothing here calls the handler back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "http/limits.h"
#include "http/server_int.h"

#define X_MAGIC 0x48455843

static struct np_http_x *live(const struct np_http_x *x)
{
    return NP_CAST(np_http_x, (uintptr_t)x, X_MAGIC);
}

/* --- the request --- */

const struct np_http_head *np_http_head(const struct np_http_x *x)
{
    return &live(x)->head;
}

struct np_arena *np_http_arena(struct np_http_x *x)
{
    return live(x)->arena;
}

struct np_loop *np_http_loop(struct np_http_x *x)
{
    return live(x)->conn->server->loop;
}

const struct np_stream *np_http_stream(const struct np_http_x *x)
{
    return live(x)->conn->stream;
}

const struct np_addr *np_http_to(const struct np_http_x *x)
{
    return live(x)->to.len != 0 ? &x->to : np_stream_local(x->conn->stream);
}

void np_http_set_user(struct np_http_x *x, void *user)
{
    live(x)->user = user;
}

void *np_http_user(const struct np_http_x *x)
{
    return live(x)->user;
}

const struct np_http_field *np_http_trailers(const struct np_http_x *x, size_t *n)
{
    *n = live(x)->n_trailers;
    return x->trailer_fields;
}

void np_http_rewrite(struct np_http_x *x, const struct np_http_head *h)
{
    struct np_http_head *own = &live(x)->head;
    own->target = h->target;
    own->path = h->path;
    own->query = h->query;
    own->host = h->host;
    own->absolute = h->absolute;
    own->fields = h->fields;
    own->n_fields = h->n_fields;
}

void np_http_hand(struct np_http_x *x, const struct np_http_handlers *h, void *arg,
                  const struct np_addr *to)
{
    np_assert(live(x)->read == NULL && !x->responded && !x->gone);
    x->handlers = *h;
    x->handlers_arg = arg;
    x->user = NULL;
    if (to != NULL)
        x->to = *to;
    h->request(arg, x);
}

void np_http_read(struct np_http_x *x, np_http_body_fn *fn, void *arg)
{
    np_assert(live(x)->read == NULL);
    x->read = fn;
    x->read_arg = arg;
    x->reading = true;
    /* A client that sends already waits for nothing. */
    if (x->head.expect_continue && !x->responded && x->conn->in.unread.n == 0)
        np_http_out_copy(&x->conn->out, NP_STR("HTTP/1.1 100 Continue\r\n\r\n"));
    x->continued = true;
    np_http_conn_wake(x->conn);
}

void np_http_read_pause(struct np_http_x *x)
{
    live(x)->read_paused = true;
}

void np_http_read_resume(struct np_http_x *x)
{
    live(x)->read_paused = false;
    np_http_conn_wake(x->conn);
}

/* --- the response --- */

void np_http_respond(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                     int64_t content_length)
{
    np_assert(!live(x)->responded);
    x->responded = true;
    np_http_out_copy(&x->conn->out, np_http_response_head(x, status, fields, n, content_length));
    np_http_conn_wake(x->conn);
}

static struct iovec part(struct np_str s)
{
    return (struct iovec){.iov_base = (void *)(uintptr_t)s.p, .iov_len = s.n};
}

static void send_now(struct np_http_x *x, const struct iovec *iov, int n)
{
    if (!x->conn->broken && np_http_out_send(&x->conn->out, x->conn->stream, iov, n) < 0)
        x->conn->broken = true;
}

static int after_write(struct np_http_x *x)
{
    np_http_conn_wake(x->conn);
    if (x->conn->broken)
        return NP_ECLOSED;
    if (x->conn->out.bytes <= x->conn->server->config.write_high_bytes)
        return 0;
    x->want_drain = true;
    return NP_EAGAIN;
}

/* Takes n bytes of the announced length; more than it would break the framing. */
static int take_length(struct np_http_x *x, uint64_t n)
{
    np_assert(live(x)->responded && !x->ended);
    if (x->aborted)
        return NP_ECLOSED;
    if (x->no_body || !x->has_length)
        return 0;
    if (n > x->left) {
        np_http_abort(x);
        return NP_EINVAL;
    }
    x->left -= n;
    return 0;
}

#define CHUNK_LINE_MAX 20
static struct np_str chunk_line(char line[CHUNK_LINE_MAX], uint64_t n)
{
    return np_str_n(line,
                    (size_t)snprintf(line, CHUNK_LINE_MAX, "%llx\r\n", (unsigned long long)n));
}

int np_http_write(struct np_http_x *x, struct np_str data)
{
    int rc = take_length(x, data.n);
    if (rc < 0)
        return rc;
    if (data.n == 0 || x->no_body)
        return x->conn->broken ? NP_ECLOSED : 0;
    char line[CHUNK_LINE_MAX];
    struct np_str parts[3] = {NP_STR(""), data, NP_STR("")};
    if (x->chunked) {
        parts[0] = chunk_line(line, data.n);
        parts[2] = NP_STR("\r\n");
    }
    struct np_http_out *out = &x->conn->out;
    if (data.n < NP_HTTP_SMALL_WRITE && out->bytes + data.n <= NP_HTTP_GATHER_MAX) {
        for (int i = 0; i < 3; i++)
            np_http_out_copy(out, parts[i]);
    } else {
        struct iovec iov[3] = {part(parts[0]), part(parts[1]), part(parts[2])};
        send_now(x, iov, 3);
    }
    return after_write(x);
}

static void open_chunk(struct np_http_x *x, uint64_t n)
{
    char line[CHUNK_LINE_MAX];
    if (x->chunked)
        np_http_out_copy(&x->conn->out, chunk_line(line, n));
}

static void close_chunk(struct np_http_x *x)
{
    if (x->chunked)
        np_http_out_copy(&x->conn->out, NP_STR("\r\n"));
}

int np_http_write_ref(struct np_http_x *x, struct np_str data, void (*release)(void *arg),
                      void *arg)
{
    int rc = take_length(x, data.n);
    if (rc < 0 || x->no_body || data.n == 0) {
        np_http_out_ref(&x->conn->out, NP_STR(""), release, arg); /* is released in its turn */
        np_http_conn_wake(x->conn);
        return rc < 0 ? rc : x->conn->broken ? NP_ECLOSED : 0;
    }
    open_chunk(x, data.n);
    np_http_out_ref(&x->conn->out, data, release, arg);
    close_chunk(x);
    return after_write(x);
}

int np_http_write_file(struct np_http_x *x, int fd, uint64_t off, uint64_t n)
{
    int rc = take_length(x, n);
    if (rc < 0)
        return rc;
    if (n == 0 || x->no_body)
        return x->conn->broken ? NP_ECLOSED : 0;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0) {
        np_http_abort(x);
        return NP_EIO;
    }
    open_chunk(x, n);
    np_http_out_file(&x->conn->out, own, off, n);
    close_chunk(x);
    return after_write(x);
}

void np_http_on_drain(struct np_http_x *x, void (*drained)(void *arg), void *arg)
{
    live(x)->drained = drained;
    x->drained_arg = arg;
    x->want_drain |= x->responded && !np_http_out_empty(&x->conn->out);
    if (x->want_drain)
        np_http_conn_wake(x->conn);
}

void np_http_end(struct np_http_x *x)
{
    np_assert(live(x)->responded && !x->ended);
    if (x->has_length && !x->no_body && x->left > 0)
        np_http_abort(x);
    if (x->chunked)
        np_http_out_copy(&x->conn->out, NP_STR("0\r\n\r\n"));
    x->ended = true;
    np_http_conn_wake(x->conn);
}

void np_http_reply(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                   struct np_str body)
{
    np_assert(!live(x)->responded);
    x->responded = true;
    x->reading = false; /* what is left of the body is nobody's */
    struct np_str head = np_http_response_head(x, status, fields, n, (int64_t)body.n);
    struct iovec iov[2] = {part(head), part(body)};
    send_now(x, iov, x->no_body || body.n == 0 ? 1 : 2);
    x->ended = true;
    np_http_conn_wake(x->conn);
}

void np_http_abort(struct np_http_x *x)
{
    live(x)->aborted = true;
    np_http_conn_wake(x->conn);
}

static void ignore_events(void *arg, unsigned events)
{
}

struct np_stream *np_http_take_stream(struct np_http_x *x, struct np_buf *unread)
{
    struct np_http_conn *c = live(x)->conn;
    np_assert(x->responded && !x->taken);
    if (c->broken || np_http_out_flush(&c->out, c->stream) != 0) {
        np_http_abort(x);
        return NULL;
    }
    np_buf_str_add(unread, c->in.unread);
    x->taken = true;
    np_stream_set_fn(c->stream, ignore_events, NULL);
    np_http_conn_wake(c);
    return c->stream;
}
