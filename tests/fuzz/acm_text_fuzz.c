/* SPDX-License-Identifier: Apache-2.0 */
/* acm_text_fuzz.c - what strangers send to Certificate Manager, by the first byte: c a set of CAA
 * records, a line each; d the message of a host's resolver; i an import, certificate, chain and key
 * split by NUL bytes; else a certificate. */
#include "fuzz.h"

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

static void import_all(struct np_arena *a, struct np_str text)
{
    struct acm_import in = {.now_ms = NOW}, out;
    struct acm_CertificateDetail d = {0};
    struct np_err err = {0};
    np_str_cut(text, '\0', &in.body, &text);
    np_str_cut(text, '\0', &in.chain, &in.key);
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
