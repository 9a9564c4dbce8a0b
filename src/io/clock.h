/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - the three clocks. Monotonic drives timers; wall judges signatures and certificates;
 * region is wall plus an offset that tests advance, and everything a service does goes by it.
 *
 * Threads: any. */
#pragma once

#include <stdint.h>

uint64_t np_clock_monotonic_ms(void);
uint64_t np_clock_monotonic_ns(void);
int64_t np_clock_wall_ms(void);
int64_t np_clock_region_ms(void);
int64_t np_clock_region_offset_ms(void);     /* region minus wall */
void np_clock_region_advance(int64_t by_ms); /* only under --dev, and in tests */
