/* SPDX-License-Identifier: Apache-2.0 */
/* pair.c - data key pairs: made on the pool, the private key sealed under a symmetric key. */
#include "base/digest.h"
#include "services/kms/job.h"

struct pair {
    struct kms_job job;
    struct np_str key_id, spec_name;
    const struct kms_spec *spec;
    struct np_str context; /* canonical */
    const char *op;
    struct np_str private, public;
    struct np_str blob, arn, material;
    void (*fill)(struct pair *p);
};

static int check_key(const struct kms_key *k, const char *op, struct np_err *err)
{
    int rc = kms_check_usable(k, err);
    rc = rc != 0 ? rc : kms_check_usage(k, "ENCRYPT_DECRYPT", op, err);
    if (rc == 0 && k->spec->kind != KMS_SYMMETRIC)
        rc = np_fault(err, &KMS_InvalidKeyUsageException,
                      "%.*s key spec is %s which is not valid for %s.", NP_FMT(k->arn),
                      k->spec->name, op);
    return rc;
}

static int generate(struct kms_job *j)
{
    struct pair *p = NP_CONTAINER(j, struct pair, job);
    return kms_pkey_make(p->spec, j->rq->arena, &p->private, &p->public, &j->err);
}

static int seal(struct kms_job *j, struct np_err *err)
{
    struct pair *p = NP_CONTAINER(j, struct pair, job);
    struct np_req *rq = j->rq;
    const struct kms_key *k;
    int rc = kms_key_get(rq, p->key_id, &k, err); /* as it is by now */
    rc = rc != 0 ? rc : check_key(k, p->op, err);
    rc = rc != 0 ? rc : kms_seal(rq, k, p->context, p->private, &p->blob, err);
    if (rc != 0)
        return rc;
    p->arn = np_str_dup(rq->arena, k->arn);
    p->material = kms_material_name(rq->arena, kms_material_current(k));
    p->fill(p);
    return 0;
}

static int start(struct np_req *rq, struct pair *p, const struct kms_EncryptionContextType *context,
                 struct np_opt_bool dry_run, struct np_err *err)
{
    const struct kms_key *k;
    p->job = (struct kms_job){.rq = rq, .work = generate, .then = seal};
    p->spec = kms_spec_find(p->spec_name);
    int rc = kms_key_get(rq, p->key_id, &k, err);
    rc = rc != 0 ? rc : kms_context(rq->arena, context, &p->context, err);
    rc = rc != 0 ? rc : check_key(k, p->op, err);
    if (rc == 0 && p->spec == NULL)
        rc = np_fault(err, &KMS_UnsupportedOperationException,
                      "%.*s: keys of this spec are not made in this region.", NP_FMT(p->spec_name));
    rc = rc != 0 ? rc : kms_dry_run(dry_run, err);
    return rc != 0 ? rc : kms_job_run(&p->job);
}

static void fill_both(struct pair *p)
{
    struct kms_GenerateDataKeyPairResponse *out = p->job.rq->out;
    *out = (struct kms_GenerateDataKeyPairResponse){
        .PrivateKeyCiphertextBlob = p->blob,
        .PrivateKeyPlaintext = p->private,
        .PublicKey = p->public,
        .KeyId = p->arn,
        .KeyPairSpec = p->spec_name,
        .KeyMaterialId = p->material,
    };
}

static void fill_sealed(struct pair *p)
{
    struct kms_GenerateDataKeyPairWithoutPlaintextResponse *out = p->job.rq->out;
    kms_wipe(p->private);
    *out = (struct kms_GenerateDataKeyPairWithoutPlaintextResponse){
        .PrivateKeyCiphertextBlob = p->blob,
        .PublicKey = p->public,
        .KeyId = p->arn,
        .KeyPairSpec = p->spec_name,
        .KeyMaterialId = p->material,
    };
}

int kms_GenerateDataKeyPair(struct np_req *rq, const struct kms_GenerateDataKeyPairRequest *in,
                            struct kms_GenerateDataKeyPairResponse *out, struct np_err *err)
{
    struct pair *p = np_new(rq->arena, struct pair);
    (void)out;
    p->key_id = in->KeyId;
    p->spec_name = in->KeyPairSpec;
    p->op = "GenerateDataKeyPair";
    p->fill = fill_both;
    return start(rq, p, &in->EncryptionContext, in->DryRun, err);
}

int kms_GenerateDataKeyPairWithoutPlaintext(
    struct np_req *rq, const struct kms_GenerateDataKeyPairWithoutPlaintextRequest *in,
    struct kms_GenerateDataKeyPairWithoutPlaintextResponse *out, struct np_err *err)
{
    struct pair *p = np_new(rq->arena, struct pair);
    (void)out;
    p->key_id = in->KeyId;
    p->spec_name = in->KeyPairSpec;
    p->op = "GenerateDataKeyPairWithoutPlaintext";
    p->fill = fill_sealed;
    return start(rq, p, &in->EncryptionContext, in->DryRun, err);
}
