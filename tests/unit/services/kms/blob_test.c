/* SPDX-License-Identifier: Apache-2.0 */
/* blob_test.c - ciphertexts: what goes in comes out, and nothing that was changed opens; ids of
 * keys; import tokens. */
#include "test.h"

#include "base/arena.h"
#include "base/auto.h"
#include "services/kms/blob.h"
#include "services/kms/token.h"

static const struct {
    const char *text;
    bool ok;
    const char *why;
} ids[] = {
    {"12345678-1234-1234-1234-1234567890ab", true, "a UUID"},
    {"mrk-0123456789abcdef0123456789abcdef", true, "a multi-region key"},
    {"12345678-1234-1234-1234-1234567890AB", false, "capital letters are another id"},
    {"12345678-1234-1234-12341234567890abcd", false, "too long"},
    {"12345678x1234-1234-1234-1234567890ab", false, "no hyphen"},
    {"mrk-0123456789abcdef0123456789abcdeg", false, "no hexadecimal digit"},
    {"alias/aws/s3", false, "an alias"},
    {"", false, "nothing"},
};

NP_TEST(key_ids)
{
    NP_EACH (c, ids) {
        uint8_t raw[17];
        char again[KMS_ID_MAX];
        struct np_str text = np_str_of(c->text);
        NP_CHECK(kms_id_parse(text, raw) == c->ok, "%s: %s", c->text, c->why);
        if (c->ok)
            NP_CHECK_STR(np_str_n(again, kms_id_text(raw, again)), text);
    }
}

static const uint8_t id[17] = {0, 1, 2, 3};
static const uint8_t material_id[32] = {9};
static const struct np_str material = {"0123456789abcdef0123456789abcdef", 32};

static bool opens(struct np_str bytes, struct np_str key, struct np_str context)
{
    struct kms_blob b;
    uint8_t out[256];
    return kms_blob_parse(bytes, &b) && kms_blob_open(bytes, &b, key, context, out);
}

NP_TEST(a_ciphertext_opens_only_as_it_was)
{
    const struct np_str plain = NP_STR("text"), context = NP_STR("context");
    uint8_t bytes[KMS_BLOB_MORE + 4], out[20];
    struct kms_blob b;
    struct np_str whole = np_str_n(bytes, sizeof(bytes));
    kms_blob_seal(id, material_id, material, context, plain, bytes);
    NP_CHECK(kms_blob_parse(whole, &b));
    NP_CHECK(memcmp(b.material_id, material_id, 32) == 0);
    NP_CHECK(kms_blob_open(whole, &b, material, context, out));
    NP_CHECK_STR(np_str_n(out, 4), plain);
    NP_CHECK(!opens(whole, material, NP_STR("other")), "another context");
    NP_CHECK(!opens(whole, NP_STR("0123456789abcdef0123456789abcdeX"), context), "another key");
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] ^= 1;
        NP_CHECK(!opens(whole, material, context), "byte %zu was changed", i);
        bytes[i] ^= 1;
        NP_CHECK(!opens(np_str_n(bytes, i), material, context), "%zu bytes of it", i);
    }
    NP_CHECK(opens(whole, material, context));
}

NP_TEST(two_ciphertexts_of_a_text_differ)
{
    uint8_t one[KMS_BLOB_MORE + 1], other[KMS_BLOB_MORE + 1];
    kms_blob_seal(id, material_id, material, NP_STR(""), NP_STR("a"), one);
    kms_blob_seal(id, material_id, material, NP_STR(""), NP_STR("a"), other);
    NP_CHECK(memcmp(one, other, sizeof(one)) != 0);
}

NP_TEST(import_tokens)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct kms_token t = {.key = {1, 2},
                          .algorithm = NP_STR("RSA_AES_KEY_WRAP_SHA_256"),
                          .valid_to_ms = 1700000000123,
                          .private = NP_STR("key")},
                     got;
    struct np_str bytes;
    NP_CHECK(kms_token_write(a, &t, &bytes));
    NP_CHECK(kms_token_parse(bytes, &got));
    NP_CHECK_STR(got.algorithm, t.algorithm);
    NP_CHECK_STR(got.private, t.private);
    NP_CHECK(got.valid_to_ms == t.valid_to_ms && memcmp(got.key, t.key, sizeof(t.key)) == 0);
    for (size_t n = 0; n <= KMS_TOKEN_HEAD; n++)
        NP_CHECK(!kms_token_parse(np_str_sub(bytes, 0, n), &got), "%zu bytes", n);
    t.algorithm = NP_STR("SM2PKE");
    NP_CHECK(!kms_token_write(a, &t, &bytes), "an algorithm that wraps nothing here");
}
