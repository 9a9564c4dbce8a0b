/* SPDX-License-Identifier: Apache-2.0 */
/* xts_test.c - sectors of AES-256-XTS against the standard's definition, and that against its
 * published vector 10 (IEEE 1619-2007, annex B). */
#include "test.h"

#include <openssl/evp.h>

#include "base/digest.h"
#include "base/enc.h"
#include "base/xts.h"

static const char key_hex[] = "2718281828459045235360287471352662497757247093699959574966967627"
                              "3141592653589793238462643383279502884197169399375105820974944592";
static const char vector_10[] = "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b";

static void ecb(const uint8_t *key, const uint8_t in[16], uint8_t out[16])
{
    int n;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    assert_int_equal(EVP_EncryptInit_ex(ctx, EVP_aes_256_ecb(), NULL, key, NULL), 1);
    EVP_CIPHER_CTX_set_padding(ctx, 0);
    assert_int_equal(EVP_EncryptUpdate(ctx, out, &n, in, 16), 1);
    EVP_CIPHER_CTX_free(ctx);
}

/* Block by block, as it is defined. */
static void by_definition(const uint8_t key[64], uint64_t number, const uint8_t *in, uint8_t *out,
                          size_t n)
{
    uint8_t tweak[16] = {0}, block[16];
    for (int i = 0; i < 8; i++)
        tweak[i] = (uint8_t)(number >> 8 * i);
    ecb(key + 32, tweak, tweak);
    for (size_t at = 0; at < n; at += 16) {
        for (int i = 0; i < 16; i++)
            block[i] = in[at + (size_t)i] ^ tweak[i];
        ecb(key, block, block);
        for (int i = 0; i < 16; i++)
            out[at + (size_t)i] = block[i] ^ tweak[i];
        uint8_t carry = tweak[15] >> 7;
        for (int i = 15; i > 0; i--)
            tweak[i] = (uint8_t)(tweak[i] << 1 | tweak[i - 1] >> 7);
        tweak[0] = (uint8_t)(tweak[0] << 1 ^ (carry ? 0x87 : 0));
    }
}

static void counted(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)i;
}

NP_TEST(the_definition_gives_the_published_vector)
{
    uint8_t key[64], plain[512], out[512], want[32];
    assert_true(np_unhex(key, np_str_of(key_hex)) && np_unhex(want, np_str_of(vector_10)));
    counted(plain, sizeof(plain));
    by_definition(key, 0xff, plain, out, sizeof(out));
    assert_memory_equal(out, want, sizeof(want));
}

NP_TEST(sectors_are_as_defined_and_open_again)
{
    static const uint64_t sectors[] = {0, 1, 2, 31, (1ull << 32) - 1, 1ull << 40};
    uint8_t key[64], plain[2 * NP_XTS_SECTOR], got[sizeof(plain)], want[NP_XTS_SECTOR];
    assert_true(np_unhex(key, np_str_of(key_hex)));
    counted(plain, sizeof(plain));
    struct np_xts *seal = np_xts_new(key, true), *open = np_xts_new(key, false);
    struct np_xts *copy = np_xts_copy(open);
    NP_EACH (sector, sectors) {
        np_xts_run(seal, *sector, plain, got, sizeof(plain));
        by_definition(key, *sector * 8, plain, want, sizeof(want));
        assert_memory_equal(got, want, sizeof(want));
        by_definition(key, (*sector + 1) * 8, plain + NP_XTS_SECTOR, want, sizeof(want));
        assert_memory_equal(got + NP_XTS_SECTOR, want, sizeof(want));
        np_xts_run(copy, *sector, got, got, sizeof(got));
        assert_memory_equal(got, plain, sizeof(plain));
    }
    np_xts_free(copy);
    np_xts_free(open);
    np_xts_free(seal);
}

NP_TEST(a_hole_reads_as_zeroes)
{
    uint8_t key[64], bytes[2 * NP_XTS_SECTOR] = {0}, plain[NP_XTS_SECTOR];
    assert_true(np_unhex(key, np_str_of(key_hex)));
    counted(plain, sizeof(plain));
    struct np_xts *seal = np_xts_new(key, true), *open = np_xts_new(key, false);
    np_xts_run(seal, 8, plain, bytes + NP_XTS_SECTOR, NP_XTS_SECTOR);
    np_xts_run(open, 7, bytes, bytes, sizeof(bytes));
    assert_true(np_is_zero(bytes, NP_XTS_SECTOR));
    assert_memory_equal(bytes + NP_XTS_SECTOR, plain, sizeof(plain));
    /* Zeroes that were written are no hole. */
    memset(plain, 0, sizeof(plain));
    np_xts_run(seal, 8, plain, bytes, NP_XTS_SECTOR);
    assert_false(np_is_zero(bytes, NP_XTS_SECTOR));
    np_xts_free(open);
    np_xts_free(seal);
}

NP_TEST(a_key_of_two_same_halves_is_none)
{
    uint8_t key[64];
    memset(key, 7, sizeof(key));
    assert_null(np_xts_new(key, true));
}
