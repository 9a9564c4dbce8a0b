// SPDX-License-Identifier: Apache-2.0
// s3control.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.s3control

@aws.api#service(sdkId: "S3 Control", endpointPrefix: "s3-control")
@aws.auth#sigv4(name: "s3")
@aws.protocols#restXml
@xmlNamespace(uri: "http://awss3control.amazonaws.com/doc/2018-08-20/")
@nephele#db("s3")
service S3Control {
    version: "2018-08-20"
    operations: [
        DeletePublicAccessBlock
        GetPublicAccessBlock
        ListTagsForResource
        PutPublicAccessBlock
        TagResource
        UntagResource
    ]
}

@http(method: "DELETE", uri: "/v20180820/configuration/publicAccessBlock", code: 200)
@endpoint(hostPrefix: "{AccountId}.")
operation DeletePublicAccessBlock {
    input: DeletePublicAccessBlockRequest
}

@readonly
@http(method: "GET", uri: "/v20180820/configuration/publicAccessBlock", code: 200)
@endpoint(hostPrefix: "{AccountId}.")
operation GetPublicAccessBlock {
    input: GetPublicAccessBlockRequest
    output: GetPublicAccessBlockOutput
    errors: [
        NoSuchPublicAccessBlockConfiguration
    ]
}

@readonly
@http(method: "GET", uri: "/v20180820/tags/{ResourceArn+}", code: 200)
@endpoint(hostPrefix: "{AccountId}.")
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResult
}

@http(method: "PUT", uri: "/v20180820/configuration/publicAccessBlock", code: 200)
@endpoint(hostPrefix: "{AccountId}.")
operation PutPublicAccessBlock {
    input: PutPublicAccessBlockRequest
}

@http(method: "POST", uri: "/v20180820/tags/{ResourceArn+}", code: 204)
@endpoint(hostPrefix: "{AccountId}.")
operation TagResource {
    input: TagResourceRequest
    output: TagResourceResult
}

@http(method: "DELETE", uri: "/v20180820/tags/{ResourceArn+}", code: 204)
@endpoint(hostPrefix: "{AccountId}.")
operation UntagResource {
    input: UntagResourceRequest
    output: UntagResourceResult
}

@length(max: 64)
@pattern("^\\d{12}$")
string AccountId

structure DeletePublicAccessBlockRequest {
    @required
    @httpHeader("x-amz-account-id")
    @hostLabel
    AccountId: AccountId
}

structure GetPublicAccessBlockOutput {
    @httpPayload
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration
}

structure GetPublicAccessBlockRequest {
    @required
    @httpHeader("x-amz-account-id")
    @hostLabel
    AccountId: AccountId
}

structure ListTagsForResourceRequest {
    @required
    @httpHeader("x-amz-account-id")
    @hostLabel
    AccountId: AccountId

    @required
    @httpLabel
    ResourceArn: S3ResourceArn
}

structure ListTagsForResourceResult {
    Tags: TagList
}

@error("client")
@httpError(404)
structure NoSuchPublicAccessBlockConfiguration {
    Message: NoSuchPublicAccessBlockConfigurationMessage
}

string NoSuchPublicAccessBlockConfigurationMessage

structure PublicAccessBlockConfiguration {
    BlockPublicAcls: Setting
    IgnorePublicAcls: Setting
    BlockPublicPolicy: Setting
    RestrictPublicBuckets: Setting
}

structure PutPublicAccessBlockRequest {
    @required
    @httpPayload
    @xmlName("PublicAccessBlockConfiguration")
    @xmlNamespace(uri: "http://awss3control.amazonaws.com/doc/2018-08-20/")
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration

    @required
    @httpHeader("x-amz-account-id")
    @hostLabel
    AccountId: AccountId
}

// AWS takes the ARNs of buckets, which have no region, whatever its model says.
@length(max: 1011)
@pattern("^arn:[^:]+:s3(express)?:.*$")
string S3ResourceArn

boolean Setting

structure Tag {
    @required
    Key: TagKeyString

    @required
    Value: TagValueString
}

@length(min: 0, max: 50)
list TagKeyList {
    member: TagKeyString
}

@length(min: 1, max: 128)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagKeyString

@length(min: 0, max: 50)
list TagList {
    @xmlName("Tag")
    member: Tag
}

@xmlNamespace(uri: "http://awss3control.amazonaws.com/doc/2018-08-20/")
structure TagResourceRequest {
    @required
    @httpHeader("x-amz-account-id")
    @hostLabel
    AccountId: AccountId

    @required
    @httpLabel
    ResourceArn: S3ResourceArn

    @required
    Tags: TagList
}

structure TagResourceResult {}

@length(min: 0, max: 256)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagValueString

structure UntagResourceRequest {
    @required
    @httpHeader("x-amz-account-id")
    @hostLabel
    AccountId: AccountId

    @required
    @httpLabel
    ResourceArn: S3ResourceArn

    @required
    @httpQuery("tagKeys")
    TagKeys: TagKeyList
}

structure UntagResourceResult {}
