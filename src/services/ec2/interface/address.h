/* SPDX-License-Identifier: Apache-2.0 */
/* address.h - public addresses: elastic IPs (items of kind ADDRESS) and the ones that an interface
 * is given by itself. Both are slots of the region's pool (aws/pool.h). All in an apply. */
#pragma once

#include "services/ec2/item.h"

/* An address of the pool for an interface without elastic IP (MapPublicIpOnLaunch,
 * AssociatePublicIpAddress), owned by its ARN. Fills the interface's Association
 * (PublicIp, PublicDnsName, IpOwnerId "amazon") and that of its primary private address; the
 * caller puts the item. InsufficientAddressCapacity. */
int ec2_public_give(struct np_txn *t, struct ec2_item *eni, struct np_err *err);
/* Gives it back (the instance stops, the interface goes or gets an elastic IP), and takes the
 * association away. Fine where there is none. */
int ec2_public_take(struct np_txn *t, struct ec2_item *eni, struct np_err *err);

/* The interface is about to go, or loses that private address: elastic IPs on it stand free again
 * (private_ip absent: all). Changes and puts their items, and the association in `eni`'s detail,
 * which the caller puts. */
int ec2_address_release_eni(struct np_txn *t, struct ec2_item *eni, struct np_str private_ip,
                            struct np_err *err);
/* The interface was attached to an instance, or detached (instance absent): its elastic IPs say
 * so. */
int ec2_address_instance(struct np_txn *t, const struct ec2_item *eni, struct np_str instance,
                         struct np_err *err);

/* "ec2-127-64-0-5.compute-1.amazonaws.com" and "ip-10-0-0-5.ec2.internal". */
struct np_str ec2_public_name(struct np_arena *a, struct np_str region, struct np_str ip);
struct np_str ec2_private_name(struct np_arena *a, struct np_str region, struct np_str ip);
