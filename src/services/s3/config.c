/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - a bucket's configurations in the store, and what every call that puts one checks. */
#include "services/s3/bucket_int.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/enc.h"
#include "codec/http_bind.h"
#include "gen/s3/ops.h"

const struct s3_config_kind s3_config_kinds[S3_CFGS] = {
    [S3_CFG_ACCELERATE] = {"accelerate", NULL},
    [S3_CFG_ACL] = {"acl", &s3_AccessControlPolicy_shape},
    [S3_CFG_BLOCK] = {"block", &s3_PublicAccessBlockConfiguration_shape},
    [S3_CFG_CORS] = {"cors", &s3_CORSConfiguration_shape},
    [S3_CFG_ENCRYPTION] = {"encryption", &s3_ServerSideEncryptionConfiguration_shape},
    [S3_CFG_LIFECYCLE] = {"lifecycle", &s3_BucketLifecycleConfiguration_shape},
    [S3_CFG_LOCK] = {"lock", &s3_ObjectLockConfiguration_shape},
    [S3_CFG_LOGGING] = {"logging", &s3_BucketLoggingStatus_shape},
    [S3_CFG_MIN_SIZE] = {"min-size", NULL},
    [S3_CFG_NOTIFICATION] = {"notification", &s3_NotificationConfiguration_shape},
    [S3_CFG_OWNERSHIP] = {"ownership", &s3_OwnershipControls_shape},
    [S3_CFG_PAYER] = {"payer", NULL},
    [S3_CFG_POLICY] = {"policy", NULL},
    [S3_CFG_TAGS] = {"tags", &s3_Tagging_shape},
    [S3_CFG_WEBSITE] = {"website", &s3_WebsiteConfiguration_shape},
};

#define CONFIG_MAX (2 << 20)

/* --- faults --- */

int s3_no_such_bucket(struct np_str bucket, struct np_arena *a, struct np_err *err)
{
    np_fault(err, &S3_NoSuchBucket, "The specified bucket does not exist");
    np_err_extra(err, "BucketName", np_str_dup(a, bucket));
    return NP_EFAULT;
}

int s3_bad_argument(struct np_err *err, struct np_str name, struct np_str value, const char *fmt,
                    ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    np_fault(err, &S3_InvalidArgument, "%s", text);
    if (name.p != NULL)
        np_err_extra(err, "ArgumentName", name);
    if (value.p != NULL)
        np_err_extra(err, "ArgumentValue", value);
    return NP_EFAULT;
}

int s3_malformed(struct np_err *err)
{
    return np_fault(err, &S3_MalformedXML,
                    "The XML you provided was not well-formed or did not validate against our "
                    "published schema");
}

int s3_not_implemented(struct np_err *err, const char *header)
{
    np_fault(err, &S3_NotImplemented,
             "A header you provided implies functionality that is not implemented");
    np_err_extra(err, "Header", np_str_of(header));
    return NP_EFAULT;
}

/* --- rows --- */

static int put_value(struct np_txn *t, int64_t bucket_id, const struct s3_config_kind *kind,
                     const void *value, struct np_err *err)
{
    NP_SQL(put, "INSERT INTO s3_bucket_configs (bucket_id, kind, value) VALUES (?1, ?2, ?3) "
                "ON CONFLICT (bucket_id, kind) DO UPDATE SET value = excluded.value");
    struct np_str bytes;
    if (kind->shape == NULL) {
        bytes = *(const struct np_str *)value;
    } else {
        struct np_buf b;
        np_buf_init(&b, np_txn_arena(t), CONFIG_MAX);
        np_cbor_put(kind->shape, value, &b);
        if (!np_buf_ok(&b))
            return np_fault(err, &S3_MaxMessageLengthExceeded,
                            "Your request was too big: a configuration holds %d bytes at most.",
                            CONFIG_MAX);
        bytes = np_buf_str(&b);
    }
    return np_exec(t, &put, err, "isb", bucket_id, np_str_of(kind->name), bytes);
}

int s3_config_set(struct np_txn *t, struct np_str bucket, enum s3_config kind, const void *value,
                  struct np_err *err)
{
    NP_SQL(del, "DELETE FROM s3_bucket_configs WHERE bucket_id = ?1 AND kind = ?2");
    struct s3_bucket_row b;
    int rc = s3_bucket_row(t, bucket, &b, err);
    if (rc != 0)
        return rc;
    const struct s3_config_kind *k = &s3_config_kinds[kind];
    rc = value != NULL ? put_value(t, b.id, k, value, err)
                       : np_exec(t, &del, err, "is", b.id, np_str_of(k->name));
    if (rc == 0)
        s3_bucket_changed(t, bucket);
    return rc;
}

int s3_config_get(struct np_req *rq, const struct s3_bucket *b, enum s3_config kind, void *value,
                  bool *found, struct np_err *err)
{
    NP_SQL(one, "SELECT value FROM s3_bucket_configs WHERE bucket_id = ?1 AND kind = ?2");
    const struct s3_config_kind *k = &s3_config_kinds[kind];
    struct np_dbc *c = np_store_reader(rq->core->store, NP_DB_S3);
    struct np_q *q = np_q(c, NULL, &one, "is", b->id, np_str_of(k->name));
    struct np_str bytes = NP_STR_NULL;
    *found = np_row(q);
    if (*found)
        bytes = np_col_str(q, 0, rq->arena);
    int rc = np_q_end(q, err);
    if (rc != 0 || !*found)
        return rc;
    if (k->shape != NULL)
        return np_cbor_get(k->shape, bytes, rq->arena, value, err);
    *(struct np_str *)value = bytes;
    return 0;
}

/* --- documents --- */

static const struct {
    enum np_digest_alg alg;
    const char *header;
} checksums[] = {
    {NP_CRC32, "x-amz-checksum-crc32"},
    {NP_CRC32C, "x-amz-checksum-crc32c"},
    {NP_CRC64NVME, "x-amz-checksum-crc64nvme"},
    {NP_SHA1, "x-amz-checksum-sha1"},
    {NP_SHA256, "x-amz-checksum-sha256"},
    {NP_SHA512, "x-amz-checksum-sha512"},
    {NP_MD5, "x-amz-checksum-md5"},
    {NP_XXHASH64, "x-amz-checksum-xxhash64"},
    {NP_XXHASH3, "x-amz-checksum-xxhash3"},
    {NP_XXHASH128, "x-amz-checksum-xxhash128"},
};

static bool digest_is(struct np_req *rq, enum np_digest_alg alg, struct np_str want, bool *valid)
{
    uint8_t sum[NP_DIGEST_MAX];
    struct np_str bytes = np_unbase64(rq->arena, want);
    *valid = bytes.p != NULL && bytes.n == np_digest_size(alg);
    np_digest_once(alg, rq->wire.body, sum);
    return *valid && np_str_eq(bytes, np_str_n(sum, np_digest_size(alg)));
}

static int check_md5(struct np_req *rq, struct np_err *err)
{
    struct np_str given = np_req_field(rq, NP_STR("content-md5"));
    bool valid;
    if (given.p == NULL || digest_is(rq, NP_MD5, given, &valid))
        return 0;
    if (!valid)
        return np_fault(err, &S3_InvalidDigest, "The Content-MD5 you specified was invalid.");
    return np_fault(err, &S3_BadDigest,
                    "The Content-MD5 you specified did not match what we received.");
}

/* The name of a document's root, without its prefix; the codec has read the document. */
static struct np_str root_name(struct np_str doc)
{
    struct np_str name, rest;
    ptrdiff_t at = 0;
    while ((at = np_str_chr(doc, '<')) >= 0 && (size_t)at + 1 < doc.n) {
        doc = np_str_sub(doc, (size_t)at + 1, doc.n);
        if (np_str_starts(doc, NP_STR("!--"))) { /* which may hold tags */
            at = np_str_find(doc, NP_STR("-->"));
            doc = np_str_sub(doc, at < 0 ? doc.n : (size_t)at, doc.n);
        } else if (doc.p[0] != '?') {
            break;
        }
    }
    size_t n = 0;
    while (n < doc.n && doc.p[n] > ' ' && doc.p[n] != '/' && doc.p[n] != '>')
        n++;
    doc = np_str_sub(doc, 0, n);
    return np_str_cut(doc, ':', &name, &rest) ? rest : doc;
}

/* AWS: a document of another name is malformed, also where an empty one would mean something. Old
 * clients differ in how they write the names, and in what CreateBucket's is. */
static int check_root(const struct np_req *rq, struct np_err *err)
{
    const struct np_member *m = np_http_payload(rq->op->codec->in);
    if (rq->wire.body.n == 0 || m == NULL || !np_is_struct(m->shape) ||
        rq->op->codec == &s3_CreateBucket_op ||
        np_str_ieq(root_name(rq->wire.body), np_str_of(np_wire_name_of(m))))
        return 0;
    return s3_malformed_document(rq, err);
}

int s3_document_check(struct np_req *rq, struct np_err *err)
{
    int root = check_root(rq, err);
    if (root != 0)
        return root;
    int rc = check_md5(rq, err);
    if (rc != 0)
        return rc;
    NP_EACH (c, checksums) {
        struct np_str name = np_str_of(c->header), given = np_req_field(rq, name);
        bool valid;
        if (given.p == NULL)
            given = np_req_trailer(rq, name);
        if (given.p == NULL || digest_is(rq, c->alg, given, &valid))
            continue;
        if (!valid)
            return np_fault(err, &S3_InvalidRequest, "Value for %s header is invalid.", c->header);
        return np_fault(err, &S3_BadDigest,
                        "The %s you specified did not match the calculated checksum.",
                        c->header + sizeof("x-amz-checksum-") - 1);
    }
    return 0;
}

int s3_config_begin(struct np_req *rq, struct np_str bucket, struct np_str expected_owner,
                    const struct s3_bucket **b, struct np_err *err)
{
    const struct s3_bucket *found;
    int rc = s3_bucket_need(rq, bucket, expected_owner, &found, err);
    if (rc == 0)
        rc = s3_document_check(rq, err);
    if (rc == 0 && b != NULL)
        *b = found;
    return rc;
}
