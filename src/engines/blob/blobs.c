/* SPDX-License-Identifier: Apache-2.0 */
/* blobs.c - opening and closing a store, its own header file, deletes and the sweep. */
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/enc.h"
#include "engines/blob/blob_int.h"
#include "io/file.h"

/* --- blobs.meta --------------------------------------------------------------------------------
 */

static const char meta_magic[8] = {'N', 'P', 'B', 'L', 'O', 'B', 'S', '\n'};
#define META_VERSION 1

struct meta {
    char magic[8];
    uint32_t version;
    uint32_t encrypted;
    uint8_t salt[32];
    uint8_t check[32]; /* HMAC of the salt under the store's key; zero without encryption */
    uint8_t sum[8];    /* XXH3 of all before */
};
_Static_assert(sizeof(struct meta) == 88, "blobs.meta is 88 bytes");

/* One key for one use: np_hmac(key, purpose). */
static void sub_key(const uint8_t *key, const char *purpose, uint8_t out[32])
{
    static const uint8_t none[32];
    np_hmac_sha256(np_str_n(key != NULL ? key : none, 32), np_str_of(purpose), out);
}

static void meta_check(const uint8_t *key, const struct meta *m, uint8_t check[32])
{
    uint8_t k[32];
    sub_key(key, "nephele blobs 1 check", k);
    np_hmac_sha256(np_str_n(k, 32), np_str_n(m->salt, sizeof(m->salt)), check);
    np_wipe(k, sizeof(k));
}

static void meta_sum(const struct meta *m, uint8_t sum[8])
{
    np_digest_once(NP_XXHASH3, np_str_n(m, offsetof(struct meta, sum)), sum);
}

static int meta_write(struct np_str path, const uint8_t *key, struct np_err *err)
{
    struct meta m = {.version = htole32(META_VERSION), .encrypted = htole32(key != NULL)};
    memcpy(m.magic, meta_magic, sizeof(m.magic));
    np_random(m.salt, sizeof(m.salt));
    if (key != NULL)
        meta_check(key, &m, m.check);
    meta_sum(&m, m.sum);
    return np_file_write(path, np_str_n(&m, sizeof(m)), 0600, err);
}

static int meta_verify(struct np_str bytes, const struct np_blobs_opts *o, struct np_err *err)
{
    struct meta m;
    uint8_t sum[8], check[32];
    if (bytes.n != sizeof(m))
        return np_err(err, NP_ECORRUPT, "%.*s/blobs.meta is damaged: restore it from a backup",
                      NP_FMT(o->dir));
    memcpy(&m, bytes.p, sizeof(m));
    meta_sum(&m, sum);
    if (memcmp(m.magic, meta_magic, sizeof(m.magic)) != 0 || memcmp(m.sum, sum, sizeof(sum)) != 0)
        return np_err(err, NP_ECORRUPT, "%.*s/blobs.meta is damaged: restore it from a backup",
                      NP_FMT(o->dir));
    if (le32toh(m.version) != META_VERSION)
        return np_err(err, NP_EINVAL,
                      "the objects in %.*s were written by a newer version: run that one",
                      NP_FMT(o->dir));
    if (le32toh(m.encrypted) && o->key == NULL)
        return np_err(err, NP_EINVAL,
                      "the objects in %.*s are encrypted at rest: start without --at-rest=none, "
                      "or with another data directory",
                      NP_FMT(o->dir));
    if (!le32toh(m.encrypted) && o->key != NULL)
        return np_err(err, NP_EINVAL,
                      "the objects in %.*s are not encrypted at rest: start with --at-rest=none, "
                      "or with another data directory",
                      NP_FMT(o->dir));
    if (o->key == NULL)
        return 0;
    meta_check(o->key, &m, check);
    if (!np_ct_eq(np_str_n(check, 32), np_str_n(m.check, 32)))
        return np_err(err, NP_EINVAL,
                      "the objects in %.*s were encrypted under another key: put back the master "
                      "key file that belongs to this data directory",
                      NP_FMT(o->dir));
    return 0;
}

/* --- folders ------------------------------------------------------------------------------------
 */

/* Calls each() for the ids of one folder; a missing folder has none. */
static int each_in_folder(int root, unsigned folder, uint64_t from, uint64_t to,
                          void (*each)(void *arg, uint64_t id), void *arg, struct np_err *err)
{
    char name[8];
    snprintf(name, sizeof(name), "%02x", folder);
    int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (d == NULL) {
        int rc = np_err_errno(err, errno, "cannot read the folder %s of objects", name);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    errno = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL; errno = 0) {
        uint8_t be[8];
        if (strlen(e->d_name) != 16 || !np_unhex(be, np_str_n(e->d_name, 16)))
            continue;
        uint64_t id;
        memcpy(&id, be, sizeof(id));
        id = be64toh(id);
        if (id >= from && id < to)
            each(arg, id);
    }
    int rc =
        errno != 0 ? np_err_errno(err, errno, "cannot read the folder %s of objects", name) : 0;
    closedir(d);
    return rc;
}

int np_blobs_each(struct np_blobs *s, uint64_t from, uint64_t to,
                  void (*each)(void *arg, uint64_t id), void *arg, struct np_err *err)
{
    uint64_t first = from / NP_BLOB_TOGETHER, last = (to - 1) / NP_BLOB_TOGETHER;
    if (from >= to)
        return 0;
    if (last - first >= NP_BLOB_FOLDERS)
        last = first + NP_BLOB_FOLDERS - 1;
    int rc = 0;
    for (uint64_t f = first; rc == 0 && f <= last; f++)
        rc = each_in_folder(s->root, (unsigned)(f % NP_BLOB_FOLDERS), from, to, each, arg, err);
    return rc;
}

/* Files that were being written when the last process ended. */
static void sweep_tmp(int root)
{
    int fd = openat(root, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (d == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
}

static void see(void *arg, uint64_t id)
{
    (void)id;
    *(bool *)arg = true;
}

/* ext4 would put the files of all folders into one group of inodes. There every new file passes
 * over the inodes that were freed in the last minute: half a millisecond when objects are replaced
 * all the time. With this flag folders are spread. A hint; other file systems do not know it. */
static void spread_folders(int root)
{
    int flags;
    if (ioctl(root, FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_TOPDIR_FL;
        (void)ioctl(root, FS_IOC_SETFLAGS, &flags);
    }
}

/* A store without its header is a new one only if it holds nothing. */
static int create(int root, struct np_str meta, const struct np_blobs_opts *o, struct np_err *err)
{
    bool any = false;
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < NP_BLOB_FOLDERS; i++)
        rc = each_in_folder(root, i, 0, UINT64_MAX, see, &any, err);
    if (rc == 0 && any)
        rc = np_err(err, NP_ECORRUPT,
                    "%.*s holds objects but no blobs.meta: restore it from a backup",
                    NP_FMT(o->dir));
    spread_folders(root);
    return rc != 0 ? rc : meta_write(meta, o->key, err);
}

static int open_dir(const struct np_blobs_opts *o, int root, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str meta = np_str_printf(a, "%.*s/blobs.meta", NP_FMT(o->dir)), bytes;
    struct stat st;
    if (fstatat(root, "blobs.meta", &st, 0) != 0) {
        if (errno != ENOENT)
            return np_err_errno(err, errno, "cannot read %.*s", NP_FMT(meta));
        return create(root, meta, o, err);
    }
    int rc = np_file_read(a, meta, 4096, &bytes, err);
    if (rc == NP_E2BIG)
        bytes = NP_STR("");
    else if (rc != 0)
        return rc;
    rc = meta_verify(bytes, o, err);
    if (rc != 0)
        return rc;
    sweep_tmp(root);
    return 0;
}

int np_blobs_need_folder(struct np_blobs *s, uint64_t id)
{
    char name[NP_BLOB_NAME];
    unsigned i = np_blob_folder_of(id);
    if (atomic_load(&s->folder_made[i]))
        return 0;
    np_blob_folder(name, id);
    if (s->sys->make_folder(s->root, name) != 0 && errno != EEXIST)
        return np_blob_errno(errno);
    /* Also when it was there: who made it may not have come to its sync. */
    if (!s->no_sync && s->sys->sync_folder(s->root, ".") != 0)
        return np_blob_errno(errno);
    atomic_store(&s->folder_made[i], true);
    return 0;
}

/* --- the store -----------------------------------------------------------------------------------
 */

int np_blobs_open(const struct np_blobs_opts *o, struct np_blobs **out, struct np_err *err)
{
    char path[PATH_MAX];
    int rc = np_dir_make(o->dir, 0700, err);
    if (rc != 0)
        return rc;
    snprintf(path, sizeof(path), "%.*s", NP_FMT(o->dir));
    NP_AUTO_FD root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return np_err_errno(err, errno, "cannot open %s", path);
    rc = open_dir(o, root, err);
    if (rc != 0)
        return rc;

    struct np_blobs *s = np_heap_new(struct np_blobs);
    atomic_init(&s->refs, 1);
    s->jobs = o->jobs;
    s->root = np_fd_take(&root);
    s->encrypted = o->key != NULL;
    s->no_sync = o->no_sync;
    sub_key(o->key, "nephele blobs 1 frames", s->frame_key);
    sub_key(o->key, "nephele blobs 1 seals", s->seal_key);
    s->sys = &np_blob_sys;
    np_blob_pool_init(&s->chunks, np_blob_chunk_bytes());
    np_blob_pool_init(&s->sealed, NP_BLOB_CHUNK / NP_BLOB_FRAME * NP_BLOB_SEALED);
    np_blob_pool_init(&s->frames, NP_BLOB_SEALED);
    np_blob_pool_init(&s->reads, NP_BLOB_READ * NP_BLOB_SEALED);
    np_blob_cache_init(&s->cache);
    pthread_mutex_init(&s->lock, NULL);
    s->locked.small.last = &s->locked.small.first;
    s->locked.large.last = &s->locked.large.first;
    s->locked.names.last = &s->locked.names.first;
    s->locked.hash.last = &s->locked.hash.first;
    *out = s;
    return 0;
}

void np_blobs_unref(struct np_blobs *s)
{
    if (atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    np_blob_cache_fini(s);
    np_blob_pool_fini(&s->chunks);
    np_blob_pool_fini(&s->sealed);
    np_blob_pool_fini(&s->frames);
    np_blob_pool_fini(&s->reads);
    for (unsigned i = 0; i < s->locked.n_seals; i++)
        np_aead_free(s->locked.seals[i]);
    pthread_mutex_destroy(&s->lock);
    close(s->root);
    np_wipe(s->frame_key, sizeof(s->frame_key));
    np_wipe(s->seal_key, sizeof(s->seal_key));
    np_free(s);
}

void np_blobs_close(struct np_blobs *s)
{
    if (s != NULL)
        np_blobs_unref(s);
}

void np_blobs_set_sys(struct np_blobs *s, const struct np_blob_sys *sys)
{
    s->sys = sys;
}

/* --- deletes -------------------------------------------------------------------------------------
 */

struct delete
{
    struct np_job job;
    struct np_blobs *s;
    void (*done)(void *arg, int rc);
    void *arg;
    int rc;
    size_t n;
    uint64_t ids[];
};

static void delete_work(struct np_job *j)
{
    struct delete *d = NP_CONTAINER(j, struct delete, job);
    struct np_blobs *s = d->s;
    bool folders[NP_BLOB_FOLDERS] = {false};
    for (size_t i = 0; i < d->n; i++) {
        char name[NP_BLOB_NAME];
        np_blob_name(name, d->ids[i]);
        int failed = s->sys->unlink(s->root, name) != 0 ? errno : 0;
        np_blob_cache_drop(s, d->ids[i]);
        if (failed == 0)
            folders[np_blob_folder_of(d->ids[i])] = true;
        else if (failed != ENOENT)
            d->rc = np_blob_errno(failed);
    }
    /* Else a power loss could bring back a file that no row knows any more. */
    for (unsigned i = 0; !s->no_sync && i < NP_BLOB_FOLDERS; i++) {
        char name[8];
        snprintf(name, sizeof(name), "%02x", i);
        if (folders[i] && s->sys->sync_folder(s->root, name) != 0)
            d->rc = np_blob_errno(errno);
    }
}

static void delete_done(struct np_job *j)
{
    struct delete *d = NP_CONTAINER(j, struct delete, job);
    if (d->done != NULL)
        d->done(d->arg, d->rc);
    np_blobs_unref(d->s);
    np_free(d);
}

void np_blob_delete(struct np_blobs *s, struct np_loop *l, const uint64_t *ids, size_t n,
                    void (*done)(void *arg, int rc), void *arg)
{
    struct delete *d = np_heap_alloc(sizeof(*d) + n * sizeof(d->ids[0]));
    d->s = np_blobs_ref(s);
    d->done = done;
    d->arg = arg;
    d->n = n;
    if (n != 0)
        memcpy(d->ids, ids, n * sizeof(ids[0]));
    np_job_submit(s->jobs, l, &d->job, delete_work, delete_done);
}
