/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup.c - files of the control groups, both versions. */
#include "host/instance/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/auto.h"

#define PERIOD_US   100000
#define GUEST       "guest" /* of version 2: where its processes are, below its limits */
#define QUOTA_LEAST 1000    /* the kernel's */
#define FILE_MAX_   4096

/* --- files --- */

static bool put(const char *group, const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", group, name);
    NP_AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(text);
    return fd >= 0 && write(fd, text, n) == (ssize_t)n;
}

static bool put_u64(const char *group, const char *name, uint64_t v)
{
    char text[32];
    snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
    return put(group, name, text);
}

static struct np_str get(const char *group, const char *name, char text[FILE_MAX_])
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", group, name);
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, FILE_MAX_) : -1;
    return n >= 0 ? np_str_trim(np_str_n(text, (size_t)n)) : NP_STR_NULL;
}

/* "key value" lines. */
static bool field(struct np_str text, const char *key, uint64_t *out)
{
    struct np_str line, name, value;
    while (np_str_split(&text, '\n', &line))
        if (np_str_cut(line, ' ', &name, &value) && np_str_eq(name, np_str_of(key)))
            return np_str_u64(value, out);
    return false;
}

/* --- where --- */

static void group_path(const struct np_cgroups *c, const char *controller, const char *id,
                       char path[PATH_MAX])
{
    const char *slash = id != NULL ? "/" : "", *tail = id != NULL ? id : "";
    int n = c->version == 2 ? snprintf(path, PATH_MAX, "%s/%s%s%s", c->base, c->name, slash, tail)
                            : snprintf(path, PATH_MAX, NP_CGROUP_ROOT "/%s/%s%s%s", controller,
                                       c->name, slash, tail);
    np_assert(n < PATH_MAX); /* np_cgroups_find has seen to it */
}

/* --- one group --- */

static int limit_v1(const struct np_cgroups *c, const char *id, const struct np_cgroup_limits *l,
                    struct np_err *err)
{
    char path[PATH_MAX];
    group_path(c, "cpu", id, path);
    uint64_t quota = l->milli_cpus * PERIOD_US / 1000;
    if (!put_u64(path, "cpu.cfs_period_us", PERIOD_US) ||
        !put_u64(path, "cpu.cfs_quota_us", quota < QUOTA_LEAST ? QUOTA_LEAST : quota))
        return np_err_errno(err, errno, "cannot limit the processor of %s", id);
    group_path(c, "memory", id, path);
    put_u64(path, "memory.swappiness", 0);
    put_u64(path, "memory.memsw.limit_in_bytes", (uint64_t)INT64_MAX & ~UINT64_C(4095));
    if (!put_u64(path, "memory.limit_in_bytes", l->memory_bytes))
        return np_err_errno(err, errno, "cannot limit the memory of %s", id);
    put_u64(path, "memory.memsw.limit_in_bytes", l->memory_bytes);
    group_path(c, "pids", id, path);
    if (np_cgroups_v1_has("pids") && !put_u64(path, "pids.max", l->pids))
        return np_err_errno(err, errno, "cannot limit the processes of %s", id);
    return 0;
}

static int limit_v2(const struct np_cgroups *c, const char *id, const struct np_cgroup_limits *l,
                    struct np_err *err)
{
    char path[PATH_MAX], text[64];
    group_path(c, NULL, id, path);
    uint64_t quota = l->milli_cpus * PERIOD_US / 1000;
    snprintf(text, sizeof(text), "%llu %d",
             (unsigned long long)(quota < QUOTA_LEAST ? QUOTA_LEAST : quota), PERIOD_US);
    put(path, "memory.swap.max", "0");
    /* The guest is root of what its group is in, may mount the hierarchy from there on, and where
     * the group is its user's, write to it: it is in one below, and can make no other. */
    if (!put(path, "cgroup.max.descendants", "1"))
        return np_err_errno(err, errno, "cannot close the control group of %s", id);
    if ((c->cpu && !put(path, "cpu.max", text)) ||
        (c->memory && !put_u64(path, "memory.max", l->memory_bytes)) ||
        (c->pids && !put_u64(path, "pids.max", l->pids)))
        return np_err_errno(err, errno, "cannot set the limits of %s", id);
    char below[PATH_MAX + 16];
    snprintf(below, sizeof(below), "%s/" GUEST, path);
    if (mkdir(below, 0755) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make %s", below);
    return 0;
}

int np_cgroup_make(struct np_cgroups *c, const char *id, const struct np_cgroup_limits *l,
                   struct np_err *err)
{
    char path[PATH_MAX];
    if (c->version == 0)
        return 0;
    np_cgroup_remove(c, id); /* its counters are those of the last boot */
    if (c->version == 2 && np_cgroups_upper(c, NULL) != 0)
        np_cgroups_find(c, c->data_dir, c->user); /* where it was went with its last process */
    if (c->version == 0)
        return 0;
    int rc = np_cgroups_upper(c, err);
    if (rc != 0)
        return rc;
    NP_EACH (controller, np_cgroups_v1) {
        if (c->version == 1 && !np_cgroups_v1_has(*controller))
            continue;
        group_path(c, *controller, id, path);
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return np_err_errno(err, errno, "cannot make %s", path);
        if (c->version == 2)
            break;
    }
    return c->version == 1 ? limit_v1(c, id, l, err) : limit_v2(c, id, l, err);
}

/* Of version 1 those by which a thread joins: it is all that the process has, and the kernel does
 * not wait for every other process of the machine, as it does before it moves a whole one. */
int np_cgroup_doors(const struct np_cgroups *c, const char *id, struct np_cgroup_doors *out,
                    struct np_err *err)
{
    char group[PATH_MAX], path[PATH_MAX + 32];
    NP_EACH (controller, np_cgroups_v1) {
        if (c->version == 0 || (c->version == 1 && !np_cgroups_v1_has(*controller)))
            continue;
        group_path(c, *controller, id, group);
        snprintf(path, sizeof(path), "%s/%s", group,
                 c->version == 1 ? "tasks" : GUEST "/cgroup.procs");
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            return np_err_errno(err, errno, "cannot open %s", path);
        out->fd[out->n++] = fd;
        if (c->version == 2)
            break;
    }
    return 0;
}

int np_cgroup_join(const struct np_cgroup_doors *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (write(d->fd[i], "0", 1) != 1)
            return errno;
    return 0;
}

static void remove_one(const char *path)
{
    DIR *d = rmdir(path) != 0 && errno == EBUSY ? opendir(path) : NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        char below[PATH_MAX];
        if (e->d_type != DT_DIR || e->d_name[0] == '.' ||
            snprintf(below, sizeof(below), "%s/%s", path, e->d_name) >= (int)sizeof(below))
            continue;
        rmdir(below); /* GUEST, which has none below */
    }
    if (d != NULL) {
        closedir(d);
        rmdir(path);
    }
}

void np_cgroup_remove(const struct np_cgroups *c, const char *id)
{
    char path[PATH_MAX];
    NP_EACH (controller, np_cgroups_v1) {
        if (c->version == 0 || (c->version == 1 && !np_cgroups_v1_has(*controller)))
            continue;
        group_path(c, *controller, id, path);
        remove_one(path);
    }
    np_cgroups_end(c);
}

/* --- counters --- */

static void set(struct np_opt_int *to, uint64_t v)
{
    *to = (struct np_opt_int){true, (int64_t)v};
}

/* "8:0 Read 4096", all devices together. */
static void add_io_v1(struct np_str text, struct np_opt_int *reads, struct np_opt_int *writes)
{
    struct np_str line, rest, device, kind, number;
    uint64_t v;
    set(reads, 0);
    set(writes, 0);
    while (np_str_split(&text, '\n', &line))
        if (np_str_cut(line, ' ', &device, &rest) && np_str_cut(rest, ' ', &kind, &number) &&
            np_str_u64(number, &v)) {
            if (np_str_is(kind, "Read"))
                reads->v += (int64_t)v;
            else if (np_str_is(kind, "Write"))
                writes->v += (int64_t)v;
        }
}

static void usage_v1(const struct np_cgroups *c, const char *id, struct agent_InstanceState *out)
{
    char path[PATH_MAX], text[FILE_MAX_];
    uint64_t v, cache;
    group_path(c, "cpuacct", id, path);
    if (np_str_u64(get(path, "cpuacct.usage", text), &v))
        set(&out->CpuNs, v);
    group_path(c, "memory", id, path);
    if (!field(get(path, "memory.stat", text), "total_inactive_file", &cache))
        cache = 0;
    if (np_str_u64(get(path, "memory.usage_in_bytes", text), &v))
        set(&out->MemoryBytes, v > cache ? v - cache : 0);
    if (field(get(path, "memory.oom_control", text), "oom_kill", &v))
        set(&out->OomKills, v);
    group_path(c, "blkio", id, path);
    if (!np_cgroups_v1_has("blkio"))
        return;
    add_io_v1(get(path, "blkio.throttle.io_service_bytes", text), &out->ReadBytes,
              &out->WriteBytes);
    add_io_v1(get(path, "blkio.throttle.io_serviced", text), &out->ReadOps, &out->WriteOps);
}

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 …" */
static void add_io_v2(struct np_str text, struct agent_InstanceState *out)
{
    const struct {
        const char *key;
        struct np_opt_int *to;
    } keys[] = {{"rbytes", &out->ReadBytes},
                {"wbytes", &out->WriteBytes},
                {"rios", &out->ReadOps},
                {"wios", &out->WriteOps}};
    struct np_str line, word, key, number;
    uint64_t v;
    NP_EACH (k, keys)
        set(k->to, 0);
    while (np_str_split(&text, '\n', &line))
        while (np_str_split(&line, ' ', &word))
            NP_EACH (k, keys)
                if (np_str_cut(word, '=', &key, &number) && np_str_eq(key, np_str_of(k->key)) &&
                    np_str_u64(number, &v))
                    k->to->v += (int64_t)v;
}

static void usage_v2(const struct np_cgroups *c, const char *id, struct agent_InstanceState *out)
{
    char path[PATH_MAX], text[FILE_MAX_];
    uint64_t v, cache;
    group_path(c, NULL, id, path);
    if (field(get(path, "cpu.stat", text), "usage_usec", &v))
        set(&out->CpuNs, v * 1000);
    if (!field(get(path, "memory.stat", text), "inactive_file", &cache))
        cache = 0;
    if (np_str_u64(get(path, "memory.current", text), &v))
        set(&out->MemoryBytes, v > cache ? v - cache : 0);
    if (field(get(path, "memory.events", text), "oom_kill", &v))
        set(&out->OomKills, v);
    struct np_str io = get(path, "io.stat", text);
    if (io.p != NULL)
        add_io_v2(io, out);
}

void np_cgroup_usage(const struct np_cgroups *c, const char *id, struct agent_InstanceState *out)
{
    if (c->version == 1)
        usage_v1(c, id, out);
    else if (c->version == 2)
        usage_v2(c, id, out);
}

/* --- all --- */

void np_cgroups_sweep(const struct np_cgroups *c, bool (*keep)(void *arg, const char *id),
                      void *arg)
{
    char path[PATH_MAX];
    NP_EACH (controller, np_cgroups_v1) {
        if (c->version == 0 || (c->version == 1 && !np_cgroups_v1_has(*controller)))
            continue;
        group_path(c, *controller, NULL, path);
        DIR *d = opendir(path);
        for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
            if (e->d_type == DT_DIR && e->d_name[0] != '.' && !keep(arg, e->d_name))
                np_cgroup_remove(c, e->d_name);
        if (d != NULL)
            closedir(d);
        if (c->version == 2)
            break;
    }
}
