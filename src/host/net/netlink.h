/* SPDX-License-Identifier: Apache-2.0 */
/* netlink.h - links, addresses, routes, rules and neighbours of one namespace by rtnetlink.
 *
 * Changes are collected and go out together; np_nl_flush() waits for the kernel's answers, which it
 * gives at once. Addresses are numbers in host order. What is ours among the routes is known by
 * their protocol, among the rules by their preference.
 */
#pragma once

#include "base/err.h"

#define NP_NL_NAME  16
#define NP_NL_ALIAS 200
#define NP_NL_LO    1 /* index of the loopback device, everywhere */

struct np_nl;

/* A link that is there; alias says what it is. */
struct np_link {
    char name[NP_NL_NAME], alias[NP_NL_ALIAS];
    uint32_t index;
};

/* These are compared as bytes: members of one size, none unused. */
struct np_ip {
    uint32_t index, addr, bits, scope;
};
struct np_route {
    uint32_t table, dst, bits, type, index, via; /* type: RTN_…; index and via 0: none */
};
struct np_rule {
    uint32_t pref, mark, from, table; /* mark and from (a /32) 0: any */
};
struct np_neigh {
    uint32_t index, addr, mac_high, mac_low;
};
#define NP_RULE_PREF_MIN 100 /* ours are from here */
#define NP_RULE_PREF_MAX 30000

/* A new pair of links. */
struct np_veth {
    const char *name, *alias, *peer, *peer_alias;
    uint32_t index, peer_index;
    int peer_ns;
    uint64_t mac, peer_mac; /* 0: by chance */
    /* Both ends have one address and no ARP is spoken: whatever goes out arrives. */
    bool point_to_point;
};

/* Of the namespace that the process is in; goes on working from elsewhere. */
int np_nl_open(struct np_nl **out, struct np_err *err);
void np_nl_close(struct np_nl *nl);

/* Each is collected; adding what is there and deleting what is not is fine. */
void np_nl_veth(struct np_nl *nl, const struct np_veth *v);
void np_nl_link_up(struct np_nl *nl, const char *name, const char *alias /* NULL: as it is */);
void np_nl_link_del(struct np_nl *nl, const char *name);
void np_nl_ip(struct np_nl *nl, bool add, const struct np_ip *ip);
void np_nl_route(struct np_nl *nl, bool add, const struct np_route *r);
void np_nl_rule(struct np_nl *nl, bool add, const struct np_rule *r);
void np_nl_neigh(struct np_nl *nl, const struct np_neigh *n);
/* The first that failed. */
int np_nl_flush(struct np_nl *nl, struct np_err *err);

/* What is there, in the arena. */
int np_nl_links(struct np_nl *nl, struct np_arena *a, struct np_link **out, size_t *n,
                struct np_err *err);
int np_nl_ips(struct np_nl *nl, struct np_arena *a, struct np_ip **out, size_t *n,
              struct np_err *err);
int np_nl_routes(struct np_nl *nl, struct np_arena *a, struct np_route **out, size_t *n,
                 struct np_err *err);
int np_nl_rules(struct np_nl *nl, struct np_arena *a, struct np_rule **out, size_t *n,
                struct np_err *err);

/* Tells of what `want` has and `have` has not; both in no order, and sorted by it. Sizes are of the
 * elements, which are compared as bytes. */
void np_nl_each_missing(void *want, size_t n_want, void *have, size_t n_have, size_t size,
                        void (*fn)(void *arg, const void *item), void *arg);
