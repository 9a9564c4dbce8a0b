/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - one certificate: what is known of it, and its bytes. */
#include "services/acm/acm_int.h"

bool acm_is_renewable(const struct acm_db *db, const struct acm_cert *c)
{
    struct np_str *users;
    if (acm_is_imported(c) || !acm_is(c, "ISSUED"))
        return false;
    return c->exported || np_cert_users(db->c, &db->scope, c->arn, db->a, &users) != 0;
}

int acm_DescribeCertificate(struct np_req *rq, const struct acm_DescribeCertificateRequest *in,
                            struct acm_DescribeCertificateResponse *out, struct np_err *err)
{
    struct acm_db db = acm_db_req(rq);
    struct acm_cert c;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    if (rc != 0)
        return rc;
    struct acm_CertificateDetail *d = c.detail;
    d->CertificateArn = c.arn;
    d->InUseBy.n = np_cert_users(db.c, &db.scope, c.arn, db.a, &d->InUseBy.v);
    d->InUseBy.set = true;
    d->RenewalEligibility = acm_is_renewable(&db, &c) ? NP_STR("ELIGIBLE") : NP_STR("INELIGIBLE");
    out->Certificate = d;
    return 0;
}

int acm_GetCertificate(struct np_req *rq, const struct acm_GetCertificateRequest *in,
                       struct acm_GetCertificateResponse *out, struct np_err *err)
{
    struct acm_db db = acm_db_req(rq);
    struct acm_cert c;
    struct acm_material m;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    if (rc != 0)
        return rc;
    rc = acm_material_get(&db, c.id, &m, err);
    if (rc == NP_ENOENT && acm_is(&c, "PENDING_VALIDATION"))
        return np_fault(err, &ACM_RequestInProgressException,
                        "The certificate %.*s is not issued yet.", NP_FMT(c.arn));
    /* AWS: what was never issued is not found, either (tests/sdk/test_acm_dns.py). */
    if (rc == NP_ENOENT)
        return np_fault(err, &ACM_ResourceNotFoundException,
                        "The certificate %.*s was never issued: its request is %.*s.",
                        NP_FMT(c.arn), NP_FMT(c.detail->Status));
    out->Certificate = m.body;
    out->CertificateChain = m.chain;
    return rc;
}
