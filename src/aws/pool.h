/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - the region's addresses outside: a /20 of 127.64.0.0/10, locked for this data directory.
 *
 * A resource takes slots in its transaction and keeps them: an address is given to nobody else
 * while it is in use, and again only after all others. Slot 0 is the region's own: its gateway, and
 * every name that has no address of its own (APIs, buckets, websites).
 *
 * Ports are listened on with their own numbers; where one is privileged or taken, a number from
 * 20000 up stands for it, the same on every address and at every start that needs it.
 *
 * Threads: np_pool_take/_drop in an apply; np_pool_serve before the region listens; the rest on any
 * thread.
 */
#pragma once

#include <netinet/in.h>

#include "base/err.h"

struct np_core;
struct np_arena;
struct np_txn;
struct np_tls;
struct np_http_config;
struct np_http_handlers;
struct np_addr;

#define NP_POOL_SLOTS   4094 /* with the region's own */
#define NP_POOL_GATEWAY 0

/* `owner` is the ARN of the resource; which service the address belongs to is its third field. The
 * same owner and ordinal have the same slot. NP_ENOSPC: all are in use. */
int np_pool_take(struct np_txn *t, struct np_str owner, unsigned ordinal, uint32_t *slot,
                 struct np_err *err);
/* All of its slots. */
int np_pool_drop(struct np_txn *t, struct np_str owner, struct np_err *err);

struct in_addr np_pool_address(const struct np_core *core, uint32_t slot);
/* Is it one of the region's? */
bool np_pool_has(const struct np_core *core, struct in_addr addr);
/* The source of the region's own connections to its endpoints, the last of the /20: who comes from
 * there is the region on somebody's behalf (an origin fetch, a health check), and no client of this
 * host with its rights. False: it has no addresses. */
bool np_pool_self(const struct np_core *core, struct in_addr *out);
bool np_pool_is_self(const struct np_core *core, const struct np_addr *peer);
/* Of 127.64.0.0/10, whosever: who comes from there is a region, or something in one. A client of
 * this host has 127.0.0.1, unless it takes pains. */
bool np_pool_is_any(const struct np_addr *peer);

/* A port of pool addresses, on every worker. Handlers get the connections to addresses whose owner
 * is of that service; np_stream_local() says which address. Connections to an address that nobody
 * owns, or whose service does not serve the port, are closed. */
struct np_pool_service {
    const char *what;   /* third field of the owners' ARNs: "cloudfront" */
    uint16_t port;      /* 80, 443 */
    struct np_tls *tls; /* NULL: plain */
    const struct np_http_handlers *http;
    const struct np_http_config *config; /* NULL: the default; read when the region listens */
    void *(*arg)(struct np_core *core, size_t worker); /* of http, for that worker */
};
/* In init or start of a service. */
void np_pool_serve(struct np_core *core, const struct np_pool_service *s);
/* Who serves that address and port; NULL: nobody. */
const struct np_pool_service *np_pool_service(const struct np_core *core, struct in_addr addr,
                                              uint16_t port);
/* The port really listened on: `port` or what stands for it; 0: nobody listens there. */
uint16_t np_pool_port(const struct np_core *core, struct in_addr addr, uint16_t port);

struct np_str np_pool_text(struct np_arena *a, struct in_addr addr);
/* "http://HOST/" of port 80 at the port `bound`, "https://HOST:20443/" of 443 at its stand-in. */
struct np_str np_pool_url(struct np_arena *a, uint16_t port, uint16_t bound, struct np_str host);
