/* SPDX-License-Identifier: Apache-2.0 */
/* idem.c - answers kept by idempotency token for a day. */
#include "aws/idem.h"

#include "codec/codec.h"

#define KEEP_MS    (24LL * 3600 * 1000)
#define ANSWER_MAX (1024 * 1024)

int np_idem_find(struct np_txn *t, const char *operation, struct np_str token, uint64_t input_hash,
                 const struct np_shape *out_shape, void *out, struct np_err *err)
{
    NP_SQL(expire, "DELETE FROM np_idempotency WHERE made_ms < ?1");
    NP_SQL(find,
           "SELECT input_hash, answer FROM np_idempotency WHERE operation = ?1 AND token = ?2 "
           "AND account = :account AND region = :region");
    if (token.n == 0)
        return 0;
    int rc = np_exec(t, &expire, err, "i", np_txn_now_ms(t) - KEEP_MS);
    if (rc != 0)
        return rc;
    struct np_q *q = np_tq(t, &find, "ss", np_str_of(operation), token);
    bool found = np_row(q);
    uint64_t hash = found ? (uint64_t)np_col_int(q, 0) : 0;
    struct np_str answer = found ? np_col_str(q, 1, np_txn_arena(t)) : NP_STR_NULL;
    rc = np_q_end(q, err);
    if (rc != 0 || !found)
        return rc;
    if (hash != input_hash)
        return np_err(err, NP_EEXIST, "the idempotency token was used with other parameters");
    rc = np_cbor_get(out_shape, answer, np_txn_arena(t), out, err);
    return rc != 0 ? rc : 1;
}

int np_idem_keep(struct np_txn *t, const char *operation, struct np_str token, uint64_t input_hash,
                 const struct np_shape *out_shape, const void *out, struct np_err *err)
{
    NP_SQL(keep, "INSERT INTO np_idempotency (operation, token, input_hash, made_ms, answer, "
                 "account, region) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, :account, :region)");
    if (token.n == 0)
        return 0;
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), ANSWER_MAX);
    np_cbor_put(out_shape, out, &b);
    if (!np_buf_ok(&b))
        return np_err(err, NP_E2BIG, "the answer is too long to be kept");
    return np_exec(t, &keep, err, "ssiib", np_str_of(operation), token, (int64_t)input_hash,
                   np_txn_now_ms(t), np_buf_str(&b));
}
