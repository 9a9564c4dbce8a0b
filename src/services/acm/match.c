/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - does a certificate pass a tree of filters? */
#include "services/acm/match.h"

static bool text_passes(struct np_arena *a, struct np_str have, struct np_str want,
                        struct np_str how)
{
    if (have.p == NULL)
        return false;
    if (np_str_is(how, "EQUALS"))
        return np_str_ieq(have, want);
    return np_str_find(np_str_lower(a, have), np_str_lower(a, want)) >= 0;
}

static bool any_name_passes(struct np_arena *a, const struct np_strs *names,
                            const struct acm_DnsNameFilter *f)
{
    for (size_t i = 0; i < names->n; i++)
        if (text_passes(a, names->v[i], f->Value, f->ComparisonOperator))
            return true;
    return false;
}

static bool time_passes(struct np_opt_int at, const struct acm_TimestampRange *range)
{
    return at.set && (!range->Start.set || at.v >= range->Start.v) &&
           (!range->End.set || at.v <= range->End.v);
}

static bool has_usage(const struct acm_CertificateDetail *d, struct np_str name)
{
    for (size_t i = 0; i < d->KeyUsages.n; i++)
        if (np_str_eq(d->KeyUsages.v[i].Name, name))
            return true;
    return false;
}

static bool has_extended(const struct acm_CertificateDetail *d, struct np_str name)
{
    for (size_t i = 0; i < d->ExtendedKeyUsages.n; i++)
        if (np_str_eq(d->ExtendedKeyUsages.v[i].Name, name))
            return true;
    return d->ExtendedKeyUsages.n == 0 && np_str_is(name, "NONE");
}

struct np_str acm_common_name(const struct acm_CertificateDetail *d)
{
    return np_str_find(d->Subject, NP_STR("CN=")) >= 0 ? d->DomainName : NP_STR_NULL;
}

/* Each of these has one member. */
static bool attribute_passes(struct np_arena *a, const struct acm_X509AttributeFilter *f,
                             const struct acm_CertificateDetail *d)
{
    if (f->Subject != NULL)
        return text_passes(a, acm_common_name(d), f->Subject->CommonName->Value,
                           f->Subject->CommonName->ComparisonOperator);
    if (f->SubjectAlternativeName != NULL)
        return any_name_passes(a, &d->SubjectAlternativeNames, f->SubjectAlternativeName->DnsName);
    if (f->ExtendedKeyUsage.p != NULL)
        return has_extended(d, f->ExtendedKeyUsage);
    if (f->KeyUsage.p != NULL)
        return has_usage(d, f->KeyUsage);
    if (f->KeyAlgorithm.p != NULL)
        return np_str_eq(d->KeyAlgorithm, f->KeyAlgorithm);
    if (f->SerialNumber.p != NULL)
        return np_str_eq(d->Serial, f->SerialNumber);
    if (f->NotAfter != NULL)
        return time_passes(d->NotAfter, f->NotAfter);
    return f->NotBefore != NULL && time_passes(d->NotBefore, f->NotBefore);
}

static bool metadata_passes(const struct acm_AcmCertificateMetadataFilter *f,
                            const struct acm_AcmCertificateMetadata *m)
{
    const struct {
        struct np_str want, have;
    } texts[] = {
        {f->Status, m->Status},       {f->RenewalStatus, m->RenewalStatus},
        {f->Type, m->Type},           {f->ExportOption, m->ExportOption},
        {f->ManagedBy, m->ManagedBy}, {f->ValidationMethod, m->ValidationMethod},
    };
    NP_EACH (t, texts)
        if (t->want.p != NULL)
            return np_str_eq(t->want, t->have);
    if (f->InUse.set)
        return f->InUse.v == m->InUse.v;
    return f->Exported.set && f->Exported.v == m->Exported.v;
}

static bool filter_passes(struct np_arena *a, const struct acm_CertificateFilter *f,
                          const struct acm_subject *s)
{
    if (f->CertificateArn.p != NULL)
        return np_str_eq(f->CertificateArn, s->cert->arn);
    if (f->X509AttributeFilter != NULL)
        return attribute_passes(a, f->X509AttributeFilter, s->cert->detail);
    return f->AcmCertificateMetadataFilter != NULL &&
           metadata_passes(f->AcmCertificateMetadataFilter, &s->metadata);
}

size_t acm_filter_size(const struct acm_CertificateFilterStatement *f)
{
    size_t n = 1;
    if (f == NULL)
        return 0;
    for (size_t i = 0; i < f->And.n; i++)
        n += acm_filter_size(&f->And.v[i]);
    for (size_t i = 0; i < f->Or.n; i++)
        n += acm_filter_size(&f->Or.v[i]);
    return n + acm_filter_size(f->Not);
}

bool acm_filter_passes(struct np_arena *a, const struct acm_CertificateFilterStatement *f,
                       const struct acm_subject *s)
{
    if (f == NULL)
        return true;
    if (f->Filter != NULL)
        return filter_passes(a, f->Filter, s);
    if (f->Not != NULL)
        return !acm_filter_passes(a, f->Not, s);
    for (size_t i = 0; i < f->And.n; i++)
        if (!acm_filter_passes(a, &f->And.v[i], s))
            return false;
    for (size_t i = 0; i < f->Or.n; i++)
        if (acm_filter_passes(a, &f->Or.v[i], s))
            return true;
    return f->And.n != 0;
}
