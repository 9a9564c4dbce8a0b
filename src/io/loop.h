/* SPDX-License-Identifier: Apache-2.0 */
/* loop.h - the event loop: one a thread, edge-triggered epoll, timers, messages from other threads.
 *
 * Threads: everything here belongs to the loop's own thread, except np_loop_post() and
 *          np_loop_stop(). Callbacks run on the loop's thread, never from inside the call that
 *          asked for them.
 * Blocking: nothing on a loop blocks; what does is a job (io/job.h).
 */
#pragma once

#include "base/err.h"
#include "base/list.h"

struct np_loop;

int np_loop_new(struct np_loop **out, struct np_err *err);
void np_loop_free(struct np_loop *l);
void np_loop_run(struct np_loop *l); /* until np_loop_stop() */
void np_loop_stop(struct np_loop *l);
/* Runs one turn, waiting at most timeout_ms (-1: until something happens). For tests. */
void np_loop_turn(struct np_loop *l, int timeout_ms);
struct np_loop *np_loop_current(void); /* the loop running on this thread or NULL */
/* One slot for the owner of the thread (a worker's context). */
void np_loop_set_owner(struct np_loop *l, void *owner);
void *np_loop_owner(const struct np_loop *l);
/* The loop's object of that key (an address): made at the first call, freed with the loop. */
void *np_loop_local(struct np_loop *l, const void *key, void *(*make)(struct np_loop *l),
                    void (*free_it)(void *p));

/* Milliseconds, read once a turn. */
uint64_t np_now_ms(const struct np_loop *l);   /* monotonic */
int64_t np_wall_ms(const struct np_loop *l);   /* wall clock: signatures, TLS */
int64_t np_region_ms(const struct np_loop *l); /* region clock: all service logic, see io/clock.h */

/* A message: embedded in the sender's object, which stays alive until fn has run. */
struct np_msg {
    struct np_msg *next;
    void (*fn)(struct np_msg *m);
};
void np_loop_post(struct np_loop *to, struct np_msg *m); /* any thread; order per sender kept */
/* What others still owe the loop: who asks for work elsewhere whose end is a message here says +1,
 * and -1 once that has run. A loop that is stopped before leaves behind what the message would have
 * freed. Any thread. */
void np_loop_owe(struct np_loop *l, int by);
bool np_loop_is_owed(const struct np_loop *l);

/* Runs fn(arg) at the end of this turn or the next; the object must outlive it or cancel. */
struct np_defer {
    struct np_node node;
    void (*fn)(void *arg);
    void *arg;
};
void np_defer(struct np_loop *l, struct np_defer *d, void (*fn)(void *arg), void *arg);
void np_defer_cancel(struct np_defer *d);

/* NP_HANGUP: both directions closed, or an error; comes with NP_READABLE: what is left can be read.
 * NP_READ_CLOSED: the peer ended its sending side; what it sent before can still be read. */
enum np_events { NP_READABLE = 1, NP_WRITABLE = 2, NP_HANGUP = 4, NP_READ_CLOSED = 8 };

/* Zero-fill before first use. Edge-triggered: read and write until EAGAIN. */
struct np_watch {
    int fd;
    void (*fn)(struct np_watch *w, unsigned events);
    struct np_loop *loop; /* NULL: not watched */
};
int np_watch_add(struct np_loop *l, struct np_watch *w, int fd, unsigned events,
                 void (*fn)(struct np_watch *w, unsigned events), struct np_err *err);
void np_watch_del(struct np_watch *w); /* does not close fd; pending events are dropped */

struct np_timer {
    struct np_loop *loop; /* NULL: not armed */
    size_t slot;
    uint64_t due_ms;
    void (*fn)(struct np_timer *t);
};
void np_timer_set(struct np_loop *l, struct np_timer *t, uint64_t delay_ms,
                  void (*fn)(struct np_timer *t));
void np_timer_stop(struct np_timer *t); /* fine when not armed */
