/* SPDX-License-Identifier: Apache-2.0 */
/* s3_int.h - shared inside the folder: buckets as requests see them, and what buckets and objects
 * ask of each other.
 *
 * A bucket is one immutable entry of the projection: every configuration decoded, the policy
 * compiled. Find it by name on any worker without a query; it is valid until the handler returns to
 * its loop, so a handler that waits finds it again. Apply reads rows (s3_bucket_row()).
 */
#pragma once

#include "aws/core.h"
#include "aws/req.h"
#include "gen/s3/types.h"

#define S3_STATE "s3" /* np_core_state() */

enum s3_versioning { S3_UNVERSIONED, S3_VERSIONING_ENABLED, S3_VERSIONING_SUSPENDED };
enum s3_ownership { S3_OWNER_ENFORCED, S3_OWNER_PREFERRED, S3_OBJECT_WRITER };

struct s3_retention_default {
    bool set;
    bool compliance; /* else governance */
    int64_t days;    /* years are 365 of them */
};

/* What the public access block of the bucket or, where stricter, of its account says. */
struct s3_block {
    bool block_acls, ignore_acls, block_policy, restrict_buckets;
};

struct s3_bucket {
    int64_t id; /* never reused; names objects' rows */
    struct np_str name, account, region;
    int64_t created_ms;
    enum s3_versioning versioning;
    bool object_lock;
    struct s3_retention_default retention;
    enum s3_ownership ownership;
    struct s3_block block;          /* bucket and account together */
    const struct np_policy *policy; /* NULL: none */
    bool policy_public;
    bool requester_pays;
    const struct s3_AccessControlPolicy *acl;
    /* NULL: not configured. */
    const struct s3_ServerSideEncryptionConfiguration *encryption;
    const struct s3_CORSConfiguration *cors;
    const struct s3_WebsiteConfiguration *website;
    const struct s3_BucketLifecycleConfiguration *lifecycle;
    const struct s3_NotificationConfiguration *notification;
    const struct s3_LoggingEnabled *logging;
    const struct np_tag *tags;
    size_t n_tags;
};

/* NULL: there is none of that name. */
const struct s3_bucket *s3_bucket_find(struct np_core *core, struct np_str name);
/* The same, for handlers: NoSuchBucket with <BucketName>, the wrong region's redirect, and
 * ExpectedBucketOwner (pass it, or absent) checked. */
int s3_bucket_need(struct np_req *rq, struct np_str name, struct np_str expected_owner,
                   const struct s3_bucket **out, struct np_err *err);
/* In apply: what an object's row needs of its bucket, from the rows. */
struct s3_bucket_row {
    int64_t id;
    struct np_str name, account, region;
    enum s3_versioning versioning;
    bool object_lock;
    bool notifies; /* somebody wants to know: s3_event() does nothing otherwise */
};
int s3_bucket_row(struct np_txn *t, struct np_str name, struct s3_bucket_row *out,
                  struct np_err *err);

/* --- identity of owners --- */
/* 64 hex digits made of the account id; the DisplayName that goes with it. */
struct np_str s3_canonical_id(struct np_arena *a, struct np_str account);
struct s3_Owner *s3_owner(struct np_arena *a, struct np_str account);

/* --- what all handlers of documents need (config.c) --- */
/* Content-MD5 and x-amz-checksum-… of the whole document: BadDigest, InvalidDigest. */
int s3_document_check(struct np_req *rq, struct np_err *err);
#define S3_BAD_PART_NUMBER "Part number must be an integer between 1 and 10000, inclusive"
#define S3_BAD_COPY_SOURCE                                                                         \
    "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
/* What lists and events write of a key. */
struct np_str s3_url_form(struct np_arena *a, struct np_str text);
/* A parameter of the URL; absent: it is not there. */
struct np_str s3_query_value(struct np_req *rq, struct np_str name);
/* InvalidArgument with <ArgumentName> and <ArgumentValue> (absent: left out). */
int s3_bad_argument(struct np_err *err, struct np_str name, struct np_str value, const char *fmt,
                    ...) __attribute__((format(printf, 4, 5)));

/* --- access (authorize.c) --- */
/* Of a bucket whose requesters pay: says the request that it would? */
int s3_payer_check(struct np_req *rq, const struct s3_bucket *b, struct np_err *err);
/* Of an object, or without a key of the bucket. */
struct np_str s3_arn(struct np_arena *a, struct np_str bucket, struct np_str key);
/* Another right than the operation's own: CopyObject's source, each key of DeleteObjects. action is
 * "s3:GetObject"; version absent for none. */
int s3_authorize_object(struct np_req *rq, const struct s3_bucket *b, const char *action,
                        struct np_str key, struct np_str version, struct np_err *err);
/* The operation's own right, where conditions may look at the document: PutObjectTagging asks it in
 * begin, since nobody asked when only the head was known. */
int s3_authorize_late(struct np_req *rq, struct np_err *err);
/* Whether the caller may list the bucket: a missing key is 404 for it and 403 for others. */
bool s3_may_list(struct np_req *rq, const struct s3_bucket *b);
/* Object ACL from canned or grant headers (any may be absent), judged by ownership and public
 * access block. *out NULL: the default (owner has full control). */
struct s3_acl_headers {
    struct np_str canned, full_control, read, read_acp, write, write_acp;
};
int s3_acl_of(struct np_req *rq, const struct s3_bucket *b, const struct s3_acl_headers *h,
              const struct s3_AccessControlPolicy **out, struct np_err *err);

/* The same from an <AccessControlPolicy>; owner: the object's or bucket's account. */
int s3_acl_document(struct np_req *rq, const struct s3_bucket *b, struct np_str owner,
                    const struct s3_AccessControlPolicy *in,
                    const struct s3_AccessControlPolicy **out, struct np_err *err);

/* --- an object as access control and the website see it (object files) --- */
struct s3_object_facts {
    bool exists;                              /* false: none of that key, or a delete marker */
    const struct s3_AccessControlPolicy *acl; /* NULL: the default */
    struct np_str owner;                      /* account */
    struct np_str website_redirect;           /* x-amz-website-redirect-location; absent: none */
    bool by_kms;                              /* encrypted by KMS: not for who does not sign */
    const struct np_tag *tags;
    size_t n_tags;
};
/* One query; asked only when an ACL may matter, a condition names s3:ExistingObjectTag or a website
 * looks. version absent: the current one. */
int s3_object_facts(struct np_req *rq, const struct s3_bucket *b, struct np_str key,
                    struct np_str version, struct s3_object_facts *out, struct np_err *err);

/* --- rows of objects, for bucket operations (object files) --- */
bool s3_bucket_is_empty(struct np_txn *t, int64_t bucket_id); /* no version, no delete marker */
int s3_bucket_drop_uploads(struct np_core *core, struct np_txn *t, int64_t bucket_id,
                           struct np_err *err);

/* --- what lifecycle.c does to rows of objects (object files) --- */
struct s3_version {
    struct np_str key, version_id; /* "null" for the unversioned */
    bool latest, delete_marker;
    uint64_t size;
    int64_t modified_ms;
    struct np_str storage_class; /* "STANDARD" */
    const struct np_tag *tags;
    size_t n_tags;
};
/* Up to `max` versions and delete markers in order of key, newest first within a key, with all
 * lists in `a`. from: absent, or what *next was; *next absent: that was the end. */
int s3_versions_scan(struct np_core *core, struct np_dbc *c, int64_t bucket_id, struct np_str from,
                     size_t max, struct np_arena *a, struct s3_version **out, size_t *n,
                     struct np_str *next, struct np_err *err);
/* Each in apply, and each does nothing when the row is no longer as it was seen (or is locked).
 * expire: as DeleteObject without a version id; remove: that version for good. Both with the
 * events LifecycleExpiration:DeleteMarkerCreated and :Delete. move: another storage class, with
 * LifecycleTransition. */
int s3_version_expire(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                      const struct s3_version *v, struct np_err *err);
int s3_version_remove(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                      const struct s3_version *v, struct np_err *err);
int s3_version_move(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                    const struct s3_version *v, struct np_str storage_class, struct np_err *err);
struct s3_upload_seen {
    struct np_str key, upload_id;
    int64_t initiated_ms;
};
int s3_uploads_scan(struct np_core *core, struct np_dbc *c, int64_t bucket_id, struct np_str from,
                    size_t max, struct np_arena *a, struct s3_upload_seen **out, size_t *n,
                    struct np_str *next, struct np_err *err);
int s3_upload_drop(struct np_core *core, struct np_txn *t, const struct s3_bucket_row *b,
                   const struct s3_upload_seen *u, struct np_err *err);
/* The x-amz-expiration header of a version and x-amz-abort-date of an upload, by the bucket's rules
 * (lifecycle.c); absent: none applies. */
struct np_str s3_expiration_header(struct np_arena *a, const struct s3_bucket *b,
                                   const struct s3_version *v);
bool s3_abort_rule(const struct s3_bucket *b, struct np_str key, int64_t initiated_ms,
                   int64_t *abort_ms, struct np_str *rule_id);

/* --- events and logs (notification.c, logging.c) --- */
struct s3_event {
    const char *name;                    /* "ObjectCreated:Put" without "s3:" */
    struct np_str key, etag, version_id; /* version absent when unversioned */
    uint64_t size;
    uint64_t sequencer;
    struct np_req *rq; /* whose change it is; NULL: S3's own, by a lifecycle rule */
};
/* In apply: one outbox row for each configured target that the event matches. */
int s3_event(struct np_txn *t, const struct s3_bucket_row *b, const struct s3_event *e,
             struct np_err *err);
/* A line for the bucket's access log, if it has one. Handlers call it only for an object's bytes,
 * when the last were sent or the client went (GetObject answered with 200 or 206): all other
 * requests are logged when their answer is made. */
void s3_log(struct np_req *rq, const struct s3_bucket *b, const char *operation, struct np_str key,
            int status, const char *error_code, uint64_t bytes_sent, uint64_t object_size);

/* --- parts of the service, called by service.c --- */
int s3_objects_init(struct np_core *core,
                    struct np_err *err); /* outbox kinds of the object files */
int s3_objects_start(struct np_core *core,
                     struct np_err *err); /* sweep of blob ids, on worker 0's loop */
void s3_objects_fini(struct np_core *core);
