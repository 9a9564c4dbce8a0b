/* SPDX-License-Identifier: Apache-2.0 */
/* crypt.c - values under KMS keys: a data key for each, made and opened by KMS on behalf of the
 * caller, the value sealed with it by AES-256-GCM. A key that is disabled, or that the caller may
 * not use, shows at once, since nothing is kept between calls. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "aws/arn.h"
#include "aws/call.h"
#include "base/digest.h"
#include "gen/kms/stubs.h"

#define ALIAS "alias/aws/secretsmanager"

/* --- names of keys --- */

struct np_str secretsmanager_kms_arn(struct np_arena *a, struct np_str region,
                                     struct np_str account, struct np_str key)
{
    if (np_str_starts(key, NP_STR("arn:")))
        return key;
    if (key.n == 0)
        key = NP_STR(ALIAS);
    bool alias = np_str_starts(key, NP_STR("alias/"));
    return np_arn_make(a, "kms", region, account, "%s%.*s", alias ? "" : "key/", NP_FMT(key));
}

int secretsmanager_kms_key_check(struct np_str key, struct np_err *err)
{
    struct np_arn arn;
    bool ok = true;
    if (np_str_starts(key, NP_STR("arn:")))
        ok = np_arn_parse(key, &arn) && np_str_is(arn.service, "kms");
    for (size_t i = 0; i < key.n; i++)
        ok = ok && key.p[i] > ' ' && key.p[i] < 127;
    if (ok)
        return 0;
    return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                    "'%.*s' is neither the ID, the alias nor the ARN of a KMS key.", NP_FMT(key));
}

/* --- calling --- */

struct call {
    struct secretsmanager_crypt *c;
    struct kms_EncryptionContextType_entry context[2];
    struct kms_GenerateDataKeyRequest generate;
    struct kms_DecryptRequest decrypt;
};

static struct call *call_new(struct secretsmanager_crypt *c)
{
    struct call *k = np_new(c->rq->arena, struct call);
    k->c = c;
    k->context[0] = (struct kms_EncryptionContextType_entry){NP_STR("SecretARN"), c->arn};
    k->context[1] = (struct kms_EncryptionContextType_entry){NP_STR("SecretVersionId"), c->version};
    c->call = k;
    return k;
}

/* kms:ViaService comes of the caller's service and the region. */
static struct np_caller caller_of(const struct secretsmanager_crypt *c)
{
    return (struct np_caller){
        .kind = NP_CALLER_FORWARD,
        .session = c->rq->who,
        .service = NP_STR("secretsmanager.amazonaws.com"),
        .account = c->rq->account,
        .region = c->region,
    };
}

/* AWS: what KMS said stands behind the sentence, as its client prints it
 * (tests/sdk/test_secretsmanager_kms.py). */
static int kms_failed(const struct secretsmanager_crypt *c, bool sealing, int rc,
                      const struct np_err *why, struct np_err *err)
{
    const struct np_fault_def *fault = rc == NP_EFAULT ? why->fault : NULL;
    if (fault == NULL || fault == &NP_ThrottlingException || !fault->sender) {
        *err = *why;
        err->n_extra = 0;
        return rc;
    }
    if (fault == &NP_AccessDenied || fault == &NP_AccessDeniedException)
        return np_fault(err, &NP_AccessDeniedException, "Access to KMS is not allowed");
    const char *code = fault->code != NULL ? fault->code : fault->name;
    return np_fault(
        err, sealing ? &SECRETSMANAGER_EncryptionFailure : &SECRETSMANAGER_DecryptionFailure,
        "Secrets Manager can't %s the secret value: %.*s (Service: AWSKMS; Status "
        "Code: 400; Error Code: %s; Request ID: %.*s; Proxy: null)",
        sealing ? "encrypt" : "decrypt", NP_FMT(np_err_text(why)), code, NP_FMT(c->rq->request_id));
}

/* What a value is bound to beside its key, so that rows cannot be exchanged. */
static struct np_str bound_to(const struct secretsmanager_crypt *c)
{
    return np_str_printf(c->rq->arena, "%.*s\n%.*s", NP_FMT(c->arn), NP_FMT(c->version));
}

/* --- sealing --- */

static struct np_str seal_bytes(const struct secretsmanager_crypt *c, struct np_str key)
{
    size_t n = NP_AEAD_NONCE + c->plain.n + NP_AEAD_TAG;
    uint8_t *out = np_alloc(c->rq->arena, n);
    np_random(out, NP_AEAD_NONCE);
    struct np_aead *aead = np_aead_new((const uint8_t *)key.p);
    np_aead_seal(aead, out, bound_to(c), c->plain.p, c->plain.n, out + NP_AEAD_NONCE);
    np_aead_free(aead);
    return np_str_n(out, n);
}

static void generated(void *arg, int rc, const struct kms_GenerateDataKeyResponse *out,
                      const struct np_err *why)
{
    struct secretsmanager_crypt *c = ((struct call *)arg)->c;
    struct np_err err = {0};
    if (rc != 0) {
        c->done(c, kms_failed(c, true, rc, why, &err), &err);
        return;
    }
    if (out->Plaintext.n != NP_AEAD_KEY) {
        c->done(c, np_err(&err, NP_EPROTO, "a data key of %zu bytes", out->Plaintext.n), &err);
        return;
    }
    c->sealed = (struct secretsmanager_sealed){
        .kms_key = np_str_dup(c->rq->arena, out->KeyId),
        .own = c->kms_key.n != 0,
        .data_key = np_str_dup(c->rq->arena, out->CiphertextBlob),
        .bytes = seal_bytes(c, out->Plaintext),
    };
    c->done(c, 0, &err);
}

void secretsmanager_seal(struct secretsmanager_crypt *c)
{
    struct call *k = call_new(c);
    const struct np_caller caller = caller_of(c);
    k->generate = (struct kms_GenerateDataKeyRequest){
        .KeyId = secretsmanager_kms_arn(c->rq->arena, c->region, c->account, c->kms_key),
        .EncryptionContext = {k->context, NP_LEN(k->context), true},
        .KeySpec = NP_STR("AES_256"),
    };
    kms_GenerateDataKey_call(c->rq->core, c->rq->loop, &caller, &k->generate, NULL, generated, k);
}

/* --- opening --- */

static bool open_bytes(struct secretsmanager_crypt *c, struct np_str key)
{
    struct np_str from = c->sealed.bytes;
    if (key.n != NP_AEAD_KEY || from.n < NP_AEAD_NONCE + NP_AEAD_TAG)
        return false;
    size_t n = from.n - NP_AEAD_NONCE;
    char *out = np_alloc(c->rq->arena, n);
    struct np_aead *aead = np_aead_new((const uint8_t *)key.p);
    bool ok =
        np_aead_open(aead, (const uint8_t *)from.p, bound_to(c), from.p + NP_AEAD_NONCE, n, out);
    np_aead_free(aead);
    c->plain = np_str_n(out, n - NP_AEAD_TAG);
    return ok;
}

static void decrypted(void *arg, int rc, const struct kms_DecryptResponse *out,
                      const struct np_err *why)
{
    struct secretsmanager_crypt *c = ((struct call *)arg)->c;
    struct np_err err = {0};
    if (rc != 0)
        rc = kms_failed(c, false, rc, why, &err);
    else if (!open_bytes(c, out->Plaintext))
        rc = np_err(&err, NP_ECORRUPT, "version %.*s of %.*s does not open", NP_FMT(c->version),
                    NP_FMT(c->arn));
    c->done(c, rc, &err);
}

void secretsmanager_open(struct secretsmanager_crypt *c)
{
    struct call *k = call_new(c);
    const struct np_caller caller = caller_of(c);
    k->decrypt = (struct kms_DecryptRequest){
        .CiphertextBlob = c->sealed.data_key,
        .EncryptionContext = {k->context, NP_LEN(k->context), true},
    };
    kms_Decrypt_call(c->rq->core, c->rq->loop, &caller, &k->decrypt, NULL, decrypted, k);
}
