/* SPDX-License-Identifier: Apache-2.0 */
/* x509.c - reading certificates and checking imported ones, by OpenSSL. */
#include "services/acm/x509.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "aws/fault.h"
#include "base/arena.h"
#include "base/enc.h"
#include "base/timefmt.h"
#include "services/acm/acm_int.h"
#include "services/acm/limits.h"

static int wrong(struct np_err *err, const char *what)
{
    ERR_clear_error();
    return np_fault(err, &NP_ValidationException, "%s", what);
}

static struct np_str bio_text(struct np_arena *a, BIO *b)
{
    char *p;
    long n = b != NULL ? BIO_get_mem_data(b, &p) : 0;
    return n > 0 ? np_str_dup(a, np_str_n(p, (size_t)n)) : NP_STR_NULL;
}

/* --- what a certificate says --- */

static struct np_str serial_of(struct np_arena *a, X509 *x)
{
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    size_t bytes = n != NULL ? (size_t)BN_num_bytes(n) : 0;
    uint8_t *raw = np_alloc(a, bytes + 1);
    if (n != NULL)
        BN_bn2bin(n, raw);
    BN_free(n);
    size_t count = bytes != 0 ? bytes : 1; /* zero has no byte of its own */
    char *text = np_alloc(a, count * 3);
    for (size_t i = 0; i < count; i++) {
        np_hex(text + i * 3, raw + i, 1);
        text[i * 3 + 2] = ':';
    }
    return np_str_n(text, count * 3 - 1);
}

static struct np_str name_text(struct np_arena *a, const X509_NAME *name)
{
    BIO *b = BIO_new(BIO_s_mem());
    struct np_str text = NP_STR("");
    if (b != NULL && X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) > 0)
        text = bio_text(a, b);
    BIO_free(b);
    return np_utf8_ok(text) ? text : NP_STR("");
}

/* The last of the name's entries of that kind; absent: none, or not text. */
static struct np_str name_part(struct np_arena *a, const X509_NAME *name, int nid)
{
    int at = -1, last = -1;
    while ((at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0)
        last = at;
    if (last < 0)
        return NP_STR_NULL;
    unsigned char *utf8 = NULL;
    int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    struct np_str text = n > 0 ? np_str_dup(a, np_str_n(utf8, (size_t)n)) : NP_STR_NULL;
    OPENSSL_free(utf8);
    return text.p != NULL && np_utf8_ok(text) ? text : NP_STR_NULL;
}

static void read_names(struct np_arena *a, X509 *x, struct acm_CertificateDetail *out)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    out->DomainName = name_part(a, X509_get_subject_name(x), NID_commonName);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
        if (g->type != GEN_DNS)
            continue;
        struct np_str dns =
            np_str_n(ASN1_STRING_get0_data(g->d.dNSName), (size_t)ASN1_STRING_length(g->d.dNSName));
        if (dns.n != 0 && dns.n <= 253 && np_utf8_ok(dns) && memchr(dns.p, '\0', dns.n) == NULL)
            ACM_PUSH(a, &out->SubjectAlternativeNames, np_str_lower(a, dns));
    }
    GENERAL_NAMES_free(names);
    if (out->DomainName.p == NULL && out->SubjectAlternativeNames.n != 0)
        out->DomainName = out->SubjectAlternativeNames.v[0];
}

static struct np_opt_int time_of(const ASN1_TIME *t)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(t, &tm) != 1)
        return (struct np_opt_int){0};
    int64_t days =
        np_days_from_civil(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday);
    int64_t seconds = ((days * 24 + tm.tm_hour) * 60 + tm.tm_min) * 60 + tm.tm_sec;
    return (struct np_opt_int){true, seconds * 1000};
}

static const struct {
    const char *name;
    int type, bits; /* EC: 0 */
    const char *curve;
} key_algorithms[] = {
    {"RSA_1024", EVP_PKEY_RSA, 1024, NULL},          {"RSA_2048", EVP_PKEY_RSA, 2048, NULL},
    {"RSA_3072", EVP_PKEY_RSA, 3072, NULL},          {"RSA_4096", EVP_PKEY_RSA, 4096, NULL},
    {"EC_prime256v1", EVP_PKEY_EC, 0, "prime256v1"}, {"EC_secp384r1", EVP_PKEY_EC, 0, "secp384r1"},
    {"EC_secp521r1", EVP_PKEY_EC, 0, "secp521r1"},
};

/* Absent: none that ACM knows. */
static struct np_str key_algorithm(const EVP_PKEY *key)
{
    char curve[64] = "";
    size_t n;
    if (key == NULL)
        return NP_STR_NULL;
    int type = EVP_PKEY_get_base_id(key);
    if (type == EVP_PKEY_EC)
        EVP_PKEY_get_group_name(key, curve, sizeof(curve), &n);
    NP_EACH (k, key_algorithms)
        if (k->type == type &&
            (k->curve != NULL ? strcmp(k->curve, curve) == 0 : k->bits == EVP_PKEY_get_bits(key)))
            return np_str_of(k->name);
    return NP_STR_NULL;
}

/* "SHA256WITHRSA" */
static struct np_str signature_algorithm(struct np_arena *a, X509 *x)
{
    int digest = NID_undef, key = NID_undef, nid = X509_get_signature_nid(x);
    if (!OBJ_find_sigid_algs(nid, &digest, &key) || digest == NID_undef)
        return np_str_dup(a, np_str_of(OBJ_nid2sn(nid)));
    const char *with = key == NID_X9_62_id_ecPublicKey ? "ECDSA"
                       : key == NID_rsaEncryption      ? "RSA"
                                                       : OBJ_nid2sn(key);
    return np_str_printf(a, "%sWITH%s", OBJ_nid2sn(digest), with);
}

static void read_usages(struct np_arena *a, X509 *x, struct acm_CertificateDetail *out)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } usages[] = {
        {KU_DIGITAL_SIGNATURE, "DIGITAL_SIGNATURE"},
        {KU_NON_REPUDIATION, "NON_REPUDIATION"},
        {KU_KEY_ENCIPHERMENT, "KEY_ENCIPHERMENT"},
        {KU_DATA_ENCIPHERMENT, "DATA_ENCIPHERMENT"},
        {KU_KEY_AGREEMENT, "KEY_AGREEMENT"},
        {KU_KEY_CERT_SIGN, "CERTIFICATE_SIGNING"},
        {KU_CRL_SIGN, "CRL_SIGNING"},
        {KU_ENCIPHER_ONLY, "ENCIPHER_ONLY"},
        {KU_DECIPHER_ONLY, "DECIPHER_ONLY"},
    };
    uint32_t bits = X509_get_key_usage(x);
    out->KeyUsages.set = true;
    /* AWS: a certificate that does not limit its use says ANY (tests/sdk/test_acm.py). */
    if (bits == UINT32_MAX) {
        ACM_PUSH(a, &out->KeyUsages, ((struct acm_KeyUsage){NP_STR("ANY")}));
        return;
    }
    NP_EACH (u, usages)
        if ((bits & u->bit) != 0)
            ACM_PUSH(a, &out->KeyUsages, ((struct acm_KeyUsage){np_str_of(u->name)}));
}

static void read_extended(struct np_arena *a, X509 *x, struct acm_CertificateDetail *out)
{
    static const struct {
        int nid;
        const char *name;
    } usages[] = {
        {NID_server_auth, "TLS_WEB_SERVER_AUTHENTICATION"},
        {NID_client_auth, "TLS_WEB_CLIENT_AUTHENTICATION"},
        {NID_code_sign, "CODE_SIGNING"},
        {NID_email_protect, "EMAIL_PROTECTION"},
        {NID_time_stamp, "TIME_STAMPING"},
        {NID_OCSP_sign, "OCSP_SIGNING"},
        {NID_ipsecEndSystem, "IPSEC_END_SYSTEM"},
        {NID_ipsecTunnel, "IPSEC_TUNNEL"},
        {NID_ipsecUser, "IPSEC_USER"},
        {NID_anyExtendedKeyUsage, "ANY"},
    };
    EXTENDED_KEY_USAGE *all = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    out->ExtendedKeyUsages.set = true;
    for (int i = 0; i < sk_ASN1_OBJECT_num(all); i++) {
        const ASN1_OBJECT *o = sk_ASN1_OBJECT_value(all, i);
        char oid[128];
        int n = OBJ_obj2txt(oid, sizeof(oid), o, 1);
        struct acm_ExtendedKeyUsage u = {NP_STR("CUSTOM"), NP_STR_NULL};
        if (n <= 0 || n >= (int)sizeof(oid))
            continue;
        u.OID = np_str_dup(a, np_str_of(oid));
        NP_EACH (k, usages)
            if (k->nid == OBJ_obj2nid(o))
                u.Name = np_str_of(k->name);
        ACM_PUSH(a, &out->ExtendedKeyUsages, u);
    }
    sk_ASN1_OBJECT_pop_free(all, ASN1_OBJECT_free);
}

static void read_all(struct np_arena *a, X509 *x, struct acm_CertificateDetail *out)
{
    const X509_NAME *issuer = X509_get_issuer_name(x);
    read_names(a, x, out);
    out->Serial = serial_of(a, x);
    out->Subject = name_text(a, X509_get_subject_name(x));
    /* AWS: the organisation that issued it, as «Amazon» (tests/sdk/test_acm.py). */
    out->Issuer = name_part(a, issuer, NID_organizationName);
    if (out->Issuer.p == NULL)
        out->Issuer = name_part(a, issuer, NID_commonName);
    out->NotBefore = time_of(X509_get0_notBefore(x));
    out->NotAfter = time_of(X509_get0_notAfter(x));
    out->KeyAlgorithm = key_algorithm(X509_get0_pubkey(x));
    out->SignatureAlgorithm = signature_algorithm(a, x);
    read_usages(a, x, out);
    read_extended(a, x, out);
    ERR_clear_error();
}

/* --- PEM --- */

struct certs {
    X509 *v[ACM_CHAIN_MAX];
    size_t n;
    bool more; /* than there is room for */
};

static void certs_free(struct certs *c)
{
    for (size_t i = 0; i < c->n; i++)
        X509_free(c->v[i]);
}

static void certs_read(struct np_str pem, size_t most, struct certs *out)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *x;
    *out = (struct certs){0};
    while (b != NULL && (x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL) {
        if (out->n == most) {
            out->more = true;
            X509_free(x);
            break;
        }
        out->v[out->n++] = x;
    }
    BIO_free(b);
    ERR_clear_error();
}

static struct np_str certs_text(struct np_arena *a, const struct certs *c)
{
    BIO *b = BIO_new(BIO_s_mem());
    bool ok = b != NULL;
    for (size_t i = 0; ok && i < c->n; i++)
        ok = PEM_write_bio_X509(b, c->v[i]) == 1;
    struct np_str text = ok ? bio_text(a, b) : NP_STR_NULL;
    BIO_free(b);
    return text;
}

int acm_x509_read(struct np_arena *a, struct np_str pem, struct acm_CertificateDetail *out,
                  struct np_err *err)
{
    struct certs one;
    certs_read(pem, 1, &one);
    if (one.n == 1)
        read_all(a, one.v[0], out);
    certs_free(&one);
    return one.n == 1 && !one.more ? 0 : np_err(err, NP_EINVAL, "not one certificate in PEM");
}

/* --- imports --- */

/* A passphrase is asked for: the key is encrypted, and nobody has it. */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
    (void)buf, (void)size, (void)rwflag;
    *(bool *)arg = true;
    return -1;
}

static int read_key(struct np_str pem, EVP_PKEY **out, struct np_err *err)
{
    bool locked = false;
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    *out = b != NULL ? PEM_read_bio_PrivateKey(b, NULL, no_passphrase, &locked) : NULL;
    BIO_free(b);
    if (*out != NULL)
        return 0;
    return wrong(err, locked ? "The private key is encrypted. Import it without a passphrase."
                             : "The private key is not in PEM format, or not supported.");
}

static struct np_str key_text(struct np_arena *a, EVP_PKEY *key)
{
    BIO *b = BIO_new(BIO_s_secmem());
    struct np_str text = NP_STR_NULL;
    if (b != NULL && PEM_write_bio_PKCS8PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) == 1)
        text = bio_text(a, b);
    BIO_free(b);
    return text;
}

static int check_key(X509 *x, EVP_PKEY *key, struct np_err *err)
{
    if (X509_check_private_key(x, key) != 1)
        return wrong(err, "The private key does not match the certificate.");
    if (key_algorithm(key).p != NULL)
        return 0;
    ERR_clear_error();
    return np_fault(err, &NP_ValidationException,
                    "The private key length %d is not supported for key algorithm.",
                    EVP_PKEY_get_bits(key));
}

static int check_times(const struct acm_CertificateDetail *d, int64_t now_ms, struct np_err *err)
{
    if (!d->NotBefore.set || !d->NotAfter.set)
        return wrong(err, "The certificate has no period in which it is valid.");
    if (now_ms >= d->NotAfter.v)
        return wrong(err, "The certificate has expired.");
    return now_ms < d->NotBefore.v ? wrong(err, "The certificate is not valid yet.") : 0;
}

static bool signed_by(X509 *x, X509 *issuer)
{
    bool ok =
        X509_check_issued(issuer, x) == X509_V_OK && X509_verify(x, X509_get0_pubkey(issuer)) == 1;
    ERR_clear_error();
    return ok;
}

/* AWS: each link is the issuer of the one before; without a chain the certificate is its own
 * (tests/sdk/test_acm.py). */
static int check_chain(X509 *x, struct np_str pem, const struct certs *chain, struct np_err *err)
{
    /* Its usages need not say that it signs certificates: it signs no other. */
    if (pem.p == NULL && X509_self_signed(x, 1) != 1)
        return wrong(err, "Provided certificate is not a valid self signed. Please provide either "
                          "a valid self-signed certificate or certificate chain.");
    if (pem.p != NULL && chain->n == 0)
        return wrong(err, "The certificate chain is not in PEM format.");
    if (chain->more)
        return np_fault(err, &NP_ValidationException,
                        "The certificate chain has more than %d certificates.", ACM_CHAIN_MAX);
    for (size_t i = 0; i < chain->n; i++)
        if (!signed_by(i == 0 ? x : chain->v[i - 1], chain->v[i]))
            return np_fault(err, &NP_ValidationException,
                            "Unable to validate certificate chain. The certificate chain must "
                            "start with the immediate signing certificate, followed by any "
                            "intermediates in order. The index within the chain of the invalid "
                            "certificate is: %zu",
                            i);
    return 0;
}

static int import_one(struct np_arena *a, const struct acm_import *in, const struct certs *one,
                      const struct certs *chain, struct acm_import *out,
                      struct acm_CertificateDetail *detail, struct np_err *err)
{
    EVP_PKEY *key = NULL;
    if (one->n == 0)
        return wrong(err, "The certificate is not in PEM format.");
    if (one->more)
        return wrong(err, "The certificate field contains more than one certificate. You can "
                          "specify only one certificate in this field.");
    X509 *x = one->v[0];
    if (X509_get_version(x) != X509_VERSION_3)
        return wrong(err, "The certificate must be of X.509 version 3.");
    int rc = read_key(in->key, &key, err);
    if (rc != 0)
        return rc;
    rc = check_key(x, key, err);
    if (rc == 0)
        read_all(a, x, detail);
    if (rc == 0)
        rc = check_times(detail, in->now_ms, err);
    if (rc == 0)
        rc = check_chain(x, in->chain, chain, err);
    if (rc == 0) {
        out->body = certs_text(a, one);
        out->chain = chain->n != 0 ? certs_text(a, chain) : NP_STR_NULL;
        out->key = key_text(a, key);
    }
    EVP_PKEY_free(key);
    return rc;
}

int acm_x509_import(struct np_arena *a, const struct acm_import *in, struct acm_import *out,
                    struct acm_CertificateDetail *detail, struct np_err *err)
{
    struct certs one, chain = {0};
    *out = (struct acm_import){.now_ms = in->now_ms};
    certs_read(in->body, 1, &one);
    if (in->chain.p != NULL)
        certs_read(in->chain, ACM_CHAIN_MAX, &chain);
    int rc = import_one(a, in, &one, &chain, out, detail, err);
    certs_free(&one);
    certs_free(&chain);
    ERR_clear_error();
    return rc;
}

/* --- exports --- */

int acm_x509_lock(struct np_arena *a, struct np_str key, struct np_str passphrase,
                  struct np_str *out, struct np_err *err)
{
    EVP_PKEY *plain = NULL;
    BIO *b = BIO_new(BIO_s_mem());
    int rc = read_key(key, &plain, err);
    if (rc != 0 || b == NULL ||
        PEM_write_bio_PKCS8PrivateKey(b, plain, EVP_aes_256_cbc(), (char *)(uintptr_t)passphrase.p,
                                      (int)passphrase.n, NULL, NULL) != 1)
        rc = np_err(err, NP_ECORRUPT, "a private key that does not open");
    else
        *out = bio_text(a, b);
    BIO_free(b);
    EVP_PKEY_free(plain);
    ERR_clear_error();
    return rc;
}
