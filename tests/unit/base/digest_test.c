/* SPDX-License-Identifier: Apache-2.0 */
/* digest_test.c - hashes, MACs, checksums and the AEAD against published vectors. */
#include "test.h"

#include <pthread.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/crc.h"
#include "base/digest.h"
#include "base/enc.h"

static const struct {
    enum np_digest_alg alg;
    const char *text, *hex;
} vectors[] = {
    {NP_MD5, "", "d41d8cd98f00b204e9800998ecf8427e"},
    {NP_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
    {NP_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {NP_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {NP_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {NP_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {NP_SHA384, "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {NP_SHA512, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {NP_CRC32, "", "00000000"},
    {NP_CRC32, "123456789", "cbf43926"},
    {NP_CRC32C, "", "00000000"},
    {NP_CRC32C, "123456789", "e3069283"},
    {NP_CRC64NVME, "", "0000000000000000"},
    {NP_CRC64NVME, "123456789", "ae8b14860a799888"},
    {NP_XXHASH64, "", "ef46db3751d8e999"},
    {NP_XXHASH64, "abc", "44bc2cf5ad770999"},
    {NP_XXHASH3, "", "2d06800538d394c2"},
    {NP_XXHASH128, "", "99aa06d3014798d86001c324468d497f"},
};

NP_TEST(digest_vectors)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, vectors) {
        char out[NP_DIGEST_MAX];
        np_digest_once(c->alg, np_str_of(c->text), out);
        struct np_str got = np_hex_str(a, np_str_n(out, np_digest_size(c->alg)));
        NP_CHECK_STR(got, np_str_of(c->hex));
    }
    char out[NP_DIGEST_MAX];
    np_digest_once(NP_SHA1, NP_STR_NULL, out);
    NP_CHECK(memcmp(out, "\xda\x39\xa3\xee", 4) == 0, "absent hashes as empty");
}

static void fill(char *p, size_t n)
{
    uint32_t v = 12345;
    for (size_t i = 0; i < n; i++) {
        v = v * 1664525 + 1013904223;
        p[i] = (char)(v >> 24);
    }
}

/* Every algorithm, in pieces of many sizes, gives what it gives at once; also after a reset. */
NP_TEST(running_digests_match_the_one_shot)
{
    static char data[20000];
    static const size_t pieces[] = {1, 3, 64, 255, 256, 257, 4096, 19999};
    fill(data, sizeof(data));
    for (enum np_digest_alg alg = 0; alg < NP_DIGEST_ALGS; alg++) {
        char want[NP_DIGEST_MAX], got[NP_DIGEST_MAX];
        np_digest_once(alg, np_str_n(data, sizeof(data)), want);
        struct np_digest *d = np_digest_new(alg);
        NP_EACH (piece, pieces) {
            np_digest_reset(d);
            for (size_t at = 0, n; at < sizeof(data); at += n) {
                n = sizeof(data) - at < *piece ? sizeof(data) - at : *piece;
                np_digest_add(d, data + at, n);
                np_digest_add(d, NULL, 0);
            }
            np_digest_end(d, got);
            NP_CHECK(memcmp(got, want, np_digest_size(alg)) == 0, "%d by %zu", (int)alg, *piece);
        }
        np_digest_free(d);
    }
    np_digest_free(NULL);
}

NP_TEST(crc64_with_and_without_special_instructions)
{
    static char data[3000];
    fill(data, sizeof(data));
    for (size_t n = 0; n < 2600; n++) {
        uint64_t crc = np_crc64nvme_plain(0, data, n % 7);
        const char *p = data + n % 7;
        NP_CHECK(np_crc64nvme(crc, p, n) == np_crc64nvme_plain(crc, p, n), "%zu bytes", n);
    }
}

NP_TEST(crc_of_joined_parts)
{
    static const enum np_digest_alg algs[] = {NP_CRC32, NP_CRC32C, NP_CRC64NVME};
    static const size_t cuts[] = {0, 1, 7, 1000, 9999, 10000};
    static char data[10000];
    fill(data, sizeof(data));
    NP_EACH (alg, algs) {
        char whole[8], first[8], second[8];
        np_digest_once(*alg, np_str_n(data, sizeof(data)), whole);
        NP_EACH (cut, cuts) {
            np_digest_once(*alg, np_str_n(data, *cut), first);
            np_digest_once(*alg, np_str_n(data + *cut, sizeof(data) - *cut), second);
            np_crc_combine(*alg, first, second, sizeof(data) - *cut);
            NP_CHECK(memcmp(first, whole, np_digest_size(*alg)) == 0, "%d at %zu", (int)*alg, *cut);
        }
    }
}

/* RFC 4231 and RFC 2202. */
NP_TEST(hmac_vectors)
{
    NP_AUTO_ARENA a = np_arena_new();
    uint8_t out[32];
    char key[131];
    np_hmac_sha256(NP_STR("Jefe"), NP_STR("what do ya want for nothing?"), out);
    NP_CHECK_STR(np_hex_str(a, np_str_n(out, 32)),
                 NP_STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    memset(key, 0xaa, sizeof(key));
    np_hmac_sha256(np_str_n(key, 131),
                   NP_STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
    NP_CHECK_STR(np_hex_str(a, np_str_n(out, 32)),
                 NP_STR("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
    np_hmac_sha256(NP_STR_NULL, NP_STR_NULL, out);
    NP_CHECK_STR(np_hex_str(a, np_str_n(out, 32)),
                 NP_STR("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
    np_hmac_sha1(NP_STR("Jefe"), NP_STR("what do ya want for nothing?"), out);
    NP_CHECK_STR(np_hex_str(a, np_str_n(out, 20)),
                 NP_STR("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
}

NP_TEST(aead_seals_and_opens)
{
    /* Test case 14 of the GCM specification: a block of zeros under zeros. */
    static const uint8_t zeros[32] = {0};
    NP_AUTO_ARENA a = np_arena_new();
    uint8_t out[32], back[32];
    struct np_aead *c = np_aead_new(zeros);
    np_aead_seal(c, zeros, NP_STR_NULL, zeros, 16, out);
    NP_CHECK_STR(np_hex_str(a, np_str_n(out, 32)),
                 NP_STR("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"));
    NP_CHECK(np_aead_open(c, zeros, NP_STR_NULL, out, 32, back) && memcmp(back, zeros, 16) == 0);
    NP_CHECK(!np_aead_open(c, zeros, NP_STR("x"), out, 32, back), "other additional data");
    out[3] ^= 1;
    NP_CHECK(!np_aead_open(c, zeros, NP_STR_NULL, out, 32, back), "changed");
    NP_CHECK(!np_aead_open(c, zeros, NP_STR_NULL, out, 15, back), "shorter than a tag");
    np_aead_seal(c, zeros, NP_STR("ad"), NULL, 0, out);
    NP_CHECK(np_aead_open(c, zeros, NP_STR("ad"), out, 16, back), "only a tag");
    np_aead_free(c);
    np_aead_free(NULL);
}

NP_TEST(aead_works_in_place_for_frames)
{
    static char frame[65536 + NP_AEAD_TAG], plain[65536];
    uint8_t key[NP_AEAD_KEY], nonce[NP_AEAD_NONCE] = {0};
    np_random(key, sizeof(key));
    fill(plain, sizeof(plain));
    struct np_aead *c = np_aead_new(key);
    for (uint8_t i = 0; i < 5; i++) {
        nonce[11] = i;
        memcpy(frame, plain, sizeof(plain));
        np_aead_seal(c, nonce, NP_STR("blob 7"), frame, sizeof(plain), frame);
        NP_CHECK(memcmp(frame, plain, 64) != 0);
        NP_CHECK(np_aead_open(c, nonce, NP_STR("blob 7"), frame, sizeof(frame), frame));
        NP_CHECK(memcmp(frame, plain, sizeof(plain)) == 0);
    }
    np_aead_free(c);
}

NP_TEST(constant_time_equality_and_random)
{
    NP_CHECK(np_ct_eq(NP_STR("abc"), NP_STR("abc")) && !np_ct_eq(NP_STR("abc"), NP_STR("abd")));
    NP_CHECK(!np_ct_eq(NP_STR("abc"), NP_STR("ab")) && np_ct_eq(NP_STR_NULL, NP_STR("")));
    char a[1000] = {0}, b[1000] = {0};
    np_random(a, sizeof(a));
    np_random(b, sizeof(b));
    NP_CHECK(memcmp(a, b, sizeof(a)) != 0 && memcmp(a + 900, b + 900, 100) != 0);
    np_wipe(a, sizeof(a));
    NP_CHECK(a[0] == 0 && a[999] == 0);
}

static void *hash_in_thread(void *arg)
{
    uint8_t out[32];
    for (int i = 0; i < 200; i++)
        np_hmac_sha256(NP_STR("Jefe"), NP_STR("what do ya want for nothing?"), out);
    memcpy(arg, out, sizeof(out));
    return NULL;
}

NP_TEST(one_shots_are_free_threaded)
{
    pthread_t threads[4];
    uint8_t out[4][32], want[32];
    np_hmac_sha256(NP_STR("Jefe"), NP_STR("what do ya want for nothing?"), want);
    for (size_t i = 0; i < 4; i++)
        NP_CHECK(pthread_create(&threads[i], NULL, hash_in_thread, out[i]) == 0);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        NP_CHECK(memcmp(out[i], want, 32) == 0);
    }
}
