/* SPDX-License-Identifier: Apache-2.0 */
/* netview.h - VPCs as the network engine is told of them (engines/vnet/vnet.h). Loop 0. */
#pragma once

#include "base/str.h"

struct np_arena;
struct np_core;
struct np_vnet_vpc;
struct ec2_item;

struct ec2_netview;
/* Tells the engine of every VPC, then of what changes. Nothing where core has no engine. */
struct ec2_netview *ec2_netview_start(struct np_core *core);
void ec2_netview_free(struct ec2_netview *n);

/* What a VPC should be, in `a`, made of the projection. */
void ec2_netview_make(const struct np_core *core, const struct ec2_item *vpc, uint64_t version,
                      struct np_arena *a, struct np_vnet_vpc *out);
