/* SPDX-License-Identifier: Apache-2.0 */
/* loop_test.c - turns of the event loop: watches, timers, deferred calls, messages. */
#include "test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "io/clock.h"
#include "io/loop.h"

static struct np_loop *new_loop(void)
{
    struct np_loop *l;
    struct np_err err = {0};
    NP_CHECK(np_loop_new(&l, &err) == 0, "%s", err.text);
    return l;
}

/* --- timers --- */

static char fired[64];
static size_t n_fired;

struct named_timer {
    struct np_timer t;
    char name;
};

static void note(struct np_timer *t)
{
    fired[n_fired++] = NP_CONTAINER(t, struct named_timer, t)->name;
    fired[n_fired] = '\0';
}

static void note_again_at_once(struct np_timer *t)
{
    note(t);
    np_timer_set(np_loop_current(), t, 0, note);
}

NP_TEST(timers_run_by_due_time_and_then_by_order_of_setting)
{
    struct np_loop *l = new_loop();
    struct named_timer a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'}, d = {.name = 'd'};
    struct named_timer last = {.name = '.'};
    n_fired = 0;
    np_timer_set(l, &last.t, 20, note);
    np_timer_set(l, &d.t, 5, note);
    np_timer_set(l, &b.t, 0, note);
    np_timer_set(l, &c.t, 0, note);
    np_timer_set(l, &a.t, 1000000, note);
    np_timer_set(l, &d.t, 8, note); /* set anew: the last setting counts */
    np_timer_stop(&a.t);
    np_timer_stop(&a.t);
    uint64_t start = np_clock_monotonic_ms();
    while (last.t.loop != NULL)
        np_loop_turn(l, -1);
    NP_CHECK_STR(np_str_of(fired), NP_STR("bcd."));
    NP_CHECK(np_clock_monotonic_ms() - start >= 19, "it waits for the due time");
    np_loop_free(l);
}

NP_TEST(timer_set_from_a_timer_waits_for_the_next_turn)
{
    struct np_loop *l = new_loop();
    struct named_timer a = {.name = 'a'};
    n_fired = 0;
    np_timer_set(l, &a.t, 0, note_again_at_once);
    np_loop_turn(l, -1);
    NP_CHECK(n_fired == 1);
    np_loop_turn(l, -1);
    NP_CHECK(n_fired == 2);
    np_loop_free(l);
}

struct counted_timer {
    struct np_timer t;
    uint64_t *last_due;
    size_t *n;
};

static void check_order(struct np_timer *t)
{
    struct counted_timer *c = NP_CONTAINER(t, struct counted_timer, t);
    NP_CHECK(*c->last_due <= t->due_ms);
    *c->last_due = t->due_ms;
    ++*c->n;
}

NP_TEST(ten_thousand_timers_keep_their_order)
{
    enum { N = 10000 };
    struct np_loop *l = new_loop();
    struct counted_timer *t = np_heap_alloc(N * sizeof(*t));
    uint64_t last_due = 0, seed = 42;
    size_t n = 0;
    for (int i = 0; i < N; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        t[i].last_due = &last_due;
        t[i].n = &n;
        np_timer_set(l, &t[i].t, (seed >> 33) % 30, check_order);
    }
    for (int i = 0; i < N; i += 3)
        np_timer_stop(&t[i].t);
    size_t want = N - (N + 2) / 3;
    while (n < want)
        np_loop_turn(l, -1);
    NP_CHECK(n == want);
    np_loop_turn(l, 0);
    NP_CHECK(n == want, "stopped timers do not run");
    np_free(t);
    np_loop_free(l);
}

/* --- watches --- */

struct reader {
    struct np_watch w;
    unsigned events;
    int calls;
    struct reader *other; /* to remove when called */
};

static void on_reader(struct np_watch *w, unsigned events)
{
    struct reader *r = NP_CONTAINER(w, struct reader, w);
    r->events |= events;
    r->calls++;
    if (r->other != NULL)
        np_watch_del(&r->other->w);
}

NP_TEST(watch_is_edge_triggered_and_tells_of_hangup)
{
    struct np_loop *l = new_loop();
    int p[2];
    NP_CHECK(pipe(p) == 0);
    struct reader r = {0};
    NP_CHECK(np_watch_add(l, &r.w, p[0], NP_READABLE, on_reader, NULL) == 0);
    np_loop_turn(l, 0);
    NP_CHECK(r.calls == 0);
    NP_CHECK(write(p[1], "x", 1) == 1);
    np_loop_turn(l, -1);
    NP_CHECK(r.calls == 1 && r.events == NP_READABLE);
    np_loop_turn(l, 0);
    NP_CHECK(r.calls == 1, "no second call for the same byte");
    close(p[1]);
    np_loop_turn(l, -1);
    NP_CHECK(r.calls == 2 && r.events == (NP_READABLE | NP_HANGUP));
    np_watch_del(&r.w);
    np_watch_del(&r.w);
    close(p[0]);
    np_loop_free(l);
}

NP_TEST(removed_watch_gets_no_pending_event)
{
    struct np_loop *l = new_loop();
    int p[2], q[2];
    NP_CHECK(pipe(p) == 0 && pipe(q) == 0);
    struct reader a = {0}, b = {0};
    a.other = &b;
    b.other = &a;
    NP_CHECK(np_watch_add(l, &a.w, p[0], NP_READABLE, on_reader, NULL) == 0);
    NP_CHECK(np_watch_add(l, &b.w, q[0], NP_READABLE, on_reader, NULL) == 0);
    NP_CHECK(write(p[1], "x", 1) == 1 && write(q[1], "x", 1) == 1);
    np_loop_turn(l, -1);
    NP_CHECK(a.calls + b.calls == 1, "whoever came first removed the other");
    np_watch_del(&a.w);
    np_watch_del(&b.w);
    close(p[0]), close(p[1]), close(q[0]), close(q[1]);
    np_loop_free(l);
}

NP_TEST(watching_a_closed_descriptor_fails)
{
    struct np_loop *l = new_loop();
    struct reader r = {0};
    struct np_err err = {0};
    NP_CHECK(np_watch_add(l, &r.w, -1, NP_READABLE, on_reader, &err) < 0);
    NP_CHECK(r.w.loop == NULL && err.n > 0);
    np_loop_free(l);
}

/* --- deferred --- */

struct again {
    struct np_loop *l;
    struct np_defer d, *cancel;
    int calls;
};

static void defer_again(void *arg)
{
    struct again *a = arg;
    a->calls++;
    np_defer(a->l, &a->d, defer_again, a);
    if (a->cancel != NULL)
        np_defer_cancel(a->cancel);
}

NP_TEST(deferred_call_runs_once_a_turn_and_can_be_cancelled)
{
    struct np_loop *l = new_loop();
    struct again a = {.l = l}, b = {.l = l};
    a.cancel = &b.d;
    np_defer(l, &a.d, defer_again, &a);
    np_defer(l, &b.d, defer_again, &b);
    NP_CHECK(a.calls == 0, "never from inside the call");
    np_loop_turn(l, -1);
    NP_CHECK(a.calls == 1 && b.calls == 0);
    np_loop_turn(l, -1);
    NP_CHECK(a.calls == 2);
    np_defer_cancel(&a.d);
    np_loop_turn(l, 0);
    NP_CHECK(a.calls == 2);
    np_loop_free(l);
}

/* --- messages --- */

enum { SENDERS = 3, EACH = 2000 };

struct letter {
    struct np_msg m;
    int sender, number;
    struct mailbox *box;
};
struct mailbox {
    struct np_loop *l;
    int next[SENDERS];
    int n;
};
struct sender {
    struct mailbox *box;
    struct letter letters[EACH];
};

static void receive(struct np_msg *m)
{
    struct letter *p = NP_CONTAINER(m, struct letter, m);
    NP_CHECK(p->number == p->box->next[p->sender]++, "order of one sender");
    NP_CHECK(np_loop_current() == p->box->l);
    if (++p->box->n == SENDERS * EACH)
        np_loop_stop(p->box->l);
}

static void *send_all(void *arg)
{
    struct sender *s = arg;
    for (int i = 0; i < EACH; i++)
        np_loop_post(s->box->l, &s->letters[i].m);
    return NULL;
}

NP_TEST(messages_of_many_threads_arrive_in_order_of_each)
{
    struct mailbox box = {.l = new_loop()};
    struct sender *s = np_heap_alloc(SENDERS * sizeof(*s));
    pthread_t t[SENDERS];
    for (int i = 0; i < SENDERS; i++) {
        s[i].box = &box;
        for (int k = 0; k < EACH; k++)
            s[i].letters[k] = (struct letter){{.fn = receive}, i, k, &box};
        NP_CHECK(pthread_create(&t[i], NULL, send_all, &s[i]) == 0);
    }
    np_loop_run(box.l);
    for (int i = 0; i < SENDERS; i++)
        pthread_join(t[i], NULL);
    NP_CHECK(box.n == SENDERS * EACH);
    NP_CHECK(np_loop_current() == NULL);
    np_free(s);
    np_loop_free(box.l);
}

/* Two loops throw one message to and fro: a lost wake-up would hang. */
struct ball {
    struct np_msg m;
    struct np_loop *side[2];
    int left;
};

static void throw_back(struct np_msg *m)
{
    struct ball *b = NP_CONTAINER(m, struct ball, m);
    if (b->left-- == 0) {
        np_loop_stop(b->side[0]);
        np_loop_stop(b->side[1]);
        return;
    }
    np_loop_post(b->side[np_loop_current() == b->side[0]], m);
}

static void *run_loop(void *arg)
{
    np_loop_run(arg);
    return NULL;
}

NP_TEST(two_loops_never_lose_a_wakeup)
{
    struct ball b = {.m = {.fn = throw_back}, .side = {new_loop(), new_loop()}, .left = 5000};
    pthread_t t;
    NP_CHECK(pthread_create(&t, NULL, run_loop, b.side[1]) == 0);
    np_loop_post(b.side[1], &b.m);
    np_loop_run(b.side[0]);
    pthread_join(t, NULL);
    np_loop_free(b.side[0]);
    np_loop_free(b.side[1]);
}

/* --- clocks --- */

NP_TEST(region_clock_moves_by_what_tests_advance)
{
    struct np_loop *l = new_loop();
    np_loop_turn(l, 0);
    int64_t before = np_region_ms(l);
    np_clock_region_advance(86400000);
    NP_CHECK(np_region_ms(l) == before + 86400000);
    NP_CHECK(np_clock_region_ms() - np_clock_wall_ms() >= 86400000 - 1000);
    np_clock_region_advance(-86400000);
    int local;
    np_loop_set_owner(l, &local);
    NP_CHECK(np_loop_owner(l) == &local);
    np_loop_free(l);
}

static int locals_freed;
static void *make_local(struct np_loop *l)
{
    return np_heap_alloc(1);
}
static void free_local(void *p)
{
    locals_freed++;
    np_free(p);
}

NP_TEST(a_local_is_made_once_for_each_key_and_freed_with_the_loop)
{
    static const char a, b;
    struct np_loop *l = NULL;
    NP_CHECK(np_loop_new(&l, NULL) == 0);
    void *p = np_loop_local(l, &a, make_local, free_local);
    NP_CHECK(np_loop_local(l, &a, make_local, free_local) == p);
    NP_CHECK(np_loop_local(l, &b, make_local, free_local) != p);
    locals_freed = 0;
    np_loop_free(l);
    NP_CHECK(locals_freed == 2);
}

NP_TEST(a_peer_that_ends_its_side_is_told_from_one_that_sends)
{
    struct np_loop *l = new_loop();
    int p[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p) == 0);
    struct reader r = {0};
    NP_CHECK(np_watch_add(l, &r.w, p[0], NP_READABLE, on_reader, NULL) == 0);
    NP_CHECK(write(p[1], "x", 1) == 1);
    np_loop_turn(l, 0);
    NP_CHECK(r.events == NP_READABLE);
    shutdown(p[1], SHUT_WR);
    np_loop_turn(l, 0);
    NP_CHECK(r.events == (NP_READABLE | NP_READ_CLOSED));
    np_watch_del(&r.w);
    close(p[0]);
    close(p[1]);
    np_loop_free(l);
}
