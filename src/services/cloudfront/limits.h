/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a client can grow in CloudFront, at most: AWS's quotas. */
#pragma once

/* of an account */
#define CLOUDFRONT_DISTRIBUTIONS_MAX     500
#define CLOUDFRONT_POLICIES_MAX          20 /* of each kind, managed ones not counted */
#define CLOUDFRONT_ACCESS_CONTROLS_MAX   100
#define CLOUDFRONT_ACCESS_IDENTITIES_MAX 100
#define CLOUDFRONT_PUBLIC_KEYS_MAX       10
#define CLOUDFRONT_KEY_GROUPS_MAX        10
#define CLOUDFRONT_FUNCTIONS_MAX         100

/* of a distribution */
#define CLOUDFRONT_ALIASES_MAX               100
#define CLOUDFRONT_ORIGINS_MAX               100
#define CLOUDFRONT_ORIGIN_GROUPS_MAX         10
#define CLOUDFRONT_BEHAVIORS_MAX             75
#define CLOUDFRONT_ORIGIN_HEADERS_MAX        30
#define CLOUDFRONT_KEY_GROUPS_USE_MAX        4 /* of a cache behaviour */
#define CLOUDFRONT_FUNCTION_ASSOCIATIONS_MAX 2 /* of a cache behaviour */
#define CLOUDFRONT_PATH_MAX                  255
#define CLOUDFRONT_COMMENT_MAX               128
#define CLOUDFRONT_FORWARDED_MAX             10 /* headers, cookies, query strings of forwarded values */

/* of a policy, a key, a key group */
#define CLOUDFRONT_POLICY_NAMES_MAX   10 /* headers, cookies, query strings, each */
#define CLOUDFRONT_CUSTOM_HEADERS_MAX 10
#define CLOUDFRONT_REMOVE_HEADERS_MAX 10
#define CLOUDFRONT_CSP_MAX            1783
#define CLOUDFRONT_NAME_MAX           128
#define CLOUDFRONT_GROUP_KEYS_MAX     5
#define CLOUDFRONT_ENCODED_KEY_MAX    2048

#define CLOUDFRONT_INVALIDATION_PATHS_MAX 3000
#define CLOUDFRONT_INVALIDATIONS_KEPT     1000 /* of a distribution; the oldest is forgotten */
#define CLOUDFRONT_PATH_BYTES_MAX         4000 /* of a path of an invalidation */
#define CLOUDFRONT_FUNCTION_URI_MAX       8192 /* that a function may make, and one more */
#define CLOUDFRONT_TTL_MAX                3153600000
#define CLOUDFRONT_PAGE_MAX               100
#define CLOUDFRONT_CONFIG_BYTES_MAX       (1 << 20)
