/* SPDX-License-Identifier: Apache-2.0 */
/* subnet.c - subnets: made, described, changed, deleted. */
#include "services/ec2/firewall/acl.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/vpc/vpc_int.h"
#include "services/ec2/zone.h"

struct ec2_cidr ec2_subnet_block(const struct ec2_item *subnet)
{
    struct ec2_cidr c = {0, 32};
    ec2_cidr_parse(EC2_SEEN(Subnet, subnet)->CidrBlock, &c);
    return c;
}

bool ec2_subnet_reserved(struct ec2_cidr subnet, uint32_t addr)
{
    return addr < ec2_cidr_first(subnet) + 4 || addr >= ec2_cidr_last(subnet);
}

struct find_default {
    struct np_str zone;
    const struct ec2_item *it;
};

static int is_default(void *arg, const struct ec2_item *it)
{
    struct find_default *f = arg;
    const struct ec2_Subnet *s = it->detail;
    if (!s->DefaultForAz.v || (f->zone.p != NULL && !np_str_eq(f->zone, s->AvailabilityZone)))
        return 0;
    if (f->it == NULL ||
        np_str_cmp(s->AvailabilityZone, EC2_SEEN(Subnet, f->it)->AvailabilityZone) < 0)
        f->it = it;
    return 0;
}

const struct ec2_item *ec2_default_subnet(const struct ec2_view *v, struct np_str zone)
{
    struct find_default f = {.zone = zone};
    ec2_each(v, EC2_KIND_SUBNET, is_default, &f);
    return f.it;
}

/* --- making --- */

static void describe_new(struct np_arena *a, struct ec2_item *it, const struct ec2_subnet_opts *o)
{
    struct ec2_Subnet *d = it->detail;
    d->AvailabilityZone = o->zone;
    d->AvailabilityZoneId = o->zone_id;
    d->MapCustomerOwnedIpOnLaunch = ec2_yes(false);
    d->OwnerId = it->account;
    d->AssignIpv6AddressOnCreation = ec2_yes(false);
    d->SubnetArn = ec2_arn(a, it->kind, it->region, it->account, it->id);
    d->EnableDns64 = ec2_yes(false);
    d->Ipv6Native = ec2_yes(false);
    d->Ipv6CidrBlockAssociationSet.set = true;
    d->PrivateDnsNameOptionsOnLaunch = np_new(a, struct ec2_PrivateDnsNameOptionsOnLaunch);
    d->PrivateDnsNameOptionsOnLaunch->HostnameType = NP_STR("ip-name");
    d->PrivateDnsNameOptionsOnLaunch->EnableResourceNameDnsARecord = ec2_yes(false);
    d->PrivateDnsNameOptionsOnLaunch->EnableResourceNameDnsAAAARecord = ec2_yes(false);
    d->State = NP_STR("available");
    d->VpcId = it->vpc;
    d->CidrBlock = ec2_cidr_text(a, o->block);
    d->DefaultForAz = ec2_yes(o->is_default);
    d->MapPublicIpOnLaunch = ec2_yes(o->is_default);
    d->AvailableIpAddressCount =
        (struct np_opt_int){true, ((int64_t)1 << (32 - o->block.bits)) - 5};
}

static int check_room(const struct ec2_db *db, const struct ec2_item *vpc, struct ec2_cidr block,
                      struct np_err *err)
{
    struct ec2_cidr blocks[EC2_VPC_BLOCKS_MAX];
    struct ec2_item **others;
    struct np_str text = ec2_cidr_text(db->arena, block);
    size_t n = ec2_vpc_blocks(vpc, blocks);
    bool inside = false;
    for (size_t i = 0; i < n; i++)
        inside = inside || ec2_cidr_has(blocks[i], block);
    if (!inside || block.bits > 28)
        return np_fault(err, &EC2_InvalidSubnetRange, "The CIDR '%.*s' is invalid.", NP_FMT(text));
    int rc = ec2_list(db, EC2_KIND_SUBNET, vpc->id, &others, &n, err);
    if (rc == 0 && n >= EC2_SUBNETS_MAX)
        return np_fault(err, &EC2_SubnetLimitExceeded,
                        "The maximum number of subnets has been reached.");
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (ec2_cidr_overlap(ec2_subnet_block(others[i]), block))
            return np_fault(err, &EC2_InvalidSubnetConflict,
                            "The CIDR '%.*s' conflicts with another subnet", NP_FMT(text));
    return rc;
}

int ec2_subnet_make(struct np_txn *t, const struct ec2_item *vpc, const struct ec2_subnet_opts *o,
                    struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = check_room(&db, vpc, o->block, err);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_SUBNET);
    it->vpc = vpc->id;
    describe_new(db.arena, it, o);
    rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "vpc", vpc->id, err);
    if (rc == 0)
        rc = ec2_acl_add_subnet(t, vpc->id, it->id, err);
    if (rc == 0)
        rc = ec2_tag(t, it, o->tags.v, o->tags.n, err);
    *out = it;
    return rc;
}

static int bad_zone(struct np_arena *a, struct np_str region, struct np_str zone,
                    struct np_err *err)
{
    struct np_buf b;
    struct ec2_zone *zones;
    size_t n = ec2_zones(a, region, &zones);
    np_buf_init(&b, a, 256);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%s%.*s", i > 0 ? ", " : "", NP_FMT(zones[i].name));
    return np_fault(err, &EC2_InvalidParameterValue,
                    "Value (%.*s) for parameter availabilityZone is invalid. Subnets can currently "
                    "only be created in the following availability zones: %.*s.",
                    NP_FMT(zone), NP_FMT(np_buf_str(&b)));
}

/* The zone that the call names by name, by id or not at all. */
static int zone_of(struct np_arena *a, struct np_str region, struct np_str name, struct np_str id,
                   struct ec2_zone *out, struct np_err *err)
{
    struct ec2_zone *zones;
    struct np_str wanted = name.p != NULL ? name : id;
    ec2_zones(a, region, &zones);
    *out = zones[0];
    if (wanted.p == NULL)
        return 0;
    if (name.p != NULL && id.p != NULL)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Only one of the AvailabilityZone and AvailabilityZoneId parameters may be "
                        "given.");
    if (!ec2_zone(a, region, wanted, out) ||
        !np_str_eq(name.p != NULL ? out->name : out->id, wanted))
        return bad_zone(a, region, wanted, err);
    return 0;
}

static int block_of(struct np_str text, struct ec2_cidr *out, struct np_err *err)
{
    if (text.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "Either 'ipv4IpamPoolId' or 'cidrBlock' should be provided.");
    if (!ec2_cidr_parse(text, out))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter cidrBlock is invalid. This is not a valid CIDR "
                        "block.",
                        NP_FMT(text));
    *out = ec2_cidr_network(*out);
    return 0;
}

int ec2_CreateSubnet_apply(struct np_txn *t, const struct ec2_CreateSubnetRequest *in,
                           struct ec2_CreateSubnetResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_subnet_opts o = {0};
    struct ec2_zone zone;
    struct ec2_item *vpc, *it;
    int rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = block_of(in->CidrBlock, &o.block, err);
    if (rc == 0)
        rc = zone_of(db.arena, db.scope.region, in->AvailabilityZone, in->AvailabilityZoneId, &zone,
                     err);
    if (rc == 0)
        rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_SUBNET, &o.tags, err);
    if (rc != 0)
        return rc;
    o.zone = zone.name;
    o.zone_id = zone.id;
    rc = ec2_subnet_make(t, vpc, &o, &it, err);
    if (rc == 0)
        out->Subnet = it->detail;
    return rc;
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"availability-zone", "AvailabilityZone", NULL},
    {"availabilityZone", "AvailabilityZone", NULL},
    {"availability-zone-id", "AvailabilityZoneId", NULL},
    {"availabilityZoneId", "AvailabilityZoneId", NULL},
    {"available-ip-address-count", "AvailableIpAddressCount", NULL},
    {"cidr-block", "CidrBlock", NULL},
    {"cidr", "CidrBlock", NULL},
    {"cidrBlock", "CidrBlock", NULL},
    {"customer-owned-ipv4-pool", "CustomerOwnedIpv4Pool", NULL},
    {"default-for-az", "DefaultForAz", NULL},
    {"defaultForAz", "DefaultForAz", NULL},
    {"enable-dns64", "EnableDns64", NULL},
    {"enable-lni-at-device-index", "EnableLniAtDeviceIndex", NULL},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId",
     NULL},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
     NULL},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
     NULL},
    {"ipv6-native", "Ipv6Native", NULL},
    {"map-customer-owned-ip-on-launch", "MapCustomerOwnedIpOnLaunch", NULL},
    {"map-public-ip-on-launch", "MapPublicIpOnLaunch", NULL},
    {"outpost-arn", "OutpostArn", NULL},
    {"owner-id", "OwnerId", NULL},
    {"private-dns-name-options-on-launch.hostname-type",
     "PrivateDnsNameOptionsOnLaunch.HostnameType", NULL},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord", NULL},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord", NULL},
    {"state", "State", NULL},
    {"subnet-arn", "SubnetArn", NULL},
    {"subnet-id", "SubnetId", NULL},
    {"vpc-id", "VpcId", NULL},
};

static void fill(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a, void *out)
{
    struct ec2_Subnet *s = out;
    (void)a;
    s->AvailableIpAddressCount = (struct np_opt_int){true, (int64_t)ec2_eni_free_addresses(v, it)};
}

int ec2_DescribeSubnets(struct np_req *rq, const struct ec2_DescribeSubnetsRequest *in,
                        struct ec2_DescribeSubnetsResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_SUBNET, .filters = filters, .n_filters = NP_LEN(filters), .fill = fill};
    return ec2_describe(rq, &d, EC2_ASK(in, SubnetIds), &out->Subnets, &out->NextToken, err);
}

/* --- changing --- */

int ec2_ModifySubnetAttribute_apply(struct np_txn *t,
                                    const struct ec2_ModifySubnetAttributeRequest *in,
                                    struct ec2_ModifySubnetAttributeOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_SUBNET, in->SubnetId, &it, err);
    if (rc != 0)
        return rc;
    struct ec2_Subnet *d = it->detail;
    if (ec2_given(in->MapPublicIpOnLaunch))
        d->MapPublicIpOnLaunch = in->MapPublicIpOnLaunch->Value;
    if (in->PrivateDnsHostnameTypeOnLaunch.p != NULL)
        d->PrivateDnsNameOptionsOnLaunch->HostnameType = in->PrivateDnsHostnameTypeOnLaunch;
    if (ec2_given(in->EnableResourceNameDnsARecordOnLaunch))
        d->PrivateDnsNameOptionsOnLaunch->EnableResourceNameDnsARecord =
            in->EnableResourceNameDnsARecordOnLaunch->Value;
    return ec2_put(t, it, err);
}

/* --- deleting --- */

int ec2_DeleteSubnet_apply(struct np_txn *t, const struct ec2_DeleteSubnetRequest *in,
                           struct ec2_DeleteSubnetOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    struct ec2_item *it;
    size_t n;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_SUBNET, in->SubnetId, &it, err);
    if (rc == 0)
        rc = ec2_flow_logs_drop(t, it, err);
    if (rc == 0)
        rc = ec2_acl_drop_subnet(t, it->id, err);
    if (rc == 0)
        rc = ec2_table_forget_subnet(t, it, err);
    if (rc == 0)
        rc = ec2_users(&db, it->id, NULL, &users, &n, err);
    if (rc == 0 && n > 0)
        return np_fault(err, &EC2_DependencyViolation,
                        "The subnet '%.*s' has dependencies and cannot be deleted.",
                        NP_FMT(it->id));
    return rc == 0 ? ec2_drop(t, it, err) : rc;
}
