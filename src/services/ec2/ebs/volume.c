/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - volumes: made, described, deleted. */
#include "services/ec2/ebs/ebs_int.h"

/* --- making --- */

struct plan { /* from begin to apply */
    struct ec2_ebs_want want;
    struct np_str zone;
    bool multi_attach, waits;
};

static int zone_of(const struct np_req *rq, const struct ec2_CreateVolumeRequest *in,
                   struct np_str *out, struct np_err *err)
{
    struct ec2_zone z;
    struct np_str said =
        in->AvailabilityZone.n != 0 ? in->AvailabilityZone : in->AvailabilityZoneId;
    if (said.n == 0)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter AvailabilityZone or "
                        "AvailabilityZoneId");
    if (in->AvailabilityZone.n != 0 && in->AvailabilityZoneId.n != 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Only one of AvailabilityZone and AvailabilityZoneId can be specified");
    if (!ec2_zone(rq->arena, rq->region, said, &z))
        return np_fault(err, &EC2_InvalidZoneNotFound, "The zone '%.*s' does not exist.",
                        NP_FMT(said));
    *out = z.name;
    return 0;
}

static int planned(struct np_req *rq, void *arg, int rc)
{
    struct plan *p = arg;
    if (rc == 0)
        rq->priv = p;
    if (!p->waits)
        return rc != 0 ? rc : np_apply(rq);
    if (rc != 0)
        np_req_done(rq, rc);
    else
        np_req_apply(rq);
    return 0;
}

int ec2_CreateVolume_begin(struct np_req *rq, const struct ec2_CreateVolumeRequest *in,
                           struct np_err *err)
{
    struct plan *p = np_new(rq->arena, struct plan);
    struct ec2_EbsBlockDevice *ebs = np_new(rq->arena, struct ec2_EbsBlockDevice);
    struct ec2_tags tags;
    int rc = zone_of(rq, in, &p->zone, err);
    if (rc == 0)
        rc = ec2_tag_spec(rq->arena, &in->TagSpecifications, EC2_KIND_VOLUME, &tags, err);
    if (rc != 0)
        return rc;
    if (in->KmsKeyId.n != 0 && !in->Encrypted.v)
        return np_fault(err, &EC2_InvalidParameterDependency,
                        "The parameter KmsKeyId requires the parameter Encrypted to be set.");
    *ebs = (struct ec2_EbsBlockDevice){.Iops = in->Iops,
                                       .SnapshotId = in->SnapshotId,
                                       .VolumeSize = in->Size,
                                       .VolumeType = in->VolumeType,
                                       .KmsKeyId = in->KmsKeyId,
                                       .Throughput = in->Throughput,
                                       .Encrypted = in->Encrypted};
    p->want.ebs = ebs;
    rc = ec2_ebs_prepare(rq, &p->want, 1, planned, p, err);
    p->waits = rc == NP_LATER;
    return rc;
}

int ec2_CreateVolume_apply(struct np_txn *t, const struct ec2_CreateVolumeRequest *in,
                           struct ec2_Volume *out, struct np_err *err)
{
    const struct plan *p = np_txn_req(t)->priv;
    struct ec2_tags tags;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc > 0 ? 0 : rc;
    rc = ec2_ebs_quota(t, err);
    if (rc == 0)
        rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_VOLUME, &tags, err);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_ebs_make(t, &p->want, p->zone);
    rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    *out = *(struct ec2_Volume *)it->detail;
    return rc == 0 ? ec2_again_keep(t, in->ClientToken, in, out, err) : rc;
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"attachment.attach-time", "Attachments.AttachTime", NULL},
    {"attachment.delete-on-termination", "Attachments.DeleteOnTermination", NULL},
    {"attachment.device", "Attachments.Device", NULL},
    {"attachment.instance-id", "Attachments.InstanceId", NULL},
    {"attachment.status", "Attachments.State", NULL},
    {"availability-zone", "AvailabilityZone", NULL},
    {"availability-zone-id", "AvailabilityZoneId", NULL},
    {"create-time", "CreateTime", NULL},
    {"encrypted", "Encrypted", NULL},
    {"fast-restored", "FastRestored", NULL},
    {"multi-attach-enabled", "MultiAttachEnabled", NULL},
    {"size", "Size", NULL},
    {"snapshot-id", "SnapshotId", NULL},
    {"status", "State", NULL},
    {"volume-id", "VolumeId", NULL},
    {"volume-type", "VolumeType", NULL},
};

int ec2_DescribeVolumes(struct np_req *rq, const struct ec2_DescribeVolumesRequest *in,
                        struct ec2_DescribeVolumesResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {.kind = EC2_KIND_VOLUME,
                                          .filters = filters,
                                          .n_filters = NP_LEN(filters),
                                          .ids_name = "volumeIds"};
    return ec2_describe(rq, &d, EC2_ASK(in, VolumeIds), &out->Volumes, &out->NextToken, err);
}

/* --- deleting --- */

/* One that a snapshot is still being taken of goes after it: its state says «deleting». */
int ec2_ebs_volume_delete(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    size_t n = 0;
    int rc = ec2_users(&db, it->id, "source", &users, &n, err);
    if (rc != 0 || n == 0)
        return rc != 0 ? rc : ec2_drop(t, it, err);
    EC2_DETAIL(Volume, it)->State = NP_STR("deleting");
    return ec2_put(t, it, err);
}

int ec2_DeleteVolume_apply(struct np_txn *t, const struct ec2_DeleteVolumeRequest *in,
                           struct ec2_DeleteVolumeOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, in->VolumeId, &it, err);
    if (rc != 0)
        return rc;
    const struct ec2_Volume *d = it->detail;
    if (d->Attachments.n != 0)
        return np_fault(err, &EC2_VolumeInUse, "Volume %.*s is currently attached to %.*s",
                        NP_FMT(it->id), NP_FMT(d->Attachments.v[0].InstanceId));
    if (np_str_is(d->State, "deleting"))
        return 0;
    return ec2_ebs_volume_delete(t, it, err);
}

/* --- status --- */

static void ok_item(struct np_arena *a, const struct ec2_Volume *d, bool io, bool failed,
                    struct ec2_VolumeStatusItem *out)
{
    struct ec2_VolumeStatusDetails *details = np_new_array(a, struct ec2_VolumeStatusDetails, 2);
    details[0] = (struct ec2_VolumeStatusDetails){
        NP_STR("io-enabled"), io && !failed ? NP_STR("passed") : NP_STR("failed")};
    details[1] =
        (struct ec2_VolumeStatusDetails){NP_STR("io-performance"), NP_STR("not-applicable")};
    *out = (struct ec2_VolumeStatusItem){
        .VolumeId = d->VolumeId,
        .AvailabilityZone = d->AvailabilityZone,
        .AvailabilityZoneId = d->AvailabilityZoneId,
        .Actions.set = true,
        .Events.set = true,
        .VolumeStatus = np_new(a, struct ec2_VolumeStatusInfo),
    };
    out->VolumeStatus->Status = np_str_is(d->State, "creating") ? NP_STR("insufficient-data")
                                : io && !failed                 ? NP_STR("ok")
                                                                : NP_STR("impaired");
    out->VolumeStatus->Details = (struct ec2_VolumeStatusDetailsList){details, 2, true};
}

static const struct ec2_filter status_filters[] = {
    {"availability-zone", "AvailabilityZone", NULL},
    {"availability-zone-id", "AvailabilityZoneId", NULL},
    {"volume-status.details-name", "VolumeStatus.Details.Name", NULL},
    {"volume-status.details-status", "VolumeStatus.Details.Status", NULL},
    {"volume-status.status", "VolumeStatus.Status", NULL},
};

int ec2_DescribeVolumeStatus(struct np_req *rq, const struct ec2_DescribeVolumeStatusRequest *in,
                             struct ec2_DescribeVolumeStatusResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {.shape = &ec2_VolumeStatusItem_shape,
                                         .filters = status_filters,
                                         .n_filters = NP_LEN(status_filters)};
    const struct ec2_item *const *all;
    const struct ec2_view *v = ec2_view(rq);
    size_t n = ec2_see_all(v, EC2_KIND_VOLUME, NP_STR_NULL, rq->arena, &all);
    for (size_t i = 0; i < in->VolumeIds.n; i++)
        if (ec2_see(v, EC2_KIND_VOLUME, in->VolumeIds.v[i]) == NULL)
            return ec2_not_found(err, EC2_KIND_VOLUME, in->VolumeIds.v[i]);
    struct ec2_VolumeStatusList *list = &out->VolumeStatuses;
    list->v = np_new_array(rq->arena, struct ec2_VolumeStatusItem, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool asked = in->VolumeIds.n == 0;
        for (size_t j = 0; j < in->VolumeIds.n; j++)
            asked = asked || np_str_eq(in->VolumeIds.v[j], all[i]->id);
        const struct ec2_VolumeOwn *own = all[i]->own;
        if (asked)
            ok_item(rq->arena, all[i]->detail, true, own->Reason.n != 0, &list->v[list->n++]);
    }
    return ec2_filter_rows(rq, &rows, EC2_ASK(in, VolumeIds), list, &out->NextToken, err);
}

/* --- attributes --- */

int ec2_DescribeVolumeAttribute(struct np_req *rq,
                                const struct ec2_DescribeVolumeAttributeRequest *in,
                                struct ec2_DescribeVolumeAttributeResult *out, struct np_err *err)
{
    const struct ec2_item *it = ec2_see(ec2_view(rq), EC2_KIND_VOLUME, in->VolumeId);
    if (it == NULL)
        return ec2_not_found(err, EC2_KIND_VOLUME, in->VolumeId);
    out->VolumeId = it->id;
    if (np_str_is(in->Attribute, "productCodes")) {
        out->ProductCodes.set = true;
        return 0;
    }
    const struct ec2_VolumeOwn *own = it->own;
    out->AutoEnableIO = np_new(rq->arena, struct ec2_AttributeBooleanValue);
    out->AutoEnableIO->Value = ec2_bool(own->AutoEnableIO.v);
    return 0;
}

int ec2_ModifyVolumeAttribute_apply(struct np_txn *t,
                                    const struct ec2_ModifyVolumeAttributeRequest *in,
                                    struct ec2_ModifyVolumeAttributeOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, in->VolumeId, &it, err);
    if (rc != 0)
        return rc;
    if (in->AutoEnableIO == NULL || !in->AutoEnableIO->Value.set)
        return np_fault(err, &EC2_InvalidParameterCombination, "No attributes specified.");
    EC2_OWN(VolumeOwn, it)->AutoEnableIO = in->AutoEnableIO->Value;
    return ec2_put(t, it, err);
}

/* I/O is never withheld here: there is nothing to enable. */
int ec2_EnableVolumeIO_apply(struct np_txn *t, const struct ec2_EnableVolumeIORequest *in,
                             struct ec2_EnableVolumeIOOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    return ec2_get(&db, EC2_KIND_VOLUME, in->VolumeId, &it, err);
}
