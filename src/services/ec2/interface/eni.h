/* SPDX-License-Identifier: Apache-2.0 */
/* eni.h - network interfaces: made, attached and dropped by instances, NAT gateways and endpoints.
 *
 * Item kind "eni": detail is ec2_NetworkInterface as Describe answers it, without TagSet and names
 * of groups. References: subnet "subnet", each group "group", the instance that has it "instance".
 * Addresses outside stand in the Association of it and of its private addresses, which belong to
 * address.h. All writing functions are for an apply; what they hand out lives in its arena.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_arena;
struct np_txn;
struct ec2_view;
struct ec2_item;
struct ec2_db;
struct np_tag;

struct ec2_eni_opts {
    struct np_str subnet;
    struct np_str description;
    struct np_str primary; /* address; absent: a free one of the subnet */
    const struct np_str *secondary;
    size_t n_secondary;
    size_t more_secondary;       /* so many free ones beside those */
    const struct np_str *groups; /* ids; none: the VPC's default group */
    size_t n_groups;
    const char *type;      /* InterfaceType: NULL "interface", "natGateway", "vpc_endpoint" */
    const char *requester; /* RequesterId of an interface that the region manages: users may not
                            * change or delete it; NULL: the user's */
    bool no_groups;        /* a NAT gateway's has none */
    bool no_source_check;  /* a NAT gateway's */
    const struct np_tag *tags;
    size_t n_tags;
};
/* Puts it. Faults: InvalidSubnetID.NotFound, InsufficientFreeAddressesInSubnet,
 * InvalidIPAddress.InUse, InvalidParameterValue (address outside the subnet, or reserved),
 * InvalidGroup.NotFound, SecurityGroupsPerInterfaceLimitExceeded. Status is "available", of a
 * requester's "in-use". */
int ec2_eni_create(struct np_txn *t, const struct ec2_eni_opts *o, struct ec2_item **out,
                   struct np_err *err);

struct ec2_eni_attachment {
    struct np_str instance;
    int64_t device;
    bool delete_on_termination;
};
/* Changes and puts it. Faults: InvalidNetworkInterface.InUse, InvalidParameterValue (device index
 * taken). The caller has looked at the instance, its zone and how many it may have. */
int ec2_eni_attach(struct np_txn *t, struct ec2_item *eni, const struct ec2_eni_attachment *a,
                   struct np_err *err);
/* Nothing if it is not attached. Puts it. */
int ec2_eni_detach(struct np_txn *t, struct ec2_item *eni, struct np_err *err);
/* Without asking whose it is; an attached one is taken off, its public addresses are let go. */
int ec2_eni_drop(struct np_txn *t, struct ec2_item *eni, struct np_err *err);
/* At the end of an instance: those with DeleteOnTermination go, the others become available. */
int ec2_eni_end_instance(struct np_txn *t, struct np_str instance, struct np_err *err);

/* Interfaces of an instance by device index. In an apply, and from the view. */
int ec2_eni_of_instance(const struct ec2_db *db, struct np_str instance, struct ec2_item ***out,
                        size_t *n, struct np_err *err);
size_t ec2_eni_see_instance(const struct ec2_view *view, struct np_str instance, struct np_arena *a,
                            const struct ec2_item ***out);
/* Which interface of the VPC has this private address (host order); NULL: none. */
const struct ec2_item *ec2_eni_see_address(const struct ec2_view *view, struct np_str vpc,
                                           uint32_t address);
/* As Describe shows it: names of its groups, status, tags, names of its addresses. */
void ec2_eni_fill(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                  void *out);

/* Each changes the item and its references; the caller puts it afterwards. */
int ec2_eni_set_groups(struct np_txn *t, struct ec2_item *eni, const struct np_str *groups,
                       size_t n, struct np_err *err);
/* More private addresses: those given, and `more` free ones. */
int ec2_eni_assign(struct np_txn *t, struct ec2_item *eni, const struct np_str *given, size_t n,
                   size_t more, struct np_err *err);
int ec2_eni_unassign(struct np_txn *t, struct ec2_item *eni, const struct np_str *addresses,
                     size_t n, struct np_err *err);

/* AvailableIpAddressCount of a subnet. */
size_t ec2_eni_free_addresses(const struct ec2_view *view, const struct ec2_item *subnet);

/* --- for netview --- */
struct agent_InterfaceList;
/* Interfaces of the VPC that are attached or the region's, in order of their ids. `subnets`: ids in
 * the order of the network's Subnets; groups by their place in ec2_net_groups(). */
void ec2_net_interfaces(const struct ec2_view *view, struct np_str vpc,
                        const struct np_strs *subnets, struct np_arena *a,
                        struct agent_InterfaceList *out);
