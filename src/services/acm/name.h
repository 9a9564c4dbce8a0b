/* SPDX-License-Identifier: Apache-2.0 */
/* name.h - domain names of certificates, and the records that prove who controls them. */
#pragma once

#include "base/str.h"

struct np_core;

/* In lower case; absent: not one that a certificate may have. The model's pattern holds already. */
struct np_str acm_name(struct np_arena *a, struct np_str text);
/* Without "*.": whoever controls that may have the wildcard, by the same record. */
struct np_str acm_name_base(struct np_str name);

struct acm_record {
    struct np_str name, value; /* of the CNAME, with the dot at the end */
};
/* Always the same for a name of an account, in every region, as on AWS; nobody can guess another's.
 */
struct acm_record acm_record(const struct np_core *core, struct np_arena *a, struct np_str account,
                             struct np_str name);
