/* SPDX-License-Identifier: Apache-2.0 */
/* server_test.c - requests and responses over a real connection. */
#include "http/fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/limits.h"
#include "io/stream.h"

static void log_head(struct fixture *f, struct np_http_x *x)
{
    const struct np_http_head *h = np_http_head(x);
    np_buf_printf(&f->log, "%.*s %.*s?%.*s@%.*s x=%.*s ", NP_FMT(h->method), NP_FMT(h->path),
                  NP_FMT(h->query), NP_FMT(h->host), NP_FMT(np_http_field(h, NP_STR("X-Test"))));
    fx_ok(f, x);
}

NP_TEST(a_request_is_answered_and_the_connection_stays)
{
    struct fixture f;
    fixture_start(&f, log_head);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET /a?b HTTP/1.1\r\n" FX_HOST "X-Test: 1\r\n\r\n");
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    FX_SEND(&f, fd, "GET http://b:1?q HTTP/1.1\r\n" FX_HOST "Connection: close\r\n\r\n");
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK_END));
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("GET /a?b@a x=1 gone:1 GET /?q@b:1 x= gone:1 "));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_request_may_come_one_byte_at_a_time)
{
    static const char request[] = "PUT /a HTTP/1.1\r\n" FX_HOST "Transfer-Encoding: chunked\r\n\r\n"
                                  "5\r\nhello\r\n0\r\n\r\nGET /b HTTP/1.0\r\n\r\n";
    struct fixture f;
    fixture_start(&f, fx_read_and_reply);
    int fd = fx_connect(&f);
    for (size_t i = 0; i + 1 < sizeof(request); i++)
        fx_send(&f, fd, np_str_n(request + i, 1));
    struct np_str all = fx_recv_all(&f, fd);
    NP_CHECK(np_str_starts(fx_undated(&f, all), NP_STR(FX_OK)));
    NP_CHECK(np_str_ends(all, NP_STR("Connection: close\r\n\r\nok")));
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("hello end gone:1  end gone:1 "));
    close(fd);
    fixture_fini(&f);
}

static void reply_later(void *arg)
{
    struct fixture *f = arg;
    log_head(f, f->x);
}

static void defer_reply(struct fixture *f, struct np_http_x *x)
{
    np_defer(f->loop, &f->defer, reply_later, f);
}

static void check_pipelined(void (*on_request)(struct fixture *f, struct np_http_x *x))
{
    struct fixture f;
    fixture_start(&f, on_request);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd,
            "GET /1 HTTP/1.1\r\n" FX_HOST "\r\n"
            "PUT /2 HTTP/1.1\r\n" FX_HOST "Content-Length: 3\r\n\r\nabc"
            "GET /3 HTTP/1.1\r\n" FX_HOST "Connection: close\r\n\r\nrest");
    struct np_str all = fx_recv_all(&f, fd);
    for (int i = 0; i < 2; i++) {
        NP_CHECK(np_str_starts(fx_undated(&f, all), NP_STR(FX_OK)));
        all = np_str_sub(all, sizeof(FX_OK) - 1 + 37, all.n);
    }
    NP_CHECK_STR(fx_undated(&f, all), NP_STR(FX_OK_END));
    NP_CHECK_STR(np_buf_str(&f.log),
                 NP_STR("GET /1?@a x= gone:1 PUT /2?@a x= gone:1 GET /3?@a x= gone:1 "));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(pipelined_requests_are_answered_in_order)
{
    check_pipelined(log_head);
    check_pipelined(defer_reply);
}

NP_TEST(many_pipelined_requests_do_not_recurse)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    struct np_buf b;
    np_buf_init(&b, f.arena, 1 << 20);
    for (int i = 0; i < 5000; i++)
        np_buf_lit(&b, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    np_buf_lit(&b, "GET / HTTP/1.0\r\n\r\n");
    struct np_str rest = np_buf_str(&b);
    while (rest.n > 0) {
        struct np_str part = np_str_sub(rest, 0, 40000);
        fx_send(&f, fd, part);
        rest = np_str_sub(rest, part.n, rest.n);
    }
    fx_recv_all(&f, fd);
    NP_CHECK(f.requests == 5001 && f.complete == 5001);
    close(fd);
    fixture_fini(&f);
}

static void log_trailers(void *arg, int rc, struct np_str data, bool end)
{
    struct fixture *f = arg;
    size_t n;
    const struct np_http_field *t = np_http_trailers(f->x, &n);
    np_buf_printf(&f->log, "rc:%d %.*s n:%zu ", rc, NP_FMT(data), n);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&f->log, "%.*s=%.*s ", NP_FMT(t[i].name), NP_FMT(t[i].value));
    if (end)
        np_http_reply(f->x, rc == 0 ? 200 : 400, NULL, 0, NP_STR("ok"));
}

static void read_trailers(struct fixture *f, struct np_http_x *x)
{
    np_http_read(x, log_trailers, f);
}

NP_TEST(trailers_are_seen_after_the_end_of_the_body)
{
    struct fixture f;
    fixture_start(&f, read_trailers);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd,
            "PUT / HTTP/1.1\r\n" FX_HOST "Transfer-Encoding: chunked\r\n\r\n"
            "3\r\nabc\r\n0\r\nx-amz-checksum-crc32: AAAA\r\nB: 2\r\n\r\n");
    fx_recv(&f, fd, "ok");
    NP_CHECK_STR(np_buf_str(&f.log),
                 NP_STR("rc:0 abc n:0 rc:0  n:2 x-amz-checksum-crc32=AAAA B=2 gone:1 "));
    close(fd);
    fixture_fini(&f);
}

static void send_trailers(struct fixture *f, int fd, size_t n)
{
    FX_SEND(f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n");
    for (size_t i = 0; i < n; i++)
        FX_SEND(f, fd, "a: b\r\n");
    FX_SEND(f, fd, "\r\n");
}

NP_TEST(trailers_are_limited_in_number)
{
    struct fixture f;
    fixture_start(&f, fx_read_and_reply);
    int fd = fx_connect(&f);
    send_trailers(&f, fd, NP_HTTP_TRAILER_FIELDS_MAX);
    fx_recv(&f, fd, "200 OK");
    send_trailers(&f, fd, NP_HTTP_TRAILER_FIELDS_MAX + 1);
    NP_CHECK(np_str_find(fx_recv_all(&f, fd), NP_STR("400 Bad Request")) >= 0);
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR(" end gone:1 rc:NP_EPROTO  end gone:1 "));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(bad_chunks_reach_the_reader_and_end_the_connection)
{
    struct fixture f;
    fixture_start(&f, fx_read_and_reply);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n");
    struct np_str all = fx_recv_all(&f, fd);
    NP_CHECK(np_str_starts(all, NP_STR("HTTP/1.1 400 Bad Request\r\n")));
    NP_CHECK(np_str_find(all, NP_STR("Connection: close\r\n")) > 0);
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abrc:NP_EPROTO  end gone:1 "));
    close(fd);
    fixture_fini(&f);
}

#define EXPECT_PUT "PUT / HTTP/1.1\r\n" FX_HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"

NP_TEST(continue_is_sent_when_the_handler_reads)
{
    struct fixture f;
    fixture_start(&f, fx_nothing);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, EXPECT_PUT);
    FX_UNTIL(&f, f.requests == 1);
    char c;
    NP_CHECK(recv(fd, &c, 1, MSG_DONTWAIT) < 0);
    fx_read_and_reply(&f, f.x);
    NP_CHECK_STR(fx_recv(&f, fd, "\r\n\r\n"), NP_STR("HTTP/1.1 100 Continue\r\n\r\n"));
    FX_SEND(&f, fd, "abc");
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abc end gone:1 "));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(continue_is_sent_for_an_empty_body_too)
{
    struct fixture f;
    fixture_start(&f, fx_read_and_reply);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd,
            "PUT / HTTP/1.1\r\n" FX_HOST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n");
    struct np_str all = fx_recv(&f, fd, "ok"), first = NP_STR("HTTP/1.1 100 Continue\r\n\r\n");
    NP_CHECK(np_str_starts(all, first));
    NP_CHECK_STR(fx_undated(&f, np_str_sub(all, first.n, all.n)), NP_STR(FX_OK));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_client_that_does_not_wait_gets_no_continue)
{
    struct fixture f;
    fixture_start(&f, fx_read_and_reply);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, EXPECT_PUT "abc");
    NP_CHECK_STR(fx_undated(&f, fx_recv(&f, fd, "ok")), NP_STR(FX_OK));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(an_answer_instead_of_continue_ends_the_connection)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, EXPECT_PUT);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK_END));
    close(fd);
    fd = fx_connect(&f);
    FX_SEND(&f, fd,
            "PUT / HTTP/1.1\r\n" FX_HOST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n");
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK_END));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_slow_head_is_given_up)
{
    struct fixture f;
    fixture_init(&f, fx_ok);
    f.config.head_timeout_ms = 5;
    fixture_serve(&f);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HT");
    struct np_str all = fx_recv_all(&f, fd);
    NP_CHECK(np_str_starts(all, NP_STR("HTTP/1.1 408 Request Timeout\r\n")));
    NP_CHECK(np_str_find(all, NP_STR("Connection: close\r\n")) > 0);
    NP_CHECK(f.requests == 0);
    close(fd);
    fixture_fini(&f);
}

NP_TEST(an_idle_connection_is_closed)
{
    struct fixture f;
    fixture_init(&f, fx_ok);
    f.config.idle_timeout_ms = 5;
    fixture_serve(&f);
    int fd = fx_connect(&f);
    NP_CHECK(fx_recv_all(&f, fd).n == 0);
    NP_CHECK(np_http_server_connections(f.server) == 0);
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_stalled_body_is_reported)
{
    struct fixture f;
    fixture_init(&f, fx_read_and_reply);
    f.config.stall_timeout_ms = 5;
    fixture_serve(&f);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: 10\r\n\r\nabc");
    struct np_str all = fx_recv_all(&f, fd);
    NP_CHECK(np_str_starts(all, NP_STR("HTTP/1.1 400 ")) &&
             np_str_find(all, NP_STR("Connection: close")) > 0);
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abcrc:NP_ETIMEDOUT  end gone:1 "));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_handler_may_take_its_time)
{
    struct fixture f;
    fixture_init(&f, fx_nothing);
    /* Long enough for the head on a busy machine. */
    f.config.stall_timeout_ms = f.config.head_timeout_ms = f.config.idle_timeout_ms = 50;
    fixture_serve(&f);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "Connection: close\r\n\r\n");
    FX_UNTIL(&f, f.requests == 1);
    for (int i = 0; i < 30; i++)
        np_loop_turn(f.loop, 5);
    NP_CHECK(f.gone == 0);
    fx_ok(&f, f.x);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK_END));
    close(fd);
    fixture_fini(&f);
}

static void check_refused(struct np_str request, const char *status)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    fx_send(&f, fd, request);
    struct np_str all = fx_recv_all(&f, fd);
    NP_CHECK(np_str_starts(all, np_str_of(status)), "%.*s", NP_FMT(all));
    NP_CHECK(np_str_find(all, NP_STR("\r\nConnection: close\r\n")) > 0);
    NP_CHECK(f.requests == 0);
    close(fd);
    fixture_fini(&f);
}

NP_TEST(malformed_heads_get_their_status)
{
    check_refused(NP_STR("GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 400 Bad Request\r\n");
    check_refused(NP_STR("GET / HTTP/1.1\n"), "HTTP/1.1 400 Bad Request\r\n");
    check_refused(NP_STR("GET / HTTP/3.0\r\n"), "HTTP/1.1 505 HTTP Version Not Supported\r\n");
    check_refused(NP_STR("GET / HTTP/1.1\r\n" FX_HOST "Transfer-Encoding: br\r\n\r\n"),
                  "HTTP/1.1 501 Not Implemented\r\n");
}

NP_TEST(a_huge_head_is_refused_while_it_comes)
{
    struct np_arena *a = np_arena_new();
    struct np_buf b;
    np_buf_init(&b, a, 1 << 20);
    np_buf_lit(&b, "GET / HTTP/1.1\r\n");
    while (b.n <= NP_HTTP_HEAD_MAX)
        np_buf_lit(
            &b,
            "X-Long: 0123456789012345678901234567890123456789012345678901234567890123456789"
            "01234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "01234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "01234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "01234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n");
    check_refused(np_buf_str(&b), "HTTP/1.1 431 Request Header Fields Too Large\r\n");
    np_buf_clear(&b);
    np_buf_lit(&b, "GET /");
    while (b.n <= NP_HTTP_TARGET_MAX + 4)
        np_buf_char(&b, 'a');
    np_buf_lit(&b, " HTTP/1.1\r\n");
    check_refused(np_buf_str(&b), "HTTP/1.1 414 URI Too Long\r\n");
    np_arena_free(a);
}

NP_TEST(a_client_that_leaves_in_the_body_is_noticed)
{
    struct fixture f;
    fixture_start(&f, fx_read);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: 10\r\n\r\nabc");
    FX_UNTIL(&f, f.requests == 1);
    close(fd);
    FX_UNTIL(&f, f.gone == 1);
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abcrc:NP_ECLOSED  end gone:0 "));
    FX_UNTIL(&f, np_http_server_connections(f.server) == 0);
    fixture_fini(&f);
}

NP_TEST(a_client_that_leaves_while_the_handler_works_is_noticed)
{
    struct fixture f;
    fixture_start(&f, fx_nothing);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    FX_UNTIL(&f, f.requests == 1);
    NP_CHECK(f.gone == 0);
    close(fd);
    FX_UNTIL(&f, f.gone == 1);
    NP_CHECK(f.complete == 0);
    fixture_fini(&f);
}

NP_TEST(a_client_that_ended_its_side_still_gets_an_answer_given_at_once)
{
    struct fixture f;
    fixture_start(&f, fx_read_and_reply);
    int fd = fx_connect(&f);
    NP_CHECK(send(fd, EXPECT_PUT "abc", sizeof(EXPECT_PUT "abc") - 1, MSG_NOSIGNAL) > 0);
    shutdown(fd, SHUT_WR);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK));
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abc end gone:1 "));
    close(fd);
    fixture_fini(&f);
}

/* --- large bodies --- */

#define BIG ((size_t)8 << 20)

struct sender {
    struct np_str rest;
    int waits;
    size_t step;
};
static struct sender sender;

static void send_more(void *arg)
{
    struct fixture *f = arg;
    while (sender.rest.n > 0) {
        struct np_str part = np_str_sub(sender.rest, 0, sender.step);
        sender.rest = np_str_sub(sender.rest, part.n, sender.rest.n);
        int rc = np_http_write(f->x, part);
        if (rc == NP_EAGAIN) {
            sender.waits++;
            return;
        }
        NP_CHECK(rc == 0);
    }
    np_http_end(f->x);
}

static void send_big(struct fixture *f, struct np_http_x *x)
{
    np_http_on_drain(x, send_more, f);
    np_http_respond(x, 200, NULL, 0, f->data);
    send_more(f);
}

static void check_big(size_t step, int64_t length)
{
    struct fixture f;
    fixture_start(&f, send_big);
    f.data = (int)length;
    struct np_str big = fx_pattern(&f, BIG);
    sender = (struct sender){.rest = big, .step = step};
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.0\r\n\r\n");
    fx_turns(&f, 50); /* nobody reads: the writer is held back */
    NP_CHECK(sender.waits > 0 && sender.rest.n > 0);
    NP_CHECK(big.n - sender.rest.n < BIG);
    struct np_str all = fx_recv_all(&f, fd);
    ptrdiff_t at = np_str_find(all, NP_STR("\r\n\r\n"));
    NP_CHECK(at > 0);
    struct np_str body = np_str_sub(all, (size_t)at + 4, all.n);
    NP_CHECK(body.n == BIG && memcmp(body.p, big.p, BIG) == 0, "%zu bytes", body.n);
    NP_CHECK(f.complete == 1);
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_slow_reader_holds_the_writer_back)
{
    check_big(100000, (int64_t)BIG);
    check_big(1000, (int64_t)BIG);
    check_big(50000, -1);
}

static void count_drain(void *arg)
{
    struct fixture *f = arg;
    f->data++;
}

static void write_over_the_mark(struct fixture *f, struct np_http_x *x)
{
    struct np_str mark = fx_pattern(f, f->config.write_high_bytes + 1);
    np_http_respond(x, 200, NULL, 0, -1);
    NP_CHECK(np_http_write(x, np_str_sub(mark, 0, 100)) == 0);
    NP_CHECK(np_http_write(x, mark) == NP_EAGAIN);
}

NP_TEST(who_asks_late_is_told_too_that_all_is_sent)
{
    struct fixture f;
    fixture_init(&f, write_over_the_mark);
    f.config.write_high_bytes = 2000;
    fixture_serve(&f);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    FX_UNTIL(&f, f.requests == 1);
    fx_turns(&f, 3);
    np_http_on_drain(f.x, count_drain, &f);
    NP_CHECK(f.data == 0);
    FX_UNTIL(&f, f.data == 1);
    np_http_on_drain(f.x, count_drain, &f); /* nothing is unsent */
    fx_turns(&f, 3);
    NP_CHECK(f.data == 1);
    np_http_end(f.x);
    fx_recv(&f, fd, "\r\n0\r\n\r\n");
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_reader_that_stalls_is_cut_off)
{
    struct fixture f;
    fixture_init(&f, send_big);
    f.config.stall_timeout_ms = 5;
    fixture_serve(&f);
    f.data = (int)BIG;
    sender = (struct sender){.rest = fx_pattern(&f, BIG), .step = 100000};
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    FX_UNTIL(&f, f.gone == 1);
    NP_CHECK(f.complete == 0 && np_http_server_connections(f.server) == 0);
    close(fd);
    fixture_fini(&f);
}

static void count_body(void *arg, int rc, struct np_str data, bool end)
{
    struct fixture *f = arg;
    if (rc != 0) /* the fixture ends */
        return;
    np_buf_str_add(&f->log, data);
    if (++f->data % 3 == 0 && !end)
        np_http_read_pause(f->x);
    if (end)
        np_http_reply(f->x, 200, NULL, 0, NP_STR("ok"));
}

static void read_with_pauses(struct fixture *f, struct np_http_x *x)
{
    np_http_read(x, count_body, f);
}

static void resume(void *arg)
{
    struct fixture *f = arg;
    if (f->x != NULL)
        np_http_read_resume(f->x);
    np_defer(f->loop, &f->defer, resume, f);
}

NP_TEST(a_paused_body_arrives_whole)
{
    struct fixture f;
    fixture_start(&f, read_with_pauses);
    struct np_str received = fx_pattern(&f, 1 << 20);
    struct np_buf b;
    np_buf_init(&b, f.arena, 4 << 20);
    np_buf_lit(&b, "PUT / HTTP/1.1\r\n" FX_HOST "Transfer-Encoding: chunked\r\n\r\n");
    for (struct np_str rest = received; rest.n > 0;) {
        struct np_str part = np_str_sub(rest, 0, 1 + rest.n / 50);
        np_buf_printf(&b, "%zx\r\n", part.n);
        np_buf_str_add(&b, part);
        np_buf_lit(&b, "\r\n");
        rest = np_str_sub(rest, part.n, rest.n);
    }
    np_buf_lit(&b, "0\r\n\r\nGET / HTTP/1.0\r\n\r\n");
    int fd = fx_connect(&f);
    np_defer(f.loop, &f.defer, resume, &f);
    fx_send(&f, fd, np_buf_str(&b));
    struct np_str all = fx_recv_all(&f, fd);
    NP_CHECK(np_str_starts(fx_undated(&f, all), NP_STR(FX_OK)));
    NP_CHECK(f.complete == 2);
    NP_CHECK(f.log.n > received.n && memcmp(f.log.p, received.p, received.n) == 0);
    close(fd);
    fixture_fini(&f);
}

NP_TEST(a_paused_reader_keeps_the_client_waiting)
{
    struct fixture f;
    fixture_start(&f, read_with_pauses);
    f.data = 2; /* pauses after the first run */
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: 100000000\r\n\r\n");
    struct np_str mega = fx_pattern(&f, 1 << 20);
    size_t sent = 0;
    for (int i = 0; i < 200; i++) {
        ssize_t n = send(fd, mega.p, mega.n, MSG_DONTWAIT | MSG_NOSIGNAL);
        sent += n > 0 ? (size_t)n : 0;
        np_loop_turn(f.loop, 0);
    }
    NP_CHECK(sent < 100000000 && f.log.n <= NP_HTTP_READ_BYTES, "%zu sent, %zu read", sent,
             f.log.n);
    close(fd);
    fixture_fini(&f);
}

/* --- kinds of responses --- */

static const struct np_http_field plain[] = {
    {NP_STR("Content-Type"), NP_STR("text/plain")},
    {NP_STR("content-length"), NP_STR("99")},
    {NP_STR("Transfer-Encoding"), NP_STR("gzip")},
    {NP_STR("X-Bad"), NP_STR("a\r\nSet-Cookie: b")},
};

static void reply_fields(struct fixture *f, struct np_http_x *x)
{
    np_http_reply(x, f->data, plain, NP_LEN(plain), NP_STR("hello"));
}

static void check_reply(int status, struct np_str request, const char *want)
{
    struct fixture f;
    fixture_init(&f, reply_fields);
    f.config.server = NP_STR("nephele");
    fixture_serve(&f);
    f.data = status;
    int fd = fx_connect(&f);
    fx_send(&f, fd, request);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), np_str_of(want));
    NP_CHECK(f.complete == 1);
    close(fd);
    fixture_fini(&f);
}

#define FIELDS "Content-Type: text/plain\r\nX-Bad: a  Set-Cookie: b\r\nServer: nephele\r\n"
#define END    "Connection: close\r\n\r\n"

NP_TEST(heads_of_responses)
{
    check_reply(200, NP_STR("GET / HTTP/1.0\r\n\r\n"),
                "HTTP/1.1 200 OK\r\n" FIELDS "Content-Length: 5\r\n" END "hello");
    check_reply(200, NP_STR("HEAD / HTTP/1.0\r\n\r\n"),
                "HTTP/1.1 200 OK\r\n" FIELDS "Content-Length: 5\r\n" END);
    check_reply(304, NP_STR("GET / HTTP/1.0\r\n\r\n"),
                "HTTP/1.1 304 Not Modified\r\n" FIELDS "Content-Length: 5\r\n" END);
    check_reply(204, NP_STR("GET / HTTP/1.0\r\n\r\n"), "HTTP/1.1 204 No Content\r\n" FIELDS END);
    check_reply(599, NP_STR("GET / HTTP/1.0\r\n\r\n"),
                "HTTP/1.1 599 Unknown\r\n" FIELDS "Content-Length: 5\r\n" END "hello");
}

static void stream_hello(struct fixture *f, struct np_http_x *x)
{
    np_http_respond(x, 200, NULL, 0, f->data);
    NP_CHECK(np_http_write(x, NP_STR("hel")) == 0);
    NP_CHECK(np_http_write(x, NP_STR("")) == 0);
    NP_CHECK(np_http_write(x, NP_STR("lo")) == 0);
    np_http_end(x);
}

static void check_stream(int64_t length, struct np_str request, const char *want)
{
    struct fixture f;
    fixture_start(&f, stream_hello);
    f.data = (int)length;
    int fd = fx_connect(&f);
    fx_send(&f, fd, request);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), np_str_of(want));
    close(fd);
    fixture_fini(&f);
}

#define GET_CLOSE "GET / HTTP/1.1\r\n" FX_HOST "Connection: close\r\n\r\n"
#define CHUNKED   "Transfer-Encoding: chunked\r\n"

NP_TEST(streamed_responses)
{
    check_stream(5, NP_STR(GET_CLOSE), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" END "hello");
    check_stream(-1, NP_STR(GET_CLOSE),
                 "HTTP/1.1 200 OK\r\n" CHUNKED END "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
    check_stream(-1, NP_STR("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
                 "HTTP/1.1 200 OK\r\n" END "hello");
    check_stream(-1, NP_STR("HEAD / HTTP/1.0\r\n\r\n"), "HTTP/1.1 200 OK\r\n" END);
    check_stream(5, NP_STR("HEAD / HTTP/1.0\r\n\r\n"),
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" END);
}

NP_TEST(a_response_that_is_short_or_long_is_cut)
{
    check_stream(6, NP_STR(GET_CLOSE), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n" END "hello");
}

NP_TEST(http_1_0_keeps_the_connection_when_asked)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    NP_CHECK_STR(
        fx_undated(&f, fx_recv(&f, fd, "ok")),
        NP_STR("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"));
    FX_SEND(&f, fd, "GET / HTTP/1.0\r\n\r\n");
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR(FX_OK_END));
    close(fd);
    fixture_fini(&f);
}

static int released;
static void release(void *arg)
{
    released++;
}

static int some_file(void)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/file", np_test_dir());
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    NP_CHECK(write(fd, "0123456789", 10) == 10);
    return fd;
}

static void send_file_and_ref(struct fixture *f, struct np_http_x *x)
{
    int fd = some_file(), before = released;
    np_http_respond(x, 200, NULL, 0, -1);
    NP_CHECK(np_http_write_ref(x, NP_STR("abc"), release, f) == 0);
    NP_CHECK(np_http_write_file(x, fd, 2, 5) == 0);
    NP_CHECK(np_http_write_ref(x, NP_STR(""), release, f) == 0);
    close(fd);
    NP_CHECK(released == before, "never from inside the call");
    np_http_end(x);
}

NP_TEST(files_and_borrowed_bytes)
{
    struct fixture f;
    fixture_start(&f, send_file_and_ref);
    released = 0;
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, GET_CLOSE);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)),
                 NP_STR("HTTP/1.1 200 OK\r\n" CHUNKED END "3\r\nabc\r\n5\r\n23456\r\n0\r\n\r\n"));
    NP_CHECK(released == 2);
    FX_SEND(&f, (fd = fx_connect(&f)), "HEAD / HTTP/1.1\r\n" FX_HOST "Connection: close\r\n\r\n");
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, fd)), NP_STR("HTTP/1.1 200 OK\r\n" END));
    NP_CHECK(released == 4);
    fixture_fini(&f);
}

static void send_too_much_of_a_file(struct fixture *f, struct np_http_x *x)
{
    int fd = some_file();
    np_http_respond(x, 200, NULL, 0, 100);
    np_http_write_file(x, fd, 5, 100);
    close(fd);
    np_http_end(x);
}

NP_TEST(a_file_that_is_shorter_than_promised_cuts_the_response)
{
    struct fixture f;
    fixture_start(&f, send_too_much_of_a_file);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    NP_CHECK(np_str_ends(fx_recv_all(&f, fd), NP_STR("\r\n\r\n56789")));
    NP_CHECK(f.gone == 1 && f.complete == 0);
    close(fd);
    fixture_fini(&f);
}

static void respond_then_abort(struct fixture *f, struct np_http_x *x)
{
    np_http_respond(x, 200, NULL, 0, -1);
    np_http_write(x, NP_STR("abc"));
    if (f->data == 0)
        np_http_abort(x);
}

NP_TEST(an_aborted_response_does_not_look_complete)
{
    struct fixture f;
    fixture_start(&f, respond_then_abort);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    NP_CHECK(!np_str_ends(fx_recv_all(&f, fd), NP_STR("0\r\n\r\n")));
    NP_CHECK(f.gone == 1 && f.complete == 0);
    close(fd);

    /* Without framing only a reset can say it. */
    f.data = 1;
    fd = fx_connect(&f);
    FX_SEND(&f, fd, "GET / HTTP/1.0\r\n\r\n");
    fx_recv(&f, fd, "abc");
    np_http_abort(f.x);
    FX_UNTIL(&f, f.gone == 2);
    char c;
    NP_CHECK(recv(fd, &c, 1, MSG_DONTWAIT) < 0);
    close(fd);
    fixture_fini(&f);
}

static struct np_stream *taken;
static struct np_buf taken_unread;
static void on_taken(void *arg, unsigned events)
{
    struct fixture *f = arg;
    char b[100];
    ssize_t n = np_stream_read(taken, b, sizeof(b));
    if (n > 0)
        np_buf_add(&f->log, b, (size_t)n);
}

static void take(struct fixture *f, struct np_http_x *x)
{
    static const struct np_http_field upgrade = {NP_STR("Upgrade"), NP_STR("echo")};
    NP_CHECK(np_http_head(x)->upgrade);
    np_http_respond(x, 101, &upgrade, 1, -1);
    np_buf_init(&taken_unread, f->arena, 100);
    taken = np_http_take_stream(x, &taken_unread);
    NP_CHECK(taken != NULL);
    np_stream_set_fn(taken, on_taken, f);
}

NP_TEST(a_stream_can_be_taken_over)
{
    struct fixture f;
    fixture_start(&f, take);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd,
            "GET / HTTP/1.1\r\n" FX_HOST "Connection: upgrade\r\nUpgrade: echo\r\n\r\nearly");
    NP_CHECK_STR(
        fx_undated(&f, fx_recv(&f, fd, "\r\n\r\n")),
        NP_STR("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"));
    NP_CHECK_STR(np_buf_str(&taken_unread), NP_STR("early"));
    NP_CHECK(np_http_server_connections(f.server) == 0 && f.complete == 1);
    FX_SEND(&f, fd, "more");
    FX_UNTIL(&f, np_str_is(np_buf_str(&f.log), "gone:1 more"));
    np_stream_close(taken);
    NP_CHECK(fx_recv_all(&f, fd).n == 0);
    close(fd);
    fixture_fini(&f);
}

/* --- the listener --- */

NP_TEST(connections_are_limited)
{
    struct fixture f;
    fixture_init(&f, fx_ok);
    f.config.max_connections = 2;
    fixture_serve(&f);
    int a = fx_connect(&f), b = fx_connect(&f);
    FX_UNTIL(&f, np_http_server_connections(f.server) == 2);
    int c = fx_connect(&f);
    NP_CHECK(fx_recv_all(&f, c).n == 0);
    FX_SEND(&f, a, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    fx_recv(&f, a, "ok");
    close(a);
    close(b);
    close(c);
    FX_UNTIL(&f, np_http_server_connections(f.server) == 0);
    fixture_fini(&f);
}

static void on_drained(void *arg)
{
    struct fixture *f = arg;
    f->data++;
}

NP_TEST(draining_lets_exchanges_end)
{
    struct fixture f;
    fixture_start(&f, fx_nothing);
    int idle = fx_connect(&f), busy = fx_connect(&f), partial = fx_connect(&f);
    FX_SEND(&f, busy, "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    FX_SEND(&f, partial, "GET / HTTP/1.1\r\n");
    FX_UNTIL(&f, f.requests == 1 && np_http_server_connections(f.server) == 3);
    np_http_server_drain(f.server, on_drained, &f);
    NP_CHECK(fx_recv_all(&f, idle).n == 0);
    NP_CHECK(f.data == 0);
    fx_ok(&f, f.x);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, busy)), NP_STR(FX_OK_END));
    NP_CHECK(f.data == 0);
    FX_SEND(&f, partial, FX_HOST "\r\n");
    FX_UNTIL(&f, f.requests == 2);
    fx_ok(&f, f.x);
    NP_CHECK_STR(fx_undated(&f, fx_recv_all(&f, partial)), NP_STR(FX_OK_END));
    FX_UNTIL(&f, f.data == 1);
    fx_turns(&f, 3);
    NP_CHECK(f.data == 1);
    close(idle);
    close(busy);
    close(partial);
    fixture_fini(&f);
}

NP_TEST(draining_an_idle_server_ends_too)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    np_http_server_drain(f.server, on_drained, &f);
    NP_CHECK(f.data == 0);
    FX_UNTIL(&f, f.data == 1);
    fixture_fini(&f);
}

NP_TEST(freeing_the_server_ends_running_exchanges)
{
    struct fixture f;
    fixture_start(&f, fx_read);
    int fd = fx_connect(&f);
    FX_SEND(&f, fd, "PUT / HTTP/1.1\r\n" FX_HOST "Content-Length: 10\r\n\r\nabc");
    FX_UNTIL(&f, f.requests == 1);
    np_http_server_free(f.server);
    f.server = NULL;
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abcrc:NP_ECLOSED  end gone:0 "));
    close(fd);
    fixture_fini(&f);
}

NP_TEST(an_idle_connection_costs_little)
{
    struct fixture f;
    fixture_start(&f, fx_ok);
    enum { N = 100 };
    int fds[N];
    fds[0] = fx_connect(&f);
    FX_SEND(&f, fds[0], "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
    fx_recv(&f, fds[0], "ok");
    np_buf_grow(&f.log, N * 10);
    size_t before = np_test_heap();
    struct np_arena *texts = f.arena;
    f.arena = np_arena_new();
    for (int i = 1; i < N; i++) {
        fds[i] = fx_connect(&f);
        FX_SEND(&f, fds[i], "GET / HTTP/1.1\r\n" FX_HOST "\r\n");
        fx_recv(&f, fds[i], "ok");
    }
    np_arena_free(f.arena);
    f.arena = texts;
    size_t each = (np_test_heap() - before) / (N - 1);
    NP_CHECK(np_http_server_connections(f.server) == N);
    NP_CHECK(each < 2048, "%zu bytes", each);
    for (int i = 0; i < N; i++)
        close(fds[i]);
    fixture_fini(&f);
}
