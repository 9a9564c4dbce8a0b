/* SPDX-License-Identifier: Apache-2.0 */
/* cage.c - programs that read what a guest has written to its disk, and may be fooled by it. */
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "guest/fusermount.h"
#include "host/instance/guest_blob.h"
#include "host/volume/volume_int.h"
#include "io/file.h"

#define PLACE   "/proc" /* is everywhere, and of no use to them */
#define LOCK_FD 3

static bool put(int tree, const char *at)
{
    return tree >= 0 && move_mount(tree, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

static bool put_file(int tree, const char *at)
{
    NP_AUTO_FD file = open(at, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return file >= 0 && put(tree, at);
}

static int clone_readonly(const char *path)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
    NP_AUTO_FD fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    return fd >= 0 && mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) == 0
               ? np_fd_take(&fd)
               : -1;
}

/* As the host has it: a link into /usr, or a folder. */
static bool put_library(const char *name)
{
    char path[32], to[256];
    struct stat st;
    snprintf(path, sizeof(path), "/%s", name);
    ssize_t n = readlink(path, to, sizeof(to) - 1);
    if (n > 0) {
        to[n] = '\0';
        return symlink(to, name) == 0;
    }
    if (stat(path, &st) != 0)
        return true;
    NP_AUTO_FD tree = clone_readonly(path);
    return mkdir(name, 0755) == 0 && put(tree, name);
}

static bool put_fusermount(void)
{
    NP_AUTO_FD fd = open("bin/fusermount", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    struct np_str blob = np_guest_blob();
    return fd >= 0 && np_write_all(fd, blob.p, blob.n, NULL) == 0;
}

static bool fill(int disk)
{
    static const char *const libraries[] = {"lib", "lib32", "lib64", "sbin"};
    static const char *const folders[] = {"usr", "bin", "dev", "m"};
    NP_AUTO_FD usr = clone_readonly("/usr");
    NP_AUTO_FD null = open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (mount("nephele", PLACE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=16m") != 0 ||
        chdir(PLACE) != 0)
        return false;
    NP_EACH (folder, folders)
        if (mkdir(*folder, 0755) != 0)
            return false;
    NP_EACH (library, libraries)
        if (!put_library(*library))
            return false;
    return put(usr, "usr") && put_file(null, "dev/null") && put_file(disk, "disk") &&
           put_fusermount();
}

static bool enter(void)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    return syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
           chdir("/") == 0 && mount_setattr(AT_FDCWD, "/", 0, &attr, sizeof(attr)) == 0;
}

static bool give_up_rights(void)
{
    const struct rlimit none = {0};
    struct stat st;
    /* Who was fooled makes the disk no larger. */
    if (stat("/disk", &st) != 0 ||
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){(rlim_t)st.st_size, (rlim_t)st.st_size}) != 0)
        return false;
    capng_clear(CAPNG_SELECT_BOTH);
    return capng_apply(CAPNG_SELECT_BOTH) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           setrlimit(RLIMIT_CORE, &none) == 0;
}

static void keep(const struct np_cage *c)
{
    int lock = c->lock >= 0 ? fcntl(c->lock, F_DUPFD, 16) : -1;
    int fuse = c->fuse >= 0 ? fcntl(c->fuse, F_DUPFD, 16) : -1;
    NP_AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= FUSERMOUNT_FD; fd++)
        dup2(null, fd);
    if (lock >= 0)
        dup2(lock, LOCK_FD);
    if (fuse >= 0)
        dup2(fuse, FUSERMOUNT_FD);
    null = -1; /* goes with the others */
    close_range(FUSERMOUNT_FD + 1, ~0u, 0);
}

static _Noreturn void cage_main(const struct np_cage *c)
{
    static const char *const env[] = {"PATH=/usr/sbin:/usr/bin", "LC_ALL=C", NULL};
    static const char *const folders[] = {"/usr/sbin", "/usr/bin", "/sbin"};
    char path[128];
    sigset_t none;
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || !fill(c->disk) || !enter())
        _exit(126);
    keep(c);
    if (!give_up_rights())
        _exit(126);
    NP_EACH (folder, folders) {
        snprintf(path, sizeof(path), "%s/%s", *folder, c->argv[0]);
        execve(path, (char *const *)c->argv, (char *const *)env);
    }
    _exit(127);
}

pid_t np_cage_start(const struct np_cage *c)
{
    const unsigned long flags =
        CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD;
    pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    if (pid == 0)
        cage_main(c);
    return pid;
}
