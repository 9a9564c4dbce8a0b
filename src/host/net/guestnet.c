/* SPDX-License-Identifier: Apache-2.0 */
/* guestnet.c - namespaces of guests: made before the guest runs in them, set up from outside, so
 * that a guest, which has no rights over its namespace, cannot undo it. */
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/map.h"
#include "host/net/network_int.h"

#define TABLE_OF(device) ((uint32_t)(device) + 1000)

static void name_of(struct np_str guest, char name[72])
{
    snprintf(name, 72, NP_GUEST_PREFIX "%.*s", NP_FMT(guest));
}

int np_guest_netns_fd(struct np_nets *n, const char *guest)
{
    char name[72];
    if (n == NULL)
        return -1;
    name_of(np_str_of(guest), name);
    return np_netns_open(&n->dir, name);
}

static int set_up(struct np_err *err)
{
    static const struct {
        const char *name, *value;
        bool needed;
    } files[] = {
        {"ipv4/conf/all/route_localnet", "1", true}, /* addresses outside are of 127.0.0.0/8 */
        {"ipv4/conf/default/route_localnet", "1", true},
        {"ipv4/conf/all/accept_redirects", "0", true},
        {"ipv4/conf/default/accept_redirects", "0", true},
        {"ipv4/ip_unprivileged_port_start", "0", true},
        {"ipv4/ping_group_range", "0 2147483647", false},
        {"ipv6/conf/default/disable_ipv6", "1", false},
    };
    struct np_nl *nl;
    NP_EACH (f, files) {
        int rc = np_netns_set(f->name, f->value, f->needed ? err : NULL);
        if (rc != 0 && f->needed)
            return rc;
    }
    /* Without subordinate ids there is one group in the user namespace. */
    if (np_netns_set("ipv4/ping_group_range", "0 2147483647", NULL) != 0)
        np_netns_set("ipv4/ping_group_range", "0 0", NULL);
    int rc = np_nl_open(&nl, err);
    if (rc == 0)
        rc = np_lo_narrow(nl, err);
    if (rc == 0)
        np_nl_close(nl);
    return rc;
}

int np_guest_ensure(struct np_nets *all, struct np_str guest, int *ns, struct np_err *err)
{
    char name[72];
    bool made;
    name_of(guest, name);
    int rc = np_netns_ensure(&all->dir, name, ns, &made, err);
    if (rc == 0)
        rc = np_netns_enter(*ns, err);
    if (rc != 0)
        return rc;
    rc = set_up(err); /* also again: who made it may have been killed before */
    np_netns_leave(&all->dir);
    if (rc != 0 && made)
        np_netns_remove(&all->dir, name);
    return rc;
}

struct sync {
    struct np_nl *nl;
    uint32_t index;
};

static void add_ip(void *arg, const void *item)
{
    np_nl_ip(((struct sync *)arg)->nl, true, item);
}

static void del_ip(void *arg, const void *item)
{
    const struct np_ip *ip = item;
    struct sync *s = arg;
    if (ip->index == s->index)
        np_nl_ip(s->nl, false, ip);
}

static void add_default(struct np_nl *nl, uint32_t table, uint32_t index, uint32_t net)
{
    np_nl_route(
        nl, true,
        &(struct np_route){.table = table, .type = RTN_UNICAST, .index = index, .via = net + 1});
}

/* What is sent from this address leaves by its link, wherever it goes. */
static void add_way(struct np_nl *nl, const struct np_ip *ip)
{
    uint32_t device = ip->index - NP_GUEST_INDEX(0), table = TABLE_OF(device);
    uint32_t net = ip->addr & np_plan_mask(ip->bits);
    add_default(nl, table, ip->index, net);
    np_nl_route(
        nl, true,
        &(struct np_route){
            .table = table, .dst = net, .bits = ip->bits, .type = RTN_UNICAST, .index = ip->index});
    np_nl_rule(
        nl, true,
        &(struct np_rule){.pref = NP_RULE_PREF_MIN + device, .from = ip->addr, .table = table});
}

/* With one link the default route is enough. The second brings ways for the first, too: else
 * answers to its subnet would leave by it, from an address that is not its own. */
static void add_routes(struct np_nl *nl, const struct agent_Interface *f,
                       const struct agent_Block *subnet, const struct np_ip *want,
                       const struct np_ip *have, size_t n_have)
{
    if (f->Device.v == 0) {
        add_default(nl, NP_TABLE_MAIN, NP_GUEST_INDEX(0), (uint32_t)subnet->Address.v);
        return;
    }
    for (size_t i = 0; i < f->Addresses.n; i++)
        add_way(nl, &want[i]);
    for (size_t i = 0; i < n_have; i++)
        if (have[i].index == NP_GUEST_INDEX(0))
            add_way(nl, &have[i]);
}

static int sync_inside(const struct agent_Interface *f, const struct agent_Block *subnet,
                       struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct sync s = {.index = NP_GUEST_INDEX(f->Device.v)};
    struct np_ip *have, *want = np_new_array(a, struct np_ip, f->Addresses.n);
    size_t n_have;
    char name[NP_NL_NAME];
    int rc = np_nl_open(&s.nl, err);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < f->Addresses.n; i++)
        want[i] = (struct np_ip){.index = s.index,
                                 .addr = (uint32_t)f->Addresses.v[i].Private.v,
                                 .bits = (uint32_t)subnet->Bits.v};
    snprintf(name, sizeof(name), "eth%d", (int)f->Device.v);
    rc = np_nl_ips(s.nl, a, &have, &n_have, err);
    if (rc == 0) {
        np_nl_each_missing(want, f->Addresses.n, have, n_have, sizeof(*want), add_ip, &s);
        np_nl_each_missing(have, n_have, want, f->Addresses.n, sizeof(*want), del_ip, &s);
        np_nl_link_up(s.nl, name, NULL);
        add_routes(s.nl, f, subnet, want, have, n_have);
        rc = np_nl_flush(s.nl, err);
    }
    np_nl_close(s.nl);
    return rc;
}

int np_guest_sync(struct np_nets *all, int ns, const struct agent_Interface *f,
                  const struct agent_Block *subnet, struct np_err *err)
{
    int rc = np_netns_enter(ns, err);
    if (rc != 0)
        return rc;
    rc = sync_inside(f, subnet, err);
    np_netns_leave(&all->dir);
    return rc;
}

/* --- the end of guests --- */

struct pruning {
    struct np_nets *all;
    struct np_map *named;
    bool untold;
};

static int name_guests(void *arg, struct np_str key, void *value)
{
    struct pruning *p = arg;
    const struct np_net *n = value;
    if (!n->removing && n->now.in == NULL)
        p->untold = true;
    for (size_t i = 0; n->now.in != NULL && i < n->now.in->Interfaces.n; i++)
        if (n->now.in->Interfaces.v[i].Guest.p != NULL)
            np_map_put(p->named, n->now.in->Interfaces.v[i].Guest, p);
    for (size_t i = 0; n->next.arena != NULL && i < n->next.in->Interfaces.n; i++)
        if (n->next.in->Interfaces.v[i].Guest.p != NULL)
            np_map_put(p->named, n->next.in->Interfaces.v[i].Guest, p);
    return 0;
}

static void prune_one(void *arg, const char *name)
{
    struct pruning *p = arg;
    size_t n = strlen(NP_GUEST_PREFIX);
    if (strncmp(name, NP_GUEST_PREFIX, n) == 0 && np_map_get(p->named, np_str_of(name + n)) == NULL)
        np_netns_remove(&p->all->dir, name);
}

void np_guests_prune(struct np_nets *all)
{
    struct pruning p = {.all = all, .named = np_map_new()};
    np_map_each(all->nets, name_guests, &p);
    if (!p.untold)
        np_netns_each(&all->dir, prune_one, &p);
    np_map_free(p.named, NULL);
}
