/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - what DescribeInstances computes: interfaces, volumes, addresses, names. */
#include <stdlib.h>

#include "base/map.h"
#include "services/ec2/interface/address.h"
#include "services/ec2/instance/instance_int.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/vpc/vpc.h"

/* --- the index --- */

struct parts { /* of an instance */
    const struct ec2_item **interfaces, **volumes;
    size_t n_interfaces, n_volumes;
    const struct ec2_IamInstanceProfile *profile;
};

struct ec2_instance_index {
    struct np_map *parts; /* by instance */
    struct np_arena *a;
};

static void map_gone(void *p)
{
    np_map_free(p, NULL);
}

static struct parts *parts_of(struct ec2_instance_index *x, struct np_str instance)
{
    struct parts *p = np_map_get(x->parts, instance);
    if (p != NULL)
        return p;
    p = np_new(x->a, struct parts);
    np_map_put(x->parts, instance, p);
    return p;
}

static void push(struct ec2_instance_index *x, const struct ec2_item ***v, size_t *n,
                 const struct ec2_item *it)
{
    *v = np_array_grow(x->a, *v, *n, sizeof(**v));
    (*v)[(*n)++] = it;
}

static int index_interface(void *arg, const struct ec2_item *it)
{
    const struct ec2_NetworkInterfaceAttachment *at = EC2_SEEN(NetworkInterface, it)->Attachment;
    if (at == NULL || at->InstanceId.p == NULL)
        return 0;
    struct parts *p = parts_of(arg, at->InstanceId);
    push(arg, &p->interfaces, &p->n_interfaces, it);
    return 0;
}

static int index_volume(void *arg, const struct ec2_item *it)
{
    const struct ec2_VolumeAttachmentList *list = &EC2_SEEN(Volume, it)->Attachments;
    for (size_t i = 0; i < list->n; i++) {
        struct parts *p = parts_of(arg, list->v[i].InstanceId);
        push(arg, &p->volumes, &p->n_volumes, it);
    }
    return 0;
}

static int index_profile(void *arg, const struct ec2_item *it)
{
    const struct ec2_IamInstanceProfileAssociation *d = it->detail;
    parts_of(arg, d->InstanceId)->profile = d->IamInstanceProfile;
    return 0;
}

const struct ec2_instance_index *ec2_instance_index(const struct ec2_view *v, struct np_arena *a)
{
    struct ec2_instance_index *x = np_new(a, struct ec2_instance_index);
    x->a = a;
    x->parts = np_map_new();
    np_arena_defer(a, map_gone, x->parts);
    ec2_each(v, EC2_KIND_INTERFACE, index_interface, x);
    ec2_each(v, EC2_KIND_VOLUME, index_volume, x);
    ec2_each(v, EC2_KIND_PROFILE, index_profile, x);
    return x;
}

/* --- interfaces --- */

static const struct ec2_NetworkInterface *net(const struct ec2_item *it)
{
    return it->detail;
}

static int by_device(const void *a, const void *b)
{
    int64_t x = net(*(const struct ec2_item *const *)a)->Attachment->DeviceIndex.v;
    int64_t y = net(*(const struct ec2_item *const *)b)->Attachment->DeviceIndex.v;
    return (x > y) - (x < y);
}

static struct ec2_InstanceNetworkInterfaceAssociation *
association(struct np_arena *a, const struct ec2_NetworkInterfaceAssociation *in, bool names)
{
    if (in == NULL)
        return NULL;
    struct ec2_InstanceNetworkInterfaceAssociation *out =
        np_new(a, struct ec2_InstanceNetworkInterfaceAssociation);
    out->IpOwnerId = in->IpOwnerId;
    out->PublicIp = in->PublicIp;
    out->PublicDnsName = names ? in->PublicDnsName : NP_STR("");
    return out;
}

static void addresses(struct np_arena *a, const struct ec2_NetworkInterface *in, bool names,
                      struct np_str region, struct ec2_InstanceNetworkInterface *out)
{
    size_t n = in->PrivateIpAddresses.n;
    struct ec2_InstancePrivateIpAddress *v =
        np_new_array(a, struct ec2_InstancePrivateIpAddress, n);
    for (size_t i = 0; i < n; i++) {
        const struct ec2_NetworkInterfacePrivateIpAddress *x = &in->PrivateIpAddresses.v[i];
        v[i].Association = association(a, x->Association, names);
        v[i].Primary = x->Primary;
        v[i].PrivateIpAddress = x->PrivateIpAddress;
        if (names)
            v[i].PrivateDnsName = ec2_private_name(a, region, x->PrivateIpAddress);
    }
    out->PrivateIpAddresses = (struct ec2_InstancePrivateIpAddressList){v, n, true};
}

static struct ec2_GroupIdentifierList groups(const struct ec2_view *v, struct np_arena *a,
                                             const struct ec2_GroupIdentifierList *in)
{
    struct ec2_GroupIdentifierList out = {np_new_array(a, struct ec2_GroupIdentifier, in->n + 1),
                                          in->n, true};
    for (size_t i = 0; i < in->n; i++) {
        out.v[i].GroupId = in->v[i].GroupId;
        out.v[i].GroupName = ec2_sg_name(v, in->v[i].GroupId);
    }
    return out;
}

static void interface(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                      bool names, struct ec2_InstanceNetworkInterface *out)
{
    const struct ec2_NetworkInterface *in = net(it);
    const struct ec2_NetworkInterfaceAttachment *at = in->Attachment;
    struct ec2_InstanceNetworkInterfaceAttachment *on =
        np_new(a, struct ec2_InstanceNetworkInterfaceAttachment);
    on->AttachTime = at->AttachTime;
    on->AttachmentId = at->AttachmentId;
    on->DeleteOnTermination = at->DeleteOnTermination;
    on->DeviceIndex = at->DeviceIndex;
    on->Status = at->Status.p != NULL ? at->Status : NP_STR("attached");
    on->NetworkCardIndex = EC2_INT(0);
    out->Association = association(a, in->Association, names);
    out->Attachment = on;
    out->Description = in->Description.p != NULL ? in->Description : NP_STR("");
    out->Groups = groups(v, a, &in->Groups);
    out->Ipv6Addresses.set = true;
    out->MacAddress = in->MacAddress;
    out->NetworkInterfaceId = it->id;
    out->OwnerId = it->account;
    out->PrivateIpAddress = in->PrivateIpAddress;
    if (names)
        out->PrivateDnsName = ec2_private_name(a, it->region, in->PrivateIpAddress);
    out->SourceDestCheck = in->SourceDestCheck;
    out->Status = NP_STR("in-use");
    out->SubnetId = in->SubnetId;
    out->VpcId = in->VpcId;
    out->InterfaceType = in->InterfaceType.p != NULL ? in->InterfaceType : NP_STR("interface");
    addresses(a, in, names, it->region, out);
}

/* --- names --- */

/* AWS: in us-east-1 ec2.internal, elsewhere REGION.compute.internal. */
static struct np_str own_name(struct np_arena *a, const struct ec2_item *it,
                              const struct ec2_Instance *d)
{
    bool by_id = d->PrivateDnsNameOptions != NULL &&
                 np_str_is(d->PrivateDnsNameOptions->HostnameType, "resource-name");
    struct np_str ip_name = ec2_private_name(a, it->region, d->PrivateIpAddress), host, domain;
    if (!by_id)
        return ip_name;
    np_str_cut(ip_name, '.', &host, &domain);
    return np_str_printf(a, "%.*s.%.*s", NP_FMT(it->id), NP_FMT(domain));
}

static void fill_network(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                         const struct parts *p, struct ec2_Instance *d)
{
    const struct ec2_item *vpc = ec2_see(v, EC2_KIND_VPC, it->vpc);
    bool names = vpc != NULL && ec2_vpc_dns_hostnames(vpc);
    d->NetworkInterfaces.v = np_new_array(a, struct ec2_InstanceNetworkInterface, p->n_interfaces);
    d->NetworkInterfaces.n = p->n_interfaces;
    if (p->n_interfaces > 1)
        qsort(p->interfaces, p->n_interfaces, sizeof(*p->interfaces), by_device);
    for (size_t i = 0; i < p->n_interfaces; i++)
        interface(v, p->interfaces[i], a, names, &d->NetworkInterfaces.v[i]);
    if (p->n_interfaces == 0)
        return;
    const struct ec2_InstanceNetworkInterface *first = &d->NetworkInterfaces.v[0];
    d->SecurityGroups = first->Groups;
    d->SourceDestCheck = first->SourceDestCheck;
    d->PrivateIpAddress = first->PrivateIpAddress;
    d->PrivateDnsName = own_name(a, it, d);
    if (first->Association == NULL)
        return;
    d->PublicIpAddress = first->Association->PublicIp;
    d->PublicDnsName = first->Association->PublicDnsName;
}

/* --- volumes --- */

static void fill_volumes(const struct ec2_item *it, struct np_arena *a, const struct parts *p,
                         struct ec2_Instance *d)
{
    struct ec2_InstanceBlockDeviceMappingList *list = &d->BlockDeviceMappings;
    list->v = np_new_array(a, struct ec2_InstanceBlockDeviceMapping, p->n_volumes);
    for (size_t i = 0; i < p->n_volumes; i++) {
        const struct ec2_VolumeAttachmentList *at = &EC2_SEEN(Volume, p->volumes[i])->Attachments;
        for (size_t j = 0; j < at->n; j++) {
            if (!np_str_eq(at->v[j].InstanceId, it->id))
                continue;
            struct ec2_EbsInstanceBlockDevice *ebs = np_new(a, struct ec2_EbsInstanceBlockDevice);
            ebs->AttachTime = at->v[j].AttachTime;
            ebs->DeleteOnTermination = at->v[j].DeleteOnTermination;
            ebs->Status = at->v[j].State;
            ebs->VolumeId = p->volumes[i]->id;
            list->v[list->n++] = (struct ec2_InstanceBlockDeviceMapping){at->v[j].Device, ebs};
        }
    }
}

/* --- the whole --- */

void ec2_instance_fill_with(const void *index, const struct ec2_view *v, const struct ec2_item *it,
                            struct np_arena *a, void *out)
{
    static const struct parts none;
    const struct ec2_instance_index *x = index;
    const struct parts *p = np_map_get(x->parts, it->id);
    struct ec2_Instance *d = out;
    d->NetworkInterfaces.set = d->BlockDeviceMappings.set = d->SecurityGroups.set = true;
    d->ProductCodes.set = d->Tags.set = true;
    d->PrivateDnsName = d->PublicDnsName = NP_STR("");
    fill_network(v, it, a, p != NULL ? p : &none, d);
    fill_volumes(it, a, p != NULL ? p : &none, d);
    d->IamInstanceProfile =
        p != NULL ? (struct ec2_IamInstanceProfile *)(uintptr_t)p->profile : NULL;
}

void ec2_instance_fill(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                       void *out)
{
    ec2_instance_fill_with(ec2_instance_index(v, a), v, it, a, out);
}
