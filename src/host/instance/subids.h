/* SPDX-License-Identifier: Apache-2.0 */
/* subids.h - subordinate ids of an ordinary user (/etc/subuid, /etc/subgid), for its user
 * namespace: by newuidmap and newgidmap, which must be run from outside of it. Blocking, short. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"

struct np_arena;

struct np_subids {
    pid_t helper; /* 0: there are none to be had */
    int ask;      /* closing it without a word ends the helper */
};

/* Before the user namespace is made. `wanted` false: nothing is done. */
void np_subids_begin(struct np_subids *s, bool wanted);
/* In it: maps this user to 0 and NP_SUBIDS of its own to 1 and on. False: nothing is mapped. */
#define NP_SUBIDS 65535
bool np_subids_map(struct np_subids *s);
void np_subids_end(struct np_subids *s);

/* The name of a user in the text of passwd(5), else its number. */
struct np_str np_subids_name(struct np_str passwd, uid_t uid, struct np_arena *a);
/* The first range of NP_SUBIDS or more of that user in the text of subuid(5). */
bool np_subids_range(struct np_str text, struct np_str user, uid_t uid, unsigned *first);
