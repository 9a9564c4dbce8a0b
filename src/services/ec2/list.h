/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - lists of a model's structure, changed in an apply. */
#pragma once

#include <string.h>

#include "base/arena.h"
#include "base/str.h"

/* A copy with room for one more: what was decoded has none. */
static inline void *ec2_grown(struct np_arena *a, const void *v, size_t n, size_t size_bytes)
{
    void *p = np_alloc_array(a, n + 1, size_bytes);
    if (n > 0)
        memcpy(p, v, n * size_bytes);
    return p;
}
#define EC2_APPEND(arena, list, ...)                                                               \
    ((list).v = ec2_grown((arena), (list).v, (list).n, sizeof(*(list).v)), (list).set = true,      \
     (void)((list).v[(list).n] = (__VA_ARGS__)), (void)(list).n++)
/* The same of a list that has grown by this alone from nothing: without a copy each time. */
#define EC2_PUSH(arena, list, ...)                                                                 \
    ((list).v = np_array_grow((arena), (list).v, (list).n, sizeof(*(list).v)), (list).set = true,  \
     (void)((list).v[(list).n] = (__VA_ARGS__)), (void)(list).n++)
/* Takes out the element at `at`. */
#define EC2_REMOVE(list, at)                                                                       \
    ((list).n--,                                                                                   \
     (void)memmove(&(list).v[at], &(list).v[(at) + 1], ((list).n - (at)) * sizeof(*(list).v)))

/* Where the text is among them; n: nowhere. */
static inline size_t ec2_at(const struct np_strs *l, struct np_str s)
{
    size_t i = 0;
    while (i < l->n && !np_str_eq(l->v[i], s))
        i++;
    return i;
}
static inline bool ec2_among(const struct np_strs *l, struct np_str s)
{
    return ec2_at(l, s) < l->n;
}
