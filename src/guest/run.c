/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - programs of user data, and where their output goes. */
#include "guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"

/* Both ends may outlive the boot: a program in the background goes on writing. */
static _Noreturn void copy_on(int from)
{
    char bytes[8192];
    ssize_t n;
    NP_AUTO_FD log = open(GUEST_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    NP_AUTO_FD console = open("/dev/console", O_WRONLY | O_CLOEXEC);
    signal(SIGTERM, SIG_IGN); /* it ends with the last that writes */
    signal(SIGPIPE, SIG_IGN);
    while ((n = read(from, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR)) {
        if (n <= 0)
            continue;
        if (write(console, bytes, (size_t)n) < 0 || write(log, bytes, (size_t)n) < 0)
            continue; /* a full disk loses the log, not the console */
    }
    _exit(0);
}

void run_tee(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        copy_on(ends[0]);
    }
    close(ends[0]);
    if (pid > 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
    }
    close(ends[1]);
}

static int shell_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int run_argv(const char *const *argv)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGPIPE, SIG_DFL);
        setsid();
        if (chdir("/") != 0)
            _exit(126);
        execvp(argv[0], (char *const *)argv);
        guest_say("cannot run %s: %s", argv[0], strerror(errno));
        _exit(errno == ENOENT ? 127 : 126);
    }
    if (pid < 0)
        return 126;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return shell_status(status);
}

int run_script(struct np_arena *a, const char *path, struct np_str body)
{
    char *folder = np_str_z(a, np_str_of(path));
    *strrchr(folder, '/') = '\0';
    if (!guest_mkdirs(folder, 0700) || !guest_write(path, body, 0700)) {
        guest_say("cannot write %s: %s", path, strerror(errno));
        return 126;
    }
    return run_argv((const char *const[]){path, NULL});
}

int run_shell(const char *line)
{
    return run_argv((const char *const[]){"/bin/sh", "-c", line, NULL});
}
