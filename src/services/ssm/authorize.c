/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - what each operation needs: the ARN of each parameter that it names, condition keys
 * and tags. Asked before the input is checked, so names may be anything. */
#include <stddef.h>

#include "aws/identity.h"
#include "services/ssm/ssm_int.h"

#define KEYS_MAX (SSM_TAGS_MAX + 4)

struct question {
    struct np_req *rq;
    struct ssm_db db;
    struct np_policy_key keys[KEYS_MAX];
    size_t n_keys;
    struct np_strs tag_keys;
};

static void add_key(struct question *q, struct np_str name, struct np_str value)
{
    if (q->n_keys == KEYS_MAX || value.p == NULL)
        return;
    struct np_str *slot = np_new(q->db.a, struct np_str);
    *slot = value;
    q->keys[q->n_keys++] = (struct np_policy_key){name, slot, 1};
}

static void add_flag(struct question *q, struct np_str name, struct np_opt_bool value)
{
    add_key(q, name, value.v ? NP_STR("true") : NP_STR("false"));
}

static void add_tag_keys(struct question *q)
{
    if (q->tag_keys.n != 0 && q->n_keys < KEYS_MAX)
        q->keys[q->n_keys++] =
            (struct np_policy_key){NP_STR("aws:TagKeys"), q->tag_keys.v, q->tag_keys.n};
}

static void add_tags(struct question *q, const struct ssm_TagList *tags)
{
    for (size_t i = 0; i < tags->n && i < SSM_TAGS_MAX; i++) {
        add_key(q, np_str_cat(q->db.a, NP_STR("aws:RequestTag/"), tags->v[i].Key),
                tags->v[i].Value);
        SSM_PUSH(q->db.a, &q->tag_keys, tags->v[i].Key);
    }
    add_tag_keys(q);
}

static int ask(struct question *q, struct np_str action, struct np_str arn, struct np_str owner,
               struct np_err *err)
{
    struct np_tag *tags;
    size_t n = np_tags_get(q->db.c, &q->db.scope, arn, q->db.a, &tags);
    for (size_t i = 0; i < n && q->n_keys < KEYS_MAX; i++)
        add_key(q, np_str_cat(q->db.a, NP_STR("ssm:resourceTag/"), tags[i].key), tags[i].value);
    const struct np_access a = {
        .action = action,
        .resource = arn,
        .resource_account = owner,
        .keys = q->keys,
        .n_keys = q->n_keys,
        .resource_tags = tags,
        .n_resource_tags = n,
    };
    return np_authorize(q->rq, &a, err);
}

/* The parameter that `name` means, whether it is a name or an ARN, and without a selector. */
static int ask_name(struct question *q, struct np_str action, struct np_str name,
                    struct np_err *err)
{
    const struct np_req *rq = q->rq;
    struct ssm_ref ref;
    struct np_str owner = rq->account, region = rq->region, key, rest;
    if (ssm_ref_parse(q->db.a, name, &ref, NULL) == 0) {
        key = ref.key;
        owner = ref.account.p != NULL ? ref.account : owner;
        region = ref.region.p != NULL ? ref.region : region;
    } else {
        np_str_cut(np_str_trim(name), ':', &key, &rest);
        key = np_str_starts(key, NP_STR("/")) ? key : np_str_cat(q->db.a, NP_STR("/"), key);
    }
    /* AWS: what everybody may read has no account (tests/sdk/test_ssm_catalogue.py). */
    if (ssm_in_catalogue(key))
        return ask(q, action, ssm_arn(q->db.a, region, NP_STR(""), key), NP_STR_NULL, err);
    return ask(q, action, ssm_arn(q->db.a, region, owner, key), owner, err);
}

static int ask_names(struct question *q, struct np_str action, const struct np_strs *names,
                     struct np_err *err)
{
    size_t shared = q->n_keys; /* tags of one parameter are no keys of the next */
    int rc = 0;
    for (size_t i = 0; i < names->n && i < SSM_NAMES_MAX && rc == 0; i++) {
        q->n_keys = shared;
        rc = ask_name(q, action, names->v[i], err);
    }
    return rc;
}

/* --- the operations --- */

static int put(struct question *q, struct np_str action, const void *input, struct np_err *err)
{
    const struct ssm_PutParameterRequest *in = input;
    add_flag(q, NP_STR("ssm:Overwrite"), in->Overwrite);
    add_key(q, NP_STR("ssm:Policies"), in->Policies);
    add_tags(q, &in->Tags);
    size_t n = q->n_keys;
    int rc = ask_name(q, action, in->Name, err);
    q->n_keys = n;
    if (rc != 0 || in->Tags.n == 0)
        return rc;
    return ask_name(q, NP_STR("ssm:AddTagsToResource"), in->Name, err);
}

static int by_path(struct question *q, struct np_str action, const void *input, struct np_err *err)
{
    const struct ssm_GetParametersByPathRequest *in = input;
    const struct np_req *rq = q->rq;
    bool open = ssm_in_catalogue(in->Path);
    struct np_str key = np_str_starts(in->Path, NP_STR("/"))
                            ? in->Path
                            : np_str_cat(q->db.a, NP_STR("/"), in->Path);
    add_flag(q, NP_STR("ssm:Recursive"), in->Recursive);
    return ask(q, action, ssm_arn(q->db.a, rq->region, open ? NP_STR("") : rq->account, key),
               NP_STR_NULL, err);
}

/* AWS: of all that is in the region, which a policy can only name by "*"
 * (tests/sdk/test_ssm_access.py). */
static int describe(struct question *q, struct np_str action, const void *input, struct np_err *err)
{
    (void)input;
    struct np_str all = np_str_printf(q->db.a, "arn:aws:ssm:%.*s:%.*s:*", NP_FMT(q->rq->region),
                                      NP_FMT(q->rq->account));
    return ask(q, action, all, NP_STR_NULL, err);
}

static int get_names(struct question *q, struct np_str action, const void *input,
                     struct np_err *err)
{
    return ask_names(q, action, &((const struct ssm_GetParametersRequest *)input)->Names, err);
}

static int delete_names(struct question *q, struct np_str action, const void *input,
                        struct np_err *err)
{
    return ask_names(q, action, &((const struct ssm_DeleteParametersRequest *)input)->Names, err);
}

/* Only parameters exist; who asks for something else is asked for the action alone. */
static int ask_resource(struct question *q, struct np_str action, struct np_str type,
                        struct np_str id, struct np_err *err)
{
    if (np_str_is(type, "Parameter"))
        return ask_name(q, action, id, err);
    return ask(q, action, NP_STR("*"), NP_STR_NULL, err);
}

static int add_resource_tags(struct question *q, struct np_str action, const void *input,
                             struct np_err *err)
{
    const struct ssm_AddTagsToResourceRequest *in = input;
    add_tags(q, &in->Tags);
    return ask_resource(q, action, in->ResourceType, in->ResourceId, err);
}

static int remove_resource_tags(struct question *q, struct np_str action, const void *input,
                                struct np_err *err)
{
    const struct ssm_RemoveTagsFromResourceRequest *in = input;
    q->tag_keys = in->TagKeys;
    add_tag_keys(q);
    return ask_resource(q, action, in->ResourceType, in->ResourceId, err);
}

static int list_resource_tags(struct question *q, struct np_str action, const void *input,
                              struct np_err *err)
{
    const struct ssm_ListTagsForResourceRequest *in = input;
    return ask_resource(q, action, in->ResourceType, in->ResourceId, err);
}

static const struct {
    const struct np_codec_op *op;
    int (*ask)(struct question *q, struct np_str action, const void *in, struct np_err *err);
    size_t name; /* where the name is, without `ask` */
} rules[] = {
    {&ssm_AddTagsToResource_op, add_resource_tags, 0},
    {&ssm_DeleteParameter_op, NULL, offsetof(struct ssm_DeleteParameterRequest, Name)},
    {&ssm_DeleteParameters_op, delete_names, 0},
    {&ssm_DescribeParameters_op, describe, 0},
    {&ssm_GetParameter_op, NULL, offsetof(struct ssm_GetParameterRequest, Name)},
    {&ssm_GetParameterHistory_op, NULL, offsetof(struct ssm_GetParameterHistoryRequest, Name)},
    {&ssm_GetParameters_op, get_names, 0},
    {&ssm_GetParametersByPath_op, by_path, 0},
    {&ssm_LabelParameterVersion_op, NULL, offsetof(struct ssm_LabelParameterVersionRequest, Name)},
    {&ssm_ListTagsForResource_op, list_resource_tags, 0},
    {&ssm_PutParameter_op, put, 0},
    {&ssm_RemoveTagsFromResource_op, remove_resource_tags, 0},
    {&ssm_UnlabelParameterVersion_op, NULL,
     offsetof(struct ssm_UnlabelParameterVersionRequest, Name)},
};

int ssm_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    struct question q = {.rq = rq, .db = ssm_db_req(rq)};
    struct np_str action = np_str_cat(rq->arena, NP_STR("ssm:"), np_str_of(op->codec->name));
    NP_EACH (r, rules) {
        if (r->op != op->codec)
            continue;
        if (r->ask != NULL)
            return r->ask(&q, action, in, err);
        const struct np_str *name = (const void *)((const char *)in + r->name);
        return ask_name(&q, action, *name, err);
    }
    return np_err(err, NP_EINVAL, "no rule for %s", op->codec->name);
}
