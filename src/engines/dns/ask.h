/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - a query being answered. Private to this folder. */
#pragma once

#include "engines/dns/zone.h"

struct dns_ask {
    struct np_dns *dns;
    const struct np_dns_ctx *ctx;
    const struct dns_query *query;
    const struct dns_root *root;
    const struct dns_zone *zone;
    struct dns_out out;
    enum dns_rcode rcode;
    bool sign; /* DNSSEC is asked for and the zone has keys */
    unsigned health_left;
    bool placed; /* place_rc and place are known */
    int place_rc;
    struct np_dns_place place;
    uint8_t scope; /* of the client subnet */
};

uint64_t dns_chance(struct dns_ask *ask);
/* 0; NP_ENOENT; NP_EAGAIN. */
int dns_place(struct dns_ask *ask);

/* What a name and type are answered with now: sets with data, or addresses of the region. */
struct dns_choice {
    unsigned n;
    struct dns_chosen {
        const struct dns_item *item;
        const struct dns_set *set;
    } v[NP_DNS_MULTIVALUE_MAX];
    bool outside;
    struct np_dns_addrs addrs;
};
/* NP_ENOENT: nothing; NP_EAGAIN: it depends on a place, and those are not there yet. */
int dns_choose(struct dns_ask *ask, const struct dns_item *item, uint16_t type,
               struct dns_choice *out);
/* Of a name that the region owns. */
int dns_region_name(struct dns_ask *ask, struct np_str name, struct np_dns_addrs *out);

/* --- DNSSEC --- */

/* The signature of a set that was just put. */
void dns_put_signature(struct dns_ask *ask, enum dns_section s, const struct dns_owner *owner,
                       uint16_t type, uint32_t ttl, const struct np_strs *rdata);
/* Says which types the name has (NULL: no such name), and nothing about names near it. */
void dns_put_nsec(struct dns_ask *ask, enum dns_section s, const struct dns_owner *owner,
                  const struct dns_item *item, uint32_t ttl);
bool dns_put_dnskeys(struct dns_ask *ask);
