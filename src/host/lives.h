/* SPDX-License-Identifier: Apache-2.0 */
/* lives.h - folders of what runs: one a life, with a lock that is held while it lives. Processes
 * (process.h) and instances (instance.h) are found again by them.
 *
 * A folder is <dir>/<id>/ with `lock` and `status` and what its owner adds. An id is [a-z0-9-],
 * NP_PROCESS_ID_MAX bytes at most. Files are opened relative to descriptors, never by a path that
 * somebody else could bend. A pid counts only while the lock is held; signals go by pidfd.
 *
 * Single-threaded, on the agent's loop.
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"
#include "host/limits.h"
#include "io/loop.h"

struct np_lives;

struct np_lives_opts {
    const char *name; /* of the folder below the data directory: "run" */
    size_t max;       /* folders; at most NP_LIVES_MAX */
    bool sync;        /* folders are on the disk before anything runs in them */
    uint64_t kill_after_ms;
};

/* `data_dir`/name must be, or becomes, a folder of this user alone (0700); else NP_EACCES. */
int np_lives_open(struct np_str data_dir, const struct np_lives_opts *o, struct np_lives **out,
                  struct np_err *err);
void np_lives_free(struct np_lives *l); /* ends nothing */
int np_lives_dir(const struct np_lives *l);
/* Watches all that live now; `ended` runs on the loop when one has ended. */
void np_lives_watch(struct np_lives *l, struct np_loop *loop,
                    void (*ended)(void *arg, const char *id), void *arg);

bool np_life_id_ok(struct np_str id, char z[NP_PROCESS_ID_MAX + 1]);
/* -1: none. */
int np_life_open(const struct np_lives *l, const char *id);
/* Makes the folder if need be, without a status. NP_E2BIG. */
int np_life_make(struct np_lives *l, const char *id, int *dir, struct np_err *err);
/* Takes the folder and all in it away. */
void np_life_remove(struct np_lives *l, const char *id);
/* Watches one that has been started. */
void np_life_watch(struct np_lives *l, const char *id, int dir);
/* Whether it lives, or has let go of its lock and not yet ended: the first process of a pid
 * namespace ends after all others of it, its files are closed before. */
bool np_life_lives(struct np_lives *l, const char *id, int dir);
/* One that has ended before the loop has seen it: `ended` runs now, not when the next one of that
 * id lives. */
void np_life_settle(struct np_lives *l, const char *id);
/* SIGTERM, and SIGKILL when it takes too long; asked again it does nothing. now: SIGKILL. */
void np_life_end(struct np_lives *l, const char *id, int dir, bool now);
bool np_life_is_ending(const struct np_lives *l, const char *id);

/* How it ended, by its status file. False: nothing is written. */
bool np_life_status(int dir, bool *by_signal, int *number);
void np_life_put_status(int dir, int wait_status);
struct np_str np_life_read(int dir, const char *name,
                           struct np_arena *a); /* small files, trimmed */
bool np_life_write_file(int dir, const char *name, const void *p, size_t n, bool sync);

int np_lives_each(struct np_lives *l, void (*fn)(void *arg, const char *id, int dir), void *arg,
                  struct np_err *err);
size_t np_lives_end_all(struct np_lives *l); /* number of those that still live */
pid_t np_lives_any(struct np_lives *l, char id[NP_PROCESS_ID_MAX + 1]); /* 0: none */
bool np_life_is(struct np_lives *l, const char *id, pid_t pid);

/* --- a file that is locked while a process lives --- */
/* Takes the lock for a process about to be forked: it passes to the child with the descriptor. -1:
 * somebody has it, or errno. */
int np_life_take(int dir, const char *name);
/* Written by the child first, and by the parent too. */
void np_life_write(int fd, pid_t pid);
/* Pid of the one that lives; 0: none. */
pid_t np_life_pid(int dir, const char *name);
