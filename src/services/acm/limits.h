/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what an account may have in a region, AWS's where it has one, and how long things
 * take. */
#pragma once

#define ACM_REQUESTED_MAX   2500
#define ACM_IMPORTED_MAX    2500
#define ACM_NAMES_MAX       100 /* of a certificate; AWS begins with 10 and raises it to 100 */
#define ACM_FIRST_NAME_MAX  64  /* it is the subject's common name */
#define ACM_CHAIN_MAX       16  /* certificates of an imported chain */
#define ACM_TAGS_MAX        50
#define ACM_PAGE_MAX        1000
#define ACM_SUMMARY_NAMES   100
#define ACM_SEARCH_DEFAULT  100
#define ACM_FILTERS_MAX     256 /* statements of a search */
#define ACM_CAA_RECORDS_MAX 64  /* of one name; more are as bad as one that forbids */

#define ACM_HOUR_MS       3600000LL
#define ACM_DAY_MS        (24 * ACM_HOUR_MS)
#define ACM_VALID_DAYS    198 /* of what is issued */
#define ACM_RENEW_DAYS    45  /* before the end renewal begins */
#define ACM_VALIDATION_MS (72 * ACM_HOUR_MS)
#define ACM_TOKEN_MS      ACM_HOUR_MS /* an idempotency token is remembered */
