/* SPDX-License-Identifier: Apache-2.0 */
/* signer.h - DNSSEC: keys of a zone, ECDSA P-256 with SHA-256 (algorithm 13), signing as it
 * answers.
 *
 * The zone-signing key is here and signs every answer that asks for it; the set of DNSKEYs comes
 * with its signatures, made elsewhere with the key-signing keys, which never come here.
 *
 * Threads: a signer is immutable and counted.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_dns_signer;
struct np_dns_sigs;
struct np_arena;

#define NP_DNS_PUBLIC_KEY  64 /* x and y */
#define NP_DNS_PRIVATE_KEY 32
#define NP_DNS_SIGNATURE   64 /* r and s */
#define NP_DNS_FLAGS_ZSK   256
#define NP_DNS_FLAGS_KSK   257

void np_dns_key_new(uint8_t private_key[NP_DNS_PRIVATE_KEY], uint8_t public_key[NP_DNS_PUBLIC_KEY]);
/* Of what KMS gives (SubjectPublicKeyInfo, DER signature). NP_EINVAL: not of that curve. */
int np_dns_public_of_der(struct np_str der, uint8_t out[NP_DNS_PUBLIC_KEY], struct np_err *err);
int np_dns_signature_of_der(struct np_str der, uint8_t out[NP_DNS_SIGNATURE], struct np_err *err);

struct np_str np_dns_dnskey(struct np_arena *a, uint16_t flags,
                            const uint8_t public_key[NP_DNS_PUBLIC_KEY]);
uint16_t np_dns_key_tag(struct np_str dnskey);
/* DS with a SHA-256 digest, for the parent. */
struct np_str np_dns_ds(struct np_arena *a, struct np_str zone, struct np_str dnskey);

/* The RRSIG of a set by `dnskey`, in two steps: what has to be signed (ECDSA over its SHA-256),
 * which begins with the RRSIG's own data but the signature; then that data with it. */
struct np_dns_sig_spec {
    struct np_str zone, name; /* who signs; the owner of the set */
    uint16_t type;
    uint32_t ttl;
    struct np_str dnskey;
    int64_t from_s, to_s; /* validity */
};
struct np_str np_dns_to_sign(struct np_arena *a, const struct np_dns_sig_spec *spec,
                             const struct np_str *rdata, size_t n);
struct np_str np_dns_rrsig(struct np_arena *a, const struct np_dns_sig_spec *spec,
                           const uint8_t signature[NP_DNS_SIGNATURE]);

struct np_dns_signer_opts {
    struct np_str zone;
    const uint8_t *zsk_private;   /* NP_DNS_PRIVATE_KEY bytes */
    const struct np_str *dnskeys; /* all of the zone, the ZSK among them */
    size_t n_dnskeys;
    const struct np_str *dnskey_rrsigs; /* by each key-signing key that is active */
    size_t n_dnskey_rrsigs;
    uint32_t dnskey_ttl;
};
int np_dns_signer_new(const struct np_dns_signer_opts *o, struct np_dns_signer **out,
                      struct np_err *err);
struct np_dns_signer *np_dns_signer_ref(struct np_dns_signer *s);
void np_dns_signer_unref(struct np_dns_signer *s); /* NULL is fine */

/* The signatures that a thread made lately. */
struct np_dns_sigs *np_dns_sigs_new(void);
void np_dns_sigs_free(struct np_dns_sigs *s); /* NULL is fine */
