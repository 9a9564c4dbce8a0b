/* SPDX-License-Identifier: Apache-2.0 */
/* ca_test.c - certificates that the region's authority gives out. */
#include "test.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/auto.h"
#include "io/ca.h"
#include "io/clock.h"
#include "io/tls_int.h"

#define DAY_MS 86400000ll

static X509 *x509_of(struct np_str pem)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);
    BIO_free(b);
    NP_CHECK(x != NULL);
    return x;
}

static EVP_PKEY *key_of(struct np_str pem)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
    BIO_free(b);
    NP_CHECK(key != NULL);
    return key;
}

static const struct np_str names[] = {
    {"www.example.com", 15}, {"*.example.com", 13}, {"example.net", 11}};

static void issue(struct np_ca *ca, struct np_arena *a, enum np_ca_key kind,
                  struct np_ca_issued *out)
{
    int64_t now_ms = np_clock_wall_ms();
    const struct np_ca_request rq = {
        .names = names,
        .n_names = NP_LEN(names),
        .key = kind,
        .from_ms = now_ms - DAY_MS,
        .to_ms = now_ms + 198 * DAY_MS,
    };
    struct np_err err = {0};
    NP_CHECK(np_ca_issue(ca, &rq, a, out, &err) == 0, "%s", err.text);
}

/* As a browser or curl with --cacert does. */
static bool verifies(X509 *root, X509 *leaf)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE_add_cert(store, root);
    X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT);
    X509_STORE_set_purpose(store, X509_PURPOSE_SSL_SERVER);
    bool ok = X509_STORE_CTX_init(ctx, store, leaf, NULL) == 1 && X509_verify_cert(ctx) == 1;
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return ok;
}

static bool has(X509 *x, int nid)
{
    return X509_get_ext_by_NID(x, nid, -1) >= 0;
}

NP_TEST(ca_issues_what_clients_accept)
{
    static const struct {
        enum np_ca_key kind;
        int type, bits;
    } kinds[] = {
        {NP_CA_RSA_2048, EVP_PKEY_RSA, 2048},
        {NP_CA_EC_P256, EVP_PKEY_EC, 256},
        {NP_CA_EC_P384, EVP_PKEY_EC, 384},
    };
    NP_AUTO_ARENA a = np_arena_new();
    struct np_ca *ca = np_ca_new(np_str_of(np_test_dir()));
    NP_EACH (k, kinds) {
        struct np_ca_issued made;
        issue(ca, a, k->kind, &made);
        X509 *leaf = x509_of(made.cert), *root = x509_of(made.chain);
        EVP_PKEY *key = key_of(made.key);
        NP_CHECK(EVP_PKEY_get_base_id(key) == k->type && EVP_PKEY_get_bits(key) == k->bits);
        NP_CHECK(X509_check_private_key(leaf, key) == 1 && verifies(root, leaf));
        NP_CHECK(X509_check_host(leaf, "www.example.com", 0, 0, NULL) == 1);
        NP_CHECK(X509_check_host(leaf, "any.example.com", 0, 0, NULL) == 1);
        NP_CHECK(X509_check_host(leaf, "example.net", 0, 0, NULL) == 1);
        NP_CHECK(X509_check_host(leaf, "example.com", 0, 0, NULL) != 1);
        NP_CHECK(!has(leaf, NID_crl_distribution_points) && !has(leaf, NID_info_access));
        NP_CHECK(has(leaf, NID_authority_key_identifier) && has(leaf, NID_subject_key_identifier));
        X509_free(leaf);
        X509_free(root);
        EVP_PKEY_free(key);
    }
    np_ca_free(ca);
}

NP_TEST(ca_root_is_one_that_browsers_take)
{
    struct np_ca *ca = np_ca_new(np_str_of(np_test_dir()));
    X509 *root = x509_of(np_ca_pem(ca));
    NP_CHECK(X509_check_ca(root) == 1 && X509_get_pathlen(root) == 0);
    NP_CHECK(X509_get_key_usage(root) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    NP_CHECK(X509_get_extended_key_usage(root) == UINT32_MAX);
    NP_CHECK(!has(root, NID_name_constraints) && has(root, NID_subject_key_identifier));
    NP_CHECK(verifies(root, root) || X509_self_signed(root, 1) == 1);
    X509_free(root);
    np_ca_free(ca);
}

NP_TEST(ca_issues_new_keys_and_serials_for_the_time_asked)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_ca *ca = np_ca_new(np_str_of(np_test_dir()));
    struct np_ca_issued first, second;
    issue(ca, a, NP_CA_EC_P256, &first);
    issue(ca, a, NP_CA_EC_P256, &second);
    X509 *x = x509_of(first.cert), *y = x509_of(second.cert);
    NP_CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(x), X509_get0_serialNumber(y)) != 0);
    NP_CHECK(!np_str_eq(first.key, second.key));
    int days = 0, seconds = 0;
    NP_CHECK(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(x), X509_get0_notAfter(x)) == 1);
    NP_CHECK(days == 199 && seconds == 0);
    X509_free(x);
    X509_free(y);
    np_ca_free(ca);
}

NP_TEST(ca_issues_for_nothing_but_names)
{
    static const char *const bad[] = {
        "", "a.com,IP:127.0.0.1", "a.com\nDNS:b.com", "a b", "x.*.y", "A.com", "a@b"};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_ca *ca = np_ca_new(np_str_of(np_test_dir()));
    NP_EACH (name, bad) {
        struct np_str one = np_str_of(*name);
        const struct np_ca_request rq = {.names = &one, .n_names = 1, .to_ms = DAY_MS};
        struct np_ca_issued made;
        struct np_err err = {0};
        NP_CHECK(np_ca_issue(ca, &rq, a, &made, &err) == NP_EINVAL, "%s", *name);
    }
    np_ca_free(ca);
}
