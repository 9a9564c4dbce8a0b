/* SPDX-License-Identifier: Apache-2.0 */
/* vault.c - key material: sealed under a key derived of the master key, bound to the key and the
 * material that it is of, so that rows cannot be changed for one another; opened for one use. */
#include "base/digest.h"
#include "base/enc.h"
#include "io/loop.h"
#include "services/kms/kms_int.h"

static const char purpose[] = "kms.material";

/* --- ciphers under the region's key --- */

static struct np_aead *cipher_new(const struct np_core *core)
{
    uint8_t key[32];
    np_core_key(core, purpose, key);
    struct np_aead *c = np_aead_new(key);
    np_wipe(key, sizeof(key));
    return c;
}

/* A loop keeps its own: Decrypt opens material each time. */
struct vault {
    const struct np_core *core;
    struct np_aead *cipher;
};

static void *vault_new(struct np_loop *l)
{
    (void)l;
    return np_heap_new(struct vault);
}

static void vault_free(void *p)
{
    struct vault *v = p;
    np_aead_free(v->cipher);
    np_free(v);
}

/* *own: the caller frees it. */
static struct np_aead *cipher_of(const struct np_core *core, bool *own)
{
    struct np_loop *l = np_loop_current();
    *own = l == NULL;
    if (l == NULL)
        return cipher_new(core);
    struct vault *v = np_loop_local(l, purpose, vault_new, vault_free);
    if (v->core != core) {
        np_aead_free(v->cipher);
        v->cipher = cipher_new(core);
        v->core = core;
    }
    return v->cipher;
}

/* --- sealing --- */

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
    np_core_key(core, "kms.material.id", key);
    np_hmac_sha256(np_str_n(key, sizeof(key)), np_str_n(key_id, 17), mine);
    np_hmac_sha256(np_str_n(mine, sizeof(mine)), plain, id);
    np_wipe(key, sizeof(key));
    np_wipe(mine, sizeof(mine));
}

void kms_material_seal(const struct np_core *core, struct np_arena *a, const uint8_t key_id[17],
                       struct np_str plain, struct kms_material *out)
{
    uint8_t ad[49];
    name(core, key_id, plain, out->id);
    struct np_aead *c = cipher_new(core);
    size_t n = NP_AEAD_NONCE + plain.n + NP_AEAD_TAG;
    uint8_t *sealed = np_alloc(a, n);
    np_random(sealed, NP_AEAD_NONCE);
    np_aead_seal(c, sealed, bound(key_id, out->id, ad), plain.p, plain.n, sealed + NP_AEAD_NONCE);
    np_aead_free(c);
    out->sealed = np_str_n(sealed, n);
}

struct np_str kms_material_open(const struct np_core *core, const struct kms_key *k,
                                const struct kms_material *m, uint8_t *room, size_t room_n)
{
    uint8_t ad[49];
    bool own;
    if (m->sealed.n < NP_AEAD_NONCE + NP_AEAD_TAG || m->sealed.n > room_n + NP_AEAD_NONCE)
        return NP_STR_NULL;
    struct np_aead *c = cipher_of(core, &own);
    size_t n = m->sealed.n - NP_AEAD_NONCE;
    bool ok = np_aead_open(c, (const uint8_t *)m->sealed.p, bound(k->raw_id, m->id, ad),
                           m->sealed.p + NP_AEAD_NONCE, n, room);
    if (own)
        np_aead_free(c);
    return ok ? np_str_n(room, n - NP_AEAD_TAG) : NP_STR_NULL;
}

struct np_str kms_material_name(struct np_arena *a, const struct kms_material *m)
{
    return np_hex_str(a, np_str_n(m->id, sizeof(m->id)));
}
