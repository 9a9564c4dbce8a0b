/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - the three clocks; the region's is the wall clock plus one shared offset. */
#include "io/clock.h"

#include <stdatomic.h>

/* The one global that is not constant: the region has one clock, whatever the thread. */
static _Atomic int64_t region_offset_ms;

static uint64_t read_clock_ns(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t np_clock_monotonic_ns(void)
{
    return read_clock_ns(CLOCK_MONOTONIC);
}

uint64_t np_clock_monotonic_ms(void)
{
    return np_clock_monotonic_ns() / 1000000u;
}

int64_t np_clock_wall_ms(void)
{
    return (int64_t)(read_clock_ns(CLOCK_REALTIME) / 1000000u);
}

int64_t np_clock_region_ms(void)
{
    return np_clock_wall_ms() + np_clock_region_offset_ms();
}

int64_t np_clock_region_offset_ms(void)
{
    return atomic_load_explicit(&region_offset_ms, memory_order_relaxed);
}

void np_clock_region_advance(int64_t by_ms)
{
    atomic_fetch_add_explicit(&region_offset_ms, by_ms, memory_order_relaxed);
}
