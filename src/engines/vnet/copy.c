/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - what a VPC should be, copied into one arena: a version that readers see. */
#include "engines/vnet/vnet_int.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/digest.h"
#include "codec/codec.h"
#include "gen/agent/types.h"

#define NET_MAX (64u << 20)

static struct np_str text(struct np_arena *a, struct np_str s)
{
    return np_str_dup(a, s);
}

static void *array(struct np_arena *a, const void *from, size_t n, size_t size)
{
    void *to = np_alloc_array(a, n + 1, size);
    if (n != 0)
        memcpy(to, from, n * size);
    return to;
}

static void copy_enis(struct np_arena *a, struct np_vnet_vpc *to)
{
    struct np_vnet_eni *v = array(a, to->enis, to->n_enis, sizeof(*v));
    for (size_t i = 0; i < to->n_enis; i++) {
        struct np_vnet_eni *e = &v[i];
        e->id = text(a, e->id);
        e->instance_id = text(a, e->instance_id);
        e->owner = text(a, e->owner);
        e->subnet_id = text(a, e->subnet_id);
        e->az_id = text(a, e->az_id);
        e->addresses = array(a, e->addresses, e->n_addresses, sizeof(*e->addresses));
        if (e->n_ports > NP_VNET_PORTS_MAX)
            e->n_ports = NP_VNET_PORTS_MAX;
        e->ports = array(a, e->ports, e->n_ports, sizeof(*e->ports));
    }
    to->enis = v;
}

static bool is_same(const struct np_vnet_eni *a, const struct np_vnet_eni *b)
{
    return np_str_eq(a->id, b->id) && np_str_eq(a->instance_id, b->instance_id);
}

/* Most stand where they stood, or all behind a place one further: the search goes on from there. */
static void date_enis(struct np_vnet_vpc *now, const struct np_vnet_vpc *was)
{
    struct np_vnet_eni *v = (struct np_vnet_eni *)(uintptr_t)now->enis; /* ours, just copied */
    size_t next = 0;
    for (size_t i = 0; i < now->n_enis; i++) {
        v[i].since = now->version;
        for (size_t k = 0; was != NULL && k < was->n_enis; k++) {
            size_t at = (next + k) % was->n_enis;
            if (is_same(&v[i], &was->enis[at])) {
                v[i].since = was->enis[at].since;
                next = at + 1;
                break;
            }
        }
    }
}

static void copy_names(struct np_arena *a, struct np_vnet_endpoint *e)
{
    struct np_vnet_name *v = array(a, e->names, e->n_names, sizeof(*v));
    for (size_t i = 0; i < e->n_names; i++) {
        v[i].name = text(a, v[i].name);
        v[i].v = array(a, v[i].v, v[i].n, sizeof(*v[i].v));
    }
    e->names = v;
}

static void copy_endpoints(struct np_arena *a, struct np_vnet_vpc *to)
{
    struct np_vnet_endpoint *v = array(a, to->endpoints, to->n_endpoints, sizeof(*v));
    for (size_t i = 0; i < to->n_endpoints; i++) {
        struct np_vnet_endpoint *e = &v[i];
        e->id = text(a, e->id);
        e->service = text(a, e->service);
        e->document = text(a, e->document);
        e->blocks = array(a, e->blocks, e->n_blocks, sizeof(*e->blocks));
        e->tables = array(a, e->tables, e->n_tables, sizeof(*e->tables));
        e->addresses = array(a, e->addresses, e->n_addresses, sizeof(*e->addresses));
        copy_names(a, e);
    }
    to->endpoints = v;
}

static void copy_logs(struct np_arena *a, struct np_vnet_vpc *to)
{
    struct np_vnet_log *v = array(a, to->logs, to->n_logs, sizeof(*v));
    for (size_t i = 0; i < to->n_logs; i++) {
        v[i].id = text(a, v[i].id);
        v[i].of = text(a, v[i].of);
    }
    to->logs = v;
}

static void copy_peers(struct np_arena *a, struct np_vnet_vpc *to)
{
    struct np_str *v = array(a, to->dns_peers, to->n_dns_peers, sizeof(*v));
    for (size_t i = 0; i < to->n_dns_peers; i++)
        v[i] = text(a, v[i]);
    to->dns_peers = v;
}

/* By way of the wire: what comes out is what the agent would read. The hash is of all but Version.
 */
static void copy_net(struct vnet_net *n, const struct np_vnet_vpc *from)
{
    struct np_buf b; /* what comes out points into it */
    np_buf_init(&b, n->arena, NET_MAX);
    struct agent_EnsureNetworkRequest in = *from->net;
    in.Id = from->id;
    in.Version = (struct np_opt_int){true, 0};
    np_cbor_put(&agent_EnsureNetworkRequest_shape, &in, &b);
    np_assert(np_buf_ok(&b));
    struct agent_EnsureNetworkRequest *out = np_new(n->arena, struct agent_EnsureNetworkRequest);
    struct np_err err;
    int rc = np_cbor_get(&agent_EnsureNetworkRequest_shape, np_buf_str(&b), n->arena, out, &err);
    np_assert(rc == 0);
    uint8_t sum[32];
    np_digest_once(NP_SHA256, np_buf_str(&b), sum);
    memcpy(&n->hash, sum, sizeof(n->hash));
    n->hash = (n->hash & INT64_C(0x7fffffffffffffff)) | 1;
    out->Version.v = n->hash;
    n->vpc.net = out;
}

static int by_address(const void *a, const void *b)
{
    const struct vnet_place *x = a, *y = b;
    uint32_t p = ntohl(x->ip.s_addr), q = ntohl(y->ip.s_addr);
    return p < q ? -1 : p > q;
}

static void index_enis(struct vnet_net *n)
{
    size_t most = 0;
    for (size_t i = 0; i < n->vpc.n_enis; i++)
        most += n->vpc.enis[i].n_addresses;
    n->privates = np_new_array(n->arena, struct vnet_place, most + 1);
    n->publics = np_new_array(n->arena, struct vnet_place, most + 1);
    for (size_t i = 0; i < n->vpc.n_enis; i++) {
        const struct np_vnet_eni *e = &n->vpc.enis[i];
        for (size_t k = 0; k < e->n_addresses; k++) {
            const struct np_vnet_address *at = &e->addresses[k];
            n->privates[n->n_privates++] = (struct vnet_place){at->private_ip, e};
            if (at->public_ip.s_addr != 0)
                n->publics[n->n_publics++] = (struct vnet_place){at->public_ip, e};
        }
    }
    qsort(n->privates, n->n_privates, sizeof(*n->privates), by_address);
    qsort(n->publics, n->n_publics, sizeof(*n->publics), by_address);
}

static void compile(const struct np_vnet *v, struct vnet_net *n)
{
    const struct np_vnet_handlers *h = v->opts.handlers;
    n->compiled = np_new_array(n->arena, void *, n->vpc.n_endpoints + 1);
    n->release = h->release;
    for (size_t i = 0; h->compile != NULL && i < n->vpc.n_endpoints; i++)
        if (n->vpc.endpoints[i].document.p != NULL)
            n->compiled[i] = h->compile(v->opts.arg, n->vpc.endpoints[i].document);
}

struct vnet_net *vnet_net_copy(const struct np_vnet *v, const struct np_vnet_vpc *vpc,
                               const struct vnet_net *was)
{
    struct np_arena *a = np_arena_new();
    struct vnet_net *n = np_new(a, struct vnet_net);
    n->arena = a;
    n->vpc = *vpc;
    n->vpc.id = text(a, vpc->id);
    n->vpc.account = text(a, vpc->account);
    n->vpc.region = text(a, vpc->region);
    n->vpc.dhcp_domain = text(a, vpc->dhcp_domain);
    copy_enis(a, &n->vpc);
    date_enis(&n->vpc, was != NULL ? &was->vpc : NULL);
    copy_endpoints(a, &n->vpc);
    copy_logs(a, &n->vpc);
    copy_peers(a, &n->vpc);
    copy_net(n, vpc);
    index_enis(n);
    compile(v, n);
    return n;
}

void vnet_net_free(void *net)
{
    struct vnet_net *n = net;
    for (size_t i = 0; i < n->vpc.n_endpoints; i++)
        if (n->compiled[i] != NULL && n->release != NULL)
            n->release(n->compiled[i]);
    np_arena_free(n->arena);
}
