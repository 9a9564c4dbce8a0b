/* SPDX-License-Identifier: Apache-2.0 */
/* dns_packet_fuzz.c - a packet, asked of a zone with a bit of everything, over UDP and TCP. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/dns/dns.h"
#include "engines/dns/rdata.h"
#include "engines/dns/signer.h"
#include "engines/dns/wire.h"
#include "io/rcu.h"

static struct np_dns *dns; /* made once: making it is what takes long */
static struct np_dns_sigs *sigs;

static void put(struct np_dns_change *c, struct np_arena *a, const char *zone, const char *name,
                uint16_t type, const char *value, struct np_dns_rrset s)
{
    struct np_str rdata;
    np_assert(np_dns_name_of(np_str_of(name), a, &s.name, NULL) == 0);
    s.type = type;
    s.ttl = 60;
    if (value != NULL) {
        np_assert(np_dns_rdata_of(type, np_str_of(value), a, &rdata, NULL) == 0);
        s.rdata = &rdata;
        s.n_rdata = 1;
    }
    np_dns_rrset_put(c, np_str_of(zone), &s);
}

static void put_zone(struct np_dns_change *c, struct np_arena *a, const char *id, const char *name,
                     struct np_dns_signer *signer)
{
    static const struct {
        const char *name;
        uint16_t type;
        const char *value;
    } all[] = {
        {"@", NP_DNS_SOA, "ns1.a. h.a. 1 2 3 4 5"},
        {"@", NP_DNS_NS, "ns1.a"},
        {"@", NP_DNS_MX, "1 m.a"},
        {"m.", NP_DNS_A, "192.0.2.1"},
        {"*.w.", NP_DNS_TXT, "\"x\""},
        {"c.", NP_DNS_CNAME, "c.a"},
        {"d.", NP_DNS_CNAME, "m.a"},
        {"s.", NP_DNS_NS, "ns.s.a"},
        {"ns.s.", NP_DNS_AAAA, "2001:db8::1"},
    };
    struct np_dns_zone z = {.id = np_str_of(id), .signer = signer};
    np_assert(np_dns_name_of(np_str_of(name), a, &z.name, NULL) == 0);
    np_dns_zone_put(c, &z);
    NP_EACH (r, all) {
        struct np_str text = np_str_printf(a, "%s%s", r->name[0] == '@' ? "" : r->name, name);
        put(c, a, id, np_str_z(a, text), r->type, r->value, (struct np_dns_rrset){0});
    }
    for (unsigned i = 0; i < 3; i++) {
        char name_[8] = "g.", set[] = {(char)('x' + i), 0};
        memcpy(name_ + 2, name, strlen(name) + 1);
        put(c, a, id, name_, NP_DNS_A, "192.0.2.2",
            (struct np_dns_rrset){.set_id = np_str_of(set),
                                  .policy = NP_DNS_GEO,
                                  .country = i == 0 ? NP_STR("DE") : NP_STR_NULL,
                                  .continent = i == 1 ? NP_STR("EU") : NP_STR_NULL});
    }
}

static int place(void *arg, const struct np_addr *addr, struct np_dns_place *out)
{
    (void)arg;
    np_assert(addr->u.sa.sa_family == AF_INET || addr->u.sa.sa_family == AF_INET6);
    *out = (struct np_dns_place){.continent = "EU", .country = "DE", .prefix = 24};
    return 0;
}

static void make(void)
{
    NP_AUTO_ARENA a = np_arena_new();
    uint8_t secret[NP_DNS_PRIVATE_KEY], public_key[NP_DNS_PUBLIC_KEY];
    struct np_dns_signer *signer;
    np_rcu_thread_begin();
    np_dns_key_new(secret, public_key);
    struct np_dns_signer_opts o = {.zone = NP_STR("\1b\0"), .zsk_private = secret};
    np_assert(np_dns_signer_new(&o, &signer, NULL) == 0);
    dns = np_dns_new(&(struct np_dns_opts){.place = place});
    sigs = np_dns_sigs_new();
    struct np_dns_change *c = np_dns_begin(dns);
    put_zone(c, a, "Z1", "a", NULL);
    put_zone(c, a, "Z2", "b", signer);
    np_dns_commit(c);
    np_dns_signer_unref(signer);
}

/* Every record of it can be read, and it ends where they do. */
static void check(const uint8_t *p, size_t n)
{
    size_t at = DNS_HEADER, name_n;
    uint8_t name[NP_DNS_NAME_MAX + 1];
    np_assert(n >= DNS_HEADER && (p[2] & 0x80));
    if (dns_get16(p + 4) == 1) {
        size_t used = dns_name_read(p, n, at, name, &name_n);
        np_assert(used != 0);
        at += used + 4;
    }
    unsigned records = dns_get16(p + 6) + dns_get16(p + 8) + dns_get16(p + 10);
    for (; records > 0; records--) {
        size_t used = dns_name_read(p, n, at, name, &name_n);
        np_assert(used != 0 && n - at - used >= 10);
        at += used + 10u + dns_get16(p + at + used + 8);
        np_assert(at <= n);
    }
    np_assert(at == n);
}

NP_FUZZ(p, n)
{
    static uint8_t out[NP_DNS_MESSAGE_MAX];
    struct np_addr from = {.u.v4 = {.sin_family = AF_INET}, .len = sizeof(from.u.v4)};
    uint64_t chance = 0;
    if (dns == NULL)
        make();
    for (int tcp = 0; tcp < 2; tcp++) {
        struct np_dns_ctx ctx = {
            .from = &from, .tcp = tcp, .sigs = sigs, .chance = &chance, .now_s = 1700000000};
        size_t got = np_dns_answer(dns, &ctx, p, n, out, sizeof(out));
        np_assert(tcp || got <= NP_DNS_UDP_MAX);
        if (got == 0)
            continue;
        np_assert(got >= 2 && memcmp(out, p, 2) == 0);
        check(out, got);
    }
    np_rcu_quiet();
    return 0;
}
