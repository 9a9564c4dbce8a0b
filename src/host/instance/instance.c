/* SPDX-License-Identifier: Apache-2.0 */
/* instance.c - instances as the agent sees them: folders, and keepers that hold their locks. */
#include "host/instance/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "codec/codec.h"
#include "host/hosts.h"
#include "host/instance/builtin_early.h"
#include "host/instance/guest_blob.h"
#include "host/instance/keeper.h"
#include "host/instance/runtime.h"
#include "host/instance/traffic.h"
#include "io/file.h"
#include "io/net.h"

#define FOLDER     "run/instances.d"
#define SPEC_MAX   16384
#define PEM_MAX    65536
#define MIB        (UINT64_C(1) << 20)
#define PIDS_LEAST 1024
#define PREPARE_MS 3000 /* after the agent's start, which it does not slow down */
#define PIDS_MOST  16384

struct np_instances {
    struct np_lives *lives;
    const char *home, *data_dir; /* absolute */
    struct np_arena *arena;
    struct np_isolation isolation;
    struct np_cgroups cgroups;
    struct np_host host;
    struct np_instance_parts parts;
    bool guest_is_there; /* this agent has written it */
    struct np_runtime runtime;
    struct np_loop *loop;
    struct np_builtin_early early;
    struct np_timer prepare;
    struct np_watch watch; /* inotify: keepers tell */
    int inotify;
    void (*changed)(void *arg);
    void *arg;
};

int np_instances_open(struct np_str data_dir, struct np_instances **out, struct np_err *err)
{
    static const struct np_lives_opts opts = {
        .name = FOLDER, .max = NP_INSTANCES_MAX, .kill_after_ms = NP_INSTANCE_STOP_MS + 5000};
    struct np_lives *lives;
    char real[PATH_MAX];
    int rc = np_lives_open(data_dir, &opts, &lives, err);
    if (rc != 0)
        return rc;
    struct np_instances *p = np_heap_new(struct np_instances);
    *p = (struct np_instances){
        .lives = lives, .arena = np_arena_new(), .runtime = NP_RUNTIME_NONE, .inotify = -1};
    *out = p;
    if (realpath(np_str_z(p->arena, data_dir), real) == NULL)
        return np_err_errno(err, errno, "cannot find the data directory");
    p->data_dir = np_str_z(p->arena, np_str_of(real));
    p->home = np_str_z(p->arena, np_str_printf(p->arena, "%s/" FOLDER, real));
    return 0;
}

void np_instances_free(struct np_instances *p)
{
    if (p == NULL)
        return;
    np_timer_stop(&p->prepare);
    np_builtin_early_forget(&p->early);
    np_watch_del(&p->watch);
    if (p->inotify >= 0)
        close(p->inotify);
    np_runtime_close(&p->runtime);
    np_lives_free(p->lives);
    np_arena_free(p->arena);
    np_free(p);
}

/* --- what this host allows --- */

void np_instances_begin(struct np_instances *p, bool user, const struct np_instance_parts *parts)
{
    p->parts = *parts;
    np_host_read(&p->host, "", np_host_uid(), p->arena);
    np_isolation_find(user, p->data_dir, &p->isolation);
    np_cgroups_find(&p->cgroups, np_str_of(p->data_dir), user || geteuid() != 0);
}

int np_instances_able(const struct np_instances *p, struct np_err *err)
{
    if (p->isolation.mode != NP_ISOLATION_NONE)
        return 0;
    return np_err(err, NP_ENOTSUP, "instances cannot run on this host: %.*s",
                  NP_FMT(np_err_text(&p->isolation.why)));
}

static struct agent_Finding isolation_finding(const struct np_isolation *i, struct np_arena *a)
{
    static const char *const texts[] = {
        [NP_ISOLATION_NONE] = "instances cannot run here",
        [NP_ISOLATION_RANGE] =
            "each instance has a user namespace and a range of user ids of its own",
        [NP_ISOLATION_WEAK] = "isolation is weak: instances share the host's user ids, and have no "
                              "CAP_SYS_ADMIN for that",
        [NP_ISOLATION_SHARED] = "instances share one range of subordinate ids, each in a user "
                                "namespace of its own",
        [NP_ISOLATION_ONE] = "instances have one user id, root: no other users, no su, no packages "
                             "with other owners; subordinate ids mend that (usermod --add-subuids "
                             "100000-165535 --add-subgids 100000-165535 USER)",
    };
    bool fine = i->mode == NP_ISOLATION_RANGE || i->mode == NP_ISOLATION_SHARED;
    struct np_str why = np_err_text(&i->why);
    return (struct agent_Finding){
        .Name = NP_STR("instances"),
        .Fine = {true, fine},
        .Text = fine || why.n == 0 ? np_str_of(texts[i->mode])
                                   : np_str_printf(a, "%s: %.*s", texts[i->mode], NP_FMT(why)),
    };
}

size_t np_instances_doctor(const struct np_instances *p, struct np_arena *a,
                           struct agent_Finding *out)
{
    const struct np_cgroups *c = &p->cgroups;
    out[0] = isolation_finding(&p->isolation, a);
    bool all = c->version != 0 && c->cpu && c->memory && c->pids;
    out[1] = (struct agent_Finding){.Name = NP_STR("limits"), .Fine = {true, all}};
    if (all)
        out[1].Text = np_str_printf(a,
                                    "processor, memory and processes of instances are limited and "
                                    "counted by control groups of version %d",
                                    c->version);
    else
        out[1].Text = np_host_no_limits(&p->host, c, a);
    return 2;
}

/* --- an instance's files --- */

static struct agent_EnsureInstanceRequest *read_spec(int dir, struct np_arena *a)
{
    char *text = np_alloc(a, SPEC_MAX);
    NP_AUTO_FD fd = openat(dir, "spec", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, SPEC_MAX) : -1;
    struct agent_EnsureInstanceRequest *rq = np_new(a, struct agent_EnsureInstanceRequest);
    if (n <= 0 || np_cbor_get(&agent_EnsureInstanceRequest_shape, np_str_n(text, (size_t)n), a, rq,
                              NULL) != 0)
        return NULL;
    return rq;
}

static bool write_spec(int dir, const struct agent_EnsureInstanceRequest *rq)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, SPEC_MAX);
    np_cbor_put(&agent_EnsureInstanceRequest_shape, rq, &b);
    /* Not synced: after a power failure nothing runs, and whoever told it tells it again. */
    return np_buf_ok(&b) && np_life_write_file(dir, "spec", b.p, b.n, false);
}

/* "pid base ids" */
static bool read_up(int dir, struct np_instance_guest *out)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str pid, rest, base, ids;
    uint64_t v[3];
    if (!np_str_cut(np_life_read(dir, "up", a), ' ', &pid, &rest) ||
        !np_str_cut(rest, ' ', &base, &ids) || !np_str_u64(pid, &v[0]) ||
        !np_str_u64(base, &v[1]) || !np_str_u64(ids, &v[2]))
        return false;
    *out = (struct np_instance_guest){(pid_t)v[0], (uint32_t)v[1], (uint32_t)v[2]};
    return true;
}

static const char *phase(struct np_instances *p, const char *id, int dir, bool lives)
{
    if (!lives)
        return "ended";
    if (np_life_is_ending(p->lives, id) || faccessat(dir, "ending", F_OK, 0) == 0)
        return "stopping";
    return faccessat(dir, "up", F_OK, 0) == 0 ? "running" : "starting";
}

static void describe(struct np_instances *p, const char *id, int dir, struct np_arena *a,
                     struct agent_InstanceState *out)
{
    bool lives = np_life_lives(p->lives, id, dir), by_signal;
    const struct agent_EnsureInstanceRequest *rq = read_spec(dir, a);
    struct np_instance_guest g;
    int number;
    *out = (struct agent_InstanceState){
        .Id = np_str_dup(a, np_str_of(id)),
        .Phase = np_str_of(phase(p, id, dir, lives)),
        .Boot = {true, rq != NULL ? rq->Boot.v : 0},
    };
    if (lives) {
        if (read_up(dir, &g))
            out->Pid = (struct np_opt_int){true, g.pid};
        return;
    }
    out->Reason = np_life_read(dir, "reason", a);
    if (out->Reason.n == 0)
        out->Reason = NP_STR_NULL;
    if (np_life_status(dir, &by_signal, &number))
        *(by_signal ? &out->Signal : &out->ExitCode) = (struct np_opt_int){true, number};
}

bool np_instance_find(struct np_instances *p, const char *id, struct np_instance_guest *out)
{
    NP_AUTO_FD dir = np_life_open(p->lives, id);
    return dir >= 0 && np_life_pid(dir, "lock") != 0 && read_up(dir, out);
}

/* --- what instances start from --- */

static struct np_str read_ca(const struct np_instances *p, struct np_arena *a)
{
    struct np_str ca = NP_STR_NULL;
    np_file_read(a, np_str_printf(a, "%s/tls/ca.pem", p->data_dir), PEM_MAX, &ca, NULL);
    return ca;
}

static void prepare(struct np_instances *p, bool urgent)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_builtin_opts o;
    struct np_str ca = read_ca(p, a);
    if (ca.p == NULL || p->loop == NULL || np_instances_able(p, NULL) != 0)
        return;
    np_keeper_builtin(p->home, ca, &p->isolation, &o);
    np_builtin_early_start(&p->early, p->loop, &o, urgent);
}

void np_instances_prepare(struct np_instances *p)
{
    prepare(p, true);
}

static void prepare_due(struct np_timer *t)
{
    prepare(NP_CONTAINER(t, struct np_instances, prepare), false);
}

/* --- starting --- */

static int check(struct np_instances *p, const struct agent_EnsureInstanceRequest *rq,
                 char z[NP_PROCESS_ID_MAX + 1], struct np_err *err)
{
    char unused[NP_PROCESS_ID_MAX + 1];
    if (!np_life_id_ok(rq->Id, z) || !np_life_id_ok(rq->Image, unused) ||
        !np_life_id_ok(rq->Root, unused) || !np_life_id_ok(rq->User, unused))
        return np_err(err, NP_EINVAL, "no instance of that id, image, root and user can be");
    if (rq->Slot.v < 0 || rq->Slot.v >= NP_INSTANCE_SLOTS || rq->MilliCpus.v <= 0 ||
        rq->MemoryMiB.v <= 0 || rq->MemoryMiB.v > INT32_MAX || rq->MilliCpus.v > INT32_MAX)
        return np_err(err, NP_EINVAL, "no instance of that slot and size can be");
    if (rq->Hostname.n == 0 || rq->Hostname.n > 64 || memchr(rq->Hostname.p, '\0', rq->Hostname.n))
        return np_err(err, NP_EINVAL, "no host name");
    return np_instances_able(p, err);
}

static int make_guest_folder(struct np_instances *p, struct np_arena *a, struct np_str ca,
                             const char **out, struct np_err *err)
{
    struct np_str dir = np_str_printf(a, "%s/.guest", p->home);
    struct np_str program = np_str_printf(a, "%.*s/guest", NP_FMT(dir));
    struct np_str bytes = np_guest_blob();
    *out = np_str_z(a, dir);
    mode_t mask = umask(022); /* the guest's root has to reach them */
    int rc = np_dir_make(dir, 0755, err);
    /* Another one may be there, of an agent before; who runs it keeps it. */
    if (rc == 0 && !p->guest_is_there)
        rc = np_file_put(program, bytes, 0755, err);
    p->guest_is_there = p->guest_is_there || rc == 0;
    if (rc == 0 && ca.p != NULL)
        rc = np_file_put(np_str_printf(a, "%.*s/ca.pem", NP_FMT(dir)), ca, 0644, err);
    umask(mask);
    return rc;
}

static int resolve(struct np_instances *p, struct np_keeper *k, struct np_arena *a,
                   struct np_err *err)
{
    const struct agent_EnsureInstanceRequest *rq = k->rq;
    struct np_str ca = read_ca(p, a);
    struct stat st;
    int rc = make_guest_folder(p, a, ca, &k->guest, err);
    if (rc != 0)
        return rc;
    k->home = np_str_z(a, np_str_printf(a, "%s/%s", p->home, k->id));
    k->all_home = p->home;
    k->ca_pem = ca;
    if (np_str_is(rq->Image, "builtin"))
        return 0;
    k->image =
        np_str_z(a, np_str_printf(a, "%s/images/%.*s/rootfs", p->data_dir, NP_FMT(rq->Image)));
    if (stat(k->image, &st) != 0 || !S_ISDIR(st.st_mode))
        return np_err(err, NP_ENOENT, "there is no image %.*s", NP_FMT(rq->Image));
    return 0;
}

static int ask_parts(struct np_instances *p, struct np_keeper *k, struct np_arena *a,
                     struct np_err *err)
{
    const struct np_instance_parts *parts = &p->parts;
    int rc =
        parts->root_ready != NULL ? parts->root_ready(parts->arg, k->rq->Root, k->rq->Id, err) : 0;
    if (rc == 0 && parts->devices != NULL) {
        rc = parts->devices(parts->arg, k->rq->Id, a, &k->devices, err);
        rc = rc == NP_ENOTSUP ? 0 : rc;
    }
    if (rc == 0 && parts->netns != NULL) {
        k->netns = parts->netns(parts->networks, k->id, err);
        rc = k->netns < 0 ? k->netns : 0;
    }
    return rc;
}

static int fork_keeper(struct np_instances *p, struct np_keeper *k, struct np_err *err)
{
    NP_AUTO_FD lock = np_life_take(k->dir, "lock");
    if (lock < 0)
        return np_err_errno(err, errno, "cannot lock the folder of %s", k->id);
    k->lock = lock;
    pid_t pid = np_keeper_fork();
    if (pid == 0)
        np_keeper_main(k);
    if (pid < 0)
        return np_err_errno(err, errno, "cannot start %s", k->id);
    np_life_write(lock, pid);
    return 0;
}

static int start(struct np_instances *p, const struct agent_EnsureInstanceRequest *rq,
                 const char *id, struct np_arena *a, struct np_err *err)
{
    static const char *const old[] = {"up", "reason", "ending", "console", "control"};
    uint64_t pids = (uint64_t)rq->MemoryMiB.v * 2;
    struct np_cgroup_limits limits = {
        .milli_cpus = (uint64_t)rq->MilliCpus.v,
        .memory_bytes = (uint64_t)rq->MemoryMiB.v * MIB,
        .pids = pids < PIDS_LEAST  ? PIDS_LEAST
                : pids > PIDS_MOST ? PIDS_MOST
                                   : pids,
    };
    NP_AUTO_FD dir = -1;
    struct np_keeper k = {.rq = rq,
                          .arena = a,
                          .all = np_lives_dir(p->lives),
                          .data_dir = p->data_dir,
                          .netns = -1,
                          .runtime = np_runtime_fd(&p->runtime, p->isolation.runtime),
                          .isolation = &p->isolation,
                          .cgroups = &p->cgroups,
                          .parts = &p->parts,
                          .base = np_isolation_base(&p->isolation, (uint32_t)rq->Slot.v)};
    snprintf(k.id, sizeof(k.id), "%s", id);
    np_life_settle(p->lives, id);
    int rc = resolve(p, &k, a, err);
    if (rc == 0)
        rc = ask_parts(p, &k, a, err);
    if (rc == 0)
        rc = np_cgroup_make(&p->cgroups, id, &limits, err);
    /* Not before: what is not ready yet has not been started, and does not count as ended. */
    if (rc == 0)
        rc = np_life_make(p->lives, id, &dir, err);
    k.dir = dir;
    if (rc == 0)
        NP_EACH (name, old)
            unlinkat(dir, *name, 0);
    if (rc == 0 && !write_spec(dir, rq))
        rc = np_err_errno(err, errno, "cannot write what %s is", id);
    if (rc == 0)
        rc = fork_keeper(p, &k, err);
    if (k.netns >= 0)
        close(k.netns);
    if (rc == 0)
        np_life_watch(p->lives, id, dir);
    else
        np_cgroup_remove(&p->cgroups, id);
    return rc;
}

/* Of this boot it has ended, and not because it could not start. */
static bool stays_ended(int dir, const struct agent_EnsureInstanceRequest *rq, struct np_arena *a)
{
    const struct agent_EnsureInstanceRequest *last = read_spec(dir, a);
    return last != NULL && last->Boot.v == rq->Boot.v &&
           (faccessat(dir, "status", F_OK, 0) == 0 || faccessat(dir, "up", F_OK, 0) == 0);
}

static void mark_ending(int dir)
{
    np_life_write_file(dir, "ending", "", 0, false);
}

int np_instance_ensure(struct np_instances *p, const struct agent_EnsureInstanceRequest *rq,
                       struct np_arena *a, struct agent_InstanceState *out, struct np_err *err)
{
    char z[NP_PROCESS_ID_MAX + 1];
    int rc = check(p, rq, z, err);
    if (rc != 0)
        return rc;
    NP_AUTO_FD dir = np_life_open(p->lives, z);
    if (dir >= 0 && np_life_lives(p->lives, z, dir)) {
        describe(p, z, dir, a, out);
        if (out->Boot.v == rq->Boot.v)
            return 0;
        mark_ending(dir);
        np_life_end(p->lives, z, dir, false);
        out->Phase = NP_STR("stopping");
        return 0;
    }
    if (dir < 0 || !stays_ended(dir, rq, a))
        rc = start(p, rq, z, a, err);
    if (rc != 0)
        return rc;
    NP_AUTO_FD now = np_life_open(p->lives, z);
    describe(p, z, now, a, out);
    return 0;
}

/* --- stopping --- */

int np_instance_stop(struct np_instances *p, struct np_str id, bool force, struct np_arena *a,
                     struct agent_InstanceState *out, struct np_err *err)
{
    char z[NP_PROCESS_ID_MAX + 1];
    if (!np_life_id_ok(id, z))
        return np_err(err, NP_EINVAL, "no instance has that id");
    NP_AUTO_FD dir = np_life_open(p->lives, z);
    if (dir < 0)
        return np_err(err, NP_ENOENT, "no instance has the id %s", z);
    if (np_life_lives(p->lives, z, dir)) {
        mark_ending(dir);
        np_life_end(p->lives, z, dir, force);
    }
    describe(p, z, dir, a, out);
    return 0;
}

int np_instance_remove(struct np_instances *p, struct np_str id, struct np_err *err)
{
    char z[NP_PROCESS_ID_MAX + 1];
    if (!np_life_id_ok(id, z))
        return np_err(err, NP_EINVAL, "no instance has that id");
    NP_AUTO_FD dir = np_life_open(p->lives, z);
    if (dir < 0)
        return 0;
    if (np_life_lives(p->lives, z, dir)) {
        mark_ending(dir);
        np_life_end(p->lives, z, dir, true);
        return np_err(err, NP_EBUSY, "%s still runs", z);
    }
    np_life_settle(p->lives, z);
    np_cgroup_remove(&p->cgroups, z);
    np_life_remove(p->lives, z);
    return 0;
}

/* --- doors --- */

int np_instance_open(struct np_instances *p, struct np_str id, struct np_str door, int *fd,
                     struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    char z[NP_PROCESS_ID_MAX + 1];
    if (!np_life_id_ok(id, z))
        return np_err(err, NP_EINVAL, "no instance has that id");
    NP_AUTO_FD dir = np_life_open(p->lives, z);
    if (dir < 0)
        return np_err(err, NP_ENOENT, "no instance has the id %s", z);
    if (np_str_is(door, "console")) {
        *fd = openat(dir, "console", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        return *fd >= 0 ? 0 : np_err(err, NP_ENOENT, "%s has no console yet", z);
    }
    if (np_life_pid(dir, "lock") == 0)
        return np_err(err, NP_ENOENT, "%s does not run", z);
    return np_dial_unix(np_str_printf(a, "%s/%s/control", p->home, z), fd, err);
}

/* --- all of them --- */

struct listing {
    struct np_instances *p;
    struct np_arena *a;
    struct agent_InstanceStateList *out;
    bool usage;
};

static void list_one(void *arg, const char *id, int dir)
{
    struct listing *l = arg;
    if (l->out->n >= NP_INSTANCES_MAX)
        return;
    struct agent_InstanceState *one = &l->out->v[l->out->n++];
    describe(l->p, id, dir, l->a, one);
    if (!l->usage || np_str_is(one->Phase, "ended"))
        return;
    np_cgroup_usage(&l->p->cgroups, id, one);
    if (one->Pid.set)
        np_traffic_add((pid_t)one->Pid.v, one);
}

int np_instances_list(struct np_instances *p, bool usage, struct np_arena *a,
                      struct agent_InstanceStateList *out, struct np_err *err)
{
    *out = (struct agent_InstanceStateList){
        .v = np_new_array(a, struct agent_InstanceState, NP_INSTANCES_MAX), .set = true};
    return np_lives_each(p->lives, list_one, &(struct listing){p, a, out, usage}, err);
}

size_t np_instances_stop_all(struct np_instances *p)
{
    size_t n = np_lives_end_all(p->lives);
    if (n == 0)
        np_cgroups_end(&p->cgroups);
    return n;
}

pid_t np_instances_any(struct np_instances *p, char id[64])
{
    return np_lives_any(p->lives, id);
}

bool np_instance_runs(struct np_instances *p, const char *id, pid_t keeper)
{
    return np_life_is(p->lives, id, keeper);
}

/* --- what changes --- */

static void on_told(struct np_watch *w, unsigned events)
{
    struct np_instances *p = NP_CONTAINER(w, struct np_instances, watch);
    char text[4096];
    bool any = false;
    while (read(p->inotify, text, sizeof(text)) > 0)
        any = true;
    if (any && p->changed != NULL)
        p->changed(p->arg);
}

static void on_end(void *arg, const char *id)
{
    struct np_instances *p = arg;
    np_cgroup_remove(&p->cgroups, id);
    if (p->parts.gone != NULL)
        p->parts.gone(p->parts.arg, np_str_of(id));
    if (p->changed != NULL)
        p->changed(p->arg);
}

static bool lives(void *arg, const char *id)
{
    struct np_instances *p = arg;
    NP_AUTO_FD dir = np_life_open(p->lives, id);
    return dir >= 0 && np_life_lives(p->lives, id, dir);
}

void np_instances_watch(struct np_instances *p, struct np_loop *l, void (*changed)(void *arg),
                        void *arg)
{
    p->loop = l;
    p->changed = changed;
    p->arg = arg;
    p->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (p->inotify < 0 || inotify_add_watch(p->inotify, p->home, IN_MOVED_TO) < 0 ||
        np_watch_add(l, &p->watch, p->inotify, NP_READABLE, on_told, NULL) != 0)
        np_log(NP_WARN, "agent.instances_unwatched", "errno=%d", errno);
    np_timer_set(l, &p->prepare, PREPARE_MS, prepare_due);
    np_lives_watch(p->lives, l, on_end, p);
    np_cgroups_sweep(&p->cgroups, lives, p);
}
