/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - the folders of processes, and the watch over those that run. */
#include "host/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/init.h"
#include "host/limits.h"

#define KILL_AFTER_MS 5000
#define SMALL_FILE    64

/* What runs for a kind: argv, the program being this one. */
static const struct {
    const char *kind;
    const char *const argv[4];
} kinds[] = {
    {"probe", {"nephele", "__probe", NULL}},
};

/* One that runs and is watched. */
struct life {
    struct np_watch watch;
    struct np_processes *all;
    struct np_timer kill_timer;
    int pidfd;
    bool stopping, used;
    char id[NP_PROCESS_ID_MAX + 1];
};

struct np_processes {
    int dir; /* run/ */
    struct np_loop *loop;
    void (*ended)(void *arg);
    void *arg;
    struct life lives[NP_PROCESSES_MAX];
};

int np_processes_open(struct np_str data_dir, struct np_processes **out, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    const char *path = np_str_z(a, np_str_printf(a, "%.*s/run", NP_FMT(data_dir)));
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make %s", path);
    NP_AUTO_FD dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (dir < 0 || fstat(dir, &st) != 0)
        return np_err_errno(err, errno, "cannot open %s", path);
    if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
        return np_err(err, NP_EACCES, "%s is not this user's alone", path);
    struct np_processes *p = np_heap_new(struct np_processes);
    p->dir = np_fd_take(&dir);
    *out = p;
    return 0;
}

int np_processes_dir(const struct np_processes *p)
{
    return p->dir;
}

static void forget(struct life *l)
{
    if (!l->used)
        return;
    np_watch_del(&l->watch);
    np_timer_stop(&l->kill_timer);
    close(l->pidfd);
    *l = (struct life){0};
}

void np_processes_free(struct np_processes *p)
{
    if (p == NULL)
        return;
    NP_EACH (l, p->lives)
        forget(l);
    close(p->dir);
    np_free(p);
}

/* --- folders --- */

static bool id_ok(struct np_str id, char z[NP_PROCESS_ID_MAX + 1])
{
    if (id.n == 0 || id.n > NP_PROCESS_ID_MAX || id.p[0] == '-')
        return false;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    memcpy(z, id.p, id.n);
    z[id.n] = '\0';
    return true;
}

static int open_folder(const struct np_processes *p, const char *id)
{
    return openat(p->dir, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static struct np_str read_small(int dir, const char *name, struct np_arena *a)
{
    char text[SMALL_FILE];
    NP_AUTO_FD fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    return n >= 0 ? np_str_dup(a, np_str_trim(np_str_n(text, (size_t)n))) : NP_STR_NULL;
}

static bool write_small(int dir, const char *name, const char *text)
{
    NP_AUTO_FD fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    size_t n = strlen(text);
    return fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
}

static void read_status(int dir, struct np_arena *a, struct agent_Process *out)
{
    struct np_str how, number;
    int64_t n;
    if (!np_str_cut(read_small(dir, "status", a), ' ', &how, &number) || !np_str_i64(number, &n))
        return;
    if (np_str_is(how, "exit"))
        out->ExitCode = (struct np_opt_int){true, n};
    else
        out->Signal = (struct np_opt_int){true, n};
}

static void describe(int dir, const char *id, struct np_arena *a, struct agent_Process *out)
{
    pid_t pid = np_life_pid(dir, "lock");
    *out = (struct agent_Process){
        .Id = np_str_dup(a, np_str_of(id)),
        .Kind = read_small(dir, "kind", a),
        .State = pid != 0 ? NP_STR("running") : NP_STR("ended"),
    };
    if (pid != 0)
        out->Pid = (struct np_opt_int){true, pid};
    else
        read_status(dir, a, out);
}

static const char *const *argv_of(struct np_str kind, const char **name)
{
    NP_EACH (k, kinds)
        if (np_str_eq(kind, np_str_of(k->kind))) {
            *name = k->kind;
            return k->argv;
        }
    return NULL;
}

/* --- watching --- */

static void on_exit_of(struct np_watch *w, unsigned events)
{
    struct life *l = NP_CONTAINER(w, struct life, watch);
    struct np_processes *p = l->all;
    siginfo_t unused;
    waitid(P_PIDFD, (id_t)l->pidfd, &unused, WEXITED | WNOHANG); /* when it is this agent's child */
    forget(l);
    if (p->ended != NULL)
        p->ended(p->arg);
}

static struct life *life_of(struct np_processes *p, const char *id)
{
    NP_EACH (l, p->lives)
        if (l->used && strcmp(l->id, id) == 0)
            return l;
    return NULL;
}

/* By pidfd; that the lock is still held afterwards says that it is that process. */
static struct life *watch(struct np_processes *p, const char *id, int dir)
{
    struct life *l = life_of(p, id);
    if (l != NULL)
        return l;
    for (l = p->lives; l < p->lives + NP_PROCESSES_MAX && l->used; l++)
        ;
    pid_t pid = np_life_pid(dir, "lock");
    if (l == p->lives + NP_PROCESSES_MAX || pid == 0)
        return NULL;
    NP_AUTO_FD fd = pidfd_open(pid, 0);
    if (fd < 0 || np_life_pid(dir, "lock") != pid)
        return NULL;
    *l = (struct life){.all = p, .pidfd = np_fd_take(&fd), .used = true};
    snprintf(l->id, sizeof(l->id), "%s", id);
    if (p->loop != NULL &&
        np_watch_add(p->loop, &l->watch, l->pidfd, NP_READABLE, on_exit_of, NULL) != 0) {
        forget(l);
        return NULL;
    }
    return l;
}

/* --- starting --- */

static int fork_init(struct np_processes *p, int dir, const char *const *argv, struct np_err *err)
{
    NP_AUTO_FD lock = np_life_take(dir, "lock");
    if (lock < 0)
        return np_err_errno(err, errno, "cannot lock the folder of a process");
    pid_t pid = fork();
    if (pid == 0)
        np_init_main(dir, lock, argv);
    if (pid < 0)
        return np_err_errno(err, errno, "cannot start a process");
    np_life_write(lock, pid);
    return 0;
}

static int count(struct np_processes *p)
{
    int fd = openat(p->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        n += e->d_type == DT_DIR && e->d_name[0] != '.';
    if (d != NULL)
        closedir(d);
    return n;
}

static int make_folder(struct np_processes *p, const char *id, const char *kind, int *out,
                       struct np_err *err)
{
    NP_AUTO_FD dir = open_folder(p, id);
    if (dir < 0 && count(p) >= NP_PROCESSES_MAX)
        return np_err(err, NP_E2BIG, "more than %d processes", NP_PROCESSES_MAX);
    if (dir < 0 && mkdirat(p->dir, id, 0700) == 0)
        dir = open_folder(p, id);
    if (dir < 0 || !write_small(dir, "kind", kind) ||
        (unlinkat(dir, "status", 0) != 0 && errno != ENOENT) || fsync(dir) != 0 ||
        fsync(p->dir) != 0)
        return np_err_errno(err, errno, "cannot make the folder of a process");
    *out = np_fd_take(&dir);
    return 0;
}

int np_process_ensure(struct np_processes *p, struct np_str id, struct np_str kind,
                      struct np_arena *a, struct agent_Process *out, struct np_err *err)
{
    char z[NP_PROCESS_ID_MAX + 1];
    const char *name;
    const char *const *argv = argv_of(kind, &name);
    if (!id_ok(id, z) || argv == NULL)
        return np_err(err, NP_EINVAL, "no process of that id and kind can be");
    NP_AUTO_FD dir = open_folder(p, z);
    if (dir >= 0 && np_life_pid(dir, "lock") != 0) {
        describe(dir, z, a, out);
        return np_str_eq(out->Kind, kind) ? 0
                                          : np_err(err, NP_EEXIST, "%s runs as another kind", z);
    }
    NP_AUTO_FD fresh = -1;
    int rc = make_folder(p, z, name, &fresh, err);
    if (rc == 0)
        rc = fork_init(p, fresh, argv, err);
    if (rc != 0)
        return rc;
    watch(p, z, fresh);
    describe(fresh, z, a, out);
    return 0;
}

/* --- stopping --- */

static void by_force(struct np_timer *t)
{
    struct life *l = NP_CONTAINER(t, struct life, kill_timer);
    pidfd_send_signal(l->pidfd, SIGKILL, NULL, 0);
}

static void ask_to_end(struct np_processes *p, const char *id, int dir)
{
    struct life *l = watch(p, id, dir);
    if (l == NULL || l->stopping)
        return;
    l->stopping = true;
    pidfd_send_signal(l->pidfd, SIGTERM, NULL, 0);
    if (p->loop != NULL)
        np_timer_set(p->loop, &l->kill_timer, KILL_AFTER_MS, by_force);
}

static void remove_folder(struct np_processes *p, const char *id, int dir)
{
    static const char *const names[] = {"status", "status.new", "kind", "lock"};
    NP_EACH (name, names)
        unlinkat(dir, *name, 0);
    unlinkat(p->dir, id, AT_REMOVEDIR);
}

int np_process_stop(struct np_processes *p, struct np_str id, struct np_arena *a,
                    struct agent_Process *out, struct np_err *err)
{
    char z[NP_PROCESS_ID_MAX + 1];
    if (!id_ok(id, z))
        return np_err(err, NP_EINVAL, "no process has that id");
    NP_AUTO_FD dir = open_folder(p, z);
    if (dir < 0)
        return np_err(err, NP_ENOENT, "no process has the id %s", z);
    describe(dir, z, a, out);
    if (out->Pid.set)
        ask_to_end(p, z, dir);
    else
        remove_folder(p, z, dir);
    return 0;
}

/* --- all of them --- */

/* Calls each(arg, id, dir) for every folder. */
static int each(struct np_processes *p, void (*fn)(void *arg, const char *id, int dir), void *arg,
                struct np_err *err)
{
    int fd = openat(p->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL)
        return np_err_errno(err, errno, "cannot read the folder of processes");
    char z[NP_PROCESS_ID_MAX + 1];
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        NP_AUTO_FD dir = -1;
        if (e->d_type == DT_DIR && id_ok(np_str_of(e->d_name), z) && (dir = open_folder(p, z)) >= 0)
            fn(arg, z, dir);
    }
    closedir(d);
    return 0;
}

struct listing {
    struct np_arena *a;
    struct agent_ProcessList *out;
};

static void list_one(void *arg, const char *id, int dir)
{
    struct listing *l = arg;
    if (l->out->n < NP_PROCESSES_MAX)
        describe(dir, id, l->a, &l->out->v[l->out->n++]);
}

int np_processes_list(struct np_processes *p, struct np_arena *a, struct agent_ProcessList *out,
                      struct np_err *err)
{
    *out = (struct agent_ProcessList){.v = np_new_array(a, struct agent_Process, NP_PROCESSES_MAX),
                                      .set = true};
    return each(p, list_one, &(struct listing){a, out}, err);
}

static void watch_one(void *arg, const char *id, int dir)
{
    watch(arg, id, dir);
}

void np_processes_watch(struct np_processes *p, struct np_loop *l, void (*ended)(void *arg),
                        void *arg)
{
    p->loop = l;
    p->ended = ended;
    p->arg = arg;
    each(p, watch_one, p, NULL);
}

static void stop_one(void *arg, const char *id, int dir)
{
    struct np_processes *p = arg;
    if (np_life_pid(dir, "lock") != 0)
        ask_to_end(p, id, dir);
}

size_t np_processes_stop_all(struct np_processes *p)
{
    size_t n = 0;
    each(p, stop_one, p, NULL);
    NP_EACH (l, p->lives)
        n += l->used;
    return n;
}

struct search {
    pid_t pid;
    char *id;
};

static void find_one(void *arg, const char *id, int dir)
{
    struct search *s = arg;
    pid_t pid = s->pid == 0 ? np_life_pid(dir, "lock") : 0;
    if (pid == 0)
        return;
    s->pid = pid;
    snprintf(s->id, NP_PROCESS_ID_MAX + 1, "%s", id);
}

pid_t np_processes_any(struct np_processes *p, char id[64])
{
    struct search s = {.id = id};
    each(p, find_one, &s, NULL);
    return s.pid;
}

bool np_process_runs(struct np_processes *p, const char *id, pid_t pid)
{
    NP_AUTO_FD dir = open_folder(p, id);
    return dir >= 0 && np_life_pid(dir, "lock") == pid;
}
