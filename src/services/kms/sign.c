/* SPDX-License-Identifier: Apache-2.0 */
/* sign.c - signatures, public keys, shared secrets: what is done with asymmetric keys beside
 * encryption. */
#include "base/digest.h"
#include "services/kms/job.h"

/* --- what Sign and Verify share --- */

struct signing {
    struct kms_job job;
    struct np_str algorithm, message, signature; /* message: its hash, but for ED25519 */
    bool verify;
};

static int check_algorithm(const struct kms_key *k, struct np_str algorithm, struct np_err *err)
{
    if (np_str_is(algorithm, "ED25519_PH_SHA_512"))
        return np_fault(err, &KMS_UnsupportedOperationException,
                        "ED25519_PH_SHA_512: this region signs with ED25519_SHA_512 alone.");
    if (kms_spec_has(k->spec->signing, algorithm))
        return 0;
    return np_fault(err, &KMS_InvalidKeyUsageException,
                    "Algorithm %.*s and key spec %s are incompatible.", NP_FMT(algorithm),
                    k->spec->name);
}

static int read_message(struct np_req *rq, struct np_str type, struct np_str message,
                        struct signing *s, struct np_err *err)
{
    enum np_digest_alg hash = kms_algorithm_hash(s->algorithm);
    size_t n = np_digest_size(hash);
    bool eddsa = np_str_starts(s->algorithm, NP_STR("ED25519"));
    if (np_str_is(type, "EXTERNAL_MU") || (eddsa && np_str_is(type, "DIGEST")))
        return np_fault(err, &NP_ValidationException,
                        "MessageType %.*s is not valid for algorithm %.*s.", NP_FMT(type),
                        NP_FMT(s->algorithm));
    s->message = message;
    if (eddsa)
        return 0;
    if (np_str_is(type, "DIGEST"))
        return message.n == n
                   ? 0
                   : np_fault(err, &NP_ValidationException,
                              "Digest is invalid length for algorithm %.*s.", NP_FMT(s->algorithm));
    uint8_t *digest = np_alloc(rq->arena, n);
    np_digest_once(hash, message, digest);
    s->message = np_str_n(digest, n);
    return 0;
}

static int run(struct kms_job *j)
{
    struct signing *s = NP_CONTAINER(j, struct signing, job);
    if (!s->verify) {
        struct kms_SignResponse *out = j->rq->out;
        if (kms_pkey_sign(j->pkey, s->algorithm, s->message, j->rq->arena, &out->Signature) == 0)
            return 0;
        return np_err(&j->err, NP_EIO, "a signature could not be made");
    }
    if (kms_pkey_verify(j->pkey, s->algorithm, s->message, s->signature))
        return 0;
    return np_fault(&j->err, &KMS_KMSInvalidSignatureException, NULL);
}

/* Public keys of RSA are quick. */
static int start(struct signing *s, const struct kms_key *k, struct np_err *err)
{
    if (!kms_is_quick(k) && !(s->verify && k->spec->kind == KMS_RSA))
        return kms_job_run(&s->job);
    int rc = run(&s->job);
    kms_pkey_unref(s->job.pkey);
    if (rc != 0)
        *err = s->job.err;
    return rc;
}

static int prepare(struct np_req *rq, struct signing *s, const struct kms_key *k,
                   struct np_str type, struct np_str message, struct np_opt_bool dry_run,
                   struct np_err *err)
{
    s->job.rq = rq;
    s->job.work = run;
    int rc = kms_check_usable(k, err);
    rc = rc != 0 ? rc : kms_check_usage(k, "SIGN_VERIFY", rq->op->codec->name, err);
    rc = rc != 0 ? rc : check_algorithm(k, s->algorithm, err);
    rc = rc != 0 ? rc : read_message(rq, type, message, s, err);
    rc = rc != 0 ? rc : kms_dry_run(dry_run, err);
    return rc != 0 ? rc : kms_key_pkey(rq->core, k, &s->job.pkey, err);
}

int kms_Sign(struct np_req *rq, const struct kms_SignRequest *in, struct kms_SignResponse *out,
             struct np_err *err)
{
    struct signing *s = np_new(rq->arena, struct signing);
    const struct kms_key *k;
    s->algorithm = in->SigningAlgorithm;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : prepare(rq, s, k, in->MessageType, in->Message, in->DryRun, err);
    if (rc != 0)
        return rc;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    out->SigningAlgorithm = in->SigningAlgorithm;
    return start(s, k, err);
}

int kms_Verify(struct np_req *rq, const struct kms_VerifyRequest *in,
               struct kms_VerifyResponse *out, struct np_err *err)
{
    struct signing *s = np_new(rq->arena, struct signing);
    const struct kms_key *k;
    s->algorithm = in->SigningAlgorithm;
    s->signature = in->Signature;
    s->verify = true;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : prepare(rq, s, k, in->MessageType, in->Message, in->DryRun, err);
    if (rc != 0)
        return rc;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    out->SignatureValid = KMS_BOOL(true);
    out->SigningAlgorithm = in->SigningAlgorithm;
    return start(s, k, err);
}

/* --- public keys --- */

int kms_GetPublicKey(struct np_req *rq, const struct kms_GetPublicKeyRequest *in,
                     struct kms_GetPublicKeyResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    if (rc == 0 && k->spec->kind != KMS_RSA && k->spec->kind != KMS_EC)
        rc = np_fault(err, &KMS_UnsupportedOperationException,
                      "%.*s is not an asymmetric key: it has no public key.", NP_FMT(k->arn));
    rc = rc != 0 ? rc : kms_check_usable(k, err);
    if (rc != 0)
        return rc;
    const struct kms_KeyMetadata *m = kms_metadata(rq->arena, k);
    out->KeyId = m->Arn;
    out->PublicKey = np_str_dup(rq->arena, kms_material_current(k)->public);
    out->KeySpec = m->KeySpec;
    out->CustomerMasterKeySpec = m->CustomerMasterKeySpec;
    out->KeyUsage = m->KeyUsage;
    out->EncryptionAlgorithms = m->EncryptionAlgorithms;
    out->SigningAlgorithms = m->SigningAlgorithms;
    out->KeyAgreementAlgorithms = m->KeyAgreementAlgorithms;
    return 0;
}

/* --- shared secrets --- */

struct agreement {
    struct kms_job job;
    struct np_str peer;
};

static int derive(struct kms_job *j)
{
    struct kms_DeriveSharedSecretResponse *out = j->rq->out;
    struct np_str peer = NP_CONTAINER(j, struct agreement, job)->peer;
    if (kms_pkey_derive(j->pkey, peer, j->rq->arena, &out->SharedSecret) == 0)
        return 0;
    return np_fault(
        &j->err, &NP_ValidationException,
        "PublicKey must be the SubjectPublicKeyInfo, in DER, of a key on the same curve "
        "as the KMS key.");
}

int kms_DeriveSharedSecret(struct np_req *rq, const struct kms_DeriveSharedSecretRequest *in,
                           struct kms_DeriveSharedSecretResponse *out, struct np_err *err)
{
    struct agreement *g = np_new(rq->arena, struct agreement);
    const struct kms_key *k;
    g->peer = in->PublicKey;
    g->job.rq = rq;
    g->job.work = derive;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : kms_check_usable(k, err);
    rc = rc != 0 ? rc : kms_check_usage(k, "KEY_AGREEMENT", "DeriveSharedSecret", err);
    rc = rc != 0 ? rc : kms_dry_run(in->DryRun, err);
    rc = rc != 0 ? rc : kms_key_pkey(rq->core, k, &g->job.pkey, err);
    if (rc != 0)
        return rc;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    out->KeyAgreementAlgorithm = in->KeyAgreementAlgorithm;
    out->KeyOrigin = np_str_dup(rq->arena, k->origin);
    return kms_job_run(&g->job);
}
