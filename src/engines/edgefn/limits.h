/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what viewer functions can make grow, and for how long they may run. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define NP_EDGEFN_CODE_MAX  10240                /* bytes of a function's code: AWS's quota */
#define NP_EDGEFN_EVENT_MAX ((size_t)256 * 1024) /* of an event, and of what is answered */
#define NP_EDGEFN_LOGS_MAX  10240 /* of what one call logs; the rest is cut, as AWS does */
#define NP_EDGEFN_TEXT_MAX  NP_EDGEFN_EVENT_MAX /* of one text of a message */

#define NP_EDGEFN_SLOTS     256  /* functions that the worker keeps; the one used least goes */
#define NP_EDGEFN_QUEUE_MAX 1024 /* calls that wait, those under way counted */
#define NP_EDGEFN_AHEAD     16   /* calls that are written before the first of them is answered */

/* Processor time of a call: what runs longer is stopped, and the worker goes on. The engine needs
 * some of it itself: an empty function takes about 50 us. */
#define NP_EDGEFN_CPU_US 50000
/* What a call cannot be stopped at from inside ends the worker: built-in code that runs on (a
 * regular expression that tracks back for ever), an endless chain of promises, memory. */
#define NP_EDGEFN_HARD_CPU_MS  250
#define NP_EDGEFN_HARD_WALL_MS 2000
#define NP_EDGEFN_MEMORY_BYTES                                                                     \
    ((size_t)64 << 20) /* of all functions beyond what a fresh worker has */
/* The region's own patience: a worker that says nothing for so long is killed. */
#define NP_EDGEFN_SILENCE_MS 5000
/* After a start that failed, calls fail at once for so long. */
#define NP_EDGEFN_RETRY_MS 1000
