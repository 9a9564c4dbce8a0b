/* SPDX-License-Identifier: Apache-2.0 */
/* sys.c - the system calls of the blob store, their errors, and names of files. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/blob/blob_int.h"

static int make_folder(int root, const char *folder)
{
    return mkdirat(root, folder, 0700);
}

static int open_unnamed(int root, const char *folder)
{
    return openat(root, folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

static int open_named(int root, const char *name)
{
    return openat(root, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int start_sync(int fd, off_t off, off_t n)
{
    return sync_file_range(fd, off, n, SYNC_FILE_RANGE_WRITE);
}

static int link_fd(int fd, int root, const char *name)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (linkat(AT_FDCWD, path, root, name, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    if (errno != ENOENT)
        return -1;
    /* No /proc here. Older kernels want a capability for this one. */
    return linkat(fd, "", root, name, AT_EMPTY_PATH);
}

static int rename_new(int root, const char *from, const char *to)
{
    if (renameat2(root, from, root, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    return linkat(root, from, root, to, 0) == 0 ? unlinkat(root, from, 0) : -1;
}

static int unlink_at(int root, const char *name)
{
    return unlinkat(root, name, 0);
}

static int sync_folder(int root, const char *folder)
{
    NP_AUTO_FD fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -1 : fsync(fd);
}

static int open_read(int root, const char *name, bool cached_only)
{
    if (!cached_only)
        return openat(root, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_CACHED};
    return (int)syscall(SYS_openat2, root, name, &how, sizeof(how));
}

static ssize_t pread_maybe(int fd, void *p, size_t n, off_t off, bool cached_only)
{
    if (!cached_only)
        return pread(fd, p, n, off);
    struct iovec v = {p, n};
    return preadv2(fd, &v, 1, off, RWF_NOWAIT);
}

static void *map_whole(int fd, size_t n)
{
    return mmap(NULL, n, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
}

static int resident(const void *page, size_t n, unsigned char *pages)
{
    return mincore((void *)(uintptr_t)page, n, pages);
}

const struct np_blob_sys np_blob_sys = {
    .make_folder = make_folder,
    .open_unnamed = open_unnamed,
    .open_named = open_named,
    .pwrite = pwrite,
    .start_sync = start_sync,
    .sync_data = fdatasync,
    .link_fd = link_fd,
    .rename = rename_new,
    .unlink = unlink_at,
    .sync_folder = sync_folder,
    .open_read = open_read,
    .pread = pread_maybe,
    .map = map_whole,
    .resident = resident,
};

int np_blob_errno(int errnum)
{
    static const struct {
        int errnum, code;
    } codes[] = {
        /* EFBIG: there is no room for a file of that size. */
        {ENOSPC, NP_ENOSPC}, {EDQUOT, NP_ENOSPC}, {EFBIG, NP_ENOSPC}, {ENOENT, NP_ENOENT},
        {EEXIST, NP_EEXIST}, {EAGAIN, NP_EAGAIN}, {EMFILE, NP_EBUSY}, {ENFILE, NP_EBUSY},
    };
    NP_EACH (c, codes)
        if (c->errnum == errnum)
            return c->code;
    return NP_EIO;
}

int np_blob_pwrite_all(const struct np_blob_sys *sys, int fd, const void *p, size_t n, off_t off)
{
    const char *at = p;
    while (n > 0) {
        ssize_t done = sys->pwrite(fd, at, n, off);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done == 0 ? NP_EIO : np_blob_errno(errno);
        at += done;
        off += done;
        n -= (size_t)done;
    }
    return 0;
}

/* Ids in a row share a folder: commits that meet sync one folder, and a sweep of a range of ids
 * reads few. Then the next folder's turn comes: see spread_folders(). */
unsigned np_blob_folder_of(uint64_t id)
{
    return (unsigned)(id / NP_BLOB_TOGETHER % NP_BLOB_FOLDERS);
}

void np_blob_folder(char out[NP_BLOB_NAME], uint64_t id)
{
    snprintf(out, NP_BLOB_NAME, "%02x", np_blob_folder_of(id));
}

void np_blob_name(char out[NP_BLOB_NAME], uint64_t id)
{
    snprintf(out, NP_BLOB_NAME, "%02x/%016llx", np_blob_folder_of(id), (unsigned long long)id);
}

void np_blob_tmp_name(char out[NP_BLOB_NAME], uint64_t id)
{
    snprintf(out, NP_BLOB_NAME, "tmp/%016llx", (unsigned long long)id);
}
