/* SPDX-License-Identifier: Apache-2.0 */
/* bucket_config.c - the small configurations: versioning, encryption, object lock, who pays,
 * acceleration, replication (which there is none). */
#include "services/s3/bucket_int.h"
#include "services/s3/limits.h"

int s3_absent(struct np_err *err, const struct np_fault_def *def, const struct s3_bucket *b,
              const char *text)
{
    np_fault(err, def, "%s", text);
    np_err_extra(err, "BucketName", b->name);
    return NP_EFAULT;
}

/* --- versioning --- */

int s3_GetBucketVersioning(struct np_req *rq, const struct s3_GetBucketVersioningRequest *in,
                           struct s3_GetBucketVersioningOutput *out, struct np_err *err)
{
    static const char *const names[] = {
        [S3_VERSIONING_ENABLED] = "Enabled",
        [S3_VERSIONING_SUSPENDED] = "Suspended",
    };
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        out->Status = np_str_of(names[b->versioning]);
    return rc;
}

int s3_PutBucketVersioning_begin(struct np_req *rq, const struct s3_PutBucketVersioningRequest *in,
                                 struct np_err *err)
{
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc == 0 && in->VersioningConfiguration->Status.p == NULL)
        rc = np_fault(err, &S3_IllegalVersioningConfigurationException,
                      "The Versioning element must be specified");
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutBucketVersioning_apply(struct np_txn *t, const struct s3_PutBucketVersioningRequest *in,
                                 struct s3_PutBucketVersioningOutput *out, struct np_err *err)
{
    NP_SQL(set, "UPDATE s3_buckets SET versioning = ?2 WHERE id = ?1");
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc != 0)
        return rc;
    bool on = np_str_is(in->VersioningConfiguration->Status, "Enabled");
    if (!on && b.object_lock)
        return np_fault(err, &S3_InvalidBucketState,
                        "An Object Lock configuration is present on this bucket, so the "
                        "versioning state cannot be changed.");
    rc = np_exec(t, &set, err, "ii", b.id,
                 (int64_t)(on ? S3_VERSIONING_ENABLED : S3_VERSIONING_SUSPENDED));
    if (rc == 0)
        s3_bucket_changed(t, in->Bucket);
    return rc;
}

/* --- encryption --- */

/* AWS: every bucket has one; AES256 is what there is when none was put. */
static const struct s3_ServerSideEncryptionConfiguration *default_encryption(struct np_arena *a)
{
    struct s3_ServerSideEncryptionConfiguration *c =
        np_new(a, struct s3_ServerSideEncryptionConfiguration);
    c->Rules.v = np_new(a, struct s3_ServerSideEncryptionRule);
    c->Rules.n = 1;
    c->Rules.set = true;
    c->Rules.v[0].ApplyServerSideEncryptionByDefault =
        np_new(a, struct s3_ServerSideEncryptionByDefault);
    c->Rules.v[0].ApplyServerSideEncryptionByDefault->SSEAlgorithm = NP_STR("AES256");
    c->Rules.v[0].BucketKeyEnabled = (struct np_opt_bool){.set = true};
    return c;
}

int s3_GetBucketEncryption(struct np_req *rq, const struct s3_GetBucketEncryptionRequest *in,
                           struct s3_GetBucketEncryptionOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    const struct s3_ServerSideEncryptionConfiguration *c =
        b->encryption != NULL ? b->encryption : default_encryption(rq->arena);
    out->ServerSideEncryptionConfiguration = (void *)(uintptr_t)c;
    return 0;
}

static int check_algorithm(const struct s3_ServerSideEncryptionByDefault *d, struct np_err *err)
{
    /* AWS: whether there is such a key is not looked at (tests/sdk/test_s3_kms.py). */
    if (np_str_is(d->SSEAlgorithm, "aws:kms") && d->KMSMasterKeyID.n <= S3_KMS_KEY_ID_MAX)
        return 0;
    if (np_str_is(d->SSEAlgorithm, "aws:kms"))
        return s3_bad_argument(err, NP_STR("KMSMasterKeyID"), NP_STR_NULL,
                               "A KMSMasterKeyID has at most %d bytes.", S3_KMS_KEY_ID_MAX);
    if (np_str_is(d->SSEAlgorithm, "aws:kms:dsse"))
        return np_fault(err, &S3_NotImplemented,
                        "This region encrypts in one layer: aws:kms:dsse is not served, aws:kms "
                        "is.");
    if (!np_str_is(d->SSEAlgorithm, "AES256"))
        return s3_malformed(err);
    if (d->KMSMasterKeyID.n != 0)
        return s3_bad_argument(err, NP_STR("ApplyServerSideEncryptionByDefault"), NP_STR_NULL,
                               "a KMSMasterKeyID is not applicable if the default sse algorithm "
                               "is not aws:kms or aws:kms:dsse");
    return 0;
}

int s3_PutBucketEncryption_begin(struct np_req *rq, const struct s3_PutBucketEncryptionRequest *in,
                                 struct np_err *err)
{
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc != 0)
        return rc;
    struct s3_ServerSideEncryptionRules *rules = &in->ServerSideEncryptionConfiguration->Rules;
    if (rules->n != 1)
        return s3_malformed(err);
    struct s3_ServerSideEncryptionRule *r = &rules->v[0];
    if (r->ApplyServerSideEncryptionByDefault == NULL)
        r->ApplyServerSideEncryptionByDefault =
            default_encryption(rq->arena)->Rules.v[0].ApplyServerSideEncryptionByDefault;
    r->BucketKeyEnabled.set = true;
    rc = check_algorithm(r->ApplyServerSideEncryptionByDefault, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutBucketEncryption_apply(struct np_txn *t, const struct s3_PutBucketEncryptionRequest *in,
                                 struct s3_PutBucketEncryptionOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_ENCRYPTION, in->ServerSideEncryptionConfiguration,
                         err);
}

int s3_DeleteBucketEncryption_apply(struct np_txn *t,
                                    const struct s3_DeleteBucketEncryptionRequest *in,
                                    struct s3_DeleteBucketEncryptionOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_ENCRYPTION, NULL, err);
}

/* --- object lock --- */

#define RETENTION_DAYS_MAX  36500
#define RETENTION_YEARS_MAX 100

int s3_GetObjectLockConfiguration(struct np_req *rq,
                                  const struct s3_GetObjectLockConfigurationRequest *in,
                                  struct s3_GetObjectLockConfigurationOutput *out,
                                  struct np_err *err)
{
    const struct s3_bucket *b;
    bool found;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    if (!b->object_lock)
        return s3_absent(err, &S3_ObjectLockConfigurationNotFoundError, b,
                         "Object Lock configuration does not exist for this bucket");
    out->ObjectLockConfiguration = np_new(rq->arena, struct s3_ObjectLockConfiguration);
    rc = s3_config_get(rq, b, S3_CFG_LOCK, out->ObjectLockConfiguration, &found, err);
    out->ObjectLockConfiguration->ObjectLockEnabled = NP_STR("Enabled");
    return rc;
}

static int check_retention(const struct s3_DefaultRetention *r, struct np_err *err)
{
    if (r->Mode.p == NULL || r->Days.set == r->Years.set)
        return s3_malformed(err);
    if ((r->Days.set ? r->Days.v : r->Years.v) < 1)
        return s3_bad_argument(err, NP_STR_NULL, NP_STR_NULL,
                               "Default retention period must be a positive integer value.");
    if ((r->Days.set && r->Days.v > RETENTION_DAYS_MAX) ||
        (r->Years.set && r->Years.v > RETENTION_YEARS_MAX))
        return s3_bad_argument(err, NP_STR_NULL, NP_STR_NULL, "Default retention period too large");
    return 0;
}

int s3_PutObjectLockConfiguration_begin(struct np_req *rq,
                                        const struct s3_PutObjectLockConfigurationRequest *in,
                                        struct np_err *err)
{
    const struct s3_ObjectLockConfiguration *c = in->ObjectLockConfiguration;
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc != 0)
        return rc;
    if (c == NULL && rq->wire.body.n == 0)
        return np_fault(err, &S3_MissingRequestBodyError, "Request Body is empty");
    if (c == NULL || !np_str_is(c->ObjectLockEnabled, "Enabled"))
        return s3_malformed(err);
    if (c->Rule != NULL && c->Rule->DefaultRetention != NULL)
        rc = check_retention(c->Rule->DefaultRetention, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutObjectLockConfiguration_apply(struct np_txn *t,
                                        const struct s3_PutObjectLockConfigurationRequest *in,
                                        struct s3_PutObjectLockConfigurationOutput *out,
                                        struct np_err *err)
{
    NP_SQL(set, "UPDATE s3_buckets SET object_lock = 1 WHERE id = ?1");
    struct s3_bucket_row b;
    (void)out;
    int rc = s3_bucket_row(t, in->Bucket, &b, err);
    if (rc != 0)
        return rc;
    if (b.versioning != S3_VERSIONING_ENABLED)
        return np_fault(err, &S3_InvalidBucketState,
                        "Versioning must be 'Enabled' on the bucket to apply a Object Lock "
                        "configuration");
    rc = np_exec(t, &set, err, "i", b.id);
    if (rc == 0)
        rc = s3_config_set(t, in->Bucket, S3_CFG_LOCK, in->ObjectLockConfiguration, err);
    return rc;
}

/* --- who pays --- */

int s3_GetBucketRequestPayment(struct np_req *rq,
                               const struct s3_GetBucketRequestPaymentRequest *in,
                               struct s3_GetBucketRequestPaymentOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        out->Payer = b->requester_pays ? NP_STR("Requester") : NP_STR("BucketOwner");
    return rc;
}

int s3_PutBucketRequestPayment_begin(struct np_req *rq,
                                     const struct s3_PutBucketRequestPaymentRequest *in,
                                     struct np_err *err)
{
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    return rc != 0 ? rc : np_apply(rq);
}

int s3_PutBucketRequestPayment_apply(struct np_txn *t,
                                     const struct s3_PutBucketRequestPaymentRequest *in,
                                     struct s3_PutBucketRequestPaymentOutput *out,
                                     struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_PAYER, &in->RequestPaymentConfiguration->Payer, err);
}

/* --- acceleration --- */

int s3_GetBucketAccelerateConfiguration(struct np_req *rq,
                                        const struct s3_GetBucketAccelerateConfigurationRequest *in,
                                        struct s3_GetBucketAccelerateConfigurationOutput *out,
                                        struct np_err *err)
{
    const struct s3_bucket *b;
    bool found;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_config_get(rq, b, S3_CFG_ACCELERATE, &out->Status, &found, err);
    return rc;
}

int s3_PutBucketAccelerateConfiguration_begin(
    struct np_req *rq, const struct s3_PutBucketAccelerateConfigurationRequest *in,
    struct np_err *err)
{
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    struct np_str status = in->AccelerateConfiguration->Status;
    if (rc != 0)
        return rc;
    if (status.p == NULL)
        return s3_malformed(err);
    if (!np_str_is(status, "Suspended"))
        return np_fault(err, &S3_InvalidRequest,
                        "S3 Transfer Acceleration is not supported in this region.");
    return np_apply(rq);
}

int s3_PutBucketAccelerateConfiguration_apply(
    struct np_txn *t, const struct s3_PutBucketAccelerateConfigurationRequest *in,
    struct s3_PutBucketAccelerateConfigurationOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_ACCELERATE, &in->AccelerateConfiguration->Status,
                         err);
}

/* --- replication --- */

int s3_GetBucketReplication(struct np_req *rq, const struct s3_GetBucketReplicationRequest *in,
                            struct s3_GetBucketReplicationOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    (void)out;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc == 0)
        rc = s3_absent(err, &S3_ReplicationConfigurationNotFoundError, b,
                       "The replication configuration was not found");
    return rc;
}
