/* SPDX-License-Identifier: Apache-2.0 */
/* sigv2_test.c - presigned URLs of Signature Version 2: the reference's example, and what is part
 * of the resource. */
#include "test.h"

#include "aws/sigv2.h"
#include "base/arena.h"

static const struct np_str secret = {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 40};

NP_TEST(the_example_of_the_reference)
{
    struct np_arena *a = np_arena_new();
    const struct np_wire_request rq = {
        .method = NP_STR("GET"),
        .path = NP_STR("/johnsmith/photos/puppy.jpg"),
        .query = NP_STR("AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%"
                        "2BWFzoENXmpNDUsSn8%3D&Expires=1175139620"),
    };
    struct np_sig s;
    NP_CHECK(np_sig_parse(&rq, a, &s, NULL) == 0 && s.kind == NP_SIG_V2_QUERY);
    NP_CHECK_STR(np_sig2_sign(secret, np_sig2_string(&rq, &s, a), a), s.signature);
    NP_CHECK(s.expires_s == 1175139620);
    np_arena_free(a);
}

NP_TEST(sub_resources_and_amz_fields_are_signed)
{
    struct np_arena *a = np_arena_new();
    const struct np_wire_field fields[] = {
        {NP_STR("X-Amz-Meta-B"), NP_STR("2")},
        {NP_STR("Content-Type"), NP_STR("text/plain")},
        {NP_STR("x-amz-acl"), NP_STR("private")},
        {NP_STR("x-amz-meta-b"), NP_STR("3")},
    };
    const struct np_wire_request rq = {
        .method = NP_STR("PUT"),
        .path = NP_STR("/b/k"),
        .query =
            NP_STR("uploadId=u%2F1&AWSAccessKeyId=A&partNumber=2&Signature=x&Expires=9&other=1"),
        .fields = fields,
        .n_fields = NP_LEN(fields),
    };
    struct np_sig s;
    NP_CHECK(np_sig_parse(&rq, a, &s, NULL) == 0);
    NP_CHECK_STR(np_sig2_string(&rq, &s, a),
                 NP_STR("PUT\n\ntext/plain\n9\nx-amz-acl:private\nx-amz-meta-b:2,3\n"
                        "/b/k?partNumber=2&uploadId=u/1"));
    np_arena_free(a);
}

NP_TEST(a_presigned_url_needs_all_three)
{
    struct np_arena *a = np_arena_new();
    static const char *const queries[] = {"AWSAccessKeyId=A", "AWSAccessKeyId=A&Signature=x",
                                          "AWSAccessKeyId=A&Expires=1",
                                          "AWSAccessKeyId=A&Signature=x&Expires=soon"};
    NP_EACH (query, queries) {
        const struct np_wire_request rq = {
            .method = NP_STR("GET"), .path = NP_STR("/b/k"), .query = np_str_of(*query)};
        struct np_sig s;
        NP_CHECK(np_sig_parse(&rq, a, &s, NULL) == NP_EINVAL, "%s", *query);
    }
    np_arena_free(a);
}
