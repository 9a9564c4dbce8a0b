/* SPDX-License-Identifier: Apache-2.0 */
/* protocol.h - protocols of rules by name and number. */
#pragma once

#include "base/str.h"

struct np_arena;

#define EC2_PROTOCOL_ALL    (-1)
#define EC2_PROTOCOL_ICMP   1
#define EC2_PROTOCOL_TCP    6
#define EC2_PROTOCOL_UDP    17
#define EC2_PROTOCOL_ICMPV6 58

/* "tcp", "6", "-1", "all": its number; false: unknown. Letters in any case. */
bool ec2_protocol_parse(struct np_str s, int *out);
/* As security groups show it: the four that have names by them, the others by number. */
struct np_str ec2_protocol_name(struct np_arena *a, int protocol);
static inline bool ec2_protocol_has_ports(int protocol)
{
    return protocol == EC2_PROTOCOL_TCP || protocol == EC2_PROTOCOL_UDP;
}
static inline bool ec2_protocol_has_types(int protocol)
{
    return protocol == EC2_PROTOCOL_ICMP || protocol == EC2_PROTOCOL_ICMPV6;
}
