/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - how long a run of allowed bytes is: the inner loops of the text parsers.
 *
 * Each returns the length of the leading run, n if nothing ends it. Sixteen bytes a step where the
 * machine can; never reads past p + n.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool np_byte_is_text(unsigned char c)
{
    return c >= 0x20 ? c != 0x7f : c == '\t';
}
static inline bool np_byte_is_url(unsigned char c)
{
    return c > 0x20 && c != 0x7f && c != '#';
}
/* What stands for itself in XML text and attributes; bytes from 0x80 up do. */
static inline bool np_byte_is_xml(unsigned char c)
{
    if (c < 0x20)
        return c == '\n' || c == '\t';
    return c != '&' && c != '<' && c != '>' && c != '"';
}
/* ASCII that stands for itself in a JSON string. */
static inline bool np_byte_is_json(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}
static inline bool np_byte_is_word(unsigned char c)
{
    unsigned char l = c | 0x20;
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-';
}
/* Of a URI. */
static inline bool np_byte_is_unreserved(unsigned char c)
{
    return np_byte_is_word(c) || c == '.' || c == '_' || c == '~';
}

#ifdef __SSE2__
static inline __m128i np_scan_load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}
static inline __m128i np_scan_eq(__m128i x, char c)
{
    return _mm_cmpeq_epi8(x, _mm_set1_epi8(c));
}
static inline __m128i np_scan_upto(__m128i x, char most)
{
    return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(most)), x);
}
/* The first eight bytes of n and the last eight. */
static inline __m128i np_scan_load_ends(const char *p, size_t n)
{
    return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)p),
                              _mm_loadl_epi64((const __m128i *)(const void *)(p + n - 8)));
}
static inline unsigned np_scan_xml_mask(__m128i x)
{
    __m128i blank = _mm_or_si128(np_scan_eq(x, '\n'), np_scan_eq(x, '\t'));
    __m128i bad = _mm_andnot_si128(blank, np_scan_upto(x, 0x1f));
    bad = _mm_or_si128(bad, _mm_or_si128(np_scan_eq(x, '&'), np_scan_eq(x, '"')));
    bad = _mm_or_si128(bad, _mm_or_si128(np_scan_eq(x, '<'), np_scan_eq(x, '>')));
    return (unsigned)_mm_movemask_epi8(bad);
}
static inline unsigned np_scan_json_mask(__m128i x)
{
    __m128i bad = _mm_or_si128(np_scan_eq(x, '"'), np_scan_eq(x, '\\'));
    bad = _mm_or_si128(bad, np_scan_upto(x, 0x1f));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(bad, x));
}
/* All but the unreserved bytes of a URI. */
static inline unsigned np_scan_reserved_mask(__m128i x, bool keep_slash)
{
    __m128i l = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i d = _mm_sub_epi8(x, _mm_set1_epi8('0'));
    __m128i ok = _mm_or_si128(np_scan_upto(l, 25), np_scan_upto(d, 9));
    ok = _mm_or_si128(ok, _mm_or_si128(np_scan_eq(x, '-'), np_scan_eq(x, '.')));
    ok = _mm_or_si128(ok, _mm_or_si128(np_scan_eq(x, '_'), np_scan_eq(x, '~')));
    ok = _mm_or_si128(ok, np_scan_eq(x, keep_slash ? '/' : '-'));
    return (unsigned)_mm_movemask_epi8(ok) ^ 0xffff;
}
#endif

/* Anything but control bytes; tab is text, 0x80 and up is text. */
static inline size_t np_scan_text(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; n - i >= 16; i += 16) {
        __m128i x = np_scan_load(p + i);
        __m128i ctl = _mm_andnot_si128(np_scan_eq(x, '\t'), np_scan_upto(x, 0x1f));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(ctl, np_scan_eq(x, 0x7f)));
        if (mask != 0)
            return i + (size_t)__builtin_ctz(mask);
    }
#endif
    while (i < n && np_byte_is_text((unsigned char)p[i]))
        i++;
    return i;
}

/* What may stand in a request target: no control bytes, no blanks, no '#'. */
static inline size_t np_scan_url(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; n - i >= 16; i += 16) {
        __m128i x = np_scan_load(p + i);
        __m128i bad = _mm_or_si128(np_scan_upto(x, 0x20), np_scan_eq(x, 0x7f));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(bad, np_scan_eq(x, '#')));
        if (mask != 0)
            return i + (size_t)__builtin_ctz(mask);
    }
#endif
    while (i < n && np_byte_is_url((unsigned char)p[i]))
        i++;
    return i;
}

/* ASCII letters, digits and '-': nearly every name of a field. */
static inline size_t np_scan_word(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; n - i >= 16; i += 16) {
        __m128i x = np_scan_load(p + i);
        __m128i l = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
        __m128i d = _mm_sub_epi8(x, _mm_set1_epi8('0'));
        __m128i ok = _mm_or_si128(np_scan_upto(l, 25), np_scan_upto(d, 9));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(ok, np_scan_eq(x, '-')));
        if (mask != 0xffff)
            return i + (size_t)__builtin_ctz(~mask);
    }
#endif
    while (i < n && np_byte_is_word((unsigned char)p[i]))
        i++;
    return i;
}

#ifdef __SSE2__
/* Replies are made of short texts: from eight bytes on all at once, and the rest of a longer one
 * together with bytes before it, which are known to be fine. */
static inline __attribute__((always_inline)) size_t np_scan_short(const char *p, size_t n,
                                                                  unsigned (*mask_of)(__m128i x))
{
    unsigned mask;
    if (n < 16) {
        mask = mask_of(np_scan_load_ends(p, n));
        size_t at = mask != 0 ? (size_t)__builtin_ctz(mask) : n;
        return mask == 0 || at < 8 ? at : n - 16 + at;
    }
    for (size_t i = 0; n - i >= 16; i += 16) {
        mask = mask_of(np_scan_load(p + i));
        if (mask != 0)
            return i + (size_t)__builtin_ctz(mask);
    }
    mask = mask_of(np_scan_load(p + n - 16));
    return mask != 0 ? n - 16 + (size_t)__builtin_ctz(mask) : n;
}
#endif

static inline size_t np_scan_xml(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    if (n >= 8)
        return np_scan_short(p, n, np_scan_xml_mask);
#endif
    while (i < n && np_byte_is_xml((unsigned char)p[i]))
        i++;
    return i;
}

static inline size_t np_scan_json(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    if (n >= 8)
        return np_scan_short(p, n, np_scan_json_mask);
#endif
    while (i < n && np_byte_is_json((unsigned char)p[i]))
        i++;
    return i;
}
