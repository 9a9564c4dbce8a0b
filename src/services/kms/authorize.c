/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - may this caller do that with that key: the key policy decides, and IAM only where
 * the policy names the account; a grant allows what neither denies. */
#include "services/kms/grant.h"

#include "aws/arn.h"

enum target {
    ON_KEY,     /* of KeyId */
    ON_ACCOUNT, /* no key: IAM alone */
    ON_BLOB,    /* Decrypt: of KeyId, else of the ciphertext */
    ON_TWO,     /* ReEncrypt */
    ON_ALIAS,   /* the alias and the key that it names or shall name */
    ON_ITSELF,  /* the operation asks */
};

static const struct rule {
    const struct np_codec_op *op;
    enum target target;
    bool across; /* keys of other accounts, by their ARN */
    bool alias;  /* the key may be named by an alias */
} rules[] = {
    {&kms_Decrypt_op, ON_BLOB, true, true},
    {&kms_Encrypt_op, ON_KEY, true, true},
    {&kms_GenerateDataKey_op, ON_KEY, true, true},
    {&kms_GenerateDataKeyWithoutPlaintext_op, ON_KEY, true, true},
    {&kms_ReEncrypt_op, ON_TWO, true, true},
    {&kms_DescribeKey_op, ON_KEY, true, true},
    {&kms_GenerateDataKeyPair_op, ON_KEY, true, true},
    {&kms_GenerateDataKeyPairWithoutPlaintext_op, ON_KEY, true, true},
    {&kms_Sign_op, ON_KEY, true, true},
    {&kms_Verify_op, ON_KEY, true, true},
    {&kms_GetPublicKey_op, ON_KEY, true, true},
    {&kms_GenerateMac_op, ON_KEY, true, true},
    {&kms_VerifyMac_op, ON_KEY, true, true},
    {&kms_DeriveSharedSecret_op, ON_KEY, true, true},
    {&kms_GetKeyRotationStatus_op, ON_KEY, true, false},
    {&kms_CreateGrant_op, ON_KEY, true, false},
    {&kms_ListGrants_op, ON_KEY, true, false},
    {&kms_RevokeGrant_op, ON_KEY, true, false},
    {&kms_RetireGrant_op, ON_ITSELF, true, false},
    {&kms_ListRetirableGrants_op, ON_ACCOUNT, false, false},
    {&kms_CreateKey_op, ON_ACCOUNT, false, false},
    {&kms_ListKeys_op, ON_ACCOUNT, false, false},
    {&kms_ListAliases_op, ON_ACCOUNT, false, false},
    {&kms_GenerateRandom_op, ON_ACCOUNT, false, false},
    {&kms_CreateAlias_op, ON_ALIAS, false, true},
    {&kms_UpdateAlias_op, ON_ALIAS, false, true},
    {&kms_DeleteAlias_op, ON_ALIAS, false, true},
};

static const struct rule *rule_of(const struct np_op *op)
{
    static const struct rule others = {NULL, ON_KEY, false, false};
    NP_EACH (r, rules)
        if (r->op == op->codec)
            return r;
    return &others;
}

/* --- members of the input by their names --- */

const void *kms_member(const struct kms_question *q, const char *name, enum np_type *type)
{
    const struct np_shape *s = q->op->codec->in;
    for (uint32_t i = 0; i < s->n_members; i++)
        if (strcmp(s->members[i].name, name) == 0) {
            *type = (enum np_type)s->members[i].shape->type;
            return (const char *)q->in + s->members[i].offset;
        }
    return NULL;
}

struct np_str kms_member_text(const struct kms_question *q, const char *name)
{
    enum np_type type;
    const void *p = kms_member(q, name, &type);
    return p != NULL && (type == NP_STRING || type == NP_ENUM || type == NP_BLOB)
               ? *(const struct np_str *)p
               : NP_STR_NULL;
}

/* --- the question --- */

/* A key of another account, or none that the caller may know of. */
static int hidden(const struct kms_question *q, struct np_err *err)
{
    /* AWS: what Decrypt says of a ciphertext whose key the caller may not use
     * (tests/sdk/test_kms_access.py). */
    if (q->by_blob)
        return np_fault(err, &NP_AccessDenied,
                        "The ciphertext refers to a customer master key that does not exist, does "
                        "not exist in this region, or you are not allowed to access.");
    return np_fault(err, &NP_AccessDenied,
                    "User: %.*s is not authorized to perform: %s on this resource because the "
                    "resource does not exist in this Region, no resource-based policies allow "
                    "access, or a resource-based policy explicitly denies access",
                    NP_FMT(q->rq->who->arn), q->action);
}

int kms_ask_key(struct kms_question *q, struct np_err *err)
{
    const struct kms_key *k = q->key;
    bool foreign = !np_str_eq(k->account, q->rq->account);
    if (foreign && !q->across)
        return hidden(q, err);
    struct np_access a = {
        .action = np_str_of(q->action),
        .resource = k->arn,
        .resource_account = k->account,
        .resource_policy = k->policy,
        .resource_policy_required = true,
        .lookup = kms_condition_key,
        .lookup_arg = q,
        .resource_tags = k->tags,
        .n_resource_tags = k->n_tags,
    };
    struct np_policy_decision d;
    np_decide(q->rq, q->rq->who, &a, &d);
    if (d.allowed || (!d.explicit_deny && kms_grant_allows(q)))
        return 0;
    if (foreign && !d.explicit_deny && !q->rq->core->config.iam_soft)
        return hidden(q, err);
    return np_authorize(q->rq, &a, err);
}

/* By identity policies alone. */
static int ask_identity(struct kms_question *q, struct np_str resource, struct np_err *err)
{
    const struct np_access a = {
        .action = np_str_of(q->action),
        .resource = resource,
        .lookup = kms_condition_key,
        .lookup_arg = q,
    };
    return np_authorize(q->rq, &a, err);
}

/* The key of a name; when there is none yet, and the caller is the service that it is of, the
 * operation makes it. */
static int ask_name(struct kms_question *q, struct np_str text, struct np_err *err)
{
    struct kms_name name;
    int rc = kms_name_parse(q->rq, text, &name, err);
    if (rc != 0)
        return rc;
    if (name.alias.p != NULL && !q->alias)
        return np_fault(err, &KMS_InvalidArnException,
                        "Key Aliases are not supported for this operation.");
    kms_name_find(q->rq, &name, &q->key);
    q->requested_alias = name.alias;
    if (q->key != NULL)
        return kms_ask_key(q, err);
    if (kms_managed_wanted(q->rq, &name)) { /* its policy is asked when it is there */
        if (kms_via_service(q->rq).p != NULL)
            return 0;
        return ask_identity(q, kms_key_arn(q->rq->arena, name.account, name.region, NP_STR("*")),
                            err);
    }
    return np_str_eq(name.account, q->rq->account) ? kms_no_key(q->rq, &name, err) : hidden(q, err);
}

static int ask_blob(struct kms_question *q, struct np_str key_id, struct np_str bytes,
                    struct np_err *err)
{
    struct kms_blob blob;
    if (key_id.p != NULL)
        return ask_name(q, key_id, err);
    if (!kms_blob_parse(bytes, &blob))
        return np_fault(err, &KMS_InvalidCiphertextException, NULL);
    q->by_blob = true;
    q->key = kms_key_find(q->rq->core, q->rq->region, np_str_n(blob.key_id, blob.key_id_n));
    return q->key != NULL ? kms_ask_key(q, err) : hidden(q, err);
}

/* AWS: reading from a key is one permission, writing to the other another. */
static int ask_two(struct kms_question *q, struct np_err *err)
{
    const struct kms_ReEncryptRequest *in = q->in;
    struct kms_question to = *q;
    q->action = "kms:ReEncryptFrom";
    q->context = &in->SourceEncryptionContext;
    q->algorithm = in->SourceEncryptionAlgorithm;
    int rc = ask_blob(q, in->SourceKeyId, in->CiphertextBlob, err);
    if (rc != 0 || in->DestinationKeyId.p == NULL)
        return rc;
    to.action = "kms:ReEncryptTo";
    to.context = &in->DestinationEncryptionContext;
    to.algorithm = in->DestinationEncryptionAlgorithm;
    return ask_name(&to, in->DestinationKeyId, err);
}

static int ask_alias(struct kms_question *q, struct np_err *err)
{
    struct np_req *rq = q->rq;
    struct np_str alias = kms_member_text(q, "AliasName");
    struct np_str target = kms_member_text(q, "TargetKeyId");
    if (alias.p == NULL)
        return 0; /* not valid */
    struct np_str arn = np_arn_make(rq->arena, "kms", rq->region, rq->account, "%.*s",
                                    (int)(alias.n < 256 ? alias.n : 256), alias.p);
    int rc = ask_identity(q, arn, err);
    struct np_str old = kms_alias_find(rq->core, rq->account, rq->region, alias);
    if (rc == 0 && old.p != NULL && q->op->codec != &kms_CreateAlias_op)
        rc = ask_name(q, old, err);
    return rc == 0 && target.p != NULL ? ask_name(q, target, err) : rc;
}

/* AWS: who makes a key with tags must be allowed to tag, who replicates one to make keys. */
static int ask_more(struct kms_question *q, struct np_err *err)
{
    const struct np_codec_op *op = q->op->codec;
    enum np_type type;
    const struct kms_TagList *tags = kms_member(q, "Tags", &type);
    bool makes = op == &kms_CreateKey_op || op == &kms_ReplicateKey_op;
    int rc = 0;
    if (makes && tags->n != 0) {
        q->action = "kms:TagResource";
        rc = ask_identity(q, NP_STR("*"), err);
    }
    if (rc == 0 && op == &kms_ReplicateKey_op) {
        q->action = "kms:CreateKey";
        rc = ask_identity(q, NP_STR("*"), err);
    }
    return rc;
}

int kms_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    const struct rule *rule = rule_of(op);
    char action[64];
    /* Also where nothing secret comes or goes: keys are opened on the way. */
    np_arena_wipe(rq->arena);
    size_t n = strlen(op->codec->name);
    memcpy(action, "kms:", 4);
    memcpy(action + 4, op->codec->name, n + 1);
    struct kms_question q = {.rq = rq,
                             .op = op,
                             .in = in,
                             .action = action,
                             .across = rule->across,
                             .alias = rule->alias};
    enum np_type type;
    const struct np_strs *tokens = kms_member(&q, "GrantTokens", &type);
    if (tokens != NULL && kms_grant_tokens_check(rq, tokens, err) != 0)
        return NP_EFAULT;
    q.context = kms_member(&q, "EncryptionContext", &type);
    q.algorithm = kms_member_text(&q, "EncryptionAlgorithm");
    struct np_str key_id = kms_member_text(&q, "KeyId");
    switch (rule->target) {
    case ON_ACCOUNT:
        if (ask_identity(&q, NP_STR("*"), err) != 0)
            return NP_EFAULT;
        return ask_more(&q, err);
    case ON_BLOB:
        return ask_blob(&q, key_id, kms_member_text(&q, "CiphertextBlob"), err);
    case ON_TWO:
        return ask_two(&q, err);
    case ON_ALIAS:
        return ask_alias(&q, err);
    case ON_ITSELF:
        return 0;
    case ON_KEY:
        break;
    }
    if (key_id.p == NULL)
        return 0; /* not valid */
    int rc = ask_name(&q, key_id, err);
    return rc == 0 ? ask_more(&q, err) : rc;
}
