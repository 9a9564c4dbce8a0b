// SPDX-License-Identifier: Apache-2.0
// sts.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.sts

@aws.api#service(sdkId: "STS", endpointPrefix: "sts")
@aws.auth#sigv4(name: "sts")
@aws.protocols#awsQuery
@xmlNamespace(uri: "https://sts.amazonaws.com/doc/2011-06-15/")
service STS {
    version: "2011-06-15"
    operations: [
        AssumeRole
        AssumeRoleWithWebIdentity
        DecodeAuthorizationMessage
        GetAccessKeyInfo
        GetCallerIdentity
        GetFederationToken
        GetSessionToken
    ]
}

@nephele#read
operation AssumeRole {
    input: AssumeRoleRequest
    output: AssumeRoleResponse
    errors: [
        MalformedPolicyDocumentException
        PackedPolicyTooLargeException
        RegionDisabledException
        ExpiredTokenException
    ]
}

@nephele#read
@optionalAuth
operation AssumeRoleWithWebIdentity {
    input: AssumeRoleWithWebIdentityRequest
    output: AssumeRoleWithWebIdentityResponse
    errors: [
        MalformedPolicyDocumentException
        PackedPolicyTooLargeException
        IDPRejectedClaimException
        IDPCommunicationErrorException
        InvalidIdentityTokenException
        ExpiredTokenException
        RegionDisabledException
    ]
}

@readonly
operation DecodeAuthorizationMessage {
    input: DecodeAuthorizationMessageRequest
    output: DecodeAuthorizationMessageResponse
    errors: [
        InvalidAuthorizationMessageException
    ]
}

@readonly
operation GetAccessKeyInfo {
    input: GetAccessKeyInfoRequest
    output: GetAccessKeyInfoResponse
}

@readonly
operation GetCallerIdentity {
    input: GetCallerIdentityRequest
    output: GetCallerIdentityResponse
}

@readonly
operation GetFederationToken {
    input: GetFederationTokenRequest
    output: GetFederationTokenResponse
    errors: [
        MalformedPolicyDocumentException
        PackedPolicyTooLargeException
        RegionDisabledException
    ]
}

@readonly
operation GetSessionToken {
    input: GetSessionTokenRequest
    output: GetSessionTokenResponse
    errors: [
        RegionDisabledException
    ]
}

structure AssumeRoleRequest {
    @required
    RoleArn: arnType

    @required
    RoleSessionName: roleSessionNameType
    PolicyArns: policyDescriptorListType
    Policy: unrestrictedSessionPolicyDocumentType
    DurationSeconds: roleDurationSecondsType
    Tags: tagListType
    TransitiveTagKeys: tagKeyListType
    ExternalId: externalIdType
    SerialNumber: serialNumberType
    TokenCode: tokenCodeType
    SourceIdentity: sourceIdentityType

    @nephele#refused
    ProvidedContexts: ProvidedContextsListType
}

structure AssumeRoleResponse {
    Credentials: Credentials
    AssumedRoleUser: AssumedRoleUser
    PackedPolicySize: nonNegativeIntegerType
    SourceIdentity: sourceIdentityType
}

structure AssumeRoleWithWebIdentityRequest {
    @required
    RoleArn: arnType

    @required
    RoleSessionName: roleSessionNameType

    @required
    WebIdentityToken: clientTokenType

    @nephele#refused
    ProviderId: urlType
    PolicyArns: policyDescriptorListType
    Policy: sessionPolicyDocumentType
    DurationSeconds: roleDurationSecondsType
}

structure AssumeRoleWithWebIdentityResponse {
    Credentials: Credentials
    SubjectFromWebIdentityToken: webIdentitySubjectType
    AssumedRoleUser: AssumedRoleUser
    PackedPolicySize: nonNegativeIntegerType
    Provider: Issuer
    Audience: Audience
    SourceIdentity: sourceIdentityType
}

structure AssumedRoleUser {
    @required
    AssumedRoleId: assumedRoleIdType

    @required
    Arn: arnType
}

string Audience

structure Credentials {
    @required
    AccessKeyId: accessKeyIdType

    @required
    SecretAccessKey: accessKeySecretType

    @required
    SessionToken: tokenType

    @required
    Expiration: dateType
}

structure DecodeAuthorizationMessageRequest {
    @required
    EncodedMessage: encodedMessageType
}

structure DecodeAuthorizationMessageResponse {
    DecodedMessage: decodedMessageType
}

@error("client")
@aws.protocols#awsQueryError(code: "ExpiredTokenException", httpResponseCode: 400)
@httpError(400)
structure ExpiredTokenException {
    message: expiredIdentityTokenMessage
}

structure FederatedUser {
    @required
    FederatedUserId: federatedIdType

    @required
    Arn: arnType
}

structure GetAccessKeyInfoRequest {
    @required
    AccessKeyId: accessKeyIdType
}

structure GetAccessKeyInfoResponse {
    Account: accountType
}

structure GetCallerIdentityRequest {}

structure GetCallerIdentityResponse {
    UserId: userIdType
    Account: accountType
    Arn: arnType
}

structure GetFederationTokenRequest {
    @required
    Name: userNameType
    Policy: sessionPolicyDocumentType
    PolicyArns: policyDescriptorListType
    DurationSeconds: durationSecondsType
    Tags: tagListType
}

structure GetFederationTokenResponse {
    Credentials: Credentials
    FederatedUser: FederatedUser
    PackedPolicySize: nonNegativeIntegerType
}

structure GetSessionTokenRequest {
    DurationSeconds: durationSecondsType
    SerialNumber: serialNumberType
    TokenCode: tokenCodeType
}

structure GetSessionTokenResponse {
    Credentials: Credentials
}

@error("client")
@aws.protocols#awsQueryError(code: "IDPCommunicationError", httpResponseCode: 400)
@httpError(400)
structure IDPCommunicationErrorException {
    message: idpCommunicationErrorMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "IDPRejectedClaim", httpResponseCode: 403)
@httpError(403)
structure IDPRejectedClaimException {
    message: idpRejectedClaimMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "InvalidAuthorizationMessageException", httpResponseCode: 400)
@httpError(400)
structure InvalidAuthorizationMessageException {
    message: invalidAuthorizationMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "InvalidIdentityToken", httpResponseCode: 400)
@httpError(400)
structure InvalidIdentityTokenException {
    message: invalidIdentityTokenMessage
}

string Issuer

@error("client")
@aws.protocols#awsQueryError(code: "MalformedPolicyDocument", httpResponseCode: 400)
@httpError(400)
structure MalformedPolicyDocumentException {
    message: malformedPolicyDocumentMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "PackedPolicyTooLarge", httpResponseCode: 400)
@httpError(400)
structure PackedPolicyTooLargeException {
    message: packedPolicyTooLargeMessage
}

structure PolicyDescriptorType {
    arn: arnType
}

structure ProvidedContext {
    ProviderArn: arnType
    ContextAssertion: contextAssertionType
}

@length(min: 1, max: 5)
list ProvidedContextsListType {
    member: ProvidedContext
}

@error("client")
@aws.protocols#awsQueryError(code: "RegionDisabledException", httpResponseCode: 403)
@httpError(403)
structure RegionDisabledException {
    message: regionDisabledMessage
}

// Value is required, but may be empty, which a query leaves out.
structure Tag {
    @required
    Key: tagKeyType
    Value: tagValueType
}

@length(min: 16, max: 128)
@pattern("^[\\w]*$")
string accessKeyIdType

@sensitive
string accessKeySecretType

string accountType

@length(min: 20, max: 2048)
@pattern("^[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+$")
string arnType

@length(min: 2, max: 193)
@pattern("^[\\w+=,.@:-]*$")
string assumedRoleIdType

@length(min: 4, max: 20000)
@sensitive
string clientTokenType

@length(min: 4, max: 2048)
string contextAssertionType

timestamp dateType

string decodedMessageType

@range(min: 900, max: 129600)
integer durationSecondsType

@length(min: 1, max: 10240)
string encodedMessageType

string expiredIdentityTokenMessage

@length(min: 2, max: 1224)
@pattern("^[\\w+=,.@:\\/-]*$")
string externalIdType

@length(min: 2, max: 193)
@pattern("^[\\w+=,.@\\:-]*$")
string federatedIdType

string idpCommunicationErrorMessage

string idpRejectedClaimMessage

string invalidAuthorizationMessage

string invalidIdentityTokenMessage

string malformedPolicyDocumentMessage

@range(min: 0)
integer nonNegativeIntegerType

string packedPolicyTooLargeMessage

list policyDescriptorListType {
    member: PolicyDescriptorType
}

string regionDisabledMessage

@range(min: 900, max: 43200)
integer roleDurationSecondsType

@length(min: 2, max: 64)
@pattern("^[\\w+=,.@-]*$")
string roleSessionNameType

@length(min: 9, max: 256)
@pattern("^[\\w+=/:,.@-]*$")
string serialNumberType

@length(min: 1, max: 2048)
@pattern("^[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+$")
string sessionPolicyDocumentType

@length(min: 2, max: 64)
@pattern("^[\\w+=,.@-]*$")
string sourceIdentityType

@length(max: 50)
list tagKeyListType {
    member: tagKeyType
}

@length(min: 1, max: 128)
@pattern("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+$")
string tagKeyType

@length(max: 50)
list tagListType {
    member: Tag
}

@length(min: 0, max: 256)
@pattern("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$")
string tagValueType

@length(min: 6, max: 6)
@pattern("^[\\d]*$")
string tokenCodeType

string tokenType

@length(min: 1)
@pattern("^[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+$")
string unrestrictedSessionPolicyDocumentType

@length(min: 4, max: 2048)
string urlType

string userIdType

@length(min: 2, max: 32)
@pattern("^[\\w+=,.@-]*$")
string userNameType

@length(min: 6, max: 255)
string webIdentitySubjectType
