/* SPDX-License-Identifier: Apache-2.0 */
/* supervisor.h - what `nephele serve` is: starts the region and the agent, starts them again when
 * they end, ends them in order.
 *
 * SIGTERM and SIGINT end everything, SIGUSR1 all but what the agent runs (`stop --keep`). When the
 * supervisor itself is killed its children are too; the next one adopts what the agent ran.
 * The children are forks: they share its pages and start without the dynamic linker's time.
 */
#pragma once

#include "daemon/config.h"

/* Returns the exit status of the command. Prints "Ready." on stdout when the region first serves.
 */
int np_supervise(const struct np_settings *s, struct np_err *err);
