/* SPDX-License-Identifier: Apache-2.0 */
/* invalid.c - what is wrong with an input, in S3's words: values that do not decode, and values
 * that break the model's rules. */
#include "services/s3/bucket_int.h"

#include "codec/codec.h"
#include "codec/value.h"
#include "services/s3/limits.h"

static struct np_str wire_name(const struct np_member *m)
{
    return np_str_of(m->wire != NULL ? m->wire : m->name);
}

/* --- header fields and parameters that do not decode --- */

static bool is_int(const struct np_member *m)
{
    return m->shape->type == NP_INT || m->shape->type == NP_LONG;
}

/* The member's text; absent: it is not there, or any text does. */
static struct np_str text_of(struct np_req *rq, const struct np_member *m)
{
    if (!is_int(m) && m->shape->type != NP_BOOL && m->shape->type != NP_TIMESTAMP)
        return NP_STR_NULL;
    if (m->loc == NP_LOC_QUERY)
        return s3_query_value(rq, wire_name(m));
    return m->loc == NP_LOC_HEADER ? np_req_field(rq, wire_name(m)) : NP_STR_NULL;
}

static bool decodes(struct np_req *rq, const struct np_member *m, struct np_str text)
{
    struct np_decode d;
    struct np_err err = {0};
    struct np_opt_double slot[2]; /* more than any of the three types needs */
    np_decode_init(&d, rq->arena, &err);
    return np_scalar_parse(&d, m, m->loc == NP_LOC_QUERY ? NP_TIME_DATE_TIME : NP_TIME_HTTP_DATE,
                           text, slot) == 0;
}

static int bad_value(const struct np_member *m, struct np_str text, struct np_err *err)
{
    struct np_str name = wire_name(m);
    if (np_str_is(name, "partNumber"))
        return s3_bad_argument(err, name, text, S3_BAD_PART_NUMBER);
    if (np_str_is(name, "x-amz-object-lock-retain-until-date"))
        return s3_bad_argument(err, name, text,
                               "The retain until date must be provided in ISO 8601 format");
    if (is_int(m))
        return s3_bad_argument(
            err, name, text, "Provided %.*s not an integer or within integer range", NP_FMT(name));
    return s3_bad_argument(err, name, text, "Invalid value for %.*s", NP_FMT(name));
}

const struct np_fault_def *s3_head_fault(struct np_req *rq, struct np_str *message)
{
    const struct np_shape *in = rq->op != NULL ? rq->op->codec->in : NULL;
    for (uint32_t i = 0; in != NULL && i < in->n_members; i++) {
        const struct np_member *m = &in->members[i];
        struct np_str text = text_of(rq, m);
        if (text.n == 0 || decodes(rq, m, text))
            continue;
        bad_value(m, text, &rq->err);
        *message = np_err_text(&rq->err);
        return &S3_InvalidArgument;
    }
    *message = NP_STR("Couldn't parse the specified URI.");
    return &S3_InvalidURI;
}

/* --- values that break the model's rules --- */

static const struct {
    const char *name, *text;
} texts[] = {
    {"encoding-type", "Invalid Encoding Method specified in Request"},
    {"max-buckets", "Argument max-buckets must be an integer between 1 and 10000."},
    {"x-amz-acl", ""},
    {"x-amz-copy-source", S3_BAD_COPY_SOURCE},
    {"x-amz-metadata-directive", "Unknown metadata directive."},
    {"x-amz-object-attributes", "Invalid attribute name specified."},
    {"x-amz-object-lock-legal-hold", "Legal Hold must be either of 'ON' or 'OFF'"},
    {"x-amz-object-lock-mode", "Unknown wormMode directive."},
    {"x-amz-server-side-encryption", "The encryption method specified is not supported"},
    {"x-amz-tagging-directive", "Unknown tagging directive."},
};

static int invalid_head(const struct np_member *m, const struct np_invalid *why, struct np_err *err)
{
    struct np_str name = wire_name(m);
    if (why->kind == NP_INVALID_MISSING)
        return np_fault(err, &S3_InvalidRequest, "Missing required header for this request: %.*s",
                        NP_FMT(name));
    if (np_str_is(name, "x-amz-storage-class")) {
        np_fault(err, &S3_InvalidStorageClass, "The storage class you specified is not valid");
        np_err_extra(err, "StorageClassRequested", why->value);
        return NP_EFAULT;
    }
    if (np_str_is(name, "x-amz-checksum-algorithm") ||
        np_str_is(name, "x-amz-sdk-checksum-algorithm"))
        return np_fault(err, &S3_InvalidRequest,
                        "Checksum algorithm provided is unsupported. Please try again with any of "
                        "the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    if (np_str_is(name, "x-amz-checksum-type"))
        return np_fault(err, &S3_InvalidRequest,
                        "Value for x-amz-checksum-type header is invalid.");
    if (np_str_is(name, "x-amz-transition-default-minimum-object-size"))
        return np_fault(err, &S3_InvalidRequest,
                        "Invalid TransitionDefaultMinimumObjectSize found: %.*s",
                        NP_FMT(why->value));
    if (np_str_is(name, "x-amz-object-ownership"))
        return s3_bad_argument(err, name, NP_STR_NULL,
                               "Invalid x-amz-object-ownership header: %.*s", NP_FMT(why->value));
    NP_EACH (t, texts)
        if (np_str_eq(np_str_of(t->name), name))
            return s3_bad_argument(err, name, why->value, "%s", t->text);
    return s3_bad_argument(err, name, why->value, "Invalid value for %.*s", NP_FMT(name));
}

int s3_malformed_document(const struct np_req *rq, struct np_err *err)
{
    const struct np_codec_op *op = rq->op->codec;
    if (op != &s3_PutObjectAcl_op && op != &s3_PutBucketAcl_op)
        return s3_malformed(err);
    return np_fault(err, &S3_MalformedACLError,
                    "The XML you provided was not well-formed or did not validate against our "
                    "published schema");
}

/* The input's own member that holds what is wrong: "ObjectAttributes.1.member" is in a header. */
static const struct np_member *outer(const struct np_req *rq, const struct np_invalid *why)
{
    const struct np_shape *in = rq->op->codec->in;
    struct np_str name = why->path, rest;
    np_str_cut(why->path, '.', &name, &rest);
    for (uint32_t i = 0; i < in->n_members; i++)
        if (np_str_eq(np_str_of(in->members[i].name), name))
            return &in->members[i];
    return why->member;
}

int s3_invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    const struct np_member *m = outer(rq, why);
    bool in_head =
        m->loc == NP_LOC_HEADER || m->loc == NP_LOC_PREFIX_HEADERS || m->loc == NP_LOC_QUERY;
    if (why->kind == NP_INVALID_REFUSED) {
        np_fault(err, &S3_NotImplemented,
                 "A %s you provided implies functionality that is not implemented: %.*s",
                 in_head ? "header" : "element", NP_FMT(why->path));
        if (in_head)
            np_err_extra(err, "Header", wire_name(m));
        return NP_EFAULT;
    }
    if (in_head)
        return invalid_head(m, why, err);
    if (m->loc == NP_LOC_LABEL && !np_utf8_ok(why->value)) /* its length, say, means nothing then */
        return np_fault(err, &S3_InvalidURI, "Couldn't parse the specified URI.");
    if (m->loc == NP_LOC_LABEL)
        return s3_bad_argument(err, np_str_of(m->name), why->value, "Invalid value for %s",
                               m->name);
    if (m->loc == NP_LOC_PAYLOAD && why->kind == NP_INVALID_MISSING && rq->wire.body.n == 0)
        return np_fault(err, &S3_MissingRequestBodyError, "Request Body is empty");
    if (why->kind == NP_INVALID_ENUM && np_str_is(wire_name(why->member), "LocationConstraint")) {
        np_fault(err, &S3_InvalidLocationConstraint,
                 "The specified location-constraint is not valid");
        np_err_extra(err, "LocationConstraint", why->value);
        return NP_EFAULT;
    }
    return s3_malformed_document(rq, err);
}
