/* SPDX-License-Identifier: Apache-2.0 */
/* rule.h - rules of security groups as values: normal form, comparison, old and new spelling.
 *
 * A rule in normal form has a protocol by name ("-1": all), ports that are -1 where they mean all,
 * and exactly one peer: CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupInfo. Pure functions.
 */
#pragma once

#include "base/err.h"
#include "gen/ec2/types.h"

/* Rules that permissions spell out, in normal form, without ids; groups by what was given. */
int ec2_rules_of(struct np_arena *a, const struct ec2_IpPermissionList *permissions, bool egress,
                 struct ec2_SecurityGroupRuleList *out, struct np_err *err);
/* Protocol and ports of a rule made normal; a fault says what is wrong with them. */
int ec2_rule_normal(struct np_arena *a, struct ec2_SecurityGroupRule *r, struct np_err *err);
int ec2_rule_check_description(struct np_str s, struct np_err *err);
/* Do they allow the same? Ids, descriptions and tags do not count. */
bool ec2_rule_same(const struct ec2_SecurityGroupRule *x, const struct ec2_SecurityGroupRule *y);
/* "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW", as AWS writes it in errors. */
struct np_str ec2_rule_text(struct np_arena *a, const struct ec2_SecurityGroupRule *r);
/* The old spelling: rules of the direction merged by protocol and ports, in order of appearance. */
void ec2_permissions_of(struct np_arena *a, struct ec2_SecurityGroupRule *const *rules, size_t n,
                        bool egress, struct ec2_IpPermissionList *out);
