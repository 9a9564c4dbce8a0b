/* SPDX-License-Identifier: Apache-2.0 */
/* agent.h - the agent process: does on the machine what the region asks for, within a closed set.
 *
 * It listens on <data>/agent.sock and keeps no truth: what should be it is told, what is it finds
 * in the folders below <data>/run. It trusts nothing that comes by the socket.
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"

struct np_agent_opts {
    struct np_str data_dir;
    uid_t client_uid; /* the region's user: who may connect beside this one */
    gid_t client_gid;
};

/* Serves until SIGTERM (ends all that it runs and the holder) or SIGUSR1 (leaves them). The calling
 * process is moved into the agent's namespaces and must be single-threaded. */
int np_agent_run(const struct np_agent_opts *o, struct np_err *err);
