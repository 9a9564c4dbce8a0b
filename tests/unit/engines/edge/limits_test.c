/* SPDX-License-Identifier: Apache-2.0 */
/* limits_test.c - what is refused at one more than the limit. */
#include "engines/edge/rig.h"

#include "engines/edge/limits.h"

static int put(struct rig *r)
{
    struct np_err err = {0};
    int rc = np_edge_put(r->edge, &r->dist, &err);
    NP_CHECK(rc == 0 || err.n > 0);
    return rc;
}

NP_TEST(parts_of_a_distribution)
{
    static struct np_edge_behavior behaviors[NP_EDGE_BEHAVIORS_MAX + 1];
    static struct np_edge_origin origins[NP_EDGE_ORIGINS_MAX + 1];
    static struct np_str hosts[NP_EDGE_HOSTS_MAX + 1];
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    NP_EACH (b, behaviors)
        *b = r.behaviors[0];
    NP_EACH (o, origins)
        *o = r.origins[0];
    for (size_t i = 0; i < NP_LEN(hosts); i++)
        hosts[i] = np_str_printf(r.f.arena, "h%zu.test", i);
    r.dist.behaviors = behaviors;
    r.dist.origins = origins;
    r.dist.hosts = hosts;
    r.dist.n_behaviors = NP_EDGE_BEHAVIORS_MAX;
    r.dist.n_origins = NP_EDGE_ORIGINS_MAX;
    r.dist.n_hosts = NP_EDGE_HOSTS_MAX;
    NP_CHECK(put(&r) == 0);
    r.dist.n_behaviors++;
    NP_CHECK(put(&r) == NP_EINVAL);
    r.dist.n_behaviors--;
    r.dist.n_origins++;
    NP_CHECK(put(&r) == NP_EINVAL);
    r.dist.n_origins--;
    r.dist.n_hosts++;
    NP_CHECK(put(&r) == NP_EINVAL);
    r.dist.n_hosts--;
    behaviors[3].target = NP_STR("nowhere");
    NP_CHECK(put(&r) == NP_EINVAL);
    behaviors[3].target = NP_STR("o1");
    behaviors[3].min_ttl_s = behaviors[3].max_ttl_s + 1;
    NP_CHECK(put(&r) == NP_EINVAL);
    rig_fini(&r);
}

NP_TEST(locations)
{
    static struct np_str pops[NP_EDGE_LOCATIONS_MAX + 1];
    struct rig r;
    struct np_edge *e;
    rig_init(&r);
    NP_EACH (p, pops)
        *p = NP_STR("X");
    r.opts.pops = pops;
    r.opts.n_pops = NP_EDGE_LOCATIONS_MAX + 1;
    NP_CHECK(np_edge_new(&r.opts, &e, NULL) == NP_EINVAL);
    r.opts.n_pops = 0;
    NP_CHECK(np_edge_new(&r.opts, &e, NULL) == NP_EINVAL);
    r.opts.n_pops = NP_EDGE_LOCATIONS_MAX;
    rig_start(&r);
    rig_fini(&r);
}

NP_TEST(workers)
{
    struct rig r;
    struct np_edge_worker *w[NP_EDGE_WORKERS_MAX];
    rig_init(&r);
    rig_start(&r); /* has one */
    for (int i = 1; i < NP_EDGE_WORKERS_MAX; i++)
        NP_CHECK(np_edge_worker_new(r.edge, r.f.loop, &w[i], NULL) == 0);
    NP_CHECK(np_edge_worker_new(r.edge, r.f.loop, &w[0], NULL) == NP_EBUSY);
    for (int i = 1; i < NP_EDGE_WORKERS_MAX; i++)
        np_edge_worker_free(w[i]);
    NP_CHECK(np_edge_worker_new(r.edge, r.f.loop, &w[0], NULL) == 0);
    np_edge_worker_free(w[0]);
    rig_fini(&r);
}

/* One field that makes method, target and fields together n bytes. */
static int ask_with_bytes(struct rig *r, size_t n)
{
    char *extra = np_alloc(r->f.arena, n + 10);
    size_t others = sizeof("GET/a") - 1 + sizeof("Host: d1.edge.test\r\nConnection: close\r\n") - 1;
    memset(extra, 'x', n);
    memcpy(extra, "X: ", 3);
    extra[n - others - 2] = '\r';
    extra[n - others - 1] = '\n';
    extra[n - others] = 0;
    return rig_ask(r, "GET", "/a", extra).status;
}

NP_TEST(bytes_of_a_request)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    NP_CHECK(ask_with_bytes(&r, NP_EDGE_REQUEST_MAX) == 200);
    NP_CHECK(ask_with_bytes(&r, NP_EDGE_REQUEST_MAX + 1) == 413);
    rig_fini(&r);
}

static int ask_with_hops(struct rig *r, size_t n)
{
    struct np_buf b;
    np_buf_init(&b, r->f.arena, 1000);
    np_buf_lit(&b, "CDN-Loop: other");
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, ", edge;d=E%zu", i + 100);
    np_buf_lit(&b, "\r\n");
    return rig_ask(r, "GET", "/a", np_str_z(r->f.arena, np_buf_str(&b))).status;
}

NP_TEST(hops)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    NP_CHECK(ask_with_hops(&r, NP_EDGE_HOPS_MAX - 1) == 200);
    NP_CHECK(ask_with_hops(&r, NP_EDGE_HOPS_MAX) == 403);
    rig_fini(&r);
}

/* In memory up to the limit; one byte more is a file, and without files nobody's. */
NP_TEST(objects_in_memory)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.body = fx_pattern(&r.f, NP_EDGE_MEMORY_OBJECT_MAX);
    rig_get(&r, "/a");
    CHECK_CACHE(rig_get(&r, "/a"), "Hit");
    r.answer.body = fx_pattern(&r.f, NP_EDGE_MEMORY_OBJECT_MAX + 1);
    rig_get(&r, "/b");
    CHECK_CACHE(rig_get(&r, "/b"), "Miss");
    rig_fini(&r);
}
