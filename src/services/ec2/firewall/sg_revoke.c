/* SPDX-License-Identifier: Apache-2.0 */
/* sg_revoke.c - rules taken out of a security group: by their ids, or by what they allow. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg_asked.h"

static bool egress_of(const struct ec2_item *rule)
{
    return EC2_DETAIL(SecurityGroupRule, rule)->IsEgress.v;
}

static int take_out(struct np_txn *t, struct ec2_sg_ask *ask, const struct ec2_item *rule,
                    struct ec2_RevokedSecurityGroupRuleList *out, struct np_err *err)
{
    const struct ec2_SecurityGroupRule *r = EC2_DETAIL(SecurityGroupRule, rule);
    EC2_APPEND(np_txn_arena(t), *out,
               (struct ec2_RevokedSecurityGroupRule){
                   .SecurityGroupRuleId = r->SecurityGroupRuleId,
                   .GroupId = r->GroupId,
                   .IsEgress = r->IsEgress,
                   .IpProtocol = r->IpProtocol,
                   .FromPort = r->FromPort,
                   .ToPort = r->ToPort,
                   .CidrIpv4 = r->CidrIpv4,
                   .CidrIpv6 = r->CidrIpv6,
                   .PrefixListId = r->PrefixListId,
                   .ReferencedGroupId = r->ReferencedGroupInfo != NULL
                                            ? r->ReferencedGroupInfo->GroupId
                                            : NP_STR_NULL,
                   .Description = r->Description,
               });
    return ec2_rule_drop(t, ask->group, rule, err);
}

static int by_id(struct np_txn *t, struct ec2_sg_ask *ask, struct np_str id,
                 struct ec2_RevokedSecurityGroupRuleList *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *rule;
    int rc = ec2_get(&db, EC2_KIND_GROUP_RULE, id, &rule, err);
    if (rc < 0)
        return rc;
    if (!np_str_eq(EC2_DETAIL(SecurityGroupRule, rule)->GroupId, ask->group->id) ||
        egress_of(rule) != ask->egress)
        return ec2_not_found(err, EC2_KIND_GROUP_RULE, id);
    return take_out(t, ask, rule, out, err);
}

static const struct ec2_item *same_rule(struct ec2_item *const *have, size_t n,
                                        const struct ec2_SecurityGroupRule *r)
{
    for (size_t i = 0; i < n; i++)
        if (ec2_rule_same(EC2_DETAIL(SecurityGroupRule, have[i]), r))
            return have[i];
    return NULL;
}

static int in_default_vpc(struct np_txn *t, const struct ec2_item *group, bool *out,
                          struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc;
    int rc = ec2_get(&db, EC2_KIND_VPC, group->vpc, &vpc, err);
    if (rc == 0)
        *out = EC2_DETAIL(Vpc, vpc)->IsDefault.v;
    return rc;
}

/* AWS: what is not there is told in a default VPC, and refused in any other
 * (tests/sdk/test_ec2_groups.py). */
static int unknown(struct np_txn *t, struct ec2_sg_ask *ask, struct ec2_SecurityGroupRule *r,
                   struct ec2_IpPermissionList *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_IpPermissionList one;
    bool told = false;
    int rc = in_default_vpc(t, ask->group, &told, err);
    if (rc < 0)
        return rc;
    if (!told)
        return np_fault(err, &EC2_InvalidPermissionNotFound,
                        "The specified rule does not exist in this security group.");
    ec2_permissions_of(a, &r, 1, ask->egress, &one);
    EC2_APPEND(a, *out, one.v[0]);
    return 0;
}

static int revoke_rules(struct np_txn *t, struct ec2_sg_ask *ask, const struct np_strs *ids,
                        struct ec2_RevokedSecurityGroupRuleList *out,
                        struct ec2_IpPermissionList *not_there, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **have;
    size_t n;
    int rc = ec2_sg_asked_rules(t, ask, err);
    if (rc == 0 && ids->n > 0 && ask->rules.n > 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter securityGroupRuleIds cannot be used with the parameter "
                        "ipPermissions");
    if (rc == 0 && ids->n == 0 && ask->rules.n == 0)
        return np_fault(err, &EC2_MissingParameter,
                        "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
    for (size_t i = 0; i < ids->n && rc == 0; i++)
        rc = by_id(t, ask, ids->v[i], out, err);
    if (rc == 0)
        rc = ec2_rules_read(&db, ask->group, &have, &n, err);
    for (size_t i = 0; i < ask->rules.n && rc == 0; i++) {
        const struct ec2_item *rule = same_rule(have, n, &ask->rules.v[i]);
        rc = rule != NULL ? take_out(t, ask, rule, out, err)
                          : unknown(t, ask, &ask->rules.v[i], not_there, err);
    }
    return rc < 0 ? rc : ec2_sg_put(t, ask->group, err);
}

int ec2_RevokeSecurityGroupIngress_apply(struct np_txn *t,
                                         const struct ec2_RevokeSecurityGroupIngressRequest *in,
                                         struct ec2_RevokeSecurityGroupIngressResult *out,
                                         struct np_err *err)
{
    struct ec2_sg_ask ask = EC2_SG_ASK_INGRESS(in);
    out->Return = (struct np_opt_bool){true, true};
    return revoke_rules(t, &ask, &in->SecurityGroupRuleIds, &out->RevokedSecurityGroupRules,
                        &out->UnknownIpPermissions, err);
}

int ec2_RevokeSecurityGroupEgress_apply(struct np_txn *t,
                                        const struct ec2_RevokeSecurityGroupEgressRequest *in,
                                        struct ec2_RevokeSecurityGroupEgressResult *out,
                                        struct np_err *err)
{
    struct ec2_sg_ask ask = EC2_SG_ASK_EGRESS(in);
    out->Return = (struct np_opt_bool){true, true};
    return revoke_rules(t, &ask, &in->SecurityGroupRuleIds, &out->RevokedSecurityGroupRules,
                        &out->UnknownIpPermissions, err);
}
