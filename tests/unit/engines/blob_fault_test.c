/* SPDX-License-Identifier: Apache-2.0 */
/* blob_fault_test.c - every system call of the store fails in turn, and what must come before what.
 */
#include "blob_test.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/auto.h"

/* --- the faults: one call of one kind fails ----------------------------------------------------
 */

enum call {
    MAKE_FOLDER,
    OPEN_UNNAMED,
    OPEN_NAMED,
    PWRITE,
    START_SYNC,
    SYNC_DATA,
    LINK,
    RENAME,
    SYNC_FOLDER,
    OPEN_READ,
    PREAD,
    CALLS,
};

/* Jobs run on several threads, so these are atomic. The calls come from the table without an
 * argument. */
static struct {
    atomic_int left; /* calls that still succeed; below 0: all do */
    atomic_int errnum;
    atomic_bool named, short_writes, fired;
    atomic_uint seen[CALLS];
} faults;

static bool faulty(enum call c)
{
    atomic_fetch_add(&faults.seen[c], 1);
    if (atomic_load(&faults.left) < 0 || atomic_fetch_sub(&faults.left, 1) != 0)
        return false;
    atomic_store(&faults.fired, true);
    errno = atomic_load(&faults.errnum);
    return true;
}

static int f_make_folder(int root, const char *folder)
{
    return faulty(MAKE_FOLDER) ? -1 : np_blob_sys.make_folder(root, folder);
}

static int f_open_unnamed(int root, const char *folder)
{
    if (atomic_load(&faults.named)) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return faulty(OPEN_UNNAMED) ? -1 : np_blob_sys.open_unnamed(root, folder);
}

static int f_open_named(int root, const char *name)
{
    return faulty(OPEN_NAMED) ? -1 : np_blob_sys.open_named(root, name);
}

static ssize_t f_pwrite(int fd, const void *p, size_t n, off_t off)
{
    if (faulty(PWRITE))
        return -1;
    if (atomic_load(&faults.short_writes) && n > 1)
        n = n / 2 + 1;
    return np_blob_sys.pwrite(fd, p, n, off);
}

static int f_start_sync(int fd, off_t off, off_t n)
{
    return faulty(START_SYNC) ? -1 : np_blob_sys.start_sync(fd, off, n);
}

static int f_sync_data(int fd)
{
    return faulty(SYNC_DATA) ? -1 : np_blob_sys.sync_data(fd);
}

static int f_link_fd(int fd, int root, const char *name)
{
    return faulty(LINK) ? -1 : np_blob_sys.link_fd(fd, root, name);
}

static int f_rename(int root, const char *from, const char *to)
{
    return faulty(RENAME) ? -1 : np_blob_sys.rename(root, from, to);
}

static int f_sync_folder(int root, const char *folder)
{
    return faulty(SYNC_FOLDER) ? -1 : np_blob_sys.sync_folder(root, folder);
}

static int f_open_read(int root, const char *name, bool cached_only)
{
    return faulty(OPEN_READ) ? -1 : np_blob_sys.open_read(root, name, cached_only);
}

static ssize_t f_pread(int fd, void *p, size_t n, off_t off, bool cached_only)
{
    return faulty(PREAD) ? -1 : np_blob_sys.pread(fd, p, n, off, cached_only);
}

static int f_unlink(int root, const char *name)
{
    return np_blob_sys.unlink(root, name);
}

static void *f_map(int fd, size_t n)
{
    return np_blob_sys.map(fd, n);
}

static int f_resident(const void *page, size_t n, unsigned char *pages)
{
    return np_blob_sys.resident(page, n, pages);
}

static const struct np_blob_sys fault_sys = {
    .make_folder = f_make_folder,
    .open_unnamed = f_open_unnamed,
    .open_named = f_open_named,
    .pwrite = f_pwrite,
    .start_sync = f_start_sync,
    .sync_data = f_sync_data,
    .link_fd = f_link_fd,
    .rename = f_rename,
    .unlink = f_unlink,
    .sync_folder = f_sync_folder,
    .open_read = f_open_read,
    .pread = f_pread,
    .map = f_map,
    .resident = f_resident,
};

static void faults_set(int left, int errnum)
{
    atomic_store(&faults.left, left);
    atomic_store(&faults.errnum, errnum);
    atomic_store(&faults.fired, false);
}

static void faults_init(struct rig *r, bool no_sync)
{
    atomic_store(&faults.named, false);
    atomic_store(&faults.short_writes, false);
    for (unsigned i = 0; i < CALLS; i++)
        atomic_store(&faults.seen[i], 0);
    faults_set(-1, 0);
    rig_init(r, blob_test_key, no_sync);
    np_blobs_set_sys(r->store, &fault_sys);
}

/* --- what must hold after each ------------------------------------------------------------------
 */

static unsigned count_in(const char *path)
{
    DIR *d = opendir(path);
    NP_CHECK(d != NULL, "%s", path);
    unsigned n = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static unsigned count_tmp(void)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/tmp", np_test_dir());
    return access(path, F_OK) == 0 ? count_in(path) : 0;
}

static const struct {
    size_t n;
    bool named, no_sync;
    const char *why;
} puts_[] = {
    {100, false, false, "small"},
    {100, true, false, "small, named"},
    {100, false, true, "small, not synced"},
    {100, true, true, "small, named, not synced"},
    {5 * NP_BLOB_CHUNK + 1, false, false, "several chunks"},
    {5 * NP_BLOB_CHUNK + 1, true, false, "several chunks, named"},
    {NP_BLOB_LARGE + 3 * NP_BLOB_CHUNK, false, false, "synced alone"},
};

static void remove_blob(struct rig *r, uint64_t id)
{
    char name[NP_BLOB_NAME];
    np_blob_name(name, id);
    NP_CHECK(np_blob_sys.unlink(r->store->root, name) == 0);
}

static void each_call_of_a_put_fails(size_t n, bool named, bool no_sync, int errnum, int want)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, n, 1);
    char *got = np_alloc(a, n);
    size_t n_got;
    faults_init(&r, no_sync);
    atomic_store(&faults.named, named);
    NP_CHECK(rig_put(&r, 1, NULL, data, 65536) == 0);
    rig_close_store(&r); /* the folder is made sure of again */
    NP_CHECK(rig_open_store(&r, blob_test_key, no_sync, NULL) == 0);
    np_blobs_set_sys(r.store, &fault_sys);
    unsigned fds = count_in("/proc/self/fd");
    /* Past the first calls of a long put all writes are alike. */
    for (int k = 0;; k = k < 24 ? k + 1 : k + 13) {
        faults_set(k, errnum);
        unsigned hints = atomic_load(&faults.seen[START_SYNC]);
        int rc = rig_put(&r, 2, NULL, data, 65536);
        bool fired = atomic_load(&faults.fired);
        hints = atomic_load(&faults.seen[START_SYNC]) - hints;
        faults_set(-1, 0);
        NP_CHECK(rc == want || (rc == 0 && (!fired || hints > 0)), "call %d: %s", k,
                 np_code_name(rc));
        NP_CHECK(rig_count(&r) == (rc == 0 ? 2 : 1), "call %d leaves a file", k);
        NP_CHECK(count_tmp() == 0, "call %d leaves a temporary file", k);
        NP_CHECK(count_in("/proc/self/fd") == fds, "call %d leaves a descriptor", k);
        if (rc != 0)
            NP_CHECK(rig_put(&r, 2, NULL, data, 65536) == 0, "the store goes on");
        rig_reopen(&r, blob_test_key);
        NP_CHECK(rig_get(&r, 2, NULL, 0, UINT64_MAX, got, &n_got) == 0 && n_got == n);
        NP_CHECK(memcmp(got, data.p, n) == 0);
        remove_blob(&r, 2);
        rig_close_store(&r);
        NP_CHECK(rig_open_store(&r, blob_test_key, no_sync, NULL) == 0);
        np_blobs_set_sys(r.store, &fault_sys);
        if (!fired)
            break;
    }
    remove_blob(&r, 1);
    rig_fini(&r);
}

NP_TEST(a_put_reports_a_full_disk_wherever_it_meets_it)
{
    NP_EACH (p, puts_)
        each_call_of_a_put_fails(p->n, p->named, p->no_sync, ENOSPC, NP_ENOSPC);
}

NP_TEST(a_put_reports_a_failing_disk_wherever_it_meets_it)
{
    NP_EACH (p, puts_)
        each_call_of_a_put_fails(p->n, p->named, p->no_sync, EIO, NP_EIO);
}

NP_TEST(short_writes_are_completed)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, 3 * NP_BLOB_CHUNK, 1);
    char *got = np_alloc(a, data.n);
    size_t n;
    faults_init(&r, true);
    atomic_store(&faults.short_writes, true);
    NP_CHECK(rig_put(&r, 1, NULL, data, 65536) == 0);
    NP_CHECK(rig_get(&r, 1, NULL, 0, UINT64_MAX, got, &n) == 0);
    NP_CHECK_STR(np_str_n(got, n), data);
    rig_fini(&r);
}

NP_TEST(a_get_reports_a_failing_disk)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, 9 * NP_BLOB_FRAME, 1);
    char *got = np_alloc(a, data.n);
    size_t n;
    faults_init(&r, true);
    NP_CHECK(rig_put(&r, 1, NULL, data, 65536) == 0);
    unsigned failed = 0, fds = count_in("/proc/self/fd");
    for (int k = 0;; k++) {
        rig_reopen(&r, blob_test_key);
        atomic_store(&r.store->no_nowait, k % 2); /* hot, then cold */
        np_blobs_set_sys(r.store, &fault_sys);
        faults_set(k / 2, EIO);
        int rc = rig_get(&r, 1, NULL, 0, UINT64_MAX, got, &n);
        bool fired = atomic_load(&faults.fired);
        faults_set(-1, 0);
        NP_CHECK(rc == NP_EIO || rc == 0, "call %d: %s", k, np_code_name(rc));
        NP_CHECK(rc != 0 || n == data.n);
        NP_CHECK(memcmp(got, data.p, n) == 0);
        failed += rc != 0;
        rig_close_store(&r);
        NP_CHECK(count_in("/proc/self/fd") == fds - 1, "call %d leaves a descriptor", k);
        NP_CHECK(rig_open_store(&r, blob_test_key, true, NULL) == 0);
        if (!fired)
            break;
    }
    NP_CHECK(failed > 2);
    rig_fini(&r);
}

static void deleted(void *arg, int rc)
{
    rig_done(arg, rc, &(struct np_blob_sum){0});
}

NP_TEST(a_delete_that_is_not_durable_says_so)
{
    struct rig r;
    const uint64_t id = 1;
    faults_init(&r, false);
    NP_CHECK(rig_put(&r, 1, NULL, NP_STR("x"), 1) == 0);
    faults_set(0, EIO);
    np_blob_delete(r.store, r.loop, &id, 1, deleted, &r);
    rig_wait(&r);
    NP_CHECK(r.rc == NP_EIO);
    rig_fini(&r);
}

NP_TEST(a_file_beyond_the_limit_of_the_process_is_a_full_disk)
{
    struct rig r;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str data = rig_bytes(a, 2 << 20, 1);
    struct rlimit old, small;
    rig_init(&r, blob_test_key, false);
    NP_CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    small = old;
    small.rlim_cur = 1 << 20;
    void (*on_xfsz)(int) = signal(SIGXFSZ, SIG_IGN);
    NP_CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    int big = rig_put(&r, 1, NULL, data, 65536);
    int fits = rig_put(&r, 2, NULL, np_str_sub(data, 0, 900000), 65536);
    NP_CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    signal(SIGXFSZ, on_xfsz);
    NP_CHECK(big == NP_ENOSPC && fits == 0);
    NP_CHECK(rig_count(&r) == 1);
    rig_fini(&r);
}

/* --- order
 * ---------------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    unsigned n;
    unsigned syncs, links, folders; /* so far */
    unsigned bad;                   /* links before their sync */
    bool synced[1024];              /* by descriptor */
    unsigned links_at_folder_sync;
} order = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int o_sync_data(int fd)
{
    int rc = np_blob_sys.sync_data(fd);
    pthread_mutex_lock(&order.lock);
    order.syncs++;
    order.synced[fd] = true;
    pthread_mutex_unlock(&order.lock);
    return rc;
}

static int o_link_fd(int fd, int root, const char *name)
{
    pthread_mutex_lock(&order.lock);
    order.bad += !order.synced[fd];
    order.synced[fd] = false;
    order.links++;
    pthread_mutex_unlock(&order.lock);
    return np_blob_sys.link_fd(fd, root, name);
}

static int o_sync_folder(int root, const char *folder)
{
    int rc = np_blob_sys.sync_folder(root, folder);
    pthread_mutex_lock(&order.lock);
    order.folders++;
    if (strcmp(folder, ".") != 0)
        order.links_at_folder_sync = order.links;
    pthread_mutex_unlock(&order.lock);
    return rc;
}

static void o_done(void *arg, int rc, const struct np_blob_sum *sum)
{
    (void)sum;
    NP_CHECK(rc == 0);
    pthread_mutex_lock(&order.lock);
    NP_CHECK(++order.n <= order.links_at_folder_sync, "done before its folder was synced");
    pthread_mutex_unlock(&order.lock);
    ++*(unsigned *)arg;
}

NP_TEST(bytes_are_synced_before_the_name_and_the_name_before_done)
{
    enum { N = 60 };
    struct rig r;
    struct np_blob_sys sys = np_blob_sys;
    sys.sync_data = o_sync_data;
    sys.link_fd = o_link_fd;
    sys.sync_folder = o_sync_folder;
    rig_init(&r, blob_test_key, false);
    np_blobs_set_sys(r.store, &sys);
    unsigned done = 0;
    for (uint64_t i = 0; i < N; i++) {
        struct np_blob_writer *w = rig_begin(&r, i, NULL);
        NP_CHECK(np_blob_write(w, np_str_n(&i, sizeof(i))) == 0);
        np_blob_commit(w, o_done, &done);
    }
    while (done < N)
        np_loop_turn(r.loop, -1);
    NP_CHECK(order.syncs == N && order.links == N && order.bad == 0);
    NP_CHECK(order.folders < N, "%u syncs of one folder for %u commits", order.folders, N);
    rig_fini(&r);
}
