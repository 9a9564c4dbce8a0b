/* SPDX-License-Identifier: Apache-2.0 */
/* netsync.h - a router beside its plan: what netsync.c brings into order, its parts share. */
#pragma once

#include "host/net/network_int.h"

/* --- netlinks.c --- */

#define NP_LINKS_AT_ONCE 16 /* made in one turn */

struct np_want_link {
    char name[NP_NL_NAME], alias[NP_NL_ALIAS];
    char peer[NP_NL_NAME]; /* of the other end */
    struct np_plan_if *guest;
    struct np_net *other; /* whom it leads to; with neither: the internet */
};

struct np_links {
    struct np_net *n;
    struct np_arena *a;
    struct np_want_link *want;
    size_t n_want;
    struct np_link *have; /* by name */
    size_t n_have;
    uint32_t next_index;
};

/* Which there should be and which there are. */
int np_links_look(struct np_net *n, struct np_arena *a, struct np_links *out, struct np_err *err);
void np_links_sort(struct np_link *v, size_t n);
const struct np_link *np_links_find(const struct np_links *l, const char *name); /* NULL: none */
/* Makes up to NP_LINKS_AT_ONCE of those that are missing. */
int np_links_add(struct np_links *l, size_t *made, struct np_err *err);
int np_links_set_up(struct np_net *n, const struct np_links *l, struct np_err *err);
/* Collects the end of those that are too many. */
void np_links_prune(struct np_links *l);

/* --- netroutes.c --- */

/* Adds routes, rules and neighbours that are missing, or takes away those that are too many. */
int np_routes_sync(struct np_net *n, const struct np_links *l, bool add, struct np_err *err);

/* --- netsync.c --- */

/* The interface as it was told when all was done the last time; NULL: it was not, or its link is
 * made anew. */
const struct agent_Interface *np_net_before(const struct np_net *n, const struct np_plan_if *f);
/* Its guest has it so, and cannot change it. */
bool np_net_is_known(const struct np_net *n, const struct np_plan_if *f);
