/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - tries what the host can do and says what follows. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/agent.h"
#include "daemon/datadir.h"
#include "daemon/privilege.h"
#include "host/clean.h"
#include "host/hosts.h"
#include "host/instance/cgroup.h"
#include "io/net.h"

#define FREE_MIN_BYTES (1ull << 30)

#define NOBODYS_ADDRESS 0x7f7ffffeu /* 127.127.255.254 */

enum verdict { FINE, WEAKER, BROKEN };

struct finding {
    enum verdict verdict;
    struct np_str what;
};

static struct finding found(struct cli *c, enum verdict v, const char *what)
{
    return (struct finding){v, np_str_of(what)};
}

/* A child may end up in namespaces of its own; the doctor must not. */
static bool child_can(bool (*try)(void))
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(try() ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Where AppArmor restricts them, they can be made but nothing can be done in them. */
static bool rights(void)
{
    return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0;
}

static bool try_user_namespace(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == 0 && rights();
}

static bool try_namespaces(void)
{
    return unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 && rights();
}

static struct finding host(struct cli *c)
{
    struct np_host h;
    np_host_read(&h, "", geteuid(), c->arena);
    return (struct finding){FINE, np_host_named(&h, c->arena)};
}

static struct finding user(struct cli *c)
{
    uid_t uid;
    gid_t gid;
    if (geteuid() != 0)
        return found(c, FINE, "the region runs as you, without root's privileges");
    if (np_region_user(&uid, &gid))
        return found(c, FINE, "the region runs as user " NP_REGION_USER ", the agent as root");
    return found(c, WEAKER,
                 "there is no user " NP_REGION_USER
                 ": the region stays root, without its capabilities; "
                 "make one with `useradd --system " NP_REGION_USER "`");
}

static struct finding namespaces(struct cli *c)
{
    if (geteuid() == 0 && child_can(try_namespaces))
        return found(c, FINE, "network and mount namespaces can be made");
    if (child_can(try_user_namespace))
        return found(c, FINE, "a user namespace with network and mounts of its own can be made");
    struct np_host h;
    np_host_read(&h, "", geteuid(), c->arena);
    return (struct finding){WEAKER, np_host_no_namespaces(&h, c->arena)};
}

static struct finding ids(struct cli *c)
{
    struct np_host h;
    np_host_read(&h, "", geteuid(), c->arena);
    struct np_str lost = np_host_no_ids(&h, c->arena);
    if (lost.p != NULL)
        return (struct finding){WEAKER, lost};
    return found(c, FINE, h.sys_admin ? "root has all" : "there are subordinate ids for instances");
}

/* A region that runs is in a control group of its own: its agent says what it has. */
static struct finding limits(struct cli *c)
{
    struct np_host h;
    struct np_cgroups groups;
    if (cli_pid(c) != 0)
        return found(c, FINE, "the agent has looked: see limits");
    np_host_read(&h, "", geteuid(), c->arena);
    np_cgroups_look(&groups, geteuid() != 0);
    struct np_str lost = np_host_no_limits(&h, &groups, c->arena);
    if (lost.p != NULL)
        return (struct finding){WEAKER, lost};
    return (struct finding){FINE, np_str_printf(c->arena,
                                                "processor, memory and processes of instances can "
                                                "be limited (version %d)",
                                                groups.version)};
}

static struct finding data_dir(struct cli *c)
{
    if (np_datadir_open(&c->settings, &c->err) != 0)
        return (struct finding){BROKEN, np_err_text(&c->err)};
    struct statvfs fs;
    if (statvfs(np_str_z(c->arena, c->settings.core.data_dir), &fs) == 0 &&
        (uint64_t)fs.f_bavail * fs.f_frsize < FREE_MIN_BYTES)
        return found(c, WEAKER, "less than 1 GiB is free below the data directory");
    return found(c, FINE, "the data directory can be written");
}

static struct finding unnamed_files(struct cli *c)
{
    NP_AUTO_FD fd =
        open(np_str_z(c->arena, c->settings.core.data_dir), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
        return found(c, FINE, "the file system makes unnamed files");
    return found(
        c, WEAKER,
        "the file system makes no unnamed files (O_TMPFILE): large objects are written under "
        "temporary names");
}

static struct finding port(struct cli *c)
{
    struct np_addr addr;
    NP_AUTO_FD fd = -1;
    if (cli_pid(c) != 0)
        return found(c, FINE, "a region runs on this data directory");
    if (np_addr_parse(c->settings.core.listen, &addr, &c->err) != 0 ||
        np_listen_tcp(&addr, false, &fd, &c->err) != 0)
        return (struct finding){BROKEN, np_err_text(&c->err)};
    return (struct finding){
        FINE, np_str_printf(c->arena, "%.*s is free", NP_FMT(c->settings.core.listen))};
}

/* On an address that is hardly any region's; with SO_REUSEPORT, as a region does. */
static struct finding web_ports(struct cli *c)
{
    static const uint16_t ports[] = {80, 443};
    NP_EACH (number, ports) {
        struct np_addr addr = np_addr_of((struct in_addr){htonl(NOBODYS_ADDRESS)}, *number);
        NP_AUTO_FD fd = -1;
        if (np_listen_tcp(&addr, true, &fd, &c->err) != 0)
            return (struct finding){
                WEAKER, np_str_printf(
                            c->arena,
                            "%.*s: on the region's addresses ports from 20000 up stand for 80 and "
                            "443 (is net.ipv4.ip_unprivileged_port_start above them, or another "
                            "program there?)",
                            NP_FMT(np_err_text(&c->err)))};
    }
    return found(c, FINE, "ports 80 and 443 can be listened on");
}

static struct finding sync_writes(struct cli *c)
{
    if (!c->settings.core.no_sync)
        return found(c, FINE, "what was answered is on disk");
    return found(c, WEAKER, "--no-sync is set: a power failure loses what was answered");
}

static struct finding denials(struct cli *c)
{
    if (!c->settings.core.iam_soft)
        return found(c, FINE, "IAM policies are enforced");
    return found(c, WEAKER, "--iam=soft is set: denials are logged, not enforced");
}

static struct finding at_rest(struct cli *c)
{
    if (c->settings.core.at_rest)
        return found(c, FINE, "stored bytes are encrypted (AES-256-GCM)");
    return found(c, WEAKER, "--at-rest=none is set: stored bytes are not encrypted");
}

static const struct {
    const char *name;
    struct finding (*look)(struct cli *c);
} checks[] = {
    {"host", host},
    {"data directory", data_dir},
    {"file system", unnamed_files},
    {"gateway", port},
    {"ports", web_ports},
    {"user", user},
    {"namespaces", namespaces},
    {"ids", ids},
    {"control groups", limits},
    {"durability", sync_writes},
    {"authorisation", denials},
    {"encryption", at_rest},
};

/* What the agent of a running region says; without one the tries above are all there is. */
static void ask_agent(struct cli *c)
{
    struct agent_FindingList list;
    if (cli_pid(c) == 0)
        return;
    if (cli_agent_doctor(c, &list) != 0) {
        printf("%-7s %-15s %.*s\n", "weaker", "agent", NP_FMT(np_err_text(&c->err)));
        return;
    }
    for (size_t i = 0; i < list.n; i++)
        printf("%-7s %-15.*s %.*s\n", list.v[i].Fine.v ? "ok" : "weaker", NP_FMT(list.v[i].Name),
               NP_FMT(list.v[i].Text));
}

/* What a region that was killed left: only when none runs on the data directory. */
static int clean(struct cli *c)
{
    struct np_cleaned done;
    NP_AUTO_FD lock = -1;
    if (np_datadir_lock(c->settings.core.data_dir, "lock", &lock, &c->err) != 0)
        return cli_say("a region runs on %.*s; end it first with `nephele stop`",
                       NP_FMT(c->settings.core.data_dir));
    if (np_host_clean(c->settings.core.data_dir, &done, &c->err) != 0)
        return cli_fail(c);
    if (done.left != 0)
        return cli_say("%zu processes of the region do not end", done.left);
    printf("Ended %zu processes, freed %zu devices, removed %zu control groups.\n", done.processes,
           done.devices, done.groups);
    return 0;
}

int cli_doctor(struct cli *c)
{
    static const char *const words[] = {[FINE] = "ok", [WEAKER] = "weaker", [BROKEN] = "broken"};
    static const char *const own[] = {"clean", NULL};
    if (!cli_read(c, NP_FOR_REGION, own))
        return 2;
    bool to_clean = cli_take(c, "clean");
    if (!cli_end(c))
        return 2;
    if (to_clean)
        return clean(c);
    int rc = 0;
    NP_EACH (check, checks) {
        struct finding f = check->look(c);
        printf("%-7s %-15s %.*s\n", words[f.verdict], check->name, NP_FMT(f.what));
        if (f.verdict == BROKEN)
            rc = 1;
    }
    ask_agent(c);
    return rc;
}
