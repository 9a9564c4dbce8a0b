/* SPDX-License-Identifier: Apache-2.0 */
/* place.h - continents, countries and states that a geolocation record may name. */
#pragma once

#include "base/str.h"

struct route53_place {
    struct np_str continent, country, state; /* absent: the place is wider */
    struct np_str name;
};
/* Exactly that one; absent members as in the table. NULL: there is none. */
const struct route53_place *route53_place_find(struct np_str continent, struct np_str country,
                                               struct np_str state);
