/* SPDX-License-Identifier: Apache-2.0 */
/* vpc.h - VPCs, subnets and route tables as other files of the service need them. */
#pragma once

#include "services/ec2/vpc/cidr.h"
#include "services/ec2/item.h"

/* The account's default VPC in the view; NULL: it was deleted. */
const struct ec2_item *ec2_default_vpc(const struct ec2_view *v);
/* The default subnet of a zone (absent: the first one); NULL: none. */
const struct ec2_item *ec2_default_subnet(const struct ec2_view *v, struct np_str zone);

/* Blocks of a VPC that are associated; out has room for EC2_VPC_BLOCKS_MAX. */
size_t ec2_vpc_blocks(const struct ec2_item *vpc, struct ec2_cidr *out);
struct ec2_cidr ec2_subnet_block(const struct ec2_item *subnet);
/* AWS's own in a subnet: the first four and the last address. */
bool ec2_subnet_reserved(struct ec2_cidr subnet, uint32_t addr);
bool ec2_vpc_dns_support(const struct ec2_item *vpc);
bool ec2_vpc_dns_hostnames(const struct ec2_item *vpc);

/* The table that a subnet uses: its own, or the VPC's main one. */
const struct ec2_item *ec2_subnet_table(const struct ec2_view *v, const struct ec2_item *subnet);
/* Has that table an active route to an internet gateway? */
bool ec2_table_is_public(const struct ec2_view *v, const struct ec2_item *table);

/* A gateway endpoint's routes (DestinationPrefixListId, GatewayId vpce-…): in every table of
 * `tables`; those of others go. In an apply; puts the tables. */
int ec2_routes_endpoint(struct np_txn *t, const struct ec2_item *endpoint,
                        struct np_str prefix_list, const struct np_str *tables, size_t n,
                        struct np_err *err);
