/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - a query taken apart. What cannot be answered is told apart from what is not to be. */
#include <netinet/in.h>

#include "engines/dns/rdata.h"
#include "engines/dns/wire.h"

#define OPTION_SUBNET 8
#define POINTERS_MAX  127

size_t dns_name_read(const uint8_t *p, size_t n, size_t at, uint8_t *out, size_t *out_n)
{
    size_t begin = at, here = 0, len = 0;
    size_t lowest = at; /* a pointer leads before all that was read: no loops */
    for (unsigned hops = 0; at < n;) {
        uint8_t c = p[at];
        if (c >= 0xc0) {
            if (n - at < 2 || ++hops > POINTERS_MAX)
                return 0;
            size_t to = (size_t)(c & 0x3f) << 8 | p[at + 1];
            if (to >= lowest)
                return 0;
            if (here == 0)
                here = at + 2 - begin;
            at = lowest = to;
            continue;
        }
        if (c > NP_DNS_LABEL_MAX || n - at < c + 1u || len + c + 1u > NP_DNS_NAME_MAX)
            return 0;
        if (out != NULL)
            memcpy(out + len, p + at, c + 1u);
        len += c + 1u;
        at += c + 1u;
        if (c != 0)
            continue;
        *out_n = len;
        return here != 0 ? here : at - begin;
    }
    return 0;
}

/* The question's name in lower case, with the places of its labels; its length or 0. A pointer has
 * nothing to point at here. */
static size_t read_question_name(const uint8_t *p, size_t n, struct dns_query *q)
{
    size_t at = 0;
    unsigned labels = 0;
    while (at < n && at < NP_DNS_NAME_MAX) {
        uint8_t c = p[at];
        if (c == 0) {
            q->name[at] = 0;
            q->name_n = (uint8_t)(at + 1);
            q->n_labels = (uint8_t)labels;
            return at + 1;
        }
        if (c > NP_DNS_LABEL_MAX || n - at <= c || at + c + 2u > NP_DNS_NAME_MAX)
            return 0;
        q->labels[labels++] = (uint8_t)at;
        q->name[at] = c;
        for (size_t i = at + 1; i <= at + c; i++)
            q->name[i] = np_dns_lower[p[i]];
        at += c + 1u;
    }
    return 0;
}

/* The address is as long as its prefix says, and nothing is set behind it. */
static bool read_subnet(const uint8_t *p, size_t n, struct dns_subnet *s)
{
    if (n < 4 || p[3] != 0)
        return false;
    *s = (struct dns_subnet){.present = true, .family = dns_get16(p), .source = p[2]};
    size_t bits = s->family == 1 ? 32 : s->family == 2 ? 128 : 0;
    if (s->source > bits || n - 4 != (s->source + 7u) / 8)
        return false;
    memcpy(s->addr, p + 4, n - 4);
    return s->source % 8 == 0 || (uint8_t)(p[n - 1] << (s->source % 8)) == 0;
}

static bool read_options(const uint8_t *p, size_t n, struct dns_query *q)
{
    while (n > 0) {
        if (n < 4)
            return false;
        size_t len = dns_get16(p + 2);
        if (n - 4 < len)
            return false;
        if (dns_get16(p) == OPTION_SUBNET &&
            (q->subnet.present || !read_subnet(p + 4, len, &q->subnet)))
            return false;
        p += 4 + len;
        n -= 4 + len;
    }
    return true;
}

static bool read_opt(const uint8_t *p, size_t len, struct dns_query *q)
{
    if (q->edns)
        return false;
    q->edns = true;
    q->udp_bytes = dns_get16(p + 2);
    q->edns_version = p[5];
    q->dnssec_ok = (p[6] & 0x80) != 0;
    /* Of another version nothing else is known. */
    return q->edns_version != 0 || read_options(p + 10, len, q);
}

/* What follows the question: an OPT record, and others that are of no interest. */
static bool read_additional(const uint8_t *p, size_t n, size_t at, struct dns_query *q)
{
    for (unsigned left = dns_get16(p + 10); left > 0; left--) {
        uint8_t name[NP_DNS_NAME_MAX + 1];
        size_t name_n, here = dns_name_read(p, n, at, name, &name_n);
        if (here == 0 || n - at - here < 10)
            return false;
        const uint8_t *rr = p + at + here;
        size_t len = dns_get16(rr + 8);
        if ((size_t)(p + n - rr) - 10 < len)
            return false;
        if (dns_get16(rr) == NP_DNS_OPT && (name_n != 1 || !read_opt(rr, len, q)))
            return false;
        at += here + 10 + len;
    }
    return at == n;
}

int dns_query_parse(const uint8_t *p, size_t n, struct dns_query *q, enum dns_rcode *rcode)
{
    if (n < DNS_HEADER)
        return NP_EPROTO;
    q->id = dns_get16(p);
    q->flags = dns_get16(p + 2);
    q->question_n = 0;
    q->edns = q->dnssec_ok = false;
    q->edns_version = 0;
    q->udp_bytes = 0;
    q->subnet.present = false;
    if (q->flags & DNS_QR)
        return NP_EPROTO;
    *rcode = DNS_NOTIMP;
    if ((q->flags & DNS_OPCODE) != 0)
        return 0;
    *rcode = DNS_FORMERR;
    /* One question (RFC 9619), and no records where answers have theirs. */
    if (dns_get16(p + 4) != 1 || dns_get32(p + 6) != 0)
        return 0;
    size_t name_n = read_question_name(p + DNS_HEADER, n - DNS_HEADER, q);
    if (name_n == 0 || n - DNS_HEADER - name_n < 4)
        return 0;
    size_t at = DNS_HEADER + name_n + 4;
    q->type = dns_get16(p + at - 4);
    q->class = dns_get16(p + at - 2);
    q->question_n = (uint16_t)(name_n + 4);
    if (!read_additional(p, n, at, q)) {
        /* With EDNS, if it came so far: without, clients take it that there is none here. */
        q->subnet.present = false;
        return 0;
    }
    if (q->edns_version != 0)
        *rcode = DNS_BADVERS;
    else
        *rcode = DNS_NOERROR;
    return 0;
}
