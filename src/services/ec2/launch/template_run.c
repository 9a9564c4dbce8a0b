/* SPDX-License-Identifier: Apache-2.0 */
/* template_run.c - a launch template under the request that names it, and an instance as the data
 * of a template. */
#include "aws/invalid.h"
#include "base/enc.h"
#include "codec/codec.h"
#include "services/ec2/launch/run_int.h"
#include "services/ec2/shape.h"
#include "services/ec2/launch/template.h"

/* --- lists that are merged by a key --- */

/* Mappings of devices that the request does not name. */
static void lay_devices(struct np_arena *a, struct ec2_BlockDeviceMappingRequestList *list,
                        const struct ec2_BlockDeviceMappingRequestList *under)
{
    struct ec2_BlockDeviceMapping *v =
        np_new_array(a, struct ec2_BlockDeviceMapping, list->n + under->n);
    size_t n = 0;
    for (size_t i = 0; i < under->n; i++) {
        bool named = false;
        for (size_t j = 0; j < list->n; j++)
            named = named || np_str_eq(list->v[j].DeviceName, under->v[i].DeviceName);
        if (!named)
            v[n++] = under->v[i];
    }
    for (size_t j = 0; j < list->n; j++)
        v[n++] = list->v[j];
    *list = (struct ec2_BlockDeviceMappingRequestList){v, n, n != 0};
}

static bool tags_instances(struct np_str type)
{
    return np_str_is(type, "instance") || np_str_is(type, "volume") ||
           np_str_is(type, "network-interface");
}

static bool has_key(const struct ec2_TagList *tags, struct np_str key)
{
    for (size_t i = 0; i < tags->n; i++)
        if (np_str_eq(tags->v[i].Key, key))
            return true;
    return false;
}

/* Tags of `under` whose keys the list does not have. */
static struct ec2_TagList lay_tags(struct np_arena *a, const struct ec2_TagList *tags,
                                   const struct ec2_TagList *under)
{
    struct ec2_TagList out = {np_new_array(a, struct ec2_Tag, tags->n + under->n), 0, true};
    for (size_t i = 0; i < tags->n; i++)
        out.v[out.n++] = tags->v[i];
    for (size_t i = 0; i < under->n; i++)
        if (!has_key(tags, under->v[i].Key))
            out.v[out.n++] = under->v[i];
    return out;
}

/* AWS: tags of template and request come together by type and key, the request's win; those of
 * what the launch does not make are left out (tests/sdk/test_ec2_instances.py). */
static void lay_specs(struct np_arena *a, struct ec2_TagSpecificationList *list,
                      const struct ec2_TagSpecificationList *under)
{
    struct ec2_TagSpecification *v =
        np_new_array(a, struct ec2_TagSpecification, list->n + under->n);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        v[n++] = list->v[i];
    for (size_t i = 0; i < under->n; i++) {
        struct ec2_TagSpecification *same = NULL;
        for (size_t j = 0; j < n; j++)
            if (np_str_eq(v[j].ResourceType, under->v[i].ResourceType))
                same = &v[j];
        if (same != NULL)
            same->Tags = lay_tags(a, &same->Tags, &under->v[i].Tags);
        else if (tags_instances(under->v[i].ResourceType))
            v[n++] = under->v[i];
    }
    *list = (struct ec2_TagSpecificationList){v, n, n != 0};
}

/* --- RunInstances --- */

/* What is named otherwise there, or cannot be had here. */
static int other_names(const struct ec2_ResponseLaunchTemplateData *data,
                       struct ec2_RunInstancesRequest *out, struct np_err *err)
{
    if (data->InstanceRequirements != NULL)
        return np_fault(err, &EC2_UnsupportedOperation,
                        "RunInstances: this region does not choose instance types by "
                        "InstanceRequirements; name an InstanceType.");
    out->RamdiskId = data->RamDiskId;
    if (data->ElasticGpuSpecifications.n != 0)
        return np_fault(err, &EC2_UnsupportedOperation,
                        "RunInstances: this region does not carry out 'ElasticGpuSpecifications'; "
                        "leave it out of the launch template.");
    return 0;
}

static int whole_ok(struct np_req *rq, const struct ec2_RunInstancesRequest *in, struct np_err *err)
{
    struct np_invalid why;
    if (np_validate(&ec2_RunInstancesRequest_shape, in, rq->arena, &why) == 0)
        return 0;
    return ec2_invalid(rq, &why, err);
}

int ec2_run_merge(struct ec2_run *r, const struct ec2_RunInstancesRequest *in, struct np_err *err)
{
    struct np_arena *a = r->rq->arena;
    const struct ec2_LaunchTemplateSpecification *spec = in->LaunchTemplate;
    const struct ec2_view *v = ec2_view(r->rq);
    const struct ec2_item *lt;
    r->in = ec2_shape_copy(a, &ec2_RunInstancesRequest_shape, in);
    if (spec == NULL)
        return 0;
    int rc = ec2_template_see(v, spec->LaunchTemplateId, spec->LaunchTemplateName, &lt, err);
    if (rc == 0)
        rc = ec2_template_version_see(v, lt, spec->Version, &r->template, err);
    if (rc != 0)
        return rc;
    struct ec2_RunInstancesRequest *under =
        ec2_shape_as(a, &ec2_ResponseLaunchTemplateData_shape, r->template->LaunchTemplateData,
                     &ec2_RunInstancesRequest_shape);
    rc = other_names(r->template->LaunchTemplateData, under, err);
    if (rc != 0)
        return rc;
    lay_devices(a, &r->in->BlockDeviceMappings, &under->BlockDeviceMappings);
    lay_specs(a, &r->in->TagSpecifications, &under->TagSpecifications);
    ec2_shape_lay(&ec2_RunInstancesRequest_shape, r->in, under);
    return whole_ok(r->rq, r->in, err);
}

/* --- GetLaunchTemplateData --- */

static struct ec2_LaunchTemplateBlockDeviceMappingList
disks_of(const struct ec2_view *v, struct np_str instance, struct np_arena *a)
{
    struct ec2_ebs_list all;
    ec2_ebs_view_instance(v, instance, a, &all);
    struct ec2_LaunchTemplateBlockDeviceMappingList out = {
        np_new_array(a, struct ec2_LaunchTemplateBlockDeviceMapping, all.n + 1), all.n, true};
    for (size_t i = 0; i < all.n; i++) {
        struct ec2_LaunchTemplateEbsBlockDevice *e =
            np_new(a, struct ec2_LaunchTemplateEbsBlockDevice);
        const struct ec2_Volume *d = all.v[i].detail;
        *e = (struct ec2_LaunchTemplateEbsBlockDevice){
            .Encrypted = d->Encrypted,
            .DeleteOnTermination = EC2_BOOL(all.v[i].delete_on_termination),
            .Iops = d->Iops,
            .SnapshotId = d->SnapshotId.n != 0 ? d->SnapshotId : NP_STR_NULL,
            .VolumeSize = d->Size,
            .VolumeType = d->VolumeType,
            .Throughput = d->Throughput,
        };
        out.v[i].DeviceName = all.v[i].device;
        out.v[i].Ebs = e;
    }
    return out;
}

static struct ec2_LaunchTemplateInstanceNetworkInterfaceSpecificationList
nets_of(const struct ec2_Instance *d, struct np_arena *a)
{
    size_t n = d->NetworkInterfaces.n;
    struct ec2_LaunchTemplateInstanceNetworkInterfaceSpecificationList out = {
        np_new_array(a, struct ec2_LaunchTemplateInstanceNetworkInterfaceSpecification, n + 1), n,
        true};
    for (size_t i = 0; i < n; i++) {
        const struct ec2_InstanceNetworkInterface *x = &d->NetworkInterfaces.v[i];
        struct np_strs groups = {np_new_array(a, struct np_str, x->Groups.n + 1), x->Groups.n,
                                 true};
        for (size_t j = 0; j < x->Groups.n; j++)
            groups.v[j] = x->Groups.v[j].GroupId;
        out.v[i].AssociatePublicIpAddress = EC2_BOOL(x->Association != NULL);
        out.v[i].DeleteOnTermination = x->Attachment->DeleteOnTermination;
        out.v[i].Description = x->Description;
        out.v[i].DeviceIndex = x->Attachment->DeviceIndex;
        out.v[i].Groups = groups;
        out.v[i].InterfaceType = x->InterfaceType;
        out.v[i].SubnetId = x->SubnetId;
        out.v[i].NetworkCardIndex = EC2_INT(0);
    }
    return out;
}

int ec2_GetLaunchTemplateData(struct np_req *rq, const struct ec2_GetLaunchTemplateDataRequest *in,
                              struct ec2_GetLaunchTemplateDataResult *out, struct np_err *err)
{
    struct np_arena *a = rq->arena;
    const struct ec2_view *v = ec2_view(rq);
    const struct ec2_item *it;
    struct ec2_Instance d;
    int rc = ec2_instance_see(rq, in->InstanceId, &it, err);
    if (rc != 0)
        return rc;
    const struct ec2_InstanceOwn *own = it->own;
    d = *EC2_SEEN(Instance, it);
    ec2_instance_fill(v, it, a, &d);
    struct ec2_Instance alike = d; /* what is named alike is taken alike: placement, options */
    alike.SecurityGroups.set = alike.NetworkInterfaces.set = alike.BlockDeviceMappings.set = false;
    alike.Tags.set = false;
    struct ec2_ResponseLaunchTemplateData *data =
        ec2_shape_as(a, &ec2_Instance_shape, &alike, &ec2_ResponseLaunchTemplateData_shape);
    data->Monitoring = np_new(a, struct ec2_LaunchTemplatesMonitoring);
    data->Monitoring->Enabled = EC2_BOOL(np_str_is(d.Monitoring->State, "enabled"));
    data->BlockDeviceMappings = disks_of(v, it->id, a);
    data->NetworkInterfaces = nets_of(&d, a);
    data->DisableApiTermination = own->DisableApiTermination;
    data->DisableApiStop = own->DisableApiStop;
    data->InstanceInitiatedShutdownBehavior = own->InstanceInitiatedShutdownBehavior;
    data->UserData = own->UserData.n != 0 ? np_base64(a, own->UserData) : NP_STR("");
    data->TagSpecifications.set = false;
    if (data->IamInstanceProfile != NULL)
        data->IamInstanceProfile->Arn = d.IamInstanceProfile->Arn;
    out->LaunchTemplateData = data;
    return 0;
}
