/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - memory that is freed all at once: one arena per request, per document, per message.
 *
 * One thread at a time. Memory is zeroed and aligned to 16. Out of memory ends the process.
 * Under ASan every allocation is its own malloc, so that an overrun is seen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct np_arena;

struct np_arena *np_arena_new(void);
void np_arena_free(struct np_arena *a); /* NULL is fine */
/* Frees everything in it but keeps up to `keep_bytes` of chunks for the next use. */
void np_arena_reset(struct np_arena *a, size_t keep_bytes);
size_t np_arena_used(const struct np_arena *a);

void *np_alloc(struct np_arena *a, size_t size_bytes) __attribute__((returns_nonnull, malloc));
/* The same without zeroes: for bytes that are all written before they are read. */
void *np_alloc_raw(struct np_arena *a, size_t size_bytes) __attribute__((returns_nonnull, malloc));
void *np_alloc_array(struct np_arena *a, size_t n, size_t size_bytes)
    __attribute__((returns_nonnull));
#define np_new(arena, type)          ((type *)np_alloc((arena), sizeof(type)))
#define np_new_array(arena, type, n) ((type *)np_alloc_array((arena), (n), sizeof(type)))

/* Room for one more element behind the n of an array that has grown by this alone from NULL: the
 * array, or its copy with twice the room. What is new is not zeroed. */
void *np_array_grow(struct np_arena *a, void *array, size_t n, size_t size_bytes)
    __attribute__((returns_nonnull));

/* From here to the next reset, what is freed is wiped before: the arena holds secrets. */
void np_arena_wipe(struct np_arena *a);

/* Makes p, if it was the last allocation, `size_bytes` long where it stands; false if it cannot.
 * What it gains is not zeroed. */
bool np_arena_extend(struct np_arena *a, void *p, size_t old_bytes, size_t size_bytes);

/* Calls fn(arg) when the arena is freed or reset, last registered first. */
void np_arena_defer(struct np_arena *a, void (*fn)(void *arg), void *arg);

/* The heap, for what outlives a request; never NULL, zeroed. Freed with np_free(). */
void *np_heap_alloc(size_t size_bytes) __attribute__((returns_nonnull, malloc));
void *np_heap_realloc(void *p, size_t size_bytes) __attribute__((returns_nonnull));
void np_free(void *p);
#define np_heap_new(type) ((type *)np_heap_alloc(sizeof(type)))
