/* SPDX-License-Identifier: Apache-2.0 */
/* netview.c - which VPCs changed, and telling the network engine of them.
 *
 * A VPC is told whole, once for all changes that one turn of the loop brings. What is not of one
 * VPC (a prefix list, a set of DHCP options) changes all of its account and region; and what a VPC
 * is reaches its peers, whose groups spell out its addresses.
 */
#include "services/ec2/vpc/netview.h"

#include "base/auto.h"
#include "base/map.h"
#include "engines/vnet/vnet.h"
#include "gen/agent/types.h"
#include "services/ec2/ec2_int.h"

struct ec2_netview {
    struct np_core *core;
    uint64_t version; /* of the VPC that was told last: each has its own, and they only grow */
};

/* VPCs that are to be told, each once. */
struct dirty {
    struct ec2_netview *n;
    struct np_map *ids;
};

static void mark(struct dirty *d, struct np_str vpc)
{
    if (vpc.n != 0)
        np_map_put(d->ids, vpc, d);
}

static int mark_one(void *arg, const struct ec2_item *it)
{
    mark(arg, it->id);
    return 0;
}

static void mark_all(struct dirty *d, const struct ec2_change *c)
{
    ec2_each(ec2_view_of(d->n->core, c->account, c->region), EC2_KIND_VPC, mark_one, d);
}

static void mark_sides(struct dirty *d, const struct ec2_VpcPeeringConnection *p)
{
    mark(d, p->RequesterVpcInfo->VpcId);
    mark(d, p->AccepterVpcInfo->VpcId);
}

struct peers {
    struct dirty *d;
    struct np_str vpc;
};

static int mark_peer(void *arg, const struct ec2_item *it)
{
    struct peers *p = arg;
    const struct ec2_VpcPeeringConnection *d = it->detail;
    if (np_str_is(d->Status->Code, "active") && (np_str_eq(d->RequesterVpcInfo->VpcId, p->vpc) ||
                                                 np_str_eq(d->AccepterVpcInfo->VpcId, p->vpc)))
        mark_sides(p->d, d);
    return 0;
}

static void mark_change(struct dirty *d, const struct ec2_change *c)
{
    const struct ec2_item *it;
    struct peers p = {d, c->vpc};
    mark(d, c->vpc);
    switch (c->kind) {
    case EC2_KIND_PEERING:
        it = ec2_see_any(d->n->core, c->id);
        if (it != NULL)
            mark_sides(d, it->detail);
        break;
    case EC2_KIND_PREFIX_LIST:
    case EC2_KIND_DHCP_OPTIONS:
        mark_all(d, c);
        break;
    case EC2_KIND_INTERFACE:
    case EC2_KIND_GROUP:
    case EC2_KIND_VPC:
        ec2_each(ec2_view_of(d->n->core, c->account, c->region), EC2_KIND_PEERING, mark_peer, &p);
        break;
    default:
        break;
    }
}

static int tell(void *arg, struct np_str id, void *value)
{
    struct ec2_netview *n = arg;
    NP_AUTO_ARENA a = np_arena_new();
    const struct ec2_item *vpc = ec2_see_any(n->core, id);
    struct np_vnet_vpc v;
    (void)value;
    if (vpc == NULL || vpc->kind->id != EC2_KIND_VPC) {
        np_vnet_remove(n->core->vnet, id);
        return 0;
    }
    ec2_netview_make(n->core, vpc, ++n->version, a, &v);
    /* Most VPCs are empty, the default ones of regions that nobody uses: they cost nothing. */
    if (v.net->Interfaces.n == 0)
        np_vnet_remove(n->core->vnet, id);
    else
        np_vnet_set(n->core->vnet, &v);
    return 0;
}

static void tell_all(struct dirty *d)
{
    np_map_each(d->ids, tell, d->n);
    np_map_free(d->ids, NULL);
}

static void changed(void *arg, const struct ec2_change *changes, size_t n)
{
    struct dirty d = {.n = arg, .ids = np_map_new()};
    for (size_t i = 0; i < n; i++)
        mark_change(&d, &changes[i]);
    tell_all(&d);
}

static void mark_view(void *arg, const struct ec2_view *v)
{
    ec2_each(v, EC2_KIND_VPC, mark_one, arg);
}

struct ec2_netview *ec2_netview_start(struct np_core *core)
{
    if (core->vnet == NULL)
        return NULL;
    struct ec2_netview *n = np_heap_new(struct ec2_netview);
    struct dirty d = {.n = n, .ids = np_map_new()};
    n->core = core;
    ec2_each_view(core, mark_view, &d);
    tell_all(&d);
    ec2_watch(core, changed, n);
    return n;
}

void ec2_netview_free(struct ec2_netview *n)
{
    np_free(n);
}
