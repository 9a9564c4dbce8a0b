/* SPDX-License-Identifier: Apache-2.0 */
/* change.c - what is done to certificates that are there: deleted, revoked, other options; what is
 * refused as AWS refuses it. */
#include "services/acm/acm_int.h"

static int in_use(const struct acm_db *db, const struct acm_cert *c, struct np_err *err)
{
    struct np_str *users;
    if (np_cert_users(db->c, &db->scope, c->arn, db->a, &users) == 0)
        return 0;
    return np_fault(err, &ACM_ResourceInUseException, "Certificate %.*s in account %.*s is in use.",
                    NP_FMT(c->arn), NP_FMT(db->scope.account));
}

int acm_DeleteCertificate_apply(struct np_txn *t, const struct acm_DeleteCertificateRequest *in,
                                struct acm_DeleteCertificateOutput *out, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    (void)out;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    rc = rc != 0 ? rc : in_use(&db, &c, err);
    return rc != 0 ? rc : acm_drop(t, &c, err);
}

/* AWS: only what left the region can be revoked, and what nobody here shows
 * (tests/sdk/test_acm_dns.py). */
int acm_RevokeCertificate_apply(struct np_txn *t, const struct acm_RevokeCertificateRequest *in,
                                struct acm_RevokeCertificateResponse *out, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    rc = rc != 0 ? rc : in_use(&db, &c, err);
    if (rc == 0 && (!acm_is(&c, "ISSUED") || acm_is_imported(&c) || !c.exported))
        rc = np_fault(err, &ACM_ConflictException,
                      "The certificate %.*s cannot be revoked: it is not an issued certificate "
                      "that was exported.",
                      NP_FMT(c.arn));
    if (rc != 0)
        return rc;
    c.detail->Status = NP_STR("REVOKED");
    c.detail->RevokedAt = ACM_INT(np_txn_now_ms(t));
    c.detail->RevocationReason = in->RevocationReason;
    c.waiting = false;
    c.due_ms = (struct np_opt_int){0};
    out->CertificateArn = c.arn;
    return acm_save(t, &c, err);
}

int acm_UpdateCertificateOptions_apply(struct np_txn *t,
                                       const struct acm_UpdateCertificateOptionsRequest *in,
                                       struct acm_UpdateCertificateOptionsOutput *out,
                                       struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    (void)out;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    if (rc != 0)
        return rc;
    struct acm_CertificateOptions *o = c.detail->Options;
    if (acm_is_imported(&c))
        return np_fault(err, &ACM_InvalidStateException,
                        "The certificate %.*s was imported: it has no options.", NP_FMT(c.arn));
    if (in->Options->Export.p != NULL && !np_str_eq(in->Options->Export, o->Export))
        return np_fault(err, &ACM_InvalidStateException,
                        "Whether a certificate can be exported is said once, when it is "
                        "requested.");
    if (in->Options->CertificateTransparencyLoggingPreference.p == NULL)
        return 0;
    o->CertificateTransparencyLoggingPreference =
        in->Options->CertificateTransparencyLoggingPreference;
    return acm_save(t, &c, err);
}

/* AWS: renewal on demand is for exported certificates of a private authority alone
 * (tests/sdk/test_acm.py). */
int acm_RenewCertificate_apply(struct np_txn *t, const struct acm_RenewCertificateRequest *in,
                               struct acm_RenewCertificateOutput *out, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    (void)out;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    if (rc == 0 && acm_is(&c, "PENDING_VALIDATION"))
        rc = np_fault(err, &ACM_RequestInProgressException,
                      "The certificate %.*s is not issued yet.", NP_FMT(c.arn));
    if (rc == 0)
        rc = np_fault(err, &NP_ValidationException,
                      "The certificate %.*s is not one of a private certificate authority: it is "
                      "renewed by itself, if at all.",
                      NP_FMT(c.arn));
    return rc;
}

static bool has_name(const struct acm_cert *c, struct np_str name)
{
    const struct acm_DomainValidationList *l = &c->detail->DomainValidationOptions;
    for (size_t i = 0; i < l->n; i++)
        if (np_str_ieq(l->v[i].DomainName, name))
            return true;
    return false;
}

int acm_ResendValidationEmail_apply(struct np_txn *t,
                                    const struct acm_ResendValidationEmailRequest *in,
                                    struct acm_ResendValidationEmailOutput *out, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    (void)out;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    if (rc == 0 && !has_name(&c, in->Domain))
        rc = np_fault(err, &ACM_InvalidDomainValidationOptionsException,
                      "The certificate is not requested for %.*s.", NP_FMT(in->Domain));
    if (rc == 0)
        rc = np_fault(err, &ACM_InvalidStateException,
                      "The certificate %.*s is not validated by mail.", NP_FMT(c.arn));
    return rc;
}
