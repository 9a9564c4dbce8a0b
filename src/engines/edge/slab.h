/* SPDX-License-Identifier: Apache-2.0 */
/* slab.h - memory that is a file too (memfd, mapped): what is in it goes to plain sockets by
 * sendfile, without a copy, and to others from memory.
 *
 * Places are never used twice: a socket may still hold the pages of what was freed, and those must
 * not change. Freed pages leave the file (a hole is punched).
 * Threads: any. */
#pragma once

#include <stdint.h>
#include <stddef.h>

struct edge_slab {
    int fd;
    char *map;
    uint64_t next; /* atomic */
};

/* Without memory for it there is none (fd -1), and everything is on the heap. */
void edge_slab_init(struct edge_slab *s);
void edge_slab_fini(struct edge_slab *s);
/* NULL: full. */
char *edge_slab_take(struct edge_slab *s, size_t n);
void edge_slab_give(struct edge_slab *s, char *p, size_t n);
static inline uint64_t edge_slab_offset(const struct edge_slab *s, const char *p)
{
    return (uint64_t)(p - s->map);
}
