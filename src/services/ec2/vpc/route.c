/* SPDX-License-Identifier: Apache-2.0 */
/* route.c - routes: CreateRoute, ReplaceRoute, DeleteRoute, DescribeRouteTables.
 *
 * A route names its target and does not hold it: a target that goes leaves a blackhole, which is
 * computed whenever a table is looked at.
 */
#include "services/ec2/vpc/route.h"

#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist.h"
#include "services/ec2/vpc/vpc_int.h"

/* --- the list --- */

void ec2_route_add(struct np_arena *a, struct ec2_item *table, const struct ec2_Route *r)
{
    struct ec2_RouteList *l = &EC2_DETAIL(RouteTable, table)->Routes;
    struct ec2_Route *v = ec2_grown(a, l->v, l->n, sizeof(*v));
    v[l->n] = *r;
    *l = (struct ec2_RouteList){v, l->n + 1, true};
}

void ec2_route_remove(struct ec2_item *table, const struct ec2_Route *r)
{
    struct ec2_RouteList *l = &EC2_DETAIL(RouteTable, table)->Routes;
    size_t at = (size_t)(r - l->v);
    memmove(&l->v[at], &l->v[at + 1], (l->n - at - 1) * sizeof(*l->v));
    l->n--;
}

struct ec2_Route *ec2_route_to(const struct ec2_item *table, struct np_str block,
                               struct np_str list)
{
    const struct ec2_RouteList *l = &EC2_DETAIL(RouteTable, table)->Routes;
    for (size_t i = 0; i < l->n; i++) {
        if (block.p != NULL && np_str_eq(l->v[i].DestinationCidrBlock, block))
            return &l->v[i];
        if (list.p != NULL && np_str_eq(l->v[i].DestinationPrefixListId, list))
            return &l->v[i];
    }
    return NULL;
}

/* --- is the target there? --- */

static bool igw_is_active(const struct ec2_view *v, const struct ec2_item *table, struct np_str id)
{
    const struct ec2_item *it = ec2_see(v, EC2_KIND_INTERNET_GATEWAY, id);
    return it != NULL && np_str_eq(it->vpc, table->vpc);
}

static bool nat_is_active(const struct ec2_view *v, struct np_str id)
{
    const struct ec2_item *it = ec2_see(v, EC2_KIND_NAT_GATEWAY, id);
    if (it == NULL)
        return false;
    struct np_str state = EC2_SEEN(NatGateway, it)->State;
    return np_str_is(state, "available") || np_str_is(state, "pending");
}

static bool eni_is_active(const struct ec2_view *v, struct np_str id)
{
    const struct ec2_item *it = ec2_see(v, EC2_KIND_INTERFACE, id);
    return it != NULL && np_str_is(EC2_SEEN(NetworkInterface, it)->Status, "in-use");
}

static bool peering_is_active(const struct ec2_view *v, struct np_str id)
{
    const struct ec2_item *it = ec2_see(v, EC2_KIND_PEERING, id);
    if (it == NULL)
        return false;
    const struct ec2_VpcPeeringConnectionStateReason *s =
        EC2_SEEN(VpcPeeringConnection, it)->Status;
    return s != NULL && np_str_is(s->Code, "active");
}

bool ec2_route_is_active(const struct ec2_view *v, const struct ec2_item *table,
                         const struct ec2_Route *r)
{
    if (np_str_starts(r->GatewayId, NP_STR("igw-")))
        return igw_is_active(v, table, r->GatewayId);
    if (np_str_starts(r->GatewayId, NP_STR("vpce-")))
        return ec2_see(v, EC2_KIND_ENDPOINT, r->GatewayId) != NULL;
    if (r->NatGatewayId.p != NULL)
        return nat_is_active(v, r->NatGatewayId);
    if (r->NetworkInterfaceId.p != NULL)
        return eni_is_active(v, r->NetworkInterfaceId);
    if (r->VpcPeeringConnectionId.p != NULL)
        return peering_is_active(v, r->VpcPeeringConnectionId);
    return true;
}

bool ec2_table_is_public(const struct ec2_view *v, const struct ec2_item *table)
{
    const struct ec2_RouteList *l = &EC2_SEEN(RouteTable, table)->Routes;
    for (size_t i = 0; i < l->n; i++)
        if (np_str_starts(l->v[i].GatewayId, NP_STR("igw-")) &&
            ec2_route_is_active(v, table, &l->v[i]))
            return true;
    return false;
}

/* --- where a call leads to --- */

struct target { /* of CreateRoute and ReplaceRoute */
    struct np_str table, block, list, gateway, instance, eni, peering, nat;
    bool local;
};

#define TARGET(in)                                                                                 \
    {                                                                                              \
        .table = (in)->RouteTableId, .block = (in)->DestinationCidrBlock,                          \
        .list = (in)->DestinationPrefixListId, .gateway = (in)->GatewayId,                         \
        .instance = (in)->InstanceId, .eni = (in)->NetworkInterfaceId,                             \
        .peering = (in)->VpcPeeringConnectionId, .nat = (in)->NatGatewayId                         \
    }

static int different(struct np_err *err, const struct ec2_item *table, const char *what,
                     struct np_str id)
{
    return np_fault(err, &EC2_InvalidParameterValue,
                    "route table %.*s and %s %.*s belong to different networks", NP_FMT(table->id),
                    what, NP_FMT(id));
}

static int to_gateway(const struct ec2_db *db, const struct ec2_item *table, struct np_str id,
                      struct ec2_Route *r, struct np_err *err)
{
    struct ec2_item *igw;
    if (np_str_starts(id, NP_STR("vpce-")))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "cannot create or replace a prefix list route targeting a VPC Endpoint.");
    int rc = ec2_find(db, EC2_KIND_INTERNET_GATEWAY, id, &igw, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_InvalidGatewayIDNotFound, "The gateway ID '%.*s' does not exist",
                        NP_FMT(id));
    if (rc == 0 && !np_str_eq(igw->vpc, table->vpc))
        return different(err, table, "network gateway", id);
    r->GatewayId = id;
    return rc;
}

static int to_eni(const struct ec2_db *db, const struct ec2_item *table, struct np_str id,
                  struct ec2_Route *r, struct np_err *err)
{
    struct ec2_item *eni;
    int rc = ec2_get(db, EC2_KIND_INTERFACE, id, &eni, err);
    if (rc == 0 && !np_str_eq(eni->vpc, table->vpc))
        return different(err, table, "interface", id);
    r->NetworkInterfaceId = id;
    return rc;
}

/* An instance stands for its only interface. */
static int to_instance(const struct ec2_db *db, const struct ec2_item *table, struct np_str id,
                       struct ec2_Route *r, struct np_err *err)
{
    struct ec2_item *instance;
    struct np_str *users, eni = NP_STR_NULL;
    size_t n, n_enis = 0;
    int rc = ec2_get(db, EC2_KIND_INSTANCE, id, &instance, err);
    if (rc == 0)
        rc = ec2_users(db, id, "instance", &users, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (np_str_starts(users[i], NP_STR("eni-"))) {
            eni = users[i];
            n_enis++;
        }
    if (rc == 0 && n_enis != 1)
        return np_fault(err, &EC2_InvalidInstanceID,
                        n_enis > 1 ? "There are multiple interfaces attached to instance '%.*s'. "
                                     "Please specify an interface ID for the operation instead."
                                   : "The instance '%.*s' has no interface.",
                        NP_FMT(id));
    return rc == 0 ? to_eni(db, table, eni, r, err) : rc;
}

static int to_peering(const struct ec2_db *db, const struct ec2_item *table, struct np_str id,
                      struct ec2_Route *r, struct np_err *err)
{
    struct ec2_item *it;
    int rc = ec2_get(db, EC2_KIND_PEERING, id, &it, err);
    if (rc != 0)
        return rc;
    const struct ec2_VpcPeeringConnection *d = it->detail;
    if (!np_str_eq(d->RequesterVpcInfo->VpcId, table->vpc) &&
        !np_str_eq(d->AccepterVpcInfo->VpcId, table->vpc))
        return different(err, table, "peering connection", id);
    r->VpcPeeringConnectionId = id;
    return 0;
}

static int to_nat(const struct ec2_db *db, const struct ec2_item *table, struct np_str id,
                  struct ec2_Route *r, struct np_err *err)
{
    struct ec2_item *it;
    int rc = ec2_find(db, EC2_KIND_NAT_GATEWAY, id, &it, err);
    if (rc == NP_ENOENT || (rc == 0 && np_str_is(EC2_DETAIL(NatGateway, it)->State, "deleted")))
        return np_fault(err, &EC2_InvalidNatGatewayIDNotFound,
                        "The natGateway ID '%.*s' does not exist", NP_FMT(id));
    if (rc == 0 && !np_str_eq(it->vpc, table->vpc))
        return different(err, table, "NAT gateway", id);
    r->NatGatewayId = id;
    return rc;
}

static int target_of(const struct ec2_db *db, const struct ec2_item *table, const struct target *t,
                     struct ec2_Route *r, struct np_err *err)
{
    int n = (t->gateway.p != NULL) + (t->instance.p != NULL) + (t->eni.p != NULL) +
            (t->peering.p != NULL) + (t->nat.p != NULL) + t->local;
    if (n != 1)
        return np_fault(err, n == 0 ? &EC2_MissingParameter : &EC2_InvalidParameterCombination,
                        "The request must contain exactly one of gatewayId, natGatewayId, "
                        "networkInterfaceId, vpcPeeringConnectionId, instanceId");
    if (t->gateway.p != NULL)
        return to_gateway(db, table, t->gateway, r, err);
    if (t->instance.p != NULL)
        return to_instance(db, table, t->instance, r, err);
    if (t->eni.p != NULL)
        return to_eni(db, table, t->eni, r, err);
    if (t->peering.p != NULL)
        return to_peering(db, table, t->peering, r, err);
    return to_nat(db, table, t->nat, r, err);
}

/* --- destinations --- */

static int block_of(struct np_arena *a, struct np_str *text, struct np_err *err)
{
    struct ec2_cidr c;
    if (!ec2_cidr_parse(*text, &c))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter destinationCidrBlock is invalid. This is not a "
                        "valid CIDR block.",
                        NP_FMT(*text));
    *text = ec2_cidr_text(a, ec2_cidr_network(c));
    return 0;
}

static int destination_of(struct np_arena *a, struct np_str *block, struct np_str list,
                          struct np_err *err)
{
    if ((block->p != NULL) == (list.p != NULL))
        return np_fault(err,
                        list.p == NULL ? &EC2_MissingParameter : &EC2_InvalidParameterCombination,
                        "The request must contain exactly one of destinationCidrBlock, "
                        "destinationIpv6CidrBlock, destinationPrefixListId");
    return block->p != NULL ? block_of(a, block, err) : 0;
}

/* AWS: what lies within the VPC itself is local; a route to a part of it could name an interface,
 * which is refused here (refused.txt). */
static int check_outside(const struct ec2_db *db, const struct ec2_item *table, struct np_str block,
                         struct np_err *err)
{
    struct ec2_cidr blocks[EC2_VPC_BLOCKS_MAX], to;
    struct ec2_item *vpc;
    int rc = ec2_get(db, EC2_KIND_VPC, table->vpc, &vpc, err);
    if (rc != 0 || !ec2_cidr_parse(block, &to))
        return rc;
    size_t n = ec2_vpc_blocks(vpc, blocks);
    for (size_t i = 0; i < n; i++)
        if (ec2_cidr_has(blocks[i], to))
            return np_fault(err, &EC2_InvalidParameterValue,
                            "The destination CIDR block %.*s is equal to or more specific than one "
                            "of this VPC's CIDR blocks.",
                            NP_FMT(block));
    return 0;
}

/* A prefix list counts as many routes as it may have entries. */
static int check_room(struct np_txn *t, const struct ec2_item *table, struct np_err *err)
{
    const struct ec2_RouteList *l = &EC2_DETAIL(RouteTable, table)->Routes;
    size_t n = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        size_t weight = 1;
        bool own;
        if (l->v[i].DestinationPrefixListId.p != NULL)
            rc = ec2_pl_check(t, l->v[i].DestinationPrefixListId, &weight, &own, err);
        n += weight;
    }
    if (rc == 0 && n > EC2_ROUTES_MAX)
        return np_fault(err, &EC2_RouteLimitExceeded,
                        "The maximum number of routes has been reached.");
    return rc;
}

static int refer_list(struct np_txn *t, const struct ec2_item *table, struct np_str list,
                      struct np_err *err)
{
    size_t weight;
    bool own;
    if (list.p == NULL)
        return 0;
    int rc = ec2_pl_check(t, list, &weight, &own, err);
    return rc == 0 && !own ? ec2_ref(t, table, "list", list, err) : rc;
}

/* --- operations --- */

static int create(struct np_txn *t, struct target *to, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_Route r = {.Origin = NP_STR("CreateRoute"), .State = NP_STR("active")};
    struct ec2_item *table;
    int rc = destination_of(db.arena, &to->block, to->list, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_ROUTE_TABLE, to->table, &table, err);
    if (rc == 0 && ec2_route_to(table, to->block, to->list) != NULL)
        return np_fault(err, &EC2_RouteAlreadyExists,
                        "The route identified by %.*s already exists.",
                        NP_FMT(to->block.p != NULL ? to->block : to->list));
    if (rc == 0 && to->block.p != NULL)
        rc = check_outside(&db, table, to->block, err);
    if (rc == 0)
        rc = refer_list(t, table, to->list, err);
    if (rc == 0)
        rc = target_of(&db, table, to, &r, err);
    if (rc != 0)
        return rc;
    r.DestinationCidrBlock = to->block;
    r.DestinationPrefixListId = to->list;
    ec2_route_add(db.arena, table, &r);
    rc = check_room(t, table, err);
    return rc == 0 ? ec2_put(t, table, err) : rc;
}

int ec2_CreateRoute_apply(struct np_txn *t, const struct ec2_CreateRouteRequest *in,
                          struct ec2_CreateRouteResult *out, struct np_err *err)
{
    struct target to = TARGET(in);
    out->Return = ec2_yes(true);
    return create(t, &to, err);
}

int ec2_ReplaceRoute_apply(struct np_txn *t, const struct ec2_ReplaceRouteRequest *in,
                           struct ec2_ReplaceRouteOutput *out, struct np_err *err)
{
    struct target to = TARGET(in);
    struct ec2_db db = ec2_db(t);
    struct ec2_item *table;
    (void)out;
    to.local = in->LocalTarget.v;
    int rc = destination_of(db.arena, &to.block, to.list, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_ROUTE_TABLE, to.table, &table, err);
    if (rc != 0)
        return rc;
    struct ec2_Route *r = ec2_route_to(table, to.block, to.list);
    if (r == NULL)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "There is no route defined for '%.*s' in the route table. Use CreateRoute "
                        "instead.",
                        NP_FMT(to.block.p != NULL ? to.block : to.list));
    bool local = np_str_is(r->GatewayId, "local");
    if (local && to.local)
        return 0; /* it leads there */
    if (local || to.local)
        return np_fault(err, &EC2_InvalidParameterValue,
                        local ? "cannot replace local route %.*s in route table %.*s"
                              : "the route to %.*s in route table %.*s cannot be local",
                        NP_FMT(to.block), NP_FMT(table->id));
    struct ec2_Route new_route = {.DestinationCidrBlock = r->DestinationCidrBlock,
                                  .DestinationPrefixListId = r->DestinationPrefixListId,
                                  .Origin = r->Origin,
                                  .State = NP_STR("active")};
    rc = target_of(&db, table, &to, &new_route, err);
    if (rc != 0)
        return rc;
    *r = new_route;
    return ec2_put(t, table, err);
}

int ec2_DeleteRoute_apply(struct np_txn *t, const struct ec2_DeleteRouteRequest *in,
                          struct ec2_DeleteRouteOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str block = in->DestinationCidrBlock, list = in->DestinationPrefixListId;
    struct ec2_item *table;
    (void)out;
    int rc = destination_of(db.arena, &block, list, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_ROUTE_TABLE, in->RouteTableId, &table, err);
    if (rc != 0)
        return rc;
    struct ec2_Route *r = ec2_route_to(table, block, list);
    if (r == NULL)
        return np_fault(err, &EC2_InvalidRouteNotFound, "no route with %s %.*s in route table %.*s",
                        block.p != NULL ? "destination-cidr-block" : "destination-prefix-list-id",
                        NP_FMT(block.p != NULL ? block : list), NP_FMT(table->id));
    if (np_str_is(r->GatewayId, "local"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "cannot remove local route %.*s in route table %.*s", NP_FMT(block),
                        NP_FMT(table->id));
    if (np_str_starts(r->GatewayId, NP_STR("vpce-")))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "cannot remove VPC endpoint route %.*s in route table %.*s", NP_FMT(list),
                        NP_FMT(table->id));
    ec2_route_remove(table, r);
    if (list.p != NULL)
        rc = ec2_unref(t, table, "list", list, err);
    return rc == 0 ? ec2_put(t, table, err) : rc;
}

/* --- a gateway endpoint's --- */

static bool is_in(const struct np_str *v, size_t n, struct np_str s)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(v[i], s))
            return true;
    return false;
}

int ec2_routes_endpoint(struct np_txn *t, const struct ec2_item *endpoint,
                        struct np_str prefix_list, const struct np_str *tables, size_t n,
                        struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_Route add = {.DestinationPrefixListId = prefix_list,
                            .GatewayId = endpoint->id,
                            .Origin = NP_STR("CreateRoute"),
                            .State = NP_STR("active")};
    struct ec2_item **v;
    size_t n_all;
    int rc = ec2_list(&db, EC2_KIND_ROUTE_TABLE, endpoint->vpc, &v, &n_all, err);
    for (size_t i = 0; rc == 0 && i < n_all; i++) {
        struct ec2_Route *r = ec2_route_to(v[i], NP_STR_NULL, prefix_list);
        bool has = r != NULL && np_str_eq(r->GatewayId, endpoint->id);
        bool wanted = is_in(tables, n, v[i]->id);
        if (has == wanted)
            continue;
        if (wanted && r != NULL)
            return np_fault(err, &EC2_RouteAlreadyExists,
                            "route table %.*s already has a route with destination-prefix-list-id "
                            "%.*s",
                            NP_FMT(v[i]->id), NP_FMT(prefix_list));
        if (wanted)
            ec2_route_add(db.arena, v[i], &add);
        else
            ec2_route_remove(v[i], r);
        rc = ec2_put(t, v[i], err);
    }
    return rc;
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"association.gateway-id", "Associations.GatewayId", NULL},
    {"association.main", "Associations.Main", NULL},
    {"association.route-table-association-id", "Associations.RouteTableAssociationId", NULL},
    {"association.route-table-id", "Associations.RouteTableId", NULL},
    {"association.subnet-id", "Associations.SubnetId", NULL},
    {"owner-id", "OwnerId", NULL},
    {"route-table-id", "RouteTableId", NULL},
    {"route.destination-cidr-block", "Routes.DestinationCidrBlock", NULL},
    {"route.destination-ipv6-cidr-block", "Routes.DestinationIpv6CidrBlock", NULL},
    {"route.destination-prefix-list-id", "Routes.DestinationPrefixListId", NULL},
    {"route.egress-only-internet-gateway-id", "Routes.EgressOnlyInternetGatewayId", NULL},
    {"route.gateway-id", "Routes.GatewayId", NULL},
    {"route.instance-id", "Routes.InstanceId", NULL},
    {"route.nat-gateway-id", "Routes.NatGatewayId", NULL},
    {"route.network-interface-id", "Routes.NetworkInterfaceId", NULL},
    {"route.origin", "Routes.Origin", NULL},
    {"route.state", "Routes.State", NULL},
    {"route.transit-gateway-id", "Routes.TransitGatewayId", NULL},
    {"route.vpc-peering-connection-id", "Routes.VpcPeeringConnectionId", NULL},
    {"vpc-id", "VpcId", NULL},
};

static void fill_route(const struct ec2_view *v, const struct ec2_item *table, struct ec2_Route *r)
{
    const struct ec2_item *eni = r->NetworkInterfaceId.p != NULL
                                     ? ec2_see(v, EC2_KIND_INTERFACE, r->NetworkInterfaceId)
                                     : NULL;
    r->State = ec2_route_is_active(v, table, r) ? NP_STR("active") : NP_STR("blackhole");
    if (eni == NULL)
        return;
    const struct ec2_NetworkInterfaceAttachment *a = EC2_SEEN(NetworkInterface, eni)->Attachment;
    if (a == NULL || a->InstanceId.p == NULL)
        return;
    r->InstanceId = a->InstanceId;
    r->InstanceOwnerId = a->InstanceOwnerId;
}

static void fill(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a, void *out)
{
    struct ec2_RouteTable *d = out;
    struct ec2_Route *routes = ec2_grown(a, d->Routes.v, d->Routes.n, sizeof(*routes));
    d->Routes.v = routes;
    for (size_t i = 0; i < d->Routes.n; i++)
        fill_route(v, it, &routes[i]);
}

int ec2_DescribeRouteTables(struct np_req *rq, const struct ec2_DescribeRouteTablesRequest *in,
                            struct ec2_DescribeRouteTablesResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {.kind = EC2_KIND_ROUTE_TABLE,
                                          .filters = filters,
                                          .n_filters = NP_LEN(filters),
                                          .page_max = 100,
                                          .fill = fill};
    return ec2_describe(rq, &d, EC2_ASK(in, RouteTableIds), &out->RouteTables, &out->NextToken,
                        err);
}
