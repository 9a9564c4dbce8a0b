/* SPDX-License-Identifier: Apache-2.0 */
/* in.c - the bytes that a connection has read and not used yet. */
#include "http/in.h"

#include "base/arena.h"
#include "http/limits.h"

#define KEPT_MIN  ((size_t)512)
#define HEAD_ROOM ((size_t)4096)

void np_http_in_events(struct np_http_in *in, unsigned events)
{
    if (events & (NP_READABLE | NP_READ_CLOSED))
        in->readable = true;
    if (events & NP_READ_CLOSED)
        in->closed = true;
}

static bool in_kept(const struct np_http_in *in)
{
    return in->kept != NULL && in->unread.p >= in->kept && in->unread.p < in->kept + in->kept_cap;
}

/* Moves the unread bytes to the front of a block of ours with at least `cap` bytes. */
static void move_to_kept(struct np_http_in *in, size_t cap)
{
    if (in_kept(in) && in->kept_cap >= cap) {
        memmove(in->kept, in->unread.p, in->unread.n);
    } else {
        char *block = np_heap_realloc(NULL, cap);
        memcpy(block, in->unread.p, in->unread.n);
        np_free(in->kept);
        in->kept = block;
        in->kept_cap = cap;
    }
    in->unread.p = in->kept;
}

void np_http_in_keep(struct np_http_in *in)
{
    if (in->unread.n == 0)
        np_http_in_fini(in);
    else if (!in_kept(in))
        move_to_kept(in, in->unread.n > KEPT_MIN ? in->unread.n : KEPT_MIN);
}

void np_http_in_fini(struct np_http_in *in)
{
    np_free(in->kept);
    in->kept = NULL;
    in->kept_cap = 0;
    in->unread = NP_STR_NULL;
}

void np_http_in_take(struct np_http_in *in, size_t n)
{
    in->unread.p += n;
    in->unread.n -= n;
    in->scanned = 0;
}

bool np_http_in_may_be_head(const struct np_http_in *in, size_t limit)
{
    if (in->unread.n == in->scanned)
        return false;
    return in->unread.n >= limit ||
           memchr(in->unread.p + in->scanned, '\n', in->unread.n - in->scanned) != NULL;
}

/* Room behind the unread bytes: the loop's buffer when there are none. */
static char *make_room(struct np_http_in *in, struct np_http_local *local, size_t *room)
{
    size_t n = in->unread.n;
    if (n == 0) {
        *room = NP_HTTP_READ_BYTES;
        return local->buf;
    }
    if (in->kept_cap < n + KEPT_MIN)
        move_to_kept(in, n + (n > HEAD_ROOM ? n : HEAD_ROOM));
    else
        move_to_kept(in, in->kept_cap);
    *room = in->kept_cap - n;
    return in->kept + n;
}

int np_http_in_fill(struct np_http_in *in, struct np_http_local *local, struct np_stream *s)
{
    if (!in->readable)
        return 0;
    if (in->budget == 0) {
        in->again = true;
        return 0;
    }
    size_t room;
    char *to = make_room(in, local, &room);
    ssize_t n = np_stream_read(s, to, room);
    if (n <= 0) {
        in->readable = false;
        in->closed |= n != NP_EAGAIN;
        return n == NP_EAGAIN ? 0 : n == 0 ? NP_ECLOSED : NP_EIO;
    }
    /* Less than there was room for: the socket is empty, its next bytes are a new event. */
    if ((size_t)n < room && !in->closed && !np_stream_is_tls(s))
        in->readable = false;
    in->unread = (struct np_str){in->unread.n > 0 ? in->unread.p : to, in->unread.n + (size_t)n};
    in->moved = true;
    in->budget -= (size_t)n < in->budget ? (size_t)n : in->budget;
    return 1;
}
