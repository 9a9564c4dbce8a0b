/* SPDX-License-Identifier: Apache-2.0 */
/* account.c - when events about expiry begin: kept, and told. */
#include "services/acm/acm_int.h"

#define DAYS_DEFAULT 45

int acm_GetAccountConfiguration(struct np_req *rq,
                                const struct acm_GetAccountConfigurationInput *in,
                                struct acm_GetAccountConfigurationResponse *out, struct np_err *err)
{
    NP_SQL(find, "SELECT days_before_expiry FROM acm_account WHERE account = :account "
                 "AND region = :region");
    struct acm_db db = acm_db_req(rq);
    (void)in;
    struct np_q *q = np_q(db.c, &db.scope, &find, "");
    out->ExpiryEvents = np_new(rq->arena, struct acm_ExpiryEventsConfiguration);
    out->ExpiryEvents->DaysBeforeExpiry = ACM_INT(np_row(q) ? np_col_int(q, 0) : DAYS_DEFAULT);
    return np_q_end(q, err);
}

/* The token needs no memory: the same call again changes nothing. */
int acm_PutAccountConfiguration_apply(struct np_txn *t,
                                      const struct acm_PutAccountConfigurationRequest *in,
                                      struct acm_PutAccountConfigurationOutput *out,
                                      struct np_err *err)
{
    NP_SQL(put, "INSERT INTO acm_account (account, region, days_before_expiry) "
                "VALUES (:account, :region, ?1) ON CONFLICT (account, region) "
                "DO UPDATE SET days_before_expiry = excluded.days_before_expiry");
    (void)out;
    if (in->ExpiryEvents == NULL || !in->ExpiryEvents->DaysBeforeExpiry.set)
        return 0;
    return np_exec(t, &put, err, "i", in->ExpiryEvents->DaysBeforeExpiry.v);
}
