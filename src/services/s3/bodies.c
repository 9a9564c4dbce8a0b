/* SPDX-License-Identifier: Apache-2.0 */
/* bodies.c - ids of bodies, who uses a body, and what becomes of bodies that nobody uses.
 *
 * Ids are reserved in ranges by a row, long before they are needed. A range's row goes when all of
 * its ids are given out and no blob with one of them is under way: then each of its files has a row
 * in s3_bodies or s3_garbage. Ranges that a start finds were open at a crash (or at the last end):
 * files in them without a row are orphans, and go in the background.
 *
 * Garbage is freed in the background, too: first the file, then the row. A list of parts is taken
 * apart a few parts at a time.
 *
 * A write that failed may still have reached the disk (its sync failed, say). Its blob is in doubt
 * until a later write went well: what has no row then gets none any more, and becomes garbage.
 */
#include "services/s3/object_int.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/log.h"
#include "base/map.h"
#include "services/s3/limits.h"

#define MAGIC 0x73336f62u

struct range {
    int64_t first, n;
    int64_t used; /* ids given out */
    int64_t held; /* blobs under way */
};

struct reserve { /* a write: one range more, those that are done go */
    struct np_write w;
    struct np_err err;
    int64_t first; /* out */
    int64_t closed[S3_RANGES_MAX];
    size_t n_closed;
};

struct sweep { /* of one range that was open at the start */
    struct s3_objects *o;
    struct np_job job;
    struct np_write w;
    struct np_err err;
    int64_t first, n;
    uint64_t *ids;
    size_t n_ids, cap;
    int rc;
};

struct collect { /* a round of freeing */
    struct np_write w;
    struct np_err err;
    struct np_timer timer;
    uint64_t ids[S3_GARBAGE_ROUND];
    size_t n_ids;
    int64_t set_id; /* a list of parts to take apart; 0: none */
    bool skipped;   /* a list of parts that is being read */
    bool ended;
};

struct s3_objects {
    uint32_t magic;
    struct np_core *core;
    uint8_t id_key[32];

    pthread_mutex_t lock;
    struct {
        struct range ranges[S3_RANGES_MAX]; /* in order of their ids */
        size_t n_ranges;
        int64_t left; /* ids of all of them */
        bool reserving;
        int64_t freeing;     /* the list of parts that is being taken apart */
        struct np_map *pins; /* set id -> struct pin */
        int64_t *doubts;     /* ids of blobs, first come first */
        size_t n_doubts, cap_doubts;
    } locked;
    struct reserve reserve;

    /* The writer's. */
    uint64_t seq_commit, seq_n;

    atomic_bool garbage; /* there may be some */
    struct collect collect;
    struct np_timer begin_sweeps;
    struct sweep *sweeps; /* worker 0's */
    size_t n_sweeps, next_sweep;
};

struct s3_objects *s3_objects_of(const struct np_core *core)
{
    return NP_CAST(s3_objects, np_core_state(core, "s3.objects"), MAGIC);
}

struct np_str s3_id_key(const struct s3_objects *o)
{
    return np_str_n(o->id_key, sizeof(o->id_key));
}

/* --- ids -------------------------------------------------------------------------------------- */

static struct range *range_of(struct s3_objects *o, int64_t id)
{
    for (size_t i = 0; i < o->locked.n_ranges; i++) {
        struct range *r = &o->locked.ranges[i];
        if (id >= r->first && id < r->first + r->n)
            return r;
    }
    return NULL;
}

static int reserve_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(next, "SELECT next FROM s3_ids");
    NP_SQL(advance, "UPDATE s3_ids SET next = next + ?1");
    NP_SQL(open, "INSERT INTO s3_id_ranges (first, n) VALUES (?1, ?2)");
    NP_SQL(close, "DELETE FROM s3_id_ranges WHERE first = ?1");
    struct reserve *r = NP_CONTAINER(w, struct reserve, w);
    struct np_q *q = np_tq(t, &next, "");
    r->first = np_row(q) ? np_col_int(q, 0) : 0;
    int rc = np_q_end(q, err);
    if (rc == 0)
        rc = np_exec(t, &advance, err, "i", (int64_t)S3_RANGE_IDS);
    if (rc == 0)
        rc = np_exec(t, &open, err, "ii", r->first, (int64_t)S3_RANGE_IDS);
    for (size_t i = 0; rc == 0 && i < r->n_closed; i++)
        rc = np_exec(t, &close, err, "i", r->closed[i]);
    return rc;
}

static void range_add(struct s3_objects *o, int64_t first)
{
    struct range *r = &o->locked.ranges[o->locked.n_ranges++];
    *r = (struct range){.first = first, .n = S3_RANGE_IDS};
    o->locked.left += S3_RANGE_IDS;
}

static void reserved(struct np_write *w, int rc)
{
    struct s3_objects *o = NP_CONTAINER(w, struct s3_objects, reserve.w);
    if (rc != 0)
        np_log(NP_ERROR, "s3.ids.reserve", "error=\"%.*s\"", NP_FMT(np_err_text(&o->reserve.err)));
    pthread_mutex_lock(&o->lock);
    o->locked.reserving = false;
    if (rc == 0)
        range_add(o, o->reserve.first);
    pthread_mutex_unlock(&o->lock);
}

/* Takes out ranges of which nothing can come any more. */
static void take_closed(struct s3_objects *o)
{
    struct reserve *w = &o->reserve;
    size_t kept = 0;
    w->n_closed = 0;
    for (size_t i = 0; i < o->locked.n_ranges; i++) {
        struct range *r = &o->locked.ranges[i];
        if (r->used == r->n && r->held == 0)
            w->closed[w->n_closed++] = r->first;
        else
            o->locked.ranges[kept++] = *r;
    }
    o->locked.n_ranges = kept;
}

/* Under the lock; on a loop. */
static void reserve_more(struct s3_objects *o)
{
    if (o->locked.reserving || o->locked.left > S3_RANGE_IDS / 2)
        return;
    take_closed(o);
    if (o->locked.n_ranges == S3_RANGES_MAX)
        return; /* so many uploads take their time; their ends make room */
    o->reserve.w = (struct np_write){
        .loop = np_loop_current(),
        .apply = reserve_apply,
        .done = reserved,
        .err = &o->reserve.err,
    };
    o->locked.reserving = np_store_write(o->core->store, NP_DB_S3, &o->reserve.w) == 0;
}

bool s3_id_take(struct s3_objects *o, int64_t *id)
{
    bool ok = false;
    pthread_mutex_lock(&o->lock);
    for (size_t i = 0; !ok && i < o->locked.n_ranges; i++) {
        struct range *r = &o->locked.ranges[i];
        if (r->used == r->n)
            continue;
        *id = r->first + r->used++;
        o->locked.left--;
        ok = true;
    }
    reserve_more(o);
    pthread_mutex_unlock(&o->lock);
    return ok;
}

void s3_id_hold(struct s3_objects *o, int64_t id)
{
    pthread_mutex_lock(&o->lock);
    struct range *r = range_of(o, id);
    np_assert(r != NULL);
    r->held++;
    pthread_mutex_unlock(&o->lock);
}

void s3_id_let_go(struct s3_objects *o, int64_t id)
{
    pthread_mutex_lock(&o->lock);
    struct range *r = range_of(o, id);
    np_assert(r != NULL && r->held > 0);
    r->held--;
    pthread_mutex_unlock(&o->lock);
}

int64_t s3_seq(struct s3_objects *o, struct np_txn *t)
{
    uint64_t no = np_txn_commit_no(t);
    if (no != o->seq_commit) {
        o->seq_commit = no;
        o->seq_n = 0;
    }
    np_assert(o->seq_n < 1 << S3_SEQ_BITS);
    return (int64_t)(no << S3_SEQ_BITS | o->seq_n++);
}

/* --- users of bodies ------------------------------------------------------------------------- */

int s3_body_add(struct np_txn *t, struct s3_body body, struct np_str bytes, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO s3_bodies (id, refs, bytes) VALUES (?1, 1, ?2)");
    if (body.kind == S3_BODY_NONE)
        return 0;
    return np_exec(t, &add, err, "ib", body.id, bytes);
}

int s3_body_share(struct np_txn *t, struct s3_body body, struct np_err *err)
{
    NP_SQL(share, "UPDATE s3_bodies SET refs = refs + 1 WHERE id = ?1");
    if (body.kind == S3_BODY_NONE)
        return 0;
    int rc = np_exec(t, &share, err, "i", body.id);
    if (rc == 0 && np_exec_changes(t) != 1)
        return np_err(err, NP_ECORRUPT, "body %lld has no row", (long long)body.id);
    return rc;
}

int s3_body_release(struct np_txn *t, struct s3_objects *o, struct s3_body body, struct np_err *err)
{
    NP_SQL(last, "DELETE FROM s3_bodies WHERE id = ?1 AND refs = 1");
    NP_SQL(less, "UPDATE s3_bodies SET refs = refs - 1 WHERE id = ?1");
    NP_SQL(garbage, "INSERT INTO s3_garbage (id, body) VALUES (?1, ?2)");
    if (body.kind == S3_BODY_NONE)
        return 0;
    int rc = np_exec(t, &last, err, "i", body.id);
    if (rc != 0)
        return rc;
    if (np_exec_changes(t) == 0)
        return np_exec(t, &less, err, "i", body.id);
    if (body.kind == S3_BODY_INLINE)
        return 0;
    atomic_store_explicit(&o->garbage, true, memory_order_relaxed);
    return np_exec(t, &garbage, err, "ii", body.id, (int64_t)body.kind);
}

int s3_parts_discard(struct np_txn *t, struct s3_objects *o, int64_t set_id, struct np_err *err)
{
    NP_SQL(garbage, "INSERT INTO s3_garbage (id, body) VALUES (?1, ?2)");
    atomic_store_explicit(&o->garbage, true, memory_order_relaxed);
    return np_exec(t, &garbage, err, "ii", set_id, (int64_t)S3_BODY_PARTS);
}

/* --- pins ------------------------------------------------------------------------------------ */

struct pin {
    size_t n;
};

bool s3_pin(struct s3_objects *o, int64_t set_id)
{
    struct np_str key = np_str_n(&set_id, sizeof(set_id));
    pthread_mutex_lock(&o->lock);
    bool ok = o->locked.freeing != set_id;
    if (ok) {
        struct pin *p = np_map_get(o->locked.pins, key);
        if (p == NULL) {
            p = np_heap_new(struct pin);
            np_map_put(o->locked.pins, key, p);
        }
        p->n++;
    }
    pthread_mutex_unlock(&o->lock);
    return ok;
}

void s3_unpin(struct s3_objects *o, int64_t set_id)
{
    struct np_str key = np_str_n(&set_id, sizeof(set_id));
    pthread_mutex_lock(&o->lock);
    struct pin *p = np_map_get(o->locked.pins, key);
    np_assert(p != NULL);
    if (--p->n == 0)
        np_free(np_map_del(o->locked.pins, key));
    pthread_mutex_unlock(&o->lock);
}

/* Nobody reads the list from now on; false: somebody does. */
static bool begin_freeing(struct s3_objects *o, int64_t set_id)
{
    pthread_mutex_lock(&o->lock);
    bool ok = np_map_get(o->locked.pins, np_str_n(&set_id, sizeof(set_id))) == NULL;
    if (ok)
        o->locked.freeing = set_id;
    pthread_mutex_unlock(&o->lock);
    return ok;
}

static void end_freeing(struct s3_objects *o)
{
    pthread_mutex_lock(&o->lock);
    o->locked.freeing = 0;
    pthread_mutex_unlock(&o->lock);
}

/* --- freeing garbage: rounds on worker 0's loop ------------------------------------------------
 */

static void round_begin(struct np_timer *timer);

static void round_later(struct s3_objects *o, uint64_t delay_ms)
{
    struct collect *c = &o->collect;
    if (!c->ended)
        np_timer_set(np_core_loop(o->core, 0), &c->timer, delay_ms, round_begin);
}

static int forget_blobs(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(forget, "DELETE FROM s3_garbage WHERE id = ?1");
    struct collect *c = NP_CONTAINER(w, struct collect, w);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->n_ids; i++)
        rc = np_exec(t, &forget, err, "i", (int64_t)c->ids[i]);
    return rc;
}

/* A few parts go; with the last one, the list. */
static int forget_parts(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(some, "SELECT part_no, body, body_id FROM s3_parts WHERE set_id = ?1 LIMIT ?2");
    NP_SQL(drop, "DELETE FROM s3_parts WHERE set_id = ?1 AND part_no = ?2");
    NP_SQL(forget, "DELETE FROM s3_garbage WHERE id = ?1");
    struct collect *c = NP_CONTAINER(w, struct collect, w);
    struct s3_objects *o = NP_CONTAINER(c, struct s3_objects, collect);
    struct {
        int64_t no;
        struct s3_body body;
    } parts[S3_PARTS_ROUND];
    size_t n = 0;
    struct np_q *q = np_tq(t, &some, "ii", c->set_id, (int64_t)S3_PARTS_ROUND);
    for (; np_row(q); n++) {
        parts[n].no = np_col_int(q, 0);
        parts[n].body = (struct s3_body){(enum s3_body_kind)np_col_int(q, 1), np_col_int(q, 2)};
    }
    int rc = np_q_end(q, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = np_exec(t, &drop, err, "ii", c->set_id, parts[i].no);
        if (rc == 0)
            rc = s3_body_release(t, o, parts[i].body, err);
    }
    if (rc == 0 && n < S3_PARTS_ROUND)
        rc = np_exec(t, &forget, err, "i", c->set_id);
    return rc;
}

/* --- doubts --- */

void s3_id_doubt(struct s3_objects *o, int64_t id)
{
    pthread_mutex_lock(&o->lock);
    if (o->locked.n_doubts == o->locked.cap_doubts) {
        size_t cap = o->locked.cap_doubts != 0 ? 2 * o->locked.cap_doubts : 16;
        o->locked.doubts = np_heap_realloc(o->locked.doubts, cap * sizeof(*o->locked.doubts));
        o->locked.cap_doubts = cap;
    }
    if (o->locked.n_doubts < S3_DOUBTS_MAX)
        o->locked.doubts[o->locked.n_doubts++] = id;
    pthread_mutex_unlock(&o->lock);
}

/* A row that is here now is there for good; what has none does not get it any more, because this
 * write takes the place of the failed one in the log. */
static int settle_doubts(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(garbage, "INSERT OR IGNORE INTO s3_garbage (id, body) SELECT ?1, ?2 "
                    "WHERE NOT EXISTS (SELECT 1 FROM s3_bodies WHERE id = ?1)");
    struct collect *c = NP_CONTAINER(w, struct collect, w);
    struct s3_objects *o = NP_CONTAINER(c, struct s3_objects, collect);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->n_ids; i++)
        rc = np_exec(t, &garbage, err, "ii", (int64_t)c->ids[i], (int64_t)S3_BODY_BLOB);
    atomic_store(&o->garbage, true);
    return rc;
}

static void doubts_take(struct s3_objects *o)
{
    struct collect *c = &o->collect;
    pthread_mutex_lock(&o->lock);
    c->n_ids = o->locked.n_doubts < S3_GARBAGE_ROUND ? o->locked.n_doubts : S3_GARBAGE_ROUND;
    for (size_t i = 0; i < c->n_ids; i++)
        c->ids[i] = (uint64_t)o->locked.doubts[i];
    pthread_mutex_unlock(&o->lock);
}

static void doubts_settled(struct s3_objects *o)
{
    struct collect *c = &o->collect;
    for (size_t i = 0; i < c->n_ids; i++)
        s3_id_let_go(o, (int64_t)c->ids[i]);
    pthread_mutex_lock(&o->lock);
    o->locked.n_doubts -= c->n_ids;
    memmove(o->locked.doubts, o->locked.doubts + c->n_ids,
            o->locked.n_doubts * sizeof(*o->locked.doubts));
    pthread_mutex_unlock(&o->lock);
}

/* --- the rounds --- */

static void round_done(struct np_write *w, int rc)
{
    struct collect *c = NP_CONTAINER(w, struct collect, w);
    struct s3_objects *o = NP_CONTAINER(c, struct s3_objects, collect);
    end_freeing(o);
    if (rc == 0 && w->apply == settle_doubts)
        doubts_settled(o);
    if (rc != 0)
        np_log(NP_WARN, "s3.garbage.forget", "error=\"%.*s\"", NP_FMT(np_err_text(&c->err)));
    round_later(o, rc != 0 ? S3_GARBAGE_RETRY_MS : 0);
}

static void round_write(struct s3_objects *o,
                        int (*apply)(struct np_txn *t, struct np_write *w, struct np_err *err))
{
    struct collect *c = &o->collect;
    c->w = (struct np_write){
        .loop = np_core_loop(o->core, 0),
        .apply = apply,
        .done = round_done,
        .err = &c->err,
    };
    int rc = np_store_write(o->core->store, NP_DB_S3, &c->w);
    if (rc != 0) {
        end_freeing(o);
        c->ended |= rc == NP_ECLOSED;
        round_later(o, S3_GARBAGE_RETRY_MS);
    }
}

static void blobs_deleted(void *arg, int rc)
{
    struct s3_objects *o = NP_CAST(s3_objects, arg, MAGIC);
    if (rc == 0) {
        round_write(o, forget_blobs);
        return;
    }
    np_log(NP_WARN, "s3.garbage.delete", "error=%s", np_code_name(rc));
    round_later(o, S3_GARBAGE_RETRY_MS);
}

/* What is to be freed next: blobs, or one list of parts that nobody reads. */
static int round_find(struct s3_objects *o)
{
    NP_SQL(some, "SELECT id, body FROM s3_garbage LIMIT ?1");
    struct collect *c = &o->collect;
    struct np_err err;
    c->n_ids = 0;
    c->set_id = 0;
    c->skipped = false;
    struct np_q *q = np_q(np_store_reader(o->core->store, NP_DB_S3), NULL, &some, "i",
                          (int64_t)S3_GARBAGE_ROUND);
    while (np_row(q)) {
        int64_t id = np_col_int(q, 0);
        if (np_col_int(q, 1) == S3_BODY_BLOB)
            c->ids[c->n_ids++] = (uint64_t)id;
        else if (c->set_id == 0 && begin_freeing(o, id))
            c->set_id = id;
        else
            c->skipped = true;
    }
    int rc = np_q_end(q, &err);
    if (rc != 0)
        np_log(NP_ERROR, "s3.garbage.read", "error=\"%.*s\"", NP_FMT(np_err_text(&err)));
    return rc;
}

static void round_begin(struct np_timer *timer)
{
    struct collect *c = NP_CONTAINER(timer, struct collect, timer);
    struct s3_objects *o = NP_CONTAINER(c, struct s3_objects, collect);
    c->n_ids = 0;
    c->set_id = 0;
    if (atomic_exchange(&o->garbage, false)) {
        int rc = round_find(o);
        if (rc != 0 || c->skipped || c->n_ids != 0 || c->set_id != 0)
            atomic_store(&o->garbage, true); /* there may be more */
    }
    if (c->n_ids == 0 && c->set_id == 0) {
        doubts_take(o);
        if (c->n_ids != 0)
            round_write(o, settle_doubts);
        else
            round_later(o, S3_GARBAGE_POLL_MS);
        return;
    }
    if (c->set_id != 0)
        round_write(o, forget_parts);
    else
        np_blob_delete(o->core->blobs, np_core_loop(o->core, 0), c->ids, c->n_ids, blobs_deleted,
                       o);
}

/* --- orphans: files of ranges that were open, without a row ------------------------------------
 */

static void sweep_next(struct s3_objects *o);

static void sweep_found(void *arg, uint64_t id)
{
    struct sweep *s = arg;
    if (s->n_ids == s->cap) {
        s->cap = s->cap != 0 ? 2 * s->cap : 256;
        s->ids = np_heap_realloc(s->ids, s->cap * sizeof(*s->ids));
    }
    s->ids[s->n_ids++] = id;
}

static bool has_row(struct np_dbc *c, uint64_t id)
{
    NP_SQL(either, "SELECT EXISTS (SELECT 1 FROM s3_bodies WHERE id = ?1) OR "
                   "EXISTS (SELECT 1 FROM s3_garbage WHERE id = ?1)");
    struct np_q *q = np_q(c, NULL, &either, "i", (int64_t)id);
    bool found = !np_row(q) || np_col_int(q, 0) != 0; /* when in doubt, it stays */
    return np_q_end(q, NULL) != 0 || found;
}

static void sweep_work(struct np_job *j)
{
    struct sweep *s = NP_CONTAINER(j, struct sweep, job);
    struct np_dbc *c = NULL;
    uint64_t first = (uint64_t)s->first;
    s->rc =
        np_blobs_each(s->o->core->blobs, first, first + (uint64_t)s->n, sweep_found, s, &s->err);
    if (s->rc == 0 && s->n_ids != 0)
        s->rc = np_reader_open(s->o->core->store, NP_DB_S3, &c, &s->err);
    size_t orphans = 0;
    for (size_t i = 0; c != NULL && i < s->n_ids; i++)
        if (!has_row(c, s->ids[i]))
            s->ids[orphans++] = s->ids[i];
    s->n_ids = orphans;
    if (c != NULL)
        np_reader_close(c);
}

static int sweep_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    NP_SQL(close, "DELETE FROM s3_id_ranges WHERE first = ?1");
    return np_exec(t, &close, err, "i", NP_CONTAINER(w, struct sweep, w)->first);
}

static void sweep_closed(struct np_write *w, int rc)
{
    struct sweep *s = NP_CONTAINER(w, struct sweep, w);
    if (rc != 0)
        np_log(NP_WARN, "s3.sweep", "error=\"%.*s\"", NP_FMT(np_err_text(&s->err)));
    sweep_next(s->o);
}

static void sweep_deleted(void *arg, int rc)
{
    struct sweep *s = arg;
    if (rc == 0) {
        s->w = (struct np_write){
            .loop = np_core_loop(s->o->core, 0),
            .apply = sweep_apply,
            .done = sweep_closed,
            .err = &s->err,
        };
        if (np_store_write(s->o->core->store, NP_DB_S3, &s->w) == 0)
            return;
    }
    sweep_next(s->o); /* the next start looks again */
}

static void sweep_done(struct np_job *j)
{
    struct sweep *s = NP_CONTAINER(j, struct sweep, job);
    struct np_loop *l = np_core_loop(s->o->core, 0);
    if (s->rc != 0) {
        np_log(NP_WARN, "s3.sweep", "error=\"%.*s\"", NP_FMT(np_err_text(&s->err)));
        sweep_next(s->o);
        return;
    }
    if (s->n_ids != 0)
        np_log(NP_INFO, "s3.sweep", "first=%lld orphans=%zu", (long long)s->first, s->n_ids);
    if (s->n_ids != 0)
        np_blob_delete(s->o->core->blobs, l, s->ids, s->n_ids, sweep_deleted, s);
    else
        sweep_deleted(s, 0);
}

static void sweep_next(struct s3_objects *o)
{
    if (o->next_sweep > 0) {
        struct sweep *before = &o->sweeps[o->next_sweep - 1];
        np_free(before->ids);
        before->ids = NULL;
    }
    if (o->next_sweep == o->n_sweeps)
        return;
    struct sweep *s = &o->sweeps[o->next_sweep++];
    np_job_submit(o->core->jobs, np_core_loop(o->core, 0), &s->job, sweep_work, sweep_done);
}

static void begin_sweeps(struct np_timer *timer)
{
    sweep_next(NP_CONTAINER(timer, struct s3_objects, begin_sweeps));
}

static int sweep_find(struct s3_objects *o, struct np_txn *t, struct np_err *err)
{
    NP_SQL(all, "SELECT first, n FROM s3_id_ranges ORDER BY first");
    size_t cap = 0;
    struct np_q *q = np_tq(t, &all, "");
    while (np_row(q)) {
        if (o->n_sweeps == cap) {
            cap = cap != 0 ? 2 * cap : 4;
            o->sweeps = np_heap_realloc(o->sweeps, cap * sizeof(*o->sweeps));
        }
        o->sweeps[o->n_sweeps++] =
            (struct sweep){.o = o, .first = np_col_int(q, 0), .n = np_col_int(q, 1)};
    }
    return np_q_end(q, err);
}

/* --- life ------------------------------------------------------------------------------------ */

int s3_objects_init(struct np_core *core, struct np_err *err)
{
    (void)err;
    struct s3_objects *o = np_heap_new(struct s3_objects);
    o->magic = MAGIC;
    o->core = core;
    np_core_key(core, "s3.id", o->id_key);
    pthread_mutex_init(&o->lock, NULL);
    o->locked.pins = np_map_new();
    atomic_init(&o->garbage, true);
    np_core_set_state(core, "s3.objects", o);
    return 0;
}

static int first_range(struct np_txn *t, void *arg, struct np_err *err)
{
    struct s3_objects *o = NP_CAST(s3_objects, arg, MAGIC);
    int rc = sweep_find(o, t, err); /* before this run's are there */
    return rc != 0 ? rc : reserve_apply(t, &o->reserve.w, err);
}

int s3_objects_start(struct np_core *core, struct np_err *err)
{
    struct s3_objects *o = s3_objects_of(core);
    int rc = np_store_write_now(core->store, NP_DB_S3, NULL, first_range, o, err);
    if (rc != 0)
        return rc;
    range_add(o, o->reserve.first);
    np_timer_set(np_core_loop(core, 0), &o->begin_sweeps, S3_SWEEP_DELAY_MS, begin_sweeps);
    round_later(o, 0);
    return 0;
}

void s3_objects_fini(struct np_core *core)
{
    if (np_core_state(core, "s3.objects") == NULL)
        return; /* the start failed before */
    struct s3_objects *o = s3_objects_of(core);
    np_timer_stop(&o->begin_sweeps);
    np_timer_stop(&o->collect.timer);
    np_map_free(o->locked.pins, np_free);
    np_free(o->locked.doubts);
    for (size_t i = 0; i < o->n_sweeps; i++)
        np_free(o->sweeps[i].ids);
    np_free(o->sweeps);
    pthread_mutex_destroy(&o->lock);
    o->magic = 0;
    np_free(o);
}
