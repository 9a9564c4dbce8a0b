/* SPDX-License-Identifier: Apache-2.0 */
/* fault_test.c - every write and sync failing in turn: what was acknowledged is there, what was
 * refused is not, and the store goes on when the disk does. */
#include "test.h"

#include <sys/stat.h>

#include "base/auto.h"
#include "io/loop.h"
#include "store/fault_vfs.h"
#include "store/store_int.h"
#include "store/store_util.h"

static int open_in(int run, struct np_store **out, struct np_err *err)
{
    char dir[400];
    snprintf(dir, sizeof(dir), "%s/run%d", np_test_dir(), run);
    const struct np_migration *lists[] = {tt_migrations};
    size_t n = TT_MIGRATIONS;
    struct np_store_opts o = tt_opts(lists, &n);
    o.dir = np_str_of(dir);
    o.no_sync = false; /* syncs are asked for, and skipped by the shim */
    return np_store_open(&o, out, err);
}

static struct np_store *must_open(int run, bool start)
{
    struct np_store *s = NULL;
    struct np_err err = {0};
    NP_CHECK(open_in(run, &s, &err) == 0, "run %d: %s", run, err.text);
    NP_CHECK(!start || np_store_start(s, &err) == 0, "run %d: %s", run, err.text);
    return s;
}

#define PUTS 8

static const char *const names[PUTS] = {"a", "b", "c", "d", "e", "f", "g", "h"};

/* The first three as one group, the others each alone. Returns the number of refused ones. */
static int write_all(struct np_store *s, struct np_loop *l, struct tt_put *p)
{
    int refused = 0;
    for (int i = 0; i < 3; i++)
        tt_put(s, l, &p[i], names[i], i);
    NP_CHECK(np_store_start(s, NULL) == 0);
    tt_wait(l, p, 3);
    for (int i = 3; i < PUTS; i++) {
        tt_put(s, l, &p[i], names[i], i);
        tt_wait(l, &p[i], 1);
    }
    for (int i = 0; i < PUTS; i++) {
        NP_CHECK(p[i].rc == 0 || (p[i].err.code == p[i].rc && p[i].err.n > 0),
                 "an error has a text");
        refused += p[i].rc != 0;
    }
    return refused;
}

static void check_all(struct np_store *s, const struct tt_put *p, int run)
{
    for (int i = 0; i < PUTS; i++) {
        int64_t want = p[i].rc == 0 ? i : -1;
        NP_CHECK(tt_value(s, names[i]) == want, "run %d: %s was answered %s", run, names[i],
                 np_code_name(p[i].rc));
    }
}

static int one_run(struct np_loop *l, int run, int rc, bool stays)
{
    struct tt_put p[PUTS] = {{.fail = 0}}, after = {.fail = 0};
    struct np_store *s = must_open(run, false);
    fault_set(FAULT_WRITE_OR_SYNC, run, rc, stays);
    int refused = write_all(s, l, p);
    int hits = fault_hits();
    NP_CHECK((hits > 0) == (refused > 0), "run %d: %d failures, %d refused", run, hits, refused);
    NP_CHECK(hits == 0 || !stays || p[PUTS - 1].rc == (rc == SQLITE_FULL ? NP_ENOSPC : NP_EIO));
    check_all(s, p, run);
    fault_set(FAULT_NONE, 0, 0, false);
    tt_put(s, l, &after, "after", 1);
    tt_wait(l, &after, 1);
    NP_CHECK(after.rc == 0, "run %d: it goes on when the disk does: %s", run, after.err.text);
    np_store_close(s);
    s = must_open(run, true);
    check_all(s, p, run);
    NP_CHECK(tt_value(s, "after") == 1);
    np_store_close(s);
    return hits;
}

static void every_write_fails(int rc, bool stays)
{
    struct np_loop *l = NULL;
    NP_CHECK(np_loop_new(&l, NULL) == 0);
    fault_install();
    int run = 1;
    while (one_run(l, run, rc, stays) > 0)
        run++;
    NP_CHECK(run > 10, "only %d writes", run);
    fault_remove();
    np_loop_free(l);
}

NP_TEST(each_write_or_sync_fails_once)
{
    every_write_fails(SQLITE_IOERR_WRITE, false);
}

NP_TEST(the_disk_fails_from_each_write_on)
{
    every_write_fails(SQLITE_IOERR_WRITE, true);
}

NP_TEST(the_disk_is_full_from_each_write_on)
{
    every_write_fails(SQLITE_FULL, true);
}

NP_TEST(opening_survives_every_write_failing)
{
    fault_install();
    int run = 1;
    for (bool hit = true; hit; run++) {
        struct np_store *s = NULL;
        struct np_err err = {0};
        fault_set(FAULT_WRITE_OR_SYNC, run, SQLITE_FULL, true);
        int rc = open_in(run, &s, &err);
        hit = fault_hits() > 0;
        NP_CHECK(hit ? rc < 0 && err.n > 0 : rc == 0, "run %d: %s", run, np_code_name(rc));
        NP_CHECK(rc != NP_ECORRUPT, "run %d: a full disk is no damage: %s", run, err.text);
        fault_set(FAULT_NONE, 0, 0, false);
        np_store_close(s);
        s = must_open(run, true);
        NP_CHECK(tt_put_now(s, "a", 1, NULL) == 0 && tt_value(s, "a") == 1);
        np_store_close(s);
    }
    NP_CHECK(run > 10);
    fault_remove();
}

static int put_blob(struct np_txn *t, void *arg, struct np_err *err)
{
    NP_SQL(blob_sql, "INSERT INTO item (account, region, name, v) VALUES (:account, :region, ?1, "
                     "zeroblob(400000))");
    const int *i = arg;
    return np_exec(t, &blob_sql, err, "s", np_str_n(i, sizeof(*i)));
}

NP_TEST(a_failing_checkpoint_loses_nothing)
{
    NP_SQL(count, "SELECT count(*) FROM item WHERE length(v) = 400000");
    fault_install();
    struct np_store *s = must_open(1, true);
    fault_set(FAULT_MAIN_FILE, 1, SQLITE_FULL, true);
    for (int i = 0; i < 30; i++) /* 12 MB: several checkpoints */
        NP_CHECK(np_store_write_now(s, NP_DB_STATE, &tt_scope, put_blob, &i, NULL) == 0);
    np_store_close(s);
    NP_CHECK(fault_hits() > 0, "the checkpoint was tried");
    fault_set(FAULT_NONE, 0, 0, false);
    s = must_open(1, true);
    NP_CHECK(tt_int(s, NP_DB_STATE, &count) == 30);
    np_store_close(s);
    fault_remove();
}

static int fill(struct np_txn *t, struct tt_put *p, struct np_err *err)
{
    NP_SQL(big_sql, "INSERT INTO item (account, region, name, v) VALUES (:account, :region, 'big', "
                    "zeroblob(9000000))");
    return np_exec(t, &big_sql, err, "");
}

NP_TEST(what_does_not_fit_fails_alone)
{
    struct np_loop *l = NULL;
    NP_CHECK(np_loop_new(&l, NULL) == 0);
    struct np_store *s = tt_open();
    struct np_dbc *c = s->file[NP_DB_STATE].c;
    NP_CHECK(np_dbc_script(c, "PRAGMA max_page_count=500", NULL) == 0);
    struct tt_put p[3] = {{.fail = 0}, {.more = fill}, {.fail = 0}};
    for (int i = 0; i < 3; i++)
        tt_put(s, l, &p[i], names[i], i);
    NP_CHECK(np_store_start(s, NULL) == 0);
    tt_wait(l, p, 3);
    NP_CHECK(p[0].rc == 0 && p[2].rc == 0);
    NP_CHECK(p[1].rc == NP_ENOSPC, "%s", p[1].err.text);
    NP_CHECK(tt_value(s, "a") == 0 && tt_value(s, "b") == -1 && tt_value(s, "c") == 2);
    np_store_close(s);
    np_loop_free(l);
}
