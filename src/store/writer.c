/* SPDX-License-Identifier: Apache-2.0 */
/* writer.c - one thread a file: takes what waits, runs it as one transaction, commits with one
 * sync.
 *
 * Each member of a group has its own savepoint. Three things end otherwise than by a commit:
 *   apply fails: that member is rolled back, the others stay;
 *   SQLite undoes the whole transaction (disk error, disk full): the members run again one by one;
 *   COMMIT fails: every member gets the error.
 */
#include "store/store_int.h"

#include <semaphore.h>

#include "io/clock.h"
#include "io/rcu.h"

NP_SQL(begin_sql, "BEGIN IMMEDIATE");
NP_SQL(commit_sql, "COMMIT");
NP_SQL(rollback_sql, "ROLLBACK");
NP_SQL(savepoint_sql, "SAVEPOINT m");
NP_SQL(undo_sql, "ROLLBACK TO m");
NP_SQL(release_sql, "RELEASE m");
NP_SQL(number_sql, "UPDATE np_commit SET no=?1 WHERE id=1");

/* --- one member --- */

static struct np_txn txn_of(struct np_file *f, const struct np_write *w, uint64_t no)
{
    struct np_txn t = {
        .magic = NP_TXN_MAGIC,
        .file = f,
        .scope = w->scope,
        .arena = w->arena != NULL ? w->arena : f->arena,
        .commit_no = no,
    };
    if (t.scope.now_ms == 0)
        t.scope.now_ms = np_clock_region_ms();
    return t;
}

static void forget_notices(struct np_file *f, struct np_notice_item **mark)
{
    *mark = NULL;
    f->notices_end = mark;
}

static bool undone(const struct np_file *f)
{
    return sqlite3_get_autocommit(f->c->db) != 0;
}

static int run_apply(struct np_file *f, struct np_write *w, uint64_t no)
{
    struct np_txn t = txn_of(f, w, no);
    int rc = w->apply(&t, w, w->err);
    t.magic = 0;
    np_assert(f->c->n_busy == 0); /* every np_q() of an apply is ended by it */
    np_assert(rc <= 0);
    int dangling = 0, high = 0;
    if (rc == 0 && !undone(f) &&
        sqlite3_db_status(f->c->db, SQLITE_DBSTATUS_DEFERRED_FKS, &dangling, &high, 0) ==
            SQLITE_OK &&
        dangling)
        rc = np_err(w->err, NP_EINVAL, "a row would refer to nothing");
    return rc;
}

/* Returns 0 when the member is settled (w->rc), NP_LATER when the whole transaction is gone. */
static int run_member(struct np_file *f, struct np_write *w, uint64_t no, bool alone)
{
    struct np_notice_item **mark = f->notices_end;
    w->rc = alone ? 0 : np_dbc_run(f->c, &savepoint_sql, w->err);
    bool saved = w->rc == 0 && !alone;
    if (w->rc == 0)
        w->rc = run_apply(f, w, no);
    if (w->rc != 0)
        forget_notices(f, mark);
    if (undone(f)) {
        if (w->rc == 0)
            w->rc = np_err(w->err, NP_EIO, "%s.db: the change was undone", f->name);
        return NP_LATER;
    }
    if (!saved)
        return 0;
    if (w->rc != 0 && np_dbc_run(f->c, &undo_sql, NULL) != 0)
        return NP_LATER;
    return np_dbc_run(f->c, &release_sql, NULL) == 0 ? 0 : NP_LATER;
}

/* --- a group --- */

static void fail_all(struct np_write *first, int rc, const struct np_err *why)
{
    for (struct np_write *w = first; w != NULL; w = w->next) {
        if (w->rc != 0)
            continue;
        w->rc = rc;
        if (w->err != NULL)
            *w->err = *why;
    }
}

static void roll_back(struct np_file *f)
{
    forget_notices(f, &f->notices);
    if (!undone(f))
        np_dbc_run(f->c, &rollback_sql, NULL);
    np_assert(undone(f));
}

/* The number is only written along with something else, so that a group of mere checks costs no
 * sync. */
static int write_number(struct np_file *f, uint64_t no, struct np_err *err)
{
    struct np_q *q = np_q(f->c, NULL, &number_sql, "i", (int64_t)no);
    np_row(q);
    return np_q_end(q, err);
}

/* Odd before a reader could see the new state, even when every reader does. */
static int commit(struct np_file *f, struct np_err *err)
{
    atomic_fetch_add(&f->stamp, 1);
    int rc = np_dbc_run(f->c, &commit_sql, err);
    atomic_fetch_add(&f->stamp, 1);
    return rc;
}

static int run_members(struct np_file *f, struct np_write *first, uint64_t no, struct np_err *err)
{
    bool alone = first->next == NULL;
    int64_t before = sqlite3_total_changes64(f->c->db);
    for (struct np_write *w = first; w != NULL; w = w->next) {
        int rc = run_member(f, w, no, alone);
        if (rc != 0)
            return rc;
    }
    if (alone && first->rc != 0)
        return first->rc;
    if (sqlite3_total_changes64(f->c->db) ==
        before) /* a number that left no trace is given out again */
        f->last_no = no - 1;
    int rc = f->last_no == no ? write_number(f, no, err) : 0;
    return rc != 0 ? rc : commit(f, err);
}

/* NP_LATER: the transaction went away under a member, nothing is settled. */
static int try_group(struct np_file *f, struct np_write *first)
{
    struct np_err err = {0};
    for (struct np_write *w = first; w != NULL; w = w->next)
        w->rc = 0;
    uint64_t no = ++f->last_no;
    int rc = np_dbc_run(f->c, &begin_sql, &err);
    f->c->in_txn = rc == 0;
    if (rc == 0)
        rc = run_members(f, first, no, &err);
    f->c->in_txn = false;
    if (rc != 0) {
        roll_back(f);
        f->last_no = no - 1;
    }
    if (rc < 0)
        fail_all(first, rc, &err);
    if (rc == 0)
        np_projections_deliver(f);
    return rc;
}

static void forget_result(struct np_write *w)
{
    w->rc = 0;
    if (w->err != NULL)
        memset(w->err, 0, sizeof(*w->err));
}

static void run_group(struct np_file *f, struct np_write *first)
{
    if (try_group(f, first) != NP_LATER)
        return;
    if (first->next == NULL)
        return; /* it has its error */
    for (struct np_write *w = first, *next; w != NULL; w = next) {
        next = w->next;
        w->next = NULL;
        forget_result(w);
        try_group(f, w);
        w->next = next;
    }
}

/* --- telling the loops: one message a loop and group --- */

static void chain_done(struct np_msg *m)
{
    struct np_write *w = NP_CONTAINER(m, struct np_write, msg);
    for (struct np_write *next; w != NULL; w = next) {
        next = w->next; /* done may free w */
        w->next = NULL;
        struct np_loop *loop = w->loop;
        w->done(w, w->rc);
        if (loop != NULL)
            np_loop_owe(loop, -1);
    }
}

/* Takes the writes of `loop` out of *list, in order. */
static struct np_write *take_of_loop(struct np_write **list, const struct np_loop *loop)
{
    struct np_write *taken = NULL, **end = &taken;
    while (*list != NULL) {
        struct np_write *w = *list;
        if (w->loop != loop) {
            list = &w->next;
            continue;
        }
        *list = w->next;
        w->next = NULL;
        *end = w;
        end = &w->next;
    }
    return taken;
}

static void post_done(struct np_write *first)
{
    while (first != NULL) {
        struct np_loop *loop = first->loop;
        struct np_write *mine = take_of_loop(&first, loop);
        mine->msg.fn = chain_done;
        if (loop != NULL)
            np_loop_post(loop, &mine->msg);
        else
            chain_done(&mine->msg); /* np_store_write_now */
    }
}

static void finish_group(struct np_file *f, struct np_write *first)
{
    if (f->outbox_added)
        np_outbox_wake(f->store);
    f->outbox_added = false;
    post_done(first);
    np_arena_reset(f->arena, 64 << 10);
}

/* --- the thread --- */

/* Waits for work; NULL when the store closes and nothing is left. Meanwhile it holds back no
 * memory. */
static struct np_write *take_group(struct np_file *f)
{
    pthread_mutex_lock(&f->mutex);
    if (f->locked.first == NULL && !f->locked.closing) {
        np_rcu_offline();
        f->locked.asleep = true;
        while (f->locked.first == NULL && !f->locked.closing)
            pthread_cond_wait(&f->wake, &f->mutex);
        f->locked.asleep = false;
        np_rcu_online();
    }
    struct np_write *first = f->locked.first, **end = &f->locked.first;
    unsigned n = 0;
    while (*end != NULL && n < NP_STORE_GROUP) {
        end = &(*end)->next;
        n++;
    }
    f->locked.first = *end;
    if (f->locked.first == NULL)
        f->locked.end = &f->locked.first;
    *end = NULL;
    f->locked.n -= n;
    pthread_mutex_unlock(&f->mutex);
    return n != 0 ? first : NULL;
}

static void *writer_main(void *arg)
{
    struct np_file *f = arg;
    struct np_write *group;
    np_rcu_thread_begin();
    while ((group = take_group(f)) != NULL) {
        run_group(f, group);
        finish_group(f, group);
        np_checkpoint_finish(f);
        np_rcu_quiet();
    }
    np_rcu_thread_end();
    return NULL;
}

int np_writer_start(struct np_file *f, struct np_err *err)
{
    char name[16];
    snprintf(name, sizeof(name), "store-%s", f->name);
    int rc = np_thread_start(&f->thread, name, writer_main, f, err);
    f->running = rc == 0;
    return rc;
}

void np_writer_stop(struct np_file *f)
{
    pthread_mutex_lock(&f->mutex);
    f->locked.closing = true;
    pthread_cond_signal(&f->wake);
    pthread_mutex_unlock(&f->mutex);
    if (f->running)
        pthread_join(f->thread, NULL);
    f->running = false;
    struct np_write *left = f->locked.first; /* never started */
    f->locked.first = NULL;
    fail_all(left, NP_ECLOSED, &(struct np_err){.code = NP_ECLOSED});
    post_done(left);
}

/* --- asking --- */

static int enqueue(struct np_file *f, struct np_write *w)
{
    int rc = 0;
    w->next = NULL;
    w->rc = 0;
    pthread_mutex_lock(&f->mutex);
    if (f->locked.closing)
        rc = NP_ECLOSED;
    else if (f->locked.n >= f->store->max_queue)
        rc = NP_EAGAIN;
    if (rc == 0) {
        *f->locked.end = w;
        f->locked.end = &w->next;
        f->locked.n++;
        if (f->locked.asleep)
            pthread_cond_signal(&f->wake);
    }
    pthread_mutex_unlock(&f->mutex);
    return rc;
}

int np_store_write(struct np_store *s, enum np_db db, struct np_write *w)
{
    np_assert(s->magic == NP_STORE_MAGIC && w->apply != NULL && w->done != NULL && w->loop != NULL);
    np_loop_owe(w->loop, 1);
    int rc = enqueue(&s->file[db], w);
    if (rc != 0)
        np_loop_owe(w->loop, -1);
    return rc;
}

struct now {
    struct np_write w;
    int (*apply)(struct np_txn *t, void *arg, struct np_err *err);
    void *arg;
    sem_t settled;
};

static int now_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct now *n = NP_CONTAINER(w, struct now, w);
    return n->apply(t, n->arg, err);
}

static void now_done(struct np_write *w, int rc)
{
    sem_post(&NP_CONTAINER(w, struct now, w)->settled);
}

int np_store_write_now(struct np_store *s, enum np_db db, const struct np_scope *scope,
                       int (*apply)(struct np_txn *t, void *arg, struct np_err *err), void *arg,
                       struct np_err *err)
{
    struct np_file *f = &s->file[db];
    struct now n = {
        .w = {.apply = now_apply, .done = now_done, .err = err}, .apply = apply, .arg = arg};
    np_assert(s->magic == NP_STORE_MAGIC);
    if (scope != NULL)
        n.w.scope = *scope;
    sem_init(&n.settled, 0, 0);
    int rc = 0;
    if (!s->started) { /* nobody else writes yet */
        run_group(f, &n.w);
        finish_group(f, &n.w);
    } else {
        np_assert(!f->running || !pthread_equal(f->thread, pthread_self()));
        rc = enqueue(f, &n.w);
        if (rc != 0)
            np_err(err, rc, "%s.db: %s", f->name,
                   rc == NP_EAGAIN ? "too many writes wait" : "closed");
    }
    while (rc == 0 && sem_wait(&n.settled) != 0)
        ;
    sem_destroy(&n.settled);
    return rc != 0 ? rc : n.w.rc;
}
