/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c - the index: keys to objects in memory and to fetches under way. */
#include "engines/edge/cache.h"

#include <pthread.h>

#include "base/arena.h"
#include "engines/edge/fifo.h"
#include "engines/edge/fill.h"

#define FIRST_SLOTS 16

struct entry {
    struct entry *next;
    struct edge_fifo_item item; /* in a queue while there is an object */
    struct edge_object *object;
    struct edge_fill *fill;
    uint32_t key_n;
    char key[];
};

struct shard {
    pthread_mutex_t lock;
    struct {
        struct entry **slots;
        size_t n_slots, n;
    } locked;
    char apart[64]; /* from the next one's line of the processor's cache */
};

struct edge_cache {
    pthread_mutex_t lock; /* of the queues; before a shard's */
    struct {
        struct edge_fifo fifo;
        uint64_t objects, evicted;
    } locked;
    struct shard shards[NP_EDGE_SHARDS];
};

struct edge_cache *edge_cache_new(uint64_t memory_bytes)
{
    struct edge_cache *c = np_heap_new(struct edge_cache);
    pthread_mutex_init(&c->lock, NULL);
    edge_fifo_init(&c->locked.fifo, memory_bytes);
    for (size_t i = 0; i < NP_EDGE_SHARDS; i++) {
        struct shard *s = &c->shards[i];
        pthread_mutex_init(&s->lock, NULL);
        s->locked.n_slots = FIRST_SLOTS;
        s->locked.slots = np_heap_alloc(FIRST_SLOTS * sizeof(struct entry *));
    }
    return c;
}

static void entry_free(struct entry *e)
{
    edge_object_unref(e->object);
    if (e->fill != NULL)
        edge_fill_unref(e->fill);
    np_free(e);
}

void edge_cache_free(struct edge_cache *c)
{
    for (size_t i = 0; i < NP_EDGE_SHARDS; i++) {
        struct shard *s = &c->shards[i];
        for (size_t j = 0; j < s->locked.n_slots; j++)
            for (struct entry *e = s->locked.slots[j], *next; e != NULL; e = next) {
                next = e->next;
                entry_free(e);
            }
        np_free(s->locked.slots);
        pthread_mutex_destroy(&s->lock);
    }
    pthread_mutex_destroy(&c->lock);
    np_free(c);
}

/* --- a shard, locked --- */

static struct shard *shard_of(struct edge_cache *c, uint64_t hash)
{
    return &c->shards[(hash >> 32) % NP_EDGE_SHARDS];
}

static struct entry **slot_of(struct shard *s, uint64_t hash)
{
    return &s->locked.slots[hash & (s->locked.n_slots - 1)];
}

static struct entry *find(struct shard *s, const struct edge_key *k)
{
    for (struct entry *e = *slot_of(s, k->hash); e != NULL; e = e->next)
        if (e->item.hash == k->hash && np_str_eq(np_str_n(e->key, e->key_n), k->text))
            return e;
    return NULL;
}

static void grow(struct shard *s)
{
    struct entry **old = s->locked.slots;
    size_t n = s->locked.n_slots;
    s->locked.n_slots *= 2;
    s->locked.slots = np_heap_alloc(s->locked.n_slots * sizeof(*old));
    for (size_t i = 0; i < n; i++)
        for (struct entry *e = old[i], *next; e != NULL; e = next) {
            struct entry **slot = slot_of(s, e->item.hash);
            next = e->next;
            e->next = *slot;
            *slot = e;
        }
    np_free(old);
}

static struct entry *add(struct shard *s, const struct edge_key *k)
{
    struct entry *e = np_heap_alloc(sizeof(*e) + k->text.n);
    e->item.hash = k->hash;
    e->key_n = (uint32_t)k->text.n;
    memcpy(e->key, k->text.p, k->text.n);
    if (s->locked.n >= s->locked.n_slots)
        grow(s);
    struct entry **slot = slot_of(s, k->hash);
    e->next = *slot;
    *slot = e;
    s->locked.n++;
    return e;
}

/* Frees the entry once it holds nothing. */
static void sweep(struct shard *s, struct entry *e)
{
    if (e->object != NULL || e->fill != NULL)
        return;
    struct entry **at = slot_of(s, e->item.hash);
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    s->locked.n--;
    entry_free(e);
}

/* --- looking --- */

struct edge_object *edge_cache_find(struct edge_cache *c, const struct edge_key *k)
{
    struct shard *s = shard_of(c, k->hash);
    struct edge_object *o = NULL;
    pthread_mutex_lock(&s->lock);
    struct entry *e = find(s, k);
    if (e != NULL && e->object != NULL) {
        o = e->object;
        edge_object_ref(o);
        edge_fifo_use(&e->item);
    }
    pthread_mutex_unlock(&s->lock);
    return o;
}

struct edge_fill *edge_cache_join(struct edge_cache *c, const struct edge_key *k,
                                  struct edge_fill *fresh, struct edge_object **object)
{
    struct shard *s = shard_of(c, k->hash);
    pthread_mutex_lock(&s->lock);
    struct entry *e = find(s, k);
    if (e == NULL)
        e = add(s, k);
    struct edge_fill *there = e->fill;
    if (there == NULL)
        e->fill = fresh;
    edge_fill_ref(there != NULL ? there : fresh);
    *object = e->object;
    if (e->object != NULL)
        edge_object_ref(e->object);
    pthread_mutex_unlock(&s->lock);
    return there;
}

bool edge_cache_supersede(struct edge_cache *c, const struct edge_key *k,
                          const struct edge_fill *old, struct edge_fill *fresh)
{
    struct shard *s = shard_of(c, k->hash);
    struct edge_fill *was = NULL;
    pthread_mutex_lock(&s->lock);
    struct entry *e = find(s, k);
    if (e != NULL && e->fill == old) {
        was = e->fill;
        e->fill = fresh;
        edge_fill_ref(fresh);
    }
    pthread_mutex_unlock(&s->lock);
    if (was != NULL)
        edge_fill_unref(was);
    return was != NULL;
}

/* --- changing; the queues are locked --- */

static uint64_t size_of(const struct entry *e)
{
    return sizeof(*e) + e->key_n + edge_object_memory(e->object);
}

/* The object leaves; the entry with it, unless a fetch is under way. */
static void leave(struct edge_cache *c, struct entry *e)
{
    struct shard *s = shard_of(c, e->item.hash);
    pthread_mutex_lock(&s->lock);
    struct edge_object *o = e->object;
    e->object = NULL;
    c->locked.objects--;
    sweep(s, e);
    pthread_mutex_unlock(&s->lock);
    edge_object_unref(o);
}

static void make_room(struct edge_cache *c)
{
    struct edge_fifo_item *i;
    while ((i = edge_fifo_evict(&c->locked.fifo)) != NULL) {
        c->locked.evicted++;
        leave(c, NP_CONTAINER(i, struct entry, item));
    }
}

/* What the entry held before goes to *old_object and *old_fill. NULL: there is nothing to queue. */
static struct entry *replace(struct edge_cache *c, const struct edge_key *k, struct edge_fill *fill,
                             struct edge_object *o, struct edge_object **old_object,
                             struct edge_fill **old_fill)
{
    struct shard *s = shard_of(c, k->hash);
    pthread_mutex_lock(&s->lock);
    struct entry *e = find(s, k);
    if (e == NULL && o != NULL && fill == NULL)
        e = add(s, k);
    if (e != NULL && (fill == NULL || e->fill == fill)) {
        if (fill != NULL) {
            *old_fill = fill;
            e->fill = NULL;
        }
        if (o != NULL) {
            *old_object = e->object;
            e->object = o;
            edge_object_ref(o);
        } else {
            bool keeps = e->object != NULL;
            sweep(s, e);
            e = keeps ? e : NULL;
        }
    } else {
        e = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    return o != NULL ? e : NULL;
}

void edge_cache_put(struct edge_cache *c, const struct edge_key *k, struct edge_fill *fill,
                    struct edge_object *o)
{
    struct edge_object *old_object = NULL;
    struct edge_fill *old_fill = NULL;
    pthread_mutex_lock(&c->lock);
    struct entry *e = replace(c, k, fill, o, &old_object, &old_fill);
    if (e != NULL && old_object != NULL) {
        edge_fifo_resize(&c->locked.fifo, &e->item, size_of(e));
    } else if (e != NULL) {
        c->locked.objects++;
        e->item.size = size_of(e);
        edge_fifo_add(&c->locked.fifo, &e->item);
    }
    make_room(c);
    pthread_mutex_unlock(&c->lock);
    edge_object_unref(old_object);
    if (old_fill != NULL)
        edge_fill_unref(old_fill);
}

void edge_cache_drop(struct edge_cache *c, const struct edge_key *k, const struct edge_object *o)
{
    pthread_mutex_lock(&c->lock);
    struct shard *s = shard_of(c, k->hash);
    pthread_mutex_lock(&s->lock);
    struct entry *e = find(s, k);
    bool is_it = e != NULL && e->object == o;
    pthread_mutex_unlock(&s->lock);
    /* With an object and under the queues' lock it cannot go away. */
    if (is_it) {
        edge_fifo_remove(&c->locked.fifo, &e->item);
        leave(c, e);
    }
    pthread_mutex_unlock(&c->lock);
}

void edge_cache_count(struct edge_cache *c, struct edge_cache_count *out)
{
    pthread_mutex_lock(&c->lock);
    *out = (struct edge_cache_count){.objects = c->locked.objects,
                                     .bytes = edge_fifo_bytes(&c->locked.fifo),
                                     .evicted = c->locked.evicted};
    pthread_mutex_unlock(&c->lock);
}
