/* SPDX-License-Identifier: Apache-2.0 */
/* tls_test.c - the certificate authority and its leaves. */
#include "test.h"

#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/file.h"
#include "io/tls_int.h"

static struct np_ca *open_ca(void)
{
    struct np_ca *ca = np_ca_new(np_str_of(np_test_dir()));
    struct np_err err = {0};
    NP_CHECK(np_ca_load(ca, &err) == 0, "%s", err.text);
    return ca;
}

static struct np_str in_dir(struct np_arena *a, const char *name)
{
    return np_str_printf(a, "%s/%s", np_test_dir(), name);
}

NP_TEST(ca_is_made_once_and_its_key_is_private)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_ca *ca = open_ca();
    struct np_str pem = np_str_dup(a, np_ca_pem(ca));
    np_ca_free(ca);
    NP_CHECK(np_str_starts(pem, NP_STR("-----BEGIN CERTIFICATE-----\n")));
    struct stat st;
    NP_CHECK(stat(np_str_z(a, in_dir(a, "ca.key")), &st) == 0 && (st.st_mode & 0777) == 0600);
    ca = open_ca();
    NP_CHECK_STR(np_ca_pem(ca), pem);
    np_ca_free(ca);

    /* As after a crash between the two files: same key, new certificate. */
    NP_CHECK(unlink(np_str_z(a, in_dir(a, "ca.pem"))) == 0);
    ca = open_ca();
    NP_CHECK(!np_str_eq(np_ca_pem(ca), pem));
    np_ca_free(ca);
}

static int try_load(struct np_err *err)
{
    struct np_ca *ca = np_ca_new(np_str_of(np_test_dir()));
    EVP_PKEY *key;
    int rc = np_ca_load(ca, err);
    if (rc != 0)
        NP_CHECK(np_ca_leaf(ca, NP_STR("x"), &key) == NULL && np_ca_pem(ca).p == NULL);
    np_ca_free(ca);
    return rc;
}

NP_TEST(ca_is_loaded_by_whoever_needs_it_first)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_ca *ca = np_ca_new(np_str_of(np_test_dir()));
    NP_CHECK(access(np_str_z(a, in_dir(a, "ca.key")), F_OK) != 0, "not yet");
    struct np_str pem = np_ca_pem(ca);
    NP_CHECK(pem.n != 0 && access(np_str_z(a, in_dir(a, "ca.key")), F_OK) == 0);
    NP_CHECK(np_ca_load(ca, NULL) == 0 && np_str_eq(np_ca_pem(ca), pem));
    np_ca_free(ca);
}

NP_TEST(damaged_ca_is_refused)
{
    NP_AUTO_ARENA a = np_arena_new();
    np_ca_free(open_ca());
    struct np_str key;
    struct np_err err = {0};
    NP_CHECK(np_file_read(a, in_dir(a, "ca.key"), 10000, &key, NULL) == 0);

    NP_CHECK(np_file_write(in_dir(a, "ca.key"), NP_STR("no key"), 0600, NULL) == 0);
    NP_CHECK(try_load(&err) == NP_ECORRUPT, "%s", err.text);
    NP_CHECK(unlink(np_str_z(a, in_dir(a, "ca.key"))) == 0);
    NP_CHECK(try_load(&err) == NP_ECORRUPT, "a certificate without its key");
    NP_CHECK(unlink(np_str_z(a, in_dir(a, "ca.pem"))) == 0);
    np_ca_free(open_ca());
    NP_CHECK(np_file_write(in_dir(a, "ca.key"), key, 0600, NULL) == 0);
    NP_CHECK(try_load(&err) == NP_ECORRUPT, "the key of another certificate");
}

static bool names_host(X509 *x, const char *host)
{
    return X509_check_host(x, host, 0, 0, NULL) == 1;
}

NP_TEST(leaf_is_signed_and_cached)
{
    struct np_ca *ca = open_ca();
    EVP_PKEY *key, *key2;
    X509 *x = np_ca_leaf(ca, NP_STR("photos.s3.amazonaws.com"), &key);
    X509 *again = np_ca_leaf(ca, NP_STR("photos.s3.amazonaws.com"), &key2);
    NP_CHECK(x != NULL && x == again && key == key2);
    NP_CHECK(names_host(x, "photos.s3.amazonaws.com") && !names_host(x, "localhost"));
    NP_CHECK(X509_verify(x, X509_get0_pubkey(np_ca_cert(ca))) == 1);
    NP_CHECK(X509_check_private_key(x, key) == 1);
    NP_CHECK(X509_check_ca(np_ca_cert(ca)) == 1 && X509_check_ca(x) == 0);
    int bits = ASN1_STRING_length(X509_get0_serialNumber(x)) * 8;
    NP_CHECK(bits == 128, "%d bits of serial number", bits);
    X509_free(x);
    X509_free(again);
    EVP_PKEY_free(key);
    EVP_PKEY_free(key2);
    np_ca_free(ca);
}

NP_TEST(default_leaf_names_the_loopback)
{
    struct np_ca *ca = open_ca();
    EVP_PKEY *key;
    X509 *x = np_ca_leaf(ca, NP_STR_NULL, &key);
    NP_CHECK(names_host(x, "localhost") && !names_host(x, "example.com"));
    NP_CHECK(X509_check_ip_asc(x, "127.0.0.1", 0) == 1 && X509_check_ip_asc(x, "::1", 0) == 1);
    X509_free(x);
    EVP_PKEY_free(key);
    np_ca_free(ca);
}

NP_TEST(leaf_for_the_longest_name)
{
    NP_AUTO_ARENA a = np_arena_new();
    char label[64];
    memset(label, 'a', sizeof(label));
    struct np_str name = np_str_printf(a, "%.63s.%.63s.%.63s.%.61s", label, label, label, label);
    NP_CHECK(name.n == 253);
    struct np_ca *ca = open_ca();
    EVP_PKEY *key;
    X509 *x = np_ca_leaf(ca, name, &key);
    NP_CHECK(x != NULL && names_host(x, np_str_z(a, name)),
             "too long for a common name, not for a SAN");
    X509_free(x);
    EVP_PKEY_free(key);
    np_ca_free(ca);
}

NP_TEST(leaf_cache_has_a_limit)
{
    enum { MAX = 4096 };
    NP_AUTO_ARENA a = np_arena_new();
    struct np_ca *ca = open_ca();
    EVP_PKEY *key;
    X509 *first = np_ca_leaf(ca, NP_STR("n0.example"), &key);
    EVP_PKEY_free(key);
    for (int i = 1; i <= MAX; i++) {
        X509 *x = np_ca_leaf(ca, np_str_printf(a, "n%d.example", i), &key);
        NP_CHECK(x != NULL);
        X509_free(x);
        EVP_PKEY_free(key);
    }
    X509 *again = np_ca_leaf(ca, NP_STR("n0.example"), &key);
    NP_CHECK(again != NULL && again != first, "one over the limit dropped the old ones");
    X509_free(first);
    X509_free(again);
    EVP_PKEY_free(key);
    np_ca_free(ca);
}
