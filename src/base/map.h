/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - hash map from bytes to a pointer, for one thread. Keys are copied; the hash is keyed by
 * process, so that outside input cannot choose collisions. */
#pragma once

#include "base/str.h"

struct np_map;

struct np_map *np_map_new(void);
void np_map_free(struct np_map *m, void (*free_value)(void *value)); /* free_value may be NULL */
void *np_map_get(const struct np_map *m, struct np_str key);         /* NULL if absent */
/* Stores value (not NULL); returns the value that it replaced or NULL. */
void *np_map_put(struct np_map *m, struct np_str key, void *value);
void *np_map_del(struct np_map *m, struct np_str key); /* the removed value or NULL */
size_t np_map_count(const struct np_map *m);
/* Visits every entry in no order; fn must not change the map. Stops when fn returns non-zero. */
int np_map_each(const struct np_map *m, int (*fn)(void *arg, struct np_str key, void *value),
                void *arg);

/* The keyed hash itself. */
uint64_t np_hash(struct np_str bytes);
