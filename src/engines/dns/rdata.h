/* SPDX-License-Identifier: Apache-2.0 */
/* rdata.h - the types of records, and their data as text and on the wire. Threads: any. */
#pragma once

#include "base/err.h"
#include "base/str.h"

enum np_dns_type {
    NP_DNS_A = 1,
    NP_DNS_NS = 2,
    NP_DNS_CNAME = 5,
    NP_DNS_SOA = 6,
    NP_DNS_PTR = 12,
    NP_DNS_HINFO = 13,
    NP_DNS_MX = 15,
    NP_DNS_TXT = 16,
    NP_DNS_AAAA = 28,
    NP_DNS_SRV = 33,
    NP_DNS_NAPTR = 35,
    NP_DNS_OPT = 41,
    NP_DNS_DS = 43,
    NP_DNS_SSHFP = 44,
    NP_DNS_RRSIG = 46,
    NP_DNS_NSEC = 47,
    NP_DNS_DNSKEY = 48,
    NP_DNS_TLSA = 52,
    NP_DNS_SVCB = 64,
    NP_DNS_HTTPS = 65,
    NP_DNS_SPF = 99,
    NP_DNS_ANY = 255,
    NP_DNS_CAA = 257,
};

/* The number of "A", "AAAA", …; false: none that a zone may hold. */
bool np_dns_type_of(struct np_str text, uint16_t *type);
/* "TYPE65280" for what has no name here. */
struct np_str np_dns_type_text(uint16_t type, struct np_arena *a);

/* One value as a master file has it. Names are absolute with or without their last dot; bytes in
 * names and texts may be \ooo (octal). NP_EINVAL with the reason in Route 53's form,
 * "MXRRDATANotTwoFields (MX record doesn't have 2 fields)". */
int np_dns_rdata_of(uint16_t type, struct np_str text, struct np_arena *a, struct np_str *rdata,
                    struct np_err *err);
/* The data must be of that form, else it is written as "\# n hex" (RFC 3597). */
struct np_str np_dns_rdata_text(uint16_t type, struct np_str rdata, struct np_arena *a);
