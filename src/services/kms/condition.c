/* SPDX-License-Identifier: Apache-2.0 */
/* condition.c - the condition keys of KMS, made when a policy names one. */
#include "services/kms/authorize.h"

#include "aws/arn.h"

struct answer {
    const struct np_str *v;
    size_t n;
};

static bool one(struct kms_question *q, struct np_str value, struct answer *out)
{
    if (value.p == NULL)
        return false;
    struct np_str *slot = np_new(q->rq->arena, struct np_str);
    *slot = value;
    *out = (struct answer){slot, 1};
    return true;
}

static bool one_bool(struct kms_question *q, bool value, struct answer *out)
{
    return one(q, value ? NP_STR("true") : NP_STR("false"), out);
}

/* --- of the caller --- */

struct np_str kms_via_service(const struct np_req *rq)
{
    struct np_str service = rq->who->via_service, name, rest;
    if (service.p == NULL && rq->who->kind == NP_WHO_SERVICE)
        service = rq->who->name;
    if (service.p == NULL)
        return NP_STR_NULL;
    np_str_cut(service, '.', &name, &rest);
    return np_str_printf(rq->arena, "%.*s.%.*s.amazonaws.com", NP_FMT(name), NP_FMT(rq->region));
}

struct np_str kms_caller_account(const struct np_req *rq)
{
    return rq->who->account.p != NULL ? rq->who->account : rq->who->source_account;
}

static bool via_service(struct kms_question *q, struct answer *out)
{
    return one(q, kms_via_service(q->rq), out);
}

static bool caller_account(struct kms_question *q, struct answer *out)
{
    return one(q, kms_caller_account(q->rq), out);
}

/* --- of the key, or of that which shall be made --- */

static bool key_spec(struct kms_question *q, struct answer *out)
{
    if (q->key != NULL)
        return one(q, np_str_of(q->key->spec->name), out);
    struct np_str spec = kms_member_text(q, "KeySpec");
    if (spec.p == NULL)
        spec = kms_member_text(q, "CustomerMasterKeySpec");
    return one(q, spec.p != NULL ? spec : NP_STR("SYMMETRIC_DEFAULT"), out);
}

static bool key_usage(struct kms_question *q, struct answer *out)
{
    struct np_str usage = q->key != NULL ? q->key->usage : kms_member_text(q, "KeyUsage");
    return one(q, usage.p != NULL ? usage : NP_STR("ENCRYPT_DECRYPT"), out);
}

static bool key_origin(struct kms_question *q, struct answer *out)
{
    struct np_str origin = q->key != NULL ? q->key->origin : kms_member_text(q, "Origin");
    return one(q, origin.p != NULL ? origin : NP_STR("AWS_KMS"), out);
}

static bool multi_region(struct kms_question *q, struct answer *out)
{
    enum np_type type;
    const struct np_opt_bool *asked = kms_member(q, "MultiRegion", &type);
    if (q->key != NULL)
        return one_bool(q, q->key->primary_region.p != NULL, out);
    return one_bool(q, asked != NULL && asked->v, out);
}

static bool multi_region_type(struct kms_question *q, struct answer *out)
{
    if (q->key == NULL || q->key->primary_region.p == NULL)
        return false;
    return one(q, kms_is_replica(q->key) ? NP_STR("REPLICA") : NP_STR("PRIMARY"), out);
}

static bool resource_aliases(struct kms_question *q, struct answer *out)
{
    if (q->key == NULL || q->key->aliases.n == 0)
        return false;
    *out = (struct answer){q->key->aliases.v, q->key->aliases.n};
    return true;
}

static bool request_alias(struct kms_question *q, struct answer *out)
{
    return one(q, q->requested_alias, out);
}

/* --- of the request --- */

static bool algorithm(struct kms_question *q, struct answer *out)
{
    if (q->algorithm.p != NULL)
        return one(q, q->algorithm, out);
    bool symmetric = q->key != NULL && q->key->spec->kind == KMS_SYMMETRIC;
    return symmetric && one(q, NP_STR("SYMMETRIC_DEFAULT"), out);
}

static bool context_keys(struct kms_question *q, struct answer *out)
{
    if (q->context == NULL || q->context->n == 0)
        return false;
    struct np_str *keys = np_new_array(q->rq->arena, struct np_str, q->context->n);
    for (size_t i = 0; i < q->context->n; i++)
        keys[i] = q->context->v[i].key;
    *out = (struct answer){keys, q->context->n};
    return true;
}

static bool bypass(struct kms_question *q, struct answer *out)
{
    enum np_type type;
    const struct np_opt_bool *b = kms_member(q, "BypassPolicyLockoutSafetyCheck", &type);
    return b != NULL && one_bool(q, b->v, out);
}

static bool for_aws_resource(struct kms_question *q, struct answer *out)
{
    return one_bool(q, kms_via_service(q->rq).p != NULL, out);
}

static const struct kms_key *named_key(struct kms_question *q, struct np_str text)
{
    struct kms_name name;
    struct np_err err = {0};
    const struct kms_key *k = NULL;
    if (text.p != NULL && kms_name_parse(q->rq, text, &name, &err) == 0)
        kms_name_find(q->rq, &name, &k);
    return k;
}

static bool on_same_key(struct kms_question *q, struct answer *out)
{
    const struct kms_ReEncryptRequest *in = q->in;
    struct kms_blob blob;
    if (q->op->codec != &kms_ReEncrypt_op)
        return false;
    const struct kms_key *to = named_key(q, in->DestinationKeyId),
                         *from = named_key(q, in->SourceKeyId);
    if (in->SourceKeyId.p == NULL && kms_blob_parse(in->CiphertextBlob, &blob))
        from = kms_key_find(q->rq->core, q->rq->region, np_str_n(blob.key_id, blob.key_id_n));
    return one_bool(q, from != NULL && to != NULL && np_str_eq(from->arn, to->arn), out);
}

static bool constraint_type(struct kms_question *q, struct answer *out)
{
    enum np_type type;
    struct kms_GrantConstraints *const *c = kms_member(q, "Constraints", &type);
    if (c == NULL || *c == NULL)
        return false;
    return one(q,
               (*c)->EncryptionContextEquals.set ? NP_STR("EncryptionContextEquals")
                                                 : NP_STR("EncryptionContextSubset"),
               out);
}

static bool tag_keys(struct kms_question *q, struct answer *out)
{
    enum np_type type;
    const struct np_strs *gone = kms_member(q, "TagKeys", &type);
    const struct kms_TagList *tags = kms_member(q, "Tags", &type);
    if (gone != NULL) {
        *out = (struct answer){gone->v, gone->n};
        return gone->n != 0;
    }
    if (tags == NULL || tags->n == 0)
        return false;
    struct np_str *keys = np_new_array(q->rq->arena, struct np_str, tags->n);
    for (size_t i = 0; i < tags->n; i++)
        keys[i] = tags->v[i].TagKey;
    *out = (struct answer){keys, tags->n};
    return true;
}

static const struct {
    const char *name;
    bool (*make)(struct kms_question *q, struct answer *out);
} made[] = {
    {"kms:ViaService", via_service},
    {"kms:CallerAccount", caller_account},
    {"kms:KeySpec", key_spec},
    {"kms:CustomerMasterKeySpec", key_spec},
    {"kms:KeyUsage", key_usage},
    {"kms:CustomerMasterKeyUsage", key_usage},
    {"kms:KeyOrigin", key_origin},
    {"kms:MultiRegion", multi_region},
    {"kms:MultiRegionKeyType", multi_region_type},
    {"kms:ResourceAliases", resource_aliases},
    {"kms:RequestAlias", request_alias},
    {"kms:EncryptionAlgorithm", algorithm},
    {"kms:EncryptionContextKeys", context_keys},
    {"kms:BypassPolicyLockoutSafetyCheck", bypass},
    {"kms:GrantIsForAWSResource", for_aws_resource},
    {"kms:GrantConstraintType", constraint_type},
    {"kms:ReEncryptOnSameKey", on_same_key},
    {"aws:TagKeys", tag_keys},
};

/* Keys that are a member of the input and nothing else. */
static const char *const members[][2] = {
    {"kms:SigningAlgorithm", "SigningAlgorithm"},
    {"kms:MacAlgorithm", "MacAlgorithm"},
    {"kms:KeyAgreementAlgorithm", "KeyAgreementAlgorithm"},
    {"kms:MessageType", "MessageType"},
    {"kms:DataKeyPairSpec", "KeyPairSpec"},
    {"kms:ExpirationModel", "ExpirationModel"},
    {"kms:ValidTo", "ValidTo"},
    {"kms:WrappingAlgorithm", "WrappingAlgorithm"},
    {"kms:WrappingKeySpec", "WrappingKeySpec"},
    {"kms:GranteePrincipal", "GranteePrincipal"},
    {"kms:RetiringPrincipal", "RetiringPrincipal"},
    {"kms:GrantOperations", "Operations"},
    {"kms:ReplicaRegion", "ReplicaRegion"},
    {"kms:PrimaryRegion", "PrimaryRegion"},
    {"kms:RotationPeriodInDays", "RotationPeriodInDays"},
    {"kms:ScheduleKeyDeletionPendingWindowInDays", "PendingWindowInDays"},
};

static bool member_value(struct kms_question *q, const char *name, struct answer *out)
{
    enum np_type type;
    const void *p = kms_member(q, name, &type);
    if (p == NULL)
        return false;
    if (type == NP_STRING || type == NP_ENUM)
        return one(q, *(const struct np_str *)p, out);
    if (type == NP_LIST) {
        const struct np_strs *list = p;
        *out = (struct answer){list->v, list->n};
        return list->n != 0;
    }
    const struct np_opt_int *number = p;
    int64_t v = type == NP_TIMESTAMP ? number->v / 1000 : number->v;
    return number->set && one(q, np_str_printf(q->rq->arena, "%lld", (long long)v), out);
}

/* --- keys with a part that the caller names --- */

static bool context_pair(struct kms_question *q, struct np_str key, struct answer *out)
{
    for (size_t i = 0; q->context != NULL && i < q->context->n; i++)
        if (np_str_ieq(q->context->v[i].key, key))
            return one(q, q->context->v[i].value, out);
    return false;
}

static bool request_tag(struct kms_question *q, struct np_str key, struct answer *out)
{
    enum np_type type;
    const struct kms_TagList *tags = kms_member(q, "Tags", &type);
    for (size_t i = 0; tags != NULL && i < tags->n; i++)
        if (np_str_ieq(tags->v[i].TagKey, key))
            return one(q, tags->v[i].TagValue, out);
    return false;
}

static const struct {
    const char *prefix;
    bool (*make)(struct kms_question *q, struct np_str key, struct answer *out);
} parted[] = {
    {"kms:EncryptionContext:", context_pair},
    {"aws:RequestTag/", request_tag},
};

static bool make(struct kms_question *q, struct np_str name, struct answer *out)
{
    NP_EACH (k, made)
        if (np_str_ieq(name, np_str_of(k->name)))
            return k->make(q, out);
    NP_EACH (m, members)
        if (np_str_ieq(name, np_str_of((*m)[0])))
            return member_value(q, (*m)[1], out);
    NP_EACH (p, parted) {
        struct np_str prefix = np_str_of(p->prefix);
        if (np_str_istarts(name, prefix))
            return p->make(q, np_str_sub(name, prefix.n, name.n), out);
    }
    return false;
}

bool kms_condition_key(void *arg, struct np_str name, const struct np_str **values, size_t *n)
{
    struct answer answer = {0};
    if (!make(arg, name, &answer))
        return false;
    *values = answer.v;
    *n = answer.n;
    return true;
}
