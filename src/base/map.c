/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - open addressing with linear probing; removal shifts back, so there are no tombstones. */
#include "base/map.h"

#include "base/arena.h"
#include "base/assert.h"

#define SLOTS_MIN 8 /* powers of two */

struct entry {
    void *value;
    size_t key_n;
    char key[];
};

struct slot {
    uint64_t hash;
    struct entry *e; /* NULL: free */
};

struct np_map {
    struct slot *slots;
    size_t mask; /* slots - 1 */
    size_t count;
};

struct np_map *np_map_new(void)
{
    struct np_map *m = np_heap_new(struct np_map);
    m->mask = SLOTS_MIN - 1;
    m->slots = np_heap_alloc(SLOTS_MIN * sizeof(struct slot));
    return m;
}

void np_map_free(struct np_map *m, void (*free_value)(void *value))
{
    if (m == NULL)
        return;
    for (size_t i = 0; i <= m->mask; i++) {
        struct entry *e = m->slots[i].e;
        if (e == NULL)
            continue;
        if (free_value != NULL)
            free_value(e->value);
        np_free(e);
    }
    np_free(m->slots);
    np_free(m);
}

/* The slot that holds the key, or the free one where it would go. */
static struct slot *find(const struct np_map *m, struct np_str key, uint64_t hash)
{
    for (size_t i = hash & m->mask;; i = (i + 1) & m->mask) {
        struct slot *s = &m->slots[i];
        if (s->e == NULL)
            return s;
        if (s->hash == hash && np_str_eq(np_str_n(s->e->key, s->e->key_n), key))
            return s;
    }
}

void *np_map_get(const struct np_map *m, struct np_str key)
{
    const struct slot *s = find(m, key, np_hash(key));
    return s->e != NULL ? s->e->value : NULL;
}

static void grow(struct np_map *m)
{
    size_t old_slots = m->mask + 1;
    struct slot *old = m->slots;
    m->mask = old_slots * 2 - 1;
    m->slots = np_heap_alloc(old_slots * 2 * sizeof(struct slot));
    for (size_t i = 0; i < old_slots; i++) {
        if (old[i].e == NULL)
            continue;
        size_t at = old[i].hash & m->mask;
        while (m->slots[at].e != NULL)
            at = (at + 1) & m->mask;
        m->slots[at] = old[i];
    }
    np_free(old);
}

void *np_map_put(struct np_map *m, struct np_str key, void *value)
{
    np_assert(value != NULL);
    uint64_t hash = np_hash(key);
    struct slot *s = find(m, key, hash);
    if (s->e != NULL) {
        void *old = s->e->value;
        s->e->value = value;
        return old;
    }
    if ((m->count + 1) * 4 > (m->mask + 1) * 3) {
        grow(m);
        s = find(m, key, hash);
    }
    s->hash = hash;
    s->e = np_heap_alloc(sizeof(struct entry) + key.n);
    s->e->value = value;
    s->e->key_n = key.n;
    if (key.n != 0)
        memcpy(s->e->key, key.p, key.n);
    m->count++;
    return NULL;
}

/* Closes the gap at `gap`: an entry moves into it if its own place is not behind the gap. */
static void shift_back(struct np_map *m, size_t gap)
{
    for (size_t i = (gap + 1) & m->mask; m->slots[i].e != NULL; i = (i + 1) & m->mask) {
        size_t home = m->slots[i].hash & m->mask;
        if (((i - home) & m->mask) < ((i - gap) & m->mask))
            continue;
        m->slots[gap] = m->slots[i];
        gap = i;
    }
    m->slots[gap].e = NULL;
}

void *np_map_del(struct np_map *m, struct np_str key)
{
    struct slot *s = find(m, key, np_hash(key));
    if (s->e == NULL)
        return NULL;
    void *value = s->e->value;
    np_free(s->e);
    shift_back(m, (size_t)(s - m->slots));
    m->count--;
    return value;
}

size_t np_map_count(const struct np_map *m)
{
    return m->count;
}

int np_map_each(const struct np_map *m, int (*fn)(void *arg, struct np_str key, void *value),
                void *arg)
{
    for (size_t i = 0; i <= m->mask; i++) {
        const struct entry *e = m->slots[i].e;
        if (e == NULL)
            continue;
        int rc = fn(arg, np_str_n(e->key, e->key_n), e->value);
        if (rc != 0)
            return rc;
    }
    return 0;
}
