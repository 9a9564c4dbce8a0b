/* SPDX-License-Identifier: Apache-2.0 */
/* dns_test.h - zones written as text and answers read as text, for the tests of the DNS engine. */
#pragma once

#include "test.h"

#include "base/auto.h"
#include "engines/dns/dns.h"
#include "engines/dns/rdata.h"
#include "engines/dns/wire.h"
#include "io/rcu.h"

struct rig {
    struct np_arena *arena;
    struct np_dns_opts opts;
    struct np_dns *dns;
    struct np_dns_ctx ctx;
    struct np_dns_change *change; /* open while a test fills a zone */
    uint8_t out[NP_DNS_MESSAGE_MAX];
    size_t out_n;
};

static uint64_t rig_no_chance(void *arg)
{
    return arg != NULL ? *(uint64_t *)arg : 0;
}

static inline void rig_init(struct rig *r)
{
    memset(r, 0, sizeof(*r));
    np_rcu_thread_begin();
    r->arena = np_arena_new();
    r->opts.random = rig_no_chance;
    r->dns = np_dns_new(&r->opts);
    r->ctx.now_s = 1700000000;
}

static inline void rig_fini(struct rig *r)
{
    np_dns_free(r->dns);
    np_arena_free(r->arena);
}

static inline struct np_str rig_name(struct rig *r, const char *text)
{
    struct np_str name;
    struct np_err err = {0};
    NP_CHECK(np_dns_name_of(np_str_of(text), r->arena, &name, &err) == 0, "%s: %.*s", text,
             (int)err.n, err.text);
    return name;
}

static inline uint16_t rig_type(const char *text)
{
    static const struct {
        const char *text;
        uint16_t type;
    } others[] = {{"ANY", NP_DNS_ANY}, {"DNSKEY", NP_DNS_DNSKEY}, {"NSEC", NP_DNS_NSEC},
                  {"AXFR", 252},       {"RRSIG", NP_DNS_RRSIG},   {"HINFO", NP_DNS_HINFO}};
    uint16_t type = 0;
    NP_EACH (o, others)
        if (strcmp(o->text, text) == 0)
            return o->type;
    NP_CHECK(np_dns_type_of(np_str_of(text), &type), "%s", text);
    return type;
}

/* --- changes --- */

static inline void rig_begin(struct rig *r)
{
    r->change = np_dns_begin(r->dns);
}

static inline void rig_commit(struct rig *r)
{
    np_dns_commit(r->change);
    r->change = NULL;
}

static inline void rig_zone(struct rig *r, const char *id, const char *name, const char *vpc)
{
    struct np_str v = np_str_of(vpc);
    np_dns_zone_put(r->change, &(struct np_dns_zone){.id = np_str_of(id),
                                                     .name = rig_name(r, name),
                                                     .is_private = vpc != NULL,
                                                     .vpcs = &v,
                                                     .n_vpcs = vpc != NULL});
}

/* Values, a line each, into s, whose other members are the caller's. */
static inline void rig_put_set(struct rig *r, const char *zone, const char *name, const char *type,
                               const char *values, struct np_dns_rrset s)
{
    struct np_str rdata[512], rest = np_str_of(values), value;
    struct np_err err = {0};
    s.name = rig_name(r, name);
    s.type = rig_type(type);
    if (s.ttl == 0)
        s.ttl = 300;
    while (values != NULL && np_str_split(&rest, '\n', &value)) {
        int rc = np_dns_rdata_of(s.type, value, r->arena, &rdata[s.n_rdata++], &err);
        NP_CHECK(rc == 0, "%s %.*s: %.*s", type, NP_FMT(value), (int)err.n, err.text);
    }
    s.rdata = rdata;
    np_dns_rrset_put(r->change, np_str_of(zone), &s);
}

static inline void rig_put(struct rig *r, const char *zone, const char *name, const char *type,
                           const char *values)
{
    rig_put_set(r, zone, name, type, values, (struct np_dns_rrset){0});
}

static inline void rig_remove(struct rig *r, const char *zone, const char *name, const char *type,
                              const char *set_id)
{
    np_dns_rrset_remove(r->change, np_str_of(zone), rig_name(r, name), rig_type(type),
                        np_str_of(set_id));
}

/* Zone Z1, example.com, with what every zone has. */
static inline void rig_example(struct rig *r)
{
    rig_begin(r);
    rig_zone(r, "Z1", "example.com", NULL);
    rig_put_set(r, "Z1", "example.com", "SOA",
                "ns-1.awsdns-00.com. hostmaster.example.com. 1 7200 900 1209600 60",
                (struct np_dns_rrset){.ttl = 900});
    rig_put_set(r, "Z1", "example.com", "NS", "ns-1.awsdns-00.com.\nns-2.awsdns-00.net.",
                (struct np_dns_rrset){.ttl = 172800});
    rig_put(r, "Z1", "www.example.com", "A", "192.0.2.1");
    rig_commit(r);
}

/* --- questions --- */

#define RIG_EDNS   1
#define RIG_DNSSEC 2
#define RIG_TCP    4

static inline size_t rig_question(struct rig *r, const char *name, const char *type, unsigned flags,
                                  uint8_t *p)
{
    struct np_str wire;
    NP_CHECK(np_dns_name_as_is(np_str_of(name), r->arena, &wire, NULL) == 0);
    memset(p, 0, DNS_HEADER);
    dns_put16(p, 0x1234);
    dns_put16(p + 4, 1);
    memcpy(p + DNS_HEADER, wire.p, wire.n);
    size_t n = DNS_HEADER + wire.n;
    dns_put16(p + n, rig_type(type));
    dns_put16(p + n + 2, DNS_CLASS_IN);
    n += 4;
    if (flags & (RIG_EDNS | RIG_DNSSEC)) {
        static const uint8_t opt[11] = {0, 0, 41, 4, 208};
        memcpy(p + n, opt, sizeof(opt));
        p[n + 7] = flags & RIG_DNSSEC ? 0x80 : 0;
        p[11] = 1;
        n += sizeof(opt);
    }
    return n;
}

/* Data with its names in full. */
static inline struct np_str rig_rdata(struct rig *r, uint16_t type, size_t at, size_t n)
{
    struct dns_names_at names = dns_rdata_names(type);
    struct np_buf b;
    np_buf_init(&b, r->arena, NP_DNS_MESSAGE_MAX);
    size_t end = at + n;
    np_buf_add(&b, r->out + at, names.before);
    at += names.before;
    for (unsigned i = 0; i < names.n; i++) {
        uint8_t name[NP_DNS_NAME_MAX + 1];
        size_t name_n, used = dns_name_read(r->out, r->out_n, at, name, &name_n);
        NP_CHECK(used != 0);
        np_buf_add(&b, name, name_n);
        at += used;
    }
    np_buf_add(&b, r->out + at, end - at);
    return np_buf_str(&b);
}

static inline void rig_put_nsec(struct rig *r, struct np_buf *text, struct np_str rdata)
{
    const uint8_t *p = (const uint8_t *)rdata.p;
    size_t at = np_dns_name_len(p, rdata.n);
    np_buf_str_add(text, np_dns_name_text(np_str_n(p, at), r->arena));
    for (; at < rdata.n; at += 2u + p[at + 1])
        for (unsigned bit = 0; bit < 8u * p[at + 1]; bit++)
            if (p[at + 2 + bit / 8] & 0x80 >> bit % 8) {
                unsigned type = p[at] * 256u + bit;
                np_buf_char(text, ' ');
                if (type == NP_DNS_RRSIG || type == NP_DNS_NSEC || type == NP_DNS_DNSKEY)
                    np_buf_str_add(text, np_str_of(type == NP_DNS_RRSIG  ? "RRSIG"
                                                   : type == NP_DNS_NSEC ? "NSEC"
                                                                         : "DNSKEY"));
                else
                    np_buf_str_add(text, np_dns_type_text((uint16_t)type, r->arena));
            }
}

static inline size_t rig_put_rr(struct rig *r, struct np_buf *text, size_t at)
{
    uint8_t name[NP_DNS_NAME_MAX + 1];
    size_t name_n, used = dns_name_read(r->out, r->out_n, at, name, &name_n);
    NP_CHECK(used != 0 && r->out_n - at - used >= 10);
    const uint8_t *p = r->out + at + used;
    uint16_t type = dns_get16(p);
    size_t n = dns_get16(p + 8);
    NP_CHECK(r->out_n - at - used - 10 >= n);
    if (type == NP_DNS_OPT) {
        np_buf_printf(text, "OPT %u %08x", dns_get16(p + 2), dns_get32(p + 4));
        for (size_t i = 0; i < n; i++)
            np_buf_printf(text, i == 0 ? " %02x" : "%02x", p[10 + i]);
    } else if (type == NP_DNS_RRSIG) {
        np_buf_str_add(text, np_dns_name_text(np_str_n(name, name_n), r->arena));
        struct np_str of = np_dns_type_text(dns_get16(p + 10), r->arena);
        np_buf_printf(text, " %u RRSIG %.*s", dns_get32(p + 4), NP_FMT(of));
    } else {
        struct np_str t = np_dns_type_text(type, r->arena);
        np_buf_str_add(text, np_dns_name_text(np_str_n(name, name_n), r->arena));
        np_buf_printf(text, " %u %.*s ", dns_get32(p + 4), NP_FMT(t));
        struct np_str rdata = rig_rdata(r, type, at + used + 10, n);
        if (type == NP_DNS_NSEC)
            rig_put_nsec(r, text, rdata);
        else
            np_buf_str_add(text, np_dns_rdata_text(type, rdata, r->arena));
    }
    np_buf_char(text, '\n');
    return at + used + 10 + n;
}

/* The answer in r->out as text: a line of rcode and flags, then the records, with a line "--"
 * before those of the authority section and "++" before the additional ones. */
static inline struct np_str rig_text(struct rig *r)
{
    static const char *const rcodes[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                         "NXDOMAIN", "NOTIMP",  "REFUSED"};
    struct np_buf text;
    np_buf_init(&text, r->arena, 1 << 20);
    if (r->out_n == 0)
        return NP_STR("nothing");
    uint16_t flags = dns_get16(r->out + 2);
    NP_CHECK(r->out_n >= DNS_HEADER && (flags & DNS_QR) && (flags & 15) < NP_LEN(rcodes));
    np_buf_printf(&text, "%s%s%s\n", rcodes[flags & 15], flags & DNS_AA ? " aa" : "",
                  flags & DNS_TC ? " tc" : "");
    size_t at = DNS_HEADER;
    if (dns_get16(r->out + 4) == 1)
        at += np_dns_name_len(r->out + at, r->out_n - at) + 4;
    for (unsigned s = 0; s < 3; s++) {
        unsigned n = dns_get16(r->out + 6 + 2 * s);
        if (s > 0 && n > 0)
            np_buf_str_add(&text, np_str_of(s == 1 ? "--\n" : "++\n"));
        for (; n > 0; n--)
            at = rig_put_rr(r, &text, at);
    }
    NP_CHECK(at == r->out_n, "%zu of %zu bytes", at, r->out_n);
    return np_buf_str(&text);
}

static inline struct np_str rig_send(struct rig *r, const uint8_t *query, size_t n)
{
    r->out_n = np_dns_answer(r->dns, &r->ctx, query, n, r->out, sizeof(r->out));
    return rig_text(r);
}

static inline struct np_str rig_ask(struct rig *r, const char *name, const char *type,
                                    unsigned flags)
{
    uint8_t query[512];
    size_t n = rig_question(r, name, type, flags, query);
    r->ctx.tcp = (flags & RIG_TCP) != 0;
    return rig_send(r, query, n);
}

#define RIG_NS                                                                                     \
    "--\nexample.com. 172800 NS ns-1.awsdns-00.com.\nexample.com. 172800 NS ns-2.awsdns-00.net.\n"
#define RIG_SOA                                                                                    \
    "--\nexample.com. 60 SOA ns-1.awsdns-00.com. hostmaster.example.com. 1 7200 900 1209600 60\n"
