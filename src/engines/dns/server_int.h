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
    struct np_node waits; /* of elsewhere.c */
    size_t n_waits;
    uint8_t *scratch; /* NP_DNS_MESSAGE_MAX: one answer over TCP */
};

struct dns_conn;

/* A query of a resolver that others are asked for. */
struct dns_wait {
    struct np_node node;
    struct np_dns_server *server; /* NULL: it is gone */
    struct dns_conn *conn;        /* NULL: it came by UDP, or the connection is gone */
    bool tcp;
    struct np_addr from;
    struct np_dns_missed missed;
    size_t query_n, part_n; /* what is known already: the CNAMEs that lead there */
    uint8_t query[NP_DNS_QUERY_MAX];
    uint8_t part[NP_DNS_UDP_MAX];
};

/* An answer to whom it may concern: its bytes in out, 0: none. *wait: it comes later, by
 * dns_udp_send() or dns_tcp_send(); a caller of TCP sets its conn. */
size_t dns_server_answer(struct np_dns_server *s, const struct np_addr *from, bool tcp,
                         const uint8_t *query, size_t n, uint8_t *out, size_t room,
                         struct dns_wait **wait);
/* elsewhere.c: NULL when too many wait. `part` is the answer so far. */
struct dns_wait *dns_ask_elsewhere(struct np_dns_server *s, const struct np_addr *from, bool tcp,
                                   const struct np_dns_missed *missed, struct np_str query,
                                   struct np_str part);
void dns_waits_end(struct np_dns_server *s);
void dns_udp_send(struct np_dns_server *s, const struct np_addr *to, struct np_str message);
void dns_tcp_send(struct dns_conn *c, struct np_str message);

int dns_udp_open(struct np_dns_server *s, const struct np_addr *at, struct np_err *err);
void dns_udp_close(struct np_dns_server *s);
int dns_tcp_open(struct np_dns_server *s, const struct np_addr *at, struct np_err *err);
void dns_tcp_close(struct np_dns_server *s);
