/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the quotas of an account and of what it owns: AWS's
 * defaults, but for the record sets of a zone, of which AWS grants 10,000 at first. */
#pragma once

#define ROUTE53_ZONES_MAX             500     /* hosted zones of an account */
#define ROUTE53_CHECKS_MAX            200     /* health checks of an account */
#define ROUTE53_SETS_MAX              100     /* reusable delegation sets of an account */
#define ROUTE53_SET_ZONES_MAX         100     /* zones of a reusable delegation set */
#define ROUTE53_RRSETS_MAX            1000000 /* record sets of a zone */
#define ROUTE53_VPCS_MAX              300     /* VPCs of a private zone */
#define ROUTE53_AUTHORIZATIONS_MAX    1000    /* VPCs of other accounts that may be associated */
#define ROUTE53_VALUES_MAX            400     /* values of a record set */
#define ROUTE53_POLICY_RRSETS_MAX     100     /* of one name and type */
#define ROUTE53_BATCH_RECORDS_MAX     1000    /* values in a batch; UPSERT counts twice */
#define ROUTE53_BATCH_LETTERS_MAX     32000 /* letters of values in a batch; UPSERT counts twice */
#define ROUTE53_PAGE_MAX              100
#define ROUTE53_RRSETS_PAGE_MAX       300
#define ROUTE53_KEYS_MAX              2 /* key-signing keys of a zone */
#define ROUTE53_TRAFFIC_POLICIES_MAX  50
#define ROUTE53_TRAFFIC_INSTANCES_MAX 5

#define ROUTE53_CHANGE_DAYS 90 /* GetChange knows a change for so long */
#define ROUTE53_DAY_MS      (24LL * 3600 * 1000)
