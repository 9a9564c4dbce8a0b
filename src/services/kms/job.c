/* SPDX-License-Identifier: Apache-2.0 */
/* job.c - requests on the pool of threads, and the private keys that they use there. */
#include "services/kms/job.h"

#include "base/digest.h"

static void work(struct np_job *job)
{
    struct kms_job *j = NP_CONTAINER(job, struct kms_job, job);
    j->rc = j->work(j);
}

static void done(struct np_job *job)
{
    struct kms_job *j = NP_CONTAINER(job, struct kms_job, job);
    struct np_req *rq = j->rq;
    int rc = j->rc;
    kms_pkey_unref(j->pkey);
    if (rc != 0)
        rq->err = j->err;
    else if (j->then != NULL)
        rc = j->then(j, &rq->err);
    if (rc == NP_APPLY)
        np_req_apply(rq);
    else if (rc != NP_LATER)
        np_req_done(rq, rc);
}

int kms_job_run(struct kms_job *j)
{
    np_job_submit(j->rq->core->jobs, j->rq->loop, &j->job, work, done);
    return NP_LATER;
}

/* Two workers may parse it at once; one of the results stays. */
int kms_key_pkey(const struct np_core *core, const struct kms_key *k, struct kms_pkey **out,
                 struct np_err *err)
{
    struct kms_key *mutable = (struct kms_key *)(uintptr_t)k;
    struct kms_pkey *have = __atomic_load_n(&mutable->pkey, __ATOMIC_ACQUIRE), *none = NULL;
    if (have == NULL) {
        uint8_t room[KMS_SECRET_MAX];
        const struct kms_material *m = kms_material_current(k);
        struct np_str der =
            m != NULL ? kms_material_open(core, k, m, room, sizeof(room)) : NP_STR_NULL;
        have = der.p != NULL ? kms_pkey_parse(der) : NULL;
        np_wipe(room, sizeof(room));
        if (have == NULL)
            return np_err(err, NP_ECORRUPT, "the material of key %.*s does not open",
                          NP_FMT(k->arn));
        if (!__atomic_compare_exchange_n(&mutable->pkey, &none, have, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE)) {
            kms_pkey_unref(have);
            have = none;
        }
    }
    *out = kms_pkey_ref(have);
    return 0;
}

bool kms_is_quick(const struct kms_key *k)
{
    return np_str_is(np_str_of(k->spec->name), "ECC_NIST_P256") ||
           np_str_is(np_str_of(k->spec->name), "ECC_NIST_EDWARDS25519");
}
