/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - small files that are read again and again, mapped whole: their frames need no read call.
 *
 * A map shows what the page cache has, so every frame is verified as if it had been read. Touching
 * a page that is not there would wait for the disk, and one behind the end of a file that was cut
 * ends a program by SIGBUS: the first is asked for before, the second is caught while a frame is
 * opened.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engines/blob/blob_int.h"

/* --- SIGBUS ----------------------------------------------------------------------------------- */

static __thread sigjmp_buf *guard; /* where to go on, while a frame is opened */
static struct sigaction before;

static void on_bus(int sig, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    if (guard != NULL)
        siglongjmp(*guard, 1);
    sigaction(sig, &before, NULL); /* the access is made again, and ends as it did without us */
}

/* Whoever had the signal has it back when no frame is being opened. */
static void catch_bus(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct sigaction sa = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO | SA_NODEFER}, now;
    sigemptyset(&sa.sa_mask);
    pthread_mutex_lock(&lock);
    sigaction(SIGBUS, NULL, &now);
    if (now.sa_sigaction != on_bus)
        sigaction(SIGBUS, &sa, &before);
    pthread_mutex_unlock(&lock);
}

/* --- which ------------------------------------------------------------------------------------ */

bool np_blob_map_wanted(struct np_blob_ent *e)
{
    return np_blob_file_size(e->size_bytes) <= NP_BLOB_MAP_BYTES &&
           (atomic_fetch_add_explicit(&e->opens, 1, memory_order_relaxed) + 1) %
                   NP_BLOB_MAP_OPENS ==
               0;
}

/* With the lock held: the map of the blob that was longest not read and is not read now. */
static struct np_blob_ent *victim(struct np_blob_cache *c)
{
    for (struct np_node *n = c->locked.lru.prev; n != &c->locked.lru; n = n->prev) {
        struct np_blob_ent *e = NP_CONTAINER(n, struct np_blob_ent, locked.lru);
        if (e->locked.refs == 1 && e->map != NULL)
            return e;
    }
    return NULL;
}

static bool make_room(struct np_blob_cache *c, uint64_t n)
{
    for (;;) {
        const char *old = NULL;
        uint64_t old_n = 0;
        pthread_mutex_lock(&c->lock);
        bool room = c->locked.mapped + n <= NP_BLOB_MAPPED;
        struct np_blob_ent *v = room ? NULL : victim(c);
        if (room)
            c->locked.mapped += n;
        if (v != NULL) {
            old = v->map;
            old_n = np_blob_file_size(v->size_bytes);
            v->map = NULL;
            c->locked.mapped -= old_n;
        }
        pthread_mutex_unlock(&c->lock);
        if (v == NULL)
            return room;
        munmap((void *)(uintptr_t)old, old_n);
    }
}

static void give_room(struct np_blob_cache *c, uint64_t n)
{
    pthread_mutex_lock(&c->lock);
    c->locked.mapped -= n;
    pthread_mutex_unlock(&c->lock);
}

void np_blob_map(struct np_blobs *s, struct np_blob_ent *e)
{
    uint64_t n = np_blob_file_size(e->size_bytes);
    if (!make_room(&s->cache, n))
        return;
    catch_bus();
    void *p = s->sys->map(e->fd, n);
    const char *none = NULL;
    if (p != MAP_FAILED && atomic_compare_exchange_strong(&e->map, &none, p))
        return;
    give_room(&s->cache, n);
    if (p != MAP_FAILED)
        munmap(p, n);
}

void np_blob_unmap(struct np_blobs *s, struct np_blob_ent *e)
{
    if (e->map == NULL)
        return;
    uint64_t n = np_blob_file_size(e->size_bytes);
    munmap((void *)(uintptr_t)e->map, n);
    e->map = NULL;
    give_room(&s->cache, n);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool is_resident(const struct np_blob_sys *sys, const char *p, size_t n)
{
    unsigned char pages[NP_BLOB_SEALED / 4096 + 2];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), lead = (uintptr_t)p % page;
    size_t count = (lead + n + page - 1) / page;
    if (count > sizeof(pages) || sys->resident(p - lead, lead + n, pages) != 0)
        return false;
    unsigned char all = 1;
    for (size_t i = 0; i < count; i++)
        all &= pages[i];
    return all & 1;
}

/* NP_EAGAIN: the file is shorter than its map. */
static int open_guarded(const struct np_blob_ent *e, struct np_aead *aead, uint64_t frame,
                        const char *in, void *out)
{
    sigjmp_buf here;
    if (sigsetjmp(here, 0) != 0) {
        guard = NULL;
        return NP_EAGAIN;
    }
    guard = &here;
    bool ok =
        np_blob_frame_open(&e->key, aead, frame, in, np_blob_frame_size(e->size_bytes, frame), out);
    guard = NULL;
    return ok ? 0 : NP_ECORRUPT;
}

int np_blob_map_open(struct np_blobs *s, const struct np_blob_ent *e, struct np_aead *aead,
                     uint64_t frame, const char *in, void *out)
{
    size_t n = np_blob_frame_size(e->size_bytes, frame) + NP_BLOB_TAG;
    return is_resident(s->sys, in, n) ? open_guarded(e, aead, frame, in, out) : NP_EAGAIN;
}
