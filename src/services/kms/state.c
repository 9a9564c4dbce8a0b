/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - keys and their material: rows in and out. */
#include "base/assert.h"
#include "services/kms/kms_int.h"

/* --- words --- */

static const char *const state_names[] = {
    [KMS_ENABLED] = "Enabled",
    [KMS_DISABLED] = "Disabled",
    [KMS_PENDING_DELETION] = "PendingDeletion",
    [KMS_PENDING_IMPORT] = "PendingImport",
    [KMS_PENDING_REPLICA_DELETION] = "PendingReplicaDeletion",
};
static const char *const material_state_names[] = {
    [KMS_CURRENT] = "CURRENT",
    [KMS_NON_CURRENT] = "NON_CURRENT",
    [KMS_PENDING_ROTATION] = "PENDING_ROTATION",
};

static int index_of(const char *const *names, size_t n, struct np_str what)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(what, np_str_of(names[i])))
            return (int)i;
    np_die(__FILE__, __LINE__, "a word in the store that nobody writes");
}

const char *kms_state_name(enum kms_state state)
{
    return state_names[state];
}

const char *kms_material_state_name(enum kms_material_state state)
{
    return material_state_names[state];
}

/* --- connections --- */

struct kms_db kms_db_req(const struct np_req *rq)
{
    return (struct kms_db){np_req_db(rq), np_req_scope(rq), rq->arena};
}

struct kms_db kms_db_txn(struct np_txn *t)
{
    return (struct kms_db){np_txn_db(t), *np_txn_scope(t), np_txn_arena(t)};
}

struct kms_db kms_db_of(struct kms_db db, struct np_str account, struct np_str region)
{
    db.scope.account = account;
    db.scope.region = region;
    return db;
}

int kms_run(struct np_q *q, struct np_err *err)
{
    while (np_row(q))
        continue;
    return np_q_end(q, err);
}

int64_t kms_first_int(struct np_q *q)
{
    int64_t v = np_row(q) ? np_col_int(q, 0) : 0;
    np_q_end(q, NULL);
    return v;
}

/* --- keys out of rows --- */

static int load_row(const struct kms_db *db, struct np_str id, struct kms_key *k,
                    struct np_err *err)
{
    NP_SQL(find, "SELECT spec, usage, origin, state, aws, description, created_ms, policy, "
                 "window_days, deletion_ms, rotation_days, rotation_ms, primary_region "
                 "FROM kms_key WHERE account = :account AND region = :region AND id = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", id);
    bool found = np_row(q);
    if (found) {
        k->spec = kms_spec_find(np_col_peek(q, 0));
        k->usage = np_col_str(q, 1, db->a);
        k->origin = np_col_str(q, 2, db->a);
        k->state = (enum kms_state)index_of(state_names, NP_LEN(state_names), np_col_peek(q, 3));
        k->aws = np_col_int(q, 4) != 0;
        k->description = np_col_str(q, 5, db->a);
        k->created_ms = np_col_int(q, 6);
        k->policy_text = np_col_str(q, 7, db->a);
        k->window_days = np_col_opt_int(q, 8);
        k->deletion_ms = np_col_int(q, 9);
        k->rotation_days = np_col_opt_int(q, 10);
        k->rotation_ms = np_col_int(q, 11);
        k->primary_region = np_col_str(q, 12, db->a);
    }
    int rc = np_q_end(q, err);
    return rc != 0 ? rc : found ? 0 : NP_ENOENT;
}

static int load_materials(const struct kms_db *db, struct kms_key *k, struct np_err *err)
{
    NP_SQL(find, "SELECT seq, id, sealed, public, state, rotated, created_ms, expires_ms, "
                 "description FROM kms_material WHERE account = :account AND region = :region "
                 "AND key = ?1 ORDER BY seq");
    struct {
        struct kms_material *v;
        size_t n;
        bool set;
    } list = {0};
    struct np_q *q = np_q(db->c, &db->scope, &find, "s", k->id);
    while (np_row(q)) {
        struct kms_material m = {
            .seq = np_col_int(q, 0),
            .sealed = np_col_str(q, 2, db->a),
            .public = np_col_str(q, 3, db->a),
            .state = (enum kms_material_state)index_of(
                material_state_names, NP_LEN(material_state_names), np_col_peek(q, 4)),
            .rotated = np_col_str(q, 5, db->a),
            .created_ms = np_col_int(q, 6),
            .expires_ms = np_col_int(q, 7),
            .description = np_col_str(q, 8, db->a),
        };
        struct np_str id = np_col_peek(q, 1);
        np_assert(id.n == sizeof(m.id));
        memcpy(m.id, id.p, sizeof(m.id));
        KMS_PUSH(db->a, &list, m);
    }
    k->materials = list.v;
    k->n_materials = list.n;
    return np_q_end(q, err);
}

static int load_texts(const struct kms_db *db, const struct np_sql *sql, struct np_str id,
                      struct np_strs *out, struct np_err *err)
{
    struct np_q *q = np_q(db->c, &db->scope, sql, "s", id);
    while (np_row(q))
        KMS_PUSH(db->a, out, np_col_str(q, 0, db->a));
    return np_q_end(q, err);
}

int kms_key_load(const struct kms_db *db, struct np_str id, struct kms_key *out, struct np_err *err)
{
    NP_SQL(aliases, "SELECT name FROM kms_alias WHERE account = :account AND region = :region "
                    "AND key = ?1 ORDER BY name");
    NP_SQL(regions, "SELECT region FROM kms_key WHERE account = :account AND id = ?1 "
                    "AND primary_region IS NOT NULL ORDER BY region");
    *out = (struct kms_key){.account = db->scope.account, .region = db->scope.region, .id = id};
    int rc = kms_id_parse(id, out->raw_id) ? load_row(db, id, out, err) : NP_ENOENT;
    rc = rc != 0 ? rc : load_materials(db, out, err);
    rc = rc != 0 ? rc : load_texts(db, &aliases, id, &out->aliases, err);
    if (rc == 0 && out->primary_region.p != NULL)
        rc = load_texts(db, &regions, id, &out->regions, err);
    if (rc != 0)
        return rc;
    out->arn = kms_key_arn(db->a, out->account, out->region, id);
    struct np_tag *tags;
    out->n_tags = np_tags_get(db->c, &db->scope, out->arn, db->a, &tags);
    out->tags = tags;
    return 0;
}

const struct kms_material *kms_material_current(const struct kms_key *k)
{
    for (size_t i = k->n_materials; i-- > 0;)
        if (k->materials[i].state == KMS_CURRENT)
            return &k->materials[i];
    return NULL;
}

const struct kms_material *kms_material_find(const struct kms_key *k, const uint8_t id[32])
{
    for (size_t i = k->n_materials; i-- > 0;)
        if (memcmp(k->materials[i].id, id, sizeof(k->materials[i].id)) == 0)
            return &k->materials[i];
    return NULL;
}

/* --- keys into rows --- */

static struct np_opt_int time_or_null(int64_t ms)
{
    return KMS_TIME(ms);
}

void kms_key_changed(struct np_txn *t, const struct kms_key *k)
{
    np_notice(t, "kms.key", k->account,
              np_str_printf(np_txn_arena(t), "%.*s/%.*s", NP_FMT(k->region), NP_FMT(k->id)));
}

void kms_regions_changed(struct np_txn *t, const struct kms_key *k)
{
    kms_key_changed(t, k);
    for (size_t i = 0; i < k->regions.n; i++)
        np_notice(
            t, "kms.key", k->account,
            np_str_printf(np_txn_arena(t), "%.*s/%.*s", NP_FMT(k->regions.v[i]), NP_FMT(k->id)));
}

int kms_material_insert(const struct kms_db *db, struct np_str key, const struct kms_material *m,
                        struct np_err *err)
{
    NP_SQL(add, "INSERT INTO kms_material (account, region, key, seq, id, sealed, public, state, "
                "rotated, created_ms, expires_ms, description) "
                "VALUES (:account, :region, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    return kms_exec(db, &add, err, "sibbbssiIs", key, m->seq, np_str_n(m->id, sizeof(m->id)),
                    m->sealed, m->public, np_str_of(kms_material_state_name(m->state)), m->rotated,
                    m->created_ms, time_or_null(m->expires_ms), m->description);
}

int kms_key_insert(struct np_txn *t, const struct kms_key *k, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO kms_key (account, region, id, spec, usage, origin, state, aws, "
                "description, created_ms, policy, primary_region) VALUES "
                "(:account, :region, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    int rc = kms_exec(&db, &add, err, "sssssisiss", k->id, np_str_of(k->spec->name), k->usage,
                      k->origin, np_str_of(kms_state_name(k->state)), (int64_t)k->aws,
                      k->description, k->created_ms, k->policy_text, k->primary_region);
    for (size_t i = 0; rc == 0 && i < k->n_materials; i++)
        rc = kms_material_insert(&db, k->id, &k->materials[i], err);
    if (rc == 0)
        rc = np_tags_put(t, k->arn, k->tags, k->n_tags, err);
    if (rc == 0)
        kms_key_changed(t, k);
    return rc;
}

int kms_key_set_state(struct np_txn *t, struct kms_key *k, enum kms_state state, struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_key SET state = ?2 WHERE account = :account AND region = :region "
                "AND id = ?1");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    int rc = kms_exec(&db, &put, err, "ss", k->id, np_str_of(kms_state_name(state)));
    k->state = state;
    if (rc == 0)
        kms_key_changed(t, k);
    return rc;
}
