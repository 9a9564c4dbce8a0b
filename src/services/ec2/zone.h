/* SPDX-License-Identifier: Apache-2.0 */
/* zone.h - the availability zones of a region: names ("us-east-1a"), ids ("use1-az1"). */
#pragma once

#include "base/str.h"

struct ec2_zone {
    struct np_str name, id;
};
/* All of the region's, in `a`; three at least, six in us-east-1. */
size_t ec2_zones(struct np_arena *a, struct np_str region, struct ec2_zone **out);
/* By name or id; false: none of the region's. */
bool ec2_zone(struct np_arena *a, struct np_str region, struct np_str name_or_id,
              struct ec2_zone *out);
