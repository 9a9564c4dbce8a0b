/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - what the front door refuses, in EC2's words. */
#include "aws/invalid.h"
#include "services/ec2/ec2_int.h"

/* AWS: of credentials it is 401, of what is another account's 403
 * (tests/sdk/test_ec2_access.py). */
static const struct np_fault_def auth_failure = {
    .name = "AuthFailure", .status = 401, .sender = true};

static const struct {
    const struct np_fault_def *common, *ours;
    const char *message; /* NULL: as it is */
} faults[] = {
    {&NP_InvalidClientTokenId, &auth_failure,
     "AWS was not able to validate the provided access credentials"},
    {&NP_SignatureDoesNotMatch, &auth_failure,
     "AWS was not able to validate the provided access credentials"},
    {&NP_MissingAuthenticationToken, &EC2_MissingParameter,
     "The request must contain the parameter AWSAccessKeyId"},
    {&NP_ExpiredToken, &EC2_RequestExpired, "Request has expired."},
    {&NP_RequestExpired, &EC2_RequestExpired, "Request has expired."},
    {&NP_ThrottlingException, &EC2_RequestLimitExceeded, "Request limit exceeded."},
    {&NP_InternalFailure, &EC2_InternalError, "An internal error has occurred"},
    {&NP_ServiceUnavailable, &EC2_Unavailable, NULL},
    {&NP_ValidationError, &EC2_InvalidParameterValue, NULL},
    {&NP_NoSuchVersion, &EC2_NoSuchVersion, NULL},
    {&NP_MalformedQueryString, &EC2_MalformedQueryString, NULL},
};

static const struct np_fault_def *unauthorized(struct np_req *rq, struct np_str *message)
{
    struct np_str encoded = rq->encoded_denial;
    *message = np_str_printf(rq->arena, "You are not authorized to perform this operation. %.*s",
                             NP_FMT(*message));
    if (encoded.p != NULL)
        *message = np_str_printf(rq->arena, "%.*s. Encoded authorization failure message: %.*s",
                                 NP_FMT(*message), NP_FMT(encoded));
    return &EC2_UnauthorizedOperation;
}

const struct np_fault_def *ec2_map_fault(struct np_req *rq, const struct np_fault_def *fault,
                                         struct np_str *message)
{
    if (fault == &NP_AccessDenied)
        return unauthorized(rq, message);
    NP_EACH (f, faults)
        if (f->common == fault) {
            if (f->message != NULL)
                *message = np_str_of(f->message);
            return f->ours;
        }
    return fault;
}

int ec2_invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    if (why->kind == NP_INVALID_MISSING)
        return np_fault(err, &EC2_MissingParameter, "The request must contain the parameter %.*s",
                        NP_FMT(why->path));
    if (why->kind == NP_INVALID_REFUSED)
        return np_fault(err, &EC2_UnsupportedOperation,
                        "%s: this region does not carry out '%.*s'; leave it out.",
                        rq->op->codec->name, NP_FMT(why->path));
    struct np_str rule = np_invalid_rule(rq->arena, why);
    if (why->value.p == NULL)
        return np_fault(err, &EC2_InvalidParameterValue, "Parameter %.*s is invalid. %.*s",
                        NP_FMT(why->path), NP_FMT(rule));
    return np_fault(err, &EC2_InvalidParameterValue,
                    "Value (%.*s) for parameter %.*s is invalid. %.*s", NP_FMT(why->value),
                    NP_FMT(why->path), NP_FMT(rule));
}
