/* SPDX-License-Identifier: Apache-2.0 */
/* chunked_test.c - the chunked coding: whole, in every two pieces, one byte at a time; limits. */
#include "test.h"

#include <stdlib.h>

#include "http/limits.h"
#include "http/parse.h"

struct decoded {
    int rc;
    size_t used;
    struct np_buf data, trailers;
};

static void feed(struct np_chunked *c, struct decoded *d, const char *p, size_t n)
{
    size_t at = 0;
    do {
        size_t used = 0;
        struct np_str data;
        d->rc = np_chunked_feed(c, p + at, n - at, &used, &data, &d->trailers);
        if (d->rc < 0)
            return;
        at += used;
        d->used += used;
        np_buf_str_add(&d->data, data);
    } while (d->rc == 1);
}

/* Decodes s cut at `cut`; step 1 from there on when `bytewise`. */
static struct decoded decode(struct np_str s, size_t cut, bool bytewise)
{
    struct decoded d = {0};
    struct np_chunked c;
    np_chunked_init(&c);
    np_buf_init(&d.data, NULL, 1 << 20);
    np_buf_init(&d.trailers, NULL, 1 << 20);
    feed(&c, &d, s.p, cut);
    size_t step = bytewise ? 1 : s.n - cut;
    for (size_t i = cut; i < s.n && d.rc == 0; i += step)
        feed(&c, &d, s.p + i, step);
    return d;
}

static void decoded_fini(struct decoded *d)
{
    np_buf_fini(&d->data);
    np_buf_fini(&d->trailers);
}

static void check_good(struct np_str in, struct np_str data, struct np_str trailers, size_t rest)
{
    for (size_t cut = 0; cut <= in.n; cut++) {
        for (int bytewise = 0; bytewise < 2; bytewise++) {
            struct decoded d = decode(in, cut, bytewise);
            NP_CHECK(d.rc == 2, "%.*s cut at %zu: %d", NP_FMT(in), cut, d.rc);
            NP_CHECK(d.used == in.n - rest, "used %zu", d.used);
            NP_CHECK_STR(np_buf_str(&d.data), data);
            NP_CHECK_STR(np_buf_str(&d.trailers), trailers);
            decoded_fini(&d);
        }
    }
}

NP_TEST(bodies_in_chunks)
{
    check_good(NP_STR("0\r\n\r\n"), NP_STR(""), NP_STR(""), 0);
    check_good(NP_STR("5\r\nhello\r\n000\r\n\r\n"), NP_STR("hello"), NP_STR(""), 0);
    check_good(NP_STR("a\r\n0123456789\r\nB;x=\"y z\"\r\nhello world\r\n0 ;q\r\n\r\nGET"),
               NP_STR("0123456789hello world"), NP_STR(""), 3);
    check_good(NP_STR("1\r\n\n\r\n0\r\nX-A: 1\r\nx-b:\r\n\r\n"), NP_STR("\n"),
               NP_STR("X-A: 1\r\nx-b:\r\n"), 0);
}

static const struct {
    struct np_str in;
    const char *why;
} bad[] = {
    {NP_STR("\r\n"), "no size"},
    {NP_STR("g\r\n"), "no hex digit"},
    {NP_STR("-1\r\n"), "negative"},
    {NP_STR(" 1\r\n"), "blank before the size"},
    {NP_STR("1 \r\nx\r\n"), "blank after the size"},
    {NP_STR("1 1\r\nx\r\n"), "two sizes"},
    {NP_STR("0x1\r\nx\r\n"), "prefix"},
    {NP_STR("1\nx\r\n"), "bare LF after the size"},
    {NP_STR("1\rx"), "bare CR after the size"},
    {NP_STR("1;a\nb\r\nx\r\n"), "bare LF in an extension"},
    {NP_STR("1;a\0\r\nx\r\n"), "NUL in an extension"},
    {NP_STR("1\r\nxy\r\n"), "data longer than its size"},
    {NP_STR("1\r\nx\n"), "bare LF after the data"},
    {NP_STR("1\r\nx\r0"), "bare CR after the data"},
    {NP_STR("10000000000000000\r\n"), "over 64 bits"},
    {NP_STR("0\r\n\n"), "bare LF at the end"},
    {NP_STR("0\r\n\rx"), "bare CR at the end"},
    {NP_STR("0\r\n x: 1\r\n\r\n"), "fold in the trailers"},
    {NP_STR("0\r\nx : 1\r\n\r\n"), "blank before the colon"},
    {NP_STR("0\r\n: 1\r\n\r\n"), "no name"},
    {NP_STR("0\r\nx\r\n\r\n"), "no colon"},
    {NP_STR("0\r\nx: a\nb\r\n\r\n"), "bare LF in a trailer"},
    {NP_STR("0\r\nx: a\0\r\n\r\n"), "NUL in a trailer"},
};

NP_TEST(malformed_chunks_are_refused)
{
    NP_EACH (c, bad) {
        for (size_t cut = 0; cut <= c->in.n; cut++) {
            struct decoded d = decode(c->in, cut, false);
            NP_CHECK(d.rc == NP_EPROTO, "%s: %d", c->why, d.rc);
            decoded_fini(&d);
        }
    }
}

NP_TEST(the_largest_size_is_taken)
{
    struct np_chunked c;
    struct np_str data, in = NP_STR("ffffffffffffffff\r\nxy");
    size_t used = 0;
    np_chunked_init(&c);
    NP_CHECK(np_chunked_feed(&c, in.p, in.n, &used, &data, NULL) == 1);
    NP_CHECK(data.n == 2 && c.left == UINT64_MAX - 2);
}

static int feed_run(const char *before, char c, size_t n, const char *after)
{
    size_t at = strlen(before);
    char *p = malloc(at + n + strlen(after));
    memcpy(p, before, at);
    memset(p + at, c, n);
    memcpy(p + at + n, after, strlen(after));
    struct decoded d = decode(np_str_n(p, at + n + strlen(after)), 0, false);
    free(p);
    decoded_fini(&d);
    return d.rc;
}

NP_TEST(lines_and_trailers_have_a_limit)
{
    NP_CHECK(feed_run("0;", 'x', NP_HTTP_CHUNK_LINE_MAX - 4, "\r\n\r\n") == 2);
    NP_CHECK(feed_run("0;", 'x', NP_HTTP_CHUNK_LINE_MAX - 3, "\r\n\r\n") == NP_EPROTO);
    NP_CHECK(feed_run("", '0', NP_HTTP_CHUNK_LINE_MAX + 1, "") == NP_EPROTO);
    NP_CHECK(feed_run("0\r\nx:", 'x', NP_HTTP_TRAILER_MAX - 4, "\r\n\r\n") == 2);
    NP_CHECK(feed_run("0\r\nx:", 'x', NP_HTTP_TRAILER_MAX - 3, "\r\n\r\n") == NP_EPROTO);
}

NP_TEST(trailer_lines_become_fields)
{
    struct np_http_field f[2];
    size_t n = 0;
    NP_CHECK(np_http_parse_fields(NP_STR("a: 1\r\nB:\t2 \r\n"), 2, f, &n) == 0);
    NP_CHECK(n == 2);
    NP_CHECK_STR(f[0].name, NP_STR("a"));
    NP_CHECK_STR(f[1].value, NP_STR("2"));
    NP_CHECK(np_http_parse_fields(NP_STR("a: 1\r\nb: 2\r\n"), 1, f, &n) == NP_E2BIG);
    NP_CHECK(np_http_parse_fields(NP_STR("a: 1\r\nb"), 2, f, &n) == NP_EPROTO);
}
