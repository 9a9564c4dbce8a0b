/* SPDX-License-Identifier: Apache-2.0 */
/* look.c - what readers ask of the published VPCs. */
#include "engines/vnet/vnet_int.h"

#include "gen/agent/types.h"

const struct vnet_net *vnet_find(const struct np_vnet *v, struct np_str vpc_id)
{
    return v == NULL ? NULL : np_pmap_get(np_rcu_get(&v->published), vpc_id);
}

const struct np_vnet_vpc *np_vnet_get(const struct np_vnet *v, struct np_str vpc_id)
{
    const struct vnet_net *n = vnet_find(v, vpc_id);
    return n != NULL ? &n->vpc : NULL;
}

bool np_vnet_ready(const struct np_vnet *v, struct np_str vpc_id, uint64_t version)
{
    const struct vnet_net *n = vnet_find(v, vpc_id);
    return n != NULL && __atomic_load_n(&n->in_force, __ATOMIC_ACQUIRE) >= version;
}

/* --- by address --- */

static const struct np_vnet_eni *find(const struct vnet_place *v, size_t n, struct in_addr ip)
{
    uint32_t want = ntohl(ip.s_addr);
    size_t low = 0;
    while (low < n) {
        size_t mid = (low + n) / 2;
        uint32_t at = ntohl(v[mid].ip.s_addr);
        if (at == want)
            return v[mid].eni;
        if (at < want)
            low = mid + 1;
        else
            n = mid;
    }
    return NULL;
}

const struct np_vnet_eni *np_vnet_eni_at(const struct np_vnet *v, struct np_str vpc_id,
                                         struct in_addr private_ip)
{
    const struct vnet_net *n = vnet_find(v, vpc_id);
    return n != NULL ? find(n->privates, n->n_privates, private_ip) : NULL;
}

struct search {
    struct np_str text;
    struct in_addr ip;
    const struct np_vnet_eni *eni;
    const struct vnet_net *net;
    const struct np_vnet_name *name;
};

static int outside_in(void *arg, struct np_str key, void *value)
{
    struct search *s = arg;
    s->net = value;
    s->eni = find(s->net->publics, s->net->n_publics, s->ip);
    return s->eni != NULL;
}

static int instance_in(void *arg, struct np_str key, void *value)
{
    struct search *s = arg;
    s->net = value;
    for (size_t i = 0; i < s->net->vpc.n_enis; i++) {
        s->eni = &s->net->vpc.enis[i];
        if (s->eni->instance_id.p != NULL && np_str_eq(s->eni->instance_id, s->text))
            return 1;
    }
    return 0;
}

static const struct np_vnet_eni *search(const struct np_vnet *v, struct search *s,
                                        int (*fn)(void *arg, struct np_str key, void *value),
                                        const struct np_vnet_vpc **vpc)
{
    if (v == NULL || np_pmap_each(np_rcu_get(&v->published), fn, s) == 0)
        return NULL;
    *vpc = &s->net->vpc;
    return s->eni;
}

const struct np_vnet_eni *np_vnet_eni_of_instance(const struct np_vnet *v,
                                                  struct np_str instance_id,
                                                  const struct np_vnet_vpc **vpc)
{
    struct search s = {.text = instance_id};
    return search(v, &s, instance_in, vpc);
}

const struct np_vnet_eni *np_vnet_eni_outside(const struct np_vnet *v, struct in_addr public_ip,
                                              const struct np_vnet_vpc **vpc)
{
    struct search s = {.ip = public_ip};
    return search(v, &s, outside_in, vpc);
}

/* --- endpoints --- */

const struct np_vnet_endpoint *np_vnet_endpoint(const struct np_vnet *v, struct np_str vpc_id,
                                                struct np_str endpoint_id, void **compiled)
{
    const struct vnet_net *n = vnet_find(v, vpc_id);
    for (size_t i = 0; n != NULL && i < n->vpc.n_endpoints; i++) {
        if (!np_str_eq(n->vpc.endpoints[i].id, endpoint_id))
            continue;
        *compiled = n->compiled[i];
        return &n->vpc.endpoints[i];
    }
    return NULL;
}

static bool in_block(struct in_addr ip, uint32_t block, unsigned bits)
{
    return bits == 0 || (ntohl(ip.s_addr) ^ block) >> (32 - bits) == 0;
}

/* The table that traffic of the address goes by; -1: it is of no subnet. */
static int table_of(const struct vnet_net *n, struct in_addr from)
{
    const struct agent_SubnetList *subnets = &n->vpc.net->Subnets;
    for (size_t i = 0; i < subnets->n; i++) {
        const struct agent_Subnet *s = &subnets->v[i];
        if (in_block(from, (uint32_t)s->Block->Address.v, (unsigned)s->Block->Bits.v))
            return (int)s->Table.v;
    }
    return -1;
}

static bool leads(const struct np_vnet_endpoint *e, int table, struct in_addr to, unsigned *bits)
{
    bool by_table = false, hit = false;
    for (size_t i = 0; i < e->n_tables; i++)
        by_table |= (int)e->tables[i] == table;
    for (size_t i = 0; by_table && i < e->n_blocks; i++) {
        if (!in_block(to, ntohl(e->blocks[i].address.s_addr), e->blocks[i].bits))
            continue;
        hit = true;
        if (e->blocks[i].bits > *bits)
            *bits = e->blocks[i].bits;
    }
    return hit;
}

const struct np_vnet_endpoint *vnet_gateway_of(const struct vnet_net *n, struct in_addr from,
                                               struct in_addr to)
{
    const struct np_vnet_endpoint *best = NULL;
    unsigned best_bits = 0;
    int table = table_of(n, from);
    for (size_t i = 0; table >= 0 && i < n->vpc.n_endpoints; i++) {
        const struct np_vnet_endpoint *e = &n->vpc.endpoints[i];
        unsigned bits = 0;
        if (!e->gateway || !leads(e, table, to, &bits))
            continue;
        if (best == NULL || bits > best_bits) {
            best = e;
            best_bits = bits;
        }
    }
    return best;
}

/* --- names --- */

static bool covers(struct np_str pattern, struct np_str name)
{
    if (pattern.n < 2 || pattern.p[0] != '*')
        return np_str_eq(pattern, name);
    struct np_str below = np_str_sub(pattern, 1, pattern.n);
    return name.n > below.n && np_str_ends(name, below);
}

/* An exact name goes before one that stands for many. */
static const struct np_vnet_name *name_in(const struct vnet_net *n, struct np_str name,
                                          bool everywhere)
{
    const struct np_vnet_name *wild = NULL;
    for (size_t i = 0; i < n->vpc.n_endpoints; i++) {
        const struct np_vnet_endpoint *e = &n->vpc.endpoints[i];
        for (size_t k = 0; k < e->n_names; k++) {
            const struct np_vnet_name *x = &e->names[k];
            if ((everywhere && !x->everywhere) || !covers(x->name, name))
                continue;
            if (np_str_eq(x->name, name))
                return x;
            wild = x;
        }
    }
    return wild;
}

static int everywhere_in(void *arg, struct np_str key, void *value)
{
    struct search *s = arg;
    s->name = name_in(value, s->text, true);
    return s->name != NULL;
}

const struct np_vnet_name *np_vnet_name(const struct np_vnet *v, struct np_str vpc_id,
                                        struct np_str name)
{
    const struct vnet_net *n = vpc_id.p != NULL ? vnet_find(v, vpc_id) : NULL;
    const struct np_vnet_name *own = n != NULL ? name_in(n, name, false) : NULL;
    struct search s = {.text = name};
    if (own != NULL || v == NULL)
        return own;
    /* Few names are of any endpoint: what cannot be is not looked for. */
    if (np_str_find(name, NP_STR(".vpce.")) < 0)
        return NULL;
    return np_pmap_each(np_rcu_get(&v->published), everywhere_in, &s) != 0 ? s.name : NULL;
}

struct each {
    int (*fn)(void *arg, const struct np_vnet_vpc *vpc);
    void *arg;
};

static int each_net(void *arg, struct np_str key, void *value)
{
    const struct each *e = arg;
    const struct vnet_net *n = value;
    return e->fn(e->arg, &n->vpc);
}

int np_vnet_each(const struct np_vnet *v, int (*fn)(void *arg, const struct np_vnet_vpc *vpc),
                 void *arg)
{
    struct each e = {fn, arg};
    return v == NULL ? 0 : np_pmap_each(np_rcu_get(&v->published), each_net, &e);
}
