/* SPDX-License-Identifier: Apache-2.0 */
/* firewall.h - the ruleset of a router, made of its plan. What it does is said in README.md. */
#pragma once

#include "host/net/netplan.h"
#include "host/net/ruleset.h"

/* A sealed one, the caller's. */
struct np_ruleset *np_firewall(const struct np_plan *p);

/* Of the internet between the routers: what is for nobody there goes to the region's socket. */
struct np_ruleset *np_firewall_internet(void);

/* --- inside --- */
#define NP_FW_ADDR    "%u.%u.%u.%u"
#define NP_FW_QUAD(a) (a) >> 24 & 255u, (a) >> 16 & 255u, (a) >> 8 & 255u, (a)&255u

/* firewall_group.c: chains of what groups and lists of control let through. */
struct np_piece *np_firewall_group(struct np_ruleset *r, const struct np_plan *p, size_t group,
                                   bool in);
/* Name of the chain, made if it is not there; of a list that lets everything through, or for no
 * list, absent. */
struct np_str np_firewall_acl(struct np_ruleset *r, const struct agent_AclRuleList *l, bool in);
