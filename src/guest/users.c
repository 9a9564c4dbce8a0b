/* SPDX-License-Identifier: Apache-2.0 */
/* users.c - passwd, group and shadow as files: nothing of libc's name services is in a static
 * program. */
#include "guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"

#define FILE_MAX (4u << 20)

static size_t fields(struct np_str line, struct np_str *v, size_t max)
{
    size_t n = 0;
    while (n < max) {
        struct np_str rest = NP_STR_NULL;
        bool more = np_str_cut(line, ':', &v[n], &rest);
        n++;
        if (!more)
            break;
        line = rest;
    }
    return n;
}

static bool find_line(struct np_str text, struct np_str name, struct np_str *v, size_t n_fields)
{
    struct np_str line;
    while (np_str_split(&text, '\n', &line))
        if (fields(line, v, n_fields) == n_fields && np_str_eq(v[0], name))
            return true;
    return false;
}

static bool find_number(struct np_str text, uint64_t number, struct np_str *v)
{
    struct np_str line;
    uint64_t n;
    while (np_str_split(&text, '\n', &line))
        if (fields(line, v, 7) == 7 && np_str_u64(v[2], &n) && n == number)
            return true;
    return false;
}

bool user_find(struct np_arena *a, const char *name, struct guest_user *out)
{
    struct np_str text = guest_read(a, "/etc/passwd", FILE_MAX), v[7], wanted = np_str_of(name);
    uint64_t uid, gid, number;
    bool numeric = np_str_u64(wanted, &number) && number < UINT32_MAX;
    if (!find_line(text, wanted, v, 7) && !(numeric && find_number(text, number, v))) {
        if (!numeric && !np_str_is(wanted, "root"))
            return false;
        *out = (struct guest_user){name, "/", "/bin/sh", numeric ? (uid_t)number : 0,
                                   numeric ? (gid_t)number : 0};
        return true;
    }
    if (!np_str_u64(v[2], &uid) || !np_str_u64(v[3], &gid))
        return false;
    *out = (struct guest_user){np_str_z(a, v[0]), np_str_z(a, v[5]),
                               v[6].n > 0 ? np_str_z(a, v[6]) : "/bin/sh", (uid_t)uid, (gid_t)gid};
    return true;
}

/* --- adding --- */

static bool name_ok(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= 32 && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_-.") == n;
}

/* The next number from 1000 (of the system: 200) on that no line of the file has. */
static uint64_t next_number(struct np_str text, bool system)
{
    uint64_t next = system ? 200 : 1000, limit = system ? 999 : 59999, n;
    struct np_str line, v[7], rest = text;
    while (np_str_split(&rest, '\n', &line))
        if (fields(line, v, 3) == 3 && np_str_u64(v[2], &n) && n >= next && n <= limit)
            next = n + 1;
    return next;
}

static void add_group(struct np_arena *a, const char *name, uint64_t gid, bool system)
{
    struct np_str text = guest_read(a, "/etc/group", FILE_MAX), v[4];
    if (!name_ok(name) || find_line(text, np_str_of(name), v, 4))
        return;
    if (gid == 0)
        gid = next_number(text, system);
    guest_append("/etc/group", np_str_printf(a, "%s:x:%llu:\n", name, (unsigned long long)gid),
                 0644);
    if (guest_exists("/etc/gshadow"))
        guest_append("/etc/gshadow", np_str_printf(a, "%s:!::\n", name), 0640);
}

void user_group_add(struct np_arena *a, const char *group)
{
    add_group(a, group, 0, false);
}

static uint64_t gid_of(struct np_arena *a, const char *name)
{
    struct np_str v[4];
    uint64_t gid = 0;
    if (find_line(guest_read(a, "/etc/group", FILE_MAX), np_str_of(name), v, 4))
        np_str_u64(v[2], &gid);
    return gid;
}

static bool is_member(struct np_str members, struct np_str user)
{
    struct np_str one;
    while (np_str_split(&members, ',', &one))
        if (np_str_eq(one, user))
            return true;
    return false;
}

void user_join(struct np_arena *a, const char *user, const char *group)
{
    struct np_str text = guest_read(a, "/etc/group", FILE_MAX), line, v[4];
    struct np_buf b;
    bool changed = false;
    np_buf_init(&b, a, FILE_MAX);
    while (np_str_split(&text, '\n', &line)) {
        np_buf_str_add(&b, line);
        if (fields(line, v, 4) == 4 && np_str_eq(v[0], np_str_of(group)) &&
            !is_member(v[3], np_str_of(user))) {
            np_buf_printf(&b, "%s%s", v[3].n > 0 ? "," : "", user);
            changed = true;
        }
        np_buf_char(&b, '\n');
    }
    if (changed && np_buf_ok(&b))
        guest_write("/etc/group", np_buf_str(&b), 0644);
}

/* What a new home has: the files of /etc/skel. */
static void make_home(struct np_arena *a, const char *home, uid_t uid, gid_t gid)
{
    static const char *const skeleton[] = {".bashrc", ".profile", ".bash_logout", ".bash_profile"};
    if (guest_exists(home) || !guest_mkdirs(home, 0750) || chown(home, uid, gid) != 0)
        return;
    NP_EACH (name, skeleton) {
        const char *to = np_str_z(a, np_str_printf(a, "%s/%s", home, *name));
        struct np_str text =
            guest_read(a, np_str_z(a, np_str_printf(a, "/etc/skel/%s", *name)), 65536);
        if (text.p != NULL && (!guest_write(to, text, 0644) || chown(to, uid, gid) != 0))
            return;
    }
}

static void join_all(struct np_arena *a, const char *user, const char *groups)
{
    struct np_str rest = np_str_of(groups), one;
    while (np_str_split(&rest, ',', &one)) {
        const char *group = np_str_z(a, np_str_trim(one));
        add_group(a, group, 0, false);
        user_join(a, user, group);
    }
}

bool user_add(struct np_arena *a, const struct user_new *u)
{
    struct np_str text = guest_read(a, "/etc/passwd", FILE_MAX), v[7];
    const char *home =
        u->home != NULL ? u->home : np_str_z(a, np_str_printf(a, "/home/%s", u->name));
    if (!name_ok(u->name)) {
        guest_say("'%s' is no name of a user", u->name);
        return false;
    }
    if (!find_line(text, np_str_of(u->name), v, 7)) {
        unsigned uid = u->uid != 0 ? u->uid : (unsigned)next_number(text, u->system);
        add_group(a, u->name, 0, u->system);
        unsigned gid = (unsigned)gid_of(a, u->name);
        const char *shell = u->shell != NULL            ? u->shell
                            : guest_exists("/bin/bash") ? "/bin/bash"
                                                        : "/bin/sh";
        guest_append("/etc/passwd",
                     np_str_printf(a, "%s:x:%u:%u:%s:%s:%s\n", u->name, uid, gid,
                                   u->gecos != NULL ? u->gecos : "", home, shell),
                     0644);
        guest_append("/etc/shadow",
                     np_str_printf(a, "%s:%s:19000:0:99999:7:::\n", u->name,
                                   u->hash != NULL ? u->hash : "!"),
                     0640);
        if (!u->no_home)
            make_home(a, home, uid, gid);
    }
    if (u->groups != NULL)
        join_all(a, u->name, u->groups);
    return true;
}

void user_keys(struct np_arena *a, const char *user, struct np_str keys)
{
    struct guest_user u;
    struct np_str line;
    if (keys.n == 0 || !user_find(a, user, &u))
        return;
    const char *folder = np_str_z(a, np_str_printf(a, "%s/.ssh", u.home));
    const char *file = np_str_z(a, np_str_printf(a, "%s/authorized_keys", folder));
    guest_mkdirs(folder, 0700);
    while (np_str_split(&keys, '\n', &line)) {
        struct np_str have = guest_read(a, file, FILE_MAX);
        if (np_str_trim(line).n > 0 && (have.p == NULL || !guest_has_line(have, line)))
            guest_append(file, np_str_printf(a, "%.*s\n", NP_FMT(np_str_trim(line))), 0600);
    }
    if (chown(folder, u.uid, u.gid) != 0 || (guest_exists(file) && chown(file, u.uid, u.gid) != 0))
        guest_say("cannot give %s to %s", file, user);
}

void user_sudo(const char *user, const char *rule)
{
    NP_AUTO_ARENA a = np_arena_new();
    const char *path = "/etc/sudoers.d/90-cloud-init-users";
    struct np_str line = np_str_printf(a, "%s %s\n", user, rule);
    struct np_str have = guest_read(a, path, FILE_MAX);
    if (!guest_mkdirs("/etc/sudoers.d", 0750) || (have.p != NULL && guest_has_line(have, line)))
        return;
    guest_append(path, line, 0440);
}

/* --- becoming one --- */

bool user_become(struct np_arena *a, const struct guest_user *u)
{
    struct np_str text = guest_read(a, "/etc/group", FILE_MAX), line, v[4];
    gid_t groups[64];
    size_t n = 0;
    uint64_t gid;
    groups[n++] = u->gid;
    while (np_str_split(&text, '\n', &line))
        if (n < NP_LEN(groups) && fields(line, v, 4) == 4 && np_str_u64(v[2], &gid) &&
            gid != u->gid && is_member(v[3], np_str_of(u->name)))
            groups[n++] = (gid_t)gid;
    setenv("HOME", u->home, 1);
    setenv("USER", u->name, 1);
    setenv("LOGNAME", u->name, 1);
    setenv("SHELL", u->shell, 1);
    /* With one id alone there are no groups to be had. */
    if (setgroups(n, groups) != 0 && errno != EPERM)
        return false;
    return setgid(u->gid) == 0 && setuid(u->uid) == 0;
}
