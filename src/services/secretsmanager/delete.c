/* SPDX-License-Identifier: Apache-2.0 */
/* delete.c - DeleteSecret, its recovery window, RestoreSecret. The end of a window is a row of the
 * outbox that is due then, by the region's clock; restoring leaves it to find nothing to do. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "store/outbox.h"

#define KIND "secretsmanager.delete"

/* --- the end of the window --- */

/* The secret goes, unless it was restored or marked anew since. */
static int expire(struct np_txn *t, void *arg, struct np_err *err)
{
    const struct np_delivery *d = arg;
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret s;
    struct np_str id_text, due_text;
    int64_t id, due_ms;
    if (!np_str_cut(d->payload, '/', &id_text, &due_text) || !np_str_i64(id_text, &id) ||
        !np_str_i64(due_text, &due_ms))
        return 0;
    int rc = secretsmanager_by_id(&db, id, &s, err);
    if (rc == NP_ENOENT)
        return 0;
    if (rc == 0 && s.delete_ms.set && s.delete_ms.v == due_ms)
        rc = secretsmanager_remove(t, &s, err);
    return rc;
}

static void deliver(void *arg, struct np_delivery *d)
{
    (void)arg;
    np_delivery_done(d, 0, expire, d);
}

void secretsmanager_delete_init(struct np_core *core)
{
    np_outbox_kind(core->store, &(struct np_outbox_kind){
                                    .kind = KIND,
                                    .db = NP_DB_STATE,
                                    .deliver = deliver,
                                });
}

/* --- DeleteSecret --- */

static int window_check(const struct secretsmanager_DeleteSecretRequest *in, struct np_err *err)
{
    int64_t days = in->RecoveryWindowInDays.v;
    if (in->RecoveryWindowInDays.set && in->ForceDeleteWithoutRecovery.v)
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "You can't use ForceDeleteWithoutRecovery in conjunction with "
                        "RecoveryWindowInDays.");
    if (in->RecoveryWindowInDays.set &&
        (days < SECRETSMANAGER_WINDOW_MIN || days > SECRETSMANAGER_WINDOW_MAX))
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "The RecoveryWindowInDays value must be between 7 and 30 days "
                        "(inclusive).");
    return 0;
}

static int replicas_gone(const struct secretsmanager_db *db, const struct secretsmanager_secret *s,
                         struct np_str secret_id, struct np_err *err)
{
    struct secretsmanager_replica *r;
    struct np_buf names;
    size_t n;
    int rc = secretsmanager_replicas(db, s->id, &r, &n, err);
    if (rc != 0 || n == 0)
        return rc;
    np_buf_init(&names, db->a, 4096);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&names, "%s%.*s", i != 0 ? "," : "", NP_FMT(r[i].region));
    return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                    "You can't delete secret %.*s that still has replica regions [%.*s]",
                    NP_FMT(secret_id), NP_FMT(np_buf_str(&names)));
}

/* AWS: deleting by force what is not there succeeds, and makes up its ARN
 * (tests/sdk/test_secretsmanager_delete.py). */
static int nothing_to_delete(struct np_txn *t, const struct secretsmanager_DeleteSecretRequest *in,
                             struct secretsmanager_DeleteSecretResponse *out, struct np_err *err)
{
    const struct np_scope *scope = np_txn_scope(t);
    struct secretsmanager_ref ref;
    if (!in->ForceDeleteWithoutRecovery.v || !secretsmanager_ref_parse(in->SecretId, &ref))
        return secretsmanager_not_found(err);
    struct np_str suffix = np_str_n(np_txn_req(t)->priv, SECRETSMANAGER_SUFFIX);
    out->ARN = ref.arn ? in->SecretId
                       : secretsmanager_arn(np_txn_arena(t), scope->region, scope->account,
                                            ref.name, suffix);
    out->Name = ref.name;
    out->DeletionDate = SECRETSMANAGER_INT(np_txn_now_ms(t));
    return 0;
}

static int mark(struct np_txn *t, const struct secretsmanager_secret *s, int64_t due_ms,
                struct np_err *err)
{
    struct np_str payload =
        np_str_printf(np_txn_arena(t), "%lld/%lld", (long long)s->id, (long long)due_ms);
    int rc = secretsmanager_set_delete(t, s->id, SECRETSMANAGER_INT(due_ms), err);
    return rc == 0 ? np_outbox_add(t, KIND, NP_STR_NULL, payload, due_ms, err) : rc;
}

int secretsmanager_DeleteSecret_begin(struct np_req *rq,
                                      const struct secretsmanager_DeleteSecretRequest *in,
                                      struct np_err *err)
{
    int rc = window_check(in, err);
    rq->priv = (void *)(uintptr_t)secretsmanager_new_suffix(rq->arena).p;
    return rc == 0 ? np_apply(rq) : rc;
}

int secretsmanager_DeleteSecret_apply(struct np_txn *t,
                                      const struct secretsmanager_DeleteSecretRequest *in,
                                      struct secretsmanager_DeleteSecretResponse *out,
                                      struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret s;
    bool force = in->ForceDeleteWithoutRecovery.v;
    int rc = secretsmanager_find_txn(t, in->SecretId, &s, err);
    if (rc == NP_EFAULT && err->fault == &SECRETSMANAGER_ResourceNotFoundException)
        return nothing_to_delete(t, in, out, err);
    if (rc == 0 && (!force || secretsmanager_is_replica(&s)))
        rc = secretsmanager_writable(&s, err);
    if (rc == 0)
        rc = replicas_gone(&db, &s, in->SecretId, err);
    if (rc != 0)
        return rc;
    int64_t days =
        in->RecoveryWindowInDays.set ? in->RecoveryWindowInDays.v : SECRETSMANAGER_WINDOW_DEFAULT;
    int64_t due_ms = np_txn_now_ms(t) + (force ? 0 : days * SECRETSMANAGER_DAY_MS);
    rc = force ? secretsmanager_remove(t, &s, err) : mark(t, &s, due_ms, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    out->DeletionDate = SECRETSMANAGER_INT(due_ms);
    return 0;
}

/* --- RestoreSecret --- */

int secretsmanager_RestoreSecret_apply(struct np_txn *t,
                                       const struct secretsmanager_RestoreSecretRequest *in,
                                       struct secretsmanager_RestoreSecretResponse *out,
                                       struct np_err *err)
{
    struct secretsmanager_secret s;
    int rc = secretsmanager_find_txn(t, in->SecretId, &s, err);
    if (rc == 0 && secretsmanager_is_replica(&s))
        rc = secretsmanager_writable(&s, err);
    if (rc == 0)
        rc = secretsmanager_set_delete(t, s.id, (struct np_opt_int){0}, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    return 0;
}
