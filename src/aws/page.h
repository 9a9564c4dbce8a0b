/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - page tokens: the keyset position of the last row, bound to operation, account, region
 * and filter by a MAC under the region's key; valid across restarts. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_req;

/* Hashes a member for `filter`; the same in every run. */
uint64_t np_page_filter(struct np_str text);
/* filter: a hash over the members that select rows; the same must come with the token. A position
 * has at most NP_PAGE_POSITION_MAX bytes. */
struct np_str np_page_token(const struct np_req *rq, uint64_t filter, struct np_str position);
/* Absent token: *position absent. NP_EINVAL: not one of ours for this call. */
int np_page_position(const struct np_req *rq, uint64_t filter, struct np_str token,
                     struct np_str *position);
