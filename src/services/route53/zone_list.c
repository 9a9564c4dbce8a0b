/* SPDX-License-Identifier: Apache-2.0 */
/* zone_list.c - lists of hosted zones: by id, by name, by VPC. A page begins where the one before
 * says that the next does. */
#include "services/route53/route53_int.h"

int route53_max_items(struct np_str text, int64_t most, int64_t *n, struct np_err *err)
{
    *n = most;
    if (text.n == 0)
        return 0;
    if (!np_str_i64(text, n) || *n < 1)
        return np_fault(err, &ROUTE53_InvalidInput, "Invalid input: maxitems '%.*s'", NP_FMT(text));
    if (*n > most)
        *n = most;
    return 0;
}

struct np_str route53_items_text(struct np_arena *a, int64_t n)
{
    return np_str_printf(a, "%lld", (long long)n);
}

/* --- by id --- */

static bool of_type(const struct route53_ListHostedZonesRequest *in, const struct route53_zone *z)
{
    /* AWS: the only type that there is (tests/wire/route53/zone_lists.wire). */
    return in->HostedZoneType.n == 0 || z->private;
}

int route53_ListHostedZones(struct np_req *rq, const struct route53_ListHostedZonesRequest *in,
                            struct route53_ListHostedZonesResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT " ROUTE53_ZONE_COLUMNS " FROM route53_zone WHERE account = :account AND "
                 "id >= ?1 AND (?2 IS NULL OR set_id = ?2) ORDER BY id");
    struct route53_db db = route53_db_req(rq);
    struct np_str reference, servers, set_id = NP_STR_NULL;
    int64_t most;
    int rc = route53_max_items(in->MaxItems, ROUTE53_PAGE_MAX, &most, err);
    if (rc == 0 && in->DelegationSetId.n != 0) {
        set_id = route53_bare_id(in->DelegationSetId);
        rc = route53_set_find(&db, set_id, &reference, &servers, err);
    }
    if (rc != 0)
        return rc;
    struct np_str from = in->Marker.p != NULL ? route53_bare_id(in->Marker) : NP_STR("");
    struct np_q *q = route53_q(&db, &rows, "ss", from, set_id);
    out->HostedZones.set = true;
    while (out->NextMarker.p == NULL && np_row(q)) {
        struct route53_zone z;
        route53_zone_row(q, db.a, &z);
        if (!of_type(in, &z))
            continue;
        if ((int64_t)out->HostedZones.n == most)
            out->NextMarker = z.id;
        else
            ROUTE53_PUSH(db.a, &out->HostedZones, *route53_zone_out(db.a, &z));
    }
    out->IsTruncated = ROUTE53_BOOL(out->NextMarker.p != NULL);
    out->Marker = in->Marker;
    out->MaxItems = route53_items_text(db.a, most);
    return np_q_end(q, err);
}

/* --- by name --- */

int route53_ListHostedZonesByName(struct np_req *rq,
                                  const struct route53_ListHostedZonesByNameRequest *in,
                                  struct route53_ListHostedZonesByNameResponse *out,
                                  struct np_err *err)
{
    NP_SQL(rows, "SELECT " ROUTE53_ZONE_COLUMNS " FROM route53_zone WHERE account = :account AND "
                 "(sort, id) >= (?1, ?2) ORDER BY sort, id LIMIT ?3");
    struct route53_db db = route53_db_req(rq);
    struct route53_name from = {.sort = NP_STR("")};
    struct np_err why = {0};
    int64_t most;
    int rc = route53_max_items(in->MaxItems, ROUTE53_PAGE_MAX, &most, err);
    if (rc != 0)
        return rc;
    if (in->DNSName.n == 0 && in->HostedZoneId.n != 0)
        return np_fault(err, &ROUTE53_InvalidInput,
                        "The parameter HostedZoneId cannot be specified without DNSName.");
    if (in->DNSName.n != 0 && route53_name(db.a, in->DNSName, &from, &why) != 0)
        return np_fault(err, &ROUTE53_InvalidDomainName, "%.*s", NP_FMT(np_err_text(&why)));
    struct np_str id = in->HostedZoneId.p != NULL ? route53_bare_id(in->HostedZoneId) : NP_STR("");
    struct np_q *q = route53_q(&db, &rows, "ssi", from.sort, id, most + 1);
    out->HostedZones.set = true;
    while (np_row(q)) {
        struct route53_zone z;
        route53_zone_row(q, db.a, &z);
        if ((int64_t)out->HostedZones.n == most) {
            out->NextDNSName = z.name;
            out->NextHostedZoneId = z.id;
            continue;
        }
        ROUTE53_PUSH(db.a, &out->HostedZones, *route53_zone_out(db.a, &z));
    }
    out->DNSName = in->DNSName;
    out->HostedZoneId = in->HostedZoneId;
    out->IsTruncated = ROUTE53_BOOL(out->NextDNSName.p != NULL);
    out->MaxItems = route53_items_text(db.a, most);
    return np_q_end(q, err);
}

/* --- by VPC --- */

int route53_ListHostedZonesByVPC(struct np_req *rq,
                                 const struct route53_ListHostedZonesByVPCRequest *in,
                                 struct route53_ListHostedZonesByVPCResponse *out,
                                 struct np_err *err)
{
    NP_SQL(rows, "SELECT z.id, z.name, z.account FROM route53_zone_vpc AS v JOIN route53_zone AS z "
                 "ON z.id = v.zone WHERE v.vpc = ?1 AND v.region = ?2 AND v.zone > ?3 "
                 "ORDER BY v.zone LIMIT ?4");
    struct route53_db db = route53_db_req(rq);
    struct np_str after;
    int64_t most;
    uint64_t filter = np_page_filter(in->VPCId) ^ np_page_filter(in->VPCRegion);
    int rc = route53_max_items(in->MaxItems, ROUTE53_PAGE_MAX, &most, err);
    if (rc == 0 && np_page_position(rq, filter, in->NextToken, &after) != 0)
        rc = np_fault(err, &ROUTE53_InvalidPaginationToken, "The token is not valid.");
    if (rc != 0)
        return rc;
    if (after.p == NULL)
        after = NP_STR("");
    struct np_q *q = route53_q(&db, &rows, "sssi", in->VPCId, in->VPCRegion, after, most + 1);
    out->HostedZoneSummaries.set = true;
    while (np_row(q)) {
        if ((int64_t)out->HostedZoneSummaries.n == most) {
            out->NextToken = np_page_token(rq, filter, after);
            continue;
        }
        after = np_col_str(q, 0, db.a);
        struct route53_HostedZoneSummary one = {.HostedZoneId = after,
                                                .Name = np_col_str(q, 1, db.a)};
        one.Owner = np_new(db.a, struct route53_HostedZoneOwner);
        one.Owner->OwningAccount = np_col_str(q, 2, db.a);
        ROUTE53_PUSH(db.a, &out->HostedZoneSummaries, one);
    }
    out->MaxItems = route53_items_text(db.a, most);
    return np_q_end(q, err);
}
