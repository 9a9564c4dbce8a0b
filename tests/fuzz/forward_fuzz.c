/* SPDX-License-Identifier: Apache-2.0 */
/* forward_fuzz.c - requests for a proxy: what goes on is read by the next server as it was read
 * here, asks the same host for the same thing, and says nothing of the hop before. */
#include "fuzz.h"

#include "aws/fetch.h"
#include "aws/forward.h"
#include "base/auto.h"
#include "http/http.h"

static struct np_http_field fields[2][200];

static bool parse(struct np_str text, int which, struct np_http_head *h)
{
    size_t used;
    int status;
    return np_http_parse_request(text.p, text.n, &np_http_default_limits, fields[which], h, &used,
                                 &status) == 0;
}

static void check_clean(const struct np_http_head *h)
{
    static const char *const hop[] = {
        "Connection",        "Proxy-Authorization", "Keep-Alive", "Upgrade",
        "Transfer-Encoding", "Content-Length",      "TE",         "Trailer",
        "X-Forwarded-For",   "Forwarded",           "Expect"};
    NP_EACH (name, hop)
        np_assert(np_http_field(h, np_str_of(*name)).p == NULL);
    np_assert(np_str_is(h->fields[h->n_fields - 1].value, "1.1 me"));
}

/* The head as it goes on, read again. */
static void check_again(struct np_arena *a, const struct np_http_head *h)
{
    struct np_http_head again;
    struct np_http_field *out;
    struct np_str target = np_forward_target(a, h);
    size_t n = np_forward_fields(a, h, NP_STR("1.1 me"), false, &out);
    struct np_buf b;
    np_buf_init(&b, a, 1 << 20);
    np_buf_printf(&b, "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\n", NP_FMT(h->method), NP_FMT(target),
                  NP_FMT(h->host));
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%.*s: %.*s\r\n", NP_FMT(out[i].name), NP_FMT(out[i].value));
    np_buf_lit(&b, "\r\n");
    if (n + 1 > np_http_default_limits.fields || b.n > np_http_default_limits.head_bytes)
        return;
    np_assert(parse(np_buf_str(&b), 1, &again));
    np_assert(!again.absolute && np_str_eq(again.method, h->method));
    np_assert(np_str_eq(again.host, h->host) && np_str_eq(again.path, h->path));
    np_assert(np_str_eq(again.query, h->query) && again.framing == NP_BODY_NONE);
    check_clean(&again);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_http_head h;
    struct np_str host;
    uint16_t port = 80;
    if (!parse(np_str_n(p, n), 0, &h) || !np_forward_wanted(&h))
        return 0;
    if (!np_authority_parse(h.host, &host, &port))
        return 0;
    np_assert(host.n > 0 && host.n <= h.host.n && port != 0 && np_str_chr(host, '@') < 0);
    if (h.absolute)
        check_again(a, &h);
    return 0;
}
