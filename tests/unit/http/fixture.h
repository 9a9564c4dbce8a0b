/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - a server on a real loopback port and raw clients, all driven by turns of one loop. */
#pragma once

#include "test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "http/server.h"
#include "io/net.h"

/* What the handler saw, in order, as text: "body:abc end gone:1 …". */
struct fixture {
    struct np_loop *loop;
    struct np_http_server *server;
    struct np_egress *egress;
    struct np_addr addr;
    struct np_arena *arena;
    struct np_http_config config;
    struct np_tls *tls;
    void (*on_request)(struct fixture *f, struct np_http_x *x);
    struct np_http_x *x; /* the last request; NULL when it is gone */
    struct np_buf log;
    int requests, gone, complete;
    int data; /* for the test */
    struct np_defer defer;
};

/* config may be changed between the two. */
void fixture_init(struct fixture *f, void (*on_request)(struct fixture *f, struct np_http_x *x));
void fixture_serve(struct fixture *f);
/* Both, with the config as it is. */
void fixture_start(struct fixture *f, void (*on_request)(struct fixture *f, struct np_http_x *x));
void fixture_fini(struct fixture *f);

/* Turns the loop until cond is true; the test fails when that takes too long. */
#define FX_UNTIL(f, cond)                                                                          \
    do {                                                                                           \
        int fx_left = 20000;                                                                       \
        bool fx_so = false;                                                                        \
        while (!(fx_so = (cond)) && --fx_left > 0)                                                 \
            np_loop_turn((f)->loop, 1);                                                            \
        NP_CHECK(fx_so, #cond);                                                                    \
    } while (0)

int fx_connect(struct fixture *f);
void fx_send(struct fixture *f, int fd, struct np_str bytes);
#define FX_SEND(f, fd, lit) fx_send((f), (fd), NP_STR(lit))
/* Everything until the server closes (or resets). */
struct np_str fx_recv_all(struct fixture *f, int fd);
/* At least until `end` was received. */
struct np_str fx_recv(struct fixture *f, int fd, const char *end);
/* A response without its Date line, which is checked to be there. */
struct np_str fx_undated(struct fixture *f, struct np_str response);
void fx_turns(struct fixture *f, int n);

/* What fx_ok() answers, undated, on a connection that stays and on one that ends; and the field
 * that every request has. */
#define FX_OK     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define FX_OK_END "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
#define FX_HOST   "Host: a\r\n"

/* A handler that reads the body and logs it, then replies "ok". */
void fx_read_and_reply(struct fixture *f, struct np_http_x *x);
/* Reads and logs only. */
void fx_read(struct fixture *f, struct np_http_x *x);
void fx_ok(struct fixture *f, struct np_http_x *x);
void fx_nothing(struct fixture *f, struct np_http_x *x);
struct np_str fx_pattern(struct fixture *f, size_t n); /* bytes that tell their place */
