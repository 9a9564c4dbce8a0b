/* SPDX-License-Identifier: Apache-2.0 */
/* str.c - comparing, searching, cutting and copying of text; globs. */
#include "base/str.h"

#include <stdarg.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/format.h"

/* ASCII only, whatever the locale. */
static inline unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? u | 0x20 : u;
}

static bool same_ignoring_case(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool np_str_ieq(struct np_str a, struct np_str b)
{
    return a.n == b.n && same_ignoring_case(a.p, b.p, a.n);
}

int np_str_cmp(struct np_str a, struct np_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n != 0 ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

bool np_str_starts(struct np_str s, struct np_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool np_str_istarts(struct np_str s, struct np_str prefix)
{
    return s.n >= prefix.n && same_ignoring_case(s.p, prefix.p, prefix.n);
}

bool np_str_ends(struct np_str s, struct np_str suffix)
{
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct np_str np_str_trim(struct np_str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct np_str np_str_sub(struct np_str s, size_t from, size_t n)
{
    if (s.p == NULL)
        return s;
    if (from > s.n)
        from = s.n;
    if (n > s.n - from)
        n = s.n - from;
    return (struct np_str){s.p + from, n};
}

ptrdiff_t np_str_find(struct np_str s, struct np_str needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return -1;
    const char *at = memmem(s.p, s.n, needle.p, needle.n);
    return at != NULL ? at - s.p : -1;
}

ptrdiff_t np_str_chr(struct np_str s, char c)
{
    const char *at = s.n != 0 ? memchr(s.p, c, s.n) : NULL;
    return at != NULL ? at - s.p : -1;
}

ptrdiff_t np_str_rchr(struct np_str s, char c)
{
    const char *at = s.n != 0 ? memrchr(s.p, c, s.n) : NULL;
    return at != NULL ? at - s.p : -1;
}

bool np_str_split(struct np_str *rest, char sep, struct np_str *out)
{
    if (rest->n == 0)
        return false;
    ptrdiff_t at = np_str_chr(*rest, sep);
    size_t n = at >= 0 ? (size_t)at : rest->n;
    *out = (struct np_str){rest->p, n};
    *rest = np_str_sub(*rest, n + 1, SIZE_MAX);
    return true;
}

bool np_str_cut(struct np_str s, char sep, struct np_str *a, struct np_str *b)
{
    ptrdiff_t at = np_str_chr(s, sep);
    if (at < 0) {
        *a = s;
        *b = NP_STR_NULL;
        return false;
    }
    *a = (struct np_str){s.p, (size_t)at};
    *b = (struct np_str){s.p + at + 1, s.n - (size_t)at - 1};
    return true;
}

struct np_str np_str_dup(struct np_arena *a, struct np_str s)
{
    if (s.p == NULL)
        return s;
    char *p = np_alloc_raw(a, s.n);
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    return (struct np_str){p, s.n};
}

char *np_str_z(struct np_arena *a, struct np_str s)
{
    char *p = np_alloc_raw(a, s.n + 1);
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct np_str np_str_printf(struct np_arena *a, const char *fmt, ...)
{
    char text[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    size_t n = np_vformat(text, sizeof(text), fmt, ap);
    va_end(ap);
    char *p = np_alloc_raw(a, n + 1);
    if (n < sizeof(text))
        memcpy(p, text, n);
    else
        np_vformat(p, n + 1, fmt, again);
    va_end(again);
    p[n] = '\0';
    return (struct np_str){p, n};
}

struct np_str np_str_lower(struct np_arena *a, struct np_str s)
{
    if (s.p == NULL)
        return s;
    char *p = np_alloc_raw(a, s.n);
    for (size_t i = 0; i < s.n; i++)
        p[i] = (char)lower(s.p[i]);
    return (struct np_str){p, s.n};
}

struct np_str np_str_cat(struct np_arena *a, struct np_str x, struct np_str y)
{
    size_t n;
    np_assert(!np_add_overflows(x.n, y.n, &n));
    char *p = np_alloc_raw(a, n);
    if (x.n != 0)
        memcpy(p, x.p, x.n);
    if (y.n != 0)
        memcpy(p + x.n, y.p, y.n);
    return (struct np_str){p, n};
}

static inline bool glob_byte_fits(char pattern, char text, bool ignore_case)
{
    return pattern == '?' || pattern == text || (ignore_case && lower(pattern) == lower(text));
}

/* Only the last star is ever retried: what an earlier one could take, the last one can too. */
bool np_str_glob(struct np_str pattern, struct np_str text, bool ignore_case)
{
    size_t p = 0, t = 0, star = SIZE_MAX, star_text = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.n && glob_byte_fits(pattern.p[p], text.p[t], ignore_case)) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}
