/* SPDX-License-Identifier: Apache-2.0 */
/* edgefn_int.h - the worker's process, as the queue of calls sees it. Home loop only. */
#pragma once

#include "base/buf.h"
#include "engines/edgefn/edgefn.h"
#include "engines/edgefn/frame.h"
#include "io/child.h"

struct np_edgefn_worker {
    struct np_loop *loop;
    struct np_child child;
    struct np_watch watch;
    int fd;          /* -1: none runs */
    bool gone_quiet; /* it was killed for saying nothing */
    struct np_buf in, out;
    struct np_timer silence;
    /* The owner's; neither is called from inside a call of it. A frame that is refused (not 0) ends
     * the worker. */
    int (*frame)(struct np_edgefn_worker *w, const struct np_edgefn_frame *f);
    void (*ended)(struct np_edgefn_worker *w, int status);
};

void np_edgefn_worker_init(struct np_edgefn_worker *w, struct np_loop *l);
int np_edgefn_worker_start(struct np_edgefn_worker *w, struct np_str program, struct np_err *err);
static inline bool np_edgefn_worker_runs(const struct np_edgefn_worker *w)
{
    return w->child.pid != 0;
}
/* Writes what stands in `out`, as far as it goes; the rest follows by itself. */
void np_edgefn_worker_flush(struct np_edgefn_worker *w);
/* An answer is due: from now, NP_EDGEFN_SILENCE_MS. */
void np_edgefn_worker_expect(struct np_edgefn_worker *w, bool due);
/* Kills it and waits for its end; `ended` is not called. */
void np_edgefn_worker_fini(struct np_edgefn_worker *w);
