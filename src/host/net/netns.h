/* SPDX-License-Identifier: Apache-2.0 */
/* netns.h - network namespaces with names: pinned below one folder of the agent's own mounts.
 *
 * Single-threaded: between np_netns_enter() and np_netns_leave() the process is in another one.
 */
#pragma once

#include "base/err.h"

struct np_netns_dir {
    int dir;  /* <data>/net, a tmpfs */
    int home; /* the agent's own namespace */
};

/* Mounts the tmpfs unless it is there. */
int np_netns_dir_open(struct np_str data_dir, struct np_netns_dir *out, struct np_err *err);
void np_netns_dir_close(struct np_netns_dir *d);

/* *fd: the namespace of that name, made if there is none (*made). Names are ids of the model with a
 * prefix: they have no slash. */
int np_netns_ensure(const struct np_netns_dir *d, const char *name, int *fd, bool *made,
                    struct np_err *err);
int np_netns_open(const struct np_netns_dir *d, const char *name); /* -1: there is none */
/* It lives on while a process or a descriptor has it. */
void np_netns_remove(const struct np_netns_dir *d, const char *name);
/* Calls fn for every name. */
void np_netns_each(const struct np_netns_dir *d, void (*fn)(void *arg, const char *name),
                   void *arg);

int np_netns_enter(int fd, struct np_err *err);
void np_netns_leave(const struct np_netns_dir *d); /* never fails: home is held */

/* A file below /proc/sys/net of the namespace that the process is in. */
int np_netns_set(const char *name, const char *value, struct np_err *err);
