/* SPDX-License-Identifier: Apache-2.0 */
/* privilege.h - the region is never root: as root it becomes the user `nephele`. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

#define NP_REGION_USER "nephele"

/* The user of /etc/passwd that the region runs as when the command was started by root; false:
 * there is no such user, or the command was not started by root. */
bool np_region_user(uid_t *uid, gid_t *gid);
/* Of this process, for good. As root with that user: becomes it, and the data directory its own.
 * All capabilities go but CAP_NET_BIND_SERVICE, and no program it starts can get any. */
int np_drop_privileges(struct np_str data_dir, struct np_err *err);
