/* SPDX-License-Identifier: Apache-2.0 */
/* firewall_group.c - rules of groups and lists of control, as few as do: rules of a group that
 * match the same ports become one with a set of addresses, those of one set one with a set of
 * ports. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/digest.h"
#include "host/net/firewall.h"

#define TEXT_MAX (16u << 20)
#define ICMP     1
#define TCP      6
#define UDP      17

struct range {
    uint32_t from, to;
};

/* Rules of a group that match the same packets but for the other side's address. */
struct entry {
    int64_t protocol, from, to; /* -1: any */
    struct range *addrs;
    size_t n_addrs;
    struct np_str peer; /* how the other side is matched: "ip saddr …", empty: anybody */
    bool done;
};

struct entries {
    struct np_arena *a;
    struct entry *v;
    size_t n;
};

/* --- ranges --- */

static int by_from(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* In order, and those that meet are one. */
static size_t unite(struct range *v, size_t n)
{
    size_t kept = 0;
    if (n != 0)
        qsort(v, n, sizeof(v[0]), by_from);
    for (size_t i = 0; i < n; i++) {
        struct range *last = kept != 0 ? &v[kept - 1] : NULL;
        if (last != NULL && (last->to == UINT32_MAX || v[i].from <= last->to + 1))
            last->to = v[i].to > last->to ? v[i].to : last->to;
        else
            v[kept++] = v[i];
    }
    return kept;
}

static void put_addrs(struct np_buf *b, const struct range *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        np_buf_printf(b, "%s" NP_FW_ADDR, i != 0 ? ", " : "", NP_FW_QUAD(v[i].from));
        if (v[i].to != v[i].from)
            np_buf_printf(b, "-" NP_FW_ADDR, NP_FW_QUAD(v[i].to));
    }
}

static struct range range_of(const struct agent_Block *b)
{
    uint32_t from = (uint32_t)b->Address.v;
    return (struct range){from, from | ~np_plan_mask(b->Bits.v)};
}

/* --- what packets are meant --- */

/* Ports from `ports`, or the entry's own. */
static void put_match(struct np_buf *b, const struct entry *e)
{
    if (e->protocol == ICMP && e->from >= 0) {
        np_buf_printf(b, "icmp type %lld ", (long long)e->from);
        if (e->to >= 0)
            np_buf_printf(b, "icmp code %lld ", (long long)e->to);
    } else if (e->protocol >= 0) {
        np_buf_printf(b, "meta l4proto %lld ", (long long)e->protocol);
    }
}

static bool has_ports(const struct entry *e)
{
    return (e->protocol == TCP || e->protocol == UDP) && e->from >= 0 &&
           !(e->from == 0 && e->to == 65535);
}

static void put_ports(struct np_buf *b, int64_t protocol, const struct range *v, size_t n)
{
    np_buf_printf(b, "%s dport ", protocol == TCP ? "tcp" : "udp");
    if (n != 1)
        np_buf_lit(b, "{ ");
    for (size_t i = 0; i < n; i++) {
        np_buf_printf(b, "%s%u", i != 0 ? ", " : "", v[i].from);
        if (v[i].to != v[i].from)
            np_buf_printf(b, "-%u", v[i].to);
    }
    np_buf_printf(b, n != 1 ? " } " : " ");
}

/* --- groups --- */

static struct entry *entry_of(struct entries *e, const struct agent_Rule *r, struct np_str peer)
{
    struct entry want = {.protocol = r->Protocol.v,
                         .from = r->From.set && r->Protocol.v >= 0 ? r->From.v : -1,
                         .to = r->To.set && r->Protocol.v >= 0 ? r->To.v : -1,
                         .peer = peer};
    for (size_t i = 0; i < e->n; i++)
        if (e->v[i].protocol == want.protocol && e->v[i].from == want.from &&
            e->v[i].to == want.to && np_str_eq(e->v[i].peer, peer))
            return &e->v[i];
    e->v = np_array_grow(e->a, e->v, e->n, sizeof(struct entry));
    e->v[e->n] = want;
    return &e->v[e->n++];
}

static void add_range(struct entries *e, struct entry *to, struct range r)
{
    to->addrs = np_array_grow(e->a, to->addrs, to->n_addrs, sizeof(struct range));
    to->addrs[to->n_addrs++] = r;
}

static void add_rule(struct entries *e, const struct np_plan *p, const struct agent_Rule *r,
                     const char *side)
{
    if (r->Group.set) {
        entry_of(
            e, r,
            np_str_printf(e->a, "ip %s @m_%.*s ", side, NP_FMT(p->net->Groups.v[r->Group.v].Id)));
        return;
    }
    if (r->Block == NULL && r->Addresses.n == 0) /* nobody is meant */
        return;
    struct entry *to = entry_of(e, r, NP_STR_NULL);
    if (r->Block != NULL)
        add_range(e, to, range_of(r->Block));
    for (size_t i = 0; i < r->Addresses.n; i++) {
        uint32_t addr = (uint32_t)r->Addresses.v[i].v;
        add_range(e, to, (struct range){addr, addr});
    }
}

static void name_peers(struct entries *e, const char *side)
{
    for (size_t i = 0; i < e->n; i++) {
        struct entry *one = &e->v[i];
        struct np_buf b;
        if (one->n_addrs == 0)
            continue;
        np_buf_init(&b, e->a, TEXT_MAX);
        one->n_addrs = unite(one->addrs, one->n_addrs);
        if (one->addrs[0].from != 0 || one->addrs[0].to != UINT32_MAX) {
            np_buf_printf(&b, "ip %s { ", side);
            put_addrs(&b, one->addrs, one->n_addrs);
            np_buf_lit(&b, " } ");
        }
        one->peer = np_buf_str(&b);
    }
}

/* All entries like the i-th but for their ports, in one line. */
static void put_entry(struct np_ruleset *r, struct np_piece *chain, struct entries *e, size_t i,
                      const char *then)
{
    struct np_buf b;
    struct entry *one = &e->v[i];
    np_buf_init(&b, e->a, TEXT_MAX);
    if (has_ports(one)) {
        struct range *ports = np_new_array(e->a, struct range, e->n);
        size_t n = 0;
        for (size_t k = i; k < e->n; k++)
            if (!e->v[k].done && has_ports(&e->v[k]) && e->v[k].protocol == one->protocol &&
                np_str_eq(e->v[k].peer, one->peer)) {
                ports[n++] = (struct range){(uint32_t)e->v[k].from, (uint32_t)e->v[k].to};
                e->v[k].done = true;
            }
        put_ports(&b, one->protocol, ports, unite(ports, n));
    } else {
        put_match(&b, one);
    }
    np_buf_str_add(&b, one->peer);
    np_piece_line(r, chain, "%.*sgoto %s", NP_FMT(np_buf_str(&b)), then);
}

struct np_piece *np_firewall_group(struct np_ruleset *r, const struct np_plan *p, size_t group,
                                   bool in)
{
    const struct agent_Group *g = &p->net->Groups.v[group];
    const struct agent_RuleList *rules = in ? &g->Ingress : &g->Egress;
    const char *side = in ? "saddr" : "daddr";
    struct np_arena *a = np_arena_new();
    struct entries e = {.a = a};
    struct np_str name = np_str_printf(a, "g%s_%.*s", in ? "i" : "e", NP_FMT(g->Id));
    if (np_piece_is_there(r, name)) {
        struct np_piece *old = np_piece(r, NP_PIECE_CHAIN, name, "");
        np_arena_free(a);
        return old;
    }
    struct np_piece *chain = np_piece(r, NP_PIECE_CHAIN, name, "");
    for (size_t i = 0; i < rules->n; i++)
        add_rule(&e, p, &rules->v[i], side);
    name_peers(&e, side);
    for (size_t i = 0; i < e.n; i++)
        if (!e.v[i].done)
            put_entry(r, chain, &e, i, in ? "ok_in" : "ok_out");
    np_arena_free(a);
    return chain;
}

/* --- lists of control: the order counts, so each rule stays one --- */

static bool lets_all(const struct agent_AclRuleList *l)
{
    return l->n != 0 && l->v[0].Allow.v && l->v[0].Protocol.v == -1 && l->v[0].Block->Bits.v == 0;
}

static void put_acl_rule(struct np_buf *b, const struct agent_AclRule *r, bool in)
{
    struct entry e = {.protocol = r->Protocol.v,
                      .from = r->From.set && r->Protocol.v >= 0 ? r->From.v : -1,
                      .to = r->To.set && r->Protocol.v >= 0 ? r->To.v : -1};
    if (has_ports(&e))
        put_ports(b, e.protocol, &(struct range){(uint32_t)e.from, (uint32_t)e.to}, 1);
    else
        put_match(b, &e);
    if (r->Block->Bits.v != 0)
        np_buf_printf(b, "ip %s " NP_FW_ADDR "/%lld ", in ? "saddr" : "daddr",
                      NP_FW_QUAD((uint32_t)r->Block->Address.v), (long long)r->Block->Bits.v);
    np_buf_printf(b, r->Allow.v ? "return" : in ? "goto no_in" : "goto no_out");
    np_buf_char(b, '\n');
}

struct np_str np_firewall_acl(struct np_ruleset *r, const struct agent_AclRuleList *l, bool in)
{
    struct np_arena *a = np_ruleset_arena(r);
    struct np_buf b;
    unsigned char sum[8];
    struct np_str line;
    if (lets_all(l))
        return NP_STR_NULL;
    np_buf_init(&b, a, TEXT_MAX);
    for (size_t i = 0; i < l->n; i++)
        put_acl_rule(&b, &l->v[i], in);
    np_digest_once(NP_XXHASH64, np_buf_str(&b), sum);
    struct np_str name = np_str_printf(a, "a%s_%02x%02x%02x%02x%02x%02x", in ? "i" : "e", sum[0],
                                       sum[1], sum[2], sum[3], sum[4], sum[5]);
    if (np_piece_is_there(r, name))
        return name;
    struct np_piece *chain = np_piece(r, NP_PIECE_CHAIN, name, "");
    for (struct np_str rest = np_buf_str(&b); np_str_split(&rest, '\n', &line);)
        np_piece_line(r, chain, "%.*s", NP_FMT(line));
    np_piece_line(r, chain, "goto no_%s", in ? "in" : "out");
    return name;
}
