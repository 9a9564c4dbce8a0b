/* SPDX-License-Identifier: Apache-2.0 */
/* vpc.c - VPCs in which a private zone answers, and those of other accounts that may be added. */
#include "services/route53/route53_int.h"

#define DIGITS_SHORT 8
#define DIGITS_LONG  17

/* --- the VPC of a call --- */

static bool is_vpc(struct np_str id)
{
    if (!np_str_starts(id, NP_STR("vpc-")) || (id.n != 4 + DIGITS_SHORT && id.n != 4 + DIGITS_LONG))
        return false;
    for (size_t i = 4; i < id.n; i++)
        if (memchr("0123456789abcdef", id.p[i], 16) == NULL)
            return false;
    return true;
}

int route53_vpc_check(const struct np_core *core, const struct route53_VPC *in,
                      struct route53_vpc *out, struct np_err *err)
{
    if (in->VPCId.p == NULL || in->VPCRegion.p == NULL)
        return np_fault(err, &ROUTE53_InvalidVPCId, "Both VPCId and VPCRegion must be specified.");
    if (!is_vpc(in->VPCId) || !np_region_ok(core, in->VPCRegion))
        return np_fault(err, &ROUTE53_InvalidVPCId,
                        "The VPC: %.*s in region %.*s that you provided is not valid.",
                        NP_FMT(in->VPCId), NP_FMT(in->VPCRegion));
    *out = (struct route53_vpc){in->VPCId, in->VPCRegion};
    return 0;
}

/* --- rows --- */

int route53_vpcs(const struct route53_db *db, struct np_str zone, struct route53_vpc **out,
                 size_t *n, struct np_err *err)
{
    NP_SQL(rows, "SELECT vpc, region FROM route53_zone_vpc WHERE zone = ?1 ORDER BY vpc");
    struct np_q *q = route53_q(db, &rows, "s", zone);
    *out = NULL;
    *n = 0;
    while (np_row(q)) {
        *out = np_array_grow(db->a, *out, *n, sizeof(**out));
        (*out)[(*n)++] = (struct route53_vpc){np_col_str(q, 0, db->a), np_col_str(q, 1, db->a)};
    }
    return np_q_end(q, err);
}

int route53_vpc_add(struct np_txn *t, const struct route53_zone *z, const struct route53_vpc *v,
                    struct np_err *err)
{
    NP_SQL(same, "SELECT z.id FROM route53_zone_vpc AS v JOIN route53_zone AS z ON z.id = v.zone "
                 "WHERE v.vpc = ?1 AND v.region = ?2 AND z.sort = ?3");
    NP_SQL(count, "SELECT count(*) FROM route53_zone_vpc WHERE zone = ?1");
    NP_SQL(add, "INSERT INTO route53_zone_vpc (zone, vpc, region) VALUES (?1, ?2, ?3)");
    struct np_q *q = np_tq(t, &same, "sss", v->id, v->region, z->sort);
    struct np_str other = np_row(q) ? np_col_str(q, 0, np_txn_arena(t)) : NP_STR_NULL;
    int rc = np_q_end(q, err);
    if (rc == 0 && other.p != NULL)
        return np_fault(err, &ROUTE53_ConflictingDomainExists,
                        "The VPC %.*s in region %.*s has already been associated with the hosted "
                        "zone %.*s with the same domain name.",
                        NP_FMT(v->id), NP_FMT(v->region), NP_FMT(other));
    if (rc == 0 && route53_first_int(np_tq(t, &count, "s", z->id)) >= ROUTE53_VPCS_MAX)
        return np_fault(err, &ROUTE53_LimitsExceeded,
                        "Limits Exceeded: MAX_VPCS_ASSOCIATED_BY_ZONE - Cannot associate more than "
                        "%d VPCs.",
                        ROUTE53_VPCS_MAX);
    if (rc == 0)
        rc = np_exec(t, &add, err, "sss", z->id, v->id, v->region);
    if (rc == 0)
        route53_zone_changed(t, z->account, z->id);
    return rc;
}

/* --- association --- */

static bool is_authorized(struct np_txn *t, struct np_str zone, const struct route53_vpc *v)
{
    NP_SQL(get, "SELECT 1 FROM route53_authorization WHERE zone = ?1 AND vpc = ?2 AND region = ?3");
    return route53_first_int(np_tq(t, &get, "sss", zone, v->id, v->region)) != 0;
}

int route53_AssociateVPCWithHostedZone_apply(
    struct np_txn *t, const struct route53_AssociateVPCWithHostedZoneRequest *in,
    struct route53_AssociateVPCWithHostedZoneResponse *out, struct np_err *err)
{
    struct route53_db db = route53_db_txn(t);
    struct np_str id = route53_bare_id(in->HostedZoneId);
    struct route53_zone z;
    struct route53_vpc v;
    int rc = route53_vpc_check(np_txn_req(t)->core, in->VPC, &v, err);
    if (rc == 0)
        rc = route53_zone_get(&db, id, &z, err);
    if (rc == NP_ENOENT)
        return route53_no_zone(id, err);
    if (rc == 0 && !np_str_eq(z.account, db.scope.account) && !is_authorized(t, id, &v))
        rc = np_fault(err, &ROUTE53_NotAuthorizedException,
                      "The VPC: %.*s has not authorized to associate with your hosted zone.",
                      NP_FMT(v.id));
    if (rc == 0 && !z.private)
        rc = np_fault(err, &ROUTE53_PublicZoneVPCAssociation,
                      "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 "
                      "doesn't support associating a VPC with a public hosted zone.");
    if (rc == 0)
        rc = route53_vpc_add(t, &z, &v, err);
    return rc != 0 ? rc : route53_change_add(t, in->Comment, &out->ChangeInfo, err);
}

/* The owner of the zone, and who has associated a VPC of another account, may end that. */
static int take_away(struct np_txn *t, const struct route53_zone *z, const struct route53_vpc *v,
                     struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM route53_zone_vpc WHERE zone = ?1");
    NP_SQL(del, "DELETE FROM route53_zone_vpc WHERE zone = ?1 AND vpc = ?2 AND region = ?3");
    int64_t n = route53_first_int(np_tq(t, &count, "s", z->id));
    int rc = np_exec(t, &del, err, "sss", z->id, v->id, v->region);
    if (rc == 0 && np_exec_changes(t) == 0)
        return np_fault(err, &ROUTE53_VPCAssociationNotFound,
                        "The VPC: %.*s in region %.*s is not associated with the hosted zone %.*s.",
                        NP_FMT(v->id), NP_FMT(v->region), NP_FMT(z->id));
    if (rc == 0 && n == 1)
        return np_fault(err, &ROUTE53_LastVPCAssociation,
                        "Cannot remove last VPC association for the private zone");
    return rc;
}

int route53_DisassociateVPCFromHostedZone_apply(
    struct np_txn *t, const struct route53_DisassociateVPCFromHostedZoneRequest *in,
    struct route53_DisassociateVPCFromHostedZoneResponse *out, struct np_err *err)
{
    struct route53_db db = route53_db_txn(t);
    struct np_str id = route53_bare_id(in->HostedZoneId);
    struct route53_zone z;
    struct route53_vpc v;
    int rc = route53_vpc_check(np_txn_req(t)->core, in->VPC, &v, err);
    if (rc == 0)
        rc = route53_zone_get(&db, id, &z, err);
    if (rc == NP_ENOENT)
        return route53_no_zone(id, err);
    if (rc == 0)
        rc = take_away(t, &z, &v, err);
    if (rc != 0)
        return rc;
    route53_zone_changed(t, z.account, z.id);
    return route53_change_add(t, in->Comment, &out->ChangeInfo, err);
}

/* --- authorization --- */

static int private_zone(struct np_txn *t, struct np_str zone_id, const struct route53_VPC *in,
                        struct route53_zone *z, struct route53_vpc *v, struct np_err *err)
{
    struct route53_db db = route53_db_txn(t);
    int rc = route53_vpc_check(np_txn_req(t)->core, in, v, err);
    if (rc == 0)
        rc = route53_zone_find(&db, zone_id, z, err);
    if (rc == 0 && !z->private)
        rc = np_fault(err, &ROUTE53_InvalidInput,
                      "The hosted zone %.*s is public: VPCs are associated with private hosted "
                      "zones.",
                      NP_FMT(z->id));
    return rc;
}

int route53_CreateVPCAssociationAuthorization_apply(
    struct np_txn *t, const struct route53_CreateVPCAssociationAuthorizationRequest *in,
    struct route53_CreateVPCAssociationAuthorizationResponse *out, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM route53_authorization WHERE zone = ?1");
    NP_SQL(add, "INSERT INTO route53_authorization (zone, vpc, region) VALUES (?1, ?2, ?3) "
                "ON CONFLICT DO UPDATE SET region = ?3");
    struct route53_zone z;
    struct route53_vpc v;
    int rc = private_zone(t, in->HostedZoneId, in->VPC, &z, &v, err);
    if (rc == 0 && route53_first_int(np_tq(t, &count, "s", z.id)) >= ROUTE53_AUTHORIZATIONS_MAX)
        rc = np_fault(err, &ROUTE53_TooManyVPCAssociationAuthorizations,
                      "The hosted zone has the %d authorizations that it may have.",
                      ROUTE53_AUTHORIZATIONS_MAX);
    if (rc == 0)
        rc = np_exec(t, &add, err, "sss", z.id, v.id, v.region);
    if (rc != 0)
        return rc;
    out->HostedZoneId = z.id;
    out->VPC = np_new(np_txn_arena(t), struct route53_VPC);
    *out->VPC = (struct route53_VPC){.VPCRegion = v.region, .VPCId = v.id};
    return 0;
}

int route53_DeleteVPCAssociationAuthorization_apply(
    struct np_txn *t, const struct route53_DeleteVPCAssociationAuthorizationRequest *in,
    struct route53_DeleteVPCAssociationAuthorizationResponse *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM route53_authorization WHERE zone = ?1 AND vpc = ?2 AND region = ?3");
    struct route53_zone z;
    struct route53_vpc v;
    (void)out;
    int rc = private_zone(t, in->HostedZoneId, in->VPC, &z, &v, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "sss", z.id, v.id, v.region);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = np_fault(err, &ROUTE53_VPCAssociationAuthorizationNotFound,
                      "The VPC: %.*s is not authorized to be associated with the hosted zone %.*s.",
                      NP_FMT(v.id), NP_FMT(z.id));
    return rc;
}

int route53_ListVPCAssociationAuthorizations(
    struct np_req *rq, const struct route53_ListVPCAssociationAuthorizationsRequest *in,
    struct route53_ListVPCAssociationAuthorizationsResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT vpc, region FROM route53_authorization WHERE zone = ?1 AND vpc > ?2 "
                 "ORDER BY vpc LIMIT ?3");
    struct route53_db db = route53_db_req(rq);
    struct route53_zone z;
    struct np_str after;
    int64_t most;
    uint64_t filter = np_page_filter(in->HostedZoneId);
    int rc = route53_max_items(in->MaxResults, ROUTE53_PAGE_MAX, &most, err);
    if (rc == 0)
        rc = route53_zone_find(&db, in->HostedZoneId, &z, err);
    if (rc == 0 && np_page_position(rq, filter, in->NextToken, &after) != 0)
        rc = np_fault(err, &ROUTE53_InvalidPaginationToken, "The token is not valid.");
    if (rc != 0)
        return rc;
    if (after.p == NULL)
        after = NP_STR("");
    out->HostedZoneId = z.id;
    out->VPCs.set = true;
    struct np_q *q = route53_q(&db, &rows, "ssi", z.id, after, most + 1);
    while (np_row(q)) {
        if ((int64_t)out->VPCs.n == most) {
            out->NextToken = np_page_token(rq, filter, after);
            continue;
        }
        after = np_col_str(q, 0, db.a);
        const struct route53_VPC v = {.VPCRegion = np_col_str(q, 1, db.a), .VPCId = after};
        ROUTE53_PUSH(db.a, &out->VPCs, v);
    }
    return np_q_end(q, err);
}
