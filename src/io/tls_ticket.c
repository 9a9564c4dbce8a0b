/* SPDX-License-Identifier: Apache-2.0 */
/* tls_ticket.c - sealing sessions into the tickets that clients keep.
 *
 * All workers of a server share its keys; a new one comes each hour and the oldest goes. Keys are
 * never written to a disk: with them whoever has the disk could read what was recorded before, and
 * all that a restart costs without them is one full handshake for each client.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "io/clock.h"
#include "io/rcu.h"
#include "io/tls_int.h"

#define NAME_BYTES 16 /* OpenSSL's */

struct key {
    unsigned char name[NAME_BYTES], aes[32], mac[32];
};

struct np_tls_ticket_keys {
    uint64_t until_ms; /* of the first as the one that seals */
    size_t n;
    struct key v[NP_TLS_TICKET_KEYS]; /* the newest first */
};

static void free_keys(void *p)
{
    np_wipe(p, sizeof(struct np_tls_ticket_keys));
    np_free(p);
}

static struct np_tls_ticket_keys *next_keys(const struct np_tls_ticket_keys *old, uint64_t now_ms)
{
    struct np_tls_ticket_keys *k = np_heap_new(struct np_tls_ticket_keys);
    int made = RAND_priv_bytes((unsigned char *)&k->v[0], sizeof(k->v[0]));
    np_assert(made == 1);
    k->until_ms = now_ms + NP_TLS_TICKET_ROTATE_MS;
    k->n = 1;
    /* How many periods have passed since the old ones were made: so many of them are too old. */
    uint64_t missed = old != NULL ? (now_ms - old->until_ms) / NP_TLS_TICKET_ROTATE_MS : 0;
    for (size_t i = 0; old != NULL && i < old->n && i + 1 + missed < NP_TLS_TICKET_KEYS; i++)
        k->v[k->n++] = old->v[i];
    return k;
}

void np_tls_tickets_rotate(struct np_tls_tickets *t, uint64_t now_ms)
{
    pthread_mutex_lock(&t->lock);
    struct np_tls_ticket_keys *old = t->keys;
    if (old == NULL || now_ms >= old->until_ms) {
        np_rcu_set(&t->keys, next_keys(old, now_ms));
        if (old != NULL)
            np_rcu_retire(old, free_keys);
    }
    pthread_mutex_unlock(&t->lock);
}

static const struct np_tls_ticket_keys *current(struct np_tls_tickets *t)
{
    const struct np_tls_ticket_keys *k = np_rcu_get(&t->keys);
    uint64_t now_ms = np_clock_monotonic_ms();
    if (now_ms < k->until_ms)
        return k;
    np_tls_tickets_rotate(t, now_ms);
    return np_rcu_get(&t->keys);
}

static bool set_mac(EVP_MAC_CTX *mac, const struct key *k)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)(uintptr_t)k->mac,
                                          sizeof(k->mac)),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

static int seal(struct np_tls_tickets *t, unsigned char *name, unsigned char *iv,
                EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
    const struct key *k = &current(t)->v[0];
    memcpy(name, k->name, NAME_BYTES);
    bool ok = RAND_bytes(iv, EVP_CIPHER_get_iv_length(t->cipher)) == 1 &&
              EVP_EncryptInit_ex2(cipher, t->cipher, k->aes, iv, NULL) == 1 && set_mac(mac, k);
    return ok ? 1 : -1;
}

/* 0: a full handshake; 1: resumed; 2: resumed, and the client gets a new ticket. */
static int open(struct np_tls_tickets *t, const unsigned char *name, const unsigned char *iv,
                EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
    const struct np_tls_ticket_keys *keys = current(t);
    for (size_t i = 0; i < keys->n; i++) {
        const struct key *k = &keys->v[i];
        if (memcmp(k->name, name, NAME_BYTES) != 0)
            continue;
        bool ok = set_mac(mac, k) && EVP_DecryptInit_ex2(cipher, t->cipher, k->aes, iv, NULL) == 1;
        return !ok ? -1 : i == 0 ? 1 : 2;
    }
    return 0;
}

static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int sealing)
{
    struct np_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    return sealing ? seal(&tls->tickets, name, iv, cipher, mac)
                   : open(&tls->tickets, name, iv, cipher, mac);
}

int np_tls_tickets_init(struct np_tls_tickets *t, struct np_err *err)
{
    t->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    if (t->cipher == NULL)
        return np_err_openssl(err, NP_EIO, "cannot set up tickets");
    pthread_mutex_init(&t->lock, NULL);
    np_tls_tickets_rotate(t, np_clock_monotonic_ms());
    return 0;
}

void np_tls_tickets_fini(struct np_tls_tickets *t)
{
    if (t->keys == NULL)
        return;
    free_keys(t->keys);
    pthread_mutex_destroy(&t->lock);
    EVP_CIPHER_free(t->cipher);
}

void np_tls_tickets_use(struct np_tls_tickets *t, SSL_CTX *ctx)
{
    SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket);
    SSL_CTX_set_timeout(ctx, (long)NP_TLS_SESSION_S);
    SSL_CTX_set_num_tickets(ctx, 1); /* each new connection brings the next one */
    /* Sessions live with the clients: no cache here. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_early_data(ctx, 0); /* what comes early can be sent again by others */
}
