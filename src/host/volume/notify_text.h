/* SPDX-License-Identifier: Apache-2.0 */
/* notify_text.h - the texts that come with a guest's system calls: what /proc says of who calls,
 * what the runtime says of whose they are, options. A guest can shape them all; nothing here reads
 * but what it is given. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"
#include "host/limits.h"

struct np_arena;

/* Whose guest it is, and its first id, by the message that comes with the notifications. */
bool np_notify_metadata(struct np_str message, char id[NP_PROCESS_ID_MAX + 1], uint64_t *base);
/* Of /proc/<pid>/uid_map: is its id 0 the host's `base`? One below the guest's user namespace that
 * an ordinary user makes cannot have that. */
bool np_notify_uid_map(struct np_str text, uint64_t base);
bool np_notify_sys_admin(struct np_str status); /* of /proc/<pid>/status */
bool np_notify_writes(struct np_str fdinfo);    /* of /proc/<pid>/fdinfo/<fd>: open for writing? */
/* False: it is another operation than mounting anew, or unmounting. */
bool np_notify_mount_flags(uint64_t given, unsigned long *flags);
bool np_notify_umount_flags(uint64_t given, unsigned long *flags);
bool np_notify_option_ok(struct np_str key, struct np_str value);
bool np_notify_options_ok(const char *options); /* "a,b=c" */
/* Of a line of mountinfo, when it is of that device; else NULL. */
char *np_notify_mount_point(struct np_arena *a, struct np_str line, dev_t dev);
