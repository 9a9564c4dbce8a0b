/* SPDX-License-Identifier: Apache-2.0 */
/* search.c - SearchCertificates: all that pass a tree of filters, in any order. */
#include <stdlib.h>

#include "aws/page.h"
#include "codec/codec.h"
#include "services/acm/match.h"
#include "services/acm/x509.h"

#define INPUT_MAX (1024 * 1024)

struct hit {
    struct acm_cert cert;
    struct acm_subject subject;
    struct np_str key; /* that it is sorted by */
};
struct hits {
    struct hit *v;
    size_t n;
    bool set;
};

/* --- what one is sorted by --- */

static struct np_str time_key(struct np_arena *a, struct np_opt_int t)
{
    return t.set ? np_str_printf(a, "%020lld", (long long)t.v) : NP_STR("");
}

static struct np_str bool_key(struct np_opt_bool b)
{
    return b.v ? NP_STR("1") : NP_STR("0");
}

static struct np_str sort_key(struct np_arena *a, const struct hit *h, struct np_str by)
{
    const struct acm_CertificateDetail *d = h->cert.detail;
    const struct acm_AcmCertificateMetadata *m = &h->subject.metadata;
    const struct {
        const char *name;
        struct np_str key;
    } keys[] = {
        {"CREATED_AT", time_key(a, m->CreatedAt)},
        {"NOT_AFTER", time_key(a, d->NotAfter)},
        {"NOT_BEFORE", time_key(a, d->NotBefore)},
        {"REVOKED_AT", time_key(a, m->RevokedAt)},
        {"ISSUED_AT", time_key(a, m->IssuedAt)},
        {"IMPORTED_AT", time_key(a, m->ImportedAt)},
        {"EXPORTED", bool_key(m->Exported)},
        {"IN_USE", bool_key(m->InUse)},
        {"STATUS", m->Status},
        {"RENEWAL_STATUS", m->RenewalStatus},
        {"KEY_ALGORITHM", d->KeyAlgorithm},
        {"TYPE", m->Type},
        {"CERTIFICATE_ARN", h->cert.arn},
        {"COMMON_NAME", acm_common_name(d)},
        {"RENEWAL_ELIGIBILITY", m->RenewalEligibility},
        {"MANAGED_BY", m->ManagedBy},
        {"EXPORT_OPTION", m->ExportOption},
        {"VALIDATION_METHOD", m->ValidationMethod},
    };
    NP_EACH (k, keys)
        if (np_str_eq(by, np_str_of(k->name)) && k->key.p != NULL)
            return k->key;
    return NP_STR("");
}

static int compare(const void *x, const void *y)
{
    const struct hit *a = x, *b = y;
    int by_key = np_str_cmp(a->key, b->key);
    return by_key != 0 ? by_key : np_str_cmp(a->cert.arn, b->cert.arn);
}

static int compare_descending(const void *x, const void *y)
{
    return compare(y, x);
}

/* --- finding --- */

static void describe(const struct acm_db *db, struct hit *h)
{
    const struct acm_CertificateDetail *d = h->cert.detail;
    struct np_str *users;
    bool renewable = acm_is_renewable(db, &h->cert);
    h->subject.cert = &h->cert;
    h->subject.metadata = (struct acm_AcmCertificateMetadata){
        .CreatedAt = d->CreatedAt,
        .Exported = ACM_BOOL(h->cert.exported),
        .ImportedAt = d->ImportedAt,
        .InUse = ACM_BOOL(np_cert_users(db->c, &db->scope, h->cert.arn, db->a, &users) != 0),
        .IssuedAt = d->IssuedAt,
        .RenewalEligibility = renewable ? NP_STR("ELIGIBLE") : NP_STR("INELIGIBLE"),
        .RevokedAt = d->RevokedAt,
        .Status = d->Status,
        .RenewalStatus = d->RenewalSummary != NULL ? d->RenewalSummary->RenewalStatus : NP_STR_NULL,
        .Type = d->Type,
        .ExportOption = d->Options->Export,
        .ValidationMethod = acm_is_imported(&h->cert) ? NP_STR_NULL : NP_STR("DNS"),
    };
}

static int collect(const struct acm_db *db, const struct acm_SearchCertificatesRequest *in,
                   struct hits *out, struct np_err *err)
{
    NP_SQL(all, "SELECT " ACM_COLUMNS " FROM acm_certificate WHERE account = :account "
                "AND region = :region");
    struct np_str by = in->SortBy.p != NULL ? in->SortBy : NP_STR("CREATED_AT");
    struct np_q *q = np_q(db->c, &db->scope, &all, "");
    while (np_row(q)) {
        struct hit h = {0};
        if (!acm_row(db, q, &h.cert))
            continue;
        describe(db, &h);
        if (!acm_filter_passes(db->a, in->FilterStatement, &h.subject))
            continue;
        h.key = sort_key(db->a, &h, by);
        ACM_PUSH(db->a, out, h);
    }
    int rc = np_q_end(q, err);
    if (out->n != 0)
        qsort(out->v, out->n, sizeof(*out->v),
              np_str_is(in->SortOrder, "DESCENDING") ? compare_descending : compare);
    return rc;
}

/* --- telling --- */

static void tell(const struct acm_db *db, const struct hit *h,
                 struct acm_CertificateSearchResult *r)
{
    const struct acm_CertificateDetail *d = h->cert.detail;
    struct acm_X509Attributes *x = np_new(db->a, struct acm_X509Attributes);
    struct acm_CertificateMetadata *m = np_new(db->a, struct acm_CertificateMetadata);
    struct acm_material material;
    m->AcmCertificateMetadata = np_new(db->a, struct acm_AcmCertificateMetadata);
    *m->AcmCertificateMetadata = h->subject.metadata;
    *r = (struct acm_CertificateSearchResult){h->cert.arn, x, m};
    for (size_t i = 0; i < d->KeyUsages.n; i++)
        ACM_PUSH(db->a, &x->KeyUsages, d->KeyUsages.v[i].Name);
    for (size_t i = 0; i < d->ExtendedKeyUsages.n; i++)
        ACM_PUSH(db->a, &x->ExtendedKeyUsages, d->ExtendedKeyUsages.v[i].Name);
    x->KeyAlgorithm = d->KeyAlgorithm;
    x->SerialNumber = d->Serial;
    x->NotAfter = d->NotAfter;
    x->NotBefore = d->NotBefore;
    if (acm_material_get(db, h->cert.id, &material, NULL) == 0 &&
        acm_x509_names(db->a, material.body, x) == 0)
        return;
    /* It is only requested: what it will say. */
    x->Subject = np_new(db->a, struct acm_DistinguishedName);
    x->Subject->CommonName = d->DomainName;
    for (size_t i = 0; i < d->SubjectAlternativeNames.n; i++)
        ACM_PUSH(db->a, &x->SubjectAlternativeNames,
                 ((struct acm_GeneralName){.DnsName = d->SubjectAlternativeNames.v[i]}));
}

static uint64_t hash_of(struct np_arena *a, const struct acm_SearchCertificatesRequest *in)
{
    struct acm_SearchCertificatesRequest asked = *in;
    struct np_buf b;
    asked.NextToken = NP_STR_NULL;
    asked.MaxResults = (struct np_opt_int){0};
    np_buf_init(&b, a, INPUT_MAX);
    np_cbor_put(&acm_SearchCertificatesRequest_shape, &asked, &b);
    return np_page_filter(np_buf_str(&b));
}

/* The first behind the position, which need not be there any more. */
static size_t first_after(const struct acm_SearchCertificatesRequest *in, const struct hits *hits,
                          struct np_str position)
{
    struct hit at = {0};
    bool descending = np_str_is(in->SortOrder, "DESCENDING");
    size_t i = 0;
    if (position.p == NULL)
        return 0;
    ptrdiff_t line = np_str_rchr(position, '\n');
    at.key = np_str_sub(position, 0, line < 0 ? 0 : (size_t)line);
    at.cert.arn = np_str_sub(position, (size_t)(line + 1), position.n);
    while (i < hits->n && (descending ? compare_descending : compare)(&hits->v[i], &at) <= 0)
        i++;
    return i;
}

int acm_SearchCertificates(struct np_req *rq, const struct acm_SearchCertificatesRequest *in,
                           struct acm_SearchCertificatesResponse *out, struct np_err *err)
{
    struct acm_db db = acm_db_req(rq);
    struct hits hits = {0};
    struct np_str position;
    uint64_t filter = hash_of(rq->arena, in);
    size_t limit = in->MaxResults.set ? (size_t)in->MaxResults.v : ACM_SEARCH_DEFAULT;
    if (acm_filter_size(in->FilterStatement) > ACM_FILTERS_MAX)
        return np_fault(err, &ACM_ValidationException, "A search has at most %d statements.",
                        ACM_FILTERS_MAX);
    if (np_page_position(rq, filter, in->NextToken, &position) != 0)
        return np_fault(err, &ACM_ValidationException, "The NextToken is not valid.");
    int rc = collect(&db, in, &hits, err);
    if (rc != 0)
        return rc;
    out->Results.set = true;
    size_t i = first_after(in, &hits, position);
    for (; i < hits.n && out->Results.n < limit; i++) {
        struct acm_CertificateSearchResult r;
        tell(&db, &hits.v[i], &r);
        ACM_PUSH(db.a, &out->Results, r);
    }
    if (i < hits.n)
        out->NextToken = np_page_token(rq, filter,
                                       np_str_printf(db.a, "%.*s\n%.*s", NP_FMT(hits.v[i - 1].key),
                                                     NP_FMT(hits.v[i - 1].cert.arn)));
    return 0;
}
