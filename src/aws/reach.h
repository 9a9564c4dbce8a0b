/* SPDX-License-Identifier: Apache-2.0 */
/* reach.h - from a name to an address that may be dialled: the one way to servers by name.
 *
 * A name is looked up once and its address pinned: numeric addresses and names below localhost as
 * they stand, then the region's own names, then its public zones, and only if --egress allows
 * anything at all the host's resolver, on a job. A name of the region's zones is never asked for
 * elsewhere. Endpoints of the region (gateway, pool addresses with their ports) may always be
 * dialled, anything else by --egress alone.
 *
 * Threads: everything on the loop that asked. `done` is called once, never from inside np_reach(),
 * unless it is cancelled; a loop that ends forgets what it has asked for.
 */
#pragma once

#include "base/err.h"
#include "http/http.h"
#include "io/net.h"

struct np_core;
struct np_loop;
struct np_reach;

/* `to` has the port to dial, which stands for the one that was asked for. rc: NP_ENOENT the name,
 * NP_EACCES no --egress rule, NP_ECLOSED nobody listens at this address of the pool. */
typedef void np_reach_fn(void *arg, int rc, const struct np_addr *to, bool region_owned,
                         const struct np_err *err);
/* Gone when `done` is called. */
struct np_reach *np_reach(struct np_core *core, struct np_loop *l, const char *purpose,
                          struct np_str name, uint16_t port, np_reach_fn *done, void *arg);
void np_reach_cancel(struct np_reach *r); /* NULL is fine */
/* Before anything else of the loop that keeps handles: they are then valid to its end. */
void np_reach_prepare(struct np_loop *l);

/* Without waiting: 0, NP_LATER (only the host's resolver could know), or an error. The address is
 * as asked for, its port too. */
int np_reach_own(const struct np_core *core, struct np_arena *a, struct np_str name, uint16_t port,
                 struct np_addr *to, struct np_err *err);

/* Is that, as np_reach_own() found it, the gateway: by its own address, by the region's address of
 * the pool, or by a name below localhost? */
bool np_reach_is_gateway(const struct np_core *core, struct np_str name, const struct np_addr *to);
/* Where it is dialled; false: it does not listen yet. */
bool np_reach_gateway(const struct np_core *core, struct np_addr *out);

/* What the region calls itself in Via, and whether a head has been here before: whoever sends a
 * request on by name adds the one and refuses the other. */
struct np_str np_via(const struct np_core *core,
                     struct np_arena *a); /* "1.1 nephele-0123456789ab" */
bool np_via_loops(const struct np_core *core, struct np_arena *a,
                  const struct np_http_field *fields, size_t n);
