/* SPDX-License-Identifier: Apache-2.0 */
/* pages.h - the daemon's own pages of the gateway: what runs, and under --dev a process to try it.
 */
#pragma once

#include "aws/core.h"

struct np_reconciler;

/* Before the store starts. The reconciler outlives the last request. */
void np_pages_add(struct np_core *core, struct np_reconciler *r);
