/* SPDX-License-Identifier: Apache-2.0 */
/* server_int.h - shared by server.c (listener), conn.c (what all connections do), exchange.c (what
 * a handler may ask for) and the two protocols: http1*.c, http2*.c.
 *
 * Only np_http_conn_run() reads, calls handlers and ends exchanges; it runs from events of the
 * stream, from the timer and from `later`, never from inside a handler's call. Calls of a handler
 * set fields, send what they can and see to it that np_http_conn_run() comes by
 * (np_http_conn_wake).
 */
#pragma once

#include "http/in.h"
#include "http/out.h"
#include "http/server.h"

#define NP_HTTP_X_MAGIC 0x48455843

struct np_http_conn;

struct np_http_server {
    uint32_t magic;
    struct np_loop *loop;
    struct np_http_local *local;
    struct np_tls *tls;
    struct np_http_config config;
    struct np_http_handlers handlers;
    void *arg;
    struct np_watch listener; /* fd -1: closed */
    struct np_timer retry;    /* accepting again after the process ran out of descriptors */
    struct np_defer later;
    struct np_node conns;
    size_t n_conns;
    bool draining;
    void (*drained)(void *arg);
    void *drained_arg;
};

/* What a connection waits for; each has its timeout. */
enum np_http_wait {
    WAIT_NOTHING, /* the handler works */
    WAIT_HANDSHAKE,
    WAIT_REQUEST,
    WAIT_HEAD,
    WAIT_PEER,    /* to send more of a body, or to take more of a response */
    WAIT_IDLE,    /* HTTP/2: as WAIT_REQUEST, but what is no request does not put it off */
    WAIT_STREAMS, /* HTTP/2: each of them is looked at in its turn */
    WAIT_LINGER,
};

/* What is spoken on a connection. A step is small; it returns false when nothing can be done
 * without the peer or a handler. */
struct np_http_proto {
    bool (*step)(struct np_http_conn *c);
    /* Before a step, and after what is queued was sent as far as it goes; true: something moved. */
    bool (*sent)(struct np_http_conn *c);
    /* The peer cannot be reached, or must not get more; false. */
    bool (*lose)(struct np_http_conn *c);
    enum np_http_wait (*waits_for)(const struct np_http_conn *c);
    /* What it waits for (`wait`) did not come; true: take the next step. */
    bool (*timed_out)(struct np_http_conn *c);
    void (*drain)(struct np_http_conn *c); /* the server drains: end what is idle */
    void (*fini)(struct np_http_conn *c);
};

struct np_http_conn {
    uint32_t magic;
    struct np_node node;
    const struct np_http_proto *proto;
    struct np_http_server *server;
    struct np_stream *stream;
    union {
        struct np_http_x *x; /* HTTP/1: the exchange; NULL: between two */
        struct np_http2 *h2;
    };
    struct np_http_in in;
    struct np_http_out out;
    struct np_timer timer;
    uint64_t since_ms; /* the last thing that moved the timeout */
    enum np_http_wait wait;
    struct np_defer later;

    bool running, again, scheduled;
    bool timed_out;
    bool decided; /* which protocol it is */
    bool ending;  /* no more requests; close when all is sent */
    bool lingers; /* before that: bytes of the peer are still on their way */
    bool lingering;
    bool broken; /* the peer cannot be reached */
    bool dead;
};

void np_http_conn_new(struct np_http_server *s, int fd);
void np_http_conn_run(struct np_http_conn *c);
void np_http_conn_wake(struct np_http_conn *c);
void np_http_conn_kill(struct np_http_conn *c); /* not while it runs */
int np_http_conn_fill(struct np_http_conn *c);  /* np_http_in_fill() */
/* A step of a connection that is `ending`: to its last byte, then lingering if need be. */
bool np_http_conn_step_end(struct np_http_conn *c);
void np_http_server_conn_gone(struct np_http_server *s); /* a connection was freed */

extern const struct np_http_proto np_http1;
extern const struct np_http_proto np_http2;
/* The connection speaks HTTP/2 from its unread bytes on. */
void np_http2_begin(struct np_http_conn *c);
#define NP_HTTP2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* --- exchanges: the beginning of HTTP/1's and HTTP/2's --- */

/* What exchanges do in the way of their protocol. exchange.c has checked the call, and has left to
 * them only what concerns bytes: a body is allowed, data is not empty. */
struct np_http_x_ops {
    void (*wake)(struct np_http_x *x); /* what a handler asked for is to be looked at */
    void (*read)(struct np_http_x *x); /* the handler wants the body: tell a peer that waits */
    /* Head; sets no_body, and with a length has_length and left. */
    void (*respond)(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                    int64_t content_length);
    void (*write)(struct np_http_x *x, struct np_str data);
    void (*end)(struct np_http_x *x, const struct np_http_field *trailers, size_t n);
    void (*reply)(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                  struct np_str body);
    struct np_stream *(*take_stream)(struct np_http_x *x, struct np_buf *unread);
};

struct np_http_x {
    uint32_t magic;
    const struct np_http_x_ops *ops;
    struct np_http_conn *conn;
    struct np_http_out *out; /* where its response queues */
    struct np_arena *arena;
    struct np_http_handlers handlers; /* the server's, or whose it was handed to */
    void *handlers_arg;
    struct np_addr to; /* len 0: the stream's local address */
    void *user;
    struct np_http_head head;

    np_http_body_fn *read;
    void *read_arg;
    int read_failed; /* to tell `read` */
    bool reading, read_paused, read_over;
    struct np_http_field *trailer_fields;
    size_t n_trailers;

    uint64_t left; /* of the announced length */
    bool has_length, no_body, chunked;
    bool responded, ended, aborted, taken;
    bool gone;
    bool want_drain;
    void (*drained)(void *arg);
    void *drained_arg;
};

void np_http_x_begin(struct np_http_x *x);               /* on to the server's handler */
void np_http_x_tell_reader(struct np_http_x *x, int rc); /* the end of the body */
void np_http_x_gone(struct np_http_x *x, bool complete); /* once */
/* If the handler waits for it and all is sent, tells it; true: it was told. */
bool np_http_x_drained(struct np_http_x *x);
/* Of a response to this request: no bytes follow the head, whatever the handler writes. */
bool np_http_x_never_has_body(const struct np_http_x *x, int status);

/* A line break or other control byte in a value would end the field: they become blanks. */
void np_http_add_value(struct np_buf *b, struct np_str value);
/* Which fields of a response the handler has given itself, as np_http_field_is_handlers() saw. */
struct np_http_own {
    bool date, server, close;
};
/* False when the field is ours to write. */
bool np_http_field_is_handlers(const struct np_http_field *f, struct np_http_own *own);
