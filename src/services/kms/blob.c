/* SPDX-License-Identifier: Apache-2.0 */
/* blob.c - ciphertext blobs: taken apart, sealed, opened. */
#include "services/kms/blob.h"

#include "base/arena.h"
#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"

#define VERSION     1
#define AT_MATERIAL 18
#define AT_SALT     50
#define SALT_BYTES  16
#define AT_NONCE    66
#define BOUND_MAX   (64 * 1024) /* more than a head and the longest context */

/* --- ids of keys --- */

static const size_t uuid_parts[] = {0, 8, 12, 16, 20, 32};

bool kms_id_parse(struct np_str id, uint8_t out[17])
{
    char digits[32];
    if (np_str_starts(id, NP_STR("mrk-")) && id.n == 36) {
        out[0] = 1;
        memcpy(digits, id.p + 4, 32);
    } else if (id.n == 36) {
        out[0] = 0;
        const char *from = id.p;
        for (size_t i = 0; i + 1 < NP_LEN(uuid_parts); i++) {
            size_t n = uuid_parts[i + 1] - uuid_parts[i];
            memcpy(digits + uuid_parts[i], from, n);
            from += n;
            if (i + 2 < NP_LEN(uuid_parts) && *from++ != '-')
                return false;
        }
    } else {
        return false;
    }
    for (size_t i = 0; i < sizeof(digits); i++)
        if (digits[i] >= 'A' && digits[i] <= 'F')
            return false;
    return np_unhex(out + 1, np_str_n(digits, sizeof(digits)));
}

size_t kms_id_text(const uint8_t id[17], char out[KMS_ID_MAX])
{
    char digits[32];
    np_hex(digits, id + 1, 16);
    if (id[0] == 1) {
        memcpy(out, "mrk-", 4);
        memcpy(out + 4, digits, sizeof(digits));
        return 36;
    }
    char *to = out;
    for (size_t i = 0; i + 1 < NP_LEN(uuid_parts); i++) {
        size_t n = uuid_parts[i + 1] - uuid_parts[i];
        if (i > 0)
            *to++ = '-';
        memcpy(to, digits + uuid_parts[i], n);
        to += n;
    }
    return 36;
}

/* --- blobs --- */

bool kms_blob_parse(struct np_str bytes, struct kms_blob *out)
{
    const uint8_t *p = (const uint8_t *)bytes.p;
    if (bytes.n < KMS_BLOB_MORE || p[0] != VERSION || p[1] > 1)
        return false;
    out->key_id_n = kms_id_text(p + 1, out->key_id);
    out->material_id = p + AT_MATERIAL;
    out->salt = p + AT_SALT;
    out->nonce = p + AT_NONCE;
    out->sealed = np_str_n(p + KMS_BLOB_HEAD, bytes.n - KMS_BLOB_HEAD);
    return true;
}

/* The message's own cipher: no key of AES-GCM is used for more than one message, so there is no
 * number of messages after which nonces could meet. */
static struct np_aead *cipher(struct np_str material, const uint8_t *salt)
{
    uint8_t key[NP_AEAD_KEY];
    np_hmac_sha256(material, np_str_n(salt, SALT_BYTES), key);
    struct np_aead *c = np_aead_new(key);
    np_wipe(key, sizeof(key));
    return c;
}

/* Head and context, one after the other. */
static struct np_str bound(struct np_buf *b, const uint8_t *head, struct np_str context)
{
    np_buf_add(b, head, KMS_BLOB_HEAD);
    np_buf_str_add(b, context);
    return np_buf_str(b);
}

void kms_blob_seal(const uint8_t id[17], const uint8_t material_id[32], struct np_str material,
                   struct np_str context, struct np_str plain, uint8_t *out)
{
    out[0] = VERSION;
    memcpy(out + 1, id, 17);
    memcpy(out + AT_MATERIAL, material_id, 32);
    np_random(out + AT_SALT, SALT_BYTES + NP_AEAD_NONCE);
    NP_AUTO_BUF ad;
    np_buf_init(&ad, NULL, BOUND_MAX);
    struct np_aead *c = cipher(material, out + AT_SALT);
    np_aead_seal(c, out + AT_NONCE, bound(&ad, out, context), plain.p, plain.n,
                 out + KMS_BLOB_HEAD);
    np_aead_free(c);
}

bool kms_blob_open(struct np_str whole, const struct kms_blob *b, struct np_str material,
                   struct np_str context, uint8_t *out)
{
    NP_AUTO_BUF ad;
    np_buf_init(&ad, NULL, BOUND_MAX);
    struct np_aead *c = cipher(material, b->salt);
    bool ok = np_aead_open(c, b->nonce, bound(&ad, (const uint8_t *)whole.p, context), b->sealed.p,
                           b->sealed.n, out);
    np_aead_free(c);
    return ok;
}
