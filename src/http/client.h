/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - HTTP client: one pool of kept-alive connections a loop, streaming both ways.
 *
 * Life: a call lives until `done` or np_http_call_cancel(); the body of its options too.
 * Threads: everything on the pool's loop. Callbacks are never called from inside a call.
 */
#pragma once

#include "http/http.h"
#include "io/stream.h"

struct np_http_pool;
struct np_http_call;

struct np_http_call_opts {
    const char *purpose;                /* for np_dial */
    struct np_addr to;                  /* a numeric address */
    struct np_tls *tls;                 /* NULL: plain */
    struct np_str server_name;          /* with tls */
    struct np_str method, target, host; /* host: absent takes the address */
    /* Host, Content-Length and Transfer-Encoding are ours; Connection is sent as it is. */
    const struct np_http_field *fields;
    size_t n_fields;
    struct np_str body;  /* borrowed until `done`; streamed bodies: length > body.n */
    int64_t body_length; /* -1: chunked, fed by np_http_call_write() */
    uint64_t connect_timeout_ms, stall_timeout_ms; /* 0: 10 s, 60 s */
    bool idempotent; /* may be sent again when a kept-alive connection was dead */
    bool h2;         /* with tls: offer HTTP/2, whose connections carry many calls at once */
};
struct np_http_call_handlers {
    void (*head)(void *arg, const struct np_http_head *h); /* valid until done */
    void (*data)(void *arg, struct np_str data);
    void (*writable)(void *arg);                               /* after NP_EAGAIN; may be NULL */
    void (*done)(void *arg, int rc, const struct np_err *err); /* once, last */
};

int np_http_pool_new(struct np_loop *l, const struct np_egress *egress, struct np_http_pool **out,
                     struct np_err *err);
/* Cancels its calls. Not from inside a callback of one. */
void np_http_pool_free(struct np_http_pool *p);
/* How long a connection is kept for the next call (0: not at all). */
void np_http_pool_set_idle(struct np_http_pool *p, uint64_t idle_ms);
size_t np_http_pool_idle(const struct np_http_pool *p);

/* Fails at once with NP_EACCES (no --egress rule) or NP_EINVAL (text that fits no head); `done` is
 * then not called. */
int np_http_call(struct np_http_pool *p, const struct np_http_call_opts *o,
                 const struct np_http_call_handlers *h, void *arg, struct np_http_call **out,
                 struct np_err *err);
/* More of the body, copied where it cannot be sent at once. NP_EAGAIN: taken, but wait for
 * `writable`; NP_EINVAL: not the announced length; NP_ECLOSED: the server takes no more, which is
 * no failure if it has answered. */
int np_http_call_write(struct np_http_call *c, struct np_str data, bool end);
/* The fields of the response's trailer section; from `done`, n is 0 before. */
const struct np_http_field *np_http_call_trailers(const struct np_http_call *c, size_t *n);
void np_http_call_pause(struct np_http_call *c);
void np_http_call_resume(struct np_http_call *c);
void np_http_call_cancel(struct np_http_call *c); /* done is not called any more */
/* From inside `head`, after 101 or CONNECT's 2xx: hands over the stream and bytes already read;
 * the call is gone and done is not called. */
struct np_stream *np_http_call_take_stream(struct np_http_call *c, struct np_buf *unread);
