/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - certificates: rows in and out. */
#include "aws/arn.h"
#include "codec/codec.h"
#include "services/acm/acm_int.h"

#define DETAIL_MAX (256 * 1024) /* a hundred names, twice with their records */
#define SEAL       "acm.key"

struct acm_db acm_db_req(const struct np_req *rq)
{
    return (struct acm_db){np_req_db(rq), np_req_scope(rq), rq->arena};
}

struct acm_db acm_db_txn(struct np_txn *t)
{
    return (struct acm_db){np_txn_db(t), *np_txn_scope(t), np_txn_arena(t)};
}

struct np_str acm_seal(const struct np_core *core, struct np_arena *a, struct np_str key_pem)
{
    return np_core_seal(core, SEAL, key_pem, a);
}

struct np_str acm_unseal(const struct np_core *core, struct np_arena *a, struct np_str sealed)
{
    return np_core_unseal(core, SEAL, sealed, a);
}

/* --- out of rows --- */

struct np_str acm_arn(struct np_arena *a, struct np_str account, struct np_str region,
                      struct np_str id)
{
    return np_arn_make(a, "acm", region, account, "certificate/%.*s", NP_FMT(id));
}

bool acm_row(const struct acm_db *db, struct np_q *q, struct acm_cert *out)
{
    *out = (struct acm_cert){
        .id = np_col_str(q, 0, db->a),
        .exported = np_col_int(q, 1) != 0,
        .waiting = np_col_int(q, 2) != 0,
        .due_ms = np_col_opt_int(q, 3),
        .token = np_col_str(q, 4, db->a),
        .token_hash = np_col_int(q, 5),
        .detail = np_new(db->a, struct acm_CertificateDetail),
    };
    out->arn = acm_arn(db->a, db->scope.account, db->scope.region, out->id);
    return np_cbor_get(&acm_CertificateDetail_shape, np_col_str(q, 6, db->a), db->a, out->detail,
                       NULL) == 0;
}

int acm_load(const struct acm_db *db, struct np_str id, struct acm_cert *out, struct np_err *err)
{
    NP_SQL(find, "SELECT " ACM_COLUMNS " FROM acm_certificate "
                 "WHERE account = :account AND region = :region AND id = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", id);
    bool found = np_row(q), whole = found && acm_row(db, q, out);
    int rc = np_q_end(q, err);
    if (rc == 0 && !found)
        return np_err(err, NP_ENOENT, "no such certificate");
    return rc == 0 && !whole ? np_err(err, NP_ECORRUPT, "a damaged certificate") : rc;
}

int acm_find(const struct acm_db *db, struct np_str arn, struct acm_cert *out, struct np_err *err)
{
    struct np_arn parts;
    if (!np_arn_parse(arn, &parts) || !np_str_is(parts.service, "acm") ||
        !np_str_starts(parts.resource, NP_STR("certificate/")))
        return np_fault(err, &ACM_InvalidArnException, "Invalid ARN: %.*s", NP_FMT(arn));
    int rc = NP_ENOENT;
    if (np_str_eq(parts.account, db->scope.account) && np_str_eq(parts.region, db->scope.region))
        rc = acm_load(db, np_str_sub(parts.resource, 12, parts.resource.n), out, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &ACM_ResourceNotFoundException, "Could not find certificate %.*s.",
                        NP_FMT(arn));
    return rc;
}

struct np_str acm_by_token(const struct acm_db *db, struct np_str token, int64_t hash)
{
    NP_SQL(find, "SELECT id FROM acm_certificate WHERE account = :account AND region = :region "
                 "AND token = ?1 AND token_hash = ?2 AND created_ms > ?3");
    struct np_str arn = NP_STR_NULL;
    struct np_q *q =
        np_q(db->c, &db->scope, &find, "sii", token, hash, db->scope.now_ms - ACM_TOKEN_MS);
    if (np_row(q))
        arn = acm_arn(db->a, db->scope.account, db->scope.region, np_col_peek(q, 0));
    np_q_end(q, NULL);
    return arn;
}

int64_t acm_count(const struct acm_db *db, const char *type)
{
    NP_SQL(count, "SELECT count(*) FROM acm_certificate WHERE account = :account "
                  "AND region = :region AND type = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &count, "s", np_str_of(type));
    int64_t n = np_row(q) ? np_col_int(q, 0) : 0;
    np_q_end(q, NULL);
    return n;
}

int acm_material_get(const struct acm_db *db, struct np_str id, struct acm_material *out,
                     struct np_err *err)
{
    NP_SQL(find, "SELECT body, chain, sealed FROM acm_material "
                 "WHERE account = :account AND region = :region AND id = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", id);
    bool found = np_row(q);
    if (found)
        *out = (struct acm_material){np_col_str(q, 0, db->a), np_col_str(q, 1, db->a),
                                     np_col_str(q, 2, db->a)};
    int rc = np_q_end(q, err);
    return rc == 0 && !found ? np_err(err, NP_ENOENT, "no certificate was issued") : rc;
}

/* --- into rows --- */

static int detail_bytes(struct np_txn *t, const struct acm_cert *c, struct np_str *out,
                        struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), DETAIL_MAX);
    np_cbor_put(&acm_CertificateDetail_shape, c->detail, &b);
    *out = np_buf_str(&b);
    return np_buf_ok(&b) ? 0 : np_err(err, NP_E2BIG, "a certificate with too much to tell");
}

static struct np_str word(struct np_str s)
{
    return s.p != NULL ? s : NP_STR("");
}

static void tell(struct np_txn *t, struct np_str arn)
{
    np_notice(t, "acm.certificate", np_txn_scope(t)->account, arn);
}

int acm_insert(struct np_txn *t, const struct acm_cert *c, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO acm_certificate (account, region, id, created_ms, type, status, "
                "key_algorithm, exported, waiting, due_ms, token, token_hash, detail) "
                "VALUES (:account, :region, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    struct np_str detail;
    int rc = detail_bytes(t, c, &detail, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "sisssiiIsib", c->id, c->detail->CreatedAt.v, c->detail->Type,
                     c->detail->Status, word(c->detail->KeyAlgorithm), (int64_t)c->exported,
                     (int64_t)c->waiting, c->due_ms, c->token, c->token_hash, detail);
    if (rc == 0)
        tell(t, c->arn);
    return rc;
}

int acm_save(struct np_txn *t, const struct acm_cert *c, struct np_err *err)
{
    NP_SQL(put, "UPDATE acm_certificate SET status = ?2, key_algorithm = ?3, exported = ?4, "
                "waiting = ?5, due_ms = ?6, detail = ?7 "
                "WHERE account = :account AND region = :region AND id = ?1");
    struct np_str detail;
    int rc = detail_bytes(t, c, &detail, err);
    if (rc == 0)
        rc = np_exec(t, &put, err, "sssiiIb", c->id, c->detail->Status,
                     word(c->detail->KeyAlgorithm), (int64_t)c->exported, (int64_t)c->waiting,
                     c->due_ms, detail);
    if (rc == 0)
        tell(t, c->arn);
    return rc;
}

int acm_drop(struct np_txn *t, const struct acm_cert *c, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM acm_certificate WHERE account = :account AND region = :region "
                "AND id = ?1");
    int rc = np_exec(t, &del, err, "s", c->id);
    if (rc == 0)
        rc = np_tags_drop(t, c->arn, err);
    if (rc == 0)
        tell(t, c->arn);
    return rc;
}

int acm_material_put(struct np_txn *t, struct np_str id, const struct acm_material *m,
                     struct np_err *err)
{
    NP_SQL(put, "INSERT INTO acm_material (account, region, id, body, chain, sealed) "
                "VALUES (:account, :region, ?1, ?2, ?3, ?4) ON CONFLICT (account, region, id) "
                "DO UPDATE SET body = excluded.body, chain = excluded.chain, "
                "sealed = excluded.sealed");
    return np_exec(t, &put, err, "sssb", id, m->body, m->chain, m->sealed);
}
