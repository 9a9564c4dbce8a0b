/* SPDX-License-Identifier: Apache-2.0 */
/* edgejs.h - the parts of the program that runs viewer functions. One thread calls all of it. */
#pragma once

#include "base/buf.h"
#include "engines/edgefn/edgefn.h"
#include "engines/edgefn/frame.h"

/* --- runtime.c: JavaScriptCore --- */

/* Starts the engine and has it do once what calls will need, threads and files too. */
int edgejs_init(void);
/* The function of a slot, whatever stood there. */
void edgejs_load(uint32_t slot, enum np_edgefn_runtime runtime, struct np_str code);
struct edgejs_result {
    enum np_edgefn_type type; /* DONE, FAILED, TIMED_OUT */
    uint32_t cpu_us;
    struct np_buf text, logs; /* heap; cleared by each call */
};
void edgejs_call(uint32_t slot, struct np_str event, int64_t clock_ms, struct edgejs_result *r);
/* Nobody waits: prepares what the next call needs, collects garbage. */
void edgejs_rest(void);

/* --- imports.c --- */

/* The code with `import name from 'module';` at its head as requires, so that a script can be
 * evaluated; lines stay where they are. */
void edgejs_imports(struct np_str code, struct np_buf *out);

/* --- guard.c: ends the process under a call that cannot be stopped otherwise --- */

int edgejs_guard_init(void);
void edgejs_guard_settle(void); /* the memory that is there now is nobody's */
void edgejs_guard_begin(void);
void edgejs_guard_end(void);

/* --- sandbox.c --- */

/* From here on: no file, no socket, no process, no executable memory, for all threads. */
int edgejs_sandbox(void);
