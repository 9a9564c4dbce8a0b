/* SPDX-License-Identifier: Apache-2.0 */
/* notify.c - answers system calls of guests, of which the kernel tells by seccomp: a process a
 * guest. The guest is not believed: strings are read once, and nothing is done for a process that
 * could not do it by itself. */
#include "host/volume/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "base/log.h"
#include "host/init.h"
#include "host/volume/notify_text.h"
#include "io/child.h"

#define RECEIVE_MS 10000
#define SYNC_MS    5000 /* as ext4's commit */
#if defined(__x86_64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_AARCH64
#endif
#define PAGE 4096u

/* --- reading the caller --- */

/* Up to the end of the page, then the next: what follows a text may not be there. */
static bool read_text(pid_t pid, uint64_t at, char *out, size_t max)
{
    out[0] = '\0';
    if (at == 0)
        return true;
    for (size_t n = 0; n < max;) {
        size_t part = PAGE - (size_t)((at + n) % PAGE);
        if (part > max - n)
            part = max - n;
        struct iovec to = {out + n, part};
        struct iovec from = {(void *)(uintptr_t)(at + n),
                             part}; // NOLINT(performance-no-int-to-ptr)
        ssize_t got = process_vm_readv(pid, &to, 1, &from, 1, 0);
        if (got <= 0)
            return false;
        if (memchr(out + n, '\0', (size_t)got) != NULL)
            return true;
        n += (size_t)got;
    }
    return false;
}

int np_notify_open(pid_t pid, const char *name, int flags)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    return open(path, flags | O_CLOEXEC);
}

static struct np_str read_of(pid_t pid, const char *name, char *text, size_t max)
{
    NP_AUTO_FD fd = np_notify_open(pid, name, O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, text, max) : -1;
    return np_str_n(text, n > 0 ? (size_t)n : 0);
}

/* A process of another user namespace, or without the right, is the kernel's to answer. */
static bool may_mount(const struct np_notify_ask *k)
{
    char text[4096];
    return np_notify_uid_map(read_of(k->pid, "uid_map", text, 256), k->g->base) &&
           np_notify_sys_admin(read_of(k->pid, "status", text, sizeof(text)));
}

static bool still_asks(const struct np_notify_ask *k)
{
    uint64_t id = k->id;
    return ioctl(k->g->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* --- what it asks --- */

static bool take_mount(struct np_notify_ask *k, const struct seccomp_data *d)
{
    return np_notify_mount_flags(d->args[3], &k->flags) &&
           read_text(k->pid, d->args[2], k->type, sizeof(k->type)) &&
           (strcmp(k->type, "ext4") == 0 || strcmp(k->type, "xfs") == 0) &&
           read_text(k->pid, d->args[0], k->source, sizeof(k->source)) &&
           read_text(k->pid, d->args[1], k->target, sizeof(k->target)) &&
           read_text(k->pid, d->args[4], k->options, sizeof(k->options));
}

static bool take_umount(struct np_notify_ask *k, const struct seccomp_data *d)
{
    return np_notify_umount_flags(d->args[1], &k->flags) &&
           read_text(k->pid, d->args[0], k->target, sizeof(k->target));
}

static void take_places(struct np_notify_ask *k)
{
    k->mnt = np_notify_open(k->pid, "ns/mnt", O_RDONLY);
    k->root = np_notify_open(k->pid, "root", O_PATH | O_DIRECTORY);
    k->cwd = np_notify_open(k->pid, "cwd", O_PATH | O_DIRECTORY);
    k->user = np_notify_open(k->pid, "ns/user", O_RDONLY);
}

static void leave_places(const struct np_notify_ask *k)
{
    const int fds[] = {k->mnt, k->root, k->cwd, k->user};
    NP_EACH (fd, fds)
        if (*fd >= 0)
            close(*fd);
}

/* False: the kernel shall answer. */
static bool answer(struct np_notify_ask *k, const struct seccomp_data *d, int *error)
{
    bool mounts = d->nr == SYS_mount;
    if (d->arch != AUDIT_ARCH_NATIVE || (!mounts && d->nr != SYS_umount2) ||
        !(mounts ? take_mount(k, d) : take_umount(k, d)))
        return false;
    take_places(k);
    bool mine =
        may_mount(k) && k->mnt >= 0 && k->root >= 0 && k->cwd >= 0 && k->user >= 0 && still_asks(k);
    if (mine)
        *error = mounts ? np_notify_mount(k) : np_notify_umount(k);
    leave_places(k);
    return mine && *error != NP_NOTIFY_NOT_OURS;
}

/* --- fsync(2) and the like --- */

struct syncing {
    int mnt;
    dev_t dev; /* 0: all */
};

static void sync_one(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    const struct syncing *s = arg;
    dev_t dev = np_volume_fs_dev(dir);
    if (dev != 0 && (s->dev == 0 || s->dev == dev))
        np_volume_fs_sync(dir, s->mnt);
}

static void sync_all(const struct np_notify_guest *g, dev_t dev)
{
    struct syncing s = {g->mnt, dev};
    np_volumes_of(g->v, g->id, sync_one, &s);
}

static bool writes(pid_t pid, unsigned fd)
{
    char name[32], text[256];
    snprintf(name, sizeof(name), "fdinfo/%u", fd);
    return np_notify_writes(read_of(pid, name, text, sizeof(text)));
}

/* fuse2fs writes down what it has when a file that is open for writing is synced; with a folder, or
 * a file that is only read, or all, that is done for it before the kernel answers. */
static void before_sync(const struct np_notify_guest *g, pid_t pid, const struct seccomp_data *d)
{
    char path[64];
    struct statx st;
    unsigned fd = (unsigned)d->args[0];
    if (g->mnt < 0)
        return;
    if (d->nr == SYS_sync) {
        sync_all(g, 0);
        return;
    }
    snprintf(path, sizeof(path), "/proc/%d/fd/%u", (int)pid, fd);
    if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, 0, &st) == 0 && st.stx_dev_major == 0 &&
        (d->nr == SYS_syncfs || !writes(pid, fd)))
        sync_all(g, makedev(st.stx_dev_major, st.stx_dev_minor));
}

static bool is_sync(const struct seccomp_data *d)
{
    return d->arch == AUDIT_ARCH_NATIVE && (d->nr == SYS_fsync || d->nr == SYS_fdatasync ||
                                            d->nr == SYS_syncfs || d->nr == SYS_sync);
}

/* --- one notification --- */

static void answer_one(struct np_notify_guest *g)
{
    struct seccomp_notif rq = {0};
    if (ioctl(g->notify, SECCOMP_IOCTL_NOTIF_RECV, &rq) != 0)
        return; /* who asked has gone */
    NP_AUTO_HEAP struct np_notify_ask *k = np_heap_new(struct np_notify_ask);
    k->g = g;
    k->id = rq.id;
    k->pid = (pid_t)rq.pid;
    k->mnt = k->root = k->cwd = k->user = -1;
    int error = 0;
    struct seccomp_notif_resp back = {.id = rq.id};
    if (is_sync(&rq.data))
        before_sync(g, k->pid, &rq.data);
    if (answer(k, &rq.data, &error))
        back.error = -error;
    else
        back.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(g->notify, SECCOMP_IOCTL_NOTIF_SEND, &back);
}

/* --- the process of one guest --- */

static bool receive_guest(int conn, struct np_notify_guest *g)
{
    enum { MESSAGE = 16384 };
    struct pollfd p = {.fd = conn, .events = POLLIN};
    NP_AUTO_HEAP char *text = np_heap_alloc(MESSAGE);
    int fds[4];
    size_t n_fds = NP_LEN(fds);
    if (poll(&p, 1, RECEIVE_MS) != 1)
        return false;
    ssize_t n = np_recvfds(conn, text, MESSAGE, fds, &n_fds);
    if (n <= 0 || n_fds == 0)
        return false;
    g->notify = fds[0];
    return np_notify_metadata(np_str_n(text, (size_t)n), g->id, &g->base);
}

static _Noreturn void serve(struct np_volumes *v, int conn)
{
    struct np_notify_guest g = {.v = v, .notify = -1, .mnt = -1};
    sigset_t none;
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_NAME, "nephele-mounts");
    np_detach(&conn, 1);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!receive_guest(conn, &g))
        _exit(1);
    close(conn);
    for (struct pollfd p = {.fd = g.notify, .events = POLLIN};;) {
        int n = poll(&p, 1, g.mnt >= 0 ? SYNC_MS : -1);
        if (n < 0 && errno != EINTR)
            _exit(1);
        if (n == 0)
            sync_all(&g, 0);
        if (n > 0 && (p.revents & POLLIN) != 0)
            answer_one(&g);
        else if (n > 0)
            _exit(0); /* nobody is left in the guest */
    }
}

/* --- the socket --- */

static void accept_one(struct np_volumes *v, int conn)
{
    uid_t uid;
    pid_t peer, pid = -1;
    if (np_peer_uid(conn, &uid, &peer) == 0 && uid == geteuid())
        pid = fork();
    if (pid == 0)
        serve(v, conn);
    close(conn);
    if (pid > 0)
        np_volume_work_watch(v, pid);
    else
        np_log(NP_WARN, "agent.mounts", "reason=\"cannot serve mount(2) of a guest\"");
}

static void on_listener(struct np_watch *w, unsigned events)
{
    struct np_volumes *v = NP_CONTAINER(w, struct np_volumes, listening);
    int conn;
    while ((conn = accept4(v->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        accept_one(v, conn);
}

/* A stream, as runtimes want it; reached by a descriptor's path, since ours may be too long. */
int np_volume_listen(struct np_volumes *v, struct np_err *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *path =
        np_str_z(v->arena, np_str_printf(v->arena, "%.*s/" NP_VOLUME_NODES, NP_FMT(v->data_dir)));
    NP_AUTO_FD dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    NP_AUTO_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/.mounts", dir);
    if (dir >= 0)
        unlinkat(dir, ".mounts", 0);
    if (dir < 0 || fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        fchmodat(dir, ".mounts", 0600, 0) != 0 || listen(fd, 64) != 0)
        return np_err_errno(err, errno, "cannot listen for mounts of guests");
    v->listener = np_fd_take(&fd);
    v->listener_path = np_str_z(v->arena, np_str_printf(v->arena, "%s/.mounts", path));
    return 0;
}

void np_volume_listen_watch(struct np_volumes *v)
{
    if (v->listener >= 0)
        np_watch_add(v->loop, &v->listening, v->listener, NP_READABLE, on_listener, NULL);
}

bool np_volumes_are_served(const struct np_volumes *v)
{
    return np_volumes_views(v);
}

const char *np_volume_listener_path(const struct np_volumes *v)
{
    return v->listener_path;
}
