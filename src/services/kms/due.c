/* SPDX-License-Identifier: Apache-2.0 */
/* due.c - looks for keys whose time has come by the region's clock, which may jump, and has each
 * changed in a transaction of its own. */
#include "services/kms/due.h"

#include "base/log.h"

#define LOOK_MS  250
#define AGAIN_MS 5000 /* after an error */

struct kms_due {
    struct np_core *core;
    struct np_loop *loop;
    struct np_timer timer;
    struct np_write write;
    struct np_arena *arena;
    struct np_err err;
    struct np_str account, region, id;
};

static int (*const steps[])(const struct np_core *core, struct np_txn *t, struct kms_key *k,
                            struct np_err *err) = {
    kms_delete_due,
    kms_rotate_due,
    kms_expire_due,
};

/* On the writer's thread. */
static int apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct kms_due *d = NP_CONTAINER(w, struct kms_due, write);
    struct kms_db db = kms_db_txn(t);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < NP_LEN(steps); i++) {
        struct kms_key k;
        rc = kms_key_load(&db, d->id, &k, err);
        if (rc == 0)
            rc = steps[i](d->core, t, &k, err);
    }
    return rc == NP_ENOENT ? 0 : rc;
}

static void look(struct np_timer *timer);

static void written(struct np_write *w, int rc)
{
    struct kms_due *d = NP_CONTAINER(w, struct kms_due, write);
    if (rc != 0)
        np_log(NP_WARN, "kms.due.retry", "key=%.*s error=\"%.*s\"", NP_FMT(d->id),
               NP_FMT(np_err_text(&d->err)));
    np_timer_set(d->loop, &d->timer, rc != 0 ? AGAIN_MS : 0, look);
}

static bool find(struct kms_due *d, int64_t now_ms)
{
    NP_SQL(due, "SELECT account, region, id FROM kms_key WHERE deletion_ms <= :now UNION ALL "
                "SELECT account, region, id FROM kms_key WHERE rotation_ms <= :now "
                "AND state = 'Enabled' UNION ALL "
                "SELECT account, region, key FROM kms_material WHERE expires_ms <= :now LIMIT 1");
    const struct np_scope scope = {NP_STR(""), NP_STR(""), now_ms};
    np_arena_reset(d->arena, 1 << 16);
    struct np_q *q = np_q(np_store_reader(d->core->store, NP_DB_STATE), &scope, &due, "");
    bool found = np_row(q);
    if (found) {
        d->account = np_col_str(q, 0, d->arena);
        d->region = np_col_str(q, 1, d->arena);
        d->id = np_col_str(q, 2, d->arena);
    }
    return np_q_end(q, NULL) == 0 && found;
}

static void look(struct np_timer *timer)
{
    struct kms_due *d = NP_CONTAINER(timer, struct kms_due, timer);
    int64_t now_ms = np_region_ms(d->loop);
    if (!find(d, now_ms)) {
        np_timer_set(d->loop, &d->timer, LOOK_MS, look);
        return;
    }
    d->err = (struct np_err){0};
    d->write = (struct np_write){
        .loop = d->loop,
        .scope = {d->account, d->region, now_ms},
        .arena = d->arena,
        .apply = apply,
        .done = written,
        .err = &d->err,
    };
    if (np_store_write(d->core->store, NP_DB_STATE, &d->write) == 0)
        return;
    np_timer_set(d->loop, &d->timer, AGAIN_MS, look);
}

struct kms_due *kms_due_start(struct np_core *core)
{
    struct kms_due *d = np_heap_new(struct kms_due);
    d->core = core;
    d->loop = np_core_loop(core, 0);
    d->arena = np_arena_new();
    np_timer_set(d->loop, &d->timer, LOOK_MS, look);
    return d;
}

void kms_due_free(struct kms_due *d)
{
    if (d == NULL)
        return;
    np_timer_stop(&d->timer);
    np_arena_free(d->arena);
    np_free(d);
}
