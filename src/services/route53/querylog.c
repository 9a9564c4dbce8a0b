/* SPDX-License-Identifier: Apache-2.0 */
/* querylog.c - what is asked of query logging, which no zone has: its groups are CloudWatch
 * Logs's. */
#include "services/route53/route53_int.h"

int route53_GetQueryLoggingConfig(struct np_req *rq,
                                  const struct route53_GetQueryLoggingConfigRequest *in,
                                  struct route53_GetQueryLoggingConfigResponse *out,
                                  struct np_err *err)
{
    (void)rq, (void)out;
    return np_fault(err, &ROUTE53_NoSuchQueryLoggingConfig,
                    "The query logging config with ID %.*s does not exist.", NP_FMT(in->Id));
}

int route53_ListQueryLoggingConfigs(struct np_req *rq,
                                    const struct route53_ListQueryLoggingConfigsRequest *in,
                                    struct route53_ListQueryLoggingConfigsResponse *out,
                                    struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    struct route53_zone z;
    int64_t most;
    if (in->NextToken.n != 0)
        return np_fault(err, &ROUTE53_InvalidPaginationToken, "The token is not valid.");
    out->QueryLoggingConfigs.set = true;
    int rc = route53_max_items(in->MaxResults, ROUTE53_PAGE_MAX, &most, err);
    return rc != 0 || in->HostedZoneId.n == 0 ? rc
                                              : route53_zone_find(&db, in->HostedZoneId, &z, err);
}
