/* SPDX-License-Identifier: Apache-2.0 */
/* out.h - the send queue of a connection: copied bytes, borrowed bytes and parts of files.
 *
 * Small pieces gather in the queue and leave with one system call; see np_http_out_send() for what
 * goes past it. Zero-fill and init before use.
 */
#pragma once

#include <sys/uio.h>

#include "base/list.h"
#include "base/str.h"

struct np_stream;

struct np_http_out {
    struct np_node pieces;
    uint64_t bytes; /* unsent */
    bool blocked;   /* the socket is full: wait for NP_WRITABLE */
    bool moved;     /* something was sent; the owner clears it */
};

void np_http_out_init(struct np_http_out *o);
void np_http_out_fini(struct np_http_out *o); /* drops and releases what is left */
static inline bool np_http_out_empty(const struct np_http_out *o)
{
    return np_list_empty(&o->pieces);
}

void np_http_out_copy(struct np_http_out *o, struct np_str bytes);
void np_http_out_ref(struct np_http_out *o, struct np_str bytes, void (*release)(void *arg),
                     void *arg);
void np_http_out_file(struct np_http_out *o, int fd, uint64_t off, uint64_t n); /* takes fd */

/* Reads what of the first n bytes is in files to memory. NP_EIO: a file was shorter. */
int np_http_out_load(struct np_http_out *o, size_t n);
/* Moves the first n bytes, all in memory, behind those of another queue; what is borrowed stays so,
 * and is released when its last byte leaves the other queue. True: some of them are borrowed, be it
 * from this queue: it has to stay until they are sent. */
bool np_http_out_move(struct np_http_out *from, struct np_http_out *to, size_t n);
/* The same, but all of it is copied: nothing of this queue is needed afterwards. */
void np_http_out_move_copy(struct np_http_out *from, struct np_http_out *to, size_t n);

/* Sends the queue. 0: it is empty; NP_EAGAIN: blocked; NP_LATER: more than a turn's share was sent,
 * call again soon; NP_ECLOSED; NP_EIO: a file was shorter than promised. */
int np_http_out_flush(struct np_http_out *o, struct np_stream *s);
/* Sends queue and iov (up to 4 parts) at once as far as they go; copies what is left of iov.
 * 0 or NP_ECLOSED. */
int np_http_out_send(struct np_http_out *o, struct np_stream *s, const struct iovec *iov, int n);
