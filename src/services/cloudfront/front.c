/* SPDX-License-Identifier: Apache-2.0 */
/* front.c - how viewers get to a distribution: its name, its addresses in the pool, the listeners
 * there with their certificates, and its hosts at the gateway. */
#include "services/cloudfront/edge.h"

#include "aws/certs.h"
#include "aws/endpoints.h"
#include "aws/names.h"
#include "aws/pool.h"
#include "base/arena.h"
#include "base/auto.h"
#include "base/log.h"
#include "base/pmap.h"
#include "io/rcu.h"

#define ZONE_ID  "Z2FDTNDATAQYW2" /* that alias records name CloudFront by */
#define TTL_S    60
#define ID_LEAST 12 /* bytes of the label that a distribution has */

struct cloudfront_front {
    struct np_core *core;
    struct np_pmap *by_id;             /* its places are owned */
    struct np_pmap *by_name, *by_addr; /* the same places */
    struct np_tls_store *certificates;
    struct np_tls *tls;
};

const struct np_str cloudfront_pops[CLOUDFRONT_LOCATIONS] = {{"NEP1-C1", 7}, {"NEP2-C1", 7}};

static void place_free(void *p)
{
    np_arena_free(((struct cloudfront_place *)p)->arena);
}

/* --- reading --- */

static const struct cloudfront_place *by_name(const struct cloudfront_front *f, struct np_str name)
{
    return np_pmap_get(np_rcu_get(&f->by_name), name);
}

static const struct cloudfront_place *by_addr(const struct cloudfront_front *f, struct in_addr addr)
{
    return np_pmap_get(np_rcu_get(&f->by_addr), np_str_n(&addr, sizeof(addr)));
}

unsigned cloudfront_front_location(void *arg, const struct np_addr *local)
{
    const struct cloudfront_front *f = arg;
    if (local->u.sa.sa_family != AF_INET)
        return 0;
    struct in_addr addr = local->u.v4.sin_addr;
    const struct cloudfront_place *p = by_addr(f, addr);
    for (unsigned i = 0; p != NULL && i < CLOUDFRONT_LOCATIONS; i++)
        if (np_pool_address(f->core, p->slots[i]).s_addr == addr.s_addr)
            return i;
    return 0;
}

static int find_name(void *arg, struct np_str name, struct np_str vpc_id, struct np_name_addrs *out)
{
    const struct cloudfront_front *f = arg;
    (void)vpc_id; /* distributions lie outside of every VPC */
    if (!np_str_ends(name, NP_STR(".cloudfront.net")))
        return NP_ENOENT;
    const struct cloudfront_place *p = by_name(f, name);
    *out = (struct np_name_addrs){.ttl = TTL_S, .zone_id = NP_STR(ZONE_ID)};
    for (unsigned i = 0; p != NULL && i < CLOUDFRONT_LOCATIONS; i++)
        out->v[out->n++] = np_pool_address(f->core, p->slots[i]);
    return 0;
}

/* Which names the region's CA vouches for: those of distributions. */
static bool name_ok(void *arg, struct np_str name)
{
    return np_str_ends(name, NP_STR(".cloudfront.net")) && by_name(arg, name) != NULL;
}

/* --- what can be opened --- */

struct listing {
    const struct cloudfront_front *f;
    struct np_arena *a;
    np_endpoint_each *each;
    void *x;
};

static void list_one(const struct listing *l, const struct cloudfront_place *p, struct np_str name,
                     unsigned location, uint16_t port)
{
    struct in_addr addr = np_pool_address(l->f->core, p->slots[location]);
    uint16_t bound = np_pool_port(l->f->core, addr, port);
    l->each(l->x, &(struct np_endpoint){
                      .resource = p->arn,
                      .kind = NP_STR("distribution"),
                      .name = name,
                      .address = np_pool_text(l->a, addr),
                      .port = bound,
                      .url = np_pool_url(l->a, port, bound, name),
                  });
}

static int list_place(void *arg, struct np_str key, void *value)
{
    const struct listing *l = arg;
    const struct cloudfront_place *p = value;
    (void)key;
    for (size_t n = 0; n < p->n_names; n++)
        for (unsigned i = 0; i < CLOUDFRONT_LOCATIONS; i++) {
            list_one(l, p, p->names[n], i, 80);
            list_one(l, p, p->names[n], i, 443);
        }
    return 0;
}

static void list_all(void *arg, struct np_arena *a, np_endpoint_each *each, void *x)
{
    const struct cloudfront_front *f = arg;
    struct listing l = {f, a, each, x};
    np_pmap_each(np_rcu_get(&f->by_id), list_place, &l);
}

/* --- changing: on the writer's thread, or before it --- */

/* To the next connection; takes a lock. */
static void show(struct cloudfront_front *f, const struct cloudfront_place *p)
{
    struct np_tls_cert *cert;
    NP_AUTO_ARENA a = np_arena_new();
    if (p->certificate.n == 0)
        return;
    if (np_cert_get(f->core, p->certificate, a, &cert, NULL) != 0) {
        /* Expired, or not there yet after a start: what was shown goes on being shown. */
        np_log(NP_WARN, "cloudfront.certificate", "distribution=%.*s certificate=%.*s",
               NP_FMT(p->id), NP_FMT(p->certificate));
        return;
    }
    for (size_t i = 1; i < p->n_names; i++) {
        struct np_err err;
        if (np_tls_store_put(f->certificates, p->names[i], cert, np_str_z(a, p->policy), &err) != 0)
            np_log(NP_WARN, "cloudfront.certificate.name", "name=%.*s error=\"%.*s\"",
                   NP_FMT(p->names[i]), NP_FMT(np_err_text(&err)));
    }
    np_tls_cert_unref(cert);
}

static int show_changed(void *arg, struct np_str key, void *value)
{
    const void **args = arg;
    const struct cloudfront_place *p = value;
    (void)key;
    if (np_str_eq(p->certificate, *(const struct np_str *)args[1]))
        show((struct cloudfront_front *)(uintptr_t)args[0], p);
    return 0;
}

static void certificate_changed(void *arg, struct np_str arn)
{
    struct cloudfront_front *f = arg;
    const void *args[] = {f, &arn};
    np_pmap_each(f->by_id, show_changed, args);
}

/* The maps share places, which are freed by by_id alone. `value` NULL: keys that still lead to p
 * go.
 */
static struct np_pmap *set_key(struct np_pmap *m, struct np_str key,
                               const struct cloudfront_place *p, struct cloudfront_place *value,
                               struct np_rcu_batch *old)
{
    const struct np_pmap_ops ops = {np_rcu_later, NULL, old};
    if (value == NULL && np_pmap_get(m, key) != p)
        return m;
    return np_pmap_set(m, &ops, key, value);
}

static void set_keys(struct cloudfront_front *f, const struct cloudfront_place *p,
                     struct cloudfront_place *value, struct np_rcu_batch *old)
{
    struct np_pmap *names = f->by_name, *addrs = f->by_addr;
    for (size_t i = 0; i < p->n_names; i++)
        names = set_key(names, p->names[i], p, value, old);
    for (unsigned i = 0; i < CLOUDFRONT_LOCATIONS; i++) {
        struct in_addr addr = np_pool_address(f->core, p->slots[i]);
        addrs = set_key(addrs, np_str_n(&addr, sizeof(addr)), p, value, old);
    }
    np_rcu_set(&f->by_name, names);
    np_rcu_set(&f->by_addr, addrs);
}

/* Names that have no certificate any more. */
static void hide(struct cloudfront_front *f, const struct cloudfront_place *was,
                 const struct cloudfront_place *now)
{
    for (size_t i = 1; i < was->n_names; i++) {
        bool kept = false;
        for (size_t k = 1; now != NULL && now->certificate.n != 0 && k < now->n_names; k++)
            kept = kept || np_str_eq(was->names[i], now->names[k]);
        if (!kept)
            np_tls_store_remove(f->certificates, was->names[i]);
    }
}

/* What is new comes before what is old goes: nothing that stays is missed in between. */
void cloudfront_front_set(struct cloudfront_front *f, struct np_str id,
                          struct cloudfront_place *place)
{
    struct np_rcu_batch old = {0};
    const struct np_pmap_ops owned = {np_rcu_later, place_free, &old};
    struct cloudfront_place *was = np_pmap_get(f->by_id, id);
    if (place != NULL) {
        set_keys(f, place, place, &old);
        show(f, place);
    }
    if (was != NULL) {
        set_keys(f, was, NULL, &old);
        hide(f, was, place);
    }
    if (was != NULL || place != NULL)
        np_rcu_set(&f->by_id, np_pmap_set(f->by_id, &owned, id, place));
    np_rcu_batch_fini(&old);
}

/* --- the gateway --- */

static int match(struct np_core *core, struct np_req *rq)
{
    const struct cloudfront_state *s = cloudfront_state(core);
    struct np_str name = rq->name;
    /* d123….localhost */
    if (name.n >= ID_LEAST && np_str_chr(name, '.') < 0)
        name = np_str_cat(rq->arena, name, NP_STR(".cloudfront.net"));
    if (name.n == 0 || !np_edge_owns_host(s->edge, name))
        return 0;
    for (size_t i = 0; i < core->n_workers; i++)
        if (np_core_loop(core, i) == rq->loop)
            rq->hand = (struct np_hand){&np_edge_handlers, cloudfront_worker(core, i), name};
    return NP_ROUTE_HAND;
}

static bool owns(struct np_core *core, struct np_str host)
{
    return np_edge_owns_host(cloudfront_state(core)->edge, host);
}

/* --- life --- */

static void listen_on(struct np_core *core, uint16_t port, struct np_tls *tls)
{
    np_pool_serve(core, &(struct np_pool_service){
                            .what = "cloudfront",
                            .port = port,
                            .tls = tls,
                            .http = &np_edge_handlers,
                            .arg = cloudfront_worker,
                        });
}

int cloudfront_front_new(struct np_core *core, struct cloudfront_front **out, struct np_err *err)
{
    static const char *const globs[] = {"*.cloudfront.net", NULL};
    struct cloudfront_front *f = np_heap_new(struct cloudfront_front);
    f->core = core;
    f->certificates = np_tls_store_new();
    *out = f;
    int rc = np_tls_server_new(
        &(struct np_tls_server_opts){
            .store = f->certificates,
            .ca = core->ca,
            .name_ok = name_ok,
            .arg = f,
            .policy = "TLSv1",
            .h2 = true,
        },
        &f->tls, err);
    if (rc != 0)
        return rc;
    listen_on(core, 80, NULL);
    listen_on(core, 443, f->tls);
    np_name_source_add(core,
                       &(struct np_name_source){
                           .what = "cloudfront", .arg = f, .find = find_name, .globs = globs});
    np_endpoint_source_add(core, list_all, f);
    np_cert_watch(core, certificate_changed, f);
    np_route_add(core, &(struct np_route){.svc = &cloudfront_service, .match = match});
    np_host_add(core, owns);
    return 0;
}

void cloudfront_front_free(struct cloudfront_front *f)
{
    if (f == NULL)
        return;
    np_pmap_free(f->by_name, &(struct np_pmap_ops){0});
    np_pmap_free(f->by_addr, &(struct np_pmap_ops){0});
    np_pmap_free(f->by_id, &(struct np_pmap_ops){.free_value = place_free});
    np_tls_free(f->tls);
    np_tls_store_free(f->certificates);
    np_free(f);
}
