/* SPDX-License-Identifier: Apache-2.0 */
/* pkey.c - asymmetric keys, by OpenSSL. */
#include "services/kms/pkey.h"

#include <openssl/evp.h>

struct kms_pkey *kms_pkey_ref(struct kms_pkey *k)
{
    EVP_PKEY_up_ref((EVP_PKEY *)k);
    return k;
}

void kms_pkey_unref(struct kms_pkey *k)
{
    EVP_PKEY_free((EVP_PKEY *)k);
}
