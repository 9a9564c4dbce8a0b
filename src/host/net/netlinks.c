/* SPDX-License-Identifier: Apache-2.0 */
/* netlinks.c - links of a router: those to guests, to peers and to the internet. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/map.h"
#include "host/net/netsync.h"

/* --- which there should be --- */

static struct np_want_link *want(struct np_links *l)
{
    l->want = np_array_grow(l->a, l->want, l->n_want, sizeof(struct np_want_link));
    l->want[l->n_want] = (struct np_want_link){0};
    return &l->want[l->n_want++];
}

static void want_guests(struct np_links *l)
{
    const struct agent_EnsureNetworkRequest *net = l->n->plan.net;
    for (size_t i = 0; i < net->Interfaces.n; i++) {
        struct np_plan_if *f = &l->n->plan.ifs[i];
        if (np_plan_is_own(f))
            continue;
        struct np_want_link *w = want(l);
        w->guest = f;
        snprintf(w->name, sizeof(w->name), "%s", f->name);
        snprintf(w->peer, sizeof(w->peer), "eth%d", (int)f->i->Device.v);
        snprintf(w->alias, sizeof(w->alias), "%.*s %.*s %d %llx", NP_FMT(f->i->Id),
                 NP_FMT(f->i->Guest), (int)f->i->Device.v, (unsigned long long)f->i->Mac.v);
    }
}

static void want_edge(struct np_links *l, const char *name, const char *peer, struct np_net *other)
{
    struct np_want_link *w = want(l);
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
static void want_edges(struct np_links *l)
{
    const struct np_plan *p = &l->n->plan;
    if (p->net->Internet.v)
        want_edge(l, NP_PLAN_UPLINK, p->uplink, NULL);
    for (size_t i = 0; i < p->net->Nats.n; i++)
        if (np_plan_is_public(&p->net->Nats.v[i]))
            want_edge(l, p->nats[i], p->nats[i], NULL);
    for (size_t i = 0; i < p->net->Peers.n; i++) {
        struct np_net *other = np_net_find(l->n->all, p->net->Peers.v[i].Network);
        if (other != NULL && other->ns >= 0 && !other->removing &&
            (other->now.in == NULL || names_peer(other, l->n, p->net->Peers.v[i].Id)))
            want_edge(l, p->peers[i], p->peers[i], other);
    }
}

/* --- which there are --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct np_link *)a)->name, ((const struct np_link *)b)->name);
}

void np_links_sort(struct np_link *v, size_t n)
{
    if (n != 0)
        qsort(v, n, sizeof(v[0]), by_name);
}

const struct np_link *np_links_find(const struct np_links *l, const char *name)
{
    struct np_link key;
    snprintf(key.name, sizeof(key.name), "%s", name);
    return l->n_have != 0 ? bsearch(&key, l->have, l->n_have, sizeof(key), by_name) : NULL;
}

void np_net_forget_links(struct np_net *n)
{
    n->links_read = false;
    n->shape = 0;
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
    if (rc == 0)
        np_links_sort(n->links, n->n_links);
    return rc;
}

int np_links_look(struct np_net *n, struct np_arena *a, struct np_links *out, struct np_err *err)
{
    *out = (struct np_links){.n = n, .a = a, .next_index = 2};
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

/* --- those that are missing --- */

static uint64_t mac_of(const char *name)
{
    uint64_t mac = 0x02;
    for (size_t i = strlen(name) > 10 ? strlen(name) - 10 : 0; name[i] != '\0'; i++)
        mac = mac * 31 + (unsigned char)name[i];
    return (mac & 0x00ffffffffff) | UINT64_C(0x020000000000);
}

static int make_edge(struct np_links *l, const struct np_want_link *w, struct np_err *err)
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

static int make_guest_link(struct np_links *l, const struct np_want_link *w, struct np_err *err)
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
int np_links_add(struct np_links *l, size_t *made, struct np_err *err)
{
    int rc = 0;
    *made = 0;
    for (size_t i = 0; i < l->n_want && rc == 0 && *made < NP_LINKS_AT_ONCE; i++) {
        struct np_want_link *w = &l->want[i];
        const struct np_link *there = np_links_find(l, w->name);
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

/* --- what a link lets through by itself --- */

/* A router answers for the others at once: guests of one subnet find each other by it. */
int np_links_set_up(struct np_net *n, const struct np_links *l, struct np_err *err)
{
    char file[80];
    int rc = np_netns_enter(n->ns, err);
    if (rc != 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < l->n_want; i++) {
        const struct np_want_link *w = &l->want[i];
        if (w->guest == NULL || np_net_before(n, w->guest) != NULL ||
            np_links_find(l, w->name) == NULL)
            continue;
        snprintf(file, sizeof(file), "ipv4/neigh/%s/proxy_delay", w->name);
        rc = np_netns_set(file, "0", err);
    }
    np_netns_leave(&n->all->dir);
    return rc;
}

/* --- those that are too many --- */

void np_links_prune(struct np_links *l)
{
    size_t gone = 0;
    struct np_map *wanted = np_map_new();
    for (size_t i = 0; i < l->n_want; i++)
        np_map_put(wanted, np_str_of(l->want[i].name), l);
    for (size_t i = 0; i < l->n_have; i++) {
        if (l->have[i].index != NP_NL_LO &&
            np_map_get(wanted, np_str_of(l->have[i].name)) == NULL) {
            np_nl_link_del(l->n->nl, l->have[i].name);
            gone++;
        }
    }
    np_map_free(wanted, NULL);
    if (gone != 0)
        np_net_forget_links(l->n);
}
