/* SPDX-License-Identifier: Apache-2.0 */
/* route_test.c - which operation a request calls, on the model of S3 and on patterns of our own. */
#include "test.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "gen/iam/types.h"
#include "gen/s3/types.h"

static const struct {
    const char *method, *uri, *header, *op; /* op NULL: none */
} s3_routes[] = {
    {"GET", "/", NULL, "ListBuckets"},
    {"GET", "/?x-id=ListBuckets", NULL, "ListBuckets"},
    {"PUT", "/b", NULL, "CreateBucket"},
    {"PUT", "/b/", NULL, "CreateBucket"},
    {"HEAD", "/b", NULL, "HeadBucket"},
    {"HEAD", "/b/k", NULL, "HeadObject"},
    {"DELETE", "/b", NULL, "DeleteBucket"},
    {"DELETE", "/b?policy", NULL, "DeleteBucketPolicy"},
    {"DELETE", "/b/k", NULL, "DeleteObject"},
    {"DELETE", "/b/k?versionId=1", NULL, "DeleteObject"},
    {"DELETE", "/b/k?uploadId=u&x-id=AbortMultipartUpload", NULL, "AbortMultipartUpload"},
    {"DELETE", "/b/k?tagging", NULL, "DeleteObjectTagging"},
    {"GET", "/b", NULL, "ListObjects"},
    {"GET", "/b/?prefix=a&marker=", NULL, "ListObjects"},
    {"GET", "/b?list-type=2", NULL, "ListObjectsV2"},
    {"GET", "/b/?prefix=p&list-type=2", NULL, "ListObjectsV2"},
    {"GET", "/b?list-type=3", NULL, "ListObjects"},
    {"GET", "/b?location=", NULL, "GetBucketLocation"},
    {"GET", "/b?location", NULL, "GetBucketLocation"},
    {"GET", "/b?policyStatus", NULL, "GetBucketPolicyStatus"},
    {"GET", "/b?policy", NULL, "GetBucketPolicy"},
    {"GET", "/b?versions&prefix=x", NULL, "ListObjectVersions"},
    {"GET", "/b?uploads", NULL, "ListMultipartUploads"},
    {"GET", "/b/k", NULL, "GetObject"},
    {"GET", "/b/a/b/c//d/", NULL, "GetObject"},
    {"GET", "/b//k", NULL, "GetObject"},
    {"GET", "/b/k?partNumber=2", NULL, "GetObject"},
    {"GET", "/b/k?v2", NULL, "GetObject"},
    {"GET", "/b/k?uploadId=u", NULL, "ListParts"},
    {"GET", "/b/k?tagging", NULL, "GetObjectTagging"},
    {"GET", "/b/k?acl", NULL, "GetObjectAcl"},
    {"GET", "/b/k?attributes", NULL, "GetObjectAttributes"},
    {"POST", "/b?delete", NULL, "DeleteObjects"},
    {"POST", "/b/k?uploads", NULL, "CreateMultipartUpload"},
    {"POST", "/b/k?uploadId=u", NULL, "CompleteMultipartUpload"},
    {"PUT", "/b/k", NULL, "PutObject"},
    {"PUT", "/b/k?x-id=PutObject", NULL, "PutObject"},
    {"PUT", "/b/k", "X-Amz-Copy-Source", "CopyObject"},
    {"PUT", "/b/k?partNumber=1&uploadId=u", NULL, "UploadPart"},
    {"PUT", "/b/k?partNumber=1&uploadId=u", "x-amz-copy-source", "UploadPartCopy"},
    {"PUT", "/b/k?uploadId=u", NULL, "PutObject"},
    {"PUT", "/b/k?tagging", NULL, "PutObjectTagging"},
    {"DELETE", "/b?analytics&id=1", NULL, NULL},
    {"DELETE", "/b?versioning", NULL, NULL},
    {"PUT", "/b?metrics&id=1", NULL, NULL},
    {"PATCH", "/b", NULL, NULL},
    {"POST", "/", NULL, NULL},
};

static const struct np_codec_op *route(const struct np_codec_service *s, struct np_arena *a,
                                       const char *method, const char *uri, const char *header,
                                       bool *known)
{
    struct np_wire_field field = {np_str_of(header), NP_STR("/src/key")};
    struct np_wire_request rq = {
        .method = np_str_of(method), .fields = &field, .n_fields = header != NULL};
    np_str_cut(np_str_of(uri), '?', &rq.path, &rq.query);
    return np_op_by_route(s, &rq, a, known);
}

NP_TEST(s3_requests_reach_their_operation)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, s3_routes) {
        bool known = false;
        const struct np_codec_op *op = route(&s3_codec, a, c->method, c->uri, c->header, &known);
        if (c->op == NULL)
            NP_CHECK(op == NULL && known, "%s %s: %s", c->method, c->uri,
                     op != NULL ? op->name : "");
        else
            NP_CHECK(op != NULL && strcmp(op->name, c->op) == 0, "%s %s: %s", c->method, c->uri,
                     op != NULL ? op->name : "none");
    }
}

static const struct np_member id_members[] = {
    {.name = "Id",
     .shape = &(const struct np_shape){.name = "String", .type = NP_STRING},
     .loc = NP_LOC_LABEL}};
static const struct np_shape id_shape = {.name = "In",
                                         .type = NP_STRUCTURE,
                                         .size = sizeof(struct np_str),
                                         .n_members = 1,
                                         .members = id_members};
static const struct np_codec_op get_op = {.name = "Get",
                                          .method = "GET",
                                          .uri = "/2013-04-01/zone/{Id}",
                                          .in = &id_shape,
                                          .out = &id_shape};
static const struct np_codec_op sets_op = {.name = "Sets",
                                           .method = "GET",
                                           .uri = "/2013-04-01/zone/{Id}/rrset",
                                           .in = &id_shape,
                                           .out = &id_shape};
static const struct np_codec_op change_op = {.name = "Change",
                                             .method = "POST",
                                             .uri = "/2013-04-01/zone/{Id}/rrset/",
                                             .in = &id_shape,
                                             .out = &id_shape};
static const struct np_codec_op count_op = {.name = "Count",
                                            .method = "GET",
                                            .uri = "/2013-04-01/zone/count",
                                            .in = &id_shape,
                                            .out = &id_shape};
static const struct np_codec_op tags_op = {
    .name = "Tags", .method = "GET", .uri = "/tags/{Id+}/all", .in = &id_shape, .out = &id_shape};
static const struct np_codec_op *const ops[] = {&get_op, &sets_op, &change_op, &count_op, &tags_op};
static const struct np_codec_service zones = {
    .name = "zones", .protocols = 1 << NP_PROTO_REST_XML, .ops = ops, .n_ops = NP_LEN(ops)};

static const struct {
    const char *method, *uri, *op, *id;
    bool known;
} zone_routes[] = {
    {"GET", "/2013-04-01/zone/Z1", "Get", "Z1", true},
    {"GET", "/2013-04-01/zone/Z1/", "Get", "Z1", true},
    {"GET", "/2013-04-01/zone/count", "Count", NULL, true},
    {"GET", "/2013-04-01/zone/%2Fzone%2FZ1/rrset", "Sets", "/zone/Z1", true},
    {"POST", "/2013-04-01/zone/Z1/rrset", "Change", "Z1", true},
    {"POST", "/2013-04-01/zone/Z1/rrset/", "Change", "Z1", true},
    {"POST", "/2013-04-01/zone/Z1", NULL, NULL, true},
    {"GET", "/2013-04-01/zone//rrset", NULL, NULL, false},
    {"GET", "/2013-04-01/zone/Z1/other", NULL, NULL, false},
    {"GET", "/2013-04-01", NULL, NULL, false},
    {"GET", "", NULL, NULL, false},
    {"GET", "/tags/arn:aws:x/y/z/all", "Tags", "arn:aws:x/y/z", true},
    {"GET", "/tags/all", NULL, NULL, false},
};

NP_TEST(literals_win_over_labels)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, zone_routes) {
        bool known = false;
        struct np_str id = NP_STR_NULL;
        const struct np_codec_op *op = route(&zones, a, c->method, c->uri, NULL, &known);
        NP_CHECK(known == c->known, "%s", c->uri);
        NP_CHECK((op == NULL) == (c->op == NULL) && (op == NULL || strcmp(op->name, c->op) == 0),
                 "%s: %s", c->uri, op != NULL ? op->name : "none");
        if (op == NULL)
            continue;
        struct np_wire_request rq = {.method = np_str_of(c->method), .path = np_str_of(c->uri)};
        NP_CHECK(np_decode_head(NP_PROTO_REST_XML, op, &rq, a, &id, NULL) == 0);
        if (c->id != NULL)
            NP_CHECK_STR(id, np_str_of(c->id));
    }
}

NP_TEST(operations_by_name)
{
    NP_CHECK(np_op_by_name(&iam_codec, NP_STR("CreateRole")) == &iam_CreateRole_op);
    NP_CHECK(np_op_by_name(&iam_codec, NP_STR("CreateRol")) == NULL);
    NP_CHECK(np_op_by_name(&iam_codec, NP_STR("CreateRole\0x")) == NULL);
    for (size_t i = 0; i < iam_codec.n_ops; i++)
        NP_CHECK(np_op_by_name(&iam_codec, np_str_of(iam_codec.ops[i]->name)) == iam_codec.ops[i]);
}

NP_TEST(action_of_a_form)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str action, version;
    NP_CHECK(np_query_action(a, NP_STR("x=1&Version=2010-05-08&Action=Get%55ser"), &action,
                             &version) == 0);
    NP_CHECK_STR(action, NP_STR("GetUser"));
    NP_CHECK_STR(version, NP_STR("2010-05-08"));
    NP_CHECK(np_query_action(a, NP_STR("Action=GetUser"), &action, &version) == 0);
    NP_CHECK(version.p == NULL);
    NP_CHECK(np_query_action(a, NP_STR("NoAction=GetUser"), &action, &version) == NP_ENOENT);
    NP_CHECK(np_query_action(a, NP_STR("Action="), &action, &version) == NP_ENOENT);
    NP_CHECK(np_query_action(a, NP_STR_NULL, &action, &version) == NP_ENOENT);
}
