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

/* reuse_port false also proves that nobody else listens there. */
int np_listen_tcp(const struct np_addr *addr, bool reuse_port, int *fd, struct np_err *err);
/* Sockets of files carry whole messages (SOCK_SEQPACKET). Mode 0600. */
int np_listen_unix(struct np_str path, int *fd, struct np_err *err);
int np_local_addr(int fd, struct np_addr *out);

/* np_dial - the one function that connects.
 *
 * Resolves once, pins the address. Region-owned endpoints are reached as an outside client sees
 * them; anything else (loopback services of the host, private nets, the internet) only when a rule
 * of --egress CIDR[:port] allows it; the default allows nothing. `purpose` is for the log. */
struct np_egress; /* the rules; immutable after start */
int np_egress_new(const struct np_strs *rules, struct np_egress **out, struct np_err *err);
void np_egress_free(struct np_egress *e);
bool np_egress_allows(const struct np_egress *e, const struct np_addr *addr);
/* The address of a name by the host's resolver: the first that a rule allows, else the first. Waits
 * for the network: on a job's thread only. */
int np_resolve(const struct np_egress *e, struct np_str name, uint16_t port, struct np_addr *out,
               struct np_err *err);
/* Non-blocking connect to a numeric address; NP_EACCES when no rule allows it. */
int np_dial(const struct np_egress *e, const char *purpose, const struct np_addr *to, int *fd,
            struct np_err *err);
/* For the agent's and tests' sockets. */
int np_dial_unix(struct np_str path, int *fd, struct np_err *err);
