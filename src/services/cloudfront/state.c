/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - rows of distributions in and out of the store. */
#include "services/cloudfront/cloudfront_int.h"

#define COLUMNS "account, id, domain, reference, etag, created_ms, modified_ms, config"

static int take_row(struct np_q *q, struct np_arena *a, struct cloudfront_row *out,
                    struct np_err *err)
{
    *out = (struct cloudfront_row){
        .account = np_col_str(q, 0, a),
        .id = np_col_str(q, 1, a),
        .domain = np_col_str(q, 2, a),
        .reference = np_col_str(q, 3, a),
        .etag = np_col_str(q, 4, a),
        .created_ms = np_col_int(q, 5),
        .modified_ms = np_col_int(q, 6),
        .config = np_new(a, struct cloudfront_DistributionConfig),
    };
    return np_cbor_get(&cloudfront_DistributionConfig_shape, np_col_str(q, 7, a), a, out->config,
                       err);
}

int cloudfront_row_get(struct np_dbc *c, const struct np_scope *scope, struct np_str id,
                       struct np_arena *a, struct cloudfront_row *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_distribution "
                "WHERE account = :account AND id = ?1");
    struct np_q *q = np_q(c, scope, &sql, "s", id);
    int rc = np_row(q) ? take_row(q, a, out, err) : NP_ENOENT;
    int end = np_q_end(q, err);
    return end != 0 ? end : rc;
}

static int missing(struct np_err *err)
{
    return np_fault(err, &CLOUDFRONT_NoSuchDistribution,
                    "The specified distribution does not exist.");
}

int cloudfront_row_find(struct np_req *rq, struct np_str id, struct cloudfront_row *out,
                        struct np_err *err)
{
    const struct np_scope scope = np_req_scope(rq);
    int rc = cloudfront_row_get(np_req_db(rq), &scope, id, rq->arena, out, err);
    return rc == NP_ENOENT ? missing(err) : rc;
}

int cloudfront_row_find_txn(struct np_txn *t, struct np_str id, struct cloudfront_row *out,
                            struct np_err *err)
{
    int rc = cloudfront_row_get(np_txn_db(t), np_txn_scope(t), id, np_txn_arena(t), out, err);
    return rc == NP_ENOENT ? missing(err) : rc;
}

static struct np_str encode(struct np_txn *t, const struct cloudfront_DistributionConfig *config)
{
    struct np_buf b;
    np_buf_init(&b, np_txn_arena(t), CLOUDFRONT_CONFIG_BYTES_MAX);
    np_cbor_put(&cloudfront_DistributionConfig_shape, config, &b);
    return np_buf_str(&b);
}

int cloudfront_row_add(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    NP_SQL(sql, "INSERT INTO cloudfront_distribution (" COLUMNS ") "
                "VALUES (:account, ?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    return np_exec(t, &sql, err, "ssssiib", r->id, r->domain, r->reference, r->etag, r->created_ms,
                   r->modified_ms, encode(t, r->config));
}

int cloudfront_row_put(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    NP_SQL(sql, "UPDATE cloudfront_distribution SET etag = ?2, modified_ms = ?3, config = ?4 "
                "WHERE account = :account AND id = ?1");
    return np_exec(t, &sql, err, "ssib", r->id, r->etag, r->modified_ms, encode(t, r->config));
}

int cloudfront_row_remove(struct np_txn *t, struct np_str id, struct np_err *err)
{
    NP_SQL(sql, "DELETE FROM cloudfront_distribution WHERE account = :account AND id = ?1");
    return np_exec(t, &sql, err, "s", id);
}

int cloudfront_rows(struct np_req *rq, const struct cloudfront_row_list *l,
                    struct cloudfront_row **out, size_t *n, struct np_err *err)
{
    NP_SQL(all, "SELECT " COLUMNS " FROM cloudfront_distribution "
                "WHERE account = :account AND id > ?1 ORDER BY id LIMIT ?2");
    NP_SQL(used, "SELECT " COLUMNS " FROM cloudfront_distribution "
                 "WHERE account = :account AND id > ?1 AND EXISTS (SELECT 1 FROM cloudfront_use u "
                 "WHERE u.account = :account AND u.user = cloudfront_distribution.id AND "
                 "u.kind = ?3 AND u.id = ?4) ORDER BY id LIMIT ?2");
    const struct np_scope scope = np_req_scope(rq);
    struct np_q *q = l->used
                         ? np_q(np_req_db(rq), &scope, &used, "siss", l->after, (int64_t)l->limit,
                                np_str_of(cloudfront_kinds[l->kind].name), l->item)
                         : np_q(np_req_db(rq), &scope, &all, "si", l->after, (int64_t)l->limit);
    int rc = 0;
    *out = np_new_array(rq->arena, struct cloudfront_row, l->limit);
    *n = 0;
    while (rc == 0 && *n < l->limit && np_row(q))
        rc = take_row(q, rq->arena, &(*out)[(*n)++], err);
    int end = np_q_end(q, err);
    return end != 0 ? end : rc;
}

/* --- names --- */

struct np_str cloudfront_arn(struct np_arena *a, struct np_str account, struct np_str id)
{
    return np_str_printf(a, "arn:aws:cloudfront::%.*s:distribution/%.*s", NP_FMT(account),
                         NP_FMT(id));
}

struct np_str cloudfront_location(const struct np_req *rq, const char *path, struct np_str id)
{
    return np_str_printf(rq->arena, "%.*s/2020-05-31/%s/%.*s", NP_FMT(rq->endpoint), path,
                         NP_FMT(id));
}
