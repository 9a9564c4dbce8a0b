/* SPDX-License-Identifier: Apache-2.0 */
/* rcu.h - published data read without a lock (liburcu, QSBR).
 *
 * A loop's thread is a registered reader, online while it runs callbacks and offline while it
 * waits. A pointer read with np_rcu_get() is valid until the callback returns to the loop. Threads
 * without a loop call np_rcu_thread_begin/_end and np_rcu_quiet(). Between two np_loop_turn() a
 * thread is offline, unless it called np_rcu_thread_begin() itself; then it has to be quiet or
 * gone in time, or nothing is ever freed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

void np_rcu_thread_begin(void); /* more than once is fine */
void np_rcu_thread_end(void);
void np_rcu_quiet(void); /* this thread holds nothing now */
/* Registered, but holding nothing until online again: around anything that waits. */
void np_rcu_offline(void);
void np_rcu_online(void);
bool np_rcu_is_online(void);

#define np_rcu_get(pp)    __atomic_load_n((pp), __ATOMIC_CONSUME)
#define np_rcu_set(pp, v) __atomic_store_n((pp), (v), __ATOMIC_RELEASE)

/* Calls fn(p), on a thread of its own, after every reader has passed a quiet state. Registers the
 * calling thread if need be. */
void np_rcu_retire(void *p, void (*fn)(void *p));

/* What a change replaces can be seen until the new root is set: it is gathered here, and retired
 * after that. Zeroed at first; of one thread. */
struct np_rcu_batch {
    struct np_rcu_item {
        void *p;
        void (*fn)(void *p);
    } * v;
    size_t n, room;
};
/* np_pmap_ops.retire, with the batch as its arg. */
void np_rcu_later(void *batch, void *p, void (*fn)(void *p));
void np_rcu_batch_retire(struct np_rcu_batch *b); /* the new roots are set; it is empty again */
void np_rcu_batch_fini(struct np_rcu_batch *b);   /* the same, and its memory goes */

void np_rcu_barrier(void); /* waits until everything retired so far is freed */
