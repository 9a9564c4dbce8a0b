/* SPDX-License-Identifier: Apache-2.0 */
/* tls.c - the configurations of servers and clients.
 *
 * A server has one context for each security policy in use. When a client says hello, the name it
 * asks for chooses the context, and with it versions and ciphers; the certificate is chosen later,
 * and only if the session is not resumed.
 */
#include "io/tls.h"

#include <openssl/err.h>

#include "base/arena.h"
#include "io/tls_int.h"

/* The curves of CloudFront. */
#define GROUPS "X25519:P-256:P-384"

/* --- the client's hello --- */

/* The one host name in the extension (RFC 6066, 3); absent: none, or malformed, which OpenSSL
 * refuses itself. */
static struct np_str hello_name(SSL *ssl)
{
    const unsigned char *p;
    size_t n;
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &p, &n) || n < 5)
        return NP_STR_NULL;
    size_t list = (size_t)p[0] << 8 | p[1], name = (size_t)p[3] << 8 | p[4];
    if (list + 2 != n || p[2] != TLSEXT_NAMETYPE_host_name || name + 3 != list)
        return NP_STR_NULL;
    return np_str_n(p + 5, name);
}

static SSL_CTX *server_ctx(struct np_tls *t, const struct np_tls_policy *policy);

static SSL_CTX *ctx_of_policy(struct np_tls *t, const struct np_tls_policy *policy)
{
    if (policy == t->policy)
        return t->ctx;
    _Atomic(SSL_CTX *) *place = &t->by_policy[np_tls_policy_index(policy)];
    SSL_CTX *ctx = atomic_load_explicit(place, memory_order_acquire);
    if (ctx != NULL)
        return ctx;
    pthread_mutex_lock(&t->lock);
    ctx = atomic_load(place);
    if (ctx == NULL) {
        ctx = server_ctx(t, policy);
        atomic_store_explicit(place, ctx, memory_order_release);
    }
    pthread_mutex_unlock(&t->lock);
    return ctx;
}

/* The context gives ciphers, curves and the level; versions and TLS 1.3's ciphers are the
 * connection's own already. */
static bool apply_policy(SSL *ssl, struct np_tls *t, const struct np_tls_policy *policy)
{
    if (policy == NULL || policy == t->policy)
        return true;
    SSL_CTX *ctx = ctx_of_policy(t, policy);
    return ctx != NULL && SSL_set_SSL_CTX(ssl, ctx) == ctx &&
           SSL_set_min_proto_version(ssl, policy->min_version) == 1 &&
           SSL_set_ciphersuites(ssl, policy->suites) == 1;
}

/* A session is resumed only where the same certificate would be shown under the same policy. */
static bool set_session_context(SSL *ssl, const struct np_tls_shown *shown,
                                const struct np_tls_policy *policy)
{
    unsigned char context[SSL_MAX_SID_CTX_LENGTH] = "region";
    _Static_assert(sizeof(context) == sizeof(shown->cert->id), "an id fills a context");
    if (shown != NULL)
        memcpy(context, shown->cert->id, sizeof(context));
    context[0] = (unsigned char)(policy != NULL ? 1 + np_tls_policy_index(policy) : 0);
    return SSL_set_session_id_context(ssl, context, sizeof(context)) == 1;
}

static const struct np_tls_shown *find_shown(const struct np_tls *t, struct np_str lower)
{
    return t->store != NULL && lower.p != NULL ? np_tls_store_find(t->store, lower) : NULL;
}

static int on_hello(SSL *ssl, int *alert, void *arg)
{
    struct np_tls *t = arg;
    char text[NP_TLS_NAME_MAX + 1];
    struct np_str name = NP_STR_NULL;
    size_t n;
    if (np_tls_host_name(hello_name(ssl), text, &n))
        name = np_str_n(text, n);
    const struct np_tls_shown *shown = find_shown(t, name);
    if (shown == NULL && t->ca == NULL) {
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return SSL_CLIENT_HELLO_ERROR;
    }
    const struct np_tls_policy *policy =
        shown != NULL && shown->policy != NULL ? shown->policy : t->policy;
    if (apply_policy(ssl, t, policy) && set_session_context(ssl, shown, policy))
        return SSL_CLIENT_HELLO_SUCCESS;
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
}

/* --- the certificate --- */

/* OpenSSL's clients take no wildcard below a top-level name: what is below localhost gets leaves.
 */
static bool leaf_wanted(const struct np_tls *t, struct np_str name)
{
    if (name.p == NULL || t->name_ok == NULL || np_str_ends(name, NP_STR(".localhost")))
        return name.p != NULL;
    return t->name_ok(t->name_arg, name);
}

static int use_leaf(SSL *ssl, struct np_tls *t, struct np_str name)
{
    EVP_PKEY *key;
    X509 *cert = t->ca != NULL ? np_ca_leaf(t->ca, name, &key) : NULL;
    if (cert == NULL)
        return 0;
    int ok = SSL_use_cert_and_key(ssl, cert, key, NULL, 1);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ok;
}

/* Runs on the loop whose client said hello. */
static int choose_cert(SSL *ssl, void *arg)
{
    struct np_tls *t = arg;
    char text[NP_TLS_NAME_MAX + 1];
    struct np_str name = NP_STR_NULL;
    size_t n;
    const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (sni != NULL && np_tls_host_name(np_str_of(sni), text, &n))
        name = np_str_n(text, n);
    const struct np_tls_shown *shown = find_shown(t, name);
    if (shown != NULL)
        return SSL_use_cert_and_key(ssl, shown->cert->cert, shown->cert->key, shown->cert->chain,
                                    1);
    return use_leaf(ssl, t, leaf_wanted(t, name) ? name : NP_STR_NULL);
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                           const unsigned char *in, unsigned in_n, void *arg)
{
    static const unsigned char both[] = "\x02h2\x08http/1.1";
    const struct np_tls *t = arg;
    size_t skip = t->h2 ? 0 : 3;
    unsigned char *chosen;
    (void)ssl;
    if (SSL_select_next_proto(&chosen, out_n, both + skip, (unsigned)(sizeof(both) - 1 - skip), in,
                              in_n) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* --- contexts --- */

static SSL_CTX *new_ctx(const SSL_METHOD *method)
{
    SSL_CTX *ctx = SSL_CTX_new(method);
    if (ctx == NULL || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION)) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    /* One read() takes what is there, not first a record's head and then its body. */
    SSL_CTX_set_read_ahead(ctx, 1);
    return ctx;
}

/* Level 1 takes RSA keys of 1,024 bits, which AWS's clients may import; versions before TLS 1.2
 * sign with SHA-1, which needs level 0. */
static bool set_policy(SSL_CTX *ctx, const struct np_tls_policy *p)
{
    SSL_CTX_set_security_level(ctx, p != NULL && p->legacy ? 0 : 1);
    if (p == NULL)
        return SSL_CTX_set_ciphersuites(ctx, NP_TLS_SUITES) == 1;
    return SSL_CTX_set_min_proto_version(ctx, p->min_version) == 1 &&
           SSL_CTX_set_cipher_list(ctx, p->ciphers) == 1 &&
           SSL_CTX_set_ciphersuites(ctx, p->suites) == 1;
}

static SSL_CTX *server_ctx(struct np_tls *t, const struct np_tls_policy *policy)
{
    SSL_CTX *ctx = new_ctx(TLS_server_method());
    if (ctx == NULL || !set_policy(ctx, policy) || SSL_CTX_set1_groups_list(ctx, GROUPS) != 1) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    SSL_CTX_set_app_data(ctx, t);
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL); /* no client is asked for a certificate */
    SSL_CTX_set_client_hello_cb(ctx, on_hello, t);
    SSL_CTX_set_cert_cb(ctx, choose_cert, t);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, t);
    np_tls_tickets_use(&t->tickets, ctx);
    return ctx;
}

static struct np_tls *new_tls(struct np_ca *ca, bool is_server)
{
    struct np_tls *t = np_heap_new(struct np_tls);
    t->is_server = is_server;
    t->ca = ca != NULL ? np_ca_ref(ca) : NULL;
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

int np_tls_server_new(const struct np_tls_server_opts *o, struct np_tls **out, struct np_err *err)
{
    const struct np_tls_policy *policy = NULL;
    if (o->policy != NULL && (policy = np_tls_policy_find(np_str_of(o->policy))) == NULL)
        return np_err(err, NP_ENOENT, "there is no security policy '%s'", o->policy);
    struct np_tls *t = new_tls(o->ca, true);
    t->store = o->store;
    t->name_ok = o->name_ok;
    t->name_arg = o->arg;
    t->policy = policy;
    t->h2 = o->h2;
    int rc = np_tls_tickets_init(&t->tickets, err);
    if (rc == 0 && (t->ctx = server_ctx(t, policy)) == NULL)
        rc = np_err_openssl(err, NP_EIO, "cannot set TLS up");
    if (rc != 0) {
        np_tls_free(t);
        return rc;
    }
    *out = t;
    return 0;
}

int np_tls_client(struct np_ca *ca, bool system_roots, struct np_tls **out, struct np_err *err)
{
    struct np_tls *t = new_tls(ca, false);
    t->ctx = new_ctx(TLS_client_method());
    if (t->ctx == NULL) {
        np_tls_free(t);
        return np_err_openssl(err, NP_EIO, "cannot set TLS up");
    }
    SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
    X509_STORE *store = SSL_CTX_get_cert_store(t->ctx);
    if ((ca != NULL && (np_ca_cert(ca) == NULL || !X509_STORE_add_cert(store, np_ca_cert(ca)))) ||
        (system_roots && !X509_STORE_set_default_paths(store))) {
        np_tls_free(t);
        return np_err_openssl(err, NP_EIO, "cannot load the roots of trust");
    }
    *out = t;
    return 0;
}

int np_tls_client_unverified(struct np_tls **out, struct np_err *err)
{
    struct np_tls *t = new_tls(NULL, false);
    t->ctx = new_ctx(TLS_client_method());
    if (t->ctx == NULL) {
        np_tls_free(t);
        return np_err_openssl(err, NP_EIO, "cannot set TLS up");
    }
    SSL_CTX_set_verify(t->ctx, SSL_VERIFY_NONE, NULL);
    *out = t;
    return 0;
}

void np_tls_free(struct np_tls *t)
{
    if (t == NULL)
        return;
    SSL_CTX_free(t->ctx);
    for (size_t i = 0; i < NP_TLS_POLICIES_MAX; i++)
        SSL_CTX_free(t->by_policy[i]);
    np_tls_tickets_fini(&t->tickets);
    pthread_mutex_destroy(&t->lock);
    np_ca_free(t->ca);
    np_free(t);
}
