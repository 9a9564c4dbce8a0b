/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - names to items, extendible hashing with path copying. */
#include "engines/dns/table.h"

#include "base/arena.h"
#include "base/assert.h"

#define CAP_MIN   4
#define CAP_MAX   256
#define DEPTH_MAX 24

struct chunk {
    uint32_t made;
    uint16_t n, cap; /* cap: a power of two; at most three quarters are taken */
    uint8_t depth;   /* bits of the hash that all its items share */
    struct dns_item *slots[];
    /* then cap tags: 0 is an empty slot */
};

struct dns_dir {
    uint32_t made;
    uint8_t depth;
    struct chunk *chunks[]; /* 1 << depth; a chunk of less depth stands here more than once */
};

static uint16_t *tags_of(const struct chunk *c)
{
    return (uint16_t *)(uintptr_t)&c->slots[c->cap];
}

static uint16_t tag_of(uint64_t hash)
{
    return (uint16_t)(hash | 0x8000);
}

static size_t dir_index(const struct dns_dir *d, uint64_t hash)
{
    return d->depth == 0 ? 0 : hash >> (64 - d->depth);
}

static uint64_t hash_of(const uint8_t *name, size_t n)
{
    return np_hash(np_str_n(name, n));
}

void dns_drop(struct dns_made *m, uint32_t made, void *p, void (*fn)(void *p))
{
    if (made == m->number)
        fn(p);
    else
        np_rcu_later(&m->retired, p, fn);
}

/* --- chunks --- */

static struct chunk *chunk_new(const struct dns_made *m, size_t cap, uint8_t depth)
{
    struct chunk *c = np_heap_alloc(sizeof(*c) + cap * (sizeof(c->slots[0]) + sizeof(uint16_t)));
    c->made = m->number;
    c->cap = (uint16_t)cap;
    c->depth = depth;
    return c;
}

/* The slot of the name, or the empty one where it would go. */
static size_t chunk_find(const struct chunk *c, uint16_t tag, const uint8_t *name, size_t n)
{
    const uint16_t *tags = tags_of(c);
    size_t i = tag & (c->cap - 1u);
    while (tags[i] != 0) {
        const struct dns_item *item = c->slots[i];
        if (tags[i] == tag && item->name_n == (uint8_t)n && memcmp(item->name, name, n) == 0)
            break;
        i = (i + 1) & (c->cap - 1u);
    }
    return i;
}

static void chunk_add(struct chunk *c, uint16_t tag, struct dns_item *item)
{
    uint16_t *tags = tags_of(c);
    size_t i = tag & (c->cap - 1u);
    while (tags[i] != 0)
        i = (i + 1) & (c->cap - 1u);
    tags[i] = tag;
    c->slots[i] = item;
    c->n++;
}

/* What stood behind a slot that is now empty moves up if it was pushed there. */
static void chunk_remove(struct chunk *c, size_t hole)
{
    uint16_t *tags = tags_of(c);
    size_t mask = c->cap - 1u;
    for (size_t i = (hole + 1) & mask; tags[i] != 0; i = (i + 1) & mask) {
        size_t home = tags[i] & mask;
        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        tags[hole] = tags[i];
        c->slots[hole] = c->slots[i];
        hole = i;
    }
    tags[hole] = 0;
    c->slots[hole] = NULL;
    c->n--;
}

static struct chunk *chunk_copy(const struct dns_made *m, const struct chunk *c, size_t cap)
{
    struct chunk *copy = chunk_new(m, cap, c->depth);
    const uint16_t *tags = tags_of(c);
    for (size_t i = 0; i < c->cap; i++)
        if (tags[i] != 0)
            chunk_add(copy, tags[i], c->slots[i]);
    return copy;
}

/* --- the directory --- */

static struct dns_dir *dir_new(const struct dns_made *m, uint8_t depth)
{
    struct dns_dir *d = np_heap_alloc(sizeof(*d) + ((size_t)1 << depth) * sizeof(d->chunks[0]));
    d->made = m->number;
    d->depth = depth;
    return d;
}

/* A directory that this change may write. */
static struct dns_dir *own_dir(struct dns_table *t, struct dns_made *m)
{
    struct dns_dir *old = t->dir;
    if (old == NULL) {
        t->dir = dir_new(m, 0);
        t->dir->chunks[0] = chunk_new(m, CAP_MIN, 0);
        return t->dir;
    }
    if (old->made == m->number)
        return old;
    t->dir = dir_new(m, old->depth);
    memcpy(t->dir->chunks, old->chunks, ((size_t)1 << old->depth) * sizeof(old->chunks[0]));
    dns_drop(m, old->made, old, np_free);
    return t->dir;
}

static void dir_double(struct dns_table *t, struct dns_made *m)
{
    struct dns_dir *old = t->dir;
    np_assert(old->depth < DEPTH_MAX);
    struct dns_dir *d = dir_new(m, (uint8_t)(old->depth + 1));
    for (size_t i = 0; i < (size_t)1 << d->depth; i++)
        d->chunks[i] = old->chunks[i / 2];
    dns_drop(m, old->made, old, np_free);
    t->dir = d;
}

/* All places of a chunk, which are side by side, from `first` on: half of them, or all. */
static void dir_set(struct dns_dir *d, size_t first, size_t n, struct chunk *c)
{
    for (size_t i = 0; i < n; i++)
        d->chunks[first + i] = c;
}

static size_t places_of(const struct dns_dir *d, const struct chunk *c, uint64_t hash,
                        size_t *first)
{
    size_t n = (size_t)1 << (d->depth - c->depth);
    *first = dir_index(d, hash) & ~(n - 1);
    return n;
}

static void replace_chunk(struct dns_table *t, struct dns_made *m, uint64_t hash, struct chunk *old,
                          struct chunk *c)
{
    size_t first, n = places_of(t->dir, old, hash, &first);
    dir_set(t->dir, first, n, c);
    dns_drop(m, old->made, old, np_free);
}

static void split_chunk(struct dns_table *t, struct dns_made *m, uint64_t hash, struct chunk *old)
{
    if (old->depth == t->dir->depth)
        dir_double(t, m);
    struct chunk *half[2];
    uint8_t depth = (uint8_t)(old->depth + 1);
    for (unsigned i = 0; i < 2; i++)
        half[i] = chunk_new(m, CAP_MAX, depth);
    const uint16_t *tags = tags_of(old);
    for (size_t i = 0; i < old->cap; i++)
        if (tags[i] != 0) {
            const struct dns_item *item = old->slots[i];
            uint64_t h = hash_of(item->name, item->name_n);
            chunk_add(half[h >> (64 - depth) & 1], tags[i], old->slots[i]);
        }
    size_t first, n = places_of(t->dir, old, hash, &first);
    dir_set(t->dir, first, n / 2, half[0]);
    dir_set(t->dir, first + n / 2, n / 2, half[1]);
    dns_drop(m, old->made, old, np_free);
}

/* The chunk of the hash, that this change may write, with room for one more. */
static struct chunk *own_chunk(struct dns_table *t, struct dns_made *m, uint64_t hash, bool room)
{
    struct dns_dir *d = own_dir(t, m);
    for (;;) {
        struct chunk *c = d->chunks[dir_index(d, hash)];
        bool tight = room && (c->n + 1u) * 4 > c->cap * 3u;
        if (!tight && c->made == m->number)
            return c;
        if (!tight || c->cap < CAP_MAX) {
            struct chunk *copy = chunk_copy(m, c, tight ? c->cap * 2u : c->cap);
            replace_chunk(t, m, hash, c, copy);
            return copy;
        }
        split_chunk(t, m, hash, c);
        d = t->dir;
    }
}

/* --- the table --- */

struct dns_item *dns_table_get(const struct dns_table *t, const uint8_t *name, size_t n)
{
    const struct dns_dir *d = t->dir;
    if (d == NULL)
        return NULL;
    uint64_t hash = hash_of(name, n);
    const struct chunk *c = d->chunks[dir_index(d, hash)];
    return c->slots[chunk_find(c, tag_of(hash), name, n)];
}

struct dns_item *dns_table_put(struct dns_table *t, struct dns_made *m, struct dns_item *item)
{
    uint64_t hash = hash_of(item->name, item->name_n);
    struct chunk *c = own_chunk(t, m, hash, true);
    size_t i = chunk_find(c, tag_of(hash), item->name, item->name_n);
    struct dns_item *old = c->slots[i];
    if (old != NULL) {
        c->slots[i] = item;
        return old;
    }
    chunk_add(c, tag_of(hash), item);
    t->n++;
    return NULL;
}

struct dns_item *dns_table_del(struct dns_table *t, struct dns_made *m, const uint8_t *name,
                               size_t n)
{
    if (dns_table_get(t, name, n) == NULL)
        return NULL;
    uint64_t hash = hash_of(name, n);
    struct chunk *c = own_chunk(t, m, hash, false);
    size_t i = chunk_find(c, tag_of(hash), name, n);
    struct dns_item *old = c->slots[i];
    chunk_remove(c, i);
    if (--t->n == 0)
        dns_table_drop(t, m);
    return old;
}

void dns_table_each(const struct dns_table *t, void (*fn)(void *arg, struct dns_item *item),
                    void *arg)
{
    size_t places = t->dir != NULL ? (size_t)1 << t->dir->depth : 0;
    for (size_t i = 0; i < places; i++) {
        const struct chunk *c = t->dir->chunks[i];
        if (i > 0 && t->dir->chunks[i - 1] == c)
            continue;
        for (size_t k = 0; k < c->cap; k++)
            if (c->slots[k] != NULL)
                fn(arg, c->slots[k]);
    }
}

void dns_table_drop(struct dns_table *t, struct dns_made *m)
{
    size_t places = t->dir != NULL ? (size_t)1 << t->dir->depth : 0;
    for (size_t i = 0; i < places; i++) {
        struct chunk *c = t->dir->chunks[i];
        /* Those of one chunk are side by side, and the last of them drops it. */
        if (i + 1 == places || t->dir->chunks[i + 1] != c)
            dns_drop(m, c->made, c, np_free);
    }
    if (t->dir != NULL)
        dns_drop(m, t->dir->made, t->dir, np_free);
    *t = (struct dns_table){0};
}
