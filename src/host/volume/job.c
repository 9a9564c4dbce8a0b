/* SPDX-License-Identifier: Apache-2.0 */
/* job.c - children that do what takes longer, each holding the lock of what it makes. */
#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "host/init.h"
#include "host/volume/volume_int.h"

static void forget(struct np_volume_job *j)
{
    if (!j->used)
        return;
    np_watch_del(&j->watch);
    close(j->pidfd);
    *j = (struct np_volume_job){0};
}

void np_volume_jobs_forget(struct np_volumes *v)
{
    NP_EACH (j, v->jobs)
        forget(j);
}

static void on_end(struct np_watch *w, unsigned events)
{
    struct np_volume_job *j = NP_CONTAINER(w, struct np_volume_job, watch);
    struct np_volumes *v = j->all;
    siginfo_t unused;
    waitid(P_PIDFD, (id_t)j->pidfd, &unused, WEXITED | WNOHANG); /* if it is this agent's child */
    forget(j);
    np_volumes_after_work(v);
    if (v->changed != NULL)
        v->changed(v->arg);
}

static struct np_volume_job *free_job(struct np_volumes *v)
{
    NP_EACH (j, v->jobs)
        if (!j->used)
            return j;
    return NULL;
}

void np_volume_work_watch(struct np_volumes *v, pid_t pid)
{
    struct np_volume_job *j = free_job(v);
    NP_AUTO_FD fd = pid > 0 ? pidfd_open(pid, 0) : -1;
    if (j == NULL || fd < 0)
        return;
    *j = (struct np_volume_job){.all = v, .pidfd = np_fd_take(&fd), .used = true};
    if (v->loop != NULL &&
        np_watch_add(v->loop, &j->watch, j->pidfd, NP_READABLE, on_end, NULL) != 0)
        forget(j);
}

static _Noreturn void child(const struct np_volume_work *w, int lock)
{
    struct np_err err = {0};
    int keep[NP_LEN(w->keep) + 2] = {w->dir, lock};
    sigset_t none;
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_NAME, "nephele-volume");
    np_life_write(lock, getpid());
    memcpy(keep + 2, w->keep, w->n_keep * sizeof(int));
    np_detach(keep, w->n_keep + 2);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int rc = w->fn(w->arg, &err);
    if (rc != 0)
        np_volume_fail(w->dir, np_err_text(&err));
    _exit(rc == 0 ? 0 : 1);
}

int np_volume_work(struct np_volumes *v, const struct np_volume_work *w, struct np_err *err)
{
    if (free_job(v) == NULL)
        return np_err(err, NP_EAGAIN, "more than %d volumes are worked at", NP_VOLUME_JOBS_MAX);
    NP_AUTO_FD lock = np_life_take(w->dir, w->lock);
    if (lock < 0)
        return np_err(err, NP_EBUSY, "the volume is being worked at");
    pid_t pid = fork();
    if (pid == 0)
        child(w, lock);
    if (pid < 0)
        return np_err_errno(err, errno, "cannot start a process");
    np_life_write(lock, pid);
    np_volume_work_watch(v, pid);
    return 0;
}

bool np_volume_is_worked_at(int dir)
{
    return np_life_pid(dir, NP_VOLUME_ATTACH) != 0 || np_life_pid(dir, NP_VOLUME_GROW) != 0;
}
