/* SPDX-License-Identifier: Apache-2.0 */
/* netplan.h - a network as it was told, checked, with the names and numbers that it gets here. */
#pragma once

#include "base/err.h"
#include "gen/agent/types.h"

#define NP_PLAN_NAME 16 /* of a link */

struct np_plan_if {
    const struct agent_Interface *i;
    char name[NP_PLAN_NAME]; /* of the router's end; of the region's own: empty */
    bool fresh;              /* its link has just been made */
};

struct np_plan {
    const struct agent_EnsureNetworkRequest *net;
    struct np_plan_if *ifs;                             /* as Interfaces */
    char (*nats)[NP_PLAN_NAME], (*peers)[NP_PLAN_NAME]; /* as Nats, Peers */
    char uplink[NP_PLAN_NAME];                          /* the internet's end of its link */
    /* As Tables: mark of packets that use it, and its number. Made of what is in it: a table that
     * changes gets another one, and is ready before packets are sent there. */
    uint32_t *marks;
};

#define NP_PLAN_UPLINK "igw0" /* the router's end */

/* NP_EINVAL, NP_E2BIG: what is wrong with it. The plan refers to `net`. */
int np_plan_make(struct np_arena *a, const struct agent_EnsureNetworkRequest *net,
                 struct np_plan *out, struct np_err *err);

/* prefix and 12 hexadecimal digits: the same for the same text. */
void np_plan_name(char out[NP_PLAN_NAME], char prefix, struct np_str a, struct np_str b);
static inline bool np_plan_is_own(const struct np_plan_if *f)
{
    return f->name[0] == '\0';
}
static inline bool np_plan_is_public(const struct agent_Nat *nat)
{
    return nat->Addresses.v[0].Public.set;
}
static inline uint32_t np_plan_mask(int64_t bits)
{
    return bits == 0 ? 0 : ~0u << (32 - bits);
}
static inline bool np_plan_in(uint32_t addr, const struct agent_Block *b)
{
    return ((addr ^ (uint32_t)b->Address.v) & np_plan_mask(b->Bits.v)) == 0;
}
/* Whether all of `inner` is in `outer`. */
static inline bool np_plan_within(const struct agent_Block *inner, const struct agent_Block *outer)
{
    return inner->Bits.v >= outer->Bits.v && np_plan_in((uint32_t)inner->Address.v, outer);
}
/* Where traffic of a NAT goes on: the route of its subnet's table that leads to all of the block;
 * NULL: none. */
const struct agent_Route *np_plan_onward(const struct np_plan *p, const struct agent_Nat *nat,
                                         const struct agent_Block *to);
