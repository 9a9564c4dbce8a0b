/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - connecting, telling TLS from plain, plain bytes; TLS itself is in stream_tls.c.
 *
 * The socket is watched for both directions once and for all; NP_WRITABLE is passed on only to
 * those who wait for it. Each event handler ends with the callback, which may close the stream.
 */
#include "io/stream.h"

#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/arena.h"
#include "io/stream_int.h"

#define TLS_FIRST_BYTE 0x16 /* a handshake record */
#define SENDFILE_CHUNK 65536

int stream_fail(struct np_stream *s, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(s->error_text, sizeof(s->error_text), fmt, ap);
    va_end(ap);
    s->error_code = code;
    return code;
}

/* Whatever happened to an established connection, the peer cannot be reached any more. */
int stream_fail_errno(struct np_stream *s, int errnum)
{
    char text[100];
    return stream_fail(s, NP_ECLOSED, "%s", strerror_r(errnum, text, sizeof(text)));
}

/* --- events --- */

static void shutdown_now(struct np_stream *s)
{
    if (s->mode == STREAM_TLS)
        stream_tls_shutdown(s);
    else
        shutdown(s->fd, SHUT_WR);
}

static void failed(struct np_stream *s)
{
    s->fn(s->arg, NP_HANGUP | NP_READABLE);
}

/* Connected or handshaken; what was asked for meanwhile can be done. */
static void ready(struct np_stream *s, unsigned events)
{
    if (s->shut)
        shutdown_now(s);
    if (s->want_write)
        events |= NP_WRITABLE;
    if (s->read_closed)
        events |= NP_READ_CLOSED | NP_READABLE;
    s->want_write = false;
    s->fn(s->arg, events);
}

static void on_handshake(struct np_stream *s, unsigned if_done)
{
    int rc = stream_tls_handshake(s);
    if (rc == NP_EAGAIN)
        return;
    if (rc != 0)
        failed(s);
    else
        ready(s, if_done);
}

static void read_addresses(struct np_stream *s)
{
    np_local_addr(s->fd, &s->local);
    union {
        struct np_addr a;
        struct sockaddr_storage all;
    } got = {0};
    socklen_t len = sizeof(got.all);
    if (getpeername(s->fd, (struct sockaddr *)&got.all, &len) != 0)
        return;
    s->peer = got.a;
    s->peer.len = len < sizeof(s->peer.u) ? len : sizeof(s->peer.u);
}

static void on_connected(struct np_stream *s, unsigned events)
{
    int e = 0;
    socklen_t len = sizeof(e);
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &e, &len) != 0)
        e = errno;
    if (e == 0 && !(events & (NP_WRITABLE | NP_HANGUP)))
        return;
    if (e != 0) {
        stream_fail_errno(s, e);
        if (e == ETIMEDOUT)
            s->error_code = NP_ETIMEDOUT;
        failed(s);
        return;
    }
    read_addresses(s);
    s->mode = s->tls != NULL ? STREAM_HANDSHAKE : STREAM_PLAIN;
    if (s->mode == STREAM_HANDSHAKE)
        on_handshake(s, NP_WRITABLE | NP_READABLE);
    else
        ready(s, (events & ~(unsigned)NP_HANGUP) | NP_WRITABLE);
}

static unsigned plain_events(struct np_stream *s, unsigned events)
{
    if (!(events & NP_WRITABLE))
        return events;
    if (!s->want_write)
        return events & ~(unsigned)NP_WRITABLE;
    s->want_write = false;
    return events;
}

static void on_event(struct np_watch *w, unsigned events)
{
    struct np_stream *s = NP_CONTAINER(w, struct np_stream, watch);
    s->read_closed |= (events & NP_READ_CLOSED) != 0;
    switch (s->mode) {
    case STREAM_CONNECTING:
        if (s->error_code == 0)
            on_connected(s, events);
        return;
    case STREAM_HANDSHAKE:
        if (s->error_code == 0)
            on_handshake(s, s->t.is_client ? NP_WRITABLE | NP_READABLE : NP_READABLE);
        return;
    case STREAM_UNDECIDED:
    case STREAM_PLAIN:
        events = plain_events(s, events);
        break;
    case STREAM_TLS:
        events = stream_tls_events(s, events);
        break;
    }
    if (events != 0)
        s->fn(s->arg, events);
}

/* --- life --- */

static int start(struct np_loop *l, struct np_stream *s, struct np_stream **out, struct np_err *err)
{
    static const int on = 1;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* fails on a unix socket: fine */
    int rc = np_watch_add(l, &s->watch, s->fd, NP_READABLE | NP_WRITABLE, on_event, err);
    if (rc != 0) {
        np_stream_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

static struct np_stream *new_stream(int fd, struct np_tls *tls, enum stream_mode mode,
                                    np_stream_fn *fn, void *arg)
{
    struct np_stream *s = np_heap_new(struct np_stream);
    s->fd = fd;
    s->tls = tls;
    s->mode = mode;
    s->fn = fn;
    s->arg = arg;
    return s;
}

int np_stream_accept(struct np_loop *l, int fd, struct np_tls *tls, np_stream_fn *fn, void *arg,
                     struct np_stream **out, struct np_err *err)
{
    enum stream_mode mode = tls != NULL ? STREAM_UNDECIDED : STREAM_PLAIN;
    struct np_stream *s = new_stream(fd, tls, mode, fn, arg);
    read_addresses(s);
    return start(l, s, out, err);
}

int np_stream_connect(struct np_loop *l, int fd, struct np_tls *tls, struct np_str server_name,
                      np_stream_fn *fn, void *arg, struct np_stream **out, struct np_err *err)
{
    struct np_stream *s = new_stream(fd, tls, STREAM_CONNECTING, fn, arg);
    int rc = tls != NULL ? stream_tls_connect(s, server_name, err) : 0;
    if (rc != 0) {
        np_stream_close(s);
        return rc;
    }
    return start(l, s, out, err);
}

void np_stream_set_fn(struct np_stream *s, np_stream_fn *fn, void *arg)
{
    s->fn = fn;
    s->arg = arg;
}

void np_stream_close(struct np_stream *s)
{
    if (s == NULL)
        return;
    np_watch_del(&s->watch);
    stream_tls_fini(s);
    if (s->fd >= 0)
        close(s->fd);
    np_free(s);
}

void np_stream_shutdown(struct np_stream *s)
{
    if (s->shut)
        return;
    s->shut = true;
    if (s->mode != STREAM_CONNECTING && s->mode != STREAM_HANDSHAKE)
        shutdown_now(s);
}

void np_stream_set_hops(const struct np_stream *s, unsigned hops)
{
    int ttl = hops != 0 ? (int)hops : -1; /* -1: the network's default */
    setsockopt(s->fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
}

int np_stream_take_fd(struct np_stream *s)
{
    if (s->mode == STREAM_HANDSHAKE || s->mode == STREAM_TLS || s->fd < 0)
        return NP_ENOTSUP;
    np_watch_del(&s->watch);
    int fd = s->fd;
    s->fd = -1;
    return fd;
}

/* --- bytes --- */

static ssize_t plain_read(struct np_stream *s, void *buf, size_t n)
{
    for (;;) {
        ssize_t got = recv(s->fd, buf, n, MSG_DONTWAIT);
        if (got >= 0)
            return got;
        if (errno == EAGAIN)
            return NP_EAGAIN;
        if (errno != EINTR)
            return stream_fail_errno(s, errno);
    }
}

/* The first bytes decide. They are in the caller's buffer: when they are TLS, they move to ours. */
static ssize_t first_read(struct np_stream *s, void *buf, size_t n)
{
    ssize_t got = plain_read(s, buf, n);
    if (got <= 0)
        return got;
    if (*(const unsigned char *)buf != TLS_FIRST_BYTE) {
        s->mode = STREAM_PLAIN;
        return got;
    }
    stream_tls_accept(s, buf, (size_t)got);
    s->mode = STREAM_HANDSHAKE;
    return np_stream_read(s, buf, n);
}

ssize_t np_stream_read(struct np_stream *s, void *buf, size_t n)
{
    np_assert(n > 0);
    switch (s->mode) {
    case STREAM_CONNECTING:
        return s->error_code != 0 ? s->error_code : NP_EAGAIN;
    case STREAM_UNDECIDED:
        return first_read(s, buf, n);
    case STREAM_PLAIN:
        return plain_read(s, buf, n);
    case STREAM_HANDSHAKE: {
        int rc = stream_tls_handshake(s);
        return rc != 0 ? rc : stream_tls_read(s, buf, n);
    }
    case STREAM_TLS:
        return stream_tls_read(s, buf, n);
    }
    return NP_EINVAL;
}

/* What a write says before the stream is ready for one: an error, NP_EAGAIN or 0. */
static int not_ready(struct np_stream *s)
{
    if (s->mode != STREAM_CONNECTING && s->mode != STREAM_HANDSHAKE)
        return 0;
    if (s->error_code != 0)
        return s->error_code;
    s->want_write = true;
    return NP_EAGAIN;
}

static ssize_t plain_writev(struct np_stream *s, const struct iovec *iov, int n)
{
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)iov,
                       .msg_iovlen = (size_t)(n < IOV_MAX ? n : IOV_MAX)};
    ssize_t sent;
    do {
        sent = sendmsg(s->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno != EAGAIN)
        return stream_fail_errno(s, errno);
    if (sent < 0) {
        s->want_write = true;
        return NP_EAGAIN;
    }
    size_t total = 0;
    for (int i = 0; i < n; i++)
        total += iov[i].iov_len;
    s->want_write = (size_t)sent < total;
    return sent;
}

ssize_t np_stream_writev(struct np_stream *s, const struct iovec *iov, int n)
{
    int rc = not_ready(s);
    if (rc != 0)
        return rc;
    return s->mode == STREAM_TLS ? stream_tls_writev(s, iov, n) : plain_writev(s, iov, n);
}

/* Through our memory: for TLS, and for files that sendfile() does not take. */
static ssize_t copy_file(struct np_stream *s, int file_fd, off_t *off, size_t n)
{
    char chunk[SENDFILE_CHUNK];
    ssize_t got = pread(file_fd, chunk, n < sizeof(chunk) ? n : sizeof(chunk), *off);
    if (got < 0)
        return stream_fail(s, NP_EIO, "cannot read the file: errno %d", errno);
    if (got == 0)
        return stream_fail(s, NP_EIO, "the file is shorter than its length");
    if ((size_t)got < s->t.pending_n)
        return stream_fail(s, NP_EIO, "the file became shorter while it was sent");
    struct iovec iov = {chunk, (size_t)got};
    ssize_t sent = np_stream_writev(s, &iov, 1);
    if (sent > 0)
        *off += sent;
    return sent;
}

ssize_t np_stream_sendfile(struct np_stream *s, int file_fd, off_t *off, size_t n)
{
    int rc = not_ready(s);
    if (rc != 0 || n == 0)
        return rc;
    if (s->mode == STREAM_TLS)
        return copy_file(s, file_fd, off, n);
    ssize_t sent;
    do {
        sent = sendfile(s->fd, file_fd, off, n);
    } while (sent < 0 && errno == EINTR);
    if (sent == 0)
        return stream_fail(s, NP_EIO, "the file is shorter than its length");
    if (sent < 0 && (errno == EINVAL || errno == ENOSYS))
        return copy_file(s, file_fd, off, n);
    if (sent < 0 && errno != EAGAIN)
        return errno == EIO ? stream_fail(s, NP_EIO, "cannot read the file")
                            : stream_fail_errno(s, errno);
    s->want_write = sent < 0 || (size_t)sent < n;
    return sent < 0 ? NP_EAGAIN : sent;
}

/* --- facts --- */

bool np_stream_is_tls(const struct np_stream *s)
{
    return s->mode == STREAM_TLS || s->mode == STREAM_HANDSHAKE;
}

struct np_str np_stream_sni(const struct np_stream *s)
{
    return s->t.name;
}

struct np_str np_stream_alpn(const struct np_stream *s)
{
    const unsigned char *p = NULL;
    unsigned n = 0;
    if (s->mode == STREAM_TLS)
        SSL_get0_alpn_selected(s->t.ssl, &p, &n);
    return n > 0 ? np_str_n(p, n) : NP_STR_NULL;
}

struct np_str np_stream_tls_version(const struct np_stream *s)
{
    return s->mode == STREAM_TLS ? np_str_of(SSL_get_version(s->t.ssl)) : NP_STR_NULL;
}

struct np_str np_stream_tls_cipher(const struct np_stream *s)
{
    return s->mode == STREAM_TLS ? np_str_of(SSL_get_cipher_name(s->t.ssl)) : NP_STR_NULL;
}

bool np_stream_tls_resumed(const struct np_stream *s)
{
    return s->mode == STREAM_TLS && SSL_session_reused(s->t.ssl) == 1;
}

bool np_stream_is_handshaking(const struct np_stream *s)
{
    return s->mode == STREAM_HANDSHAKE;
}

const struct np_addr *np_stream_peer(const struct np_stream *s)
{
    return &s->peer;
}

const struct np_addr *np_stream_local(const struct np_stream *s)
{
    return &s->local;
}

int np_stream_error(const struct np_stream *s, struct np_err *err)
{
    if (s->error_code == 0)
        return 0;
    return np_err(err, s->error_code, "%s", s->error_text);
}
