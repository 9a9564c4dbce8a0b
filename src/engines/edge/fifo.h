/* SPDX-License-Identifier: Apache-2.0 */
/* fifo.h - S3-FIFO: which of many things leaves a bounded store.
 *
 * New ones enter a small queue (a tenth of the room). Who was asked for again by its end moves to
 * the main queue, the others leave; their hashes are remembered for a while, and who comes back
 * enters the main queue at once. There, a use since the last round buys another one. A use is one
 * counter, written without the lock of the queues.
 *
 * Threads: one at a time, but for edge_fifo_use(). */
#pragma once

#include "base/list.h"
#include "engines/edge/limits.h"

struct edge_fifo_item {
    struct np_node node; /* next NULL: in no queue */
    uint64_t size, hash;
    uint8_t uses, is_main;
};
struct edge_fifo {
    struct np_node small, main;
    uint64_t small_bytes, main_bytes, most_bytes;
    uint32_t ghosts[NP_EDGE_GHOSTS];
};

void edge_fifo_init(struct edge_fifo *f, uint64_t most_bytes);
void edge_fifo_add(struct edge_fifo *f, struct edge_fifo_item *i); /* size and hash are set */
void edge_fifo_resize(struct edge_fifo *f, struct edge_fifo_item *i, uint64_t size);
void edge_fifo_remove(struct edge_fifo *f, struct edge_fifo_item *i);
/* The next to leave, taken off, while there is more than fits; NULL: all fits. */
struct edge_fifo_item *edge_fifo_evict(struct edge_fifo *f);
static inline uint64_t edge_fifo_bytes(const struct edge_fifo *f)
{
    return f->small_bytes + f->main_bytes;
}
static inline void edge_fifo_use(struct edge_fifo_item *i)
{
    uint8_t n = __atomic_load_n(&i->uses, __ATOMIC_RELAXED);
    if (n < 3)
        __atomic_store_n(&i->uses, (uint8_t)(n + 1), __ATOMIC_RELAXED);
}
