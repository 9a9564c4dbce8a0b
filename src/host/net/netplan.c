/* SPDX-License-Identifier: Apache-2.0 */
/* netplan.c - everything that was told is looked at before anything is done. */
#include "host/net/netplan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/map.h"
#include "host/limits.h"

#define POOL      0x7f400000u /* 127.64.0.0/10: addresses outside are there */
#define POOL_BITS 10
#define MARK_MIN  0x10000u
#define MARKS     0xe0000u

static uint64_t hash_of(struct np_str text)
{
    unsigned char sum[8];
    uint64_t h = 0;
    np_digest_once(NP_XXHASH64, text, sum);
    for (int i = 0; i < 8; i++)
        h = h << 8 | sum[i];
    return h;
}

void np_plan_name(char out[NP_PLAN_NAME], char prefix, struct np_str a, struct np_str b)
{
    char text[200];
    int n = snprintf(text, sizeof(text), "%.*s %.*s", NP_FMT(a), NP_FMT(b));
    snprintf(out, NP_PLAN_NAME, "%c%012llx", prefix,
             (unsigned long long)(hash_of(np_str_n(text, (size_t)n)) >> 16));
}

/* --- checks: each says what is wrong --- */

static bool is_address(struct np_opt_int v)
{
    return v.set && v.v > 0 && v.v <= UINT32_MAX;
}

static bool is_outside(struct np_opt_int v)
{
    static const struct agent_Block pool = {{true, POOL}, {true, POOL_BITS}};
    return !v.set || (is_address(v) && np_plan_in((uint32_t)v.v, &pool));
}

static bool is_block(const struct agent_Block *b)
{
    return b != NULL && b->Address.v >= 0 && b->Address.v <= UINT32_MAX && b->Bits.v >= 0 &&
           b->Bits.v <= 32 && ((uint32_t)b->Address.v & ~np_plan_mask(b->Bits.v)) == 0;
}

static bool is_index(struct np_opt_int v, size_t n)
{
    return v.set && v.v >= 0 && (uint64_t)v.v < n;
}

static bool is_match(int64_t protocol, struct np_opt_int from, struct np_opt_int to)
{
    if (protocol < -1 || protocol > 255)
        return false;
    if (protocol == 6 || protocol == 17)
        return from.set == to.set &&
               (!from.set || (from.v >= 0 && from.v <= to.v && to.v <= 65535));
    return (!from.set || (from.v >= -1 && from.v <= 65535)) &&
           (!to.set || (to.v >= -1 && to.v <= 65535));
}

static bool are_rules(const struct agent_EnsureNetworkRequest *net, const struct agent_RuleList *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct agent_Rule *r = &l->v[i];
        if (!is_match(r->Protocol.v, r->From, r->To) || (r->Block != NULL && !is_block(r->Block)) ||
            (r->Group.set && !is_index(r->Group, net->Groups.n)) ||
            (r->Block != NULL) + r->Group.set + r->Addresses.set != 1)
            return false;
        for (size_t k = 0; k < r->Addresses.n; k++)
            if (!is_address(r->Addresses.v[k]))
                return false;
    }
    return l->n <= NP_NET_RULES_MAX;
}

static int check_groups(const struct agent_EnsureNetworkRequest *net, struct np_err *err)
{
    for (size_t i = 0; i < net->Groups.n; i++) {
        const struct agent_Group *g = &net->Groups.v[i];
        if (!are_rules(net, &g->Ingress) || !are_rules(net, &g->Egress))
            return np_err(err, NP_EINVAL, "group %.*s has a rule that cannot be", NP_FMT(g->Id));
    }
    return 0;
}

static bool are_acl_rules(const struct agent_AclRuleList *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (!is_match(l->v[i].Protocol.v, l->v[i].From, l->v[i].To) || !is_block(l->v[i].Block))
            return false;
    return l->n <= NP_NET_RULES_MAX;
}

static int check_acls(const struct agent_EnsureNetworkRequest *net, struct np_err *err)
{
    for (size_t i = 0; i < net->Acls.n; i++)
        if (!are_acl_rules(&net->Acls.v[i].Ingress) || !are_acl_rules(&net->Acls.v[i].Egress))
            return np_err(err, NP_EINVAL, "list of control %zu has a rule that cannot be", i);
    return 0;
}

static bool is_route(const struct agent_EnsureNetworkRequest *net, const struct agent_Route *r)
{
    if (!is_block(r->Block))
        return false;
    if (np_str_is(r->Kind, "nat"))
        return is_index(r->Target, net->Nats.n);
    if (np_str_is(r->Kind, "interface"))
        return is_index(r->Target, net->Interfaces.n);
    if (np_str_is(r->Kind, "peer"))
        return is_index(r->Target, net->Peers.n);
    return true;
}

static int check_tables(const struct agent_EnsureNetworkRequest *net, struct np_err *err)
{
    for (size_t i = 0; i < net->Tables.n; i++) {
        const struct agent_Table *t = &net->Tables.v[i];
        bool ok = t->Routes.n <= NP_NET_ROUTES_MAX && t->Endpoints.n <= NP_NET_ROUTES_MAX;
        for (size_t k = 0; ok && k < t->Routes.n; k++)
            ok = is_route(net, &t->Routes.v[k]);
        for (size_t k = 0; ok && k < t->Endpoints.n; k++)
            ok = is_block(&t->Endpoints.v[k]);
        if (!ok)
            return np_err(err, NP_EINVAL, "table %zu has a route that cannot be", i);
    }
    return 0;
}

static bool is_interface(const struct agent_EnsureNetworkRequest *net,
                         const struct agent_Interface *f)
{
    bool guest = f->Guest.p != NULL;
    if (!is_index(f->Subnet, net->Subnets.n) || f->Addresses.n == 0 ||
        f->Addresses.n > NP_NET_ADDRESSES_MAX || f->Mac.v < 0 || f->Mac.v >= INT64_C(1) << 48 ||
        (guest && (f->Device.v < 0 || f->Device.v > 15 || (f->Mac.v >> 40 & 1) != 0)))
        return false;
    for (size_t i = 0; i < f->Groups.n; i++)
        if (!is_index(f->Groups.v[i], net->Groups.n))
            return false;
    for (size_t i = 0; i < f->Addresses.n; i++)
        if (!is_address(f->Addresses.v[i].Private) || !is_outside(f->Addresses.v[i].Public))
            return false;
    return true;
}

/* Nothing has the address or name twice. */
static bool is_new(struct np_map *seen, struct np_str what)
{
    return np_map_put(seen, what, seen) == NULL;
}

static int check_interfaces(const struct np_plan *p, struct np_map *seen, struct np_err *err)
{
    const struct agent_EnsureNetworkRequest *net = p->net;
    for (size_t i = 0; i < net->Interfaces.n; i++) {
        const struct agent_Interface *f = &net->Interfaces.v[i];
        if (!is_interface(net, f))
            return np_err(err, NP_EINVAL, "interface %.*s cannot be", NP_FMT(f->Id));
        if (!is_new(seen, f->Id) ||
            (f->Guest.p != NULL && !is_new(seen, np_str_of(p->ifs[i].name))))
            return np_err(err, NP_EINVAL, "interface %.*s is told twice", NP_FMT(f->Id));
        for (size_t k = 0; k < f->Addresses.n; k++)
            if (!is_new(seen, np_str_n(&f->Addresses.v[k].Private.v, sizeof(int64_t))) ||
                (f->Addresses.v[k].Public.set &&
                 !is_new(seen, np_str_n(&f->Addresses.v[k].Public.v, sizeof(int64_t)))))
                return np_err(err, NP_EINVAL, "an address of %.*s is another's too", NP_FMT(f->Id));
    }
    return 0;
}

static bool is_nat(const struct agent_EnsureNetworkRequest *net, const struct agent_Nat *n,
                   struct np_map *seen)
{
    const struct agent_InterfaceAddressList *l = &n->Addresses;
    if (!is_index(n->Subnet, net->Subnets.n) || l->n == 0 || l->n > NP_NET_NAT_ADDRESSES)
        return false;
    for (size_t i = 0; i < l->n; i++) {
        const struct agent_InterfaceAddress *x = &l->v[i];
        if (!is_address(x->Private) || !is_outside(x->Public) ||
            x->Public.set != l->v[0].Public.set ||
            !is_new(seen, np_str_n(&x->Private.v, sizeof(int64_t))) ||
            (x->Public.set && !is_new(seen, np_str_n(&x->Public.v, sizeof(int64_t)))))
            return false;
    }
    return true;
}

static int check_rest(const struct agent_EnsureNetworkRequest *net, struct np_map *seen,
                      struct np_err *err)
{
    for (size_t i = 0; i < net->Blocks.n; i++)
        if (!is_block(&net->Blocks.v[i]))
            return np_err(err, NP_EINVAL, "block %zu is none", i);
    for (size_t i = 0; i < net->Subnets.n; i++) {
        const struct agent_Subnet *s = &net->Subnets.v[i];
        if (!is_block(s->Block) || s->Block->Bits.v > 30 || !is_index(s->Acl, net->Acls.n) ||
            !is_index(s->Table, net->Tables.n))
            return np_err(err, NP_EINVAL, "subnet %zu cannot be", i);
    }
    for (size_t i = 0; i < net->Nats.n; i++) {
        if (!is_nat(net, &net->Nats.v[i], seen))
            return np_err(err, NP_EINVAL, "NAT %zu cannot be", i);
    }
    for (size_t i = 0; i < net->Peers.n; i++)
        if (!is_new(seen, net->Peers.v[i].Id) || np_str_eq(net->Peers.v[i].Network, net->Id))
            return np_err(err, NP_EINVAL, "peer %.*s cannot be", NP_FMT(net->Peers.v[i].Id));
    return 0;
}

static int check_sizes(const struct agent_EnsureNetworkRequest *net, struct np_err *err)
{
    const struct {
        const char *what;
        size_t n, max;
    } lists[] = {
        {"blocks", net->Blocks.n, NP_NET_BLOCKS_MAX},
        {"subnets", net->Subnets.n, NP_NET_SUBNETS_MAX},
        {"tables", net->Tables.n, NP_NET_TABLES_MAX},
        {"groups", net->Groups.n, NP_NET_GROUPS_MAX},
        {"lists of control", net->Acls.n, NP_NET_SUBNETS_MAX},
        {"interfaces", net->Interfaces.n, NP_NET_INTERFACES_MAX},
        {"NATs", net->Nats.n, NP_NET_NATS_MAX},
        {"peers", net->Peers.n, NP_NET_PEERS_MAX},
    };
    NP_EACH (l, lists)
        if (l->n > l->max)
            return np_err(err, NP_E2BIG, "%zu %s in a network, at most %zu", l->n, l->what, l->max);
    if (net->Resolver.v < 0 || net->Resolver.v > UINT32_MAX)
        return np_err(err, NP_EINVAL, "the resolver's address is none");
    return 0;
}

static int check(const struct np_plan *p, struct np_err *err)
{
    struct np_map *seen = np_map_new();
    int rc = check_groups(p->net, err);
    if (rc == 0)
        rc = check_acls(p->net, err);
    if (rc == 0)
        rc = check_tables(p->net, err);
    if (rc == 0)
        rc = check_interfaces(p, seen, err);
    if (rc == 0)
        rc = check_rest(p->net, seen, err);
    np_map_free(seen, NULL);
    return rc;
}

/* --- numbers --- */

const struct agent_Route *np_plan_onward(const struct np_plan *p, const struct agent_Nat *nat,
                                         const struct agent_Block *to)
{
    const struct agent_Subnet *s = &p->net->Subnets.v[nat->Subnet.v];
    const struct agent_RouteList *l = &p->net->Tables.v[s->Table.v].Routes;
    const struct agent_Route *best = NULL;
    for (size_t i = 0; i < l->n; i++)
        if (np_plan_within(to, l->v[i].Block) &&
            (best == NULL || l->v[i].Block->Bits.v > best->Block->Bits.v))
            best = &l->v[i];
    return best;
}

/* What a route leads to, in words that do not depend on the order of lists. */
static void put_target(struct np_buf *b, const struct np_plan *p, const struct agent_Route *r,
                       bool onward)
{
    np_buf_str_add(b, r->Kind);
    if (np_str_is(r->Kind, "interface"))
        np_buf_str_add(b, p->net->Interfaces.v[r->Target.v].Id);
    if (np_str_is(r->Kind, "peer"))
        np_buf_str_add(b, p->net->Peers.v[r->Target.v].Id);
    if (!np_str_is(r->Kind, "nat"))
        return;
    const struct agent_Nat *nat = &p->net->Nats.v[r->Target.v];
    np_buf_printf(b, "%lld", (long long)nat->Addresses.v[0].Private.v);
    const struct agent_Route *next = onward ? np_plan_onward(p, nat, r->Block) : NULL;
    if (next != NULL)
        put_target(b, p, next, false);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Independent of the order of routes, too. */
static uint64_t table_hash(struct np_arena *a, const struct np_plan *p, const struct agent_Table *t)
{
    uint64_t *parts = np_new_array(a, uint64_t, t->Routes.n + t->Endpoints.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->Routes.n + t->Endpoints.n; i++) {
        const struct agent_Block *k =
            i < t->Routes.n ? t->Routes.v[i].Block : &t->Endpoints.v[i - t->Routes.n];
        struct np_buf b;
        np_buf_init(&b, a, 1024);
        np_buf_printf(&b, "%lld/%lld ", (long long)k->Address.v, (long long)k->Bits.v);
        if (i < t->Routes.n)
            put_target(&b, p, &t->Routes.v[i], true);
        parts[n++] = hash_of(np_buf_str(&b));
    }
    if (n != 0)
        qsort(parts, n, sizeof(parts[0]), by_value);
    return hash_of(np_str_n(parts, n * sizeof(parts[0])));
}

/* Tables that hold the same have the same number; two that differ never do, but which of them gets
 * the next one after a collision depends on their order: that is a moment's detour, not a hole. */
static void number_tables(struct np_arena *a, struct np_plan *p)
{
    size_t n = p->net->Tables.n;
    uint64_t *hashes = np_new_array(a, uint64_t, n + 1);
    p->marks = np_new_array(a, uint32_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        hashes[i] = table_hash(a, p, &p->net->Tables.v[i]);
        p->marks[i] = MARK_MIN + (uint32_t)(hashes[i] % MARKS);
        for (size_t k = 0; k < i; k++)
            if (p->marks[k] == p->marks[i] && hashes[k] != hashes[i]) {
                p->marks[i]++;
                k = (size_t)-1;
            }
    }
}

int np_plan_make(struct np_arena *a, const struct agent_EnsureNetworkRequest *net,
                 struct np_plan *out, struct np_err *err)
{
    int rc = check_sizes(net, err);
    if (rc != 0)
        return rc;
    struct np_plan p = {.net = net,
                        .ifs = np_new_array(a, struct np_plan_if, net->Interfaces.n + 1),
                        .nats = np_alloc_array(a, net->Nats.n + 1, NP_PLAN_NAME),
                        .peers = np_alloc_array(a, net->Peers.n + 1, NP_PLAN_NAME)};
    for (size_t i = 0; i < net->Interfaces.n; i++) {
        p.ifs[i].i = &net->Interfaces.v[i];
        if (net->Interfaces.v[i].Guest.p != NULL)
            np_plan_name(p.ifs[i].name, 'v', net->Interfaces.v[i].Id, NP_STR(""));
    }
    for (size_t i = 0; i < net->Nats.n; i++)
        if (net->Nats.v[i].Addresses.n != 0) /* else it is refused below */
            np_plan_name(
                p.nats[i], 'n', net->Id,
                np_str_printf(a, "%lld", (long long)net->Nats.v[i].Addresses.v[0].Private.v));
    for (size_t i = 0; i < net->Peers.n; i++)
        np_plan_name(p.peers[i], 'p', net->Peers.v[i].Id, NP_STR(""));
    np_plan_name(p.uplink, 'r', net->Id, NP_STR(""));
    rc = check(&p, err);
    if (rc != 0)
        return rc;
    number_tables(a, &p);
    *out = p;
    return 0;
}
