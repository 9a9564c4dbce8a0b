/* SPDX-License-Identifier: Apache-2.0 */
/* blob.h - ciphertext blobs: what Encrypt under a symmetric key hands out and Decrypt takes back.
 *
 *   0     1  version, 1
 *   1     1  kind of key id: 0 UUID, 1 mrk-
 *   2    16  key id
 *   18   32  id of the key material
 *   50   16  salt: the message's own key is HMAC-SHA256(material, salt)
 *   66   12  nonce of AES-256-GCM
 *   78    n  ciphertext, then the tag of 16 bytes
 *
 * Authentic with it: bytes 0 to 77 and the encryption context in its canonical form. Threads: any.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"

#define KMS_BLOB_HEAD 78
#define KMS_BLOB_TAG  16
#define KMS_BLOB_MORE (KMS_BLOB_HEAD + KMS_BLOB_TAG) /* bytes beside the plaintext */
#define KMS_ID_MAX    36                             /* characters of a key id */

struct kms_blob {
    char key_id[KMS_ID_MAX]; /* as text */
    size_t key_id_n;
    const uint8_t *material_id; /* 32 bytes, borrowed */
    const uint8_t *salt, *nonce;
    struct np_str sealed; /* with the tag */
};
/* False: none of ours. Says nothing about whether it is authentic. */
bool kms_blob_parse(struct np_str bytes, struct kms_blob *out);

/* UUID or mrk- id to its kind and 16 bytes; false: neither. */
bool kms_id_parse(struct np_str id, uint8_t out[17]);
/* The reverse; characters written. */
size_t kms_id_text(const uint8_t id[17], char out[KMS_ID_MAX]);

/* out has plain.n + KMS_BLOB_MORE bytes; `id` is kms_id_parse()'s. */
void kms_blob_seal(const uint8_t id[17], const uint8_t material_id[32], struct np_str material,
                   struct np_str context, struct np_str plain, uint8_t *out);
/* The blob that `whole` was parsed to. out has sealed.n - KMS_BLOB_TAG bytes. False: it was
 * changed, or the context is another. */
bool kms_blob_open(struct np_str whole, const struct kms_blob *b, struct np_str material,
                   struct np_str context, uint8_t *out);
