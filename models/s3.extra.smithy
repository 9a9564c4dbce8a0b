// SPDX-License-Identifier: Apache-2.0
// s3.extra.smithy - the errors that S3 answers and no operation of its model lists. Kept by hand.
$version: "2.0"

namespace com.amazonaws.s3

// Who asks and how it is signed
@error("client") @httpError(403)
structure AccessDenied {}
@error("client") @httpError(403)
structure AccessForbidden {}
@error("client") @httpError(403)
structure AccountProblem {}
@error("client") @httpError(403)
structure AllAccessDisabled {}
@error("client") @httpError(400)
structure AuthorizationHeaderMalformed {}
@error("client") @httpError(400)
structure AuthorizationQueryParametersError {}
@error("client") @httpError(400)
structure CredentialsNotSupported {}
@error("client") @httpError(400)
structure ExpiredToken {}
@error("client") @httpError(403)
structure InvalidAccessKeyId {}
@error("client") @httpError(403)
structure InvalidPayer {}
@error("client") @httpError(403)
structure InvalidSecurity {}
@error("client") @httpError(400)
structure InvalidSignature {}
@error("client") @httpError(400)
structure InvalidToken {}
@error("client") @httpError(403)
structure MissingAuthenticationToken {}
@error("client") @httpError(400)
structure MissingSecurityElement {}
@error("client") @httpError(400)
structure MissingSecurityHeader {}
@error("client") @httpError(403)
structure NotSignedUp {}
@error("client") @httpError(403)
structure RequestTimeTooSkewed {}
@error("client") @httpError(403)
structure SignatureDoesNotMatch {}
@error("client") @httpError(400)
structure TokenRefreshRequired {}
@error("client") @httpError(403)
structure UnauthorizedAccess {}
@error("client") @httpError(403)
structure UnauthorizedAccessError {}
@error("client") @httpError(400)
structure UnsupportedSignature {}

// Where the request went
@error("client") @httpError(400)
structure EndpointNotFound {}
@error("client") @httpError(400)
structure IncorrectEndpoint {}
@error("client") @httpError(400)
structure InvalidAddressingHeader {}
@error("client") @httpError(400)
structure InvalidHostHeader {}
@error("client") @httpError(400)
structure InvalidHttpMethod {}
@error("client") @httpError(403)
structure InvalidRegion {}
@error("client") @httpError(400)
structure InvalidURI {}
@error("client") @httpError(405)
structure MethodNotAllowed {}
@error("client") @httpError(301)
structure PermanentRedirect {}
@error("client") @httpError(400)
structure RequestHeaderSectionTooLarge {}
@error("client") @httpError(307)
structure TemporaryRedirect {}
@error("client") @httpError(403)
structure UnexpectedIPError {}

// The request and its body
@error("client") @httpError(400)
structure BadDigest {}
@error("client") @httpError(400)
structure BadRequest {}
@error("client") @httpError(400)
structure ConnectionClosedByRequester {}
@error("client") @httpError(400)
structure EntityTooLarge {}
@error("client") @httpError(400)
structure EntityTooSmall {}
@error("client") @httpError(400)
structure IncompleteBody {}
@error("client") @httpError(400)
structure InlineDataTooLarge {}
@error("client") @httpError(400)
structure InvalidArgument {}
@error("client") @httpError(400)
structure InvalidDigest {}
@error("client") @httpError(400)
structure InvalidEncryptionAlgorithmError {}
@error("client") @httpError(416)
structure InvalidRange {}
@error("client") @httpError(400)
structure InvalidStorageClass {}
@error("client") @httpError(400)
structure KeyTooLongError {}
@error("client") @httpError(400)
structure MalformedXML {}
@error("client") @httpError(400)
structure MaxMessageLengthExceeded {}
@error("client") @httpError(400)
structure MetadataTooLarge {}
@error("client") @httpError(411)
structure MissingContentLength {}
@error("client") @httpError(400)
structure MissingRequestBodyError {}
@error("client") @httpError(304)
structure NotModified {}
@error("client") @httpError(412)
structure PreconditionFailed {}
@error("client") @httpError(400)
structure RequestTimeout {}
@error("client") @httpError(400)
structure UnexpectedContent {}
@error("client") @httpError(400)
structure UnsupportedArgument {}
@error("client") @httpError(400)
structure XAmzContentChecksumMismatch {}
@error("client") @httpError(400)
structure XAmzContentSHA256Mismatch {}

// Form uploads
@error("client") @httpError(400)
structure IncorrectNumberOfFilesInPostRequest {}
@error("client") @httpError(400)
structure InvalidPolicyDocument {}
@error("client") @httpError(400)
structure MalformedPOSTRequest {}
@error("client") @httpError(400)
structure MaxPostPreDataLengthExceededError {}
@error("client") @httpError(400)
structure RequestIsNotMultiPartContent {}
@error("client") @httpError(400)
structure UserKeyMustBeSpecified {}

// Buckets and their configurations
@error("client") @httpError(400)
structure AccessControlListNotSupported {}
@error("client") @httpError(409)
structure AccessPointAlreadyOwnedByYou {}
@error("client") @httpError(400)
structure AmbiguousGrantByEmailAddress {}
@error("client") @httpError(400)
structure BucketHasAccessPointsAttached {}
@error("client") @httpError(409)
structure BucketNotEmpty {}
@error("client") @httpError(403)
structure CrossLocationLoggingProhibited {}
@error("client") @httpError(400)
structure IllegalLocationConstraintException {}
@error("client") @httpError(400)
structure IllegalVersioningConfigurationException {}
@error("client") @httpError(400)
structure InvalidAccessPoint {}
@error("client") @httpError(400)
structure InvalidAccessPointAliasError {}
@error("client") @httpError(400)
structure InvalidBucketAclWithBlockPublicAccessError {}
@error("client") @httpError(400)
structure InvalidBucketAclWithObjectOwnership {}
@error("client") @httpError(400)
structure InvalidBucketName {}
@error("client") @httpError(400)
structure InvalidBucketOwnerAWSAccountID {}
@error("client") @httpError(409)
structure InvalidBucketState {}
@error("client") @httpError(400)
structure InvalidLocationConstraint {}
@error("client") @httpError(400)
structure InvalidTag {}
@error("client") @httpError(400)
structure InvalidTargetBucketForLogging {}
@error("client") @httpError(400)
structure MalformedACLError {}
@error("client") @httpError(400)
structure MalformedPolicy {}
@error("client") @httpError(400)
structure NoLoggingStatusForKey {}
@error("client") @httpError(404)
structure NoSuchAccessPoint {}
@error("client") @httpError(404)
structure NoSuchBucketPolicy {}
@error("client") @httpError(404)
structure NoSuchCORSConfiguration {}
@error("client") @httpError(404)
structure NoSuchConfiguration {}
@error("client") @httpError(404)
structure NoSuchLifecycleConfiguration {}
@error("client") @httpError(404)
structure NoSuchPublicAccessBlockConfiguration {}
@error("client") @httpError(404)
structure NoSuchTagSet {}
@error("client") @httpError(404)
structure NoSuchWebsiteConfiguration {}
@error("client") @httpError(404)
structure ObjectLockConfigurationNotFoundError {}
@error("client") @httpError(404)
structure OwnershipControlsNotFoundError {}
@error("client") @httpError(404)
structure ReplicationConfigurationNotFoundError {}
@error("client") @httpError(404)
structure ServerSideEncryptionConfigurationNotFoundError {}
@error("client") @httpError(400)
structure TooManyAccessPoints {}
@error("client") @httpError(400)
structure TooManyBuckets {}
@error("client") @httpError(400)
structure TooManyConfigurations {}
@error("client") @httpError(400)
structure UnresolvableGrantByEmailAddress {}

// Objects
@error("client") @httpError(409)
structure ConditionalRequestConflict {}
@error("client") @httpError(400)
structure IdempotencyParameterMismatch {}
@error("client") @httpError(400)
structure InvalidPart {}
@error("client") @httpError(416)
structure InvalidPartNumber {}
@error("client") @httpError(400)
structure InvalidPartOrder {}
@error("client") @httpError(404)
structure NoSuchObjectLockConfiguration {}
@error("client") @httpError(404)
structure NoSuchVersion {}
@error("client") @httpError(403)
structure ObjectAlreadyInActiveTierError {}
@error("client") @httpError(400)
structure RequestTorrentOfBucketError {}
@error("client") @httpError(409)
structure RestoreAlreadyInProgress {}

// Keys of KMS
@error("client") @aws.protocols#awsQueryError(code: "KMS.DisabledException", httpResponseCode: 400) @httpError(400)
structure KMS_DisabledException {}
@error("client") @aws.protocols#awsQueryError(code: "KMS.InvalidKeyUsageException", httpResponseCode: 400) @httpError(400)
structure KMS_InvalidKeyUsageException {}
@error("client") @aws.protocols#awsQueryError(code: "KMS.KMSInvalidStateException", httpResponseCode: 400) @httpError(400)
structure KMS_KMSInvalidStateException {}
@error("client") @aws.protocols#awsQueryError(code: "KMS.NotFoundException", httpResponseCode: 400) @httpError(400)
structure KMS_NotFoundException {}

// The service
@error("client") @httpError(409)
structure ClientTokenConflict {}
@error("server") @httpError(500)
structure InternalError {}
@error("server") @httpError(501)
structure NotImplemented {}
@error("client") @httpError(409)
structure OperationAborted {}
@error("client") @httpError(400)
structure ResponseInterrupted {}
@error("server") @httpError(503)
structure ServiceUnavailable {}
@error("server") @httpError(503)
structure SlowDown {}
