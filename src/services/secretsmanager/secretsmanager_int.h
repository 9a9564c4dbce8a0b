/* SPDX-License-Identifier: Apache-2.0 */
/* secretsmanager_int.h - what the files of Secrets Manager share.
 *
 * Rows are found by a secret's id, which stands for account and region: calls reach secrets of
 * other accounts, and a change of a secret writes what its replicas in other regions read.
 */
#pragma once

#include "aws/core.h"
#include "aws/page.h"
#include "aws/req.h"
#include "aws/tags.h"
#include "gen/secretsmanager/ops.h"
#include "services/secretsmanager/ident.h"
#include "services/secretsmanager/limits.h"

#define SECRETSMANAGER_TRUE   ((struct np_opt_bool){true, true})
#define SECRETSMANAGER_INT(i) ((struct np_opt_int){true, (i)})

/* --- projection.c: what is asked of a secret before its operation --- */
struct secretsmanager_entry {
    int64_t id;
    struct np_str account, region, name, arn;
    struct np_str primary_region; /* absent: it has no replicas and is none */
    const struct np_policy *policy;
    const struct np_tag *tags;
    size_t n_tags;
};
/* By name or ARN, as the caller of rq may name it; NULL: there is none. Valid until the callback
 * returns to its loop. */
const struct secretsmanager_entry *secretsmanager_entry(const struct np_req *rq,
                                                        struct np_str secret_id);
/* In apply: policy, tags or existence changed; replicas follow. */
void secretsmanager_changed(struct np_txn *t, int64_t id);
/* The same of a row that is gone. */
void secretsmanager_removed(struct np_txn *t, struct np_str account, struct np_str region,
                            struct np_str name);
struct secretsmanager_projection;
struct secretsmanager_projection *secretsmanager_projection_new(struct np_core *core);
void secretsmanager_projection_free(struct secretsmanager_projection *p);

/* --- state.c: rows --- */
struct secretsmanager_db {
    struct np_dbc *c;
    struct np_arena *a; /* of what is found */
};
struct secretsmanager_db secretsmanager_db_req(const struct np_req *rq);
struct secretsmanager_db secretsmanager_db_txn(struct np_txn *t);

struct secretsmanager_secret {
    int64_t id,
        primary; /* primary: whose versions, labels, tags these are; its own id if no replica */
    struct np_str account, region, name, suffix, arn;
    struct np_str create_token, description, kms_key, policy, primary_region;
    int64_t created_ms, changed_ms;
    struct np_opt_int accessed_ms, delete_ms;
};
struct secretsmanager_version {
    struct np_str id, same;
    bool binary;
    int64_t seq, created_ms;
    struct np_opt_int accessed_ms;
};
struct secretsmanager_replica {
    struct np_str region, kms_key, problem;
    struct np_opt_int accessed_ms;
};
/* A value as it lies in the store. */
struct secretsmanager_sealed {
    struct np_str kms_key; /* ARN */
    bool own;              /* false: aws/secretsmanager */
    struct np_str data_key, bytes;
};

static inline bool secretsmanager_is_replica(const struct secretsmanager_secret *s)
{
    return s->id != s->primary;
}

struct np_str secretsmanager_arn(struct np_arena *a, struct np_str region, struct np_str account,
                                 struct np_str name, struct np_str suffix);
/* 0, NP_ENOENT (no fault), or what the store says. */
int secretsmanager_by_id(const struct secretsmanager_db *db, int64_t id,
                         struct secretsmanager_secret *out, struct np_err *err);
int secretsmanager_by_name(const struct secretsmanager_db *db, struct np_str account,
                           struct np_str region, struct np_str name,
                           struct secretsmanager_secret *out, struct np_err *err);
/* With AWS's faults: the secret that a call names (begin), the same again (apply). */
int secretsmanager_find(const struct np_req *rq, struct np_str secret_id,
                        struct secretsmanager_secret *out, struct np_err *err);
int secretsmanager_find_txn(struct np_txn *t, struct np_str secret_id,
                            struct secretsmanager_secret *out, struct np_err *err);
int secretsmanager_not_found(struct np_err *err);
/* It is neither marked for deletion nor, with `primary`, a replica. */
int secretsmanager_usable(const struct secretsmanager_secret *s, struct np_err *err);
int secretsmanager_writable(const struct secretsmanager_secret *s, struct np_err *err);
/* For calls that change metadata only: found in apply, writable. */
int secretsmanager_take(struct np_txn *t, struct np_str secret_id,
                        struct secretsmanager_secret *out, struct np_err *err);

/* Fills id. */
int secretsmanager_add(struct np_txn *t, struct secretsmanager_secret *s, struct np_err *err);
/* Writes description, kms_key, policy and changed_ms. */
int secretsmanager_put(struct np_txn *t, const struct secretsmanager_secret *s, struct np_err *err);
int secretsmanager_remove(struct np_txn *t, const struct secretsmanager_secret *s,
                          struct np_err *err);
/* 0: it never goes. */
int secretsmanager_set_delete(struct np_txn *t, int64_t id, struct np_opt_int delete_ms,
                              struct np_err *err);

/* --- version.c: versions and their labels --- */
bool secretsmanager_version_find(const struct secretsmanager_db *db, int64_t secret,
                                 struct np_str id, struct secretsmanager_version *out);
/* The newest first; labelled: those with labels only. */
int secretsmanager_versions(const struct secretsmanager_db *db, int64_t secret, bool labelled,
                            struct secretsmanager_version **out, size_t *n, struct np_err *err);
int secretsmanager_version_add(struct np_txn *t, int64_t secret,
                               const struct secretsmanager_version *v, struct np_err *err);
/* Of a version; absent id: all labels. Sorted. */
void secretsmanager_stages(const struct secretsmanager_db *db, int64_t secret,
                           struct np_str version, struct np_strs *out);
struct np_str secretsmanager_stage_holder(const struct secretsmanager_db *db, int64_t secret,
                                          struct np_str stage);
/* Moves a label: AWSCURRENT leaves AWSPREVIOUS behind. LimitExceededException over the quota. */
int secretsmanager_stage_move(struct np_txn *t, int64_t secret, struct np_str stage,
                              struct np_str version, struct np_err *err);
int secretsmanager_stage_drop(struct np_txn *t, int64_t secret, struct np_str stage,
                              struct np_err *err);
void secretsmanager_stage_map(const struct secretsmanager_db *db, int64_t secret,
                              struct secretsmanager_SecretVersionsToStagesMapType *out);
int secretsmanager_envelope_add(struct np_txn *t, int64_t secret, struct np_str version,
                                struct np_str region, const struct secretsmanager_sealed *v,
                                struct np_err *err);
/* The one to be asked first comes first. */
int secretsmanager_envelopes(const struct secretsmanager_db *db, int64_t secret,
                             struct np_str version, struct np_str region,
                             struct secretsmanager_sealed **out, size_t *n, struct np_err *err);
/* This day, as AWS tells dates of access. */
static inline int64_t secretsmanager_day(int64_t ms)
{
    return ms / SECRETSMANAGER_DAY_MS * SECRETSMANAGER_DAY_MS;
}

/* --- tagging.c --- */
int secretsmanager_tags_check(const struct secretsmanager_TagListType *tags, struct np_err *err);
int secretsmanager_tags_put(struct np_txn *t, int64_t secret,
                            const struct secretsmanager_TagListType *tags, struct np_err *err);
size_t secretsmanager_tags_get(struct np_dbc *c, int64_t secret, struct np_arena *a,
                               struct np_tag **out);
void secretsmanager_tags_out(const struct secretsmanager_db *db, int64_t secret,
                             struct secretsmanager_TagListType *out);

/* --- crypt.c: values under KMS keys, in the caller's name --- */
struct secretsmanager_crypt {
    struct np_req *rq;
    struct np_str region, account; /* of the secret or replica */
    struct np_str arn, version;    /* the encryption context */
    struct np_str kms_key;         /* as the secret names it; sealing only */
    struct np_str plain;           /* in, or out; in rq's arena, which is wiped */
    struct secretsmanager_sealed sealed;
    /* rc 0, or an error that *err tells; on rq's loop, never from inside the call. */
    void (*done)(struct secretsmanager_crypt *c, int rc, struct np_err *err);
    void *arg;
    void *call; /* of crypt.c */
};
void secretsmanager_seal(struct secretsmanager_crypt *c);
void secretsmanager_open(struct secretsmanager_crypt *c);
/* The ARN by which KMS is asked; `key` absent: aws/secretsmanager. */
struct np_str secretsmanager_kms_arn(struct np_arena *a, struct np_str region,
                                     struct np_str account, struct np_str key);
/* Is that how a KMS key may be named? */
int secretsmanager_kms_key_check(struct np_str key, struct np_err *err);

/* --- work.c: a list of values that are sealed before a write --- */
struct secretsmanager_item {
    struct secretsmanager_version version;
    struct np_str region, arn, kms_key; /* the target */
    struct np_str plain;   /* absent: the version is opened first, where the secret is */
    bool must;             /* the call fails if it cannot be sealed */
    struct np_str problem; /* out: why it was not; absent: `sealed` is filled */
    struct secretsmanager_sealed sealed;
};
struct secretsmanager_work {
    struct np_req *rq;
    struct secretsmanager_secret secret; /* as begin saw it */
    struct secretsmanager_item *items;
    size_t n, at, room;
    struct secretsmanager_crypt crypt;
};
/* In rq->priv, so that apply finds it. */
struct secretsmanager_work *secretsmanager_work_new(struct np_req *rq, size_t room);
struct secretsmanager_work *secretsmanager_work_of(struct np_txn *t);
/* The MAC by which two values of a version are told to be the same. */
struct np_str secretsmanager_same(struct np_req *rq, struct np_str token, bool binary,
                                  struct np_str plain);
/* A new version in the secret's region and its replicas. */
void secretsmanager_work_value(struct secretsmanager_work *w, struct np_str token, bool binary,
                               struct np_str plain, const struct secretsmanager_replica *r,
                               size_t n);
/* Seals one after the other, then goes on to apply or answers the error: `return` it from begin. */
int secretsmanager_work_run(struct secretsmanager_work *w);
/* In apply: the sealed values of versions that are there. */
int secretsmanager_work_store(struct np_txn *t, const struct secretsmanager_work *w, int64_t secret,
                              struct np_err *err);
/* Opens the value of a version, where the secret is, under whichever key the caller may use.
 * NP_LATER, then done on the loop; or an error. */
int secretsmanager_value_open(struct np_req *rq, const struct secretsmanager_secret *s,
                              const struct secretsmanager_version *v,
                              void (*done)(void *arg, int rc, struct np_str plain,
                                           struct np_err *err),
                              void *arg, struct np_err *err);

/* AWS: the key aws/secretsmanager serves its own account only. `own`: another key is used. */
int secretsmanager_account_check(const struct np_req *rq, const struct secretsmanager_secret *s,
                                 bool own, struct np_err *err);

/* --- value.c --- */
/* Neither or both of SecretString and SecretBinary. */
int secretsmanager_one_value(struct np_str text, struct np_str binary, struct np_err *err);
int secretsmanager_token_check(struct np_str token, struct np_err *err);
struct np_str secretsmanager_new_suffix(struct np_arena *a); /* by chance */

/* --- replica.c --- */
int secretsmanager_replicas(const struct secretsmanager_db *db, int64_t secret,
                            struct secretsmanager_replica **out, size_t *n, struct np_err *err);
/* Checks regions against each other and the secret's own. */
int secretsmanager_regions_check(const struct np_req *rq,
                                 const struct secretsmanager_AddReplicaRegionListType *list,
                                 struct np_err *err);
/* In apply: rows of replicas, and what the work says of their state. */
int secretsmanager_replicas_add(struct np_txn *t, const struct secretsmanager_secret *s,
                                const struct secretsmanager_AddReplicaRegionListType *list,
                                bool force, const struct secretsmanager_work *w,
                                struct np_err *err);
/* In apply, after a new value: replicas that it did not reach say why. NP_EAGAIN: begin knew other
 * replicas than there are. */
int secretsmanager_replicas_note(struct np_txn *t, const struct secretsmanager_secret *s,
                                 const struct secretsmanager_work *w, struct np_err *err);
void secretsmanager_replicas_out(const struct secretsmanager_db *db,
                                 const struct secretsmanager_secret *s,
                                 struct secretsmanager_ReplicationStatusListType *out);

/* --- filter.c, list.c --- */
/* Does the secret pass all filters? tags may be NULL when none of them asks for tags. */
struct secretsmanager_subject {
    struct np_str name, description, primary_region;
    const struct np_tag *tags;
    size_t n_tags;
};
bool secretsmanager_filter_match(const struct secretsmanager_FiltersListType *filters,
                                 const struct secretsmanager_subject *s);
int secretsmanager_filters_check(const struct secretsmanager_FiltersListType *filters,
                                 struct np_err *err);
struct secretsmanager_scan {
    const struct secretsmanager_FiltersListType *filters;
    bool deleted;              /* those that are marked, too */
    struct np_str sort, order; /* as in the model; absent: created-date, asc */
    struct np_str token;
    size_t limit;
};
/* A page of the caller's secrets in the region; *next absent at the end. */
int secretsmanager_scan(const struct np_req *rq, const struct secretsmanager_scan *scan,
                        struct secretsmanager_secret **out, size_t *n, struct np_str *next,
                        struct np_err *err);

/* --- authorize.c, delete.c, policy.c --- */
int secretsmanager_authorize(struct np_req *rq, const struct np_op *op, const void *in,
                             struct np_err *err);
/* May the caller do that with that secret? */
int secretsmanager_may(struct np_req *rq, const char *action, struct np_str secret_id,
                       struct np_err *err);
void secretsmanager_delete_init(struct np_core *core);
