// SPDX-License-Identifier: Apache-2.0
// sts.extra.smithy - the errors that STS answers and no operation of its model lists. Kept by hand.
$version: "2.0"

namespace com.amazonaws.sts

// Common to query services
@error("client") @httpError(403)
structure AccessDenied {}
@error("client") @httpError(403)
structure ExpiredToken {}
@error("client") @httpError(400)
structure IncompleteSignature {}
@error("server") @httpError(500)
structure InternalFailure {}
@error("client") @httpError(400)
structure InvalidAction {}
@error("client") @httpError(403)
structure InvalidClientTokenId {}
@error("client") @httpError(400)
structure InvalidParameterCombination {}
@error("client") @httpError(400)
structure InvalidParameterValue {}
@error("client") @httpError(400)
structure InvalidQueryParameter {}
@error("client") @httpError(404)
structure MalformedQueryString {}
@error("client") @httpError(400)
structure MissingAction {}
@error("client") @httpError(403)
structure MissingAuthenticationToken {}
@error("client") @httpError(400)
structure MissingParameter {}
@error("client") @httpError(403)
structure OptInRequired {}
@error("client") @httpError(400)
structure RequestExpired {}
@error("server") @httpError(503)
structure ServiceUnavailable {}
@error("client") @httpError(403)
structure SignatureDoesNotMatch {}
@error("client") @httpError(400)
structure Throttling {}
@error("client") @httpError(400)
structure ValidationError {}
