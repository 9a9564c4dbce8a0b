/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - pid 1: starts the boot in a process of its own, reaps, answers the door, ends it all. */
#include "guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "guest/control.h"
#include "guest/fusermount.h"

#define DOOR_FD     3
#define GO_FD       4
#define END_TERM_MS 20000
#define FDS_MAX     (NP_GUEST_TALKS_MAX + 8)
#define SIG_HALT    (SIGRTMIN + 4) /* as of systemd: what shutdown(8) sends */
#define SIG_REBOOT  (SIGRTMIN + 5)

void guest_say(const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text) - 1, fmt, args);
    va_end(args);
    n = n < (int)sizeof(text) - 1 ? n : (int)sizeof(text) - 2;
    text[n] = '\n';
    if (write(STDOUT_FILENO, text, (size_t)n + 1) < 0)
        return; /* nobody reads it */
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- the end --- */

/* Reaps until nothing is left or the time is over. */
static bool reap_all(unsigned ms)
{
    uint64_t until = now_ms() + ms;
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0 && errno == ECHILD)
            return true;
        if (pid == 0 && now_ms() >= until)
            return false;
        if (pid == 0)
            poll(NULL, 0, 2);
    }
}

static _Noreturn void end(enum np_guest_end how)
{
    guest_say("nephele: the instance %s", how == NP_GUEST_REBOOT ? "reboots" : "ends");
    kill(-1, SIGTERM);
    kill(-1, SIGCONT);
    if (!reap_all(END_TERM_MS)) {
        kill(-1, SIGKILL);
        reap_all(2000);
    }
    sync();
    if (how == NP_GUEST_REBOOT)
        reboot(RB_AUTOBOOT);
    _exit(0);
}

/* --- while it runs --- */

static int take_signals(void)
{
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void reap(struct control *c)
{
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;)
        control_reaped(c, pid);
}

static void on_signals(int fd, struct control *c)
{
    struct signalfd_siginfo s;
    while (read(fd, &s, sizeof(s)) == sizeof(s)) {
        int no = (int)s.ssi_signo;
        if (no == SIGCHLD)
            reap(c);
        else if (no == SIGTERM || no == SIG_HALT || no == SIGUSR2)
            end(NP_GUEST_POWEROFF);
        else if (no == SIGINT || no == SIG_REBOOT)
            end(NP_GUEST_REBOOT);
    }
}

static _Noreturn void serve(int signals)
{
    struct control *c = control_new(DOOR_FD);
    for (;;) {
        struct pollfd p[FDS_MAX] = {{.fd = signals, .events = POLLIN}};
        size_t n = 1 + control_fds(c, p + 1, FDS_MAX - 1);
        poll(p, n, -1);
        on_signals(signals, c);
        int wanted = control_turn(c, p + 1, n - 1);
        if (wanted != 0)
            end((enum np_guest_end)(wanted - 1));
    }
}

/* --- the start --- */

/* Until the devices have their names: the keeper closes the other end. */
static void wait_go(void)
{
    char c;
    while (read(GO_FD, &c, 1) < 0 && errno == EINTR)
        ;
    close(GO_FD);
}

static void start_rest(struct guest *g)
{
    pid_t pid = fork();
    if (pid != 0)
        return;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close(DOOR_FD);
    setsid();
    boot_rest(g);
}

static const char *env(const char *name, const char *otherwise)
{
    const char *v = getenv(name);
    return v != NULL && v[0] != '\0' ? v : otherwise;
}

static int init_main(void)
{
    struct np_arena *a = np_arena_new();
    struct guest g = {.arena = a,
                      .id = np_str_z(a, np_str_of(env("NEPHELE_ID", "i-0"))),
                      .user = np_str_z(a, np_str_of(env("NEPHELE_USER", "ec2-user"))),
                      .hostname = np_str_z(a, np_str_of(env("NEPHELE_HOSTNAME", "localhost"))),
                      .network = strcmp(env("NEPHELE_NETWORK", "0"), "1") == 0,
                      .files = strcmp(env("NEPHELE_FILES", "0"), "1") == 0};
    int signals = take_signals();
    fcntl(DOOR_FD, F_SETFD, FD_CLOEXEC);
    fcntl(GO_FD, F_SETFD, FD_CLOEXEC);
    clearenv();
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    boot_early(&g);
    wait_go();
    start_rest(&g);
    serve(signals);
}

/* --- the other names --- */

static int ask_init(int signo)
{
    sync();
    if (kill(1, signo) == 0)
        return 0;
    fprintf(stderr, "only root may do that: %s\n", strerror(errno));
    return 1;
}

static int shutdown_main(const char *name, int argc, char **argv)
{
    bool again = strcmp(name, "reboot") == 0, cancel = false;
    const char *when = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-r") == 0 || strcmp(argv[i], "--reboot") == 0)
            again = true;
        else if (strcmp(argv[i], "-c") == 0)
            cancel = true;
        else if (argv[i][0] != '-' && when == NULL && strcmp(name, "shutdown") == 0)
            when = argv[i];
    }
    uint64_t minutes = 0;
    bool at_once = when == NULL || strcmp(when, "now") == 0 || strcmp(when, "+0") == 0;
    if (cancel || (!at_once && !(when[0] == '+' && np_str_u64(np_str_of(when + 1), &minutes) &&
                                 minutes < 10000))) {
        fprintf(stderr, "%s: now and +minutes are what it knows, and no way back\n", name);
        return 1;
    }
    if (minutes == 0)
        return ask_init(again ? SIG_REBOOT : SIG_HALT);
    if (kill(1, 0) != 0)
        return ask_init(0);
    printf("The instance %s in %d minutes.\n", again ? "reboots" : "ends", (int)minutes);
    if (fork() != 0)
        return 0;
    setsid();
    poll(NULL, 0, (int)minutes * 60000);
    return ask_init(again ? SIG_REBOOT : SIG_HALT);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *name = slash != NULL ? slash + 1 : argv[0];
    static const char *const ends[] = {"shutdown", "poweroff", "halt", "reboot"};
    if (strcmp(name, "guest") == 0 && argc > 1) {
        name = argv[1];
        argc--;
        argv++;
    }
    NP_EACH (e, ends)
        if (strcmp(name, *e) == 0)
            return shutdown_main(name, argc, argv);
    if (strcmp(name, "mount") == 0)
        return mount_main(argc, argv);
    if (strcmp(name, "fusermount") == 0)
        return fusermount_main();
    if (strcmp(name, "systemctl") == 0)
        return systemctl_main(argc, argv);
    if (strcmp(name, "init") == 0 && getpid() == 1)
        return init_main();
    fprintf(stderr, "%s: the first process of an instance, systemctl, shutdown, reboot\n", name);
    return 2;
}
