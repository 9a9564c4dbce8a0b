/* SPDX-License-Identifier: Apache-2.0 */
/* xts.c - AES-256-XTS with the key schedule kept: a sector sets only the tweak. */
#include "base/xts.h"

#include <openssl/evp.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "base/evp.h"

#define TWEAKS_A_SECTOR (NP_XTS_SECTOR / 512)

struct np_xts {
    EVP_CIPHER_CTX *ctx;
    bool seal;
};

struct np_xts *np_xts_new(const uint8_t key[NP_XTS_KEY], bool seal)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    np_assert(ctx != NULL);
    /* OpenSSL refuses equal halves. */
    if (EVP_CipherInit_ex2(ctx, np_evp_aes_256_xts(), key, NULL, seal, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return NULL;
    }
    struct np_xts *x = np_heap_new(struct np_xts);
    *x = (struct np_xts){ctx, seal};
    return x;
}

struct np_xts *np_xts_copy(const struct np_xts *x)
{
    struct np_xts *copy = np_heap_new(struct np_xts);
    *copy = (struct np_xts){EVP_CIPHER_CTX_new(), x->seal};
    np_assert(copy->ctx != NULL && EVP_CIPHER_CTX_copy(copy->ctx, x->ctx) == 1);
    return copy;
}

void np_xts_free(struct np_xts *x)
{
    if (x == NULL)
        return;
    EVP_CIPHER_CTX_free(x->ctx); /* wipes the key schedule */
    np_free(x);
}

bool np_is_zero(const void *p, size_t n)
{
    const uint8_t *b = p;
    return n == 0 || (b[0] == 0 && memcmp(b, b + 1, n - 1) == 0);
}

static void run_sector(struct np_xts *x, uint64_t sector, const uint8_t *in, uint8_t *out)
{
    uint8_t tweak[16] = {0};
    uint64_t number = sector * TWEAKS_A_SECTOR;
    int got;
    for (int i = 0; i < 8; i++)
        tweak[i] = (uint8_t)(number >> (8 * i));
    np_assert(EVP_CipherInit_ex2(x->ctx, NULL, NULL, tweak, x->seal, NULL) == 1);
    if (EVP_CipherUpdate(x->ctx, out, &got, in, NP_XTS_SECTOR) != 1)
        np_die(__FILE__, __LINE__, "AES-256-XTS failed");
}

void np_xts_run(struct np_xts *x, uint64_t first, const void *in, void *out, size_t n)
{
    const uint8_t *from = in;
    uint8_t *to = out;
    np_assert(n % NP_XTS_SECTOR == 0);
    for (size_t at = 0; at < n; at += NP_XTS_SECTOR)
        if (!x->seal && np_is_zero(from + at, NP_XTS_SECTOR))
            memset(to + at, 0, NP_XTS_SECTOR);
        else
            run_sector(x, first + at / NP_XTS_SECTOR, from + at, to + at);
}
