/* SPDX-License-Identifier: Apache-2.0 */
/* encryption.c - how a new object is to be encrypted, by S3's own key, by KMS or by the client's
 * key; whether the client's key opens a version. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/enc.h"
#include "codec/json.h"
#include "services/s3/limits.h"

/* --- keys of the client --- */

#define SSEC "Requests specifying Server Side Encryption with Customer provided keys must provide "

int s3_sse_of(struct np_req *rq, struct np_str algorithm, struct np_str key, struct np_str md5,
              struct s3_sse_key *out, struct np_err *err)
{
    uint8_t sum[32];
    *out = (struct s3_sse_key){0};
    if (algorithm.p == NULL && key.p == NULL && md5.p == NULL)
        return 0;
    if (!rq->zone.secure)
        return np_fault(err, &S3_InvalidRequest,
                        "Requests specifying Server Side Encryption with Customer provided keys "
                        "must be made over a secure connection.");
    if (algorithm.n == 0)
        return np_fault(err, &S3_InvalidArgument, SSEC "a valid encryption algorithm.");
    if (!np_str_is(algorithm, "AES256"))
        return np_fault(err, &S3_InvalidEncryptionAlgorithmError,
                        "The encryption request you specified is not valid. The valid value is "
                        "AES256.");
    if (key.n == 0)
        return np_fault(err, &S3_InvalidArgument, SSEC "an appropriate secret key.");
    struct np_str raw = np_unbase64(rq->arena, key);
    if (raw.n != sizeof(out->key))
        return np_fault(err, &S3_InvalidArgument,
                        "The secret key was invalid for the specified algorithm.");
    if (md5.n == 0)
        return np_fault(err, &S3_InvalidArgument,
                        SSEC "the client calculated MD5 of the secret "
                             "key.");
    np_digest_once(NP_MD5, raw, sum);
    if (!np_str_eq(np_base64(rq->arena, np_str_n(sum, 16)), md5))
        return np_fault(err, &S3_InvalidArgument,
                        "The calculated MD5 hash of the key did not match the hash that was "
                        "provided.");
    out->set = true;
    memcpy(out->key, raw.p, sizeof(out->key));
    np_wipe((void *)(uintptr_t)raw.p, raw.n);
    out->md5 = md5;
    np_hmac_sha256(s3_id_key(s3_objects_of(rq->core)), np_str_n(out->key, sizeof(out->key)), sum);
    out->check = s3_bytes_dup(rq->arena, sum, 16);
    return 0;
}

int s3_sse_check(const struct s3_sse_key *key, struct np_str sse_check, struct np_err *err)
{
    if (sse_check.p == NULL && !key->set)
        return 0;
    if (sse_check.p == NULL)
        return np_fault(err, &S3_InvalidRequest,
                        "The encryption parameters are not applicable to this object.");
    if (!key->set)
        return np_fault(err, &S3_InvalidRequest,
                        "The object was stored using a form of Server Side Encryption. The correct "
                        "parameters must be provided to retrieve the object.");
    if (np_ct_eq(key->check, sse_check))
        return 0;
    return np_fault(err, &S3_AccessDenied, "Access Denied");
}

struct np_str s3_sse_etag(struct np_arena *a, const struct s3_sse_key *key, struct np_str md5)
{
    if (s3_sse_bytes(key) == NULL)
        return md5;
    char *random = np_alloc(a, 16);
    np_random(random, 16);
    return np_str_n(random, 16);
}

/* --- the client's encryption context --- */

static bool is_text_map(const struct np_json *j)
{
    if (j->type != NP_J_OBJECT)
        return false;
    for (const struct np_json *m = j->child; m != NULL; m = m->next)
        if (m->type != NP_J_STRING || np_json_member(j, m->key) != m)
            return false;
    return true;
}

int s3_kms_context_read(struct np_arena *a, struct np_str text, struct np_json **out,
                        struct np_err *err)
{
    static const struct np_str header = {"x-amz-server-side-encryption-context", 36};
    struct np_str json = np_unbase64(a, text);
    if (json.n > S3_KMS_CONTEXT_MAX)
        return s3_bad_argument(err, header, NP_STR_NULL,
                               "The encryption context is longer than %d bytes.",
                               S3_KMS_CONTEXT_MAX);
    if (json.p != NULL && np_json_parse(a, json, out, NULL) == 0 && is_text_map(*out))
        return 0;
    return s3_bad_argument(err, header, text,
                           "The header 'x-amz-server-side-encryption-context' shall be "
                           "Base64-encoded UTF-8 string holding JSON which represents a "
                           "string-string map");
}

/* --- what a request asks --- */

static int check_method(const struct s3_asked *asked, struct np_err *err)
{
    static const struct np_str header = {"x-amz-server-side-encryption", 28};
    bool kms = np_str_is(asked->sse, "aws:kms");
    if (np_str_is(asked->sse, "aws:kms:dsse")) {
        np_fault(err, &S3_NotImplemented,
                 "This region encrypts in one layer: aws:kms:dsse is not served, aws:kms is.");
        np_err_extra(err, "Header", header);
        return NP_EFAULT;
    }
    if (asked->sse.p != NULL && !kms && !np_str_is(asked->sse, "AES256"))
        return s3_bad_argument(err, header, asked->sse,
                               "The encryption method specified is not supported");
    if (kms || (asked->kms_key_id.n == 0 && asked->kms_context.n == 0))
        return 0;
    return s3_bad_argument(err, header, asked->sse.p != NULL ? asked->sse : NP_STR("null"),
                           "Server Side Encryption with AWS KMS managed key requires HTTP header "
                           "x-amz-server-side-encryption : aws:kms");
}

static const struct s3_ServerSideEncryptionRule *rule_of(const struct s3_bucket *b)
{
    const struct s3_ServerSideEncryptionConfiguration *c = b->encryption;
    return c != NULL && c->Rules.n != 0 ? &c->Rules.v[0] : NULL;
}

/* AWS: aws:kms without a key is the key of S3, whatever the bucket's default one is; the bucket key
 * is the bucket's unless the request says (tests/sdk/test_s3_kms.py). */
static int take_kms(struct np_req *rq, const struct s3_bucket *b, const struct s3_asked *asked,
                    struct s3_sse_key *out, struct np_err *err)
{
    const struct s3_ServerSideEncryptionRule *rule = rule_of(b);
    const struct s3_ServerSideEncryptionByDefault *d =
        rule != NULL ? rule->ApplyServerSideEncryptionByDefault : NULL;
    bool named = np_str_is(asked->sse, "aws:kms");
    bool by_default = asked->sse.p == NULL && d != NULL && np_str_is(d->SSEAlgorithm, "aws:kms");
    struct np_json *context;
    if (!named && !by_default)
        return 0;
    int rc = s3_kms_reachable(rq, asked->signed_v2, err);
    if (rc == 0 && asked->kms_context.n != 0)
        rc = s3_kms_context_read(rq->arena, asked->kms_context, &context, err);
    if (rc != 0)
        return rc;
    struct np_str key = named ? asked->kms_key_id : d->KMSMasterKeyID;
    struct s3_kms *k = np_new(rq->arena, struct s3_kms);
    *k = (struct s3_kms){
        .key = key.n != 0 ? np_str_dup(rq->arena, key) : NP_STR("alias/aws/s3"),
        .region = np_str_dup(rq->arena, b->region),
        .owner = np_str_dup(rq->arena, b->account),
        .context = asked->kms_context.n != 0 ? asked->kms_context : NP_STR_NULL,
        .bucket_key =
            asked->bucket_key.set ? asked->bucket_key.v : rule != NULL && rule->BucketKeyEnabled.v,
    };
    out->kms = k;
    return 0;
}

int s3_encryption_of(struct np_req *rq, const struct s3_bucket *b, const struct s3_asked *asked,
                     struct s3_sse_key *out, struct np_err *err)
{
    int rc = check_method(asked, err);
    if (rc == 0)
        rc = s3_sse_of(rq, asked->ssec_alg, asked->ssec_key, asked->ssec_md5, out, err);
    if (rc != 0)
        return rc;
    if (!out->set)
        return take_kms(rq, b, asked, out, err);
    if (asked->sse.p == NULL)
        return 0;
    return np_fault(err, &S3_InvalidArgument,
                    "Server Side Encryption with Customer provided key is incompatible with the "
                    "encryption method specified");
}
