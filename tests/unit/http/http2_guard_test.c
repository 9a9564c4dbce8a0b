/* SPDX-License-Identifier: Apache-2.0 */
/* http2_guard_test.c - clients of HTTP/2 that make the server work, or wait, for nothing. */
#include "http/http2_client.h"

#include <unistd.h>

#include "http/limits.h"

#define END   NGHTTP2_FLAG_END_STREAM
#define LATER 20 /* turns in which an answer would have come */

static void init(struct fixture *f, void (*on_request)(struct fixture *f, struct np_http_x *x))
{
    fixture_init(f, on_request);
    f->config.h2c = true;
}

static void start(struct fixture *f, struct h2 *c,
                  void (*on_request)(struct fixture *f, struct np_http_x *x))
{
    init(f, on_request);
    fixture_serve(f);
    h2_open(c, f);
}

static void stop(struct fixture *f, struct h2 *c)
{
    h2_close(c);
    fixture_fini(f);
}

static struct np_str zeroes(struct fixture *f, size_t n)
{
    return np_str_n(np_alloc(f->arena, n), n);
}

static bool said(const struct h2 *c, const char *text)
{
    return np_str_find(np_buf_str(&c->log), np_str_of(text)) >= 0;
}

static void check_calmed(struct h2 *c, const char *what)
{
    FX_UNTIL(c->f, (h2_turns(c, 1), c->closed || said(c, "G:")));
    NP_CHECK(np_str_ends(np_buf_str(&c->log), NP_STR("G:11 ")), "%s", what);
    h2_until_closed(c);
    h2_leave(c);
    FX_UNTIL(c->f, np_http_server_connections(c->f->server) == 0);
    NP_CHECK(c->f->gone == c->f->requests, "%s", what);
}

/* --- floods of frames --- */

static void send_ping(struct h2 *c, uint32_t i)
{
    h2_send_frame(c, NGHTTP2_PING, 0, 0, zeroes(c->f, 8));
}

static void send_settings(struct h2 *c, uint32_t i)
{
    h2_send_frame(c, NGHTTP2_SETTINGS, 0, 0, NP_STR(""));
}

static void send_priority(struct h2 *c, uint32_t i)
{
    h2_send_frame(c, NGHTTP2_PRIORITY, 0, 3 + 2 * i, zeroes(c->f, 5));
}

static void send_unknown(struct h2 *c, uint32_t i)
{
    h2_send_frame(c, 0xbe, 0, 0, NP_STR("x"));
}

static void send_empty(struct h2 *c, uint32_t i)
{
    h2_send_frame(c, NGHTTP2_DATA, 0, 1, NP_STR(""));
}

static void send_update(struct h2 *c, uint32_t i)
{
    h2_send_u32(c, NGHTTP2_WINDOW_UPDATE, 0, 1);
}

static void send_reset(struct h2 *c, uint32_t i)
{
    h2_get(c, 3 + 2 * i);
    h2_send_u32(c, NGHTTP2_RST_STREAM, 3 + 2 * i, NGHTTP2_CANCEL);
}

/* The client makes the server do it. */
static void send_for_a_reset(struct h2 *c, uint32_t i)
{
    h2_get(c, 3 + 2 * i);
    h2_send_u32(c, NGHTTP2_WINDOW_UPDATE, 3 + 2 * i, INT32_MAX); /* overflows */
}

static void send_malformed(struct h2 *c, uint32_t i)
{
    h2_request(c, 3 + 2 * i, END, "GET", "/", "X: upper case");
}

static const struct {
    const char *name;
    void (*send)(struct h2 *c, uint32_t i);
    unsigned max;
} floods[] = {
    {"PING", send_ping, NP_HTTP2_CONTROLS_MAX - 2}, /* two SETTINGS came with the preface */
    {"SETTINGS", send_settings, NP_HTTP2_CONTROLS_MAX - 2},
    {"PRIORITY", send_priority, NP_HTTP2_CONTROLS_MAX - 2},
    {"unknown frames", send_unknown, NP_HTTP2_CONTROLS_MAX - 2},
    {"empty DATA", send_empty, NP_HTTP2_EMPTIES_MAX},
    {"WINDOW_UPDATE", send_update, NP_HTTP2_UPDATES_MAX},
    {"rapid reset", send_reset, NP_HTTP2_RESETS_MAX},
    {"resets by the server", send_for_a_reset, NP_HTTP2_RESETS_MAX},
    {"malformed requests", send_malformed, NP_HTTP2_RESETS_MAX},
};

NP_TEST(floods_end_the_connection)
{
    NP_EACH (flood, floods) {
        struct fixture f;
        struct h2 c;
        start(&f, &c, fx_read);
        h2_request(&c, 1, 0, "PUT", "/", NULL);
        for (uint32_t i = 0; i < flood->max; i++)
            flood->send(&c, i);
        h2_turns(&c, LATER);
        NP_CHECK(!c.closed && !said(&c, "G:"), "%s: at the limit: %.*s", flood->name,
                 NP_FMT(np_buf_str(&c.log)));
        flood->send(&c, flood->max);
        check_calmed(&c, flood->name);
        stop(&f, &c);
    }
}

NP_TEST(limits_are_by_periods)
{
    /* Each flood starts anew, so that a long connection is none. */
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_ok);
    for (uint32_t i = 0; i < NP_HTTP2_RESETS_MAX + 10; i++) {
        h2_get(&c, 1 + 2 * i); /* is answered before */
        h2_turns(&c, 2);
        h2_send_u32(&c, NGHTTP2_RST_STREAM, 1 + 2 * i, NGHTTP2_CANCEL);
    }
    h2_turns(&c, LATER);
    NP_CHECK(!c.closed && f.complete == NP_HTTP2_RESETS_MAX + 10, "answered streams are no waste");
    stop(&f, &c);
}

static void send_continuations(struct h2 *c, unsigned n)
{
    struct np_str block = h2_block(c->f, ":method: GET\n:scheme: http\n:authority: a\n:path: /");
    h2_send_frame(c, NGHTTP2_HEADERS, END, 1, block);
    while (n-- > 0)
        h2_send_frame(c, NGHTTP2_CONTINUATION, n == 0 ? NGHTTP2_FLAG_END_HEADERS : 0, 1,
                      NP_STR(""));
}

NP_TEST(continuations_have_a_maximum)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_ok);
    send_continuations(&c, NP_HTTP2_CONTINUATIONS_MAX);
    h2_until(&c, "D1:2,end");
    stop(&f, &c);
    start(&f, &c, fx_ok);
    send_continuations(&c, NP_HTTP2_CONTINUATIONS_MAX + 1);
    check_calmed(&c, "CONTINUATION");
    stop(&f, &c);
}

/* One field in the table of 4 KiB, then many references to it of one byte each. */
static struct np_str bomb(struct fixture *f, size_t n)
{
    struct np_buf b;
    np_buf_init(&b, f->arena, 100000);
    np_buf_str_add(&b, h2_block(f, ":method: GET\n:scheme: http\n:authority: a\n:path: /"));
    np_buf_add(&b, "\x40\x01x\x7f\xa1\x1e", 6); /* x: 4,000 bytes, indexed */
    np_buf_str_add(&b, fx_pattern(f, 4000));
    while (n-- > 0)
        np_buf_char(&b, (char)0xbe);
    return np_buf_str(&b);
}

NP_TEST(header_bombs_end_the_connection)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, fx_ok);
    h2_send_block(&c, 1, END, bomb(&f, 30));
    h2_until(&c, "H1:431,end");
    NP_CHECK(!c.closed);
    h2_send_block(&c, 3, END, bomb(&f, 100));
    check_calmed(&c, "a header bomb");
    stop(&f, &c);
}

#define BIG 200000

static void lend(struct fixture *f, struct np_http_x *x)
{
    np_http_respond(x, 200, NULL, 0, BIG);
    np_http_write_ref(x, fx_pattern(f, BIG), NULL, NULL);
    np_http_end(x);
}

NP_TEST(windows_of_a_byte_end_the_connection)
{
    struct fixture f;
    struct h2 c;
    start(&f, &c, lend);
    h2_send_frame(&c, NGHTTP2_SETTINGS, 0, 0, np_str_n("\0\4\0\0\0\1", 6));
    h2_get(&c, 1);
    for (unsigned i = 1; i < NP_HTTP2_TINIES_MAX; i++)
        h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 1, 1);
    h2_turns(&c, LATER);
    NP_CHECK(!c.closed && c.body.n == NP_HTTP2_TINIES_MAX, "%zu bytes", c.body.n);
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 1, 1);
    check_calmed(&c, "tiny windows");
    stop(&f, &c);
}

/* --- clients that wait, or let wait --- */

NP_TEST(a_window_that_stays_shut_ends_the_connection)
{
    struct fixture f;
    struct h2 c;
    init(&f, lend);
    f.config.stall_timeout_ms = 30;
    fixture_serve(&f);
    h2_open(&c, &f);
    h2_send_frame(&c, NGHTTP2_SETTINGS, 0, 0, np_str_n("\0\4\0\0\0\0", 6));
    h2_get(&c, 1);
    check_calmed(&c, "a shut window");
    NP_CHECK(c.body.n == 0 && f.complete == 0);
    stop(&f, &c);
}

static void lend_or_wait(struct fixture *f, struct np_http_x *x)
{
    if (np_str_is(np_http_head(x)->path, "/big"))
        lend(f, x);
}

NP_TEST(a_shut_stream_beside_others_is_reset_alone)
{
    struct fixture f;
    struct h2 c;
    init(&f, lend_or_wait);
    f.config.stall_timeout_ms = 30;
    fixture_serve(&f);
    h2_open(&c, &f);
    h2_get(&c, 1);
    FX_UNTIL(&f, f.requests == 1);
    struct np_http_x *works = f.x;
    h2_request(&c, 3, END, "GET", "/big", NULL);
    h2_until(&c, "R3:11 ");
    fx_ok(&f, works);
    h2_send_u32(&c, NGHTTP2_WINDOW_UPDATE, 0, BIG);
    h2_until(&c, "D1:2,end");
    stop(&f, &c);
}

NP_TEST(a_body_that_does_not_come_times_out)
{
    struct fixture f;
    struct h2 c;
    init(&f, fx_read_and_reply);
    f.config.stall_timeout_ms = 30;
    fixture_serve(&f);
    h2_open(&c, &f);
    h2_request(&c, 1, 0, "PUT", "/", NULL);
    h2_send_frame(&c, NGHTTP2_DATA, 0, 1, NP_STR("ab"));
    h2_until(&c, "H1:400 D1:2,end");
    NP_CHECK_STR(np_buf_str(&f.log), NP_STR("abrc:NP_ETIMEDOUT  end gone:1 "));
    stop(&f, &c);
}

NP_TEST(a_handler_that_works_has_time)
{
    struct fixture f;
    struct h2 c;
    init(&f, fx_nothing);
    f.config.stall_timeout_ms = f.config.idle_timeout_ms = f.config.head_timeout_ms = 10;
    fixture_serve(&f);
    h2_open(&c, &f);
    h2_get(&c, 1);
    uint64_t until = np_now_ms(f.loop) + 60;
    while (np_now_ms(f.loop) < until)
        h2_turns(&c, 1);
    fx_ok(&f, f.x);
    h2_until(&c, "D1:2,end");
    stop(&f, &c);
}

NP_TEST(a_slow_head_block_ends_the_connection)
{
    struct fixture f;
    struct h2 c;
    init(&f, fx_ok);
    f.config.head_timeout_ms = 30;
    fixture_serve(&f);
    h2_open(&c, &f);
    h2_send_frame(&c, NGHTTP2_HEADERS, END, 1, h2_block(&f, ":method: GET"));
    check_calmed(&c, "half a head");
    NP_CHECK(f.requests == 0);
    stop(&f, &c);
}

NP_TEST(an_idle_client_is_sent_away_whatever_it_pings)
{
    struct fixture f;
    struct h2 c;
    init(&f, fx_ok);
    f.config.idle_timeout_ms = 50;
    fixture_serve(&f);
    h2_open(&c, &f);
    h2_get(&c, 1);
    h2_until(&c, "D1:2,end");
    uint64_t until = np_now_ms(f.loop) + 5000, pings = 0;
    while (!c.closed && np_now_ms(f.loop) < until) {
        if (pings++ < 100)
            h2_send_frame(&c, NGHTTP2_PING, 0, 0, zeroes(&f, 8));
        h2_turns(&c, 1);
        if (said(&c, "G:0 "))
            break;
    }
    h2_until_closed(&c);
    NP_CHECK(said(&c, "G:0 "));
    stop(&f, &c);
}

/* --- what breaks the protocol --- */

static const struct {
    const char *name;
    uint8_t type, flags;
    uint32_t id;
    size_t n;
    const char *answer;
} broken[] = {
    {"DATA of no stream", NGHTTP2_DATA, 0, 0, 1, "G:1 "},
    {"DATA of an idle stream", NGHTTP2_DATA, 0, 1, 1, "G:1 "},
    {"HEADERS of an even stream", NGHTTP2_HEADERS, 4, 2, 1, "G:1 "},
    {"a frame that is too long", NGHTTP2_PING, 0, 0, 20000, "G:6 "},
    {"a PING of 7 bytes", NGHTTP2_PING, 0, 0, 7, "G:6 "},
    {"SETTINGS of 5 bytes", NGHTTP2_SETTINGS, 0, 0, 5, "G:6 "},
    {"a window of 0", NGHTTP2_WINDOW_UPDATE, 0, 0, 4, "G:1 "},
    {"CONTINUATION of nothing", NGHTTP2_CONTINUATION, 4, 1, 1, "G:1 "},
    {"PUSH_PROMISE of a client", NGHTTP2_PUSH_PROMISE, 4, 1, 4, "G:1 "},
    {"HPACK that is none", NGHTTP2_HEADERS, 5, 1, 5, "G:9 "},
};

NP_TEST(broken_frames_end_the_connection)
{
    NP_EACH (b, broken) {
        struct fixture f;
        struct h2 c;
        start(&f, &c, fx_ok);
        struct np_str payload = zeroes(&f, b->n);
        if (b->type == NGHTTP2_HEADERS)
            memset((char *)(uintptr_t)payload.p, 0xff, payload.n);
        h2_send_frame(&c, b->type, b->flags, b->id, payload);
        h2_until_closed(&c);
        NP_CHECK(np_str_ends(np_buf_str(&c.log), np_str_of(b->answer)), "%s: %.*s", b->name,
                 NP_FMT(np_buf_str(&c.log)));
        h2_leave(&c);
        FX_UNTIL(&f, np_http_server_connections(f.server) == 0);
        stop(&f, &c);
    }
}
