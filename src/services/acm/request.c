/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - RequestCertificate: names that wait for their records. */
#include "aws/ids.h"
#include "aws/page.h"
#include "codec/codec.h"
#include "services/acm/acm_int.h"
#include "services/acm/name.h"

#define INPUT_MAX (256 * 1024)

/* --- what is asked for --- */

static bool has(const struct np_strs *list, struct np_str what)
{
    for (size_t i = 0; i < list->n; i++)
        if (np_str_eq(list->v[i], what))
            return true;
    return false;
}

static int add_name(struct np_arena *a, struct np_str text, struct np_strs *names,
                    struct np_err *err)
{
    struct np_str name = acm_name(a, text);
    if (name.p == NULL)
        return np_fault(err, &NP_ValidationException,
                        "The domain name '%.*s' is not valid: \"xn--\" alone may stand before "
                        "an internationalized label.",
                        NP_FMT(text));
    if (!has(names, name))
        ACM_PUSH(a, names, name);
    return 0;
}

static int collect_names(struct np_arena *a, const struct acm_RequestCertificateRequest *in,
                         struct np_strs *names, struct np_err *err)
{
    if (in->DomainName.n > ACM_FIRST_NAME_MAX)
        return np_fault(err, &NP_ValidationException,
                        "The first domain name can be no longer than %d characters. Put a longer "
                        "one among SubjectAlternativeNames.",
                        ACM_FIRST_NAME_MAX);
    int rc = add_name(a, in->DomainName, names, err);
    for (size_t i = 0; rc == 0 && i < in->SubjectAlternativeNames.n; i++)
        rc = add_name(a, in->SubjectAlternativeNames.v[i], names, err);
    if (rc == 0 && names->n > ACM_NAMES_MAX)
        rc = np_fault(err, &ACM_LimitExceededException,
                      "A certificate has at most %d domain names.", ACM_NAMES_MAX);
    return rc;
}

static int check_method(const struct acm_RequestCertificateRequest *in, struct np_err *err)
{
    if (np_str_is(in->ValidationMethod, "DNS"))
        return 0;
    if (np_str_is(in->ValidationMethod, "HTTP"))
        return np_fault(err, &ACM_InvalidParameterException,
                        "HTTP validation is for certificates that CloudFront requests. Use DNS.");
    /* AWS: no method means EMAIL. Nobody would get the mail (tests/wire/acm/request.wire). */
    return np_fault(err, &ACM_InvalidParameterException,
                    "This region sends no mail to owners of domains: request the certificate with "
                    "ValidationMethod DNS.");
}

static int check_key(const struct acm_RequestCertificateRequest *in, struct np_err *err)
{
    static const char *const allowed[] = {"RSA_2048", "EC_prime256v1", "EC_secp384r1"};
    if (in->KeyAlgorithm.p == NULL)
        return 0;
    NP_EACH (k, allowed)
        if (np_str_eq(in->KeyAlgorithm, np_str_of(*k)))
            return 0;
    return np_fault(err, &ACM_InvalidParameterException,
                    "Public certificates are issued with a key of RSA_2048, EC_prime256v1 or "
                    "EC_secp384r1, not %.*s.",
                    NP_FMT(in->KeyAlgorithm));
}

/* They say where mail goes; of use only if they say nothing. */
static int check_options(struct np_arena *a, const struct acm_RequestCertificateRequest *in,
                         const struct np_strs *names, struct np_err *err)
{
    for (size_t i = 0; i < in->DomainValidationOptions.n; i++) {
        const struct acm_DomainValidationOption *o = &in->DomainValidationOptions.v[i];
        struct np_str name = np_str_lower(a, o->DomainName);
        if (!has(names, name))
            return np_fault(err, &ACM_InvalidDomainValidationOptionsException,
                            "The certificate is not requested for %.*s.", NP_FMT(o->DomainName));
        if (!np_str_ieq(o->ValidationDomain, acm_name_base(name)) &&
            !np_str_ieq(o->ValidationDomain, name))
            return np_fault(err, &ACM_InvalidDomainValidationOptionsException,
                            "A ValidationDomain other than the domain itself is for validation "
                            "by mail alone.");
    }
    return 0;
}

/* --- the request --- */

static struct acm_CertificateDetail *detail_of(struct np_req *rq,
                                               const struct acm_RequestCertificateRequest *in,
                                               const struct np_strs *names)
{
    struct np_arena *a = rq->arena;
    struct acm_CertificateDetail *d = np_new(a, struct acm_CertificateDetail);
    struct acm_CertificateOptions *o = np_new(a, struct acm_CertificateOptions);
    if (in->Options != NULL)
        *o = *in->Options;
    if (o->CertificateTransparencyLoggingPreference.p == NULL)
        o->CertificateTransparencyLoggingPreference = NP_STR("ENABLED");
    if (o->Export.p == NULL)
        o->Export = NP_STR("DISABLED");
    *d = (struct acm_CertificateDetail){
        .DomainName = names->v[0],
        .SubjectAlternativeNames = *names,
        .Subject = np_str_cat(a, NP_STR("CN="), names->v[0]),
        .CreatedAt = ACM_INT(rq->now_ms),
        .Status = NP_STR("PENDING_VALIDATION"),
        .KeyAlgorithm = in->KeyAlgorithm.p != NULL ? in->KeyAlgorithm : NP_STR("RSA_2048"),
        .Type = NP_STR("AMAZON_ISSUED"),
        .Options = o,
    };
    acm_validations(rq->core, a, rq->account, names, &d->DomainValidationOptions);
    return d;
}

int acm_RequestCertificate_begin(struct np_req *rq, const struct acm_RequestCertificateRequest *in,
                                 struct np_err *err)
{
    struct np_strs names = {0};
    int rc = check_method(in, err);
    rc = rc != 0 ? rc : check_key(in, err);
    rc = rc != 0 ? rc : collect_names(rq->arena, in, &names, err);
    rc = rc != 0 ? rc : check_options(rq->arena, in, &names, err);
    rc = rc != 0 ? rc : acm_tags_check(&in->Tags, err);
    if (rc != 0)
        return rc;
    struct np_buf whole;
    np_buf_init(&whole, rq->arena, INPUT_MAX);
    np_cbor_put(&acm_RequestCertificateRequest_shape, in, &whole);
    struct acm_cert *c = np_new(rq->arena, struct acm_cert);
    *c = (struct acm_cert){
        .id = np_id_uuid(rq->arena),
        .detail = detail_of(rq, in, &names),
        .waiting = true,
        .due_ms = ACM_INT(rq->now_ms + ACM_VALIDATION_MS),
        .token = in->IdempotencyToken,
        .token_hash = (int64_t)np_page_filter(np_buf_str(&whole)),
    };
    c->arn = acm_arn(rq->arena, rq->account, rq->region, c->id);
    rq->priv = c;
    return np_apply(rq);
}

int acm_RequestCertificate_apply(struct np_txn *t, const struct acm_RequestCertificateRequest *in,
                                 struct acm_RequestCertificateResponse *out, struct np_err *err)
{
    const struct acm_cert *c = np_txn_req(t)->priv;
    struct acm_db db = acm_db_txn(t);
    if (c->token.p != NULL)
        out->CertificateArn = acm_by_token(&db, c->token, c->token_hash);
    if (out->CertificateArn.p != NULL)
        return 0;
    if (acm_count(&db, "AMAZON_ISSUED") >= ACM_REQUESTED_MAX)
        return np_fault(err, &ACM_LimitExceededException,
                        "The account has the %d requested certificates that it may have in a "
                        "region.",
                        ACM_REQUESTED_MAX);
    int rc = acm_insert(t, c, err);
    if (rc == 0)
        rc = acm_tags_put(t, c->arn, &in->Tags, err);
    out->CertificateArn = c->arn;
    return rc;
}
