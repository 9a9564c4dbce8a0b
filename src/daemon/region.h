/* SPDX-License-Identifier: Apache-2.0 */
/* region.h - the region process: opens everything, serves until SIGTERM, closes in order. */
#pragma once

#include "daemon/config.h"

/* Serves; `ready` is called once with the endpoint ("127.0.0.1:4566") when requests are answered.
 * Returns 0 after an ordered end, else why it could not begin. The process is the region's: its
 * signals, limits and umask are set. */
int np_region_run(const struct np_settings *s, void (*ready)(void *arg, struct np_str endpoint),
                  void *arg, struct np_err *err);
