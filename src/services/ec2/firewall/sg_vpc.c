/* SPDX-License-Identifier: Apache-2.0 */
/* sg_vpc.c - security groups that are associated with VPCs beside their own. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/filter.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg_int.h"

int ec2_sg_put(struct np_txn *t, const struct ec2_item *group, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    const struct np_strs *vpcs = &EC2_OWN(GroupOwn, group)->Vpcs;
    int rc = ec2_put(t, group, err);
    for (size_t i = 0; i < vpcs->n && rc == 0; i++) {
        struct ec2_item *vpc;
        rc = ec2_get(&db, EC2_KIND_VPC, vpcs->v[i], &vpc, err);
        if (rc == 0)
            ec2_touch(t, vpc);
    }
    return rc;
}

static int check(const struct ec2_item *group, struct np_str vpc, struct np_err *err)
{
    if (np_str_is(EC2_DETAIL(SecurityGroup, group)->GroupName, "default"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The default security group '%.*s' cannot be associated with another VPC",
                        NP_FMT(group->id));
    if (ec2_sg_in_vpc(group, vpc))
        return np_fault(err, &EC2_ResourceAlreadyAssociated,
                        "The security group '%.*s' is associated with VPC '%.*s'",
                        NP_FMT(group->id), NP_FMT(vpc));
    if (EC2_OWN(GroupOwn, group)->Vpcs.n >= EC2_GROUP_VPCS_MAX)
        return np_fault(err, &EC2_ResourceLimitExceeded,
                        "A security group may be associated with %d VPCs", EC2_GROUP_VPCS_MAX);
    return 0;
}

int ec2_AssociateSecurityGroupVpc_apply(struct np_txn *t,
                                        const struct ec2_AssociateSecurityGroupVpcRequest *in,
                                        struct ec2_AssociateSecurityGroupVpcResult *out,
                                        struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *group, *vpc;
    int rc = ec2_get(&db, EC2_KIND_GROUP, in->GroupId, &group, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = check(group, in->VpcId, err);
    if (rc < 0)
        return rc;
    EC2_APPEND(db.arena, EC2_OWN(GroupOwn, group)->Vpcs, vpc->id);
    rc = ec2_sg_put(t, group, err);
    if (rc == 0)
        rc = ec2_ref(t, group, "associated", vpc->id, err);
    out->State = NP_STR("associating");
    return rc;
}

/* An interface in that VPC has the group. */
static int check_unused(struct np_txn *t, const struct ec2_item *group, struct np_str vpc,
                        struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    size_t n;
    int rc = ec2_users(&db, group->id, "group", &users, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct ec2_item *eni;
        rc = ec2_find(&db, EC2_KIND_INTERFACE, users[i], &eni, err);
        if (rc == 0 && np_str_eq(eni->vpc, vpc))
            return np_fault(err, &EC2_DependencyViolation, "resource %.*s has a dependent object",
                            NP_FMT(group->id));
        rc = rc == NP_ENOENT ? 0 : rc;
    }
    return rc;
}

int ec2_DisassociateSecurityGroupVpc_apply(struct np_txn *t,
                                           const struct ec2_DisassociateSecurityGroupVpcRequest *in,
                                           struct ec2_DisassociateSecurityGroupVpcResult *out,
                                           struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *group;
    int rc = ec2_get(&db, EC2_KIND_GROUP, in->GroupId, &group, err);
    if (rc < 0)
        return rc;
    struct ec2_GroupOwn *own = group->own;
    size_t at = ec2_at(&own->Vpcs, in->VpcId);
    if (at == own->Vpcs.n)
        return np_fault(err, &EC2_InvalidSecurityGroupVpcAssociationNotFound,
                        "The security group '%.*s' is not associated with VPC '%.*s'",
                        NP_FMT(in->GroupId), NP_FMT(in->VpcId));
    rc = check_unused(t, group, in->VpcId, err);
    if (rc == 0)
        rc = ec2_sg_put(t, group, err); /* while the VPC is in the list: it is told */
    EC2_REMOVE(own->Vpcs, at);
    if (rc == 0)
        rc = ec2_put(t, group, err);
    if (rc == 0)
        rc = ec2_unref(t, group, "associated", in->VpcId, err);
    out->State = NP_STR("disassociating");
    return rc;
}

/* --- shown --- */

static void add_associations(struct np_arena *a, const struct ec2_item *group,
                             struct ec2_SecurityGroupVpcAssociationList *out)
{
    const struct np_strs *vpcs = &EC2_OWN(GroupOwn, group)->Vpcs;
    for (size_t i = 0; i < vpcs->n; i++)
        EC2_APPEND(a, *out,
                   (struct ec2_SecurityGroupVpcAssociation){
                       .GroupId = group->id,
                       .VpcId = vpcs->v[i],
                       .VpcOwnerId = group->account,
                       .State = NP_STR("associated"),
                       .GroupOwnerId = group->account,
                   });
}

static const struct ec2_filter association_filters[] = {
    {.name = "group-id", .path = "GroupId"},
    {.name = "group-owner-id", .path = "GroupOwnerId"},
    {.name = "state", .path = "State"},
    {.name = "vpc-id", .path = "VpcId"},
    {.name = "vpc-owner-id", .path = "VpcOwnerId"},
};

int ec2_DescribeSecurityGroupVpcAssociations(
    struct np_req *rq, const struct ec2_DescribeSecurityGroupVpcAssociationsRequest *in,
    struct ec2_DescribeSecurityGroupVpcAssociationsResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {
        .shape = &ec2_SecurityGroupVpcAssociation_shape,
        .filters = association_filters,
        .n_filters = NP_LEN(association_filters),
    };
    const struct ec2_item *const *groups;
    size_t n = ec2_see_all(ec2_view(rq), EC2_KIND_GROUP, NP_STR_NULL, rq->arena, &groups);
    out->SecurityGroupVpcAssociations.set = true;
    for (size_t i = 0; i < n; i++)
        add_associations(rq->arena, groups[i], &out->SecurityGroupVpcAssociations);
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    return ec2_filter_rows(rq, &rows, &ask, &out->SecurityGroupVpcAssociations, &out->NextToken,
                           err);
}

/* --- groups that interfaces of a VPC may have --- */

static bool of_other_vpc(const struct np_req *rq, const struct ec2_item *group)
{
    const struct ec2_GetSecurityGroupsForVpcRequest *in = rq->in;
    return !ec2_sg_in_vpc(group, in->VpcId);
}

static const struct ec2_filter for_vpc_filters[] = {
    {.name = "description", .path = "Description"}, {.name = "group-id", .path = "GroupId"},
    {.name = "group-name", .path = "GroupName"},    {.name = "owner-id", .path = "OwnerId"},
    {.name = "primary-vpc-id", .path = "VpcId"},
};

int ec2_GetSecurityGroupsForVpc(struct np_req *rq,
                                const struct ec2_GetSecurityGroupsForVpcRequest *in,
                                struct ec2_GetSecurityGroupsForVpcResult *out, struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_GROUP,
        .filters = for_vpc_filters,
        .n_filters = NP_LEN(for_vpc_filters),
        .hidden = of_other_vpc,
    };
    struct ec2_SecurityGroupList groups = {0};
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    if (ec2_see(ec2_view(rq), EC2_KIND_VPC, in->VpcId) == NULL)
        return ec2_not_found(err, EC2_KIND_VPC, in->VpcId);
    int rc = ec2_describe(rq, &how, &ask, &groups, &out->NextToken, err);
    out->SecurityGroupForVpcs.set = true;
    for (size_t i = 0; i < groups.n; i++) {
        const struct ec2_SecurityGroup *g = &groups.v[i];
        EC2_APPEND(rq->arena, out->SecurityGroupForVpcs,
                   (struct ec2_SecurityGroupForVpc){
                       .Description = g->Description,
                       .GroupName = g->GroupName,
                       .OwnerId = g->OwnerId,
                       .GroupId = g->GroupId,
                       .Tags = g->Tags,
                       .PrimaryVpcId = g->VpcId,
                   });
    }
    return rc;
}
