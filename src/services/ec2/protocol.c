/* SPDX-License-Identifier: Apache-2.0 */
/* protocol.c - protocols of rules by name and number. */
#include "services/ec2/protocol.h"

#include "base/arena.h"

static const struct {
    const char *name;
    int number;
} named[] = {
    {"tcp", EC2_PROTOCOL_TCP},       {"udp", EC2_PROTOCOL_UDP}, {"icmp", EC2_PROTOCOL_ICMP},
    {"icmpv6", EC2_PROTOCOL_ICMPV6}, {"all", EC2_PROTOCOL_ALL},
};

bool ec2_protocol_parse(struct np_str s, int *out)
{
    int64_t n;
    NP_EACH (p, named) {
        if (np_str_ieq(s, np_str_of(p->name))) {
            *out = p->number;
            return true;
        }
    }
    if (!np_str_i64(s, &n) || n < -1 || n > 255)
        return false;
    *out = (int)n;
    return true;
}

struct np_str ec2_protocol_name(struct np_arena *a, int protocol)
{
    if (protocol == EC2_PROTOCOL_ALL)
        return NP_STR("-1");
    NP_EACH (p, named) {
        if (p->number == protocol)
            return np_str_of(p->name);
    }
    return np_str_printf(a, "%d", protocol);
}
