/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - Start, Stop, Reboot and TerminateInstances, and monitoring: what is wanted is
 * written here; the reconciler makes it so. A call changes all of its instances or none. */
#include "base/timefmt.h"
#include "services/ec2/interface/address.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/instance/instance_int.h"

#define USER_SHUTDOWN "Client.UserInitiatedShutdown"

struct changing {
    struct np_txn *t;
    struct ec2_InstanceStateChangeList *out;
};

static int wrong_state(struct np_err *err, struct np_str id, const char *done)
{
    return np_fault(err, &EC2_IncorrectInstanceState,
                    "The instance '%.*s' is not in a state from which it can be %s.", NP_FMT(id),
                    done);
}

static int kept(struct np_err *err, struct np_str id, const char *done, const char *attribute)
{
    return np_fault(err, &EC2_OperationNotPermitted,
                    "The instance '%.*s' may not be %s. Modify its '%s' instance attribute and try "
                    "again.",
                    NP_FMT(id), done, attribute);
}

static void by_user(struct np_txn *t, struct ec2_item *it)
{
    struct np_arena *a = np_txn_arena(t);
    char when[NP_TIME_MAX];
    np_time_iso(when, np_txn_now_ms(t), false);
    EC2_DETAIL(Instance, it)->StateTransitionReason =
        np_str_printf(a, "User initiated (%.10s %.8s GMT)", when, when + 11);
    ec2_instance_set_reason(a, it, USER_SHUTDOWN,
                            NP_STR(USER_SHUTDOWN ": User initiated shutdown"));
}

typedef int change_fn(struct np_txn *t, struct ec2_item *it, bool force, struct np_err *err);

static int change_all(struct np_txn *t, const struct np_strs *ids, bool force, change_fn *change,
                      struct ec2_InstanceStateChangeList *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item **items;
    int rc = ec2_instances_get(t, ids, &items, err);
    *out = (struct ec2_InstanceStateChangeList){
        np_new_array(a, struct ec2_InstanceStateChange, ids->n + 1), 0, true};
    for (size_t i = 0; rc == 0 && i < ids->n; i++) {
        enum ec2_state before = ec2_instance_state(items[i]);
        rc = change(t, items[i], force, err);
        out->v[out->n++] = (struct ec2_InstanceStateChange){
            .InstanceId = items[i]->id,
            .CurrentState = ec2_state_out(a, ec2_instance_state(items[i])),
            .PreviousState = ec2_state_out(a, before),
        };
    }
    return rc;
}

/* --- start --- */

static int public_again(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **enis;
    size_t n;
    if (!EC2_OWN(InstanceOwn, it)->PublicAddress.v)
        return 0;
    EC2_OWN(InstanceOwn, it)->PublicAddress = EC2_BOOL(false);
    int rc = ec2_eni_of_instance(&db, it->id, &enis, &n, err);
    if (rc != 0 || n == 0 || EC2_DETAIL(NetworkInterface, enis[0])->Association != NULL)
        return rc;
    rc = ec2_public_give(t, enis[0], err);
    return rc != 0 ? rc : ec2_put(t, enis[0], err);
}

static int start(struct np_txn *t, struct ec2_item *it, bool force, struct np_err *err)
{
    struct ec2_Instance *d = it->detail;
    struct ec2_InstanceOwn *own = it->own;
    enum ec2_state s = ec2_instance_state(it);
    if (s == EC2_RUNNING || s == EC2_PENDING)
        return 0;
    if (s != EC2_STOPPED)
        return wrong_state(err, it->id, "started");
    own->Want = EC2_WANT_RUN;
    own->Force = EC2_BOOL(false);
    own->Boot.v++;
    d->LaunchTime = EC2_INT(np_txn_now_ms(t));
    d->StateTransitionReason = NP_STR("");
    ec2_instance_set_state(np_txn_arena(t), it, EC2_PENDING);
    ec2_instance_set_reason(np_txn_arena(t), it, "pending", NP_STR("pending"));
    int rc = public_again(t, it, err);
    return rc != 0 ? rc : ec2_put(t, it, err);
}

int ec2_StartInstances_begin(struct np_req *rq, const struct ec2_StartInstancesRequest *in,
                             struct np_err *err)
{
    int rc = ec2_machines_able(rq->core, err);
    return rc != 0 ? rc : np_apply(rq);
}

int ec2_StartInstances_apply(struct np_txn *t, const struct ec2_StartInstancesRequest *in,
                             struct ec2_StartInstancesResult *out, struct np_err *err)
{
    return change_all(t, &in->InstanceIds, false, start, &out->StartingInstances, err);
}

/* --- stop --- */

static int stop(struct np_txn *t, struct ec2_item *it, bool force, struct np_err *err)
{
    struct ec2_InstanceOwn *own = it->own;
    enum ec2_state s = ec2_instance_state(it);
    if (s == EC2_STOPPED || (s == EC2_STOPPING && !force))
        return 0;
    if (s != EC2_RUNNING && s != EC2_STOPPING)
        return wrong_state(err, it->id, "stopped");
    if (own->DisableApiStop.v)
        return kept(err, it->id, "stopped", "disableApiStop");
    own->Want = EC2_WANT_STOP;
    own->Force = EC2_BOOL(force);
    ec2_instance_set_state(np_txn_arena(t), it, EC2_STOPPING);
    by_user(t, it);
    return ec2_put(t, it, err);
}

int ec2_StopInstances_apply(struct np_txn *t, const struct ec2_StopInstancesRequest *in,
                            struct ec2_StopInstancesResult *out, struct np_err *err)
{
    return change_all(t, &in->InstanceIds, in->Force.v || in->SkipOsShutdown.v, stop,
                      &out->StoppingInstances, err);
}

/* --- terminate --- */

static int terminate(struct np_txn *t, struct ec2_item *it, bool force, struct np_err *err)
{
    struct ec2_InstanceOwn *own = it->own;
    enum ec2_state s = ec2_instance_state(it);
    if (s == EC2_TERMINATED || (s == EC2_SHUTTING_DOWN && !force))
        return 0;
    if (own->DisableApiTermination.v)
        return kept(err, it->id, "terminated", "disableApiTermination");
    if (own->DisableApiStop.v)
        return kept(err, it->id, "terminated", "disableApiStop");
    own->Want = EC2_WANT_TERMINATE;
    own->Force = EC2_BOOL(force);
    ec2_instance_set_state(np_txn_arena(t), it, EC2_SHUTTING_DOWN);
    by_user(t, it);
    return ec2_put(t, it, err);
}

int ec2_TerminateInstances_apply(struct np_txn *t, const struct ec2_TerminateInstancesRequest *in,
                                 struct ec2_TerminateInstancesResult *out, struct np_err *err)
{
    return change_all(t, &in->InstanceIds, in->Force.v || in->SkipOsShutdown.v, terminate,
                      &out->TerminatingInstances, err);
}

/* --- reboot --- */

int ec2_RebootInstances_apply(struct np_txn *t, const struct ec2_RebootInstancesRequest *in,
                              struct ec2_RebootInstancesOutput *out, struct np_err *err)
{
    struct ec2_item **items;
    const struct np_strs *ids = &in->InstanceIds;
    int rc = ec2_instances_get(t, ids, &items, err);
    for (size_t i = 0; rc == 0 && i < ids->n; i++)
        rc = ec2_instance_state(items[i]) == EC2_RUNNING
                 ? ec2_instance_reboot(t, items[i], err)
                 : wrong_state(err, items[i]->id, "rebooted");
    return rc;
}

/* --- monitoring --- */

static int monitor(struct np_txn *t, const struct np_strs *ids, bool on,
                   struct ec2_InstanceMonitoringList *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item **items;
    int rc = ec2_instances_get(t, ids, &items, err);
    *out = (struct ec2_InstanceMonitoringList){
        np_new_array(a, struct ec2_InstanceMonitoring, ids->n + 1), 0, true};
    for (size_t i = 0; rc == 0 && i < ids->n; i++) {
        struct ec2_Monitoring *m = np_new(a, struct ec2_Monitoring);
        m->State = on ? NP_STR("enabled") : NP_STR("disabled");
        EC2_DETAIL(Instance, items[i])->Monitoring = m;
        rc = ec2_instance_alive(items[i], err);
        if (rc == 0)
            rc = ec2_put(t, items[i], err);
        out->v[out->n++] = (struct ec2_InstanceMonitoring){items[i]->id, m};
    }
    return rc;
}

int ec2_MonitorInstances_apply(struct np_txn *t, const struct ec2_MonitorInstancesRequest *in,
                               struct ec2_MonitorInstancesResult *out, struct np_err *err)
{
    return monitor(t, &in->InstanceIds, true, &out->InstanceMonitorings, err);
}

int ec2_UnmonitorInstances_apply(struct np_txn *t, const struct ec2_UnmonitorInstancesRequest *in,
                                 struct ec2_UnmonitorInstancesResult *out, struct np_err *err)
{
    return monitor(t, &in->InstanceIds, false, &out->InstanceMonitorings, err);
}
