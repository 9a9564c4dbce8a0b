/* SPDX-License-Identifier: Apache-2.0 */
/* body.c - the bytes of a response. */
#include "engines/edge/body.h"

#include <unistd.h>

#include "base/arena.h"
#include "engines/edge/limits.h"
#include "engines/edge/slab.h"

/* Between the two sizes pages that are handed over cost less than bytes that are copied: below, the
 * page tables do not pay; above, the pipe inside sendfile is slower (measured: README). */
static bool suits_slab(size_t cap)
{
    return cap > NP_EDGE_SLAB_MIN && cap <= NP_EDGE_SLAB_MAX;
}

struct edge_chunk *edge_chunk_new(size_t cap, struct edge_slab *slab)
{
    char *data = slab != NULL && suits_slab(cap) ? edge_slab_take(slab, cap) : NULL;
    struct edge_chunk *c = np_heap_realloc(NULL, sizeof(*c) + (data != NULL ? 0 : cap));
    *c = (struct edge_chunk){.refs = 1, .cap = (uint32_t)cap, .data = data};
    if (data != NULL)
        c->slab = slab;
    else
        c->data = (char *)(c + 1);
    return c;
}

void edge_chunk_ref(struct edge_chunk *c)
{
    __atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
}

void edge_chunk_unref(void *chunk)
{
    struct edge_chunk *c = chunk;
    if (__atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (c->slab != NULL)
        edge_slab_give(c->slab, c->data, c->cap);
    np_free(c);
}

struct edge_body *edge_body_new(struct edge_slab *slab)
{
    struct edge_body *b = np_heap_new(struct edge_body);
    b->refs = 1;
    b->fd = -1;
    b->slab = slab;
    b->chunks = &b->inline_chunk;
    b->room = 1;
    return b;
}

void edge_body_ref(struct edge_body *b)
{
    __atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
}

void edge_body_unref(struct edge_body *b)
{
    if (b == NULL || __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < b->n_chunks; i++)
        edge_chunk_unref(b->chunks[i]);
    if (b->chunks != &b->inline_chunk)
        np_free(b->chunks);
    if (b->fd >= 0)
        close(b->fd);
    np_free(b);
}

static void push(struct edge_body *b, struct edge_chunk *c)
{
    if (b->n_chunks == b->room) {
        bool was_inline = b->chunks == &b->inline_chunk;
        b->room = b->room * 2 + 2;
        b->chunks = np_heap_realloc(was_inline ? NULL : b->chunks, b->room * sizeof(*b->chunks));
        if (was_inline)
            b->chunks[0] = b->inline_chunk;
    }
    if (b->n_chunks == 0)
        b->base = b->n;
    b->chunks[b->n_chunks++] = c;
}

static size_t next_cap(const struct edge_body *b, size_t n, uint64_t hint)
{
    size_t cap = NP_EDGE_CHUNK_MIN;
    if (hint > 0)
        cap = hint < NP_EDGE_CHUNK_MAX ? (size_t)hint : NP_EDGE_CHUNK_MAX;
    else if (b->n_chunks > 0)
        cap = (size_t)b->chunks[b->n_chunks - 1]->cap * 2;
    if (cap > NP_EDGE_CHUNK_MAX)
        cap = NP_EDGE_CHUNK_MAX;
    return cap < n ? n : cap;
}

void edge_body_add(struct edge_body *b, struct np_str data, uint64_t hint)
{
    while (data.n > 0) {
        struct edge_chunk *c = b->n_chunks > 0 ? b->chunks[b->n_chunks - 1] : NULL;
        if (c == NULL || c->n == c->cap) {
            c = edge_chunk_new(next_cap(b, 1, hint), b->slab);
            push(b, c);
        }
        size_t n = c->cap - c->n < data.n ? c->cap - c->n : data.n;
        memcpy(c->data + c->n, data.p, n);
        c->n += (uint32_t)n;
        b->n += n;
        hint = hint > n ? hint - n : 0;
        data = np_str_sub(data, n, data.n);
    }
}

void edge_body_take(struct edge_body *b, struct edge_chunk *c)
{
    push(b, c);
    b->n += c->n;
}

void edge_body_drop(struct edge_body *b, uint64_t at)
{
    size_t n = 0;
    while (n < b->n_chunks && b->base + b->chunks[n]->n <= at &&
           (b->chunks[n]->n == b->chunks[n]->cap || at == b->n)) {
        b->base += b->chunks[n]->n;
        edge_chunk_unref(b->chunks[n++]);
    }
    b->n_chunks -= n;
    memmove(b->chunks, b->chunks + n, b->n_chunks * sizeof(*b->chunks));
}

uint64_t edge_body_in_memory(const struct edge_body *b)
{
    return b->n_chunks > 0 ? b->n - b->base : 0;
}

static bool piece_of_memory(struct edge_body *b, uint64_t at, uint64_t most, struct edge_piece *out)
{
    uint64_t begin = b->base;
    for (size_t i = 0; i < b->n_chunks; begin += b->chunks[i++]->n) {
        struct edge_chunk *c = b->chunks[i];
        if (at >= begin + c->n)
            continue;
        size_t from = (size_t)(at - begin);
        out->chunk = c;
        out->text = np_str_sub(np_str_n(c->data, c->n), from, (size_t)most);
        out->n = out->text.n;
        edge_chunk_ref(c);
        return true;
    }
    return false;
}

bool edge_body_at(struct edge_body *b, uint64_t at, uint64_t most, struct edge_piece *out)
{
    *out = (struct edge_piece){0};
    if (at >= b->n || most == 0)
        return false;
    if (b->n_chunks > 0 && at >= b->base)
        return piece_of_memory(b, at, most, out);
    if (at >= b->file_n)
        return false; /* dropped */
    uint64_t n = b->file_n - at;
    out->fd = b->fd;
    out->file_at = b->file_off + at;
    out->n = n < most ? n : most;
    return true;
}

bool edge_body_is_lost(const struct edge_body *b, uint64_t at)
{
    uint64_t base = b->n_chunks > 0 ? b->base : b->n;
    return at >= b->file_n && at < base;
}
