/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.c - carries the write-ahead log over into the database, on a thread of its own.
 *
 * A checkpoint that finds more in the log at its end than at its beginning leaves the log growing.
 * When that has gone on for long, the writer does the small rest itself between two groups: only
 * then nothing is added meanwhile and the log starts from its beginning again.
 */
#include "store/store_int.h"

#include "io/clock.h"

static void wake(struct np_store *s)
{
    pthread_mutex_lock(&s->checkpoint_mutex);
    s->checkpoint_locked.wanted = true;
    pthread_cond_signal(&s->checkpoint_wake);
    pthread_mutex_unlock(&s->checkpoint_mutex);
}

/* After each commit, on the writer's thread. */
static int committed(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct np_file *f = arg;
    uint32_t before = atomic_exchange(&f->wal_pages, (uint32_t)pages);
    if ((uint32_t)pages < before) /* the log began anew */
        atomic_store(&f->wal_trigger, NP_WAL_CHECKPOINT_PAGES);
    atomic_store(&f->wal_ms, np_clock_monotonic_ms());
    if ((uint32_t)pages > atomic_load(&f->wal_high))
        atomic_store(&f->wal_high, (uint32_t)pages);
    if ((uint32_t)pages >= atomic_load(&f->wal_trigger)) {
        atomic_store(&f->wal_trigger, UINT32_MAX); /* until that one is done */
        wake(f->store);
    }
    return SQLITE_OK;
}

void np_checkpoint_watch(struct np_file *f)
{
    sqlite3_wal_hook(f->c->db, committed, f);
}

static bool checkpoint(struct np_dbc *c, int mode, int *log, int *done)
{
    *log = *done = -1;
    return sqlite3_wal_checkpoint_v2(c->db, "main", mode, log, done) == SQLITE_OK && *log >= 0;
}

static void checkpoint_file(struct np_file *f)
{
    int log = 0, done = 0;
    bool ok = np_dbc_open(f->checkpointer, NULL) == 0 &&
              checkpoint(f->checkpointer, SQLITE_CHECKPOINT_PASSIVE, &log, &done);
    /* `log` is what was there at its beginning; by now it is more. */
    uint32_t pages = atomic_load(&f->wal_pages);
    if (ok && pages >= NP_WAL_FINISH_PAGES && (uint32_t)done < pages)
        atomic_store(&f->wal_finish, true);
    /* An error here (full disk) shows in no reply: the log holds everything. Tried again later. */
    atomic_store(&f->wal_trigger, pages + NP_WAL_CHECKPOINT_PAGES);
}

/* Gives the room of a log back that was once big, when nobody has written for a while. */
static void cut_file(struct np_file *f)
{
    int log, done;
    if (np_dbc_open(f->checkpointer, NULL) == 0 &&
        checkpoint(f->checkpointer, SQLITE_CHECKPOINT_TRUNCATE, &log, &done) && log == 0)
        atomic_store(&f->wal_high, 0);
}

static bool is_big(struct np_file *f)
{
    return atomic_load(&f->wal_high) >= NP_WAL_TRUNCATE_PAGES;
}

static bool is_idle(struct np_file *f)
{
    return np_clock_monotonic_ms() - atomic_load(&f->wal_ms) >= NP_WAL_IDLE_MS;
}

static void work(struct np_store *s)
{
    for (int db = 0; db < NP_DBS; db++) {
        struct np_file *f = &s->file[db];
        if (atomic_load(&f->wal_trigger) == UINT32_MAX)
            checkpoint_file(f);
        if (is_big(f) && is_idle(f))
            cut_file(f);
    }
}

static bool any_big(struct np_store *s)
{
    bool big = false;
    for (int db = 0; db < NP_DBS; db++)
        big = big || is_big(&s->file[db]);
    return big;
}

/* False: the store closes. */
static bool wait_for_work(struct np_store *s)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += NP_WAL_IDLE_MS / 1000;
    bool look_again = any_big(s);
    pthread_mutex_lock(&s->checkpoint_mutex);
    while (!s->checkpoint_locked.wanted && !s->checkpoint_locked.closing) {
        if (!look_again)
            pthread_cond_wait(&s->checkpoint_wake, &s->checkpoint_mutex);
        else if (pthread_cond_timedwait(&s->checkpoint_wake, &s->checkpoint_mutex, &until) != 0)
            break;
    }
    s->checkpoint_locked.wanted = false;
    bool go_on = !s->checkpoint_locked.closing;
    pthread_mutex_unlock(&s->checkpoint_mutex);
    return go_on;
}

static void *checkpoint_main(void *arg)
{
    struct np_store *s = arg;
    while (wait_for_work(s))
        work(s);
    return NULL;
}

int np_checkpoint_start(struct np_store *s, struct np_err *err)
{
    for (int db = 0; db < NP_DBS; db++)
        s->file[db].checkpointer = np_dbc_new(&s->file[db], NP_DBC_CHECKPOINT);
    int rc = np_thread_start(&s->checkpoint_thread, "store-checkp", checkpoint_main, s, err);
    s->checkpointing = rc == 0;
    return rc;
}

void np_checkpoint_stop(struct np_store *s)
{
    pthread_mutex_lock(&s->checkpoint_mutex);
    s->checkpoint_locked.closing = true;
    pthread_cond_signal(&s->checkpoint_wake);
    pthread_mutex_unlock(&s->checkpoint_mutex);
    if (s->checkpointing)
        pthread_join(s->checkpoint_thread, NULL);
    s->checkpointing = false;
}

void np_checkpoint_finish(struct np_file *f)
{
    int log, done;
    if (atomic_load_explicit(&f->wal_finish, memory_order_relaxed) &&
        atomic_exchange(&f->wal_finish, false))
        checkpoint(f->c, SQLITE_CHECKPOINT_PASSIVE, &log, &done);
}
