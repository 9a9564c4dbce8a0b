/* SPDX-License-Identifier: Apache-2.0 */
/* pkey.c - asymmetric keys and HMACs, by OpenSSL. */
#include "services/kms/pkey.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/assert.h"
#include "base/digest.h"

/* A kms_pkey is OpenSSL's own: counted and immutable as well. */
static EVP_PKEY *raw(const struct kms_pkey *k)
{
    return (EVP_PKEY *)(uintptr_t)k;
}

struct kms_pkey *kms_pkey_ref(struct kms_pkey *k)
{
    EVP_PKEY_up_ref(raw(k));
    return k;
}

void kms_pkey_unref(struct kms_pkey *k)
{
    EVP_PKEY_free(raw(k));
}

/* --- making, reading, writing --- */

static EVP_PKEY *generate(const struct kms_spec *spec)
{
    if (spec->kind == KMS_RSA)
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)spec->bits);
    if (strcmp(spec->curve, "ED25519") == 0)
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", spec->curve);
}

static struct np_str taken(struct np_arena *a, unsigned char *der, int n)
{
    if (n <= 0)
        return NP_STR_NULL;
    struct np_str out = np_str_dup(a, np_str_n(der, (size_t)n));
    OPENSSL_clear_free(der, (size_t)n);
    return out;
}

struct np_str kms_pkey_public(const struct kms_pkey *k, struct np_arena *a)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(raw(k), &der);
    return taken(a, der, n);
}

static struct np_str private_der(EVP_PKEY *k, struct np_arena *a)
{
    unsigned char *der = NULL;
    PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(k);
    int n = p8 != NULL ? i2d_PKCS8_PRIV_KEY_INFO(p8, &der) : 0;
    PKCS8_PRIV_KEY_INFO_free(p8);
    return taken(a, der, n);
}

int kms_pkey_make(const struct kms_spec *spec, struct np_arena *a, struct np_str *private,
                  struct np_str *public, struct np_err *err)
{
    EVP_PKEY *k = generate(spec);
    if (k == NULL)
        return np_err(err, NP_EIO, "no key of spec %s could be made", spec->name);
    *private = private_der(k, a);
    *public = kms_pkey_public((struct kms_pkey *)k, a);
    EVP_PKEY_free(k);
    np_assert(private->p != NULL && public->p != NULL);
    return 0;
}

struct kms_pkey *kms_pkey_parse(struct np_str private)
{
    const unsigned char *p = (const unsigned char *)private.p;
    PKCS8_PRIV_KEY_INFO *p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)private.n);
    bool whole = p8 != NULL && p == (const unsigned char *)private.p + private.n;
    EVP_PKEY *k = whole ? EVP_PKCS82PKEY(p8) : NULL;
    PKCS8_PRIV_KEY_INFO_free(p8);
    return (struct kms_pkey *)k;
}

static bool is_curve(const EVP_PKEY *k, const char *curve)
{
    char name[64];
    size_t n;
    if (strcmp(curve, "ED25519") == 0)
        return EVP_PKEY_is_a(k, "ED25519") == 1;
    if (EVP_PKEY_is_a(k, "EC") != 1 || EVP_PKEY_get_group_name(k, name, sizeof(name), &n) != 1)
        return false;
    return OBJ_sn2nid(name) == OBJ_sn2nid(curve) || OBJ_sn2nid(name) == EC_curve_nist2nid(curve);
}

bool kms_pkey_is(const struct kms_pkey *k, const struct kms_spec *spec)
{
    if (spec->kind == KMS_RSA)
        return EVP_PKEY_is_a(raw(k), "RSA") == 1 && EVP_PKEY_get_bits(raw(k)) == spec->bits;
    return spec->kind == KMS_EC && is_curve(raw(k), spec->curve);
}

/* --- algorithms --- */

enum np_digest_alg kms_algorithm_hash(struct np_str algorithm)
{
    if (np_str_ends(algorithm, NP_STR("_SHA_1")))
        return NP_SHA1;
    if (np_str_ends(algorithm, NP_STR("_SHA_384")))
        return NP_SHA384;
    return np_str_ends(algorithm, NP_STR("_SHA_512")) ? NP_SHA512 : NP_SHA256;
}

static const EVP_MD *md_of(struct np_str algorithm)
{
    switch ((int)kms_algorithm_hash(algorithm)) {
    case NP_SHA1:
        return EVP_sha1();
    case NP_SHA384:
        return EVP_sha384();
    case NP_SHA512:
        return EVP_sha512();
    }
    return EVP_sha256();
}

static bool set_up(EVP_PKEY_CTX *c, struct np_str algorithm)
{
    if (np_str_starts(algorithm, NP_STR("RSASSA_PSS")))
        return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_signature_md(c, md_of(algorithm)) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1;
    if (np_str_starts(algorithm, NP_STR("RSASSA_PKCS1")))
        return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
               EVP_PKEY_CTX_set_signature_md(c, md_of(algorithm)) == 1;
    if (np_str_starts(algorithm, NP_STR("RSAES_OAEP")))
        return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_oaep_md(c, md_of(algorithm)) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(c, md_of(algorithm)) == 1;
    return true;
}

/* One of OpenSSL's sign, encrypt, decrypt, derive: asks for the length, then does it. */
struct act {
    int (*init)(EVP_PKEY_CTX *c);
    int (*run)(EVP_PKEY_CTX *c, unsigned char *out, size_t *n, const unsigned char *in,
               size_t in_n);
};

static int act(const struct act *how, struct kms_pkey *k, struct np_str algorithm, struct np_str in,
               struct np_arena *a, struct np_str *out)
{
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, raw(k), NULL);
    const unsigned char *p = (const unsigned char *)in.p;
    size_t n = 0;
    int rc = NP_EINVAL;
    np_assert(c != NULL);
    if (how->init(c) == 1 && set_up(c, algorithm) && how->run(c, NULL, &n, p, in.n) == 1) {
        unsigned char *room = np_alloc(a, n + 1);
        if (how->run(c, room, &n, p, in.n) == 1) {
            *out = np_str_n(room, n);
            rc = 0;
        }
    }
    EVP_PKEY_CTX_free(c);
    return rc;
}

/* --- signing --- */

static bool is_eddsa(struct np_str algorithm)
{
    return np_str_starts(algorithm, NP_STR("ED25519"));
}

static int eddsa_sign(struct kms_pkey *k, struct np_str message, struct np_arena *a,
                      struct np_str *out)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t n = 64;
    unsigned char *room = np_alloc(a, n);
    bool ok = EVP_DigestSignInit(c, NULL, NULL, NULL, raw(k)) == 1 &&
              EVP_DigestSign(c, room, &n, (const unsigned char *)message.p, message.n) == 1;
    EVP_MD_CTX_free(c);
    *out = np_str_n(room, n);
    return ok ? 0 : NP_EINVAL;
}

int kms_pkey_sign(struct kms_pkey *k, struct np_str algorithm, struct np_str message,
                  struct np_arena *a, struct np_str *out)
{
    static const struct act signing = {EVP_PKEY_sign_init, EVP_PKEY_sign};
    if (is_eddsa(algorithm))
        return eddsa_sign(k, message, a, out);
    return act(&signing, k, algorithm, message, a, out);
}

bool kms_pkey_verify(struct kms_pkey *k, struct np_str algorithm, struct np_str message,
                     struct np_str signature)
{
    const unsigned char *m = (const unsigned char *)message.p;
    const unsigned char *s = (const unsigned char *)signature.p;
    if (is_eddsa(algorithm)) {
        EVP_MD_CTX *c = EVP_MD_CTX_new();
        bool good = EVP_DigestVerifyInit(c, NULL, NULL, NULL, raw(k)) == 1 &&
                    EVP_DigestVerify(c, s, signature.n, m, message.n) == 1;
        EVP_MD_CTX_free(c);
        return good;
    }
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, raw(k), NULL);
    bool ok = EVP_PKEY_verify_init(c) == 1 && set_up(c, algorithm) &&
              EVP_PKEY_verify(c, s, signature.n, m, message.n) == 1;
    EVP_PKEY_CTX_free(c);
    return ok;
}

/* --- RSA encryption --- */

size_t kms_pkey_room(const struct kms_pkey *k, struct np_str algorithm)
{
    return (size_t)EVP_PKEY_get_size(raw(k)) - 2 * np_digest_size(kms_algorithm_hash(algorithm)) -
           2;
}

int kms_pkey_encrypt(struct kms_pkey *k, struct np_str algorithm, struct np_str plain,
                     struct np_arena *a, struct np_str *out)
{
    static const struct act encrypting = {EVP_PKEY_encrypt_init, EVP_PKEY_encrypt};
    return act(&encrypting, k, algorithm, plain, a, out);
}

int kms_pkey_decrypt(struct kms_pkey *k, struct np_str algorithm, struct np_str sealed,
                     struct np_arena *a, struct np_str *out)
{
    static const struct act decrypting = {EVP_PKEY_decrypt_init, EVP_PKEY_decrypt};
    return act(&decrypting, k, algorithm, sealed, a, out);
}

/* AES key wrap with padding. */
static int unwrap_aes(struct np_str key, struct np_str wrapped, struct np_arena *a,
                      struct np_str *out)
{
    if (key.n != 32 || wrapped.n < 16 || wrapped.n % 8 != 0)
        return NP_EINVAL;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    unsigned char *room = np_alloc(a, wrapped.n + 16);
    int n = 0, rest = 0;
    EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    bool ok =
        EVP_DecryptInit_ex(c, EVP_aes_256_wrap_pad(), NULL, (const unsigned char *)key.p, NULL) ==
            1 &&
        EVP_DecryptUpdate(c, room, &n, (const unsigned char *)wrapped.p, (int)wrapped.n) == 1 &&
        EVP_DecryptFinal_ex(c, room + n, &rest) == 1;
    EVP_CIPHER_CTX_free(c);
    *out = np_str_n(room, (size_t)(n + rest));
    return ok && n > 0 ? 0 : NP_EINVAL;
}

int kms_pkey_unwrap(struct kms_pkey *k, struct np_str algorithm, struct np_str wrapped,
                    struct np_arena *a, struct np_str *out)
{
    bool sha_1 = np_str_ends(algorithm, NP_STR("_SHA_1"));
    struct np_str oaep = sha_1 ? NP_STR("RSAES_OAEP_SHA_1") : NP_STR("RSAES_OAEP_SHA_256"), key;
    if (!np_str_starts(algorithm, NP_STR("RSA_AES_KEY_WRAP")))
        return kms_pkey_decrypt(k, oaep, wrapped, a, out);
    size_t size = (size_t)EVP_PKEY_get_size(raw(k));
    int rc = wrapped.n > size ? kms_pkey_decrypt(k, oaep, np_str_sub(wrapped, 0, size), a, &key)
                              : NP_EINVAL;
    if (rc != 0)
        return rc;
    rc = unwrap_aes(key, np_str_sub(wrapped, size, wrapped.n), a, out);
    kms_wipe(key);
    return rc;
}

/* --- agreement --- */

int kms_pkey_derive(struct kms_pkey *k, struct np_str peer, struct np_arena *a, struct np_str *out)
{
    const unsigned char *p = (const unsigned char *)peer.p;
    EVP_PKEY *other = d2i_PUBKEY(NULL, &p, (long)peer.n);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, raw(k), NULL);
    size_t n = 0;
    int rc = NP_EINVAL;
    /* OpenSSL looks that the point is on the curve of ours. */
    if (other != NULL && p == (const unsigned char *)peer.p + peer.n &&
        EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer_ex(c, other, 1) == 1 &&
        EVP_PKEY_derive(c, NULL, &n) == 1) {
        unsigned char *room = np_alloc(a, n + 1);
        if (EVP_PKEY_derive(c, room, &n) == 1) {
            *out = np_str_n(room, n);
            rc = 0;
        }
    }
    EVP_PKEY_CTX_free(c);
    EVP_PKEY_free(other);
    return rc;
}

/* --- MACs --- */

size_t kms_hmac(struct np_str algorithm, struct np_str key, struct np_str message, uint8_t out[64])
{
    static const struct {
        const char *name, *digest;
    } hashes[] = {{"HMAC_SHA_224", "SHA224"},
                  {"HMAC_SHA_256", "SHA256"},
                  {"HMAC_SHA_384", "SHA384"},
                  {"HMAC_SHA_512", "SHA512"}};
    size_t n = 0;
    NP_EACH (h, hashes)
        if (np_str_eq(algorithm, np_str_of(h->name)))
            np_assert(EVP_Q_mac(NULL, "HMAC", NULL, h->digest, NULL, key.p, key.n,
                                (const unsigned char *)message.p, message.n, out, 64, &n) != NULL);
    return n;
}
