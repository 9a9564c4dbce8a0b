/* SPDX-License-Identifier: Apache-2.0 */
/* isolation.c - user namespaces, mapped mounts and the runtime, each tried. */
#include "host/instance/isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/instance/borrow.h"
#include "io/file.h"

/* runc cannot leave control groups alone, which are made here. */
static const char *const runtimes[] = {"/usr/bin/crun", "/usr/sbin/crun", "/usr/local/bin/crun"};

uint32_t np_isolation_base(const struct np_isolation *i, uint32_t slot)
{
    return i->mode == NP_ISOLATION_RANGE ? NP_ISOLATION_BASE + slot * NP_ISOLATION_IDS : 0;
}

static bool write_map(pid_t pid, const char *name, uint32_t base, uint32_t ids)
{
    char path[64], line[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    int n = snprintf(line, sizeof(line), "0 %u %u", base, ids);
    NP_AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, line, (size_t)n) == n;
}

/* Lends a user namespace until its maps are written. */
NP_BORROWER static int lend(void *arg)
{
    const int *ends = arg;
    char c;
    syscall(SYS_close, ends[1]);
    syscall(SYS_read, ends[0], &c, 1);
    syscall(SYS_exit, 0);
    return 0;
}

int np_isolation_userns(uint32_t base, uint32_t ids)
{
    char path[64];
    struct np_borrower b;
    int ends[2], fd = -1;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    int why = np_borrow(&b, lend, CLONE_NEWUSER, ends);
    bool made = why == 0;
    if (made) {
        snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)b.pid);
        if (write_map(b.pid, "uid_map", base, ids) && write_map(b.pid, "gid_map", base, ids))
            fd = open(path, O_RDONLY | O_CLOEXEC);
        why = errno;
    }
    close(ends[0]);
    close(ends[1]);
    if (made) {
        waitpid(b.pid, NULL, 0);
        np_borrow_end(&b);
    }
    errno = why;
    return fd;
}

int np_isolation_map(int mount_fd, int userns, bool recursive)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};
    return (int)syscall(SYS_mount_setattr, mount_fd, "",
                        AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr, sizeof(attr));
}

static int try_map(const char *path, int ns, const char *named, struct np_err *err)
{
    NP_AUTO_FD fd = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC);
    if (fd < 0)
        return np_err_errno(err, errno, "cannot clone the mount of %s", named);
    if (np_isolation_map(fd, ns, false) != 0)
        return np_err_errno(err, errno, "the file system of %s does not map ids", named);
    return 0;
}

/* What guests have below their root: /usr, and what is in the data directory. */
static int try_range(const char *data_dir, struct np_err *err)
{
    NP_AUTO_FD ns = np_isolation_userns(NP_ISOLATION_BASE, NP_ISOLATION_IDS);
    if (ns < 0)
        return np_err_errno(err, errno, "cannot make a user namespace");
    int rc = try_map("/usr", ns, "/usr", err);
    return rc != 0 ? rc : try_map(data_dir, ns, "the data directory", err);
}

static int try_one(struct np_err *err)
{
    NP_AUTO_FD ns = np_isolation_userns(0, 1);
    return ns >= 0 ? 0 : np_err_errno(err, errno, "cannot make a user namespace in the agent's");
}

/* How many ids the agent's user namespace has, from 0 on without a gap. */
static uint32_t ids_here(void)
{
    uint32_t next = 0, inside, outside, n;
    FILE *f = fopen("/proc/self/uid_map", "re");
    while (f != NULL && fscanf(f, "%u %u %u", &inside, &outside, &n) == 3 && inside == next)
        next += n;
    if (f != NULL)
        fclose(f);
    return next;
}

static int try_runtime(const char *path, struct np_err *err)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        execl(path, path, "--version", (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return np_err(err, NP_ENOTSUP, "%s does not run", path);
    return 0;
}

static int find_runtime(struct np_isolation *out)
{
    NP_EACH (path, runtimes) {
        if (access(*path, X_OK) == 0 && try_runtime(*path, &out->why) == 0) {
            out->runtime = *path;
            return 0;
        }
    }
    if (out->why.code != 0)
        return out->why.code;
    return np_err(&out->why, NP_ENOTSUP, "there is no OCI runtime: install the package crun");
}

void np_isolation_find(bool user, const char *data_dir, struct np_isolation *out)
{
    *out = (struct np_isolation){.ids = NP_ISOLATION_IDS};
    if (find_runtime(out) != 0)
        return;
    if (user) {
        uint32_t n = ids_here();
        if (try_one(&out->why) != 0)
            return;
        out->mode = n >= NP_ISOLATION_IDS ? NP_ISOLATION_SHARED : NP_ISOLATION_ONE;
        out->ids = out->mode == NP_ISOLATION_ONE ? 1 : NP_ISOLATION_IDS;
        if (out->mode == NP_ISOLATION_ONE)
            np_err(&out->why, NP_ENOTSUP, "this user has no %u subordinate ids",
                   NP_ISOLATION_IDS - 1);
        return;
    }
    if (geteuid() != 0) {
        np_err(&out->why, NP_ENOTSUP, "neither root nor user namespaces");
        return;
    }
    out->mode = try_range(data_dir, &out->why) == 0 ? NP_ISOLATION_RANGE : NP_ISOLATION_WEAK;
}
