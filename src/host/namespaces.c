/* SPDX-License-Identifier: Apache-2.0 */
/* namespaces.c - made by unshare, entered by setns. */
#include "host/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/instance/subids.h"
#include "io/file.h"

static int write_file(const char *path, const char *text, struct np_err *err)
{
    NP_AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return np_err_errno(err, errno, "cannot open %s", path);
    int rc = np_write_all(fd, text, strlen(text), err);
    return rc != 0 ? np_err_prefix(err, "%s", path) : 0;
}

/* This user is root in there, and nobody else is anybody. */
static int map_one(uid_t uid, gid_t gid, struct np_err *err)
{
    char line[64];
    int rc = write_file("/proc/self/setgroups", "deny", err);
    snprintf(line, sizeof(line), "0 %u 1", uid);
    if (rc == 0)
        rc = write_file("/proc/self/uid_map", line, err);
    snprintf(line, sizeof(line), "0 %u 1", gid);
    return rc != 0 ? rc : write_file("/proc/self/gid_map", line, err);
}

static int map_user(uid_t uid, gid_t gid, struct np_subids *more, struct np_err *err)
{
    return np_subids_map(more) ? 0 : map_one(uid, gid, err);
}

static int lo_up(struct np_err *err)
{
    struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    NP_AUTO_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &r) != 0)
        return np_err_errno(err, errno, "cannot bring up the loopback interface");
    return 0;
}

static int make(bool user, struct np_err *err)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    struct np_subids more;
    np_subids_begin(&more, user);
    if (unshare((user ? CLONE_NEWUSER : 0) | CLONE_NEWNET | CLONE_NEWNS) != 0) {
        int why = errno;
        np_subids_end(&more);
        return np_err_errno(err, why, "cannot make namespaces");
    }
    int rc = user ? map_user(uid, gid, &more, err) : 0;
    np_subids_end(&more);
    /* What the host mounts later is seen there, what is mounted here is not seen by it; keepers of
     * instances are to this as this is to the host: what is taken away here goes there, too. */
    if (rc == 0 && (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0 ||
                    mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) != 0))
        rc = np_err_errno(err, errno, "cannot part the mounts from the host's");
    return rc != 0 ? rc : lo_up(err);
}

/* In a child first: half of it done would leave this process without the rights that it has. */
static int rehearse(bool user, struct np_err *err)
{
    int ends[2], status = 1;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return np_err_errno(err, errno, "cannot make a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        struct np_err why = {0};
        if (make(user, &why) == 0)
            _exit(0);
        np_write_all(ends[1], why.text, why.n, NULL);
        _exit(1);
    }
    close(ends[1]);
    NP_AUTO_FD from = ends[0];
    char text[256];
    ssize_t n = pid > 0 ? read(from, text, sizeof(text)) : 0;
    if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
        return 0;
    return np_err(err, NP_ENOTSUP, "%.*s", n > 0 ? (int)n : 0, text);
}

void np_namespaces_make(struct np_namespaces *out)
{
    *out = (struct np_namespaces){0};
    /* Root of a container may lack the right to, and have user namespaces as anybody. */
    bool user = geteuid() != 0 || rehearse(false, &out->why) != 0;
    out->own = (!user || rehearse(true, &out->why) == 0) && make(user, &out->why) == 0;
    out->user = out->own && user;
}

/* --- entering --- */

static int open_ns(pid_t pid, const char *kind)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool is_mine(int fd, const char *kind)
{
    char path[64];
    struct stat theirs, mine;
    snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
    return fstat(fd, &theirs) == 0 && stat(path, &mine) == 0 && theirs.st_ino == mine.st_ino &&
           theirs.st_dev == mine.st_dev;
}

int np_namespaces_enter(pid_t pid, bool (*still)(void *arg), void *arg, struct np_namespaces *out,
                        struct np_err *err)
{
    NP_AUTO_FD user = open_ns(pid, "user");
    NP_AUTO_FD net = open_ns(pid, "net");
    NP_AUTO_FD mnt = open_ns(pid, "mnt");
    if (user < 0 || net < 0 || mnt < 0 || !still(arg))
        return np_err(err, NP_ENOENT, "process %d does not hold the namespaces any more", (int)pid);
    *out = (struct np_namespaces){.own = !is_mine(net, "net"), .user = !is_mine(user, "user")};
    if (out->user && setns(user, CLONE_NEWUSER) != 0)
        return np_err_errno(err, errno, "cannot enter the user namespace of process %d", (int)pid);
    if (out->own && (setns(net, CLONE_NEWNET) != 0 || setns(mnt, CLONE_NEWNS) != 0))
        return np_err_errno(err, errno, "cannot enter the namespaces of process %d", (int)pid);
    if (!out->own)
        np_err(&out->why, NP_ENOTSUP, "those of process %d are the host's", (int)pid);
    return 0;
}
