/* SPDX-License-Identifier: Apache-2.0 */
/* keeper.c - the life of a keeper: mounts, runtime, console, reboots, the end. */
#include "host/instance/keeper.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/instance/borrow.h"
#include "io/net.h"

#define REBOOT_LEAST_MS 2000 /* a guest that boots in a circle does not keep the host busy */
#define CONSOLE_CHUNK   8192
#define GUEST_FD        3 /* of the guest: the control door, then where it waits for its devices */

struct run {
    const struct np_keeper *k;
    struct np_cgroup_doors groups;
    int door;     /* listens for the control door */
    int console;  /* the guest's console, this end */
    int out;      /* file of the console */
    size_t out_n; /* its bytes */
    int signals;  /* signalfd */
    int old_proc; /* /proc of the agent's pid namespace */
    pid_t pid;    /* the guest's init; 0: none */
    bool stopping;
    uint64_t kill_at_ms; /* 0: never */
    int n;               /* starts */
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- before anything else --- */

/* As fork(), without what libraries do at one: the agent has one thread. */
pid_t np_keeper_fork(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
}

static bool is_needed(const struct np_keeper *k, int fd)
{
    struct stat st;
    return fd == k->lock || fd == k->netns || fd == k->runtime ||
           (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode));
}

/* The agent's sockets would stay open here when it ends. */
static void close_others(const struct np_keeper *k)
{
    int fd = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    uint64_t n;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (np_str_u64(np_str_of(e->d_name), &n) && n > STDERR_FILENO && (int)n != fd &&
            !is_needed(k, (int)n))
            close((int)n);
    if (d != NULL)
        closedir(d);
    NP_AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int std = 0; std <= STDERR_FILENO; std++)
        dup2(null, std);
}

/* Its pid where the agent is. */
static pid_t outer_pid(void)
{
    char text[32];
    uint64_t pid = 0;
    ssize_t n = readlink("/proc/self", text, sizeof(text));
    return n > 0 && np_str_u64(np_str_n(text, (size_t)n), &pid) ? (pid_t)pid : 0;
}

static int take_signals(void)
{
    static const int wanted[] = {SIGTERM, SIGCHLD};
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigemptyset(&set);
    NP_EACH (s, wanted)
        sigaddset(&set, *s);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int own_network(struct np_err *err)
{
    struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (unshare(CLONE_NEWNET) != 0)
        return np_err_errno(err, errno, "cannot make a network namespace");
    /* The guest's root has no rights over it, as it has none over a network of the agent's. */
    static const char *const open_[][2] = {
        {"/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"},
        {"/proc/sys/net/ipv4/ping_group_range", "0 2147483647"},
    };
    NP_EACH (o, open_) {
        NP_AUTO_FD file = open((*o)[0], O_WRONLY | O_CLOEXEC);
        if (file < 0 || write(file, (*o)[1], strlen((*o)[1])) < 0)
            continue; /* without: ports below 1024 are closed to it */
    }
    NP_AUTO_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &r) == 0
               ? 0
               : np_err_errno(err, errno, "cannot bring up the loopback interface");
}

static int enter_network(const struct np_keeper *k, struct np_err *err)
{
    if (k->netns < 0)
        return own_network(err);
    return setns(k->netns, CLONE_NEWNET) == 0
               ? 0
               : np_err_errno(err, errno, "cannot enter the guest's network");
}

/* --- telling the agent --- */

/* A name that appears in the folder of all: the agent watches it. */
static void tell(const struct np_keeper *k)
{
    np_life_write_file(k->all, "changed", k->id, strlen(k->id), false);
}

static void failed(const struct np_keeper *k, const struct np_err *err)
{
    np_life_write_file(k->dir, "reason", err->text, err->n, false);
}

/* The guest's pid as the agent sees it, by its pidfd in the agent's /proc. */
static pid_t agents_pid(const struct run *r, pid_t pid)
{
    char path[64], text[512];
    uint64_t v = 0;
    struct np_str line, key, value, rest;
    NP_AUTO_FD fd = pidfd_open(pid, 0);
    snprintf(path, sizeof(path), "self/fdinfo/%d", fd);
    NP_AUTO_FD info = openat(r->old_proc, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = info >= 0 ? read(info, text, sizeof(text)) : -1;
    rest = np_str_n(text, n > 0 ? (size_t)n : 0);
    while (np_str_split(&rest, '\n', &line))
        if (np_str_cut(line, ':', &key, &value) && np_str_is(key, "Pid"))
            np_str_u64(np_str_trim(value), &v);
    return (pid_t)v;
}

static void write_up(const struct run *r, pid_t pid)
{
    char text[64];
    int n = snprintf(text, sizeof(text), "%d %u %u\n", (int)pid, r->k->base, r->k->isolation->ids);
    np_life_write_file(r->k->dir, "up", text, (size_t)n, false);
    tell(r->k);
}

/* --- the console --- */

/* The newer half stays. */
static void shorten(struct run *r)
{
    static char half[NP_CONSOLE_MAX / 2];
    NP_AUTO_FD old = openat(r->k->dir, "console", O_RDONLY | O_CLOEXEC);
    ssize_t n = old >= 0 ? pread(old, half, sizeof(half), (off_t)(r->out_n - sizeof(half))) : -1;
    if (n < 0 || !np_life_write_file(r->k->dir, "console", half, (size_t)n, false))
        return;
    close(r->out);
    r->out = openat(r->k->dir, "console", O_WRONLY | O_APPEND | O_CLOEXEC);
    r->out_n = (size_t)n;
}

static void read_console(struct run *r)
{
    char bytes[CONSOLE_CHUNK];
    ssize_t n;
    while ((n = read(r->console, bytes, sizeof(bytes))) > 0) {
        if (r->out_n + (size_t)n > NP_CONSOLE_MAX)
            shorten(r);
        ssize_t done = write(r->out, bytes, (size_t)n);
        r->out_n += done > 0 ? (size_t)done : 0; /* a full disk loses console, not the guest */
    }
}

static int open_console(struct run *r, struct np_err *err)
{
    struct stat st;
    r->out = openat(r->k->dir, "console", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    /* Writing too, so that it does not end when nobody has it open. */
    r->console = open("dev/console", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (r->out < 0 || r->console < 0 || fstat(r->out, &st) != 0)
        return np_err_errno(err, errno, "cannot open the console");
    r->out_n = (size_t)st.st_size;
    return 0;
}

/* --- starting the guest --- */

struct launch {
    const struct run *r;
    const char *name;
    int go; /* where the guest waits for its devices */
};

NP_BORROWER static int exec_runtime(void *arg)
{
    const struct launch *l = arg;
    const struct run *r = l->r;
    const struct np_keeper *k = r->k;
    sigset_t none;
    NP_AUTO_FD tty = open("dev/console", O_WRONLY | O_CLOEXEC);
    int why = np_cgroup_join(&r->groups);
    if (why != 0 || tty < 0) {
        dprintf(tty, "nephele: cannot join the control groups: %s\n", strerror(why));
        _exit(1);
    }
    int door = fcntl(r->door, F_DUPFD, 10), wait = fcntl(l->go, F_DUPFD, 10);
    int program = k->runtime >= 0 ? fcntl(k->runtime, F_DUPFD, 10) : -1;
    dup2(tty, STDOUT_FILENO);
    dup2(tty, STDERR_FILENO);
    dup2(door, GUEST_FD);
    dup2(wait, GUEST_FD + 1);
    close_range(GUEST_FD + 2, ~0u, CLOSE_RANGE_CLOEXEC);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    const char *const argv[] = {k->isolation->runtime,
                                "--root=crun",
                                "--log=log",
                                "--cgroup-manager=disabled",
                                "run",
                                "--detach",
                                "--bundle=.",
                                "--pid-file=pid",
                                "--preserve-fds=2",
                                "--no-new-keyring",
                                l->name,
                                NULL};
    static const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "XDG_RUNTIME_DIR=/tmp",
                                      NULL};
    if (program >= 0)
        execveat(program, "", (char *const *)argv, (char *const *)env, AT_EMPTY_PATH);
    execve(argv[0], (char *const *)argv, (char *const *)env);
    _exit(127);
}

/* The last line that the runtime has logged says why. */
static int runtime_failed(int status, struct np_err *err)
{
    char text[1024];
    NP_AUTO_FD fd = open("log", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : 0;
    struct np_str said = np_str_trim(np_str_n(text, n > 0 ? (size_t)n : 0));
    ptrdiff_t line = np_str_rchr(said, '\n');
    said = np_str_sub(said, (size_t)(line + 1), said.n);
    return np_err(err, NP_EIO, "the runtime could not start it (status %d): %.*s",
                  WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), NP_FMT(said));
}

static int read_pid(pid_t *out, struct np_err *err)
{
    char text[32];
    uint64_t pid = 0;
    NP_AUTO_FD fd = open("pid", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    if (n <= 0 || !np_str_u64(np_str_trim(np_str_n(text, (size_t)n)), &pid))
        return np_err(err, NP_EIO, "the runtime says no pid");
    *out = (pid_t)pid;
    return 0;
}

/* While the runtime runs its messages and the guest's go to the console, which must not fill. */
static int wait_runtime(struct run *r, pid_t child)
{
    int status;
    NP_AUTO_FD fd = pidfd_open(child, 0);
    struct pollfd p[] = {{.fd = fd, .events = POLLIN}, {.fd = r->console, .events = POLLIN}};
    while (p[0].revents == 0) {
        poll(p, NP_LEN(p), -1);
        read_console(r);
    }
    waitpid(child, &status, 0);
    return status;
}

static int run_runtime(struct run *r, int go, struct np_err *err)
{
    struct np_borrower b;
    char name[32];
    struct launch l = {.r = r, .name = name, .go = go};
    unlink("log");
    unlink("pid");
    snprintf(name, sizeof(name), "guest%d", r->n++);
    int why = np_borrow(&b, exec_runtime, CLONE_VFORK, &l);
    if (why != 0)
        return np_err_errno(err, why, "cannot start the runtime");
    np_borrow_end(&b);
    int status = wait_runtime(r, b.pid);
    return status != 0 ? runtime_failed(status, err) : read_pid(&r->pid, err);
}

static int start_guest(struct run *r, struct np_err *err)
{
    const struct np_keeper *k = r->k;
    int go[2];
    if (pipe2(go, O_CLOEXEC) != 0)
        return np_err_errno(err, errno, "cannot make a pipe");
    NP_AUTO_FD wait = go[0];
    NP_AUTO_FD ready = go[1];
    (void)ready;
    int rc = run_runtime(r, wait, err);
    struct np_instance_guest g = {.pid = r->pid, .base = k->base, .count = k->isolation->ids};
    if (rc == 0 && k->parts->names != NULL)
        rc = k->parts->names(k->parts->arg, k->rq->Id, &g, err);
    if (rc == 0)
        write_up(r, agents_pid(r, r->pid));
    return rc; /* closing the pipe lets the guest go on */
}

static int prepare(struct run *r, struct np_err *err)
{
    const struct np_keeper *k = r->k;
    NP_AUTO_ARENA a = np_arena_new();
    int rc = enter_network(k, err);
    if (rc == 0)
        rc = np_cgroup_doors(k->cgroups, k->id, &r->groups, err);
    if (rc == 0)
        rc = np_rootfs_make(k, err);
    if (rc == 0)
        rc = np_listen_unix(np_str_printf(a, "%s/control", k->home), &r->door, err);
    if (rc == 0)
        rc = open_console(r, err);
    struct np_str config = np_bundle_text(k, a);
    NP_AUTO_FD fd = rc == 0 ? open("config.json", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (rc == 0 && (fd < 0 || write(fd, config.p, config.n) != (ssize_t)config.n))
        rc = np_err_errno(err, errno, "cannot write config.json");
    return rc;
}

/* --- while it runs --- */

static void on_term(struct run *r)
{
    if (r->stopping)
        return;
    r->stopping = true;
    r->kill_at_ms = now_ms() + NP_INSTANCE_STOP_MS;
    if (r->pid != 0)
        kill(r->pid, SIGTERM);
}

/* True: the guest has ended, *status says how. */
static bool reap(struct run *r, int *status)
{
    int s;
    bool ended = false;
    for (pid_t pid; (pid = waitpid(-1, &s, WNOHANG)) > 0;) {
        if (pid != r->pid)
            continue;
        ended = true;
        *status = s;
        r->pid = 0;
    }
    return ended;
}

static bool on_signals(struct run *r, int *status)
{
    struct signalfd_siginfo s;
    while (read(r->signals, &s, sizeof(s)) == sizeof(s))
        if (s.ssi_signo == SIGTERM)
            on_term(r);
    return reap(r, status);
}

static int until_ended(struct run *r)
{
    int status = 0;
    for (;;) {
        struct pollfd p[] = {{.fd = r->signals, .events = POLLIN},
                             {.fd = r->console, .events = POLLIN}};
        poll(p, NP_LEN(p), r->kill_at_ms != 0 ? 100 : -1);
        read_console(r);
        if (on_signals(r, &status))
            break;
        if (r->kill_at_ms != 0 && now_ms() >= r->kill_at_ms && r->pid != 0)
            kill(r->pid, SIGKILL);
    }
    read_console(r);
    return status;
}

/* What reboot(2) in a pid namespace does to its first process. */
static bool wants_reboot(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP;
}

static bool has_halted(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGINT;
}

static void pause_until(struct run *r, uint64_t until)
{
    int unused;
    while (!r->stopping && now_ms() < until) {
        struct pollfd p = {.fd = r->signals, .events = POLLIN};
        poll(&p, 1, (int)(until - now_ms()));
        on_signals(r, &unused);
    }
}

static int live(struct run *r, struct np_err *err)
{
    for (;;) {
        uint64_t began = now_ms();
        int rc = start_guest(r, err);
        if (rc != 0)
            return rc;
        if (r->stopping) /* asked meanwhile */
            kill(r->pid, SIGTERM);
        int status = until_ended(r);
        if (!wants_reboot(status) || r->stopping) {
            np_life_put_status(r->k->dir, has_halted(status) || wants_reboot(status) ? 0 : status);
            return 0;
        }
        dprintf(r->out, "nephele: the instance starts again\n");
        pause_until(r, began + REBOOT_LEAST_MS);
        if (r->stopping) {
            np_life_put_status(r->k->dir, 0);
            return 0;
        }
    }
}

_Noreturn void np_keeper_main(const struct np_keeper *k)
{
    struct run r = {.k = k, .door = -1, .console = -1, .out = -1};
    struct np_err err = {0};
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_NAME, "nephele-keeper");
    np_life_write(k->lock, outer_pid());
    close_others(k);
    r.signals = take_signals();
    r.old_proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = prepare(&r, &err);
    if (rc == 0)
        rc = live(&r, &err);
    if (rc != 0)
        failed(k, &err);
    tell(k);
    _exit(0); /* with it goes all that is in its namespaces, and the lock */
}
