/* SPDX-License-Identifier: Apache-2.0 */
/* sg_int.h - security groups: what their files share. */
#pragma once

#include "services/ec2/item.h"
#include "services/ec2/firewall/rule.h"

/* Names are unique in a VPC: "vpc-…/NAME" is the item's. */
struct np_str ec2_sg_key(struct np_arena *a, struct np_str vpc, struct np_str name);
/* The group of a call, by id, or by name in the default VPC. MissingParameter: neither. */
int ec2_sg_asked(struct np_txn *t, struct np_str id, struct np_str name, struct ec2_item **out,
                 struct np_err *err);
/* Is it of that VPC, or associated with it? */
bool ec2_sg_in_vpc(const struct ec2_item *group, struct np_str vpc);

/* Puts it, and tells the VPCs that it is associated with that its rules changed. */
int ec2_sg_put(struct np_txn *t, const struct ec2_item *group, struct np_err *err);

/* Rules of a group, in the order in which they were added. */
int ec2_rules_read(const struct ec2_db *db, const struct ec2_item *group, struct ec2_item ***out,
                   size_t *n, struct np_err *err);
size_t ec2_rules_see(const struct ec2_view *v, const struct ec2_item *group, struct np_arena *a,
                     struct ec2_SecurityGroupRule ***out);
/* A new row of the group, with its references. The group's own list is changed: put it. */
int ec2_rule_add(struct np_txn *t, struct ec2_item *group, const struct ec2_SecurityGroupRule *rule,
                 struct ec2_item **out, struct np_err *err);
int ec2_rule_drop(struct np_txn *t, struct ec2_item *group, const struct ec2_item *rule,
                  struct np_err *err);
/* References of a rule to the group or list that it names. */
int ec2_rule_refer(struct np_txn *t, const struct ec2_item *rule, struct np_err *err);
/* The group or list that it names: is there, and can be named. Completes ReferencedGroupInfo. */
int ec2_rule_check_peer(struct np_txn *t, const struct ec2_item *group,
                        struct ec2_SecurityGroupRule *rule, struct np_err *err);
/* RulesPerSecurityGroupLimitExceeded: with `more` the group would have too many. */
int ec2_rules_check_room(struct np_txn *t, struct ec2_item *const *have, size_t n_have,
                         const struct ec2_SecurityGroupRuleList *more, struct np_err *err);

/* Does the peering connection lead from one of the two to the other? */
bool ec2_peering_joins(const struct ec2_item *pcx, struct np_str vpc, struct np_str other);
bool ec2_peering_active(const struct ec2_item *pcx);
