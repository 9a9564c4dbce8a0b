/* SPDX-License-Identifier: Apache-2.0 */
/* client_test.c - calls against our server, and against peers written out byte by byte. */
#include "http/fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/client.h"
#include "http/limits.h"
#include "io/tls.h"

/* One call and what came of it. */
struct client {
    struct fixture *f;
    struct np_http_pool *pool;
    struct np_http_call *call;
    struct np_buf data, head;
    int status, heads, ended, rc, writable;
    struct np_err err;
    void (*on_head)(struct client *c);
    void (*on_data)(struct client *c);
};

static void on_head(void *arg, const struct np_http_head *h)
{
    struct client *c = arg;
    c->heads++;
    c->status = h->status;
    for (size_t i = 0; i < h->n_fields; i++)
        np_buf_printf(&c->head, "%.*s=%.*s ", NP_FMT(h->fields[i].name),
                      NP_FMT(h->fields[i].value));
    if (c->on_head != NULL)
        c->on_head(c);
}

static void on_data(void *arg, struct np_str data)
{
    struct client *c = arg;
    np_buf_str_add(&c->data, data);
    if (c->on_data != NULL)
        c->on_data(c);
}

static void on_writable(void *arg)
{
    struct client *c = arg;
    c->writable++;
}

static void on_done(void *arg, int rc, const struct np_err *err)
{
    struct client *c = arg;
    c->ended++;
    c->rc = rc;
    c->err = *err;
    c->call = NULL;
}

static const struct np_http_call_handlers handlers = {on_head, on_data, on_writable, on_done};

static void client_init(struct client *c, struct fixture *f)
{
    *c = (struct client){.f = f};
    np_buf_init(&c->data, f->arena, (size_t)64 << 20);
    np_buf_init(&c->head, f->arena, (size_t)64 << 20);
    NP_CHECK(np_http_pool_new(f->loop, f->egress, &c->pool, NULL) == 0);
}

static void client_fini(struct client *c)
{
    np_http_pool_free(c->pool);
}

static void call(struct client *c, const struct np_http_call_opts *opts)
{
    struct np_http_call_opts o = *opts;
    struct np_err err = {0};
    if (o.to.len == 0)
        o.to = c->f->addr;
    o.purpose = "test";
    np_buf_clear(&c->data);
    np_buf_clear(&c->head);
    c->heads = c->ended = c->status = 0;
    NP_CHECK(np_http_call(c->pool, &o, &handlers, c, &c->call, &err) == 0, "%s", err.text);
    NP_CHECK(c->ended == 0 && c->heads == 0);
}

static void call_and_wait(struct client *c, const struct np_http_call_opts *opts)
{
    call(c, opts);
    FX_UNTIL(c->f, c->ended == 1);
}

static void check_ok(struct client *c, struct np_str body)
{
    NP_CHECK(c->rc == 0 && c->status == 200 && c->heads == 1, "%d %d %s", c->rc, c->status,
             c->err.text);
    NP_CHECK_STR(np_buf_str(&c->data), body);
}

static const struct np_http_call_opts get = {
    .method = NP_STR("GET"), .target = NP_STR("/a?b"), .host = NP_STR("h:1")};

static void log_request(struct fixture *f, struct np_http_x *x)
{
    const struct np_http_head *h = np_http_head(x);
    np_buf_printf(&f->log, "%.*s %.*s %.*s ", NP_FMT(h->method), NP_FMT(h->target),
                  NP_FMT(h->host));
    for (size_t i = 1; i < h->n_fields; i++)
        np_buf_printf(&f->log, "%.*s=%.*s ", NP_FMT(h->fields[i].name), NP_FMT(h->fields[i].value));
    fx_read_and_reply(f, x);
}

NP_TEST(calls_share_a_connection)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, log_request);
    fixture_serve(&f);
    client_init(&c, &f);
    call_and_wait(&c, &get);
    check_ok(&c, NP_STR("ok"));
    NP_CHECK(np_http_pool_idle(c.pool) == 1);
    static const struct np_http_field fields[] = {{NP_STR("X-A"), NP_STR("1")},
                                                  {NP_STR("Host"), NP_STR("no")},
                                                  {NP_STR("content-length"), NP_STR("7")}};
    call_and_wait(&c, &(struct np_http_call_opts){.method = NP_STR("PUT"),
                                                  .target = NP_STR("/"),
                                                  .body = NP_STR("body"),
                                                  .fields = fields,
                                                  .n_fields = 3});
    check_ok(&c, NP_STR("ok"));
    call_and_wait(&c, &(struct np_http_call_opts){
                          .method = NP_STR("POST"), .target = NP_STR("/"), .host = NP_STR("h")});
    check_ok(&c, NP_STR("ok"));
    NP_CHECK(np_http_server_connections(f.server) == 1 && np_http_pool_idle(c.pool) == 1);
    NP_CHECK_STR(
        np_buf_str(&f.log),
        np_str_printf(f.arena,
                      "GET /a?b h:1  end gone:1 PUT / %.*s X-A=1 Content-Length=4 body end gone:1 "
                      "POST / h Content-Length=0  end gone:1 ",
                      NP_FMT(np_addr_text(f.arena, &f.addr))));
    client_fini(&c);
    FX_UNTIL(&f, np_http_server_connections(f.server) == 0);
    fixture_fini(&f);
}

static void reply_nothing(struct fixture *f, struct np_http_x *x)
{
    np_http_reply(x, f->data, NULL, 0, NP_STR("body"));
}

NP_TEST(responses_without_a_body)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, reply_nothing);
    fixture_serve(&f);
    client_init(&c, &f);
    f.data = 200;
    call_and_wait(&c, &(struct np_http_call_opts){.method = NP_STR("HEAD"), .target = NP_STR("/")});
    check_ok(&c, NP_STR(""));
    NP_CHECK(np_str_find(np_buf_str(&c.head), NP_STR("Content-Length=4 ")) >= 0);
    f.data = 304;
    call_and_wait(&c, &get);
    NP_CHECK(c.rc == 0 && c.status == 304 && c.data.n == 0);
    f.data = 204;
    call_and_wait(&c, &get);
    NP_CHECK(c.rc == 0 && c.status == 204 && c.data.n == 0);
    NP_CHECK(np_http_server_connections(f.server) == 1);
    client_fini(&c);
    fixture_fini(&f);
}

/* Sends back what it gets as it gets it. */
static void echo_body(void *arg, int rc, struct np_str data, bool end)
{
    struct fixture *f = arg;
    if (rc != 0)
        return;
    if (end)
        np_http_end(f->x);
    else if (np_http_write(f->x, data) == NP_EAGAIN)
        np_http_read_pause(f->x);
}

static void echo_drained(void *arg)
{
    struct fixture *f = arg;
    np_http_read_resume(f->x);
}

static void echo(struct fixture *f, struct np_http_x *x)
{
    np_http_on_drain(x, echo_drained, f);
    np_http_read(x, echo_body, f);
    np_http_respond(x, 200, NULL, 0, -1);
}

static void check_echo(int64_t length, size_t step)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, echo);
    fixture_serve(&f);
    client_init(&c, &f);
    struct np_str big = fx_pattern(&f, 3 << 20);
    call(&c, &(struct np_http_call_opts){.method = NP_STR("PUT"),
                                         .target = NP_STR("/"),
                                         .body = np_str_sub(big, 0, 10),
                                         .body_length = length});
    int waits = 0;
    for (size_t at = 10; at < big.n;) {
        struct np_str part = np_str_sub(big, at, step);
        at += part.n;
        int rc = np_http_call_write(c.call, part, at == big.n);
        NP_CHECK(rc == 0 || rc == NP_EAGAIN, "%d", rc);
        if (rc == NP_EAGAIN && at < big.n) {
            waits++;
            int before = c.writable;
            FX_UNTIL(&f, c.writable > before);
        }
    }
    FX_UNTIL(&f, c.ended == 1);
    NP_CHECK(c.rc == 0 && waits > 0, "%s", c.err.text);
    NP_CHECK(c.data.n == big.n && memcmp(c.data.p, big.p, big.n) == 0, "%zu bytes", c.data.n);
    NP_CHECK(np_http_pool_idle(c.pool) == 1);
    client_fini(&c);
    fixture_fini(&f);
}

NP_TEST(bodies_stream_both_ways)
{
    check_echo(-1, 100000);
    check_echo(3 << 20, 300000);
    check_echo(-1, 3000);
}

NP_TEST(a_large_body_is_sent_from_where_it_is)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, echo);
    fixture_serve(&f);
    client_init(&c, &f);
    struct np_str big = fx_pattern(&f, 3 << 20);
    call_and_wait(&c, &(struct np_http_call_opts){
                          .method = NP_STR("PUT"), .target = NP_STR("/"), .body = big});
    check_ok(&c, big);
    client_fini(&c);
    fixture_fini(&f);
}

static void pause_now(struct client *c)
{
    np_http_call_pause(c->call);
}

NP_TEST(a_paused_call_holds_the_server_back)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, echo);
    fixture_serve(&f);
    client_init(&c, &f);
    c.on_data = pause_now;
    struct np_str big = fx_pattern(&f, 8 << 20);
    call(&c,
         &(struct np_http_call_opts){.method = NP_STR("PUT"), .target = NP_STR("/"), .body = big});
    FX_UNTIL(&f, c.data.n > 0);
    size_t got = c.data.n;
    fx_turns(&f, 100);
    NP_CHECK(c.data.n == got && c.ended == 0);
    for (int i = 0; i < 20000 && c.ended == 0; i++) {
        np_http_call_resume(c.call);
        np_loop_turn(f.loop, 1);
    }
    check_ok(&c, big);
    client_fini(&c);
    fixture_fini(&f);
}

NP_TEST(a_call_can_be_cancelled_at_any_time)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, fx_read);
    fixture_serve(&f);
    client_init(&c, &f);
    call(&c, &get);
    np_http_call_cancel(c.call); /* before it is connected */
    fx_turns(&f, 5);
    call(&c, &get);
    FX_UNTIL(&f, f.requests == 1);
    np_http_call_cancel(c.call); /* while the server works */
    FX_UNTIL(&f, f.gone == 1);
    NP_CHECK(f.complete == 0);
    call(&c, &get);
    client_fini(&c); /* with the pool */
    fx_turns(&f, 5);
    NP_CHECK(c.ended == 0);
    fixture_fini(&f);
}

static void cancel_now(struct client *c)
{
    np_http_call_cancel(c->call);
}

NP_TEST(a_call_can_be_cancelled_in_its_callbacks)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, fx_ok);
    fixture_serve(&f);
    client_init(&c, &f);
    c.on_head = cancel_now;
    call(&c, &get);
    FX_UNTIL(&f, c.heads == 1);
    c.on_head = NULL;
    c.on_data = cancel_now;
    call(&c, &get);
    FX_UNTIL(&f, c.data.n > 0);
    fx_turns(&f, 5);
    NP_CHECK(c.ended == 0 && np_http_pool_idle(c.pool) == 0);
    client_fini(&c);
    fixture_fini(&f);
}

/* --- peers by hand: a listener whose connections the test serves itself --- */

struct peer {
    int listener, fd;
};

static void peer_init(struct peer *p, struct fixture *f)
{
    struct np_addr any;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &p->listener, NULL) == 0);
    NP_CHECK(np_local_addr(p->listener, &f->addr) == 0);
    p->fd = -1;
}

static void peer_accept(struct peer *p, struct fixture *f)
{
    FX_UNTIL(f, (p->fd = accept4(p->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0);
}

static void peer_answer(struct peer *p, struct fixture *f, const char *text)
{
    fx_recv(f, p->fd, "\r\n\r\n");
    fx_send(f, p->fd, np_str_of(text));
}

/* Calls and answers with `text`; then closes when asked to. */
static void exchange(struct client *c, struct peer *p, const struct np_http_call_opts *o,
                     const char *text, bool close_after)
{
    call(c, o);
    if (p->fd < 0)
        peer_accept(p, c->f);
    peer_answer(p, c->f, text);
    if (close_after) {
        close(p->fd);
        p->fd = -1;
    }
    FX_UNTIL(c->f, c->ended == 1);
}

struct by_hand {
    struct fixture f;
    struct client c;
    struct peer p;
};

static void by_hand_init(struct by_hand *h)
{
    fixture_init(&h->f, fx_ok);
    peer_init(&h->p, &h->f);
    client_init(&h->c, &h->f);
}

static void by_hand_fini(struct by_hand *h)
{
    client_fini(&h->c);
    if (h->p.fd >= 0)
        close(h->p.fd);
    close(h->p.listener);
    fixture_fini(&h->f);
}

NP_TEST(kinds_of_framing)
{
    struct by_hand h;
    by_hand_init(&h);
    exchange(&h.c, &h.p, &get,
             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: 1\r\n\r\n",
             false);
    check_ok(&h.c, NP_STR("abc"));
    NP_CHECK(np_http_pool_idle(h.c.pool) == 1);
    exchange(&h.c, &h.p, &get, "HTTP/1.1 200 OK\r\n\r\nuntil the end", true);
    check_ok(&h.c, NP_STR("until the end"));
    NP_CHECK(np_http_pool_idle(h.c.pool) == 0);
    exchange(&h.c, &h.p, &get,
             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", false);
    check_ok(&h.c, NP_STR("ok"));
    NP_CHECK(np_http_pool_idle(h.c.pool) == 0);
    close(h.p.fd);
    h.p.fd = -1;
    exchange(&h.c, &h.p, &get, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", false);
    check_ok(&h.c, NP_STR("ok"));
    NP_CHECK(np_http_pool_idle(h.c.pool) == 0, "what came too much belongs to nobody");
    by_hand_fini(&h);
}

static const struct {
    const char *answer;
    int rc;
} bad[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", NP_ECLOSED},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", NP_ECLOSED},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", NP_EPROTO},
    {"HTTP/1.1 200 OK\r\nContent-Le", NP_ECLOSED},
    {"", NP_ECLOSED},
    {"SSH-2.0-x\r\n", NP_EPROTO},
    {"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", NP_EPROTO},
};

NP_TEST(broken_answers_fail)
{
    struct by_hand h;
    by_hand_init(&h);
    NP_EACH (b, bad) {
        exchange(&h.c, &h.p, &get, b->answer, true);
        NP_CHECK(h.c.rc == b->rc && h.c.err.n > 0, "%s: %d %s", b->answer, h.c.rc, h.c.err.text);
    }
    by_hand_fini(&h);
}

NP_TEST(interim_answers_are_limited)
{
    struct by_hand h;
    by_hand_init(&h);
    struct np_buf b;
    np_buf_init(&b, h.f.arena, 1 << 20);
    for (int i = 0; i < NP_HTTP_INTERIM_MAX; i++)
        np_buf_lit(&b, "HTTP/1.1 102 Processing\r\n\r\n");
    char *most = np_str_z(h.f.arena, np_buf_str(&b));
    exchange(
        &h.c, &h.p, &get,
        np_str_z(h.f.arena, np_str_printf(h.f.arena, "%sHTTP/1.1 204 No Content\r\n\r\n", most)),
        false);
    NP_CHECK(h.c.rc == 0 && h.c.status == 204);
    exchange(&h.c, &h.p, &get,
             np_str_z(h.f.arena, np_str_printf(h.f.arena, "%sHTTP/1.1 102 P\r\n\r\n", most)),
             false);
    NP_CHECK(h.c.rc == NP_EPROTO);
    by_hand_fini(&h);
}

static const struct np_http_call_opts get_again = {
    .method = NP_STR("GET"), .target = NP_STR("/a"), .idempotent = true};

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* Leaves a connection in the pool that dies as soon as the next request is on it. */
static void die_on_next(struct by_hand *h, const struct np_http_call_opts *o)
{
    exchange(&h->c, &h->p, &get_again, OK, false);
    NP_CHECK(np_http_pool_idle(h->c.pool) == 1);
    call(&h->c, o);
    fx_recv(&h->f, h->p.fd, "\r\n\r\n");
    close(h->p.fd);
    h->p.fd = -1;
}

NP_TEST(a_dead_connection_is_replaced_once)
{
    struct by_hand h;
    by_hand_init(&h);
    die_on_next(&h, &get_again);
    peer_accept(&h.p, &h.f);
    peer_answer(&h.p, &h.f, OK);
    FX_UNTIL(&h.f, h.c.ended == 1);
    check_ok(&h.c, NP_STR("ok"));

    /* The new one dies too: no third try. */
    close(h.p.fd);
    h.p.fd = -1;
    FX_UNTIL(&h.f, np_http_pool_idle(h.c.pool) == 0);
    die_on_next(&h, &get_again);
    peer_accept(&h.p, &h.f);
    fx_recv(&h.f, h.p.fd, "\r\n\r\n");
    close(h.p.fd);
    h.p.fd = -1;
    FX_UNTIL(&h.f, h.c.ended == 1);
    NP_CHECK(h.c.rc == NP_ECLOSED);

    /* What is not idempotent might have been done. */
    struct np_http_call_opts post = get_again;
    post.idempotent = false;
    die_on_next(&h, &post);
    FX_UNTIL(&h.f, h.c.ended == 1);
    NP_CHECK(h.c.rc == NP_ECLOSED);
    by_hand_fini(&h);
}

static void check_early_answer(bool reset)
{
    struct by_hand h;
    by_hand_init(&h);
    struct np_str big = fx_pattern(&h.f, 16 << 20);
    exchange(
        &h.c, &h.p,
        &(struct np_http_call_opts){.method = NP_STR("PUT"), .target = NP_STR("/"), .body = big},
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nenough", reset);
    NP_CHECK(h.c.rc == 0 && h.c.status == 403, "%s", h.c.err.text);
    NP_CHECK_STR(np_buf_str(&h.c.data), NP_STR("enough"));
    NP_CHECK(np_http_pool_idle(h.c.pool) == 0);
    by_hand_fini(&h);
}

NP_TEST(an_answer_before_the_end_of_the_request_is_taken)
{
    check_early_answer(false);
    check_early_answer(true);
}

static struct np_http_x *held[NP_HTTP_POOL_IDLE_MAX + 1];
static void hold(struct fixture *f, struct np_http_x *x)
{
    held[f->requests - 1] = x;
}

NP_TEST(idle_connections_are_limited_in_number_and_time)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, hold);
    fixture_serve(&f);
    client_init(&c, &f);
    struct np_http_call_opts o = get;
    o.purpose = "test";
    o.to = f.addr;
    for (size_t i = 0; i < NP_LEN(held); i++)
        NP_CHECK(np_http_call(c.pool, &o, &handlers, &c, &c.call, NULL) == 0);
    FX_UNTIL(&f, f.requests == NP_LEN(held));
    for (size_t i = 0; i < NP_LEN(held); i++) {
        NP_CHECK(np_http_pool_idle(c.pool) == i);
        fx_ok(&f, held[i]);
        FX_UNTIL(&f, c.ended == (int)i + 1);
    }
    NP_CHECK(np_http_pool_idle(c.pool) == NP_HTTP_POOL_IDLE_MAX);
    client_fini(&c);

    client_init(&c, &f);
    f.on_request = fx_ok;
    np_http_pool_set_idle(c.pool, 3);
    call_and_wait(&c, &get);
    NP_CHECK(np_http_pool_idle(c.pool) == 1);
    FX_UNTIL(&f, np_http_pool_idle(c.pool) == 0);
    np_http_pool_set_idle(c.pool, 0);
    call_and_wait(&c, &get);
    NP_CHECK(np_http_pool_idle(c.pool) == 0);
    client_fini(&c);
    fixture_fini(&f);
}

NP_TEST(an_idle_connection_that_the_server_closes_is_dropped)
{
    struct by_hand h;
    by_hand_init(&h);
    exchange(&h.c, &h.p, &get, OK, false);
    NP_CHECK(np_http_pool_idle(h.c.pool) == 1);
    close(h.p.fd);
    FX_UNTIL(&h.f, np_http_pool_idle(h.c.pool) == 0);
    h.p.fd = -1;
    exchange(&h.c, &h.p, &get, OK, false);
    FX_SEND(&h.f, h.p.fd, "HTTP/1.1 408 Request Timeout\r\n\r\n");
    FX_UNTIL(&h.f, np_http_pool_idle(h.c.pool) == 0);
    by_hand_fini(&h);
}

NP_TEST(silence_times_out)
{
    struct by_hand h;
    by_hand_init(&h);
    struct np_http_call_opts o = get;
    o.stall_timeout_ms = 5;
    call_and_wait(&h.c, &o);
    NP_CHECK(h.c.rc == NP_ETIMEDOUT && h.c.err.n > 0);
    by_hand_fini(&h);
}

static int try_call(struct client *c, struct np_http_call_opts o, struct np_err *err)
{
    o.purpose = "test";
    if (o.to.len == 0)
        o.to = c->f->addr;
    return np_http_call(c->pool, &o, &handlers, c, &c->call, err);
}

NP_TEST(what_cannot_be_sent_is_refused_at_once)
{
    struct by_hand h;
    struct np_err err = {0};
    struct np_http_call_opts o = get;
    by_hand_init(&h);
    NP_CHECK(np_addr_parse(NP_STR("10.0.0.1:80"), &o.to, NULL) == 0);
    NP_CHECK(try_call(&h.c, o, &err) == NP_EACCES);
    o = get;
    o.target = NP_STR("/ HTTP/1.1\r\nX: ");
    NP_CHECK(try_call(&h.c, o, &err) == NP_EINVAL);
    o = get;
    o.method = NP_STR("");
    NP_CHECK(try_call(&h.c, o, &err) == NP_EINVAL);
    o = get;
    o.host = NP_STR("a\r\nb");
    NP_CHECK(try_call(&h.c, o, &err) == NP_EINVAL);
    struct np_http_field split = {NP_STR("X"), NP_STR("a\nb")};
    o = get;
    o.fields = &split;
    o.n_fields = 1;
    NP_CHECK(try_call(&h.c, o, &err) == NP_EINVAL);
    struct np_http_field longest = {NP_STR("X"), fx_pattern(&h.f, NP_HTTP_MADE_HEAD_MAX)};
    o.fields = &longest;
    NP_CHECK(try_call(&h.c, o, &err) == NP_E2BIG);
    o = get;
    o.body = NP_STR("abc");
    o.body_length = 2;
    NP_CHECK(try_call(&h.c, o, &err) == NP_EINVAL);
    fx_turns(&h.f, 3);
    NP_CHECK(h.c.ended == 0);
    by_hand_fini(&h);
}

NP_TEST(a_refused_connection_is_told)
{
    struct by_hand h;
    by_hand_init(&h);
    close(h.p.listener);
    call_and_wait(&h.c, &get_again);
    NP_CHECK(h.c.rc < 0 && np_str_starts(np_err_text(&h.c.err), NP_STR("cannot connect: ")), "%s",
             h.c.err.text);
    h.p.listener = -1;
    by_hand_fini(&h);
}

NP_TEST(a_body_that_breaks_its_length_fails_the_call)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, fx_read);
    fixture_serve(&f);
    client_init(&c, &f);
    struct np_http_call_opts o = {.method = NP_STR("PUT"), .target = NP_STR("/"), .body_length = 5};
    call(&c, &o);
    NP_CHECK(np_http_call_write(c.call, NP_STR("abc"), false) == 0);
    NP_CHECK(np_http_call_write(c.call, NP_STR("def"), true) == NP_EINVAL);
    FX_UNTIL(&f, c.ended == 1);
    NP_CHECK(c.rc == NP_EINVAL);
    call(&c, &o);
    NP_CHECK(np_http_call_write(c.call, NP_STR("abc"), true) == NP_EINVAL);
    FX_UNTIL(&f, c.ended == 1);
    NP_CHECK(c.rc == NP_EINVAL);
    client_fini(&c);
    fixture_fini(&f);
}

/* --- upgrades --- */

static struct np_stream *ours, *theirs;
static struct np_buf ours_unread;

static void take_ours(struct client *c)
{
    np_buf_init(&ours_unread, c->f->arena, 100);
    ours = np_http_call_take_stream(c->call, &ours_unread);
}

static void take_theirs(struct fixture *f, struct np_http_x *x)
{
    struct np_buf none;
    np_buf_init(&none, f->arena, 100);
    np_http_respond(x, f->data, NULL, 0, -1);
    theirs = np_http_take_stream(x, &none);
    struct iovec hi = {(char *)(uintptr_t) "hi", 2};
    NP_CHECK(np_stream_writev(theirs, &hi, 1) == 2);
}

static void check_switch(int status, const struct np_http_call_opts *o)
{
    struct fixture f;
    struct client c;
    fixture_init(&f, take_theirs);
    f.data = status;
    fixture_serve(&f);
    client_init(&c, &f);
    c.on_head = take_ours;
    ours = NULL;
    call(&c, o);
    FX_UNTIL(&f, ours != NULL);
    char b[2];
    ssize_t n = NP_EAGAIN;
    if (ours_unread.n == 0)
        FX_UNTIL(&f, (n = np_stream_read(ours, b, sizeof(b))) != NP_EAGAIN);
    NP_CHECK(n == 2 || np_str_is(np_buf_str(&ours_unread), "hi"));
    np_stream_close(ours);
    np_stream_close(theirs);
    NP_CHECK(c.ended == 0 && c.status == status);
    client_fini(&c);
    fixture_fini(&f);
}

NP_TEST(streams_are_taken_over_on_both_sides)
{
    static const struct np_http_field upgrade[] = {{NP_STR("Connection"), NP_STR("upgrade")},
                                                   {NP_STR("Upgrade"), NP_STR("x")}};
    check_switch(
        101, &(struct np_http_call_opts){
                 .method = NP_STR("GET"), .target = NP_STR("/"), .fields = upgrade, .n_fields = 2});
    check_switch(200,
                 &(struct np_http_call_opts){.method = NP_STR("CONNECT"), .target = NP_STR("a:1")});
}

/* --- TLS --- */

struct tls {
    struct np_ca *ca;
    struct np_tls *server, *client;
};

static void tls_init(struct tls *t)
{
    struct np_err err = {0};
    t->ca = np_ca_new(np_str_of(np_test_dir()));
    NP_CHECK(np_ca_load(t->ca, &err) == 0, "%s", err.text);
    NP_CHECK(np_tls_server_new(&(struct np_tls_server_opts){.ca = t->ca}, &t->server, &err) == 0,
             "%s", err.text);
    NP_CHECK(np_tls_client(t->ca, false, &t->client, &err) == 0, "%s", err.text);
}

static void tls_fini(struct tls *t)
{
    np_tls_free(t->client);
    np_tls_free(t->server);
    np_ca_free(t->ca);
}

static void log_tls(struct fixture *f, struct np_http_x *x)
{
    np_buf_printf(&f->log, "tls:%d sni:%.*s ", np_stream_is_tls(np_http_stream(x)),
                  NP_FMT(np_stream_sni(np_http_stream(x))));
    echo(f, x);
}

NP_TEST(calls_over_tls)
{
    struct fixture f;
    struct client c;
    struct tls t;
    fixture_init(&f, log_tls);
    tls_init(&t);
    f.tls = t.server;
    fixture_serve(&f);
    client_init(&c, &f);
    struct np_str big = fx_pattern(&f, 2 << 20);
    struct np_http_call_opts o = {.method = NP_STR("PUT"),
                                  .target = NP_STR("/"),
                                  .body = big,
                                  .tls = t.client,
                                  .server_name = NP_STR("a.example")};
    call_and_wait(&c, &o);
    check_ok(&c, big);
    o.body = NP_STR("x");
    call_and_wait(&c, &o);
    check_ok(&c, NP_STR("x"));
    NP_CHECK(np_http_server_connections(f.server) == 1);
    o.tls = NULL; /* the same port speaks plain */
    call_and_wait(&c, &o);
    check_ok(&c, NP_STR("x"));
    NP_CHECK(np_http_server_connections(f.server) == 2 && np_http_pool_idle(c.pool) == 2);
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("tls:1 sni:a.example gone:1 tls:1 sni:a.example gone:1 "
                                            "tls:0 sni: gone:1 "));
    client_fini(&c);
    FX_UNTIL(&f, np_http_server_connections(f.server) == 0);
    fixture_fini(&f);
    tls_fini(&t);
}

static void never(struct fixture *f, struct np_http_x *x)
{
    np_buf_lit(&f->log, "request ");
}

NP_TEST(a_tls_client_that_leaves_is_noticed)
{
    struct fixture f;
    struct client c;
    struct tls t;
    fixture_init(&f, never);
    tls_init(&t);
    f.tls = t.server;
    fixture_serve(&f);
    client_init(&c, &f);
    struct np_http_call_opts o = get;
    o.tls = t.client;
    o.server_name = NP_STR("a.example");
    call(&c, &o);
    FX_UNTIL(&f, f.requests == 1);
    np_http_call_cancel(c.call);
    FX_UNTIL(&f, f.gone == 1);
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("request gone:0 "));
    client_fini(&c);
    fixture_fini(&f);
    tls_fini(&t);
}

NP_TEST(a_handshake_that_hangs_times_out)
{
    struct by_hand h;
    struct tls t;
    by_hand_init(&h);
    tls_init(&t);
    struct np_http_call_opts o = get;
    o.tls = t.client;
    o.server_name = NP_STR("a.example");
    o.connect_timeout_ms = 5;
    call_and_wait(&h.c, &o);
    NP_CHECK(h.c.rc == NP_ETIMEDOUT);
    by_hand_fini(&h);
    tls_fini(&t);
}
