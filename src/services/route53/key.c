/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - key-signing keys and the switch of DNSSEC: what changes the set of a zone's keys has it
 * signed by KMS first, and is written only if nobody else changed it meanwhile. */
#include "aws/arn.h"
#include "base/digest.h"
#include "base/enc.h"
#include "gen/kms/stubs.h"
#include "services/route53/dnssec.h"

/* Signatures with less left: something keeps them from KMS. */
#define LATE_MS (7 * ROUTE53_DAY_MS)

/* --- a change on its way --- */

struct changing {
    struct np_req *rq;
    struct route53_zone zone;
    struct route53_key *before; /* as begin saw them */
    size_t n_before;
    struct route53_key *after; /* with room for one more */
    size_t n_after;
    bool signing;  /* what is signed anew is the set of keys as it will be */
    bool enabling; /* the zone is signed afterwards, whatever it was */
    bool store;    /* of apply: what was signed is kept */
    struct route53_resign resign;
    struct kms_GetPublicKeyRequest ask;
};

static int begin(struct np_req *rq, struct np_str zone_id, struct changing **out,
                 struct np_err *err)
{
    struct changing *c = np_new(rq->arena, struct changing);
    struct route53_db db = route53_db_req(rq);
    int rc = route53_zone_find(&db, zone_id, &c->zone, err);
    if (rc == 0 && c->zone.private)
        rc = np_fault(err, &ROUTE53_InvalidInput,
                      "DNSSEC is for public hosted zones: %.*s is private.", NP_FMT(c->zone.id));
    if (rc == 0)
        rc = route53_keys(&db, c->zone.id, &c->before, &c->n_before, err);
    if (rc != 0)
        return rc;
    c->rq = rq;
    c->signing = c->zone.signing;
    c->after = np_new_array(rq->arena, struct route53_key, c->n_before + 1);
    if (c->n_before != 0)
        memcpy(c->after, c->before, c->n_before * sizeof(*c->after));
    c->n_after = c->n_before;
    rq->priv = c;
    *out = c;
    return 0;
}

static struct route53_key *key_named(struct changing *c, struct np_str name)
{
    for (size_t i = 0; i < c->n_after; i++)
        if (np_str_eq(c->after[i].name, name))
            return &c->after[i];
    return NULL;
}

static size_t count_active(const struct changing *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_after; i++)
        n += route53_key_is_active(&c->after[i]);
    return n;
}

static void signed_set(struct route53_resign *r, int rc, const struct np_err *err)
{
    struct changing *c = r->arg;
    if (rc == 0) {
        np_req_apply(c->rq);
        return;
    }
    c->rq->err = *err;
    np_req_done(c->rq, rc);
}

/* `return` it from begin: signed first, if the zone is or will be. */
static int go_on(struct changing *c, struct np_err *err)
{
    struct route53_db db = route53_db_req(c->rq);
    if (!c->signing)
        return np_apply(c->rq);
    struct route53_resign *r = &c->resign;
    *r = (struct route53_resign){
        .core = c->rq->core,
        .loop = c->rq->loop,
        .arena = c->rq->arena,
        .zone = c->zone,
        .keys = c->after,
        .n_keys = c->n_after,
        .done = signed_set,
        .arg = c,
    };
    int rc = route53_zsk_get(&db, c->zone.id, &r->zsk, err);
    if (rc == NP_ENOENT)
        route53_zsk_new(c->rq->core, c->rq->arena, &r->zsk);
    else if (rc != 0)
        return rc;
    route53_resign(r);
    return NP_LATER;
}

static int concurrent(struct np_err *err)
{
    return np_fault(err, &ROUTE53_ConcurrentModification,
                    "Another user submitted a request to create, update, or delete the object at "
                    "the same time that you did. Retry the request.");
}

static bool same_active(const struct route53_key *x, size_t n_x, const struct route53_key *y,
                        size_t n_y)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < n_x && !route53_key_is_active(&x[i]))
            i++;
        while (k < n_y && !route53_key_is_active(&y[k]))
            k++;
        if (i == n_x || k == n_y)
            return i == n_x && k == n_y;
        if (!np_str_eq(x[i++].name, y[k++].name))
            return false;
    }
}

/* In apply: if the zone is signed from now on, then begin had the set signed as it will be. */
static int unchanged(struct np_txn *t, struct changing *c, struct np_err *err)
{
    struct route53_db db = route53_db_txn(t);
    struct route53_zone z;
    struct route53_key *now;
    size_t n;
    int rc = route53_zone_find(&db, c->zone.id, &z, err);
    if (rc == 0)
        rc = route53_keys(&db, z.id, &now, &n, err);
    if (rc != 0)
        return rc;
    c->store = c->enabling || z.signing;
    if (c->store && (!c->signing || !same_active(now, n, c->before, c->n_before)))
        return concurrent(err);
    return 0;
}

static int finish(struct np_txn *t, const struct changing *c, struct route53_ChangeInfo **out,
                  struct np_err *err)
{
    int rc = c->store ? route53_resign_store(t, &c->resign, err) : 0;
    return rc == 0 ? route53_change_add(t, NP_STR_NULL, out, err) : rc;
}

static int set_status(struct np_txn *t, struct changing *c, struct np_str name,
                      struct np_str status, struct route53_ChangeInfo **out, struct np_err *err)
{
    NP_SQL(put, "UPDATE route53_ksk SET status = ?3, changed_ms = :now WHERE zone = ?1 AND "
                "name = ?2");
    int rc = unchanged(t, c, err);
    if (rc == 0)
        rc = np_exec(t, &put, err, "sss", c->zone.id, name, status);
    return rc == 0 ? finish(t, c, out, err) : rc;
}

/* --- what is said of a key --- */

static struct np_str upper_hex(struct np_arena *a, struct np_str bytes)
{
    struct np_str hex = np_hex_str(a, bytes);
    char *p = (char *)(uintptr_t)hex.p;
    for (size_t i = 0; i < hex.n; i++)
        if (p[i] >= 'a' && p[i] <= 'f')
            p[i] = (char)(p[i] - 'a' + 'A');
    return hex;
}

static void key_out(struct np_arena *a, const struct route53_zone *z, const struct route53_key *k,
                    struct route53_KeySigningKey *out)
{
    struct route53_name name = {0};
    struct np_str dnskey = np_dns_dnskey(a, NP_DNS_FLAGS_KSK, (const uint8_t *)k->public.p);
    unsigned tag = np_dns_key_tag(dnskey);
    route53_name(a, z->name, &name, NULL);
    struct np_str ds = np_dns_ds(a, name.wire, dnskey), key = np_base64(a, k->public);
    /* Key tag, algorithm and type of digest stand before the digest. */
    struct np_str digest = upper_hex(a, np_str_sub(ds, 4, SIZE_MAX));
    *out = (struct route53_KeySigningKey){
        .Name = k->name,
        .KmsArn = k->kms_arn,
        .Flag = ROUTE53_INT(NP_DNS_FLAGS_KSK),
        .SigningAlgorithmMnemonic = NP_STR("ECDSAP256SHA256"),
        .SigningAlgorithmType = ROUTE53_INT(13),
        .DigestAlgorithmMnemonic = NP_STR("SHA-256"),
        .DigestAlgorithmType = ROUTE53_INT(2),
        .KeyTag = ROUTE53_INT(tag),
        .DigestValue = digest,
        .PublicKey = key,
        .DSRecord = np_str_printf(a, "%u 13 2 %.*s", tag, NP_FMT(digest)),
        .DNSKEYRecord = np_str_printf(a, "257 3 13 %.*s", NP_FMT(key)),
        .Status = k->status,
        .CreatedDate = ROUTE53_INT(k->created_ms),
        .LastModifiedDate = ROUTE53_INT(k->changed_ms),
    };
}

int route53_GetDNSSEC(struct np_req *rq, const struct route53_GetDNSSECRequest *in,
                      struct route53_GetDNSSECResponse *out, struct np_err *err)
{
    NP_SQL(late, "SELECT 1 FROM route53_signature WHERE zone = ?1 AND expires_ms < ?2");
    struct route53_db db = route53_db_req(rq);
    struct route53_zone z;
    struct route53_key *keys;
    size_t n;
    int rc = route53_zone_find(&db, in->HostedZoneId, &z, err);
    if (rc == 0 && z.private)
        rc = np_fault(err, &ROUTE53_InvalidArgument,
                      "DNSSEC is for public hosted zones: %.*s is private.", NP_FMT(z.id));
    if (rc == 0)
        rc = route53_keys(&db, z.id, &keys, &n, err);
    if (rc != 0)
        return rc;
    int64_t before = np_wall_ms(rq->loop) + LATE_MS;
    bool is_late = route53_first_int(route53_q(&db, &late, "si", z.id, before)) != 0;
    out->Status = np_new(db.a, struct route53_DNSSECStatus);
    out->Status->ServeSignature = !z.signing ? NP_STR("NOT_SIGNING")
                                  : is_late  ? NP_STR("ACTION_NEEDED")
                                             : NP_STR("SIGNING");
    out->KeySigningKeys.set = true;
    for (size_t i = 0; i < n; i++) {
        struct route53_KeySigningKey one;
        key_out(db.a, &z, &keys[i], &one);
        ROUTE53_PUSH(db.a, &out->KeySigningKeys, one);
    }
    return 0;
}

/* --- making --- */

static int exists(struct np_str name, struct np_err *err)
{
    return np_fault(err, &ROUTE53_KeySigningKeyAlreadyExists,
                    "The hosted zone already has a key-signing key with the name '%.*s'.",
                    NP_FMT(name));
}

static int too_many(struct np_err *err)
{
    return np_fault(err, &ROUTE53_TooManyKeySigningKeys,
                    "The hosted zone has the %d key-signing keys that it may have.",
                    ROUTE53_KEYS_MAX);
}

static int check_new(struct changing *c, const struct route53_CreateKeySigningKeyRequest *in,
                     struct np_err *err)
{
    struct np_arn arn;
    for (size_t i = 0; i < in->Name.n; i++)
        if (memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", in->Name.p[i],
                   63) == NULL)
            return np_fault(err, &ROUTE53_InvalidKeySigningKeyName,
                            "The name '%.*s' is not valid: letters, digits and underscores are.",
                            NP_FMT(in->Name));
    if (!np_str_is(in->Status, "ACTIVE") && !np_str_is(in->Status, "INACTIVE"))
        return np_fault(err, &ROUTE53_InvalidKeySigningKeyStatus,
                        "The status '%.*s' is neither ACTIVE nor INACTIVE.", NP_FMT(in->Status));
    if (!np_arn_parse(in->KeyManagementServiceArn, &arn) || !np_str_is(arn.service, "kms") ||
        !np_str_starts(arn.resource, NP_STR("key/")) || !np_str_is(arn.region, "us-east-1"))
        return np_fault(err, &ROUTE53_InvalidKMSArn,
                        "'%.*s' is not the ARN of a customer managed key in us-east-1.",
                        NP_FMT(in->KeyManagementServiceArn));
    if (key_named(c, in->Name) != NULL)
        return exists(in->Name, err);
    if (c->n_before >= ROUTE53_KEYS_MAX)
        return too_many(err);
    return 0;
}

static void public_key(void *arg, int rc, const struct kms_GetPublicKeyResponse *out,
                       const struct np_err *why)
{
    struct changing *c = arg;
    struct route53_key *k = &c->after[c->n_after - 1];
    uint8_t *public = np_alloc(c->rq->arena, NP_DNS_PUBLIC_KEY);
    struct np_err *err = &c->rq->err;
    if (rc != 0)
        rc = route53_kms_failed(k->kms_arn, why, err);
    else if (!np_str_is(out->KeySpec, "ECC_NIST_P256") || !np_str_is(out->KeyUsage, "SIGN_VERIFY"))
        rc = np_fault(err, &ROUTE53_InvalidKMSArn,
                      "The KMS key %.*s is not of the spec ECC_NIST_P256 with the usage "
                      "SIGN_VERIFY.",
                      NP_FMT(k->kms_arn));
    else
        rc = np_dns_public_of_der(out->PublicKey, public, err);
    k->public = np_str_n(public, NP_DNS_PUBLIC_KEY);
    c->signing = c->signing && route53_key_is_active(k);
    if (rc == 0)
        rc = go_on(c, err);
    if (rc == NP_APPLY)
        np_req_apply(c->rq);
    else if (rc != NP_LATER)
        np_req_done(c->rq, rc);
}

int route53_CreateKeySigningKey_begin(struct np_req *rq,
                                      const struct route53_CreateKeySigningKeyRequest *in,
                                      struct np_err *err)
{
    struct changing *c;
    int rc = begin(rq, in->HostedZoneId, &c, err);
    if (rc == 0)
        rc = check_new(c, in, err);
    if (rc != 0)
        return rc;
    c->after[c->n_after++] = (struct route53_key){
        .name = in->Name,
        .reference = in->CallerReference,
        .kms_arn = in->KeyManagementServiceArn,
        .status = in->Status,
        .created_ms = rq->now_ms,
        .changed_ms = rq->now_ms,
    };
    const struct np_caller caller =
        route53_kms_caller(rq->arena, &c->zone, in->KeyManagementServiceArn);
    c->ask = (struct kms_GetPublicKeyRequest){.KeyId = in->KeyManagementServiceArn};
    kms_GetPublicKey_call(rq->core, rq->loop, &caller, &c->ask, NULL, public_key, c);
    return NP_LATER;
}

int route53_CreateKeySigningKey_apply(struct np_txn *t,
                                      const struct route53_CreateKeySigningKeyRequest *in,
                                      struct route53_CreateKeySigningKeyResponse *out,
                                      struct np_err *err)
{
    NP_SQL(count, "SELECT count(*) FROM route53_ksk WHERE zone = ?1");
    NP_SQL(add, "INSERT INTO route53_ksk (zone, name, reference, kms_arn, public, status, "
                "created_ms, changed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)");
    struct changing *c = np_txn_req(t)->priv;
    const struct route53_key *k = &c->after[c->n_after - 1];
    struct np_arena *a = np_txn_arena(t);
    (void)in;
    /* A key that is not active is in no set. */
    c->store = false;
    int rc = route53_key_is_active(k) ? unchanged(t, c, err) : 0;
    if (rc == 0 && route53_first_int(np_tq(t, &count, "s", c->zone.id)) >= ROUTE53_KEYS_MAX)
        rc = too_many(err);
    if (rc == 0)
        rc = np_exec(t, &add, err, "ssssbsi", c->zone.id, k->name, k->reference, k->kms_arn,
                     k->public, k->status, k->created_ms);
    if (rc == NP_EEXIST)
        rc = exists(k->name, err);
    if (rc == 0)
        rc = finish(t, c, &out->ChangeInfo, err);
    if (rc != 0)
        return rc;
    out->KeySigningKey = np_new(a, struct route53_KeySigningKey);
    key_out(a, &c->zone, k, out->KeySigningKey);
    out->Location =
        np_str_printf(a, "%.*s/2013-04-01/keysigningkey/%.*s/%.*s", NP_FMT(np_txn_req(t)->endpoint),
                      NP_FMT(c->zone.id), NP_FMT(k->name));
    return 0;
}

/* --- on and off --- */

static int begin_key(struct np_req *rq, struct np_str zone_id, struct np_str name,
                     struct changing **c, struct route53_key **k, struct np_err *err)
{
    int rc = begin(rq, zone_id, c, err);
    if (rc != 0)
        return rc;
    *k = key_named(*c, name);
    return *k != NULL ? 0
                      : np_fault(err, &ROUTE53_NoSuchKeySigningKey,
                                 "The hosted zone has no key-signing key with the name '%.*s'.",
                                 NP_FMT(name));
}

int route53_ActivateKeySigningKey_begin(struct np_req *rq,
                                        const struct route53_ActivateKeySigningKeyRequest *in,
                                        struct np_err *err)
{
    struct changing *c;
    struct route53_key *k;
    int rc = begin_key(rq, in->HostedZoneId, in->Name, &c, &k, err);
    if (rc != 0)
        return rc;
    k->status = NP_STR("ACTIVE");
    return go_on(c, err);
}

int route53_ActivateKeySigningKey_apply(struct np_txn *t,
                                        const struct route53_ActivateKeySigningKeyRequest *in,
                                        struct route53_ActivateKeySigningKeyResponse *out,
                                        struct np_err *err)
{
    return set_status(t, np_txn_req(t)->priv, in->Name, NP_STR("ACTIVE"), &out->ChangeInfo, err);
}

int route53_DeactivateKeySigningKey_begin(struct np_req *rq,
                                          const struct route53_DeactivateKeySigningKeyRequest *in,
                                          struct np_err *err)
{
    struct changing *c;
    struct route53_key *k;
    int rc = begin_key(rq, in->HostedZoneId, in->Name, &c, &k, err);
    if (rc != 0)
        return rc;
    k->status = NP_STR("INACTIVE");
    if (c->signing && count_active(c) == 0)
        return np_fault(err, &ROUTE53_KeySigningKeyInUse,
                        "The key-signing key '%.*s' cannot be deactivated: it is the last active "
                        "one of a hosted zone with DNSSEC signing.",
                        NP_FMT(in->Name));
    return go_on(c, err);
}

int route53_DeactivateKeySigningKey_apply(struct np_txn *t,
                                          const struct route53_DeactivateKeySigningKeyRequest *in,
                                          struct route53_DeactivateKeySigningKeyResponse *out,
                                          struct np_err *err)
{
    return set_status(t, np_txn_req(t)->priv, in->Name, NP_STR("INACTIVE"), &out->ChangeInfo, err);
}

int route53_DeleteKeySigningKey_begin(struct np_req *rq,
                                      const struct route53_DeleteKeySigningKeyRequest *in,
                                      struct np_err *err)
{
    struct changing *c;
    struct route53_key *k;
    int rc = begin_key(rq, in->HostedZoneId, in->Name, &c, &k, err);
    if (rc == 0 && route53_key_is_active(k))
        rc = np_fault(err, &ROUTE53_InvalidKeySigningKeyStatus,
                      "The key-signing key '%.*s' is ACTIVE: deactivate it before you delete it.",
                      NP_FMT(in->Name));
    return rc == 0 ? np_apply(rq) : rc;
}

int route53_DeleteKeySigningKey_apply(struct np_txn *t,
                                      const struct route53_DeleteKeySigningKeyRequest *in,
                                      struct route53_DeleteKeySigningKeyResponse *out,
                                      struct np_err *err)
{
    NP_SQL(del, "DELETE FROM route53_ksk WHERE zone = ?1 AND name = ?2 AND status <> 'ACTIVE'");
    const struct changing *c = np_txn_req(t)->priv;
    int rc = np_exec(t, &del, err, "ss", c->zone.id, in->Name);
    if (rc == 0 && np_exec_changes(t) == 0)
        rc = concurrent(err);
    return rc == 0 ? route53_change_add(t, NP_STR_NULL, &out->ChangeInfo, err) : rc;
}

static int set_signing(struct np_txn *t, const struct route53_zone *z, bool on, struct np_err *err)
{
    NP_SQL(put, "UPDATE route53_zone SET signing = ?2 WHERE id = ?1");
    route53_zone_changed(t, z->account, z->id);
    return np_exec(t, &put, err, "si", z->id, (int64_t)on);
}

int route53_EnableHostedZoneDNSSEC_begin(struct np_req *rq,
                                         const struct route53_EnableHostedZoneDNSSECRequest *in,
                                         struct np_err *err)
{
    struct changing *c;
    int rc = begin(rq, in->HostedZoneId, &c, err);
    if (rc == 0 && count_active(c) == 0)
        rc = np_fault(err, &ROUTE53_KeySigningKeyWithActiveStatusNotFound,
                      "The hosted zone has no key-signing key with the status ACTIVE.");
    if (rc != 0)
        return rc;
    c->signing = c->enabling = true;
    return go_on(c, err);
}

int route53_EnableHostedZoneDNSSEC_apply(struct np_txn *t,
                                         const struct route53_EnableHostedZoneDNSSECRequest *in,
                                         struct route53_EnableHostedZoneDNSSECResponse *out,
                                         struct np_err *err)
{
    struct changing *c = np_txn_req(t)->priv;
    (void)in;
    int rc = unchanged(t, c, err);
    if (rc == 0)
        rc = set_signing(t, &c->zone, true, err);
    return rc == 0 ? finish(t, c, &out->ChangeInfo, err) : rc;
}

int route53_DisableHostedZoneDNSSEC_apply(struct np_txn *t,
                                          const struct route53_DisableHostedZoneDNSSECRequest *in,
                                          struct route53_DisableHostedZoneDNSSECResponse *out,
                                          struct np_err *err)
{
    NP_SQL(keys, "SELECT count(*) FROM route53_ksk WHERE zone = ?1");
    NP_SQL(drop, "DELETE FROM route53_signature WHERE zone = ?1");
    struct route53_db db = route53_db_txn(t);
    struct route53_zone z;
    int rc = route53_zone_find(&db, in->HostedZoneId, &z, err);
    if (rc == 0 && !z.signing && route53_first_int(np_tq(t, &keys, "s", z.id)) == 0)
        rc = np_fault(err, &ROUTE53_DNSSECNotFound,
                      "The hosted zone doesn't have any DNSSEC resources.");
    if (rc == 0)
        rc = set_signing(t, &z, false, err);
    if (rc == 0)
        rc = np_exec(t, &drop, err, "s", z.id);
    return rc == 0 ? route53_change_add(t, NP_STR_NULL, &out->ChangeInfo, err) : rc;
}
