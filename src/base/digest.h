/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - hashes, MACs, checksums and the AEAD, with algorithms fetched once per process.
 *
 * Threads: objects belong to one thread at a time; one-shot functions are free-threaded.
 */
#pragma once

#include "base/str.h"

enum np_digest_alg {
    NP_MD5,
    NP_SHA1,
    NP_SHA256,
    NP_SHA384,
    NP_SHA512,
    NP_CRC32,
    NP_CRC32C,
    NP_CRC64NVME,
    NP_XXHASH64,
    NP_XXHASH3, /* 64 bits */
    NP_XXHASH128,
    NP_DIGEST_ALGS,
};
#define NP_DIGEST_MAX 64 /* bytes of the longest */

size_t np_digest_size(enum np_digest_alg alg); /* bytes; checksums are big-endian bytes */

struct np_digest; /* a running one */
struct np_digest *np_digest_new(enum np_digest_alg alg);
void np_digest_free(struct np_digest *d);
void np_digest_reset(struct np_digest *d);
void np_digest_add(struct np_digest *d, const void *p, size_t n);
/* np_digest_add() of up to NP_DIGEST_RUNS digests, no two the same. Where the processor has vectors
 * for it, so many MD5s as np_digest_lanes() says take little longer than one: they are computed
 * side by side, as far as each of them has bytes. */
#define NP_DIGEST_RUNS 8
struct np_digest_run {
    struct np_digest *d;
    const void *p;
    size_t n;
};
void np_digest_add_all(const struct np_digest_run *runs, size_t n_runs);
unsigned np_digest_lanes(enum np_digest_alg alg); /* at most NP_DIGEST_RUNS; 1: no gain */
/* Writes np_digest_size() bytes; the digest must be reset before it is used again. */
void np_digest_end(struct np_digest *d, void *out);
void np_digest_once(enum np_digest_alg alg, struct np_str data, void *out);

/* CRC of the concatenation of two parts from their CRCs: full-object checksums of multipart
 * uploads. alg is one of the three CRCs; values are as np_digest_end() writes them. */
void np_crc_combine(enum np_digest_alg alg, void *inout, const void *second, uint64_t second_len);

void np_hmac_sha256(struct np_str key, struct np_str data, uint8_t out[32]);
void np_hmac_sha1(struct np_str key, struct np_str data, uint8_t out[20]);

/* AES-256-GCM, 12-byte nonce, 16-byte tag after the bytes. In place is allowed (in == out). */
#define NP_AEAD_KEY   32
#define NP_AEAD_NONCE 12
#define NP_AEAD_TAG   16
struct np_aead; /* a key schedule; one thread at a time */
struct np_aead *np_aead_new(const uint8_t key[NP_AEAD_KEY]);
void np_aead_free(struct np_aead *c);
/* out has n + NP_AEAD_TAG bytes. */
void np_aead_seal(struct np_aead *c, const uint8_t nonce[NP_AEAD_NONCE], struct np_str ad,
                  const void *in, size_t n, void *out);
/* in has n bytes with the tag; out n - NP_AEAD_TAG. False: the bytes were changed. */
bool np_aead_open(struct np_aead *c, const uint8_t nonce[NP_AEAD_NONCE], struct np_str ad,
                  const void *in, size_t n, void *out);

bool np_ct_eq(struct np_str a, struct np_str b); /* constant time for equal lengths */
void np_wipe(void *p, size_t n);
void np_random(void *p, size_t n); /* getrandom; for secrets and keys */
