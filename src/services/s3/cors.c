/* SPDX-License-Identifier: Apache-2.0 */
/* cors.c - what web pages of other origins may do with a bucket: the configuration, the answer to
 * a preflight, the fields of answers to the page's own requests. */
#include "services/s3/bucket_int.h"

#include "aws/browser.h"
#include "services/s3/cors_rules.h"
#include "services/s3/host.h"

#define RULES_MAX 100

/* --- the configuration --- */

int s3_GetBucketCors(struct np_req *rq, const struct s3_GetBucketCorsRequest *in,
                     struct s3_GetBucketCorsOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    if (b->cors == NULL)
        return s3_absent(err, &S3_NoSuchCORSConfiguration, b,
                         "The CORS configuration does not exist");
    out->CORSRules = b->cors->CORSRules;
    return 0;
}

int s3_PutBucketCors_begin(struct np_req *rq, const struct s3_PutBucketCorsRequest *in,
                           struct np_err *err)
{
    struct np_err why = {0};
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc != 0)
        return rc;
    if (in->CORSConfiguration->CORSRules.n == 0 || in->CORSConfiguration->CORSRules.n > RULES_MAX)
        return s3_malformed(err);
    if (s3_cors_check(in->CORSConfiguration, &why) != 0)
        return np_fault(err, &S3_InvalidRequest, "%.*s", NP_FMT(np_err_text(&why)));
    return np_apply(rq);
}

int s3_PutBucketCors_apply(struct np_txn *t, const struct s3_PutBucketCorsRequest *in,
                           struct s3_PutBucketCorsOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_CORS, in->CORSConfiguration, err);
}

int s3_DeleteBucketCors_apply(struct np_txn *t, const struct s3_DeleteBucketCorsRequest *in,
                              struct s3_DeleteBucketCorsOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_CORS, NULL, err);
}

/* --- answers --- */

static struct np_str joined(struct np_arena *a, const struct np_strs *list)
{
    struct np_buf b;
    np_buf_init(&b, a, 64 * 1024);
    for (size_t i = 0; i < list->n; i++) {
        if (i != 0)
            np_buf_lit(&b, ", ");
        np_buf_str_add(&b, list->v[i]);
    }
    return np_buf_str(&b);
}

/* Those of the rule that go with a preflight and with a request alike. */
static void add_fields(struct np_req *rq, const struct s3_CORSRule *r, struct np_str origin)
{
    bool any = s3_cors_any_origin(r);
    np_req_reply_field(rq, "Access-Control-Allow-Origin", any ? NP_STR("*") : origin);
    np_req_reply_field(rq, "Access-Control-Allow-Methods", joined(rq->arena, &r->AllowedMethods));
    if (r->ExposeHeaders.n != 0)
        np_req_reply_field(rq, "Access-Control-Expose-Headers",
                           joined(rq->arena, &r->ExposeHeaders));
    if (r->MaxAgeSeconds.set)
        np_req_reply_field(rq, "Access-Control-Max-Age",
                           np_str_printf(rq->arena, "%lld", (long long)r->MaxAgeSeconds.v));
    if (!any)
        np_req_reply_field(rq, "Access-Control-Allow-Credentials", NP_STR("true"));
    np_req_reply_field(rq, "Vary",
                       NP_STR("Origin, Access-Control-Request-Headers, "
                              "Access-Control-Request-Method"));
}

void s3_cors_finish(struct np_req *rq)
{
    struct np_str origin = np_req_field(rq, NP_STR("origin")), key;
    if (origin.p == NULL || np_str_is(rq->wire.method, "OPTIONS"))
        return;
    const struct s3_bucket *b = s3_bucket_find(rq->core, s3_path_bucket(rq->wire.path, &key));
    const struct s3_CORSRule *r =
        b != NULL ? s3_cors_match(b->cors, origin, rq->wire.method, NP_STR_NULL) : NULL;
    if (r != NULL)
        add_fields(rq, r, origin);
}

/* A page may do what a link or an image of it does, what somebody signed for it (a form's policy, a
 * presigned URL), and what the bucket's rules allow. */
bool s3_cors_origin_ok(struct np_req *rq, struct np_str origin)
{
    struct np_str key;
    bool reads = np_str_is(rq->wire.method, "GET") || np_str_is(rq->wire.method, "HEAD");
    if (reads && origin.p == NULL && np_req_field(rq, NP_STR("authorization")).p == NULL)
        return true;
    if (np_str_is(rq->wire.method, "POST") &&
        np_str_istarts(np_req_field(rq, NP_STR("content-type")), NP_STR("multipart/form-data")))
        return true;
    const struct s3_bucket *b = s3_bucket_find(rq->core, s3_path_bucket(rq->wire.path, &key));
    return b != NULL && s3_cors_match(b->cors, origin, rq->wire.method, NP_STR_NULL) != NULL;
}

/* --- the preflight --- */

static int match(struct np_core *core, struct np_req *rq)
{
    struct s3_host h;
    struct np_str key;
    if (!np_str_is(rq->wire.method, "OPTIONS"))
        return 0;
    s3_host_parse(core, rq->host, &h);
    if (h.kind == S3_HOST_OTHER)
        return s3_bucket_find(core, s3_path_bucket(rq->wire.path, &key)) != NULL;
    return 1;
}

static int forbidden(struct np_req *rq, struct np_str method, bool of_object, const char *text,
                     struct np_err *err)
{
    np_fault(err, &S3_AccessForbidden, "CORSResponse: %s", text);
    np_err_extra(err, "Method", np_str_dup(rq->arena, method));
    np_err_extra(err, "ResourceType", of_object ? NP_STR("OBJECT") : NP_STR("BUCKET"));
    return NP_EFAULT;
}

static int answer(struct np_req *rq, const struct s3_CORSRule *r, struct np_str origin,
                  struct np_str headers)
{
    struct np_http_field fields[10];
    size_t n = 0;
    bool any = s3_cors_any_origin(r);
#define ADD(name_, value_) fields[n++] = (struct np_http_field){NP_STR(name_), (value_)}
    s3_make_ids(rq);
    ADD("x-amz-request-id", rq->request_id);
    ADD("x-amz-id-2", rq->host_id);
    ADD("Server", NP_STR("AmazonS3"));
    ADD("Access-Control-Allow-Origin", any ? NP_STR("*") : origin);
    ADD("Access-Control-Allow-Methods", joined(rq->arena, &r->AllowedMethods));
    if (headers.n != 0)
        ADD("Access-Control-Allow-Headers", np_str_lower(rq->arena, headers));
    if (r->ExposeHeaders.n != 0)
        ADD("Access-Control-Expose-Headers", joined(rq->arena, &r->ExposeHeaders));
    if (r->MaxAgeSeconds.set)
        ADD("Access-Control-Max-Age",
            np_str_printf(rq->arena, "%lld", (long long)r->MaxAgeSeconds.v));
    if (!any)
        ADD("Access-Control-Allow-Credentials", NP_STR("true"));
    ADD("Vary", NP_STR("Origin, Access-Control-Request-Headers, Access-Control-Request-Method"));
#undef ADD
    np_req_send(rq, 200, fields, n, NP_STR(""));
    return NP_LATER;
}

static int serve(struct np_req *rq, struct np_err *err)
{
    struct np_str origin = np_req_field(rq, NP_STR("origin")),
                  method = np_req_field(rq, NP_STR("access-control-request-method")),
                  headers = np_req_field(rq, NP_STR("access-control-request-headers")), key;
    struct s3_host h;
    s3_host_parse(rq->core, rq->host, &h);
    struct np_str name = h.bucket;
    if (name.n == 0)
        name = s3_path_bucket(rq->wire.path, &key);
    else
        key = np_str_sub(rq->wire.path, 1, rq->wire.path.n);
    if (origin.n == 0)
        return np_fault(err, &S3_BadRequest,
                        "Insufficient information. Origin request header needed.");
    if (method.n == 0)
        return np_fault(err, &S3_BadRequest, "Invalid Access-Control-Request-Method: null");
    const struct s3_bucket *b = s3_bucket_find(rq->core, name);
    if (b == NULL)
        return s3_no_such_bucket(name, rq->arena, err);
    if (b->cors == NULL)
        return forbidden(rq, method, key.n != 0, "CORS is not enabled for this bucket.", err);
    const struct s3_CORSRule *r = s3_cors_match(b->cors, origin, method, headers);
    if (r == NULL)
        return forbidden(rq, method, key.n != 0,
                         "This CORS request is not allowed. This is usually because the evalution "
                         "of Origin, request method / Access-Control-Request-Method or "
                         "Access-Control-Request-Headers are not whitelisted by the resource's "
                         "CORS spec.",
                         err);
    return answer(rq, r, origin, headers);
}

void s3_cors_init(struct np_core *core)
{
    np_route_add(core, &(struct np_route){.svc = &s3_service, .match = match, .serve = serve});
}
