/* SPDX-License-Identifier: Apache-2.0 */
/* kms_blob_fuzz.c - ciphertexts, key ids and opened import tokens: what parses says the same again,
 * and no bytes of a stranger's are authentic. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/auto.h"
#include "services/kms/blob.h"
#include "services/kms/token.h"

static const char material[32] = "the material of every key here.";

static void ciphertext(struct np_arena *a, struct np_str bytes)
{
    struct kms_blob b;
    uint8_t id[17];
    if (!kms_blob_parse(bytes, &b))
        return;
    np_assert(kms_id_parse(np_str_n(b.key_id, b.key_id_n), id));
    np_assert(memcmp(id, bytes.p + 1, sizeof(id)) == 0);
    uint8_t *out = np_alloc(a, b.sealed.n);
    np_assert(!kms_blob_open(bytes, &b, np_str_n(material, 32), NP_STR("context"), out));
}

static void key_id(struct np_str text)
{
    uint8_t id[17];
    char again[KMS_ID_MAX];
    if (kms_id_parse(text, id))
        np_assert(np_str_eq(np_str_n(again, kms_id_text(id, again)), text));
}

static void token(struct np_arena *a, struct np_str bytes)
{
    struct kms_token t;
    struct np_str again;
    if (!kms_token_parse(bytes, &t))
        return;
    np_assert(t.private.n != 0 && t.valid_to_ms >= 0);
    np_assert(kms_token_write(a, &t, &again) && again.n == bytes.n);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str bytes = np_str_n(p, n);
    ciphertext(a, bytes);
    key_id(bytes);
    token(a, bytes);
    return 0;
}
