/* SPDX-License-Identifier: Apache-2.0 */
/* views.c - starting and ending the views of disks, and holding what they write. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/volume/volume_int.h"
#include "host/volume/view.h"

#define LOCK    NP_VOLUME_VIEW_LOCK
#define HOLD    "hold"
#define END_MS  10000
#define HELD_MS 2
#define HOLD_MS 10000 /* a write that takes longer is the disk's matter */

/* Without asking the view, which may be stopped. */
static bool is_mounted(int dir)
{
    struct statx st;
    return statx(dir, "view", AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == 0 &&
           (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

pid_t np_volume_view_pid(int dir)
{
    return is_mounted(dir) ? np_life_pid(dir, LOCK) : 0;
}

/* One whose mount is gone ends by itself. In the process of a job. */
static void wait_ended(int dir)
{
    pid_t pid = np_life_pid(dir, LOCK);
    NP_AUTO_FD fd = pid != 0 ? pidfd_open(pid, 0) : -1;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (fd >= 0)
        poll(&p, 1, END_MS);
}

void np_volume_view_stop(int dir)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d/view", dir);
    while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        ;
}

void np_volume_view_kill(int dir)
{
    pid_t pid = np_life_pid(dir, LOCK);
    NP_AUTO_FD fd = pid > 1 ? pidfd_open(pid, 0) : -1;
    if (fd >= 0 && np_life_pid(dir, LOCK) == pid)
        pidfd_send_signal(fd, SIGKILL, NULL, 0);
}

static int open_fuse(struct np_err *err)
{
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    return fd >= 0 ? fd : np_err_errno(err, errno, "cannot open /dev/fuse");
}

int np_volume_views_probe(struct np_err *err)
{
    char text[16];
    NP_AUTO_FD fuse = open_fuse(err);
    if (fuse < 0)
        return fuse;
    NP_AUTO_FD fs = fsopen("fuse", FSOPEN_CLOEXEC);
    snprintf(text, sizeof(text), "%d", fuse);
    if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "fd", text, 0) != 0 ||
        fsconfig(fs, FSCONFIG_SET_STRING, "rootmode", "100600", 0) != 0 ||
        fsconfig(fs, FSCONFIG_SET_STRING, "user_id", "0", 0) != 0 ||
        fsconfig(fs, FSCONFIG_SET_STRING, "group_id", "0", 0) != 0 ||
        fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
        return np_err_errno(err, errno, "FUSE cannot be mounted");
    return 0;
}

static int mount_view(int dir, int fuse, struct np_err *err)
{
    char path[64], options[192];
    NP_AUTO_FD file = openat(dir, "view", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return np_err_errno(err, errno, "cannot make the file of a view");
    snprintf(path, sizeof(path), "/proc/self/fd/%d/view", dir);
    /* Whoever may not open it is told by the file's mode: a guest's processes are not this one's.
     */
    snprintf(options, sizeof(options),
             "fd=%d,rootmode=100600,user_id=%u,group_id=%u,allow_other,default_permissions", fuse,
             geteuid(), getegid());
    if (mount("nephele", path, "fuse", MS_NOSUID | MS_NODEV | MS_NOATIME, options) != 0)
        return np_err_errno(err, errno, "cannot mount the view of a volume");
    return 0;
}

/* Its descriptors are moved above those that they become. */
static _Noreturn void become(int lock, int disk, int fuse, int hold, int key)
{
    static const char *const argv[] = {"nephele", "__volume", NULL};
    static const char *const env[] = {NULL};
    int from[] = {lock, disk, fuse, hold, key};
    unsigned n = key >= 0 ? NP_LEN(from) : NP_LEN(from) - 1;
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    np_life_write(lock, getpid());
    for (unsigned i = 0; i < n; i++)
        from[i] = fcntl(from[i], F_DUPFD, 16);
    for (unsigned i = 0; i < n; i++)
        dup2(from[i], NP_VIEW_LOCK + (int)i);
    close_range(NP_VIEW_LOCK + n, ~0u, 0);
    execve("/proc/self/exe", (char *const *)argv, (char *const *)env);
    _exit(127);
}

static int start(int dir, int key, struct np_err *err)
{
    NP_AUTO_FD disk = openat(dir, "disk", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    NP_AUTO_FD hold = openat(dir, HOLD, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (disk < 0 || hold < 0)
        return np_err_errno(err, errno, "cannot open the file of a volume");
    wait_ended(dir);
    NP_AUTO_FD lock = np_life_take(dir, LOCK);
    if (lock < 0)
        return np_err(err, NP_EBUSY, "the view of the volume is being started");
    NP_AUTO_FD fuse = open_fuse(err);
    if (fuse < 0)
        return fuse;
    int rc = mount_view(dir, fuse, err);
    if (rc != 0)
        return rc;
    pid_t pid = fork();
    if (pid == 0)
        become(lock, disk, fuse, hold, key);
    if (pid < 0)
        return np_err_errno(err, errno, "cannot start the view of a volume");
    np_life_write(lock, pid);
    return 0;
}

/* Opening waits for the view's first answer; when it cannot start that is an error. */
int np_volume_view_start(int dir, int key, int *file, struct np_err *err)
{
    if (np_volume_view_pid(dir) == 0) {
        np_volume_view_stop(dir); /* the mount of one that was killed */
        int rc = start(dir, key, err);
        if (rc != 0)
            return rc;
    }
    struct stat st;
    NP_AUTO_FD fd = openat(dir, "view", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    int rc = 0;
    if (fd < 0 || fstat(fd, &st) != 0)
        rc = np_err_errno(err, errno, "the view of the volume does not start");
    else if (st.st_size == 0)
        rc = np_err(err, NP_EIO, "the view of the volume is empty");
    if (rc != 0)
        np_volume_view_stop(dir);
    else
        *file = np_fd_take(&fd);
    return rc;
}

dev_t np_volume_view_dev(int dir)
{
    struct statx st;
    return is_mounted(dir) &&
                   statx(dir, "view", AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW, 0, &st) == 0
               ? makedev(st.stx_dev_major, st.stx_dev_minor)
               : 0;
}

/* --- holding --- */

static bool is_writing(int dir, int fd)
{
    struct np_view_hold h;
    return pread(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h) && h.writing != 0 &&
           np_volume_view_pid(dir) != 0;
}

int np_volume_view_hold(int dir, int *fd, struct np_err *err)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    NP_AUTO_FD hold = openat(dir, HOLD, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (hold < 0 || fcntl(hold, F_OFD_SETLKW, &l) != 0)
        return np_err_errno(err, errno, "cannot halt the view of a volume");
    for (int ms = 0; is_writing(dir, hold); ms += HELD_MS) {
        if (ms >= HOLD_MS)
            return np_err(err, NP_EBUSY, "the view of the volume does not halt");
        poll(NULL, 0, HELD_MS);
    }
    *fd = np_fd_take(&hold);
    return 0;
}
