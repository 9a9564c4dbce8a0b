/* SPDX-License-Identifier: Apache-2.0 */
/* ca.h - certificates that the region's authority gives out: with a new key, to be kept by others.
 *
 * Threads: any that may block: a key of RSA takes a tenth of a second.
 */
#pragma once

#include "io/tls.h"

enum np_ca_key { NP_CA_RSA_2048, NP_CA_EC_P256, NP_CA_EC_P384 };

struct np_ca_request {
    const struct np_str *names; /* host names, "*.x" too, in lower case; the first is the subject */
    size_t n_names;
    enum np_ca_key key;
    int64_t from_ms, to_ms; /* valid: whole seconds count */
};
struct np_ca_issued { /* PEM, in the arena */
    struct np_str cert, chain;
    struct np_str key; /* PKCS#8, in the clear: the caller wipes it */
};
/* By the authority's own key: the signature alone (SHA-256, DER), and a CMS message (DER) that
 * holds document, certificate and signature. The authority has been loaded: else NP_EAGAIN. */
int np_ca_sign(struct np_ca *ca, struct np_str document, struct np_arena *a,
               struct np_str *signature, struct np_str *cms, struct np_err *err);
/* NP_EINVAL: something in the names that is no host name. */
int np_ca_issue(struct np_ca *ca, const struct np_ca_request *rq, struct np_arena *a,
                struct np_ca_issued *out, struct np_err *err);
