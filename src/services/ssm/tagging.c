/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - tags of parameters. Other resources of Systems Manager do not exist here. */
#include "services/ssm/ssm_int.h"

int ssm_tags_fault(enum np_tag_problem problem, struct np_err *err)
{
    switch (problem) {
    case NP_TAG_OK:
        return 0;
    case NP_TAG_TOO_MANY:
        return np_fault(err, &SSM_TooManyTagsError,
                        "The Tags parameter includes too many tags: a parameter may have %d.",
                        SSM_TAGS_MAX);
    case NP_TAG_RESERVED:
        return np_fault(err, &NP_ValidationException,
                        "aws: prefixed tag key names are not allowed for external use.");
    case NP_TAG_DUPLICATE:
        return np_fault(err, &NP_ValidationException, "Duplicate tag keys found.");
    case NP_TAG_KEY_LENGTH:
    case NP_TAG_VALUE_LENGTH:
    case NP_TAG_KEY_CHARACTERS:
    case NP_TAG_VALUE_CHARACTERS:
        break;
    }
    return np_fault(err, &NP_ValidationException, "The key or the value of a tag is not valid.");
}

static bool has(const struct np_tag *tags, size_t n, struct np_str key)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(tags[i].key, key))
            return true;
    return false;
}

int ssm_tags_put(struct np_txn *t, struct np_str arn, const struct ssm_TagList *in,
                 struct np_err *err)
{
    struct ssm_db db = ssm_db_txn(t);
    struct np_tag *tags = np_new_array(db.a, struct np_tag, in->n + 1), *have;
    size_t n = np_tags_get(db.c, &db.scope, arn, db.a, &have), total = n, at;
    for (size_t i = 0; i < in->n; i++) {
        tags[i] = (struct np_tag){in->v[i].Key, in->v[i].Value};
        total += !has(have, n, in->v[i].Key);
    }
    int rc = ssm_tags_fault(np_tags_check(tags, in->n, &at), err);
    if (rc == 0 && total > SSM_TAGS_MAX)
        rc = ssm_tags_fault(NP_TAG_TOO_MANY, err);
    return rc == 0 ? np_tags_put(t, arn, tags, in->n, err) : rc;
}

/* The ARN of the parameter that is meant. */
static int resource(const struct ssm_db *db, struct np_str type, struct np_str id,
                    struct np_str *arn, struct np_err *err)
{
    struct ssm_ref ref;
    struct ssm_param p;
    bool found = false;
    if (!np_str_is(type, "Parameter"))
        return np_fault(err, &SSM_InvalidResourceType,
                        "This region has no resources of the type %.*s: only parameters are "
                        "served.",
                        NP_FMT(type));
    int rc = ssm_ref_name(db->a, id, &ref, NULL) == 0 ? ssm_find(db, ref.key, &p, &found, err) : 0;
    if (rc == 0 && !found)
        rc = np_fault(err, &SSM_InvalidResourceId,
                      "The resource ID isn't valid. Verify that you entered the correct ID and try "
                      "again.");
    if (rc == 0)
        *arn = p.arn;
    return rc;
}

int ssm_AddTagsToResource_apply(struct np_txn *t, const struct ssm_AddTagsToResourceRequest *in,
                                struct ssm_AddTagsToResourceResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_txn(t);
    struct np_str arn;
    (void)out;
    int rc = resource(&db, in->ResourceType, in->ResourceId, &arn, err);
    return rc == 0 ? ssm_tags_put(t, arn, &in->Tags, err) : rc;
}

int ssm_RemoveTagsFromResource_apply(struct np_txn *t,
                                     const struct ssm_RemoveTagsFromResourceRequest *in,
                                     struct ssm_RemoveTagsFromResourceResult *out,
                                     struct np_err *err)
{
    struct ssm_db db = ssm_db_txn(t);
    struct np_str arn;
    (void)out;
    int rc = resource(&db, in->ResourceType, in->ResourceId, &arn, err);
    return rc == 0 ? np_tags_del(t, arn, in->TagKeys.v, in->TagKeys.n, err) : rc;
}

int ssm_ListTagsForResource(struct np_req *rq, const struct ssm_ListTagsForResourceRequest *in,
                            struct ssm_ListTagsForResourceResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_req(rq);
    struct np_str arn;
    struct np_tag *tags;
    int rc = resource(&db, in->ResourceType, in->ResourceId, &arn, err);
    if (rc != 0)
        return rc;
    size_t n = np_tags_get(db.c, &db.scope, arn, db.a, &tags);
    out->TagList.set = true;
    for (size_t i = 0; i < n; i++)
        SSM_PUSH(db.a, &out->TagList, ((struct ssm_Tag){tags[i].key, tags[i].value}));
    return 0;
}
