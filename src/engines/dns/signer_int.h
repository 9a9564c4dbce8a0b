/* SPDX-License-Identifier: Apache-2.0 */
/* signer_int.h - a zone's keys at work. Private to this folder and its tests. */
#pragma once

#include <openssl/evp.h>

#include "base/buf.h"
#include "engines/dns/signer.h"

struct np_dns_signer {
    int refs;
    EVP_PKEY *zsk;
    struct np_str zone, zsk_dnskey; /* in `memory` */
    struct np_str *dnskeys, *dnskey_rrsigs;
    size_t n_dnskeys, n_dnskey_rrsigs;
    uint32_t dnskey_ttl;
    struct np_arena *memory;
};

/* What is signed: the RRSIG's own data and the set in canonical form. */
void dns_to_sign(struct np_buf *b, const struct np_dns_sig_spec *spec, const struct np_str *rdata,
                 size_t n);
/* Bytes of an RRSIG's data before its signature. */
size_t dns_sig_head(const struct np_dns_sig_spec *spec);
/* Of `to_sign`; made by this thread before, where it was. */
void dns_sign(const struct np_dns_signer *s, struct np_dns_sigs *sigs, struct np_str to_sign,
              uint8_t out[NP_DNS_SIGNATURE]);
