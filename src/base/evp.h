/* SPDX-License-Identifier: Apache-2.0 */
/* evp.h - OpenSSL's algorithms, fetched once, with a context a thread. Inside base only. */
#pragma once

#include <openssl/evp.h>

#include "base/digest.h"

/* alg is one of MD5 and the SHAs. */
const EVP_MD *np_evp_md(enum np_digest_alg alg);
const EVP_CIPHER *np_evp_aes_256_gcm(void);
const EVP_CIPHER *np_evp_aes_256_xts(void);
/* Hash of `head` followed by `data`, in this thread's own context. */
void np_evp_digest(enum np_digest_alg alg, const void *head, size_t head_n, const void *data,
                   size_t n, void *out);
