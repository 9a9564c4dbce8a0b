/* SPDX-License-Identifier: Apache-2.0 */
/* expire.c - removes parameters whose time is over, on the region's clock. Readers do not see them
 * from that moment on; this frees their names' rows, tags and quota. */
#include "base/log.h"
#include "services/ssm/ssm_int.h"

struct ssm_expiry {
    struct np_core *core;
    struct np_loop *loop;
    struct np_timer timer;
    struct np_write write;
    struct np_arena *arena; /* of one batch */
    struct np_err err;
    bool busy;
};

/* Whose parameter is the first that is over? */
static bool find_first(struct ssm_expiry *e)
{
    NP_SQL(first, "SELECT account, region FROM ssm_parameter WHERE expires_ms <= :now LIMIT 1");
    struct np_scope none = {NP_STR(""), NP_STR(""), np_region_ms(e->loop)};
    struct np_q *q = np_q(np_store_reader(e->core->store, NP_DB_STATE), &none, &first, "");
    bool found = np_row(q);
    if (found)
        e->write.scope =
            (struct np_scope){np_col_str(q, 0, e->arena), np_col_str(q, 1, e->arena), none.now_ms};
    np_q_end(q, NULL);
    return found;
}

static int apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(over, "SELECT key FROM ssm_parameter WHERE account = :account AND region = :region "
                 "AND expires_ms <= :now LIMIT ?1");
    struct np_strs keys = {0};
    bool found;
    (void)w;
    struct np_q *q = np_tq(t, &over, "i", (int64_t)SSM_EXPIRED_BATCH);
    while (np_row(q))
        SSM_PUSH(np_txn_arena(t), &keys, np_col_str(q, 0, np_txn_arena(t)));
    int rc = np_q_end(q, err);
    for (size_t i = 0; i < keys.n && rc == 0; i++)
        rc = ssm_drop(t, keys.v[i], &found, err);
    return rc;
}

static void look(struct np_timer *timer);

static void done(struct np_write *w, int rc)
{
    struct ssm_expiry *e = NP_CONTAINER(w, struct ssm_expiry, write);
    e->busy = false;
    if (rc != 0)
        np_log(NP_WARN, "ssm.expiry.retry", "error=\"%.*s\"", NP_FMT(np_err_text(&e->err)));
    else
        np_timer_set(e->loop, &e->timer, 0, look); /* there may be more */
}

static void look(struct np_timer *timer)
{
    struct ssm_expiry *e = NP_CONTAINER(timer, struct ssm_expiry, timer);
    np_timer_set(e->loop, &e->timer, SSM_EXPIRY_MS, look);
    if (e->busy)
        return;
    np_arena_reset(e->arena, 4096);
    if (!find_first(e))
        return;
    e->err = (struct np_err){0};
    e->write.loop = e->loop;
    e->write.arena = e->arena;
    e->write.apply = apply;
    e->write.done = done;
    e->write.err = &e->err;
    e->busy = np_store_write(e->core->store, NP_DB_STATE, &e->write) == 0;
}

struct ssm_expiry *ssm_expiry_new(struct np_core *core)
{
    struct ssm_expiry *e = np_heap_new(struct ssm_expiry);
    e->core = core;
    e->arena = np_arena_new();
    return e;
}

void ssm_expiry_start(struct ssm_expiry *e)
{
    e->loop = np_core_loop(e->core, 0);
    np_timer_set(e->loop, &e->timer, SSM_EXPIRY_MS, look);
}

void ssm_expiry_free(struct ssm_expiry *e)
{
    if (e == NULL)
        return;
    np_timer_stop(&e->timer);
    np_arena_free(e->arena);
    np_free(e);
}
