/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - names to items, published under RCU: extendible hashing whose parts are copied when a
 * change first touches them.
 *
 * A version is the directory. It leads by the high bits of a name's hash to a chunk, an open
 * addressed table of up to 256 items by the low bits, with 15 bits of the hash beside each. A
 * change of one name copies its chunk and the directory; what the same change made before is
 * changed where it stands (struct dns_made), so that a bulk load copies nothing.
 *
 * Private to this folder and its tests.
 */
#pragma once

#include "base/map.h"
#include "io/rcu.h"

/* Head of all that stands in a table. */
struct dns_item {
    uint32_t made;    /* the number of the change that made it */
    uint32_t n_below; /* items of names one label longer: it stays while there are any */
    uint16_t n;       /* of what follows the name */
    uint8_t name_n;
    uint8_t flags;
    uint8_t name[];
};

/* Of the change that is going on. */
struct dns_made {
    uint32_t number;
    struct np_rcu_batch retired; /* what the new version does not use any more */
};
/* Frees p: at once if this change made it, else when no reader is left. */
void dns_drop(struct dns_made *m, uint32_t made, void *p, void (*fn)(void *p));

struct dns_dir;
struct dns_table {
    struct dns_dir *dir; /* NULL: empty */
    size_t n;
};

struct dns_item *dns_table_get(const struct dns_table *t, const uint8_t *name, size_t n);
/* The item that it replaces, or NULL; it is the caller's to drop. */
struct dns_item *dns_table_put(struct dns_table *t, struct dns_made *m, struct dns_item *item);
struct dns_item *dns_table_del(struct dns_table *t, struct dns_made *m, const uint8_t *name,
                               size_t n);
void dns_table_each(const struct dns_table *t, void (*fn)(void *arg, struct dns_item *item),
                    void *arg);
/* The directory and chunks, not the items, by `drop`. */
void dns_table_drop(struct dns_table *t, struct dns_made *m);
