/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - an answer put together: records one after the other, names compressed (RFC 1035, 4.1.4).
 */
#include "base/assert.h"
#include "engines/dns/rdata.h"
#include "engines/dns/wire.h"

void dns_out_init(struct dns_out *o, uint8_t *p, size_t room)
{
    o->p = p;
    o->n = 0;
    o->room = room;
    o->full = o->plain = false;
    memset(o->counts, 0, sizeof(o->counts));
    o->flags = 0;
    o->pointers = NULL;
    o->n_known = 0;
}

void dns_out_knows(struct dns_out *o, const struct dns_query *q)
{
    for (unsigned i = 0; i < q->n_labels && o->n_known < NP_DNS_KNOWN_NAMES / 2; i++)
        o->known[o->n_known++] = (uint16_t)(DNS_HEADER + q->labels[i]);
}

struct dns_mark dns_out_mark(const struct dns_out *o)
{
    return (struct dns_mark){
        .n = o->n, .n_known = o->n_known, .counts = {o->counts[0], o->counts[1], o->counts[2]}};
}

void dns_out_back(struct dns_out *o, const struct dns_mark *m)
{
    o->n = m->n;
    o->n_known = m->n_known;
    memcpy(o->counts, m->counts, sizeof(o->counts));
    o->full = false;
}

static bool take(struct dns_out *o, size_t n)
{
    if (o->full || o->room - o->n < n) {
        o->full = true;
        return false;
    }
    return true;
}

/* The name at `at`, which we wrote ourselves, is `name` (n bytes, with the root), but for case. */
static bool is_at(const struct dns_out *o, size_t at, const uint8_t *name)
{
    for (;;) {
        uint8_t c = o->p[at];
        if (c >= 0xc0) {
            at = (size_t)(c & 0x3f) << 8 | o->p[at + 1];
            continue;
        }
        if (c != *name)
            return false;
        if (c == 0)
            return true;
        for (size_t i = 1; i <= c; i++)
            if (np_dns_lower[o->p[at + i]] != np_dns_lower[name[i]])
                return false;
        at += c + 1u;
        name += c + 1u;
    }
}

static void put_pointer(struct dns_out *o, uint16_t at)
{
    if (o->pointers != NULL && o->pointers->n++ < DNS_POINTERS_MAX)
        o->pointers->at[o->pointers->n - 1] = (uint16_t)o->n;
    dns_put16(o->p + o->n, (uint16_t)(0xc000 | at));
    o->n += 2;
}

static uint16_t find_known(const struct dns_out *o, const uint8_t *name)
{
    for (unsigned i = 0; i < o->n_known; i++)
        if (o->p[o->known[i]] == *name && is_at(o, o->known[i], name))
            return o->known[i];
    return 0;
}

void dns_put_name(struct dns_out *o, const uint8_t *name, size_t n)
{
    if (!take(o, n))
        return;
    while (*name != 0) {
        uint16_t at = o->plain ? 0 : find_known(o, name);
        if (at != 0) {
            put_pointer(o, at);
            return;
        }
        if (o->n_known < NP_DNS_KNOWN_NAMES && o->n <= DNS_POINTER_TO_MAX)
            o->known[o->n_known++] = (uint16_t)o->n;
        memcpy(o->p + o->n, name, *name + 1u);
        o->n += *name + 1u;
        name += *name + 1u;
    }
    o->p[o->n++] = 0;
}

static const struct {
    uint16_t type;
    struct dns_names_at at;
} with_names[] = {
    {NP_DNS_NS, {0, 1, true}},    {NP_DNS_CNAME, {0, 1, true}},  {NP_DNS_SOA, {0, 2, true}},
    {NP_DNS_PTR, {0, 1, true}},   {NP_DNS_MX, {2, 1, true}},     {NP_DNS_SRV, {6, 1, false}},
    {NP_DNS_SVCB, {2, 1, false}}, {NP_DNS_HTTPS, {2, 1, false}},
};

struct dns_names_at dns_rdata_names(uint16_t type)
{
    if (type == NP_DNS_A || type == NP_DNS_AAAA || type == NP_DNS_TXT)
        return (struct dns_names_at){0};
    NP_EACH (w, with_names)
        if (w->type == type)
            return w->at;
    return (struct dns_names_at){0};
}

static void put_bytes(struct dns_out *o, const void *p, size_t n)
{
    if (!take(o, n))
        return;
    memcpy(o->p + o->n, p, n);
    o->n += n;
}

static void put_rdata(struct dns_out *o, uint16_t type, struct np_str rdata)
{
    struct dns_names_at at = dns_rdata_names(type);
    const uint8_t *p = (const uint8_t *)rdata.p;
    size_t left = rdata.n;
    if (at.compress && !o->plain) {
        put_bytes(o, p, at.before);
        p += at.before;
        left -= at.before;
        for (unsigned i = 0; i < at.n; i++) {
            size_t n = np_dns_name_len(p, left);
            np_assert(n != 0);
            dns_put_name(o, p, n);
            p += n;
            left -= n;
        }
    }
    put_bytes(o, p, left);
}

void dns_put_rr(struct dns_out *o, enum dns_section s, const struct dns_owner *owner, uint16_t type,
                uint32_t ttl, struct np_str rdata)
{
    if (owner->at == 0 || o->plain)
        dns_put_name(o, (const uint8_t *)owner->name.p, owner->name.n);
    else if (take(o, 2))
        put_pointer(o, owner->at);
    if (!take(o, 10))
        return;
    uint8_t *fixed = o->p + o->n;
    dns_put16(fixed, type);
    dns_put16(fixed + 2, DNS_CLASS_IN);
    dns_put32(fixed + 4, ttl);
    o->n += 10;
    put_rdata(o, type, rdata);
    dns_put16(fixed + 8, (uint16_t)(o->p + o->n - fixed - 10));
    o->counts[s]++;
}

void dns_put_run(struct dns_out *o, enum dns_section s, uint16_t at, struct np_str run, unsigned n)
{
    np_assert(at != 0 && !o->plain);
    if (!take(o, run.n))
        return;
    uint8_t *p = o->p + o->n;
    memcpy(p, run.p, run.n);
    o->n += run.n;
    o->counts[s] = (uint16_t)(o->counts[s] + n);
    for (; at != DNS_HEADER && n > 0; n--) {
        dns_put16(p, (uint16_t)(0xc000 | at));
        p += 12 + dns_get16(p + 10);
    }
}
