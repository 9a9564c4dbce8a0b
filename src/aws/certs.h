/* SPDX-License-Identifier: Apache-2.0 */
/* certs.h - certificates by ARN: who holds them (ACM), who shows them to clients (whatever ends
 * TLS), and who uses which.
 *
 * Order: the holder registers in its init, watchers in theirs; nothing registers later.
 * Threads: np_cert_get() on any loop, from projections, without waiting; np_cert_use() and
 * np_cert_unuse() in apply, in state.db; watchers are called on its writer's thread.
 */
#pragma once

#include "store/store.h"

struct np_core;
struct np_tls_cert;

struct np_cert_provider {
    void *arg;
    /* What np_cert_get() answers. */
    int (*get)(void *arg, struct np_str arn, struct np_arena *a, struct np_tls_cert **cert,
               struct np_strs *names);
    /* In apply: can the scope's account show that certificate? 0, NP_ENOENT, NP_EINVAL. */
    int (*usable)(void *arg, struct np_txn *t, struct np_str arn, struct np_err *err);
};
void np_provide_certs(struct np_core *core, const struct np_cert_provider *p);

/* The certificate as it is now: a new reference, dropped by np_tls_cert_unref(), and the names that
 * it is for (lower case, "*.example.com" too), in `a`. NP_ENOENT: no such certificate. NP_EINVAL:
 * not issued (yet), failed, or expired. cert and names may be NULL. Whose it is stands in the ARN.
 */
int np_cert_get(const struct np_core *core, struct np_str arn, struct np_arena *a,
                struct np_tls_cert **cert, struct np_strs *names);

/* Told when np_cert_get() answers anew: issued, renewed, imported again, expired, deleted. */
void np_cert_watch(struct np_core *core, void (*changed)(void *arg, struct np_str arn), void *arg);
/* The holder tells it: on the writer's thread, its projection has the new state. */
void np_cert_changed(const struct np_core *core, struct np_str arn);

/* --- InUseBy: who uses a certificate says so in its own transaction --- */

/* From now on the certificate cannot be deleted, and is renewed. Again is fine. NP_ENOENT,
 * NP_EINVAL as above: nothing was written. The user is of the scope's account; its region may be
 * another (a distribution has none). */
int np_cert_use(const struct np_core *core, struct np_txn *t, struct np_str cert_arn,
                struct np_str user_arn, struct np_err *err);
/* Fine when it did not use it. */
int np_cert_unuse(struct np_txn *t, struct np_str cert_arn, struct np_str user_arn,
                  struct np_err *err);
/* The notice of both, with the certificate's ARN as key. */
#define NP_CERT_USE_NOTICE "certs.use"
/* The users' ARNs, sorted. */
size_t np_cert_users(struct np_dbc *c, const struct np_scope *scope, struct np_str cert_arn,
                     struct np_arena *a, struct np_str **out);
