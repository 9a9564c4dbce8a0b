/* SPDX-License-Identifier: Apache-2.0 */
/* function_test.c - hooks: viewer functions, signed requests, response policies, geography,
 * records.
 */
#include "engines/edge/rig.h"

#include <unistd.h>

enum kind { REWRITE = 1, ANSWER, FAIL, TAMPER, ADD, BREAK_LINE };
static const enum kind kinds[] = {0, REWRITE, ANSWER, FAIL, TAMPER, ADD, BREAK_LINE};

struct pending {
    struct np_defer defer;
    void (*done)(void *x, int rc);
    void *x;
    int rc;
};

static void end_call(void *arg)
{
    struct pending *p = arg;
    p->done(p->x, p->rc);
    np_free(p);
}

static void add_field(struct np_edge_event *e, const char *name, const char *value)
{
    struct np_http_field *v =
        np_new_array(e->arena, struct np_http_field, e->n_response_fields + 1);
    for (size_t i = 0; i < e->n_response_fields; i++)
        v[i] = e->response_fields[i];
    v[e->n_response_fields++] = (struct np_http_field){np_str_of(name), np_str_of(value)};
    e->response_fields = v;
}

static void call(void *arg, const void *function, struct np_edge_worker *w, struct np_edge_event *e,
                 void (*done)(void *x, int rc), void *x)
{
    struct pending *p = np_heap_new(struct pending);
    p->done = done;
    p->x = x;
    switch (*(const enum kind *)function) {
    case REWRITE:
        e->path = NP_STR("/rewritten");
        e->query = NP_STR_NULL;
        break;
    case ANSWER:
        e->status = 302;
        add_field(e, "Location", "/there");
        break;
    case FAIL:
        p->rc = NP_ETIMEDOUT;
        break;
    case TAMPER:
        e->path = NP_STR("/a b");
        break;
    case ADD:
        add_field(e, "X-Added", "1");
        break;
    case BREAK_LINE:
        add_field(e, "X-Added", "1\r\nSet-Cookie: evil");
        break;
    }
    np_defer(np_edge_worker_loop(w), &p->defer, end_call, p);
}

static struct reply with_functions(enum kind on_request, enum kind on_response, struct rig *r)
{
    rig_init(r);
    r->opts.hooks.call = call;
    r->behaviors[0].on_request = on_request != 0 ? &kinds[on_request] : NULL;
    r->behaviors[0].on_response = on_response != 0 ? &kinds[on_response] : NULL;
    rig_start(r);
    return rig_get(r, "/a?b");
}

NP_TEST(functions)
{
    static const struct {
        enum kind request, response;
        int status;
        const char *cache;
    } cases[] = {
        {REWRITE, 0, 200, "Miss from edge"},
        {ANSWER, 0, 302, "FunctionGeneratedResponse from edge"},
        {FAIL, 0, 503, "Error from edge"},
        {TAMPER, 0, 503, "Error from edge"},
        {0, ADD, 200, "Miss from edge"},
        {0, BREAK_LINE, 503, "Error from edge"},
        {0, FAIL, 503, "Error from edge"},
    };
    NP_EACH (c, cases) {
        struct rig r;
        struct reply y = with_functions(c->request, c->response, &r);
        NP_CHECK(y.status == c->status, "%d/%d: %d", c->request, c->response, y.status);
        NP_CHECK_STR(reply_field(y, "X-Cache"), np_str_of(c->cache));
        if (c->request == REWRITE)
            NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("GET /rewritten\n")));
        if (c->request == ANSWER)
            NP_CHECK_STR(reply_field(y, "Location"), NP_STR("/there"));
        if (c->response == ADD) {
            NP_CHECK_STR(reply_field(y, "X-Added"), NP_STR("1"));
            y = rig_get(&r, "/a?b");
            CHECK_CACHE(y, "Hit");
            NP_CHECK_STR(reply_field(y, "X-Added"), NP_STR("1"));
            NP_CHECK_STR(y.body, NP_STR("hello"));
        }
        NP_CHECK(reply_field(y, "Set-Cookie").p == NULL);
        rig_fini(&r);
    }
}

NP_TEST(none_for_errors)
{
    struct rig r;
    rig_init(&r);
    r.opts.hooks.call = call;
    r.behaviors[0].on_response = &kinds[ADD];
    r.answer.status = 404;
    rig_start(&r);
    NP_CHECK(reply_field(rig_get(&r, "/a"), "X-Added").p == NULL);
    rig_fini(&r);
}

NP_TEST(a_page_for_a_function_that_failed)
{
    static const struct np_edge_error errors[] = {{503, {"/sorry", 6}, 0, -1}};
    struct rig r;
    rig_init(&r);
    r.opts.hooks.call = call;
    r.behaviors[0] = r.behaviors[1];
    r.behaviors[0].pattern = NP_STR("/a*");
    r.behaviors[0].on_response = &kinds[FAIL];
    r.dist.n_behaviors = 2;
    r.dist.errors = errors;
    r.dist.n_errors = 1;
    rig_start(&r);
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 503);
    NP_CHECK_STR(y.body, NP_STR("hello"));
    NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("GET /sorry\n")));
    rig_fini(&r);
}

NP_TEST(a_viewer_leaves_while_its_function_runs)
{
    struct rig r;
    rig_init(&r);
    r.opts.hooks.call = call;
    r.behaviors[0].on_request = &kinds[REWRITE];
    rig_start(&r);
    for (int i = 0; i < 5; i++)
        close(rig_send(&r, "GET", "/a", NULL));
    fx_turns(&r.v, 50);
    rig_fini(&r);
}

static const struct np_str strip_names[] = {{"Signature", 9}};

static int check(void *arg, const void *signers, const struct np_edge_request *rq,
                 const struct np_strs **strip_query, const struct np_strs **strip_cookies)
{
    static const struct np_strs strip = {(struct np_str *)(uintptr_t)strip_names, 1, true};
    *strip_query = &strip;
    return np_str_find(np_edge_request_query(rq), NP_STR("Signature=good")) >= 0 ? 0 : 403;
}

NP_TEST(signed_requests)
{
    struct rig r;
    rig_init(&r);
    r.opts.hooks.check = check;
    r.behaviors[0].signers = &r;
    r.behaviors[0].forward.key_query.how = NP_EDGE_ALL;
    rig_start(&r);
    struct reply y = rig_get(&r, "/a?x=1&Signature=bad");
    NP_CHECK(y.status == 403);
    y = rig_get(&r, "/a?x=1&Signature=good");
    NP_CHECK(y.status == 200);
    NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("GET /a?x=1\n")));
    CHECK_CACHE(rig_get(&r, "/a?Signature=good2&x=1"), "Hit");
    rig_fini(&r);
}

static void viewer(void *arg, struct np_http_x *x, struct np_str *ip, uint16_t *port,
                   struct np_str *country)
{
    *ip = NP_STR("203.0.113.10");
    *country = NP_STR("DE");
}

static struct np_str generated(void *arg, const struct np_edge_request *rq, struct np_str name)
{
    if (np_str_ieq(name, NP_STR("Edge-Viewer-Country")))
        return np_edge_request_country(rq);
    return NP_STR_NULL;
}

NP_TEST(geography)
{
    static const struct np_str de[] = {{"DE", 2}}, made[] = {{"Edge-Viewer-Country", 19}};
    struct rig r;
    rig_init(&r);
    r.opts.hooks.viewer = viewer;
    r.opts.hooks.generated = generated;
    r.behaviors[0].forward.key_headers = (struct np_edge_set){NP_EDGE_SOME, made, 1};
    r.dist.geo = (struct np_edge_geo){NP_EDGE_GEO_DENY, de, 1};
    rig_start(&r);
    NP_CHECK(rig_get(&r, "/a").status == 403);
    r.dist.geo.how = NP_EDGE_GEO_ALLOW;
    rig_put(&r);
    NP_CHECK(rig_ask(&r, "GET", "/a", "Edge-Viewer-Country: FR\r\n").status == 200);
    NP_CHECK(np_str_find(np_buf_str(&r.f.log), NP_STR("\nEdge-Viewer-Country: DE\n")) > 0);
    NP_CHECK(np_str_find(np_buf_str(&r.f.log), NP_STR("\nX-Forwarded-For: 203.0.113.10\n")) > 0);
    NP_CHECK(np_str_find(np_buf_str(&r.f.log), NP_STR(": FR\n")) < 0);
    rig_fini(&r);
}

NP_TEST(response_policies)
{
    static const struct np_str origins[] = {{"https://*.ok.test", 17}},
                               gone[] = {{"X-Powered-By", 12}};
    static const struct np_edge_header_set headers[] = {
        {{"X-Frame-Options", 15}, {"DENY", 4}, true}, {{"X-Soft", 6}, {"edge", 4}, false}};
    struct np_edge_response_policy p = {
        .cors = {.on = true,
                 .credentials = true,
                 .override = true,
                 .origins = origins,
                 .n_origins = 1,
                 .allow_methods = NP_STR("GET"),
                 .expose_headers = NP_STR("X-E"),
                 .max_age_s = 60},
        .headers = headers,
        .n_headers = 2,
        .remove = gone,
        .n_remove = 1,
        .server_timing = 1,
    };
    struct rig r;
    rig_init(&r);
    r.behaviors[0].response = &p;
    rig_start(&r);
    r.answer.fields = "X-Powered-By: x\nX-Frame-Options: ALLOW\nX-Soft: origin\n"
                      "Access-Control-Allow-Origin: *";
    struct reply y = rig_ask(&r, "GET", "/a", "Origin: https://a.ok.test\r\n");
    NP_CHECK(reply_field(y, "X-Powered-By").p == NULL);
    NP_CHECK_STR(reply_field(y, "X-Frame-Options"), NP_STR("DENY"));
    NP_CHECK_STR(reply_field(y, "X-Soft"), NP_STR("origin"));
    NP_CHECK_STR(reply_field(y, "Access-Control-Allow-Origin"), NP_STR("https://a.ok.test"));
    NP_CHECK_STR(reply_field(y, "Access-Control-Expose-Headers"), NP_STR("X-E"));
    NP_CHECK(reply_field(y, "Access-Control-Allow-Methods").p == NULL);
    NP_CHECK(np_str_starts(reply_field(y, "Server-Timing"),
                           NP_STR("cdn-cache-miss,cdn-pop;desc=\"TST50-P1\"")));
    y = rig_ask(&r, "GET", "/a", "Origin: https://evil.test\r\n");
    NP_CHECK(reply_field(y, "Access-Control-Allow-Origin").p == NULL);
    rig_fini(&r);
}

NP_TEST(records_and_figures)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    rig_get(&r, "/a");
    NP_CHECK(r.logged == 1 && r.last.status == 200 && r.last.result == NP_EDGE_R_MISS &&
             r.last.content_length == 5 && r.last.complete && !r.last.https);
    NP_CHECK(r.last.response_bytes > 100 && r.last.request_bytes > 50);
    rig_ask(&r, "GET", "/a", "Range: bytes=1-2\r\n");
    NP_CHECK(r.last.status == 206 && r.last.result == NP_EDGE_R_HIT && r.last.range_begin == 1 &&
             r.last.range_end == 2);
    rig_ask(&r, "BREW", "/a", NULL);
    NP_CHECK(r.last.status == 403 && r.last.reason == NP_EDGE_BAD_METHOD);
    struct np_edge_figures f;
    NP_CHECK(np_edge_figures(r.edge, NP_STR("E1"), &f));
    NP_CHECK(f.requests == 3 && f.hits == 1 && f.misses == 1 && f.s403 == 1 && f.status_4xx == 1 &&
             f.origin_fetches == 1);
    NP_CHECK(!np_edge_figures(r.edge, NP_STR("E9"), &f));
    rig_fini(&r);
}
