// SPDX-License-Identifier: Apache-2.0
// cloudfront.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.cloudfront

@aws.api#service(sdkId: "CloudFront", endpointPrefix: "cloudfront")
@aws.auth#sigv4(name: "cloudfront")
@aws.protocols#restXml
@xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
service CloudFront {
    version: "2020-05-31"
    operations: [
        AssociateAlias
        CreateCachePolicy
        CreateCloudFrontOriginAccessIdentity
        CreateDistribution
        CreateDistributionWithTags
        CreateFunction
        CreateInvalidation
        CreateKeyGroup
        CreateOriginAccessControl
        CreateOriginRequestPolicy
        CreatePublicKey
        CreateResponseHeadersPolicy
        DeleteCachePolicy
        DeleteCloudFrontOriginAccessIdentity
        DeleteDistribution
        DeleteFunction
        DeleteKeyGroup
        DeleteOriginAccessControl
        DeleteOriginRequestPolicy
        DeletePublicKey
        DeleteResponseHeadersPolicy
        DescribeFunction
        GetCachePolicy
        GetCachePolicyConfig
        GetCloudFrontOriginAccessIdentity
        GetCloudFrontOriginAccessIdentityConfig
        GetDistribution
        GetDistributionConfig
        GetFunction
        GetInvalidation
        GetKeyGroup
        GetKeyGroupConfig
        GetOriginAccessControl
        GetOriginAccessControlConfig
        GetOriginRequestPolicy
        GetOriginRequestPolicyConfig
        GetPublicKey
        GetPublicKeyConfig
        GetResponseHeadersPolicy
        GetResponseHeadersPolicyConfig
        ListCachePolicies
        ListCloudFrontOriginAccessIdentities
        ListConflictingAliases
        ListDistributions
        ListDistributionsByCachePolicyId
        ListDistributionsByKeyGroup
        ListDistributionsByOriginRequestPolicyId
        ListDistributionsByResponseHeadersPolicyId
        ListDistributionsByWebACLId
        ListFunctions
        ListInvalidations
        ListKeyGroups
        ListOriginAccessControls
        ListOriginRequestPolicies
        ListPublicKeys
        ListResponseHeadersPolicies
        ListTagsForResource
        PublishFunction
        TagResource
        TestFunction
        UntagResource
        UpdateCachePolicy
        UpdateCloudFrontOriginAccessIdentity
        UpdateDistribution
        UpdateFunction
        UpdateKeyGroup
        UpdateOriginAccessControl
        UpdateOriginRequestPolicy
        UpdatePublicKey
        UpdateResponseHeadersPolicy
    ]
}

@http(method: "PUT", uri: "/2020-05-31/distribution/{TargetDistributionId}/associate-alias", code: 200)
operation AssociateAlias {
    input: AssociateAliasRequest
    errors: [
        NoSuchDistribution
        AccessDenied
        IllegalUpdate
        InvalidArgument
        TooManyDistributionCNAMEs
    ]
}

@http(method: "POST", uri: "/2020-05-31/cache-policy", code: 201)
operation CreateCachePolicy {
    input: CreateCachePolicyRequest
    output: CreateCachePolicyResult
    errors: [
        AccessDenied
        TooManyHeadersInCachePolicy
        CachePolicyAlreadyExists
        TooManyCookiesInCachePolicy
        InconsistentQuantities
        TooManyCachePolicies
        InvalidArgument
        TooManyQueryStringsInCachePolicy
    ]
}

@http(method: "POST", uri: "/2020-05-31/origin-access-identity/cloudfront", code: 201)
operation CreateCloudFrontOriginAccessIdentity {
    input: CreateCloudFrontOriginAccessIdentityRequest
    output: CreateCloudFrontOriginAccessIdentityResult
    errors: [
        MissingBody
        TooManyCloudFrontOriginAccessIdentities
        InconsistentQuantities
        CloudFrontOriginAccessIdentityAlreadyExists
        InvalidArgument
    ]
}

@http(method: "POST", uri: "/2020-05-31/distribution", code: 201)
operation CreateDistribution {
    input: CreateDistributionRequest
    output: CreateDistributionResult
    errors: [
        AccessDenied
        TooManyDistributionsAssociatedToOriginAccessControl
        InvalidDefaultRootObject
        InvalidDomainNameForOriginAccessControl
        InvalidQueryStringParameters
        TooManyTrustedSigners
        TooManyCookieNamesInWhiteList
        NoSuchFieldLevelEncryptionConfig
        InvalidErrorCode
        IllegalOriginAccessConfiguration
        InvalidProtocolSettings
        TooManyFunctionAssociations
        TooManyOriginCustomHeaders
        InvalidOrigin
        InvalidForwardCookies
        InvalidMinimumProtocolVersion
        NoSuchCachePolicy
        TooManyKeyGroupsAssociatedToDistribution
        TooManyDistributionsAssociatedToCachePolicy
        InvalidRequiredProtocol
        TooManyDistributionsWithFunctionAssociations
        TooManyOriginGroupsPerDistribution
        TooManyDistributions
        InvalidTTLOrder
        IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior
        InvalidOriginKeepaliveTimeout
        InvalidArgument
        InvalidOriginReadTimeout
        InvalidOriginAccessControl
        EntityNotFound
        InvalidHeadersForS3Origin
        TrustedSignerDoesNotExist
        InvalidWebACLId
        TooManyDistributionsWithSingleFunctionARN
        InvalidRelativePath
        TooManyLambdaFunctionAssociations
        NoSuchOriginRequestPolicy
        TooManyDistributionsAssociatedToFieldLevelEncryptionConfig
        InconsistentQuantities
        InvalidLocationCode
        InvalidOriginAccessIdentity
        TooManyDistributionCNAMEs
        NoSuchContinuousDeploymentPolicy
        TooManyDistributionsAssociatedToOriginRequestPolicy
        TooManyQueryStringParameters
        RealtimeLogConfigOwnerMismatch
        ContinuousDeploymentPolicyInUse
        MissingBody
        TooManyHeadersInForwardedValues
        InvalidLambdaFunctionAssociation
        CNAMEAlreadyExists
        TooManyCertificates
        TrustedKeyGroupDoesNotExist
        TooManyDistributionsAssociatedToResponseHeadersPolicy
        NoSuchResponseHeadersPolicy
        NoSuchRealtimeLogConfig
        InvalidResponseCode
        InvalidGeoRestrictionParameter
        TooManyOrigins
        InvalidViewerCertificate
        InvalidFunctionAssociation
        TooManyDistributionsWithLambdaAssociations
        TooManyDistributionsAssociatedToKeyGroup
        EntityLimitExceeded
        DistributionAlreadyExists
        NoSuchOrigin
        TooManyCacheBehaviors
    ]
}

@http(method: "POST", uri: "/2020-05-31/distribution?WithTags", code: 201)
operation CreateDistributionWithTags {
    input: CreateDistributionWithTagsRequest
    output: CreateDistributionWithTagsResult
    errors: [
        AccessDenied
        TooManyDistributionsAssociatedToOriginAccessControl
        InvalidDefaultRootObject
        InvalidDomainNameForOriginAccessControl
        InvalidQueryStringParameters
        TooManyTrustedSigners
        TooManyCookieNamesInWhiteList
        NoSuchFieldLevelEncryptionConfig
        InvalidErrorCode
        IllegalOriginAccessConfiguration
        InvalidProtocolSettings
        TooManyFunctionAssociations
        TooManyOriginCustomHeaders
        InvalidOrigin
        InvalidForwardCookies
        InvalidMinimumProtocolVersion
        NoSuchCachePolicy
        TooManyKeyGroupsAssociatedToDistribution
        TooManyDistributionsAssociatedToCachePolicy
        InvalidRequiredProtocol
        TooManyDistributionsWithFunctionAssociations
        TooManyOriginGroupsPerDistribution
        TooManyDistributions
        InvalidTTLOrder
        IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior
        InvalidOriginKeepaliveTimeout
        InvalidArgument
        InvalidOriginReadTimeout
        InvalidOriginAccessControl
        EntityNotFound
        InvalidHeadersForS3Origin
        TrustedSignerDoesNotExist
        InvalidWebACLId
        TooManyDistributionsWithSingleFunctionARN
        InvalidRelativePath
        TooManyLambdaFunctionAssociations
        NoSuchOriginRequestPolicy
        TooManyDistributionsAssociatedToFieldLevelEncryptionConfig
        InconsistentQuantities
        InvalidLocationCode
        InvalidOriginAccessIdentity
        InvalidTagging
        TooManyDistributionCNAMEs
        NoSuchContinuousDeploymentPolicy
        TooManyDistributionsAssociatedToOriginRequestPolicy
        TooManyQueryStringParameters
        RealtimeLogConfigOwnerMismatch
        ContinuousDeploymentPolicyInUse
        MissingBody
        TooManyHeadersInForwardedValues
        InvalidLambdaFunctionAssociation
        CNAMEAlreadyExists
        TooManyCertificates
        TrustedKeyGroupDoesNotExist
        TooManyDistributionsAssociatedToResponseHeadersPolicy
        NoSuchResponseHeadersPolicy
        NoSuchRealtimeLogConfig
        InvalidResponseCode
        InvalidGeoRestrictionParameter
        TooManyOrigins
        InvalidViewerCertificate
        InvalidFunctionAssociation
        TooManyDistributionsWithLambdaAssociations
        TooManyDistributionsAssociatedToKeyGroup
        DistributionAlreadyExists
        NoSuchOrigin
        TooManyCacheBehaviors
    ]
}

@http(method: "POST", uri: "/2020-05-31/function", code: 201)
operation CreateFunction {
    input: CreateFunctionRequest
    output: CreateFunctionResult
    errors: [
        FunctionAlreadyExists
        UnsupportedOperation
        FunctionSizeLimitExceeded
        InvalidArgument
        TooManyFunctions
    ]
}

@http(method: "POST", uri: "/2020-05-31/distribution/{DistributionId}/invalidation", code: 201)
operation CreateInvalidation {
    input: CreateInvalidationRequest
    output: CreateInvalidationResult
    errors: [
        NoSuchDistribution
        AccessDenied
        TooManyInvalidationsInProgress
        MissingBody
        InconsistentQuantities
        BatchTooLarge
        InvalidArgument
    ]
}

@http(method: "POST", uri: "/2020-05-31/key-group", code: 201)
operation CreateKeyGroup {
    input: CreateKeyGroupRequest
    output: CreateKeyGroupResult
    errors: [
        TooManyPublicKeysInKeyGroup
        TooManyKeyGroups
        InvalidArgument
        KeyGroupAlreadyExists
    ]
}

@http(method: "POST", uri: "/2020-05-31/origin-access-control", code: 201)
operation CreateOriginAccessControl {
    input: CreateOriginAccessControlRequest
    output: CreateOriginAccessControlResult
    errors: [
        OriginAccessControlAlreadyExists
        TooManyOriginAccessControls
        InvalidArgument
    ]
}

@http(method: "POST", uri: "/2020-05-31/origin-request-policy", code: 201)
operation CreateOriginRequestPolicy {
    input: CreateOriginRequestPolicyRequest
    output: CreateOriginRequestPolicyResult
    errors: [
        AccessDenied
        TooManyHeadersInOriginRequestPolicy
        TooManyCookiesInOriginRequestPolicy
        InconsistentQuantities
        OriginRequestPolicyAlreadyExists
        TooManyQueryStringsInOriginRequestPolicy
        InvalidArgument
        TooManyOriginRequestPolicies
    ]
}

@http(method: "POST", uri: "/2020-05-31/public-key", code: 201)
operation CreatePublicKey {
    input: CreatePublicKeyRequest
    output: CreatePublicKeyResult
    errors: [
        TooManyPublicKeys
        PublicKeyAlreadyExists
        InvalidArgument
    ]
}

@http(method: "POST", uri: "/2020-05-31/response-headers-policy", code: 201)
operation CreateResponseHeadersPolicy {
    input: CreateResponseHeadersPolicyRequest
    output: CreateResponseHeadersPolicyResult
    errors: [
        AccessDenied
        TooManyCustomHeadersInResponseHeadersPolicy
        ResponseHeadersPolicyAlreadyExists
        InconsistentQuantities
        TooLongCSPInResponseHeadersPolicy
        InvalidArgument
        TooManyRemoveHeadersInResponseHeadersPolicy
        TooManyResponseHeadersPolicies
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/cache-policy/{Id}", code: 204)
operation DeleteCachePolicy {
    input: DeleteCachePolicyRequest
    errors: [
        NoSuchCachePolicy
        PreconditionFailed
        AccessDenied
        IllegalDelete
        CachePolicyInUse
        InvalidIfMatchVersion
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/origin-access-identity/cloudfront/{Id}", code: 204)
operation DeleteCloudFrontOriginAccessIdentity {
    input: DeleteCloudFrontOriginAccessIdentityRequest
    errors: [
        PreconditionFailed
        AccessDenied
        CloudFrontOriginAccessIdentityInUse
        InvalidIfMatchVersion
        NoSuchCloudFrontOriginAccessIdentity
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/distribution/{Id}", code: 204)
operation DeleteDistribution {
    input: DeleteDistributionRequest
    errors: [
        ResourceInUse
        NoSuchDistribution
        PreconditionFailed
        AccessDenied
        DistributionNotDisabled
        InvalidIfMatchVersion
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/function/{Name}", code: 204)
operation DeleteFunction {
    input: DeleteFunctionRequest
    errors: [
        PreconditionFailed
        UnsupportedOperation
        FunctionInUse
        NoSuchFunctionExists
        InvalidIfMatchVersion
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/key-group/{Id}", code: 204)
operation DeleteKeyGroup {
    input: DeleteKeyGroupRequest
    errors: [
        PreconditionFailed
        ResourceInUse
        NoSuchResource
        InvalidIfMatchVersion
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/origin-access-control/{Id}", code: 204)
operation DeleteOriginAccessControl {
    input: DeleteOriginAccessControlRequest
    errors: [
        PreconditionFailed
        AccessDenied
        OriginAccessControlInUse
        NoSuchOriginAccessControl
        InvalidIfMatchVersion
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/origin-request-policy/{Id}", code: 204)
operation DeleteOriginRequestPolicy {
    input: DeleteOriginRequestPolicyRequest
    errors: [
        PreconditionFailed
        AccessDenied
        IllegalDelete
        NoSuchOriginRequestPolicy
        InvalidIfMatchVersion
        OriginRequestPolicyInUse
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/public-key/{Id}", code: 204)
operation DeletePublicKey {
    input: DeletePublicKeyRequest
    errors: [
        PreconditionFailed
        AccessDenied
        NoSuchPublicKey
        PublicKeyInUse
        InvalidIfMatchVersion
    ]
}

@http(method: "DELETE", uri: "/2020-05-31/response-headers-policy/{Id}", code: 204)
operation DeleteResponseHeadersPolicy {
    input: DeleteResponseHeadersPolicyRequest
    errors: [
        PreconditionFailed
        ResponseHeadersPolicyInUse
        AccessDenied
        IllegalDelete
        NoSuchResponseHeadersPolicy
        InvalidIfMatchVersion
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/function/{Name}/describe", code: 200)
operation DescribeFunction {
    input: DescribeFunctionRequest
    output: DescribeFunctionResult
    errors: [
        UnsupportedOperation
        NoSuchFunctionExists
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/cache-policy/{Id}", code: 200)
operation GetCachePolicy {
    input: GetCachePolicyRequest
    output: GetCachePolicyResult
    errors: [
        NoSuchCachePolicy
        AccessDenied
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/cache-policy/{Id}/config", code: 200)
operation GetCachePolicyConfig {
    input: GetCachePolicyConfigRequest
    output: GetCachePolicyConfigResult
    errors: [
        NoSuchCachePolicy
        AccessDenied
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-access-identity/cloudfront/{Id}", code: 200)
operation GetCloudFrontOriginAccessIdentity {
    input: GetCloudFrontOriginAccessIdentityRequest
    output: GetCloudFrontOriginAccessIdentityResult
    errors: [
        AccessDenied
        NoSuchCloudFrontOriginAccessIdentity
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-access-identity/cloudfront/{Id}/config", code: 200)
operation GetCloudFrontOriginAccessIdentityConfig {
    input: GetCloudFrontOriginAccessIdentityConfigRequest
    output: GetCloudFrontOriginAccessIdentityConfigResult
    errors: [
        AccessDenied
        NoSuchCloudFrontOriginAccessIdentity
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distribution/{Id}", code: 200)
operation GetDistribution {
    input: GetDistributionRequest
    output: GetDistributionResult
    errors: [
        NoSuchDistribution
        AccessDenied
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distribution/{Id}/config", code: 200)
operation GetDistributionConfig {
    input: GetDistributionConfigRequest
    output: GetDistributionConfigResult
    errors: [
        NoSuchDistribution
        AccessDenied
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/function/{Name}", code: 200)
operation GetFunction {
    input: GetFunctionRequest
    output: GetFunctionResult
    errors: [
        UnsupportedOperation
        NoSuchFunctionExists
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distribution/{DistributionId}/invalidation/{Id}", code: 200)
operation GetInvalidation {
    input: GetInvalidationRequest
    output: GetInvalidationResult
    errors: [
        NoSuchDistribution
        AccessDenied
        NoSuchInvalidation
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/key-group/{Id}", code: 200)
operation GetKeyGroup {
    input: GetKeyGroupRequest
    output: GetKeyGroupResult
    errors: [
        NoSuchResource
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/key-group/{Id}/config", code: 200)
operation GetKeyGroupConfig {
    input: GetKeyGroupConfigRequest
    output: GetKeyGroupConfigResult
    errors: [
        NoSuchResource
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-access-control/{Id}", code: 200)
operation GetOriginAccessControl {
    input: GetOriginAccessControlRequest
    output: GetOriginAccessControlResult
    errors: [
        AccessDenied
        NoSuchOriginAccessControl
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-access-control/{Id}/config", code: 200)
operation GetOriginAccessControlConfig {
    input: GetOriginAccessControlConfigRequest
    output: GetOriginAccessControlConfigResult
    errors: [
        AccessDenied
        NoSuchOriginAccessControl
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-request-policy/{Id}", code: 200)
operation GetOriginRequestPolicy {
    input: GetOriginRequestPolicyRequest
    output: GetOriginRequestPolicyResult
    errors: [
        AccessDenied
        NoSuchOriginRequestPolicy
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-request-policy/{Id}/config", code: 200)
operation GetOriginRequestPolicyConfig {
    input: GetOriginRequestPolicyConfigRequest
    output: GetOriginRequestPolicyConfigResult
    errors: [
        AccessDenied
        NoSuchOriginRequestPolicy
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/public-key/{Id}", code: 200)
operation GetPublicKey {
    input: GetPublicKeyRequest
    output: GetPublicKeyResult
    errors: [
        AccessDenied
        NoSuchPublicKey
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/public-key/{Id}/config", code: 200)
operation GetPublicKeyConfig {
    input: GetPublicKeyConfigRequest
    output: GetPublicKeyConfigResult
    errors: [
        AccessDenied
        NoSuchPublicKey
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/response-headers-policy/{Id}", code: 200)
operation GetResponseHeadersPolicy {
    input: GetResponseHeadersPolicyRequest
    output: GetResponseHeadersPolicyResult
    errors: [
        AccessDenied
        NoSuchResponseHeadersPolicy
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/response-headers-policy/{Id}/config", code: 200)
operation GetResponseHeadersPolicyConfig {
    input: GetResponseHeadersPolicyConfigRequest
    output: GetResponseHeadersPolicyConfigResult
    errors: [
        AccessDenied
        NoSuchResponseHeadersPolicy
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/cache-policy", code: 200)
operation ListCachePolicies {
    input: ListCachePoliciesRequest
    output: ListCachePoliciesResult
    errors: [
        NoSuchCachePolicy
        AccessDenied
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-access-identity/cloudfront", code: 200)
operation ListCloudFrontOriginAccessIdentities {
    input: ListCloudFrontOriginAccessIdentitiesRequest
    output: ListCloudFrontOriginAccessIdentitiesResult
    errors: [
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/conflicting-alias", code: 200)
operation ListConflictingAliases {
    input: ListConflictingAliasesRequest
    output: ListConflictingAliasesResult
    errors: [
        NoSuchDistribution
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distribution", code: 200)
operation ListDistributions {
    input: ListDistributionsRequest
    output: ListDistributionsResult
    errors: [
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distributionsByCachePolicyId/{CachePolicyId}", code: 200)
operation ListDistributionsByCachePolicyId {
    input: ListDistributionsByCachePolicyIdRequest
    output: ListDistributionsByCachePolicyIdResult
    errors: [
        NoSuchCachePolicy
        AccessDenied
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distributionsByKeyGroupId/{KeyGroupId}", code: 200)
operation ListDistributionsByKeyGroup {
    input: ListDistributionsByKeyGroupRequest
    output: ListDistributionsByKeyGroupResult
    errors: [
        InvalidArgument
        NoSuchResource
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distributionsByOriginRequestPolicyId/{OriginRequestPolicyId}", code: 200)
operation ListDistributionsByOriginRequestPolicyId {
    input: ListDistributionsByOriginRequestPolicyIdRequest
    output: ListDistributionsByOriginRequestPolicyIdResult
    errors: [
        AccessDenied
        NoSuchOriginRequestPolicy
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distributionsByResponseHeadersPolicyId/{ResponseHeadersPolicyId}", code: 200)
operation ListDistributionsByResponseHeadersPolicyId {
    input: ListDistributionsByResponseHeadersPolicyIdRequest
    output: ListDistributionsByResponseHeadersPolicyIdResult
    errors: [
        AccessDenied
        NoSuchResponseHeadersPolicy
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distributionsByWebACLId/{WebACLId}", code: 200)
operation ListDistributionsByWebACLId {
    input: ListDistributionsByWebACLIdRequest
    output: ListDistributionsByWebACLIdResult
    errors: [
        InvalidWebACLId
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/function", code: 200)
operation ListFunctions {
    input: ListFunctionsRequest
    output: ListFunctionsResult
    errors: [
        UnsupportedOperation
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/distribution/{DistributionId}/invalidation", code: 200)
operation ListInvalidations {
    input: ListInvalidationsRequest
    output: ListInvalidationsResult
    errors: [
        NoSuchDistribution
        AccessDenied
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/key-group", code: 200)
operation ListKeyGroups {
    input: ListKeyGroupsRequest
    output: ListKeyGroupsResult
    errors: [
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-access-control", code: 200)
operation ListOriginAccessControls {
    input: ListOriginAccessControlsRequest
    output: ListOriginAccessControlsResult
    errors: [
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/origin-request-policy", code: 200)
operation ListOriginRequestPolicies {
    input: ListOriginRequestPoliciesRequest
    output: ListOriginRequestPoliciesResult
    errors: [
        AccessDenied
        NoSuchOriginRequestPolicy
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/public-key", code: 200)
operation ListPublicKeys {
    input: ListPublicKeysRequest
    output: ListPublicKeysResult
    errors: [
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/response-headers-policy", code: 200)
operation ListResponseHeadersPolicies {
    input: ListResponseHeadersPoliciesRequest
    output: ListResponseHeadersPoliciesResult
    errors: [
        AccessDenied
        NoSuchResponseHeadersPolicy
        InvalidArgument
    ]
}

@readonly
@http(method: "GET", uri: "/2020-05-31/tagging", code: 200)
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResult
    errors: [
        AccessDenied
        InvalidTagging
        InvalidArgument
        NoSuchResource
    ]
}

@http(method: "POST", uri: "/2020-05-31/function/{Name}/publish", code: 200)
operation PublishFunction {
    input: PublishFunctionRequest
    output: PublishFunctionResult
    errors: [
        PreconditionFailed
        UnsupportedOperation
        InvalidArgument
        NoSuchFunctionExists
        InvalidIfMatchVersion
    ]
}

@http(method: "POST", uri: "/2020-05-31/tagging?Operation=Tag", code: 204)
operation TagResource {
    input: TagResourceRequest
    errors: [
        AccessDenied
        InvalidTagging
        InvalidArgument
        NoSuchResource
    ]
}

@readonly
@http(method: "POST", uri: "/2020-05-31/function/{Name}/test", code: 200)
operation TestFunction {
    input: TestFunctionRequest
    output: TestFunctionResult
    errors: [
        TestFunctionFailed
        UnsupportedOperation
        InvalidArgument
        NoSuchFunctionExists
        InvalidIfMatchVersion
    ]
}

@http(method: "POST", uri: "/2020-05-31/tagging?Operation=Untag", code: 204)
operation UntagResource {
    input: UntagResourceRequest
    errors: [
        AccessDenied
        InvalidTagging
        InvalidArgument
        NoSuchResource
    ]
}

@http(method: "PUT", uri: "/2020-05-31/cache-policy/{Id}", code: 200)
operation UpdateCachePolicy {
    input: UpdateCachePolicyRequest
    output: UpdateCachePolicyResult
    errors: [
        NoSuchCachePolicy
        PreconditionFailed
        AccessDenied
        TooManyHeadersInCachePolicy
        CachePolicyAlreadyExists
        TooManyCookiesInCachePolicy
        InconsistentQuantities
        IllegalUpdate
        InvalidArgument
        TooManyQueryStringsInCachePolicy
        InvalidIfMatchVersion
    ]
}

@http(method: "PUT", uri: "/2020-05-31/origin-access-identity/cloudfront/{Id}/config", code: 200)
operation UpdateCloudFrontOriginAccessIdentity {
    input: UpdateCloudFrontOriginAccessIdentityRequest
    output: UpdateCloudFrontOriginAccessIdentityResult
    errors: [
        PreconditionFailed
        AccessDenied
        MissingBody
        InconsistentQuantities
        IllegalUpdate
        InvalidArgument
        InvalidIfMatchVersion
        NoSuchCloudFrontOriginAccessIdentity
    ]
}

@http(method: "PUT", uri: "/2020-05-31/distribution/{Id}/config", code: 200)
operation UpdateDistribution {
    input: UpdateDistributionRequest
    output: UpdateDistributionResult
    errors: [
        AccessDenied
        TooManyDistributionsAssociatedToOriginAccessControl
        InvalidDefaultRootObject
        InvalidDomainNameForOriginAccessControl
        InvalidQueryStringParameters
        TooManyTrustedSigners
        TooManyCookieNamesInWhiteList
        NoSuchFieldLevelEncryptionConfig
        InvalidErrorCode
        IllegalOriginAccessConfiguration
        TooManyFunctionAssociations
        TooManyOriginCustomHeaders
        InvalidForwardCookies
        InvalidMinimumProtocolVersion
        NoSuchCachePolicy
        TooManyKeyGroupsAssociatedToDistribution
        TooManyDistributionsAssociatedToCachePolicy
        InvalidRequiredProtocol
        TooManyDistributionsWithFunctionAssociations
        TooManyOriginGroupsPerDistribution
        InvalidTTLOrder
        IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior
        InvalidOriginKeepaliveTimeout
        InvalidArgument
        InvalidOriginReadTimeout
        IllegalUpdate
        InvalidOriginAccessControl
        EntityNotFound
        StagingDistributionInUse
        InvalidHeadersForS3Origin
        TrustedSignerDoesNotExist
        InvalidWebACLId
        TooManyDistributionsWithSingleFunctionARN
        InvalidRelativePath
        TooManyLambdaFunctionAssociations
        NoSuchDistribution
        NoSuchOriginRequestPolicy
        TooManyDistributionsAssociatedToFieldLevelEncryptionConfig
        InconsistentQuantities
        InvalidLocationCode
        InvalidOriginAccessIdentity
        TooManyDistributionCNAMEs
        NoSuchContinuousDeploymentPolicy
        InvalidIfMatchVersion
        TooManyDistributionsAssociatedToOriginRequestPolicy
        TooManyQueryStringParameters
        RealtimeLogConfigOwnerMismatch
        PreconditionFailed
        ContinuousDeploymentPolicyInUse
        MissingBody
        TooManyHeadersInForwardedValues
        InvalidLambdaFunctionAssociation
        CNAMEAlreadyExists
        TooManyCertificates
        TrustedKeyGroupDoesNotExist
        TooManyDistributionsAssociatedToResponseHeadersPolicy
        NoSuchResponseHeadersPolicy
        NoSuchRealtimeLogConfig
        InvalidResponseCode
        InvalidGeoRestrictionParameter
        TooManyOrigins
        InvalidViewerCertificate
        InvalidFunctionAssociation
        TooManyDistributionsWithLambdaAssociations
        TooManyDistributionsAssociatedToKeyGroup
        NoSuchOrigin
        TooManyCacheBehaviors
    ]
}

@http(method: "PUT", uri: "/2020-05-31/function/{Name}", code: 200)
operation UpdateFunction {
    input: UpdateFunctionRequest
    output: UpdateFunctionResult
    errors: [
        PreconditionFailed
        UnsupportedOperation
        FunctionSizeLimitExceeded
        InvalidArgument
        NoSuchFunctionExists
        InvalidIfMatchVersion
    ]
}

@http(method: "PUT", uri: "/2020-05-31/key-group/{Id}", code: 200)
operation UpdateKeyGroup {
    input: UpdateKeyGroupRequest
    output: UpdateKeyGroupResult
    errors: [
        PreconditionFailed
        TooManyPublicKeysInKeyGroup
        InvalidArgument
        NoSuchResource
        InvalidIfMatchVersion
        KeyGroupAlreadyExists
    ]
}

@http(method: "PUT", uri: "/2020-05-31/origin-access-control/{Id}/config", code: 200)
operation UpdateOriginAccessControl {
    input: UpdateOriginAccessControlRequest
    output: UpdateOriginAccessControlResult
    errors: [
        PreconditionFailed
        AccessDenied
        OriginAccessControlAlreadyExists
        NoSuchOriginAccessControl
        IllegalUpdate
        InvalidArgument
        InvalidIfMatchVersion
    ]
}

@http(method: "PUT", uri: "/2020-05-31/origin-request-policy/{Id}", code: 200)
operation UpdateOriginRequestPolicy {
    input: UpdateOriginRequestPolicyRequest
    output: UpdateOriginRequestPolicyResult
    errors: [
        PreconditionFailed
        AccessDenied
        TooManyHeadersInOriginRequestPolicy
        NoSuchOriginRequestPolicy
        TooManyCookiesInOriginRequestPolicy
        InconsistentQuantities
        OriginRequestPolicyAlreadyExists
        TooManyQueryStringsInOriginRequestPolicy
        IllegalUpdate
        InvalidArgument
        InvalidIfMatchVersion
    ]
}

@http(method: "PUT", uri: "/2020-05-31/public-key/{Id}/config", code: 200)
operation UpdatePublicKey {
    input: UpdatePublicKeyRequest
    output: UpdatePublicKeyResult
    errors: [
        PreconditionFailed
        AccessDenied
        NoSuchPublicKey
        CannotChangeImmutablePublicKeyFields
        IllegalUpdate
        InvalidArgument
        InvalidIfMatchVersion
    ]
}

@http(method: "PUT", uri: "/2020-05-31/response-headers-policy/{Id}", code: 200)
operation UpdateResponseHeadersPolicy {
    input: UpdateResponseHeadersPolicyRequest
    output: UpdateResponseHeadersPolicyResult
    errors: [
        PreconditionFailed
        AccessDenied
        TooManyCustomHeadersInResponseHeadersPolicy
        ResponseHeadersPolicyAlreadyExists
        InconsistentQuantities
        NoSuchResponseHeadersPolicy
        TooLongCSPInResponseHeadersPolicy
        IllegalUpdate
        InvalidArgument
        TooManyRemoveHeadersInResponseHeadersPolicy
        InvalidIfMatchVersion
    ]
}

list AccessControlAllowHeadersList {
    @xmlName("Header")
    member: string
}

list AccessControlAllowMethodsList {
    @xmlName("Method")
    member: ResponseHeadersPolicyAccessControlAllowMethodsValues
}

list AccessControlAllowOriginsList {
    @xmlName("Origin")
    member: string
}

list AccessControlExposeHeadersList {
    @xmlName("Header")
    member: string
}

@error("client")
@httpError(403)
structure AccessDenied {
    Message: string
}

structure ActiveTrustedKeyGroups {
    @required
    Enabled: boolean

    @required
    Quantity: integer
    Items: KGKeyPairIdsList
}

structure ActiveTrustedSigners {
    @required
    Enabled: boolean

    @required
    Quantity: integer
    Items: SignerList
}

structure AliasICPRecordal {
    CNAME: string
    ICPRecordalStatus: ICPRecordalStatus
}

list AliasICPRecordals {
    @xmlName("AliasICPRecordal")
    member: AliasICPRecordal
}

list AliasList {
    @xmlName("CNAME")
    member: string
}

structure Aliases {
    @required
    Quantity: integer
    Items: AliasList
}

structure AllowedMethods {
    @required
    Quantity: integer

    @required
    Items: MethodsList
    CachedMethods: CachedMethods
}

structure AssociateAliasRequest {
    @required
    @httpLabel
    TargetDistributionId: string

    @required
    @httpQuery("Alias")
    Alias: string
}

list AwsAccountNumberList {
    @xmlName("AwsAccountNumber")
    member: string
}

@error("client")
@httpError(413)
structure BatchTooLarge {
    Message: string
}

@error("client")
@httpError(409)
structure CNAMEAlreadyExists {
    Message: string
}

structure CacheBehavior {
    @required
    PathPattern: string

    @required
    TargetOriginId: string

    @nephele#refused
    TrustedSigners: TrustedSigners
    TrustedKeyGroups: TrustedKeyGroups

    @required
    ViewerProtocolPolicy: ViewerProtocolPolicy
    AllowedMethods: AllowedMethods

    @nephele#refused
    SmoothStreaming: boolean
    Compress: boolean

    @nephele#refused
    LambdaFunctionAssociations: LambdaFunctionAssociations

    FunctionAssociations: FunctionAssociations

    @nephele#refused
    FieldLevelEncryptionId: string

    @nephele#refused
    RealtimeLogConfigArn: string
    CachePolicyId: string
    OriginRequestPolicyId: string
    ResponseHeadersPolicyId: string

    @nephele#refused
    GrpcConfig: GrpcConfig
    ForwardedValues: ForwardedValues
    MinTTL: long
    DefaultTTL: long
    MaxTTL: long
}

list CacheBehaviorList {
    @xmlName("CacheBehavior")
    member: CacheBehavior
}

structure CacheBehaviors {
    @required
    Quantity: integer
    Items: CacheBehaviorList
}

structure CachePolicy {
    @required
    Id: string

    @required
    LastModifiedTime: timestamp

    @required
    CachePolicyConfig: CachePolicyConfig
}

@error("client")
@httpError(409)
structure CachePolicyAlreadyExists {
    Message: string
}

structure CachePolicyConfig {
    Comment: string

    @required
    Name: string
    DefaultTTL: long
    MaxTTL: long

    @required
    MinTTL: long
    ParametersInCacheKeyAndForwardedToOrigin: ParametersInCacheKeyAndForwardedToOrigin
}

enum CachePolicyCookieBehavior {
    none = "none"
    whitelist = "whitelist"
    allExcept = "allExcept"
    all = "all"
}

structure CachePolicyCookiesConfig {
    @required
    CookieBehavior: CachePolicyCookieBehavior
    Cookies: CookieNames
}

enum CachePolicyHeaderBehavior {
    none = "none"
    whitelist = "whitelist"
}

structure CachePolicyHeadersConfig {
    @required
    HeaderBehavior: CachePolicyHeaderBehavior
    Headers: Headers
}

@error("client")
@httpError(409)
structure CachePolicyInUse {
    Message: string
}

structure CachePolicyList {
    NextMarker: string

    @required
    MaxItems: integer

    @required
    Quantity: integer
    Items: CachePolicySummaryList
}

enum CachePolicyQueryStringBehavior {
    none = "none"
    whitelist = "whitelist"
    allExcept = "allExcept"
    all = "all"
}

structure CachePolicyQueryStringsConfig {
    @required
    QueryStringBehavior: CachePolicyQueryStringBehavior
    QueryStrings: QueryStringNames
}

structure CachePolicySummary {
    @required
    Type: CachePolicyType

    @required
    CachePolicy: CachePolicy
}

list CachePolicySummaryList {
    @xmlName("CachePolicySummary")
    member: CachePolicySummary
}

enum CachePolicyType {
    managed = "managed"
    custom = "custom"
}

structure CacheTagConfig {
    @required
    HeaderName: string
}

structure CachedMethods {
    @required
    Quantity: integer

    @required
    Items: MethodsList
}

@error("client")
@httpError(400)
structure CannotChangeImmutablePublicKeyFields {
    Message: string
}

enum CertificateSource {
    cloudfront = "cloudfront"
    iam = "iam"
    acm = "acm"
}

structure CloudFrontOriginAccessIdentity {
    @required
    Id: string

    @required
    S3CanonicalUserId: string
    CloudFrontOriginAccessIdentityConfig: CloudFrontOriginAccessIdentityConfig
}

@error("client")
@httpError(409)
structure CloudFrontOriginAccessIdentityAlreadyExists {
    Message: string
}

structure CloudFrontOriginAccessIdentityConfig {
    @required
    CallerReference: string

    @required
    Comment: string
}

@error("client")
@httpError(409)
structure CloudFrontOriginAccessIdentityInUse {
    Message: string
}

structure CloudFrontOriginAccessIdentityList {
    @required
    Marker: string
    NextMarker: string

    @required
    MaxItems: integer

    @required
    IsTruncated: boolean

    @required
    Quantity: integer
    Items: CloudFrontOriginAccessIdentitySummaryList
}

structure CloudFrontOriginAccessIdentitySummary {
    @required
    Id: string

    @required
    S3CanonicalUserId: string

    @required
    Comment: string
}

list CloudFrontOriginAccessIdentitySummaryList {
    @xmlName("CloudFrontOriginAccessIdentitySummary")
    member: CloudFrontOriginAccessIdentitySummary
}

@sensitive
string CommentType

structure ConflictingAlias {
    Alias: string
    DistributionId: string
    AccountId: string
}

list ConflictingAliases {
    @xmlName("ConflictingAlias")
    member: ConflictingAlias
}

structure ConflictingAliasesList {
    NextMarker: string
    MaxItems: integer
    Quantity: integer
    Items: ConflictingAliases
}

structure ConnectionFunctionAssociation {
    @required
    Id: ResourceId
}

enum ConnectionMode {
    direct = "direct"
    tenant_only = "tenant-only"
}

@error("client")
@httpError(409)
structure ContinuousDeploymentPolicyInUse {
    Message: string
}

list CookieNameList {
    @xmlName("Name")
    member: string
}

structure CookieNames {
    @required
    Quantity: integer
    Items: CookieNameList
}

structure CookiePreference {
    @required
    Forward: ItemSelection
    WhitelistedNames: CookieNames
}

structure CreateCachePolicyRequest {
    @required
    @httpPayload
    @xmlName("CachePolicyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    CachePolicyConfig: CachePolicyConfig
}

structure CreateCachePolicyResult {
    @httpPayload
    CachePolicy: CachePolicy

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreateCloudFrontOriginAccessIdentityRequest {
    @required
    @httpPayload
    @xmlName("CloudFrontOriginAccessIdentityConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    CloudFrontOriginAccessIdentityConfig: CloudFrontOriginAccessIdentityConfig
}

structure CreateCloudFrontOriginAccessIdentityResult {
    @httpPayload
    CloudFrontOriginAccessIdentity: CloudFrontOriginAccessIdentity

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreateDistributionRequest {
    @required
    @httpPayload
    @xmlName("DistributionConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    DistributionConfig: DistributionConfig
}

structure CreateDistributionResult {
    @httpPayload
    Distribution: Distribution

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreateDistributionWithTagsRequest {
    @required
    @httpPayload
    @xmlName("DistributionConfigWithTags")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    DistributionConfigWithTags: DistributionConfigWithTags
}

structure CreateDistributionWithTagsResult {
    @httpPayload
    Distribution: Distribution

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

@xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
structure CreateFunctionRequest {
    @required
    Name: FunctionName

    @required
    FunctionConfig: FunctionConfig

    @required
    FunctionCode: FunctionBlob

    @nephele#refused
    Tags: Tags
}

structure CreateFunctionResult {
    @httpPayload
    FunctionSummary: FunctionSummary

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreateInvalidationRequest {
    @required
    @httpLabel
    DistributionId: string

    @required
    @httpPayload
    @xmlName("InvalidationBatch")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    InvalidationBatch: InvalidationBatch
}

structure CreateInvalidationResult {
    @httpHeader("Location")
    Location: string

    @httpPayload
    Invalidation: Invalidation
}

structure CreateKeyGroupRequest {
    @required
    @httpPayload
    @xmlName("KeyGroupConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    KeyGroupConfig: KeyGroupConfig
}

structure CreateKeyGroupResult {
    @httpPayload
    KeyGroup: KeyGroup

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreateOriginAccessControlRequest {
    @required
    @httpPayload
    @xmlName("OriginAccessControlConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    OriginAccessControlConfig: OriginAccessControlConfig
}

structure CreateOriginAccessControlResult {
    @httpPayload
    OriginAccessControl: OriginAccessControl

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreateOriginRequestPolicyRequest {
    @required
    @httpPayload
    @xmlName("OriginRequestPolicyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    OriginRequestPolicyConfig: OriginRequestPolicyConfig
}

structure CreateOriginRequestPolicyResult {
    @httpPayload
    OriginRequestPolicy: OriginRequestPolicy

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreatePublicKeyRequest {
    @required
    @httpPayload
    @xmlName("PublicKeyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    PublicKeyConfig: PublicKeyConfig
}

structure CreatePublicKeyResult {
    @httpPayload
    PublicKey: PublicKey

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CreateResponseHeadersPolicyRequest {
    @required
    @httpPayload
    @xmlName("ResponseHeadersPolicyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    ResponseHeadersPolicyConfig: ResponseHeadersPolicyConfig
}

structure CreateResponseHeadersPolicyResult {
    @httpPayload
    ResponseHeadersPolicy: ResponseHeadersPolicy

    @httpHeader("Location")
    Location: string

    @httpHeader("ETag")
    ETag: string
}

structure CustomErrorResponse {
    @required
    ErrorCode: integer
    ResponsePagePath: string
    ResponseCode: string
    ErrorCachingMinTTL: long
}

list CustomErrorResponseList {
    @xmlName("CustomErrorResponse")
    member: CustomErrorResponse
}

structure CustomErrorResponses {
    @required
    Quantity: integer
    Items: CustomErrorResponseList
}

structure CustomHeaders {
    @required
    Quantity: integer
    Items: OriginCustomHeadersList
}

structure CustomOriginConfig {
    @required
    HTTPPort: integer

    @required
    HTTPSPort: integer

    @required
    OriginProtocolPolicy: OriginProtocolPolicy
    OriginSslProtocols: OriginSslProtocols
    OriginReadTimeout: integer
    OriginKeepaliveTimeout: integer

    @nephele#refused(off: "ipv4")
    IpAddressType: IpAddressType

    @nephele#refused
    OriginMtlsConfig: OriginMtlsConfig
}

structure DefaultCacheBehavior {
    @required
    TargetOriginId: string

    @nephele#refused
    TrustedSigners: TrustedSigners
    TrustedKeyGroups: TrustedKeyGroups

    @required
    ViewerProtocolPolicy: ViewerProtocolPolicy
    AllowedMethods: AllowedMethods

    @nephele#refused
    SmoothStreaming: boolean
    Compress: boolean

    @nephele#refused
    LambdaFunctionAssociations: LambdaFunctionAssociations

    FunctionAssociations: FunctionAssociations

    @nephele#refused
    FieldLevelEncryptionId: string

    @nephele#refused
    RealtimeLogConfigArn: string
    CachePolicyId: string
    OriginRequestPolicyId: string
    ResponseHeadersPolicyId: string

    @nephele#refused
    GrpcConfig: GrpcConfig
    ForwardedValues: ForwardedValues
    MinTTL: long
    DefaultTTL: long
    MaxTTL: long
}

structure DeleteCachePolicyRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DeleteCloudFrontOriginAccessIdentityRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DeleteDistributionRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DeleteFunctionRequest {
    @required
    @httpLabel
    Name: FunctionName

    @required
    @httpHeader("If-Match")
    IfMatch: string
}

structure DeleteKeyGroupRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DeleteOriginAccessControlRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DeleteOriginRequestPolicyRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DeletePublicKeyRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DeleteResponseHeadersPolicyRequest {
    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure DescribeFunctionRequest {
    @required
    @httpLabel
    Name: FunctionName

    @httpQuery("Stage")
    Stage: FunctionStage
}

structure DescribeFunctionResult {
    @httpPayload
    FunctionSummary: FunctionSummary

    @httpHeader("ETag")
    ETag: string
}

structure Distribution {
    @required
    Id: string

    @required
    ARN: string

    @required
    Status: string

    @required
    LastModifiedTime: timestamp

    @required
    InProgressInvalidationBatches: integer

    @required
    DomainName: string
    ActiveTrustedSigners: ActiveTrustedSigners
    ActiveTrustedKeyGroups: ActiveTrustedKeyGroups

    @required
    DistributionConfig: DistributionConfig
    AliasICPRecordals: AliasICPRecordals
}

@error("client")
@httpError(409)
structure DistributionAlreadyExists {
    Message: string
}

structure DistributionConfig {
    @required
    CallerReference: string
    Aliases: Aliases
    DefaultRootObject: string

    @required
    Origins: Origins
    OriginGroups: OriginGroups

    @required
    DefaultCacheBehavior: DefaultCacheBehavior
    CacheBehaviors: CacheBehaviors
    CustomErrorResponses: CustomErrorResponses

    @required
    Comment: CommentType
    Logging: LoggingConfig

    @nephele#stored
    PriceClass: PriceClass

    @required
    Enabled: boolean
    ViewerCertificate: ViewerCertificate
    Restrictions: Restrictions

    @nephele#refused
    WebACLId: string
    HttpVersion: HttpVersion

    @nephele#stored
    IsIPV6Enabled: boolean

    @nephele#refused
    ContinuousDeploymentPolicyId: string

    @nephele#refused
    Staging: boolean

    @nephele#refused
    AnycastIpListId: string

    @nephele#refused
    TenantConfig: TenantConfig

    @nephele#refused(off: "direct")
    ConnectionMode: ConnectionMode

    @nephele#refused
    ViewerMtlsConfig: ViewerMtlsConfig

    @nephele#refused
    ConnectionFunctionAssociation: ConnectionFunctionAssociation

    @nephele#refused
    CacheTagConfig: CacheTagConfig
}

structure DistributionConfigWithTags {
    @required
    DistributionConfig: DistributionConfig

    @required
    Tags: Tags
}

structure DistributionIdList {
    @required
    Marker: string
    NextMarker: string

    @required
    MaxItems: integer

    @required
    IsTruncated: boolean

    @required
    Quantity: integer
    Items: DistributionIdListSummary
}

list DistributionIdListSummary {
    @xmlName("DistributionId")
    member: string
}

structure DistributionList {
    @required
    Marker: string
    NextMarker: string

    @required
    MaxItems: integer

    @required
    IsTruncated: boolean

    @required
    Quantity: integer
    Items: DistributionSummaryList
}

@error("client")
@httpError(409)
structure DistributionNotDisabled {
    Message: string
}

structure DistributionSummary {
    @required
    Id: string

    @required
    ARN: string
    ETag: string

    @required
    Status: string

    @required
    LastModifiedTime: timestamp

    @required
    DomainName: string

    @required
    Aliases: Aliases

    @required
    Origins: Origins
    OriginGroups: OriginGroups

    @required
    DefaultCacheBehavior: DefaultCacheBehavior

    @required
    CacheBehaviors: CacheBehaviors

    @required
    CustomErrorResponses: CustomErrorResponses

    @required
    Comment: sensitiveStringType

    @required
    PriceClass: PriceClass

    @required
    Enabled: boolean

    @required
    ViewerCertificate: ViewerCertificate

    @required
    Restrictions: Restrictions

    @required
    WebACLId: string

    @required
    HttpVersion: HttpVersion

    @required
    IsIPV6Enabled: boolean
    AliasICPRecordals: AliasICPRecordals

    @required
    Staging: boolean
    ConnectionMode: ConnectionMode
    AnycastIpListId: string
    ViewerMtlsConfig: ViewerMtlsConfig
    ConnectionFunctionAssociation: ConnectionFunctionAssociation
}

list DistributionSummaryList {
    @xmlName("DistributionSummary")
    member: DistributionSummary
}

@error("client")
@httpError(400)
structure EntityLimitExceeded {
    Message: string
}

@error("client")
@httpError(404)
structure EntityNotFound {
    Message: string
}

enum EventType {
    viewer_request = "viewer-request"
    viewer_response = "viewer-response"
    origin_request = "origin-request"
    origin_response = "origin-response"
}

structure ForwardedValues {
    @required
    QueryString: boolean

    @required
    Cookies: CookiePreference
    Headers: Headers
    QueryStringCacheKeys: QueryStringCacheKeys
}

enum FrameOptionsList {
    DENY = "DENY"
    SAMEORIGIN = "SAMEORIGIN"
}

@length(min: 0, max: 108)
@pattern("^arn:aws:cloudfront::[0-9]{12}:function\\/[a-zA-Z0-9-_]{1,64}$")
string FunctionARN

@error("client")
@httpError(409)
structure FunctionAlreadyExists {
    Message: string
}

structure FunctionAssociation {
    @required
    FunctionARN: FunctionARN

    @required
    EventType: EventType
}

list FunctionAssociationList {
    @xmlName("FunctionAssociation")
    member: FunctionAssociation
}

structure FunctionAssociations {
    @required
    Quantity: integer
    Items: FunctionAssociationList
}

@length(min: 1, max: 40960)
@sensitive
blob FunctionBlob

structure FunctionConfig {
    @required
    Comment: string

    @required
    Runtime: FunctionRuntime

    @nephele#refused
    KeyValueStoreAssociations: KeyValueStoreAssociations
}

@length(min: 0, max: 40960)
@sensitive
blob FunctionEventObject

@sensitive
list FunctionExecutionLogList {
    member: string
}

@error("client")
@httpError(409)
structure FunctionInUse {
    Message: string
}

structure FunctionList {
    NextMarker: string

    @required
    MaxItems: integer

    @required
    Quantity: integer
    Items: FunctionSummaryList
}

structure FunctionMetadata {
    @required
    FunctionARN: string
    Stage: FunctionStage
    CreatedTime: timestamp

    @required
    LastModifiedTime: timestamp
}

@length(min: 1, max: 64)
@pattern("^[a-zA-Z0-9-_]{1,64}$")
string FunctionName

enum FunctionRuntime {
    cloudfront_js_1_0 = "cloudfront-js-1.0"
    cloudfront_js_2_0 = "cloudfront-js-2.0"
}

@error("client")
@httpError(413)
structure FunctionSizeLimitExceeded {
    Message: string
}

enum FunctionStage {
    DEVELOPMENT = "DEVELOPMENT"
    LIVE = "LIVE"
}

structure FunctionSummary {
    @required
    Name: FunctionName
    Status: string

    @required
    FunctionConfig: FunctionConfig

    @required
    FunctionMetadata: FunctionMetadata
}

list FunctionSummaryList {
    @xmlName("FunctionSummary")
    member: FunctionSummary
}

structure GeoRestriction {
    @required
    RestrictionType: GeoRestrictionType

    @required
    Quantity: integer
    Items: LocationList
}

enum GeoRestrictionType {
    blacklist = "blacklist"
    whitelist = "whitelist"
    none = "none"
}

structure GetCachePolicyConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetCachePolicyConfigResult {
    @httpPayload
    CachePolicyConfig: CachePolicyConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetCachePolicyRequest {
    @required
    @httpLabel
    Id: string
}

structure GetCachePolicyResult {
    @httpPayload
    CachePolicy: CachePolicy

    @httpHeader("ETag")
    ETag: string
}

structure GetCloudFrontOriginAccessIdentityConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetCloudFrontOriginAccessIdentityConfigResult {
    @httpPayload
    CloudFrontOriginAccessIdentityConfig: CloudFrontOriginAccessIdentityConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetCloudFrontOriginAccessIdentityRequest {
    @required
    @httpLabel
    Id: string
}

structure GetCloudFrontOriginAccessIdentityResult {
    @httpPayload
    CloudFrontOriginAccessIdentity: CloudFrontOriginAccessIdentity

    @httpHeader("ETag")
    ETag: string
}

structure GetDistributionConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetDistributionConfigResult {
    @httpPayload
    DistributionConfig: DistributionConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetDistributionRequest {
    @required
    @httpLabel
    Id: string
}

structure GetDistributionResult {
    @httpPayload
    Distribution: Distribution

    @httpHeader("ETag")
    ETag: string
}

structure GetFunctionRequest {
    @required
    @httpLabel
    Name: FunctionName

    @httpQuery("Stage")
    Stage: FunctionStage
}

structure GetFunctionResult {
    @httpPayload
    FunctionCode: FunctionBlob

    @httpHeader("ETag")
    ETag: string

    @httpHeader("Content-Type")
    ContentType: string
}

structure GetInvalidationRequest {
    @required
    @httpLabel
    DistributionId: string

    @required
    @httpLabel
    Id: string
}

structure GetInvalidationResult {
    @httpPayload
    Invalidation: Invalidation
}

structure GetKeyGroupConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetKeyGroupConfigResult {
    @httpPayload
    KeyGroupConfig: KeyGroupConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetKeyGroupRequest {
    @required
    @httpLabel
    Id: string
}

structure GetKeyGroupResult {
    @httpPayload
    KeyGroup: KeyGroup

    @httpHeader("ETag")
    ETag: string
}

structure GetOriginAccessControlConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetOriginAccessControlConfigResult {
    @httpPayload
    OriginAccessControlConfig: OriginAccessControlConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetOriginAccessControlRequest {
    @required
    @httpLabel
    Id: string
}

structure GetOriginAccessControlResult {
    @httpPayload
    OriginAccessControl: OriginAccessControl

    @httpHeader("ETag")
    ETag: string
}

structure GetOriginRequestPolicyConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetOriginRequestPolicyConfigResult {
    @httpPayload
    OriginRequestPolicyConfig: OriginRequestPolicyConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetOriginRequestPolicyRequest {
    @required
    @httpLabel
    Id: string
}

structure GetOriginRequestPolicyResult {
    @httpPayload
    OriginRequestPolicy: OriginRequestPolicy

    @httpHeader("ETag")
    ETag: string
}

structure GetPublicKeyConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetPublicKeyConfigResult {
    @httpPayload
    PublicKeyConfig: PublicKeyConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetPublicKeyRequest {
    @required
    @httpLabel
    Id: string
}

structure GetPublicKeyResult {
    @httpPayload
    PublicKey: PublicKey

    @httpHeader("ETag")
    ETag: string
}

structure GetResponseHeadersPolicyConfigRequest {
    @required
    @httpLabel
    Id: string
}

structure GetResponseHeadersPolicyConfigResult {
    @httpPayload
    ResponseHeadersPolicyConfig: ResponseHeadersPolicyConfig

    @httpHeader("ETag")
    ETag: string
}

structure GetResponseHeadersPolicyRequest {
    @required
    @httpLabel
    Id: string
}

structure GetResponseHeadersPolicyResult {
    @httpPayload
    ResponseHeadersPolicy: ResponseHeadersPolicy

    @httpHeader("ETag")
    ETag: string
}

structure GrpcConfig {
    @required
    Enabled: boolean
}

list HeaderList {
    @xmlName("Name")
    member: string
}

structure Headers {
    @required
    Quantity: integer
    Items: HeaderList
}

enum HttpVersion {
    http1_1 = "http1.1"
    http2 = "http2"
    http3 = "http3"
    http2and3 = "http2and3"
}

enum ICPRecordalStatus {
    APPROVED = "APPROVED"
    SUSPENDED = "SUSPENDED"
    PENDING = "PENDING"
}

@error("client")
@httpError(400)
structure IllegalDelete {
    Message: string
}

@error("client")
@httpError(400)
structure IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior {
    Message: string
}

@error("client")
@httpError(400)
structure IllegalOriginAccessConfiguration {
    Message: string
}

@error("client")
@httpError(400)
structure IllegalUpdate {
    Message: string
}

@error("client")
@httpError(400)
structure InconsistentQuantities {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidArgument {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidDefaultRootObject {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidDomainNameForOriginAccessControl {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidErrorCode {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidForwardCookies {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidFunctionAssociation {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidGeoRestrictionParameter {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidHeadersForS3Origin {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidIfMatchVersion {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidLambdaFunctionAssociation {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidLocationCode {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidMinimumProtocolVersion {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidOrigin {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidOriginAccessControl {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidOriginAccessIdentity {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidOriginKeepaliveTimeout {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidOriginReadTimeout {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidProtocolSettings {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidQueryStringParameters {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidRelativePath {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidRequiredProtocol {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidResponseCode {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidTTLOrder {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidTagging {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidViewerCertificate {
    Message: string
}

@error("client")
@httpError(400)
structure InvalidWebACLId {
    Message: string
}

structure Invalidation {
    @required
    Id: string

    @required
    Status: string

    @required
    CreateTime: timestamp

    @required
    InvalidationBatch: InvalidationBatch
}

structure InvalidationBatch {
    @required
    Paths: Paths

    @required
    CallerReference: string
}

structure InvalidationList {
    @required
    Marker: string
    NextMarker: string

    @required
    MaxItems: integer

    @required
    IsTruncated: boolean

    @required
    Quantity: integer
    Items: InvalidationSummaryList
}

structure InvalidationSummary {
    @required
    Id: string

    @required
    CreateTime: timestamp

    @required
    Status: string
}

list InvalidationSummaryList {
    @xmlName("InvalidationSummary")
    member: InvalidationSummary
}

enum IpAddressType {
    ipv4 = "ipv4"
    ipv6 = "ipv6"
    dualstack = "dualstack"
}

enum ItemSelection {
    none = "none"
    whitelist = "whitelist"
    all = "all"
}

structure KGKeyPairIds {
    KeyGroupId: string
    KeyPairIds: KeyPairIds
}

list KGKeyPairIdsList {
    @xmlName("KeyGroup")
    member: KGKeyPairIds
}

structure KeyGroup {
    @required
    Id: string

    @required
    LastModifiedTime: timestamp

    @required
    KeyGroupConfig: KeyGroupConfig
}

@error("client")
@httpError(409)
structure KeyGroupAlreadyExists {
    Message: string
}

structure KeyGroupConfig {
    @required
    Name: string

    @required
    Items: PublicKeyIdList
    Comment: string
}

structure KeyGroupList {
    NextMarker: string

    @required
    MaxItems: integer

    @required
    Quantity: integer
    Items: KeyGroupSummaryList
}

structure KeyGroupSummary {
    @required
    KeyGroup: KeyGroup
}

list KeyGroupSummaryList {
    @xmlName("KeyGroupSummary")
    member: KeyGroupSummary
}

list KeyPairIdList {
    @xmlName("KeyPairId")
    member: string
}

structure KeyPairIds {
    @required
    Quantity: integer
    Items: KeyPairIdList
}

@length(min: 0, max: 85)
@pattern("^arn:aws:cloudfront::[0-9]{12}:key-value-store\\/[0-9a-fA-F-]{36}$")
string KeyValueStoreARN

structure KeyValueStoreAssociation {
    @required
    KeyValueStoreARN: KeyValueStoreARN
}

list KeyValueStoreAssociationList {
    @xmlName("KeyValueStoreAssociation")
    member: KeyValueStoreAssociation
}

structure KeyValueStoreAssociations {
    @required
    Quantity: integer
    Items: KeyValueStoreAssociationList
}

string LambdaFunctionARN

structure LambdaFunctionAssociation {
    @required
    LambdaFunctionARN: LambdaFunctionARN

    @required
    EventType: EventType
    IncludeBody: boolean
}

list LambdaFunctionAssociationList {
    @xmlName("LambdaFunctionAssociation")
    member: LambdaFunctionAssociation
}

structure LambdaFunctionAssociations {
    @required
    Quantity: integer
    Items: LambdaFunctionAssociationList
}

structure ListCachePoliciesRequest {
    @httpQuery("Type")
    Type: CachePolicyType

    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListCachePoliciesResult {
    @httpPayload
    CachePolicyList: CachePolicyList
}

structure ListCloudFrontOriginAccessIdentitiesRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListCloudFrontOriginAccessIdentitiesResult {
    @httpPayload
    CloudFrontOriginAccessIdentityList: CloudFrontOriginAccessIdentityList
}

structure ListConflictingAliasesRequest {
    @required
    @httpQuery("DistributionId")
    DistributionId: distributionIdString

    @required
    @httpQuery("Alias")
    Alias: aliasString

    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: listConflictingAliasesMaxItemsInteger
}

structure ListConflictingAliasesResult {
    @httpPayload
    ConflictingAliasesList: ConflictingAliasesList
}

structure ListDistributionsByCachePolicyIdRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string

    @required
    @httpLabel
    CachePolicyId: string
}

structure ListDistributionsByCachePolicyIdResult {
    @httpPayload
    DistributionIdList: DistributionIdList
}

structure ListDistributionsByKeyGroupRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string

    @required
    @httpLabel
    KeyGroupId: string
}

structure ListDistributionsByKeyGroupResult {
    @httpPayload
    DistributionIdList: DistributionIdList
}

structure ListDistributionsByOriginRequestPolicyIdRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string

    @required
    @httpLabel
    OriginRequestPolicyId: string
}

structure ListDistributionsByOriginRequestPolicyIdResult {
    @httpPayload
    DistributionIdList: DistributionIdList
}

structure ListDistributionsByResponseHeadersPolicyIdRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string

    @required
    @httpLabel
    ResponseHeadersPolicyId: string
}

structure ListDistributionsByResponseHeadersPolicyIdResult {
    @httpPayload
    DistributionIdList: DistributionIdList
}

structure ListDistributionsByWebACLIdRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string

    @required
    @httpLabel
    WebACLId: string
}

structure ListDistributionsByWebACLIdResult {
    @httpPayload
    DistributionList: DistributionList
}

structure ListDistributionsRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListDistributionsResult {
    @httpPayload
    DistributionList: DistributionList
}

structure ListFunctionsRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string

    @httpQuery("Stage")
    Stage: FunctionStage
}

structure ListFunctionsResult {
    @httpPayload
    FunctionList: FunctionList
}

structure ListInvalidationsRequest {
    @required
    @httpLabel
    DistributionId: string

    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListInvalidationsResult {
    @httpPayload
    InvalidationList: InvalidationList
}

structure ListKeyGroupsRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListKeyGroupsResult {
    @httpPayload
    KeyGroupList: KeyGroupList
}

structure ListOriginAccessControlsRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListOriginAccessControlsResult {
    @httpPayload
    OriginAccessControlList: OriginAccessControlList
}

structure ListOriginRequestPoliciesRequest {
    @httpQuery("Type")
    Type: OriginRequestPolicyType

    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListOriginRequestPoliciesResult {
    @httpPayload
    OriginRequestPolicyList: OriginRequestPolicyList
}

structure ListPublicKeysRequest {
    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListPublicKeysResult {
    @httpPayload
    PublicKeyList: PublicKeyList
}

structure ListResponseHeadersPoliciesRequest {
    @httpQuery("Type")
    Type: ResponseHeadersPolicyType

    @httpQuery("Marker")
    Marker: string

    @httpQuery("MaxItems")
    MaxItems: string
}

structure ListResponseHeadersPoliciesResult {
    @httpPayload
    ResponseHeadersPolicyList: ResponseHeadersPolicyList
}

structure ListTagsForResourceRequest {
    @required
    @httpQuery("Resource")
    Resource: ResourceARN
}

structure ListTagsForResourceResult {
    @required
    @httpPayload
    Tags: Tags
}

list LocationList {
    @xmlName("Location")
    member: string
}

structure LoggingConfig {
    Enabled: boolean
    IncludeCookies: boolean
    Bucket: string
    Prefix: string
}

enum Method {
    GET = "GET"
    HEAD = "HEAD"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    OPTIONS = "OPTIONS"
    DELETE = "DELETE"
}

list MethodsList {
    @xmlName("Method")
    member: Method
}

enum MinimumProtocolVersion {
    SSLv3 = "SSLv3"
    TLSv1 = "TLSv1"
    TLSv1_2016 = "TLSv1_2016"
    TLSv1_1_2016 = "TLSv1.1_2016"
    TLSv1_2_2018 = "TLSv1.2_2018"
    TLSv1_2_2019 = "TLSv1.2_2019"
    TLSv1_2_2021 = "TLSv1.2_2021"
    TLSv1_3_2025 = "TLSv1.3_2025"
    TLSv1_2_2025 = "TLSv1.2_2025"
}

@error("client")
@httpError(400)
structure MissingBody {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchCachePolicy {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchCloudFrontOriginAccessIdentity {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchContinuousDeploymentPolicy {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchDistribution {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchFieldLevelEncryptionConfig {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchFunctionExists {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchInvalidation {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchOrigin {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchOriginAccessControl {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchOriginRequestPolicy {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchPublicKey {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchRealtimeLogConfig {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchResource {
    Message: string
}

@error("client")
@httpError(404)
structure NoSuchResponseHeadersPolicy {
    Message: string
}

structure Origin {
    @required
    Id: string

    @required
    DomainName: string
    OriginPath: string
    CustomHeaders: CustomHeaders
    S3OriginConfig: S3OriginConfig
    CustomOriginConfig: CustomOriginConfig

    @nephele#refused
    VpcOriginConfig: VpcOriginConfig
    ConnectionAttempts: integer
    ConnectionTimeout: integer
    ResponseCompletionTimeout: integer
    OriginShield: OriginShield
    OriginAccessControlId: string
}

structure OriginAccessControl {
    @required
    Id: string
    OriginAccessControlConfig: OriginAccessControlConfig
}

@error("client")
@httpError(409)
structure OriginAccessControlAlreadyExists {
    Message: string
}

structure OriginAccessControlConfig {
    @required
    Name: string
    Description: string

    @required
    SigningProtocol: OriginAccessControlSigningProtocols

    @required
    SigningBehavior: OriginAccessControlSigningBehaviors

    @required
    OriginAccessControlOriginType: OriginAccessControlOriginTypes
}

@error("client")
@httpError(409)
structure OriginAccessControlInUse {
    Message: string
}

structure OriginAccessControlList {
    @required
    Marker: string
    NextMarker: string

    @required
    MaxItems: integer

    @required
    IsTruncated: boolean

    @required
    Quantity: integer
    Items: OriginAccessControlSummaryList
}

enum OriginAccessControlOriginTypes {
    s3 = "s3"
    mediastore = "mediastore"
    mediapackagev2 = "mediapackagev2"
    lambda = "lambda"
}

enum OriginAccessControlSigningBehaviors {
    never = "never"
    always = "always"
    no_override = "no-override"
}

enum OriginAccessControlSigningProtocols {
    sigv4 = "sigv4"
}

structure OriginAccessControlSummary {
    @required
    Id: string

    @required
    Description: string

    @required
    Name: string

    @required
    SigningProtocol: OriginAccessControlSigningProtocols

    @required
    SigningBehavior: OriginAccessControlSigningBehaviors

    @required
    OriginAccessControlOriginType: OriginAccessControlOriginTypes
}

list OriginAccessControlSummaryList {
    @xmlName("OriginAccessControlSummary")
    member: OriginAccessControlSummary
}

structure OriginCustomHeader {
    @required
    HeaderName: string

    @required
    HeaderValue: sensitiveStringType
}

list OriginCustomHeadersList {
    @xmlName("OriginCustomHeader")
    member: OriginCustomHeader
}

structure OriginGroup {
    @required
    Id: string

    @required
    FailoverCriteria: OriginGroupFailoverCriteria

    @required
    Members: OriginGroupMembers

    @nephele#refused(off: "default")
    SelectionCriteria: OriginGroupSelectionCriteria
}

structure OriginGroupFailoverCriteria {
    @required
    StatusCodes: StatusCodes
}

list OriginGroupList {
    @xmlName("OriginGroup")
    member: OriginGroup
}

structure OriginGroupMember {
    @required
    OriginId: string
}

@length(min: 2, max: 2)
list OriginGroupMemberList {
    @xmlName("OriginGroupMember")
    member: OriginGroupMember
}

structure OriginGroupMembers {
    @required
    Quantity: integer

    @required
    Items: OriginGroupMemberList
}

enum OriginGroupSelectionCriteria {
    default = "default"
    media_quality_based = "media-quality-based"
}

structure OriginGroups {
    @required
    Quantity: integer
    Items: OriginGroupList
}

@length(min: 1)
list OriginList {
    @xmlName("Origin")
    member: Origin
}

structure OriginMtlsConfig {
    @required
    ClientCertificateArn: string
}

enum OriginProtocolPolicy {
    http_only = "http-only"
    match_viewer = "match-viewer"
    https_only = "https-only"
}

structure OriginRequestPolicy {
    @required
    Id: string

    @required
    LastModifiedTime: timestamp

    @required
    OriginRequestPolicyConfig: OriginRequestPolicyConfig
}

@error("client")
@httpError(409)
structure OriginRequestPolicyAlreadyExists {
    Message: string
}

structure OriginRequestPolicyConfig {
    Comment: string

    @required
    Name: string

    @required
    HeadersConfig: OriginRequestPolicyHeadersConfig

    @required
    CookiesConfig: OriginRequestPolicyCookiesConfig

    @required
    QueryStringsConfig: OriginRequestPolicyQueryStringsConfig
}

enum OriginRequestPolicyCookieBehavior {
    none = "none"
    whitelist = "whitelist"
    all = "all"
    allExcept = "allExcept"
}

structure OriginRequestPolicyCookiesConfig {
    @required
    CookieBehavior: OriginRequestPolicyCookieBehavior
    Cookies: CookieNames
}

enum OriginRequestPolicyHeaderBehavior {
    none = "none"
    whitelist = "whitelist"
    allViewer = "allViewer"
    allViewerAndWhitelistCloudFront = "allViewerAndWhitelistCloudFront"
    allExcept = "allExcept"
}

structure OriginRequestPolicyHeadersConfig {
    @required
    HeaderBehavior: OriginRequestPolicyHeaderBehavior
    Headers: Headers
}

@error("client")
@httpError(409)
structure OriginRequestPolicyInUse {
    Message: string
}

structure OriginRequestPolicyList {
    NextMarker: string

    @required
    MaxItems: integer

    @required
    Quantity: integer
    Items: OriginRequestPolicySummaryList
}

enum OriginRequestPolicyQueryStringBehavior {
    none = "none"
    whitelist = "whitelist"
    all = "all"
    allExcept = "allExcept"
}

structure OriginRequestPolicyQueryStringsConfig {
    @required
    QueryStringBehavior: OriginRequestPolicyQueryStringBehavior
    QueryStrings: QueryStringNames
}

structure OriginRequestPolicySummary {
    @required
    Type: OriginRequestPolicyType

    @required
    OriginRequestPolicy: OriginRequestPolicy
}

list OriginRequestPolicySummaryList {
    @xmlName("OriginRequestPolicySummary")
    member: OriginRequestPolicySummary
}

enum OriginRequestPolicyType {
    managed = "managed"
    custom = "custom"
}

structure OriginShield {
    @required
    Enabled: boolean
    OriginShieldRegion: OriginShieldRegion
}

@length(min: 1, max: 32)
@pattern("^[a-z]{2}-[a-z]+-\\d$")
string OriginShieldRegion

structure OriginSslProtocols {
    @required
    Quantity: integer

    @required
    Items: SslProtocolsList
}

structure Origins {
    @required
    Quantity: integer

    @required
    Items: OriginList
}

structure ParameterDefinition {
    @required
    Name: ParameterName

    @required
    Definition: ParameterDefinitionSchema
}

structure ParameterDefinitionSchema {
    StringSchema: StringSchemaConfig
}

list ParameterDefinitions {
    member: ParameterDefinition
}

@length(min: 1, max: 128)
@pattern("^[a-zA-Z0-9-_]+$")
string ParameterName

@length(min: 1, max: 256)
string ParameterValue

structure ParametersInCacheKeyAndForwardedToOrigin {
    @required
    EnableAcceptEncodingGzip: boolean
    EnableAcceptEncodingBrotli: boolean

    @required
    HeadersConfig: CachePolicyHeadersConfig

    @required
    CookiesConfig: CachePolicyCookiesConfig

    @required
    QueryStringsConfig: CachePolicyQueryStringsConfig
}

list PathList {
    @xmlName("Path")
    member: string
}

structure Paths {
    @required
    Quantity: integer
    Items: PathList
}

@error("client")
@httpError(412)
structure PreconditionFailed {
    Message: string
}

enum PriceClass {
    PriceClass_100 = "PriceClass_100"
    PriceClass_200 = "PriceClass_200"
    PriceClass_All = "PriceClass_All"
    None = "None"
}

structure PublicKey {
    @required
    Id: string

    @required
    CreatedTime: timestamp

    @required
    PublicKeyConfig: PublicKeyConfig
}

@error("client")
@httpError(409)
structure PublicKeyAlreadyExists {
    Message: string
}

structure PublicKeyConfig {
    @required
    CallerReference: string

    @required
    Name: string

    @required
    EncodedKey: string
    Comment: string
}

list PublicKeyIdList {
    @xmlName("PublicKey")
    member: string
}

@error("client")
@httpError(409)
structure PublicKeyInUse {
    Message: string
}

structure PublicKeyList {
    NextMarker: string

    @required
    MaxItems: integer

    @required
    Quantity: integer
    Items: PublicKeySummaryList
}

structure PublicKeySummary {
    @required
    Id: string

    @required
    Name: string

    @required
    CreatedTime: timestamp

    @required
    EncodedKey: string
    Comment: string
}

list PublicKeySummaryList {
    @xmlName("PublicKeySummary")
    member: PublicKeySummary
}

structure PublishFunctionRequest {
    @required
    @httpLabel
    Name: FunctionName

    @required
    @httpHeader("If-Match")
    IfMatch: string
}

structure PublishFunctionResult {
    @httpPayload
    FunctionSummary: FunctionSummary
}

structure QueryStringCacheKeys {
    @required
    Quantity: integer
    Items: QueryStringCacheKeysList
}

list QueryStringCacheKeysList {
    @xmlName("Name")
    member: string
}

structure QueryStringNames {
    @required
    Quantity: integer
    Items: QueryStringNamesList
}

list QueryStringNamesList {
    @xmlName("Name")
    member: string
}

@error("client")
@httpError(401)
structure RealtimeLogConfigOwnerMismatch {
    Message: string
}

enum ReferrerPolicyList {
    no_referrer = "no-referrer"
    no_referrer_when_downgrade = "no-referrer-when-downgrade"
    origin = "origin"
    origin_when_cross_origin = "origin-when-cross-origin"
    same_origin = "same-origin"
    strict_origin = "strict-origin"
    strict_origin_when_cross_origin = "strict-origin-when-cross-origin"
    unsafe_url = "unsafe-url"
}

@pattern("^arn:aws(-cn)?:cloudfront::[0-9]+:.*$")
string ResourceARN

@length(min: 1, max: 64)
string ResourceId

@error("client")
@httpError(409)
structure ResourceInUse {
    Message: string
}

structure ResponseHeadersPolicy {
    @required
    Id: string

    @required
    LastModifiedTime: timestamp

    @required
    ResponseHeadersPolicyConfig: ResponseHeadersPolicyConfig
}

structure ResponseHeadersPolicyAccessControlAllowHeaders {
    @required
    Quantity: integer

    @required
    Items: AccessControlAllowHeadersList
}

structure ResponseHeadersPolicyAccessControlAllowMethods {
    @required
    Quantity: integer

    @required
    Items: AccessControlAllowMethodsList
}

enum ResponseHeadersPolicyAccessControlAllowMethodsValues {
    GET = "GET"
    POST = "POST"
    OPTIONS = "OPTIONS"
    PUT = "PUT"
    DELETE = "DELETE"
    PATCH = "PATCH"
    HEAD = "HEAD"
    ALL = "ALL"
}

structure ResponseHeadersPolicyAccessControlAllowOrigins {
    @required
    Quantity: integer

    @required
    Items: AccessControlAllowOriginsList
}

structure ResponseHeadersPolicyAccessControlExposeHeaders {
    @required
    Quantity: integer
    Items: AccessControlExposeHeadersList
}

@error("client")
@httpError(409)
structure ResponseHeadersPolicyAlreadyExists {
    Message: string
}

structure ResponseHeadersPolicyConfig {
    Comment: string

    @required
    Name: string
    CorsConfig: ResponseHeadersPolicyCorsConfig
    SecurityHeadersConfig: ResponseHeadersPolicySecurityHeadersConfig
    ServerTimingHeadersConfig: ResponseHeadersPolicyServerTimingHeadersConfig
    CustomHeadersConfig: ResponseHeadersPolicyCustomHeadersConfig
    RemoveHeadersConfig: ResponseHeadersPolicyRemoveHeadersConfig
}

structure ResponseHeadersPolicyContentSecurityPolicy {
    @required
    Override: boolean

    @required
    ContentSecurityPolicy: string
}

structure ResponseHeadersPolicyContentTypeOptions {
    @required
    Override: boolean
}

structure ResponseHeadersPolicyCorsConfig {
    @required
    AccessControlAllowOrigins: ResponseHeadersPolicyAccessControlAllowOrigins

    @required
    AccessControlAllowHeaders: ResponseHeadersPolicyAccessControlAllowHeaders

    @required
    AccessControlAllowMethods: ResponseHeadersPolicyAccessControlAllowMethods

    @required
    AccessControlAllowCredentials: boolean
    AccessControlExposeHeaders: ResponseHeadersPolicyAccessControlExposeHeaders
    AccessControlMaxAgeSec: integer

    @required
    OriginOverride: boolean
}

structure ResponseHeadersPolicyCustomHeader {
    @required
    Header: string

    @required
    Value: string

    @required
    Override: boolean
}

list ResponseHeadersPolicyCustomHeaderList {
    @xmlName("ResponseHeadersPolicyCustomHeader")
    member: ResponseHeadersPolicyCustomHeader
}

structure ResponseHeadersPolicyCustomHeadersConfig {
    @required
    Quantity: integer
    Items: ResponseHeadersPolicyCustomHeaderList
}

structure ResponseHeadersPolicyFrameOptions {
    @required
    Override: boolean

    @required
    FrameOption: FrameOptionsList
}

@error("client")
@httpError(409)
structure ResponseHeadersPolicyInUse {
    Message: string
}

structure ResponseHeadersPolicyList {
    NextMarker: string

    @required
    MaxItems: integer

    @required
    Quantity: integer
    Items: ResponseHeadersPolicySummaryList
}

structure ResponseHeadersPolicyReferrerPolicy {
    @required
    Override: boolean

    @required
    ReferrerPolicy: ReferrerPolicyList
}

structure ResponseHeadersPolicyRemoveHeader {
    @required
    Header: string
}

list ResponseHeadersPolicyRemoveHeaderList {
    @xmlName("ResponseHeadersPolicyRemoveHeader")
    member: ResponseHeadersPolicyRemoveHeader
}

structure ResponseHeadersPolicyRemoveHeadersConfig {
    @required
    Quantity: integer
    Items: ResponseHeadersPolicyRemoveHeaderList
}

structure ResponseHeadersPolicySecurityHeadersConfig {
    XSSProtection: ResponseHeadersPolicyXSSProtection
    FrameOptions: ResponseHeadersPolicyFrameOptions
    ReferrerPolicy: ResponseHeadersPolicyReferrerPolicy
    ContentSecurityPolicy: ResponseHeadersPolicyContentSecurityPolicy
    ContentTypeOptions: ResponseHeadersPolicyContentTypeOptions
    StrictTransportSecurity: ResponseHeadersPolicyStrictTransportSecurity
}

structure ResponseHeadersPolicyServerTimingHeadersConfig {
    @required
    Enabled: boolean
    SamplingRate: SamplingRate
}

structure ResponseHeadersPolicyStrictTransportSecurity {
    @required
    Override: boolean
    IncludeSubdomains: boolean
    Preload: boolean

    @required
    AccessControlMaxAgeSec: integer
}

structure ResponseHeadersPolicySummary {
    @required
    Type: ResponseHeadersPolicyType

    @required
    ResponseHeadersPolicy: ResponseHeadersPolicy
}

list ResponseHeadersPolicySummaryList {
    @xmlName("ResponseHeadersPolicySummary")
    member: ResponseHeadersPolicySummary
}

enum ResponseHeadersPolicyType {
    managed = "managed"
    custom = "custom"
}

structure ResponseHeadersPolicyXSSProtection {
    @required
    Override: boolean

    @required
    Protection: boolean
    ModeBlock: boolean
    ReportUri: string
}

structure Restrictions {
    @required
    GeoRestriction: GeoRestriction
}

structure S3OriginConfig {
    @required
    OriginAccessIdentity: string
    OriginReadTimeout: integer
}

enum SSLSupportMethod {
    sni_only = "sni-only"
    vip = "vip"
    static_ip = "static-ip"
}

@range(min: 0.0, max: 100.0)
double SamplingRate

@length(min: 0, max: 32)
string ServerCertificateId

structure Signer {
    AwsAccountNumber: string
    KeyPairIds: KeyPairIds
}

list SignerList {
    @xmlName("Signer")
    member: Signer
}

enum SslProtocol {
    SSLv3 = "SSLv3"
    TLSv1 = "TLSv1"
    TLSv1_1 = "TLSv1.1"
    TLSv1_2 = "TLSv1.2"
}

list SslProtocolsList {
    @xmlName("SslProtocol")
    member: SslProtocol
}

@error("client")
@httpError(409)
structure StagingDistributionInUse {
    Message: string
}

@length(min: 1)
list StatusCodeList {
    @xmlName("StatusCode")
    member: integer
}

structure StatusCodes {
    @required
    Quantity: integer

    @required
    Items: StatusCodeList
}

structure StringSchemaConfig {
    Comment: sensitiveStringType
    DefaultValue: ParameterValue

    @required
    Required: boolean
}

structure Tag {
    @required
    Key: TagKey
    Value: TagValue
}

@length(min: 1, max: 128)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagKey

list TagKeyList {
    @xmlName("Key")
    member: TagKey
}

structure TagKeys {
    Items: TagKeyList
}

list TagList {
    @xmlName("Tag")
    member: Tag
}

structure TagResourceRequest {
    @required
    @httpQuery("Resource")
    Resource: ResourceARN

    @required
    @httpPayload
    @xmlName("Tags")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    Tags: Tags
}

@length(min: 0, max: 256)
@pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")
string TagValue

structure Tags {
    Items: TagList
}

structure TenantConfig {
    ParameterDefinitions: ParameterDefinitions
}

@error("server")
@httpError(500)
structure TestFunctionFailed {
    Message: string
}

@xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
structure TestFunctionRequest {
    @required
    @httpLabel
    Name: FunctionName

    @required
    @httpHeader("If-Match")
    IfMatch: string
    Stage: FunctionStage

    @required
    EventObject: FunctionEventObject
}

structure TestFunctionResult {
    @httpPayload
    TestResult: TestResult
}

structure TestResult {
    FunctionSummary: FunctionSummary
    ComputeUtilization: string
    FunctionExecutionLogs: FunctionExecutionLogList
    FunctionErrorMessage: sensitiveStringType
    FunctionOutput: sensitiveStringType
}

@error("client")
@httpError(400)
structure TooLongCSPInResponseHeadersPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCacheBehaviors {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCachePolicies {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCertificates {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCloudFrontOriginAccessIdentities {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCookieNamesInWhiteList {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCookiesInCachePolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCookiesInOriginRequestPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyCustomHeadersInResponseHeadersPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionCNAMEs {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributions {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsAssociatedToCachePolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsAssociatedToFieldLevelEncryptionConfig {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsAssociatedToKeyGroup {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsAssociatedToOriginAccessControl {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsAssociatedToOriginRequestPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsAssociatedToResponseHeadersPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsWithFunctionAssociations {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsWithLambdaAssociations {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyDistributionsWithSingleFunctionARN {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyFunctionAssociations {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyFunctions {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyHeadersInCachePolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyHeadersInForwardedValues {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyHeadersInOriginRequestPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyInvalidationsInProgress {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyKeyGroups {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyKeyGroupsAssociatedToDistribution {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyLambdaFunctionAssociations {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyOriginAccessControls {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyOriginCustomHeaders {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyOriginGroupsPerDistribution {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyOriginRequestPolicies {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyOrigins {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyPublicKeys {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyPublicKeysInKeyGroup {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyQueryStringParameters {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyQueryStringsInCachePolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyQueryStringsInOriginRequestPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyRemoveHeadersInResponseHeadersPolicy {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyResponseHeadersPolicies {
    Message: string
}

@error("client")
@httpError(400)
structure TooManyTrustedSigners {
    Message: string
}

structure TrustStoreConfig {
    @required
    TrustStoreId: string
    AdvertiseTrustStoreCaNames: boolean
    IgnoreCertificateExpiry: boolean
}

@error("client")
@httpError(400)
structure TrustedKeyGroupDoesNotExist {
    Message: string
}

list TrustedKeyGroupIdList {
    @xmlName("KeyGroup")
    member: string
}

structure TrustedKeyGroups {
    @required
    Enabled: boolean

    @required
    Quantity: integer
    Items: TrustedKeyGroupIdList
}

@error("client")
@httpError(400)
structure TrustedSignerDoesNotExist {
    Message: string
}

structure TrustedSigners {
    @required
    Enabled: boolean

    @required
    Quantity: integer
    Items: AwsAccountNumberList
}

@error("client")
@httpError(400)
structure UnsupportedOperation {
    Message: string
}

structure UntagResourceRequest {
    @required
    @httpQuery("Resource")
    Resource: ResourceARN

    @required
    @httpPayload
    @xmlName("TagKeys")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    TagKeys: TagKeys
}

structure UpdateCachePolicyRequest {
    @required
    @httpPayload
    @xmlName("CachePolicyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    CachePolicyConfig: CachePolicyConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdateCachePolicyResult {
    @httpPayload
    CachePolicy: CachePolicy

    @httpHeader("ETag")
    ETag: string
}

structure UpdateCloudFrontOriginAccessIdentityRequest {
    @required
    @httpPayload
    @xmlName("CloudFrontOriginAccessIdentityConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    CloudFrontOriginAccessIdentityConfig: CloudFrontOriginAccessIdentityConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdateCloudFrontOriginAccessIdentityResult {
    @httpPayload
    CloudFrontOriginAccessIdentity: CloudFrontOriginAccessIdentity

    @httpHeader("ETag")
    ETag: string
}

structure UpdateDistributionRequest {
    @required
    @httpPayload
    @xmlName("DistributionConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    DistributionConfig: DistributionConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdateDistributionResult {
    @httpPayload
    Distribution: Distribution

    @httpHeader("ETag")
    ETag: string
}

@xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
structure UpdateFunctionRequest {
    @required
    @httpLabel
    Name: FunctionName

    @required
    @httpHeader("If-Match")
    IfMatch: string

    @required
    FunctionConfig: FunctionConfig

    @required
    FunctionCode: FunctionBlob
}

structure UpdateFunctionResult {
    @httpPayload
    FunctionSummary: FunctionSummary

    @httpHeader("ETtag")
    ETag: string
}

structure UpdateKeyGroupRequest {
    @required
    @httpPayload
    @xmlName("KeyGroupConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    KeyGroupConfig: KeyGroupConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdateKeyGroupResult {
    @httpPayload
    KeyGroup: KeyGroup

    @httpHeader("ETag")
    ETag: string
}

structure UpdateOriginAccessControlRequest {
    @required
    @httpPayload
    @xmlName("OriginAccessControlConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    OriginAccessControlConfig: OriginAccessControlConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdateOriginAccessControlResult {
    @httpPayload
    OriginAccessControl: OriginAccessControl

    @httpHeader("ETag")
    ETag: string
}

structure UpdateOriginRequestPolicyRequest {
    @required
    @httpPayload
    @xmlName("OriginRequestPolicyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    OriginRequestPolicyConfig: OriginRequestPolicyConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdateOriginRequestPolicyResult {
    @httpPayload
    OriginRequestPolicy: OriginRequestPolicy

    @httpHeader("ETag")
    ETag: string
}

structure UpdatePublicKeyRequest {
    @required
    @httpPayload
    @xmlName("PublicKeyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    PublicKeyConfig: PublicKeyConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdatePublicKeyResult {
    @httpPayload
    PublicKey: PublicKey

    @httpHeader("ETag")
    ETag: string
}

structure UpdateResponseHeadersPolicyRequest {
    @required
    @httpPayload
    @xmlName("ResponseHeadersPolicyConfig")
    @xmlNamespace(uri: "http://cloudfront.amazonaws.com/doc/2020-05-31/")
    ResponseHeadersPolicyConfig: ResponseHeadersPolicyConfig

    @required
    @httpLabel
    Id: string

    @httpHeader("If-Match")
    IfMatch: string
}

structure UpdateResponseHeadersPolicyResult {
    @httpPayload
    ResponseHeadersPolicy: ResponseHeadersPolicy

    @httpHeader("ETag")
    ETag: string
}

structure ViewerCertificate {
    CloudFrontDefaultCertificate: boolean

    @nephele#refused
    IAMCertificateId: ServerCertificateId
    ACMCertificateArn: string
    SSLSupportMethod: SSLSupportMethod
    MinimumProtocolVersion: MinimumProtocolVersion
    Certificate: string
    CertificateSource: CertificateSource
}

structure ViewerMtlsConfig {
    Mode: ViewerMtlsMode
    TrustStoreConfig: TrustStoreConfig
}

enum ViewerMtlsMode {
    required = "required"
    optional = "optional"
    passthrough = "passthrough"
}

enum ViewerProtocolPolicy {
    allow_all = "allow-all"
    https_only = "https-only"
    redirect_to_https = "redirect-to-https"
}

structure VpcOriginConfig {
    @required
    VpcOriginId: string
    OwnerAccountId: string
    OriginReadTimeout: integer
    OriginKeepaliveTimeout: integer
}

@length(min: 0, max: 253)
string aliasString

boolean boolean

@length(min: 0, max: 25)
string distributionIdString

integer integer

@range(max: 100)
integer listConflictingAliasesMaxItemsInteger

long long

@sensitive
string sensitiveStringType

string string

timestamp timestamp
