/* SPDX-License-Identifier: Apache-2.0 */
/* client_int.h - shared by pool.c (connections that wait), client.c (calls, and HTTP/1) and
 * client_http2.c (connections that carry many calls). */
#pragma once

#include "base/map.h"
#include "http/body.h"
#include "http/client.h"
#include "http/in.h"
#include "http/out.h"

struct np_http_pool {
    struct np_loop *loop;
    struct np_http_local *local;
    const struct np_egress *egress;
    struct np_map *places; /* key -> struct place: those with idle connections */
    struct np_node idle;   /* all idle connections, the oldest first */
    size_t n_idle;
    uint64_t idle_ms;
    struct np_timer timer;
    struct np_node calls;
    struct np_node links; /* HTTP/2: connections, and those that may become some */
};

#define NP_HTTP_CALL_MAGIC 0x4843414c

struct np_http2_link;

enum np_http_call_wait { NP_CALL_WAIT_NOTHING, NP_CALL_WAIT_CONNECT, NP_CALL_WAIT_SERVER };

struct np_http_call {
    uint32_t magic;
    struct np_node node;
    struct np_http_pool *pool;
    struct np_arena *arena;
    struct np_http_call_handlers handlers;
    void *arg;
    struct np_http_call_opts opts; /* texts of it live in `arena` */
    struct np_str key, request;    /* the request's head */

    struct np_stream *stream;
    struct np_http_in in;
    struct np_http_out out;
    struct np_timer timer;
    uint64_t since_ms;
    enum np_http_call_wait wait;
    struct np_defer later;

    uint64_t left; /* of a streamed body of known length */
    struct np_http_head head;
    struct np_http_body body;
    int interim;
    int failed; /* the code to end with; its cause is in `err` */
    struct np_err err;

    bool chunked, fed_all, fed_any; /* the request's body */
    bool to_head, connected, reused, retried;
    bool write_failed, want_writable;
    bool heard;    /* a byte of the response came */
    bool answered; /* the final head is here */
    bool told_head;
    bool paused, running, scheduled, timed_out, taken, dead;

    struct np_buf trailer_text;
    struct np_http_field *trailers;
    size_t n_trailers;

    /* With HTTP/2, and before it is known; see client_http2.c. */
    bool by_http2;
    struct np_http2_link *link; /* NULL: `stream` is the call's own, or the link is lost */
    struct np_node of_link;
    int32_t stream_id; /* 0: not begun */
    struct np_str status;
    struct np_http_field *fields;
    size_t n_fields, head_bytes;
    struct np_buf got;   /* of the response's body, not told */
    uint64_t sent_bytes; /* of the request's body, in frames */
    bool deferred;       /* the request's body has nothing at the moment */
    bool heads_over;     /* what comes in head blocks now are trailers */
    bool remote_ended;   /* the response is whole */
    bool lost;           /* its stream ended before; why is in `err` */
    bool unprocessed;    /* the server said that it did nothing for it */
};

/* Address, TLS context and server name: connections of equal keys serve each other's calls. */
struct np_str np_http_pool_key(struct np_arena *a, const struct np_http_call_opts *o);
/* The connection used last, or NULL; it is the caller's. */
struct np_stream *np_http_pool_take(struct np_http_pool *p, struct np_str key);
/* Takes a stream with nothing left to read; the oldest of its key makes room. */
void np_http_pool_give(struct np_http_pool *p, struct np_str key, struct np_stream *s);
void np_http_call_drop(struct np_http_call *c); /* for np_http_pool_free() */
struct np_http_call *np_http_call_of(struct np_node *n);

/* --- for client_http2.c --- */

void np_http_call_wake(struct np_http_call *c);
/* The code to end with, the first one; its cause. Returns code. */
int np_http_call_fail(struct np_http_call *c, int code, const char *cause);
bool np_http_call_end(struct np_http_call *c); /* false */
/* The call goes on by HTTP/1 over a connected stream of its own, or, with NULL, a new one. */
void np_http_call_use_http1(struct np_http_call *c, struct np_stream *s);
bool np_http_is_text(struct np_str s);
bool np_http_call_field_is_ours(struct np_str name);
bool np_http_wants_length_of_nothing(struct np_str method);
void np_http_call_queue_body(struct np_http_call *c); /* what its options hold of it */
bool np_http_call_switches(const struct np_http_call *c);

/* --- client_http2.c --- */

/* Puts the call on a connection of its key, a new one if need be. Fails as np_dial(). */
int np_http2_link_take(struct np_http_call *c, struct np_err *err);
void np_http2_link_leave(struct np_http_call *c); /* the call is not interested any more */
bool np_http2_call_step(struct np_http_call *c);
/* There is more of its body, or an end. */
void np_http2_call_more(struct np_http_call *c);
bool np_http2_link_is_idle(const struct np_node *n); /* of the pool's list */
void np_http2_link_close(struct np_node *n);
