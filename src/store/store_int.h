/* SPDX-License-Identifier: Apache-2.0 */
/* store_int.h - shared inside store/: the connection, the file, the store. */
#pragma once

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/assert.h"
#include "store/limits.h"
#include "store/outbox.h"
#include "store/store.h"

#define NP_DBC_MAGIC   0x64626331u
#define NP_Q_MAGIC     0x71727931u
#define NP_TXN_MAGIC   0x74786e31u
#define NP_STORE_MAGIC 0x73746f31u
#define NP_DBC_BUCKETS 256

/* --- conn.c: a connection and its statements --- */
enum np_dbc_role {
    NP_DBC_WRITER,
    NP_DBC_READER,
    NP_DBC_SNAPSHOT,
    NP_DBC_CHECKPOINT,
    NP_DBC_MAKER, /* of a file that has not got its name yet */
};

struct np_q {
    uint32_t magic;
    struct np_q *next; /* in the bucket */
    struct np_dbc *c;
    const struct np_sql *sql;
    sqlite3_stmt *stmt; /* NULL: did not compile, tried again at the next use */
    int n_args;         /* ?1 … ?n */
    int n_columns;
    int i_account, i_region, i_now; /* 0: not in the statement */
    int rc;                         /* of the last step */
    bool busy;
};

struct np_dbc {
    uint32_t magic;
    enum np_dbc_role role;
    struct np_file *file;
    sqlite3 *db;      /* NULL: not open yet */
    pthread_t thread; /* of a reader */
    struct np_dbc *next;
    unsigned n_busy; /* statements running */
    unsigned depth;  /* of np_read_begin */
    bool in_txn;     /* the writer's: a transaction runs, reads are part of it */
    struct np_q *bucket[NP_DBC_BUCKETS];
};

struct np_dbc *np_dbc_new(struct np_file *f, enum np_dbc_role role);
int np_dbc_open(struct np_dbc *c, struct np_err *err); /* fine when open */
void np_dbc_free(struct np_dbc *c);
/* Fills err from the connection's last error `rc`. */
int np_dbc_err(struct np_dbc *c, int rc, const char *what, struct np_err *err);
int np_dbc_damaged(const struct np_file *f, const char *why, struct np_err *err);
/* Text without parameters, to its end. */
int np_dbc_script(struct np_dbc *c, const char *sql, struct np_err *err);
/* A cached statement without parameters and results. */
int np_dbc_run(struct np_dbc *c, const struct np_sql *sql, struct np_err *err);
/* First column of the first row; `otherwise` when there is none. */
int np_dbc_int(struct np_dbc *c, const char *sql, int64_t otherwise, int64_t *out,
               struct np_err *err);

/* --- a database file and its writer --- */
struct np_notice_item {
    struct np_notice_item *next;
    const char *kind;
    struct np_str account, key;
};

struct np_txn {
    uint32_t magic;
    struct np_file *file;
    struct np_scope scope;
    struct np_arena *arena;
    uint64_t commit_no;
    int64_t changes, rowid;
};

struct np_file {
    struct np_store *store;
    enum np_db db;
    const char *name; /* "state" */
    char path[512], new_path[520];
    struct np_dbc *c; /* the writer's connection */
    pthread_t thread;
    bool running;
    _Atomic uint64_t commit_no; /* projections contain it */
    _Atomic uint64_t stamp;     /* odd while a COMMIT may take effect */

    /* The writer's own. */
    struct np_arena *arena; /* of the group */
    struct np_notice_item *notices, **notices_end;
    bool outbox_added;
    uint64_t last_no; /* the newest number given out */

    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct {
        struct np_write *first, **end;
        unsigned n;
        bool asleep, closing;
    } locked;

    /* Of the write-ahead log; pages are as of the last commit. */
    struct np_dbc *checkpointer;
    _Atomic uint32_t wal_pages;
    _Atomic uint32_t wal_trigger;
    _Atomic uint64_t wal_ms;   /* when it last grew */
    _Atomic bool wal_finish;   /* the writer must finish the checkpoint */
    _Atomic uint32_t wal_high; /* the most pages since it was last cut off: the size of its file */
};

struct np_store {
    uint32_t magic;
    uint64_t generation; /* no two stores of a process have the same */
    char dir[400];
    bool no_sync, started;
    unsigned max_queue;
    struct np_file file[NP_DBS];
    struct np_projection projections[NP_STORE_PROJECTIONS];
    size_t n_projections;
    struct np_outbox *outbox; /* NULL: no kinds */

    pthread_mutex_t mutex;
    struct {
        struct np_dbc *readers;
        struct np_dbc *idle[NP_DBS];
        unsigned n_idle[NP_DBS];
        unsigned n_snapshots; /* given out */
    } locked;

    pthread_t checkpoint_thread;
    bool checkpointing;
    pthread_mutex_t checkpoint_mutex;
    pthread_cond_t checkpoint_wake;
    struct {
        bool wanted, closing;
    } checkpoint_locked;
};

int np_thread_start(pthread_t *t, const char *name, void *(*fn)(void *arg), void *arg,
                    struct np_err *err);

/* --- migrate.c --- */
/* Makes new_path, whole but not synced. */
int np_file_make(struct np_file *f, const struct np_store_opts *o, struct np_err *err);
/* Checks what is there, brings the schema up to date. The connection is open. */
int np_file_prepare(struct np_file *f, const struct np_store_opts *o, bool clean,
                    struct np_err *err);

/* --- writer.c --- */
int np_writer_start(struct np_file *f, struct np_err *err);
void np_writer_stop(struct np_file *f); /* drains */

/* --- projection.c --- */
int np_projections_build(struct np_store *s, struct np_err *err);
void np_projections_deliver(struct np_file *f);

/* --- checkpoint.c --- */
void np_checkpoint_watch(struct np_file *f); /* hooks the writer's connection */
int np_checkpoint_start(struct np_store *s, struct np_err *err);
void np_checkpoint_stop(struct np_store *s);
void np_checkpoint_finish(struct np_file *f); /* on the writer, between groups */

/* --- outbox.c --- */
int np_outbox_look(struct np_store *s,
                   struct np_err *err); /* before the writers have their files */
void np_outbox_close(struct np_store *s);
extern const char np_outbox_schema[];
