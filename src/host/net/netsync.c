/* SPDX-License-Identifier: Apache-2.0 */
/* netsync.c - links, routes and rules of a router: compared with its plan, changed where they
 * differ. What is new is there before packets are sent to it, what is old goes after. */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/map.h"
#include "host/net/network_int.h"

#define LINKS_AT_ONCE 16

#define PREF_INNER 1000 /* routes of a table within the network's own blocks */
#define PREF_MAIN  2000 /* the network's own addresses */
#define PREF_LATE  3000 /* routes of a table beyond */

/* --- two lists --- */

static int compare(const void *a, const void *b, void *size)
{
    return memcmp(a, b, *(size_t *)size);
}

void np_net_each_missing(void *want, size_t n_want, void *have, size_t n_have, size_t size,
                         void (*fn)(void *arg, const void *item), void *arg)
{
    if (n_want != 0)
        qsort_r(want, n_want, size, compare, &size);
    if (n_have != 0)
        qsort_r(have, n_have, size, compare, &size);
    for (size_t i = 0, k = 0; i < n_want; i++) {
        const char *one = (const char *)want + i * size;
        while (k < n_have && memcmp((const char *)have + k * size, one, size) < 0)
            k++;
        if (k == n_have || memcmp((const char *)have + k * size, one, size) != 0)
            fn(arg, one);
    }
}

/* --- links --- */

struct want_link {
    char name[NP_NL_NAME], alias[NP_NL_ALIAS];
    char peer[NP_NL_NAME]; /* of the other end */
    struct np_plan_if *guest;
    struct np_net *other; /* whom it leads to; with neither: the internet */
};

struct links {
    struct np_net *n;
    struct np_arena *a;
    struct want_link *want;
    size_t n_want;
    struct np_link *have;
    size_t n_have;
    uint32_t next_index;
};

static struct want_link *want(struct links *l)
{
    l->want = np_array_grow(l->a, l->want, l->n_want, sizeof(struct want_link));
    l->want[l->n_want] = (struct want_link){0};
    return &l->want[l->n_want++];
}

static void want_guests(struct links *l)
{
    const struct agent_EnsureNetworkRequest *net = l->n->plan.net;
    for (size_t i = 0; i < net->Interfaces.n; i++) {
        struct np_plan_if *f = &l->n->plan.ifs[i];
        if (np_plan_is_own(f))
            continue;
        struct want_link *w = want(l);
        w->guest = f;
        snprintf(w->name, sizeof(w->name), "%s", f->name);
        snprintf(w->peer, sizeof(w->peer), "eth%d", (int)f->i->Device.v);
        snprintf(w->alias, sizeof(w->alias), "%.*s %.*s %d %llx", NP_FMT(f->i->Id),
                 NP_FMT(f->i->Guest), (int)f->i->Device.v, (unsigned long long)f->i->Mac.v);
    }
}

static void want_edge(struct links *l, const char *name, const char *peer, struct np_net *other)
{
    struct want_link *w = want(l);
    w->other = other;
    snprintf(w->name, sizeof(w->name), "%s", name);
    snprintf(w->peer, sizeof(w->peer), "%s", peer);
    snprintf(w->alias, sizeof(w->alias), "%s", peer);
}

static bool names_peer(const struct np_net *n, const struct np_net *other, struct np_str id)
{
    const struct agent_PeerList *l = &n->now.in->Peers;
    for (size_t i = 0; i < l->n; i++)
        if (np_str_eq(l->v[i].Id, id) && np_str_eq(l->v[i].Network, np_str_of(other->id)))
            return true;
    return false;
}

/* Both must name it. Of a network that has not been told since the agent's start, it may be that a
 * link is there, and stays. */
static void want_edges(struct links *l)
{
    const struct np_plan *p = &l->n->plan;
    if (p->net->Internet.v)
        want_edge(l, NP_PLAN_UPLINK, p->uplink, NULL);
    for (size_t i = 0; i < p->net->Nats.n; i++)
        if (p->net->Nats.v[i].Public.set)
            want_edge(l, p->nats[i], p->nats[i], NULL);
    for (size_t i = 0; i < p->net->Peers.n; i++) {
        struct np_net *other = np_net_find(l->n->all, p->net->Peers.v[i].Network);
        if (other != NULL && other->ns >= 0 && !other->removing &&
            (other->now.in == NULL || names_peer(other, l->n, p->net->Peers.v[i].Id)))
            want_edge(l, p->peers[i], p->peers[i], other);
    }
}

static int by_link_name(const void *a, const void *b)
{
    return strcmp(((const struct np_link *)a)->name, ((const struct np_link *)b)->name);
}

static const struct np_link *link_of(const struct links *l, const char *name)
{
    struct np_link key;
    snprintf(key.name, sizeof(key.name), "%s", name);
    return l->n_have != 0 ? bsearch(&key, l->have, l->n_have, sizeof(key), by_link_name) : NULL;
}

void np_net_forget_links(struct np_net *n)
{
    n->links_read = false;
}

/* Nobody but the agent changes them: they are read when it has. */
static int read_links(struct np_net *n, struct np_err *err)
{
    if (n->links_read)
        return 0;
    np_arena_free(n->links_arena);
    n->links_arena = np_arena_new();
    int rc = np_nl_links(n->nl, n->links_arena, &n->links, &n->n_links, err);
    n->links_read = rc == 0;
    if (rc == 0 && n->n_links != 0)
        qsort(n->links, n->n_links, sizeof(n->links[0]), by_link_name);
    return rc;
}

static int look_at_links(struct np_net *n, struct np_arena *a, struct links *out,
                         struct np_err *err)
{
    *out = (struct links){.n = n, .a = a, .next_index = 2};
    want_guests(out);
    want_edges(out);
    int rc = read_links(n, err);
    if (rc != 0)
        return rc;
    out->have = n->links;
    out->n_have = n->n_links;
    for (size_t i = 0; i < out->n_have; i++)
        if (out->have[i].index >= out->next_index)
            out->next_index = out->have[i].index + 1;
    return 0;
}

static uint64_t mac_of(const char *name)
{
    uint64_t mac = 0x02;
    for (size_t i = strlen(name) > 10 ? strlen(name) - 10 : 0; name[i] != '\0'; i++)
        mac = mac * 31 + (unsigned char)name[i];
    return (mac & 0x00ffffffffff) | UINT64_C(0x020000000000);
}

static int make_edge(struct links *l, const struct want_link *w, struct np_err *err)
{
    struct np_nets *all = l->n->all;
    struct np_net *other = w->other;
    int ns = other != NULL ? other->ns : all->internet;
    struct np_nl *nl = other != NULL ? other->nl : all->internet_nl;
    if (other != NULL && other->now.in == NULL)
        return 0;
    if (ns < 0)
        return np_err(err, NP_EAGAIN, "there is no internet yet: EnsureInternet comes first");
    uint64_t mac = mac_of(w->peer);
    np_nl_link_del(nl, w->peer); /* of a router that was */
    int rc = np_nl_flush(nl, err);
    np_nl_veth(l->n->nl, &(struct np_veth){.name = w->name,
                                           .peer = w->peer,
                                           .index = l->next_index++,
                                           .peer_ns = ns,
                                           .mac = mac,
                                           .peer_mac = mac,
                                           .point_to_point = true});
    if (rc == 0)
        rc = np_nl_flush(l->n->nl, err);
    np_nl_link_up(nl, w->peer, w->alias);
    if (rc == 0)
        rc = np_nl_flush(nl, err);
    np_nl_link_up(l->n->nl, w->name, w->alias); /* the last: its alias says that it is whole */
    if (rc == 0)
        rc = np_nl_flush(l->n->nl, err);
    if (other != NULL)
        np_net_forget_links(other);
    if (rc == 0 && other != NULL)
        other->again = true; /* its routes by this link */
    return rc;
}

static int make_guest_link(struct links *l, const struct want_link *w, struct np_err *err)
{
    NP_AUTO_FD ns = -1;
    const struct agent_Interface *f = w->guest->i;
    int rc = np_guest_ensure(l->n->all, f->Guest, &ns, err);
    if (rc != 0)
        return rc;
    np_nl_veth(l->n->nl, &(struct np_veth){.name = w->name,
                                           .peer = w->peer,
                                           .index = l->next_index++,
                                           .peer_index = NP_GUEST_INDEX(f->Device.v),
                                           .peer_ns = ns,
                                           .peer_mac = (uint64_t)f->Mac.v});
    np_nl_link_up(l->n->nl, w->name, w->alias);
    w->guest->fresh = true;
    return np_nl_flush(l->n->nl, err); /* the descriptor is closed after it */
}

/* Another guest, place or address of hardware is another link. */
static int add_links(struct links *l, size_t *made, struct np_err *err)
{
    int rc = 0;
    *made = 0;
    for (size_t i = 0; i < l->n_want && rc == 0 && *made < LINKS_AT_ONCE; i++) {
        struct want_link *w = &l->want[i];
        const struct np_link *there = link_of(l, w->name);
        if (there != NULL && strcmp(there->alias, w->alias) == 0)
            continue;
        if (there != NULL) {
            np_nl_link_del(l->n->nl, w->name);
            rc = np_nl_flush(l->n->nl, err);
        }
        ++*made;
        np_net_forget_links(l->n);
        if (rc == 0)
            rc = w->guest != NULL ? make_guest_link(l, w, err) : make_edge(l, w, err);
    }
    return rc;
}

/* --- the guests' ends --- */

/* The interface as it was told when all was done the last time; NULL: it was not, or is made anew.
 */
static const struct agent_Interface *before(const struct np_net *n, const struct np_plan_if *f)
{
    const struct agent_EnsureNetworkRequest *old = n->was.in;
    size_t count = old != NULL && !f->fresh ? old->Interfaces.n : 0;
    size_t at = (size_t)(f - n->plan.ifs); /* most likely where it was */
    for (size_t i = 0; i < count; i++, at++) {
        const struct agent_Interface *o = &old->Interfaces.v[at % count];
        if (np_str_eq(o->Id, f->i->Id))
            return o->Guest.p != NULL ? o : NULL;
    }
    return NULL;
}

static bool has_same_addresses(const struct agent_Interface *a, const struct agent_Interface *b)
{
    if (a->Addresses.n != b->Addresses.n)
        return false;
    for (size_t i = 0; i < a->Addresses.n; i++)
        if (a->Addresses.v[i].Private.v != b->Addresses.v[i].Private.v)
            return false;
    return true;
}

/* Its guest has it so, and cannot change it. */
static bool is_known(const struct np_net *n, const struct np_plan_if *f)
{
    const struct agent_Interface *o = before(n, f);
    if (o == NULL)
        return false;
    const struct agent_Block *x = n->was.in->Subnets.v[o->Subnet.v].Block;
    const struct agent_Block *y = n->plan.net->Subnets.v[f->i->Subnet.v].Block;
    return has_same_addresses(o, f->i) && x->Address.v == y->Address.v && x->Bits.v == y->Bits.v;
}

static int sync_guest(struct links *l, const struct want_link *w, struct np_err *err)
{
    /* It is there: its link is made in a namespace that is whole. */
    NP_AUTO_FD ns = np_guest_netns_fd(l->n->all, np_str_z(l->a, w->guest->i->Guest));
    const struct agent_Block *subnet = l->n->plan.net->Subnets.v[w->guest->i->Subnet.v].Block;
    return ns >= 0 ? np_guest_sync(l->n->all, ns, w->guest->i, subnet, err)
                   : np_err(err, NP_ENOENT, "a guest's namespace has gone");
}

/* First links first: ways of the second look at them. */
static int sync_guests(struct links *l, struct np_err *err)
{
    int rc = 0;
    for (int second = 0; second < 2; second++)
        for (size_t i = 0; i < l->n_want && rc == 0; i++) {
            const struct want_link *w = &l->want[i];
            if (w->guest != NULL && (w->guest->i->Device.v != 0) == second &&
                !is_known(l->n, w->guest))
                rc = sync_guest(l, w, err);
        }
    return rc;
}

/* --- what a link lets through by itself --- */

/* A router answers for the others at once: guests of one subnet find each other by it. */
static int set_links(struct np_net *n, const struct links *l, struct np_err *err)
{
    char file[80];
    int rc = np_netns_enter(n->ns, err);
    if (rc != 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < l->n_want; i++) {
        const struct want_link *w = &l->want[i];
        if (w->guest == NULL || before(n, w->guest) != NULL || link_of(l, w->name) == NULL)
            continue;
        snprintf(file, sizeof(file), "ipv4/neigh/%s/proxy_delay", w->name);
        rc = np_netns_set(file, "0", err);
    }
    np_netns_leave(&n->all->dir);
    return rc;
}

/* --- routes --- */

struct routes {
    struct np_arena *a;
    const struct links *l;
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
        const struct np_link *k = np_plan_is_own(f) ? NULL : link_of(r->l, f->name);
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
        k = link_of(r->l, NP_PLAN_UPLINK);
    } else if (np_str_is(t->Kind, "peer")) {
        k = link_of(r->l, r->p->peers[t->Target.v]);
        via = NP_NEXT_PEER;
    } else if (np_str_is(t->Kind, "interface")) {
        const struct np_plan_if *f = &r->p->ifs[t->Target.v];
        k = np_plan_is_own(f) ? NULL : link_of(r->l, f->name);
        via = (uint32_t)f->i->Addresses.v[0].Private.v;
    } else if (np_str_is(t->Kind, "nat") && onward) {
        const struct agent_Nat *nat = &r->p->net->Nats.v[t->Target.v];
        const struct agent_Route *next = np_plan_onward(r->p, nat, t->Block);
        if (next != NULL && np_str_is(next->Kind, "internet"))
            k = link_of(r->l, r->p->nats[t->Target.v]);
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

static struct routes routes_of(struct np_net *n, const struct links *l, struct np_arena *a)
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

static void add_neighbours(struct np_net *n, const struct links *l)
{
    for (size_t i = 0; i < n->plan.net->Interfaces.n; i++) {
        const struct np_plan_if *f = &n->plan.ifs[i];
        const struct np_link *k = np_plan_is_own(f) || is_known(n, f) ? NULL : link_of(l, f->name);
        for (size_t m = 0; k != NULL && m < f->i->Addresses.n; m++)
            np_nl_neigh(n->nl,
                        &(struct np_neigh){.index = k->index,
                                           .addr = (uint32_t)f->i->Addresses.v[m].Private.v,
                                           .mac_high = (uint32_t)((uint64_t)f->i->Mac.v >> 32),
                                           .mac_low = (uint32_t)f->i->Mac.v});
    }
}

static int sync_routes(struct np_net *n, const struct links *l, bool add, struct np_err *err)
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
        np_net_each_missing(r.v, r.n, have, n_have, sizeof(*have), add_route, n->nl);
        np_net_each_missing(r.rules, r.n_rules, rules, n_rules, sizeof(*rules), add_rule, n->nl);
        add_neighbours(n, l);
    } else {
        np_net_each_missing(rules, n_rules, r.rules, r.n_rules, sizeof(*rules), del_rule, n->nl);
        np_net_each_missing(have, n_have, r.v, r.n, sizeof(*have), del_route, n->nl);
    }
    return np_nl_flush(n->nl, err);
}

int np_net_add(struct np_net *n, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct links l;
    size_t made;
    int rc = look_at_links(n, a, &l, err);
    if (rc == 0)
        rc = add_links(&l, &made, err);
    if (rc == 0 && made == LINKS_AT_ONCE)
        return NP_LATER;
    if (rc == 0 && made != 0)
        rc = look_at_links(n, a, &l, err);
    if (rc == 0)
        rc = set_links(n, &l, err);
    if (rc == 0)
        rc = sync_guests(&l, err);
    return rc != 0 ? rc : sync_routes(n, &l, true, err);
}

int np_net_prune(struct np_net *n, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct links l;
    size_t gone = 0;
    int rc = look_at_links(n, a, &l, err);
    if (rc == 0)
        rc = sync_routes(n, &l, false, err);
    if (rc != 0)
        return rc;
    struct np_map *wanted = np_map_new();
    for (size_t i = 0; i < l.n_want; i++)
        np_map_put(wanted, np_str_of(l.want[i].name), n);
    for (size_t i = 0; i < l.n_have; i++) {
        if (l.have[i].index != NP_NL_LO && np_map_get(wanted, np_str_of(l.have[i].name)) == NULL) {
            np_nl_link_del(n->nl, l.have[i].name);
            gone++;
        }
    }
    np_map_free(wanted, NULL);
    if (gone != 0)
        np_net_forget_links(n);
    return np_nl_flush(n->nl, err);
}

/* --- addresses outside --- */

static void publish_one(struct routes *r, uint32_t index, struct np_opt_int addr)
{
    if (addr.set && index != 0)
        put_route(r, (struct np_route){.table = NP_TABLE_MAIN,
                                       .dst = (uint32_t)addr.v,
                                       .bits = 32,
                                       .type = RTN_UNICAST,
                                       .index = index,
                                       .via = NP_NEXT_ROUTER});
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
    struct links l = {.a = a};
    struct routes r = {.a = a};
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
    if (l.n_have != 0)
        qsort(l.have, l.n_have, sizeof(l.have[0]), by_link_name);
    const struct np_link *k = link_of(&l, n->plan.uplink);
    indices[net->Nats.n] = k != NULL ? k->index : 0;
    for (size_t i = 0; i < net->Interfaces.n; i++)
        for (size_t m = 0; m < net->Interfaces.v[i].Addresses.n; m++)
            publish_one(&r, indices[net->Nats.n], net->Interfaces.v[i].Addresses.v[m].Public);
    for (size_t i = 0; i < net->Nats.n; i++) {
        k = link_of(&l, n->plan.nats[i]);
        indices[i] = k != NULL ? k->index : 0;
        publish_one(&r, indices[i], net->Nats.v[i].Public);
    }
    struct publishing p = {nl, indices, net->Nats.n + 1};
    np_net_each_missing(r.v, r.n, have, n_have, sizeof(*have), add_route, nl);
    np_net_each_missing(have, n_have, r.v, r.n, sizeof(*have), unpublish, &p);
    return np_nl_flush(nl, err);
}
