/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.c - a program copied into sealed memory. */
#include "host/instance/runtime.h"

#include <unistd.h>

#include "base/auto.h"
#include "host/agent_wire.h"
#include "io/file.h"

#define PROGRAM_MAX (64u << 20)

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void np_runtime_close(struct np_runtime *r)
{
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
}

int np_runtime_fd(struct np_runtime *r, const char *path)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct stat st;
    struct np_str bytes;
    if (stat(path, &st) != 0)
        return -1;
    if (r->fd >= 0 && is_same(&st, &r->of))
        return r->fd;
    np_runtime_close(r);
    if (np_file_read(a, np_str_of(path), PROGRAM_MAX, &bytes, NULL) == 0)
        r->fd = np_sealed_file(bytes.p, bytes.n);
    r->of = st;
    return r->fd;
}
