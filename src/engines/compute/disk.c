/* SPDX-License-Identifier: Apache-2.0 */
/* disk.c - volumes and snapshots: what is wanted of one, what the driver says, and the next step.
 */
#include "base/auto.h"
#include "base/log.h"
#include "engines/compute/compute_int.h"

/* A key that was asked for; outlives a disk that goes meanwhile. */
struct key_ask {
    struct disk *disk; /* NULL: it went */
    void (*then)(struct disk *d, const uint8_t *key);
};

struct disk *disk_of(struct np_compute *c, struct np_str id)
{
    struct disk *d = np_map_get(c->disks, id);
    if (d != NULL)
        return d;
    d = np_heap_new(struct disk);
    d->c = c;
    compute_text(d->id, sizeof(d->id), id);
    d->spec.id = np_str_of(d->id);
    d->now.id = d->spec.id;
    pthread_mutex_lock(&c->lock);
    np_map_put(c->disks, id, d);
    pthread_mutex_unlock(&c->lock);
    return d;
}

void disk_free(void *p)
{
    struct disk *d = p;
    if (d->asking != NULL)
        d->asking->disk = NULL;
    np_arena_free(d->arena);
    np_free(d);
}

/* --- telling --- */

static void tell(struct disk *d, const struct np_volume_now *n)
{
    struct np_volume_now *now = &d->now;
    bool same = now->phase == n->phase && now->size_mib == n->size_mib &&
                now->used_bytes == n->used_bytes && np_str_eq(now->instance, n->instance) &&
                np_str_eq(now->device, n->device) && np_str_eq(now->reason, n->reason);
    if (same)
        return;
    pthread_mutex_lock(&d->c->lock);
    compute_text(d->now_to, sizeof(d->now_to), n->instance);
    compute_text(d->now_device, sizeof(d->now_device), n->device);
    compute_text(d->reason, sizeof(d->reason), n->reason);
    *now = (struct np_volume_now){.id = d->spec.id,
                                  .snapshot = d->is_snapshot,
                                  .phase = n->phase,
                                  .size_mib = n->size_mib,
                                  .used_bytes = n->used_bytes,
                                  .instance = np_str_of(d->now_to),
                                  .device = np_str_of(d->now_device),
                                  .reason = np_str_of(d->reason)};
    pthread_mutex_unlock(&d->c->lock);
    if (d->want == WANT_IT && d->c->o.volume_changed != NULL)
        d->c->o.volume_changed(d->c->o.arg, now, false);
}

static void tell_reason(struct disk *d, struct np_str why)
{
    struct np_volume_now n = d->now;
    n.reason = why;
    tell(d, &n);
}

/* --- acting --- */

static void acted(void *x, int rc, const struct np_err *err)
{
    struct disk *d = x;
    d->busy = false;
    if (rc == 0)
        d->retry = (struct retry){0};
    if (rc != 0 && rc != NP_ECLOSED) {
        compute_failed(d->c, &d->retry);
        tell_reason(d, np_err_text(err));
        np_log(NP_WARN, "compute.refused", "volume=%s reason=\"%.*s\"", d->id,
               NP_FMT(np_err_text(err)));
    }
    np_compute_look(d->c);
}

static void sent(struct disk *d, int rc)
{
    d->busy = rc == 0;
    if (rc == 0)
        return;
    compute_failed(d->c, &d->retry);
    np_compute_look(d->c);
}

static void have_key(void *x, const uint8_t key[64], const struct np_err *err)
{
    struct key_ask *ask = x;
    struct disk *d = ask->disk;
    if (d != NULL) {
        d->asking = NULL;
        d->busy = false;
        if (key != NULL && d->want == WANT_IT)
            ask->then(d, key);
        else if (key == NULL)
            acted(d, NP_EACCES, err);
        else
            np_compute_look(d->c);
    }
    np_free(ask);
}

/* Goes on with its key, or without one when it needs none. */
static void with_key(struct disk *d, bool needed, void (*then)(struct disk *d, const uint8_t *key))
{
    if (!needed || d->c->o.key == NULL) {
        then(d, NULL);
        return;
    }
    struct key_ask *ask = np_heap_new(struct key_ask);
    *ask = (struct key_ask){.disk = d, .then = then};
    d->asking = ask;
    d->busy = true;
    d->c->o.key(d->c->o.arg, d->spec.id, have_key, ask);
}

/* The driver tells when that has been done; it is asked again only lest that word was lost, or the
 * guest still has it mounted or open. */
static void asked(void *x, int rc, const struct np_err *err)
{
    struct disk *d = x;
    acted(d, rc, err);
    if (rc == 0)
        d->retry = (struct retry){.due_ms = compute_now(d->c) + NP_COMPUTE_DISK_MS};
}

static void make_it(struct disk *d, const uint8_t *key)
{
    const struct np_compute_driver *v = d->c->driver;
    if (d->is_snapshot)
        sent(d, v->snapshot_ensure(d->c->d, d->spec.id, d->of, key, acted, d));
    else
        sent(d, v->disk_ensure(d->c->d, &d->spec, key, asked, d));
}

static void attach_it(struct disk *d, const uint8_t *key)
{
    sent(d, d->c->driver->disk_attach(d->c->d, d->spec.id, np_str_of(d->to), np_str_of(d->device),
                                      key, asked, d));
}

static void detach_it(struct disk *d, bool force)
{
    sent(d, d->c->driver->disk_detach(d->c->d, d->spec.id, force, asked, d));
}

static void remove_it(struct disk *d)
{
    const struct np_compute_driver *v = d->c->driver;
    if (d->is_snapshot)
        sent(d, v->snapshot_remove(d->c->d, d->spec.id, acted, d));
    else
        sent(d, v->disk_remove(d->c->d, d->spec.id, acted, d));
}

/* --- comparing --- */

static void keep(struct disk *d, const struct np_volume_now *s)
{
    bool may = compute_may_try(d->c, &d->retry);
    if (s == NULL || s->phase == NP_VOLUME_FAILED) {
        if (s != NULL && d->retry.due_ms == 0) {
            compute_failed(d->c, &d->retry);
            may = false;
        }
        if (may)
            with_key(d, d->spec.encrypted, make_it);
        return;
    }
    if (s->phase != NP_VOLUME_READY || !may)
        return;
    if (!d->is_snapshot && s->size_mib < d->spec.size_mib) {
        with_key(d, d->spec.encrypted, make_it);
        return;
    }
    bool there = np_str_eq(s->instance, np_str_of(d->to));
    if (s->instance.n > 0 && !there)
        detach_it(d, d->force_detach);
    else if (d->to[0] != 0 && !there)
        with_key(d, d->spec.encrypted, attach_it);
}

static void drop(struct disk *d)
{
    struct np_compute *c = d->c;
    bool was_wanted = d->want == WANT_GONE;
    pthread_mutex_lock(&c->lock);
    np_map_del(c->disks, d->spec.id);
    pthread_mutex_unlock(&c->lock);
    if (was_wanted && c->o.volume_changed != NULL)
        c->o.volume_changed(c->o.arg, &d->now, true);
    disk_free(d);
}

static void remove_disk(struct disk *d, const struct np_volume_now *s)
{
    if (s == NULL) {
        drop(d);
        return;
    }
    if (!compute_may_try(d->c, &d->retry))
        return;
    if (s->instance.n > 0)
        detach_it(d, true);
    else
        remove_it(d);
}

static bool differs(const struct np_volume_now *a, const struct np_volume_now *b)
{
    return a->phase != b->phase || a->size_mib != b->size_mib ||
           !np_str_eq(a->instance, b->instance);
}

static void compare(struct disk *d, const struct np_volume_now *s)
{
    if (d->busy)
        return;
    /* What was asked for has come about, or something else has: the next step need not wait. */
    if (s != NULL && d->retry.pause_ms == 0 && differs(s, &d->now))
        d->retry.due_ms = 0;
    d->there = s != NULL && s->phase == NP_VOLUME_READY;
    if (s != NULL) {
        struct np_volume_now n = *s;
        d->is_snapshot = s->snapshot;
        if (n.reason.n == 0 && d->retry.due_ms != 0)
            n.reason = d->now.reason; /* of a call that failed */
        tell(d, &n);
    }
    if (d->want == WANT_IT)
        keep(d, s);
    else if (d->want == WANT_GONE || s == NULL || d->c->disks_settled)
        remove_disk(d, s);
}

static const struct np_volume_now *find(const struct np_volume_now *v, size_t n, struct np_str id)
{
    size_t low = 0;
    while (low < n) {
        size_t mid = low + (n - low) / 2;
        int diff = np_str_cmp(v[mid].id, id);
        if (diff == 0)
            return &v[mid];
        if (diff < 0)
            low = mid + 1;
        else
            n = mid;
    }
    return NULL;
}

struct listing {
    struct disk **v;
    size_t n;
};

static int note(void *arg, struct np_str id, void *value)
{
    struct listing *l = arg;
    l->v[l->n++] = value;
    return 0;
}

void disks_compare(struct np_compute *c, const struct np_volume_now *v, size_t n)
{
    NP_AUTO_ARENA a = np_arena_new();
    for (size_t i = 0; i < n; i++)
        disk_of(c, v[i].id);
    struct listing l = {np_new_array(a, struct disk *, np_map_count(c->disks) + 1), 0};
    np_map_each(c->disks, note, &l);
    for (size_t i = 0; i < l.n; i++)
        compare(l.v[i], find(v, n, l.v[i]->spec.id));
}

/* --- for instances --- */

struct asked {
    struct np_str instance, root;
    bool root_seen, missing; /* missing: one is not attached yet */
    struct np_str trouble;   /* of such a one */
    struct np_driver_disk *v;
    size_t n;
};

static int look_at(void *arg, struct np_str id, void *value)
{
    struct asked *q = arg;
    const struct disk *d = value;
    if (d->want != WANT_IT || !np_str_eq(np_str_of(d->to), q->instance))
        return 0;
    q->root_seen = q->root_seen || np_str_eq(id, q->root);
    if (!d->there || !np_str_eq(d->now.instance, q->instance)) {
        q->missing = true;
        if (d->now.reason.n > 0)
            q->trouble = d->now.reason;
    }
    if (q->v != NULL)
        q->v[q->n++] =
            (struct np_driver_disk){.volume = d->spec.id, .device = np_str_of(d->device)};
    return 0;
}

bool disks_attached(struct np_compute *c, struct np_str instance, struct np_str root,
                    struct np_str *why)
{
    struct asked q = {.instance = instance, .root = root};
    np_map_each(c->disks, look_at, &q);
    if (!q.root_seen)
        *why = NP_STR("it has no root volume");
    else if (q.missing)
        *why = q.trouble.n > 0 ? q.trouble : NP_STR("its volumes are not attached yet");
    return q.root_seen && !q.missing;
}

size_t disks_of(struct np_compute *c, struct np_arena *a, struct np_str instance,
                struct np_driver_disk **out)
{
    struct asked q = {.instance = instance,
                      .root = NP_STR(""),
                      .v = np_new_array(a, struct np_driver_disk, np_map_count(c->disks) + 1)};
    np_map_each(c->disks, look_at, &q);
    *out = q.v;
    return q.n;
}

/* --- what is wanted --- */

void np_compute_volume_set(struct np_compute *c, const struct np_volume_spec *s)
{
    bool fresh = np_map_get(c->disks, s->id) == NULL;
    struct disk *d = disk_of(c, s->id);
    if (d->want == WANT_GONE)
        return;
    bool same = d->want == WANT_IT && d->spec.size_mib == s->size_mib;
    if (same)
        return;
    np_arena_free(d->arena);
    d->arena = np_arena_new();
    d->spec = (struct np_volume_spec){.id = np_str_of(d->id),
                                      .size_mib = s->size_mib,
                                      .snapshot = np_str_dup(d->arena, s->snapshot),
                                      .image = np_str_dup(d->arena, s->image),
                                      .encrypted = s->encrypted};
    d->retry = (struct retry){0};
    d->want = WANT_IT;
    if (fresh && c->listed && np_compute_ready(c)) /* the host had all that was known, not this */
        keep(d, NULL);
    np_compute_look(c);
}

void np_compute_snapshot_set(struct np_compute *c, struct np_str id, struct np_str of,
                             bool encrypted)
{
    struct disk *d = disk_of(c, id);
    if (d->want != WANT_NOTHING)
        return;
    d->arena = np_arena_new();
    d->is_snapshot = true;
    d->of = np_str_dup(d->arena, of);
    d->spec.encrypted = encrypted;
    d->want = WANT_IT;
    np_compute_look(c);
}

void np_compute_volume_remove(struct np_compute *c, struct np_str id)
{
    struct disk *d = disk_of(c, id);
    if (d->want == WANT_GONE)
        return;
    d->want = WANT_GONE;
    d->to[0] = 0;
    d->retry = (struct retry){0};
    np_compute_look(c);
}

void np_compute_snapshot_remove(struct np_compute *c, struct np_str id)
{
    struct disk *d = disk_of(c, id);
    d->is_snapshot = true;
    np_compute_volume_remove(c, id);
}

void np_compute_volume_attach(struct np_compute *c, struct np_str id, struct np_str instance,
                              struct np_str device)
{
    struct disk *d = disk_of(c, id);
    if (np_str_eq(np_str_of(d->to), instance) && np_str_eq(np_str_of(d->device), device))
        return;
    compute_text(d->to, sizeof(d->to), instance);
    compute_text(d->device, sizeof(d->device), device);
    d->force_detach = false;
    d->retry = (struct retry){0};
    np_compute_look(c);
}

void np_compute_volume_detach(struct np_compute *c, struct np_str id, bool force)
{
    struct disk *d = disk_of(c, id);
    if (d->to[0] == 0 && d->force_detach >= force)
        return;
    d->to[0] = d->device[0] = 0;
    d->force_detach = d->force_detach || force;
    d->retry = (struct retry){0};
    np_compute_look(c);
}
