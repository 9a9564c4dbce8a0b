/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - of every secret what is asked before its operation: policy, tags, ARN. Read
 * without a lock or a query; entries never change, a change puts a new one in their place. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "base/assert.h"
#include "base/auto.h"
#include "base/log.h"
#include "base/pmap.h"
#include "engines/policy/policy.h"
#include "io/rcu.h"

struct secretsmanager_projection {
    struct np_core *core;
    struct np_pmap *secrets; /* "account/region/name" -> struct entry */
};

struct entry {
    struct secretsmanager_entry e; /* first, so that a pointer to it is one to the entry */
    struct np_str suffix;
    struct np_arena *arena;
    struct np_policy *policy;
};

static void entry_free(void *p)
{
    struct entry *e = p;
    np_policy_unref(e->policy);
    np_arena_free(e->arena);
}

/* A new version with that entry, for all to see; NULL: without one. */
static void put(struct secretsmanager_projection *p, struct np_str key, struct entry *e)
{
    struct np_rcu_batch old = {0};
    const struct np_pmap_ops ops = {np_rcu_later, entry_free, &old};
    np_rcu_set(&p->secrets, np_pmap_set(p->secrets, &ops, key, e));
    np_rcu_batch_fini(&old);
}

static struct np_str key_of(struct np_arena *a, struct np_str account, struct np_str region,
                            struct np_str name)
{
    return np_str_printf(a, "%.*s/%.*s/%.*s", NP_FMT(account), NP_FMT(region), NP_FMT(name));
}

/* --- reading --- */

static const struct entry *get(const struct np_core *core, struct np_arena *a,
                               struct np_str account, struct np_str region, struct np_str name)
{
    const struct secretsmanager_projection *p = np_core_state(core, "secretsmanager");
    return np_pmap_get(np_rcu_get(&p->secrets), key_of(a, account, region, name));
}

static const struct entry *by_arn(const struct np_core *core, struct np_arena *a,
                                  const struct secretsmanager_ref *ref)
{
    struct np_str bare, suffix;
    if (secretsmanager_ref_cut(ref->name, &bare, &suffix)) {
        const struct entry *e = get(core, a, ref->account, ref->region, bare);
        if (e != NULL && np_str_eq(e->suffix, suffix))
            return e;
    }
    return get(core, a, ref->account, ref->region, ref->name);
}

const struct secretsmanager_entry *secretsmanager_entry(const struct np_req *rq,
                                                        struct np_str secret_id)
{
    struct secretsmanager_ref ref;
    const struct entry *e = NULL;
    if (!secretsmanager_ref_parse(secret_id, &ref))
        return NULL;
    if (!ref.arn)
        e = get(rq->core, rq->arena, rq->account, rq->region, ref.name);
    else if (np_str_eq(ref.region, rq->region))
        e = by_arn(rq->core, rq->arena, &ref);
    return e != NULL ? &e->e : NULL;
}

static const struct entry *of_arn(const struct np_core *core, struct np_arena *a, struct np_str arn)
{
    struct secretsmanager_ref ref;
    return secretsmanager_ref_parse(arn, &ref) && ref.arn ? by_arn(core, a, &ref) : NULL;
}

static int policy_of(void *arg, struct np_str arn, const struct np_policy **policy,
                     struct np_str *account)
{
    struct secretsmanager_projection *p = arg;
    NP_AUTO_ARENA a = np_arena_new();
    const struct entry *e = of_arn(p->core, a, arn);
    if (e == NULL)
        return NP_ENOENT;
    *policy = e->policy;
    *account = e->e.account;
    return 0;
}

static int tags_of(void *arg, struct np_arena *a, struct np_str arn, const struct np_tag **tags,
                   size_t *n)
{
    struct secretsmanager_projection *p = arg;
    const struct entry *e = of_arn(p->core, a, arn);
    if (e == NULL)
        return NP_ENOENT;
    *tags = e->e.tags;
    *n = e->e.n_tags;
    return 0;
}

/* --- one secret from its rows --- */

static void take_policy(struct entry *e, struct np_str text)
{
    struct np_err err;
    if (text.p == NULL)
        return;
    if (np_policy_compile(text, NP_POLICY_RESOURCE, &e->policy, &err) != 0) {
        /* It compiled when it was put: never expected, and then nobody is let in by it. */
        np_log(NP_ERROR, "secretsmanager.policy.broken", "arn=%.*s error=\"%.*s\"",
               NP_FMT(e->e.arn), NP_FMT(np_err_text(&err)));
        return;
    }
    e->e.policy = e->policy;
}

/* *out NULL: there is no such secret. */
static int load(struct np_dbc *c, int64_t id, struct entry **out, struct np_err *err)
{
    struct np_arena *a = np_arena_new();
    const struct secretsmanager_db db = {c, a};
    struct secretsmanager_secret s;
    struct np_tag *tags;
    *out = NULL;
    int rc = secretsmanager_by_id(&db, id, &s, err);
    if (rc != 0) {
        np_arena_free(a);
        return rc == NP_ENOENT ? 0 : rc;
    }
    struct entry *e = np_new(a, struct entry);
    e->arena = a;
    e->suffix = s.suffix;
    e->e = (struct secretsmanager_entry){
        .id = s.id,
        .account = s.account,
        .region = s.region,
        .name = s.name,
        .arn = s.arn,
        .primary_region = s.primary_region,
    };
    e->e.n_tags = secretsmanager_tags_get(c, s.primary, a, &tags);
    e->e.tags = tags;
    take_policy(e, s.policy);
    *out = e;
    return 0;
}

static int publish(struct secretsmanager_projection *p, struct np_dbc *c, int64_t id,
                   struct np_err *err)
{
    struct entry *e;
    int rc = load(c, id, &e, err);
    if (rc != 0 || e == NULL)
        return rc;
    struct np_str key = key_of(e->arena, e->e.account, e->e.region, e->e.name);
    put(p, key, e);
    return 0;
}

/* A secret and the replicas that read what it has; id 0: all there are. */
static int publish_all(struct secretsmanager_projection *p, struct np_dbc *c, int64_t id,
                       struct np_err *err)
{
    NP_SQL(one, "SELECT id FROM secretsmanager_secret WHERE id = ?1 OR primary_id = ?1");
    NP_SQL(all, "SELECT id FROM secretsmanager_secret WHERE ?1 = 0");
    struct np_q *q = np_q(c, NULL, id != 0 ? &one : &all, "i", id);
    int rc = 0;
    while (rc == 0 && np_row(q))
        rc = publish(p, c, np_col_int(q, 0), err);
    int end = np_q_end(q, err);
    return rc != 0 ? rc : end;
}

/* --- building and changing --- */

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    return publish_all(arg, c, 0, err);
}

#define NOTICE_SECRET "secretsmanager.secret"
#define NOTICE_GONE   "secretsmanager.gone"

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct secretsmanager_projection *p = arg;
    struct np_err err = {0};
    int64_t id;
    (void)account;
    if (np_str_is(np_str_of(kind), NOTICE_GONE)) {
        put(p, key, NULL);
        return;
    }
    np_assert(np_str_i64(key, &id));
    if (publish_all(p, c, id, &err) != 0)
        np_die(__FILE__, __LINE__, "reading a secret after a commit: %.*s",
               NP_FMT(np_err_text(&err)));
}

void secretsmanager_changed(struct np_txn *t, int64_t id)
{
    np_notice(t, NOTICE_SECRET, NP_STR_NULL, np_str_printf(np_txn_arena(t), "%lld", (long long)id));
}

void secretsmanager_removed(struct np_txn *t, struct np_str account, struct np_str region,
                            struct np_str name)
{
    np_notice(t, NOTICE_GONE, NP_STR_NULL, key_of(np_txn_arena(t), account, region, name));
}

struct secretsmanager_projection *secretsmanager_projection_new(struct np_core *core)
{
    struct secretsmanager_projection *p = np_heap_new(struct secretsmanager_projection);
    p->core = core;
    np_store_project(core->store, &(struct np_projection){
                                      .name = "secretsmanager",
                                      .db = NP_DB_STATE,
                                      .kinds = "secretsmanager.",
                                      .build = build,
                                      .changed = changed,
                                      .arg = p,
                                  });
    np_provide_resource(core, &(struct np_resource_provider){
                                  .service = "secretsmanager",
                                  .arg = p,
                                  .policy = policy_of,
                                  .tags = tags_of,
                              });
    return p;
}

void secretsmanager_projection_free(struct secretsmanager_projection *p)
{
    np_pmap_free(p->secrets, &(struct np_pmap_ops){.free_value = entry_free});
    np_free(p);
}
