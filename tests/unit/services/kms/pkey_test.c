/* SPDX-License-Identifier: Apache-2.0 */
/* pkey_test.c - asymmetric keys: pairs of every curve, what they sign, and what is no key. */
#include "test.h"

#include "base/auto.h"
#include "base/digest.h"
#include "services/kms/pkey.h"

static const struct {
    const char *spec, *algorithm;
} curves[] = {
    {"ECC_NIST_P256", "ECDSA_SHA_256"},           {"ECC_NIST_P384", "ECDSA_SHA_384"},
    {"ECC_NIST_P521", "ECDSA_SHA_512"},           {"ECC_SECG_P256K1", "ECDSA_SHA_256"},
    {"ECC_NIST_EDWARDS25519", "ED25519_SHA_512"}, {"RSA_2048", "RSASSA_PSS_SHA_256"},
};

NP_TEST(pairs_sign_and_are_what_they_say)
{
    NP_EACH (c, curves) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_str private, public, signature, algorithm = np_str_of(c->algorithm);
        const struct kms_spec *spec = kms_spec_find(np_str_of(c->spec));
        NP_CHECK(kms_pkey_make(spec, a, &private, &public, NULL) == 0);
        struct kms_pkey *k = kms_pkey_parse(private);
        NP_CHECK(k != NULL);
        NP_CHECK_STR(kms_pkey_public(k, a), public);
        NP_EACH (o, curves)
            NP_CHECK(kms_pkey_is(k, kms_spec_find(np_str_of(o->spec))) == (o == c), "%s as %s",
                     c->spec, o->spec);
        uint8_t hash[64] = {1};
        struct np_str digest = np_str_n(hash, np_digest_size(kms_algorithm_hash(algorithm)));
        NP_CHECK(kms_pkey_sign(k, algorithm, digest, a, &signature) == 0);
        NP_CHECK(kms_pkey_verify(k, algorithm, digest, signature));
        hash[0] = 2;
        NP_CHECK(!kms_pkey_verify(k, algorithm, digest, signature), "%s: another message", c->spec);
        kms_pkey_unref(k);
        NP_CHECK(kms_pkey_parse(np_str_sub(private, 0, private.n - 1)) == NULL);
        NP_CHECK(kms_pkey_parse(np_str_cat(a, private, NP_STR("x"))) == NULL);
    }
}

NP_TEST(macs_of_rfc_4231)
{
    static const struct np_str key = {"Jefe", 4}, message = {"what do ya want for nothing?", 28};
    static const struct {
        const char *algorithm;
        size_t n;
        uint8_t begin[4];
    } cases[] = {
        {"HMAC_SHA_224", 28, {0xa3, 0x0e, 0x01, 0x09}},
        {"HMAC_SHA_256", 32, {0x5b, 0xdc, 0xc1, 0x46}},
        {"HMAC_SHA_384", 48, {0xaf, 0x45, 0xd2, 0xe3}},
        {"HMAC_SHA_512", 64, {0x16, 0x4b, 0x7a, 0x7b}},
    };
    NP_EACH (c, cases) {
        uint8_t out[64];
        NP_CHECK(kms_hmac(np_str_of(c->algorithm), key, message, out) == c->n);
        NP_CHECK(memcmp(out, c->begin, sizeof(c->begin)) == 0, "%s", c->algorithm);
    }
}
