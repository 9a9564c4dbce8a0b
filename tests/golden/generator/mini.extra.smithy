// SPDX-License-Identifier: Apache-2.0
// mini.extra.smithy - faults of no operation; one that the model has too is the model's.
$version: "2.0"

namespace com.amazonaws.mini

@error("client") @httpError(403)
structure AccessDenied {}

@error("client") @httpError(400)
structure NoSuchItem {}
