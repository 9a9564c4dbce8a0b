/* SPDX-License-Identifier: Apache-2.0 */
/* replica.c - multi-region keys: replicas with the same id and material in other regions of this
 * daemon, and which of them is the primary key. */
#include "services/kms/kms_int.h"

static int check_primary(const struct kms_key *k, struct np_err *err)
{
    if (k->primary_region.p != NULL && !kms_is_replica(k))
        return 0;
    return np_fault(err, &KMS_UnsupportedOperationException,
                    "%.*s is not a multi-Region primary key.", NP_FMT(k->arn));
}

static bool is_in(const struct kms_key *k, struct np_str region)
{
    for (size_t i = 0; i < k->regions.n; i++)
        if (np_str_eq(k->regions.v[i], region))
            return true;
    return false;
}

/* --- ReplicateKey --- */

int kms_ReplicateKey_begin(struct np_req *rq, const struct kms_ReplicateKeyRequest *in,
                           struct np_err *err)
{
    const struct kms_key *k;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : check_primary(k, err);
    rc = rc != 0 ? rc : kms_tags_check(&in->Tags, err);
    if (rc == 0 && !np_region_ok(rq->core, in->ReplicaRegion))
        rc = np_fault(err, &NP_ValidationException, "There is no region %.*s.",
                      NP_FMT(in->ReplicaRegion));
    if (rc == 0 && in->Policy.p != NULL)
        rc = kms_policy_check(rq, in->Policy,
                              kms_key_arn(rq->arena, k->account, in->ReplicaRegion, k->id),
                              in->BypassPolicyLockoutSafetyCheck.v, err);
    return rc != 0 ? rc : np_apply(rq);
}

/* Imported material is imported into each region anew. */
static void copy_materials(struct np_arena *a, const struct kms_key *from, struct kms_key *to)
{
    to->materials = np_new_array(a, struct kms_material, from->n_materials + 1);
    to->n_materials = from->n_materials;
    for (size_t i = 0; i < from->n_materials; i++) {
        to->materials[i] = from->materials[i];
        if (!kms_is_external(from))
            continue;
        to->materials[i].sealed = NP_STR_NULL;
        to->materials[i].expires_ms = 0;
    }
}

int kms_ReplicateKey_apply(struct np_txn *t, const struct kms_ReplicateKeyRequest *in,
                           struct kms_ReplicateKeyResponse *out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct kms_key k, made;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : check_primary(&k, err);
    rc = rc != 0 ? rc : kms_check_usable(&k, err);
    if (rc != 0)
        return rc;
    struct np_str arn = kms_key_arn(a, k.account, in->ReplicaRegion, k.id);
    if (is_in(&k, in->ReplicaRegion))
        return np_fault(err, &KMS_AlreadyExistsException, "Key '%.*s' already exists", NP_FMT(arn));
    if (k.regions.n > KMS_REPLICAS_MAX)
        return np_fault(err, &KMS_LimitExceededException,
                        "The key has the %d replicas that it may have.", KMS_REPLICAS_MAX);
    made = k;
    made.region = in->ReplicaRegion;
    made.arn = arn;
    made.description = in->Description.p != NULL ? in->Description : NP_STR("");
    made.created_ms = np_txn_now_ms(t);
    made.policy_text = in->Policy.p != NULL ? in->Policy : kms_policy_default(a, k.account);
    made.state = kms_is_external(&k) ? KMS_PENDING_IMPORT : KMS_ENABLED;
    made.tags = kms_tags(&in->Tags);
    made.n_tags = in->Tags.n;
    copy_materials(a, &k, &made);
    rc = kms_key_insert(t, &made, err);
    if (rc != 0)
        return rc;
    made.regions = (struct np_strs){np_new_array(a, struct np_str, k.regions.n + 1), 0, true};
    for (size_t i = 0; i < k.regions.n; i++)
        made.regions.v[made.regions.n++] = k.regions.v[i];
    made.regions.v[made.regions.n++] = made.region;
    kms_regions_changed(t, &made);
    out->ReplicaKeyMetadata = kms_metadata(a, &made);
    out->ReplicaPolicy = made.policy_text;
    out->ReplicaTags = in->Tags;
    return 0;
}

/* --- UpdatePrimaryRegion --- */

int kms_UpdatePrimaryRegion_apply(struct np_txn *t, const struct kms_UpdatePrimaryRegionRequest *in,
                                  struct kms_UpdatePrimaryRegionOutput *out, struct np_err *err)
{
    NP_SQL(move, "UPDATE kms_key SET primary_region = ?2, "
                 "rotation_days = CASE WHEN region = ?2 THEN ?3 END, "
                 "rotation_ms = CASE WHEN region = ?2 THEN ?4 END "
                 "WHERE account = :account AND id = ?1");
    struct kms_db db = kms_db_txn(t);
    struct kms_key k, next;
    (void)out;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : check_primary(&k, err);
    rc = rc != 0 ? rc : kms_check_usable(&k, err);
    if (rc != 0)
        return rc;
    if (np_str_eq(in->PrimaryRegion, k.region))
        return np_fault(err, &NP_ValidationException, "The key's primary region is %.*s already.",
                        NP_FMT(k.region));
    struct kms_db there = kms_db_of(db, k.account, in->PrimaryRegion);
    rc = kms_key_load(&there, k.id, &next, err);
    if (rc == NP_ENOENT)
        return np_fault(err, &KMS_NotFoundException, "Key '%.*s' does not exist",
                        NP_FMT(kms_key_arn(db.a, k.account, in->PrimaryRegion, k.id)));
    rc = rc != 0 ? rc : kms_check_usable(&next, err);
    rc = rc != 0 ? rc
                 : np_exec(t, &move, err, "ssII", k.id, in->PrimaryRegion, k.rotation_days,
                           KMS_TIME(k.rotation_ms));
    if (rc == 0)
        kms_regions_changed(t, &k);
    return rc;
}
