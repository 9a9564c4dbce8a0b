/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - tags of keys. */
#include "base/map.h"
#include "services/kms/kms_int.h"

int kms_tags_check(const struct kms_TagList *tags, struct np_err *err)
{
    size_t at = 0;
    switch (np_tags_check(kms_tags(tags), tags->n, &at)) {
    case NP_TAG_OK:
        return 0;
    case NP_TAG_TOO_MANY:
        return np_fault(err, &KMS_LimitExceededException, "Too many tags");
    case NP_TAG_DUPLICATE:
        return np_fault(err, &KMS_TagException, "Duplicate tag keys");
    case NP_TAG_RESERVED:
        return np_fault(err, &KMS_TagException,
                        "aws: prefixed tag key names are not allowed for external use.");
    case NP_TAG_KEY_LENGTH:
    case NP_TAG_VALUE_LENGTH:
    case NP_TAG_KEY_CHARACTERS:
    case NP_TAG_VALUE_CHARACTERS:
        break;
    }
    return np_fault(err, &KMS_TagException, "The tag with key '%.*s' is not valid.",
                    NP_FMT(tags->v[at].TagKey));
}

int kms_ListResourceTags(struct np_req *rq, const struct kms_ListResourceTagsRequest *in,
                         struct kms_ListResourceTagsResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    struct kms_page page;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    if (rc == 0)
        rc = kms_page_begin(rq, in->Limit, in->Marker, KMS_TAGS_PAGE_DEFAULT,
                            np_page_filter(in->KeyId), &page, err);
    if (rc != 0)
        return rc;
    size_t i = 0;
    while (i < k->n_tags && page.after.p != NULL && np_str_cmp(k->tags[i].key, page.after) <= 0)
        i++;
    out->Tags.set = true;
    for (; i < k->n_tags && out->Tags.n < page.limit; i++) {
        struct kms_Tag tag = {np_str_dup(rq->arena, k->tags[i].key),
                              np_str_dup(rq->arena, k->tags[i].value)};
        KMS_PUSH(rq->arena, &out->Tags, tag);
    }
    kms_page_end(rq, &page, i<k->n_tags, i> 0 ? k->tags[i - 1].key : NP_STR(""), &out->Truncated,
                 &out->NextMarker);
    return 0;
}

static int changeable(struct np_txn *t, struct np_str key_id, struct kms_key *k, struct np_err *err)
{
    int rc = kms_key_row(t, key_id, k, err);
    rc = rc != 0 ? rc : kms_check_customer(k, err);
    return rc != 0 ? rc : kms_check_alive(k, err);
}

int kms_TagResource_begin(struct np_req *rq, const struct kms_TagResourceRequest *in,
                          struct np_err *err)
{
    int rc = kms_tags_check(&in->Tags, err);
    return rc != 0 ? rc : np_apply(rq);
}

/* How many tags the key has with those. */
static size_t together(const struct kms_key *k, const struct kms_TagList *tags)
{
    size_t n = k->n_tags + tags->n;
    for (size_t i = 0; i < k->n_tags; i++)
        for (size_t j = 0; j < tags->n; j++)
            n -= np_str_eq(k->tags[i].key, tags->v[j].TagKey);
    return n;
}

int kms_TagResource_apply(struct np_txn *t, const struct kms_TagResourceRequest *in,
                          struct kms_TagResourceOutput *out, struct np_err *err)
{
    struct kms_key k;
    (void)out;
    int rc = changeable(t, in->KeyId, &k, err);
    if (rc == 0 && together(&k, &in->Tags) > KMS_LIMIT_TAGS_MAX)
        rc = np_fault(err, &KMS_LimitExceededException, "Too many tags");
    if (rc == 0)
        rc = np_tags_put(t, k.arn, kms_tags(&in->Tags), in->Tags.n, err);
    if (rc == 0)
        kms_key_changed(t, &k);
    return rc;
}

int kms_UntagResource_apply(struct np_txn *t, const struct kms_UntagResourceRequest *in,
                            struct kms_UntagResourceOutput *out, struct np_err *err)
{
    struct kms_key k;
    (void)out;
    int rc = changeable(t, in->KeyId, &k, err);
    if (rc == 0)
        rc = np_tags_del(t, k.arn, in->TagKeys.v, in->TagKeys.n, err);
    if (rc == 0)
        kms_key_changed(t, &k);
    return rc;
}
