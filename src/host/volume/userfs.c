/* SPDX-License-Identifier: Apache-2.0 */
/* userfs.c - ext4 where the kernel does not mount it for this user: fuse2fs in a cage, over the
 * volume's disk, or the view of an encrypted one. It writes no journal: e2fsck goes before every
 * mount for writing, and what waits in its memory is written down every few seconds. */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "host/volume/volume_int.h"

#define LOCK     NP_VOLUME_FS_LOCK
#define DEV      "fs" /* "MAJOR:MINOR" of the mount */
#define LOCK_MS  2000 /* the process of an earlier mount ends */
#define END_MS   20000
#define MAGIC_AT 1080 /* of ext4 */

int np_volume_fs_probe(struct np_err *err)
{
    static const char *const programs[] = {"fuse2fs", "e2fsck"};
    static const char *const folders[] = {"/usr/bin", "/usr/sbin", "/sbin"};
    char path[64];
    NP_EACH (program, programs) {
        bool found = false;
        NP_EACH (folder, folders) {
            snprintf(path, sizeof(path), "%s/%s", *folder, *program);
            found = found || access(path, X_OK) == 0;
        }
        if (!found)
            return np_err(err, NP_ENOTSUP, "there is no %s", *program);
    }
    return 0;
}

/* --- the process --- */

static pid_t fs_pid(int dir)
{
    return np_life_pid(dir, LOCK);
}

/* Taken before the lock is looked at again. */
static int open_fs(int dir)
{
    pid_t pid = fs_pid(dir);
    NP_AUTO_FD fd = pid > 1 ? pidfd_open(pid, 0) : -1;
    return fd >= 0 && fs_pid(dir) == pid ? np_fd_take(&fd) : -1;
}

bool np_volume_fs_wait(int dir, int ms)
{
    NP_AUTO_FD fd = open_fs(dir);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return fd < 0 || poll(&p, 1, ms) == 1;
}

static void signal_fs(int dir, int signo)
{
    NP_AUTO_FD fd = open_fs(dir);
    if (fd >= 0)
        pidfd_send_signal(fd, signo, NULL, 0);
}

void np_volume_fs_kill(int dir)
{
    signal_fs(dir, SIGKILL);
}

void np_volume_fs_end(int dir)
{
    signal_fs(dir, SIGTERM);
    if (np_volume_fs_wait(dir, END_MS))
        return;
    np_volume_fs_kill(dir);
    np_volume_fs_wait(dir, END_MS);
}

/* --- its device number --- */

static dev_t dev_of(int fd)
{
    struct statx st;
    return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &st) == 0
               ? makedev(st.stx_dev_major, st.stx_dev_minor)
               : 0;
}

static void write_dev(int dir, int mount)
{
    char text[32];
    dev_t dev = dev_of(mount);
    int n = snprintf(text, sizeof(text), "%u:%u", major(dev), minor(dev));
    np_life_write_file(dir, DEV, text, (size_t)n, false);
}

dev_t np_volume_fs_dev(int dir)
{
    char text[32];
    struct np_str high, low;
    uint64_t a, b;
    NP_AUTO_FD fd = openat(dir, DEV, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    return n > 0 && fs_pid(dir) != 0 && np_str_cut(np_str_n(text, (size_t)n), ':', &high, &low) &&
                   np_str_u64(high, &a) && np_str_u64(low, &b)
               ? makedev((unsigned)a, (unsigned)b)
               : 0;
}

/* --- before it is mounted --- */

/* Each call of fuse2fs moves one block: through a view that would take three times as long. What
 * the guest has read of the view's file is forgotten when it is opened again. */
static const char *file_of(int dir)
{
    struct np_volume_spec_ s = {.encrypted = true};
    np_volume_spec_read(dir, &s);
    return s.encrypted ? "view" : "disk";
}

static bool is_ext4(int dir)
{
    uint8_t magic[2];
    NP_AUTO_FD file = openat(dir, file_of(dir), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return file >= 0 && pread(file, magic, sizeof(magic), MAGIC_AT) == (ssize_t)sizeof(magic) &&
           magic[0] == 0x53 && magic[1] == 0xef;
}

static int clone_disk(int dir)
{
    return open_tree(dir, file_of(dir), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

/* Each time: there is no journal to go by after a power failure or a kill, and after a write that
 * failed fuse2fs, too, says that all is in order. */
static bool check(int dir)
{
    static const char *const argv[] = {"e2fsck", "-f", "-y", "/disk", NULL};
    NP_AUTO_FD disk = clone_disk(dir);
    struct np_cage c = {.argv = argv, .disk = disk, .fuse = -1, .lock = -1};
    int status = 0;
    pid_t pid = disk >= 0 ? np_cage_start(&c) : -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) <= 1;
}

static int take_lock(int dir)
{
    int fd;
    for (int ms = 0; (fd = np_life_take(dir, LOCK)) < 0 && ms < LOCK_MS; ms += 10)
        poll(NULL, 0, 10);
    return fd;
}

/* --- mounting --- */

static bool set(int fs, const char *key, const char *value)
{
    return fsconfig(fs, value != NULL ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0) ==
           0;
}

static int mount_fuse(const struct np_volume_userfs *f, int fuse)
{
    char number[16];
    NP_AUTO_FD fs = fsopen("fuse", FSOPEN_CLOEXEC);
    snprintf(number, sizeof(number), "%d", fuse);
    if (fs < 0 || !set(fs, "source", f->source) || !set(fs, "subtype", "ext4") ||
        !set(fs, "fd", number) || !set(fs, "rootmode", "40755") || !set(fs, "user_id", "0") ||
        !set(fs, "group_id", "0") || !set(fs, "allow_other", NULL) ||
        !set(fs, "default_permissions", NULL) || (f->read_only && !set(fs, "ro", NULL)) ||
        fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
        return -1;
    return fsmount(fs, FSMOUNT_CLOEXEC, f->attr);
}

/* The lock, shared, by a descriptor that does not write: who was fooled names no other process in
 * its file. */
static int readonly_lock(int dir, int lock)
{
    struct flock l = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    NP_AUTO_FD fd = openat(dir, LOCK, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 && fcntl(lock, F_OFD_SETLK, &l) == 0 && fcntl(fd, F_OFD_SETLK, &l) == 0
               ? np_fd_take(&fd)
               : -1;
}

static bool start(const struct np_volume_userfs *f, int fuse, int lock)
{
    /* The kernel has asked for rights before; auto_unmount lets libfuse ask for the mount. */
    const char *const argv[] = {"fuse2fs",
                                "/disk",
                                "/m",
                                "-f",
                                "-o",
                                f->read_only ? "fakeroot,auto_unmount,big_writes,ro"
                                             : "fakeroot,auto_unmount,big_writes",
                                NULL};
    NP_AUTO_FD disk = clone_disk(f->dir);
    NP_AUTO_FD held = readonly_lock(f->dir, lock);
    struct np_cage c = {.argv = argv, .disk = disk, .fuse = fuse, .lock = held};
    pid_t pid = disk >= 0 && held >= 0 ? np_cage_start(&c) : -1;
    if (pid > 0)
        np_life_write(lock, pid);
    return pid > 0;
}

/* Its first answer; when it ends before, nobody has /dev/fuse open any more. */
static bool answers(int mount)
{
    NP_AUTO_FD root = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root >= 0;
}

static int serve(const struct np_volume_userfs *f)
{
    errno = EINVAL;
    if (!is_ext4(f->dir))
        return -1;
    NP_AUTO_FD lock = take_lock(f->dir);
    errno = EBUSY;
    if (lock < 0)
        return -1;
    errno = EUCLEAN;
    if (!f->read_only && !check(f->dir))
        return -1;
    NP_AUTO_FD fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    NP_AUTO_FD mount = fuse >= 0 ? mount_fuse(f, fuse) : -1;
    if (mount < 0)
        return -1;
    write_dev(f->dir, mount);
    bool fine = start(f, fuse, lock);
    close(np_fd_take(&fuse));
    close(np_fd_take(&lock));
    errno = EIO;
    return fine && answers(mount) ? np_fd_take(&mount) : -1;
}

int np_volume_fs_serve(const struct np_volume_userfs *f, int *error)
{
    int fd = serve(f);
    *error = fd >= 0 ? 0 : errno;
    return fd;
}

/* --- what waits in its memory --- */

/* A file that is synced, of those open for writing, has it write down all; a folder has not. */
static bool sync_by_a_file(int root)
{
    static const char *const name = ".nephele-sync";
    NP_AUTO_FD again = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(np_fd_take(&again)) : NULL;
    bool done = false;
    for (struct dirent *e; d != NULL && !done && (e = readdir(d)) != NULL;) {
        NP_AUTO_FD file = e->d_type == DT_REG ? openat(root, e->d_name,
                                                       O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                                              : -1;
        done = file >= 0 && fsync(file) == 0;
    }
    if (d != NULL)
        closedir(d);
    if (done)
        return true;
    NP_AUTO_FD own = openat(root, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    done = own >= 0 && fsync(own) == 0;
    if (own >= 0)
        unlinkat(root, name, 0);
    return done;
}

static int sync_in_child(int dir, int mnt)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *points[1];
    NP_AUTO_FD proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    dev_t dev = np_volume_fs_dev(dir);
    if (dev == 0 || setns(mnt, CLONE_NEWNS) != 0)
        return 1;
    NP_AUTO_FD info = openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (np_volume_mounts(info, dev, a, points, 1) == 0)
        return 1;
    NP_AUTO_FD root = open(points[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root >= 0 && dev_of(root) == dev && sync_by_a_file(root) ? 0 : 1;
}

void np_volume_fs_sync(int dir, int mnt)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(sync_in_child(dir, mnt));
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

int np_volume_fs_hold(int dir, pid_t guest, int *fd, struct np_err *err)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)guest);
    NP_AUTO_FD mnt = guest > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (mnt >= 0 && fs_pid(dir) != 0)
        np_volume_fs_sync(dir, mnt);
    signal_fs(dir, SIGSTOP);
    return np_volume_view_pid(dir) != 0 ? np_volume_view_hold(dir, fd, err) : 0;
}

void np_volume_fs_thaw(int dir)
{
    signal_fs(dir, SIGCONT);
}
