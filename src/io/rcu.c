/* SPDX-License-Identifier: Apache-2.0 */
/* rcu.c - liburcu, flavour QSBR, with its registration made idempotent and safe at thread exit. */
#include "io/rcu.h"

#include <pthread.h>
#include <urcu-qsbr.h>

#include "base/arena.h"
#include "base/assert.h"

/* liburcu is not instrumented, so ThreadSanitizer is told what a grace period orders: all that a
 * reader did before a quiet state happens before the callback. */
#if defined(__SANITIZE_THREAD__)
#define NP_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NP_TSAN 1
#endif
#endif

#ifdef NP_TSAN
void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
static char grace; /* only its address is used */
#define reader_is_quiet() __tsan_release(&grace)
#define grace_is_over()   __tsan_acquire(&grace)
/* The barrier's own bookkeeping, allocated here and freed by the thread of liburcu. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:urcu_qsbr_barrier";
}
#else
#define reader_is_quiet() ((void)0)
#define grace_is_over()   ((void)0)
#endif

struct retired {
    struct rcu_head head;
    void *p;
    void (*fn)(void *p);
};

static __thread bool registered, online;
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;

/* A thread that ended while registered would leave liburcu a pointer into freed thread storage. */
static void unregister_at_exit(void *unused)
{
    (void)unused;
    np_rcu_thread_end();
}

static void make_exit_key(void)
{
    np_assert(pthread_key_create(&exit_key, unregister_at_exit) == 0);
}

void np_rcu_thread_begin(void)
{
    if (registered) {
        np_rcu_online();
        return;
    }
    pthread_once(&exit_once, make_exit_key);
    pthread_setspecific(exit_key, &registered);
    urcu_qsbr_register_thread();
    registered = online = true;
}

void np_rcu_thread_end(void)
{
    if (!registered)
        return;
    reader_is_quiet();
    urcu_qsbr_unregister_thread();
    registered = online = false;
}

void np_rcu_quiet(void)
{
    if (!online)
        return;
    reader_is_quiet();
    urcu_qsbr_quiescent_state();
}

void np_rcu_offline(void)
{
    if (!online)
        return;
    reader_is_quiet();
    urcu_qsbr_thread_offline();
    online = false;
}

void np_rcu_online(void)
{
    np_assert(registered);
    if (online)
        return;
    urcu_qsbr_thread_online();
    online = true;
}

bool np_rcu_is_online(void)
{
    return online;
}

static void free_retired(struct rcu_head *head)
{
    grace_is_over();
    struct retired *r = NP_CONTAINER(head, struct retired, head);
    r->fn(r->p);
    np_free(r);
}

void np_rcu_retire(void *p, void (*fn)(void *p))
{
    if (!registered) {
        np_rcu_thread_begin();
        np_rcu_offline();
    }
    struct retired *r = np_heap_new(struct retired);
    r->p = p;
    r->fn = fn;
    reader_is_quiet(); /* orders our own writes to *r and *p before the callback */
    urcu_qsbr_call_rcu(&r->head, free_retired);
}

void np_rcu_later(void *batch, void *p, void (*fn)(void *p))
{
    struct np_rcu_batch *b = batch;
    if (b->n == b->room) {
        b->room = b->room * 2 + 16;
        b->v = np_heap_realloc(b->v, b->room * sizeof(*b->v));
    }
    b->v[b->n++] = (struct np_rcu_item){p, fn};
}

void np_rcu_batch_retire(struct np_rcu_batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        np_rcu_retire(b->v[i].p, b->v[i].fn);
    b->n = 0;
}

void np_rcu_batch_fini(struct np_rcu_batch *b)
{
    np_rcu_batch_retire(b);
    np_free(b->v);
    *b = (struct np_rcu_batch){0};
}

void np_rcu_barrier(void)
{
    reader_is_quiet();
    urcu_qsbr_barrier();
    grace_is_over();
}
