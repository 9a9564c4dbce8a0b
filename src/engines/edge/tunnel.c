/* SPDX-License-Identifier: Apache-2.0 */
/* tunnel.c - two streams that are passed on to each other. */
#include "engines/edge/tunnel.h"

#include "base/arena.h"

/* AWS: a WebSocket that says nothing for ten minutes is closed. */
#define IDLE_MS ((uint64_t)600000)
#define TURNS   16 /* reads in a row before others get their turn */

struct end {
    struct np_stream *stream;
    char *buf; /* read from the other end, to be sent here */
    size_t n, at;
    bool ended; /* it sends no more */
    bool shut;  /* the other end knows that */
};
struct tunnel {
    struct np_node node;
    struct np_edge_worker *w;
    struct end ends[2];
    struct np_timer idle;
    struct np_defer later;
    uint64_t since_ms;
};

static void tunnel_free(struct tunnel *t)
{
    np_timer_stop(&t->idle);
    np_defer_cancel(&t->later);
    NP_EACH (e, t->ends) {
        np_stream_close(e->stream);
        np_free(e->buf);
    }
    np_list_remove(&t->node);
    np_free(t);
}

/* Sends what waits. False: the stream is broken. */
static bool send_waiting(struct end *to)
{
    while (to->at < to->n) {
        struct iovec iov = {to->buf + to->at, to->n - to->at};
        ssize_t n = np_stream_writev(to->stream, &iov, 1);
        if (n == NP_EAGAIN)
            return true;
        if (n <= 0)
            return false;
        to->at += (size_t)n;
    }
    to->n = to->at = 0;
    return true;
}

/* One step from one end to the other: 1 moved, 0 nothing to do, -1 broken. */
static int pass(struct end *from, struct end *to)
{
    if (!send_waiting(to))
        return -1;
    if (to->n > 0)
        return 0;
    if (from->ended) {
        if (!to->shut)
            np_stream_shutdown(to->stream);
        to->shut = true;
        return 0;
    }
    ssize_t n = np_stream_read(from->stream, to->buf, NP_EDGE_TUNNEL_BYTES);
    if (n == NP_EAGAIN)
        return 0;
    if (n < 0)
        return -1;
    from->ended = n == 0;
    to->n = (size_t)n;
    return 1;
}

static void run(void *arg)
{
    struct tunnel *t = arg;
    struct end *a = &t->ends[0], *b = &t->ends[1];
    for (int i = 0; i < TURNS; i++) {
        int x = pass(a, b), y = x < 0 ? -1 : pass(b, a);
        if (x < 0 || y < 0 || (a->shut && b->shut)) {
            tunnel_free(t);
            return;
        }
        if (x > 0 || y > 0)
            t->since_ms = np_now_ms(t->w->loop);
        else
            return;
    }
    np_defer(t->w->loop, &t->later, run, t);
}

static void on_stream(void *arg, unsigned events)
{
    run(arg);
}

static void on_idle(struct np_timer *timer)
{
    struct tunnel *t = NP_CONTAINER(timer, struct tunnel, idle);
    uint64_t now = np_now_ms(t->w->loop);
    if (now - t->since_ms >= IDLE_MS)
        tunnel_free(t);
    else
        np_timer_set(t->w->loop, timer, t->since_ms + IDLE_MS - now, on_idle);
}

static void end_init(struct end *e, struct np_stream *s, struct np_str waiting)
{
    size_t room = waiting.n > NP_EDGE_TUNNEL_BYTES ? waiting.n : NP_EDGE_TUNNEL_BYTES;
    e->stream = s;
    e->buf = np_heap_realloc(NULL, room);
    if (waiting.n > 0)
        memcpy(e->buf, waiting.p, waiting.n);
    e->n = waiting.n;
}

void edge_tunnel_new(struct np_edge_worker *w, struct np_stream *a, struct np_str read_of_a,
                     struct np_stream *b, struct np_str read_of_b)
{
    struct tunnel *t = np_heap_new(struct tunnel);
    t->w = w;
    t->since_ms = np_now_ms(w->loop);
    end_init(&t->ends[0], a, read_of_b);
    end_init(&t->ends[1], b, read_of_a);
    np_list_append(&w->tunnels, &t->node);
    np_stream_set_fn(a, on_stream, t);
    np_stream_set_fn(b, on_stream, t);
    np_timer_set(w->loop, &t->idle, IDLE_MS, on_idle);
    np_defer(w->loop, &t->later, run, t);
}

void edge_tunnels_close(struct np_edge_worker *w)
{
    NP_LIST_EACH(n, &w->tunnels)
    tunnel_free(NP_CONTAINER(n, struct tunnel, node));
}
