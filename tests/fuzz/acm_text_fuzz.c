/* SPDX-License-Identifier: Apache-2.0 */
/* acm_text_fuzz.c - what strangers send to Certificate Manager, by the first byte: c a set of CAA
 * records, a line each; d the message of a host's resolver; i an import, certificate, chain and key
 * split by NUL bytes, where @ for a certificate or a key is one that this process made and signed
 * itself; else a certificate. */
#include "fuzz.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/auto.h"
#include "base/buf.h"
#include "codec/codec.h"
#include "io/lookup.h"
#include "services/acm/acm_int.h"
#include "services/acm/caa.h"
#include "services/acm/x509.h"

#define NOW INT64_C(1700000000000)

static void caa(struct np_arena *a, struct np_str text)
{
    struct np_strs set = {0};
    struct np_str line;
    while (set.n <= ACM_CAA_RECORDS_MAX && np_str_split(&text, '\n', &line)) {
        struct acm_caa r;
        if (acm_caa_parse(a, line, &r))
            np_assert(r.flags <= 255 && r.tag.n != 0 && r.value.p != NULL);
        ACM_PUSH(a, &set, line);
    }
    bool plain = acm_caa_allows(a, &set, false), wildcard = acm_caa_allows(a, &set, true);
    /* One more authority forbids nothing that was allowed; nonsense forbids everything. */
    ACM_PUSH(a, &set, NP_STR("0 issue \"amazon.com\""));
    np_assert(!plain || set.n > ACM_CAA_RECORDS_MAX || acm_caa_allows(a, &set, false));
    np_assert(!wildcard || set.n > ACM_CAA_RECORDS_MAX || acm_caa_allows(a, &set, true));
    ACM_PUSH(a, &set, NP_STR("nonsense"));
    np_assert(!acm_caa_allows(a, &set, false) && !acm_caa_allows(a, &set, true));
}

static void resolved(struct np_arena *a, struct np_str message)
{
    struct np_strs found;
    if (np_lookup_read(message, "CNAME", a, &found, NULL) == 0)
        np_assert(found.n <= NP_LOOKUP_RECORDS_MAX);
    if (np_lookup_read(message, "CAA", a, &found, NULL) != 0)
        return;
    for (size_t i = 0; i < found.n; i++) { /* as our own zones write them; a tag may be nonsense */
        struct acm_caa r;
        np_assert(found.v[i].n != 0);
        acm_caa_parse(a, found.v[i], &r);
    }
}

/* What is read can be kept, and is told as text. */
static void keep(struct np_arena *a, struct np_str pem, const struct acm_CertificateDetail *d)
{
    struct acm_X509Attributes names = {0};
    struct acm_CertificateDetail again = {0};
    struct np_buf b;
    np_buf_init(&b, a, 1 << 20);
    np_cbor_put(&acm_CertificateDetail_shape, d, &b);
    np_assert(!np_buf_ok(&b) ||
              np_cbor_get(&acm_CertificateDetail_shape, np_buf_str(&b), a, &again, NULL) == 0);
    const struct np_str texts[] = {d->DomainName, d->Subject, d->Issuer, d->Serial};
    NP_EACH (text, texts)
        np_assert(text->p == NULL || np_utf8_ok(*text));
    np_assert(acm_x509_names(a, pem, &names) == 0 && names.Subject != NULL);
}

static struct np_str text_of(BIO *b, char *room, size_t size)
{
    int n = BIO_read(b, room, (int)size);
    np_assert(n > 0 && (size_t)n < size);
    BIO_free(b);
    return np_str_n(room, (size_t)n);
}

/* No key lies among the seeds. */
static void pair(struct np_str *certificate, struct np_str *key)
{
    static char texts[2][2048];
    static struct np_str c, k;
    if (c.p == NULL) {
        EVP_PKEY *made = EVP_EC_gen("P-256");
        X509 *x = X509_new();
        BIO *b = BIO_new(BIO_s_mem()), *b2 = BIO_new(BIO_s_mem());
        time_t now = NOW / 1000;
        X509_set_version(x, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x), 0x1267);
        X509_time_adj_ex(X509_getm_notBefore(x), -1, 0, &now);
        X509_time_adj_ex(X509_getm_notAfter(x), 3650, 0, &now);
        X509_NAME *name = X509_get_subject_name(x);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)"b.example", -1, -1,
                                   0);
        X509_set_issuer_name(x, name);
        X509_set_pubkey(x, made);
        X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:b.example");
        X509_add_ext(x, e, -1);
        X509_EXTENSION_free(e);
        np_assert(X509_sign(x, made, EVP_sha256()) > 0 && PEM_write_bio_X509(b, x) == 1);
        np_assert(PEM_write_bio_PKCS8PrivateKey(b2, made, NULL, NULL, 0, NULL, NULL) == 1);
        c = text_of(b, texts[0], sizeof(texts[0]));
        k = text_of(b2, texts[1], sizeof(texts[1]));
        X509_free(x);
        EVP_PKEY_free(made);
    }
    *certificate = c;
    *key = k;
}

static void import_all(struct np_arena *a, struct np_str text)
{
    struct acm_import in = {.now_ms = NOW}, out;
    struct acm_CertificateDetail d = {0};
    struct np_err err = {0};
    struct np_str certificate, key;
    np_str_cut(text, '\0', &in.body, &text);
    np_str_cut(text, '\0', &in.chain, &in.key);
    pair(&certificate, &key);
    if (np_str_is(in.body, "@"))
        in.body = certificate;
    if (np_str_is(in.key, "@"))
        in.key = key;
    if (in.chain.n == 0)
        in.chain = NP_STR_NULL;
    if (acm_x509_import(a, &in, &out, &d, &err) != 0) {
        np_assert(err.code == NP_EFAULT && err.fault != NULL);
        return;
    }
    keep(a, out.body, &d);
    in = out;
    np_assert(acm_x509_import(a, &in, &out, &d, &err) == 0); /* what is kept is good as it is */
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct acm_CertificateDetail d = {0};
    if (n == 0)
        return 0;
    struct np_str rest = np_str_n(p + 1, n - 1);
    if (p[0] == 'c')
        caa(a, rest);
    else if (p[0] == 'd')
        resolved(a, rest);
    else if (p[0] == 'i')
        import_all(a, rest);
    else if (acm_x509_read(a, rest, &d, NULL) == 0)
        keep(a, rest, &d);
    return 0;
}
