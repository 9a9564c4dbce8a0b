/* SPDX-License-Identifier: Apache-2.0 */
/* stream_tls.c - TLS on a stream: OpenSSL over a BIO of ours.
 *
 * The BIO serves the bytes read before TLS was recognised, then the socket, and never raises
 * SIGPIPE. We write one record at a time: when the socket takes only a part, OpenSSL wants exactly
 * that record offered again, so its size is remembered (pending_n).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>

#include "base/arena.h"
#include "io/limits.h"
#include "io/stream_int.h"
#include "io/tls_int.h"

#define NAME_MAX_BYTES 255
#define DIRECT_BYTES   4096 /* a piece of this size gets a record of its own and is not copied */

/* --- the BIO --- */

/* False once a client has sent more than any handshake needs. */
static bool note_handshake(struct np_stream *s, size_t n)
{
    if (s->mode != STREAM_HANDSHAKE || s->t.is_client)
        return true;
    s->t.handshake_n += (uint32_t)n;
    if (s->t.handshake_n <= NP_TLS_HANDSHAKE_MAX)
        return true;
    stream_fail(s, NP_EPROTO, "the handshake is too long");
    return false;
}

static int bio_read(BIO *b, char *p, int n)
{
    struct np_stream *s = BIO_get_data(b);
    struct tls_state *t = &s->t;
    BIO_clear_retry_flags(b);
    if (t->early != NULL) {
        size_t some = t->early_n - t->early_at < (size_t)n ? t->early_n - t->early_at : (size_t)n;
        memcpy(p, t->early + t->early_at, some);
        t->early_at += some;
        if (t->early_at == t->early_n) {
            np_free(t->early);
            t->early = NULL;
        }
        return (int)some;
    }
    ssize_t got = recv(s->fd, p, (size_t)n, MSG_DONTWAIT);
    if (got > 0 && !note_handshake(s, (size_t)got))
        return -1;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(b);
    if (got == 0)
        t->eof = true;
    return (int)got;
}

static int bio_write(BIO *b, const char *p, int n)
{
    struct np_stream *s = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    ssize_t sent = send(s->fd, p, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(b);
    return (int)sent;
}

static long bio_ctrl(BIO *b, int cmd, long num, void *ptr)
{
    (void)num, (void)ptr;
    const struct np_stream *s = BIO_get_data(b);
    if (cmd == BIO_CTRL_EOF)
        return s->t.eof;
    return cmd == BIO_CTRL_FLUSH;
}

static BIO_METHOD *method; /* constant once made */
static pthread_once_t method_once = PTHREAD_ONCE_INIT;

static void make_method(void)
{
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "nephele stream");
    np_assert(method != NULL);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_ctrl);
}

static void new_ssl(struct np_stream *s)
{
    pthread_once(&method_once, make_method);
    BIO *b = BIO_new(method);
    s->t.ssl = SSL_new(s->tls->ctx);
    np_assert(b != NULL && s->t.ssl != NULL); /* only without memory */
    BIO_set_data(b, s);
    BIO_set_init(b, 1);
    SSL_set_bio(s->t.ssl, b, b);
}

/* --- beginning and end --- */

void stream_tls_accept(struct np_stream *s, const void *early, size_t n)
{
    new_ssl(s);
    SSL_set_accept_state(s->t.ssl);
    s->t.early = np_heap_alloc(n);
    s->t.early_n = n;
    memcpy(s->t.early, early, n);
}

static bool is_ip(const char *name)
{
    char bytes[16];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

int stream_tls_connect(struct np_stream *s, struct np_str server_name, struct np_err *err)
{
    if (server_name.n == 0 || server_name.n > NAME_MAX_BYTES ||
        memchr(server_name.p, '\0', server_name.n) != NULL)
        return np_err(err, NP_EINVAL, "TLS wants the name of the server");
    char name[NAME_MAX_BYTES + 1];
    memcpy(name, server_name.p, server_name.n);
    name[server_name.n] = '\0';
    new_ssl(s);
    s->t.is_client = true;
    SSL *ssl = s->t.ssl;
    SSL_set_connect_state(ssl);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    /* An address is verified, but never sent as a name (RFC 6066). */
    int ok = is_ip(name) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name)
                         : SSL_set1_host(ssl, name) && SSL_set_tlsext_host_name(ssl, name);
    if (ok != 1)
        return np_err_openssl(err, NP_EINVAL, "cannot verify this server name");
    char *copy = np_heap_alloc(server_name.n);
    memcpy(copy, name, server_name.n);
    s->t.name = np_str_n(copy, server_name.n);
    return 0;
}

void np_stream_offer_h2(struct np_stream *s)
{
    static const unsigned char both[] = "\x02h2\x08http/1.1";
    np_assert(s->t.is_client);
    np_assert(SSL_set_alpn_protos(s->t.ssl, both, sizeof(both) - 1) == 0); /* 0 is success */
}

void stream_tls_fini(struct np_stream *s)
{
    SSL_free(s->t.ssl);
    np_free(s->t.early);
    np_free((void *)(uintptr_t)s->t.name.p);
}

void stream_tls_shutdown(struct np_stream *s)
{
    struct tls_state *t = &s->t;
    t->shut_pending = false;
    /* Half a record is out: nothing can follow it, and the peer shall see that it is cut. */
    if (s->error_code == 0 && t->pending_n == 0) {
        ERR_clear_error();
        int rc = SSL_shutdown(t->ssl);
        t->shut_pending = rc < 0 && SSL_get_error(t->ssl, rc) == SSL_ERROR_WANT_WRITE;
    }
    if (!t->shut_pending)
        shutdown(s->fd, SHUT_WR);
}

/* --- results --- */

static int fail_openssl(struct np_stream *s)
{
    struct np_err err = {0};
    long verify = SSL_get_verify_result(s->t.ssl);
    np_err_openssl(&err, NP_EPROTO, "TLS");
    if (s->t.eof)
        return stream_fail(s, NP_ECLOSED, "the peer closed without saying so");
    if (s->t.is_client && verify != X509_V_OK)
        return stream_fail(s, NP_EPROTO, "the certificate of %.*s does not verify: %s",
                           NP_FMT(s->t.name), X509_verify_cert_error_string(verify));
    return stream_fail(s, NP_EPROTO, "%.*s", NP_FMT(np_err_text(&err)));
}

/* What a call that returned rc <= 0 means; 0 is the end of the stream. */
static int result(struct np_stream *s, int rc, bool writing)
{
    int e = errno;
    if (s->error_code != 0) /* the BIO knows why */
        return s->error_code;
    switch (SSL_get_error(s->t.ssl, rc)) {
    case SSL_ERROR_WANT_READ:
        s->t.write_wants_read |= writing;
        return NP_EAGAIN;
    case SSL_ERROR_WANT_WRITE:
        if (writing)
            s->want_write = true;
        else
            s->t.read_wants_write = true;
        return NP_EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return writing ? stream_fail(s, NP_ECLOSED, "the peer closed") : 0;
    case SSL_ERROR_SYSCALL:
        if (s->t.eof || e == 0)
            return stream_fail(s, NP_ECLOSED, "the peer closed without saying so");
        return stream_fail_errno(s, e);
    default:
        return fail_openssl(s);
    }
}

static void keep_sni(struct np_stream *s)
{
    const char *name = SSL_get_servername(s->t.ssl, TLSEXT_NAMETYPE_host_name);
    if (s->t.is_client || name == NULL)
        return;
    size_t n = strlen(name);
    char *copy = np_heap_alloc(n + 1);
    memcpy(copy, name, n);
    s->t.name = np_str_n(copy, n);
}

int stream_tls_handshake(struct np_stream *s)
{
    if (s->error_code != 0)
        return s->error_code;
    ERR_clear_error();
    int rc = SSL_do_handshake(s->t.ssl);
    if (rc == 1) {
        keep_sni(s);
        s->mode = STREAM_TLS;
        return 0;
    }
    rc = result(s, rc, false);
    /* Both directions wake the handshake; the flags are about reads and writes after it. */
    s->t.read_wants_write = false;
    return rc != 0 ? rc : stream_fail(s, NP_ECLOSED, "the peer closed during the handshake");
}

unsigned stream_tls_events(struct np_stream *s, unsigned events)
{
    struct tls_state *t = &s->t;
    unsigned out = events & (NP_READABLE | NP_HANGUP | NP_READ_CLOSED);
    if (events & NP_READABLE && t->write_wants_read) {
        t->write_wants_read = false;
        out |= NP_WRITABLE;
    }
    if (!(events & NP_WRITABLE))
        return out;
    if (t->shut_pending)
        stream_tls_shutdown(s);
    if (s->want_write)
        out |= NP_WRITABLE;
    if (t->read_wants_write)
        out |= NP_READABLE;
    s->want_write = t->read_wants_write = false;
    return out;
}

/* --- bytes --- */

ssize_t stream_tls_read(struct np_stream *s, void *buf, size_t n)
{
    if (s->error_code != 0)
        return s->error_code;
    ERR_clear_error();
    int got = SSL_read(s->t.ssl, buf, n < INT32_MAX ? (int)n : INT32_MAX);
    return got > 0 ? got : result(s, got, false);
}

/* At most one record. */
static ssize_t write_record(struct np_stream *s, const void *p, size_t n)
{
    if (s->error_code != 0)
        return s->error_code;
    ERR_clear_error();
    int sent = SSL_write(s->t.ssl, p, (int)n);
    if (sent > 0) {
        s->t.pending_n = 0;
        return sent;
    }
    int rc = result(s, sent, true);
    s->t.pending_n = rc == NP_EAGAIN ? n : 0;
    return rc;
}

/* A place in an iovec. */
struct cursor {
    const struct iovec *iov;
    int n;
    size_t at;
};

static void advance(struct cursor *c, size_t bytes)
{
    c->at += bytes;
    while (c->n > 0 && c->at >= c->iov->iov_len) {
        c->at -= c->iov->iov_len;
        c->iov++;
        c->n--;
    }
}

static size_t gather(struct cursor c, char *to, size_t max)
{
    size_t n = 0;
    while (c.n > 0 && n < max) {
        size_t some = c.iov->iov_len - c.at < max - n ? c.iov->iov_len - c.at : max - n;
        memcpy(to + n, (const char *)c.iov->iov_base + c.at, some);
        n += some;
        advance(&c, some);
    }
    return n;
}

/* Small pieces (a head, then a body) go into one record; large ones are not copied. */
static ssize_t write_next(struct np_stream *s, const struct cursor *c)
{
    size_t piece = c->iov->iov_len - c->at;
    size_t want = s->t.pending_n != 0 ? s->t.pending_n : TLS_RECORD_MAX;
    bool direct = piece >= want || c->n == 1 || (s->t.pending_n == 0 && piece >= DIRECT_BYTES);
    char record[TLS_RECORD_MAX];
    const char *p = record;
    size_t n;
    if (direct) {
        p = (const char *)c->iov->iov_base + c->at;
        n = piece < want ? piece : want;
    } else {
        n = gather(*c, record, want);
    }
    np_assert(s->t.pending_n == 0 ||
              n == s->t.pending_n); /* else the bytes are not the same again */
    return write_record(s, p, n);
}

ssize_t stream_tls_writev(struct np_stream *s, const struct iovec *iov, int n)
{
    struct cursor c = {iov, n, 0};
    size_t done = 0;
    advance(&c, 0); /* over empty pieces */
    while (c.n > 0) {
        ssize_t sent = write_next(s, &c);
        if (sent < 0)
            return done > 0 ? (ssize_t)done : sent;
        done += (size_t)sent;
        advance(&c, (size_t)sent);
    }
    return (ssize_t)done;
}
