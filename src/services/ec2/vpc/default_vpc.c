/* SPDX-License-Identifier: Apache-2.0 */
/* default_vpc.c - the network that an account finds in a region: made when it first touches EC2
 * there, and again by CreateDefaultVpc and CreateDefaultSubnet. */
#include "services/ec2/vpc/route.h"
#include "services/ec2/vpc/vpc_int.h"
#include "services/ec2/zone.h"

#define DEFAULT_BLOCK 0xac1f0000u /* 172.31.0.0/16 */
#define SUBNET_BITS   20

static int make_subnet(struct np_txn *t, const struct ec2_item *vpc, const struct ec2_zone *zone,
                       size_t place, struct ec2_item **out, struct np_err *err)
{
    const struct ec2_subnet_opts o = {
        .block = {DEFAULT_BLOCK + ((uint32_t)place << (32 - SUBNET_BITS)), SUBNET_BITS},
        .zone = zone->name,
        .zone_id = zone->id,
        .is_default = true,
    };
    return ec2_subnet_make(t, vpc, &o, out, err);
}

static int add_way_out(struct np_txn *t, const struct ec2_item *vpc, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *igw, *table;
    int rc = ec2_igw_make(t, vpc, (struct ec2_tags){0}, &igw, err);
    if (rc == 0)
        rc = ec2_table_main(&db, vpc->id, &table, err);
    if (rc != 0)
        return rc;
    struct ec2_Route out = {.DestinationCidrBlock = NP_STR("0.0.0.0/0"),
                            .GatewayId = igw->id,
                            .Origin = NP_STR("CreateRoute"),
                            .State = NP_STR("active")};
    ec2_route_add(db.arena, table, &out);
    return ec2_put(t, table, err);
}

static int make_vpc(struct np_txn *t, struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_vpc_opts o = {.block = {DEFAULT_BLOCK, 16},
                                   .tenancy = NP_STR("default"),
                                   .is_default = true,
                                   .dns_hostnames = true};
    struct ec2_zone *zones;
    struct ec2_item *subnet;
    size_t n = ec2_zones(db.arena, db.scope.region, &zones);
    int rc = ec2_vpc_make(t, &o, out, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = make_subnet(t, *out, &zones[i], i, &subnet, err);
    return rc == 0 ? add_way_out(t, *out, err) : rc;
}

/* --- an account's first call --- */

bool ec2_account_wanted(const struct np_req *rq)
{
    return !ec2_view_begun(ec2_view(rq));
}

int ec2_account_make(struct np_txn *t, struct np_err *err)
{
    NP_SQL(begin, "INSERT INTO ec2_account (account, region) VALUES (:account, :region) "
                  "ON CONFLICT DO NOTHING");
    struct ec2_item *vpc;
    int rc = np_exec(t, &begin, err, "");
    if (rc != 0 || np_exec_changes(t) == 0)
        return rc;
    np_notice(t, EC2_NOTICE_ACCOUNT, np_txn_scope(t)->account, np_txn_scope(t)->region);
    return make_vpc(t, &vpc, err);
}

/* --- by a call --- */

static int find_default(const struct ec2_db *db, struct ec2_item **out, struct np_err *err)
{
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_VPC, NP_STR_NULL, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (EC2_DETAIL(Vpc, v[i])->IsDefault.v) {
            *out = v[i];
            return 0;
        }
    return rc != 0 ? rc : NP_ENOENT;
}

int ec2_CreateDefaultVpc_apply(struct np_txn *t, const struct ec2_CreateDefaultVpcRequest *in,
                               struct ec2_CreateDefaultVpcResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc;
    (void)in;
    int rc = find_default(&db, &vpc, err);
    if (rc == 0)
        return np_fault(err, &EC2_DefaultVpcAlreadyExists,
                        "A Default VPC already exists for this account in this region.");
    if (rc == NP_ENOENT)
        rc = make_vpc(t, &vpc, err);
    if (rc == 0)
        out->Vpc = vpc->detail;
    return rc;
}

/* The first place of a /20 in the VPC's block that no subnet takes. */
static int free_place(struct ec2_item *const *subnets, size_t n, size_t *place, struct np_err *err)
{
    for (*place = 0; *place < 1u << (SUBNET_BITS - 16); ++*place) {
        struct ec2_cidr c = {DEFAULT_BLOCK + ((uint32_t)*place << (32 - SUBNET_BITS)), SUBNET_BITS};
        bool taken = false;
        for (size_t i = 0; i < n; i++)
            taken = taken || ec2_cidr_overlap(c, ec2_subnet_block(subnets[i]));
        if (!taken)
            return 0;
    }
    return np_fault(err, &EC2_InvalidSubnetConflict,
                    "The default VPC has no room for another default subnet.");
}

int ec2_CreateDefaultSubnet_apply(struct np_txn *t, const struct ec2_CreateDefaultSubnetRequest *in,
                                  struct ec2_CreateDefaultSubnetResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str wanted =
        in->AvailabilityZone.p != NULL ? in->AvailabilityZone : in->AvailabilityZoneId;
    struct ec2_item *vpc, **subnets, *it;
    struct ec2_zone zone;
    size_t n, place;
    if (!ec2_zone(db.arena, db.scope.region, wanted, &zone))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter availabilityZone is invalid.", NP_FMT(wanted));
    int rc = find_default(&db, &vpc, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_DefaultVpcDoesNotExist, "No default VPC for this user.");
    if (rc == 0)
        rc = ec2_list(&db, EC2_KIND_SUBNET, vpc->id, &subnets, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_Subnet *s = subnets[i]->detail;
        if (s->DefaultForAz.v && np_str_eq(s->AvailabilityZone, zone.name))
            return np_fault(err, &EC2_DefaultSubnetAlreadyExistsInAvailabilityZone,
                            "'%.*s' is already the default subnet in %.*s.", NP_FMT(s->SubnetId),
                            NP_FMT(zone.name));
    }
    if (rc == 0)
        rc = free_place(subnets, n, &place, err);
    if (rc == 0)
        rc = make_subnet(t, vpc, &zone, place, &it, err);
    if (rc == 0)
        out->Subnet = it->detail;
    return rc;
}
