/* SPDX-License-Identifier: Apache-2.0 */
/* acl_int.h - network ACLs: what their files share. */
#pragma once

#include "services/ec2/item.h"

#define EC2_ACL_LAST 32767 /* the entry that denies the rest */

/* One entry of a call in the form in which it is kept. */
struct ec2_acl_ask {
    int64_t number;
    bool egress;
    struct np_str protocol, action, cidr, cidr6;
    const struct ec2_IcmpTypeCode *icmp;
    const struct ec2_PortRange *ports;
};
int ec2_acl_entry(struct np_arena *a, const struct ec2_acl_ask *ask,
                  struct ec2_NetworkAclEntry *out, struct np_err *err);
/* Where the entry of that number and direction is; n: nowhere. */
size_t ec2_acl_entry_at(const struct ec2_NetworkAclEntryList *l, int64_t number, bool egress);
/* In its place: outgoing before incoming, by number. */
void ec2_acl_entry_insert(struct np_arena *a, struct ec2_NetworkAclEntryList *l,
                          const struct ec2_NetworkAclEntry *e);
