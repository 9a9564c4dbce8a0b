/* SPDX-License-Identifier: Apache-2.0 */
/* x509_test.c - certificates that are imported: what they say, which are refused. */
#include "test.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/auto.h"
#include "base/enc.h"
#include "services/acm/limits.h"
#include "services/acm/x509.h"

#define NOW_MS 1700000000000ll /* 2023-11-14 */
#define DAY_S  86400

/* A certificate with its key, signed by another or itself. */
struct made {
    X509 *x;
    EVP_PKEY *key;
};

struct wanted {
    const char *name, *names; /* subject; alternative names, NULL: none */
    const char *kind;         /* "P-256", or bits of RSA */
    bool ca;
    long from_days, to_days; /* around NOW_MS */
    const struct made *by;   /* NULL: itself */
    bool version_1;
};

static struct made make(const struct wanted *w)
{
    struct made m = {X509_new(), NULL};
    time_t now = NOW_MS / 1000;
    uint64_t bits;
    m.key =
        np_str_u64(np_str_of(w->kind), &bits) ? EVP_RSA_gen((unsigned)bits) : EVP_EC_gen(w->kind);
    X509_set_version(m.x, w->version_1 ? X509_VERSION_1 : X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(m.x), 0x0abc);
    X509_time_adj_ex(X509_getm_notBefore(m.x), (int)w->from_days, 0, &now);
    X509_time_adj_ex(X509_getm_notAfter(m.x), (int)w->to_days, 0, &now);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(m.x), "CN", MBSTRING_UTF8,
                               (const unsigned char *)w->name, -1, -1, 0);
    X509 *issuer = w->by != NULL ? w->by->x : m.x;
    X509_set_issuer_name(m.x, X509_get_subject_name(issuer));
    X509_set_pubkey(m.x, m.key);
    const struct {
        int nid;
        const char *value;
    } extensions[] = {
        {NID_basic_constraints, w->ca ? "critical,CA:TRUE" : "critical,CA:FALSE"},
        {NID_key_usage, w->ca ? "keyCertSign" : "digitalSignature,keyEncipherment"},
        {NID_ext_key_usage, w->ca ? NULL : "serverAuth,1.2.3.4"},
        {NID_subject_alt_name, w->names},
    };
    NP_EACH (e, extensions)
        if (e->value != NULL && !w->version_1) {
            X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, NULL, e->nid, e->value);
            X509_add_ext(m.x, x, -1);
            X509_EXTENSION_free(x);
        }
    NP_CHECK(X509_sign(m.x, w->by != NULL ? w->by->key : m.key, EVP_sha256()) > 0);
    return m;
}

static void made_free(struct made *m)
{
    X509_free(m->x);
    EVP_PKEY_free(m->key);
}

static struct np_str text_of(struct np_arena *a, BIO *b)
{
    char *p;
    long n = BIO_get_mem_data(b, &p);
    struct np_str text = np_str_dup(a, np_str_n(p, (size_t)n));
    BIO_free(b);
    return text;
}

static struct np_str cert_text(struct np_arena *a, const struct made *m)
{
    BIO *b = BIO_new(BIO_s_mem());
    NP_CHECK(PEM_write_bio_X509(b, m->x) == 1);
    return text_of(a, b);
}

static struct np_str key_text(struct np_arena *a, const struct made *m, const char *passphrase)
{
    BIO *b = BIO_new(BIO_s_mem());
    NP_CHECK(PEM_write_bio_PKCS8PrivateKey(b, m->key, passphrase ? EVP_aes_256_cbc() : NULL,
                                           passphrase, passphrase ? 8 : 0, NULL, NULL) == 1);
    return text_of(a, b);
}

static int import_as(struct np_arena *a, const struct acm_import *in, struct np_err *err)
{
    struct acm_import out;
    struct acm_CertificateDetail d = {0};
    *err = (struct np_err){0};
    return acm_x509_import(a, in, &out, &d, err);
}

#define REFUSED(in, words)                                                                         \
    do {                                                                                           \
        struct np_err refused;                                                                     \
        NP_CHECK(import_as(a, &(in), &refused) == NP_EFAULT);                                      \
        NP_CHECK(np_str_find(np_err_text(&refused), np_str_of(words)) >= 0, "%s", refused.text);   \
    } while (0)

NP_TEST(what_a_certificate_says)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct made m = make(&(struct wanted){.name = "www.example.com",
                                          .names = "DNS:WWW.example.com,DNS:*.example.com,"
                                                   "IP:127.0.0.1",
                                          .kind = "2048",
                                          .from_days = -1,
                                          .to_days = 30});
    struct acm_import in = {cert_text(a, &m), NP_STR_NULL, key_text(a, &m, NULL), NOW_MS}, out;
    struct acm_CertificateDetail d = {0};
    struct np_err err = {0};
    NP_CHECK(acm_x509_import(a, &in, &out, &d, &err) == 0, "%s", err.text);
    NP_CHECK_STR(out.body, in.body);
    NP_CHECK_STR(out.key, in.key);
    NP_CHECK_STR(d.DomainName, NP_STR("www.example.com"));
    NP_CHECK(d.SubjectAlternativeNames.n == 2);
    NP_CHECK_STR(d.SubjectAlternativeNames.v[0], NP_STR("www.example.com"));
    NP_CHECK_STR(d.SubjectAlternativeNames.v[1], NP_STR("*.example.com"));
    NP_CHECK_STR(d.Serial, NP_STR("0a:bc"));
    NP_CHECK_STR(d.Subject, NP_STR("CN=www.example.com"));
    NP_CHECK_STR(d.Issuer, NP_STR("www.example.com"));
    NP_CHECK_STR(d.KeyAlgorithm, NP_STR("RSA_2048"));
    NP_CHECK_STR(d.SignatureAlgorithm, NP_STR("SHA256WITHRSA"));
    NP_CHECK(d.NotBefore.v == NOW_MS - DAY_S * 1000ll &&
             d.NotAfter.v == NOW_MS + 30 * DAY_S * 1000ll);
    NP_CHECK(d.KeyUsages.n == 2);
    NP_CHECK_STR(d.KeyUsages.v[1].Name, NP_STR("KEY_ENCIPHERMENT"));
    NP_CHECK(d.ExtendedKeyUsages.n == 2);
    NP_CHECK_STR(d.ExtendedKeyUsages.v[0].Name, NP_STR("TLS_WEB_SERVER_AUTHENTICATION"));
    NP_CHECK_STR(d.ExtendedKeyUsages.v[1].Name, NP_STR("CUSTOM"));
    NP_CHECK_STR(d.ExtendedKeyUsages.v[1].OID, NP_STR("1.2.3.4"));
    made_free(&m);
}

NP_TEST(chains_are_followed_link_by_link)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err err;
    struct made root = make(&(struct wanted){
        .name = "root", .kind = "P-256", .ca = true, .from_days = -9, .to_days = 90});
    struct made middle = make(&(struct wanted){.name = "middle",
                                               .kind = "P-256",
                                               .ca = true,
                                               .from_days = -9,
                                               .to_days = 90,
                                               .by = &root});
    struct made leaf = make(&(struct wanted){
        .name = "a.example", .kind = "P-256", .from_days = -1, .to_days = 30, .by = &middle});
    struct np_str r = cert_text(a, &root), m = cert_text(a, &middle), l = cert_text(a, &leaf);
    struct acm_import in = {l, np_str_cat(a, m, r), key_text(a, &leaf, NULL), NOW_MS};
    NP_CHECK(import_as(a, &in, &err) == 0, "%s", err.text);
    in.chain = m;
    NP_CHECK(import_as(a, &in, &err) == 0, "the root may be missing");
    in.chain = r;
    REFUSED(in, "invalid certificate is: 0");
    in.chain = np_str_cat(a, m, m);
    REFUSED(in, "invalid certificate is: 1");
    in.chain = np_str_cat(a, l, m);
    REFUSED(in, "invalid certificate is: 0");
    in.chain = NP_STR_NULL;
    REFUSED(in, "not a valid self signed");
    in.chain = NP_STR("none");
    REFUSED(in, "not in PEM");

    struct np_str many = m;
    for (int i = 1; i < ACM_CHAIN_MAX; i++)
        many = np_str_cat(a, many, r);
    in.chain = many;
    NP_CHECK(import_as(a, &in, &err) == 0, "the root may stand there again: %s", err.text);
    in.chain = np_str_cat(a, many, r);
    REFUSED(in, "more than 16");
    made_free(&leaf);
    made_free(&middle);
    made_free(&root);
}

NP_TEST(imports_that_are_refused)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct wanted w = {.name = "a.example", .kind = "P-256", .from_days = -1, .to_days = 30};
    struct made good = make(&w), other = make(&w);
    struct np_str cert = cert_text(a, &good), key = key_text(a, &good, NULL);
    struct acm_import in = {cert, NP_STR_NULL, key, NOW_MS};
    in.body = NP_STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    REFUSED(in, "certificate is not in PEM");
    in.body = np_str_cat(a, cert, cert);
    REFUSED(in, "more than one certificate");
    in.body = cert;
    in.key = key_text(a, &other, NULL);
    REFUSED(in, "does not match");
    in.key = key_text(a, &good, "password");
    REFUSED(in, "encrypted");
    in.key = NP_STR("none");
    REFUSED(in, "private key is not in PEM");
    in.key = key;
    in.now_ms = NOW_MS + 30ll * DAY_S * 1000;
    REFUSED(in, "expired");
    in.now_ms = NOW_MS - 2ll * DAY_S * 1000;
    REFUSED(in, "not valid yet");
    made_free(&good);
    made_free(&other);

    static const char *const kinds[] = {"P-224", "1536"};
    NP_EACH (kind, kinds) {
        w.kind = *kind;
        struct made odd = make(&w);
        struct acm_import of = {cert_text(a, &odd), NP_STR_NULL, key_text(a, &odd, NULL), NOW_MS};
        REFUSED(of, "is not supported for key algorithm");
        made_free(&odd);
    }
    w = (struct wanted){
        .name = "a", .kind = "P-256", .from_days = -1, .to_days = 1, .version_1 = true};
    struct made old = make(&w);
    struct acm_import of = {cert_text(a, &old), NP_STR_NULL, key_text(a, &old, NULL), NOW_MS};
    REFUSED(of, "version 3");
    made_free(&old);
}

static int passphrase(char *buf, int size, int rwflag, void *arg)
{
    struct np_str *p = arg;
    (void)rwflag;
    NP_CHECK(p->n <= (size_t)size);
    memcpy(buf, p->p, p->n);
    return (int)p->n;
}

NP_TEST(exported_keys_open_with_their_passphrase)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct made m = make(
        &(struct wanted){.name = "a.example", .kind = "P-256", .from_days = -1, .to_days = 30});
    struct np_str phrase = NP_STR("secret phrase"), wrong = NP_STR("another"), locked;
    struct np_err err = {0};
    NP_CHECK(acm_x509_lock(a, key_text(a, &m, NULL), phrase, &locked, &err) == 0, "%s", err.text);
    NP_CHECK(np_str_starts(locked, NP_STR("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")));
    BIO *b = BIO_new_mem_buf(locked.p, (int)locked.n);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, passphrase, &phrase);
    NP_CHECK(key != NULL && EVP_PKEY_eq(key, m.key) == 1);
    BIO_free(b);
    EVP_PKEY_free(key);
    b = BIO_new_mem_buf(locked.p, (int)locked.n);
    NP_CHECK(PEM_read_bio_PrivateKey(b, NULL, passphrase, &wrong) == NULL);
    BIO_free(b);
    made_free(&m);
}
