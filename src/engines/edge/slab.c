/* SPDX-License-Identifier: Apache-2.0 */
/* slab.c - memory that is a file too. */
#include "engines/edge/slab.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of addresses, which are never used twice: terabytes that pass through, not memory. */
#define SLAB_BYTES ((uint64_t)1 << 44)
#define PAGE       ((uint64_t)4096)

static uint64_t whole_pages(size_t n)
{
    return ((uint64_t)n + PAGE - 1) / PAGE * PAGE;
}

void edge_slab_init(struct edge_slab *s)
{
    *s = (struct edge_slab){.fd = memfd_create("edge-slab", MFD_CLOEXEC)};
    if (s->fd < 0)
        return;
    void *map = MAP_FAILED;
    if (ftruncate(s->fd, (off_t)SLAB_BYTES) == 0)
        map = mmap(NULL, SLAB_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, s->fd, 0);
    if (map == MAP_FAILED) {
        close(s->fd);
        s->fd = -1;
        return;
    }
    madvise(map, SLAB_BYTES, MADV_DONTDUMP);
    s->map = map;
}

void edge_slab_fini(struct edge_slab *s)
{
    if (s->fd < 0)
        return;
    munmap(s->map, SLAB_BYTES);
    close(s->fd);
    s->fd = -1;
}

char *edge_slab_take(struct edge_slab *s, size_t n)
{
    if (s->fd < 0)
        return NULL;
    uint64_t at = __atomic_fetch_add(&s->next, whole_pages(n), __ATOMIC_RELAXED);
    return at + n <= SLAB_BYTES ? s->map + at : NULL;
}

void edge_slab_give(struct edge_slab *s, char *p, size_t n)
{
    fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)edge_slab_offset(s, p),
              (off_t)whole_pages(n));
}
