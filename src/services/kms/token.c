/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - import tokens as bytes. */
#include "services/kms/token.h"

#include "base/arena.h"

/* In the order of their indices, which are in tokens that clients hold. */
static const char *const algorithms[] = {
    "RSAES_OAEP_SHA_1",
    "RSAES_OAEP_SHA_256",
    "RSA_AES_KEY_WRAP_SHA_1",
    "RSA_AES_KEY_WRAP_SHA_256",
};

bool kms_token_parse(struct np_str bytes, struct kms_token *out)
{
    const uint8_t *p = (const uint8_t *)bytes.p;
    if (bytes.n <= KMS_TOKEN_HEAD || p[0] != 1 || p[1] > 1 || p[18] >= NP_LEN(algorithms))
        return false;
    uint64_t ms = 0;
    for (size_t i = 0; i < 8; i++)
        ms = ms << 8 | p[19 + i];
    memcpy(out->key, p + 1, sizeof(out->key));
    out->algorithm = np_str_of(algorithms[p[18]]);
    out->valid_to_ms = (int64_t)(ms & INT64_MAX);
    out->private = np_str_sub(bytes, KMS_TOKEN_HEAD, bytes.n);
    return true;
}

bool kms_token_write(struct np_arena *a, const struct kms_token *t, struct np_str *out)
{
    uint8_t *p = np_alloc(a, KMS_TOKEN_HEAD + t->private.n);
    size_t at = 0;
    while (at < NP_LEN(algorithms) && !np_str_eq(t->algorithm, np_str_of(algorithms[at])))
        at++;
    p[0] = 1;
    memcpy(p + 1, t->key, sizeof(t->key));
    p[18] = (uint8_t)at;
    for (size_t i = 0; i < 8; i++)
        p[19 + i] = (uint8_t)((uint64_t)t->valid_to_ms >> (56 - 8 * i));
    memcpy(p + KMS_TOKEN_HEAD, t->private.p, t->private.n);
    *out = np_str_n(p, KMS_TOKEN_HEAD + t->private.n);
    return at < NP_LEN(algorithms);
}
