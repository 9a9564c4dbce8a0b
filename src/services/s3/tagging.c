/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - a bucket's tags, through S3 and, for S3 Control, by services/s3/s3.h. */
#include "services/s3/bucket_int.h"

#include "services/s3/s3.h"

static const struct {
    enum np_tag_problem problem;
    const char *text;
} problems[] = {
    {NP_TAG_KEY_LENGTH, "The TagKey you have provided is invalid"},
    {NP_TAG_VALUE_LENGTH, "The TagValue you have provided is invalid"},
    {NP_TAG_KEY_CHARACTERS, "The TagKey you have provided is invalid"},
    {NP_TAG_VALUE_CHARACTERS, "The TagValue you have provided is invalid"},
    {NP_TAG_RESERVED, "System tags cannot be added/updated by requester"},
    {NP_TAG_DUPLICATE, "Cannot provide multiple Tags with the same key"},
};

int s3_tags_check(const struct s3_TagSet *tags, struct np_err *err)
{
    struct np_tag list[NP_TAGS_MAX];
    size_t at;
    if (tags->n > NP_TAGS_MAX)
        return np_fault(err, &S3_BadRequest, "Bucket tag count cannot be greater than %d",
                        NP_TAGS_MAX);
    for (size_t i = 0; i < tags->n; i++)
        list[i] = (struct np_tag){tags->v[i].Key, tags->v[i].Value};
    enum np_tag_problem p = np_tags_check(list, tags->n, &at);
    NP_EACH (known, problems) {
        if (known->problem != p)
            continue;
        np_fault(err, &S3_InvalidTag, "%s", known->text);
        np_err_extra(err, "TagKey", list[at].key);
        return NP_EFAULT;
    }
    return 0;
}

int s3_GetBucketTagging(struct np_req *rq, const struct s3_GetBucketTaggingRequest *in,
                        struct s3_GetBucketTaggingOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    if (b->n_tags == 0)
        return s3_absent(err, &S3_NoSuchTagSet, b, "The TagSet does not exist");
    out->TagSet.v = np_new_array(rq->arena, struct s3_Tag, b->n_tags);
    for (; out->TagSet.n < b->n_tags; out->TagSet.n++)
        out->TagSet.v[out->TagSet.n] =
            (struct s3_Tag){b->tags[out->TagSet.n].key, b->tags[out->TagSet.n].value};
    out->TagSet.set = true;
    return 0;
}

int s3_PutBucketTagging_begin(struct np_req *rq, const struct s3_PutBucketTaggingRequest *in,
                              struct np_err *err)
{
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc == 0)
        rc = s3_tags_check(&in->Tagging->TagSet, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutBucketTagging_apply(struct np_txn *t, const struct s3_PutBucketTaggingRequest *in,
                              struct s3_PutBucketTaggingOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_TAGS,
                         in->Tagging->TagSet.n != 0 ? in->Tagging : NULL, err);
}

int s3_DeleteBucketTagging_apply(struct np_txn *t, const struct s3_DeleteBucketTaggingRequest *in,
                                 struct s3_DeleteBucketTaggingOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_TAGS, NULL, err);
}

/* --- for S3 Control --- */

int s3_bucket_tags(struct np_req *rq, struct np_str bucket, struct s3_bucket_tags *out,
                   struct np_err *err)
{
    const struct s3_bucket *b = s3_bucket_find(rq->core, bucket);
    if (b == NULL)
        return s3_no_such_bucket(bucket, rq->arena, err);
    *out = (struct s3_bucket_tags){b->account, b->region, b->policy, b->tags, b->n_tags};
    return 0;
}

/* The bucket's tags as they are now, from its row. */
static int read_tags(struct np_txn *t, int64_t bucket_id, struct s3_Tagging *out,
                     struct np_err *err)
{
    NP_SQL(one, "SELECT value FROM s3_bucket_configs WHERE bucket_id = ?1 AND kind = 'tags'");
    struct np_arena *a = np_txn_arena(t);
    struct np_q *q = np_tq(t, &one, "i", bucket_id);
    struct np_str bytes = np_row(q) ? np_col_str(q, 0, a) : NP_STR_NULL;
    int rc = np_q_end(q, err);
    if (rc != 0 || bytes.p == NULL)
        return rc;
    return np_cbor_get(&s3_Tagging_shape, bytes, a, out, err);
}

static size_t find(const struct s3_TagSet *set, struct np_str key)
{
    size_t i = 0;
    while (i < set->n && !np_str_eq(set->v[i].Key, key))
        i++;
    return i;
}

int s3_bucket_tags_change(struct np_txn *t, struct np_str bucket, const struct np_tag *add,
                          size_t n_add, const struct np_strs *drop, struct np_err *err)
{
    struct s3_bucket_row b;
    struct s3_Tagging now = {0}, next = {0};
    int rc = s3_bucket_row(t, bucket, &b, err);
    if (rc == 0)
        rc = read_tags(t, b.id, &now, err);
    if (rc != 0)
        return rc;
    next.TagSet.v = np_new_array(np_txn_arena(t), struct s3_Tag, now.TagSet.n + n_add + 1);
    next.TagSet.set = true;
    for (size_t i = 0; i < now.TagSet.n; i++) {
        bool dropped = false;
        for (size_t j = 0; drop != NULL && j < drop->n; j++)
            dropped = dropped || np_str_eq(drop->v[j], now.TagSet.v[i].Key);
        if (!dropped)
            next.TagSet.v[next.TagSet.n++] = now.TagSet.v[i];
    }
    for (size_t i = 0; i < n_add; i++) {
        size_t at = find(&next.TagSet, add[i].key);
        next.TagSet.v[at] = (struct s3_Tag){add[i].key, add[i].value};
        if (at == next.TagSet.n)
            next.TagSet.n++;
    }
    rc = s3_tags_check(&next.TagSet, err);
    if (rc != 0)
        return rc;
    return s3_config_set(t, bucket, S3_CFG_TAGS, next.TagSet.n != 0 ? &next : NULL, err);
}
