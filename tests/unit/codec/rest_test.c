/* SPDX-License-Identifier: Apache-2.0 */
/* rest_test.c - requests and replies of S3 through the real model. */
#include "test.h"

#include "base/auto.h"
#include "codec/codec.h"
#include "codec/limits.h"
#include "gen/iam/types.h"
#include "gen/s3/types.h"

static int decode(struct np_arena *a, const struct np_codec_op *op,
                  const struct np_wire_request *rq, void *in)
{
    int rc = np_decode_head(NP_PROTO_REST_XML, op, rq, a, in, NULL);
    return rc == 0 ? np_decode_body(NP_PROTO_REST_XML, op, rq, a, in, NULL) : rc;
}

NP_TEST(an_object_that_is_put)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct np_wire_field fields[] = {
        {{"content-type", 12}, {"text/plain", 10}},
        {{"Content-Length", 14}, {"12", 2}},
        {{"x-amz-meta-Color", 16}, {" blue ", 6}},
        {{"X-Amz-Meta-size", 15}, {"", 0}},
        {{"x-amz-server-side-encryption-bucket-key-enabled", 47}, {"TRUE", 4}},
        {{"x-amz-object-lock-retain-until-date", 35}, {"2030-01-01T00:00:00Z", 20}},
    };
    struct s3_PutObjectRequest in = {0};
    struct np_wire_request rq = {.method = NP_STR("PUT"),
                                 .path = NP_STR("/b%61/dir/k%20%2B+/"),
                                 .fields = fields,
                                 .n_fields = NP_LEN(fields),
                                 .body = NP_STR("not read")};
    NP_CHECK(decode(a, &s3_PutObject_op, &rq, &in) == 0);
    NP_CHECK_STR(in.Bucket, NP_STR("ba"));
    NP_CHECK_STR(in.Key, NP_STR("dir/k ++/"));
    NP_CHECK_STR(in.ContentType, NP_STR("text/plain"));
    NP_CHECK(in.ContentLength.v == 12);
    NP_CHECK(in.Metadata.n == 2);
    NP_CHECK_STR(in.Metadata.v[0].key, NP_STR("Color"));
    NP_CHECK_STR(in.Metadata.v[0].value, NP_STR("blue"));
    NP_CHECK_STR(in.Metadata.v[1].key, NP_STR("size"));
    NP_CHECK(in.BucketKeyEnabled.set && in.BucketKeyEnabled.v);
    NP_CHECK(in.ObjectLockRetainUntilDate.v == INT64_C(1893456000000));
}

NP_TEST(keys_to_delete)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct s3_DeleteObjectsRequest in = {0};
    struct np_wire_request rq = {
        .method = NP_STR("POST"),
        .path = NP_STR("/b"),
        .query = NP_STR("delete"),
        .body = NP_STR(
            "<?xml version=\"1.0\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
            "<Object><Key>a&amp;b</Key></Object><Quiet>true</Quiet>\n"
            "<Object><Key> </Key><VersionId>1</VersionId></Object></Delete>")};
    NP_CHECK(decode(a, &s3_DeleteObjects_op, &rq, &in) == 0);
    NP_CHECK(in.Delete != NULL && in.Delete->Objects.n == 2 && in.Delete->Quiet.v);
    NP_CHECK_STR(in.Delete->Objects.v[0].Key, NP_STR("a&b"));
    NP_CHECK_STR(in.Delete->Objects.v[1].Key, NP_STR(" "));
    NP_CHECK_STR(in.Delete->Objects.v[1].VersionId, NP_STR("1"));
}

static const struct {
    const char *path, *query, *body, *why;
} refused[] = {
    {"/b%zz", "delete", "<Delete/>", "a malformed escape in the path"},
    {"/b", "delete=%4", "<Delete/>", "a malformed escape in the query"},
    {"/b", "delete", "<Delete>", "no XML"},
    {"/b", "delete", "<!DOCTYPE x><Delete/>", "a document type"},
    {"/b", "delete", "<Delete><Quiet>maybe</Quiet></Delete>", "no boolean"},
    {"/", "delete", "<Delete/>", "no bucket"},
};

NP_TEST(refusals)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, refused) {
        struct s3_DeleteObjectsRequest in = {0};
        struct np_wire_request rq = {.method = NP_STR("POST"),
                                     .path = np_str_of(c->path),
                                     .query = np_str_of(c->query),
                                     .body = np_str_of(c->body)};
        NP_CHECK(decode(a, &s3_DeleteObjects_op, &rq, &in) == NP_EPROTO, "%s", c->why);
    }
}

static struct np_str body_of(struct np_arena *a, enum np_protocol p,
                             const struct np_codec_service *s, const struct np_codec_op *op,
                             const void *out, struct np_wire_reply *r)
{
    np_buf_init(&r->body, a, 1u << 20);
    NP_CHECK(np_encode_reply(p, s, op, out, NP_STR("rid"), a, r) == 0);
    return np_buf_str(&r->body);
}

NP_TEST(a_location_has_no_wrapper)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_wire_reply r;
    struct s3_GetBucketLocationOutput out = {0};
    NP_CHECK_STR(body_of(a, NP_PROTO_REST_XML, &s3_codec, &s3_GetBucketLocation_op, &out, &r),
                 NP_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<LocationConstraint "
                        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></LocationConstraint>"));
    out.LocationConstraint = NP_STR("eu-west-1");
    NP_CHECK_STR(
        body_of(a, NP_PROTO_REST_XML, &s3_codec, &s3_GetBucketLocation_op, &out, &r),
        NP_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint "
               "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1</LocationConstraint>"));
}

NP_TEST(a_page_of_objects)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_wire_reply r;
    struct s3_Object objects[] = {{.Key = NP_STR("a&b"),
                                   .LastModified = {true, 1000},
                                   .ETag = NP_STR("\"x\""),
                                   .Size = {true, 0}}};
    struct s3_CommonPrefix prefixes[] = {{.Prefix = NP_STR("p/")}, {.Prefix = NP_STR("q/")}};
    struct s3_ListObjectsV2Output out = {.IsTruncated = {true, false},
                                         .Contents = {objects, 1, true},
                                         .Name = NP_STR("b"),
                                         .Prefix = NP_STR(""),
                                         .CommonPrefixes = {prefixes, 2, true}};
    NP_CHECK_STR(body_of(a, NP_PROTO_REST_XML, &s3_codec, &s3_ListObjectsV2_op, &out, &r),
                 NP_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        "<IsTruncated>false</IsTruncated><Contents><Key>a&amp;b</Key>"
                        "<LastModified>1970-01-01T00:00:01.000Z</LastModified><ETag>&quot;x&quot;</"
                        "ETag><Size>0</Size>"
                        "</Contents><Name>b</Name><Prefix></Prefix>"
                        "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"
                        "<CommonPrefixes><Prefix>q/</Prefix></CommonPrefixes></ListBucketResult>"));
    NP_CHECK(r.status == 200 && strcmp(r.content_type, "application/xml") == 0);
}

static struct np_str field_of(const struct np_wire_reply *r, const char *name)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (np_str_ieq(r->fields[i].name, np_str_of(name)))
            return r->fields[i].value;
    return NP_STR_NULL;
}

NP_TEST(an_object_head)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_wire_reply r;
    struct s3_Metadata_entry metadata[] = {{NP_STR("color"), NP_STR("blue")}};
    struct s3_HeadObjectOutput out = {.LastModified = {true, 0},
                                      .ContentLength = {true, 7},
                                      .ETag = NP_STR("\"e\""),
                                      .ContentType = NP_STR("text/html"),
                                      .Metadata = {metadata, 1, true}};
    NP_CHECK(body_of(a, NP_PROTO_REST_XML, &s3_codec, &s3_HeadObject_op, &out, &r).n == 0);
    NP_CHECK_STR(field_of(&r, "Last-Modified"), NP_STR("Thu, 01 Jan 1970 00:00:00 GMT"));
    NP_CHECK_STR(field_of(&r, "Content-Length"), NP_STR("7"));
    NP_CHECK_STR(field_of(&r, "x-amz-meta-color"), NP_STR("blue"));
    NP_CHECK(field_of(&r, "content-type").p == NULL && strcmp(r.content_type, "text/html") == 0);
}

NP_TEST(an_object_with_much_metadata)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_wire_reply r;
    struct s3_Metadata_entry metadata[500];
    struct s3_HeadObjectOutput out = {.Metadata = {metadata, 500, true}};
    for (size_t i = 0; i < 500; i++)
        metadata[i] = (struct s3_Metadata_entry){np_str_printf(a, "k%zu", i), NP_STR("v")};
    body_of(a, NP_PROTO_REST_XML, &s3_codec, &s3_HeadObject_op, &out, &r);
    NP_CHECK(r.n_fields == 500);
    NP_CHECK_STR(field_of(&r, "x-amz-meta-k499"), NP_STR("v"));
}

/* A header of a list: allowed headers of a CORS answer, checksums, … */
static int list_header(size_t bytes)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct np_shape text = {.name = "Text", .type = NP_STRING};
    static const struct np_member items[] = {{.name = "member", .shape = &text}};
    static const struct np_shape list = {.name = "List",
                                         .type = NP_LIST,
                                         .size = sizeof(struct np_str),
                                         .n_members = 1,
                                         .members = items};
    static const struct np_member members[] = {{.name = "X", .shape = &list, .loc = NP_LOC_HEADER}};
    static const struct np_shape out = {.name = "Out",
                                        .type = NP_STRUCTURE,
                                        .size = sizeof(struct np_strs),
                                        .n_members = 1,
                                        .members = members};
    static const struct np_codec_op op = {.name = "Op", .in = &out, .out = &out};
    struct np_str one = {memset(np_alloc(a, bytes), 'x', bytes), bytes};
    struct np_strs value = {&one, 1, true};
    struct np_wire_reply r;
    np_buf_init(&r.body, a, 100);
    return np_encode_reply(NP_PROTO_REST_JSON, &s3_codec, &op, &value, NP_STR("rid"), a, &r);
}

NP_TEST(headers_are_limited)
{
    NP_CHECK(list_header(NP_HEADER_MAX) == 0);
    NP_CHECK(list_header(NP_HEADER_MAX + 1) == NP_E2BIG);
}

struct params {
    struct np_vec map;
};

static int many_params(size_t n)
{
    NP_AUTO_ARENA a = np_arena_new();
    static const struct np_shape text = {.name = "Text", .type = NP_STRING};
    static const struct np_member entry[] = {
        {.name = "key", .shape = &text},
        {.name = "value", .shape = &text, .offset = sizeof(struct np_str)}};
    static const struct np_shape map = {.name = "Map",
                                        .type = NP_MAP,
                                        .size = 2 * sizeof(struct np_str),
                                        .n_members = 2,
                                        .members = entry};
    static const struct np_member members[] = {
        {.name = "map", .shape = &map, .loc = NP_LOC_QUERY_PARAMS}};
    static const struct np_shape in = {.name = "In",
                                       .type = NP_STRUCTURE,
                                       .size = sizeof(struct params),
                                       .n_members = 1,
                                       .members = members};
    static const struct np_codec_op op = {
        .name = "Op", .method = "GET", .uri = "/", .in = &in, .out = &in};
    struct np_buf b;
    np_buf_init(&b, a, 1u << 20);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%sk%zu=v", i != 0 ? "&" : "", i);
    struct np_wire_request rq = {
        .method = NP_STR("GET"), .path = NP_STR("/"), .query = np_buf_str(&b)};
    struct params value = {0};
    int rc = np_decode_head(NP_PROTO_REST_JSON, &op, &rq, a, &value, NULL);
    NP_CHECK(rc != 0 || value.map.n == n);
    return rc;
}

NP_TEST(collected_parameters_are_limited)
{
    NP_CHECK(many_params(NP_QUERY_PARAMS_MAX) == 0);
    NP_CHECK(many_params(NP_QUERY_PARAMS_MAX + 1) == NP_E2BIG);
}

NP_TEST(a_query_reply)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_wire_reply r;
    struct iam_ListRoleTagsResponse out = {.Tags = {NULL, 0, true}, .IsTruncated = {true, false}};
    NP_CHECK_STR(
        body_of(a, NP_PROTO_QUERY, &iam_codec, &iam_ListRoleTags_op, &out, &r),
        NP_STR(
            "<ListRoleTagsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
            "<ListRoleTagsResult><Tags></Tags><IsTruncated>false</IsTruncated></ListRoleTagsResult>"
            "<ResponseMetadata><RequestId>rid</RequestId></ResponseMetadata></"
            "ListRoleTagsResponse>"));
    out.Tags.set = false;
    NP_CHECK(np_str_find(body_of(a, NP_PROTO_QUERY, &iam_codec, &iam_ListRoleTags_op, &out, &r),
                         NP_STR("Tags>")) < 0,
             "a list that is not set is not sent");
}

static struct np_str error_of(struct np_arena *a, enum np_protocol p,
                              const struct np_codec_service *s, const struct np_wire_error *e,
                              struct np_wire_reply *r)
{
    np_buf_init(&r->body, a, 1u << 20);
    NP_CHECK(np_encode_error(p, s, e, a, r) == 0);
    return np_buf_str(&r->body);
}

NP_TEST(errors)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_wire_reply r;
    struct np_wire_error e = {.def = &S3_NoSuchKey,
                              .message = NP_STR("gone & away"),
                              .request_id = NP_STR("rid"),
                              .host_id = NP_STR("hid"),
                              .extra = {{"Key", NP_STR("<k>")}},
                              .n_extra = 1};
    NP_CHECK_STR(
        error_of(a, NP_PROTO_REST_XML, &s3_codec, &e, &r),
        NP_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code>"
               "<Message>gone &amp; away</Message><Key>&lt;k&gt;</Key><RequestId>rid</RequestId>"
               "<HostId>hid</HostId></Error>"));
    NP_CHECK(r.status == 404);
    e = (struct np_wire_error){
        .def = &IAM_NoSuchEntityException, .message = NP_STR("m"), .request_id = NP_STR("rid")};
    NP_CHECK_STR(
        error_of(a, NP_PROTO_QUERY, &iam_codec, &e, &r),
        NP_STR("<ErrorResponse "
               "xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>"
               "<Code>NoSuchEntity</Code><Message>m</Message></Error><RequestId>rid</RequestId></"
               "ErrorResponse>"));
    NP_CHECK_STR(error_of(a, NP_PROTO_JSON11, &iam_codec, &e, &r),
                 NP_STR("{\"__type\":\"NoSuchEntityException\",\"message\":\"m\"}"));
    struct np_codec_service compatible = {.query_compatible = true};
    error_of(a, NP_PROTO_JSON10, &compatible, &e, &r);
    NP_CHECK_STR(field_of(&r, "x-amzn-query-error"), NP_STR("NoSuchEntity;Sender"));
}

NP_TEST(a_full_buffer_is_told)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_wire_reply r = {0};
    struct iam_ListRoleTagsResponse out = {.IsTruncated = {true, false}};
    np_buf_init(&r.body, a, 50);
    NP_CHECK(np_encode_reply(NP_PROTO_QUERY, &iam_codec, &iam_ListRoleTags_op, &out, NP_STR("rid"),
                             a, &r) == NP_E2BIG);
}
