/* SPDX-License-Identifier: Apache-2.0 */
/* server_int.h - shared by server.c (listener), conn.c (what a connection does next), exchange.c
 * (what a handler may ask for) and respond.c (heads of responses).
 *
 * Only np_http_conn_run() reads, calls handlers and ends exchanges; it runs from events of the
 * stream, from the timer and from `later`, never from inside a handler's call. Calls of a handler
 * set fields, send what they can and see to it that np_http_conn_run() comes by
 * (np_http_conn_wake).
 */
#pragma once

#include "http/body.h"
#include "http/in.h"
#include "http/out.h"
#include "http/server.h"

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
    WAIT_REQUEST,
    WAIT_HEAD,
    WAIT_PEER, /* to send more of a body, or to take more of a response */
    WAIT_LINGER,
};

struct np_http_conn {
    uint32_t magic;
    struct np_node node;
    struct np_http_server *server;
    struct np_stream *stream;
    struct np_http_x *x; /* NULL: between exchanges */
    struct np_http_in in;
    struct np_http_out out;
    struct np_timer timer;
    uint64_t since_ms; /* the last thing that moved the timeout */
    enum np_http_wait wait;
    struct np_defer later;

    bool running, again, scheduled;
    bool timed_out;
    bool ending;  /* no more requests; close when all is sent */
    bool lingers; /* before that: bytes of the peer are still on their way */
    bool lingering;
    bool broken; /* the peer cannot be reached */
    bool dead;
};

struct np_http_x {
    uint32_t magic;
    struct np_http_conn *conn;
    struct np_arena *arena;
    struct np_http_handlers handlers; /* the server's, or whose it was handed to */
    void *handlers_arg;
    struct np_addr to; /* len 0: the stream's local address */
    void *user;
    struct np_http_head head;

    struct np_http_body body;
    np_http_body_fn *read;
    void *read_arg;
    int read_failed; /* to tell `read` */
    bool reading, read_paused, read_over, continued;
    uint64_t skipped;
    struct np_buf trailers;
    struct np_http_field *trailer_fields;
    size_t n_trailers;

    uint64_t left; /* of the announced length */
    bool has_length, no_body, chunked;
    bool responded, ended, aborted, taken;
    bool keep; /* the connection serves another request */
    bool gone;
    bool want_drain;
    void (*drained)(void *arg);
    void *drained_arg;
};

void np_http_conn_new(struct np_http_server *s, int fd);
void np_http_conn_run(struct np_http_conn *c);
void np_http_conn_wake(struct np_http_conn *c);
void np_http_conn_kill(struct np_http_conn *c);          /* not while it runs */
void np_http_server_conn_gone(struct np_http_server *s); /* a connection was freed */

/* Writes the head of a response to local->head; x gets what follows from it. */
struct np_str np_http_response_head(struct np_http_x *x, int status,
                                    const struct np_http_field *fields, size_t n,
                                    int64_t content_length);
/* The whole of a refusal, in local->head. */
struct np_str np_http_refusal(struct np_http_server *s, int status);
