/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - what DescribeInstances computes: interfaces, volumes, addresses, names. */
#include "services/ec2/ebs/ebs.h"
#include "services/ec2/interface/address.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/instance/instance_int.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/vpc/vpc.h"

/* --- interfaces --- */

static const struct ec2_NetworkInterface *net(const struct ec2_item *it)
{
    return it->detail;
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
                         struct ec2_Instance *d)
{
    const struct ec2_item *vpc = ec2_see(v, EC2_KIND_VPC, it->vpc);
    const struct ec2_item **all;
    size_t n = ec2_eni_see_instance(v, it->id, a, &all);
    bool names = vpc != NULL && ec2_vpc_dns_hostnames(vpc);
    d->NetworkInterfaces.v = np_new_array(a, struct ec2_InstanceNetworkInterface, n);
    d->NetworkInterfaces.n = n;
    for (size_t i = 0; i < n; i++)
        interface(v, all[i], a, names, &d->NetworkInterfaces.v[i]);
    if (n == 0)
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

static void fill_volumes(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                         struct ec2_Instance *d)
{
    struct ec2_InstanceBlockDeviceMappingList *out = &d->BlockDeviceMappings;
    struct ec2_ebs_list has;
    ec2_ebs_view_instance(v, it->id, a, &has);
    out->v = np_new_array(a, struct ec2_InstanceBlockDeviceMapping, has.n);
    for (size_t i = 0; i < has.n; i++) {
        const struct ec2_ebs_attached *at = &has.v[i];
        struct ec2_EbsInstanceBlockDevice *ebs = np_new(a, struct ec2_EbsInstanceBlockDevice);
        *ebs = (struct ec2_EbsInstanceBlockDevice){.AttachTime = EC2_INT(at->attached_ms),
                                                   .DeleteOnTermination =
                                                       EC2_BOOL(at->delete_on_termination),
                                                   .Status = at->state,
                                                   .VolumeId = at->volume};
        out->v[out->n++] = (struct ec2_InstanceBlockDeviceMapping){at->device, ebs};
    }
}

/* --- the whole --- */

void ec2_instance_fill(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                       void *out)
{
    struct ec2_Instance *d = out;
    struct ec2_profile profile = ec2_instance_profile(v, it->id);
    d->NetworkInterfaces.set = d->BlockDeviceMappings.set = d->SecurityGroups.set = true;
    d->ProductCodes.set = d->Tags.set = true;
    d->PrivateDnsName = d->PublicDnsName = NP_STR("");
    fill_network(v, it, a, d);
    fill_volumes(v, it, a, d);
    d->IamInstanceProfile = NULL;
    if (profile.arn.p == NULL)
        return;
    d->IamInstanceProfile = np_new(a, struct ec2_IamInstanceProfile);
    *d->IamInstanceProfile = (struct ec2_IamInstanceProfile){.Arn = profile.arn, .Id = profile.id};
}
