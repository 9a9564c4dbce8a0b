/* SPDX-License-Identifier: Apache-2.0 */
/* region.h - the region process: opens everything, serves until SIGTERM, closes in order. */
#pragma once

#include "daemon/config.h"

/* Serves; `ready` is called once when requests are answered, with the addresses of the gateway
 * ("127.0.0.1:4566") and of the DNS server.
 * Returns 0 after an ordered end, else why it could not begin. The process is the region's: its
 * signals, limits and umask are set. */
typedef void np_ready_fn(void *arg, struct np_str endpoint, struct np_str dns);
int np_region_run(const struct np_settings *s, np_ready_fn *ready, void *arg, struct np_err *err);
