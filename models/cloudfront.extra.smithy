// SPDX-License-Identifier: Apache-2.0
// cloudfront.extra.smithy - the errors that CloudFront answers and no served operation of its model
// lists. Kept by hand.
$version: "2.0"

namespace com.amazonaws.cloudfront

@error("client") @httpError(400)
structure MalformedXML {}
@error("client") @httpError(400)
structure UnsupportedOperation {}
