/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - the life of the store, and who reads it by which connection. */
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "io/file.h"

static const char *const names[NP_DBS] = {[NP_DB_STATE] = "state", [NP_DB_S3] = "s3"};

int np_thread_start(pthread_t *t, const char *name, void *(*fn)(void *arg), void *arg,
                    struct np_err *err)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* signals are for the loops */
    int rc = pthread_create(t, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc != 0)
        return np_err_errno(err, rc, "starting the thread %s", name);
    pthread_setname_np(*t, name);
    return 0;
}

/* --- opening --- */

static int check_header(const struct np_file *f, off_t size, off_t wal_size, struct np_err *err)
{
    char head[16] = {0};
    if (size == 0 && wal_size > 0) /* SQLite would throw the log away */
        return np_dbc_damaged(f, "the file is empty but its log is not", err);
    if (size == 0) /* it is put in place whole */
        return np_dbc_damaged(f, "the file is empty", err);
    NP_AUTO_FD fd = open(f->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return np_err_errno(err, errno, "opening %s", f->path);
    if (size < 512 || pread(fd, head, sizeof(head), 0) != sizeof(head) ||
        memcmp(head, "SQLite format 3", sizeof(head)) != 0)
        return np_dbc_damaged(f, "it does not begin as a database does", err);
    return 0;
}

static off_t size_of(const char *path, const char *suffix)
{
    char name[600];
    struct stat st;
    snprintf(name, sizeof(name), "%s%s", path, suffix);
    return stat(name, &st) == 0 ? st.st_size : 0;
}

/* Told here, before SQLite makes a log with the mode of a file that cannot be written. */
static int check_writable(const struct np_file *f, struct np_err *err)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char name[600];
    if (access(f->store->dir, W_OK) != 0)
        return np_err_errno(err, errno, "cannot write in %s", f->store->dir);
    NP_EACH (suffix, suffixes) {
        snprintf(name, sizeof(name), "%s%s", f->path, *suffix);
        if (access(name, W_OK) != 0 && errno != ENOENT)
            return np_err_errno(err, errno, "cannot write %s", name);
    }
    return 0;
}

static int file_open(struct np_file *f, const struct np_store_opts *o, struct np_err *err)
{
    off_t size = size_of(f->path, ""), wal_size = size_of(f->path, "-wal");
    int rc = check_header(f, size, wal_size, err);
    if (rc == 0)
        rc = check_writable(f, err);
    if (rc != 0)
        return rc;
    f->c = np_dbc_new(f, NP_DBC_WRITER);
    rc = np_dbc_open(f->c, err);
    if (rc == 0)
        rc = np_file_prepare(f, o, wal_size == 0, err); /* a clean stop leaves no log */
    int64_t no = 0;
    if (rc == 0)
        rc = np_dbc_int(f->c, "SELECT no FROM np_commit", 0, &no, err);
    if (rc != 0)
        return rc;
    f->last_no = (uint64_t)no;
    atomic_store(&f->commit_no, f->last_no);
    np_checkpoint_watch(f);
    return 0;
}

/* The files that are not there yet, and the syncs of all together. */
static int make_missing(struct np_store *s, const struct np_store_opts *o, struct np_err *err)
{
    struct np_file_pair made[NP_DBS];
    size_t n = 0;
    for (int db = 0; db < NP_DBS; db++) {
        struct np_file *f = &s->file[db];
        if (access(f->path, F_OK) == 0 || size_of(f->path, "-wal") != 0)
            continue;
        int rc = np_file_make(f, o, err);
        if (rc != 0)
            return rc;
        made[n++] = (struct np_file_pair){f->new_path, f->path};
    }
    return n != 0 ? np_files_publish(made, n, err) : 0;
}

static void file_init(struct np_store *s, enum np_db db)
{
    struct np_file *f = &s->file[db];
    f->store = s;
    f->db = db;
    f->name = names[db];
    snprintf(f->path, sizeof(f->path), "%s/%s.db", s->dir, f->name);
    snprintf(f->new_path, sizeof(f->new_path), "%s.new", f->path);
    f->arena = np_arena_new();
    f->notices_end = &f->notices;
    f->locked.end = &f->locked.first;
    atomic_store(&f->wal_trigger, NP_WAL_CHECKPOINT_PAGES);
    pthread_mutex_init(&f->mutex, NULL);
    pthread_cond_init(&f->wake, NULL);
}

static struct np_store *store_new(const struct np_store_opts *o)
{
    static _Atomic uint64_t generation;
    struct np_store *s = np_heap_new(struct np_store);
    s->magic = NP_STORE_MAGIC;
    s->generation = atomic_fetch_add(&generation, 1) + 1;
    s->no_sync = o->no_sync;
    s->max_queue = o->max_queue != 0 ? o->max_queue : NP_STORE_QUEUE;
    snprintf(s->dir, sizeof(s->dir), "%.*s", NP_FMT(o->dir));
    pthread_mutex_init(&s->mutex, NULL);
    pthread_mutex_init(&s->checkpoint_mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->checkpoint_wake, &attr);
    pthread_condattr_destroy(&attr);
    for (int db = 0; db < NP_DBS; db++)
        file_init(s, (enum np_db)db);
    return s;
}

int np_store_open(const struct np_store_opts *o, struct np_store **out, struct np_err *err)
{
    struct np_store *s = NULL;
    if (o->dir.n == 0 || o->dir.n >= sizeof(s->dir))
        return np_err(err, NP_EINVAL,
                      "the data directory's path has %zu bytes; 1 to %zu are possible", o->dir.n,
                      sizeof(s->dir) - 1);
    int rc = np_dir_make(o->dir, 0700, err);
    if (rc != 0)
        return rc;
    s = store_new(o);
    rc = make_missing(s, o, err);
    for (int db = 0; rc == 0 && db < NP_DBS; db++)
        rc = file_open(&s->file[db], o, err);
    if (rc != 0) {
        np_store_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

int np_store_start(struct np_store *s, struct np_err *err)
{
    np_assert(s->magic == NP_STORE_MAGIC && !s->started);
    int rc = np_projections_build(s, err);
    if (rc == 0)
        rc = np_outbox_look(s, err);
    if (rc == 0)
        rc = np_checkpoint_start(s, err);
    s->started = rc == 0;
    for (int db = 0; rc == 0 && db < NP_DBS; db++)
        rc = np_writer_start(&s->file[db], err);
    return rc;
}

static void free_chain(struct np_dbc *c)
{
    for (struct np_dbc *next; c != NULL; c = next) {
        next = c->next;
        np_dbc_free(c);
    }
}

static void file_fini(struct np_file *f)
{
    np_dbc_free(f->checkpointer);
    np_dbc_free(f->c); /* the last: writes the log back and removes it */
    np_arena_free(f->arena);
    pthread_cond_destroy(&f->wake);
    pthread_mutex_destroy(&f->mutex);
}

void np_store_close(struct np_store *s)
{
    if (s == NULL)
        return;
    np_assert(s->magic == NP_STORE_MAGIC && s->locked.n_snapshots == 0);
    np_outbox_stop(s);
    for (int db = 0; db < NP_DBS; db++)
        np_writer_stop(&s->file[db]);
    np_outbox_close(s);
    np_checkpoint_stop(s);
    free_chain(s->locked.readers);
    for (int db = 0; db < NP_DBS; db++) {
        free_chain(s->locked.idle[db]);
        file_fini(&s->file[db]);
    }
    pthread_cond_destroy(&s->checkpoint_wake);
    pthread_mutex_destroy(&s->checkpoint_mutex);
    pthread_mutex_destroy(&s->mutex);
    s->magic = 0;
    np_free(s);
}

uint64_t np_store_commit_no(struct np_store *s, enum np_db db)
{
    return atomic_load_explicit(&s->file[db].commit_no, memory_order_acquire);
}

uint64_t np_store_stamp(struct np_store *s, enum np_db db)
{
    return atomic_load(&s->file[db].stamp);
}

/* --- readers --- */

static struct np_dbc *find_reader(struct np_store *s, enum np_db db)
{
    pthread_t self = pthread_self();
    pthread_mutex_lock(&s->mutex);
    struct np_dbc *c = s->locked.readers;
    while (c != NULL && (c->file->db != db || !pthread_equal(c->thread, self)))
        c = c->next;
    if (c == NULL) {
        c = np_dbc_new(&s->file[db], NP_DBC_READER);
        c->thread = self;
        c->next = s->locked.readers;
        s->locked.readers = c;
    }
    pthread_mutex_unlock(&s->mutex);
    return c;
}

struct np_dbc *np_store_reader(struct np_store *s, enum np_db db)
{
    static _Thread_local struct {
        uint64_t generation;
        struct np_dbc *c[NP_DBS];
    } mine;
    if (mine.generation != s->generation) {
        memset(&mine, 0, sizeof(mine));
        mine.generation = s->generation;
    }
    if (mine.c[db] == NULL)
        mine.c[db] = find_reader(s, db); /* opens at its first statement, which can say why not */
    return mine.c[db];
}

int np_reader_open(struct np_store *s, enum np_db db, struct np_dbc **out, struct np_err *err)
{
    NP_SQL(touch_sql,
           "SELECT no FROM np_commit"); /* the snapshot is of now, not of the first read */
    pthread_mutex_lock(&s->mutex);
    struct np_dbc *c = s->locked.idle[db];
    if (c != NULL) {
        s->locked.idle[db] = c->next;
        s->locked.n_idle[db]--;
    }
    s->locked.n_snapshots++;
    pthread_mutex_unlock(&s->mutex);
    if (c == NULL)
        c = np_dbc_new(&s->file[db], NP_DBC_SNAPSHOT);
    c->next = NULL;
    int rc = np_dbc_open(c, err);
    if (rc == 0)
        rc = np_read_begin(c, err);
    if (rc == 0)
        rc = np_dbc_run(c, &touch_sql, err);
    if (rc != 0) {
        np_reader_close(c);
        return rc;
    }
    *out = c;
    return 0;
}

void np_reader_close(struct np_dbc *c)
{
    if (c == NULL)
        return;
    np_assert(c->role == NP_DBC_SNAPSHOT && c->n_busy == 0);
    struct np_store *s = c->file->store;
    enum np_db db = c->file->db;
    if (c->depth > 0)
        np_read_end(c);
    np_assert(c->depth == 0);
    pthread_mutex_lock(&s->mutex);
    s->locked.n_snapshots--;
    if (c->db != NULL && s->locked.n_idle[db] < NP_STORE_SNAPSHOTS) {
        c->next = s->locked.idle[db];
        s->locked.idle[db] = c;
        s->locked.n_idle[db]++;
        c = NULL;
    }
    pthread_mutex_unlock(&s->mutex);
    np_dbc_free(c);
}
