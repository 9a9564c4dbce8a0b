/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - small files, durable, and the lock file. */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"

#define TMP_PATH_MAX (PATH_MAX + 8)

static int path_z(struct np_str path, char out[PATH_MAX], struct np_err *err)
{
    if (path.n == 0 || path.n >= PATH_MAX || memchr(path.p, '\0', path.n) != NULL)
        return np_err(err, NP_EINVAL, "'%.*s' is no path", NP_FMT(path));
    memcpy(out, path.p, path.n);
    out[path.n] = '\0';
    return 0;
}

int np_file_read(struct np_arena *a, struct np_str path, size_t max_bytes, struct np_str *out,
                 struct np_err *err)
{
    char z[PATH_MAX];
    int rc = path_z(path, z, err);
    if (rc != 0)
        return rc;
    NP_AUTO_FD fd = open(z, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return np_err_errno(err, errno, "cannot read %s", z);
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, max_bytes + 1); /* one more, to see what is too long */
    if (st.st_size > 0 && (uint64_t)st.st_size <= max_bytes)
        np_buf_grow(&b, (size_t)st.st_size);
    /* To the end and not to st_size: it may grow, and files of /proc have none. */
    char chunk[16384];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof(chunk))) != 0 && np_buf_ok(&b)) {
        if (n > 0)
            np_buf_add(&b, chunk, (size_t)n);
        else if (errno != EINTR)
            return np_err_errno(err, errno, "cannot read %s", z);
    }
    if (!np_buf_ok(&b) || b.n > max_bytes)
        return np_err(err, NP_E2BIG, "%s is longer than %zu bytes", z, max_bytes);
    *out = np_str_dup(a, np_buf_str(&b));
    return 0;
}

int np_write_all(int fd, const void *p, size_t n, struct np_err *err)
{
    const char *at = p;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return np_err_errno(err, errno, "cannot write");
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

/* The folder that holds `path`. */
static struct np_str folder_of(struct np_str path)
{
    ptrdiff_t slash = np_str_rchr(path, '/');
    if (slash < 0)
        return NP_STR(".");
    return slash == 0 ? NP_STR("/") : np_str_sub(path, 0, (size_t)slash);
}

int np_dir_sync(struct np_str path, struct np_err *err)
{
    char z[PATH_MAX];
    int rc = path_z(path, z, err);
    if (rc != 0)
        return rc;
    NP_AUTO_FD fd = open(z, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return np_err_errno(err, errno, "cannot sync %s", z);
    return 0;
}

/* Under a temporary name beside `path`, which goes into tmp. */
static int write_tmp(const char *path, struct np_str bytes, mode_t mode, char tmp[TMP_PATH_MAX],
                     struct np_err *err)
{
    snprintf(tmp, TMP_PATH_MAX, "%s.XXXXXX", path);
    NP_AUTO_FD fd = mkostemp(tmp, O_CLOEXEC);
    if (fd < 0)
        return np_err_errno(err, errno, "cannot write %s", path);
    int rc = np_write_all(fd, bytes.p, bytes.n, err);
    if (rc == 0 && fchmod(fd, mode) != 0)
        rc = np_err_errno(err, errno, "cannot write %s", path);
    if (rc != 0)
        unlink(tmp);
    return rc;
}

static int sync_path(const char *path, int (*sync)(int fd), struct np_err *err)
{
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || sync(fd) != 0)
        return np_err_errno(err, errno, "cannot sync %s", path);
    return 0;
}

/* A hint: where it is not possible the sync that follows does all. */
static int begin_sync(int fd)
{
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return 0;
}

int np_files_publish(const struct np_file_pair *v, size_t n, struct np_err *err)
{
    int rc = 0;
    /* The bytes of all are under way before the first is waited for: then one commit of the file
     * system's journal holds them. */
    for (size_t i = 0; rc == 0 && n > 1 && i < n; i++)
        rc = sync_path(v[i].tmp, begin_sync, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = sync_path(v[i].tmp, fsync, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (rename(v[i].tmp, v[i].path) != 0)
            rc = np_err_errno(err, errno, "cannot write %s", v[i].path);
    return rc != 0 ? rc : np_dir_sync(folder_of(np_str_of(v[0].path)), err);
}

int np_files_write(const struct np_file_new *v, size_t n, struct np_err *err)
{
    char path[NP_FILES_MAX][PATH_MAX], tmp[NP_FILES_MAX][TMP_PATH_MAX];
    struct np_file_pair pairs[NP_FILES_MAX];
    size_t done = 0;
    int rc = 0;
    np_assert(n > 0 && n <= NP_FILES_MAX);
    for (; rc == 0 && done < n; done += rc == 0) {
        pairs[done] = (struct np_file_pair){tmp[done], path[done]};
        rc = path_z(v[done].path, path[done], err);
        if (rc == 0)
            rc = write_tmp(path[done], v[done].bytes, v[done].mode, tmp[done], err);
    }
    if (rc == 0)
        rc = np_files_publish(pairs, n, err);
    for (size_t i = 0; rc != 0 && i < done; i++)
        unlink(tmp[i]); /* those that have their names already are gone from here */
    return rc;
}

int np_file_write(struct np_str path, struct np_str bytes, mode_t mode, struct np_err *err)
{
    return np_files_write(&(struct np_file_new){path, bytes, mode}, 1, err);
}

int np_file_put(struct np_str path, struct np_str bytes, mode_t mode, struct np_err *err)
{
    char z[PATH_MAX], tmp[TMP_PATH_MAX];
    int rc = path_z(path, z, err);
    if (rc == 0)
        rc = write_tmp(z, bytes, mode, tmp, err);
    if (rc != 0 || rename(tmp, z) == 0)
        return rc;
    rc = np_err_errno(err, errno, "cannot write %s", z);
    unlink(tmp);
    return rc;
}

int np_dir_make(struct np_str path, mode_t mode, struct np_err *err)
{
    char z[PATH_MAX];
    int rc = path_z(path, z, err);
    if (rc != 0)
        return rc;
    if (mkdir(z, mode) == 0)
        return 0;
    int e = errno;
    struct stat st;
    if (e == EEXIST && stat(z, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    return np_err_errno(err, e, "cannot make the folder %s", z);
}

static int busy(int fd, const char *path, struct np_err *err)
{
    char pid[32];
    ssize_t n = pread(fd, pid, sizeof(pid), 0);
    struct np_str text = np_str_trim(np_str_n(pid, n > 0 ? (size_t)n : 0));
    uint64_t number;
    if (!np_str_u64(text, &number))
        return np_err(err, NP_EBUSY, "%s is locked by another process", path);
    return np_err(err, NP_EBUSY, "%s is locked by process %.*s", path, NP_FMT(text));
}

int np_file_lock(struct np_str path, int *out, struct np_err *err)
{
    char z[PATH_MAX];
    int rc = path_z(path, z, err);
    if (rc != 0)
        return rc;
    NP_AUTO_FD fd = open(z, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return np_err_errno(err, errno, "cannot open %s", z);
    /* A lock of the open file description: another descriptor of this process cannot drop it. */
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
        if (errno == EAGAIN || errno == EACCES)
            return busy(fd, z, err);
        return np_err_errno(err, errno, "cannot lock %s", z);
    }
    /* As long as any: cutting a file off waits for the file system's journal. */
    char pid[32];
    int n = snprintf(pid, sizeof(pid), "%-10d\n", (int)getpid());
    if (pwrite(fd, pid, (size_t)n, 0) != n)
        return np_err_errno(err, errno, "cannot write %s", z);
    *out = np_fd_take(&fd);
    return 0;
}
