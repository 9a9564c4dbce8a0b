/* SPDX-License-Identifier: Apache-2.0 */
/* mount.c - mount(2) of a guest's volume, and umount2(2) where a process serves it, on its behalf.
 * The guest is not believed: the device is looked at after it was mounted. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "host/volume/notify.h"
#include "host/volume/notify_text.h"

#define UMOUNT_MS 10000 /* a file system that a process serves is written down */

/* --- devices of the instance --- */

static void add_device(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct np_notify_ask *k = arg;
    bool view = on->loop == NP_VOLUME_VIEW;
    /* One that is taken away may still be unmounted. */
    dev_t dev = np_volume_in_guest(on) && (view || !np_volume_has(dir, "detach"))
                    ? np_volume_dev(dir, on)
                    : 0;
    if ((dev == 0 && !view) || k->n_devices == NP_NOTIFY_DEVICES)
        return;
    k->devices[k->n_devices] = np_volume_has(dir, "detach") ? 0 : dev;
    k->dirs[k->n_devices] = view ? fcntl(dir, F_DUPFD_CLOEXEC, 3) : -1;
    k->places[k->n_devices++] = on->place;
}

static void drop_devices(const struct np_notify_ask *k)
{
    for (size_t i = 0; i < k->n_devices; i++)
        if (k->dirs[i] >= 0)
            close(k->dirs[i]);
}

static bool is_ours(const struct np_notify_ask *k, dev_t dev)
{
    for (size_t i = 0; i < k->n_devices; i++)
        if (k->devices[i] == dev)
            return true;
    return false;
}

/* --- in a child, in the guest's mounts --- */

static unsigned attributes(unsigned long flags)
{
    static const struct {
        unsigned long flag;
        unsigned attr;
    } map[] = {
        {MS_RDONLY, MOUNT_ATTR_RDONLY},           {MS_NOSUID, MOUNT_ATTR_NOSUID},
        {MS_NOEXEC, MOUNT_ATTR_NOEXEC},           {MS_NODIRATIME, MOUNT_ATTR_NODIRATIME},
        {MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
    };
    unsigned attr = MOUNT_ATTR_NODEV;
    NP_EACH (m, map)
        attr |= (flags & m->flag) != 0 ? m->attr : 0;
    return (flags & MS_NOATIME) != 0 ? attr | MOUNT_ATTR_NOATIME : attr;
}

static bool enter(const struct np_notify_ask *k)
{
    return setns(k->mnt, CLONE_NEWNS) == 0 && fchdir(k->root) == 0 && chroot(".") == 0 &&
           fchdir(k->cwd) == 0;
}

static bool map_ids(int mount, int user)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user};
    return mount_setattr(mount, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0;
}

/* --- a view's, which fuse2fs serves --- */

static dev_t dev_at(int dir, const char *path, int flags)
{
    struct statx st;
    return statx(dir, path, AT_STATX_DONT_SYNC | flags, 0, &st) == 0
               ? makedev(st.stx_dev_major, st.stx_dev_minor)
               : 0;
}

static bool is_mounted(const struct np_notify_ask *k, int dir)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *points[1];
    dev_t dev = np_volume_fs_dev(dir);
    NP_AUTO_FD info = np_notify_open(k->pid, "mountinfo", O_RDONLY);
    return dev != 0 && np_volume_mounts(info, dev, a, points, 1) != 0;
}

/* 0, or an errno. Its process is started outside of the guest, which gets what it serves. */
static int mount_view(const struct np_notify_ask *k)
{
    char source[32];
    int error;
    NP_AUTO_FD home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (!enter(k))
        return errno;
    NP_AUTO_FD target = open(k->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    dev_t dev = dev_at(AT_FDCWD, k->source, 0);
    if (target < 0 || dev == 0)
        return errno;
    size_t i = 0;
    while (i < k->n_devices && (k->devices[i] != dev || k->dirs[i] < 0))
        i++;
    if (i == k->n_devices)
        return ENOTBLK;
    if (strcmp(k->type, "ext4") != 0)
        return ENODEV;
    if (!np_notify_options_ok(k->options))
        return EINVAL;
    if (setns(home, CLONE_NEWNS) != 0)
        return errno;
    if (is_mounted(k, k->dirs[i]))
        return EBUSY;
    snprintf(source, sizeof(source), "/dev/nvme%un1", k->places[i]);
    struct np_volume_userfs f = {.dir = k->dirs[i],
                                 .source = source,
                                 .read_only = (k->flags & MS_RDONLY) != 0,
                                 .attr = attributes(k->flags)};
    NP_AUTO_FD fd = np_volume_fs_serve(&f, &error);
    if (fd < 0)
        return error;
    if (setns(k->mnt, CLONE_NEWNS) != 0 ||
        move_mount(fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        return errno;
    return 0;
}

/* 0, an errno, or NP_NOTIFY_NOT_OURS. */
static int umount_view(const struct np_notify_ask *k)
{
    if (!enter(k))
        return NP_NOTIFY_NOT_OURS;
    int follow = (k->flags & UMOUNT_NOFOLLOW) != 0 ? AT_SYMLINK_NOFOLLOW : 0;
    dev_t dev = dev_at(AT_FDCWD, k->target, follow);
    for (size_t i = 0; dev != 0 && i < k->n_devices; i++)
        if (k->dirs[i] >= 0 && np_volume_fs_dev(k->dirs[i]) == dev)
            return umount2(k->target, (int)k->flags) == 0 ? 0 : errno;
    return NP_NOTIFY_NOT_OURS;
}

/* umount(8) is followed by who reads the device: what was written is there by then. */
static void wait_written(const struct np_notify_ask *k)
{
    for (size_t i = 0; i < k->n_devices; i++)
        if (k->dirs[i] >= 0 && np_volume_fs_dev(k->dirs[i]) != 0 && !is_mounted(k, k->dirs[i]))
            np_volume_fs_wait(k->dirs[i], UMOUNT_MS);
}

/* --- a device's, which the kernel mounts --- */

/* 0, or an errno. What it finds by the source's name is looked at again when it is mounted: the
 * name may be another device's by then. */
static int mount_it(const struct np_notify_ask *k)
{
    struct stat st, mounted;
    struct np_volume_mount m = {
        .type = k->type,
        .source = k->source,
        .options = k->options,
        .read_only = (k->flags & MS_RDONLY) != 0,
        .discard = true,
        .attr = attributes(k->flags),
    };
    if (!enter(k))
        return errno;
    NP_AUTO_FD target = open(k->target, O_PATH | O_CLOEXEC);
    if (target < 0 || stat(k->source, &st) != 0)
        return errno;
    if (!S_ISBLK(st.st_mode))
        return ENOTBLK;
    if (!is_ours(k, st.st_rdev))
        return EPERM;
    errno = 0;
    NP_AUTO_FD fd = np_volume_fs_mount(&m, NULL);
    if (fd < 0)
        return errno != 0 ? errno : EINVAL;
    if (fstat(fd, &mounted) != 0 || mounted.st_dev != st.st_rdev)
        return EPERM;
    if (!map_ids(fd, k->user) ||
        move_mount(fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        return errno;
    return 0;
}

static int in_child(const struct np_notify_ask *k, int (*fn)(const struct np_notify_ask *k))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(fn(k));
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return EAGAIN;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

/* --- the two calls --- */

static void link_one(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct np_notify_ask *k = arg;
    if (np_volume_in_guest(on))
        np_volume_link_fs(k->g->v, k->dev, dir, on);
}

/* What was made since it was attached has a name by its number now. */
static void link_file_systems(struct np_notify_ask *k)
{
    NP_AUTO_FD dev = openat(k->root, "dev", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    k->dev = dev;
    if (dev >= 0)
        np_volumes_of(k->g->v, k->g->id, link_one, k);
}

int np_notify_mount(struct np_notify_ask *k)
{
    bool views = np_volumes_views(k->g->v);
    np_volumes_of(k->g->v, k->g->id, add_device, k);
    int error = in_child(k, views ? mount_view : mount_it);
    if (error == 0)
        link_file_systems(k);
    drop_devices(k);
    if (error == 0 && views) {
        if (k->g->mnt >= 0)
            close(k->g->mnt);
        k->g->mnt = fcntl(k->mnt, F_DUPFD_CLOEXEC, 3);
    }
    return error;
}

int np_notify_umount(struct np_notify_ask *k)
{
    np_volumes_of(k->g->v, k->g->id, add_device, k);
    int error = in_child(k, umount_view);
    if (error == 0 && (k->flags & MNT_DETACH) == 0)
        wait_written(k);
    drop_devices(k);
    return error;
}
