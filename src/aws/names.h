/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - names that the region owns, and whoever answers them.
 *
 * A source answers for the names of one service (d123.cloudfront.net, bucket.s3-website-…); the DNS
 * provider answers for hosted zones. Both are registered in a service's init, asked on any loop,
 * and answer from projections without waiting. What they hand out is valid until the callback
 * returns to its loop.
 */
#pragma once

#include <netinet/in.h>

#include "base/str.h"

struct np_core;
struct np_arena;

#define NP_NAME_ADDRS_MAX 8

struct np_name_addrs {
    struct in_addr v[NP_NAME_ADDRS_MAX];
    size_t n;
    uint32_t ttl;
    struct np_str
        zone_id; /* that an alias record names it by, "Z2FDTNDATAQYW2"; absent: none may */
};

struct np_name_source {
    const char *what;
    void *arg;
    /* name in lower case without a dot at its end; vpc_id absent: as seen from outside, pool
     * addresses. NP_ENOENT: not mine; n == 0: mine, but it has no address now. */
    int (*find)(void *arg, struct np_str name, struct np_str vpc_id, struct np_name_addrs *out);
    /* Which names those may be, as globs, NULL-terminated ("*.cloudfront.net"): browsers are told
     * by proxy.pac to ask the region for them. NULL: none. */
    const char *const *globs;
};
void np_name_source_add(struct np_core *core, const struct np_name_source *s);
/* Any case, with or without the dot at the end. NP_ENOENT: no source knows it. */
int np_name_find(const struct np_core *core, struct np_str name, struct np_str vpc_id,
                 struct np_name_addrs *out);

/* DNS as the region serves it to the outside: for certificate validation, the forward proxy,
 * dialling. */
struct np_dns_provider {
    void *arg;
    /* rrs in text form, CNAMEs followed. type: "A", "CNAME", "TXT"… NP_ENOENT: no zone of the
     * region has that name (ask elsewhere); 0 with none: NXDOMAIN or NODATA. */
    int (*lookup)(void *arg, struct np_arena *a, struct np_str name, const char *type,
                  struct np_strs *out);
    /* Names of all public zones, without the dot at the end; NULL: none. */
    void (*zones)(void *arg, void (*each)(void *x, struct np_str name), void *x);
};
void np_provide_dns(struct np_core *core, const struct np_dns_provider *p);
int np_dns_find(const struct np_core *core, struct np_arena *a, struct np_str name,
                const char *type, struct np_strs *out);
void np_dns_zones(const struct np_core *core, void (*each)(void *x, struct np_str name), void *x);

/* Globs of all sources. */
void np_name_globs(const struct np_core *core, void (*each)(void *x, struct np_str glob), void *x);
