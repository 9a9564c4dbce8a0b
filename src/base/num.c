/* SPDX-License-Identifier: Apache-2.0 */
/* num.c - numbers from text, whole strings only, in no locale. */
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/str.h"

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool np_str_u64(struct np_str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]) || np_mul_overflows(v, 10, &v) ||
            np_add_overflows(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

bool np_str_i64(struct np_str s, int64_t *out)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    uint64_t v;
    if (!np_str_u64(minus ? np_str_sub(s, 1, SIZE_MAX) : s, &v))
        return false;
    if (v > (uint64_t)INT64_MAX + minus)
        return false;
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

#define DOUBLE_TEXT_MAX 1100 /* the longest exact double has 1,075 digits behind the point */
#define EXACT_POWERS    22   /* 10^22 is the last power of ten that a double holds exactly */

static const double powers_of_ten[EXACT_POWERS + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

struct decimal {
    bool minus, exact; /* exact: mantissa has all the digits */
    uint64_t mantissa;
    int exponent;
};

/* Digits from s.p[*at] on; returns how many. */
static size_t take_digits(struct np_str s, size_t *at, struct decimal *d)
{
    size_t from = *at;
    for (; *at < s.n && is_digit(s.p[*at]); (*at)++) {
        if (d->mantissa > (UINT64_MAX - 9) / 10) {
            d->exact = false;
            continue;
        }
        d->mantissa = d->mantissa * 10 + (uint64_t)(s.p[*at] - '0');
    }
    return *at - from;
}

static bool take_exponent(struct np_str s, size_t *at, struct decimal *d)
{
    if (*at == s.n || (s.p[*at] | 0x20) != 'e')
        return true;
    (*at)++;
    bool minus = *at < s.n && s.p[*at] == '-';
    if (*at < s.n && (s.p[*at] == '-' || s.p[*at] == '+'))
        (*at)++;
    size_t from = *at;
    int e = 0;
    for (; *at < s.n && is_digit(s.p[*at]); (*at)++)
        if (e < 100000)
            e = e * 10 + (s.p[*at] - '0');
    d->exponent += minus ? -e : e;
    return *at > from;
}

static bool decimal_read(struct np_str s, struct decimal *d)
{
    size_t at = 0;
    *d = (struct decimal){.exact = true};
    if (at < s.n && s.p[at] == '-') {
        d->minus = true;
        at++;
    }
    size_t digits = take_digits(s, &at, d);
    if (at < s.n && s.p[at] == '.') {
        at++;
        size_t fraction = take_digits(s, &at, d);
        digits += fraction;
        d->exponent -= (int)fraction;
    }
    return digits != 0 && take_exponent(s, &at, d) && at == s.n;
}

bool np_str_double(struct np_str s, double *out)
{
    struct decimal d;
    if (s.n > DOUBLE_TEXT_MAX || !decimal_read(s, &d))
        return false;
    if (d.exact && d.mantissa <= (uint64_t)1 << 53 && abs(d.exponent) <= EXACT_POWERS) {
        /* Both operands are exact, so one operation rounds right. */
        double v = (double)d.mantissa;
        v = d.exponent < 0 ? v / powers_of_ten[-d.exponent] : v * powers_of_ten[d.exponent];
        *out = d.minus ? -v : v;
        return true;
    }
    char z[DOUBLE_TEXT_MAX + 1];
    memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    double v = strtod(z, NULL);
    if (!isfinite(v))
        return false;
    *out = v;
    return true;
}
