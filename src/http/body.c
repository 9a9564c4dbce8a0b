/* SPDX-License-Identifier: Apache-2.0 */
/* body.c - where a body ends. */
#include "http/body.h"

void np_http_body_init(struct np_http_body *b, const struct np_http_head *h)
{
    *b = (struct np_http_body){.framing = h->framing};
    if (h->framing == NP_BODY_LENGTH)
        b->left = h->content_length;
    if (h->framing == NP_BODY_CHUNKED)
        np_chunked_init(&b->chunked);
    b->done = h->framing == NP_BODY_NONE || (h->framing == NP_BODY_LENGTH && b->left == 0);
}

static int take_chunked(struct np_http_body *b, struct np_str *in, struct np_str *data,
                        struct np_buf *trailers)
{
    size_t used = 0;
    int rc = np_chunked_feed(&b->chunked, in->p, in->n, &used, data, trailers);
    if (rc < 0)
        return rc;
    in->p += used;
    in->n -= used;
    b->done = rc == 2;
    return rc;
}

int np_http_body_take(struct np_http_body *b, struct np_str *in, struct np_str *data,
                      struct np_buf *trailers)
{
    *data = NP_STR_NULL;
    if (b->done)
        return 2;
    if (in->n == 0)
        return 0;
    if (b->framing == NP_BODY_CHUNKED)
        return take_chunked(b, in, data, trailers);
    size_t n = in->n;
    if (b->framing == NP_BODY_LENGTH) {
        if (b->left < n)
            n = (size_t)b->left;
        b->left -= n;
        b->done = b->left == 0;
    }
    *data = (struct np_str){in->p, n};
    in->p += n;
    in->n -= n;
    return 1;
}
