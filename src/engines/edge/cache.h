/* SPDX-License-Identifier: Apache-2.0 */
/* cache.h - the index: keys to objects in memory and to fetches under way, and what has to leave.
 *
 * Threads: any. A shard's lock is held for a look only; the queue's lock comes first where both are
 * needed. Eviction is S3-FIFO: a hit writes one byte, and one pass over many objects that are asked
 * for once leaves those that are in use alone.
 */
#pragma once

#include "engines/edge/object.h"

struct edge_cache;
struct edge_fill;

struct edge_key {
    struct np_str text;
    uint64_t hash;
};

struct edge_cache *edge_cache_new(uint64_t memory_bytes);
void edge_cache_free(struct edge_cache *c); /* no fetch is under way */
/* A reference, or NULL. */
struct edge_object *edge_cache_find(struct edge_cache *c, const struct edge_key *k);
/* The fetch under way for the key, with a reference. If there is none, `fresh` becomes it (the
 * cache takes a reference of its own) and NULL is returned. *object is what there is besides, with
 * a reference, or NULL. */
struct edge_fill *edge_cache_join(struct edge_cache *c, const struct edge_key *k,
                                  struct edge_fill *fresh, struct edge_object **object);
/* The key's fetch is `old` no longer: from now on others join `fresh`. False: it was not `old`. */
bool edge_cache_supersede(struct edge_cache *c, const struct edge_key *k,
                          const struct edge_fill *old, struct edge_fill *fresh);
/* The fetch is over: what it brought (NULL: nothing, what is there stays) is the key's object, if
 * the fetch is still the key's. fill NULL: only the object. */
void edge_cache_put(struct edge_cache *c, const struct edge_key *k, struct edge_fill *fill,
                    struct edge_object *o);
/* Forgets the object, if it is still this one. */
void edge_cache_drop(struct edge_cache *c, const struct edge_key *k, const struct edge_object *o);

struct edge_cache_count {
    uint64_t objects, bytes, evicted;
};
void edge_cache_count(struct edge_cache *c, struct edge_cache_count *out);
