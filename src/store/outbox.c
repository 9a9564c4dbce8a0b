/* SPDX-License-Identifier: Apache-2.0 */
/* outbox.c - durable intent: added with the change that caused it, delivered from one loop.
 *
 * Of a group only its oldest row is `waiting = 0`; removing that one makes the next deliverable in
 * the same transaction. So the index of deliverable rows holds heads only, however long a group is.
 * What is being delivered is known in memory alone: a restart delivers it again.
 */
#include "store/store_int.h"

#include "base/digest.h"
#include "base/list.h"
#include "base/log.h"
#include "io/clock.h"

const char np_outbox_schema[] =
    "CREATE TABLE np_outbox ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  kind TEXT NOT NULL,"
    "  grp TEXT,"
    "  account TEXT,"
    "  region TEXT,"
    "  payload BLOB,"
    "  event_id TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  due_ms INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL,"
    "  waiting INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX np_outbox_due ON np_outbox (kind, due_ms) WHERE waiting = 0;"
    "CREATE INDEX np_outbox_grp ON np_outbox (kind, grp) WHERE grp IS NOT NULL;";

NP_SQL(add_sql,
       "INSERT INTO np_outbox (kind, grp, account, region, payload, event_id, created_ms, due_ms, "
       "attempts,"
       " waiting) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0,"
       " ?2 IS NOT NULL AND EXISTS (SELECT 1 FROM np_outbox WHERE kind = ?1 AND grp = ?2))");
NP_SQL(due_sql,
       "SELECT id, event_id, account, region, grp, payload, attempts, created_ms FROM np_outbox"
       " WHERE kind = ?1 AND waiting = 0 AND due_ms <= ?2 ORDER BY due_ms, id LIMIT ?3");
NP_SQL(next_sql,
       "SELECT min(due_ms) FROM np_outbox WHERE kind = ?1 AND waiting = 0 AND due_ms > ?2");
NP_SQL(remove_sql, "DELETE FROM np_outbox WHERE id = ?1");
NP_SQL(promote_sql, "UPDATE np_outbox SET waiting = 0 WHERE id ="
                    " (SELECT min(id) FROM np_outbox WHERE kind = ?1 AND grp = ?2)");
NP_SQL(put_off_sql, "UPDATE np_outbox SET attempts = ?2, due_ms = ?3 WHERE id = ?1");
NP_SQL(count_sql, "SELECT count(*) FROM np_outbox");
NP_SQL(kind_after_sql,
       "SELECT kind FROM np_outbox WHERE waiting = 0 AND kind > ?1 ORDER BY kind LIMIT 1");

struct kind {
    struct np_outbox_kind k;
    struct np_node busy; /* of struct delivery: leased */
    unsigned n_busy;
};

enum step { DELIVERING, REMOVING, PUTTING_OFF };

struct delivery {
    struct np_delivery pub;
    struct np_node node;   /* in kind.busy */
    struct np_node unsent; /* in outbox.unsent: its write has to be tried again */
    bool sending;          /* the writer has it */
    struct np_outbox *o;
    struct kind *kind;
    enum step step;
    struct np_write write;
    struct np_err err;
    struct np_scope scope;
    int64_t due_ms;
    int applied; /* what the receiver's apply said */
    int (*apply)(struct np_txn *t, void *arg, struct np_err *err);
    void *apply_arg;
};

struct np_outbox {
    struct np_store *s;
    struct np_loop *loop;
    struct kind kinds[NP_OUTBOX_KINDS];
    size_t n_kinds;
    bool running, closed;
    struct np_timer due;
    int64_t next_ms; /* the next row is due; region clock */
    struct np_timer again;
    struct np_node unsent;
    struct np_msg wake;
    unsigned n_busy;
    pthread_mutex_t mutex;
    struct {
        struct np_loop *loop; /* NULL: stopped */
        bool posted;
    } locked;
};

/* --- adding --- */

static struct np_str event_id(struct np_arena *a)
{
    uint8_t r[16];
    np_random(r, sizeof(r));
    r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
    r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
    return np_str_printf(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                         r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11],
                         r[12], r[13], r[14], r[15]);
}

int np_outbox_add(struct np_txn *t, const char *kind, struct np_str group, struct np_str payload,
                  int64_t due_ms, struct np_err *err)
{
    const struct np_scope *sc = np_txn_scope(t);
    if (payload.n > NP_OUTBOX_PAYLOAD_MAX || group.n > NP_OUTBOX_NAME_MAX)
        return np_err(err, NP_E2BIG, "%s: %zu bytes are too much for a message", kind, payload.n);
    int rc =
        np_exec(t, &add_sql, err, "ssssbsii", np_str_of(kind), group, sc->account, sc->region,
                payload, event_id(np_txn_arena(t)), sc->now_ms, due_ms != 0 ? due_ms : sc->now_ms);
    if (rc == 0)
        t->file->outbox_added = true;
    return rc;
}

size_t np_outbox_pending(struct np_store *s, enum np_db db)
{
    struct np_q *q = np_q(np_store_reader(s, db), NULL, &count_sql, "");
    size_t n = np_row(q) ? (size_t)np_col_int(q, 0) : 0;
    np_q_end(q, NULL);
    return n;
}

/* --- taking what is due --- */

static void pump(struct np_outbox *o);

static void free_if_unused(struct np_outbox *o)
{
    pthread_mutex_lock(&o->mutex);
    bool posted = o->locked.posted;
    pthread_mutex_unlock(&o->mutex);
    if (posted || o->n_busy > 0)
        return;
    pthread_mutex_destroy(&o->mutex);
    np_free(o);
}

static void release(struct delivery *d)
{
    struct np_outbox *o = d->o;
    np_list_remove(&d->node);
    np_list_remove(&d->unsent);
    d->kind->n_busy--;
    o->n_busy--;
    np_arena_free(d->pub.arena); /* d lives in it */
}

static bool is_busy(const struct kind *k, int64_t id)
{
    for (const struct np_node *n = k->busy.next; n != &k->busy; n = n->next) {
        if (NP_CONTAINER(n, struct delivery, node)->pub.id == id)
            return true;
    }
    return false;
}

static struct delivery *take(struct np_outbox *o, struct kind *k, struct np_q *q)
{
    struct np_arena *a = np_arena_new();
    struct delivery *d = np_new(a, struct delivery);
    d->o = o;
    d->kind = k;
    d->pub = (struct np_delivery){
        .kind = k->k.kind,
        .id = np_col_int(q, 0),
        .event_id = np_col_str(q, 1, a),
        .account = np_col_str(q, 2, a),
        .region = np_col_str(q, 3, a),
        .group = np_col_str(q, 4, a),
        .payload = np_col_str(q, 5, a),
        .attempt = (unsigned)np_col_int(q, 6) + 1,
        .created_ms = np_col_int(q, 7),
        .loop = o->loop,
        .arena = a,
    };
    np_list_init(&d->unsent);
    np_list_append(&k->busy, &d->node);
    k->n_busy++;
    o->n_busy++;
    return d;
}

/* Delivers up to the kind's limit, or notes when more will be due. */
static int pump_kind(struct np_outbox *o, struct kind *k, int64_t now_ms, struct np_err *err)
{
    struct delivery *taken[NP_OUTBOX_PARALLEL_MAX];
    size_t n = 0;
    unsigned room = k->k.max_parallel - k->n_busy;
    if (room == 0)
        return 0; /* the next one that ends looks again */
    struct np_dbc *c = np_store_reader(o->s, k->k.db);
    struct np_q *q =
        np_q(c, NULL, &due_sql, "sii", np_str_of(k->k.kind), now_ms, (int64_t)k->k.max_parallel);
    while (n < room && np_row(q)) {
        if (!is_busy(k, np_col_int(q, 0)))
            taken[n++] = take(o, k, q);
    }
    int rc = np_q_end(q, err);
    if (rc == 0 && n < room) {
        q = np_q(c, NULL, &next_sql, "si", np_str_of(k->k.kind), now_ms);
        if (np_row(q) && !np_col_null(q, 0) && np_col_int(q, 0) < o->next_ms)
            o->next_ms = np_col_int(q, 0);
        rc = np_q_end(q, err);
    }
    for (size_t i = 0; i < n; i++)
        k->k.deliver(k->k.arg, &taken[i]->pub);
    return rc;
}

static void due_now(struct np_timer *t);

/* The region clock may jump, so a far date is reached in short steps. */
static void set_timer(struct np_outbox *o, int64_t now_ms)
{
    int64_t delay_ms = o->next_ms - now_ms;
    np_timer_stop(&o->due);
    if (o->next_ms != INT64_MAX)
        np_timer_set(o->loop, &o->due,
                     delay_ms < NP_OUTBOX_POLL_MS ? (uint64_t)delay_ms : NP_OUTBOX_POLL_MS,
                     due_now);
}

static void due_now(struct np_timer *t)
{
    struct np_outbox *o = NP_CONTAINER(t, struct np_outbox, due);
    int64_t now_ms = np_clock_region_ms();
    if (now_ms < o->next_ms)
        set_timer(o, now_ms);
    else
        pump(o);
}

static void pump(struct np_outbox *o)
{
    if (!o->running)
        return;
    int64_t now_ms = np_clock_region_ms();
    o->next_ms = INT64_MAX;
    for (size_t i = 0; i < o->n_kinds; i++) {
        struct np_err err = {0};
        if (pump_kind(o, &o->kinds[i], now_ms, &err) == 0)
            continue;
        np_log(NP_ERROR, "store.outbox.read", "kind=%s error=\"%s\"", o->kinds[i].k.kind, err.text);
        o->next_ms = now_ms + NP_OUTBOX_BACKOFF_MS;
    }
    set_timer(o, now_ms);
}

/* --- ending a delivery --- */

static int remove_row(struct np_txn *t, struct delivery *d, struct np_err *err)
{
    int rc = np_exec(t, &remove_sql, err, "i", d->pub.id);
    if (rc == 0 && d->pub.group.p != NULL)
        rc = np_exec(t, &promote_sql, err, "ss", np_str_of(d->pub.kind), d->pub.group);
    if (rc == 0 && d->apply != NULL)
        rc = d->applied = d->apply(t, d->apply_arg, err);
    return rc;
}

static int settle(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct delivery *d = NP_CONTAINER(w, struct delivery, write);
    d->applied = 0;
    if (d->step == REMOVING)
        return remove_row(t, d, err);
    return np_exec(t, &put_off_sql, err, "iii", d->pub.id, (int64_t)d->pub.attempt, d->due_ms);
}

static void send(struct delivery *d);

static void send_again(struct np_timer *t)
{
    struct np_outbox *o = NP_CONTAINER(t, struct np_outbox, again);
    struct np_node *n, list;
    np_list_init(&list);
    while ((n = np_list_pop(&o->unsent)) != NULL)
        np_list_append(&list, n);
    while ((n = np_list_pop(&list)) != NULL)
        send(NP_CONTAINER(n, struct delivery, unsent));
}

/* The outcome is known but could not be written: only the writing is repeated. */
static void send_later(struct delivery *d)
{
    struct np_outbox *o = d->o;
    np_list_append(&o->unsent, &d->unsent);
    if (o->running && o->again.loop == NULL)
        np_timer_set(o->loop, &o->again, NP_OUTBOX_BACKOFF_MS, send_again);
}

static void put_off_or_drop(struct delivery *d, int rc);

static void sent(struct np_write *w, int rc)
{
    struct delivery *d = NP_CONTAINER(w, struct delivery, write);
    struct np_outbox *o = d->o;
    d->sending = false;
    if (o->closed) {
        release(d);
        free_if_unused(o);
        return;
    }
    if (rc == 0) {
        release(d);
        pump(o);
        return;
    }
    np_log(NP_WARN, "store.outbox.write", "kind=%s id=%lld error=\"%s\"", d->pub.kind,
           (long long)d->pub.id, d->err.text);
    if (d->applied != 0 && d->applied != NP_ENOSPC && d->applied != NP_EIO)
        put_off_or_drop(d, d->applied == NP_EINVAL ? NP_EAGAIN : d->applied);
    else
        send_later(d);
}

static void send(struct delivery *d)
{
    d->err = (struct np_err){0};
    d->scope = (struct np_scope){d->pub.account, d->pub.region, np_clock_region_ms()};
    d->write = (struct np_write){
        .loop = d->o->loop,
        .scope = d->scope,
        .arena = d->pub.arena,
        .apply = settle,
        .done = sent,
        .err = &d->err,
    };
    int rc = np_store_write(d->o->s, d->kind->k.db, &d->write);
    d->sending = rc == 0;
    if (rc == NP_EAGAIN)
        send_later(d);
    else if (rc != 0)
        release(d); /* closed: the row is there at the next start */
}

static void remove_it(struct delivery *d)
{
    d->step = REMOVING;
    send(d);
}

/* 1 s doubling to 5 min, less up to a quarter. The jitter comes from the event, so that a run can
 * be replayed. */
static int64_t backoff_ms(const struct np_delivery *d)
{
    int64_t ms = NP_OUTBOX_BACKOFF_MS;
    for (unsigned i = 1; i < d->attempt && ms < NP_OUTBOX_BACKOFF_MAX_MS; i++)
        ms *= 2;
    if (ms > NP_OUTBOX_BACKOFF_MAX_MS)
        ms = NP_OUTBOX_BACKOFF_MAX_MS;
    uint32_t h = 2166136261u ^ d->attempt;
    for (size_t i = 0; i < d->event_id.n; i++)
        h = (h ^ (uint8_t)d->event_id.p[i]) * 16777619u;
    return ms - (int64_t)(h % (uint32_t)(ms / 4));
}

static void drop(struct delivery *d, const char *why)
{
    np_log(NP_WARN, "store.outbox.drop", "kind=%s id=%lld event=%.*s attempt=%u why=%s",
           d->pub.kind, (long long)d->pub.id, NP_FMT(d->pub.event_id), d->pub.attempt, why);
    remove_it(d);
}

static void put_off_or_drop(struct delivery *d, int rc)
{
    int64_t now_ms = np_clock_region_ms(), until_ms = INT64_MAX;
    d->apply = NULL;
    if (d->kind->k.deadline_ms != 0)
        until_ms = d->pub.created_ms + (int64_t)d->kind->k.deadline_ms;
    if (now_ms >= until_ms) {
        drop(d, "deadline");
        return;
    }
    d->due_ms = now_ms + backoff_ms(&d->pub);
    if (d->due_ms > until_ms)
        d->due_ms = until_ms; /* one last time */
    d->step = PUTTING_OFF;
    np_log(NP_DEBUG, "store.outbox.retry", "kind=%s id=%lld attempt=%u code=%s", d->pub.kind,
           (long long)d->pub.id, d->pub.attempt, np_code_name(rc));
    send(d);
}

void np_delivery_done(struct np_delivery *p, int rc,
                      int (*apply)(struct np_txn *t, void *arg, struct np_err *err), void *arg)
{
    struct delivery *d = NP_CONTAINER(p, struct delivery, pub);
    np_assert(d->step == DELIVERING);
    d->apply = apply;
    d->apply_arg = arg;
    if (rc == 0)
        remove_it(d);
    else if (rc == NP_EINVAL)
        drop(d, "undeliverable");
    else
        put_off_or_drop(d, rc);
}

/* --- start and stop --- */

static void woken(struct np_msg *m)
{
    struct np_outbox *o = NP_CONTAINER(m, struct np_outbox, wake);
    pthread_mutex_lock(&o->mutex);
    o->locked.posted = false;
    pthread_mutex_unlock(&o->mutex);
    if (o->closed)
        free_if_unused(o);
    else
        pump(o);
}

/* Any thread. */
void np_outbox_wake(struct np_store *s)
{
    struct np_outbox *o = s->outbox;
    if (o == NULL)
        return;
    pthread_mutex_lock(&o->mutex);
    if (o->locked.loop != NULL && !o->locked.posted) {
        o->locked.posted = true;
        np_loop_post(o->locked.loop, &o->wake);
    }
    pthread_mutex_unlock(&o->mutex);
}

static struct np_outbox *outbox_of(struct np_store *s)
{
    if (s->outbox != NULL)
        return s->outbox;
    struct np_outbox *o = np_heap_new(struct np_outbox);
    o->s = s;
    o->wake.fn = woken;
    np_list_init(&o->unsent);
    pthread_mutex_init(&o->mutex, NULL);
    s->outbox = o;
    return o;
}

void np_outbox_kind(struct np_store *s, const struct np_outbox_kind *k)
{
    struct np_outbox *o = outbox_of(s);
    np_assert(!o->running && o->n_kinds < NP_OUTBOX_KINDS && k->deliver != NULL);
    np_assert(k->max_parallel <= NP_OUTBOX_PARALLEL_MAX);
    struct kind *mine = &o->kinds[o->n_kinds++];
    mine->k = *k;
    if (mine->k.max_parallel == 0)
        mine->k.max_parallel = NP_OUTBOX_PARALLEL;
    np_list_init(&mine->busy);
}

static bool is_known(const struct np_outbox *o, enum np_db db, struct np_str kind)
{
    for (size_t i = 0; i < o->n_kinds; i++) {
        if (o->kinds[i].k.db == db && np_str_eq(np_str_of(o->kinds[i].k.kind), kind))
            return true;
    }
    return false;
}

/* Rows that nobody will deliver stay, but not in silence. */
static int report_strangers(struct np_outbox *o, enum np_db db, struct np_err *err)
{
    char last[NP_OUTBOX_NAME_MAX + 1] = "";
    for (;;) {
        struct np_q *q = np_q(o->s->file[db].c, NULL, &kind_after_sql, "s", np_str_of(last));
        bool found = np_row(q);
        if (found) {
            struct np_str kind = np_col_peek(q, 0);
            if (!is_known(o, db, kind))
                np_log(NP_WARN, "store.outbox.stranger", "kind=%.*s rows of it wait for nobody",
                       NP_FMT(kind));
            snprintf(last, sizeof(last), "%.*s", NP_FMT(kind));
        }
        int rc = np_q_end(q, err);
        if (rc != 0 || !found)
            return rc;
    }
}

int np_outbox_look(struct np_store *s, struct np_err *err)
{
    int rc = 0;
    for (int db = 0; rc == 0 && db < NP_DBS; db++)
        rc = report_strangers(outbox_of(s), (enum np_db)db, err);
    return rc;
}

void np_outbox_start(struct np_store *s, struct np_loop *l)
{
    struct np_outbox *o = outbox_of(s);
    np_assert(!o->running);
    o->loop = l;
    o->running = true;
    pthread_mutex_lock(&o->mutex);
    o->locked.loop = l;
    pthread_mutex_unlock(&o->mutex);
    np_outbox_wake(s);
}

void np_outbox_stop(struct np_store *s)
{
    struct np_outbox *o = s->outbox;
    if (o == NULL || !o->running)
        return;
    o->running = false;
    np_timer_stop(&o->due);
    np_timer_stop(&o->again);
    pthread_mutex_lock(&o->mutex);
    o->locked.loop = NULL;
    pthread_mutex_unlock(&o->mutex);
}

/* The writers have ended: what they finished may still be on its way to the loop. */
void np_outbox_close(struct np_store *s)
{
    struct np_outbox *o = s->outbox;
    if (o == NULL)
        return;
    np_outbox_stop(s);
    s->outbox = NULL;
    for (size_t i = 0; i < o->n_kinds; i++) {
        NP_LIST_EACH(n, &o->kinds[i].busy)
        {
            struct delivery *d = NP_CONTAINER(n, struct delivery, node);
            if (!d->sending)
                release(d);
        }
    }
    o->closed = true;
    free_if_unused(o);
}
