/* SPDX-License-Identifier: Apache-2.0 */
/* server_int.h - the two halves of a server. Private to this folder. */
#pragma once

#include "base/buf.h"
#include "engines/dns/server.h"
#include "engines/dns/wire.h"
#include "io/stream.h"

struct dns_udp;

struct np_dns_server {
    uint32_t magic;
    struct np_loop *loop;
    struct np_dns *dns;
    struct np_dns_server_opts opts;
    struct np_addr addr, seen_as;
    struct np_dns_sigs *sigs;
    uint64_t chance;
    struct np_dns_counts counts;
    struct dns_udp *udp;

    struct np_watch listener;
    struct np_timer accept_again, idle;
    struct np_node conns; /* the idlest first */
    size_t n_conns;
    uint8_t *scratch; /* NP_DNS_MESSAGE_MAX: one answer over TCP */
};

/* An answer to whom it may concern: its bytes in out, 0: none. */
size_t dns_server_answer(struct np_dns_server *s, const struct np_addr *from, bool tcp,
                         const uint8_t *query, size_t n, uint8_t *out, size_t room);

int dns_udp_open(struct np_dns_server *s, const struct np_addr *at, struct np_err *err);
void dns_udp_close(struct np_dns_server *s);
int dns_tcp_open(struct np_dns_server *s, const struct np_addr *at, struct np_err *err);
void dns_tcp_close(struct np_dns_server *s);
