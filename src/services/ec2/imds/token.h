/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - tokens of IMDSv2: their time and a MAC of it with the instance's id, so that
 * nothing is kept, and one instance's is no other's. Pure functions. */
#pragma once

#include "base/str.h"

#define EC2_IMDS_TOKEN_BYTES 40
#define EC2_IMDS_TOKEN_TTL   21600 /* seconds, at most */

struct np_str ec2_imds_token(struct np_arena *a, const uint8_t key[32], struct np_str instance,
                             int64_t now_ms, int64_t ttl_s);
/* Seconds that it is still good for; 0: it is none, another instance's, or over. */
int64_t ec2_imds_token_left(struct np_arena *a, const uint8_t key[32], struct np_str instance,
                            struct np_str token, int64_t now_ms);
/* What X-aws-ec2-metadata-token-ttl-seconds says; 0: nothing that may be. */
int64_t ec2_imds_ttl(struct np_str field);
