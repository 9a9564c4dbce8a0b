/* SPDX-License-Identifier: Apache-2.0 */
/* child.c - starting and ending children, signals, descriptors in messages.
 *
 * A child is cloned like vfork: it borrows our memory until exec, so that a large process does not
 * copy its page tables, and a failure is told by writing into our stack. It runs with all signals
 * blocked until its own handlers are gone, on a stack of its own, and calls only what is safe
 * there.
 */
#include "io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

#define CHILD_FDS_MAX   8
#define MESSAGE_FDS_MAX 64
#define STACK_BYTES     65536

/* --- the child's side --- */

/* The sanitizers know nothing of a second process in their memory. */
#define IN_CHILD __attribute__((no_sanitize_address, no_sanitize_thread))

struct plan {
    const struct np_child_opts *o;
    const int *life;  /* a pipe; its reader closes when we end */
    const char *step; /* what failed, and its errno */
    int failed;
};

IN_CHILD static int fail_at(struct plan *p, const char *step)
{
    p->failed = errno;
    p->step = step;
    return -1;
}

/* Gets descriptors out of the range that is about to be filled, then fills it. At least 0 to 2 are
 * filled: a program that opens a file must not find it to be its standard error. */
IN_CHILD static int place_fds(struct plan *p)
{
    int from[CHILD_FDS_MAX];
    int n = p->o->n_fds > 3 ? (int)p->o->n_fds : 3;
    for (int i = 0; i < n; i++) {
        int fd = i < (int)p->o->n_fds ? p->o->fds[i] : -1;
        from[i] = fd < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : fd;
        if (from[i] >= 0 && from[i] < n)
            from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, n);
        if (from[i] < 0)
            return fail_at(p, "cannot give it its descriptors");
    }
    for (int i = 0; i < n; i++) {
        if (dup2(from[i], i) < 0)
            return fail_at(p, "cannot give it its descriptors");
    }
    return 0;
}

IN_CHILD static int default_signals(struct plan *p)
{
    struct sigaction dfl = {.sa_handler = SIG_DFL};
    for (int signo = 1; signo < NSIG; signo++)
        sigaction(signo, &dfl, NULL); /* fails for SIGKILL, SIGSTOP and libc's own: fine */
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0 ? 0
                                                      : fail_at(p, "cannot unblock its signals");
}

IN_CHILD static int die_with_parent(struct plan *p)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return fail_at(p, "cannot bind it to us");
    /* We may have ended before that call. The parent's id does not tell (it is 0 across pid
     * namespaces), a pipe does: its reader is gone. */
    close(p->life[0]);
    struct pollfd end = {.fd = p->life[1]};
    if (poll(&end, 1, 0) == 1)
        _exit(127);
    return 0;
}

IN_CHILD static int child_main(void *arg)
{
    struct plan *p = arg;
    const struct np_child_opts *o = p->o;
    static char *const no_env[] = {NULL};
    char *const *envp = o->envp != NULL ? (char *const *)(uintptr_t)o->envp : no_env;
    if (o->die_with_parent && die_with_parent(p) != 0)
        _exit(127);
    if (o->new_session)
        setsid(); /* fails for nobody: we are no group leader */
    if (place_fds(p) != 0)
        _exit(127);
    if (close_range(o->n_fds > 3 ? (unsigned)o->n_fds : 3, ~0u, 0) != 0) {
        fail_at(p, "cannot close its other descriptors");
        _exit(127);
    }
    if (default_signals(p) != 0)
        _exit(127);
    execve(o->argv[0], (char *const *)(uintptr_t)o->argv, envp);
    fail_at(p, "cannot run it");
    _exit(127);
}

/* --- ours --- */

/* A wait status out of what waitid() says. */
static int wait_status(const siginfo_t *si)
{
    if (si->si_code == CLD_EXITED)
        return (si->si_status & 0xff) << 8;
    return si->si_status | (si->si_code == CLD_DUMPED ? 0x80 : 0);
}

static void on_exit_of_child(struct np_watch *w, unsigned events)
{
    (void)events;
    struct np_child *c = NP_CONTAINER(w, struct np_child, watch);
    siginfo_t si = {0};
    if (waitid(P_PIDFD, (id_t)c->pidfd, &si, WEXITED | WNOHANG) != 0 || si.si_pid == 0)
        return;
    np_watch_del(&c->watch);
    close(c->pidfd);
    c->pidfd = -1;
    c->pid = 0;
    c->exited(c, wait_status(&si));
}

static pid_t clone_child(struct plan *p, int *pidfd)
{
    char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        return -1;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid_t pid = clone(child_main, stack + STACK_BYTES,
                      CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, p, pidfd);
    int e = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    munmap(stack, STACK_BYTES);
    errno = e;
    return pid;
}

static int start(struct plan *p, pid_t *pid, int *pidfd, struct np_err *err)
{
    const char *path = p->o->argv[0];
    *pid = clone_child(p, pidfd);
    if (*pid < 0)
        return np_err_errno(err, errno, "cannot start %s", path);
    if (p->failed == 0)
        return 0;
    siginfo_t si;
    waitid(P_PIDFD, (id_t)*pidfd, &si, WEXITED); /* it has ended already, or is about to */
    close(*pidfd);
    return np_err_errno(err, p->failed, "cannot start %s: %s", path, p->step);
}

int np_child_start(struct np_loop *l, struct np_child *c, const struct np_child_opts *o,
                   void (*exited)(struct np_child *c, int status), struct np_err *err)
{
    np_assert(o->n_fds <= CHILD_FDS_MAX && o->argv[0] != NULL);
    int life[2];
    if (pipe2(life, O_CLOEXEC) != 0)
        return np_err_errno(err, errno, "cannot start %s", o->argv[0]);
    struct plan p = {.o = o, .life = life};
    pid_t pid;
    int pidfd;
    int rc = start(&p, &pid, &pidfd, err);
    close(life[0]);
    close(life[1]);
    if (rc != 0)
        return rc;
    *c = (struct np_child){.pid = pid, .pidfd = pidfd, .exited = exited};
    rc = np_watch_add(l, &c->watch, pidfd, NP_READABLE, on_exit_of_child, err);
    if (rc == 0)
        return 0;
    siginfo_t si;
    np_child_kill(c, SIGKILL);
    waitid(P_PIDFD, (id_t)pidfd, &si, WEXITED);
    close(pidfd);
    *c = (struct np_child){.pidfd = -1};
    return rc;
}

void np_child_kill(struct np_child *c, int sig)
{
    if (c->pid != 0)
        syscall(SYS_pidfd_send_signal, c->pidfd, sig, NULL, 0);
}

/* --- signals --- */

struct np_signals {
    struct np_watch watch;
    int fd;
    void (*fn)(void *arg, int signo);
    void *arg;
    bool running, freed; /* freed from fn: on_signal() does it */
};

static void free_signals(struct np_signals *s)
{
    if (s->fd >= 0)
        close(s->fd);
    np_free(s);
}

static void on_signal(struct np_watch *w, unsigned events)
{
    (void)events;
    struct np_signals *s = NP_CONTAINER(w, struct np_signals, watch);
    struct signalfd_siginfo si;
    s->running = true;
    while (!s->freed && read(s->fd, &si, sizeof(si)) == (ssize_t)sizeof(si))
        s->fn(s->arg, (int)si.ssi_signo);
    s->running = false;
    if (s->freed)
        free_signals(s);
}

int np_signals_new(struct np_loop *l, const int *signals, size_t n,
                   void (*fn)(void *arg, int signo), void *arg, struct np_signals **out,
                   struct np_err *err)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < n; i++)
        sigaddset(&set, signals[i]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    struct np_signals *s = np_heap_new(struct np_signals);
    s->fn = fn;
    s->arg = arg;
    s->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    int rc = s->fd < 0 ? np_err_errno(err, errno, "cannot receive signals")
                       : np_watch_add(l, &s->watch, s->fd, NP_READABLE, on_signal, err);
    if (rc != 0) {
        np_signals_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

void np_signals_free(struct np_signals *s)
{
    if (s == NULL)
        return;
    np_watch_del(&s->watch);
    s->freed = true;
    if (!s->running)
        free_signals(s);
}

/* --- descriptors --- */

union fds_space {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(MESSAGE_FDS_MAX * sizeof(int))];
};

static ssize_t closed_or_again(void)
{
    return errno == EAGAIN || errno == EINTR ? NP_EAGAIN : NP_ECLOSED;
}

ssize_t np_sendfds(int sock, const void *p, size_t n, const int *fds, size_t n_fds)
{
    np_assert(n > 0 && n_fds <= MESSAGE_FDS_MAX);
    union fds_space space = {0};
    struct iovec iov = {(void *)(uintptr_t)p, n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (n_fds > 0) {
        m.msg_control = space.bytes;
        m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
    }
    ssize_t sent = sendmsg(sock, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent >= 0 ? sent : closed_or_again();
}

/* Up to `room` descriptors to fds; the others are closed. Returns how many came. */
static size_t take_fds(struct msghdr *m, int *fds, size_t room)
{
    size_t n = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t came = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < came; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
            if (n < room)
                fds[n] = fd;
            else
                close(fd);
            n++;
        }
    }
    return n;
}

ssize_t np_recvfds(int sock, void *p, size_t n, int *fds, size_t *n_fds)
{
    union fds_space space;
    struct iovec iov = {p, n};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = space.bytes,
                       .msg_controllen = sizeof(space.bytes)};
    ssize_t got = recvmsg(sock, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0)
        return closed_or_again();
    size_t room = *n_fds;
    size_t came = take_fds(&m, fds, room);
    if (came > room || (m.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
        for (size_t i = 0; i < came && i < room; i++)
            close(fds[i]);
        *n_fds = 0;
        return NP_EPROTO;
    }
    *n_fds = came;
    return got > 0 ? got : NP_ECLOSED;
}

int np_peer_uid(int sock, uid_t *uid, pid_t *pid)
{
    struct ucred who;
    socklen_t len = sizeof(who);
    if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
        return NP_EIO;
    *uid = who.uid;
    *pid = who.pid;
    return 0;
}
