/* SPDX-License-Identifier: Apache-2.0 */
/* observe.c - what other threads may ask: copies, under the lock. */
#include <stdlib.h>

#include "engines/compute/compute_int.h"

static struct np_instance_now copy_machine(const struct machine *m, struct np_arena *a)
{
    struct np_instance_now n = m->now;
    n.id = np_str_dup(a, m->now.id);
    n.reason = np_str_dup(a, m->now.reason);
    return n;
}

int np_compute_observe(struct np_compute *c, struct np_arena *a, struct np_str id,
                       struct np_instance_now *out)
{
    pthread_mutex_lock(&c->lock);
    const struct machine *m = np_map_get(c->machines, id);
    if (m != NULL)
        *out = copy_machine(m, a);
    pthread_mutex_unlock(&c->lock);
    return m != NULL ? 0 : NP_ENOENT;
}

struct gathering {
    struct np_arena *a;
    struct np_instance_now *v;
    size_t n;
};

static int gather(void *arg, struct np_str id, void *value)
{
    struct gathering *g = arg;
    g->v[g->n++] = copy_machine(value, g->a);
    return 0;
}

static int by_id(const void *a, const void *b)
{
    return np_str_cmp(((const struct np_instance_now *)a)->id,
                      ((const struct np_instance_now *)b)->id);
}

size_t np_compute_each(struct np_compute *c, struct np_arena *a, struct np_instance_now **out)
{
    struct gathering g = {.a = a};
    pthread_mutex_lock(&c->lock);
    g.v = np_new_array(a, struct np_instance_now, np_map_count(c->machines) + 1);
    np_map_each(c->machines, gather, &g);
    pthread_mutex_unlock(&c->lock);
    qsort(g.v, g.n, sizeof(*g.v), by_id);
    *out = g.v;
    return g.n;
}

int np_compute_volume_observe(struct np_compute *c, struct np_arena *a, struct np_str id,
                              struct np_volume_now *out)
{
    pthread_mutex_lock(&c->lock);
    const struct disk *d = np_map_get(c->disks, id);
    if (d != NULL) {
        *out = d->now;
        out->id = np_str_dup(a, d->now.id);
        out->instance = np_str_dup(a, d->now.instance);
        out->device = np_str_dup(a, d->now.device);
        out->reason = np_str_dup(a, d->now.reason);
    }
    pthread_mutex_unlock(&c->lock);
    return d != NULL ? 0 : NP_ENOENT;
}
