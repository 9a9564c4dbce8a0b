/* SPDX-License-Identifier: Apache-2.0 */
/* tls.c - the configurations of servers and clients. */
#include "io/tls.h"

#include <openssl/err.h>

#include "base/arena.h"
#include "io/tls_int.h"

#define HOST_NAME_MAX_BYTES 253

/* Lower-case letters, digits, '-', '_' in labels between dots; also keeps the syntax of extensions
 * out of names. `out` gets the lower-case name. */
static bool host_name(const char *in, char out[HOST_NAME_MAX_BYTES + 1], size_t *n)
{
    size_t i = 0;
    char before = '.';
    for (; in[i] != '\0'; i++) {
        char c = in[i];
        if (i == HOST_NAME_MAX_BYTES)
            return false;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        bool inner = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!inner && (c != '.' || before == '.'))
            return false;
        out[i] = before = c;
    }
    *n = i;
    return i > 0 && before != '.';
}

/* OpenSSL's clients take no wildcard below a top-level name: what is below localhost gets leaves.
 */
static bool leaf_wanted(const struct np_tls *t, struct np_str name)
{
    if (name.p == NULL || t->name_ok == NULL || np_str_ends(name, NP_STR(".localhost")))
        return name.p != NULL;
    return t->name_ok(t->name_arg, name);
}

/* Runs on the loop whose client said hello. */
static int choose_cert(SSL *ssl, void *arg)
{
    struct np_tls *t = arg;
    char lower[HOST_NAME_MAX_BYTES + 1];
    struct np_str name = NP_STR_NULL;
    size_t n;
    const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (sni != NULL && host_name(sni, lower, &n))
        name = np_str_n(lower, n);
    if (!leaf_wanted(t, name))
        name = NP_STR_NULL;
    EVP_PKEY *key;
    X509 *cert = np_ca_leaf(t->ca, name, &key);
    if (cert == NULL)
        return 0;
    int ok = SSL_use_cert_and_key(ssl, cert, key, NULL, 1);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ok;
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                           const unsigned char *in, unsigned in_n, void *arg)
{
    (void)ssl, (void)arg;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_n, ours, sizeof(ours) - 1, in, in_n) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static struct np_tls *new_tls(const SSL_METHOD *method, struct np_ca *ca)
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
    struct np_tls *t = np_heap_new(struct np_tls);
    t->ctx = ctx;
    t->ca = ca != NULL ? np_ca_ref(ca) : NULL;
    return t;
}

int np_tls_server(struct np_ca *ca, bool (*name_ok)(void *arg, struct np_str name), void *arg,
                  struct np_tls **out, struct np_err *err)
{
    struct np_tls *t = new_tls(TLS_server_method(), ca);
    if (t == NULL)
        return np_err_openssl(err, NP_EIO, "cannot set TLS up");
    t->name_ok = name_ok;
    t->name_arg = arg;
    /* Sessions are resumed by tickets, which live with the client: no cache here. */
    SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_cert_cb(t->ctx, choose_cert, t);
    SSL_CTX_set_alpn_select_cb(t->ctx, choose_protocol, NULL);
    *out = t;
    return 0;
}

int np_tls_client(struct np_ca *ca, bool system_roots, struct np_tls **out, struct np_err *err)
{
    struct np_tls *t = new_tls(TLS_client_method(), ca);
    if (t == NULL)
        return np_err_openssl(err, NP_EIO, "cannot set TLS up");
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

void np_tls_free(struct np_tls *t)
{
    if (t == NULL)
        return;
    SSL_CTX_free(t->ctx);
    np_ca_free(t->ca);
    np_free(t);
}
