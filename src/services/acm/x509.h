/* SPDX-License-Identifier: Apache-2.0 */
/* x509.h - certificates as bytes: what they say, and whether one that is imported may be.
 *
 * Any thread; nothing of a request but the arena. */
#pragma once

#include "base/err.h"
#include "gen/acm/types.h"

/* What a certificate says, into the members that are its own: names, serial, subject, issuer,
 * times, algorithms, usages. NP_EINVAL: not one certificate in PEM. */
int acm_x509_read(struct np_arena *a, struct np_str pem, struct acm_CertificateDetail *out,
                  struct np_err *err);

struct acm_import {
    struct np_str body, chain, key; /* as they came; chain may be absent */
    int64_t now_ms;
};
/* The same in one form: PEM without what stood around it; key PKCS#8, a secret that the caller
 * wipes. A fault says what is wrong. */
int acm_x509_import(struct np_arena *a, const struct acm_import *in, struct acm_import *out,
                    struct acm_CertificateDetail *detail, struct np_err *err);

/* The key, PKCS#8 PEM, encrypted with a passphrase. NP_ECORRUPT: it is none. */
int acm_x509_lock(struct np_arena *a, struct np_str key, struct np_str passphrase,
                  struct np_str *out, struct np_err *err);

/* Issuer, subject and alternative names, part by part. NP_EINVAL: no certificate in PEM. */
int acm_x509_names(struct np_arena *a, struct np_str pem, struct acm_X509Attributes *out);
