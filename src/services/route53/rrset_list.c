/* SPDX-License-Identifier: Apache-2.0 */
/* rrset_list.c - ListResourceRecordSets: by the reversed name, the type, the identifier. */
#include "services/route53/route53_int.h"

static int check_start(const struct route53_ListResourceRecordSetsRequest *in, struct np_err *err)
{
    /* AWS: one start member needs the one before it (tests/wire/route53/rrset_list.wire). */
    if (in->StartRecordType.n != 0 && in->StartRecordName.n == 0)
        return np_fault(err, &ROUTE53_InvalidInput,
                        "The input is not valid: StartRecordType needs StartRecordName.");
    if (in->StartRecordIdentifier.n != 0 && in->StartRecordType.n == 0)
        return np_fault(err, &ROUTE53_InvalidInput,
                        "The input is not valid: StartRecordIdentifier needs StartRecordType.");
    return 0;
}

int route53_ListResourceRecordSets(struct np_req *rq,
                                   const struct route53_ListResourceRecordSetsRequest *in,
                                   struct route53_ListResourceRecordSetsResponse *out,
                                   struct np_err *err)
{
    NP_SQL(rows, "SELECT " ROUTE53_RRSET_COLUMNS " FROM route53_rrset WHERE zone = ?1 AND (sort, "
                 "type, set_id) >= (?2, ?3, ?4) ORDER BY sort, type, set_id LIMIT ?5");
    struct route53_db db = route53_db_req(rq);
    struct route53_name from = {.sort = NP_STR("")};
    struct np_err why = {0};
    struct route53_zone z;
    int64_t most;
    int rc = route53_max_items(in->MaxItems, ROUTE53_RRSETS_PAGE_MAX, &most, err);
    if (rc == 0)
        rc = route53_zone_find(&db, in->HostedZoneId, &z, err);
    if (rc == 0)
        rc = check_start(in, err);
    if (rc != 0)
        return rc;
    if (in->StartRecordName.n != 0 && route53_name(db.a, in->StartRecordName, &from, &why) != 0)
        return np_fault(err, &ROUTE53_InvalidInput, "FATAL problem: %.*s encountered with '%.*s'",
                        NP_FMT(np_err_text(&why)), NP_FMT(in->StartRecordName));
    struct np_str type = in->StartRecordType.p != NULL ? in->StartRecordType : NP_STR("");
    struct np_str set =
        in->StartRecordIdentifier.p != NULL ? in->StartRecordIdentifier : NP_STR("");
    struct np_q *q = route53_q(&db, &rows, "ssssi", z.id, from.sort, type, set, most + 1);
    out->ResourceRecordSets.set = true;
    out->ResourceRecordSets.v = NULL;
    while (np_row(q)) {
        struct route53_rrset r;
        struct route53_ResourceRecordSet one;
        route53_rrset_row(q, db.a, &r);
        if ((int64_t)out->ResourceRecordSets.n == most) {
            out->NextRecordName = r.name.text;
            out->NextRecordType = r.type;
            out->NextRecordIdentifier = r.set_id.n != 0 ? r.set_id : NP_STR_NULL;
            continue;
        }
        route53_rrset_out(db.a, &r, &one);
        ROUTE53_PUSH(db.a, &out->ResourceRecordSets, one);
    }
    out->IsTruncated = ROUTE53_BOOL(out->NextRecordName.p != NULL);
    out->MaxItems = route53_items_text(db.a, most);
    return np_q_end(q, err);
}
