/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c - open blobs: descriptor, size and keys, shared by readers and kept for the next. */
#include <endian.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/auto.h"
#include "engines/blob/blob_int.h"

void np_blob_cache_init(struct np_blob_cache *c)
{
    pthread_mutex_init(&c->lock, NULL);
    np_list_init(&c->locked.lru);
    NP_EACH (chain, c->locked.chains)
        np_list_init(chain);
}

static struct np_node *chain_of(struct np_blob_cache *c, uint64_t id)
{
    return &c->locked.chains[(id * UINT64_C(0x9e3779b97f4a7c15) >> 32) % NP_BLOB_OPEN_MAX];
}

void np_blob_ent_free(struct np_blobs *s, struct np_blob_ent *e)
{
    np_blob_unmap(s, e);
    close(e->fd);
    for (unsigned i = 0; i < e->locked.n_aeads; i++)
        np_aead_free(e->locked.aeads[i]);
    np_wipe(&e->key, sizeof(e->key));
    np_free(e);
}

/* With the lock held. True when the caller must free it, without the lock. */
static bool uncache(struct np_blob_cache *c, struct np_blob_ent *e)
{
    np_list_remove(&e->locked.lru);
    np_list_remove(&e->locked.chain);
    e->locked.cached = false;
    c->locked.n--;
    return --e->locked.refs == 0;
}

void np_blob_cache_fini(struct np_blobs *s)
{
    struct np_blob_cache *c = &s->cache;
    for (struct np_node *n; (n = np_list_pop(&c->locked.lru)) != NULL;)
        np_blob_ent_free(s, NP_CONTAINER(n, struct np_blob_ent, locked.lru));
    pthread_mutex_destroy(&c->lock);
}

/* With the lock held. */
static struct np_blob_ent *find(struct np_blob_cache *c, uint64_t id)
{
    NP_LIST_EACH(n, chain_of(c, id))
    {
        struct np_blob_ent *e = NP_CONTAINER(n, struct np_blob_ent, locked.chain);
        if (e->id == id)
            return e;
    }
    return NULL;
}

int np_blob_ent_find(struct np_blobs *s, uint64_t id, struct np_blob_ent **out,
                     struct np_aead **aead)
{
    struct np_blob_cache *c = &s->cache;
    struct np_aead *a = NULL;
    pthread_mutex_lock(&c->lock);
    struct np_blob_ent *e = find(c, id);
    if (e != NULL) {
        e->locked.refs++;
        np_list_remove(&e->locked.lru);
        np_list_prepend(&c->locked.lru, &e->locked.lru);
        if (e->locked.n_aeads > 0)
            a = e->locked.aeads[--e->locked.n_aeads];
    }
    pthread_mutex_unlock(&c->lock);
    if (e == NULL)
        return NP_ENOENT;
    if (a == NULL && e->key.encrypted)
        a = np_aead_new(e->key.aead);
    *out = e;
    *aead = a;
    return 0;
}

/* Keeps e for readers to come unless its file was deleted meanwhile. */
static void keep(struct np_blobs *s, struct np_blob_ent *e, uint64_t deletes)
{
    struct np_blob_cache *c = &s->cache;
    struct np_blob_ent *old = NULL;
    pthread_mutex_lock(&c->lock);
    if (c->locked.deletes == deletes && find(c, e->id) == NULL) {
        np_list_prepend(&c->locked.lru, &e->locked.lru);
        np_list_append(chain_of(c, e->id), &e->locked.chain);
        e->locked.cached = true;
        e->locked.refs++;
        if (++c->locked.n > NP_BLOB_OPEN_MAX) {
            old = NP_CONTAINER(c->locked.lru.prev, struct np_blob_ent, locked.lru);
            if (!uncache(c, old))
                old = NULL;
        }
    }
    pthread_mutex_unlock(&c->lock);
    if (old != NULL)
        np_blob_ent_free(s, old);
}

static int read_header(struct np_blobs *s, int fd, uint64_t id, const uint8_t *sse_key,
                       bool cached_only, struct np_blob_ent *e)
{
    struct np_blob_header h;
    ssize_t n = s->sys->pread(fd, &h, sizeof(h), 0, cached_only);
    if (n < 0 && cached_only)
        return NP_EAGAIN;
    if (n < 0)
        return np_blob_errno(errno);
    if (n != sizeof(h))
        return NP_ECORRUPT;
    int rc = np_blob_header_check(s, id, sse_key, &h, &e->key);
    if (rc != 0)
        return rc;
    struct stat st;
    e->size_bytes = le64toh(h.size_bytes);
    if (fstat(fd, &st) != 0)
        return np_blob_errno(errno);
    return (uint64_t)st.st_size == np_blob_file_size(e->size_bytes) ? 0 : NP_ECORRUPT;
}

int np_blob_ent_load(struct np_blobs *s, uint64_t id, const uint8_t *sse_key, bool cached_only,
                     struct np_blob_ent **out, struct np_aead **aead)
{
    pthread_mutex_lock(&s->cache.lock);
    uint64_t deletes = s->cache.locked.deletes;
    pthread_mutex_unlock(&s->cache.lock);

    char name[NP_BLOB_NAME];
    np_blob_name(name, id);
    NP_AUTO_FD fd = s->sys->open_read(s->root, name, cached_only);
    if (fd < 0)
        return cached_only ? NP_EAGAIN : np_blob_errno(errno);
    struct np_blob_ent opened = {.id = id};
    int rc = read_header(s, fd, id, sse_key, cached_only, &opened);
    if (rc != 0)
        return rc;

    struct np_blob_ent *e = np_heap_new(struct np_blob_ent);
    *e = opened;
    np_wipe(&opened.key, sizeof(opened.key));
    e->fd = np_fd_take(&fd);
    e->locked.refs = 1;
    /* A caller's key is not kept beyond its request. */
    if (sse_key == NULL)
        keep(s, e, deletes);
    *aead = e->key.encrypted ? np_aead_new(e->key.aead) : NULL;
    *out = e;
    return 0;
}

struct np_blob_ent *np_blob_ent_put(struct np_blobs *s, struct np_blob_ent *e, struct np_aead *aead)
{
    pthread_mutex_lock(&s->cache.lock);
    bool last = --e->locked.refs == 0;
    if (aead != NULL && !last && e->locked.cached && e->locked.n_aeads < NP_BLOB_AEADS) {
        e->locked.aeads[e->locked.n_aeads++] = aead;
        aead = NULL;
    }
    pthread_mutex_unlock(&s->cache.lock);
    np_aead_free(aead);
    return last ? e : NULL;
}

void np_blob_cache_drop(struct np_blobs *s, uint64_t id)
{
    struct np_blob_cache *c = &s->cache;
    pthread_mutex_lock(&c->lock);
    c->locked.deletes++;
    struct np_blob_ent *e = find(c, id);
    if (e != NULL && !uncache(c, e))
        e = NULL;
    pthread_mutex_unlock(&c->lock);
    if (e != NULL)
        np_blob_ent_free(s, e);
}
