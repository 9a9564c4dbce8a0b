/* SPDX-License-Identifier: Apache-2.0 */
/* pmap_int.h - the map below its hash function, so that a test can choose collisions. */
#pragma once

#include "base/pmap.h"

void *np_pmap_get_hashed(const struct np_pmap *m, uint64_t hash, struct np_str key);
struct np_pmap *np_pmap_set_hashed(struct np_pmap *m, const struct np_pmap_ops *ops, uint64_t hash,
                                   struct np_str key, void *value);
