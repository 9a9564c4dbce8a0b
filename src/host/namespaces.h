/* SPDX-License-Identifier: Apache-2.0 */
/* namespaces.h - the agent's namespaces: network and mounts of its own, and without root's rights a
 * user namespace around them. They outlive the agent in the holder, a process that does nothing.
 *
 * Single-threaded: the calling process is moved. Blocking, short.
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"

struct np_namespaces {
    bool own;          /* network and mounts are not the host's */
    bool user;         /* and the user namespace is not either */
    struct np_err why; /* when !own */
};

/* Makes new ones and enters them. Failing is no error: out->own says so. */
void np_namespaces_make(struct np_namespaces *out);
/* Enters those of a process. `still` is asked when its files are open: whether pid is still who was
 * meant. NP_ENOENT: it is not. */
int np_namespaces_enter(pid_t pid, bool (*still)(void *arg), void *arg, struct np_namespaces *out,
                        struct np_err *err);
