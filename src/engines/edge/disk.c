/* SPDX-License-Identifier: Apache-2.0 */
/* disk.c - the disk tier: which files there are, reading and writing them on jobs. */
#include "engines/edge/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/log.h"
#include "engines/edge/disk_int.h"
#include "io/file.h"

#define FOLDERS       256
#define LOG_MAX_BYTES ((size_t)8 * 1024 * 1024)

/* --- names --- */

void edge_disk_name(struct np_str key, unsigned char name[EDGE_NAME_N])
{
    unsigned char sum[NP_DIGEST_MAX];
    np_digest_once(NP_SHA256, key, sum);
    memcpy(name, sum, EDGE_NAME_N);
}

char *edge_disk_path(const struct edge_disk *d, struct np_arena *a, const unsigned char *name)
{
    char hex[EDGE_NAME_N * 2 + 1] = {0};
    np_hex(hex, name, EDGE_NAME_N);
    return np_str_z(a, np_str_printf(a, "%s/%.2s/%s", d->dir, hex, hex));
}

char *edge_disk_tmp_path(struct edge_disk *d, struct np_arena *a)
{
    pthread_mutex_lock(&d->lock);
    unsigned n = d->locked.next_tmp++;
    pthread_mutex_unlock(&d->lock);
    return np_str_z(a, np_str_printf(a, "%s/tmp/%u", d->dir, n));
}

static struct np_str name_str(const unsigned char *name)
{
    return np_str_n(name, EDGE_NAME_N);
}

/* --- the index --- */

void edge_disk_failed(struct edge_disk *d)
{
    pthread_mutex_lock(&d->lock);
    d->locked.failures++;
    pthread_mutex_unlock(&d->lock);
}

static struct edge_disk_item *item_take(struct edge_disk *d, const unsigned char *name)
{
    struct edge_disk_item *i = np_map_del(d->locked.names, name_str(name));
    if (i != NULL) {
        edge_fifo_remove(&d->locked.fifo, &i->item);
        d->locked.objects--;
    }
    return i;
}

static void unlink_name(const struct edge_disk *d, const unsigned char *name)
{
    NP_AUTO_ARENA a = np_arena_new();
    unlink(edge_disk_path(d, a, name));
}

void edge_disk_forget(struct edge_disk *d, const unsigned char *name)
{
    pthread_mutex_lock(&d->lock);
    struct edge_disk_item *i = item_take(d, name);
    unlink_name(d, name);
    pthread_mutex_unlock(&d->lock);
    np_free(i);
}

static void make_room(struct edge_disk *d)
{
    struct edge_fifo_item *x;
    while ((x = edge_fifo_evict(&d->locked.fifo)) != NULL) {
        struct edge_disk_item *i = NP_CONTAINER(x, struct edge_disk_item, item);
        np_map_del(d->locked.names, name_str(i->name));
        d->locked.objects--;
        unlink_name(d, i->name);
        np_free(i);
    }
}

void edge_disk_add(struct edge_disk *d, const unsigned char *name, uint64_t size, bool is_ours)
{
    pthread_mutex_lock(&d->lock);
    struct edge_disk_item *i = np_map_get(d->locked.names, name_str(name));
    if (i == NULL) {
        i = np_heap_new(struct edge_disk_item);
        memcpy(i->name, name, EDGE_NAME_N);
        memcpy(&i->item.hash, name, sizeof(i->item.hash));
        i->item.size = size;
        np_map_put(d->locked.names, name_str(name), i);
        edge_fifo_add(&d->locked.fifo, &i->item);
        d->locked.objects++;
    } else {
        edge_fifo_resize(&d->locked.fifo, &i->item, size);
    }
    i->is_ours |= is_ours;
    make_room(d);
    pthread_mutex_unlock(&d->lock);
}

bool edge_disk_is_ours(struct edge_disk *d, const unsigned char *name)
{
    pthread_mutex_lock(&d->lock);
    const struct edge_disk_item *i = np_map_get(d->locked.names, name_str(name));
    bool ours = i != NULL && i->is_ours;
    pthread_mutex_unlock(&d->lock);
    return ours;
}

bool edge_disk_may_have(struct edge_disk *d, struct np_str key)
{
    unsigned char name[EDGE_NAME_N];
    edge_disk_name(key, name);
    pthread_mutex_lock(&d->lock);
    struct edge_disk_item *i = np_map_get(d->locked.names, name_str(name));
    bool may = i != NULL || !d->locked.scanned;
    if (i != NULL)
        edge_fifo_use(&i->item);
    pthread_mutex_unlock(&d->lock);
    return may;
}

void edge_disk_count(struct edge_disk *d, struct edge_disk_count *out)
{
    pthread_mutex_lock(&d->lock);
    *out = (struct edge_disk_count){.objects = d->locked.objects,
                                    .bytes = edge_fifo_bytes(&d->locked.fifo),
                                    .failures = d->locked.failures};
    pthread_mutex_unlock(&d->lock);
}

/* --- the scan --- */

struct scan {
    struct np_job job;
    struct edge_disk *disk;
};

static void scan_folder(struct edge_disk *d, const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        unsigned char name[EDGE_NAME_N];
        struct stat st;
        struct np_str text = np_str_of(e->d_name);
        if (text.n != EDGE_NAME_N * 2 || !np_unhex(name, text))
            continue;
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            edge_disk_add(d, name, (uint64_t)st.st_size, false);
    }
    closedir(dir);
}

static void scan_work(struct np_job *j)
{
    struct edge_disk *d = NP_CONTAINER(j, struct scan, job)->disk;
    NP_AUTO_ARENA a = np_arena_new();
    for (unsigned i = 0; i < FOLDERS; i++)
        scan_folder(d, np_str_z(a, np_str_printf(a, "%s/%02x", d->dir, i)));
    pthread_mutex_lock(&d->lock);
    d->locked.scanned = true;
    pthread_mutex_unlock(&d->lock);
}

static void scan_done(struct np_job *j)
{
    np_free(NP_CONTAINER(j, struct scan, job));
}

void edge_disk_scan(struct edge_disk *d, struct np_loop *l)
{
    pthread_mutex_lock(&d->lock);
    bool again = d->locked.scanning;
    d->locked.scanning = true;
    pthread_mutex_unlock(&d->lock);
    if (again)
        return;
    struct scan *s = np_heap_new(struct scan);
    s->disk = d;
    np_job_submit(d->jobs, l, &s->job, scan_work, scan_done);
}

/* --- opening --- */

static void empty_folder(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
}

/* Those of objects are made when the first one comes: a start need not wait for them. */
static int prepare_folders(const struct edge_disk *d, struct np_arena *a, bool empty,
                           struct np_err *err)
{
    struct np_str tmp = np_str_printf(a, "%s/tmp", d->dir);
    int rc = np_dir_make(tmp, 0700, err);
    if (rc != 0)
        return rc;
    empty_folder(np_str_z(a, tmp));
    for (unsigned i = 0; i < FOLDERS && empty; i++)
        empty_folder(np_str_z(a, np_str_printf(a, "%s/%02x", d->dir, i)));
    return 0;
}

bool edge_disk_settle(const struct edge_disk *d, struct np_arena *a, const char *tmp,
                      const unsigned char *name)
{
    const char *path = edge_disk_path(d, a, name);
    if (rename(tmp, path) == 0)
        return true;
    struct np_str folder = np_str_n(path, (size_t)(strrchr(path, '/') - path));
    return errno == ENOENT && np_dir_make(folder, 0700, NULL) == 0 && rename(tmp, path) == 0;
}

static struct np_str boot_id(char buf[64])
{
    NP_AUTO_FD fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, buf, 64) : -1;
    return n > 0 ? np_str_trim(np_str_n(buf, (size_t)n)) : NP_STR("unknown");
}

/* What was written before the machine went down may be in part there, and so may the calls to take
 * it back: nothing of it is used. */
static int is_of_this_boot(const struct edge_disk *d, struct np_arena *a, bool *same,
                           struct np_err *err)
{
    char buf[64];
    struct np_str now = boot_id(buf), was, path = np_str_printf(a, "%s/boot", d->dir);
    *same = np_file_read(a, path, sizeof(buf), &was, NULL) == 0 && np_str_eq(was, now);
    return *same ? 0 : np_file_put(path, now, 0600, err);
}

/* Lines of moment, id and pattern, split by blanks, which none of them has. */
static void read_log(struct np_str text, edge_disk_called_back *back, void *arg)
{
    struct np_str line, at_text, rest, id, pattern;
    while (np_str_split(&text, '\n', &line)) {
        uint64_t at;
        if (np_str_cut(line, ' ', &at_text, &rest) && np_str_u64(at_text, &at) &&
            np_str_cut(rest, ' ', &id, &pattern))
            back(arg, id, at, pattern);
    }
}

static int open_log(struct edge_disk *d, struct np_arena *a, bool empty,
                    edge_disk_called_back *back, void *arg, struct np_err *err)
{
    struct np_str text, path = np_str_printf(a, "%s/invalidations", d->dir);
    if (!empty && np_file_read(a, path, LOG_MAX_BYTES, &text, NULL) == 0)
        read_log(text, back, arg);
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (empty ? O_TRUNC : 0);
    d->log_fd = open(np_str_z(a, path), flags, 0600);
    return d->log_fd < 0 ? np_err_errno(err, errno, "cannot open %.*s", NP_FMT(path)) : 0;
}

static bool log_is_small(const struct edge_disk *d, struct np_arena *a)
{
    struct stat st;
    const char *path = np_str_z(a, np_str_printf(a, "%s/invalidations", d->dir));
    return stat(path, &st) < 0 ? errno == ENOENT : (size_t)st.st_size < LOG_MAX_BYTES / 2;
}

static int open_all(struct edge_disk *d, struct np_arena *a, edge_disk_called_back *back, void *arg,
                    struct np_err *err)
{
    bool same;
    int rc = np_dir_make(np_str_of(d->dir), 0700, err);
    if (rc == 0)
        rc = np_file_lock(np_str_printf(a, "%s/lock", d->dir), &d->lock_fd, err);
    if (rc == 0)
        rc = is_of_this_boot(d, a, &same, err);
    if (rc != 0)
        return rc;
    /* A long list of what was called back is shortened with all that it speaks of. */
    bool empty = !same || !log_is_small(d, a);
    rc = prepare_folders(d, a, empty, err);
    return rc == 0 ? open_log(d, a, empty, back, arg, err) : rc;
}

int edge_disk_open(struct np_str dir, uint64_t most_bytes, struct np_jobs *jobs,
                   struct edge_slab *slab, edge_disk_called_back *back, void *arg,
                   struct edge_disk **out, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct edge_disk *d = np_heap_new(struct edge_disk);
    d->dir = np_heap_alloc(dir.n + 1);
    memcpy(d->dir, dir.p, dir.n);
    d->lock_fd = d->log_fd = -1;
    d->jobs = jobs;
    d->slab = slab;
    pthread_mutex_init(&d->lock, NULL);
    d->locked.names = np_map_new();
    edge_fifo_init(&d->locked.fifo, most_bytes);
    int rc = open_all(d, a, back, arg, err);
    if (rc != 0) {
        edge_disk_close(d);
        return rc;
    }
    *out = d;
    return 0;
}

void edge_disk_close(struct edge_disk *d)
{
    if (d == NULL)
        return;
    np_map_free(d->locked.names, np_free);
    if (d->log_fd >= 0)
        close(d->log_fd);
    if (d->lock_fd >= 0)
        close(d->lock_fd);
    pthread_mutex_destroy(&d->lock);
    np_free(d->dir);
    np_free(d);
}

void edge_disk_invalidated(struct edge_disk *d, struct np_str id, uint64_t at,
                           const struct np_str *patterns, size_t n)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, LOG_MAX_BYTES * 4);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%llu %.*s %.*s\n", (unsigned long long)at, NP_FMT(id),
                      NP_FMT(patterns[i]));
    if (np_write_all(d->log_fd, b.p, b.n, NULL) != 0)
        edge_disk_failed(d);
}

/* --- loading --- */

struct load {
    struct np_job job;
    struct edge_disk *disk;
    struct np_arena *arena;
    struct np_str key;
    struct edge_object *object;
    void (*done)(void *arg, struct edge_object *o);
    void *arg;
};

static void load_work(struct np_job *j)
{
    struct load *x = NP_CONTAINER(j, struct load, job);
    unsigned char name[EDGE_NAME_N];
    edge_disk_name(x->key, name);
    int fd = open(edge_disk_path(x->disk, x->arena, name), O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    x->object = edge_disk_read(fd, x->key, x->disk->slab, !edge_disk_is_ours(x->disk, name));
    if (x->object == NULL) {
        edge_disk_forget(x->disk, name);
        edge_disk_failed(x->disk);
    } else if (x->object->body->fd >= 0) {
        edge_disk_add(x->disk, name, x->object->body->file_off + x->object->body->n, true);
    }
}

static void load_done(struct np_job *j)
{
    struct load *x = NP_CONTAINER(j, struct load, job);
    x->done(x->arg, x->object);
    np_arena_free(x->arena);
    np_free(x);
}

void edge_disk_load(struct edge_disk *d, struct np_loop *l, struct np_str key,
                    void (*done)(void *arg, struct edge_object *o), void *arg)
{
    struct load *x = np_heap_new(struct load);
    x->disk = d;
    x->arena = np_arena_new();
    x->key = np_str_dup(x->arena, key);
    x->done = done;
    x->arg = arg;
    np_job_submit(d->jobs, l, &x->job, load_work, load_done);
}

/* --- saving --- */

struct save {
    struct np_job job;
    struct edge_disk *disk;
    struct np_arena *arena;
    struct np_str key;
    struct edge_object *object;
};

static uint64_t sum_of_memory(const struct edge_body *b)
{
    uint64_t sum;
    struct np_digest *d = np_digest_new(NP_XXHASH3);
    for (size_t i = 0; i < b->n_chunks; i++)
        np_digest_add(d, b->chunks[i]->data, b->chunks[i]->n);
    np_digest_end(d, &sum);
    np_digest_free(d);
    return sum;
}

static bool write_object(int fd, struct np_str key, const struct edge_object *o)
{
    const struct edge_body *b = o->body;
    uint64_t at = edge_disk_head_n(o, key.n, false);
    if (!edge_disk_write_head(fd, key, o, at, sum_of_memory(b)))
        return false;
    for (size_t i = 0; i < b->n_chunks; i++) {
        if (!edge_disk_write_all(fd, b->chunks[i]->data, b->chunks[i]->n, at))
            return false;
        at += b->chunks[i]->n;
    }
    return true;
}

static void save_new(struct save *s)
{
    unsigned char name[EDGE_NAME_N];
    edge_disk_name(s->key, name);
    const char *tmp = edge_disk_tmp_path(s->disk, s->arena);
    NP_AUTO_FD fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    uint64_t size = edge_disk_head_n(s->object, s->key.n, false) + s->object->body->n;
    if (fd < 0 || !write_object(fd, s->key, s->object) ||
        !edge_disk_settle(s->disk, s->arena, tmp, name)) {
        unlink(tmp);
        edge_disk_failed(s->disk);
        return;
    }
    edge_disk_add(s->disk, name, size, true);
}

/* Of a file that is its own body: in place, if the head still fits. A torn one is found by its sum.
 */
static void save_head(struct save *s)
{
    const struct edge_body *b = s->object->body;
    uint64_t sum;
    if (!edge_disk_body_sum(b->fd, &sum) ||
        !edge_disk_write_head(b->fd, s->key, s->object, b->file_off, sum))
        edge_disk_failed(s->disk);
}

static void save_work(struct np_job *j)
{
    struct save *s = NP_CONTAINER(j, struct save, job);
    if (s->object->body->fd >= 0)
        save_head(s);
    else
        save_new(s);
}

static void save_done(struct np_job *j)
{
    struct save *s = NP_CONTAINER(j, struct save, job);
    pthread_mutex_lock(&s->disk->lock);
    s->disk->locked.queued--;
    pthread_mutex_unlock(&s->disk->lock);
    edge_object_unref(s->object);
    np_arena_free(s->arena);
    np_free(s);
}

static bool has_room(struct edge_disk *d)
{
    pthread_mutex_lock(&d->lock);
    bool ok = d->locked.queued < NP_EDGE_DISK_QUEUE_MAX;
    if (ok)
        d->locked.queued++;
    pthread_mutex_unlock(&d->lock);
    return ok;
}

void edge_disk_save(struct edge_disk *d, struct np_loop *l, const struct edge_key *k,
                    struct edge_object *o)
{
    if (o->body == NULL || o->no_store_on_disk || o->is_pass || !has_room(d))
        return;
    struct save *s = np_heap_new(struct save);
    s->disk = d;
    s->arena = np_arena_new();
    s->key = np_str_dup(s->arena, k->text);
    s->object = o;
    edge_object_ref(o);
    np_job_submit(d->jobs, l, &s->job, save_work, save_done);
}
