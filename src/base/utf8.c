/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.c - is it UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF. */
#include "base/str.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

static size_t ascii_run(const unsigned char *p, size_t n)
{
    size_t i = 0;
    for (uint64_t word; n - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, p + i, sizeof(word));
        if ((word & HIGH_BITS) != 0)
            break;
    }
    while (i < n && p[i] < 0x80)
        i++;
    return i;
}

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Length of the multi-byte sequence at p, 0 if it is none. */
static size_t sequence(const unsigned char *p, size_t n)
{
    unsigned char c = p[0];
    if (c < 0xc2 || c > 0xf4)
        return 0;
    size_t len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (n < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if (!is_tail(p[i]))
            return 0;
    bool overlong = (c == 0xe0 && p[1] < 0xa0) || (c == 0xf0 && p[1] < 0x90);
    bool surrogate = c == 0xed && p[1] > 0x9f;
    bool too_large = c == 0xf4 && p[1] > 0x8f;
    return overlong || surrogate || too_large ? 0 : len;
}

bool np_utf8_ok(struct np_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        i += ascii_run(p + i, s.n - i);
        while (i < s.n && p[i] >= 0x80) {
            size_t len = sequence(p + i, s.n - i);
            if (len == 0)
                return false;
            i += len;
        }
    }
    return true;
}

size_t np_utf8_len(struct np_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    return p[0] < 0x80 ? 1 : sequence(p, s.n);
}
