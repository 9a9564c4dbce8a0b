/* SPDX-License-Identifier: Apache-2.0 */
/* mac.c - message authentication codes under HMAC keys. */
#include "base/digest.h"
#include "services/kms/pkey.h"

static int make(struct np_req *rq, const struct kms_key *k, struct np_str algorithm,
                struct np_str message, struct np_opt_bool dry_run, uint8_t mac[64], size_t *n,
                struct np_err *err)
{
    uint8_t room[KMS_SECRET_MAX];
    int rc = kms_check_usable(k, err);
    rc = rc != 0 ? rc : kms_check_usage(k, "GENERATE_VERIFY_MAC", rq->op->codec->name, err);
    if (rc == 0 && !kms_spec_has(k->spec->mac, algorithm))
        rc = np_fault(err, &KMS_InvalidKeyUsageException,
                      "Algorithm %.*s and key spec %s are incompatible.", NP_FMT(algorithm),
                      k->spec->name);
    rc = rc != 0 ? rc : kms_dry_run(dry_run, err);
    if (rc != 0)
        return rc;
    const struct kms_material *m = kms_material_current(k);
    struct np_str secret = kms_material_open(rq->core, k, m, room, sizeof(room));
    if (secret.p == NULL)
        return np_err(err, NP_ECORRUPT, "the material of key %.*s does not open", NP_FMT(k->arn));
    *n = kms_hmac(algorithm, secret, message, mac);
    np_wipe(room, sizeof(room));
    return 0;
}

int kms_GenerateMac(struct np_req *rq, const struct kms_GenerateMacRequest *in,
                    struct kms_GenerateMacResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    uint8_t mac[64];
    size_t n;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : make(rq, k, in->MacAlgorithm, in->Message, in->DryRun, mac, &n, err);
    if (rc != 0)
        return rc;
    out->Mac = np_str_dup(rq->arena, np_str_n(mac, n));
    out->MacAlgorithm = in->MacAlgorithm;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    return 0;
}

int kms_VerifyMac(struct np_req *rq, const struct kms_VerifyMacRequest *in,
                  struct kms_VerifyMacResponse *out, struct np_err *err)
{
    const struct kms_key *k;
    uint8_t mac[64];
    size_t n;
    int rc = kms_key_get(rq, in->KeyId, &k, err);
    rc = rc != 0 ? rc : make(rq, k, in->MacAlgorithm, in->Message, in->DryRun, mac, &n, err);
    if (rc != 0)
        return rc;
    if (!np_ct_eq(np_str_n(mac, n), in->Mac))
        return np_fault(err, &KMS_KMSInvalidMacException, NULL);
    out->MacValid = KMS_BOOL(true);
    out->MacAlgorithm = in->MacAlgorithm;
    out->KeyId = np_str_dup(rq->arena, k->arn);
    return 0;
}
