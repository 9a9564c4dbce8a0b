/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - what each operation needs: a table from operation to action and resource, the
 * condition keys of S3, ACLs and the public access block, and the answer to who may not.
 *
 * It runs before the first byte of every request: one look into the projection, one ARN, no query
 * and no key unless a condition names it.
 */
#include "services/s3/bucket_int.h"

#include "base/timefmt.h"
#include "codec/form.h"
#include "services/s3/host.h"

/* --- the table --- */

enum rule_flags {
    R_OBJECT = 1 << 0, /* about bucket and key; else about the bucket */
    R_ALL = 1 << 1,    /* about no bucket */
    R_LATE = 1 << 2,   /* the handler asks, when it knows its document */
    R_WRITES = 1 << 3, /* header fields of a new object ask for more rights */
    R_BYPASS = 1 << 4, /* x-amz-bypass-governance-retention */
};

struct s3_rule {
    const char *operation;
    const char *action;
    const char *version_action; /* with versionId; NULL: the same */
    const char *also;           /* a second right, of the same resource */
    unsigned flags;
    unsigned bucket_acl, object_acl; /* enum s3_permission: grants that allow it */
    /* Where the input holds them; made at the start. */
    uint32_t bucket, key, version, owner; /* offsets; NONE */
};
#define NONE UINT32_MAX

#define BUCKET(op, action_, acl_)                                                                  \
    {                                                                                              \
        .operation = op, .action = action_, .bucket_acl = acl_                                     \
    }
#define OBJECT(op, action_, version_, flags_, bucket_, object_)                                    \
    {                                                                                              \
        .operation = op, .action = action_, .version_action = version_,                            \
        .flags = R_OBJECT | (flags_), .bucket_acl = bucket_, .object_acl = object_                 \
    }

static const struct s3_rule rules[] = {
    {.operation = "ListBuckets", .action = "s3:ListAllMyBuckets", .flags = R_ALL},
    {.operation = "CreateBucket", .action = "s3:CreateBucket", .flags = R_LATE},
    /* Each key is asked for by itself. */
    {.operation = "DeleteObjects", .action = "s3:DeleteObject", .flags = R_LATE},
    BUCKET("DeleteBucket", "s3:DeleteBucket", 0),
    BUCKET("HeadBucket", "s3:ListBucket", S3_P_READ),
    BUCKET("GetBucketLocation", "s3:GetBucketLocation", 0),
    BUCKET("ListObjects", "s3:ListBucket", S3_P_READ),
    BUCKET("ListObjectsV2", "s3:ListBucket", S3_P_READ),
    BUCKET("ListObjectVersions", "s3:ListBucketVersions", S3_P_READ),
    BUCKET("ListMultipartUploads", "s3:ListBucketMultipartUploads", S3_P_READ),

    BUCKET("GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration", 0),
    BUCKET("PutBucketAccelerateConfiguration", "s3:PutAccelerateConfiguration", 0),
    BUCKET("GetBucketAcl", "s3:GetBucketAcl", S3_P_READ_ACP),
    BUCKET("PutBucketAcl", "s3:PutBucketAcl", S3_P_WRITE_ACP),
    BUCKET("GetBucketCors", "s3:GetBucketCORS", 0),
    BUCKET("PutBucketCors", "s3:PutBucketCORS", 0),
    BUCKET("DeleteBucketCors", "s3:PutBucketCORS", 0),
    BUCKET("GetBucketEncryption", "s3:GetEncryptionConfiguration", 0),
    BUCKET("PutBucketEncryption", "s3:PutEncryptionConfiguration", 0),
    BUCKET("DeleteBucketEncryption", "s3:PutEncryptionConfiguration", 0),
    BUCKET("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", 0),
    BUCKET("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration", 0),
    BUCKET("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration", 0),
    BUCKET("GetBucketLogging", "s3:GetBucketLogging", 0),
    BUCKET("PutBucketLogging", "s3:PutBucketLogging", 0),
    BUCKET("GetBucketNotificationConfiguration", "s3:GetBucketNotification", 0),
    BUCKET("PutBucketNotificationConfiguration", "s3:PutBucketNotification", 0),
    BUCKET("GetBucketOwnershipControls", "s3:GetBucketOwnershipControls", 0),
    BUCKET("PutBucketOwnershipControls", "s3:PutBucketOwnershipControls", 0),
    BUCKET("DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls", 0),
    BUCKET("GetBucketPolicy", "s3:GetBucketPolicy", 0),
    BUCKET("PutBucketPolicy", "s3:PutBucketPolicy", 0),
    BUCKET("DeleteBucketPolicy", "s3:DeleteBucketPolicy", 0),
    BUCKET("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", 0),
    BUCKET("GetBucketReplication", "s3:GetReplicationConfiguration", 0),
    BUCKET("GetBucketRequestPayment", "s3:GetBucketRequestPayment", 0),
    BUCKET("PutBucketRequestPayment", "s3:PutBucketRequestPayment", 0),
    BUCKET("GetBucketTagging", "s3:GetBucketTagging", 0),
    BUCKET("PutBucketTagging", "s3:PutBucketTagging", 0),
    BUCKET("DeleteBucketTagging", "s3:PutBucketTagging", 0),
    BUCKET("GetBucketVersioning", "s3:GetBucketVersioning", 0),
    BUCKET("PutBucketVersioning", "s3:PutBucketVersioning", 0),
    BUCKET("GetBucketWebsite", "s3:GetBucketWebsite", 0),
    BUCKET("PutBucketWebsite", "s3:PutBucketWebsite", 0),
    BUCKET("DeleteBucketWebsite", "s3:DeleteBucketWebsite", 0),
    BUCKET("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", 0),
    BUCKET("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock", 0),
    BUCKET("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock", 0),
    BUCKET("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", 0),
    BUCKET("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration", 0),

    OBJECT("GetObject", "s3:GetObject", "s3:GetObjectVersion", 0, 0, S3_P_READ),
    OBJECT("HeadObject", "s3:GetObject", "s3:GetObjectVersion", 0, 0, S3_P_READ),
    {.operation = "GetObjectAttributes",
     .action = "s3:GetObject",
     .version_action = "s3:GetObjectVersion",
     .also = "s3:GetObjectAttributes",
     .flags = R_OBJECT,
     .object_acl = S3_P_READ},
    OBJECT("PutObject", "s3:PutObject", NULL, R_WRITES, S3_P_WRITE, 0),
    OBJECT("CopyObject", "s3:PutObject", NULL, R_WRITES, S3_P_WRITE, 0),
    OBJECT("CreateMultipartUpload", "s3:PutObject", NULL, R_WRITES, S3_P_WRITE, 0),
    OBJECT("UploadPart", "s3:PutObject", NULL, 0, S3_P_WRITE, 0),
    OBJECT("UploadPartCopy", "s3:PutObject", NULL, 0, S3_P_WRITE, 0),
    OBJECT("CompleteMultipartUpload", "s3:PutObject", NULL, 0, S3_P_WRITE, 0),
    OBJECT("AbortMultipartUpload", "s3:AbortMultipartUpload", NULL, 0, S3_P_WRITE, 0),
    OBJECT("ListParts", "s3:ListMultipartUploadParts", NULL, 0, S3_P_READ, 0),
    OBJECT("DeleteObject", "s3:DeleteObject", "s3:DeleteObjectVersion", R_BYPASS, S3_P_WRITE, 0),
    OBJECT("GetObjectAcl", "s3:GetObjectAcl", "s3:GetObjectVersionAcl", 0, 0, S3_P_READ_ACP),
    OBJECT("PutObjectAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", 0, 0, S3_P_WRITE_ACP),
    OBJECT("GetObjectTagging", "s3:GetObjectTagging", "s3:GetObjectVersionTagging", 0, 0, 0),
    OBJECT("PutObjectTagging", "s3:PutObjectTagging", "s3:PutObjectVersionTagging", R_LATE, 0, 0),
    OBJECT("DeleteObjectTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", 0, 0,
           0),
    OBJECT("GetObjectRetention", "s3:GetObjectRetention", NULL, 0, 0, 0),
    OBJECT("PutObjectRetention", "s3:PutObjectRetention", NULL, R_BYPASS, 0, 0),
    OBJECT("GetObjectLegalHold", "s3:GetObjectLegalHold", NULL, 0, 0, 0),
    OBJECT("PutObjectLegalHold", "s3:PutObjectLegalHold", NULL, 0, 0, 0),
    OBJECT("RestoreObject", "s3:RestoreObject", NULL, 0, 0, 0),
};

static uint32_t offset_of(const struct np_shape *s, const char *name)
{
    for (uint32_t i = 0; i < s->n_members; i++)
        if (np_str_eq(np_str_of(s->members[i].name), np_str_of(name)))
            return s->members[i].offset;
    return NONE;
}

static const struct s3_rule *rule_named(const char *operation)
{
    NP_EACH (r, rules)
        if (np_str_eq(np_str_of(r->operation), np_str_of(operation)))
            return r;
    return NULL;
}

void s3_rules_init(struct s3_state *s)
{
    s->n_rules = s3_model.n_ops;
    s->rules = np_heap_alloc(s->n_rules * sizeof(struct s3_rule));
    for (size_t i = 0; i < s->n_rules; i++) {
        const struct np_codec_op *op = s3_model.ops[i].codec;
        const struct s3_rule *r = rule_named(op->name);
        np_assert(r != NULL); /* every operation that is served stands in the table */
        s->rules[i] = *r;
        s->rules[i].bucket = offset_of(op->in, "Bucket");
        s->rules[i].key = offset_of(op->in, "Key");
        s->rules[i].version = offset_of(op->in, "VersionId");
        s->rules[i].owner = offset_of(op->in, "ExpectedBucketOwner");
    }
}

void s3_rules_fini(struct s3_state *s)
{
    np_free(s->rules);
    s->rules = NULL;
}

static struct np_str member(const void *in, uint32_t offset)
{
    return offset == NONE ? NP_STR_NULL
                          : *(const struct np_str *)(const void *)((const char *)in + offset);
}

/* --- condition keys, made when a condition names them --- */

struct ask {
    struct np_req *rq;
    const struct s3_bucket *b; /* NULL: about none */
    struct np_str key, version;
    struct s3_object_facts facts;
    bool have_facts;
};

static bool one(struct ask *k, struct np_str value, const struct np_str **values, size_t *n)
{
    if (value.p == NULL)
        return false;
    struct np_str *slot = np_new(k->rq->arena, struct np_str);
    *slot = value;
    *values = slot;
    *n = 1;
    return true;
}

struct np_str s3_query_value(struct np_req *rq, struct np_str name)
{
    struct np_pair *pairs;
    size_t n;
    if (rq->wire.query.n == 0 ||
        np_form_parse(rq->arena, rq->wire.query, true, 1000, &pairs, &n, NULL) != 0)
        return NP_STR_NULL;
    return np_form_get(pairs, n, name);
}

/* Keys that are a header field or a query parameter of the same or another name. */
static const struct {
    const char *key, *header, *query;
} plain_keys[] = {
    {"s3:prefix", NULL, "prefix"},
    {"s3:delimiter", NULL, "delimiter"},
    {"s3:max-keys", NULL, "max-keys"},
    {"s3:versionid", NULL, "versionId"},
    {"s3:x-amz-acl", "x-amz-acl", NULL},
    {"s3:x-amz-grant-full-control", "x-amz-grant-full-control", NULL},
    {"s3:x-amz-grant-read", "x-amz-grant-read", NULL},
    {"s3:x-amz-grant-read-acp", "x-amz-grant-read-acp", NULL},
    {"s3:x-amz-grant-write", "x-amz-grant-write", NULL},
    {"s3:x-amz-grant-write-acp", "x-amz-grant-write-acp", NULL},
    {"s3:x-amz-copy-source", "x-amz-copy-source", NULL},
    {"s3:x-amz-metadata-directive", "x-amz-metadata-directive", NULL},
    {"s3:x-amz-server-side-encryption", "x-amz-server-side-encryption", NULL},
    {"s3:x-amz-server-side-encryption-aws-kms-key-id",
     "x-amz-server-side-encryption-aws-kms-key-id", NULL},
    {"s3:x-amz-server-side-encryption-customer-algorithm",
     "x-amz-server-side-encryption-customer-algorithm", NULL},
    {"s3:x-amz-storage-class", "x-amz-storage-class", NULL},
    {"s3:x-amz-website-redirect-location", "x-amz-website-redirect-location", NULL},
    {"s3:x-amz-object-ownership", "x-amz-object-ownership", NULL},
    {"s3:x-amz-content-sha256", "x-amz-content-sha256", "X-Amz-Content-Sha256"},
    {"s3:object-lock-mode", "x-amz-object-lock-mode", NULL},
    {"s3:object-lock-retain-until-date", "x-amz-object-lock-retain-until-date", NULL},
    {"s3:object-lock-legal-hold", "x-amz-object-lock-legal-hold", NULL},
    {"s3:if-match", "if-match", NULL},
    {"s3:if-none-match", "if-none-match", NULL},
};

static bool plain_key(struct ask *k, struct np_str name, struct np_str *out)
{
    NP_EACH (p, plain_keys) {
        if (!np_str_ieq(name, np_str_of(p->key)))
            continue;
        *out = NP_STR_NULL;
        if (p->header != NULL)
            *out = np_req_field(k->rq, np_str_of(p->header));
        if (p->header != NULL && out->p == NULL)
            *out = np_req_bound(k->rq, np_str_of(p->header));
        if (out->p == NULL && p->query != NULL)
            *out = s3_query_value(k->rq, np_str_of(p->query));
        return true;
    }
    return false;
}

static struct np_str key_auth_type(struct ask *k)
{
    if (np_req_field(k->rq, NP_STR("authorization")).p != NULL)
        return NP_STR("REST-HEADER");
    if (s3_query_value(k->rq, NP_STR("X-Amz-Signature")).p != NULL)
        return NP_STR("REST-QUERY-STRING");
    return k->rq->who->kind == NP_WHO_ANONYMOUS ? NP_STR_NULL : NP_STR("POST");
}

static struct np_str key_signature_version(struct ask *k)
{
    return key_auth_type(k).p != NULL ? NP_STR("AWS4-HMAC-SHA256") : NP_STR_NULL;
}

/* AWS: milliseconds since a presigned URL was signed. */
static struct np_str key_signature_age(struct ask *k)
{
    int64_t at;
    struct np_str date = s3_query_value(k->rq, NP_STR("X-Amz-Date"));
    if (date.p == NULL)
        date = np_req_field(k->rq, NP_STR("x-amz-date"));
    if (date.p == NULL || !np_time_parse_iso_basic(date, &at))
        return NP_STR_NULL;
    int64_t age = np_wall_ms(k->rq->loop) - at;
    return np_str_printf(k->rq->arena, "%lld", (long long)(age < 0 ? 0 : age));
}

static struct np_str key_tls(struct ask *k)
{
    return k->rq->zone.secure ? NP_STR("1.3") : NP_STR_NULL;
}

static struct np_str key_resource_account(struct ask *k)
{
    return k->b != NULL ? k->b->account : NP_STR_NULL;
}

static struct np_str key_location(struct ask *k)
{
    if (k->rq->op == NULL || k->rq->op->codec != &s3_CreateBucket_op)
        return NP_STR_NULL;
    const struct s3_CreateBucketRequest *in = k->rq->in;
    return in->CreateBucketConfiguration != NULL ? in->CreateBucketConfiguration->LocationConstraint
                                                 : NP_STR_NULL;
}

static struct np_str key_remaining_days(struct ask *k)
{
    int64_t until;
    struct np_str date = np_req_field(k->rq, NP_STR("x-amz-object-lock-retain-until-date"));
    if (date.p == NULL || !np_time_parse_iso(date, &until))
        return NP_STR_NULL;
    return np_str_printf(k->rq->arena, "%lld",
                         (long long)((until - k->rq->now_ms) / (24 * 3600 * 1000LL)));
}

/* AWS: of a multipart upload, only its completion makes an object (tests/sdk/test_s3_policy.py). */
static struct np_str key_creation(struct ask *k)
{
    const struct np_codec_op *op = k->rq->op != NULL ? k->rq->op->codec : NULL;
    if (op == &s3_PutObject_op || op == &s3_CopyObject_op || op == &s3_CompleteMultipartUpload_op)
        return NP_STR("true");
    if (op == &s3_CreateMultipartUpload_op || op == &s3_UploadPart_op ||
        op == &s3_UploadPartCopy_op)
        return NP_STR("false");
    return NP_STR_NULL;
}

static const struct {
    const char *key;
    struct np_str (*make)(struct ask *k);
} made_keys[] = {
    {"s3:objectcreationoperation", key_creation},
    {"s3:authtype", key_auth_type},
    {"s3:signatureversion", key_signature_version},
    {"s3:signatureage", key_signature_age},
    {"s3:tlsversion", key_tls},
    {"s3:resourceaccount", key_resource_account},
    {"s3:locationconstraint", key_location},
    {"s3:object-lock-remaining-retention-days", key_remaining_days},
};

/* The rest: of operations that are not served, and the list that lookup() makes. */
static const char *const other_keys[] = {
    "s3:accessgrantsinstancearn",   "s3:accesspointnetworkorigin",
    "s3:dataaccesspointaccount",    "s3:dataaccesspointarn",
    "s3:destinationregion",         "s3:existingjoboperation",
    "s3:existingjobpriority",       "s3:inventoryaccessibleoptionalfields",
    "s3:isreplicationpauserequest", "s3:jobsuspendedcause",
    "s3:requestjoboperation",       "s3:requestjobpriority",
    "s3:requestobjecttagkeys",
};
static const char *const tag_keys[] = {"s3:existingobjecttag/", "s3:requestobjecttag/",
                                       "s3:buckettag/", "s3:accesspointtag/"};

bool s3_condition_key_ok(struct np_str name)
{
    if (!np_str_istarts(name, NP_STR("s3:")))
        return true;
    NP_EACH (p, plain_keys)
        if (np_str_ieq(name, np_str_of(p->key)))
            return true;
    NP_EACH (m, made_keys)
        if (np_str_ieq(name, np_str_of(m->key)))
            return true;
    NP_EACH (o, other_keys)
        if (np_str_ieq(name, np_str_of(*o)))
            return true;
    NP_EACH (t, tag_keys)
        if (np_str_istarts(name, np_str_of(*t)))
            return true;
    return false;
}

static bool facts(struct ask *k)
{
    struct np_err err;
    if (!k->have_facts && k->b != NULL && k->key.n != 0)
        k->have_facts = s3_object_facts(k->rq, k->b, k->key, k->version, &k->facts, &err) == 0;
    return k->have_facts && k->facts.exists;
}

static struct np_str existing_tag(struct ask *k, struct np_str key)
{
    if (!facts(k))
        return NP_STR_NULL;
    for (size_t i = 0; i < k->facts.n_tags; i++)
        if (np_str_eq(k->facts.tags[i].key, key))
            return k->facts.tags[i].value;
    return NP_STR_NULL;
}

/* The tags that the request would set: of its header, or of its document. */
static size_t request_tags(struct ask *k, struct np_pair **out)
{
    struct np_str header = np_req_field(k->rq, NP_STR("x-amz-tagging"));
    size_t n = 0;
    if (header.p != NULL)
        return np_form_parse(k->rq->arena, header, true, 50, out, &n, NULL) == 0 ? n : 0;
    if (k->rq->op == NULL || k->rq->op->codec != &s3_PutObjectTagging_op)
        return 0;
    const struct s3_PutObjectTaggingRequest *in = k->rq->in;
    if (in->Tagging == NULL)
        return 0;
    *out = np_new_array(k->rq->arena, struct np_pair, in->Tagging->TagSet.n + 1);
    for (; n < in->Tagging->TagSet.n; n++)
        (*out)[n] = (struct np_pair){.key = in->Tagging->TagSet.v[n].Key,
                                     .value = in->Tagging->TagSet.v[n].Value};
    return n;
}

static bool request_tag_keys(struct ask *k, const struct np_str **values, size_t *n)
{
    struct np_pair *pairs;
    *n = request_tags(k, &pairs);
    struct np_str *v = np_new_array(k->rq->arena, struct np_str, *n + 1);
    for (size_t i = 0; i < *n; i++)
        v[i] = pairs[i].key;
    *values = v;
    return *n != 0;
}

static bool lookup(void *arg, struct np_str name, const struct np_str **values, size_t *n)
{
    static const struct np_str existing = {"s3:existingobjecttag/", 21},
                               wanted = {"s3:requestobjecttag/", 20};
    struct ask *k = arg;
    struct np_str value;
    if (plain_key(k, name, &value))
        return one(k, value, values, n);
    NP_EACH (m, made_keys)
        if (np_str_ieq(name, np_str_of(m->key)))
            return one(k, m->make(k), values, n);
    if (np_str_ieq(name, NP_STR("s3:RequestObjectTagKeys")))
        return request_tag_keys(k, values, n);
    if (np_str_istarts(name, existing))
        return one(k, existing_tag(k, np_str_sub(name, existing.n, name.n)), values, n);
    if (np_str_istarts(name, wanted)) {
        struct np_pair *pairs;
        size_t pairs_n = request_tags(k, &pairs);
        return one(k, np_form_get(pairs, pairs_n, np_str_sub(name, wanted.n, name.n)), values, n);
    }
    return false;
}

/* --- one question --- */

struct np_str s3_arn(struct np_arena *a, struct np_str bucket, struct np_str key)
{
    static const char head[] = "arn:aws:s3:::";
    size_t n = sizeof(head) - 1 + bucket.n + (key.n != 0 ? key.n + 1 : 0);
    char *p = np_alloc(a, n), *at = p;
    memcpy(at, head, sizeof(head) - 1);
    at += sizeof(head) - 1;
    memcpy(at, bucket.p, bucket.n);
    at += bucket.n;
    if (key.n != 0) {
        *at++ = '/';
        memcpy(at, key.p, key.n);
    }
    return np_str_n(p, n);
}

static bool is_owner(const struct np_req *rq, const struct s3_bucket *b)
{
    return np_str_eq(rq->who->account, b->account);
}

/* AWS: these three stay open to the root of the owner's account, so that a policy cannot lock a
 * bucket for good. */
static bool is_rescue(const struct np_req *rq, const struct s3_bucket *b, struct np_str action)
{
    return rq->who->kind == NP_WHO_ROOT && is_owner(rq, b) &&
           (np_str_is(action, "s3:PutBucketPolicy") || np_str_is(action, "s3:GetBucketPolicy") ||
            np_str_is(action, "s3:DeleteBucketPolicy"));
}

/* A public policy of a restricted bucket lets in nobody but the own account and AWS services. */
static bool is_shut(const struct np_req *rq, const struct s3_bucket *b)
{
    return b->block.restrict_buckets && b->policy_public && !is_owner(rq, b) &&
           rq->who->kind != NP_WHO_SERVICE;
}

/* Lists are asked only where they can count: not under enforced ownership, not for the owner, whose
 * right comes from IAM. */
static bool acl_allows(struct ask *k, unsigned bucket_acl, unsigned object_acl)
{
    const struct s3_bucket *b = k->b;
    if (b->ownership == S3_OWNER_ENFORCED)
        return false;
    bool shut = b->block.ignore_acls;
    if (bucket_acl != 0 && !is_owner(k->rq, b) &&
        (s3_acl_grants(k->rq, b->acl, shut) & bucket_acl) == bucket_acl)
        return true;
    if (object_acl == 0 || !facts(k) || np_str_eq(k->rq->who->account, k->facts.owner))
        return false;
    return (s3_acl_grants(k->rq, k->facts.acl, shut) & object_acl) == object_acl;
}

static void fill(struct ask *k, const char *action, unsigned bucket_acl, unsigned object_acl,
                 struct np_access *a)
{
    const struct s3_bucket *b = k->b;
    *a = (struct np_access){
        .action = np_str_of(action),
        .resource = s3_arn(k->rq->arena, b->name, k->key),
        .resource_account = b->account,
        .resource_policy = b->policy,
        .lookup = lookup,
        .lookup_arg = k,
    };
    a->acl_allows = acl_allows(k, bucket_acl, object_acl);
    if (is_shut(k->rq, b) || is_rescue(k->rq, b, a->action))
        a->resource_policy = NULL;
}

/* What another account may know of a denial is that it is one. */
static int ask(struct ask *k, const char *action, unsigned bucket_acl, unsigned object_acl,
               struct np_err *err)
{
    struct np_access a;
    fill(k, action, bucket_acl, object_acl, &a);
    if (np_authorize(k->rq, &a, err) == 0)
        return 0;
    if (k->rq->who->kind == NP_WHO_ANONYMOUS || !is_owner(k->rq, k->b))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    return NP_EFAULT;
}

/* --- the bucket and where it lives --- */

static struct np_str regional_host(struct np_req *rq, const struct s3_bucket *b, bool with_bucket)
{
    bool local = np_str_find(rq->host, NP_STR("amazonaws.com")) < 0;
    return np_str_printf(rq->arena, "%.*s%ss3.%.*s.%s", with_bucket ? (int)b->name.n : 0, b->name.p,
                         with_bucket ? "." : "", NP_FMT(b->region),
                         local ? "localhost" : "amazonaws.com");
}

static int wrong_scope(struct np_req *rq, struct np_str want, struct np_err *err)
{
    np_fault(err, &S3_AuthorizationHeaderMalformed,
             "The authorization header is malformed; the region '%.*s' is wrong; expecting "
             "'%.*s'",
             NP_FMT(rq->region), NP_FMT(want));
    np_err_extra(err, "Region", want);
    return NP_EFAULT;
}

static int redirect(struct np_req *rq, const struct s3_bucket *b, bool temporary,
                    struct np_err *err)
{
    struct np_str host = regional_host(rq, b, true);
    np_fault(err, temporary ? &S3_TemporaryRedirect : &S3_PermanentRedirect,
             temporary ? "Please re-send this request to the specified temporary endpoint. "
                         "Continue to use the original request endpoint for future requests."
                       : "The bucket you are attempting to access must be addressed using the "
                         "specified endpoint. Please send all future requests to this endpoint.");
    np_err_extra(err, "Endpoint", host);
    np_err_extra(err, "Bucket", b->name);
    if (!temporary)
        return NP_EFAULT;
    struct np_str key, query = rq->wire.query;
    s3_path_bucket(rq->wire.path, &key);
    np_req_reply_field(rq, "Location",
                       np_str_printf(rq->arena, "%s://%.*s/%.*s%s%.*s",
                                     rq->zone.tls ? "https" : "http", NP_FMT(host), NP_FMT(key),
                                     query.n != 0 ? "?" : "", NP_FMT(query)));
    return NP_EFAULT;
}

/* AWS: names of a new bucket take a while to be known everywhere; until then the partition's own
 * endpoint sends on with 307. */
#define NEW_BUCKET_MS (3600 * 1000LL)

/* Addresses and "localhost" say nothing of a region; "" is a call from within. */
static bool is_plain(struct np_str host)
{
    return host.n == 0 || host.p[0] <= '9' || host.p[0] == '[' ||
           np_str_starts(host, NP_STR("localhost"));
}

static int check_region(struct np_req *rq, const struct s3_bucket *b, struct np_err *err)
{
    bool is_signed = rq->who->account.n != 0; /* not nobody, a service, an identity of CloudFront */
    if (is_plain(rq->host) && (!is_signed || np_str_eq(rq->region, b->region)))
        return 0;
    struct s3_host h;
    s3_host_parse(rq->core, rq->host, &h);
    struct np_str host = h.region;
    bool here = host.p == NULL || np_str_eq(host, b->region);
    if (here && (!is_signed || np_str_eq(rq->region, b->region)))
        return 0;
    np_req_reply_field(rq, "x-amz-bucket-region", b->region);
    if (host.p != NULL && is_signed && !np_str_eq(host, rq->region))
        return wrong_scope(rq, host, err);
    if (host.p != NULL)
        return redirect(rq, b, false, err);
    if (h.global && np_str_is(rq->region, "us-east-1") &&
        rq->now_ms - b->created_ms < NEW_BUCKET_MS)
        return redirect(rq, b, true, err);
    if (rq->sign_path.p != NULL) /* virtual-host style: the name led to the bucket's region */
        return wrong_scope(rq, b->region, err);
    return redirect(rq, b, false, err);
}

int s3_bucket_need(struct np_req *rq, struct np_str name, struct np_str expected_owner,
                   const struct s3_bucket **out, struct np_err *err)
{
    const struct s3_bucket *b = s3_bucket_find(rq->core, name);
    if (b == NULL)
        return s3_no_such_bucket(name, rq->arena, err);
    int rc = check_region(rq, b, err);
    if (rc != 0)
        return rc;
    if (expected_owner.p != NULL && !np_str_eq(expected_owner, b->account))
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    *out = b;
    return 0;
}

/* --- the operation's questions --- */

static bool is_on(struct np_req *rq, struct np_str header)
{
    return np_str_ieq(np_req_field(rq, header), NP_STR("true"));
}

static bool sets_acl(struct np_req *rq)
{
    static const char *const headers[] = {"x-amz-acl",         "x-amz-grant-full-control",
                                          "x-amz-grant-read",  "x-amz-grant-read-acp",
                                          "x-amz-grant-write", "x-amz-grant-write-acp"};
    NP_EACH (h, headers)
        if (np_req_field(rq, np_str_of(*h)).p != NULL)
            return true;
    return false;
}

/* The rights that header fields of a new object ask for beside s3:PutObject. */
static int ask_for_writes(struct ask *k, struct np_err *err)
{
    struct np_req *rq = k->rq;
    int rc = 0;
    if (np_req_field(rq, NP_STR("x-amz-tagging")).n != 0)
        rc = ask(k, "s3:PutObjectTagging", 0, 0, err);
    if (rc == 0 && k->b->ownership != S3_OWNER_ENFORCED && sets_acl(rq))
        rc = ask(k, "s3:PutObjectAcl", S3_P_WRITE, 0, err);
    if (rc == 0 && np_req_field(rq, NP_STR("x-amz-object-lock-mode")).p != NULL)
        rc = ask(k, "s3:PutObjectRetention", 0, 0, err);
    if (rc == 0 && np_req_field(rq, NP_STR("x-amz-object-lock-legal-hold")).p != NULL)
        rc = ask(k, "s3:PutObjectLegalHold", 0, 0, err);
    return rc;
}

static bool is_encryption_blocked(const struct s3_bucket *b, struct np_str type)
{
    const struct s3_ServerSideEncryptionConfiguration *c = b->encryption;
    for (size_t i = 0; c != NULL && i < c->Rules.n; i++) {
        const struct s3_BlockedEncryptionTypes *t = c->Rules.v[i].BlockedEncryptionTypes;
        for (size_t j = 0; t != NULL && j < t->EncryptionType.n; j++)
            if (np_str_eq(t->EncryptionType.v[j], type))
                return true;
    }
    return false;
}

/* Others than the owner say that they would pay, and who they are. */
static bool pays(struct np_req *rq, const struct s3_bucket *b)
{
    if (is_owner(rq, b) || rq->who->kind == NP_WHO_SERVICE)
        return true;
    struct np_str payer = np_req_field(rq, NP_STR("x-amz-request-payer"));
    if (payer.p == NULL)
        payer = s3_query_value(rq, NP_STR("x-amz-request-payer"));
    if (rq->who->kind == NP_WHO_ANONYMOUS || !np_str_ieq(payer, NP_STR("requester")))
        return false;
    np_req_reply_field(rq, "x-amz-request-charged", NP_STR("requester"));
    return true;
}

int s3_payer_check(struct np_req *rq, const struct s3_bucket *b, struct np_err *err)
{
    if (!b->requester_pays || pays(rq, b))
        return 0;
    return np_fault(err, &S3_AccessDenied, "Access Denied");
}

static int ask_operation(struct np_req *rq, const struct s3_rule *r, const void *in,
                         struct np_err *err)
{
    struct ask k = {.rq = rq};
    int rc = s3_bucket_need(rq, member(in, r->bucket), member(in, r->owner), &k.b, err);
    if (rc != 0)
        return rc;
    if (r->flags & R_OBJECT) {
        k.key = member(in, r->key);
        k.version = member(in, r->version);
    }
    rc = s3_payer_check(rq, k.b, err);
    if (rc != 0)
        return rc;
    const char *action = r->action;
    if (k.version.n != 0 && r->version_action != NULL)
        action = r->version_action;
    rc = ask(&k, action, r->bucket_acl, r->object_acl, err);
    if (rc == 0 && r->also != NULL)
        rc = ask(&k, k.version.n != 0 ? "s3:GetObjectVersionAttributes" : r->also, 0, r->object_acl,
                 err);
    if (rc == 0 && (r->flags & R_WRITES))
        rc = ask_for_writes(&k, err);
    if (rc == 0 && (r->flags & R_BYPASS) && is_on(rq, NP_STR("x-amz-bypass-governance-retention")))
        rc = ask(&k, "s3:BypassGovernanceRetention", 0, 0, err);
    if (rc == 0 && (r->flags & R_WRITES) && k.b->encryption != NULL &&
        np_req_field(rq, NP_STR("x-amz-server-side-encryption-customer-algorithm")).p != NULL &&
        is_encryption_blocked(k.b, NP_STR("SSE-C")))
        rc = np_fault(err, &S3_AccessDenied,
                      "This bucket does not allow objects that are encrypted with SSE-C.");
    return rc;
}

static const struct s3_rule *rule_of(const struct np_req *rq, const struct np_op *op)
{
    return &s3_state(rq->core)->rules[op - s3_model.ops];
}

static int ask_for_all(struct np_req *rq, const struct s3_rule *r, struct np_err *err)
{
    struct ask k = {.rq = rq};
    struct np_access a = {
        .action = np_str_of(r->action),
        .resource = NP_STR("*"),
        .lookup = lookup,
        .lookup_arg = &k,
    };
    if (rq->who->kind == NP_WHO_ANONYMOUS)
        return np_fault(err, &S3_AccessDenied, "Access Denied");
    return np_authorize(rq, &a, err);
}

int s3_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    const struct s3_rule *r = rule_of(rq, op);
    if (r->flags & R_ALL)
        return ask_for_all(rq, r, err);
    if ((r->flags & R_LATE) == 0)
        return ask_operation(rq, r, in, err);
    /* The handler asks; what fails in any case fails before the document is read. */
    if (op->codec == &s3_CreateBucket_op)
        return rq->who->kind == NP_WHO_ANONYMOUS ? np_fault(err, &S3_AccessDenied, "Access Denied")
                                                 : 0;
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, member(in, r->bucket), member(in, r->owner), &b, err);
    return rc != 0 ? rc : s3_payer_check(rq, b, err);
}

int s3_authorize_late(struct np_req *rq, struct np_err *err)
{
    return ask_operation(rq, rule_of(rq, rq->op), rq->in, err);
}

/* --- CreateBucket: there is no bucket yet --- */

int s3_authorize_new(struct np_req *rq, struct np_str bucket, const char *action,
                     struct np_err *err)
{
    struct ask k = {.rq = rq};
    struct np_access a = {
        .action = np_str_of(action),
        .resource = s3_arn(rq->arena, bucket, NP_STR_NULL),
        .resource_account = rq->who->account,
        .lookup = lookup,
        .lookup_arg = &k,
    };
    return np_authorize(rq, &a, err);
}

/* --- questions of handlers --- */

int s3_authorize_object(struct np_req *rq, const struct s3_bucket *b, const char *action,
                        struct np_str key, struct np_str version, struct np_err *err)
{
    struct ask k = {.rq = rq, .b = b, .key = key, .version = version};
    unsigned bucket_acl = 0, object_acl = 0;
    struct np_str name = np_str_of(action);
    if (np_str_is(name, "s3:GetObject") || np_str_is(name, "s3:GetObjectVersion"))
        object_acl = S3_P_READ;
    else if (np_str_is(name, "s3:PutObject") || np_str_is(name, "s3:DeleteObject"))
        bucket_acl = S3_P_WRITE;
    return ask(&k, action, bucket_acl, object_acl, err);
}

bool s3_may_list(struct np_req *rq, const struct s3_bucket *b)
{
    struct ask k = {.rq = rq, .b = b};
    struct np_access a;
    struct np_policy_decision d;
    fill(&k, "s3:ListBucket", S3_P_READ, 0, &a);
    np_decide(rq, rq->who, &a, &d);
    return d.allowed || (rq->core->config.iam_soft && rq->who->kind != NP_WHO_ANONYMOUS);
}
