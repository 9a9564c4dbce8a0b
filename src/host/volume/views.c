/* SPDX-License-Identifier: Apache-2.0 */
/* views.c - starting and ending the views of encrypted disks. */
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

#define LOCK   "view.lock"
#define END_MS 10000

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

static int open_fuse(struct np_err *err)
{
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    return fd >= 0 ? fd : np_err_errno(err, errno, "encrypted volumes need /dev/fuse");
}

static int mount_view(int dir, int fuse, struct np_err *err)
{
    char path[64], options[128];
    NP_AUTO_FD file = openat(dir, "view", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return np_err_errno(err, errno, "cannot make the file of a view");
    snprintf(path, sizeof(path), "/proc/self/fd/%d/view", dir);
    snprintf(options, sizeof(options), "fd=%d,rootmode=100600,user_id=%u,group_id=%u", fuse,
             geteuid(), getegid());
    if (mount("nephele", path, "fuse", MS_NOSUID | MS_NODEV | MS_NOATIME, options) != 0)
        return np_err_errno(err, errno, "cannot mount the view of an encrypted volume");
    return 0;
}

/* Its descriptors are moved above those that they become. */
static _Noreturn void become(int lock, int disk, int key, int fuse)
{
    static const char *const argv[] = {"nephele", "__volume", NULL};
    static const char *const env[] = {NULL};
    int from[] = {lock, disk, key, fuse};
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    np_life_write(lock, getpid());
    NP_EACH (fd, from)
        *fd = fcntl(*fd, F_DUPFD, 16);
    for (int i = 0; i < (int)NP_LEN(from); i++)
        dup2(from[i], NP_VIEW_LOCK + i);
    close_range(NP_VIEW_FUSE + 1, ~0u, 0);
    execve("/proc/self/exe", (char *const *)argv, (char *const *)env);
    _exit(127);
}

static int start(int dir, int key, struct np_err *err)
{
    NP_AUTO_FD disk = openat(dir, "disk", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (disk < 0)
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
        become(lock, disk, key, fuse);
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
