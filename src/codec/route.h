/* SPDX-License-Identifier: Apache-2.0 */
/* route.h - URI patterns as the router and the HTTP bindings walk them. */
#pragma once

#include "base/str.h"

/* Takes "/segment" off the front of *rest. */
bool np_uri_next(struct np_str *rest, struct np_str *seg);
/* What a greedy label takes of "/a/b/c" when `behind` segments follow it; absent: too few. */
struct np_str np_uri_greedy(struct np_str rest, size_t behind);
