/* SPDX-License-Identifier: Apache-2.0 */
/* run_disks.c - the volumes of a launch: what the image maps, under what the request maps. */
#include "services/ec2/launch/run_int.h"
#include "services/ec2/shape.h"

static const struct ec2_BlockDeviceMapping *
mapping_of(const struct ec2_BlockDeviceMappingRequestList *list, struct np_str device)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i].DeviceName, device))
            return &list->v[i];
    return NULL;
}

static int request_ok(const struct ec2_run *r, struct np_err *err)
{
    const struct ec2_BlockDeviceMappingRequestList *list = &r->in->BlockDeviceMappings;
    for (size_t i = 0; i < list->n; i++) {
        const struct ec2_BlockDeviceMapping *m = &list->v[i];
        bool root = np_str_eq(m->DeviceName, r->image.root_device);
        if (m->DeviceName.p == NULL)
            return np_fault(err, &EC2_MissingParameter,
                            "The request must contain the parameter DeviceName");
        if (mapping_of(list, m->DeviceName) != m)
            return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                            "The device '%.*s' is used in more than one block-device mapping",
                            NP_FMT(m->DeviceName));
        if (root && m->NoDevice.p != NULL)
            return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                            "The root device '%.*s' cannot be left out", NP_FMT(m->DeviceName));
        if (root && m->Ebs != NULL && m->Ebs->SnapshotId.p != NULL &&
            !np_str_eq(m->Ebs->SnapshotId, r->image.root_snapshot))
            return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                            "snapshotId cannot be modified on root device");
        if (m->Ebs == NULL && m->NoDevice.p == NULL)
            return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                            "The block-device mapping of '%.*s' must have ebs",
                            NP_FMT(m->DeviceName));
    }
    return 0;
}

/* `ebs` of the request over that of the image. */
static const struct ec2_EbsBlockDevice *laid(struct np_arena *a,
                                             const struct ec2_EbsBlockDevice *ebs,
                                             const struct ec2_EbsBlockDevice *under)
{
    struct ec2_EbsBlockDevice *out = np_new(a, struct ec2_EbsBlockDevice);
    if (ebs != NULL)
        *out = *ebs;
    if (under != NULL)
        ec2_shape_lay(&ec2_EbsBlockDevice_shape, out, under);
    /* AWS: a type of its own has no figures of the image's type. */
    if (ebs != NULL && under != NULL && ebs->VolumeType.p != NULL &&
        !np_str_eq(ebs->VolumeType, under->VolumeType)) {
        out->Iops = ebs->Iops;
        out->Throughput = ebs->Throughput;
    }
    return out;
}

static void add(struct ec2_run *r, struct ec2_ebs_want *wants, struct np_str device,
                const struct ec2_EbsBlockDevice *ebs, const struct ec2_EbsBlockDevice *under)
{
    bool root = np_str_eq(device, r->image.root_device);
    struct ec2_EbsBlockDevice *whole =
        (struct ec2_EbsBlockDevice *)(uintptr_t)laid(r->rq->arena, ebs, under);
    if (root)
        whole->SnapshotId = r->image.root_snapshot.n != 0 ? r->image.root_snapshot : NP_STR_NULL;
    wants[r->n_wants++] = (struct ec2_ebs_want){
        .device = device,
        .ebs = whole,
        .image = root && r->image.root_snapshot.n == 0 ? r->image.folder : NP_STR_NULL,
        .least_gib = root ? r->image.root_gib : 0,
        .root = root,
    };
}

static void gather(struct ec2_run *r, struct ec2_ebs_want *wants)
{
    const struct ec2_BlockDeviceMappingRequestList *asked = &r->in->BlockDeviceMappings;
    const struct ec2_BlockDeviceMappingList *of_image = &r->image.detail->BlockDeviceMappings;
    bool root = false;
    for (size_t i = 0; i < of_image->n; i++) {
        const struct ec2_BlockDeviceMapping *m = &of_image->v[i];
        const struct ec2_BlockDeviceMapping *over = mapping_of(asked, m->DeviceName);
        if (m->Ebs == NULL || (over != NULL && over->NoDevice.p != NULL))
            continue;
        root = root || np_str_eq(m->DeviceName, r->image.root_device);
        add(r, wants, m->DeviceName, over != NULL ? over->Ebs : NULL, m->Ebs);
    }
    for (size_t i = 0; i < asked->n; i++) {
        bool there = false;
        for (size_t j = 0; j < r->n_wants; j++)
            there = there || np_str_eq(wants[j].device, asked->v[i].DeviceName);
        if (!there && asked->v[i].NoDevice.p == NULL) {
            root = root || np_str_eq(asked->v[i].DeviceName, r->image.root_device);
            add(r, wants, asked->v[i].DeviceName, asked->v[i].Ebs, NULL);
        }
    }
    if (!root)
        add(r, wants, r->image.root_device, NULL, NULL);
}

int ec2_run_disks(struct ec2_run *r, struct np_err *err)
{
    int rc = request_ok(r, err);
    if (rc != 0)
        return rc;
    size_t most = r->image.detail->BlockDeviceMappings.n + r->in->BlockDeviceMappings.n + 1;
    struct ec2_ebs_want *one = np_new_array(r->rq->arena, struct ec2_ebs_want, most);
    gather(r, one);
    if (r->n_wants > r->type->volumes)
        return np_fault(err, &EC2_AttachmentLimitExceeded, "%zu volumes exceed the limit for %s",
                        r->n_wants, r->type->name);
    r->wants = np_new_array(r->rq->arena, struct ec2_ebs_want, r->n_wants * r->count);
    for (size_t i = 0; i < r->count; i++)
        memcpy(r->wants + i * r->n_wants, one, r->n_wants * sizeof(*one));
    return 0;
}
