// SPDX-License-Identifier: Apache-2.0
// mini.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.mini

@aws.api#service(sdkId: "Mini Store", endpointPrefix: "mini-store")
@aws.auth#sigv4(name: "mini")
@aws.protocols#restXml
@xmlNamespace(uri: "http://mini.example/doc/")
service MiniStore {
    version: "2024-01-01"
    operations: [
        PutItem
    ]
}

@http(method: "PUT", uri: "/items", code: 201)
@httpChecksumRequired
@endpoint(hostPrefix: "{Account}.")
@optionalAuth
operation PutItem {
    input: PutItemRequest
}

blob Body

@error("client")
structure ByHand {}

enum Kind {
    a_b = "a:b"
    a_b_ = "a-b"
    _1 = "1"
    EMPTY = ""
}

@length(min: 1, max: 64)
@pattern("^(?:a+|b+)$")
@sensitive
string Name

list Names {
    @xmlName("Name")
    member: Name
}

@error("client")
@httpError(404)
structure NoSuchItem {
    Message: Name
}

@xmlName("Put")
@xmlNamespace(uri: "http://mini.example/doc/")
structure PutItemRequest {
    @httpHeader("x-mini-account")
    @hostLabel
    Account: Name

    @xmlFlattened
    @xmlName("Rule")
    Rules: Rules
    Names: Names

    // Never read.
    @nephele#stored
    @required
    Raw: Body

    @xmlName("xsi:type")
    @xmlAttribute
    Kind: Kind
}

union Rule {
    A: Kind

    @xmlFlattened
    B: Rules
}

@length(max: 5)
list Rules {
    member: Rule
}
