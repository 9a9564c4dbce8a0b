/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - the view: one regular file of a volume's bytes, with a key AES-256-XTS below it, a hole
 * is zeroes. It outlives the agent, holds the key in locked memory alone, and has no rights but its
 * descriptors. Below a loop device requests are whole sectors; where a guest has the file itself
 * they are anything, and the file behaves like a device: its size is not the guest's to change. */
#define FUSE_USE_VERSION 314
#include "host/volume/view.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <linux/fs.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base/digest.h"
#include "host/volume/volume_int.h"

#define THREADS 8
#define PIECE   ((size_t)1 << 20) /* bytes of one request at most */
#define HELD_MS 2
#define ATTR_S  1.0

/* What a request needs for itself. */
struct bench {
    struct np_xts *seal, *open;
    uint8_t *buf; /* of a piece, and the sectors that it begins and ends in */
    struct bench *next;
};

static struct {
    struct {
        pthread_mutex_t mutex;
        struct bench *free;
    } locked;
    struct bench first;     /* the others' keys are copies of its */
    bool sealed;            /* there is a key */
    pthread_rwlock_t parts; /* held alone by who changes a part of a sector */
    struct np_view_hold *hold;
} view = {.locked.mutex = PTHREAD_MUTEX_INITIALIZER, .parts = PTHREAD_RWLOCK_INITIALIZER};

static struct bench *take(void)
{
    pthread_mutex_lock(&view.locked.mutex);
    struct bench *b = view.locked.free;
    if (b != NULL)
        view.locked.free = b->next;
    pthread_mutex_unlock(&view.locked.mutex);
    if (b != NULL)
        return b;
    b = np_heap_new(struct bench);
    b->seal = view.sealed ? np_xts_copy(view.first.seal) : NULL;
    b->open = view.sealed ? np_xts_copy(view.first.open) : NULL;
    b->buf = np_heap_alloc(PIECE + 2 * NP_XTS_SECTOR);
    return b;
}

static void give(struct bench *b)
{
    pthread_mutex_lock(&view.locked.mutex);
    b->next = view.locked.free;
    view.locked.free = b;
    pthread_mutex_unlock(&view.locked.mutex);
}

/* --- requests --- */

static void do_init(void *unused, struct fuse_conn_info *conn)
{
    conn->max_write = PIECE;
    conn->max_readahead = PIECE; /* of a guest that has the file itself */
    conn->max_background = 64;
    conn->want |= conn->capable & (FUSE_CAP_ASYNC_DIO | FUSE_CAP_ASYNC_READ);
}

static bool look(struct stat *st)
{
    struct stat disk;
    if (fstat(NP_VIEW_DISK, &disk) != 0)
        return false;
    *st = (struct stat){.st_ino = FUSE_ROOT_ID,
                        .st_mode = S_IFREG | 0600,
                        .st_nlink = 1,
                        .st_size = disk.st_size,
                        .st_blocks = disk.st_blocks,
                        .st_blksize = NP_XTS_SECTOR};
    return true;
}

/* Not kept for long: the disk may have grown. But each read of the file asks for what is not kept.
 */
static void do_getattr(fuse_req_t rq, fuse_ino_t ino, struct fuse_file_info *fi)
{
    struct stat st;
    if (look(&st))
        fuse_reply_attr(rq, &st, ATTR_S);
    else
        fuse_reply_err(rq, errno);
}

/* Times and mode are nobody's, the size is the agent's to change: as of a device all that is
 * ignored, so that a file that is opened to be truncated can be written. */
static void do_setattr(fuse_req_t rq, fuse_ino_t ino, struct stat *attr, int which,
                       struct fuse_file_info *fi)
{
    do_getattr(rq, ino, fi);
}

static void do_open(fuse_req_t rq, fuse_ino_t ino, struct fuse_file_info *fi)
{
    fuse_reply_open(rq, fi);
}

/* --- bytes --- */

/* The sectors that n bytes at `at` lie in. */
struct span {
    off_t first;
    size_t before, all; /* bytes before `at`; of all sectors */
};

static struct span span_of(off_t at, size_t n)
{
    size_t before = (size_t)(at % NP_XTS_SECTOR);
    size_t all = (before + n + NP_XTS_SECTOR - 1) / NP_XTS_SECTOR * NP_XTS_SECTOR;
    return (struct span){at - (off_t)before, before, all};
}

/* In the clear; what is past the end is zeroes. False: errno. */
static bool read_sectors(struct bench *b, off_t at, uint8_t *to, size_t n)
{
    ssize_t got = pread(NP_VIEW_DISK, to, n, at);
    if (got < 0)
        return false;
    memset(to + got, 0, n - (size_t)got);
    if (view.sealed)
        np_xts_run(b->open, (uint64_t)at / NP_XTS_SECTOR, to, to, n);
    return true;
}

/* How much of n bytes at `at` the volume has. */
static size_t within(off_t at, size_t n)
{
    struct stat st;
    if (at < 0 || fstat(NP_VIEW_DISK, &st) != 0 || at >= st.st_size)
        return 0;
    return n < (size_t)(st.st_size - at) ? n : (size_t)(st.st_size - at);
}

static void do_read(fuse_req_t rq, fuse_ino_t ino, size_t n, off_t at, struct fuse_file_info *fi)
{
    n = within(at, n < PIECE ? n : PIECE);
    struct span s = span_of(at, n);
    struct bench *b = take();
    pthread_rwlock_rdlock(&view.parts);
    bool fine = read_sectors(b, s.first, b->buf, s.all);
    int why = errno;
    pthread_rwlock_unlock(&view.parts);
    if (fine)
        fuse_reply_buf(rq, (const char *)b->buf + s.before, n);
    else
        fuse_reply_err(rq, why);
    give(b);
}

/* Somebody copies the disk (np_view_hold): nothing is written until it lets go, or has ended. */
static void begin_write(void)
{
    for (;;) {
        struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
        atomic_fetch_add(&view.hold->writing, 1);
        if (fcntl(NP_VIEW_HOLD, F_OFD_GETLK, &l) != 0 || l.l_type == F_UNLCK)
            return;
        atomic_fetch_sub(&view.hold->writing, 1);
        poll(NULL, 0, HELD_MS);
    }
}

static void end_write(void)
{
    atomic_fetch_sub(&view.hold->writing, 1);
}

static bool write_sectors(struct bench *b, off_t at, const void *from, size_t n)
{
    if (view.sealed)
        np_xts_run(b->seal, (uint64_t)at / NP_XTS_SECTOR, from, b->buf, n);
    return pwrite(NP_VIEW_DISK, view.sealed ? b->buf : from, n, at) == (ssize_t)n;
}

/* Parts of sectors of a sealed disk: read, changed, written. */
static bool write_parts(struct bench *b, const char *p, size_t n, off_t at)
{
    struct span s = span_of(at, n);
    if (!read_sectors(b, s.first, b->buf, NP_XTS_SECTOR) ||
        (s.all > NP_XTS_SECTOR && !read_sectors(b, s.first + (off_t)(s.all - NP_XTS_SECTOR),
                                                b->buf + s.all - NP_XTS_SECTOR, NP_XTS_SECTOR)))
        return false;
    memcpy(b->buf + s.before, p, n);
    return write_sectors(b, s.first, b->buf, s.all);
}

static bool write_bytes(struct bench *b, const char *p, size_t n, off_t at)
{
    bool whole = at % NP_XTS_SECTOR == 0 && n % NP_XTS_SECTOR == 0;
    errno = EIO; /* of a write that came short */
    if (!view.sealed)
        return pwrite(NP_VIEW_DISK, p, n, at) == (ssize_t)n;
    if (whole)
        pthread_rwlock_rdlock(&view.parts);
    else
        pthread_rwlock_wrlock(&view.parts);
    bool fine = whole ? write_sectors(b, at, p, n) : write_parts(b, p, n, at);
    int why = errno;
    pthread_rwlock_unlock(&view.parts);
    errno = why;
    return fine;
}

static void do_write(fuse_req_t rq, fuse_ino_t ino, const char *p, size_t n, off_t at,
                     struct fuse_file_info *fi)
{
    n = within(at, n < PIECE ? n : PIECE);
    if (n == 0) {
        fuse_reply_err(rq, ENOSPC);
        return;
    }
    struct bench *b = take();
    begin_write();
    bool fine = write_bytes(b, p, n, at);
    int why = errno;
    end_write();
    if (fine)
        fuse_reply_write(rq, n);
    else
        fuse_reply_err(rq, why);
    give(b);
}

static void do_fsync(fuse_req_t rq, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
    fuse_reply_err(rq, fdatasync(NP_VIEW_DISK) == 0 ? 0 : errno);
}

/* What a file can tell of what a device is asked. */
static void do_ioctl(fuse_req_t rq, fuse_ino_t ino, unsigned cmd, void *arg,
                     struct fuse_file_info *fi, unsigned flags, const void *in, size_t n_in,
                     size_t n_out)
{
    struct stat st;
    uint64_t size;
    if (cmd != (unsigned)BLKGETSIZE64 || n_out < sizeof(size) || fstat(NP_VIEW_DISK, &st) != 0) {
        fuse_reply_err(rq, ENOTTY);
        return;
    }
    size = (uint64_t)st.st_size;
    fuse_reply_ioctl(rq, 0, &size, sizeof(size));
}

static int punch(off_t at, off_t n)
{
    begin_write();
    int rc = fallocate(NP_VIEW_DISK, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, n);
    int why = errno;
    end_write();
    return rc == 0 ? 0 : why;
}

/* Zeroes are holes, so both ways of asking for them are one. */
static void do_fallocate(fuse_req_t rq, fuse_ino_t ino, int mode, off_t at, off_t n,
                         struct fuse_file_info *fi)
{
    const int zeroes = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE;
    if ((mode & zeroes) == 0 || at % NP_XTS_SECTOR != 0 || n % NP_XTS_SECTOR != 0)
        fuse_reply_err(rq, EOPNOTSUPP);
    else
        fuse_reply_err(rq, punch(at, n));
}

static const struct fuse_lowlevel_ops ops = {
    .init = do_init,
    .getattr = do_getattr,
    .setattr = do_setattr,
    .open = do_open,
    .read = do_read,
    .write = do_write,
    .fsync = do_fsync,
    .fallocate = do_fallocate,
    .ioctl = do_ioctl,
};

/* --- the process --- */

static bool read_key(void)
{
    uint8_t key[NP_XTS_KEY];
    view.sealed = fcntl(NP_VIEW_KEY, F_GETFD) >= 0;
    if (!view.sealed)
        return true;
    if (mlock(key, sizeof(key)) != 0 || np_volume_key(NP_VIEW_KEY, key, NULL) != 0)
        return false;
    close(NP_VIEW_KEY);
    view.first.seal = np_xts_new(key, true);
    view.first.open = np_xts_new(key, false);
    np_wipe(key, sizeof(key));
    return view.first.seal != NULL;
}

static bool open_hold(void)
{
    if (ftruncate(NP_VIEW_HOLD, 0) != 0 || ftruncate(NP_VIEW_HOLD, (off_t)sizeof(*view.hold)) != 0)
        return false;
    view.hold = mmap(NULL, sizeof(*view.hold), PROT_READ | PROT_WRITE, MAP_SHARED, NP_VIEW_HOLD, 0);
    return view.hold != MAP_FAILED;
}

static bool give_up_rights(void)
{
    capng_clear(CAPNG_SELECT_BOTH);
    /* Stacks of threads and buffers are locked, too, as far as the user's limit goes. */
    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_IPC_LOCK);
    if (view.sealed && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0 && errno != ENOMEM &&
        errno != EPERM)
        return false;
    return prctl(PR_SET_DUMPABLE, 0) == 0 && capng_apply(CAPNG_SELECT_BOTH) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static int serve(struct fuse_session *se)
{
    char at[32];
    snprintf(at, sizeof(at), "/dev/fd/%d", NP_VIEW_FUSE);
    struct fuse_loop_config *c = fuse_loop_cfg_create();
    fuse_loop_cfg_set_max_threads(c, THREADS);
    fuse_loop_cfg_set_idle_threads(c, THREADS);
    int rc = fuse_session_mount(se, at);
    if (rc == 0)
        rc = fuse_session_loop_mt(se, c);
    fuse_loop_cfg_destroy(c);
    return rc;
}

int np_volume_view_main(void)
{
    static char *argv[] = {(char *)"nephele", NULL};
    struct fuse_args args = FUSE_ARGS_INIT(1, argv);
    prctl(PR_SET_NAME, "nephele-volume");
    if (!read_key() || !open_hold() || !give_up_rights())
        return 1;
    struct fuse_session *se = fuse_session_new(&args, &ops, sizeof(ops), NULL);
    if (se == NULL)
        return 1;
    int rc = serve(se);
    fdatasync(NP_VIEW_DISK);
    fuse_session_destroy(se);
    return rc == 0 ? 0 : 1;
}
