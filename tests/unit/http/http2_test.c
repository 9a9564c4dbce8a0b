/* SPDX-License-Identifier: Apache-2.0 */
/* http2_test.c - exchanges over HTTP/2. */
#include "http/http2_client.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/limits.h"

#define END NGHTTP2_FLAG_END_STREAM

static void start(struct fixture *f, struct h2 *c,
                  void (*on_request)(struct fixture *f, struct np_http_x *x))
{
    fixture_init(f, on_request);
    f->config.h2c = true;
    fixture_serve(f);
    h2_open(c, f);
}

static void stop(struct fixture *f, struct h2 *c)
{
    h2_close(c);
    fixture_fini(f);
}

/* --- requests --- */

static void log_head(struct fixture *f, struct np_http_x *x)
{
    const struct np_http_head *h = np_http_head(x);
    np_buf_printf(&f->log, "%u %.*s %.*s?%.*s@%.*s ", h->major, NP_FMT(h->method), NP_FMT(h->path),
                  NP_FMT(h->query), NP_FMT(h->host));
    for (size_t i = 0; i < h->n_fields; i++)
        np_buf_printf(&f->log, "%.*s=%.*s ", NP_FMT(h->fields[i].name), NP_FMT(h->fields[i].value));
    fx_ok(f, x);
}

NP_TEST(a_stream_is_an_exchange)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, log_head);
    h2_request(&c, 1, END, "GET", "/a?b=c", "x-test: 1\ncookie: a=1\ncookie: b=2");
    h2_until(&c, "end");
    NP_CHECK_STR(np_buf_str(&f.log),
                 NP_STR("2 GET /a?b=c@a x-test=1 cookie=a=1; b=2 host=a gone:1 "));
    NP_CHECK_STR(np_buf_str(&c.log), NP_STR("H1:200 D1:2,end "));
    NP_CHECK_STR(np_buf_str(&c.body), NP_STR("ok"));
    NP_CHECK(np_str_find(np_buf_str(&c.fields), NP_STR("content-length=2 ")) >= 0);
    NP_CHECK(np_str_find(np_buf_str(&c.fields), NP_STR("date=")) >= 0);
    h2_get(&c, 3);
    h2_until(&c, "D3:2,end");
    NP_CHECK(f.complete == 2);
    stop(&f, &c);
}

NP_TEST(a_conversation_may_come_one_byte_at_a_time)
{
    struct fixture f;
    struct h2 c;
    struct np_buf b;
    start(&f, &c, fx_read_and_reply);
    np_buf_init(&b, f.arena, 10000);
    h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1,
             h2_block(&f, ":method: PUT\n:scheme: http\n:path: /\n:authority: a"));
    h2_frame(&b, NGHTTP2_DATA, 0, 1, NP_STR("hel"));
    h2_frame(&b, NGHTTP2_DATA, END, 1, NP_STR("lo"));
    for (size_t i = 0; i < b.n; i++)
        fx_send(&f, c.fd, np_str_sub(np_buf_str(&b), i, 1));
    h2_until(&c, "end");
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("hello end gone:1 "));
    stop(&f, &c);
}

static const struct {
    const char *lines, *answer, *why;
} heads[] = {
    {":method: GET\n:scheme: http\n:authority: a\n:path: /", "H1:200", "as it should be"},
    {":method: GET\n:scheme: https\n:path: /\nhost: a", "H1:200", "Host in place of :authority"},
    {":method: OPTIONS\n:scheme: http\n:authority: a\n:path: *", "H1:200", "of the server"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nhost: A", "H1:200", "both, the same"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nhost: b", "H1:400", "two hosts"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nhost: a\nhost: a", "R1:1",
     "Host twice"},
    {":method: GET\n:scheme: http\n:path: /", "R1:1", "no host"},
    {":method: GET\n:scheme: http\n:authority: a b\n:path: /", "R1:1", "a blank in the authority"},
    {":method: GET\n:scheme: http\n:authority: u@a\n:path: /", "H1:400", "a user"},
    {":method: GET\n:scheme: http\n:authority: a:1x\n:path: /", "H1:400", "no port"},
    {":method: GET\n:scheme: ftp\n:authority: a\n:path: /", "H1:400", "another scheme"},
    {":method: GET\n:authority: a\n:path: /", "R1:1", "no scheme"},
    {":scheme: http\n:authority: a\n:path: /", "R1:1", "no method"},
    {":method: GET\n:scheme: http\n:authority: a", "R1:1", "no path"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: ", "R1:1", "an empty path"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: x", "R1:1", "a path without a slash"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: *", "R1:1", "GET of the server"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: http://b/", "R1:1", "an absolute form"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /a b", "R1:1", "a blank"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /#f", "H1:400", "a fragment"},
    {":method: GET\n:method: PUT\n:scheme: http\n:authority: a\n:path: /", "R1:1", "two methods"},
    {":method: G T\n:scheme: http\n:authority: a\n:path: /", "R1:1", "no token"},
    {":method: CONNECT\n:authority: a:1", "H1:405", "tunnels are not served"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\n:x: 1", "R1:1", "an unknown one"},
    {"x: 1\n:method: GET\n:scheme: http\n:authority: a\n:path: /", "R1:1", "fields first"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nX: 1", "R1:1", "upper case"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nx y: 1", "R1:1", "a blank in a name"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nx:: 1", "R1:1", "a colon in a name"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nx: a\rb", "R1:1", "a line break"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nx:  a", "R1:1", "a blank before"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nx: a ", "R1:1", "a blank behind"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nconnection: close", "R1:1",
     "of HTTP/1"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nkeep-alive: 1", "R1:1", "of HTTP/1"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nproxy-connection: x", "R1:1",
     "of HTTP/1"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nupgrade: h2c", "R1:1", "of HTTP/1"},
    {":method: PUT\n:scheme: http\n:authority: a\n:path: /\ntransfer-encoding: chunked", "R1:1",
     "framing of HTTP/1"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nte: gzip", "R1:1", "of HTTP/1"},
    {":method: GET\n:scheme: http\n:authority: a\n:path: /\nte: trailers", "H1:200", "the one way"},
    {":method: PUT\n:scheme: http\n:authority: a\n:path: /\ncontent-length: 0", "H1:200", "none"},
    {":method: PUT\n:scheme: http\n:authority: a\n:path: /\ncontent-length: 5", "R1:1",
     "more than there is"},
    {":method: PUT\n:scheme: http\n:authority: a\n:path: /\ncontent-length: +0", "R1:1",
     "no number"},
    {":method: PUT\n:scheme: http\n:authority: a\n:path: /\ncontent-length: 0\ncontent-length: 0",
     "R1:1", "twice"},
};

NP_TEST(heads_are_taken_strictly)
{
    NP_EACH (h, heads) {
        struct fixture f;
        struct h2 c;
        start(&f, &c, fx_ok);
        h2_send_frame(&c, NGHTTP2_HEADERS, END | NGHTTP2_FLAG_END_HEADERS, 1,
                      h2_block(&f, h->lines));
        h2_get(&c, 3);
        h2_until(&c, "D3:2,end");
        NP_CHECK(np_str_starts(np_buf_str(&c.log), np_str_of(h->answer)), "%s: %.*s", h->why,
                 NP_FMT(np_buf_str(&c.log)));
        NP_CHECK(f.requests == 1 + (strcmp(h->answer, "H1:200") == 0), "%s", h->why);
        stop(&f, &c);
    }
}

/* A head of n bytes as they are counted. */
static void send_head_of(struct h2 *c, uint32_t id, size_t n)
{
    static const struct np_str fixed[] = {NP_STR(":method"),    NP_STR("GET"),   NP_STR(":scheme"),
                                          NP_STR("http"),       NP_STR(":path"), NP_STR("/"),
                                          NP_STR(":authority"), NP_STR("a"),     NP_STR("x")};
    struct np_buf b;
    np_buf_init(&b, c->f->arena, (size_t)1 << 20);
    for (size_t i = 0; i < 8; i += 2)
        h2_add_field(&b, fixed[i], fixed[i + 1]);
    n -= 5 * 32;
    NP_EACH (s, fixed)
        n -= s->n;
    h2_add_field(&b, NP_STR("x"), fx_pattern(c->f, n));
    h2_send_block(c, id, END, np_buf_str(&b));
}

NP_TEST(heads_have_a_maximum)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_ok);
    send_head_of(&c, 1, NP_HTTP_HEAD_MAX);
    h2_until(&c, "D1:2,end");
    send_head_of(&c, 3, NP_HTTP_HEAD_MAX + 1);
    h2_until(&c, "H3:431,end");
    NP_CHECK(f.requests == 1);
    stop(&f, &c);
}

NP_TEST(fields_have_a_maximum_number)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_ok);
    for (uint32_t i = 0; i < 2; i++) {
        struct np_buf b;
        np_buf_init(&b, f.arena, 100000);
        np_buf_lit(&b, "x: 1");
        for (size_t n = 1; n < NP_HTTP_FIELDS_MAX + i; n++)
            np_buf_lit(&b, "\nx: 1");
        h2_request(&c, 1 + 2 * i, END, "GET", "/", np_str_z(f.arena, np_buf_str(&b)));
    }
    h2_until(&c, "D1:2,end");
    h2_until(&c, "H3:431,end");
    stop(&f, &c);
}

NP_TEST(targets_have_a_maximum)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_ok);
    char *path = np_str_z(f.arena, fx_pattern(&f, NP_HTTP_TARGET_MAX + 1));
    path[0] = '/';
    h2_request(&c, 1, END, "GET", path, NULL);
    h2_until(&c, "H1:414,end");
    path[NP_HTTP_TARGET_MAX] = '\0';
    h2_request(&c, 3, END, "GET", path, NULL);
    h2_until(&c, "D3:2,end");
    stop(&f, &c);
}

NP_TEST(streams_have_a_maximum)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_nothing);
    for (uint32_t i = 0; i < NP_HTTP2_STREAMS_MAX; i++)
        h2_get(&c, 1 + 2 * i);
    FX_UNTIL(&f, f.requests == NP_HTTP2_STREAMS_MAX);
    h2_turns(&c, 3);
    NP_CHECK(c.log.n == 0, "%.*s", NP_FMT(np_buf_str(&c.log)));
    h2_get(&c, 1 + 2 * NP_HTTP2_STREAMS_MAX);
    h2_until(&c, "G:1 ");
    NP_CHECK(f.requests == NP_HTTP2_STREAMS_MAX);
    stop(&f, &c);
    NP_CHECK(f.gone == NP_HTTP2_STREAMS_MAX);
}

NP_TEST(what_is_no_preface_is_http_1)
{
    struct fixture f;
    fixture_init(&f, fx_ok);
    f.config.h2c = true;
    fixture_serve(&f);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "P");
    FX_SEND(&f, fd, "RI /a HTTP/1.1\r\n" FX_HOST "\r\n");
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    FX_SEND(&f, fd, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    NP_CHECK(np_str_starts(fx_recv_all(&f, fd), NP_STR("HTTP/1.1 400")));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(prior_knowledge_is_for_those_who_allow_it)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    NP_CHECK(np_str_starts(fx_recv_all(&f, fd), NP_STR("HTTP/1.1 400")));
    NP_CHECK(f.requests == 0);
    close(fd);
    fixture_fini(&f);
}

/* --- bodies of requests --- */

static void pause_at_once(struct fixture *f, struct np_http_x *x)
{
    fx_read_and_reply(f, x);
    np_http_read_pause(x);
}

static struct np_str zeroes(struct fixture *f, size_t n)
{
    return np_str_n(np_alloc(f->arena, n), n);
}

static void send_body(struct h2 *c, uint32_t id, size_t n, uint8_t last_flags)
{
    while (n > 0) {
        size_t some = n < 16384 ? n : 16384;
        n -= some;
        h2_send_frame(c, NGHTTP2_DATA, n == 0 ? last_flags : 0, id, zeroes(c->f, some));
    }
}

NP_TEST(a_reader_that_pauses_holds_the_client_up)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, pause_at_once);
    h2_request(&c, 1, 0, "PUT", "/", NULL);
    send_body(&c, 1, NP_HTTP2_STREAM_WINDOW, 0);
    h2_turns(&c, 5);
    NP_CHECK(c.log.n == 0, "no window is opened: %.*s", NP_FMT(np_buf_str(&c.log)));
    np_http_read_resume(f.x);
    h2_until(&c, "W1:");
    h2_send_frame(&c, NGHTTP2_DATA, END, 1, NP_STR("x"));
    h2_until(&c, "D1:2,end");
    NP_CHECK(f.log.n == (size_t)NP_HTTP2_STREAM_WINDOW + sizeof("x end gone:1 ") - 1);
    stop(&f, &c);
}

NP_TEST(more_than_the_window_ends_the_stream)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, pause_at_once);
    h2_request(&c, 1, 0, "PUT", "/", NULL);
    send_body(&c, 1, (size_t)NP_HTTP2_STREAM_WINDOW + 1, 0);
    h2_until(&c, "R1:3");
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("rc:NP_ECLOSED  end gone:0 "));
    stop(&f, &c);
}

NP_TEST(a_body_has_the_announced_length)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_read);
    h2_request(&c, 1, 0, "PUT", "/", "content-length: 3");
    h2_send_frame(&c, NGHTTP2_DATA, END, 1, NP_STR("ab"));
    h2_until(&c, "R1:1");
    h2_request(&c, 3, 0, "PUT", "/", "content-length: 3");
    h2_send_frame(&c, NGHTTP2_DATA, END, 3, NP_STR("abcd"));
    h2_until(&c, "R3:1");
    NP_CHECK(f.gone == 2 && f.complete == 0);
    stop(&f, &c);
}

NP_TEST(a_body_that_nobody_reads_is_not_waited_for)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_ok);
    h2_request(&c, 1, 0, "PUT", "/", NULL);
    h2_until(&c, "D1:2,end R1:0"); /* NO_ERROR: the answer is whole */
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("gone:1 "));
    /* What was under way counts for nobody. */
    send_body(&c, 1, 100000, END);
    h2_get(&c, 3);
    h2_until(&c, "D3:2,end");
    stop(&f, &c);
}

NP_TEST(continue_is_said_when_the_handler_reads)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_nothing);
    h2_request(&c, 1, 0, "PUT", "/", "expect: 100-continue");
    FX_UNTIL(&f, f.requests == 1);
    h2_turns(&c, 3);
    NP_CHECK(c.log.n == 0);
    fx_read_and_reply(&f, f.x);
    h2_until(&c, "H1:100 ");
    h2_send_frame(&c, NGHTTP2_DATA, END, 1, NP_STR("abc"));
    h2_until(&c, "H1:200 D1:2,end");
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abc end gone:1 "));
    stop(&f, &c);
}

static void log_trailers(void *arg, int rc, struct np_str data, bool end)
{
    struct fixture *f = arg;
    size_t n;
    const struct np_http_field *t = np_http_trailers(f->x, &n);
    np_buf_printf(&f->log, "rc:%d n:%zu ", rc, n);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&f->log, "%.*s=%.*s ", NP_FMT(t[i].name), NP_FMT(t[i].value));
    if (!end)
        return;
    static const struct np_http_field sum[] = {{NP_STR("X-Sum"), NP_STR("4\n2")}};
    np_http_respond(f->x, 200, NULL, 0, -1);
    np_http_write(f->x, NP_STR("abc"));
    np_http_end_with(f->x, sum, 1);
}

static void read_trailers(struct fixture *f, struct np_http_x *x)
{
    np_http_read(x, log_trailers, f);
}

NP_TEST(trailers_go_both_ways)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, read_trailers);
    h2_request(&c, 1, 0, "PUT", "/", NULL);
    h2_send_frame(&c, NGHTTP2_DATA, 0, 1, NP_STR("x"));
    h2_send_frame(&c, NGHTTP2_HEADERS, END | NGHTTP2_FLAG_END_HEADERS, 1,
                  h2_block(&f, "x-a: 1\nx-b: 2"));
    h2_until(&c, "trailers,end");
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("rc:0 n:0 rc:0 n:2 x-a=1 x-b=2 gone:1 "));
    NP_CHECK_STR(np_buf_str(&c.log), NP_STR("H1:200 D1:3 H1:trailers,end "));
    NP_CHECK(np_str_ends(np_buf_str(&c.fields), NP_STR("x-sum=4 2 ")));
    stop(&f, &c);
}

NP_TEST(trailers_are_limited_in_number)
{
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        struct h2 c;
        struct np_buf b;
        start(&f, &c, fx_read_and_reply);
        np_buf_init(&b, f.arena, 10000);
        for (size_t n = 0; n < NP_HTTP_TRAILER_FIELDS_MAX + i; n++)
            h2_add_field(&b, NP_STR("x"), NP_STR("1"));
        h2_request(&c, 1, 0, "PUT", "/", NULL);
        h2_send_frame(&c, NGHTTP2_HEADERS, END | NGHTTP2_FLAG_END_HEADERS, 1, np_buf_str(&b));
        h2_until(&c, i == 0 ? "D1:2,end" : "R1:");
        NP_CHECK(f.complete == (i == 0));
        stop(&f, &c);
    }
}

/* --- responses --- */

static void reply_by_path(struct fixture *f, struct np_http_x *x)
{
    uint64_t status;
    NP_CHECK(np_str_u64(np_str_sub(np_http_head(x)->path, 1, 3), &status));
    np_http_reply(x, (int)status, NULL, 0, NP_STR("body"));
}

NP_TEST(responses_without_a_body_end_with_their_head)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, reply_by_path);
    h2_request(&c, 1, END, "HEAD", "/200", NULL);
    h2_until(&c, "H1:200,end");
    NP_CHECK(np_str_find(np_buf_str(&c.fields), NP_STR("content-length=4")) >= 0);
    h2_request(&c, 3, END, "GET", "/304", NULL);
    h2_until(&c, "H3:304,end");
    np_buf_clear(&c.fields);
    h2_request(&c, 5, END, "GET", "/204", NULL);
    h2_until(&c, "H5:204,end");
    NP_CHECK(np_str_find(np_buf_str(&c.fields), NP_STR("content-length")) < 0);
    NP_CHECK(f.complete == 3);
    stop(&f, &c);
}

static void reply_with_fields(struct fixture *f, struct np_http_x *x)
{
    static const struct np_http_field fields[] = {
        {NP_STR("X-Mixed"), NP_STR("a\r\nb: c")},   {NP_STR("Keep-Alive"), NP_STR("1")},
        {NP_STR("Transfer-Encoding"), NP_STR("x")}, {NP_STR("Content-Length"), NP_STR("9")},
        {NP_STR("Upgrade"), NP_STR("x")},           {NP_STR("Date"), NP_STR("today")}};
    np_http_reply(x, 200, fields, sizeof(fields) / sizeof(fields[0]), NP_STR("ok"));
}

NP_TEST(fields_of_responses_are_those_of_http_2)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, reply_with_fields);
    h2_get(&c, 1);
    h2_until(&c, "end");
    NP_CHECK_STR(np_buf_str(&c.fields), NP_STR("x-mixed=a  b: c date=today content-length=2 "));
    stop(&f, &c);
}

static void reply_with_huge_field(struct fixture *f, struct np_http_x *x)
{
    const struct np_http_field huge = {NP_STR("X"), fx_pattern(f, NP_HTTP_MADE_HEAD_MAX)};
    np_http_reply(x, 200, &huge, 1, NP_STR("ok"));
}

NP_TEST(a_head_that_cannot_be_sent_resets_its_stream)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, reply_with_huge_field);
    h2_get(&c, 1);
    h2_until(&c, "R1:2");
    FX_UNTIL(&f, f.gone == 1 && f.complete == 0);
    stop(&f, &c);
}

static void say_close(struct fixture *f, struct np_http_x *x)
{
    static const struct np_http_field close_field[] = {{NP_STR("Connection"), NP_STR("close")}};
    np_http_reply(x, 200, close_field, 1, NP_STR("ok"));
}

NP_TEST(connection_close_says_goaway)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, say_close);
    h2_get(&c, 1);
    h2_until_closed(&c);
    NP_CHECK(np_str_find(np_buf_str(&c.log), NP_STR("G:0 ")) >= 0);
    NP_CHECK(np_str_find(np_buf_str(&c.log), NP_STR("D1:2,end")) >= 0 && f.complete == 1);
    stop(&f, &c);
}

#define BIG 200000

static void released(void *arg)
{
    struct fixture *f = arg;
    f->data++;
    np_buf_lit(&f->log, "released ");
}

static void lend_big(struct fixture *f, struct np_http_x *x)
{
    np_http_respond(x, 200, NULL, 0, BIG);
    np_http_write_ref(x, fx_pattern(f, BIG), released, f);
    np_http_end(x);
}

static void check_big(struct h2 *c)
{
    NP_CHECK(np_str_eq(np_buf_str(&c->body), fx_pattern(c->f, BIG)));
}

NP_TEST(lent_bytes_go_out_as_the_windows_open)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, lend_big);
    h2_get(&c, 1);
    h2_turns(&c, 20);
    NP_CHECK(c.body.n == 65535 && f.data == 0, "%zu bytes", c.body.n);
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 0, BIG);
    h2_turns(&c, 5);
    NP_CHECK(c.body.n == 65535, "the stream's window is shut");
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 1, BIG);
    h2_until(&c, "end");
    check_big(&c);
    FX_UNTIL(&f, f.gone == 1);
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("released gone:1 "));
    stop(&f, &c);
}

NP_TEST(lent_bytes_are_given_back_once_when_the_stream_is_reset)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, lend_big);
    h2_get(&c, 1);
    h2_turns(&c, 20);
    h2_send_u32(&c, NGHTTP2_RST_STREAM, 1, NGHTTP2_CANCEL);
    FX_UNTIL(&f, f.gone == 1);
    NP_CHECK(f.data == 1 && f.complete == 0);
    h2_get(&c, 3);
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 3, BIG);
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 0, 2 * BIG);
    h2_until(&c, "end");
    NP_CHECK(f.complete == 1 && f.data == 2);
    stop(&f, &c);
}

NP_TEST(a_client_that_leaves_is_noticed)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, lend_big);
    h2_get(&c, 1);
    h2_turns(&c, 5);
    h2_close(&c);
    FX_UNTIL(&f, np_http_server_connections(f.server) == 0);
    NP_CHECK(f.data == 1 && f.gone == 1 && f.complete == 0);
    fixture_fini(&f);
}

static void write_more(void *arg)
{
    struct fixture *f = arg;
    int rc = 0;
    while (f->data > 0 && rc == 0) {
        rc = np_http_write(f->x, fx_pattern(f, 50000));
        f->data--;
    }
    np_buf_lit(&f->log, "w ");
    if (f->data == 0)
        np_http_end(f->x);
}

static void write_much(struct fixture *f, struct np_http_x *x)
{
    f->data = 40;
    np_http_respond(x, 200, NULL, 0, -1);
    np_http_on_drain(x, write_more, f);
    write_more(f);
}

NP_TEST(a_writer_waits_for_the_client)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, write_much);
    h2_get(&c, 1);
    h2_turns(&c, 20);
    NP_CHECK(f.data > 30, "it wrote on although nobody takes it");
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 0, 40 * 50000);
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 1, 40 * 50000);
    h2_until(&c, "end");
    NP_CHECK(c.body.n == 40 * 50000 && f.complete == 1);
    stop(&f, &c);
}

static int temporary_file(struct np_str bytes)
{
    char name[] = "/tmp/http2-XXXXXX";
    int fd = mkstemp(name);
    NP_CHECK(fd >= 0 && unlink(name) == 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
    return fd;
}

static void send_file(struct fixture *f, struct np_http_x *x)
{
    int fd = temporary_file(fx_pattern(f, 50000));
    np_http_respond(x, 200, NULL, 0, f->data);
    np_http_write(x, NP_STR("<"));
    np_http_write_file(x, fd, 10, (uint64_t)f->data - 2);
    np_http_write(x, NP_STR(">"));
    np_http_end(x);
    close(fd);
}

NP_TEST(files_are_sent)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, send_file);
    f.data = 40002;
    h2_get(&c, 1);
    h2_until(&c, "end");
    struct np_str got = np_buf_str(&c.body);
    NP_CHECK(got.n == 40002 && got.p[0] == '<' && got.p[40001] == '>');
    NP_CHECK(np_str_eq(np_str_sub(got, 1, 40000), np_str_sub(fx_pattern(&f, 50000), 10, 40000)));
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 0, BIG);
    f.data = 60000; /* more than the file has */
    h2_get(&c, 3);
    h2_until(&c, "R3:2");
    NP_CHECK(f.complete == 1 && f.gone == 2);
    stop(&f, &c);
}

static void abort_it(struct fixture *f, struct np_http_x *x)
{
    np_http_respond(x, 200, NULL, 0, -1);
    np_http_write(x, NP_STR("abc"));
    np_http_abort(x);
}

NP_TEST(an_aborted_response_resets_its_stream_alone)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, abort_it);
    h2_get(&c, 1);
    h2_until(&c, "R1:2");
    f.on_request = fx_ok;
    h2_get(&c, 3);
    h2_until(&c, "D3:2,end");
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("gone:0 gone:1 "));
    stop(&f, &c);
}

static void switch_protocols(struct fixture *f, struct np_http_x *x)
{
    struct np_buf unread;
    np_buf_init(&unread, f->arena, 100);
    np_http_respond(x, 101, NULL, 0, -1);
    NP_CHECK(np_http_take_stream(x, &unread) == NULL);
}

NP_TEST(a_stream_cannot_be_taken_over)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, switch_protocols);
    h2_get(&c, 1);
    h2_until(&c, "R1:2");
    FX_UNTIL(&f, f.gone == 1);
    stop(&f, &c);
}

NP_TEST(streams_are_answered_out_of_order)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_nothing);
    h2_get(&c, 1);
    FX_UNTIL(&f, f.requests == 1);
    struct np_http_x *first = f.x;
    h2_get(&c, 3);
    FX_UNTIL(&f, f.requests == 2);
    fx_ok(&f, f.x);
    h2_until(&c, "D3:2,end");
    fx_ok(&f, first);
    h2_until(&c, "D1:2,end");
    stop(&f, &c);
}

/* --- ends --- */

static void on_drained(void *arg)
{
    struct fixture *f = arg;
    f->data = 100;
}

NP_TEST(draining_lets_streams_end)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_nothing);
    h2_get(&c, 1);
    FX_UNTIL(&f, f.requests == 1);
    np_http_server_drain(f.server, on_drained, &f);
    h2_until(&c, "G:0 ");
    NP_CHECK(f.data == 0);
    fx_ok(&f, f.x);
    h2_until(&c, "D1:2,end");
    h2_until_closed(&c);
    FX_UNTIL(&f, f.data == 100);
    stop(&f, &c);
}

NP_TEST(freeing_the_server_ends_running_streams)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_read);
    h2_request(&c, 1, 0, "PUT", "/", NULL);
    h2_request(&c, 3, 0, "PUT", "/", NULL);
    FX_UNTIL(&f, f.requests == 2);
    np_http_server_free(f.server);
    f.server = NULL;
    NP_CHECK(f.gone == 2 && f.complete == 0);
    stop(&f, &c);
}

NP_TEST(a_client_that_says_goaway_gets_its_answers)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_nothing);
    h2_get(&c, 1);
    FX_UNTIL(&f, f.requests == 1);
    h2_send_frame(&c, NGHTTP2_GOAWAY, 0, 0, zeroes(&f, 8));
    fx_ok(&f, f.x);
    h2_until(&c, "D1:2,end");
    h2_until_closed(&c);
    stop(&f, &c);
}

NP_TEST(an_idle_http_2_connection_costs_little)
{
    struct fixture f;
    struct h2 c[20];
    enum { N = 20 };
    start(&f, &c[0], fx_ok);
    h2_get(&c[0], 1);
    h2_until(&c[0], "D1:2,end");
    size_t clients = np_test_heap(), before;
    nghttp2_hd_inflater *inflater[N];
    for (int i = 0; i < N; i++)
        nghttp2_hd_inflate_new(&inflater[i]);
    before = np_test_heap();
    clients = before - clients; /* a client's own */
    struct np_arena *texts = f.arena;
    for (int i = 1; i < N; i++) {
        f.arena = np_arena_new(); /* what the test itself needs */
        h2_open(&c[i], &f);
        h2_get(&c[i], 1);
        h2_until(&c[i], "D1:2,end");
        np_arena_free(f.arena);
    }
    f.arena = texts;
    size_t each = (np_test_heap() - before - clients) / (N - 1);
    NP_CHECK(each < 20 * 1024, "%zu bytes", each);
    for (int i = 0; i < N; i++) {
        h2_close(&c[i]);
        nghttp2_hd_inflate_del(inflater[i]);
    }
    fixture_fini(&f);
}
