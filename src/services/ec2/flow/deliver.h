/* SPDX-License-Identifier: Apache-2.0 */
/* deliver.h - flow logs on their way to buckets. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_core;
struct np_req;

void ec2_flow_deliver_init(struct np_core *core); /* in init */
void ec2_flow_deliver_fini(struct np_core *core);

/* In the begin of CreateFlowLogs, when all else is fine: lets delivery.logs.amazonaws.com write to
 * the bucket, by its policy and as the caller, unless it may already; then on to apply. */
int ec2_flow_grant(struct np_req *rq, struct np_str destination, bool hive, struct np_err *err);
