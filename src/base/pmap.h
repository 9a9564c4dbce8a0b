/* SPDX-License-Identifier: Apache-2.0 */
/* pmap.h - path-copying map: the one structure under every projection.
 *
 * A version is a root pointer and never changes. np_pmap_set() builds a new version that shares
 * all but O(log n) nodes with the old one and hands every node and value that the new version no
 * longer uses to `retire`, to be freed when no reader can hold them (io/rcu.h).
 *
 * Threads: one writer; any number of readers of published roots.
 */
#pragma once

#include "base/str.h"

struct np_pmap; /* a version; NULL is the empty map */

struct np_pmap_ops {
    /* Frees `p` by calling fn(p) once no reader can see it. */
    void (*retire)(void *arg, void *p, void (*fn)(void *p));
    void (*free_value)(void *value); /* NULL: values are not owned */
    void *arg;
};

void *np_pmap_get(const struct np_pmap *m, struct np_str key); /* NULL if absent */
size_t np_pmap_count(const struct np_pmap *m);
/* Returns the new version. value == NULL removes the key. Keys are copied. */
struct np_pmap *np_pmap_set(struct np_pmap *m, const struct np_pmap_ops *ops, struct np_str key,
                            void *value);
/* Visits every entry in no order; stops when fn returns non-zero and returns that. */
int np_pmap_each(const struct np_pmap *m, int (*fn)(void *arg, struct np_str key, void *value),
                 void *arg);
/* Frees a version that no reader sees, with its values. */
void np_pmap_free(struct np_pmap *m, const struct np_pmap_ops *ops);
