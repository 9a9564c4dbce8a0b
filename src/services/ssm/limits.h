/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the quotas of Parameter Store: AWS's defaults. */
#pragma once

#define SSM_STANDARD_MAX       10000  /* parameters of an account in a region */
#define SSM_ADVANCED_MAX       100000 /* the same, of the advanced tier */
#define SSM_STANDARD_VALUE_MAX 4096   /* bytes */
#define SSM_ADVANCED_VALUE_MAX 8192
#define SSM_LEVELS_MAX         15   /* of a hierarchy */
#define SSM_ARN_MAX            1011 /* characters of a parameter's ARN */
#define SSM_VERSIONS_MAX       100  /* kept of a parameter */
#define SSM_LABELS_MAX         10   /* of a version */
#define SSM_POLICIES_MAX       10   /* of a parameter */
#define SSM_TAGS_MAX           50   /* of a parameter */
#define SSM_NAMES_MAX          10   /* of one call */

#define SSM_PATH_PAGE     10 /* GetParametersByPath, DescribeParameters */
#define SSM_HISTORY_PAGE  50
#define SSM_SCAN_MAX      500  /* rows that one page looks at; the rest is for the next page */
#define SSM_EXPIRED_BATCH 100  /* parameters that one write removes */
#define SSM_EXPIRY_MS     1000 /* how often the clock is looked at */
