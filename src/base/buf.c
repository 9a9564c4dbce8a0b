/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - growth, numbers and formatted text of byte buffers.
 *
 * `cap` counts the bytes for content; one more is always allocated behind them, because vsnprintf
 * wants to write a NUL.
 */
#include "base/buf.h"

#include <stdarg.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/format.h"

#define CAP_MIN_BYTES 128

void np_buf_init(struct np_buf *b, struct np_arena *arena, size_t max_bytes)
{
    np_assert(max_bytes != 0 && max_bytes < SIZE_MAX / 2);
    *b = (struct np_buf){.arena = arena, .max_bytes = max_bytes};
}

void np_buf_fini(struct np_buf *b)
{
    if (b->arena == NULL)
        np_free(b->p);
    *b = (struct np_buf){.arena = b->arena, .max_bytes = b->max_bytes};
}

void np_buf_clear(struct np_buf *b)
{
    b->n = 0;
    b->full = false;
}

static void resize(struct np_buf *b, size_t cap)
{
    if (b->arena == NULL) {
        b->p = np_heap_realloc(b->p, cap + 1);
        b->cap = cap;
        return;
    }
    if (b->p != NULL && np_arena_extend(b->arena, b->p, b->cap + 1, cap + 1)) {
        b->cap = cap;
        return;
    }
    char *p = np_alloc_raw(b->arena, cap + 1);
    if (b->n != 0)
        memcpy(p, b->p, b->n);
    b->p = p;
    b->cap = cap;
}

void np_buf_grow(struct np_buf *b, size_t more)
{
    if (!b->full && more <= b->cap - b->n)
        return;
    if (b->full || more > b->max_bytes - b->n) {
        /* Without room nothing later slips in behind what was dropped. */
        b->full = true;
        b->cap = b->n;
        return;
    }
    size_t cap = b->cap < CAP_MIN_BYTES / 2 ? CAP_MIN_BYTES : b->cap * 2;
    if (cap < b->n + more)
        cap = b->n + more;
    resize(b, cap < b->max_bytes ? cap : b->max_bytes);
}

void np_buf_u64(struct np_buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    np_buf_add(b, digits + at, sizeof(digits) - at);
}

void np_buf_i64(struct np_buf *b, int64_t v)
{
    if (v >= 0) {
        np_buf_u64(b, (uint64_t)v);
        return;
    }
    char digits[21];
    size_t at = sizeof(digits);
    uint64_t u = 0 - (uint64_t)v;
    do {
        digits[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u != 0);
    digits[--at] = '-';
    np_buf_add(b, digits + at, sizeof(digits) - at);
}

void np_buf_printf(struct np_buf *b, const char *fmt, ...)
{
    if (b->p == NULL)
        np_buf_grow(b, 1);
    if (b->full)
        return;
    size_t room = b->cap - b->n;
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    size_t n = np_vformat(b->p + b->n, room + 1, fmt, ap);
    va_end(ap);
    if (n > room) {
        np_buf_grow(b, n);
        if (!b->full)
            np_vformat(b->p + b->n, n + 1, fmt, again);
    }
    va_end(again);
    if (!b->full)
        b->n += n;
}

void np_buf_drop(struct np_buf *b, size_t n)
{
    np_assert(n <= b->n);
    if (n == 0)
        return;
    b->n -= n;
    memmove(b->p, b->p + n, b->n);
}
