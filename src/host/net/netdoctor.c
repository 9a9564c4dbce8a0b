/* SPDX-License-Identifier: Apache-2.0 */
/* netdoctor.c - what networks need of this host, each thing tried in a namespace that goes again.
 */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "host/agent_wire.h"
#include "host/net/firewall.h"
#include "host/net/network_int.h"

#define NAME     "doctor"
#define SAID_MAX 160

struct trial {
    struct np_nets *all;
    struct np_arena *a;
    int ns;
    struct np_err why;
};

/* A batch of nft, waited for: a doctor may take its time. */
static bool rules_load(struct trial *t, struct np_str text)
{
    NP_AUTO_FD in = np_sealed_file(text.p, text.n);
    NP_AUTO_FD said = memfd_create("nft-said", MFD_CLOEXEC);
    char words[SAID_MAX];
    int status = 1;
    pid_t pid = in >= 0 && said >= 0 ? fork() : -1;
    if (pid == 0) {
        const char *const argv[] = {np_nft_program(), "-f", "-", NULL};
        if (np_netns_enter(t->ns, NULL) == 0 && dup2(in, 0) == 0 && dup2(said, 2) == 2 &&
            dup2(said, 1) == 1)
            execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
        return true;
    ssize_t n = pread(said, words, sizeof(words), 0);
    struct np_str first = np_str_n(words, n > 0 ? (size_t)n : 0), rest;
    np_str_cut(first, '\n', &first, &rest);
    np_err(&t->why, NP_ENOTSUP, "%.*s", NP_FMT(first));
    return false;
}

static bool try_links(struct trial *t)
{
    struct np_nl *nl;
    int rc = np_netns_enter(t->ns, &t->why);
    if (rc != 0)
        return false;
    rc = np_nl_open(&nl, &t->why);
    if (rc == 0) {
        np_nl_veth(nl, &(struct np_veth){.name = "a", .peer = "b", .index = 20, .peer_ns = t->ns});
        np_nl_link_up(nl, "a", NULL);
        np_nl_route(
            nl, true,
            &(struct np_route){
                .table = 70000, .dst = 0x0a000000, .bits = 8, .type = RTN_UNICAST, .index = 20});
        np_nl_rule(nl, true, &(struct np_rule){.pref = 1000, .mark = 70000, .table = 70000});
        rc = np_nl_flush(nl, &t->why);
        np_nl_close(nl);
    }
    np_netns_leave(&t->all->dir);
    return rc == 0;
}

static bool try_localnet(struct trial *t)
{
    int rc = np_netns_enter(t->ns, &t->why);
    if (rc != 0)
        return false;
    rc = np_netns_set("ipv4/conf/all/route_localnet", "1", &t->why);
    if (rc == 0)
        rc = np_netns_set("ipv4/ip_unprivileged_port_start", "0", &t->why);
    if (rc == 0)
        rc = np_netns_set("ipv4/ip_forward", "1", &t->why);
    np_netns_leave(&t->all->dir);
    return rc == 0;
}

static bool try_filter(struct trial *t)
{
    return rules_load(t, NP_STR("add table ip t\n"
                                "add map ip t m { type ifname . ipv4_addr : mark; }\n"
                                "add map ip t v { type ifname : verdict; }\n"
                                "add chain ip t c { type filter hook prerouting priority raw; }\n"
                                "add rule ip t c meta mark set iifname . ip saddr map @m\n"
                                "add chain ip t d { type filter hook forward priority filter; }\n"
                                "add rule ip t d ct state established,related accept\n"
                                "add rule ip t d oifname vmap @v\n"));
}

static bool try_nat(struct trial *t)
{
    return rules_load(t, NP_STR("add table ip n\n"
                                "add map ip n m { type ipv4_addr : ipv4_addr; }\n"
                                "add chain ip n p { type nat hook prerouting priority dstnat; }\n"
                                "add rule ip n p dnat to ip daddr map @m\n"
                                "add chain ip n q { type nat hook postrouting priority srcnat; }\n"
                                "add rule ip n q snat to ip saddr map @m\n"
                                "add rule ip n q snat to numgen inc mod 2 map { 0 : 10.0.0.1, "
                                "1 : 10.0.0.2 }\n"));
}

static bool try_catch(struct trial *t)
{
    struct np_buf text;
    struct np_ruleset *r = np_firewall_internet();
    np_buf_init(&text, t->a, 1 << 20);
    np_ruleset_diff(NULL, r, &text);
    np_ruleset_free(r);
    return rules_load(t, np_buf_str(&text));
}

static bool try_log(struct trial *t)
{
    return rules_load(t, NP_STR("add table ip l\n"
                                "add chain ip l c\n"
                                "add rule ip l c log prefix \"x\" group 7 snaplen 128\n"));
}

static bool try_counters(struct trial *t)
{
    int rc = np_netns_enter(t->ns, &t->why);
    if (rc != 0)
        return false;
    rc = np_netns_set("netfilter/nf_conntrack_acct", "1", &t->why);
    np_netns_leave(&t->all->dir);
    return rc == 0;
}

/* An unprivileged region may neither send nor receive it on this host's networks. */
static bool try_pings(struct trial *t)
{
    np_err(&t->why, NP_ENOTSUP, "the relay carries TCP and UDP, no ICMP");
    return false;
}

static const struct {
    const char *name;
    bool (*fits)(struct trial *t);
    const char *fine, *weaker;
} trials[] = {
    {"links", try_links, "pairs of links, routes and rules can be made",
     "instances have no network (CONFIG_VETH, CONFIG_IP_MULTIPLE_TABLES)"},
    {"addresses", try_localnet, "addresses of 127.64.0.0/10 can be outside ones",
     "instances have no addresses outside"},
    {"firewall", try_filter, "security groups and network ACLs are enforced",
     "networks are refused: no rule could be enforced (nf_tables, nf_conntrack)"},
    {"nat", try_nat, "addresses are translated at gateways", "there is no way out of a network"},
    {"tproxy", try_catch, "what leaves a network comes to the region",
     "instances reach no address but those of the region (nft_tproxy, nft_fib_ipv4)"},
    {"flow logs", try_log, "packets can be logged", "flow logs stay empty (nfnetlink_log)"},
    {"counters", try_counters, "connections are counted",
     "flow logs have no bytes and packets of what was accepted"},
    {"pings", try_pings, "", "pings of addresses outside the region get no answer"},
};

_Static_assert(NP_LEN(trials) + 1 <= NP_NET_FINDINGS, "room for all");

static struct agent_Finding try_one(struct trial *t, size_t i)
{
    struct agent_Finding f = {.Name = np_str_of(trials[i].name)};
    t->why = (struct np_err){0};
    f.Fine = (struct np_opt_bool){true, trials[i].fits(t)};
    f.Text = f.Fine.v
                 ? np_str_of(trials[i].fine)
                 : np_str_printf(t->a, "%s: %.*s", trials[i].weaker, NP_FMT(np_err_text(&t->why)));
    return f;
}

size_t np_nets_doctor(struct np_nets *n, const struct np_err *why_none, struct np_arena *a,
                      struct agent_Finding *out)
{
    struct trial t = {.all = n, .a = a};
    bool made;
    out[0] = (struct agent_Finding){.Name = NP_STR("networks"), .Fine = {true, n != NULL}};
    if (n == NULL) {
        out[0].Text = np_str_printf(a, "VPCs have no network, and instances are refused: %.*s",
                                    NP_FMT(np_err_text(why_none)));
        return 1;
    }
    if (np_netns_ensure(&n->dir, NAME, &t.ns, &made, &t.why) != 0) {
        out[0] = (struct agent_Finding){.Name = NP_STR("networks"),
                                        .Fine = {true, false},
                                        .Text = np_str_dup(a, np_err_text(&t.why))};
        return 1;
    }
    for (size_t i = 0; i < NP_LEN(trials); i++)
        out[i] = try_one(&t, i);
    close(t.ns);
    np_netns_remove(&n->dir, NAME);
    return NP_LEN(trials);
}
