/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_int.h - VPC endpoints: what their files share. */
#pragma once

#include "services/ec2/vpc/endpoint.h"
#include "services/ec2/vpc/endpoint_service.h"
#include "services/ec2/item.h"

bool ec2_vpce_is_gateway(const struct ec2_VpcEndpoint *d);
/* A JSON document of a resource policy. InvalidPolicyDocument. */
int ec2_vpce_check_policy(struct np_str document, struct np_err *err);
extern const char ec2_vpce_policy[]; /* what an endpoint has that was given none */

/* Each changes the item and puts what hangs on it, not the item. */
int ec2_vpce_add_tables(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                        struct np_err *err);
int ec2_vpce_remove_tables(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                           struct np_err *err);
int ec2_vpce_add_subnets(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                         const struct ec2_SubnetConfigurationsList *how, struct np_err *err);
int ec2_vpce_remove_subnets(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                            struct np_err *err);
/* Groups of it and of all of its interfaces become these. */
int ec2_vpce_set_groups(struct np_txn *t, struct ec2_item *it, const struct np_strs *ids,
                        struct np_err *err);
/* Switches private DNS: the VPC has DNS, and no other endpoint has the name. */
int ec2_vpce_set_private_dns(struct np_txn *t, struct ec2_item *it, bool on, struct np_err *err);
/* Everything that hangs on it goes, and it too. */
int ec2_vpce_drop(struct np_txn *t, struct ec2_item *it, struct np_err *err);

/* Names that lead to its interfaces, as DnsEntries. */
void ec2_vpce_names(struct np_arena *a, struct np_str region, struct ec2_item *it);
