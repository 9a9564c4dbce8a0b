/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_test.c - URLs taken apart. What a fetch does is seen by tests/sdk/test_sts_web.py. */
#include "test.h"

#include "aws/fetch.h"

static const struct {
    const char *url;
    bool tls;
    const char *host, *authority, *target;
    uint16_t port;
} good[] = {
    {"https://a.example", true, "a.example", "a.example", "/", 443},
    {"http://a.example/", false, "a.example", "a.example", "/", 80},
    {"HTTPS://a.example:8443/x?y=z", true, "a.example", "a.example:8443", "/x?y=z", 8443},
    {"https://[::1]:1/x", true, "::1", "[::1]:1", "/x", 1},
    {"https://[::1]/x", true, "::1", "[::1]", "/x", 443},
    {"https://127.0.0.1:65535", true, "127.0.0.1", "127.0.0.1:65535", "/", 65535},
};

NP_TEST(url_parts)
{
    NP_EACH (g, good) {
        struct np_url u = {0};
        NP_CHECK(np_url_parse(np_str_of(g->url), &u), "%s", g->url);
        NP_CHECK(u.tls == g->tls && u.port == g->port, "%s", g->url);
        NP_CHECK_STR(u.host, np_str_of(g->host));
        NP_CHECK_STR(u.authority, np_str_of(g->authority));
        NP_CHECK_STR(u.target, np_str_of(g->target));
    }
}

static const struct {
    const char *url, *why;
} bad[] = {
    {"", "nothing"},
    {"ftp://a.example/", "another scheme"},
    {"https:a.example", "no slashes"},
    {"https:///x", "no host"},
    {"https://:443/", "no host before the port"},
    {"https://user@a.example/", "a user"},
    {"https://a.example:0/", "port 0"},
    {"https://a.example:65536/", "port too large"},
    {"https://a.example:4x/", "port is no number"},
    {"https://[::1/", "no end of the address"},
    {"https://[::1]x/", "text after the address"},
    {"https://a.example/#x", "a fragment"},
    {"https://a.example/\r\nX: y", "a line's end"},
    {"https://a.example?x", "a query without a path"},
};

NP_TEST(url_refused)
{
    struct np_url u;
    NP_EACH (b, bad)
        NP_CHECK(!np_url_parse(np_str_of(b->url), &u), "%s", b->why);
}
