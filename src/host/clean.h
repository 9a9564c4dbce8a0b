/* SPDX-License-Identifier: Apache-2.0 */
/* clean.h - what a region that does not run any more has left on the host, and its end.
 *
 * All that an agent makes carries its region's mark: processes live in mount namespaces that have
 * <data>/net, or hold a lock below the data directory; loop devices have their files there; control
 * groups are named after it. With the last process the namespaces go, and in them links and mounts.
 *
 * Blocking; by whoever holds the region's lock.
 */
#pragma once

#include "base/err.h"

struct np_cleaned {
    size_t processes, devices, groups;
    size_t left; /* processes that did not end in time */
};

int np_host_clean(struct np_str data_dir, struct np_cleaned *out, struct np_err *err);
