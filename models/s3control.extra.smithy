// SPDX-License-Identifier: Apache-2.0
// s3control.extra.smithy - the errors that S3 Control answers and no operation of its model lists.
// Kept by hand.
$version: "2.0"

namespace com.amazonaws.s3control

// Common to its operations
@error("client") @httpError(403)
structure AccessDenied {}
@error("server") @httpError(500)
structure InternalError {}
@error("client") @httpError(400)
structure InvalidArgument {}
@error("client") @httpError(400)
structure InvalidRequest {}
@error("client") @httpError(400)
structure InvalidTag {}
@error("client") @httpError(400)
structure InvalidURI {}
@error("client") @httpError(400)
structure MalformedXML {}
@error("client") @httpError(405)
structure MethodNotAllowed {}
@error("client") @httpError(404)
structure NoSuchBucket {}
@error("client") @httpError(404)
structure NoSuchResource {}
@error("client") @httpError(404)
structure NoSuchTagSet {}
@error("server") @httpError(501)
structure NotImplemented {}
@error("server") @httpError(503)
structure ServiceUnavailable {}
@error("server") @httpError(503)
structure SlowDown {}
@error("client") @httpError(400)
structure TooManyTagsException {}
