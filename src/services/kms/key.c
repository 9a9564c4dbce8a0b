/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - keys: made, described, listed, switched on and off. */
#include "aws/ids.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/map.h"
#include "services/kms/job.h"

/* --- what is said of a key --- */

static struct np_strs names(struct np_arena *a, const char *const *list)
{
    struct np_strs out = {0};
    for (; list != NULL && *list != NULL; list++)
        KMS_PUSH(a, &out, np_str_of(*list));
    return out;
}

static struct kms_MultiRegionConfiguration *regions_out(struct np_arena *a, const struct kms_key *k)
{
    if (k->primary_region.p == NULL)
        return NULL;
    struct kms_MultiRegionConfiguration *c = np_new(a, struct kms_MultiRegionConfiguration);
    c->MultiRegionKeyType = kms_is_replica(k) ? NP_STR("REPLICA") : NP_STR("PRIMARY");
    c->ReplicaKeys.set = true;
    for (size_t i = 0; i < k->regions.n; i++) {
        struct np_str region = np_str_dup(a, k->regions.v[i]);
        struct kms_MultiRegionKey key = {kms_key_arn(a, k->account, region, k->id), region};
        if (!np_str_eq(region, k->primary_region)) {
            KMS_PUSH(a, &c->ReplicaKeys, key);
            continue;
        }
        c->PrimaryKey = np_new(a, struct kms_MultiRegionKey);
        *c->PrimaryKey = key;
    }
    return c;
}

static void import_out(struct np_arena *a, const struct kms_key *k, struct kms_KeyMetadata *m)
{
    const struct kms_material *now = kms_material_current(k);
    if (now == NULL || now->sealed.p == NULL)
        return;
    if (k->spec->kind == KMS_SYMMETRIC)
        m->CurrentKeyMaterialId = kms_material_name(a, now);
    if (!kms_is_external(k))
        return;
    m->ExpirationModel = now->expires_ms != 0 ? NP_STR("KEY_MATERIAL_EXPIRES")
                                              : NP_STR("KEY_MATERIAL_DOES_NOT_EXPIRE");
    m->ValidTo = KMS_TIME(now->expires_ms);
}

struct kms_KeyMetadata *kms_metadata(struct np_arena *a, const struct kms_key *k)
{
    struct kms_KeyMetadata *m = np_new(a, struct kms_KeyMetadata);
    const char *usage_lists[] = {"ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"};
    m->AWSAccountId = np_str_dup(a, k->account);
    m->KeyId = np_str_dup(a, k->id);
    m->Arn = np_str_dup(a, k->arn);
    m->CreationDate = KMS_INT(k->created_ms);
    m->Enabled = KMS_BOOL(k->state == KMS_ENABLED);
    m->Description = np_str_dup(a, k->description);
    m->KeyUsage = np_str_dup(a, k->usage);
    m->KeyState = np_str_of(kms_state_name(k->state));
    m->DeletionDate = KMS_TIME(k->deletion_ms);
    m->Origin = np_str_dup(a, k->origin);
    m->KeyManager = k->aws ? NP_STR("AWS") : NP_STR("CUSTOMER");
    m->KeySpec = m->CustomerMasterKeySpec = np_str_of(k->spec->name);
    if (np_str_eq(k->usage, np_str_of(usage_lists[0])))
        m->EncryptionAlgorithms = names(a, k->spec->encryption);
    if (np_str_eq(k->usage, np_str_of(usage_lists[1])))
        m->SigningAlgorithms = names(a, k->spec->signing);
    if (np_str_eq(k->usage, np_str_of(usage_lists[2])))
        m->KeyAgreementAlgorithms = names(a, k->spec->agreement);
    m->MacAlgorithms = names(a, k->spec->mac);
    m->MultiRegion = KMS_BOOL(k->primary_region.p != NULL);
    m->MultiRegionConfiguration = regions_out(a, k);
    if (k->state == KMS_PENDING_REPLICA_DELETION)
        m->PendingDeletionWindowInDays = k->window_days;
    import_out(a, k, m);
    return m;
}

int kms_DescribeKey(struct np_req *rq, const struct kms_DescribeKeyRequest *in,
                    struct kms_DescribeKeyResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    if (rc == 0)
        out->KeyMetadata = kms_metadata(rq->arena, k);
    return rc;
}

/* --- making --- */

static int unsupported(struct np_str what, const char *why, struct np_err *err)
{
    return np_fault(err, &KMS_UnsupportedOperationException, "%.*s: %s", NP_FMT(what), why);
}

static int choose_spec(const struct kms_CreateKeyRequest *in, struct kms_key *k, struct np_err *err)
{
    struct np_str spec = in->KeySpec.p != NULL ? in->KeySpec : in->CustomerMasterKeySpec;
    if (in->KeySpec.p != NULL && in->CustomerMasterKeySpec.p != NULL)
        return np_fault(err, &NP_ValidationException,
                        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
                        "CustomerMasterKeySpec is deprecated.");
    k->spec = kms_spec_find(spec.p != NULL ? spec : NP_STR("SYMMETRIC_DEFAULT"));
    if (k->spec == NULL)
        return unsupported(spec, "keys of this spec are not made in this region.", err);
    k->usage = in->KeyUsage;
    if (k->usage.p == NULL && k->spec->usage_required)
        return np_fault(err, &NP_ValidationException,
                        "You must specify a KeyUsage value for all KMS keys except for symmetric "
                        "encryption keys.");
    if (k->usage.p == NULL)
        k->usage = np_str_of(k->spec->usages[0]);
    if (!kms_spec_has(k->spec->usages, k->usage))
        return np_fault(err, &NP_ValidationException,
                        "KeyUsage %.*s is not compatible with KeySpec "
                        "%s",
                        NP_FMT(k->usage), k->spec->name);
    return 0;
}

static int choose_origin(const struct kms_CreateKeyRequest *in, struct kms_key *k,
                         struct np_err *err)
{
    k->origin = in->Origin.p != NULL ? in->Origin : NP_STR("AWS_KMS");
    if (!np_str_is(k->origin, "AWS_KMS") && !np_str_is(k->origin, "EXTERNAL"))
        return unsupported(k->origin, "this region has no custom key stores.", err);
    k->state = kms_is_external(k) ? KMS_PENDING_IMPORT : KMS_ENABLED;
    return 0;
}

static struct np_str new_id(struct np_arena *a, bool multi_region)
{
    return multi_region ? np_id_hex(a, "mrk-", 32) : np_id_uuid(a);
}

void kms_material_random(const struct np_core *core, struct np_arena *a, const struct kms_key *k,
                         struct kms_material *out)
{
    uint8_t secret[64];
    np_random(secret, k->spec->min_bytes);
    kms_material_seal(core, a, k->raw_id, np_str_n(secret, k->spec->min_bytes), out);
    np_wipe(secret, sizeof(secret));
}

/* A pair, on the pool. */
struct making {
    struct kms_job job;
    struct kms_key *key;
    struct np_str private;
};

static int make_pair(struct kms_job *j)
{
    struct making *m = NP_CONTAINER(j, struct making, job);
    return kms_pkey_make(m->key->spec, j->rq->arena, &m->private, &m->key->materials->public,
                         &j->err);
}

static int pair_made(struct kms_job *j, struct np_err *err)
{
    struct making *m = NP_CONTAINER(j, struct making, job);
    (void)err;
    kms_material_seal(j->rq->core, j->rq->arena, m->key->raw_id, m->private, m->key->materials);
    kms_wipe(m->private);
    return np_apply(j->rq);
}

static void first_material(struct np_req *rq, struct kms_key *k)
{
    k->materials = np_new(rq->arena, struct kms_material);
    k->n_materials = 1;
    k->materials->seq = 1;
    k->materials->state = KMS_CURRENT;
    k->materials->created_ms = rq->now_ms;
}

void kms_material_new(struct np_req *rq, struct kms_key *k)
{
    first_material(rq, k);
    kms_material_random(rq->core, rq->arena, k, k->materials);
}

/* What begin returns: material at once, or when the pool has made it. */
static int make_material(struct np_req *rq, struct kms_key *k)
{
    if (k->spec->kind == KMS_SYMMETRIC || k->spec->kind == KMS_HMAC) {
        kms_material_new(rq, k);
        return np_apply(rq);
    }
    first_material(rq, k);
    struct making *m = np_new(rq->arena, struct making);
    m->key = k;
    m->job = (struct kms_job){.rq = rq, .work = make_pair, .then = pair_made};
    return kms_job_run(&m->job);
}

int kms_CreateKey_begin(struct np_req *rq, const struct kms_CreateKeyRequest *in,
                        struct np_err *err)
{
    struct kms_key *k = np_new(rq->arena, struct kms_key);
    k->account = rq->account;
    k->region = rq->region;
    k->id = new_id(rq->arena, in->MultiRegion.v);
    k->arn = kms_key_arn(rq->arena, k->account, k->region, k->id);
    kms_id_parse(k->id, k->raw_id);
    k->description = in->Description.p != NULL ? in->Description : NP_STR("");
    k->created_ms = rq->now_ms;
    if (in->MultiRegion.v) {
        k->primary_region = rq->region;
        KMS_PUSH(rq->arena, &k->regions, rq->region);
    }
    k->tags = kms_tags(&in->Tags);
    k->n_tags = in->Tags.n;
    k->policy_text = in->Policy.p != NULL ? in->Policy : kms_policy_default(rq->arena, rq->account);
    int rc = choose_spec(in, k, err);
    rc = rc != 0 ? rc : choose_origin(in, k, err);
    rc = rc != 0 ? rc : kms_tags_check(&in->Tags, err);
    if (rc == 0 && in->Policy.p != NULL)
        rc = kms_policy_check(rq, in->Policy, k->arn, in->BypassPolicyLockoutSafetyCheck.v, err);
    if (rc != 0)
        return rc;
    rq->priv = k;
    return kms_is_external(k) ? np_apply(rq) : make_material(rq, k);
}

int kms_CreateKey_apply(struct np_txn *t, const struct kms_CreateKeyRequest *in,
                        struct kms_CreateKeyResponse *out, struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM kms_key WHERE account = :account AND region = :region "
                  "AND aws = 0");
    struct kms_key *k = np_txn_req(t)->priv;
    (void)in;
    if (kms_first_int(np_tq(t, &count, "")) >= KMS_KEYS_MAX)
        return np_fault(err, &KMS_LimitExceededException,
                        "The account has the %d keys that it may have in a region.", KMS_KEYS_MAX);
    int rc = kms_key_insert(t, k, err);
    if (rc == 0)
        out->KeyMetadata = kms_metadata(np_txn_arena(t), k);
    return rc;
}

/* --- lists --- */

int kms_ListKeys(struct np_req *rq, const struct kms_ListKeysRequest *in,
                 struct kms_ListKeysResponse *out, struct np_err *err)
{
    NP_SQL(rows, "SELECT id FROM kms_key WHERE account = :account AND region = :region "
                 "AND id > ?1 ORDER BY id LIMIT ?2");
    struct kms_db db = kms_db_req(rq);
    struct kms_page page;
    int rc = kms_page_begin(rq, in->Limit, in->Marker, KMS_PAGE_DEFAULT, 0, &page, err);
    if (rc != 0)
        return rc;
    out->Keys.set = true;
    struct np_str after = page.after.p != NULL ? page.after : NP_STR("");
    struct np_q *q = np_q(db.c, &db.scope, &rows, "si", after, (int64_t)page.limit + 1);
    while (np_row(q)) {
        struct np_str id = np_col_str(q, 0, db.a);
        struct kms_KeyListEntry e = {id, kms_key_arn(db.a, rq->account, rq->region, id)};
        KMS_PUSH(db.a, &out->Keys, e);
    }
    rc = np_q_end(q, err);
    bool more = out->Keys.n > page.limit;
    out->Keys.n = more ? page.limit : out->Keys.n;
    if (rc == 0)
        kms_page_end(rq, &page, more, more ? out->Keys.v[page.limit - 1].KeyId : NP_STR(""),
                     &out->Truncated, &out->NextMarker);
    return rc;
}

/* --- changing --- */

static int changeable(struct np_txn *t, struct np_str key_id, struct kms_key *k, struct np_err *err)
{
    int rc = kms_key_row(t, key_id, k, err);
    rc = rc != 0 ? rc : kms_check_customer(k, err);
    return rc != 0 ? rc : kms_check_alive(k, err);
}

static int switch_to(struct np_txn *t, struct np_str key_id, enum kms_state state,
                     struct np_err *err)
{
    struct kms_key k;
    int rc = changeable(t, key_id, &k, err);
    if (rc == 0 && k.state == KMS_PENDING_IMPORT)
        rc = np_fault(err, &KMS_KMSInvalidStateException, "%.*s is pending import.", NP_FMT(k.arn));
    return rc != 0 ? rc : kms_key_set_state(t, &k, state, err);
}

int kms_EnableKey_apply(struct np_txn *t, const struct kms_EnableKeyRequest *in,
                        struct kms_EnableKeyOutput *out, struct np_err *err)
{
    (void)out;
    return switch_to(t, in->KeyId, KMS_ENABLED, err);
}

int kms_DisableKey_apply(struct np_txn *t, const struct kms_DisableKeyRequest *in,
                         struct kms_DisableKeyOutput *out, struct np_err *err)
{
    (void)out;
    return switch_to(t, in->KeyId, KMS_DISABLED, err);
}

int kms_UpdateKeyDescription_apply(struct np_txn *t,
                                   const struct kms_UpdateKeyDescriptionRequest *in,
                                   struct kms_UpdateKeyDescriptionOutput *out, struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_key SET description = ?2 WHERE account = :account "
                "AND region = :region AND id = ?1");
    struct kms_key k;
    (void)out;
    int rc = changeable(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : np_exec(t, &put, err, "ss", k.id, in->Description);
    if (rc == 0)
        kms_key_changed(t, &k);
    return rc;
}
