/* SPDX-License-Identifier: Apache-2.0 */
/* caa.h - CAA records (RFC 8659): which authorities may issue for a name. */
#pragma once

#include "base/str.h"

struct np_arena;

struct acm_caa {
    unsigned flags;
    struct np_str tag, value;
};
/* Presentation form: 0 issue "amazon.com". False: malformed. */
bool acm_caa_parse(struct np_arena *a, struct np_str text, struct acm_caa *out);
/* May Amazon issue by that set, which is the nearest one that the name or a parent has? A set that
 * cannot be read forbids. */
bool acm_caa_allows(struct np_arena *a, const struct np_strs *records, bool wildcard);
