/* SPDX-License-Identifier: Apache-2.0 */
/* instance.h - instances as other files of the service need them.
 *
 * Item kind INSTANCE: detail is ec2_Instance without what is computed (interfaces, volumes, public
 * address, names, tags); own is ec2_InstanceOwn: reservation, user data, what is wanted of it and
 * which boot that is. Its profile is an item PROFILE, its key's public half is in own. References:
 * instance -> "vpc", "subnet"; of interfaces and volumes -> instance. A terminated one is a row for
 * an hour and refers to nothing.
 *
 * Threads: what takes a view, on any loop; what takes a transaction, in an apply.
 */
#pragma once

#include "services/ec2/item.h"

struct np_compute;

/* Codes of InstanceState. */
enum ec2_state {
    EC2_PENDING = 0,
    EC2_RUNNING = 16,
    EC2_SHUTTING_DOWN = 32,
    EC2_TERMINATED = 48,
    EC2_STOPPING = 64,
    EC2_STOPPED = 80,
};
enum ec2_state ec2_instance_state(const struct ec2_item *instance);

/* Who has that private address in a VPC (host order), of any account: its instance, by the item of
 * the interface too (may be NULL). NULL: nobody, or no instance. For the metadata service. */
const struct ec2_item *ec2_instance_at(const struct np_core *core, struct np_str vpc,
                                       uint32_t address, const struct ec2_item **eni);

/* In an apply, for who attaches something: the instance, if it is running or stopped
 * (IncorrectState: «Instance 'i-…' is not 'running'.»); `running` asks for one that runs. */
int ec2_instance_get(struct np_txn *t, struct np_str id, bool running, struct ec2_item **out,
                     struct np_err *err);
/* Boots it again (RebootInstances; CreateImage without NoReboot). Puts it. */
int ec2_instance_reboot(struct np_txn *t, struct ec2_item *instance, struct np_err *err);

/* At most so many interfaces, and private addresses on each, by its type. */
int64_t ec2_instance_interfaces_max(const struct ec2_item *instance);
int64_t ec2_instance_addresses_max(const struct ec2_item *instance);

/* The profile of an instance: ARN and id; absent ARN: none. Waits for nothing. */
struct ec2_profile {
    struct np_str arn, id;
};
struct ec2_profile ec2_instance_profile(const struct ec2_view *v, struct np_str instance);

/* As DescribeInstances answers it (own copy in `a`): interfaces, volumes, addresses, names. */
#define EC2_INSTANCE_FILLS                                                                         \
    "NetworkInterfaces BlockDeviceMappings SecurityGroups ProductCodes Tags PrivateDnsName "       \
    "PublicDnsName PrivateIpAddress PublicIpAddress SourceDestCheck IamInstanceProfile"
void ec2_instance_fill(const struct ec2_view *v, const struct ec2_item *it, struct np_arena *a,
                       void *out);

/* The region's engine of machines, made by reconcile.c in the service's start; NULL where
 * there is none (tests of state alone). Loop 0 unless compute.h says any thread. */
struct np_compute *ec2_compute(const struct np_core *core);
