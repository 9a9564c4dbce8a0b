/* SPDX-License-Identifier: Apache-2.0 */
/* distribution.c - distributions: made, read, changed, deleted. */
#include "services/cloudfront/cloudfront_int.h"

/* --- what is said of one --- */

/* The keys that sign for it: those of the key groups that its behaviours trust. */
static int active_keys(struct np_req *rq, struct np_arena *a, struct np_dbc *c,
                       const struct np_scope *scope, const struct cloudfront_row *r,
                       struct cloudfront_ActiveTrustedKeyGroups *out, struct np_err *err)
{
    NP_SQL(sql, "SELECT id FROM cloudfront_use WHERE account = :account AND user = ?1 AND "
                "kind = ?2 ORDER BY id");
    const char *kind = cloudfront_kinds[CLOUDFRONT_KEY_GROUP].name;
    struct np_q *q = np_q(c, scope, &sql, "ss", r->id, np_str_of(kind));
    int rc = 0;
    out->Items.v = np_new_array(a, struct cloudfront_KGKeyPairIds, CLOUDFRONT_KEY_GROUPS_MAX);
    while (rc == 0 && out->Items.n < CLOUDFRONT_KEY_GROUPS_MAX && np_row(q)) {
        struct cloudfront_item item;
        void *config;
        struct np_str id = np_col_str(q, 0, a);
        rc = cloudfront_item_get(rq->core, c, scope, CLOUDFRONT_KEY_GROUP, id, a, &item, err);
        if (rc == 0)
            rc = cloudfront_item_config(&item, CLOUDFRONT_KEY_GROUP, a, &config, err);
        if (rc != 0)
            break;
        struct cloudfront_KeyPairIds *pairs = np_new(a, struct cloudfront_KeyPairIds);
        pairs->Items = ((const struct cloudfront_KeyGroupConfig *)config)->Items;
        pairs->Quantity = CLOUDFRONT_INT(pairs->Items.n);
        out->Items.v[out->Items.n++] = (struct cloudfront_KGKeyPairIds){id, pairs};
    }
    int end = np_q_end(q, err);
    out->Items.set = out->Items.n != 0;
    out->Enabled = CLOUDFRONT_BOOL(out->Items.n != 0);
    out->Quantity = CLOUDFRONT_INT(out->Items.n);
    return rc != 0 ? rc : end;
}

static void approved(struct np_arena *a, const struct cloudfront_Aliases *aliases,
                     struct cloudfront_AliasICPRecordals *out)
{
    out->v = np_new_array(a, struct cloudfront_AliasICPRecordal, aliases->Items.n + 1);
    for (; out->n < aliases->Items.n; out->n++)
        out->v[out->n] = (struct cloudfront_AliasICPRecordal){
            .CNAME = aliases->Items.v[out->n],
            .ICPRecordalStatus = NP_STR("APPROVED"),
        };
    out->set = out->n != 0;
}

static int described(struct np_req *rq, struct np_dbc *c, const struct np_scope *scope,
                     const struct cloudfront_row *r, struct cloudfront_Distribution **out,
                     struct np_err *err)
{
    struct np_arena *a = rq->arena;
    struct cloudfront_Distribution *d = np_new(a, struct cloudfront_Distribution);
    d->Id = r->id;
    d->ARN = cloudfront_arn(a, r->account, r->id);
    /* The edge has what a reply tells before the reply is sent. */
    d->Status = NP_STR("Deployed");
    d->LastModifiedTime = CLOUDFRONT_INT(r->modified_ms);
    d->InProgressInvalidationBatches = CLOUDFRONT_INT(0);
    d->DomainName = r->domain;
    d->ActiveTrustedSigners = np_new(a, struct cloudfront_ActiveTrustedSigners);
    d->ActiveTrustedSigners->Enabled = CLOUDFRONT_BOOL(false);
    d->ActiveTrustedSigners->Quantity = CLOUDFRONT_INT(0);
    d->ActiveTrustedKeyGroups = np_new(a, struct cloudfront_ActiveTrustedKeyGroups);
    d->DistributionConfig = r->config;
    approved(a, r->config->Aliases, &d->AliasICPRecordals);
    *out = d;
    return active_keys(rq, a, c, scope, r, d->ActiveTrustedKeyGroups, err);
}

static int described_txn(struct np_txn *t, const struct cloudfront_row *r,
                         struct cloudfront_Distribution **out, struct np_err *err)
{
    return described(np_txn_req(t), np_txn_db(t), np_txn_scope(t), r, out, err);
}

int cloudfront_GetDistribution(struct np_req *rq,
                               const struct cloudfront_GetDistributionRequest *in,
                               struct cloudfront_GetDistributionResult *out, struct np_err *err)
{
    const struct np_scope scope = np_req_scope(rq);
    struct cloudfront_row r;
    int rc = cloudfront_row_find(rq, in->Id, &r, err);
    if (rc != 0)
        return rc;
    out->ETag = r.etag;
    return described(rq, np_req_db(rq), &scope, &r, &out->Distribution, err);
}

int cloudfront_GetDistributionConfig(struct np_req *rq,
                                     const struct cloudfront_GetDistributionConfigRequest *in,
                                     struct cloudfront_GetDistributionConfigResult *out,
                                     struct np_err *err)
{
    struct cloudfront_row r;
    int rc = cloudfront_row_find(rq, in->Id, &r, err);
    if (rc != 0)
        return rc;
    out->ETag = r.etag;
    out->DistributionConfig = r.config;
    return 0;
}

/* --- making --- */

/* The document as it is kept: a copy, because a member of what came is its caller's. */
static struct cloudfront_DistributionConfig *filled(struct np_arena *a,
                                                    const struct cloudfront_DistributionConfig *in)
{
    struct cloudfront_DistributionConfig *c = np_new(a, struct cloudfront_DistributionConfig);
    *c = *in;
    cloudfront_defaults(a, c);
    return c;
}

static int check_new(struct np_txn *t, const struct cloudfront_DistributionConfig *c,
                     struct np_err *err)
{
    NP_SQL(by_reference, "SELECT id FROM cloudfront_distribution "
                         "WHERE account = :account AND reference = ?1");
    NP_SQL(count, "SELECT count(*) FROM cloudfront_distribution WHERE account = :account");
    struct np_q *q = np_tq(t, &by_reference, "s", c->CallerReference);
    struct np_str id = np_row(q) ? np_col_str(q, 0, np_txn_arena(t)) : NP_STR_NULL;
    int rc = np_q_end(q, err);
    if (rc == 0 && id.p != NULL)
        rc = np_fault(err, &CLOUDFRONT_DistributionAlreadyExists,
                      "The caller reference that you are using to create a distribution is "
                      "associated with another distribution. Already exists: %.*s",
                      NP_FMT(id));
    if (rc != 0)
        return rc;
    q = np_tq(t, &count, "");
    bool full = np_row(q) && np_col_int(q, 0) >= CLOUDFRONT_DISTRIBUTIONS_MAX;
    rc = np_q_end(q, err);
    if (rc == 0 && full)
        rc = np_fault(err, &CLOUDFRONT_TooManyDistributions,
                      "Processing your request would cause you to exceed the maximum number of "
                      "distributions allowed.");
    return rc;
}

static struct np_str new_domain(struct np_arena *a)
{
    struct np_str id = np_str_lower(a, cloudfront_new_id(a, "d"));
    return np_str_cat(a, id, NP_STR(".cloudfront.net"));
}

/* The rows that follow from a document, whether it is new or changed. */
static int store(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    int rc = cloudfront_aliases_set(t, r->id, r->config->Aliases, err);
    if (rc == 0)
        rc = cloudfront_references_set(t, r, err);
    if (rc == 0)
        cloudfront_distribution_changed(t, r->id);
    return rc;
}

static int create(struct np_txn *t, const struct cloudfront_DistributionConfig *in,
                  struct cloudfront_row *r, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    *r = (struct cloudfront_row){
        .account = np_txn_scope(t)->account,
        .id = cloudfront_new_id(a, "E"),
        .domain = new_domain(a),
        .reference = in->CallerReference,
        .etag = cloudfront_new_id(a, "E"),
        .created_ms = np_txn_now_ms(t),
        .modified_ms = np_txn_now_ms(t),
        .config = filled(a, in),
    };
    int rc = cloudfront_config_check(a, r->config, err);
    if (rc == 0)
        rc = check_new(t, r->config, err);
    if (rc == 0)
        rc = cloudfront_row_add(t, r, err);
    if (rc == 0)
        rc = cloudfront_edge_add(t, r, err);
    return rc == 0 ? store(t, r, err) : rc;
}

int cloudfront_CreateDistribution_begin(struct np_req *rq,
                                        const struct cloudfront_CreateDistributionRequest *in,
                                        struct np_err *err)
{
    return cloudfront_prepare(rq, in->DistributionConfig, err);
}

int cloudfront_CreateDistribution_apply(struct np_txn *t,
                                        const struct cloudfront_CreateDistributionRequest *in,
                                        struct cloudfront_CreateDistributionResult *out,
                                        struct np_err *err)
{
    struct cloudfront_row r;
    int rc = create(t, in->DistributionConfig, &r, err);
    if (rc != 0)
        return rc;
    out->ETag = r.etag;
    out->Location = cloudfront_location(np_txn_req(t), "distribution", r.id);
    return described_txn(t, &r, &out->Distribution, err);
}

int cloudfront_CreateDistributionWithTags_begin(
    struct np_req *rq, const struct cloudfront_CreateDistributionWithTagsRequest *in,
    struct np_err *err)
{
    return cloudfront_prepare(rq, in->DistributionConfigWithTags->DistributionConfig, err);
}

int cloudfront_CreateDistributionWithTags_apply(
    struct np_txn *t, const struct cloudfront_CreateDistributionWithTagsRequest *in,
    struct cloudfront_CreateDistributionWithTagsResult *out, struct np_err *err)
{
    const struct cloudfront_DistributionConfigWithTags *both = in->DistributionConfigWithTags;
    struct cloudfront_row r;
    int rc = create(t, both->DistributionConfig, &r, err);
    if (rc == 0)
        rc = cloudfront_tags_put(t, cloudfront_arn(np_txn_arena(t), r.account, r.id),
                                 &both->Tags->Items, err);
    if (rc != 0)
        return rc;
    out->ETag = r.etag;
    out->Location = cloudfront_location(np_txn_req(t), "distribution", r.id);
    return described_txn(t, &r, &out->Distribution, err);
}

/* --- changing and deleting --- */

int cloudfront_UpdateDistribution_begin(struct np_req *rq,
                                        const struct cloudfront_UpdateDistributionRequest *in,
                                        struct np_err *err)
{
    return cloudfront_prepare(rq, in->DistributionConfig, err);
}

int cloudfront_UpdateDistribution_apply(struct np_txn *t,
                                        const struct cloudfront_UpdateDistributionRequest *in,
                                        struct cloudfront_UpdateDistributionResult *out,
                                        struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct cloudfront_row r;
    int rc = cloudfront_row_find_txn(t, in->Id, &r, err);
    if (rc == 0)
        rc = cloudfront_if_match(in->IfMatch, r.etag, err);
    if (rc != 0)
        return rc;
    if (!np_str_eq(in->DistributionConfig->CallerReference, r.reference))
        return np_fault(err, &CLOUDFRONT_IllegalUpdate,
                        "The caller reference of a distribution can't be changed.");
    const struct cloudfront_DistributionConfig *old = r.config;
    r.config = filled(a, in->DistributionConfig);
    r.etag = cloudfront_new_id(a, "E");
    r.modified_ms = np_txn_now_ms(t);
    rc = cloudfront_config_check(a, r.config, err);
    if (rc == 0)
        rc = cloudfront_row_put(t, &r, err);
    if (rc == 0)
        rc = cloudfront_edge_change(t, &r, old, err);
    if (rc == 0)
        rc = store(t, &r, err);
    if (rc != 0)
        return rc;
    out->ETag = r.etag;
    return described_txn(t, &r, &out->Distribution, err);
}

int cloudfront_DeleteDistribution_apply(struct np_txn *t,
                                        const struct cloudfront_DeleteDistributionRequest *in,
                                        struct cloudfront_DeleteDistributionOutput *out,
                                        struct np_err *err)
{
    struct cloudfront_row r;
    (void)out;
    int rc = cloudfront_row_find_txn(t, in->Id, &r, err);
    if (rc == 0)
        rc = cloudfront_if_match(in->IfMatch, r.etag, err);
    if (rc == 0 && r.config->Enabled.v)
        rc = np_fault(err, &CLOUDFRONT_DistributionNotDisabled,
                      "The distribution you are trying to delete has not been disabled.");
    if (rc == 0)
        rc = cloudfront_unuse(t, r.id, err);
    if (rc == 0)
        rc = np_tags_drop(t, cloudfront_arn(np_txn_arena(t), r.account, r.id), err);
    if (rc == 0)
        rc = cloudfront_edge_drop(t, &r, err);
    if (rc == 0)
        rc = cloudfront_row_remove(t, r.id, err);
    if (rc == 0)
        cloudfront_distribution_changed(t, r.id);
    return rc;
}
