/* SPDX-License-Identifier: Apache-2.0 */
/* enc.c - hex, base64 and percent encoding. */
#include "base/enc.h"

#include "base/arena.h"

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";
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

static const unsigned char unreserved[256] = {
    ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['0' ... '9'] = 1, ['-'] = 1,
    ['.'] = 1,         ['_'] = 1,         ['~'] = 1,
};

void np_uri_encode(struct np_buf *b, struct np_str s, bool keep_slash)
{
    char room[96]; /* a part at a time: as much as surely fits */
    for (size_t i = 0; i < s.n;) {
        size_t n = 0;
        for (; i < s.n && n <= sizeof(room) - 3; i++) {
            unsigned char c = (unsigned char)s.p[i];
            bool keep = unreserved[c] || (keep_slash && c == '/');
            /* Three bytes each time, of which one may count: in documents either is as likely, and
             * a branch would be guessed wrong. */
            room[n] = keep ? (char)c : '%';
            room[n + 1] = hex_upper[c >> 4];
            room[n + 2] = hex_upper[c & 15];
            n += keep ? 1 : 3;
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
