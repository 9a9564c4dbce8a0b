/* SPDX-License-Identifier: Apache-2.0 */
/* https_test.c - TLS to origins and from viewers, HTTP/2 from viewers. */
#include "engines/edge/rig.h"

#include "http/client.h"
#include "http/http2_client.h"
#include "io/file.h"
#include "io/tls.h"

struct authority {
    struct np_ca *ca, *other;
    struct np_tls *server, *client;
};

static void authority_init(struct authority *a)
{
    char dir[300];
    a->ca = np_ca_new(np_str_of(np_test_dir()));
    snprintf(dir, sizeof(dir), "%s/other", np_test_dir());
    NP_CHECK(np_dir_make(np_str_of(dir), 0700, NULL) == 0);
    a->other = np_ca_new(np_str_of(dir));
    NP_CHECK(np_tls_server_new(&(struct np_tls_server_opts){.ca = a->ca}, &a->server, NULL) == 0);
    NP_CHECK(np_tls_client(a->ca, false, &a->client, NULL) == 0);
}

static void authority_fini(struct authority *a)
{
    np_tls_free(a->server);
    np_tls_free(a->client);
    np_ca_free(a->ca);
    np_ca_free(a->other);
}

static struct np_tls *client_of(void *arg, unsigned protocols)
{
    return arg;
}

/* The origin again, behind TLS. */
static void origin_with_tls(struct rig *r, struct np_tls *tls)
{
    np_http_server_free(r->f.server);
    r->f.tls = tls;
    fixture_serve(&r->f);
    r->origins[0].scheme = NP_EDGE_HTTPS;
}

NP_TEST(origins_are_verified)
{
    struct authority a;
    authority_init(&a);
    struct np_tls *strangers;
    NP_CHECK(np_tls_client(a.other, false, &strangers, NULL) == 0);
    for (int i = 0; i < 2; i++) {
        struct rig r;
        rig_init(&r);
        r.opts.client_tls = client_of;
        r.opts.client_tls_arg = i == 0 ? a.client : strangers;
        origin_with_tls(&r, a.server);
        rig_start(&r);
        struct reply y = rig_get(&r, "/a");
        NP_CHECK(y.status == (i == 0 ? 200 : 502), "%d: %d", i, y.status);
        NP_CHECK_STR(y.body, i == 0 ? NP_STR("hello") : NP_STR("error 502 reason 13"));
        rig_fini(&r);
    }
    np_tls_free(strangers);
    authority_fini(&a);
}

/* One request by our client. */
struct call {
    int status, ended, rc;
    struct np_buf body;
    char cache[64];
};

static void on_head(void *arg, const struct np_http_head *h)
{
    struct call *c = arg;
    c->status = h->status;
    snprintf(c->cache, sizeof(c->cache), "%.*s", NP_FMT(np_http_field(h, NP_STR("X-Cache"))));
}

static void on_data(void *arg, struct np_str data)
{
    np_buf_str_add(&((struct call *)arg)->body, data);
}

static void on_done(void *arg, int rc, const struct np_err *err)
{
    struct call *c = arg;
    c->rc = rc;
    c->ended++;
}

static void call(struct rig *r, struct np_http_pool *pool, struct np_tls *tls, const char *path,
                 struct call *c)
{
    static const struct np_http_call_handlers handlers = {
        .head = on_head, .data = on_data, .done = on_done};
    struct np_http_call_opts o = {.purpose = "test",
                                  .to = r->v.addr,
                                  .tls = tls,
                                  .server_name = NP_STR("d1.edge.test"),
                                  .method = NP_STR("GET"),
                                  .target = np_str_of(path),
                                  .host = NP_STR("d1.edge.test")};
    struct np_http_call *k;
    *c = (struct call){0};
    np_buf_init(&c->body, r->f.arena, (size_t)16 << 20);
    NP_CHECK(np_http_call(pool, &o, &handlers, c, &k, NULL) == 0);
}

/* The edge's port again, with other protocols. */
static void edge_with(struct rig *r, struct np_tls *tls, bool h2c)
{
    struct np_http_config config = np_http_default_config;
    struct np_addr any;
    int fd;
    config.h2c = h2c;
    np_http_server_free(r->server);
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &fd, NULL) == 0 && np_local_addr(fd, &r->v.addr) == 0);
    NP_CHECK(np_http_server_new(r->f.loop, fd, tls, &config, &np_edge_handlers, r->worker,
                                &r->server, NULL) == 0);
}

NP_TEST(viewers_by_tls)
{
    struct authority a;
    struct rig r;
    struct call c[4];
    struct np_http_pool *pool;
    authority_init(&a);
    rig_init(&r);
    r.behaviors[0].viewer_policy = NP_EDGE_HTTPS_ONLY;
    rig_start(&r);
    edge_with(&r, a.server, false);
    NP_CHECK(np_http_pool_new(r.f.loop, r.f.egress, &pool, NULL) == 0);
    static const size_t sizes[] = {5, 40000, 2000000};
    NP_EACH (n, sizes) {
        struct np_str all = fx_pattern(&r.f, *n);
        char path[20];
        snprintf(path, sizeof(path), "/%zu", *n);
        r.answer.body = all;
        for (int i = 0; i < 4; i++)
            call(&r, pool, a.client, path, &c[i]);
        for (int i = 0; i < 4; i++) {
            FX_UNTIL(&r.f, c[i].ended == 1);
            NP_CHECK(c[i].rc == 0 && c[i].status == 200 && np_str_eq(np_buf_str(&c[i].body), all),
                     "%zu: %d %d %zu", *n, c[i].rc, c[i].status, c[i].body.n);
        }
        call(&r, pool, a.client, path, &c[0]);
        FX_UNTIL(&r.f, c[0].ended == 1);
        NP_CHECK(np_str_eq(np_buf_str(&c[0].body), all));
        NP_CHECK_STR(np_str_of(c[0].cache), NP_STR("Hit from edge"));
        FX_UNTIL(&r.f, r.last.https);
    }
    NP_CHECK(RIG_ASKED(&r) == 3);
    np_http_pool_free(pool);
    rig_fini(&r);
    authority_fini(&a);
}

NP_TEST(viewers_by_http2)
{
    struct rig r;
    struct h2 c;
    rig_init(&r);
    r.behaviors[0].compress = r.behaviors[0].forward.key_gzip = true;
    r.behaviors[0].methods |= NP_EDGE_POST;
    rig_start(&r);
    edge_with(&r, NULL, true);
    h2_open(&c, &r.v);
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 0, 1000000);
    r.answer.body = fx_pattern(&r.f, 40000); /* more than a frame, and lies in the slab */
    h2_request(&c, 1, NGHTTP2_FLAG_END_STREAM, "GET", "/a", "accept-encoding: gzip");
    h2_request(&c, 3, NGHTTP2_FLAG_END_STREAM, "GET", "/a", "accept-encoding: gzip");
    FX_UNTIL(&r.f, r.logged == 2 || (h2_turns(&c, 1), false));
    h2_turns(&c, 20);
    NP_CHECK(RIG_ASKED(&r) == 1 && c.body.n == 80000, "%zu", c.body.n);
    NP_CHECK(r.last.major == 2 && r.last.complete);
    NP_CHECK(np_str_find(np_buf_str(&r.f.log), NP_STR("Accept-Encoding: gzip")) > 0, "no 1.0");
    np_buf_clear(&c.body);
    h2_request(&c, 5, NGHTTP2_FLAG_END_STREAM, "GET", "/a", "accept-encoding: gzip");
    FX_UNTIL(&r.f, r.logged == 3 || (h2_turns(&c, 1), false));
    h2_turns(&c, 20);
    NP_CHECK_STR(np_buf_str(&c.body), r.answer.body);
    NP_CHECK(r.last.result == NP_EDGE_R_HIT);
    r.answer.body = NP_STR("posted");
    np_buf_clear(&c.body);
    h2_request(&c, 7, 0, "POST", "/b", "x: y");
    h2_send_frame(&c, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 7, NP_STR("body"));
    h2_until(&c, "D7:6,end");
    NP_CHECK_STR(np_buf_str(&c.body), NP_STR("posted"));
    h2_close(&c);
    rig_fini(&r);
}
