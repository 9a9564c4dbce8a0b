/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - DNS over UDP and TCP at one address, on one loop; one server a worker shares the port.
 *
 * Threads: the loop's.
 */
#pragma once

#include "engines/dns/dns.h"
#include "io/loop.h"

struct np_dns_server;

/* Called once, on the loop, also when the server is gone by then. rc 0: a whole message of another
 * server, n 0: there is no such record; NP_ENOENT: no such name; else nobody knows. */
typedef void np_dns_else_fn(void *x, int rc, struct np_str message);

struct np_dns_server_opts {
    struct np_str vpc_id;          /* the view; absent: the outside */
    const struct np_addr *seen_as; /* where clients on loopback are told to be; NULL: as they are */
    bool reuse_port;               /* several servers, one address */
    uint32_t idle_ms;              /* of a TCP connection; 0: NP_DNS_TCP_IDLE_MS */
    size_t max_connections;        /* 0: NP_DNS_TCP_CONNECTIONS_MAX; more close the idlest */
    /* A bound UDP socket and a listening TCP one, taken also on failure, instead of an address. */
    bool given;
    int udp_fd, tcp_fd;
    bool resolver; /* not an authority: see np_dns_ctx.missed */
    /* Of a resolver: asks elsewhere for what nobody here knows (name as text, without the dot at
     * its end); done is called, never from inside. NULL: it does not exist. */
    void (*elsewhere)(void *arg, struct np_loop *l, struct np_str name, uint16_t type,
                      np_dns_else_fn *done, void *x);
    void *arg;
};

/* Port 0 lets the kernel choose one that is free for both. With o->given `at` is not looked at. */
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
