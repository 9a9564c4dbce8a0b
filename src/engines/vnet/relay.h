/* SPDX-License-Identifier: Apache-2.0 */
/* relay.h - bytes and datagrams between a socket inside and one outside.
 *
 * Threads: everything on the loop it was made for. Callbacks never come from inside a call.
 */
#pragma once

#include <netinet/in.h>

#include "base/err.h"

struct np_loop;
struct np_relay;
struct np_vnet;

/* Two TCP connections, each spliced into the other until both have ended; `b` may still be
 * connecting. Takes both descriptors, also on failure. An end of one side is passed on as an end; a
 * failure, or a connection that comes to nothing, resets both. `done` (may be NULL) is called once,
 * when they are closed, unless np_relay_free() came before. NP_EAGAIN: too many on this loop. */
int np_relay_new(struct np_loop *l, int a, int b, void (*done)(void *arg), void *arg,
                 struct np_relay **out, struct np_err *err);
void np_relay_free(struct np_relay *r);
/* Closes so that the peer sees a reset. */
void np_relay_refuse(int fd);
/* Those of the loop end now. */
void np_relays_end(struct np_loop *l);

/* --- datagrams (datagram.c) --- */

struct np_datagrams;
/* A connected socket to `to` outside: 0, or an error; what goes there is then dropped, and nothing
 * is asked for a while. */
typedef int np_datagram_dial_fn(void *arg, const struct sockaddr_in *to, int *fd,
                                struct np_err *err);
/* Relays what arrives at fd, on a worker: a transparent socket, bound to the port that the internet
 * diverts to. Takes fd, also on failure (NULL). */
struct np_datagrams *np_datagrams_new(struct np_vnet *v, size_t worker, int fd,
                                      np_datagram_dial_fn *dial, void *arg, struct np_err *err);
void np_datagrams_free(struct np_datagrams *d); /* NULL is fine */
size_t np_datagrams_sessions(const struct np_datagrams *d);

/* --- the other way (udpport.c) --- */

struct np_udp_port;
/* Relays what arrives at fd, on a worker, to `to` in the internet: for each peer by a socket there,
 * bound to `from`. Takes fd, also on failure (NULL). */
struct np_udp_port *np_udp_port_new(struct np_vnet *v, size_t worker, int fd, struct in_addr from,
                                    const struct sockaddr_in *to, struct np_err *err);
void np_udp_port_free(struct np_udp_port *p); /* NULL is fine */
