/* SPDX-License-Identifier: Apache-2.0 */
/* tls_int.h - the inside of a TLS configuration, for the streams. */
#pragma once

#include <openssl/ssl.h>

#include "io/tls.h"

struct np_tls {
    SSL_CTX *ctx;
    struct np_ca *ca;
    bool (*name_ok)(void *arg, struct np_str name);
    void *name_arg;
};

/* The leaf for a name (absent: the default one) and its key, both new references. NULL: failed. */
X509 *np_ca_leaf(struct np_ca *ca, struct np_str name, EVP_PKEY **key);
struct np_ca *np_ca_ref(struct np_ca *ca);
X509 *np_ca_cert(struct np_ca *ca);
/* Takes the oldest reason from OpenSSL's queue into err and empties the queue. Returns code. */
int np_err_openssl(struct np_err *err, int code, const char *what);
