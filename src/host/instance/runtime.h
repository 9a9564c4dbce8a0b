/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.h - the OCI runtime's program in sealed memory.
 *
 * Started from its file crun copies itself into such memory and starts once more, so that a guest
 * cannot write to the host's program through /proc: it is given what it would make, once for all.
 */
#pragma once

#include <sys/stat.h>

struct np_runtime {
    int fd;         /* -1: none yet */
    struct stat of; /* the file it was made of */
};

#define NP_RUNTIME_NONE                                                                            \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* A descriptor that stays `r`'s; made anew when the file is another. -1: it cannot be had, and the
 * file has to do. */
int np_runtime_fd(struct np_runtime *r, const char *path);
void np_runtime_close(struct np_runtime *r);
