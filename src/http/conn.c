/* SPDX-License-Identifier: Apache-2.0 */
/* conn.c - what all connections of the server do, whatever is spoken on them: one run sends what is
 * queued and repeats small steps of the protocol until nothing can be done without the peer or a
 * handler. So pipelined requests and many streams are a loop and never a recursion.
 */
#include "base/arena.h"
#include "http/limits.h"
#include "http/server_int.h"

#define CONN_MAGIC 0x48434f4e

/* --- timeouts: one timer, moved only when it would come too late --- */

static enum np_http_wait waits_for(const struct np_http_conn *c)
{
    if (c->lingering)
        return WAIT_LINGER;
    return np_stream_is_handshaking(c->stream) ? WAIT_HANDSHAKE : c->proto->waits_for(c);
}

static uint64_t timeout_of(const struct np_http_conn *c)
{
    const struct np_http_config *config = &c->server->config;
    switch (c->wait) {
    case WAIT_NOTHING:
        return 0;
    case WAIT_HANDSHAKE:
        return config->handshake_timeout_ms;
    case WAIT_REQUEST:
    case WAIT_IDLE:
        return config->idle_timeout_ms;
    case WAIT_HEAD:
        return config->head_timeout_ms;
    case WAIT_PEER:
    case WAIT_STREAMS:
        return config->stall_timeout_ms;
    case WAIT_LINGER:
        return NP_HTTP_LINGER_MS;
    }
    return 0;
}

/* What comes in small pieces does not put these off. */
static bool is_put_off(enum np_http_wait wait)
{
    return wait == WAIT_PEER || wait == WAIT_REQUEST;
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
    if (wait != c->wait || (moved && is_put_off(wait)))
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

int np_http_conn_fill(struct np_http_conn *c)
{
    return np_http_in_fill(&c->in, c->server->local, c->stream);
}

/* All is sent and there is no next request. Bytes of the peer that nobody read would make the
 * kernel reset the connection, and the reset would overtake our last bytes: drop them for a while.
 */
bool np_http_conn_step_end(struct np_http_conn *c)
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
    int rc = np_http_conn_fill(c);
    if (rc < 0)
        c->dead = true;
    return rc > 0;
}

/* --- running --- */

static void send_queued(struct np_http_conn *c)
{
    if (np_http_out_empty(&c->out) || c->broken || c->again)
        return;
    int rc = np_http_out_flush(&c->out, c->stream);
    if (rc == NP_LATER)
        c->again = true;
    else if (rc < 0 && rc != NP_EAGAIN)
        c->broken = true; /* also when a file is shorter than promised */
}

static bool step_timeout(struct np_http_conn *c)
{
    c->timed_out = false;
    if (c->wait != WAIT_LINGER && c->wait != WAIT_HANDSHAKE)
        return c->proto->timed_out(c);
    c->dead = true;
    return false;
}

static bool step(struct np_http_conn *c)
{
    send_queued(c);
    if (c->proto->sent(c))
        return true;
    if (c->timed_out)
        return step_timeout(c);
    if (c->broken)
        return c->proto->lose(c);
    return c->lingering ? step_linger(c) : c->proto->step(c);
}

static void conn_free(struct np_http_conn *c)
{
    struct np_http_server *s = c->server;
    c->proto->fini(c);
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
    while (!c->dead && step(c)) {
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
    c->proto->lose(c);
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
    c->proto = &np_http1;
    np_http_out_init(&c->out);
    if (np_stream_accept(s->loop, fd, s->tls, on_stream, c, &c->stream, NULL) != 0) {
        np_free(c);
        return;
    }
    np_list_append(&s->conns, &c->node);
    s->n_conns++;
    settle_timer(c);
}
