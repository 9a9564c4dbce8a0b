/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what sessions and identity providers can grow, at most. */
#pragma once

#define STS_PACKED_MAX        4096 /* bytes of session policy, policy ARNs and tags of a token */
#define STS_POLICY_ARNS_MAX   10
#define STS_TAGS_MAX          50    /* of a call; a chained session has those it inherits, too */
#define STS_TOKENS_CACHED_MAX 256   /* opened tokens a loop */
#define STS_TOKEN_MAX         16384 /* characters of a session token */
