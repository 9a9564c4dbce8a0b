/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - changed items told to the first worker's loop, many at once: those of one commit, and
 * of the commits that came before the loop took them. */
#include <pthread.h>

#include "base/auto.h"
#include "services/ec2/ec2_int.h"

#define WATCHERS_MAX 16

struct watcher {
    void (*fn)(void *arg, const struct ec2_change *changes, size_t n);
    void *arg;
};

struct ec2_watch_list {
    struct np_core *core;
    struct watcher watchers[WATCHERS_MAX]; /* of the first loop */
    size_t n_watchers;
    struct np_msg msg;
    pthread_mutex_t mutex;
    struct {
        struct np_arena *arena; /* of the changes; NULL: none wait */
        struct ec2_change *v;
        size_t n;
    } locked;
};

/* On the first loop. */
static void deliver(struct np_msg *m)
{
    struct ec2_watch_list *l = NP_CONTAINER(m, struct ec2_watch_list, msg);
    pthread_mutex_lock(&l->mutex);
    NP_AUTO_ARENA a = l->locked.arena;
    (void)a;
    const struct ec2_change *v = l->locked.v;
    size_t n = l->locked.n;
    l->locked.arena = NULL;
    l->locked.v = NULL;
    l->locked.n = 0;
    pthread_mutex_unlock(&l->mutex);
    for (size_t i = 0; i < l->n_watchers; i++)
        l->watchers[i].fn(l->watchers[i].arg, v, n);
    np_loop_owe(np_core_loop(l->core, 0), -1);
}

void ec2_watch_tell(struct ec2_watch_list *l, const struct ec2_change *c)
{
    pthread_mutex_lock(&l->mutex);
    bool first = l->locked.arena == NULL;
    if (first)
        l->locked.arena = np_arena_new();
    struct np_arena *a = l->locked.arena;
    l->locked.v = np_array_grow(a, l->locked.v, l->locked.n, sizeof(*l->locked.v));
    l->locked.v[l->locked.n++] =
        (struct ec2_change){c->kind, np_str_dup(a, c->account), np_str_dup(a, c->region),
                            np_str_dup(a, c->id), np_str_dup(a, c->vpc)};
    pthread_mutex_unlock(&l->mutex);
    if (!first)
        return;
    np_loop_owe(np_core_loop(l->core, 0), 1);
    np_loop_post(np_core_loop(l->core, 0), &l->msg);
}

void ec2_watch(struct np_core *core,
               void (*fn)(void *arg, const struct ec2_change *changes, size_t n), void *arg)
{
    struct ec2_watch_list *l = ec2_world_watchers(ec2_world(core));
    np_assert(l->n_watchers < WATCHERS_MAX);
    l->watchers[l->n_watchers++] = (struct watcher){fn, arg};
}

struct ec2_watch_list *ec2_watch_list_new(struct np_core *core)
{
    struct ec2_watch_list *l = np_heap_new(struct ec2_watch_list);
    l->core = core;
    l->msg.fn = deliver;
    pthread_mutex_init(&l->mutex, NULL);
    return l;
}

void ec2_watch_list_free(struct ec2_watch_list *l)
{
    np_arena_free(l->locked.arena);
    pthread_mutex_destroy(&l->mutex);
    np_free(l);
}
