/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - ExportCertificate: the key too, for who asked for that when requesting it. */
#include "base/digest.h"
#include "io/job.h"
#include "services/acm/acm_int.h"
#include "services/acm/x509.h"

struct exporting {
    struct np_job job;
    struct np_req *rq;
    const struct acm_ExportCertificateRequest *in;
    struct acm_cert cert;
    struct acm_material material;
    struct np_str locked;
    struct np_err err;
    int rc;
};

/* On the pool: a passphrase becomes a key slowly, by design. */
static void lock(struct np_job *job)
{
    struct exporting *x = NP_CONTAINER(job, struct exporting, job);
    struct np_arena *a = x->rq->arena;
    struct np_str key = acm_unseal(x->rq->core, a, x->material.sealed);
    x->rc = acm_x509_lock(a, key, x->in->Passphrase, &x->locked, &x->err);
    np_wipe((char *)(uintptr_t)key.p, key.n);
}

static void locked(struct np_job *job)
{
    struct exporting *x = NP_CONTAINER(job, struct exporting, job);
    if (x->rc == 0) {
        np_req_apply(x->rq);
        return;
    }
    x->rq->err = x->err;
    np_req_done(x->rq, x->rc);
}

/* AWS: any ASCII character but those three (tests/sdk/test_acm_dns.py). */
static int check_passphrase(struct np_str passphrase, struct np_err *err)
{
    for (size_t i = 0; i < passphrase.n; i++) {
        unsigned char c = (unsigned char)passphrase.p[i];
        if (c >= 0x80 || c == '#' || c == '$' || c == '%')
            return np_fault(err, &NP_ValidationException,
                            "The passphrase has a character that is not ASCII, or one of #, $ "
                            "and %%.");
    }
    return 0;
}

static int check_cert(const struct acm_cert *c, struct np_err *err)
{
    if (acm_is(c, "PENDING_VALIDATION"))
        return np_fault(err, &ACM_RequestInProgressException,
                        "The certificate %.*s is not issued yet.", NP_FMT(c->arn));
    if (!np_str_is(c->detail->Options->Export, "ENABLED"))
        return np_fault(err, &NP_ValidationException,
                        "The certificate %.*s cannot be exported: it was not requested with "
                        "Options.Export ENABLED.",
                        NP_FMT(c->arn));
    if (!acm_is(c, "ISSUED"))
        return np_fault(err, &NP_ValidationException,
                        "The certificate %.*s cannot be exported: it is %.*s.", NP_FMT(c->arn),
                        NP_FMT(c->detail->Status));
    return 0;
}

int acm_ExportCertificate_begin(struct np_req *rq, const struct acm_ExportCertificateRequest *in,
                                struct np_err *err)
{
    struct acm_db db = acm_db_req(rq);
    struct exporting *x = np_new(rq->arena, struct exporting);
    int rc = acm_find(&db, in->CertificateArn, &x->cert, err);
    rc = rc != 0 ? rc : check_cert(&x->cert, err);
    rc = rc != 0 ? rc : check_passphrase(in->Passphrase, err);
    rc = rc != 0 ? rc : acm_material_get(&db, x->cert.id, &x->material, err);
    if (rc != 0)
        return rc;
    x->rq = rq;
    x->in = in;
    rq->priv = x;
    np_job_submit(rq->core->jobs, rq->loop, &x->job, lock, locked);
    return NP_LATER;
}

int acm_ExportCertificate_apply(struct np_txn *t, const struct acm_ExportCertificateRequest *in,
                                struct acm_ExportCertificateResponse *out, struct np_err *err)
{
    const struct exporting *x = np_txn_req(t)->priv;
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    rc = rc != 0 ? rc : check_cert(&c, err);
    if (rc != 0)
        return rc;
    c.exported = true;
    *out = (struct acm_ExportCertificateResponse){
        .Certificate = x->material.body,
        .CertificateChain = x->material.chain,
        .PrivateKey = x->locked,
    };
    return acm_save(t, &c, err);
}
