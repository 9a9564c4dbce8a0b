/* SPDX-License-Identifier: Apache-2.0 */
/* builtin_early.c - the child that makes the built-in image. */
#include "host/instance/builtin_early.h"

#include <sched.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "host/init.h"

/* SCHED_IDLE: only what nobody else wants of a processor, and back at once. */
static bool set_policy(pid_t pid, int policy)
{
    const struct sched_param none = {0};
    return sched_setscheduler(pid, policy, &none) == 0;
}

static _Noreturn void child(const struct np_builtin_opts *o, pid_t parent, bool urgent)
{
    struct np_err err = {0};
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    prctl(PR_SET_NAME, "nephele-image");
    if (!urgent)
        set_policy(0, SCHED_IDLE);
    np_detach(NULL, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    _exit(np_builtin_make_here(o, np_arena_new(), &err) != 0); /* a keeper says why, if need be */
}

void np_builtin_early_forget(struct np_builtin_early *e)
{
    if (e->pid == 0)
        return;
    np_watch_del(&e->watch);
    close(e->pidfd);
    e->pid = 0;
}

static void ended(struct np_watch *w, unsigned events)
{
    struct np_builtin_early *e = NP_CONTAINER(w, struct np_builtin_early, watch);
    waitpid(e->pid, NULL, 0);
    np_builtin_early_forget(e);
}

void np_builtin_early_start(struct np_builtin_early *e, struct np_loop *l,
                            const struct np_builtin_opts *o, bool urgent)
{
    if (e->pid != 0 && urgent && !set_policy(e->pid, SCHED_OTHER)) { /* not who is not root */
        kill(e->pid, SIGKILL);
        waitpid(e->pid, NULL, 0);
        np_builtin_early_forget(e);
    }
    if (e->pid != 0 || np_builtin_is_made(o))
        return;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        child(o, parent, urgent);
    NP_AUTO_FD fd = pid > 0 ? pidfd_open(pid, 0) : -1;
    if (fd < 0 || np_watch_add(l, &e->watch, fd, NP_READABLE, ended, NULL) != 0)
        return; /* it is made when it is needed */
    e->pid = pid;
    e->pidfd = np_fd_take(&fd);
}
