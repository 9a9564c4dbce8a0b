/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.c - in process: a query like any client's, and its answer taken apart again. */
#include "base/arena.h"
#include "base/assert.h"
#include "engines/dns/dns.h"
#include "engines/dns/rdata.h"
#include "engines/dns/wire.h"

#define QUERY_MAX (DNS_HEADER + NP_DNS_NAME_MAX + 4 + 11 + 4 + 4 + 16)

static size_t put_subnet(uint8_t *p, const struct np_addr *subnet, unsigned prefix)
{
    bool v4 = subnet->u.sa.sa_family == AF_INET;
    const void *addr =
        v4 ? (const void *)&subnet->u.v4.sin_addr : (const void *)&subnet->u.v6.sin6_addr;
    size_t n = (prefix + 7) / 8;
    np_assert(prefix <= (v4 ? 32u : 128u));
    dns_put16(p, 8);
    dns_put16(p + 2, (uint16_t)(4 + n));
    dns_put16(p + 4, v4 ? 1 : 2);
    p[6] = (uint8_t)prefix;
    p[7] = 0;
    memcpy(p + 8, addr, n);
    if (prefix % 8 != 0)
        p[8 + n - 1] &= (uint8_t)(0xff << (8 - prefix % 8));
    return 8 + n;
}

static size_t make_query(uint8_t *p, const struct np_dns_ctx *ctx, struct np_str name,
                         uint16_t type)
{
    memset(p, 0, DNS_HEADER);
    dns_put16(p + 4, 1);
    dns_put16(p + 10, 1);
    size_t at = DNS_HEADER;
    memcpy(p + at, name.p, name.n);
    at += name.n;
    dns_put16(p + at, type);
    dns_put16(p + at + 2, DNS_CLASS_IN);
    at += 4;
    memset(p + at, 0, 11);
    dns_put16(p + at + 1, NP_DNS_OPT);
    dns_put16(p + at + 3, NP_DNS_UDP_MAX);
    if (ctx->subnet == NULL)
        return at + 11;
    size_t n = put_subnet(p + at + 11, ctx->subnet, ctx->subnet_bits);
    dns_put16(p + at + 9, (uint16_t)n);
    return at + 11 + n;
}

/* The records of a section, from `at` on; where it ends. */
static size_t read_rrs(struct np_str message, size_t at, struct np_arena *a, struct np_dns_rr *v,
                       size_t n_rrs)
{
    const uint8_t *p = (const uint8_t *)message.p;
    for (size_t i = 0; i < n_rrs; i++) {
        uint8_t name[NP_DNS_NAME_MAX + 1];
        size_t name_n;
        at += dns_name_read(p, message.n, at, name, &name_n);
        size_t rdata_n = dns_get16(p + at + 8);
        v[i] = (struct np_dns_rr){
            .name = np_str_dup(a, np_str_n(name, name_n)),
            .type = dns_get16(p + at),
            .ttl = dns_get32(p + at + 4),
            .rdata = np_str_dup(a, np_str_n(p + at + 10, rdata_n)),
        };
        at += 10 + rdata_n;
    }
    return at;
}

/* Whether a client over UDP, without EDNS, would have to ask again over TCP. */
static bool is_cut_over_udp(struct np_dns *d, const struct np_dns_ctx *ctx, const uint8_t *query,
                            size_t n)
{
    uint8_t out[NP_DNS_UDP_MAX];
    struct np_dns_ctx udp = *ctx;
    udp.tcp = udp.plain = false;
    size_t got = np_dns_answer(d, &udp, query, n, out, sizeof(out));
    return got != 0 && (dns_get16(out + 2) & DNS_TC) != 0;
}

void np_dns_lookup(struct np_dns *d, const struct np_dns_ctx *ctx, struct np_str name,
                   uint16_t type, struct np_arena *a, struct np_dns_lookup *out)
{
    uint8_t query[QUERY_MAX];
    size_t n = make_query(query, ctx, name, type);
    uint8_t *p = np_alloc_raw(a, NP_DNS_MESSAGE_MAX);
    struct np_dns_ctx plain = *ctx;
    plain.plain = true;
    size_t got = np_dns_answer(d, &plain, query, n, p, NP_DNS_MESSAGE_MAX);
    np_assert(got >= DNS_HEADER);
    memset(out, 0, sizeof(*out));
    out->rcode = dns_get16(p + 2) & 15;
    out->owned = out->rcode != DNS_REFUSED;
    out->truncated = is_cut_over_udp(d, ctx, query, n);
    out->n = dns_get16(p + 6);
    out->n_authority = dns_get16(p + 8);
    out->rrs = np_new_array(a, struct np_dns_rr, out->n + 1);
    out->authority = np_new_array(a, struct np_dns_rr, out->n_authority + 1);
    struct np_str message = np_str_n(p, got);
    size_t at = read_rrs(message, DNS_HEADER + name.n + 4, a, out->rrs, out->n);
    read_rrs(message, at, a, out->authority, out->n_authority);
}
