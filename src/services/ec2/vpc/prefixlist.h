/* SPDX-License-Identifier: Apache-2.0 */
/* prefixlist.h - managed prefix lists: the user's with their versions, and the region's own.
 *
 * Item kind PREFIX_LIST: own has the CIDRs of the current version; entries of all versions are rows
 * of ec2_list_version. The region's own (com.amazonaws.REGION.s3) are no items: their ids follow
 * from region and service. Who uses a list (a rule, a route) refers to it: "list".
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_arena;
struct np_txn;
struct ec2_view;

/* Is there such a list? In an apply: *weight is its MaxEntries, which a group or a route table
 * counts. InvalidPrefixListID.NotFound. *own: one of the region's own, to which no reference can be
 * made. */
int ec2_pl_check(struct np_txn *t, struct np_str id, size_t *weight, bool *own, struct np_err *err);
/* CIDRs of its current version, IPv4 or IPv6; none if there is no such list. */
void ec2_pl_cidrs(const struct ec2_view *view, struct np_str region, struct np_str id,
                  struct np_arena *a, struct np_strs *out);
/* The list of the blocks of a service that has a gateway endpoint ("s3"); absent: it has none. */
struct np_str ec2_pl_of_service(struct np_arena *a, struct np_str region, struct np_str service);
