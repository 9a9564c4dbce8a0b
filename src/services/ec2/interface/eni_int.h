/* SPDX-License-Identifier: Apache-2.0 */
/* eni_int.h - network interfaces: what the files of their operations share. */
#pragma once

#include "services/ec2/interface/eni.h"
#include "services/ec2/item.h"

/* The interface of a call. OperationNotPermitted: the region manages it, the user may not. */
int ec2_eni_own(struct np_txn *t, struct np_str id, struct ec2_item **out, struct np_err *err);
/* Is it a region's (NAT gateway's, endpoint's)? */
bool ec2_eni_managed(const struct ec2_item *eni);
