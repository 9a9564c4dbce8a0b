/* SPDX-License-Identifier: Apache-2.0 */
/* mount.c - mount(2) of a guest's volume, on its behalf. The guest is not believed: strings
 * are read once, the device is looked at after it was mounted, and nothing is mounted for a process
 * that could not mount by itself. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/log.h"
#include "host/init.h"
#include "host/volume/volume_int.h"
#include "io/child.h"

#define TEXT_MAX    4096
#define DEVICES_MAX 64
#define RECEIVE_MS  10000
#if defined(__x86_64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_AARCH64
#endif
#define PAGE 4096u

/* Flags that make it another operation than mounting a file system anew. */
#define OTHERS (MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

/* Whose notifications this process answers. */
struct guest {
    struct np_volumes *v;
    np_volume_id id;
    uint64_t base;
    int notify;
};

struct ask {
    const struct guest *g;
    uint64_t id;
    pid_t pid;
    char source[TEXT_MAX], target[TEXT_MAX], type[16], options[TEXT_MAX];
    unsigned long flags;
    int mnt, root, cwd, user;   /* the caller's */
    int dev;                    /* the guest's */
    dev_t devices[DEVICES_MAX]; /* that the instance has */
    size_t n_devices;
};

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

static int open_of(pid_t pid, const char *name, int flags)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    return open(path, flags | O_CLOEXEC);
}

/* Is its user namespace the guest's? One below it that an ordinary user makes cannot have the first
 * id. */
static bool is_guests(pid_t pid, uint64_t base)
{
    char text[256];
    NP_AUTO_FD fd = open_of(pid, "uid_map", O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    struct np_str rest = np_str_trim(np_str_n(text, n > 0 ? (size_t)n : 0)), field;
    uint64_t id = 1, numbers[2] = {1, 1};
    for (size_t i = 0; i < NP_LEN(numbers); rest = np_str_trim(rest)) {
        if (!np_str_split(&rest, ' ', &field))
            return false;
        if (field.n != 0 && np_str_u64(field, &id))
            numbers[i++] = id;
    }
    return numbers[0] == 0 && numbers[1] == base;
}

static bool has_sys_admin(pid_t pid)
{
    char text[4096];
    NP_AUTO_FD fd = open_of(pid, "status", O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    struct np_str rest = np_str_n(text, n > 0 ? (size_t)n : 0), line;
    while (np_str_split(&rest, '\n', &line))
        if (np_str_starts(line, NP_STR("CapEff:\t")) && line.n == 24) {
            /* 16 hexadecimal digits; CAP_SYS_ADMIN is in the sixth from the right. */
            char digit = line.p[23 - CAP_SYS_ADMIN / 4];
            unsigned v = digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
            return (v >> CAP_SYS_ADMIN % 4 & 1) != 0;
        }
    return false;
}

/* A process of another user namespace, or without the right, is the kernel's to answer. */
static bool may_mount(const struct ask *k)
{
    return is_guests(k->pid, k->g->base) && has_sys_admin(k->pid);
}

static bool still_asks(const struct ask *k)
{
    uint64_t id = k->id;
    return ioctl(k->g->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* --- devices of the instance --- */

static void add_device(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct ask *k = arg;
    dev_t dev = on->place != 0 && on->loop >= 0 && !np_volume_has(dir, "detach")
                    ? np_loopdev_number(on->loop)
                    : 0;
    if (dev != 0 && k->n_devices < DEVICES_MAX)
        k->devices[k->n_devices++] = dev;
}

static bool is_ours(const struct ask *k, dev_t dev)
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

static bool enter(const struct ask *k)
{
    return setns(k->mnt, CLONE_NEWNS) == 0 && fchdir(k->root) == 0 && chroot(".") == 0 &&
           fchdir(k->cwd) == 0;
}

static bool map_ids(int mount, int user)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user};
    return mount_setattr(mount, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0;
}

/* 0, or an errno. What it finds by the source's name is looked at again when it is mounted: the
 * name may be another device's by then. */
static int mount_it(const struct ask *k)
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

static int mount_in_child(const struct ask *k)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(mount_it(k));
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return EAGAIN;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

/* --- notifications --- */

static bool take_strings(struct ask *k, const struct seccomp_data *d)
{
    bool plain = d->arch == AUDIT_ARCH_NATIVE;
    k->flags = (unsigned long)d->args[3];
    if ((k->flags & MS_MGC_MSK) == MS_MGC_VAL)
        k->flags &= ~MS_MGC_MSK;
    return plain && d->nr == SYS_mount && (k->flags & OTHERS) == 0 &&
           read_text(k->pid, d->args[2], k->type, sizeof(k->type)) &&
           (strcmp(k->type, "ext4") == 0 || strcmp(k->type, "xfs") == 0) &&
           read_text(k->pid, d->args[0], k->source, sizeof(k->source)) &&
           read_text(k->pid, d->args[1], k->target, sizeof(k->target)) &&
           read_text(k->pid, d->args[4], k->options, sizeof(k->options));
}

static void take_places(struct ask *k)
{
    k->mnt = open_of(k->pid, "ns/mnt", O_RDONLY);
    k->root = open_of(k->pid, "root", O_PATH | O_DIRECTORY);
    k->cwd = open_of(k->pid, "cwd", O_PATH | O_DIRECTORY);
    k->user = open_of(k->pid, "ns/user", O_RDONLY);
}

static void leave_places(const struct ask *k)
{
    const int fds[] = {k->mnt, k->root, k->cwd, k->user};
    NP_EACH (fd, fds)
        if (*fd >= 0)
            close(*fd);
}

static void link_one(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct ask *k = arg;
    if (on->place != 0 && on->loop >= 0)
        np_volume_link_fs(k->g->v, k->dev, on);
}

/* What was made since it was attached has a name by its number now. */
static void link_file_systems(struct ask *k)
{
    NP_AUTO_FD dev = openat(k->root, "dev", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    k->dev = dev;
    if (dev >= 0)
        np_volumes_of(k->g->v, k->g->id, link_one, k);
}

/* False: the kernel shall answer. */
static bool answer(struct ask *k, const struct seccomp_data *d, int *error)
{
    if (!take_strings(k, d))
        return false;
    take_places(k);
    bool mine =
        may_mount(k) && k->mnt >= 0 && k->root >= 0 && k->cwd >= 0 && k->user >= 0 && still_asks(k);
    if (mine) {
        np_volumes_of(k->g->v, k->g->id, add_device, k);
        *error = mount_in_child(k);
        if (*error == 0)
            link_file_systems(k);
    }
    leave_places(k);
    return mine;
}

static void answer_one(const struct guest *g)
{
    struct seccomp_notif rq = {0};
    if (ioctl(g->notify, SECCOMP_IOCTL_NOTIF_RECV, &rq) != 0)
        return; /* who asked has gone */
    NP_AUTO_HEAP struct ask *k = np_heap_new(struct ask);
    k->g = g;
    k->id = rq.id;
    k->pid = (pid_t)rq.pid;
    k->mnt = k->root = k->cwd = k->user = -1;
    int error = 0;
    struct seccomp_notif_resp back = {.id = rq.id};
    if (answer(k, &rq.data, &error))
        back.error = -error;
    else
        back.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(g->notify, SECCOMP_IOCTL_NOTIF_SEND, &back);
}

/* --- the process of one guest --- */

/* "metadata":"i-0123 100000" of the runtime's message, which is JSON; ids have nothing to escape.
 */
static bool read_metadata(struct np_str message, struct guest *g)
{
    struct np_str name = NP_STR("\"metadata\""), id, base;
    ptrdiff_t at = np_str_find(message, name);
    if (at < 0)
        return false;
    message = np_str_trim(np_str_sub(message, (size_t)at + name.n, message.n));
    if (!np_str_starts(message, NP_STR(":")))
        return false;
    message = np_str_trim(np_str_sub(message, 1, message.n));
    return np_str_starts(message, NP_STR("\"")) &&
           np_str_cut(np_str_sub(message, 1, message.n), '"', &message, &base) &&
           np_str_cut(message, ' ', &id, &base) && np_volume_id_ok(id, g->id) &&
           np_str_u64(base, &g->base);
}

static bool receive_guest(int conn, struct guest *g)
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
    return read_metadata(np_str_n(text, (size_t)n), g);
}

static _Noreturn void serve(struct np_volumes *v, int conn)
{
    struct guest g = {.v = v, .notify = -1};
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
        int n = poll(&p, 1, -1);
        if (n < 0 && errno != EINTR)
            _exit(1);
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

const char *np_volume_listener_path(const struct np_volumes *v)
{
    return v->listener_path;
}
