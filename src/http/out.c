/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - the send queue of a connection. */
#include "http/out.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/limits.h"
#include "io/stream.h"

#define COPY_MIN_BYTES ((size_t)2048)
#define IOV_MAX_PARTS  16

struct piece {
    struct np_node node;
    const char *p; /* memory: the unsent part */
    size_t n;
    char *own; /* copied bytes: the block of `cap` bytes that p points into */
    size_t cap;
    void (*release)(void *arg);
    void *arg;
    int fd; /* -1: memory */
    off_t off;
    uint64_t left;
};

static struct piece *piece_of(struct np_node *n)
{
    return NP_CONTAINER(n, struct piece, node);
}

void np_http_out_init(struct np_http_out *o)
{
    *o = (struct np_http_out){0};
    np_list_init(&o->pieces);
}

static struct piece *piece_add(struct np_http_out *o, size_t room)
{
    struct piece *x = np_heap_realloc(NULL, sizeof(*x) + room);
    *x = (struct piece){.fd = -1, .cap = room, .own = (char *)(x + 1)};
    x->p = x->own;
    np_list_append(&o->pieces, &x->node);
    return x;
}

static void piece_free(struct piece *x)
{
    np_list_remove(&x->node);
    if (x->fd >= 0)
        close(x->fd);
    if (x->release != NULL)
        x->release(x->arg);
    np_free(x);
}

void np_http_out_fini(struct np_http_out *o)
{
    while (!np_list_empty(&o->pieces))
        piece_free(piece_of(o->pieces.next));
    o->bytes = 0;
}

void np_http_out_copy(struct np_http_out *o, struct np_str bytes)
{
    struct piece *x = np_list_empty(&o->pieces) ? NULL : piece_of(o->pieces.prev);
    if (x == NULL || x->own == NULL || x->cap - (size_t)(x->p - x->own) - x->n < bytes.n)
        x = piece_add(o, bytes.n > COPY_MIN_BYTES ? bytes.n : COPY_MIN_BYTES);
    if (bytes.n > 0)
        memcpy(x->own + (x->p - x->own) + x->n, bytes.p, bytes.n);
    x->n += bytes.n;
    o->bytes += bytes.n;
}

void np_http_out_ref(struct np_http_out *o, struct np_str bytes, void (*release)(void *arg),
                     void *arg)
{
    struct piece *x = piece_add(o, 0);
    x->own = NULL; /* borrowed; release must not run inside a caller's write */
    x->p = bytes.p;
    x->n = bytes.n;
    x->release = release;
    x->arg = arg;
    o->bytes += bytes.n;
}

void np_http_out_file(struct np_http_out *o, int fd, uint64_t off, uint64_t n)
{
    struct piece *x = piece_add(o, 0);
    x->own = NULL;
    x->fd = fd;
    x->off = (off_t)off;
    x->left = n;
    o->bytes += n;
}

/* Reads up to n bytes of the file piece into a piece of memory before it. */
static ssize_t load_file(struct piece *x, size_t n)
{
    size_t want = x->left < n ? (size_t)x->left : n;
    struct piece *m = np_heap_realloc(NULL, sizeof(*m) + want);
    *m = (struct piece){.fd = -1, .cap = want, .own = (char *)(m + 1)};
    m->p = m->own;
    ssize_t got = pread(x->fd, m->own, want, x->off);
    if (got <= 0) {
        np_free(m);
        return NP_EIO;
    }
    m->n = (size_t)got;
    np_list_append(&x->node, &m->node); /* before x */
    x->off += got;
    x->left -= (uint64_t)got;
    return got;
}

int np_http_out_load(struct np_http_out *o, size_t n)
{
    struct np_node *at = o->pieces.next;
    while (n > 0 && at != &o->pieces) {
        struct piece *x = piece_of(at);
        if (x->fd < 0) {
            n -= x->n < n ? x->n : n;
            at = at->next;
            continue;
        }
        ssize_t got = load_file(x, n);
        if (got < 0)
            return NP_EIO;
        n -= (size_t)got;
        if (x->left > 0)
            continue;
        at = at->next;
        piece_free(x);
    }
    return 0;
}

/* The first n bytes of a piece that is longer. True: they are lent, by their owner or by the piece,
 * which leaves after them. */
static bool move_part(struct np_http_out *to, struct piece *x, size_t n)
{
    bool lent = x->own == NULL || n > COPY_MIN_BYTES;
    if (lent)
        np_http_out_ref(to, np_str_n(x->p, n), NULL, NULL);
    else
        np_http_out_copy(to, np_str_n(x->p, n));
    x->p += n;
    x->n -= n;
    return lent;
}

bool np_http_out_move(struct np_http_out *from, struct np_http_out *to, size_t n)
{
    bool lent = false;
    from->bytes -= n;
    while (!np_list_empty(&from->pieces)) {
        struct piece *x = piece_of(from->pieces.next);
        if (x->fd >= 0 || (n == 0 && x->n > 0))
            break;
        if (x->n > n) {
            lent |= move_part(to, x, n);
            break;
        }
        lent |= x->own == NULL;
        n -= x->n;
        to->bytes += x->n;
        np_list_remove(&x->node);
        np_list_append(&to->pieces, &x->node);
    }
    return lent;
}

/* Leading pieces in memory as iov. */
static int gather(const struct np_http_out *o, struct iovec *iov, int max)
{
    int n = 0;
    for (const struct np_node *at = o->pieces.next; at != &o->pieces && n < max; at = at->next) {
        const struct piece *x = NP_CONTAINER(at, struct piece, node);
        if (x->fd >= 0)
            break;
        iov[n++] = (struct iovec){.iov_base = (void *)(uintptr_t)x->p, .iov_len = x->n};
    }
    return n;
}

/* Takes `sent` bytes off the front; returns how many were not of the queue. */
static size_t sent_off(struct np_http_out *o, size_t sent)
{
    while (!np_list_empty(&o->pieces)) {
        struct piece *x = piece_of(o->pieces.next);
        if (x->fd >= 0)
            break;
        size_t n = x->n < sent ? x->n : sent;
        x->p += n;
        x->n -= n;
        sent -= n;
        o->bytes -= n;
        if (x->n > 0)
            break;
        piece_free(x);
    }
    return sent;
}

void np_http_out_move_copy(struct np_http_out *from, struct np_http_out *to, size_t n)
{
    while (n > 0) {
        const struct piece *x = piece_of(from->pieces.next);
        size_t some = x->n < n ? x->n : n;
        np_http_out_copy(to, np_str_n(x->p, some));
        sent_off(from, some);
        n -= some;
    }
}

/* What a write said: bytes, or NP_EAGAIN, or NP_ECLOSED for all that ends the connection. */
static ssize_t note_write(struct np_http_out *o, ssize_t n)
{
    if (n == NP_EAGAIN || n == 0) {
        o->blocked = true;
        return NP_EAGAIN;
    }
    if (n < 0)
        return NP_ECLOSED;
    o->moved = true;
    return n;
}

static ssize_t flush_file(struct np_http_out *o, struct np_stream *s, struct piece *x)
{
    size_t want = x->left < NP_HTTP_TURN_BYTES ? (size_t)x->left : NP_HTTP_TURN_BYTES;
    ssize_t n = want > 0 ? np_stream_sendfile(s, x->fd, &x->off, want) : 0;
    if (want > 0 && n == 0)
        return NP_EIO;
    if (want > 0)
        n = note_write(o, n);
    if (n < 0)
        return n;
    x->left -= (uint64_t)n;
    o->bytes -= (uint64_t)n;
    if (x->left == 0)
        piece_free(x);
    return n;
}

static ssize_t flush_memory(struct np_http_out *o, struct np_stream *s)
{
    struct iovec iov[IOV_MAX_PARTS];
    int n = gather(o, iov, IOV_MAX_PARTS);
    size_t want = 0;
    for (int i = 0; i < n; i++)
        want += iov[i].iov_len;
    ssize_t sent = want > 0 ? note_write(o, np_stream_writev(s, iov, n)) : 0;
    if (sent >= 0)
        sent_off(o, (size_t)sent);
    return sent;
}

int np_http_out_flush(struct np_http_out *o, struct np_stream *s)
{
    size_t moved = 0;
    while (!np_list_empty(&o->pieces)) {
        if (o->blocked)
            return NP_EAGAIN;
        if (moved >= 4 * NP_HTTP_TURN_BYTES)
            return NP_LATER;
        struct piece *x = piece_of(o->pieces.next);
        ssize_t n = x->fd >= 0 ? flush_file(o, s, x) : flush_memory(o, s);
        if (n < 0)
            return (int)n;
        moved += (size_t)n;
    }
    return 0;
}

/* True when all of the queue is a few copies, so that it can go out together with what follows. */
static bool is_short(const struct np_http_out *o)
{
    int n = 0;
    for (const struct np_node *at = o->pieces.next; at != &o->pieces; at = at->next) {
        const struct piece *x = NP_CONTAINER(at, struct piece, node);
        if (x->own == NULL || ++n > IOV_MAX_PARTS - 4)
            return false;
    }
    return true;
}

int np_http_out_send(struct np_http_out *o, struct np_stream *s, const struct iovec *iov, int n)
{
    size_t skip = 0;
    if (!o->blocked && is_short(o)) {
        struct iovec all[IOV_MAX_PARTS];
        int queued = gather(o, all, IOV_MAX_PARTS - 4);
        for (int i = 0; i < n; i++)
            all[queued + i] = iov[i];
        ssize_t sent = note_write(o, np_stream_writev(s, all, queued + n));
        if (sent == NP_ECLOSED)
            return NP_ECLOSED;
        skip = sent > 0 ? sent_off(o, (size_t)sent) : 0;
    }
    for (int i = 0; i < n; i++) {
        size_t done = skip < iov[i].iov_len ? skip : iov[i].iov_len;
        skip -= done;
        if (done < iov[i].iov_len)
            np_http_out_copy(o, np_str_n((char *)iov[i].iov_base + done, iov[i].iov_len - done));
    }
    return 0;
}
