/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - a connected byte stream on a loop, plain or TLS; the transport below HTTP is this table.
 *
 * All calls are on the stream's loop. Reads and writes never block: NP_EAGAIN, then `fn` is called
 * with NP_READABLE or NP_WRITABLE. A stream told apart by its first byte: np_stream_accept() with a
 * TLS context starts TLS when the first byte is 0x16 and stays plain otherwise.
 */
#pragma once

#include <sys/uio.h>
#include <sys/types.h>

#include "io/loop.h"
#include "io/net.h"

struct np_stream;
struct np_tls; /* a server's or client's configuration, see io/tls.h */

typedef void np_stream_fn(void *arg, unsigned events);

/* Takes fd. tls may be NULL. fn is first called with NP_READABLE when plain bytes can be read. */
int np_stream_accept(struct np_loop *l, int fd, struct np_tls *tls, np_stream_fn *fn, void *arg,
                     struct np_stream **out, struct np_err *err);
/* A stream over a connecting fd (np_dial). fn is called with NP_WRITABLE when it is connected, or
 * NP_HANGUP when that failed. server_name starts TLS with that name to verify. */
int np_stream_connect(struct np_loop *l, int fd, struct np_tls *tls, struct np_str server_name,
                      np_stream_fn *fn, void *arg, struct np_stream **out, struct np_err *err);
void np_stream_close(struct np_stream *s); /* at once; fn is not called any more */
/* Ends the sending side (TLS: close_notify). */
void np_stream_shutdown(struct np_stream *s);

/* Bytes, 0 at end of stream, or NP_EAGAIN, NP_ECLOSED, NP_EPROTO. */
ssize_t np_stream_read(struct np_stream *s, void *buf, size_t n);
ssize_t np_stream_writev(struct np_stream *s, const struct iovec *iov, int n);
/* From a file at *off, which advances. Plain: sendfile; TLS: read and write. */
ssize_t np_stream_sendfile(struct np_stream *s, int file_fd, off_t *off, size_t n);
bool np_stream_is_tls(const struct np_stream *s);
struct np_str np_stream_sni(const struct np_stream *s); /* absent without TLS */
const struct np_addr *np_stream_peer(const struct np_stream *s);
const struct np_addr *np_stream_local(const struct np_stream *s);
/* Gives the raw descriptor away (plain only): for an upgrade hand-off. */
int np_stream_take_fd(struct np_stream *s);
