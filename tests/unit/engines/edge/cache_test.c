/* SPDX-License-Identifier: Apache-2.0 */
/* cache_test.c - what leaves a full cache; limits at their edge. */
#include "engines/edge/rig.h"

#include "engines/edge/cookie.h"
#include "engines/edge/fifo.h"
#include "engines/edge/invalidation.h"
#include "io/rcu.h"

#define N 1000

struct thing {
    struct edge_fifo_item item;
    bool in;
};

static void drop_some(struct edge_fifo *f)
{
    struct edge_fifo_item *i;
    while ((i = edge_fifo_evict(f)) != NULL)
        NP_CONTAINER(i, struct thing, item)->in = false;
}

static void enter(struct edge_fifo *f, struct thing *t, uint64_t id)
{
    t->item = (struct edge_fifo_item){.size = 10, .hash = id * UINT64_C(0x9e3779b97f4a7c15)};
    t->in = true;
    edge_fifo_add(f, &t->item);
    drop_some(f);
}

NP_TEST(a_scan_leaves_what_is_in_use)
{
    static struct edge_fifo f;
    static struct thing used[50], scanned[20 * N];
    edge_fifo_init(&f, 100 * 10);
    for (size_t i = 0; i < 50; i++)
        enter(&f, &used[i], i + 1);
    for (size_t i = 0; i < NP_LEN(scanned); i++) {
        edge_fifo_use(&used[i % 50].item);
        enter(&f, &scanned[i], i + 1000);
        NP_CHECK(edge_fifo_bytes(&f) <= 1000);
    }
    size_t left = 0;
    for (size_t i = 0; i < 50; i++)
        left += used[i].in;
    NP_CHECK(left == 50, "%zu of 50", left);
}

NP_TEST(who_comes_back_enters_the_main_queue)
{
    static struct edge_fifo f;
    static struct thing a, others[300];
    edge_fifo_init(&f, 100 * 10);
    enter(&f, &a, 7);
    for (size_t i = 0; i < 300; i++)
        enter(&f, &others[i], i + 1000);
    NP_CHECK(!a.in);
    enter(&f, &a, 7);
    NP_CHECK(a.in && a.item.is_main);
}

NP_TEST(memory_is_bounded)
{
    struct rig r;
    rig_init(&r);
    r.opts.memory_bytes = 500000;
    rig_start(&r);
    r.answer.body = fx_pattern(&r.f, 20000);
    for (int i = 0; i < 60; i++)
        rig_get(&r, np_str_z(r.f.arena, np_str_printf(r.f.arena, "/%d", i)));
    struct np_edge_cache_figures c;
    np_edge_cache_figures(r.edge, &c);
    NP_CHECK(c.memory_bytes <= 500000 && c.objects >= 15 && c.evicted >= 30, "%llu",
             (unsigned long long)c.memory_bytes);
    CHECK_CACHE(rig_get(&r, "/0"), "Miss");
    rig_fini(&r);
}

static unsigned location(void *arg, const struct np_addr *local)
{
    return *(unsigned *)arg;
}

NP_TEST(locations_are_separate_caches)
{
    struct rig r;
    unsigned here = 0;
    rig_init(&r);
    r.opts.location = location;
    r.opts.location_arg = &here;
    rig_start(&r);
    rig_get(&r, "/a");
    CHECK_CACHE(rig_get(&r, "/a"), "Hit");
    here = 1;
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Miss");
    NP_CHECK_STR(reply_field(y, "X-Edge-Pop"), NP_STR("TST51-P2"));
    CHECK_CACHE(rig_get(&r, "/a"), "Hit");
    here = 7; /* there is none: the first */
    CHECK_CACHE(rig_get(&r, "/a"), "Hit");
    rig_fini(&r);
}

NP_TEST(old_invalidations_become_all)
{
    struct edge_invalidations v = {0};
    struct np_str never = NP_STR("/x/1"), p = NP_STR("/y*");
    np_rcu_thread_begin();
    edge_inval_add(&v, 1, &p, 1);
    for (uint64_t i = 2; i <= NP_EDGE_INVALIDATIONS_MAX; i++)
        edge_inval_add(&v, i, &p, 1);
    NP_CHECK(!edge_inval_hits(&v, 0, never), "each is remembered");
    NP_CHECK(edge_inval_hits(&v, 0, NP_STR("/y1")));
    edge_inval_add(&v, NP_EDGE_INVALIDATIONS_MAX + 1, &p, 1);
    NP_CHECK(edge_inval_hits(&v, 0, never), "one more: the older half means everything");
    NP_CHECK(!edge_inval_hits(&v, NP_EDGE_INVALIDATIONS_MAX, never), "not what is younger");
    np_rcu_thread_end();
    np_rcu_barrier();
    edge_inval_fini(&v);
}

NP_TEST(cookies_past_the_limit_are_dropped)
{
    static struct edge_cookie c[NP_EDGE_COOKIES_MAX];
    struct np_buf b;
    np_buf_init(&b, NULL, 100000);
    for (size_t i = 0; i <= NP_EDGE_COOKIES_MAX; i++)
        np_buf_printf(&b, "c%zu=%zu; ", i, i);
    size_t n = 0;
    edge_cookies_parse(np_buf_str(&b), c, &n, NP_EDGE_COOKIES_MAX);
    NP_CHECK(n == NP_EDGE_COOKIES_MAX);
    NP_CHECK_STR(c[n - 1].value, NP_STR("255"));
    n = 0;
    edge_cookies_parse(NP_STR(" ;; a ; b=;=c; d=e=f;"), c, &n, NP_EDGE_COOKIES_MAX);
    NP_CHECK(n == 4 && c[0].value.p == NULL && c[1].value.n == 0 && c[2].name.n == 0);
    NP_CHECK_STR(c[3].value, NP_STR("e=f"));
    np_buf_fini(&b);
}
