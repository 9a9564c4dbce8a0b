/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what a fuzz target defines: NP_FUZZ(p, n) { … return 0; }. A finding is a crash, so
 * targets state what must hold with np_assert(). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define NP_FUZZ(p, n) int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
