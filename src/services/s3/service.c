/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - S3 as the front door sees it: its hooks, its words for the front door's faults, the
 * fields that every answer carries. */
#include "services/s3/bucket_int.h"

#include "aws/logs.h"
#include "base/assert.h"
#include "base/enc.h"
#include "base/map.h"

extern const struct np_migration s3_migrations[];
extern const size_t s3_migrations_n;

/* --- ids: sixteen capitals, and a longer opaque text --- */

void s3_make_ids(struct np_req *rq)
{
    if (rq->host_id.p != NULL)
        return;
    uint64_t raw[7];
    char *id = np_alloc(rq->arena, 16);
    struct np_str from = rq->request_id;
    for (size_t i = 0; i < NP_LEN(raw); i++) {
        raw[i] = np_hash(from);
        from = np_str_n(&raw[i], sizeof(raw[i]));
    }
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (size_t i = 0; i < 16; i++)
        id[i] = digits[(i < 8 ? raw[0] >> (8 * i) : raw[1] >> (8 * (i - 8))) & 31];
    rq->request_id = np_str_n(id, 16);
    rq->host_id = np_base64(rq->arena, np_str_n(raw, sizeof(raw)));
}

/* --- faults of the front door in S3's words --- */

static const struct np_fault_def *map_incomplete(struct np_req *rq, struct np_str *message)
{
    (void)message;
    bool form = rq->op == NULL && np_str_istarts(np_req_field(rq, NP_STR("content-type")),
                                                 NP_STR("multipart/form-data"));
    return form || np_str_find(rq->wire.query, NP_STR("X-Amz-")) >= 0
               ? &S3_AuthorizationQueryParametersError
               : &S3_AuthorizationHeaderMalformed;
}

static const struct np_fault_def *map_action(struct np_req *rq, struct np_str *message)
{
    static const char *const known[] = {"GET", "HEAD", "PUT", "POST", "DELETE"};
    NP_EACH (m, known) {
        if (!np_str_eq(np_str_of(*m), rq->wire.method) || rq->wire.query.n == 0)
            continue;
        *message = np_str_printf(rq->arena,
                                 "A header or query you provided implies functionality that is "
                                 "not implemented: this region does not serve %.*s ?%.*s",
                                 NP_FMT(rq->wire.method), NP_FMT(rq->wire.query));
        return &S3_NotImplemented;
    }
    *message = NP_STR("The specified method is not allowed against this resource.");
    return &S3_MethodNotAllowed;
}

static const struct np_fault_def *map_key(struct np_req *rq, struct np_str *message)
{
    if (np_req_field(rq, NP_STR("x-amz-security-token")).p != NULL ||
        np_str_find(rq->wire.query, NP_STR("X-Amz-Security-Token")) >= 0) {
        *message = NP_STR("The provided token is malformed or otherwise invalid.");
        return &S3_InvalidToken;
    }
    *message = NP_STR("The AWS Access Key Id you provided does not exist in our records.");
    return &S3_InvalidAccessKeyId;
}

static const struct np_fault_def *map_expired(struct np_req *rq, struct np_str *message)
{
    (void)rq;
    *message = NP_STR("The provided token has expired.");
    return &S3_ExpiredToken;
}

static const struct np_fault_def *map_parameter(struct np_req *rq, struct np_str *message)
{
    (void)rq;
    return np_str_starts(*message, NP_STR("Missing required header")) ? &S3_InvalidRequest
                                                                      : &S3_InvalidArgument;
}

static const struct np_fault_def *map_missing(struct np_req *rq, struct np_str *message)
{
    (void)rq;
    *message = NP_STR("You must provide the Content-Length HTTP header.");
    return &S3_MissingContentLength;
}

static const struct np_fault_def *map_malformed(struct np_req *rq, struct np_str *message)
{
    struct np_err err;
    if (rq->wire.body.n == 0) /* so it was not the document */
        return s3_head_fault(rq, message);
    s3_malformed(&err);
    *message = np_str_dup(rq->arena, np_err_text(&err));
    return &S3_MalformedXML;
}

static const struct np_fault_def *map_throttled(struct np_req *rq, struct np_str *message)
{
    (void)rq;
    *message = NP_STR("Please reduce your request rate.");
    return &S3_SlowDown;
}

static const struct np_fault_def *map_internal(struct np_req *rq, struct np_str *message)
{
    (void)rq;
    if (np_str_starts(*message, NP_STR("An internal error")))
        *message = NP_STR("We encountered an internal error. Please try again.");
    return &S3_InternalError;
}

static const struct np_fault_def *map_anonymous(struct np_req *rq, struct np_str *message)
{
    (void)rq;
    *message = NP_STR("Access Denied");
    return &S3_AccessDenied;
}

static const struct {
    const struct np_fault_def *from, *to;
    const struct np_fault_def *(*map)(struct np_req *rq, struct np_str *message);
} faults[] = {
    {&NP_AccessDenied, &S3_AccessDenied, NULL},
    {&NP_AccessDeniedException, &S3_AccessDenied, NULL},
    {&NP_MissingAuthenticationToken, NULL, map_anonymous},
    {&NP_IncompleteSignature, NULL, map_incomplete},
    {&NP_SignatureDoesNotMatch, &S3_SignatureDoesNotMatch, NULL},
    {&NP_InvalidClientTokenId, NULL, map_key},
    {&NP_UnrecognizedClientException, NULL, map_key},
    {&NP_ExpiredToken, NULL, map_expired},
    {&NP_RequestExpired, &S3_RequestTimeTooSkewed, NULL},
    {&NP_InternalFailure, NULL, map_internal},
    {&NP_ServiceUnavailable, &S3_ServiceUnavailable, NULL},
    {&NP_ThrottlingException, NULL, map_throttled},
    {&NP_InvalidAction, NULL, map_action},
    {&NP_UnknownOperationException, NULL, map_action},
    {&NP_ValidationError, &S3_InvalidArgument, NULL},
    {&NP_ValidationException, &S3_InvalidArgument, NULL},
    {&NP_SerializationException, NULL, map_malformed},
    {&NP_MalformedQueryString, NULL, map_malformed},
    {&NP_RequestEntityTooLarge, &S3_MaxMessageLengthExceeded, NULL},
    {&NP_UnsupportedOperation, &S3_NotImplemented, NULL},
    {&NP_OptInRequired, &S3_InvalidRequest, NULL},
    {&NP_MissingParameter, NULL, map_missing},
    {&NP_InvalidParameterValue, NULL, map_parameter},
    {&NP_XAmzContentSHA256Mismatch, &S3_XAmzContentSHA256Mismatch, NULL},
    {&NP_IncompleteBody, &S3_IncompleteBody, NULL},
    {&NP_InvalidChunk, &S3_SignatureDoesNotMatch, NULL},
};

static const struct np_fault_def *map_fault(struct np_req *rq, const struct np_fault_def *fault,
                                            struct np_str *message)
{
    s3_make_ids(rq);
    NP_EACH (f, faults)
        if (f->from == fault)
            return f->map != NULL ? f->map(rq, message) : f->to;
    return fault;
}

struct np_str s3_error_code(struct np_req *rq)
{
    struct np_str message = NP_STR("");
    if (rq->err.code != NP_EFAULT)
        return NP_STR("InternalError");
    const struct np_fault_def *def = map_fault(rq, rq->err.fault, &message);
    return np_str_of(def->code != NULL ? def->code : def->name);
}

/* --- every answer --- */

static void finish(struct np_req *rq, int status)
{
    s3_make_ids(rq);
    np_req_reply_field(rq, "x-amz-request-id", rq->request_id);
    np_req_reply_field(rq, "x-amz-id-2", rq->host_id);
    np_req_reply_field(rq, "Server", NP_STR("AmazonS3"));
    if (rq->op != NULL && rq->op->codec == &s3_HeadBucket_op && status >= 400) {
        const struct s3_HeadBucketRequest *in = rq->in;
        const struct s3_bucket *b = in != NULL ? s3_bucket_find(rq->core, in->Bucket) : NULL;
        if (b != NULL)
            np_req_reply_field(rq, "x-amz-bucket-region", b->region);
    }
    s3_cors_finish(rq);
    s3_log_answer(rq, status);
}

/* --- life --- */

static int policy_of(void *arg, struct np_str arn, const struct np_policy **policy,
                     struct np_str *account)
{
    struct np_str bucket, key;
    ptrdiff_t at = np_str_find(arn, NP_STR(":::"));
    if (at < 0)
        return NP_ENOENT;
    np_str_cut(np_str_sub(arn, (size_t)at + 3, arn.n), '/', &bucket, &key);
    const struct s3_bucket *b = s3_bucket_find(arg, bucket);
    if (b == NULL)
        return NP_ENOENT;
    *policy = b->policy;
    *account = b->account;
    return 0;
}

static int tags_of(void *arg, struct np_arena *a, struct np_str arn, const struct np_tag **tags,
                   size_t *n)
{
    (void)a;
    ptrdiff_t at = np_str_find(arn, NP_STR(":::"));
    const struct s3_bucket *b =
        at < 0 ? NULL : s3_bucket_find(arg, np_str_sub(arn, (size_t)at + 3, arn.n));
    if (b == NULL)
        return NP_ENOENT;
    *tags = b->tags;
    *n = b->n_tags;
    return 0;
}

static int init(struct np_core *core, struct np_err *err)
{
    struct s3_state *s = np_heap_new(struct s3_state);
    s->magic = S3_STATE_MAGIC;
    s->core = core;
    np_core_set_state(core, S3_STATE, s);
    s3_rules_init(s);
    s3_projection_init(s);
    np_provide_resource(core, &(struct np_resource_provider){
                                  .service = "s3",
                                  .arg = core,
                                  .policy = policy_of,
                                  .tags = tags_of,
                              });
    s3_notification_init(s);
    s3_logging_init(s);
    s3_cors_init(core);
    s3_website_init(core);
    s3_post_init(core);
    s3_vhost_init(core);
    s3_addresses_init(core);
    return s3_objects_init(core, err);
}

static int start(struct np_core *core, struct np_err *err)
{
    int rc = s3_objects_start(core, err);
    return rc != 0 ? rc : s3_lifecycle_start(s3_state(core), err);
}

static void fini(struct np_core *core)
{
    struct s3_state *s = np_core_state(core, S3_STATE);
    if (s == NULL)
        return;
    s3_lifecycle_fini(s);
    s3_objects_fini(core);
    s3_projection_fini(s);
    s3_rules_fini(s);
    np_logs_free(s->logs);
    np_free(s);
}

const struct np_service s3_service = {
    .name = "s3",
    .model = &s3_model,
    .migrations = s3_migrations,
    .n_migrations = 5, /* files of schema/ */
    .action_prefix = "s3",
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = s3_authorize,
    .authorize_on_head = true,
    .anonymous_ok = true,
    .finish = finish,
    .map_fault = map_fault,
    .invalid = s3_invalid,
    .origin_ok = s3_cors_origin_ok,
    .sign_path_once = true,
    .sha256_required = true,
};
