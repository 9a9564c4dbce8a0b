/* SPDX-License-Identifier: Apache-2.0 */
/* deletion.c - keys go after a while in which that can be undone. */
#include "services/kms/due.h"
#include "services/kms/grant.h"

#define WINDOW_DEFAULT 30
#define WINDOW_MIN     7
#define WINDOW_MAX     30

/* --- asking for it --- */

static int check_window(struct np_opt_int days, struct np_err *err)
{
    if (!days.set || (days.v >= WINDOW_MIN && days.v <= WINDOW_MAX))
        return 0;
    bool below = days.v < WINDOW_MIN;
    return np_fault(err, &NP_ValidationException,
                    "1 validation error detected: Value '%lld' at 'pendingWindowInDays' failed to "
                    "satisfy constraint: Member must have value %s than or equal to %d",
                    (long long)days.v, below ? "greater" : "less", below ? WINDOW_MIN : WINDOW_MAX);
}

int kms_ScheduleKeyDeletion_begin(struct np_req *rq,
                                  const struct kms_ScheduleKeyDeletionRequest *in,
                                  struct np_err *err)
{
    int rc = check_window(in->PendingWindowInDays, err);
    return rc != 0 ? rc : np_apply(rq);
}

static int put(const struct kms_db *db, struct kms_key *k, struct np_opt_int days, int64_t at_ms,
               struct np_err *err)
{
    NP_SQL(set, "UPDATE kms_key SET state = ?2, window_days = ?3, deletion_ms = ?4 "
                "WHERE account = :account AND region = :region AND id = ?1");
    k->deletion_ms = at_ms;
    k->window_days = days;
    return kms_exec(db, &set, err, "ssII", k->id, np_str_of(kms_state_name(k->state)), days,
                    KMS_TIME(at_ms));
}

int kms_ScheduleKeyDeletion_apply(struct np_txn *t, const struct kms_ScheduleKeyDeletionRequest *in,
                                  struct kms_ScheduleKeyDeletionResponse *out, struct np_err *err)
{
    struct kms_db db = kms_db_txn(t);
    struct kms_key k;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_customer(&k, err);
    rc = rc != 0 ? rc : kms_check_alive(&k, err);
    if (rc != 0)
        return rc;
    int64_t days = in->PendingWindowInDays.set ? in->PendingWindowInDays.v : WINDOW_DEFAULT;
    /* A primary key waits for its replicas; its days begin when the last of them is gone. */
    bool waits = k.primary_region.p != NULL && !kms_is_replica(&k) && k.regions.n > 1;
    k.state = waits ? KMS_PENDING_REPLICA_DELETION : KMS_PENDING_DELETION;
    int64_t at_ms = waits ? 0 : np_txn_now_ms(t) + days * KMS_DAY_MS;
    rc = put(&db, &k, KMS_INT(days), at_ms, err);
    if (rc != 0)
        return rc;
    kms_key_changed(t, &k);
    out->KeyId = k.arn;
    out->DeletionDate = KMS_TIME(at_ms);
    out->KeyState = np_str_of(kms_state_name(k.state));
    out->PendingWindowInDays = KMS_INT(days);
    return 0;
}

int kms_CancelKeyDeletion_apply(struct np_txn *t, const struct kms_CancelKeyDeletionRequest *in,
                                struct kms_CancelKeyDeletionResponse *out, struct np_err *err)
{
    struct kms_db db = kms_db_txn(t);
    struct kms_key k;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_customer(&k, err);
    if (rc != 0)
        return rc;
    if (kms_check_alive(&k, NULL) == 0)
        return np_fault(err, &KMS_KMSInvalidStateException, "%.*s is not pending deletion.",
                        NP_FMT(k.arn));
    const struct kms_material *m = kms_material_current(&k);
    k.state = m != NULL && m->sealed.p != NULL ? KMS_DISABLED : KMS_PENDING_IMPORT;
    rc = put(&db, &k, (struct np_opt_int){0}, 0, err);
    if (rc == 0)
        kms_key_changed(t, &k);
    out->KeyId = k.arn;
    return rc;
}

/* --- carrying it out --- */

/* A primary key whose last replica went begins to wait. */
static int replica_gone(struct np_txn *t, const struct kms_key *gone, struct np_err *err)
{
    struct kms_db db = kms_db_of(kms_db_txn(t), gone->account, gone->primary_region);
    struct kms_key k;
    int rc = kms_key_load(&db, gone->id, &k, err);
    if (rc != 0)
        return rc == NP_ENOENT ? 0 : rc;
    if (k.state == KMS_PENDING_REPLICA_DELETION && k.regions.n == 1) {
        k.state = KMS_PENDING_DELETION;
        rc = put(&db, &k, k.window_days, np_txn_now_ms(t) + k.window_days.v * KMS_DAY_MS, err);
    }
    if (rc == 0)
        kms_regions_changed(t, &k);
    return rc;
}

int kms_delete_due(const struct np_core *core, struct np_txn *t, struct kms_key *k,
                   struct np_err *err)
{
    (void)core;
    NP_SQL(del, "DELETE FROM kms_key WHERE account = :account AND region = :region AND id = ?1");
    if (k->state != KMS_PENDING_DELETION || k->deletion_ms > np_txn_now_ms(t))
        return 0;
    int rc = kms_grants_gone(t, k, err);
    rc = rc != 0 ? rc
                 : np_exec(t, &del, err, "s", k->id); /* material, aliases and grants go with it */
    rc = rc != 0 ? rc : np_tags_drop(t, k->arn, err);
    if (rc != 0)
        return rc;
    kms_key_changed(t, k);
    return kms_is_replica(k) ? replica_gone(t, k, err) : 0;
}
