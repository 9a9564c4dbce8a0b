/* SPDX-License-Identifier: Apache-2.0 */
/* fifo.c - S3-FIFO: which of many things leaves a bounded store. */
#include "engines/edge/fifo.h"

void edge_fifo_init(struct edge_fifo *f, uint64_t most_bytes)
{
    *f = (struct edge_fifo){.most_bytes = most_bytes};
    np_list_init(&f->small);
    np_list_init(&f->main);
}

/* Which ghost a hash is, and where: the place and what is remembered come of different bits. */
static uint32_t *ghost_of(struct edge_fifo *f, uint64_t hash, uint32_t *mark)
{
    *mark = (uint32_t)(hash >> 32) | 1;
    return &f->ghosts[hash % NP_EDGE_GHOSTS];
}

static uint64_t *bytes_of(struct edge_fifo *f, const struct edge_fifo_item *i)
{
    return i->is_main ? &f->main_bytes : &f->small_bytes;
}

static void enter(struct edge_fifo *f, struct edge_fifo_item *i, bool is_main)
{
    i->is_main = is_main;
    *bytes_of(f, i) += i->size;
    np_list_append(is_main ? &f->main : &f->small, &i->node);
}

void edge_fifo_add(struct edge_fifo *f, struct edge_fifo_item *i)
{
    uint32_t mark, *ghost = ghost_of(f, i->hash, &mark);
    bool is_back = *ghost == mark;
    if (is_back)
        *ghost = 0;
    enter(f, i, is_back);
}

void edge_fifo_resize(struct edge_fifo *f, struct edge_fifo_item *i, uint64_t size)
{
    *bytes_of(f, i) += size - i->size;
    i->size = size;
}

void edge_fifo_remove(struct edge_fifo *f, struct edge_fifo_item *i)
{
    if (i->node.next == NULL)
        return;
    *bytes_of(f, i) -= i->size;
    np_list_remove(&i->node);
    i->node.next = NULL;
}

static struct edge_fifo_item *first(struct np_node *head)
{
    return NP_CONTAINER(head->next, struct edge_fifo_item, node);
}

/* One step over the small queue: who leaves, or NULL when its first has moved on. */
static struct edge_fifo_item *step_small(struct edge_fifo *f)
{
    struct edge_fifo_item *i = first(&f->small);
    uint8_t uses = __atomic_exchange_n(&i->uses, 0, __ATOMIC_RELAXED);
    edge_fifo_remove(f, i);
    if (uses > 0) {
        enter(f, i, true);
        return NULL;
    }
    uint32_t mark, *ghost = ghost_of(f, i->hash, &mark);
    *ghost = mark;
    return i;
}

static struct edge_fifo_item *step_main(struct edge_fifo *f)
{
    struct edge_fifo_item *i = first(&f->main);
    uint8_t uses = __atomic_load_n(&i->uses, __ATOMIC_RELAXED);
    edge_fifo_remove(f, i);
    if (uses == 0)
        return i;
    __atomic_store_n(&i->uses, (uint8_t)(uses - 1), __ATOMIC_RELAXED);
    enter(f, i, true);
    return NULL;
}

struct edge_fifo_item *edge_fifo_evict(struct edge_fifo *f)
{
    while (edge_fifo_bytes(f) > f->most_bytes) {
        bool small = !np_list_empty(&f->small) &&
                     (f->small_bytes > f->most_bytes / 10 || np_list_empty(&f->main));
        if (!small && np_list_empty(&f->main))
            return NULL;
        struct edge_fifo_item *i = small ? step_small(f) : step_main(f);
        if (i != NULL)
            return i;
    }
    return NULL;
}
