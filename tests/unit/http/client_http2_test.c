/* SPDX-License-Identifier: Apache-2.0 */
/* client_http2_test.c - calls over HTTP/2, and over HTTP/1.1 where the server speaks no other. */
#include "http/fixture.h"

#include <sys/socket.h>
#include <unistd.h>

#include "http/client.h"
#include "http/limits.h"
#include "io/stream.h"
#include "io/tls.h"

#define CALLS_MAX 150

struct one {
    struct np_http_call *call;
    struct np_buf data, trailers;
    int status, rc;
    bool ended;
    struct np_err err;
};

struct client {
    struct fixture f;
    struct np_ca *ca;
    struct np_tls *tls;
    struct np_http_pool *pool;
    struct one calls[CALLS_MAX];
    struct np_http_x *xs[CALLS_MAX];
};

static void on_head(void *arg, const struct np_http_head *h)
{
    ((struct one *)arg)->status = h->status;
}

static void on_data(void *arg, struct np_str data)
{
    np_buf_str_add(&((struct one *)arg)->data, data);
}

static void on_writable(void *arg)
{
    np_buf_lit(&((struct one *)arg)->trailers, "writable ");
}

static void on_done(void *arg, int rc, const struct np_err *err)
{
    struct one *o = arg;
    size_t n;
    const struct np_http_field *t = np_http_call_trailers(o->call, &n);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&o->trailers, "%.*s=%.*s ", NP_FMT(t[i].name), NP_FMT(t[i].value));
    o->ended = true;
    o->rc = rc;
    o->err = *err;
    o->call = NULL;
}

static void init(struct client *c, void (*on_request)(struct fixture *f, struct np_http_x *x),
                 bool h2)
{
    struct np_err err = {0};
    *c = (struct client){0};
    fixture_init(&c->f, on_request);
    c->ca = np_ca_new(np_str_of(np_test_dir()));
    NP_CHECK(np_ca_load(c->ca, &err) == 0, "%s", err.text);
    const struct np_tls_server_opts o = {.ca = c->ca, .h2 = h2};
    NP_CHECK(np_tls_server_new(&o, &c->f.tls, &err) == 0, "%s", err.text);
    NP_CHECK(np_tls_client(c->ca, false, &c->tls, &err) == 0, "%s", err.text);
    fixture_serve(&c->f);
    NP_CHECK(np_http_pool_new(c->f.loop, c->f.egress, &c->pool, NULL) == 0);
}

static void fini(struct client *c)
{
    np_http_pool_free(c->pool);
    struct np_tls *server = c->f.tls;
    fixture_fini(&c->f);
    np_tls_free(server);
    np_tls_free(c->tls);
    np_ca_free(c->ca);
}

static struct one *begin(struct client *c, size_t i, const struct np_http_call_opts *opts)
{
    static const struct np_http_call_handlers handlers = {on_head, on_data, on_writable, on_done};
    struct np_http_call_opts o = *opts;
    struct np_err err = {0};
    struct one *one = &c->calls[i];
    *one = (struct one){0};
    np_buf_init(&one->data, c->f.arena, (size_t)64 << 20);
    np_buf_init(&one->trailers, c->f.arena, 10000);
    o.purpose = "test";
    o.h2 = true;
    o.tls = c->tls;
    o.to = c->f.addr;
    o.server_name = NP_STR("a.example");
    NP_CHECK(np_http_call(c->pool, &o, &handlers, one, &one->call, &err) == 0, "%s", err.text);
    NP_CHECK(!one->ended);
    return one;
}

static const struct np_http_call_opts get = {
    .method = NP_STR("GET"), .target = NP_STR("/"), .idempotent = true};

static void check_ok(struct client *c, struct one *o, struct np_str body)
{
    FX_UNTIL(&c->f, o->ended);
    NP_CHECK(o->rc == 0 && o->status == 200, "%d %d %s", o->rc, o->status, o->err.text);
    NP_CHECK(np_str_eq(np_buf_str(&o->data), body), "%zu bytes", o->data.n);
}

/* --- what our server sees --- */

static void log_and_ok(struct fixture *f, struct np_http_x *x)
{
    const struct np_http_head *h = np_http_head(x);
    np_buf_printf(&f->log, "%u %.*s %.*s@%.*s ", h->major, NP_FMT(h->method), NP_FMT(h->target),
                  NP_FMT(h->host));
    for (size_t i = 0; i < h->n_fields; i++)
        np_buf_printf(&f->log, "%.*s=%.*s ", NP_FMT(h->fields[i].name), NP_FMT(h->fields[i].value));
    fx_ok(f, x);
}

NP_TEST(a_call_is_a_stream)
{
    static const struct np_http_field fields[] = {{NP_STR("X-A"), NP_STR("1")},
                                                  {NP_STR("Connection"), NP_STR("close")}};
    struct client c;
    init(&c, log_and_ok, true);
    struct np_http_call_opts o = get;
    o.target = NP_STR("/a?b");
    o.host = NP_STR("h:1");
    o.fields = fields;
    o.n_fields = 2;
    check_ok(&c, begin(&c, 0, &o), NP_STR("ok"));
    o.target = NP_STR("http://h:1/abs?q");
    o.method = NP_STR("PUT");
    check_ok(&c, begin(&c, 0, &o), NP_STR("ok"));
    FX_UNTIL(&c.f, c.f.gone == 2);
    NP_CHECK_STR(np_buf_str(&c.f.log),
                 NP_STR("2 GET /a?b@h:1 x-a=1 host=h:1 gone:1 "
                        "2 PUT /abs?q@h:1 x-a=1 content-length=0 host=h:1 gone:1 "));
    NP_CHECK(np_http_server_connections(c.f.server) == 1 && np_http_pool_idle(c.pool) == 1);
    fini(&c);
}

static void keep(struct fixture *f, struct np_http_x *x)
{
    struct client *c = NP_CONTAINER(f, struct client, f);
    c->xs[f->data++] = x;
}

NP_TEST(calls_share_a_connection)
{
    enum { N = 50 };
    struct client c;
    init(&c, keep, true);
    for (size_t i = 0; i < N; i++)
        begin(&c, i, &get);
    FX_UNTIL(&c.f, c.f.requests == N);
    NP_CHECK(np_http_server_connections(c.f.server) == 1);
    for (size_t i = N; i > 0; i--) /* in whatever order */
        fx_ok(&c.f, c.xs[i - 1]);
    for (size_t i = 0; i < N; i++)
        check_ok(&c, &c.calls[i], NP_STR("ok"));
    fini(&c);
}

NP_TEST(more_calls_than_a_connection_takes_get_another)
{
    struct client c;
    init(&c, keep, true);
    begin(&c, 0, &get);
    FX_UNTIL(&c.f, c.f.requests == 1);
    fx_ok(&c.f, c.xs[0]);
    check_ok(&c, &c.calls[0], NP_STR("ok"));
    c.f.data = 0;
    for (size_t i = 0; i <= NP_HTTP2_STREAMS_MAX; i++)
        begin(&c, i, &get);
    FX_UNTIL(&c.f, c.f.requests == NP_HTTP2_STREAMS_MAX + 2);
    NP_CHECK(np_http_server_connections(c.f.server) == 2);
    for (size_t i = 0; i <= NP_HTTP2_STREAMS_MAX; i++)
        fx_ok(&c.f, c.xs[i]);
    for (size_t i = 0; i <= NP_HTTP2_STREAMS_MAX; i++)
        check_ok(&c, &c.calls[i], NP_STR("ok"));
    fini(&c);
}

/* --- bodies --- */

static void echo_body(void *arg, int rc, struct np_str data, bool end)
{
    struct fixture *f = arg;
    static const struct np_http_field sum = {NP_STR("X-Sum"), NP_STR("42")};
    if (rc == 0 && !end)
        np_http_write(f->x, data);
    else if (rc == 0)
        np_http_end_with(f->x, &sum, 1);
}

static void echo(struct fixture *f, struct np_http_x *x)
{
    np_http_read(x, echo_body, f);
    np_http_respond(x, 200, NULL, 0, -1);
}

static void check_echo(bool h2)
{
    struct client c;
    init(&c, echo, h2);
    struct np_str big = fx_pattern(&c.f, 3000000);
    struct np_http_call_opts o = {.method = NP_STR("PUT"), .target = NP_STR("/"), .body = big};
    check_ok(&c, begin(&c, 0, &o), big);
    NP_CHECK(np_str_ends(np_buf_str(&c.calls[0].trailers),
                         h2 ? NP_STR("x-sum=42 ") : NP_STR("X-Sum=42 ")));
    /* Fed before anybody knows which protocol it will be. */
    o.body = NP_STR("first ");
    o.body_length = -1;
    struct one *one = begin(&c, 0, &o);
    NP_CHECK(np_http_call_write(one->call, NP_STR("second "), false) == 0);
    FX_UNTIL(&c.f, c.f.requests == 2);
    np_http_call_pause(one->call);
    NP_CHECK(np_http_call_write(one->call, NP_STR("third"), true) == 0);
    fx_turns(&c.f, 20);
    np_http_call_resume(one->call);
    check_ok(&c, one, NP_STR("first second third"));
    NP_CHECK(np_http_server_connections(c.f.server) == 1);
    fini(&c);
}

NP_TEST(bodies_go_both_ways_by_http_2)
{
    check_echo(true);
}
NP_TEST(a_server_of_http_1_gets_http_1)
{
    check_echo(false);
}

static void read_nothing(struct fixture *f, struct np_http_x *x)
{
}

NP_TEST(a_writer_waits_for_the_server)
{
    struct client c;
    init(&c, read_nothing, true);
    struct np_http_call_opts o = {
        .method = NP_STR("PUT"), .target = NP_STR("/"), .body_length = 3000000};
    struct one *one = begin(&c, 0, &o);
    struct np_str part = fx_pattern(&c.f, 100000);
    int n = 0;
    while (np_http_call_write(one->call, part, ++n == 30) == 0)
        fx_turns(&c.f, 5);
    NP_CHECK(n < 30, "the server has not read a byte");
    fx_turns(&c.f, 50);
    NP_CHECK(one->trailers.n == 0);
    fx_read_and_reply(&c.f, c.f.x);
    FX_UNTIL(&c.f, one->trailers.n > 0);
    while (n < 30)
        np_http_call_write(one->call, part, ++n == 30);
    check_ok(&c, one, NP_STR("ok"));
    fini(&c);
}

NP_TEST(a_reader_that_pauses_holds_the_server_up)
{
    struct client c;
    init(&c, keep, true);
    struct one *one = begin(&c, 0, &get);
    np_http_call_pause(one->call);
    FX_UNTIL(&c.f, c.f.requests == 1);
    enum { BIG = 2000000 };
    np_http_respond(c.xs[0], 200, NULL, 0, BIG);
    np_http_write_ref(c.xs[0], fx_pattern(&c.f, BIG), NULL, NULL);
    np_http_end(c.xs[0]);
    fx_turns(&c.f, 200);
    NP_CHECK(c.f.gone == 0 && one->data.n == 0);
    np_http_call_resume(one->call);
    check_ok(&c, one, fx_pattern(&c.f, BIG));
    fini(&c);
}

/* --- ends --- */

NP_TEST(a_cancelled_call_leaves_the_others)
{
    struct client c;
    init(&c, keep, true);
    begin(&c, 0, &get);
    begin(&c, 1, &get);
    FX_UNTIL(&c.f, c.f.requests == 2);
    np_http_call_cancel(c.calls[0].call);
    FX_UNTIL(&c.f, c.f.gone == 1);
    fx_ok(&c.f, c.xs[1]);
    check_ok(&c, &c.calls[1], NP_STR("ok"));
    NP_CHECK(!c.calls[0].ended);
    fini(&c);
}

static void abort_it(struct fixture *f, struct np_http_x *x)
{
    np_http_respond(x, 200, NULL, 0, -1);
    np_http_write(x, NP_STR("abc"));
    np_http_abort(x);
}

NP_TEST(a_reset_stream_is_a_failed_call)
{
    struct client c;
    init(&c, abort_it, true);
    struct one *one = begin(&c, 0, &get);
    FX_UNTIL(&c.f, one->ended);
    NP_CHECK(one->rc == NP_ECLOSED, "%d %s", one->rc, one->err.text);
    NP_CHECK(np_http_server_connections(c.f.server) == 1, "the connection stays");
    fini(&c);
}

NP_TEST(a_server_that_does_not_answer_times_out)
{
    struct client c;
    init(&c, keep, true);
    struct np_http_call_opts o = get;
    o.stall_timeout_ms = 30;
    struct one *one = begin(&c, 0, &o);
    FX_UNTIL(&c.f, one->ended);
    NP_CHECK(one->rc == NP_ETIMEDOUT, "%d %s", one->rc, one->err.text);
    FX_UNTIL(&c.f, c.f.gone == 1);
    fini(&c);
}

static void reply_with_large_head(struct fixture *f, struct np_http_x *x)
{
    const struct np_http_field large = {NP_STR("X"), fx_pattern(f, NP_HTTP_HEAD_MAX / 2 + 100)};
    struct np_http_field both[] = {large, large};
    np_http_reply(x, 200, both, f->data > 0 ? 2 : 1, NP_STR("ok"));
}

NP_TEST(heads_of_responses_have_a_maximum)
{
    struct client c;
    init(&c, reply_with_large_head, true);
    check_ok(&c, begin(&c, 0, &get), NP_STR("ok"));
    c.f.data = 1;
    struct one *one = begin(&c, 0, &get);
    FX_UNTIL(&c.f, one->ended);
    NP_CHECK(one->rc < 0, "%d %s", one->rc, one->err.text);
    fini(&c);
}

static void on_drained(void *arg)
{
}

NP_TEST(a_server_that_drains_answers_what_it_took)
{
    struct client c;
    init(&c, keep, true);
    begin(&c, 0, &get);
    FX_UNTIL(&c.f, c.f.requests == 1);
    np_http_server_drain(c.f.server, on_drained, &c.f);
    fx_turns(&c.f, 20);
    fx_ok(&c.f, c.xs[0]);
    check_ok(&c, &c.calls[0], NP_STR("ok"));
    FX_UNTIL(&c.f, np_http_pool_idle(c.pool) == 0);
    fini(&c);
}

NP_TEST(idle_connections_are_closed)
{
    struct client c;
    init(&c, log_and_ok, true);
    np_http_pool_set_idle(c.pool, 20);
    check_ok(&c, begin(&c, 0, &get), NP_STR("ok"));
    NP_CHECK(np_http_pool_idle(c.pool) == 1);
    FX_UNTIL(&c.f, np_http_pool_idle(c.pool) == 0);
    FX_UNTIL(&c.f, np_http_server_connections(c.f.server) == 0);
    fini(&c);
}

NP_TEST(takers_of_connections_get_http_1)
{
    static const struct np_http_field upgrade[] = {{NP_STR("Connection"), NP_STR("upgrade")},
                                                   {NP_STR("Upgrade"), NP_STR("x")}};
    struct client c;
    init(&c, log_and_ok, true);
    struct np_http_call_opts o = get;
    o.fields = upgrade;
    o.n_fields = 2;
    check_ok(&c, begin(&c, 0, &o), NP_STR("ok"));
    NP_CHECK(np_str_starts(np_buf_str(&c.f.log), NP_STR("1 GET ")));
    fini(&c);
}

/* --- a server that does otherwise --- */

#define GOAWAY_0 "\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define SETTINGS "\0\0\0\4\0\0\0\0\0"
#define REFUSED  "\0\0\4\3\0\0\0\0\1\0\0\0\7"
#define PAGE     "\0\0\1\1\4\0\0\0\1\x88\0\0\2\0\1\0\0\0\1ok"

/* Answers each connection with the next of its texts. */
struct by_hand {
    struct client c;
    struct np_watch listener;
    struct np_stream *streams[4];
    struct np_str texts[4];
    size_t n, seen;
};

static void on_peer(void *arg, unsigned events)
{
    struct by_hand *h = arg;
    char buf[4096];
    for (size_t i = 0; i < h->n; i++) {
        ssize_t got = h->streams[i] != NULL ? np_stream_read(h->streams[i], buf, sizeof(buf)) : 0;
        if (got <= 0 || h->texts[i].n == 0)
            continue;
        h->seen += (size_t)got;
        if (memmem(buf, (size_t)got, "\x82", 1) == NULL) /* ":method: GET" */
            continue;
        struct iovec iov = {(void *)(uintptr_t)h->texts[i].p, h->texts[i].n};
        NP_CHECK(np_stream_writev(h->streams[i], &iov, 1) == (ssize_t)h->texts[i].n);
        h->texts[i].n = 0;
    }
}

static void on_accept(struct np_watch *w, unsigned events)
{
    struct by_hand *h = NP_CONTAINER(w, struct by_hand, listener);
    int fd;
    while ((fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        NP_CHECK(h->n < 4);
        NP_CHECK(np_stream_accept(h->c.f.loop, fd, h->c.f.tls, on_peer, h, &h->streams[h->n],
                                  NULL) == 0);
        h->n++;
    }
}

static void by_hand_init(struct by_hand *h)
{
    *h = (struct by_hand){0};
    init(&h->c, read_nothing, true);
    int fd;
    struct np_addr any;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &fd, NULL) == 0);
    NP_CHECK(np_local_addr(fd, &h->c.f.addr) == 0);
    NP_CHECK(np_watch_add(h->c.f.loop, &h->listener, fd, NP_READABLE, on_accept, NULL) == 0);
}

static void by_hand_fini(struct by_hand *h)
{
    np_watch_del(&h->listener);
    close(h->listener.fd);
    for (size_t i = 0; i < h->n; i++)
        np_stream_close(h->streams[i]);
    fini(&h->c);
}

NP_TEST(what_a_goaway_leaves_out_is_sent_again)
{
    static const struct np_str refusals[] = {NP_STR(SETTINGS GOAWAY_0), NP_STR(SETTINGS REFUSED)};
    for (size_t i = 0; i < 2; i++) {
        struct by_hand h;
        by_hand_init(&h);
        h.texts[0] = refusals[i];
        h.texts[1] = NP_STR(SETTINGS PAGE);
        struct np_http_call_opts o = get;
        o.idempotent = false; /* the server says that it did nothing */
        struct one *one = begin(&h.c, 0, &o);
        if (i == 1) { /* the same connection may be asked again: it has no second answer */
            FX_UNTIL(&h.c.f, h.seen > 0 && h.texts[0].n == 0);
            fx_turns(&h.c.f, 20);
            NP_CHECK(!one->ended && h.n == 1);
            np_http_call_cancel(one->call);
        } else {
            check_ok(&h.c, one, NP_STR("ok"));
            NP_CHECK(h.n == 2);
        }
        by_hand_fini(&h);
    }
}

NP_TEST(a_call_is_sent_again_once)
{
    struct by_hand h;
    by_hand_init(&h);
    h.texts[0] = h.texts[1] = h.texts[2] = NP_STR(SETTINGS GOAWAY_0);
    struct one *one = begin(&h.c, 0, &get);
    FX_UNTIL(&h.c.f, one->ended);
    NP_CHECK(one->rc == NP_ECLOSED && h.n == 2, "%d %zu", one->rc, h.n);
    by_hand_fini(&h);
}

NP_TEST(garbage_of_a_server_fails_the_calls)
{
    struct by_hand h;
    by_hand_init(&h);
    h.texts[0] = NP_STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    struct one *one = begin(&h.c, 0, &get);
    begin(&h.c, 1, &get);
    FX_UNTIL(&h.c.f, one->ended && h.c.calls[1].ended);
    NP_CHECK(one->rc < 0 && h.c.calls[1].rc < 0);
    by_hand_fini(&h);
}

NP_TEST(nobody_there_fails_the_calls)
{
    struct by_hand h;
    by_hand_init(&h);
    np_watch_del(&h.listener);
    close(h.listener.fd);
    h.listener.fd = -1;
    struct one *one = begin(&h.c, 0, &get);
    FX_UNTIL(&h.c.f, one->ended);
    NP_CHECK(one->rc == NP_ECLOSED, "%d %s", one->rc, one->err.text);
    NP_CHECK(np_str_starts(np_err_text(&one->err), NP_STR("cannot connect")), "%s", one->err.text);
    by_hand_fini(&h);
}
