/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c - timing, counting and printing for the small benchmarks. */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"

#define BATCHES   200
#define BATCH_US  1000.0
#define GOALS_MAX 32
#define GOAL_FORMAT                                                                                \
    "%s{\"what\": \"%s\", \"value\": %.4f, \"sense\": \"<=\", \"limit\": %g, \"unit\": \"%s\", "   \
    "\"met\": %s}"

static struct goal {
    const char *what, *unit;
    double value, limit;
} goals[GOALS_MAX];
static size_t n_goals;
static uint64_t mallocs;

/* --- counting: the allocator's own entry points, with one more step --- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
    mallocs++;
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    mallocs++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    mallocs++;
    return __libc_realloc(p, n);
}

uint64_t bench_mallocs(void)
{
    return mallocs;
}

/* --- timing --- */

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double batch_us(bench_fn *fn, void *arg, uint64_t n)
{
    double from = cpu_us();
    for (uint64_t i = 0; i < n; i++)
        fn(arg);
    return (cpu_us() - from) / (double)n;
}

double bench_us(bench_fn *fn, void *arg)
{
    uint64_t n = 1;
    while (batch_us(fn, arg, n) * (double)n < BATCH_US)
        n *= 2;
    double best = batch_us(fn, arg, n);
    for (int i = 1; i < BATCHES; i++) {
        double us = batch_us(fn, arg, n);
        best = us < best ? us : best;
    }
    return best;
}

/* --- printing --- */

void bench_say(const char *what, double value, const char *unit, double limit)
{
    printf("%-58s %9.3f %s", what, value, unit);
    if (limit > 0) {
        np_assert(n_goals < GOALS_MAX);
        goals[n_goals++] = (struct goal){what, unit, value, limit};
        printf(" (goal: at most %g)", limit);
    }
    printf("\n");
}

int bench_end(const char *name)
{
    printf("{\"bench\": \"%s\", \"goals\": [", name);
    for (size_t i = 0; i < n_goals; i++) {
        const struct goal *g = &goals[i];
        printf(GOAL_FORMAT, i > 0 ? ", " : "", g->what, g->value, g->limit, g->unit,
               g->value <= g->limit ? "true" : "false");
    }
    printf("]}\n");
    return 0;
}
