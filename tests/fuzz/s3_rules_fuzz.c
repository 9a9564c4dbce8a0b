/* SPDX-License-Identifier: Apache-2.0 */
/* s3_rules_fuzz.c - CORS and lifecycle configurations: a byte that says which, a line with what is
 * asked ("origin method field,field", or a key), then the document. What is taken answers every
 * question. */
#include "fuzz.h"

#include "aws/tags.h"
#include "base/auto.h"
#include "codec/codec.h"
#include "services/s3/cors_rules.h"
#include "services/s3/lifecycle_rules.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

static bool decode(struct np_arena *a, const struct np_codec_op *op, struct np_str doc, void *in)
{
    struct np_invalid why;
    struct np_wire_request rq = {.method = NP_STR("PUT"), .path = NP_STR("/bucket"), .body = doc};
    return np_decode_head(NP_PROTO_REST_XML, op, &rq, a, in, NULL) == 0 &&
           np_decode_body(NP_PROTO_REST_XML, op, &rq, a, in, NULL) == 0 &&
           np_validate(op->in, in, a, &why) == 0;
}

static void cors(struct np_arena *a, struct np_str question, struct np_str doc)
{
    struct s3_PutBucketCorsRequest in = {0};
    struct np_err err = {0};
    struct np_str origin, rest, method, headers;
    if (!decode(a, &s3_PutBucketCors_op, doc, &in))
        return;
    if (s3_cors_check(in.CORSConfiguration, &err) != 0) {
        np_assert(err.n != 0);
        return;
    }
    np_str_cut(question, ' ', &origin, &rest);
    np_str_cut(rest, ' ', &method, &headers);
    const struct s3_CORSRule *r = s3_cors_match(in.CORSConfiguration, origin, method, headers);
    np_assert(r == NULL || s3_cors_match(in.CORSConfiguration, origin, method, NP_STR_NULL));
    if (r != NULL)
        s3_cors_any_origin(r);
}

static void fates(const struct s3_BucketLifecycleConfiguration *c, struct np_str key)
{
    static const struct np_tag tags[] = {{{"a", 1}, {"b", 1}}};
    for (unsigned i = 0; i < 64; i++) {
        struct s3_version v = {.key = key,
                               .version_id = NP_STR("null"),
                               .latest = i & 1,
                               .delete_marker = i & 2,
                               .size = i & 4 ? 1 << 20 : 100,
                               .modified_ms = 19000 * DAY_MS + 1,
                               .storage_class = i & 8 ? NP_STR("GLACIER") : NP_STR("STANDARD"),
                               .tags = tags,
                               .n_tags = i & 16 ? 1 : 0};
        struct s3_standing s = {
            .noncurrent_ms = 19001 * DAY_MS, .newer = i & 16, .only = i & 32, .varies = i & 4};
        struct np_str class = NP_STR_NULL, rule;
        int64_t when;
        enum s3_fate now = s3_lifecycle_fate(c, &v, &s, 19030 * DAY_MS, &class);
        np_assert((now == S3_MOVE) == (class.p != NULL));
        enum s3_fate early = s3_lifecycle_fate(c, &v, &s, v.modified_ms, &class);
        np_assert(now != S3_KEEP || early == S3_KEEP); /* time undoes nothing */
        if (s3_lifecycle_expiry(c, &v, &when, &rule))
            np_assert(rule.n != 0 && when % DAY_MS == 0);
        if (s3_lifecycle_abort(c, key, v.modified_ms, &when, &rule))
            np_assert(rule.n != 0 && when > v.modified_ms);
    }
}

static void lifecycle(struct np_arena *a, struct np_str key, struct np_str doc)
{
    struct s3_PutBucketLifecycleConfigurationRequest in = {0};
    struct np_err err = {0};
    if (!decode(a, &s3_PutBucketLifecycleConfiguration_op, doc, &in) ||
        in.LifecycleConfiguration == NULL)
        return;
    int rc = s3_lifecycle_check(a, in.LifecycleConfiguration, &err);
    np_assert(rc == 0 || rc == NP_EPROTO || err.n != 0);
    if (rc == 0)
        fates(in.LifecycleConfiguration, key);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str question, doc;
    if (n == 0 || !np_str_cut(np_str_n(p + 1, n - 1), '\n', &question, &doc))
        return 0;
    if (p[0] & 1)
        cors(a, question, doc);
    else
        lifecycle(a, question, doc);
    return 0;
}
