/* SPDX-License-Identifier: Apache-2.0 */
/* kms.c - data keys of KMS: made and opened on behalf of the caller, for every request anew, so
 * that a key that is disabled or forbidden denies at once, with or without a bucket key. A bucket
 * key binds the data key to the bucket instead of the object: rights and encryption context are
 * those of AWS, the calls are not fewer. */
#include "services/s3/object_int.h"

#include "aws/arn.h"
#include "aws/call.h"
#include "base/arena.h"
#include "codec/json.h"
#include "gen/kms/stubs.h"

/* --- who may ask at all --- */

/* A presigned URL of the older form. */
static bool is_v2(const struct np_req *rq)
{
    return np_str_find(rq->wire.query, NP_STR("AWSAccessKeyId=")) >= 0 &&
           np_req_field(rq, NP_STR("authorization")).p == NULL;
}

int s3_kms_reachable(struct np_req *rq, bool signed_v2, struct np_err *err)
{
    if (!rq->zone.secure)
        return np_fault(err, &S3_InvalidArgument,
                        "Requests specifying Server Side Encryption with AWS KMS managed keys must "
                        "be made over a secure connection.");
    if (rq->who->kind != NP_WHO_ANONYMOUS && !signed_v2 && !is_v2(rq))
        return 0;
    return s3_bad_argument(err, NP_STR("Authorization"), NP_STR("null"),
                           "Requests specifying Server Side Encryption with AWS KMS managed keys "
                           "require AWS Signature Version 4.");
}

int s3_kms_of_row(struct np_req *rq, struct np_str packed, struct s3_sse_key *key,
                  struct np_err *err)
{
    struct np_arn arn;
    key->kms = s3_kms_unpack(packed, rq->arena);
    if (key->kms == NULL)
        return 0;
    if (!np_arn_parse(key->kms->key, &arn))
        return np_err(err, NP_ECORRUPT, "a row without the ARN of its KMS key");
    key->kms->region = arn.region;
    key->kms->owner = arn.account;
    return s3_kms_reachable(rq, false, err);
}

/* --- one call --- */

struct ask {
    struct np_req *rq;
    struct s3_sse_key *key;
    void (*then)(struct np_req *rq);
    union {
        struct kms_GenerateDataKeyRequest make;
        struct kms_DecryptRequest open;
    } in;
};

/* Other faults of KMS are none of the client's business. */
static const struct {
    const struct np_fault_def *from, *to;
} faults[] = {
    {&KMS_NotFoundException, &S3_KMS_NotFoundException},
    {&KMS_InvalidArnException, &S3_KMS_NotFoundException},
    {&KMS_DisabledException, &S3_KMS_DisabledException},
    {&KMS_KMSInvalidStateException, &S3_KMS_KMSInvalidStateException},
    {&KMS_InvalidKeyUsageException, &S3_KMS_InvalidKeyUsageException},
    {&KMS_KeyUnavailableException, &S3_ServiceUnavailable},
    {&KMS_DependencyTimeoutException, &S3_ServiceUnavailable},
    {&NP_AccessDenied, &S3_AccessDenied},
    {&NP_AccessDeniedException, &S3_AccessDenied},
    {&NP_ValidationError, &S3_InvalidArgument},
    {&NP_ValidationException, &S3_InvalidArgument},
    {&NP_ThrottlingException, &S3_SlowDown},
    {&NP_ServiceUnavailable, &S3_ServiceUnavailable},
};

static int in_words_of_s3(struct np_req *rq, int rc, const struct np_err *why)
{
    NP_EACH (f, faults)
        if (why->code == NP_EFAULT && why->fault == f->from)
            return np_fault(&rq->err, f->to, "%.*s", NP_FMT(np_err_text(why)));
    return np_err(&rq->err, rc == NP_EFAULT ? NP_EIO : rc, "KMS: %.*s", NP_FMT(np_err_text(why)));
}

static void forget(void *arg)
{
    struct s3_sse_key *key = arg;
    np_wipe(key->key, sizeof(key->key));
}

/* The answer's copy goes at once. */
static int take_plain(struct ask *k, struct np_str plain)
{
    if (plain.n != sizeof(k->key->key))
        return np_err(&k->rq->err, NP_EIO, "KMS: a data key of %zu bytes", plain.n);
    memcpy(k->key->key, plain.p, plain.n);
    np_wipe((void *)(uintptr_t)plain.p, plain.n);
    np_arena_defer(k->rq->arena, forget, k->key);
    return 0;
}

static void finish(struct ask *k, int rc)
{
    if (rc == 0 && np_req_left(k->rq))
        rc = np_err(&k->rq->err, NP_ECLOSED, "the client left");
    if (rc != 0)
        np_req_done(k->rq, rc);
    else
        k->then(k->rq);
}

static void made(void *arg, int rc, const struct kms_GenerateDataKeyResponse *out,
                 const struct np_err *why)
{
    struct ask *k = arg;
    struct np_arena *a = k->rq->arena;
    rc = rc != 0 ? in_words_of_s3(k->rq, rc, why) : take_plain(k, out->Plaintext);
    if (rc == 0) {
        k->key->kms->key = np_str_dup(a, out->KeyId);
        k->key->kms->wrapped = np_str_dup(a, out->CiphertextBlob);
    }
    finish(k, rc);
}

static void opened(void *arg, int rc, const struct kms_DecryptResponse *out,
                   const struct np_err *why)
{
    struct ask *k = arg;
    rc = rc != 0 ? in_words_of_s3(k->rq, rc, why) : take_plain(k, out->Plaintext);
    finish(k, rc);
}

/* AWS: aws:s3:arn is added unless the client's context has it (tests/sdk/test_s3_kms.py). */
static int context_of(struct np_req *rq, const struct s3_kms *kms, struct np_str bucket,
                      struct np_str object, struct kms_EncryptionContextType *out)
{
    struct np_json *json = NULL;
    struct np_str arn_key = NP_STR("aws:s3:arn");
    int rc =
        kms->context.p != NULL ? s3_kms_context_read(rq->arena, kms->context, &json, &rq->err) : 0;
    if (rc != 0)
        return rc;
    out->v = np_new_array(rq->arena, struct kms_EncryptionContextType_entry,
                          (json != NULL ? json->n : 0) + 1);
    out->set = true;
    for (struct np_json *m = json != NULL ? json->child : NULL; m != NULL; m = m->next)
        out->v[out->n++] = (struct kms_EncryptionContextType_entry){m->key, m->s};
    if (json != NULL && np_json_member(json, arn_key) != NULL)
        return 0;
    out->v[out->n++] = (struct kms_EncryptionContextType_entry){
        arn_key, s3_arn(rq->arena, bucket, kms->bucket_key ? NP_STR_NULL : object)};
    return 0;
}

static struct ask *ask_of(struct np_req *rq, struct s3_sse_key *key,
                          void (*then)(struct np_req *rq), struct np_caller *caller)
{
    struct ask *k = np_new(rq->arena, struct ask);
    k->rq = rq;
    k->key = key;
    k->then = then;
    *caller = (struct np_caller){
        .kind = NP_CALLER_FORWARD,
        .session = rq->who,
        .service = NP_STR("s3.amazonaws.com"),
        .account = rq->who->account.n != 0 ? rq->who->account : key->kms->owner,
        .region = key->kms->region,
    };
    np_req_on_gone(rq, NULL); /* finish() looks */
    return k;
}

void s3_kms_seal(struct np_req *rq, struct s3_sse_key *key, struct np_str bucket,
                 struct np_str object, void (*then)(struct np_req *rq))
{
    struct np_caller caller;
    if (key->kms == NULL) {
        then(rq);
        return;
    }
    struct ask *k = ask_of(rq, key, then, &caller);
    k->in.make.KeyId = key->kms->key;
    k->in.make.KeySpec = NP_STR("AES_256");
    int rc = context_of(rq, key->kms, bucket, object, &k->in.make.EncryptionContext);
    if (rc != 0)
        np_req_done(rq, rc);
    else
        kms_GenerateDataKey_call(rq->core, rq->loop, &caller, &k->in.make, NULL, made, k);
}

void s3_kms_open(struct np_req *rq, struct s3_sse_key *key, struct np_str bucket,
                 struct np_str object, void (*then)(struct np_req *rq))
{
    struct np_caller caller;
    if (key->kms == NULL) {
        then(rq);
        return;
    }
    struct ask *k = ask_of(rq, key, then, &caller);
    k->in.open.KeyId = key->kms->key;
    k->in.open.CiphertextBlob = key->kms->wrapped;
    int rc = context_of(rq, key->kms, bucket, object, &k->in.open.EncryptionContext);
    if (rc != 0)
        np_req_done(rq, rc);
    else
        kms_Decrypt_call(rq->core, rq->loop, &caller, &k->in.open, NULL, opened, k);
}
