/* SPDX-License-Identifier: Apache-2.0 */
/* net.h - addresses and listening sockets. Every descriptor is non-blocking and close-on-exec. */
#pragma once

#include <sys/socket.h>
#include <netinet/in.h>

#include "base/err.h"

struct np_addr {
    union {
        struct sockaddr sa;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } u;
    socklen_t len;
};

/* "127.0.0.1:4566" or "[::1]:4566"; port 0 lets the kernel choose. Numeric only. */
int np_addr_parse(struct np_str text, struct np_addr *out, struct np_err *err);
struct np_str np_addr_text(struct np_arena *a, const struct np_addr *addr);    /* with port */
struct np_str np_addr_ip_text(struct np_arena *a, const struct np_addr *addr); /* without */
uint16_t np_addr_port(const struct np_addr *addr);
void np_addr_set_port(struct np_addr *addr, uint16_t port);
bool np_addr_is_loopback(const struct np_addr *addr);
struct np_addr np_addr_of(struct in_addr ip, uint16_t port);
/* Where a client of this host connects to: the loopback address of a wildcard one. */
void np_addr_to_dial(struct np_addr *addr);
/* "127.0.0.1", "::1" without brackets; port 0. */
bool np_addr_of_ip(struct np_str text, struct np_addr *out);

/* reuse_port false also proves that nobody else listens there. */
int np_listen_tcp(const struct np_addr *addr, bool reuse_port, int *fd, struct np_err *err);
int np_bind_udp(const struct np_addr *addr, int *fd, struct np_err *err); /* nobody else has it */
/* Sockets of files carry whole messages (SOCK_SEQPACKET). Mode 0600. */
int np_listen_unix(struct np_str path, int *fd, struct np_err *err);
/* The port on every address that packets reach by the loopback device, shared as with reuse_port.
 */
int np_listen_lo(uint16_t port, int *fd, struct np_err *err);
/* A name that one process at a time can hold, while *fd is open, of all that share this network:
 * what addresses and ports are divided by. NP_EBUSY: it is held. */
int np_net_lock(struct np_str name, int *fd, struct np_err *err);
int np_local_addr(int fd, struct np_addr *out);

/* np_dial - the one function that connects.
 *
 * Resolves once, pins the address. Region-owned endpoints are reached as an outside client sees
 * them; anything else (loopback services of the host, private nets, the internet) only when a rule
 * of --egress CIDR[:port] allows it; the default allows nothing. `purpose` is for the log. */
struct np_egress; /* the rules; immutable after start */
#define NP_EGRESS_OWN_MAX 32
int np_egress_new(const struct np_strs *rules, struct np_egress **out, struct np_err *err);
void np_egress_free(struct np_egress *e);
bool np_egress_allows(const struct np_egress *e, const struct np_addr *addr);
/* An endpoint of the region itself, allowed without a rule: the port on `prefix` bits of the
 * address. Up to NP_EGRESS_OWN_MAX; on one thread, while others may ask. */
void np_egress_own(struct np_egress *e, const struct np_addr *addr, unsigned prefix);
bool np_egress_is_own(const struct np_egress *e, const struct np_addr *addr);
/* The source of connections to them, by which they know that the region asks and no client of this
 * host. Before the first is made. */
void np_egress_self(struct np_egress *e, struct in_addr from);
/* The address of a name by the host's resolver: the first that a rule allows, else the first. Waits
 * for the network: on a job's thread only. */
int np_resolve(const struct np_egress *e, struct np_str name, uint16_t port, struct np_addr *out,
               struct np_err *err);
/* Non-blocking connect to a numeric address; NP_EACCES when no rule allows it. */
int np_dial(const struct np_egress *e, const char *purpose, const struct np_addr *to, int *fd,
            struct np_err *err);
/* The same for datagrams: a connected socket. */
int np_dial_udp(const struct np_egress *e, const char *purpose, const struct np_addr *to, int *fd,
                struct np_err *err);
/* Connects a socket that the agent made in a network of the region's own: from there this host's
 * networks are not reached, so no rule is asked. Non-blocking. */
int np_dial_inside(int fd, const struct sockaddr_in *to, struct np_err *err);
/* The same on behalf of a client of this host, who could have connected itself: not as the region.
 */
int np_dial_for_client(const struct np_egress *e, const char *purpose, const struct np_addr *to,
                       int *fd, struct np_err *err);
/* For the agent's and tests' sockets. */
int np_dial_unix(struct np_str path, int *fd, struct np_err *err);
