/* SPDX-License-Identifier: Apache-2.0 */
/* pipe.h - two streams, each copied into the other until both have ended.
 *
 * Life: np_pipe_new() takes both streams; `done` is called once, when they are closed, unless
 *       np_pipe_free() came before. An end of one side is passed on as an end, a broken one or a
 *       long silence ends both.
 * Threads: everything on the streams' loop. `done` is never called from inside a call.
 */
#pragma once

#include "base/str.h"

struct np_loop;
struct np_pipe;
struct np_stream;

#define NP_PIPE_BYTES   16384            /* on the way, in each direction */
#define NP_PIPE_IDLE_MS UINT64_C(900000) /* no byte in either direction */

/* `first` was read from `a` already (copied); it may be longer than NP_PIPE_BYTES. */
struct np_pipe *np_pipe_new(struct np_loop *l, struct np_stream *a, struct np_stream *b,
                            struct np_str first, void (*done)(void *arg), void *arg);
void np_pipe_free(struct np_pipe *p);
