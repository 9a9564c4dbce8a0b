/* SPDX-License-Identifier: Apache-2.0 */
/* traffic.h - what a guest's links have carried. */
#pragma once

#include <sys/types.h>

#include "gen/agent/types.h"

/* Adds the counters of all links but the loopback to `out`, of the process's network; as much as
 * can be read. */
void np_traffic_add(pid_t pid, struct agent_InstanceState *out);
