/* SPDX-License-Identifier: Apache-2.0 */
/* tls_int.h - the inside of TLS: contexts (tls.c), certificates by name (tls_store.c), policies
 * (tls_policy.c), tickets (tls_ticket.c); for the streams, and for tests. */
#pragma once

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "io/tls.h"

#define NP_TLS_NAME_MAX 253

/* --- policies --- */

struct np_tls_policy {
    const char *name;
    int min_version;     /* TLS1_VERSION, … */
    const char *ciphers; /* up to TLS 1.2, in the order of preference */
    const char *suites;  /* of TLS 1.3 */
    bool legacy;         /* what OpenSSL takes at its lowest security level only */
};
#define NP_TLS_POLICIES_MAX 32
/* TLS 1.3's ciphers without a policy, the cheapest first. */
#define NP_TLS_SUITES "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
/* NULL: there is none of that name. */
const struct np_tls_policy *np_tls_policy_find(struct np_str name);
size_t np_tls_policy_index(const struct np_tls_policy *p);

/* --- certificates and names --- */

struct np_tls_cert {
    atomic_uint refs;
    X509 *cert;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
    unsigned char id[32]; /* SHA-256 of the certificate */
};

/* What a name shows: immutable, in its store's map. */
struct np_tls_shown {
    struct np_tls_cert *cert;
    const struct np_tls_policy *policy; /* NULL: the server's */
};

/* Writes the name in lower case; false: no host name. Letters, digits, '-', '_' in labels between
 * dots, which also keeps the syntax of extensions out of names. */
bool np_tls_host_name(struct np_str name, char out[NP_TLS_NAME_MAX + 1], size_t *n);
/* By a name in lower case; valid until the callback returns to its loop. NULL: not there. */
const struct np_tls_shown *np_tls_store_find(const struct np_tls_store *s, struct np_str name);

/* --- tickets --- */

#define NP_TLS_TICKET_KEYS      3
#define NP_TLS_TICKET_ROTATE_MS ((uint64_t)3600 * 1000)
/* A session lives for as long as its key is kept at least. */
#define NP_TLS_SESSION_S ((NP_TLS_TICKET_KEYS - 1) * NP_TLS_TICKET_ROTATE_MS / 1000)

struct np_tls_ticket_keys; /* a set, immutable */
struct np_tls_tickets {
    struct np_tls_ticket_keys *keys; /* np_rcu_get() */
    pthread_mutex_t lock;            /* of rotating */
    EVP_CIPHER *cipher;
};
int np_tls_tickets_init(struct np_tls_tickets *t, struct np_err *err);
void np_tls_tickets_fini(struct np_tls_tickets *t);
/* Makes the context seal and open its sessions by these keys. */
void np_tls_tickets_use(struct np_tls_tickets *t, SSL_CTX *ctx);
/* Goes on to the time `now_ms` of the monotonic clock. */
void np_tls_tickets_rotate(struct np_tls_tickets *t, uint64_t now_ms);

/* --- contexts --- */

struct np_tls {
    SSL_CTX *ctx;
    struct np_ca *ca;
    bool is_server, h2;
    /* of servers */
    struct np_tls_store *store;
    bool (*name_ok)(void *arg, struct np_str name);
    void *name_arg;
    const struct np_tls_policy *policy; /* NULL: OpenSSL's own choice */
    struct np_tls_tickets tickets;
    pthread_mutex_t lock;                              /* of making what follows */
    _Atomic(SSL_CTX *) by_policy[NP_TLS_POLICIES_MAX]; /* made when first asked for */
};

/* The leaf for a name (absent: the default one) and its key, both new references. NULL: failed. */
X509 *np_ca_leaf(struct np_ca *ca, struct np_str name, EVP_PKEY **key);
struct np_ca *np_ca_ref(struct np_ca *ca);
X509 *np_ca_cert(struct np_ca *ca);
/* Takes the oldest reason from OpenSSL's queue into err and empties the queue. Returns code. */
int np_err_openssl(struct np_err *err, int code, const char *what);
