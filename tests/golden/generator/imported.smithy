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
        GetItem
        PutItem
    ]
}

@readonly
@http(method: "GET", uri: "/{Shelf}/{Key+}", code: 200)
operation GetItem {
    input: GetItemRequest
    output: GetItemOutput
    errors: [
        NoSuchItem
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

@range(min: 0)
integer Count

structure GetItemOutput {
    @httpPayload
    Body: StreamingBody

    @httpPrefixHeaders("x-mini-")
    Labels: Labels

    @httpHeader("Last-Modified")
    Modified: When
}

structure GetItemRequest {
    @required
    @httpLabel
    Shelf: Name

    @required
    @httpLabel
    Key: Name

    @httpQuery("version")
    Version: Count
}

enum Kind {
    a_b = "a:b"
    a_b_ = "a-b"
    _1 = "1"
    EMPTY = ""
}

map Labels {
    key: Name
    value: Name
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

@streaming
blob StreamingBody

@timestampFormat("date-time")
timestamp When
