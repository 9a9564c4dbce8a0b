/* SPDX-License-Identifier: Apache-2.0 */
/* secure.c - values of SecureStrings. KMS is called for the caller, by way of Systems Manager, and
 * binds each value to its parameter's ARN. Standard tier: the value is KMS's ciphertext itself.
 * Advanced tier: a data key of its own, as KMS sealed it, then the value under that key:
 *   1 byte   form, 1
 *   2 bytes  length of the sealed key, big-endian
 *   …        the sealed key
 *   12 bytes nonce
 *   …        AES-256-GCM, with the ARN beside it; the tag at the end
 * Plain texts and data keys are zeroed when they are no longer needed. */
#include "aws/call.h"
#include "aws/identity.h"
#include "base/digest.h"
#include "base/enc.h"
#include "gen/kms/stubs.h"
#include "services/ssm/ssm_int.h"

#define FORM   1
#define HEAD_N 3
#define KMS_AS NP_STR("ssm.amazonaws.com")

struct sealing {
    struct np_req *rq;
    struct ssm_seal *seal;
    void (*done)(struct np_req *rq, int rc);
    struct kms_EncryptionContextType_entry context;
    struct kms_EncryptRequest encrypt;
    struct kms_GenerateDataKeyRequest generate;
};

struct opening {
    struct np_req *rq;
    struct ssm_secret *secrets;
    size_t n, at;
    struct np_str envelope; /* of the one at hand; absent: it has none */
    struct kms_EncryptionContextType_entry context;
    struct kms_DecryptRequest decrypt;
};

/* --- wiping --- */

static void wipe_str(struct np_str s)
{
    if (s.n != 0)
        np_wipe((void *)(uintptr_t)s.p, s.n);
}

static void wipe(void *arg)
{
    const struct np_str *s = arg;
    wipe_str(*s);
}

void ssm_wipe_later(struct np_req *rq, struct np_str bytes)
{
    struct np_str *s = np_new(rq->arena, struct np_str);
    *s = bytes;
    np_arena_defer(rq->arena, wipe, s);
}

/* --- KMS --- */

static struct np_caller for_caller(const struct np_req *rq)
{
    return (struct np_caller){
        .kind = NP_CALLER_FORWARD,
        .session = rq->who,
        .service = KMS_AS,
        .account = rq->account,
        .region = rq->region,
    };
}

static struct kms_EncryptionContextType bind_to(struct kms_EncryptionContextType_entry *entry,
                                                struct np_str arn)
{
    *entry = (struct kms_EncryptionContextType_entry){NP_STR("PARAMETER_ARN"), arn};
    return (struct kms_EncryptionContextType){entry, 1, true};
}

/* AWS: KMS's own words, and which service said them: a denial as such, all else as InvalidKeyId
 * (tests/sdk/test_ssm_secure.py). */
static int kms_fault(struct np_req *rq, int rc, const struct np_err *said)
{
    if (rc != NP_EFAULT) {
        rq->err = *said;
        return rc;
    }
    const struct np_fault_def *def = said->fault;
    bool denied = def == &NP_AccessDenied || def == &NP_AccessDeniedException;
    if (!def->sender || def == &NP_ThrottlingException) {
        rq->err = *said;
        return rc;
    }
    return np_fault(&rq->err, denied ? &NP_AccessDeniedException : &SSM_InvalidKeyId,
                    "%.*s (Service: AWSKMS; Status Code: 400; Error Code: %s; Request ID: %.*s; "
                    "Proxy: null)",
                    NP_FMT(np_err_text(said)), denied ? "AccessDeniedException" : def->name,
                    NP_FMT(rq->request_id));
}

/* --- sealing --- */

static void encrypted(void *arg, int rc, const struct kms_EncryptResponse *out,
                      const struct np_err *err)
{
    struct sealing *s = arg;
    if (rc != 0)
        rc = kms_fault(s->rq, rc, err);
    else
        s->seal->sealed = np_base64(s->rq->arena, out->CiphertextBlob);
    s->done(s->rq, rc);
}

static struct np_str envelope(struct np_arena *a, const struct ssm_seal *s, struct np_str key,
                              struct np_str sealed_key)
{
    size_t n = HEAD_N + sealed_key.n + NP_AEAD_NONCE + s->plain.n + NP_AEAD_TAG;
    uint8_t *p = np_alloc(a, n), *nonce = p + HEAD_N + sealed_key.n;
    p[0] = FORM;
    p[1] = (uint8_t)(sealed_key.n >> 8);
    p[2] = (uint8_t)sealed_key.n;
    memcpy(p + HEAD_N, sealed_key.p, sealed_key.n);
    np_random(nonce, NP_AEAD_NONCE);
    struct np_aead *c = np_aead_new((const uint8_t *)key.p);
    np_aead_seal(c, nonce, s->arn, s->plain.p, s->plain.n, nonce + NP_AEAD_NONCE);
    np_aead_free(c);
    return np_base64(a, np_str_n(p, n));
}

static void generated(void *arg, int rc, const struct kms_GenerateDataKeyResponse *out,
                      const struct np_err *err)
{
    struct sealing *s = arg;
    if (rc != 0)
        rc = kms_fault(s->rq, rc, err);
    else if (out->Plaintext.n != NP_AEAD_KEY || out->CiphertextBlob.n > UINT16_MAX)
        rc = np_err(&s->rq->err, NP_EINVAL, "KMS made a data key of another form");
    else
        s->seal->sealed = envelope(s->rq->arena, s->seal, out->Plaintext, out->CiphertextBlob);
    if (rc == 0)
        wipe_str(out->Plaintext);
    s->done(s->rq, rc);
}

void ssm_seal(struct np_req *rq, struct ssm_seal *seal, void (*done)(struct np_req *rq, int rc))
{
    struct sealing *s = np_new(rq->arena, struct sealing);
    const struct np_caller caller = for_caller(rq);
    *s = (struct sealing){.rq = rq, .seal = seal, .done = done};
    if (seal->envelope) {
        s->generate.KeyId = seal->key_id;
        s->generate.KeySpec = NP_STR("AES_256");
        s->generate.EncryptionContext = bind_to(&s->context, seal->arn);
        kms_GenerateDataKey_call(rq->core, rq->loop, &caller, &s->generate, NULL, generated, s);
        return;
    }
    s->encrypt.KeyId = seal->key_id;
    s->encrypt.Plaintext = seal->plain;
    s->encrypt.EncryptionContext = bind_to(&s->context, seal->arn);
    kms_Encrypt_call(rq->core, rq->loop, &caller, &s->encrypt, NULL, encrypted, s);
}

/* --- opening --- */

static int corrupt(struct opening *o)
{
    return np_err(&o->rq->err, NP_ECORRUPT, "the value of %.*s is not as it was sealed",
                  NP_FMT(o->secrets[o->at].arn));
}

/* Where the sealed key ends; 0: that is no envelope. */
static size_t sealed_key_end(struct np_str e)
{
    const uint8_t *p = (const uint8_t *)e.p;
    if (e.n < HEAD_N || p[0] != FORM)
        return 0;
    size_t end = HEAD_N + ((size_t)p[1] << 8 | p[2]);
    return end + NP_AEAD_NONCE + NP_AEAD_TAG <= e.n ? end : 0;
}

/* The plain text, of KMS's answer or of what is under the key that it answered. */
static int take_plain(struct opening *o, struct np_str plain, struct np_str *out)
{
    if (o->envelope.p == NULL) {
        *out = np_str_dup(o->rq->arena, plain);
        return 0;
    }
    size_t end = sealed_key_end(o->envelope), n = o->envelope.n - end - NP_AEAD_NONCE;
    const uint8_t *nonce = (const uint8_t *)o->envelope.p + end;
    char *room = np_alloc(o->rq->arena, n);
    if (plain.n != NP_AEAD_KEY)
        return corrupt(o);
    struct np_aead *c = np_aead_new((const uint8_t *)plain.p);
    bool ok = np_aead_open(c, nonce, o->secrets[o->at].arn, nonce + NP_AEAD_NONCE, n, room);
    np_aead_free(c);
    if (!ok)
        return corrupt(o);
    *out = np_str_n(room, n - NP_AEAD_TAG);
    return 0;
}

static int open_next(struct opening *o);

static void decrypted(void *arg, int rc, const struct kms_DecryptResponse *out,
                      const struct np_err *err)
{
    struct opening *o = arg;
    struct np_str plain = NP_STR_NULL;
    if (rc != 0)
        rc = kms_fault(o->rq, rc, err);
    else
        rc = take_plain(o, out->Plaintext, &plain);
    if (rc == 0) {
        wipe_str(out->Plaintext);
        ssm_wipe_later(o->rq, plain);
        *o->secrets[o->at++].value = plain;
        rc = o->at < o->n ? open_next(o) : 0;
    }
    if (rc != NP_LATER)
        np_req_done(o->rq, rc);
}

static int open_next(struct opening *o)
{
    const struct ssm_secret *s = &o->secrets[o->at];
    const struct np_caller caller = for_caller(o->rq);
    struct np_str blob = np_unbase64(o->rq->arena, *s->value);
    o->envelope = s->envelope ? blob : NP_STR_NULL;
    if (s->envelope) {
        size_t end = sealed_key_end(blob);
        if (end == 0)
            return corrupt(o);
        blob = np_str_sub(blob, HEAD_N, end - HEAD_N);
    }
    if (blob.n == 0)
        return corrupt(o);
    o->decrypt = (struct kms_DecryptRequest){
        .CiphertextBlob = blob,
        .EncryptionContext = bind_to(&o->context, s->arn),
    };
    kms_Decrypt_call(o->rq->core, o->rq->loop, &caller, &o->decrypt, NULL, decrypted, o);
    return NP_LATER;
}

int ssm_open(struct np_req *rq, struct ssm_secret *secrets, size_t n)
{
    if (n == 0)
        return 0;
    struct opening *o = np_new(rq->arena, struct opening);
    *o = (struct opening){.rq = rq, .secrets = secrets, .n = n};
    return open_next(o);
}
