/* SPDX-License-Identifier: Apache-2.0 */
/* lives.c - folders of what runs, and the watch over it. */
#include "host/lives.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

#define SMALL_FILE 512

/* One that lives and is watched. */
struct life {
    struct np_watch watch;
    struct np_lives *all;
    struct np_timer kill_timer;
    int pidfd;
    bool ending, used;
    char id[NP_PROCESS_ID_MAX + 1];
};

struct np_lives {
    int dir;
    size_t max;
    bool sync;
    uint64_t kill_after_ms;
    struct np_loop *loop;
    void (*ended)(void *arg, const char *id);
    void *arg;
    struct life *lives; /* max */
};

int np_lives_open(struct np_str data_dir, const struct np_lives_opts *o, struct np_lives **out,
                  struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    const char *path = np_str_z(a, np_str_printf(a, "%.*s/%s", NP_FMT(data_dir), o->name));
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make %s", path);
    NP_AUTO_FD dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (dir < 0 || fstat(dir, &st) != 0)
        return np_err_errno(err, errno, "cannot open %s", path);
    if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
        return np_err(err, NP_EACCES, "%s is not this user's alone", path);
    struct np_lives *l = np_heap_new(struct np_lives);
    l->dir = np_fd_take(&dir);
    l->max = o->max;
    l->sync = o->sync;
    l->kill_after_ms = o->kill_after_ms;
    l->lives = np_heap_alloc(o->max * sizeof(*l->lives));
    *out = l;
    return 0;
}

int np_lives_dir(const struct np_lives *l)
{
    return l->dir;
}

static void forget(struct life *one)
{
    if (!one->used)
        return;
    np_watch_del(&one->watch);
    np_timer_stop(&one->kill_timer);
    close(one->pidfd);
    *one = (struct life){0};
}

void np_lives_free(struct np_lives *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->max; i++)
        forget(&l->lives[i]);
    close(l->dir);
    np_free(l->lives);
    np_free(l);
}

/* --- folders --- */

bool np_life_id_ok(struct np_str id, char z[NP_PROCESS_ID_MAX + 1])
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

int np_life_open(const struct np_lives *l, const char *id)
{
    return openat(l->dir, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

struct np_str np_life_read(int dir, const char *name, struct np_arena *a)
{
    char text[SMALL_FILE];
    NP_AUTO_FD fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    return n >= 0 ? np_str_dup(a, np_str_trim(np_str_n(text, (size_t)n))) : NP_STR_NULL;
}

/* Temporary name, sync, rename: a reader sees all of it or nothing. */
bool np_life_write_file(int dir, const char *name, const void *p, size_t n, bool sync)
{
    char new[NP_PROCESS_ID_MAX + 8];
    snprintf(new, sizeof(new), "%s.new", name);
    NP_AUTO_FD fd = openat(dir, new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd >= 0 && write(fd, p, n) == (ssize_t)n && (!sync || fsync(fd) == 0) &&
           renameat(dir, new, dir, name) == 0 && (!sync || fsync(dir) == 0);
}

bool np_life_status(int dir, bool *by_signal, int *number)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str how, text;
    int64_t n;
    if (!np_str_cut(np_life_read(dir, "status", a), ' ', &how, &text) || !np_str_i64(text, &n))
        return false;
    *by_signal = !np_str_is(how, "exit");
    *number = (int)n;
    return true;
}

void np_life_put_status(int dir, int status)
{
    char text[64];
    int n = WIFSIGNALED(status) ? snprintf(text, sizeof(text), "signal %d\n", WTERMSIG(status))
                                : snprintf(text, sizeof(text), "exit %d\n", WEXITSTATUS(status));
    np_life_write_file(dir, "status", text, (size_t)n, true);
}

/* --- watching --- */

static void tell_end(struct life *one)
{
    struct np_lives *l = one->all;
    char id[NP_PROCESS_ID_MAX + 1];
    siginfo_t unused;
    snprintf(id, sizeof(id), "%s", one->id);
    waitid(P_PIDFD, (id_t)one->pidfd, &unused, WEXITED | WNOHANG); /* when it is a child */
    forget(one);
    if (l->ended != NULL)
        l->ended(l->arg, id);
}

static void on_end(struct np_watch *w, unsigned events)
{
    tell_end(NP_CONTAINER(w, struct life, watch));
}

static struct life *find(const struct np_lives *l, const char *id)
{
    for (size_t i = 0; i < l->max; i++)
        if (l->lives[i].used && strcmp(l->lives[i].id, id) == 0)
            return &l->lives[i];
    return NULL;
}

static struct life *place(struct np_lives *l)
{
    for (size_t i = 0; i < l->max; i++)
        if (!l->lives[i].used)
            return &l->lives[i];
    return NULL;
}

/* By pidfd; that the lock is still held afterwards says that it is that process. */
static struct life *watch(struct np_lives *l, const char *id, int dir)
{
    struct life *one = find(l, id);
    if (one != NULL)
        return one;
    one = place(l);
    pid_t pid = np_life_pid(dir, "lock");
    if (one == NULL || pid == 0)
        return NULL;
    NP_AUTO_FD fd = pidfd_open(pid, 0);
    if (fd < 0 || np_life_pid(dir, "lock") != pid)
        return NULL;
    *one = (struct life){.all = l, .pidfd = np_fd_take(&fd), .used = true};
    snprintf(one->id, sizeof(one->id), "%s", id);
    if (l->loop != NULL &&
        np_watch_add(l->loop, &one->watch, one->pidfd, NP_READABLE, on_end, NULL) != 0) {
        forget(one);
        return NULL;
    }
    return one;
}

static bool is_over(const struct life *one)
{
    struct pollfd p = {.fd = one->pidfd, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

bool np_life_lives(struct np_lives *l, const char *id, int dir)
{
    struct life *one = find(l, id);
    return np_life_pid(dir, "lock") != 0 || (one != NULL && !is_over(one));
}

void np_life_settle(struct np_lives *l, const char *id)
{
    struct life *one = find(l, id);
    if (one != NULL && is_over(one))
        tell_end(one);
}

void np_life_watch(struct np_lives *l, const char *id, int dir)
{
    watch(l, id, dir);
}

static void watch_one(void *arg, const char *id, int dir)
{
    watch(arg, id, dir);
}

void np_lives_watch(struct np_lives *l, struct np_loop *loop,
                    void (*ended)(void *arg, const char *id), void *arg)
{
    l->loop = loop;
    l->ended = ended;
    l->arg = arg;
    np_lives_each(l, watch_one, l, NULL);
}

/* --- making and removing --- */

static size_t count(struct np_lives *l)
{
    int fd = openat(l->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    size_t n = 0;
    char z[NP_PROCESS_ID_MAX + 1];
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        n += e->d_type == DT_DIR && np_life_id_ok(np_str_of(e->d_name), z);
    if (d != NULL)
        closedir(d);
    return n;
}

int np_life_make(struct np_lives *l, const char *id, int *out, struct np_err *err)
{
    NP_AUTO_FD dir = np_life_open(l, id);
    if (dir < 0 && count(l) >= l->max)
        return np_err(err, NP_E2BIG, "more than %zu at a time", l->max);
    if (dir < 0 && mkdirat(l->dir, id, 0700) == 0)
        dir = np_life_open(l, id);
    if (dir < 0 || (unlinkat(dir, "status", 0) != 0 && errno != ENOENT) ||
        (l->sync && (fsync(dir) != 0 || fsync(l->dir) != 0)))
        return np_err_errno(err, errno, "cannot make the folder of %s", id);
    *out = np_fd_take(&dir);
    return 0;
}

static void empty(int dir)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            strcmp(e->d_name, "lock") == 0)
            continue;
        if (unlinkat(dir, e->d_name, 0) == 0 || errno != EISDIR)
            continue;
        NP_AUTO_FD sub = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (sub >= 0)
            empty(sub); /* one level is all there is */
        unlinkat(dir, e->d_name, AT_REMOVEDIR);
    }
    if (d != NULL)
        closedir(d);
    unlinkat(dir, "lock", 0); /* last: without it nobody knows whether it lives */
}

void np_life_remove(struct np_lives *l, const char *id)
{
    NP_AUTO_FD dir = np_life_open(l, id);
    if (dir < 0)
        return;
    empty(dir);
    unlinkat(l->dir, id, AT_REMOVEDIR);
}

/* --- ending --- */

static void by_force(struct np_timer *t)
{
    struct life *one = NP_CONTAINER(t, struct life, kill_timer);
    pidfd_send_signal(one->pidfd, SIGKILL, NULL, 0);
}

void np_life_end(struct np_lives *l, const char *id, int dir, bool now)
{
    struct life *one = watch(l, id, dir);
    if (one == NULL || (one->ending && !now))
        return;
    one->ending = true;
    pidfd_send_signal(one->pidfd, now ? SIGKILL : SIGTERM, NULL, 0);
    if (l->loop != NULL && !now)
        np_timer_set(l->loop, &one->kill_timer, l->kill_after_ms, by_force);
}

bool np_life_is_ending(const struct np_lives *l, const char *id)
{
    const struct life *one = find(l, id);
    return one != NULL && one->ending;
}

/* --- all of them --- */

int np_lives_each(struct np_lives *l, void (*fn)(void *arg, const char *id, int dir), void *arg,
                  struct np_err *err)
{
    int fd = openat(l->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL)
        return np_err_errno(err, errno, "cannot read the folder of what runs");
    char z[NP_PROCESS_ID_MAX + 1];
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        NP_AUTO_FD dir = -1;
        if (e->d_type == DT_DIR && np_life_id_ok(np_str_of(e->d_name), z) &&
            (dir = np_life_open(l, z)) >= 0)
            fn(arg, z, dir);
    }
    closedir(d);
    return 0;
}

static void end_one(void *arg, const char *id, int dir)
{
    if (np_life_pid(dir, "lock") != 0)
        np_life_end(arg, id, dir, false);
}

size_t np_lives_end_all(struct np_lives *l)
{
    size_t n = 0;
    np_lives_each(l, end_one, l, NULL);
    for (size_t i = 0; i < l->max; i++)
        n += l->lives[i].used;
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

pid_t np_lives_any(struct np_lives *l, char id[NP_PROCESS_ID_MAX + 1])
{
    struct search s = {.id = id};
    np_lives_each(l, find_one, &s, NULL);
    return s.pid;
}

bool np_life_is(struct np_lives *l, const char *id, pid_t pid)
{
    NP_AUTO_FD dir = np_life_open(l, id);
    return dir >= 0 && np_life_pid(dir, "lock") == pid;
}
