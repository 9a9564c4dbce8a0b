/* SPDX-License-Identifier: Apache-2.0 */
/* http1.h - the server's side of HTTP/1, in three files: http1.c (what a connection does next),
 * http1_x.c (what a handler asks for) and http1_head.c (heads of responses). */
#pragma once

#include "http/body.h"
#include "http/server_int.h"

struct np_http1_x {
    struct np_http_x x; /* first */
    struct np_http_body body;
    uint64_t skipped;
    struct np_buf trailers;
    bool continued;
    bool keep; /* the connection serves another request */
};

static inline struct np_http1_x *np_http1_x(const struct np_http_x *x)
{
    return (struct np_http1_x *)(uintptr_t)x;
}

extern const struct np_http_x_ops np_http1_x_ops;

/* One line. */
void np_http1_add_field(struct np_buf *b, struct np_str name, struct np_str value);
/* Writes the head of a response to local->head; x gets what follows from it. */
struct np_str np_http1_response_head(struct np_http_x *x, int status,
                                     const struct np_http_field *fields, size_t n,
                                     int64_t content_length);
/* The whole of a refusal, in local->head. */
struct np_str np_http1_refusal(struct np_http_server *s, int status);
