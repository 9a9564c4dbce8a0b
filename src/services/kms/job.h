/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - the part of a request that would hold up its loop: arithmetic with large private keys. */
#pragma once

#include "io/job.h"
#include "services/kms/pkey.h"

struct kms_job {
    struct np_job job;
    struct np_req *rq;
    struct kms_pkey *pkey; /* held until the end; NULL: none */
    /* On a thread of the pool, with the request's arena and nothing of the projection. 0 or an
     * error in j->err. */
    int (*work)(struct kms_job *j);
    /* On the request's loop, after work went well; NULL: then the request is done. May return
     * NP_APPLY or NP_LATER, as begin may. */
    int (*then)(struct kms_job *j, struct np_err *err);
    struct np_err err;
    int rc;
};
/* Returns NP_LATER, for the handler to return. j lives in the request's arena and is zeroed but for
 * rq, pkey, work and then. */
int kms_job_run(struct kms_job *j);

/* The parsed private key of a key, counted for the caller. Error: it does not open. */
int kms_key_pkey(const struct np_core *core, const struct kms_key *k, struct kms_pkey **out,
                 struct np_err *err);
/* May its private key be used on a loop? */
bool kms_is_quick(const struct kms_key *k);
