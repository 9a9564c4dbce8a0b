/* SPDX-License-Identifier: Apache-2.0 */
/* pkey.h - asymmetric keys: made, parsed, used. Knows OpenSSL, no request and no row.
 *
 * A key is counted and immutable. Threads: any. Algorithms have the names of the model and fit the
 * key's spec: the caller has looked. Results are in the arena. */
#pragma once

#include "services/kms/kms_int.h"

struct kms_pkey;

/* A new pair: PKCS #8 (the caller wipes it) and SubjectPublicKeyInfo, in DER. Slow: RSA takes up to
 * seconds. */
int kms_pkey_make(const struct kms_spec *spec, struct np_arena *a, struct np_str *private,
                  struct np_str *public, struct np_err *err);
/* PKCS #8 in DER; NULL: none that can be read. */
struct kms_pkey *kms_pkey_parse(struct np_str private);
bool kms_pkey_is(const struct kms_pkey *k, const struct kms_spec *spec);
struct np_str kms_pkey_public(const struct kms_pkey *k, struct np_arena *a);
struct kms_pkey *kms_pkey_ref(struct kms_pkey *k);
void kms_pkey_unref(struct kms_pkey *k); /* NULL is fine */

/* The hash of a signing or OAEP algorithm; its bytes. */
enum np_digest_alg kms_algorithm_hash(struct np_str algorithm);

/* `message` is hashed already, except by ED25519, which signs it whole. NP_EINVAL. */
int kms_pkey_sign(struct kms_pkey *k, struct np_str algorithm, struct np_str message,
                  struct np_arena *a, struct np_str *out);
bool kms_pkey_verify(struct kms_pkey *k, struct np_str algorithm, struct np_str message,
                     struct np_str signature);

/* RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256. */
size_t kms_pkey_room(const struct kms_pkey *k, struct np_str algorithm); /* longest plaintext */
int kms_pkey_encrypt(struct kms_pkey *k, struct np_str algorithm, struct np_str plain,
                     struct np_arena *a, struct np_str *out);
int kms_pkey_decrypt(struct kms_pkey *k, struct np_str algorithm, struct np_str sealed,
                     struct np_arena *a, struct np_str *out);

/* Imported material: RSAES_OAEP_… alone, or RSA_AES_KEY_WRAP_…: an AES key by it, then what that
 * wraps (RFC 5649). */
int kms_pkey_unwrap(struct kms_pkey *k, struct np_str algorithm, struct np_str wrapped,
                    struct np_arena *a, struct np_str *out);

/* ECDH with another's SubjectPublicKeyInfo. NP_EINVAL: no key of this curve. */
int kms_pkey_derive(struct kms_pkey *k, struct np_str peer, struct np_arena *a, struct np_str *out);

/* HMAC by the model's algorithm, into 64 bytes; bytes written. */
size_t kms_hmac(struct np_str algorithm, struct np_str key, struct np_str message, uint8_t out[64]);
