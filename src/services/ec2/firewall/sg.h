/* SPDX-License-Identifier: Apache-2.0 */
/* sg.h - security groups and their rules.
 *
 * Item kinds: "sg" (ec2_SecurityGroup without rules; unique name in its VPC), "sgr"
 * (ec2_SecurityGroupRule). References: sg -> vpc "vpc"; sgr -> its group "group", -> the group that
 * it names "peer", -> its prefix list "list". Writing functions are for apply.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_arena;
struct np_core;
struct np_txn;
struct ec2_view;

/* The default group of a new VPC: all from itself in, all out. *id in the transaction's arena. */
int ec2_sg_default(struct np_txn *t, struct np_str vpc, struct np_str *id, struct np_err *err);
/* With the VPC: its default group goes (the others have been found to be none). */
int ec2_sg_drop_default(struct np_txn *t, struct np_str vpc, struct np_err *err);
/* How many groups of the VPC are not its default one: DependencyViolation of DeleteVpc. */
size_t ec2_sg_count_own(struct np_txn *t, struct np_str vpc);
/* Ids of groups for an interface in `vpc`: all there (InvalidGroup.NotFound), of that VPC or
 * associated with it, at most five. None given: the default group. */
int ec2_sg_resolve(struct np_txn *t, struct np_str vpc, const struct np_str *ids, size_t n,
                   struct np_strs *out, struct np_err *err);
/* Ids of groups by their names in a VPC (RunInstances' SecurityGroups). InvalidGroup.NotFound. */
int ec2_sg_by_names(struct np_txn *t, struct np_str vpc, const struct np_str *names, size_t n,
                    struct np_strs *out, struct np_err *err);
struct np_str ec2_sg_name(const struct ec2_view *view, struct np_str id); /* absent: none */

/* --- for netview --- */
struct agent_GroupList;
/* Groups of the VPC, and groups associated with it, in order of their ids. References to groups of
 * a peered VPC and prefix lists are spelled out as addresses and blocks: when a VPC changes, VPCs
 * with an active peering to it are to be told anew, and when a prefix list ("pl-…", no VPC)
 * changes, all. IPv6 ranges are left out. */
void ec2_net_groups(const struct np_core *core, const struct ec2_view *view, struct np_str vpc,
                    struct np_arena *a, struct agent_GroupList *out);
/* Their ids, in that order. */
void ec2_net_group_ids(const struct ec2_view *view, struct np_str vpc, struct np_arena *a,
                       struct np_strs *out);

#define EC2_PUBLIC_PORTS 64
/* Ports of TCP, or of UDP, that groups of the interface open to the client on the host (host
 * order), lowest first: those that a rule names; of rules for more than EC2_PUBLIC_PORTS those that
 * servers usually have. */
size_t ec2_net_public_ports(const struct ec2_view *view, struct np_str eni, uint32_t client,
                            bool udp, uint16_t ports[EC2_PUBLIC_PORTS]);
