/* SPDX-License-Identifier: Apache-2.0 */
/* local.h - what all servers and clients of one loop share, so that an idle connection owns
 * nothing: the buffer that sockets are read into, arenas, the text of Date, room for a head. */
#pragma once

#include "http/http.h"
#include "http/limits.h"
#include "io/loop.h"

struct np_http_local {
    struct np_loop *loop;
    char *buf;      /* NP_HTTP_READ_BYTES; holds bytes only while a connection runs */
    bool buf_taken; /* by the connection that runs */
    struct np_http_field *fields;
    size_t fields_cap;
    struct np_buf head; /* a response's or request's, until it is sent or queued */
    struct np_arena **arenas;
    size_t n_arenas;
    void *pages[NP_HTTP2_SPARE_PAGES]; /* see http2_mem.c */
    size_t n_pages;
    int64_t date_s;
    struct np_str date;
    char date_text[40];
};

struct np_http_local *np_http_local(struct np_loop *l); /* lives as long as the loop */
char *np_http_buf_take(struct np_http_local *h);
void np_http_buf_give(struct np_http_local *h);
/* Room for n fields, until the next call. */
struct np_http_field *np_http_fields(struct np_http_local *h, size_t n);
struct np_arena *np_http_arena_take(struct np_http_local *h);
void np_http_arena_give(struct np_http_local *h, struct np_arena *a); /* resets it; NULL is fine */
void np_http2_pages_fini(struct np_http_local *h);
struct np_str np_http_date(struct np_http_local *h);
