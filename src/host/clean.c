/* SPDX-License-Identifier: Apache-2.0 */
/* clean.c - finds by their mark processes, loop devices and control groups that were left. */
#include "host/clean.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/instance/cgroup.h"
#include "host/process.h"
#include "io/file.h"

#define END_WAIT_MS  5000
#define ROUND_MS     20
#define MOUNTS_BYTES (4u << 20)

struct cleaning {
    struct np_arena *a;
    struct np_str data;  /* its true path */
    struct np_str mount; /* as the line of the mount has it */
    struct np_cleaned *out;
};

/* --- processes --- */

static struct np_str read_proc(struct np_arena *a, int pid, const char *name)
{
    struct np_str text = NP_STR_NULL;
    np_file_read(a, np_str_printf(a, "/proc/%d/%s", pid, name), MOUNTS_BYTES, &text, NULL);
    return text;
}

/* Whether it is in a mount namespace that has the region's folder of namespaces. */
static bool has_mark(const struct cleaning *c, int pid)
{
    struct np_arena *a = np_arena_new();
    bool found = np_str_find(read_proc(a, pid, "mountinfo"), c->mount) >= 0;
    np_arena_free(a);
    return found;
}

/* The pid is looked at again when its descriptor is open: it may be another's by then. */
static bool end_marked(const struct cleaning *c, int pid)
{
    if (pid == getpid() || !has_mark(c, pid))
        return false;
    NP_AUTO_FD fd = pidfd_open(pid, 0);
    return fd >= 0 && has_mark(c, pid) && pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0;
}

static size_t end_all_marked(const struct cleaning *c)
{
    DIR *d = opendir("/proc");
    size_t n = 0;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        uint64_t pid;
        if (np_str_u64(np_str_of(e->d_name), &pid) && pid > 1 && pid <= INT32_MAX)
            n += end_marked(c, (int)pid);
    }
    if (d != NULL)
        closedir(d);
    return n;
}

/* Where there are no namespaces, or others than the agent's: by locks that they hold while they
 * live.
 */
static bool end_locked(int dir, const char *name)
{
    pid_t pid = np_life_pid(dir, name);
    NP_AUTO_FD fd = pid > 1 && pid != getpid() ? pidfd_open(pid, 0) : -1;
    return fd >= 0 && np_life_pid(dir, name) == pid && pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0;
}

static size_t end_locks_of(const struct cleaning *c, const char *name)
{
    static const char *const locks[] = {"lock", "view.lock", "fs.lock"};
    const char *path = np_str_z(c->a, np_str_printf(c->a, "%.*s/%s", NP_FMT(c->data), name));
    DIR *d = opendir(path);
    size_t n = d != NULL ? end_locked(dirfd(d), "holder") : 0;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        NP_AUTO_FD one =
            e->d_name[0] != '.'
                ? openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                : -1;
        NP_EACH (lock, locks)
            if (one >= 0)
                n += end_locked(one, *lock);
    }
    if (d != NULL)
        closedir(d);
    return n;
}

static void end_processes(struct cleaning *c)
{
    static const char *const folders[] = {"run", "run/instances.d", "volumes"};
    size_t seen = 0;
    for (int waited = 0; waited < END_WAIT_MS; waited += ROUND_MS) {
        size_t n = end_all_marked(c);
        NP_EACH (f, folders)
            n += end_locks_of(c, *f);
        c->out->left = n;
        if (n == 0)
            return;
        seen = n > seen ? n : seen;
        c->out->processes = seen;
        poll(NULL, 0, ROUND_MS); /* what was forked meanwhile is found in the next round */
    }
}

/* --- loop devices --- */

static void free_loop(struct cleaning *c, const char *name)
{
    struct np_str file = NP_STR_NULL;
    np_file_read(c->a, np_str_printf(c->a, "/sys/block/%s/loop/backing_file", name), 8192, &file,
                 NULL);
    if (file.p == NULL || !np_str_starts(file, np_str_printf(c->a, "%.*s/", NP_FMT(c->data))))
        return;
    const char *path = np_str_z(c->a, np_str_printf(c->a, "/dev/%s", name));
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && ioctl(fd, LOOP_CLR_FD, 0) == 0)
        c->out->devices++;
}

static void free_loops(struct cleaning *c)
{
    DIR *d = opendir("/sys/block");
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (strncmp(e->d_name, "loop", 4) == 0)
            free_loop(c, e->d_name);
    if (d != NULL)
        closedir(d);
}

/* --- control groups --- */

static bool keep_none(void *arg, const char *id)
{
    ++*(size_t *)arg;
    return false;
}

static void end_groups(struct cleaning *c)
{
    struct np_cgroups groups;
    np_cgroups_find(&groups, c->data, geteuid() != 0);
    for (int waited = 0; waited < END_WAIT_MS; waited += ROUND_MS) {
        size_t n = 0;
        np_cgroups_sweep(&groups, keep_none, &n);
        c->out->groups = n > c->out->groups ? n : c->out->groups;
        if (n == 0)
            break;
        poll(NULL, 0, ROUND_MS); /* what was killed may still be ending in it */
    }
    np_cgroups_end(&groups);
}

/* --- all --- */

/* Blanks and the like are octal in the lines of mounts. */
static struct np_str as_mounts_have_it(struct np_arena *a, struct np_str path)
{
    struct np_buf b;
    np_buf_init(&b, a, 4 * path.n + 1);
    for (size_t i = 0; i < path.n; i++) {
        char ch = path.p[i];
        if (ch == ' ' || ch == '\t' || ch == '\n' || ch == '\\')
            np_buf_printf(&b, "\\%03o", (unsigned char)ch);
        else
            np_buf_char(&b, ch);
    }
    return np_buf_str(&b);
}

int np_host_clean(struct np_str data_dir, struct np_cleaned *out, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_cleaned done = {0};
    char *true_path = realpath(np_str_z(a, data_dir), NULL);
    if (true_path == NULL)
        return np_err_errno(err, errno, "cannot find %.*s", NP_FMT(data_dir));
    struct cleaning c = {.a = a, .data = np_str_dup(a, np_str_of(true_path)), .out = &done};
    free(true_path);
    c.mount = np_str_printf(a, " %.*s/net ", NP_FMT(as_mounts_have_it(a, c.data)));
    end_processes(&c);
    free_loops(&c);
    end_groups(&c);
    *out = done;
    return 0;
}
