// SPDX-License-Identifier: Apache-2.0
// route53.extra.smithy - the errors that Route 53 answers and no operation of its model lists. Kept
// by hand.
$version: "2.0"

namespace com.amazonaws.route53

// Common to its operations
@error("client") @httpError(400)
structure MalformedInput {}
@error("client") @httpError(400)
structure Throttling {}
