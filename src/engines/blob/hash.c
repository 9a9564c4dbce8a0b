/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - the slow digests of several writers at once.
 *
 * MD5 has no parallel form, but those of several writers side by side cost little more than one
 * (base/digest.h). So writers with pieces to hash wait in one queue, and a job takes as many as
 * there are lanes: a piece of each, then the next piece of each, with newcomers in the place of
 * those that have none left.
 *
 * It does so when every lane is taken, when every writer there is has a piece, or when somebody is
 * late: has many pieces, or waits for nothing else. Who is not late loses nothing by waiting for
 * company. Writers that are being committed are waited for too: who had them begins the next soon.
 * Another job starts only when it can fill all its lanes as well: where there is but one lane, each
 * writer has its own job.
 */
#include "base/arena.h"
#include "engines/blob/blob_int.h"

struct run {
    struct np_job job;
    struct np_blobs *s;
};

/* The writers in the lanes of a job, and those that left them but do not know yet. */
struct crew {
    struct np_blob_hash *h[NP_DIGEST_RUNS], *gone[NP_DIGEST_RUNS];
    size_t n, n_gone;
};

/* --- with the lock held -------------------------------------------------------------------------
 */

static void enqueue(struct np_blobs *s, struct np_blob_hash *h)
{
    h->locked.next = NULL;
    *s->locked.hash.last = h;
    s->locked.hash.last = &h->locked.next;
}

static struct np_blob_hash *dequeue(struct np_blobs *s)
{
    struct np_blob_hash *h = s->locked.hash.first;
    if (h == NULL)
        return NULL;
    s->locked.hash.first = h->locked.next;
    if (s->locked.hash.first == NULL)
        s->locked.hash.last = &s->locked.hash.first;
    return h;
}

static void judge(struct np_blobs *s, struct np_blob_hash *h)
{
    s->locked.hash.n_late -= h->locked.late;
    h->locked.late =
        h->locked.n_pieces >= NP_BLOB_HASH_LATE || (h->locked.hurry && h->locked.n_pieces > 0);
    s->locked.hash.n_late += h->locked.late;
}

/* Somebody cannot wait, or there is nobody to wait for. */
static bool worth_it(struct np_blobs *s)
{
    unsigned n = s->locked.hash.n_active;
    return s->locked.hash.n_late > 0 || n >= np_digest_lanes(NP_MD5) ||
           n >= atomic_load(&s->n_writers);
}

/* How many more jobs the queue needs; they count from now on. */
static unsigned jobs_wanted(struct np_blobs *s)
{
    unsigned full = s->locked.hash.n_active / np_digest_lanes(NP_MD5), has = s->locked.hash.n_jobs;
    unsigned want = full > 1 ? full : 1;
    if (s->locked.hash.first == NULL || !worth_it(s) || has >= want)
        return 0;
    s->locked.hash.n_jobs = want;
    return want - has;
}

/* After a piece of each: those without another leave. */
static void part(struct np_blobs *s, struct crew *crew)
{
    size_t n = 0;
    for (size_t i = 0; i < crew->n; i++) {
        struct np_blob_hash *h = crew->h[i];
        h->locked.n_pieces--;
        judge(s, h);
        if (h->locked.n_pieces > 0) {
            crew->h[n++] = h;
            continue;
        }
        s->locked.hash.n_active--;
        crew->gone[crew->n_gone++] = h;
    }
    crew->n = n;
}

/* False: there is nobody, or all can wait. */
static bool gather(struct np_blobs *s, struct crew *crew)
{
    struct np_blob_hash *h;
    while (crew->n < np_digest_lanes(NP_MD5) && (h = dequeue(s)) != NULL)
        crew->h[crew->n++] = h;
    return crew->n > 0 && worth_it(s);
}

/* --- the job ------------------------------------------------------------------------------------
 */

static void jobs_start(struct np_blobs *s, struct np_loop *l, unsigned n);

static void dismiss(struct crew *crew)
{
    for (size_t i = 0; i < crew->n_gone; i++)
        np_loop_post(crew->gone[i]->loop, &crew->gone[i]->msg);
    crew->n_gone = 0;
}

static void hash_pieces(const struct crew *crew)
{
    struct np_digest_run runs[NP_DIGEST_RUNS];
    for (size_t i = 0; i < crew->n; i++) {
        struct np_str piece = crew->h[i]->piece(crew->h[i]);
        runs[i] = (struct np_digest_run){crew->h[i]->digest, piece.p, piece.n};
    }
    np_digest_add_all(runs, crew->n);
    for (size_t i = 0; i < crew->n; i++)
        crew->h[i]->hashed(crew->h[i]);
}

/* Some pieces of each, then other jobs get the thread. */
static void run_work(struct np_job *j)
{
    struct np_blobs *s = NP_CONTAINER(j, struct run, job)->s;
    struct crew crew = {.n = 0};
    pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; i < NP_BLOB_LANE_TURN && gather(s, &crew); i++) {
        pthread_mutex_unlock(&s->lock);
        dismiss(&crew);
        hash_pieces(&crew);
        pthread_mutex_lock(&s->lock);
        part(s, &crew);
    }
    for (size_t i = 0; i < crew.n; i++)
        enqueue(s, crew.h[i]);
    s->locked.hash.n_jobs--;
    unsigned n_more = jobs_wanted(s);
    pthread_mutex_unlock(&s->lock);
    dismiss(&crew);
    jobs_start(s, j->loop, n_more);
}

static void run_done(struct np_job *j)
{
    struct run *r = NP_CONTAINER(j, struct run, job);
    np_blobs_unref(r->s);
    np_free(r);
}

static void jobs_start(struct np_blobs *s, struct np_loop *l, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct run *r = np_heap_new(struct run);
        r->s = np_blobs_ref(s);
        np_job_submit(s->jobs, l, &r->job, run_work, run_done);
    }
}

/* --- on the loops -------------------------------------------------------------------------------
 */

/* What a loop has to do at the end of its turn. */
struct kick {
    struct np_defer defer;
    struct np_loop *loop;
    struct np_blobs *s; /* NULL: nothing */
};

static void *kick_new(struct np_loop *l)
{
    struct kick *k = np_heap_new(struct kick);
    k->loop = l;
    return k;
}

static void start_wanted(struct np_blobs *s, struct np_loop *l)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = jobs_wanted(s);
    pthread_mutex_unlock(&s->lock);
    jobs_start(s, l, n);
}

static void kick(void *arg)
{
    struct kick *k = arg;
    struct np_blobs *s = k->s;
    k->s = NULL;
    start_wanted(s, k->loop);
    np_blobs_unref(s);
    np_loop_owe(k->loop, -1);
}

/* Jobs wait for the end of the turn: then all that got bytes in it begin together. The only writer
 * has nobody to begin with. */
static void start_soon(struct np_blobs *s, struct np_loop *l)
{
    if (atomic_load(&s->n_writers) <= 1) {
        start_wanted(s, l);
        return;
    }
    struct kick *k = np_loop_local(l, s, kick_new, np_free);
    if (k->s != NULL)
        return;
    k->s = np_blobs_ref(s);
    np_loop_owe(l, 1);
    np_defer(l, &k->defer, kick, k);
}

/* After something about h changed, with the lock held, which it gives back. */
static void act_and_unlock(struct np_blob_hash *h)
{
    struct np_blobs *s = h->s;
    judge(s, h);
    if (!h->running && h->locked.n_pieces > 0) {
        h->running = true;
        np_loop_owe(h->loop, 1);
        s->locked.hash.n_active++;
        enqueue(s, h);
    }
    pthread_mutex_unlock(&s->lock);
    start_soon(s, h->loop);
}

/* It has left the lanes, but may have got pieces since. */
static void parted(struct np_msg *m)
{
    struct np_blob_hash *h = NP_CONTAINER(m, struct np_blob_hash, msg);
    struct np_loop *loop = h->loop;
    pthread_mutex_lock(&h->s->lock);
    h->running = false;
    act_and_unlock(h);
    h->done(h);
    np_loop_owe(loop, -1);
}

void np_blob_hash_add(struct np_blob_hash *h, unsigned n_pieces, bool hurry)
{
    h->msg.fn = parted;
    pthread_mutex_lock(&h->s->lock);
    h->locked.n_pieces += n_pieces;
    h->locked.hurry |= hurry;
    act_and_unlock(h);
}
