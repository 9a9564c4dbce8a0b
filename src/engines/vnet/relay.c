/* SPDX-License-Identifier: Apache-2.0 */
/* relay.c - two TCP connections, spliced: bytes pass through a pipe in the kernel and are never
 * copied here.
 *
 * A direction has its pipe only while it has something to move, so that idle connections cost two
 * descriptors and little else. */
#include "engines/vnet/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/list.h"
#include "engines/vnet/limits.h"
#include "io/loop.h"

#define TURN_BYTES (4u << 20)

struct half {
    int from, to;
    int pipe[2]; /* -1: none */
    size_t held; /* bytes in it */
    bool readable, writable, ended, shut;
};

struct np_relay {
    struct np_node node; /* of the loop's */
    struct np_loop *loop;
    struct relays *all;
    int a, b;
    struct np_watch watch_a, watch_b;
    struct half half[2]; /* a to b, b to a */
    bool connected;
    struct np_timer timer;
    uint64_t since_ms;
    struct np_defer later;
    void (*done)(void *arg);
    void *arg;
};

struct relays { /* of a loop */
    struct np_node all;
    size_t n;
};

/* --- the loop's --- */

static void *relays_new(struct np_loop *l)
{
    struct relays *x = np_heap_new(struct relays);
    np_list_init(&x->all);
    return x;
}

static void relays_free(void *p)
{
    struct relays *x = p;
    while (!np_list_empty(&x->all))
        np_relay_free(NP_CONTAINER(x->all.next, struct np_relay, node));
    np_free(x);
}

static struct relays *relays_of(struct np_loop *l)
{
    static const char key;
    return np_loop_local(l, &key, relays_new, relays_free);
}

void np_relays_end(struct np_loop *l)
{
    struct relays *x = relays_of(l);
    while (!np_list_empty(&x->all))
        np_relay_free(NP_CONTAINER(x->all.next, struct np_relay, node));
}

/* --- ending --- */

void np_relay_refuse(int fd)
{
    const struct linger at_once = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

static void drop_pipe(struct half *h)
{
    if (h->pipe[0] < 0)
        return;
    close(h->pipe[0]);
    close(h->pipe[1]);
    h->pipe[0] = h->pipe[1] = -1;
    h->held = 0;
}

static void release(struct np_relay *r, bool reset)
{
    np_watch_del(&r->watch_a);
    np_watch_del(&r->watch_b);
    np_timer_stop(&r->timer);
    np_defer_cancel(&r->later);
    np_list_remove(&r->node);
    r->all->n--;
    for (int i = 0; i < 2; i++)
        drop_pipe(&r->half[i]);
    if (reset) {
        np_relay_refuse(r->a);
        np_relay_refuse(r->b);
    } else {
        close(r->a);
        close(r->b);
    }
    np_free(r);
}

void np_relay_free(struct np_relay *r)
{
    if (r != NULL)
        release(r, true);
}

static void end(struct np_relay *r, bool reset)
{
    void (*done)(void *arg) = r->done;
    void *arg = r->arg;
    release(r, reset);
    if (done != NULL)
        done(arg);
}

/* --- moving --- */

static bool have_pipe(struct half *h)
{
    if (h->pipe[0] >= 0)
        return true;
    if (pipe2(h->pipe, O_NONBLOCK | O_CLOEXEC) != 0) {
        h->pipe[0] = h->pipe[1] = -1;
        return false;
    }
    /* As much as the user may have; with less it is only slower. */
    fcntl(h->pipe[1], F_SETPIPE_SZ, NP_RELAY_PIPE_BYTES);
    return true;
}

/* Bytes moved; 0: nothing can be now; -1: it is over. */
static ssize_t pull(struct half *h)
{
    if (h->ended || !h->readable)
        return 0;
    if (!have_pipe(h))
        return -1;
    ssize_t n = splice(h->from, NULL, h->pipe[1], NULL, NP_RELAY_PIPE_BYTES,
                       SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n > 0) {
        h->held += (size_t)n;
        return n;
    }
    if (n == 0) {
        h->ended = true;
        return 0;
    }
    if (errno == EINTR)
        return 1;
    if (errno != EAGAIN)
        return -1;
    /* Either there is nothing to read, or the pipe is full: then reading goes on once it is not. */
    if (h->held == 0)
        h->readable = false;
    return 0;
}

static ssize_t push(struct half *h)
{
    if (h->held == 0 || !h->writable)
        return 0;
    /* Without SPLICE_F_MORE: the kernel would hold the last part of a packet back for 200 ms. */
    ssize_t n = splice(h->pipe[0], NULL, h->to, NULL, h->held, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n > 0) {
        h->held -= (size_t)n;
        return n;
    }
    if (n < 0 && errno == EINTR)
        return 1;
    if (n < 0 && errno != EAGAIN)
        return -1;
    h->writable = false;
    return 0;
}

/* False: both have to end. *more: the turn is over before it is through. */
static bool run_half(struct half *h, bool *moved, bool *more)
{
    for (size_t sum = 0; sum < TURN_BYTES;) {
        ssize_t in = pull(h), out = in < 0 ? -1 : push(h);
        if (out < 0)
            return false;
        if (in == 0 && out == 0) {
            if (h->held == 0)
                drop_pipe(h);
            if (h->ended && h->held == 0 && !h->shut) {
                shutdown(h->to, SHUT_WR);
                h->shut = true;
            }
            return true;
        }
        *moved = true;
        sum += (size_t)out + 1;
    }
    *more = true;
    return true;
}

static void run(void *arg)
{
    struct np_relay *r = arg;
    bool moved = false, more = false;
    np_defer_cancel(&r->later);
    if (!r->connected)
        return;
    if (!run_half(&r->half[0], &moved, &more) || !run_half(&r->half[1], &moved, &more)) {
        end(r, true);
        return;
    }
    if (moved)
        r->since_ms = np_now_ms(r->loop);
    if (r->half[0].shut && r->half[1].shut)
        end(r, false);
    else if (more)
        np_defer(r->loop, &r->later, run, r);
}

/* --- events --- */

static void idle(struct np_timer *t)
{
    struct np_relay *r = NP_CONTAINER(t, struct np_relay, timer);
    uint64_t now = np_now_ms(r->loop), due = r->since_ms + NP_RELAY_IDLE_MS;
    if (r->connected && now < due)
        np_timer_set(r->loop, t, due - now, idle);
    else
        end(r, true);
}

static void is_connected(struct np_relay *r)
{
    r->connected = true;
    r->since_ms = np_now_ms(r->loop);
    np_timer_set(r->loop, &r->timer, NP_RELAY_IDLE_MS, idle);
}

static bool has_failed(int fd)
{
    int e = 0;
    socklen_t n = sizeof(e);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0 || e != 0;
}

static void note(struct half *reads, struct half *writes, unsigned events)
{
    if (events & (NP_READABLE | NP_HANGUP | NP_READ_CLOSED))
        reads->readable = true;
    if (events & (NP_WRITABLE | NP_HANGUP))
        writes->writable = true;
}

static void on_a(struct np_watch *w, unsigned events)
{
    struct np_relay *r = NP_CONTAINER(w, struct np_relay, watch_a);
    note(&r->half[0], &r->half[1], events);
    if (!r->connected && (events & NP_HANGUP)) { /* who asked has left */
        end(r, true);
        return;
    }
    run(r);
}

static void on_b(struct np_watch *w, unsigned events)
{
    struct np_relay *r = NP_CONTAINER(w, struct np_relay, watch_b);
    if (!r->connected && has_failed(r->b)) {
        end(r, true);
        return;
    }
    note(&r->half[1], &r->half[0], events);
    if (!r->connected && (events & NP_WRITABLE))
        is_connected(r);
    run(r);
}

static void prepare(int fd)
{
    static const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int np_relay_new(struct np_loop *l, int a, int b, void (*done)(void *arg), void *arg,
                 struct np_relay **out, struct np_err *err)
{
    struct relays *all = relays_of(l);
    if (all->n >= NP_RELAY_PAIRS_MAX) {
        np_relay_refuse(a);
        np_relay_refuse(b);
        return np_err(err, NP_EAGAIN, "more than %d connections are relayed", NP_RELAY_PAIRS_MAX);
    }
    struct np_relay *r = np_heap_new(struct np_relay);
    *r = (struct np_relay){.loop = l, .all = all, .a = a, .b = b, .done = done, .arg = arg};
    r->half[0] = (struct half){.from = a, .to = b, .pipe = {-1, -1}};
    r->half[1] = (struct half){.from = b, .to = a, .pipe = {-1, -1}};
    np_list_append(&all->all, &r->node);
    all->n++;
    prepare(a);
    prepare(b);
    np_timer_set(l, &r->timer, NP_RELAY_DIAL_MS, idle);
    int rc = np_watch_add(l, &r->watch_a, a, NP_READABLE | NP_WRITABLE, on_a, err);
    if (rc == 0)
        rc = np_watch_add(l, &r->watch_b, b, NP_READABLE | NP_WRITABLE, on_b, err);
    if (rc != 0)
        release(r, true);
    else if (out != NULL)
        *out = r;
    return rc;
}
