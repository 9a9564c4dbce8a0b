/* SPDX-License-Identifier: Apache-2.0 */
/* changeinfo.c - what calls have submitted. A call is answered when its change is served, so each
 * one is in sync. */
#include "services/route53/route53_int.h"

int route53_change_add(struct np_txn *t, struct np_str comment, struct route53_ChangeInfo **out,
                       struct np_err *err)
{
    NP_SQL(add, "INSERT INTO route53_change (account, id, submitted_ms, comment) VALUES (:account, "
                "?1, :now, ?2)");
    NP_SQL(drop, "DELETE FROM route53_change WHERE submitted_ms < ?1");
    struct np_arena *a = np_txn_arena(t);
    struct np_str id = route53_new_id(a, 'C');
    int rc = np_exec(t, &drop, err, "i", np_txn_now_ms(t) - ROUTE53_CHANGE_DAYS * ROUTE53_DAY_MS);
    if (rc == 0)
        rc = np_exec(t, &add, err, "ss", id, comment);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct route53_ChangeInfo);
    **out = (struct route53_ChangeInfo){
        .Id = route53_path(a, "change", id),
        .Status = NP_STR("INSYNC"),
        .SubmittedAt = ROUTE53_INT(np_txn_now_ms(t)),
        .Comment = comment,
    };
    return 0;
}

int route53_GetChange(struct np_req *rq, const struct route53_GetChangeRequest *in,
                      struct route53_GetChangeResponse *out, struct np_err *err)
{
    NP_SQL(get, "SELECT submitted_ms, comment FROM route53_change WHERE account = :account AND "
                "id = ?1");
    struct route53_db db = route53_db_req(rq);
    struct np_str id = route53_bare_id(in->Id);
    struct np_q *q = route53_q(&db, &get, "s", id);
    if (np_row(q)) {
        out->ChangeInfo = np_new(db.a, struct route53_ChangeInfo);
        out->ChangeInfo->Id = route53_path(db.a, "change", id);
        out->ChangeInfo->Status = NP_STR("INSYNC");
        out->ChangeInfo->SubmittedAt = ROUTE53_INT(np_col_int(q, 0));
        out->ChangeInfo->Comment = np_col_str(q, 1, db.a);
    }
    int rc = np_q_end(q, err);
    if (rc != 0 || out->ChangeInfo != NULL)
        return rc;
    return np_fault(err, &ROUTE53_NoSuchChange, "Could not find resource with ID: %.*s",
                    NP_FMT(id));
}
