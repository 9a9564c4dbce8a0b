/* SPDX-License-Identifier: Apache-2.0 */
/* eni.h - network interfaces: made, attached and dropped by instances, NAT gateways and endpoints.
 *
 * Item kind "eni": detail is ec2_NetworkInterface as Describe answers it, without TagSet and names
 * of groups. References: subnet "subnet", each group "group", the instance that has it "instance".
 * All writing functions are for apply, return 0 or a fault in err, and tell the change (ec2.item).
 * Ids are drawn inside. What they hand out lives in the transaction's arena.
 */
#pragma once

#include <netinet/in.h>

#include "base/err.h"
#include "base/str.h"

struct np_arena;
struct np_txn;
struct ec2_view;
struct ec2_NetworkInterface;
struct ec2_NetworkInterfaceAssociation;
struct ec2_TagSpecificationList;

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
    const struct ec2_TagSpecificationList *tags; /* those of "network-interface"; may be NULL */
};
/* Faults: InvalidSubnetID.NotFound, InsufficientFreeAddressesInSubnet, InvalidIPAddress.InUse,
 * InvalidParameterValue (address outside the subnet, or reserved), InvalidGroup.NotFound,
 * SecurityGroupsPerInterfaceLimitExceeded. Status is "available", of a requester's "in-use". */
int ec2_eni_create(struct np_txn *t, const struct ec2_eni_opts *o,
                   struct ec2_NetworkInterface **out, struct np_err *err);

struct ec2_eni_attach {
    struct np_str instance;
    int device;
    bool delete_on_termination;
};
/* Faults: InvalidNetworkInterfaceID.NotFound, InvalidNetworkInterface.InUse, InvalidParameterValue
 * (device index taken). The caller has looked at the instance, its zone and how many it may have.
 */
int ec2_eni_attach(struct np_txn *t, struct np_str eni, const struct ec2_eni_attach *a,
                   struct ec2_NetworkInterface **out, struct np_err *err);
int ec2_eni_detach(struct np_txn *t, struct np_str eni, struct np_err *err);
/* Without asking whose it is; an attached one is taken off first. Elastic addresses must be off. */
int ec2_eni_drop(struct np_txn *t, struct np_str eni, struct np_err *err);
/* At the end of an instance: those with DeleteOnTermination go, the others become available. */
int ec2_eni_end_instance(struct np_txn *t, struct np_str instance, struct np_err *err);

/* By id; NULL and a fault if there is none. A copy in the transaction's arena, without tags. */
int ec2_eni_find(struct np_txn *t, struct np_str eni, struct ec2_NetworkInterface **out,
                 struct np_err *err);
/* Interfaces of an instance by device index. In apply, and from the view. */
struct ec2_enis {
    struct ec2_NetworkInterface **v;
    size_t n;
};
int ec2_eni_of_instance(struct np_txn *t, struct np_str instance, struct ec2_enis *out,
                        struct np_err *err);
void ec2_eni_view_instance(const struct ec2_view *view, struct np_str instance, struct np_arena *a,
                           struct ec2_enis *out);
/* Which interface of the VPC has this private address; NULL: none (IMDS, DNS). */
const struct ec2_NetworkInterface *ec2_eni_by_address(const struct ec2_view *view,
                                                      struct np_str vpc, struct in_addr address);

/* Address outside of a private address of it (absent: the primary), set by the owner of addresses;
 * NULL takes it off. Faults: InvalidParameterValue if it has no such private address. */
int ec2_eni_associate(struct np_txn *t, struct np_str eni, struct np_str private_ip,
                      const struct ec2_NetworkInterfaceAssociation *as, struct np_err *err);
/* Puts the groups (ids) in place of the old ones; checks them as create does. */
int ec2_eni_set_groups(struct np_txn *t, struct np_str eni, const struct np_str *groups, size_t n,
                       struct np_err *err);
int ec2_eni_set_source_check(struct np_txn *t, struct np_str eni, bool check, struct np_err *err);
int ec2_eni_set_delete_on_termination(struct np_txn *t, struct np_str eni, bool on,
                                      struct np_err *err);
/* More private addresses: those given, and `more` free ones. */
int ec2_eni_assign(struct np_txn *t, struct np_str eni, const struct np_str *given, size_t n,
                   size_t more, struct np_err *err);
int ec2_eni_unassign(struct np_txn *t, struct np_str eni, const struct np_str *addresses, size_t n,
                     struct np_err *err);

/* AvailableIpAddressCount of a subnet. */
size_t ec2_eni_free_addresses(const struct ec2_view *view, struct np_str subnet,
                              struct np_str cidr);

/* --- for netview --- */
struct agent_InterfaceList;
/* Interfaces of the VPC that are attached or the region's, in order of their ids. `subnets`: ids in
 * the order of the network's Subnets; groups by their place in ec2_net_groups(). */
void ec2_net_interfaces(const struct ec2_view *view, struct np_str vpc,
                        const struct np_strs *subnets, struct np_arena *a,
                        struct agent_InterfaceList *out);
