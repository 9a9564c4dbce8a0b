/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c - one turn: wait, watches, messages, timers, deferred calls.
 *
 * The inbox is a lock-free stack that one turn takes whole and reverses. A sender writes to the
 * eventfd only when the inbox was empty and the loop had announced (`asleep`) that it may wait, so
 * a busy loop receives messages without a system call.
 *
 * Timers are a binary heap of {due, order of setting}; a timer knows its slot. Those set while
 * timers run wait for the next turn, so no timer can starve the descriptors.
 */
#include "io/loop.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "io/clock.h"
#include "io/rcu.h"

#define BATCH_MAX 256

struct heap_entry {
    uint64_t due_ms, order;
    struct np_timer *t;
};

/* What a layer above keeps for each loop. */
struct local {
    struct local *next;
    const void *key;
    void *p;
    void (*free_it)(void *p);
};

struct np_loop {
    int epfd, wakefd;
    bool in_turn;
    uint64_t now_ms;
    int64_t wall_ms;
    void *owner;
    struct local *locals;

    struct epoll_event batch[BATCH_MAX];
    int batch_n, batch_at; /* what is left to dispatch: [batch_at, batch_n) */

    struct heap_entry *heap;
    size_t heap_n, heap_cap;
    uint64_t order;

    struct np_node deferred;

    /* Written by other threads: on a line of their own. */
    _Alignas(64) _Atomic(struct np_msg *) inbox;
    atomic_bool asleep, stop;
    atomic_int owed;
};

static __thread struct np_loop *current;

static void read_clocks(struct np_loop *l)
{
    l->now_ms = np_clock_monotonic_ms();
    l->wall_ms = np_clock_wall_ms();
}

int np_loop_new(struct np_loop **out, struct np_err *err)
{
    struct np_loop *l = np_heap_new(struct np_loop);
    l->epfd = epoll_create1(EPOLL_CLOEXEC);
    l->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* The eventfd is edge-triggered and never read: each write is a new edge. */
    struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    if (l->epfd < 0 || l->wakefd < 0 || epoll_ctl(l->epfd, EPOLL_CTL_ADD, l->wakefd, &ev) != 0) {
        int rc = np_err_errno(err, errno, "cannot make an event loop");
        np_loop_free(l);
        return rc;
    }
    np_list_init(&l->deferred);
    read_clocks(l);
    *out = l;
    return 0;
}

static void free_locals(struct np_loop *l)
{
    while (l->locals != NULL) {
        struct local *x = l->locals;
        l->locals = x->next;
        x->free_it(x->p);
        np_free(x);
    }
}

void np_loop_free(struct np_loop *l)
{
    if (l == NULL)
        return;
    np_assert(!l->in_turn);
    free_locals(l);
    if (l->epfd >= 0)
        close(l->epfd);
    if (l->wakefd >= 0)
        close(l->wakefd);
    np_free(l->heap);
    np_free(l);
}

struct np_loop *np_loop_current(void)
{
    return current;
}

void np_loop_set_owner(struct np_loop *l, void *owner)
{
    l->owner = owner;
}

void *np_loop_owner(const struct np_loop *l)
{
    return l->owner;
}

void *np_loop_local(struct np_loop *l, const void *key, void *(*make)(struct np_loop *l),
                    void (*free_it)(void *p))
{
    for (struct local *x = l->locals; x != NULL; x = x->next)
        if (x->key == key)
            return x->p;
    struct local *x = np_heap_new(struct local);
    *x = (struct local){.next = l->locals, .key = key, .p = make(l), .free_it = free_it};
    l->locals = x;
    return x->p;
}

uint64_t np_now_ms(const struct np_loop *l)
{
    return l->now_ms;
}

int64_t np_wall_ms(const struct np_loop *l)
{
    return l->wall_ms;
}

int64_t np_region_ms(const struct np_loop *l)
{
    return l->wall_ms + np_clock_region_offset_ms();
}

/* --- messages --- */

static void wake(struct np_loop *l)
{
    static const uint64_t one = 1;
    /* EAGAIN means that the counter is full after 2^64 writes; any other failure is a bug. */
    ssize_t n = write(l->wakefd, &one, sizeof(one));
    np_assert(n == (ssize_t)sizeof(one) || errno == EAGAIN);
}

void np_loop_post(struct np_loop *to, struct np_msg *m)
{
    struct np_msg *head = atomic_load_explicit(&to->inbox, memory_order_relaxed);
    do {
        m->next = head;
    } while (!atomic_compare_exchange_weak(&to->inbox, &head, m));
    /* Sequentially consistent on both sides: either we see `asleep`, or the loop sees the inbox. */
    if (head == NULL && atomic_load(&to->asleep))
        wake(to);
}

void np_loop_owe(struct np_loop *l, int by)
{
    int before = atomic_fetch_add(&l->owed, by);
    np_assert(before + by >= 0);
}

bool np_loop_is_owed(const struct np_loop *l)
{
    return atomic_load(&l->owed) != 0;
}

static void run_messages(struct np_loop *l)
{
    struct np_msg *m = atomic_load_explicit(&l->inbox, memory_order_relaxed);
    if (m == NULL)
        return;
    m = atomic_exchange_explicit(&l->inbox, NULL, memory_order_acquire);
    struct np_msg *first = NULL;
    while (m != NULL) {
        struct np_msg *next = m->next;
        m->next = first;
        first = m;
        m = next;
    }
    while (first != NULL) {
        m = first;
        first = m->next; /* before fn: it may free or post m again */
        m->fn(m);
    }
}

/* --- deferred calls --- */

void np_defer(struct np_loop *l, struct np_defer *d, void (*fn)(void *arg), void *arg)
{
    np_list_remove(&d->node);
    d->fn = fn;
    d->arg = arg;
    np_list_append(&l->deferred, &d->node);
}

void np_defer_cancel(struct np_defer *d)
{
    np_list_remove(&d->node);
}

static void run_deferred(struct np_loop *l)
{
    if (np_list_empty(&l->deferred))
        return;
    /* A mark in the list: what is deferred from now on is for the next turn. */
    struct np_node mark;
    np_list_append(&l->deferred, &mark);
    for (;;) {
        struct np_node *n = np_list_pop(&l->deferred);
        if (n == &mark)
            return;
        struct np_defer *d = NP_CONTAINER(n, struct np_defer, node);
        d->fn(d->arg);
    }
}

/* --- watches --- */

int np_watch_add(struct np_loop *l, struct np_watch *w, int fd, unsigned events,
                 void (*fn)(struct np_watch *w, unsigned events), struct np_err *err)
{
    np_assert(w->loop == NULL);
    struct epoll_event ev = {.events = EPOLLET, .data.ptr = w};
    if (events & NP_READABLE)
        ev.events |= EPOLLIN | EPOLLRDHUP;
    if (events & NP_WRITABLE)
        ev.events |= EPOLLOUT;
    if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) != 0)
        return np_err_errno(err, errno, "cannot watch descriptor %d", fd);
    w->fd = fd;
    w->fn = fn;
    w->loop = l;
    return 0;
}

void np_watch_del(struct np_watch *w)
{
    struct np_loop *l = w->loop;
    if (l == NULL)
        return;
    w->loop = NULL;
    epoll_ctl(l->epfd, EPOLL_CTL_DEL, w->fd, NULL);
    for (int i = l->batch_at; i < l->batch_n; i++) {
        if (l->batch[i].data.ptr == w)
            l->batch[i].data.ptr = NULL;
    }
}

static unsigned events_of(uint32_t e)
{
    unsigned events = 0;
    if (e & (EPOLLIN | EPOLLRDHUP))
        events |= NP_READABLE;
    if (e & EPOLLRDHUP)
        events |= NP_READ_CLOSED;
    if (e & EPOLLOUT)
        events |= NP_WRITABLE;
    if (e & (EPOLLHUP | EPOLLERR))
        events |= NP_HANGUP | NP_READABLE;
    return events;
}

static void run_watches(struct np_loop *l, int n)
{
    l->batch_n = n;
    for (l->batch_at = 0; l->batch_at < l->batch_n;) {
        const struct epoll_event *ev = &l->batch[l->batch_at++];
        struct np_watch *w = ev->data.ptr;
        if (w != NULL) /* NULL: the wake-up, or removed meanwhile */
            w->fn(w, events_of(ev->events));
    }
    l->batch_n = l->batch_at = 0;
}

/* --- timers --- */

static bool before(const struct heap_entry *a, const struct heap_entry *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

static void heap_put(struct np_loop *l, size_t slot, struct heap_entry e)
{
    l->heap[slot] = e;
    e.t->slot = slot;
}

/* Moves e from `slot` to where it belongs. */
static void heap_settle(struct np_loop *l, size_t slot, struct heap_entry e)
{
    while (slot > 0 && before(&e, &l->heap[(slot - 1) / 2])) {
        heap_put(l, slot, l->heap[(slot - 1) / 2]);
        slot = (slot - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * slot + 1;
        if (child + 1 < l->heap_n && before(&l->heap[child + 1], &l->heap[child]))
            child++;
        if (child >= l->heap_n || !before(&l->heap[child], &e))
            break;
        heap_put(l, slot, l->heap[child]);
        slot = child;
    }
    heap_put(l, slot, e);
}

void np_timer_set(struct np_loop *l, struct np_timer *t, uint64_t delay_ms,
                  void (*fn)(struct np_timer *t))
{
    np_assert(t->loop == NULL || t->loop == l);
    if (!l->in_turn)
        read_clocks(l); /* the last turn may be long ago */
    t->fn = fn;
    if (np_add_overflows(l->now_ms, delay_ms, &t->due_ms))
        t->due_ms = UINT64_MAX;
    if (t->loop == NULL) {
        if (l->heap_n == l->heap_cap) {
            l->heap_cap = l->heap_cap != 0 ? l->heap_cap * 2 : 64;
            l->heap = np_heap_realloc(l->heap, l->heap_cap * sizeof(*l->heap));
        }
        t->loop = l;
        t->slot = l->heap_n++;
    }
    heap_settle(l, t->slot, (struct heap_entry){t->due_ms, l->order++, t});
}

void np_timer_stop(struct np_timer *t)
{
    struct np_loop *l = t->loop;
    if (l == NULL)
        return;
    t->loop = NULL;
    struct heap_entry last = l->heap[--l->heap_n];
    if (last.t != t)
        heap_settle(l, t->slot, last);
}

static void run_timers(struct np_loop *l)
{
    uint64_t limit = l->order;
    while (l->heap_n > 0) {
        struct heap_entry e = l->heap[0];
        if (e.due_ms > l->now_ms || e.order >= limit)
            return;
        np_timer_stop(e.t);
        e.t->fn(e.t);
    }
}

/* --- the turn --- */

/* How long the wait may be: not at all when something is due already. */
static int wait_ms(const struct np_loop *l, int timeout_ms)
{
    if (!np_list_empty(&l->deferred) || atomic_load(&l->inbox) != NULL || atomic_load(&l->stop))
        return 0;
    if (l->heap_n == 0)
        return timeout_ms;
    uint64_t due = l->heap[0].due_ms;
    uint64_t now = np_clock_monotonic_ms();
    if (due <= now)
        return 0;
    if (timeout_ms >= 0 && due - now > (uint64_t)timeout_ms)
        return timeout_ms;
    return due - now > INT32_MAX ? INT32_MAX : (int)(due - now);
}

static int wait_for_events(struct np_loop *l, int timeout_ms)
{
    atomic_store(&l->asleep, true);
    int n = epoll_wait(l->epfd, l->batch, BATCH_MAX, wait_ms(l, timeout_ms));
    np_assert(n >= 0 || errno == EINTR);
    atomic_store_explicit(&l->asleep, false, memory_order_relaxed);
    return n > 0 ? n : 0;
}

/* The thread is registered, and offline. */
static void turn(struct np_loop *l, int timeout_ms)
{
    int n = wait_for_events(l, timeout_ms);
    np_rcu_online();
    l->in_turn = true;
    read_clocks(l);
    run_watches(l, n);
    run_messages(l);
    run_timers(l);
    run_deferred(l);
    l->in_turn = false;
    np_rcu_offline(); /* which is a quiet state */
}

void np_loop_turn(struct np_loop *l, int timeout_ms)
{
    np_assert(!l->in_turn);
    struct np_loop *outer = current;
    bool was_online = np_rcu_is_online();
    if (!was_online)
        np_rcu_thread_begin();
    np_rcu_offline();
    current = l;
    turn(l, timeout_ms);
    current = outer;
    if (was_online)
        np_rcu_online();
}

void np_loop_run(struct np_loop *l)
{
    np_assert(!l->in_turn && current == NULL);
    bool was_online = np_rcu_is_online();
    if (!was_online)
        np_rcu_thread_begin();
    np_rcu_offline();
    current = l;
    while (!atomic_load_explicit(&l->stop, memory_order_acquire))
        turn(l, -1);
    atomic_store(&l->stop, false);
    current = NULL;
    if (was_online)
        np_rcu_online();
}

void np_loop_stop(struct np_loop *l)
{
    atomic_store(&l->stop, true);
    wake(l);
}
