/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - ImportCertificate: a certificate of somebody else's, new or in place of another. */
#include "aws/ids.h"
#include "base/digest.h"
#include "io/job.h"
#include "services/acm/acm_int.h"
#include "services/acm/x509.h"

struct importing {
    struct np_job job;
    struct np_req *rq;
    const struct acm_ImportCertificateRequest *in;
    struct acm_cert cert;
    struct acm_material material;
    struct np_err err;
    int rc;
};

/* On the pool: signatures are checked, and there may be a chain of them. */
static void check(struct np_job *job)
{
    struct importing *im = NP_CONTAINER(job, struct importing, job);
    struct np_arena *a = im->rq->arena;
    const struct acm_import in = {
        .body = im->in->Certificate,
        .chain = im->in->CertificateChain,
        .key = im->in->PrivateKey,
        .now_ms = im->rq->now_ms,
    };
    struct acm_import made;
    im->rc = acm_x509_import(a, &in, &made, im->cert.detail, &im->err);
    if (im->rc != 0)
        return;
    im->material =
        (struct acm_material){made.body, made.chain, acm_seal(im->rq->core, a, made.key)};
    np_wipe((char *)(uintptr_t)made.key.p, made.key.n);
}

static void checked(struct np_job *job)
{
    struct importing *im = NP_CONTAINER(job, struct importing, job);
    struct np_req *rq = im->rq;
    if (im->rc != 0) {
        rq->err = im->err;
        np_req_done(rq, im->rc);
        return;
    }
    np_req_apply(rq);
}

int acm_ImportCertificate_begin(struct np_req *rq, const struct acm_ImportCertificateRequest *in,
                                struct np_err *err)
{
    /* AWS: tags stay what they are (tests/sdk/test_acm.py). */
    if (in->CertificateArn.p != NULL && in->Tags.n != 0)
        return np_fault(err, &NP_ValidationException, "Tagging is not permitted on re-import.");
    int rc = acm_tags_check(&in->Tags, err);
    if (rc != 0)
        return rc;
    struct importing *im = np_new(rq->arena, struct importing);
    im->rq = rq;
    im->in = in;
    im->cert.detail = np_new(rq->arena, struct acm_CertificateDetail);
    im->cert.id = np_id_uuid(rq->arena);
    im->cert.arn = acm_arn(rq->arena, rq->account, rq->region, im->cert.id);
    rq->priv = im;
    np_job_submit(rq->core->jobs, rq->loop, &im->job, check, checked);
    return NP_LATER;
}

static void complete(struct np_txn *t, struct acm_cert *c)
{
    struct acm_CertificateDetail *d = c->detail;
    struct acm_CertificateOptions *o = np_new(np_txn_arena(t), struct acm_CertificateOptions);
    o->CertificateTransparencyLoggingPreference = NP_STR("DISABLED");
    o->Export = NP_STR("DISABLED");
    d->Type = NP_STR("IMPORTED");
    d->Status = NP_STR("ISSUED");
    d->CreatedAt = d->ImportedAt = ACM_INT(np_txn_now_ms(t));
    d->Options = o;
    c->due_ms = d->NotAfter;
}

static bool is_any(const struct acm_KeyUsageList *list)
{
    return list->n == 1 && np_str_is(list->v[0].Name, "ANY");
}

static bool keeps_usages(const struct acm_CertificateDetail *old,
                         const struct acm_CertificateDetail *now)
{
    for (size_t i = 0; !is_any(&old->KeyUsages) && i < old->KeyUsages.n; i++) {
        bool kept = is_any(&now->KeyUsages);
        for (size_t j = 0; j < now->KeyUsages.n; j++)
            kept = kept || np_str_eq(old->KeyUsages.v[i].Name, now->KeyUsages.v[j].Name);
        if (!kept)
            return false;
    }
    for (size_t i = 0; i < old->ExtendedKeyUsages.n; i++) {
        bool kept = now->ExtendedKeyUsages.n == 0;
        for (size_t j = 0; j < now->ExtendedKeyUsages.n; j++)
            kept =
                kept || np_str_eq(old->ExtendedKeyUsages.v[i].OID, now->ExtendedKeyUsages.v[j].OID);
        if (!kept)
            return false;
    }
    return true;
}

/* AWS: what uses the certificate goes on using it, so the new one is good for no less
 * (tests/sdk/test_acm.py). */
static int check_replacement(const struct acm_CertificateDetail *old,
                             const struct acm_CertificateDetail *now, struct np_err *err)
{
    if (!np_str_eq(old->KeyAlgorithm, now->KeyAlgorithm))
        return np_fault(err, &NP_ValidationException,
                        "The key of a certificate in another's place must be of its type and size: "
                        "%.*s, not %.*s.",
                        NP_FMT(old->KeyAlgorithm), NP_FMT(now->KeyAlgorithm));
    if (old->DomainName.p != NULL && now->DomainName.p == NULL)
        return np_fault(err, &NP_ValidationException,
                        "A certificate in the place of one with domain names must have some.");
    if (!keeps_usages(old, now))
        return np_fault(err, &NP_ValidationException,
                        "A certificate in another's place must have all of its key usages and "
                        "extended key usages.");
    return 0;
}

static int replace(struct np_txn *t, const struct importing *im, struct np_str arn,
                   struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert old, now = im->cert;
    int rc = acm_find(&db, arn, &old, err);
    if (rc != 0)
        return rc;
    if (!acm_is_imported(&old))
        return np_fault(err, &NP_ValidationException,
                        "The certificate %.*s was not imported: another cannot take its place.",
                        NP_FMT(arn));
    rc = check_replacement(old.detail, now.detail, err);
    if (rc != 0)
        return rc;
    now.id = old.id;
    now.arn = old.arn;
    complete(t, &now);
    now.detail->CreatedAt = old.detail->CreatedAt;
    now.detail->Options = old.detail->Options;
    rc = acm_save(t, &now, err);
    return rc == 0 ? acm_material_put(t, now.id, &im->material, err) : rc;
}

static int add(struct np_txn *t, struct importing *im, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    if (acm_count(&db, "IMPORTED") >= ACM_IMPORTED_MAX)
        return np_fault(err, &ACM_LimitExceededException,
                        "The account has the %d imported certificates that it may have in a "
                        "region.",
                        ACM_IMPORTED_MAX);
    complete(t, &im->cert);
    int rc = acm_insert(t, &im->cert, err);
    if (rc == 0)
        rc = acm_material_put(t, im->cert.id, &im->material, err);
    return rc == 0 ? acm_tags_put(t, im->cert.arn, &im->in->Tags, err) : rc;
}

int acm_ImportCertificate_apply(struct np_txn *t, const struct acm_ImportCertificateRequest *in,
                                struct acm_ImportCertificateResponse *out, struct np_err *err)
{
    struct importing *im = np_txn_req(t)->priv;
    if (in->CertificateArn.p != NULL) {
        out->CertificateArn = in->CertificateArn;
        return replace(t, im, in->CertificateArn, err);
    }
    out->CertificateArn = im->cert.arn;
    return add(t, im, err);
}
