/* SPDX-License-Identifier: Apache-2.0 */
/* client_int.h - shared by pool.c (connections that wait) and client.c (calls). */
#pragma once

#include "base/map.h"
#include "http/client.h"
#include "http/local.h"

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
};

/* Address, TLS context and server name: connections of equal keys serve each other's calls. */
struct np_str np_http_pool_key(struct np_arena *a, const struct np_http_call_opts *o);
/* The connection used last, or NULL; it is the caller's. */
struct np_stream *np_http_pool_take(struct np_http_pool *p, struct np_str key);
/* Takes a stream with nothing left to read; the oldest of its key makes room. */
void np_http_pool_give(struct np_http_pool *p, struct np_str key, struct np_stream *s);
void np_http_call_drop(struct np_http_call *c); /* for np_http_pool_free() */
struct np_http_call *np_http_call_of(struct np_node *n);
