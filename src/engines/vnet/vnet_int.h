/* SPDX-License-Identifier: Apache-2.0 */
/* vnet_int.h - the insides of the network engine. Private to this folder and its tests.
 *
 * A VPC has two halves: struct vnet_net, published and never changed but for `in_force`, and struct
 * vnet_vpc, of loop 0: what the agent was told and what listens. */
#pragma once

#include <pthread.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/map.h"
#include "base/pmap.h"
#include "engines/vnet/limits.h"
#include "engines/vnet/vnet.h"
#include "host/client.h"
#include "io/loop.h"
#include "io/rcu.h"

#define VNET_MAGIC     0x766e6574u
#define VNET_VPC_MAGIC 0x766e7670u

/* --- published (copy.c, look.c) --- */

struct vnet_place {
    struct in_addr ip;
    const struct np_vnet_eni *eni;
};

struct vnet_net {
    struct np_arena *arena; /* holds all of it */
    struct np_vnet_vpc vpc;
    void **compiled; /* as vpc.endpoints */
    void (*release)(void *compiled);
    struct vnet_place *privates, *publics; /* sorted by address */
    size_t n_privates, n_publics;
    int64_t hash;      /* of what the agent is told: its Version */
    uint64_t in_force; /* the caller's version; atomic */
};

/* `was`: the version before it; NULL: there was none. */
struct vnet_net *vnet_net_copy(const struct np_vnet *v, const struct np_vnet_vpc *vpc,
                               const struct vnet_net *was);
void vnet_net_free(void *net);
/* What leads from that address, by a gateway endpoint, to `to`; NULL: nothing. */
const struct np_vnet_endpoint *vnet_gateway_of(const struct vnet_net *n, struct in_addr from,
                                               struct in_addr to);
const struct vnet_net *vnet_find(const struct np_vnet *v, struct np_str vpc_id);

/* --- loop 0 (vnet.c) --- */

struct vnet_vpc {
    uint32_t magic;
    struct np_vnet *v;
    struct np_str id;     /* its own; "" is the internet */
    struct vnet_net *net; /* NULL: it shall not be */
    int64_t held;         /* the agent's; 0: none, or not known */
    int64_t sent;         /* by the call under way */
    uint64_t sent_version;
    bool calling, told;
    uint64_t retry_ms;
    struct np_timer retry;
    /* listen.c: those on their workers, and whether sockets for more are being made. */
    struct np_node listeners;
    bool asking;
    uint64_t listen_retry_ms;
    struct np_timer listen_again;
    int spare_udp[2]; /* for resolvers whose TCP half is still missing */
    size_t n_spare_udp;
    struct vnet_flows *flows; /* flows.c; NULL: nobody wants records */
};

/* In force, with its namespace there: sockets can be made in it. */
static inline bool vnet_is_up(const struct vnet_vpc *n)
{
    return n->held != 0;
}

struct vnet_watcher {
    np_vnet_change_fn *fn;
    void *arg;
};

struct np_vnet {
    uint32_t magic;
    struct np_vnet_opts opts;
    struct np_agent_client *client; /* NULL: not started */
    struct np_map *vpcs;            /* struct vnet_vpc by id; loop 0 */
    struct vnet_vpc internet;
    struct np_pmap *published; /* struct vnet_net by id; RCU */
    struct np_rcu_batch retired;
    struct vnet_watcher watchers[NP_VNET_WATCHERS_MAX];
    size_t n_watchers;
    int32_t holder; /* whose namespaces our sockets are in; 0: none */
    bool greeted, listed;
    pthread_mutex_t mutex;
    struct {
        int able; /* np_vnet_able() */
        struct np_err why;
        struct np_map *stocks;    /* struct vnet_stock by VPC; sockets.c */
        struct np_node listeners; /* of all workers; listen.c */
    } locked;
};

struct np_loop *vnet_loop(const struct np_vnet *v, size_t worker);
void vnet_tell(struct np_vnet *v, struct np_str vpc_id, int rc, const struct np_err *why);

/* --- sockets.c --- */

/* Sockets made in a network (id "": the internet): fds are the callback's, n may be 0 with an rc.
 */
typedef void vnet_sockets_fn(void *arg, int rc, int *fds, size_t n, const struct np_err *err);
int vnet_sockets(struct np_vnet *v, struct np_str vpc_id, const char *kind, bool transparent,
                 size_t count, vnet_sockets_fn *done, void *arg);
/* One socket of UDP in the internet, for a worker: `done` is called there, once, never from inside
 * the call. fd is the callee's; -1: there is none. */
typedef void vnet_udp_fn(void *arg, int fd);
void vnet_udp(struct np_vnet *v, size_t worker, bool transparent, vnet_udp_fn *done, void *arg);
void vnet_stocks_init(struct np_vnet *v);
void vnet_stocks_fini(struct np_vnet *v);
/* The network's namespace is another one now, or gone. */
void vnet_stock_drop(struct np_vnet *v, struct np_str vpc_id);

/* --- listen.c --- */

/* Brings what listens in it to what should; again after what failed. */
void vnet_listen(struct vnet_vpc *n);
/* All close: its namespace is gone, or goes. */
void vnet_listen_none(struct vnet_vpc *n);
void vnet_listeners_stop(struct np_vnet *v, size_t worker);
void vnet_listeners_free(struct np_vnet *v);

/* --- flows.c --- */

/* Begins, changes or ends them as n->net says. */
void vnet_flows_look(struct vnet_vpc *n);
/* Its sockets are void; the next look makes others. */
void vnet_flows_close(struct vnet_vpc *n);
void vnet_flows_free(struct vnet_vpc *n);
