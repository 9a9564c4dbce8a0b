/* SPDX-License-Identifier: Apache-2.0 */
/* sg_describe.c - security groups and their rules as they are shown. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/filter.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg_int.h"
#include "services/ec2/vpc/vpc.h"

/* --- groups --- */

static void fill_group(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                       void *out)
{
    struct ec2_SecurityGroup *g = out;
    struct ec2_SecurityGroupRule **rules;
    size_t n = ec2_rules_see(v, it, a, &rules);
    ec2_permissions_of(a, rules, n, false, &g->IpPermissions);
    ec2_permissions_of(a, rules, n, true, &g->IpPermissionsEgress);
}

#define PERMISSION_FILTERS(prefix, list)                                                           \
    {.name = prefix "ip-permission.cidr", .path = list ".IpRanges.CidrIp"},                        \
        {.name = prefix "ip-permission.from-port", .path = list ".FromPort"},                      \
        {.name = prefix "ip-permission.group-id", .path = list ".UserIdGroupPairs.GroupId"},       \
        {.name = prefix "ip-permission.group-name", .path = list ".UserIdGroupPairs.GroupName"},   \
        {.name = prefix "ip-permission.ipv6-cidr", .path = list ".Ipv6Ranges.CidrIpv6"},           \
        {.name = prefix "ip-permission.prefix-list-id",                                            \
         .path = list ".PrefixListIds.PrefixListId"},                                              \
        {.name = prefix "ip-permission.protocol", .path = list ".IpProtocol"},                     \
        {.name = prefix "ip-permission.to-port", .path = list ".ToPort"},                          \
    {                                                                                              \
        .name = prefix "ip-permission.user-id", .path = list ".UserIdGroupPairs.UserId"            \
    }

static const struct ec2_filter group_filters[] = {
    {.name = "description", .path = "Description"},
    {.name = "group-id", .path = "GroupId"},
    {.name = "group-name", .path = "GroupName"},
    {.name = "owner-id", .path = "OwnerId"},
    {.name = "vpc-id", .path = "VpcId"},
    PERMISSION_FILTERS("", "IpPermissions"),
    PERMISSION_FILTERS("egress.", "IpPermissionsEgress"),
};

/* Names are of the default VPC; their groups' ids come to the others. */
static int names_to_ids(struct np_req *rq, const struct np_strs *names, struct np_strs *ids,
                        struct np_err *err)
{
    const struct ec2_view *v = ec2_view(rq);
    const struct ec2_item *vpc = ec2_default_vpc(v);
    const struct ec2_item *const *groups;
    size_t n = vpc == NULL ? 0 : ec2_see_all(v, EC2_KIND_GROUP, vpc->id, rq->arena, &groups);
    for (size_t i = 0; i < names->n; i++) {
        size_t at = 0;
        while (at < n && !np_str_eq(EC2_SEEN(SecurityGroup, groups[at])->GroupName, names->v[i]))
            at++;
        if (at == n)
            return np_fault(err, &EC2_InvalidGroupNotFound,
                            "The security group '%.*s' does not exist", NP_FMT(names->v[i]));
        EC2_APPEND(rq->arena, *ids, groups[at]->id);
    }
    return 0;
}

int ec2_DescribeSecurityGroups(struct np_req *rq,
                               const struct ec2_DescribeSecurityGroupsRequest *in,
                               struct ec2_DescribeSecurityGroupsResult *out, struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_GROUP,
        .filters = group_filters,
        .n_filters = NP_LEN(group_filters),
        .fill = fill_group,
    };
    struct ec2_ask ask = *EC2_ASK(in, GroupIds);
    int rc = names_to_ids(rq, &in->GroupNames, &ask.ids, err);
    return rc < 0 ? rc : ec2_describe(rq, &how, &ask, &out->SecurityGroups, &out->NextToken, err);
}

/* --- rules --- */

/* A group of a peered VPC: is the connection still there? */
static struct np_str peering_status(const struct ec2_view *v,
                                    const struct ec2_ReferencedSecurityGroup *ref)
{
    const struct ec2_item *pcx = ec2_see(v, EC2_KIND_PEERING, ref->VpcPeeringConnectionId);
    return pcx != NULL ? EC2_SEEN(VpcPeeringConnection, pcx)->Status->Code : NP_STR("deleted");
}

static void fill_rule(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                      void *out)
{
    struct ec2_SecurityGroupRule *r = out;
    (void)it;
    if (r->ReferencedGroupInfo == NULL || r->ReferencedGroupInfo->VpcPeeringConnectionId.p == NULL)
        return;
    struct ec2_ReferencedSecurityGroup *ref = np_new(a, struct ec2_ReferencedSecurityGroup);
    *ref = *r->ReferencedGroupInfo;
    ref->PeeringStatus = peering_status(v, ref);
    r->ReferencedGroupInfo = ref;
}

static const struct ec2_filter rule_filters[] = {
    {.name = "group-id", .path = "GroupId"},
    {.name = "security-group-rule-id", .path = "SecurityGroupRuleId"},
};

int ec2_DescribeSecurityGroupRules(struct np_req *rq,
                                   const struct ec2_DescribeSecurityGroupRulesRequest *in,
                                   struct ec2_DescribeSecurityGroupRulesResult *out,
                                   struct np_err *err)
{
    static const struct ec2_describe how = {
        .kind = EC2_KIND_GROUP_RULE,
        .filters = rule_filters,
        .n_filters = NP_LEN(rule_filters),
        .fill = fill_rule,
    };
    return ec2_describe(rq, &how, EC2_ASK(in, SecurityGroupRuleIds), &out->SecurityGroupRules,
                        &out->NextToken, err);
}

/* --- references across peerings --- */

struct references {
    struct np_arena *a;
    struct np_str region, group;
    struct ec2_SecurityGroupReferences *out;
};

static int add_reference(void *arg, const struct ec2_item *it)
{
    struct references *r = arg;
    const struct ec2_ReferencedSecurityGroup *ref =
        EC2_SEEN(SecurityGroupRule, it)->ReferencedGroupInfo;
    if (ref == NULL || ref->VpcPeeringConnectionId.p == NULL || !np_str_eq(it->region, r->region) ||
        !np_str_eq(ref->GroupId, r->group))
        return 0;
    for (size_t i = 0; i < r->out->n; i++) {
        if (np_str_eq(r->out->v[i].GroupId, r->group) &&
            np_str_eq(r->out->v[i].ReferencingVpcId, it->vpc))
            return 0;
    }
    EC2_PUSH(r->a, *r->out,
             (struct ec2_SecurityGroupReference){
                 .GroupId = r->group,
                 .ReferencingVpcId = it->vpc,
                 .VpcPeeringConnectionId = ref->VpcPeeringConnectionId,
             });
    return 0;
}

static void add_references(void *arg, const struct ec2_view *v)
{
    ec2_each(v, EC2_KIND_GROUP_RULE, add_reference, arg);
}

int ec2_DescribeSecurityGroupReferences(struct np_req *rq,
                                        const struct ec2_DescribeSecurityGroupReferencesRequest *in,
                                        struct ec2_DescribeSecurityGroupReferencesResult *out,
                                        struct np_err *err)
{
    out->SecurityGroupReferenceSet.set = true;
    for (size_t i = 0; i < in->GroupId.n; i++) {
        if (ec2_see(ec2_view(rq), EC2_KIND_GROUP, in->GroupId.v[i]) == NULL)
            return ec2_not_found(err, EC2_KIND_GROUP, in->GroupId.v[i]);
        struct references r = {rq->arena, rq->region, in->GroupId.v[i],
                               &out->SecurityGroupReferenceSet};
        ec2_each_view(rq->core, add_references, &r);
    }
    return 0;
}

/* --- stale rules: they name a group that is gone, or a peering that is --- */

static bool stale(struct np_req *rq, const struct ec2_SecurityGroupRule *r)
{
    const struct ec2_ReferencedSecurityGroup *ref = r->ReferencedGroupInfo;
    if (ref == NULL || ref->VpcPeeringConnectionId.p == NULL)
        return false;
    const struct ec2_item *group = ec2_see_any(rq->core, ref->GroupId);
    const struct ec2_item *pcx =
        ec2_see(ec2_view(rq), EC2_KIND_PEERING, ref->VpcPeeringConnectionId);
    return group == NULL || pcx == NULL || !ec2_peering_active(pcx);
}

static void stale_permissions(struct np_req *rq, struct ec2_SecurityGroupRule *const *rules,
                              size_t n, bool egress, struct ec2_StaleIpPermissionSet *out)
{
    struct ec2_IpPermissionList merged;
    ec2_permissions_of(rq->arena, rules, n, egress, &merged);
    out->set = true;
    for (size_t i = 0; i < merged.n; i++) {
        const struct ec2_IpPermission *p = &merged.v[i];
        EC2_PUSH(rq->arena, *out,
                 (struct ec2_StaleIpPermission){
                     .FromPort = p->FromPort,
                     .IpProtocol = p->IpProtocol,
                     .ToPort = p->ToPort,
                     .UserIdGroupPairs = {p->UserIdGroupPairs.v, p->UserIdGroupPairs.n, true},
                 });
    }
}

static void add_stale(struct np_req *rq, const struct ec2_item *group,
                      struct ec2_StaleSecurityGroupSet *out)
{
    const struct ec2_SecurityGroup *g = EC2_SEEN(SecurityGroup, group);
    struct ec2_SecurityGroupRule **rules;
    size_t n = ec2_rules_see(ec2_view(rq), group, rq->arena, &rules), kept = 0;
    for (size_t i = 0; i < n; i++)
        if (stale(rq, rules[i]))
            rules[kept++] = rules[i];
    if (kept == 0)
        return;
    struct ec2_StaleSecurityGroup s = {
        .Description = g->Description,
        .GroupId = g->GroupId,
        .GroupName = g->GroupName,
        .VpcId = g->VpcId,
    };
    stale_permissions(rq, rules, kept, false, &s.StaleIpPermissions);
    stale_permissions(rq, rules, kept, true, &s.StaleIpPermissionsEgress);
    EC2_PUSH(rq->arena, *out, s);
}

int ec2_DescribeStaleSecurityGroups(struct np_req *rq,
                                    const struct ec2_DescribeStaleSecurityGroupsRequest *in,
                                    struct ec2_DescribeStaleSecurityGroupsResult *out,
                                    struct np_err *err)
{
    static const struct ec2_rows rows = {.shape = &ec2_StaleSecurityGroup_shape, .page_max = 255};
    const struct ec2_view *v = ec2_view(rq);
    const struct ec2_item *const *groups;
    if (ec2_see(v, EC2_KIND_VPC, in->VpcId) == NULL)
        return ec2_not_found(err, EC2_KIND_VPC, in->VpcId);
    size_t n = ec2_see_all(v, EC2_KIND_GROUP, in->VpcId, rq->arena, &groups);
    for (size_t i = 0; i < n; i++)
        add_stale(rq, groups[i], &out->StaleSecurityGroupSet);
    struct ec2_ask ask = {.max = in->MaxResults, .token = in->NextToken};
    return ec2_filter_rows(rq, &rows, &ask, &out->StaleSecurityGroupSet, &out->NextToken, err);
}
