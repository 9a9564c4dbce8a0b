/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile.c - volumes and snapshots as their rows want them, told to engines/compute; and
 * what has become of them, written into the rows. Everything is on loop 0. */
#include "services/ec2/ebs/ebs_int.h"

#include "base/auto.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/map.h"
#include "engines/compute/compute.h"

#define STATE     "ec2.ebs"
#define AGAIN_MS  200
#define MIB_A_GIB 1024

struct ebs {
    struct np_core *core;
    struct np_loop *loop;
    struct np_compute *compute;
    struct np_map *writing; /* id -> settle; one at a time of each */
    struct ec2_ebs_grants *grants;
};

static struct ebs *ebs_of(const struct np_core *core)
{
    return np_core_state(core, STATE);
}

/* --- what became of one, into its row --- */

struct settle {
    struct np_write write;
    struct np_timer timer;
    struct np_arena *arena;
    struct ebs *e;
    struct np_str account, region, id;
    struct np_volume_now now;
    struct np_err err;
};

static bool volume_failed(struct ec2_item *it, const struct np_volume_now *now)
{
    struct ec2_Volume *d = it->detail;
    struct ec2_VolumeOwn *own = it->own;
    if (now->phase != NP_VOLUME_FAILED || !np_str_is(d->State, "creating"))
        return false;
    d->State = NP_STR("error");
    own->Reason = now->reason;
    return true;
}

static bool volume_made(struct ec2_item *it, const struct np_volume_now *now)
{
    struct ec2_Volume *d = it->detail;
    if (now->phase != NP_VOLUME_READY ||
        (!np_str_is(d->State, "creating") && !np_str_is(d->State, "error")))
        return false;
    d->State = d->Attachments.n != 0 ? NP_STR("in-use") : NP_STR("available");
    EC2_OWN(VolumeOwn, it)->Reason = NP_STR_NULL;
    return true;
}

/* 1: the reference to its instance goes. */
static int volume_attached(struct ec2_item *it, const struct np_volume_now *now, bool *changed)
{
    struct ec2_Volume *d = it->detail;
    struct ec2_VolumeAttachment *at = d->Attachments.n != 0 ? &d->Attachments.v[0] : NULL;
    if (at == NULL || now->phase != NP_VOLUME_READY)
        return 0;
    bool there = np_str_eq(now->instance, at->InstanceId);
    if (np_str_is(at->State, "attaching") && there) {
        at->State = NP_STR("attached");
        *changed = true;
    }
    if (!np_str_is(at->State, "detaching") || there)
        return 0;
    d->Attachments.n = 0;
    d->State = NP_STR("available");
    EC2_OWN(VolumeOwn, it)->Force = (struct np_opt_bool){0};
    *changed = true;
    return 1;
}

static bool volume_modified(struct ec2_item *it, const struct np_volume_now *now, int64_t now_ms)
{
    struct ec2_Volume *d = it->detail;
    struct ec2_VolumeModification *m = EC2_OWN(VolumeOwn, it)->Modification;
    if (m == NULL || !np_str_is(m->ModificationState, "modifying") ||
        now->phase != NP_VOLUME_READY || now->size_mib < m->TargetSize.v * MIB_A_GIB)
        return false;
    m->ModificationState = NP_STR("completed");
    m->Progress = ec2_int(100);
    m->EndTime = ec2_int(now_ms);
    d->Size = m->TargetSize;
    d->VolumeType = m->TargetVolumeType;
    d->Iops = m->TargetIops;
    d->Throughput = m->TargetThroughput;
    return true;
}

static int settle_volume(struct np_txn *t, struct ec2_item *it, const struct np_volume_now *now,
                         struct np_err *err)
{
    const struct ec2_Volume *d = it->detail;
    struct np_str instance = d->Attachments.n != 0 ? d->Attachments.v[0].InstanceId : NP_STR_NULL;
    bool changed = volume_failed(it, now);
    changed = volume_made(it, now) || changed;
    int off = volume_attached(it, now, &changed);
    changed = volume_modified(it, now, np_txn_now_ms(t)) || changed;
    int rc = off == 1 ? ec2_unref(t, it, "instance", instance, err) : 0;
    return rc == 0 && changed ? ec2_put(t, it, err) : rc;
}

/* Its volume may go now, if it has waited for that. */
static int let_go(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *volume;
    int rc = ec2_unref(t, it, "source", NP_STR_NULL, err);
    if (rc != 0 || ec2_find(&db, EC2_KIND_VOLUME, EC2_OWN(SnapshotOwn, it)->Of, &volume, err) != 0)
        return rc;
    return np_str_is(EC2_DETAIL(Volume, volume)->State, "deleting")
               ? ec2_ebs_volume_delete(t, volume, err)
               : 0;
}

static int settle_snapshot(struct np_txn *t, struct ec2_item *it, const struct np_volume_now *now,
                           struct np_err *err)
{
    struct ec2_Snapshot *d = it->detail;
    bool pending = np_str_is(d->State, "pending"), error = np_str_is(d->State, "error");
    if (now->phase == NP_VOLUME_READY && (pending || error)) {
        d->State = NP_STR("completed");
        d->StateMessage = NP_STR_NULL;
        d->Progress = NP_STR("100%");
        d->CompletionTime = ec2_int(np_txn_now_ms(t));
        d->FullSnapshotSizeInBytes = ec2_int((int64_t)now->used_bytes);
    } else if (now->phase == NP_VOLUME_FAILED && pending) {
        d->State = NP_STR("error");
        d->StateMessage = now->reason;
    } else {
        return 0;
    }
    int rc = ec2_put(t, it, err);
    return rc == 0 && now->phase == NP_VOLUME_READY ? let_go(t, it, err) : rc;
}

static int apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    const struct settle *s = NP_CONTAINER(w, struct settle, write);
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_find(&db, s->now.snapshot ? EC2_KIND_SNAPSHOT : EC2_KIND_VOLUME, s->id, &it, err);
    if (rc != 0)
        return rc == NP_ENOENT ? 0 : rc;
    return s->now.snapshot ? settle_snapshot(t, it, &s->now, err)
                           : settle_volume(t, it, &s->now, err);
}

static void free_settle(struct settle *s)
{
    np_timer_stop(&s->timer);
    np_arena_free(s->arena);
    np_free(s);
}

static void look_again(struct ebs *e, struct np_str id);

static void again(struct np_timer *timer)
{
    struct settle *s = NP_CONTAINER(timer, struct settle, timer);
    struct ebs *e = s->e;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str id = np_str_dup(a, s->id);
    np_map_del(e->writing, id);
    free_settle(s);
    look_again(e, id);
}

/* What was told meanwhile is looked at then. */
static void written(struct np_write *w, int rc)
{
    struct settle *s = NP_CONTAINER(w, struct settle, write);
    if (rc != 0)
        np_log(NP_WARN, "ec2.ebs", "id=%.*s reason=\"%.*s\"", NP_FMT(s->id),
               NP_FMT(np_err_text(&s->err)));
    np_loop_owe(s->e->loop, -1);
    np_timer_set(s->e->loop, &s->timer, rc == 0 ? 0 : AGAIN_MS, again);
}

static void settle(struct ebs *e, const struct ec2_item *it, const struct np_volume_now *now)
{
    if (np_map_get(e->writing, it->id) != NULL)
        return;
    struct settle *s = np_heap_new(struct settle);
    s->arena = np_arena_new();
    s->e = e;
    s->account = np_str_dup(s->arena, it->account);
    s->region = np_str_dup(s->arena, it->region);
    s->id = np_str_dup(s->arena, it->id);
    s->now = *now;
    s->now.instance = np_str_dup(s->arena, now->instance);
    s->now.reason = np_str_dup(s->arena, now->reason);
    s->write = (struct np_write){
        .loop = e->loop,
        .scope = {s->account, s->region, np_region_ms(e->loop)},
        .arena = s->arena,
        .apply = apply,
        .done = written,
        .err = &s->err,
    };
    np_map_put(e->writing, s->id, s);
    if (np_store_write(e->core->store, NP_DB_STATE, &s->write) == 0)
        np_loop_owe(e->loop, 1);
    else
        np_timer_set(e->loop, &s->timer, AGAIN_MS, again);
}

/* --- does the row say so already? --- */

static bool volume_differs(const struct ec2_item *it, const struct np_volume_now *now)
{
    const struct ec2_Volume *d = it->detail;
    const struct ec2_VolumeModification *m = EC2_OWN(VolumeOwn, it)->Modification;
    bool creating = np_str_is(d->State, "creating");
    if (now->phase == NP_VOLUME_FAILED)
        return creating;
    if (now->phase != NP_VOLUME_READY)
        return false;
    if (creating || np_str_is(d->State, "error"))
        return true;
    if (m != NULL && np_str_is(m->ModificationState, "modifying") &&
        now->size_mib >= m->TargetSize.v * MIB_A_GIB)
        return true;
    if (d->Attachments.n == 0)
        return false;
    const struct ec2_VolumeAttachment *at = &d->Attachments.v[0];
    bool there = np_str_eq(now->instance, at->InstanceId);
    return (np_str_is(at->State, "attaching") && there) ||
           (np_str_is(at->State, "detaching") && !there);
}

static bool snapshot_differs(const struct ec2_item *it, const struct np_volume_now *now)
{
    struct np_str state = EC2_SEEN(Snapshot, it)->State;
    return (np_str_is(state, "pending") && now->phase != NP_VOLUME_MAKING) ||
           (np_str_is(state, "error") && now->phase == NP_VOLUME_READY);
}

void ec2_ebs_volume_changed(void *core, const struct np_volume_now *now, bool gone)
{
    struct ebs *e = ebs_of(core);
    const struct ec2_item *it = gone || e == NULL ? NULL : ec2_see_any(e->core, now->id);
    if (it == NULL)
        return;
    if (it->kind->id == EC2_KIND_SNAPSHOT ? snapshot_differs(it, now) : volume_differs(it, now))
        settle(e, it, now);
}

static void look_again(struct ebs *e, struct np_str id)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_volume_now now;
    if (np_compute_volume_observe(e->compute, a, id, &now) == 0)
        ec2_ebs_volume_changed(e->core, &now, false);
}

/* --- what should be --- */

static void want_volume(struct ebs *e, const struct ec2_item *it)
{
    const struct ec2_Volume *d = it->detail;
    const struct ec2_VolumeOwn *own = it->own;
    int64_t gib = own->Modification != NULL && own->Modification->TargetSize.v > d->Size.v
                      ? own->Modification->TargetSize.v
                      : d->Size.v;
    const struct np_volume_spec spec = {
        .id = it->id,
        .size_mib = (uint32_t)(gib * MIB_A_GIB),
        .snapshot = d->SnapshotId,
        .image = d->SnapshotId.n == 0 ? own->Image : NP_STR(""),
        .encrypted = own->Key != NULL,
    };
    np_compute_volume_set(e->compute, &spec);
    const struct ec2_VolumeAttachment *at = d->Attachments.n != 0 ? &d->Attachments.v[0] : NULL;
    if (at == NULL || np_str_is(at->State, "detaching"))
        np_compute_volume_detach(e->compute, it->id, own->Force.v);
    else
        np_compute_volume_attach(e->compute, it->id, at->InstanceId, ec2_ebs_short(at->Device));
}

static void want(struct ebs *e, const struct ec2_item *it)
{
    const struct ec2_SnapshotOwn *own = it->own;
    ec2_ebs_grant_note(e->grants, it);
    if (it->kind->id == EC2_KIND_VOLUME)
        want_volume(e, it);
    else
        np_compute_snapshot_set(e->compute, it->id, own->Of, own->Seal.v);
    look_again(e, it->id);
}

static void forget(struct ebs *e, const struct ec2_change *c)
{
    ec2_ebs_grant_gone(e->grants, c->id);
    if (c->kind == EC2_KIND_VOLUME)
        np_compute_volume_remove(e->compute, c->id);
    else
        np_compute_snapshot_remove(e->compute, c->id);
}

static void changed(void *arg, const struct ec2_change *v, size_t n)
{
    struct ebs *e = arg;
    for (size_t i = 0; i < n; i++) {
        if (v[i].kind != EC2_KIND_VOLUME && v[i].kind != EC2_KIND_SNAPSHOT)
            continue;
        const struct ec2_item *it = ec2_see_any(e->core, v[i].id);
        if (it != NULL)
            want(e, it);
        else
            forget(e, &v[i]);
    }
}

static int want_one(void *arg, const struct ec2_item *it)
{
    want(arg, it);
    return 0;
}

static void want_view(void *arg, const struct ec2_view *v)
{
    ec2_each(v, EC2_KIND_VOLUME, want_one, arg);
    ec2_each(v, EC2_KIND_SNAPSHOT, want_one, arg);
}

void ec2_ebs_start(struct np_core *core, struct np_compute *c)
{
    struct ebs *e = np_heap_new(struct ebs);
    *e = (struct ebs){
        .core = core, .loop = np_core_loop(core, 0), .compute = c, .writing = np_map_new()};
    e->grants = ec2_ebs_grants_new(core);
    np_core_set_state(core, STATE, e);
    ec2_watch(core, changed, e);
    ec2_each_view(core, want_view, e);
    np_compute_volumes_settled(c);
}

static void free_writing(void *p)
{
    free_settle(p);
}

void ec2_ebs_stop(struct np_core *core)
{
    struct ebs *e = ebs_of(core);
    if (e == NULL)
        return;
    np_map_free(e->writing, free_writing);
    ec2_ebs_grants_free(e->grants);
    np_free(e);
}

/* --- keys --- */

struct asking {
    struct ec2_ebs_open open;
    struct np_arena *arena;
    struct ec2_EbsKey key;
    void (*done)(void *x, const uint8_t key[64], const struct np_err *err);
    void *x;
    struct np_defer defer;
    struct np_err err;
};

static void opened(struct ec2_ebs_open *o, const uint8_t *key, const struct np_err *err)
{
    struct asking *q = NP_CONTAINER(o, struct asking, open);
    if (key == NULL)
        np_log(NP_WARN, "ec2.ebs_key", "id=%.*s reason=\"%.*s\"", NP_FMT(o->id),
               NP_FMT(np_err_text(err)));
    q->done(q->x, key, err);
    np_arena_free(q->arena);
}

static void no_key(void *arg)
{
    struct asking *q = arg;
    np_err(&q->err, NP_ENOENT, "it has no key");
    q->done(q->x, NULL, &q->err);
    np_arena_free(q->arena);
}

void ec2_ebs_key(void *core, struct np_str id,
                 void (*done)(void *x, const uint8_t key[64], const struct np_err *err), void *x)
{
    struct ebs *e = ebs_of(core);
    struct np_arena *a = np_arena_new();
    struct asking *q = np_new(a, struct asking);
    const struct ec2_item *it = ec2_see_any(core, id);
    q->arena = a;
    q->done = done;
    q->x = x;
    const struct ec2_EbsKey *key = it == NULL ? NULL
                                   : it->kind->id == EC2_KIND_VOLUME
                                       ? EC2_OWN(VolumeOwn, it)->Key
                                       : EC2_OWN(SnapshotOwn, it)->Key;
    if (key == NULL) {
        np_defer(e->loop, &q->defer, no_key, q);
        return;
    }
    q->key =
        (struct ec2_EbsKey){np_str_dup(a, key->Sealed), np_str_dup(a, key->Context), NP_STR_NULL};
    q->open = (struct ec2_ebs_open){.core = core,
                                    .loop = e->loop,
                                    .account = np_str_dup(a, it->account),
                                    .region = np_str_dup(a, it->region),
                                    .id = np_str_dup(a, id),
                                    .key = &q->key,
                                    .done = opened};
    ec2_ebs_key_open(&q->open);
}
