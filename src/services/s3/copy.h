/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h - the source of a copy and the way its bytes take. */
#pragma once

#include "services/s3/upload.h"

struct s3_copy_source { /* its key is to be opened by s3_kms_open() */
    struct np_str bucket, key, version_id;
    const struct s3_bucket *b; /* valid in the first turn */
    int64_t id;                /* the bucket's */
    struct s3_row row;
    struct np_str sealed;
    struct s3_sse_key sse;
    uint64_t off, n; /* what is copied */
};
struct s3_copy_asked {
    struct np_str source, expected_owner, ssec_alg, ssec_key, ssec_md5;
    struct s3_conditions conditions;
};
#define S3_COPY_ASKED(in)                                                                          \
    ((struct s3_copy_asked){                                                                       \
        .source = (in)->CopySource,                                                                \
        .expected_owner = (in)->ExpectedSourceBucketOwner,                                         \
        .ssec_alg = (in)->CopySourceSSECustomerAlgorithm,                                          \
        .ssec_key = (in)->CopySourceSSECustomerKey,                                                \
        .ssec_md5 = (in)->CopySourceSSECustomerKeyMD5,                                             \
        .conditions = {.match = (in)->CopySourceIfMatch,                                           \
                       .none_match = (in)->CopySourceIfNoneMatch,                                  \
                       .modified_since = (in)->CopySourceIfModifiedSince,                          \
                       .unmodified_since = (in)->CopySourceIfUnmodifiedSince},                     \
    })

struct hasher;
struct s3_copy { /* first in what rq->priv points at */
    struct np_req *rq;
    struct s3_copy_source source;
    const uint8_t *sse_key;          /* of the copy, as s3_sse_bytes(); NULL: none */
    int sum_alg;                     /* that the copy has */
    bool flat;                       /* a part cannot be a list of parts */
    void (*done)(struct s3_copy *c); /* md5 and sum are known */
    /* The operation from its beginning: the source was overwritten meanwhile. */
    int (*restart)(struct np_req *rq, struct np_err *err);
    unsigned tries;
    /* Out: */
    bool share; /* the source's body is the copy's, too */
    bool gone;  /* as apply saw it, the source is not what it was: nothing was done */
    struct np_str md5, sum;
    /* Under way: */
    struct s3_source *from;
    struct s3_sink *sink;
    struct hasher *hasher;
    struct np_str data;
    bool end, busy, waiting;
};
int s3_copy_source_need(struct np_req *rq, const struct s3_copy_asked *in, struct s3_copy_source *s,
                        struct np_err *err);
/* Moves or only hashes the bytes, then done. NP_LATER, or a fault. */
int s3_copy_start(struct s3_copy *c, struct np_err *err);
/* In apply: the copy's body, with one user more; or c->gone, and reply has to restart. */
int s3_copy_body(struct np_txn *t, struct s3_copy *c, struct s3_body *out, struct np_err *err);
