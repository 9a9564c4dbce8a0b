/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - keys, aliases and grants as every request reads them: without a query or a lock.
 * Entries never change; a change puts a new one in their place. */
#include "services/kms/projection.h"

#include "base/assert.h"
#include "base/auto.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/rcu.h"
#include "services/kms/pkey.h"

/* A policy that the engine no longer takes: nobody may get more by a stricter compiler. */
#define DENY_ALL                                                                                   \
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\","          \
    "\"Action\":\"*\",\"Resource\":\"*\"}}"

/* --- an entry in one block --- */

struct packer {
    char *at; /* NULL: only counts */
    size_t size;
};

static void *pack_bytes(struct packer *p, const void *bytes, size_t n)
{
    size_t room = (n + 15) / 16 * 16;
    char *to = p->at;
    p->size += room;
    if (to == NULL)
        return NULL;
    if (n != 0)
        memcpy(to, bytes, n);
    p->at += room;
    return to;
}

static void pack_str(struct packer *p, struct np_str *s)
{
    if (s->p == NULL)
        return;
    char *to = pack_bytes(p, s->p, s->n);
    if (to != NULL)
        s->p = to;
}

static void pack_strs(struct packer *p, struct np_strs *s)
{
    struct np_str *v = pack_bytes(p, s->v, s->n * sizeof(*v));
    if (v != NULL)
        s->v = v;
    for (size_t i = 0; i < s->n; i++) {
        struct np_str counted = s->v[i];
        pack_str(p, v != NULL ? &s->v[i] : &counted);
    }
}

static void pack_materials(struct packer *p, struct kms_key *k)
{
    struct kms_material *v = pack_bytes(p, k->materials, k->n_materials * sizeof(*k->materials));
    if (v != NULL)
        k->materials = v;
    for (size_t i = 0; i < k->n_materials; i++) {
        struct kms_material counted = k->materials[i], *m = v != NULL ? &v[i] : &counted;
        struct np_str *texts[] = {&m->sealed, &m->public, &m->rotated, &m->description};
        NP_EACH (t, texts)
            pack_str(p, *t);
    }
}

static void pack_tags(struct packer *p, struct kms_key *k)
{
    struct np_tag *v = pack_bytes(p, k->tags, k->n_tags * sizeof(*v));
    if (v != NULL)
        k->tags = v;
    for (size_t i = 0; i < k->n_tags; i++) {
        struct np_tag counted = k->tags[i], *tag = v != NULL ? &v[i] : &counted;
        pack_str(p, &tag->key);
        pack_str(p, &tag->value);
    }
}

static void pack(struct packer *p, struct kms_key *k)
{
    struct np_str *texts[] = {&k->account,     &k->region,      &k->id,
                              &k->arn,         &k->usage,       &k->origin,
                              &k->description, &k->policy_text, &k->primary_region};
    NP_EACH (t, texts)
        pack_str(p, *t);
    pack_strs(p, &k->aliases);
    pack_strs(p, &k->regions);
    pack_materials(p, k);
    pack_tags(p, k);
}

static struct kms_key *entry_new(const struct kms_key *loaded)
{
    struct kms_key counted = *loaded, *k = np_heap_new(struct kms_key);
    struct packer counter = {0};
    pack(&counter, &counted);
    *k = *loaded;
    k->block = np_heap_alloc(counter.size + 1);
    struct packer p = {.at = k->block};
    pack(&p, k);
    struct np_err err = {0};
    if (np_policy_compile(k->policy_text, NP_POLICY_RESOURCE, &k->policy, &err) == 0)
        return k;
    np_log(NP_ERROR, "kms.policy.stored", "key=%.*s error=\"%.*s\"", NP_FMT(k->arn), (int)err.n,
           err.text);
    np_assert(np_policy_compile(NP_STR(DENY_ALL), NP_POLICY_RESOURCE, &k->policy, NULL) == 0);
    return k;
}

static void entry_free(void *value)
{
    struct kms_key *k = value;
    np_policy_unref(k->policy);
    kms_pkey_unref(k->pkey);
    np_free(k->block);
    np_free(k);
}

/* --- grants of a key to one principal --- */

static void pack_grants(struct packer *p, struct kms_grants *list)
{
    struct kms_grant *v = pack_bytes(p, list->v, list->n * sizeof(*v));
    if (v != NULL)
        list->v = v;
    for (size_t i = 0; i < list->n; i++) {
        struct kms_grant counted = list->v[i], *g = v != NULL ? &v[i] : &counted;
        struct np_str *texts[] = {&g->id,       &g->name,   &g->grantee,
                                  &g->retiring, &g->issuer, &g->context};
        NP_EACH (t, texts)
            pack_str(p, *t);
    }
}

static struct kms_grants *grants_new(const struct kms_grants *loaded)
{
    struct kms_grants counted = *loaded, *list = np_heap_new(struct kms_grants);
    struct packer counter = {0};
    pack_grants(&counter, &counted);
    *list = *loaded;
    list->block = np_heap_alloc(counter.size + 1);
    pack_grants(&(struct packer){.at = list->block}, list);
    return list;
}

static void grants_free(void *value)
{
    struct kms_grants *list = value;
    np_free(list->block);
    np_free(list);
}

static void put(struct np_pmap **map, const struct np_pmap_ops *ops, struct np_str key, void *value)
{
    if (value == NULL && np_pmap_get(*map, key) == NULL)
        return;
    np_rcu_set(map, np_pmap_set(*map, ops, key, value));
}

static struct np_str alias_name(struct np_arena *a, struct np_str account, struct np_str region,
                                struct np_str alias)
{
    return np_str_printf(a, "%.*s/%.*s/%.*s", NP_FMT(account), NP_FMT(region), NP_FMT(alias));
}

static bool has(const struct np_strs *list, struct np_str what)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i], what))
            return true;
    return false;
}

/* The aliases that name the old entry name the new one, or nothing; those that moved to another
 * key were put by its change. */
static void change_aliases(struct kms_projection *p, struct np_arena *a, struct kms_key *old,
                           struct kms_key *now)
{
    for (size_t i = 0; old != NULL && i < old->aliases.n; i++) {
        struct np_str name = alias_name(a, old->account, old->region, old->aliases.v[i]);
        if (np_pmap_get(p->aliases, name) == old &&
            (now == NULL || !has(&now->aliases, old->aliases.v[i])))
            put(&p->aliases, &p->borrowed_ops, name, NULL);
    }
    for (size_t i = 0; now != NULL && i < now->aliases.n; i++)
        put(&p->aliases, &p->borrowed_ops,
            alias_name(a, now->account, now->region, now->aliases.v[i]), now);
}

static void change_key(struct kms_projection *p, const struct kms_db *db, struct np_str name)
{
    struct np_str region, id;
    np_str_cut(name, '/', &region, &id);
    struct kms_db its = kms_db_of(*db, db->scope.account, region);
    struct kms_key loaded, *old = np_pmap_get(p->keys, name), *now = NULL;
    int rc = kms_key_load(&its, id, &loaded, NULL);
    if (rc != 0 && rc != NP_ENOENT)
        np_die(__FILE__, __LINE__, "reading a key");
    if (rc == 0)
        now = entry_new(&loaded);
    change_aliases(p, db->a, old, now);
    put(&p->keys, &p->key_ops, name, now);
}

static void change_grants(struct kms_projection *p, const struct kms_db *db, struct np_str name)
{
    NP_SQL(rows, "SELECT " KMS_GRANT_COLUMNS " FROM kms_grant WHERE account = :account "
                 "AND region = :region AND key = ?1 AND grantee = ?2 ORDER BY id");
    struct np_str region, key, grantee;
    np_str_cut(name, '/', &region, &grantee);
    np_str_cut(grantee, '/', &key, &grantee);
    struct kms_db its = kms_db_of(*db, db->scope.account, region);
    struct {
        struct kms_grant *v;
        size_t n;
        bool set;
    } list = {0};
    struct np_q *q = np_q(its.c, &its.scope, &rows, "ss", key, grantee);
    while (np_row(q)) {
        struct kms_grant g;
        kms_grant_row(q, db->a, &g);
        KMS_PUSH(db->a, &list, g);
    }
    if (np_q_end(q, NULL) != 0)
        np_die(__FILE__, __LINE__, "reading grants");
    const struct kms_grants loaded = {.v = list.v, .n = list.n};
    put(&p->grants, &p->grants_ops, name, list.n != 0 ? grants_new(&loaded) : NULL);
}

/* --- from the store --- */

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct kms_projection *p = arg;
    NP_AUTO_ARENA a = np_arena_new();
    const struct kms_db db = {c, {account, NP_STR(""), np_clock_region_ms()}, a};
    if (np_str_is(np_str_of(kind), "kms.key"))
        change_key(p, &db, key);
    else if (np_str_is(np_str_of(kind), "kms.grants"))
        change_grants(p, &db, key);
    np_rcu_batch_retire(&p->retired);
}

static int build_from(struct kms_projection *p, struct np_dbc *c, const struct np_sql *rows,
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
    NP_SQL(keys, "SELECT account, region || '/' || id FROM kms_key");
    NP_SQL(grants, "SELECT DISTINCT account, region || '/' || key || '/' || grantee "
                   "FROM kms_grant");
    int rc = build_from(arg, c, &keys, "kms.key", err);
    return rc != 0 ? rc : build_from(arg, c, &grants, "kms.grants", err);
}

/* --- its life --- */

struct kms_projection *kms_projection_new(struct np_core *core)
{
    struct kms_projection *p = np_heap_new(struct kms_projection);
    p->key_ops = (struct np_pmap_ops){np_rcu_later, entry_free, &p->retired};
    p->grants_ops = (struct np_pmap_ops){np_rcu_later, grants_free, &p->retired};
    p->borrowed_ops = (struct np_pmap_ops){np_rcu_later, NULL, &p->retired};
    const struct np_projection projection = {.name = "kms",
                                             .db = NP_DB_STATE,
                                             .kinds = "kms.",
                                             .build = build,
                                             .changed = changed,
                                             .arg = p};
    np_store_project(core->store, &projection);
    return p;
}

void kms_projection_free(struct kms_projection *p)
{
    if (p == NULL)
        return;
    np_rcu_batch_retire(&p->retired);
    np_pmap_free(p->aliases, &p->borrowed_ops);
    np_pmap_free(p->keys, &p->key_ops);
    np_pmap_free(p->grants, &p->grants_ops);
    np_rcu_batch_fini(&p->retired);
    np_free(p);
}

/* --- reading --- */

#define NAME_ROOM                                                                                  \
    512 /* a region's name and an id, or account, region and alias; longer is none                 \
         */

static void *look(struct np_pmap *const *map, const struct np_str *parts, size_t n)
{
    char name[NAME_ROOM];
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].n >= sizeof(name) - at)
            return NULL;
        if (i > 0)
            name[at++] = '/';
        memcpy(name + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return np_pmap_get(np_rcu_get(map), np_str_n(name, at));
}

const struct kms_key *kms_key_find(const struct np_core *core, struct np_str region,
                                   struct np_str id)
{
    const struct kms_projection *p = kms_projection(core);
    return look(&p->keys, (const struct np_str[]){region, id}, 2);
}

const struct kms_grants *kms_grants_find(const struct np_core *core, const struct kms_key *k,
                                         struct np_str principal)
{
    const struct kms_projection *p = kms_projection(core);
    return look(&p->grants, (const struct np_str[]){k->region, k->id, principal}, 3);
}

struct np_str kms_alias_find(const struct np_core *core, struct np_str account,
                             struct np_str region, struct np_str name)
{
    const struct kms_projection *p = kms_projection(core);
    const struct kms_key *k = look(&p->aliases, (const struct np_str[]){account, region, name}, 3);
    return k != NULL ? k->id : NP_STR_NULL;
}
