/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - of STS. */
#pragma once

#define STS_TAGS_MAX        50
#define STS_POLICY_MAX      2048 /* characters of a session policy */
#define STS_POLICY_ARNS_MAX 10
#define STS_PACKED_MAX      4096 /* bytes of policies and tags that are 100 percent */
#define STS_MIN_S           900
#define STS_ROLE_S          3600
#define STS_CHAINED_MAX_S   3600
#define STS_SESSION_S       43200
#define STS_SESSION_MAX_S   129600
#define STS_ROOT_MAX_S      3600
#define STS_TOKEN_CACHE     128 /* tokens that a worker has opened */
#define STS_JWT_MAX         20000
#define STS_JWKS_MAX_BYTES  (256 * 1024)
#define STS_JWKS_TTL_MS     600000
#define STS_JWKS_FRESH_MS   60000
#define STS_JWKS_PROVIDERS  256
