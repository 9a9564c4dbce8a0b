/* SPDX-License-Identifier: Apache-2.0 */
/* network_names.c - names of interfaces and endpoints, both ways, and whom a resolver asks that
 * knows a name by none of them. */
#include "aws/network_int.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "aws/pool.h"
#include "base/arena.h"
#include "engines/dns/dns.h"
#include "engines/dns/server.h"
#include "io/job.h"
#include "io/lookup.h"

#define TTL_S 60

/* --- how AWS writes them --- */

/* AWS: the first region has names of its own (tests/unit/aws/inside_names_test.c). */
static struct np_str private_suffix(struct np_arena *a, struct np_str region)
{
    return np_str_is(region, "us-east-1") ? NP_STR("ec2.internal")
                                          : np_str_cat(a, region, NP_STR(".compute.internal"));
}

static struct np_str public_suffix(struct np_arena *a, struct np_str region)
{
    return np_str_is(region, "us-east-1") ? NP_STR("compute-1.amazonaws.com")
                                          : np_str_cat(a, region, NP_STR(".compute.amazonaws.com"));
}

static struct np_str dashed(struct np_arena *a, const char *prefix, struct in_addr ip,
                            struct np_str suffix)
{
    const uint8_t *b = (const uint8_t *)&ip.s_addr;
    return np_str_printf(a, "%s%u-%u-%u-%u.%.*s", prefix, b[0], b[1], b[2], b[3], NP_FMT(suffix));
}

struct np_str np_private_name(struct np_arena *a, struct np_str region, struct in_addr ip)
{
    return dashed(a, "ip-", ip, private_suffix(a, region));
}

struct np_str np_public_name(struct np_arena *a, struct np_str region, struct in_addr ip)
{
    return dashed(a, "ec2-", ip, public_suffix(a, region));
}

/* "10-0-1-5" or "10.0.1.5": four numbers without leading zeros. */
static bool read_ip(struct np_str text, char between, struct in_addr *out)
{
    uint32_t ip = 0;
    for (int i = 0; i < 4; i++) {
        struct np_str part = text, rest = NP_STR_NULL;
        uint64_t v;
        if ((i < 3) != np_str_cut(text, between, &part, &rest))
            return false;
        if (part.n == 0 || part.n > 3 || (part.n > 1 && part.p[0] == '0') ||
            !np_str_u64(part, &v) || v > 255)
            return false;
        ip = ip << 8 | (uint32_t)v;
        text = rest;
    }
    out->s_addr = htonl(ip);
    return true;
}

/* The label before `suffix`; false: the name does not end so, or has more before it. */
static bool label_before(struct np_str name, struct np_str suffix, struct np_str *label)
{
    if (name.n <= suffix.n + 1 || !np_str_ends(name, suffix) ||
        name.p[name.n - suffix.n - 1] != '.')
        return false;
    *label = np_str_sub(name, 0, name.n - suffix.n - 1);
    return np_str_chr(*label, '.') < 0;
}

/* --- of a VPC --- */

static const struct np_vnet_eni *eni_by_label(const struct np_vnet *v,
                                              const struct np_vnet_vpc *vpc, struct np_str label,
                                              struct in_addr *ip)
{
    const struct np_vnet_vpc *found;
    if (np_str_starts(label, NP_STR("ip-")) && read_ip(np_str_sub(label, 3, label.n), '-', ip))
        return np_vnet_eni_at(v, vpc->id, *ip);
    if (!np_str_starts(label, NP_STR("i-")))
        return NULL;
    const struct np_vnet_eni *e = np_vnet_eni_of_instance(v, label, &found);
    if (e == NULL || !np_str_eq(found->id, vpc->id) || e->n_addresses == 0)
        return NULL;
    *ip = e->addresses[0].private_ip;
    return e;
}

static int one_address(struct np_name_addrs *out, struct in_addr ip)
{
    out->v[0] = ip;
    out->n = 1;
    out->ttl = TTL_S;
    return 0;
}

static int find_private(const struct np_core *core, const struct np_vnet_vpc *vpc,
                        struct np_str name, struct np_name_addrs *out)
{
    struct np_str label;
    struct in_addr ip;
    struct np_arena *a = np_arena_new();
    bool is = label_before(name, private_suffix(a, vpc->region), &label);
    np_arena_free(a);
    if (!is || eni_by_label(core->vnet, vpc, label, &ip) == NULL)
        return NP_ENOENT;
    return one_address(out, ip);
}

static bool public_of_region(const struct np_vnet_vpc *vpc, struct np_str name, struct in_addr *ip)
{
    struct np_str label;
    struct np_arena *a = np_arena_new();
    bool is = label_before(name, public_suffix(a, vpc->region), &label) &&
              np_str_starts(label, NP_STR("ec2-")) &&
              read_ip(np_str_sub(label, 4, label.n), '-', ip);
    np_arena_free(a);
    return is;
}

static struct in_addr private_of(const struct np_vnet_eni *e, struct in_addr public_ip)
{
    for (size_t i = 0; i < e->n_addresses; i++)
        if (e->addresses[i].public_ip.s_addr == public_ip.s_addr)
            return e->addresses[i].private_ip;
    return public_ip;
}

static bool sees_private(const struct np_vnet_vpc *who, const struct np_vnet_vpc *whose)
{
    if (who == NULL)
        return false;
    if (np_str_eq(who->id, whose->id))
        return true;
    for (size_t i = 0; i < who->n_dns_peers; i++)
        if (np_str_eq(who->dns_peers[i], whose->id))
            return true;
    return false;
}

/* AWS: a public name is the private address to who is in the VPC, and in a peer that may; and there
 * is none where DNS hostnames are off. */
static int find_public(const struct np_core *core, const struct np_vnet_vpc *who,
                       struct np_str name, struct np_name_addrs *out)
{
    static const struct np_str start = {"ec2-", 4};
    struct np_str label, rest;
    struct in_addr ip;
    const struct np_vnet_vpc *vpc;
    if (!np_str_starts(name, start) || !np_str_cut(name, '.', &label, &rest) ||
        !read_ip(np_str_sub(label, 4, label.n), '-', &ip))
        return NP_ENOENT;
    const struct np_vnet_eni *e = np_vnet_eni_outside(core->vnet, ip, &vpc);
    if (e == NULL || !vpc->dns_hostnames || !public_of_region(vpc, name, &ip))
        return NP_ENOENT;
    return one_address(out, sees_private(who, vpc) ? private_of(e, ip) : ip);
}

static int find_endpoint(const struct np_core *core, struct np_str vpc_id, struct np_str name,
                         struct np_name_addrs *out)
{
    const struct np_vnet_name *n = np_vnet_name(core->vnet, vpc_id, name);
    if (n == NULL)
        return NP_ENOENT;
    for (out->n = 0; out->n < n->n && out->n < NP_NAME_ADDRS_MAX; out->n++)
        out->v[out->n] = n->v[out->n];
    out->ttl = TTL_S;
    return 0;
}

/* Before all other sources: an endpoint's private names hide those of the APIs. */
static int find(void *arg, struct np_str name, struct np_str vpc_id, struct np_name_addrs *out)
{
    const struct np_core *core = arg;
    if (core->vnet == NULL)
        return NP_ENOENT;
    const struct np_vnet_vpc *vpc = vpc_id.p != NULL ? np_vnet_get(core->vnet, vpc_id) : NULL;
    if (find_endpoint(core, vpc_id, name, out) == 0 ||
        (vpc != NULL && find_private(core, vpc, name, out) == 0))
        return 0;
    return find_public(core, vpc, name, out);
}

void np_network_names(struct np_core *core)
{
    static const char *const globs[] = {"*.compute-1.amazonaws.com", "*.compute.amazonaws.com",
                                        NULL};
    np_name_source_add(core, &(struct np_name_source){
                                 .what = "network", .arg = core, .find = find, .globs = globs});
}

/* --- APIs --- */

/* S3 has an address of its own, as gateway endpoints lead there and to no other: bucket names,
 * websites, S3 Control. */
static bool is_of_s3(struct np_str name)
{
    struct np_str label;
    while (np_str_split(&name, '.', &label))
        if (np_str_is(label, "s3") || np_str_starts(label, NP_STR("s3-")))
            return true;
    return false;
}

static bool is_api(struct np_str name)
{
    return np_str_ends(name, NP_STR(".amazonaws.com")) &&
           !np_str_ends(name, NP_STR(".compute.amazonaws.com")) &&
           !np_str_ends(name, NP_STR(".compute-1.amazonaws.com")) &&
           !np_str_ends(name, NP_STR(".vpce.amazonaws.com"));
}

int np_network_inside(const struct np_core *core, struct np_str name, int rc,
                      struct np_name_addrs *io)
{
    bool gateway =
        rc == 0 && io->n != 0 && io->v[0].s_addr == np_pool_address(core, NP_POOL_GATEWAY).s_addr;
    if (!gateway && !(rc == NP_ENOENT && is_api(name)))
        return rc;
    return one_address(io, (struct in_addr){htonl(is_of_s3(name) ? NP_VNET_S3 : NP_VNET_APIS)});
}

/* --- reverse --- */

static bool put_label(struct np_dns_addrs *out, struct np_str label)
{
    if (label.n == 0 || label.n > 63 || out->ptr_n + label.n + 2 > sizeof(out->ptr))
        return false;
    out->ptr[out->ptr_n] = (uint8_t)label.n;
    memcpy(out->ptr + out->ptr_n + 1, label.p, label.n);
    out->ptr_n = (uint8_t)(out->ptr_n + 1 + label.n);
    return true;
}

static bool put_name(struct np_dns_addrs *out, struct np_str name)
{
    struct np_str label;
    out->ptr_n = 0;
    while (np_str_split(&name, '.', &label))
        if (!put_label(out, label))
            return false;
    out->ptr[out->ptr_n++] = 0;
    return true;
}

int np_network_reverse(const struct np_core *core, struct np_str vpc_id, struct np_str name,
                       struct np_dns_addrs *out)
{
    struct in_addr ip;
    static const struct np_str suffix = {".in-addr.arpa", 13};
    if (!np_str_ends(name, suffix) || !read_ip(np_str_sub(name, 0, name.n - suffix.n), '.', &ip))
        return NP_ENOENT;
    ip.s_addr = __builtin_bswap32(ip.s_addr);
    const struct np_vnet_vpc *vpc = core->vnet != NULL ? np_vnet_get(core->vnet, vpc_id) : NULL;
    if (vpc == NULL || np_vnet_eni_at(core->vnet, vpc_id, ip) == NULL)
        return NP_ENOENT;
    struct np_arena *a = np_arena_new();
    *out = (struct np_dns_addrs){.ttl = TTL_S};
    bool fits = put_name(out, np_private_name(a, vpc->region, ip));
    np_arena_free(a);
    return fits ? 0 : NP_ENOENT;
}

/* --- what a person calls it --- */

struct wanted {
    const struct np_core *core;
    struct np_str name, vpc;
    struct in_addr ip;
    bool by_address;
    unsigned n;
    struct np_inside found;
    char vpcs[200];
};

static void hit(struct wanted *w, const struct np_vnet_vpc *vpc, const struct np_vnet_eni *e,
                struct in_addr ip)
{
    size_t at = strlen(w->vpcs);
    snprintf(w->vpcs + at, sizeof(w->vpcs) - at, "%s%.*s", at != 0 ? ", " : "", NP_FMT(vpc->id));
    w->n++;
    w->found = (struct np_inside){
        .vpc_id = vpc->id, .eni_id = e->id, .instance_id = e->instance_id, .private_ip = ip};
}

static bool is_public(const struct np_vnet_eni *e, struct in_addr ip, struct in_addr *private_ip)
{
    *private_ip = private_of(e, ip);
    return private_ip->s_addr != ip.s_addr;
}

/* Is the interface meant, and by which of its addresses? */
static bool is_meant(const struct wanted *w, const struct np_vnet_vpc *vpc,
                     const struct np_vnet_eni *e, struct in_addr *at)
{
    struct np_name_addrs named = {0};
    struct in_addr ip = w->ip;
    if (e->n_addresses == 0)
        return false;
    *at = e->addresses[0].private_ip;
    if (np_str_eq(e->id, w->name) ||
        (e->instance_id.p != NULL && np_str_eq(e->instance_id, w->name)))
        return true;
    if (w->by_address || public_of_region(vpc, w->name, &ip)) {
        if (is_public(e, ip, at))
            return true;
    } else if (find_private(w->core, vpc, w->name, &named) == 0) {
        ip = named.v[0];
    }
    *at = ip;
    for (size_t i = 0; (w->by_address || named.n != 0) && i < e->n_addresses; i++)
        if (e->addresses[i].private_ip.s_addr == ip.s_addr)
            return true;
    return false;
}

/* Of an instance's several interfaces the first. */
static int look_in(void *arg, const struct np_vnet_vpc *vpc)
{
    struct wanted *w = arg;
    struct in_addr at;
    if (w->vpc.p != NULL && !np_str_eq(w->vpc, vpc->id))
        return 0;
    for (size_t i = 0; i < vpc->n_enis; i++) {
        if (!is_meant(w, vpc, &vpc->enis[i], &at))
            continue;
        hit(w, vpc, &vpc->enis[i], at);
        return 0;
    }
    return 0;
}

int np_network_find(const struct np_core *core, struct np_str name, struct np_str vpc,
                    struct np_inside *out, struct np_err *err)
{
    struct wanted w = {.core = core, .name = name, .vpc = vpc};
    w.by_address = read_ip(name, '.', &w.ip);
    np_vnet_each(core->vnet, look_in, &w);
    if (w.n == 0)
        return np_err(err, NP_ENOENT, "no instance or interface is called %.*s", NP_FMT(name));
    if (w.n > 1)
        return np_err(err, NP_EINVAL, "%.*s is in several VPCs (%s): name one of them",
                      NP_FMT(name), w.vpcs);
    *out = w.found;
    return 0;
}

/* --- elsewhere --- */

struct asking {
    struct np_job job;
    struct np_arena *arena;
    struct np_str name, message;
    uint16_t type;
    int rc;
    np_dns_else_fn *done;
    void *x;
};

static void ask(struct np_job *j)
{
    struct asking *q = NP_CONTAINER(j, struct asking, job);
    struct np_err err;
    q->rc = np_lookup_message(q->name, q->type, NULL, q->arena, &q->message, &err);
}

static void asked(struct np_job *j)
{
    struct asking *q = NP_CONTAINER(j, struct asking, job);
    q->done(q->x, q->rc, q->message);
    np_arena_free(q->arena);
}

void np_network_elsewhere(void *arg, struct np_loop *l, struct np_str name, uint16_t type,
                          np_dns_else_fn *done, void *x)
{
    struct np_core *core = arg;
    struct np_arena *a = np_arena_new();
    struct asking *q = np_new(a, struct asking);
    *q = (struct asking){
        .arena = a, .name = np_str_dup(a, name), .type = type, .done = done, .x = x};
    np_job_submit(core->jobs, l, &q->job, ask, asked);
}
