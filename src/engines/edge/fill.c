/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - who waits for a response that is on its way; its life. What comes is in fetch.c. */
#include "engines/edge/fill.h"

#include "base/arena.h"
#include "engines/edge/disk.h"
#include "engines/edge/fetch.h"
#include "engines/edge/forward.h"
#include "engines/edge/request.h"

#define FILL_MAGIC 0x4546494c

struct edge_fill *edge_fill_new(struct np_edge_request *rq, const struct edge_key *k, bool shared)
{
    struct edge_fill *f = np_heap_new(struct edge_fill);
    f->magic = FILL_MAGIC;
    f->refs = 1;
    pthread_mutex_init(&f->lock, NULL);
    f->w = rq->w;
    f->loop = rq->w->loop;
    f->arena = np_arena_new();
    f->dist = rq->dist;
    edge_dist_ref(f->dist);
    f->b = rq->b;
    f->keep = shared;
    f->locked.is_private = f->locked.windowed = !shared;
    f->locked.result = NP_EDGE_R_MISS;
    f->seq = edge_tick(rq->w->edge);
    f->begin_ms = np_now_ms(rq->w->loop);
    if (k != NULL)
        f->key = (struct edge_key){np_str_dup(f->arena, k->text), k->hash};
    np_list_append(&f->w->fills, &f->node);
    edge_fill_ref(f); /* the list's, until it is over */
    return f;
}

void edge_fill_ref(struct edge_fill *f)
{
    __atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
}

void edge_fill_unref(struct edge_fill *f)
{
    if (__atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    while (f->locked.watches != NULL) {
        struct edge_watch *w = f->locked.watches;
        f->locked.watches = w->next;
        np_free(w);
    }
    edge_object_unref(f->locked.object);
    edge_object_unref(f->stale);
    edge_dist_unref(f->dist);
    np_arena_free(f->arena);
    pthread_mutex_destroy(&f->lock);
    f->magic = 0;
    np_free(f);
}

void edge_fill_discard(struct edge_fill *f)
{
    f->over = true;
    np_list_remove(&f->node);
    edge_fill_unref(f);
    edge_fill_unref(f);
}

/* --- waking --- */

static void wake_requests(struct edge_watch *w)
{
    NP_LIST_EACH(n, &w->requests)
    edge_request_wake(NP_CONTAINER(n, struct np_edge_request, fill_node));
}

static void on_watch(struct np_msg *m)
{
    struct edge_watch *w = NP_CONTAINER(m, struct edge_watch, msg);
    struct edge_fill *f = w->fill;
    pthread_mutex_lock(&f->lock);
    w->posted = false;
    pthread_mutex_unlock(&f->lock);
    wake_requests(w);
    np_loop_owe(w->loop, -1);
    edge_fill_unref(f);
}

static void post(struct edge_watch *w)
{
    w->posted = true;
    edge_fill_ref(w->fill);
    np_loop_owe(w->loop, 1);
    np_loop_post(w->loop, &w->msg);
}

void edge_fill_wake(struct edge_fill *f)
{
    struct edge_watch *own = NULL;
    pthread_mutex_lock(&f->lock);
    for (struct edge_watch *w = f->locked.watches; w != NULL; w = w->next) {
        if (w->worker == f->w)
            own = w;
        else if (!w->posted && w->n > 0)
            post(w);
    }
    pthread_mutex_unlock(&f->lock);
    if (own == NULL)
        return;
    edge_fill_ref(f);
    wake_requests(own);
    edge_fill_unref(f);
}

static struct edge_watch *watch_of(struct edge_fill *f, struct np_edge_worker *worker)
{
    for (struct edge_watch *w = f->locked.watches; w != NULL; w = w->next)
        if (w->worker == worker)
            return w;
    struct edge_watch *w = np_heap_new(struct edge_watch);
    w->msg.fn = on_watch;
    w->fill = f;
    w->worker = worker;
    w->loop = worker->loop;
    np_list_init(&w->requests);
    w->next = f->locked.watches;
    f->locked.watches = w;
    return w;
}

void edge_fill_attach(struct edge_fill *f, struct np_edge_request *rq)
{
    edge_fill_ref(f);
    rq->fill = f;
    pthread_mutex_lock(&f->lock);
    struct edge_watch *w = watch_of(f, rq->w);
    np_list_append(&w->requests, &rq->fill_node);
    w->n++;
    w->at = 0;
    f->locked.n_viewers++;
    /* What has happened before is told like what comes. */
    if (f->locked.state != FILL_WAITS && !w->posted)
        post(w);
    pthread_mutex_unlock(&f->lock);
}

/* --- going on and giving up --- */

static void on_control(struct np_msg *m)
{
    struct edge_fill *f = NP_CONTAINER(m, struct edge_fill, control);
    struct np_loop *l = f->loop;
    pthread_mutex_lock(&f->lock);
    f->locked.called = false;
    pthread_mutex_unlock(&f->lock);
    edge_fetch_look(f);
    np_loop_owe(l, -1);
    edge_fill_unref(f);
}

/* Has the leading worker look, later: whoever asks may be inside of one of its calls. */
static void call_leader(struct edge_fill *f)
{
    if (f->locked.called || f->locked.state >= FILL_DONE)
        return;
    f->locked.called = true;
    f->control.fn = on_control;
    edge_fill_ref(f);
    np_loop_owe(f->loop, 1);
    np_loop_post(f->loop, &f->control);
}

void edge_fill_detach(struct edge_fill *f, struct np_edge_request *rq)
{
    pthread_mutex_lock(&f->lock);
    np_list_remove(&rq->fill_node);
    watch_of(f, rq->w)->n--;
    f->locked.n_viewers--;
    call_leader(f);
    pthread_mutex_unlock(&f->lock);
    if (f->w == rq->w && f->owner == rq)
        f->owner = NULL;
    rq->fill = NULL;
    edge_fill_unref(f);
}

static void measure(struct edge_watch *w)
{
    w->at = UINT64_MAX;
    w->lead = 0;
    NP_LIST_EACH(n, &w->requests)
    {
        uint64_t at = NP_CONTAINER(n, struct np_edge_request, fill_node)->at;
        w->at = at < w->at ? at : w->at;
        w->lead = at > w->lead ? at : w->lead;
    }
}

void edge_fill_taken(struct edge_fill *f, struct np_edge_request *rq)
{
    bool look = false;
    pthread_mutex_lock(&f->lock);
    if (f->locked.state == FILL_GROWS && f->locked.windowed) {
        struct edge_watch *w = watch_of(f, rq->w);
        measure(w);
        look = rq->w == f->w;
        if (!look)
            call_leader(f);
    }
    pthread_mutex_unlock(&f->lock);
    if (look)
        edge_fetch_look(f);
}
