/* SPDX-License-Identifier: Apache-2.0 */
/* tls_store.c - certificates, and which name shows which.
 *
 * A store's map is read under RCU by the loops whose clients say hello. Connections hold
 * references of OpenSSL's on what they were shown, so that a change does not touch them.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "base/pmap.h"
#include "io/rcu.h"
#include "io/tls_int.h"

#define CHAIN_MAX 16 /* certificates; AWS takes a dozen at most */

/* --- certificates --- */

static BIO *reader(struct np_str pem)
{
    BIO *b = BIO_new_mem_buf(pem.n > 0 ? pem.p : "", (int)pem.n);
    np_assert(b != NULL); /* only without memory */
    return b;
}

static bool read_cert(struct np_str pem, struct np_tls_cert *c)
{
    BIO *b = reader(pem);
    c->cert = PEM_read_bio_X509(b, NULL, NULL, NULL);
    BIO_free(b);
    unsigned n = sizeof(c->id);
    return c->cert != NULL && X509_digest(c->cert, EVP_sha256(), c->id, &n) == 1;
}

static bool read_key(struct np_str pem, struct np_tls_cert *c)
{
    static char no_password[] = "";
    BIO *b = reader(pem);
    c->key = PEM_read_bio_PrivateKey(b, NULL, NULL, no_password);
    BIO_free(b);
    return c->key != NULL;
}

/* True at the end of the text, false at what is no certificate. */
static bool read_chain(struct np_str pem, struct np_tls_cert *c)
{
    c->chain = sk_X509_new_null();
    BIO *b = reader(pem);
    X509 *x;
    while ((x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL &&
           sk_X509_num(c->chain) < CHAIN_MAX)
        sk_X509_push(c->chain, x);
    bool ok = x == NULL && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    X509_free(x);
    BIO_free(b);
    ERR_clear_error();
    return ok;
}

static int read_all(struct np_tls_cert *c, struct np_str cert_pem, struct np_str chain_pem,
                    struct np_str key_pem, struct np_err *err)
{
    ERR_clear_error();
    if (!read_cert(cert_pem, c))
        return np_err_openssl(err, NP_EINVAL, "the certificate cannot be read");
    if (!read_key(key_pem, c)) {
        ERR_clear_error(); /* its reasons may quote the text */
        return np_err(err, NP_EINVAL, "the private key cannot be read");
    }
    if (X509_check_private_key(c->cert, c->key) != 1) {
        ERR_clear_error();
        return np_err(err, NP_EINVAL, "the private key is not the certificate's");
    }
    if (!read_chain(chain_pem, c))
        return np_err(err, NP_EINVAL, "the certificate chain cannot be read");
    return 0;
}

int np_tls_cert_new(struct np_str cert_pem, struct np_str chain_pem, struct np_str key_pem,
                    struct np_tls_cert **out, struct np_err *err)
{
    struct np_tls_cert *c = np_heap_new(struct np_tls_cert);
    c->refs = 1;
    int rc = read_all(c, cert_pem, chain_pem, key_pem, err);
    if (rc != 0) {
        np_tls_cert_unref(c);
        return rc;
    }
    *out = c;
    return 0;
}

struct np_tls_cert *np_tls_cert_ref(struct np_tls_cert *c)
{
    atomic_fetch_add(&c->refs, 1);
    return c;
}

void np_tls_cert_unref(struct np_tls_cert *c)
{
    if (c == NULL || atomic_fetch_sub(&c->refs, 1) > 1)
        return;
    X509_free(c->cert);
    EVP_PKEY_free(c->key); /* OpenSSL wipes it */
    sk_X509_pop_free(c->chain, X509_free);
    np_free(c);
}

/* --- names --- */

struct np_tls_store {
    struct np_pmap *names; /* np_rcu_get() */
    pthread_mutex_t lock;  /* of changing it */
};

bool np_tls_host_name(struct np_str name, char out[NP_TLS_NAME_MAX + 1], size_t *n)
{
    char before = '.';
    if (name.n > NP_TLS_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        bool inner = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!inner && (c != '.' || before == '.'))
            return false;
        out[i] = before = c;
    }
    out[name.n] = '\0';
    *n = name.n;
    return name.n > 0 && before != '.';
}

/* A name of a store: a host name, or "*." before one. */
static bool store_name(struct np_str name, char out[NP_TLS_NAME_MAX + 3], struct np_str *key)
{
    size_t n, at = np_str_starts(name, NP_STR("*.")) ? 2 : 0;
    memcpy(out, "*.", 2);
    if (!np_tls_host_name(np_str_sub(name, at, name.n), out + at, &n))
        return false;
    *key = np_str_n(out, n + at);
    return true;
}

static void free_shown(void *p)
{
    struct np_tls_shown *shown = p;
    np_tls_cert_unref(shown->cert);
    np_free(shown);
}

static void change(struct np_tls_store *s, struct np_str key, struct np_tls_shown *shown)
{
    struct np_rcu_batch batch = {0};
    const struct np_pmap_ops ops = {np_rcu_later, free_shown, &batch};
    pthread_mutex_lock(&s->lock);
    np_rcu_set(&s->names, np_pmap_set(s->names, &ops, key, shown));
    np_rcu_batch_fini(&batch);
    pthread_mutex_unlock(&s->lock);
}

struct np_tls_store *np_tls_store_new(void)
{
    struct np_tls_store *s = np_heap_new(struct np_tls_store);
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

static void free_now(void *arg, void *p, void (*fn)(void *p))
{
    (void)arg;
    fn(p);
}

void np_tls_store_free(struct np_tls_store *s)
{
    if (s == NULL)
        return;
    const struct np_pmap_ops ops = {free_now, free_shown, NULL};
    np_pmap_free(s->names, &ops);
    pthread_mutex_destroy(&s->lock);
    np_free(s);
}

int np_tls_store_put(struct np_tls_store *s, struct np_str name, struct np_tls_cert *c,
                     const char *policy, struct np_err *err)
{
    char lower[NP_TLS_NAME_MAX + 3];
    struct np_str key;
    if (!store_name(name, lower, &key))
        return np_err(err, NP_EINVAL, "'%.*s' is no host name", NP_FMT(name));
    const struct np_tls_policy *p = NULL;
    if (policy != NULL && (p = np_tls_policy_find(np_str_of(policy))) == NULL)
        return np_err(err, NP_ENOENT, "there is no security policy '%s'", policy);
    struct np_tls_shown *shown = np_heap_new(struct np_tls_shown);
    *shown = (struct np_tls_shown){np_tls_cert_ref(c), p};
    change(s, key, shown);
    return 0;
}

void np_tls_store_remove(struct np_tls_store *s, struct np_str name)
{
    char lower[NP_TLS_NAME_MAX + 3];
    struct np_str key;
    if (store_name(name, lower, &key))
        change(s, key, NULL);
}

const struct np_tls_shown *np_tls_store_find(const struct np_tls_store *s, struct np_str name)
{
    const struct np_pmap *names = np_rcu_get(&s->names);
    const struct np_tls_shown *shown = np_pmap_get(names, name);
    ptrdiff_t dot = np_str_chr(name, '.');
    if (shown != NULL || dot <= 0)
        return shown;
    char pattern[NP_TLS_NAME_MAX + 1] = "*"; /* a label and more is longer than "*" */
    memcpy(pattern + 1, name.p + dot, name.n - (size_t)dot);
    return np_pmap_get(names, np_str_n(pattern, 1 + name.n - (size_t)dot));
}
