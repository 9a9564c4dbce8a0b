/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - key material from outside: a wrapping key and its token, the material that comes back,
 * its end. */
#include "base/digest.h"
#include "services/kms/due.h"
#include "services/kms/job.h"
#include "services/kms/token.h"

#define TOKEN_VALID_MS KMS_DAY_MS

static const char purpose[] = "kms.import";

static int check_external(const struct kms_key *k, struct np_err *err)
{
    if (kms_is_external(k))
        return 0;
    return np_fault(err, &KMS_UnsupportedOperationException,
                    "%.*s origin is %.*s which is not valid for this operation.", NP_FMT(k->arn),
                    NP_FMT(k->origin));
}

/* --- parameters --- */

struct params {
    struct kms_job job;
    const struct kms_spec *wrapping;
    struct kms_token token;
    struct np_str public;
};

static int make_wrapping(struct kms_job *j)
{
    struct params *p = NP_CONTAINER(j, struct params, job);
    return kms_pkey_make(p->wrapping, j->rq->arena, &p->token.private, &p->public, &j->err);
}

static int hand_out(struct kms_job *j, struct np_err *err)
{
    struct params *p = NP_CONTAINER(j, struct params, job);
    struct kms_GetParametersForImportResponse *out = j->rq->out;
    struct np_str plain;
    if (!kms_token_write(j->rq->arena, &p->token, &plain))
        return np_err(err, NP_EINVAL, "no such wrapping algorithm");
    out->ImportToken = np_core_seal(j->rq->core, purpose, plain, j->rq->arena);
    out->PublicKey = p->public;
    out->ParametersValidTo = KMS_INT(p->token.valid_to_ms);
    kms_wipe(plain);
    kms_wipe(p->token.private);
    return 0;
}

static int check_algorithm(const struct kms_key *k, struct np_str algorithm, struct np_err *err)
{
    bool wraps = np_str_starts(algorithm, NP_STR("RSA_AES_KEY_WRAP"));
    if (!wraps && !np_str_starts(algorithm, NP_STR("RSAES_OAEP")))
        return np_fault(err, &KMS_UnsupportedOperationException,
                        "%.*s: wrap key material by RSAES_OAEP or RSA_AES_KEY_WRAP.",
                        NP_FMT(algorithm));
    if (wraps || k->spec->kind != KMS_RSA)
        return 0;
    return np_fault(err, &KMS_UnsupportedOperationException,
                    "%.*s: private keys of RSA are longer than it can wrap; use RSA_AES_KEY_WRAP.",
                    NP_FMT(algorithm));
}

int kms_GetParametersForImport(struct np_req *rq,
                               const struct kms_GetParametersForImportRequest *in,
                               struct kms_GetParametersForImportResponse *out, struct np_err *err)
{
    struct params *p = np_new(rq->arena, struct params);
    const struct kms_key *k;
    p->job = (struct kms_job){.rq = rq, .work = make_wrapping, .then = hand_out};
    p->wrapping = kms_spec_find(in->WrappingKeySpec);
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : check_external(k, err);
    rc = rc != 0 ? rc : kms_check_alive(k, err);
    rc = rc != 0 ? rc : check_algorithm(k, in->WrappingAlgorithm, err);
    if (rc == 0 && p->wrapping == NULL)
        rc = np_fault(err, &KMS_UnsupportedOperationException,
                      "%.*s: keys of this spec are not made in this region.",
                      NP_FMT(in->WrappingKeySpec));
    if (rc != 0)
        return rc;
    memcpy(p->token.key, k->raw_id, sizeof(p->token.key));
    p->token.algorithm = in->WrappingAlgorithm;
    p->token.valid_to_ms = rq->now_ms + TOKEN_VALID_MS;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    return kms_job_run(&p->job);
}

/* --- unwrapping --- */

struct import {
    struct kms_job job;
    struct kms_token token;
    const struct kms_spec *spec;
    struct np_str plain;
    struct kms_material material;
};

static int wrong_material(const struct import *im, struct np_err *err)
{
    return np_fault(err, &KMS_IncorrectKeyMaterialException,
                    "The key material is none of a key of spec %s.", im->spec->name);
}

static int check_material(struct kms_job *j, struct import *im)
{
    if (im->spec->kind == KMS_SYMMETRIC || im->spec->kind == KMS_HMAC)
        return im->plain.n >= im->spec->min_bytes && im->plain.n <= im->spec->max_bytes
                   ? 0
                   : wrong_material(im, &j->err);
    struct kms_pkey *k = kms_pkey_parse(im->plain);
    if (k == NULL || !kms_pkey_is(k, im->spec)) {
        kms_pkey_unref(k);
        return wrong_material(im, &j->err);
    }
    im->material.public = kms_pkey_public(k, j->rq->arena);
    kms_pkey_unref(k);
    return 0;
}

static int unwrap(struct kms_job *j)
{
    struct import *im = NP_CONTAINER(j, struct import, job);
    const struct kms_ImportKeyMaterialRequest *in = j->rq->in;
    struct kms_pkey *wrapping = kms_pkey_parse(im->token.private);
    if (wrapping == NULL)
        return np_err(&j->err, NP_ECORRUPT, "an import token of ours has no key");
    int rc = kms_pkey_unwrap(wrapping, im->token.algorithm, in->EncryptedKeyMaterial, j->rq->arena,
                             &im->plain);
    kms_pkey_unref(wrapping);
    kms_wipe(im->token.private);
    if (rc != 0 || im->plain.n > KMS_SECRET_MAX)
        return np_fault(&j->err, &KMS_InvalidCiphertextException, NULL);
    rc = check_material(j, im);
    if (rc != 0)
        kms_wipe(im->plain);
    return rc;
}

static int unwrapped(struct kms_job *j, struct np_err *err)
{
    struct import *im = NP_CONTAINER(j, struct import, job);
    (void)err;
    kms_material_seal(j->rq->core, j->rq->arena, im->token.key, im->plain, &im->material);
    kms_wipe(im->plain);
    return np_apply(j->rq);
}

/* --- importing --- */

static int check_expiry(const struct np_req *rq, const struct kms_ImportKeyMaterialRequest *in,
                        struct kms_material *m, struct np_err *err)
{
    bool expires = !np_str_is(in->ExpirationModel, "KEY_MATERIAL_DOES_NOT_EXPIRE");
    if (expires != in->ValidTo.set)
        return np_fault(err, &NP_ValidationException,
                        expires ? "A validTo date must be set if the ExpirationModel is "
                                  "KEY_MATERIAL_EXPIRES"
                                : "A validTo date must not be set if the ExpirationModel is "
                                  "KEY_MATERIAL_DOES_NOT_EXPIRE");
    if (expires && (in->ValidTo.v <= rq->now_ms || in->ValidTo.v > rq->now_ms + 365 * KMS_DAY_MS))
        return np_fault(err, &NP_ValidationException,
                        "ValidTo must be in the future, and at most 365 days from now.");
    m->expires_ms = expires ? in->ValidTo.v : 0;
    m->description = in->KeyMaterialDescription;
    return 0;
}

static int open_token(struct np_req *rq, const struct kms_key *k, struct np_str sealed,
                      struct kms_token *out, struct np_err *err)
{
    int rc = 0;
    struct np_str plain = np_core_unseal(rq->core, purpose, sealed, rq->arena);
    if (plain.p == NULL || !kms_token_parse(plain, out) ||
        memcmp(out->key, k->raw_id, sizeof(out->key)) != 0)
        rc = np_fault(err, &KMS_InvalidImportTokenException,
                      "The import token is none of this KMS key.");
    else if (out->valid_to_ms <= rq->now_ms)
        rc = np_fault(err, &KMS_ExpiredImportTokenException, "The import token has expired.");
    if (rc != 0 && plain.p != NULL)
        kms_wipe(plain);
    return rc;
}

int kms_ImportKeyMaterial_begin(struct np_req *rq, const struct kms_ImportKeyMaterialRequest *in,
                                struct np_err *err)
{
    struct import *im = np_new(rq->arena, struct import);
    const struct kms_key *k;
    im->job = (struct kms_job){.rq = rq, .work = unwrap, .then = unwrapped};
    rq->priv = im;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : check_external(k, err);
    rc = rc != 0 ? rc : kms_check_alive(k, err);
    rc = rc != 0 ? rc : check_expiry(rq, in, &im->material, err);
    rc = rc != 0 ? rc : open_token(rq, k, in->ImportToken, &im->token, err);
    if (rc != 0)
        return rc;
    im->spec = k->spec;
    return kms_job_run(&im->job);
}

/* What state a key has by its material: without all of it, it waits. */
static int settle(struct np_txn *t, struct kms_key *k, struct np_err *err)
{
    NP_SQL(missing, "SELECT count(*) FROM kms_material WHERE account = :account "
                    "AND region = :region AND key = ?1 AND sealed IS NULL");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    bool whole = kms_first_int(np_q(db.c, &db.scope, &missing, "s", k->id)) == 0;
    enum kms_state state = k->state;
    if (!whole && kms_check_alive(k, NULL) == 0)
        state = KMS_PENDING_IMPORT;
    else if (whole && k->state == KMS_PENDING_IMPORT)
        state = KMS_ENABLED;
    return kms_key_set_state(t, k, state, err);
}

static int put_material(struct np_txn *t, const struct kms_key *k, const struct kms_material *old,
                        const struct kms_material *m, struct np_err *err)
{
    NP_SQL(put, "UPDATE kms_material SET sealed = ?3, public = ?4, expires_ms = ?5, "
                "description = coalesce(?6, description) "
                "WHERE account = :account AND region = :region AND key = ?1 AND seq = ?2");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    return kms_exec(&db, &put, err, "sibbIs", k->id, old->seq, m->sealed, m->public,
                    KMS_TIME(m->expires_ms), m->description);
}

static int other_material(const struct kms_key *k, struct np_err *err)
{
    return np_fault(err, &KMS_IncorrectKeyMaterialException,
                    "The key material is not that which was imported into %.*s before.",
                    NP_FMT(k->arn));
}

/* The first material, or one more that waits for its rotation. */
static int add_material(struct np_txn *t, const struct kms_key *k, struct kms_material *m,
                        struct np_err *err)
{
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    bool first = k->n_materials == 0;
    if (!first && (k->spec->kind != KMS_SYMMETRIC || k->primary_region.p != NULL))
        return np_fault(err, &KMS_UnsupportedOperationException,
                        "%.*s takes no second key material: only symmetric keys of one region do.",
                        NP_FMT(k->arn));
    if (!first && k->materials[k->n_materials - 1].state == KMS_PENDING_ROTATION)
        return np_fault(err, &KMS_KMSInvalidStateException,
                        "%.*s has key material that waits for its rotation.", NP_FMT(k->arn));
    m->seq = first ? 1 : k->materials[k->n_materials - 1].seq + 1;
    m->state = first ? KMS_CURRENT : KMS_PENDING_ROTATION;
    m->created_ms = np_txn_now_ms(t);
    return kms_material_insert(&db, k->id, m, err);
}

int kms_ImportKeyMaterial_apply(struct np_txn *t, const struct kms_ImportKeyMaterialRequest *in,
                                struct kms_ImportKeyMaterialResponse *out, struct np_err *err)
{
    struct kms_material m = ((const struct import *)np_txn_req(t)->priv)->material;
    struct kms_key k;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : check_external(&k, err);
    rc = rc != 0 ? rc : kms_check_alive(&k, err);
    if (rc != 0)
        return rc;
    out->KeyId = k.arn;
    out->KeyMaterialId = kms_material_name(np_txn_arena(t), &m);
    const struct kms_material *old = kms_material_find(&k, m.id);
    bool new = np_str_is(in->ImportType, "NEW_KEY_MATERIAL");
    bool named = in->KeyMaterialId.p == NULL || np_str_eq(in->KeyMaterialId, out->KeyMaterialId);
    if (!named || (old == NULL && !new &&k.n_materials != 0))
        return other_material(&k, err);
    rc = old != NULL ? put_material(t, &k, old, &m, err) : add_material(t, &k, &m, err);
    return rc != 0 ? rc : settle(t, &k, err);
}

/* --- its end --- */

static int drop(struct np_txn *t, const struct kms_key *k, const struct kms_material *m,
                struct np_err *err)
{
    NP_SQL(forget, "DELETE FROM kms_material WHERE account = :account AND region = :region "
                   "AND key = ?1 AND seq = ?2 AND state = 'PENDING_ROTATION'");
    NP_SQL(clear, "UPDATE kms_material SET sealed = NULL, expires_ms = NULL "
                  "WHERE account = :account AND region = :region AND key = ?1 AND seq = ?2");
    struct kms_db db = kms_db_of(kms_db_txn(t), k->account, k->region);
    int rc = kms_exec(&db, &forget, err, "si", k->id, m->seq);
    return rc != 0 ? rc : kms_exec(&db, &clear, err, "si", k->id, m->seq);
}

static const struct kms_material *named_material(struct np_arena *a, const struct kms_key *k,
                                                 struct np_str id)
{
    if (id.p == NULL)
        return kms_material_current(k);
    for (size_t i = 0; i < k->n_materials; i++)
        if (np_str_eq(kms_material_name(a, &k->materials[i]), id))
            return &k->materials[i];
    return NULL;
}

int kms_DeleteImportedKeyMaterial_apply(struct np_txn *t,
                                        const struct kms_DeleteImportedKeyMaterialRequest *in,
                                        struct kms_DeleteImportedKeyMaterialResponse *out,
                                        struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct kms_key k;
    int rc = kms_key_row(t, in->KeyId, &k, err);
    rc = rc != 0 ? rc : check_external(&k, err);
    rc = rc != 0 ? rc : kms_check_alive(&k, err);
    if (rc != 0)
        return rc;
    out->KeyId = k.arn;
    const struct kms_material *m = named_material(a, &k, in->KeyMaterialId);
    if (m == NULL && in->KeyMaterialId.p != NULL)
        return np_fault(err, &KMS_NotFoundException, "Key material %.*s does not exist",
                        NP_FMT(in->KeyMaterialId));
    if (m == NULL)
        return 0; /* AWS: there is none to delete, and that is fine */
    out->KeyMaterialId = kms_material_name(a, m);
    rc = drop(t, &k, m, err);
    return rc != 0 ? rc : settle(t, &k, err);
}

int kms_expire_due(const struct np_core *core, struct np_txn *t, struct kms_key *k,
                   struct np_err *err)
{
    bool any = false;
    int rc = 0;
    (void)core;
    for (size_t i = 0; rc == 0 && i < k->n_materials; i++) {
        const struct kms_material *m = &k->materials[i];
        if (m->expires_ms == 0 || m->expires_ms > np_txn_now_ms(t))
            continue;
        any = true;
        rc = drop(t, k, m, err);
    }
    return rc == 0 && any ? settle(t, k, err) : rc;
}
