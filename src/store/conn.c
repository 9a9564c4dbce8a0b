/* SPDX-License-Identifier: Apache-2.0 */
/* conn.c - opens connections and says what went wrong on them. */
#include "store/store_int.h"

#include <errno.h>

#include "base/buf.h"

static void sqlite_setup(void)
{
    /* Fails harmlessly when another part of the process has started SQLite already. */
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

struct np_dbc *np_dbc_new(struct np_file *f, enum np_dbc_role role)
{
    struct np_dbc *c = np_heap_new(struct np_dbc);
    c->magic = NP_DBC_MAGIC;
    c->role = role;
    c->file = f;
    return c;
}

static int configure(struct np_dbc *c, struct np_err *err)
{
    sqlite3_extended_result_codes(c->db, 1);
    sqlite3_busy_timeout(c->db, c->role == NP_DBC_CHECKPOINT ? 0 : NP_STORE_BUSY_MS);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_wal_autocheckpoint(c->db, 0);

    bool writer = c->role == NP_DBC_WRITER || c->role == NP_DBC_MAKER;
    bool synced = c->role != NP_DBC_MAKER && !c->file->store->no_sync;
    char text[300];
    snprintf(text, sizeof(text),
             "PRAGMA cache_size=-%d; PRAGMA mmap_size=%d; PRAGMA temp_store=MEMORY; "
             "PRAGMA synchronous=%s; PRAGMA secure_delete=FAST;",
             writer ? NP_WRITER_CACHE_KIB : NP_READER_CACHE_KIB, writer ? 0 : NP_READER_MMAP,
             synced ? "FULL" : "OFF");
    return np_dbc_script(c, text, err);
}

int np_dbc_open(struct np_dbc *c, struct np_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (c->db != NULL)
        return 0;
    pthread_once(&once, sqlite_setup);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    bool maker = c->role == NP_DBC_MAKER;
    if (c->role == NP_DBC_WRITER || maker)
        flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    else
        flags |= c->role == NP_DBC_CHECKPOINT ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(maker ? c->file->new_path : c->file->path, &c->db, flags, NULL);
    rc = rc != SQLITE_OK ? np_dbc_err(c, rc, "opening", err) : configure(c, err);
    if (rc != 0) {
        sqlite3_close(c->db);
        c->db = NULL;
    }
    return rc;
}

void np_dbc_free(struct np_dbc *c)
{
    if (c == NULL)
        return;
    np_assert(c->magic == NP_DBC_MAGIC && c->n_busy == 0);
    for (size_t i = 0; i < NP_DBC_BUCKETS; i++) {
        for (struct np_q *q = c->bucket[i], *next; q != NULL; q = next) {
            next = q->next;
            sqlite3_finalize(q->stmt);
            q->magic = 0;
            np_free(q);
        }
    }
    int rc = sqlite3_close(c->db);
    np_assert(rc == SQLITE_OK);
    c->magic = 0;
    np_free(c);
}

int np_dbc_damaged(const struct np_file *f, const char *why, struct np_err *err)
{
    return np_err(
        err, NP_ECORRUPT,
        "%s is damaged (%s): restore the newest backup-%s-*.db beside it in its place, or "
        "move %s.db, %s.db-wal and %s.db-shm away to start empty",
        f->path, why, f->name, f->name, f->name, f->name);
}

static int code_of_constraint(int rc)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return NP_EEXIST;
    default:
        return NP_EINVAL;
    }
}

static int code_of(sqlite3 *db, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        return code_of_constraint(rc);
    case SQLITE_FULL:
        return NP_ENOSPC;
    case SQLITE_IOERR:
        return db != NULL && sqlite3_system_errno(db) == ENOSPC ? NP_ENOSPC : NP_EIO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return NP_ECORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return NP_EBUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return NP_EACCES;
    case SQLITE_TOOBIG:
        return NP_E2BIG;
    default:
        return NP_EIO;
    }
}

int np_dbc_err(struct np_dbc *c, int rc, const char *what, struct np_err *err)
{
    const char *why = c->db != NULL && (sqlite3_errcode(c->db) & 0xff) == (rc & 0xff)
                          ? sqlite3_errmsg(c->db)
                          : sqlite3_errstr(rc);
    int code = code_of(c->db, rc);
    if (code == NP_ECORRUPT)
        return np_dbc_damaged(c->file, why, err);
    int errnum = c->db != NULL && (rc & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(c->db) : 0;
    return np_err(err, code, "%s.db: %s: %s%s%s", c->file->name, what, why, errnum != 0 ? ": " : "",
                  errnum != 0 ? strerror(errnum) : "");
}

int np_dbc_script(struct np_dbc *c, const char *sql, struct np_err *err)
{
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc != SQLITE_OK ? np_dbc_err(c, rc, "a script", err) : 0;
}

int np_dbc_run(struct np_dbc *c, const struct np_sql *sql, struct np_err *err)
{
    struct np_q *q = np_q(c, NULL, sql, "");
    while (np_row(q))
        ;
    return np_q_end(q, err);
}

int np_dbc_int(struct np_dbc *c, const char *sql, int64_t otherwise, int64_t *out,
               struct np_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else if (rc == SQLITE_DONE)
        *out = otherwise;
    int failed = rc != SQLITE_ROW && rc != SQLITE_DONE ? np_dbc_err(c, rc, "reading", err) : 0;
    sqlite3_finalize(stmt);
    return failed;
}
