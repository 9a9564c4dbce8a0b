/* SPDX-License-Identifier: Apache-2.0 */
/* http_chunked_fuzz.c - the chunked coding: whole or in two pieces, the same data, trailers and
 * end. The first two bytes choose the cut. */
#include "fuzz.h"

#include "base/auto.h"
#include "http/limits.h"
#include "http/parse.h"

struct decoded {
    int rc;
    size_t used;
    struct np_buf data, trailers;
};

static void feed(struct np_chunked *c, struct decoded *d, struct np_arena *a, const char *p,
                 size_t n)
{
    char *copy = np_alloc(a, n); /* its own block under ASan: an overrun is seen */
    memcpy(copy, p, n);
    for (size_t at = 0;;) {
        size_t used = 0;
        struct np_str data;
        d->rc = np_chunked_feed(c, copy + at, n - at, &used, &data, &d->trailers);
        if (d->rc < 0)
            return;
        np_assert(used <= n - at && (d->rc != 1 || data.n > 0));
        at += used;
        d->used += used;
        np_buf_str_add(&d->data, data);
        if (d->rc != 1)
            return;
    }
}

static void decode(struct decoded *d, struct np_arena *a, const char *p, size_t n, size_t cut)
{
    struct np_chunked c;
    np_chunked_init(&c);
    np_buf_init(&d->data, a, n + 1);
    np_buf_init(&d->trailers, a, NP_HTTP_TRAILER_MAX);
    feed(&c, d, a, p, cut);
    if (d->rc == 0)
        feed(&c, d, a, p + cut, n - cut);
    np_assert(np_buf_ok(&d->data) && np_buf_ok(&d->trailers));
}

NP_FUZZ(p, n)
{
    if (n < 2)
        return 0;
    NP_AUTO_ARENA a = np_arena_new();
    const char *text = (const char *)p + 2;
    n -= 2;
    struct decoded whole = {0}, parts = {0};
    decode(&whole, a, text, n, n);
    decode(&parts, a, text, n, ((size_t)p[0] << 8 | p[1]) % (n + 1));
    np_assert(whole.rc == parts.rc);
    np_assert(np_str_eq(np_buf_str(&whole.data), np_buf_str(&parts.data)));
    np_assert(np_str_eq(np_buf_str(&whole.trailers), np_buf_str(&parts.trailers)));
    if (whole.rc == 2) {
        struct np_http_field fields[NP_HTTP_TRAILER_FIELDS_MAX];
        size_t n_fields = 0;
        np_assert(whole.used == parts.used && whole.used <= n);
        np_assert(np_http_parse_fields(np_buf_str(&whole.trailers), NP_HTTP_TRAILER_FIELDS_MAX,
                                       fields, &n_fields) != NP_EPROTO);
    }
    return 0;
}
