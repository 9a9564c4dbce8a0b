/* SPDX-License-Identifier: Apache-2.0 */
/* ttl.h - how long a response may be served, by CloudFront's rules (README: the table).
 *
 * No shared state; any thread. */
#pragma once

#include "http/http.h"

/* Cache-Control as far as a cache cares. -1: not said. Absurd numbers are as large as fits. */
struct edge_cache_control {
    int64_t max_age_s, s_maxage_s, stale_while_revalidate_s, stale_if_error_s;
    bool no_cache, no_store, is_private, must_revalidate;
};
/* Of all Cache-Control fields of a head together: call once a field on a zeroed struct that
 * edge_cache_control_init() made. Never fails: what is malformed says nothing. */
void edge_cache_control_init(struct edge_cache_control *cc);
void edge_cache_control_add(struct edge_cache_control *cc, struct np_str value);

struct edge_ttl_rules {
    int64_t min_s, default_s, max_s;
};
struct edge_ttl {
    bool cacheable;
    int64_t fresh_ms;                  /* from when the response came */
    int64_t stale_while_revalidate_ms; /* after that */
    int64_t stale_if_error_ms;         /* -1: as long as it is there */
};
/* Of a good response. now_ms: wall time, to which Expires is compared where Date is missing. */
void edge_ttl_of(const struct np_http_field *fields, size_t n, const struct edge_ttl_rules *r,
                 int64_t now_ms, struct edge_ttl *out);
/* Of a response with an error status: fresh_ms, and whether it is kept at all. min_ttl_s: of the
 * custom error response, -1: there is none. */
void edge_ttl_of_error(int status, const struct np_http_field *fields, size_t n, int64_t min_ttl_s,
                       struct edge_ttl *out);
