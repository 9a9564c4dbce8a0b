/* SPDX-License-Identifier: Apache-2.0 */
/* http2_mem.c - memory for nghttp2: the heap, but for the buffer of 16 KiB that each session keeps
 * for the frames it makes. Most are small, as bodies do not pass through it; on pages of its own
 * only what was written to takes memory, and an idle session keeps one page of it.
 */
#include <sys/mman.h>

#include "base/arena.h"
#include "http/http2.h"

#define FRAMES_MIN  ((size_t)16384) /* no other allocation of a session is so large at first */
#define PAGES_BYTES ((size_t)20480)

static void *take_pages(struct np_http_local *local)
{
    if (local->n_pages > 0)
        return local->pages[--local->n_pages];
    void *p = mmap(NULL, PAGES_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED ? p : NULL;
}

static void give_pages(struct np_http_local *local, void *p)
{
    if (local->n_pages < NP_HTTP2_SPARE_PAGES)
        local->pages[local->n_pages++] = p;
    else
        munmap(p, PAGES_BYTES);
}

void np_http2_pages_fini(struct np_http_local *local)
{
    while (local->n_pages > 0)
        munmap(local->pages[--local->n_pages], PAGES_BYTES);
}

static void *on_malloc(size_t n, void *arg)
{
    struct np_http2 *h2 = arg;
    if (n < FRAMES_MIN || n > PAGES_BYTES || h2->frames != NULL)
        return np_heap_realloc(NULL, n > 0 ? n : 1);
    return h2->frames = take_pages(h2->conn->server->local);
}

static void on_free(void *p, void *arg)
{
    struct np_http2 *h2 = arg;
    if (p == NULL || p != h2->frames) {
        np_free(p);
        return;
    }
    h2->frames = NULL;
    give_pages(h2->conn->server->local, p);
}

static void *on_calloc(size_t n, size_t size, void *arg)
{
    (void)arg;
    size_t bytes;
    if (np_mul_overflows(n, size, &bytes))
        return NULL;
    return np_heap_alloc(bytes > 0 ? bytes : 1);
}

static void *on_realloc(void *p, size_t n, void *arg)
{
    if (p == NULL)
        return on_malloc(n, arg);
    np_assert(p != ((struct np_http2 *)arg)->frames); /* it never grows */
    return np_heap_realloc(p, n > 0 ? n : 1);
}

nghttp2_mem np_http2_mem(struct np_http2 *h2)
{
    return (nghttp2_mem){.mem_user_data = h2,
                         .malloc = on_malloc,
                         .free = on_free,
                         .calloc = on_calloc,
                         .realloc = on_realloc};
}
