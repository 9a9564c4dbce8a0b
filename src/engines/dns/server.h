/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - DNS over UDP and TCP at one address, on one loop; one server a worker shares the port.
 *
 * Threads: the loop's.
 */
#pragma once

#include "engines/dns/dns.h"
#include "io/loop.h"

struct np_dns_server;

struct np_dns_server_opts {
    struct np_str vpc_id;          /* the view; absent: the outside */
    const struct np_addr *seen_as; /* where clients on loopback are told to be; NULL: as they are */
    bool reuse_port;               /* several servers, one address */
    uint32_t idle_ms;              /* of a TCP connection; 0: NP_DNS_TCP_IDLE_MS */
    size_t max_connections;        /* 0: NP_DNS_TCP_CONNECTIONS_MAX; more close the idlest */
};

/* Port 0 lets the kernel choose one that is free for both. */
int np_dns_server_new(struct np_loop *l, struct np_dns *d, const struct np_addr *at,
                      const struct np_dns_server_opts *o, struct np_dns_server **out,
                      struct np_err *err);
const struct np_addr *np_dns_server_addr(const struct np_dns_server *s);
void np_dns_server_free(struct np_dns_server *s); /* at once; NULL is fine */

/* Others may read them. */
struct np_dns_counts {
    uint64_t udp, tcp, dropped;
};
struct np_dns_counts np_dns_server_counts(const struct np_dns_server *s);
