/* SPDX-License-Identifier: Apache-2.0 */
/* sync.c - makes files durable in groups: the bytes of all, their names, then each folder once.
 *
 * One job syncs groups; what comes meanwhile is the next group. So the busier the store, the more
 * commits share a journal commit of the file system. Long files have a queue of their own, one at
 * a time, so that small ones do not wait for them and no more than two threads of the pool wait
 * for the disk here.
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

static void sync_bytes(struct np_blobs *s, struct np_blob_sync *group)
{
    /* Writing starts for all before the first is waited for: then one journal commit holds them. */
    if (group->next != NULL)
        for (struct np_blob_sync *y = group; y != NULL; y = y->next)
            if (!y->data_done)
                s->sys->start_sync(y->fd, 0, 0);
    for (struct np_blob_sync *y = group; y != NULL; y = y->next)
        if (!y->data_done && s->sys->sync_data(y->fd) != 0) {
            y->rc = np_blob_errno(errno);
            np_blob_discard(s, y);
        }
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

static void sync_group(struct np_blobs *s, struct np_blob_sync *group)
{
    sync_bytes(s, group);
    for (struct np_blob_sync *y = group; y != NULL; y = y->next)
        if (y->rc == 0 && (y->rc = np_blob_publish(s, y)) == 0)
            y->rc = NP_LATER;
    for (struct np_blob_sync *y = group; y != NULL; y = y->next)
        if (y->rc == NP_LATER)
            sync_folder_from(s, y);
}

/* All that waits, or of the long files one. NULL: the job ends. */
static struct np_blob_sync *take(struct np_blobs *s, struct np_blob_queue *q, bool one)
{
    pthread_mutex_lock(&s->lock);
    struct np_blob_sync *first = q->first;
    q->first = one && first != NULL ? first->next : NULL;
    if (q->first == NULL)
        q->last = &q->first;
    if (first == NULL)
        q->running = false;
    pthread_mutex_unlock(&s->lock);
    if (one && first != NULL)
        first->next = NULL;
    return first;
}

static void small_work(struct np_job *j)
{
    struct run *r = NP_CONTAINER(j, struct run, job);
    for (struct np_blob_sync *group; (group = take(r->s, r->q, false)) != NULL;) {
        sync_group(r->s, group);
        for (struct np_blob_sync *y = group, *next; y != NULL; y = next) {
            next = y->next; /* y is its loop's from the post on */
            np_loop_post(y->loop, &y->msg);
        }
    }
}

static void large_work(struct np_job *j)
{
    struct run *r = NP_CONTAINER(j, struct run, job);
    for (struct np_blob_sync *y; (y = take(r->s, r->q, true)) != NULL;) {
        sync_bytes(r->s, y);
        y->data_done = true;
        if (y->rc == 0)
            np_blob_sync_add(r->s, y, false);
        else
            np_loop_post(y->loop, &y->msg);
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
    struct np_blob_queue *q = large ? &s->locked.large : &s->locked.small;
    y->next = NULL;
    y->rc = 0;
    pthread_mutex_lock(&s->lock);
    *q->last = y;
    q->last = &y->next;
    bool start = !q->running;
    q->running = true;
    pthread_mutex_unlock(&s->lock);
    if (!start)
        return;
    struct run *r = np_heap_new(struct run);
    r->s = np_blobs_ref(s);
    r->q = q;
    np_job_submit(s->jobs, y->loop, &r->job, large ? large_work : small_work, run_done);
}
