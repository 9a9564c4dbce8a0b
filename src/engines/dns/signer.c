/* SPDX-License-Identifier: Apache-2.0 */
/* signer.c - keys of DNSSEC, their forms, what is signed in which form, and signing. */
#include "engines/dns/signer_int.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/digest.h"
#include "engines/dns/rdata.h"
#include "engines/dns/wire.h"

#define ALGORITHM   13 /* ECDSAP256SHA256 */
#define PROTOCOL    3
#define DIGEST_ALG  2 /* SHA-256, of a DS record */
#define HALF        32
#define POINT       (1 + NP_DNS_PUBLIC_KEY)
#define SIG_FIXED   18
#define TO_SIGN_MAX (1 << 24)
#define CURVE       "prime256v1"

/* --- keys and signatures in their other forms --- */

static void public_of(EVP_PKEY *key, uint8_t out[NP_DNS_PUBLIC_KEY])
{
    uint8_t point[POINT];
    size_t n;
    np_assert(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point),
                                              &n) == 1 &&
              n == sizeof(point) && point[0] == 4);
    memcpy(out, point + 1, NP_DNS_PUBLIC_KEY);
}

void np_dns_key_new(uint8_t private_key[NP_DNS_PRIVATE_KEY], uint8_t public_key[NP_DNS_PUBLIC_KEY])
{
    EVP_PKEY *key = EVP_EC_gen(CURVE);
    BIGNUM *secret = NULL;
    np_assert(key != NULL && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &secret) == 1);
    np_assert(BN_bn2binpad(secret, private_key, NP_DNS_PRIVATE_KEY) == NP_DNS_PRIVATE_KEY);
    public_of(key, public_key);
    BN_clear_free(secret);
    EVP_PKEY_free(key);
}

static bool is_of_curve(const EVP_PKEY *key)
{
    char name[32];
    size_t n;
    return EVP_PKEY_get_group_name(key, name, sizeof(name), &n) == 1 &&
           np_str_is(np_str_n(name, n), CURVE);
}

int np_dns_public_of_der(struct np_str der, uint8_t out[NP_DNS_PUBLIC_KEY], struct np_err *err)
{
    const unsigned char *p = (const unsigned char *)der.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)der.n);
    bool ok = key != NULL && is_of_curve(key);
    if (ok)
        public_of(key, out);
    EVP_PKEY_free(key);
    return ok ? 0 : np_err(err, NP_EINVAL, "it is no public key of the curve P-256");
}

int np_dns_signature_of_der(struct np_str der, uint8_t out[NP_DNS_SIGNATURE], struct np_err *err)
{
    const unsigned char *p = (const unsigned char *)der.p;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)der.n);
    uint8_t raw[NP_DNS_SIGNATURE];
    bool ok = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, HALF) == HALF &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + HALF, HALF) == HALF;
    ECDSA_SIG_free(sig);
    if (!ok)
        return np_err(err, NP_EINVAL, "it is no ECDSA signature of the curve P-256");
    memcpy(out, raw, sizeof(raw));
    return 0;
}

static bool point_of(const BIGNUM *secret, uint8_t point[POINT])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *p = EC_POINT_new(group);
    bool ok =
        EC_POINT_mul(group, p, secret, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, point, POINT, NULL) == POINT;
    EC_POINT_free(p);
    EC_GROUP_free(group);
    return ok;
}

static EVP_PKEY *key_of_private(const uint8_t private_key[NP_DNS_PRIVATE_KEY])
{
    /* Native numbers of OSSL_PARAM are little-endian here. */
    uint8_t point[POINT], native[NP_DNS_PRIVATE_KEY];
    BIGNUM *secret = BN_bin2bn(private_key, NP_DNS_PRIVATE_KEY, NULL);
    EVP_PKEY *key = NULL;
    if (point_of(secret, point) && BN_bn2nativepad(secret, native, sizeof(native)) > 0) {
        char curve[] = CURVE;
        OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, sizeof(native)),
            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
            OSSL_PARAM_construct_end(),
        };
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
        if (EVP_PKEY_fromdata_init(ctx) != 1 ||
            EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
            key = NULL;
        EVP_PKEY_CTX_free(ctx);
    }
    np_wipe(native, sizeof(native));
    BN_clear_free(secret);
    return key;
}

/* --- DNSKEY, DS --- */

struct np_str np_dns_dnskey(struct np_arena *a, uint16_t flags,
                            const uint8_t public_key[NP_DNS_PUBLIC_KEY])
{
    uint8_t *p = np_alloc(a, 4 + NP_DNS_PUBLIC_KEY);
    dns_put16(p, flags);
    p[2] = PROTOCOL;
    p[3] = ALGORITHM;
    memcpy(p + 4, public_key, NP_DNS_PUBLIC_KEY);
    return np_str_n(p, 4 + NP_DNS_PUBLIC_KEY);
}

uint16_t np_dns_key_tag(struct np_str dnskey)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < dnskey.n; i++)
        sum += i & 1 ? (uint8_t)dnskey.p[i] : (uint32_t)(uint8_t)dnskey.p[i] << 8;
    return (uint16_t)(sum + (sum >> 16));
}

struct np_str np_dns_ds(struct np_arena *a, struct np_str zone, struct np_str dnskey)
{
    uint8_t *p = np_alloc(a, 4 + 32);
    dns_put16(p, np_dns_key_tag(dnskey));
    p[2] = ALGORITHM;
    p[3] = DIGEST_ALG;
    np_digest_once(NP_SHA256, np_str_cat(a, zone, dnskey), p + 4);
    return np_str_n(p, 4 + 32);
}

/* --- what is signed --- */

static size_t labels_of(struct np_str name)
{
    bool wildcard = name.n > 2 && name.p[0] == 1 && name.p[1] == '*';
    return np_dns_name_labels(name) - wildcard;
}

size_t dns_sig_head(const struct np_dns_sig_spec *spec)
{
    return SIG_FIXED + spec->zone.n;
}

static void put_head(struct np_buf *b, const struct np_dns_sig_spec *spec)
{
    uint8_t fixed[SIG_FIXED];
    dns_put16(fixed, spec->type);
    fixed[2] = ALGORITHM;
    fixed[3] = (uint8_t)labels_of(spec->name);
    dns_put32(fixed + 4, spec->ttl);
    dns_put32(fixed + 8, (uint32_t)spec->to_s);
    dns_put32(fixed + 12, (uint32_t)spec->from_s);
    dns_put16(fixed + 16, np_dns_key_tag(spec->dnskey));
    np_buf_add(b, fixed, sizeof(fixed));
    np_buf_str_add(b, spec->zone);
}

/* Names in data are in lower case there: those of RFC 4034, 6.2, that can be in a zone here. */
static void lower_names(uint16_t type, uint8_t *p, size_t n)
{
    struct dns_names_at at = dns_rdata_names(type);
    if (type == NP_DNS_NAPTR) {
        at = (struct dns_names_at){.before = 4, .n = 1};
        for (unsigned i = 0; i < 3 && at.before < n; i++) /* flags, service, expression */
            at.before = (uint8_t)(at.before + p[at.before] + 1);
    }
    if (type == NP_DNS_SVCB || type == NP_DNS_HTTPS)
        return;
    size_t from = at.before;
    for (unsigned i = 0; i < at.n && from < n; i++) {
        size_t len = np_dns_name_len(p + from, n - from);
        np_dns_lower_copy(p + from, p + from, len);
        from += len;
    }
}

static int by_bytes(const void *x, const void *y)
{
    return np_str_cmp(*(const struct np_str *)x, *(const struct np_str *)y);
}

void dns_to_sign(struct np_buf *b, const struct np_dns_sig_spec *spec, const struct np_str *rdata,
                 size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += rdata[i].n;
    NP_AUTO_HEAP struct np_str *sorted = np_heap_alloc(n * sizeof(*sorted) + bytes);
    uint8_t *at = (uint8_t *)(sorted + n);
    for (size_t i = 0; i < n; at += rdata[i++].n) {
        if (rdata[i].n != 0)
            memcpy(at, rdata[i].p, rdata[i].n);
        lower_names(spec->type, at, rdata[i].n);
        sorted[i] = np_str_n(at, rdata[i].n);
    }
    qsort(sorted, n, sizeof(*sorted), by_bytes);
    put_head(b, spec);
    for (size_t i = 0; i < n; i++) {
        uint8_t fixed[10];
        if (i > 0 && np_str_eq(sorted[i], sorted[i - 1]))
            continue;
        dns_put16(fixed, spec->type);
        dns_put16(fixed + 2, DNS_CLASS_IN);
        dns_put32(fixed + 4, spec->ttl);
        dns_put16(fixed + 8, (uint16_t)sorted[i].n);
        np_buf_str_add(b, spec->name);
        np_buf_add(b, fixed, sizeof(fixed));
        np_buf_str_add(b, sorted[i]);
    }
    np_assert(np_buf_ok(b));
}

struct np_str np_dns_to_sign(struct np_arena *a, const struct np_dns_sig_spec *spec,
                             const struct np_str *rdata, size_t n)
{
    struct np_buf b;
    np_buf_init(&b, a, TO_SIGN_MAX);
    dns_to_sign(&b, spec, rdata, n);
    return np_buf_str(&b);
}

struct np_str np_dns_rrsig(struct np_arena *a, const struct np_dns_sig_spec *spec,
                           const uint8_t signature[NP_DNS_SIGNATURE])
{
    struct np_buf b;
    np_buf_init(&b, a, TO_SIGN_MAX);
    put_head(&b, spec);
    np_buf_add(&b, signature, NP_DNS_SIGNATURE);
    return np_buf_str(&b);
}

/* --- the signer --- */

static struct np_str *copy_all(struct np_arena *a, const struct np_str *v, size_t n)
{
    struct np_str *copy = np_new_array(a, struct np_str, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = np_str_dup(a, v[i]);
    return copy;
}

int np_dns_signer_new(const struct np_dns_signer_opts *o, struct np_dns_signer **out,
                      struct np_err *err)
{
    EVP_PKEY *key = key_of_private(o->zsk_private);
    if (key == NULL)
        return np_err(err, NP_EINVAL, "it is no private key of the curve P-256");
    struct np_dns_signer *s = np_heap_new(struct np_dns_signer);
    struct np_arena *a = s->memory = np_arena_new();
    uint8_t public_key[NP_DNS_PUBLIC_KEY];
    public_of(key, public_key);
    s->refs = 1;
    s->zsk = key;
    s->zone = np_str_dup(a, o->zone);
    s->zsk_dnskey = np_dns_dnskey(a, NP_DNS_FLAGS_ZSK, public_key);
    s->dnskeys = copy_all(a, o->dnskeys, o->n_dnskeys);
    s->n_dnskeys = o->n_dnskeys;
    s->dnskey_rrsigs = copy_all(a, o->dnskey_rrsigs, o->n_dnskey_rrsigs);
    s->n_dnskey_rrsigs = o->n_dnskey_rrsigs;
    s->dnskey_ttl = o->dnskey_ttl;
    *out = s;
    return 0;
}

struct np_dns_signer *np_dns_signer_ref(struct np_dns_signer *s)
{
    if (s != NULL)
        __atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
    return s;
}

void np_dns_signer_unref(struct np_dns_signer *s)
{
    if (s == NULL || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    EVP_PKEY_free(s->zsk);
    np_arena_free(s->memory);
    np_free(s);
}

/* --- signatures that were made already --- */

struct made {
    uint8_t digest[32], key[32]; /* of what was signed; the first half of the public key */
    uint8_t signature[NP_DNS_SIGNATURE];
};

struct np_dns_sigs {
    struct made *v; /* NP_DNS_SIGS_MAX, by a part of their digest; NULL: none yet */
};

struct np_dns_sigs *np_dns_sigs_new(void)
{
    return np_heap_new(struct np_dns_sigs);
}

void np_dns_sigs_free(struct np_dns_sigs *s)
{
    if (s == NULL)
        return;
    np_free(s->v);
    np_free(s);
}

static void sign_digest(const struct np_dns_signer *s, const uint8_t digest[32],
                        uint8_t out[NP_DNS_SIGNATURE])
{
    uint8_t der[128];
    size_t n = sizeof(der);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(s->zsk, NULL);
    np_assert(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
              EVP_PKEY_sign(ctx, der, &n, digest, 32) == 1);
    EVP_PKEY_CTX_free(ctx);
    np_assert(np_dns_signature_of_der(np_str_n(der, n), out, NULL) == 0);
}

void dns_sign(const struct np_dns_signer *s, struct np_dns_sigs *sigs, struct np_str to_sign,
              uint8_t out[NP_DNS_SIGNATURE])
{
    struct made fresh, *m = &fresh;
    uint8_t digest[32];
    np_digest_once(NP_SHA256, to_sign, digest);
    if (sigs != NULL) {
        if (sigs->v == NULL)
            sigs->v = np_heap_alloc(NP_DNS_SIGS_MAX * sizeof(*sigs->v));
        m = &sigs->v[dns_get16(digest) % NP_DNS_SIGS_MAX];
    }
    /* What is signed has the key's tag in it, but another key may have the tag too. */
    const void *key = s->zsk_dnskey.p + 4;
    if (sigs == NULL || memcmp(m->digest, digest, sizeof(digest)) != 0 ||
        memcmp(m->key, key, sizeof(m->key)) != 0) {
        sign_digest(s, digest, m->signature);
        memcpy(m->digest, digest, sizeof(digest));
        memcpy(m->key, key, sizeof(m->key));
    }
    memcpy(out, m->signature, NP_DNS_SIGNATURE);
}
