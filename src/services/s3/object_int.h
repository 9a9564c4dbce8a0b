/* SPDX-License-Identifier: Apache-2.0 */
/* object_int.h - shared by the files about objects: rows of versions, bodies and who uses them,
 * what a request asks of a new object, checksums, conditions.
 *
 * A version's bytes are a body: sealed in s3_bodies (up to S3_INLINE_MAX), a blob, or a list of
 * parts each of which is one of the two. Bodies are counted, so that a copy shares them. Ids of
 * bodies and blobs come from one row of numbers, see bodies.c.
 */
#pragma once

#include "base/digest.h"
#include "services/s3/s3_int.h"

struct s3_objects; /* the state of these files, see bodies.c */
struct s3_objects *s3_objects_of(const struct np_core *core);
struct np_str s3_id_key(const struct s3_objects *o);

/* --- rows (row.c) --- */
enum s3_body_kind { S3_BODY_NONE, S3_BODY_INLINE, S3_BODY_BLOB, S3_BODY_PARTS };
enum s3_lock_mode { S3_LOCK_NONE, S3_LOCK_GOVERNANCE, S3_LOCK_COMPLIANCE };
enum s3_hold { S3_HOLD_NEVER, S3_HOLD_ON, S3_HOLD_OFF };
enum s3_row_flags {
    S3_F_NULL = 1,      /* its version id is "null" */
    S3_F_MARKER = 2,    /* a delete marker */
    S3_F_COMPOSITE = 4, /* the checksum is one of the parts' checksums */
};
#define S3_SUM_NONE (-1)

struct s3_body {
    enum s3_body_kind kind;
    int64_t id; /* 0 with S3_BODY_NONE */
};
struct s3_lock {
    enum s3_lock_mode mode;
    int64_t until_ms;
    enum s3_hold hold;
};
struct s3_row {
    int64_t seq; /* rises with time */
    unsigned flags;
    int64_t modified_ms; /* whole seconds */
    uint64_t size;
    struct np_str etag;          /* 16 bytes */
    unsigned n_parts;            /* of the ETag */
    struct np_str class_, owner; /* absent: STANDARD; the bucket's account */
    int sum_alg;                 /* index of s3_sums, or S3_SUM_NONE */
    struct np_str sum;           /* its bytes */
    struct s3_body body;
    uint64_t part_size;
    struct np_str sse_check; /* absent: not SSE-C */
    struct s3_lock lock;
    struct np_str head, tags, acl; /* encoded, see meta.c */
    struct np_str kms;             /* packed; absent: not encrypted by KMS */
    int64_t restored_ms;           /* of an archive class: can be read until then */
};

/* Which version of a key. */
struct s3_which {
    enum { S3_NEWEST, S3_NULL, S3_SEQ } kind;
    int64_t seq;
};
/* Of a version id; absent: the newest. InvalidArgument when it is none of ours. */
int s3_which_of(struct np_req *rq, struct np_str version_id, struct s3_which *out,
                struct np_err *err);
struct np_str s3_version_id(const struct s3_objects *o, struct np_arena *a,
                            const struct s3_row *row);
bool s3_version_id_read(const struct s3_objects *o, struct np_arena *a, struct np_str text,
                        int64_t *seq); /* not of "null" */
struct np_str s3_upload_id(const struct s3_objects *o, struct np_arena *a, int64_t id);
bool s3_upload_id_read(const struct s3_objects *o, struct np_arena *a, struct np_str text,
                       int64_t *id);

/* Reads one row; *found false: there is none. bytes: NULL, or gets the sealed bytes of a small body
 * (absent: it has none). All of it lives in `a`. */
int s3_row_find(struct np_dbc *c, int64_t bucket_id, struct np_str key, const struct s3_which *w,
                struct np_arena *a, struct s3_row *out, struct np_str *bytes, bool *found,
                struct np_err *err);
/* Columns of a statement that selects S3_ROW_COLUMNS from column `at` on. */
#define S3_ROW_COLUMNS                                                                             \
    "seq, flags, modified_ms, size, etag, n_parts, class, owner, sum_alg, sum, body, body_id, "    \
    "part_size, sse_check, lock_mode, lock_until_ms, legal_hold, head, tags, acl, kms, "           \
    "restored_ms"
#define S3_ROW_N 22
void s3_row_take(struct np_q *q, int at, struct np_arena *a, struct s3_row *out);
int s3_row_insert(struct np_txn *t, int64_t bucket_id, struct np_str key, const struct s3_row *row,
                  struct np_err *err);
/* The row alone; its body is released by s3_body_release(). */
int s3_row_delete(struct np_txn *t, int64_t bucket_id, struct np_str key, int64_t seq,
                  struct np_err *err);
struct np_str s3_etag_text(struct np_arena *a, struct np_str etag, unsigned n_parts); /* quoted */
struct np_str s3_class_text(const struct s3_row *row);
/* Of a class whose objects are read only for some days after a RestoreObject; and are these now? */
bool s3_is_archived(const struct s3_row *row);
bool s3_is_readable(const struct s3_row *row, int64_t now_ms);
/* What x-amz-restore says; absent: nothing. */
struct np_str s3_restore_text(struct np_arena *a, const struct s3_row *row, int64_t now_ms);

/* --- ids and bodies (bodies.c) --- */
/* A number that was reserved durably; false: none is left at the moment (SlowDown). Any worker. */
bool s3_id_take(struct s3_objects *o, int64_t *id);
/* Around a blob of that id: while one is held, a crash makes the next start look for its file. */
void s3_id_hold(struct s3_objects *o, int64_t id);
void s3_id_let_go(struct s3_objects *o, int64_t id);
/* A held blob of which nobody knows whether its row was written: it goes when there is none, and is
 * let go. */
void s3_id_doubt(struct s3_objects *o, int64_t id);
/* In apply: the next number of a version. */
int64_t s3_seq(struct s3_objects *o, struct np_txn *t);
/* In apply: one user more; the first one adds the body (bytes: sealed, of an inline one). */
int s3_body_add(struct np_txn *t, struct s3_body body, struct np_str bytes, struct np_err *err);
int s3_body_share(struct np_txn *t, struct s3_body body, struct np_err *err);
int s3_body_release(struct np_txn *t, struct s3_objects *o, struct s3_body body,
                    struct np_err *err);
int s3_parts_discard(struct np_txn *t, struct s3_objects *o, int64_t set_id,
                     struct np_err *err); /* parts of an upload that ended without an object */
/* A list of parts that is being read stays as it is. False: it is being freed, read the row anew.
 */
bool s3_pin(struct s3_objects *o, int64_t set_id);
void s3_unpin(struct s3_objects *o, int64_t set_id);

/* --- bytes on their way in (sink.c) --- */
#define S3_INLINE_MAX (32 * 1024)
#define S3_OBJECT_MAX (UINT64_C(5) << 30) /* of one PUT, part or copy */

struct s3_sink;
struct s3_sink_opts {
    const uint8_t *sse_key; /* 32 bytes, of s3_sse_bytes(); NULL: none */
    int64_t expect;         /* length if known, else -1 */
    uint64_t limit;         /* EntityTooLarge above it */
    int sum_alg;            /* beside MD5; S3_SUM_NONE: none */
    bool with_default;      /* S3_SUM_DEFAULT, too */
};
/* Lives as long as the request; whatever was not taken over by a row is removed with it. */
struct s3_sink *s3_sink_new(struct np_req *rq, const struct s3_sink_opts *o);
/* NP_EAGAIN: taken, but wait for `ready`. An error is in rq->err. */
int s3_sink_write(struct s3_sink *s, struct np_str data);
void s3_sink_on_ready(struct s3_sink *s, void (*ready)(void *arg), void *arg);
/* No more bytes: done tells when the digests are known, maybe at once from inside. */
typedef void s3_sink_fn(void *arg, int rc);
void s3_sink_end(struct s3_sink *s, s3_sink_fn *done, void *arg);
/* Makes the bytes durable, or (small ones) sealed for the row. Maybe at once from inside. */
void s3_sink_commit(struct s3_sink *s, s3_sink_fn *done, void *arg);
uint64_t s3_sink_size(const struct s3_sink *s);
struct np_str s3_sink_md5(const struct s3_sink *s);
struct np_str s3_sink_sum(const struct s3_sink *s);
struct np_str s3_sink_default_sum(const struct s3_sink *s); /* of with_default */
/* In apply: adds the body with one user. */
int s3_sink_add(struct s3_sink *s, struct np_txn *t, struct s3_body *out, struct np_err *err);
/* After the commit: the row is there, the bytes are its. */
void s3_sink_taken(struct s3_sink *s);

/* A whole request body into a sink, with the checks of PutObject and UploadPart; then `done`. It is
 * what rq->priv points at. */
struct s3_post;
struct s3_upload {
    struct np_req *rq;
    struct s3_sink *sink;
    struct np_str want_md5; /* 16 bytes, absent: not said */
    int sum_alg;
    struct np_str want_sum; /* bytes, absent: not said, or in the trailer */
    bool sum_in_trailer, sum_by_client;
    const struct s3_post *post;                  /* it came by a form; NULL: it did not */
    bool over;                                   /* the bytes have ended, or failed */
    void (*done)(struct s3_upload *u);           /* the bytes are durable and as the client said */
    void (*failed)(struct s3_upload *u, int rc); /* NULL: np_req_done() */
};
void s3_upload_start(struct s3_upload *u);

/* --- bytes on their way out (source.c) --- */
struct s3_source;
/* Bytes from `off` of a version or part; n to the end of the range. sse_key NULL: none. sealed: of
 * an inline body, from s3_row_find(). */
struct s3_source_opts {
    struct s3_body body;
    uint64_t part_size; /* of the row */
    struct np_str sealed;
    const uint8_t *sse_key;
    uint64_t off, n;
};
/* ready: there is something to read, or an error. NP_ENOENT: the body went meanwhile, read the row
 * anew. */
int s3_source_open(struct np_req *rq, const struct s3_source_opts *o, void (*ready)(void *arg),
                   void *arg, struct s3_source **out, struct np_err *err);
/* As np_blob_read(). */
int s3_source_read(struct s3_source *s, struct np_str *data, bool *end);
void s3_source_close(struct s3_source *s); /* NULL is fine */
/* The range of a small body at once. NP_ECORRUPT, NP_EACCES. */
int s3_source_small(struct np_req *rq, const struct s3_source_opts *o, struct np_str *out);
struct s3_part {
    int64_t no, modified_ms;
    uint64_t size;
    struct np_str etag, sum;
    int sum_alg;
    struct s3_body body;
};
#define S3_PART_COLUMNS "part_no, modified_ms, size, etag, sum_alg, sum, body, body_id"
void s3_part_take(struct np_q *q, struct np_arena *a, struct s3_part *out);

/* --- checksums (sums.c) --- */
#define S3_SUMS 10
struct s3_sum_kind {
    const char *name;   /* "CRC32" */
    const char *header; /* "x-amz-checksum-crc32" */
    enum np_digest_alg digest;
    bool full_object, composite; /* what a multipart upload may ask for */
};
extern const struct s3_sum_kind s3_sums[S3_SUMS]; /* in the order of the members Checksum… */
#define S3_SUM_DEFAULT 2                          /* CRC64NVME */
int s3_sum_named(struct np_str name);             /* S3_SUM_NONE: unknown */
/* The ten members Checksum… of any structure, as an array. */
#define S3_SUM_MEMBERS(x)                                                                          \
    ({                                                                                             \
        _Static_assert(__builtin_offsetof(__typeof__(*(x)), ChecksumXXHASH128) -                   \
                               __builtin_offsetof(__typeof__(*(x)), ChecksumCRC32) ==              \
                           (S3_SUMS - 1) * sizeof(struct np_str),                                  \
                       "the members stand together");                                              \
        &(x)->ChecksumCRC32;                                                                       \
    })
/* Sets one of them to the base64 of the row's checksum; composite ones get "-N". */
void s3_sum_put(struct np_arena *a, int alg, struct np_str sum, unsigned n_parts, bool composite,
                struct np_str *members);
struct np_str s3_sum_type(int alg, unsigned flags);
/* Base64 of a checksum of that algorithm; InvalidRequest. Content-MD5; InvalidDigest. */
int s3_sum_read(struct np_arena *a, int alg, struct np_str text, struct np_str *out,
                struct np_err *err);
int s3_md5_read(struct np_arena *a, struct np_str content_md5, struct np_str *out,
                struct np_err *err);
/* What the head of an upload says of its checksum and of Content-MD5. */
int s3_upload_sums(struct s3_upload *u, const struct np_str *members, struct np_str sdk_algorithm,
                   struct np_str content_md5, struct np_err *err);
int s3_upload_check(struct s3_upload *u, struct np_err *err); /* at the end */

/* --- what a request asks of a new object (attrs.c) --- */
struct s3_asked {
    struct np_str key;
    struct s3_acl_headers acl;
    struct np_str cache_control, content_disposition, content_encoding, content_language,
        content_type, expires, redirect;
    const struct s3_Metadata *metadata;
    struct np_str sse, kms_key_id, kms_context;
    struct np_opt_bool bucket_key;
    struct np_str ssec_alg, ssec_key, ssec_md5;
    struct np_str class_, tagging, lock_mode, lock_hold;
    struct np_opt_int lock_until;
    bool signed_v2; /* a form's */
};
/* From PutObject's, CopyObject's, CreateMultipartUpload's input. */
#define S3_ASKED(in)                                                                               \
    ((struct s3_asked){                                                                            \
        .key = (in)->Key,                                                                          \
        .acl = {.canned = (in)->ACL,                                                               \
                .full_control = (in)->GrantFullControl,                                            \
                .read = (in)->GrantRead,                                                           \
                .read_acp = (in)->GrantReadACP,                                                    \
                .write_acp = (in)->GrantWriteACP},                                                 \
        .cache_control = (in)->CacheControl,                                                       \
        .content_disposition = (in)->ContentDisposition,                                           \
        .content_encoding = (in)->ContentEncoding,                                                 \
        .content_language = (in)->ContentLanguage,                                                 \
        .content_type = (in)->ContentType,                                                         \
        .expires = (in)->Expires,                                                                  \
        .redirect = (in)->WebsiteRedirectLocation,                                                 \
        .metadata = &(in)->Metadata,                                                               \
        .sse = (in)->ServerSideEncryption,                                                         \
        .kms_key_id = (in)->SSEKMSKeyId,                                                           \
        .kms_context = (in)->SSEKMSEncryptionContext,                                              \
        .bucket_key = (in)->BucketKeyEnabled,                                                      \
        .ssec_alg = (in)->SSECustomerAlgorithm,                                                    \
        .ssec_key = (in)->SSECustomerKey,                                                          \
        .ssec_md5 = (in)->SSECustomerKeyMD5,                                                       \
        .class_ = (in)->StorageClass,                                                              \
        .tagging = (in)->Tagging,                                                                  \
        .lock_mode = (in)->ObjectLockMode,                                                         \
        .lock_hold = (in)->ObjectLockLegalHoldStatus,                                              \
        .lock_until = (in)->ObjectLockRetainUntilDate,                                             \
    })

/* --- encryption beside that at rest (encryption.c, kms.c) --- */
struct s3_kms {
    struct np_str key;     /* what the request names; with a data key, the key's ARN */
    struct np_str region;  /* where that key is */
    struct np_str owner;   /* account for callers that have none; of the bucket or the key */
    struct np_str context; /* of the client: base64 of JSON; absent: none */
    struct np_str wrapped; /* the data key, encrypted by KMS */
    bool bucket_key;
};
struct s3_sse_key {
    bool set;                 /* SSE-C */
    struct s3_kms *kms;       /* NULL: not by KMS */
    uint8_t key[32];          /* the client's, or the plain data key once s3_kms_…() gave it */
    struct np_str md5, check; /* SSE-C: as the client gave it; what goes into the row */
};
/* What is mixed into the body's key; NULL: nothing. */
static inline const uint8_t *s3_sse_bytes(const struct s3_sse_key *k)
{
    return k->set || k->kms != NULL ? k->key : NULL;
}
/* AWS: of SSE-C and SSE-KMS the ETag is no MD5 (tests/sdk/test_s3_kms.py). */
struct np_str s3_sse_etag(struct np_arena *a, const struct s3_sse_key *key, struct np_str md5);
/* How a new object is to be encrypted: by its header fields, or by its bucket's default. */
int s3_encryption_of(struct np_req *rq, const struct s3_bucket *b, const struct s3_asked *asked,
                     struct s3_sse_key *out, struct np_err *err);
/* What KMS encrypts is only for signatures of version 4, over a way that counts as secure;
 * InvalidArgument. */
int s3_kms_reachable(struct np_req *rq, bool signed_v2, struct np_err *err);
/* key->kms of a row's column, NULL when the column is absent; else with s3_kms_reachable(). */
int s3_kms_of_row(struct np_req *rq, struct np_str packed, struct s3_sse_key *key,
                  struct np_err *err);
/* x-amz-server-side-encryption-context: its pairs as JSON; InvalidArgument. */
struct np_json;
int s3_kms_context_read(struct np_arena *a, struct np_str text, struct np_json **out,
                        struct np_err *err);
/* A new data key, on behalf of the caller, bound to the object (with a bucket key: to the bucket);
 * or the plain key of what a row keeps. With key->kms NULL there is nothing to do. Then `then`,
 * maybe at once from inside; or the request ends with KMS's denial in S3's words. The plain key is
 * wiped with the request. */
void s3_kms_seal(struct np_req *rq, struct s3_sse_key *key, struct np_str bucket,
                 struct np_str object, void (*then)(struct np_req *rq));
void s3_kms_open(struct np_req *rq, struct s3_sse_key *key, struct np_str bucket,
                 struct np_str object, void (*then)(struct np_req *rq));

/* Fills head, tags, acl, class, owner, lock, sse_check of *row; its kms follows s3_kms_seal(). */
int s3_attrs_of(struct np_req *rq, const struct s3_bucket *b, const struct s3_asked *asked,
                struct s3_row *row, struct s3_sse_key *key, struct np_err *err);
/* Only the header fields and metadata; only a lock's mode. */
int s3_head_of(struct np_req *rq, const struct s3_asked *asked, struct np_str *packed,
               struct np_err *err);
int s3_lock_mode_of(struct np_str mode, enum s3_lock_mode *out, struct np_err *err);
/* "ON" or "OFF" of a request, absent otherwise; and back. */
enum s3_hold s3_hold_of(struct np_str status);
struct np_str s3_hold_name(enum s3_hold hold);
/* The three header fields of SSE-C; none of them: not set. */
int s3_sse_of(struct np_req *rq, struct np_str algorithm, struct np_str key, struct np_str md5,
              struct s3_sse_key *out, struct np_err *err);
/* Whether the key opens that version: as AWS, with or without one wrongly given. */
int s3_sse_check(const struct s3_sse_key *key, struct np_str sse_check, struct np_err *err);
int s3_key_check(struct np_req *rq, struct np_str key, struct np_err *err); /* KeyTooLongError */
/* A whole object is written: what means a part or a version in the URL would be lost. */
int s3_whole_check(struct np_req *rq, struct np_err *err);
/* Members ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled of a reply. */
#define S3_KMS_PUT(out, k)                                                                         \
    do {                                                                                           \
        (out)->ServerSideEncryption = NP_STR("aws:kms");                                           \
        (out)->SSEKMSKeyId = (k)->key;                                                             \
        (out)->BucketKeyEnabled = (struct np_opt_bool){(k)->bucket_key, (k)->bucket_key};          \
    } while (0)
/* Those, SSECustomerAlgorithm and SSECustomerKeyMD5. */
#define S3_SSE_PUT(rq, out, sse)                                                                   \
    do {                                                                                           \
        if ((sse)->set) {                                                                          \
            (out)->SSECustomerAlgorithm = NP_STR("AES256");                                        \
            (out)->SSECustomerKeyMD5 = (sse)->md5;                                                 \
        } else if ((sse)->kms != NULL) {                                                           \
            S3_KMS_PUT(out, (sse)->kms);                                                           \
        } else if ((rq)->core->config.at_rest) {                                                   \
            (out)->ServerSideEncryption = NP_STR("AES256");                                        \
        }                                                                                          \
    } while (0)

/* AWS: the context is told to who stores an object, and to nobody else (tests/sdk/test_s3_kms.py).
 */
#define S3_KMS_CONTEXT_PUT(out, sse)                                                               \
    do {                                                                                           \
        if ((sse)->kms != NULL)                                                                    \
            (out)->SSEKMSEncryptionContext = (sse)->kms->context;                                  \
    } while (0)

/* --- encodings of a row's columns (meta.c) --- */
struct s3_head { /* decoded */
    struct np_str cache_control, content_disposition, content_encoding, content_language,
        content_type, expires, redirect;
    struct s3_Metadata metadata;
};
struct np_str s3_head_pack(struct np_arena *a, const struct s3_head *h); /* absent: nothing in it */
void s3_head_unpack(struct np_str packed, struct np_arena *a, struct s3_head *out);
struct np_str s3_tags_pack(struct np_arena *a, const struct np_tag *tags, size_t n);
size_t s3_tags_unpack(struct np_str packed, struct np_arena *a, struct np_tag **out);
size_t s3_tags_count(struct np_str packed);
struct np_str s3_kms_pack(struct np_arena *a, const struct s3_kms *k); /* NULL: absent */
/* Borrows of `packed`; absent: NULL. Bytes that are not ours leave members absent. */
struct s3_kms *s3_kms_unpack(struct np_str packed, struct np_arena *a);
struct np_str s3_acl_pack(struct np_arena *a, const struct s3_AccessControlPolicy *acl);
const struct s3_AccessControlPolicy *s3_acl_unpack(struct np_str packed, struct np_arena *a);
/* "k=v&k2=v2" of x-amz-tagging, and lists of tags of documents. */
int s3_tags_of_header(struct np_req *rq, struct np_str text, struct np_str *packed,
                      struct np_err *err);
int s3_tags_of_set(struct np_req *rq, const struct s3_TagSet *set, struct np_str *packed,
                   struct np_err *err);

/* --- which bytes, of which object (range.c) --- */
struct s3_range {
    uint64_t off, n;
};
enum s3_ranged { S3_RANGE_NONE, S3_RANGE_SOME, S3_RANGE_OUTSIDE };
/* The field Range of a read; *out is set with S3_RANGE_SOME. */
enum s3_ranged s3_range_read(struct np_str text, uint64_t size, struct s3_range *out);
/* x-amz-copy-source-range, which is stricter; false: malformed. */
bool s3_copy_range_read(struct np_str text, uint64_t *first, uint64_t *last);
struct s3_source_name {
    struct np_str bucket, key, version_id; /* decoded; version_id absent: none */
};
/* x-amz-copy-source, "/bucket/key?versionId=…", percent-encoded; false: malformed. */
bool s3_copy_source_read(struct np_arena *a, struct np_str text, struct s3_source_name *out);

/* --- conditions (conditions.c) --- */
struct s3_conditions {
    struct np_str match, none_match;
    struct np_opt_int modified_since, unmodified_since;
};
/* Of a read: 0, PreconditionFailed, or *not_modified. */
int s3_read_conditions(const struct s3_conditions *c, const struct s3_row *row, struct np_arena *a,
                       bool *not_modified, struct np_err *err);
/* Of a copy's source: PreconditionFailed for all. */
int s3_source_conditions(const struct s3_conditions *c, const struct s3_row *row,
                         struct np_arena *a, struct np_err *err);
/* If-Match, If-None-Match of a write: known to us? */
int s3_write_conditions_ok(struct np_str match, struct np_str none_match, struct np_err *err);
/* In apply; cur NULL: there is no such object. */
int s3_write_conditions(struct np_str match, struct np_str none_match, const struct s3_row *cur,
                        struct np_str key, struct np_arena *a, struct np_err *err);
int s3_condition_failed(struct np_err *err, const char *condition);
bool s3_etag_matches(struct np_str list, const struct s3_row *row, struct np_arena *a);

/* --- versions (version.c) --- */
/* In apply: row becomes the newest version of the key: seq, flags and modified_ms are set here.
 * What it replaces in an unversioned or suspended bucket goes. */
struct s3_put_how {
    struct s3_objects *objects;
    struct np_req *rq;               /* NULL: S3's own change */
    struct np_str match, none_match; /* conditions */
    const char *event;               /* "ObjectCreated:Put" */
};
int s3_version_put(struct np_txn *t, const struct s3_bucket_row *b, struct np_str key,
                   struct s3_row *row, const struct s3_put_how *how, struct np_err *err);
/* In apply: an event about a version. */
struct s3_told {
    const char *name;
    struct np_str key;
    struct np_req *rq;
};
int s3_tell(struct s3_objects *o, struct np_txn *t, const struct s3_bucket_row *b,
            const struct s3_told *what, const struct s3_row *row, struct np_err *err);
/* In apply: DeleteObject of one key. */
struct s3_delete {
    struct s3_objects *objects;
    struct np_req *rq;             /* NULL: S3's own change */
    struct np_str key, version_id; /* absent: none given */
    struct s3_which which;
    bool bypass; /* governance retention */
    struct np_str match;
    struct np_opt_int match_modified_ms, match_size;
    const char *removed, *marked; /* names of events */
    /* Out: */
    bool marker;             /* a delete marker was made or removed */
    struct np_str result_id; /* version id of what was made or removed; absent: unversioned */
};
int s3_version_delete(struct np_txn *t, const struct s3_bucket_row *b, struct s3_delete *d,
                      struct np_err *err);
int s3_delete_conditions(const struct s3_delete *d, const struct s3_row *row, struct np_arena *a,
                         struct np_err *err);
int s3_lock_check(const struct s3_lock *l, bool bypass, int64_t now_ms, struct np_err *err);
/* Finds the bucket and the version that a read or a change of properties is about; delete markers
 * are the faults that AWS gives for them. `absent_ok`: no fault for a missing key, found says. */
int s3_object_need(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                   struct np_str version_id, struct s3_row *row, struct np_str *bytes,
                   struct np_err *err);
int s3_no_such_key(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                   struct np_err *err);

/* The x-amz-expiration of a version; b NULL: absent. */
struct np_str s3_expiration_of(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                               const struct s3_row *row);
/* Of PutObject and UploadPart: the length must be said, and within bounds. */
int s3_body_length_check(struct np_req *rq, struct np_err *err);

/* --- small things --- */
static inline struct np_str s3_bytes_dup(struct np_arena *a, const void *p, size_t n)
{
    return np_str_dup(a, np_str_n(p, n));
}
/* The URL of an object, as the request reached its bucket (complete.c). */
struct np_str s3_object_location(struct np_req *rq, struct np_str bucket, struct np_str key);
int64_t s3_second(int64_t ms); /* without its milliseconds */
