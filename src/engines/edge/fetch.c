/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - what a fill does with its origin: attempts, failover, what is made of the response. */
#include "engines/edge/fetch.h"

#include "base/arena.h"
#include "engines/edge/disk.h"
#include "engines/edge/encode.h"
#include "engines/edge/forward.h"
#include "engines/edge/keep.h"
#include "engines/edge/request.h"

#define FETCH_MAGIC 0x46455443

struct np_edge_fetch {
    uint32_t magic;
    struct edge_fill *fill;
    const struct np_edge_origin_ops *ops;
    void *arg, *user;
    bool headed;
};

static void launch(struct edge_fill *f);

static struct np_edge_fetch *live(const struct np_edge_fetch *f)
{
    return NP_CAST(np_edge_fetch, (uintptr_t)f, FETCH_MAGIC);
}

const struct np_edge_fetch_view *np_edge_fetch_view(const struct np_edge_fetch *f)
{
    return &live(f)->fill->view;
}

void np_edge_fetch_set_user(struct np_edge_fetch *f, void *user)
{
    live(f)->user = user;
}

void *np_edge_fetch_user(const struct np_edge_fetch *f)
{
    return live(f)->user;
}

struct np_edge_request *edge_fetch_owner(const struct np_edge_fetch *f)
{
    return live(f)->fill->owner;
}

struct np_edge_worker *edge_fetch_worker(const struct np_edge_fetch *f)
{
    return live(f)->fill->w;
}

/* --- the ends of a fetch and of a fill --- */

static void fetch_free(struct np_edge_fetch *x)
{
    struct edge_fill *f = x->fill;
    if (f->fetch == x)
        f->fetch = NULL;
    if (f->owner != NULL)
        edge_request_read(f->owner, NULL, NULL);
    x->magic = 0;
    np_free(x);
    edge_fill_unref(f);
}

static void fetch_cancel(struct edge_fill *f)
{
    struct np_edge_fetch *x = f->fetch;
    if (x == NULL)
        return;
    x->ops->cancel(x->arg, x);
    fetch_free(x);
}

static void set_state(struct edge_fill *f, enum edge_fill_state state)
{
    pthread_mutex_lock(&f->lock);
    f->locked.state = state;
    pthread_mutex_unlock(&f->lock);
}

/* No more comes. Whoever calls has the state set and holds no lock. */
static void over(struct edge_fill *f)
{
    if (f->over)
        return;
    f->over = true;
    np_timer_stop(&f->timer);
    np_defer_cancel(&f->later);
    if (f->file != NULL)
        edge_file_abort(f->file);
    f->file = NULL;
    edge_fill_wake(f);
    np_list_remove(&f->node);
    edge_fill_unref(f);
}

/* The fill ends with this object, whole. The reference is taken. */
static void finish_with(struct edge_fill *f, struct edge_object *o, enum np_edge_result result,
                        bool store)
{
    pthread_mutex_lock(&f->lock);
    edge_object_unref(f->locked.object);
    f->locked.object = o;
    f->locked.result = result;
    f->locked.state = FILL_DONE;
    pthread_mutex_unlock(&f->lock);
    if (f->key.text.p != NULL)
        edge_cache_put(f->w->edge->cache, &f->key, f, store ? o : NULL);
    over(f);
}

static void cut(struct edge_fill *f)
{
    set_state(f, FILL_CUT);
    if (f->key.text.p != NULL)
        edge_cache_put(f->w->edge->cache, &f->key, f, NULL);
    over(f);
}

static void serve_stale(struct edge_fill *f, int status)
{
    const struct np_edge_error *e = edge_dist_error(f->dist, status);
    int64_t wait_s = e != NULL && e->min_ttl_s >= 0 ? e->min_ttl_s : NP_EDGE_ERROR_TTL_S;
    struct edge_object *o = f->stale;
    __atomic_store_n(&o->retry_ms, np_region_ms(f->w->loop) + wait_s * 1000, __ATOMIC_RELAXED);
    f->stale = NULL;
    /* It may have left memory meanwhile; then it is there again. */
    finish_with(f, o, NP_EDGE_R_HIT, true);
}

static bool stale_is_usable(const struct edge_fill *f)
{
    return f->stale != NULL && np_region_ms(f->w->loop) < f->stale->error_until_ms &&
           f->stale->status < 400;
}

/* --- no response --- */

static int status_of(enum np_edge_reason reason)
{
    switch (reason) {
    case NP_EDGE_TIMEOUT:
        return 504;
    case NP_EDGE_OVERLOAD:
    case NP_EDGE_FUNCTION:
        return 503;
    case NP_EDGE_NO_ADDRESS:
    case NP_EDGE_NO_CONNECTION:
    case NP_EDGE_BAD_TLS:
    case NP_EDGE_BAD_RESPONSE:
    case NP_EDGE_OK:
        return 502;
    case NP_EDGE_NO_HOST:
    case NP_EDGE_DISABLED:
    case NP_EDGE_BAD_METHOD:
    case NP_EDGE_GET_WITH_BODY:
    case NP_EDGE_HTTPS_NEEDED:
    case NP_EDGE_GEO_BLOCKED:
    case NP_EDGE_UNSIGNED:
    case NP_EDGE_LOOP:
        return 403;
    case NP_EDGE_TOO_LARGE:
        return 413;
    case NP_EDGE_BAD_REQUEST:
        return 400;
    }
    return 500;
}

static void fail(struct edge_fill *f, enum np_edge_reason reason)
{
    int status = status_of(reason);
    if (stale_is_usable(f)) {
        serve_stale(f, status);
        return;
    }
    bool store = edge_keep_error(f, status);
    struct edge_object *o = edge_object_new(NULL, 0);
    o->status = (uint16_t)status;
    o->reason = (uint8_t)(reason == NP_EDGE_OK ? NP_EDGE_BAD_RESPONSE : reason);
    edge_keep_times(f, o, NULL, 0);
    finish_with(f, o, NP_EDGE_R_ERROR, store);
}

static bool may_repeat(const struct edge_fill *f)
{
    return np_str_is(f->method, "GET") || np_str_is(f->method, "HEAD") ||
           np_str_is(f->method, "OPTIONS");
}

static bool try_second(struct edge_fill *f)
{
    if (f->b->second == NULL || f->on_second || !may_repeat(f))
        return false;
    f->on_second = true;
    f->origin = f->b->second;
    f->attempt = 0;
    launch(f);
    return true;
}

static bool is_worth_another(enum np_edge_reason reason)
{
    return reason == NP_EDGE_NO_CONNECTION || reason == NP_EDGE_TIMEOUT ||
           reason == NP_EDGE_NO_ADDRESS;
}

static void no_response(struct edge_fill *f, enum np_edge_reason reason)
{
    if (may_repeat(f) && is_worth_another(reason) && f->attempt < f->origin->attempts) {
        launch(f);
        return;
    }
    if (!try_second(f))
        fail(f, reason);
}

/* --- the head --- */

static bool fails_over(const struct edge_fill *f, int status)
{
    if (f->b->group == NULL || f->on_second || !may_repeat(f))
        return false;
    for (size_t i = 0; i < f->b->group->n_statuses; i++)
        if (f->b->group->statuses[i] == status)
            return true;
    return false;
}

static void refreshed(struct edge_fill *f, const struct np_http_field *fields, size_t n)
{
    struct edge_object *o = edge_keep_refreshed(f, fields, n);
    if (f->w->edge->disk != NULL)
        edge_disk_save(f->w->edge->disk, f->w->loop, &f->key, o);
    finish_with(f, o, NP_EDGE_R_REFRESH_HIT, true);
}

/* Others that wait have to ask for themselves, and who comes after them does not wait at all. */
static void make_private(struct edge_fill *f)
{
    struct np_edge *e = f->w->edge;
    f->keep = false;
    pthread_mutex_lock(&f->lock);
    f->locked.is_private = f->locked.windowed = true;
    pthread_mutex_unlock(&f->lock);
    if (f->key.text.p == NULL)
        return;
    struct edge_object *mark = edge_object_new(NULL, 0);
    mark->is_pass = true;
    mark->seq = edge_fill_seq(f);
    mark->fresh_until_ms = np_region_ms(f->w->loop) + NP_EDGE_PASS_MS;
    edge_cache_put(e->cache, &f->key, f, mark);
    edge_object_unref(mark);
}

static void store_body(struct edge_fill *f, struct edge_object *o)
{
    struct np_edge *e = f->w->edge;
    bool is_large = o->content_length > (int64_t)NP_EDGE_MEMORY_OBJECT_MAX;
    if (!f->keep || f->coding != EDGE_IDENTITY || !is_large)
        return;
    uint64_t most = e->disk != NULL ? e->o.disk_bytes / NP_EDGE_OBJECT_SHARE : 0;
    if ((uint64_t)o->content_length <= most)
        f->file = edge_file_begin(e->disk, &f->key, o);
    if (f->file == NULL)
        make_private(f);
}

static void take_head(struct edge_fill *f, int status, const struct np_http_field *fields, size_t n,
                      int64_t content_length)
{
    bool store = false;
    struct edge_object *o = edge_keep_object(f, status, fields, n, content_length, &store);
    if (f->keep && !store)
        make_private(f);
    if (!f->is_head && status != 204 && status != 304)
        o->body = edge_body_new(&f->w->edge->slab);
    store_body(f, o);
    /* Without a body the end comes at once: then viewers have all in one. */
    bool wait = f->coding != EDGE_IDENTITY || o->body == NULL || content_length == 0;
    pthread_mutex_lock(&f->lock);
    f->locked.object = o;
    if (!wait)
        f->locked.state = FILL_GROWS;
    pthread_mutex_unlock(&f->lock);
    if (!wait)
        edge_fill_wake(f);
    if (!f->keep && f->owner == NULL) {
        fetch_cancel(f);
        cut(f);
    }
}

static bool head_is_small(const struct np_http_field *fields, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += fields[i].name.n + fields[i].value.n + 4;
    return n <= NP_EDGE_FIELDS_MAX && bytes <= NP_EDGE_FIELD_BYTES_MAX;
}

void np_edge_fetch_head(struct np_edge_fetch *x, int status, const struct np_http_field *fields,
                        size_t n, int64_t content_length)
{
    struct edge_fill *f = live(x)->fill;
    np_assert(!x->headed);
    x->headed = true;
    f->dist->shared->counters[f->w->index].v.origin_us +=
        (np_now_ms(f->w->loop) - f->begin_ms) * 1000;
    if (f->over)
        return;
    if (fails_over(f, status)) {
        fetch_cancel(f);
        try_second(f);
    } else if (!head_is_small(fields, n)) {
        fetch_cancel(f);
        fail(f, NP_EDGE_BAD_RESPONSE);
    } else if (status == 304 && f->stale != NULL) {
        refreshed(f, fields, n);
    } else if (status >= 500 && stale_is_usable(f)) {
        fetch_cancel(f);
        serve_stale(f, status);
    } else {
        take_head(f, status, fields, n, content_length);
    }
}

/* --- the body --- */

/* It cannot be kept after all: what follows goes through memory, to those who are there. */
static void stop_keeping(struct edge_fill *f)
{
    if (f->file != NULL)
        edge_file_abort(f->file);
    f->file = NULL;
    f->keep = false;
    pthread_mutex_lock(&f->lock);
    f->locked.windowed = true;
    pthread_mutex_unlock(&f->lock);
    edge_cache_put(f->w->edge->cache, &f->key, f, NULL);
}

/* A body that came without length has become large. */
static void move_to_file(struct edge_fill *f, struct edge_object *o)
{
    struct np_edge *e = f->w->edge;
    bool moved = false;
    pthread_mutex_lock(&f->lock);
    if (e->disk != NULL)
        f->file = edge_file_begin(e->disk, &f->key, o);
    if (f->file != NULL)
        moved = edge_file_move(f->file, o->body);
    pthread_mutex_unlock(&f->lock);
    if (!moved)
        stop_keeping(f);
}

static void append(struct edge_fill *f, struct edge_object *o, struct np_str data)
{
    uint64_t hint = 0;
    if (o->content_length >= 0 && f->keep)
        hint = (uint64_t)o->content_length - o->body->n;
    else if (!f->keep)
        hint = data.n;
    if (f->file != NULL) {
        pthread_mutex_lock(&f->lock);
        bool ok = edge_file_add(f->file, o->body, data);
        pthread_mutex_unlock(&f->lock);
        if (ok)
            return;
        stop_keeping(f);
        hint = data.n;
    }
    pthread_mutex_lock(&f->lock);
    edge_body_add(o->body, data, hint);
    pthread_mutex_unlock(&f->lock);
    if (f->keep && o->content_length < 0 && o->body->n > NP_EDGE_MEMORY_OBJECT_MAX)
        move_to_file(f, o);
}

void np_edge_fetch_data(struct np_edge_fetch *x, struct np_str data)
{
    struct edge_fill *f = live(x)->fill;
    struct edge_object *o = f->locked.object; /* written by this thread alone */
    if (f->over || o == NULL || o->body == NULL)
        return;
    if (o->content_length >= 0 && data.n > (uint64_t)o->content_length - o->body->n) {
        fetch_cancel(f);
        cut(f);
        return;
    }
    append(f, o, data);
    if (f->coding != EDGE_IDENTITY)
        return;
    edge_fill_wake(f);
    edge_fetch_look(f);
}

static void publish(struct edge_fill *f)
{
    struct np_edge *e = f->w->edge;
    struct edge_object *o = f->locked.object;
    pthread_mutex_lock(&f->lock);
    if (o->body != NULL && o->content_length < 0 && !f->is_head)
        __atomic_store_n(&o->content_length, (int64_t)o->body->n, __ATOMIC_RELAXED);
    f->locked.state = FILL_DONE;
    pthread_mutex_unlock(&f->lock);
    if (f->keep) {
        edge_keep_publish(f, o);
        if (f->file != NULL)
            edge_file_commit(f->file, f->w->loop);
        else if (e->disk != NULL)
            edge_disk_save(e->disk, f->w->loop, &f->key, o);
        f->file = NULL;
    }
    over(f);
}

static bool is_whole(const struct edge_fill *f)
{
    const struct edge_object *o = f->locked.object;
    return o->body == NULL || o->content_length < 0 || (uint64_t)o->content_length == o->body->n;
}

void edge_fetch_encoded(struct edge_fill *f, struct edge_chunk *coded)
{
    if (f->over)
        return;
    struct edge_object *o = edge_keep_encoded(f, coded);
    pthread_mutex_lock(&f->lock);
    edge_object_unref(f->locked.object);
    f->locked.object = o;
    pthread_mutex_unlock(&f->lock);
    publish(f);
}

void np_edge_fetch_done(struct np_edge_fetch *x, enum np_edge_reason reason,
                        const struct np_err *err)
{
    struct edge_fill *f = live(x)->fill;
    bool headed = x->headed;
    edge_fill_ref(f);
    fetch_free(x);
    if (f->over) {
        edge_fill_unref(f);
        return;
    }
    if (f->tunnel) {
        set_state(f, FILL_DONE);
        over(f);
    } else if (!headed) {
        no_response(f, reason);
    } else if (reason == NP_EDGE_OK && is_whole(f)) {
        if (f->coding != EDGE_IDENTITY)
            edge_encode_start(f);
        else
            publish(f);
    } else if (f->coding != EDGE_IDENTITY) {
        fail(f, NP_EDGE_BAD_RESPONSE); /* nobody has seen a byte of it */
    } else {
        cut(f);
    }
    edge_fill_unref(f);
}

/* --- the viewer's body --- */

void np_edge_fetch_read(struct np_edge_fetch *x, np_http_body_fn *fn, void *arg)
{
    np_assert(live(x)->fill->owner != NULL);
    edge_request_read(x->fill->owner, fn, arg);
}

void np_edge_fetch_read_pause(struct np_edge_fetch *x)
{
    if (live(x)->fill->owner != NULL)
        np_http_read_pause(x->fill->owner->x);
}

void np_edge_fetch_read_resume(struct np_edge_fetch *x)
{
    if (live(x)->fill->owner != NULL)
        np_http_read_resume(x->fill->owner->x);
}

/* --- going on and giving up --- */

static bool nobody_wants(const struct edge_fill *f, size_t n_viewers)
{
    const struct edge_object *o = f->locked.object;
    if (n_viewers > 0 || f->background)
        return false;
    if (!f->keep)
        return true;
    if (o == NULL || o->body == NULL || f->coding != EDGE_IDENTITY)
        return false;
    return o->content_length < 0 || (uint64_t)o->content_length - o->body->n > NP_EDGE_ORPHAN_MAX;
}

/* Of a body that is not kept: drops what every viewer has, and what only viewers far behind the
 * fastest still want, who are then cut: one that does not read must not hold the others. Returns
 * how far the body is ahead of the fastest. */
static uint64_t drop_taken(struct edge_fill *f, struct edge_body *b)
{
    uint64_t at = UINT64_MAX, lead = 0;
    for (const struct edge_watch *w = f->locked.watches; w != NULL; w = w->next) {
        if (w->n > 0 && w->at < at)
            at = w->at;
        if (w->n > 0 && w->lead > lead)
            lead = w->lead;
    }
    if (lead > NP_EDGE_LAG_MAX && at < lead - NP_EDGE_LAG_MAX)
        at = lead - NP_EDGE_LAG_MAX;
    edge_body_drop(b, at);
    return b->n > lead ? b->n - lead : 0;
}

void edge_fetch_look(struct edge_fill *f)
{
    if (f->over)
        return;
    uint64_t ahead = 0;
    pthread_mutex_lock(&f->lock);
    size_t n_viewers = f->locked.n_viewers;
    if (f->locked.windowed && f->locked.object != NULL && f->locked.object->body != NULL)
        ahead = drop_taken(f, f->locked.object->body);
    pthread_mutex_unlock(&f->lock);
    if (nobody_wants(f, n_viewers)) {
        fetch_cancel(f);
        cut(f);
        return;
    }
    struct np_edge_fetch *x = f->fetch;
    if (x == NULL || f->paused == (ahead > NP_EDGE_WINDOW))
        return;
    if (f->paused && ahead > NP_EDGE_WINDOW / 2)
        return;
    f->paused = !f->paused;
    if (f->paused)
        x->ops->pause(x->arg, x);
    else
        x->ops->resume(x->arg, x);
}

void edge_fill_abandon(struct edge_fill *f)
{
    edge_fill_ref(f);
    fetch_cancel(f);
    cut(f);
    edge_fill_unref(f);
}

/* --- beginning --- */

static void on_completion_timeout(struct np_timer *t)
{
    struct edge_fill *f = NP_CONTAINER(t, struct edge_fill, timer);
    bool headed = f->fetch != NULL && f->fetch->headed;
    edge_fill_ref(f);
    fetch_cancel(f);
    if (headed && f->coding == EDGE_IDENTITY)
        cut(f);
    else
        fail(f, NP_EDGE_TIMEOUT);
    edge_fill_unref(f);
}

static void launch(struct edge_fill *f)
{
    struct np_edge_fetch *x = np_heap_new(struct np_edge_fetch);
    x->magic = FETCH_MAGIC;
    x->fill = f;
    edge_fill_ref(f);
    f->attempt++;
    f->fetch = x;
    f->paused = false;
    x->ops = f->origin->ops != NULL ? f->origin->ops : &edge_http_origin;
    x->arg = f->origin->arg;
    edge_forward_view(f);
    f->dist->shared->counters[f->w->index].v.origin_fetches++;
    if (f->origin->completion_timeout_ms > 0 && f->timer.loop == NULL)
        np_timer_set(f->w->loop, &f->timer, f->origin->completion_timeout_ms,
                     on_completion_timeout);
    x->ops->start(x->arg, f->w, x);
}

static void ask_origin(struct edge_fill *f)
{
    f->origin = f->b->origin;
    edge_forward_conditions(f);
    launch(f);
}

static void on_disk(void *arg, struct edge_object *o)
{
    struct edge_fill *f = arg;
    if (!f->over && o != NULL && edge_keep_found(f, o)) {
        edge_object_ref(o);
        finish_with(f, o, NP_EDGE_R_HIT, true);
    } else if (!f->over) {
        ask_origin(f);
    }
    edge_object_unref(o);
    edge_fill_unref(f);
}

void edge_fill_start(struct edge_fill *f)
{
    struct np_edge *e = f->w->edge;
    bool on_file = e->disk != NULL && f->keep && f->stale == NULL && f->key.text.p != NULL &&
                   edge_disk_may_have(e->disk, f->key.text);
    if (!on_file) {
        ask_origin(f);
        return;
    }
    edge_fill_ref(f);
    edge_disk_load(e->disk, f->w->loop, f->key.text, on_disk, f);
}
