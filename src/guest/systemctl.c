/* SPDX-License-Identifier: Apache-2.0 */
/* systemctl.c - services for what people's user data call: start, stop, restart, reload, enable,
 * disable, status, is-active, is-enabled, daemon-reload. Each service that runs has a supervisor of
 * its own, a child of pid 1; /run/nephele-units/NAME says its pid. What it cannot do it says. */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "guest/unit.h"

#define RUN       "/run/nephele-units"
#define WANTS     "/etc/systemd/system/multi-user.target.wants"
#define STOP_MS   10000
#define PID_TRIES 500

static const char *state_path(struct np_arena *a, const struct unit *u)
{
    return np_str_z(a, np_str_printf(a, RUN "/%s", u->name));
}

/* Pid of the supervisor, while it holds the lock of its file. */
static pid_t supervisor_of(struct np_arena *a, const struct unit *u)
{
    NP_AUTO_FD fd = open(state_path(a, u), O_RDONLY | O_CLOEXEC);
    char text[32];
    uint64_t pid = 0;
    if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0)
        return 0;
    ssize_t n = pread(fd, text, sizeof(text), 0);
    return n > 0 && np_str_u64(np_str_trim(np_str_n(text, (size_t)n)), &pid) ? (pid_t)pid : 0;
}

/* --- the supervisor --- */

struct service {
    struct np_arena *a;
    const struct unit *u;
    pid_t pid; /* main process; 0: none */
};

static void add_line(struct np_arena *a, struct np_str line)
{
    struct np_str name, value;
    line = np_str_trim(line);
    if (line.n >= 2 && (line.p[0] == '"' || line.p[0] == '\''))
        line = np_str_sub(line, 1, line.n - 2);
    if (line.n == 0 || line.p[0] == '#' || !np_str_cut(line, '=', &name, &value))
        return;
    if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\''))
        value = np_str_sub(value, 1, value.n - 2);
    setenv(np_str_z(a, name), np_str_z(a, value), 1);
}

static void set_environment(struct np_arena *a, const struct unit *u)
{
    for (const char *const *e = u->environment; *e != NULL; e++) {
        bool unused;
        char **words = unit_argv(a, u, *e, &unused);
        for (; *words != NULL; words++)
            add_line(a, np_str_of(*words));
    }
    for (const char *const *f = u->files; *f != NULL; f++) {
        const char *path = **f == '-' ? *f + 1 : *f;
        struct np_str text = guest_read(a, path, 65536), line;
        while (np_str_split(&text, '\n', &line))
            add_line(a, line);
    }
}

static _Noreturn void exec_command(struct service *s, const char *line)
{
    struct guest_user user;
    bool unused;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    char **argv = unit_argv(s->a, s->u, line, &unused);
    if (s->u->folder != NULL &&
        chdir(*s->u->folder == '-' ? s->u->folder + 1 : s->u->folder) != 0 && *s->u->folder != '-')
        _exit(200);
    if (s->u->user != NULL && (!user_find(s->a, s->u->user, &user) || !user_become(s->a, &user)))
        _exit(217);
    if (argv[0] != NULL)
        execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "%s: cannot run %s: %s\n", s->u->name, argv[0] != NULL ? argv[0] : line,
            strerror(errno));
    _exit(203);
}

static pid_t spawn(struct service *s, const char *line)
{
    pid_t pid = fork();
    if (pid == 0)
        exec_command(s, line);
    return pid;
}

static int run_one(struct service *s, const char *line)
{
    int status;
    bool may_fail;
    unit_argv(s->a, s->u, line, &may_fail);
    pid_t pid = spawn(s, line);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid <= 0 ? -1 : may_fail ? 0 : status;
}

static int run_list(struct service *s, const char *const *list)
{
    for (; *list != NULL; list++) {
        int status = run_one(s, *list);
        if (status != 0)
            return status;
    }
    return 0;
}

static bool is_type(const struct unit *u, const char *type)
{
    return strcmp(u->type, type) == 0;
}

/* What a program that went into the background says of itself. */
static pid_t read_pid_file(struct service *s)
{
    uint64_t pid;
    for (int i = 0; s->u->pid_file != NULL && i < PID_TRIES; i++) {
        struct np_str text = guest_read(s->a, s->u->pid_file, 64);
        if (text.p != NULL && np_str_u64(np_str_trim(text), &pid) && kill((pid_t)pid, 0) == 0)
            return (pid_t)pid;
        poll(NULL, 0, 10);
    }
    return 0;
}

/* 0: it is up (or done, if it is of one shot). */
static int start_service(struct service *s)
{
    if (s->u->runtime != NULL)
        guest_mkdirs(np_str_z(s->a, np_str_printf(s->a, "/run/%s", s->u->runtime)), 0755);
    int status = run_list(s, s->u->before);
    if (status != 0)
        return status;
    if (is_type(s->u, "oneshot"))
        return run_list(s, s->u->start);
    if (is_type(s->u, "forking")) {
        status = run_list(s, s->u->start);
        s->pid = status == 0 ? read_pid_file(s) : 0;
    } else {
        s->pid = spawn(s, s->u->start[0]);
    }
    return status != 0 ? status : run_list(s, s->u->after);
}

static volatile sig_atomic_t asked_to_stop;

static void on_term(int signo)
{
    asked_to_stop = 1;
}

static void stop_service(struct service *s)
{
    char number[32];
    snprintf(number, sizeof(number), "%d", (int)s->pid);
    setenv("MAINPID", number, 1);
    run_list(s, s->u->stop);
    if (s->pid <= 0)
        return;
    kill(s->pid, SIGTERM);
    for (int i = 0; i < STOP_MS / 10 && kill(s->pid, 0) == 0; i++) {
        waitpid(s->pid, NULL, WNOHANG);
        poll(NULL, 0, 10);
    }
    kill(-s->pid, SIGKILL);
    kill(s->pid, SIGKILL);
}

/* Until the main process has ended or somebody stops it. It may be nobody's child here, one that
 * went into the background: with pid 1 as reaper it is this process's, a subreaper. */
static int watch_service(struct service *s)
{
    int status = 0;
    while (!asked_to_stop) {
        if (s->pid == 0) {
            poll(NULL, 0, 1000); /* of no pid: until stopped */
            continue;
        }
        pid_t ended = waitpid(-1, &status, 0);
        if (ended == s->pid || (ended < 0 && errno == ECHILD))
            return status;
    }
    return -1;
}

static bool starts_again(const struct unit *u, int status)
{
    bool failed = status != 0;
    return strcmp(u->restart, "always") == 0 ||
           (failed &&
            (strcmp(u->restart, "on-failure") == 0 || strcmp(u->restart, "on-abnormal") == 0 ||
             strcmp(u->restart, "on-abort") == 0)) ||
           (!failed && strcmp(u->restart, "on-success") == 0);
}

static _Noreturn void supervise(struct service *s, int lock, int ready)
{
    char text[16];
    int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    struct sigaction act = {.sa_handler = on_term};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setsid();
    sigaction(SIGTERM, &act, NULL);
    if (ftruncate(lock, 0) != 0 || pwrite(lock, text, (size_t)n, 0) != n)
        _exit(1);
    set_environment(s->a, s->u);
    int status = start_service(s);
    if (write(ready, &status, sizeof(status)) < 0)
        _exit(1);
    close(ready);
    if (status != 0 || (is_type(s->u, "oneshot") && !s->u->remain))
        _exit(0);
    while (!asked_to_stop) {
        status = watch_service(s);
        if (asked_to_stop || !starts_again(s->u, status))
            break;
        poll(NULL, 0, (int)s->u->restart_ms);
        if (!asked_to_stop && start_service(s) != 0)
            poll(NULL, 0, 1000);
    }
    if (asked_to_stop)
        stop_service(s);
    _exit(0);
}

/* --- verbs --- */

static int say_failed(const struct unit *u, int status)
{
    fprintf(stderr, "Job for %s failed because the control process exited with error code (%d).\n",
            u->name, WIFEXITED(status) ? WEXITSTATUS(status) : status);
    return 1;
}

/* The supervisor writes to the console, not to who asked. */
static void detach_output(void)
{
    int fd = open("/dev/console", O_WRONLY | O_CLOEXEC),
        null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, 0);
    dup2(fd >= 0 ? fd : null, 1);
    dup2(fd >= 0 ? fd : null, 2);
}

static int start(struct np_arena *a, struct unit *u)
{
    int ends[2], status = -1;
    guest_mkdirs(RUN, 0755);
    if (u->start[0] == NULL) {
        fprintf(stderr, "%s has no ExecStart\n", u->name);
        return 1;
    }
    int lock = open(state_path(a, u), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0) {
        fprintf(stderr, "Access denied: %s\n", strerror(errno));
        return 4;
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0)
        return 0; /* it runs */
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 1;
    pid_t pid = fork();
    if (pid == 0) {
        struct service s = {.a = a, .u = u};
        close(ends[0]);
        if (fork() != 0)
            _exit(0); /* pid 1's child from here on */
        detach_output();
        supervise(&s, lock, ends[1]);
    }
    close(ends[1]);
    close(lock);
    waitpid(pid, NULL, 0);
    if (read(ends[0], &status, sizeof(status)) != sizeof(status))
        status = -1;
    close(ends[0]);
    return status == 0 ? 0 : say_failed(u, status);
}

static int stop(struct np_arena *a, struct unit *u)
{
    pid_t pid = supervisor_of(a, u);
    if (pid == 0)
        return 0;
    if (kill(pid, SIGTERM) != 0) {
        fprintf(stderr, "Access denied: %s\n", strerror(errno));
        return 4;
    }
    for (int i = 0; i < (STOP_MS + 5000) / 10 && supervisor_of(a, u) == pid; i++)
        poll(NULL, 0, 10);
    return supervisor_of(a, u) == pid;
}

static int restart(struct np_arena *a, struct unit *u)
{
    int rc = stop(a, u);
    return rc != 0 ? rc : start(a, u);
}

/* The first child of the supervisor is the main process. */
static pid_t main_pid(struct np_arena *a, const struct unit *u)
{
    pid_t pid = supervisor_of(a, u);
    uint64_t child = 0;
    struct np_str first, rest;
    if (pid == 0)
        return 0;
    struct np_str text = guest_read(
        a, np_str_z(a, np_str_printf(a, "/proc/%d/task/%d/children", (int)pid, (int)pid)), 4096);
    np_str_cut(np_str_trim(text), ' ', &first, &rest);
    return np_str_u64(first, &child) ? (pid_t)child : 0;
}

static int reload(struct np_arena *a, struct unit *u)
{
    char number[32];
    struct service s = {.a = a, .u = u};
    pid_t pid = main_pid(a, u);
    if (pid == 0 || u->reload[0] == NULL) {
        fprintf(stderr, "Failed to reload %s: %s\n", u->name,
                pid == 0 ? "it is not active" : "it has no ExecReload");
        return 1;
    }
    snprintf(number, sizeof(number), "%d", (int)pid);
    setenv("MAINPID", number, 1);
    return run_list(&s, u->reload) != 0;
}

static int is_active(struct np_arena *a, struct unit *u)
{
    bool active = supervisor_of(a, u) != 0;
    puts(active ? "active" : "inactive");
    return active ? 0 : 3;
}

static const char *wants_link(struct np_arena *a, const struct unit *u)
{
    return np_str_z(a, np_str_printf(a, WANTS "/%s", u->name));
}

static int enable(struct np_arena *a, struct unit *u)
{
    guest_mkdirs(WANTS, 0755);
    if (symlink(u->path, wants_link(a, u)) == 0) {
        fprintf(stderr, "Created symlink %s -> %s.\n", wants_link(a, u), u->path);
        return 0;
    }
    return errno == EEXIST ? 0 : (perror("systemctl"), 1);
}

static int disable(struct np_arena *a, struct unit *u)
{
    if (unlink(wants_link(a, u)) == 0)
        fprintf(stderr, "Removed %s.\n", wants_link(a, u));
    return 0;
}

static int is_enabled(struct np_arena *a, struct unit *u)
{
    bool yes = guest_exists(wants_link(a, u));
    puts(yes ? "enabled" : "disabled");
    return yes ? 0 : 1;
}

static int status(struct np_arena *a, struct unit *u)
{
    bool active = supervisor_of(a, u) != 0;
    printf("%s - %s\n     Loaded: loaded (%s; %s)\n     Active: %s\n", u->name,
           u->description != NULL ? u->description : u->name, u->path,
           guest_exists(wants_link(a, u)) ? "enabled" : "disabled",
           active ? "active (running)" : "inactive (dead)");
    if (active && main_pid(a, u) != 0)
        printf("   Main PID: %d\n", (int)main_pid(a, u));
    return active ? 0 : 3;
}

static const struct {
    const char *name;
    int (*run)(struct np_arena *a, struct unit *u);
} verbs[] = {
    {"start", start},           {"stop", stop},       {"restart", restart},
    {"try-restart", restart},   {"reload", reload},   {"reload-or-restart", restart},
    {"enable", enable},         {"disable", disable}, {"is-active", is_active},
    {"is-enabled", is_enabled}, {"status", status},
};

/* What of systemctl needs no unit. */
static int bare(const char *verb)
{
    static const char *const nothing[] = {"daemon-reload", "daemon-reexec", "reset-failed"};
    NP_EACH (n, nothing)
        if (strcmp(verb, *n) == 0)
            return 0; /* unit files are read when they are needed */
    if (strcmp(verb, "is-system-running") == 0) {
        puts("running");
        return 0;
    }
    if (strcmp(verb, "poweroff") == 0 || strcmp(verb, "halt") == 0)
        return kill(1, SIGRTMIN + 4) != 0;
    if (strcmp(verb, "reboot") == 0)
        return kill(1, SIGRTMIN + 5) != 0;
    return -1;
}

static int one_unit(struct np_arena *a, const char *verb, const char *name, bool now)
{
    struct unit *u = unit_find(a, name);
    if (u == NULL) {
        fprintf(stderr, "Unit %s could not be found.\n", name);
        return strcmp(verb, "status") == 0 ? 4 : 5;
    }
    NP_EACH (v, verbs) {
        if (strcmp(v->name, verb) != 0)
            continue;
        int rc = v->run(a, u);
        if (rc == 0 && now && v->run == enable)
            rc = start(a, u);
        if (rc == 0 && now && v->run == disable)
            rc = stop(a, u);
        return rc;
    }
    fprintf(stderr,
            "systemctl %s: not in this instance, whose init is Nephele's; it knows start, "
            "stop, restart, reload, enable, disable, status, is-active, is-enabled and "
            "daemon-reload of services\n",
            verb);
    return 1;
}

int systemctl_main(int argc, char **argv)
{
    struct np_arena *a = np_arena_new();
    const char *verb = NULL;
    bool now = false, quiet = false;
    int rc = 0, units = 0;
    for (int i = 1; i < argc; i++) {
        now = now || strcmp(argv[i], "--now") == 0;
        quiet = quiet || strcmp(argv[i], "-q") == 0 || strcmp(argv[i], "--quiet") == 0;
        if (argv[i][0] != '-' && verb == NULL)
            verb = argv[i];
    }
    if (quiet && freopen("/dev/null", "w", stdout) == NULL)
        return 1;
    if (verb == NULL)
        verb = "list-units";
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' || argv[i] == verb)
            continue;
        int one = one_unit(a, verb, argv[i], now);
        rc = one != 0 ? one : rc;
        units++;
    }
    if (units > 0)
        return rc;
    rc = bare(verb);
    return rc >= 0 ? rc : one_unit(a, verb, "-", false);
}

/* --- at a boot --- */

/* Those of an image that belong to an init that is not there, or that this one does itself. */
static bool is_left_out(const char *name)
{
    static const char *const own[] = {"systemd-", "dbus", "getty",      "console-",
                                      "cloud-",   "ssh",  "networking", "NetworkManager",
                                      "e2scrub",  "apt-", "fstrim",     "unattended-upgrades",
                                      "snapd"};
    NP_EACH (o, own)
        if (strncmp(name, *o, strlen(*o)) == 0)
            return true;
    size_t n = strlen(name);
    return n < 9 || strcmp(name + n - 8, ".service") != 0;
}

void systemctl_boot(void)
{
    DIR *d = opendir(WANTS);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        NP_AUTO_ARENA a = np_arena_new();
        struct unit *u = is_left_out(e->d_name) ? NULL : unit_find(a, e->d_name);
        if (u != NULL && start(a, u) != 0)
            guest_say("nephele: %s did not start", u->name);
    }
    if (d != NULL)
        closedir(d);
}
