/* SPDX-License-Identifier: Apache-2.0 */
/* forward_test.c - which fields a proxy passes on, and which framing. */
#include "test.h"

#include "aws/fetch.h"
#include "aws/forward.h"
#include "base/arena.h"
#include "base/auto.h"

/* The request as it goes on, its fields as "Name=value," in order. */
static struct np_str passed(struct np_arena *a, const char *request, bool in_process)
{
    struct np_http_field fields[20], *out;
    struct np_http_head h;
    size_t used;
    int status;
    struct np_str text = np_str_of(request);
    NP_CHECK(np_http_parse_request(text.p, text.n, &np_http_default_limits, fields, &h, &used,
                                   &status) == 0);
    size_t n = np_forward_fields(a, &h, NP_STR("1.1 me"), in_process, &out);
    struct np_buf b;
    np_buf_init(&b, a, 1 << 16);
    np_buf_str_add(&b, np_forward_target(a, &h));
    np_buf_char(&b, ' ');
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%.*s=%.*s,", NP_FMT(out[i].name), NP_FMT(out[i].value));
    return np_buf_str(&b);
}

#define GET "GET http://a/ HTTP/1.1\r\nHost: b\r\n"
static const struct {
    const char *request, *want, *why;
} cases[] = {
    {GET "\r\n", "/ Via=1.1 me,", "the target's host, not the one sent"},
    {"GET http://a?x=http://c/ HTTP/1.1\r\nHost: b\r\n\r\n", "/?x=http://c/ Via=1.1 me,",
     "a query"},
    {GET "Accept: */*\r\nConnection: close\r\n\r\n", "/ Accept=*/*,Via=1.1 me,", "of this hop"},
    {GET "Connection: X-A, x-b\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\n\r\n", "/ X-C=3,Via=1.1 me,",
     "named by Connection"},
    {GET "Connection: a\r\nConnection: b\r\nA: 1\r\nB: 1\r\n\r\n", "/ Via=1.1 me,",
     "by any of them"},
    {GET
     "Proxy-Connection: keep-alive\r\nProxy-Authorization: x\r\nKeep-Alive: 1\r\nTE: trailers\r\n"
     "Trailer: X\r\nUpgrade: h2c\r\n\r\n",
     "/ Via=1.1 me,", "all that speaks of the hop"},
    {GET "X-Forwarded-For: 1.2.3.4\r\nx-forwarded-proto: https\r\nForwarded: for=1.2.3.4\r\n\r\n",
     "/ Via=1.1 me,", "what only a forwarder says"},
    {GET "Via: 1.0 other\r\nConnection: Via\r\n\r\n", "/ Via=1.0 other,Via=1.1 me,",
     "a loop must be seen"},
    {"PUT http://a/ HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
     "/ Via=1.1 me,", "the framing is made anew"},
    {"PUT http://a/ HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n", "/ Via=1.1 me,",
     "the other one"},
};

NP_TEST(fields_of_the_hop_end_here)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, cases) {
        struct np_str got = passed(a, c->request, false);
        NP_CHECK(np_str_eq(got, np_str_of(c->want)), "%s: %.*s", c->why, NP_FMT(got));
    }
}

NP_TEST(an_exchange_of_our_own_keeps_its_framing)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK_STR(passed(a,
                        "PUT http://a/ HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n"
                        "Connection: content-length\r\n\r\n",
                        true),
                 NP_STR("/ Content-Length=3,Via=1.1 me,"));
}

static const struct {
    const char *text, *host;
    uint16_t port;
} authorities[] = {
    {"a", "a", 80},       {"a:", "a", 80},    {"a:8080", "a", 8080}, {"[::1]:443", "::1", 443},
    {"[::1]", "::1", 80}, {"", NULL, 0},      {":80", NULL, 0},      {"a:0", NULL, 0},
    {"a:65536", NULL, 0}, {"u@a", NULL, 0},   {"[::1", NULL, 0},     {"[::1]x", NULL, 0},
    {"a:80:80", NULL, 0}, {"[]:80", NULL, 0},
};

NP_TEST(authorities_taken_apart)
{
    NP_EACH (c, authorities) {
        struct np_str host = NP_STR_NULL;
        uint16_t port = 80;
        bool ok = np_authority_parse(np_str_of(c->text), &host, &port);
        NP_CHECK(ok == (c->host != NULL), "%s", c->text);
        if (ok)
            NP_CHECK(np_str_eq(host, np_str_of(c->host)) && port == c->port, "%s", c->text);
    }
}
