/* SPDX-License-Identifier: Apache-2.0 */
/* driver_agent.c - guests in namespaces, by the host's agent: its verbs, and the words of init
 * (guest/control.h). */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/compute/driver.h"
#include "guest/control.h"
#include "host/client.h"
#include "io/file.h"

#define KEY_BYTES 64

struct driver {
    struct np_agent_client *client;
    struct np_driver_events e;
    void *arg;
    bool ending; /* nobody is told any more */
};

/* --- life --- */

static void ready(void *arg, const struct agent_HelloReply *hello)
{
    struct driver *d = arg;
    d->e.ready(d->arg, hello->NoInstances);
}

static void changed(void *arg)
{
    struct driver *d = arg;
    d->e.changed(d->arg);
}

static void *make(const struct np_compute_opts *o, const struct np_driver_events *e, void *arg)
{
    static const struct np_agent_client_handlers handlers = {.ready = ready, .changed = changed};
    struct driver *d = np_heap_new(struct driver);
    d->e = *e;
    d->arg = arg;
    d->client = np_agent_client_new(o->loop, o->data_dir, &handlers, d);
    return d;
}

static void free_driver(void *p)
{
    struct driver *d = p;
    d->ending = true;
    np_agent_client_free(d->client);
    np_free(d);
}

static bool is_ready(const void *p)
{
    const struct driver *d = p;
    return np_agent_client_ready(d->client);
}

/* --- calls --- */

/* What waits for a reply: whose callback it is. */
struct waiting {
    const struct driver *d;
    union {
        np_driver_done_fn *done;
        np_driver_machines_fn *machines;
        np_driver_disks_fn *disks;
        np_compute_opened_fn *opened;
    } fn;
    void *x;
};

static struct waiting *waits(const struct driver *d, void *x)
{
    struct waiting *w = np_heap_new(struct waiting);
    w->d = d;
    w->x = x;
    return w;
}

static int asked(struct waiting *w, int rc)
{
    if (rc != 0)
        np_free(w);
    return rc;
}

static void done(void *arg, int rc, const void *value, const struct np_err *err)
{
    struct waiting *w = arg;
    if (!w->d->ending)
        w->fn.done(w->x, rc, err);
    np_free(w);
}

static int call(void *p, enum np_agent_verb verb, const void *in, np_driver_done_fn *fn, void *x)
{
    struct driver *d = p;
    struct waiting *w = waits(d, x);
    w->fn.done = fn;
    return asked(w, np_agent_call(d->client, verb, in, done, w));
}

static void done_fds(void *arg, int rc, const void *value, int *fds, size_t n,
                     const struct np_err *err)
{
    done(arg, rc, value, err);
}

/* A sealed file in memory that nobody can write to any more; -1: none could be made. */
static int key_file(const uint8_t *key)
{
    NP_AUTO_FD fd = memfd_create("key", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || np_write_all(fd, key, KEY_BYTES, NULL) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return -1;
    return np_fd_take(&fd);
}

static int call_with_key(void *p, enum np_agent_verb verb, const void *in, const uint8_t *key,
                         np_driver_done_fn *fn, void *x)
{
    struct driver *d = p;
    if (key == NULL)
        return call(p, verb, in, fn, x);
    NP_AUTO_FD fd = key_file(key);
    if (fd < 0)
        return NP_EAGAIN;
    struct waiting *w = waits(d, x);
    w->fn.done = fn;
    return asked(w, np_agent_call_with(d->client, verb, in, fd, done_fds, w));
}

/* --- instances --- */

static int64_t counter(struct np_opt_int v)
{
    return v.set ? v.v : -1;
}

static int phase_of(struct np_str s)
{
    static const char *const names[] = {[NP_MACHINE_STARTING] = "starting",
                                        [NP_MACHINE_RUNNING] = "running",
                                        [NP_MACHINE_STOPPING] = "stopping",
                                        [NP_MACHINE_ENDED] = "ended"};
    for (size_t i = 0; i < NP_LEN(names); i++)
        if (np_str_eq(s, np_str_of(names[i])))
            return (int)i;
    return NP_MACHINE_ENDED;
}

static struct np_driver_machine machine_of(const struct agent_InstanceState *s)
{
    return (struct np_driver_machine){
        .id = s->Id,
        .phase = phase_of(s->Phase),
        .boot = (uint64_t)s->Boot.v,
        .exit_code = s->ExitCode.set ? (int)s->ExitCode.v : -1,
        .signal = s->Signal.set ? (int)s->Signal.v : -1,
        .reason = s->Reason.p != NULL ? s->Reason : NP_STR(""),
        .usage = {counter(s->CpuNs), counter(s->MemoryBytes), counter(s->OomKills),
                  counter(s->RxBytes), counter(s->TxBytes), counter(s->RxPackets),
                  counter(s->TxPackets), counter(s->ReadBytes), counter(s->WriteBytes),
                  counter(s->ReadOps), counter(s->WriteOps)}};
}

static int by_machine(const void *a, const void *b)
{
    return np_str_cmp(((const struct np_driver_machine *)a)->id,
                      ((const struct np_driver_machine *)b)->id);
}

static void listed(void *arg, int rc, const void *value, const struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct waiting *w = arg;
    const struct agent_ListInstancesReply *r = value;
    size_t n = rc == 0 ? r->Instances.n : 0;
    struct np_driver_machine *v = np_new_array(a, struct np_driver_machine, n + 1);
    for (size_t i = 0; i < n; i++)
        v[i] = machine_of(&r->Instances.v[i]);
    qsort(v, n, sizeof(*v), by_machine);
    if (!w->d->ending)
        w->fn.machines(w->x, rc, v, n, err);
    np_free(w);
}

static int list(void *p, bool usage, np_driver_machines_fn *fn, void *x)
{
    struct driver *d = p;
    struct agent_ListInstancesRequest in = {.Usage = {true, usage}};
    struct waiting *w = waits(d, x);
    w->fn.machines = fn;
    return asked(w, np_agent_call(d->client, NP_AGENT_LIST_INSTANCES, &in, listed, w));
}

static int ensure(void *p, const struct np_instance_spec *s, const struct np_driver_disk *disks,
                  size_t n_disks, np_driver_done_fn *fn, void *x)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct agent_VolumeOn *on = np_new_array(a, struct agent_VolumeOn, n_disks + 1);
    for (size_t i = 0; i < n_disks; i++)
        on[i] = (struct agent_VolumeOn){.Volume = disks[i].volume, .Device = disks[i].device};
    struct agent_EnsureInstanceRequest in = {.Id = s->id,
                                             .Image = s->image,
                                             .Slot = {true, s->slot},
                                             .Boot = {true, (int64_t)s->boot},
                                             .MilliCpus = {true, s->milli_cpus},
                                             .MemoryMiB = {true, s->memory_mib},
                                             .Hostname = s->hostname,
                                             .User = s->user,
                                             .Root = s->root,
                                             .Volumes = {.v = on, .n = n_disks, .set = true}};
    return call(p, NP_AGENT_ENSURE_INSTANCE, &in, fn, x);
}

static int stop(void *p, struct np_str id, bool force, np_driver_done_fn *fn, void *x)
{
    struct agent_StopInstanceRequest in = {.Id = id, .Force = {true, force}};
    return call(p, NP_AGENT_STOP_INSTANCE, &in, fn, x);
}

static int remove_instance(void *p, struct np_str id, np_driver_done_fn *fn, void *x)
{
    return call(p, NP_AGENT_REMOVE_INSTANCE, &(struct agent_RemoveInstanceRequest){.Id = id}, fn,
                x);
}

static void opened(void *arg, int rc, const void *value, int *fds, size_t n,
                   const struct np_err *err)
{
    struct waiting *w = arg;
    struct np_err none;
    int fd = -1;
    if (rc == 0 && n > 0) {
        fd = fds[0];
        fds[0] = -1;
    } else if (rc == 0) {
        rc = np_err(&none, NP_EPROTO, "the agent has opened nothing");
        err = &none;
    }
    if (!w->d->ending)
        w->fn.opened(w->x, rc, fd, err);
    np_free(w);
}

static int open_door(void *p, struct np_str id, enum np_instance_door door,
                     np_compute_opened_fn *fn, void *x)
{
    struct driver *d = p;
    struct agent_OpenInstanceRequest in = {
        .Id = id, .Door = door == NP_DOOR_CONSOLE ? NP_STR("console") : NP_STR("control")};
    struct waiting *w = waits(d, x);
    w->fn.opened = fn;
    return asked(w, np_agent_call_with(d->client, NP_AGENT_OPEN_INSTANCE, &in, -1, opened, w));
}

/* --- init's words --- */

static int ping(int fd)
{
    struct np_guest_head h = {.version = NP_GUEST_VERSION, .type = NP_GUEST_STATUS};
    return send(fd, &h, sizeof(h), MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(h) ? 0 : NP_EIO;
}

static enum np_user_data user_data_of(struct np_str word)
{
    static const struct {
        const char *word;
        enum np_user_data is;
    } words[] = {{"none", NP_USER_DATA_NONE},
                 {"running", NP_USER_DATA_RUNNING},
                 {"ok", NP_USER_DATA_DONE},
                 {"failed", NP_USER_DATA_FAILED}};
    NP_EACH (w, words)
        if (np_str_eq(word, np_str_of(w->word)))
            return w->is;
    return NP_USER_DATA_UNKNOWN;
}

static int pong(struct np_str packet, struct np_driver_pong *out)
{
    struct np_guest_head h;
    struct np_str line, key, value;
    int64_t code;
    if (packet.n < sizeof(h))
        return NP_EPROTO;
    memcpy(&h, packet.p, sizeof(h));
    if (h.version != NP_GUEST_VERSION || h.type != NP_GUEST_STATUS)
        return NP_EPROTO;
    struct np_str rest = np_str_sub(packet, sizeof(h), packet.n);
    while (np_str_split(&rest, '\n', &line)) {
        if (!np_str_cut(line, '=', &key, &value))
            continue;
        if (np_str_is(key, "userdata"))
            out->user_data = user_data_of(value);
        else if (np_str_is(key, "exit") && np_str_i64(value, &code) && code >= 0 && code < 256)
            out->user_data_code = (int)code;
    }
    return 0;
}

/* --- volumes --- */

static struct np_volume_now disk_of(const struct agent_VolumeState *s)
{
    enum np_volume_phase phase = np_str_is(s->Phase, "ready")    ? NP_VOLUME_READY
                                 : np_str_is(s->Phase, "making") ? NP_VOLUME_MAKING
                                                                 : NP_VOLUME_FAILED;
    return (struct np_volume_now){.id = s->Id,
                                  .snapshot = s->Snapshot.v,
                                  .phase = phase,
                                  .size_mib = s->SizeMiB.set ? (uint32_t)s->SizeMiB.v : 0,
                                  .used_bytes = s->UsedBytes.set ? (uint64_t)s->UsedBytes.v : 0,
                                  .instance = s->Instance.p != NULL ? s->Instance : NP_STR(""),
                                  .device = s->Device.p != NULL ? s->Device : NP_STR(""),
                                  .reason = s->Reason.p != NULL ? s->Reason : NP_STR("")};
}

static int by_disk(const void *a, const void *b)
{
    return np_str_cmp(((const struct np_volume_now *)a)->id, ((const struct np_volume_now *)b)->id);
}

static void disks_listed(void *arg, int rc, const void *value, const struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct waiting *w = arg;
    const struct agent_ListVolumesReply *r = value;
    size_t n = rc == 0 ? r->Volumes.n : 0;
    struct np_volume_now *v = np_new_array(a, struct np_volume_now, n + 1);
    for (size_t i = 0; i < n; i++)
        v[i] = disk_of(&r->Volumes.v[i]);
    qsort(v, n, sizeof(*v), by_disk);
    if (!w->d->ending)
        w->fn.disks(w->x, rc, v, n, err);
    np_free(w);
}

static int disks(void *p, np_driver_disks_fn *fn, void *x)
{
    static const struct agent_ListVolumesRequest all;
    struct driver *d = p;
    struct waiting *w = waits(d, x);
    w->fn.disks = fn;
    return asked(w, np_agent_call(d->client, NP_AGENT_LIST_VOLUMES, &all, disks_listed, w));
}

static struct np_str named(struct np_str id)
{
    return id.n > 0 ? id : NP_STR_NULL;
}

static int disk_ensure(void *p, const struct np_volume_spec *s, const uint8_t *key,
                       np_driver_done_fn *fn, void *x)
{
    struct agent_EnsureVolumeRequest in = {.Id = s->id,
                                           .SizeMiB = {true, s->size_mib},
                                           .Snapshot = named(s->snapshot),
                                           .Image = named(s->image),
                                           .Encrypted = {true, s->encrypted}};
    return call_with_key(p, NP_AGENT_ENSURE_VOLUME, &in, key, fn, x);
}

static int disk_remove(void *p, struct np_str id, np_driver_done_fn *fn, void *x)
{
    return call(p, NP_AGENT_REMOVE_VOLUME, &(struct agent_RemoveVolumeRequest){.Id = id}, fn, x);
}

static int disk_attach(void *p, struct np_str id, struct np_str instance, struct np_str device,
                       const uint8_t *key, np_driver_done_fn *fn, void *x)
{
    struct agent_AttachVolumeRequest in = {
        .Volume = id, .Instance = instance, .Device = device, .Encrypted = {true, key != NULL}};
    return call_with_key(p, NP_AGENT_ATTACH_VOLUME, &in, key, fn, x);
}

static int disk_detach(void *p, struct np_str id, bool force, np_driver_done_fn *fn, void *x)
{
    struct agent_DetachVolumeRequest in = {.Volume = id, .Force = {true, force}};
    return call(p, NP_AGENT_DETACH_VOLUME, &in, fn, x);
}

static int snapshot_ensure(void *p, struct np_str id, struct np_str of, const uint8_t *key,
                           np_driver_done_fn *fn, void *x)
{
    struct agent_EnsureSnapshotRequest in = {.Id = id, .Of = of};
    return call_with_key(p, NP_AGENT_ENSURE_SNAPSHOT, &in, key, fn, x);
}

static int snapshot_remove(void *p, struct np_str id, np_driver_done_fn *fn, void *x)
{
    return call(p, NP_AGENT_REMOVE_SNAPSHOT, &(struct agent_RemoveSnapshotRequest){.Id = id}, fn,
                x);
}

const struct np_compute_driver np_compute_agent = {
    .name = "agent",
    .make = make,
    .free = free_driver,
    .ready = is_ready,
    .list = list,
    .ensure = ensure,
    .stop = stop,
    .remove = remove_instance,
    .open = open_door,
    .ping = ping,
    .pong = pong,
    .disks = disks,
    .disk_ensure = disk_ensure,
    .disk_remove = disk_remove,
    .disk_attach = disk_attach,
    .disk_detach = disk_detach,
    .snapshot_ensure = snapshot_ensure,
    .snapshot_remove = snapshot_remove,
};
