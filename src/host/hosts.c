/* SPDX-License-Identifier: Apache-2.0 */
/* hosts.c - reading what a host is, and the words about what it lacks. */
#include "host/hosts.h"

#include <linux/capability.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "host/instance/cgroup.h"
#include "host/instance/subids.h"
#include "io/file.h"

#define FILE_MAX (1u << 20)

/* --- reading --- */

struct reader {
    struct np_arena *a;
    const char *root;
};

static struct np_str text_of(const struct reader *r, const char *path)
{
    struct np_str text = NP_STR_NULL;
    np_file_read(r->a, np_str_printf(r->a, "%s%s", r->root, path), FILE_MAX, &text, NULL);
    return np_str_trim(text);
}

static bool is_there(const struct reader *r, const char *path)
{
    return access(np_str_z(r->a, np_str_printf(r->a, "%s%s", r->root, path)), F_OK) == 0;
}

static enum np_host_sysctl sysctl_of(const struct reader *r, const char *path)
{
    struct np_str text = text_of(r, path);
    if (text.n == 0)
        return NP_SYSCTL_ABSENT;
    return np_str_is(text, "0") ? NP_SYSCTL_OFF : NP_SYSCTL_ON;
}

/* Of "name<sep>value" lines. */
static struct np_str value_of(struct np_str text, const char *name, char sep)
{
    struct np_str line, key, value;
    while (np_str_split(&text, '\n', &line))
        if (np_str_cut(line, sep, &key, &value) && np_str_eq(key, np_str_of(name)))
            return np_str_trim(value);
    return NP_STR_NULL;
}

static bool has_sys_admin(const struct reader *r)
{
    struct np_str hex = value_of(text_of(r, "/proc/self/status"), "CapEff", ':');
    uint64_t caps = 0;
    for (size_t i = 0; i < hex.n; i++) {
        char ch = hex.p[i];
        caps = caps << 4 | (uint64_t)(ch <= '9' ? ch - '0' : (ch | 0x20) - 'a' + 10);
    }
    return (caps >> CAP_SYS_ADMIN & 1) != 0;
}

static bool in_container(const struct reader *r)
{
    return is_there(r, "/.dockerenv") || is_there(r, "/run/.containerenv") ||
           is_there(r, "/run/systemd/container");
}

static struct np_str unquoted(struct np_str s)
{
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? np_str_sub(s, 1, s.n - 2) : s;
}

void np_host_read(struct np_host *h, const char *root, uid_t uid, struct np_arena *a)
{
    const struct reader r = {a, root};
    struct np_str system = unquoted(value_of(text_of(&r, "/etc/os-release"), "PRETTY_NAME", '='));
    struct np_str passwd = text_of(&r, "/etc/passwd");
    *h = (struct np_host){
        .uid = uid,
        .sys_admin = uid == 0 && has_sys_admin(&r),
        .container = in_container(&r),
        .systemd = is_there(&r, "/run/systemd/system"),
        .id_programs = is_there(&r, "/usr/bin/newuidmap") && is_there(&r, "/usr/bin/newgidmap"),
        .no_user_namespaces = sysctl_of(&r, "/proc/sys/user/max_user_namespaces") == NP_SYSCTL_OFF,
        .unprivileged_userns = sysctl_of(&r, "/proc/sys/kernel/unprivileged_userns_clone"),
        .apparmor_restricts =
            sysctl_of(&r, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        .user = np_subids_name(passwd, uid, a),
        .system = system.n > 0 ? system : NP_STR("Linux"),
        .kernel = text_of(&r, "/proc/sys/kernel/osrelease"),
    };
    unsigned unused;
    h->wsl = np_str_find(h->kernel, NP_STR("microsoft")) >= 0;
    h->subuids = np_subids_range(text_of(&r, "/etc/subuid"), h->user, uid, &unused);
    h->subgids = np_subids_range(text_of(&r, "/etc/subgid"), h->user, uid, &unused);
}

struct np_str np_host_named(const struct np_host *h, struct np_arena *a)
{
    return np_str_printf(a, "%.*s%s%s, kernel %.*s, as %s%.*s", NP_FMT(h->system),
                         h->wsl ? " under WSL2" : "", h->container ? " in a container" : "",
                         NP_FMT(h->kernel), h->uid == 0 ? "" : "user ", NP_FMT(h->user));
}

uid_t np_host_uid(void)
{
    unsigned inside, outside;
    FILE *f = fopen("/proc/self/uid_map", "re");
    bool told = f != NULL && fscanf(f, "%u %u", &inside, &outside) == 2 && inside == 0;
    if (f != NULL)
        fclose(f);
    return told ? (uid_t)outside + geteuid() : geteuid();
}

/* --- namespaces --- */

#define NO_NAMESPACES "VPCs and instances are refused, the rest serves: "

struct np_str np_host_no_namespaces(const struct np_host *h, struct np_arena *a)
{
    if (h->no_user_namespaces && !h->sys_admin)
        return NP_STR(NO_NAMESPACES "user namespaces are off; `sudo sysctl "
                                    "user.max_user_namespaces=65536` mends it");
    if (h->unprivileged_userns == NP_SYSCTL_OFF && !h->sys_admin)
        return NP_STR(NO_NAMESPACES "only root may make user namespaces; `sudo sysctl "
                                    "kernel.unprivileged_userns_clone=1` mends it");
    if (h->apparmor_restricts == NP_SYSCTL_ON && !h->sys_admin)
        return NP_STR(NO_NAMESPACES "AppArmor takes the rights from user namespaces, as on "
                                    "Ubuntu; `sudo sysctl "
                                    "kernel.apparmor_restrict_unprivileged_userns=0` mends it");
    if (h->container || (h->uid == 0 && !h->sys_admin))
        return NP_STR(NO_NAMESPACES "a container without CAP_SYS_ADMIN whose filter refuses user "
                                    "namespaces; start it by `docker run --privileged`");
    return np_str_printf(a,
                         NO_NAMESPACES "the kernel makes no namespaces (CONFIG_USER_NS, "
                                       "CONFIG_NET_NS)%s",
                         h->uid == 0 ? "" : "; `sudo nephele serve` needs fewer of them");
}

/* --- ids --- */

struct np_str np_host_no_ids(const struct np_host *h, struct np_arena *a)
{
    static const char lost[] = "instances have one user id: no other users, no su, no packages "
                               "with other owners";
    if (h->sys_admin)
        return NP_STR_NULL;
    if (!h->id_programs)
        return np_str_printf(a, "%s; `sudo apt install uidmap` mends it%s", lost,
                             h->subuids && h->subgids ? "" : ", with ids by usermod");
    if (!h->subuids || !h->subgids)
        return np_str_printf(a,
                             "%s; `sudo usermod --add-subuids 100000-165535 --add-subgids "
                             "100000-165535 %.*s` mends it",
                             lost, NP_FMT(h->user));
    return NP_STR_NULL;
}

/* --- limits --- */

static struct np_str mended_limits(const struct np_host *h, const struct np_cgroups *c,
                                   struct np_arena *a)
{
    if (c->version == 0 && c->base[0] == '\0') /* of version 1, or none */
        return h->wsl ? NP_STR("`kernelCommandLine = cgroup_no_v1=all` below [wsl2] in .wslconfig")
                      : NP_STR("`sudo nephele serve`, or the kernel's option "
                               "systemd.unified_cgroup_hierarchy=1");
    if (h->container)
        return NP_STR("`docker run --privileged`");
    if (c->version == 0 && h->systemd)
        return NP_STR("`systemd-run --user --scope -p Delegate=yes nephele serve`");
    if (c->version == 0)
        return np_str_printf(a,
                             "`sudo sh -c \"cd /sys/fs/cgroup; echo +cpu +memory +pids > "
                             "cgroup.subtree_control; mkdir -p %.*s; chown -R %.*s %.*s; echo $$ "
                             "> %.*s/cgroup.procs\"` before `nephele serve`",
                             NP_FMT(h->user), NP_FMT(h->user), NP_FMT(h->user), NP_FMT(h->user));
    if (h->systemd)
        return NP_STR("`sudo sh -c 'mkdir -p /etc/systemd/system/user@.service.d; printf "
                      "\"[Service]\\nDelegate=yes\\n\" > "
                      "/etc/systemd/system/user@.service.d/delegate.conf; systemctl "
                      "daemon-reload'` and a new login");
    return NP_STR("the same names written to cgroup.subtree_control of the groups above");
}

struct np_str np_host_no_limits(const struct np_host *h, const struct np_cgroups *c,
                                struct np_arena *a)
{
    if (c->version != 0 && c->cpu && c->memory && c->pids)
        return NP_STR_NULL;
    const char *what = c->version == 0 ? "nothing of instances is limited or counted"
                       : !c->cpu       ? "vCPUs of instances are not limited"
                       : !c->memory    ? "memory of instances is not limited"
                                       : "processes of instances are not limited";
    return np_str_printf(a, "%s: %.*s; %.*s mends it", what, NP_FMT(np_err_text(&c->why)),
                         NP_FMT(mended_limits(h, c, a)));
}
