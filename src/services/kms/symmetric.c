/* SPDX-License-Identifier: Apache-2.0 */
/* symmetric.c - Encrypt, Decrypt, ReEncrypt and data keys. Symmetric keys do it at once; private
 * keys of RSA on the pool. */
#include "base/digest.h"
#include "services/kms/job.h"

/* --- under a symmetric key --- */

int kms_seal(const struct np_req *rq, const struct kms_key *k, struct np_str context,
             struct np_str plain, struct np_str *blob, struct np_err *err)
{
    uint8_t room[NP_AEAD_KEY + NP_AEAD_TAG];
    const struct kms_material *m = kms_material_current(k);
    struct np_str material =
        m != NULL ? kms_material_open(rq->core, k, m, room, sizeof(room)) : NP_STR_NULL;
    if (material.p == NULL)
        return np_err(err, NP_ECORRUPT, "the material of key %.*s does not open", NP_FMT(k->arn));
    uint8_t *out = np_alloc_raw(rq->arena, plain.n + KMS_BLOB_MORE);
    kms_blob_seal(k->raw_id, m->id, material, context, plain, out);
    np_wipe(room, sizeof(room));
    *blob = np_str_n(out, plain.n + KMS_BLOB_MORE);
    return 0;
}

static int bad_ciphertext(struct np_err *err)
{
    return np_fault(err, &KMS_InvalidCiphertextException, NULL);
}

/* *m: the material that it was encrypted under. */
static int open_blob(const struct np_req *rq, const struct kms_key *k, struct np_str bytes,
                     struct np_str context, struct np_str *plain, const struct kms_material **m,
                     struct np_err *err)
{
    struct kms_blob b;
    uint8_t room[NP_AEAD_KEY + NP_AEAD_TAG];
    if (!kms_blob_parse(bytes, &b))
        return bad_ciphertext(err);
    if (!np_str_eq(np_str_n(b.key_id, b.key_id_n), k->id))
        return np_fault(err, &KMS_IncorrectKeyException,
                        "The key ID in the request does not identify a CMK that can perform this "
                        "operation.");
    *m = kms_material_find(k, b.material_id);
    if (*m == NULL)
        return bad_ciphertext(err);
    if ((*m)->sealed.p == NULL)
        return np_fault(err, &KMS_KMSInvalidStateException, "%.*s is pending import.",
                        NP_FMT(k->arn));
    struct np_str material = kms_material_open(rq->core, k, *m, room, sizeof(room));
    if (material.p == NULL)
        return np_err(err, NP_ECORRUPT, "the material of key %.*s does not open", NP_FMT(k->arn));
    uint8_t *out = np_alloc_raw(rq->arena, b.sealed.n);
    bool ok = kms_blob_open(bytes, &b, material, context, out);
    np_wipe(room, sizeof(room));
    if (!ok)
        return bad_ciphertext(err);
    *plain = np_str_n(out, b.sealed.n - KMS_BLOB_TAG);
    return 0;
}

/* --- under an RSA key --- */

static int rsa_encrypt(struct np_req *rq, const struct kms_key *k, struct np_str algorithm,
                       struct np_str plain, struct np_str *out, struct np_err *err)
{
    struct kms_pkey *pkey;
    int rc = kms_key_pkey(rq->core, k, &pkey, err);
    if (rc != 0)
        return rc;
    size_t room = kms_pkey_room(pkey, algorithm);
    if (plain.n > room)
        rc = np_fault(err, &NP_ValidationException,
                      "Algorithm %.*s and key spec %s cannot encrypt data larger than %zu bytes.",
                      NP_FMT(algorithm), k->spec->name, room);
    else if (kms_pkey_encrypt(pkey, algorithm, plain, rq->arena, out) != 0)
        rc = np_err(err, NP_EIO, "the text could not be encrypted");
    kms_pkey_unref(pkey);
    return rc;
}

struct opening { /* RSA, on the pool */
    struct kms_job job;
    struct np_str algorithm, sealed, plain;
};

static int rsa_open(struct kms_job *j)
{
    struct opening *o = NP_CONTAINER(j, struct opening, job);
    return kms_pkey_decrypt(j->pkey, o->algorithm, o->sealed, j->rq->arena, &o->plain) == 0
               ? 0
               : np_fault(&j->err, &KMS_InvalidCiphertextException, NULL);
}

/* Then `then` is called, with the opening's plaintext. */
static int rsa_decrypt(struct np_req *rq, const struct kms_key *k, struct np_str algorithm,
                       struct np_str sealed, int (*then)(struct kms_job *j, struct np_err *err),
                       struct np_err *err)
{
    struct opening *o = np_new(rq->arena, struct opening);
    o->job = (struct kms_job){.rq = rq, .work = rsa_open, .then = then};
    o->algorithm = algorithm;
    o->sealed = sealed;
    int rc = kms_key_pkey(rq->core, k, &o->job.pkey, err);
    return rc != 0 ? rc : kms_job_run(&o->job);
}

/* --- what all ask first --- */

/* A key to encrypt or decrypt with, by that algorithm (absent: a symmetric key's own). */
static int crypt_key(struct np_req *rq, const char *op, struct np_str *algorithm,
                     const struct kms_key *k, struct np_err *err)
{
    int rc = kms_check_usable(k, err);
    rc = rc != 0 ? rc : kms_check_usage(k, "ENCRYPT_DECRYPT", op, err);
    if (rc != 0)
        return rc;
    (void)rq;
    if (algorithm->p == NULL)
        *algorithm = NP_STR("SYMMETRIC_DEFAULT");
    if (!kms_spec_has(k->spec->encryption, *algorithm))
        return np_fault(err, &KMS_InvalidKeyUsageException,
                        "Algorithm %.*s and key spec %s are incompatible.", NP_FMT(*algorithm),
                        k->spec->name);
    return 0;
}

static int no_context(const struct kms_key *k, struct np_str context, struct np_err *err)
{
    if (k->spec->kind == KMS_SYMMETRIC || context.n == 0)
        return 0;
    return np_fault(err, &NP_ValidationException,
                    "EncryptionContext is not supported for keys of spec %s.", k->spec->name);
}

/* --- Encrypt --- */

static int seal(struct np_req *rq, const struct kms_key *k, struct np_str algorithm,
                struct np_str context, struct np_str plain, struct np_str *blob, struct np_err *err)
{
    if (k->spec->kind == KMS_RSA)
        return rsa_encrypt(rq, k, algorithm, plain, blob, err);
    return kms_seal(rq, k, context, plain, blob, err);
}

int kms_Encrypt(struct np_req *rq, const struct kms_EncryptRequest *in,
                struct kms_EncryptResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    struct np_str context, algorithm = in->EncryptionAlgorithm;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_context(rq->arena, &in->EncryptionContext, &context, err);
    rc = rc != 0 ? rc : crypt_key(rq, "Encrypt", &algorithm, k, err);
    rc = rc != 0 ? rc : no_context(k, context, err);
    rc = rc != 0 ? rc : kms_dry_run(in->DryRun, err);
    if (rc != 0)
        return rc;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    out->EncryptionAlgorithm = algorithm;
    return seal(rq, k, algorithm, context, in->Plaintext, &out->CiphertextBlob, err);
}

/* --- Decrypt --- */

/* The key of a call that need not name it. */
static int key_of_blob(struct np_req *rq, struct np_str key_id, struct np_str bytes,
                       const struct kms_key **k, struct np_err *err)
{
    struct kms_blob b;
    if (key_id.p != NULL)
        return kms_key_get(rq, key_id, k, err);
    if (!kms_blob_parse(bytes, &b))
        return bad_ciphertext(err);
    *k = kms_key_find(rq->core, rq->region, np_str_n(b.key_id, b.key_id_n));
    return *k != NULL ? 0 : bad_ciphertext(err);
}

/* May the ciphertext be left out? By a rehearsal that says so and names the key. */
static int check_ciphertext(struct np_str bytes, struct np_str key_id, struct np_opt_bool dry_run,
                            const struct np_strs *modifiers, struct np_err *err)
{
    bool ignored = false;
    for (size_t i = 0; i < modifiers->n; i++)
        ignored = ignored || np_str_is(modifiers->v[i], "IGNORE_CIPHERTEXT");
    if (ignored && !dry_run.v)
        return np_fault(err, &NP_ValidationException,
                        "DryRunModifiers can be used only with DryRun.");
    if (bytes.p != NULL || (ignored && key_id.p != NULL))
        return 0;
    return np_fault(err, &NP_ValidationException,
                    "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy "
                    "constraint: Member must not be null");
}

static int decrypted(struct kms_job *j, struct np_err *err)
{
    struct kms_DecryptResponse *out = j->rq->out;
    (void)err;
    out->Plaintext = NP_CONTAINER(j, struct opening, job)->plain;
    return 0;
}

int kms_Decrypt(struct np_req *rq, const struct kms_DecryptRequest *in,
                struct kms_DecryptResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    const struct kms_material *m = NULL;
    struct np_str context, plain = NP_STR_NULL, algorithm = in->EncryptionAlgorithm;
    int rc = check_ciphertext(in->CiphertextBlob, in->KeyId, in->DryRun, &in->DryRunModifiers, err);
    rc = rc != 0 ? rc : key_of_blob(rq, in->KeyId, in->CiphertextBlob, &k, err);
    rc = rc != 0 ? rc : kms_context(rq->arena, &in->EncryptionContext, &context, err);
    rc = rc != 0 ? rc : crypt_key(rq, "Decrypt", &algorithm, k, err);
    rc = rc != 0 ? rc : no_context(k, context, err);
    bool rsa = rc == 0 && k->spec->kind == KMS_RSA;
    if (rc == 0 && in->DryRunModifiers.n == 0 && !rsa)
        rc = open_blob(rq, k, in->CiphertextBlob, context, &plain, &m, err);
    rc = rc != 0 ? rc : kms_dry_run(in->DryRun, err);
    if (rc != 0)
        return rc;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    out->EncryptionAlgorithm = algorithm;
    if (rsa)
        return rsa_decrypt(rq, k, algorithm, in->CiphertextBlob, decrypted, err);
    out->Plaintext = plain;
    out->KeyMaterialId = kms_material_name(rq->arena, m);
    return 0;
}

/* --- ReEncrypt --- */

/* The second half, with the plaintext; the destination as it is by now. */
static int reencrypt_to(struct np_req *rq, struct np_str plain, struct np_err *err)
{
    const struct kms_ReEncryptRequest *in = rq->in;
    struct kms_ReEncryptResponse *out = rq->out;
    const struct kms_key *to;
    struct np_str context, algorithm = in->DestinationEncryptionAlgorithm;
    int rc = kms_key_get(rq, in->DestinationKeyId, &to, err);
    rc = rc != 0 ? rc : kms_context(rq->arena, &in->DestinationEncryptionContext, &context, err);
    rc = rc != 0 ? rc : crypt_key(rq, "ReEncryptTo", &algorithm, to, err);
    rc = rc != 0 ? rc : no_context(to, context, err);
    rc = rc != 0 ? rc : kms_dry_run(in->DryRun, err);
    if (rc != 0)
        return rc;
    out->KeyId = np_str_dup(rq->arena, to->arn);
    out->DestinationEncryptionAlgorithm = algorithm;
    if (to->spec->kind == KMS_SYMMETRIC)
        out->DestinationKeyMaterialId = kms_material_name(rq->arena, kms_material_current(to));
    return seal(rq, to, algorithm, context, plain, &out->CiphertextBlob, err);
}

static int reencrypt_rsa(struct kms_job *j, struct np_err *err)
{
    struct np_str plain = NP_CONTAINER(j, struct opening, job)->plain;
    int rc = reencrypt_to(j->rq, plain, err);
    kms_wipe(plain);
    return rc;
}

int kms_ReEncrypt(struct np_req *rq, const struct kms_ReEncryptRequest *in,
                  struct kms_ReEncryptResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    const struct kms_material *m = NULL;
    struct np_str context, plain = NP_STR_NULL, algorithm = in->SourceEncryptionAlgorithm;
    int rc = check_ciphertext(in->CiphertextBlob, in->SourceKeyId, in->DryRun, &in->DryRunModifiers,
                              err);
    rc = rc != 0 ? rc : key_of_blob(rq, in->SourceKeyId, in->CiphertextBlob, &k, err);
    rc = rc != 0 ? rc : kms_context(rq->arena, &in->SourceEncryptionContext, &context, err);
    rc = rc != 0 ? rc : crypt_key(rq, "ReEncryptFrom", &algorithm, k, err);
    rc = rc != 0 ? rc : no_context(k, context, err);
    if (rc != 0)
        return rc;
    out->SourceKeyId = np_str_dup(rq->arena, k->arn);
    out->SourceEncryptionAlgorithm = algorithm;
    if (in->DryRunModifiers.n != 0)
        return reencrypt_to(rq, plain, err);
    if (k->spec->kind == KMS_RSA)
        return rsa_decrypt(rq, k, algorithm, in->CiphertextBlob, reencrypt_rsa, err);
    rc = open_blob(rq, k, in->CiphertextBlob, context, &plain, &m, err);
    if (rc != 0)
        return rc;
    out->SourceKeyMaterialId = kms_material_name(rq->arena, m);
    rc = reencrypt_to(rq, plain, err);
    kms_wipe(plain);
    return rc;
}

/* --- data keys --- */

struct data_key {
    struct np_str key_id, spec;
    struct np_opt_int bytes;
    const struct kms_EncryptionContextType *context;
    struct np_opt_bool dry_run;
    const char *op;
    struct np_str plain, blob, arn, material;
};

static int data_key_size(const struct data_key *d, size_t *n, struct np_err *err)
{
    if ((d->spec.p != NULL) == d->bytes.set)
        return np_fault(err, &NP_ValidationException,
                        "Please specify either number of bytes or key spec.");
    *n = d->bytes.set ? (size_t)d->bytes.v : np_str_is(d->spec, "AES_128") ? 16 : 32;
    return 0;
}

static int make_data_key(struct np_req *rq, struct data_key *d, struct np_err *err)
{
    const struct kms_key *k;
    struct np_str context;
    size_t n = 0;
    int rc = kms_key_get(rq, d->key_id, &k, err);
    rc = rc != 0 ? rc : kms_context(rq->arena, d->context, &context, err);
    rc = rc != 0 ? rc : data_key_size(d, &n, err);
    rc = rc != 0 ? rc : kms_check_usable(k, err);
    rc = rc != 0 ? rc : kms_check_usage(k, "ENCRYPT_DECRYPT", d->op, err);
    if (rc == 0 && k->spec->kind != KMS_SYMMETRIC)
        rc = np_fault(err, &KMS_InvalidKeyUsageException,
                      "%.*s key spec is %s which is not valid for %s.", NP_FMT(k->arn),
                      k->spec->name, d->op);
    rc = rc != 0 ? rc : kms_dry_run(d->dry_run, err);
    if (rc != 0)
        return rc;
    uint8_t *plain = np_alloc_raw(rq->arena, n);
    np_random(plain, n);
    d->plain = np_str_n(plain, n);
    d->arn = np_str_dup(rq->arena, k->arn);
    d->material = kms_material_name(rq->arena, kms_material_current(k));
    return kms_seal(rq, k, context, d->plain, &d->blob, err);
}

int kms_GenerateDataKey(struct np_req *rq, const struct kms_GenerateDataKeyRequest *in,
                        struct kms_GenerateDataKeyResponse *out, struct np_err *err)
{
    struct data_key d = {
        .key_id = in->KeyId,
        .spec = in->KeySpec,
        .bytes = in->NumberOfBytes,
        .context = &in->EncryptionContext,
        .dry_run = in->DryRun,
        .op = "GenerateDataKey",
    };
    int rc = make_data_key(rq, &d, err);
    if (rc != 0)
        return rc;
    out->CiphertextBlob = d.blob;
    out->Plaintext = d.plain;
    out->KeyId = d.arn;
    out->KeyMaterialId = d.material;
    return 0;
}

int kms_GenerateDataKeyWithoutPlaintext(struct np_req *rq,
                                        const struct kms_GenerateDataKeyWithoutPlaintextRequest *in,
                                        struct kms_GenerateDataKeyWithoutPlaintextResponse *out,
                                        struct np_err *err)
{
    struct data_key d = {
        .key_id = in->KeyId,
        .spec = in->KeySpec,
        .bytes = in->NumberOfBytes,
        .context = &in->EncryptionContext,
        .dry_run = in->DryRun,
        .op = "GenerateDataKeyWithoutPlaintext",
    };
    int rc = make_data_key(rq, &d, err);
    if (rc != 0)
        return rc;
    kms_wipe(d.plain);
    out->CiphertextBlob = d.blob;
    out->KeyId = d.arn;
    out->KeyMaterialId = d.material;
    return 0;
}
