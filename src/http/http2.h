/* SPDX-License-Identifier: Apache-2.0 */
/* http2.h - the server's side of HTTP/2 over libnghttp2: http2.c (what a connection does next, and
 * what it receives), http2_x.c (exchanges: heads, bodies, what a handler asks for), http2_guard.c
 * (clients that make us work for nothing).
 *
 * Bytes leave by the connection's queue: whole frames, their bodies without a copy where the
 * handler lent them. An exchange that is closed stays until what it lent has been sent.
 */
#pragma once

#include <nghttp2/nghttp2.h>

#include "http/limits.h"
#include "http/parse.h"
#include "http/server_int.h"

struct np_http2_guard {
    uint64_t since_ms;
    unsigned resets, controls, empties, updates, tinies, frames_sent;
};

struct np_http2 {
    nghttp2_session *session;
    struct np_http_conn *conn;
    struct np_node streams; /* those that nghttp2 knows */
    struct np_node leaving; /* closed, but bytes of theirs are not sent */
    struct np_node ready;   /* something is to be done for their handlers */
    size_t n_streams;
    struct np_http2_x *heading; /* whose header block is being received */
    uint64_t queued;            /* bytes ever put into the connection's queue */
    int32_t last_id;            /* the latest stream that a client began */
    struct np_http2_guard guard;
    void *frames; /* nghttp2's, on pages of ours */
    bool calm;    /* the guard has seen enough */
    bool goaway;  /* said; no new streams */
    bool over;    /* the session is not used any more */
    bool full;    /* the connection's queue is */
};

struct np_http2_x {
    struct np_http_x x; /* first */
    struct np_http2 *h2;
    struct np_node node; /* of streams or leaving */
    struct np_node ready;
    int32_t id;
    struct np_http_out out; /* of the response's body: what is in no frame yet */

    struct np_http_pseudo pseudo;
    struct np_http_field *fields; /* as they come; one more has room */
    size_t n_fields, head_bytes;
    struct np_buf cookies;
    int refused; /* the status to answer instead of the handler */

    struct np_buf body;             /* received, not taken */
    struct np_http_field *trailers; /* to send */
    size_t n_sent_trailers;
    uint64_t mark, lent_mark; /* of `queued` behind its last byte, and its last lent byte */
    uint64_t moved_ms;        /* the last thing that its timeout counts from */
    bool begun;               /* the handler knows it */
    bool has_source;          /* its body is asked for by nghttp2 */
    bool deferred;            /* and has nothing at the moment */
    bool remote_ended, local_ended;
    bool reset;            /* by us */
    bool complete, closed; /* closed: nghttp2 does not know it any more */
};

static inline struct np_http2_x *np_http2_x(const struct np_http_x *x)
{
    return (struct np_http2_x *)(uintptr_t)x;
}

/* --- http2_x.c --- */

struct np_http2_x *np_http2_x_new(struct np_http2 *h2, int32_t id);
/* Tells the handler, and frees it. */
void np_http2_x_end(struct np_http2_x *s);
/* A field of the request's head, or of its trailer section. False: reset the stream. */
bool np_http2_x_field(struct np_http2_x *s, struct np_str name, struct np_str value);
bool np_http2_x_trailer(struct np_http2_x *s, struct np_str name, struct np_str value);
/* The head is complete: on to the handler, or a refusal. */
void np_http2_x_begin(struct np_http2_x *s);
void np_http2_x_receive(struct np_http2_x *s, struct np_str data);
/* One thing for its handler; false: there is none now. */
bool np_http2_x_serve(struct np_http2_x *s);
void np_http2_x_wake(struct np_http2_x *s); /* to be served */
/* Neither way has moved for too long although it waits for its client. */
bool np_http2_x_stalls_sending(const struct np_http2_x *s);
bool np_http2_x_stalls_receiving(const struct np_http2_x *s);
void np_http2_x_reset(struct np_http2_x *s, uint32_t code);

/* --- http2_mem.c --- */

nghttp2_mem np_http2_mem(struct np_http2 *h2);

/* --- http2_guard.c: false when a client has done it too often --- */

bool np_http2_guard_frame(struct np_http2 *h2, const nghttp2_frame_hd *hd);
bool np_http2_guard_reset(struct np_http2 *h2);
bool np_http2_guard_sent(struct np_http2 *h2, bool tiny);

/* --- http2.c --- */

void np_http2_put(struct np_http2 *h2, struct np_str bytes); /* a whole frame, or its head */
