/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - data keys of volumes: made and sealed by KMS for the caller, opened later by EC2
 * itself, whom a grant lets do that. A key that is disabled shows when a volume is attached. */
#include "services/ec2/ebs/ebs_int.h"

#include "aws/arn.h"
#include "aws/call.h"
#include "base/digest.h"
#include "gen/kms/stubs.h"

#define ALIAS     "alias/aws/ebs"
#define SERVICE   "ec2.amazonaws.com"
#define CONTEXT   "aws:ebs:id"
#define KEY_BYTES 64

struct call {
    struct ec2_ebs_key *k;
    struct kms_EncryptionContextType_entry context, from_context;
    struct kms_GenerateDataKeyWithoutPlaintextRequest generate;
    struct kms_DecryptRequest decrypt;
    struct kms_EncryptRequest encrypt;
    struct kms_CreateGrantRequest grant;
    struct kms_GrantConstraints constraints;
    struct np_str operations[4];
    struct np_defer defer;
    int rc;
};

struct open_call {
    struct ec2_ebs_open *o;
    struct kms_EncryptionContextType_entry context;
    struct kms_DecryptRequest decrypt;
    struct np_str arn;
};

static struct np_str key_arn(struct np_arena *a, const struct np_req *rq, struct np_str key)
{
    if (np_str_starts(key, NP_STR("arn:")))
        return key;
    bool alias = np_str_starts(key, NP_STR("alias/"));
    return np_arn_make(a, "kms", rq->region, rq->account, "%s%.*s", alias ? "" : "key/",
                       NP_FMT(key));
}

int ec2_ebs_key_fault(struct np_err *err, struct np_str key, int rc, const struct np_err *why)
{
    const struct np_fault_def *fault = rc == NP_EFAULT ? why->fault : NULL;
    if (fault == NULL || !fault->sender || fault == &NP_ThrottlingException) {
        *err = *why;
        return rc;
    }
    struct np_str name = np_str_of(fault->code != NULL ? fault->code : fault->name);
    bool state =
        np_str_starts(name, NP_STR("Disabled")) || np_str_starts(name, NP_STR("KMSInvalidState"));
    return np_fault(err, state ? &EC2_InvalidKmsKeyInvalidState : &EC2_KmsKeyNotAccessible,
                    "The KMS key '%.*s' %s: %.*s", NP_FMT(key),
                    state ? "is not in a valid state" : "cannot be used", NP_FMT(np_err_text(why)));
}

/* kms:ViaService comes of the caller's service and the region. */
static struct np_caller caller_of(const struct ec2_ebs_key *k, struct np_str region)
{
    return (struct np_caller){
        .kind = NP_CALLER_FORWARD,
        .session = k->rq->who,
        .service = NP_STR(SERVICE),
        .account = k->rq->account,
        .region = region,
    };
}

static void end(struct ec2_ebs_key *k, int rc, const struct np_err *why)
{
    if (rc != 0)
        rc = ec2_ebs_key_fault(&k->rq->err, k->arn.n != 0 ? k->arn : NP_STR(ALIAS), rc, why);
    k->done(k, rc);
}

/* --- a grant for EC2 --- */

static void granted(void *arg, int rc, const struct kms_CreateGrantResponse *out,
                    const struct np_err *why)
{
    struct call *c = arg;
    if (rc == 0)
        c->k->key->GrantId = np_str_dup(c->k->rq->arena, out->GrantId);
    end(c->k, rc, why);
}

static void grant(struct call *c)
{
    struct ec2_ebs_key *k = c->k;
    const struct np_caller caller = caller_of(k, k->rq->region);
    c->operations[0] = NP_STR("Decrypt");
    c->operations[1] = NP_STR("DescribeKey");
    c->operations[2] = NP_STR("RetireGrant");
    c->constraints.EncryptionContextSubset =
        (struct kms_EncryptionContextType){&c->context, 1, true};
    c->grant = (struct kms_CreateGrantRequest){
        .KeyId = k->arn,
        .GranteePrincipal = NP_STR(SERVICE),
        .RetiringPrincipal = NP_STR(SERVICE),
        .Operations = {c->operations, 3, true},
        .Constraints = &c->constraints,
    };
    kms_CreateGrant_call(k->rq->core, k->rq->loop, &caller, &c->grant, NULL, granted, c);
}

static void take(struct call *c, struct np_str arn, struct np_str sealed)
{
    struct ec2_ebs_key *k = c->k;
    k->arn = np_str_dup(k->rq->arena, arn);
    k->key = np_new(k->rq->arena, struct ec2_EbsKey);
    k->key->Sealed = np_str_dup(k->rq->arena, sealed);
    k->key->Context = k->id;
    grant(c);
}

/* --- a fresh one --- */

static void generated(void *arg, int rc,
                      const struct kms_GenerateDataKeyWithoutPlaintextResponse *out,
                      const struct np_err *why)
{
    struct call *c = arg;
    if (rc == 0)
        take(c, out->KeyId, out->CiphertextBlob);
    else
        end(c->k, rc, why);
}

static void generate(struct call *c)
{
    struct ec2_ebs_key *k = c->k;
    const struct np_caller caller = caller_of(k, k->rq->region);
    c->generate = (struct kms_GenerateDataKeyWithoutPlaintextRequest){
        .KeyId = k->arn,
        .EncryptionContext = {&c->context, 1, true},
        .NumberOfBytes = {true, KEY_BYTES},
    };
    kms_GenerateDataKeyWithoutPlaintext_call(k->rq->core, k->rq->loop, &caller, &c->generate, NULL,
                                             generated, c);
}

/* --- the source's, under another KMS key --- */

static void encrypted(void *arg, int rc, const struct kms_EncryptResponse *out,
                      const struct np_err *why)
{
    struct call *c = arg;
    np_wipe((char *)c->encrypt.Plaintext.p, c->encrypt.Plaintext.n);
    if (rc == 0)
        take(c, out->KeyId, out->CiphertextBlob);
    else
        end(c->k, rc, why);
}

static void decrypted(void *arg, int rc, const struct kms_DecryptResponse *out,
                      const struct np_err *why)
{
    struct call *c = arg;
    struct ec2_ebs_key *k = c->k;
    const struct np_caller caller = caller_of(k, k->rq->region);
    if (rc != 0) {
        k->arn = k->from_arn;
        end(k, rc, why);
        return;
    }
    c->encrypt = (struct kms_EncryptRequest){
        .KeyId = k->arn,
        .Plaintext = np_str_dup(k->rq->arena, out->Plaintext),
        .EncryptionContext = {&c->context, 1, true},
    };
    kms_Encrypt_call(k->rq->core, k->rq->loop, &caller, &c->encrypt, NULL, encrypted, c);
}

static void seal_anew(struct call *c)
{
    struct ec2_ebs_key *k = c->k;
    const struct np_caller caller = caller_of(k, k->from_region);
    c->from_context = (struct kms_EncryptionContextType_entry){NP_STR(CONTEXT), k->from->Context};
    c->decrypt = (struct kms_DecryptRequest){
        .CiphertextBlob = k->from->Sealed,
        .EncryptionContext = {&c->from_context, 1, true},
    };
    kms_Decrypt_call(k->rq->core, k->rq->loop, &caller, &c->decrypt, NULL, decrypted, c);
}

static void shared(void *arg)
{
    struct call *c = arg;
    c->k->done(c->k, 0);
}

static bool same_place(const struct ec2_ebs_key *k)
{
    return np_str_eq(k->from_account, k->rq->account) && np_str_eq(k->from_region, k->rq->region);
}

void ec2_ebs_key_source(struct ec2_ebs_key *k, const struct ec2_item *snapshot)
{
    struct np_arena *a = k->rq->arena;
    const struct ec2_EbsKey *from = EC2_OWN(SnapshotOwn, snapshot)->Key;
    if (from == NULL)
        return;
    struct ec2_EbsKey *copy = np_new(a, struct ec2_EbsKey);
    *copy = (struct ec2_EbsKey){np_str_dup(a, from->Sealed), np_str_dup(a, from->Context),
                                np_str_dup(a, from->GrantId)};
    k->from = copy;
    k->from_account = np_str_dup(a, snapshot->account);
    k->from_region = np_str_dup(a, snapshot->region);
    k->from_arn = np_str_dup(a, EC2_SEEN(Snapshot, snapshot)->KmsKeyId);
}

void ec2_ebs_key_get(struct ec2_ebs_key *k)
{
    struct np_arena *a = k->rq->arena;
    struct call *c = np_new(a, struct call);
    c->k = k;
    k->call = c;
    c->context = (struct kms_EncryptionContextType_entry){NP_STR(CONTEXT), k->id};
    /* AWS: what is made of an encrypted one, and no key is said, has its data key. */
    if (k->from != NULL && k->wish.n == 0 && same_place(k)) {
        k->arn = k->from_arn;
        k->key = np_new(a, struct ec2_EbsKey);
        *k->key = *k->from;
        np_defer(k->rq->loop, &c->defer, shared, c);
        return;
    }
    struct np_str by_default = ec2_ebs_default(k->rq).KmsKeyId;
    struct np_str name = k->wish.n != 0 ? k->wish : by_default;
    k->arn = np_str_dup(a, key_arn(a, k->rq, name.n != 0 ? name : NP_STR(ALIAS)));
    if (k->from != NULL)
        seal_anew(c);
    else
        generate(c);
}

/* --- opening, as the service --- */

static void opened(void *arg, int rc, const struct kms_DecryptResponse *out,
                   const struct np_err *why)
{
    struct ec2_ebs_open *o = ((struct open_call *)arg)->o;
    struct np_err err = {0};
    bool ok = rc == 0 && out->Plaintext.n == KEY_BYTES;
    if (rc == 0 && !ok)
        np_err(&err, NP_ECORRUPT, "a data key of %zu bytes", out->Plaintext.n);
    np_free(arg);
    o->done(o, ok ? (const uint8_t *)out->Plaintext.p : NULL, rc != 0 ? why : &err);
}

void ec2_ebs_key_open(struct ec2_ebs_open *o)
{
    struct open_call *c = np_heap_new(struct open_call);
    c->o = o;
    c->context = (struct kms_EncryptionContextType_entry){NP_STR(CONTEXT), o->key->Context};
    c->decrypt = (struct kms_DecryptRequest){
        .CiphertextBlob = o->key->Sealed,
        .EncryptionContext = {&c->context, 1, true},
    };
    const struct np_caller caller = {
        .kind = NP_CALLER_SERVICE,
        .service = NP_STR(SERVICE),
        .source_account = o->account,
        .account = o->account,
        .region = o->region,
    };
    kms_Decrypt_call(o->core, o->loop, &caller, &c->decrypt, NULL, opened, c);
}
