/* SPDX-License-Identifier: Apache-2.0 */
/* sync.c - makes files durable: the bytes of several at once, then names and folders in groups.
 *
 * Each sync of bytes ends with a flush of the disk, and flushes that are asked for side by side are
 * one: so a few jobs sync a file each. Long files have a queue and a job of their own, so that
 * small ones do not wait for them. Then one job gives all that are ready their names and syncs each
 * folder once; what comes meanwhile is the next group.
 */
#include <errno.h>

#include "base/arena.h"
#include "engines/blob/blob_int.h"

struct run {
    struct np_job job;
    struct np_blobs *s;
    struct np_blob_queue *q;
};

void np_blob_discard(struct np_blobs *s, struct np_blob_sync *y)
{
    if (y->fd >= 0)
        close(y->fd);
    y->fd = -1;
    if (!y->named)
        return;
    char tmp[NP_BLOB_NAME];
    np_blob_tmp_name(tmp, y->id);
    s->sys->unlink(s->root, tmp);
    y->named = false;
}

int np_blob_publish(struct np_blobs *s, struct np_blob_sync *y)
{
    char name[NP_BLOB_NAME], tmp[NP_BLOB_NAME];
    np_blob_name(name, y->id);
    np_blob_tmp_name(tmp, y->id);
    int failed =
        y->named ? s->sys->rename(s->root, tmp, name) : s->sys->link_fd(y->fd, s->root, name);
    if (failed != 0) {
        int rc = np_blob_errno(errno);
        np_blob_discard(s, y);
        return rc;
    }
    y->named = false;
    close(y->fd);
    y->fd = -1;
    return 0;
}

static bool same_folder(const struct np_blob_sync *a, const struct np_blob_sync *b)
{
    char fa[NP_BLOB_NAME], fb[NP_BLOB_NAME];
    np_blob_folder(fa, a->id);
    np_blob_folder(fb, b->id);
    return strcmp(fa, fb) == 0;
}

/* The folder of y, for it and all that follow in the same one. */
static void sync_folder_from(struct np_blobs *s, struct np_blob_sync *y)
{
    char folder[NP_BLOB_NAME];
    np_blob_folder(folder, y->id);
    int rc = s->sys->sync_folder(s->root, folder) == 0 ? 0 : np_blob_errno(errno);
    for (struct np_blob_sync *o = y; o != NULL; o = o->next) {
        if (o->rc != NP_LATER || !same_folder(o, y))
            continue;
        o->rc = rc;
        if (rc == 0)
            continue;
        char name[NP_BLOB_NAME];
        np_blob_name(name, o->id);
        s->sys->unlink(s->root, name);
    }
}

static void name_group(struct np_blobs *s, struct np_blob_sync *group)
{
    for (struct np_blob_sync *y = group; y != NULL; y = y->next)
        if ((y->rc = np_blob_publish(s, y)) == 0)
            y->rc = NP_LATER;
    for (struct np_blob_sync *y = group; y != NULL; y = y->next)
        if (y->rc == NP_LATER)
            sync_folder_from(s, y);
}

/* All that waits, or one. NULL: the job ends. */
static struct np_blob_sync *take(struct np_blobs *s, struct np_blob_queue *q, bool one)
{
    pthread_mutex_lock(&s->lock);
    struct np_blob_sync *first = q->first;
    q->first = one && first != NULL ? first->next : NULL;
    if (q->first == NULL)
        q->last = &q->first;
    if (first == NULL)
        q->n_jobs--;
    pthread_mutex_unlock(&s->lock);
    if (one && first != NULL)
        first->next = NULL;
    return first;
}

static void names_work(struct np_job *j)
{
    struct run *r = NP_CONTAINER(j, struct run, job);
    for (struct np_blob_sync *group; (group = take(r->s, r->q, false)) != NULL;) {
        name_group(r->s, group);
        for (struct np_blob_sync *y = group, *next; y != NULL; y = next) {
            next = y->next; /* y is its loop's from the post on */
            np_loop_post(y->loop, &y->msg);
        }
    }
}

static void bytes_work(struct np_job *j)
{
    struct run *r = NP_CONTAINER(j, struct run, job);
    for (struct np_blob_sync *y; (y = take(r->s, r->q, true)) != NULL;) {
        if (r->s->sys->sync_data(y->fd) != 0) {
            y->rc = np_blob_errno(errno);
            np_blob_discard(r->s, y);
            np_loop_post(y->loop, &y->msg);
            continue;
        }
        y->data_done = true;
        np_blob_sync_add(r->s, y, false);
    }
}

static void run_done(struct np_job *j)
{
    struct run *r = NP_CONTAINER(j, struct run, job);
    np_blobs_unref(r->s);
    np_free(r);
}

void np_blob_sync_add(struct np_blobs *s, struct np_blob_sync *y, bool large)
{
    struct np_blob_queue *q = y->data_done ? &s->locked.names
                              : large      ? &s->locked.large
                                           : &s->locked.small;
    struct np_loop *loop = y->loop;
    unsigned jobs_max = q == &s->locked.small ? NP_BLOB_SYNCS : 1;
    y->next = NULL;
    y->rc = 0;
    pthread_mutex_lock(&s->lock);
    *q->last = y;
    q->last = &y->next;
    bool start = q->n_jobs < jobs_max;
    q->n_jobs += start;
    pthread_mutex_unlock(&s->lock);
    if (!start)
        return;
    struct run *r = np_heap_new(struct run);
    r->s = np_blobs_ref(s);
    r->q = q;
    np_job_submit(s->jobs, loop, &r->job, q == &s->locked.names ? names_work : bytes_work,
                  run_done);
}
