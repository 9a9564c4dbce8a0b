/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - a connected byte stream on a loop, plain or TLS; the transport below HTTP is this
 * table.
 *
 * All calls are on the stream's loop. Reads and writes never block: NP_EAGAIN, then `fn` is called
 * with NP_READABLE or NP_WRITABLE; NP_READ_CLOSED comes with NP_READABLE when the peer will send no
 * more than what can be read. A stream told apart by its first byte: np_stream_accept() with a TLS
 * context starts TLS when the first byte is 0x16 and stays plain otherwise; until the first read it
 * counts as plain.
 */
#pragma once

#include <sys/uio.h>
#include <sys/types.h>

#include "io/loop.h"
#include "io/net.h"

struct np_stream;
struct np_tls; /* a server's or client's configuration, see io/tls.h */

typedef void np_stream_fn(void *arg, unsigned events);

/* Takes fd, also on failure. tls may be NULL. fn is called with NP_READABLE when bytes may be there
 * (a read can still say NP_EAGAIN), and with NP_WRITABLE only after a write that said NP_EAGAIN or
 * took a part. */
int np_stream_accept(struct np_loop *l, int fd, struct np_tls *tls, np_stream_fn *fn, void *arg,
                     struct np_stream **out, struct np_err *err);
/* A stream over a connecting fd (np_dial), taken also on failure. fn is called with NP_WRITABLE
 * when it is connected (TLS: when the server is verified), or NP_HANGUP when that failed. With tls,
 * server_name is the name or address to verify. */
int np_stream_connect(struct np_loop *l, int fd, struct np_tls *tls, struct np_str server_name,
                      np_stream_fn *fn, void *arg, struct np_stream **out, struct np_err *err);
/* A connecting stream with TLS offers h2 and http/1.1; before the loop turns. */
void np_stream_offer_h2(struct np_stream *s);
/* Another owner takes the stream over; it must assume that bytes may be there to read. */
void np_stream_set_fn(struct np_stream *s, np_stream_fn *fn, void *arg);
/* At once; fn is not called any more. Sends no close_notify: a cut stream looks cut. NULL is fine.
 */
void np_stream_close(struct np_stream *s);
/* Ends the sending side (TLS: close_notify). */
void np_stream_shutdown(struct np_stream *s);

/* Bytes, 0 at end of stream, or NP_EAGAIN, NP_ECLOSED, NP_EPROTO. TLS that ends without
 * close_notify is NP_ECLOSED: the data may be cut. After NP_EAGAIN from a write offer the same
 * bytes again (with or without more behind them), whichever of the two calls they come by. */
ssize_t np_stream_read(struct np_stream *s, void *buf, size_t n);
ssize_t np_stream_writev(struct np_stream *s, const struct iovec *iov, int n);
/* From a file at *off, which advances. Plain: sendfile; TLS: read and write. NP_EIO when the file
 * ends before `n` bytes or cannot be read. */
ssize_t np_stream_sendfile(struct np_stream *s, int file_fd, off_t *off, size_t n);
bool np_stream_is_tls(const struct np_stream *s);
struct np_str np_stream_sni(const struct np_stream *s); /* absent without TLS */
/* Of a handshake that is done, else absent: "h2" or "http/1.1" (absent also when nothing was
 * chosen), "TLSv1.3", and the cipher by OpenSSL's name. */
struct np_str np_stream_alpn(const struct np_stream *s);
struct np_str np_stream_tls_version(const struct np_stream *s);
struct np_str np_stream_tls_cipher(const struct np_stream *s);
bool np_stream_tls_resumed(const struct np_stream *s);
/* True from the first byte of a TLS client until its handshake is done. */
bool np_stream_is_handshaking(const struct np_stream *s);
const struct np_addr *np_stream_peer(const struct np_stream *s);
const struct np_addr *np_stream_local(const struct np_stream *s);
/* How many routers what is sent from now on may pass; 0: as usual. Over IPv4. */
void np_stream_set_hops(const struct np_stream *s, unsigned hops);
/* Why the last call or event failed: the code, and its cause in err (which may be NULL). 0: it has
 * not. */
int np_stream_error(const struct np_stream *s, struct np_err *err);
/* Gives the raw descriptor away (plain only, else NP_ENOTSUP): for an upgrade hand-off. The stream
 * is then silent, and still to be closed. */
int np_stream_take_fd(struct np_stream *s);
