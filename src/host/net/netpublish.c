/* SPDX-License-Identifier: Apache-2.0 */
/* netpublish.c - routes of the internet to a network's addresses outside. */
#include <linux/rtnetlink.h>

#include "base/auto.h"
#include "host/net/netsync.h"

struct published {
    struct np_arena *a;
    struct np_route *v;
    size_t n;
};

static void publish_one(struct published *r, uint32_t index, struct np_opt_int addr)
{
    if (!addr.set || index == 0)
        return;
    r->v = np_array_grow(r->a, r->v, r->n, sizeof(struct np_route));
    r->v[r->n++] = (struct np_route){.table = NP_TABLE_MAIN,
                                     .dst = (uint32_t)addr.v,
                                     .bits = 32,
                                     .type = RTN_UNICAST,
                                     .index = index,
                                     .via = NP_NEXT_ROUTER};
}

static void publish(void *arg, const void *item)
{
    np_nl_route(arg, true, item);
}

struct publishing {
    struct np_nl *nl;
    const uint32_t *indices;
    size_t n;
};

/* Routes of other networks are none of this one's business. */
static void unpublish(void *arg, const void *item)
{
    const struct publishing *p = arg;
    const struct np_route *r = item;
    for (size_t i = 0; i < p->n; i++)
        if (p->indices[i] == r->index && r->index != 0)
            np_nl_route(p->nl, false, r);
}

int np_net_publish(struct np_net *n, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct agent_EnsureNetworkRequest *net = n->plan.net;
    struct np_nl *nl = n->all->internet_nl;
    struct np_links l = {.a = a};
    struct published r = {.a = a};
    struct np_route *have;
    size_t n_have;
    if (nl == NULL)
        return 0;
    uint32_t *indices = np_new_array(a, uint32_t, net->Nats.n + 1);
    int rc = np_nl_links(nl, a, &l.have, &l.n_have, err);
    if (rc == 0)
        rc = np_nl_routes(nl, a, &have, &n_have, err);
    if (rc != 0)
        return rc;
    np_links_sort(l.have, l.n_have);
    const struct np_link *k = np_links_find(&l, n->plan.uplink);
    indices[net->Nats.n] = k != NULL ? k->index : 0;
    for (size_t i = 0; i < net->Interfaces.n; i++)
        for (size_t m = 0; m < net->Interfaces.v[i].Addresses.n; m++)
            publish_one(&r, indices[net->Nats.n], net->Interfaces.v[i].Addresses.v[m].Public);
    for (size_t i = 0; i < net->Nats.n; i++) {
        k = np_links_find(&l, n->plan.nats[i]);
        indices[i] = k != NULL ? k->index : 0;
        for (size_t m = 0; m < net->Nats.v[i].Addresses.n; m++)
            publish_one(&r, indices[i], net->Nats.v[i].Addresses.v[m].Public);
    }
    struct publishing p = {nl, indices, net->Nats.n + 1};
    np_nl_each_missing(r.v, r.n, have, n_have, sizeof(*have), publish, nl);
    np_nl_each_missing(have, n_have, r.v, r.n, sizeof(*have), unpublish, &p);
    return np_nl_flush(nl, err);
}
