/* SPDX-License-Identifier: Apache-2.0 */
/* tag_spec.c - tags that come with a new resource, and AWS's rules for tags. EC2 takes any
 * character in them, other services do not. */
#include "aws/tags.h"
#include "services/ec2/ec2_int.h"

static size_t code_points(struct np_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static int tag_fault(struct np_err *err, const struct np_tag *tags, size_t i)
{
    const struct np_tag *t = &tags[i];
    if (t->key.n == 0)
        return np_fault(err, &EC2_MissingParameter, "The tag key must not be empty.");
    if (code_points(t->key) > NP_TAG_KEY_MAX)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Tag key exceeds the maximum length of %d characters", NP_TAG_KEY_MAX);
    if (code_points(t->value) > NP_TAG_VALUE_MAX)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Tag value exceeds the maximum length of %d characters", NP_TAG_VALUE_MAX);
    if (np_str_istarts(t->key, NP_STR("aws:")))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Tag keys starting with 'aws:' are reserved for internal use");
    for (size_t j = 0; j < i; j++)
        if (np_str_eq(t->key, tags[j].key))
            return np_fault(err, &EC2_InvalidParameterValue, "Duplicate tag key '%.*s' specified.",
                            NP_FMT(t->key));
    return 0;
}

int ec2_tags_fault(struct np_err *err, const struct np_tag *tags, size_t n)
{
    int rc = 0;
    if (n > NP_TAGS_MAX)
        return np_fault(err, &EC2_TagLimitExceeded,
                        "The maximum number of tags, %d, for a resource has been reached.",
                        NP_TAGS_MAX);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = tag_fault(err, tags, i);
    return rc;
}

static bool is_of(const char *const *types, struct np_str type)
{
    for (; *types != NULL; types++)
        if (np_str_eq(type, np_str_of(*types)))
            return true;
    return false;
}

static struct np_tag *tags_of(struct np_arena *a, const struct ec2_TagList *list)
{
    struct np_tag *v = np_new_array(a, struct np_tag, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        v[i].key = list->v[i].Key;
        v[i].value = list->v[i].Value.p != NULL ? list->v[i].Value : NP_STR("");
    }
    return v;
}

int ec2_tag_specs(struct np_arena *a, const struct ec2_TagSpecificationList *specs,
                  const char *const *types, const char *type, struct ec2_tags *out,
                  struct np_err *err)
{
    int rc = 0;
    *out = (struct ec2_tags){0};
    for (size_t i = 0; rc == 0 && i < specs->n; i++) {
        const struct ec2_TagSpecification *s = &specs->v[i];
        if (s->ResourceType.n == 0)
            return np_fault(err, &EC2_MissingParameter,
                            "Tag specification resource type must have a value");
        if (!is_of(types, s->ResourceType))
            return np_fault(err, &EC2_InvalidParameterValue,
                            "'%.*s' is not a valid taggable resource type for this operation.",
                            NP_FMT(s->ResourceType));
        struct np_tag *v = tags_of(a, &s->Tags);
        rc = ec2_tags_fault(err, v, s->Tags.n);
        if (!np_str_eq(s->ResourceType, np_str_of(type)))
            continue;
        if (out->v != NULL)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Duplicate resource type '%s' in tag specifications.", type);
        *out = (struct ec2_tags){v, s->Tags.n};
    }
    return rc;
}

int ec2_tag_spec(struct np_arena *a, const struct ec2_TagSpecificationList *specs,
                 enum ec2_kind_id kind, struct ec2_tags *out, struct np_err *err)
{
    const char *types[] = {ec2_kind(kind)->type, NULL};
    return ec2_tag_specs(a, specs, types, types[0], out, err);
}
