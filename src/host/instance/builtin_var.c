/* SPDX-License-Identifier: Apache-2.0 */
/* builtin_var.c - /var of the built-in image: the folders that packages own, and the package
 * database, so that the image's own tools know what is there. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/instance/builtin_int.h"

#define INFO "/var/lib/dpkg/info"

static bool is_owned_place(struct np_str path)
{
    return np_str_starts(path, NP_STR("/var/")) || np_str_starts(path, NP_STR("/etc/"));
}

/* Mode and owner are the host's; owners that are no system users do not come from packages. */
static void take_folder(const struct np_builtin *b, struct np_str path)
{
    struct stat st;
    const char *z = np_str_z(b->a, path);
    if (!is_owned_place(path) || lstat(z, &st) != 0 || !S_ISDIR(st.st_mode))
        return;
    if (np_builtin_dir(b, z, st.st_mode & 07777) && st.st_uid < 1000 && st.st_gid < 1000)
        np_builtin_own(b, z, st.st_uid, st.st_gid);
}

static void take_list(const struct np_builtin *b, const char *path)
{
    struct np_str text = np_builtin_read(b, path), line;
    while (np_str_split(&text, '\n', &line))
        take_folder(b, np_str_trim(line));
}

/* The same bytes, where that can be had: they are read, never written, below the overlay. */
static void take_info(const struct np_builtin *b, const char *path, bool is_list)
{
    if (link(path, np_builtin_at(b, path)) != 0 && is_list)
        np_builtin_copy(b, path);
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), e = strlen(end);
    return n > e && strcmp(name + n - e, end) == 0;
}

/* What packages are built and checked with, not installed and removed. */
static bool is_left_out(const char *name)
{
    static const char *const ends[] = {".md5sums", ".symbols", ".shlibs"};
    NP_EACH (e, ends)
        if (ends_with(name, *e))
            return true;
    return false;
}

static void info(const struct np_builtin *b)
{
    DIR *d = opendir(INFO);
    np_builtin_dir(b, INFO, 0755);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (e->d_type != DT_REG || is_left_out(e->d_name))
            continue;
        const char *path = np_str_z(b->a, np_str_printf(b->a, INFO "/%s", e->d_name));
        bool is_list = ends_with(e->d_name, ".list");
        if (is_list)
            take_list(b, path);
        take_info(b, path, is_list);
    }
    if (d != NULL)
        closedir(d);
}

void np_builtin_var(const struct np_builtin *b)
{
    static const struct {
        const char *path;
        mode_t mode;
    } folders[] = {{"/var/backups", 0755},
                   {"/var/cache", 0755},
                   {"/var/cache/apt/archives/partial", 0700},
                   {"/var/lib", 0755},
                   {"/var/lib/apt/lists/partial", 0700},
                   {"/var/lib/dpkg/updates", 0755},
                   {"/var/lib/dpkg/triggers", 0755},
                   {"/var/lib/dpkg/alternatives", 0755},
                   {"/var/local", 0755},
                   {"/var/log", 0755},
                   {"/var/log/apt", 0755},
                   {"/var/mail", 0755},
                   {"/var/opt", 0755},
                   {"/var/spool", 0755},
                   {"/var/tmp", 01777}};
    NP_EACH (f, folders)
        np_builtin_dir(b, f->path, f->mode);
    np_builtin_link(b, "/run", "/var/run");
    np_builtin_link(b, "/run/lock", "/var/lock");
    if (access("/var/lib/dpkg/status", R_OK) != 0)
        return;
    np_builtin_copy(b, "/var/lib/dpkg/status");
    np_builtin_put(b, "/var/lib/dpkg/available", NP_STR(""), 0644);
    info(b);
}
