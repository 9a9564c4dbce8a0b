/* SPDX-License-Identifier: Apache-2.0 */
/* tables_test.c - the generated tables of every model keep what codec/schema.h promises. */
#include "test.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "codec/value.h"
#include "gen/iam/types.h"
#include "gen/route53/types.h"
#include "gen/s3/types.h"
#include "gen/s3control/types.h"
#include "gen/sts/types.h"

#define SHAPES_MAX 4096

static const struct np_codec_service *const models[] = {&iam_codec, &route53_codec, &s3_codec,
                                                        &s3control_codec, &sts_codec};

struct seen {
    const struct np_shape *shapes[SHAPES_MAX];
    size_t n;
};

static bool see(struct seen *seen, const struct np_shape *s)
{
    for (size_t i = 0; i < seen->n; i++)
        if (seen->shapes[i] == s)
            return false;
    NP_CHECK(seen->n < SHAPES_MAX);
    seen->shapes[seen->n++] = s;
    return true;
}

static void check_limits(const char *where, const struct np_limits *l)
{
    if (l == NULL)
        return;
    NP_CHECK(!l->has_min || !l->has_max || l->min <= l->max, "%s", where);
    if (l->pattern == NULL)
        return;
    int code;
    PCRE2_SIZE at;
    pcre2_code *re =
        pcre2_compile((PCRE2_SPTR)l->pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &at, NULL);
    NP_CHECK(re != NULL, "%s: pattern %s, error %d at %zu", where, l->pattern, code, at);
    pcre2_code_free(re);
}

/* Bytes of a value of that shape as a member or an element. */
static size_t value_size(const struct np_shape *s, bool in_line)
{
    return in_line && np_is_struct(s) ? s->size : np_slot_size(s);
}

static void check_aggregate(const struct np_shape *s)
{
    if (s->type == NP_LIST) {
        NP_CHECK(s->n_members == 1 && s->members[0].offset == 0, "%s", s->name);
        NP_CHECK(s->size == value_size(s->members[0].shape, !s->sparse), "%s", s->name);
        return;
    }
    size_t end = 0;
    for (uint32_t i = 0; i < s->n_members; i++) {
        const struct np_member *m = &s->members[i];
        if (m->shape->type == NP_STREAM)
            continue;
        NP_CHECK(m->offset >= end, "%s.%s overlaps", s->name, m->name);
        end = m->offset + value_size(m->shape, false);
    }
    NP_CHECK(s->type != NP_MAP || s->n_members == 2, "%s", s->name);
    NP_CHECK(end <= s->size && s->size - end < sizeof(void *), "%s: %zu of %u bytes", s->name, end,
             s->size);
}

static void walk(struct seen *seen, const struct np_shape *s)
{
    if (!see(seen, s))
        return;
    check_limits(s->name, s->limits);
    if (s->type == NP_LIST || s->type == NP_MAP || s->type == NP_STRUCTURE || s->type == NP_UNION)
        check_aggregate(s);
    for (uint32_t i = 0; i < s->n_members; i++) {
        check_limits(s->members[i].name, s->members[i].limits);
        walk(seen, s->members[i].shape);
    }
}

static const struct np_member *find(const struct np_shape *s, struct np_str name)
{
    for (uint32_t i = 0; i < s->n_members; i++)
        if (np_str_eq(np_str_of(s->members[i].name), name))
            return &s->members[i];
    return NULL;
}

/* Every {label} of the pattern is a required label member, {label+} a greedy one. */
static void check_uri(const struct np_codec_op *op)
{
    for (const char *at = strchr(op->uri, '{'); at != NULL; at = strchr(at + 1, '{')) {
        size_t n = strcspn(at + 1, "}+");
        const struct np_member *m = find(op->in, np_str_n(at + 1, n));
        NP_CHECK(m != NULL && m->loc == NP_LOC_LABEL && (m->flags & NP_M_REQUIRED), "%s", op->name);
        NP_CHECK(((m->flags & NP_M_GREEDY) != 0) == (at[1 + n] == '+'), "%s", op->name);
    }
}

NP_TEST(tables_keep_the_schema)
{
    static struct seen seen;
    seen.n = 0;
    NP_EACH (m, models) {
        for (size_t i = 0; i < (*m)->n_ops; i++) {
            const struct np_codec_op *op = (*m)->ops[i];
            NP_CHECK(i == 0 || strcmp((*m)->ops[i - 1]->name, op->name) < 0, "%s", op->name);
            NP_CHECK(op->in->type == NP_STRUCTURE && op->out->type == NP_STRUCTURE, "%s", op->name);
            check_uri(op);
            walk(&seen, op->in);
            walk(&seen, op->out);
        }
    }
    NP_CHECK(seen.n > 500, "%zu shapes", seen.n);
}

NP_TEST(faults_have_aws_codes)
{
    static const struct {
        const struct np_fault_def *def;
        const char *code; /* NULL: the name */
        int status;
        bool sender;
    } faults[] = {
        {&IAM_NoSuchEntityException, "NoSuchEntity", 404, true},
        {&IAM_ServiceFailureException, "ServiceFailure", 500, false},
        {&IAM_AccessDenied, NULL, 403, true},
        {&STS_ExpiredTokenException, "ExpiredTokenException", 400, true},
        {&S3_NoSuchKey, NULL, 404, true},
        {&S3_NoSuchBucketPolicy, NULL, 404, true},
        {&S3_KMS_NotFoundException, "KMS.NotFoundException", 400, true},
        {&S3_SlowDown, NULL, 503, false},
        {&S3_NotModified, NULL, 304, true},
        {&S3CONTROL_NoSuchPublicAccessBlockConfiguration, NULL, 404, true},
    };
    NP_EACH (f, faults) {
        NP_CHECK(f->def->status == f->status && f->def->sender == f->sender, "%s", f->def->name);
        NP_CHECK((f->code == NULL) == (f->def->code == NULL), "%s", f->def->name);
        if (f->code != NULL)
            NP_CHECK_STR(np_str_of(f->def->code), np_str_of(f->code));
    }
    NP_CHECK(S3_InvalidObjectState.shape == &s3_InvalidObjectState_shape);
}

NP_TEST(wire_facts_of_s3)
{
    NP_CHECK_STR(np_str_of(s3_GetBucketAclOutput_shape.xml_name), NP_STR("AccessControlPolicy"));
    NP_CHECK(s3_GetBucketLocation_op.xml_unwrapped && !s3_GetBucketAcl_op.xml_unwrapped);
    NP_CHECK(s3_DeleteObjects_op.checksum_required);
    NP_CHECK(s3_DeleteBucket_op.status == 204);
    NP_CHECK(s3_codec.rest_xml_bare_errors && !s3control_codec.rest_xml_bare_errors);
    NP_CHECK_STR(np_str_of(s3_codec.xml_ns), NP_STR("http://s3.amazonaws.com/doc/2006-03-01/"));
    const struct np_member *body = find(&s3_PutObjectRequest_shape, NP_STR("Body"));
    NP_CHECK(body != NULL && body->shape->type == NP_STREAM && body->loc == NP_LOC_PAYLOAD);
    const struct np_member *key = find(&s3_CopyObjectRequest_shape, NP_STR("SSECustomerKey"));
    NP_CHECK(key != NULL && (key->flags & NP_M_SENSITIVE));
    const struct np_member *parts = find(&s3_CompletedMultipartUpload_shape, NP_STR("Parts"));
    NP_CHECK(parts != NULL && (parts->flags & NP_M_XML_FLAT));
    NP_CHECK_STR(np_str_of(parts->xml_name), NP_STR("Part"));
    NP_CHECK(iam_codec.protocols == 1 << NP_PROTO_QUERY);
    NP_CHECK_STR(np_str_of(s3control_codec.signing_name), NP_STR("s3"));
}
