/* SPDX-License-Identifier: Apache-2.0 */
/* rotation.c - new material under the same key: by itself after so many days, or when asked for.
 * What was encrypted before is decrypted with the material of then. */
#include "base/map.h"
#include "services/kms/due.h"

#define DAYS_DEFAULT 365

/* --- what rotates --- */

static int check_rotates(const struct kms_key *k, bool external_too, struct np_err *err)
{
    const char *why = NULL;
    if (k->spec->kind != KMS_SYMMETRIC)
        why = "only symmetric encryption keys rotate";
    else if (kms_is_external(k) && !external_too)
        why = "keys with imported material do not rotate by themselves";
    else if (kms_is_replica(k))
        why = "a replica rotates with its primary key";
    if (why == NULL)
        return 0;
    return np_fault(err, &KMS_UnsupportedOperationException, "%.*s: %s.", NP_FMT(k->arn), why);
}

static int set_days(struct np_txn *t, const struct kms_key *k, struct np_opt_int days,
                    struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_key SET rotation_days = ?2, rotation_ms = ?3 WHERE account = :account "
                "AND region = :region AND id = ?1");
    struct np_opt_int at = {days.set, np_txn_now_ms(t) + days.v * KMS_DAY_MS};
    int rc = np_exec(t, &put, err, "sII", k->id, days, at);
    if (rc == 0)
        kms_key_changed(t, k);
    return rc;
}

static int rotating(struct np_txn *t, struct np_str key_id, struct kms_key *k, struct np_err *err)
{
    int rc = kms_key_row(t, key_id, k, err);
    rc = rc != 0 ? rc : kms_check_customer(k, err);
    rc = rc != 0 ? rc : kms_check_usable(k, err);
    return rc != 0 ? rc : check_rotates(k, false, err);
}

int kms_EnableKeyRotation_apply(struct np_txn *t, const struct kms_EnableKeyRotationRequest *in,
                                struct kms_EnableKeyRotationOutput *out, struct np_err *err)
{
    struct kms_key k;
    (void)out;
    int rc = rotating(t, in->KeyId, &k, err);
    if (rc != 0)
        return rc;
    struct np_opt_int days = in->RotationPeriodInDays.set ? in->RotationPeriodInDays
                             : k.rotation_days.set        ? k.rotation_days
                                                          : KMS_INT(DAYS_DEFAULT);
    bool same = k.rotation_days.set && k.rotation_days.v == days.v;
    return same ? 0 : set_days(t, &k, days, err); /* its next day stays */
}

int kms_DisableKeyRotation_apply(struct np_txn *t, const struct kms_DisableKeyRotationRequest *in,
                                 struct kms_DisableKeyRotationOutput *out, struct np_err *err)
{
    struct kms_key k;
    (void)out;
    int rc = rotating(t, in->KeyId, &k, err);
    return rc != 0 ? rc : set_days(t, &k, (struct np_opt_int){0}, err);
}

/* A replica says what its primary key does. */
static const struct kms_key *settled_by(const struct np_req *rq, const struct kms_key *k)
{
    const struct kms_key *primary =
        kms_is_replica(k) ? kms_key_find(rq->core, k->primary_region, k->id) : NULL;
    return primary != NULL ? primary : k;
}

int kms_GetKeyRotationStatus(struct np_req *rq, const struct kms_GetKeyRotationStatusRequest *in,
                             struct kms_GetKeyRotationStatusResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_alive(k, err);
    if (rc != 0)
        return rc;
    const struct kms_key *by = settled_by(rq, k);
    out->KeyId = np_str_dup(rq->arena, k->id);
    out->KeyRotationEnabled = KMS_BOOL(by->rotation_days.set);
    out->RotationPeriodInDays = by->rotation_days;
    out->NextRotationDate = KMS_TIME(by->rotation_ms);
    return 0;
}

/* --- new material --- */

static int mark(const struct kms_db *db, struct np_str key, enum kms_material_state from,
                enum kms_material_state to, struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_material SET state = ?3 WHERE account = :account AND region = :region "
                "AND key = ?1 AND state = ?2");
    return kms_exec(db, &put, err, "sss", key, np_str_of(kms_material_state_name(from)),
                    np_str_of(kms_material_state_name(to)));
}

/* In all regions of the key. */
static int add_material(struct np_txn *t, const struct kms_key *k, struct kms_material *m,
                        struct np_err *err)
{
    m->seq = k->materials[k->n_materials - 1].seq + 1;
    m->state = KMS_CURRENT;
    m->created_ms = np_txn_now_ms(t);
    struct np_strs here = {(struct np_str[]){k->region}, 1, true};
    const struct np_strs *regions = k->regions.n != 0 ? &k->regions : &here;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < regions->n; i++) {
        struct kms_db db = kms_db_of(kms_db_txn(t), k->account, regions->v[i]);
        rc = mark(&db, k->id, KMS_CURRENT, KMS_NON_CURRENT, err);
        rc = rc != 0 ? rc : kms_material_insert(&db, k->id, m, err);
    }
    if (rc == 0)
        kms_regions_changed(t, k);
    return rc;
}

int kms_RotateKeyOnDemand_begin(struct np_req *rq, const struct kms_RotateKeyOnDemandRequest *in,
                                struct np_err *err)
{
    const struct kms_key *k;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_customer(k, err);
    rc = rc != 0 ? rc : kms_check_usable(k, err);
    rc = rc != 0 ? rc : check_rotates(k, true, err);
    if (rc != 0)
        return rc;
    struct kms_key made = {.spec = k->spec};
    memcpy(made.raw_id, k->raw_id, sizeof(made.raw_id));
    if (!kms_is_external(k))
        kms_material_new(rq, &made);
    rq->priv = made.materials;
    return np_apply(rq);
}

/* Imported material waits for the rotation that makes it current. */
static int rotate_imported(struct np_txn *t, const struct kms_key *k, struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_material SET rotated = 'ON_DEMAND', created_ms = :now "
                "WHERE account = :account AND region = :region AND key = ?1 "
                "AND state = 'PENDING_ROTATION'");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    if (k->materials[k->n_materials - 1].state != KMS_PENDING_ROTATION)
        return np_fault(err, &KMS_KMSInvalidStateException,
                        "%.*s has no key material that waits for its rotation: import it first.",
                        NP_FMT(k->arn));
    int rc = kms_exec(&db, &put, err, "s", k->id);
    rc = rc != 0 ? rc : mark(&db, k->id, KMS_CURRENT, KMS_NON_CURRENT, err);
    rc = rc != 0 ? rc : mark(&db, k->id, KMS_PENDING_ROTATION, KMS_CURRENT, err);
    if (rc == 0)
        kms_key_changed(t, k);
    return rc;
}

int kms_RotateKeyOnDemand_apply(struct np_txn *t, const struct kms_RotateKeyOnDemandRequest *in,
                                struct kms_RotateKeyOnDemandResponse *out, struct np_err *err)
{
    const struct kms_material *made = np_txn_req(t)->priv;
    struct kms_key k;
    size_t n = 0;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_usable(&k, err);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < k.n_materials; i++)
        n += np_str_is(k.materials[i].rotated, "ON_DEMAND");
    if (n >= KMS_ROTATIONS_MAX)
        return np_fault(err, &KMS_LimitExceededException,
                        "The key was rotated on demand the %d times that it may be.",
                        KMS_ROTATIONS_MAX);
    out->KeyId = k.id;
    if (made == NULL)
        return rotate_imported(t, &k, err);
    struct kms_material m = *made;
    m.rotated = NP_STR("ON_DEMAND");
    return add_material(t, &k, &m, err);
}

int kms_rotate_due(const struct np_core *core, struct np_txn *t, struct kms_key *k,
                   struct np_err *err)
{
    if (k->rotation_ms == 0 || k->rotation_ms > np_txn_now_ms(t) || k->state != KMS_ENABLED)
        return 0;
    struct kms_material m = {.rotated = NP_STR("AUTOMATIC")};
    kms_material_random(core, np_txn_arena(t), k, &m);
    int rc = add_material(t, k, &m, err);
    return rc != 0 ? rc : set_days(t, k, k->rotation_days, err);
}

/* --- the list --- */

static struct kms_RotationsListEntry entry_of(struct np_arena *a, const struct kms_key *k,
                                              const struct kms_material *m, bool all)
{
    struct kms_RotationsListEntry e = {
        .KeyId = np_str_dup(a, k->id),
        .KeyMaterialId = kms_material_name(a, m),
        .RotationType = np_str_dup(a, m->rotated),
    };
    if (m->rotated.p != NULL)
        e.RotationDate = KMS_INT(m->created_ms);
    if (all)
        e.KeyMaterialState = np_str_of(kms_material_state_name(m->state));
    if (!kms_is_external(k))
        return e;
    e.KeyMaterialDescription = np_str_dup(a, m->description);
    e.ImportState = m->sealed.p != NULL ? NP_STR("IMPORTED") : NP_STR("PENDING_IMPORT");
    if (m->sealed.p != NULL)
        e.ExpirationModel = m->expires_ms != 0 ? NP_STR("KEY_MATERIAL_EXPIRES")
                                               : NP_STR("KEY_MATERIAL_DOES_NOT_EXPIRE");
    e.ValidTo = KMS_TIME(m->expires_ms);
    return e;
}

int kms_ListKeyRotations(struct np_req *rq, const struct kms_ListKeyRotationsRequest *in,
                         struct kms_ListKeyRotationsResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    struct kms_page page;
    uint64_t after = 0;
    bool all = np_str_is(in->IncludeKeyMaterial, "ALL_KEY_MATERIAL"), more = false;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc
                 : kms_page_begin(rq, in->Limit, in->Marker, KMS_PAGE_DEFAULT,
                                  np_page_filter(in->KeyId) + all, &page, err);
    if (rc == 0 && k->spec->kind != KMS_SYMMETRIC)
        rc = np_fault(err, &KMS_UnsupportedOperationException,
                      "%.*s: only symmetric encryption keys rotate.", NP_FMT(k->arn));
    rc = rc != 0 ? rc : kms_check_alive(k, err);
    if (rc != 0)
        return rc;
    if (page.after.p != NULL)
        np_str_u64(page.after, &after);
    out->Rotations.set = true;
    for (size_t i = 0; i < k->n_materials && !more; i++) {
        const struct kms_material *m = &k->materials[i];
        if ((uint64_t)m->seq <= after || (!all && m->rotated.p == NULL))
            continue;
        more = out->Rotations.n == page.limit;
        if (more)
            break;
        KMS_PUSH(rq->arena, &out->Rotations, entry_of(rq->arena, k, m, all));
        page.after = np_str_printf(rq->arena, "%lld", (long long)m->seq);
    }
    kms_page_end(rq, &page, more, page.after, &out->Truncated, &out->NextMarker);
    return 0;
}
