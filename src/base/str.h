/* SPDX-License-Identifier: Apache-2.0 */
/* str.h - text and bytes: `struct np_str` is pointer and length, borrowed, never NUL-terminated.
 *
 * Absent and empty differ: p == NULL is absent, n == 0 with p != NULL is empty.
 * Nothing here allocates unless it takes an arena; results then live as long as the arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct np_arena;

struct np_str {
    const char *p;
    size_t n;
};

/* Value of an optional scalar; `set` false is absent. */
struct np_opt_bool {
    bool set, v;
};
struct np_opt_int {
    bool set;
    int64_t v; /* every integer type of the models; a timestamp is milliseconds since 1970 UTC */
};
struct np_opt_double {
    bool set;
    double v;
};

struct np_strs { /* a list of strings; the layout of every list of a model, see codec/schema.h */
    struct np_str *v;
    size_t n;
    bool set;
};

#define NP_STR(lit) ((struct np_str){("" lit), sizeof(lit) - 1})
#define NP_STR_NULL ((struct np_str){NULL, 0})
#define NP_FMT(s)   (int)(s).n, (s).p /* for "%.*s" */
#define NP_LEN(a)   (sizeof(a) / sizeof((a)[0]))
#define NP_EACH(it, array)                                                                         \
    for (__typeof__(&(array)[0]) it = (array); it < (array) + NP_LEN(array); it++)

static inline struct np_str np_str_of(const char *z)
{
    return (struct np_str){z, z != NULL ? strlen(z) : 0};
}
static inline struct np_str np_str_n(const void *p, size_t n)
{
    return (struct np_str){(const char *)p, n};
}
static inline bool np_str_eq(struct np_str a, struct np_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
#define np_str_is(s, lit) np_str_eq((s), NP_STR(lit))

bool np_str_ieq(struct np_str a, struct np_str b); /* ASCII case ignored */
int np_str_cmp(struct np_str a, struct np_str b);  /* by bytes, then length */
bool np_str_starts(struct np_str s, struct np_str prefix);
bool np_str_istarts(struct np_str s, struct np_str prefix);
bool np_str_ends(struct np_str s, struct np_str suffix);
struct np_str np_str_trim(struct np_str s);                       /* ASCII blanks at both ends */
struct np_str np_str_sub(struct np_str s, size_t from, size_t n); /* clipped to s */
ptrdiff_t np_str_find(struct np_str s, struct np_str needle);     /* offset or -1 */
ptrdiff_t np_str_chr(struct np_str s, char c);                    /* offset or -1 */
ptrdiff_t np_str_rchr(struct np_str s, char c);

/* Takes the text before `sep` off the front of *rest; false when nothing is left, so the end of
 * "a,,b," is not a field: "a", "", "b". */
bool np_str_split(struct np_str *rest, char sep, struct np_str *out);
/* Cuts s at the first `sep`; false (and a = s, b absent) if there is none. */
bool np_str_cut(struct np_str s, char sep, struct np_str *a, struct np_str *b);

/* Whole-string decimal; false on anything else or overflow. */
bool np_str_u64(struct np_str s, uint64_t *out);
bool np_str_i64(struct np_str s, int64_t *out);
bool np_str_double(struct np_str s, double *out);

struct np_str np_str_dup(struct np_arena *a, struct np_str s); /* absent stays absent */
/* NUL-terminated copy for libc and libraries. */
char *np_str_z(struct np_arena *a, struct np_str s);
struct np_str np_str_printf(struct np_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct np_str np_str_lower(struct np_arena *a, struct np_str s);
struct np_str np_str_cat(struct np_arena *a, struct np_str x, struct np_str y);

/* Glob of IAM: `*` any run, `?` one byte. Linear in pattern times text at worst, no recursion. */
bool np_str_glob(struct np_str pattern, struct np_str text, bool ignore_case);

bool np_utf8_ok(struct np_str s);
/* Bytes of the well-formed character that s, not empty, begins with; 0: it is none. */
size_t np_utf8_len(struct np_str s);
