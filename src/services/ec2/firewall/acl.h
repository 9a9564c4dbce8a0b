/* SPDX-License-Identifier: Apache-2.0 */
/* acl.h - network ACLs.
 *
 * Item kind "acl": detail is ec2_NetworkAcl whole, with entries and associations. References: vpc
 * "vpc", each associated subnet "subnet". Writing functions are for apply.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_arena;
struct np_txn;
struct ec2_view;

/* The default ACL of a new VPC: 100 allows all, both ways, then the last entry denies. */
int ec2_acl_default(struct np_txn *t, struct np_str vpc, struct np_str *id, struct np_err *err);
int ec2_acl_drop_default(struct np_txn *t, struct np_str vpc, struct np_err *err);
/* How many ACLs of the VPC are not its default one. */
size_t ec2_acl_count_own(struct np_txn *t, struct np_str vpc);
/* A new subnet is associated with the VPC's default ACL; one that goes leaves the ACL it has. */
int ec2_acl_add_subnet(struct np_txn *t, struct np_str vpc, struct np_str subnet,
                       struct np_err *err);
int ec2_acl_drop_subnet(struct np_txn *t, struct np_str subnet, struct np_err *err);

/* --- for netview --- */
struct agent_AclList;
/* ACLs of the VPC, in order of their ids; place[i]: which one subnets[i] (an id) has. IPv6 entries
 * are left out. */
void ec2_net_acls(const struct ec2_view *view, struct np_str vpc, const struct np_strs *subnets,
                  struct np_arena *a, struct agent_AclList *out, int64_t *place);
