/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - volumes given to instances, and taken from them. */
#include "services/ec2/ebs/ebs_int.h"
#include "services/ec2/instance/instance.h"
#include "services/ec2/launch/type.h"

/* "/dev/sdf", "/dev/xvdba", "/dev/sda1" */
static bool device_ok(struct np_str d)
{
    struct np_str rest = NP_STR_NULL;
    if (np_str_starts(d, NP_STR("/dev/sd")))
        rest = np_str_sub(d, 7, d.n);
    else if (np_str_starts(d, NP_STR("/dev/xvd")))
        rest = np_str_sub(d, 8, d.n);
    size_t letters = 0, digits = 0;
    while (letters < rest.n && rest.p[letters] >= 'a' && rest.p[letters] <= 'z')
        letters++;
    while (letters + digits < rest.n && rest.p[letters + digits] >= '0' &&
           rest.p[letters + digits] <= '9')
        digits++;
    return letters >= 1 && letters <= 2 && digits <= 2 && letters + digits == rest.n;
}

struct np_str ec2_ebs_short(struct np_str device)
{
    return np_str_starts(device, NP_STR("/dev/")) ? np_str_sub(device, 5, device.n) : device;
}

struct ec2_VolumeAttachment *ec2_ebs_attach_to(struct np_arena *a, struct ec2_item *volume,
                                               struct np_str instance, struct np_str device,
                                               int64_t now_ms)
{
    struct ec2_Volume *d = volume->detail;
    struct ec2_VolumeAttachment *at = np_new(a, struct ec2_VolumeAttachment);
    *at = (struct ec2_VolumeAttachment){.VolumeId = volume->id,
                                        .InstanceId = instance,
                                        .Device = device,
                                        .State = NP_STR("attaching"),
                                        .AttachTime = ec2_int(now_ms),
                                        .DeleteOnTermination = ec2_bool(false)};
    d->Attachments = (struct ec2_VolumeAttachmentList){at, 1, true};
    if (!np_str_is(d->State, "creating"))
        d->State = NP_STR("in-use");
    return at;
}

/* --- attaching --- */

static void key_tried(struct ec2_ebs_open *o, const uint8_t *key, const struct np_err *err)
{
    struct np_req *rq = o->arg;
    if (key != NULL) {
        np_req_apply(rq);
        return;
    }
    int rc = err->code;
    np_req_done(rq, ec2_ebs_key_fault(&rq->err, o->id, rc, err));
}

/* AWS: a volume whose key is disabled is not attached (tests/sdk/test_ec2_volumes.py). */
int ec2_AttachVolume_begin(struct np_req *rq, const struct ec2_AttachVolumeRequest *in,
                           struct np_err *err)
{
    const struct ec2_item *it = ec2_see(ec2_view(rq), EC2_KIND_VOLUME, in->VolumeId);
    if (it == NULL)
        return ec2_not_found(err, EC2_KIND_VOLUME, in->VolumeId);
    const struct ec2_EbsKey *key = EC2_OWN(VolumeOwn, it)->Key;
    if (key == NULL)
        return np_apply(rq);
    struct ec2_EbsKey *copy = np_new(rq->arena, struct ec2_EbsKey);
    *copy = (struct ec2_EbsKey){np_str_dup(rq->arena, key->Sealed),
                                np_str_dup(rq->arena, key->Context), NP_STR_NULL};
    struct ec2_ebs_open *o = np_new(rq->arena, struct ec2_ebs_open);
    *o = (struct ec2_ebs_open){.core = rq->core,
                               .loop = rq->loop,
                               .account = rq->account,
                               .region = rq->region,
                               .id = np_str_dup(rq->arena, EC2_SEEN(Volume, it)->KmsKeyId),
                               .key = copy,
                               .done = key_tried,
                               .arg = rq};
    ec2_ebs_key_open(o);
    return NP_LATER;
}

static int volume_free(const struct ec2_item *it, struct np_err *err)
{
    const struct ec2_Volume *d = it->detail;
    if (d->Attachments.n != 0)
        return np_fault(err, &EC2_VolumeInUse, "%.*s is already attached to an instance",
                        NP_FMT(it->id));
    if (!np_str_is(d->State, "available"))
        return np_fault(err, &EC2_IncorrectState, "Volume '%.*s' is not 'available'.",
                        NP_FMT(it->id));
    return 0;
}

static int device_free(struct np_txn *t, const struct ec2_AttachVolumeRequest *in,
                       const struct ec2_type *type, struct np_err *err)
{
    struct ec2_ebs_list has;
    if (!device_ok(in->Device))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter device is invalid. %.*s is not a valid EBS "
                        "device name.",
                        NP_FMT(in->Device), NP_FMT(in->Device));
    int rc = ec2_ebs_of_instance(t, in->InstanceId, &has, err);
    if (rc == 0 && has.n >= type->volumes)
        return np_fault(err, &EC2_AttachmentLimitExceeded, "%zu volumes exceed the limit for %s",
                        has.n + 1, type->name);
    for (size_t i = 0; rc == 0 && i < has.n; i++)
        if (np_str_eq(has.v[i].device, in->Device))
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Invalid value '%.*s' for unixDevice. Attachment point %.*s is "
                            "already in use",
                            NP_FMT(in->Device), NP_FMT(in->Device));
    return rc;
}

static int zones_match(const struct ec2_item *volume, const struct ec2_item *instance,
                       struct np_err *err)
{
    const struct ec2_Placement *p = EC2_SEEN(Instance, instance)->Placement;
    struct np_str zone = EC2_SEEN(Volume, volume)->AvailabilityZone;
    return p == NULL || np_str_eq(p->AvailabilityZone, zone)
               ? 0
               : np_fault(err, &EC2_InvalidVolumeZoneMismatch,
                          "The volume '%.*s' is not in the same availability zone as instance "
                          "'%.*s'",
                          NP_FMT(volume->id), NP_FMT(instance->id));
}

int ec2_AttachVolume_apply(struct np_txn *t, const struct ec2_AttachVolumeRequest *in,
                           struct ec2_VolumeAttachment *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it, *instance;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, in->VolumeId, &it, err);
    if (rc == 0)
        rc = ec2_instance_get(t, in->InstanceId, false, &instance, err);
    if (rc == 0)
        rc = volume_free(it, err);
    if (rc == 0)
        rc = zones_match(it, instance, err);
    if (rc == 0)
        rc = device_free(t, in, ec2_type(EC2_DETAIL(Instance, instance)->InstanceType), err);
    if (rc != 0)
        return rc;
    *out = *ec2_ebs_attach_to(db.arena, it, in->InstanceId, in->Device, np_txn_now_ms(t));
    rc = ec2_put(t, it, err);
    return rc == 0 ? ec2_ref(t, it, "instance", in->InstanceId, err) : rc;
}

/* --- detaching --- */

static int is_root(const struct ec2_db *db, const struct ec2_VolumeAttachment *at,
                   struct np_err *err)
{
    struct ec2_item *instance;
    int rc = ec2_find(db, EC2_KIND_INSTANCE, at->InstanceId, &instance, err);
    if (rc != 0)
        return rc == NP_ENOENT ? 0 : rc;
    if (np_str_eq(EC2_DETAIL(Instance, instance)->RootDeviceName, at->Device) &&
        ec2_instance_state(instance) != EC2_STOPPED)
        return np_fault(err, &EC2_OperationNotPermitted,
                        "Unable to detach root volume '%.*s' from instance '%.*s'",
                        NP_FMT(at->Device), NP_FMT(at->InstanceId));
    return 0;
}

static int check_detach(const struct ec2_db *db, const struct ec2_item *it,
                        const struct ec2_DetachVolumeRequest *in, struct np_err *err)
{
    const struct ec2_Volume *d = it->detail;
    if (d->Attachments.n == 0)
        return np_fault(err, &EC2_IncorrectState, "Volume '%.*s' is in the '%.*s' state.",
                        NP_FMT(it->id), NP_FMT(d->State));
    const struct ec2_VolumeAttachment *at = &d->Attachments.v[0];
    if ((in->InstanceId.n != 0 && !np_str_eq(in->InstanceId, at->InstanceId)) ||
        (in->Device.n != 0 && !np_str_eq(in->Device, at->Device)))
        return np_fault(err, &EC2_InvalidAttachmentNotFound,
                        "The volume '%.*s' is not attached to instance '%.*s' as device '%.*s'.",
                        NP_FMT(it->id), NP_FMT(in->InstanceId), NP_FMT(in->Device));
    return is_root(db, at, err);
}

int ec2_DetachVolume_apply(struct np_txn *t, const struct ec2_DetachVolumeRequest *in,
                           struct ec2_VolumeAttachment *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, in->VolumeId, &it, err);
    if (rc == 0)
        rc = check_detach(&db, it, in, err);
    if (rc != 0)
        return rc;
    struct ec2_VolumeAttachment *at = &EC2_DETAIL(Volume, it)->Attachments.v[0];
    at->State = NP_STR("detaching");
    if (in->Force.v)
        EC2_OWN(VolumeOwn, it)->Force = ec2_bool(true);
    *out = *at;
    return ec2_put(t, it, err);
}
