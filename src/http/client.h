/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - HTTP/1.1 client: one pool of kept-alive connections a loop, streaming both ways.
 *
 * Threads: everything on the pool's loop. Callbacks are never called from inside a call.
 */
#pragma once

#include "http/http.h"
#include "io/stream.h"

struct np_http_pool;
struct np_http_call;

struct np_http_call_opts {
    const char *purpose;               /* for np_dial */
    struct np_addr to;                 /* a numeric address */
    struct np_tls *tls;                /* NULL: plain */
    struct np_str server_name;         /* with tls */
    struct np_str method, target, host;
    const struct np_http_field *fields;
    size_t n_fields;
    struct np_str body;                /* borrowed until `done`; streamed bodies: length > body.n */
    int64_t body_length;               /* -1: chunked, fed by np_http_call_write() */
    uint64_t connect_timeout_ms, stall_timeout_ms;
    bool idempotent;                   /* may be sent again when a kept-alive connection was dead */
};
struct np_http_call_handlers {
    void (*head)(void *arg, const struct np_http_head *h); /* valid for the call */
    void (*data)(void *arg, struct np_str data);
    void (*writable)(void *arg);
    void (*done)(void *arg, int rc, const struct np_err *err); /* once, last */
};

int np_http_pool_new(struct np_loop *l, const struct np_egress *egress, struct np_http_pool **out,
                     struct np_err *err);
void np_http_pool_free(struct np_http_pool *p);
int np_http_call(struct np_http_pool *p, const struct np_http_call_opts *o, const struct np_http_call_handlers *h,
                 void *arg, struct np_http_call **out, struct np_err *err);
int np_http_call_write(struct np_http_call *c, struct np_str data, bool end);
void np_http_call_pause(struct np_http_call *c);
void np_http_call_resume(struct np_http_call *c);
void np_http_call_cancel(struct np_http_call *c); /* done is not called any more */
