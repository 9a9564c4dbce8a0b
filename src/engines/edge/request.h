/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - a viewer's request while it is under way. In the exchange's arena, on its loop. */
#pragma once

#include "engines/edge/cookie.h"
#include "engines/edge/fill.h"

struct edge_range {
    bool is_set, is_suffix, has_end;
    uint64_t begin, end; /* end included; of a suffix: begin is its length */
};

struct np_edge_request {
    uint32_t magic;
    struct np_http_x *x;
    struct np_edge_worker *w;
    struct np_node node;
    struct np_arena *arena;
    struct edge_dist *dist; /* counted; NULL: none has that host */
    const struct edge_behavior *b;

    /* What the viewer asks for, as functions left it. */
    struct np_str host, path, query; /* host: a name in lower case */
    const struct np_http_field *fields;
    size_t n_fields;
    unsigned method; /* enum np_edge_method; 0: another one */
    bool is_https, is_head, is_websocket, is_http10;
    unsigned location;
    struct np_str ip, country, id;
    uint16_t port;
    struct edge_cookie *cookies; /* parsed when first asked for */
    size_t n_cookies;
    const struct np_strs *strip_query, *strip_cookies;
    struct edge_range range; /* a single one */

    struct edge_key key;
    size_t whole_n; /* what of the key the whole object's has */
    struct edge_fill *fill;
    struct np_node fill_node;
    struct edge_object *object; /* counted: what is sent */
    uint64_t at, end;           /* of its body: the next byte to send, and where to stop */
    struct edge_out *out;       /* its head, made */
    np_http_body_fn *body_fn;   /* whoever wants the viewer's body; NULL: nobody */
    void *body_arg;
    bool answered, ended, blocked, reads, is_pass, owns_fill, is_page, has_viewer, gone;
    bool waits; /* for a function: even if the viewer leaves, its answer comes */
    struct np_edge_event *event;

    int status, page_status; /* page_status: the error that the page is for */
    const struct np_edge_error *page_error;
    enum np_edge_result result;
    enum np_edge_reason reason;
    /* For the record. */
    int64_t begin_ms;
    uint64_t begin_ns, first_byte_ns;
    uint64_t bytes_up, bytes_down, head_bytes;
    int64_t length;
    struct np_str content_type;
    bool is_partial;
};

/* The head of a response, before it is sent. */
struct edge_out {
    int status;
    struct np_http_field *fields;
    size_t n, room;
    int64_t content_length; /* -1: until the body ends */
    struct np_str text;     /* the body, if there is no object's */
    struct edge_body *body; /* of rq->object */
    uint64_t begin, end;    /* what of it; end UINT64_MAX: all that comes */
};

/* Something about its fill is new. */
void edge_request_wake(struct np_edge_request *rq);
/* The body for an origin; fn NULL: who wanted it does not any more. */
void edge_request_read(struct np_edge_request *rq, np_http_body_fn *fn, void *arg);
/* Finds the behaviour's object again, for rq->path as it is now. */
void edge_request_lookup(struct np_edge_request *rq);
/* Asks the origin for this request alone. */
void edge_request_pass(struct np_edge_request *rq);
void edge_request_leave_fill(struct np_edge_request *rq);
struct edge_cookie *edge_request_cookies(const struct np_edge_request *rq, size_t *n);

/* Answers 101 and gives the stream away; NULL: the viewer is gone. */
struct np_stream *edge_request_switch(struct np_edge_request *rq, const struct np_http_head *h,
                                      struct np_buf *unread);
bool edge_request_find_viewer(struct np_edge_request *rq);

/* respond.c: the head, then the body as far as it is there. */
void edge_respond_object(struct np_edge_request *rq, struct edge_object *o,
                         enum np_edge_result result);
void edge_respond_error(struct np_edge_request *rq, int status, enum np_edge_reason reason);
void edge_respond_redirect(struct np_edge_request *rq);
/* What a viewer function of the request answered with. */
void edge_respond_event(struct np_edge_request *rq, struct np_edge_event *e);
/* Sends the head and begins with the body. */
void edge_send_out(struct np_edge_request *rq, struct edge_out *out);
void edge_out_add(struct edge_out *out, struct np_str name, struct np_str value);
void edge_send_body(struct np_edge_request *rq);
/* viewer's Range field, of a GET; false: none, malformed or several. */
bool edge_range_parse(struct np_str value, struct edge_range *out);

/* response_policy.c */
void edge_policy_apply(struct np_edge_request *rq, struct edge_out *out);
/* function.c: viewer functions; true: it answers or goes on later. */
bool edge_function_request(struct np_edge_request *rq);
bool edge_function_response(struct np_edge_request *rq, struct edge_out *out);
void edge_function_forget(struct np_edge_request *rq);

/* record.c */
void edge_record_done(struct np_edge_request *rq, bool complete);

/* A field, as functions left them; absent. */
struct np_str edge_field_of(const struct np_http_field *fields, size_t n, struct np_str name);
bool edge_list_has(struct np_str list, struct np_str word);
