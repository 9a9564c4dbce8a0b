/* SPDX-License-Identifier: Apache-2.0 */
/* jwt_test.c - signed tokens: the example of RFC 7515 A.3, what is no token, what is no key. */
#include "test.h"

#include "aws/jwt.h"
#include "aws/limits.h"
#include "base/arena.h"
#include "base/auto.h"
#include "base/enc.h"

#define HEAD "eyJhbGciOiJFUzI1NiJ9"
#define CLAIMS                                                                                     \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"
#define SIGNATURE                                                                                  \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define KEY                                                                                        \
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","      \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static enum np_jwt_verdict verdict(const char *token, const char *document)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_jwt jwt;
    struct np_jwks *keys;
    if (np_jwt_parse(a, np_str_of(token), &jwt, NULL) != 0 ||
        np_jwks_parse(np_str_of(document), &keys, NULL) != 0) {
        np_test_failed(__FILE__, __LINE__, "parses", "%s", token);
        return NP_JWT_WRONG;
    }
    enum np_jwt_verdict v = np_jwt_verify(&jwt, keys);
    np_jwks_free(keys);
    return v;
}

NP_TEST(jwt_example_verifies)
{
    NP_CHECK(verdict(HEAD "." CLAIMS "." SIGNATURE, "{\"keys\":[{" KEY "}]}") == NP_JWT_OK);
}

NP_TEST(jwt_changes_are_seen)
{
    char bent[] = HEAD "." CLAIMS "." SIGNATURE;
    size_t at = strlen(HEAD "." CLAIMS ".") + 3;
    bent[at] = bent[at] == 'A' ? 'B' : 'A';
    NP_CHECK(verdict(bent, "{\"keys\":[{" KEY "}]}") == NP_JWT_WRONG);
    NP_CHECK(verdict(HEAD "." CLAIMS ".AAAA", "{\"keys\":[{" KEY "}]}") == NP_JWT_WRONG,
             "a signature of another length");
}

static const struct {
    const char *document, *why;
} useless[] = {
    {"{\"keys\":[]}", "none"},
    {"{\"keys\":[{" KEY ",\"use\":\"enc\"}]}", "for encryption"},
    {"{\"keys\":[{" KEY ",\"alg\":\"ES384\"}]}", "for another algorithm"},
    {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}", "too short"},
    {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
     "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
     "\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}]}",
     "not on the curve"},
    {"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "RSA, and weak"},
    {"{\"keys\":[{\"kty\":\"oct\",\"k\":\"AQAB\"},7,null]}", "symmetric, and no keys at all"},
};

NP_TEST(jwt_keys_that_do_not_fit)
{
    NP_EACH (u, useless)
        NP_CHECK(verdict(HEAD "." CLAIMS "." SIGNATURE, u->document) == NP_JWT_NO_KEY, "%s",
                 u->why);
}

NP_TEST(jwt_keys_are_chosen_by_id)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str head = np_base64url(a, NP_STR("{\"alg\":\"ES256\",\"kid\":\"b\"}"));
    char *token = np_str_z(a, np_str_cat(a, head, NP_STR("." CLAIMS "." SIGNATURE)));
    NP_CHECK(verdict(token, "{\"keys\":[{" KEY ",\"kid\":\"a\"}]}") == NP_JWT_NO_KEY);
    NP_CHECK(verdict(token, "{\"keys\":[{" KEY "}]}") == NP_JWT_NO_KEY);
    NP_CHECK(verdict(token, "{\"keys\":[{" KEY ",\"kid\":\"b\"}]}") == NP_JWT_WRONG);
    NP_CHECK(verdict(HEAD "." CLAIMS "." SIGNATURE, "{\"keys\":[{" KEY ",\"kid\":\"a\"}]}") ==
                 NP_JWT_OK,
             "a token without id fits every key");
}

static const struct {
    const char *head, *claims, *signature, *why;
} malformed[] = {
    {"{\"alg\":\"none\"}", "{}", "x", "unsigned"},
    {"{\"alg\":\"HS256\"}", "{}", "x", "symmetric"},
    {"{}", "{}", "x", "no algorithm"},
    {"{\"alg\":\"ES256\",\"crit\":[\"b64\"]}", "{}", "x", "an extension that must be understood"},
    {"[]", "{}", "x", "head is no object"},
    {"{\"alg\":\"ES256\"}", "[]", "x", "claims are no object"},
    {"{\"alg\":\"ES256\"}", "{\"a\":1", "x", "claims are no JSON"},
    {"{\"alg\":\"ES256\"}", "{}", "", "no signature"},
    {"{\"alg\":\"ES256\"}", "{}", "x.y", "four parts"},
};

NP_TEST(jwt_malformed)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_jwt jwt;
    NP_EACH (m, malformed) {
        struct np_str head = np_base64url(a, np_str_of(m->head));
        struct np_str claims = np_base64url(a, np_str_of(m->claims));
        struct np_str sig = strchr(m->signature, '.') != NULL
                                ? np_str_of("eA.eQ")
                                : np_base64url(a, np_str_of(m->signature));
        struct np_str token =
            np_str_printf(a, "%.*s.%.*s.%.*s", NP_FMT(head), NP_FMT(claims), NP_FMT(sig));
        NP_CHECK(np_jwt_parse(a, token, &jwt, NULL) == NP_EINVAL, "%s", m->why);
    }
    static const char *const texts[] = {"", ".", "..", "a.b", "e30.e30.e30"};
    NP_EACH (t, texts)
        NP_CHECK(np_jwt_parse(a, np_str_of(*t), &jwt, NULL) == NP_EINVAL, "%s", *t);
}

NP_TEST(jwks_no_document)
{
    static const char *const texts[] = {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[}"};
    struct np_jwks *keys;
    NP_EACH (t, texts)
        NP_CHECK(np_jwks_parse(np_str_of(*t), &keys, NULL) == NP_EINVAL, "%s", *t);
}

NP_TEST(jwks_has_a_limit)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 1 << 20);
    np_buf_lit(&b, "{\"keys\":[");
    for (size_t i = 0; i <= NP_JWKS_KEYS_MAX; i++)
        np_buf_printf(&b, "%s{" KEY ",\"kid\":\"%zu\"}", i > 0 ? "," : "", i);
    np_buf_lit(&b, "]}");
    struct np_jwks *keys;
    struct np_jwt jwt;
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(np_jwks_parse(np_buf_str(&b), &keys, NULL) == 0);
    for (size_t i = NP_JWKS_KEYS_MAX - 1; i <= NP_JWKS_KEYS_MAX; i++) {
        struct np_str head =
            np_base64url(a, np_str_printf(a, "{\"alg\":\"ES256\",\"kid\":\"%zu\"}", i));
        np_jwt_parse(a, np_str_cat(a, head, NP_STR("." CLAIMS "." SIGNATURE)), &jwt, NULL);
        NP_CHECK(np_jwt_verify(&jwt, keys) == (i < NP_JWKS_KEYS_MAX ? NP_JWT_WRONG : NP_JWT_NO_KEY),
                 "key %zu", i);
    }
    np_jwks_free(keys);
}
