/* SPDX-License-Identifier: Apache-2.0 */
/* agent.h - what the agent of a running region finds, asked by its own socket. */
#pragma once

#include "cli/cli.h"
#include "gen/agent/types.h"

/* In c->arena. NP_ENOENT or another code with c->err: no agent answers. */
int cli_agent_doctor(struct cli *c, struct agent_FindingList *out);
