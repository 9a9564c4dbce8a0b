/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - tags of hosted zones and health checks. */
#include "aws/tags.h"
#include "services/route53/route53_int.h"

/* The ARN of the resource, which is there and the caller's. */
static int resource_of(const struct route53_db *db, struct np_str type, struct np_str id,
                       struct np_str *arn, struct np_err *err)
{
    struct route53_zone z;
    struct route53_check c;
    int rc;
    id = route53_bare_id(id);
    if (np_str_is(type, "hostedzone")) {
        rc = route53_zone_find(db, id, &z, err);
        *arn = route53_zone_arn(db->a, id);
    } else {
        rc = route53_check_find(db, id, &c, err);
        *arn = route53_check_arn(db->a, id);
    }
    return rc;
}

static int tags_fault(enum np_tag_problem problem, struct np_err *err)
{
    switch (problem) {
    case NP_TAG_OK:
        return 0;
    case NP_TAG_TOO_MANY:
        return np_fault(err, &ROUTE53_InvalidInput, "The resource cannot have more than %d tags.",
                        NP_TAGS_MAX);
    case NP_TAG_KEY_LENGTH:
    case NP_TAG_KEY_CHARACTERS:
        return np_fault(err, &ROUTE53_InvalidInput, "A tag's key is not valid.");
    case NP_TAG_VALUE_LENGTH:
    case NP_TAG_VALUE_CHARACTERS:
        return np_fault(err, &ROUTE53_InvalidInput, "A tag's value is not valid.");
    case NP_TAG_RESERVED:
        return np_fault(err, &ROUTE53_InvalidInput, "Tag keys that begin with aws: are reserved.");
    case NP_TAG_DUPLICATE:
        return np_fault(err, &ROUTE53_InvalidInput, "A tag's key is there twice.");
    }
    return 0;
}

static size_t remaining(const struct route53_db *db, struct np_str arn,
                        const struct route53_TagList *add)
{
    struct np_tag *old;
    size_t n = np_tags_get(db->c, &db->scope, arn, db->a, &old), kept = n;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < add->n; k++)
            kept -= np_str_eq(old[i].key, add->v[k].Key);
    return kept;
}

int route53_ChangeTagsForResource_apply(struct np_txn *t,
                                        const struct route53_ChangeTagsForResourceRequest *in,
                                        struct route53_ChangeTagsForResourceResponse *out,
                                        struct np_err *err)
{
    struct route53_db db = route53_db_txn(t);
    struct np_tag *tags = np_new_array(db.a, struct np_tag, in->AddTags.n + 1);
    struct np_str arn;
    size_t at;
    (void)out;
    int rc = resource_of(&db, in->ResourceType, in->ResourceId, &arn, err);
    if (rc == 0 && in->AddTags.n == 0 && in->RemoveTagKeys.n == 0)
        rc = np_fault(err, &ROUTE53_InvalidInput, "At least one tag must be added or removed.");
    if (rc == 0 && in->RemoveTagKeys.n != 0)
        rc = np_tags_del(t, arn, in->RemoveTagKeys.v, in->RemoveTagKeys.n, err);
    for (size_t i = 0; i < in->AddTags.n; i++) {
        const struct route53_Tag *tag = &in->AddTags.v[i];
        tags[i] = (struct np_tag){tag->Key.p != NULL ? tag->Key : NP_STR(""),
                                  tag->Value.p != NULL ? tag->Value : NP_STR("")};
    }
    if (rc == 0)
        rc = tags_fault(np_tags_check(tags, in->AddTags.n, &at), err);
    if (rc == 0 && remaining(&db, arn, &in->AddTags) + in->AddTags.n > NP_TAGS_MAX)
        rc = tags_fault(NP_TAG_TOO_MANY, err);
    return rc != 0 ? rc : np_tags_put(t, arn, tags, in->AddTags.n, err);
}

static int tags_out(const struct route53_db *db, struct np_str type, struct np_str id,
                    struct route53_ResourceTagSet *out, struct np_err *err)
{
    struct np_str arn;
    struct np_tag *tags;
    int rc = resource_of(db, type, id, &arn, err);
    if (rc != 0)
        return rc;
    size_t n = np_tags_get(db->c, &db->scope, arn, db->a, &tags);
    *out = (struct route53_ResourceTagSet){.ResourceType = type, .ResourceId = route53_bare_id(id)};
    out->Tags.set = true;
    for (size_t i = 0; i < n; i++) {
        const struct route53_Tag tag = {.Key = tags[i].key, .Value = tags[i].value};
        ROUTE53_PUSH(db->a, &out->Tags, tag);
    }
    return 0;
}

int route53_ListTagsForResource(struct np_req *rq,
                                const struct route53_ListTagsForResourceRequest *in,
                                struct route53_ListTagsForResourceResponse *out, struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    out->ResourceTagSet = np_new(db.a, struct route53_ResourceTagSet);
    return tags_out(&db, in->ResourceType, in->ResourceId, out->ResourceTagSet, err);
}

int route53_ListTagsForResources(struct np_req *rq,
                                 const struct route53_ListTagsForResourcesRequest *in,
                                 struct route53_ListTagsForResourcesResponse *out,
                                 struct np_err *err)
{
    struct route53_db db = route53_db_req(rq);
    int rc = 0;
    out->ResourceTagSets.set = true;
    for (size_t i = 0; rc == 0 && i < in->ResourceIds.n; i++) {
        struct route53_ResourceTagSet one;
        rc = tags_out(&db, in->ResourceType, in->ResourceIds.v[i], &one, err);
        if (rc == 0)
            ROUTE53_PUSH(db.a, &out->ResourceTagSets, one);
    }
    return rc;
}
