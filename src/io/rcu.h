/* SPDX-License-Identifier: Apache-2.0 */
/* rcu.h - published data read without a lock (liburcu, QSBR).
 *
 * A loop's thread is a registered reader, online while it runs callbacks and offline while it
 * waits. A pointer read with np_rcu_get() is valid until the callback returns to the loop. Threads
 * without a loop call np_rcu_thread_begin/_end and np_rcu_quiet().
 */
#pragma once

void np_rcu_thread_begin(void);
void np_rcu_thread_end(void);
void np_rcu_quiet(void); /* this thread holds nothing now */

#define np_rcu_get(pp)    __atomic_load_n((pp), __ATOMIC_CONSUME)
#define np_rcu_set(pp, v) __atomic_store_n((pp), (v), __ATOMIC_RELEASE)

/* Calls fn(p) after every reader has passed a quiet state. Any registered thread. */
void np_rcu_retire(void *p, void (*fn)(void *p));
void np_rcu_barrier(void); /* waits until everything retired so far is freed */
