/* SPDX-License-Identifier: Apache-2.0 */
/* stage.c - UpdateSecretVersionStage: labels from version to version. */
#include "services/secretsmanager/secretsmanager_int.h"

static int check_versions(const struct secretsmanager_db *db, int64_t secret,
                          const struct secretsmanager_UpdateSecretVersionStageRequest *in,
                          struct np_err *err)
{
    struct secretsmanager_version v;
    const struct np_str ids[] = {in->MoveToVersionId, in->RemoveFromVersionId};
    NP_EACH (id, ids)
        if (id->p != NULL && !secretsmanager_version_find(db, secret, *id, &v))
            return np_fault(err, &SECRETSMANAGER_ResourceNotFoundException,
                            "Secrets Manager can't find the specified secret value for VersionId: "
                            "%.*s",
                            NP_FMT(*id));
    if (in->MoveToVersionId.p == NULL && in->RemoveFromVersionId.p == NULL)
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "You must provide MoveToVersionId, RemoveFromVersionId or both.");
    return 0;
}

/* AWS: a label moves only when the caller names the version that loses it
 * (tests/sdk/test_secretsmanager_versions.py). */
static int check_holder(const struct secretsmanager_UpdateSecretVersionStageRequest *in,
                        struct np_str holder, struct np_err *err)
{
    struct np_str from = in->RemoveFromVersionId, to = in->MoveToVersionId;
    if (from.p != NULL && !np_str_eq(from, holder))
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "The staging label %.*s is not attached to version %.*s.",
                        NP_FMT(in->VersionStage), NP_FMT(from));
    if (to.p != NULL && holder.p != NULL && from.p == NULL && !np_str_eq(to, holder))
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "The parameter RemoveFromVersionId can't be empty. Staging label %.*s is "
                        "currently attached to version %.*s, so you must explicitly reference that "
                        "version in RemoveFromVersionId.",
                        NP_FMT(in->VersionStage), NP_FMT(holder));
    if (to.p == NULL && np_str_is(in->VersionStage, "AWSCURRENT"))
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "You can only move staging label AWSCURRENT to a different secret version. "
                        "It can't be completely removed.");
    return 0;
}

int secretsmanager_UpdateSecretVersionStage_apply(
    struct np_txn *t, const struct secretsmanager_UpdateSecretVersionStageRequest *in,
    struct secretsmanager_UpdateSecretVersionStageResponse *out, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret s;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0)
        rc = check_versions(&db, s.id, in, err);
    if (rc == 0)
        rc = check_holder(in, secretsmanager_stage_holder(&db, s.id, in->VersionStage), err);
    if (rc == 0)
        rc = in->MoveToVersionId.p != NULL
                 ? secretsmanager_stage_move(t, s.id, in->VersionStage, in->MoveToVersionId, err)
                 : secretsmanager_stage_drop(t, s.id, in->VersionStage, err);
    s.changed_ms = np_txn_now_ms(t);
    if (rc == 0)
        rc = secretsmanager_put(t, &s, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    return 0;
}
