/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - names of DNS as text and on the wire. */
#include "engines/dns/name.h"

#include "base/arena.h"
#include "base/buf.h"
#include "engines/dns/wire.h"

const uint8_t np_dns_lower[256] = {
#define R1(x)  (x) >= 'A' && (x) <= 'Z' ? (uint8_t)((x) + 32) : (uint8_t)(x)
#define R4(x)  R1(x), R1((x) + 1), R1((x) + 2), R1((x) + 3)
#define R16(x) R4(x), R4((x) + 4), R4((x) + 8), R4((x) + 12)
#define R64(x) R16(x), R16((x) + 16), R16((x) + 32), R16((x) + 48)
    R64(0), R64(64), R64(128), R64(192)};

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

size_t np_dns_unescape(struct np_str text, size_t i, uint8_t *byte)
{
    if (text.p[i] != '\\') {
        *byte = (uint8_t)text.p[i];
        return 1;
    }
    if (text.n - i < 2)
        return 0;
    if (!is_octal(text.p[i + 1])) {
        *byte = (uint8_t)text.p[i + 1];
        return 2;
    }
    if (text.n - i < 4 || !is_octal(text.p[i + 2]) || !is_octal(text.p[i + 3]) ||
        text.p[i + 1] > '3')
        return 0;
    *byte = (uint8_t)((text.p[i + 1] - '0') * 64 + (text.p[i + 2] - '0') * 8 + text.p[i + 3] - '0');
    return 4;
}

/* The labels of text into out; their bytes with the root, or a negative error. */
static int labels_of(struct np_str text, uint8_t *out, struct np_err *err)
{
    size_t at = 0, label = 0; /* where the label's length goes is out[at] */
    for (size_t i = 0; i < text.n;) {
        if (text.p[i] == '.') {
            if (label == 0)
                return np_err(err, NP_EINVAL, "DomainLabelEmpty (Domain label is empty)");
            out[at] = (uint8_t)label;
            at += label + 1;
            label = 0;
            i++;
            continue;
        }
        uint8_t byte;
        size_t used = np_dns_unescape(text, i, &byte);
        if (used == 0)
            return np_err(err, NP_EINVAL,
                          "UnsupportedCharacter (Value contains unsupported characters)");
        i += used;
        if (++label > NP_DNS_LABEL_MAX)
            return np_err(err, NP_EINVAL, "DomainLabelTooLong (Domain label is too long)");
        if (at + label + 2 > NP_DNS_NAME_MAX)
            return np_err(err, NP_EINVAL, "DomainNameTooLong (Domain name is too long)");
        out[at + label] = byte;
    }
    if (label != 0) {
        out[at] = (uint8_t)label;
        at += label + 1;
    }
    out[at] = 0;
    return (int)at + 1;
}

int np_dns_name_as_is(struct np_str text, struct np_arena *a, struct np_str *name,
                      struct np_err *err)
{
    uint8_t wire[NP_DNS_NAME_MAX + 1];
    if (text.n == 0)
        return np_err(err, NP_EINVAL, "DomainNameEmpty (Domain name is empty)");
    int n = np_str_is(text, ".") ? labels_of(NP_STR(""), wire, err) : labels_of(text, wire, err);
    if (n < 0)
        return n;
    *name = np_str_dup(a, np_str_n(wire, (size_t)n));
    return 0;
}

int np_dns_name_of(struct np_str text, struct np_arena *a, struct np_str *name, struct np_err *err)
{
    struct np_str as_is;
    int rc = np_dns_name_as_is(text, a, &as_is, err);
    if (rc < 0)
        return rc;
    uint8_t *p = np_alloc_raw(a, as_is.n);
    np_dns_lower_copy(p, (const uint8_t *)as_is.p, as_is.n);
    *name = np_str_n(p, as_is.n);
    return 0;
}

void np_dns_lower_copy(uint8_t *to, const uint8_t *from, size_t n)
{
    /* The length of a label is below 'A'. */
    for (size_t i = 0; i < n; i++)
        to[i] = np_dns_lower[from[i]];
}

static bool is_plain(uint8_t c)
{
    uint8_t l = c | 0x20;
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

struct np_str np_dns_name_text(struct np_str name, struct np_arena *a)
{
    const uint8_t *p = (const uint8_t *)name.p;
    struct np_buf b;
    np_buf_init(&b, a, 4 * NP_DNS_NAME_MAX);
    if (p[0] == 0)
        np_buf_char(&b, '.');
    for (; *p != 0; p += *p + 1) {
        for (size_t i = 1; i <= *p; i++) {
            if (is_plain(p[i]))
                np_buf_char(&b, (char)p[i]);
            else
                np_buf_printf(&b, "\\%03o", p[i]);
        }
        np_buf_char(&b, '.');
    }
    return np_buf_str(&b);
}

size_t np_dns_name_len(const uint8_t *p, size_t n)
{
    size_t at = 0;
    while (at < n && at < NP_DNS_NAME_MAX) {
        if (p[at] == 0)
            return at + 1;
        if (p[at] > NP_DNS_LABEL_MAX)
            return 0;
        at += p[at] + 1u;
    }
    return 0;
}

size_t np_dns_name_labels(struct np_str name)
{
    size_t n = 0;
    for (const uint8_t *p = (const uint8_t *)name.p; *p != 0; p += *p + 1)
        n++;
    return n;
}

bool np_dns_name_under(struct np_str name, struct np_str zone)
{
    const char *p = name.p;
    size_t left = name.n;
    while (left > zone.n) {
        left -= (uint8_t)*p + 1u;
        p += (uint8_t)*p + 1;
    }
    return left == zone.n && memcmp(p, zone.p, zone.n) == 0;
}

static size_t offsets_of(struct np_str name, uint8_t offsets[NP_DNS_LABELS_MAX])
{
    size_t n = 0;
    for (size_t at = 0; name.p[at] != 0; at += (uint8_t)name.p[at] + 1u)
        offsets[n++] = (uint8_t)at;
    return n;
}

int np_dns_name_cmp(struct np_str x, struct np_str y)
{
    uint8_t ox[NP_DNS_LABELS_MAX], oy[NP_DNS_LABELS_MAX];
    size_t nx = offsets_of(x, ox), ny = offsets_of(y, oy);
    while (nx > 0 && ny > 0) {
        const char *lx = x.p + ox[--nx], *ly = y.p + oy[--ny];
        int c = np_str_cmp(np_str_n(lx + 1, (uint8_t)*lx), np_str_n(ly + 1, (uint8_t)*ly));
        if (c != 0)
            return c;
    }
    return (nx > 0) - (ny > 0);
}
