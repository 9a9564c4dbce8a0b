/* SPDX-License-Identifier: Apache-2.0 */
/* vpc_int.h - what the files about VPCs, subnets, tables and gateways share. In an apply unless
 * said. */
#pragma once

#include "services/ec2/vpc/cidr.h"
#include "services/ec2/ec2_int.h"
#include "services/ec2/vpc/vpc.h"

/* --- vpc.c --- */
/* The block in its canonical form. InvalidParameterValue, InvalidVpc.Range. */
int ec2_vpc_block_check(struct np_str text, struct ec2_cidr *out, struct np_err *err);
struct ec2_vpc_opts {
    struct ec2_cidr block;
    struct np_str tenancy;
    bool is_default, dns_hostnames;
    struct ec2_tags tags;
};
/* With main table, default ACL and default group. */
int ec2_vpc_make(struct np_txn *t, const struct ec2_vpc_opts *o, struct ec2_item **out,
                 struct np_err *err);
/* Flow logs of what is about to go, go with it. */
int ec2_flow_logs_drop(struct np_txn *t, const struct ec2_item *it, struct np_err *err);

/* --- subnet.c --- */
struct ec2_subnet_opts {
    struct ec2_cidr block;
    struct np_str zone, zone_id;
    bool is_default;
    struct ec2_tags tags;
};
int ec2_subnet_make(struct np_txn *t, const struct ec2_item *vpc, const struct ec2_subnet_opts *o,
                    struct ec2_item **out, struct np_err *err);

/* --- dhcp.c --- */
/* The region's default set of options, which is made if it is not there. */
int ec2_dhcp_default(struct np_txn *t, struct np_str *id, struct np_err *err);

/* --- table.c --- */
int ec2_table_make(struct np_txn *t, const struct ec2_item *vpc, bool is_main, struct ec2_tags tags,
                   struct ec2_item **out, struct np_err *err);
int ec2_table_main(const struct ec2_db *db, struct np_str vpc, struct ec2_item **out,
                   struct np_err *err);
/* The subnet goes: no table is associated with it any more. */
int ec2_table_forget_subnet(struct np_txn *t, const struct ec2_item *subnet, struct np_err *err);
/* A block was added to the VPC, or taken from it: its local routes. */
int ec2_table_add_block(struct np_txn *t, const struct ec2_item *vpc, struct ec2_cidr block,
                        struct np_err *err);
int ec2_table_drop_block(struct np_txn *t, const struct ec2_item *vpc, struct np_str block,
                         struct np_err *err);
bool ec2_table_is_main(const struct ec2_item *table);

/* --- route.c --- */
/* A route to an internet gateway of the table that a default VPC has. */
void ec2_route_add(struct np_arena *a, struct ec2_item *table, const struct ec2_Route *r);
/* Names that a table's routes use as targets, as references: what a target that is gone breaks is
 * computed, so there are none; prefix lists are kept by "list". */
int ec2_route_refs(struct np_txn *t, const struct ec2_item *table, struct np_err *err);

/* --- gateway.c --- */
int ec2_igw_make(struct np_txn *t, const struct ec2_item *vpc, struct ec2_tags tags,
                 struct ec2_item **out, struct np_err *err);
/* The one that is attached to the VPC; NP_ENOENT. */
int ec2_igw_of_vpc(const struct ec2_db *db, struct np_str vpc, struct ec2_item **out,
                   struct np_err *err);
const struct ec2_item *ec2_igw_see(const struct ec2_view *v, struct np_str vpc);

/* --- peering.c --- */
int ec2_peerings_end(struct np_txn *t, const struct ec2_item *vpc, struct np_err *err);

/* An attribute's boolean that is given. */
static inline bool ec2_given(const struct ec2_AttributeBooleanValue *v)
{
    return v != NULL && v->Value.set;
}
static inline struct np_opt_bool ec2_yes(bool v)
{
    return (struct np_opt_bool){true, v};
}
