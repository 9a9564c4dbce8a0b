/* SPDX-License-Identifier: Apache-2.0 */
/* unpack.h - an archive, or a folder, into a new root; and work below a root that nothing leaves.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum np_unpack_wh {
    NP_UNPACK_PLAIN,     /* files are what they are */
    NP_UNPACK_WHITEOUTS, /* only takes away what the layer's whiteouts name */
    NP_UNPACK_LAYER,     /* everything but whiteouts */
};

struct np_unpack {
    int root; /* folder */
    enum np_unpack_wh mode;
    uint64_t entries, bytes; /* in all so far, against the limits */
    bool owners;             /* set owners as the archive has them: the caller is root */
    void (*skipped)(void *arg, struct np_str path, const char *why);
    void *arg;
};

/* fd: a tar file at its beginning, in any compression that libarchive reads by itself. */
int np_unpack_file(struct np_unpack *u, int fd, struct np_err *err);
int np_unpack_memory(struct np_unpack *u, struct np_str bytes, struct np_err *err);
/* A folder is copied. */
int np_unpack_folder(struct np_unpack *u, struct np_str path, struct np_err *err);

/* Relative, without "." and empty parts; false: it has "..", or is too long, or holds a NUL. */
bool np_unpack_clean(struct np_arena *a, struct np_str path, struct np_str *out);
/* Opens inside the root, wherever symbolic links lead: they end there. -1: errno. */
int np_unpack_open(int root, const char *path, int flags, unsigned mode);
/* Takes away a file, or a folder with all it holds; fine if there is none. */
int np_unpack_remove(int dir, const char *name);
