/* SPDX-License-Identifier: Apache-2.0 */
/* enc.c - hex, base64 and percent encoding. */
#include "base/enc.h"

#include "base/arena.h"
#include "base/scan.h"

static const char hex_lower[] = "0123456789abcdef";
static const char digits_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char digits_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void np_hex(char *out, const void *p, size_t n)
{
    const unsigned char *in = p;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex_lower[in[i] >> 4];
        out[2 * i + 1] = hex_lower[in[i] & 15];
    }
}

struct np_str np_hex_str(struct np_arena *a, struct np_str bytes)
{
    char *out = np_alloc_array(a, bytes.n, 2);
    np_hex(out, bytes.p, bytes.n);
    return (struct np_str){out, bytes.n * 2};
}

/* Value of a hex digit, or -1. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool np_unhex(void *out, struct np_str hex)
{
    unsigned char *to = out;
    if (hex.n % 2 != 0)
        return false;
    for (size_t i = 0; i < hex.n; i += 2) {
        int high = hex_value(hex.p[i]), low = hex_value(hex.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i / 2] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static struct np_str base64(struct np_arena *a, struct np_str bytes, const char *digits, bool pad)
{
    const unsigned char *in = (const unsigned char *)bytes.p;
    char *out = np_alloc_array(a, bytes.n / 3 + 1, 4), *to = out;
    size_t i = 0;
    for (; i + 3 <= bytes.n; i += 3) {
        uint32_t v = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
        *to++ = digits[v >> 18];
        *to++ = digits[v >> 12 & 63];
        *to++ = digits[v >> 6 & 63];
        *to++ = digits[v & 63];
    }
    size_t rest = bytes.n - i;
    if (rest != 0) {
        uint32_t v = (uint32_t)in[i] << 16 | (rest == 2 ? (uint32_t)in[i + 1] << 8 : 0);
        *to++ = digits[v >> 18];
        *to++ = digits[v >> 12 & 63];
        if (rest == 2)
            *to++ = digits[v >> 6 & 63];
        for (size_t k = rest; pad && k < 3; k++)
            *to++ = '=';
    }
    return (struct np_str){out, (size_t)(to - out)};
}

struct np_str np_base64(struct np_arena *a, struct np_str bytes)
{
    return base64(a, bytes, digits_std, true);
}

struct np_str np_base64url(struct np_arena *a, struct np_str bytes)
{
    return base64(a, bytes, digits_url, false);
}

/* What each byte is worth as a digit plus one; 0: no digit. */
#define LETTERS                                                                                    \
    ['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, \
    25, 26, ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45,    \
    46, 47, 48, 49, 50, 51, 52, ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62
static const unsigned char values_std[256] = {LETTERS, ['+'] = 63, ['/'] = 64};
static const unsigned char values_url[256] = {LETTERS, ['-'] = 63, ['_'] = 64};

/* Four digits at `in` to 24 bits; false if one of them is none. */
static bool quad(const unsigned char *in, const unsigned char *values, uint32_t *out)
{
    uint32_t a = values[in[0]], b = values[in[1]], c = values[in[2]], d = values[in[3]];
    if (a == 0 || b == 0 || c == 0 || d == 0)
        return false;
    *out = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
    return true;
}

/* `text` without padding. Bits that the last digit has too many must be zero. */
static struct np_str unbase64(struct np_arena *a, struct np_str text, const unsigned char *values)
{
    size_t rest = text.n % 4;
    if (rest == 1)
        return NP_STR_NULL;
    const unsigned char *in = (const unsigned char *)text.p, *end = in + text.n - rest;
    unsigned char *out = np_alloc(a, text.n / 4 * 3 + 2), *to = out;
    uint32_t v;
    for (; in < end; in += 4) {
        if (!quad(in, values, &v))
            return NP_STR_NULL;
        *to++ = (unsigned char)(v >> 16);
        *to++ = (unsigned char)(v >> 8);
        *to++ = (unsigned char)v;
    }
    if (rest != 0) {
        unsigned char last[4] = {in[0], in[1], rest == 3 ? in[2] : 'A', 'A'};
        if (!quad(last, values, &v) || (v & (rest == 3 ? 0xff : 0xffff)) != 0)
            return NP_STR_NULL;
        *to++ = (unsigned char)(v >> 16);
        if (rest == 3)
            *to++ = (unsigned char)(v >> 8);
    }
    return (struct np_str){(const char *)out, (size_t)(to - out)};
}

/* Takes one or two '=' off a text whose length is a multiple of four. */
static struct np_str without_padding(struct np_str text)
{
    for (int i = 0; i < 2 && text.n > 0 && text.p[text.n - 1] == '='; i++)
        text.n--;
    return text;
}

struct np_str np_unbase64(struct np_arena *a, struct np_str text)
{
    if (text.p == NULL || text.n % 4 != 0)
        return NP_STR_NULL;
    return unbase64(a, without_padding(text), values_std);
}

struct np_str np_unbase64url(struct np_arena *a, struct np_str text)
{
    if (text.p == NULL)
        return NP_STR_NULL;
    return unbase64(a, text.n % 4 == 0 ? without_padding(text) : text, values_url);
}

/* "%00%01…%FF" */
#define SIXTEEN(h)                                                                                 \
    "%" h "0%" h "1%" h "2%" h "3%" h "4%" h "5%" h "6%" h "7%" h "8%" h "9%" h "A%" h "B%" h "C"  \
    "%" h "D%" h "E%" h "F"
static const char escapes[] = SIXTEEN("0") SIXTEEN("1") SIXTEEN("2") SIXTEEN("3") SIXTEEN("4")
    SIXTEEN("5") SIXTEEN("6") SIXTEEN("7") SIXTEEN("8") SIXTEEN("9") SIXTEEN("A") SIXTEEN("B")
        SIXTEEN("C") SIXTEEN("D") SIXTEEN("E") SIXTEEN("F");

/* Which of the sixteen bytes at p are reserved, the first in the lowest bit. */
static unsigned reserved_of(const char *p, bool keep_slash)
{
#ifdef __SSE2__
    return np_scan_reserved_mask(np_scan_load(p), keep_slash);
#else
    unsigned mask = 0;
    for (unsigned i = 0; i < 16; i++)
        if (!np_byte_is_unreserved((unsigned char)p[i]) && !(keep_slash && p[i] == '/'))
            mask |= 1u << i;
    return mask;
#endif
}

#define STEP 16
#define PART 64 /* bytes that are encoded before they are appended */

/* `n` bytes at p, at most STEP, of which 2 * STEP can be read. `to` has room for 4 * STEP; runs are
 * copied as a whole step, whatever their length. */
static size_t encode_step(char *to, const char *p, size_t n, bool keep_slash)
{
    char *at = to;
    size_t done = 0;
    for (unsigned mask = reserved_of(p, keep_slash) & ((1u << n) - 1); mask != 0;
         mask &= mask - 1) {
        size_t next = (size_t)__builtin_ctz(mask);
        memcpy(at, p + done, STEP);
        at += next - done;
        memcpy(at, escapes + 3 * (size_t)(unsigned char)p[next], 4);
        at += 3;
        done = next + 1;
    }
    memcpy(at, p + done, STEP);
    return (size_t)(at - to) + n - done;
}

void np_uri_encode(struct np_buf *b, struct np_str s, bool keep_slash)
{
    char room[3 * PART + 2 * STEP], last[3 * STEP] = {0};
    for (size_t i = 0; i < s.n;) {
        size_t n = 0;
        for (size_t end = i + PART; i < s.n && i < end; i += STEP) {
            const char *p = s.p + i;
            size_t left = s.n - i;
            if (left < (size_t)2 * STEP)
                p = memcpy(last, p, left);
            n += encode_step(room + n, p, left < STEP ? left : STEP, keep_slash);
        }
        np_buf_add(b, room, n);
    }
}

struct np_str np_uri_decode(struct np_arena *a, struct np_str s, bool plus_is_blank)
{
    if (s.p == NULL)
        return s;
    char *out = np_alloc_raw(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            if (s.n - i < 3 || !np_unhex(&c, (struct np_str){s.p + i + 1, 2}))
                return NP_STR_NULL;
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        out[n++] = c;
    }
    return (struct np_str){out, n};
}
