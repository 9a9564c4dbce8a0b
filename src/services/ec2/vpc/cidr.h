/* SPDX-License-Identifier: Apache-2.0 */
/* cidr.h - IPv4 blocks: "10.0.0.0/16". Addresses are in host byte order. */
#pragma once

#include "base/str.h"

struct np_arena;
struct ec2_cidr {
    uint32_t addr;
    uint8_t bits;
};
/* Any host bits; *out keeps them. False: no IPv4 block. */
bool ec2_cidr_parse(struct np_str s, struct ec2_cidr *out);
bool ec2_cidr_is_network(struct ec2_cidr c); /* no host bits are set */
struct ec2_cidr ec2_cidr_network(struct ec2_cidr c);
struct np_str ec2_cidr_text(struct np_arena *a, struct ec2_cidr c);
uint32_t ec2_cidr_first(struct ec2_cidr c);
uint32_t ec2_cidr_last(struct ec2_cidr c);
bool ec2_cidr_has(struct ec2_cidr outer, struct ec2_cidr inner); /* wholly */
bool ec2_cidr_overlap(struct ec2_cidr a, struct ec2_cidr b);
bool ec2_cidr_has_addr(struct ec2_cidr c, uint32_t addr);
/* "::/0" and the like: is it a block of IPv6 at all? Canonical text in *out (may be NULL). */
bool ec2_cidr6_ok(struct np_arena *a, struct np_str s, struct np_str *out);

bool ec2_ip_parse(struct np_str s, uint32_t *out);
struct np_str ec2_ip_text(struct np_arena *a, uint32_t addr);
