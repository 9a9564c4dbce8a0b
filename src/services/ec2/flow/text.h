/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - records of flow logs as lines, in the log's format. */
#pragma once

#include "base/buf.h"
#include "services/ec2/flow/format.h"

struct np_core;
struct np_vnet_window;

/* "version account-id …" with its end. */
void ec2_flow_head(struct np_buf *b, const struct ec2_flow_format *f);
/* A line for every row; NODATA for interfaces that had none, SKIPDATA where some may be missing.
 * What is not known of an interface any more is "-". */
void ec2_flow_lines(struct np_buf *b, const struct ec2_flow_format *f, const struct np_core *core,
                    struct np_str account, const struct np_vnet_window *w);
