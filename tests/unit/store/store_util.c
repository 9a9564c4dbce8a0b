/* SPDX-License-Identifier: Apache-2.0 */
/* store_util.c - see store_util.h. */
#include "store/store_util.h"

#include "test.h"

#include "io/loop.h"

const struct np_scope tt_scope = {{"111122223333", 12}, {"us-east-1", 9}, 1000};

const struct np_migration tt_migrations[] = {
    {"t", 1,
     "CREATE TABLE item (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, v, made "
     "INTEGER,"
     " PRIMARY KEY (account, region, name)) WITHOUT ROWID;"
     "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
     "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent);"
     "CREATE TABLE late (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent"
     " DEFERRABLE INITIALLY DEFERRED);",
     NP_DB_STATE},
    {"t", 2, "CREATE TABLE part (id INTEGER PRIMARY KEY, v BLOB)", NP_DB_S3},
};

struct np_store_opts tt_opts(const struct np_migration *const *lists, const size_t *n)
{
    return (struct np_store_opts){
        .dir = np_str_of(np_test_dir()),
        .migrations = lists,
        .n_migrations = n,
        .n_components = 1,
        .no_sync = true,
    };
}

int tt_try_open_with(const struct np_migration *m, size_t n, struct np_store **out,
                     struct np_err *err)
{
    const struct np_migration *lists[] = {m};
    struct np_store_opts o = tt_opts(lists, &n);
    return np_store_open(&o, out, err);
}

int tt_try_open(struct np_store **out, struct np_err *err)
{
    return tt_try_open_with(tt_migrations, TT_MIGRATIONS, out, err);
}

struct np_store *tt_open_with(const struct np_migration *m, size_t n)
{
    struct np_store *s = NULL;
    struct np_err err = {0};
    int rc = tt_try_open_with(m, n, &s, &err);
    NP_CHECK(rc == 0, "%s", err.text);
    return s;
}

struct np_store *tt_open(void)
{
    return tt_open_with(tt_migrations, TT_MIGRATIONS);
}

struct np_store *tt_open_started(void)
{
    struct np_err err = {0};
    struct np_store *s = tt_open();
    NP_CHECK(np_store_start(s, &err) == 0, "%s", err.text);
    return s;
}

int64_t tt_int(struct np_store *s, enum np_db db, const struct np_sql *sql)
{
    struct np_err err = {0};
    struct np_q *q = np_q(np_store_reader(s, db), NULL, sql, "");
    int64_t v = np_row(q) ? np_col_int(q, 0) : -1;
    NP_CHECK(np_q_end(q, &err) == 0, "%s", err.text);
    return v;
}

NP_SQL(put_sql,
       "INSERT INTO item (account, region, name, v, made) VALUES (:account, :region, ?1, ?2, :now)"
       " ON CONFLICT DO UPDATE SET v = ?2");
NP_SQL(get_sql, "SELECT v FROM item WHERE account = :account AND region = :region AND name = ?1");

static int put_apply(struct np_txn *t, struct np_write *w, struct np_err *err)
{
    struct tt_put *p = NP_CONTAINER(w, struct tt_put, w);
    p->applied++;
    p->commit_no = np_txn_commit_no(t);
    int rc = np_exec(t, &put_sql, err, "si", np_str_of(p->name), p->v);
    if (rc == 0 && p->more != NULL)
        rc = p->more(t, p, err);
    return rc == 0 && p->fail != 0 ? np_err(err, p->fail, "%s fails", p->name) : rc;
}

static void put_done(struct np_write *w, int rc)
{
    static int order;
    struct tt_put *p = NP_CONTAINER(w, struct tt_put, w);
    p->done++;
    p->order = ++order;
    p->rc = rc;
}

void tt_put(struct np_store *s, struct np_loop *l, struct tt_put *p, const char *name, int64_t v)
{
    p->name = name;
    p->v = v;
    p->w = (struct np_write){
        .loop = l, .scope = tt_scope, .apply = put_apply, .done = put_done, .err = &p->err};
    int rc = np_store_write(s, NP_DB_STATE, &p->w);
    NP_CHECK(rc == 0, "%s: %s", name, np_code_name(rc));
}

void tt_wait(struct np_loop *l, const struct tt_put *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        while (p[i].done == 0)
            np_loop_turn(l, -1);
        NP_CHECK(p[i].done == 1);
    }
}

int64_t tt_value(struct np_store *s, const char *name)
{
    struct np_err err = {0};
    struct np_q *q =
        np_q(np_store_reader(s, NP_DB_STATE), &tt_scope, &get_sql, "s", np_str_of(name));
    int64_t v = np_row(q) ? np_col_int(q, 0) : -1;
    NP_CHECK(np_q_end(q, &err) == 0, "%s", err.text);
    return v;
}

struct put_now {
    const char *name;
    int64_t v;
};

static int put_now_apply(struct np_txn *t, void *arg, struct np_err *err)
{
    const struct put_now *p = arg;
    return np_exec(t, &put_sql, err, "si", np_str_of(p->name), p->v);
}

int tt_put_now(struct np_store *s, const char *name, int64_t v, struct np_err *err)
{
    struct put_now p = {name, v};
    return np_store_write_now(s, NP_DB_STATE, &tt_scope, put_now_apply, &p, err);
}
