/* SPDX-License-Identifier: Apache-2.0 */
/* bucket_int.h - shared by the files about buckets: the service's state, the configurations of a
 * bucket, what of a request is about which bucket.
 */
#pragma once

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/pmap.h"
#include "gen/s3/ops.h"
#include "services/s3/s3_int.h"

/* --- configurations --- */
enum s3_config {
    S3_CFG_ACCELERATE, /* text */
    S3_CFG_ACL,
    S3_CFG_BLOCK,
    S3_CFG_CORS,
    S3_CFG_ENCRYPTION,
    S3_CFG_LIFECYCLE,
    S3_CFG_LOCK,
    S3_CFG_LOGGING,
    S3_CFG_MIN_SIZE, /* text: x-amz-transition-default-minimum-object-size */
    S3_CFG_NOTIFICATION,
    S3_CFG_OWNERSHIP,
    S3_CFG_PAYER,  /* text */
    S3_CFG_POLICY, /* text: the document */
    S3_CFG_TAGS,
    S3_CFG_WEBSITE,
    S3_CFGS,
};
/* NULL shape: text as it is. */
struct s3_config_kind {
    const char *name;
    const struct np_shape *shape;
};
extern const struct s3_config_kind s3_config_kinds[S3_CFGS];

/* In apply. value is a struct of the kind's shape, or const struct np_str * for text; NULL removes.
 * NoSuchBucket when the bucket went meanwhile. */
int s3_config_set(struct np_txn *t, struct np_str bucket, enum s3_config kind, const void *value,
                  struct np_err *err);
/* Reads one on a worker; false: not configured. Members live in rq->arena. */
int s3_config_get(struct np_req *rq, const struct s3_bucket *b, enum s3_config kind, void *value,
                  bool *found, struct np_err *err);
/* Before a Put…: the bucket (may be NULL), and the document's checksums. */
int s3_config_begin(struct np_req *rq, struct np_str bucket, struct np_str expected_owner,
                    const struct s3_bucket **b, struct np_err *err);

/* --- the service's state --- */
#define S3_STATE_MAGIC 0x73337374u
struct s3_rule;
struct s3_state {
    uint32_t magic;
    struct np_core *core;
    struct np_pmap *buckets;  /* name -> struct s3_bucket; published */
    struct np_pmap *accounts; /* account id -> struct s3_block; published */
    struct s3_rule *rules;    /* of each operation, in the model's order */
    size_t n_rules;
    struct np_logs *logs; /* of access */
    size_t n_logging;     /* buckets with an access log; by the writer */
    struct s3_lifecycle *lifecycle;
};
struct s3_state *s3_state(const struct np_core *core);

/* --- projection.c --- */
void s3_projection_init(struct s3_state *s);
void s3_projection_fini(struct s3_state *s);
/* Notices: the key is the bucket's name, or the account. */
void s3_bucket_changed(struct np_txn *t, struct np_str bucket);
void s3_account_changed(struct np_txn *t, struct np_str account);
/* The account's public access block, from the projection; false: none. */
bool s3_account_block(const struct s3_state *s, struct np_str account, struct s3_block *out);

/* --- service.c --- */
extern const struct np_service s3_service;
struct np_str s3_error_code(struct np_req *rq); /* of an answer that is one */
void s3_make_ids(
    struct np_req *rq); /* request_id and host_id in S3's form; more than once is fine */

/* --- faults that many give --- */
int s3_no_such_bucket(struct np_str bucket, struct np_arena *a, struct np_err *err);
/* A configuration that the bucket does not have, with <BucketName>. */
int s3_absent(struct np_err *err, const struct np_fault_def *def, const struct s3_bucket *b,
              const char *text);
int s3_malformed(struct np_err *err); /* MalformedXML */
int s3_not_implemented(struct np_err *err, const char *header);

/* --- tagging.c --- */
int s3_tags_check(const struct s3_TagSet *tags, struct np_err *err);

/* --- cors.c --- */
void s3_cors_init(struct np_core *core);
/* Adds the answer's fields to a request of another origin. */
void s3_cors_finish(struct np_req *rq);
bool s3_cors_origin_ok(struct np_req *rq, struct np_str origin);

/* --- vhost.c, website.c --- */
int s3_vhost_match(struct np_core *core, struct np_req *rq);
void s3_post_init(struct np_core *core);
void s3_vhost_init(struct np_core *core);
void s3_addresses_init(struct np_core *core);
void s3_website_init(struct np_core *core);

/* --- lifecycle.c --- */
int s3_lifecycle_start(struct s3_state *s, struct np_err *err);
void s3_lifecycle_fini(struct s3_state *s);

/* --- notification.c, logging.c --- */
void s3_notification_init(struct s3_state *s);
void s3_logging_init(struct s3_state *s);
/* Of an answer that is made, all but streamed ones. */
void s3_log_answer(struct np_req *rq, int status);

/* --- names.c --- */
bool s3_bucket_name_ok(struct np_str name);
/* Takes the bucket's name off a path-style path: "/bucket/key". Absent: there is none. */
struct np_str s3_path_bucket(struct np_str path, struct np_str *key);

/* --- invalid.c --- */
struct np_invalid;
int s3_invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err);
/* MalformedXML, or what ACLs have in its place. */
int s3_malformed_document(const struct np_req *rq, struct np_err *err);
/* Of a head that does not decode: the fault, with its extras in rq->err. */
const struct np_fault_def *s3_head_fault(struct np_req *rq, struct np_str *message);

/* --- authorize.c --- */
/* AWS: may a bucket's policy name that condition key? Those of others than S3 are not looked at. */
bool s3_condition_key_ok(struct np_str name);
void s3_rules_init(struct s3_state *s);
void s3_rules_fini(struct s3_state *s);
/* The right to make a bucket of that name, or to give it something at once. */
int s3_authorize_new(struct np_req *rq, struct np_str bucket, const char *action,
                     struct np_err *err);
int s3_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err);

/* --- acl.c --- */
enum s3_permission {
    S3_P_READ = 1,
    S3_P_WRITE = 2,
    S3_P_READ_ACP = 4,
    S3_P_WRITE_ACP = 8,
    S3_P_FULL = 15,
};
/* What the list grants the caller, as bits; with ignore_public the groups of everybody do not
 * count. acl NULL: nothing (the owner's right is that of its account). */
unsigned s3_acl_grants(const struct np_req *rq, const struct s3_AccessControlPolicy *acl,
                       bool ignore_public);
/* NULL, or nothing but the owner's full control. */
bool s3_acl_is_private(struct np_arena *a, const struct s3_AccessControlPolicy *acl,
                       struct np_str account);
bool s3_acl_is_public(const struct s3_AccessControlPolicy *acl);
/* The default list: the owner has full control. */
const struct s3_AccessControlPolicy *s3_acl_private(struct np_arena *a, struct np_str account);
/* From canned name or grant fields; NULL: none of them is there. */
int s3_acl_headers_of(struct np_arena *a, struct np_str owner, struct np_str bucket_owner,
                      const struct s3_acl_headers *h, bool of_bucket,
                      const struct s3_AccessControlPolicy **out, struct np_err *err);
/* The account of a canonical id. Absent: it is not one. */
struct np_str s3_account_of(struct np_arena *a, struct np_str canonical_id);
