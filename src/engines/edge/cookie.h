/* SPDX-License-Identifier: Apache-2.0 */
/* cookie.h - the Cookie fields of a request, as pairs.
 *
 * No shared state; any thread. */
#pragma once

#include "http/http.h"

struct edge_cookie {
    struct np_str name, value, text; /* text: the pair as it came */
};
/* Pairs of one Cookie value behind the *n that are there; those past `max` are dropped. A pair
 * without '=' has an absent value and its text as name. */
void edge_cookies_parse(struct np_str value, struct edge_cookie *out, size_t *n, size_t max);
