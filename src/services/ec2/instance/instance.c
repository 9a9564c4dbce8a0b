/* SPDX-License-Identifier: Apache-2.0 */
/* instance.c - an instance as others see it: its state, who it is, what it may have. */
#include "services/ec2/instance/instance.h"

#include "services/ec2/interface/eni.h"
#include "services/ec2/instance/instance_int.h"
#include "services/ec2/vpc/vpc.h"

/* --- states --- */

static const struct {
    enum ec2_state state;
    const char *name;
} states[] = {
    {EC2_PENDING, "pending"},
    {EC2_RUNNING, "running"},
    {EC2_SHUTTING_DOWN, "shutting-down"},
    {EC2_TERMINATED, "terminated"},
    {EC2_STOPPING, "stopping"},
    {EC2_STOPPED, "stopped"},
};

struct np_str ec2_state_name(enum ec2_state s)
{
    NP_EACH (x, states)
        if (x->state == s)
            return np_str_of(x->name);
    return NP_STR("");
}

enum ec2_state ec2_instance_state(const struct ec2_item *instance)
{
    return (enum ec2_state)EC2_SEEN(Instance, instance)->State->Code.v;
}

struct ec2_InstanceState *ec2_state_out(struct np_arena *a, enum ec2_state s)
{
    struct ec2_InstanceState *out = np_new(a, struct ec2_InstanceState);
    out->Code = EC2_INT(s);
    out->Name = ec2_state_name(s);
    return out;
}

void ec2_instance_set_state(struct np_arena *a, struct ec2_item *it, enum ec2_state s)
{
    EC2_DETAIL(Instance, it)->State = ec2_state_out(a, s);
}

void ec2_instance_set_reason(struct np_arena *a, struct ec2_item *it, const char *code,
                             struct np_str message)
{
    struct ec2_Instance *d = EC2_DETAIL(Instance, it);
    d->StateReason = NULL;
    if (code == NULL)
        return;
    d->StateReason = np_new(a, struct ec2_StateReason);
    d->StateReason->Code = np_str_of(code);
    d->StateReason->Message = message;
}

/* --- which --- */

bool ec2_instance_hidden(const struct np_req *rq, const struct ec2_item *it)
{
    const struct ec2_InstanceOwn *own = it->own;
    return own->Terminated.set && own->Terminated.v + EC2_INSTANCE_SHOWN_MS <= rq->now_ms;
}

int ec2_instance_see(const struct np_req *rq, struct np_str id, const struct ec2_item **out,
                     struct np_err *err)
{
    *out = ec2_see(ec2_view(rq), EC2_KIND_INSTANCE, id);
    if (*out == NULL || ec2_instance_hidden(rq, *out))
        return ec2_not_found(err, EC2_KIND_INSTANCE, id);
    return 0;
}

int ec2_instances_get(struct np_txn *t, const struct np_strs *ids, struct ec2_item ***out,
                      struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    if (ids->n > EC2_IDS_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "At most %d ids may be given in a call.",
                        EC2_IDS_MAX);
    *out = np_new_array(np_txn_arena(t), struct ec2_item *, ids->n + 1);
    for (size_t i = 0; i < ids->n; i++) {
        int rc = ec2_get(&db, EC2_KIND_INSTANCE, ids->v[i], &(*out)[i], err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int ec2_instance_alive(const struct ec2_item *it, struct np_err *err)
{
    enum ec2_state s = ec2_instance_state(it);
    if (s != EC2_TERMINATED && s != EC2_SHUTTING_DOWN)
        return 0;
    return np_fault(err, &EC2_IncorrectInstanceState,
                    "The instance '%.*s' is not in a valid state for this operation: it is %.*s.",
                    NP_FMT(it->id), NP_FMT(ec2_state_name(s)));
}

int ec2_instance_get(struct np_txn *t, struct np_str id, bool running, struct ec2_item **out,
                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = ec2_get(&db, EC2_KIND_INSTANCE, id, out, err);
    if (rc != 0)
        return rc;
    enum ec2_state s = ec2_instance_state(*out);
    if (s == EC2_RUNNING || (!running && (s == EC2_STOPPED || s == EC2_PENDING)))
        return 0;
    return np_fault(err, &EC2_IncorrectState, "Instance '%.*s' is not 'running'.", NP_FMT(id));
}

const struct ec2_item *ec2_instance_at(const struct np_core *core, struct np_str vpc,
                                       uint32_t address, const struct ec2_item **eni)
{
    const struct ec2_item *net = ec2_see_any(core, vpc);
    if (net == NULL)
        return NULL;
    const struct ec2_view *v = ec2_view_of(core, net->account, net->region);
    const struct ec2_item *found = ec2_eni_see_address(v, vpc, address);
    if (found == NULL || EC2_SEEN(NetworkInterface, found)->Attachment == NULL)
        return NULL;
    if (eni != NULL)
        *eni = found;
    struct np_str id = EC2_SEEN(NetworkInterface, found)->Attachment->InstanceId;
    return id.p != NULL ? ec2_see(v, EC2_KIND_INSTANCE, id) : NULL;
}

/* --- what it may have --- */

int64_t ec2_instance_interfaces_max(const struct ec2_item *instance)
{
    const struct ec2_type *t = ec2_type(EC2_SEEN(Instance, instance)->InstanceType);
    return t != NULL ? t->interfaces : 1;
}

int64_t ec2_instance_addresses_max(const struct ec2_item *instance)
{
    const struct ec2_type *t = ec2_type(EC2_SEEN(Instance, instance)->InstanceType);
    return t != NULL ? t->addresses : 1;
}

int ec2_instance_reboot(struct np_txn *t, struct ec2_item *instance, struct np_err *err)
{
    EC2_OWN(InstanceOwn, instance)->Boot.v++;
    return ec2_put(t, instance, err);
}
