/* SPDX-License-Identifier: Apache-2.0 */
/* eni_describe.c - network interfaces as they are shown. */
#include <stdlib.h>

#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/interface/address.h"
#include "services/ec2/interface/eni_int.h"
#include "services/ec2/interface/eni_ip.h"
#include "services/ec2/filter.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/vpc/vpc.h"

/* --- what is computed --- */

static void name_groups(const struct ec2_view *v, struct np_arena *a,
                        struct ec2_GroupIdentifierList *l)
{
    struct ec2_GroupIdentifier *named = np_new_array(a, struct ec2_GroupIdentifier, l->n + 1);
    for (size_t i = 0; i < l->n; i++)
        named[i] = (struct ec2_GroupIdentifier){l->v[i].GroupId, ec2_sg_name(v, l->v[i].GroupId)};
    l->v = named;
}

/* AWS: without DNS hostnames the VPC's interfaces have no names
 * (tests/sdk/test_ec2_interfaces.py). */
static void name_addresses(const struct ec2_item *it, struct np_arena *a,
                           struct ec2_NetworkInterface *d)
{
    struct ec2_NetworkInterfacePrivateIpAddressList *l = &d->PrivateIpAddresses;
    struct ec2_NetworkInterfacePrivateIpAddress *named =
        np_new_array(a, struct ec2_NetworkInterfacePrivateIpAddress, l->n + 1);
    for (size_t i = 0; i < l->n; i++) {
        named[i] = l->v[i];
        named[i].PrivateDnsName = ec2_private_name(a, it->region, l->v[i].PrivateIpAddress);
    }
    l->v = named;
    if (l->n > 0)
        d->PrivateDnsName = named[0].PrivateDnsName;
}

void ec2_eni_fill(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                  void *out)
{
    struct ec2_NetworkInterface *d = out;
    const struct ec2_item *vpc = ec2_see(v, EC2_KIND_VPC, it->vpc);
    name_groups(v, a, &d->Groups);
    d->TagSet.set = true; /* AWS: there without tags, too (tests/sdk/test_ec2_interfaces.py) */
    if (vpc != NULL && ec2_vpc_dns_hostnames(vpc))
        name_addresses(it, a, d);
    if (d->Association != NULL)
        d->PublicDnsName = d->Association->PublicDnsName;
}

/* --- shown --- */

static const struct ec2_filter filters[] = {
    {.name = "addresses.association.owner-id", .path = "PrivateIpAddresses.Association.IpOwnerId"},
    {.name = "addresses.association.public-ip", .path = "PrivateIpAddresses.Association.PublicIp"},
    {.name = "addresses.primary", .path = "PrivateIpAddresses.Primary"},
    {.name = "addresses.private-ip-address", .path = "PrivateIpAddresses.PrivateIpAddress"},
    {.name = "association.allocation-id", .path = "Association.AllocationId"},
    {.name = "association.association-id", .path = "Association.AssociationId"},
    {.name = "association.ip-owner-id", .path = "Association.IpOwnerId"},
    {.name = "association.public-dns-name", .path = "Association.PublicDnsName"},
    {.name = "association.public-ip", .path = "Association.PublicIp"},
    {.name = "attachment.attach-time", .path = "Attachment.AttachTime"},
    {.name = "attachment.attachment-id", .path = "Attachment.AttachmentId"},
    {.name = "attachment.delete-on-termination", .path = "Attachment.DeleteOnTermination"},
    {.name = "attachment.device-index", .path = "Attachment.DeviceIndex"},
    {.name = "attachment.instance-id", .path = "Attachment.InstanceId"},
    {.name = "attachment.instance-owner-id", .path = "Attachment.InstanceOwnerId"},
    {.name = "attachment.status", .path = "Attachment.Status"},
    {.name = "availability-zone", .path = "AvailabilityZone"},
    {.name = "availability-zone-id", .path = "AvailabilityZoneId"},
    {.name = "description", .path = "Description"},
    {.name = "group-id", .path = "Groups.GroupId"},
    {.name = "group-name", .path = "Groups.GroupName"},
    {.name = "interface-type", .path = "InterfaceType"},
    {.name = "ipv6-addresses.ipv6-address", .path = "Ipv6Addresses.Ipv6Address"},
    {.name = "mac-address", .path = "MacAddress"},
    {.name = "network-interface-id", .path = "NetworkInterfaceId"},
    {.name = "owner-id", .path = "OwnerId"},
    {.name = "private-dns-name", .path = "PrivateDnsName"},
    {.name = "private-ip-address", .path = "PrivateIpAddress"},
    {.name = "requester-id", .path = "RequesterId"},
    {.name = "requester-managed", .path = "RequesterManaged"},
    {.name = "source-dest-check", .path = "SourceDestCheck"},
    {.name = "status", .path = "Status"},
    {.name = "subnet-id", .path = "SubnetId"},
    {.name = "vpc-id", .path = "VpcId"},
};

struct detached {
    const struct np_req *rq;
    const struct ec2_Filter *by;
    struct ec2_NetworkInterfaceList *list;
};

static int add_detached(void *arg, const struct ec2_item *it)
{
    struct detached *w = arg;
    const struct ec2_InterfaceOwn *own = it->own;
    if (own->Detached == NULL || own->DetachedAt.v + EC2_DETACHED_SHOWN_MS <= w->rq->now_ms ||
        !ec2_among(&w->by->Values, own->Detached->AttachmentId))
        return 0;
    struct ec2_NetworkInterface d = *EC2_SEEN(NetworkInterface, it);
    ec2_eni_fill(ec2_view(w->rq), it, w->rq->arena, &d);
    d.Attachment = own->Detached;
    EC2_PUSH(w->rq->arena, *w->list, d);
    return 0;
}

/* Who waits for the end of an attachment, by its id, is told that it is detached: Terraform's
 * provider gives up looking for that after two minutes and a half, as it has to on AWS, where an
 * attachment that ended is not there (tests/sdk/test_ec2_attachments.py). */
static void show_detached(struct np_req *rq, const struct ec2_DescribeNetworkInterfacesRequest *in,
                          struct ec2_NetworkInterfaceList *list)
{
    struct detached w = {rq, in->Filters.v, list};
    if (list->n != 0 || in->Filters.n != 1 || !np_str_is(w.by->Name, "attachment.attachment-id"))
        return;
    list->v = NULL;
    ec2_each(ec2_view(rq), EC2_KIND_INTERFACE, add_detached, &w);
}

int ec2_DescribeNetworkInterfaces(struct np_req *rq,
                                  const struct ec2_DescribeNetworkInterfacesRequest *in,
                                  struct ec2_DescribeNetworkInterfacesResult *out,
                                  struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_INTERFACE,
        .filters = filters,
        .n_filters = NP_LEN(filters),
        .fill = ec2_eni_fill,
        .fills = "Groups PrivateIpAddresses PrivateDnsName PublicDnsName",
        .kept = true,
    };
    int rc = ec2_describe(rq, &how, EC2_ASK(in, NetworkInterfaceIds), &out->NetworkInterfaces,
                          &out->NextToken, err);
    if (rc == 0)
        show_detached(rq, in, &out->NetworkInterfaces);
    return rc;
}

/* --- one attribute --- */

static void show_attribute(struct np_req *rq, const struct ec2_NetworkInterface *d,
                           struct np_str name,
                           struct ec2_DescribeNetworkInterfaceAttributeResult *out)
{
    if (np_str_is(name, "description")) {
        out->Description = np_new(rq->arena, struct ec2_AttributeValue);
        out->Description->Value = d->Description;
    } else if (np_str_is(name, "sourceDestCheck")) {
        out->SourceDestCheck = np_new(rq->arena, struct ec2_AttributeBooleanValue);
        out->SourceDestCheck->Value = d->SourceDestCheck;
    } else if (np_str_is(name, "groupSet")) {
        out->Groups = d->Groups;
    } else if (np_str_is(name, "associatePublicIpAddress")) {
        bool on = d->Association != NULL && np_str_is(d->Association->IpOwnerId, "amazon");
        out->AssociatePublicIpAddress = (struct np_opt_bool){true, on};
    } else {
        out->Attachment = d->Attachment;
    }
}

int ec2_DescribeNetworkInterfaceAttribute(
    struct np_req *rq, const struct ec2_DescribeNetworkInterfaceAttributeRequest *in,
    struct ec2_DescribeNetworkInterfaceAttributeResult *out, struct np_err *err)
{
    const struct ec2_view *v = ec2_view(rq);
    const struct ec2_item *it = ec2_see(v, EC2_KIND_INTERFACE, in->NetworkInterfaceId);
    if (it == NULL)
        return ec2_not_found(err, EC2_KIND_INTERFACE, in->NetworkInterfaceId);
    if (in->Attribute.p == NULL)
        return np_fault(err, &EC2_InvalidParameterCombination, "No attributes specified.");
    struct ec2_NetworkInterface d = *EC2_SEEN(NetworkInterface, it);
    ec2_eni_fill(v, it, rq->arena, &d);
    out->NetworkInterfaceId = it->id;
    show_attribute(rq, &d, in->Attribute, out);
    return 0;
}

static const struct ec2_filter permission_filters[] = {
    {.name = "network-interface-permission.aws-account-id", .path = "AwsAccountId"},
    {.name = "network-interface-permission.aws-service", .path = "AwsService"},
    {.name = "network-interface-permission.network-interface-id", .path = "NetworkInterfaceId"},
    {.name = "network-interface-permission.network-interface-permission-id",
     .path = "NetworkInterfacePermissionId"},
    {.name = "network-interface-permission.permission", .path = "Permission"},
};

int ec2_DescribeNetworkInterfacePermissions(
    struct np_req *rq, const struct ec2_DescribeNetworkInterfacePermissionsRequest *in,
    struct ec2_DescribeNetworkInterfacePermissionsResult *out, struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_PERMISSION,
        .filters = permission_filters,
        .n_filters = NP_LEN(permission_filters),
        .page_max = 255,
    };
    return ec2_describe(rq, &how, EC2_ASK(in, NetworkInterfacePermissionIds),
                        &out->NetworkInterfacePermissions, &out->NextToken, err);
}

/* --- for others --- */

static int by_device(const void *x, const void *y)
{
    const struct ec2_item *const *a = x, *const *b = y;
    int64_t da = EC2_SEEN(NetworkInterface, *a)->Attachment->DeviceIndex.v;
    int64_t db = EC2_SEEN(NetworkInterface, *b)->Attachment->DeviceIndex.v;
    return da < db ? -1 : da > db;
}

size_t ec2_eni_see_instance(const struct ec2_view *view, struct np_str instance, struct np_arena *a,
                            const struct ec2_item ***out)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_of(view, EC2_KIND_INTERFACE, instance, &all);
    *out = np_new_array(a, const struct ec2_item *, n);
    for (size_t i = 0; i < n; i++)
        (*out)[i] = all[i];
    if (n > 1)
        qsort(*out, n, sizeof(**out), by_device);
    return n;
}

struct of_address {
    struct np_str vpc;
    uint32_t address;
    const struct ec2_item *found;
};

static int take_of_address(void *arg, const struct ec2_item *it)
{
    struct of_address *o = arg;
    const struct ec2_NetworkInterface *d = EC2_SEEN(NetworkInterface, it);
    uint32_t ip;
    for (size_t i = 0; np_str_eq(it->vpc, o->vpc) && i < d->PrivateIpAddresses.n; i++) {
        if (ec2_ip_parse(d->PrivateIpAddresses.v[i].PrivateIpAddress, &ip) && ip == o->address)
            o->found = it;
    }
    return o->found != NULL;
}

const struct ec2_item *ec2_eni_see_address(const struct ec2_view *view, struct np_str vpc,
                                           uint32_t address)
{
    struct of_address o = {vpc, address, NULL};
    ec2_each(view, EC2_KIND_INTERFACE, take_of_address, &o);
    return o.found;
}

size_t ec2_eni_free_addresses(const struct ec2_view *view, const struct ec2_item *subnet)
{
    const struct ec2_item *const *all;
    size_t n = ec2_see_of(view, EC2_KIND_INTERFACE, subnet->id, &all), taken = 0;
    uint32_t first, last;
    if (!ec2_ip_usable(ec2_subnet_block(subnet), &first, &last))
        return 0;
    for (size_t i = 0; i < n; i++)
        taken += EC2_SEEN(NetworkInterface, all[i])->PrivateIpAddresses.n;
    return last - first + 1 - taken;
}
