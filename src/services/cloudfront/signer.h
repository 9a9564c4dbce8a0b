/* SPDX-License-Identifier: Apache-2.0 */
/* signer.h - a public key that signed URLs and cookies are checked with. Immutable, counted. */
#pragma once

#include "base/str.h"

struct cloudfront_signer;

/* Of a PEM public key; NULL: it is none, or neither RSA of 2048 bits nor ECDSA on P-256. */
struct cloudfront_signer *cloudfront_signer_new(struct np_str pem);
struct cloudfront_signer *cloudfront_signer_ref(struct cloudfront_signer *s);
void cloudfront_signer_unref(struct cloudfront_signer *s); /* NULL is fine */

/* sha256: else SHA-1, which is what AWS has always signed with. */
bool cloudfront_signer_verify(const struct cloudfront_signer *s, bool sha256, struct np_str text,
                              struct np_str signature);
