/* SPDX-License-Identifier: Apache-2.0 */
/* sums.c - checksums of objects: what a request says of its body, and whether the body is so. */
#include "services/s3/object_int.h"

#include "base/arena.h"
#include "base/enc.h"
#include "services/s3/upload.h"

const struct s3_sum_kind s3_sums[S3_SUMS] = {
    {"CRC32", "x-amz-checksum-crc32", NP_CRC32, true, true},
    {"CRC32C", "x-amz-checksum-crc32c", NP_CRC32C, true, true},
    {"CRC64NVME", "x-amz-checksum-crc64nvme", NP_CRC64NVME, true, false},
    {"SHA1", "x-amz-checksum-sha1", NP_SHA1, false, true},
    {"SHA256", "x-amz-checksum-sha256", NP_SHA256, false, true},
    {"SHA512", "x-amz-checksum-sha512", NP_SHA512, false, true},
    {"MD5", "x-amz-checksum-md5", NP_MD5, false, true},
    {"XXHASH64", "x-amz-checksum-xxhash64", NP_XXHASH64, false, true},
    {"XXHASH3", "x-amz-checksum-xxhash3", NP_XXHASH3, false, true},
    {"XXHASH128", "x-amz-checksum-xxhash128", NP_XXHASH128, false, true},
};

int s3_sum_named(struct np_str name)
{
    for (int i = 0; i < S3_SUMS; i++)
        if (np_str_ieq(name, np_str_of(s3_sums[i].name)))
            return i;
    return S3_SUM_NONE;
}

const char *s3_sum_lower(int alg)
{
    return s3_sums[alg].header + sizeof("x-amz-checksum-") - 1;
}

static int sum_of_header(struct np_str header)
{
    for (int i = 0; i < S3_SUMS; i++)
        if (np_str_ieq(header, np_str_of(s3_sums[i].header)))
            return i;
    return S3_SUM_NONE;
}

void s3_sum_put(struct np_arena *a, int alg, struct np_str sum, unsigned n_parts, bool composite,
                struct np_str *members)
{
    if (alg == S3_SUM_NONE || sum.p == NULL)
        return;
    struct np_str text = np_base64(a, sum);
    members[alg] = composite ? np_str_printf(a, "%.*s-%u", NP_FMT(text), n_parts) : text;
}

struct np_str s3_sum_type(int alg, unsigned flags)
{
    if (alg == S3_SUM_NONE)
        return NP_STR_NULL;
    return flags & S3_F_COMPOSITE ? NP_STR("COMPOSITE") : NP_STR("FULL_OBJECT");
}

/* --- what the head says --- */

static int bad_value(int alg, struct np_err *err)
{
    return np_fault(err, &S3_InvalidRequest, "Value for %s header is invalid.",
                    s3_sums[alg].header);
}

int s3_sum_read(struct np_arena *a, int alg, struct np_str text, struct np_str *out,
                struct np_err *err)
{
    *out = np_unbase64(a, text);
    if (out->p == NULL || out->n != np_digest_size(s3_sums[alg].digest))
        return bad_value(alg, err);
    return 0;
}

/* The one checksum that the header fields give. */
static int said_in_head(struct s3_upload *u, const struct np_str *members, struct np_err *err)
{
    for (int i = 0; i < S3_SUMS; i++) {
        if (members[i].p == NULL)
            continue;
        if (u->sum_by_client)
            return np_fault(err, &S3_InvalidRequest,
                            "Expecting a single x-amz-checksum- header. Multiple checksum Types "
                            "are not allowed.");
        u->sum_alg = i;
        u->sum_by_client = true;
        int rc = s3_sum_read(u->rq->arena, i, members[i], &u->want_sum, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* x-amz-trailer: the fields that will follow the body. */
static int said_in_trailer(struct s3_upload *u, struct np_err *err)
{
    struct np_str rest = np_req_field(u->rq, NP_STR("x-amz-trailer")), name;
    while (np_str_split(&rest, ',', &name)) {
        name = np_str_trim(name);
        int alg = sum_of_header(name);
        if (alg == S3_SUM_NONE)
            return np_fault(err, &S3_InvalidRequest,
                            "The value specified in the x-amz-trailer header is not supported");
        if (u->sum_by_client)
            return np_fault(err, &S3_InvalidRequest,
                            "Expecting a single x-amz-checksum- header. Multiple checksum Types "
                            "are not allowed.");
        u->sum_alg = alg;
        u->sum_by_client = u->sum_in_trailer = true;
    }
    return 0;
}

int s3_md5_read(struct np_arena *a, struct np_str content_md5, struct np_str *out,
                struct np_err *err)
{
    *out = NP_STR_NULL;
    if (content_md5.p == NULL)
        return 0;
    *out = np_unbase64(a, content_md5);
    if (out->n == 16)
        return 0;
    np_fault(err, &S3_InvalidDigest, "The Content-MD5 you specified was invalid.");
    np_err_extra(err, "Content-MD5", content_md5);
    return NP_EFAULT;
}

int s3_upload_sums(struct s3_upload *u, const struct np_str *members, struct np_str sdk_algorithm,
                   struct np_str content_md5, struct np_err *err)
{
    u->sum_alg = S3_SUM_NONE;
    int rc = s3_md5_read(u->rq->arena, content_md5, &u->want_md5, err);
    if (rc == 0)
        rc = said_in_head(u, members, err);
    if (rc == 0)
        rc = said_in_trailer(u, err);
    if (rc != 0)
        return rc;
    if (sdk_algorithm.n == 0)
        return 0;
    if (!u->sum_by_client)
        return np_fault(err, &S3_InvalidRequest,
                        "x-amz-sdk-checksum-algorithm specified, but no corresponding "
                        "x-amz-checksum-* or x-amz-trailer headers were found.");
    if (s3_sum_named(sdk_algorithm) != u->sum_alg)
        return np_fault(err, &S3_InvalidRequest,
                        "Value for x-amz-sdk-checksum-algorithm header is invalid.");
    return 0;
}

/* --- whether the body is so --- */

static int check_md5(struct s3_upload *u, struct np_err *err)
{
    struct np_str got = s3_sink_md5(u->sink);
    if (u->want_md5.p == NULL || np_str_eq(got, u->want_md5))
        return 0;
    np_fault(err, &S3_BadDigest, "The Content-MD5 you specified did not match what we received.");
    np_err_extra(err, "ExpectedDigest", np_base64(u->rq->arena, u->want_md5));
    np_err_extra(err, "CalculatedDigest", np_base64(u->rq->arena, got));
    return NP_EFAULT;
}

int s3_upload_check(struct s3_upload *u, struct np_err *err)
{
    int rc = check_md5(u, err);
    if (rc == 0 && u->sum_in_trailer) {
        struct np_str text = np_req_trailer(u->rq, np_str_of(s3_sums[u->sum_alg].header));
        if (text.p == NULL)
            return np_fault(err, &S3_InvalidRequest,
                            "The request announced the trailer %s and did not send it.",
                            s3_sums[u->sum_alg].header);
        rc = s3_sum_read(u->rq->arena, u->sum_alg, text, &u->want_sum, err);
    }
    if (rc != 0 || u->want_sum.p == NULL || np_str_eq(u->want_sum, s3_sink_sum(u->sink)))
        return rc;
    return np_fault(err, &S3_BadDigest,
                    "The %s you specified did not match the calculated checksum.",
                    s3_sums[u->sum_alg].name);
}
