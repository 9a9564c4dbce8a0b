/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - what each operation needs: its action on the ARN of what it is about. */
#include "services/cloudfront/cloudfront_int.h"

#include <stddef.h>

#define DISTRIBUTION CLOUDFRONT_KINDS
#define FUNCTION     (CLOUDFRONT_KINDS + 1)

struct rule {
    const struct np_codec_op *op;
    int kind;  /* enum cloudfront_kind_id, DISTRIBUTION, or FUNCTION */
    size_t at; /* where the id is in the input */
};

#define BY(op, kind, member)                                                                       \
    {                                                                                              \
        &cloudfront_##op##_op, kind, offsetof(struct cloudfront_##op##Request, member)             \
    }
#define ITEM(name, kind)                                                                           \
    BY(Get##name, kind, Id), BY(Get##name##Config, kind, Id), BY(Update##name, kind, Id),          \
        BY(Delete##name, kind, Id)

static const struct rule rules[] = {
    ITEM(CachePolicy, CLOUDFRONT_CACHE_POLICY),
    ITEM(OriginRequestPolicy, CLOUDFRONT_ORIGIN_REQUEST_POLICY),
    ITEM(ResponseHeadersPolicy, CLOUDFRONT_HEADERS_POLICY),
    ITEM(OriginAccessControl, CLOUDFRONT_ACCESS_CONTROL),
    ITEM(CloudFrontOriginAccessIdentity, CLOUDFRONT_ACCESS_IDENTITY),
    ITEM(Distribution, DISTRIBUTION),
    BY(CreateInvalidation, DISTRIBUTION, DistributionId),
    BY(GetInvalidation, DISTRIBUTION, DistributionId),
    BY(ListInvalidations, DISTRIBUTION, DistributionId),
    BY(CreateFunction, FUNCTION, Name),
    BY(DescribeFunction, FUNCTION, Name),
    BY(GetFunction, FUNCTION, Name),
    BY(UpdateFunction, FUNCTION, Name),
    BY(DeleteFunction, FUNCTION, Name),
    BY(PublishFunction, FUNCTION, Name),
    BY(TestFunction, FUNCTION, Name),
    BY(AssociateAlias, DISTRIBUTION, TargetDistributionId),
    BY(ListConflictingAliases, DISTRIBUTION, DistributionId),
};

struct np_str cloudfront_item_arn(struct np_arena *a, struct np_str account,
                                  enum cloudfront_kind_id k, struct np_str id)
{
    return np_str_printf(a, "arn:aws:cloudfront::%.*s:%s/%.*s", NP_FMT(account),
                         cloudfront_kinds[k].name, NP_FMT(id));
}

static struct np_str arn_of(struct np_req *rq, const struct rule *r, const void *in)
{
    struct np_str id = *(const struct np_str *)(const void *)((const char *)in + r->at);
    if (r->kind == FUNCTION)
        return np_str_printf(rq->arena, "arn:aws:cloudfront::%.*s:function/%.*s",
                             NP_FMT(rq->account), NP_FMT(id));
    return r->kind == DISTRIBUTION
               ? cloudfront_arn(rq->arena, rq->account, id)
               : cloudfront_item_arn(rq->arena, rq->account, (enum cloudfront_kind_id)r->kind, id);
}

/* The ARN that a call about tags names. */
static struct np_str tagged(const struct np_op *op, const void *in)
{
    if (op->codec == &cloudfront_TagResource_op)
        return ((const struct cloudfront_TagResourceRequest *)in)->Resource;
    if (op->codec == &cloudfront_UntagResource_op)
        return ((const struct cloudfront_UntagResourceRequest *)in)->Resource;
    if (op->codec == &cloudfront_ListTagsForResource_op)
        return ((const struct cloudfront_ListTagsForResourceRequest *)in)->Resource;
    return NP_STR_NULL;
}

/* aws:RequestTag/… and aws:TagKeys of what the call brings. */
struct keys {
    struct np_policy_key *v;
    size_t n;
};

static void add_key(struct np_req *rq, struct keys *k, struct np_str name,
                    const struct np_str *values, size_t n)
{
    struct np_str *copy = np_new_array(rq->arena, struct np_str, n);
    memcpy(copy, values, n * sizeof(*copy));
    k->v[k->n++] = (struct np_policy_key){.name = name, .values = copy, .n_values = n};
}

static void request_tags(struct np_req *rq, const struct cloudfront_TagList *tags, struct keys *k)
{
    struct np_str names[NP_TAGS_MAX];
    size_t n = 0;
    k->v = np_new_array(rq->arena, struct np_policy_key, NP_TAGS_MAX + 1);
    for (; n < tags->n && n < NP_TAGS_MAX; n++) {
        struct np_str value = tags->v[n].Value.p != NULL ? tags->v[n].Value : NP_STR("");
        names[n] = tags->v[n].Key;
        add_key(rq, k, np_str_cat(rq->arena, NP_STR("aws:RequestTag/"), names[n]), &value, 1);
    }
    if (n != 0)
        add_key(rq, k, NP_STR("aws:TagKeys"), names, n);
}

static int ask(struct np_req *rq, const char *action, struct np_str arn, const struct keys *k,
               struct np_err *err)
{
    const struct np_scope scope = np_req_scope(rq);
    struct np_tag *tags = NULL;
    size_t n = np_str_starts(arn, NP_STR("arn:"))
                   ? np_tags_get(np_req_db(rq), &scope, arn, rq->arena, &tags)
                   : 0;
    const struct np_access a = {
        .action = np_str_printf(rq->arena, "cloudfront:%s", action),
        .resource = arn,
        .keys = k->v,
        .n_keys = k->n,
        .resource_tags = tags,
        .n_resource_tags = n,
    };
    return np_authorize(rq, &a, err);
}

int cloudfront_authorize(struct np_req *rq, const struct np_op *op, const void *in,
                         struct np_err *err)
{
    struct np_str arn = NP_STR("*");
    struct keys k = {0};
    NP_EACH (r, rules)
        if (r->op == op->codec)
            arn = arn_of(rq, r, in);
    if (tagged(op, in).p != NULL)
        arn = tagged(op, in);
    if (op->codec == &cloudfront_TagResource_op)
        request_tags(rq, &((const struct cloudfront_TagResourceRequest *)in)->Tags->Items, &k);
    if (op->codec == &cloudfront_UntagResource_op) {
        const struct np_strs *keys =
            &((const struct cloudfront_UntagResourceRequest *)in)->TagKeys->Items;
        k.v = np_new(rq->arena, struct np_policy_key);
        if (keys->n != 0)
            add_key(rq, &k, NP_STR("aws:TagKeys"), keys->v, keys->n);
    }
    if (op->codec != &cloudfront_CreateDistributionWithTags_op)
        return ask(rq, op->codec->name, arn, &k, err);
    /* AWS: a distribution with tags needs both actions. */
    const struct cloudfront_CreateDistributionWithTagsRequest *create = in;
    request_tags(rq, &create->DistributionConfigWithTags->Tags->Items, &k);
    int rc = ask(rq, "CreateDistribution", arn, &k, err);
    return rc == 0 ? ask(rq, "TagResource", arn, &k, err) : rc;
}
