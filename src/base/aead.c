/* SPDX-License-Identifier: Apache-2.0 */
/* aead.c - AES-256-GCM with the key schedule kept: a call sets only the nonce. */
#include <openssl/evp.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/evp.h"

#define PART_BYTES ((size_t)1 << 30) /* OpenSSL's lengths are ints */

struct np_aead {
    EVP_CIPHER_CTX *ctx;
};

struct np_aead *np_aead_new(const uint8_t key[NP_AEAD_KEY])
{
    struct np_aead *c = np_heap_new(struct np_aead);
    c->ctx = EVP_CIPHER_CTX_new();
    np_assert(c->ctx != NULL);
    np_assert(EVP_CipherInit_ex2(c->ctx, np_evp_aes_256_gcm(), key, NULL, 1, NULL) == 1);
    return c;
}

void np_aead_free(struct np_aead *c)
{
    if (c == NULL)
        return;
    EVP_CIPHER_CTX_free(c->ctx); /* wipes the key schedule */
    np_free(c);
}

/* Without `out`, the bytes are additional data. */
static void update(EVP_CIPHER_CTX *ctx, uint8_t *out, const uint8_t *in, size_t n)
{
    while (n > 0) {
        size_t part = n < PART_BYTES ? n : PART_BYTES;
        int got;
        if (EVP_CipherUpdate(ctx, out, &got, in, (int)part) != 1)
            np_die(__FILE__, __LINE__, "AES-256-GCM failed");
        out = out != NULL ? out + part : NULL;
        in += part;
        n -= part;
    }
}

static void begin(struct np_aead *c, const uint8_t *nonce, struct np_str ad, int seal)
{
    np_assert(EVP_CipherInit_ex2(c->ctx, NULL, NULL, nonce, seal, NULL) == 1);
    update(c->ctx, NULL, (const uint8_t *)ad.p, ad.n);
}

void np_aead_seal(struct np_aead *c, const uint8_t nonce[NP_AEAD_NONCE], struct np_str ad,
                  const void *in, size_t n, void *out)
{
    uint8_t *to = out;
    int got;
    begin(c, nonce, ad, 1);
    update(c->ctx, to, in, n);
    np_assert(EVP_CipherFinal_ex(c->ctx, to + n, &got) == 1);
    np_assert(EVP_CIPHER_CTX_ctrl(c->ctx, EVP_CTRL_AEAD_GET_TAG, NP_AEAD_TAG, to + n) == 1);
}

bool np_aead_open(struct np_aead *c, const uint8_t nonce[NP_AEAD_NONCE], struct np_str ad,
                  const void *in, size_t n, void *out)
{
    if (n < NP_AEAD_TAG)
        return false;
    n -= NP_AEAD_TAG;
    uint8_t tag[NP_AEAD_TAG], none[NP_AEAD_TAG];
    int got;
    memcpy(tag, (const uint8_t *)in + n, sizeof(tag));
    begin(c, nonce, ad, 0);
    update(c->ctx, out, in, n);
    np_assert(EVP_CIPHER_CTX_ctrl(c->ctx, EVP_CTRL_AEAD_SET_TAG, NP_AEAD_TAG, tag) == 1);
    if (EVP_CipherFinal_ex(c->ctx, none, &got) == 1)
        return true;
    np_wipe(out, n); /* nobody shall use what was not authentic */
    return false;
}
