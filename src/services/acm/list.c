/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - ListCertificates: in the order they were made, those that pass the filters. */
#include "aws/page.h"
#include "base/buf.h"
#include "services/acm/acm_int.h"

#define FILTER_MAX 4096

static bool has(const struct np_strs *list, struct np_str what)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i], what))
            return true;
    return false;
}

static bool key_passes(const struct acm_Filters *f, const struct acm_CertificateDetail *d)
{
    if (f != NULL && f->keyTypes.n != 0)
        return has(&f->keyTypes, d->KeyAlgorithm);
    /* AWS: who does not say which keys sees RSA up to 2048 bits, with a name
     * (tests/sdk/test_acm.py). */
    return d->DomainName.p != NULL &&
           (np_str_is(d->KeyAlgorithm, "RSA_2048") || np_str_is(d->KeyAlgorithm, "RSA_1024"));
}

static bool usages_pass(const struct acm_Filters *f, const struct acm_CertificateDetail *d)
{
    bool usage = f->keyUsage.n == 0, extended = f->extendedKeyUsage.n == 0;
    for (size_t i = 0; !usage && i < d->KeyUsages.n; i++)
        usage = has(&f->keyUsage, d->KeyUsages.v[i].Name);
    for (size_t i = 0; !extended && i < d->ExtendedKeyUsages.n; i++)
        extended = has(&f->extendedKeyUsage, d->ExtendedKeyUsages.v[i].Name);
    return usage && extended;
}

static bool passes(const struct acm_ListCertificatesRequest *in, const struct acm_cert *c)
{
    const struct acm_CertificateDetail *d = c->detail;
    const struct acm_Filters *f = in->Includes;
    if (in->CertificateStatuses.n != 0 && !has(&in->CertificateStatuses, d->Status))
        return false;
    if (!key_passes(f, d))
        return false;
    if (f == NULL)
        return true;
    if (f->exportOption.p != NULL && !np_str_eq(f->exportOption, d->Options->Export))
        return false;
    /* Nobody else manages certificates here. */
    return f->managedBy.p == NULL && usages_pass(f, d);
}

static void usages_out(struct np_arena *a, const struct acm_CertificateDetail *d,
                       struct acm_CertificateSummary *s)
{
    for (size_t i = 0; i < d->KeyUsages.n; i++)
        ACM_PUSH(a, &s->KeyUsages, d->KeyUsages.v[i].Name);
    for (size_t i = 0; i < d->ExtendedKeyUsages.n; i++)
        ACM_PUSH(a, &s->ExtendedKeyUsages, d->ExtendedKeyUsages.v[i].Name);
    s->KeyUsages.set = s->ExtendedKeyUsages.set = true;
}

static void summarize(const struct acm_db *db, const struct acm_cert *c,
                      struct acm_CertificateSummary *s)
{
    const struct acm_CertificateDetail *d = c->detail;
    struct np_str *users;
    *s = (struct acm_CertificateSummary){
        .CertificateArn = c->arn,
        .DomainName = d->DomainName,
        .SubjectAlternativeNameSummaries = d->SubjectAlternativeNames,
        .HasAdditionalSubjectAlternativeNames =
            ACM_BOOL(d->SubjectAlternativeNames.n > ACM_SUMMARY_NAMES),
        .Status = d->Status,
        .Type = d->Type,
        .KeyAlgorithm = d->KeyAlgorithm,
        .ExportOption = d->Options->Export,
        .InUse = ACM_BOOL(np_cert_users(db->c, &db->scope, c->arn, db->a, &users) != 0),
        .Exported = ACM_BOOL(c->exported),
        .RenewalEligibility = acm_is_renewable(db, c) ? NP_STR("ELIGIBLE") : NP_STR("INELIGIBLE"),
        .NotBefore = d->NotBefore,
        .NotAfter = d->NotAfter,
        .CreatedAt = d->CreatedAt,
        .IssuedAt = d->IssuedAt,
        .ImportedAt = d->ImportedAt,
        .RevokedAt = d->RevokedAt,
    };
    if (s->SubjectAlternativeNameSummaries.n > ACM_SUMMARY_NAMES)
        s->SubjectAlternativeNameSummaries.n = ACM_SUMMARY_NAMES;
    usages_out(db->a, d, s);
}

/* --- pages --- */

static void hash_list(struct np_buf *b, const char *what, const struct np_strs *list)
{
    np_buf_printf(b, "%s", what);
    for (size_t i = 0; i < list->n; i++)
        np_buf_printf(b, ",%.*s", NP_FMT(list->v[i]));
}

static uint64_t hash_of(struct np_arena *a, const struct acm_ListCertificatesRequest *in)
{
    struct np_buf b;
    np_buf_init(&b, a, FILTER_MAX);
    hash_list(&b, "status", &in->CertificateStatuses);
    np_buf_printf(&b, "order,%.*s", NP_FMT(in->SortOrder));
    if (in->Includes != NULL) {
        hash_list(&b, "extended", &in->Includes->extendedKeyUsage);
        hash_list(&b, "usage", &in->Includes->keyUsage);
        hash_list(&b, "key", &in->Includes->keyTypes);
        np_buf_printf(&b, "export,%.*s,managed,%.*s", NP_FMT(in->Includes->exportOption),
                      NP_FMT(in->Includes->managedBy));
    }
    return np_page_filter(np_buf_str(&b));
}

#define SCAN(than, order)                                                                          \
    "SELECT " ACM_COLUMNS ", created_ms FROM acm_certificate WHERE account = :account "            \
    "AND region = :region AND (?1 = 0 OR (created_ms, id) " than " (?2, ?3)) "                     \
    "ORDER BY created_ms " order ", id " order

static struct np_q *begin(const struct acm_db *db, bool descending, struct np_str position)
{
    NP_SQL(rising, SCAN(">", "ASC"));
    NP_SQL(falling, SCAN("<", "DESC"));
    struct np_str ms = NP_STR_NULL, id = NP_STR("");
    int64_t at = 0, further = position.p != NULL && np_str_cut(position, '/', &ms, &id) &&
                              np_str_i64(ms, &at);
    return np_q(db->c, &db->scope, descending ? &falling : &rising, "iis", further, at, id);
}

int acm_ListCertificates(struct np_req *rq, const struct acm_ListCertificatesRequest *in,
                         struct acm_ListCertificatesResponse *out, struct np_err *err)
{
    struct acm_db db = acm_db_req(rq);
    size_t limit = in->MaxItems.set ? (size_t)in->MaxItems.v : ACM_PAGE_MAX;
    uint64_t filter = hash_of(rq->arena, in);
    struct np_str position, last = NP_STR_NULL;
    /* AWS: one without the other is none (tests/wire/acm/list.wire). */
    if ((in->SortBy.p != NULL) != (in->SortOrder.p != NULL))
        return np_fault(err, &NP_ValidationException,
                        "SortBy and SortOrder must be specified together.");
    if (np_page_position(rq, filter, in->NextToken, &position) != 0)
        return np_fault(err, &NP_ValidationException, "The NextToken is not valid.");
    out->CertificateSummaryList.set = true;
    struct np_q *q = begin(&db, np_str_is(in->SortOrder, "DESCENDING"), position);
    while (np_row(q)) {
        struct acm_cert c;
        struct acm_CertificateSummary s;
        if (!acm_row(&db, q, &c) || !passes(in, &c))
            continue;
        if (out->CertificateSummaryList.n == limit) {
            out->NextToken = np_page_token(rq, filter, last);
            break;
        }
        summarize(&db, &c, &s);
        ACM_PUSH(rq->arena, &out->CertificateSummaryList, s);
        last = np_str_printf(rq->arena, "%lld/%.*s", (long long)np_col_int(q, 7), NP_FMT(c.id));
    }
    return np_q_end(q, err);
}
