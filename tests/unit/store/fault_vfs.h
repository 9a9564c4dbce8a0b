/* SPDX-License-Identifier: Apache-2.0 */
/* fault_vfs.h - a disk that fails when told: it wraps SQLite's own access to files. Syncs are
 * counted and skipped. */
#pragma once

#include <stdbool.h>

enum fault_what { FAULT_NONE, FAULT_WRITE_OR_SYNC, FAULT_MAIN_FILE };

void fault_install(void); /* for connections opened from now on */
void fault_remove(void);
/* The nth write or sync from now on gives `rc` (an SQLite code); `stays`: and all after it. */
void fault_set(enum fault_what what, int nth, int rc, bool stays);
int fault_hits(void); /* since fault_set */
