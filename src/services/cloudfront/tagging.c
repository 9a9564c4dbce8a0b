/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - tags of distributions, by ARN. */
#include "services/cloudfront/cloudfront_int.h"

#include "aws/arn.h"

int cloudfront_tags_put(struct np_txn *t, struct np_str arn, const struct cloudfront_TagList *tags,
                        struct np_err *err)
{
    static const char *const sentences[] = {
        [NP_TAG_TOO_MANY] = "A resource can have at most 50 tags.",
        [NP_TAG_KEY_LENGTH] = "A tag key has 1 to 128 characters.",
        [NP_TAG_VALUE_LENGTH] = "A tag value has at most 256 characters.",
        [NP_TAG_RESERVED] = "Tag keys that start with 'aws:' are reserved for AWS use.",
        [NP_TAG_DUPLICATE] = "A tag key may stand in the list once only.",
        [NP_TAG_KEY_CHARACTERS] = "A tag key has a character that is not allowed.",
        [NP_TAG_VALUE_CHARACTERS] = "A tag value has a character that is not allowed.",
    };
    struct np_arena *a = np_txn_arena(t);
    struct np_tag *list = np_new_array(a, struct np_tag, tags->n + 1), *have;
    size_t at;
    for (size_t i = 0; i < tags->n; i++)
        list[i] = (struct np_tag){tags->v[i].Key,
                                  tags->v[i].Value.p != NULL ? tags->v[i].Value : NP_STR("")};
    enum np_tag_problem p = np_tags_check(list, tags->n, &at);
    if (p != NP_TAG_OK)
        return np_fault(err, &CLOUDFRONT_InvalidTagging, "%s", sentences[p]);
    int rc = np_tags_put(t, arn, list, tags->n, err);
    if (rc == 0 && np_tags_get(np_txn_db(t), np_txn_scope(t), arn, a, &have) > NP_TAGS_MAX)
        rc = np_fault(err, &CLOUDFRONT_InvalidTagging, "%s", sentences[NP_TAG_TOO_MANY]);
    return rc;
}

/* The id of the distribution that the ARN names; it must be there. */
static int resource(struct np_dbc *c, const struct np_scope *scope, struct np_str text,
                    struct np_arena *a, struct np_err *err)
{
    struct np_arn arn;
    struct np_str kind, id;
    struct cloudfront_row r;
    if (!np_arn_parse(text, &arn) || !np_str_is(arn.service, "cloudfront") || arn.region.n != 0 ||
        !np_str_cut(arn.resource, '/', &kind, &id))
        return cloudfront_invalid_argument(
            err, "The resource specified is not valid: it must be the ARN of a distribution.");
    if (!np_str_is(kind, "distribution"))
        return cloudfront_invalid_argument(err, "The resource type %.*s has no tags.",
                                           NP_FMT(kind));
    int rc = np_str_eq(arn.account, scope->account) ? cloudfront_row_get(c, scope, id, a, &r, err)
                                                    : NP_ENOENT;
    if (rc == NP_ENOENT)
        return np_fault(err, &CLOUDFRONT_NoSuchResource, "The specified resource does not exist.");
    return rc;
}

int cloudfront_ListTagsForResource(struct np_req *rq,
                                   const struct cloudfront_ListTagsForResourceRequest *in,
                                   struct cloudfront_ListTagsForResourceResult *out,
                                   struct np_err *err)
{
    const struct np_scope scope = np_req_scope(rq);
    struct np_tag *tags;
    int rc = resource(np_req_db(rq), &scope, in->Resource, rq->arena, err);
    if (rc != 0)
        return rc;
    size_t n = np_tags_get(np_req_db(rq), &scope, in->Resource, rq->arena, &tags);
    out->Tags = np_new(rq->arena, struct cloudfront_Tags);
    out->Tags->Items.v = np_new_array(rq->arena, struct cloudfront_Tag, n + 1);
    out->Tags->Items.set = true;
    for (; out->Tags->Items.n < n; out->Tags->Items.n++)
        out->Tags->Items.v[out->Tags->Items.n] =
            (struct cloudfront_Tag){tags[out->Tags->Items.n].key, tags[out->Tags->Items.n].value};
    return 0;
}

int cloudfront_TagResource_apply(struct np_txn *t, const struct cloudfront_TagResourceRequest *in,
                                 struct cloudfront_TagResourceOutput *out, struct np_err *err)
{
    (void)out;
    int rc = resource(np_txn_db(t), np_txn_scope(t), in->Resource, np_txn_arena(t), err);
    return rc == 0 ? cloudfront_tags_put(t, in->Resource, &in->Tags->Items, err) : rc;
}

int cloudfront_UntagResource_apply(struct np_txn *t,
                                   const struct cloudfront_UntagResourceRequest *in,
                                   struct cloudfront_UntagResourceOutput *out, struct np_err *err)
{
    (void)out;
    int rc = resource(np_txn_db(t), np_txn_scope(t), in->Resource, np_txn_arena(t), err);
    return rc == 0 ? np_tags_del(t, in->Resource, in->TagKeys->Items.v, in->TagKeys->Items.n, err)
                   : rc;
}
