/* SPDX-License-Identifier: Apache-2.0 */
/* netns.c - made by unshare, pinned by bind mounts. */
#include "host/net/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/auto.h"

#define NSFS_MAGIC  0x6e736673
#define TMPFS_MAGIC 0x01021994
#define PATH_BYTES  300

static bool is_of(int fd, long magic)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && (long)fs.f_type == magic;
}

static int open_dir(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int mount_dir(const char *path, int *dir, struct np_err *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make %s", path);
    NP_AUTO_FD fd = open_dir(path);
    if (fd >= 0 && !is_of(fd, TMPFS_MAGIC)) {
        close(np_fd_take(&fd));
        if (mount("nephele", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") != 0)
            return np_err_errno(err, errno, "cannot mount a folder for namespaces at %s", path);
        fd = open_dir(path);
    }
    if (fd < 0)
        return np_err_errno(err, errno, "cannot open %s", path);
    *dir = np_fd_take(&fd);
    return 0;
}

int np_netns_dir_open(struct np_str data_dir, struct np_netns_dir *out, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_AUTO_FD home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int dir = -1;
    if (home < 0)
        return np_err_errno(err, errno, "cannot open the agent's network namespace");
    int rc = mount_dir(np_str_z(a, np_str_printf(a, "%.*s/net", NP_FMT(data_dir))), &dir, err);
    if (rc == 0)
        *out = (struct np_netns_dir){.dir = dir, .home = np_fd_take(&home)};
    return rc;
}

void np_netns_dir_close(struct np_netns_dir *d)
{
    close(d->dir);
    close(d->home);
}

static const char *path_of(const struct np_netns_dir *d, const char *name, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "/proc/self/fd/%d/%s", d->dir, name);
    return path;
}

int np_netns_open(const struct np_netns_dir *d, const char *name)
{
    NP_AUTO_FD fd = openat(d->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && !is_of(fd, NSFS_MAGIC)) /* the agent died before it was pinned */
        return -1;
    return np_fd_take(&fd);
}

/* In the new namespace, which nothing has yet but this process. */
static int pin(const struct np_netns_dir *d, const char *name, struct np_err *err)
{
    char path[PATH_BYTES];
    NP_AUTO_FD file = openat(d->dir, name, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 || mount("/proc/self/ns/net", path_of(d, name, path), NULL, MS_BIND, NULL) != 0)
        return np_err_errno(err, errno, "cannot pin a network namespace");
    return 0;
}

int np_netns_ensure(const struct np_netns_dir *d, const char *name, int *fd, bool *made,
                    struct np_err *err)
{
    *fd = np_netns_open(d, name);
    *made = *fd < 0;
    if (!*made)
        return 0;
    if (unshare(CLONE_NEWNET) != 0)
        return np_err_errno(err, errno, "cannot make a network namespace");
    int rc = pin(d, name, err);
    np_netns_leave(d);
    if (rc == 0 && (*fd = np_netns_open(d, name)) < 0)
        rc = np_err_errno(err, errno, "cannot open a network namespace");
    return rc;
}

void np_netns_remove(const struct np_netns_dir *d, const char *name)
{
    char path[PATH_BYTES];
    umount2(path_of(d, name, path), MNT_DETACH);
    unlinkat(d->dir, name, 0);
}

void np_netns_each(const struct np_netns_dir *d, void (*fn)(void *arg, const char *name), void *arg)
{
    int fd = openat(d->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL)
        return;
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (e->d_name[0] != '.')
            fn(arg, e->d_name);
    closedir(dir);
}

int np_netns_enter(int fd, struct np_err *err)
{
    if (setns(fd, CLONE_NEWNET) != 0)
        return np_err_errno(err, errno, "cannot enter a network namespace");
    return 0;
}

void np_netns_leave(const struct np_netns_dir *d)
{
    int rc = setns(d->home, CLONE_NEWNET);
    np_assert(rc == 0);
}

int np_netns_set(const char *name, const char *value, struct np_err *err)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
    NP_AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(value);
    if (fd < 0 || write(fd, value, n) != (ssize_t)n)
        return np_err_errno(err, errno, "cannot set %s to %s", name, value);
    return 0;
}
