/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - access keys of users and of the account's root. */
#include "services/iam/iam_int.h"

#include "aws/ids.h"
#include "base/map.h"
#include "services/iam/iam.h"

struct new_key {
    struct np_str id, secret, sealed;
};

int iam_CreateAccessKey_begin(struct np_req *rq, const struct iam_CreateAccessKeyRequest *in,
                              struct np_err *err)
{
    struct new_key *k = np_new(rq->arena, struct new_key);
    k->id = iam_key_id(rq->arena, "AKIA", rq->account);
    k->secret = np_id_secret_key(rq->arena);
    k->sealed = np_core_seal(rq->core, "iam.secret", k->secret, rq->arena);
    rq->priv = k;
    return np_apply(rq);
}

int iam_CreateAccessKey_apply(struct np_txn *t, const struct iam_CreateAccessKeyRequest *in,
                              struct iam_CreateAccessKeyResponse *out, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM iam_key WHERE account = :account AND owner = ?1");
    NP_SQL(add, "INSERT INTO iam_key (id, account, owner, secret, active, created_ms) "
                "VALUES (?1, :account, ?2, ?3, 1, ?4)");
    struct np_req *rq = np_txn_req(t);
    const struct new_key *k = rq->priv;
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int64_t now = iam_seconds(np_txn_now_ms(t));
    int rc = iam_user_or_caller(rq, &db, in->UserName, &e, err);
    if (rc != 0)
        return rc;
    if (iam_first_int(np_tq(t, &count, "s", e.id)) >= IAM_KEYS_MAX)
        return np_fault(err, &IAM_LimitExceededException,
                        "Cannot exceed quota for AccessKeysPerUser: %d", IAM_KEYS_MAX);
    rc = np_exec(t, &add, err, "ssbi", k->id, e.id, k->sealed, now);
    if (rc != 0)
        return rc;
    iam_key_changed(t, k->id);
    struct iam_AccessKey *key = np_new(db.a, struct iam_AccessKey);
    key->UserName = e.name;
    key->AccessKeyId = k->id;
    key->Status = NP_STR("Active");
    key->SecretAccessKey = k->secret;
    key->CreateDate = IAM_INT(now);
    out->AccessKey = key;
    return 0;
}

static int no_key(struct np_str id, struct np_err *err)
{
    return np_fault(err, &IAM_NoSuchEntityException, "The Access Key with id %.*s cannot be found.",
                    NP_FMT(id));
}

int iam_UpdateAccessKey_apply(struct np_txn *t, const struct iam_UpdateAccessKeyRequest *in,
                              struct iam_UpdateAccessKeyOutput *out, struct np_err *err)
{
    NP_SQL(put,
           "UPDATE iam_key SET active = ?3 WHERE account = :account AND owner = ?1 AND id = ?2");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    if (np_str_is(in->Status, "Expired"))
        return np_fault(err, &IAM_InvalidInputException,
                        "Keys of this region do not expire: make it Inactive, or delete it.");
    int rc = iam_user_or_caller(np_txn_req(t), &db, in->UserName, &e, err);
    if (rc == 0)
        rc = np_exec(t, &put, err, "ssi", e.id, in->AccessKeyId,
                     (int64_t)np_str_is(in->Status, "Active"));
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = no_key(in->AccessKeyId, err);
    if (rc == 0)
        iam_key_changed(t, in->AccessKeyId);
    return rc;
}

int iam_DeleteAccessKey_apply(struct np_txn *t, const struct iam_DeleteAccessKeyRequest *in,
                              struct iam_DeleteAccessKeyOutput *out, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM iam_key WHERE account = :account AND owner = ?1 AND id = ?2");
    struct iam_db db = iam_db_txn(t);
    struct iam_entity e;
    int rc = iam_user_or_caller(np_txn_req(t), &db, in->UserName, &e, err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "ss", e.id, in->AccessKeyId);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = no_key(in->AccessKeyId, err);
    if (rc == 0)
        iam_key_changed(t, in->AccessKeyId);
    return rc;
}

int iam_ListAccessKeys(struct np_req *rq, const struct iam_ListAccessKeysRequest *in,
                       struct iam_ListAccessKeysResponse *out, struct np_err *err)
{
    NP_SQL(rows,
           "SELECT id, active, created_ms FROM iam_key WHERE account = :account AND owner = ?1 "
           "AND id > ?2 ORDER BY id LIMIT ?3");
    struct iam_db db = iam_db_req(rq);
    struct iam_entity e;
    struct iam_page page;
    int rc = iam_user_or_caller(rq, &db, in->UserName, &e, err);
    if (rc == 0)
        rc = iam_page_begin(rq, in->MaxItems, in->Marker, np_page_filter(e.id), &page, err);
    if (rc != 0)
        return rc;
    out->AccessKeyMetadata.set = true;
    struct np_str after = page.after.p != NULL ? page.after : NP_STR("");
    struct np_q *q = np_q(db.c, &db.scope, &rows, "ssi", e.id, after, (int64_t)page.limit + 1);
    while (np_row(q)) {
        struct iam_AccessKeyMetadata m = {
            .UserName = e.name,
            .AccessKeyId = np_col_str(q, 0, db.a),
            .Status = np_col_int(q, 1) != 0 ? NP_STR("Active") : NP_STR("Inactive"),
            .CreateDate = IAM_INT(np_col_int(q, 2)),
        };
        IAM_PUSH(db.a, &out->AccessKeyMetadata, m);
    }
    rc = np_q_end(q, err);
    if (rc != 0)
        return rc;
    bool more = out->AccessKeyMetadata.n > page.limit;
    out->AccessKeyMetadata.n -= more;
    struct np_str last = more ? out->AccessKeyMetadata.v[page.limit - 1].AccessKeyId : NP_STR_NULL;
    iam_page_end(rq, &page, more, last, &out->IsTruncated, &out->Marker);
    return 0;
}

int iam_GetAccessKeyLastUsed(struct np_req *rq, const struct iam_GetAccessKeyLastUsedRequest *in,
                             struct iam_GetAccessKeyLastUsedResponse *out, struct np_err *err)
{
    NP_SQL(find, "SELECT k.owner, k.used_ms, k.used_service, k.used_region FROM iam_key k "
                 "WHERE k.account = :account AND k.id = ?1");
    struct iam_db db = iam_db_req(rq);
    struct iam_AccessKeyLastUsed *used = np_new(db.a, struct iam_AccessKeyLastUsed);
    struct np_str owner = NP_STR_NULL;
    struct np_q *q = np_q(db.c, &db.scope, &find, "s", in->AccessKeyId);
    if (np_row(q)) {
        owner = np_col_str(q, 0, db.a);
        used->LastUsedDate = np_col_opt_int(q, 1);
        used->ServiceName = np_col_str(q, 2, db.a);
        used->Region = np_col_str(q, 3, db.a);
    }
    int rc = np_q_end(q, err);
    if (rc != 0)
        return rc;
    if (owner.p == NULL) /* AWS: whether it is another account's is not told */
        return np_fault(err, &IAM_AccessDenied,
                        "User: %.*s is not authorized to perform iam:GetAccessKeyLastUsed on "
                        "resource: access key %.*s",
                        NP_FMT(rq->who->arn), NP_FMT(in->AccessKeyId));
    int64_t at_ms;
    if (iam_used_pending(iam_used(rq->core), in->AccessKeyId, db.a, &at_ms, &used->ServiceName,
                         &used->Region))
        used->LastUsedDate = IAM_INT(at_ms);
    if (!used->LastUsedDate.set)
        used->ServiceName = used->Region = NP_STR("N/A");
    struct iam_entity e;
    if (iam_entity_by_id(&db, owner, &e))
        out->UserName = e.name;
    out->AccessKeyLastUsed = used;
    return 0;
}
