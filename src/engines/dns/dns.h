/* SPDX-License-Identifier: Apache-2.0 */
/* dns.h - the authoritative DNS engine: zones published for reading without a lock, and answers on
 * the wire.
 *
 * Names are in wire form and lower case (name.h), data of records in wire form (rdata.h).
 *
 * Threads: one thread at a time changes; answers are given on any thread that is an RCU reader
 *          (io/rcu.h), without a lock and without an allocation. np_dns_health_set(): any.
 * Changes: all or nothing for readers, and seen by the next query.
 */
#pragma once

#include <netinet/in.h>

#include "base/err.h"
#include "base/str.h"
#include "io/net.h"

struct np_dns;
struct np_dns_signer; /* signer.h */
struct np_dns_sigs;

#define NP_DNS_ADDRS_MAX 8

/* From where in the world a query is told to come. */
struct np_dns_spot {
    int16_t lat, lon; /* hundredths of a degree */
};
struct np_dns_place {
    char continent[3], country[3], subdivision[4]; /* "" where not known */
    bool has_spot;
    struct np_dns_spot spot;
    uint8_t prefix; /* every address that shares so many bits is in the same place */
};

/* Who asks: absent is the outside, which sees the public zones. */
struct np_dns_view {
    struct np_str vpc_id;
};

struct np_dns_addrs {
    struct in_addr v4[NP_DNS_ADDRS_MAX];
    struct in6_addr v6[NP_DNS_ADDRS_MAX];
    size_t n_v4, n_v6;
    uint32_t ttl;
    bool unhealthy; /* for aliases that evaluate the health of their target */
    /* Of a name below in-addr.arpa: whose address it is, in wire form; 0: nothing. */
    uint8_t ptr_n;
    uint8_t ptr[255];
};

struct np_dns_opts {
    /* Names that the region itself owns (d123.cloudfront.net), as text in lower case without the
     * last dot: 0, or NP_ENOENT. Asked on the thread of the query, never waits. May be NULL. */
    int (*region_name)(void *arg, struct np_dns_view view, struct np_str name,
                       struct np_dns_addrs *out);
    /* Where an address is: 0; NP_ENOENT: not known (prefix is set all the same); NP_EAGAIN: the
     * table is not there yet, which answers SERVFAIL where it matters. May be NULL. */
    int (*place)(void *arg, const struct np_addr *addr, struct np_dns_place *out);
    void *arg;
    /* Instead of chance, for tests. */
    uint64_t (*random)(void *arg);
    void *random_arg;
};

struct np_dns *np_dns_new(const struct np_dns_opts *opts);
void np_dns_free(struct np_dns *d); /* no reader is left */

/* --- changes --- */

struct np_dns_zone {
    struct np_str id;   /* "Z123", opaque here */
    struct np_str name; /* never changes */
    bool is_private;
    /* Names that the region owns are answered before it: a customer's public zone of a name like
     * cloudfront.net, or above or below, which nobody delegated, must not hide them. */
    bool region_first;
    const struct np_str *vpcs; /* a private zone answers in these alone */
    size_t n_vpcs;
    struct np_dns_signer *signer; /* a reference is taken; NULL: unsigned */
};

enum np_dns_policy {
    NP_DNS_SIMPLE,
    NP_DNS_WEIGHTED,
    NP_DNS_LATENCY,
    NP_DNS_GEO,
    NP_DNS_FAILOVER,
    NP_DNS_MULTIVALUE,
};

/* One record set of a zone: name, type and set_id are its key. Those of one name and type have the
 * same policy. */
struct np_dns_rrset {
    struct np_str name;
    uint16_t type;
    uint32_t ttl;
    struct np_str set_id; /* absent: simple */
    enum np_dns_policy policy;
    uint32_t weight;         /* WEIGHTED */
    struct np_dns_spot spot; /* LATENCY: where the record's region is */
    /* GEO: continent, or country, or both country and subdivision; none of them is the default. */
    struct np_str continent, country, subdivision;
    bool secondary;             /* FAILOVER */
    struct np_str health_check; /* absent: always healthy */
    const struct np_str *rdata;
    size_t n_rdata;
    /* An alias has no data of its own: set, it is the name that is answered for this one, in the
     * same zone or (alias_outside) a name that the region owns. */
    struct np_str alias;
    bool alias_outside, evaluate_health;
};

struct np_dns_change *np_dns_begin(struct np_dns *d);
/* Makes the zone, or gives one that is there another view or signer. Of public zones of one name
 * the one that was made first answers. */
void np_dns_zone_put(struct np_dns_change *c, const struct np_dns_zone *z);
void np_dns_zone_remove(struct np_dns_change *c,
                        struct np_str zone_id); /* fine if it is not there */
/* Adds or replaces. The zone is there and the name is of it. */
void np_dns_rrset_put(struct np_dns_change *c, struct np_str zone_id, const struct np_dns_rrset *r);
void np_dns_rrset_remove(struct np_dns_change *c, struct np_str zone_id, struct np_str name,
                         uint16_t type, struct np_str set_id); /* fine if it is not there */
void np_dns_commit(struct np_dns_change *c);

/* Seen by the next answer. An id that nobody set is healthy. */
void np_dns_health_set(struct np_dns *d, struct np_str health_check, bool healthy);

/* --- answers --- */

/* Where an answer ends that only others could go on with. */
struct np_dns_missed {
    bool yes;
    uint16_t type;
    uint8_t name_n;
    uint8_t name[255]; /* the question's own, or the last target of its CNAMEs */
};

struct np_dns_ctx {
    struct np_dns_view view;
    const struct np_addr *from; /* the asker, where it is told to be; NULL: nowhere */
    bool tcp;
    struct np_dns_sigs *sigs; /* the thread's signatures that were made already; may be NULL */
    uint64_t *chance; /* state of the thread's chance; NULL: np_random(), a system call a draw */
    int64_t now_s;    /* wall clock, seconds: the validity of signatures */
    struct np_str zone_id; /* set: only that zone answers, whatever the view */
    /* A resolver says so of its client: its network. Of np_dns_lookup(); NULL: it says nothing. */
    const struct np_addr *subnet;
    uint8_t subnet_bits;
    bool plain; /* names in full, no limit of size, CNAMEs followed through all zones */
    /* Set: asked as a resolver, not as an authority. CNAMEs are followed through all zones, what
     * nobody here knows does not exist (and `missed` says so). */
    struct np_dns_missed *missed;
};

/* One query to one answer: its bytes, 0: drop it silently. `room` is at least 512. */
size_t np_dns_answer(struct np_dns *d, const struct np_dns_ctx *ctx, const uint8_t *query, size_t n,
                     uint8_t *out, size_t room);

struct np_dns_rr {
    struct np_str name, rdata; /* names in rdata are not compressed */
    uint16_t type;
    uint32_t ttl;
};
struct np_dns_lookup {
    bool owned; /* a zone or a name of the region answered: rcode counts */
    int rcode;
    bool truncated;        /* over UDP only a part would be told */
    struct np_dns_rr *rrs; /* of the answer section: CNAMEs first, then what was asked for */
    size_t n;
    struct np_dns_rr *authority;
    size_t n_authority;
};
/* In process, what a client is told; CNAMEs are followed through all zones of the region. */
void np_dns_lookup(struct np_dns *d, const struct np_dns_ctx *ctx, struct np_str name,
                   uint16_t type, struct np_arena *a, struct np_dns_lookup *out);
