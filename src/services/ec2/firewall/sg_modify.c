/* SPDX-License-Identifier: Apache-2.0 */
/* sg_modify.c - rules changed in place: what they allow, and their descriptions. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg_asked.h"

static int rule_of_group(struct np_txn *t, const struct ec2_item *group, struct np_str id,
                         struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = ec2_get(&db, EC2_KIND_GROUP_RULE, id, out, err);
    if (rc == 0 && !np_str_eq(EC2_DETAIL(SecurityGroupRule, *out)->GroupId, group->id))
        return ec2_not_found(err, EC2_KIND_GROUP_RULE, id);
    return rc;
}

/* --- ModifySecurityGroupRules --- */

/* The request as a permission, so that it is read by the same rules as one that is authorized. */
static struct ec2_IpPermission permission_of(struct np_arena *a,
                                             const struct ec2_SecurityGroupRuleRequest *r)
{
    struct ec2_IpPermission p = {
        .IpProtocol = r->IpProtocol, .FromPort = r->FromPort, .ToPort = r->ToPort};
    if (r->CidrIpv4.p != NULL)
        EC2_APPEND(a, p.IpRanges, (struct ec2_IpRange){r->Description, r->CidrIpv4});
    if (r->CidrIpv6.p != NULL)
        EC2_APPEND(a, p.Ipv6Ranges, (struct ec2_Ipv6Range){r->Description, r->CidrIpv6});
    if (r->PrefixListId.p != NULL)
        EC2_APPEND(a, p.PrefixListIds, (struct ec2_PrefixListId){r->Description, r->PrefixListId});
    if (r->ReferencedGroupId.p != NULL)
        EC2_APPEND(a, p.UserIdGroupPairs,
                   (struct ec2_UserIdGroupPair){.Description = r->Description,
                                                .GroupId = r->ReferencedGroupId});
    return p;
}

static bool same_type(const struct ec2_SecurityGroupRule *x, const struct ec2_SecurityGroupRule *y)
{
    return (x->CidrIpv4.p != NULL) == (y->CidrIpv4.p != NULL) &&
           (x->CidrIpv6.p != NULL) == (y->CidrIpv6.p != NULL) &&
           (x->PrefixListId.p != NULL) == (y->PrefixListId.p != NULL);
}

static int new_rule(struct np_txn *t, const struct ec2_item *rule,
                    const struct ec2_SecurityGroupRuleUpdate *u, struct ec2_SecurityGroupRule *out,
                    struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    const struct ec2_SecurityGroupRule *old = EC2_DETAIL(SecurityGroupRule, rule);
    struct ec2_SecurityGroupRuleList made;
    if (u->SecurityGroupRule == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter SecurityGroupRule");
    struct ec2_IpPermission p = permission_of(a, u->SecurityGroupRule);
    int rc =
        ec2_rules_of(a, &(struct ec2_IpPermissionList){&p, 1, true}, old->IsEgress.v, &made, err);
    if (rc < 0)
        return rc;
    if (made.n != 1)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Specify exactly one of CidrIpv4, CidrIpv6, PrefixListId and "
                        "ReferencedGroupId");
    /* AWS: the kind of source stays what it is (tests/sdk/test_ec2_groups.py). */
    if (!same_type(old, &made.v[0]))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The type of the source or destination of rule '%.*s' cannot be changed",
                        NP_FMT(rule->id));
    *out = made.v[0];
    out->SecurityGroupRuleId = old->SecurityGroupRuleId;
    out->GroupId = old->GroupId;
    out->GroupOwnerId = old->GroupOwnerId;
    out->SecurityGroupRuleArn = old->SecurityGroupRuleArn;
    return 0;
}

static int check_others(struct np_txn *t, const struct ec2_item *group, const struct ec2_item *rule,
                        const struct ec2_SecurityGroupRule *made, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **have;
    size_t n;
    int rc = ec2_rules_read(&db, group, &have, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (np_str_eq(have[i]->id, rule->id)) {
            have[i] = have[--n]; /* its own place is free */
            i--;
        } else if (ec2_rule_same(EC2_DETAIL(SecurityGroupRule, have[i]), made)) {
            struct np_str text = ec2_rule_text(db.arena, made);
            return np_fault(err, &EC2_InvalidPermissionDuplicate,
                            "the specified rule \"%.*s\" already exists", NP_FMT(text));
        }
    }
    struct ec2_SecurityGroupRule copy = *made;
    return rc < 0 ? rc
                  : ec2_rules_check_room(t, have, n,
                                         &(struct ec2_SecurityGroupRuleList){&copy, 1, true}, err);
}

static int modify(struct np_txn *t, const struct ec2_item *group,
                  const struct ec2_SecurityGroupRuleUpdate *u, struct np_err *err)
{
    struct ec2_SecurityGroupRule made;
    struct ec2_item *rule;
    int rc = rule_of_group(t, group, u->SecurityGroupRuleId, &rule, err);
    if (rc == 0)
        rc = new_rule(t, rule, u, &made, err);
    if (rc == 0)
        rc = ec2_rule_check_peer(t, group, &made, err);
    if (rc == 0)
        rc = check_others(t, group, rule, &made, err);
    if (rc < 0)
        return rc;
    *EC2_DETAIL(SecurityGroupRule, rule) = made;
    rc = ec2_put(t, rule, err);
    return rc < 0 ? rc : ec2_rule_refer(t, rule, err);
}

int ec2_ModifySecurityGroupRules_apply(struct np_txn *t,
                                       const struct ec2_ModifySecurityGroupRulesRequest *in,
                                       struct ec2_ModifySecurityGroupRulesResult *out,
                                       struct np_err *err)
{
    struct ec2_item *group;
    int rc = ec2_sg_asked(t, in->GroupId, NP_STR_NULL, &group, err);
    for (size_t i = 0; i < in->SecurityGroupRules.n && rc == 0; i++)
        rc = modify(t, group, &in->SecurityGroupRules.v[i], err);
    out->Return = (struct np_opt_bool){true, true};
    return rc < 0 ? rc : ec2_sg_put(t, group, err);
}

/* --- descriptions --- */

static int describe(struct np_txn *t, struct ec2_item *rule, struct np_str text, struct np_err *err)
{
    struct ec2_SecurityGroupRule *r = EC2_DETAIL(SecurityGroupRule, rule);
    int rc = ec2_rule_check_description(text, err);
    if (rc < 0)
        return rc;
    r->Description = text.n > 0 ? text : NP_STR_NULL;
    return ec2_put(t, rule, err);
}

static int describe_by_ids(struct np_txn *t, const struct ec2_sg_ask *ask,
                           const struct ec2_SecurityGroupRuleDescriptionList *texts,
                           struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < texts->n && rc == 0; i++) {
        struct ec2_item *rule;
        rc = rule_of_group(t, ask->group, texts->v[i].SecurityGroupRuleId, &rule, err);
        if (rc == 0 && EC2_DETAIL(SecurityGroupRule, rule)->IsEgress.v != ask->egress)
            rc = ec2_not_found(err, EC2_KIND_GROUP_RULE, rule->id);
        if (rc == 0)
            rc = describe(t, rule, texts->v[i].Description, err);
    }
    return rc;
}

static int describe_by_rules(struct np_txn *t, const struct ec2_sg_ask *ask, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **have;
    size_t n;
    int rc = ec2_rules_read(&db, ask->group, &have, &n, err);
    for (size_t i = 0; i < ask->rules.n && rc == 0; i++) {
        const struct ec2_SecurityGroupRule *r = &ask->rules.v[i];
        size_t at = 0;
        while (at < n && !ec2_rule_same(EC2_DETAIL(SecurityGroupRule, have[at]), r))
            at++;
        if (at == n)
            return np_fault(err, &EC2_InvalidPermissionNotFound,
                            "The specified rule does not exist in this security group.");
        rc = describe(t, have[at], r->Description, err);
    }
    return rc;
}

static int update(struct np_txn *t, struct ec2_sg_ask *ask,
                  const struct ec2_SecurityGroupRuleDescriptionList *texts, struct np_err *err)
{
    int rc = ec2_sg_asked_rules(t, ask, err);
    if (rc < 0)
        return rc;
    if ((ask->rules.n > 0) == (texts->n > 0))
        return np_fault(err, &EC2_MissingParameter,
                        "Either 'ipPermissions' or 'securityGroupRuleDescriptions' should be "
                        "provided.");
    rc = describe_by_ids(t, ask, texts, err);
    return rc < 0 ? rc : describe_by_rules(t, ask, err);
}

int ec2_UpdateSecurityGroupRuleDescriptionsIngress_apply(
    struct np_txn *t, const struct ec2_UpdateSecurityGroupRuleDescriptionsIngressRequest *in,
    struct ec2_UpdateSecurityGroupRuleDescriptionsIngressResult *out, struct np_err *err)
{
    struct ec2_sg_ask ask = {
        .group_id = in->GroupId, .group_name = in->GroupName, .permissions = in->IpPermissions};
    out->Return = (struct np_opt_bool){true, true};
    return update(t, &ask, &in->SecurityGroupRuleDescriptions, err);
}

int ec2_UpdateSecurityGroupRuleDescriptionsEgress_apply(
    struct np_txn *t, const struct ec2_UpdateSecurityGroupRuleDescriptionsEgressRequest *in,
    struct ec2_UpdateSecurityGroupRuleDescriptionsEgressResult *out, struct np_err *err)
{
    struct ec2_sg_ask ask = {.egress = true,
                             .group_id = in->GroupId,
                             .group_name = in->GroupName,
                             .permissions = in->IpPermissions};
    out->Return = (struct np_opt_bool){true, true};
    return update(t, &ask, &in->SecurityGroupRuleDescriptions, err);
}
