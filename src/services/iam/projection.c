/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - state of IAM -> what the front door asks for each request. */
#include "services/iam/projection.h"

#include "base/assert.h"
#include "base/auto.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/map.h"
#include "io/clock.h"
#include "io/rcu.h"

#define DENY_ALL                                                                                   \
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\","             \
    "\"Resource\":\"*\"}}"
#define ALLOW_ALL                                                                                  \
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","            \
    "\"Resource\":\"*\"}}"

/* --- entries --- */

/* Copies the texts of an entry into one block, which becomes theirs. */
static char *pack(struct np_str *const *texts, size_t n)
{
    size_t size = 1;
    for (size_t i = 0; i < n; i++)
        size += texts[i]->n;
    char *block = np_heap_alloc(size), *at = block;
    for (size_t i = 0; i < n; i++) {
        if (texts[i]->p == NULL)
            continue;
        memcpy(at, texts[i]->p, texts[i]->n);
        texts[i]->p = at;
        at += texts[i]->n;
    }
    return block;
}

static void key_free(void *value)
{
    struct iam_pkey *k = value;
    np_wipe((char *)(uintptr_t)k->secret.p, k->secret.n);
    np_free(k->text);
    np_free(k);
}

static void principal_free(void *value)
{
    struct iam_principal *p = value;
    for (size_t i = 0; i < p->n_policies; i++)
        np_policy_unref(p->policies[i]);
    np_policy_unref(p->boundary);
    np_policy_unref(p->trust);
    np_free(p->policies);
    np_free(p->tags);
    np_free(p->text);
    np_free(p);
}

static void policy_free(void *value)
{
    np_policy_unref(value);
}

static void put(struct iam_projection *p, struct np_pmap **map, const struct np_pmap_ops *ops,
                struct np_str key, void *value)
{
    if (value == NULL && np_pmap_get(*map, key) == NULL)
        return;
    np_rcu_set(map, np_pmap_set(*map, ops, key, value));
}

/* --- compiling --- */

static void forget_compiled(struct iam_projection *p)
{
    np_map_free(p->compiled, policy_free);
    p->compiled = np_map_new();
}

/* A counted policy. A document that the engine no longer takes denies everything: nobody may get
 * more by a stricter compiler. */
static struct np_policy *compile(struct iam_projection *p, struct np_str document,
                                 enum np_policy_kind kind)
{
    char name[1 + 32];
    name[0] = (char)('0' + (int)kind);
    np_digest_once(NP_SHA256, document, name + 1);
    struct np_policy *policy = np_map_get(p->compiled, np_str_n(name, sizeof(name)));
    if (policy != NULL)
        return np_policy_ref(policy);
    struct np_err err = {0};
    if (np_policy_compile(document, kind, &policy, &err) != 0) {
        np_log(NP_ERROR, "iam.policy.stored", "error=\"%.*s\"", (int)err.n, err.text);
        if (kind == NP_POLICY_TRUST ||
            np_policy_compile(NP_STR(DENY_ALL), NP_POLICY_IDENTITY, &policy, &err) != 0)
            return NULL;
        return policy;
    }
    if (np_map_count(p->compiled) >= IAM_COMPILED_MAX)
        forget_compiled(p);
    np_map_put(p->compiled, np_str_n(name, sizeof(name)), np_policy_ref(policy));
    return policy;
}

/* --- one key --- */

static void change_key(struct iam_projection *p, const struct iam_db *db, struct np_str id)
{
    NP_SQL(find, "SELECT owner, secret, active FROM iam_key WHERE account = :account AND id = ?1");
    struct iam_pkey *k = NULL;
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", id);
    if (np_row(q)) {
        struct iam_entity e = {0};
        k = np_heap_new(struct iam_pkey);
        k->account = db->scope.account;
        k->owner = np_col_str(q, 0, db->a);
        k->secret = np_core_unseal(p->core, "iam.secret", np_col_peek(q, 1), db->a);
        k->root = np_str_is(k->owner, "root");
        bool known = k->root || iam_entity_by_id(db, k->owner, &e);
        k->active = np_col_int(q, 2) != 0 && k->secret.p != NULL && known;
        k->name = e.name;
        k->arn =
            k->root ? np_str_printf(db->a, "arn:aws:iam::%.*s:root", NP_FMT(k->account)) : e.arn;
        struct np_str *texts[] = {&k->account, &k->owner, &k->secret, &k->name, &k->arn};
        k->text = pack(texts, NP_LEN(texts));
    }
    if (np_q_end(q, NULL) != 0)
        np_die(__FILE__, __LINE__, "reading a key");
    put(p, &p->keys, &p->key_ops, id, k);
}

/* --- one user or role --- */

struct policy_list {
    struct np_policy **v;
    size_t n;
    bool set;
};

static void add_policies(struct iam_projection *p, const struct iam_db *db, struct np_str owner,
                         struct policy_list *out)
{
    NP_SQL(inlined, "SELECT document FROM iam_inline WHERE account = :account AND owner = ?1");
    NP_SQL(attached, "SELECT policy FROM iam_attachment WHERE account = :account AND owner = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &inlined, "s", owner);
    while (np_row(q))
        IAM_PUSH(db->a, out, compile(p, np_col_peek(q, 0), NP_POLICY_IDENTITY));
    int rc = np_q_end(q, NULL);
    q = np_q(db->c, &db->scope, &attached, "s", owner);
    while (np_row(q)) {
        struct np_str document = iam_policy_document(db, np_col_peek(q, 0));
        if (document.p != NULL)
            IAM_PUSH(db->a, out, compile(p, document, NP_POLICY_IDENTITY));
    }
    if (np_q_end(q, NULL) != 0 || rc != 0)
        np_die(__FILE__, __LINE__, "reading policies");
}

static void add_group_policies(struct iam_projection *p, const struct iam_db *db,
                               struct np_str user, struct policy_list *out)
{
    NP_SQL(groups, "SELECT grp FROM iam_member WHERE account = :account AND usr = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &groups, "s", user);
    while (np_row(q))
        add_policies(p, db, np_col_peek(q, 0), out);
    if (np_q_end(q, NULL) != 0)
        np_die(__FILE__, __LINE__, "reading groups");
}

static void pack_principal(struct iam_principal *pr, struct np_arena *a)
{
    size_t n = 5 + 2 * pr->n_tags, at = 0;
    struct np_str **texts = np_new_array(a, struct np_str *, n);
    struct np_str *own[] = {&pr->account, &pr->id, &pr->name, &pr->arn, &pr->service};
    NP_EACH (t, own)
        texts[at++] = *t;
    for (size_t i = 0; i < pr->n_tags; i++) {
        texts[at++] = &pr->tags[i].key;
        texts[at++] = &pr->tags[i].value;
    }
    pr->text = pack(texts, at);
}

static void set_tags(struct iam_principal *pr, const struct iam_db *db)
{
    struct np_tag *tags;
    pr->n_tags = np_tags_get(db->c, &db->scope, pr->arn, db->a, &tags);
    pr->tags = np_heap_alloc((pr->n_tags + 1) * sizeof(*tags));
    if (pr->n_tags != 0)
        memcpy(pr->tags, tags, pr->n_tags * sizeof(*tags));
}

static struct iam_principal *make_principal(struct iam_projection *p, const struct iam_db *db,
                                            const struct iam_entity *e)
{
    struct policy_list list = {0};
    struct iam_principal *pr = np_heap_new(struct iam_principal);
    pr->kind = e->kind;
    pr->account = db->scope.account;
    pr->id = e->id;
    pr->name = e->name;
    pr->arn = e->arn;
    pr->service = e->service;
    pr->max_session_s = e->max_session_s;
    add_policies(p, db, e->id, &list);
    if (e->kind == IAM_USER)
        add_group_policies(p, db, e->id, &list);
    pr->policies = np_heap_alloc((list.n + 1) * sizeof(*pr->policies));
    if (list.n != 0)
        memcpy(pr->policies, list.v, list.n * sizeof(*pr->policies));
    pr->n_policies = list.n;
    pr->has_boundary = e->boundary.p != NULL;
    if (pr->has_boundary) {
        struct np_str document = iam_policy_document(db, e->boundary);
        pr->boundary =
            compile(p, document.p != NULL ? document : NP_STR(DENY_ALL), NP_POLICY_IDENTITY);
    }
    if (e->trust.p != NULL)
        pr->trust = compile(p, e->trust, NP_POLICY_TRUST);
    set_tags(pr, db);
    pack_principal(pr, db->a);
    return pr;
}

static void change_entity(struct iam_projection *p, const struct iam_db *db, struct np_str id)
{
    struct iam_entity e;
    struct iam_principal *now = NULL, *old = np_pmap_get(p->principals, id);
    if (iam_entity_by_id(db, id, &e) && e.kind != IAM_GROUP)
        now = make_principal(p, db, &e);
    if (old != NULL && np_pmap_get(p->by_arn, old->arn) == old &&
        (now == NULL || !np_str_eq(now->arn, old->arn)))
        put(p, &p->by_arn, &p->borrowed_ops, old->arn, NULL);
    if (now != NULL)
        put(p, &p->by_arn, &p->borrowed_ops, now->arn, now);
    put(p, &p->principals, &p->principal_ops, id, now);
}

static void change_policy(struct iam_projection *p, const struct iam_db *db, struct np_str arn)
{
    struct np_str document = iam_policy_document(db, arn);
    put(p, &p->policies, &p->policy_ops, arn,
        document.p != NULL ? compile(p, document, NP_POLICY_IDENTITY) : NULL);
}

static void change_account(struct iam_projection *p, struct np_str account)
{
    put(p, &p->accounts, &p->borrowed_ops, account, p);
}

/* --- from the store --- */

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct iam_projection *p = arg;
    NP_AUTO_ARENA a = np_arena_new();
    const struct iam_db db = {c, {account, NP_STR(""), np_clock_region_ms()}, a};
    struct np_str what = np_str_of(kind);
    if (np_str_is(what, "iam.entity"))
        change_entity(p, &db, key);
    else if (np_str_is(what, "iam.key"))
        change_key(p, &db, key);
    else if (np_str_is(what, "iam.policy"))
        change_policy(p, &db, key);
    else if (np_str_is(what, "iam.account"))
        change_account(p, account);
    np_rcu_batch_retire(&p->retired);
}

static int build_from(struct iam_projection *p, struct np_dbc *c, const struct np_sql *rows,
                      const char *kind, struct np_err *err)
{
    const struct np_scope none = {NP_STR(""), NP_STR(""), 0};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_q *q = np_q(c, &none, rows, "");
    while (np_row(q)) {
        changed(p, c, kind, np_col_str(q, 0, a), np_col_str(q, 1, a));
        np_arena_reset(a, 4096);
    }
    return np_q_end(q, err);
}

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(accounts, "SELECT account, account FROM iam_account");
    NP_SQL(keys, "SELECT account, id FROM iam_key");
    NP_SQL(entities, "SELECT account, id FROM iam_entity WHERE kind <> 'group'");
    NP_SQL(
        own,
        "SELECT account, 'arn:aws:iam::' || account || ':policy' || path || name FROM iam_policy");
    const struct {
        const struct np_sql *rows;
        const char *kind;
    } parts[] = {{&accounts, "iam.account"},
                 {&own, "iam.policy"},
                 {&entities, "iam.entity"},
                 {&keys, "iam.key"}};
    int rc = 0;
    for (size_t i = 0; i < NP_LEN(parts) && rc == 0; i++)
        rc = build_from(arg, c, parts[i].rows, parts[i].kind, err);
    return rc;
}

/* --- its life --- */

struct iam_projection *iam_projection_new(struct np_core *core)
{
    struct iam_projection *p = np_heap_new(struct iam_projection);
    p->core = core;
    p->compiled = np_map_new();
    p->key_ops = (struct np_pmap_ops){np_rcu_later, key_free, &p->retired};
    p->principal_ops = (struct np_pmap_ops){np_rcu_later, principal_free, &p->retired};
    p->policy_ops = (struct np_pmap_ops){np_rcu_later, policy_free, &p->retired};
    p->borrowed_ops = (struct np_pmap_ops){np_rcu_later, NULL, &p->retired};
    int rc = np_policy_compile(NP_STR(ALLOW_ALL), NP_POLICY_IDENTITY, &p->allow_all, NULL);
    np_assert(rc == 0);
    const struct np_projection projection = {.name = "iam",
                                             .db = NP_DB_STATE,
                                             .kinds = "iam.",
                                             .build = build,
                                             .changed = changed,
                                             .arg = p};
    np_store_project(core->store, &projection);
    return p;
}

void iam_projection_free(struct iam_projection *p)
{
    if (p == NULL)
        return;
    np_rcu_batch_retire(&p->retired);
    np_pmap_free(p->by_arn, &p->borrowed_ops);
    np_pmap_free(p->keys, &p->key_ops);
    np_pmap_free(p->principals, &p->principal_ops);
    np_pmap_free(p->policies, &p->policy_ops);
    np_pmap_free(p->accounts, &p->borrowed_ops);
    np_map_free(p->compiled, policy_free);
    np_policy_unref(p->allow_all);
    np_rcu_batch_fini(&p->retired);
    np_free(p);
}

/* --- reading --- */

const struct iam_principal *iam_principal_by_id(const struct iam_projection *p, struct np_str id)
{
    return np_pmap_get(np_rcu_get(&p->principals), id);
}

const struct iam_principal *iam_principal_by_arn(const struct iam_projection *p, struct np_str arn)
{
    return np_pmap_get(np_rcu_get(&p->by_arn), arn);
}

const struct np_policy *iam_policy_compiled(const struct iam_projection *p, struct np_str arn)
{
    const struct np_policy *own = np_pmap_get(np_rcu_get(&p->policies), arn);
    return own != NULL ? own : iam_aws_policy_compiled(arn);
}
