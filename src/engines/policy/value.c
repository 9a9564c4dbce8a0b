/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - numbers, dates and address ranges as conditions write them. */
#include "engines/policy/policy_int.h"

#include <arpa/inet.h>

#include "base/enc.h"
#include "base/timefmt.h"

bool policy_number_parse(struct np_str s, struct policy_number *out)
{
    out->exact = np_str_i64(s, &out->i);
    if (out->exact) {
        out->d = (double)out->i;
        return true;
    }
    return np_str_double(s, &out->d);
}

int policy_number_cmp(const struct policy_number *a, const struct policy_number *b)
{
    if (a->exact && b->exact)
        return (a->i > b->i) - (a->i < b->i);
    return (a->d > b->d) - (a->d < b->d);
}

/* Takes 1 to `most` digits off the front. */
static bool digits(struct np_str *s, size_t most, int64_t *out)
{
    size_t n = 0;
    int64_t v = 0;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') {
        if (++n > most)
            return false;
        v = v * 10 + (s->p[n - 1] - '0');
    }
    *s = np_str_n(s->p + n, s->n - n);
    *out = v;
    return n > 0;
}

static bool take(struct np_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = np_str_n(s->p + 1, s->n - 1);
    return true;
}

/* "-" MM ["-" DD] */
static bool date_rest(struct np_str *s, int64_t *month, int64_t *day)
{
    if (!take(s, '-'))
        return true;
    if (!digits(s, 2, month) || *month < 1 || *month > 12)
        return false;
    if (!take(s, '-'))
        return true;
    return digits(s, 2, day) && *day >= 1 && *day <= 31;
}

static bool zone(struct np_str *s, int64_t *ms)
{
    if (s->n == 0 || take(s, 'Z') || take(s, 'z'))
        return true;
    bool east = take(s, '+');
    if (!east && !take(s, '-'))
        return false;
    int64_t h, m = 0;
    struct np_str hours = np_str_sub(*s, 0, 2);
    if (hours.n != 2 || !digits(&hours, 2, &h) || hours.n != 0 || h > 23)
        return false;
    *s = np_str_sub(*s, 2, s->n);
    take(s, ':');
    if (s->n != 0 && (s->n != 2 || !digits(s, 2, &m) || m > 59))
        return false;
    *ms += (east ? -1 : 1) * (h * 60 + m) * 60000;
    return true;
}

static bool fraction(struct np_str *s, int64_t *ms)
{
    if (!take(s, '.'))
        return true;
    struct np_str all = *s;
    int64_t v;
    if (!digits(s, 9, &v))
        return false;
    for (size_t n = all.n - s->n; n != 3; n += n < 3 ? 1 : (size_t)-1)
        v = n < 3 ? v * 10 : v / 10;
    *ms += v;
    return true;
}

/* hh [":" mm [":" ss ["." fraction]]] [zone] */
static bool clock_time(struct np_str *s, int64_t *ms)
{
    int64_t h = 0, m = 0, sec = 0;
    if (s->n == 0)
        return true;
    if (!digits(s, 2, &h) || h > 23)
        return false;
    if (take(s, ':') && (!digits(s, 2, &m) || m > 59))
        return false;
    if (take(s, ':') && (!digits(s, 2, &sec) || sec > 59))
        return false;
    *ms = ((h * 60 + m) * 60 + sec) * 1000;
    return fraction(s, ms) && zone(s, ms) && s->n == 0;
}

static bool iso_date(struct np_str s, int64_t *out_ms)
{
    bool negative = take(&s, '-');
    int64_t year, month = 1, day = 1, ms = 0;
    if (!digits(&s, 9, &year) || !date_rest(&s, &month, &day))
        return false;
    bool has_time = take(&s, 'T') || take(&s, 't');
    if (has_time ? !clock_time(&s, &ms) : s.n != 0)
        return false;
    if (year > 200000000) /* further off than milliseconds reach */
        *out_ms = negative ? INT64_MIN : INT64_MAX;
    else
        *out_ms =
            np_days_from_civil(negative ? -year : year, (unsigned)month, (unsigned)day) * 86400000 +
            ms;
    return true;
}

bool policy_date_parse(struct np_str s, int64_t *out_ms)
{
    if (np_str_chr(s, 'T') >= 0 || np_str_chr(s, 't') >= 0 || np_str_chr(s, '-') >= 0)
        return iso_date(s, out_ms);
    uint64_t seconds;
    if (!np_str_u64(s, &seconds) || seconds > INT64_MAX)
        return false;
    *out_ms = seconds > INT64_MAX / 1000 ? INT64_MAX : (int64_t)seconds * 1000;
    return true;
}

static bool address(struct np_str s, struct policy_cidr *out)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char z[INET6_ADDRSTRLEN];
    if (s.n == 0 || s.n >= sizeof(z) || memchr(s.p, '\0', s.n) != NULL)
        return false;
    memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    if (np_str_chr(s, ':') >= 0) {
        if (inet_pton(AF_INET6, z, out->addr) != 1)
            return false;
        out->v4 = memcmp(out->addr, mapped, sizeof(mapped)) == 0;
        return true;
    }
    memcpy(out->addr, mapped, sizeof(mapped));
    out->v4 = true;
    return inet_pton(AF_INET, z, out->addr + 12) == 1;
}

bool policy_cidr_parse(struct np_str s, struct policy_cidr *out)
{
    struct np_str addr, len;
    out->bits = 128;
    if (!np_str_cut(s, '/', &addr, &len))
        return address(s, out);
    uint64_t bits;
    if (!address(addr, out) || !np_str_u64(len, &bits))
        return false;
    bool dotted = np_str_chr(addr, ':') < 0;
    if (bits > (dotted ? 32u : 128u))
        return false;
    out->bits = (uint8_t)(dotted ? bits + 96 : bits);
    out->v4 = out->v4 && out->bits >= 96;
    return true;
}

bool policy_cidr_has(const struct policy_cidr *net, const struct policy_cidr *addr)
{
    size_t whole = net->bits / 8, rest = net->bits % 8;
    if (net->v4 != addr->v4 || memcmp(net->addr, addr->addr, whole) != 0)
        return false;
    return rest == 0 || ((net->addr[whole] ^ addr->addr[whole]) >> (8 - rest)) == 0;
}

bool np_policy_value_ok(enum np_policy_type type, struct np_str value, struct np_arena *a)
{
    struct policy_number number;
    struct policy_cidr net;
    int64_t ms;
    switch (type) {
    case NP_POLICY_STRING:
        return true;
    case NP_POLICY_NUMERIC:
        return policy_number_parse(value, &number);
    case NP_POLICY_BOOLEAN:
        return np_str_ieq(value, NP_STR("true")) || np_str_ieq(value, NP_STR("false"));
    case NP_POLICY_IP:
        return policy_cidr_parse(value, &net);
    case NP_POLICY_BINARY:
        return np_unbase64(a, value).p != NULL;
    case NP_POLICY_DATE:
        return policy_date_parse(value, &ms);
    }
    return false;
}
