/* SPDX-License-Identifier: Apache-2.0 */
/* supervisor.c - two children, signals, and backoff; single-threaded, no loop. */
#include "daemon/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "daemon/datadir.h"
#include "daemon/privilege.h"
#include "daemon/region.h"
#include "host/agent.h"
#include "io/clock.h"
#include "io/file.h"

#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 10000
#define SETTLED_MS     30000 /* who lived that long starts again at once */
#define LOCK_WAIT_MS   5000

#define ENDPOINT_MAX 64

struct supervisor;

/* A page that the region writes: that it has served once, and where, so that a region on a port of
 * the kernel's choice comes back on the same one. */
struct shared {
    atomic_bool was_ready;
    char endpoint[ENDPOINT_MAX], dns[ENDPOINT_MAX];
};

struct process {
    const char *name;
    int (*run)(struct supervisor *s, struct np_err *err);
    pid_t pid; /* 0: not running */
    uint64_t started_ms, due_ms, backoff_ms;
};

enum { REGION, AGENT, PROCESSES }; /* in the order of the end */

struct supervisor {
    const struct np_settings *settings;
    int lock_fd;
    struct process process[PROCESSES];
    int end_signal; /* 0: serving */
    int exit_status;
    bool failed_early;
    struct shared *shared;
    int news[2]; /* a byte says that the page has changed: it arrives as SIGIO */
};

/* --- the children --- */

static void ready(void *arg, struct np_str endpoint, struct np_str dns)
{
    struct supervisor *s = arg;
    if (atomic_load(&s->shared->was_ready))
        return;
    snprintf(s->shared->endpoint, sizeof(s->shared->endpoint), "%.*s", NP_FMT(endpoint));
    snprintf(s->shared->dns, sizeof(s->shared->dns), "%.*s", NP_FMT(dns));
    atomic_store(&s->shared->was_ready, true);
    printf("Ready.\n");
    fflush(stdout);
    if (write(s->news[1], "", 1) != 1)
        np_log(NP_WARN, "supervisor.news", "errno=%d", errno);
}

/* A region whose supervisor was killed is dying: it may hold its lock a moment longer. */
static void wait_for_lock(struct np_str dir, const char *name)
{
    static const struct timespec pause = {.tv_nsec = 5000000};
    uint64_t until = np_clock_monotonic_ms() + LOCK_WAIT_MS;
    while (np_datadir_holder(dir, name) != 0 && np_clock_monotonic_ms() < until)
        nanosleep(&pause, NULL);
}

static int run_region(struct supervisor *s, struct np_err *err)
{
    struct np_settings mine = *s->settings;
    if (atomic_load(&s->shared->was_ready)) {
        mine.core.listen = np_str_of(s->shared->endpoint);
        mine.core.dns = np_str_of(s->shared->dns);
    }
    wait_for_lock(mine.core.data_dir, "region.lock");
    int rc = np_drop_privileges(mine.core.data_dir, err);
    return rc != 0 ? rc : np_region_run(&mine, ready, s, err);
}

static int run_agent(struct supervisor *s, struct np_err *err)
{
    struct np_agent_opts o = {
        .data_dir = s->settings->core.data_dir, .client_uid = geteuid(), .client_gid = getegid()};
    np_region_user(&o.client_uid, &o.client_gid);
    return np_agent_run(&o, err);
}

static _Noreturn void child_main(struct supervisor *s, struct process *p, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    setpgid(0, 0); /* a terminal's ^C is for the supervisor alone */
    prctl(PR_SET_NAME, p->name);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close(s->lock_fd);
    struct np_err err = {0};
    if (p->run(s, &err) == 0)
        exit(0);
    np_datadir_explain(s->settings->core.data_dir, &err);
    fprintf(stderr, "%s: %.*s\n", p->name, NP_FMT(np_err_text(&err)));
    exit(1);
}

static void start(struct supervisor *s, struct process *p)
{
    pid_t self = getpid();
    fflush(NULL);
    p->started_ms = np_clock_monotonic_ms();
    pid_t pid = fork();
    if (pid == 0)
        child_main(s, p, self);
    if (pid > 0) {
        p->pid = pid;
        return;
    }
    np_log(NP_ERROR, "supervisor.fork", "process=%s errno=%d", p->name, errno);
    p->due_ms = p->started_ms + BACKOFF_MAX_MS;
}

/* --- watching --- */

static void plan_restart(struct process *p, int status)
{
    uint64_t now = np_clock_monotonic_ms();
    bool settled = now - p->started_ms >= SETTLED_MS;
    p->backoff_ms = settled || p->backoff_ms == 0 ? BACKOFF_MIN_MS : p->backoff_ms * 2;
    if (p->backoff_ms > BACKOFF_MAX_MS)
        p->backoff_ms = BACKOFF_MAX_MS;
    p->due_ms = now + (settled ? 0 : p->backoff_ms);
    np_log(NP_WARN, "supervisor.restart", "process=%s %s=%d after_ms=%llu", p->name,
           WIFSIGNALED(status) ? "signal" : "status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
           (unsigned long long)(p->due_ms - now));
}

static void ended(struct supervisor *s, struct process *p, int status)
{
    p->pid = 0;
    bool is_region = p == &s->process[REGION];
    if (s->end_signal != 0) {
        /* While it starts nothing stands against the signal, and nothing has to. */
        bool in_its_start = WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
        if (is_region && status != 0 && !in_its_start)
            s->exit_status = 1;
        return;
    }
    /* A region that cannot begin has said why, and trying again would not help. */
    if (is_region && !atomic_load(&s->shared->was_ready)) {
        s->failed_early = true;
        s->exit_status = 1;
        return;
    }
    plan_restart(p, status);
}

static void reap(struct supervisor *s)
{
    NP_EACH (p, s->process) {
        int status;
        if (p->pid != 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
            ended(s, p, status);
    }
}

/* At first the region has the machine to itself: a request can do without the agent. */
static bool is_early(const struct supervisor *s, const struct process *p)
{
    return p == &s->process[AGENT] && !atomic_load(&s->shared->was_ready);
}

/* Milliseconds until a child is due; starts those that are. */
static uint64_t start_due(struct supervisor *s)
{
    uint64_t now = np_clock_monotonic_ms(), next = BACKOFF_MAX_MS;
    NP_EACH (p, s->process) {
        if (p->pid != 0 || is_early(s, p))
            continue;
        if (p->due_ms <= now)
            start(s, p);
        else if (p->due_ms - now < next)
            next = p->due_ms - now;
    }
    return next;
}

static int wait_signal(const sigset_t *set, uint64_t ms)
{
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    return sigtimedwait(set, NULL, &t);
}

/* In order: what the agent runs is still there while the region's last requests end. */
static void end_all(struct supervisor *s, const sigset_t *set)
{
    NP_EACH (p, s->process) {
        if (p->pid != 0)
            kill(p->pid, p == &s->process[REGION] ? SIGTERM : s->end_signal);
        while (p->pid != 0) {
            int sig = wait_signal(set, BACKOFF_MAX_MS);
            if (sig == SIGTERM || sig == SIGINT) /* asked again: now at once */
                kill(p->pid, SIGTERM);
            reap(s);
        }
    }
}

static void watch(struct supervisor *s)
{
    static const int signals[] = {SIGCHLD, SIGIO, SIGTERM, SIGINT, SIGUSR1};
    sigset_t set;
    sigemptyset(&set);
    NP_EACH (sig, signals)
        sigaddset(&set, *sig);
    sigprocmask(SIG_BLOCK, &set, NULL); /* all of them wait to be asked for */
    signal(SIGPIPE, SIG_IGN);
    while (s->end_signal == 0 && !s->failed_early) {
        int sig = wait_signal(&set, start_due(s));
        if (sig == SIGTERM || sig == SIGINT)
            s->end_signal = SIGTERM;
        else if (sig == SIGUSR1)
            s->end_signal = SIGUSR1;
        reap(s);
    }
    if (s->end_signal == 0)
        s->end_signal = SIGTERM;
    end_all(s, &set);
}

/* Of none of the processes: the children inherit it. Where cores go to another program the limit
 * does not count, but the filter does: no memory is in them. */
static void leave_no_cores(void)
{
    static const struct rlimit none = {0};
    struct np_err err = {0};
    NP_AUTO_FD filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (setrlimit(RLIMIT_CORE, &none) != 0 || filter < 0 || np_write_all(filter, "0", 1, &err) != 0)
        np_log(NP_WARN, "supervisor.cores", "reason=\"a crash may leave secrets in a core file\"");
}

/* What the children write comes as a signal, among the others. */
static int open_news(struct supervisor *s, struct np_err *err)
{
    s->shared =
        mmap(NULL, sizeof(*s->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->shared == MAP_FAILED)
        return np_err_errno(err, errno, "cannot share a page with the region");
    if (pipe2(s->news, O_CLOEXEC | O_NONBLOCK) != 0 || fcntl(s->news[0], F_SETOWN, getpid()) != 0 ||
        fcntl(s->news[0], F_SETFL, O_NONBLOCK | O_ASYNC) != 0)
        return np_err_errno(err, errno, "cannot hear of the region");
    return 0;
}

int np_supervise(const struct np_settings *settings, struct np_err *err)
{
    struct supervisor s = {.settings = settings, .lock_fd = -1};
    s.process[REGION] = (struct process){.name = "nephele-region", .run = run_region};
    s.process[AGENT] = (struct process){.name = "nephele-agent", .run = run_agent};
    umask(077);
    leave_no_cores();
    int rc = np_datadir_open(settings, err);
    if (rc == 0)
        rc = np_datadir_lock(settings->core.data_dir, "lock", &s.lock_fd, err);
    if (rc == 0)
        rc = open_news(&s, err);
    if (rc != 0)
        return rc;
    watch(&s);
    munmap(s.shared, sizeof(*s.shared));
    close(s.news[0]);
    close(s.news[1]);
    close(s.lock_fd);
    return s.exit_status;
}
