/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint.c - VPC endpoints: created, modified, deleted, described. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/vpc/endpoint_int.h"
#include "services/ec2/filter.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"

static int not_for_type(struct np_err *err, const char *what, const char *type)
{
    return np_fault(err, &EC2_InvalidParameter, "%s cannot be set for a VPC endpoint of type %s",
                    what, type);
}

/* --- what a call may say --- */

static int check_address_type(struct np_str type, struct np_err *err)
{
    if (type.p == NULL || np_str_is(type, "ipv4"))
        return 0;
    return np_fault(err, &EC2_InvalidParameter,
                    "IpAddressType '%.*s' is not supported: there are no IPv6 addresses here",
                    NP_FMT(type));
}

static int check_dns_options(const struct ec2_DnsOptionsSpecification *o, struct np_err *err)
{
    if (o == NULL || o->DnsRecordIpType.p == NULL || np_str_is(o->DnsRecordIpType, "ipv4") ||
        np_str_is(o->DnsRecordIpType, "service-defined"))
        return 0;
    return np_fault(err, &EC2_InvalidParameter,
                    "DnsRecordIpType '%.*s' is not supported: there are no IPv6 addresses here",
                    NP_FMT(o->DnsRecordIpType));
}

static bool wants_gateway(const struct ec2_CreateVpcEndpointRequest *in)
{
    return in->VpcEndpointType.p == NULL || np_str_is(in->VpcEndpointType, "Gateway");
}

static int check_type(struct np_req *rq, const struct ec2_CreateVpcEndpointRequest *in,
                      struct np_err *err)
{
    bool gateway = wants_gateway(in);
    const struct ec2_endpoint_service *s = ec2_endpoint_service(rq->region, in->ServiceName);
    if (!gateway && !np_str_is(in->VpcEndpointType, "Interface"))
        return np_fault(err, &EC2_InvalidParameter,
                        "VPC endpoints of type %.*s are not served: Gateway and Interface are",
                        NP_FMT(in->VpcEndpointType));
    if (in->ServiceName.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter ServiceName");
    if (s == NULL)
        return np_fault(err, &EC2_InvalidServiceName,
                        "The Vpc Endpoint Service '%.*s' does not exist", NP_FMT(in->ServiceName));
    if (gateway && !s->gateway)
        return np_fault(err, &EC2_InvalidParameter,
                        "Endpoint type (Gateway) does not match available service types "
                        "([Interface]).");
    if (in->ServiceRegion.p != NULL && !np_str_eq(in->ServiceRegion, rq->region))
        return np_fault(err, &EC2_InvalidParameter,
                        "Services of region '%.*s' have no endpoints in region '%.*s'",
                        NP_FMT(in->ServiceRegion), NP_FMT(rq->region));
    return 0;
}

static int check_members(const struct ec2_CreateVpcEndpointRequest *in, struct np_err *err)
{
    bool gateway = wants_gateway(in);
    if (gateway && in->SubnetIds.n + in->SubnetConfigurations.n > 0)
        return not_for_type(err, "Subnets", "Gateway");
    if (gateway && in->SecurityGroupIds.n > 0)
        return not_for_type(err, "Security groups", "Gateway");
    if (gateway && in->PrivateDnsEnabled.v)
        return not_for_type(err, "Private DNS", "Gateway");
    if (!gateway && in->RouteTableIds.n > 0)
        return not_for_type(err, "Route tables", "Interface");
    int rc = check_address_type(in->IpAddressType, err);
    if (rc == 0)
        rc = check_dns_options(in->DnsOptions, err);
    if (rc == 0 && in->PolicyDocument.n > 0)
        rc = ec2_vpce_check_policy(in->PolicyDocument, err);
    return rc;
}

int ec2_CreateVpcEndpoint_begin(struct np_req *rq, const struct ec2_CreateVpcEndpointRequest *in,
                                struct np_err *err)
{
    int rc = check_type(rq, in, err);
    if (rc == 0)
        rc = check_members(in, err);
    return rc < 0 ? rc : np_apply(rq);
}

/* --- made --- */

/* Endpoints of the type: gateways of the account, interfaces of the VPC. */
static int check_room(struct np_txn *t, const struct ec2_CreateVpcEndpointRequest *in,
                      struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    bool gateway = wants_gateway(in);
    size_t max = gateway ? EC2_GATEWAY_ENDPOINTS_MAX : EC2_ENDPOINTS_MAX;
    struct ec2_item **all;
    size_t n, same = 0;
    int rc = ec2_list(&db, EC2_KIND_ENDPOINT, gateway ? NP_STR_NULL : in->VpcId, &all, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        same += np_str_is(EC2_DETAIL(VpcEndpoint, all[i])->VpcEndpointType, "Gateway") == gateway;
    if (rc == 0 && same >= max)
        return np_fault(err, &EC2_VpcEndpointLimitExceeded,
                        "The maximum number of %s VPC endpoints, %zu, has been reached.",
                        gateway ? "gateway" : "interface", max);
    return rc;
}

static struct ec2_DnsOptions *dns_options(struct np_arena *a,
                                          const struct ec2_DnsOptionsSpecification *in,
                                          struct ec2_DnsOptions *old)
{
    struct ec2_DnsOptions *o = np_new(a, struct ec2_DnsOptions);
    if (old != NULL)
        *o = *old;
    else
        o->DnsRecordIpType = NP_STR("ipv4");
    if (in == NULL)
        return o;
    if (in->DnsRecordIpType.p != NULL)
        o->DnsRecordIpType = in->DnsRecordIpType;
    if (in->PrivateDnsOnlyForInboundResolverEndpoint.set)
        o->PrivateDnsOnlyForInboundResolverEndpoint = in->PrivateDnsOnlyForInboundResolverEndpoint;
    return o;
}

static struct ec2_item *describe_new(struct np_txn *t,
                                     const struct ec2_CreateVpcEndpointRequest *in)
{
    bool gateway = wants_gateway(in);
    struct ec2_item *it = ec2_new(t, EC2_KIND_ENDPOINT);
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    it->vpc = in->VpcId;
    d->VpcEndpointType = gateway ? NP_STR("Gateway") : NP_STR("Interface");
    d->VpcId = in->VpcId;
    d->ServiceName = in->ServiceName;
    d->ServiceRegion = it->region;
    d->State = NP_STR("available");
    d->PolicyDocument = in->PolicyDocument.n > 0 ? in->PolicyDocument : np_str_of(ec2_vpce_policy);
    d->RequesterManaged = d->PrivateDnsEnabled = (struct np_opt_bool){true, false};
    d->CreationTimestamp = (struct np_opt_int){true, np_txn_now_ms(t)};
    d->OwnerId = it->account;
    d->RouteTableIds.set = d->SubnetIds.set = d->Groups.set = d->NetworkInterfaceIds.set = true;
    if (!gateway) {
        d->IpAddressType = NP_STR("ipv4");
        d->DnsOptions = dns_options(np_txn_arena(t), in->DnsOptions, NULL);
    }
    return it;
}

/* Subnets may come in either list. */
static struct np_strs subnets_of(struct np_arena *a, const struct np_strs *ids,
                                 const struct ec2_SubnetConfigurationsList *how)
{
    struct np_strs all = *ids;
    for (size_t i = 0; i < how->n; i++)
        if (!ec2_among(&all, how->v[i].SubnetId))
            EC2_APPEND(a, all, how->v[i].SubnetId);
    return all;
}

static int hang(struct np_txn *t, struct ec2_item *it,
                const struct ec2_CreateVpcEndpointRequest *in, struct np_err *err)
{
    struct np_strs subnets = subnets_of(np_txn_arena(t), &in->SubnetIds, &in->SubnetConfigurations);
    if (wants_gateway(in))
        return ec2_vpce_add_tables(t, it, &in->RouteTableIds, err);
    int rc = ec2_vpce_set_groups(t, it, &in->SecurityGroupIds, err);
    if (rc == 0)
        rc = ec2_vpce_add_subnets(t, it, &subnets, &in->SubnetConfigurations, err);
    /* AWS: private DNS is on unless the call says otherwise (tests/sdk/test_ec2_endpoints.py). */
    bool dns = !in->PrivateDnsEnabled.set || in->PrivateDnsEnabled.v;
    return rc < 0 ? rc : ec2_vpce_set_private_dns(t, it, dns, err);
}

int ec2_CreateVpcEndpoint_apply(struct np_txn *t, const struct ec2_CreateVpcEndpointRequest *in,
                                struct ec2_CreateVpcEndpointResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc, *it;
    struct ec2_tags tags;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_ENDPOINT, &tags, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = check_room(t, in, err);
    if (rc < 0)
        return rc;
    it = describe_new(t, in);
    rc = ec2_put(t, it, err); /* references need the row */
    if (rc == 0)
        rc = ec2_ref(t, it, "vpc", vpc->id, err);
    if (rc == 0)
        rc = hang(t, it, in, err);
    ec2_vpce_names(db.arena, it->region, it);
    if (rc == 0)
        rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    out->VpcEndpoint = it->detail;
    out->ClientToken = in->ClientToken;
    return rc < 0 ? rc : ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- modified --- */

int ec2_ModifyVpcEndpoint_begin(struct np_req *rq, const struct ec2_ModifyVpcEndpointRequest *in,
                                struct np_err *err)
{
    int rc = check_address_type(in->IpAddressType, err);
    if (rc == 0)
        rc = check_dns_options(in->DnsOptions, err);
    if (rc == 0 && in->PolicyDocument.n > 0)
        rc = ec2_vpce_check_policy(in->PolicyDocument, err);
    if (rc == 0 && in->PolicyDocument.n > 0 && in->ResetPolicy.v)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter PolicyDocument cannot be used with the parameter "
                        "ResetPolicy");
    return rc < 0 ? rc : np_apply(rq);
}

static int modify_gateway(struct np_txn *t, struct ec2_item *it,
                          const struct ec2_ModifyVpcEndpointRequest *in, struct np_err *err)
{
    if (in->AddSubnetIds.n + in->RemoveSubnetIds.n + in->SubnetConfigurations.n > 0)
        return not_for_type(err, "Subnets", "Gateway");
    if (in->AddSecurityGroupIds.n + in->RemoveSecurityGroupIds.n > 0)
        return not_for_type(err, "Security groups", "Gateway");
    if (in->PrivateDnsEnabled.v)
        return not_for_type(err, "Private DNS", "Gateway");
    int rc = ec2_vpce_remove_tables(t, it, &in->RemoveRouteTableIds, err);
    return rc < 0 ? rc : ec2_vpce_add_tables(t, it, &in->AddRouteTableIds, err);
}

static int modify_groups(struct np_txn *t, struct ec2_item *it,
                         const struct ec2_ModifyVpcEndpointRequest *in, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    const struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    struct np_strs ids = {0};
    if (in->AddSecurityGroupIds.n + in->RemoveSecurityGroupIds.n == 0)
        return 0;
    for (size_t i = 0; i < d->Groups.n; i++)
        if (!ec2_among(&in->RemoveSecurityGroupIds, d->Groups.v[i].GroupId))
            EC2_APPEND(a, ids, d->Groups.v[i].GroupId);
    for (size_t i = 0; i < in->AddSecurityGroupIds.n; i++)
        EC2_APPEND(a, ids, in->AddSecurityGroupIds.v[i]);
    if (ids.n == 0)
        return np_fault(err, &EC2_InvalidParameter,
                        "A VPC endpoint has at least one security group");
    return ec2_vpce_set_groups(t, it, &ids, err);
}

static int modify_interface(struct np_txn *t, struct ec2_item *it,
                            const struct ec2_ModifyVpcEndpointRequest *in, struct np_err *err)
{
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    struct np_strs more = subnets_of(np_txn_arena(t), &in->AddSubnetIds, &in->SubnetConfigurations);
    if (in->AddRouteTableIds.n + in->RemoveRouteTableIds.n > 0)
        return not_for_type(err, "Route tables", "Interface");
    int rc = modify_groups(t, it, in, err);
    if (rc == 0)
        rc = ec2_vpce_remove_subnets(t, it, &in->RemoveSubnetIds, err);
    if (rc == 0)
        rc = ec2_vpce_add_subnets(t, it, &more, &in->SubnetConfigurations, err);
    if (rc == 0 && in->PrivateDnsEnabled.set)
        rc = ec2_vpce_set_private_dns(t, it, in->PrivateDnsEnabled.v, err);
    d->DnsOptions = dns_options(np_txn_arena(t), in->DnsOptions, d->DnsOptions);
    return rc;
}

int ec2_ModifyVpcEndpoint_apply(struct np_txn *t, const struct ec2_ModifyVpcEndpointRequest *in,
                                struct ec2_ModifyVpcEndpointResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_ENDPOINT, in->VpcEndpointId, &it, err);
    if (rc < 0)
        return rc;
    struct ec2_VpcEndpoint *d = EC2_DETAIL(VpcEndpoint, it);
    if (in->PolicyDocument.n > 0)
        d->PolicyDocument = in->PolicyDocument;
    if (in->ResetPolicy.v)
        d->PolicyDocument = np_str_of(ec2_vpce_policy);
    rc = ec2_vpce_is_gateway(d) ? modify_gateway(t, it, in, err) : modify_interface(t, it, in, err);
    ec2_vpce_names(db.arena, it->region, it);
    out->Return = (struct np_opt_bool){true, true};
    return rc < 0 ? rc : ec2_put(t, it, err);
}

/* --- deleted --- */

size_t ec2_vpce_count(struct np_txn *t, struct np_str vpc)
{
    struct ec2_db db = ec2_db(t);
    struct np_err err = {0};
    size_t n = 0;
    return ec2_count(&db, EC2_KIND_ENDPOINT, vpc, &n, &err) < 0 ? 0 : n;
}

static void not_there(struct np_arena *a, struct np_str id, struct ec2_UnsuccessfulItemSet *out)
{
    struct ec2_UnsuccessfulItemError *e = np_new(a, struct ec2_UnsuccessfulItemError);
    e->Code = NP_STR("InvalidVpcEndpoint.NotFound");
    e->Message = np_str_printf(a, "The Vpc Endpoint Id '%.*s' does not exist", NP_FMT(id));
    EC2_APPEND(a, *out, (struct ec2_UnsuccessfulItem){.Error = e, .ResourceId = id});
}

int ec2_DeleteVpcEndpoints_apply(struct np_txn *t, const struct ec2_DeleteVpcEndpointsRequest *in,
                                 struct ec2_DeleteVpcEndpointsResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = 0;
    out->Unsuccessful.set = true;
    for (size_t i = 0; i < in->VpcEndpointIds.n && rc == 0; i++) {
        struct ec2_item *it;
        rc = ec2_find(&db, EC2_KIND_ENDPOINT, in->VpcEndpointIds.v[i], &it, err);
        if (rc == 0) {
            rc = ec2_vpce_drop(t, it, err);
        } else if (rc == NP_ENOENT) {
            not_there(db.arena, in->VpcEndpointIds.v[i], &out->Unsuccessful);
            rc = 0;
        }
    }
    return rc;
}

/* --- shown --- */

static const struct ec2_filter filters[] = {
    {.name = "ip-address-type", .path = "IpAddressType"},
    {.name = "service-name", .path = "ServiceName"},
    {.name = "service-region", .path = "ServiceRegion"},
    {.name = "vpc-endpoint-id", .path = "VpcEndpointId"},
    {.name = "vpc-endpoint-state", .path = "State"},
    {.name = "vpc-endpoint-type", .path = "VpcEndpointType"},
    {.name = "vpc-id", .path = "VpcId"},
};

int ec2_DescribeVpcEndpoints(struct np_req *rq, const struct ec2_DescribeVpcEndpointsRequest *in,
                             struct ec2_DescribeVpcEndpointsResult *out, struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_ENDPOINT, .filters = filters, .n_filters = NP_LEN(filters)};
    return ec2_describe(rq, &how, EC2_ASK(in, VpcEndpointIds), &out->VpcEndpoints, &out->NextToken,
                        err);
}
