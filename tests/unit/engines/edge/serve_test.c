/* SPDX-License-Identifier: Apache-2.0 */
/* serve_test.c - what viewers get: hits, misses, conditions, ranges, refusals. */
#include "engines/edge/rig.h"

#include "io/clock.h"

NP_TEST(miss_then_hit)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.fields = "Content-Type: text/x\nETag: \"1\"\nX-Own: 2";
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 200, "%d %.*s", y.status, NP_FMT(y.head));
    NP_CHECK_STR(y.body, NP_STR("hello"));
    CHECK_CACHE(y, "Miss");
    NP_CHECK(reply_field(y, "Age").p == NULL);
    y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK_STR(y.body, NP_STR("hello"));
    NP_CHECK_STR(reply_field(y, "Age"), NP_STR("0"));
    NP_CHECK_STR(reply_field(y, "X-Own"), NP_STR("2"));
    NP_CHECK_STR(reply_field(y, "X-Edge-Pop"), NP_STR("TST50-P1"));
    NP_CHECK(reply_field(y, "X-Edge-Id").n == 56);
    NP_CHECK(np_str_ends(reply_field(y, "Via"), NP_STR(".edge.test (Edge)")));
    NP_CHECK(RIG_ASKED(&r) == 1);
    np_clock_region_advance(90000);
    y = rig_get(&r, "/a");
    NP_CHECK_STR(reply_field(y, "Age"), NP_STR("90"));
    rig_fini(&r);
}

NP_TEST(expired_is_asked_about)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.fields = "Cache-Control: max-age=10\nETag: \"1\"\nX-A: old";
    rig_get(&r, "/a");
    np_clock_region_advance(11000);
    r.answer = (struct rig_answer){
        .status = 304, .length = -1, .fields = "Cache-Control: max-age=20\nX-A: new"};
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "RefreshHit");
    NP_CHECK(np_str_find(np_buf_str(&r.f.log), NP_STR("If-None-Match: \"1\"\n")) > 0);
    NP_CHECK_STR(y.body, NP_STR("hello"));
    NP_CHECK_STR(reply_field(y, "X-A"), NP_STR("new"));
    y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK(RIG_ASKED(&r) == 2);
    np_clock_region_advance(21000);
    r.answer = (struct rig_answer){.status = 200, .length = -2, .body = NP_STR("other")};
    y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Miss");
    NP_CHECK_STR(y.body, NP_STR("other"));
    rig_fini(&r);
}

NP_TEST(stale_while_revalidate)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.fields = "Cache-Control: max-age=10, stale-while-revalidate=60";
    rig_get(&r, "/a");
    np_clock_region_advance(11000);
    r.answer.body = NP_STR("fresh");
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK_STR(y.body, NP_STR("hello"));
    FX_UNTIL(&r.f, RIG_ASKED(&r) == 2 && r.f.gone == 2);
    y = rig_get(&r, "/a");
    NP_CHECK_STR(y.body, NP_STR("fresh"));
    rig_fini(&r);
}

NP_TEST(stale_when_the_origin_fails)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.fields = "Cache-Control: max-age=10";
    rig_get(&r, "/a");
    np_clock_region_advance(11000);
    r.answer = (struct rig_answer){.status = 503, .length = -2, .body = NP_STR("no")};
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 200);
    NP_CHECK_STR(y.body, NP_STR("hello"));
    int asked = RIG_ASKED(&r);
    rig_get(&r, "/a");
    NP_CHECK(RIG_ASKED(&r) == asked, "for ten seconds nobody asks again");
    np_clock_region_advance(10001);
    r.first_is_dead = true;
    y = rig_get(&r, "/a");
    NP_CHECK(y.status == 200, "unreachable is the same");
    rig_fini(&r);
}

NP_TEST(stale_if_error_ends)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.fields = "Cache-Control: max-age=10, stale-if-error=20";
    rig_get(&r, "/a");
    np_clock_region_advance(15000);
    r.answer = (struct rig_answer){.status = 500, .length = -2, .body = NP_STR("no")};
    NP_CHECK(rig_get(&r, "/a").status == 200);
    np_clock_region_advance(20000);
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 500);
    CHECK_CACHE(y, "Error");
    rig_fini(&r);
}

NP_TEST(errors_are_kept_for_ten_seconds)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer = (struct rig_answer){.status = 404, .length = -2, .body = NP_STR("none")};
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 404);
    CHECK_CACHE(y, "Error");
    NP_CHECK_STR(y.body, NP_STR("none"));
    rig_get(&r, "/a");
    NP_CHECK(RIG_ASKED(&r) == 1);
    np_clock_region_advance(10001);
    rig_get(&r, "/a");
    NP_CHECK(RIG_ASKED(&r) == 2);
    rig_fini(&r);
}

NP_TEST(private_responses_are_not_shared)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.fields = "Cache-Control: private";
    for (int i = 1; i <= 3; i++) {
        CHECK_CACHE(rig_get(&r, "/a"), "Miss");
        NP_CHECK(RIG_ASKED(&r) == i);
    }
    rig_fini(&r);
}

NP_TEST(conditions)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.fields = "ETag: \"1\"\nLast-Modified: Sun, 30 Aug 2015 12:36:00 GMT";
    static const struct {
        const char *extra;
        int status;
    } asks[] = {
        {"If-None-Match: \"1\"\r\n", 304},
        {"If-None-Match: W/\"1\"\r\n", 304},
        {"If-None-Match: \"2\", \"1\"\r\n", 304},
        {"If-None-Match: *\r\n", 304},
        {"If-None-Match: \"2\"\r\n", 200},
        {"If-None-Match: \"2\"\r\nIf-Modified-Since: Sun, 30 Aug 2025 12:36:00 GMT\r\n", 200},
        {"If-Modified-Since: Sun, 30 Aug 2015 12:36:00 GMT\r\n", 304},
        {"If-Modified-Since: Sun, 30 Aug 2015 12:35:59 GMT\r\n", 200},
        {"If-Modified-Since: nonsense\r\n", 200},
        {"If-Match: \"1\"\r\n", 200},
        {"If-Match: \"2\"\r\n", 412},
        {"If-Unmodified-Since: Sun, 30 Aug 2014 12:36:00 GMT\r\n", 412},
    };
    NP_EACH (a, asks) {
        struct reply y = rig_ask(&r, "GET", "/a", a->extra);
        NP_CHECK(y.status == a->status, "%s: %d", a->extra, y.status);
    }
    NP_CHECK(RIG_ASKED(&r) == 1, "the first miss fetched it whole");
    rig_fini(&r);
}

NP_TEST(ranges_of_a_whole_object)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.answer.body = NP_STR("0123456789");
    r.answer.fields = "ETag: \"1\"";
    rig_get(&r, "/a");
    static const struct {
        const char *extra;
        int status;
        const char *body, *range;
    } asks[] = {
        {"Range: bytes=2-4\r\n", 206, "234", "bytes 2-4/10"},
        {"Range: bytes=7-\r\n", 206, "789", "bytes 7-9/10"},
        {"Range: bytes=-3\r\n", 206, "789", "bytes 7-9/10"},
        {"Range: bytes=-30\r\n", 206, "0123456789", "bytes 0-9/10"},
        {"Range: bytes=8-100\r\n", 206, "89", "bytes 8-9/10"},
        {"Range: bytes=10-\r\n", 416, "", "bytes */10"},
        {"Range: bytes=-0\r\n", 416, "", "bytes */10"},
        {"Range: bytes=4-2\r\n", 200, "0123456789", NULL},
        {"Range: bytes=1-2,4-5\r\n", 200, "0123456789", NULL},
        {"Range: lines=1-2\r\n", 200, "0123456789", NULL},
        {"Range: bytes=2-4\r\nIf-Range: \"1\"\r\n", 206, "234", "bytes 2-4/10"},
        {"Range: bytes=2-4\r\nIf-Range: \"2\"\r\n", 200, "0123456789", NULL},
    };
    NP_EACH (a, asks) {
        struct reply y = rig_ask(&r, "GET", "/a", a->extra);
        NP_CHECK(y.status == a->status, "%s: %d", a->extra, y.status);
        NP_CHECK_STR(y.body, np_str_of(a->body));
        NP_CHECK_STR(reply_field(y, "Content-Range"), np_str_of(a->range));
    }
    NP_CHECK(RIG_ASKED(&r) == 1);
    rig_fini(&r);
}

static void answer_range(struct rig *r, struct np_http_x *x)
{
    struct np_str range = np_http_field(np_http_head(x), NP_STR("Range"));
    struct rig_answer a = {.status = 206,
                           .length = -2,
                           .body = NP_STR("234"),
                           .fields = "Content-Range: bytes 2-4/10"};
    if (range.p == NULL)
        a = (struct rig_answer){.status = 200, .length = -2, .body = NP_STR("0123456789")};
    rig_answer(r, x, &a);
}

NP_TEST(ranges_of_what_is_not_there_are_forwarded)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.on_origin = answer_range;
    struct reply y = rig_ask(&r, "GET", "/a", "Range: bytes=2-4\r\n");
    NP_CHECK(y.status == 206);
    NP_CHECK_STR(y.body, NP_STR("234"));
    CHECK_CACHE(y, "Miss");
    NP_CHECK(np_str_find(np_buf_str(&r.f.log), NP_STR("Range: bytes=2-4\n")) > 0);
    y = rig_ask(&r, "GET", "/a", "Range: bytes=2-4\r\n");
    CHECK_CACHE(y, "Hit");
    NP_CHECK_STR(reply_field(y, "Content-Range"), NP_STR("bytes 2-4/10"));
    y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Miss");
    NP_CHECK_STR(y.body, NP_STR("0123456789"));
    y = rig_ask(&r, "GET", "/a", "Range: bytes=5-6\r\n");
    CHECK_CACHE(y, "Hit");
    NP_CHECK_STR(y.body, NP_STR("56"));
    rig_fini(&r);
}

NP_TEST(an_origin_without_ranges_fills_the_whole)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    struct reply y = rig_ask(&r, "GET", "/a", "Range: bytes=1-2\r\n");
    NP_CHECK(y.status == 200 || y.status == 206);
    CHECK_CACHE(rig_get(&r, "/a"), "Hit");
    NP_CHECK(RIG_ASKED(&r) == 1);
    rig_fini(&r);
}

NP_TEST(head)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    struct reply y = rig_ask(&r, "HEAD", "/a", NULL);
    NP_CHECK(y.status == 200 && y.body.n == 0);
    NP_CHECK_STR(reply_field(y, "Content-Length"), NP_STR("5"));
    NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("HEAD /a\n")));
    CHECK_CACHE(rig_ask(&r, "HEAD", "/a", NULL), "Hit");
    CHECK_CACHE(rig_get(&r, "/a"), "Miss");
    rig_get(&r, "/b");
    y = rig_ask(&r, "HEAD", "/b", NULL);
    CHECK_CACHE(y, "Hit");
    NP_CHECK(y.body.n == 0);
    NP_CHECK_STR(reply_field(y, "Content-Length"), NP_STR("5"));
    rig_fini(&r);
}

NP_TEST(refusals)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].pattern = NP_STR("/safe/*");
    r.behaviors[0].viewer_policy = NP_EDGE_HTTPS_ONLY;
    r.behaviors[1].pattern = NP_STR("/go/*");
    r.behaviors[1].viewer_policy = NP_EDGE_REDIRECT_TO_HTTPS;
    r.behaviors[1].methods |= NP_EDGE_POST;
    r.dist.n_behaviors = 3;
    rig_start(&r);
    struct reply y = rig_get(&r, "/safe/a");
    NP_CHECK(y.status == 403 && np_str_ends(y.body, NP_STR("reason 5")));
    CHECK_CACHE(y, "Error");
    NP_CHECK_STR(reply_field(y, "Server"), NP_STR("Edge"));
    y = rig_get(&r, "/go/a?b=1");
    NP_CHECK(y.status == 301);
    CHECK_CACHE(y, "Redirect");
    NP_CHECK_STR(reply_field(y, "Location"), NP_STR("https://d1.edge.test/go/a?b=1"));
    NP_CHECK(rig_ask(&r, "POST", "/go/a", "Content-Length: 0\r\n").status == 307);
    NP_CHECK(rig_ask(&r, "POST", "/a", "Content-Length: 0\r\n").status == 403);
    NP_CHECK(rig_ask(&r, "BREW", "/a", NULL).status == 403);
    NP_CHECK(rig_ask(&r, "GET", "/a", "Content-Length: 1\r\n\r\nx").status == 403);
    NP_CHECK(rig_ask(&r, "GET", "/a", "CDN-Loop: other, edge;d=E1\r\n").status == 403);
    NP_CHECK(rig_ask(&r, "GET", "/a", "CDN-Loop: other;d=E1, edge;d=E2\r\n").status == 200);
    int asked = RIG_ASKED(&r);
    char *path = np_alloc(r.f.arena, 9000);
    memset(path, 'a', 8193);
    path[0] = '/';
    NP_CHECK(rig_get(&r, path).status == 413);
    path[8192] = 0;
    NP_CHECK(rig_get(&r, path).status == 200);
    NP_CHECK(RIG_ASKED(&r) == asked + 1);
    r.dist.enabled = false;
    rig_put(&r);
    NP_CHECK(rig_get(&r, "/a").status == 403);
    rig_fini(&r);
}

NP_TEST(hosts)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    static const struct {
        const char *host;
        bool ok;
    } asks[] = {{"d1.edge.test", true},      {"D1.Edge.Test:8080", true}, {"a.example.test", true},
                {"a.b.example.test.", true}, {"example.test", false},     {"other.test", false},
                {"127.0.0.1", false}};
    NP_EACH (a, asks) {
        int fd = fx_connect(&r.v);
        fx_send(&r.v, fd,
                np_str_printf(r.f.arena, "GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                              a->host));
        struct reply y = rig_reply(&r, fd);
        NP_CHECK(y.status == (a->ok ? 200 : 403), "%s: %d", a->host, y.status);
        NP_CHECK(np_edge_owns_host(r.edge, np_str_of(a->host)) == a->ok, "%s", a->host);
    }
    struct np_err err = {0};
    struct np_edge_dist_opts other = r.dist;
    other.id = NP_STR("E2");
    NP_CHECK(np_edge_put(r.edge, &other, &err) == NP_EEXIST);
    np_edge_remove(r.edge, NP_STR("E1"));
    NP_CHECK(!np_edge_owns_host(r.edge, NP_STR("d1.edge.test")));
    NP_CHECK(np_edge_put(r.edge, &other, &err) == 0, "%s", err.text);
    CHECK_CACHE(rig_get(&r, "/a"), "Miss");
    rig_fini(&r);
}

NP_TEST(invalidation_is_in_force_at_once)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    rig_get(&r, "/img/a");
    rig_get(&r, "/img/b");
    rig_get(&r, "/c");
    struct np_str pattern = NP_STR("/img/*");
    np_edge_invalidate(r.edge, NP_STR("E1"), &pattern, 1);
    CHECK_CACHE(rig_get(&r, "/img/a"), "Miss");
    CHECK_CACHE(rig_get(&r, "/img/a"), "Hit");
    CHECK_CACHE(rig_get(&r, "/c"), "Hit");
    CHECK_CACHE(rig_get(&r, "/img/b"), "Miss");
    pattern = NP_STR("/c");
    np_edge_invalidate(r.edge, NP_STR("E1"), &pattern, 1);
    CHECK_CACHE(rig_get(&r, "/c"), "Miss");
    CHECK_CACHE(rig_get(&r, "/img/b"), "Hit");
    rig_fini(&r);
}

NP_TEST(default_root_object)
{
    struct rig r;
    rig_init(&r);
    r.dist.default_root_object = NP_STR("index.html");
    rig_start(&r);
    rig_get(&r, "/");
    NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("GET /index.html\n")));
    CHECK_CACHE(rig_get(&r, "/index.html"), "Hit");
    rig_get(&r, "/dir/");
    NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("GET /dir/\n")));
    rig_fini(&r);
}
