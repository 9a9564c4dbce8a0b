/* SPDX-License-Identifier: Apache-2.0 */
/* firewall.c - the pieces of a router's ruleset put together. */
#include "host/net/firewall.h"

#include <stdlib.h>

#include "base/arena.h"
#include "host/net/net.h"

#define FILTER(hook) "type filter hook " hook " priority filter; policy "
#define LINK_SET     "type ifname;"
#define LINK_VMAP    "type ifname : verdict;"
#define ADDR_VMAP    "type ipv4_addr : verdict;"

struct build {
    struct np_ruleset *r;
    struct np_arena *a;
    const struct np_plan *p;
    const struct agent_EnsureNetworkRequest *net;
};

static struct np_piece *piece(struct build *b, enum np_piece_kind kind, const char *name,
                              const char *head)
{
    return np_piece(b->r, kind, np_str_of(name), head);
}

static struct np_piece *chain(struct build *b, const char *name, const char *head)
{
    return piece(b, NP_PIECE_CHAIN, name, head);
}

static struct np_piece *map(struct build *b, const char *name, const char *head)
{
    return piece(b, NP_PIECE_MAP, name, head);
}

#define LINE(b, piece, ...) np_piece_line((b)->r, (piece), __VA_ARGS__)

/* --- sources: an interface may send as its addresses alone; the mark is its table's --- */

static void add_sources(struct build *b)
{
    struct np_piece *checked = map(b, "sources", "type ifname . ipv4_addr : mark;");
    struct np_piece *unchecked = map(b, "unchecked", "type ifname : mark;");
    for (size_t i = 0; i < b->net->Interfaces.n; i++) {
        const struct np_plan_if *f = &b->p->ifs[i];
        uint32_t mark = b->p->marks[b->net->Subnets.v[f->i->Subnet.v].Table.v];
        if (np_plan_is_own(f))
            continue;
        if (!f->i->SourceCheck.v)
            LINE(b, unchecked, "\"%s\" : 0x%x", f->name, mark);
        for (size_t k = 0; k < f->i->Addresses.n && f->i->SourceCheck.v; k++)
            LINE(b, checked, "\"%s\" . " NP_FW_ADDR " : 0x%x", f->name,
                 NP_FW_QUAD((uint32_t)f->i->Addresses.v[k].Private.v), mark);
    }
}

/* Links that do not lead to guests. */
static void add_edges(struct build *b)
{
    struct np_piece *edges = piece(b, NP_PIECE_SET, "edges", LINK_SET);
    struct np_piece *nats = piece(b, NP_PIECE_SET, "nats", LINK_SET);
    LINE(b, edges, "\"" NP_PLAN_UPLINK "\"");
    for (size_t i = 0; i < b->net->Nats.n; i++) {
        LINE(b, edges, "\"%s\"", b->p->nats[i]);
        LINE(b, nats, "\"%s\"", b->p->nats[i]);
    }
    for (size_t i = 0; i < b->net->Peers.n; i++)
        LINE(b, edges, "\"%s\"", b->p->peers[i]);
}

/* --- addresses outside --- */

static void add_public(struct build *b, const struct agent_InterfaceAddress *x)
{
    uint32_t in = (uint32_t)x->Private.v, out = (uint32_t)x->Public.v;
    if (!x->Public.set)
        return;
    LINE(b, map(b, "public", "type ipv4_addr : ipv4_addr;"), NP_FW_ADDR " : " NP_FW_ADDR,
         NP_FW_QUAD(out), NP_FW_QUAD(in));
    LINE(b, map(b, "private", "type ipv4_addr : ipv4_addr;"), NP_FW_ADDR " : " NP_FW_ADDR,
         NP_FW_QUAD(in), NP_FW_QUAD(out));
    LINE(b, piece(b, NP_PIECE_SET, "has_public", "type ipv4_addr;"), NP_FW_ADDR, NP_FW_QUAD(in));
}

/* Made where something is translated: each packet pays for them. */
static struct np_piece *to_private(struct build *b)
{
    return chain(b, "to_private", "type nat hook prerouting priority dstnat;");
}

static struct np_piece *to_public(struct build *b)
{
    return chain(b, "to_public", "type nat hook postrouting priority srcnat;");
}

/* What connections by a NAT take in turn: "to A", or one of several. */
static struct np_str nat_addresses(struct build *b, const struct agent_Nat *nat)
{
    const struct agent_InterfaceAddressList *l = &nat->Addresses;
    struct np_buf text;
    np_buf_init(&text, b->a, 1 << 12);
    np_buf_lit(&text, "to ");
    if (l->n > 1)
        np_buf_printf(&text, "numgen inc mod %zu map { ", l->n);
    for (size_t i = 0; i < l->n; i++) {
        uint32_t ip = (uint32_t)(l->v[i].Public.set ? l->v[i].Public.v : l->v[i].Private.v);
        if (l->n > 1)
            np_buf_printf(&text, "%s%zu : ", i != 0 ? ", " : "", i);
        np_buf_printf(&text, NP_FW_ADDR, NP_FW_QUAD(ip));
    }
    np_buf_printf(&text, l->n > 1 ? " }" : "");
    return np_buf_str(&text);
}

/* Routes of a table that go by a NAT without an address outside: on to a peer, as its own. */
static void add_private_nats(struct build *b, size_t table)
{
    const struct agent_RouteList *l = &b->net->Tables.v[table].Routes;
    for (size_t i = 0; i < l->n; i++) {
        if (!np_str_is(l->v[i].Kind, "nat"))
            continue;
        const struct agent_Nat *nat = &b->net->Nats.v[l->v[i].Target.v];
        const struct agent_Route *next = np_plan_onward(b->p, nat, l->v[i].Block);
        if (next == NULL || !np_str_is(next->Kind, "peer"))
            continue;
        LINE(b, to_public(b),
             "meta mark 0x%x oifname \"%s\" ip daddr " NP_FW_ADDR "/%lld snat %.*s",
             b->p->marks[table], b->p->peers[next->Target.v],
             NP_FW_QUAD((uint32_t)l->v[i].Block->Address.v), (long long)l->v[i].Block->Bits.v,
             NP_FMT(nat_addresses(b, nat)));
    }
}

static void add_nat(struct build *b)
{
    piece(b, NP_PIECE_SET, "has_public", "type ipv4_addr;");
    for (size_t i = 0; i < b->net->Interfaces.n; i++)
        for (size_t k = 0; k < b->net->Interfaces.v[i].Addresses.n; k++)
            add_public(b, &b->net->Interfaces.v[i].Addresses.v[k]);
    if (np_piece_is_there(b->r, NP_STR("public"))) {
        LINE(b, to_private(b), "iifname \"" NP_PLAN_UPLINK "\" dnat to ip daddr map @public");
        LINE(b, to_public(b), "oifname \"" NP_PLAN_UPLINK "\" snat to ip saddr map @private");
    }
    for (size_t i = 0; i < b->net->Nats.n; i++)
        if (np_plan_is_public(&b->net->Nats.v[i]))
            LINE(b, to_public(b), "oifname \"%s\" snat %.*s", b->p->nats[i],
                 NP_FMT(nat_addresses(b, &b->net->Nats.v[i])));
    for (size_t i = 0; i < b->net->Tables.n; i++)
        add_private_nats(b, i);
}

/* Blocks of gateway endpoints: one rule a table. */
static void add_doors(struct build *b)
{
    for (size_t i = 0; i < b->net->Tables.n; i++) {
        const struct agent_BlockList *l = &b->net->Tables.v[i].Endpoints;
        struct np_buf blocks;
        np_buf_init(&blocks, b->a, 1 << 20);
        for (size_t k = 0; k < l->n; k++) {
            bool inside = false; /* of another one: a set's members do not overlap */
            for (size_t m = 0; m < l->n && !inside; m++)
                inside = m != k && np_plan_within(&l->v[k], &l->v[m]) &&
                         (l->v[m].Bits.v < l->v[k].Bits.v || m < k);
            if (!inside)
                np_buf_printf(&blocks, "%s" NP_FW_ADDR "/%lld", blocks.n != 0 ? ", " : "",
                              NP_FW_QUAD((uint32_t)l->v[k].Address.v), (long long)l->v[k].Bits.v);
        }
        if (l->n != 0)
            LINE(b, to_private(b),
                 "meta mark 0x%x meta l4proto { tcp, udp } ip daddr { %.*s } dnat to " NP_FW_ADDR,
                 b->p->marks[i], NP_FMT(np_buf_str(&blocks)), NP_FW_QUAD(NP_NET_DOOR));
    }
}

/* --- groups: a chain for each combination of them --- */

static int by_index(const void *a, const void *b)
{
    const struct np_opt_int *x = a, *y = b;
    return x->v < y->v ? -1 : x->v > y->v;
}

/* Name of the chain that tries these groups and lets nothing else through. */
static struct np_str groups_chain(struct build *b, const struct agent_IndexList *groups, bool in)
{
    struct np_buf text;
    char name[NP_PLAN_NAME];
    struct agent_IndexList l = {.n = groups->n,
                                .v = np_new_array(b->a, struct np_opt_int, groups->n + 1)};
    if (l.n != 0) {
        memcpy(l.v, groups->v, l.n * sizeof(l.v[0]));
        qsort(l.v, l.n, sizeof(l.v[0]), by_index);
    }
    np_buf_init(&text, b->a, 1 << 20);
    for (size_t i = 0; i < l.n; i++)
        np_buf_printf(&text, "%.*s ", NP_FMT(b->net->Groups.v[l.v[i].v].Id));
    np_plan_name(name, in ? 'i' : 'e', np_buf_str(&text), NP_STR(""));
    if (np_piece_is_there(b->r, np_str_of(name)))
        return np_str_dup(b->a, np_str_of(name));
    struct np_piece *c = chain(b, name, "");
    for (size_t i = 0; i < l.n; i++)
        if (i == 0 || l.v[i].v != l.v[i - 1].v)
            LINE(b, c, "jump %.*s",
                 NP_FMT(np_firewall_group(b->r, b->p, (size_t)l.v[i].v, in)->name));
    LINE(b, c, "goto no_%s", in ? "in" : "out");
    return c->name;
}

/* Sets of the addresses that groups have, of groups that a rule names. */
static void add_members(struct build *b)
{
    bool *named = np_new_array(b->a, bool, b->net->Groups.n + 1);
    for (size_t i = 0; i < b->net->Groups.n; i++) {
        const struct agent_Group *g = &b->net->Groups.v[i];
        for (size_t k = 0; k < g->Ingress.n + g->Egress.n; k++) {
            const struct agent_Rule *r =
                k < g->Ingress.n ? &g->Ingress.v[k] : &g->Egress.v[k - g->Ingress.n];
            if (r->Group.set)
                named[r->Group.v] = true;
        }
    }
    for (size_t i = 0; i < b->net->Groups.n; i++)
        if (named[i])
            np_piece(b->r, NP_PIECE_SET,
                     np_str_printf(b->a, "m_%.*s", NP_FMT(b->net->Groups.v[i].Id)),
                     "type ipv4_addr;");
    for (size_t i = 0; i < b->net->Interfaces.n; i++) {
        const struct agent_Interface *f = &b->net->Interfaces.v[i];
        for (size_t k = 0; k < f->Groups.n; k++) {
            if (!named[f->Groups.v[k].v])
                continue;
            struct np_piece *set = np_piece(
                b->r, NP_PIECE_SET,
                np_str_printf(b->a, "m_%.*s", NP_FMT(b->net->Groups.v[f->Groups.v[k].v].Id)), "");
            for (size_t m = 0; m < f->Addresses.n; m++)
                LINE(b, set, NP_FW_ADDR, NP_FW_QUAD((uint32_t)f->Addresses.v[m].Private.v));
        }
    }
}

static void add_groups(struct build *b)
{
    struct np_piece *egress = map(b, "egress", LINK_VMAP);
    struct np_piece *ingress = map(b, "ingress", LINK_VMAP);
    struct np_piece *own_egress = map(b, "own_egress", ADDR_VMAP);
    struct np_piece *own_ingress = map(b, "own_ingress", ADDR_VMAP);
    for (size_t i = 0; i < b->net->Interfaces.n; i++) {
        const struct np_plan_if *f = &b->p->ifs[i];
        struct np_str out = groups_chain(b, &f->i->Groups, false);
        struct np_str in = groups_chain(b, &f->i->Groups, true);
        if (!np_plan_is_own(f)) {
            LINE(b, egress, "\"%s\" : goto %.*s", f->name, NP_FMT(out));
            LINE(b, ingress, "\"%s\" : goto %.*s", f->name, NP_FMT(in));
        }
        for (size_t k = 0; k < f->i->Addresses.n && np_plan_is_own(f); k++) {
            uint32_t addr = (uint32_t)f->i->Addresses.v[k].Private.v;
            LINE(b, own_egress, NP_FW_ADDR " : goto %.*s", NP_FW_QUAD(addr), NP_FMT(out));
            LINE(b, own_ingress, NP_FW_ADDR " : goto %.*s", NP_FW_QUAD(addr), NP_FMT(in));
        }
    }
    if (b->net->Internet.v)
        LINE(b, ingress, "\"" NP_PLAN_UPLINK "\" : goto to_internet");
    for (size_t i = 0; i < b->net->Nats.n; i++)
        LINE(b, ingress, "\"%s\" : accept", b->p->nats[i]);
    for (size_t i = 0; i < b->net->Peers.n; i++)
        LINE(b, ingress, "\"%s\" : accept", b->p->peers[i]);
}

/* --- lists of control: of the subnet that a packet leaves, then of the one that it enters --- */

/* Name of the subnet's chain; absent: everything may pass. What stays in the subnet does not. */
static struct np_str subnet_chain(struct build *b, size_t subnet, bool in)
{
    const struct agent_Subnet *s = &b->net->Subnets.v[subnet];
    const struct agent_Acl *acl = &b->net->Acls.v[s->Acl.v];
    struct np_str rules = np_firewall_acl(b->r, in ? &acl->Ingress : &acl->Egress, in);
    if (rules.p == NULL)
        return rules;
    uint32_t addr = (uint32_t)s->Block->Address.v;
    struct np_str name =
        np_str_printf(b->a, "s%s_%08x_%lld", in ? "i" : "e", addr, (long long)s->Block->Bits.v);
    if (np_piece_is_there(b->r, name))
        return name;
    struct np_piece *c = np_piece(b->r, NP_PIECE_CHAIN, name, "");
    LINE(b, c, "ip %s " NP_FW_ADDR "/%lld return", in ? "saddr" : "daddr", NP_FW_QUAD(addr),
         (long long)s->Block->Bits.v);
    LINE(b, c, "goto %.*s", NP_FMT(rules));
    return name;
}

static void add_acl(struct build *b, const struct np_plan_if *f, bool in)
{
    struct np_str c = subnet_chain(b, (size_t)f->i->Subnet.v, in);
    if (c.p == NULL)
        return;
    if (!np_plan_is_own(f)) {
        LINE(b, map(b, in ? "acl_in" : "acl_out", LINK_VMAP), "\"%s\" : jump %.*s", f->name,
             NP_FMT(c));
        return;
    }
    for (size_t k = 0; k < f->i->Addresses.n; k++)
        LINE(b, map(b, in ? "own_acl_in" : "own_acl_out", ADDR_VMAP), NP_FW_ADDR " : jump %.*s",
             NP_FW_QUAD((uint32_t)f->i->Addresses.v[k].Private.v), NP_FMT(c));
}

/* A NAT stands in its subnet: what comes to it enters that, what it sends leaves it. */
static void add_nat_acl(struct build *b, size_t i)
{
    const struct agent_Subnet *s = &b->net->Subnets.v[b->net->Nats.v[i].Subnet.v];
    const struct agent_Acl *acl = &b->net->Acls.v[s->Acl.v];
    struct np_str in = np_firewall_acl(b->r, &acl->Ingress, true);
    struct np_str out = np_firewall_acl(b->r, &acl->Egress, false);
    uint32_t addr = (uint32_t)s->Block->Address.v;
    for (int back = 0; back < 2; back++) {
        struct np_str name = np_str_printf(b->a, "n%s_%s", back ? "i" : "e", b->p->nats[i]);
        struct np_piece *c;
        if (in.p == NULL && out.p == NULL)
            return;
        c = np_piece(b->r, NP_PIECE_CHAIN, name, "");
        if (in.p != NULL && back)
            LINE(b, c, "jump %.*s", NP_FMT(in));
        if (in.p != NULL && !back)
            LINE(b, c, "ip saddr != " NP_FW_ADDR "/%lld jump %.*s", NP_FW_QUAD(addr),
                 (long long)s->Block->Bits.v, NP_FMT(in));
        if (out.p != NULL && back)
            LINE(b, c, "ip daddr != " NP_FW_ADDR "/%lld jump %.*s", NP_FW_QUAD(addr),
                 (long long)s->Block->Bits.v, NP_FMT(out));
        if (out.p != NULL && !back)
            LINE(b, c, "jump %.*s", NP_FMT(out));
        LINE(b, map(b, back ? "acl_back" : "acl_in", LINK_VMAP), "\"%s\" : jump %.*s",
             b->p->nats[i], NP_FMT(name));
    }
}

static void add_acls(struct build *b)
{
    for (size_t i = 0; i < b->net->Interfaces.n; i++) {
        add_acl(b, &b->p->ifs[i], true);
        add_acl(b, &b->p->ifs[i], false);
    }
    for (size_t i = 0; i < b->net->Nats.n; i++)
        add_nat_acl(b, i);
}

/* --- verdicts, and who wants to hear of them --- */

struct verdict {
    const char *name, *word, *direction, *links, *own, *link_key, *own_key, *then;
};

static const struct verdict verdicts[] = {
    {"ok_in", "accept", "in", "log_ok_in", "own_ok_in", "oifname", "daddr", "accept"},
    {"ok_out", "accept", "out", "log_ok_out", "own_ok_out", "iifname", "saddr", "accept"},
    {"no_in", "reject", "in", "log_no_in", "own_no_in", "oifname", "daddr", "drop"},
    {"no_out", "reject", "out", "log_no_out", "own_no_out", "iifname", "saddr", "drop"},
};

static void log_one(struct build *b, const struct verdict *v, const struct np_plan_if *f)
{
    struct np_str name = np_str_printf(b->a, "l_%s_%.*s", v->name, NP_FMT(f->i->Id));
    struct np_piece *c = np_piece(b->r, NP_PIECE_CHAIN, name, "");
    LINE(b, c, "log prefix \"%s %s %.*s\" group %d snaplen 128 queue-threshold 16", v->word,
         v->direction, NP_FMT(f->i->Id), NP_NET_LOG_GROUP);
    LINE(b, c, "%s", v->then);
    if (!np_plan_is_own(f))
        LINE(b, map(b, v->links, LINK_VMAP), "\"%s\" : goto %.*s", f->name, NP_FMT(name));
    for (size_t k = 0; k < f->i->Addresses.n && np_plan_is_own(f); k++)
        LINE(b, map(b, v->own, ADDR_VMAP), NP_FW_ADDR " : goto %.*s",
             NP_FW_QUAD((uint32_t)f->i->Addresses.v[k].Private.v), NP_FMT(name));
}

static void add_verdict(struct build *b, const struct verdict *v, bool accept)
{
    struct np_piece *c = chain(b, v->name, "");
    for (size_t i = 0; i < b->net->Interfaces.n; i++)
        if (accept ? b->net->Interfaces.v[i].LogAccept.v : b->net->Interfaces.v[i].LogReject.v)
            log_one(b, v, &b->p->ifs[i]);
    if (np_piece_is_there(b->r, np_str_of(v->links)))
        LINE(b, c, "%s vmap @%s", v->link_key, v->links);
    if (np_piece_is_there(b->r, np_str_of(v->own)))
        LINE(b, c, "ip %s vmap @%s", v->own_key, v->own);
    LINE(b, c, "%s", v->then);
}

/* --- the chains that packets pass --- */

static void put_lines(struct build *b, struct np_piece *c, const char *const *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        LINE(b, c, "%s", lines[i]);
}

#define LINES(b, c, ...)                                                                           \
    do {                                                                                           \
        static const char *const lines_[] = {__VA_ARGS__};                                         \
        put_lines((b), (c), lines_, NP_LEN(lines_));                                               \
    } while (0)

/* Addresses that the router has itself. */
static void add_own(struct build *b)
{
    struct np_piece *services = piece(b, NP_PIECE_SET, "services", "type ipv4_addr;");
    struct np_piece *resolvers = piece(b, NP_PIECE_SET, "resolvers", "type ipv4_addr;");
    struct np_piece *locals = piece(b, NP_PIECE_SET, "locals", "type ipv4_addr;");
    LINES(b, services, "169.254.169.254", "169.254.169.253");
    LINES(b, resolvers, "169.254.169.253");
    LINES(b, locals, "169.254.169.254", "169.254.169.253", "169.254.99.1", "127.0.0.1");
    if (b->net->Resolver.v != 0) {
        LINE(b, services, NP_FW_ADDR, NP_FW_QUAD((uint32_t)b->net->Resolver.v));
        LINE(b, resolvers, NP_FW_ADDR, NP_FW_QUAD((uint32_t)b->net->Resolver.v));
        LINE(b, locals, NP_FW_ADDR, NP_FW_QUAD((uint32_t)b->net->Resolver.v));
    }
    for (size_t i = 0; i < b->net->Subnets.n; i++)
        LINE(b, locals, NP_FW_ADDR,
             NP_FW_QUAD((uint32_t)b->net->Subnets.v[i].Block->Address.v + 1));
    for (size_t i = 0; i < b->net->Interfaces.n; i++)
        for (size_t k = 0; np_plan_is_own(&b->p->ifs[i]) && k < b->p->ifs[i].i->Addresses.n; k++)
            LINE(b, locals, NP_FW_ADDR,
                 NP_FW_QUAD((uint32_t)b->p->ifs[i].i->Addresses.v[k].Private.v));
}

/* A lookup that every packet would pay for stands only where there is something to find. */
static void look_up(struct build *b, struct np_piece *c, const char *key, const char *in)
{
    if (np_piece_is_there(b->r, np_str_of(in)))
        LINE(b, c, "%s vmap @%s", key, in);
}

/* What comes back from a gateway endpoint has the address that was asked only after translation:
 * the list of its subnet looks at it there. */
static void add_door_replies(struct build *b, struct np_piece *output)
{
    bool any = false;
    for (size_t i = 0; i < b->net->Tables.n; i++)
        any = any || b->net->Tables.v[i].Endpoints.n != 0;
    if (!any || !np_piece_is_there(b->r, NP_STR("acl_in")))
        return;
    LINES(b, output, "ip saddr 169.254.99.1 ct direction reply meta mark set 1 accept");
    LINES(b, chain(b, "door_back", "type filter hook postrouting priority srcnat + 10;"),
          "meta mark 1 oifname vmap @acl_in");
}

static void add_hooks(struct build *b)
{
    struct np_piece *leave = chain(b, "leave", "type filter hook prerouting priority mangle;");
    struct np_piece *pass = chain(b, "forward", FILTER("forward") "drop;");
    struct np_piece *input = chain(b, "input", FILTER("input") "drop;");
    struct np_piece *own = chain(b, "own", "type filter hook output priority mangle;");
    struct np_piece *output = chain(b, "output", FILTER("output") "accept;");
    LINES(b, chain(b, "source", "type filter hook prerouting priority raw;"),
          "meta mark set iifname . ip saddr map @sources accept", "iifname \"lo\" accept",
          "iifname @edges accept", "ip saddr @locals drop", "meta mark set iifname map @unchecked",
          "meta mark 0 drop");
    if (np_piece_is_there(b->r, NP_STR("acl_out")))
        LINES(b, leave, "meta mark 0 accept", "ip daddr @services accept", "iifname vmap @acl_out");
    LINES(b, leave, "ct state established,related accept", "meta mark 0 accept",
          "ip daddr @services accept", "iifname vmap @egress", "drop");
    look_up(b, pass, "oifname", "acl_in");
    look_up(b, pass, "iifname", "acl_back");
    LINES(b, pass, "ct state established,related accept", "iifname @nats drop",
          "iifname @edges oifname @edges drop", "oifname vmap @ingress");
    LINES(b, input, "iifname \"lo\" accept");
    look_up(b, input, "ip daddr", "own_acl_in");
    LINES(b, input, "ct state established,related accept", "iifname @edges ip daddr @services drop",
          "ip daddr 169.254.169.254 tcp dport 80 accept",
          "ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept",
          "ip daddr 169.254.99.1 ct status dnat accept", "ip daddr vmap @own_ingress");
    look_up(b, own, "ip saddr", "own_acl_out");
    LINES(b, own, "ct state established,related accept", "ip saddr vmap @own_egress");
    LINES(b, output, "oifname \"lo\" accept");
    add_door_replies(b, output);
    LINES(b, output, "ip saddr 169.254.99.1 accept", "ip saddr @services accept");
    look_up(b, output, "oifname", "acl_in");
    LINES(b, output, "ct state established,related accept", "oifname vmap @ingress");
    LINES(b, chain(b, "to_internet", ""), "ip saddr @has_public accept");
}

struct np_ruleset *np_firewall(const struct np_plan *p)
{
    struct np_arena *a = np_arena_new();
    struct build b = {.r = np_ruleset_new(), .a = a, .p = p, .net = p->net};
    add_sources(&b);
    add_edges(&b);
    add_nat(&b);
    add_doors(&b);
    add_members(&b);
    add_groups(&b);
    add_acls(&b);
    NP_EACH (v, verdicts)
        add_verdict(&b, v, v->then[0] == 'a');
    add_own(&b);
    add_hooks(&b);
    np_ruleset_seal(b.r);
    np_arena_free(a);
    return b.r;
}

struct np_ruleset *np_firewall_internet(void)
{
    struct build b = {.r = np_ruleset_new()};
    struct np_piece *c = chain(&b, "catch", "type filter hook prerouting priority mangle;");
    LINES(&b, c, "iifname \"lo\" accept", "fib daddr oif exists accept",
          "fib daddr type local accept");
    LINE(&b, c, "meta l4proto { tcp, udp } tproxy to :%d meta mark set 1 accept",
         NP_NET_CATCH_PORT);
    LINE(&b, chain(&b, "input", FILTER("input") "accept;"),
         "iifname != \"lo\" meta mark != 1 meta l4proto { tcp, udp } th dport %d drop",
         NP_NET_CATCH_PORT);
    np_ruleset_seal(b.r);
    return b.r;
}
