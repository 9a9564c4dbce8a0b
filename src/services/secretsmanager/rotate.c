/* SPDX-License-Identifier: Apache-2.0 */
/* rotate.c - rotation. A secret is rotated by a Lambda function, and there are none: every way to
 * turn rotation on ends as it does on AWS when the function is missing. */
#include "services/secretsmanager/secretsmanager_int.h"

int secretsmanager_RotateSecret_begin(struct np_req *rq,
                                      const struct secretsmanager_RotateSecretRequest *in,
                                      struct np_err *err)
{
    struct secretsmanager_secret s;
    int rc = secretsmanager_token_check(in->ClientRequestToken, err);
    if (rc == 0)
        rc = secretsmanager_find(rq, in->SecretId, &s, err);
    if (rc == 0)
        rc = secretsmanager_writable(&s, err);
    if (rc != 0)
        return rc;
    /* AWS: a function that does not exist and one that Secrets Manager may not invoke answer the
     * same (tests/wire/secretsmanager/rotate.wire). */
    if (in->RotationLambdaARN.n != 0)
        return np_fault(err, &NP_AccessDeniedException,
                        "Secrets Manager cannot invoke the specified Lambda function. Ensure that "
                        "the function policy grants access to the principal "
                        "secretsmanager.amazonaws.com.");
    return np_fault(err, &SECRETSMANAGER_InvalidRequestException,
                    "No Lambda rotation function ARN is associated with this secret.");
}

int secretsmanager_RotateSecret_apply(struct np_txn *t,
                                      const struct secretsmanager_RotateSecretRequest *in,
                                      struct secretsmanager_RotateSecretResponse *out,
                                      struct np_err *err)
{
    (void)t, (void)in, (void)out;
    return np_err(err, NP_ENOTSUP, "no secret can be rotated");
}

/* Rotation is off already. */
int secretsmanager_CancelRotateSecret_apply(
    struct np_txn *t, const struct secretsmanager_CancelRotateSecretRequest *in,
    struct secretsmanager_CancelRotateSecretResponse *out, struct np_err *err)
{
    struct secretsmanager_secret s;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc != 0)
        return rc;
    out->ARN = s.arn;
    out->Name = s.name;
    return 0;
}
