/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - bump allocation out of chunks that double; an arena that is reset keeps its chunks. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/digest.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_IS_MALLOC 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ARENA_IS_MALLOC 1
#endif
#ifndef ARENA_IS_MALLOC
#define ARENA_IS_MALLOC 0
#endif

#define ALIGN           16
#define CHUNK_MIN_BYTES ((size_t)16 << 10)
#define CHUNK_MAX_BYTES ((size_t)1 << 20)

struct chunk {
    struct chunk *next;
    size_t size_bytes; /* of data */
    _Alignas(ALIGN) char data[];
};

struct defer {
    struct defer *next;
    void (*fn)(void *arg);
    void *arg;
};

struct np_arena {
    char *at, *end;       /* the free part of the chunk in use */
    struct chunk *chunks; /* the one in use first */
    struct chunk *spare;  /* kept by a reset, not in use yet */
    struct defer *defers;
    size_t next_size_bytes;
    size_t used_bytes;
    bool wipe; /* the chunks in use hold secrets */
};

static struct chunk *chunk_new(size_t size_bytes)
{
    size_t all;
    if (np_add_overflows(size_bytes, sizeof(struct chunk), &all))
        np_die(__FILE__, __LINE__, "allocation of %zu bytes", size_bytes);
    struct chunk *c = ARENA_IS_MALLOC ? calloc(1, all) : malloc(all);
    if (c == NULL)
        np_die(__FILE__, __LINE__, "out of memory (%zu bytes)", all);
    c->size_bytes = size_bytes;
    return c;
}

static void chunks_free(struct chunk *c)
{
    while (c != NULL) {
        struct chunk *next = c->next;
        free(c);
        c = next;
    }
}

struct np_arena *np_arena_new(void)
{
    struct np_arena *a = np_heap_new(struct np_arena);
    a->next_size_bytes = CHUNK_MIN_BYTES;
    return a;
}

static void run_defers(struct np_arena *a)
{
    while (a->defers != NULL) {
        struct defer *d = a->defers;
        a->defers = d->next;
        d->fn(d->arg);
    }
}

static void wipe_chunks(struct np_arena *a)
{
    for (struct chunk *c = a->wipe ? a->chunks : NULL; c != NULL; c = c->next)
        np_wipe(c->data, c->size_bytes);
    a->wipe = false;
}

void np_arena_wipe(struct np_arena *a)
{
    a->wipe = true;
}

void np_arena_free(struct np_arena *a)
{
    if (a == NULL)
        return;
    run_defers(a);
    wipe_chunks(a);
    chunks_free(a->chunks);
    chunks_free(a->spare);
    free(a);
}

/* Moves the chunks of `from` that fit into *room to the spare list and frees the others. */
static void keep_chunks(struct np_arena *a, struct chunk *from, size_t *room)
{
    while (from != NULL) {
        struct chunk *c = from;
        from = c->next;
        if (ARENA_IS_MALLOC || c->size_bytes > *room) {
            free(c);
            continue;
        }
        *room -= c->size_bytes;
        c->next = a->spare;
        a->spare = c;
    }
}

void np_arena_reset(struct np_arena *a, size_t keep_bytes)
{
    run_defers(a);
    wipe_chunks(a);
    a->used_bytes = 0;
    struct chunk *c = a->chunks;
    if (c == NULL && a->spare == NULL)
        return;
    if (!ARENA_IS_MALLOC && c != NULL && c->next == NULL && a->spare == NULL &&
        c->size_bytes <= keep_bytes) {
        a->at = c->data;
        a->end = c->data + c->size_bytes;
        return;
    }
    struct chunk *spare = a->spare;
    a->chunks = a->spare = NULL;
    a->at = a->end = NULL;
    a->next_size_bytes = CHUNK_MIN_BYTES;
    keep_chunks(a, c, &keep_bytes);
    keep_chunks(a, spare, &keep_bytes);
}

size_t np_arena_used(const struct np_arena *a)
{
    return a->used_bytes;
}

/* A chunk with room for `size_bytes`: the first spare one that is long enough, else a new one. */
static struct chunk *chunk_get(struct np_arena *a, size_t size_bytes)
{
    for (struct chunk **link = &a->spare; *link != NULL; link = &(*link)->next) {
        struct chunk *c = *link;
        if (c->size_bytes < size_bytes)
            continue;
        *link = c->next;
        return c;
    }
    if (size_bytes > a->next_size_bytes)
        return chunk_new(size_bytes);
    struct chunk *c = chunk_new(a->next_size_bytes);
    if (a->next_size_bytes < CHUNK_MAX_BYTES)
        a->next_size_bytes *= 2;
    return c;
}

static __attribute__((noinline)) void *alloc_slow(struct np_arena *a, size_t size_bytes)
{
    struct chunk *c = chunk_get(a, size_bytes);
    size_t left = c->size_bytes - size_bytes;
    if (a->chunks != NULL && left <= (size_t)(a->end - a->at)) {
        /* The chunk in use still has the longer rest: it stays in use. */
        c->next = a->chunks->next;
        a->chunks->next = c;
        return c->data;
    }
    c->next = a->chunks;
    a->chunks = c;
    a->at = c->data + size_bytes;
    a->end = c->data + c->size_bytes;
    return c->data;
}

static void *alloc_own(struct np_arena *a, size_t size_bytes)
{
    struct chunk *c = chunk_new(size_bytes);
    c->next = a->chunks;
    a->chunks = c;
    return c->data;
}

/* What an allocation takes of its chunk. */
static inline size_t rounded(size_t size_bytes)
{
    if (size_bytes > SIZE_MAX / 2)
        np_die(__FILE__, __LINE__, "allocation of %zu bytes", size_bytes);
    return size_bytes == 0 ? ALIGN : (size_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static inline void *alloc(struct np_arena *a, size_t size_bytes)
{
    a->used_bytes += size_bytes;
    if (ARENA_IS_MALLOC)
        return alloc_own(a, size_bytes);
    size_t size = rounded(size_bytes);
    if (size > (size_t)(a->end - a->at))
        return alloc_slow(a, size);
    char *p = a->at;
    a->at += size;
    return p;
}

void *np_alloc_raw(struct np_arena *a, size_t size_bytes)
{
    return alloc(a, size_bytes);
}

void *np_alloc(struct np_arena *a, size_t size_bytes)
{
    void *p = alloc(a, size_bytes);
    return ARENA_IS_MALLOC ? p : memset(p, 0, size_bytes);
}

void *np_alloc_array(struct np_arena *a, size_t n, size_t size_bytes)
{
    size_t all;
    if (np_mul_overflows(n, size_bytes, &all))
        np_die(__FILE__, __LINE__, "allocation of %zu times %zu bytes", n, size_bytes);
    return np_alloc(a, all);
}

#define ARRAY_FIRST 4

void *np_array_grow(struct np_arena *a, void *array, size_t n, size_t size_bytes)
{
    bool is_full = n == 0 || (n >= ARRAY_FIRST && (n & (n - 1)) == 0);
    if (!is_full)
        return array;
    size_t all;
    if (np_mul_overflows(n == 0 ? ARRAY_FIRST : n * 2, size_bytes, &all))
        np_die(__FILE__, __LINE__, "an array of %zu times %zu bytes", n, size_bytes);
    void *more = alloc(a, all);
    if (n != 0)
        memcpy(more, array, n * size_bytes);
    return more;
}

bool np_arena_extend(struct np_arena *a, void *p, size_t old_bytes, size_t size_bytes)
{
    if (ARENA_IS_MALLOC || size_bytes < old_bytes)
        return false;
    size_t old = rounded(old_bytes), size = rounded(size_bytes);
    if ((char *)p + old != a->at || size - old > (size_t)(a->end - a->at))
        return false;
    a->at += size - old;
    a->used_bytes += size_bytes - old_bytes;
    return true;
}

void np_arena_defer(struct np_arena *a, void (*fn)(void *arg), void *arg)
{
    struct defer *d = np_new(a, struct defer);
    *d = (struct defer){.next = a->defers, .fn = fn, .arg = arg};
    a->defers = d;
}

void *np_heap_alloc(size_t size_bytes)
{
    void *p = calloc(1, size_bytes != 0 ? size_bytes : 1);
    if (p == NULL)
        np_die(__FILE__, __LINE__, "out of memory (%zu bytes)", size_bytes);
    return p;
}

void *np_heap_realloc(void *p, size_t size_bytes)
{
    void *q = realloc(p, size_bytes != 0 ? size_bytes : 1);
    if (q == NULL)
        np_die(__FILE__, __LINE__, "out of memory (%zu bytes)", size_bytes);
    return q;
}

void np_free(void *p)
{
    free(p);
}
