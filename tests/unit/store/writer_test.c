/* SPDX-License-Identifier: Apache-2.0 */
/* writer_test.c - groups of writes: who fails, who stays, what projections see and when. */
#include "test.h"

#include "base/auto.h"
#include "io/loop.h"
#include "store/store_int.h"
#include "store/store_util.h"

struct env {
    struct np_loop *l;
    struct np_store *s;
};

static struct env env_new(void)
{
    struct env e = {0};
    NP_CHECK(np_loop_new(&e.l, NULL) == 0);
    e.s = tt_open();
    return e;
}

/* What was put before becomes one group. */
static void env_start(struct env *e)
{
    struct np_err err = {0};
    NP_CHECK(np_store_start(e->s, &err) == 0, "%s", err.text);
}

static void env_end(struct env *e)
{
    np_store_close(e->s);
    np_loop_free(e->l);
}

NP_TEST(a_group_commits_together_and_tells_in_order)
{
    struct env e = env_new();
    struct tt_put p[5] = {0};
    const char *names[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 5; i++)
        tt_put(e.s, e.l, &p[i], names[i], i);
    env_start(&e);
    tt_wait(e.l, p, 5);
    for (int i = 0; i < 5; i++) {
        NP_CHECK(p[i].rc == 0, "%s", p[i].err.text);
        NP_CHECK(p[i].commit_no == p[0].commit_no, "one commit");
        NP_CHECK(tt_value(e.s, names[i]) == i);
        NP_CHECK(i == 0 || p[i].order == p[i - 1].order + 1);
    }
    NP_CHECK(np_store_commit_no(e.s, NP_DB_STATE) == p[0].commit_no);
    env_end(&e);
}

static int during(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    p->commit_no = np_store_stamp(t->file->store, NP_DB_STATE);
    return 0;
}

NP_TEST(the_stamp_moves_with_each_commit_of_its_file)
{
    struct env e = env_new();
    env_start(&e);
    uint64_t before = np_store_stamp(e.s, NP_DB_STATE), s3 = np_store_stamp(e.s, NP_DB_S3);
    struct tt_put p = {.more = during};
    tt_put(e.s, e.l, &p, "a", 1);
    tt_wait(e.l, &p, 1);
    uint64_t after = np_store_stamp(e.s, NP_DB_STATE);
    NP_CHECK(p.commit_no == before, "until it is committed");
    NP_CHECK(p.rc == 0 && before % 2 == 0 && after % 2 == 0 && after != before);
    NP_CHECK(np_store_stamp(e.s, NP_DB_S3) == s3);
    env_end(&e);
}

NP_TEST(a_failing_member_is_undone_alone)
{
    struct env e = env_new();
    struct tt_put p[3] = {{.fail = 0}, {.fail = NP_EFAULT}, {.fail = 0}};
    tt_put(e.s, e.l, &p[0], "a", 1);
    tt_put(e.s, e.l, &p[1], "b", 2);
    tt_put(e.s, e.l, &p[2], "c", 3);
    env_start(&e);
    tt_wait(e.l, p, 3);
    NP_CHECK(p[0].rc == 0 && p[2].rc == 0);
    NP_CHECK(p[1].rc == NP_EFAULT);
    NP_CHECK_STR(np_err_text(&p[1].err), NP_STR("b fails"));
    NP_CHECK(tt_value(e.s, "a") == 1 && tt_value(e.s, "b") == -1 && tt_value(e.s, "c") == 3);
    struct tt_put alone = {.fail = NP_EAGAIN};
    tt_put(e.s, e.l, &alone, "d", 4);
    tt_wait(e.l, &alone, 1);
    NP_CHECK(alone.rc == NP_EAGAIN && tt_value(e.s, "d") == -1, "the same without company");
    env_end(&e);
}

NP_SQL(plain_sql, "INSERT INTO item (account, region, name, v) VALUES (:account, :region, ?1, 0)");
NP_SQL(child_sql, "INSERT INTO child (parent) VALUES (?1)");
NP_SQL(late_sql, "INSERT INTO late (parent) VALUES (?1)");

static int twice(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    return np_exec(t, &plain_sql, err, "s", np_str_of(p->name));
}

static int orphan(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    return np_exec(t, &child_sql, err, "i", p->v);
}

static int late_orphan(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    return np_exec(t, &late_sql, err, "i", p->v);
}

NP_TEST(constraints_have_their_codes)
{
    struct env e = env_new();
    struct tt_put p[4] = {{.more = twice}, {.more = orphan}, {.more = late_orphan}, {.fail = 0}};
    const char *names[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++)
        tt_put(e.s, e.l, &p[i], names[i], 9);
    env_start(&e);
    tt_wait(e.l, p, 4);
    NP_CHECK(p[0].rc == NP_EEXIST, "%s", p[0].err.text);
    NP_CHECK(p[1].rc == NP_EINVAL, "%s", p[1].err.text);
    NP_CHECK(p[2].rc == NP_EINVAL, "a deferred key fails its own member only: %s", p[2].err.text);
    NP_CHECK(p[3].rc == 0, "%s", p[3].err.text);
    struct tt_put alone = {.more = late_orphan};
    tt_put(e.s, e.l, &alone, "e", 9);
    tt_wait(e.l, &alone, 1);
    NP_CHECK(alone.rc == NP_EINVAL);
    NP_CHECK(tt_value(e.s, "c") == -1 && tt_value(e.s, "d") == 9 && tt_value(e.s, "e") == -1);
    env_end(&e);
}

static int check_results(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    NP_SQL(parent, "INSERT INTO parent (id) VALUES (?1), (?1 + 1)");
    NP_SQL(mine, "SELECT count(*) FROM parent WHERE id >= ?1 AND :now = 1000");
    int rc = np_exec(t, &parent, err, "i", INT64_C(41));
    if (rc == 0 && (np_exec_changes(t) != 2 || np_exec_rowid(t) != 42 || np_txn_now_ms(t) != 1000))
        return np_err(err, NP_EIO, "changes %d, rowid %d", (int)np_exec_changes(t),
                      (int)np_exec_rowid(t));
    if (rc == 0)
        rc =
            np_read_begin(np_txn_db(t), err); /* shared helpers may: part of the transaction here */
    struct np_q *q = np_tq(t, &mine, "i", INT64_C(0));
    if (!np_row(q) || np_col_int(q, 0) != 2)
        rc = np_err(err, NP_EIO, "does not see its own rows");
    np_q_end(q, NULL);
    np_read_end(np_txn_db(t));
    return rc;
}

NP_TEST(apply_sees_its_own_rows)
{
    struct env e = env_new();
    struct tt_put p = {.more = check_results};
    tt_put(e.s, e.l, &p, "a", 1);
    env_start(&e);
    tt_wait(e.l, &p, 1);
    NP_CHECK(p.rc == 0, "%s", p.err.text);
    env_end(&e);
}

NP_TEST(the_queue_is_bounded)
{
    struct np_store *s = NULL;
    struct np_loop *l = NULL;
    struct np_err err = {0};
    const struct np_migration *lists[] = {tt_migrations};
    size_t n = TT_MIGRATIONS;
    struct np_store_opts o = tt_opts(lists, &n);
    o.max_queue = 3;
    NP_CHECK(np_store_open(&o, &s, NULL) == 0 && np_loop_new(&l, NULL) == 0);
    struct tt_put p[4] = {0};
    for (int i = 0; i < 3; i++)
        tt_put(s, l, &p[i], "a", i);
    p[3].w = p[0].w;
    NP_CHECK(np_store_write(s, NP_DB_STATE, &p[3].w) == NP_EAGAIN);
    NP_CHECK(np_store_start(s, &err) == 0);
    tt_wait(l, p, 3);
    struct tt_put later = {0};
    tt_put(s, l, &later, "b", 1);
    tt_wait(l, &later, 1);
    NP_CHECK(later.rc == 0, "there is room again");
    np_store_close(s);
    np_loop_free(l);
}

NP_TEST(closing_finishes_what_waits)
{
    struct env e = env_new();
    struct tt_put p[600] = {0};
    for (int i = 0; i < 600; i++)
        tt_put(e.s, e.l, &p[i], "n", i);
    env_start(&e);
    np_store_close(e.s);
    tt_wait(e.l, p, 600);
    e.s = tt_open();
    NP_CHECK(tt_value(e.s, "n") == 599);
    struct tt_put never = {0};
    tt_put(e.s, e.l, &never, "x", 1);
    np_store_close(e.s);
    tt_wait(e.l, &never, 1);
    NP_CHECK(never.rc == NP_ECLOSED, "a store that never started says so");
    np_loop_free(e.l);
}

NP_TEST(commit_numbers_rise_across_restarts)
{
    uint64_t last = 0;
    for (int round = 0; round < 3; round++) {
        struct np_store *s = tt_open_started();
        NP_CHECK(np_store_commit_no(s, NP_DB_STATE) == last);
        NP_CHECK(tt_put_now(s, "a", round, NULL) == 0);
        NP_CHECK(np_store_commit_no(s, NP_DB_STATE) == last + 1);
        last++;
        np_store_close(s);
    }
}

/* --- the whole transaction ends under a member --- */

static int undo_once(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    NP_SQL(rollback, "ROLLBACK"); /* as SQLite does by itself after a disk error */
    if (p->applied > 1)
        return 0;
    struct np_q *q = np_tq(t, &rollback, "");
    np_row(q);
    np_q_end(q, NULL);
    return np_err(err, NP_EIO, "gone");
}

static int undo_always(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    p->applied = 1;
    return undo_once(t, p, err);
}

NP_TEST(members_run_again_alone_when_the_whole_is_undone)
{
    struct env e = env_new();
    struct tt_put p[4] = {{.fail = 0}, {.more = undo_once}, {.more = undo_always}, {.fail = 0}};
    const char *names[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++)
        tt_put(e.s, e.l, &p[i], names[i], i);
    env_start(&e);
    tt_wait(e.l, p, 4);
    NP_CHECK(p[0].rc == 0 && p[0].applied == 2);
    NP_CHECK(p[1].rc == 0 && p[1].err.code == 0, "the error of the first run is forgotten");
    NP_CHECK(p[2].rc == NP_EIO);
    NP_CHECK(p[3].rc == 0 && p[3].applied == 1, "it had not run before");
    NP_CHECK(p[0].commit_no < p[1].commit_no && p[1].commit_no < p[3].commit_no);
    NP_CHECK(tt_value(e.s, "a") == 0 && tt_value(e.s, "b") == 1 && tt_value(e.s, "c") == -1);
    env_end(&e);
}

/* --- projections --- */

struct seen {
    struct np_store *s;
    int64_t built;
    char text[400];
    size_t n;
    int64_t last_value;
};

NP_SQL(count_items, "SELECT count(*) FROM item");
NP_SQL(item_sql, "SELECT v FROM item WHERE name = ?1");

static int seen_build(void *arg, struct np_dbc *c, struct np_err *err)
{
    struct seen *seen = arg;
    struct np_q *q = np_q(c, NULL, &count_items, "");
    seen->built = np_row(q) ? np_col_int(q, 0) : -1;
    return np_q_end(q, err);
}

static void seen_changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                         struct np_str key)
{
    struct seen *seen = arg;
    seen->n += (size_t)snprintf(seen->text + seen->n, sizeof(seen->text) - seen->n, "%s %.*s %.*s;",
                                kind, NP_FMT(account), NP_FMT(key));
    struct np_q *q = np_q(c, NULL, &item_sql, "s", key);
    seen->last_value = np_row(q) ? np_col_int(q, 0) : -1;
    np_q_end(q, NULL);
}

static int notices(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    char key[20];
    snprintf(key, sizeof(key), "%s", p->name); /* copied by np_notice */
    np_notice(t, "t.item", tt_scope.account, np_str_of(key));
    np_notice(t, "u.other", NP_STR("1"), np_str_of(key));
    memset(key, 'x', sizeof(key));
    return 0;
}

NP_TEST(projections_see_what_was_committed_and_nothing_else)
{
    struct env e = env_new();
    struct seen items = {0}, all = {0};
    NP_CHECK(tt_put_now(e.s, "before", 1, NULL) == 0, "a write before the start");
    np_store_project(
        e.s, &(struct np_projection){"items", NP_DB_STATE, "t.", seen_build, seen_changed, &items});
    np_store_project(
        e.s, &(struct np_projection){"all", NP_DB_STATE, "", seen_build, seen_changed, &all});
    np_store_project(e.s, &(struct np_projection){"s3", NP_DB_S3, "", NULL, seen_changed, NULL});
    struct tt_put p[3] = {
        {.more = notices}, {.more = notices, .fail = NP_EFAULT}, {.more = notices}};
    tt_put(e.s, e.l, &p[0], "a", 1);
    tt_put(e.s, e.l, &p[1], "b", 2);
    tt_put(e.s, e.l, &p[2], "c", 3);
    env_start(&e);
    NP_CHECK(items.built == 1 && all.built == 1);
    tt_wait(e.l, p, 3);
    NP_CHECK_STR(np_str_of(items.text), NP_STR("t.item 111122223333 a;t.item 111122223333 c;"));
    NP_CHECK_STR(np_str_of(all.text),
                 NP_STR("t.item 111122223333 a;u.other 1 a;t.item 111122223333 c;u.other 1 c;"));
    NP_CHECK(items.last_value == 3, "the projection reads the new state");
    env_end(&e);
}

static int build_fails(void *arg, struct np_dbc *c, struct np_err *err)
{
    return np_err(err, NP_ECORRUPT, "no sense in it");
}

NP_TEST(a_projection_that_cannot_be_built_stops_the_start)
{
    struct np_err err = {0};
    struct np_store *s = tt_open();
    np_store_project(
        s, &(struct np_projection){"items", NP_DB_STATE, "t.", build_fails, seen_changed, NULL});
    NP_CHECK(np_store_start(s, &err) == NP_ECORRUPT);
    NP_CHECK_STR(np_err_text(&err), NP_STR("building the projection items: no sense in it"));
    np_store_close(s);
}

static int read_only(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct np_q *q = np_tq(t, &count_items, "");
    np_row(q);
    return np_q_end(q, err);
}

NP_TEST(a_write_that_changes_nothing_takes_no_number)
{
    struct env e = env_new();
    env_start(&e);
    NP_CHECK(tt_put_now(e.s, "a", 1, NULL) == 0);
    uint64_t before = np_store_commit_no(e.s, NP_DB_STATE);
    struct tt_put p = {0};
    tt_put(e.s, e.l, &p, "b", 1);
    tt_wait(e.l, &p, 1);
    p.done = 0;
    p.w.apply = read_only;
    NP_CHECK(np_store_write(e.s, NP_DB_STATE, &p.w) == 0);
    tt_wait(e.l, &p, 1);
    NP_CHECK(p.rc == 0 && np_store_commit_no(e.s, NP_DB_STATE) == before + 1);
    env_end(&e);
}

static int put_blob(struct np_txn *t, void *arg, struct np_err *err)
{
    NP_SQL(blob_sql, "REPLACE INTO item (account, region, name, v) VALUES (:account, :region, ?1, "
                     "zeroblob(400000))");
    return np_exec(t, &blob_sql, err, "s", np_str_of(arg));
}

NP_TEST(the_log_stays_bounded_while_writes_go_on)
{
    struct np_store *s = tt_open_started();
    struct np_file *f = &s->file[NP_DB_STATE];
    struct np_dbc *snap = NULL;
    uint32_t most = 0;
    for (int i = 0; i < 300; i++) { /* 120 MB, 30,000 pages */
        char *name = i % 2 ? "x" : "y";
        NP_CHECK(np_store_write_now(s, NP_DB_STATE, &tt_scope, put_blob, name, NULL) == 0);
        uint32_t pages = atomic_load(&f->wal_pages);
        most = pages > most ? pages : most;
        if (i == 10)
            NP_CHECK(np_reader_open(s, NP_DB_STATE, &snap, NULL) == 0);
        if (i == 20)
            np_reader_close(snap); /* a reader only holds it up for as long as it reads */
    }
    NP_CHECK(most < 2 * NP_WAL_FINISH_PAGES, "%u pages", most);
    np_store_close(s);
}

/* --- many threads --- */

#define THREADS 6
#define EACH    60

struct crowd {
    struct np_store *s;
    _Atomic int64_t *shown; /* published by the projection */
    _Atomic bool over;
    _Atomic unsigned answered;
};

NP_SQL(add_sql, "INSERT INTO item (account, region, name, v) VALUES (:account, :region, 'sum', 1)"
                " ON CONFLICT DO UPDATE SET v = v + 1");
NP_SQL(note_sql, "INSERT INTO parent (id) SELECT coalesce(max(id), 0) + 1 FROM parent");
NP_SQL(
    equal_sql,
    "SELECT (SELECT count(*) FROM parent), coalesce((SELECT v FROM item WHERE name = 'sum'), 0)");

static int add_one(struct np_txn *t, void *arg, struct np_err *err)
{
    int rc = np_exec(t, &add_sql, err, "");
    if (rc == 0)
        rc = np_exec(t, &note_sql, err, "");
    np_notice(t, "t.sum", NP_STR("1"), NP_STR("sum"));
    return rc;
}

static void sum_changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                        struct np_str key)
{
    struct crowd *w = arg;
    struct np_q *q = np_q(c, NULL, &item_sql, "s", key);
    np_assert(np_row(q));
    atomic_store(w->shown, np_col_int(q, 0));
    np_q_end(q, NULL);
}

static void *write_many(void *arg)
{
    struct crowd *w = arg;
    for (int i = 0; i < EACH; i++) {
        struct np_err err = {0};
        int rc = np_store_write_now(w->s, NP_DB_STATE, &tt_scope, add_one, NULL, &err);
        if (rc != 0)
            return (void *)"a write failed";
        int64_t answered = (int64_t)atomic_fetch_add(&w->answered, 1) + 1;
        if (atomic_load(w->shown) < answered)
            return (void *)"the projection was behind an answer";
    }
    return NULL;
}

static void *read_many(void *arg)
{
    struct crowd *w = arg;
    const char *bad = NULL;
    while (!atomic_load(&w->over) && bad == NULL) {
        unsigned answered = atomic_load(&w->answered);
        struct np_q *q = np_q(np_store_reader(w->s, NP_DB_STATE), NULL, &equal_sql, "");
        if (!np_row(q) || np_col_int(q, 0) != np_col_int(q, 1))
            bad = "a reader saw half a transaction";
        else if (np_col_int(q, 0) < answered)
            bad = "a reader did not see what was answered";
        np_q_end(q, NULL);
    }
    return (void *)bad;
}

NP_TEST(many_threads_write_and_read)
{
    _Atomic int64_t shown = 0;
    struct crowd w = {.s = tt_open(), .shown = &shown};
    pthread_t t[THREADS], readers[2];
    void *bad = NULL;
    np_store_project(w.s, &(struct np_projection){"sum", NP_DB_STATE, "t.", NULL, sum_changed, &w});
    NP_CHECK(np_store_start(w.s, NULL) == 0);
    NP_EACH (r, readers)
        NP_CHECK(pthread_create(r, NULL, read_many, &w) == 0);
    NP_EACH (one, t)
        NP_CHECK(pthread_create(one, NULL, write_many, &w) == 0);
    NP_EACH (one, t) {
        pthread_join(*one, &bad);
        NP_CHECK(bad == NULL, "%s", (const char *)bad);
    }
    atomic_store(&w.over, true);
    NP_EACH (r, readers) {
        pthread_join(*r, &bad);
        NP_CHECK(bad == NULL, "%s", (const char *)bad);
    }
    NP_CHECK(shown == THREADS * EACH && tt_value(w.s, "sum") == THREADS * EACH);
    np_store_close(w.s);
}
