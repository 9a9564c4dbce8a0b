/* SPDX-License-Identifier: Apache-2.0 */
/* writer.c - bytes on their way in: gathered in chunks, hashed and sealed by two lanes of jobs.
 *
 * The loop publishes full chunks in a ring. The first lane computes the one slow digest (MD5 has
 * no parallel form, it bounds an upload) together with other writers' (hash.c), the second the
 * other digests, the encryption and the writes. Each lane is in one job at a time and takes the
 * chunks in order, so that nothing but the ring's counters is shared. A body below one chunk is
 * done by the second lane alone.
 */
#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "engines/blob/blob_int.h"

#define WRITER 0x626c6f77u

struct chunk {
    struct chunk *next;
    size_t n;
    bool last;
    atomic_uint left; /* lanes that are not done with it */
    char bytes[NP_BLOB_CHUNK];
};

size_t np_blob_chunk_bytes(void)
{
    return sizeof(struct chunk);
}

struct np_blob_writer {
    uint32_t magic;
    struct np_blobs *s;
    struct np_loop *loop;
    uint64_t id;
    bool sse;
    uint8_t sse_key[32];
    struct np_digest *digests[NP_BLOB_DIGESTS];
    size_t slow; /* the digest of the first lane; n_digests: none */
    struct np_blob_sum sum;

    /* The loop's. */
    struct chunk *fill, *waiting, **waiting_last; /* not full; full but not in the ring */
    size_t n_waiting, n_recycled;
    struct np_blob_hash hash; /* the first lane, of which there may be none */
    struct np_job store;      /* the second, while it is storing */
    bool storing;
    bool solo; /* one chunk in all */
    bool ended, finished, closing, want_ready;
    void (*ready)(void *arg);
    void *ready_arg;
    np_blob_done_fn *finish_done, *commit_done;
    void *finish_arg, *commit_arg;
    struct np_job job; /* of the commit or the end */

    /* The lanes': chunks that each is done with. */
    size_t n_hashed, n_stored;

    /* Shared with the lanes. */
    struct chunk *ring[NP_BLOB_RING];
    atomic_size_t n_published;
    atomic_int rc; /* the first failure */
    atomic_bool posted, written;
    struct np_msg progress;

    /* The second lane's, then the commit's. */
    struct np_blob_sync file;
    struct np_blob_key key;
    struct np_aead *aead;
    uint8_t salt[32];
    char *sealed; /* a chunk */
    uint64_t n_frames, n_flushed;
};

static void step(struct np_blob_writer *w);

static int writer_rc(struct np_blob_writer *w)
{
    return atomic_load(&w->rc);
}

static void fail(struct np_blob_writer *w, int rc)
{
    int none = 0;
    atomic_compare_exchange_strong(&w->rc, &none, rc);
}

static bool hashing(const struct np_blob_writer *w)
{
    return w->slow < w->sum.n_digests && !w->solo;
}

/* --- on the jobs: storing --------------------------------------------------------------------- */

static int file_open(struct np_blob_writer *w)
{
    struct np_blobs *s = w->s;
    char name[NP_BLOB_NAME];
    int rc = np_blobs_need_folder(s, w->id);
    if (rc != 0)
        return rc;
    np_random(w->salt, sizeof(w->salt));
    np_blob_key_derive(s, w->id, w->sse ? w->sse_key : NULL, w->salt, &w->key);
    if (w->key.encrypted)
        w->aead = np_aead_new(w->key.aead);
    w->sealed = np_blob_pool_get(&s->sealed);
    if (!atomic_load_explicit(&s->no_unnamed, memory_order_relaxed)) {
        np_blob_folder(name, w->id);
        w->file.fd = s->sys->open_unnamed(s->root, name);
        if (w->file.fd >= 0)
            return 0;
        if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
            return np_blob_errno(errno);
        atomic_store(&s->no_unnamed, true);
    }
    np_blob_tmp_name(name, w->id);
    w->file.fd = s->sys->open_named(s->root, name);
    if (w->file.fd < 0 && errno == ENOENT &&
        (s->sys->make_folder(s->root, "tmp") == 0 || errno == EEXIST))
        w->file.fd = s->sys->open_named(s->root, name);
    if (w->file.fd < 0)
        return np_blob_errno(errno);
    w->file.named = true;
    return 0;
}

/* Long uploads reach the disk as they come, so that the sync at the end is short and the page
 * cache is not filled with what cannot be dropped. */
static void flush_some(struct np_blob_writer *w)
{
    uint64_t at = np_blob_frame_off(w->n_frames);
    if (w->s->no_sync || at - w->n_flushed < NP_BLOB_FLUSH)
        return;
    w->s->sys->start_sync(w->file.fd, (off_t)w->n_flushed, (off_t)(at - w->n_flushed));
    w->n_flushed = at;
}

/* One write for all frames of a chunk: the page cache takes few large pieces for less. */
static int store_frames(struct np_blob_writer *w, const struct chunk *c)
{
    uint64_t first = w->n_frames;
    size_t n_sealed = 0;
    for (size_t at = 0, n; at < c->n; at += n) {
        n = c->n - at < NP_BLOB_FRAME ? c->n - at : NP_BLOB_FRAME;
        np_blob_frame_seal(&w->key, w->aead, w->n_frames++, c->bytes + at, n, w->sealed + n_sealed);
        n_sealed += n + NP_BLOB_TAG;
    }
    return np_blob_pwrite_all(w->s->sys, w->file.fd, w->sealed, n_sealed,
                              (off_t)np_blob_frame_off(first));
}

/* All is written, but the slow digest is not done: the disk can work meanwhile. Some wait for it
 * here, others only have it begun, so that threads are left. */
static int sync_early(struct np_blob_writer *w)
{
    struct np_blobs *s = w->s;
    bool room = hashing(w) && atomic_fetch_add(&s->n_early, 1) < NP_BLOB_EARLY;
    int rc = 0;
    if (!room)
        s->sys->start_sync(w->file.fd, 0, 0);
    else if (s->sys->sync_data(w->file.fd) != 0)
        rc = np_blob_errno(errno);
    w->file.data_done = room && rc == 0;
    if (hashing(w))
        atomic_fetch_sub(&s->n_early, 1);
    return rc;
}

static int store_header(struct np_blob_writer *w)
{
    struct np_blob_header h;
    np_blob_header_make(w->s, w->id, w->sse ? w->sse_key : NULL, w->salt, w->sum.size_bytes, &h);
    int rc = np_blob_pwrite_all(w->s->sys, w->file.fd, &h, sizeof(h), 0);
    return rc != 0 || w->s->no_sync ? rc : sync_early(w);
}

static void digest_add(struct np_blob_writer *w, size_t i, const struct chunk *c)
{
    np_digest_add(w->digests[i], c->bytes, c->n);
    if (c->last)
        np_digest_end(w->digests[i], w->sum.digests[i].out);
}

static void progress_post(struct np_blob_writer *w)
{
    if (!atomic_exchange(&w->posted, true))
        np_loop_post(w->loop, &w->progress);
}

/* From now on the slow digest is what the writer waits for. */
static void tell_written(struct np_blob_writer *w)
{
    if (!hashing(w))
        return;
    atomic_store(&w->written, true);
    progress_post(w);
}

static void store(struct np_blob_writer *w, const struct chunk *c)
{
    int rc = w->file.fd < 0 ? file_open(w) : 0;
    if (rc == 0)
        rc = store_frames(w, c);
    if (rc == 0 && c->last) {
        tell_written(w);
        rc = store_header(w);
    }
    if (rc != 0) {
        fail(w, rc);
        tell_written(w);
        return;
    }
    if (!c->last)
        flush_some(w);
    for (size_t i = 0; i < w->sum.n_digests; i++)
        if (i != w->slow || w->solo)
            digest_add(w, i, c);
}

/* --- lanes --------------------------------------------------------------------------------------
 */

/* The second lane to be done with a chunk gives it back. */
static void give_back(struct np_blob_writer *w, struct chunk *c)
{
    if (atomic_fetch_sub(&c->left, 1) == 1)
        progress_post(w);
}

static struct np_str hash_piece(struct np_blob_hash *h)
{
    struct np_blob_writer *w = NP_CONTAINER(h, struct np_blob_writer, hash);
    const struct chunk *c = w->ring[w->n_hashed % NP_BLOB_RING];
    return np_str_n(c->bytes, writer_rc(w) == 0 ? c->n : 0);
}

static void hash_hashed(struct np_blob_hash *h)
{
    struct np_blob_writer *w = NP_CONTAINER(h, struct np_blob_writer, hash);
    struct chunk *c = w->ring[w->n_hashed++ % NP_BLOB_RING];
    if (c->last)
        np_digest_end(h->digest, w->sum.digests[w->slow].out);
    give_back(w, c);
}

static void hash_done(struct np_blob_hash *h)
{
    step(NP_CONTAINER(h, struct np_blob_writer, hash));
}

static void store_work(struct np_job *j)
{
    struct np_blob_writer *w = NP_CONTAINER(j, struct np_blob_writer, store);
    for (unsigned i = 0; i < NP_BLOB_LANE_TURN; i++) {
        if (w->n_stored == atomic_load(&w->n_published))
            return;
        struct chunk *c = w->ring[w->n_stored++ % NP_BLOB_RING];
        if (writer_rc(w) == 0)
            store(w, c);
        give_back(w, c);
    }
}

static void store_done(struct np_job *j)
{
    struct np_blob_writer *w = NP_CONTAINER(j, struct np_blob_writer, store);
    w->storing = false;
    step(w);
}

static void store_start(struct np_blob_writer *w)
{
    if (w->storing || w->n_stored == atomic_load(&w->n_published))
        return;
    w->storing = true;
    np_job_submit(w->s->jobs, w->loop, &w->store, store_work, store_done);
}

/* --- on the loop ---------------------------------------------------------------------------------
 */

static size_t in_flight(struct np_blob_writer *w)
{
    return atomic_load(&w->n_published) - w->n_recycled + w->n_waiting;
}

static void publish(struct np_blob_writer *w)
{
    size_t n = atomic_load(&w->n_published);
    unsigned n_new = 0;
    for (; w->waiting != NULL && n - w->n_recycled < NP_BLOB_RING; n_new++) {
        struct chunk *c = w->waiting;
        w->waiting = c->next;
        w->n_waiting--;
        atomic_init(&c->left, hashing(w) ? 2 : 1);
        w->ring[n++ % NP_BLOB_RING] = c;
        atomic_store(&w->n_published, n);
    }
    if (w->waiting == NULL)
        w->waiting_last = &w->waiting;
    if (hashing(w) && n_new > 0)
        np_blob_hash_add(&w->hash, n_new, false);
    store_start(w);
}

static void recycle(struct np_blob_writer *w)
{
    while (w->n_recycled < atomic_load(&w->n_published)) {
        struct chunk *c = w->ring[w->n_recycled % NP_BLOB_RING];
        if (atomic_load(&c->left) != 0)
            return;
        np_blob_pool_put(&w->s->chunks, c);
        w->n_recycled++;
    }
}

static void hand_over(struct np_blob_writer *w)
{
    struct chunk *c = w->fill;
    w->fill = NULL;
    c->next = NULL;
    *w->waiting_last = c;
    w->waiting_last = &c->next;
    w->n_waiting++;
}

static struct chunk *chunk_new(struct np_blob_writer *w)
{
    struct chunk *c = np_blob_pool_get(&w->s->chunks);
    c->n = 0;
    c->last = false;
    return c;
}

static void progress(struct np_msg *m)
{
    struct np_blob_writer *w = NP_CONTAINER(m, struct np_blob_writer, progress);
    atomic_store(&w->posted, false);
    step(w);
}

/* The slowest digest, if it is slow enough for a lane of its own. */
static size_t slowest(const unsigned *algs, size_t n)
{
    static const unsigned slow[] = {NP_MD5, NP_SHA384, NP_SHA512, NP_SHA1, NP_SHA256};
    NP_EACH (a, slow)
        for (size_t i = 0; i < n; i++)
            if (algs[i] == *a)
                return i;
    return n;
}

int np_blob_begin(struct np_blobs *s, struct np_loop *l, uint64_t id, const uint8_t *sse_key,
                  const unsigned *algs, size_t n_algs, struct np_blob_writer **out,
                  struct np_err *err)
{
    if (n_algs > NP_BLOB_DIGESTS)
        return np_err(err, NP_EINVAL, "at most %d digests of one object", NP_BLOB_DIGESTS);
    for (size_t i = 0; i < n_algs; i++)
        if (algs[i] >= NP_DIGEST_ALGS)
            return np_err(err, NP_EINVAL, "no digest has the number %u", algs[i]);
    struct np_blob_writer *w = np_heap_new(struct np_blob_writer);
    w->magic = WRITER;
    w->s = np_blobs_ref(s);
    w->loop = l;
    w->id = id;
    w->sse = sse_key != NULL;
    if (w->sse)
        memcpy(w->sse_key, sse_key, sizeof(w->sse_key));
    w->sum.n_digests = n_algs;
    for (size_t i = 0; i < n_algs; i++) {
        w->sum.digests[i].alg = algs[i];
        w->digests[i] = np_digest_new((enum np_digest_alg)algs[i]);
    }
    w->slow = slowest(algs, n_algs);
    w->hash = (struct np_blob_hash){.s = s,
                                    .loop = l,
                                    .digest = w->slow < n_algs ? w->digests[w->slow] : NULL,
                                    .piece = hash_piece,
                                    .hashed = hash_hashed,
                                    .done = hash_done};
    atomic_fetch_add(&s->n_writers, 1);
    w->waiting_last = &w->waiting;
    w->progress.fn = progress;
    w->file = (struct np_blob_sync){.id = id, .fd = -1, .loop = l};
    *out = w;
    return 0;
}

int np_blob_write(struct np_blob_writer *w, struct np_str data)
{
    np_assert(w->magic == WRITER && !w->ended);
    int rc = writer_rc(w);
    if (rc != 0)
        return rc;
    w->sum.size_bytes += data.n;
    while (data.n > 0) {
        if (w->fill == NULL)
            w->fill = chunk_new(w);
        struct chunk *c = w->fill;
        size_t n = NP_BLOB_CHUNK - c->n < data.n ? NP_BLOB_CHUNK - c->n : data.n;
        memcpy(c->bytes + c->n, data.p, n);
        c->n += n;
        data.p += n;
        data.n -= n;
        if (c->n == NP_BLOB_CHUNK) {
            hand_over(w);
            publish(w);
        }
    }
    recycle(w);
    /* Who was told to wait once is told until it is ready, though there may be room by now. */
    w->want_ready |= in_flight(w) >= NP_BLOB_IN_FLIGHT;
    return w->want_ready ? NP_EAGAIN : 0;
}

void np_blob_on_ready(struct np_blob_writer *w, void (*ready)(void *arg), void *arg)
{
    w->ready = ready;
    w->ready_arg = arg;
}

/* --- the end
 * --------------------------------------------------------------------------------------- */

static void end_bytes(struct np_blob_writer *w)
{
    if (w->ended)
        return;
    w->ended = true;
    w->want_ready = false;
    if (atomic_load(&w->n_published) == 0 && w->waiting == NULL)
        w->solo = true; /* no lane has begun to look */
    if (w->fill == NULL)
        w->fill = chunk_new(w);
    w->fill->last = true;
    hand_over(w);
    publish(w);
}

static void writer_free(struct np_blob_writer *w)
{
    for (size_t i = 0; i < w->sum.n_digests; i++)
        np_digest_free(w->digests[i]);
    np_blob_pool_put(&w->s->chunks, w->fill);
    for (size_t i = w->n_recycled; i < atomic_load(&w->n_published); i++)
        np_blob_pool_put(&w->s->chunks, w->ring[i % NP_BLOB_RING]);
    for (struct chunk *c; (c = w->waiting) != NULL;) {
        w->waiting = c->next;
        np_blob_pool_put(&w->s->chunks, c);
    }
    np_blob_pool_put(&w->s->sealed, w->sealed);
    np_aead_free(w->aead);
    atomic_fetch_sub(&w->s->n_writers, 1);
    np_blobs_unref(w->s);
    np_wipe(w, sizeof(*w));
    np_free(w);
}

/* `done` may begin anything, but the writer is gone for it. */
static void committed(struct np_blob_writer *w)
{
    np_blob_done_fn *done = w->commit_done;
    void *arg = w->commit_arg;
    struct np_blob_sum sum = w->sum;
    int rc = writer_rc(w);
    writer_free(w);
    if (done != NULL)
        done(arg, rc, &sum);
}

static void end_done(struct np_job *j)
{
    committed(NP_CONTAINER(j, struct np_blob_writer, job));
}

/* Closing an unnamed file frees its blocks, which takes a while: not on the loop. */
static void discard_work(struct np_job *j)
{
    struct np_blob_writer *w = NP_CONTAINER(j, struct np_blob_writer, job);
    np_blob_discard(w->s, &w->file);
}

static void publish_work(struct np_job *j)
{
    struct np_blob_writer *w = NP_CONTAINER(j, struct np_blob_writer, job);
    fail(w, np_blob_publish(w->s, &w->file));
}

static void synced(struct np_msg *m)
{
    struct np_blob_writer *w = NP_CONTAINER(m, struct np_blob_writer, file.msg);
    struct np_loop *loop = w->loop;
    fail(w, w->file.rc);
    committed(w);
    np_loop_owe(loop, -1);
}

static void sync_start(struct np_blob_writer *w)
{
    np_loop_owe(w->loop, 1);
    np_blob_sync_add(w->s, &w->file, w->sum.size_bytes >= NP_BLOB_LARGE && !w->file.data_done);
}

static void nothing_work(struct np_job *j)
{
    (void)j;
}

/* Takes the writer to its end: durable under its name, or gone. */
static void end_start(struct np_blob_writer *w)
{
    struct np_jobs *jobs = w->s->jobs;
    w->file.msg.fn = synced;
    if (w->commit_done == NULL && w->file.fd < 0) {
        writer_free(w);
        return;
    }
    if (w->commit_done == NULL || writer_rc(w) != 0)
        np_job_submit(jobs, w->loop, &w->job, w->file.fd < 0 ? nothing_work : discard_work,
                      end_done);
    else if (w->s->no_sync)
        np_job_submit(jobs, w->loop, &w->job, publish_work, end_done);
    else
        sync_start(w);
}

static bool busy(struct np_blob_writer *w)
{
    return w->hash.running || w->storing || atomic_load(&w->posted);
}

/* After anything happened: gives room, says so, and goes on when the bytes have ended. */
static void step(struct np_blob_writer *w)
{
    recycle(w);
    if (!w->closing || w->commit_done != NULL)
        publish(w);
    if (atomic_load(&w->written) && w->hash.running)
        np_blob_hash_add(&w->hash, 0, true);
    if (w->want_ready && !w->closing && (in_flight(w) < NP_BLOB_IN_FLIGHT || writer_rc(w) != 0)) {
        w->want_ready = false;
        if (w->ready != NULL)
            w->ready(w->ready_arg);
        return; /* the writer may be gone */
    }
    if (busy(w))
        return;
    if (w->closing && w->commit_done == NULL) { /* aborted */
        end_start(w);
        return;
    }
    if (!w->ended || in_flight(w) != 0)
        return;
    w->finished = true;
    if (w->finish_done != NULL) {
        np_blob_done_fn *done = w->finish_done;
        w->finish_done = NULL;
        struct np_blob_sum sum = w->sum;
        bool closing = w->closing;
        done(w->finish_arg, writer_rc(w), &sum);
        if (!closing)
            return; /* commit or abort is what `done` does, now or later */
    }
    if (w->closing)
        end_start(w);
}

void np_blob_finish(struct np_blob_writer *w, np_blob_done_fn *done, void *arg)
{
    np_assert(w->magic == WRITER && !w->closing && !w->ended);
    w->finish_done = done;
    w->finish_arg = arg;
    end_bytes(w);
}

void np_blob_commit(struct np_blob_writer *w, np_blob_done_fn *done, void *arg)
{
    np_assert(w->magic == WRITER && !w->closing && done != NULL);
    w->closing = true;
    w->commit_done = done;
    w->commit_arg = arg;
    if (w->finished)
        end_start(w);
    else
        end_bytes(w);
}

void np_blob_abort(struct np_blob_writer *w)
{
    if (w == NULL)
        return;
    np_assert(w->magic == WRITER && !w->closing);
    w->closing = true;
    w->finish_done = NULL;
    fail(w, NP_ECLOSED);
    if (w->hash.running)
        np_blob_hash_add(&w->hash, 0, true);
    if (!busy(w))
        end_start(w);
}
