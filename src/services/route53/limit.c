/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - quotas, and how much of them is used. */
#include "services/route53/route53_int.h"

int route53_GetAccountLimit(struct np_req *rq, const struct route53_GetAccountLimitRequest *in,
                            struct route53_GetAccountLimitResponse *out, struct np_err *err)
{
    static const struct {
        const char *type;
        int64_t most;
        struct np_sql count;
    } limits[] = {
        {"MAX_HOSTED_ZONES_BY_OWNER",
         ROUTE53_ZONES_MAX,
         {"SELECT count(*) FROM route53_zone WHERE account = :account"}},
        {"MAX_HEALTH_CHECKS_BY_OWNER",
         ROUTE53_CHECKS_MAX,
         {"SELECT count(*) FROM route53_check WHERE account = :account"}},
        {"MAX_REUSABLE_DELEGATION_SETS_BY_OWNER",
         ROUTE53_SETS_MAX,
         {"SELECT count(*) FROM route53_set WHERE account = :account"}},
        {"MAX_TRAFFIC_POLICIES_BY_OWNER", ROUTE53_TRAFFIC_POLICIES_MAX, {"SELECT 0"}},
        {"MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER", ROUTE53_TRAFFIC_INSTANCES_MAX, {"SELECT 0"}},
    };
    struct route53_db db = route53_db_req(rq);
    NP_EACH (l, limits) {
        if (!np_str_eq(in->Type, np_str_of(l->type)))
            continue;
        out->Limit = np_new(db.a, struct route53_AccountLimit);
        *out->Limit = (struct route53_AccountLimit){in->Type, ROUTE53_INT(l->most)};
        out->Count = ROUTE53_INT(route53_first_int(route53_q(&db, &l->count, "")));
        return 0;
    }
    return np_fault(err, &ROUTE53_InvalidInput, "There is no limit %.*s.", NP_FMT(in->Type));
}

int route53_GetHostedZoneLimit(struct np_req *rq,
                               const struct route53_GetHostedZoneLimitRequest *in,
                               struct route53_GetHostedZoneLimitResponse *out, struct np_err *err)
{
    NP_SQL(vpcs, "SELECT count(*) FROM route53_zone_vpc WHERE zone = ?1");
    struct route53_db db = route53_db_req(rq);
    struct route53_zone z;
    bool rrsets = np_str_is(in->Type, "MAX_RRSETS_BY_ZONE");
    int rc = route53_zone_find(&db, in->HostedZoneId, &z, err);
    if (rc != 0)
        return rc;
    if (!rrsets && !z.private)
        return np_fault(err, &ROUTE53_HostedZoneNotPrivate,
                        "The specified hosted zone is a public hosted zone.");
    out->Limit = np_new(db.a, struct route53_HostedZoneLimit);
    out->Limit->Type = in->Type;
    out->Limit->Value = ROUTE53_INT(rrsets ? ROUTE53_RRSETS_MAX : ROUTE53_VPCS_MAX);
    out->Count =
        ROUTE53_INT(rrsets ? z.rrsets : route53_first_int(route53_q(&db, &vpcs, "s", z.id)));
    return 0;
}

int route53_GetReusableDelegationSetLimit(
    struct np_req *rq, const struct route53_GetReusableDelegationSetLimitRequest *in,
    struct route53_GetReusableDelegationSetLimitResponse *out, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM route53_zone WHERE account = :account AND set_id = ?1");
    struct route53_db db = route53_db_req(rq);
    struct np_str id = route53_bare_id(in->DelegationSetId), reference, servers;
    int rc = route53_set_find(&db, id, &reference, &servers, err);
    if (rc != 0)
        return rc;
    out->Limit = np_new(db.a, struct route53_ReusableDelegationSetLimit);
    *out->Limit =
        (struct route53_ReusableDelegationSetLimit){in->Type, ROUTE53_INT(ROUTE53_SET_ZONES_MAX)};
    out->Count = ROUTE53_INT(route53_first_int(route53_q(&db, &count, "s", id)));
    return 0;
}
