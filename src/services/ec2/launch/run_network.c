/* SPDX-License-Identifier: Apache-2.0 */
/* run_network.c - where a launch is to be: its subnet and zone, and its interfaces. */
#include "services/ec2/launch/run_int.h"
#include "services/ec2/vpc/vpc.h"
#include "services/ec2/zone.h"

typedef const struct ec2_InstanceNetworkInterfaceSpecification net_spec;

/* --- what may stand together --- */

static int combination(const struct ec2_RunInstancesRequest *in, struct np_err *err)
{
    const char *what = in->SubnetId.p != NULL           ? "subnet ID"
                       : in->SecurityGroupIds.n != 0    ? "security groups"
                       : in->SecurityGroups.n != 0      ? "security groups"
                       : in->PrivateIpAddress.p != NULL ? "private address"
                                                        : NULL;
    if (in->NetworkInterfaces.n == 0 || what == NULL)
        return 0;
    return np_fault(err, &EC2_InvalidParameterCombination,
                    "Network interfaces and an instance-level %s may not be specified on the same "
                    "request",
                    what);
}

static int spec_ok(const struct ec2_run *r, net_spec *s, struct np_err *err)
{
    bool existing = s->NetworkInterfaceId.p != NULL;
    if (!s->DeviceIndex.set)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Each network interface requires a device index.");
    if (existing && r->count > 1)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter NetworkInterfaceId cannot be specified when launching more "
                        "than one instance");
    if (existing && (s->SubnetId.p != NULL || s->Groups.n != 0 || s->PrivateIpAddress.p != NULL ||
                     s->PrivateIpAddresses.n != 0 || s->SecondaryPrivateIpAddressCount.v != 0))
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "A network interface may not specify both a network interface ID and a "
                        "subnet, groups or addresses");
    if (s->AssociatePublicIpAddress.v && (existing || s->DeviceIndex.v != 0))
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The associatePublicIPAddress parameter can only be specified for a new "
                        "network interface with device index 0");
    if (s->AssociatePublicIpAddress.set && r->n_nets > 1 && s->AssociatePublicIpAddress.v)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The associatePublicIPAddress parameter cannot be specified when launching "
                        "with multiple network interfaces.");
    if (r->count > 1 && (s->PrivateIpAddress.p != NULL || s->PrivateIpAddresses.n != 0))
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "A private IP address may not be specified with more than one instance");
    size_t n = s->PrivateIpAddresses.n + (size_t)s->SecondaryPrivateIpAddressCount.v +
               (s->PrivateIpAddresses.n == 0 ? 1 : 0);
    if (s->SecondaryPrivateIpAddressCount.v < 0 || n > r->type->addresses)
        return np_fault(err, &EC2_PrivateIpAddressLimitExceeded,
                        "Number of private addresses will exceed limit.");
    return 0;
}

static int devices_ok(const struct ec2_run *r, struct np_err *err)
{
    bool first = false;
    for (size_t i = 0; i < r->n_nets; i++) {
        first = first || r->nets[i].DeviceIndex.v == 0;
        for (size_t j = 0; j < i; j++)
            if (r->nets[i].DeviceIndex.v == r->nets[j].DeviceIndex.v)
                return np_fault(err, &EC2_InvalidParameterValue,
                                "Each network interface requires a unique device index.");
    }
    if (!first)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "An instance needs a network interface with device index 0.");
    if (r->n_nets > r->type->interfaces)
        return np_fault(err, &EC2_AttachmentLimitExceeded,
                        "Interface count %zu exceeds the limit for %s", r->n_nets, r->type->name);
    return 0;
}

/* --- interfaces --- */

/* Device 0 in front; without any, one of what the request says of the instance itself. */
static void list(struct ec2_run *r)
{
    const struct ec2_RunInstancesRequest *in = r->in;
    size_t n = in->NetworkInterfaces.n;
    struct ec2_InstanceNetworkInterfaceSpecification *v = np_new_array(
        r->rq->arena, struct ec2_InstanceNetworkInterfaceSpecification, n == 0 ? 1 : n);
    for (size_t i = 0, at = 1; i < n; i++) {
        bool first = in->NetworkInterfaces.v[i].DeviceIndex.v == 0 && v[0].DeviceIndex.set == false;
        v[first || at == n ? 0 : at++] = in->NetworkInterfaces.v[i];
    }
    if (n == 0) {
        v[0].DeviceIndex = EC2_INT(0);
        v[0].SubnetId = in->SubnetId;
        v[0].PrivateIpAddress = in->PrivateIpAddress;
        v[0].Groups = in->SecurityGroupIds;
        n = 1;
    }
    r->nets = v;
    r->n_nets = n;
}

/* --- the subnet --- */

static const struct ec2_item *default_subnet(struct ec2_run *r, struct np_str zone)
{
    return ec2_default_subnet(ec2_view(r->rq), zone);
}

static int no_default(const struct ec2_run *r, struct np_err *err)
{
    const struct ec2_item *vpc = ec2_default_vpc(ec2_view(r->rq));
    if (vpc == NULL)
        return np_fault(err, &EC2_VPCIdNotSpecified,
                        "No default VPC for this user. GroupName is only supported for EC2-Classic "
                        "and default VPC.");
    return np_fault(err, &EC2_MissingInput,
                    "No subnets found for the default VPC '%.*s'. Please specify a subnet.",
                    NP_FMT(vpc->id));
}

static int find_subnet(struct ec2_run *r, struct np_str zone, const struct ec2_item **out,
                       struct np_err *err)
{
    const struct ec2_view *v = ec2_view(r->rq);
    struct np_str id = r->nets[0].SubnetId, eni = r->nets[0].NetworkInterfaceId;
    if (eni.p != NULL) {
        const struct ec2_item *it = ec2_see(v, EC2_KIND_INTERFACE, eni);
        if (it == NULL)
            return ec2_not_found(err, EC2_KIND_INTERFACE, eni);
        id = EC2_SEEN(NetworkInterface, it)->SubnetId;
    }
    *out = id.p != NULL ? ec2_see(v, EC2_KIND_SUBNET, id) : default_subnet(r, zone);
    if (*out != NULL)
        return 0;
    return id.p != NULL ? ec2_not_found(err, EC2_KIND_SUBNET, id) : no_default(r, err);
}

static int zone_asked(struct ec2_run *r, struct np_str *zone, struct np_err *err)
{
    const struct ec2_Placement *p = r->in->Placement;
    struct ec2_zone z;
    *zone = NP_STR_NULL;
    if (p == NULL || (p->AvailabilityZone.p == NULL && p->AvailabilityZoneId.p == NULL))
        return 0;
    struct np_str name =
        p->AvailabilityZone.p != NULL ? p->AvailabilityZone : p->AvailabilityZoneId;
    if (!ec2_zone(r->rq->arena, r->rq->region, name, &z))
        return np_fault(err, &EC2_InvalidParameterValue, "Invalid availability zone: [%.*s]",
                        NP_FMT(name));
    *zone = z.name;
    return 0;
}

/* Interfaces of one instance are in one zone and one VPC. */
static int all_there(struct ec2_run *r, struct np_err *err)
{
    const struct ec2_view *v = ec2_view(r->rq);
    for (size_t i = 1; i < r->n_nets; i++) {
        struct np_str eni = r->nets[i].NetworkInterfaceId, id = r->nets[i].SubnetId;
        const struct ec2_item *it = eni.p != NULL ? ec2_see(v, EC2_KIND_INTERFACE, eni) : NULL;
        if (eni.p != NULL && it == NULL)
            return ec2_not_found(err, EC2_KIND_INTERFACE, eni);
        if (it != NULL)
            id = EC2_SEEN(NetworkInterface, it)->SubnetId;
        const struct ec2_item *subnet = ec2_see(v, EC2_KIND_SUBNET, id.p != NULL ? id : r->subnet);
        if (subnet == NULL)
            return ec2_not_found(err, EC2_KIND_SUBNET, id);
        if (!np_str_eq(subnet->vpc, r->vpc))
            return np_fault(err, &EC2_InvalidParameterCombination,
                            "Network interfaces of an instance must be in one VPC.");
        if (!np_str_eq(EC2_SEEN(Subnet, subnet)->AvailabilityZone, r->zone))
            return np_fault(err, &EC2_InvalidParameterCombination,
                            "Network interfaces of an instance must be in one availability zone.");
    }
    return 0;
}

int ec2_run_network(struct ec2_run *r, struct np_err *err)
{
    const struct ec2_item *subnet;
    struct np_str zone;
    int rc = combination(r->in, err);
    if (rc != 0)
        return rc;
    list(r);
    rc = devices_ok(r, err);
    for (size_t i = 0; rc == 0 && i < r->n_nets; i++)
        rc = spec_ok(r, &r->nets[i], err);
    if (rc == 0)
        rc = zone_asked(r, &zone, err);
    if (rc == 0)
        rc = find_subnet(r, zone, &subnet, err);
    if (rc != 0)
        return rc;
    const struct ec2_Subnet *d = subnet->detail;
    r->subnet = subnet->id;
    r->vpc = subnet->vpc;
    r->zone = d->AvailabilityZone;
    r->zone_id = d->AvailabilityZoneId;
    r->map_public = d->MapPublicIpOnLaunch.v;
    if (zone.p != NULL && !np_str_eq(zone, r->zone))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The availability zone of the subnet '%.*s' is '%.*s', not '%.*s'",
                        NP_FMT(subnet->id), NP_FMT(r->zone), NP_FMT(zone));
    return all_there(r, err);
}
