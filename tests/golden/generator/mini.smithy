// SPDX-License-Identifier: Apache-2.0
// mini.smithy - an invented service with one of everything that the generator knows.
$version: "2.0"

namespace com.amazonaws.mini

use aws.protocols#restXml

@aws.api#service(sdkId: "Mini Store", endpointPrefix: "mini-store")
@aws.auth#sigv4(name: "mini")
@restXml(noErrorWrapping: true)
@aws.protocols#restJson1
@smithy.protocols#rpcv2Cbor
@xmlNamespace(uri: "http://mini.example/doc/")
@nephele#db("s3")
service MiniStore_20240101 {
    version: "2024-01-01"
    operations: [GetItem, ListItems, Ping, PutItem, Sweep]
}

@readonly
@http(method: "GET", uri: "/{Shelf}/{Key+}", code: 200)
@nephele#data
operation GetItem {
    input: GetItemRequest
    output: GetItemOutput
    errors: [NoSuchItem, com.amazonaws.mini#Busy]
}

@readonly
@nephele#heavy
@http(method: "GET", uri: "/{Shelf}?list", code: 200)
@aws.customizations#s3UnwrappedXmlOutput
operation ListItems {
    input: ListItemsRequest
    output: ListItemsOutput
}

// Neither input nor output; a read although its name does not say so.
@nephele#read
@http(method: "POST", uri: "/ping", code: 204)
operation Ping {}

@httpChecksumRequired
@nephele#bodyLimit(65536)
@http(method: "PUT", uri: "/{Shelf}/{Key+}", code: 201)
operation PutItem {
    input: PutItemRequest
}

// Named like a read, but it changes rows.
@readonly
@nephele#write
@http(method: "POST", uri: "/sweep", code: 200)
operation Sweep {
    output: Node
}

structure GetItemRequest {
    @required
    @httpLabel
    Shelf: Name

    @required
    @httpLabel
    Key: Name

    @httpQuery("version")
    default: Integer

    @httpHeader("If-Modified-Since")
    Since: Timestamp

    @httpPrefixHeaders("x-mini-")
    Extra: TextMap

    @httpQueryParams
    Params: TextMap
}

structure GetItemOutput {
    @httpPayload
    Body: Bytes

    @httpResponseCode
    Status: Integer

    @timestampFormat("http-date")
    @httpHeader("Last-Modified")
    Modified: When
}

structure ListItemsRequest {
    @required
    @httpLabel
    Shelf: Name

    @length(max: 8)
    @httpQuery("prefix")
    Prefix: Name

    @range(min: 1, max: 5000000000)
    Limit: Long
}

@xmlName("ListResult")
structure ListItemsOutput {
    @xmlFlattened
    @xmlName("Item")
    Items: NodeList

    @xmlName("Names")
    @jsonName("names")
    Names: NameList
    Counts: Counts
    Grid: Grid
    Holes: HoleList
    Tree: Tree
}

@nephele#text
structure PutItemRequest {
    @required
    @httpLabel
    Shelf: Name

    @required
    @httpLabel
    Key: Name

    @httpPayload
    @xmlNamespace(uri: "http://mini.example/doc/", prefix: "m")
    Node: Node

    @idempotencyToken
    @httpHeader("x-mini-token")
    Token: String

    @nephele#refused(off: "none")
    @httpHeader("x-mini-mode")
    Mode: Mode

    @nephele#refused
    @httpHeader("x-mini-fast")
    Fast: Boolean

    @nephele#mayBeEmpty
    @nephele#stored
    @httpHeader("x-mini-hint")
    Hint: String
}

@xmlNamespace(uri: "http://www.w3.org/2001/XMLSchema-instance", prefix: "xsi")
structure Node {
    @xmlAttribute
    @xmlName("xsi:type")
    Kind: Mode

    @aws.protocols#ec2QueryName("Left")
    left: Node
    Right: NodeList
    Weight: Double
    Any: Document
    Password: Secret
}

// Recursive by map and list, as attribute values are.
union Tree {
    Leaf: Blob
    Branches: TreeMap
    Row: TreeList
}

map TreeMap {
    key: Name
    value: Tree
}

list TreeList {
    member: Tree
}

@length(min: 1)
list NodeList {
    member: Node
}

list NameList {
    @xmlName("Name")
    member: Name
}

@sparse
list HoleList {
    member: Node
}

list Row {
    member: Integer
}

list Grid {
    member: Row
}

map Counts {
    @xmlName("Word")
    key: Name

    @xmlName("Lines")
    value: Grid
}

map TextMap {
    key: String
    value: String
}

@length(min: 1, max: 64)
@pattern("^[\\w\\u00E0-\\uFFFD\\u10000-\\u10FFFF\"?]+$")
string Name

@sensitive
@pattern("^\\p{Print}[\\w- [\\p{Alnum}-_\\uD800\\uDC00-\\uDBFF\\uDFFF-]*$")
string Secret

@streaming
blob Bytes

@timestampFormat("date-time")
timestamp When

enum Mode {
    NONE = "none"
    CAFE = "café"
}

intEnum Level {
    LOW = 1
    HIGH = 9
}

@error("client")
@httpError(404)
structure NoSuchItem {
    message: String
    Key: Name
}

@error("server")
@aws.protocols#awsQueryError(code: "Mini.Busy", httpResponseCode: 503)
structure Busy {
    Message: String
}
