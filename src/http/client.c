/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - calls: one request and its response over a connection of the pool or a new one, and
 * how HTTP/1 carries them.
 *
 * As on the server, only run() reads and calls back; it runs from events of the stream, from the
 * timer and from `later`. It repeats small steps until nothing can be done without the server or
 * the caller.
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/scan.h"
#include "http/client_int.h"
#include "http/limits.h"
#include "http/parse.h"

#define CONNECT_TIMEOUT_MS 10000
#define STALL_TIMEOUT_MS   60000
#define COPY_BODY_MAX      ((size_t)16 * 1024)

struct np_http_call *np_http_call_of(struct np_node *n)
{
    return NP_CONTAINER(n, struct np_http_call, node);
}

static void run(struct np_http_call *c);

/* --- the request's head --- */

bool np_http_is_text(struct np_str s)
{
    return np_scan_text(s.p, s.n) == s.n;
}

/* What a caller passes on may come from a client: it must not end a line. */
static int check_head(const struct np_http_call_opts *o, struct np_err *err)
{
    if (!np_http_is_token(o->method) || o->target.n == 0 ||
        np_scan_url(o->target.p, o->target.n) != o->target.n)
        return np_err(err, NP_EINVAL, "'%.*s %.*s' is no request line", NP_FMT(o->method),
                      NP_FMT(o->target));
    if (o->host.p != NULL && np_scan_url(o->host.p, o->host.n) != o->host.n)
        return np_err(err, NP_EINVAL, "'%.*s' is no host", NP_FMT(o->host));
    for (size_t i = 0; i < o->n_fields; i++)
        if (!np_http_is_token(o->fields[i].name) || !np_http_is_text(o->fields[i].value))
            return np_err(err, NP_EINVAL, "the field '%.*s' is malformed",
                          NP_FMT(o->fields[i].name));
    if (o->body_length > 0 && (uint64_t)o->body_length < o->body.n)
        return np_err(err, NP_EINVAL, "the body is longer than announced");
    return 0;
}

bool np_http_call_field_is_ours(struct np_str name)
{
    return np_str_ieq(name, NP_STR("Host")) || np_str_ieq(name, NP_STR("Content-Length")) ||
           np_str_ieq(name, NP_STR("Transfer-Encoding"));
}

bool np_http_wants_length_of_nothing(struct np_str method)
{
    return np_str_is(method, "POST") || np_str_is(method, "PUT") || np_str_is(method, "PATCH");
}

static int make_request(struct np_http_call *c, const struct np_http_call_opts *o,
                        struct np_err *err)
{
    struct np_buf *b = &c->pool->local->head;
    np_buf_clear(b);
    np_buf_str_add(b, o->method);
    np_buf_char(b, ' ');
    np_buf_str_add(b, o->target);
    np_buf_lit(b, " HTTP/1.1\r\nHost: ");
    np_buf_str_add(b, o->host.p != NULL ? o->host : np_addr_text(c->arena, &o->to));
    np_buf_lit(b, "\r\n");
    for (size_t i = 0; i < o->n_fields; i++) {
        if (np_http_call_field_is_ours(o->fields[i].name))
            continue;
        np_buf_str_add(b, o->fields[i].name);
        np_buf_lit(b, ": ");
        np_buf_str_add(b, o->fields[i].value);
        np_buf_lit(b, "\r\n");
    }
    if (o->body_length < 0)
        np_buf_lit(b, "Transfer-Encoding: chunked\r\n");
    else if (c->opts.body_length > 0 || np_http_wants_length_of_nothing(o->method))
        np_buf_printf(b, "Content-Length: %lld\r\n", (long long)c->opts.body_length);
    np_buf_lit(b, "\r\n");
    if (!np_buf_ok(b))
        return np_err(err, NP_E2BIG, "the head is longer than %zu bytes", NP_HTTP_MADE_HEAD_MAX);
    c->request = np_str_dup(c->arena, np_buf_str(b));
    return 0;
}

/* --- ends --- */

static void call_free(struct np_http_call *c)
{
    np_timer_stop(&c->timer);
    np_defer_cancel(&c->later);
    if (c->link != NULL)
        np_http2_link_leave(c);
    np_stream_close(c->stream);
    np_http_out_fini(&c->out);
    np_http_in_fini(&c->in);
    np_buf_fini(&c->got);
    np_list_remove(&c->node);
    c->magic = 0;
    np_http_arena_give(c->pool->local, c->arena);
    np_free(c);
}

int np_http_call_fail(struct np_http_call *c, int code, const char *cause)
{
    if (c->failed == 0)
        c->failed = np_err(&c->err, code, "%s", cause);
    return code;
}

/* Keeps the connection if the server does and everything went both ways. */
static void give_stream_back(struct np_http_call *c)
{
    bool clean = c->head.keep_alive && c->body.framing != NP_BODY_UNTIL_CLOSE && c->fed_all &&
                 np_http_out_empty(&c->out) && !c->write_failed && !c->in.closed &&
                 c->in.unread.n == 0;
    if (clean && c->in.readable) {
        c->in.budget = 1;
        clean = np_http_in_fill(&c->in, c->pool->local, c->stream) == 0;
    }
    if (clean) {
        np_http_pool_give(c->pool, c->key, c->stream);
        c->stream = NULL;
    } else if (np_stream_is_tls(c->stream)) {
        np_stream_shutdown(c->stream);
    }
}

bool np_http_call_end(struct np_http_call *c)
{
    c->dead = true;
    c->handlers.done(c->arg, c->failed, &c->err);
    return false;
}

/* --- connecting --- */

static void on_stream(void *arg, unsigned events);

static int dial(struct np_http_call *c, struct np_err *err)
{
    int fd;
    int rc = np_dial(c->pool->egress, c->opts.purpose, &c->opts.to, &fd, err);
    if (rc < 0)
        return rc;
    return np_stream_connect(c->pool->loop, fd, c->opts.tls, c->opts.server_name, on_stream, c,
                             &c->stream, err);
}

static struct np_str chunk_line(char line[20], size_t n)
{
    return np_str_n(line, (size_t)snprintf(line, 20, "%zx\r\n", n));
}

static void queue_data(struct np_http_call *c, struct np_str data)
{
    char line[20];
    if (data.n == 0)
        return;
    if (c->chunked)
        np_http_out_copy(&c->out, chunk_line(line, data.n));
    np_http_out_copy(&c->out, data);
    if (c->chunked)
        np_http_out_copy(&c->out, NP_STR("\r\n"));
}

void np_http_call_queue_body(struct np_http_call *c)
{
    if (c->opts.body.n <= COPY_BODY_MAX)
        np_http_out_copy(&c->out, c->opts.body);
    else
        np_http_out_ref(&c->out, c->opts.body, NULL, NULL);
}

static void queue_request(struct np_http_call *c)
{
    np_http_out_copy(&c->out, c->request);
    if (c->chunked)
        queue_data(c, c->opts.body);
    else
        np_http_call_queue_body(c);
    if (c->chunked && c->fed_all)
        np_http_out_copy(&c->out, NP_STR("0\r\n\r\n"));
}

/* The body may have been fed already, while nobody knew by what it would go. */
void np_http_call_use_http1(struct np_http_call *c, struct np_stream *s)
{
    struct np_http_out fed;
    char line[20];
    size_t n = (size_t)c->out.bytes;
    np_http_out_init(&fed);
    np_http_out_move(&c->out, &fed, n);
    np_http_out_copy(&c->out, c->request);
    if (c->chunked && n > 0)
        np_http_out_copy(&c->out, chunk_line(line, n));
    np_http_out_move(&fed, &c->out, n);
    if (c->chunked && n > 0)
        np_http_out_copy(&c->out, NP_STR("\r\n"));
    if (c->chunked && c->fed_all)
        np_http_out_copy(&c->out, NP_STR("0\r\n\r\n"));
    c->by_http2 = false;
    c->stream = s;
    c->connected = s != NULL;
    c->in.readable = true;
    if (s != NULL)
        np_stream_set_fn(s, on_stream, c);
    else if (dial(c, &c->err) < 0)
        c->failed = c->err.code;
    np_http_call_wake(c);
}

/* A connection that the server had closed meanwhile says nothing about the request: once more, on
 * a new one. */
static bool may_retry(const struct np_http_call *c)
{
    return c->reused && !c->retried && c->opts.idempotent && !c->fed_any && !c->heard;
}

static bool retry(struct np_http_call *c)
{
    np_stream_close(c->stream);
    c->stream = NULL;
    np_http_out_fini(&c->out);
    np_http_out_init(&c->out);
    np_http_in_fini(&c->in);
    c->in = (struct np_http_in){.budget = c->in.budget};
    c->retried = true;
    c->reused = c->connected = c->write_failed = false;
    queue_request(c);
    int rc = dial(c, &c->err);
    if (rc < 0)
        c->failed = rc;
    return true;
}

/* The connection gave out before the response was whole. */
static bool lost(struct np_http_call *c)
{
    if (may_retry(c))
        return retry(c);
    struct np_err cause = {0};
    if (np_stream_error(c->stream, &cause) != 0) {
        np_err_prefix(&cause, c->connected ? "connection lost" : "cannot connect");
        c->failed = cause.code;
        c->err = cause;
    } else {
        np_http_call_fail(c, NP_ECLOSED,
                          c->answered ? "the server closed the connection in the response"
                                      : "the server closed the connection without a response");
    }
    return true;
}

/* --- the response --- */

static bool step_head(struct np_http_call *c)
{
    const struct np_http_limits *limits = &np_http_default_limits;
    if (np_http_in_may_be_head(&c->in, limits->head_bytes)) {
        struct np_http_head h;
        size_t used = 0;
        int rc = np_http_parse_response(c->in.unread.p, c->in.unread.n, limits, c->to_head,
                                        np_http_fields(c->pool->local, limits->fields), &h, &used);
        if (rc == 0) {
            bool interim = h.status < 200 && h.status != 101;
            if (!interim)
                np_http_head_copy(c->arena, &h, c->in.unread.p, used, &c->head);
            np_http_in_take(&c->in, used);
            c->answered = !interim;
            if (interim && ++c->interim > NP_HTTP_INTERIM_MAX)
                np_http_call_fail(c, NP_EPROTO, "too many interim responses");
            return true;
        }
        if (rc != NP_EAGAIN) {
            np_http_call_fail(c, NP_EPROTO, "the head of the response is malformed or too large");
            return true;
        }
    }
    c->in.scanned = c->in.unread.n;
    int rc = np_http_in_fill(&c->in, c->pool->local, c->stream);
    c->heard |= rc > 0;
    return rc < 0 ? lost(c) : rc > 0;
}

bool np_http_call_switches(const struct np_http_call *c)
{
    return c->head.status == 101 ||
           (np_str_is(c->opts.method, "CONNECT") && c->head.status / 100 == 2);
}

static bool step_answer(struct np_http_call *c)
{
    c->told_head = true;
    if (np_http_call_switches(c))
        c->head.framing = NP_BODY_NONE;
    np_http_body_init(&c->body, &c->head);
    c->handlers.head(c->arg, &c->head);
    if (np_http_call_switches(c) && !c->taken && !c->dead)
        np_http_call_fail(c, NP_EPROTO, "the server switched protocols unasked");
    return true;
}

/* 2, or NP_EPROTO. */
static int parse_trailers(struct np_http_call *c)
{
    if (c->trailer_text.n == 0)
        return 2;
    c->trailers = np_new_array(c->arena, struct np_http_field, NP_HTTP_TRAILER_FIELDS_MAX);
    int rc = np_http_parse_fields(np_buf_str(&c->trailer_text), NP_HTTP_TRAILER_FIELDS_MAX,
                                  c->trailers, &c->n_trailers);
    return rc < 0 ? NP_EPROTO : 2;
}

static bool step_body(struct np_http_call *c)
{
    struct np_str data;
    int rc = np_http_body_take(&c->body, &c->in.unread, &data, &c->trailer_text);
    if (rc == 1) {
        c->handlers.data(c->arg, data);
        return true;
    }
    if (rc == 2)
        rc = parse_trailers(c);
    if (rc == 2) {
        give_stream_back(c);
        return np_http_call_end(c);
    }
    if (rc < 0) {
        np_http_call_fail(c, NP_EPROTO, "a chunk of the response is malformed");
        return true;
    }
    rc = np_http_in_fill(&c->in, c->pool->local, c->stream);
    if (rc == NP_ECLOSED && c->body.framing == NP_BODY_UNTIL_CLOSE) {
        c->body.done = true;
        return true;
    }
    return rc < 0 ? lost(c) : rc > 0;
}

/* A server may answer and close before it has read all: what it said can still be read. */
static void stop_writing(struct np_http_call *c)
{
    c->write_failed = true;
    c->in.readable = true;
    np_http_out_fini(&c->out);
}

static bool tell_writable(struct np_http_call *c, bool all_sent)
{
    if (!all_sent || !c->want_writable || c->handlers.writable == NULL)
        return false;
    c->want_writable = false;
    c->handlers.writable(c->arg);
    return true;
}

/* True when the caller was told and may have written more. */
static bool flush(struct np_http_call *c)
{
    if (c->by_http2)
        return tell_writable(c, c->stream_id != 0 && np_http_out_empty(&c->out));
    if (!c->connected || c->write_failed || np_http_out_empty(&c->out) || c->in.again)
        return false;
    int rc = np_http_out_flush(&c->out, c->stream);
    if (rc == NP_LATER)
        c->in.again = true;
    else if (rc < 0 && rc != NP_EAGAIN)
        stop_writing(c);
    return tell_writable(c, rc == 0);
}

static bool step(struct np_http_call *c)
{
    if (c->timed_out)
        np_http_call_fail(c, NP_ETIMEDOUT,
                          c->connected ? "the server does not answer"
                                       : "the connection is not made in time");
    if (c->failed != 0)
        return np_http_call_end(c);
    if (c->by_http2)
        return np_http2_call_step(c);
    if (!c->connected)
        return false;
    if (!c->answered)
        return step_head(c);
    if (!c->told_head)
        return step_answer(c);
    return c->paused ? false : step_body(c);
}

/* --- timeouts --- */

static enum np_http_call_wait waits_for(const struct np_http_call *c)
{
    if (!c->connected)
        return NP_CALL_WAIT_CONNECT;
    if (!np_http_out_empty(&c->out))
        return NP_CALL_WAIT_SERVER;
    if (c->answered ? c->paused : !c->fed_all && !c->write_failed)
        return NP_CALL_WAIT_NOTHING;
    return NP_CALL_WAIT_SERVER;
}

static uint64_t timeout_of(const struct np_http_call *c)
{
    switch (c->wait) {
    case NP_CALL_WAIT_NOTHING:
        return 0;
    case NP_CALL_WAIT_CONNECT:
        return c->opts.connect_timeout_ms;
    case NP_CALL_WAIT_SERVER:
        return c->opts.stall_timeout_ms;
    }
    return 0;
}

static void on_timer(struct np_timer *t)
{
    struct np_http_call *c = NP_CONTAINER(t, struct np_http_call, timer);
    uint64_t timeout = timeout_of(c), now = np_now_ms(c->pool->loop);
    if (timeout == 0)
        return;
    if (now < c->since_ms + timeout) {
        np_timer_set(c->pool->loop, t, c->since_ms + timeout - now, on_timer);
        return;
    }
    c->timed_out = true;
    run(c);
}

static void settle_timer(struct np_http_call *c)
{
    enum np_http_call_wait wait = waits_for(c);
    uint64_t now = np_now_ms(c->pool->loop);
    if (wait != c->wait || c->in.moved || c->out.moved)
        c->since_ms = now;
    c->wait = wait;
    c->in.moved = c->out.moved = false;
    uint64_t timeout = timeout_of(c);
    if (timeout == 0)
        return;
    uint64_t due = c->since_ms + timeout;
    if (c->timer.loop == NULL || c->timer.due_ms > due)
        np_timer_set(c->pool->loop, &c->timer, due > now ? due - now : 0, on_timer);
}

/* --- running --- */

static void run_later(void *arg)
{
    struct np_http_call *c = NP_CAST(np_http_call, arg, NP_HTTP_CALL_MAGIC);
    c->scheduled = false;
    run(c);
}

void np_http_call_wake(struct np_http_call *c)
{
    if (c->running || c->scheduled)
        return;
    c->scheduled = true;
    np_defer(c->pool->loop, &c->later, run_later, c);
}

static void run(struct np_http_call *c)
{
    struct np_http_local *local = c->pool->local;
    np_http_buf_take(local);
    c->running = true;
    c->in.budget = NP_HTTP_TURN_BYTES;
    c->in.again = false;
    unsigned steps = 0;
    while (!c->dead && (flush(c) || step(c))) {
        if (++steps == NP_HTTP_TURN_STEPS) {
            c->in.again = true;
            break;
        }
    }
    np_http_buf_give(local);
    c->running = false;
    if (c->dead) {
        call_free(c);
        return;
    }
    np_http_in_keep(&c->in);
    settle_timer(c);
    if (c->in.again)
        np_http_call_wake(c);
}

static void on_stream(void *arg, unsigned events)
{
    struct np_http_call *c = NP_CAST(np_http_call, arg, NP_HTTP_CALL_MAGIC);
    np_http_in_events(&c->in, events);
    if (events & NP_WRITABLE) {
        c->out.blocked = false;
        c->connected = true;
    }
    if (events & NP_HANGUP) {
        c->in.readable = true;
        if (!c->connected)
            lost(c);
    }
    run(c);
}

/* --- for the caller --- */

/* Connections are taken over by HTTP/1 alone. */
static bool may_be_http2(const struct np_http_call_opts *o)
{
    if (!o->h2 || o->tls == NULL || np_str_is(o->method, "CONNECT"))
        return false;
    for (size_t i = 0; i < o->n_fields; i++)
        if (np_str_ieq(o->fields[i].name, NP_STR("Upgrade")))
            return false;
    return true;
}

static struct np_http_call *call_new(struct np_http_pool *p, const struct np_http_call_opts *o,
                                     const struct np_http_call_handlers *h, void *arg)
{
    struct np_http_call *c = np_heap_new(struct np_http_call);
    c->magic = NP_HTTP_CALL_MAGIC;
    c->pool = p;
    c->arena = np_http_arena_take(p->local);
    c->handlers = *h;
    c->arg = arg;
    c->opts = *o;
    c->opts.server_name = np_str_dup(c->arena, o->server_name);
    c->opts.method = np_str_dup(c->arena, o->method);
    if (o->body_length == 0)
        c->opts.body_length = (int64_t)o->body.n;
    if (o->connect_timeout_ms == 0)
        c->opts.connect_timeout_ms = CONNECT_TIMEOUT_MS;
    if (o->stall_timeout_ms == 0)
        c->opts.stall_timeout_ms = STALL_TIMEOUT_MS;
    c->opts.h2 = may_be_http2(o);
    c->key = np_http_pool_key(c->arena, &c->opts);
    c->to_head = np_str_is(o->method, "HEAD");
    np_buf_init(&c->trailer_text, c->arena, NP_HTTP_TRAILER_MAX);
    np_buf_init(&c->got, NULL, (size_t)NP_HTTP2_CONN_WINDOW);
    c->chunked = o->body_length < 0;
    c->left = c->chunked ? 0 : (uint64_t)c->opts.body_length - o->body.n;
    c->fed_all = !c->chunked && c->left == 0;
    np_http_out_init(&c->out);
    np_list_append(&p->calls, &c->node);
    return c;
}

static int start(struct np_http_call *c, struct np_err *err)
{
    if (c->opts.h2) {
        np_http_call_queue_body(c);
        return np_http2_link_take(c, err);
    }
    queue_request(c);
    c->stream = np_http_pool_take(c->pool, c->key);
    if (c->stream == NULL)
        return dial(c, err);
    np_stream_set_fn(c->stream, on_stream, c);
    c->reused = c->connected = true;
    np_http_call_wake(c);
    return 0;
}

int np_http_call(struct np_http_pool *p, const struct np_http_call_opts *o,
                 const struct np_http_call_handlers *h, void *arg, struct np_http_call **out,
                 struct np_err *err)
{
    int rc = check_head(o, err);
    if (rc < 0)
        return rc;
    struct np_http_call *c = call_new(p, o, h, arg);
    rc = make_request(c, o, err);
    if (rc == 0)
        rc = start(c, err);
    if (rc < 0) {
        call_free(c);
        return rc;
    }
    settle_timer(c);
    *out = c;
    return 0;
}

/* Takes n bytes of the announced length, and the end, if they fit. */
static int take_length(struct np_http_call *c, size_t n, bool is_end)
{
    np_assert(!c->fed_all);
    if (!c->chunked && (n > c->left || (is_end && n < c->left))) {
        np_http_call_fail(c, NP_EINVAL, "the body has not the announced length");
        np_http_call_wake(c);
        return NP_EINVAL;
    }
    c->left -= c->chunked ? 0 : n;
    c->fed_any |= n > 0;
    c->fed_all = is_end;
    return 0;
}

static void send_large(struct np_http_call *c, struct np_str data)
{
    char line[20];
    struct np_str parts[3] = {NP_STR(""), data, NP_STR("")};
    struct iovec iov[3];
    if (c->chunked) {
        parts[0] = chunk_line(line, data.n);
        parts[2] = NP_STR("\r\n");
    }
    for (int i = 0; i < 3; i++)
        iov[i] = (struct iovec){.iov_base = (void *)(uintptr_t)parts[i].p, .iov_len = parts[i].n};
    if (np_http_out_send(&c->out, c->stream, iov, 3) < 0)
        stop_writing(c);
}

int np_http_call_write(struct np_http_call *c, struct np_str data, bool is_end)
{
    np_assert(c->magic == NP_HTTP_CALL_MAGIC);
    int rc = take_length(c, data.n, is_end);
    if (rc < 0)
        return rc;
    np_http_call_wake(c);
    if (c->write_failed)
        return NP_ECLOSED;
    if (c->by_http2) {
        np_http_out_copy(&c->out, data);
        np_http2_call_more(c);
    } else if (!c->connected || data.n < NP_HTTP_SMALL_WRITE)
        queue_data(c, data);
    else
        send_large(c, data);
    if (is_end && c->chunked && !c->by_http2 && !c->write_failed)
        np_http_out_copy(&c->out, NP_STR("0\r\n\r\n"));
    if (c->write_failed)
        return NP_ECLOSED;
    if (c->out.bytes <= NP_HTTP_CALL_HIGH)
        return 0;
    c->want_writable = true;
    return NP_EAGAIN;
}

const struct np_http_field *np_http_call_trailers(const struct np_http_call *c, size_t *n)
{
    *n = c->n_trailers;
    return c->trailers;
}

void np_http_call_pause(struct np_http_call *c)
{
    c->paused = true;
}

void np_http_call_resume(struct np_http_call *c)
{
    c->paused = false;
    np_http_call_wake(c);
}

void np_http_call_drop(struct np_http_call *c)
{
    np_assert(!c->running);
    call_free(c);
}

void np_http_call_cancel(struct np_http_call *c)
{
    np_assert(c->magic == NP_HTTP_CALL_MAGIC);
    if (c->running)
        c->dead = true; /* run() frees it */
    else
        call_free(c);
}

static void ignore_events(void *arg, unsigned events)
{
}

struct np_stream *np_http_call_take_stream(struct np_http_call *c, struct np_buf *unread)
{
    np_assert(c->running && c->told_head && np_http_call_switches(c) && !c->taken);
    struct np_stream *s = c->stream;
    np_buf_str_add(unread, c->in.unread);
    np_stream_set_fn(s, ignore_events, NULL);
    c->stream = NULL;
    c->taken = c->dead = true;
    return s;
}
