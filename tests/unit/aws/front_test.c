/* SPDX-License-Identifier: Apache-2.0 */
/* front_test.c - exchanges that the gateway gives to an engine: by a route, by a name below
 * localhost, as a proxy. The engine is a double that says what it was given. */
#include "http/fixture.h"

#include <stdio.h>
#include <unistd.h>

#include "aws/browser.h"
#include "aws/core_int.h"
#include "aws/endpoints.h"
#include "aws/forward.h"
#include "aws/limits.h"
#include "aws/pool_int.h"
#include "aws/reach.h"
#include "aws/req.h"

#define SLOT 7

struct env {
    struct fixture f;
    struct np_core core;
    struct np_worker worker, *workers[1];
    struct np_http_server *server;
};

/* --- the engine --- */

struct reading {
    struct np_http_x *x;
    struct np_buf body;
};

static void got_body(void *arg, int rc, struct np_str data, bool end)
{
    struct reading *r = arg;
    np_buf_str_add(&r->body, data);
    if (!end)
        return;
    const struct np_http_head *h = np_http_head(r->x);
    struct np_arena *a = np_http_arena(r->x);
    struct np_str via = np_http_field(h, NP_STR("Via")), to = np_addr_text(a, np_http_to(r->x));
    struct np_str host = np_http_field(h, NP_STR("Host"));
    NP_CHECK(np_str_eq(host, h->host), "the field and the head agree");
    np_http_reply(r->x, 200, NULL, 0,
                  np_str_printf(a, "[%.*s %.*s %.*s body=%.*s via=%d abs=%d to=%.*s]",
                                NP_FMT(h->method), NP_FMT(h->host), NP_FMT(h->target),
                                NP_FMT(np_buf_str(&r->body)), via.p != NULL, h->absolute,
                                NP_FMT(to)));
}

static void engine_request(void *arg, struct np_http_x *x)
{
    struct reading *r = np_new(np_http_arena(x), struct reading);
    r->x = x;
    np_buf_init(&r->body, np_http_arena(x), 1 << 20);
    np_http_read(x, got_body, r);
}

static void engine_gone(void *arg, struct np_http_x *x, bool complete)
{
    ++*(int *)arg;
}

static const struct np_http_handlers engine = {engine_request, engine_gone};
static int engine_gones;

static void *engine_arg(struct np_core *core, size_t worker)
{
    return &engine_gones;
}

/* --- names: d1.edge.test is the engine's, www.example.com its alias --- */

static bool is_alias(struct np_core *core, struct np_str host)
{
    return np_str_is(host, "www.example.com") || np_str_is(host, "d1.edge.test");
}

static int match(struct np_core *core, struct np_req *rq)
{
    bool by_id = np_str_is(rq->name, "d1");
    if (!by_id && !is_alias(core, rq->name))
        return 0;
    rq->hand = (struct np_hand){
        .http = &engine, .arg = &engine_gones, .host = by_id ? NP_STR("d1.edge.test") : rq->name};
    return NP_ROUTE_HAND;
}

static int find(void *arg, struct np_str name, struct np_str vpc_id, struct np_name_addrs *out)
{
    if (!np_str_is(name, "d1.edge.test"))
        return NP_ENOENT;
    out->v[0] = np_pool_address(arg, SLOT);
    out->n = 1;
    return 0;
}

static int lookup(void *arg, struct np_arena *a, struct np_str name, const char *type,
                  struct np_strs *out)
{
    if (!np_str_ends(name, NP_STR("zone.test")))
        return NP_ENOENT;
    out->v = np_new(a, struct np_str);
    out->n = np_str_is(name, "www.zone.test") && strcmp(type, "A") == 0;
    out->v[0] = np_pool_text(a, np_pool_address(arg, SLOT));
    return 0;
}

/* --- the gateway --- */

static void start(struct env *e)
{
    struct np_err err = {0};
    *e = (struct env){.workers = {&e->worker}};
    fixture_init(&e->f, NULL);
    np_core_init(&e->core);
    e->core.config.data_dir = np_str_of(np_test_dir());
    e->core.config.client_address = NP_STR("203.0.113.10");
    e->core.workers = e->workers;
    e->core.n_workers = 1;
    e->worker.loop = e->f.loop;
    np_worker_init(&e->worker, &e->core, 0);
    NP_CHECK(np_egress_new(NULL, &e->core.egress, NULL) == 0);
    NP_CHECK(np_pool_open(&e->core, &err) == 0, "%s", err.text);
    np_pool_serve(&e->core, &(struct np_pool_service){
                                .what = "edge", .port = 80, .http = &engine, .arg = engine_arg});
    pthread_mutex_lock(&e->core.pool->mutex);
    np_pool_changed(e->core.pool, SLOT, e->core.pool->served_by[0]);
    pthread_mutex_unlock(&e->core.pool->mutex);
    np_name_source_add(&e->core, &(struct np_name_source){.find = find, .arg = &e->core});
    np_provide_dns(&e->core, &(struct np_dns_provider){.lookup = lookup, .arg = &e->core});
    np_host_add(&e->core, is_alias);
    np_route_add(&e->core, &(struct np_route){.match = match});

    struct np_addr any = np_addr_of((struct in_addr){htonl(INADDR_LOOPBACK)}, 0);
    int fd;
    NP_CHECK(np_listen_tcp(&any, false, &fd, NULL) == 0 && np_local_addr(fd, &e->f.addr) == 0);
    e->core.config.listen = np_addr_text(e->f.arena, &e->f.addr);
    np_egress_own(e->core.egress, &e->f.addr, 32);
    NP_CHECK(np_http_server_new(e->f.loop, fd, NULL, &np_http_default_config, &np_front_handlers,
                                &e->worker, &e->server, &err) == 0,
             "%s", err.text);
}

static void end(struct env *e)
{
    np_http_server_free(e->server);
    np_worker_fini(&e->worker);
    np_pool_end(&e->core, 0);
    np_pool_close(&e->core);
    e->f.server = NULL;
    fixture_fini(&e->f);
    np_egress_free(e->core.egress);
    np_core_fini(&e->core);
}

/* The answer to a request on a connection of its own. */
static struct np_str ask(struct env *e, const char *fmt, ...)
{
    char text[2048];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    int fd = fx_connect(&e->f);
    fx_send(&e->f, fd, np_str_n(text, (size_t)n));
    struct np_str all = fx_recv_all(&e->f, fd);
    close(fd);
    return all;
}

#define END "Connection: close\r\n\r\n"

static void check_given(struct env *e, struct np_str answer, const char *want)
{
    NP_CHECK(np_str_find(answer, np_str_of(want)) >= 0, "%s in %.*s", want, NP_FMT(answer));
}

NP_TEST(a_route_hands_an_exchange_over)
{
    struct env e;
    start(&e);
    engine_gones = 0;
    check_given(&e, ask(&e, "GET /a?b HTTP/1.1\r\nHost: www.example.com\r\n" END),
                "[GET www.example.com /a?b body= via=0 abs=0 to=127.0.0.1:");
    check_given(&e,
                ask(&e, "PUT /_nephele/health HTTP/1.1\r\nHost: WWW.example.com.localhost:4566\r\n"
                        "Content-Length: 4\r\n" END "body"),
                "[PUT www.example.com /_nephele/health body=body ");
    check_given(&e, ask(&e, "GET / HTTP/1.1\r\nHost: d1.localhost:4566\r\n" END),
                "[GET d1.edge.test / body= ");
    NP_CHECK(engine_gones == 3, "%d", engine_gones);
    end(&e);
}

NP_TEST(a_proxy_hands_over_what_its_own_engines_serve)
{
    struct env e;
    start(&e);
    struct np_str to = np_pool_text(e.f.arena, np_pool_address(&e.core, SLOT));
    struct np_str want = np_str_printf(
        e.f.arena, "[POST d1.edge.test /x?y body=abc via=1 abs=0 to=%.*s:80]", NP_FMT(to));
    check_given(&e,
                ask(&e, "POST http://d1.edge.test/x?y HTTP/1.1\r\nHost: elsewhere\r\n"
                        "Proxy-Connection: x\r\nTransfer-Encoding: chunked\r\n" END
                        "3\r\nabc\r\n0\r\n\r\n"),
                np_str_z(e.f.arena, want));
    want = np_str_printf(e.f.arena, "[GET www.zone.test:80 / body= via=1 abs=0 to=%.*s:80]",
                         NP_FMT(to));
    check_given(&e, ask(&e, "GET http://www.zone.test:80 HTTP/1.1\r\nHost: x\r\n" END),
                np_str_z(e.f.arena, want));
    check_given(&e, ask(&e, "GET http://www.example.com/ HTTP/1.1\r\nHost: x\r\n" END),
                "[GET www.example.com / body= via=1 abs=0 to=127.0.0.1:");
    check_given(&e, ask(&e, "GET http://d1.localhost/ HTTP/1.1\r\nHost: x\r\n" END),
                "[GET d1.edge.test / body= via=1 ");
    end(&e);
}

static const struct {
    const char *request, *status, *why;
} refused[] = {
    {"GET http://nowhere.zone.test/ HTTP/1.1\r\nHost: x\r\n", "502", "its zone does not have it"},
    {"GET http://elsewhere.test/ HTTP/1.1\r\nHost: x\r\n", "403", "nobody's"},
    {"GET http://d1.edge.test:81/ HTTP/1.1\r\nHost: x\r\n", "502", "nobody listens there"},
    {"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n", "403", "the host's own"},
    {"GET http://169.254.169.254/ HTTP/1.1\r\nHost: x\r\n", "403", "link-local"},
    {"GET http://[::ffff:127.0.0.1]:1/ HTTP/1.1\r\nHost: x\r\n", "403", "loopback in disguise"},
    {"GET https://d1.edge.test/ HTTP/1.1\r\nHost: x\r\n", "400", "TLS by CONNECT only"},
    {"GET http://d1.edge.test:0/ HTTP/1.1\r\nHost: x\r\n", "400", "no port"},
    {"GET http://u@d1.edge.test/ HTTP/1.1\r\nHost: x\r\n", "400", "a user"},
    {"TRACE http://d1.edge.test/ HTTP/1.1\r\nHost: x\r\n", "405", "TRACE"},
    {"CONNECT elsewhere.test:443 HTTP/1.1\r\nHost: x\r\n", "403", "nobody's"},
    {"CONNECT d1.edge.test:443 HTTP/1.1\r\nHost: x\r\n", "502", "a port that it does not open"},
    {"CONNECT d1.edge.test:22 HTTP/1.1\r\nHost: x\r\n", "502", "another one"},
    {"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n", "403", "the host's"},
    {"CONNECT d1.edge.test HTTP/1.1\r\nHost: x\r\n", "400", "no port"},
    {"CONNECT d1.edge.test:80 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n", "400", "a body"},
    {"GET http://evil.test/_nephele/health HTTP/1.1\r\nHost: localhost\r\n", "403",
     "the target counts, not the Host"},
};

NP_TEST(a_proxy_refuses_what_is_not_the_regions)
{
    struct env e;
    start(&e);
    NP_EACH (c, refused) {
        struct np_str got = ask(&e, "%s" END, c->request);
        NP_CHECK(np_str_eq(np_str_sub(got, 9, 3), np_str_of(c->status)), "%s: %.*s", c->why,
                 NP_FMT(got));
    }
    end(&e);
}

NP_TEST(a_proxy_sees_its_own_loop)
{
    struct env e;
    start(&e);
    struct np_str via = np_via(&e.core, e.f.arena);
    check_given(&e,
                ask(&e, "GET http://d1.edge.test/ HTTP/1.1\r\nHost: x\r\nVia: 1.1 a, %.*s\r\n" END,
                    NP_FMT(via)),
                "HTTP/1.1 508 ");
    check_given(&e, ask(&e, "GET http://d1.edge.test/ HTTP/1.1\r\nHost: x\r\nVia: 1.1 a\r\n" END),
                "[GET d1.edge.test / ");
    end(&e);
}

NP_TEST(a_proxy_leads_to_the_gateway_by_its_own_rules)
{
    struct env e;
    start(&e);
    struct np_str at = e.core.config.listen;
    check_given(&e,
                ask(&e, "GET http://%.*s/_nephele/none HTTP/1.1\r\nHost: x\r\n" END, NP_FMT(at)),
                "HTTP/1.1 404 ");
    check_given(&e,
                ask(&e,
                    "GET http://%.*s/_nephele/none HTTP/1.1\r\nHost: x\r\n"
                    "Sec-Fetch-Site: cross-site\r\n" END,
                    NP_FMT(at)),
                "HTTP/1.1 403 ");
    int fd = fx_connect(&e.f);
    fx_send(&e.f, fd,
            np_str_printf(e.f.arena,
                          "CONNECT %.*s HTTP/1.1\r\nHost: x\r\n\r\n"
                          "GET /_nephele/none HTTP/1.1\r\nHost: localhost\r\n" END,
                          NP_FMT(at)));
    struct np_str all = fx_recv_all(&e.f, fd);
    check_given(&e, all, "HTTP/1.1 200 ");
    check_given(&e, all, "HTTP/1.1 404 ");
    close(fd);
    end(&e);
}

NP_TEST(who_is_called_by_the_region_sees_no_client_of_the_host)
{
    struct env e;
    struct in_addr self;
    start(&e);
    NP_CHECK(np_pool_self(&e.core, &self) && !np_pool_has(&e.core, self));
    np_egress_self(e.f.egress, self);
    np_egress_own(e.f.egress, &e.f.addr, 32); /* fx_connect() dials as the region from here on */
    check_given(&e, ask(&e, "GET /_nephele/none HTTP/1.1\r\nHost: localhost\r\n" END),
                "HTTP/1.1 403 ");
    check_given(&e, ask(&e, "GET http://d1.edge.test/ HTTP/1.1\r\nHost: x\r\n" END),
                "HTTP/1.1 403 ");
    check_given(&e, ask(&e, "CONNECT localhost:1 HTTP/1.1\r\nHost: x\r\n" END), "HTTP/1.1 403 ");
    check_given(&e, ask(&e, "GET / HTTP/1.1\r\nHost: www.example.com\r\n" END),
                "[GET www.example.com / ");
    end(&e);
}

static void list_many(void *arg, struct np_arena *a, np_endpoint_each *each, void *x)
{
    static char name[1000];
    memset(name, 'n', sizeof(name));
    for (int i = 0; i < *(int *)arg; i++)
        each(x, &(struct np_endpoint){.kind = NP_STR("k"), .name = np_str_n(name, sizeof(name))});
}

static void zones_many(void *arg, void (*each)(void *x, struct np_str name), void *x)
{
    static char name[200];
    memset(name, 'n', sizeof(name));
    for (int i = 0; i < 25 * *(int *)arg; i++)
        each(x, np_str_n(name, sizeof(name)));
}

NP_TEST(lists_are_as_long_as_they_may_be)
{
    struct env e;
    int n = 3000;
    start(&e);
    np_endpoint_source_add(&e.core, list_many, &n);
    np_provide_dns(&e.core, &(struct np_dns_provider){.zones = zones_many, .arg = &n});
    static const char *const pages[] = {"endpoints", "proxy.pac"};
    NP_EACH (page, pages) {
        n = (int)(NP_ENDPOINTS_MAX / 1100 / (page == pages ? 1 : 5));
        check_given(&e, ask(&e, "GET /_nephele/%s HTTP/1.1\r\nHost: localhost\r\n" END, *page),
                    "HTTP/1.1 200 ");
        n *= 2;
        check_given(&e, ask(&e, "GET /_nephele/%s HTTP/1.1\r\nHost: localhost\r\n" END, *page),
                    "HTTP/1.1 500 ");
    }
    end(&e);
}
