/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.c - JSON Web Tokens: parts, claims, signatures by RSA (RS256, RS384, RS512) and ECDSA (ES256,
 * ES384, ES512). */
#include "services/sts/sts_int.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/enc.h"
#include "codec/json.h"

static int not_a_jwt(struct np_err *err)
{
    return np_fault(
        err, &STS_InvalidIdentityTokenException,
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an "
        "Access Token)");
}

static int missing_claim(const char *name, struct np_err *err)
{
    return np_fault(err, &STS_InvalidIdentityTokenException, "Missing a required claim: %s", name);
}

/* --- claims --- */

static struct np_strs strings(struct np_arena *a, const struct np_json *j)
{
    struct np_strs out = {0};
    if (j == NULL)
        return out;
    size_t n = j->type == NP_J_ARRAY ? j->n : 1;
    out = (struct np_strs){np_new_array(a, struct np_str, n + 1), 0, true};
    if (j->type == NP_J_STRING)
        out.v[out.n++] = j->s;
    for (const struct np_json *c = j->type == NP_J_ARRAY ? j->child : NULL; c != NULL; c = c->next)
        if (c->type == NP_J_STRING)
            out.v[out.n++] = c->s;
    return out;
}

/* "https://aws.amazon.com/tags": {"principal_tags": {"k": ["v"]}, "transitive_tag_keys": ["k"]} */
static void read_tags(struct np_arena *a, const struct np_json *j, struct sts_claims *c)
{
    const struct np_json *tags = np_json_member(j, NP_STR("principal_tags"));
    if (tags == NULL || tags->type != NP_J_OBJECT)
        return;
    c->tags = np_new_array(a, struct np_tag, tags->n + 1);
    for (const struct np_json *t = tags->child; t != NULL; t = t->next) {
        struct np_strs values = strings(a, t);
        if (values.n != 0)
            c->tags[c->n_tags++] = (struct np_tag){t->key, values.v[0]};
    }
    c->transitive = strings(a, np_json_member(j, NP_STR("transitive_tag_keys")));
}

static bool number(const struct np_json *claims, struct np_str name, int64_t *out)
{
    const struct np_json *j = np_json_member(claims, name);
    if (j == NULL || (j->type != NP_J_INT && j->type != NP_J_DOUBLE))
        return false;
    *out = j->type == NP_J_INT ? j->i : (int64_t)j->d;
    return true;
}

static int read_claims(struct np_arena *a, const struct np_json *j, struct sts_claims *c,
                       struct np_err *err)
{
    c->issuer = np_json_str(j, NP_STR("iss"));
    c->subject = np_json_str(j, NP_STR("sub"));
    c->authorized_party = np_json_str(j, NP_STR("azp"));
    c->email = np_json_str(j, NP_STR("email"));
    c->source_identity = np_json_str(j, NP_STR("https://aws.amazon.com/source_identity"));
    c->audiences = strings(a, np_json_member(j, NP_STR("aud")));
    c->methods = strings(a, np_json_member(j, NP_STR("amr")));
    c->audience = c->audiences.n != 0 ? c->audiences.v[0] : NP_STR_NULL;
    read_tags(a, np_json_member(j, NP_STR("https://aws.amazon.com/tags")), c);
    if (c->issuer.n == 0)
        return missing_claim("iss", err);
    if (c->subject.n == 0)
        return missing_claim("sub", err);
    if (c->audience.n == 0)
        return missing_claim("aud", err);
    if (!number(j, NP_STR("exp"), &c->expires_s))
        return missing_claim("exp", err);
    if (!number(j, NP_STR("iat"), &c->issued_s))
        return missing_claim("iat", err);
    return 0;
}

static struct np_json *part(struct np_arena *a, struct np_str text)
{
    struct np_json *j;
    struct np_str raw = np_unbase64url(a, text);
    if (raw.p == NULL || np_json_parse(a, raw, &j, NULL) != 0 || j->type != NP_J_OBJECT)
        return NULL;
    return j;
}

int sts_jwt_parse(struct np_arena *a, struct np_str token, struct sts_jwt *out, struct np_err *err)
{
    struct np_str head, rest, claims, signature;
    *out = (struct sts_jwt){0};
    if (!np_str_cut(token, '.', &head, &rest) || !np_str_cut(rest, '.', &claims, &signature) ||
        np_str_chr(signature, '.') >= 0)
        return not_a_jwt(err);
    const struct np_json *h = part(a, head), *c = part(a, claims);
    out->signature = np_unbase64url(a, signature);
    if (h == NULL || c == NULL || out->signature.n == 0)
        return not_a_jwt(err);
    out->signed_part = np_str_sub(token, 0, head.n + 1 + claims.n);
    out->algorithm = np_json_str(h, NP_STR("alg"));
    out->key_id = np_json_str(h, NP_STR("kid"));
    return read_claims(a, c, &out->claims, err);
}

/* --- signatures --- */

static const struct alg {
    const char *name, *digest, *kty, *curve, *group;
    size_t half; /* bytes of r and s */
} algs[] = {
    {"RS256", "SHA256", "RSA", NULL, NULL, 0},
    {"RS384", "SHA384", "RSA", NULL, NULL, 0},
    {"RS512", "SHA512", "RSA", NULL, NULL, 0},
    {"ES256", "SHA256", "EC", "P-256", "prime256v1", 32},
    {"ES384", "SHA384", "EC", "P-384", "secp384r1", 48},
    {"ES512", "SHA512", "EC", "P-521", "secp521r1", 66},
};

static const struct alg *find_alg(struct np_str name)
{
    NP_EACH (g, algs)
        if (np_str_eq(name, np_str_of(g->name)))
            return g;
    return NULL;
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *bld)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) > 0)
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *rsa_key(struct np_arena *a, const struct np_json *jwk)
{
    struct np_str n = np_unbase64url(a, np_json_str(jwk, NP_STR("n")));
    struct np_str e = np_unbase64url(a, np_json_str(jwk, NP_STR("e")));
    if (n.n < 256 || n.n > 1024 || e.n == 0 || e.n > 8) /* 2048 bits at least */
        return NULL;
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    BIGNUM *bn = BN_bin2bn((const uint8_t *)n.p, (int)n.n, NULL);
    BIGNUM *be = BN_bin2bn((const uint8_t *)e.p, (int)e.n, NULL);
    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn);
    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be);
    EVP_PKEY *key = from_params("RSA", bld);
    OSSL_PARAM_BLD_free(bld);
    BN_free(bn);
    BN_free(be);
    return key;
}

static EVP_PKEY *ec_key(struct np_arena *a, const struct np_json *jwk, const struct alg *g)
{
    struct np_str x = np_unbase64url(a, np_json_str(jwk, NP_STR("x")));
    struct np_str y = np_unbase64url(a, np_json_str(jwk, NP_STR("y")));
    if (!np_str_eq(np_json_str(jwk, NP_STR("crv")), np_str_of(g->curve)) || x.n != g->half ||
        y.n != g->half)
        return NULL;
    uint8_t *point = np_alloc(a, 1 + 2 * g->half);
    point[0] = 4; /* uncompressed */
    memcpy(point + 1, x.p, g->half);
    memcpy(point + 1 + g->half, y.p, g->half);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, g->group, 0);
    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * g->half);
    EVP_PKEY *key = from_params("EC", bld);
    OSSL_PARAM_BLD_free(bld);
    return key;
}

/* r and s side by side, as tokens have them, to the DER that OpenSSL wants. */
static struct np_str ecdsa_der(struct np_arena *a, struct np_str raw, size_t half)
{
    if (raw.n != 2 * half)
        return NP_STR_NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    ECDSA_SIG_set0(sig, BN_bin2bn((const uint8_t *)raw.p, (int)half, NULL),
                   BN_bin2bn((const uint8_t *)raw.p + half, (int)half, NULL));
    uint8_t *der = NULL;
    int n = i2d_ECDSA_SIG(sig, &der);
    struct np_str out = n > 0 ? np_str_dup(a, np_str_n(der, (size_t)n)) : NP_STR_NULL;
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    return out;
}

static bool signature_ok(struct np_arena *a, EVP_PKEY *key, const struct sts_jwt *jwt,
                         const struct alg *g)
{
    struct np_str sig = g->half != 0 ? ecdsa_der(a, jwt->signature, g->half) : jwt->signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = sig.p != NULL &&
              EVP_DigestVerifyInit_ex(ctx, NULL, g->digest, NULL, NULL, key, NULL) > 0 &&
              EVP_DigestVerify(ctx, (const uint8_t *)sig.p, sig.n,
                               (const uint8_t *)jwt->signed_part.p, jwt->signed_part.n) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

static bool usable(const struct np_json *jwk, const struct sts_jwt *jwt, const struct alg *g)
{
    struct np_str kid = np_json_str(jwk, NP_STR("kid")), use = np_json_str(jwk, NP_STR("use"));
    return np_str_eq(np_json_str(jwk, NP_STR("kty")), np_str_of(g->kty)) &&
           (jwt->key_id.p == NULL || np_str_eq(kid, jwt->key_id)) &&
           (use.p == NULL || np_str_is(use, "sig"));
}

int sts_jwt_verify(struct np_arena *a, const struct sts_jwt *jwt, struct np_str key_set)
{
    struct np_json *set;
    const struct alg *g = find_alg(jwt->algorithm);
    if (g == NULL || np_json_parse(a, key_set, &set, NULL) != 0)
        return g == NULL ? NP_EACCES : NP_ENOENT;
    const struct np_json *keys = np_json_member(set, NP_STR("keys"));
    int rc = NP_ENOENT;
    for (const struct np_json *k = keys != NULL ? keys->child : NULL; k != NULL; k = k->next) {
        if (!usable(k, jwt, g))
            continue;
        EVP_PKEY *key = g->half != 0 ? ec_key(a, k, g) : rsa_key(a, k);
        bool ok = key != NULL && signature_ok(a, key, jwt, g);
        EVP_PKEY_free(key);
        if (ok)
            return 0;
        rc = NP_EACCES;
    }
    return rc;
}
