/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - small files, and the status that the control door tells. */
#include "guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"

#define REPLACE_MAX (1 << 20)

struct np_str guest_read(struct np_arena *a, const char *path, size_t max)
{
    struct np_buf b;
    char chunk[4096];
    ssize_t n;
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NP_STR_NULL;
    np_buf_init(&b, a, max);
    while ((n = read(fd, chunk, sizeof(chunk))) > 0)
        np_buf_add(&b, chunk, (size_t)n);
    return n == 0 && np_buf_ok(&b) ? np_buf_str(&b) : NP_STR_NULL;
}

static bool write_all(int fd, struct np_str s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = np_str_sub(s, (size_t)n, s.n);
    }
    return true;
}

bool guest_write(const char *path, struct np_str bytes, mode_t mode)
{
    char new[512];
    if (snprintf(new, sizeof(new), "%s.nephele-new", path) >= (int)sizeof(new))
        return false;
    NP_AUTO_FD fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && write_all(fd, bytes) && fchmod(fd, mode) == 0 && rename(new, path) == 0)
        return true;
    unlink(new);
    return false;
}

static bool replace(const char *path, struct np_str old, struct np_str more, const struct stat *st)
{
    char new[PATH_MAX + 16];
    snprintf(new, sizeof(new), "%s.nephele-new", path);
    NP_AUTO_FD fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && write_all(fd, old) && write_all(fd, more) &&
        fchown(fd, st->st_uid, st->st_gid) == 0 && fchmod(fd, st->st_mode & 07777) == 0 &&
        rename(new, path) == 0)
        return true;
    unlink(new);
    return false;
}

/* By a file that takes the old one's place: one of the image would be copied up for a write, and
 * that is synced to the disk before anything goes on. */
bool guest_append(const char *path, struct np_str bytes, mode_t mode)
{
    NP_AUTO_ARENA a = np_arena_new();
    char real[PATH_MAX];
    struct stat st;
    if (realpath(path, real) != NULL && stat(real, &st) == 0 && S_ISREG(st.st_mode) &&
        st.st_size <= REPLACE_MAX) {
        struct np_str old = guest_read(a, real, REPLACE_MAX);
        if (old.p != NULL && replace(real, old, bytes, &st))
            return true;
    }
    NP_AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);
    return fd >= 0 && write_all(fd, bytes);
}

bool guest_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

bool guest_mkdirs(const char *path, mode_t mode)
{
    char part[512];
    size_t n = strlen(path);
    if (n >= sizeof(part))
        return false;
    memcpy(part, path, n + 1);
    for (char *p = part + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return false;
        *p = '/';
    }
    return mkdir(part, mode) == 0 || errno == EEXIST;
}

bool guest_has_line(struct np_str text, struct np_str line)
{
    struct np_str one;
    while (np_str_split(&text, '\n', &one))
        if (np_str_eq(np_str_trim(one), np_str_trim(line)))
            return true;
    return false;
}

void guest_status(const char *key, const char *fmt, ...)
{
    NP_AUTO_ARENA a = np_arena_new();
    char value[256];
    struct np_buf b;
    struct np_str old = guest_read(a, GUEST_STATUS, 16384), line, name, rest;
    va_list args;
    va_start(args, fmt);
    vsnprintf(value, sizeof(value), fmt, args);
    va_end(args);
    for (char *p = value; *p != '\0'; p++)
        *p = *p == '\n' ? ' ' : *p;
    np_buf_init(&b, a, 32768);
    while (np_str_split(&old, '\n', &line))
        if (np_str_cut(line, '=', &name, &rest) && !np_str_eq(name, np_str_of(key)))
            np_buf_printf(&b, "%.*s\n", NP_FMT(line));
    np_buf_printf(&b, "%s=%s\n", key, value);
    guest_write(GUEST_STATUS, np_buf_str(&b), 0644);
}
