/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - CPU time of a small function, and the line that tests/bench/run reads of it.
 *
 * The figure is the best of many short batches, in the CPU time of this process: other work on the
 * machine takes turns away, but hardly lengthens the best one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void bench_fn(void *arg);

/* Microseconds of one call. */
double bench_us(bench_fn *fn, void *arg);
/* Calls of malloc, calloc and realloc so far, in this program and its libraries. */
uint64_t bench_mallocs(void);
/* Prints a figure; with limit > 0 a goal: at most that. */
void bench_say(const char *what, double value, const char *unit, double limit);
/* Ends the output with the JSON line of the goals; the exit status. */
int bench_end(const char *name);
