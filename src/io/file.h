/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - small files, made durable: temporary name, sync, rename, sync of the folder. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

int np_file_read(struct np_arena *a, struct np_str path, size_t max_bytes, struct np_str *out,
                 struct np_err *err);
int np_file_write(struct np_str path, struct np_str bytes, mode_t mode, struct np_err *err);

#define NP_FILES_MAX 4

struct np_file_new {
    struct np_str path, bytes;
    mode_t mode;
};

struct np_file_pair {
    const char *tmp, *path;
};

/* Several files of one folder with the syncs of one, up to NP_FILES_MAX. They appear in this order:
 * after a crash the first of them may be there without the others. */
int np_files_write(const struct np_file_new *v, size_t n, struct np_err *err);
/* The same for files that have been written under a temporary name. If it fails some may have their
 * names already. */
int np_files_publish(const struct np_file_pair *v, size_t n, struct np_err *err);
/* Nothing is synced, for what means nothing after a power failure. Readers see all or nothing. */
int np_file_put(struct np_str path, struct np_str bytes, mode_t mode, struct np_err *err);

/* One level; fine if it is there. */
int np_dir_make(struct np_str path, mode_t mode, struct np_err *err);
int np_dir_sync(struct np_str path, struct np_err *err);
/* Exclusive lock on a file while *fd is open; NP_EBUSY (with the holder's pid) if held. */
int np_file_lock(struct np_str path, int *fd, struct np_err *err);
int np_write_all(int fd, const void *p, size_t n, struct np_err *err);
