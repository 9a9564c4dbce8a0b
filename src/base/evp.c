/* SPDX-License-Identifier: Apache-2.0 */
/* evp.c - fetching an algorithm by name costs a microsecond and a lock: it is done once. A thread
 * keeps one context for each hash, because a context that stays with its algorithm starts fastest.
 */
#include "base/evp.h"

#include <pthread.h>

#include "base/arena.h"
#include "base/assert.h"

#define HASHES (NP_SHA512 + 1)

static const char *const names[HASHES] = {
    [NP_MD5] = "MD5",       [NP_SHA1] = "SHA1",     [NP_SHA256] = "SHA256",
    [NP_SHA384] = "SHA384", [NP_SHA512] = "SHA512",
};

struct contexts {
    EVP_MD_CTX *md[HASHES];
};

static EVP_MD *mds[HASHES];
static EVP_CIPHER *aes_256_gcm, *aes_256_xts;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static pthread_key_t contexts_key; /* only for its destructor */
static __thread struct contexts *contexts;

static void contexts_free(void *p)
{
    struct contexts *c = p;
    NP_EACH (md, c->md)
        EVP_MD_CTX_free(*md);
    np_free(c);
    contexts = NULL;
}

static void fetch(void)
{
    for (size_t i = 0; i < HASHES; i++) {
        mds[i] = EVP_MD_fetch(NULL, names[i], NULL);
        if (mds[i] == NULL)
            np_die(__FILE__, __LINE__, "OpenSSL has no %s", names[i]);
    }
    aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    aes_256_xts = EVP_CIPHER_fetch(NULL, "AES-256-XTS", NULL);
    np_assert(aes_256_gcm != NULL && aes_256_xts != NULL);
    np_assert(pthread_key_create(&contexts_key, contexts_free) == 0);
}

const EVP_MD *np_evp_md(enum np_digest_alg alg)
{
    np_assert(alg < HASHES);
    pthread_once(&fetched, fetch);
    return mds[alg];
}

const EVP_CIPHER *np_evp_aes_256_gcm(void)
{
    pthread_once(&fetched, fetch);
    return aes_256_gcm;
}

static __attribute__((noinline)) EVP_MD_CTX *context_new(enum np_digest_alg alg)
{
    np_evp_md(alg);
    if (contexts == NULL) {
        contexts = np_heap_new(struct contexts);
        np_assert(pthread_setspecific(contexts_key, contexts) == 0);
    }
    contexts->md[alg] = EVP_MD_CTX_new();
    np_assert(contexts->md[alg] != NULL);
    return contexts->md[alg];
}

void np_evp_digest(enum np_digest_alg alg, const void *head, size_t head_n, const void *data,
                   size_t n, void *out)
{
    EVP_MD_CTX *ctx = contexts != NULL ? contexts->md[alg] : NULL;
    if (ctx == NULL)
        ctx = context_new(alg);
    bool ok = EVP_DigestInit_ex2(ctx, mds[alg], NULL) == 1 &&
              (head_n == 0 || EVP_DigestUpdate(ctx, head, head_n) == 1) &&
              EVP_DigestUpdate(ctx, data, n) == 1 && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    if (!ok)
        np_die(__FILE__, __LINE__, "%s failed", names[alg]);
}

const EVP_CIPHER *np_evp_aes_256_xts(void)
{
    pthread_once(&fetched, fetch);
    return aes_256_xts;
}
