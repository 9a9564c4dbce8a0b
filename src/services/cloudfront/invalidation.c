/* SPDX-License-Identifier: Apache-2.0 */
/* invalidation.c - invalidations: in force when the call that makes one returns. */
#include "services/cloudfront/cloudfront_int.h"

#define COLUMNS "seq, id, reference, created_ms, batch"

struct row {
    int64_t seq, created_ms;
    struct np_str id, reference, batch;
};

static void take_row(struct np_q *q, struct np_arena *a, struct row *out)
{
    *out = (struct row){
        .seq = np_col_int(q, 0),
        .id = np_col_str(q, 1, a),
        .reference = np_col_str(q, 2, a),
        .created_ms = np_col_int(q, 3),
        .batch = np_col_str(q, 4, a),
    };
}

static int shown(struct np_arena *a, const struct row *r, struct cloudfront_Invalidation **out,
                 struct np_err *err)
{
    struct cloudfront_Invalidation *i = np_new(a, struct cloudfront_Invalidation);
    i->Id = r->id;
    i->Status = NP_STR("Completed");
    i->CreateTime = CLOUDFRONT_INT(r->created_ms);
    i->InvalidationBatch = np_new(a, struct cloudfront_InvalidationBatch);
    *out = i;
    return np_cbor_get(&cloudfront_InvalidationBatch_shape, r->batch, a, i->InvalidationBatch, err);
}

/* --- making --- */

static int check_paths(const struct np_strs *paths, struct np_err *err)
{
    if (paths->n == 0)
        return cloudfront_invalid_argument(err, "The parameter Paths must not be empty.");
    if (paths->n > CLOUDFRONT_INVALIDATION_PATHS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyInvalidationsInProgress,
                        "Processing your request would cause you to exceed the maximum number of "
                        "in-progress invalidations allowed.");
    for (size_t i = 0; i < paths->n; i++) {
        struct np_str p = paths->v[i];
        ptrdiff_t star = np_str_chr(p, '*');
        bool ok = p.n != 0 && p.n <= CLOUDFRONT_PATH_BYTES_MAX && p.p[0] == '/' &&
                  (star < 0 || (size_t)star + 1 == p.n);
        for (size_t k = 0; ok && k < p.n; k++)
            ok = (unsigned char)p.p[k] > 0x20 && (unsigned char)p.p[k] != 0x7f;
        if (!ok)
            return cloudfront_invalid_argument(
                err, "Your request contains one or more invalid invalidation paths.");
    }
    return 0;
}

static struct np_str encode(struct np_arena *a, const struct cloudfront_InvalidationBatch *b)
{
    struct np_buf buf;
    np_buf_init(&buf, a, CLOUDFRONT_CONFIG_BYTES_MAX * 16);
    np_cbor_put(&cloudfront_InvalidationBatch_shape, b, &buf);
    return np_buf_str(&buf);
}

/* The number of the next one; the oldest of many is forgotten. */
static int next_seq(struct np_txn *t, struct np_str distribution, int64_t *seq, struct np_err *err)
{
    NP_SQL(last, "SELECT max(seq) FROM cloudfront_invalidation "
                 "WHERE account = :account AND distribution = ?1");
    NP_SQL(forget, "DELETE FROM cloudfront_invalidation "
                   "WHERE account = :account AND distribution = ?1 AND seq <= ?2");
    struct np_q *q = np_tq(t, &last, "s", distribution);
    *seq = np_row(q) ? np_col_int(q, 0) + 1 : 1;
    int rc = np_q_end(q, err);
    return rc == 0
               ? np_exec(t, &forget, err, "si", distribution, *seq - CLOUDFRONT_INVALIDATIONS_KEPT)
               : rc;
}

/* NP_ENOENT: there is none of that reference. */
static int made_before(struct np_txn *t, const struct cloudfront_CreateInvalidationRequest *in,
                       struct row *r, struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_invalidation "
                "WHERE account = :account AND distribution = ?1 AND reference = ?2");
    struct np_q *q =
        np_tq(t, &sql, "ss", in->DistributionId, in->InvalidationBatch->CallerReference);
    bool found = np_row(q);
    if (found)
        take_row(q, np_txn_arena(t), r);
    int rc = np_q_end(q, err);
    if (rc != 0 || !found)
        return rc != 0 ? rc : NP_ENOENT;
    if (np_str_eq(r->batch, encode(np_txn_arena(t), in->InvalidationBatch)))
        return 0;
    return cloudfront_invalid_argument(
        err, "Your caller reference is associated with another invalidation.");
}

int cloudfront_CreateInvalidation_apply(struct np_txn *t,
                                        const struct cloudfront_CreateInvalidationRequest *in,
                                        struct cloudfront_CreateInvalidationResult *out,
                                        struct np_err *err)
{
    NP_SQL(add, "INSERT INTO cloudfront_invalidation (account, distribution, " COLUMNS ") "
                "VALUES (:account, ?1, ?2, ?3, ?4, :now, ?5)");
    struct np_arena *a = np_txn_arena(t);
    struct cloudfront_row d;
    struct row r;
    const struct cloudfront_InvalidationBatch *b = in->InvalidationBatch;
    int rc = cloudfront_row_find_txn(t, in->DistributionId, &d, err);
    if (rc == 0)
        rc = cloudfront_quantities_check(&cloudfront_InvalidationBatch_shape, b, err);
    if (rc == 0)
        rc = check_paths(&b->Paths->Items, err);
    if (rc == 0 && b->CallerReference.n == 0)
        rc = cloudfront_invalid_argument(err, "The parameter CallerReference is required.");
    if (rc == 0)
        rc = made_before(t, in, &r, err);
    if (rc == NP_ENOENT) {
        r = (struct row){
            .id = cloudfront_new_id(a, "I"), .created_ms = np_txn_now_ms(t), .batch = encode(a, b)};
        rc = next_seq(t, d.id, &r.seq, err);
        if (rc == 0)
            rc = np_exec(t, &add, err, "sissb", d.id, r.seq, r.id, b->CallerReference, r.batch);
        if (rc == 0)
            cloudfront_invalidated(t, d.id, r.seq);
    }
    if (rc != 0)
        return rc;
    out->Location =
        cloudfront_location(np_txn_req(t), "distribution",
                            np_str_printf(a, "%.*s/invalidation/%.*s", NP_FMT(d.id), NP_FMT(r.id)));
    return shown(a, &r, &out->Invalidation, err);
}

int cloudfront_invalidation_paths(struct np_dbc *c, struct np_str account,
                                  struct np_str distribution, int64_t seq, struct np_arena *a,
                                  struct np_strs *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_invalidation "
                "WHERE account = ?1 AND distribution = ?2 AND seq = ?3");
    struct row r;
    struct cloudfront_Invalidation *i;
    struct np_q *q = np_q(c, NULL, &sql, "ssi", account, distribution, seq);
    bool found = np_row(q);
    if (found)
        take_row(q, a, &r);
    int rc = np_q_end(q, err);
    if (rc == 0)
        rc = found ? shown(a, &r, &i, err) : NP_ENOENT;
    if (rc == 0)
        *out = i->InvalidationBatch->Paths->Items;
    return rc;
}

/* --- reading --- */

int cloudfront_GetInvalidation(struct np_req *rq,
                               const struct cloudfront_GetInvalidationRequest *in,
                               struct cloudfront_GetInvalidationResult *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT " COLUMNS " FROM cloudfront_invalidation "
                "WHERE account = :account AND distribution = ?1 AND id = ?2");
    const struct np_scope scope = np_req_scope(rq);
    struct cloudfront_row d;
    struct row r;
    int rc = cloudfront_row_find(rq, in->DistributionId, &d, err);
    if (rc != 0)
        return rc;
    struct np_q *q = np_q(np_req_db(rq), &scope, &sql, "ss", in->DistributionId, in->Id);
    bool found = np_row(q);
    if (found)
        take_row(q, rq->arena, &r);
    rc = np_q_end(q, err);
    if (rc == 0 && !found)
        rc = np_fault(err, &CLOUDFRONT_NoSuchInvalidation,
                      "The specified invalidation does not exist.");
    return rc == 0 ? shown(rq->arena, &r, &out->Invalidation, err) : rc;
}

/* Where the page begins: below the number of the marker's. */
static int64_t below(struct np_req *rq, struct np_str distribution, struct np_str marker)
{
    NP_SQL(sql, "SELECT seq FROM cloudfront_invalidation "
                "WHERE account = :account AND distribution = ?1 AND id = ?2");
    const struct np_scope scope = np_req_scope(rq);
    if (marker.n == 0)
        return INT64_MAX;
    struct np_q *q = np_q(np_req_db(rq), &scope, &sql, "ss", distribution, marker);
    int64_t seq = np_row(q) ? np_col_int(q, 0) : 0;
    np_q_end(q, NULL);
    return seq;
}

int cloudfront_ListInvalidations(struct np_req *rq,
                                 const struct cloudfront_ListInvalidationsRequest *in,
                                 struct cloudfront_ListInvalidationsResult *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT id, created_ms FROM cloudfront_invalidation WHERE account = :account AND "
                "distribution = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3");
    const struct np_scope scope = np_req_scope(rq);
    struct cloudfront_row d;
    struct cloudfront_page p;
    int rc = cloudfront_row_find(rq, in->DistributionId, &d, err);
    if (rc == 0)
        rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    if (rc != 0)
        return rc;
    struct cloudfront_InvalidationList *l = np_new(rq->arena, struct cloudfront_InvalidationList);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_InvalidationSummary, p.limit + 1);
    struct np_q *q = np_q(np_req_db(rq), &scope, &sql, "sii", in->DistributionId,
                          below(rq, in->DistributionId, p.marker), (int64_t)p.limit + 1);
    while (np_row(q))
        l->Items.v[l->Items.n++] = (struct cloudfront_InvalidationSummary){
            .Id = np_col_str(q, 0, rq->arena),
            .CreateTime = CLOUDFRONT_INT(np_col_int(q, 1)),
            .Status = NP_STR("Completed"),
        };
    rc = np_q_end(q, err);
    l->IsTruncated = CLOUDFRONT_BOOL(l->Items.n > p.limit);
    if (l->Items.n > p.limit)
        l->NextMarker = l->Items.v[--l->Items.n - 1].Id;
    l->Items.set = l->Items.n != 0;
    l->Marker = p.marker;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->Quantity = CLOUDFRONT_INT(l->Items.n);
    out->InvalidationList = l;
    return rc;
}
