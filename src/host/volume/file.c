/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - the bytes of disks: made, copied by their extents, sealed. Runs in children. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "base/digest.h"
#include "host/volume/volume_int.h"

#define PIECE       ((size_t)1 << 20)
#define MIB         ((uint64_t)1 << 20)
#define ROOT_BLOCK  4096
#define ROOM_FACTOR 16

static const char *const root_folders[] = {"upper", "work"};

int np_volume_run(const char *const *argv, struct np_err *err)
{
    static const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
    static const char *const folders[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        char path[128];
        NP_EACH (folder, folders) {
            snprintf(path, sizeof(path), "%s/%s", *folder, argv[0]);
            execve(path, (char *const *)argv, (char *const *)env);
        }
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return np_err_errno(err, errno, "cannot start %s", argv[0]);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return np_err(err, NP_ENOTSUP, "this host has no %s", argv[0]);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return np_err(err, NP_EIO, "%s failed (status %d)", argv[0], status);
    return 0;
}

static int create_disk(int dir, struct np_err *err)
{
    int fd = openat(dir, "disk", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd >= 0 ? fd : np_err_errno(err, errno, "cannot make the file of a volume");
}

int np_volume_blank(int dir, uint64_t size_bytes, struct np_err *err)
{
    NP_AUTO_FD fd = create_disk(dir, err);
    if (fd < 0)
        return fd;
    if (ftruncate(fd, (off_t)size_bytes) != 0 || fsync(fd) != 0)
        return np_err_errno(err, errno, "cannot make a volume of %llu bytes",
                            (unsigned long long)size_bytes);
    return 0;
}

/* --- copies --- */

struct copy {
    int from, to;
    struct np_xts *xts; /* NULL: as it is */
    uint8_t *buf;       /* PIECE; NULL: not needed yet */
};

static int copy_piece(struct copy *c, off_t at, size_t n, struct np_err *err)
{
    if (c->buf == NULL)
        c->buf = np_heap_alloc(PIECE);
    ssize_t got = pread(c->from, c->buf, n, at);
    if (got < 0)
        return np_err_errno(err, errno, "cannot read what is copied");
    memset(c->buf + got, 0, n - (size_t)got); /* past the end */
    if (c->xts == NULL)
        return pwrite(c->to, c->buf, n, at) == (ssize_t)n
                   ? 0
                   : np_err_errno(err, errno, "cannot write the copy");
    for (size_t i = 0; i < n; i += NP_XTS_SECTOR) {
        uint8_t *sector = c->buf + i;
        if (np_is_zero(sector, NP_XTS_SECTOR))
            continue; /* stays a hole */
        np_xts_run(c->xts, ((uint64_t)at + i) / NP_XTS_SECTOR, sector, sector, NP_XTS_SECTOR);
        if (pwrite(c->to, sector, NP_XTS_SECTOR, at + (off_t)i) != NP_XTS_SECTOR)
            return np_err_errno(err, errno, "cannot write the copy");
    }
    return 0;
}

/* In the kernel where it can; short counts are gone on with by reading. */
static off_t copy_in_kernel(const struct copy *c, off_t at, off_t end)
{
    while (c->xts == NULL && at < end) {
        off_t in = at, out = at;
        ssize_t n = copy_file_range(c->from, &in, c->to, &out, (size_t)(end - at), 0);
        if (n <= 0)
            break;
        at += n;
    }
    return at;
}

static int copy_extent(struct copy *c, off_t at, off_t end, struct np_err *err)
{
    at = copy_in_kernel(c, at, end);
    while (at < end) {
        size_t n = (size_t)(end - at) < PIECE ? (size_t)(end - at) : PIECE;
        int rc = copy_piece(c, at, n, err);
        if (rc != 0)
            return rc;
        at += (off_t)n;
    }
    return 0;
}

static int copy_extents(struct copy *c, off_t size, struct np_err *err)
{
    const off_t mask = NP_XTS_SECTOR - 1;
    for (off_t at = 0; at < size;) {
        off_t data = lseek(c->from, at, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            return 0; /* nothing but a hole follows */
        off_t hole = data >= 0 ? lseek(c->from, data, SEEK_HOLE) : -1;
        if (hole < 0)
            return np_err_errno(err, errno, "cannot look for the extents of a volume");
        data &= ~mask;
        hole = (hole + mask) & ~mask;
        int rc = copy_extent(c, data, hole < size ? hole : size, err);
        if (rc != 0)
            return rc;
        at = hole;
    }
    return 0;
}

int np_volume_copy(int dir, int from, uint64_t size_bytes, const uint8_t *key, struct np_err *err)
{
    struct stat st;
    NP_AUTO_FD to = create_disk(dir, err);
    if (to < 0)
        return to;
    if (fstat(from, &st) != 0)
        return np_err_errno(err, errno, "cannot look at what is copied");
    struct copy c = {.from = from, .to = to};
    if (key != NULL && (c.xts = np_xts_new(key, true)) == NULL)
        return np_err(err, NP_EINVAL, "the two halves of the key are the same");
    int rc = 0;
    if (key != NULL || ioctl(to, FICLONE, from) != 0)
        rc = copy_extents(&c, st.st_size, err);
    if (c.buf != NULL)
        np_wipe(c.buf, PIECE);
    np_free(c.buf);
    np_xts_free(c.xts);
    if (rc == 0 && (ftruncate(to, (off_t)size_bytes) != 0 || fsync(to) != 0))
        rc = np_err_errno(err, errno, "cannot write the copy");
    return rc;
}

/* --- root file systems --- */

/* Modes are said again: this process may have a mask, and these are what guests see. */
static int make_folder(int dir, const char *name)
{
    if (mkdirat(dir, name, 0755) != 0 && errno != EEXIST)
        return -1;
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        fchmod(fd, 0755);
    return fd;
}

int np_volume_root_folder(int dir, struct np_err *err)
{
    NP_AUTO_FD root = make_folder(dir, "root");
    NP_EACH (name, root_folders) {
        NP_AUTO_FD below = root >= 0 ? make_folder(root, *name) : -1;
        if (below < 0)
            return np_err_errno(err, errno, "cannot make the folder of a root volume");
    }
    return 0;
}

static void inherit(int fd)
{
    fcntl(fd, F_SETFD, 0);
}

int np_volume_copy_folder(int dir, int from, struct np_err *err)
{
    char source[64], target[64];
    snprintf(source, sizeof(source), "/proc/self/fd/%d/root", from);
    snprintf(target, sizeof(target), "/proc/self/fd/%d", dir);
    inherit(from);
    inherit(dir);
    const char *const argv[] = {"cp", "-a", "--reflink=auto", "--", source, target, NULL};
    return np_volume_run(argv, err);
}

/* The file is a hole: nothing has to be zeroed, now or when it is mounted. Room for the descriptors
 * of a file system 16 times as large, not 1024 times, is what a copy has to carry; one that grows
 * beyond is laid out anew by resize2fs. */
static void template_options(char out[128], uint32_t size_mib)
{
    uint64_t most = (uint64_t)size_mib * ROOM_FACTOR * (MIB / ROOT_BLOCK);
    int n = snprintf(out, 128, "nodiscard,assume_storage_prezeroed=1,root_owner=0:0");
    if (most <= UINT32_MAX)
        snprintf(out + n, 128 - (size_t)n, ",resize=%llu", (unsigned long long)most);
}

static int make_template(int dir, uint32_t size_mib, struct np_err *err)
{
    char disk[64], skeleton[64], options[128];
    int rc = np_volume_blank(dir, (uint64_t)size_mib << 20, err);
    if (rc == 0)
        rc = np_volume_root_folder(dir, err);
    if (rc != 0)
        return rc;
    snprintf(disk, sizeof(disk), "/proc/self/fd/%d/disk", dir);
    snprintf(skeleton, sizeof(skeleton), "/proc/self/fd/%d/root", dir);
    inherit(dir);
    template_options(options, size_mib);
    const char *const argv[] = {"mkfs.ext4", "-q", "-F",    "-b", "4096",   "-m", "0", "-L",
                                "root",      "-E", options, "-d", skeleton, disk, NULL};
    rc = np_volume_run(argv, err);
    NP_AUTO_FD fd = openat(dir, "disk", O_RDONLY | O_CLOEXEC);
    if (rc == 0 && (fd < 0 || fsync(fd) != 0))
        rc = np_err_errno(err, errno, "cannot make a root file system");
    return rc;
}

/* One child at a time: of many that are launched at once each would make its own. */
static int ensure_template(struct np_volumes *v, const char *name, uint32_t size_mib, int *dir,
                           struct np_err *err)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char fresh[80];
    NP_AUTO_FD one = openat(v->volumes, ".roots", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (one < 0 || fcntl(one, F_OFD_SETLKW, &l) != 0)
        return np_err_errno(err, errno, "cannot lock the templates of root volumes");
    *dir = np_volume_open(v->volumes, name, ""); /* meanwhile */
    if (*dir >= 0)
        return 0;
    snprintf(fresh, sizeof(fresh), "%s.new", name);
    int rc = np_volume_remove_tree(v->volumes, fresh, err); /* of one that was killed */
    if (rc == 0 && mkdirat(v->volumes, fresh, 0700) != 0)
        rc = np_err_errno(err, errno, "cannot make a folder");
    NP_AUTO_FD made = rc == 0 ? np_volume_open(v->volumes, fresh, "") : -1;
    if (rc == 0)
        rc = make_template(made, size_mib, err);
    if (rc == 0 && renameat(v->volumes, fresh, v->volumes, name) != 0)
        rc = np_err_errno(err, errno, "cannot name a template");
    if (rc == 0)
        *dir = np_fd_take(&made);
    else
        np_volume_remove_tree(v->volumes, fresh, NULL);
    return rc;
}

int np_volume_template(struct np_volumes *v, uint32_t size_mib, int *fd, struct np_err *err)
{
    char name[64];
    snprintf(name, sizeof(name), ".root-%u", size_mib);
    int found = np_volume_open(v->volumes, name, "");
    int rc = found >= 0 ? 0 : ensure_template(v, name, size_mib, &found, err);
    NP_AUTO_FD dir = found;
    if (rc != 0)
        return rc;
    *fd = openat(dir, "disk", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return *fd >= 0 ? 0 : np_err_errno(err, errno, "cannot open the template of root volumes");
}
