/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - which secret and which condition keys each operation is about. */
#include "services/secretsmanager/secretsmanager_int.h"

#include <stddef.h>

#include "base/assert.h"

/* --- the condition keys that a call brings --- */

enum kind { TEXT, BOOL, INT, REGIONS, LIST, KEY_ARN };

#define KEY(op, member, name, kind)                                                                \
    {                                                                                              \
        &secretsmanager_##op##_op, name, offsetof(struct secretsmanager_##op##Request, member),    \
            kind                                                                                   \
    }

static const struct {
    const struct np_codec_op *op;
    const char *name;
    size_t at;
    enum kind kind;
} keys[] = {
    KEY(CreateSecret, Name, "secretsmanager:Name", TEXT),
    KEY(CreateSecret, Description, "secretsmanager:Description", TEXT),
    KEY(CreateSecret, KmsKeyId, "secretsmanager:KmsKeyId", TEXT),
    KEY(CreateSecret, KmsKeyId, "secretsmanager:KmsKeyArn", KEY_ARN),
    KEY(CreateSecret, AddReplicaRegions, "secretsmanager:AddReplicaRegions", REGIONS),
    KEY(CreateSecret, ForceOverwriteReplicaSecret, "secretsmanager:ForceOverwriteReplicaSecret",
        BOOL),
    KEY(DeleteSecret, RecoveryWindowInDays, "secretsmanager:RecoveryWindowInDays", INT),
    KEY(DeleteSecret, ForceDeleteWithoutRecovery, "secretsmanager:ForceDeleteWithoutRecovery",
        BOOL),
    KEY(GetSecretValue, VersionId, "secretsmanager:VersionId", TEXT),
    KEY(GetSecretValue, VersionStage, "secretsmanager:VersionStage", TEXT),
    KEY(PutResourcePolicy, BlockPublicPolicy, "secretsmanager:BlockPublicPolicy", BOOL),
    KEY(ReplicateSecretToRegions, AddReplicaRegions, "secretsmanager:AddReplicaRegions", REGIONS),
    KEY(ReplicateSecretToRegions, ForceOverwriteReplicaSecret,
        "secretsmanager:ForceOverwriteReplicaSecret", BOOL),
    KEY(RotateSecret, RotationLambdaARN, "secretsmanager:RotationLambdaARN", TEXT),
    KEY(RotateSecret, RotateImmediately, "secretsmanager:RotateImmediately", BOOL),
    KEY(UntagResource, TagKeys, "aws:TagKeys", LIST),
    KEY(UpdateSecret, Description, "secretsmanager:Description", TEXT),
    KEY(UpdateSecret, KmsKeyId, "secretsmanager:KmsKeyId", TEXT),
    KEY(UpdateSecret, KmsKeyId, "secretsmanager:KmsKeyArn", KEY_ARN),
    KEY(UpdateSecretVersionStage, VersionStage, "secretsmanager:VersionStage", TEXT),
};

/* --- the secret of a call --- */

#define ON(op)                                                                                     \
    {                                                                                              \
        &secretsmanager_##op##_op, offsetof(struct secretsmanager_##op##Request, SecretId)         \
    }

static const struct {
    const struct np_codec_op *op;
    size_t at; /* of SecretId */
} on_secret[] = {
    ON(CancelRotateSecret),
    ON(DeleteResourcePolicy),
    ON(DeleteSecret),
    ON(DescribeSecret),
    ON(GetResourcePolicy),
    ON(GetSecretValue),
    ON(ListSecretVersionIds),
    ON(PutResourcePolicy),
    ON(PutSecretValue),
    ON(RemoveRegionsFromReplication),
    ON(ReplicateSecretToRegions),
    ON(RestoreSecret),
    ON(RotateSecret),
    ON(StopReplicationToReplica),
    ON(TagResource),
    ON(UntagResource),
    ON(UpdateSecret),
    ON(UpdateSecretVersionStage),
    ON(ValidateResourcePolicy),
};

/* --- the question that is put together --- */

#define KEYS_MAX (2 * NP_TAGS_MAX + 16)

struct question {
    struct np_req *rq;
    const struct secretsmanager_entry *secret; /* NULL: there is none (yet) */
    struct np_str named;                       /* as the call names it; absent: it names none */
    struct np_policy_key keys[KEYS_MAX];
    size_t n_keys;
};

static void add_list(struct question *q, struct np_str name, const struct np_str *v, size_t n)
{
    if (q->n_keys < KEYS_MAX)
        q->keys[q->n_keys++] = (struct np_policy_key){name, v, n};
}

static void add_text(struct question *q, struct np_str name, struct np_str value)
{
    if (value.p == NULL)
        return;
    struct np_str *slot = np_new(q->rq->arena, struct np_str);
    *slot = value;
    add_list(q, name, slot, 1);
}

static void add_regions(struct question *q, struct np_str name,
                        const struct secretsmanager_AddReplicaRegionListType *l)
{
    struct np_str *v = np_new_array(q->rq->arena, struct np_str, l->n + 1);
    for (size_t i = 0; i < l->n; i++)
        v[i] = l->v[i].Region;
    if (l->n != 0)
        add_list(q, name, v, l->n);
}

static void add_key(struct question *q, const char *name_z, enum kind kind, const void *slot)
{
    struct np_arena *a = q->rq->arena;
    struct np_str name = np_str_of(name_z);
    const struct np_opt_bool *b = slot;
    const struct np_opt_int *i = slot;
    const struct np_strs *l = slot;
    struct np_str text = NP_STR_NULL;
    switch (kind) {
    case TEXT:
        text = *(const struct np_str *)slot;
        break;
    case BOOL:
        if (b->set)
            text = b->v ? NP_STR("true") : NP_STR("false");
        break;
    case INT:
        if (i->set)
            text = np_str_printf(a, "%lld", (long long)i->v);
        break;
    case KEY_ARN:
        text = *(const struct np_str *)slot;
        if (text.n != 0)
            text = secretsmanager_kms_arn(a, q->rq->region, q->rq->account, text);
        break;
    case REGIONS:
        add_regions(q, name, slot);
        break;
    case LIST:
        if (l->n != 0)
            add_list(q, name, l->v, l->n);
        break;
    }
    add_text(q, name, text);
}

/* aws:RequestTag/… and aws:TagKeys of what the call brings. */
static void add_request_tags(struct question *q, const struct secretsmanager_TagListType *tags)
{
    struct np_str *names = np_new_array(q->rq->arena, struct np_str, NP_TAGS_MAX);
    size_t n = 0;
    for (; n < tags->n && n < NP_TAGS_MAX; n++) {
        names[n] = tags->v[n].Key;
        add_text(q, np_str_cat(q->rq->arena, NP_STR("aws:RequestTag/"), tags->v[n].Key),
                 tags->v[n].Value.p != NULL ? tags->v[n].Value : NP_STR(""));
    }
    if (n != 0)
        add_list(q, NP_STR("aws:TagKeys"), names, n);
}

static void add_secret(struct question *q)
{
    const struct secretsmanager_entry *s = q->secret;
    if (s == NULL)
        return;
    add_text(q, NP_STR("secretsmanager:SecretId"), s->arn);
    add_text(q, NP_STR("secretsmanager:SecretPrimaryRegion"), s->primary_region);
    for (size_t i = 0; i < s->n_tags; i++)
        add_text(q, np_str_cat(q->rq->arena, NP_STR("secretsmanager:ResourceTag/"), s->tags[i].key),
                 s->tags[i].value);
}

/* What a policy's Resource has to match: a secret that is not there has no suffix yet. */
static struct np_str resource_of(const struct question *q)
{
    if (q->secret != NULL)
        return q->secret->arn;
    if (q->named.p == NULL)
        return NP_STR("*");
    if (np_str_starts(q->named, NP_STR("arn:")))
        return q->named;
    return np_str_printf(q->rq->arena, "arn:aws:secretsmanager:%.*s:%.*s:secret:%.*s",
                         NP_FMT(q->rq->region), NP_FMT(q->rq->account), NP_FMT(q->named));
}

static int ask(struct question *q, struct np_str action, struct np_err *err)
{
    add_secret(q);
    struct np_access access = {
        .action = action,
        .resource = resource_of(q),
        .keys = q->keys,
        .n_keys = q->n_keys,
    };
    if (q->secret != NULL) {
        access.resource_account = q->secret->account;
        access.resource_policy = q->secret->policy;
        access.resource_tags = q->secret->tags;
        access.n_resource_tags = q->secret->n_tags;
    }
    int rc = np_authorize(q->rq, &access, err);
    if (rc == 0 || q->secret != NULL || q->named.p == NULL)
        return rc;
    /* AWS: a denial names a secret that is not there as the call did
     * (tests/sdk/test_secretsmanager_access.py). */
    struct np_policy_decision d;
    np_decide(q->rq, q->rq->who, &access, &d);
    access.resource = q->named;
    return np_denied(q->rq, &access, &d, err);
}

static struct question *question_new(struct np_req *rq, struct np_str named)
{
    struct question *q = np_new(rq->arena, struct question);
    q->rq = rq;
    q->named = named;
    q->secret = named.p != NULL ? secretsmanager_entry(rq, named) : NULL;
    return q;
}

int secretsmanager_may(struct np_req *rq, const char *action, struct np_str secret_id,
                       struct np_err *err)
{
    return ask(question_new(rq, secret_id), np_str_of(action), err);
}

static struct np_str named_by(const struct np_op *op, const void *in)
{
    if (op->codec == &secretsmanager_CreateSecret_op)
        return ((const struct secretsmanager_CreateSecretRequest *)in)->Name;
    NP_EACH (o, on_secret)
        if (o->op == op->codec)
            return *(const struct np_str *)(const void *)((const char *)in + o->at);
    return NP_STR_NULL;
}

static int authorize_tags(struct np_req *rq, const struct secretsmanager_CreateSecretRequest *in,
                          struct np_err *err)
{
    struct question *q = question_new(rq, in->Name);
    q->secret = NULL;
    add_request_tags(q, &in->Tags);
    return ask(q, NP_STR("secretsmanager:TagResource"), err);
}

int secretsmanager_authorize(struct np_req *rq, const struct np_op *op, const void *in,
                             struct np_err *err)
{
    struct question *q = question_new(rq, named_by(op, in));
    const struct secretsmanager_CreateSecretRequest *create =
        op->codec == &secretsmanager_CreateSecret_op ? in : NULL;
    if (create != NULL) {
        q->secret = NULL;
        add_request_tags(q, &create->Tags);
    }
    if (op->codec == &secretsmanager_TagResource_op)
        add_request_tags(q, &((const struct secretsmanager_TagResourceRequest *)in)->Tags);
    NP_EACH (k, keys)
        if (k->op == op->codec)
            add_key(q, k->name, k->kind, (const char *)in + k->at);
    int rc = ask(q, np_str_printf(rq->arena, "secretsmanager:%s", op->codec->name), err);
    /* AWS: tags of a new secret, and its replicas, are asked for by their own actions. */
    if (rc == 0 && create != NULL && create->Tags.n != 0)
        rc = authorize_tags(rq, create, err);
    if (rc == 0 && create != NULL && create->AddReplicaRegions.n != 0)
        rc = secretsmanager_may(rq, "secretsmanager:ReplicateSecretToRegions", create->Name, err);
    return rc;
}
