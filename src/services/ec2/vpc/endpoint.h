/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint.h - VPC endpoints and flow logs, as the network is told of them.
 *
 * Item kinds: "vpce" (ec2_VpcEndpoint; references: vpc "vpc", tables "table", subnets "subnet",
 * groups "group", interfaces "interface"), "fl" (ec2_FlowLog; reference: its VPC, subnet or
 * interface "resource").
 */
#pragma once

#include <netinet/in.h>

#include "base/err.h"
#include "base/str.h"

struct np_arena;
struct np_txn;
struct ec2_view;
struct agent_BlockList;
struct ec2_cidr;

/* How many endpoints the VPC has: DependencyViolation of DeleteVpc. */
size_t ec2_vpce_count(struct np_txn *t, struct np_str vpc);
/* A route table goes: gateway endpoints leave it out. In an apply. */
int ec2_vpce_drop_table(struct np_txn *t, struct np_str table, struct np_err *err);

/* --- for netview --- */

/* Blocks of services that gateway endpoints lead to from this table: its Endpoints. */
void ec2_net_table_endpoints(const struct ec2_view *view, struct np_str vpc, struct np_str table,
                             struct np_arena *a, struct agent_BlockList *out);

struct ec2_net_endpoint {
    struct np_str id;
    struct np_str service;         /* "s3", "kms": the API's name */
    bool gateway;                  /* traffic comes by the door, from subnets of its tables */
    struct np_strs tables;         /* of a gateway */
    const struct ec2_cidr *blocks; /* of a gateway */
    size_t n_blocks;
    struct np_str policy; /* JSON; absent: all is allowed */
    /* Lead to the addresses; "*.NAME" stands for what is below. Own ones do everywhere, the
     * service's (private DNS) in the VPC. */
    struct np_strs names, private_names;
    const struct in_addr *addresses; /* of its interfaces, network order */
    size_t n_addresses;
};
size_t ec2_net_endpoints(const struct ec2_view *view, struct np_str vpc, struct np_arena *a,
                         struct ec2_net_endpoint **out);

struct ec2_net_flow_log {
    struct np_str id, account;
    struct np_str resource; /* vpc-…, subnet-… or eni-… */
    bool accept, reject;
    int64_t interval_s; /* 60 or 600 */
};
size_t ec2_net_flow_logs(const struct ec2_view *view, struct np_str vpc, struct np_arena *a,
                         struct ec2_net_flow_log **out);
