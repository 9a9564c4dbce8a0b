/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - route tables and which subnet uses which. Associations stand in their table's item. */
#include "services/ec2/vpc/endpoint.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/route.h"
#include "services/ec2/vpc/vpc_int.h"

/* --- which --- */

static const struct ec2_RouteTableAssociation *main_of(const struct ec2_item *table)
{
    const struct ec2_RouteTableAssociationList *l = &EC2_SEEN(RouteTable, table)->Associations;
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].Main.v)
            return &l->v[i];
    return NULL;
}

bool ec2_table_is_main(const struct ec2_item *table)
{
    return main_of(table) != NULL;
}

int ec2_table_main(const struct ec2_db *db, struct np_str vpc, struct ec2_item **out,
                   struct np_err *err)
{
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_ROUTE_TABLE, vpc, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (ec2_table_is_main(v[i])) {
            *out = v[i];
            return 0;
        }
    return rc != 0 ? rc : np_err(err, NP_ECORRUPT, "a VPC has no main route table");
}

struct of_subnet {
    const struct ec2_item *subnet, *own, *main;
};

static int look(void *arg, const struct ec2_item *table)
{
    struct of_subnet *f = arg;
    const struct ec2_RouteTableAssociationList *l = &EC2_SEEN(RouteTable, table)->Associations;
    if (!np_str_eq(table->vpc, f->subnet->vpc))
        return 0;
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].Main.v)
            f->main = table;
        if (np_str_eq(l->v[i].SubnetId, f->subnet->id))
            f->own = table;
    }
    return 0;
}

const struct ec2_item *ec2_subnet_table(const struct ec2_view *v, const struct ec2_item *subnet)
{
    struct of_subnet f = {.subnet = subnet};
    ec2_each(v, EC2_KIND_ROUTE_TABLE, look, &f);
    return f.own != NULL ? f.own : f.main;
}

/* The table that has that association, and its place there. */
static int find(const struct ec2_db *db, struct np_str id, struct ec2_item **out, size_t *at,
                struct np_err *err)
{
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_ROUTE_TABLE, NP_STR_NULL, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_RouteTableAssociationList *l = &EC2_DETAIL(RouteTable, v[i])->Associations;
        for (size_t j = 0; j < l->n; j++)
            if (np_str_eq(l->v[j].RouteTableAssociationId, id)) {
                *out = v[i];
                *at = j;
                return 0;
            }
    }
    return rc != 0 ? rc
                   : np_fault(err, &EC2_InvalidAssociationIDNotFound,
                              "The association ID '%.*s' does not exist", NP_FMT(id));
}

/* --- associations --- */

static struct ec2_RouteTableAssociationState *associated(struct np_arena *a)
{
    struct ec2_RouteTableAssociationState *s = np_new(a, struct ec2_RouteTableAssociationState);
    s->State = NP_STR("associated");
    return s;
}

/* subnet absent: the main one. */
static struct np_str join(struct np_txn *t, struct ec2_item *table, struct np_str subnet)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_RouteTable *d = table->detail;
    size_t n = d->Associations.n;
    struct ec2_RouteTableAssociation *v = ec2_grown(a, d->Associations.v, n, sizeof(*v));
    v[n] = (struct ec2_RouteTableAssociation){
        .Main = ec2_yes(subnet.p == NULL),
        .RouteTableAssociationId = ec2_new_id(t, "rtbassoc-"),
        .RouteTableId = table->id,
        .SubnetId = subnet,
        .AssociationState = associated(a),
    };
    d->Associations = (struct ec2_RouteTableAssociationList){v, n + 1, true};
    return v[n].RouteTableAssociationId;
}

static void leave(struct ec2_item *table, size_t at)
{
    struct ec2_RouteTableAssociationList *l = &EC2_DETAIL(RouteTable, table)->Associations;
    memmove(&l->v[at], &l->v[at + 1], (l->n - at - 1) * sizeof(*l->v));
    l->n--;
}

int ec2_table_forget_subnet(struct np_txn *t, const struct ec2_item *subnet, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_ROUTE_TABLE, subnet->vpc, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_RouteTableAssociationList *l = &EC2_DETAIL(RouteTable, v[i])->Associations;
        for (size_t j = 0; rc == 0 && j < l->n; j++)
            if (np_str_eq(l->v[j].SubnetId, subnet->id)) {
                leave(v[i], j);
                rc = ec2_put(t, v[i], err);
                break;
            }
    }
    return rc;
}

static int check_free(const struct ec2_db *db, const struct ec2_item *table,
                      const struct ec2_item *subnet, struct np_err *err)
{
    struct ec2_item **v;
    size_t n;
    if (!np_str_eq(table->vpc, subnet->vpc))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "route table %.*s and subnet %.*s belong to different networks",
                        NP_FMT(table->id), NP_FMT(subnet->id));
    int rc = ec2_list(db, EC2_KIND_ROUTE_TABLE, subnet->vpc, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_RouteTableAssociationList *l = &EC2_DETAIL(RouteTable, v[i])->Associations;
        for (size_t j = 0; j < l->n; j++)
            if (np_str_eq(l->v[j].SubnetId, subnet->id))
                return np_fault(err, &EC2_ResourceAlreadyAssociated,
                                "the specified association for route table %.*s conflicts with an "
                                "existing association",
                                NP_FMT(table->id));
    }
    return rc;
}

int ec2_AssociateRouteTable_apply(struct np_txn *t, const struct ec2_AssociateRouteTableRequest *in,
                                  struct ec2_AssociateRouteTableResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *table, *subnet;
    if (in->SubnetId.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain exactly one of subnetId or gatewayId");
    int rc = ec2_get(&db, EC2_KIND_ROUTE_TABLE, in->RouteTableId, &table, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_SUBNET, in->SubnetId, &subnet, err);
    if (rc == 0)
        rc = check_free(&db, table, subnet, err);
    if (rc != 0)
        return rc;
    out->AssociationId = join(t, table, subnet->id);
    out->AssociationState = associated(db.arena);
    return ec2_put(t, table, err);
}

int ec2_DisassociateRouteTable_apply(struct np_txn *t,
                                     const struct ec2_DisassociateRouteTableRequest *in,
                                     struct ec2_DisassociateRouteTableOutput *out,
                                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *table;
    size_t at;
    (void)out;
    int rc = find(&db, in->AssociationId, &table, &at, err);
    if (rc != 0)
        return rc;
    if (EC2_DETAIL(RouteTable, table)->Associations.v[at].Main.v)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "cannot disassociate the main route table association %.*s",
                        NP_FMT(in->AssociationId));
    leave(table, at);
    return ec2_put(t, table, err);
}

int ec2_ReplaceRouteTableAssociation_apply(struct np_txn *t,
                                           const struct ec2_ReplaceRouteTableAssociationRequest *in,
                                           struct ec2_ReplaceRouteTableAssociationResult *out,
                                           struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *from, *to;
    size_t at;
    int rc = find(&db, in->AssociationId, &from, &at, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_ROUTE_TABLE, in->RouteTableId, &to, err);
    if (rc != 0)
        return rc;
    struct ec2_RouteTableAssociation *old = &EC2_DETAIL(RouteTable, from)->Associations.v[at];
    struct np_str subnet = old->SubnetId;
    out->AssociationState = associated(db.arena);
    if (!np_str_eq(from->vpc, to->vpc))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "route table %.*s and route table %.*s belong to different networks",
                        NP_FMT(from->id), NP_FMT(to->id));
    if (np_str_eq(from->id, to->id)) { /* one item: not read twice */
        out->NewAssociationId = old->RouteTableAssociationId = ec2_new_id(t, "rtbassoc-");
        return ec2_put(t, from, err);
    }
    leave(from, at);
    out->NewAssociationId = join(t, to, subnet);
    rc = ec2_put(t, from, err);
    return rc == 0 ? ec2_put(t, to, err) : rc;
}

/* --- making --- */

static void add_local(struct np_arena *a, struct ec2_item *table, struct np_str block)
{
    struct ec2_Route r = {.DestinationCidrBlock = block,
                          .GatewayId = NP_STR("local"),
                          .Origin = NP_STR("CreateRouteTable"),
                          .State = NP_STR("active")};
    ec2_route_add(a, table, &r);
}

int ec2_table_make(struct np_txn *t, const struct ec2_item *vpc, bool is_main, struct ec2_tags tags,
                   struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct ec2_VpcCidrBlockAssociationSet *blocks =
        &EC2_SEEN(Vpc, vpc)->CidrBlockAssociationSet;
    size_t n;
    int rc = ec2_count(&db, EC2_KIND_ROUTE_TABLE, vpc->id, &n, err);
    if (rc == 0 && n >= EC2_TABLES_MAX)
        return np_fault(err, &EC2_RouteTableLimitExceeded,
                        "The maximum number of route tables has been reached.");
    if (rc != 0)
        return rc;
    struct ec2_item *it = ec2_new(t, EC2_KIND_ROUTE_TABLE);
    struct ec2_RouteTable *d = it->detail;
    it->vpc = vpc->id;
    d->VpcId = vpc->id;
    d->OwnerId = it->account;
    d->PropagatingVgws.set = d->Associations.set = d->Routes.set = true;
    for (size_t i = 0; i < blocks->n; i++)
        add_local(db.arena, it, blocks->v[i].CidrBlock);
    if (is_main)
        join(t, it, NP_STR_NULL);
    rc = ec2_put(t, it, err);
    if (rc == 0 && !is_main)
        rc = ec2_ref(t, it, "vpc", vpc->id, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    *out = it;
    return rc;
}

int ec2_CreateRouteTable_apply(struct np_txn *t, const struct ec2_CreateRouteTableRequest *in,
                               struct ec2_CreateRouteTableResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc, *it;
    struct ec2_tags tags;
    int rc = ec2_again(t, in->ClientToken, in, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_ROUTE_TABLE, &tags, err);
    if (rc == 0)
        rc = ec2_table_make(t, vpc, false, tags, &it, err);
    if (rc != 0)
        return rc;
    out->RouteTable = it->detail;
    out->ClientToken = in->ClientToken;
    return ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- blocks of the VPC --- */

int ec2_table_add_block(struct np_txn *t, const struct ec2_item *vpc, struct ec2_cidr block,
                        struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **v;
    struct ec2_cidr to;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_ROUTE_TABLE, vpc->id, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_RouteList *l = &EC2_DETAIL(RouteTable, v[i])->Routes;
        /* AWS: a block is neither the same as nor larger than the destination of a route. */
        for (size_t j = 0; j < l->n; j++)
            if (ec2_cidr_parse(l->v[j].DestinationCidrBlock, &to) && ec2_cidr_has(block, to))
                return np_fault(err, &EC2_VpcCidrConflict,
                                "The CIDR '%.*s' conflicts with the route to '%.*s' in route table "
                                "%.*s.",
                                NP_FMT(ec2_cidr_text(db.arena, block)),
                                NP_FMT(l->v[j].DestinationCidrBlock), NP_FMT(v[i]->id));
        add_local(db.arena, v[i], ec2_cidr_text(db.arena, block));
        rc = ec2_put(t, v[i], err);
    }
    return rc;
}

int ec2_table_drop_block(struct np_txn *t, const struct ec2_item *vpc, struct np_str block,
                         struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_ROUTE_TABLE, vpc->id, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct ec2_Route *r = ec2_route_to(v[i], block, NP_STR_NULL);
        if (r == NULL || !np_str_is(r->GatewayId, "local"))
            continue;
        ec2_route_remove(v[i], r);
        rc = ec2_put(t, v[i], err);
    }
    return rc;
}

/* --- deleting --- */

int ec2_DeleteRouteTable_apply(struct np_txn *t, const struct ec2_DeleteRouteTableRequest *in,
                               struct ec2_DeleteRouteTableOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    (void)out;
    int rc = ec2_get(&db, EC2_KIND_ROUTE_TABLE, in->RouteTableId, &it, err);
    if (rc == 0 && EC2_DETAIL(RouteTable, it)->Associations.n > 0)
        return np_fault(err, &EC2_DependencyViolation,
                        "The routeTable '%.*s' has dependencies and cannot be deleted.",
                        NP_FMT(it->id));
    if (rc == 0)
        rc = ec2_vpce_drop_table(t, it->id, err);
    return rc == 0 ? ec2_drop(t, it, err) : rc;
}
