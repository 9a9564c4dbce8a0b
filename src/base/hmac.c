/* SPDX-License-Identifier: Apache-2.0 */
/* hmac.c - RFC 2104 over the thread's own hash contexts: no allocation, no fetch. */
#include "base/evp.h"

#define BLOCK_BYTES 64 /* of SHA-1 and SHA-256 */

static void hmac(enum np_digest_alg alg, struct np_str key, struct np_str data, uint8_t *out)
{
    uint8_t pad[BLOCK_BYTES] = {0}, inner[NP_DIGEST_MAX];
    if (key.n > BLOCK_BYTES)
        np_digest_once(alg, key, pad);
    else if (key.n != 0)
        memcpy(pad, key.p, key.n);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        pad[i] ^= 0x36;
    np_evp_digest(alg, pad, BLOCK_BYTES, data.n != 0 ? data.p : "", data.n, inner);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    np_evp_digest(alg, pad, BLOCK_BYTES, inner, np_digest_size(alg), out);
    np_wipe(pad, sizeof(pad));
}

void np_hmac_sha256(struct np_str key, struct np_str data, uint8_t out[32])
{
    hmac(NP_SHA256, key, data, out);
}

void np_hmac_sha1(struct np_str key, struct np_str data, uint8_t out[20])
{
    hmac(NP_SHA1, key, data, out);
}
