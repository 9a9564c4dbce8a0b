/* SPDX-License-Identifier: Apache-2.0 */
/* builtin_early.h - the built-in image made before an instance needs it: by a child of the agent
 * that ends with it. A keeper that comes meanwhile waits for what is left of the work.
 */
#pragma once

#include "host/instance/builtin.h"
#include "io/loop.h"

struct np_builtin_early {
    struct np_watch watch;
    pid_t pid; /* 0: none */
    int pidfd;
};

/* `urgent`: an instance is about to need it; otherwise whoever else runs goes first. A child that
 * the host does not let become urgent is ended, and another starts over. Nothing is done when it is
 * there, or being made. */
void np_builtin_early_start(struct np_builtin_early *e, struct np_loop *l,
                            const struct np_builtin_opts *o, bool urgent);
void np_builtin_early_forget(struct np_builtin_early *e);
