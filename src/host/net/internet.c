/* SPDX-License-Identifier: Apache-2.0 */
/* internet.c - the namespace between the routers: the region's services and its client stand there,
 * and what is sent to anybody else comes to the region's transparent sockets. */
#include <linux/rtnetlink.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "host/net/firewall.h"
#include "host/net/network_int.h"

#define NAME         "internet"
#define CATCH_TABLE  100u
#define CATCH_MARK   1u
#define TEXT_MAX     (1u << 20)
#define SERVICES_MAX 16

/* 127.64.0.0/10 is outside: the loopback device keeps the lower half of 127.0.0.0/9. */
int np_lo_narrow(struct np_nl *nl, struct np_err *err)
{
    struct np_ip ip = {.index = NP_NL_LO, .addr = 0x7f000001, .bits = 8, .scope = RT_SCOPE_HOST};
    np_nl_link_up(nl, "lo", NULL);
    np_nl_ip(nl, false, &ip);
    ip.bits = 10;
    np_nl_ip(nl, true, &ip);
    return np_nl_flush(nl, err);
}

static int set_up(struct np_nl *nl, struct np_err *err)
{
    static const struct {
        const char *name, *value;
        bool needed;
    } files[] = {
        {"ipv4/conf/all/rp_filter", "0", true},
        {"ipv4/conf/default/rp_filter", "0", true},
        {"ipv4/conf/all/route_localnet", "1", true},
        {"ipv4/conf/default/route_localnet", "1", true},
        {"ipv4/conf/all/send_redirects", "0", true},
        {"ipv4/conf/default/send_redirects", "0", true},
        {"ipv4/conf/all/accept_redirects", "0", true},
        {"ipv4/ip_unprivileged_port_start", "0", true},
        {"ipv6/conf/all/disable_ipv6", "1", false},
        {"ipv6/conf/default/disable_ipv6", "1", false},
    };
    NP_EACH (f, files) {
        int rc = np_netns_set(f->name, f->value, f->needed ? err : NULL);
        if (rc != 0 && f->needed)
            return rc;
    }
    return np_lo_narrow(nl, err);
}

static int open_internet(struct np_nets *n, struct np_err *err)
{
    bool made;
    if (n->internet_nl != NULL)
        return 0;
    int rc = np_netns_ensure(&n->dir, NAME, &n->internet, &made, err);
    if (rc == 0)
        rc = np_netns_enter(n->internet, err);
    if (rc != 0)
        return rc;
    rc = np_nl_open(&n->internet_nl, err);
    if (rc == 0)
        rc = set_up(n->internet_nl, err);
    np_netns_leave(&n->dir);
    if (rc == 0)
        rc = np_nft_new(n->g->loop, &n->dir, n->internet, &n->internet_nft, err);
    if (rc != 0) {
        np_nl_close(n->internet_nl);
        n->internet_nl = NULL;
    }
    return rc;
}

static void add_route(void *arg, const void *item)
{
    np_nl_route(arg, true, item);
}

static void del_local(void *arg, const void *item)
{
    const struct np_route *r = item;
    if (r->type == RTN_LOCAL)
        np_nl_route(arg, false, r);
}

static int sync_routes(struct np_nl *nl, const struct agent_EnsureInternetRequest *rq,
                       struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_route *have, *want = np_new_array(a, struct np_route, rq->Services.n + 2);
    size_t n_have, n = 0;
    want[n++] = (struct np_route){.table = NP_TABLE_LOCAL,
                                  .dst = (uint32_t)rq->Client.v,
                                  .bits = 32,
                                  .type = RTN_LOCAL,
                                  .index = NP_NL_LO};
    for (size_t i = 0; i < rq->Services.n; i++)
        want[n++] = (struct np_route){.table = NP_TABLE_LOCAL,
                                      .dst = (uint32_t)rq->Services.v[i].Address.v,
                                      .bits = (uint32_t)rq->Services.v[i].Bits.v,
                                      .type = RTN_LOCAL,
                                      .index = NP_NL_LO};
    want[n++] = (struct np_route){.table = CATCH_TABLE, .type = RTN_LOCAL, .index = NP_NL_LO};
    int rc = np_nl_routes(nl, a, &have, &n_have, err);
    if (rc != 0)
        return rc;
    np_nl_each_missing(want, n, have, n_have, sizeof(*want), add_route, nl);
    np_nl_each_missing(have, n_have, want, n, sizeof(*want), del_local, nl);
    /* The source of errors that it sends, and of sockets that choose none. */
    np_nl_ip(nl, true,
             &(struct np_ip){.index = NP_NL_LO, .addr = (uint32_t)rq->Client.v, .bits = 32});
    np_nl_rule(
        nl, true,
        &(struct np_rule){.pref = NP_RULE_PREF_MIN, .mark = CATCH_MARK, .table = CATCH_TABLE});
    return np_nl_flush(nl, err);
}

static int forward(struct np_nets *n, struct np_err *err)
{
    int rc = np_netns_enter(n->internet, err);
    if (rc != 0)
        return rc;
    rc = np_netns_set("ipv4/ip_forward", "1", err);
    np_netns_leave(&n->dir);
    return rc;
}

static void loaded(void *arg, int rc, const struct np_err *said)
{
    static const struct agent_EnsureInternetReply nothing;
    struct np_nets *n = arg;
    struct np_err err = *said;
    n->internet_busy = false;
    if (rc == 0)
        rc = forward(n, &err);
    n->internet_loaded = rc == 0;
    np_agent_reply(n->g, &n->internet_ticket, rc, &nothing, NULL, 0, &err);
}

static int load(struct np_nets *n, struct np_err *err)
{
    NP_AUTO_BUF text;
    struct np_ruleset *r = np_firewall_internet();
    np_buf_init(&text, NULL, TEXT_MAX);
    np_ruleset_diff(NULL, r, &text);
    np_ruleset_free(r);
    return np_nft_load(n->internet_nft, np_buf_str(&text), loaded, n, err);
}

static bool is_block(const struct agent_Block *b)
{
    return b != NULL && b->Address.v > 0 && b->Address.v <= UINT32_MAX && b->Bits.v >= 8 &&
           b->Bits.v <= 32 && ((uint32_t)b->Address.v & ~np_plan_mask(b->Bits.v)) == 0;
}

static int check(const struct agent_EnsureInternetRequest *rq, struct np_err *err)
{
    bool ok = rq->Client.v > 0 && rq->Client.v <= UINT32_MAX && is_block(rq->Pool) &&
              rq->Services.n <= SERVICES_MAX;
    for (size_t i = 0; ok && i < rq->Services.n; i++)
        ok = is_block(&rq->Services.v[i]);
    return ok ? 0 : np_err(err, NP_EINVAL, "an address of the internet cannot be");
}

int np_net_ensure_internet(struct np_agent *g, struct np_agent_ask *q, const void *in, void **out,
                           struct np_err *err)
{
    const struct agent_EnsureInternetRequest *rq = in;
    struct np_nets *n = g->nets;
    if (n == NULL)
        return np_err(err, NP_ENOTSUP, "there are no networks here: %.*s",
                      NP_FMT(np_err_text(g->namespaces.own ? &g->no_nets : &g->namespaces.why)));
    int rc = check(rq, err);
    if (rc == 0 && n->internet_busy)
        rc = np_err(err, NP_EAGAIN, "it is being made");
    if (rc == 0)
        rc = open_internet(n, err);
    if (rc == 0)
        rc = sync_routes(n->internet_nl, rq, err);
    if (rc != 0)
        return rc;
    n->pool = *rq->Pool;
    *out = np_new(q->arena, struct agent_EnsureInternetReply);
    if (n->internet_loaded)
        return 0;
    rc = load(n, err);
    if (rc != 0)
        return rc;
    n->internet_busy = true;
    n->internet_ticket = q->ticket;
    return NP_LATER;
}
