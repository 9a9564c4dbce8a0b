/* SPDX-License-Identifier: Apache-2.0 */
/* audit_files.c - events of reads and failures: by a buffer a worker to an append-only file synced
 * each second (what a power failure in between takes is lost; docs/limits.md says so).
 *
 * Calls come by ten thousands a second and most of an event is that of the call before, so a file
 * has lines of two forms (`nephele audit` puts them together, and so does any JSON tool):
 *
 *   {"kind":7,"eventVersion":"1.11","userIdentity":{…},"eventName":…}   what is the same for many
 *   {"of":7,"eventTime":…,"requestID":…,"eventID":…}                    one event
 *
 * A number may be given again; the last line of it before an event counts. A file explains itself:
 * none refers to the file before it. */
#include "aws/req_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/map.h"
#include "io/file.h"

#define SYNC_EVERY_MS  1000
#define FLUSH_BYTES    (64 << 10) /* go to the file at once: more would keep a worker waiting */
#define FILE_MAX_BYTES (64LL << 20)

struct kind {
    uint64_t hash;
    char *key; /* heap */
    size_t key_n;
    uint32_t number; /* 0: none */
};

struct np_audit_ring {
    struct np_worker *worker;
    struct np_buf pending, writing, key;
    struct kind kinds[NP_AUDIT_KINDS];
    uint32_t last_number;
    struct np_timer timer;
    struct np_job job;
    bool busy, syncing; /* a job is at it */
    bool due;           /* the second is over */
    bool ending;        /* what is being written is the last of its file */
    bool failing;       /* the disk takes nothing: told once */
    uint64_t dropped;
    int fd;
    off_t size;
};

struct np_audit_ring *np_audit_ring_new(struct np_worker *w)
{
    struct np_audit_ring *r = np_heap_new(struct np_audit_ring);
    r->worker = w;
    r->fd = -1;
    np_buf_init(&r->pending, NULL, NP_AUDIT_RING_MAX);
    np_buf_init(&r->writing, NULL, NP_AUDIT_RING_MAX);
    np_buf_init(&r->key, NULL, NP_AUDIT_RING_MAX);
    return r;
}

/* --- the file: on a job's thread, and at the end on the daemon's --- */

static bool path_of(const struct np_audit_ring *r, char *path, size_t room)
{
    struct np_str data = r->worker->core->config.data_dir;
    int n = snprintf(path, room, "%.*s/audit", NP_FMT(data));
    if (n < 0 || (size_t)n >= room || np_dir_make(np_str_of(path), 0700, NULL) != 0)
        return false;
    n = snprintf(path, room, "%.*s/audit/reads-%zu.jsonl", NP_FMT(data), r->worker->index);
    return n > 0 && (size_t)n < room;
}

/* A line that a crash cut off ends here. */
static bool end_line(struct np_audit_ring *r)
{
    char last = '\n';
    if (r->size > 0 && pread(r->fd, &last, 1, r->size - 1) != 1)
        return false;
    if (last == '\n')
        return true;
    if (write(r->fd, "\n", 1) != 1)
        return false;
    r->size++;
    return true;
}

static bool open_file(struct np_audit_ring *r)
{
    char path[560];
    if (r->fd >= 0)
        return true;
    if (!path_of(r, path, sizeof(path)))
        return false;
    r->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    r->size = r->fd >= 0 ? lseek(r->fd, 0, SEEK_END) : -1;
    if (r->size >= 0 && end_line(r))
        return true;
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
    return false;
}

/* The full file gets its second name, in place of the one that had it. */
static void end_file(struct np_audit_ring *r)
{
    char path[560], old[570];
    close(r->fd);
    r->fd = -1;
    r->size = 0;
    if (!path_of(r, path, sizeof(path)))
        return;
    snprintf(old, sizeof(old), "%s.1", path);
    if (rename(path, old) != 0)
        np_log(NP_ERROR, "audit.rename", "file=%s error=\"%s\"", path, strerror(errno));
}

/* All of it, or the file is as it was and `b` has it still. */
static bool write_out(struct np_audit_ring *r, struct np_buf *b, bool sync)
{
    struct np_err err;
    if (!open_file(r))
        return false;
    if (np_write_all(r->fd, b->p, b->n, &err) != 0) {
        if (ftruncate(r->fd, r->size) != 0) /* the next opening ends the line */
            np_log(NP_ERROR, "audit.cut", "error=\"%s\"", strerror(errno));
        return false;
    }
    r->size += (off_t)b->n;
    np_buf_clear(b);
    return !sync || fdatasync(r->fd) == 0;
}

static void flush_work(struct np_job *j)
{
    struct np_audit_ring *r = NP_CONTAINER(j, struct np_audit_ring, job);
    bool ok = write_out(r, &r->writing, r->syncing || r->ending);
    if (!ok && !r->failing)
        np_log(NP_ERROR, "audit.behind",
               "error=\"cannot write the audit of reads; what does not "
               "wait in memory until it can be is lost\"");
    r->failing = !ok;
    if (ok && r->ending)
        end_file(r);
}

/* --- the buffer, on the worker --- */

static void forget_kinds(struct np_audit_ring *r)
{
    for (size_t i = 0; i < NP_LEN(r->kinds); i++) {
        np_free(r->kinds[i].key);
        r->kinds[i] = (struct kind){.number = 0};
    }
}

static void flush_done(struct np_job *j);

/* What is pending goes to the file; a second after the first of it, is synced too. What could not
 * be written the last time goes first. */
static void flush(struct np_audit_ring *r)
{
    if (r->writing.n == 0) {
        struct np_buf full = r->pending;
        r->pending = r->writing;
        r->writing = full;
        r->ending = r->size + (off_t)r->writing.n > FILE_MAX_BYTES;
        if (r->ending) /* what comes now is in another file */
            forget_kinds(r);
    }
    r->busy = true;
    r->syncing = r->due;
    r->due = false;
    if (r->dropped != 0)
        np_log(NP_ERROR, "audit.dropped", "worker=%zu events=%llu reason=\"the disk is behind\"",
               r->worker->index, (unsigned long long)r->dropped);
    r->dropped = 0;
    np_job_submit(r->worker->core->jobs, r->worker->loop, &r->job, flush_work, flush_done);
}

static void second_over(struct np_timer *timer)
{
    struct np_audit_ring *r = NP_CONTAINER(timer, struct np_audit_ring, timer);
    r->due = true;
    if (!r->busy)
        flush(r);
}

static void flush_done(struct np_job *j)
{
    struct np_audit_ring *r = NP_CONTAINER(j, struct np_audit_ring, job);
    r->busy = false;
    if (r->writing.n != 0) /* not written: with the next second */
        np_timer_set(r->worker->loop, &r->timer, SYNC_EVERY_MS, second_over);
    else if (r->due || r->pending.n >= FLUSH_BYTES)
        flush(r);
}

/* The number of the call's kind; its line is put before the event where it has none. */
static struct kind *find_kind(struct np_audit_ring *r, struct np_req *rq, int rc)
{
    np_buf_clear(&r->key);
    np_audit_kind_key(rq, &r->key);
    struct np_str key = np_buf_str(&r->key);
    uint64_t hash = np_hash(key);
    struct kind *k = &r->kinds[hash % NP_LEN(r->kinds)];
    if (k->number != 0 && k->hash == hash && np_str_eq(np_str_n(k->key, k->key_n), key))
        return k;
    np_free(k->key);
    *k = (struct kind){hash, np_heap_alloc(key.n), key.n, ++r->last_number};
    memcpy(k->key, key.p, key.n);
    np_buf_lit(&r->pending, "{\"kind\":");
    np_buf_u64(&r->pending, k->number);
    np_buf_char(&r->pending, ',');
    np_audit_kind(rq, rc, &r->pending);
    np_buf_lit(&r->pending, "}\n");
    return k;
}

void np_audit_read(struct np_req *rq, int rc)
{
    struct np_audit_ring *r = rq->state->worker->audit;
    size_t before = r->pending.n;
    struct kind *k = find_kind(r, rq, rc);
    size_t line = r->pending.n;
    np_buf_lit(&r->pending, "{\"of\":");
    np_buf_u64(&r->pending, k->number);
    np_buf_char(&r->pending, ',');
    np_audit_own(rq, rc, &r->pending);
    np_buf_lit(&r->pending, "}\n");
    if (!np_buf_ok(&r->pending)) { /* whole events only */
        if (line != before)
            k->number = 0;
        r->pending.n = before;
        r->pending.full = false;
        r->dropped++;
    }
    if (r->timer.loop == NULL)
        np_timer_set(r->worker->loop, &r->timer, SYNC_EVERY_MS, second_over);
    if (!r->busy && r->pending.n >= FLUSH_BYTES && !r->failing)
        flush(r);
}

void np_audit_ring_free(struct np_audit_ring *r)
{
    np_timer_stop(&r->timer);
    if (!write_out(r, &r->writing, false) || !write_out(r, &r->pending, true))
        np_log(NP_ERROR, "audit.lost", "bytes=%zu error=\"cannot write the audit of reads\"",
               r->writing.n + r->pending.n);
    if (r->fd >= 0)
        close(r->fd);
    forget_kinds(r);
    np_buf_fini(&r->pending);
    np_buf_fini(&r->writing);
    np_buf_fini(&r->key);
    np_free(r);
}
