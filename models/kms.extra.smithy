// SPDX-License-Identifier: Apache-2.0
// kms.extra.smithy - what KMS answers and no operation of its model lists. Kept by hand.
$version: "2.0"

namespace com.amazonaws.kms

// An alias below alias/aws/ that a customer wants to make or change
@error("client")
structure NotAuthorizedException {
    message: ErrorMessageType
}
