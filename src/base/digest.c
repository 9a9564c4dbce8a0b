/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - running and one-shot digests: OpenSSL for hashes, ISA-L and crc.c for CRCs, xxHash.
 *
 * A running MD5 is ours (md5.c), because OpenSSL has none for several inputs and gives its state to
 * nobody; by itself it is as fast as OpenSSL's. */
#include "base/digest.h"

#include <endian.h>
#include <isa-l/crc.h>
#include <limits.h>
#include <openssl/evp.h>
#include <xxhash.h>
#ifdef __x86_64__
#include <xxh_x86dispatch.h> /* the library by itself takes SSE2 only */
#endif

#include "base/arena.h"
#include "base/assert.h"
#include "base/crc.h"
#include "base/evp.h"
#include "base/md5.h"

static const unsigned char sizes[NP_DIGEST_ALGS] = {
    [NP_MD5] = 16,     [NP_SHA1] = 20,   [NP_SHA256] = 32,    [NP_SHA384] = 48,
    [NP_SHA512] = 64,  [NP_CRC32] = 4,   [NP_CRC32C] = 4,     [NP_CRC64NVME] = 8,
    [NP_XXHASH64] = 8, [NP_XXHASH3] = 8, [NP_XXHASH128] = 16,
};

struct np_digest {
    enum np_digest_alg alg;
    union {
        EVP_MD_CTX *md; /* of the SHAs */
        struct np_md5 md5;
        uint32_t crc32;
        uint64_t crc64;
        XXH64_state_t *xxh64;
        XXH3_state_t *xxh3; /* both lengths */
    };
};

size_t np_digest_size(enum np_digest_alg alg)
{
    return sizes[alg];
}

static uint32_t crc32c_add(uint32_t crc, const void *p, size_t n)
{
    crc = ~crc;
    for (const unsigned char *at = p; n > 0;) {
        size_t part = n < (1u << 30) ? n : 1u << 30; /* the length is an int */
        /* It only reads, though the pointer is not const. */
        crc = crc32_iscsi((unsigned char *)(uintptr_t)at, (int)part, crc);
        at += part;
        n -= part;
    }
    return ~crc;
}

static uint32_t crc32_add(uint32_t crc, const void *p, size_t n)
{
    return crc32_gzip_refl(crc, p, n);
}

static void put_be32(void *out, uint32_t v)
{
    v = htobe32(v);
    memcpy(out, &v, sizeof(v));
}

static void put_be64(void *out, uint64_t v)
{
    v = htobe64(v);
    memcpy(out, &v, sizeof(v));
}

static void put_be128(void *out, XXH128_hash_t v)
{
    put_be64(out, v.high64);
    put_be64((char *)out + 8, v.low64);
}

static void check(bool ok, const char *what)
{
    if (!ok)
        np_die(__FILE__, __LINE__, "%s failed", what);
}

struct np_digest *np_digest_new(enum np_digest_alg alg)
{
    struct np_digest *d = np_heap_new(struct np_digest);
    d->alg = alg;
    switch (alg) {
    case NP_SHA1:
    case NP_SHA256:
    case NP_SHA384:
    case NP_SHA512:
        d->md = EVP_MD_CTX_new();
        check(d->md != NULL, "EVP_MD_CTX_new");
        break;
    case NP_XXHASH64:
        d->xxh64 = XXH64_createState();
        check(d->xxh64 != NULL, "XXH64_createState");
        break;
    case NP_XXHASH3:
    case NP_XXHASH128:
        d->xxh3 = XXH3_createState();
        check(d->xxh3 != NULL, "XXH3_createState");
        break;
    case NP_MD5:
    case NP_CRC32:
    case NP_CRC32C:
    case NP_CRC64NVME:
    case NP_DIGEST_ALGS:
        break;
    }
    np_digest_reset(d);
    return d;
}

void np_digest_free(struct np_digest *d)
{
    if (d == NULL)
        return;
    if (d->alg >= NP_SHA1 && d->alg <= NP_SHA512)
        EVP_MD_CTX_free(d->md);
    if (d->alg == NP_XXHASH64)
        XXH64_freeState(d->xxh64);
    if (d->alg == NP_XXHASH3 || d->alg == NP_XXHASH128)
        XXH3_freeState(d->xxh3);
    np_free(d);
}

void np_digest_reset(struct np_digest *d)
{
    switch (d->alg) {
    case NP_MD5:
        np_md5_init(&d->md5);
        break;
    case NP_SHA1:
    case NP_SHA256:
    case NP_SHA384:
    case NP_SHA512:
        check(EVP_DigestInit_ex2(d->md, np_evp_md(d->alg), NULL) == 1, "EVP_DigestInit_ex2");
        break;
    case NP_CRC32:
    case NP_CRC32C:
        d->crc32 = 0;
        break;
    case NP_CRC64NVME:
        d->crc64 = 0;
        break;
    case NP_XXHASH64:
        XXH64_reset(d->xxh64, 0);
        break;
    case NP_XXHASH3:
        XXH3_64bits_reset(d->xxh3);
        break;
    case NP_XXHASH128:
        XXH3_128bits_reset(d->xxh3);
        break;
    case NP_DIGEST_ALGS:
        np_die(__FILE__, __LINE__, "no such digest");
    }
}

void np_digest_add(struct np_digest *d, const void *p, size_t n)
{
    if (n == 0)
        return;
    switch (d->alg) {
    case NP_MD5:
        np_md5_add(&d->md5, p, n);
        break;
    case NP_SHA1:
    case NP_SHA256:
    case NP_SHA384:
    case NP_SHA512:
        check(EVP_DigestUpdate(d->md, p, n) == 1, "EVP_DigestUpdate");
        break;
    case NP_CRC32:
        d->crc32 = crc32_add(d->crc32, p, n);
        break;
    case NP_CRC32C:
        d->crc32 = crc32c_add(d->crc32, p, n);
        break;
    case NP_CRC64NVME:
        d->crc64 = np_crc64nvme(d->crc64, p, n);
        break;
    case NP_XXHASH64:
        XXH64_update(d->xxh64, p, n);
        break;
    case NP_XXHASH3:
        XXH3_64bits_update(d->xxh3, p, n);
        break;
    case NP_XXHASH128:
        XXH3_128bits_update(d->xxh3, p, n);
        break;
    case NP_DIGEST_ALGS:
        break;
    }
}

unsigned np_digest_lanes(enum np_digest_alg alg)
{
    return alg == NP_MD5 ? np_md5_lanes() : 1;
}

void np_digest_add_all(const struct np_digest_run *runs, size_t n_runs)
{
    struct np_md5_run md5[NP_DIGEST_RUNS];
    size_t n = 0;
    np_assert(n_runs <= NP_DIGEST_RUNS);
    for (size_t i = 0; i < n_runs; i++)
        if (runs[i].d->alg == NP_MD5)
            md5[n++] = (struct np_md5_run){&runs[i].d->md5, runs[i].p, runs[i].n};
        else
            np_digest_add(runs[i].d, runs[i].p, runs[i].n);
    np_md5_add_all(md5, n);
}

void np_digest_end(struct np_digest *d, void *out)
{
    switch (d->alg) {
    case NP_MD5:
        np_md5_end(&d->md5, out);
        break;
    case NP_SHA1:
    case NP_SHA256:
    case NP_SHA384:
    case NP_SHA512:
        check(EVP_DigestFinal_ex(d->md, out, NULL) == 1, "EVP_DigestFinal_ex");
        break;
    case NP_CRC32:
    case NP_CRC32C:
        put_be32(out, d->crc32);
        break;
    case NP_CRC64NVME:
        put_be64(out, d->crc64);
        break;
    case NP_XXHASH64:
        put_be64(out, XXH64_digest(d->xxh64));
        break;
    case NP_XXHASH3:
        put_be64(out, XXH3_64bits_digest(d->xxh3));
        break;
    case NP_XXHASH128:
        put_be128(out, XXH3_128bits_digest(d->xxh3));
        break;
    case NP_DIGEST_ALGS:
        break;
    }
}

void np_digest_once(enum np_digest_alg alg, struct np_str data, void *out)
{
    const void *p = data.p != NULL ? data.p : "";
    switch (alg) {
    case NP_MD5:
    case NP_SHA1:
    case NP_SHA256:
    case NP_SHA384:
    case NP_SHA512:
        np_evp_digest(alg, NULL, 0, p, data.n, out);
        break;
    case NP_CRC32:
        put_be32(out, crc32_add(0, p, data.n));
        break;
    case NP_CRC32C:
        put_be32(out, crc32c_add(0, p, data.n));
        break;
    case NP_CRC64NVME:
        put_be64(out, np_crc64nvme(0, p, data.n));
        break;
    case NP_XXHASH64:
        put_be64(out, XXH64(p, data.n, 0));
        break;
    case NP_XXHASH3:
        put_be64(out, XXH3_64bits(p, data.n));
        break;
    case NP_XXHASH128:
        put_be128(out, XXH3_128bits(p, data.n));
        break;
    case NP_DIGEST_ALGS:
        np_die(__FILE__, __LINE__, "no such digest");
    }
}

static uint64_t get_be(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

void np_crc_combine(enum np_digest_alg alg, void *inout, const void *second, uint64_t second_len)
{
    np_assert(alg == NP_CRC32 || alg == NP_CRC32C || alg == NP_CRC64NVME);
    uint64_t poly = alg == NP_CRC32    ? NP_POLY_CRC32
                    : alg == NP_CRC32C ? NP_POLY_CRC32C
                                       : NP_POLY_CRC64NVME;
    size_t n = sizes[alg];
    uint64_t v =
        np_crc_join(poly, (unsigned)n * 8, get_be(inout, n), get_be(second, n), second_len);
    if (n == 4)
        put_be32(inout, (uint32_t)v);
    else
        put_be64(inout, v);
}
