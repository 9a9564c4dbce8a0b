/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.c - what a database file must be before it is used: ours, whole, and of this version.
 *
 * schema_version has a row for each applied migration. A migration is one transaction in its file.
 * A new file is made under another name, and gets its own when it is whole and synced: of an image
 * where there is one, since a hundred CREATE TABLEs are a quarter of a start.
 * Before the first one touches a file that holds something, the file is copied to
 * backup-<name>-<n>.db, n being the number of migrations it had seen.
 */
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "io/file.h"

static const int application_id[NP_DBS] = {
    [NP_DB_STATE] = 0x4e507374, /* "NPst" */
    [NP_DB_S3] = 0x4e507333,    /* "NPs3" */
};

static const char store_schema[] = "CREATE TABLE np_commit ("
                                   "  id INTEGER PRIMARY KEY CHECK (id = 1),"
                                   "  no INTEGER NOT NULL"
                                   ") STRICT;"
                                   "INSERT INTO np_commit VALUES (1, 0);";

NP_SQL(applied_sql,
       "SELECT component, number, sql_hash FROM schema_version ORDER BY component, number");
NP_SQL(record_sql, "INSERT INTO schema_version (component, number, sql_hash) VALUES (?1, ?2, ?3)");
NP_SQL(quick_check_sql, "PRAGMA quick_check(1)");
NP_SQL(fk_check_sql, "PRAGMA foreign_key_check");

/* One list of every migration of this file, in order: the store's own first. */
struct plan {
    struct np_arena *arena;
    const struct np_migration *v[2000];
    bool applied[2000];
    size_t n, n_applied;
};

static void plan_add(struct plan *p, const struct np_migration *m)
{
    np_assert(p->n < NP_LEN(p->v));
    p->v[p->n++] = m;
}

static void plan_make(struct plan *p, const struct np_file *f, const struct np_store_opts *o)
{
    static const struct np_migration own[] = {{"store", 1, store_schema, 0},
                                              {"store", 2, np_outbox_schema, 0}};
    NP_EACH (m, own)
        plan_add(p, m);
    for (size_t c = 0; c < o->n_components; c++) {
        for (size_t i = 0; i < o->n_migrations[c]; i++) {
            const struct np_migration *m = &o->migrations[c][i];
            np_assert(m->number == (int)i + 1); /* from 1, no gaps */
            if (m->db == f->db)
                plan_add(p, m);
        }
    }
}

static struct np_str hash_of(struct plan *p, const struct np_migration *m)
{
    uint8_t sum[32];
    np_digest_once(NP_SHA256, np_str_of(m->sql), sum);
    return np_hex_str(p->arena, np_str_n(sum, sizeof(sum)));
}

static int check_applied(struct plan *p, const struct np_file *f, struct np_str component,
                         int64_t number, struct np_str hash, struct np_err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        if (!np_str_eq(np_str_of(p->v[i]->component), component) || p->v[i]->number != number)
            continue;
        if (!np_str_eq(hash_of(p, p->v[i]), hash))
            return np_err(
                err, NP_EINVAL,
                "%s was made by another build (its %.*s schema %d differs): start the build that "
                "made it, or move it away to start empty",
                f->path, NP_FMT(component), (int)number);
        p->applied[i] = true;
        p->n_applied++;
        return 0;
    }
    return np_err(
        err, NP_EINVAL,
        "%s was made by a newer version (it holds %.*s schema %d, unknown here): start that "
        "version, or put a backup-%s-*.db from before in its place",
        f->path, NP_FMT(component), (int)number, f->name);
}

/* Later ones of a component never stand without the earlier. */
static int check_holes(const struct plan *p, const struct np_file *f, struct np_err *err)
{
    for (size_t i = 1; i < p->n; i++) {
        if (p->applied[i] && !p->applied[i - 1] &&
            strcmp(p->v[i]->component, p->v[i - 1]->component) == 0)
            return np_dbc_damaged(f, "a schema is missing in the middle", err);
    }
    return 0;
}

static int plan_compare(struct plan *p, struct np_file *f, struct np_err *err)
{
    int rc = 0;
    struct np_q *q = np_q(f->c, NULL, &applied_sql, "");
    while (rc == 0 && np_row(q))
        rc = check_applied(p, f, np_col_peek(q, 0), np_col_int(q, 1), np_col_peek(q, 2), err);
    int end = np_q_end(q, rc == 0 ? err : NULL);
    if (rc == 0)
        rc = end;
    return rc != 0 ? rc : check_holes(p, f, err);
}

/* --- the copy --- */

static int copy_pages(struct np_file *f, const char *to, struct np_err *err)
{
    sqlite3 *out = NULL;
    int rc = sqlite3_open_v2(
        to, &out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc =
            sqlite3_exec(out, "PRAGMA journal_mode=OFF; PRAGMA synchronous=FULL", NULL, NULL, NULL);
    sqlite3_backup *copy =
        rc == SQLITE_OK ? sqlite3_backup_init(out, "main", f->c->db, "main") : NULL;
    if (copy != NULL) {
        sqlite3_backup_step(copy, -1);
        rc = sqlite3_backup_finish(copy);
    } else if (rc == SQLITE_OK) {
        rc = sqlite3_errcode(out);
    }
    sqlite3_close(out);
    if (rc == SQLITE_OK)
        return 0;
    return np_err(err, (rc & 0xff) == SQLITE_FULL ? NP_ENOSPC : NP_EIO,
                  "copying %s to %s before a migration: %s", f->path, to, sqlite3_errstr(rc));
}

static int backup(struct np_file *f, size_t n_applied, struct np_err *err)
{
    char to[600], tmp[620];
    snprintf(to, sizeof(to), "%s/backup-%s-%zu.db", f->store->dir, f->name, n_applied);
    snprintf(tmp, sizeof(tmp), "%s.tmp", to);
    NP_AUTO_FD fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return np_err_errno(err, errno, "creating %s", tmp);
    int rc = copy_pages(f, tmp, err);
    if (rc != 0) {
        unlink(tmp);
        return rc;
    }
    if (rename(tmp, to) != 0)
        return np_err_errno(err, errno, "renaming %s", tmp);
    return np_dir_sync(np_str_of(f->store->dir), err);
}

/* --- applying --- */

static int no_dangling(struct np_file *f, const struct np_migration *m, struct np_err *err)
{
    struct np_q *q = np_q(f->c, NULL, &fk_check_sql, "");
    bool found = np_row(q);
    int rc = np_q_end(q, err);
    if (rc == 0 && found)
        rc = np_err(err, NP_EINVAL, "rows would refer to nothing after %s schema %d", m->component,
                    m->number);
    return rc;
}

static int record(struct plan *p, struct np_file *f, const struct np_migration *m,
                  struct np_err *err)
{
    struct np_q *q = np_q(f->c, NULL, &record_sql, "sis", np_str_of(m->component),
                          (int64_t)m->number, hash_of(p, m));
    np_row(q);
    return np_q_end(q, err);
}

static int apply_one(struct plan *p, struct np_file *f, const struct np_migration *m,
                     struct np_err *err)
{
    int rc = np_dbc_script(f->c, m->sql, err);
    np_assert(rc != 0 || !sqlite3_get_autocommit(f->c->db)); /* no COMMIT of its own */
    if (rc == 0)
        rc = record(p, f, m, err);
    if (rc == 0 && p->n_applied > 0)
        rc = no_dangling(f, m, err);
    if (rc != 0)
        np_err_prefix(err, "%s: %s schema %d", f->path, m->component, m->number);
    return rc;
}

/* v[from..to), none of them applied, in one transaction. */
static int apply_range(struct plan *p, struct np_file *f, size_t from, size_t to,
                       struct np_err *err)
{
    int rc = np_dbc_script(f->c, "BEGIN IMMEDIATE", err);
    if (rc != 0)
        return rc;
    for (size_t i = from; rc == 0 && i < to; i++)
        rc = apply_one(p, f, p->v[i], err);
    if (rc == 0)
        rc = np_dbc_script(f->c, "COMMIT", err);
    if (rc != 0 && !sqlite3_get_autocommit(f->c->db))
        np_dbc_script(f->c, "ROLLBACK", NULL);
    return rc;
}

static int apply_missing(struct plan *p, struct np_file *f, struct np_err *err)
{
    if (p->n_applied == p->n)
        return 0;
    bool new_file = p->n_applied == 0;
    int rc = new_file ? 0 : backup(f, p->n_applied, err);
    if (rc != 0)
        return rc;
    /* A migration may rebuild a table that others refer to; checked as a whole instead. */
    rc = np_dbc_script(f->c, "PRAGMA foreign_keys=OFF", err);
    /* A new file holds nothing to lose: one transaction for all. */
    size_t step = new_file ? p->n : 1;
    for (size_t i = 0; rc == 0 && i < p->n; i += step) {
        if (!p->applied[i])
            rc = apply_range(p, f, i, i + step, err);
    }
    return rc != 0 ? rc : np_dbc_script(f->c, "PRAGMA foreign_keys=ON", err);
}

/* --- is it ours and whole --- */

static int make_ours(struct np_file *f, struct np_err *err)
{
    char text[300];
    snprintf(text, sizeof(text),
             "BEGIN IMMEDIATE; PRAGMA application_id=%d;"
             "CREATE TABLE schema_version (component TEXT NOT NULL, number INTEGER NOT NULL,"
             " sql_hash TEXT NOT NULL, PRIMARY KEY (component, number)) STRICT, WITHOUT ROWID;"
             "COMMIT",
             application_id[f->db]);
    return np_dbc_script(f->c, text, err);
}

static int check_ours(struct np_file *f, struct np_err *err)
{
    int64_t tables = 0, id = 0, versions = 0;
    int rc = np_dbc_int(f->c, "SELECT count(*) FROM sqlite_schema", 0, &tables, err);
    if (rc == 0)
        rc = np_dbc_int(f->c, "PRAGMA application_id", 0, &id, err);
    if (rc == 0)
        rc = np_dbc_int(f->c, "SELECT count(*) FROM sqlite_schema WHERE name='schema_version'", 0,
                        &versions, err);
    if (rc != 0)
        return rc;
    if (tables == 0 && id == 0) /* new, or a crash came before the first commit */
        return make_ours(f, err);
    if (id != application_id[f->db])
        return np_err(err, NP_EINVAL,
                      "%s is a database of something else (application_id %d): move it away",
                      f->path, (int)id);
    return versions == 1 ? 0 : np_dbc_damaged(f, "no schema_version", err);
}

/* The first finding; a line "*** in database main ***" may stand before it. */
static struct np_str first_finding(struct np_str found)
{
    struct np_str line = found;
    while (np_str_split(&found, '\n', &line) && np_str_starts(line, NP_STR("***")))
        ;
    return line;
}

static int check_whole(struct np_file *f, struct np_err *err)
{
    struct np_q *q = np_q(f->c, NULL, &quick_check_sql, "");
    int rc = 0;
    if (np_row(q) && !np_str_is(np_col_peek(q, 0), "ok")) {
        char why[200];
        snprintf(why, sizeof(why), "%.*s", NP_FMT(first_finding(np_col_peek(q, 0))));
        rc = np_dbc_damaged(f, why, err);
    }
    int end = np_q_end(q, rc == 0 ? err : NULL);
    return rc != 0 ? rc : end;
}

static int use_wal(struct np_file *f, struct np_err *err)
{
    NP_SQL(wal_sql, "PRAGMA journal_mode=WAL");
    struct np_q *q = np_q(f->c, NULL, &wal_sql, "");
    bool wal = np_row(q) && np_str_is(np_col_peek(q, 0), "wal");
    while (np_row(q)) /* its end writes the file's head, and says whether that went well */
        ;
    int rc = np_q_end(q, err);
    if (rc == 0 && !wal)
        rc = np_err(err, NP_ENOTSUP,
                    "%s: this file system cannot hold a write-ahead log (shared memory)", f->path);
    return rc;
}

static int make_all(struct np_file *f, const struct np_store_opts *o, struct np_err *err)
{
    NP_AUTO_ARENA arena = np_arena_new();
    struct plan *p = np_new(arena, struct plan);
    p->arena = arena;
    plan_make(p, f, o);
    int rc = np_dbc_script(f->c, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY", err);
    if (rc == 0)
        rc = make_ours(f, err);
    if (rc == 0)
        rc = apply_missing(p, f, err);
    return rc != 0 ? rc : use_wal(f, err); /* the last: nothing is left in a log */
}

static int write_image(int fd, const struct np_store_image *image, struct np_err *err)
{
    unsigned char *bytes = np_heap_alloc(image->size);
    uLongf n = image->size;
    bool good = uncompress(bytes, &n, image->bytes, image->n) == Z_OK && n == image->size;
    int rc = good ? np_write_all(fd, bytes, n, err)
                  : np_err(err, NP_ECORRUPT, "the image of a new database is damaged");
    np_free(bytes);
    return rc;
}

int np_file_make(struct np_file *f, const struct np_store_opts *o, struct np_err *err)
{
    char wal[600];
    snprintf(wal, sizeof(wal), "%s-wal", f->new_path);
    unlink(wal); /* of a start that did not come to its end */
    NP_AUTO_FD fd = open(f->new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                         0600); /* the log and the rest take over its mode */
    if (fd < 0)
        return np_err_errno(err, errno, "creating %s", f->new_path);
    if (o->images != NULL) {
        int rc = write_image(fd, &o->images[f->db], err);
        return rc != 0 ? np_err_prefix(err, "%s", f->new_path), rc : 0;
    }
    f->c = np_dbc_new(f, NP_DBC_MAKER);
    int rc = np_dbc_open(f->c, err);
    if (rc == 0)
        rc = make_all(f, o, err);
    np_dbc_free(f->c);
    f->c = NULL;
    return rc;
}

int np_file_prepare(struct np_file *f, const struct np_store_opts *o, bool clean,
                    struct np_err *err)
{
    struct stat st;
    off_t limit = clean ? NP_STORE_CHECK_CLEAN_BYTES : NP_STORE_CHECK_BYTES;
    int rc = use_wal(f, err);
    if (rc == 0)
        rc = check_ours(f, err);
    if (rc == 0 && stat(f->path, &st) == 0 && st.st_size < limit)
        rc = check_whole(f, err);
    if (rc != 0)
        return rc;
    NP_AUTO_ARENA arena = np_arena_new();
    struct plan *p = np_new(arena, struct plan);
    p->arena = arena;
    plan_make(p, f, o);
    rc = plan_compare(p, f, err);
    return rc != 0 ? rc : apply_missing(p, f, err);
}
