/* SPDX-License-Identifier: Apache-2.0 */
/* eni_ip.h - which private addresses of a subnet are taken. In an apply. */
#pragma once

#include "services/ec2/vpc/cidr.h"
#include "services/ec2/item.h"

/* Addresses of a block that may be given: all but AWS's own. False: it has none. */
bool ec2_ip_usable(struct ec2_cidr block, uint32_t *first, uint32_t *last);
/* One that was asked for: in the block, not AWS's own, not in use. */
int ec2_ip_take(struct np_txn *t, const struct ec2_item *subnet, struct np_str ip,
                struct np_str eni, struct np_err *err);
/* A free one: behind the highest that is taken, so that one is not given again at once; then the
 * lowest free. InsufficientFreeAddressesInSubnet. */
int ec2_ip_take_any(struct np_txn *t, const struct ec2_item *subnet, struct np_str eni,
                    struct np_str *ip, struct np_err *err);
/* ip absent: all of the interface. */
int ec2_ip_give(struct np_txn *t, struct np_str subnet, struct np_str ip, struct np_str eni,
                struct np_err *err);
