/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - messages: a query taken apart, an answer put together.
 *
 * Private to this folder and its tests.
 */
#pragma once

#include "base/str.h"
#include "engines/dns/limits.h"
#include "engines/dns/name.h"
#include "io/net.h"

#define DNS_HEADER         12
#define DNS_POINTER_TO_MAX 0x3fff /* farthest place that a pointer leads to */
#define DNS_CLASS_IN       1

enum dns_rcode {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_NOTIMP = 4,
    DNS_REFUSED = 5,
    DNS_BADVERS = 16,
};

enum dns_bit {
    DNS_QR = 0x8000,
    DNS_AA = 0x0400,
    DNS_TC = 0x0200,
    DNS_RD = 0x0100,
    DNS_RA = 0x0080,
    DNS_CD = 0x0010,
    DNS_OPCODE = 0x7800,
};

extern const uint8_t np_dns_lower[256];
void np_dns_lower_copy(uint8_t *to, const uint8_t *from, size_t n);
/* The byte that text has at i, perhaps escaped; how long it is there, 0: a wrong escape. */
size_t np_dns_unescape(struct np_str text, size_t i, uint8_t *byte);

static inline uint16_t dns_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t dns_get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void dns_put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}
static inline void dns_put32(uint8_t *p, uint32_t v)
{
    dns_put16(p, (uint16_t)(v >> 16));
    dns_put16(p + 2, (uint16_t)v);
}

/* --- the query --- */

struct dns_subnet { /* RFC 7871 */
    bool present;
    uint16_t family; /* 1, 2; 0: none */
    uint8_t source;  /* bits */
    uint8_t addr[16];
};

struct dns_query {
    uint16_t id, flags, type, class;
    uint16_t question_n; /* bytes of the question as it came, from DNS_HEADER on; 0: none to echo */
    uint8_t name_n, n_labels;
    uint8_t name[NP_DNS_NAME_MAX + 1]; /* lower case */
    uint8_t labels[NP_DNS_LABELS_MAX]; /* where they begin in `name` */
    bool edns, dnssec_ok;
    uint8_t edns_version;
    uint16_t udp_bytes;
    struct dns_subnet subnet;
};

/* 0 and an rcode; NP_EPROTO: no answer is due (an answer itself, or no header). */
int dns_query_parse(const uint8_t *p, size_t n, struct dns_query *q, enum dns_rcode *rcode);
/* The length of the name at `at` with its pointers not followed, and with `out` (of
 * NP_DNS_NAME_MAX + 1) what it is; 0: malformed. */
size_t dns_name_read(const uint8_t *p, size_t n, size_t at, uint8_t *out, size_t *out_n);

/* --- the answer --- */

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL };

#define DNS_POINTERS_MAX 64
struct dns_pointers {
    unsigned n; /* beyond the most: there are more than fit */
    uint16_t at[DNS_POINTERS_MAX];
};

struct dns_out {
    uint8_t *p;
    size_t n, room; /* room leaves place for the OPT record */
    bool full;      /* something did not fit */
    bool plain;     /* no compression */
    uint16_t counts[3];
    uint16_t flags;
    struct dns_pointers *pointers; /* where those that are written go; NULL: nobody asks */
    unsigned n_known;
    uint16_t known[NP_DNS_KNOWN_NAMES]; /* where a label begins that a pointer can lead to */
};

/* What can be taken back. */
struct dns_mark {
    size_t n;
    unsigned n_known;
    uint16_t counts[3];
};

void dns_out_init(struct dns_out *o, uint8_t *p, size_t room);
/* Labels of the question can be pointed at. */
void dns_out_knows(struct dns_out *o, const struct dns_query *q);
struct dns_mark dns_out_mark(const struct dns_out *o);
void dns_out_back(struct dns_out *o, const struct dns_mark *m); /* not full any more */
void dns_put_name(struct dns_out *o, const uint8_t *name, size_t n);
/* Whose a record is. */
struct dns_owner {
    struct np_str name; /* in lower case */
    uint16_t at;        /* where it stands in the answer; 0: nowhere, or too far for a pointer */
};
/* One record; names in rdata that may be are compressed. */
void dns_put_rr(struct dns_out *o, enum dns_section s, const struct dns_owner *owner, uint16_t type,
                uint32_t ttl, struct np_str rdata);
/* Records as struct dns_set has them (zone.h), whose type has no names to compress. */
void dns_put_run(struct dns_out *o, enum dns_section s, uint16_t at, struct np_str run, unsigned n);
/* Where names stand in rdata: bytes before the first, how many there are. */
struct dns_names_at {
    uint8_t before, n;
    bool compress; /* older receivers know to expect it (RFC 3597) */
};
struct dns_names_at dns_rdata_names(uint16_t type);
