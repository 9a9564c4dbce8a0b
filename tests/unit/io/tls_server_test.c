/* SPDX-License-Identifier: Apache-2.0 */
/* tls_server_test.c - what a server of TLS shows, by name and while it changes; sessions. */
#include "test.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "io/clock.h"
#include "io/limits.h"
#include "io/rcu.h"
#include "io/stream_int.h"
#include "io/tls_int.h"

/* --- certificates --- */

struct made {
    struct np_str cert, key;
};

static struct np_str pem_of(struct np_arena *a, BIO *b)
{
    char *p;
    long n = BIO_get_mem_data(b, &p);
    struct np_str s = np_str_dup(a, np_str_n(p, (size_t)n));
    BIO_free(b);
    return s;
}

static struct made make(struct np_arena *a, const char *name, EVP_PKEY *key)
{
    X509 *x = X509_new();
    BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());
    X509_NAME *subject = X509_get_subject_name(x);
    bool ok =
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const void *)name, -1, -1, 0) &&
        X509_set_issuer_name(x, subject) && X509_set_pubkey(x, key) &&
        X509_gmtime_adj(X509_getm_notBefore(x), 0) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(x), 1000) != NULL &&
        X509_sign(x, key, EVP_sha256()) > 0 && PEM_write_bio_X509(c, x) &&
        PEM_write_bio_PKCS8PrivateKey(k, key, NULL, NULL, 0, NULL, NULL);
    NP_CHECK(ok);
    X509_free(x);
    return (struct made){pem_of(a, c), pem_of(a, k)};
}

static struct np_tls_cert *cert_of(struct np_arena *a, const char *name, EVP_PKEY *key)
{
    struct made m = make(a, name, key);
    struct np_tls_cert *c = NULL;
    struct np_err err = {0};
    NP_CHECK(np_tls_cert_new(m.cert, NP_STR_NULL, m.key, &c, &err) == 0, "%s", err.text);
    return c;
}

NP_TEST(certificates_are_read)
{
    NP_AUTO_ARENA a = np_arena_new();
    EVP_PKEY *ec = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);
    struct made m = make(a, "a", ec), r = make(a, "b", rsa);
    struct np_tls_cert *c = NULL;
    NP_CHECK(np_tls_cert_new(m.cert, NP_STR_NULL, m.key, &c, NULL) == 0);
    NP_CHECK(np_tls_cert_ref(c) == c);
    np_tls_cert_unref(c);
    np_tls_cert_unref(c);
    struct np_str chain = np_str_cat(a, m.cert, r.cert);
    NP_CHECK(np_tls_cert_new(r.cert, chain, r.key, &c, NULL) == 0);
    NP_CHECK(sk_X509_num(c->chain) == 2);
    np_tls_cert_unref(c);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(rsa);
}

NP_TEST(what_is_no_certificate_is_refused)
{
    NP_AUTO_ARENA a = np_arena_new();
    EVP_PKEY *one = EVP_EC_gen("P-256"), *two = EVP_EC_gen("P-256");
    struct made m = make(a, "a", one), other = make(a, "b", two);
    struct np_str cut = np_str_sub(m.cert, 0, m.cert.n / 2);
    struct {
        struct np_str cert, chain, key;
        const char *why;
    } bad[] = {
        {NP_STR(""), NP_STR_NULL, m.key, "nothing"},
        {cut, NP_STR_NULL, m.key, "half a certificate"},
        {m.cert, NP_STR_NULL, NP_STR("x"), "no key"},
        {m.cert, NP_STR_NULL, m.cert, "a certificate as the key"},
        {m.cert, NP_STR_NULL, other.key, "the key of another"},
        {m.cert, cut, m.key, "half a chain"},
    };
    NP_EACH (b, bad) {
        struct np_tls_cert *c = NULL;
        struct np_err err = {0};
        NP_CHECK(np_tls_cert_new(b->cert, b->chain, b->key, &c, &err) == NP_EINVAL && c == NULL,
                 "%s: %s", b->why, err.text);
        NP_CHECK(ERR_peek_error() == 0, "%s", b->why);
    }
    EVP_PKEY_free(one);
    EVP_PKEY_free(two);
}

/* --- names --- */

static const char *shown_for(const struct np_tls_store *s, const char *name, char *text)
{
    const struct np_tls_shown *shown = np_tls_store_find(s, np_str_of(name));
    if (shown == NULL)
        return NULL;
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown->cert->cert), NID_commonName, text, 100);
    return text;
}

static bool shows(const struct np_tls_store *s, const char *name, const char *want)
{
    char text[100];
    const char *got = shown_for(s, name, text);
    return want == NULL ? got == NULL : got != NULL && strcmp(got, want) == 0;
}

NP_TEST(a_store_finds_exact_names_and_wildcards_of_one_label)
{
    NP_AUTO_ARENA a = np_arena_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    struct np_tls_store *s = np_tls_store_new();
    struct np_tls_cert *exact = cert_of(a, "exact", key), *wild = cert_of(a, "wild", key);
    NP_CHECK(np_tls_store_put(s, NP_STR("WWW.example.com"), exact, NULL, NULL) == 0);
    NP_CHECK(np_tls_store_put(s, NP_STR("*.example.com"), wild, "TLSv1.2_2021", NULL) == 0);
    NP_CHECK(shows(s, "www.example.com", "exact") && shows(s, "a.example.com", "wild"));
    NP_CHECK(shows(s, "example.com", NULL) && shows(s, "a.b.example.com", NULL));
    NP_CHECK(shows(s, ".example.com", NULL) && shows(s, "com", NULL));
    NP_CHECK(np_tls_store_find(s, NP_STR("a.example.com"))->policy != NULL);
    np_tls_store_remove(s, NP_STR("www.EXAMPLE.com"));
    NP_CHECK(shows(s, "www.example.com", "wild"));
    np_tls_store_remove(s, NP_STR("*.example.com"));
    np_tls_store_remove(s, NP_STR("*.example.com"));
    NP_CHECK(shows(s, "www.example.com", NULL));
    np_tls_cert_unref(exact);
    np_tls_cert_unref(wild);
    np_rcu_barrier();
    np_tls_store_free(s);
    EVP_PKEY_free(key);
}

NP_TEST(a_store_takes_host_names_and_known_policies)
{
    NP_AUTO_ARENA a = np_arena_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    struct np_tls_store *s = np_tls_store_new();
    struct np_tls_cert *c = cert_of(a, "c", key);
    char label[64], longest[300];
    memset(label, 'a', sizeof(label));
    snprintf(longest, sizeof(longest), "%.63s.%.63s.%.63s.%.61s", label, label, label, label);
    NP_CHECK(np_tls_store_put(s, np_str_of(longest), c, NULL, NULL) == 0);
    NP_CHECK(shows(s, longest, "c"));
    static const char *bad[] = {"", "*", "*.", "a..b", ".a", "a.", "a b", "a*.b", "*.*.b", "a\n"};
    NP_EACH (b, bad)
        NP_CHECK(np_tls_store_put(s, np_str_of(*b), c, NULL, NULL) == NP_EINVAL, "'%s'", *b);
    struct np_str longer = np_str_printf(a, "%sa", longest);
    NP_CHECK(np_tls_store_put(s, longer, c, NULL, NULL) == NP_EINVAL, "254 bytes");
    NP_CHECK(np_tls_store_put(s, NP_STR("a"), c, "TLSv9", NULL) == NP_ENOENT);
    NP_CHECK(np_tls_policy_ok(NP_STR("TLSv1.3_2025")) == 0);
    NP_CHECK(np_tls_policy_ok(NP_STR("tlsv1.3_2025")) == NP_ENOENT);
    np_tls_cert_unref(c);
    np_rcu_barrier();
    np_tls_store_free(s);
    EVP_PKEY_free(key);
}

/* --- handshakes --- */

struct end {
    struct np_stream *s;
    bool up;
    int rc;
};

struct pair {
    struct np_arena *a;
    struct np_loop *l;
    struct np_ca *ca;
    struct np_tls_store *store;
    struct np_tls *server, *client;
    struct end from, to;
};

static void on_end(void *arg, unsigned events)
{
    struct end *e = arg;
    char c;
    if (events & NP_WRITABLE)
        e->up = true;
    if (events & NP_READABLE) {
        ssize_t got = np_stream_read(e->s, &c, 1);
        e->up |= got > 0 || (got == NP_EAGAIN && !np_stream_is_handshaking(e->s));
    }
    e->rc = np_stream_error(e->s, NULL);
}

static void pair_init(struct pair *p, bool with_ca)
{
    struct np_err err = {0};
    *p = (struct pair){.a = np_arena_new(), .store = np_tls_store_new()};
    NP_CHECK(np_loop_new(&p->l, &err) == 0);
    p->ca = np_ca_new(np_str_of(np_test_dir()));
    const struct np_tls_server_opts o = {
        .store = p->store, .ca = with_ca ? p->ca : NULL, .h2 = true};
    NP_CHECK(np_tls_server_new(&o, &p->server, &err) == 0, "%s", err.text);
    NP_CHECK(np_tls_client(p->ca, false, &p->client, &err) == 0, "%s", err.text);
    SSL_CTX_set_verify(p->client->ctx, SSL_VERIFY_NONE, NULL);
}

static void hang_up(struct pair *p)
{
    if (p->from.s != NULL) /* a cut connection spoils its session */
        np_stream_shutdown(p->from.s);
    np_stream_close(p->from.s);
    np_stream_close(p->to.s);
    p->from = p->to = (struct end){0};
}

static void pair_fini(struct pair *p)
{
    hang_up(p);
    np_tls_free(p->server);
    np_tls_free(p->client);
    np_rcu_barrier();
    np_tls_store_free(p->store);
    np_ca_free(p->ca);
    np_loop_free(p->l);
    np_arena_free(p->a);
}

/* The handshake, to its end or its failure. */
static void meet(struct pair *p, const char *name, SSL_SESSION *session, bool h2)
{
    int fds[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    p->from = p->to = (struct end){0};
    NP_CHECK(np_stream_connect(p->l, fds[0], p->client, np_str_of(name), on_end, &p->from,
                               &p->from.s, NULL) == 0);
    if (h2)
        np_stream_offer_h2(p->from.s);
    if (session != NULL)
        NP_CHECK(SSL_set_session(p->from.s->t.ssl, session) == 1);
    NP_CHECK(np_stream_accept(p->l, fds[1], p->server, on_end, &p->to, &p->to.s, NULL) == 0);
    int left = 1000;
    while ((!p->from.up || !p->to.up) && p->from.rc == 0 && p->to.rc == 0 && --left > 0)
        np_loop_turn(p->l, 10);
    for (int i = 0; i < 5; i++) /* tickets */
        np_loop_turn(p->l, 0);
}

static bool peer_is(struct pair *p, const char *name)
{
    X509 *x = SSL_get0_peer_certificate(p->from.s->t.ssl);
    char text[100] = "";
    if (x != NULL)
        X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, text, sizeof(text));
    return strcmp(text, name) == 0;
}

NP_TEST(certificates_change_while_connections_run)
{
    struct pair p;
    pair_init(&p, true);
    EVP_PKEY *key = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);
    struct np_tls_cert *one = cert_of(p.a, "one", key), *two = cert_of(p.a, "two", rsa);
    np_tls_store_put(p.store, NP_STR("a.example"), one, NULL, NULL);
    meet(&p, "a.example", NULL, false);
    NP_CHECK(p.to.up && peer_is(&p, "one"));
    struct end from = p.from, to = p.to;
    np_tls_store_put(p.store, NP_STR("a.example"), two, NULL, NULL);
    np_tls_cert_unref(one);
    np_rcu_barrier();
    meet(&p, "a.example", NULL, false);
    NP_CHECK(p.to.up && peer_is(&p, "two"));
    hang_up(&p);
    /* The first one goes on, after its certificate has left the store. */
    struct iovec iov = {(char[]){"x"}, 1};
    char got = 0;
    NP_CHECK(np_stream_writev(from.s, &iov, 1) == 1);
    int left = 1000;
    while (np_stream_read(to.s, &got, 1) == NP_EAGAIN && --left > 0)
        np_loop_turn(p.l, 1);
    NP_CHECK(got == 'x');
    np_stream_close(from.s);
    np_stream_close(to.s);
    np_tls_store_remove(p.store, NP_STR("a.example"));
    meet(&p, "a.example", NULL, false);
    NP_CHECK(p.to.up && peer_is(&p, "a.example"), "a leaf of the region's CA");
    np_tls_cert_unref(two);
    EVP_PKEY_free(key);
    EVP_PKEY_free(rsa);
    pair_fini(&p);
}

struct changer {
    struct np_tls_store *store;
    struct np_tls_cert *one, *two;
    struct np_tls *server;
    pthread_t id;
};

static void *change_all_the_time(void *arg)
{
    struct changer *c = arg;
    for (unsigned i = 0; i < 300; i++) {
        np_tls_store_put(c->store, NP_STR("a.example"), i % 2 ? c->one : c->two,
                         i % 3 ? "TLSv1.2_2021" : NULL, NULL);
        np_tls_store_put(c->store, NP_STR("b.example"), c->one, NULL, NULL);
        np_tls_store_remove(c->store, NP_STR("b.example"));
        np_tls_tickets_rotate(&c->server->tickets,
                              np_clock_monotonic_ms() + i * NP_TLS_TICKET_ROTATE_MS);
    }
    np_rcu_thread_end();
    return NULL;
}

NP_TEST(certificates_and_keys_change_on_other_threads)
{
    struct pair p;
    pair_init(&p, true);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    struct changer c = {.store = p.store,
                        .one = cert_of(p.a, "one", key),
                        .two = cert_of(p.a, "two", key),
                        .server = p.server};
    np_tls_store_put(p.store, NP_STR("a.example"), c.one, NULL, NULL);
    NP_CHECK(pthread_create(&c.id, NULL, change_all_the_time, &c) == 0);
    for (int i = 0; i < 30; i++) {
        meet(&p, "a.example", NULL, false);
        NP_CHECK(p.to.up && (peer_is(&p, "one") || peer_is(&p, "two")));
        hang_up(&p);
    }
    NP_CHECK(pthread_join(c.id, NULL) == 0);
    np_tls_cert_unref(c.one);
    np_tls_cert_unref(c.two);
    EVP_PKEY_free(key);
    pair_fini(&p);
}

NP_TEST(a_server_without_a_ca_has_its_names_alone)
{
    struct pair p;
    pair_init(&p, false);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    struct np_tls_cert *c = cert_of(p.a, "one", key);
    np_tls_store_put(p.store, NP_STR("a.example"), c, NULL, NULL);
    meet(&p, "a.example", NULL, false);
    NP_CHECK(p.to.up);
    hang_up(&p);
    meet(&p, "b.example", NULL, false);
    NP_CHECK(!p.from.up && p.from.rc != 0 && p.to.rc != 0);
    hang_up(&p);
    meet(&p, "127.0.0.1", NULL, false); /* sends no name */
    NP_CHECK(!p.from.up && p.from.rc != 0);
    np_tls_cert_unref(c);
    EVP_PKEY_free(key);
    pair_fini(&p);
}

NP_TEST(facts_of_a_handshake_are_told)
{
    struct pair p;
    pair_init(&p, true);
    meet(&p, "a.example", NULL, true);
    NP_CHECK_STR(np_stream_alpn(p.to.s), NP_STR("h2"));
    NP_CHECK_STR(np_stream_alpn(p.from.s), NP_STR("h2"));
    NP_CHECK_STR(np_stream_tls_version(p.to.s), NP_STR("TLSv1.3"));
    NP_CHECK_STR(np_stream_tls_cipher(p.to.s), NP_STR("TLS_AES_128_GCM_SHA256"));
    NP_CHECK(!np_stream_tls_resumed(p.to.s) && !np_stream_is_handshaking(p.to.s));
    hang_up(&p);
    meet(&p, "a.example", NULL, false);
    NP_CHECK(p.to.up && np_stream_alpn(p.to.s).p == NULL);
    pair_fini(&p);
}

/* --- sessions --- */

static SSL_SESSION *session_of(struct pair *p)
{
    return SSL_get1_session(p->from.s->t.ssl);
}

static bool resumes(struct pair *p, const char *name, SSL_SESSION *session)
{
    hang_up(p);
    meet(p, name, session, false);
    NP_CHECK(p->to.up);
    return np_stream_tls_resumed(p->to.s);
}

static void check_resumption(int version)
{
    struct pair p;
    pair_init(&p, true);
    NP_CHECK(SSL_CTX_set_max_proto_version(p.client->ctx, version) == 1);
    meet(&p, "a.example", NULL, false);
    SSL_SESSION *s = session_of(&p);
    NP_CHECK(resumes(&p, "a.example", s));
    /* Under the keys of the hours before, too, as long as a session lives. */
    uint64_t now = np_now_ms(p.l);
    for (unsigned i = 1; i < NP_TLS_TICKET_KEYS; i++) {
        np_tls_tickets_rotate(&p.server->tickets, now + i * NP_TLS_TICKET_ROTATE_MS + 1000);
        NP_CHECK(resumes(&p, "a.example", s), "%u rotations", i);
    }
    np_tls_tickets_rotate(&p.server->tickets,
                          now + NP_TLS_TICKET_KEYS * NP_TLS_TICKET_ROTATE_MS + 2000);
    NP_CHECK(!resumes(&p, "a.example", s), "its key is gone");
    SSL_SESSION_free(s);
    pair_fini(&p);
}

NP_TEST(sessions_are_resumed_by_keys_that_change_tls_1_2)
{
    check_resumption(TLS1_2_VERSION);
}
NP_TEST(sessions_are_resumed_by_keys_that_change_tls_1_3)
{
    check_resumption(TLS1_3_VERSION);
}

NP_TEST(keys_that_were_not_used_for_long_all_go)
{
    struct pair p;
    pair_init(&p, true);
    meet(&p, "a.example", NULL, false);
    SSL_SESSION *s = session_of(&p);
    np_tls_tickets_rotate(&p.server->tickets,
                          np_now_ms(p.l) + NP_TLS_TICKET_KEYS * NP_TLS_TICKET_ROTATE_MS + 1000);
    NP_CHECK(!resumes(&p, "a.example", s));
    SSL_SESSION_free(s);
    pair_fini(&p);
}

NP_TEST(a_session_belongs_to_its_certificate_and_policy)
{
    struct pair p;
    pair_init(&p, true);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    struct np_tls_cert *one = cert_of(p.a, "one", key), *two = cert_of(p.a, "two", key);
    np_tls_store_put(p.store, NP_STR("a.example"), one, "TLSv1.2_2021", NULL);
    meet(&p, "a.example", NULL, false);
    SSL_SESSION *s = session_of(&p);
    NP_CHECK(resumes(&p, "a.example", s));
    np_tls_store_put(p.store, NP_STR("a.example"), one, "TLSv1.2_2019", NULL);
    NP_CHECK(!resumes(&p, "a.example", s), "another policy");
    np_tls_store_put(p.store, NP_STR("a.example"), two, "TLSv1.2_2021", NULL);
    NP_CHECK(!resumes(&p, "a.example", s), "another certificate");
    SSL_SESSION_free(s);
    np_tls_cert_unref(one);
    np_tls_cert_unref(two);
    EVP_PKEY_free(key);
    pair_fini(&p);
}

/* --- clients that are none --- */

/* The head of a hello of n bytes. */
static void hello_of(char *p, size_t n)
{
    static const char record[] = {0x16, 3, 1, 0x40, 0, 1};
    memcpy(p, record, sizeof(record));
    p[6] = (char)(n >> 16);
    p[7] = (char)(n >> 8);
    p[8] = (char)n;
}

/* Sends whole records of a hello that goes on and on; how much was taken. */
static size_t send_endless_hello(struct pair *p, int fd)
{
    static char record[5 + 16384];
    size_t sent = 0;
    memset(record, 0, sizeof(record));
    hello_of(record, 120000);
    while (p->to.rc == 0 && sent < 200000) {
        ssize_t n = send(fd, record, sizeof(record), MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? (size_t)n : 0;
        np_loop_turn(p->l, 1);
        memset(record + 5, 0, 4);
    }
    return sent;
}

NP_TEST(a_hello_has_a_maximum)
{
    struct pair p;
    int fds[2];
    pair_init(&p, true);
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    NP_CHECK(np_stream_accept(p.l, fds[1], p.server, on_end, &p.to, &p.to.s, NULL) == 0);
    size_t sent = send_endless_hello(&p, fds[0]);
    NP_CHECK(p.to.rc == NP_EPROTO && sent <= NP_TLS_HANDSHAKE_MAX + 3 * 16389, "%d after %zu bytes",
             p.to.rc, sent);
    close(fds[0]);
    pair_fini(&p);
}

/* --- memory --- */

NP_TEST(an_idle_connection_gives_its_buffers_back)
{
    enum { N = 100 };
    struct pair p;
    struct end ends[N][2];
    pair_init(&p, true);
    meet(&p, "a.example", NULL, false);
    hang_up(&p);
    size_t before = np_test_heap();
    for (int i = 0; i < N; i++) {
        meet(&p, "a.example", NULL, false);
        ends[i][0] = p.from;
        ends[i][1] = p.to;
    }
    size_t both = (np_test_heap() - before) / N;
    NP_CHECK(both < 60000, "%zu bytes for a client and a server", both);
    p.from = p.to = (struct end){0};
    for (int i = 0; i < N; i++) {
        np_stream_close(ends[i][0].s);
        np_stream_close(ends[i][1].s);
    }
    pair_fini(&p);
}
