/* SPDX-License-Identifier: Apache-2.0 */
/* route.h - the routes of a table: where they lead, and whether that is there. */
#pragma once

#include "services/ec2/item.h"

/* --- on an item that is about to be put --- */
void ec2_route_add(struct np_arena *a, struct ec2_item *table, const struct ec2_Route *r);
void ec2_route_remove(struct ec2_item *table, const struct ec2_Route *r);
/* By destination, a block or a prefix list; NULL: none. */
struct ec2_Route *ec2_route_to(const struct ec2_item *table, struct np_str block,
                               struct np_str list);

/* --- as it is seen --- */
/* Is the target there, and able to take packets? */
bool ec2_route_is_active(const struct ec2_view *v, const struct ec2_item *table,
                         const struct ec2_Route *r);
