/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.c - config.json of the runtime: what a guest may be. */
#include "host/instance/keeper.h"

#include <cap-ng.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/auto.h"
#include "codec/json.h"

/* Of the guest's own user namespace: they say nothing outside of it. Without one those that reach
 * the host are left out (`weak`). No MKNOD: nodes are the keeper's to make. */
static const struct {
    int number;
    const char *name;
    bool weak;
} capabilities[] = {
    {CAP_CHOWN, "CAP_CHOWN", true},
    {CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE", true},
    {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", false},
    {CAP_FOWNER, "CAP_FOWNER", true},
    {CAP_FSETID, "CAP_FSETID", true},
    {CAP_KILL, "CAP_KILL", true},
    {CAP_SETGID, "CAP_SETGID", true},
    {CAP_SETUID, "CAP_SETUID", true},
    {CAP_SETPCAP, "CAP_SETPCAP", true},
    {CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE", true},
    {CAP_NET_BROADCAST, "CAP_NET_BROADCAST", false},
    {CAP_NET_ADMIN, "CAP_NET_ADMIN", false},
    {CAP_NET_RAW, "CAP_NET_RAW", false},
    {CAP_IPC_LOCK, "CAP_IPC_LOCK", false},
    {CAP_IPC_OWNER, "CAP_IPC_OWNER", false},
    {CAP_SYS_CHROOT, "CAP_SYS_CHROOT", true},
    {CAP_SYS_PTRACE, "CAP_SYS_PTRACE", false},
    {CAP_SYS_ADMIN, "CAP_SYS_ADMIN", false},
    {CAP_SYS_BOOT, "CAP_SYS_BOOT", false},
    {CAP_SYS_NICE, "CAP_SYS_NICE", false},
    {CAP_LEASE, "CAP_LEASE", false},
    {CAP_AUDIT_WRITE, "CAP_AUDIT_WRITE", true},
    {CAP_SETFCAP, "CAP_SETFCAP", true},
};

static void text(struct np_buf *b, const char *before, const char *value)
{
    np_buf_str_add(b, np_str_of(before));
    np_json_quote(b, np_str_of(value));
}

static void strings(struct np_buf *b, const char *name, const char *const *v, size_t n)
{
    np_buf_printf(b, "\"%s\":[", name);
    for (size_t i = 0; i < n; i++)
        text(b, i > 0 ? "," : "", v[i]);
    np_buf_lit(b, "]");
}

static void put_capabilities(const struct np_keeper *k, struct np_buf *b)
{
    static const char *const sets[] = {"bounding", "effective", "permitted"};
    const char *names[NP_LEN(capabilities)];
    size_t n = 0;
    NP_EACH (c, capabilities)
        if ((c->weak || k->isolation->mode != NP_ISOLATION_WEAK) &&
            prctl(PR_CAPBSET_READ, c->number, 0, 0, 0) == 1)
            names[n++] = c->name;
    np_buf_lit(b, ",\"capabilities\":{");
    NP_EACH (set, sets) {
        strings(b, *set, names, n);
        np_buf_lit(b, ",");
    }
    np_buf_lit(b, "\"inheritable\":[],\"ambient\":[]}");
}

static void put_process(const struct np_keeper *k, struct np_arena *a, struct np_buf *b)
{
    np_buf_lit(b, "\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},"
                  "\"args\":[\"/run/nephele/guest\",\"init\"],\"cwd\":\"/\",\"env\":["
                  "\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"");
    text(b, ",", np_str_z(a, np_str_printf(a, "NEPHELE_ID=%s", k->id)));
    text(b, ",", np_str_z(a, np_str_printf(a, "NEPHELE_USER=%.*s", NP_FMT(k->rq->User))));
    text(b, ",", np_str_z(a, np_str_printf(a, "NEPHELE_HOSTNAME=%.*s", NP_FMT(k->rq->Hostname))));
    text(b, ",",
         np_str_z(a, np_str_printf(a, "NEPHELE_NETWORK=%d", k->parts->netns != NULL ? 1 : 0)));
    text(b, ",", np_str_z(a, np_str_printf(a, "NEPHELE_FILES=%d", k->parts->served)));
    np_buf_lit(b, "],\"oomScoreAdj\":300,\"noNewPrivileges\":false");
    put_capabilities(k, b);
    np_buf_lit(b, "}");
}

static void put_mount(struct np_buf *b, const char *type, const char *source, const char *at,
                      const char *options)
{
    text(b, ",{\"type\":", type);
    text(b, ",\"source\":", source);
    text(b, ",\"destination\":", at);
    np_buf_printf(b, ",\"options\":[%s]}", options);
}

#define RO_BIND "\"bind\",\"ro\",\"nosuid\",\"nodev\""

/* Those that could not be made are the host's, one by one. */
static void put_nodes(struct np_buf *b, const char *area, struct np_arena *a)
{
    static const char *const names[] = {"null", "zero", "full", "random", "urandom", "tty"};
    NP_EACH (name, names)
        put_mount(b, "bind", np_str_z(a, np_str_printf(a, "%s/dev/%s", area, *name)),
                  np_str_z(a, np_str_printf(a, "/dev/%s", *name)),
                  "\"bind\",\"nosuid\",\"noexec\"");
}

static void put_mounts(const struct np_keeper *k, struct np_arena *a, struct np_buf *b)
{
    const char *area = np_keeper_area(k);
    const char *dev = np_str_z(a, np_str_printf(a, "%s/dev", area));
    const char *sys = np_str_z(a, np_str_printf(a, "%s/sys", area));
    np_buf_lit(b, ",\"mounts\":[{\"type\":\"proc\",\"source\":\"proc\",\"destination\":\"/proc\","
                  "\"options\":[\"nosuid\",\"noexec\",\"nodev\"]}");
    if (access(sys, F_OK) == 0)
        put_mount(b, "bind", sys, "/sys", "\"rbind\",\"ro\",\"nosuid\",\"nodev\",\"noexec\"");
    put_mount(b, "bind", dev, "/dev", "\"rbind\",\"nosuid\",\"noexec\"");
    if (k->isolation->mode == NP_ISOLATION_ONE || k->isolation->mode == NP_ISOLATION_SHARED)
        put_nodes(b, area, a);
    put_mount(b, "devpts", "devpts", "/dev/pts",
              k->isolation->mode == NP_ISOLATION_ONE
                  ? "\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\""
                  : "\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\","
                    "\"gid=5\"");
    put_mount(b, "tmpfs", "shm", "/dev/shm", "\"nosuid\",\"nodev\",\"mode=1777\"");
    put_mount(b, "mqueue", "mqueue", "/dev/mqueue", "\"nosuid\",\"noexec\",\"nodev\"");
    put_mount(b, "tmpfs", "tmpfs", "/run", "\"nosuid\",\"nodev\",\"mode=755\",\"size=20%\"");
    put_mount(b, "bind", np_str_z(a, np_str_printf(a, "%s/nephele", area)), "/run/nephele",
              RO_BIND);
    if (k->devices != NULL)
        put_mount(b, "bind", np_str_z(a, np_str_printf(a, "%s/ebs", area)), k->parts->devices_at,
                  "\"bind\",\"ro\",\"nosuid\",\"noexec\"");
    np_buf_lit(b, "]");
}

static void put_ids(const struct np_keeper *k, struct np_buf *b)
{
    if (k->isolation->mode == NP_ISOLATION_WEAK)
        return;
    static const char *const maps[] = {"uidMappings", "gidMappings"};
    /* Those of the agent's user namespace are two stretches, its user and what is subordinate, and
     * one of the guest must lie within one of them. */
    uint32_t first = k->isolation->mode == NP_ISOLATION_SHARED ? 1 : k->isolation->ids;
    NP_EACH (map, maps) {
        np_buf_printf(b, ",\"%s\":[{\"containerID\":0,\"hostID\":%u,\"size\":%u}", *map, k->base,
                      first);
        if (first < k->isolation->ids)
            np_buf_printf(b, ",{\"containerID\":%u,\"hostID\":%u,\"size\":%u}", first,
                          k->base + first, k->isolation->ids - first);
        np_buf_lit(b, "]");
    }
}

static void put_linux(const struct np_keeper *k, struct np_buf *b)
{
    static const char *const masked[] = {"/proc/acpi",
                                         "/proc/asound",
                                         "/proc/kcore",
                                         "/proc/keys",
                                         "/proc/latency_stats",
                                         "/proc/timer_list",
                                         "/proc/timer_stats",
                                         "/proc/sched_debug",
                                         "/proc/scsi",
                                         "/proc/kmsg",
                                         "/proc/kallsyms",
                                         "/proc/partitions",
                                         "/proc/config.gz",
                                         "/sys/firmware",
                                         "/sys/block",
                                         "/sys/class/block",
                                         "/sys/devices/virtual/block",
                                         "/sys/devices/virtual/powercap",
                                         "/sys/kernel",
                                         "/sys/module",
                                         "/sys/fs/ext4"};
    static const char *const fixed[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                        "/proc/sysrq-trigger"};
    static const char *const namespaces[] = {"pid", "mount", "ipc", "uts", "cgroup"};
    np_buf_lit(b, ",\"linux\":{\"namespaces\":[");
    NP_EACH (ns, namespaces)
        np_buf_printf(b, "%s{\"type\":\"%s\"}", ns == namespaces ? "" : ",", *ns);
    if (k->isolation->mode != NP_ISOLATION_WEAK)
        np_buf_lit(b, ",{\"type\":\"user\"}");
    np_buf_lit(b, "],");
    strings(b, "maskedPaths", masked, NP_LEN(masked));
    np_buf_lit(b, ",");
    strings(b, "readonlyPaths", fixed, NP_LEN(fixed));
    put_ids(k, b);
    np_seccomp_put(k, b);
    np_buf_lit(b, "}");
}

struct np_str np_bundle_text(const struct np_keeper *k, struct np_arena *a)
{
    struct np_buf b;
    np_buf_init(&b, a, 1 << 20);
    np_buf_lit(&b, "{\"ociVersion\":\"1.0.0\",");
    put_process(k, a, &b);
    text(&b, ",\"root\":{\"path\":", np_str_z(a, np_str_printf(a, "%s/root", np_keeper_area(k))));
    np_buf_lit(&b, ",\"readonly\":false}");
    text(&b, ",\"hostname\":", np_str_z(a, k->rq->Hostname));
    put_mounts(k, a, &b);
    put_linux(k, &b);
    np_buf_lit(&b, "}");
    return np_buf_str(&b);
}
