/* SPDX-License-Identifier: Apache-2.0 */
/* base_text_fuzz.c - the decoders of base: what they accept must come back when it is encoded. The
 * first byte chooses the decoder. */
#include "fuzz.h"

#include "base/auto.h"
#include "base/enc.h"
#include "base/timefmt.h"

static void base64(struct np_arena *a, struct np_str s)
{
    struct np_str bytes = np_unbase64(a, s);
    if (bytes.p != NULL)
        np_assert(np_str_eq(np_base64(a, bytes), s));
    np_assert(np_str_eq(np_unbase64(a, np_base64(a, s)), s));
}

static void base64url(struct np_arena *a, struct np_str s)
{
    struct np_str bytes = np_unbase64url(a, s);
    if (bytes.p != NULL)
        np_assert(np_str_starts(s, np_base64url(a, bytes)));
    np_assert(np_str_eq(np_unbase64url(a, np_base64url(a, s)), s));
}

static void percent(struct np_arena *a, struct np_str s)
{
    struct np_buf b;
    struct np_str plain = np_uri_decode(a, s, false);
    if (plain.p != NULL)
        np_assert(plain.n <= s.n);
    np_buf_init(&b, a, s.n * 3 + 1);
    np_uri_encode(&b, s, true);
    np_assert(np_buf_ok(&b) && np_str_eq(np_uri_decode(a, np_buf_str(&b), true), s));
}

static void hex(struct np_arena *a, struct np_str s)
{
    char *out = np_alloc(a, s.n / 2);
    if (np_unhex(out, s))
        np_assert(np_str_ieq(np_hex_str(a, np_str_n(out, s.n / 2)), s));
}

static void times(struct np_arena *a, struct np_str s)
{
    char text[NP_TIME_MAX];
    int64_t t, back;
    if (np_time_parse_iso(s, &t))
        np_assert(np_time_parse_iso(np_time_iso_str(a, t, true), &back) && back == t);
    if (np_time_parse_iso_basic(s, &t))
        np_assert(np_str_eq(np_str_n(text, np_time_iso_basic(text, t)), s));
    if (np_time_parse_http(s, &t))
        np_assert(np_time_parse_http(np_time_http_str(a, t), &back) && t - back < 1000);
}

static void numbers(struct np_arena *a, struct np_str s)
{
    struct np_buf b;
    uint64_t u;
    int64_t i;
    double d, want;
    np_buf_init(&b, a, 100);
    if (np_str_u64(s, &u)) {
        np_buf_u64(&b, u);
        np_assert(np_str_ends(s, np_buf_str(&b)));
    }
    np_buf_clear(&b);
    if (np_str_i64(s, &i)) {
        np_buf_i64(&b, i < 0 ? -(i + 1) : i);
        np_assert(np_buf_ok(&b) && np_str_double(s, &d));
    }
    if (np_str_double(s, &d)) {
        want = strtod(np_str_z(a, s), NULL);
        np_assert(memcmp(&d, &want, sizeof(d)) == 0);
    }
}

static void globs(struct np_arena *a, struct np_str s)
{
    struct np_str pattern, text;
    (void)a;
    np_str_cut(s, '\n', &pattern, &text);
    if (np_str_glob(pattern, text, false))
        np_assert(np_str_glob(pattern, text, true));
    np_assert(np_str_glob(NP_STR("*"), s, false) && np_str_glob(s, s, false));
}

static void utf8(struct np_arena *a, struct np_str s)
{
    struct np_str twice = np_str_cat(a, s, s);
    if (np_utf8_ok(s))
        np_assert(np_utf8_ok(twice));
}

static void (*const decoders[])(struct np_arena *a, struct np_str s) = {
    base64, base64url, percent, hex, times, numbers, globs, utf8,
};

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (n == 0)
        return 0;
    decoders[p[0] % NP_LEN(decoders)](a, np_str_n(p + 1, n - 1));
    return 0;
}
