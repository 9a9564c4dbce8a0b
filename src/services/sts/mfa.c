/* SPDX-License-Identifier: Apache-2.0 */
/* mfa.c - multi-factor devices, which a caller shows by serial number and code. */
#include "services/sts/sts_int.h"

struct waiting {
    int (*go)(struct np_req *rq, int64_t mfa_ms, struct np_err *err);
};

static int refused(int rc, struct np_err *err)
{
    if (rc == NP_ENOENT)
        return np_fault(err, &STS_AccessDenied,
                        "MultiFactorAuthentication failed, unable to validate MFA code.  Please "
                        "verify your MFA serial number is valid and associated with this user.");
    if (rc == NP_EACCES)
        return np_fault(err, &STS_AccessDenied,
                        "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    return rc;
}

static void verified(struct np_req *rq, int rc)
{
    const struct waiting *w = rq->priv;
    rc = rc == 0 ? w->go(rq, rq->now_ms, &rq->err) : refused(rc, &rq->err);
    if (rc != NP_LATER)
        np_req_done(rq, rc);
}

int sts_mfa_then(struct np_req *rq, struct np_str serial, struct np_str code,
                 int (*go)(struct np_req *rq, int64_t mfa_ms, struct np_err *err),
                 struct np_err *err)
{
    if (serial.p == NULL && code.p == NULL)
        return go(rq, 0, err);
    if (serial.p == NULL || code.p == NULL)
        return np_fault(err, &STS_AccessDenied,
                        "MultiFactorAuthentication failed, must provide both MFA serial number "
                        "and one time pass code.");
    struct waiting *w = np_new(rq->arena, struct waiting);
    w->go = go;
    rq->priv = w;
    int rc = iam_mfa_verify(rq, serial, code, verified);
    return rc == NP_LATER ? rc : refused(rc, err);
}
