/* SPDX-License-Identifier: Apache-2.0 */
/* vault.c - key material: sealed under a key derived of the master key, bound to the key and the
 * material that it is of, so that rows cannot be changed for one another; opened for one use. */
#include "base/digest.h"
#include "base/enc.h"
#include "services/kms/kms_int.h"

static const char purpose[] = "kms.material";

/* One key for sealing, one for naming. */
static void vault_key(const struct np_core *core, const char *what, uint8_t out[32])
{
    np_core_key(core, what, out);
}

static struct np_str bound(const uint8_t key_id[17], const uint8_t id[32], uint8_t room[49])
{
    memcpy(room, key_id, 17);
    memcpy(room + 17, id, 32);
    return np_str_n(room, 49);
}

static void name(const struct np_core *core, const uint8_t key_id[17], struct np_str plain,
                 uint8_t id[32])
{
    uint8_t key[32], mine[32];
    vault_key(core, "kms.material.id", key);
    np_hmac_sha256(np_str_n(key, sizeof(key)), np_str_n(key_id, 17), mine);
    np_hmac_sha256(np_str_n(mine, sizeof(mine)), plain, id);
    np_wipe(key, sizeof(key));
    np_wipe(mine, sizeof(mine));
}

void kms_material_seal(const struct np_core *core, struct np_arena *a, const uint8_t key_id[17],
                       struct np_str plain, struct kms_material *out)
{
    uint8_t key[32], ad[49];
    name(core, key_id, plain, out->id);
    vault_key(core, purpose, key);
    struct np_aead *c = np_aead_new(key);
    size_t n = NP_AEAD_NONCE + plain.n + NP_AEAD_TAG;
    uint8_t *sealed = np_alloc(a, n);
    np_random(sealed, NP_AEAD_NONCE);
    np_aead_seal(c, sealed, bound(key_id, out->id, ad), plain.p, plain.n, sealed + NP_AEAD_NONCE);
    np_aead_free(c);
    np_wipe(key, sizeof(key));
    out->sealed = np_str_n(sealed, n);
}

struct np_str kms_material_open(const struct np_core *core, const struct kms_key *k,
                                const struct kms_material *m, uint8_t *room, size_t room_n)
{
    uint8_t key[32], ad[49];
    if (m->sealed.n < NP_AEAD_NONCE + NP_AEAD_TAG || m->sealed.n > room_n + NP_AEAD_NONCE)
        return NP_STR_NULL;
    vault_key(core, purpose, key);
    struct np_aead *c = np_aead_new(key);
    size_t n = m->sealed.n - NP_AEAD_NONCE;
    bool ok = np_aead_open(c, (const uint8_t *)m->sealed.p, bound(k->raw_id, m->id, ad),
                           m->sealed.p + NP_AEAD_NONCE, n, room);
    np_aead_free(c);
    np_wipe(key, sizeof(key));
    return ok ? np_str_n(room, n - NP_AEAD_TAG) : NP_STR_NULL;
}

struct np_str kms_material_name(struct np_arena *a, const struct kms_material *m)
{
    return np_hex_str(a, np_str_n(m->id, sizeof(m->id)));
}
