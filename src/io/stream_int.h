/* SPDX-License-Identifier: Apache-2.0 */
/* stream_int.h - shared by the plain and the TLS half of the streams. */
#pragma once

#include <openssl/ssl.h>

#include "io/stream.h"

/* What one TLS record holds; the unit of our writes, so that what is pending has a known size. */
#define TLS_RECORD_MAX 16384

enum stream_mode {
    STREAM_CONNECTING,
    STREAM_UNDECIDED, /* accepted with a TLS context: the first byte decides */
    STREAM_PLAIN,
    STREAM_HANDSHAKE,
    STREAM_TLS,
};

struct tls_state {
    SSL *ssl;
    struct np_str name; /* of the server; absent: none was sent. Memory of ours */
    bool is_client;
    /* Bytes that were read before the stream turned out to be TLS; served before the socket's. */
    char *early;
    size_t early_n, early_at;
    uint32_t handshake_n;  /* bytes of the client's part of the handshake, and what came with it */
    bool eof;              /* the socket ended */
    bool read_wants_write; /* what OpenSSL waits for, the other way round */
    bool write_wants_read;
    bool shut_pending; /* close_notify could not be sent yet */
    size_t pending_n;  /* plain bytes of the record that is to be offered again */
};

struct np_stream {
    struct np_watch watch;
    enum stream_mode mode;
    int fd;
    bool want_write;
    bool read_closed; /* seen while nobody could be told */
    bool shut;
    int error_code;
    char error_text[200];
    np_stream_fn *fn;
    void *arg;
    struct np_tls *tls;
    struct np_addr peer, local;
    struct tls_state t;
};

int stream_fail(struct np_stream *s, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int stream_fail_errno(struct np_stream *s, int errnum);

/* early: the first bytes of a client, copied. */
void stream_tls_accept(struct np_stream *s, const void *early, size_t n);
int stream_tls_connect(struct np_stream *s, struct np_str server_name, struct np_err *err);
/* Drives the handshake: 0 when it is done (mode is then STREAM_TLS), NP_EAGAIN, or a failure. */
int stream_tls_handshake(struct np_stream *s);
/* Which events of the socket are which events of the stream. */
unsigned stream_tls_events(struct np_stream *s, unsigned events);
ssize_t stream_tls_read(struct np_stream *s, void *buf, size_t n);
ssize_t stream_tls_writev(struct np_stream *s, const struct iovec *iov, int n);
void stream_tls_shutdown(struct np_stream *s);
void stream_tls_fini(struct np_stream *s);
