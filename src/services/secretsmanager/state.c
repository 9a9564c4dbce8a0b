/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - rows of secrets in and out of the store. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "aws/arn.h"
#include "base/assert.h"

struct secretsmanager_db secretsmanager_db_req(const struct np_req *rq)
{
    return (struct secretsmanager_db){np_req_db(rq), rq->arena};
}

struct secretsmanager_db secretsmanager_db_txn(struct np_txn *t)
{
    return (struct secretsmanager_db){np_txn_db(t), np_txn_arena(t)};
}

struct np_str secretsmanager_arn(struct np_arena *a, struct np_str region, struct np_str account,
                                 struct np_str name, struct np_str suffix)
{
    return np_arn_make(a, "secretsmanager", region, account, "secret:%.*s-%.*s", NP_FMT(name),
                       NP_FMT(suffix));
}

/* --- finding --- */

/* A replica shows what its primary has. */
#define COLUMNS                                                                                    \
    "s.id, p.id, s.account, s.region, s.name, s.suffix, s.create_token, p.description, "           \
    "s.kms_key, p.policy, s.created_ms, p.changed_ms, s.accessed_ms, s.delete_ms, "                \
    "CASE WHEN s.primary_id IS NOT NULL OR EXISTS "                                                \
    "(SELECT 1 FROM secretsmanager_replica r WHERE r.secret = s.id) THEN p.region END"
#define FROM                                                                                       \
    " FROM secretsmanager_secret s JOIN secretsmanager_secret p ON p.id = "                        \
    "coalesce(s.primary_id, s.id) "

static void take_row(const struct secretsmanager_db *db, struct np_q *q,
                     struct secretsmanager_secret *s)
{
    *s = (struct secretsmanager_secret){
        .id = np_col_int(q, 0),
        .primary = np_col_int(q, 1),
        .account = np_col_str(q, 2, db->a),
        .region = np_col_str(q, 3, db->a),
        .name = np_col_str(q, 4, db->a),
        .suffix = np_col_str(q, 5, db->a),
        .create_token = np_col_str(q, 6, db->a),
        .description = np_col_str(q, 7, db->a),
        .kms_key = np_col_str(q, 8, db->a),
        .policy = np_col_str(q, 9, db->a),
        .created_ms = np_col_int(q, 10),
        .changed_ms = np_col_int(q, 11),
        .accessed_ms = np_col_opt_int(q, 12),
        .delete_ms = np_col_opt_int(q, 13),
        .primary_region = np_col_str(q, 14, db->a),
    };
    s->arn = secretsmanager_arn(db->a, s->region, s->account, s->name, s->suffix);
}

static int one(const struct secretsmanager_db *db, struct np_q *q,
               struct secretsmanager_secret *out, struct np_err *err)
{
    bool found = np_row(q);
    if (found)
        take_row(db, q, out);
    int rc = np_q_end(q, err);
    return rc == 0 && !found ? NP_ENOENT : rc;
}

int secretsmanager_by_id(const struct secretsmanager_db *db, int64_t id,
                         struct secretsmanager_secret *out, struct np_err *err)
{
    NP_SQL(find, "SELECT " COLUMNS FROM "WHERE s.id = ?1");
    return one(db, np_q(db->c, NULL, &find, "i", id), out, err);
}

int secretsmanager_by_name(const struct secretsmanager_db *db, struct np_str account,
                           struct np_str region, struct np_str name,
                           struct secretsmanager_secret *out, struct np_err *err)
{
    NP_SQL(find, "SELECT " COLUMNS FROM "WHERE s.account = ?1 AND s.region = ?2 AND s.name = ?3");
    return one(db, np_q(db->c, NULL, &find, "sss", account, region, name), out, err);
}

int secretsmanager_not_found(struct np_err *err)
{
    return np_fault(err, &SECRETSMANAGER_ResourceNotFoundException,
                    "Secrets Manager can't find the specified secret.");
}

/* "name-AbCdEf" may be a whole name or one with its suffix: the ARN with suffix wins. */
static int by_arn(const struct secretsmanager_db *db, const struct secretsmanager_ref *ref,
                  struct secretsmanager_secret *out, struct np_err *err)
{
    struct np_str bare, suffix;
    struct secretsmanager_secret s;
    int rc = NP_ENOENT;
    if (secretsmanager_ref_cut(ref->name, &bare, &suffix))
        rc = secretsmanager_by_name(db, ref->account, ref->region, bare, &s, err);
    if (rc == 0 && !np_str_eq(s.suffix, suffix))
        rc = NP_ENOENT;
    if (rc == NP_ENOENT)
        return secretsmanager_by_name(db, ref->account, ref->region, ref->name, out, err);
    if (rc == 0)
        *out = s;
    return rc;
}

static int find(const struct secretsmanager_db *db, struct np_str account, struct np_str region,
                struct np_str secret_id, struct secretsmanager_secret *out, struct np_err *err)
{
    struct secretsmanager_ref ref;
    if (!secretsmanager_ref_parse(secret_id, &ref))
        return np_fault(err, &NP_ValidationException,
                        "Invalid name. Must be a valid name containing alphanumeric characters, or "
                        "any of the following: -/_+=.@!");
    int rc = NP_ENOENT;
    if (!ref.arn)
        rc = secretsmanager_by_name(db, account, region, ref.name, out, err);
    else if (np_str_eq(ref.region, region))
        rc = by_arn(db, &ref, out, err);
    return rc == NP_ENOENT ? secretsmanager_not_found(err) : rc;
}

int secretsmanager_find(const struct np_req *rq, struct np_str secret_id,
                        struct secretsmanager_secret *out, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    return find(&db, rq->account, rq->region, secret_id, out, err);
}

int secretsmanager_find_txn(struct np_txn *t, struct np_str secret_id,
                            struct secretsmanager_secret *out, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    const struct np_scope *s = np_txn_scope(t);
    return find(&db, s->account, s->region, secret_id, out, err);
}

int secretsmanager_usable(const struct secretsmanager_secret *s, struct np_err *err)
{
    if (!s->delete_ms.set)
        return 0;
    return np_fault(err, &SECRETSMANAGER_InvalidRequestException,
                    "You can't perform this operation on the secret because it was marked for "
                    "deletion.");
}

int secretsmanager_writable(const struct secretsmanager_secret *s, struct np_err *err)
{
    if (secretsmanager_is_replica(s))
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "Operation not permitted on a replica secret. Call must be made in primary "
                        "secret's region.");
    return secretsmanager_usable(s, err);
}

int secretsmanager_take(struct np_txn *t, struct np_str secret_id,
                        struct secretsmanager_secret *out, struct np_err *err)
{
    int rc = secretsmanager_find_txn(t, secret_id, out, err);
    return rc == 0 ? secretsmanager_writable(out, err) : rc;
}

/* --- writing --- */

static int new_id(struct np_txn *t, int64_t *id, struct np_err *err)
{
    NP_SQL(take, "SELECT next FROM secretsmanager_id");
    NP_SQL(rise, "UPDATE secretsmanager_id SET next = next + 1");
    struct np_q *q = np_tq(t, &take, "");
    *id = np_row(q) ? np_col_int(q, 0) : 0;
    int rc = np_q_end(q, err);
    return rc == 0 ? np_exec(t, &rise, err, "") : rc;
}

static int check_quota(struct np_txn *t, const struct secretsmanager_secret *s, struct np_err *err)
{
    NP_SQL(count,
           "SELECT count(*) FROM (SELECT 1 FROM secretsmanager_secret WHERE account = ?1 AND "
           "region = ?2 LIMIT ?3)");
    struct np_q *q =
        np_tq(t, &count, "ssi", s->account, s->region, (int64_t)SECRETSMANAGER_SECRETS_MAX);
    int64_t n = np_row(q) ? np_col_int(q, 0) : 0;
    int rc = np_q_end(q, err);
    if (rc == 0 && n >= SECRETSMANAGER_SECRETS_MAX)
        rc = np_fault(err, &SECRETSMANAGER_LimitExceededException,
                      "You can't have more than %d secrets in this region.",
                      SECRETSMANAGER_SECRETS_MAX);
    return rc;
}

int secretsmanager_add(struct np_txn *t, struct secretsmanager_secret *s, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO secretsmanager_secret (account, region, name, id, suffix, primary_id, "
                "create_token, description, kms_key, created_ms, changed_ms) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    int rc = check_quota(t, s, err);
    if (rc == 0)
        rc = new_id(t, &s->id, err);
    if (rc != 0)
        return rc;
    struct np_opt_int primary = {s->primary != 0, s->primary};
    if (s->primary == 0)
        s->primary = s->id;
    s->arn = secretsmanager_arn(np_txn_arena(t), s->region, s->account, s->name, s->suffix);
    rc =
        np_exec(t, &add, err, "sssisIsssii", s->account, s->region, s->name, s->id, s->suffix,
                primary, s->create_token, s->description, s->kms_key, s->created_ms, s->changed_ms);
    if (rc == 0)
        secretsmanager_changed(t, s->id);
    return rc;
}

int secretsmanager_put(struct np_txn *t, const struct secretsmanager_secret *s, struct np_err *err)
{
    NP_SQL(put, "UPDATE secretsmanager_secret SET description = ?2, kms_key = ?3, policy = ?4, "
                "changed_ms = ?5 WHERE id = ?1");
    int rc =
        np_exec(t, &put, err, "isssi", s->id, s->description, s->kms_key, s->policy, s->changed_ms);
    if (rc == 0)
        secretsmanager_changed(t, s->id);
    return rc;
}

int secretsmanager_remove(struct np_txn *t, const struct secretsmanager_secret *s,
                          struct np_err *err)
{
    NP_SQL(del, "DELETE FROM secretsmanager_secret WHERE id = ?1");
    int rc = np_exec(t, &del, err, "i", s->id);
    if (rc == 0)
        secretsmanager_removed(t, s->account, s->region, s->name);
    return rc;
}

int secretsmanager_set_delete(struct np_txn *t, int64_t id, struct np_opt_int delete_ms,
                              struct np_err *err)
{
    NP_SQL(put, "UPDATE secretsmanager_secret SET delete_ms = ?2, changed_ms = :now WHERE id = ?1");
    return np_exec(t, &put, err, "iI", id, delete_ms);
}
