/* SPDX-License-Identifier: Apache-2.0 */
/* dns_serve.c - the DNS engine with nothing around it, for dns.py:
 * CAND_CMD='build/tests/bench/dns_serve'.
 *
 * From the environment: BENCH_DNS (port), BENCH_ZONE (a master file as dns.py writes it: one record
 * a line, names relative to BENCH_ORIGIN), BENCH_WORKERS.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/auto.h"
#include "engines/dns/name.h"
#include "engines/dns/rdata.h"
#include "engines/dns/server.h"
#include "io/clock.h"
#include "io/rcu.h"

#define WORKERS_MAX 64
#define LINE_MAX_   4096
#define ZONE_ID     NP_STR("Z1")

static struct np_str origin;

static struct np_str absolute(struct np_arena *a, struct np_str name)
{
    if (np_str_is(name, "@"))
        return origin;
    if (np_str_ends(name, NP_STR(".")))
        return name;
    return np_str_printf(a, "%.*s.%.*s", NP_FMT(name), NP_FMT(origin));
}

/* The first words of a type's data that are names. */
static struct np_str absolute_data(struct np_arena *a, uint16_t type, struct np_str data)
{
    struct np_str x, y, z;
    switch (type) {
    case NP_DNS_NS:
    case NP_DNS_CNAME:
        return absolute(a, data);
    case NP_DNS_MX:
        np_str_cut(data, ' ', &x, &y);
        return np_str_printf(a, "%.*s %.*s", NP_FMT(x), NP_FMT(absolute(a, y)));
    case NP_DNS_SOA:
        np_str_cut(data, ' ', &x, &y);
        np_str_cut(y, ' ', &y, &z);
        return np_str_printf(a, "%.*s %.*s %.*s", NP_FMT(absolute(a, x)), NP_FMT(absolute(a, y)),
                             NP_FMT(z));
    default:
        return data;
    }
}

struct pending { /* records of one name and type stand side by side */
    struct np_str name;
    uint16_t type;
    struct np_str rdata[16];
    size_t n;
};

static void put(struct np_dns_change *c, struct pending *p)
{
    if (p->n != 0)
        np_dns_rrset_put(
            c, ZONE_ID,
            &(struct np_dns_rrset){
                .name = p->name, .type = p->type, .ttl = 300, .rdata = p->rdata, .n_rdata = p->n});
    p->n = 0;
}

static bool read_line(struct np_arena *a, struct np_str line, struct pending *next)
{
    struct np_str owner, rest, type, data;
    if (!np_str_cut(line, ' ', &owner, &rest) || owner.p[0] == '$' ||
        !np_str_cut(rest, ' ', &type, &rest) || !np_str_cut(rest, ' ', &type, &data) ||
        !np_dns_type_of(type, &next->type))
        return false;
    next->n = 1;
    return np_dns_name_of(absolute(a, owner), a, &next->name, NULL) == 0 &&
           np_dns_rdata_of(next->type, absolute_data(a, next->type, data), a, &next->rdata[0],
                           NULL) == 0;
}

static void load(struct np_dns *d, const char *path)
{
    char line[LINE_MAX_];
    FILE *f = fopen(path, "r");
    np_assert(f != NULL);
    struct np_arena *a = np_arena_new();
    uint64_t begin = np_clock_monotonic_ns();
    struct np_dns_change *c = np_dns_begin(d);
    struct np_dns_zone z = {.id = ZONE_ID};
    np_assert(np_dns_name_of(origin, a, &z.name, NULL) == 0);
    np_dns_zone_put(c, &z);
    struct pending p = {.n = 0}, next;
    size_t lines = 0;
    while (fgets(line, sizeof(line), f) != NULL) {
        if (!read_line(a, np_str_trim(np_str_of(line)), &next))
            continue;
        if (p.n != 0 && p.type == next.type && np_str_eq(p.name, next.name)) {
            p.rdata[p.n++] = next.rdata[0];
            continue;
        }
        put(c, &p);
        if (++lines % 1000 == 0) { /* texts of what is in the zone already */
            np_arena_reset(a, 1 << 16);
            read_line(a, np_str_trim(np_str_of(line)), &next);
        }
        p = next;
    }
    put(c, &p);
    np_dns_commit(c);
    printf("loaded in %.1f ms\n", (double)(np_clock_monotonic_ns() - begin) / 1e6);
    fflush(stdout);
    np_arena_free(a);
    fclose(f);
}

static const char *need(const char *name)
{
    const char *v = getenv(name);
    np_assert(v != NULL);
    return v;
}

struct worker {
    struct np_dns *dns;
    struct np_addr at;
    bool reuse;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    struct np_loop *l;
    struct np_dns_server *s;
    np_assert(np_loop_new(&l, NULL) == 0);
    np_assert(np_dns_server_new(l, w->dns, &w->at,
                                &(struct np_dns_server_opts){.reuse_port = w->reuse}, &s,
                                NULL) == 0);
    np_loop_run(l);
    return NULL;
}

int main(void)
{
    char at[64];
    uint64_t workers;
    struct worker w = {.dns = np_dns_new(&(struct np_dns_opts){0})};
    np_rcu_thread_begin();
    np_rcu_offline();
    origin = np_str_of(need("BENCH_ORIGIN"));
    load(w.dns, need("BENCH_ZONE"));
    snprintf(at, sizeof(at), "127.0.0.1:%s", need("BENCH_DNS"));
    np_assert(np_addr_parse(np_str_of(at), &w.at, NULL) == 0);
    np_assert(np_str_u64(np_str_of(need("BENCH_WORKERS")), &workers) && workers <= WORKERS_MAX);
    w.reuse = workers > 1;
    pthread_t thread;
    for (uint64_t i = 1; i < workers; i++)
        np_assert(pthread_create(&thread, NULL, work, &w) == 0);
    work(&w);
}
