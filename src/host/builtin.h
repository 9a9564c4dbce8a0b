/* SPDX-License-Identifier: Apache-2.0 */
/* builtin.h - the built-in image: the host's /usr, and around it what a machine has that was
 * installed from the same packages and never used. Nothing of the host's /etc, /var or homes is
 * in it but what its packages brought unchanged. */
#pragma once

#include "base/err.h"

/* Folder below `home` with `tree` and `usr`, made if it is not there for this state of the host;
 * `ca_pem` (may be absent) becomes trusted. Blocking, some hundred ms when it is made. Whole or not
 * at all. `user`: overlays need the marks of ordinary users. */
int np_builtin_make(struct np_str home, struct np_str ca_pem, bool user, struct np_arena *a,
                    const char **path, struct np_err *err);
