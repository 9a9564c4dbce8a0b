/* SPDX-License-Identifier: Apache-2.0 */
/* edgefn.h - viewer functions: short JavaScript that is given an event and answers with a value,
 * run by a program of its own (src/edgejs) that can reach nothing.
 *
 * Life:    np_edgefn_new() on the home loop's thread, calls from any loop, np_edgefn_free() when no
 *          loop runs any more or on the home loop; calls under way are then forgotten, not
 * answered. Threads: np_edgefn_call() belongs to the loop it names; `done` runs there, once, never
 * from inside. Codes are counted and may be shared by all threads. Worker:  one process, started by
 * the first call, and again by the first one after it ended. What a call leaves behind in its
 * globals is never seen by another call.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "engines/edgefn/limits.h"

struct np_loop;
struct np_edgefn;

enum np_edgefn_runtime { NP_EDGEFN_JS_1_0 = 1, NP_EDGEFN_JS_2_0 = 2 };

/* A function's code, immutable. */
struct np_edgefn_code;
struct np_edgefn_code *np_edgefn_code_new(enum np_edgefn_runtime runtime, struct np_str text);
struct np_edgefn_code *np_edgefn_code_ref(struct np_edgefn_code *c);
void np_edgefn_code_unref(struct np_edgefn_code *c); /* NULL is fine */

/* Is the program there and may it be run? */
bool np_edgefn_installed(struct np_str program);

/* program: its absolute path. It need not be there: calls then fail. */
struct np_edgefn *np_edgefn_new(struct np_loop *home, struct np_str program);
void np_edgefn_free(struct np_edgefn *f);

enum np_edgefn_outcome {
    NP_EDGEFN_OK,
    NP_EDGEFN_THREW,  /* it does not compile, or has thrown; `error` says what */
    NP_EDGEFN_TIME,   /* it was stopped: too long */
    NP_EDGEFN_MEMORY, /* it was stopped: too much memory */
    NP_EDGEFN_BUSY,   /* too many calls wait, or the event is too large: it did not run */
    NP_EDGEFN_LOST,   /* the worker ended or cannot be started; `error` says why, if known */
};
struct np_edgefn_result {
    enum np_edgefn_outcome outcome;
    struct np_str value; /* what the handler returned, as JSON; absent: undefined */
    struct np_str error; /* a sentence, without NP_EDGEFN_OK */
    struct np_str logs;  /* a JSON array of strings; "[]" */
    uint64_t cpu_us;
    unsigned utilization; /* percent of the time that it may take, at most 100 */
};
/* Texts live for the call. */
typedef void np_edgefn_done_fn(void *arg, const struct np_edgefn_result *r);

/* event: JSON, copied. now_ms: what the function's clock says. */
void np_edgefn_call(struct np_edgefn *f, struct np_loop *loop, struct np_edgefn_code *code,
                    struct np_str event, int64_t now_ms, np_edgefn_done_fn *done, void *arg);

/* The worker's process, 0: none runs. On the home loop; for tests and for people. */
int np_edgefn_pid(const struct np_edgefn *f);
