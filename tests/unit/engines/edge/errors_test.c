/* SPDX-License-Identifier: Apache-2.0 */
/* errors_test.c - custom error responses. */
#include "engines/edge/rig.h"

#include "io/clock.h"

static void answer_by_path(struct rig *r, struct np_http_x *x)
{
    struct np_str path = np_http_head(x)->path;
    struct rig_answer a = {.status = 404, .length = -2, .body = NP_STR("bare")};
    if (np_str_is(path, "/err/404.html"))
        a = (struct rig_answer){.status = 200,
                                .length = -2,
                                .body = NP_STR("page"),
                                .fields = "Content-Type: text/html"};
    rig_answer(r, x, &a);
}

NP_TEST(a_page_with_another_status)
{
    static const struct np_edge_error errors[] = {{404, {"/err/404.html", 13}, 200, 30},
                                                  {403, {"/err/404.html", 13}, 0, -1},
                                                  {500, {0}, 0, 77}};
    struct rig r;
    rig_init(&r);
    r.dist.errors = errors;
    r.dist.n_errors = 3;
    rig_start(&r);
    r.on_origin = answer_by_path;
    struct reply y = rig_get(&r, "/none");
    NP_CHECK(y.status == 200, "%d", y.status);
    NP_CHECK_STR(y.body, NP_STR("page"));
    CHECK_CACHE(y, "Error");
    NP_CHECK(RIG_ASKED(&r) == 2);
    y = rig_get(&r, "/none");
    NP_CHECK_STR(y.body, NP_STR("page"));
    NP_CHECK(RIG_ASKED(&r) == 2, "error and page are kept");
    y = rig_ask(&r, "POST", "/none", "Content-Length: 0\r\n");
    NP_CHECK(y.status == 403, "the edge's own errors have pages, too");
    NP_CHECK_STR(y.body, NP_STR("page"));
    np_clock_region_advance(30001);
    rig_get(&r, "/none");
    NP_CHECK(RIG_ASKED(&r) == 3);
    rig_fini(&r);
}

NP_TEST(page_is_missing)
{
    static const struct np_edge_error errors[] = {{502, {"/err/no.html", 12}, 200, -1}};
    struct rig r;
    rig_init(&r);
    r.behaviors[0].pattern = NP_STR("/err/*");
    r.behaviors[0].target = NP_STR("o2");
    r.dist.n_behaviors = 2;
    r.dist.errors = errors;
    r.dist.n_errors = 1;
    r.first_is_dead = true;
    rig_start(&r);
    r.on_origin = answer_by_path;
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 404);
    NP_CHECK_STR(y.body, NP_STR("bare"));
    rig_fini(&r);
}

NP_TEST(only_a_ttl)
{
    static const struct np_edge_error errors[] = {{404, {0}, 0, 0}};
    struct rig r;
    rig_init(&r);
    r.dist.errors = errors;
    r.dist.n_errors = 1;
    rig_start(&r);
    r.on_origin = answer_by_path;
    rig_get(&r, "/a");
    NP_CHECK_STR(rig_get(&r, "/a").body, NP_STR("bare"));
    NP_CHECK(RIG_ASKED(&r) == 2);
    rig_fini(&r);
}
