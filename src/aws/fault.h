/* SPDX-License-Identifier: Apache-2.0 */
/* fault.h - errors that an API answers. A handler returns np_fault(err, &S3_NoSuchKey, "…"): AWS's
 * code, AWS's message where it is known, else a sentence that says what to change. Any other error
 * leaves as InternalFailure and is logged. */
#pragma once

#include "base/err.h"
#include "codec/schema.h"

/* fmt NULL or "": the definition's name is all there is to say. */
int np_fault(struct np_err *err, const struct np_fault_def *def, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Faults of the front door, in AWS's common codes; services with codes of their own (S3) map them.
 */
extern const struct np_fault_def NP_AccessDenied, NP_AccessDeniedException,
    NP_MissingAuthenticationToken, NP_IncompleteSignature, NP_SignatureDoesNotMatch,
    NP_InvalidClientTokenId, NP_UnrecognizedClientException, NP_ExpiredToken, NP_RequestExpired,
    NP_InternalFailure, NP_ServiceUnavailable, NP_ThrottlingException, NP_InvalidAction,
    NP_NoSuchVersion, NP_UnknownParameter, NP_UnknownOperationException, NP_ValidationError,
    NP_ValidationException, NP_SerializationException, NP_MalformedQueryString,
    NP_RequestEntityTooLarge, NP_UnsupportedOperation, NP_OptInRequired, NP_MissingParameter,
    NP_InvalidParameterValue, NP_MissingAction, NP_XAmzContentSHA256Mismatch, NP_IncompleteBody,
    NP_MalformedTrailerError, NP_InvalidChunk;
