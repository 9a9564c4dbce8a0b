/* SPDX-License-Identifier: Apache-2.0 */
/* ec2.h - what other services ask of EC2 beside its API. */
#pragma once

#include "base/str.h"

struct np_arena;
struct np_core;

/* The public image of those words ("al2023 x86_64") in a region, as the parameters of /aws/service/
 * tell it; absent: the operator's table of images has none. On a loop. */
struct np_str ec2_public_image(const struct np_core *core, struct np_arena *a, struct np_str region,
                               struct np_str words);
