/* SPDX-License-Identifier: Apache-2.0 */
/* parse_test.c - heads: what is accepted, what is refused with which status, and the limits. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/scan.h"
#include "http/limits.h"
#include "http/parse.h"

static struct np_http_field fields[NP_HTTP_FIELDS_MAX];

struct result {
    int rc, status;
    size_t used;
    struct np_http_head h;
};

/* Parses a copy without a byte behind it, so that the sanitizer sees every overrun. */
static struct result parse(const char *p, size_t n, const struct np_http_limits *limits)
{
    struct result r = {0};
    char *copy = malloc(n > 0 ? n : 1);
    memcpy(copy, p, n);
    r.rc = np_http_parse_request(copy, n, limits, fields, &r.h, &r.used, &r.status);
    free(copy);
    return r;
}

static struct result parse_str(struct np_str s)
{
    return parse(s.p, s.n, &np_http_default_limits);
}

/* Every prefix says "more" or already what the whole says. */
static void check_prefixes(struct np_str s, struct result whole)
{
    for (size_t n = 0; n < s.n; n++) {
        struct result r = parse(s.p, n, &np_http_default_limits);
        if (whole.rc == 0 && n < whole.used)
            NP_CHECK(r.rc == NP_EAGAIN, "%zu bytes of %.*s: %d", n, NP_FMT(s), r.rc);
        else
            NP_CHECK(r.rc == NP_EAGAIN || (r.rc == whole.rc && r.status == whole.status),
                     "%zu bytes of %.*s: %d %d", n, NP_FMT(s), r.rc, r.status);
    }
}

static struct np_http_head parsed;
static char text[4096];
/* The head of an accepted request; its text lives until the next call. */
static const struct np_http_head *accept_head(const char *z)
{
    size_t used = 0;
    int status = 0;
    NP_CHECK(strlen(z) < sizeof(text));
    memcpy(text, z, strlen(z));
    int rc = np_http_parse_request(text, strlen(z), &np_http_default_limits, fields, &parsed, &used,
                                   &status);
    NP_CHECK(rc == 0, "%s: %d %d", z, rc, status);
    return &parsed;
}

NP_TEST(a_put_of_boto3_is_taken_apart)
{
    struct np_str s = NP_STR("PUT /bucket/some%20key?partNumber=1&uploadId=a/b HTTP/1.1\r\n"
                             "Host: 127.0.0.1:4566\r\n"
                             "x-amz-meta-name: \t padded  value\t \r\n"
                             "X-Empty:\r\n"
                             "content-LENGTH: 18446744073709551615\r\n"
                             "Expect: 100-Continue\r\n"
                             "\r\n"
                             "body");
    struct np_http_head h;
    size_t used = 0;
    int status = 0;
    NP_CHECK(np_http_parse_request(s.p, s.n, &np_http_default_limits, fields, &h, &used, &status) ==
             0);
    NP_CHECK(used == s.n - 4);
    NP_CHECK_STR(h.method, NP_STR("PUT"));
    NP_CHECK_STR(h.target, NP_STR("/bucket/some%20key?partNumber=1&uploadId=a/b"));
    NP_CHECK_STR(h.path, NP_STR("/bucket/some%20key"));
    NP_CHECK_STR(h.query, NP_STR("partNumber=1&uploadId=a/b"));
    NP_CHECK_STR(h.host, NP_STR("127.0.0.1:4566"));
    NP_CHECK(h.minor == 1 && h.keep_alive && h.expect_continue && !h.absolute && !h.upgrade);
    NP_CHECK(h.framing == NP_BODY_LENGTH && h.content_length == UINT64_MAX);
    NP_CHECK(h.n_fields == 5);
    NP_CHECK_STR(np_http_field(&h, NP_STR("X-Amz-Meta-NAME")), NP_STR("padded  value"));
    NP_CHECK(np_http_field(&h, NP_STR("x-empty")).p != NULL &&
             np_http_field(&h, NP_STR("x-empty")).n == 0);
    NP_CHECK(np_http_field(&h, NP_STR("x-none")).p == NULL);
    NP_CHECK_STR(h.fields[3].name, NP_STR("content-LENGTH"));
    check_prefixes(s, (struct result){.used = used});
}

NP_TEST(forms_of_the_target)
{
    const struct np_http_head *h =
        accept_head("GET http://example.com:80/a?b?c HTTP/1.1\r\nHost: other\r\n\r\n");
    NP_CHECK(h->absolute);
    NP_CHECK_STR(h->host, NP_STR("example.com:80"));
    NP_CHECK_STR(h->path, NP_STR("/a"));
    NP_CHECK_STR(h->query, NP_STR("b?c"));

    h = accept_head("GET HTTPS://[::1]?q HTTP/1.1\r\nHost:\r\n\r\n");
    NP_CHECK_STR(h->host, NP_STR("[::1]"));
    NP_CHECK_STR(h->path, NP_STR("/"));
    NP_CHECK_STR(h->query, NP_STR("q"));

    h = accept_head("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n");
    NP_CHECK_STR(h->host, NP_STR("example.com:443"));
    NP_CHECK(h->path.n == 0 && !h->absolute);

    h = accept_head("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    NP_CHECK_STR(h->path, NP_STR("*"));

    h = accept_head("GET /k\xc3\xb6rper|{x}\"? HTTP/1.1\r\nHost: a\r\n\r\n");
    NP_CHECK_STR(h->path, NP_STR("/k\xc3\xb6rper|{x}\""));
    NP_CHECK(h->query.p != NULL && h->query.n == 0);

    NP_CHECK(accept_head("GET / HTTP/1.1\r\nHost: a\r\n\r\n")->query.p == NULL);
}

NP_TEST(connections_and_framing)
{
    NP_CHECK(
        !accept_head("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo , Close\r\n\r\n")->keep_alive);
    NP_CHECK(!accept_head("GET / HTTP/1.0\r\n\r\n")->keep_alive);
    NP_CHECK(accept_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->keep_alive);
    NP_CHECK(!accept_head("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")->keep_alive);
    NP_CHECK(!accept_head("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")->expect_continue);
    NP_CHECK(accept_head("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
                 ->upgrade);
    NP_CHECK(!accept_head("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n")->upgrade);
    NP_CHECK(accept_head("GET / HTTP/1.1\r\nHost: a\r\n\r\n")->framing == NP_BODY_NONE);
    NP_CHECK(accept_head("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")->framing ==
             NP_BODY_LENGTH);
    NP_CHECK(
        accept_head("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: , CHUNKED\r\n\r\n")->framing ==
        NP_BODY_CHUNKED);
    NP_CHECK(
        accept_head("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 07\r\nContent-Length: 7\r\n\r\n")
            ->content_length == 7);
    NP_CHECK(accept_head("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")->n_fields == 1);
}

#define REST " HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD "GET / HTTP/1.1\r\nHost: a\r\n"
static const struct {
    struct np_str head;
    int status;
    const char *why;
} refused[] = {
    {NP_STR("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400, "bare LF in the request line"},
    {NP_STR("GET / HTTP/1.1\r\nHost: a\n\r\n"), 400, "bare LF after a field"},
    {NP_STR(HEAD "\n"), 400, "bare LF at the end"},
    {NP_STR(HEAD "X: a\rb\r\n\r\n"), 400, "bare CR in a value"},
    {NP_STR(HEAD "X: a\0b\r\n\r\n"), 400, "NUL in a value"},
    {NP_STR(HEAD "X: a\x01"
                 "b\r\n\r\n"),
     400, "control byte in a value"},
    {NP_STR(HEAD "X: a\x7f\r\n\r\n"), 400, "DEL in a value"},
    {NP_STR(HEAD "X: 1\r\n folded\r\n\r\n"), 400, "obs-fold"},
    {NP_STR("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400, "blank before the first field"},
    {NP_STR("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400, "blank before the colon"},
    {NP_STR(HEAD ": x\r\n\r\n"), 400, "empty name"},
    {NP_STR(HEAD "no colon\r\n\r\n"), 400, "no colon"},
    {NP_STR(HEAD "(x): 1\r\n\r\n"), 400, "no token"},
    {NP_STR(HEAD "X\xc3\xa4: 1\r\n\r\n"), 400, "name beyond ASCII"},
    {NP_STR("GET / HTTP/1.1\r\n\r\n"), 400, "no Host"},
    {NP_STR("GET http://a/ HTTP/1.1\r\n\r\n"), 400, "no Host beside an absolute target"},
    {NP_STR(HEAD "Host: a\r\n\r\n"), 400, "two Hosts"},
    {NP_STR("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), 400, "two Hosts with 1.0"},
    {NP_STR("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400, "slash in Host"},
    {NP_STR("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), 400, "user in Host"},
    {NP_STR("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400, "blank in Host"},
    {NP_STR("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"), 400, "port is no number"},
    {NP_STR("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), 400, "open bracket"},
    {NP_STR(HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400, "two lengths"},
    {NP_STR(HEAD "Content-Length: 1, 1\r\n\r\n"), 400, "list of lengths"},
    {NP_STR(HEAD "Content-Length: +1\r\n\r\n"), 400, "sign"},
    {NP_STR(HEAD "Content-Length: -1\r\n\r\n"), 400, "negative"},
    {NP_STR(HEAD "Content-Length: 0x1\r\n\r\n"), 400, "hex"},
    {NP_STR(HEAD "Content-Length:\r\n\r\n"), 400, "empty length"},
    {NP_STR(HEAD "Content-Length: 18446744073709551616\r\n\r\n"), 400, "over 64 bits"},
    {NP_STR(HEAD "Content-Length: 99999999999999999999999\r\n\r\n"), 400, "far over 64 bits"},
    {NP_STR(HEAD "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"), 400,
     "both, length first"},
    {NP_STR(HEAD "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"), 400,
     "both, coding first"},
    {NP_STR(HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), 400, "twice"},
    {NP_STR(HEAD "Transfer-Encoding: chunked, chunked\r\n\r\n"), 400, "twice in one field"},
    {NP_STR(HEAD "Transfer-Encoding:\r\n\r\n"), 400, "no coding"},
    {NP_STR("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400, "chunked with 1.0"},
    {NP_STR(HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501, "unknown coding"},
    {NP_STR(HEAD "Transfer-Encoding: xchunked\r\n\r\n"), 501, "almost chunked"},
    {NP_STR(HEAD "Transfer-Encoding: \x0b"
                 "chunked\r\n\r\n"),
     400, "vertical tab"},
    {NP_STR("G\x01T /" REST), 400, "control byte in the method"},
    {NP_STR("G@T /" REST), 400, "no token as method"},
    {NP_STR(" GET /" REST), 400, "blank first"},
    {NP_STR("\r\n\r\nGET /" REST), 400, "two empty lines first"},
    {NP_STR("GET  /" REST), 400, "two blanks"},
    {NP_STR("GET /a b" REST), 400, "blank in the target"},
    {NP_STR("GET /a\tb" REST), 400, "tab in the target"},
    {NP_STR("GET /a\x01" REST), 400, "control byte in the target"},
    {NP_STR("GET /a\x7f" REST), 400, "DEL in the target"},
    {NP_STR("GET /a#b" REST), 400, "fragment"},
    {NP_STR("GET a" REST), 400, "relative target"},
    {NP_STR("GET *" REST), 400, "asterisk without OPTIONS"},
    {NP_STR("GET ftp://a/" REST), 400, "foreign scheme"},
    {NP_STR("GET http:///" REST), 400, "no authority"},
    {NP_STR("GET http://:80/" REST), 400, "no host in the authority"},
    {NP_STR("GET http://u:p@a/" REST), 400, "user in the authority"},
    {NP_STR("CONNECT a" REST), 400, "CONNECT without port"},
    {NP_STR("CONNECT a:" REST), 400, "CONNECT with an empty port"},
    {NP_STR("CONNECT :443" REST), 400, "CONNECT without host"},
    {NP_STR("CONNECT /a:443" REST), 400, "CONNECT to a path"},
    {NP_STR("GET /\r\n"), 400, "HTTP/0.9"},
    {NP_STR("GET / \r\n"), 400, "no version"},
    {NP_STR("GET / HTTP/1.1 \r\n"), 400, "blank after the version"},
    {NP_STR("GET / http/1.1\r\n"), 400, "version in small letters"},
    {NP_STR("GET / HTTP/1.x\r\n"), 400, "version without digit"},
    {NP_STR("GET / HTTP/2.0\r\n"), 505, "another major version"},
    {NP_STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400, "asterisk without OPTIONS"},
};

NP_TEST(malformed_heads_are_refused)
{
    NP_EACH (c, refused) {
        struct result r = parse_str(c->head);
        NP_CHECK(r.rc == NP_EPROTO && r.status == c->status, "%s: %d %d", c->why, r.rc, r.status);
        check_prefixes(c->head, r);
    }
}

/* "GET /aaa… HTTP/1.1", n fields "X-n: " and a head of exactly `bytes` bytes. */
static char *make_head(size_t target, size_t n, size_t bytes)
{
    size_t cap = target + n * 16 + bytes + 100, at = 0;
    char *p = malloc(cap);
    at += (size_t)snprintf(p, cap, "GET /");
    memset(p + at, 'a', target - 1);
    at += target - 1;
    at += (size_t)snprintf(p + at, cap - at, " HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 1; i < n; i++)
        at += (size_t)snprintf(p + at, cap - at, "X-%zu: 1\r\n", i);
    if (bytes > at + 2) {
        NP_CHECK(bytes - at - 2 > 5);
        memset(p + at, 'v', bytes - at);
        memcpy(p + at, "Y: ", 3);
        memcpy(p + bytes - 4, "\r\n", 2);
        at = bytes - 2;
    }
    snprintf(p + at, cap - at, "\r\n");
    return p;
}

static void check_limit(char *head, int rc, int status, const char *what)
{
    struct result r = parse(head, strlen(head), &np_http_default_limits);
    NP_CHECK(r.rc == rc && r.status == status, "%s: %d %d", what, r.rc, r.status);
    free(head);
}

NP_TEST(limits_hold_and_one_more_is_refused)
{
    check_limit(make_head(NP_HTTP_TARGET_MAX, 1, 0), 0, 0, "longest target");
    check_limit(make_head(NP_HTTP_TARGET_MAX + 1, 1, 0), NP_E2BIG, 414, "target + 1");
    check_limit(make_head(1, NP_HTTP_FIELDS_MAX, 0), 0, 0, "most fields");
    check_limit(make_head(1, NP_HTTP_FIELDS_MAX + 1, 0), NP_E2BIG, 431, "fields + 1");
    check_limit(make_head(1, 2, NP_HTTP_HEAD_MAX), 0, 0, "longest head");
    check_limit(make_head(1, 2, NP_HTTP_HEAD_MAX + 1), NP_E2BIG, 431, "head + 1");
}

NP_TEST(a_target_without_end_is_refused_when_it_is_too_long)
{
    char *head = make_head(NP_HTTP_TARGET_MAX + 1, 1, 0);
    NP_CHECK(parse(head, 4 + NP_HTTP_TARGET_MAX, &np_http_default_limits).rc == NP_EAGAIN);
    struct result r = parse(head, 4 + NP_HTTP_TARGET_MAX + 1, &np_http_default_limits);
    NP_CHECK(r.rc == NP_E2BIG && r.status == 414);
    free(head);
}

static struct np_http_head response;
static int parse_response(const char *z, bool to_head)
{
    size_t used = 0;
    memcpy(text, z, strlen(z));
    for (size_t n = 0; n < strlen(z); n++) {
        int rc = np_http_parse_response(text, n, &np_http_default_limits, to_head, fields,
                                        &response, &used);
        if (rc != NP_EAGAIN)
            return rc;
    }
    return np_http_parse_response(text, strlen(z), &np_http_default_limits, to_head, fields,
                                  &response, &used);
}

NP_TEST(responses)
{
    NP_CHECK(parse_response("HTTP/1.1 200 OK fine\r\nContent-Length: 5\r\n\r\n", false) == 0);
    NP_CHECK(response.status == 200 && response.framing == NP_BODY_LENGTH &&
             response.content_length == 5);
    NP_CHECK(response.keep_alive);
    NP_CHECK_STR(response.reason, NP_STR("OK fine"));
    NP_CHECK(parse_response("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n", false) == 0);
    NP_CHECK(response.framing == NP_BODY_CHUNKED && response.reason.n == 0);
    NP_CHECK(parse_response("HTTP/1.1 200 \r\n\r\n", false) == 0);
    NP_CHECK(response.framing == NP_BODY_UNTIL_CLOSE && !response.keep_alive);
    NP_CHECK(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true) == 0);
    NP_CHECK(response.framing == NP_BODY_NONE && response.content_length == 5 &&
             response.keep_alive);
    NP_CHECK(parse_response("HTTP/1.1 204 No Content\r\n\r\n", false) == 0);
    NP_CHECK(response.framing == NP_BODY_NONE && response.keep_alive);
    NP_CHECK(parse_response("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false) == 0);
    NP_CHECK(response.framing == NP_BODY_NONE);
    NP_CHECK(parse_response("HTTP/1.1 100 Continue\r\n\r\n", false) == 0);
    NP_CHECK(response.framing == NP_BODY_NONE);
    NP_CHECK(
        parse_response("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
                       false) == 0);
    NP_CHECK(response.keep_alive && response.minor == 0);
}

static const char *const bad_responses[] = {
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\n\r\n",
    "HTTP/1.1 200 OK\r\nA b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "ICY 200 OK\r\n\r\n",
};

NP_TEST(malformed_responses_are_refused)
{
    NP_EACH (z, bad_responses)
        NP_CHECK(parse_response(*z, false) == NP_EPROTO, "%s", *z);
}

NP_TEST(a_set_of_scanned_bytes_is_the_same_at_every_place)
{
    char p[40];
    for (unsigned c = 0; c < 256; c++) {
        for (size_t at = 0; at < sizeof(p); at++) {
            memset(p, 'a', sizeof(p));
            p[at] = (char)c;
            unsigned char u = (unsigned char)c;
            NP_CHECK(np_scan_text(p, sizeof(p)) == (np_byte_is_text(u) ? sizeof(p) : at), "%u", c);
            NP_CHECK(np_scan_url(p, sizeof(p)) == (np_byte_is_url(u) ? sizeof(p) : at), "%u", c);
            NP_CHECK(np_scan_word(p, sizeof(p)) == (np_byte_is_word(u) ? sizeof(p) : at), "%u", c);
        }
    }
}

NP_TEST(reasons)
{
    NP_CHECK_STR(np_str_of(np_http_reason(404)), NP_STR("Not Found"));
    NP_CHECK_STR(np_str_of(np_http_reason(299)), NP_STR("Unknown"));
    NP_CHECK_STR(np_str_of(np_http_reason(-1)), NP_STR("Unknown"));
    NP_CHECK_STR(np_str_of(np_http_reason(600)), NP_STR("Unknown"));
}
