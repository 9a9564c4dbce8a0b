/* SPDX-License-Identifier: Apache-2.0 */
/* invalidation.h - what a distribution's owner has called back.
 *
 * A pattern has a moment (edge_tick()); an object is gone if a pattern younger than its fetch
 * matches its URL. An object remembers up to which moment it has been looked at, so a hit compares
 * two numbers.
 * Threads: one adds; any reads, under RCU. */
#pragma once

#include "base/str.h"

struct edge_inval_list;
struct edge_invalidations {
    uint64_t last;                /* the youngest pattern's moment; atomic */
    struct edge_inval_list *list; /* RCU */
};

void edge_inval_add(struct edge_invalidations *v, uint64_t at, const struct np_str *patterns,
                    size_t n);
void edge_inval_fini(struct edge_invalidations *v);
/* True when a pattern younger than `since` matches. */
bool edge_inval_hits(const struct edge_invalidations *v, uint64_t since, struct np_str url);
/* Still valid; *seq, an object's, moves on when it has been looked at. */
static inline bool edge_inval_ok(const struct edge_invalidations *v, uint64_t *seq,
                                 struct np_str url)
{
    uint64_t last = __atomic_load_n(&v->last, __ATOMIC_ACQUIRE);
    uint64_t since = __atomic_load_n(seq, __ATOMIC_RELAXED);
    if (__builtin_expect(since >= last, 1))
        return true;
    if (edge_inval_hits(v, since, url))
        return false;
    __atomic_store_n(seq, last, __ATOMIC_RELAXED);
    return true;
}
