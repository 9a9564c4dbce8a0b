/* SPDX-License-Identifier: Apache-2.0 */
/* init.h - the init of one process: starts the program, passes SIGTERM on, writes how it ended. */
#pragma once

#include <sys/types.h>

/* In a fork of the agent. `dir` is the process's folder, `lock` its locked file. Never returns. */
_Noreturn void np_init_main(int dir, int lock, const char *const *argv);
/* Closes all descriptors of this process from 3 on but these; the standard ones become /dev/null.
 */
void np_detach(const int *keep, size_t n);
