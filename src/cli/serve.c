/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c - serve, start and stop. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/digest.h"
#include "cli/cli.h"
#include "daemon/datadir.h"
#include "daemon/supervisor.h"

#define LOG_FILE      "nephele.log"
#define LOG_MAX_BYTES (64ll << 20)
#define STOP_WAIT_MS  60000
#define SHELL_SAFE    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+=:,@"

/* It is among the settings: whoever may read the environment of these processes (`ps e`, /proc)
 * does not find it there. */
static void forget_secret(void)
{
    char *secret = getenv("NEPHELE_ROOT_SECRET_ACCESS_KEY");
    if (secret != NULL)
        np_wipe(secret, strlen(secret));
}

static int supervise(struct cli *c)
{
    forget_secret();
    np_log_init(c->settings.log_level, STDERR_FILENO);
    c->settings.images = np_store_images;
    int rc = np_supervise(&c->settings, &c->err);
    return rc < 0 ? cli_fail(c) : rc;
}

int cli_serve(struct cli *c)
{
    return cli_read(c, NP_FOR_REGION, NULL) && cli_end(c) ? supervise(c) : 2;
}

/* --- start --- */

/* "--data DIR" unless it is the default one. */
static struct np_str data_flag(struct cli *c)
{
    struct np_str dir = c->settings.core.data_dir;
    bool plain = strspn(np_str_z(c->arena, dir), SHELL_SAFE) == dir.n;
    if (c->settings.default_data)
        return NP_STR("");
    return np_str_printf(c->arena, plain ? " --data %.*s" : " --data '%.*s'", NP_FMT(dir));
}

static int say_running(struct cli *c)
{
    struct np_str at = np_datadir_address(c->settings.core.data_dir, "endpoint", c->arena),
                  data = data_flag(c);
    printf("The region serves at http://%.*s (and https, same port).\n\n"
           "  eval \"$(nephele env%.*s)\"    then use aws, terraform or an SDK as usual\n"
           "  nephele status%.*s | logs%.*s | stop%.*s\n",
           NP_FMT(at), NP_FMT(data), NP_FMT(data), NP_FMT(data), NP_FMT(data));
    return 0;
}

static int open_log(struct cli *c)
{
    const char *path = np_str_z(c->arena, cli_in_data(c, LOG_FILE));
    struct stat st;
    if (stat(path, &st) == 0 && st.st_size > LOG_MAX_BYTES)
        rename(path, np_str_z(c->arena, cli_in_data(c, LOG_FILE ".1")));
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* In the child. Its errors go to the log and, until it is ready, to the terminal by the parent. */
static int background(struct cli *c, int log, int out)
{
    NP_AUTO_FD null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setsid();
    if (dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(log, STDERR_FILENO) < 0 || chdir("/") != 0)
        return 1;
    close(log);
    close(out);
    return supervise(c);
}

/* What was logged after `from`: why it did not start. */
static void show_log(struct cli *c, off_t from)
{
    char text[4096];
    NP_AUTO_FD fd = open(np_str_z(c->arena, cli_in_data(c, LOG_FILE)), O_RDONLY | O_CLOEXEC);
    ssize_t n;
    while (fd >= 0 && (n = pread(fd, text, sizeof(text), from)) > 0) {
        fwrite(text, 1, (size_t)n, stderr);
        from += n;
    }
}

static bool wait_ready(int from)
{
    char text[64];
    size_t n = 0;
    ssize_t got;
    while (n < sizeof(text) && (got = read(from, text + n, sizeof(text) - n)) > 0) {
        n += (size_t)got;
        if (memchr(text, '\n', n) != NULL)
            return np_str_starts(np_str_n(text, n), NP_STR("Ready."));
    }
    return false;
}

/* Any but the one that says which region is meant. */
static bool has_flags(const struct cli *c)
{
    for (int i = 0; i < c->argc; i++)
        if (np_str_starts(np_str_of(c->argv[i]), NP_STR("--")) &&
            strcmp(c->argv[i], "--data") != 0 &&
            !np_str_starts(np_str_of(c->argv[i]), NP_STR("--data=")))
            return true;
    return false;
}

int cli_start(struct cli *c)
{
    bool flags = has_flags(c);
    if (!cli_read(c, NP_FOR_REGION, NULL) || !cli_end(c))
        return 2;
    if (np_datadir_open(&c->settings, &c->err) != 0)
        return cli_fail(c);
    if (cli_pid(c) != 0 &&
        np_datadir_address(c->settings.core.data_dir, "endpoint", c->arena).p != NULL) {
        if (flags)
            cli_say("the region runs already, as it was started: these flags change nothing");
        return say_running(c);
    }
    int ends[2];
    NP_AUTO_FD log = open_log(c);
    if (log < 0 || pipe2(ends, O_CLOEXEC) != 0)
        return cli_say("cannot write the log in %.*s: %s", NP_FMT(c->settings.core.data_dir),
                       strerror(errno));
    off_t log_from = lseek(log, 0, SEEK_END);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        _exit(background(c, np_fd_take(&log), ends[1]));
    }
    close(ends[1]);
    bool ready = pid > 0 && wait_ready(ends[0]);
    close(ends[0]);
    if (ready)
        return say_running(c);
    show_log(c, log_from);
    struct np_str dir = c->settings.core.data_dir;
    if (np_datadir_is_full(dir)) /* and the log may not say so: it has no room either */
        return cli_say("the region did not start. The disk that holds %.*s is full: free some "
                       "space on it, or choose another folder with --data",
                       NP_FMT(dir));
    return cli_say("the region did not start; its log is %.*s/" LOG_FILE,
                   NP_FMT(c->settings.core.data_dir));
}

/* --- stop --- */

/* By pidfd, so that another process with that number is never hit. */
static int end_process(struct cli *c, pid_t pid, int sig)
{
    NP_AUTO_FD fd = pidfd_open(pid, 0);
    if (fd < 0 || cli_pid(c) != pid)
        return 0; /* it has just ended */
    if (pidfd_send_signal(fd, sig, NULL, 0) != 0 && errno != ESRCH)
        return cli_say("cannot end process %d: %s", (int)pid, strerror(errno));
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, STOP_WAIT_MS) == 0)
        return cli_say("process %d does not end; see `nephele logs`", (int)pid);
    return 0;
}

int cli_stop(struct cli *c)
{
    static const char *const own[] = {"keep", NULL};
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    int sig = cli_take(c, "keep") ? SIGUSR1 : SIGTERM;
    if (!cli_end(c))
        return 2;
    pid_t pid = cli_pid(c);
    if (pid == 0) {
        printf("No region runs on %.*s.\n", NP_FMT(c->settings.core.data_dir));
        return 0;
    }
    int rc = end_process(c, pid, sig);
    if (rc == 0)
        printf("Stopped.\n");
    return rc;
}
