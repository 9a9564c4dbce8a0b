/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - where a body ends: the framing of a head applied to the bytes after it. */
#pragma once

#include "http/http.h"

struct np_http_body {
    enum np_http_framing framing;
    bool done;
    uint64_t left; /* NP_BODY_LENGTH */
    struct np_chunked chunked;
};

void np_http_body_init(struct np_http_body *b, const struct np_http_head *h);
/* Takes body bytes off the front of *in. 1: *data has some; 0: *in is used up; 2: the body is over
 * (again at every call); NP_EPROTO. */
int np_http_body_take(struct np_http_body *b, struct np_str *in, struct np_str *data,
                      struct np_buf *trailers);
