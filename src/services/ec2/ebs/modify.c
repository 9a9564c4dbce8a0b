/* SPDX-License-Identifier: Apache-2.0 */
/* modify.c - volumes changed in size, type and speed. The new figures are the volume's when the
 * host has carried them out. */
#include "services/ec2/ebs/ebs_int.h"

/* What it will be: said, or as it was where the type lets it stay. */
static int target(const struct ec2_Volume *d, const struct ec2_ModifyVolumeRequest *in,
                  struct ec2_ebs_size *s, struct np_err *err)
{
    bool same_type = in->VolumeType.n == 0 || np_str_eq(in->VolumeType, d->VolumeType);
    bool said_iops = np_str_is(d->VolumeType, "io1") || np_str_is(d->VolumeType, "io2") ||
                     np_str_is(d->VolumeType, "gp3");
    *s = (struct ec2_ebs_size){
        .type = in->VolumeType.n != 0 ? in->VolumeType : d->VolumeType,
        .gib = in->Size.set ? in->Size.v : d->Size.v,
        .iops = in->Iops.set ? in->Iops.v : d->Iops.v,
        .iops_set = in->Iops.set || (same_type && said_iops),
        .throughput = in->Throughput.set ? in->Throughput.v : d->Throughput.v,
        .throughput_set = in->Throughput.set || (same_type && d->Throughput.set),
    };
    if (s->gib < d->Size.v)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "New size cannot be smaller than existing size");
    return ec2_ebs_size(s, 0, NP_STR(""), err);
}

static int check(const struct ec2_item *it, const struct ec2_ModifyVolumeRequest *in,
                 struct np_err *err)
{
    const struct ec2_Volume *d = it->detail;
    const struct ec2_VolumeModification *m = EC2_OWN(VolumeOwn, it)->Modification;
    if (!in->Size.set && in->VolumeType.n == 0 && !in->Iops.set && !in->Throughput.set &&
        !in->MultiAttachEnabled.set)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Must specify at least one of size, volumeType, iops, throughput or "
                        "multiAttachEnabled to be modified");
    if (!np_str_is(d->State, "available") && !np_str_is(d->State, "in-use"))
        return np_fault(err, &EC2_IncorrectState, "Volume '%.*s' is in the '%.*s' state.",
                        NP_FMT(it->id), NP_FMT(d->State));
    if (m != NULL && np_str_is(m->ModificationState, "modifying"))
        return np_fault(err, &EC2_IncorrectModificationState,
                        "Volume %.*s is currently being modified.", NP_FMT(it->id));
    return 0;
}

static struct np_opt_int some(int64_t n)
{
    return n != 0 ? ec2_int(n) : (struct np_opt_int){0};
}

int ec2_ModifyVolume_apply(struct np_txn *t, const struct ec2_ModifyVolumeRequest *in,
                           struct ec2_ModifyVolumeResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    struct ec2_ebs_size s;
    int rc = ec2_get(&db, EC2_KIND_VOLUME, in->VolumeId, &it, err);
    if (rc == 0)
        rc = check(it, in, err);
    if (rc == 0)
        rc = target(it->detail, in, &s, err);
    if (rc != 0)
        return rc;
    const struct ec2_Volume *d = it->detail;
    struct ec2_VolumeModification *m = np_new(db.arena, struct ec2_VolumeModification);
    *m = (struct ec2_VolumeModification){
        .VolumeId = it->id,
        .ModificationState = NP_STR("modifying"),
        .TargetSize = ec2_int(s.gib),
        .TargetIops = some(s.iops),
        .TargetVolumeType = s.type,
        .TargetThroughput = some(s.throughput),
        .TargetMultiAttachEnabled = ec2_bool(false),
        .OriginalSize = d->Size,
        .OriginalIops = d->Iops,
        .OriginalVolumeType = d->VolumeType,
        .OriginalThroughput = d->Throughput,
        .OriginalMultiAttachEnabled = ec2_bool(false),
        .Progress = ec2_int(0),
        .StartTime = ec2_int(np_txn_now_ms(t)),
    };
    EC2_OWN(VolumeOwn, it)->Modification = m;
    out->VolumeModification = m;
    return ec2_put(t, it, err);
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"modification-state", "ModificationState", NULL},
    {"original-iops", "OriginalIops", NULL},
    {"original-size", "OriginalSize", NULL},
    {"original-volume-type", "OriginalVolumeType", NULL},
    {"originalMultiAttachEnabled", "OriginalMultiAttachEnabled", NULL},
    {"start-time", "StartTime", NULL},
    {"target-iops", "TargetIops", NULL},
    {"target-size", "TargetSize", NULL},
    {"target-volume-type", "TargetVolumeType", NULL},
    {"targetMultiAttachEnabled", "TargetMultiAttachEnabled", NULL},
    {"volume-id", "VolumeId", NULL},
};

static bool is_asked(const struct np_strs *ids, struct np_str id)
{
    for (size_t i = 0; i < ids->n; i++)
        if (np_str_eq(ids->v[i], id))
            return true;
    return ids->n == 0;
}

/* AWS: one that was never modified is an error only when it is asked for by its id
 * (tests/sdk/test_ec2_volumes.py). */
static int asked_ok(const struct ec2_view *v, const struct np_strs *ids, struct np_err *err)
{
    for (size_t i = 0; i < ids->n; i++) {
        const struct ec2_item *it = ec2_see(v, EC2_KIND_VOLUME, ids->v[i]);
        if (it == NULL)
            return ec2_not_found(err, EC2_KIND_VOLUME, ids->v[i]);
        if (EC2_OWN(VolumeOwn, it)->Modification == NULL)
            return np_fault(err, &EC2_InvalidVolumeModificationNotFound,
                            "Modification for volume '%.*s' does not exist.", NP_FMT(it->id));
    }
    return 0;
}

int ec2_DescribeVolumesModifications(struct np_req *rq,
                                     const struct ec2_DescribeVolumesModificationsRequest *in,
                                     struct ec2_DescribeVolumesModificationsResult *out,
                                     struct np_err *err)
{
    static const struct ec2_rows rows = {
        .shape = &ec2_VolumeModification_shape, .filters = filters, .n_filters = NP_LEN(filters)};
    const struct ec2_item *const *all;
    const struct ec2_view *v = ec2_view(rq);
    const struct np_strs ids = {in->VolumeIds.v, in->VolumeIds.n, in->VolumeIds.set};
    size_t n = ec2_see_all(v, EC2_KIND_VOLUME, NP_STR_NULL, rq->arena, &all);
    int rc = asked_ok(v, &ids, err);
    if (rc != 0)
        return rc;
    struct ec2_VolumeModificationList *list = &out->VolumesModifications;
    list->v = np_new_array(rq->arena, struct ec2_VolumeModification, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct ec2_VolumeModification *m = EC2_OWN(VolumeOwn, all[i])->Modification;
        if (m != NULL && is_asked(&ids, all[i]->id))
            list->v[list->n++] = *m;
    }
    return ec2_filter_rows(rq, &rows, EC2_ASK(in, VolumeIds), list, &out->NextToken, err);
}
