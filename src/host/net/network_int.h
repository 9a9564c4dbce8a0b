/* SPDX-License-Identifier: Apache-2.0 */
/* network_int.h - what the files of networks share. */
#pragma once

#include "host/net/net.h"
#include "host/net/netlink.h"
#include "host/net/netns.h"
#include "host/net/netplan.h"
#include "host/net/nft.h"
#include "host/net/ruleset.h"

struct np_map;

/* Links between routers, and to the internet, have no addresses: what is sent to the next of these
 * arrives at the other end. */
#define NP_NEXT_INTERNET 0xa9fe6201u /* 169.254.98.1 */
#define NP_NEXT_ROUTER   0xa9fe6202u
#define NP_NEXT_PEER     0xa9fe6203u
#define NP_TABLE_MAIN    254u
#define NP_TABLE_LOCAL   255u
#define NP_TABLE_LATE    0x100000u /* number of a table's second half: what is beyond the network */

/* A request that is kept: what it points to is in its arena. */
struct np_net_ask {
    struct np_arena *arena; /* NULL: none */
    const struct agent_EnsureNetworkRequest *in;
    struct np_agent_ticket ticket;
    bool answer; /* somebody waits */
};

struct np_net {
    struct np_nets *all;
    char id[64], ns_name[72];
    int ns; /* -1: not made yet */
    struct np_nl *nl;
    struct np_net_ask was, now, next; /* what is done; what is being done; what waits for that */
    struct np_plan plan;              /* of `now` */
    struct np_arena *links_arena;
    struct np_link *links; /* of the router, by name */
    size_t n_links;
    bool links_read;      /* they are as they are */
    struct np_timer more; /* not all links are made at once */
    bool busy, again;     /* under way; once more after it */
    uint64_t shape;       /* of links and routes as they are, all in order; 0: not known */
    bool rules_only;      /* what is under way changes neither */
    int64_t version;      /* of what is done */
    struct np_ruleset *loaded, *loading;
    struct np_nft *nft;
    bool removing;
    struct np_agent_ticket remover;
};

struct np_nets {
    struct np_agent *g;
    struct np_netns_dir dir;
    struct np_map *nets; /* by id */
    int internet;        /* its namespace; -1 */
    struct np_nl *internet_nl;
    struct np_nft *internet_nft;
    struct np_agent_ticket internet_ticket;
    bool internet_busy, internet_loaded;
    struct agent_Block pool;
};

/* --- netsync.c, netpublish.c: what is there against what should be --- */

/* Links, addresses and routes that are missing. NP_LATER: some of them, the rest when it is called
 * again: other requests need not wait for a hundred guests. */
int np_net_add(struct np_net *n, struct np_err *err);
void np_net_forget_links(struct np_net *n); /* somebody has changed them */
/* Those that are too many. */
int np_net_prune(struct np_net *n, struct np_err *err);
/* Routes to the network's addresses outside. */
int np_net_publish(struct np_net *n, struct np_err *err);

/* --- guestnet.c --- */
#define NP_GUEST_PREFIX "g-"
int np_guest_ensure(struct np_nets *all, struct np_str guest, int *ns, struct np_err *err);
/* Its side of an interface: addresses, routes. */
int np_guest_sync(struct np_nets *all, int ns, const struct agent_Interface *f,
                  const struct agent_Block *subnet, struct np_err *err);
#define NP_GUEST_INDEX(device) ((uint32_t)(device) + 10) /* of the link in the guest */
/* Takes away those that no network names, once all networks have been told. */
void np_guests_prune(struct np_nets *all);

/* --- internet.c --- */
int np_lo_narrow(struct np_nl *nl, struct np_err *err);

struct np_net *np_net_find(const struct np_nets *all, struct np_str id);
