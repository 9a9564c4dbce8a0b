/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - what tells objects apart, and what parts of a request a set chooses. */
#pragma once

#include "engines/edge/request.h"

bool edge_set_has(const struct np_edge_set *s, struct np_str name, bool ignore_case);
/* Fills rq->key and rq->whole_n. False: too long to be cached. */
bool edge_key_make(struct np_edge_request *rq, bool with_range);
/* The key that has another kind of request in front: 'G' for GET, 'H', 'O', in the arena. */
struct edge_key edge_key_of_kind(struct np_arena *a, const struct edge_key *k, size_t n, char kind);
/* Path and query of a key's text. */
struct np_str edge_key_url(struct np_str key);
/* The chosen parameters in the order that they came in; absent if there are none. `more` may be
 * NULL: chosen too. */
struct np_str edge_query_choose(struct np_edge_request *rq, const struct np_edge_set *s,
                                const struct np_edge_set *more);
/* A Cookie value; absent if none is chosen. */
struct np_str edge_cookies_choose(struct np_edge_request *rq, const struct np_edge_set *s,
                                  const struct np_edge_set *more, bool sorted);
/* "br,gzip", "gzip", "br" or "" */
struct np_str edge_coding_of(const struct np_edge_request *rq);
