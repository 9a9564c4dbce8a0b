/* SPDX-License-Identifier: Apache-2.0 */
/* nat.c - NAT gateways: an interface of the region in a subnet, with elastic IPs if it is public.
 *
 * One is there when its call's commit is: its rows say available at once, and AWS's way there and
 * back (pending, deleting) is what replies say. A deleted one is listed for an hour.
 */
#include "services/ec2/interface/address_int.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/vpc/vpc_int.h"

#define LISTED_MS (3600 * 1000LL)

static bool is_public(const struct ec2_item *nat)
{
    return np_str_is(EC2_SEEN(NatGateway, nat)->ConnectivityType, "public");
}

static bool is_deleted(const struct ec2_item *nat)
{
    return np_str_is(EC2_SEEN(NatGateway, nat)->State, "deleted");
}

/* One that works, or NatGatewayNotFound. */
static int get_live(const struct ec2_db *db, struct np_str id, struct ec2_item **out,
                    struct np_err *err)
{
    int rc = ec2_get(db, EC2_KIND_NAT_GATEWAY, id, out, err);
    return rc == 0 && is_deleted(*out) ? ec2_not_found(err, EC2_KIND_NAT_GATEWAY, id) : rc;
}

/* Rows of which nobody is told any more. */
static int sweep(struct np_txn *t, struct ec2_item *const *v, size_t n, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_NatGateway *d = v[i]->detail;
        if (is_deleted(v[i]) && d->DeleteTime.v + LISTED_MS < np_txn_now_ms(t))
            rc = ec2_drop(t, v[i], err);
    }
    return rc;
}

static int check_room(struct np_txn *t, const struct ec2_item *subnet, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **v, *other;
    size_t n, used = 0;
    int rc = ec2_list(&db, EC2_KIND_NAT_GATEWAY, NP_STR_NULL, &v, &n, err);
    if (rc == 0)
        rc = sweep(t, v, n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (is_deleted(v[i]))
            continue;
        rc = ec2_get(&db, EC2_KIND_SUBNET, EC2_DETAIL(NatGateway, v[i])->SubnetId, &other, err);
        if (rc == 0)
            used += np_str_eq(EC2_DETAIL(Subnet, other)->AvailabilityZone,
                              EC2_SEEN(Subnet, subnet)->AvailabilityZone);
    }
    if (rc == 0 && used >= EC2_NAT_GATEWAYS_MAX)
        return np_fault(err, &EC2_NatGatewayLimitExceeded,
                        "The maximum number of NAT gateways in the Availability Zone has been "
                        "reached.");
    return rc;
}

/* --- addresses --- */

/* What the interface's private addresses are, in its order: the gateway's addresses. */
static void list_addresses(struct np_arena *a, struct ec2_item *nat, const struct ec2_item *eni)
{
    const struct ec2_NetworkInterfacePrivateIpAddressList *l =
        &EC2_SEEN(NetworkInterface, eni)->PrivateIpAddresses;
    struct ec2_NatGatewayAddressList *out = &EC2_DETAIL(NatGateway, nat)->NatGatewayAddresses;
    *out = (struct ec2_NatGatewayAddressList){
        .v = np_new_array(a, struct ec2_NatGatewayAddress, l->n + 1), .set = true};
    for (size_t i = 0; i < l->n; i++) {
        struct ec2_NatGatewayAddress *d = &out->v[out->n++];
        *d = (struct ec2_NatGatewayAddress){
            .NetworkInterfaceId = eni->id,
            .PrivateIp = l->v[i].PrivateIpAddress,
            .IsPrimary = ec2_yes(l->v[i].Primary.v),
            .Status = NP_STR("succeeded"),
        };
        if (l->v[i].Association == NULL)
            continue;
        d->AllocationId = l->v[i].Association->AllocationId;
        d->AssociationId = l->v[i].Association->AssociationId;
        d->PublicIp = l->v[i].Association->PublicIp;
    }
}

static int free_address(const struct ec2_db *db, struct np_str id, struct ec2_item **out,
                        struct np_err *err)
{
    int rc = ec2_get(db, EC2_KIND_ADDRESS, id, out, err);
    return rc == 0 ? ec2_address_check_free(*out, err) : rc;
}

static int join(struct np_txn *t, struct ec2_item *eni, struct np_str allocation, struct np_str ip,
                struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_address_use u = {.eni = eni, .private_ip = ip, .by_gateway = true};
    int rc = free_address(&db, allocation, &u.address, err);
    return rc == 0 ? ec2_address_join(t, &u, err) : rc;
}

/* Elastic IPs for the secondary addresses from place `from` on. */
static int join_more(struct np_txn *t, struct ec2_item *eni, size_t from, const struct np_strs *ids,
                     struct np_err *err)
{
    const struct ec2_NetworkInterfacePrivateIpAddressList *l =
        &EC2_DETAIL(NetworkInterface, eni)->PrivateIpAddresses;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < ids->n && from + i < l->n; i++)
        rc = join(t, eni, ids->v[i], l->v[from + i].PrivateIpAddress, err);
    return rc;
}

/* --- making --- */

#define WANTED(in) ((struct np_strs){(in).v, (in).n, (in).set})

static int check_new(const struct ec2_CreateNatGatewayRequest *in, bool is_private,
                     struct np_err *err)
{
    size_t more = in->SecondaryAllocationIds.n, ips = in->SecondaryPrivateIpAddresses.n;
    if (in->SubnetId.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter SubnetId");
    if (np_str_is(in->AvailabilityMode, "regional"))
        return np_fault(err, &EC2_UnsupportedOperation,
                        "CreateNatGateway: regional NAT gateways are not served; leave "
                        "AvailabilityMode out.");
    if (!is_private && in->AllocationId.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must include the AllocationId parameter. Add the required "
                        "parameter and retry the request.");
    if (is_private && (in->AllocationId.p != NULL || more > 0))
        return np_fault(err, &EC2_InvalidParameter,
                        "A private NAT gateway has no AllocationId: leave it out.");
    if (!is_private && (in->SecondaryPrivateIpAddressCount.set || (ips > 0 && ips != more)))
        return np_fault(err, &EC2_InvalidParameter,
                        "A public NAT gateway has as many secondary private addresses as secondary "
                        "AllocationIds.");
    if (ips > 0 && in->SecondaryPrivateIpAddressCount.set)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "SecondaryPrivateIpAddresses and SecondaryPrivateIpAddressCount exclude "
                        "each other.");
    if (more >= EC2_NAT_ADDRESSES_MAX || ips >= EC2_NAT_ADDRESSES_MAX ||
        in->SecondaryPrivateIpAddressCount.v >= EC2_NAT_ADDRESSES_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "A NAT gateway has at most %d addresses.",
                        EC2_NAT_ADDRESSES_MAX);
    return 0;
}

static int make_eni(struct np_txn *t, const struct ec2_CreateNatGatewayRequest *in,
                    const struct ec2_item *nat, struct ec2_item **out, struct np_err *err)
{
    size_t given = in->SecondaryPrivateIpAddresses.n, ids = in->SecondaryAllocationIds.n;
    const struct ec2_eni_opts o = {
        .subnet = in->SubnetId,
        .description =
            np_str_printf(np_txn_arena(t), "Interface for NAT Gateway %.*s", NP_FMT(nat->id)),
        .primary = in->PrivateIpAddress,
        .secondary = in->SecondaryPrivateIpAddresses.v,
        .n_secondary = given,
        .more_secondary = given > 0 ? 0 : ids + (size_t)in->SecondaryPrivateIpAddressCount.v,
        .type = "natGateway",
        .requester = "amazon-nat",
        .no_groups = true,
        .no_source_check = true,
    };
    return ec2_eni_create(t, &o, out, err);
}

/* AWS: without an internet gateway the call is well, and the gateway fails
 * (tests/sdk/test_ec2_routes.py). */
static bool fails_without_way_out(const struct ec2_db *db, struct ec2_item *nat)
{
    struct ec2_NatGateway *d = nat->detail;
    struct ec2_item *igw;
    if (!is_public(nat) || ec2_igw_of_vpc(db, nat->vpc, &igw, NULL) == 0)
        return false;
    d->State = NP_STR("failed");
    d->FailureCode = NP_STR("Gateway.NotAttached");
    d->FailureMessage =
        np_str_printf(db->arena, "Network %.*s has no Internet gateway attached", NP_FMT(nat->vpc));
    return true;
}

static int furnish(struct np_txn *t, const struct ec2_CreateNatGatewayRequest *in,
                   struct ec2_item *nat, struct np_err *err)
{
    struct ec2_item *eni;
    struct np_strs more = WANTED(in->SecondaryAllocationIds);
    int rc = make_eni(t, in, nat, &eni, err);
    if (rc == 0 && is_public(nat))
        rc = join(t, eni, in->AllocationId, NP_STR_NULL, err);
    if (rc == 0 && is_public(nat))
        rc = join_more(t, eni, 1, &more, err);
    if (rc != 0)
        return rc;
    list_addresses(np_txn_arena(t), nat, eni);
    EC2_DETAIL(NatGateway, nat)->State = NP_STR("available");
    rc = ec2_put(t, nat, err);
    return rc == 0 ? ec2_ref(t, nat, "interface", eni->id, err) : rc;
}

static int make(struct np_txn *t, const struct ec2_CreateNatGatewayRequest *in,
                struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *subnet, *address;
    struct ec2_tags tags;
    bool is_private = np_str_is(in->ConnectivityType, "private");
    int rc = check_new(in, is_private, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_SUBNET, in->SubnetId, &subnet, err);
    if (rc == 0)
        rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_NAT_GATEWAY, &tags, err);
    if (rc == 0 && !is_private)
        rc = free_address(&db, in->AllocationId, &address, err);
    if (rc == 0)
        rc = check_room(t, subnet, err);
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_NAT_GATEWAY);
    struct ec2_NatGateway *d = it->detail;
    it->vpc = d->VpcId = subnet->vpc;
    d->SubnetId = subnet->id;
    d->CreateTime = (struct np_opt_int){true, it->made_ms};
    d->ConnectivityType = is_private ? NP_STR("private") : NP_STR("public");
    d->AvailabilityMode = NP_STR("zonal");
    d->NatGatewayAddresses.set = true;
    if (fails_without_way_out(&db, it))
        rc = ec2_put(t, it, err);
    else
        rc = furnish(t, in, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "subnet", subnet->id, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    *out = it;
    return rc;
}

int ec2_CreateNatGateway_apply(struct np_txn *t, const struct ec2_CreateNatGatewayRequest *in,
                               struct ec2_CreateNatGatewayResult *out, struct np_err *err)
{
    struct ec2_item *it;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = make(t, in, &it, err);
    if (rc != 0)
        return rc;
    struct ec2_NatGateway *d = np_new(np_txn_arena(t), struct ec2_NatGateway);
    *d = *EC2_DETAIL(NatGateway, it);
    d->State = NP_STR("pending");
    out->NatGateway = d;
    out->ClientToken = in->ClientToken;
    return ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- deleting --- */

static int drop_eni(struct np_txn *t, struct ec2_item *nat, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_NatGatewayAddressList *l = &EC2_DETAIL(NatGateway, nat)->NatGatewayAddresses;
    struct ec2_item *eni;
    if (l->n == 0)
        return 0;
    int rc = ec2_unref(t, nat, "interface", NP_STR_NULL, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_INTERFACE, l->v[0].NetworkInterfaceId, &eni, err);
    if (rc == 0)
        rc = ec2_address_release_eni(t, eni, NP_STR_NULL, err);
    return rc == 0 ? ec2_eni_drop(t, eni, err) : rc;
}

int ec2_DeleteNatGateway_apply(struct np_txn *t, const struct ec2_DeleteNatGatewayRequest *in,
                               struct ec2_DeleteNatGatewayResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = get_live(&db, in->NatGatewayId, &it, err);
    if (rc == 0)
        rc = drop_eni(t, it, err);
    if (rc == 0)
        rc = ec2_unref(t, it, "subnet", NP_STR_NULL, err);
    if (rc != 0)
        return rc;
    struct ec2_NatGateway *d = it->detail;
    d->State = NP_STR("deleted");
    d->DeleteTime = (struct np_opt_int){true, np_txn_now_ms(t)};
    out->NatGatewayId = it->id;
    return ec2_put(t, it, err);
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"connectivity-type", "ConnectivityType", NULL},
    {"nat-gateway-id", "NatGatewayId", NULL},
    {"state", "State", NULL},
    {"subnet-id", "SubnetId", NULL},
    {"vpc-id", "VpcId", NULL},
};

static bool hidden(const struct np_req *rq, const struct ec2_item *it)
{
    return is_deleted(it) && EC2_SEEN(NatGateway, it)->DeleteTime.v + LISTED_MS < rq->now_ms;
}

int ec2_DescribeNatGateways(struct np_req *rq, const struct ec2_DescribeNatGatewaysRequest *in,
                            struct ec2_DescribeNatGatewaysResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {.kind = EC2_KIND_NAT_GATEWAY,
                                          .filters = filters,
                                          .n_filters = NP_LEN(filters),
                                          .hidden = hidden};
    struct ec2_ask ask = {.ids = WANTED(in->NatGatewayIds),
                          .filters = in->Filter,
                          .max = in->MaxResults,
                          .token = in->NextToken};
    return ec2_describe(rq, &d, &ask, &out->NatGateways, &out->NextToken, err);
}

/* --- secondary addresses --- */

static int open_gateway(struct np_txn *t, struct np_str id, bool public, struct ec2_item **nat,
                        struct ec2_item **eni, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = get_live(&db, id, nat, err);
    if (rc != 0)
        return rc;
    if (is_public(*nat) != public)
        return np_fault(err, &EC2_InvalidParameter, "The NAT gateway '%.*s' is not a %s one.",
                        NP_FMT(id), public ? "public" : "private");
    const struct ec2_NatGatewayAddressList *l = &EC2_DETAIL(NatGateway, *nat)->NatGatewayAddresses;
    if (l->n == 0)
        return np_fault(err, &EC2_IncorrectState, "The NAT gateway '%.*s' is not available.",
                        NP_FMT(id));
    return ec2_get(&db, EC2_KIND_INTERFACE, l->v[0].NetworkInterfaceId, eni, err);
}

static int grow(struct np_txn *t, struct ec2_item *eni, const struct np_strs *ips, size_t more,
                struct np_err *err)
{
    size_t n = EC2_DETAIL(NetworkInterface, eni)->PrivateIpAddresses.n + ips->n + more;
    if (n > EC2_NAT_ADDRESSES_MAX)
        return np_fault(err, &EC2_PrivateIpAddressLimitExceeded,
                        "A NAT gateway has at most %d addresses.", EC2_NAT_ADDRESSES_MAX);
    int rc = ec2_eni_assign(t, eni, ips->v, ips->n, more, err);
    return rc == 0 ? ec2_put(t, eni, err) : rc;
}

/* Keeps what changed; the answer has all addresses. */
static int finish(struct np_txn *t, struct ec2_item *nat, const struct ec2_item *eni,
                  struct ec2_NatGatewayAddressList *out, struct np_err *err)
{
    list_addresses(np_txn_arena(t), nat, eni);
    *out = EC2_DETAIL(NatGateway, nat)->NatGatewayAddresses;
    return ec2_put(t, nat, err);
}

int ec2_AssociateNatGatewayAddress_apply(struct np_txn *t,
                                         const struct ec2_AssociateNatGatewayAddressRequest *in,
                                         struct ec2_AssociateNatGatewayAddressResult *out,
                                         struct np_err *err)
{
    struct ec2_item *nat, *eni;
    struct np_strs ids = WANTED(in->AllocationIds), ips = WANTED(in->PrivateIpAddresses);
    if (ips.n > 0 && ips.n != ids.n)
        return np_fault(err, &EC2_InvalidParameter,
                        "Give as many PrivateIpAddresses as AllocationIds, or none.");
    int rc = open_gateway(t, in->NatGatewayId, true, &nat, &eni, err);
    if (rc != 0)
        return rc;
    size_t from = EC2_DETAIL(NetworkInterface, eni)->PrivateIpAddresses.n;
    rc = grow(t, eni, &ips, ips.n > 0 ? 0 : ids.n, err);
    if (rc == 0)
        rc = join_more(t, eni, from, &ids, err);
    out->NatGatewayId = in->NatGatewayId;
    return rc == 0 ? finish(t, nat, eni, &out->NatGatewayAddresses, err) : rc;
}

static int drop_secondary(struct np_txn *t, struct ec2_item *eni, struct np_str ip,
                          struct np_err *err)
{
    const struct ec2_NetworkInterfacePrivateIpAddress *at = ec2_eni_private(eni, ip);
    if (at == NULL || at->Primary.v)
        return np_fault(err, &EC2_InvalidParameter,
                        at == NULL ? "The NAT gateway has no address %.*s."
                                   : "%.*s is the primary address of the NAT gateway.",
                        NP_FMT(ip));
    int rc = ec2_address_release_eni(t, eni, ip, err);
    return rc == 0 ? ec2_eni_unassign(t, eni, &ip, 1, err) : rc;
}

int ec2_DisassociateNatGatewayAddress_apply(
    struct np_txn *t, const struct ec2_DisassociateNatGatewayAddressRequest *in,
    struct ec2_DisassociateNatGatewayAddressResult *out, struct np_err *err)
{
    struct ec2_item *nat, *eni;
    int rc = open_gateway(t, in->NatGatewayId, true, &nat, &eni, err);
    for (size_t i = 0; rc == 0 && i < in->AssociationIds.n; i++) {
        const struct ec2_NatGatewayAddressList *l =
            &EC2_DETAIL(NatGateway, nat)->NatGatewayAddresses;
        struct np_str ip = NP_STR_NULL;
        for (size_t j = 0; j < l->n; j++)
            if (np_str_eq(l->v[j].AssociationId, in->AssociationIds.v[i]))
                ip = l->v[j].PrivateIp;
        if (ip.p == NULL)
            return np_fault(err, &EC2_InvalidAssociationIDNotFound,
                            "The association ID '%.*s' does not exist",
                            NP_FMT(in->AssociationIds.v[i]));
        rc = drop_secondary(t, eni, ip, err);
    }
    if (rc == 0)
        rc = ec2_put(t, eni, err);
    out->NatGatewayId = in->NatGatewayId;
    return rc == 0 ? finish(t, nat, eni, &out->NatGatewayAddresses, err) : rc;
}

int ec2_AssignPrivateNatGatewayAddress_apply(
    struct np_txn *t, const struct ec2_AssignPrivateNatGatewayAddressRequest *in,
    struct ec2_AssignPrivateNatGatewayAddressResult *out, struct np_err *err)
{
    struct ec2_item *nat, *eni;
    struct np_strs ips = WANTED(in->PrivateIpAddresses);
    if ((ips.n > 0) == in->PrivateIpAddressCount.set)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Give either PrivateIpAddresses or PrivateIpAddressCount.");
    int rc = open_gateway(t, in->NatGatewayId, false, &nat, &eni, err);
    if (rc == 0)
        rc = grow(t, eni, &ips, (size_t)in->PrivateIpAddressCount.v, err);
    out->NatGatewayId = in->NatGatewayId;
    return rc == 0 ? finish(t, nat, eni, &out->NatGatewayAddresses, err) : rc;
}

int ec2_UnassignPrivateNatGatewayAddress_apply(
    struct np_txn *t, const struct ec2_UnassignPrivateNatGatewayAddressRequest *in,
    struct ec2_UnassignPrivateNatGatewayAddressResult *out, struct np_err *err)
{
    struct ec2_item *nat, *eni;
    int rc = open_gateway(t, in->NatGatewayId, false, &nat, &eni, err);
    for (size_t i = 0; rc == 0 && i < in->PrivateIpAddresses.n; i++)
        rc = drop_secondary(t, eni, in->PrivateIpAddresses.v[i], err);
    if (rc == 0)
        rc = ec2_put(t, eni, err);
    out->NatGatewayId = in->NatGatewayId;
    return rc == 0 ? finish(t, nat, eni, &out->NatGatewayAddresses, err) : rc;
}
