/* SPDX-License-Identifier: Apache-2.0 */
/* http_request_fuzz.c - heads of requests: a cut changes nothing, and what is accepted is clean.
 * The first two bytes choose the cut. */
#include "fuzz.h"

#include <stdlib.h>

#include "base/scan.h"
#include "http/limits.h"
#include "http/parse.h"

struct result {
    int rc, status;
    size_t used;
    struct np_http_head h;
};

static struct np_http_field fields[2][NP_HTTP_FIELDS_MAX];
static const struct np_http_limits limits = {.head_bytes = 2000, .fields = 20, .target_bytes = 300};

static struct result parse(const char *p, size_t n, int which)
{
    struct result r = {0};
    r.rc = np_http_parse_request(p, n, &limits, fields[which], &r.h, &r.used, &r.status);
    return r;
}

static bool is_text(struct np_str s)
{
    return np_scan_text(s.p, s.n) == s.n;
}

static void check_accepted(const struct result *r, const char *p, size_t n)
{
    const struct np_http_head *h = &r->h;
    np_assert(r->used <= n && r->used <= limits.head_bytes && h->n_fields <= limits.fields);
    np_assert(memcmp(p + r->used - 4, "\r\n\r\n", 4) == 0 || h->n_fields == 0);
    np_assert(np_http_is_token(h->method) && h->target.n > 0 && h->target.n <= limits.target_bytes);
    np_assert(np_scan_url(h->target.p, h->target.n) == h->target.n);
    np_assert(h->path.n + h->query.n <= h->target.n + 1);
    np_assert(h->minor == 0 || np_http_field(h, NP_STR("host")).p != NULL);
    for (size_t i = 0; i < h->n_fields; i++) {
        np_assert(np_http_is_token(h->fields[i].name) && is_text(h->fields[i].value));
        np_assert(np_str_eq(np_str_trim(h->fields[i].value), h->fields[i].value));
    }
    bool length = np_http_field(h, NP_STR("content-length")).p != NULL;
    bool coded = np_http_field(h, NP_STR("transfer-encoding")).p != NULL;
    np_assert(!(length && coded));
    np_assert(h->framing == (coded ? NP_BODY_CHUNKED : length ? NP_BODY_LENGTH : NP_BODY_NONE));
}

static bool same(const struct result *a, const struct result *b)
{
    if (a->rc != b->rc || a->status != b->status || a->used != b->used ||
        a->h.n_fields != b->h.n_fields)
        return false;
    for (size_t i = 0; i < a->h.n_fields; i++)
        if (!np_str_eq(a->h.fields[i].value, b->h.fields[i].value))
            return false;
    return a->h.framing == b->h.framing && a->h.content_length == b->h.content_length &&
           a->h.keep_alive == b->h.keep_alive && np_str_eq(a->h.target, b->h.target);
}

NP_FUZZ(p, n)
{
    if (n < 2)
        return 0;
    const char *head = (const char *)p + 2;
    n -= 2;
    size_t cut = ((size_t)p[0] << 8 | p[1]) % (n + 1);
    char *piece = malloc(cut > 0 ? cut : 1); /* its own block: an overrun is seen */
    np_assert(piece != NULL);
    memcpy(piece, head, cut);

    struct result whole = parse(head, n, 0), part = parse(piece, cut, 1);
    if (whole.rc == 0)
        check_accepted(&whole, head, n);
    if (part.rc == NP_EAGAIN)
        np_assert(whole.rc != 0 || whole.used > cut);
    else
        np_assert(same(&whole, &part));
    np_assert(whole.rc == 0 || whole.rc == NP_EAGAIN || whole.status >= 400);
    free(piece);
    return 0;
}
