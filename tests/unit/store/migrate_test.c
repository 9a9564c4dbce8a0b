/* SPDX-License-Identifier: Apache-2.0 */
/* migrate_test.c - what a data directory may look like at the start, and what is said about the
 * others. */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/auto.h"
#include "io/file.h"
#include "store/store_int.h"
#include "store/store_util.h"

static const struct np_migration grown[] = {
    {"t", 1,
     "CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'kept')",
     NP_DB_STATE},
    {"t", 2, "CREATE TABLE two (id INTEGER PRIMARY KEY REFERENCES one); INSERT INTO two VALUES (1)",
     NP_DB_STATE},
    {"t", 3, "CREATE TABLE three (id INTEGER PRIMARY KEY)", NP_DB_S3},
};

NP_SQL(two_sql, "SELECT count(*) FROM two");
NP_SQL(one_sql, "SELECT count(*) FROM one WHERE v = 'kept'");

static const char *path_of(const char *name)
{
    static char path[500];
    snprintf(path, sizeof(path), "%s/%s", np_test_dir(), name);
    return path;
}

static bool is_there(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

static void expect(const struct np_migration *m, size_t n, int code, const char *text)
{
    struct np_store *s = NULL;
    struct np_err err = {0};
    int rc = tt_try_open_with(m, n, &s, &err);
    NP_CHECK(rc == code, "got %s: %s", np_code_name(rc), err.text);
    NP_CHECK(s == NULL && strstr(err.text, text) != NULL, "%s", err.text);
}

/* What a start leaves that is killed while it makes the files. */
NP_TEST(a_file_that_was_not_finished_is_made_anew)
{
    static const char *const left[] = {"state.db.new", "state.db.new-wal", "s3.db.new"};
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (name, left) {
        struct np_str path = np_str_printf(a, "%s/%s", np_test_dir(), *name);
        NP_CHECK(np_file_write(path, NP_STR("SQLite format 3\0, or what?"), 0600, NULL) == 0);
    }
    struct np_store *s = tt_open();
    NP_EACH (name, left)
        NP_CHECK(access(np_str_z(a, np_str_printf(a, "%s/%s", np_test_dir(), *name)), F_OK) != 0,
                 "%s is still there", *name);
    NP_CHECK(tt_put_now(s, "a", 1, NULL) == 0 && tt_value(s, "a") == 1);
    np_store_close(s);
}

NP_TEST(a_clean_stop_leaves_two_files)
{
    struct np_store *s = tt_open_started();
    NP_CHECK(tt_put_now(s, "a", 1, NULL) == 0);
    np_store_close(s);
    NP_CHECK(is_there("state.db") && is_there("s3.db"));
    NP_CHECK(!is_there("state.db-wal") && !is_there("s3.db-wal"));
    struct stat st;
    NP_CHECK(stat(path_of("state.db"), &st) == 0 && (st.st_mode & 077) == 0, "mode %o",
             (unsigned)st.st_mode & 0777);
}

NP_TEST(missing_migrations_are_applied_after_a_backup)
{
    np_store_close(tt_open_with(grown, 1));
    NP_CHECK(!is_there("backup-state-2.db") && !is_there("backup-state-3.db"),
             "a new file has nothing to lose");
    struct np_store *s = tt_open_with(grown, 3);
    NP_CHECK(tt_int(s, NP_DB_STATE, &two_sql) == 1 && tt_int(s, NP_DB_STATE, &one_sql) == 1);
    np_store_close(s);
    NP_CHECK(is_there("backup-state-3.db"), "two of the store's own and one");
    NP_CHECK(is_there("backup-s3-2.db") && !is_there("backup-s3-2.db.tmp"));
    np_store_close(tt_open_with(grown, 3));
    NP_CHECK(!is_there("backup-state-4.db"), "nothing to do, nothing to copy");

    NP_CHECK(unlink(path_of("s3.db")) == 0);
    char backup[500];
    snprintf(backup, sizeof(backup), "%s", path_of("backup-state-3.db"));
    NP_CHECK(rename(backup, path_of("state.db")) == 0, "as the messages advise");
    s = tt_open_with(grown, 1);
    NP_CHECK(tt_int(s, NP_DB_STATE, &one_sql) == 1);
    np_store_close(s);
}

NP_TEST(a_newer_or_foreign_schema_is_refused)
{
    np_store_close(tt_open_with(grown, 3));
    expect(grown, 1, NP_EINVAL, "made by a newer version (it holds t schema 2");
    expect(tt_migrations, 0, NP_EINVAL, "it holds t schema 1");
    expect(tt_migrations, TT_MIGRATIONS, NP_EINVAL,
           "made by another build (its t schema 1 differs)");
    np_store_close(tt_open_with(grown, 3));
}

NP_TEST(a_failing_migration_changes_nothing)
{
    static const struct np_migration bad[] = {
        {"t", 1,
         "CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'kept')",
         NP_DB_STATE},
        {"t", 2, "CREATE TABLE two (id INTEGER); INSERT INTO nowhere VALUES (1)", NP_DB_STATE},
    };
    static const struct np_migration dangling[] = {
        {"t", 1,
         "CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'kept')",
         NP_DB_STATE},
        {"t", 2, "CREATE TABLE two (id INTEGER REFERENCES one); INSERT INTO two VALUES (7)",
         NP_DB_STATE},
    };
    np_store_close(tt_open_with(grown, 1));
    expect(bad, 2, NP_EIO, "t schema 2: state.db: a script: no such table: nowhere");
    expect(dangling, 2, NP_EINVAL, "rows would refer to nothing after t schema 2");
    struct np_store *s = tt_open_with(grown, 3);
    NP_CHECK(tt_int(s, NP_DB_STATE, &two_sql) == 1);
    np_store_close(s);
}

static void overwrite(const char *name, off_t at, const void *p, size_t n)
{
    NP_AUTO_FD fd = open(path_of(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    NP_CHECK(fd >= 0 && pwrite(fd, p, n, at) == (ssize_t)n);
}

NP_TEST(damage_is_named_with_the_file)
{
    static const char junk[4096] = "this is no database at all";
    np_store_close(tt_open());
    overwrite("state.db", 0, junk, sizeof(junk));
    expect(tt_migrations, TT_MIGRATIONS, NP_ECORRUPT,
           "state.db is damaged (it does not begin as a database does)");
    NP_CHECK(truncate(path_of("state.db"), 100) == 0);
    expect(tt_migrations, TT_MIGRATIONS, NP_ECORRUPT,
           "move state.db, state.db-wal and state.db-shm away");
    NP_CHECK(truncate(path_of("state.db"), 0) == 0);
    overwrite("state.db-wal", 0, junk, sizeof(junk));
    expect(tt_migrations, TT_MIGRATIONS, NP_ECORRUPT, "the file is empty but its log is not");
    NP_CHECK(is_there("state.db-wal"), "and nothing was thrown away");
    NP_CHECK(unlink(path_of("state.db-wal")) == 0);
    expect(tt_migrations, TT_MIGRATIONS, NP_ECORRUPT, "state.db is damaged (the file is empty)");
    NP_CHECK(unlink(path_of("state.db")) == 0);
    np_store_close(tt_open());
}

NP_TEST(a_cut_file_is_damaged)
{
    np_store_close(tt_open());
    NP_CHECK(truncate(path_of("s3.db"), 8192) == 0);
    expect(tt_migrations, TT_MIGRATIONS, NP_ECORRUPT, "s3.db is damaged");
}

/* A store with `n` rows of about `size` bytes; a page of theirs is emptied after its stop. */
static void make_and_damage(int n, size_t size)
{
    static const char zero[3000];
    struct np_store *s = tt_open();
    struct np_err err = {0};
    char *name = np_heap_alloc(size + 1);
    memset(name, 'n', size);
    name[size] = '\0';
    for (int i = 0; i < n; i++) {
        snprintf(name, 12, "%011d", i);
        name[11] = 'n';
        NP_CHECK(tt_put_now(s, name, i, &err) == 0, "%s", err.text);
    }
    np_store_close(s);
    np_free(name);
    struct stat st;
    NP_CHECK(stat(path_of("state.db"), &st) == 0 && st.st_size > 20 * 4096);
    overwrite("state.db", st.st_size - 4096, zero, sizeof(zero));
}

NP_TEST(the_pages_of_a_small_file_are_checked)
{
    make_and_damage(900, 50);
    expect(tt_migrations, TT_MIGRATIONS, NP_ECORRUPT, "state.db is damaged (Page");
}

NP_TEST(after_an_unclean_stop_more_pages_are_checked)
{
    make_and_damage(NP_STORE_CHECK_CLEAN_BYTES / 800, 900);
    np_store_close(tt_open()); /* a clean stop before: not looked at */
    overwrite("state.db-wal", 0, "x", 1);
    expect(tt_migrations, TT_MIGRATIONS, NP_ECORRUPT, "state.db is damaged (");
}

NP_TEST(databases_of_others_are_left_alone)
{
    sqlite3 *db = NULL;
    NP_CHECK(sqlite3_open(path_of("state.db"), &db) == SQLITE_OK);
    NP_CHECK(sqlite3_exec(db, "CREATE TABLE mine (x)", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    expect(tt_migrations, TT_MIGRATIONS, NP_EINVAL, "state.db is a database of something else");
    NP_CHECK(unlink(path_of("state.db")) == 0);
    np_store_close(tt_open());
    char s3[500];
    snprintf(s3, sizeof(s3), "%s", path_of("s3.db"));
    NP_CHECK(rename(s3, path_of("state.db")) == 0);
    expect(tt_migrations, TT_MIGRATIONS, NP_EINVAL, "state.db is a database of something else");
}

/* --- images of new files --- */

static struct np_store_image pack(struct np_arena *a, const char *name)
{
    struct np_str bytes;
    NP_CHECK(np_file_read(a, np_str_of(path_of(name)), 1 << 20, &bytes, NULL) == 0);
    uLongf n = compressBound(bytes.n);
    unsigned char *to = np_alloc(a, n);
    NP_CHECK(compress(to, &n, (const unsigned char *)bytes.p, bytes.n) == Z_OK);
    return (struct np_store_image){to, n, bytes.n};
}

static int open_image(const struct np_store_image *images, const struct np_migration *m, size_t n,
                      struct np_store **out, struct np_err *err)
{
    struct np_store_opts o = tt_opts(&m, &n);
    o.images = images;
    unlink(path_of("state.db"));
    unlink(path_of("s3.db"));
    return np_store_open(&o, out, err);
}

NP_TEST(new_files_are_written_of_an_image)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_store *s = NULL;
    struct np_err err = {0};
    np_store_close(tt_open_with(grown, 3));
    struct np_store_image images[NP_DBS] = {pack(a, "state.db"), pack(a, "s3.db")};
    NP_CHECK(open_image(images, grown, 3, &s, &err) == 0, "%s", err.text);
    NP_CHECK(tt_int(s, NP_DB_STATE, &one_sql) == 1 && tt_int(s, NP_DB_STATE, &two_sql) == 1);
    np_store_close(s);
    /* It is no more trusted than a file that was there. */
    static const struct np_migration other[] = {
        {"t", 1, "CREATE TABLE one (id INTEGER PRIMARY KEY)", NP_DB_STATE}};
    NP_CHECK(open_image(images, other, 1, &s, &err) == NP_EINVAL);
    images[NP_DB_STATE].n -= 9;
    NP_CHECK(open_image(images, grown, 3, &s, &err) == NP_ECORRUPT, "%s", err.text);
    NP_CHECK(!is_there("state.db"));
}
