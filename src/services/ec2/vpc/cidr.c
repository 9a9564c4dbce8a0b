/* SPDX-License-Identifier: Apache-2.0 */
/* cidr.c - IPv4 blocks and addresses, from and to text. */
#include "services/ec2/vpc/cidr.h"

#include <arpa/inet.h>

#include "base/arena.h"

bool ec2_ip_parse(struct np_str s, uint32_t *out)
{
    uint32_t addr = 0;
    struct np_str rest = s, part;
    for (int i = 0; i < 4; i++) {
        uint64_t v;
        bool more = np_str_cut(rest, '.', &part, &rest);
        if (more != (i < 3) || part.n == 0 || part.n > 3 || !np_str_u64(part, &v) || v > 255)
            return false;
        if (part.n > 1 && part.p[0] == '0')
            return false;
        addr = addr << 8 | (uint32_t)v;
    }
    *out = addr;
    return true;
}

struct np_str ec2_ip_text(struct np_arena *a, uint32_t addr)
{
    return np_str_printf(a, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 255, addr >> 8 & 255,
                         addr & 255);
}

bool ec2_cidr_parse(struct np_str s, struct ec2_cidr *out)
{
    struct np_str addr, bits;
    uint64_t n;
    if (!np_str_cut(s, '/', &addr, &bits) || bits.n == 0 || bits.n > 2 || !np_str_u64(bits, &n) ||
        n > 32 || (bits.n == 2 && bits.p[0] == '0'))
        return false;
    out->bits = (uint8_t)n;
    return ec2_ip_parse(addr, &out->addr);
}

static uint32_t mask_of(struct ec2_cidr c)
{
    return c.bits == 0 ? 0 : UINT32_MAX << (32 - c.bits);
}

struct ec2_cidr ec2_cidr_network(struct ec2_cidr c)
{
    return (struct ec2_cidr){c.addr & mask_of(c), c.bits};
}

bool ec2_cidr_is_network(struct ec2_cidr c)
{
    return (c.addr & ~mask_of(c)) == 0;
}

struct np_str ec2_cidr_text(struct np_arena *a, struct ec2_cidr c)
{
    return np_str_printf(a, "%u.%u.%u.%u/%u", c.addr >> 24, c.addr >> 16 & 255, c.addr >> 8 & 255,
                         c.addr & 255, c.bits);
}

uint32_t ec2_cidr_first(struct ec2_cidr c)
{
    return c.addr & mask_of(c);
}

uint32_t ec2_cidr_last(struct ec2_cidr c)
{
    return c.addr | ~mask_of(c);
}

bool ec2_cidr_has_addr(struct ec2_cidr c, uint32_t addr)
{
    return (addr & mask_of(c)) == ec2_cidr_first(c);
}

bool ec2_cidr_has(struct ec2_cidr outer, struct ec2_cidr inner)
{
    return inner.bits >= outer.bits && ec2_cidr_has_addr(outer, inner.addr);
}

bool ec2_cidr_overlap(struct ec2_cidr a, struct ec2_cidr b)
{
    return ec2_cidr_has(a, b) || ec2_cidr_has(b, a);
}

bool ec2_cidr6_ok(struct np_arena *a, struct np_str s, struct np_str *out)
{
    struct np_str addr, bits;
    char text[INET6_ADDRSTRLEN];
    struct in6_addr in;
    uint64_t n;
    if (!np_str_cut(s, '/', &addr, &bits) || bits.n == 0 || bits.n > 3 || !np_str_u64(bits, &n) ||
        n > 128 || addr.n >= sizeof(text))
        return false;
    memcpy(text, addr.p, addr.n);
    text[addr.n] = '\0';
    if (inet_pton(AF_INET6, text, &in) != 1)
        return false;
    for (size_t i = 0; i < 16; i++) { /* AWS keeps the network's own bits */
        unsigned keep = n >= 8 * (i + 1) ? 8 : n > 8 * i ? (unsigned)(n - 8 * i) : 0;
        in.s6_addr[i] &= (uint8_t)(0xff00u >> keep);
    }
    if (out != NULL)
        *out = np_str_printf(a, "%s/%u", inet_ntop(AF_INET6, &in, text, sizeof(text)), (unsigned)n);
    return true;
}
