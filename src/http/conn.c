/* SPDX-License-Identifier: Apache-2.0 */
/* conn.c - what a connection of the server does next.
 *
 * One run repeats small steps until nothing can be done without the peer or the handler: send what
 * is queued; then, by state, take a head, feed a body to its handler, end the exchange, drop the
 * rest of a body, or linger. So pipelined requests are a loop and never a recursion.
 *
 * The head is copied out of the read buffer to the exchange's arena, so an idle connection holds no
 * buffer at all.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/limits.h"
#include "http/parse.h"
#include "http/server_int.h"

#define CONN_MAGIC 0x48434f4e
#define X_MAGIC    0x48455843

/* --- timeouts: one timer, moved only when it would come too late --- */

static enum np_http_wait waits_for(const struct np_http_conn *c)
{
    const struct np_http_x *x = c->x;
    if (c->lingering)
        return WAIT_LINGER;
    if (!np_http_out_empty(&c->out))
        return WAIT_PEER;
    if (x == NULL)
        return c->in.unread.n > 0 ? WAIT_HEAD : WAIT_REQUEST;
    if (x->ended || (x->reading && !x->read_paused && !x->read_over))
        return WAIT_PEER;
    return WAIT_NOTHING;
}

static uint64_t timeout_of(const struct np_http_conn *c)
{
    const struct np_http_config *config = &c->server->config;
    switch (c->wait) {
    case WAIT_NOTHING:
        return 0;
    case WAIT_REQUEST:
        return config->idle_timeout_ms;
    case WAIT_HEAD:
        return config->head_timeout_ms;
    case WAIT_PEER:
        return config->stall_timeout_ms;
    case WAIT_LINGER:
        return NP_HTTP_LINGER_MS;
    }
    return 0;
}

static void on_timer(struct np_timer *t)
{
    struct np_http_conn *c = NP_CONTAINER(t, struct np_http_conn, timer);
    uint64_t timeout = timeout_of(c), now = np_now_ms(c->server->loop);
    if (timeout == 0)
        return;
    if (now < c->since_ms + timeout) {
        np_timer_set(c->server->loop, t, c->since_ms + timeout - now, on_timer);
        return;
    }
    c->timed_out = true;
    np_http_conn_run(c);
}

static void settle_timer(struct np_http_conn *c)
{
    enum np_http_wait wait = waits_for(c);
    bool moved = c->in.moved || c->out.moved;
    uint64_t now = np_now_ms(c->server->loop);
    if (wait != c->wait || (moved && wait != WAIT_HEAD && wait != WAIT_LINGER))
        c->since_ms = now;
    c->wait = wait;
    c->in.moved = c->out.moved = false;
    uint64_t timeout = timeout_of(c);
    if (timeout == 0)
        return;
    uint64_t due = c->since_ms + timeout;
    if (c->timer.loop == NULL || c->timer.due_ms > due)
        np_timer_set(c->server->loop, &c->timer, due > now ? due - now : 0, on_timer);
}

static int fill(struct np_http_conn *c)
{
    return np_http_in_fill(&c->in, c->server->local, c->stream);
}

/* --- the end of exchanges and connections --- */

static void call_gone(struct np_http_conn *c, bool complete)
{
    struct np_http_x *x = c->x;
    if (x->gone)
        return;
    x->gone = true;
    x->handlers.gone(x->handlers_arg, x, complete);
}

static void drop_exchange(struct np_http_conn *c, bool complete)
{
    struct np_http_x *x = c->x;
    call_gone(c, complete);
    c->x = NULL;
    x->magic = 0;
    np_http_arena_give(c->server->local, x->arena);
}

static void tell_reader(struct np_http_x *x, int rc)
{
    x->read_over = true;
    x->read(x->read_arg, rc, NP_STR_NULL, true);
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

/* The client left, or must not get more. */
static bool lose(struct np_http_conn *c)
{
    struct np_http_x *x = c->x;
    if (x != NULL && !x->gone) {
        if (x->reading && !x->read_over && !x->ended && !x->aborted)
            tell_reader(x, NP_ECLOSED);
        cut(c);
    }
    if (x != NULL)
        drop_exchange(c, false);
    c->dead = true;
    return false;
}

/* All is sent and there is no next request. Bytes of the peer that nobody read would make the
 * kernel reset the connection, and the reset would overtake our last bytes: drop them for a while.
 */
static bool step_end(struct np_http_conn *c)
{
    if (!np_http_out_empty(&c->out))
        return false;
    if (c->in.closed || !(c->lingers || c->in.readable || c->in.unread.n > 0)) {
        if (np_stream_is_tls(c->stream))
            np_stream_shutdown(c->stream);
        c->dead = true;
        return false;
    }
    np_stream_shutdown(c->stream);
    c->lingering = true;
    return true;
}

static bool step_linger(struct np_http_conn *c)
{
    c->in.unread = NP_STR_NULL;
    int rc = fill(c);
    if (rc < 0)
        c->dead = true;
    return rc > 0;
}

static bool refuse(struct np_http_conn *c, int status)
{
    struct np_str text = np_http_refusal(c->server, status);
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
    struct np_http_x *x = np_new(a, struct np_http_x);
    x->magic = X_MAGIC;
    x->conn = c;
    x->arena = a;
    np_http_head_copy(a, h, c->in.unread.p, used, &x->head);
    np_http_body_init(&x->body, &x->head);
    np_buf_init(&x->trailers, a, NP_HTTP_TRAILER_MAX);
    np_http_in_take(&c->in, used);
    c->wait = WAIT_NOTHING; /* the next head's timeout starts anew */
    c->x = x;
    x->handlers = c->server->handlers;
    x->handlers_arg = c->server->arg;
    x->handlers.request(x->handlers_arg, x);
}

static bool step_head(struct np_http_conn *c)
{
    if (c->server->draining && c->in.unread.n == 0) {
        c->ending = true;
        return true;
    }
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
    int rc = fill(c);
    if (rc < 0)
        c->dead = true;
    return rc > 0;
}

/* --- bodies --- */

static int parse_trailers(struct np_http_x *x)
{
    if (x->trailers.n == 0)
        return 0;
    x->trailer_fields = np_new_array(x->arena, struct np_http_field, NP_HTTP_TRAILER_FIELDS_MAX);
    return np_http_parse_fields(np_buf_str(&x->trailers), NP_HTTP_TRAILER_FIELDS_MAX,
                                x->trailer_fields, &x->n_trailers);
}

static bool step_body(struct np_http_conn *c)
{
    struct np_http_x *x = c->x;
    struct np_str data;
    if (x->read_failed != 0) {
        tell_reader(x, x->read_failed);
        return true;
    }
    int rc = np_http_body_take(&x->body, &c->in.unread, &data, &x->trailers);
    if (rc == 1) {
        x->read(x->read_arg, 0, data, false);
        return true;
    }
    if (rc == 0) {
        rc = fill(c);
        return rc < 0 ? lose(c) : rc > 0;
    }
    if (rc == 2)
        rc = parse_trailers(x);
    if (rc < 0) {
        c->lingers = true;
        c->in.unread = NP_STR_NULL;
        x->body.done = false;
    }
    tell_reader(x, rc < 0 ? NP_EPROTO : 0);
    return true;
}

/* Drops the rest of a body, so that the next request can be found. */
static bool step_skip(struct np_http_conn *c)
{
    struct np_http_x *x = c->x;
    struct np_str data;
    int rc = np_http_body_take(&x->body, &c->in.unread, &data, NULL);
    x->skipped += data.n;
    if (rc < 0 || x->skipped > NP_HTTP_SKIP_MAX) {
        x->keep = false;
        return true;
    }
    if (rc != 0)
        return true;
    rc = fill(c);
    return rc < 0 ? lose(c) : rc > 0;
}

/* --- the exchange --- */

/* The response is sent. */
static bool step_sent(struct np_http_conn *c)
{
    struct np_http_x *x = c->x;
    call_gone(c, true);
    if (x->keep && !x->body.done && !x->read_over)
        return step_skip(c);
    c->lingers |= !x->body.done;
    c->ending |= !x->keep || !x->body.done;
    drop_exchange(c, true);
    return true;
}

static bool give_stream_away(struct np_http_conn *c)
{
    c->stream = NULL;
    drop_exchange(c, true);
    c->dead = true;
    return false;
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
    if (c->in.closed && (!wants_body || x->body.done))
        return lose(c);
    return false;
}

static void send_queued(struct np_http_conn *c)
{
    if (np_http_out_empty(&c->out) || c->broken || c->again)
        return;
    int rc = np_http_out_flush(&c->out, c->stream);
    if (rc == NP_LATER)
        c->again = true;
    else if (rc == NP_EIO && c->x != NULL)
        c->x->aborted = true;
    else if (rc < 0 && rc != NP_EAGAIN)
        c->broken = true;
}

/* True when a handler was told that all is sent, and may have written more. */
static bool flush(struct np_http_conn *c)
{
    send_queued(c);
    struct np_http_x *x = c->x;
    if (x == NULL || !x->want_drain || x->drained == NULL || x->ended)
        return false;
    if (c->broken || !np_http_out_empty(&c->out))
        return false;
    x->want_drain = false;
    x->drained(x->drained_arg);
    return true;
}

static bool step_timeout(struct np_http_conn *c)
{
    c->timed_out = false;
    switch (c->wait) {
    case WAIT_NOTHING:
        return true;
    case WAIT_HEAD:
        return refuse(c, 408);
    case WAIT_PEER:
        if (c->x == NULL || c->x->ended || !np_http_out_empty(&c->out))
            return lose(c);
        c->lingers = true;
        c->x->read_failed = NP_ETIMEDOUT;
        return true;
    case WAIT_REQUEST:
    case WAIT_LINGER:
        break;
    }
    c->dead = true;
    return false;
}

static bool step(struct np_http_conn *c)
{
    if (c->timed_out)
        return step_timeout(c);
    if (c->broken && (c->x == NULL || !c->x->taken))
        return lose(c);
    if (c->lingering)
        return step_linger(c);
    if (c->x != NULL)
        return step_exchange(c);
    return c->ending ? step_end(c) : step_head(c);
}

static void conn_free(struct np_http_conn *c)
{
    struct np_http_server *s = c->server;
    np_timer_stop(&c->timer);
    np_defer_cancel(&c->later);
    np_stream_close(c->stream);
    np_http_out_fini(&c->out);
    np_http_in_fini(&c->in);
    np_list_remove(&c->node);
    c->magic = 0;
    np_free(c);
    np_http_server_conn_gone(s);
}

static void run_later(void *arg)
{
    struct np_http_conn *c = NP_CAST(np_http_conn, arg, CONN_MAGIC);
    c->scheduled = false;
    np_http_conn_run(c);
}

void np_http_conn_wake(struct np_http_conn *c)
{
    if (c->running || c->scheduled)
        return;
    c->scheduled = true;
    np_defer(c->server->loop, &c->later, run_later, c);
}

void np_http_conn_run(struct np_http_conn *c)
{
    struct np_http_local *local = c->server->local;
    np_assert(!c->running);
    np_http_buf_take(local);
    c->running = true;
    c->again = c->in.again = false;
    c->in.budget = NP_HTTP_TURN_BYTES;
    unsigned steps = 0;
    while (!c->dead && (flush(c) || step(c))) {
        if (++steps == NP_HTTP_TURN_STEPS) {
            c->again = true;
            break;
        }
    }
    if (!c->dead)
        np_http_in_keep(&c->in);
    np_http_buf_give(local);
    c->running = false;
    if (c->dead) {
        conn_free(c);
        return;
    }
    settle_timer(c);
    if (c->again || c->in.again)
        np_http_conn_wake(c);
}

void np_http_conn_kill(struct np_http_conn *c)
{
    np_assert(!c->running);
    c->running = true;
    if (c->x != NULL && c->x->taken)
        give_stream_away(c);
    else
        lose(c);
    conn_free(c);
}

static void on_stream(void *arg, unsigned events)
{
    struct np_http_conn *c = NP_CAST(np_http_conn, arg, CONN_MAGIC);
    np_http_in_events(&c->in, events);
    if (events & NP_WRITABLE)
        c->out.blocked = false;
    if (events & NP_HANGUP)
        c->broken = true;
    np_http_conn_run(c);
}

void np_http_conn_new(struct np_http_server *s, int fd)
{
    struct np_http_conn *c = np_heap_new(struct np_http_conn);
    c->magic = CONN_MAGIC;
    c->server = s;
    np_http_out_init(&c->out);
    if (np_stream_accept(s->loop, fd, s->tls, on_stream, c, &c->stream, NULL) != 0) {
        np_free(c);
        return;
    }
    np_list_append(&s->conns, &c->node);
    s->n_conns++;
    settle_timer(c);
}
