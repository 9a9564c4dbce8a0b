/* SPDX-License-Identifier: Apache-2.0 */
/* dnssec.h - keys of signed zones.
 *
 * A key-signing key is a key of KMS and signs nothing but the set of the zone's DNSKEYs; the
 * zone-signing key is the zone's own, sealed at rest, and signs answers in the engine. The set has
 * a signature by each active key-signing key, of a limited time: it is made anew when the set
 * changes, and well before it expires.
 */
#pragma once

#include "engines/dns/signer.h"
#include "services/route53/route53_int.h"

#define ROUTE53_DNSKEY_TTL     3600
#define ROUTE53_SIGNED_MS      (21 * ROUTE53_DAY_MS) /* a signature over the keys is good for */
#define ROUTE53_SIGNED_LEFT_MS (14 * ROUTE53_DAY_MS) /* with less left, another is made */

struct route53_key {
    struct np_str name, reference, kms_arn, public, status;
    int64_t created_ms, changed_ms;
};
bool route53_key_is_active(const struct route53_key *k);
int route53_keys(const struct route53_db *db, struct np_str zone, struct route53_key **out,
                 size_t *n, struct np_err *err);

/* --- signer.c --- */
/* Of the rows; NULL (and logged) when they do not make one. */
struct np_dns_signer *route53_signer(struct np_core *core, const struct route53_db *db,
                                     const struct route53_zone *z);
struct route53_zsk {
    struct np_str sealed, public;
};
/* NP_ENOENT: the zone has none. */
int route53_zsk_get(const struct route53_db *db, struct np_str zone, struct route53_zsk *out,
                    struct np_err *err);
void route53_zsk_new(const struct np_core *core, struct np_arena *a, struct route53_zsk *out);

/* --- signing.c: the set of keys, signed by KMS --- */
struct route53_signed {
    struct np_str ksk, rrsig;
};
struct route53_resign {
    struct np_core *core;
    struct np_loop *loop;
    struct np_arena *arena;
    struct route53_zone zone;
    struct route53_key *keys; /* as they will be */
    size_t n_keys;
    struct route53_zsk zsk;
    struct route53_signed *out; /* for each active key */
    size_t n_out;
    int64_t expires_ms; /* wall clock */
    /* rc 0, or an error; on the loop, never from inside the call. */
    void (*done)(struct route53_resign *r, int rc, const struct np_err *err);
    void *arg;
    size_t at; /* of signing.c */
    void *call;
};
void route53_resign(struct route53_resign *r);
/* In apply: what it made takes the place of what was there. */
int route53_resign_store(struct np_txn *t, const struct route53_resign *r, struct np_err *err);
/* What KMS said, as Route 53 says it. */
int route53_kms_failed(struct np_str arn, const struct np_err *why, struct np_err *err);
struct np_caller route53_kms_caller(struct np_arena *a, const struct route53_zone *z,
                                    struct np_str kms_arn);
