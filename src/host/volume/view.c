/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - the view: one regular file, AES-256-XTS below it, a hole is zeroes. It outlives
 * the agent, holds the key in locked memory alone, and has no rights but its descriptors. */
#define FUSE_USE_VERSION 314
#include "host/volume/view.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base/digest.h"
#include "host/volume/volume_int.h"

#define THREADS 8
#define PIECE   ((size_t)1 << 20) /* bytes of one request at most */

/* What a request needs for itself. */
struct bench {
    struct np_xts *seal, *open;
    uint8_t *buf;
    struct bench *next;
};

static struct {
    struct {
        pthread_mutex_t mutex;
        struct bench *free;
    } locked;
    struct bench first; /* the others' keys are copies of its */
} view = {.locked.mutex = PTHREAD_MUTEX_INITIALIZER};

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
    b->seal = np_xts_copy(view.first.seal);
    b->open = np_xts_copy(view.first.open);
    b->buf = np_heap_alloc(PIECE);
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
    conn->max_readahead = 0;
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

/* Never cached: the disk may have grown. */
static void do_getattr(fuse_req_t rq, fuse_ino_t ino, struct fuse_file_info *fi)
{
    struct stat st;
    if (look(&st))
        fuse_reply_attr(rq, &st, 0);
    else
        fuse_reply_err(rq, errno);
}

/* Times and mode are nobody's; the size is the agent's to change. */
static void do_setattr(fuse_req_t rq, fuse_ino_t ino, struct stat *attr, int which,
                       struct fuse_file_info *fi)
{
    if ((which & FUSE_SET_ATTR_SIZE) != 0)
        fuse_reply_err(rq, EPERM);
    else
        do_getattr(rq, ino, fi);
}

static void do_open(fuse_req_t rq, fuse_ino_t ino, struct fuse_file_info *fi)
{
    fuse_reply_open(rq, fi);
}

static bool is_aligned(off_t at, size_t n)
{
    return at >= 0 && at % NP_XTS_SECTOR == 0 && n % NP_XTS_SECTOR == 0 && n <= PIECE;
}

static void do_read(fuse_req_t rq, fuse_ino_t ino, size_t n, off_t at, struct fuse_file_info *fi)
{
    if (!is_aligned(at, n)) {
        fuse_reply_err(rq, EINVAL);
        return;
    }
    struct bench *b = take();
    ssize_t got = pread(NP_VIEW_DISK, b->buf, n, at);
    if (got < 0) {
        fuse_reply_err(rq, errno);
    } else {
        size_t whole = (size_t)got / NP_XTS_SECTOR * NP_XTS_SECTOR;
        np_xts_run(b->open, (uint64_t)at / NP_XTS_SECTOR, b->buf, b->buf, whole);
        fuse_reply_buf(rq, (const char *)b->buf, whole);
    }
    give(b);
}

static void do_write(fuse_req_t rq, fuse_ino_t ino, const char *p, size_t n, off_t at,
                     struct fuse_file_info *fi)
{
    struct stat st;
    if (!is_aligned(at, n) || fstat(NP_VIEW_DISK, &st) != 0 || at > st.st_size - (off_t)n) {
        fuse_reply_err(rq, EINVAL);
        return;
    }
    struct bench *b = take();
    np_xts_run(b->seal, (uint64_t)at / NP_XTS_SECTOR, p, b->buf, n);
    ssize_t put = pwrite(NP_VIEW_DISK, b->buf, n, at);
    if (put < 0)
        fuse_reply_err(rq, errno);
    else
        fuse_reply_write(rq, (size_t)put);
    give(b);
}

static void do_fsync(fuse_req_t rq, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
    fuse_reply_err(rq, fdatasync(NP_VIEW_DISK) == 0 ? 0 : errno);
}

/* Zeroes are holes, so both ways of asking for them are one. */
static void do_fallocate(fuse_req_t rq, fuse_ino_t ino, int mode, off_t at, off_t n,
                         struct fuse_file_info *fi)
{
    const int zeroes = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE;
    if ((mode & zeroes) == 0 || at % NP_XTS_SECTOR != 0 || n % NP_XTS_SECTOR != 0)
        fuse_reply_err(rq, EOPNOTSUPP);
    else if (fallocate(NP_VIEW_DISK, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, n) != 0)
        fuse_reply_err(rq, errno);
    else
        fuse_reply_err(rq, 0);
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
};

/* --- the process --- */

static bool read_key(void)
{
    uint8_t key[NP_XTS_KEY];
    if (mlock(key, sizeof(key)) != 0 || np_volume_key(NP_VIEW_KEY, key, NULL) != 0)
        return false;
    close(NP_VIEW_KEY);
    view.first.seal = np_xts_new(key, true);
    view.first.open = np_xts_new(key, false);
    np_wipe(key, sizeof(key));
    return view.first.seal != NULL;
}

static bool give_up_rights(void)
{
    capng_clear(CAPNG_SELECT_BOTH);
    /* Stacks of threads and buffers are locked, too. */
    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_IPC_LOCK);
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0 &&
           prctl(PR_SET_DUMPABLE, 0) == 0 && capng_apply(CAPNG_SELECT_BOTH) == 0 &&
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
    if (!read_key() || !give_up_rights())
        return 1;
    struct fuse_session *se = fuse_session_new(&args, &ops, sizeof(ops), NULL);
    if (se == NULL)
        return 1;
    int rc = serve(se);
    fdatasync(NP_VIEW_DISK);
    fuse_session_destroy(se);
    return rc == 0 ? 0 : 1;
}
