/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.c - signed tokens: taking them apart, and their signatures. */
#include "aws/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "aws/limits.h"
#include "base/arena.h"
#include "base/enc.h"

struct alg {
    const char *name;
    bool ec;
    const char *digest;
    const char *crv, *group; /* ec */
    size_t half;             /* ec: bytes of a coordinate */
};

static const struct alg algs[] = {
    {"RS256", false, "SHA256", NULL, NULL, 0},
    {"RS384", false, "SHA384", NULL, NULL, 0},
    {"RS512", false, "SHA512", NULL, NULL, 0},
    {"ES256", true, "SHA256", "P-256", "prime256v1", 32},
    {"ES384", true, "SHA384", "P-384", "secp384r1", 48},
};

static const struct alg *alg_of(struct np_str name)
{
    NP_EACH (x, algs)
        if (np_str_eq(np_str_of(x->name), name))
            return x;
    return NULL;
}

/* --- tokens --- */

static const struct np_json *object_of(struct np_arena *a, struct np_str encoded)
{
    struct np_str text = np_unbase64url(a, encoded);
    struct np_json *j = NULL;
    if (text.p == NULL || np_json_parse(a, text, &j, NULL) != 0 || j->type != NP_J_OBJECT)
        return NULL;
    return j;
}

int np_jwt_parse(struct np_arena *a, struct np_str token, struct np_jwt *out, struct np_err *err)
{
    struct np_str head, rest, claims, signature;
    if (!np_str_cut(token, '.', &head, &rest) || !np_str_cut(rest, '.', &claims, &signature) ||
        np_str_chr(signature, '.') >= 0)
        return np_err(err, NP_EINVAL, "not three parts");
    const struct np_json *h = object_of(a, head);
    struct np_jwt jwt = {
        .signed_part = np_str_sub(token, 0, head.n + 1 + claims.n),
        .signature = np_unbase64url(a, signature),
        .claims = object_of(a, claims),
    };
    if (h == NULL || jwt.claims == NULL || jwt.signature.n == 0)
        return np_err(err, NP_EINVAL, "a part is malformed");
    jwt.alg = np_json_str(h, NP_STR("alg"));
    jwt.kid = np_json_str(h, NP_STR("kid"));
    if (alg_of(jwt.alg) == NULL || np_json_member(h, NP_STR("crit")) != NULL)
        return np_err(err, NP_EINVAL, "the algorithm or an extension is not known");
    *out = jwt;
    return 0;
}

/* --- keys --- */

struct key {
    struct np_str kid; /* absent: none */
    struct np_str alg; /* absent: any of its kind */
    const char *crv;   /* NULL: RSA */
    EVP_PKEY *pkey;
};

struct np_jwks {
    struct np_arena *arena;
    struct key *v;
    size_t n;
};

static EVP_PKEY *pkey_of(const char *type, OSSL_PARAM_BLD *build)
{
    OSSL_PARAM *params = build != NULL ? OSSL_PARAM_BLD_to_param(build) : NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;
    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) <= 0 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) <= 0)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return pkey;
}

static BIGNUM *number_of(struct np_arena *a, const struct np_json *j, struct np_str name)
{
    struct np_str bytes = np_unbase64url(a, np_json_str(j, name));
    if (bytes.n == 0 || bytes.n > NP_JWK_RSA_BITS_MAX / 8)
        return NULL;
    return BN_bin2bn((const unsigned char *)bytes.p, (int)bytes.n, NULL);
}

static EVP_PKEY *rsa_key(struct np_arena *a, const struct np_json *j)
{
    BIGNUM *n = number_of(a, j, NP_STR("n")), *e = number_of(a, j, NP_STR("e"));
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    /* A large exponent makes each check slow; all providers use 65537. */
    if (n == NULL || e == NULL || build == NULL || BN_num_bits(n) < NP_JWK_RSA_BITS_MIN ||
        BN_num_bits(e) > 64 || !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) ||
        !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
        OSSL_PARAM_BLD_free(build);
    else
        pkey = pkey_of("RSA", build);
    BN_free(n);
    BN_free(e);
    return pkey;
}

static EVP_PKEY *ec_key(struct np_arena *a, const struct np_json *j, const struct alg *alg)
{
    struct np_str x = np_unbase64url(a, np_json_str(j, NP_STR("x")));
    struct np_str y = np_unbase64url(a, np_json_str(j, NP_STR("y")));
    unsigned char point[1 + 2 * 48] = {POINT_CONVERSION_UNCOMPRESSED};
    if (x.n != alg->half || y.n != alg->half)
        return NULL;
    memcpy(point + 1, x.p, x.n);
    memcpy(point + 1 + x.n, y.p, y.n);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build == NULL ||
        !OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, alg->group, 0) ||
        !OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point,
                                          1 + 2 * alg->half)) {
        OSSL_PARAM_BLD_free(build);
        return NULL;
    }
    return pkey_of("EC", build);
}

static bool read_key(struct np_arena *a, const struct np_json *j, struct key *out)
{
    struct np_str kty = np_json_str(j, NP_STR("kty")), use = np_json_str(j, NP_STR("use"));
    struct np_str crv = np_json_str(j, NP_STR("crv"));
    *out = (struct key){.kid = np_json_str(j, NP_STR("kid")), .alg = np_json_str(j, NP_STR("alg"))};
    if (use.p != NULL && !np_str_is(use, "sig"))
        return false;
    if (np_str_is(kty, "RSA"))
        out->pkey = rsa_key(a, j);
    NP_EACH (x, algs)
        if (x->ec && np_str_is(kty, "EC") && np_str_eq(np_str_of(x->crv), crv)) {
            out->crv = x->crv;
            out->pkey = ec_key(a, j, x);
        }
    return out->pkey != NULL;
}

int np_jwks_parse(struct np_str document, struct np_jwks **out, struct np_err *err)
{
    struct np_arena *a = np_arena_new();
    struct np_jwks *keys = np_new(a, struct np_jwks);
    struct np_json *j = NULL;
    keys->arena = a;
    const struct np_json *list = NULL;
    if (np_json_parse(a, np_str_dup(a, document), &j, NULL) == 0)
        list = np_json_member(j, NP_STR("keys"));
    if (list == NULL || list->type != NP_J_ARRAY) {
        np_arena_free(a);
        return np_err(err, NP_EINVAL, "no document of keys");
    }
    size_t room = list->n < NP_JWKS_KEYS_MAX ? list->n : NP_JWKS_KEYS_MAX;
    keys->v = np_new_array(a, struct key, room + 1);
    for (const struct np_json *k = list->child; k != NULL && keys->n < room; k = k->next)
        if (read_key(a, k, &keys->v[keys->n]))
            keys->n++;
    *out = keys;
    return 0;
}

void np_jwks_free(struct np_jwks *keys)
{
    if (keys == NULL)
        return;
    for (size_t i = 0; i < keys->n; i++)
        EVP_PKEY_free(keys->v[i].pkey);
    np_arena_free(keys->arena);
}

/* --- signatures --- */

/* Two numbers side by side, as tokens have them, in the form that OpenSSL reads. */
static int ec_der(const struct alg *alg, struct np_str raw, unsigned char **der)
{
    if (raw.n != 2 * alg->half)
        return 0;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    const unsigned char *p = (const unsigned char *)raw.p;
    BIGNUM *r = BN_bin2bn(p, (int)alg->half, NULL);
    BIGNUM *s = BN_bin2bn(p + alg->half, (int)alg->half, NULL);
    int n = 0;
    if (sig != NULL && ECDSA_SIG_set0(sig, r, s)) {
        n = i2d_ECDSA_SIG(sig, der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(sig);
    return n;
}

static bool signature_ok(const struct alg *alg, EVP_PKEY *pkey, const struct np_jwt *jwt)
{
    const unsigned char *sig = (const unsigned char *)jwt->signature.p;
    size_t n = jwt->signature.n;
    unsigned char *der = NULL;
    if (alg->ec) {
        int der_n = ec_der(alg, jwt->signature, &der);
        if (der_n <= 0)
            return false;
        sig = der;
        n = (size_t)der_n;
    }
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL &&
              EVP_DigestVerifyInit_ex(ctx, NULL, alg->digest, NULL, NULL, pkey, NULL) > 0 &&
              EVP_DigestVerify(ctx, sig, n, (const unsigned char *)jwt->signed_part.p,
                               jwt->signed_part.n) == 1;
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    return ok;
}

static bool fits(const struct key *k, const struct alg *alg, const struct np_jwt *jwt)
{
    if (jwt->kid.p != NULL && !np_str_eq(k->kid, jwt->kid))
        return false;
    if (k->alg.p != NULL && !np_str_eq(k->alg, jwt->alg))
        return false;
    return alg->ec ? k->crv == alg->crv : k->crv == NULL;
}

enum np_jwt_verdict np_jwt_verify(const struct np_jwt *jwt, const struct np_jwks *keys)
{
    const struct alg *alg = alg_of(jwt->alg);
    enum np_jwt_verdict verdict = NP_JWT_NO_KEY;
    for (size_t i = 0; alg != NULL && i < keys->n && verdict != NP_JWT_OK; i++)
        if (fits(&keys->v[i], alg, jwt))
            verdict = signature_ok(alg, keys->v[i].pkey, jwt) ? NP_JWT_OK : NP_JWT_WRONG;
    return verdict;
}
