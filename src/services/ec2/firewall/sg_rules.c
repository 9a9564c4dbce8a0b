/* SPDX-License-Identifier: Apache-2.0 */
/* sg_rules.c - rules of security groups as rows: read, added, held against limits and peers. */
#include "aws/fault.h"
#include "base/arena.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/ec2/vpc/prefixlist.h"
#include "services/ec2/firewall/sg_int.h"

int ec2_rules_read(const struct ec2_db *db, const struct ec2_item *group, struct ec2_item ***out,
                   size_t *n, struct np_err *err)
{
    const struct np_strs *ids = &EC2_OWN(GroupOwn, group)->Rules;
    int rc = 0;
    *n = ids->n;
    *out = np_new_array(db->arena, struct ec2_item *, ids->n + 1);
    for (size_t i = 0; i < ids->n && rc == 0; i++)
        rc = ec2_get(db, EC2_KIND_GROUP_RULE, ids->v[i], &(*out)[i], err);
    return rc;
}

size_t ec2_rules_see(const struct ec2_view *v, const struct ec2_item *group, struct np_arena *a,
                     struct ec2_SecurityGroupRule ***out)
{
    const struct np_strs *ids = &EC2_OWN(GroupOwn, group)->Rules;
    size_t n = 0;
    *out = np_new_array(a, struct ec2_SecurityGroupRule *, ids->n + 1);
    for (size_t i = 0; i < ids->n; i++) {
        const struct ec2_item *rule = ec2_see(v, EC2_KIND_GROUP_RULE, ids->v[i]);
        if (rule != NULL) /* in a commit that is just coming one of the two is there first */
            (*out)[n++] = EC2_DETAIL(SecurityGroupRule, rule);
    }
    return n;
}

/* --- added --- */

/* A rule may name a group of a peered VPC, which does not keep that group from being deleted: the
 * rule is stale then. */
static bool holds_peer(const struct ec2_SecurityGroupRule *r)
{
    return r->ReferencedGroupInfo != NULL &&
           r->ReferencedGroupInfo->VpcPeeringConnectionId.p == NULL;
}

int ec2_rule_refer(struct np_txn *t, const struct ec2_item *rule, struct np_err *err)
{
    const struct ec2_SecurityGroupRule *r = EC2_DETAIL(SecurityGroupRule, rule);
    size_t weight;
    bool own = true;
    int rc = ec2_unref(t, rule, "peer", NP_STR_NULL, err);
    if (rc == 0)
        rc = ec2_unref(t, rule, "list", NP_STR_NULL, err);
    if (rc == 0 && holds_peer(r) && !np_str_eq(r->ReferencedGroupInfo->GroupId, r->GroupId))
        rc = ec2_ref(t, rule, "peer", r->ReferencedGroupInfo->GroupId, err);
    if (rc == 0 && r->PrefixListId.p != NULL)
        rc = ec2_pl_check(t, r->PrefixListId, &weight, &own, err);
    if (rc == 0 && r->PrefixListId.p != NULL && !own)
        rc = ec2_ref(t, rule, "list", r->PrefixListId, err);
    return rc;
}

int ec2_rule_add(struct np_txn *t, struct ec2_item *group, const struct ec2_SecurityGroupRule *rule,
                 struct ec2_item **out, struct np_err *err)
{
    const struct np_scope *scope = np_txn_scope(t);
    struct ec2_item *it = ec2_new(t, EC2_KIND_GROUP_RULE);
    struct ec2_SecurityGroupRule *d = EC2_DETAIL(SecurityGroupRule, it);
    *d = *rule;
    d->SecurityGroupRuleId = it->id;
    d->GroupId = group->id;
    d->GroupOwnerId = scope->account;
    d->SecurityGroupRuleArn =
        ec2_arn(np_txn_arena(t), it->kind, scope->region, scope->account, it->id);
    it->vpc = group->vpc;
    EC2_APPEND(np_txn_arena(t), EC2_OWN(GroupOwn, group)->Rules, it->id);
    int rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_rule_refer(t, it, err);
    *out = it;
    return rc;
}

int ec2_rule_drop(struct np_txn *t, struct ec2_item *group, const struct ec2_item *rule,
                  struct np_err *err)
{
    struct ec2_GroupOwn *own = group->own;
    size_t at = ec2_at(&own->Rules, rule->id);
    if (at < own->Rules.n)
        EC2_REMOVE(own->Rules, at);
    return ec2_drop(t, rule, err);
}

/* --- peers --- */

bool ec2_peering_joins(const struct ec2_item *pcx, struct np_str vpc, struct np_str other)
{
    const struct ec2_VpcPeeringConnection *p = EC2_SEEN(VpcPeeringConnection, pcx);
    struct np_str x = p->RequesterVpcInfo->VpcId, y = p->AccepterVpcInfo->VpcId;
    return (np_str_eq(x, vpc) && np_str_eq(y, other)) || (np_str_eq(y, vpc) && np_str_eq(x, other));
}

bool ec2_peering_active(const struct ec2_item *pcx)
{
    return np_str_is(EC2_SEEN(VpcPeeringConnection, pcx)->Status->Code, "active");
}

static int by_peering(struct np_txn *t, const struct ec2_item *group, const struct ec2_item *other,
                      struct ec2_ReferencedSecurityGroup *ref, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **all;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_PEERING, NP_STR_NULL, &all, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (!ec2_peering_joins(all[i], group->vpc, other->vpc) || !ec2_peering_active(all[i]))
            continue;
        ref->VpcId = other->vpc;
        ref->VpcPeeringConnectionId = all[i]->id;
        ref->PeeringStatus = NP_STR("active");
        return 0;
    }
    return rc < 0 ? rc
                  : np_fault(err, &EC2_InvalidGroupNotFound,
                             "You have specified two resources that belong to different networks.");
}

static int check_group(struct np_txn *t, const struct ec2_item *group,
                       struct ec2_ReferencedSecurityGroup *ref, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *other;
    if (ref->UserId.p != NULL)
        db.scope.account = ref->UserId;
    int rc = ec2_get(&db, EC2_KIND_GROUP, ref->GroupId, &other, err);
    if (rc < 0)
        return rc;
    ref->UserId = other->account;
    ref->VpcId = ref->VpcPeeringConnectionId = ref->PeeringStatus = NP_STR_NULL;
    if (ec2_sg_in_vpc(other, group->vpc) || ec2_sg_in_vpc(group, other->vpc))
        return 0;
    return by_peering(t, group, other, ref, err);
}

int ec2_rule_check_peer(struct np_txn *t, const struct ec2_item *group,
                        struct ec2_SecurityGroupRule *rule, struct np_err *err)
{
    size_t weight;
    bool own;
    if (rule->ReferencedGroupInfo != NULL)
        return check_group(t, group, rule->ReferencedGroupInfo, err);
    if (rule->PrefixListId.p != NULL)
        return ec2_pl_check(t, rule->PrefixListId, &weight, &own, err);
    return 0;
}

/* --- limits: AWS counts rules of IPv4 and of IPv6 by themselves, a group in both, and a prefix
 * list as many entries as it may have --- */

struct room {
    size_t v4[2], v6[2]; /* by direction */
};

static int count(struct np_txn *t, const struct ec2_SecurityGroupRule *r, struct room *room,
                 struct np_err *err)
{
    size_t weight = 1, at = r->IsEgress.v ? 1 : 0;
    bool own;
    if (r->PrefixListId.p != NULL) {
        int rc = ec2_pl_check(t, r->PrefixListId, &weight, &own, err);
        if (rc < 0)
            return rc;
    }
    if (r->CidrIpv6.p == NULL)
        room->v4[at] += weight;
    if (r->CidrIpv4.p == NULL && r->PrefixListId.p == NULL)
        room->v6[at] += weight;
    return 0;
}

int ec2_rules_check_room(struct np_txn *t, struct ec2_item *const *have, size_t n_have,
                         const struct ec2_SecurityGroupRuleList *more, struct np_err *err)
{
    struct room room = {0};
    int rc = 0;
    for (size_t i = 0; i < n_have && rc == 0; i++)
        rc = count(t, EC2_DETAIL(SecurityGroupRule, have[i]), &room, err);
    for (size_t i = 0; i < more->n && rc == 0; i++)
        rc = count(t, &more->v[i], &room, err);
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        if (room.v4[i] > EC2_RULES_MAX || room.v6[i] > EC2_RULES_MAX)
            rc = np_fault(err, &EC2_RulesPerSecurityGroupLimitExceeded,
                          "The maximum number of rules per security group has been reached.");
    }
    return rc;
}
