/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - RunInstances: what it asks for is checked in begin, made in apply (run_make.c), and told
 * as Describe tells it in reply. The reconciler does the rest. */
#include "base/enc.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/launch/run_int.h"
#include "services/ec2/vpc/vpc.h"

/* --- checks --- */

static int counts_ok(struct ec2_run *r, const struct ec2_RunInstancesRequest *in,
                     struct np_err *err)
{
    if (in->MinCount.v < 1 || in->MaxCount.v < in->MinCount.v)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%lld) for parameter minCount is invalid. It must be at least 1 and "
                        "at most maxCount (%lld).",
                        (long long)in->MinCount.v, (long long)in->MaxCount.v);
    if (in->MinCount.v > EC2_LAUNCH_MAX)
        return np_fault(err, &EC2_InstanceLimitExceeded,
                        "You have requested more instances (%lld) than the %d that one call may "
                        "launch.",
                        (long long)in->MinCount.v, EC2_LAUNCH_MAX);
    r->count = (size_t)(in->MaxCount.v < EC2_LAUNCH_MAX ? in->MaxCount.v : EC2_LAUNCH_MAX);
    return 0;
}

static bool listed(const char *numbers, int64_t v)
{
    struct np_str rest = np_str_of(numbers), one;
    int64_t x;
    while (rest.n != 0 && np_str_split(&rest, ' ', &one))
        if (np_str_i64(one, &x) && x == v)
            return true;
    return false;
}

static int cpus_ok(struct ec2_run *r, struct np_err *err)
{
    const struct ec2_CpuOptionsRequest *c = r->in->CpuOptions;
    r->cores = r->type->cores;
    r->threads = r->type->threads;
    if (c == NULL || (!c->CoreCount.set && !c->ThreadsPerCore.set))
        return 0;
    r->cores = c->CoreCount.set ? c->CoreCount.v : r->cores;
    r->threads = c->ThreadsPerCore.set ? c->ThreadsPerCore.v : r->threads;
    if (listed(r->type->valid_cores, r->cores) && listed(r->type->valid_threads, r->threads))
        return 0;
    return np_fault(err, &EC2_InvalidParameterCombination,
                    "The specified CpuOptions (%lld cores, %lld threads a core) are not valid for "
                    "%s.",
                    (long long)r->cores, (long long)r->threads, r->type->name);
}

static int type_ok(struct ec2_run *r, struct np_err *err)
{
    struct np_str name = r->in->InstanceType, arch = r->image.detail->Architecture;
    if (name.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter InstanceType");
    r->type = ec2_type(name);
    if (r->type == NULL)
        return np_fault(err, &EC2_InvalidParameterValue, "Invalid value '%.*s' for InstanceType.",
                        NP_FMT(name));
    struct np_str own = ec2_type_architecture(r->type);
    if (!np_str_eq(own, arch))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The architecture '%.*s' of the specified instance type does not match the "
                        "architecture '%.*s' of the specified AMI. Specify an instance type and an "
                        "AMI that have matching architectures, and try again. You can use "
                        "'describe-instance-types' or 'describe-images' to discover the "
                        "architecture of the instance type or AMI.",
                        NP_FMT(own), NP_FMT(arch));
    if (!r->image.can_run)
        return np_fault(err, &EC2_UnsupportedOperation,
                        "This host cannot run instances of architecture '%.*s': its processor is "
                        "another. Choose an AMI and an instance type of the host's architecture.",
                        NP_FMT(arch));
    return cpus_ok(r, err);
}

static int image_ok(struct ec2_run *r, struct np_err *err)
{
    if (r->in->ImageId.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter ImageId");
    int rc = ec2_image_find(r->rq, r->in->ImageId, &r->image, err);
    if (rc == 0 && !r->image.available)
        rc = np_fault(err, &EC2_InvalidAMIIDUnavailable,
                      "The image ID '%.*s' is not available. The image is not there on this host, "
                      "or still being made.",
                      NP_FMT(r->in->ImageId));
    return rc;
}

struct named {
    struct np_str name;
    const struct ec2_item *found;
};

static int same_name(void *arg, const struct ec2_item *it)
{
    struct named *w = arg;
    if (np_str_eq(it->name, w->name))
        w->found = it;
    return w->found != NULL;
}

static int key_ok(struct ec2_run *r, struct np_err *err)
{
    struct named w = {.name = r->in->KeyName};
    if (w.name.p == NULL)
        return 0;
    ec2_each(ec2_view(r->rq), EC2_KIND_KEY_PAIR, same_name, &w);
    if (w.found == NULL)
        return np_fault(err, &EC2_InvalidKeyPairNotFound, "The key pair '%.*s' does not exist",
                        NP_FMT(w.name));
    r->public_key = EC2_SEEN(KeyPairInfo, w.found)->PublicKey;
    return 0;
}

static int user_data_ok(struct ec2_run *r, struct np_err *err)
{
    if (r->in->UserData.p == NULL)
        return 0;
    r->user_data = np_unbase64(r->rq->arena, r->in->UserData);
    if (r->user_data.p == NULL)
        return np_fault(err, &EC2_InvalidUserDataMalformed,
                        "Invalid BASE64 encoding of user data.");
    if (r->user_data.n > EC2_USER_DATA_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "User data is limited to %d bytes",
                        EC2_USER_DATA_MAX);
    return 0;
}

static int capacity_ok(struct ec2_run *r, struct np_err *err)
{
    const struct ec2_CapacityReservationSpecification *c = r->in->CapacityReservationSpecification;
    if (c == NULL || !np_str_is(c->CapacityReservationPreference, "capacity-reservations-only"))
        return 0;
    return np_fault(err, &EC2_UnsupportedOperation,
                    "Capacity reservations are not served: no instance can run in one.");
}

static int options_ok(struct ec2_run *r, struct np_err *err)
{
    const struct ec2_RunInstancesRequest *in = r->in;
    int rc = key_ok(r, err);
    if (rc == 0)
        rc = user_data_ok(r, err);
    if (rc == 0)
        rc = capacity_ok(r, err);
    if (rc == 0 && in->CreditSpecification != NULL)
        rc = ec2_credits_ok(r->type, in->CreditSpecification->CpuCredits, err);
    if (rc == 0 && in->IamInstanceProfile != NULL &&
        (in->IamInstanceProfile->Arn.p != NULL || in->IamInstanceProfile->Name.p != NULL))
        rc = ec2_profile_check(r->rq, in->IamInstanceProfile, &r->profile, err);
    return rc;
}

/* --- begin --- */

static int prepared(struct np_req *rq, void *arg, int rc)
{
    struct ec2_run *r = arg;
    if (r->preparing)
        return rc != 0 ? rc : np_apply(rq);
    if (rc != 0)
        np_req_done(rq, rc);
    else
        np_req_apply(rq);
    return 0;
}

static int check(struct ec2_run *r, const struct ec2_RunInstancesRequest *in, struct np_err *err)
{
    int rc = ec2_run_merge(r, in, err);
    if (rc == 0)
        rc = counts_ok(r, in, err);
    if (rc == 0)
        rc = image_ok(r, err);
    if (rc == 0)
        rc = type_ok(r, err);
    if (rc == 0)
        rc = options_ok(r, err);
    if (rc == 0)
        rc = ec2_run_network(r, err);
    if (rc == 0)
        rc = ec2_run_disks(r, err);
    return rc != 0 ? rc : ec2_machines_able(r->rq->core, err);
}

int ec2_RunInstances_begin(struct np_req *rq, const struct ec2_RunInstancesRequest *in,
                           struct np_err *err)
{
    struct ec2_run *r = np_new(rq->arena, struct ec2_run);
    r->rq = rq;
    int rc = check(r, in, err);
    if (rc != 0)
        return rc;
    rq->priv = r;
    r->preparing = true;
    rc = ec2_ebs_prepare(rq, r->wants, r->n_wants * r->count, prepared, r, err);
    r->preparing = false;
    return rc;
}

/* --- apply --- */

/* How many of those that are asked for at most can be had. */
static int how_many(struct np_txn *t, const struct ec2_run *r, size_t *out, struct np_err *err)
{
    NP_SQL(live, "SELECT count(*) FROM ec2_slot WHERE account = :account AND region = :region");
    struct np_q *q = np_tq(t, &live, "");
    int64_t n = np_row(q) ? np_col_int(q, 0) : 0;
    int rc = np_q_end(q, err);
    if (rc != 0)
        return rc;
    int64_t room = EC2_INSTANCES_MAX - n;
    *out = room < (int64_t)r->count ? (size_t)(room < 0 ? 0 : room) : r->count;
    if (*out >= (size_t)r->in->MinCount.v)
        return 0;
    return np_fault(err, &EC2_InstanceLimitExceeded,
                    "You have requested more instances (%lld) than your current instance limit of "
                    "%d allows for the region.",
                    (long long)(n + r->in->MinCount.v), EC2_INSTANCES_MAX);
}

int ec2_RunInstances_apply(struct np_txn *t, const struct ec2_RunInstancesRequest *in,
                           struct ec2_Reservation *out, struct np_err *err)
{
    const struct ec2_run *r = np_txn_req(t)->priv;
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item *it = NULL;
    size_t n = 0;
    int again = ec2_again(t, in->ClientToken, in, out, err);
    if (again != 0)
        return again > 0 ? 0 : again;
    int rc = ec2_image_check(t, r->in->ImageId, r->image.is_item, err);
    if (rc == 0)
        rc = how_many(t, r, &n, err);
    *out = (struct ec2_Reservation){
        .ReservationId = ec2_new_id(t, "r-"),
        .OwnerId = np_txn_scope(t)->account,
        .Groups.set = true,
        .Instances = {np_new_array(a, struct ec2_Instance, n + 1), 0, true},
    };
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = ec2_run_make(t, r, out->ReservationId, i, &it, err);
        if (rc == 0)
            out->Instances.v[out->Instances.n++] = *EC2_DETAIL(Instance, it);
    }
    if (rc == 0)
        rc = ec2_image_launched(t, r->in->ImageId, err);
    return rc != 0 ? rc : ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* Interfaces, disks and names as Describe has them. */
int ec2_RunInstances_reply(struct np_req *rq, const struct ec2_RunInstancesRequest *in,
                           struct ec2_Reservation *out, struct np_err *err)
{
    const struct ec2_view *v = ec2_view(rq);
    for (size_t i = 0; i < out->Instances.n; i++) {
        struct ec2_Instance *d = &out->Instances.v[i];
        const struct ec2_item *it = ec2_see(v, EC2_KIND_INSTANCE, d->InstanceId);
        struct ec2_InstanceState *state = d->State;
        if (it == NULL)
            continue;
        *d = *EC2_SEEN(Instance, it);
        d->State = state;
        ec2_instance_fill(v, it, rq->arena, d);
    }
    return 0;
}
