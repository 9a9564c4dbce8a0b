/* SPDX-License-Identifier: Apache-2.0 */
/* subject.c - the names in a certificate part by part, as SearchCertificates tells them. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "services/acm/acm_int.h"
#include "services/acm/x509.h"

/* Absent: not text. */
static struct np_str text_of(struct np_arena *a, const ASN1_STRING *s)
{
    unsigned char *utf8 = NULL;
    int n = ASN1_STRING_to_UTF8(&utf8, s);
    struct np_str text = n >= 0 ? np_str_dup(a, np_str_n(utf8, (size_t)n)) : NP_STR_NULL;
    OPENSSL_free(utf8);
    return text.p != NULL && np_utf8_ok(text) ? text : NP_STR_NULL;
}

static struct np_str oid_of(struct np_arena *a, const ASN1_OBJECT *o)
{
    char oid[128];
    int n = OBJ_obj2txt(oid, sizeof(oid), o, 1);
    return n > 0 && n < (int)sizeof(oid) ? np_str_dup(a, np_str_of(oid)) : NP_STR("");
}

static struct acm_DistinguishedName *name_of(struct np_arena *a, const X509_NAME *name)
{
    struct acm_DistinguishedName *d = np_new(a, struct acm_DistinguishedName);
    const struct {
        int nid;
        struct np_str *slot;
    } parts[] = {
        {NID_commonName, &d->CommonName},
        {NID_countryName, &d->Country},
        {NID_dnQualifier, &d->DistinguishedNameQualifier},
        {NID_generationQualifier, &d->GenerationQualifier},
        {NID_givenName, &d->GivenName},
        {NID_initials, &d->Initials},
        {NID_localityName, &d->Locality},
        {NID_organizationName, &d->Organization},
        {NID_organizationalUnitName, &d->OrganizationalUnit},
        {NID_pseudonym, &d->Pseudonym},
        {NID_serialNumber, &d->SerialNumber},
        {NID_stateOrProvinceName, &d->State},
        {NID_surname, &d->Surname},
        {NID_title, &d->Title},
    };
    for (int i = 0; i < X509_NAME_entry_count(name); i++) {
        const X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
        const ASN1_OBJECT *o = X509_NAME_ENTRY_get_object(e);
        struct np_str text = text_of(a, X509_NAME_ENTRY_get_data(e)), *slot = NULL;
        if (text.p == NULL)
            continue;
        NP_EACH (p, parts)
            if (p->nid == OBJ_obj2nid(o))
                slot = p->slot;
        if (slot != NULL)
            *slot = text;
        else if (OBJ_obj2nid(o) == NID_domainComponent)
            ACM_PUSH(a, &d->DomainComponents, text);
        else
            ACM_PUSH(a, &d->CustomAttributes, ((struct acm_CustomAttribute){oid_of(a, o), text}));
    }
    return d;
}

static struct np_str address_of(struct np_arena *a, const ASN1_OCTET_STRING *ip)
{
    char text[INET6_ADDRSTRLEN];
    int n = ASN1_STRING_length(ip);
    if ((n != 4 && n != 16) || inet_ntop(n == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(ip),
                                         text, sizeof(text)) == NULL)
        return NP_STR_NULL;
    return np_str_dup(a, np_str_of(text));
}

/* False: of a kind that is not told. */
static bool general_name(struct np_arena *a, const GENERAL_NAME *g, struct acm_GeneralName *out)
{
    *out = (struct acm_GeneralName){0};
    switch (g->type) {
    case GEN_DNS:
        out->DnsName = text_of(a, g->d.dNSName);
        return out->DnsName.p != NULL;
    case GEN_EMAIL:
        out->Rfc822Name = text_of(a, g->d.rfc822Name);
        return out->Rfc822Name.p != NULL;
    case GEN_URI:
        out->UniformResourceIdentifier = text_of(a, g->d.uniformResourceIdentifier);
        return out->UniformResourceIdentifier.p != NULL;
    case GEN_IPADD:
        out->IpAddress = address_of(a, g->d.iPAddress);
        return out->IpAddress.p != NULL;
    case GEN_RID:
        out->RegisteredId = oid_of(a, g->d.registeredID);
        return true;
    case GEN_DIRNAME:
        out->DirectoryName = name_of(a, g->d.directoryName);
        return true;
    default:
        return false;
    }
}

int acm_x509_names(struct np_arena *a, struct np_str pem, struct acm_X509Attributes *out)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *x = b != NULL ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
    BIO_free(b);
    ERR_clear_error();
    if (x == NULL)
        return NP_EINVAL;
    out->Issuer = name_of(a, X509_get_issuer_name(x));
    out->Subject = name_of(a, X509_get_subject_name(x));
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        struct acm_GeneralName one;
        if (general_name(a, sk_GENERAL_NAME_value(names, i), &one))
            ACM_PUSH(a, &out->SubjectAlternativeNames, one);
    }
    GENERAL_NAMES_free(names);
    X509_free(x);
    ERR_clear_error();
    return 0;
}
