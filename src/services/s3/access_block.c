/* SPDX-License-Identifier: Apache-2.0 */
/* access_block.c - the public access block of buckets and of accounts, and who owns objects. */
#include "services/s3/bucket_int.h"

#include "services/s3/s3.h"

/* --- of a bucket --- */

int s3_GetPublicAccessBlock(struct np_req *rq, const struct s3_GetPublicAccessBlockRequest *in,
                            struct s3_GetPublicAccessBlockOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    bool found;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    out->PublicAccessBlockConfiguration =
        np_new(rq->arena, struct s3_PublicAccessBlockConfiguration);
    rc = s3_config_get(rq, b, S3_CFG_BLOCK, out->PublicAccessBlockConfiguration, &found, err);
    if (rc == 0 && !found)
        rc = s3_absent(err, &S3_NoSuchPublicAccessBlockConfiguration, b,
                       "The public access block configuration was not found");
    return rc;
}

/* What is not said is off. */
static struct np_opt_bool said(struct np_opt_bool v)
{
    return (struct np_opt_bool){.set = true, .v = v.v};
}

int s3_PutPublicAccessBlock_begin(struct np_req *rq,
                                  const struct s3_PutPublicAccessBlockRequest *in,
                                  struct np_err *err)
{
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutPublicAccessBlock_apply(struct np_txn *t, const struct s3_PutPublicAccessBlockRequest *in,
                                  struct s3_PutPublicAccessBlockOutput *out, struct np_err *err)
{
    const struct s3_PublicAccessBlockConfiguration *c = in->PublicAccessBlockConfiguration;
    const struct s3_PublicAccessBlockConfiguration all = {
        .BlockPublicAcls = said(c->BlockPublicAcls),
        .IgnorePublicAcls = said(c->IgnorePublicAcls),
        .BlockPublicPolicy = said(c->BlockPublicPolicy),
        .RestrictPublicBuckets = said(c->RestrictPublicBuckets),
    };
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_BLOCK, &all, err);
}

int s3_DeletePublicAccessBlock_apply(struct np_txn *t,
                                     const struct s3_DeletePublicAccessBlockRequest *in,
                                     struct s3_DeletePublicAccessBlockOutput *out,
                                     struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_BLOCK, NULL, err);
}

/* --- of an account, for S3 Control --- */

bool s3_account_block_get(const struct np_core *core, struct np_str account,
                          struct s3_account_block *out)
{
    struct s3_block b;
    if (!s3_account_block(s3_state(core), account, &b))
        return false;
    *out =
        (struct s3_account_block){b.block_acls, b.ignore_acls, b.block_policy, b.restrict_buckets};
    return true;
}

int s3_account_block_set(struct np_txn *t, struct np_str account,
                         const struct s3_account_block *block, struct np_err *err)
{
    NP_SQL(put, "INSERT INTO s3_account_configs (account, kind, value) VALUES (?1, 'block', ?2) "
                "ON CONFLICT (account, kind) DO UPDATE SET value = excluded.value");
    NP_SQL(del, "DELETE FROM s3_account_configs WHERE account = ?1 AND kind = 'block'");
    int rc;
    if (block != NULL) {
        const struct s3_PublicAccessBlockConfiguration c = {
            .BlockPublicAcls = {true, block->block_acls},
            .IgnorePublicAcls = {true, block->ignore_acls},
            .BlockPublicPolicy = {true, block->block_policy},
            .RestrictPublicBuckets = {true, block->restrict_buckets},
        };
        struct np_buf b;
        np_buf_init(&b, np_txn_arena(t), 4096);
        np_cbor_put(&s3_PublicAccessBlockConfiguration_shape, &c, &b);
        rc = np_exec(t, &put, err, "sb", account, np_buf_str(&b));
    } else {
        rc = np_exec(t, &del, err, "s", account);
    }
    if (rc == 0)
        s3_account_changed(t, account);
    return rc;
}

/* --- ownership --- */

int s3_GetBucketOwnershipControls(struct np_req *rq,
                                  const struct s3_GetBucketOwnershipControlsRequest *in,
                                  struct s3_GetBucketOwnershipControlsOutput *out,
                                  struct np_err *err)
{
    const struct s3_bucket *b;
    bool found;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    out->OwnershipControls = np_new(rq->arena, struct s3_OwnershipControls);
    rc = s3_config_get(rq, b, S3_CFG_OWNERSHIP, out->OwnershipControls, &found, err);
    if (rc == 0 && !found)
        rc = s3_absent(err, &S3_OwnershipControlsNotFoundError, b,
                       "The bucket ownership controls were not found");
    return rc;
}

int s3_PutBucketOwnershipControls_begin(struct np_req *rq,
                                        const struct s3_PutBucketOwnershipControlsRequest *in,
                                        struct np_err *err)
{
    const struct s3_bucket *b;
    const struct s3_OwnershipControlsRules *rules = &in->OwnershipControls->Rules;
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    if (rules->n != 1)
        return s3_malformed(err);
    if (np_str_is(rules->v[0].ObjectOwnership, "BucketOwnerEnforced") &&
        !s3_acl_is_private(rq->arena, b->acl, b->account))
        return np_fault(err, &S3_InvalidBucketAclWithObjectOwnership,
                        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced "
                        "setting");
    return np_apply(rq);
}

int s3_PutBucketOwnershipControls_apply(struct np_txn *t,
                                        const struct s3_PutBucketOwnershipControlsRequest *in,
                                        struct s3_PutBucketOwnershipControlsOutput *out,
                                        struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_OWNERSHIP, in->OwnershipControls, err);
}

int s3_DeleteBucketOwnershipControls_apply(struct np_txn *t,
                                           const struct s3_DeleteBucketOwnershipControlsRequest *in,
                                           struct s3_DeleteBucketOwnershipControlsOutput *out,
                                           struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_OWNERSHIP, NULL, err);
}
