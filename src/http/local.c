/* SPDX-License-Identifier: Apache-2.0 */
/* local.c - what all servers and clients of one loop share. */
#include "http/local.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/timefmt.h"
#include "http/limits.h"

static void *local_new(struct np_loop *l)
{
    struct np_http_local *h = np_heap_new(struct np_http_local);
    h->loop = l;
    h->arenas = np_heap_alloc(NP_HTTP_SPARE_ARENAS * sizeof(*h->arenas));
    np_buf_init(&h->head, NULL, NP_HTTP_MADE_HEAD_MAX);
    h->date_s = -1;
    return h;
}

static void local_free(void *p)
{
    struct np_http_local *h = p;
    while (h->n_arenas > 0)
        np_arena_free(h->arenas[--h->n_arenas]);
    np_http2_pages_fini(h);
    np_buf_fini(&h->head);
    np_free(h->arenas);
    np_free(h->fields);
    np_free(h->buf);
    np_free(h);
}

struct np_http_local *np_http_local(struct np_loop *l)
{
    static const char key;
    return np_loop_local(l, &key, local_new, local_free);
}

char *np_http_buf_take(struct np_http_local *h)
{
    np_assert(!h->buf_taken);
    h->buf_taken = true;
    if (h->buf == NULL)
        h->buf = np_heap_realloc(NULL, NP_HTTP_READ_BYTES);
    return h->buf;
}

void np_http_buf_give(struct np_http_local *h)
{
    h->buf_taken = false;
}

struct np_http_field *np_http_fields(struct np_http_local *h, size_t n)
{
    if (h->fields_cap < n) {
        h->fields = np_heap_realloc(h->fields, n * sizeof(*h->fields));
        h->fields_cap = n;
    }
    return h->fields;
}

struct np_arena *np_http_arena_take(struct np_http_local *h)
{
    return h->n_arenas > 0 ? h->arenas[--h->n_arenas] : np_arena_new();
}

void np_http_arena_give(struct np_http_local *h, struct np_arena *a)
{
    if (a == NULL)
        return;
    if (h->n_arenas == NP_HTTP_SPARE_ARENAS) {
        np_arena_free(a);
        return;
    }
    np_arena_reset(a, NP_HTTP_ARENA_KEEP_BYTES);
    h->arenas[h->n_arenas++] = a;
}

struct np_str np_http_date(struct np_http_local *h)
{
    int64_t now_ms = np_wall_ms(h->loop);
    if (h->date_s != now_ms / 1000) {
        h->date_s = now_ms / 1000;
        h->date = (struct np_str){h->date_text, np_time_http(h->date_text, now_ms)};
    }
    return h->date;
}
