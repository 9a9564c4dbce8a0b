/* SPDX-License-Identifier: Apache-2.0 */
/* run_make.c - one instance of a launch, in apply: its row, interfaces, volumes, profile, tags. */
#include "services/ec2/interface/address.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/launch/run_int.h"
#include "services/ec2/firewall/sg.h"

static const char *const tagged[] = {"instance", "volume", "network-interface", NULL};

/* --- the row --- */

static struct ec2_CpuOptions *cpu_options(struct np_arena *a, const struct ec2_run *r)
{
    struct ec2_CpuOptions *c = np_new(a, struct ec2_CpuOptions);
    c->CoreCount = EC2_INT(r->cores);
    c->ThreadsPerCore = EC2_INT(r->threads);
    return c;
}

static struct ec2_Placement *placement(struct np_arena *a, const struct ec2_run *r)
{
    struct ec2_Placement *p = np_new(a, struct ec2_Placement);
    p->AvailabilityZone = r->zone;
    p->AvailabilityZoneId = r->zone_id;
    p->GroupName = NP_STR("");
    p->Tenancy = NP_STR("default");
    return p;
}

static struct ec2_PrivateDnsNameOptionsResponse *dns_options(struct np_arena *a,
                                                             const struct ec2_run *r)
{
    const struct ec2_PrivateDnsNameOptionsRequest *in = r->in->PrivateDnsNameOptions;
    struct ec2_PrivateDnsNameOptionsResponse *o =
        np_new(a, struct ec2_PrivateDnsNameOptionsResponse);
    *o = (struct ec2_PrivateDnsNameOptionsResponse){
        .HostnameType =
            in != NULL && in->HostnameType.p != NULL ? in->HostnameType : NP_STR("ip-name"),
        .EnableResourceNameDnsARecord = EC2_BOOL(in != NULL && in->EnableResourceNameDnsARecord.v),
        .EnableResourceNameDnsAAAARecord = EC2_BOOL(false),
    };
    return o;
}

static struct ec2_CapacityReservationSpecificationResponse *capacity(struct np_arena *a,
                                                                     const struct ec2_run *r)
{
    const struct ec2_CapacityReservationSpecification *in = r->in->CapacityReservationSpecification;
    struct ec2_CapacityReservationSpecificationResponse *c =
        np_new(a, struct ec2_CapacityReservationSpecificationResponse);
    c->CapacityReservationPreference = in != NULL && in->CapacityReservationPreference.p != NULL
                                           ? in->CapacityReservationPreference
                                           : NP_STR("open");
    return c;
}

/* What is the same of every instance but off. */
static void never(struct np_arena *a, struct ec2_Instance *d)
{
    d->HibernationOptions = np_new(a, struct ec2_HibernationOptions);
    d->HibernationOptions->Configured = EC2_BOOL(false);
    d->EnclaveOptions = np_new(a, struct ec2_EnclaveOptions);
    d->EnclaveOptions->Enabled = EC2_BOOL(false);
    d->NetworkPerformanceOptions = np_new(a, struct ec2_InstanceNetworkPerformanceOptions);
    d->NetworkPerformanceOptions->BandwidthWeighting = NP_STR("default");
    d->Hypervisor = NP_STR("xen");
    d->VirtualizationType = NP_STR("hvm");
    d->RootDeviceType = NP_STR("ebs");
    d->PlatformDetails = NP_STR("Linux/UNIX");
    d->UsageOperation = NP_STR("RunInstances");
    d->StateTransitionReason = NP_STR("");
}

static void options(struct np_arena *a, const struct ec2_run *r, struct ec2_Instance *d)
{
    const struct ec2_RunInstancesRequest *in = r->in;
    d->CpuOptions = cpu_options(a, r);
    d->Placement = placement(a, r);
    d->PrivateDnsNameOptions = dns_options(a, r);
    d->CapacityReservationSpecification = capacity(a, r);
    d->Monitoring = np_new(a, struct ec2_Monitoring);
    d->Monitoring->State = in->Monitoring != NULL && in->Monitoring->Enabled.v ? NP_STR("enabled")
                                                                               : NP_STR("disabled");
    d->MaintenanceOptions = np_new(a, struct ec2_InstanceMaintenanceOptions);
    d->MaintenanceOptions->AutoRecovery =
        in->MaintenanceOptions != NULL && in->MaintenanceOptions->AutoRecovery.p != NULL
            ? in->MaintenanceOptions->AutoRecovery
            : NP_STR("default");
    d->MaintenanceOptions->RebootMigration = NP_STR("default");
}

static void detail(struct np_txn *t, const struct ec2_run *r, size_t i, struct ec2_item *it)
{
    struct np_arena *a = np_txn_arena(t);
    const struct ec2_Image *image = r->image.detail;
    struct ec2_Instance *d = it->detail;
    never(a, d);
    options(a, r, d);
    d->Architecture = image->Architecture;
    d->ClientToken = r->in->ClientToken.p != NULL ? r->in->ClientToken : NP_STR("");
    d->EbsOptimized = EC2_BOOL(r->in->EbsOptimized.v);
    d->EnaSupport = EC2_BOOL((r->type->flags & (T_ENA | T_ENA_MAY)) != 0);
    d->RootDeviceName = r->image.root_device;
    d->BootMode = image->BootMode;
    d->CurrentInstanceBootMode =
        ec2_type_has(r->type, T_BIOS) && !np_str_starts(image->BootMode, NP_STR("uefi"))
            ? NP_STR("legacy-bios")
            : NP_STR("uefi");
    d->UsageOperationUpdateTime = d->LaunchTime = EC2_INT(np_txn_now_ms(t));
    d->ImageId = r->in->ImageId;
    d->KeyName = r->in->KeyName;
    d->AmiLaunchIndex = EC2_INT((int64_t)i);
    d->InstanceType = np_str_of(r->type->name);
    d->SubnetId = r->subnet;
    it->vpc = d->VpcId = r->vpc;
    ec2_instance_set_state(a, it, EC2_PENDING);
    ec2_instance_set_reason(a, it, "pending", NP_STR("pending"));
}

static int own(struct np_txn *t, const struct ec2_run *r, struct np_str reservation,
               struct ec2_item *it, struct np_err *err)
{
    const struct ec2_RunInstancesRequest *in = r->in;
    struct ec2_InstanceOwn *o = it->own;
    struct np_str behavior = in->InstanceInitiatedShutdownBehavior;
    int64_t slot;
    int rc = ec2_slot_take(t, it->id, &slot, err);
    *o = (struct ec2_InstanceOwn){
        .ReservationId = reservation,
        .Want = EC2_WANT_RUN,
        .Boot = EC2_INT(1),
        .Slot = EC2_INT(slot),
        .ImageFolder = r->image.folder,
        .User = r->image.user,
        .UserData = r->user_data,
        .PublicKey = r->public_key,
        .DisableApiTermination = EC2_BOOL(in->DisableApiTermination.v),
        .DisableApiStop = EC2_BOOL(in->DisableApiStop.v),
        .InstanceInitiatedShutdownBehavior = behavior.p != NULL ? behavior : NP_STR("stop"),
        .CpuCredits =
            in->CreditSpecification != NULL ? in->CreditSpecification->CpuCredits : NP_STR_NULL,
    };
    return rc;
}

/* --- interfaces --- */

static int groups_of(struct np_txn *t, const struct ec2_run *r,
                     const struct ec2_InstanceNetworkInterfaceSpecification *s, struct np_strs *out,
                     struct np_err *err)
{
    const struct np_strs *names = &r->in->SecurityGroups;
    struct np_strs by_name = {0};
    *out = s->Groups;
    if (r->in->NetworkInterfaces.n != 0 || names->n == 0)
        return 0;
    int rc = ec2_sg_by_names(t, r->vpc, names->v, names->n, &by_name, err);
    struct np_str *v = np_new_array(np_txn_arena(t), struct np_str, out->n + by_name.n + 1);
    for (size_t i = 0; i < out->n; i++)
        v[i] = out->v[i];
    for (size_t i = 0; rc == 0 && i < by_name.n; i++)
        v[out->n + i] = by_name.v[i];
    *out = (struct np_strs){v, out->n + by_name.n, true};
    return rc;
}

/* Addresses beside the primary one, which is the one that says so. */
static void split(struct np_arena *a, const struct ec2_InstanceNetworkInterfaceSpecification *s,
                  struct ec2_eni_opts *o)
{
    struct np_str *more = np_new_array(a, struct np_str, s->PrivateIpAddresses.n + 1);
    o->primary = s->PrivateIpAddress;
    o->secondary = more;
    for (size_t i = 0; i < s->PrivateIpAddresses.n; i++) {
        const struct ec2_PrivateIpAddressSpecification *p = &s->PrivateIpAddresses.v[i];
        if (p->Primary.v)
            o->primary = p->PrivateIpAddress;
        else
            more[o->n_secondary++] = p->PrivateIpAddress;
    }
    o->more_secondary = (size_t)s->SecondaryPrivateIpAddressCount.v;
}

static int new_interface(struct np_txn *t, const struct ec2_run *r,
                         const struct ec2_InstanceNetworkInterfaceSpecification *s,
                         struct ec2_item **out, struct np_err *err)
{
    struct np_strs groups;
    struct ec2_tags tags;
    struct ec2_eni_opts o = {
        .subnet = s->SubnetId.p != NULL ? s->SubnetId : r->subnet,
        .description = s->Description.p != NULL ? s->Description : NP_STR(""),
    };
    int rc = groups_of(t, r, s, &groups, err);
    if (rc == 0)
        rc = ec2_tag_specs(np_txn_arena(t), &r->in->TagSpecifications, tagged, "network-interface",
                           &tags, err);
    if (rc != 0)
        return rc;
    o.groups = groups.v;
    o.n_groups = groups.n;
    o.tags = tags.v;
    o.n_tags = tags.n;
    split(np_txn_arena(t), s, &o);
    return ec2_eni_create(t, &o, out, err);
}

static int interface(struct np_txn *t, const struct ec2_run *r, size_t i, struct ec2_item *it,
                     struct ec2_item **out, struct np_err *err)
{
    const struct ec2_InstanceNetworkInterfaceSpecification *s = &r->nets[i];
    struct ec2_db db = ec2_db(t);
    bool is_new = s->NetworkInterfaceId.p == NULL;
    int rc = is_new ? new_interface(t, r, s, out, err)
                    : ec2_get(&db, EC2_KIND_INTERFACE, s->NetworkInterfaceId, out, err);
    struct ec2_eni_attachment at = {
        .instance = it->id,
        .device = s->DeviceIndex.v,
        /* AWS: an interface that was there before outlives the instance unless it says otherwise
         * (tests/sdk/test_ec2_instances.py). */
        .delete_on_termination = s->DeleteOnTermination.set ? s->DeleteOnTermination.v : is_new,
    };
    bool outside = s->AssociatePublicIpAddress.set ? s->AssociatePublicIpAddress.v
                                                   : r->map_public && r->n_nets == 1;
    if (rc == 0 && is_new && i == 0 && outside)
        rc = ec2_public_give(t, *out, err);
    return rc != 0 ? rc : ec2_eni_attach(t, *out, &at, err);
}

/* --- the whole --- */

static int tag(struct np_txn *t, const struct ec2_run *r, struct ec2_item *it, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_tags tags;
    int rc = ec2_tag_specs(a, &r->in->TagSpecifications, tagged, "instance", &tags, err);
    if (rc != 0)
        return rc;
    struct np_tag *all = np_new_array(a, struct np_tag, tags.n + 2);
    for (size_t i = 0; i < tags.n; i++)
        all[i] = tags.v[i];
    if (r->template != NULL) {
        all[tags.n++] =
            (struct np_tag){NP_STR("aws:ec2launchtemplate:id"), r->template->LaunchTemplateId};
        all[tags.n++] =
            (struct np_tag){NP_STR("aws:ec2launchtemplate:version"),
                            np_str_printf(a, "%lld", (long long)r->template->VersionNumber.v)};
    }
    return ec2_tag(t, it, all, tags.n, err);
}

static int disks(struct np_txn *t, const struct ec2_run *r, size_t i, struct ec2_item *it,
                 struct np_err *err)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < r->n_wants; k++)
        rc = ec2_ebs_launch(t, &r->wants[i * r->n_wants + k], r->zone, it->id,
                            &r->in->TagSpecifications, err);
    return rc;
}

static int networks(struct np_txn *t, const struct ec2_run *r, struct ec2_item *it,
                    struct np_err *err)
{
    struct ec2_item *eni;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->n_nets; i++) {
        rc = interface(t, r, i, it, &eni, err);
        if (rc == 0 && i == 0)
            EC2_DETAIL(Instance, it)->PrivateIpAddress =
                EC2_DETAIL(NetworkInterface, eni)->PrivateIpAddress;
    }
    return rc;
}

int ec2_run_make(struct np_txn *t, const struct ec2_run *r, struct np_str reservation, size_t i,
                 struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it = ec2_new(t, EC2_KIND_INSTANCE);
    *out = it;
    detail(t, r, i, it);
    EC2_DETAIL(Instance, it)->MetadataOptions =
        ec2_metadata_options(&db, r->in->MetadataOptions, r->image.detail->ImdsSupport, err);
    int rc = EC2_DETAIL(Instance, it)->MetadataOptions == NULL ? NP_EFAULT : 0;
    if (rc == 0)
        rc = own(t, r, reservation, it, err);
    if (rc == 0)
        rc = ec2_put(t, it, err); /* interfaces and volumes refer to it */
    if (rc == 0)
        rc = networks(t, r, it, err);
    if (rc == 0)
        rc = disks(t, r, i, it, err);
    if (rc == 0 && r->profile.arn.p != NULL)
        rc = ec2_profile_add(t, it->id, &r->profile, NULL, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "vpc", r->vpc, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "subnet", r->subnet, err);
    if (rc == 0)
        rc = tag(t, r, it, err);
    return rc != 0 ? rc : ec2_put(t, it, err);
}
