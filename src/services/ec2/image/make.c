/* SPDX-License-Identifier: Apache-2.0 */
/* make.c - CreateImage and RegisterImage: items of instances and of snapshots; and
 * DeregisterImage. */
#include "base/timefmt.h"
#include "services/ec2/ebs/ebs.h"
#include "services/ec2/image/make.h"
#include "services/ec2/instance/instance.h"

static const char *const tagged[] = {"image", "snapshot", NULL};

/* --- an item --- */

struct ec2_item *ec2_image_new(struct np_txn *t, struct np_str name, struct np_str description)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item *it = ec2_new(t, EC2_KIND_IMAGE);
    struct ec2_Image *d = it->detail;
    struct ec2_ImageOwn *own = it->own;
    it->name = name;
    d->Name = name;
    d->Description = description;
    d->OwnerId = it->account;
    d->ImageLocation = np_str_printf(a, "%.*s/%.*s", NP_FMT(it->account), NP_FMT(name));
    d->CreationDate = np_time_iso_str(a, np_txn_now_ms(t), true);
    d->ImageType = NP_STR("machine");
    d->PlatformDetails = NP_STR("Linux/UNIX");
    d->UsageOperation = NP_STR("RunInstances");
    d->Hypervisor = NP_STR("xen");
    d->VirtualizationType = NP_STR("hvm");
    d->RootDeviceType = NP_STR("ebs");
    own->Folder = own->Runs = NP_STR("");
    own->User = NP_STR("ec2-user");
    return it;
}

static int put(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    int rc = ec2_put(t, it, err);
    if (rc != NP_EEXIST)
        return rc;
    struct ec2_db db = ec2_db(t);
    struct ec2_item *other;
    rc = ec2_find_name(&db, EC2_KIND_IMAGE, it->name, &other, err);
    return rc != 0 ? rc
                   : np_fault(err, &EC2_InvalidAMINameDuplicate,
                              "AMI name %.*s is already in use by AMI %.*s", NP_FMT(it->name),
                              NP_FMT(other->id));
}

/* Row, references to its snapshots, tags. */
int ec2_image_add(struct np_txn *t, struct ec2_item *it,
                  const struct ec2_TagSpecificationList *specs, struct np_err *err)
{
    struct ec2_Image *d = it->detail;
    struct ec2_tags tags;
    int rc = ec2_tag_specs(np_txn_arena(t), specs, tagged, "image", &tags, err);
    if (rc == 0)
        rc = put(t, it, err);
    for (size_t i = 0; rc == 0 && i < d->BlockDeviceMappings.n; i++) {
        const struct ec2_EbsBlockDevice *e = d->BlockDeviceMappings.v[i].Ebs;
        if (e != NULL && e->SnapshotId.p != NULL)
            rc = ec2_ref(t, it, "snapshot", e->SnapshotId, err);
    }
    return rc == 0 ? ec2_tag(t, it, tags.v, tags.n, err) : rc;
}

/* AWS: 3 to 128 letters, digits and ( ) [ ] blank . / - ' @ _ (tests/sdk/test_ec2_images.py). */
int ec2_image_name_ok(struct np_str name, struct np_err *err)
{
    bool ok = name.n >= 3 && name.n <= 128;
    for (size_t i = 0; ok && i < name.n; i++) {
        char c = name.p[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             (c != 0 && strchr("()[] ./-'@_", c) != NULL);
    }
    return ok ? 0
              : np_fault(
                    err, &EC2_InvalidAMINameMalformed,
                    "AMI names must be between 3 and 128 characters long, and may contain "
                    "letters, numbers, '(', ')', '[', ']', ' ', '.', '/', '-', ''', '@' and '_'");
}

int ec2_image_room(struct np_txn *t, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    size_t n;
    int rc = ec2_count(&db, EC2_KIND_IMAGE, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_IMAGES_MAX)
        return np_fault(err, &EC2_ResourceLimitExceeded,
                        "You have reached your quota of %d private AMIs in this region",
                        EC2_IMAGES_MAX);
    return rc;
}

/* --- CreateImage --- */

int ec2_CreateImage_begin(struct np_req *rq, const struct ec2_CreateImageRequest *in,
                          struct np_err *err)
{
    int rc = ec2_image_name_ok(in->Name, err);
    if (rc == 0 && in->BlockDeviceMappings.n > EC2_MAPPINGS_MAX)
        rc = np_fault(err, &EC2_InvalidBlockDeviceMapping,
                      "An image may have at most %d block device mappings.", EC2_MAPPINGS_MAX);
    return rc != 0 ? rc : np_apply(rq);
}

struct creating {
    struct np_txn *t;
    const struct ec2_CreateImageRequest *in;
    const struct ec2_item *instance;
    struct np_str ami;
    struct ec2_BlockDeviceMappingList list;
};

static const struct ec2_BlockDeviceMapping *asked(const struct creating *c, struct np_str device)
{
    for (size_t i = 0; i < c->in->BlockDeviceMappings.n; i++)
        if (np_str_eq(c->in->BlockDeviceMappings.v[i].DeviceName, device))
            return &c->in->BlockDeviceMappings.v[i];
    return NULL;
}

/* What the call says of a mapping goes over what the volume is. */
static int override(struct ec2_EbsBlockDevice *e, const struct ec2_EbsBlockDevice *by,
                    struct np_err *err)
{
    if (by->SnapshotId.p != NULL || by->Encrypted.set)
        return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                        "A mapping of a volume of the instance takes neither a snapshot nor an "
                        "encryption state");
    if (by->VolumeSize.set && by->VolumeSize.v < e->VolumeSize.v)
        return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                        "Volume of size %lldGB is smaller than snapshot, expect size >= %lldGB",
                        (long long)by->VolumeSize.v, (long long)e->VolumeSize.v);
    if (by->VolumeSize.set)
        e->VolumeSize = by->VolumeSize;
    if (by->DeleteOnTermination.set)
        e->DeleteOnTermination = by->DeleteOnTermination;
    if (by->VolumeType.p != NULL)
        e->VolumeType = by->VolumeType;
    if (by->Iops.set)
        e->Iops = by->Iops;
    if (by->Throughput.set)
        e->Throughput = by->Throughput;
    return 0;
}

static int add_volume(struct creating *c, const struct ec2_ebs_attached *v, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(c->t);
    const struct ec2_BlockDeviceMapping *by = asked(c, v->device);
    if (by != NULL && by->NoDevice.p != NULL)
        return 0;
    struct ec2_EbsBlockDevice *e = np_new(a, struct ec2_EbsBlockDevice);
    *e = (struct ec2_EbsBlockDevice){
        .DeleteOnTermination = {true, v->delete_on_termination},
        .VolumeSize = v->detail->Size,
        .VolumeType = v->detail->VolumeType,
        .Iops = np_str_is(v->detail->VolumeType, "gp2") ? (struct np_opt_int){0} : v->detail->Iops,
        .Throughput = v->detail->Throughput,
        .Encrypted = {true, v->detail->Encrypted.v},
    };
    int rc = by != NULL && by->Ebs != NULL ? override(e, by->Ebs, err) : 0;
    struct np_str what = np_str_printf(a, "Created by CreateImage(%.*s) for %.*s",
                                       NP_FMT(c->in->InstanceId), NP_FMT(c->ami));
    if (rc == 0)
        rc =
            ec2_ebs_snapshot(c->t, v->volume, what, &c->in->TagSpecifications, &e->SnapshotId, err);
    c->list.v[c->list.n++] = (struct ec2_BlockDeviceMapping){.DeviceName = v->device, .Ebs = e};
    return rc;
}

/* New volumes, which the instance has not. */
static int add_new(struct creating *c, const struct ec2_ebs_list *has, struct np_err *err)
{
    for (size_t i = 0; i < c->in->BlockDeviceMappings.n; i++) {
        const struct ec2_BlockDeviceMapping *m = &c->in->BlockDeviceMappings.v[i];
        bool there = false;
        for (size_t k = 0; k < has->n; k++)
            there = there || np_str_eq(has->v[k].device, m->DeviceName);
        if (there || m->NoDevice.p != NULL)
            continue;
        if (m->DeviceName.n == 0 || m->Ebs == NULL ||
            (!m->Ebs->VolumeSize.set && m->Ebs->SnapshotId.p == NULL))
            return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                            "A mapping needs a device name, and a size or a snapshot");
        c->list.v[c->list.n++] = *m;
    }
    return 0;
}

static int add_mappings(struct creating *c, struct np_err *err)
{
    struct ec2_ebs_list has;
    int rc = ec2_ebs_of_instance(c->t, c->instance->id, &has, err);
    if (rc != 0)
        return rc;
    c->list.v = np_new_array(np_txn_arena(c->t), struct ec2_BlockDeviceMapping,
                             has.n + c->in->BlockDeviceMappings.n + 1);
    c->list.set = true;
    for (size_t i = 0; rc == 0 && i < has.n; i++)
        rc = add_volume(c, &has.v[i], err);
    return rc == 0 ? add_new(c, &has, err) : rc;
}

int ec2_CreateImage_apply(struct np_txn *t, const struct ec2_CreateImageRequest *in,
                          struct ec2_CreateImageResult *out, struct np_err *err)
{
    struct ec2_item *instance;
    int rc = ec2_image_room(t, err);
    if (rc == 0)
        rc = ec2_instance_get(t, in->InstanceId, false, &instance, err);
    if (rc != 0)
        return rc;
    const struct ec2_Instance *i = instance->detail;
    const struct ec2_InstanceOwn *has = instance->own;
    struct ec2_item *it = ec2_image_new(t, in->Name, in->Description);
    struct creating c = {.t = t, .in = in, .instance = instance, .ami = it->id};
    struct ec2_Image *d = it->detail;
    struct ec2_ImageOwn *own = it->own;
    d->Architecture = i->Architecture;
    d->RootDeviceName = i->RootDeviceName;
    d->EnaSupport = i->EnaSupport;
    d->SourceInstanceId = instance->id;
    d->SourceImageId = i->ImageId;
    d->SourceImageRegion = instance->region;
    own->Folder = has->ImageFolder;
    own->User = has->User;
    own->Runs = np_str_printf(np_txn_arena(t), "what %.*s was", NP_FMT(instance->id));
    rc = add_mappings(&c, err);
    d->BlockDeviceMappings = c.list;
    if (rc == 0)
        rc = ec2_image_add(t, it, &in->TagSpecifications, err);
    /* AWS: unless told not to it is rebooted for the image (tests/sdk/test_ec2_images.py). Its file
     * systems are whole either way: they are frozen while snapshots are made. */
    if (rc == 0 && !in->NoReboot.v && ec2_instance_state(instance) == EC2_RUNNING)
        rc = ec2_instance_reboot(t, instance, err);
    out->ImageId = it->id;
    return rc;
}

/* --- RegisterImage --- */

static int check_mapping(struct np_req *rq, const struct ec2_BlockDeviceMapping *m,
                         struct np_err *err)
{
    if (m->DeviceName.n == 0)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter blockDeviceMapping.deviceName");
    if (m->Ebs == NULL || m->Ebs->SnapshotId.p == NULL)
        return 0;
    const struct ec2_Snapshot *s = ec2_ebs_snapshot_find(rq, m->Ebs->SnapshotId);
    if (s == NULL)
        return np_fault(err, &EC2_InvalidSnapshotNotFound, "The snapshot '%.*s' does not exist.",
                        NP_FMT(m->Ebs->SnapshotId));
    if (!np_str_is(s->State, "completed"))
        return np_fault(err, &EC2_IncorrectState, "Snapshot is in invalid state - %.*s",
                        NP_FMT(s->State));
    if (m->Ebs->Encrypted.set)
        return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                        "the encrypted flag cannot be specified since device %.*s has a snapshot "
                        "specified.",
                        NP_FMT(m->DeviceName));
    if (m->Ebs->VolumeSize.set && m->Ebs->VolumeSize.v < s->VolumeSize.v)
        return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                        "Volume of size %lldGB is smaller than snapshot '%.*s', expect size >= "
                        "%lldGB",
                        (long long)m->Ebs->VolumeSize.v, NP_FMT(m->Ebs->SnapshotId),
                        (long long)s->VolumeSize.v);
    return 0;
}

static struct np_str root_name(const struct ec2_RegisterImageRequest *in)
{
    return in->RootDeviceName.n > 0 ? in->RootDeviceName : NP_STR("/dev/sda1");
}

static const struct ec2_EbsBlockDevice *root_of(const struct ec2_RegisterImageRequest *in)
{
    for (size_t i = 0; i < in->BlockDeviceMappings.n; i++)
        if (np_str_eq(in->BlockDeviceMappings.v[i].DeviceName, root_name(in)))
            return in->BlockDeviceMappings.v[i].Ebs;
    return NULL;
}

static int check_register(struct np_req *rq, const struct ec2_RegisterImageRequest *in,
                          struct np_err *err)
{
    const struct ec2_EbsBlockDevice *root = root_of(in);
    int rc = ec2_image_name_ok(in->Name, err);
    if (rc == 0 && !np_str_is(in->VirtualizationType, "hvm"))
        rc = np_fault(err, &EC2_InvalidParameterValue,
                      "The only virtualization type that is served is hvm; the default, "
                      "paravirtual, is not");
    if (rc == 0 && in->BlockDeviceMappings.n > EC2_MAPPINGS_MAX)
        rc = np_fault(err, &EC2_InvalidBlockDeviceMapping,
                      "An image may have at most %d block device mappings.", EC2_MAPPINGS_MAX);
    if (rc == 0 && (root == NULL || root->SnapshotId.p == NULL))
        rc = np_fault(err, &EC2_InvalidBlockDeviceMapping,
                      "No root snapshot specified in device mapping.");
    for (size_t i = 0; rc == 0 && i < in->BlockDeviceMappings.n; i++)
        rc = check_mapping(rq, &in->BlockDeviceMappings.v[i], err);
    return rc;
}

/* What the snapshots say, which no transaction changes, goes from begin to apply. */
struct registering {
    struct ec2_BlockDeviceMappingList list;
    struct np_str folder, user, runs;
};

/* With what its volume would have: the size of its snapshot, its encryption. */
static void complete(struct np_req *rq, struct ec2_BlockDeviceMapping *m)
{
    if (m->Ebs == NULL)
        return;
    struct ec2_EbsBlockDevice *e = np_new(rq->arena, struct ec2_EbsBlockDevice);
    const struct ec2_Snapshot *s =
        m->Ebs->SnapshotId.p != NULL ? ec2_ebs_snapshot_find(rq, m->Ebs->SnapshotId) : NULL;
    *e = *m->Ebs;
    m->Ebs = e;
    if (!e->DeleteOnTermination.set)
        e->DeleteOnTermination = (struct np_opt_bool){true, true};
    if (e->VolumeType.p == NULL)
        e->VolumeType = NP_STR("gp2");
    if (s != NULL && !e->VolumeSize.set)
        e->VolumeSize = s->VolumeSize;
    if (s != NULL)
        e->Encrypted = (struct np_opt_bool){true, s->Encrypted.v};
}

int ec2_RegisterImage_begin(struct np_req *rq, const struct ec2_RegisterImageRequest *in,
                            struct np_err *err)
{
    int rc = check_register(rq, in, err);
    if (rc != 0)
        return rc;
    struct registering *r = np_new(rq->arena, struct registering);
    size_t n = in->BlockDeviceMappings.n;
    r->list.v = np_new_array(rq->arena, struct ec2_BlockDeviceMapping, n);
    r->list.n = n;
    r->list.set = true;
    memcpy(r->list.v, in->BlockDeviceMappings.v, n * sizeof(*r->list.v));
    for (size_t i = 0; i < n; i++)
        complete(rq, &r->list.v[i]);
    r->folder = np_str_dup(rq->arena, ec2_ebs_snapshot_folder(rq->core, root_of(in)->SnapshotId));
    ec2_folder_facts(rq, r->folder, &r->user, &r->runs);
    rq->priv = r;
    return np_apply(rq);
}

int ec2_RegisterImage_apply(struct np_txn *t, const struct ec2_RegisterImageRequest *in,
                            struct ec2_RegisterImageResult *out, struct np_err *err)
{
    const struct registering *r = np_txn_req(t)->priv;
    int rc = ec2_image_room(t, err);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_image_new(t, in->Name, in->Description);
    struct ec2_Image *d = it->detail;
    struct ec2_ImageOwn *own = it->own;
    d->Architecture = in->Architecture.n > 0 ? in->Architecture : NP_STR("i386");
    d->RootDeviceName = root_name(in);
    d->EnaSupport = (struct np_opt_bool){true, in->EnaSupport.v};
    d->SriovNetSupport = in->SriovNetSupport;
    d->BootMode = in->BootMode;
    d->ImdsSupport = in->ImdsSupport;
    d->BlockDeviceMappings = r->list;
    own->Folder = r->folder;
    own->User = r->user;
    own->Runs = r->runs;
    rc = ec2_image_add(t, it, &in->TagSpecifications, err);
    out->ImageId = it->id;
    return rc;
}

/* --- DeregisterImage --- */

int ec2_DeregisterImage_begin(struct np_req *rq, const struct ec2_DeregisterImageRequest *in,
                              struct np_err *err)
{
    int rc = ec2_image_not_yours(rq, in->ImageId, err);
    return rc != 0 ? rc : np_apply(rq);
}

/* Those that another image needs stay, and the reply says so. */
static int drop_snapshots(struct np_txn *t, const struct ec2_Image *d,
                          struct ec2_DeleteSnapshotResultSet *out, struct np_err *err)
{
    out->set = true;
    out->v = np_new_array(np_txn_arena(t), struct ec2_DeleteSnapshotReturnCode,
                          d->BlockDeviceMappings.n + 1);
    for (size_t i = 0; i < d->BlockDeviceMappings.n; i++) {
        const struct ec2_EbsBlockDevice *e = d->BlockDeviceMappings.v[i].Ebs;
        if (e == NULL || e->SnapshotId.p == NULL)
            continue;
        struct np_err why;
        int rc = ec2_ebs_snapshot_drop(t, e->SnapshotId, &why);
        if (rc != 0 && rc != NP_EFAULT) {
            *err = why;
            return rc;
        }
        out->v[out->n++] = (struct ec2_DeleteSnapshotReturnCode){
            .SnapshotId = e->SnapshotId,
            .ReturnCode = rc == 0 ? NP_STR("success") : NP_STR("skipped")};
    }
    return 0;
}

int ec2_DeregisterImage_apply(struct np_txn *t, const struct ec2_DeregisterImageRequest *in,
                              struct ec2_DeregisterImageResult *out, struct np_err *err)
{
    struct ec2_item *it;
    int rc = ec2_image_own(t, in->ImageId, &it, err);
    if (rc == 0)
        rc = ec2_drop(t, it, err);
    if (rc == 0 && in->DeleteAssociatedSnapshots.v)
        rc = drop_snapshots(t, it->detail, &out->DeleteSnapshotResults, err);
    out->Return = (struct np_opt_bool){true, true};
    return rc;
}
