/* SPDX-License-Identifier: Apache-2.0 */
/* sg_authorize.c - rules put into a security group: AuthorizeSecurityGroupIngress and …Egress. */
#include "aws/req.h"
#include "gen/ec2/ops.h"
#include "services/ec2/filter.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg_asked.h"

/* --- the call, in whichever spelling --- */

static struct ec2_IpPermission *add_permission(struct np_arena *a, struct ec2_sg_ask *ask,
                                               struct np_str protocol, int64_t from, int64_t to)
{
    EC2_APPEND(a, ask->permissions,
               (struct ec2_IpPermission){
                   .IpProtocol = protocol, .FromPort = {true, from}, .ToPort = {true, to}});
    return &ask->permissions.v[ask->permissions.n - 1];
}

static void add_source(struct np_arena *a, struct ec2_IpPermission *p, const struct ec2_sg_ask *ask)
{
    if (ask->cidr.p != NULL)
        EC2_APPEND(a, p->IpRanges, (struct ec2_IpRange){.CidrIp = ask->cidr});
    if (ask->source_name.p != NULL)
        EC2_APPEND(a, p->UserIdGroupPairs,
                   (struct ec2_UserIdGroupPair){.GroupName = ask->source_name,
                                                .UserId = ask->source_owner});
}

/* AWS: a source group without a protocol is let in by TCP, UDP and ICMP
 * (tests/sdk/test_ec2_groups.py). */
static void add_all_protocols(struct np_arena *a, struct ec2_sg_ask *ask)
{
    add_source(a, add_permission(a, ask, NP_STR("tcp"), 0, 65535), ask);
    add_source(a, add_permission(a, ask, NP_STR("udp"), 0, 65535), ask);
    add_source(a, add_permission(a, ask, NP_STR("icmp"), -1, -1), ask);
}

static int spell_flat(struct np_arena *a, struct ec2_sg_ask *ask, struct np_err *err)
{
    bool flat = ask->protocol.p != NULL || ask->cidr.p != NULL || ask->source_name.p != NULL ||
                ask->from.set || ask->to.set;
    if (!flat)
        return 0;
    if (ask->permissions.n > 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter ipPermissions cannot be used with the parameter ipProtocol");
    if (ask->protocol.p == NULL && ask->source_name.p != NULL) {
        add_all_protocols(a, ask);
        return 0;
    }
    struct ec2_IpPermission *p = add_permission(a, ask, ask->protocol, 0, 0);
    p->FromPort = ask->from;
    p->ToPort = ask->to;
    add_source(a, p, ask);
    return 0;
}

/* Names of groups to ids: in the VPC of the group that gets the rules. */
static int name_to_id(struct np_txn *t, const struct ec2_item *group,
                      struct ec2_UserIdGroupPair *pair, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *g;
    if (pair->GroupId.p != NULL || pair->GroupName.p == NULL)
        return 0;
    if (pair->UserId.p != NULL)
        db.scope.account = pair->UserId;
    struct np_str key = ec2_sg_key(db.arena, group->vpc, pair->GroupName);
    int rc = ec2_find_name(&db, EC2_KIND_GROUP, key, &g, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_InvalidGroupNotFound,
                        "The security group '%.*s' does not exist in VPC '%.*s'",
                        NP_FMT(pair->GroupName), NP_FMT(group->vpc));
    if (rc == 0)
        pair->GroupId = g->id;
    return rc;
}

static int names_to_ids(struct np_txn *t, const struct ec2_item *group,
                        struct ec2_IpPermissionList *permissions, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    int rc = 0;
    permissions->v = ec2_grown(a, permissions->v, permissions->n, sizeof(*permissions->v));
    for (size_t i = 0; i < permissions->n; i++) {
        struct ec2_UserIdGroupPairList *pairs = &permissions->v[i].UserIdGroupPairs;
        pairs->v = ec2_grown(a, pairs->v, pairs->n, sizeof(*pairs->v));
        for (size_t j = 0; j < pairs->n && rc == 0; j++)
            rc = name_to_id(t, group, &pairs->v[j], err);
    }
    return rc;
}

int ec2_sg_asked_rules(struct np_txn *t, struct ec2_sg_ask *ask, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    int rc = ec2_sg_asked(t, ask->group_id, ask->group_name, &ask->group, err);
    if (rc == 0)
        rc = spell_flat(a, ask, err);
    if (rc == 0)
        rc = names_to_ids(t, ask->group, &ask->permissions, err);
    return rc < 0 ? rc : ec2_rules_of(a, &ask->permissions, ask->egress, &ask->rules, err);
}

/* --- put in --- */

static int duplicate(struct np_txn *t, const struct ec2_SecurityGroupRule *r, struct np_err *err)
{
    struct np_str text = ec2_rule_text(np_txn_arena(t), r);
    return np_fault(err, &EC2_InvalidPermissionDuplicate,
                    "the specified rule \"%.*s\" already exists", NP_FMT(text));
}

static int check_new(struct np_txn *t, const struct ec2_sg_ask *ask, struct ec2_item *const *have,
                     size_t n, struct np_err *err)
{
    for (size_t i = 0; i < ask->rules.n; i++) {
        struct ec2_SecurityGroupRule *r = &ask->rules.v[i];
        for (size_t j = 0; j < i; j++) {
            if (ec2_rule_same(r, &ask->rules.v[j]))
                return np_fault(err, &EC2_InvalidParameterValue,
                                "The same permission must not appear multiple times");
        }
        for (size_t j = 0; j < n; j++) {
            if (ec2_rule_same(r, EC2_DETAIL(SecurityGroupRule, have[j])))
                return duplicate(t, r, err);
        }
        int rc = ec2_rule_check_peer(t, ask->group, r, err);
        if (rc < 0)
            return rc;
    }
    return ec2_rules_check_room(t, have, n, &ask->rules, err);
}

static int authorize(struct np_txn *t, struct ec2_sg_ask *ask,
                     const struct ec2_TagSpecificationList *specs,
                     struct ec2_SecurityGroupRuleList *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **have, *rule;
    struct ec2_tags tags;
    size_t n;
    int rc = ec2_tag_spec(db.arena, specs, EC2_KIND_GROUP_RULE, &tags, err);
    if (rc == 0)
        rc = ec2_sg_asked_rules(t, ask, err);
    if (rc == 0 && ask->rules.n == 0)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter ipPermissions");
    if (rc == 0)
        rc = ec2_rules_read(&db, ask->group, &have, &n, err);
    if (rc == 0)
        rc = check_new(t, ask, have, n, err);
    out->set = true;
    for (size_t i = 0; i < ask->rules.n && rc == 0; i++) {
        rc = ec2_rule_add(t, ask->group, &ask->rules.v[i], &rule, err);
        if (rc == 0)
            rc = ec2_tag(t, rule, tags.v, tags.n, err);
        if (rc == 0)
            EC2_APPEND(db.arena, *out, *EC2_DETAIL(SecurityGroupRule, rule));
    }
    return rc < 0 ? rc : ec2_sg_put(t, ask->group, err);
}

int ec2_AuthorizeSecurityGroupIngress_apply(
    struct np_txn *t, const struct ec2_AuthorizeSecurityGroupIngressRequest *in,
    struct ec2_AuthorizeSecurityGroupIngressResult *out, struct np_err *err)
{
    struct ec2_sg_ask ask = EC2_SG_ASK_INGRESS(in);
    out->Return = (struct np_opt_bool){true, true};
    return authorize(t, &ask, &in->TagSpecifications, &out->SecurityGroupRules, err);
}

int ec2_AuthorizeSecurityGroupEgress_apply(struct np_txn *t,
                                           const struct ec2_AuthorizeSecurityGroupEgressRequest *in,
                                           struct ec2_AuthorizeSecurityGroupEgressResult *out,
                                           struct np_err *err)
{
    struct ec2_sg_ask ask = EC2_SG_ASK_EGRESS(in);
    out->Return = (struct np_opt_bool){true, true};
    return authorize(t, &ask, &in->TagSpecifications, &out->SecurityGroupRules, err);
}
