/* SPDX-License-Identifier: Apache-2.0 */
/* rest.h - a request to the REST API of another service, in process: what an edge or a gateway
 * sends on for somebody, as bytes of HTTP and not as a typed call (call.h), so that whatever the
 * service says of it comes back: fields, documents of errors, partial content.
 *
 * It is routed, decoded, authorised and audited like any other; who asks is said by the caller.
 * Threads: the calling loop. Nothing is called from inside np_rest(), nor after np_rest_cancel() or
 * `done`; then the request is gone.
 */
#pragma once

#include "aws/call.h"
#include "http/http.h"

struct np_rest;

struct np_rest_request { /* lives until `done`, or the cancel */
    const struct np_service_model *model;
    struct np_caller caller;
    struct np_str method, path, query; /* raw, as HTTP has them */
    const struct np_http_field *fields;
    size_t n_fields;
    int64_t body_length; /* 0: no body; -1: not known */
};
struct np_rest_ops {
    /* The service wants the body: it is given by np_rest_give(), and held back in between. NULL:
     * there is none. */
    void (*read)(void *arg);
    void (*read_pause)(void *arg);
    void (*read_resume)(void *arg);
    /* length -1: not known. Fields are valid for the call. */
    void (*head)(void *arg, int status, const struct np_http_field *fields, size_t n,
                 int64_t length);
    void (*data)(void *arg, struct np_str data);
    void (*done)(void *arg, int rc); /* 0, or the response broke off */
};
struct np_rest *np_rest(struct np_core *core, struct np_loop *l, const struct np_rest_request *q,
                        const struct np_rest_ops *ops, void *arg);
void np_rest_give(struct np_rest *r, int rc, struct np_str data, bool end);
/* No more data from the next turn on, until resumed. */
void np_rest_pause(struct np_rest *r);
void np_rest_resume(struct np_rest *r);
void np_rest_cancel(struct np_rest *r);
