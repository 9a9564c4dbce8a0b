/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle_rules.h - a bucket's lifecycle rules: checked when they are put, asked for every
 * version of every object. Knows no rows and no clock of its own. */
#pragma once

#include "services/s3/s3_int.h"

/* 0, NP_EPROTO (MalformedXML), NP_EINVAL (InvalidArgument), NP_ENOTSUP (InvalidRequest); err has
 * S3's text for the last two. Rules without an id are given one. */
int s3_lifecycle_check(struct np_arena *a, struct s3_BucketLifecycleConfiguration *c,
                       struct np_err *err);

/* What a scan knows of a version beside its row. */
struct s3_standing {
    int64_t noncurrent_ms; /* since when it is not the latest */
    size_t newer;          /* versions of the key that are noncurrent and newer */
    bool only;             /* there is no other version of the key */
    bool varies;           /* x-amz-transition-default-minimum-object-size */
};
enum s3_fate { S3_KEEP, S3_EXPIRE, S3_REMOVE, S3_MOVE };
enum s3_fate s3_lifecycle_fate(const struct s3_BucketLifecycleConfiguration *c,
                               const struct s3_version *v, const struct s3_standing *s,
                               int64_t now_ms, struct np_str *storage_class);
/* When the latest version expires, by the rule that comes first; false: never. */
bool s3_lifecycle_expiry(const struct s3_BucketLifecycleConfiguration *c,
                         const struct s3_version *v, int64_t *when_ms, struct np_str *rule_id);
/* The same for an upload that nobody completes. */
bool s3_lifecycle_abort(const struct s3_BucketLifecycleConfiguration *c, struct np_str key,
                        int64_t initiated_ms, int64_t *when_ms, struct np_str *rule_id);
