/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - the verbs of networks, one change of each at a time. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/map.h"
#include "codec/codec.h"
#include "host/net/firewall.h"
#include "host/limits.h"
#include "host/net/network_int.h"

#define NETWORK_PREFIX "n-"
#define TEXT_MAX       (64u << 20)

static void run(struct np_net *n);

struct np_net *np_net_find(const struct np_nets *all, struct np_str id)
{
    return np_map_get(all->nets, id);
}

static void free_ask(struct np_net_ask *q)
{
    np_arena_free(q->arena);
    *q = (struct np_net_ask){0};
}

static void free_net(void *value)
{
    struct np_net *n = value;
    np_nft_free(n->nft);
    np_timer_stop(&n->more);
    np_arena_free(n->links_arena);
    np_nl_close(n->nl);
    if (n->ns >= 0)
        close(n->ns);
    if (n->was.arena != n->now.arena)
        free_ask(&n->was);
    free_ask(&n->now);
    free_ask(&n->next);
    np_ruleset_free(n->loaded);
    np_ruleset_free(n->loading);
    np_free(n);
}

static struct np_net *net_of(struct np_nets *all, struct np_str id)
{
    struct np_net *n = np_net_find(all, id);
    if (n != NULL)
        return n;
    n = np_heap_new(struct np_net);
    *n = (struct np_net){.all = all, .ns = -1};
    snprintf(n->id, sizeof(n->id), "%.*s", NP_FMT(id));
    snprintf(n->ns_name, sizeof(n->ns_name), NETWORK_PREFIX "%s", n->id);
    np_map_put(all->nets, id, n);
    return n;
}

/* --- the router's namespace --- */

static int set_up_router(struct np_err *err)
{
    static const struct {
        const char *name, *value;
        bool needed;
    } files[] = {
        /* Foreign sources are dropped by the firewall, before anything else looks at a packet: the
         * kernel need not look them up in its routes as well. */
        {"ipv4/conf/all/rp_filter", "0", true},
        {"ipv4/conf/default/rp_filter", "0", true},
        {"ipv4/conf/all/accept_local", "1", true},
        {"ipv4/conf/all/route_localnet", "1", true},
        {"ipv4/conf/default/route_localnet", "1", true},
        {"ipv4/conf/all/proxy_arp", "1", true},
        {"ipv4/conf/default/proxy_arp", "1", true},
        {"ipv4/conf/all/send_redirects", "0", true},
        {"ipv4/conf/default/send_redirects", "0", true},
        {"ipv4/conf/all/accept_redirects", "0", true},
        {"ipv4/conf/default/accept_redirects", "0", true},
        {"ipv4/ip_unprivileged_port_start", "0", true},
        /* What comes is forwarded: to look for a socket first is a lookup in vain. */
        {"ipv4/ip_early_demux", "0", false},
        {"ipv6/conf/all/disable_ipv6", "1", false},
        {"ipv6/conf/default/disable_ipv6", "1", false},
        {"netfilter/nf_conntrack_acct", "1", false},
        {"netfilter/nf_conntrack_timestamp", "1", false},
        {"netfilter/nf_conntrack_tcp_timeout_time_wait", "5", false}, /* flow logs wait for it */
        {"netfilter/nf_conntrack_tcp_timeout_close", "5", false},
    };
    NP_EACH (f, files) {
        int rc = np_netns_set(f->name, f->value, f->needed ? err : NULL);
        if (rc != 0 && f->needed)
            return rc;
    }
    return 0;
}

/* Also of one that is there: who made it may have been killed before this. */
static int open_inside(struct np_net *n, struct np_err *err)
{
    int rc = np_nl_open(&n->nl, err);
    if (rc == 0)
        rc = set_up_router(err);
    if (rc == 0)
        rc = np_lo_narrow(n->nl, err);
    np_nl_ip(n->nl, true, &(struct np_ip){.index = NP_NL_LO, .addr = NP_NET_DOOR, .bits = 32});
    return rc == 0 ? np_nl_flush(n->nl, err) : rc;
}

static int open_router(struct np_net *n, struct np_err *err)
{
    bool made;
    if (n->nl != NULL)
        return 0;
    int rc = np_netns_ensure(&n->all->dir, n->ns_name, &n->ns, &made, err);
    if (rc == 0)
        rc = np_netns_enter(n->ns, err);
    if (rc != 0)
        return rc;
    rc = open_inside(n, err);
    np_netns_leave(&n->all->dir);
    if (rc == 0)
        rc = np_nft_new(n->all->g->loop, &n->all->dir, n->ns, &n->nft, err);
    if (rc == 0)
        return 0;
    np_nl_close(n->nl);
    n->nl = NULL;
    if (made)
        np_netns_remove(&n->all->dir, n->ns_name);
    return rc;
}

static int forward(struct np_net *n, struct np_err *err)
{
    int rc = np_netns_enter(n->ns, err);
    if (rc != 0)
        return rc;
    rc = np_netns_set("ipv4/ip_forward", "1", err);
    np_netns_leave(&n->all->dir);
    return rc;
}

/* --- peers: what one does to their link is seen by the other --- */

static void touch_peers(const struct np_net *n, const struct agent_EnsureNetworkRequest *told)
{
    for (size_t i = 0; told != NULL && i < told->Peers.n; i++) {
        struct np_net *other = np_net_find(n->all, told->Peers.v[i].Network);
        if (other == NULL || other == n)
            continue;
        other->again = true;
        np_net_forget_links(other);
    }
}

static int peer_again(void *arg, struct np_str key, void *value)
{
    struct np_net *n = value;
    if (n->again && !n->busy && n->now.in != NULL)
        run(n);
    return 0;
}

static void run_peers(struct np_nets *all)
{
    np_map_each(all->nets, peer_again, NULL);
}

/* --- the end of a network --- */

static void remove_net(struct np_net *n)
{
    struct np_nets *all = n->all;
    static const struct agent_RemoveNetworkReply nothing;
    struct np_err err = {0};
    if (n->next.answer) {
        np_err(&err, NP_EAGAIN, "the network has been taken away");
        np_agent_reply(all->g, &n->next.ticket, err.code, NULL, NULL, 0, &err);
    }
    np_netns_remove(&all->dir, n->ns_name);
    np_map_del(all->nets, np_str_of(n->id));
    touch_peers(n, n->now.in);
    const struct np_agent_ticket remover = n->remover;
    free_net(n);
    np_guests_prune(all);
    np_agent_reply(all->g, &remover, 0, &nothing, NULL, 0, NULL);
    run_peers(all);
}

/* --- one change --- */

static void finish(struct np_net *n, int rc, const struct np_err *err)
{
    static const struct agent_EnsureNetworkReply nothing;
    struct np_nets *all = n->all;
    n->busy = false;
    if (rc != 0)
        np_log(NP_WARN, "agent.network", "network=%s reason=\"%.*s\"", n->id,
               NP_FMT(np_err_text(err)));
    if (n->now.answer)
        np_agent_reply(all->g, &n->now.ticket, rc, rc == 0 ? &nothing : NULL, NULL, 0, err);
    n->now.answer = false;
    if (n->removing) {
        remove_net(n);
        return;
    }
    if (rc == 0 && n->was.arena != n->now.arena) {
        free_ask(&n->was);
        n->was = n->now;
    }
    if (n->next.arena != NULL) {
        if (n->was.arena != n->now.arena)
            free_ask(&n->now);
        n->now = n->next;
        n->next = (struct np_net_ask){0};
        n->again = true;
    }
    if (n->again && n->now.in != NULL)
        run(n);
    run_peers(all);
}

static bool has_other_peers(const struct np_net *n)
{
    const struct agent_PeerList *x = &n->now.in->Peers, *y = &n->was.in->Peers;
    if (x->n != y->n)
        return true;
    for (size_t i = 0; i < x->n; i++)
        if (!np_str_eq(x->v[i].Id, y->v[i].Id) || !np_str_eq(x->v[i].Network, y->v[i].Network))
            return true;
    return false;
}

/* A hash of all that is told but what rules alone are made of: groups change more often than links
 * and routes, and those need not be looked at then. */
static uint64_t shape_of(const struct np_net *n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct agent_EnsureNetworkRequest in = *n->now.in;
    struct np_buf b;
    uint64_t hash;
    in.Version = (struct np_opt_int){0};
    in.Groups = (struct agent_GroupList){0};
    in.Acls = (struct agent_AclList){0};
    in.Subnets.v = np_new_array(a, struct agent_Subnet, in.Subnets.n + 1);
    for (size_t i = 0; i < in.Subnets.n; i++) {
        in.Subnets.v[i] = n->now.in->Subnets.v[i];
        in.Subnets.v[i].Acl = (struct np_opt_int){0};
    }
    in.Interfaces.v = np_new_array(a, struct agent_Interface, in.Interfaces.n + 1);
    for (size_t i = 0; i < in.Interfaces.n; i++) {
        struct agent_Interface *f = &in.Interfaces.v[i];
        *f = n->now.in->Interfaces.v[i];
        f->Groups = (struct agent_IndexList){0};
        f->LogAccept = f->LogReject = (struct np_opt_bool){0};
    }
    np_buf_init(&b, a, TEXT_MAX);
    np_cbor_put(&agent_EnsureNetworkRequest_shape, &in, &b);
    np_digest_once(NP_XXHASH64, np_buf_str(&b), (unsigned char *)&hash);
    return hash | 1;
}

/* What is too many goes when nothing leads to it any more. */
static int finish_links(struct np_net *n, struct np_err *err)
{
    int rc = forward(n, err);
    if (rc == 0)
        rc = np_net_prune(n, err);
    if (rc == 0)
        rc = np_net_publish(n, err);
    if (rc != 0)
        return rc;
    np_guests_prune(n->all);
    if (n->was.in != NULL && n->was.in != n->now.in && has_other_peers(n))
        touch_peers(n, n->was.in);
    if (n->links_read) /* not those that have just gone */
        n->shape = shape_of(n);
    return 0;
}

static void loaded(void *arg, int rc, const struct np_err *said)
{
    struct np_net *n = arg;
    struct np_err err = *said;
    if (rc == 0) {
        np_ruleset_free(n->loaded);
        n->loaded = n->loading;
        n->loading = NULL;
        rc = n->rules_only ? 0 : finish_links(n, &err);
    }
    if (rc == 0)
        n->version = n->now.in->Version.v;
    np_ruleset_free(n->loading);
    n->loading = NULL;
    finish(n, rc, &err);
}

static bool is_published(const struct np_nets *all, struct np_opt_int addr)
{
    return !addr.set || all->internet < 0 || np_plan_in((uint32_t)addr.v, &all->pool);
}

static int check_pool(const struct np_net *n, struct np_err *err)
{
    const struct agent_EnsureNetworkRequest *net = n->now.in;
    for (size_t i = 0; i < net->Interfaces.n; i++)
        for (size_t k = 0; k < net->Interfaces.v[i].Addresses.n; k++)
            if (!is_published(n->all, net->Interfaces.v[i].Addresses.v[k].Public))
                return np_err(err, NP_EINVAL, "an address of %.*s is not of the pool",
                              NP_FMT(net->Interfaces.v[i].Id));
    for (size_t i = 0; i < net->Nats.n; i++)
        for (size_t k = 0; k < net->Nats.v[i].Addresses.n; k++)
            if (!is_published(n->all, net->Nats.v[i].Addresses.v[k].Public))
                return np_err(err, NP_EINVAL, "an address of a NAT is not of the pool");
    return 0;
}

static void go_on(struct np_timer *t);

static int add_and_load(struct np_net *n, struct np_err *err)
{
    NP_AUTO_BUF text;
    np_buf_init(&text, NULL, TEXT_MAX);
    int rc = n->rules_only ? 0 : np_net_add(n, err);
    if (rc == NP_LATER)
        np_timer_set(n->all->g->loop, &n->more, 0, go_on);
    if (rc != 0)
        return rc;
    n->loading = np_firewall(&n->plan);
    np_ruleset_diff(n->loaded, n->loading, &text);
    if (!np_buf_ok(&text))
        return np_err(err, NP_E2BIG, "the rules are too long");
    if (text.n == 0) {
        loaded(n, 0, &(struct np_err){0});
        return 0;
    }
    return np_nft_load(n->nft, np_buf_str(&text), loaded, n, err);
}

static int begin(struct np_net *n, struct np_err *err)
{
    int rc = np_plan_make(n->now.arena, n->now.in, &n->plan, err);
    if (rc == 0)
        rc = check_pool(n, err);
    if (rc == 0)
        rc = open_router(n, err);
    if (rc != 0)
        return rc;
    n->rules_only = n->shape != 0 && n->shape == shape_of(n);
    if (!n->rules_only)
        n->shape = 0;
    return add_and_load(n, err);
}

static void give_up(struct np_net *n, int rc, const struct np_err *err)
{
    np_ruleset_free(n->loading);
    n->loading = NULL;
    np_net_forget_links(n);
    finish(n, rc, err);
}

static void go_on(struct np_timer *t)
{
    struct np_net *n = NP_CONTAINER(t, struct np_net, more);
    struct np_err err = {0};
    struct np_nets *all = n->all;
    int rc = add_and_load(n, &err);
    if (rc < 0)
        give_up(n, rc, &err);
    else
        run_peers(all);
}

static void run(struct np_net *n)
{
    struct np_err err = {0};
    struct np_nets *all = n->all;
    n->busy = true;
    n->again = false;
    int rc = begin(n, &err);
    if (rc < 0)
        give_up(n, rc, &err);
    else
        run_peers(all);
}

/* --- verbs --- */

static int none(const struct np_agent *g, struct np_err *err)
{
    const struct np_err *why = g->namespaces.own ? &g->no_nets : &g->namespaces.why;
    return np_err(err, NP_ENOTSUP, "there are no networks here: %.*s", NP_FMT(np_err_text(why)));
}

int np_net_ensure(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                  struct np_err *err)
{
    struct np_net_ask ask = {.in = in, .ticket = q->ticket, .answer = true};
    struct np_err old = {0};
    if (g->nets == NULL)
        return none(g, err);
    if (np_net_find(g->nets, ask.in->Id) == NULL && np_map_count(g->nets->nets) >= NP_NETS_MAX)
        return np_err(err, NP_E2BIG, "more than %d networks", NP_NETS_MAX);
    struct np_net *n = net_of(g->nets, ask.in->Id);
    if (n->removing)
        return np_err(err, NP_EAGAIN, "the network is being taken away");
    ask.arena = q->arena;
    q->arena = NULL; /* kept */
    if (n->busy) {
        if (n->next.answer) {
            np_err(&old, NP_EAGAIN, "a newer one came");
            np_agent_reply(g, &n->next.ticket, old.code, NULL, NULL, 0, &old);
        }
        free_ask(&n->next);
        n->next = ask;
        return NP_LATER;
    }
    if (n->now.arena != n->was.arena)
        free_ask(&n->now);
    n->now = ask;
    run(n);
    return NP_LATER;
}

int np_net_remove(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                  struct np_err *err)
{
    const struct agent_RemoveNetworkRequest *rq = in;
    if (g->nets == NULL)
        return none(g, err);
    struct np_net *n = np_net_find(g->nets, rq->Id);
    *out = np_new(q->arena, struct agent_RemoveNetworkReply);
    if (n == NULL)
        return 0;
    if (n->removing)
        return np_err(err, NP_EAGAIN, "the network is being taken away");
    n->removing = true;
    n->remover = q->ticket;
    if (!n->busy)
        remove_net(n);
    return NP_LATER;
}

struct listing {
    struct np_arena *a;
    struct agent_NetworkStateList *out;
};

static int list_one(void *arg, struct np_str key, void *value)
{
    struct listing *l = arg;
    const struct np_net *n = value;
    l->out->v[l->out->n++] = (struct agent_NetworkState){.Id = np_str_dup(l->a, np_str_of(n->id)),
                                                         .Version = {true, n->version}};
    return 0;
}

int np_net_list(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                struct np_err *err)
{
    if (g->nets == NULL)
        return none(g, err);
    struct agent_ListNetworksReply *r = np_new(q->arena, struct agent_ListNetworksReply);
    r->Networks.v =
        np_new_array(q->arena, struct agent_NetworkState, np_map_count(g->nets->nets) + 1);
    r->Networks.set = true;
    np_map_each(g->nets->nets, list_one, &(struct listing){q->arena, &r->Networks});
    *out = r;
    return 0;
}

/* --- all of them --- */

/* Of an agent that was: what they are nobody has told yet, they are version 0. */
static void adopt(void *arg, const char *name)
{
    struct np_nets *all = arg;
    size_t skip = strlen(NETWORK_PREFIX);
    if (strncmp(name, NETWORK_PREFIX, skip) != 0 || strlen(name) - skip >= 64)
        return;
    struct np_net *n = net_of(all, np_str_of(name + skip));
    struct np_err err;
    if (open_router(n, &err) != 0)
        np_log(NP_WARN, "agent.network", "network=%s reason=\"%.*s\"", n->id,
               NP_FMT(np_err_text(&err)));
}

int np_nets_open(struct np_agent *g, struct np_nets **out, struct np_err *err)
{
    struct np_netns_dir dir;
    if (!g->namespaces.own)
        return np_err(err, NP_ENOTSUP, "%.*s", NP_FMT(np_err_text(&g->namespaces.why)));
    if (np_nft_program() == NULL)
        return np_err(err, NP_ENOTSUP, "the program nft is not installed");
    int rc = np_netns_dir_open(g->data_dir, &dir, err);
    if (rc != 0)
        return rc;
    struct np_nets *n = np_heap_new(struct np_nets);
    *n = (struct np_nets){.g = g, .dir = dir, .nets = np_map_new(), .internet = -1};
    np_netns_each(&dir, adopt, n);
    *out = n;
    return 0;
}

void np_nets_free(struct np_nets *n)
{
    if (n == NULL)
        return;
    np_map_free(n->nets, free_net);
    np_nft_free(n->internet_nft);
    np_nl_close(n->internet_nl);
    if (n->internet >= 0)
        close(n->internet);
    np_netns_dir_close(&n->dir);
    np_free(n);
}
