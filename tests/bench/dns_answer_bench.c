/* SPDX-License-Identifier: Apache-2.0 */
/* dns_answer_bench.c - answers of the DNS engine without the kernel: a zone of 1,000 and of 100,000
 * names, each question for another one of them; loading, and changing one record of many. */
#include "bench.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/auto.h"
#include "engines/dns/dns.h"
#include "engines/dns/name.h"
#include "engines/dns/rdata.h"
#include "engines/dns/signer.h"
#include "io/clock.h"
#include "io/rcu.h"

#define ZONE_ID   NP_STR("Z1")
#define QUESTIONS 8192

struct zone {
    struct np_dns *dns;
    struct np_arena *arena;
    unsigned names, next;
    uint64_t chance;
    struct np_dns_ctx ctx;
    struct {
        uint8_t bytes[64];
        size_t n;
    } questions[QUESTIONS];
    uint8_t out[1232];
};

static struct np_str name_of(struct zone *z, const char *text)
{
    struct np_str name;
    np_assert(np_dns_name_of(np_str_of(text), z->arena, &name, NULL) == 0);
    return name;
}

static void put(struct zone *z, struct np_dns_change *c, const char *name, uint16_t type,
                const char *value)
{
    struct np_str rdata;
    np_assert(np_dns_rdata_of(type, np_str_of(value), z->arena, &rdata, NULL) == 0);
    np_dns_rrset_put(
        c, ZONE_ID,
        &(struct np_dns_rrset){
            .name = name_of(z, name), .type = type, .ttl = 300, .rdata = &rdata, .n_rdata = 1});
}

static void put_host(struct zone *z, struct np_dns_change *c, unsigned i)
{
    char name[32];
    snprintf(name, sizeof(name), "h%u.bench.test", i);
    uint8_t address[4] = {10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
    struct np_str rdata = np_str_n(address, 4);
    np_dns_rrset_put(
        c, ZONE_ID,
        &(struct np_dns_rrset){
            .name = name_of(z, name), .type = NP_DNS_A, .ttl = 300, .rdata = &rdata, .n_rdata = 1});
}

static void ask_for(struct zone *z, unsigned i, const char *name, bool dnssec)
{
    static const uint8_t opt[11] = {0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0};
    uint8_t *p = z->questions[i].bytes;
    struct np_str wire = name_of(z, name);
    memset(p, 0, 12);
    p[5] = 1;
    memcpy(p + 12, wire.p, wire.n);
    memcpy(p + 12 + wire.n, "\0\1\0\1", 4);
    z->questions[i].n = 12 + wire.n + 4;
    if (dnssec) {
        p[11] = 1;
        memcpy(p + z->questions[i].n, opt, sizeof(opt));
        z->questions[i].n += sizeof(opt);
    }
}

static void ask(void *arg)
{
    struct zone *z = arg;
    unsigned i = z->next++ % QUESTIONS;
    np_assert(np_dns_answer(z->dns, &z->ctx, z->questions[i].bytes, z->questions[i].n, z->out,
                            sizeof(z->out)) > 12);
}

static void change_one(void *arg)
{
    struct zone *z = arg;
    struct np_dns_change *c = np_dns_begin(z->dns);
    put_host(z, c, z->next++ * 7919 % z->names);
    np_dns_commit(c);
    np_arena_reset(z->arena, 1 << 16);
    np_rcu_quiet();
}

static struct zone *zone_new(unsigned names, struct np_dns_signer *signer)
{
    struct zone *z = np_heap_new(struct zone);
    z->names = names;
    z->arena = np_arena_new();
    z->ctx.chance = &z->chance;
    z->dns = np_dns_new(&(struct np_dns_opts){0});
    struct np_dns_change *c = np_dns_begin(z->dns);
    struct np_str apex = name_of(z, "bench.test");
    np_dns_zone_put(c, &(struct np_dns_zone){.id = ZONE_ID, .name = apex, .signer = signer});
    put(z, c, "bench.test", NP_DNS_SOA, "ns1.bench.test. host.bench.test. 1 7200 900 1209600 300");
    put(z, c, "bench.test", NP_DNS_NS, "ns1.awsdns-01.org.");
    for (unsigned i = 0; i < names; i++) {
        put_host(z, c, i);
        if (i % 1024 == 0)
            np_arena_reset(z->arena, 1 << 16);
    }
    np_dns_commit(c);
    return z;
}

static void zone_free(struct zone *z)
{
    np_dns_free(z->dns);
    np_arena_free(z->arena);
    np_free(z);
}

static void ask_hosts(struct zone *z, bool exist, bool dnssec)
{
    char name[32];
    for (unsigned i = 0; i < QUESTIONS; i++) {
        snprintf(name, sizeof(name), "%s%u.bench.test", exist ? "h" : "nx", i * 7919 % z->names);
        ask_for(z, i, name, dnssec);
    }
}

struct figures {
    unsigned names;
    const char *address, *nothing, *load, *memory, *change;
    double us_max, ms_max, mib_max; /* 0: no goal */
};

static void measure(const struct figures *f)
{
    size_t before = mallinfo2().uordblks;
    uint64_t begin = np_clock_monotonic_ns();
    struct zone *z = zone_new(f->names, NULL);
    double ms = (double)(np_clock_monotonic_ns() - begin) / 1e6;
    double mib = (double)(mallinfo2().uordblks - before) / (1 << 20);
    ask_hosts(z, true, false);
    bench_say(f->address, bench_us(ask, z), "us", f->us_max);
    uint64_t mallocs = bench_mallocs();
    for (unsigned i = 0; i < QUESTIONS; i++)
        ask(z);
    np_assert(bench_mallocs() == mallocs);
    ask_hosts(z, false, false);
    bench_say(f->nothing, bench_us(ask, z), "us", f->us_max);
    bench_say(f->load, ms, "ms", f->ms_max);
    bench_say(f->memory, mib, "MiB", f->mib_max);
    bench_say(f->change, bench_us(change_one, z), "us", 0);
    zone_free(z);
}

static const struct figures figures[] = {
    {1000, "dns: an address, 1,000 names", "dns: no such name, 1,000 names",
     "dns: load 1,000 names", "dns: memory of 1,000 names", "dns: a change among 1,000 names", 0.5,
     0, 0},
    {100000, "dns: an address, 100,000 names", "dns: no such name, 100,000 names",
     "dns: load 100,000 names", "dns: memory of 100,000 names", "dns: a change among 100,000 names",
     1, 500, 35},
};

static void measure_signed(void)
{
    uint8_t secret[NP_DNS_PRIVATE_KEY], public_key[NP_DNS_PUBLIC_KEY];
    struct np_dns_signer *signer;
    np_dns_key_new(secret, public_key);
    struct np_dns_signer_opts o = {.zone = NP_STR("\5bench\4test"), .zsk_private = secret};
    np_assert(np_dns_signer_new(&o, &signer, NULL) == 0);
    struct zone *z = zone_new(1000, signer);
    np_dns_signer_unref(signer);
    ask_hosts(z, true, true);
    bench_say("dns: signed, each signature new", bench_us(ask, z), "us", 0);
    z->ctx.sigs = np_dns_sigs_new();
    for (unsigned i = 0; i < QUESTIONS; i++)
        ask(z);
    bench_say("dns: signed, made before", bench_us(ask, z), "us", 0);
    np_dns_sigs_free(z->ctx.sigs);
    zone_free(z);
}

int main(void)
{
    np_rcu_thread_begin();
    NP_EACH (f, figures)
        measure(f);
    measure_signed();
    np_rcu_thread_end();
    return bench_end("dns_answer");
}
