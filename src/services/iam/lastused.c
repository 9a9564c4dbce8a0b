/* SPDX-License-Identifier: Apache-2.0 */
/* lastused.c - when keys and roles were last used: noted in memory by each request, written once a
 * minute. What was noted less than a minute before a crash is lost. */
#include <pthread.h>

#include "base/map.h"
#include "services/iam/iam_int.h"

#define SHARDS      16 /* a loop mostly has one to itself */
#define FLUSH_MS    60000
#define SERVICE_MAX 32
#define REGION_MAX  24
#define PENDING_MAX 20000 /* entries of a shard; over it the newest are not noted */

struct note {
    bool role;
    int64_t at_ms;
    char account[12];
    char service[SERVICE_MAX], region[REGION_MAX];
    size_t n_service, n_region;
};

struct shard {
    pthread_mutex_t lock;
    struct np_map *notes; /* under lock */
};

struct iam_used {
    struct shard shards[SHARDS];
    struct np_core *core;
    struct np_timer timer;
    struct np_loop *loop;
    bool writing;
};

struct flush {
    struct np_write write;
    struct iam_used *used;
    struct np_arena *arena;
    struct np_err err;
    struct np_map *maps[SHARDS];
};

struct iam_used *iam_used_new(void)
{
    struct iam_used *u = np_heap_new(struct iam_used);
    NP_EACH (s, u->shards) {
        pthread_mutex_init(&s->lock, NULL);
        s->notes = np_map_new();
    }
    return u;
}

void iam_used_free(struct iam_used *u)
{
    if (u == NULL)
        return;
    np_timer_stop(&u->timer);
    NP_EACH (s, u->shards) {
        np_map_free(s->notes, np_free);
        pthread_mutex_destroy(&s->lock);
    }
    np_free(u);
}

static size_t copy(char *to, size_t room, struct np_str s)
{
    size_t n = s.n < room ? s.n : room;
    memcpy(to, s.p, n);
    return n;
}

static struct shard *shard_of(struct iam_used *u, const void *loop)
{
    return &u->shards[((uintptr_t)loop >> 6) % SHARDS];
}

/* The id that is noted: of the role for its sessions, else of the key. Absent: nothing to note. */
static struct np_str noted_id(const struct np_identity *who, struct np_str access_key_id)
{
    struct np_str role, session;
    if (who->kind == NP_WHO_ASSUMED_ROLE) {
        np_str_cut(who->user_id, ':', &role, &session);
        return role;
    }
    return who->temporary ? NP_STR_NULL : access_key_id;
}

void iam_used_note(struct iam_used *u, const struct np_req *rq, struct np_str access_key_id)
{
    struct np_str id = noted_id(rq->who, access_key_id);
    if (id.p == NULL || rq->who->account.n != 12)
        return;
    struct shard *s = shard_of(u, rq->loop);
    pthread_mutex_lock(&s->lock);
    struct note *n = np_map_get(s->notes, id);
    if (n == NULL && np_map_count(s->notes) < PENDING_MAX) {
        n = np_heap_new(struct note);
        np_map_put(s->notes, id, n);
    }
    if (n != NULL) {
        n->role = rq->who->kind == NP_WHO_ASSUMED_ROLE;
        n->at_ms = rq->now_ms / 60000 * 60000; /* AWS: to the minute */
        memcpy(n->account, rq->who->account.p, sizeof(n->account));
        n->n_service =
            copy(n->service, SERVICE_MAX, np_str_of(rq->svc->model->codec->signing_name));
        n->n_region = copy(n->region, REGION_MAX, rq->region);
    }
    pthread_mutex_unlock(&s->lock);
}

bool iam_used_pending(struct iam_used *u, struct np_str id, struct np_arena *a, int64_t *at_ms,
                      struct np_str *service, struct np_str *region)
{
    bool found = false;
    NP_EACH (s, u->shards) {
        pthread_mutex_lock(&s->lock);
        const struct note *n = np_map_get(s->notes, id);
        if (n != NULL && (!found || n->at_ms > *at_ms)) {
            found = true;
            *at_ms = n->at_ms;
            *service = np_str_dup(a, np_str_n(n->service, n->n_service));
            *region = np_str_dup(a, np_str_n(n->region, n->n_region));
        }
        pthread_mutex_unlock(&s->lock);
    }
    return found;
}

/* --- writing --- */

struct row {
    struct np_txn *t;
    struct np_err *err;
};

static int write_note(void *arg, struct np_str id, void *value)
{
    /* Rows of many accounts in one write: the account is the note's, not the scope's. */
    NP_SQL(key,
           "UPDATE iam_key SET used_ms = ?2, used_service = ?3, used_region = ?4 WHERE id = ?1 "
           "AND coalesce(used_ms, 0) <= ?2");
    NP_SQL(role,
           "UPDATE iam_entity SET used_ms = ?2, used_region = ?3 WHERE account = ?4 AND id = ?1 "
           "AND coalesce(used_ms, 0) <= ?2");
    const struct row *r = arg;
    const struct note *n = value;
    struct np_str service = np_str_n(n->service, n->n_service),
                  region = np_str_n(n->region, n->n_region);
    if (n->role)
        return np_exec(r->t, &role, r->err, "siss", id, n->at_ms, region,
                       np_str_n(n->account, sizeof(n->account)));
    return np_exec(r->t, &key, r->err, "siss", id, n->at_ms, service, region);
}

static int flush_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct flush *f = NP_CONTAINER(w, struct flush, write);
    struct row r = {t, err};
    int rc = 0;
    for (size_t i = 0; i < SHARDS && rc == 0; i++)
        if (f->maps[i] != NULL)
            rc = np_map_each(f->maps[i], write_note, &r);
    return rc;
}

static void flush_free(struct flush *f)
{
    for (size_t i = 0; i < SHARDS; i++)
        np_map_free(f->maps[i], np_free);
    np_arena_free(f->arena);
    np_free(f);
}

static void flush_done(struct np_write *w, int rc)
{
    struct flush *f = NP_CONTAINER(w, struct flush, write);
    f->used->writing = false;
    flush_free(f);
}

static void flush(struct np_timer *timer)
{
    struct iam_used *u = NP_CONTAINER(timer, struct iam_used, timer);
    np_timer_set(u->loop, &u->timer, FLUSH_MS, flush);
    if (u->writing)
        return;
    struct flush *f = np_heap_new(struct flush);
    size_t n = 0;
    for (size_t i = 0; i < SHARDS; i++) {
        struct np_map *empty = np_map_new();
        pthread_mutex_lock(&u->shards[i].lock);
        f->maps[i] = u->shards[i].notes;
        u->shards[i].notes = empty;
        pthread_mutex_unlock(&u->shards[i].lock);
        n += np_map_count(f->maps[i]);
    }
    f->used = u;
    f->arena = np_arena_new();
    f->write = (struct np_write){.loop = u->loop,
                                 .scope = {NP_STR(""), NP_STR(""), np_region_ms(u->loop)},
                                 .arena = f->arena,
                                 .apply = flush_apply,
                                 .done = flush_done,
                                 .err = &f->err};
    if (n == 0 || np_store_write(u->core->store, NP_DB_STATE, &f->write) != 0)
        flush_free(f);
    else
        u->writing = true;
}

int iam_used_start(struct iam_used *u, struct np_core *core, struct np_err *err)
{
    u->core = core;
    u->loop = np_core_loop(core, 0);
    np_timer_set(u->loop, &u->timer, FLUSH_MS, flush);
    return 0;
}
