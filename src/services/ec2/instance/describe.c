/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - DescribeInstances and DescribeInstanceStatus. */
#include "base/map.h"
#include "engines/compute/compute.h"
#include "services/ec2/instance/instance_int.h"

/* --- DescribeInstances --- */

static bool owner_is(const struct ec2_view *v, const struct ec2_item *it, const void *out,
                     struct np_str value)
{
    return ec2_filter_text(value, it->account);
}

static bool profile_name_is(const struct ec2_view *v, const struct ec2_item *it, const void *out,
                            struct np_str value)
{
    const struct ec2_Instance *d = out;
    if (d->IamInstanceProfile == NULL)
        return false;
    struct np_str arn = d->IamInstanceProfile->Arn;
    return ec2_filter_text(value, np_str_sub(arn, (size_t)(np_str_rchr(arn, '/') + 1), arn.n));
}

static const struct ec2_filter filters[] = {
    {"architecture", "Architecture"},
    {"availability-zone", "Placement.AvailabilityZone"},
    {"availability-zone-id", "Placement.AvailabilityZoneId"},
    {"block-device-mapping.attach-time", "BlockDeviceMappings.Ebs.AttachTime"},
    {"block-device-mapping.delete-on-termination", "BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.status", "BlockDeviceMappings.Ebs.Status"},
    {"block-device-mapping.volume-id", "BlockDeviceMappings.Ebs.VolumeId"},
    {"boot-mode", "BootMode"},
    {"capacity-reservation-id", "CapacityReservationId"},
    {"capacity-reservation-specification.capacity-reservation-preference",
     "CapacityReservationSpecification.CapacityReservationPreference"},
    {"client-token", "ClientToken"},
    {"current-instance-boot-mode", "CurrentInstanceBootMode"},
    {"dns-name", "PublicDnsName"},
    {"ebs-optimized", "EbsOptimized"},
    {"ena-support", "EnaSupport"},
    {"enclave-options.enabled", "EnclaveOptions.Enabled"},
    {"group-id", "SecurityGroups.GroupId"},
    {"group-name", "SecurityGroups.GroupName"},
    {"hibernation-options.configured", "HibernationOptions.Configured"},
    {"hypervisor", "Hypervisor"},
    {"iam-instance-profile.arn", "IamInstanceProfile.Arn"},
    {"iam-instance-profile.id", "IamInstanceProfile.Id"},
    {"iam-instance-profile.name", NULL, profile_name_is},
    {"image-id", "ImageId"},
    {"instance-id", "InstanceId"},
    {"instance-lifecycle", "InstanceLifecycle"},
    {"instance-state-code", "State.Code"},
    {"instance-state-name", "State.Name"},
    {"instance-type", "InstanceType"},
    {"instance.group-id", "SecurityGroups.GroupId"},
    {"instance.group-name", "SecurityGroups.GroupName"},
    {"ip-address", "PublicIpAddress"},
    {"ipv6-address", "Ipv6Address"},
    {"kernel-id", "KernelId"},
    {"key-name", "KeyName"},
    {"launch-index", "AmiLaunchIndex"},
    {"launch-time", "LaunchTime"},
    {"maintenance-options.auto-recovery", "MaintenanceOptions.AutoRecovery"},
    {"metadata-options.http-endpoint", "MetadataOptions.HttpEndpoint"},
    {"metadata-options.http-protocol-ipv4", "MetadataOptions.HttpEndpoint"},
    {"metadata-options.http-protocol-ipv6", "MetadataOptions.HttpProtocolIpv6"},
    {"metadata-options.http-put-response-hop-limit", "MetadataOptions.HttpPutResponseHopLimit"},
    {"metadata-options.http-tokens", "MetadataOptions.HttpTokens"},
    {"metadata-options.instance-metadata-tags", "MetadataOptions.InstanceMetadataTags"},
    {"monitoring-state", "Monitoring.State"},
    {"network-interface.addresses.association.ip-owner-id",
     "NetworkInterfaces.PrivateIpAddresses.Association.IpOwnerId"},
    {"network-interface.addresses.association.public-ip",
     "NetworkInterfaces.PrivateIpAddresses.Association.PublicIp"},
    {"network-interface.addresses.primary", "NetworkInterfaces.PrivateIpAddresses.Primary"},
    {"network-interface.addresses.private-ip-address",
     "NetworkInterfaces.PrivateIpAddresses.PrivateIpAddress"},
    {"network-interface.association.ip-owner-id", "NetworkInterfaces.Association.IpOwnerId"},
    {"network-interface.association.public-ip", "NetworkInterfaces.Association.PublicIp"},
    {"network-interface.attachment.attach-time", "NetworkInterfaces.Attachment.AttachTime"},
    {"network-interface.attachment.attachment-id", "NetworkInterfaces.Attachment.AttachmentId"},
    {"network-interface.attachment.delete-on-termination",
     "NetworkInterfaces.Attachment.DeleteOnTermination"},
    {"network-interface.attachment.device-index", "NetworkInterfaces.Attachment.DeviceIndex"},
    {"network-interface.attachment.instance-id", "InstanceId"},
    {"network-interface.attachment.status", "NetworkInterfaces.Attachment.Status"},
    {"network-interface.availability-zone", "Placement.AvailabilityZone"},
    {"network-interface.description", "NetworkInterfaces.Description"},
    {"network-interface.group-id", "NetworkInterfaces.Groups.GroupId"},
    {"network-interface.group-name", "NetworkInterfaces.Groups.GroupName"},
    {"network-interface.mac-address", "NetworkInterfaces.MacAddress"},
    {"network-interface.network-interface-id", "NetworkInterfaces.NetworkInterfaceId"},
    {"network-interface.owner-id", "NetworkInterfaces.OwnerId"},
    {"network-interface.private-dns-name", "NetworkInterfaces.PrivateDnsName"},
    {"network-interface.private-ip-address", "NetworkInterfaces.PrivateIpAddress"},
    {"network-interface.source-dest-check", "NetworkInterfaces.SourceDestCheck"},
    {"network-interface.status", "NetworkInterfaces.Status"},
    {"network-interface.subnet-id", "NetworkInterfaces.SubnetId"},
    {"network-interface.vpc-id", "NetworkInterfaces.VpcId"},
    {"owner-id", NULL, owner_is},
    {"placement-group-name", "Placement.GroupName"},
    {"platform", "Platform"},
    {"platform-details", "PlatformDetails"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-dns-name-options.enable-resource-name-dns-a-record",
     "PrivateDnsNameOptions.EnableResourceNameDnsARecord"},
    {"private-dns-name-options.hostname-type", "PrivateDnsNameOptions.HostnameType"},
    {"private-ip-address", "PrivateIpAddress"},
    {"product-code", "ProductCodes.ProductCodeId"},
    {"ramdisk-id", "RamdiskId"},
    {"reason", "StateTransitionReason"},
    {"requester-id", "@RequesterId"},
    {"reservation-id", "@ReservationId"},
    {"root-device-name", "RootDeviceName"},
    {"root-device-type", "RootDeviceType"},
    {"source-dest-check", "SourceDestCheck"},
    {"spot-instance-request-id", "SpotInstanceRequestId"},
    {"state-reason-code", "StateReason.Code"},
    {"state-reason-message", "StateReason.Message"},
    {"subnet-id", "SubnetId"},
    {"tenancy", "Placement.Tenancy"},
    {"usage-operation", "UsageOperation"},
    {"usage-operation-update-time", "UsageOperationUpdateTime"},
    {"virtualization-type", "VirtualizationType"},
    {"vpc-id", "VpcId"},
};

struct launch {
    const struct ec2_item *first; /* of its instances that are answered */
    size_t n, at;                 /* how many there are, and where in the list they begin */
};

struct launches {
    struct launch *v; /* in the order of their first instances */
    size_t n;
    size_t *of; /* the launch of each instance */
};

static void find_launches(struct np_req *rq, const struct ec2_InstanceList *all,
                          struct launches *out)
{
    const struct ec2_view *v = ec2_view(rq);
    struct np_map *places = np_map_new(); /* from 1 */
    *out = (struct launches){np_new_array(rq->arena, struct launch, all->n), 0,
                             np_new_array(rq->arena, size_t, all->n)};
    for (size_t i = 0; i < all->n; i++) {
        const struct ec2_item *it = ec2_see(v, EC2_KIND_INSTANCE, all->v[i].InstanceId);
        struct np_str id = EC2_OWN(InstanceOwn, it)->ReservationId;
        uintptr_t at = (uintptr_t)np_map_get(places, id);
        if (at == 0) {
            out->v[out->n].first = it;
            at = ++out->n;
            np_map_put(places, id, (void *)at);
        }
        out->of[i] = at - 1;
        out->v[at - 1].n++;
    }
    np_map_free(places, NULL);
    for (size_t i = 1; i < out->n; i++)
        out->v[i].at = out->v[i - 1].at + out->v[i - 1].n;
}

/* Instances in the order of their launches; mostly they are, and nothing is copied. */
static struct ec2_Instance *in_order(struct np_arena *a, const struct ec2_InstanceList *all,
                                     const struct launches *l)
{
    size_t i = 1;
    while (i < all->n && l->of[i] >= l->of[i - 1])
        i++;
    if (i >= all->n)
        return all->v;
    struct ec2_Instance *v = np_new_array(a, struct ec2_Instance, all->n);
    size_t *next = np_new_array(a, size_t, l->n);
    for (i = 0; i < all->n; i++)
        v[l->v[l->of[i]].at + next[l->of[i]]++] = all->v[i];
    return v;
}

/* Instances of one launch stand together, launches in the order of their first one. */
static void by_launch(struct np_req *rq, const struct ec2_InstanceList *all,
                      struct ec2_ReservationList *out)
{
    struct launches l;
    find_launches(rq, all, &l);
    struct ec2_Instance *v = in_order(rq->arena, all, &l);
    *out = (struct ec2_ReservationList){np_new_array(rq->arena, struct ec2_Reservation, l.n), l.n,
                                        true};
    for (size_t i = 0; i < l.n; i++)
        out->v[i] = (struct ec2_Reservation){
            .ReservationId = EC2_OWN(InstanceOwn, l.v[i].first)->ReservationId,
            .OwnerId = l.v[i].first->account,
            .RequesterId = EC2_OWN(InstanceOwn, l.v[i].first)->RequesterId,
            .Groups.set = true,
            .Instances = {v + l.v[i].at, l.v[i].n, true},
        };
}

int ec2_DescribeInstances(struct np_req *rq, const struct ec2_DescribeInstancesRequest *in,
                          struct ec2_DescribeInstancesResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_INSTANCE,
        .filters = filters,
        .n_filters = NP_LEN(filters),
        .ids_name = "instancesSet",
        .fill = ec2_instance_fill,
        .fills = EC2_INSTANCE_FILLS,
        .kept = true,
        .hidden = ec2_instance_hidden,
    };
    struct ec2_InstanceList all = {0};
    int rc = ec2_describe(rq, &d, EC2_ASK(in, InstanceIds), &all, &out->NextToken, err);
    if (rc == 0)
        by_launch(rq, &all, &out->Reservations);
    return rc;
}

/* --- DescribeInstanceStatus --- */

static const struct ec2_filter status_filters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"event.code", "Events.Code"},
    {"event.description", "Events.Description"},
    {"event.instance-event-id", "Events.InstanceEventId"},
    {"event.not-after", "Events.NotAfter"},
    {"event.not-before", "Events.NotBefore"},
    {"event.not-before-deadline", "Events.NotBeforeDeadline"},
    {"instance-state-code", "InstanceState.Code"},
    {"instance-state-name", "InstanceState.Name"},
    {"instance-status.reachability", "InstanceStatus.Details.Status"},
    {"instance-status.status", "InstanceStatus.Status"},
    {"system-status.reachability", "SystemStatus.Details.Status"},
    {"system-status.status", "SystemStatus.Status"},
    {"attached-ebs-status.status", "AttachedEbsStatus.Status"},
};

static const struct {
    enum np_check check;
    const char *status, *reachability;
} checks[] = {
    {NP_CHECK_NONE, "not-applicable", NULL},
    {NP_CHECK_INITIALIZING, "initializing", "initializing"},
    {NP_CHECK_OK, "ok", "passed"},
    {NP_CHECK_IMPAIRED, "impaired", "failed"},
    {NP_CHECK_UNKNOWN, "insufficient-data", "insufficient-data"},
};

static struct ec2_InstanceStatusSummary *summary(struct np_arena *a, enum np_check check,
                                                 int64_t impaired_ms)
{
    struct ec2_InstanceStatusSummary *s = np_new(a, struct ec2_InstanceStatusSummary);
    struct ec2_InstanceStatusDetails *d = np_new(a, struct ec2_InstanceStatusDetails);
    for (size_t i = 0; i < NP_LEN(checks); i++) {
        if (checks[i].check != check)
            continue;
        s->Status = np_str_of(checks[i].status);
        d->Status = np_str_of(checks[i].reachability);
    }
    if (d->Status.p == NULL)
        return s;
    d->Name = NP_STR("reachability");
    if (check == NP_CHECK_IMPAIRED && impaired_ms != 0)
        d->ImpairedSince = EC2_INT(impaired_ms);
    s->Details = (struct ec2_InstanceStatusDetailsList){d, 1, true};
    return s;
}

static void status_of(const struct np_req *rq, const struct ec2_item *it,
                      struct ec2_InstanceStatus *out)
{
    struct np_compute *c = ec2_compute(rq->core);
    const struct ec2_Instance *d = it->detail;
    struct np_instance_now now = {0};
    bool runs = ec2_instance_state(it) == EC2_RUNNING;
    enum np_check instance = NP_CHECK_NONE, system = NP_CHECK_NONE;
    if (runs) {
        bool known = c != NULL && np_compute_observe(c, rq->arena, it->id, &now) == 0;
        instance = known ? now.instance_check : NP_CHECK_UNKNOWN;
        system = known ? now.system_check : NP_CHECK_UNKNOWN;
    }
    *out = (struct ec2_InstanceStatus){
        .AvailabilityZone = d->Placement->AvailabilityZone,
        .AvailabilityZoneId = d->Placement->AvailabilityZoneId,
        .InstanceId = it->id,
        .InstanceState = d->State,
        .InstanceStatus = summary(rq->arena, instance, now.impaired_ms),
        .SystemStatus = summary(rq->arena, system, now.impaired_ms),
    };
}

/* AWS: without IncludeAllInstances those that run, whichever ids are given. */
static bool status_wanted(const struct np_req *rq,
                          const struct ec2_DescribeInstanceStatusRequest *in,
                          const struct ec2_item *it)
{
    if (ec2_instance_hidden(rq, it))
        return false;
    return in->IncludeAllInstances.v || ec2_instance_state(it) == EC2_RUNNING;
}

int ec2_DescribeInstanceStatus(struct np_req *rq,
                               const struct ec2_DescribeInstanceStatusRequest *in,
                               struct ec2_DescribeInstanceStatusResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {&ec2_InstanceStatus_shape, status_filters,
                                         NP_LEN(status_filters), 5, 1000};
    struct ec2_InstanceStatusList *list = &out->InstanceStatuses;
    const struct ec2_item *const *all, *it;
    size_t n = ec2_see_all(ec2_view(rq), EC2_KIND_INSTANCE, NP_STR_NULL, rq->arena, &all);
    size_t asked = in->InstanceIds.n;
    *list = (struct ec2_InstanceStatusList){
        np_new_array(rq->arena, struct ec2_InstanceStatus, (asked > n ? asked : n) + 1), 0, true};
    if (asked > EC2_IDS_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "At most %d ids may be given in a call.",
                        EC2_IDS_MAX);
    if (asked != 0 && in->MaxResults.set)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter instancesSet cannot be used with the parameter maxResults");
    for (size_t i = 0; i < asked; i++) {
        int rc = ec2_instance_see(rq, in->InstanceIds.v[i], &it, err);
        if (rc != 0)
            return rc;
        if (status_wanted(rq, in, it))
            status_of(rq, it, &list->v[list->n++]);
    }
    for (size_t i = 0; asked == 0 && i < n; i++)
        if (status_wanted(rq, in, all[i]))
            status_of(rq, all[i], &list->v[list->n++]);
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    return ec2_filter_rows(rq, &rows, &ask, list, &out->NextToken, err);
}
