/* SPDX-License-Identifier: Apache-2.0 */
/* sg_asked.h - a call about rules of a group, in whichever spelling it came. */
#pragma once

#include "services/ec2/firewall/sg_int.h"

struct ec2_sg_ask {
    bool egress;
    struct np_str group_id, group_name;
    /* A single rule as members of the call. */
    struct np_str protocol, cidr, source_name, source_owner;
    struct np_opt_int from, to;
    struct ec2_IpPermissionList permissions;
    /* Made of it: */
    struct ec2_item *group;
    struct ec2_SecurityGroupRuleList rules;
};
#define EC2_SG_ASK_COMMON(in, egress_)                                                             \
    .egress = (egress_), .group_id = (in)->GroupId, .protocol = (in)->IpProtocol,                  \
    .cidr = (in)->CidrIp, .source_name = (in)->SourceSecurityGroupName,                            \
    .source_owner = (in)->SourceSecurityGroupOwnerId, .from = (in)->FromPort, .to = (in)->ToPort,  \
    .permissions = (in)->IpPermissions
#define EC2_SG_ASK_INGRESS(in)                                                                     \
    {                                                                                              \
        EC2_SG_ASK_COMMON(in, false), .group_name = (in)->GroupName                                \
    }
#define EC2_SG_ASK_EGRESS(in)                                                                      \
    {                                                                                              \
        EC2_SG_ASK_COMMON(in, true)                                                                \
    }

/* Finds the group and makes the rules: in normal form, groups by id. */
int ec2_sg_asked_rules(struct np_txn *t, struct ec2_sg_ask *ask, struct np_err *err);
