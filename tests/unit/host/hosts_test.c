/* SPDX-License-Identifier: Apache-2.0 */
/* hosts_test.c - host classes by made-up files: what is said to be lost, and the command for it. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/auto.h"
#include "host/hosts.h"
#include "host/instance/cgroup.h"

#define ANN       1000u
#define CAPS_ALL  "Name:\tx\nCapEff:\t000001ffffffffff\n"
#define CAPS_LESS "Name:\tx\nCapEff:\t00000000a80425fb\n" /* what docker run gives */
#define PASSWD    "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n"
#define SYSCTL(n) "proc/sys/" n

struct file {
    const char *path, *text;
};

static void put(const char *path, const char *text)
{
    char at[512];
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(at, sizeof(at), "%s/%.*s", np_test_dir(), (int)(slash - path), path);
        mkdir(at, 0755);
    }
    snprintf(at, sizeof(at), "%s/%s", np_test_dir(), path);
    NP_AUTO_FD fd = open(at, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    NP_CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", at);
}

/* A Debian host with ids for ann; `more` ends with {0}. */
static struct np_host host_of(struct np_arena *a, uid_t uid, const struct file *more)
{
    static const struct file plain[] = {
        {"etc/os-release", "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"},
        {"etc/passwd", PASSWD},
        {"etc/subuid", "bob:100000:65536\nann:165536:65536\n"},
        {"etc/subgid", "1000:165536:65536\n"},
        {"usr/bin/newuidmap", ""},
        {"usr/bin/newgidmap", ""},
        {"proc/self/status", CAPS_ALL},
        {SYSCTL("kernel/osrelease"), "6.1.0-57-amd64\n"},
        {SYSCTL("user/max_user_namespaces"), "63000\n"},
        {SYSCTL("kernel/unprivileged_userns_clone"), "1\n"}};
    struct np_host h;
    NP_EACH (f, plain)
        put(f->path, f->text);
    for (; more != NULL && more->path != NULL; more++)
        put(more->path, more->text);
    np_host_read(&h, np_test_dir(), uid, a);
    return h;
}

static void says(struct np_str text, const char *part)
{
    NP_CHECK(np_str_find(text, np_str_of(part)) >= 0, "%.*s: no %s", NP_FMT(text), part);
}

NP_TEST(a_host_is_named)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_host h = host_of(a, ANN, NULL);
    NP_CHECK(np_str_is(np_host_named(&h, a),
                       "Debian GNU/Linux 12 (bookworm), kernel 6.1.0-57-amd64, as user ann"));
    NP_CHECK(h.subuids && h.subgids && h.id_programs && !h.sys_admin && !h.container && !h.wsl);
    NP_CHECK(np_host_no_ids(&h, a).p == NULL);
    h = host_of(a, 0, NULL);
    NP_CHECK(h.sys_admin);
    NP_CHECK(np_host_no_ids(&h, a).p == NULL);
    says(np_host_named(&h, a), "as root");
}

NP_TEST(ubuntus_restriction_is_named)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct file ubuntu[] = {
        {SYSCTL("kernel/apparmor_restrict_unprivileged_userns"), "1\n"}, {0}};
    struct np_host h = host_of(a, ANN, ubuntu);
    says(np_host_no_namespaces(&h, a),
         "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`");
    static const struct file mended[] = {
        {SYSCTL("kernel/apparmor_restrict_unprivileged_userns"), "0\n"}, {0}};
    h = host_of(a, ANN, mended);
    NP_CHECK(np_str_find(np_host_no_namespaces(&h, a), NP_STR("AppArmor")) < 0);
}

NP_TEST(other_restrictions_go_first)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct file debian[] = {{SYSCTL("kernel/unprivileged_userns_clone"), "0\n"}, {0}};
    struct np_host h = host_of(a, ANN, debian);
    says(np_host_no_namespaces(&h, a), "`sudo sysctl kernel.unprivileged_userns_clone=1`");
    static const struct file none[] = {{SYSCTL("user/max_user_namespaces"), "0\n"}, {0}};
    h = host_of(a, ANN, none);
    says(np_host_no_namespaces(&h, a), "`sudo sysctl user.max_user_namespaces=65536`");
}

NP_TEST(a_container_without_the_right_is_named)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct file docker[] = {
        {".dockerenv", ""}, {"proc/self/status", CAPS_LESS}, {"etc/subuid", ""}, {0}};
    struct np_host h = host_of(a, 0, docker);
    NP_CHECK(h.container && !h.sys_admin);
    says(np_host_no_namespaces(&h, a), "`docker run --privileged`");
    says(np_host_named(&h, a), "in a container");
    says(np_host_no_ids(&h, a),
         "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 root`");
}

NP_TEST(wsl_is_named)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct file wsl[] = {
        {SYSCTL("kernel/osrelease"), "5.15.153.1-microsoft-standard-WSL2\n"}, {0}};
    struct np_host h = host_of(a, ANN, wsl);
    struct np_cgroups none = {.user = true};
    np_err(&none.why, NP_ENOTSUP, "only root");
    says(np_host_named(&h, a), "under WSL2");
    says(np_host_no_limits(&h, &none, a), "cgroup_no_v1=all");
}

NP_TEST(ids_that_lack_are_mended)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct file few[] = {{"etc/subuid", "ann:165536:65534\n"}, {0}};
    struct np_host h = host_of(a, ANN, few);
    says(np_host_no_ids(&h, a), "usermod --add-subuids");
    says(np_host_no_ids(&h, a), " ann`");
    h.id_programs = false;
    says(np_host_no_ids(&h, a), "`sudo apt install uidmap`");
}

NP_TEST(limits_that_lack_are_mended)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_host h = host_of(a, ANN, NULL);
    struct np_cgroups c = {.version = 2, .user = true, .cpu = true, .memory = true, .pids = true};
    NP_CHECK(np_host_no_limits(&h, &c, a).p == NULL);
    c.cpu = false;
    np_err(&c.why, NP_ENOTSUP, "it lacks cpu");
    h.systemd = true;
    says(np_host_no_limits(&h, &c, a), "vCPUs of instances are not limited: it lacks cpu; `sudo");
    c = (struct np_cgroups){.user = true, .base = "/sys/fs/cgroup/user.slice"};
    says(np_host_no_limits(&h, &c, a),
         "`systemd-run --user --scope -p Delegate=yes nephele serve`");
    h.systemd = false;
    says(np_host_no_limits(&h, &c, a), "chown -R ann ann");
    c.base[0] = '\0';
    says(np_host_no_limits(&h, &c, a), "`sudo nephele serve`");
}
