/* SPDX-License-Identifier: Apache-2.0 */
/* tls.h - TLS contexts, certificates by name, and the region's certificate authority (ECDSA P-256).
 *
 * The CA's key and certificate are files in `dir` (ca.key 0600, ca.pem), made if neither is there.
 * They are read by np_ca_load() on a thread that may block, or by whoever needs them before. A leaf
 * for a server name is made when a client first asks for it by SNI, valid for the name, and kept
 * in memory; without SNI the leaf names localhost and the loopback addresses.
 *
 * A server shows what its store has for the name that a client asks for, else a leaf of its CA.
 * Sessions are resumed by tickets under keys that live in the server's memory alone.
 * Threads: an np_tls, a store and a certificate are shared by all loops. A store is changed from
 * any thread that may take a lock; connections keep what they were shown.
 */
#pragma once

#include "base/err.h"

struct np_tls;
struct np_ca;
struct np_tls_cert;
struct np_tls_store;

struct np_ca *np_ca_new(struct np_str dir);
/* Any thread; again is fine. NP_ECORRUPT: the two do not belong together. */
int np_ca_load(struct np_ca *ca, struct np_err *err);
void np_ca_free(struct np_ca *ca);
struct np_str np_ca_pem(struct np_ca *ca); /* absent: it cannot be loaded */

/* A certificate with what links it to its root (may be absent) and its key, RSA or EC: PEM; the
 * texts stay the caller's, who wipes the key's. NP_EINVAL: not PEM, or not the certificate's key.
 * Immutable and counted. */
int np_tls_cert_new(struct np_str cert_pem, struct np_str chain_pem, struct np_str key_pem,
                    struct np_tls_cert **out, struct np_err *err);
struct np_tls_cert *np_tls_cert_ref(struct np_tls_cert *c);
void np_tls_cert_unref(struct np_tls_cert *c); /* NULL is fine */

/* Certificates by name: exact ones and "*.x", which stands for one label. Names are compared
 * without case; the exact one goes first. `policy` as below, NULL takes the server's. */
struct np_tls_store *np_tls_store_new(void);
void np_tls_store_free(struct np_tls_store *s); /* after the servers that show it */
/* NP_EINVAL: not a host name. NP_ENOENT: no such policy. Takes a reference of its own. */
int np_tls_store_put(struct np_tls_store *s, struct np_str name, struct np_tls_cert *c,
                     const char *policy, struct np_err *err);
void np_tls_store_remove(struct np_tls_store *s, struct np_str name); /* absent is fine */

/* Versions and ciphers by AWS's names ("TLSv1.2_2021", …): 0, or NP_ENOENT. */
int np_tls_policy_ok(struct np_str name);

struct np_tls_server_opts {
    struct np_tls_store *store; /* may be NULL */
    struct np_ca *ca;           /* NULL: only names of the store, others end the handshake */
    /* For which names (in lower case) the CA may make a leaf (NULL: all); other names get the
     * default. Names below localhost always get theirs. Called on any loop. */
    bool (*name_ok)(void *arg, struct np_str name);
    void *arg;
    const char *policy; /* NULL: TLS 1.2 and 1.3 with OpenSSL's ciphers */
    bool h2;            /* offer HTTP/2 beside HTTP/1.1 */
};
int np_tls_server_new(const struct np_tls_server_opts *o, struct np_tls **out, struct np_err *err);
/* Verifies against the CA and, when system_roots, the host's trust store. */
int np_tls_client(struct np_ca *ca, bool system_roots, struct np_tls **out, struct np_err *err);
/* Takes whatever it is shown: for health checks, which ask whether a server lives, not who it is.
 */
int np_tls_client_unverified(struct np_tls **out, struct np_err *err);
void np_tls_free(struct np_tls *t);
