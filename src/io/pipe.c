/* SPDX-License-Identifier: Apache-2.0 */
/* pipe.c - a run moves what it can, one direction after the other, up to a turn's share. */
#include "io/pipe.h"

#include "base/arena.h"
#include "io/stream.h"

#define TURN_BYTES ((size_t)1024 * 1024)

struct half {
    struct np_stream *from, *to;
    char *buf; /* NULL: nothing is on its way */
    size_t at, n, room;
    bool readable, ended; /* of `from` */
    bool blocked, shut;   /* of `to` */
};

struct np_pipe {
    struct np_loop *loop;
    struct half half[2];
    struct np_timer timer;
    uint64_t since_ms;
    struct np_defer later;
    void (*done)(void *arg);
    void *arg;
};

static void half_release(struct half *h)
{
    np_free(h->buf);
    h->buf = NULL;
    h->at = h->n = 0;
}

void np_pipe_free(struct np_pipe *p)
{
    np_timer_stop(&p->timer);
    np_defer_cancel(&p->later);
    for (int i = 0; i < 2; i++) {
        half_release(&p->half[i]);
        np_stream_close(p->half[i].from);
    }
    np_free(p);
}

static void end(struct np_pipe *p)
{
    void (*done)(void *arg) = p->done;
    void *arg = p->arg;
    np_pipe_free(p);
    done(arg);
}

/* 1: something moved; 0: nothing can; an error. */
static int push(struct half *h)
{
    struct iovec iov = {h->buf + h->at, h->n - h->at};
    ssize_t n = np_stream_writev(h->to, &iov, 1);
    if (n == NP_EAGAIN) {
        h->blocked = true;
        return 0;
    }
    if (n < 0)
        return (int)n;
    h->at += (size_t)n;
    if (h->at == h->n)
        half_release(h);
    return 1;
}

static int pull(struct half *h)
{
    if (h->buf == NULL) {
        h->buf = np_heap_alloc(NP_PIPE_BYTES);
        h->room = NP_PIPE_BYTES;
    }
    ssize_t n = np_stream_read(h->from, h->buf, h->room);
    if (n > 0) {
        h->n = (size_t)n;
        return 1;
    }
    half_release(h);
    h->readable = false;
    h->ended = n == 0;
    return n == 0 ? 1 : n == NP_EAGAIN ? 0 : (int)n;
}

static int step(struct half *h)
{
    if (h->n > 0)
        return h->blocked ? 0 : push(h);
    if (h->ended) {
        if (h->shut)
            return 0;
        np_stream_shutdown(h->to);
        h->shut = true;
        return 1;
    }
    return h->readable ? pull(h) : 0;
}

static void run(void *arg);

/* False: an end of both. */
static bool run_half(struct np_pipe *p, struct half *h)
{
    int rc = 1;
    for (size_t moved = 0; rc > 0; moved += NP_PIPE_BYTES) {
        if (moved >= TURN_BYTES) {
            np_defer(p->loop, &p->later, run, p);
            return true;
        }
        rc = step(h);
        if (rc > 0)
            p->since_ms = np_now_ms(p->loop);
    }
    return rc == 0;
}

static void run(void *arg)
{
    struct np_pipe *p = arg;
    np_defer_cancel(&p->later);
    bool fine = run_half(p, &p->half[0]) && run_half(p, &p->half[1]);
    if (!fine || (p->half[0].shut && p->half[1].shut))
        end(p);
}

static void on_event(struct np_pipe *p, struct half *reads, struct half *writes, unsigned events)
{
    if (events & (NP_READABLE | NP_HANGUP))
        reads->readable = true;
    if (events & (NP_WRITABLE | NP_HANGUP))
        writes->blocked = false;
    run(p);
}

static void on_a(void *arg, unsigned events)
{
    struct np_pipe *p = arg;
    on_event(p, &p->half[0], &p->half[1], events);
}

static void on_b(void *arg, unsigned events)
{
    struct np_pipe *p = arg;
    on_event(p, &p->half[1], &p->half[0], events);
}

static void on_timer(struct np_timer *t)
{
    struct np_pipe *p = NP_CONTAINER(t, struct np_pipe, timer);
    uint64_t now = np_now_ms(p->loop), due = p->since_ms + NP_PIPE_IDLE_MS;
    if (now < due)
        np_timer_set(p->loop, t, due - now, on_timer);
    else
        end(p);
}

struct np_pipe *np_pipe_new(struct np_loop *l, struct np_stream *a, struct np_stream *b,
                            struct np_str first, void (*done)(void *arg), void *arg)
{
    struct np_pipe *p = np_heap_new(struct np_pipe);
    p->loop = l;
    p->half[0] = (struct half){.from = a, .to = b, .readable = true};
    p->half[1] = (struct half){.from = b, .to = a, .readable = true};
    p->done = done;
    p->arg = arg;
    p->since_ms = np_now_ms(l);
    if (first.n > 0) {
        p->half[0].buf = np_heap_alloc(first.n);
        memcpy(p->half[0].buf, first.p, first.n);
        p->half[0].n = p->half[0].room = first.n;
    }
    np_stream_set_fn(a, on_a, p);
    np_stream_set_fn(b, on_b, p);
    np_timer_set(l, &p->timer, NP_PIPE_IDLE_MS, on_timer);
    np_defer(l, &p->later, run, p);
    return p;
}
