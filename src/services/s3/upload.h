/* SPDX-License-Identifier: Apache-2.0 */
/* upload.h - multipart uploads as the files about them share them. */
#pragma once

#include "services/s3/object_int.h"

struct s3_upload_row {
    int64_t id; /* also names its parts */
    int64_t initiated_ms;
    struct np_str initiator; /* ARN */
    bool sum_named;          /* the client named the algorithm; else it is the default one */
    bool composite;
    struct s3_row row; /* what the object will be */
};
/* UploadPart and UploadPartCopy. */
struct s3_part_put {
    struct s3_upload up; /* first: the request's priv */
    struct s3_upload_row upload;
    struct s3_sse_key key;
    struct s3_part part;
};

int s3_no_such_upload(struct np_str upload_id, struct np_err *err);
int s3_upload_find(struct np_dbc *c, int64_t bucket_id, struct np_str key, int64_t id,
                   struct np_arena *a, struct s3_upload_row *out, bool *found, struct np_err *err);
int s3_upload_need(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                   struct np_str upload_id, struct s3_upload_row *out, struct np_err *err);
int s3_upload_again(struct np_txn *t, const struct s3_bucket_row *b, struct np_str key, int64_t id,
                    struct np_str upload_id, struct np_err *err);
int s3_upload_discard(struct np_txn *t, struct s3_objects *o, int64_t bucket_id, struct np_str key,
                      int64_t id, struct np_err *err);
int s3_part_no_check(struct np_req *rq, int64_t no, struct np_err *err);
int s3_part_sse_check(const struct s3_sse_key *key, const struct s3_upload_row *up,
                      struct np_err *err);
int s3_part_insert(struct np_txn *t, struct s3_objects *o, int64_t set_id, struct s3_part *part,
                   struct np_err *err);
const char *s3_sum_lower(int alg); /* "crc32", as messages have it */
