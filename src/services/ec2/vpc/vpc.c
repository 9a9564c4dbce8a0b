/* SPDX-License-Identifier: Apache-2.0 */
/* vpc.c - VPCs: made, described, changed, deleted. */
#include "services/ec2/firewall/acl.h"
#include "services/ec2/vpc/endpoint.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/vpc/vpc_int.h"

/* --- blocks --- */

/* What no VPC can have: this host's, link-local, multicast; and where the region's own services
 * stand (README.md). */
static const struct {
    struct ec2_cidr block;
} forbidden[] = {
    {{0x00000000u, 8}}, {{0x7f000000u, 8}}, {{0xa9fe0000u, 16}},
    {{0xe0000000u, 4}}, {{0xf0000000u, 4}}, {{0xc6336400u, 28}},
};

int ec2_vpc_block_check(struct np_str text, struct ec2_cidr *out, struct np_err *err)
{
    struct ec2_cidr c;
    if (!ec2_cidr_parse(text, &c))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter cidrBlock is invalid. This is not a valid CIDR "
                        "block.",
                        NP_FMT(text));
    bool ok = c.bits >= 16 && c.bits <= 28;
    NP_EACH (f, forbidden)
        ok = ok && !ec2_cidr_overlap(f->block, c);
    if (!ok)
        return np_fault(err, &EC2_InvalidVpcRange, "The CIDR '%.*s' is invalid.", NP_FMT(text));
    *out = ec2_cidr_network(c);
    return 0;
}

size_t ec2_vpc_blocks(const struct ec2_item *vpc, struct ec2_cidr *out)
{
    const struct ec2_VpcCidrBlockAssociationSet *s = &EC2_SEEN(Vpc, vpc)->CidrBlockAssociationSet;
    size_t n = 0;
    for (size_t i = 0; i < s->n && n < EC2_VPC_BLOCKS_MAX; i++)
        if (ec2_cidr_parse(s->v[i].CidrBlock, &out[n]))
            n++;
    return n;
}

bool ec2_vpc_dns_support(const struct ec2_item *vpc)
{
    return EC2_OWN(VpcOwn, vpc)->EnableDnsSupport.v;
}

bool ec2_vpc_dns_hostnames(const struct ec2_item *vpc)
{
    return EC2_OWN(VpcOwn, vpc)->EnableDnsHostnames.v;
}

struct first_default {
    const struct ec2_item *it;
};

static int find_default(void *arg, const struct ec2_item *it)
{
    struct first_default *f = arg;
    if (!EC2_SEEN(Vpc, it)->IsDefault.v)
        return 0;
    f->it = it;
    return 1;
}

const struct ec2_item *ec2_default_vpc(const struct ec2_view *v)
{
    struct first_default f = {0};
    ec2_each(v, EC2_KIND_VPC, find_default, &f);
    return f.it;
}

/* --- making --- */

static void describe_new(struct np_arena *a, struct ec2_item *it, const struct ec2_vpc_opts *o,
                         struct np_str association)
{
    struct ec2_Vpc *d = it->detail;
    struct ec2_VpcOwn *own = it->own;
    struct ec2_VpcCidrBlockAssociation *block = np_new(a, struct ec2_VpcCidrBlockAssociation);
    block->AssociationId = association;
    block->CidrBlock = ec2_cidr_text(a, o->block);
    block->CidrBlockState = np_new(a, struct ec2_VpcCidrBlockState);
    block->CidrBlockState->State = NP_STR("associated");
    d->OwnerId = it->account;
    d->InstanceTenancy = o->tenancy;
    d->CidrBlock = block->CidrBlock;
    d->CidrBlockAssociationSet = (struct ec2_VpcCidrBlockAssociationSet){block, 1, true};
    d->IsDefault = ec2_yes(o->is_default);
    d->State = NP_STR("available");
    own->EnableDnsSupport = ec2_yes(true);
    own->EnableDnsHostnames = ec2_yes(o->dns_hostnames);
    own->EnableNetworkAddressUsageMetrics = ec2_yes(false);
}

static int quota(const struct ec2_db *db, struct np_err *err)
{
    size_t n;
    int rc = ec2_count(db, EC2_KIND_VPC, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_VPCS_MAX)
        return np_fault(err, &EC2_VpcLimitExceeded, "The maximum number of VPCs has been reached.");
    return rc;
}

int ec2_vpc_make(struct np_txn *t, const struct ec2_vpc_opts *o, struct ec2_item **out,
                 struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it = ec2_new(t, EC2_KIND_VPC), *table;
    struct np_str id;
    it->vpc = it->id;
    describe_new(db.arena, it, o, ec2_new_id(t, "vpc-cidr-assoc-"));
    int rc = quota(&db, err);
    if (rc == 0)
        rc = ec2_dhcp_default(t, &EC2_DETAIL(Vpc, it)->DhcpOptionsId, err);
    if (rc == 0)
        rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "dhcp", EC2_DETAIL(Vpc, it)->DhcpOptionsId, err);
    if (rc == 0)
        rc = ec2_table_make(t, it, true, (struct ec2_tags){0}, &table, err);
    if (rc == 0)
        rc = ec2_acl_default(t, it->id, &id, err);
    if (rc == 0)
        rc = ec2_sg_default(t, it->id, &id, err);
    if (rc == 0)
        rc = ec2_tag(t, it, o->tags.v, o->tags.n, err);
    *out = it;
    return rc;
}

static int check_new(const struct ec2_CreateVpcRequest *in, struct ec2_vpc_opts *o,
                     struct np_err *err)
{
    if (in->CidrBlock.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
    o->tenancy = in->InstanceTenancy.p != NULL ? in->InstanceTenancy : NP_STR("default");
    if (np_str_is(o->tenancy, "host"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (host) for parameter instanceTenancy is invalid.");
    return ec2_vpc_block_check(in->CidrBlock, &o->block, err);
}

int ec2_CreateVpc_apply(struct np_txn *t, const struct ec2_CreateVpcRequest *in,
                        struct ec2_CreateVpcResult *out, struct np_err *err)
{
    struct ec2_vpc_opts o = {0};
    struct ec2_item *it;
    int rc = check_new(in, &o, err);
    if (rc == 0)
        rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_VPC, &o.tags, err);
    if (rc == 0)
        rc = ec2_vpc_make(t, &o, &it, err);
    if (rc == 0)
        out->Vpc = it->detail;
    return rc;
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"cidr", "CidrBlock", NULL},
    {"cidr-block", "CidrBlock", NULL},
    {"cidrBlock", "CidrBlock", NULL},
    {"cidr-block-association.association-id", "CidrBlockAssociationSet.AssociationId", NULL},
    {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock", NULL},
    {"cidr-block-association.state", "CidrBlockAssociationSet.CidrBlockState.State", NULL},
    {"dhcp-options-id", "DhcpOptionsId", NULL},
    {"dhcpOptionsId", "DhcpOptionsId", NULL},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId",
     NULL},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
     NULL},
    {"ipv6-cidr-block-association.ipv6-pool", "Ipv6CidrBlockAssociationSet.Ipv6Pool", NULL},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
     NULL},
    {"is-default", "IsDefault", NULL},
    {"isDefault", "IsDefault", NULL},
    {"owner-id", "OwnerId", NULL},
    {"state", "State", NULL},
    {"vpc-id", "VpcId", NULL},
};

int ec2_DescribeVpcs(struct np_req *rq, const struct ec2_DescribeVpcsRequest *in,
                     struct ec2_DescribeVpcsResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_VPC, .filters = filters, .n_filters = NP_LEN(filters)};
    return ec2_describe(rq, &d, EC2_ASK(in, VpcIds), &out->Vpcs, &out->NextToken, err);
}

static struct ec2_AttributeBooleanValue *attribute(struct np_arena *a, struct np_opt_bool v)
{
    struct ec2_AttributeBooleanValue *out = np_new(a, struct ec2_AttributeBooleanValue);
    out->Value = ec2_yes(v.v);
    return out;
}

int ec2_DescribeVpcAttribute(struct np_req *rq, const struct ec2_DescribeVpcAttributeRequest *in,
                             struct ec2_DescribeVpcAttributeResult *out, struct np_err *err)
{
    const struct ec2_item *it = ec2_see(ec2_view(rq), EC2_KIND_VPC, in->VpcId);
    if (it == NULL)
        return ec2_not_found(err, EC2_KIND_VPC, in->VpcId);
    const struct ec2_VpcOwn *own = it->own;
    out->VpcId = it->id;
    if (np_str_is(in->Attribute, "enableDnsSupport"))
        out->EnableDnsSupport = attribute(rq->arena, own->EnableDnsSupport);
    else if (np_str_is(in->Attribute, "enableDnsHostnames"))
        out->EnableDnsHostnames = attribute(rq->arena, own->EnableDnsHostnames);
    else
        out->EnableNetworkAddressUsageMetrics =
            attribute(rq->arena, own->EnableNetworkAddressUsageMetrics);
    return 0;
}

/* --- changing --- */

int ec2_ModifyVpcAttribute_apply(struct np_txn *t, const struct ec2_ModifyVpcAttributeRequest *in,
                                 struct ec2_ModifyVpcAttributeOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    int n = ec2_given(in->EnableDnsSupport) + ec2_given(in->EnableDnsHostnames) +
            ec2_given(in->EnableNetworkAddressUsageMetrics);
    if (n != 1)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        n == 0 ? "No attributes specified."
                               : "Only one attribute can be modified at a time.");
    int rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &it, err);
    if (rc != 0)
        return rc;
    struct ec2_VpcOwn *own = it->own;
    if (ec2_given(in->EnableDnsSupport))
        own->EnableDnsSupport = in->EnableDnsSupport->Value;
    if (ec2_given(in->EnableDnsHostnames))
        own->EnableDnsHostnames = in->EnableDnsHostnames->Value;
    if (ec2_given(in->EnableNetworkAddressUsageMetrics))
        own->EnableNetworkAddressUsageMetrics = in->EnableNetworkAddressUsageMetrics->Value;
    return ec2_put(t, it, err);
}

int ec2_ModifyVpcTenancy_apply(struct np_txn *t, const struct ec2_ModifyVpcTenancyRequest *in,
                               struct ec2_ModifyVpcTenancyResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &it, err);
    if (rc != 0)
        return rc;
    EC2_DETAIL(Vpc, it)->InstanceTenancy = in->InstanceTenancy;
    out->ReturnValue = ec2_yes(true);
    return ec2_put(t, it, err);
}

/* --- deleting --- */

int ec2_flow_logs_drop(struct np_txn *t, const struct ec2_item *it, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    struct ec2_item *log;
    size_t n;
    int rc = ec2_users(&db, it->id, "resource", &users, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = ec2_find(&db, EC2_KIND_FLOW_LOG, users[i], &log, err);
        rc = rc == 0 ? ec2_drop(t, log, err) : rc == NP_ENOENT ? 0 : rc;
    }
    return rc;
}

/* What a user made in it, and has to delete first. */
static int dependencies(struct np_txn *t, const struct ec2_item *vpc, struct np_err *err)
{
    static const enum ec2_kind_id own[] = {EC2_KIND_SUBNET, EC2_KIND_INTERFACE};
    struct ec2_db db = ec2_db(t);
    struct ec2_item *igw;
    size_t n, all = ec2_sg_count_own(t, vpc->id) + ec2_acl_count_own(t, vpc->id) +
                    ec2_vpce_count(t, vpc->id);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < NP_LEN(own); i++, all += n)
        rc = ec2_count(&db, own[i], vpc->id, &n, err);
    if (rc == 0)
        rc = ec2_count(&db, EC2_KIND_ROUTE_TABLE, vpc->id, &n, err);
    all += n - (n > 0); /* the main one goes with it */
    if (rc == 0) {
        rc = ec2_igw_of_vpc(&db, vpc->id, &igw, err);
        all += rc == 0;
        rc = rc == NP_ENOENT ? 0 : rc;
    }
    if (rc == 0 && all > 0)
        return np_fault(err, &EC2_DependencyViolation,
                        "The vpc '%.*s' has dependencies and cannot be deleted.", NP_FMT(vpc->id));
    return rc;
}

static int drop_main_table(struct np_txn *t, const struct ec2_item *vpc, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *table;
    int rc = ec2_table_main(&db, vpc->id, &table, err);
    return rc == 0 ? ec2_drop(t, table, err) : rc;
}

int ec2_DeleteVpc_apply(struct np_txn *t, const struct ec2_DeleteVpcRequest *in,
                        struct ec2_DeleteVpcOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = dependencies(t, vpc, err);
    if (rc == 0)
        rc = ec2_peerings_end(t, vpc, err);
    if (rc == 0)
        rc = drop_main_table(t, vpc, err);
    if (rc == 0)
        rc = ec2_acl_drop_default(t, vpc->id, err);
    if (rc == 0)
        rc = ec2_sg_drop_default(t, vpc->id, err);
    if (rc == 0)
        rc = ec2_flow_logs_drop(t, vpc, err);
    return rc == 0 ? ec2_drop(t, vpc, err) : rc;
}
