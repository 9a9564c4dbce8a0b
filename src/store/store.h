/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - durable state on SQLite: two files, one writer thread each, grouped commits.
 *
 * Reads: each loop has its own read connection a file (np_store_reader). A read transaction spans
 * np_read_begin/_end and sees one commit; reads outside one see the newest.
 *
 * Writes: np_store_write() hands a request to the writer of its file. The writer runs a group of
 * them in one transaction, each in its own SAVEPOINT, commits with one sync, brings the
 * projections to the commit and only then calls `done` on the request's loop. If apply fails only
 * that member is undone. If COMMIT fails every member of the group gets the error. When SQLite
 * undoes the whole transaction the members run again one by one: an apply may run twice and sets
 * everything that it hands out anew.
 *
 * Statements are `static const struct np_sql`; prepared once a connection. Every table of a
 * regional service starts its key with (account, region), of a global one with (account). The
 * named parameters :account, :region and :now (there are no others) are bound from the scope, never
 * by hand; they and ?1 ?2 … may stand in any order.
 */
#pragma once

#include "base/err.h"
#include "io/job.h"
#include "io/loop.h"

struct np_store;
struct np_dbc; /* a connection, reading or writing; belongs to one thread */
struct np_txn;
struct np_q; /* a running statement */

enum np_db { NP_DB_STATE, NP_DB_S3, NP_DBS };

struct np_scope { /* whose rows */
    struct np_str account, region;
    int64_t now_ms; /* region clock */
};

/* --- opening --- */
struct np_migration {      /* schema/NNN_name.sql of a component, embedded at build time */
    const char *component; /* "s3" */
    int number;            /* from 1, no gaps */
    const char *sql;
    enum np_db db;
};
/* A file as all migrations make it, by zlib; it is looked at as any other when it is opened. */
struct np_store_image {
    const unsigned char *bytes;
    size_t n, size; /* as it is here, and unpacked */
};
struct np_store_opts {
    struct np_str dir;                   /* state.db, s3.db, backup-… before a migration */
    const struct np_store_image *images; /* [NP_DBS]; NULL: migrations make new files */
    const struct np_migration *const *migrations; /* NULL-terminated lists per component… */
    const size_t *n_migrations;                   /* …and their lengths */
    size_t n_components;
    unsigned max_queue; /* writes waiting a file; over it NP_EAGAIN */
    bool no_sync;       /* tests of everything but durability */
};
/* NP_ECORRUPT, NP_EINVAL (a newer database) say what to do. */
int np_store_open(const struct np_store_opts *o, struct np_store **out, struct np_err *err);
/* Builds the registered projections, then starts the writers and the checkpoint thread. */
int np_store_start(struct np_store *s, struct np_err *err);
/* Drains the writers, checkpoints. What they finish is posted, so the loops still exist; every read
 * is over. */
void np_store_close(struct np_store *s);

/* --- reading --- */
struct np_dbc *np_store_reader(struct np_store *s, enum np_db db); /* of the current thread */
/* From its first read on; may nest. In an apply both do nothing: the transaction is there. */
int np_read_begin(struct np_dbc *c, struct np_err *err);
void np_read_end(struct np_dbc *c);
/* A snapshot of now for a heavy job on another thread; freed with np_reader_close(). */
int np_reader_open(struct np_store *s, enum np_db db, struct np_dbc **out, struct np_err *err);
void np_reader_close(struct np_dbc *c);
/* For programs beside the region: reads "state" or "s3" of a data directory, whether one serves it
 * or not. */
int np_store_look(struct np_str dir, const char *name, struct np_dbc **out, struct np_err *err);
void np_store_look_end(struct np_dbc *c);

struct np_sql {
    const char *text; /* one statement; the address of this struct is the cache key */
};
#define NP_SQL(name, ...) static const struct np_sql name = {__VA_ARGS__}

/* Runs a statement: `fmt` has a letter for each of ?1 ?2 … in order.
 *   s text (struct np_str; absent binds NULL)   b blob (struct np_str; absent binds NULL)
 *   i int64_t                                   I struct np_opt_int (absent binds NULL)
 *   d double                                    n NULL (takes no argument)
 * np_q() leaves it before its first row; always end it with np_q_end(). Texts and blobs are
 * borrowed until then. A statement may run twice at a time on a connection (recursion): a second
 * copy is prepared then. */
struct np_q *np_q(struct np_dbc *c, const struct np_scope *scope, const struct np_sql *sql,
                  const char *fmt, ...);
bool np_row(struct np_q *q);                      /* steps; false at the end and on error */
int np_q_end(struct np_q *q, struct np_err *err); /* 0, or what stopped it; resets */
int64_t np_col_int(struct np_q *q, int col);
struct np_opt_int np_col_opt_int(struct np_q *q, int col);
double np_col_double(struct np_q *q, int col);
bool np_col_null(struct np_q *q, int col);
/* Text or blob; NULL is absent. */
struct np_str np_col_str(struct np_q *q, int col, struct np_arena *a);
struct np_str np_col_peek(struct np_q *q, int col); /* borrowed until the next np_row() */

/* --- writing: inside apply, on the writer's thread --- */
struct np_dbc *np_txn_db(struct np_txn *t);
const struct np_scope *np_txn_scope(const struct np_txn *t);
struct np_arena *np_txn_arena(struct np_txn *t);
int64_t np_txn_now_ms(const struct np_txn *t);
/* The number of this commit; strictly rising, also across restarts. */
uint64_t np_txn_commit_no(const struct np_txn *t);
/* Runs a statement to its end. NP_EEXIST: a unique constraint; NP_EINVAL: a foreign key. */
int np_exec(struct np_txn *t, const struct np_sql *sql, struct np_err *err, const char *fmt, ...);
int64_t np_exec_changes(struct np_txn *t); /* rows of the last np_exec */
int64_t np_exec_rowid(struct np_txn *t);
#define np_tq(t, sql, ...) np_q(np_txn_db(t), np_txn_scope(t), (sql), __VA_ARGS__)
/* Tells projections what changed: delivered after the commit, in order. `kind` is a static
 * string of the service ("iam.role"); key is copied. */
void np_notice(struct np_txn *t, const char *kind, struct np_str account, struct np_str key);

struct np_write { /* embedded in the caller's object, which lives until done */
    struct np_msg msg;
    struct np_write *next;
    struct np_loop *loop;
    struct np_scope scope;  /* borrowed */
    struct np_arena *arena; /* the request's; the writer uses it until done */
    int (*apply)(struct np_txn *t, struct np_write *w, struct np_err *err); /* 0 or an error */
    void (*done)(struct np_write *w, int rc); /* on loop; w->err says why */
    int rc;
    struct np_err *err;
};
/* NP_EAGAIN: the queue is full, answer throttling. NP_ECLOSED: the store closes. Any loop's thread.
 * Before np_store_start() it waits for that. */
int np_store_write(struct np_store *s, enum np_db db, struct np_write *w);
/* From start-up code without a loop: waits. Before np_store_start() it runs at once, on this
 * thread. */
int np_store_write_now(struct np_store *s, enum np_db db, const struct np_scope *scope,
                       int (*apply)(struct np_txn *t, void *arg, struct np_err *err), void *arg,
                       struct np_err *err);

/* --- projections: state as data planes read it --- */
struct np_projection {
    const char *name;
    enum np_db db;
    const char *kinds; /* prefix of the notice kinds it wants: "iam." */
    /* Builds from nothing at start, on the opening thread. */
    int (*build)(void *arg, struct np_dbc *c, struct np_err *err);
    /* One change, on the writer's thread after the commit; c reads the new state. Publishes with
     * np_rcu_set() and retires what it replaced. Must not fail: on a read error it aborts the
     * process (restart rebuilds). */
    void (*changed)(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key);
    void *arg;
};
void np_store_project(struct np_store *s,
                      const struct np_projection *p); /* before np_store_start */
uint64_t np_store_commit_no(struct np_store *s,
                            enum np_db db); /* the newest that projections contain */
/* What a file holds, by a number that is never the same again once a commit began; odd: one may
 * take effect just now. What was read after an even one was seen is what the file holds for as long
 * as the number stays. Any thread. */
uint64_t np_store_stamp(struct np_store *s, enum np_db db);
