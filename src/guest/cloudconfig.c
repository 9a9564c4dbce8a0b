/* SPDX-License-Identifier: Apache-2.0 */
/* cloudconfig.c - the common parts of a #cloud-config. What is not supported is said in the log. */
#include "guest/guest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"

#define SCRIPT_MAX (1u << 20)

static const char *z(struct guest *g, struct np_str s)
{
    return s.p != NULL && s.n > 0 ? np_str_z(g->arena, s) : NULL;
}

/* --- commands: texts for a shell, lists as argv --- */

static void quote(struct np_buf *b, struct np_str s)
{
    np_buf_char(b, '\'');
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\'')
            np_buf_lit(b, "'\\''");
        else
            np_buf_char(b, s.p[i]);
    np_buf_char(b, '\'');
}

static struct np_str commands(struct guest *g, const struct yaml *list)
{
    struct np_buf b;
    np_buf_init(&b, g->arena, SCRIPT_MAX);
    np_buf_lit(&b, "#!/bin/sh\n");
    for (const struct yaml *c = list->child; c != NULL; c = c->next) {
        if (c->kind == YAML_TEXT)
            np_buf_str_add(&b, c->text);
        for (const struct yaml *w = c->child; w != NULL; w = w->next) {
            quote(&b, w->text);
            np_buf_char(&b, ' ');
        }
        np_buf_char(&b, '\n');
    }
    return np_buf_str(&b);
}

int config_runcmd(struct guest *g, const struct yaml *y)
{
    const struct yaml *list = yaml_get(y, "runcmd");
    return list == NULL
               ? 0
               : run_script(g->arena, GUEST_CLOUD "/instance/scripts/runcmd", commands(g, list));
}

/* --- write_files --- */

static struct np_str decode(struct guest *g, struct np_str text, struct np_str encoding)
{
    struct part parts[PARTS_MAX];
    const char *why = NULL;
    if (encoding.n == 0 || np_str_is(encoding, "text/plain"))
        return text.p != NULL ? text : NP_STR("");
    bool packed = np_str_starts(encoding, NP_STR("gz")) || np_str_starts(encoding, NP_STR("!!bin"));
    struct np_buf b;
    np_buf_init(&b, g->arena, text.n + 1);
    for (size_t i = 0; i < text.n; i++)
        if (strchr(" \t\r\n", text.p[i]) == NULL)
            np_buf_char(&b, text.p[i]);
    struct np_str bytes = np_unbase64(g->arena, np_buf_str(&b));
    if (!packed || bytes.p == NULL)
        return bytes;
    /* gz+base64: unpacked as user data is, whatever it is. */
    return userdata_parts(g->arena, bytes, parts, &why) == 1 ? parts[0].body : NP_STR_NULL;
}

static void write_one(struct guest *g, const struct yaml *f)
{
    const char *path = z(g, yaml_text(f, "path"));
    struct np_str mode = yaml_text(f, "permissions"), owner = yaml_text(f, "owner"), user, group;
    struct np_str body = decode(g, yaml_text(f, "content"), yaml_text(f, "encoding"));
    struct guest_user u = {.uid = 0};
    if (path == NULL || path[0] != '/' || body.p == NULL) {
        guest_say(
            "write_files: an entry without path, or with content that is not as its encoding");
        return;
    }
    char *folder = np_str_z(g->arena, np_str_of(path));
    *strrchr(folder, '/') = '\0';
    unsigned long bits = mode.n > 0 ? strtoul(np_str_z(g->arena, mode), NULL, 8) : 0644;
    bool fine = (folder[0] == '\0' || guest_mkdirs(folder, 0755)) &&
                (yaml_true(f, "append", false)
                     ? guest_append(path, body, (mode_t)bits) && chmod(path, (mode_t)bits) == 0
                     : guest_write(path, body, (mode_t)bits));
    if (!fine)
        guest_say("write_files: cannot write %s: %s", path, strerror(errno));
    np_str_cut(owner, ':', &user, &group);
    if (fine && user.n > 0 && user_find(g->arena, np_str_z(g->arena, user), &u) &&
        chown(path, u.uid, u.gid) != 0)
        guest_say("write_files: cannot give %s to %.*s", path, NP_FMT(owner));
}

static void write_files(struct guest *g, const struct yaml *y, bool deferred)
{
    const struct yaml *list = yaml_get(y, "write_files");
    for (const struct yaml *f = list != NULL ? list->child : NULL; f != NULL; f = f->next)
        if (yaml_true(f, "defer", false) == deferred)
            write_one(g, f);
}

/* --- users --- */

/* A list, or one text with commas, as one text with `by` between. */
static struct np_str joined(struct guest *g, const struct yaml *n, char by)
{
    struct np_buf b;
    if (n == NULL)
        return NP_STR_NULL;
    if (n->kind == YAML_TEXT)
        return n->text;
    np_buf_init(&b, g->arena, SCRIPT_MAX);
    for (const struct yaml *c = n->child; c != NULL; c = c->next) {
        if (c != n->child)
            np_buf_char(&b, by);
        np_buf_str_add(&b, c->text);
    }
    return np_buf_str(&b);
}

static void sudo_rules(const char *name, struct guest *g, const struct yaml *rules)
{
    if (rules == NULL || np_str_is(rules->text, "false") || np_str_is(rules->text, "False"))
        return;
    if (rules->kind == YAML_TEXT)
        user_sudo(name, z(g, rules->text));
    for (const struct yaml *r = rules->child; r != NULL; r = r->next)
        user_sudo(name, z(g, r->text));
}

static void add_one(struct guest *g, const struct yaml *u)
{
    if (u->kind == YAML_TEXT && np_str_is(u->text, "default"))
        return; /* it is there */
    struct np_str name = u->kind == YAML_TEXT ? u->text : yaml_text(u, "name");
    struct np_str groups = joined(g, yaml_get(u, "groups"), ',');
    struct np_str hash = yaml_text(u, "passwd");
    uint64_t uid = 0;
    np_str_u64(yaml_text(u, "uid"), &uid);
    struct user_new n = {.name = z(g, name),
                         .gecos = z(g, yaml_text(u, "gecos")),
                         .home = z(g, yaml_text(u, "homedir")),
                         .shell = z(g, yaml_text(u, "shell")),
                         .groups = z(g, groups),
                         .hash = z(g, hash),
                         .uid = (uid_t)uid,
                         .system = yaml_true(u, "system", false),
                         .no_home = yaml_true(u, "no_create_home", false)};
    if (n.hash != NULL && yaml_true(u, "lock_passwd", true))
        n.hash = NULL;
    if (n.name == NULL || !user_add(g->arena, &n))
        return;
    user_keys(g->arena, n.name, joined(g, yaml_get(u, "ssh_authorized_keys"), '\n'));
    user_keys(g->arena, n.name, joined(g, yaml_get(u, "ssh-authorized-keys"), '\n'));
    sudo_rules(n.name, g, yaml_get(u, "sudo"));
}

static void users(struct guest *g, const struct yaml *y)
{
    const struct yaml *groups = yaml_get(y, "groups"), *list = yaml_get(y, "users");
    for (const struct yaml *n = groups != NULL ? groups->child : NULL; n != NULL; n = n->next) {
        const struct yaml *one = n->kind == YAML_MAP ? n->child : n;
        const char *name = one == NULL ? NULL : z(g, one->key.n > 0 ? one->key : one->text);
        if (name == NULL)
            continue;
        user_group_add(g->arena, name);
        for (const struct yaml *m = one->child; m != NULL; m = m->next)
            user_join(g->arena, np_str_z(g->arena, m->text), name);
    }
    for (const struct yaml *u = list != NULL ? list->child : NULL; u != NULL; u = u->next)
        add_one(g, u);
    user_keys(g->arena, g->user, joined(g, yaml_get(y, "ssh_authorized_keys"), '\n'));
}

static void passwords(struct guest *g, const struct yaml *y)
{
    const struct yaml *c = yaml_get(y, "chpasswd"), *list = yaml_get(c, "list");
    struct np_str lines = joined(g, list, '\n'), one = yaml_text(y, "password");
    if (one.n > 0)
        lines = np_str_printf(g->arena, "%s:%.*s\n%.*s", g->user, NP_FMT(one), NP_FMT(lines));
    if (lines.n == 0)
        return;
    FILE *f = NULL;
    char path[] = "/run/cloud-init/chpasswd";
    if (guest_write(path, np_str_printf(g->arena, "%.*s\n", NP_FMT(lines)), 0600))
        f = fopen(path, "re");
    if (f != NULL) {
        fclose(f);
        if (run_shell("chpasswd < /run/cloud-init/chpasswd") != 0)
            guest_say("chpasswd: this image has no program that sets passwords, or it refused");
    }
    unlink(path);
}

/* --- the rest --- */

static void names(struct guest *g, const struct yaml *y)
{
    struct np_str host = yaml_text(y, "hostname"), fqdn = yaml_text(y, "fqdn");
    struct np_str name = host.n > 0 ? host : fqdn, zone = yaml_text(y, "timezone");
    if (name.n > 0 && name.n <= 64 && !yaml_true(y, "preserve_hostname", false)) {
        sethostname(name.p, name.n);
        guest_write("/etc/hostname", np_str_printf(g->arena, "%.*s\n", NP_FMT(name)), 0644);
        guest_append("/etc/hosts",
                     np_str_printf(g->arena, "127.0.1.1 %.*s %.*s\n", NP_FMT(fqdn), NP_FMT(name)),
                     0644);
    }
    if (zone.n == 0)
        return;
    const char *file =
        np_str_z(g->arena, np_str_printf(g->arena, "/usr/share/zoneinfo/%.*s", NP_FMT(zone)));
    if (np_str_find(zone, NP_STR("..")) >= 0 || !guest_exists(file)) {
        guest_say("timezone: this image does not know %.*s", NP_FMT(zone));
        return;
    }
    unlink("/etc/localtime");
    if (symlink(file, "/etc/localtime") != 0)
        guest_say("timezone: %s", strerror(errno));
    guest_write("/etc/timezone", np_str_printf(g->arena, "%.*s\n", NP_FMT(zone)), 0644);
}

static struct np_str device(struct guest *g, struct np_str name)
{
    return name.n > 0 && name.p[0] == '/' ? name
                                          : np_str_printf(g->arena, "/dev/%.*s", NP_FMT(name));
}

static void file_systems(struct guest *g, const struct yaml *y)
{
    const struct yaml *list = yaml_get(y, "fs_setup");
    for (const struct yaml *f = list != NULL ? list->child : NULL; f != NULL; f = f->next) {
        struct np_str dev = device(g, yaml_text(f, "device")), label = yaml_text(f, "label");
        struct np_str type = yaml_text(f, "filesystem");
        const char *disk = np_str_z(g->arena, dev);
        const char *mkfs =
            np_str_z(g->arena, np_str_printf(g->arena, "mkfs.%.*s",
                                             NP_FMT(type.n > 0 ? type : NP_STR("ext4"))));
        if (!yaml_true(f, "overwrite", false) &&
            run_argv((const char *const[]){"blkid", "-p", disk, NULL}) == 0)
            continue; /* there is one */
        int rc =
            label.n > 0
                ? run_argv((const char *const[]){mkfs, "-L", np_str_z(g->arena, label), disk, NULL})
                : run_argv((const char *const[]){mkfs, disk, NULL});
        if (rc != 0)
            guest_say("fs_setup: %s %s ended with status %d", mkfs, disk, rc);
    }
}

static void mounts(struct guest *g, const struct yaml *y)
{
    const struct yaml *list = yaml_get(y, "mounts");
    for (const struct yaml *m = list != NULL ? list->child : NULL; m != NULL; m = m->next) {
        struct np_str field[6] = {NP_STR(""),     NP_STR(""),
                                  NP_STR("auto"), NP_STR("defaults,nofail"),
                                  NP_STR("0"),    NP_STR("2")};
        size_t n = 0;
        for (const struct yaml *w = m->child; w != NULL && n < 6; w = w->next, n++)
            if (w->text.n > 0)
                field[n] = w->text;
        if (n < 2 || np_str_is(field[1], "none"))
            continue;
        if (np_str_chr(field[0], '=') < 0)
            field[0] = device(g, field[0]);
        struct np_str line = np_str_printf(g->arena, "%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n",
                                           NP_FMT(field[0]), NP_FMT(field[1]), NP_FMT(field[2]),
                                           NP_FMT(field[3]), NP_FMT(field[4]), NP_FMT(field[5]));
        struct np_str have = guest_read(g->arena, "/etc/fstab", 65536);
        guest_mkdirs(np_str_z(g->arena, field[1]), 0755);
        if (have.p == NULL || !guest_has_line(have, line))
            guest_append("/etc/fstab", line, 0644);
    }
    if (list != NULL && run_shell("mount -a") != 0)
        guest_say("mounts: not all of /etc/fstab could be mounted");
}

int config_packages(struct guest *g, const struct yaml *y)
{
    const struct yaml *list = yaml_get(y, "packages");
    bool update = yaml_true(y, "package_update", list != NULL) || yaml_true(y, "apt_update", false);
    bool upgrade = yaml_true(y, "package_upgrade", false) || yaml_true(y, "apt_upgrade", false);
    const char *tool = guest_exists("/usr/bin/apt-get") ? "apt-get"
                       : guest_exists("/usr/bin/dnf")   ? "dnf"
                       : guest_exists("/usr/bin/yum")   ? "yum"
                                                        : NULL;
    int rc = 0;
    if (list == NULL && !update && !upgrade)
        return 0;
    if (tool == NULL) {
        guest_say("packages: this image has no apt-get, dnf or yum");
        return 127;
    }
    setenv("DEBIAN_FRONTEND", "noninteractive", 1);
    if (update && strcmp(tool, "apt-get") == 0)
        rc = run_argv((const char *const[]){tool, "-q", "update", NULL});
    if (rc == 0 && upgrade)
        rc = run_argv((const char *const[]){tool, "-q", "-y", "upgrade", NULL});
    const char *argv[300] = {tool, "-q", "-y", "install"};
    size_t n = 4;
    for (const struct yaml *p = list != NULL ? list->child : NULL; p != NULL && n < 299;
         p = p->next)
        if (p->kind == YAML_TEXT || p->child != NULL)
            argv[n++] = np_str_z(g->arena, p->kind == YAML_TEXT ? p->text : p->child->text);
    if (rc == 0 && n > 4)
        rc = run_argv(argv);
    if (rc != 0)
        guest_say("packages: %s ended with status %d: is there a repository that this instance can "
                  "reach?",
                  tool, rc);
    return rc;
}

static void say_unsupported(const struct yaml *y)
{
    static const char *const known[] = {"bootcmd",
                                        "runcmd",
                                        "write_files",
                                        "users",
                                        "groups",
                                        "ssh_authorized_keys",
                                        "hostname",
                                        "fqdn",
                                        "preserve_hostname",
                                        "manage_etc_hosts",
                                        "timezone",
                                        "mounts",
                                        "fs_setup",
                                        "packages",
                                        "package_update",
                                        "package_upgrade",
                                        "apt_update",
                                        "apt_upgrade",
                                        "chpasswd",
                                        "password",
                                        "final_message",
                                        "output",
                                        "ssh_pwauth",
                                        "disable_root",
                                        "package_reboot_if_required",
                                        "repo_update",
                                        "repo_upgrade",
                                        "cloud_final_modules",
                                        "merge_how",
                                        "growpart",
                                        "resize_rootfs",
                                        "locale"};
    for (const struct yaml *n = y->kind == YAML_MAP ? y->child : NULL; n != NULL; n = n->next) {
        bool found = false;
        NP_EACH (k, known)
            found = found || np_str_eq(n->key, np_str_of(*k));
        if (!found)
            guest_say("cloud-config: '%.*s' is not supported here and was left out",
                      NP_FMT(n->key));
    }
}

void config_boot(struct guest *g, const struct yaml *y)
{
    const struct yaml *list = yaml_get(y, "bootcmd");
    if (list != NULL) {
        int rc = run_script(g->arena, "/run/cloud-init/bootcmd", commands(g, list));
        if (rc != 0)
            guest_say("bootcmd ended with status %d", rc);
    }
}

void config_once(struct guest *g, const struct yaml *y)
{
    say_unsupported(y);
    users(g, y);
    write_files(g, y, false);
    file_systems(g, y);
    mounts(g, y);
    names(g, y);
    passwords(g, y);
    write_files(g, y, true);
}
