/* SPDX-License-Identifier: Apache-2.0 */
/* eni_attach.c - network interfaces attached to instances, and detached. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/interface/eni_int.h"
#include "services/ec2/instance/instance.h"

static int check_place(const struct ec2_item *instance, const struct ec2_item *eni,
                       struct np_err *err)
{
    const struct ec2_Instance *i = EC2_DETAIL(Instance, instance);
    const struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, eni);
    if (!np_str_eq(i->Placement->AvailabilityZone, d->AvailabilityZone))
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "You may not attach a network interface to an instance if they are not in "
                        "the same availability zone");
    if (!np_str_eq(instance->vpc, eni->vpc))
        return np_fault(
            err, &EC2_InvalidParameterCombination,
            "The network interface '%.*s' and the instance '%.*s' are in different VPCs",
            NP_FMT(eni->id), NP_FMT(instance->id));
    return 0;
}

static int check_room(struct np_txn *t, const struct ec2_item *instance, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str type = EC2_DETAIL(Instance, instance)->InstanceType;
    struct ec2_item **have;
    size_t n;
    int rc = ec2_eni_of_instance(&db, instance->id, &have, &n, err);
    if (rc == 0 && (int64_t)n >= ec2_instance_interfaces_max(instance))
        return np_fault(err, &EC2_AttachmentLimitExceeded,
                        "Interface count %zu exceeds the limit for %.*s", n + 1, NP_FMT(type));
    return rc;
}

int ec2_AttachNetworkInterface_apply(struct np_txn *t,
                                     const struct ec2_AttachNetworkInterfaceRequest *in,
                                     struct ec2_AttachNetworkInterfaceResult *out,
                                     struct np_err *err)
{
    struct ec2_item *eni, *instance;
    int rc = ec2_eni_own(t, in->NetworkInterfaceId, &eni, err);
    if (rc == 0)
        rc = ec2_instance_get(t, in->InstanceId, false, &instance, err);
    if (rc == 0 && (in->DeviceIndex.v < 0 || in->DeviceIndex.v > 99))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%lld) for parameter deviceIndex is invalid.",
                        (long long)in->DeviceIndex.v);
    if (rc == 0)
        rc = check_place(instance, eni, err);
    if (rc == 0 && EC2_DETAIL(NetworkInterface, eni)->Attachment == NULL)
        rc = check_room(t, instance, err); /* of one that is in use that is told first */
    struct ec2_eni_attachment at = {.instance = in->InstanceId, .device = in->DeviceIndex.v};
    if (rc == 0)
        rc = ec2_eni_attach(t, eni, &at, err);
    if (rc < 0)
        return rc;
    out->AttachmentId = EC2_DETAIL(NetworkInterface, eni)->Attachment->AttachmentId;
    out->NetworkCardIndex = (struct np_opt_int){true, 0};
    return 0;
}

/* Force changes nothing: a detachment never waits for the guest here. */
int ec2_DetachNetworkInterface_apply(struct np_txn *t,
                                     const struct ec2_DetachNetworkInterfaceRequest *in,
                                     struct ec2_DetachNetworkInterfaceOutput *out,
                                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *eni;
    (void)out;
    if (np_str_starts(in->AttachmentId, NP_STR("ela-attach-")))
        return np_fault(err, &EC2_OperationNotPermitted,
                        "You are not allowed to manage 'ela-attach' attachments.");
    int rc = ec2_find_name(&db, EC2_KIND_INTERFACE, in->AttachmentId, &eni, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_InvalidAttachmentIDNotFound,
                        "The attachment ID '%.*s' does not exist", NP_FMT(in->AttachmentId));
    if (rc < 0)
        return rc;
    if (EC2_DETAIL(NetworkInterface, eni)->Attachment->DeviceIndex.v == 0)
        return np_fault(err, &EC2_OperationNotPermitted,
                        "The network interface at device index 0 cannot be detached.");
    return ec2_eni_detach(t, eni, err);
}
