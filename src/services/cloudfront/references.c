/* SPDX-License-Identifier: Apache-2.0 */
/* references.c - what a distribution refers to: it must be there, and cannot go while it is used.
 */
#include "services/cloudfront/function.h"

/* `fault` NULL: the kind's own. */
static int refer(struct np_txn *t, struct np_str user, enum cloudfront_kind_id k, struct np_str id,
                 const struct np_fault_def *fault, struct np_err *err)
{
    struct cloudfront_item item;
    if (id.n == 0)
        return 0;
    int rc = cloudfront_item_get(np_txn_req(t)->core, np_txn_db(t), np_txn_scope(t), k, id,
                                 np_txn_arena(t), &item, err);
    if (rc == NP_ENOENT)
        return np_fault(err, fault != NULL ? fault : cloudfront_kinds[k].missing, "%s",
                        cloudfront_kinds[k].missing_text);
    return rc == 0 ? cloudfront_use(t, user, k, id, err) : rc;
}

static int of_behavior(struct np_txn *t, struct np_str user,
                       const struct cloudfront_CacheBehavior *b, struct np_err *err)
{
    int rc = refer(t, user, CLOUDFRONT_CACHE_POLICY, b->CachePolicyId, NULL, err);
    if (rc == 0)
        rc = refer(t, user, CLOUDFRONT_ORIGIN_REQUEST_POLICY, b->OriginRequestPolicyId, NULL, err);
    if (rc == 0)
        rc = refer(t, user, CLOUDFRONT_HEADERS_POLICY, b->ResponseHeadersPolicyId, NULL, err);
    for (size_t i = 0; rc == 0 && i < b->TrustedKeyGroups->Items.n; i++)
        rc = refer(t, user, CLOUDFRONT_KEY_GROUP, b->TrustedKeyGroups->Items.v[i],
                   &CLOUDFRONT_TrustedKeyGroupDoesNotExist, err);
    return rc == 0 ? cloudfront_functions_use(t, user, b->FunctionAssociations, err) : rc;
}

static int of_origin(struct np_txn *t, struct np_str user, const struct cloudfront_Origin *o,
                     struct np_err *err)
{
    struct np_str identity = NP_STR_NULL;
    int rc = refer(t, user, CLOUDFRONT_ACCESS_CONTROL, o->OriginAccessControlId,
                   &CLOUDFRONT_InvalidOriginAccessControl, err);
    if (rc == 0 && o->S3OriginConfig != NULL &&
        cloudfront_identity_ref(o->S3OriginConfig->OriginAccessIdentity, &identity))
        rc = refer(t, user, CLOUDFRONT_ACCESS_IDENTITY, identity,
                   &CLOUDFRONT_InvalidOriginAccessIdentity, err);
    return rc;
}

int cloudfront_references_set(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    const struct cloudfront_DistributionConfig *c = r->config;
    const struct cloudfront_CacheBehavior def =
        cloudfront_default_behavior(c->DefaultCacheBehavior);
    int rc = cloudfront_unuse(t, r->id, err);
    if (rc == 0)
        rc = of_behavior(t, r->id, &def, err);
    for (size_t i = 0; rc == 0 && i < c->CacheBehaviors->Items.n; i++)
        rc = of_behavior(t, r->id, &c->CacheBehaviors->Items.v[i], err);
    for (size_t i = 0; rc == 0 && i < c->Origins->Items.n; i++)
        rc = of_origin(t, r->id, &c->Origins->Items.v[i], err);
    return rc;
}
