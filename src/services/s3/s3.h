/* SPDX-License-Identifier: Apache-2.0 */
/* s3.h - what S3 tells other services in process: S3 Control, which stands on the same rows.
 *
 * Everybody else calls S3 through its generated stubs.
 */
#pragma once

#include "aws/tags.h"

struct np_core;
struct np_policy;
struct np_req;

struct s3_bucket_tags {
    struct np_str account, region; /* of the bucket */
    const struct np_policy *policy;
    const struct np_tag *tags;
    size_t n;
};
/* NoSuchBucket. Valid until the handler returns to its loop. */
int s3_bucket_tags(struct np_req *rq, struct np_str bucket, struct s3_bucket_tags *out,
                   struct np_err *err);
/* In apply, of s3.db: drops, then adds or overwrites. */
int s3_bucket_tags_change(struct np_txn *t, struct np_str bucket, const struct np_tag *add,
                          size_t n_add, const struct np_strs *drop, struct np_err *err);

/* awslogsdelivery: who delivers CloudFront's access logs, as access control lists name it. It
 * stands for no account. */
#define S3_LOG_DELIVERY_ID "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

/* The public access block of a whole account. */
struct s3_account_block {
    bool block_acls, ignore_acls, block_policy, restrict_buckets;
};
bool s3_account_block_get(const struct np_core *core, struct np_str account,
                          struct s3_account_block *out);
/* In apply; NULL removes it. */
int s3_account_block_set(struct np_txn *t, struct np_str account,
                         const struct s3_account_block *block, struct np_err *err);
