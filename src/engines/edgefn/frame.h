/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h - what region and worker say to each other over their socket: a head of six numbers in
 * the machine's order (both ends are on it), then three texts. Either side reads the other's bytes
 * as foreign ones. */
#pragma once

#include "base/buf.h"

#define NP_EDGEFN_VERSION    1
#define NP_EDGEFN_HEAD_BYTES 24
#define NP_EDGEFN_TEXTS      3

enum np_edgefn_type {
    /* to the worker */
    NP_EDGEFN_LOAD = 1, /* number: slot, value: runtime, text 0: the code */
    NP_EDGEFN_CALL,     /* number: the call, value: slot, text 0: event, 1: clock, decimal ms */
    /* to the region; number: the call, value: processor time in us */
    NP_EDGEFN_READY,     /* once, at the start; value: version */
    NP_EDGEFN_DONE,      /* text 0: JSON, empty for undefined; 1: logs */
    NP_EDGEFN_FAILED,    /* text 0: what it threw; 1: logs */
    NP_EDGEFN_TIMED_OUT, /* text 1: logs */
    NP_EDGEFN_TYPES,
};

struct np_edgefn_frame {
    uint32_t type, number, value;
    struct np_str text[NP_EDGEFN_TEXTS];
};

void np_edgefn_frame_put(struct np_buf *b, const struct np_edgefn_frame *f);
/* The first of `bytes`; texts point into them. NP_EAGAIN: it is not all there. NP_EPROTO: it is
 * none. */
int np_edgefn_frame_get(struct np_str bytes, struct np_edgefn_frame *out, size_t *used);

/* How the worker ends itself. */
enum np_edgefn_exit {
    NP_EDGEFN_EXIT_TIME = 70,
    NP_EDGEFN_EXIT_MEMORY,
    NP_EDGEFN_EXIT_PROTO,
    NP_EDGEFN_EXIT_START, /* the sandbox or the engine is not to be had */
};
