/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - the front door's own faults, and how a handler says one. */
#include "aws/fault.h"

#include <stdarg.h>
#include <stdio.h>

#define FAULT(name_, status_)                                                                      \
    const struct np_fault_def NP_##name_ = {                                                       \
        .name = #name_, .status = (status_), .sender = (status_) < 500}

FAULT(AccessDenied, 403);
FAULT(AccessDeniedException, 400);
FAULT(MissingAuthenticationToken, 403);
FAULT(IncompleteSignature, 400);
FAULT(SignatureDoesNotMatch, 403);
FAULT(InvalidClientTokenId, 403);
FAULT(UnrecognizedClientException, 400);
FAULT(ExpiredToken, 403);
FAULT(RequestExpired, 400);
FAULT(InternalFailure, 500);
FAULT(ServiceUnavailable, 503);
FAULT(ThrottlingException, 400);
FAULT(InvalidAction, 400);
FAULT(NoSuchVersion, 400);
FAULT(UnknownParameter, 400);
FAULT(UnknownOperationException, 400);
FAULT(ValidationError, 400);
FAULT(ValidationException, 400);
FAULT(SerializationException, 400);
FAULT(MalformedQueryString, 404);
FAULT(RequestEntityTooLarge, 413);
FAULT(UnsupportedOperation, 400);
FAULT(OptInRequired, 403);
FAULT(MissingParameter, 400);
FAULT(InvalidParameterValue, 400);
FAULT(MissingAction, 400);
FAULT(XAmzContentSHA256Mismatch, 400);
FAULT(IncompleteBody, 400);
FAULT(MalformedTrailerError, 400);
FAULT(InvalidChunk, 403);

int np_fault(struct np_err *err, const struct np_fault_def *def, const char *fmt, ...)
{
    if (err == NULL)
        return NP_EFAULT;
    err->code = NP_EFAULT;
    err->fault = def;
    err->n = 0;
    err->n_extra = 0;
    if (fmt == NULL)
        return NP_EFAULT;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
    va_end(ap);
    err->n = n < 0 ? 0 : (size_t)n < sizeof(err->text) ? (size_t)n : sizeof(err->text) - 1;
    return NP_EFAULT;
}
