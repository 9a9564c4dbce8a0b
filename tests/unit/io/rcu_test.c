/* SPDX-License-Identifier: Apache-2.0 */
/* rcu_test.c - what readers hold is not freed. */
#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "io/loop.h"
#include "io/rcu.h"

enum { ALIVE = 0x5ca1ab1e, DEAD = 0x0dead };

struct version {
    unsigned state;
};

static struct version *published;
static atomic_int freed;

static void free_version(void *p)
{
    struct version *v = p;
    v->state = DEAD;
    np_free(v);
    atomic_fetch_add(&freed, 1);
}

static struct version *new_version(void)
{
    struct version *v = np_heap_new(struct version);
    v->state = ALIVE;
    return v;
}

struct reading {
    struct np_loop *l;
    struct np_defer d;
    int reads;
};

static void read_published(void *arg)
{
    struct reading *r = arg;
    const struct version *v = np_rcu_get(&published);
    for (int i = 0; i < 10; i++)
        NP_CHECK(v->state == ALIVE);
    __atomic_add_fetch(&r->reads, 1, __ATOMIC_RELAXED);
    np_defer(r->l, &r->d, read_published, r);
}

static void *run_reader(void *arg)
{
    struct reading *r = arg;
    np_defer(r->l, &r->d, read_published, r);
    np_loop_run(r->l);
    return NULL;
}

NP_TEST(a_loop_may_read_while_another_thread_publishes)
{
    struct reading r = {0};
    NP_CHECK(np_loop_new(&r.l, NULL) == 0);
    published = new_version();
    atomic_store(&freed, 0);
    pthread_t t;
    NP_CHECK(pthread_create(&t, NULL, run_reader, &r) == 0);
    while (__atomic_load_n(&r.reads, __ATOMIC_RELAXED) == 0)
        sched_yield(); /* the reader is at it before the first change */
    np_rcu_thread_begin();
    np_rcu_thread_begin();
    for (int i = 0; i < 300; i++) {
        struct version *old = published;
        np_rcu_set(&published, new_version());
        np_rcu_retire(old, free_version);
        np_rcu_quiet();
    }
    np_rcu_barrier();
    NP_CHECK(atomic_load(&freed) == 300);
    np_rcu_thread_end();
    np_loop_stop(r.l);
    pthread_join(t, NULL);
    NP_CHECK(r.reads > 0);
    np_loop_free(r.l);
    np_free(published);
}

NP_TEST(a_thread_between_turns_does_not_hold_memory_up)
{
    struct np_loop *l;
    NP_CHECK(np_loop_new(&l, NULL) == 0);
    np_rcu_thread_end();
    np_loop_turn(l, 0);
    NP_CHECK(!np_rcu_is_online());
    atomic_store(&freed, 0);
    np_rcu_retire(new_version(), free_version);
    np_rcu_barrier();
    NP_CHECK(atomic_load(&freed) == 1);

    np_rcu_thread_begin();
    np_loop_turn(l, 0);
    NP_CHECK(np_rcu_is_online(), "a thread that began itself stays a reader");
    np_rcu_thread_end();
    np_rcu_thread_end();
    np_loop_free(l);
}
