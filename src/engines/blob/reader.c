/* SPDX-License-Identifier: Apache-2.0 */
/* reader.c - bytes on their way out: frames from the page cache on the loop, from the disk by a
 * job.
 *
 * A reader is hot while its frames are in memory: each is read without blocking and opened in
 * place, or opened from the map of a file that is read often, and lent to the caller. The first
 * that is not turns it cold: a job fetches several frames, and the next ones while the caller sends
 * these. A job that found all in memory turns it hot again.
 */
#include <errno.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "engines/blob/blob_int.h"

#define READER 0x626c6f72u

/* Frames that a job fetched. */
struct batch {
    char *p; /* NP_BLOB_READ frames with their tags; NULL: none yet */
    uint64_t frame;
    unsigned n; /* verified */
    int rc;     /* why there are no more */
    bool full;  /* not taken yet */
};

struct np_blob_reader {
    uint32_t magic;
    struct np_blobs *s;
    struct np_loop *loop;
    uint64_t id;
    bool sse;
    uint8_t sse_key[32];
    uint64_t off, n; /* as asked */
    void (*ready)(void *arg);
    void *arg;

    struct np_blob_ent *ent; /* NULL until opened; the job's while it runs */
    struct np_aead *aead;
    uint64_t at, end; /* of the blob: next byte to give, and the last one's successor */
    int rc;           /* what every further read returns */
    bool opened, hot, waiting, closed;
    bool map_wanted;
    const char *map; /* of ent, or NULL */
    char *frame;     /* when hot */
    struct batch now, next;
    struct np_defer defer; /* calls ready when the open did not wait */

    struct np_job job;
    bool running, job_hot;
};

/* --- on the job ----------------------------------------------------------------------------------
 */

/* Bytes from `off` on, all or nothing. NP_EAGAIN with cached_only when the disk is needed. */
static int fetch(struct np_blob_reader *r, void *p, size_t n, uint64_t off, bool cached_only)
{
    struct np_blobs *s = r->s;
    size_t done = 0;
    while (done < n) {
        ssize_t got =
            s->sys->pread(r->ent->fd, (char *)p + done, n - done, (off_t)(off + done), cached_only);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && cached_only) {
            if (errno == EOPNOTSUPP || errno == ENOSYS)
                atomic_store(&s->no_nowait, true);
            return NP_EAGAIN;
        }
        if (got < 0)
            return np_blob_errno(errno);
        if (got == 0)
            return NP_ECORRUPT; /* shorter than its header says */
        done += (size_t)got;
        if (cached_only && done < n)
            return NP_EAGAIN;
    }
    return 0;
}

static bool may_try(const struct np_blob_reader *r)
{
    return !atomic_load_explicit(&r->s->no_nowait, memory_order_relaxed);
}

static size_t plain_size(const struct np_blob_reader *r, uint64_t frame)
{
    return np_blob_frame_size(r->ent->size_bytes, frame);
}

/* Fills the next batch from frame `next.frame` on. */
static void fetch_batch(struct np_blob_reader *r)
{
    struct batch *b = &r->next;
    uint64_t last = (r->end - 1) / NP_BLOB_FRAME;
    uint64_t n = last - b->frame + 1 < NP_BLOB_READ ? last - b->frame + 1 : NP_BLOB_READ;
    size_t bytes = (size_t)(n - 1) * NP_BLOB_SEALED + plain_size(r, b->frame + n - 1) + NP_BLOB_TAG;
    if (b->p == NULL)
        b->p = np_blob_pool_get(&r->s->reads);
    b->n = 0;
    uint64_t off = np_blob_frame_off(b->frame);
    b->rc = may_try(r) ? fetch(r, b->p, bytes, off, true) : NP_EAGAIN;
    b->full = true;
    r->job_hot = b->rc == 0;
    if (b->rc == NP_EAGAIN)
        b->rc = fetch(r, b->p, bytes, off, false);
    for (uint64_t i = 0; b->rc == 0 && i < n; i++) {
        char *p = b->p + i * NP_BLOB_SEALED;
        size_t size = plain_size(r, b->frame + i);
        if (np_blob_frame_open(&r->ent->key, r->aead, b->frame + i, p, size, p))
            b->n++;
        else
            b->rc = NP_ECORRUPT;
    }
}

/* After the blob is open: where the range lies in it. */
static int set_range(struct np_blob_reader *r)
{
    uint64_t size = r->ent->size_bytes;
    if (r->off > size || (r->n != UINT64_MAX && r->n > size - r->off))
        return NP_EINVAL;
    r->at = r->off;
    r->end = r->n == UINT64_MAX ? size : r->off + r->n;
    r->next.frame = r->at / NP_BLOB_FRAME;
    return 0;
}

static void job_work(struct np_job *j)
{
    struct np_blob_reader *r = NP_CONTAINER(j, struct np_blob_reader, job);
    if (r->ent == NULL) {
        r->rc = np_blob_ent_load(r->s, r->id, r->sse ? r->sse_key : NULL, false, &r->ent, &r->aead);
        if (r->rc == 0)
            r->rc = set_range(r);
        if (r->rc != 0 || r->at == r->end)
            return;
    }
    fetch_batch(r);
}

/* --- on the loop
 * ---------------------------------------------------------------------------------- */

static void ent_free_work(struct np_job *j)
{
    struct np_blob_reader *r = NP_CONTAINER(j, struct np_blob_reader, job);
    np_blob_ent_free(r->s, r->ent);
}

static void reader_free(struct np_blob_reader *r)
{
    np_blob_pool_put(&r->s->frames, r->frame);
    np_blob_pool_put(&r->s->reads, r->now.p);
    np_blob_pool_put(&r->s->reads, r->next.p);
    np_blobs_unref(r->s);
    np_wipe(r->sse_key, sizeof(r->sse_key));
    np_free(r);
}

static void ent_free_done(struct np_job *j)
{
    reader_free(NP_CONTAINER(j, struct np_blob_reader, job));
}

static void map_work(struct np_job *j)
{
    struct np_blob_reader *r = NP_CONTAINER(j, struct np_blob_reader, job);
    np_blob_map(r->s, r->ent);
}

static void reader_end(struct np_blob_reader *r);

static void map_done(struct np_job *j)
{
    reader_end(NP_CONTAINER(j, struct np_blob_reader, job));
}

static void reader_end(struct np_blob_reader *r)
{
    if (r->map_wanted) {
        r->map_wanted = false;
        np_job_submit(r->s->jobs, r->loop, &r->job, map_work, map_done);
        return;
    }
    if (r->ent != NULL)
        r->ent = np_blob_ent_put(r->s, r->ent, r->aead);
    struct stat st;
    if (r->ent != NULL && fstat(r->ent->fd, &st) == 0 && st.st_nlink == 0) {
        np_job_submit(r->s->jobs, r->loop, &r->job, ent_free_work, ent_free_done);
        return;
    }
    if (r->ent != NULL)
        np_blob_ent_free(r->s, r->ent);
    reader_free(r);
}

static void job_done(struct np_job *j)
{
    struct np_blob_reader *r = NP_CONTAINER(j, struct np_blob_reader, job);
    r->running = false;
    r->opened = true;
    if (r->closed) {
        reader_end(r);
        return;
    }
    if (!r->waiting)
        return;
    r->waiting = false;
    r->ready(r->arg);
}

static void job_start(struct np_blob_reader *r)
{
    r->running = true;
    np_job_submit(r->s->jobs, r->loop, &r->job, job_work, job_done);
}

static void announce(void *arg)
{
    struct np_blob_reader *r = NP_CAST(np_blob_reader, arg, READER);
    r->ready(r->arg);
}

/* Opens without waiting if all that takes is in memory. Errors come with the first read. */
static bool open_now(struct np_blob_reader *r)
{
    if (!may_try(r))
        return false;
    int rc = NP_ENOENT;
    if (!r->sse)
        rc = np_blob_ent_find(r->s, r->id, &r->ent, &r->aead);
    if (rc == 0) {
        r->map = atomic_load_explicit(&r->ent->map, memory_order_acquire);
        r->map_wanted = r->map == NULL && np_blob_map_wanted(r->ent);
    }
    if (rc == NP_ENOENT)
        rc = np_blob_ent_load(r->s, r->id, r->sse ? r->sse_key : NULL, true, &r->ent, &r->aead);
    if (rc == NP_EAGAIN)
        return false;
    r->opened = r->hot = true;
    r->rc = rc != 0 ? rc : set_range(r);
    return true;
}

int np_blob_open(struct np_blobs *s, struct np_loop *l, uint64_t id, const uint8_t *sse_key,
                 uint64_t off, uint64_t n, void (*ready)(void *arg), void *arg,
                 struct np_blob_reader **out, struct np_err *err)
{
    (void)err;
    struct np_blob_reader *r = np_heap_new(struct np_blob_reader);
    r->magic = READER;
    r->s = np_blobs_ref(s);
    r->loop = l;
    r->id = id;
    r->sse = sse_key != NULL;
    if (r->sse)
        memcpy(r->sse_key, sse_key, sizeof(r->sse_key));
    r->off = off;
    r->n = n;
    r->ready = ready;
    r->arg = arg;
    if (open_now(r)) {
        np_defer(l, &r->defer, announce, r);
    } else {
        r->waiting = true;
        job_start(r);
    }
    *out = r;
    return 0;
}

/* Lends the part of the frame at p that the caller asked for. */
static int give(struct np_blob_reader *r, const char *p, struct np_str *data, bool *end)
{
    uint64_t start = r->at - r->at % NP_BLOB_FRAME;
    uint64_t stop = r->end - start < NP_BLOB_FRAME ? r->end : start + NP_BLOB_FRAME;
    *data = np_str_n(p + (r->at - start), (size_t)(stop - r->at));
    r->at = stop;
    *end = r->at == r->end;
    return 0;
}

static int read_hot(struct np_blob_reader *r, struct np_str *data, bool *end)
{
    uint64_t frame = r->at / NP_BLOB_FRAME;
    size_t n = plain_size(r, frame);
    np_blob_pool_put(&r->s->reads, r->now.p);
    r->now = (struct batch){.p = NULL};
    if (r->frame == NULL)
        r->frame = np_blob_pool_get(&r->s->frames);
    int rc = fetch(r, r->frame, n + NP_BLOB_TAG, np_blob_frame_off(frame), true);
    if (rc != 0)
        return rc;
    if (!np_blob_frame_open(&r->ent->key, r->aead, frame, r->frame, n, r->frame))
        return NP_ECORRUPT;
    return give(r, r->frame, data, end);
}

/* Lends from the map, or what was decrypted from it. */
static int read_mapped(struct np_blob_reader *r, struct np_str *data, bool *end)
{
    uint64_t frame = r->at / NP_BLOB_FRAME;
    const char *in = r->map + np_blob_frame_off(frame);
    if (r->ent->key.encrypted && r->frame == NULL)
        r->frame = np_blob_pool_get(&r->s->frames);
    int rc = np_blob_map_open(r->s, r->ent, r->aead, frame, in, r->frame);
    if (rc != 0)
        return rc;
    return give(r, r->ent->key.encrypted ? r->frame : in, data, end);
}

/* What needs no disk, or NP_EAGAIN. */
static int read_memory(struct np_blob_reader *r, struct np_str *data, bool *end)
{
    if (!r->hot || !may_try(r))
        return NP_EAGAIN;
    int rc = r->map != NULL ? read_mapped(r, data, end) : NP_EAGAIN;
    return rc != NP_EAGAIN ? rc : read_hot(r, data, end);
}

/* Makes the job's batch the current one and has the following fetched. */
static void take_batch(struct np_blob_reader *r)
{
    struct batch old = r->now;
    r->now = r->next;
    r->next = (struct batch){.p = old.p, .frame = r->now.frame + r->now.n};
    r->hot = r->job_hot;
    if (r->hot) {
        np_blob_pool_put(&r->s->reads, r->next.p);
        r->next.p = NULL;
    } else if (r->now.rc == 0 && r->next.frame * NP_BLOB_FRAME < r->end) {
        job_start(r);
    }
}

static bool in_batch(const struct np_blob_reader *r)
{
    uint64_t frame = r->at / NP_BLOB_FRAME;
    return frame >= r->now.frame && frame < r->now.frame + r->now.n;
}

int np_blob_read(struct np_blob_reader *r, struct np_str *data, bool *end)
{
    np_assert(r->magic == READER && !r->closed);
    np_defer_cancel(&r->defer);
    if (!r->opened) {
        r->waiting = true;
        return NP_EAGAIN;
    }
    if (r->rc != 0)
        return r->rc;
    if (r->at == r->end) {
        *data = NP_STR("");
        *end = true;
        return 0;
    }
    if (!in_batch(r) && !r->running && r->next.full)
        take_batch(r);
    if (in_batch(r))
        return give(r, r->now.p + (r->at / NP_BLOB_FRAME - r->now.frame) * NP_BLOB_SEALED, data,
                    end);
    if (r->now.rc != 0)
        return r->rc = r->now.rc;
    if (!r->running) {
        int rc = read_memory(r, data, end);
        if (rc != NP_EAGAIN)
            return r->rc = rc;
        r->next.frame = r->at / NP_BLOB_FRAME;
        job_start(r);
    }
    r->waiting = true;
    return NP_EAGAIN;
}

void np_blob_close(struct np_blob_reader *r)
{
    if (r == NULL)
        return;
    np_assert(r->magic == READER && !r->closed);
    np_defer_cancel(&r->defer);
    r->closed = true;
    if (!r->running)
        reader_end(r);
}
