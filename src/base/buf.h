/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - a growing byte buffer with a stated maximum.
 *
 * Appending past `max_bytes` sets `full` and drops the rest: writers append without checking and
 * the owner looks at np_buf_ok() once. With an arena the bytes live there; else on the heap.
 */
#pragma once

#include "base/str.h"

struct np_buf {
    char *p;
    size_t n, cap, max_bytes;
    struct np_arena *arena; /* NULL: heap */
    bool full;
};

void np_buf_init(struct np_buf *b, struct np_arena *arena, size_t max_bytes);
void np_buf_fini(struct np_buf *b);  /* heap ones; NULL bytes are fine */
void np_buf_clear(struct np_buf *b); /* keeps the capacity */
static inline bool np_buf_ok(const struct np_buf *b)
{
    return !b->full;
}
static inline struct np_str np_buf_str(const struct np_buf *b)
{
    return (struct np_str){b->p != NULL ? b->p : "", b->n};
}

void np_buf_grow(struct np_buf *b, size_t more); /* room for `more` bytes unless full */
static inline void np_buf_add(struct np_buf *b, const void *p, size_t n)
{
    if (n > b->cap - b->n) {
        np_buf_grow(b, n);
        if (b->full)
            return;
    }
    if (n != 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
}
static inline void np_buf_str_add(struct np_buf *b, struct np_str s)
{
    np_buf_add(b, s.p, s.n);
}
#define np_buf_lit(b, lit) np_buf_add((b), "" lit, sizeof(lit) - 1)
static inline void np_buf_char(struct np_buf *b, char c)
{
    np_buf_add(b, &c, 1);
}
void np_buf_i64(struct np_buf *b, int64_t v);
void np_buf_u64(struct np_buf *b, uint64_t v);
void np_buf_printf(struct np_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Takes `n` bytes off the front. */
void np_buf_drop(struct np_buf *b, size_t n);
