/* SPDX-License-Identifier: Apache-2.0 */
/* replica.c - secrets in other regions. A replica is a row that names its primary and reads its
 * versions, labels, tags and policy; only the values lie in the store once for each region, under
 * the key of that region. So a change is one transaction, for all regions or for none. */
#include "services/secretsmanager/secretsmanager_int.h"

static const struct np_str in_sync = {"Replication succeeded", 21};

int secretsmanager_replicas(const struct secretsmanager_db *db, int64_t secret,
                            struct secretsmanager_replica **out, size_t *n, struct np_err *err)
{
    NP_SQL(list,
           "SELECT r.region, r.kms_key, r.problem, s.accessed_ms FROM secretsmanager_replica r "
           "LEFT JOIN secretsmanager_secret s ON s.primary_id = r.secret AND "
           "s.region = r.region WHERE r.secret = ?1 ORDER BY r.region LIMIT ?2");
    *n = 0;
    *out = np_new_array(db->a, struct secretsmanager_replica, SECRETSMANAGER_REPLICAS_MAX);
    struct np_q *q = np_q(db->c, NULL, &list, "ii", secret, (int64_t)SECRETSMANAGER_REPLICAS_MAX);
    while (np_row(q))
        (*out)[(*n)++] = (struct secretsmanager_replica){
            .region = np_col_str(q, 0, db->a),
            .kms_key = np_col_str(q, 1, db->a),
            .problem = np_col_str(q, 2, db->a),
            .accessed_ms = np_col_opt_int(q, 3),
        };
    return np_q_end(q, err);
}

void secretsmanager_replicas_out(const struct secretsmanager_db *db,
                                 const struct secretsmanager_secret *s,
                                 struct secretsmanager_ReplicationStatusListType *out)
{
    struct secretsmanager_replica *r;
    size_t n;
    if (secretsmanager_is_replica(s) || secretsmanager_replicas(db, s->id, &r, &n, NULL) != 0 ||
        n == 0)
        return;
    out->v = np_new_array(db->a, struct secretsmanager_ReplicationStatusType, n);
    out->set = true;
    for (; out->n < n; out->n++)
        out->v[out->n] = (struct secretsmanager_ReplicationStatusType){
            .Region = r[out->n].region,
            .KmsKeyId = r[out->n].kms_key.p != NULL ? r[out->n].kms_key
                                                    : NP_STR("alias/aws/secretsmanager"),
            .Status = r[out->n].problem.p != NULL ? NP_STR("Failed") : NP_STR("InSync"),
            .StatusMessage = r[out->n].problem.p != NULL ? r[out->n].problem : in_sync,
            .LastAccessedDate = r[out->n].accessed_ms,
        };
}

/* --- checks --- */

static int invalid_region(struct np_str region, struct np_err *err)
{
    return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                    "Invalid replica region. '%.*s' is no region that this secret can be "
                    "replicated to, or is named twice.",
                    NP_FMT(region));
}

int secretsmanager_regions_check(const struct np_req *rq,
                                 const struct secretsmanager_AddReplicaRegionListType *list,
                                 struct np_err *err)
{
    int rc = 0;
    if (list->n > SECRETSMANAGER_REPLICAS_MAX)
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "You can't replicate a secret to more than %d regions.",
                        SECRETSMANAGER_REPLICAS_MAX);
    for (size_t i = 0; rc == 0 && i < list->n; i++) {
        struct np_str region = list->v[i].Region;
        bool bad =
            region.p == NULL || np_str_eq(region, rq->region) || !np_region_ok(rq->core, region);
        for (size_t j = 0; j < i; j++)
            bad = bad || np_str_eq(list->v[j].Region, region);
        rc = bad ? invalid_region(region, err)
                 : secretsmanager_kms_key_check(list->v[i].KmsKeyId, err);
    }
    return rc;
}

/* --- rows --- */

static int put_row(struct np_txn *t, int64_t secret, struct np_str region, struct np_str kms_key,
                   struct np_str problem, struct np_err *err)
{
    NP_SQL(put, "INSERT INTO secretsmanager_replica (secret, region, kms_key, problem) VALUES "
                "(?1, ?2, ?3, ?4) ON CONFLICT (secret, region) DO UPDATE SET "
                "kms_key = excluded.kms_key, problem = excluded.problem");
    return np_exec(t, &put, err, "isss", secret, region, kms_key, problem);
}

static int drop_row(struct np_txn *t, int64_t secret, struct np_str region, struct np_err *err)
{
    NP_SQL(values, "DELETE FROM secretsmanager_envelope WHERE secret = ?1 AND region = ?2");
    NP_SQL(row, "DELETE FROM secretsmanager_replica WHERE secret = ?1 AND region = ?2");
    int rc = np_exec(t, &values, err, "is", secret, region);
    return rc == 0 ? np_exec(t, &row, err, "is", secret, region) : rc;
}

static const struct secretsmanager_replica *row_of(const struct secretsmanager_replica *r, size_t n,
                                                   struct np_str region)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(r[i].region, region))
            return &r[i];
    return NULL;
}

/* Why the values of a region could not be sealed; absent: they were. */
static struct np_str problem_of(const struct secretsmanager_work *w, struct np_str region)
{
    for (size_t i = 0; i < w->n; i++)
        if (np_str_eq(w->items[i].region, region) && w->items[i].problem.p != NULL)
            return w->items[i].problem;
    return NP_STR_NULL;
}

/* The secret of that name in the region: ours already, another one that is in the way, or none. */
static int make_place(struct np_txn *t, const struct secretsmanager_secret *s, struct np_str region,
                      bool force, bool *ours, bool *taken, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret other;
    struct secretsmanager_replica *r;
    size_t n = 0;
    *ours = *taken = false;
    int rc = secretsmanager_by_name(&db, s->account, region, s->name, &other, err);
    if (rc != 0)
        return rc == NP_ENOENT ? 0 : rc;
    *ours = other.primary == s->id;
    if (*ours)
        return 0;
    rc = secretsmanager_replicas(&db, other.id, &r, &n, err);
    /* What has replicas or is one belongs to others, too. */
    *taken = !force || n != 0 || secretsmanager_is_replica(&other);
    return rc == 0 && !*taken ? secretsmanager_remove(t, &other, err) : rc;
}

static int add_one(struct np_txn *t, const struct secretsmanager_secret *s, struct np_str region,
                   struct np_str kms_key, bool force, struct np_str problem, struct np_err *err)
{
    bool ours, taken;
    struct secretsmanager_secret copy = {
        .account = s->account,
        .region = region,
        .name = s->name,
        .suffix = s->suffix,
        .primary = s->id,
        .kms_key = kms_key.n != 0 ? kms_key : NP_STR_NULL,
        .created_ms = np_txn_now_ms(t),
        .changed_ms = np_txn_now_ms(t),
    };
    int rc = make_place(t, s, region, force, &ours, &taken, err);
    if (taken)
        problem = NP_STR("Secret with this name already exists in this region.");
    if (rc == 0)
        rc = put_row(t, s->id, region, copy.kms_key, problem, err);
    return rc == 0 && !taken && !ours ? secretsmanager_add(t, &copy, err) : rc;
}

int secretsmanager_replicas_add(struct np_txn *t, const struct secretsmanager_secret *s,
                                const struct secretsmanager_AddReplicaRegionListType *list,
                                bool force, const struct secretsmanager_work *w, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_replica *r;
    size_t n;
    int rc = secretsmanager_replicas(&db, s->id, &r, &n, err);
    if (rc == 0 && n + list->n > SECRETSMANAGER_REPLICAS_MAX)
        rc = np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                      "You can't replicate a secret to more than %d regions.",
                      SECRETSMANAGER_REPLICAS_MAX);
    for (size_t i = 0; rc == 0 && i < list->n; i++) {
        struct np_str region = list->v[i].Region;
        const struct secretsmanager_replica *old = row_of(r, n, region);
        if (old != NULL && old->problem.p == NULL)
            return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                            "The secret is already replicated to region %.*s.", NP_FMT(region));
        rc = add_one(t, s, region, list->v[i].KmsKeyId, force, problem_of(w, region), err);
    }
    if (rc == 0 && list->n != 0)
        secretsmanager_changed(t, s->id);
    return rc;
}

int secretsmanager_replicas_note(struct np_txn *t, const struct secretsmanager_secret *s,
                                 const struct secretsmanager_work *w, struct np_err *err)
{
    NP_SQL(put, "UPDATE secretsmanager_replica SET problem = ?3 WHERE secret = ?1 AND region = ?2 "
                "AND EXISTS (SELECT 1 FROM secretsmanager_secret WHERE primary_id = ?1 AND "
                "region = ?2)");
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_replica *r;
    size_t n;
    int rc = secretsmanager_replicas(&db, s->id, &r, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        size_t at = 0;
        while (at < w->n && !np_str_eq(w->items[at].region, r[i].region))
            at++;
        if (at == w->n)
            return np_err(err, NP_EAGAIN, "the secret's replicas were changed by another call");
        rc = np_exec(t, &put, err, "iss", s->id, r[i].region, problem_of(w, r[i].region));
    }
    return rc;
}

/* --- ReplicateSecretToRegions --- */

int secretsmanager_ReplicateSecretToRegions_begin(
    struct np_req *rq, const struct secretsmanager_ReplicateSecretToRegionsRequest *in,
    struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_req(rq);
    struct secretsmanager_work *w = secretsmanager_work_new(rq, SECRETSMANAGER_WORK_MAX);
    struct secretsmanager_version *v;
    size_t n;
    int rc = secretsmanager_regions_check(rq, &in->AddReplicaRegions, err);
    if (rc == 0)
        rc = secretsmanager_find(rq, in->SecretId, &w->secret, err);
    if (rc == 0)
        rc = secretsmanager_writable(&w->secret, err);
    if (rc == 0)
        rc = secretsmanager_versions(&db, w->secret.id, true, &v, &n, err);
    if (rc != 0)
        return rc;
    const struct secretsmanager_secret *s = &w->secret;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < in->AddReplicaRegions.n && w->n < w->room; j++) {
            const struct secretsmanager_ReplicaRegionType *to = &in->AddReplicaRegions.v[j];
            w->items[w->n++] = (struct secretsmanager_item){
                .version = v[i],
                .region = to->Region,
                .arn = secretsmanager_arn(rq->arena, to->Region, s->account, s->name, s->suffix),
                .kms_key = to->KmsKeyId.n != 0 ? to->KmsKeyId : NP_STR_NULL,
            };
        }
    return secretsmanager_work_run(w);
}

/* Does the work hold every version that has labels now? */
static int check_whole(struct np_txn *t, const struct secretsmanager_work *w, int64_t secret,
                       struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_version *v;
    size_t n;
    int rc = secretsmanager_versions(&db, secret, true, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        size_t at = 0;
        while (at < w->n && !np_str_eq(w->items[at].version.id, v[i].id))
            at++;
        if (at == w->n)
            rc = np_err(err, NP_EAGAIN, "the secret's versions were changed by another call");
    }
    return rc;
}

int secretsmanager_ReplicateSecretToRegions_apply(
    struct np_txn *t, const struct secretsmanager_ReplicateSecretToRegionsRequest *in,
    struct secretsmanager_ReplicateSecretToRegionsResponse *out, struct np_err *err)
{
    const struct secretsmanager_work *w = secretsmanager_work_of(t);
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret s;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0 && s.id != w->secret.id)
        rc = np_err(err, NP_EAGAIN, "the secret was changed by another call");
    if (rc == 0)
        rc = check_whole(t, w, s.id, err);
    if (rc == 0)
        rc = secretsmanager_replicas_add(t, &s, &in->AddReplicaRegions,
                                         in->ForceOverwriteReplicaSecret.v, w, err);
    if (rc == 0)
        rc = secretsmanager_work_store(t, w, s.id, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    secretsmanager_replicas_out(&db, &s, &out->ReplicationStatus);
    return 0;
}

/* --- RemoveRegionsFromReplication --- */

static int remove_one(struct np_txn *t, const struct secretsmanager_secret *s, struct np_str region,
                      struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret copy;
    int rc = secretsmanager_by_name(&db, s->account, region, s->name, &copy, err);
    if (rc == 0 && secretsmanager_is_replica(&copy) && copy.primary == s->id)
        rc = secretsmanager_remove(t, &copy, err);
    return rc == 0 || rc == NP_ENOENT ? drop_row(t, s->id, region, err) : rc;
}

int secretsmanager_RemoveRegionsFromReplication_apply(
    struct np_txn *t, const struct secretsmanager_RemoveRegionsFromReplicationRequest *in,
    struct secretsmanager_RemoveRegionsFromReplicationResponse *out, struct np_err *err)
{
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct secretsmanager_secret s;
    struct secretsmanager_replica *r;
    size_t n;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0)
        rc = secretsmanager_replicas(&db, s.id, &r, &n, err);
    for (size_t i = 0; rc == 0 && i < in->RemoveReplicaRegions.n; i++) {
        struct np_str region = in->RemoveReplicaRegions.v[i];
        rc = row_of(r, n, region) != NULL ? remove_one(t, &s, region, err)
                                          : invalid_region(region, err);
    }
    if (rc != 0)
        return rc;
    secretsmanager_changed(t, s.id);
    out->ARN = s.arn;
    secretsmanager_replicas_out(&db, &s, &out->ReplicationStatus);
    return 0;
}

/* --- StopReplicationToReplica --- */

/* The replica gets rows of its own: what it read of its primary until now. */
static int promote(struct np_txn *t, const struct secretsmanager_secret *s, struct np_err *err)
{
    static const struct np_sql steps[] = {
        {"UPDATE secretsmanager_secret SET primary_id = NULL, changed_ms = :now, "
         "(description, policy) = (SELECT description, policy FROM secretsmanager_secret WHERE "
         "id = ?2) WHERE id = ?1 AND ?3 IS NOT NULL"},
        {"INSERT INTO secretsmanager_tag (secret, key, value) SELECT ?1, key, value FROM "
         "secretsmanager_tag WHERE secret = ?2 AND ?3 IS NOT NULL"},
        {"INSERT INTO secretsmanager_version (secret, id, seq, binary, same, created_ms, "
         "accessed_ms) SELECT ?1, id, seq, binary, same, created_ms, accessed_ms FROM "
         "secretsmanager_version v WHERE secret = ?2 AND EXISTS (SELECT 1 FROM "
         "secretsmanager_envelope e WHERE e.secret = ?2 AND e.version = v.id AND e.region = ?3)"},
        {"INSERT INTO secretsmanager_stage (secret, stage, version) SELECT ?1, stage, version FROM "
         "secretsmanager_stage s WHERE secret = ?2 AND EXISTS (SELECT 1 FROM "
         "secretsmanager_envelope e WHERE e.secret = ?2 AND e.version = s.version AND "
         "e.region = ?3)"},
        {"UPDATE secretsmanager_envelope SET secret = ?1 WHERE secret = ?2 AND region = ?3"},
        {"DELETE FROM secretsmanager_replica WHERE ?1 IS NOT NULL AND secret = ?2 AND region = ?3"},
    };
    int rc = 0;
    NP_EACH (sql, steps)
        if (rc == 0)
            rc = np_exec(t, sql, err, "iis", s->id, s->primary, s->region);
    return rc;
}

/* A replica that the current version did not reach goes on with the one before as its own. */
static int settle(struct np_txn *t, int64_t secret, struct np_err *err)
{
    static const struct np_str current = {"AWSCURRENT", 10}, previous = {"AWSPREVIOUS", 11};
    struct secretsmanager_db db = secretsmanager_db_txn(t);
    struct np_str before = secretsmanager_stage_holder(&db, secret, previous);
    if (before.p == NULL || secretsmanager_stage_holder(&db, secret, current).p != NULL)
        return 0;
    int rc = secretsmanager_stage_drop(t, secret, previous, err);
    return rc == 0 ? secretsmanager_stage_move(t, secret, current, before, err) : rc;
}

int secretsmanager_StopReplicationToReplica_apply(
    struct np_txn *t, const struct secretsmanager_StopReplicationToReplicaRequest *in,
    struct secretsmanager_StopReplicationToReplicaResponse *out, struct np_err *err)
{
    struct secretsmanager_secret s;
    int rc = secretsmanager_find_txn(t, in->SecretId, &s, err);
    if (rc == 0 && !secretsmanager_is_replica(&s))
        rc = np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                      "The secret is not a replica. Call must be made in the replica secret's "
                      "region.");
    if (rc == 0)
        rc = promote(t, &s, err);
    if (rc == 0)
        rc = settle(t, s.id, err);
    if (rc != 0)
        return rc;
    secretsmanager_changed(t, s.primary);
    secretsmanager_changed(t, s.id);
    out->ARN = s.arn;
    return 0;
}
