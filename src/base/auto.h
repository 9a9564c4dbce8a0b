/* SPDX-License-Identifier: Apache-2.0 */
/* auto.h - resources that clean themselves up at the end of their scope. */
#pragma once

#include <unistd.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"

static inline void np_auto_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
static inline void np_auto_arena(struct np_arena **a)
{
    np_arena_free(*a);
}
static inline void np_auto_buf(struct np_buf *b)
{
    np_buf_fini(b);
}
static inline void np_auto_heap(void *p)
{
    np_free(*(void **)p);
}

#define NP_AUTO_FD    __attribute__((cleanup(np_auto_close))) int
#define NP_AUTO_ARENA __attribute__((cleanup(np_auto_arena))) struct np_arena *
#define NP_AUTO_BUF   __attribute__((cleanup(np_auto_buf))) struct np_buf
#define NP_AUTO_HEAP  __attribute__((cleanup(np_auto_heap)))

/* Gives the descriptor away: the scope no longer closes it. */
static inline int np_fd_take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}
