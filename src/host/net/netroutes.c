/* SPDX-License-Identifier: Apache-2.0 */
/* netroutes.c - routes of a router, and the rules that choose among its tables. */
#include <linux/rtnetlink.h>

#include "base/arena.h"
#include "host/net/netsync.h"

#define PREF_INNER 1000 /* routes of a table within the network's own blocks */
#define PREF_MAIN  2000 /* the network's own addresses */
#define PREF_LATE  3000 /* routes of a table beyond */

/* --- which there should be --- */

struct routes {
    struct np_arena *a;
    const struct np_links *l;
    const struct np_plan *p;
    struct np_route *v;
    size_t n;
    struct np_rule *rules;
    size_t n_rules;
};

static void put_route(struct routes *r, struct np_route one)
{
    r->v = np_array_grow(r->a, r->v, r->n, sizeof(struct np_route));
    r->v[r->n++] = one;
}

static void put_rule(struct routes *r, struct np_rule one)
{
    r->rules = np_array_grow(r->a, r->rules, r->n_rules, sizeof(struct np_rule));
    r->rules[r->n_rules++] = one;
}

static void put_local(struct routes *r, uint32_t addr)
{
    put_route(r, (struct np_route){.table = NP_TABLE_LOCAL,
                                   .dst = addr,
                                   .bits = 32,
                                   .type = RTN_LOCAL,
                                   .index = NP_NL_LO});
}

static void own_routes(struct routes *r)
{
    const struct agent_EnsureNetworkRequest *net = r->p->net;
    put_local(r, NP_NET_METADATA);
    put_local(r, NP_NET_RESOLVER);
    if (net->Resolver.v != 0)
        put_local(r, (uint32_t)net->Resolver.v);
    for (size_t i = 0; i < net->Subnets.n; i++) /* the gateway that guests speak to */
        put_local(r, (uint32_t)net->Subnets.v[i].Block->Address.v + 1);
    for (size_t i = 0; i < net->Blocks.n; i++)
        put_route(r, (struct np_route){.table = NP_TABLE_MAIN,
                                       .dst = (uint32_t)net->Blocks.v[i].Address.v,
                                       .bits = (uint32_t)net->Blocks.v[i].Bits.v,
                                       .type = RTN_BLACKHOLE});
    for (size_t i = 0; i < net->Interfaces.n; i++) {
        const struct np_plan_if *f = &r->p->ifs[i];
        const struct np_link *k = np_plan_is_own(f) ? NULL : np_links_find(r->l, f->name);
        for (size_t m = 0; m < f->i->Addresses.n; m++) {
            uint32_t addr = (uint32_t)f->i->Addresses.v[m].Private.v;
            if (np_plan_is_own(f))
                put_local(r, addr);
            else if (k != NULL)
                put_route(r, (struct np_route){.table = NP_TABLE_MAIN,
                                               .dst = addr,
                                               .bits = 32,
                                               .type = RTN_UNICAST,
                                               .index = k->index});
        }
    }
}

/* Where a route leads: type, link and next hop. What is not there (any more) is a black hole. */
static struct np_route target_of(struct routes *r, const struct agent_Route *t, bool onward)
{
    static const struct np_route hole = {.type = RTN_BLACKHOLE};
    const struct np_link *k = NULL;
    uint32_t via = NP_NEXT_INTERNET;
    if (np_str_is(t->Kind, "internet")) {
        k = np_links_find(r->l, NP_PLAN_UPLINK);
    } else if (np_str_is(t->Kind, "peer")) {
        k = np_links_find(r->l, r->p->peers[t->Target.v]);
        via = NP_NEXT_PEER;
    } else if (np_str_is(t->Kind, "interface")) {
        const struct np_plan_if *f = &r->p->ifs[t->Target.v];
        k = np_plan_is_own(f) ? NULL : np_links_find(r->l, f->name);
        via = (uint32_t)f->i->Addresses.v[0].Private.v;
    } else if (np_str_is(t->Kind, "nat") && onward) {
        const struct agent_Nat *nat = &r->p->net->Nats.v[t->Target.v];
        const struct agent_Route *next = np_plan_onward(r->p, nat, t->Block);
        if (next != NULL && np_str_is(next->Kind, "internet"))
            k = np_links_find(r->l, r->p->nats[t->Target.v]);
        else if (next != NULL && np_str_is(next->Kind, "peer"))
            return target_of(r, next, false);
    }
    return k != NULL ? (struct np_route){.type = RTN_UNICAST, .index = k->index, .via = via} : hole;
}

static bool is_inner(const struct np_plan *p, const struct agent_Block *b)
{
    for (size_t i = 0; i < p->net->Blocks.n; i++)
        if (np_plan_within(b, &p->net->Blocks.v[i]))
            return true;
    return false;
}

static void table_routes(struct routes *r, size_t table)
{
    bool inner = false;
    uint32_t mark = r->p->marks[table];
    const struct agent_RouteList *l = &r->p->net->Tables.v[table].Routes;
    for (size_t i = 0; i < table; i++)
        if (r->p->marks[i] == mark)
            return; /* the same routes */
    put_rule(r, (struct np_rule){.pref = PREF_LATE, .mark = mark, .table = mark + NP_TABLE_LATE});
    for (size_t i = 0; i < l->n; i++) {
        struct np_route one = target_of(r, &l->v[i], true);
        one.table = is_inner(r->p, l->v[i].Block) ? mark : mark + NP_TABLE_LATE;
        inner = inner || one.table == mark;
        one.dst = (uint32_t)l->v[i].Block->Address.v;
        one.bits = (uint32_t)l->v[i].Block->Bits.v;
        put_route(r, one);
    }
    if (inner)
        put_rule(r, (struct np_rule){.pref = PREF_INNER, .mark = mark, .table = mark});
    /* Not a silent end: guests learn at once that there is no way. */
    put_route(r, (struct np_route){.table = mark + NP_TABLE_LATE, .type = RTN_UNREACHABLE});
}

/* What the region sends from an address of its own takes that subnet's table. */
static void own_rules(struct routes *r)
{
    const struct agent_EnsureNetworkRequest *net = r->p->net;
    for (size_t i = 0; i < net->Interfaces.n; i++) {
        const struct np_plan_if *f = &r->p->ifs[i];
        uint32_t mark = r->p->marks[net->Subnets.v[f->i->Subnet.v].Table.v];
        for (size_t m = 0; m < f->i->Addresses.n && np_plan_is_own(f); m++)
            put_rule(r, (struct np_rule){.pref = PREF_LATE,
                                         .from = (uint32_t)f->i->Addresses.v[m].Private.v,
                                         .table = mark + NP_TABLE_LATE});
    }
}

/* A default route that is told stands in the place of the one that ends a table. */
static void drop_second_defaults(struct routes *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++) {
        bool twice = false;
        for (size_t k = 0; k < kept && r->v[i].type == RTN_UNREACHABLE && !twice; k++)
            twice = r->v[k].table == r->v[i].table && r->v[k].bits == 0;
        if (!twice)
            r->v[kept++] = r->v[i];
    }
    r->n = kept;
}

static struct routes routes_of(struct np_net *n, const struct np_links *l, struct np_arena *a)
{
    struct routes r = {.a = a, .l = l, .p = &n->plan};
    own_routes(&r);
    for (size_t i = 0; i < n->plan.net->Tables.n; i++)
        table_routes(&r, i);
    own_rules(&r);
    put_rule(&r, (struct np_rule){.pref = PREF_MAIN, .table = NP_TABLE_MAIN});
    drop_second_defaults(&r);
    return r;
}

/* --- those that are missing, those that are too many --- */

static void add_route(void *arg, const void *item)
{
    np_nl_route(arg, true, item);
}

static void del_route(void *arg, const void *item)
{
    np_nl_route(arg, false, item);
}

static void add_rule(void *arg, const void *item)
{
    np_nl_rule(arg, true, item);
}

static void del_rule(void *arg, const void *item)
{
    np_nl_rule(arg, false, item);
}

static void add_neighbours(struct np_net *n, const struct np_links *l)
{
    for (size_t i = 0; i < n->plan.net->Interfaces.n; i++) {
        const struct np_plan_if *f = &n->plan.ifs[i];
        const struct np_link *k =
            np_plan_is_own(f) || np_net_is_known(n, f) ? NULL : np_links_find(l, f->name);
        for (size_t m = 0; k != NULL && m < f->i->Addresses.n; m++)
            np_nl_neigh(n->nl,
                        &(struct np_neigh){.index = k->index,
                                           .addr = (uint32_t)f->i->Addresses.v[m].Private.v,
                                           .mac_high = (uint32_t)((uint64_t)f->i->Mac.v >> 32),
                                           .mac_low = (uint32_t)f->i->Mac.v});
    }
}

int np_routes_sync(struct np_net *n, const struct np_links *l, bool add, struct np_err *err)
{
    struct np_route *have;
    struct np_rule *rules;
    size_t n_have, n_rules;
    struct routes r = routes_of(n, l, l->a);
    int rc = np_nl_routes(n->nl, l->a, &have, &n_have, err);
    if (rc == 0)
        rc = np_nl_rules(n->nl, l->a, &rules, &n_rules, err);
    if (rc != 0)
        return rc;
    if (add) {
        np_nl_each_missing(r.v, r.n, have, n_have, sizeof(*have), add_route, n->nl);
        np_nl_each_missing(r.rules, r.n_rules, rules, n_rules, sizeof(*rules), add_rule, n->nl);
        add_neighbours(n, l);
    } else {
        np_nl_each_missing(rules, n_rules, r.rules, r.n_rules, sizeof(*rules), del_rule, n->nl);
        np_nl_each_missing(have, n_have, r.v, r.n, sizeof(*have), del_route, n->nl);
    }
    return np_nl_flush(n->nl, err);
}
