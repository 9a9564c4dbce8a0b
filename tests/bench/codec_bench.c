/* SPDX-License-Identifier: Apache-2.0 */
/* codec_bench.c - what the codec does to a request, on the real models. */
#include "base/assert.h"
#include "base/auto.h"
#include "bench.h"
#include "codec/codec.h"
#include "codec/json.h"
#include "gen/iam/types.h"
#include "gen/s3/types.h"

static const struct np_wire_field headers[] = {
    {{"Host", 4}, {"127.0.0.1:4566", 14}},
    {{"Accept-Encoding", 15}, {"identity", 8}},
    {{"User-Agent", 10}, {"Boto3/1.34 md/Botocore", 22}},
    {{"X-Amz-Date", 10}, {"20240101T000000Z", 16}},
    {{"X-Amz-Content-SHA256", 20}, {"UNSIGNED-PAYLOAD", 16}},
    {{"Authorization", 13}, {"AWS4-HMAC-SHA256 …", 19}},
    {{"Content-Type", 12}, {"text/plain", 10}},
    {{"Content-Length", 14}, {"12", 2}},
    {{"x-amz-meta-color", 16}, {"blue", 4}},
    {{"x-amz-checksum-crc32", 20}, {"AAAAAA==", 8}},
};
static const struct np_wire_request get_object = {.method = {"GET", 3},
                                                  .path = {"/bucket/some/key", 16},
                                                  .fields = headers,
                                                  .n_fields = NP_LEN(headers)};
static const struct np_wire_request put_object = {.method = {"PUT", 3},
                                                  .path = {"/bucket/some/key", 16},
                                                  .fields = headers,
                                                  .n_fields = NP_LEN(headers)};
static const struct np_wire_request list_objects = {
    .method = {"GET", 3},
    .path = {"/bucket", 7},
    .query = {"list-type=2&prefix=a%2Fb&max-keys=1000&encoding-type=url", 56},
    .fields = headers,
    .n_fields = NP_LEN(headers)};
static const char role[] =
    "Action=CreateRole&Version=2010-05-08&RoleName=app&MaxSessionDuration=3600"
    "&AssumeRolePolicyDocument=%7B%22Version%22%3A%222012-10-17%22%7D&Path=%2F"
    "&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b&Tags.member.2.Value=2";
static const char json[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\","
    "\"s3:PutObject\"],\"Resource\":\"arn:aws:s3:::bucket/*\",\"Condition\":{\"StringEquals\":"
    "{\"aws:SourceVpc\":\"vpc-12345678\"}}}]}";

static void route(struct np_arena *a, const struct np_wire_request *rq)
{
    bool known;
    np_assert(np_op_by_route(&s3_codec, rq, a, &known) != NULL);
}

static void run_get(struct np_arena *a)
{
    struct s3_GetObjectRequest in = {0};
    route(a, &get_object);
    np_decode_head(NP_PROTO_REST_XML, &s3_GetObject_op, &get_object, a, &in, NULL);
}

static void run_put(struct np_arena *a)
{
    struct s3_PutObjectRequest in = {0};
    struct np_invalid why;
    route(a, &put_object);
    np_decode_head(NP_PROTO_REST_XML, &s3_PutObject_op, &put_object, a, &in, NULL);
    np_assert(np_validate(s3_PutObject_op.in, &in, a, &why) == 0);
}

static void run_list(struct np_arena *a)
{
    struct s3_ListObjectsV2Request in = {0};
    route(a, &list_objects);
    np_decode_head(NP_PROTO_REST_XML, &s3_ListObjectsV2_op, &list_objects, a, &in, NULL);
}

static void run_role(struct np_arena *a)
{
    struct iam_CreateRoleRequest in = {0};
    struct np_str action, version;
    struct np_wire_request rq = {.body = np_str_n(role, sizeof(role) - 1)};
    np_query_action(a, rq.body, &action, &version);
    np_assert(np_op_by_name(&iam_codec, action) == &iam_CreateRole_op);
    np_assert(np_decode_body(NP_PROTO_QUERY, &iam_CreateRole_op, &rq, a, &in, NULL) == 0);
}

static void run_role_checked(struct np_arena *a)
{
    struct iam_CreateRoleRequest in = {0};
    struct np_wire_request rq = {.body = np_str_n(role, sizeof(role) - 1)};
    struct np_invalid why;
    np_decode_body(NP_PROTO_QUERY, &iam_CreateRole_op, &rq, a, &in, NULL);
    np_assert(np_validate(iam_CreateRole_op.in, &in, a, &why) == 0);
}

static void run_json(struct np_arena *a)
{
    struct np_json *j;
    np_assert(np_json_parse(a, np_str_n(json, sizeof(json) - 1), &j, NULL) == 0);
}

static void run_page(struct np_arena *a)
{
    static struct s3_Object objects[1000];
    struct np_wire_reply r;
    struct s3_ListObjectsV2Output out = {.Name = NP_STR("b"), .Contents = {objects, 1000, true}};
    for (size_t i = 0; i < 1000; i++)
        objects[i] = (struct s3_Object){.Key = NP_STR("some/longer/key/of/an/object"),
                                        .LastModified = {true, 1704067200000},
                                        .ETag = NP_STR("\"d41d8cd98f00b204e9800998ecf8427e\""),
                                        .Size = {true, 12345},
                                        .StorageClass = NP_STR("STANDARD")};
    np_buf_init(&r.body, a, 1u << 20);
    np_assert(np_encode_reply(NP_PROTO_REST_XML, &s3_codec, &s3_ListObjectsV2_op, &out,
                              NP_STR("id"), a, &r) == 0);
}

static void run_delete(struct np_arena *a)
{
    static struct np_str body;
    struct s3_DeleteObjectsRequest in = {0};
    if (body.p == NULL) {
        struct np_buf b;
        np_buf_init(&b, NULL, 1u << 20);
        np_buf_lit(&b, "<Delete>");
        for (int i = 0; i < 1000; i++)
            np_buf_printf(&b, "<Object><Key>some/key/%d</Key></Object>", i);
        np_buf_lit(&b, "</Delete>");
        body = np_buf_str(&b);
    }
    struct np_wire_request rq = {.body = body};
    np_assert(np_decode_body(NP_PROTO_REST_XML, &s3_DeleteObjects_op, &rq, a, &in, NULL) == 0);
    np_assert(in.Delete->Objects.n == 1000);
}

struct codec_case {
    const char *name;
    void (*fn)(struct np_arena *a);
};

static const struct codec_case cases[] = {
    {"S3 GetObject: route, head", run_get},
    {"S3 PutObject: route, head, constraints", run_put},
    {"S3 ListObjectsV2: route, head", run_list},
    {"S3 ListObjectsV2: reply of 1000 keys", run_page},
    {"S3 DeleteObjects: body of 1000 keys", run_delete},
    {"IAM CreateRole: action, form", run_role},
    {"IAM CreateRole: form, constraints", run_role_checked},
    {"JSON tree of a policy of 216 bytes", run_json},
};

struct run {
    const struct codec_case *c;
    struct np_arena *arena;
};

static void once(void *arg)
{
    struct run *r = arg;
    r->c->fn(r->arena);
    np_arena_reset(r->arena, 1u << 20);
}

int main(void)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, cases)
        bench_say(c->name, bench_us(once, &(struct run){c, a}), "us", 0);
    return bench_end("codec");
}
