/* SPDX-License-Identifier: Apache-2.0 */
/* origin_test.c - origins that misbehave, byte by byte; large bodies; viewers that leave. */
#include "engines/edge/rig.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "engines/edge/limits.h"
#include "io/clock.h"

/* An origin that a test plays itself. */
struct raw {
    struct rig *r;
    int listening;
};

static void raw_init(struct raw *w, struct rig *r)
{
    struct np_addr any;
    w->r = r;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &w->listening, NULL) == 0);
    NP_CHECK(np_local_addr(w->listening, &r->f.addr) == 0);
}

static void raw_fini(struct raw *w)
{
    close(w->listening);
}

static int raw_accept(struct raw *w)
{
    int fd = -1;
    FX_UNTIL(&w->r->f, (fd = accept4(w->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0);
    return fd;
}

static struct np_str raw_head(struct raw *w, int fd)
{
    return fx_recv(&w->r->f, fd, "\r\n\r\n");
}

static void reset(int fd)
{
    struct linger l = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
    close(fd);
}

/* The viewer's answer to what this origin says before it closes. */
static struct reply answer_to(struct rig *r, struct raw *w, const char *text)
{
    int v = rig_send(r, "GET", "/a", NULL);
    int o = raw_accept(w);
    raw_head(w, o);
    fx_send(&r->f, o, np_str_of(text));
    close(o);
    return rig_reply(r, v);
}

NP_TEST(responses_that_are_none)
{
    static const struct {
        const char *text;
        int status;
    } said[] = {
        {"", 502},
        {"garbage\r\n\r\n", 502},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 502},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         502},
        {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", 502},
        {"HTTP/1.1 200 OK\r\n X: folded\r\n\r\n", 502},
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 502},
        {"HTTP/1.1 200 OK\r\nX", 502},
    };
    NP_EACH (s, said) {
        struct rig r;
        struct raw w;
        rig_init(&r);
        raw_init(&w, &r);
        rig_start(&r);
        struct reply y = answer_to(&r, &w, s->text);
        NP_CHECK(y.status == s->status, "%s: %d", s->text, y.status);
        CHECK_CACHE(y, "Error");
        raw_fini(&w);
        rig_fini(&r);
    }
}

NP_TEST(cuts_are_seen_and_not_kept)
{
    static const char *const said[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    };
    NP_EACH (s, said) {
        struct rig r;
        struct raw w;
        rig_init(&r);
        raw_init(&w, &r);
        rig_start(&r);
        struct reply y = answer_to(&r, &w, *s);
        NP_CHECK(y.status == 200 && y.cut, "%s", *s);
        y = answer_to(&r, &w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        CHECK_CACHE(y, "Miss");
        NP_CHECK_STR(y.body, NP_STR("ok"));
        raw_fini(&w);
        rig_fini(&r);
    }
}

NP_TEST(a_reset_in_the_middle_is_a_cut)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    raw_init(&w, &r);
    rig_start(&r);
    int v = rig_send(&r, "GET", "/a", NULL), o = raw_accept(&w);
    raw_head(&w, o);
    FX_SEND(&r.f, o, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    struct np_str got = fx_recv(&r.v, v, "hello");
    NP_CHECK(np_str_find(got, NP_STR("X-Cache: Miss")) > 0, "it streams");
    reset(o);
    struct np_str rest = fx_recv_all(&r.v, v);
    NP_CHECK(rest.n == 0);
    close(v);
    raw_fini(&w);
    rig_fini(&r);
}

NP_TEST(what_follows_a_response_is_nobodys)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    raw_init(&w, &r);
    rig_start(&r);
    int v = rig_send(&r, "GET", "/a", NULL), o = raw_accept(&w);
    raw_head(&w, o);
    FX_SEND(&r.f, o,
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
            "Content-Length: 4\r\n\r\nevil");
    struct reply y = rig_reply(&r, v);
    NP_CHECK_STR(y.body, NP_STR("ok"));
    v = rig_send(&r, "GET", "/b", NULL);
    int o2 = raw_accept(&w); /* not the connection that has more to say */
    raw_head(&w, o2);
    FX_SEND(&r.f, o2, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
    NP_CHECK_STR(rig_reply(&r, v).body, NP_STR("good"));
    close(o);
    close(o2);
    raw_fini(&w);
    rig_fini(&r);
}

NP_TEST(hop_by_hop_fields_and_trailers_stay_behind)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    raw_init(&w, &r);
    rig_start(&r);
    struct reply y = answer_to(&r, &w,
                               "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n"
                               "Keep-Alive: 5\r\nTrailer: X-T\r\nX-Edge-Id: forged\r\n"
                               "X-Cache: forged\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "2\r\nok\r\n0\r\nX-T: 1\r\n\r\n");
    NP_CHECK_STR(y.body, NP_STR("ok"));
    NP_CHECK(!y.cut);
    CHECK_CACHE(y, "Miss");
    NP_CHECK(reply_field(y, "X-Hop").p == NULL && reply_field(y, "Keep-Alive").p == NULL &&
             reply_field(y, "Trailer").p == NULL && reply_field(y, "X-T").p == NULL);
    NP_CHECK(!np_str_is(reply_field(y, "X-Edge-Id"), "forged"));
    raw_fini(&w);
    rig_fini(&r);
}

NP_TEST(an_origin_that_hangs_times_out)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    r.origins[0].response_timeout_ms = 30;
    r.origins[0].attempts = 2;
    raw_init(&w, &r);
    rig_start(&r);
    int v = rig_send(&r, "GET", "/a", NULL);
    int o = raw_accept(&w), o2 = raw_accept(&w);
    struct reply y = rig_reply(&r, v);
    NP_CHECK(y.status == 504, "%d", y.status);
    NP_CHECK_STR(y.body, NP_STR("error 504 reason 15"));
    CHECK_CACHE(rig_get(&r, "/a"), "Error");
    close(o);
    close(o2);
    raw_fini(&w);
    rig_fini(&r);
}

NP_TEST(an_origin_that_drips_is_passed_on)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    raw_init(&w, &r);
    rig_start(&r);
    int v = rig_send(&r, "GET", "/a", NULL), o = raw_accept(&w);
    raw_head(&w, o);
    FX_SEND(&r.f, o, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
    const char *drops[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        fx_send(&r.f, o, np_str_of(drops[i]));
        fx_recv(&r.v, v, drops[i]);
    }
    CHECK_CACHE(rig_get(&r, "/a"), "Hit");
    close(v);
    close(o);
    raw_fini(&w);
    rig_fini(&r);
}

NP_TEST(unreachable_origins)
{
    struct rig r;
    rig_init(&r);
    r.first_is_dead = true;
    rig_start(&r);
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 502);
    NP_CHECK_STR(y.body, NP_STR("error 502 reason 12"));
    r.no_address = true;
    y = rig_get(&r, "/b");
    NP_CHECK_STR(y.body, NP_STR("error 502 reason 11"));
    rig_fini(&r);
}

NP_TEST(failover)
{
    static const int statuses[] = {500, 404};
    struct np_edge_group g = {.id = NP_STR("g"),
                              .primary = NP_STR("o1"),
                              .secondary = NP_STR("o2"),
                              .statuses = statuses,
                              .n_statuses = 2};
    struct rig r;
    struct raw w;
    rig_init(&r);
    r.behaviors[0].target = NP_STR("g");
    r.behaviors[0].methods |= NP_EDGE_POST;
    r.dist.groups = &g;
    r.dist.n_groups = 1;
    r.origins[1].path = NP_STR("/spare");
    rig_start(&r);
    r.first_is_dead = true;
    struct reply y = rig_get(&r, "/a");
    NP_CHECK(y.status == 200 && RIG_ASKED(&r) == 1);
    NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("GET /spare/a\nHost: second.test\n")));
    NP_CHECK(rig_ask(&r, "POST", "/a", "Content-Length: 0\r\n").status == 502);
    r.first_is_dead = false;
    struct np_addr good = r.f.addr;
    raw_init(&w, &r); /* both now: the test says who is who */
    int v = rig_send(&r, "GET", "/b", NULL), o = raw_accept(&w);
    raw_head(&w, o);
    FX_SEND(&r.f, o, "HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n");
    int o2 = raw_accept(&w);
    raw_head(&w, o2);
    FX_SEND(&r.f, o2, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    y = rig_reply(&r, v);
    NP_CHECK(y.status == 403);
    NP_CHECK_STR(y.body, NP_STR("no"));
    r.f.addr = good;
    close(o);
    close(o2);
    raw_fini(&w);
    rig_fini(&r);
}

/* --- many and large --- */

static void hold(struct rig *r, struct np_http_x *x)
{
    r->held[r->n_held++] = x;
}

NP_TEST(concurrent_misses_are_one_fetch)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.on_origin = hold;
    int v[100];
    for (int i = 0; i < 100; i++)
        v[i] = rig_send(&r, "GET", "/a", NULL);
    FX_UNTIL(&r.f, r.n_held == 1);
    rig_answer(&r, r.held[0], &r.answer);
    for (int i = 0; i < 100; i++) {
        struct reply y = rig_reply(&r, v[i]);
        NP_CHECK(y.status == 200 && np_str_is(y.body, "hello"), "%d: %d", i, y.status);
    }
    NP_CHECK(RIG_ASKED(&r) == 1);
    rig_fini(&r);
}

NP_TEST(waiters_go_alone_when_it_is_private)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.on_origin = hold;
    int v[10];
    for (int i = 0; i < 10; i++)
        v[i] = rig_send(&r, "GET", "/a", NULL);
    FX_UNTIL(&r.f, r.n_held == 1);
    r.answer.fields = "Cache-Control: no-store";
    rig_answer(&r, r.held[0], &r.answer);
    FX_UNTIL(&r.f, r.n_held == 10);
    for (size_t i = 1; i < 10; i++)
        rig_answer(&r, r.held[i], &r.answer);
    for (int i = 0; i < 10; i++)
        NP_CHECK_STR(rig_reply(&r, v[i]).body, NP_STR("hello"));
    NP_CHECK(RIG_ASKED(&r) == 10);
    rig_fini(&r);
}

NP_TEST(waiters_stay_when_the_first_viewer_leaves)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.on_origin = hold;
    int first = rig_send(&r, "GET", "/a", NULL);
    FX_UNTIL(&r.f, r.n_held == 1);
    int second = rig_send(&r, "GET", "/a", NULL);
    reset(first);
    fx_turns(&r.f, 20);
    rig_answer(&r, r.held[0], &r.answer);
    NP_CHECK_STR(rig_reply(&r, second).body, NP_STR("hello"));
    NP_CHECK(RIG_ASKED(&r) == 1);
    rig_fini(&r);
}

NP_TEST(what_nobody_may_keep_ends_with_its_viewer)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].methods |= NP_EDGE_POST;
    rig_start(&r);
    r.on_origin = hold;
    int v = rig_send(&r, "POST", "/a", "Content-Length: 0\r\n");
    FX_UNTIL(&r.f, r.n_held == 1);
    reset(v);
    FX_UNTIL(&r.f, r.f.gone == 1);
    NP_CHECK(r.f.complete == 0, "the origin's work is not wanted any more");
    rig_fini(&r);
}

NP_TEST(an_invalidation_parts_fetches_under_way)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    r.on_origin = hold;
    int first = rig_send(&r, "GET", "/a", NULL);
    FX_UNTIL(&r.f, r.n_held == 1);
    struct np_str pattern = NP_STR("/a");
    np_edge_invalidate(r.edge, NP_STR("E1"), &pattern, 1);
    int second = rig_send(&r, "GET", "/a", NULL);
    FX_UNTIL(&r.f, r.n_held == 2);
    r.answer.body = NP_STR("new");
    rig_answer(&r, r.held[1], &r.answer);
    NP_CHECK_STR(rig_reply(&r, second).body, NP_STR("new"));
    r.answer.body = NP_STR("old");
    rig_answer(&r, r.held[0], &r.answer);
    NP_CHECK_STR(rig_reply(&r, first).body, NP_STR("old"));
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK_STR(y.body, NP_STR("new"));
    rig_fini(&r);
}

#define LARGE ((size_t)24 << 20)

static bool same(struct np_str got, struct np_str want)
{
    return got.n == want.n && memcmp(got.p, want.p, want.n) == 0;
}

static void large_bodies(struct rig *r, const char *fields, int64_t length)
{
    struct np_str all = fx_pattern(&r->f, LARGE);
    rig_start(r);
    r->answer = (struct rig_answer){
        .status = 200, .length = length == -1 ? -1 : (int64_t)LARGE, .body = all, .fields = fields};
    struct reply y = rig_get(r, "/a");
    NP_CHECK(y.status == 200 && !y.cut && same(y.body, all), "%zu", y.body.n);
    struct np_edge_cache_figures c;
    np_edge_cache_figures(r->edge, &c);
    NP_CHECK(c.memory_bytes < (uint64_t)5 << 20, "%llu", (unsigned long long)c.memory_bytes);
}

NP_TEST(large_bodies_pass_through_memory_when_there_is_no_disk)
{
    struct rig r;
    rig_init(&r);
    large_bodies(&r, NULL, LARGE);
    CHECK_CACHE(rig_get(&r, "/a"), "Miss");
    rig_fini(&r);
}

NP_TEST(large_bodies_without_length_too)
{
    struct rig r;
    rig_init(&r);
    large_bodies(&r, NULL, -1);
    rig_fini(&r);
}

NP_TEST(large_bodies_are_files)
{
    struct rig r;
    rig_init(&r);
    r.opts.dir = np_str_of(np_test_dir());
    large_bodies(&r, NULL, LARGE);
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK(same(y.body, fx_pattern(&r.f, LARGE)));
    y = rig_ask(&r, "GET", "/a", "Range: bytes=20000000-20000009\r\n");
    NP_CHECK(y.status == 206 && same(y.body, np_str_sub(r.answer.body, 20000000, 10)));
    rig_fini(&r);
}

NP_TEST(large_bodies_without_length_become_files)
{
    struct rig r;
    rig_init(&r);
    r.opts.dir = np_str_of(np_test_dir());
    large_bodies(&r, NULL, -1);
    struct reply y = rig_get(&r, "/a");
    CHECK_CACHE(y, "Hit");
    NP_CHECK(same(y.body, r.answer.body));
    rig_fini(&r);
}

/* The origin is not read while the viewer does not read. */
NP_TEST(slow_viewers_hold_the_origin_back)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    raw_init(&w, &r);
    rig_start(&r);
    int v = rig_send(&r, "GET", "/a", NULL), o = raw_accept(&w);
    raw_head(&w, o);
    FX_SEND(&r.f, o,
            "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 104857600\r\n\r\n");
    struct np_str block = fx_pattern(&r.f, (size_t)1 << 20);
    size_t sent = 0;
    int idle = 0;
    while (idle < 200 && sent < (size_t)100 << 20) {
        ssize_t n = send(o, block.p + sent % block.n, block.n - sent % block.n,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        idle = n > 0 ? 0 : idle + 1;
        sent += n > 0 ? (size_t)n : 0;
        np_loop_turn(r.f.loop, n > 0 ? 0 : 1);
    }
    NP_CHECK(sent < (size_t)40 << 20, "%zu bytes were taken", sent);
    close(o);
    close(v);
    raw_fini(&w);
    rig_fini(&r);
}

static void echo(void *arg, int rc, struct np_str data, bool end)
{
    struct rig *r = arg;
    np_buf_str_add(&r->f.log, data);
    if (end && rc == 0)
        np_http_reply(r->f.x, 200, NULL, 0, NP_STR("got it"));
}

static void read_body(struct rig *r, struct np_http_x *x)
{
    np_buf_clear(&r->f.log);
    np_http_read(x, echo, r);
}

NP_TEST(bodies_stream_to_the_origin)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].methods |= NP_EDGE_PUT;
    rig_start(&r);
    r.on_origin = read_body;
    struct np_str all = fx_pattern(&r.f, (size_t)3 << 20);
    int v = rig_send(&r, "PUT", "/a", "Content-Length: 3145728\r\nExpect: 100-continue\r\n");
    fx_recv(&r.v, v, "100 Continue\r\n\r\n");
    fx_send(&r.v, v, all);
    struct reply y = rig_reply(&r, v);
    NP_CHECK_STR(y.body, NP_STR("got it"));
    CHECK_CACHE(y, "Miss");
    NP_CHECK(same(np_str_sub(np_buf_str(&r.f.log), 0, all.n), all));
    v = rig_send(&r, "PUT", "/a", "Transfer-Encoding: chunked\r\n");
    FX_SEND(&r.v, v, "3\r\nabc\r\n");
    FX_SEND(&r.v, v, "2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n");
    y = rig_reply(&r, v);
    NP_CHECK_STR(y.body, NP_STR("got it"));
    NP_CHECK(np_str_starts(np_buf_str(&r.f.log), NP_STR("abcde")));
    rig_fini(&r);
}

NP_TEST(a_body_that_breaks_off_breaks_the_origins_request)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].methods |= NP_EDGE_PUT;
    rig_start(&r);
    r.on_origin = read_body;
    int v = rig_send(&r, "PUT", "/a", "Content-Length: 10\r\n");
    FX_SEND(&r.v, v, "half");
    FX_UNTIL(&r.f, r.f.log.n >= 4);
    close(v);
    FX_UNTIL(&r.f, r.f.gone == 1);
    NP_CHECK(r.f.complete == 0);
    rig_fini(&r);
}

NP_TEST(websockets_become_tunnels)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    raw_init(&w, &r);
    rig_start(&r);
    int v = fx_connect(&r.v);
    FX_SEND(
        &r.v, v,
        "GET /ws HTTP/1.1\r\nHost: d1.edge.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Key: k\r\n\r\n");
    int o = raw_accept(&w);
    struct np_str head = raw_head(&w, o);
    NP_CHECK(np_str_find(head, NP_STR("Upgrade: websocket\r\n")) > 0 &&
             np_str_find(head, NP_STR("Sec-WebSocket-Key: k\r\n")) > 0);
    FX_SEND(&r.f, o,
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Accept: a\r\n\r\nfrom origin");
    struct np_str got = fx_recv(&r.v, v, "from origin");
    NP_CHECK(np_str_starts(got, NP_STR("HTTP/1.1 101 ")) &&
             np_str_find(got, NP_STR("Sec-WebSocket-Accept: a\r\n")) > 0);
    FX_SEND(&r.v, v, "from viewer");
    NP_CHECK_STR(fx_recv(&r.f, o, "viewer"), NP_STR("from viewer"));
    FX_SEND(&r.f, o, "more");
    NP_CHECK_STR(fx_recv(&r.v, v, "more"), NP_STR("more"));
    close(o);
    NP_CHECK(fx_recv_all(&r.v, v).n == 0);
    close(v);
    raw_fini(&w);
    rig_fini(&r);
}

NP_TEST(heads_that_are_too_large)
{
    struct rig r;
    struct raw w;
    rig_init(&r);
    raw_init(&w, &r);
    rig_start(&r);
    char *head = np_alloc(r.f.arena, 70000);
    size_t n = (size_t)snprintf(head, 100, "HTTP/1.1 200 OK\r\nX: ");
    memset(head + n, 'x', 69000 - n);
    NP_CHECK(answer_to(&r, &w, head).status == 502);
    raw_fini(&w);
    rig_fini(&r);
}
