/* SPDX-License-Identifier: Apache-2.0 */
/* tag.c - CreateTags, DeleteTags, DescribeTags, of every kind of resource. */
#include "aws/tags.h"
#include "base/assert.h"
#include "services/ec2/ec2_int.h"

/* --- which resources --- */

static int item_of(const struct ec2_db *db, struct np_str id, struct ec2_item **out,
                   struct np_err *err)
{
    const struct ec2_kind *k = ec2_kind_of(id);
    if (k == NULL)
        return np_fault(err, &EC2_InvalidID, "The ID '%.*s' is not valid", NP_FMT(id));
    return ec2_get(db, k->id, id, out, err);
}

static int check(const struct np_strs *resources, struct np_err *err)
{
    if (resources->n > EC2_TAGGED_MAX)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "At most %d resources can be tagged in a call.", EC2_TAGGED_MAX);
    return 0;
}

static struct np_tag *given(struct np_arena *a, const struct ec2_TagList *list)
{
    struct np_tag *v = np_new_array(a, struct np_tag, list->n + 1);
    for (size_t i = 0; i < list->n; i++)
        v[i] = (struct np_tag){list->v[i].Key, list->v[i].Value};
    return v;
}

int ec2_CreateTags_apply(struct np_txn *t, const struct ec2_CreateTagsRequest *in,
                         struct ec2_CreateTagsOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_tag *tags = given(db.arena, &in->Tags);
    struct ec2_item *it;
    (void)out;
    int rc = check(&in->Resources, err);
    if (rc == 0)
        rc = ec2_tags_fault(err, tags, in->Tags.n);
    for (size_t i = 0; rc == 0 && i < in->Resources.n; i++) {
        rc = item_of(&db, in->Resources.v[i], &it, err);
        if (rc == 0)
            rc = ec2_tag(t, it, tags, in->Tags.n, err);
    }
    return rc;
}

/* AWS: a value that is given must be the tag's; tags of AWS stay (tests/sdk/test_ec2_tags.py). */
static bool goes(const struct np_tag *tag, const struct np_tag *given_tags, size_t n)
{
    if (np_str_istarts(tag->key, NP_STR("aws:")))
        return false;
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(tag->key, given_tags[i].key) &&
            (given_tags[i].value.p == NULL || np_str_eq(tag->value, given_tags[i].value)))
            return true;
    return n == 0;
}

static int untag(struct np_txn *t, struct ec2_item *it, const struct np_tag *tags, size_t n,
                 struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str keys[NP_TAGS_MAX];
    size_t n_keys = 0;
    ec2_tags_read(&db, it);
    for (size_t i = 0; i < it->n_tags && n_keys < NP_LEN(keys); i++)
        if (goes(&it->tags[i], tags, n))
            keys[n_keys++] = it->tags[i].key;
    if (n_keys == 0)
        return 0;
    ec2_touch(t, it);
    return np_tags_del(t, ec2_arn(db.arena, it->kind, it->region, it->account, it->id), keys,
                       n_keys, err);
}

int ec2_DeleteTags_apply(struct np_txn *t, const struct ec2_DeleteTagsRequest *in,
                         struct ec2_DeleteTagsOutput *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_tag *tags = given(db.arena, &in->Tags);
    struct ec2_item *it;
    (void)out;
    int rc = check(&in->Resources, err);
    for (size_t i = 0; rc == 0 && i < in->Tags.n; i++)
        if (np_str_istarts(tags[i].key, NP_STR("aws:")))
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Tag keys starting with 'aws:' are reserved for internal use");
    for (size_t i = 0; rc == 0 && i < in->Resources.n; i++) {
        rc = item_of(&db, in->Resources.v[i], &it, err);
        if (rc == 0)
            rc = untag(t, it, tags, in->Tags.n, err);
    }
    return rc;
}

/* --- listing --- */

struct listing {
    struct np_arena *a;
    struct ec2_TagDescription *v;
    size_t n;
};

static void list_item(struct listing *l, const struct ec2_item *it)
{
    for (size_t i = 0; i < it->n_tags; i++) {
        l->v = np_array_grow(l->a, l->v, l->n, sizeof(*l->v));
        l->v[l->n++] = (struct ec2_TagDescription){.Key = it->tags[i].key,
                                                   .Value = it->tags[i].value,
                                                   .ResourceId = it->id,
                                                   .ResourceType = np_str_of(it->kind->type)};
    }
}

static const struct ec2_filter filters[] = {
    {"key", "Key", NULL},
    {"value", "Value", NULL},
    {"resource-id", "ResourceId", NULL},
    {"resource-type", "ResourceType", NULL},
};

/* tag:KEY asks for two members of a row; the common filters know none of rows. */
static void take_tag_filters(struct np_arena *a, const struct ec2_FilterList *in,
                             struct ec2_FilterList *out)
{
    *out = (struct ec2_FilterList){.v = np_new_array(a, struct ec2_Filter, 2 * in->n + 1),
                                   .set = in->set};
    for (size_t i = 0; i < in->n; i++) {
        struct ec2_Filter f = in->v[i];
        if (np_str_starts(f.Name, NP_STR("tag:"))) {
            struct np_str *key = np_new(a, struct np_str);
            *key = np_str_sub(f.Name, 4, f.Name.n);
            out->v[out->n++] = (struct ec2_Filter){.Name = NP_STR("key"), .Values = {key, 1, true}};
            f.Name = NP_STR("value");
        }
        out->v[out->n++] = f;
    }
}

int ec2_DescribeTags(struct np_req *rq, const struct ec2_DescribeTagsRequest *in,
                     struct ec2_DescribeTagsResult *out, struct np_err *err)
{
    const struct ec2_view *v = ec2_view(rq);
    struct listing l = {.a = rq->arena};
    const struct ec2_item *const *items;
    struct ec2_ask ask = {.max = in->MaxResults, .token = in->NextToken};
    for (int k = 0; k < EC2_KINDS; k++) {
        size_t n = ec2_see_all(v, (enum ec2_kind_id)k, NP_STR_NULL, rq->arena, &items);
        for (size_t i = 0; i < n; i++)
            list_item(&l, items[i]);
    }
    take_tag_filters(rq->arena, &in->Filters, &ask.filters);
    out->Tags.v = l.v;
    out->Tags.n = l.n;
    return ec2_filter_rows(rq,
                           &(struct ec2_rows){.shape = &ec2_TagDescription_shape,
                                              .filters = filters,
                                              .n_filters = NP_LEN(filters)},
                           &ask, &out->Tags, &out->NextToken, err);
}
