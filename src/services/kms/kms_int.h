/* SPDX-License-Identifier: Apache-2.0 */
/* kms_int.h - what the files of KMS share: keys as they are read, specs, names, rows, access. */
#pragma once

#include "aws/core.h"
#include "aws/page.h"
#include "aws/req.h"
#include "aws/tags.h"
#include "base/arena.h"
#include "base/digest.h"
#include "gen/kms/ops.h"
#include "gen/kms/types.h"
#include "services/kms/blob.h"
#include "services/kms/limits.h"
#include "store/store.h"

/* --- spec.c: what keys there are --- */
enum kms_kind { KMS_SYMMETRIC, KMS_HMAC, KMS_RSA, KMS_EC };
struct kms_spec {
    const char *name; /* "RSA_2048" */
    enum kms_kind kind;
    int bits;                    /* RSA: of the modulus */
    const char *curve;           /* EC: OpenSSL's name */
    size_t min_bytes, max_bytes; /* of imported symmetric or HMAC material */
    const char *const *usages;   /* NULL-terminated; the first is the default, if any is */
    bool usage_required;         /* the call must say it */
    const char *const *encryption, *const *signing, *const *agreement, *const *mac;
};
const struct kms_spec *kms_spec_find(struct np_str name); /* NULL: none that is carried out */
bool kms_spec_has(const char *const *list, struct np_str what);

/* --- keys as they are read --- */
enum kms_state {
    KMS_ENABLED,
    KMS_DISABLED,
    KMS_PENDING_DELETION,
    KMS_PENDING_IMPORT,
    KMS_PENDING_REPLICA_DELETION,
};
const char *kms_state_name(enum kms_state state);

enum kms_material_state { KMS_CURRENT, KMS_NON_CURRENT, KMS_PENDING_ROTATION };
const char *kms_material_state_name(enum kms_material_state state);

struct kms_material {
    int64_t seq, created_ms, expires_ms; /* expires_ms 0: never */
    uint8_t id[32];
    enum kms_material_state state;
    struct np_str sealed, public, rotated, description; /* sealed absent: not there */
};

struct kms_key {
    struct np_str account, region, id, arn;
    uint8_t raw_id[17]; /* kms_id_parse() */
    const struct kms_spec *spec;
    struct np_str usage, origin, description, policy_text;
    enum kms_state state;
    bool aws;
    int64_t created_ms, deletion_ms, rotation_ms; /* 0: none */
    struct np_opt_int window_days, rotation_days;
    struct np_str primary_region; /* absent: of one region */
    struct np_strs aliases;       /* with alias/ */
    struct np_strs regions;       /* of a multi-region key: all where it is, sorted */
    struct kms_material *materials;
    size_t n_materials;
    const struct np_tag *tags;
    size_t n_tags;
    /* Of the projection alone. */
    struct np_policy *policy;
    struct kms_pkey *pkey; /* parsed at the first use; atomic */
    char *block;
};
const struct kms_material *kms_material_current(const struct kms_key *k); /* NULL: none yet */
const struct kms_material *kms_material_find(const struct kms_key *k, const uint8_t id[32]);
static inline bool kms_is_replica(const struct kms_key *k)
{
    return k->primary_region.p != NULL && !np_str_eq(k->primary_region, k->region);
}
static inline bool kms_is_external(const struct kms_key *k)
{
    return np_str_is(k->origin, "EXTERNAL");
}

/* --- state.c: rows --- */
struct kms_db { /* a connection and whose rows; account and region of the key, not of the caller */
    struct np_dbc *c;
    struct np_scope scope;
    struct np_arena *a;
};
struct kms_db kms_db_req(const struct np_req *rq);
struct kms_db kms_db_txn(struct np_txn *t);
/* The rows of the account that has the key, of that region. */
struct kms_db kms_db_of(struct kms_db db, struct np_str account, struct np_str region);
/* NP_ENOENT: no such key. */
int kms_key_load(const struct kms_db *db, struct np_str id, struct kms_key *out,
                 struct np_err *err);
/* Runs a statement to its end, on rows of any account; as np_exec(). */
#define kms_exec(db, sql, err, ...) kms_run(np_q((db)->c, &(db)->scope, (sql), __VA_ARGS__), (err))
int kms_run(struct np_q *q, struct np_err *err);
int64_t kms_first_int(struct np_q *q);                           /* 0 without a row; ends q */
void kms_key_changed(struct np_txn *t, const struct kms_key *k); /* to the projection */
/* The same of all keys of a multi-region key. */
void kms_regions_changed(struct np_txn *t, const struct kms_key *k);
int kms_key_insert(struct np_txn *t, const struct kms_key *k, struct np_err *err);
int kms_material_insert(const struct kms_db *db, struct np_str key, const struct kms_material *m,
                        struct np_err *err);
int kms_key_set_state(struct np_txn *t, struct kms_key *k, enum kms_state state,
                      struct np_err *err); /* of the transaction's account */

/* --- service.c, projection.c --- */
struct kms_projection;
struct kms_service;
struct kms_projection *kms_projection_new(struct np_core *core); /* registers with the store */
void kms_projection_free(struct kms_projection *p);
struct kms_projection *kms_projection(const struct np_core *core);
/* Valid until the handler returns to its loop. NULL: there is none. */
const struct kms_key *kms_key_find(const struct np_core *core, struct np_str region,
                                   struct np_str id);
/* The id of the key that an alias names; absent: no such alias. */
struct np_str kms_alias_find(const struct np_core *core, struct np_str account,
                             struct np_str region, struct np_str name);

/* --- name.c: what a KeyId may be --- */
struct kms_name {
    struct np_str account, region; /* of the ARN, else of the caller */
    struct np_str id, alias;       /* one of both; alias with alias/ */
    bool arn;
};
/* A fault says what it is instead. */
int kms_name_parse(const struct np_req *rq, struct np_str text, struct kms_name *out,
                   struct np_err *err);
struct np_str kms_key_arn(struct np_arena *a, struct np_str account, struct np_str region,
                          struct np_str id);
int kms_no_key(const struct np_req *rq, const struct kms_name *name, struct np_err *err);
/* The key that the name is of; *out NULL: none. */
void kms_name_find(const struct np_req *rq, const struct kms_name *name,
                   const struct kms_key **out);
/* Key of a read. NP_LATER: it is a service's own, being made now; the request goes on by itself. */
int kms_key_get(struct np_req *rq, struct np_str key_id, const struct kms_key **out,
                struct np_err *err);
/* Key of a write, by its rows; a copy in the transaction's arena. */
int kms_key_row(struct np_txn *t, struct np_str key_id, struct kms_key *out, struct np_err *err);

/* --- checks of a key; 0 or the fault --- */
int kms_check_usable(const struct kms_key *k, struct np_err *err); /* enabled */
/* Not going to be deleted: what most changes ask. */
int kms_check_alive(const struct kms_key *k, struct np_err *err);
int kms_check_usage(const struct kms_key *k, const char *usage, const char *op, struct np_err *err);
int kms_check_customer(const struct kms_key *k, struct np_err *err); /* not a service's */
int kms_dry_run(struct np_opt_bool dry_run, struct np_err *err);

/* --- context.c --- */
/* Canonical bytes: pairs by key, each length before its text. Fault: too long. */
int kms_context(struct np_arena *a, const struct kms_EncryptionContextType *in, struct np_str *out,
                struct np_err *err);
/* Are all pairs of `part` in `whole`? Both canonical. */
bool kms_context_has(struct np_str whole, struct np_str part);
void kms_context_out(struct np_arena *a, struct np_str canonical,
                     struct kms_EncryptionContextType *out);

/* --- vault.c: key material --- */
/* New material of a spec (not RSA or EC) or any bytes: id and sealed are in `a`; public stays. */
void kms_material_seal(const struct np_core *core, struct np_arena *a, const uint8_t key_id[17],
                       struct np_str plain, struct kms_material *out);
/* Room for plain: sealed.n bytes. The caller wipes. Absent: it was changed, or is not there. */
struct np_str kms_material_open(const struct np_core *core, const struct kms_key *k,
                                const struct kms_material *m, uint8_t *room, size_t room_n);
#define KMS_SECRET_MAX 4096 /* bytes of any material: a private key of RSA 4096 is the longest */
struct np_str kms_material_name(struct np_arena *a, const struct kms_material *m); /* hex */

/* --- symmetric.c --- */
/* A blob of plain under the current material. */
int kms_seal(const struct np_req *rq, const struct kms_key *k, struct np_str context,
             struct np_str plain, struct np_str *blob, struct np_err *err);

/* --- key.c, alias.c --- */
/* Random bytes: what symmetric and HMAC keys are. */
void kms_material_random(const struct np_core *core, struct np_arena *a, const struct kms_key *k,
                         struct kms_material *out);
/* The first material of such a key. */
void kms_material_new(struct np_req *rq, struct kms_key *k);
int kms_alias_insert(struct np_txn *t, struct np_str name, struct np_str key, struct np_err *err);
struct kms_KeyMetadata *kms_metadata(struct np_arena *a, const struct kms_key *k);

/* --- policy.c --- */
struct np_str kms_policy_default(struct np_arena *a, struct np_str account);
int kms_policy_check(struct np_req *rq, struct np_str text, struct np_str arn, bool bypass,
                     struct np_err *err);

/* --- tagging.c --- */
int kms_tags_check(const struct kms_TagList *tags, struct np_err *err);
static inline const struct np_tag *kms_tags(const struct kms_TagList *tags)
{
    _Static_assert(sizeof(struct kms_Tag) == sizeof(struct np_tag), "the same two members");
    return (const struct np_tag *)(const void *)tags->v;
}

/* --- managed.c: keys of the services themselves --- */
bool kms_managed_alias(struct np_arena *a, size_t i, struct np_str *out); /* false: the end */
/* May the caller have that key made now, by that operation? */
bool kms_managed_wanted(const struct np_req *rq, const struct kms_name *name);
/* Makes it and then asks the request's operation again. Returns NP_LATER. */
int kms_managed_make(struct np_req *rq, const struct kms_name *name, struct np_err *err);

/* --- authorize.c --- */
int kms_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err);

/* --- paging --- */
struct kms_page {
    size_t limit;
    struct np_str after; /* absent at the start */
    uint64_t filter;
};
int kms_page_begin(const struct np_req *rq, struct np_opt_int limit, struct np_str marker,
                   size_t usual, uint64_t filter, struct kms_page *page, struct np_err *err);
void kms_page_end(const struct np_req *rq, const struct kms_page *page, bool more,
                  struct np_str position, struct np_opt_bool *truncated, struct np_str *marker);

/* --- small things --- */
/* Secret bytes of our own in an arena. */
static inline void kms_wipe(struct np_str secret)
{
    np_wipe((char *)(uintptr_t)secret.p, secret.n);
}
#define KMS_BOOL(x) ((struct np_opt_bool){true, (x)})
#define KMS_INT(i)  ((struct np_opt_int){true, (i)})
#define KMS_TIME(i) ((struct np_opt_int){(i) != 0, (i)})
#define KMS_DAY_MS  86400000LL
/* A growing array in an arena, for rows that are not counted before. */
#define KMS_PUSH(a, list, item)                                                                    \
    do {                                                                                           \
        if (((list)->n & ((list)->n - 1)) == 0) {                                                  \
            size_t kms_room = (list)->n == 0 ? 1 : (list)->n * 2;                                  \
            __typeof__((list)->v) kms_more = np_alloc_array((a), kms_room, sizeof(*(list)->v));    \
            if ((list)->n != 0)                                                                    \
                memcpy(kms_more, (list)->v, (list)->n * sizeof(*(list)->v));                       \
            (list)->v = kms_more;                                                                  \
        }                                                                                          \
        (list)->v[(list)->n++] = (item);                                                           \
        (list)->set = true;                                                                        \
    } while (0)
