/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - every bucket as requests see it: read without a lock or a query, made anew when
 * one of its rows changes. Each entry owns an arena; old ones go when no worker can see them. */
#include "services/s3/bucket_int.h"

#include "base/assert.h"
#include "base/log.h"
#include "engines/policy/policy.h"
#include "io/rcu.h"

/* What the map holds; the bucket comes first, so that a pointer to it is one to the entry. */
struct entry {
    struct s3_bucket b;
    struct np_arena *arena;
    struct np_policy *policy;
};

static void entry_free(void *p)
{
    struct entry *e = p;
    np_policy_unref(e->policy);
    np_arena_free(e->arena);
}

/* A new version with that entry, for all to see. */
static void put(struct np_pmap **map, void (*free_value)(void *value), struct np_str key,
                void *value)
{
    struct np_rcu_batch old = {0};
    const struct np_pmap_ops ops = {np_rcu_later, free_value, &old};
    np_rcu_set(map, np_pmap_set(*map, &ops, key, value));
    np_rcu_batch_fini(&old);
}

struct s3_state *s3_state(const struct np_core *core)
{
    return NP_CAST(s3_state, np_core_state(core, S3_STATE), S3_STATE_MAGIC);
}

const struct s3_bucket *s3_bucket_find(struct np_core *core, struct np_str name)
{
    return np_pmap_get(np_rcu_get(&s3_state(core)->buckets), name);
}

bool s3_account_block(const struct s3_state *s, struct np_str account, struct s3_block *out)
{
    const struct s3_block *b = np_pmap_get(np_rcu_get(&s->accounts), account);
    if (b != NULL)
        *out = *b;
    return b != NULL;
}

/* --- one bucket from its rows --- */

static struct s3_block block_of(const struct s3_PublicAccessBlockConfiguration *c)
{
    return (struct s3_block){
        .block_acls = c->BlockPublicAcls.v,
        .ignore_acls = c->IgnorePublicAcls.v,
        .block_policy = c->BlockPublicPolicy.v,
        .restrict_buckets = c->RestrictPublicBuckets.v,
    };
}

static void add_block(struct s3_block *to, const struct s3_block *more)
{
    to->block_acls |= more->block_acls;
    to->ignore_acls |= more->ignore_acls;
    to->block_policy |= more->block_policy;
    to->restrict_buckets |= more->restrict_buckets;
}

static void take_lock(struct s3_bucket *b, const struct s3_ObjectLockConfiguration *c)
{
    const struct s3_DefaultRetention *r = c->Rule != NULL ? c->Rule->DefaultRetention : NULL;
    if (r == NULL)
        return;
    b->retention = (struct s3_retention_default){
        .set = true,
        .compliance = np_str_is(r->Mode, "COMPLIANCE"),
        .days = r->Days.set ? r->Days.v : r->Years.v * 365,
    };
}

static void take_ownership(struct s3_bucket *b, const struct s3_OwnershipControls *c)
{
    struct np_str o = c->Rules.n != 0 ? c->Rules.v[0].ObjectOwnership : NP_STR_NULL;
    if (np_str_is(o, "BucketOwnerEnforced"))
        b->ownership = S3_OWNER_ENFORCED;
    else if (np_str_is(o, "BucketOwnerPreferred"))
        b->ownership = S3_OWNER_PREFERRED;
}

static void take_tags(struct s3_bucket *b, const struct s3_Tagging *c, struct np_arena *a)
{
    struct np_tag *tags = np_new_array(a, struct np_tag, c->TagSet.n + 1);
    for (size_t i = 0; i < c->TagSet.n; i++)
        tags[i] = (struct np_tag){c->TagSet.v[i].Key, c->TagSet.v[i].Value};
    b->tags = tags;
    b->n_tags = c->TagSet.n;
}

static void take_policy(struct entry *e, struct np_str text)
{
    struct np_err err;
    if (np_policy_compile(text, NP_POLICY_RESOURCE, &e->policy, &err) != 0) {
        /* It compiled when it was put: never expected, and then nobody is let in by it. */
        np_log(NP_ERROR, "s3.policy.broken", "bucket=%.*s error=\"%.*s\"", NP_FMT(e->b.name),
               NP_FMT(np_err_text(&err)));
        return;
    }
    e->b.policy = e->policy;
    e->b.policy_public = np_policy_is_public(e->policy);
}

static void take(struct entry *e, enum s3_config kind, const void *value)
{
    struct s3_bucket *b = &e->b;
    switch (kind) {
    case S3_CFG_ACL:
        b->acl = value;
        break;
    case S3_CFG_BLOCK:
        b->block = block_of(value);
        break;
    case S3_CFG_CORS:
        b->cors = value;
        break;
    case S3_CFG_ENCRYPTION:
        b->encryption = value;
        break;
    case S3_CFG_LIFECYCLE:
        b->lifecycle = value;
        break;
    case S3_CFG_LOCK:
        take_lock(b, value);
        break;
    case S3_CFG_LOGGING:
        b->logging = ((const struct s3_BucketLoggingStatus *)value)->LoggingEnabled;
        break;
    case S3_CFG_NOTIFICATION:
        b->notification = value;
        break;
    case S3_CFG_OWNERSHIP:
        take_ownership(b, value);
        break;
    case S3_CFG_TAGS:
        take_tags(b, value, e->arena);
        break;
    case S3_CFG_WEBSITE:
        b->website = value;
        break;
    case S3_CFG_ACCELERATE:
    case S3_CFG_POLICY:
    case S3_CFG_MIN_SIZE:
    case S3_CFG_PAYER:
    case S3_CFGS:
        break;
    }
}

static void take_row(struct entry *e, struct np_str name, struct np_str value)
{
    for (enum s3_config k = 0; k < S3_CFGS; k++) {
        const struct s3_config_kind *kind = &s3_config_kinds[k];
        if (!np_str_eq(np_str_of(kind->name), name))
            continue;
        if (k == S3_CFG_POLICY)
            take_policy(e, value);
        else if (k == S3_CFG_PAYER)
            e->b.requester_pays = np_str_is(value, "Requester");
        if (kind->shape == NULL)
            return;
        struct np_err err;
        void *v = np_alloc(e->arena, kind->shape->size + 1);
        if (np_cbor_get(kind->shape, value, e->arena, v, &err) == 0)
            take(e, k, v);
        else
            np_log(NP_ERROR, "s3.config.broken", "bucket=%.*s kind=%s error=\"%.*s\"",
                   NP_FMT(e->b.name), kind->name, NP_FMT(np_err_text(&err)));
        return;
    }
}

static int take_configs(struct entry *e, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(configs, "SELECT kind, value FROM s3_bucket_configs WHERE bucket_id = ?1");
    struct np_q *q = np_q(c, NULL, &configs, "i", e->b.id);
    while (np_row(q))
        take_row(e, np_col_peek(q, 0), np_col_str(q, 1, e->arena));
    return np_q_end(q, err);
}

/* *out NULL: there is no such bucket. */
static int load(struct s3_state *s, struct np_dbc *c, struct np_str name, struct entry **out,
                struct np_err *err)
{
    NP_SQL(one, "SELECT id, account, region, created_ms, versioning, object_lock "
                "FROM s3_buckets WHERE name = ?1");
    *out = NULL;
    struct np_q *q = np_q(c, NULL, &one, "s", name);
    struct entry *e = NULL;
    if (np_row(q)) {
        struct np_arena *a = np_arena_new();
        e = np_new(a, struct entry);
        e->arena = a;
        e->b = (struct s3_bucket){
            .id = np_col_int(q, 0),
            .name = np_str_dup(a, name),
            .account = np_col_str(q, 1, a),
            .region = np_col_str(q, 2, a),
            .created_ms = np_col_int(q, 3),
            .versioning = (enum s3_versioning)np_col_int(q, 4),
            .object_lock = np_col_int(q, 5) != 0,
            .ownership = S3_OBJECT_WRITER,
        };
    }
    int rc = np_q_end(q, err);
    if (rc == 0 && e != NULL)
        rc = take_configs(e, c, err);
    if (rc != 0) {
        if (e != NULL)
            entry_free(e);
        return rc;
    }
    struct s3_block account;
    if (e != NULL && s3_account_block(s, e->b.account, &account))
        add_block(&e->b.block, &account);
    *out = e;
    return 0;
}

/* --- accounts --- */

static int load_account(struct s3_state *s, struct np_dbc *c, struct np_str account,
                        struct np_err *err)
{
    NP_SQL(one, "SELECT value FROM s3_account_configs WHERE account = ?1 AND kind = 'block'");
    NP_AUTO_ARENA a = np_arena_new();
    struct s3_PublicAccessBlockConfiguration v = {0};
    struct s3_block *block = NULL;
    struct np_q *q = np_q(c, NULL, &one, "s", account);
    int rc = 0;
    if (np_row(q)) {
        rc = np_cbor_get(&s3_PublicAccessBlockConfiguration_shape, np_col_str(q, 0, a), a, &v, err);
        block = np_heap_new(struct s3_block);
        *block = block_of(&v);
    }
    int end = np_q_end(q, err);
    put(&s->accounts, np_free, account, block);
    return rc != 0 ? rc : end;
}

/* --- building and changing --- */

static int publish(struct s3_state *s, struct np_dbc *c, struct np_str name, struct np_err *err)
{
    struct entry *e;
    int rc = load(s, c, name, &e, err);
    if (rc != 0)
        return rc;
    const struct s3_bucket *old = np_pmap_get(s->buckets, name);
    size_t n =
        s->n_logging - (old != NULL && old->logging != NULL) + (e != NULL && e->b.logging != NULL);
    __atomic_store_n(&s->n_logging, n, __ATOMIC_RELAXED);
    put(&s->buckets, entry_free, name, e);
    return 0;
}

/* The names of an account's buckets, or of all. */
static int names(struct np_dbc *c, struct np_str account, struct np_arena *a, struct np_strs *out,
                 struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM s3_buckets WHERE ?1 IS NULL OR account = ?1");
    NP_SQL(list, "SELECT name FROM s3_buckets WHERE ?1 IS NULL OR account = ?1");
    struct np_q *q = np_q(c, NULL, &count, "s", account);
    size_t max = np_row(q) ? (size_t)np_col_int(q, 0) : 0;
    int rc = np_q_end(q, err);
    out->v = np_new_array(a, struct np_str, max + 1);
    q = np_q(c, NULL, &list, "s", account);
    while (np_row(q) && out->n < max)
        out->v[out->n++] = np_col_str(q, 0, a);
    int end = np_q_end(q, err);
    return rc != 0 ? rc : end;
}

static int publish_all(struct s3_state *s, struct np_dbc *c, struct np_str account,
                       struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_strs list = {0};
    int rc = names(c, account, a, &list, err);
    for (size_t i = 0; rc == 0 && i < list.n; i++)
        rc = publish(s, c, list.v[i], err);
    return rc;
}

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(all, "SELECT DISTINCT account FROM s3_account_configs");
    struct s3_state *s = NP_CAST(s3_state, arg, S3_STATE_MAGIC);
    NP_AUTO_ARENA a = np_arena_new();
    struct np_q *q = np_q(c, NULL, &all, "");
    int rc = 0;
    while (rc == 0 && np_row(q))
        rc = load_account(s, c, np_col_str(q, 0, a), err);
    int end = np_q_end(q, err);
    if (rc == 0)
        rc = end;
    return rc == 0 ? publish_all(s, c, NP_STR_NULL, err) : rc;
}

#define NOTICE_BUCKET  "s3.bucket"
#define NOTICE_ACCOUNT "s3.account"

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct s3_state *s = NP_CAST(s3_state, arg, S3_STATE_MAGIC);
    struct np_err err = {0};
    int rc = 0;
    if (np_str_is(np_str_of(kind), NOTICE_BUCKET)) {
        rc = publish(s, c, key, &err);
    } else if (np_str_is(np_str_of(kind), NOTICE_ACCOUNT)) {
        rc = load_account(s, c, account, &err);
        if (rc == 0)
            rc = publish_all(s, c, account, &err);
    }
    if (rc != 0)
        np_die(__FILE__, __LINE__, "reading a bucket after a commit: %.*s",
               NP_FMT(np_err_text(&err)));
}

void s3_bucket_changed(struct np_txn *t, struct np_str bucket)
{
    np_notice(t, NOTICE_BUCKET, NP_STR_NULL, bucket);
}

void s3_account_changed(struct np_txn *t, struct np_str account)
{
    np_notice(t, NOTICE_ACCOUNT, account, NP_STR_NULL);
}

void s3_projection_init(struct s3_state *s)
{
    np_store_project(s->core->store, &(struct np_projection){
                                         .name = "s3",
                                         .db = NP_DB_S3,
                                         .kinds = "s3.",
                                         .build = build,
                                         .changed = changed,
                                         .arg = s,
                                     });
}

void s3_projection_fini(struct s3_state *s)
{
    np_pmap_free(s->buckets, &(struct np_pmap_ops){.free_value = entry_free});
    np_pmap_free(s->accounts, &(struct np_pmap_ops){.free_value = np_free});
    s->buckets = s->accounts = NULL;
}
