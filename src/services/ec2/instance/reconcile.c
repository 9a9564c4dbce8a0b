/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile.c - instances as their rows want them, against what runs: tells
 * engines/compute what should be, and writes into the rows what has become of it
 * (settle.c).
 *
 * Everything here is on loop 0. A machine is what is known of one instance while it is there; at
 * most one write of it is under way. Nothing is kept but in rows: after a restart everything is
 * looked at anew, and what the engine tells again.
 */
#include "base/auto.h"
#include "base/map.h"
#include "engines/compute/compute.h"
#include "engines/vnet/vnet.h"
#include "services/ec2/interface/address.h"
#include "services/ec2/ebs/ebs.h"
#include "services/ec2/instance/instance_int.h"
#include "services/ec2/instance/reconcile_int.h"

#define SWEEP_MS (5 * 1000)

static struct ec2_machines *machines(const struct np_core *core)
{
    return np_core_state(core, "ec2.machines");
}

struct np_compute *ec2_compute(const struct np_core *core)
{
    struct ec2_machines *ms = machines(core);
    return ms != NULL ? ms->compute : NULL;
}

/* A host that never can is told at once; one whose agent is just away will have it again. */
int ec2_machines_able(const struct np_core *core, struct np_err *err)
{
    struct np_err why;
    int rc = core->vnet != NULL ? np_vnet_able(core->vnet, &why) : 0;
    if (rc != NP_ENOTSUP)
        return 0;
    return np_fault(err, &EC2_UnsupportedOperation, "This host cannot run instances: %s", why.text);
}

/* --- what the engine is told --- */

static struct np_str root_of(const struct ec2_view *v, const struct ec2_item *it,
                             struct np_arena *a)
{
    struct ec2_ebs_list disks;
    ec2_ebs_view_instance(v, it->id, a, &disks);
    for (size_t i = 0; i < disks.n; i++)
        if (np_str_eq(disks.v[i].device, EC2_SEEN(Instance, it)->RootDeviceName))
            return disks.v[i].volume;
    return NP_STR_NULL;
}

static void run(struct machine *m, const struct ec2_item *it)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct ec2_view *v = ec2_view_of(m->ms->core, it->account, it->region);
    const struct ec2_InstanceOwn *own = it->own;
    const struct ec2_Instance *d = it->detail;
    const struct ec2_type *type = ec2_type(d->InstanceType);
    struct np_str root = root_of(v, it, a);
    if (root.p == NULL) /* detached while it was stopped: it waits for one */
        return;
    struct np_instance_spec spec = {
        .id = it->id,
        .image = own->ImageFolder,
        .slot = (uint32_t)own->Slot.v,
        .boot = (uint64_t)own->Boot.v,
        .milli_cpus =
            (uint32_t)(d->CpuOptions->CoreCount.v * d->CpuOptions->ThreadsPerCore.v) * 1000,
        .memory_mib = type != NULL ? type->memory_mib : 1024,
        .hostname = ec2_private_name(a, it->region, d->PrivateIpAddress),
        .user = own->User,
        .root = root,
        .vpc = it->vpc,
    };
    np_compute_set(m->ms->compute, &spec);
}

static void tell(struct machine *m, const struct ec2_item *it)
{
    const struct ec2_InstanceOwn *own = it->own;
    struct np_compute *c = m->ms->compute;
    if (np_str_eq(own->Want, EC2_WANT_RUN))
        run(m, it);
    else if (np_str_eq(own->Want, EC2_WANT_STOP))
        np_compute_stop(c, it->id, own->Force.v);
    else
        np_compute_remove(c, it->id, own->Force.v);
}

/* --- looking --- */

struct machine *ec2_machine(struct ec2_machines *ms, struct np_str id)
{
    struct machine *m = np_map_get(ms->by_id, id);
    if (m != NULL)
        return m;
    m = np_heap_new(struct machine);
    m->ms = ms;
    np_assert(id.n < sizeof(m->id));
    memcpy(m->id, id.p, id.n);
    np_map_put(ms->by_id, id, m);
    return m;
}

/* Its row is gone, or has nothing to want any more. */
static void forget(struct machine *m)
{
    if (m->writing)
        return;
    np_map_del(m->ms->by_id, np_str_of(m->id));
    np_free(m);
}

void ec2_machine_look(struct machine *m)
{
    const struct ec2_item *it = ec2_see_any(m->ms->core, np_str_of(m->id));
    if (m->writing)
        return;
    if (it == NULL || ec2_instance_state(it) == EC2_TERMINATED) {
        forget(m);
        return;
    }
    if (!m->gone)
        tell(m, it);
    ec2_machine_settle(m, it);
}

static void changed(void *arg, const struct ec2_change *changes, size_t n)
{
    struct ec2_machines *ms = arg;
    for (size_t i = 0; i < n; i++)
        if (changes[i].kind == EC2_KIND_INSTANCE)
            ec2_machine_look(ec2_machine(ms, changes[i].id));
}

static int look_one(void *arg, const struct ec2_item *it)
{
    ec2_machine_look(ec2_machine(arg, it->id));
    return 0;
}

static void look_view(void *arg, const struct ec2_view *v)
{
    ec2_each(v, EC2_KIND_INSTANCE, look_one, arg);
}

/* --- what the engine tells --- */

static void instance_changed(void *arg, const struct np_instance_now *now)
{
    struct ec2_machines *ms = machines(arg);
    struct machine *m = np_map_get(ms->by_id, now->id);
    if (m != NULL)
        ec2_machine_look(m);
}

static void instance_gone(void *arg, struct np_str id)
{
    struct ec2_machines *ms = machines(arg);
    struct machine *m = np_map_get(ms->by_id, id);
    if (m == NULL)
        return;
    m->gone = true;
    ec2_machine_look(m);
}

/* Its links are there, with its groups' rules: the first version of its VPC that has its interface
 * is in force. Later versions do not make it wait again. One that was stopped had none meanwhile.
 */
static bool may_start(void *arg, struct np_str instance, struct np_str vpc)
{
    const struct np_core *core = arg;
    const struct np_vnet_vpc *net;
    if (core->vnet == NULL)
        return true;
    const struct np_vnet_eni *eni = np_vnet_eni_of_instance(core->vnet, instance, &net);
    return eni != NULL && np_vnet_ready(core->vnet, vpc, eni->since);
}

static void network_changed(void *arg, struct np_str vpc, int rc, const struct np_err *why)
{
    np_compute_look(((struct ec2_machines *)arg)->compute);
}

/* --- now and then: what did not start, writes that could not be made, and terminated ones, which
 * are shown for an hour --- */

struct sweeping {
    struct ec2_machines *ms;
    int64_t now_ms;
};

static int sweep_one(void *arg, const struct ec2_item *it)
{
    struct sweeping *s = arg;
    const struct ec2_InstanceOwn *own = it->own;
    enum ec2_state state = ec2_instance_state(it);
    if (own->Terminated.set && own->Terminated.v + EC2_INSTANCE_SHOWN_MS <= s->now_ms)
        ec2_machine_drop(s->ms, it);
    else if (state != EC2_TERMINATED && state != EC2_STOPPED)
        ec2_machine_look(ec2_machine(s->ms, it->id));
    return 0;
}

static void sweep_view(void *arg, const struct ec2_view *v)
{
    ec2_each(v, EC2_KIND_INSTANCE, sweep_one, arg);
}

static void sweep(struct np_timer *t)
{
    struct ec2_machines *ms = NP_CONTAINER(t, struct ec2_machines, sweep);
    struct sweeping s = {ms, np_region_ms(ms->loop)};
    ec2_each_view(ms->core, sweep_view, &s);
    np_timer_set(ms->loop, &ms->sweep, SWEEP_MS, sweep);
}

/* --- life --- */

int ec2_machines_start(struct np_core *core, struct np_err *err)
{
    struct ec2_machines *ms = np_heap_new(struct ec2_machines);
    (void)err;
    ms->core = core;
    ms->loop = np_core_loop(core, 0);
    ms->by_id = np_map_new();
    np_core_set_state(core, "ec2.machines", ms);
    const struct np_compute_opts o = {
        .loop = ms->loop,
        .jobs = core->jobs,
        .data_dir = core->config.data_dir,
        .arg = core,
        .instance_changed = instance_changed,
        .instance_gone = instance_gone,
        .volume_changed = ec2_ebs_volume_changed,
        .key = ec2_ebs_key,
        .may_start = may_start,
    };
    ms->compute = np_compute_new(&o);
    if (core->vnet != NULL)
        np_vnet_on_change(core->vnet, network_changed, ms);
    ec2_ebs_start(core, ms->compute);
    ec2_watch(core, changed, ms);
    ec2_each_view(core, look_view, ms);
    np_compute_settled(ms->compute);
    np_compute_start(ms->compute);
    np_timer_set(ms->loop, &ms->sweep, SWEEP_MS, sweep);
    return 0;
}

void ec2_machines_stop(struct np_core *core)
{
    struct ec2_machines *ms = machines(core);
    if (ms == NULL)
        return;
    np_timer_stop(&ms->sweep);
    ec2_ebs_stop(core);
    np_compute_free(ms->compute);
    np_map_free(ms->by_id, np_free);
    np_free(ms);
}
