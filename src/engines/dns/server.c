/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - one address, over UDP and TCP. */
#include "engines/dns/server_int.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "engines/dns/rdata.h"
#include "engines/dns/signer.h"

#define SERVER_MAGIC 0x444e5353
#define PORT_TRIES   20 /* one that is free for UDP may be taken for TCP */

size_t dns_server_answer(struct np_dns_server *s, const struct np_addr *from, bool tcp,
                         const uint8_t *query, size_t n, uint8_t *out, size_t room,
                         struct dns_wait **wait)
{
    struct np_dns_missed missed = {0};
    bool here = s->opts.seen_as != NULL && np_addr_is_loopback(from);
    struct np_dns_ctx ctx = {
        .view = {s->opts.vpc_id},
        .from = here ? &s->seen_as : from,
        .tcp = tcp,
        .sigs = s->sigs,
        .chance = &s->chance,
        .now_s = np_wall_ms(s->loop) / 1000,
        .missed = s->opts.resolver ? &missed : NULL,
    };
    size_t got = np_dns_answer(s->dns, &ctx, query, n, out, room);
    *wait = NULL;
    /* Who has no addresses of IPv6 needs none of others. */
    if (missed.yes && got != 0 && s->opts.elsewhere != NULL && missed.type != NP_DNS_AAAA) {
        *wait = dns_ask_elsewhere(s, from, tcp, &missed, np_str_n(query, n), np_str_n(out, got));
        if (*wait != NULL)
            return 0;
        out[3] = (uint8_t)((out[3] & 0xf0) | DNS_SERVFAIL);
    } else if (missed.yes && got != 0 && missed.type == NP_DNS_AAAA && s->opts.elsewhere != NULL) {
        out[3] &= 0xf0; /* no such record: the name may be there */
    }
    uint64_t *count = got == 0 ? &s->counts.dropped : tcp ? &s->counts.tcp : &s->counts.udp;
    __atomic_store_n(count, *count + 1, __ATOMIC_RELAXED);
    return got;
}

static int open_both(struct np_dns_server *s, const struct np_addr *at, struct np_err *err)
{
    int rc = dns_udp_open(s, at, err);
    if (rc < 0)
        return rc;
    rc = dns_tcp_open(s, &s->addr, err);
    if (rc < 0)
        dns_udp_close(s);
    return rc;
}

int np_dns_server_new(struct np_loop *l, struct np_dns *d, const struct np_addr *at,
                      const struct np_dns_server_opts *o, struct np_dns_server **out,
                      struct np_err *err)
{
    struct np_dns_server *s = np_heap_new(struct np_dns_server);
    s->magic = SERVER_MAGIC;
    s->loop = l;
    s->dns = d;
    s->opts = *o;
    if (o->vpc_id.p != NULL) {
        char *copy = np_heap_alloc(o->vpc_id.n + 1);
        memcpy(copy, o->vpc_id.p, o->vpc_id.n);
        s->opts.vpc_id.p = copy;
    }
    if (o->seen_as != NULL)
        s->seen_as = *o->seen_as;
    if (o->idle_ms == 0)
        s->opts.idle_ms = NP_DNS_TCP_IDLE_MS;
    if (o->max_connections == 0)
        s->opts.max_connections = NP_DNS_TCP_CONNECTIONS_MAX;
    s->sigs = np_dns_sigs_new();
    np_random(&s->chance, sizeof(s->chance));
    np_list_init(&s->conns);
    np_list_init(&s->waits);
    s->opts.udp_fd = o->given ? o->udp_fd : -1;
    s->opts.tcp_fd = o->given ? o->tcp_fd : -1;
    int rc = open_both(s, at, err);
    for (int i = 0; rc == NP_EBUSY && !o->given && np_addr_port(at) == 0 && i < PORT_TRIES; i++)
        rc = open_both(s, at, err);
    /* Those of them that were not taken. */
    if (s->opts.udp_fd >= 0)
        close(s->opts.udp_fd);
    if (s->opts.tcp_fd >= 0)
        close(s->opts.tcp_fd);
    s->opts.udp_fd = s->opts.tcp_fd = -1;
    if (rc < 0) {
        np_dns_server_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

const struct np_addr *np_dns_server_addr(const struct np_dns_server *s)
{
    return &s->addr;
}

struct np_dns_counts np_dns_server_counts(const struct np_dns_server *s)
{
    return (struct np_dns_counts){
        .udp = __atomic_load_n(&s->counts.udp, __ATOMIC_RELAXED),
        .tcp = __atomic_load_n(&s->counts.tcp, __ATOMIC_RELAXED),
        .dropped = __atomic_load_n(&s->counts.dropped, __ATOMIC_RELAXED),
    };
}

void np_dns_server_free(struct np_dns_server *s)
{
    if (s == NULL)
        return;
    np_assert(s->magic == SERVER_MAGIC);
    dns_udp_close(s);
    dns_tcp_close(s);
    dns_waits_end(s);
    np_dns_sigs_free(s->sigs);
    np_free((void *)(uintptr_t)s->opts.vpc_id.p);
    np_free(s);
}
