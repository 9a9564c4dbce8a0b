/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup_find.c - where on this host control groups can be made, and their upper group. */
#include "host/instance/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "io/file.h"

#define ROOT     NP_CGROUP_ROOT
#define RECORD   "run/cgroup" /* of the data directory: `base`, for whoever comes later */
#define REST     ".rest"
#define TEXT_MAX 4096
#define ROUNDS   16 /* of moving processes: some may fork meanwhile */

const char *const np_cgroups_v1[7] = {"cpu",   "cpuacct", "memory", "pids",
                                      "blkio", "freezer", "devices"};

static bool is_fs(const char *path, long magic)
{
    struct statfs st;
    return statfs(path, &st) == 0 && st.f_type == magic;
}

bool np_cgroups_v1_has(const char *controller)
{
    char path[64];
    snprintf(path, sizeof(path), ROOT "/%s", controller);
    return is_fs(path, CGROUP_SUPER_MAGIC);
}

/* --- version 1 --- */

static int upper_v1(const struct np_cgroups *c, struct np_err *err)
{
    char path[PATH_MAX];
    NP_EACH (controller, np_cgroups_v1) {
        snprintf(path, sizeof(path), ROOT "/%s/%s", *controller, c->name);
        if (np_cgroups_v1_has(*controller) && mkdir(path, 0755) != 0 && errno != EEXIST)
            return np_err_errno(err, errno, "cannot make %s", path);
    }
    return 0;
}

/* --- version 2 --- */

static bool path_of(char out[PATH_MAX], const char *group, const char *name)
{
    return snprintf(out, PATH_MAX, "%s/%s", group, name) < PATH_MAX;
}

static struct np_str read_file(struct np_arena *a, const char *group, const char *name)
{
    struct np_str text = NP_STR_NULL;
    np_file_read(a, np_str_printf(a, "%s/%s", group, name), 1 << 20, &text, NULL);
    return np_str_trim(text);
}

static int put(const char *group, const char *name, const char *text)
{
    char path[PATH_MAX];
    NP_AUTO_FD fd = path_of(path, group, name) ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    return fd >= 0 && write(fd, text, strlen(text)) > 0 ? 0 : errno;
}

static bool names(struct np_str list, const char *one)
{
    struct np_str word;
    while (np_str_split(&list, ' ', &word))
        if (np_str_eq(word, np_str_of(one)))
            return true;
    return false;
}

/* All of its processes, this one among them, into a group beside the others. */
static int move_rest(const struct np_cgroups *c)
{
    char rest[PATH_MAX];
    if (snprintf(rest, sizeof(rest), "%s/%s" REST, c->base, c->name) >= (int)sizeof(rest) ||
        (mkdir(rest, 0755) != 0 && errno != EEXIST))
        return errno;
    for (int round = 0; round < ROUNDS; round++) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_str pids = read_file(a, c->base, "cgroup.procs"), pid;
        if (pids.n == 0)
            return 0;
        while (np_str_split(&pids, '\n', &pid)) {
            int why = put(rest, "cgroup.procs", np_str_z(a, pid));
            if (why != 0 && why != ESRCH)
                return why;
        }
    }
    return EBUSY;
}

/* 0, or errno. */
static int enable(const struct np_cgroups *c, const char *group, const char *controller)
{
    char text[32];
    snprintf(text, sizeof(text), "+%s", controller);
    int why = put(group, "cgroup.subtree_control", text);
    if (why != EBUSY || group != c->base)
        return why;
    why = move_rest(c);
    return why != 0 ? why : put(group, "cgroup.subtree_control", text);
}

static int upper_v2(const struct np_cgroups *c, struct np_err *err)
{
    static const char *const optional = "io"; /* counted, not limited */
    const struct {
        const char *name;
        bool wanted;
    } controllers[] = {{"memory", c->memory}, {"pids", c->pids}, {"cpu", c->cpu}, {optional, true}};
    char path[PATH_MAX];
    if (!path_of(path, c->base, c->name))
        return np_err(err, NP_ENOTSUP, "the path of the control group is too long");
    NP_EACH (k, controllers) {
        int why = k->wanted ? enable(c, c->base, k->name) : 0;
        if (why != 0 && k->name != optional)
            return np_err_errno(err, why, "the control group %s does not hand on %s", c->base,
                                k->name);
    }
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make the control group %s", path);
    NP_EACH (k, controllers) {
        int why = k->wanted ? enable(c, path, k->name) : 0;
        if (why != 0 && k->name != optional)
            return np_err_errno(err, why, "the control group %s does not hand on %s", path,
                                k->name);
    }
    return 0;
}

int np_cgroups_upper(const struct np_cgroups *c, struct np_err *err)
{
    return c->version == 2 ? upper_v2(c, err) : upper_v1(c, err);
}

/* --- looking --- */

static bool is_rest(struct np_str name)
{
    return np_str_starts(name, NP_STR("nephele-")) && np_str_ends(name, NP_STR(REST));
}

/* The group of this process; where a region has put it aside, the one that it was in. */
static bool own_group(char out[PATH_MAX])
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text = read_file(a, "/proc/self", "cgroup"), line, at = NP_STR_NULL;
    while (np_str_split(&text, '\n', &line))
        if (np_str_starts(line, NP_STR("0::")))
            at = np_str_sub(line, 3, line.n);
    ptrdiff_t slash = np_str_rchr(at, '/');
    if (slash < 0 || np_str_starts(at, NP_STR("/..")))
        return false;
    struct np_str last = np_str_sub(at, (size_t)slash + 1, at.n);
    if (is_rest(last))
        at = np_str_sub(at, 0, (size_t)slash);
    if (np_str_is(at, "/"))
        at = NP_STR("");
    return snprintf(out, PATH_MAX, ROOT "%.*s", NP_FMT(at)) < PATH_MAX;
}

/* Which controllers `base` could hand on, and whether it is this user's. */
static int look_v2(struct np_cgroups *c, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    char procs[PATH_MAX];
    if (!path_of(procs, c->base, "cgroup.procs") || access(c->base, W_OK) != 0 ||
        access(procs, W_OK) != 0)
        return np_err_errno(err, errno, "the control group %s is not this user's", c->base);
    struct np_str all = read_file(a, c->base, "cgroup.controllers");
    c->cpu = names(all, "cpu");
    c->memory = names(all, "memory");
    c->pids = names(all, "pids");
    if (!c->cpu && !c->memory && !c->pids)
        return np_err(err, NP_ENOTSUP, "the control group %s has no controllers", c->base);
    if (!c->cpu || !c->memory || !c->pids)
        np_err(&c->why, NP_ENOTSUP, "the control group %s lacks%s%s%s", c->base,
               c->cpu ? "" : " cpu", c->memory ? "" : " memory", c->pids ? "" : " pids");
    return 0;
}

/* Where instances of before are still in it. */
static bool recorded(struct np_cgroups *c)
{
    NP_AUTO_ARENA a = np_arena_new();
    char path[PATH_MAX];
    struct np_str text = NP_STR_NULL;
    np_file_read(a, np_str_printf(a, "%.*s/" RECORD, NP_FMT(c->data_dir)), PATH_MAX, &text, NULL);
    text = np_str_trim(text);
    if (!np_str_starts(text, NP_STR(ROOT)) || text.n >= sizeof(c->base))
        return false;
    snprintf(c->base, sizeof(c->base), "%.*s", NP_FMT(text));
    return path_of(path, c->base, c->name) && access(path, W_OK) == 0;
}

static void record(const struct np_cgroups *c)
{
    NP_AUTO_ARENA a = np_arena_new();
    np_file_put(
        np_str_printf(a, "%.*s/" RECORD, NP_FMT(c->data_dir)), np_str_of(c->base), 0600,
        NULL); /* without it groups of before are not found again; they limit all the same */
}

static int try_base(struct np_cgroups *c, bool make)
{
    c->cpu = c->memory = c->pids = false;
    c->why = (struct np_err){0};
    c->version = 2;
    int rc = look_v2(c, &c->why);
    if (rc == 0 && make)
        rc = upper_v2(c, &c->why);
    if (rc != 0)
        c->version = 0;
    return rc;
}

static void find_v2(struct np_cgroups *c, bool make)
{
    if (make && recorded(c) && try_base(c, make) == 0)
        return;
    snprintf(c->base, sizeof(c->base), ROOT);
    if (!c->user && try_base(c, make) == 0)
        return;
    if (!own_group(c->base)) {
        np_err(&c->why, NP_ENOTSUP, "the control group of this process is not below " ROOT);
        return;
    }
    if (try_base(c, make) == 0 && make)
        record(c);
}

static void find_v1(struct np_cgroups *c, bool make)
{
    if (c->user) {
        np_err(&c->why, NP_ENOTSUP, "only root sets limits by control groups of version 1");
        return;
    }
    c->version = 1;
    c->cpu = c->memory = true;
    c->pids = np_cgroups_v1_has("pids");
    if (make && upper_v1(c, &c->why) != 0)
        c->version = 0;
}

static void find(struct np_cgroups *c, bool make)
{
    c->version = 0;
    c->why = (struct np_err){0};
    if (is_fs(ROOT, CGROUP2_SUPER_MAGIC))
        find_v2(c, make);
    else if (np_cgroups_v1_has("memory") && np_cgroups_v1_has("cpu"))
        find_v1(c, make);
    else
        np_err(&c->why, NP_ENOTSUP, "no control groups are mounted at " ROOT);
}

void np_cgroups_look(struct np_cgroups *c, bool user)
{
    *c = (struct np_cgroups){.user = user, .name = "nephele"};
    find(c, false);
}

void np_cgroups_find(struct np_cgroups *c, struct np_str data_dir, bool user)
{
    uint8_t sum[32];
    char hex[9] = {0};
    *c = (struct np_cgroups){.user = user, .data_dir = data_dir};
    np_digest_once(NP_SHA256, data_dir, sum);
    np_hex(hex, sum, 4);
    snprintf(c->name, sizeof(c->name), "nephele-%s", hex);
    find(c, true);
    np_cgroups_end(c); /* what was tried; others are left while something is in them */
}

/* --- the end --- */

/* Groups with limits. What regions put aside has none; it is taken away where they have ended. */
static bool has_others(const struct np_cgroups *c)
{
    char path[PATH_MAX];
    DIR *d = opendir(c->base);
    bool found = d == NULL;
    for (struct dirent *e; !found && (e = readdir(d)) != NULL;) {
        if (e->d_type != DT_DIR || e->d_name[0] == '.')
            continue;
        if (!is_rest(np_str_of(e->d_name)))
            found = true;
        else if (path_of(path, c->base, e->d_name))
            rmdir(path); /* not while one of its processes is there */
    }
    if (d != NULL)
        closedir(d);
    return found;
}

/* A group that hands on controllers takes no process: whoever comes next could not enter it. Not
 * while somebody else has groups in it, whose limits would go. */
static void end_v2(const struct np_cgroups *c)
{
    static const char *const off[] = {"-cpu", "-memory", "-pids", "-io"};
    char path[PATH_MAX];
    if (!path_of(path, c->base, c->name) || (rmdir(path) != 0 && errno != ENOENT))
        return;
    if (strcmp(c->base, ROOT) != 0 && !has_others(c))
        NP_EACH (word, off)
            put(c->base, "cgroup.subtree_control", *word);
    if (snprintf(path, sizeof(path), "%s/%s" REST, c->base, c->name) < PATH_MAX)
        rmdir(path); /* not while one of its processes is there */
}

void np_cgroups_end(const struct np_cgroups *c)
{
    char path[PATH_MAX];
    NP_EACH (controller, np_cgroups_v1) {
        if (c->version == 1 && np_cgroups_v1_has(*controller) &&
            snprintf(path, sizeof(path), ROOT "/%s/%s", *controller, c->name) < PATH_MAX)
            rmdir(path);
    }
    if (c->version == 2)
        end_v2(c);
}
