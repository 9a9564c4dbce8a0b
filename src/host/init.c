/* SPDX-License-Identifier: Apache-2.0 */
/* init.c - an init for one program. It lives as long as the program, outlives the agent, and takes
 * the program with it when it is killed itself. */
#include "host/init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/lives.h"

#define EXIT_NOT_STARTED 127
#define KEEP_MAX         8

static bool is_kept(int fd, const int *keep, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (keep[i] == fd)
            return true;
    return false;
}

void np_detach(const int *keep, size_t n)
{
    int highest = STDERR_FILENO;
    for (size_t i = 0; i < n; i++)
        if (keep[i] > highest)
            highest = keep[i];
    for (int fd = STDERR_FILENO + 1; fd < highest; fd++)
        if (!is_kept(fd, keep, n))
            close(fd);
    close_range((unsigned)highest + 1, ~0u, 0);
    NP_AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
}

static pid_t start_program(const char *const *argv, const sigset_t *before)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    static const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_NOT_STARTED);
    sigprocmask(SIG_SETMASK, before, NULL);
    signal(SIGPIPE, SIG_DFL);
    execve("/proc/self/exe", (char *const *)argv, (char *const *)env);
    _exit(EXIT_NOT_STARTED);
}

static int wait_for(pid_t pid, const sigset_t *set)
{
    int status;
    for (;;) {
        int sig = sigwaitinfo(set, NULL);
        if (sig == SIGTERM || sig == SIGINT)
            kill(pid, SIGTERM);
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
    }
}

_Noreturn void np_init_main(int dir, int lock, const char *const *argv)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGCHLD};
    sigset_t set, none;
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_NAME, "nephele-init");
    np_life_write(lock, getpid());
    np_detach((const int[]){dir, lock}, 2);
    sigemptyset(&none);
    sigemptyset(&set);
    NP_EACH (sig, signals)
        sigaddset(&set, *sig);
    sigprocmask(SIG_SETMASK, &set, NULL);
    pid_t pid = start_program(argv, &none);
    int status = pid > 0 ? wait_for(pid, &set) : EXIT_NOT_STARTED << 8;
    np_life_put_status(dir, status);
    _exit(0); /* and with it goes the lock */
}
