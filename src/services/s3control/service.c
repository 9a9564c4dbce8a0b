/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - S3 Control: the account's public access block and tags by ARN, over S3's own rows.
 *
 * Its requests are signed for "s3"; they are told apart by their path, /v20180820/.
 */
#include "aws/arn.h"
#include "aws/core.h"
#include "aws/req.h"
#include "gen/s3control/ops.h"
#include "services/s3/s3.h"

extern const struct np_service s3control_service;

static int denied(struct np_err *err)
{
    return np_fault(err, &S3CONTROL_AccessDenied, "Access Denied");
}

/* --- the account's public access block --- */

static int check_account(struct np_req *rq, struct np_str account, const char *action,
                         struct np_err *err)
{
    if (!np_str_eq(account, rq->who->account))
        return denied(err);
    const struct np_access a = {.action = np_str_of(action), .resource = NP_STR("*")};
    return np_authorize(rq, &a, err);
}

int s3control_GetPublicAccessBlock(struct np_req *rq,
                                   const struct s3control_GetPublicAccessBlockRequest *in,
                                   struct s3control_GetPublicAccessBlockOutput *out,
                                   struct np_err *err)
{
    struct s3_account_block b;
    if (!s3_account_block_get(rq->core, in->AccountId, &b))
        return np_fault(err, &S3CONTROL_NoSuchPublicAccessBlockConfiguration,
                        "The public access block configuration was not found");
    struct s3control_PublicAccessBlockConfiguration *c =
        np_new(rq->arena, struct s3control_PublicAccessBlockConfiguration);
    *c = (struct s3control_PublicAccessBlockConfiguration){
        .BlockPublicAcls = {true, b.block_acls},
        .IgnorePublicAcls = {true, b.ignore_acls},
        .BlockPublicPolicy = {true, b.block_policy},
        .RestrictPublicBuckets = {true, b.restrict_buckets},
    };
    out->PublicAccessBlockConfiguration = c;
    return 0;
}

int s3control_PutPublicAccessBlock_apply(struct np_txn *t,
                                         const struct s3control_PutPublicAccessBlockRequest *in,
                                         struct s3control_PutPublicAccessBlockOutput *out,
                                         struct np_err *err)
{
    const struct s3control_PublicAccessBlockConfiguration *c = in->PublicAccessBlockConfiguration;
    const struct s3_account_block b = {
        .block_acls = c->BlockPublicAcls.v,
        .ignore_acls = c->IgnorePublicAcls.v,
        .block_policy = c->BlockPublicPolicy.v,
        .restrict_buckets = c->RestrictPublicBuckets.v,
    };
    (void)out;
    return s3_account_block_set(t, in->AccountId, &b, err);
}

int s3control_DeletePublicAccessBlock_apply(
    struct np_txn *t, const struct s3control_DeletePublicAccessBlockRequest *in,
    struct s3control_DeletePublicAccessBlockOutput *out, struct np_err *err)
{
    (void)out;
    return s3_account_block_set(t, in->AccountId, NULL, err);
}

/* --- tags by ARN --- */

/* The bucket that an ARN names. What else has tags here (access points, directory buckets, grants)
 * this region does not have. */
static int bucket_of(struct np_str arn, struct np_str *bucket, struct np_err *err)
{
    struct np_arn a;
    if (!np_arn_parse(arn, &a) || !np_str_is(a.service, "s3") || a.account.n != 0 ||
        np_str_chr(a.resource, '/') >= 0)
        return np_fault(err, &S3CONTROL_InvalidRequest,
                        "The resource %.*s has no tags in this region: only buckets have.",
                        NP_FMT(arn));
    *bucket = a.resource;
    return 0;
}

static int check_bucket(struct np_req *rq, struct np_str account, struct np_str arn,
                        const char *action, struct np_err *err)
{
    struct np_str bucket;
    struct s3_bucket_tags b;
    int rc = bucket_of(arn, &bucket, err);
    if (rc == 0 && s3_bucket_tags(rq, bucket, &b, err) != 0)
        rc = np_fault(err, &S3CONTROL_NoSuchBucket, "The specified bucket does not exist");
    if (rc != 0)
        return rc;
    if (!np_str_eq(account, b.account))
        return denied(err);
    const struct np_access a = {
        .action = np_str_of(action),
        .resource = arn,
        .resource_account = b.account,
        .resource_policy = b.policy,
    };
    return np_authorize(rq, &a, err);
}

int s3control_ListTagsForResource(struct np_req *rq,
                                  const struct s3control_ListTagsForResourceRequest *in,
                                  struct s3control_ListTagsForResourceResult *out,
                                  struct np_err *err)
{
    struct np_str bucket;
    struct s3_bucket_tags b;
    int rc = bucket_of(in->ResourceArn, &bucket, err);
    if (rc == 0)
        rc = s3_bucket_tags(rq, bucket, &b, err);
    if (rc != 0)
        return rc;
    out->Tags.v = np_new_array(rq->arena, struct s3control_Tag, b.n + 1);
    for (; out->Tags.n < b.n; out->Tags.n++)
        out->Tags.v[out->Tags.n] =
            (struct s3control_Tag){b.tags[out->Tags.n].key, b.tags[out->Tags.n].value};
    out->Tags.set = true;
    return 0;
}

int s3control_TagResource_apply(struct np_txn *t, const struct s3control_TagResourceRequest *in,
                                struct s3control_TagResourceResult *out, struct np_err *err)
{
    struct np_str bucket;
    (void)out;
    int rc = bucket_of(in->ResourceArn, &bucket, err);
    struct np_tag *tags = np_new_array(np_txn_arena(t), struct np_tag, in->Tags.n + 1);
    for (size_t i = 0; i < in->Tags.n; i++)
        tags[i] = (struct np_tag){in->Tags.v[i].Key, in->Tags.v[i].Value};
    return rc == 0 ? s3_bucket_tags_change(t, bucket, tags, in->Tags.n, NULL, err) : rc;
}

int s3control_UntagResource_apply(struct np_txn *t, const struct s3control_UntagResourceRequest *in,
                                  struct s3control_UntagResourceResult *out, struct np_err *err)
{
    struct np_str bucket;
    (void)out;
    int rc = bucket_of(in->ResourceArn, &bucket, err);
    return rc == 0 ? s3_bucket_tags_change(t, bucket, NULL, 0, &in->TagKeys, err) : rc;
}

/* --- access --- */

static int authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    if (op->codec == &s3control_ListTagsForResource_op) {
        const struct s3control_ListTagsForResourceRequest *r = in;
        return check_bucket(rq, r->AccountId, r->ResourceArn, "s3:ListTagsForResource", err);
    }
    if (op->codec == &s3control_TagResource_op) {
        const struct s3control_TagResourceRequest *r = in;
        return check_bucket(rq, r->AccountId, r->ResourceArn, "s3:TagResource", err);
    }
    if (op->codec == &s3control_UntagResource_op) {
        const struct s3control_UntagResourceRequest *r = in;
        return check_bucket(rq, r->AccountId, r->ResourceArn, "s3:UntagResource", err);
    }
    /* The others begin with the account. */
    const char *action = op->codec == &s3control_GetPublicAccessBlock_op
                             ? "s3:GetAccountPublicAccessBlock"
                             : "s3:PutAccountPublicAccessBlock";
    struct np_str account =
        op->codec == &s3control_PutPublicAccessBlock_op
            ? ((const struct s3control_PutPublicAccessBlockRequest *)in)->AccountId
        : op->codec == &s3control_GetPublicAccessBlock_op
            ? ((const struct s3control_GetPublicAccessBlockRequest *)in)->AccountId
            : ((const struct s3control_DeletePublicAccessBlockRequest *)in)->AccountId;
    return check_account(rq, account, action, err);
}

/* --- the front door --- */

static int match(struct np_core *core, struct np_req *rq)
{
    (void)core;
    return np_str_starts(rq->wire.path, NP_STR("/v20180820/")) &&
                   np_req_field(rq, NP_STR("x-amz-account-id")).p != NULL
               ? 2
               : 0;
}

static const struct {
    const struct np_fault_def *from, *to;
} faults[] = {
    {&NP_AccessDenied, &S3CONTROL_AccessDenied},
    {&NP_InternalFailure, &S3CONTROL_InternalError},
    {&NP_ServiceUnavailable, &S3CONTROL_ServiceUnavailable},
    {&NP_ThrottlingException, &S3CONTROL_SlowDown},
    {&NP_InvalidAction, &S3CONTROL_MethodNotAllowed},
    {&NP_ValidationError, &S3CONTROL_InvalidRequest},
    {&NP_MalformedQueryString, &S3CONTROL_MalformedXML},
    {&NP_UnsupportedOperation, &S3CONTROL_NotImplemented},
};

static const struct np_fault_def *map_fault(struct np_req *rq, const struct np_fault_def *fault,
                                            struct np_str *message)
{
    (void)rq, (void)message;
    NP_EACH (f, faults)
        if (f->from == fault)
            return f->to;
    return fault;
}

static int init(struct np_core *core, struct np_err *err)
{
    (void)err;
    np_route_add(core, &(struct np_route){.svc = &s3control_service, .match = match});
    return 0;
}

const struct np_service s3control_service = {
    .name = "s3control",
    .model = &s3control_model,
    .action_prefix = "s3",
    .init = init,
    .authorize = authorize,
    .authorize_on_head = true,
    .map_fault = map_fault,
    .sign_path_once = true,
    .sha256_required = true,
};
