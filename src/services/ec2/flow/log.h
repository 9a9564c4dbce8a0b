/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - where a flow log goes. */
#pragma once

#include "base/str.h"

/* "arn:aws:s3:::BUCKET/PREFIX/": the prefix without its last slash, may be empty. False: no such
 * ARN. */
bool ec2_flow_destination(struct np_str arn, struct np_str *bucket, struct np_str *prefix);
