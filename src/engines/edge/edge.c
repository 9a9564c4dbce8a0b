/* SPDX-License-Identifier: Apache-2.0 */
/* edge.c - the engine: what it is opened with, its distributions by host, its workers. */
#include "base/arena.h"
#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "engines/edge/disk.h"
#include "engines/edge/fetch.h"
#include "engines/edge/request.h"
#include "engines/edge/tunnel.h"
#include "io/clock.h"
#include "io/rcu.h"

#define EDGE_MAGIC   0x45444745
#define WORKER_MAGIC 0x45574b52
#define ID_BYTES     40 /* of a request's id; 56 characters */
#define HOST_MAX     255

/* --- moments --- */

uint64_t edge_tick(struct np_edge *e)
{
    uint64_t now = (uint64_t)np_clock_wall_ms() * 1000;
    uint64_t last = __atomic_load_n(&e->tick, __ATOMIC_RELAXED), next;
    do
        next = now > last ? now : last + 1;
    while (!__atomic_compare_exchange_n(&e->tick, &last, next, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED));
    return next;
}

/* --- opening --- */

static void copy_names(struct np_arena *a, struct np_edge_names *n)
{
    struct np_str *texts[] = {&n->x_cache, &n->pop_field,   &n->id_field,
                              &n->via,     &n->server,      &n->user_agent,
                              &n->cdn,     &n->made_prefix, &n->edge_prefix};
    NP_EACH (t, texts)
        **t = np_str_dup(a, **t);
    NP_EACH (r, n->results)
        *r = np_str_dup(a, *r);
}

static struct edge_shared *shared_of(struct np_edge *e, struct np_str id)
{
    struct edge_shared *s = np_map_get(e->shared, id);
    if (s == NULL) {
        s = np_heap_new(struct edge_shared);
        s->refs = 1; /* the map's */
        np_map_put(e->shared, id, s);
    }
    return s;
}

static void called_back(void *arg, struct np_str id, uint64_t at, struct np_str pattern)
{
    struct np_edge *e = arg;
    edge_inval_add(&shared_of(e, id)->inval, at, &pattern, 1);
    if (at > e->tick)
        e->tick = at;
}

static void free_shared(void *s)
{
    edge_shared_unref(s);
}

int np_edge_new(const struct np_edge_opts *o, struct np_edge **out, struct np_err *err)
{
    if (o->n_pops == 0 || o->n_pops > NP_EDGE_LOCATIONS_MAX)
        return np_err(err, NP_EINVAL, "%zu edge locations, 1 to %d are possible", o->n_pops,
                      NP_EDGE_LOCATIONS_MAX);
    struct np_arena *a = np_arena_new();
    struct np_edge *e = np_new(a, struct np_edge);
    e->magic = EDGE_MAGIC;
    e->arena = a;
    e->o = *o;
    copy_names(a, &e->o.names);
    struct np_str *pops = np_new_array(a, struct np_str, o->n_pops);
    for (size_t i = 0; i < o->n_pops; i++)
        pops[i] = np_str_dup(a, o->pops[i]);
    e->o.pops = pops;
    e->shared = np_map_new();
    e->cache = edge_cache_new(o->memory_bytes);
    edge_slab_init(&e->slab);
    if (o->dir.p != NULL) {
        int rc =
            edge_disk_open(o->dir, o->disk_bytes, o->jobs, &e->slab, called_back, e, &e->disk, err);
        if (rc != 0) {
            np_edge_free(e);
            return rc;
        }
    }
    *out = e;
    return 0;
}

static void free_now(void *arg, void *p, void (*fn)(void *p))
{
    fn(p);
}

static const struct np_pmap_ops free_ops = {.retire = free_now};

static int unref_dist(void *arg, struct np_str key, void *dist)
{
    edge_dist_unref(dist);
    return 0;
}

void np_edge_free(struct np_edge *e)
{
    if (e == NULL)
        return;
    np_assert(__atomic_load_n(&e->worker_mask, __ATOMIC_RELAXED) == 0);
    np_rcu_barrier();
    np_pmap_each(e->ids, unref_dist, NULL);
    np_pmap_free(e->hosts, &free_ops);
    np_pmap_free(e->ids, &free_ops);
    edge_cache_free(e->cache);
    edge_disk_close(e->disk);
    edge_slab_fini(&e->slab);
    np_map_free(e->shared, free_shared);
    np_arena_free(e->arena);
}

/* --- hosts --- */

struct np_str edge_host_name(struct np_str host, char *buf, size_t room)
{
    ptrdiff_t colon = np_str_rchr(host, ':');
    if (colon >= 0 && np_str_rchr(host, ']') < colon)
        host.n = (size_t)colon;
    if (host.n > 0 && host.p[host.n - 1] == '.')
        host.n--;
    if (host.n > room)
        return NP_STR("");
    bool changes = false;
    for (size_t i = 0; i < host.n && !changes; i++)
        changes = host.p[i] >= 'A' && host.p[i] <= 'Z';
    if (!changes)
        return host;
    for (size_t i = 0; i < host.n; i++)
        buf[i] = host.p[i] >= 'A' && host.p[i] <= 'Z' ? (char)(host.p[i] | 0x20) : host.p[i];
    return np_str_n(buf, host.n);
}

struct edge_dist *edge_find_host(const struct np_edge *e, struct np_str host)
{
    const struct np_pmap *hosts = np_rcu_get(&e->hosts);
    struct edge_dist *d = np_pmap_get(hosts, host);
    char star[HOST_MAX + 1] = "*";
    while (d == NULL && host.n > 0 && host.n < HOST_MAX) {
        ptrdiff_t dot = np_str_chr(host, '.');
        if (dot < 0)
            return NULL;
        memcpy(star + 1, host.p + dot, host.n - (size_t)dot);
        d = np_pmap_get(hosts, np_str_n(star, host.n - (size_t)dot + 1));
        host = np_str_sub(host, (size_t)dot + 1, host.n);
    }
    return d;
}

bool np_edge_owns_host(const struct np_edge *e, struct np_str host)
{
    char buf[HOST_MAX];
    return edge_find_host(e, edge_host_name(host, buf, sizeof(buf))) != NULL;
}

/* --- changes --- */

static int check_hosts(const struct np_edge *e, const struct np_edge_dist_opts *o,
                       struct np_err *err)
{
    for (size_t i = 0; i < o->n_hosts; i++) {
        const struct edge_dist *d = np_pmap_get(e->hosts, o->hosts[i]);
        if (o->hosts[i].n == 0 || o->hosts[i].n > HOST_MAX)
            return np_err(err, NP_EINVAL, "'%.*s' is no host", NP_FMT(o->hosts[i]));
        if (d != NULL && !np_str_eq(d->o.id, o->id))
            return np_err(err, NP_EEXIST, "'%.*s' belongs to %.*s", NP_FMT(o->hosts[i]),
                          NP_FMT(d->o.id));
    }
    return 0;
}

static struct np_pmap *without_hosts(struct np_pmap *hosts, const struct np_pmap_ops *ops,
                                     const struct edge_dist *d)
{
    for (size_t i = 0; d != NULL && i < d->o.n_hosts; i++)
        hosts = np_pmap_set(hosts, ops, d->o.hosts[i], NULL);
    return hosts;
}

/* `next` takes the place of what has that id; NULL: nothing does. */
static void publish(struct np_edge *e, struct np_str id, struct edge_dist *next)
{
    struct np_rcu_batch batch = {0};
    struct np_pmap_ops ops = {.retire = np_rcu_later, .arg = &batch};
    struct edge_dist *old = np_pmap_get(e->ids, id);
    struct np_pmap *hosts = without_hosts(e->hosts, &ops, old);
    for (size_t i = 0; next != NULL && i < next->o.n_hosts; i++)
        hosts = np_pmap_set(hosts, &ops, next->o.hosts[i], next);
    struct np_pmap *ids = np_pmap_set(e->ids, &ops, id, next);
    np_rcu_set(&e->hosts, hosts);
    np_rcu_set(&e->ids, ids);
    np_rcu_batch_fini(&batch);
    if (old != NULL)
        np_rcu_retire(old, edge_dist_unref);
}

int np_edge_put(struct np_edge *e, const struct np_edge_dist_opts *o, struct np_err *err)
{
    struct edge_dist *d;
    int rc = check_hosts(e, o, err);
    if (rc == 0)
        rc = edge_dist_compile(o, shared_of(e, o->id), &d, err);
    if (rc == 0)
        publish(e, o->id, d);
    return rc;
}

void np_edge_remove(struct np_edge *e, struct np_str id)
{
    if (np_pmap_get(e->ids, id) == NULL)
        return;
    np_edge_invalidate(e, id, &NP_STR("/*"), 1);
    publish(e, id, NULL);
}

static bool is_one_line(struct np_str s)
{
    return np_str_chr(s, '\n') < 0 && s.n > 0;
}

void np_edge_invalidate(struct np_edge *e, struct np_str id, const struct np_str *patterns,
                        size_t n)
{
    bool ok = n <= NP_EDGE_INVALIDATIONS_MAX / 2;
    for (size_t i = 0; i < n && ok; i++)
        ok = is_one_line(patterns[i]);
    struct np_str all = NP_STR("/*");
    if (!ok) {
        patterns = &all;
        n = 1;
    }
    uint64_t at = edge_tick(e);
    if (e->disk != NULL)
        edge_disk_invalidated(e->disk, id, at, patterns, n);
    edge_inval_add(&shared_of(e, id)->inval, at, patterns, n);
}

/* --- figures --- */

static void add_figures(struct np_edge_figures *to, const struct np_edge_figures *v)
{
    uint64_t *x = (uint64_t *)(void *)to;
    const uint64_t *y = (const uint64_t *)(const void *)v;
    for (size_t i = 0; i < sizeof(*to) / sizeof(uint64_t); i++)
        x[i] += __atomic_load_n(&y[i], __ATOMIC_RELAXED);
}

bool np_edge_figures(const struct np_edge *e, struct np_str id, struct np_edge_figures *out)
{
    const struct edge_dist *d = np_pmap_get(np_rcu_get(&e->ids), id);
    if (d == NULL)
        return false;
    *out = (struct np_edge_figures){0};
    NP_EACH (c, d->shared->counters)
        add_figures(out, &c->v);
    return true;
}

void np_edge_cache_figures(const struct np_edge *e, struct np_edge_cache_figures *out)
{
    struct edge_cache_count c;
    struct edge_disk_count d = {0};
    edge_cache_count(e->cache, &c);
    if (e->disk != NULL)
        edge_disk_count(e->disk, &d);
    *out = (struct np_edge_cache_figures){.objects = c.objects,
                                          .memory_bytes = c.bytes,
                                          .disk_objects = d.objects,
                                          .disk_bytes = d.bytes,
                                          .evicted = c.evicted,
                                          .disk_failures = d.failures};
}

/* --- workers --- */

static int take_index(struct np_edge *e, unsigned *out, struct np_err *err)
{
    uint64_t mask = __atomic_load_n(&e->worker_mask, __ATOMIC_RELAXED);
    do {
        if (mask == UINT64_MAX)
            return np_err(err, NP_EBUSY, "%d workers are there", NP_EDGE_WORKERS_MAX);
        *out = (unsigned)__builtin_ctzll(~mask);
    } while (!__atomic_compare_exchange_n(&e->worker_mask, &mask, mask | UINT64_C(1) << *out, false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    return 0;
}

static void make_via(struct np_edge_worker *w)
{
    unsigned char token[16];
    char hex[33] = {0};
    np_random(token, sizeof(token));
    np_hex(hex, token, sizeof(token));
    struct np_str via = np_str_printf(w->arena, "1.1 %s.%.*s", hex, NP_FMT(w->edge->o.names.via));
    w->via = via;
}

int np_edge_worker_new(struct np_edge *e, struct np_loop *l, struct np_edge_worker **out,
                       struct np_err *err)
{
    unsigned index = 0;
    int rc = take_index(e, &index, err);
    if (rc != 0)
        return rc;
    struct np_edge_worker *w = np_heap_new(struct np_edge_worker);
    w->magic = WORKER_MAGIC;
    w->edge = e;
    w->loop = l;
    w->index = index;
    w->arena = np_arena_new();
    w->random_at = sizeof(w->random);
    np_list_init(&w->pools);
    np_list_init(&w->fills);
    np_list_init(&w->requests);
    np_list_init(&w->tunnels);
    make_via(w);
    if (e->disk != NULL)
        edge_disk_scan(e->disk, l);
    *out = w;
    return 0;
}

void np_edge_worker_free(struct np_edge_worker *w)
{
    if (w == NULL)
        return;
    np_assert(np_list_empty(&w->requests));
    NP_LIST_EACH(n, &w->fills)
    edge_fill_abandon(NP_CONTAINER(n, struct edge_fill, node));
    edge_tunnels_close(w);
    NP_LIST_EACH(n, &w->pools)
    {
        struct edge_pool *p = NP_CONTAINER(n, struct edge_pool, node);
        np_list_remove(n);
        np_http_pool_free(p->pool);
        np_free(p);
    }
    __atomic_and_fetch(&w->edge->worker_mask, ~(UINT64_C(1) << w->index), __ATOMIC_ACQ_REL);
    np_arena_free(w->arena);
    w->magic = 0;
    np_free(w);
}

struct np_loop *np_edge_worker_loop(const struct np_edge_worker *w)
{
    return w->loop;
}

struct np_http_pool *edge_pool(struct np_edge_worker *w, uint64_t idle_ms)
{
    NP_LIST_EACH(n, &w->pools)
    {
        struct edge_pool *p = NP_CONTAINER(n, struct edge_pool, node);
        if (p->idle_ms == idle_ms)
            return p->pool;
    }
    struct edge_pool *p = np_heap_new(struct edge_pool);
    if (np_http_pool_new(w->loop, w->edge->o.egress, &p->pool, NULL) != 0) {
        np_free(p);
        return NULL;
    }
    p->idle_ms = idle_ms;
    np_http_pool_set_idle(p->pool, idle_ms);
    np_list_append(&w->pools, &p->node);
    return p->pool;
}

struct np_str edge_request_id(struct np_edge_worker *w, struct np_arena *a)
{
    if (w->random_at + ID_BYTES > sizeof(w->random)) {
        np_random(w->random, sizeof(w->random));
        w->random_at = 0;
    }
    struct np_str bytes = np_str_n(w->random + w->random_at, ID_BYTES);
    w->random_at += ID_BYTES;
    struct np_str id = np_base64url(a, bytes);
    return np_str_cat(a, id, NP_STR("=="));
}
