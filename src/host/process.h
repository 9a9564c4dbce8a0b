/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - the processes of the agent: started by id and kind, found again by the next agent.
 *
 * Each has a folder run/<id>/ (lives.h) with its `kind`, and an init of its own: a fork of the
 * agent that holds the lock, starts the program and writes how it ended. A process runs while its
 * lock is held; nothing about it is kept in the agent's memory alone.
 */
#pragma once

#include "base/err.h"
#include "gen/agent/types.h"
#include "host/lives.h"

struct np_processes;

/* `data_dir`/run, 0700, owned by this user, is made if need be; else NP_EACCES. */
int np_processes_open(struct np_str data_dir, struct np_processes **out, struct np_err *err);
void np_processes_free(struct np_processes *p); /* ends nothing */
int np_processes_dir(const struct np_processes *p);

/* Starts it unless it runs. NP_EEXIST: it runs as another kind; NP_E2BIG: too many. `ended` of the
 * watch is called, on the loop, when one that was started or seen has ended. */
int np_process_ensure(struct np_processes *p, struct np_str id, struct np_str kind,
                      struct np_arena *a, struct agent_Process *out, struct np_err *err);
/* Asks it to end, and by force later; once it has ended takes its folder away. NP_ENOENT: nothing
 * is left, out is not written. */
int np_process_stop(struct np_processes *p, struct np_str id, struct np_arena *a,
                    struct agent_Process *out, struct np_err *err);
int np_processes_list(struct np_processes *p, struct np_arena *a, struct agent_ProcessList *out,
                      struct np_err *err);
/* Watches all that run now: after the agent's start. */
void np_processes_watch(struct np_processes *p, struct np_loop *l, void (*ended)(void *arg),
                        void *arg);
/* Asks all to end; number of those that still run. */
size_t np_processes_stop_all(struct np_processes *p);
/* Pid of one that runs; 0: none does. For namespaces, whose holder is gone. */
pid_t np_processes_any(struct np_processes *p, char id[64]);
bool np_process_runs(struct np_processes *p, const char *id, pid_t pid);
