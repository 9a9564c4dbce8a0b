/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - versions of a secret, their labels, and the envelopes that hold their values. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "base/map.h"

/* --- versions --- */

#define COLUMNS "id, seq, binary, same, created_ms, accessed_ms FROM secretsmanager_version"

static void take_row(const struct secretsmanager_db *db, struct np_q *q,
                     struct secretsmanager_version *v)
{
    *v = (struct secretsmanager_version){
        .id = np_col_str(q, 0, db->a),
        .seq = np_col_int(q, 1),
        .binary = np_col_int(q, 2) != 0,
        .same = np_col_str(q, 3, db->a),
        .created_ms = np_col_int(q, 4),
        .accessed_ms = np_col_opt_int(q, 5),
    };
}

bool secretsmanager_version_find(const struct secretsmanager_db *db, int64_t secret,
                                 struct np_str id, struct secretsmanager_version *out)
{
    NP_SQL(find, "SELECT " COLUMNS " WHERE secret = ?1 AND id = ?2");
    struct np_q *q = np_q(db->c, NULL, &find, "is", secret, id);
    bool found = np_row(q);
    if (found)
        take_row(db, q, out);
    np_q_end(q, NULL);
    return found;
}

int secretsmanager_versions(const struct secretsmanager_db *db, int64_t secret, bool labelled,
                            struct secretsmanager_version **out, size_t *n, struct np_err *err)
{
    NP_SQL(list, "SELECT " COLUMNS " v WHERE secret = ?1 AND (?2 = 0 OR EXISTS (SELECT 1 FROM "
                 "secretsmanager_stage s WHERE s.secret = v.secret AND s.version = v.id)) "
                 "ORDER BY seq DESC LIMIT ?3");
    *n = 0;
    *out = np_new_array(db->a, struct secretsmanager_version, SECRETSMANAGER_VERSIONS_MAX);
    struct np_q *q = np_q(db->c, NULL, &list, "iii", secret, (int64_t)labelled,
                          (int64_t)SECRETSMANAGER_VERSIONS_MAX);
    while (np_row(q))
        take_row(db, q, &(*out)[(*n)++]);
    return np_q_end(q, err);
}

static int64_t first_int(struct np_q *q)
{
    int64_t v = np_row(q) ? np_col_int(q, 0) : 0;
    np_q_end(q, NULL);
    return v;
}

/* AWS: once there are about a hundred, versions without label go, if they are older than a day
 * (tests/sdk/test_secretsmanager_versions.py). */
static int make_room(struct np_txn *t, int64_t secret, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM secretsmanager_version WHERE secret = ?1");
    NP_SQL(clean, "DELETE FROM secretsmanager_version WHERE secret = ?1 AND id IN "
                  "(SELECT id FROM secretsmanager_version v WHERE secret = ?1 AND created_ms < ?2 "
                  "AND NOT EXISTS (SELECT 1 FROM secretsmanager_stage s WHERE s.secret = v.secret "
                  "AND s.version = v.id) ORDER BY seq LIMIT ?3)");
    int64_t over = first_int(np_tq(t, &count, "i", secret)) - SECRETSMANAGER_VERSIONS_MAX + 1;
    if (over <= 0)
        return 0;
    int rc = np_exec(t, &clean, err, "iii", secret, np_txn_now_ms(t) - SECRETSMANAGER_DAY_MS, over);
    if (rc == 0 && np_exec_changes(t) < over)
        rc = np_fault(err, &SECRETSMANAGER_LimitExceededException,
                      "You can't have more than %d versions of a secret. Versions without staging "
                      "labels are removed when they are more than 24 hours old.",
                      SECRETSMANAGER_VERSIONS_MAX);
    return rc;
}

int secretsmanager_version_add(struct np_txn *t, int64_t secret,
                               const struct secretsmanager_version *v, struct np_err *err)
{
    NP_SQL(add, "INSERT INTO secretsmanager_version (secret, id, seq, binary, same, created_ms) "
                "SELECT ?1, ?2, coalesce(max(seq), 0) + 1, ?3, ?4, ?5 FROM secretsmanager_version "
                "WHERE secret = ?1");
    int rc = make_room(t, secret, err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "isibi", secret, v->id, (int64_t)v->binary, v->same,
                     v->created_ms);
    return rc;
}

/* --- labels --- */

void secretsmanager_stages(const struct secretsmanager_db *db, int64_t secret,
                           struct np_str version, struct np_strs *out)
{
    NP_SQL(list, "SELECT stage FROM secretsmanager_stage WHERE secret = ?1 AND "
                 "(?2 IS NULL OR version = ?2) ORDER BY stage LIMIT ?3");
    out->v = np_new_array(db->a, struct np_str, SECRETSMANAGER_LABELS_MAX);
    out->n = 0;
    struct np_q *q =
        np_q(db->c, NULL, &list, "isi", secret, version, (int64_t)SECRETSMANAGER_LABELS_MAX);
    while (np_row(q))
        out->v[out->n++] = np_col_str(q, 0, db->a);
    np_q_end(q, NULL);
    out->set = out->n != 0;
}

struct np_str secretsmanager_stage_holder(const struct secretsmanager_db *db, int64_t secret,
                                          struct np_str stage)
{
    NP_SQL(find, "SELECT version FROM secretsmanager_stage WHERE secret = ?1 AND stage = ?2");
    struct np_q *q = np_q(db->c, NULL, &find, "is", secret, stage);
    struct np_str version = np_row(q) ? np_col_str(q, 0, db->a) : NP_STR_NULL;
    np_q_end(q, NULL);
    return version;
}

static int put_stage(struct np_txn *t, int64_t secret, struct np_str stage, struct np_str version,
                     struct np_err *err)
{
    NP_SQL(put, "INSERT INTO secretsmanager_stage (secret, stage, version) VALUES (?1, ?2, ?3) "
                "ON CONFLICT (secret, stage) DO UPDATE SET version = excluded.version");
    NP_SQL(count, "SELECT count(*) FROM secretsmanager_stage WHERE secret = ?1");
    int rc = np_exec(t, &put, err, "iss", secret, stage, version);
    if (rc == 0 && first_int(np_tq(t, &count, "i", secret)) > SECRETSMANAGER_LABELS_MAX)
        rc = np_fault(err, &SECRETSMANAGER_LimitExceededException,
                      "You can't attach more than %d staging labels to the versions of a secret.",
                      SECRETSMANAGER_LABELS_MAX);
    return rc;
}

int secretsmanager_stage_move(struct np_txn *t, int64_t secret, struct np_str stage,
                              struct np_str version, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct np_str holder = secretsmanager_stage_holder(&db, secret, stage);
    if (np_str_eq(holder, version))
        return 0;
    int rc = put_stage(t, secret, stage, version, err);
    if (rc == 0 && holder.p != NULL && np_str_is(stage, "AWSCURRENT"))
        rc = put_stage(t, secret, NP_STR("AWSPREVIOUS"), holder, err);
    return rc;
}

int secretsmanager_stage_drop(struct np_txn *t, int64_t secret, struct np_str stage,
                              struct np_err *err)
{
    NP_SQL(del, "DELETE FROM secretsmanager_stage WHERE secret = ?1 AND stage = ?2");
    return np_exec(t, &del, err, "is", secret, stage);
}

void secretsmanager_stage_map(const struct secretsmanager_db *db, int64_t secret,
                              struct secretsmanager_SecretVersionsToStagesMapType *out)
{
    struct secretsmanager_version *v;
    size_t n;
    if (secretsmanager_versions(db, secret, true, &v, &n, NULL) != 0 || n == 0)
        return;
    out->v = np_new_array(db->a, struct secretsmanager_SecretVersionsToStagesMapType_entry, n);
    for (; out->n < n; out->n++) {
        out->v[out->n].key = v[out->n].id;
        secretsmanager_stages(db, secret, v[out->n].id, &out->v[out->n].value);
    }
    out->set = true;
}

/* --- envelopes --- */

int secretsmanager_envelope_add(struct np_txn *t, int64_t secret, struct np_str version,
                                struct np_str region, const struct secretsmanager_sealed *v,
                                struct np_err *err)
{
    NP_SQL(same, "DELETE FROM secretsmanager_envelope WHERE secret = ?1 AND version = ?2 AND "
                 "region = ?3 AND kms_key = ?4");
    NP_SQL(add,
           "INSERT INTO secretsmanager_envelope (secret, version, region, seq, kms_key, own, "
           "data_key, sealed) SELECT ?1, ?2, ?3, coalesce(max(seq), 0) + 1, ?4, ?5, ?6, ?7 FROM "
           "secretsmanager_envelope WHERE secret = ?1 AND version = ?2 AND region = ?3");
    NP_SQL(oldest, "DELETE FROM secretsmanager_envelope WHERE secret = ?1 AND version = ?2 AND "
                   "region = ?3 AND seq NOT IN (SELECT seq FROM secretsmanager_envelope WHERE "
                   "secret = ?1 AND version = ?2 AND region = ?3 ORDER BY seq DESC LIMIT ?4)");
    int rc = np_exec(t, &same, err, "isss", secret, version, region, v->kms_key);
    if (rc == 0)
        rc = np_exec(t, &add, err, "isssibb", secret, version, region, v->kms_key, (int64_t)v->own,
                     v->data_key, v->bytes);
    if (rc == 0)
        rc = np_exec(t, &oldest, err, "issi", secret, version, region,
                     (int64_t)SECRETSMANAGER_ENVELOPES_MAX);
    return rc;
}

int secretsmanager_envelopes(const struct secretsmanager_db *db, int64_t secret,
                             struct np_str version, struct np_str region,
                             struct secretsmanager_sealed **out, size_t *n, struct np_err *err)
{
    NP_SQL(list, "SELECT kms_key, own, data_key, sealed FROM secretsmanager_envelope WHERE "
                 "secret = ?1 AND version = ?2 AND region = ?3 ORDER BY seq DESC LIMIT ?4");
    *n = 0;
    *out = np_new_array(db->a, struct secretsmanager_sealed, SECRETSMANAGER_ENVELOPES_MAX);
    struct np_q *q = np_q(db->c, NULL, &list, "issi", secret, version, region,
                          (int64_t)SECRETSMANAGER_ENVELOPES_MAX);
    while (np_row(q))
        (*out)[(*n)++] = (struct secretsmanager_sealed){
            .kms_key = np_col_str(q, 0, db->a),
            .own = np_col_int(q, 1) != 0,
            .data_key = np_col_str(q, 2, db->a),
            .bytes = np_col_str(q, 3, db->a),
        };
    return np_q_end(q, err);
}

/* --- ListSecretVersionIds --- */

static void put_keys(const struct secretsmanager_db *db, const struct secretsmanager_secret *s,
                     struct secretsmanager_SecretVersionsListEntry *e)
{
    struct secretsmanager_sealed *sealed;
    size_t n;
    if (secretsmanager_envelopes(db, s->primary, e->VersionId, s->region, &sealed, &n, NULL) != 0)
        return;
    e->KmsKeyIds = (struct np_strs){np_new_array(db->a, struct np_str, n + 1), n, n != 0};
    for (size_t i = 0; i < n; i++)
        e->KmsKeyIds.v[i] = sealed[i].own ? sealed[i].kms_key : NP_STR("DefaultEncryptionKey");
}

int secretsmanager_ListSecretVersionIds(struct np_req *rq,
                                        const struct secretsmanager_ListSecretVersionIdsRequest *in,
                                        struct secretsmanager_ListSecretVersionIdsResponse *out,
                                        struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    struct secretsmanager_secret s;
    struct secretsmanager_version *v;
    struct np_str after;
    uint64_t before = INT64_MAX;
    size_t n, limit = in->MaxResults.set ? (size_t)in->MaxResults.v : SECRETSMANAGER_PAGE_DEFAULT;
    int rc = secretsmanager_find(rq, in->SecretId, &s, err);
    if (rc != 0)
        return rc;
    if (np_page_position(rq, np_page_filter(s.arn), in->NextToken, &after) != 0 ||
        (after.p != NULL && !np_str_u64(after, &before)))
        return np_fault(err, &SECRETSMANAGER_InvalidNextTokenException, "Invalid NextToken.");
    rc = secretsmanager_versions(&db, s.primary, !in->IncludeDeprecated.v, &v, &n, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    out->Versions.v = np_new_array(rq->arena, struct secretsmanager_SecretVersionsListEntry, n + 1);
    out->Versions.set = true;
    for (size_t i = 0; i < n; i++) {
        if ((uint64_t)v[i].seq >= before)
            continue;
        if (out->Versions.n == limit) {
            out->NextToken =
                np_page_token(rq, np_page_filter(s.arn),
                              np_str_printf(rq->arena, "%lld", (long long)v[i - 1].seq));
            break;
        }
        struct secretsmanager_SecretVersionsListEntry *e = &out->Versions.v[out->Versions.n++];
        e->VersionId = v[i].id;
        e->CreatedDate = SECRETSMANAGER_INT(v[i].created_ms);
        e->LastAccessedDate = v[i].accessed_ms;
        secretsmanager_stages(&db, s.primary, v[i].id, &e->VersionStages);
        put_keys(&db, &s, e);
    }
    return 0;
}
