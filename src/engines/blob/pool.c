/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - buffers of one size, kept for the next writer or reader. */
#include "base/arena.h"
#include "engines/blob/blob_int.h"

void np_blob_pool_init(struct np_blob_pool *p, size_t size_bytes)
{
    pthread_mutex_init(&p->lock, NULL);
    p->size_bytes = size_bytes;
}

void np_blob_pool_fini(struct np_blob_pool *p)
{
    for (void *b; (b = p->locked.first) != NULL;) {
        memcpy(&p->locked.first, b, sizeof(void *));
        np_free(b);
    }
    pthread_mutex_destroy(&p->lock);
}

void *np_blob_pool_get(struct np_blob_pool *p)
{
    pthread_mutex_lock(&p->lock);
    void *b = p->locked.first;
    if (b != NULL) {
        memcpy(&p->locked.first, b, sizeof(void *));
        p->locked.n--;
    }
    pthread_mutex_unlock(&p->lock);
    return b != NULL ? b : np_heap_alloc(p->size_bytes);
}

void np_blob_pool_put(struct np_blob_pool *p, void *buf)
{
    if (buf == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    bool keep = p->locked.n < NP_BLOB_SPARE;
    if (keep) {
        memcpy(buf, &p->locked.first, sizeof(void *));
        p->locked.first = buf;
        p->locked.n++;
    }
    pthread_mutex_unlock(&p->lock);
    if (!keep)
        np_free(buf);
}
