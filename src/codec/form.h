/* SPDX-License-Identifier: Apache-2.0 */
/* form.h - application/x-www-form-urlencoded and query strings: pairs in order, decoded. */
#pragma once

#include "base/err.h"

struct np_pair {
    struct np_str key, value; /* value is empty, not absent, for "k" and "k=" */
    bool has_equals;
};
/* At most `max` pairs (NP_E2BIG). *out lives in the arena. */
int np_form_parse(struct np_arena *a, struct np_str text, bool plus_is_blank, size_t max,
                  struct np_pair **out, size_t *n, struct np_err *err);
struct np_str np_form_get(const struct np_pair *pairs, size_t n,
                          struct np_str key); /* absent if none */
