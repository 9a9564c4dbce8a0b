/* SPDX-License-Identifier: Apache-2.0 */
/* netsync.c - a router compared with its plan, changed where they differ. What is new is there
 * before packets are sent to it, what is old goes after. */
#include <unistd.h>

#include "base/auto.h"
#include "host/net/netsync.h"

/* --- the guests' ends --- */

const struct agent_Interface *np_net_before(const struct np_net *n, const struct np_plan_if *f)
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

bool np_net_is_known(const struct np_net *n, const struct np_plan_if *f)
{
    const struct agent_Interface *o = np_net_before(n, f);
    if (o == NULL)
        return false;
    const struct agent_Block *x = n->was.in->Subnets.v[o->Subnet.v].Block;
    const struct agent_Block *y = n->plan.net->Subnets.v[f->i->Subnet.v].Block;
    return has_same_addresses(o, f->i) && x->Address.v == y->Address.v && x->Bits.v == y->Bits.v;
}

static int sync_guest(struct np_links *l, const struct np_want_link *w, struct np_err *err)
{
    /* It is there: its link is made in a namespace that is whole. */
    NP_AUTO_FD ns = np_guest_netns_fd(l->n->all, np_str_z(l->a, w->guest->i->Guest));
    const struct agent_Block *subnet = l->n->plan.net->Subnets.v[w->guest->i->Subnet.v].Block;
    return ns >= 0 ? np_guest_sync(l->n->all, ns, w->guest->i, subnet, err)
                   : np_err(err, NP_ENOENT, "a guest's namespace has gone");
}

/* First links first: ways of the second look at them. */
static int sync_guests(struct np_links *l, struct np_err *err)
{
    int rc = 0;
    for (int second = 0; second < 2; second++)
        for (size_t i = 0; i < l->n_want && rc == 0; i++) {
            const struct np_want_link *w = &l->want[i];
            if (w->guest != NULL && (w->guest->i->Device.v != 0) == second &&
                !np_net_is_known(l->n, w->guest))
                rc = sync_guest(l, w, err);
        }
    return rc;
}

/* --- all of it --- */

int np_net_add(struct np_net *n, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_links l;
    size_t made;
    int rc = np_links_look(n, a, &l, err);
    if (rc == 0)
        rc = np_links_add(&l, &made, err);
    if (rc == 0 && made == NP_LINKS_AT_ONCE)
        return NP_LATER;
    if (rc == 0 && made != 0)
        rc = np_links_look(n, a, &l, err);
    if (rc == 0)
        rc = np_links_set_up(n, &l, err);
    if (rc == 0)
        rc = sync_guests(&l, err);
    return rc != 0 ? rc : np_routes_sync(n, &l, true, err);
}

int np_net_prune(struct np_net *n, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_links l;
    int rc = np_links_look(n, a, &l, err);
    if (rc == 0)
        rc = np_routes_sync(n, &l, false, err);
    if (rc != 0)
        return rc;
    np_links_prune(&l);
    return np_nl_flush(n->nl, err);
}
