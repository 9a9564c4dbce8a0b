/* SPDX-License-Identifier: Apache-2.0 */
/* boot.c - from nothing to user data: names, trust, users, metadata, sshd. */
#include "guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"

#define PATIENCE_MS 120000
#define RESOLVER    "169.254.169.253"
#define TEXT_MAX    (4u << 20)
#define CA          "/run/nephele/ca.pem"
#define USER_DATA   65536
#define SELF        "/run/nephele/guest"

/* --- early: what every program may rely on --- */

static void make_folders(void)
{
    static const struct {
        const char *path;
        mode_t mode;
    } folders[] = {{"/run/lock", 01777}, {"/run/cloud-init", 0755}, {"/run/sshd", 0755},
                   {"/var/log", 0755},   {"/var/lib", 0755},        {"/var/tmp", 01777},
                   {"/tmp", 01777},      {"/home", 0755},           {"/root", 0700},
                   {"/etc/ssh", 0755},   {GUEST_CLOUD, 0755}};
    umask(0);
    NP_EACH (f, folders)
        if (!guest_exists(f->path))
            guest_mkdirs(f->path, f->mode);
    umask(022);
}

static void make_names(struct guest *g)
{
    struct np_str name = np_str_of(g->hostname), first, rest;
    np_str_cut(name, '.', &first, &rest);
    guest_write("/etc/hostname", np_str_printf(g->arena, "%s\n", g->hostname), 0644);
    guest_write("/etc/hosts",
                np_str_printf(g->arena, "127.0.0.1 localhost\n127.0.1.1 %s %.*s\n", g->hostname,
                              NP_FMT(first)),
                0644);
    unlink("/etc/resolv.conf"); /* of images it is a link to a service that does not run */
    guest_write("/etc/resolv.conf",
                np_str_printf(g->arena,
                              "nameserver " RESOLVER
                              "\nsearch %.*s\noptions timeout:2 attempts:3\n",
                              NP_FMT(rest.n > 0 ? rest : NP_STR("internal"))),
                0644);
}

/* What of it the file lacks goes to `lines`. */
static void add_environment(struct guest *g, struct np_str have, struct np_buf *lines,
                            const char *name, const char *value)
{
    setenv(name, value, 1);
    struct np_str line = np_str_printf(g->arena, "%s=%s\n", name, value);
    if (have.p == NULL || !guest_has_line(have, line))
        np_buf_str_add(lines, line);
}

/* The region's own authority signs what its APIs show. */
static void trust(struct guest *g)
{
    static const char *const bundles[] = {"/etc/ssl/certs/ca-certificates.crt",
                                          "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};
    static const char *const names[] = {"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"};
    struct np_str ca = guest_read(g->arena, CA, USER_DATA);
    const char *bundle = NULL;
    if (ca.p == NULL)
        return;
    NP_EACH (b, bundles)
        if (bundle == NULL && guest_exists(*b))
            bundle = *b;
    if (bundle == NULL) {
        bundle = bundles[0];
        guest_mkdirs("/etc/ssl/certs", 0755);
    }
    struct np_str have = guest_read(g->arena, bundle, TEXT_MAX);
    if (have.p == NULL || np_str_find(have, np_str_trim(ca)) < 0)
        guest_append(bundle, ca, 0644);
    guest_mkdirs("/usr/local/share/ca-certificates", 0755);
    if (!guest_exists("/usr/local/share/ca-certificates/nephele.crt"))
        guest_write("/usr/local/share/ca-certificates/nephele.crt", ca, 0644);
    struct np_buf lines;
    np_buf_init(&lines, g->arena, USER_DATA);
    have = guest_read(g->arena, "/etc/environment", TEXT_MAX);
    NP_EACH (n, names)
        add_environment(g, have, &lines, *n, bundle);
    add_environment(g, have, &lines, "NODE_EXTRA_CA_CERTS", CA);
    if (lines.n != 0)
        guest_append("/etc/environment", np_buf_str(&lines), 0644);
}

/* Programs that would talk to an init that is not there. A regular file is covered, so that the
 * image's own is back when the disk is used elsewhere. */
static void own_program(struct guest *g, const char *name, const char *folder)
{
    char to[256];
    struct stat st;
    const char *path = np_str_z(g->arena, np_str_printf(g->arena, "%s/%s", folder, name));
    if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && mount(SELF, path, NULL, MS_BIND, NULL) == 0)
        return;
    ssize_t n = readlink(path, to, sizeof(to));
    if (n > 0 && np_str_is(np_str_n(to, (size_t)n), SELF))
        return;
    if (n > 0)
        unlink(path); /* to systemctl, which tells by its name what it is: ours does, too */
    if (symlink(SELF, path) == 0)
        return;
    guest_mkdirs("/usr/local/sbin", 0755);
    const char *other = np_str_z(g->arena, np_str_printf(g->arena, "/usr/local/sbin/%s", name));
    if (symlink(SELF, other) != 0 && errno != EEXIST)
        guest_say("nephele: no %s here: %s", name, strerror(errno));
}

static void own_programs(struct guest *g)
{
    static const char *const names[] = {"shutdown", "poweroff", "reboot", "halt"};
    own_program(g, "systemctl", "/usr/bin");
    NP_EACH (n, names)
        own_program(g, *n, "/usr/sbin");
    if (g->files)
        mount_own();
}

void boot_early(struct guest *g)
{
    struct timespec t;
    make_folders();
    sethostname(g->hostname, strlen(g->hostname));
    make_names(g);
    clock_gettime(CLOCK_MONOTONIC, &t);
    guest_write(GUEST_STATUS, NP_STR("phase=boot\nuserdata=none\n"), 0644);
    guest_say("nephele: %s boots", g->id);
    own_programs(g);
    trust(g);
}

/* --- once for an instance id: another one may have had this disk before --- */

static void begin_instance(struct guest *g)
{
    const char *folder =
        np_str_z(g->arena, np_str_printf(g->arena, GUEST_CLOUD "/instances/%s", g->id));
    guest_mkdirs(np_str_z(g->arena, np_str_printf(g->arena, "%s/sem", folder)), 0755);
    unlink(GUEST_CLOUD "/instance");
    if (symlink(folder, GUEST_CLOUD "/instance") != 0)
        guest_say("cannot write below " GUEST_CLOUD ": %s", strerror(errno));
}

static const char *semaphore(struct guest *g, const char *module)
{
    return np_str_z(g->arena,
                    np_str_printf(g->arena, GUEST_CLOUD "/instance/sem/config_%s", module));
}

/* Whether a module has still to run. Marked before it does, as cloud-init marks it and by its
 * names: what ends the instance has run, too. Who removes the mark sees it run again. */
static bool first_time(struct guest *g, const char *module)
{
    const char *mark = semaphore(g, module);
    if (guest_exists(mark))
        return false;
    guest_write(mark, NP_STR("\n"), 0644);
    return true;
}

static void make_user(struct guest *g)
{
    struct user_new u = {.name = g->user, .gecos = "", .groups = "adm,sudo"};
    if (strcmp(g->user, "root") == 0)
        return;
    if (guest_exists("/etc/redhat-release") || guest_exists("/etc/system-release"))
        u.groups = "adm,wheel";
    if (user_add(g->arena, &u))
        user_sudo(g->user, "ALL=(ALL) NOPASSWD:ALL");
}

/* "0=name" a line; keys are at public-keys/0/openssh-key */
static void take_keys(struct guest *g, struct np_str token)
{
    struct np_str list = imds_get(g->arena, token, "meta-data/public-keys/"), line, number, name;
    while (np_str_split(&list, '\n', &line)) {
        if (!np_str_cut(line, '=', &number, &name))
            continue;
        const char *path =
            np_str_z(g->arena, np_str_printf(g->arena, "meta-data/public-keys/%.*s/openssh-key",
                                             NP_FMT(number)));
        user_keys(g->arena, g->user, imds_get(g->arena, token, path));
    }
}

/* --- sshd --- */

static void make_host_keys(struct guest *g)
{
    static const char *const kinds[] = {"ed25519", "ecdsa"};
    const char *mark = semaphore(g, "ssh"); /* at the end: half a key is made anew */
    bool fresh = !guest_exists(mark);
    NP_EACH (kind, kinds) {
        const char *path =
            np_str_z(g->arena, np_str_printf(g->arena, "/etc/ssh/ssh_host_%s_key", *kind));
        if (fresh)
            unlink(path); /* of who had this disk before */
        if (!guest_exists(path))
            run_argv((const char *const[]){"ssh-keygen", "-q", "-t", *kind, "-N", "", "-f", path,
                                           "-C", g->hostname, NULL});
    }
    if (fresh)
        guest_write(mark, NP_STR("\n"), 0644);
}

static void start_sshd(struct guest *g)
{
    if (!guest_exists("/usr/sbin/sshd"))
        return;
    pid_t pid = fork();
    if (pid != 0)
        return;
    if (!guest_exists("/etc/ssh/sshd_config"))
        guest_write("/etc/ssh/sshd_config",
                    NP_STR("PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                           "UsePAM yes\nPrintMotd no\nAcceptEnv LANG LC_*\n"
                           "Subsystem sftp internal-sftp\n"),
                    0644);
    make_host_keys(g);
    int rc = run_argv((const char *const[]){"/usr/sbin/sshd", NULL});
    guest_status("sshd", "%d", rc == 0);
    if (rc != 0)
        guest_say("sshd ended with status %d", rc);
    _exit(0);
}

/* --- user data --- */

struct outcome {
    int status; /* of the first that failed; 0 */
    struct np_str part;
};

static void note(struct outcome *o, int status, struct np_str part)
{
    if (status == 0)
        return;
    guest_say("cloud-init: %.*s failed with status %d", NP_FMT(part), status);
    if (o->status == 0)
        *o = (struct outcome){status, part};
}

static const struct yaml *config_of(struct guest *g, const struct part *p, struct outcome *o)
{
    const char *why = NULL;
    if (p->kind != PART_CONFIG)
        return NULL;
    const struct yaml *y = yaml_parse(g->arena, p->body, &why);
    if (y == NULL) {
        guest_say("cloud-config: %s", why);
        note(o, 1, p->name);
    }
    return y;
}

static const char *part_file(struct guest *g, const struct part *p)
{
    struct np_buf b;
    np_buf_init(&b, g->arena, 256);
    for (size_t i = 0; i < p->name.n && i < 64; i++)
        np_buf_char(&b, strchr("/\n\r\t ", p->name.p[i]) != NULL ? '_' : p->name.p[i]);
    return np_str_z(g->arena, np_str_printf(g->arena, GUEST_CLOUD "/instance/scripts/%.*s",
                                            NP_FMT(np_buf_str(&b))));
}

static void run_scripts(struct guest *g, const struct part *parts, int n, struct outcome *o)
{
    for (int i = 0; i < n; i++)
        if (parts[i].kind == PART_SCRIPT)
            note(o, run_script(g->arena, part_file(g, &parts[i]), parts[i].body), parts[i].name);
}

/* Before everything else, each boot. */
static void run_hooks(struct guest *g, const struct part *parts, int n, struct outcome *o)
{
    for (int i = 0; i < n; i++) {
        if (parts[i].kind != PART_BOOTHOOK)
            continue;
        struct np_str first, body;
        np_str_cut(parts[i].body, '\n', &first, &body);
        if (!np_str_starts(body, NP_STR("#!")))
            body = np_str_printf(g->arena, "#!/bin/sh\n%.*s", NP_FMT(body));
        note(o, run_script(g->arena, part_file(g, &parts[i]), body), parts[i].name);
    }
}

/* In the order of cloud-init's modules. */
static void run_modules(struct guest *g, const struct part *parts, int n, struct outcome *o)
{
    const struct yaml *configs[PARTS_MAX];
    int n_configs = 0;
    run_hooks(g, parts, n, o);
    for (int i = 0; i < n; i++) {
        const struct yaml *y = config_of(g, &parts[i], o);
        if (y != NULL)
            configs[n_configs++] = y;
        if (parts[i].kind == PART_UNKNOWN) {
            guest_say("user data: %s is not supported here", parts[i].what);
            note(o, 1, parts[i].name);
        }
    }
    for (int i = 0; i < n_configs; i++)
        config_boot(g, configs[i]);
    if (first_time(g, "write_files"))
        for (int i = 0; i < n_configs; i++)
            config_once(g, configs[i]);
    if (first_time(g, "package_update_upgrade_install"))
        for (int i = 0; i < n_configs; i++)
            note(o, config_packages(g, configs[i]), NP_STR("packages"));
    if (!first_time(g, "scripts_user"))
        return;
    for (int i = 0; i < n_configs; i++)
        note(o, config_runcmd(g, configs[i]), NP_STR("runcmd"));
    run_scripts(g, parts, n, o);
    for (int i = 0; i < n_configs; i++) {
        struct np_str last = yaml_text(configs[i], "final_message");
        if (last.n > 0)
            guest_say("%.*s", NP_FMT(last));
    }
}

static void run_user_data(struct guest *g, struct np_str data)
{
    struct part parts[PARTS_MAX];
    struct outcome o = {0};
    const char *why = NULL;
    guest_status("userdata", "running");
    int n = userdata_parts(g->arena, data, parts, &why);
    if (n < 0) {
        guest_say("user data cannot be read: %s", why);
        guest_status("reason", "%s", why);
        note(&o, 1, NP_STR("user-data"));
        n = 0;
    }
    run_modules(g, parts, n, &o);
    if (o.status != 0) {
        guest_status("exit", "%d", o.status);
        guest_status("part", "%.*s", NP_FMT(o.part));
    }
    guest_status("userdata", o.status == 0 ? "ok" : "failed");
}

/* Of the metadata service, or, as cloud-init has it, of a seed in the image. False: it could not be
 * asked, and there may be some that is not known. */
static bool find_user_data(struct guest *g, struct np_str *data)
{
    struct np_str token;
    *data = guest_read(g->arena, GUEST_CLOUD "/seed/nocloud/user-data", TEXT_MAX);
    if (!g->network)
        return true;
    if (!imds_begin(g->arena, PATIENCE_MS, &token)) {
        guest_say("nephele: the metadata service does not answer: no keys, no user data");
        guest_status("reason", "the metadata service does not answer");
        return false;
    }
    take_keys(g, token);
    struct np_str own = imds_get(g->arena, token, "user-data");
    if (own.p != NULL) {
        guest_write(GUEST_CLOUD "/instance/user-data.txt", own, 0600);
        *data = own;
    }
    return true;
}

_Noreturn void boot_rest(struct guest *g)
{
    struct np_str data;
    run_tee();
    begin_instance(g);
    make_user(g);
    if (guest_exists("/etc/fstab") && guest_read(g->arena, "/etc/fstab", TEXT_MAX).n > 0)
        run_shell("mount -a 2>/dev/null");
    bool known = find_user_data(g, &data);
    start_sshd(g);
    systemctl_boot();
    if (data.n > 0) {
        guest_status("phase", "userdata");
        run_user_data(g, data);
    } else if (known) {
        run_modules(g, NULL, 0, &(struct outcome){0}); /* what comes later is not this boot's */
    }
    guest_status("phase", "done");
    guest_say("nephele: %s is up", g->id);
    _exit(0);
}
