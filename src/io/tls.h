/* SPDX-License-Identifier: Apache-2.0 */
/* tls.h - TLS contexts, and the region's certificate authority (ECDSA P-256).
 *
 * The CA's key and certificate are files in `dir` (ca.key 0600, ca.pem), made if neither is there.
 * They are read by np_ca_load() on a thread that may block, or by whoever needs them before. A leaf
 * for a server name is made when a client first asks for it by SNI, valid for the name, and kept
 * in memory; without SNI the leaf names localhost and the loopback addresses.
 * Threads: an np_tls is shared by all loops.
 */
#pragma once

#include "base/err.h"

struct np_tls;
struct np_ca;

struct np_ca *np_ca_new(struct np_str dir);
/* Any thread; again is fine. NP_ECORRUPT: the two do not belong together. */
int np_ca_load(struct np_ca *ca, struct np_err *err);
void np_ca_free(struct np_ca *ca);
struct np_str np_ca_pem(struct np_ca *ca); /* absent: it cannot be loaded */

/* name_ok decides for which names (in lower case) a leaf may be made (NULL: all); other names get
 * the default. Names below localhost always get theirs. Called on any loop. */
int np_tls_server(struct np_ca *ca, bool (*name_ok)(void *arg, struct np_str name), void *arg,
                  struct np_tls **out, struct np_err *err);
/* Verifies against the CA and, when system_roots, the host's trust store. */
int np_tls_client(struct np_ca *ca, bool system_roots, struct np_tls **out, struct np_err *err);
void np_tls_free(struct np_tls *t);
