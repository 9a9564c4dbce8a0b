/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - rows of parameters, versions and labels. An expired parameter is none, though its rows
 * may still be there. */
#include "services/ssm/ssm_int.h"

#define COLUMNS                                                                                    \
    "p.key, p.name, v.version, p.version, v.type, v.value, v.key_id, v.modified_ms, "              \
    "v.modified_by, v.description, v.pattern, v.tier, v.policies, v.data_type"
#define OF_PARAMETER "v.account = p.account AND v.region = p.region AND v.key = p.key"
#define ALIVE        "(p.expires_ms IS NULL OR p.expires_ms > :now)"

struct ssm_db ssm_db_req(const struct np_req *rq)
{
    return (struct ssm_db){np_req_db(rq), np_req_scope(rq), rq->arena};
}

struct ssm_db ssm_db_txn(struct np_txn *t)
{
    return (struct ssm_db){np_txn_db(t), *np_txn_scope(t), np_txn_arena(t)};
}

bool ssm_is_secure(const struct ssm_param *p)
{
    return np_str_is(p->type, "SecureString");
}

struct np_str ssm_row_key(struct np_q *q)
{
    return np_col_peek(q, 0);
}

void ssm_row(const struct ssm_db *db, struct np_q *q, struct ssm_param *p)
{
    struct np_arena *a = db->a;
    *p = (struct ssm_param){
        .key = np_col_str(q, 0, a),
        .name = np_col_str(q, 1, a),
        .version = np_col_int(q, 2),
        .newest = np_col_int(q, 3),
        .type = np_col_str(q, 4, a),
        .value = np_col_str(q, 5, a),
        .key_id = np_col_str(q, 6, a),
        .modified_ms = np_col_int(q, 7),
        .modified_by = np_col_str(q, 8, a),
        .description = np_col_str(q, 9, a),
        .pattern = np_col_str(q, 10, a),
        .tier = np_col_str(q, 11, a),
        .policies = np_col_str(q, 12, a),
        .data_type = np_col_str(q, 13, a),
    };
    p->arn = ssm_arn(a, db->scope.region, db->scope.account, p->key);
}

static int first_row(const struct ssm_db *db, struct np_q *q, struct ssm_param *out, bool *found,
                     struct np_err *err)
{
    *found = np_row(q);
    if (*found)
        ssm_row(db, q, out);
    return np_q_end(q, err);
}

int ssm_find(const struct ssm_db *db, struct np_str key, struct ssm_param *out, bool *found,
             struct np_err *err)
{
    NP_SQL(newest, "SELECT " COLUMNS " FROM ssm_parameter p JOIN ssm_version v ON " OF_PARAMETER
                   " AND v.version = p.version WHERE p.account = :account AND p.region = :region "
                   "AND p.key = ?1 AND " ALIVE);
    return first_row(db, np_q(db->c, &db->scope, &newest, "s", key), out, found, err);
}

int ssm_find_version(const struct ssm_db *db, struct np_str key, int64_t version,
                     struct ssm_param *out, struct np_err *err)
{
    NP_SQL(one, "SELECT " COLUMNS " FROM ssm_parameter p JOIN ssm_version v ON " OF_PARAMETER
                " AND v.version = ?2 WHERE p.account = :account AND p.region = :region "
                "AND p.key = ?1 AND " ALIVE);
    bool found;
    int rc = first_row(db, np_q(db->c, &db->scope, &one, "si", key, version), out, &found, err);
    return rc == 0 && !found ? NP_ENOENT : rc;
}

/* --- references --- */

static int no_version(struct np_str selector, struct np_str name, struct np_err *err)
{
    return np_fault(err, &SSM_ParameterVersionNotFound,
                    "Systems Manager could not find version %.*s of %.*s. Verify the version and "
                    "try again.",
                    NP_FMT(selector), NP_FMT(name));
}

static int select_version(const struct ssm_db *db, const struct ssm_ref *ref, struct ssm_param *out,
                          struct np_err *err)
{
    int64_t version = 0;
    if (!np_str_i64(ref->selector, &version))
        version = ssm_label_version(db, ref->key, ref->selector);
    if (version == out->version)
        return 0;
    int rc = version > 0 ? ssm_find_version(db, ref->key, version, out, err) : NP_ENOENT;
    return rc == NP_ENOENT ? no_version(ref->selector, ref->name, err) : rc;
}

/* Is what the ARN names in the caller's account and region, or of the catalogue? */
static bool is_here(const struct np_req *rq, const struct ssm_ref *ref)
{
    if (ref->account.p == NULL)
        return true;
    bool ours = np_str_eq(ref->account, rq->account) || ref->account.n == 0;
    return ours && np_str_eq(ref->region, rq->region) &&
           (ref->account.n == 0) == ssm_in_catalogue(ref->key);
}

int ssm_resolve(const struct np_req *rq, const struct ssm_db *db, const struct ssm_ref *ref,
                struct ssm_param *out, struct np_err *err)
{
    bool found = false, open = ssm_in_catalogue(ref->key);
    int rc = 0;
    if (is_here(rq, ref) && open)
        ssm_catalogue_find(rq, ref->key, out, &found);
    else if (is_here(rq, ref))
        rc = ssm_find(db, ref->key, out, &found, err);
    if (rc != 0)
        return rc;
    if (!found) /* AWS: without a word (tests/wire/ssm/parameter.wire). */
        return np_fault(err, &SSM_ParameterNotFound, NULL);
    if (ref->selector.p == NULL)
        return 0;
    if (open)
        return np_str_is(ref->selector, "1") ? 0 : no_version(ref->selector, ref->name, err);
    return select_version(db, ref, out, err);
}

/* --- labels and counts --- */

static int64_t first_int(struct np_q *q)
{
    int64_t v = np_row(q) ? np_col_int(q, 0) : 0;
    np_q_end(q, NULL);
    return v;
}

int64_t ssm_label_version(const struct ssm_db *db, struct np_str key, struct np_str label)
{
    NP_SQL(of, "SELECT version FROM ssm_label WHERE account = :account AND region = :region "
               "AND key = ?1 AND label = ?2");
    return first_int(np_q(db->c, &db->scope, &of, "ss", key, label));
}

void ssm_labels(const struct ssm_db *db, struct np_str key, int64_t version, struct np_strs *out)
{
    NP_SQL(of, "SELECT label FROM ssm_label WHERE account = :account AND region = :region "
               "AND key = ?1 AND version = ?2 ORDER BY label");
    *out = (struct np_strs){.set = true};
    struct np_q *q = np_q(db->c, &db->scope, &of, "si", key, version);
    while (np_row(q))
        SSM_PUSH(db->a, out, np_col_str(q, 0, db->a));
    np_q_end(q, NULL);
}

int64_t ssm_count(const struct ssm_db *db, struct np_str tier)
{
    NP_SQL(of, "SELECT n FROM ssm_count WHERE account = :account AND region = :region "
               "AND tier = ?1");
    return first_int(np_q(db->c, &db->scope, &of, "s", tier));
}

int64_t ssm_versions(const struct ssm_db *db, struct np_str key, int64_t *oldest)
{
    NP_SQL(of, "SELECT count(*), min(version) FROM ssm_version WHERE account = :account "
               "AND region = :region AND key = ?1");
    struct np_q *q = np_q(db->c, &db->scope, &of, "s", key);
    int64_t n = 0;
    if (np_row(q)) {
        n = np_col_int(q, 0);
        *oldest = np_col_int(q, 1);
    }
    np_q_end(q, NULL);
    return n;
}

/* --- walks --- */

/* The least text that is above all that begin with the prefix, which has no byte 0xff. */
static struct np_str above(struct np_arena *a, struct np_str prefix)
{
    struct np_str end = np_str_dup(a, prefix);
    ((char *)(uintptr_t)end.p)[end.n - 1]++;
    return end;
}

struct np_q *ssm_walk(const struct ssm_db *db, struct np_str prefix, struct np_str after)
{
    NP_SQL(rows, "SELECT " COLUMNS " FROM ssm_parameter p JOIN ssm_version v ON " OF_PARAMETER
                 " AND v.version = p.version WHERE p.account = :account AND p.region = :region "
                 "AND p.key >= ?1 AND p.key < ?2 AND p.key > ?3 AND " ALIVE " ORDER BY p.key");
    return np_q(db->c, &db->scope, &rows, "sss", prefix, above(db->a, prefix),
                after.p != NULL ? after : NP_STR(""));
}

struct np_q *ssm_walk_versions(const struct ssm_db *db, struct np_str key, int64_t after)
{
    NP_SQL(rows, "SELECT " COLUMNS " FROM ssm_parameter p JOIN ssm_version v ON " OF_PARAMETER
                 " WHERE p.account = :account AND p.region = :region AND p.key = ?1 "
                 "AND v.version > ?2 AND " ALIVE " ORDER BY v.version");
    return np_q(db->c, &db->scope, &rows, "si", key, after);
}

/* --- changes --- */

static int count_add(struct np_txn *t, struct np_str tier, int64_t by, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO ssm_count (account, region, tier, n) VALUES (:account, :region, ?1, "
                "?2) ON CONFLICT (account, region, tier) DO UPDATE SET n = n + excluded.n");
    return np_exec(t, &add, err, "si", tier, by);
}

static int put_head(struct np_txn *t, const struct ssm_param *p, struct np_opt_int expires_ms,
                    struct np_err *err)
{
    NP_SQL(put, "INSERT INTO ssm_parameter (account, region, key, name, version, tier, expires_ms) "
                "VALUES (:account, :region, ?1, ?2, ?3, ?4, ?5) "
                "ON CONFLICT (account, region, key) DO UPDATE SET version = excluded.version, "
                "tier = excluded.tier, expires_ms = excluded.expires_ms");
    return np_exec(t, &put, err, "ssisI", p->key, p->name, p->version, p->tier, expires_ms);
}

int ssm_add_version(struct np_txn *t, const struct ssm_param *p, const struct ssm_param *old,
                    struct np_opt_int expires_ms, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO ssm_version (account, region, key, version, type, value, key_id, "
                "modified_ms, modified_by, description, pattern, tier, policies, data_type) VALUES "
                "(:account, :region, ?1, ?2, ?3, ?4, ?5, :now, ?6, ?7, ?8, ?9, ?10, ?11)");
    int rc = put_head(t, p, expires_ms, err);
    if (rc == 0)
        rc =
            np_exec(t, &add, err, "sisssssssss", p->key, p->version, p->type, p->value, p->key_id,
                    p->modified_by, p->description, p->pattern, p->tier, p->policies, p->data_type);
    if (rc == 0 && old != NULL && np_str_eq(old->tier, p->tier))
        return 0;
    if (rc == 0 && old != NULL)
        rc = count_add(t, old->tier, -1, err);
    return rc == 0 ? count_add(t, p->tier, 1, err) : rc;
}

int ssm_drop_version(struct np_txn *t, struct np_str key, int64_t version, struct np_err *err)
{
    NP_SQL(del, "DELETE FROM ssm_version WHERE account = :account AND region = :region "
                "AND key = ?1 AND version = ?2");
    return np_exec(t, &del, err, "si", key, version);
}

int ssm_drop(struct np_txn *t, struct np_str key, bool *found, struct np_err *err)
{
    NP_SQL(tier_of, "SELECT tier FROM ssm_parameter WHERE account = :account AND region = :region "
                    "AND key = ?1");
    NP_SQL(del, "DELETE FROM ssm_parameter WHERE account = :account AND region = :region "
                "AND key = ?1");
    const struct np_scope *s = np_txn_scope(t);
    struct np_q *q = np_tq(t, &tier_of, "s", key);
    struct np_str tier = np_row(q) ? np_col_str(q, 0, np_txn_arena(t)) : NP_STR_NULL;
    int rc = np_q_end(q, err);
    *found = tier.p != NULL;
    if (rc != 0 || !*found)
        return rc;
    rc = np_tags_drop(t, ssm_arn(np_txn_arena(t), s->region, s->account, key), err);
    if (rc == 0)
        rc = np_exec(t, &del, err, "s", key);
    return rc == 0 ? count_add(t, tier, -1, err) : rc;
}
