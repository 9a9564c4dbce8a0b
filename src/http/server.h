/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - HTTP server: connections, exchanges, streaming both ways with back-pressure.
 *
 * An exchange is one request and its response. With HTTP/1.1 a connection has one at a time; the
 * next pipelined request is parsed when the response is sent and the request body consumed (or the
 * connection is closed when the rest of the body is too long to skip). With HTTP/2, which a client
 * chooses by ALPN or, where the config allows, by its first bytes, each stream is one: a handler
 * sees the difference only in the head's `major`.
 *
 * Life: `request` is called once the head is parsed. The handler must, now or later, call
 *   np_http_respond() and np_http_end() (or np_http_abort()). `gone` is called exactly once, when
 *   the exchange is over (sent, or the client left); after it the exchange must not be touched.
 * Threads: everything on the listener's loop.
 */
#pragma once

#include "http/http.h"
#include "io/loop.h"
#include "io/stream.h"

struct np_http_server;
struct np_http_x; /* an exchange */

struct np_http_handlers {
    void (*request)(void *arg, struct np_http_x *x);
    /* complete: all of the response was sent */
    void (*gone)(void *arg, struct np_http_x *x, bool complete);
};

struct np_http_config {
    struct np_http_limits limits;
    uint64_t head_timeout_ms; /* from the first byte to the end of the head; then 408 and close */
    uint64_t idle_timeout_ms; /* keep-alive */
    uint64_t handshake_timeout_ms; /* TLS, from the client's first byte */
    uint64_t stall_timeout_ms;     /* no byte moved either way although we wait for the peer */
    size_t max_connections;        /* over it: accept and close */
    size_t write_high_bytes;       /* np_http_write() says NP_EAGAIN above this much unsent */
    struct np_str server;          /* Server field; absent: none */
    bool h2c;                      /* HTTP/2 with prior knowledge on plain connections */
};
extern const struct np_http_config np_http_default_config;

/* Serves a listening socket (takes fd; -1: only connections that are given to it). tls may be NULL;
 * see io/stream.h for the first byte. */
int np_http_server_new(struct np_loop *l, int listen_fd, struct np_tls *tls,
                       const struct np_http_config *c, const struct np_http_handlers *h, void *arg,
                       struct np_http_server **out, struct np_err *err);
/* A connection that was accepted elsewhere (takes fd); over max_connections it is closed. */
void np_http_server_adopt(struct np_http_server *s, int fd);
/* Stops accepting, closes idle connections, lets exchanges end; then calls done once. */
void np_http_server_drain(struct np_http_server *s, void (*done)(void *arg), void *arg);
/* Closes everything at once; running exchanges are gone. Not from inside a handler. */
void np_http_server_free(struct np_http_server *s);
size_t np_http_server_connections(const struct np_http_server *s);

/* --- the exchange --- */
const struct np_http_head *np_http_head(const struct np_http_x *x);
struct np_arena *np_http_arena(struct np_http_x *x); /* dies with the exchange */
struct np_loop *np_http_loop(struct np_http_x *x);
const struct np_stream *np_http_stream(const struct np_http_x *x);
/* The address that the request was sent to: the stream's local one, unless it was handed over. */
const struct np_addr *np_http_to(const struct np_http_x *x);
void np_http_set_user(struct np_http_x *x, void *user);
void *np_http_user(const struct np_http_x *x);
/* The fields of the trailer section, after the body's end; n is 0 before. */
const struct np_http_field *np_http_trailers(const struct np_http_x *x, size_t *n);

/* Another handler takes over an exchange that nobody has read from or answered yet: its `request`
 * is called now, its `gone` at the end, and the user is NULL again. `to` NULL: as it was. The
 * caller touches the exchange no more. */
void np_http_hand(struct np_http_x *x, const struct np_http_handlers *h, void *arg,
                  const struct np_addr *to);
/* What np_http_head() says from now on: that target, in origin-form, that host and those fields,
 * all copied. Method and framing stay as they came. Before np_http_hand(). */
void np_http_rewrite(struct np_http_x *x, struct np_str target, struct np_str host,
                     const struct np_http_field *fields, size_t n);

/* Request body. fn gets runs of bytes (borrowed for the call), then end with absent data; rc is
 * NP_ECLOSED when the client left, NP_EPROTO on bad framing, NP_ETIMEDOUT, 0 otherwise. Sends 100
 * Continue when the client waits for it. fn is never called from inside np_http_read(). A handler
 * that wants to read on after np_http_respond() reads before it: else a long body ends the
 * connection. */
typedef void np_http_body_fn(void *arg, int rc, struct np_str data, bool end);
void np_http_read(struct np_http_x *x, np_http_body_fn *fn, void *arg);
void np_http_read_pause(struct np_http_x *x); /* no more fn until resumed; the socket is not read */
void np_http_read_resume(struct np_http_x *x);

/* Response. Fields are copied. content_length -1: chunked for HTTP/1.1, until close for 1.0.
 * Date and Server are added where they lack; Connection, Content-Length and Transfer-Encoding are
 * ours ("Connection: close" is honoured). Line breaks and other control bytes in a value become
 * blanks. For HEAD, 204, 304 no body is sent whatever the handler writes, but content_length is
 * announced (HEAD, 304). */
void np_http_respond(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                     int64_t content_length);
/* Copies what it cannot send at once. NP_EAGAIN: taken, but wait for `drained` before more.
 * NP_ECLOSED: the client left. */
int np_http_write(struct np_http_x *x, struct np_str data);
/* As write, but the bytes are borrowed until `release(arg)` (called once, also on failure). */
int np_http_write_ref(struct np_http_x *x, struct np_str data, void (*release)(void *arg),
                      void *arg);
/* fd is dup()ed by us. */
int np_http_write_file(struct np_http_x *x, int fd, uint64_t off, uint64_t n);
/* `drained` is called when all was sent after an NP_EAGAIN, and once if something is unsent now. */
void np_http_on_drain(struct np_http_x *x, void (*drained)(void *arg), void *arg);
void np_http_end(struct np_http_x *x);
/* As end, with a trailer section where the framing has one (HTTP/2, chunked); else it is dropped.
 */
void np_http_end_with(struct np_http_x *x, const struct np_http_field *trailers, size_t n);
/* The whole response at once: head and body in one writev. */
void np_http_reply(struct np_http_x *x, int status, const struct np_http_field *fields, size_t n,
                   struct np_str body);
/* Cuts the connection (HTTP/2: the stream): the response must not look complete. */
void np_http_abort(struct np_http_x *x);
/* After a 101 or CONNECT's 200: hands over the stream and bytes already read; `gone` follows. NULL
 * when the head could not be sent at once, or with HTTP/2: the connection (the stream) is then cut.
 * The new owner must call np_stream_set_fn(). */
struct np_stream *np_http_take_stream(struct np_http_x *x, struct np_buf *unread);
