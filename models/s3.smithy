// SPDX-License-Identifier: Apache-2.0
// s3.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.s3

@aws.api#service(sdkId: "S3", endpointPrefix: "s3")
@aws.auth#sigv4(name: "s3")
@aws.protocols#restXml(noErrorWrapping: true)
@xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
@nephele#db("s3")
@nephele#subresources(["abac", "analytics", "intelligent-tiering", "inventory", "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "renameObject", "restore", "select", "session", "torrent"])
service S3 {
    version: "2006-03-01"
    operations: [
        AbortMultipartUpload
        CompleteMultipartUpload
        CopyObject
        CreateBucket
        CreateMultipartUpload
        DeleteBucket
        DeleteBucketCors
        DeleteBucketEncryption
        DeleteBucketLifecycle
        DeleteBucketOwnershipControls
        DeleteBucketPolicy
        DeleteBucketTagging
        DeleteBucketWebsite
        DeleteObject
        DeleteObjectTagging
        DeleteObjects
        DeletePublicAccessBlock
        GetBucketAccelerateConfiguration
        GetBucketAcl
        GetBucketCors
        GetBucketEncryption
        GetBucketLifecycleConfiguration
        GetBucketLocation
        GetBucketLogging
        GetBucketNotificationConfiguration
        GetBucketOwnershipControls
        GetBucketPolicy
        GetBucketPolicyStatus
        GetBucketReplication
        GetBucketRequestPayment
        GetBucketTagging
        GetBucketVersioning
        GetBucketWebsite
        GetObject
        GetObjectAcl
        GetObjectAttributes
        GetObjectLegalHold
        GetObjectLockConfiguration
        GetObjectRetention
        GetObjectTagging
        GetPublicAccessBlock
        HeadBucket
        HeadObject
        ListBuckets
        ListMultipartUploads
        ListObjectVersions
        ListObjects
        ListObjectsV2
        ListParts
        PutBucketAccelerateConfiguration
        PutBucketAcl
        PutBucketCors
        PutBucketEncryption
        PutBucketLifecycleConfiguration
        PutBucketLogging
        PutBucketNotificationConfiguration
        PutBucketOwnershipControls
        PutBucketPolicy
        PutBucketRequestPayment
        PutBucketTagging
        PutBucketVersioning
        PutBucketWebsite
        PutObject
        PutObjectAcl
        PutObjectLegalHold
        PutObjectLockConfiguration
        PutObjectRetention
        PutObjectTagging
        PutPublicAccessBlock
        RestoreObject
        UploadPart
        UploadPartCopy
    ]
}

@http(method: "DELETE", uri: "/{Bucket}/{Key+}", code: 204)
@nephele#data
operation AbortMultipartUpload {
    input: AbortMultipartUploadRequest
    output: AbortMultipartUploadOutput
    errors: [
        NoSuchUpload
    ]
}

// Ten thousand parts with their checksums.
@http(method: "POST", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#bodyLimit(4194304)
@nephele#data
operation CompleteMultipartUpload {
    input: CompleteMultipartUploadRequest
    output: CompleteMultipartUploadOutput
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#data
operation CopyObject {
    input: CopyObjectRequest
    output: CopyObjectOutput
    errors: [
        ObjectNotInActiveTierError
    ]
}

@http(method: "PUT", uri: "/{Bucket}", code: 200)
operation CreateBucket {
    input: CreateBucketRequest
    output: CreateBucketOutput
    errors: [
        BucketAlreadyExists
        BucketAlreadyOwnedByYou
    ]
}

@http(method: "POST", uri: "/{Bucket}/{Key+}?uploads", code: 200)
@nephele#data
operation CreateMultipartUpload {
    input: CreateMultipartUploadRequest
    output: CreateMultipartUploadOutput
}

@http(method: "DELETE", uri: "/{Bucket}", code: 204)
operation DeleteBucket {
    input: DeleteBucketRequest
}

@http(method: "DELETE", uri: "/{Bucket}?cors", code: 204)
operation DeleteBucketCors {
    input: DeleteBucketCorsRequest
}

@http(method: "DELETE", uri: "/{Bucket}?encryption", code: 204)
operation DeleteBucketEncryption {
    input: DeleteBucketEncryptionRequest
}

@http(method: "DELETE", uri: "/{Bucket}?lifecycle", code: 204)
operation DeleteBucketLifecycle {
    input: DeleteBucketLifecycleRequest
}

@http(method: "DELETE", uri: "/{Bucket}?ownershipControls", code: 204)
operation DeleteBucketOwnershipControls {
    input: DeleteBucketOwnershipControlsRequest
}

@http(method: "DELETE", uri: "/{Bucket}?policy", code: 204)
operation DeleteBucketPolicy {
    input: DeleteBucketPolicyRequest
}

@http(method: "DELETE", uri: "/{Bucket}?tagging", code: 204)
operation DeleteBucketTagging {
    input: DeleteBucketTaggingRequest
}

@http(method: "DELETE", uri: "/{Bucket}?website", code: 204)
operation DeleteBucketWebsite {
    input: DeleteBucketWebsiteRequest
}

@http(method: "DELETE", uri: "/{Bucket}/{Key+}", code: 204)
@nephele#data
operation DeleteObject {
    input: DeleteObjectRequest
    output: DeleteObjectOutput
}

@http(method: "DELETE", uri: "/{Bucket}/{Key+}?tagging", code: 204)
@nephele#data
operation DeleteObjectTagging {
    input: DeleteObjectTaggingRequest
    output: DeleteObjectTaggingOutput
}

// A thousand keys of a kilobyte.
@http(method: "POST", uri: "/{Bucket}?delete", code: 200)
@httpChecksumRequired
@nephele#bodyLimit(2097152)
@nephele#data
operation DeleteObjects {
    input: DeleteObjectsRequest
    output: DeleteObjectsOutput
}

@http(method: "DELETE", uri: "/{Bucket}?publicAccessBlock", code: 204)
operation DeletePublicAccessBlock {
    input: DeletePublicAccessBlockRequest
}

@readonly
@http(method: "GET", uri: "/{Bucket}?accelerate", code: 200)
operation GetBucketAccelerateConfiguration {
    input: GetBucketAccelerateConfigurationRequest
    output: GetBucketAccelerateConfigurationOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?acl", code: 200)
operation GetBucketAcl {
    input: GetBucketAclRequest
    output: GetBucketAclOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?cors", code: 200)
operation GetBucketCors {
    input: GetBucketCorsRequest
    output: GetBucketCorsOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?encryption", code: 200)
operation GetBucketEncryption {
    input: GetBucketEncryptionRequest
    output: GetBucketEncryptionOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?lifecycle", code: 200)
operation GetBucketLifecycleConfiguration {
    input: GetBucketLifecycleConfigurationRequest
    output: GetBucketLifecycleConfigurationOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?location", code: 200)
@aws.customizations#s3UnwrappedXmlOutput
operation GetBucketLocation {
    input: GetBucketLocationRequest
    output: GetBucketLocationOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?logging", code: 200)
operation GetBucketLogging {
    input: GetBucketLoggingRequest
    output: GetBucketLoggingOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?notification", code: 200)
operation GetBucketNotificationConfiguration {
    input: GetBucketNotificationConfigurationRequest
    output: NotificationConfiguration
}

@readonly
@http(method: "GET", uri: "/{Bucket}?ownershipControls", code: 200)
operation GetBucketOwnershipControls {
    input: GetBucketOwnershipControlsRequest
    output: GetBucketOwnershipControlsOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?policy", code: 200)
operation GetBucketPolicy {
    input: GetBucketPolicyRequest
    output: GetBucketPolicyOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?policyStatus", code: 200)
operation GetBucketPolicyStatus {
    input: GetBucketPolicyStatusRequest
    output: GetBucketPolicyStatusOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?replication", code: 200)
operation GetBucketReplication {
    input: GetBucketReplicationRequest
    output: GetBucketReplicationOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?requestPayment", code: 200)
operation GetBucketRequestPayment {
    input: GetBucketRequestPaymentRequest
    output: GetBucketRequestPaymentOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?tagging", code: 200)
operation GetBucketTagging {
    input: GetBucketTaggingRequest
    output: GetBucketTaggingOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?versioning", code: 200)
operation GetBucketVersioning {
    input: GetBucketVersioningRequest
    output: GetBucketVersioningOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?website", code: 200)
operation GetBucketWebsite {
    input: GetBucketWebsiteRequest
    output: GetBucketWebsiteOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#data
operation GetObject {
    input: GetObjectRequest
    output: GetObjectOutput
    errors: [
        NoSuchKey
        InvalidObjectState
    ]
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}?acl", code: 200)
@nephele#data
operation GetObjectAcl {
    input: GetObjectAclRequest
    output: GetObjectAclOutput
    errors: [
        NoSuchKey
    ]
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}?attributes", code: 200)
@nephele#data
operation GetObjectAttributes {
    input: GetObjectAttributesRequest
    output: GetObjectAttributesOutput
    errors: [
        NoSuchKey
    ]
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}?legal-hold", code: 200)
@nephele#data
operation GetObjectLegalHold {
    input: GetObjectLegalHoldRequest
    output: GetObjectLegalHoldOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?object-lock", code: 200)
operation GetObjectLockConfiguration {
    input: GetObjectLockConfigurationRequest
    output: GetObjectLockConfigurationOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}?retention", code: 200)
@nephele#data
operation GetObjectRetention {
    input: GetObjectRetentionRequest
    output: GetObjectRetentionOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}?tagging", code: 200)
@nephele#data
operation GetObjectTagging {
    input: GetObjectTaggingRequest
    output: GetObjectTaggingOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?publicAccessBlock", code: 200)
operation GetPublicAccessBlock {
    input: GetPublicAccessBlockRequest
    output: GetPublicAccessBlockOutput
}

@readonly
@http(method: "HEAD", uri: "/{Bucket}", code: 200)
operation HeadBucket {
    input: HeadBucketRequest
    output: HeadBucketOutput
    errors: [
        NoSuchBucket
    ]
}

@readonly
@http(method: "HEAD", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#data
operation HeadObject {
    input: HeadObjectRequest
    output: HeadObjectOutput
    errors: [
        NoSuchKey
    ]
}

@readonly
@http(method: "GET", uri: "/", code: 200)
operation ListBuckets {
    input: ListBucketsRequest
    output: ListBucketsOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?uploads", code: 200)
@nephele#data
operation ListMultipartUploads {
    input: ListMultipartUploadsRequest
    output: ListMultipartUploadsOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?versions", code: 200)
@nephele#data
operation ListObjectVersions {
    input: ListObjectVersionsRequest
    output: ListObjectVersionsOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}", code: 200)
@nephele#data
operation ListObjects {
    input: ListObjectsRequest
    output: ListObjectsOutput
    errors: [
        NoSuchBucket
    ]
}

@readonly
@http(method: "GET", uri: "/{Bucket}?list-type=2", code: 200)
@nephele#data
operation ListObjectsV2 {
    input: ListObjectsV2Request
    output: ListObjectsV2Output
    errors: [
        NoSuchBucket
    ]
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#data
operation ListParts {
    input: ListPartsRequest
    output: ListPartsOutput
}

@http(method: "PUT", uri: "/{Bucket}?accelerate", code: 200)
operation PutBucketAccelerateConfiguration {
    input: PutBucketAccelerateConfigurationRequest
}

@http(method: "PUT", uri: "/{Bucket}?acl", code: 200)
@httpChecksumRequired
operation PutBucketAcl {
    input: PutBucketAclRequest
}

// 64 KiB by the API reference of PutBucketCors; an answer quotes a rule's ExposeHeaders.
@http(method: "PUT", uri: "/{Bucket}?cors", code: 200)
@httpChecksumRequired
@nephele#bodyLimit(65536)
operation PutBucketCors {
    input: PutBucketCorsRequest
}

@http(method: "PUT", uri: "/{Bucket}?encryption", code: 200)
@httpChecksumRequired
operation PutBucketEncryption {
    input: PutBucketEncryptionRequest
}

@http(method: "PUT", uri: "/{Bucket}?lifecycle", code: 200)
@httpChecksumRequired
operation PutBucketLifecycleConfiguration {
    input: PutBucketLifecycleConfigurationRequest
    output: PutBucketLifecycleConfigurationOutput
}

@http(method: "PUT", uri: "/{Bucket}?logging", code: 200)
@httpChecksumRequired
operation PutBucketLogging {
    input: PutBucketLoggingRequest
}

@http(method: "PUT", uri: "/{Bucket}?notification", code: 200)
operation PutBucketNotificationConfiguration {
    input: PutBucketNotificationConfigurationRequest
}

@http(method: "PUT", uri: "/{Bucket}?ownershipControls", code: 200)
@httpChecksumRequired
operation PutBucketOwnershipControls {
    input: PutBucketOwnershipControlsRequest
}

@http(method: "PUT", uri: "/{Bucket}?policy", code: 204)
@httpChecksumRequired
operation PutBucketPolicy {
    input: PutBucketPolicyRequest
}

@http(method: "PUT", uri: "/{Bucket}?requestPayment", code: 200)
@httpChecksumRequired
operation PutBucketRequestPayment {
    input: PutBucketRequestPaymentRequest
}

@http(method: "PUT", uri: "/{Bucket}?tagging", code: 204)
@httpChecksumRequired
operation PutBucketTagging {
    input: PutBucketTaggingRequest
}

@http(method: "PUT", uri: "/{Bucket}?versioning", code: 200)
@httpChecksumRequired
operation PutBucketVersioning {
    input: PutBucketVersioningRequest
}

// 128 KiB by the API reference of PutBucketWebsite; an answer quotes a redirect's HostName and key.
@http(method: "PUT", uri: "/{Bucket}?website", code: 200)
@httpChecksumRequired
@nephele#bodyLimit(131072)
operation PutBucketWebsite {
    input: PutBucketWebsiteRequest
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#data
operation PutObject {
    input: PutObjectRequest
    output: PutObjectOutput
    errors: [
        InvalidRequest
        InvalidWriteOffset
        TooManyParts
        EncryptionTypeMismatch
    ]
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}?acl", code: 200)
@httpChecksumRequired
@nephele#data
operation PutObjectAcl {
    input: PutObjectAclRequest
    output: PutObjectAclOutput
    errors: [
        NoSuchKey
    ]
}

@http(method: "POST", uri: "/{Bucket}/{Key+}?restore", code: 200)
@nephele#data
operation RestoreObject {
    input: RestoreObjectRequest
    output: RestoreObjectOutput
    errors: [
        ObjectAlreadyInActiveTierError
    ]
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}?legal-hold", code: 200)
@httpChecksumRequired
@nephele#data
operation PutObjectLegalHold {
    input: PutObjectLegalHoldRequest
    output: PutObjectLegalHoldOutput
}

@http(method: "PUT", uri: "/{Bucket}?object-lock", code: 200)
@httpChecksumRequired
operation PutObjectLockConfiguration {
    input: PutObjectLockConfigurationRequest
    output: PutObjectLockConfigurationOutput
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}?retention", code: 200)
@httpChecksumRequired
@nephele#data
operation PutObjectRetention {
    input: PutObjectRetentionRequest
    output: PutObjectRetentionOutput
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}?tagging", code: 200)
@httpChecksumRequired
@nephele#data
operation PutObjectTagging {
    input: PutObjectTaggingRequest
    output: PutObjectTaggingOutput
}

@http(method: "PUT", uri: "/{Bucket}?publicAccessBlock", code: 200)
@httpChecksumRequired
operation PutPublicAccessBlock {
    input: PutPublicAccessBlockRequest
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#data
operation UploadPart {
    input: UploadPartRequest
    output: UploadPartOutput
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}", code: 200)
@nephele#data
operation UploadPartCopy {
    input: UploadPartCopyRequest
    output: UploadPartCopyOutput
}

timestamp AbortDate

structure AbortIncompleteMultipartUpload {
    DaysAfterInitiation: DaysAfterInitiation
}

structure AbortMultipartUploadOutput {
    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure AbortMultipartUploadRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @required
    @httpQuery("uploadId")
    UploadId: MultipartUploadId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-if-match-initiated-time")
    IfMatchInitiatedTime: IfMatchInitiatedTime
}

string AbortRuleId

structure AccelerateConfiguration {
    Status: BucketAccelerateStatus
}

string AcceptRanges

structure AccessControlPolicy {
    @xmlName("AccessControlList")
    Grants: Grants
    Owner: Owner
}

structure AccessControlTranslation {
    @required
    Owner: OwnerOverride
}

boolean AccessPointAlias

string AccountId

string AllowedHeader

list AllowedHeaders {
    member: AllowedHeader
}

string AllowedMethod

list AllowedMethods {
    member: AllowedMethod
}

string AllowedOrigin

list AllowedOrigins {
    member: AllowedOrigin
}

enum ArchiveStatus {
    ARCHIVE_ACCESS = "ARCHIVE_ACCESS"
    DEEP_ARCHIVE_ACCESS = "DEEP_ARCHIVE_ACCESS"
}

structure BlockedEncryptionTypes {
    @xmlFlattened
    EncryptionType: EncryptionTypeList
}

structure Bucket {
    Name: BucketName
    CreationDate: CreationDate
    BucketRegion: BucketRegion
    BucketArn: S3RegionalOrS3ExpressBucketArnString
}

enum BucketAccelerateStatus {
    Enabled = "Enabled"
    Suspended = "Suspended"
}

@error("client")
@httpError(409)
structure BucketAlreadyExists {}

@error("client")
@httpError(409)
structure BucketAlreadyOwnedByYou {}

enum BucketCannedACL {
    private = "private"
    public_read = "public-read"
    public_read_write = "public-read-write"
    authenticated_read = "authenticated-read"
    aws_exec_read = "aws-exec-read"
    log_delivery_write = "log-delivery-write"
}

structure BucketInfo {
    DataRedundancy: DataRedundancy
    Type: BucketType
}

boolean BucketKeyEnabled

structure BucketLifecycleConfiguration {
    @required
    @xmlFlattened
    @xmlName("Rule")
    Rules: LifecycleRules
}

enum BucketLocationConstraint {
    af_south_1 = "af-south-1"
    ap_east_1 = "ap-east-1"
    ap_east_2 = "ap-east-2"
    ap_northeast_1 = "ap-northeast-1"
    ap_northeast_2 = "ap-northeast-2"
    ap_northeast_3 = "ap-northeast-3"
    ap_south_1 = "ap-south-1"
    ap_south_2 = "ap-south-2"
    ap_southeast_1 = "ap-southeast-1"
    ap_southeast_2 = "ap-southeast-2"
    ap_southeast_3 = "ap-southeast-3"
    ap_southeast_4 = "ap-southeast-4"
    ap_southeast_5 = "ap-southeast-5"
    ap_southeast_6 = "ap-southeast-6"
    ap_southeast_7 = "ap-southeast-7"
    ca_central_1 = "ca-central-1"
    ca_west_1 = "ca-west-1"
    cn_north_1 = "cn-north-1"
    cn_northwest_1 = "cn-northwest-1"
    EU = "EU"
    eu_central_1 = "eu-central-1"
    eu_central_2 = "eu-central-2"
    eu_north_1 = "eu-north-1"
    eu_south_1 = "eu-south-1"
    eu_south_2 = "eu-south-2"
    eu_west_1 = "eu-west-1"
    eu_west_2 = "eu-west-2"
    eu_west_3 = "eu-west-3"
    il_central_1 = "il-central-1"
    me_central_1 = "me-central-1"
    me_south_1 = "me-south-1"
    mx_central_1 = "mx-central-1"
    sa_east_1 = "sa-east-1"
    us_east_2 = "us-east-2"
    us_gov_east_1 = "us-gov-east-1"
    us_gov_west_1 = "us-gov-west-1"
    us_west_1 = "us-west-1"
    us_west_2 = "us-west-2"
}

string BucketLocationName

structure BucketLoggingStatus {
    LoggingEnabled: LoggingEnabled
}

enum BucketLogsPermission {
    FULL_CONTROL = "FULL_CONTROL"
    READ = "READ"
    WRITE = "WRITE"
}

string BucketName

enum BucketNamespace {
    account_regional = "account-regional"
    global = "global"
}

string BucketRegion

enum BucketType {
    Directory = "Directory"
}

enum BucketVersioningStatus {
    Enabled = "Enabled"
    Suspended = "Suspended"
}

list Buckets {
    @xmlName("Bucket")
    member: Bucket
}

boolean BypassGovernanceRetention

structure CORSConfiguration {
    @required
    @xmlFlattened
    @xmlName("CORSRule")
    CORSRules: CORSRules
}

structure CORSRule {
    ID: ID

    @xmlFlattened
    @xmlName("AllowedHeader")
    AllowedHeaders: AllowedHeaders

    @required
    @xmlFlattened
    @xmlName("AllowedMethod")
    AllowedMethods: AllowedMethods

    @required
    @xmlFlattened
    @xmlName("AllowedOrigin")
    AllowedOrigins: AllowedOrigins

    @xmlFlattened
    @xmlName("ExposeHeader")
    ExposeHeaders: ExposeHeaders
    MaxAgeSeconds: MaxAgeSeconds
}

list CORSRules {
    member: CORSRule
}

string CacheControl

structure Checksum {
    ChecksumCRC32: ChecksumCRC32
    ChecksumCRC32C: ChecksumCRC32C
    ChecksumCRC64NVME: ChecksumCRC64NVME
    ChecksumSHA1: ChecksumSHA1
    ChecksumSHA256: ChecksumSHA256
    ChecksumSHA512: ChecksumSHA512
    ChecksumMD5: ChecksumMD5
    ChecksumXXHASH64: ChecksumXXHASH64
    ChecksumXXHASH3: ChecksumXXHASH3
    ChecksumXXHASH128: ChecksumXXHASH128
    ChecksumType: ChecksumType
}

enum ChecksumAlgorithm {
    CRC32 = "CRC32"
    CRC32C = "CRC32C"
    SHA1 = "SHA1"
    SHA256 = "SHA256"
    CRC64NVME = "CRC64NVME"
    SHA512 = "SHA512"
    MD5 = "MD5"
    XXHASH64 = "XXHASH64"
    XXHASH3 = "XXHASH3"
    XXHASH128 = "XXHASH128"
}

list ChecksumAlgorithmList {
    member: ChecksumAlgorithm
}

string ChecksumCRC32

string ChecksumCRC32C

string ChecksumCRC64NVME

string ChecksumMD5

enum ChecksumMode {
    ENABLED = "ENABLED"
}

string ChecksumSHA1

string ChecksumSHA256

string ChecksumSHA512

enum ChecksumType {
    COMPOSITE = "COMPOSITE"
    FULL_OBJECT = "FULL_OBJECT"
}

string ChecksumXXHASH128

string ChecksumXXHASH3

string ChecksumXXHASH64

string Code

structure CommonPrefix {
    Prefix: Prefix
}

list CommonPrefixList {
    member: CommonPrefix
}

@xmlName("CompleteMultipartUploadResult")
structure CompleteMultipartUploadOutput {
    Location: Location
    Bucket: BucketName
    Key: ObjectKey

    @httpHeader("x-amz-expiration")
    Expiration: Expiration
    ETag: ETag
    ChecksumCRC32: ChecksumCRC32
    ChecksumCRC32C: ChecksumCRC32C
    ChecksumCRC64NVME: ChecksumCRC64NVME
    ChecksumSHA1: ChecksumSHA1
    ChecksumSHA256: ChecksumSHA256
    ChecksumSHA512: ChecksumSHA512
    ChecksumMD5: ChecksumMD5
    ChecksumXXHASH64: ChecksumXXHASH64
    ChecksumXXHASH3: ChecksumXXHASH3
    ChecksumXXHASH128: ChecksumXXHASH128
    ChecksumType: ChecksumType

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure CompleteMultipartUploadRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpPayload
    @xmlName("CompleteMultipartUpload")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    MultipartUpload: CompletedMultipartUpload

    @required
    @httpQuery("uploadId")
    UploadId: MultipartUploadId

    @httpHeader("x-amz-checksum-crc32")
    ChecksumCRC32: ChecksumCRC32

    @httpHeader("x-amz-checksum-crc32c")
    ChecksumCRC32C: ChecksumCRC32C

    @httpHeader("x-amz-checksum-crc64nvme")
    ChecksumCRC64NVME: ChecksumCRC64NVME

    @httpHeader("x-amz-checksum-sha1")
    ChecksumSHA1: ChecksumSHA1

    @httpHeader("x-amz-checksum-sha256")
    ChecksumSHA256: ChecksumSHA256

    @httpHeader("x-amz-checksum-sha512")
    ChecksumSHA512: ChecksumSHA512

    @httpHeader("x-amz-checksum-md5")
    ChecksumMD5: ChecksumMD5

    @httpHeader("x-amz-checksum-xxhash64")
    ChecksumXXHASH64: ChecksumXXHASH64

    @httpHeader("x-amz-checksum-xxhash3")
    ChecksumXXHASH3: ChecksumXXHASH3

    @httpHeader("x-amz-checksum-xxhash128")
    ChecksumXXHASH128: ChecksumXXHASH128

    @httpHeader("x-amz-checksum-type")
    ChecksumType: ChecksumType

    @httpHeader("x-amz-mp-object-size")
    MpuObjectSize: MpuObjectSize

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("If-Match")
    IfMatch: IfMatch

    @httpHeader("If-None-Match")
    IfNoneMatch: IfNoneMatch

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5
}

structure CompletedMultipartUpload {
    @xmlFlattened
    @xmlName("Part")
    Parts: CompletedPartList
}

structure CompletedPart {
    ETag: ETag
    ChecksumCRC32: ChecksumCRC32
    ChecksumCRC32C: ChecksumCRC32C
    ChecksumCRC64NVME: ChecksumCRC64NVME
    ChecksumSHA1: ChecksumSHA1
    ChecksumSHA256: ChecksumSHA256
    ChecksumSHA512: ChecksumSHA512
    ChecksumMD5: ChecksumMD5
    ChecksumXXHASH64: ChecksumXXHASH64
    ChecksumXXHASH3: ChecksumXXHASH3
    ChecksumXXHASH128: ChecksumXXHASH128
    PartNumber: PartNumber
}

list CompletedPartList {
    member: CompletedPart
}

structure Condition {
    HttpErrorCodeReturnedEquals: HttpErrorCodeReturnedEquals
    KeyPrefixEquals: KeyPrefixEquals
}

boolean ConfirmRemoveSelfBucketAccess

string ContentDisposition

string ContentEncoding

string ContentLanguage

long ContentLength

string ContentMD5

string ContentRange

string ContentType

structure CopyObjectOutput {
    @httpPayload
    CopyObjectResult: CopyObjectResult

    @httpHeader("x-amz-expiration")
    Expiration: Expiration

    @httpHeader("x-amz-copy-source-version-id")
    CopySourceVersionId: CopySourceVersionId

    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-context")
    SSEKMSEncryptionContext: SSEKMSEncryptionContext

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure CopyObjectRequest {
    @httpHeader("x-amz-acl")
    ACL: ObjectCannedACL

    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Cache-Control")
    CacheControl: CacheControl

    @httpHeader("x-amz-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("Content-Disposition")
    ContentDisposition: ContentDisposition

    @httpHeader("Content-Encoding")
    ContentEncoding: ContentEncoding

    @httpHeader("Content-Language")
    ContentLanguage: ContentLanguage

    @httpHeader("Content-Type")
    ContentType: ContentType

    @required
    @httpHeader("x-amz-copy-source")
    CopySource: CopySource

    @httpHeader("x-amz-copy-source-if-match")
    CopySourceIfMatch: CopySourceIfMatch

    @httpHeader("x-amz-copy-source-if-modified-since")
    CopySourceIfModifiedSince: CopySourceIfModifiedSince

    @httpHeader("x-amz-copy-source-if-none-match")
    CopySourceIfNoneMatch: CopySourceIfNoneMatch

    @httpHeader("x-amz-copy-source-if-unmodified-since")
    CopySourceIfUnmodifiedSince: CopySourceIfUnmodifiedSince

    @httpHeader("Expires")
    Expires: Expires

    @httpHeader("x-amz-grant-full-control")
    GrantFullControl: GrantFullControl

    @httpHeader("x-amz-grant-read")
    GrantRead: GrantRead

    @httpHeader("x-amz-grant-read-acp")
    GrantReadACP: GrantReadACP

    @httpHeader("x-amz-grant-write-acp")
    GrantWriteACP: GrantWriteACP

    @httpHeader("If-Match")
    IfMatch: IfMatch

    @httpHeader("If-None-Match")
    IfNoneMatch: IfNoneMatch

    @required
    @httpLabel
    Key: ObjectKey

    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata

    @httpHeader("x-amz-metadata-directive")
    MetadataDirective: MetadataDirective

    @httpHeader("x-amz-tagging-directive")
    TaggingDirective: TaggingDirective

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-storage-class")
    StorageClass: StorageClass

    @httpHeader("x-amz-website-redirect-location")
    WebsiteRedirectLocation: WebsiteRedirectLocation

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-context")
    SSEKMSEncryptionContext: SSEKMSEncryptionContext

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-copy-source-server-side-encryption-customer-algorithm")
    CopySourceSSECustomerAlgorithm: CopySourceSSECustomerAlgorithm

    @httpHeader("x-amz-copy-source-server-side-encryption-customer-key")
    CopySourceSSECustomerKey: CopySourceSSECustomerKey

    @httpHeader("x-amz-copy-source-server-side-encryption-customer-key-MD5")
    CopySourceSSECustomerKeyMD5: CopySourceSSECustomerKeyMD5

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-tagging")
    Tagging: TaggingHeader

    @httpHeader("x-amz-object-lock-mode")
    ObjectLockMode: ObjectLockMode

    @httpHeader("x-amz-object-lock-retain-until-date")
    ObjectLockRetainUntilDate: ObjectLockRetainUntilDate

    @httpHeader("x-amz-object-lock-legal-hold")
    ObjectLockLegalHoldStatus: ObjectLockLegalHoldStatus

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-source-expected-bucket-owner")
    ExpectedSourceBucketOwner: AccountId
}

structure CopyObjectResult {
    ETag: ETag
    LastModified: LastModified
    ChecksumType: ChecksumType
    ChecksumCRC32: ChecksumCRC32
    ChecksumCRC32C: ChecksumCRC32C
    ChecksumCRC64NVME: ChecksumCRC64NVME
    ChecksumSHA1: ChecksumSHA1
    ChecksumSHA256: ChecksumSHA256
    ChecksumSHA512: ChecksumSHA512
    ChecksumMD5: ChecksumMD5
    ChecksumXXHASH64: ChecksumXXHASH64
    ChecksumXXHASH3: ChecksumXXHASH3
    ChecksumXXHASH128: ChecksumXXHASH128
}

structure CopyPartResult {
    ETag: ETag
    LastModified: LastModified
    ChecksumCRC32: ChecksumCRC32
    ChecksumCRC32C: ChecksumCRC32C
    ChecksumCRC64NVME: ChecksumCRC64NVME
    ChecksumSHA1: ChecksumSHA1
    ChecksumSHA256: ChecksumSHA256
    ChecksumSHA512: ChecksumSHA512
    ChecksumMD5: ChecksumMD5
    ChecksumXXHASH64: ChecksumXXHASH64
    ChecksumXXHASH3: ChecksumXXHASH3
    ChecksumXXHASH128: ChecksumXXHASH128
}

// The slash between bucket and key may be percent-encoded as well.
@pattern("^.+$")
string CopySource

string CopySourceIfMatch

timestamp CopySourceIfModifiedSince

string CopySourceIfNoneMatch

timestamp CopySourceIfUnmodifiedSince

string CopySourceRange

string CopySourceSSECustomerAlgorithm

@sensitive
string CopySourceSSECustomerKey

string CopySourceSSECustomerKeyMD5

string CopySourceVersionId

structure CreateBucketConfiguration {
    LocationConstraint: BucketLocationConstraint
    Location: LocationInfo
    Bucket: BucketInfo
    Tags: TagSet
}

structure CreateBucketOutput {
    @httpHeader("Location")
    Location: Location

    @httpHeader("x-amz-bucket-arn")
    BucketArn: S3RegionalOrS3ExpressBucketArnString
}

structure CreateBucketRequest {
    @httpHeader("x-amz-acl")
    ACL: BucketCannedACL

    @required
    @httpLabel
    Bucket: BucketName

    @httpPayload
    @xmlName("CreateBucketConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    CreateBucketConfiguration: CreateBucketConfiguration

    @httpHeader("x-amz-grant-full-control")
    GrantFullControl: GrantFullControl

    @httpHeader("x-amz-grant-read")
    GrantRead: GrantRead

    @httpHeader("x-amz-grant-read-acp")
    GrantReadACP: GrantReadACP

    @httpHeader("x-amz-grant-write")
    GrantWrite: GrantWrite

    @httpHeader("x-amz-grant-write-acp")
    GrantWriteACP: GrantWriteACP

    @httpHeader("x-amz-bucket-object-lock-enabled")
    ObjectLockEnabledForBucket: ObjectLockEnabledForBucket

    @httpHeader("x-amz-object-ownership")
    ObjectOwnership: ObjectOwnership

    @httpHeader("x-amz-bucket-namespace")
    BucketNamespace: BucketNamespace
}

@xmlName("InitiateMultipartUploadResult")
structure CreateMultipartUploadOutput {
    @httpHeader("x-amz-abort-date")
    AbortDate: AbortDate

    @httpHeader("x-amz-abort-rule-id")
    AbortRuleId: AbortRuleId
    Bucket: BucketName
    Key: ObjectKey
    UploadId: MultipartUploadId

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-context")
    SSEKMSEncryptionContext: SSEKMSEncryptionContext

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged

    @httpHeader("x-amz-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-checksum-type")
    ChecksumType: ChecksumType
}

structure CreateMultipartUploadRequest {
    @httpHeader("x-amz-acl")
    ACL: ObjectCannedACL

    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Cache-Control")
    CacheControl: CacheControl

    @httpHeader("Content-Disposition")
    ContentDisposition: ContentDisposition

    @httpHeader("Content-Encoding")
    ContentEncoding: ContentEncoding

    @httpHeader("Content-Language")
    ContentLanguage: ContentLanguage

    @httpHeader("Content-Type")
    ContentType: ContentType

    @httpHeader("Expires")
    Expires: Expires

    @httpHeader("x-amz-grant-full-control")
    GrantFullControl: GrantFullControl

    @httpHeader("x-amz-grant-read")
    GrantRead: GrantRead

    @httpHeader("x-amz-grant-read-acp")
    GrantReadACP: GrantReadACP

    @httpHeader("x-amz-grant-write-acp")
    GrantWriteACP: GrantWriteACP

    @required
    @httpLabel
    Key: ObjectKey

    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-storage-class")
    StorageClass: StorageClass

    @httpHeader("x-amz-website-redirect-location")
    WebsiteRedirectLocation: WebsiteRedirectLocation

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-context")
    SSEKMSEncryptionContext: SSEKMSEncryptionContext

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-tagging")
    Tagging: TaggingHeader

    @httpHeader("x-amz-object-lock-mode")
    ObjectLockMode: ObjectLockMode

    @httpHeader("x-amz-object-lock-retain-until-date")
    ObjectLockRetainUntilDate: ObjectLockRetainUntilDate

    @httpHeader("x-amz-object-lock-legal-hold")
    ObjectLockLegalHoldStatus: ObjectLockLegalHoldStatus

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-checksum-type")
    ChecksumType: ChecksumType
}

timestamp CreationDate

enum DataRedundancy {
    SingleAvailabilityZone = "SingleAvailabilityZone"
    SingleLocalZone = "SingleLocalZone"
}

@timestampFormat("date-time")
timestamp Date

integer Days

integer DaysAfterInitiation

structure DefaultRetention {
    Mode: ObjectLockRetentionMode
    Days: Days
    Years: Years
}

structure Delete {
    @required
    @xmlFlattened
    @xmlName("Object")
    Objects: ObjectIdentifierList
    Quiet: Quiet
}

structure DeleteBucketCorsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeleteBucketEncryptionRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeleteBucketLifecycleRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeleteBucketOwnershipControlsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeleteBucketPolicyRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeleteBucketRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeleteBucketTaggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeleteBucketWebsiteRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

boolean DeleteMarker

structure DeleteMarkerEntry {
    Owner: Owner
    Key: ObjectKey
    VersionId: ObjectVersionId
    IsLatest: IsLatest
    LastModified: LastModified
}

structure DeleteMarkerReplication {
    Status: DeleteMarkerReplicationStatus
}

enum DeleteMarkerReplicationStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

string DeleteMarkerVersionId

list DeleteMarkers {
    member: DeleteMarkerEntry
}

structure DeleteObjectOutput {
    @httpHeader("x-amz-delete-marker")
    DeleteMarker: DeleteMarker

    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure DeleteObjectRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpHeader("x-amz-mfa")
    MFA: MFA

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-bypass-governance-retention")
    BypassGovernanceRetention: BypassGovernanceRetention

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("If-Match")
    IfMatch: IfMatch

    @httpHeader("x-amz-if-match-last-modified-time")
    IfMatchLastModifiedTime: IfMatchLastModifiedTime

    @httpHeader("x-amz-if-match-size")
    IfMatchSize: IfMatchSize
}

structure DeleteObjectTaggingOutput {
    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId
}

structure DeleteObjectTaggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("DeleteResult")
structure DeleteObjectsOutput {
    @xmlFlattened
    Deleted: DeletedObjects

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged

    @xmlFlattened
    @xmlName("Error")
    Errors: Errors
}

structure DeleteObjectsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpPayload
    @xmlName("Delete")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    Delete: Delete

    @httpHeader("x-amz-mfa")
    MFA: MFA

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-bypass-governance-retention")
    BypassGovernanceRetention: BypassGovernanceRetention

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm
}

structure DeletePublicAccessBlockRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure DeletedObject {
    Key: ObjectKey
    VersionId: ObjectVersionId
    DeleteMarker: DeleteMarker
    DeleteMarkerVersionId: DeleteMarkerVersionId
}

list DeletedObjects {
    member: DeletedObject
}

string Delimiter

structure Destination {
    @required
    Bucket: BucketName
    Account: AccountId
    StorageClass: StorageClass
    AccessControlTranslation: AccessControlTranslation
    EncryptionConfiguration: EncryptionConfiguration
    ReplicationTime: ReplicationTime
    Metrics: Metrics
}

string DisplayName

string ETag

string EmailAddress

enum EncodingType {
    url = "url"
}

structure EncryptionConfiguration {
    ReplicaKmsKeyID: ReplicaKmsKeyID
}

enum EncryptionType {
    NONE = "NONE"
    SSE_C = "SSE-C"
}

list EncryptionTypeList {
    @xmlName("EncryptionType")
    member: EncryptionType
}

@error("client")
@httpError(400)
structure EncryptionTypeMismatch {}

structure Error {
    Key: ObjectKey
    VersionId: ObjectVersionId
    Code: Code
    Message: Message
}

structure ErrorDocument {
    @required
    Key: ObjectKey
}

list Errors {
    member: Error
}

enum Event {
    s3_ReducedRedundancyLostObject = "s3:ReducedRedundancyLostObject"
    s3_ObjectCreated = "s3:ObjectCreated:*"
    s3_ObjectCreated_Put = "s3:ObjectCreated:Put"
    s3_ObjectCreated_Post = "s3:ObjectCreated:Post"
    s3_ObjectCreated_Copy = "s3:ObjectCreated:Copy"
    s3_ObjectCreated_CompleteMultipartUpload = "s3:ObjectCreated:CompleteMultipartUpload"
    s3_ObjectRemoved = "s3:ObjectRemoved:*"
    s3_ObjectRemoved_Delete = "s3:ObjectRemoved:Delete"
    s3_ObjectRemoved_DeleteMarkerCreated = "s3:ObjectRemoved:DeleteMarkerCreated"
    s3_ObjectRestore = "s3:ObjectRestore:*"
    s3_ObjectRestore_Post = "s3:ObjectRestore:Post"
    s3_ObjectRestore_Completed = "s3:ObjectRestore:Completed"
    s3_Replication = "s3:Replication:*"
    s3_Replication_OperationFailedReplication = "s3:Replication:OperationFailedReplication"
    s3_Replication_OperationNotTracked = "s3:Replication:OperationNotTracked"
    s3_Replication_OperationMissedThreshold = "s3:Replication:OperationMissedThreshold"
    s3_Replication_OperationReplicatedAfterThreshold = "s3:Replication:OperationReplicatedAfterThreshold"
    s3_ObjectRestore_Delete = "s3:ObjectRestore:Delete"
    s3_LifecycleTransition = "s3:LifecycleTransition"
    s3_IntelligentTiering = "s3:IntelligentTiering"
    s3_ObjectAcl_Put = "s3:ObjectAcl:Put"
    s3_LifecycleExpiration = "s3:LifecycleExpiration:*"
    s3_LifecycleExpiration_Delete = "s3:LifecycleExpiration:Delete"
    s3_LifecycleExpiration_DeleteMarkerCreated = "s3:LifecycleExpiration:DeleteMarkerCreated"
    s3_ObjectTagging = "s3:ObjectTagging:*"
    s3_ObjectTagging_Put = "s3:ObjectTagging:Put"
    s3_ObjectTagging_Delete = "s3:ObjectTagging:Delete"
}

structure EventBridgeConfiguration {}

list EventList {
    member: Event
}

structure ExistingObjectReplication {
    @required
    Status: ExistingObjectReplicationStatus
}

enum ExistingObjectReplicationStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

string Expiration

enum ExpirationStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

boolean ExpiredObjectDeleteMarker

string Expires

string ExposeHeader

list ExposeHeaders {
    member: ExposeHeader
}

boolean FetchOwner

structure FilterRule {
    Name: FilterRuleName
    Value: FilterRuleValue
}

list FilterRuleList {
    member: FilterRule
}

// In any case of letters, which an enum cannot say; the handler checks it.
string FilterRuleName

string FilterRuleValue

@xmlName("AccelerateConfiguration")
structure GetBucketAccelerateConfigurationOutput {
    Status: BucketAccelerateStatus

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure GetBucketAccelerateConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer
}

@xmlName("AccessControlPolicy")
structure GetBucketAclOutput {
    Owner: Owner

    @xmlName("AccessControlList")
    Grants: Grants
}

structure GetBucketAclRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("CORSConfiguration")
structure GetBucketCorsOutput {
    @xmlFlattened
    @xmlName("CORSRule")
    CORSRules: CORSRules
}

structure GetBucketCorsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetBucketEncryptionOutput {
    @httpPayload
    ServerSideEncryptionConfiguration: ServerSideEncryptionConfiguration
}

structure GetBucketEncryptionRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("LifecycleConfiguration")
structure GetBucketLifecycleConfigurationOutput {
    @xmlFlattened
    @xmlName("Rule")
    Rules: LifecycleRules

    @httpHeader("x-amz-transition-default-minimum-object-size")
    TransitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize
}

structure GetBucketLifecycleConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetBucketLocationOutput {
    LocationConstraint: BucketLocationConstraint
}

structure GetBucketLocationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("BucketLoggingStatus")
structure GetBucketLoggingOutput {
    LoggingEnabled: LoggingEnabled
}

structure GetBucketLoggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetBucketNotificationConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetBucketOwnershipControlsOutput {
    @httpPayload
    OwnershipControls: OwnershipControls
}

structure GetBucketOwnershipControlsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetBucketPolicyOutput {
    @httpPayload
    Policy: Policy
}

structure GetBucketPolicyRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetBucketPolicyStatusOutput {
    @httpPayload
    PolicyStatus: PolicyStatus
}

structure GetBucketPolicyStatusRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetBucketReplicationOutput {
    @httpPayload
    ReplicationConfiguration: ReplicationConfiguration
}

structure GetBucketReplicationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("RequestPaymentConfiguration")
structure GetBucketRequestPaymentOutput {
    Payer: Payer
}

structure GetBucketRequestPaymentRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("Tagging")
structure GetBucketTaggingOutput {
    @required
    TagSet: TagSet
}

structure GetBucketTaggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("VersioningConfiguration")
structure GetBucketVersioningOutput {
    Status: BucketVersioningStatus

    @xmlName("MfaDelete")
    MFADelete: MFADeleteStatus
}

structure GetBucketVersioningRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("WebsiteConfiguration")
structure GetBucketWebsiteOutput {
    RedirectAllRequestsTo: RedirectAllRequestsTo
    IndexDocument: IndexDocument
    ErrorDocument: ErrorDocument
    RoutingRules: RoutingRules
}

structure GetBucketWebsiteRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("AccessControlPolicy")
structure GetObjectAclOutput {
    Owner: Owner

    @xmlName("AccessControlList")
    Grants: Grants

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure GetObjectAclRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("GetObjectAttributesResponse")
structure GetObjectAttributesOutput {
    @httpHeader("x-amz-delete-marker")
    DeleteMarker: DeleteMarker

    @httpHeader("Last-Modified")
    LastModified: LastModified

    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
    ETag: ETag
    Checksum: Checksum
    ObjectParts: GetObjectAttributesParts
    StorageClass: StorageClass
    ObjectSize: ObjectSize
}

structure GetObjectAttributesParts {
    @xmlName("PartsCount")
    TotalPartsCount: PartsCount
    PartNumberMarker: PartNumberMarker
    NextPartNumberMarker: NextPartNumberMarker
    MaxParts: MaxParts
    IsTruncated: IsTruncated

    @xmlFlattened
    @xmlName("Part")
    Parts: PartsList
}

structure GetObjectAttributesRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-max-parts")
    MaxParts: MaxParts

    @httpHeader("x-amz-part-number-marker")
    PartNumberMarker: PartNumberMarker

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @required
    @httpHeader("x-amz-object-attributes")
    ObjectAttributes: ObjectAttributesList
}

structure GetObjectLegalHoldOutput {
    @httpPayload
    @xmlName("LegalHold")
    LegalHold: ObjectLockLegalHold
}

structure GetObjectLegalHoldRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetObjectLockConfigurationOutput {
    @httpPayload
    ObjectLockConfiguration: ObjectLockConfiguration
}

structure GetObjectLockConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure GetObjectOutput {
    @httpPayload
    Body: StreamingBody

    @httpHeader("x-amz-delete-marker")
    DeleteMarker: DeleteMarker

    @httpHeader("accept-ranges")
    AcceptRanges: AcceptRanges

    @httpHeader("x-amz-expiration")
    Expiration: Expiration

    @httpHeader("x-amz-restore")
    Restore: Restore

    @httpHeader("Last-Modified")
    LastModified: LastModified

    @httpHeader("Content-Length")
    ContentLength: ContentLength

    @httpHeader("ETag")
    ETag: ETag

    @httpHeader("x-amz-checksum-crc32")
    ChecksumCRC32: ChecksumCRC32

    @httpHeader("x-amz-checksum-crc32c")
    ChecksumCRC32C: ChecksumCRC32C

    @httpHeader("x-amz-checksum-crc64nvme")
    ChecksumCRC64NVME: ChecksumCRC64NVME

    @httpHeader("x-amz-checksum-sha1")
    ChecksumSHA1: ChecksumSHA1

    @httpHeader("x-amz-checksum-sha256")
    ChecksumSHA256: ChecksumSHA256

    @httpHeader("x-amz-checksum-sha512")
    ChecksumSHA512: ChecksumSHA512

    @httpHeader("x-amz-checksum-md5")
    ChecksumMD5: ChecksumMD5

    @httpHeader("x-amz-checksum-xxhash64")
    ChecksumXXHASH64: ChecksumXXHASH64

    @httpHeader("x-amz-checksum-xxhash3")
    ChecksumXXHASH3: ChecksumXXHASH3

    @httpHeader("x-amz-checksum-xxhash128")
    ChecksumXXHASH128: ChecksumXXHASH128

    @httpHeader("x-amz-checksum-type")
    ChecksumType: ChecksumType

    @httpHeader("x-amz-missing-meta")
    MissingMeta: MissingMeta

    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @httpHeader("Cache-Control")
    CacheControl: CacheControl

    @httpHeader("Content-Disposition")
    ContentDisposition: ContentDisposition

    @httpHeader("Content-Encoding")
    ContentEncoding: ContentEncoding

    @httpHeader("Content-Language")
    ContentLanguage: ContentLanguage

    @httpHeader("Content-Range")
    ContentRange: ContentRange

    @httpHeader("Content-Type")
    ContentType: ContentType

    @httpHeader("Expires")
    Expires: Expires

    @httpHeader("x-amz-website-redirect-location")
    WebsiteRedirectLocation: WebsiteRedirectLocation

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-storage-class")
    StorageClass: StorageClass

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged

    @httpHeader("x-amz-replication-status")
    ReplicationStatus: ReplicationStatus

    @httpHeader("x-amz-mp-parts-count")
    PartsCount: PartsCount

    @httpHeader("x-amz-tagging-count")
    TagCount: TagCount

    @httpHeader("x-amz-object-lock-mode")
    ObjectLockMode: ObjectLockMode

    @httpHeader("x-amz-object-lock-retain-until-date")
    ObjectLockRetainUntilDate: ObjectLockRetainUntilDate

    @httpHeader("x-amz-object-lock-legal-hold")
    ObjectLockLegalHoldStatus: ObjectLockLegalHoldStatus
}

structure GetObjectRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("If-Match")
    IfMatch: IfMatch

    @httpHeader("If-Modified-Since")
    IfModifiedSince: IfModifiedSince

    @httpHeader("If-None-Match")
    IfNoneMatch: IfNoneMatch

    @httpHeader("If-Unmodified-Since")
    IfUnmodifiedSince: IfUnmodifiedSince

    @required
    @httpLabel
    Key: ObjectKey

    @httpHeader("Range")
    Range: Range

    @httpQuery("response-cache-control")
    ResponseCacheControl: ResponseCacheControl

    @httpQuery("response-content-disposition")
    ResponseContentDisposition: ResponseContentDisposition

    @httpQuery("response-content-encoding")
    ResponseContentEncoding: ResponseContentEncoding

    @httpQuery("response-content-language")
    ResponseContentLanguage: ResponseContentLanguage

    @httpQuery("response-content-type")
    ResponseContentType: ResponseContentType

    @httpQuery("response-expires")
    ResponseExpires: ResponseExpires

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpQuery("partNumber")
    PartNumber: PartNumber

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-checksum-mode")
    ChecksumMode: ChecksumMode
}

structure GetObjectRetentionOutput {
    @httpPayload
    @xmlName("Retention")
    Retention: ObjectLockRetention
}

structure GetObjectRetentionRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

@xmlName("Tagging")
structure GetObjectTaggingOutput {
    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @required
    TagSet: TagSet
}

structure GetObjectTaggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer
}

structure GetPublicAccessBlockOutput {
    @httpPayload
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration
}

structure GetPublicAccessBlockRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure Grant {
    Grantee: Grantee
    Permission: Permission
}

string GrantFullControl

string GrantRead

string GrantReadACP

string GrantWrite

string GrantWriteACP

@xmlNamespace(uri: "http://www.w3.org/2001/XMLSchema-instance", prefix: "xsi")
structure Grantee {
    DisplayName: DisplayName
    EmailAddress: EmailAddress
    ID: ID

    @required
    @xmlName("xsi:type")
    @xmlAttribute
    Type: Type
    URI: URI
}

list Grants {
    @xmlName("Grant")
    member: Grant
}

structure HeadBucketOutput {
    @httpHeader("x-amz-bucket-arn")
    BucketArn: S3RegionalOrS3ExpressBucketArnString

    @httpHeader("x-amz-bucket-location-type")
    BucketLocationType: LocationType

    @httpHeader("x-amz-bucket-location-name")
    BucketLocationName: BucketLocationName

    @httpHeader("x-amz-bucket-region")
    BucketRegion: Region

    @httpHeader("x-amz-access-point-alias")
    AccessPointAlias: AccessPointAlias
}

structure HeadBucketRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure HeadObjectOutput {
    @httpHeader("x-amz-delete-marker")
    DeleteMarker: DeleteMarker

    @httpHeader("accept-ranges")
    AcceptRanges: AcceptRanges

    @httpHeader("x-amz-expiration")
    Expiration: Expiration

    @httpHeader("x-amz-restore")
    Restore: Restore

    @httpHeader("x-amz-archive-status")
    ArchiveStatus: ArchiveStatus

    @httpHeader("Last-Modified")
    LastModified: LastModified

    @httpHeader("Content-Length")
    ContentLength: ContentLength

    @httpHeader("x-amz-checksum-crc32")
    ChecksumCRC32: ChecksumCRC32

    @httpHeader("x-amz-checksum-crc32c")
    ChecksumCRC32C: ChecksumCRC32C

    @httpHeader("x-amz-checksum-crc64nvme")
    ChecksumCRC64NVME: ChecksumCRC64NVME

    @httpHeader("x-amz-checksum-sha1")
    ChecksumSHA1: ChecksumSHA1

    @httpHeader("x-amz-checksum-sha256")
    ChecksumSHA256: ChecksumSHA256

    @httpHeader("x-amz-checksum-sha512")
    ChecksumSHA512: ChecksumSHA512

    @httpHeader("x-amz-checksum-md5")
    ChecksumMD5: ChecksumMD5

    @httpHeader("x-amz-checksum-xxhash64")
    ChecksumXXHASH64: ChecksumXXHASH64

    @httpHeader("x-amz-checksum-xxhash3")
    ChecksumXXHASH3: ChecksumXXHASH3

    @httpHeader("x-amz-checksum-xxhash128")
    ChecksumXXHASH128: ChecksumXXHASH128

    @httpHeader("x-amz-checksum-type")
    ChecksumType: ChecksumType

    @httpHeader("ETag")
    ETag: ETag

    @httpHeader("x-amz-missing-meta")
    MissingMeta: MissingMeta

    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @httpHeader("Cache-Control")
    CacheControl: CacheControl

    @httpHeader("Content-Disposition")
    ContentDisposition: ContentDisposition

    @httpHeader("Content-Encoding")
    ContentEncoding: ContentEncoding

    @httpHeader("Content-Language")
    ContentLanguage: ContentLanguage

    @httpHeader("Content-Type")
    ContentType: ContentType

    @httpHeader("Content-Range")
    ContentRange: ContentRange

    @httpHeader("Expires")
    Expires: Expires

    @httpHeader("x-amz-website-redirect-location")
    WebsiteRedirectLocation: WebsiteRedirectLocation

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-storage-class")
    StorageClass: StorageClass

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged

    @httpHeader("x-amz-replication-status")
    ReplicationStatus: ReplicationStatus

    @httpHeader("x-amz-mp-parts-count")
    PartsCount: PartsCount

    @httpHeader("x-amz-tagging-count")
    TagCount: TagCount

    @httpHeader("x-amz-object-lock-mode")
    ObjectLockMode: ObjectLockMode

    @httpHeader("x-amz-object-lock-retain-until-date")
    ObjectLockRetainUntilDate: ObjectLockRetainUntilDate

    @httpHeader("x-amz-object-lock-legal-hold")
    ObjectLockLegalHoldStatus: ObjectLockLegalHoldStatus
}

structure HeadObjectRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("If-Match")
    IfMatch: IfMatch

    @httpHeader("If-Modified-Since")
    IfModifiedSince: IfModifiedSince

    @httpHeader("If-None-Match")
    IfNoneMatch: IfNoneMatch

    @httpHeader("If-Unmodified-Since")
    IfUnmodifiedSince: IfUnmodifiedSince

    @required
    @httpLabel
    Key: ObjectKey

    @httpHeader("Range")
    Range: Range

    @httpQuery("response-cache-control")
    ResponseCacheControl: ResponseCacheControl

    @httpQuery("response-content-disposition")
    ResponseContentDisposition: ResponseContentDisposition

    @httpQuery("response-content-encoding")
    ResponseContentEncoding: ResponseContentEncoding

    @httpQuery("response-content-language")
    ResponseContentLanguage: ResponseContentLanguage

    @httpQuery("response-content-type")
    ResponseContentType: ResponseContentType

    @httpQuery("response-expires")
    ResponseExpires: ResponseExpires

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpQuery("partNumber")
    PartNumber: PartNumber

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-checksum-mode")
    ChecksumMode: ChecksumMode
}

string HostName

string HttpErrorCodeReturnedEquals

string HttpRedirectCode

string ID

string IfMatch

@timestampFormat("http-date")
timestamp IfMatchInitiatedTime

@timestampFormat("http-date")
timestamp IfMatchLastModifiedTime

long IfMatchSize

timestamp IfModifiedSince

string IfNoneMatch

timestamp IfUnmodifiedSince

structure IndexDocument {
    @required
    Suffix: Suffix
}

timestamp Initiated

structure Initiator {
    ID: ID
    DisplayName: DisplayName
}

enum IntelligentTieringAccessTier {
    ARCHIVE_ACCESS = "ARCHIVE_ACCESS"
    DEEP_ARCHIVE_ACCESS = "DEEP_ARCHIVE_ACCESS"
}

@error("client")
@httpError(403)
structure InvalidObjectState {
    StorageClass: StorageClass
    AccessTier: IntelligentTieringAccessTier
}

@error("client")
@httpError(400)
structure InvalidRequest {}

@error("client")
@httpError(400)
structure InvalidWriteOffset {}

boolean IsLatest

boolean IsPublic

boolean IsRestoreInProgress

boolean IsTruncated

integer KeyCount

string KeyMarker

string KeyPrefixEquals

string LambdaFunctionArn

structure LambdaFunctionConfiguration {
    Id: NotificationId

    @required
    @xmlName("CloudFunction")
    LambdaFunctionArn: LambdaFunctionArn

    @required
    @xmlFlattened
    @xmlName("Event")
    Events: EventList
    Filter: NotificationConfigurationFilter
}

list LambdaFunctionConfigurationList {
    member: LambdaFunctionConfiguration
}

timestamp LastModified

@timestampFormat("http-date")
timestamp LastModifiedTime

structure LifecycleExpiration {
    Date: Date
    Days: Days
    ExpiredObjectDeleteMarker: ExpiredObjectDeleteMarker
}

structure LifecycleRule {
    Expiration: LifecycleExpiration
    ID: ID
    Prefix: Prefix
    Filter: LifecycleRuleFilter

    @required
    Status: ExpirationStatus

    @xmlFlattened
    @xmlName("Transition")
    Transitions: TransitionList

    @xmlFlattened
    @xmlName("NoncurrentVersionTransition")
    NoncurrentVersionTransitions: NoncurrentVersionTransitionList
    NoncurrentVersionExpiration: NoncurrentVersionExpiration
    AbortIncompleteMultipartUpload: AbortIncompleteMultipartUpload
}

structure LifecycleRuleAndOperator {
    Prefix: Prefix

    @xmlFlattened
    @xmlName("Tag")
    Tags: TagSet
    ObjectSizeGreaterThan: ObjectSizeGreaterThanBytes
    ObjectSizeLessThan: ObjectSizeLessThanBytes
}

structure LifecycleRuleFilter {
    Prefix: Prefix
    Tag: Tag
    ObjectSizeGreaterThan: ObjectSizeGreaterThanBytes
    ObjectSizeLessThan: ObjectSizeLessThanBytes
    And: LifecycleRuleAndOperator
}

list LifecycleRules {
    member: LifecycleRule
}

@xmlName("ListAllMyBucketsResult")
structure ListBucketsOutput {
    Buckets: Buckets
    Owner: Owner
    ContinuationToken: NextToken
    Prefix: Prefix
}

structure ListBucketsRequest {
    @httpQuery("max-buckets")
    MaxBuckets: MaxBuckets

    @httpQuery("continuation-token")
    ContinuationToken: Token

    @httpQuery("prefix")
    Prefix: Prefix

    @httpQuery("bucket-region")
    BucketRegion: BucketRegion
}

@xmlName("ListMultipartUploadsResult")
structure ListMultipartUploadsOutput {
    Bucket: BucketName
    KeyMarker: KeyMarker
    UploadIdMarker: UploadIdMarker
    NextKeyMarker: NextKeyMarker
    Prefix: Prefix
    Delimiter: Delimiter
    NextUploadIdMarker: NextUploadIdMarker
    MaxUploads: MaxUploads
    IsTruncated: IsTruncated

    @xmlFlattened
    @xmlName("Upload")
    Uploads: MultipartUploadList

    @xmlFlattened
    CommonPrefixes: CommonPrefixList
    EncodingType: EncodingType

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure ListMultipartUploadsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpQuery("delimiter")
    Delimiter: Delimiter

    @httpQuery("encoding-type")
    EncodingType: EncodingType

    @httpQuery("key-marker")
    KeyMarker: KeyMarker

    @httpQuery("max-uploads")
    MaxUploads: MaxUploads

    @httpQuery("prefix")
    Prefix: Prefix

    @httpQuery("upload-id-marker")
    UploadIdMarker: UploadIdMarker

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer
}

@xmlName("ListVersionsResult")
structure ListObjectVersionsOutput {
    IsTruncated: IsTruncated
    KeyMarker: KeyMarker
    VersionIdMarker: VersionIdMarker
    NextKeyMarker: NextKeyMarker
    NextVersionIdMarker: NextVersionIdMarker

    @xmlFlattened
    @xmlName("Version")
    Versions: ObjectVersionList

    @xmlFlattened
    @xmlName("DeleteMarker")
    DeleteMarkers: DeleteMarkers
    Name: BucketName
    Prefix: Prefix
    Delimiter: Delimiter
    MaxKeys: MaxKeys

    @xmlFlattened
    CommonPrefixes: CommonPrefixList
    EncodingType: EncodingType

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure ListObjectVersionsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpQuery("delimiter")
    Delimiter: Delimiter

    @httpQuery("encoding-type")
    EncodingType: EncodingType

    @httpQuery("key-marker")
    KeyMarker: KeyMarker

    @httpQuery("max-keys")
    MaxKeys: MaxKeys

    @httpQuery("prefix")
    Prefix: Prefix

    @httpQuery("version-id-marker")
    VersionIdMarker: VersionIdMarker

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-optional-object-attributes")
    OptionalObjectAttributes: OptionalObjectAttributesList
}

@xmlName("ListBucketResult")
structure ListObjectsOutput {
    IsTruncated: IsTruncated
    Marker: Marker
    NextMarker: NextMarker

    @xmlFlattened
    Contents: ObjectList
    Name: BucketName
    Prefix: Prefix
    Delimiter: Delimiter
    MaxKeys: MaxKeys

    @xmlFlattened
    CommonPrefixes: CommonPrefixList
    EncodingType: EncodingType

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure ListObjectsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpQuery("delimiter")
    Delimiter: Delimiter

    @httpQuery("encoding-type")
    EncodingType: EncodingType

    @httpQuery("marker")
    Marker: Marker

    @httpQuery("max-keys")
    MaxKeys: MaxKeys

    @httpQuery("prefix")
    Prefix: Prefix

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-optional-object-attributes")
    OptionalObjectAttributes: OptionalObjectAttributesList
}

@xmlName("ListBucketResult")
structure ListObjectsV2Output {
    IsTruncated: IsTruncated

    @xmlFlattened
    Contents: ObjectList
    Name: BucketName
    Prefix: Prefix
    Delimiter: Delimiter
    MaxKeys: MaxKeys

    @xmlFlattened
    CommonPrefixes: CommonPrefixList
    EncodingType: EncodingType
    KeyCount: KeyCount
    ContinuationToken: Token
    NextContinuationToken: NextToken
    StartAfter: StartAfter

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure ListObjectsV2Request {
    @required
    @httpLabel
    Bucket: BucketName

    @httpQuery("delimiter")
    Delimiter: Delimiter

    @httpQuery("encoding-type")
    EncodingType: EncodingType

    @httpQuery("max-keys")
    MaxKeys: MaxKeys

    @httpQuery("prefix")
    Prefix: Prefix

    @httpQuery("continuation-token")
    ContinuationToken: Token

    @httpQuery("fetch-owner")
    FetchOwner: FetchOwner

    @httpQuery("start-after")
    StartAfter: StartAfter

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-optional-object-attributes")
    OptionalObjectAttributes: OptionalObjectAttributesList
}

@xmlName("ListPartsResult")
structure ListPartsOutput {
    @httpHeader("x-amz-abort-date")
    AbortDate: AbortDate

    @httpHeader("x-amz-abort-rule-id")
    AbortRuleId: AbortRuleId
    Bucket: BucketName
    Key: ObjectKey
    UploadId: MultipartUploadId
    PartNumberMarker: PartNumberMarker
    NextPartNumberMarker: NextPartNumberMarker
    MaxParts: MaxParts
    IsTruncated: IsTruncated

    @xmlFlattened
    @xmlName("Part")
    Parts: Parts
    Initiator: Initiator
    Owner: Owner
    StorageClass: StorageClass

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
    ChecksumAlgorithm: ChecksumAlgorithm
    ChecksumType: ChecksumType
}

structure ListPartsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("max-parts")
    MaxParts: MaxParts

    @httpQuery("part-number-marker")
    PartNumberMarker: PartNumberMarker

    @required
    @httpQuery("uploadId")
    UploadId: MultipartUploadId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5
}

string Location

structure LocationInfo {
    Type: LocationType
    Name: LocationNameAsString
}

string LocationNameAsString

enum LocationType {
    AvailabilityZone = "AvailabilityZone"
    LocalZone = "LocalZone"
}

structure LoggingEnabled {
    @required
    TargetBucket: TargetBucket
    TargetGrants: TargetGrants

    @required
    TargetPrefix: TargetPrefix
    TargetObjectKeyFormat: TargetObjectKeyFormat
}

string MFA

enum MFADelete {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

enum MFADeleteStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

string Marker

integer MaxAgeSeconds

@range(min: 1, max: 10000)
integer MaxBuckets

integer MaxKeys

integer MaxParts

integer MaxUploads

string Message

map Metadata {
    key: MetadataKey
    value: MetadataValue
}

enum MetadataDirective {
    COPY = "COPY"
    REPLACE = "REPLACE"
}

string MetadataKey

string MetadataValue

structure Metrics {
    @required
    Status: MetricsStatus
    EventThreshold: ReplicationTimeValue
}

enum MetricsStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

integer Minutes

integer MissingMeta

long MpuObjectSize

structure MultipartUpload {
    UploadId: MultipartUploadId
    Key: ObjectKey
    Initiated: Initiated
    StorageClass: StorageClass
    Owner: Owner
    Initiator: Initiator
    ChecksumAlgorithm: ChecksumAlgorithm
    ChecksumType: ChecksumType
}

string MultipartUploadId

list MultipartUploadList {
    member: MultipartUpload
}

string NextKeyMarker

string NextMarker

integer NextPartNumberMarker

string NextToken

string NextUploadIdMarker

string NextVersionIdMarker

@error("client")
@httpError(404)
structure NoSuchBucket {}

@error("client")
@httpError(404)
structure NoSuchKey {}

@error("client")
@httpError(404)
structure NoSuchUpload {}

structure NoncurrentVersionExpiration {
    NoncurrentDays: Days
    NewerNoncurrentVersions: VersionCount
}

structure NoncurrentVersionTransition {
    NoncurrentDays: Days
    StorageClass: TransitionStorageClass
    NewerNoncurrentVersions: VersionCount
}

list NoncurrentVersionTransitionList {
    member: NoncurrentVersionTransition
}

structure NotificationConfiguration {
    @xmlFlattened
    @xmlName("TopicConfiguration")
    TopicConfigurations: TopicConfigurationList

    @xmlFlattened
    @xmlName("QueueConfiguration")
    QueueConfigurations: QueueConfigurationList

    @xmlFlattened
    @xmlName("CloudFunctionConfiguration")
    LambdaFunctionConfigurations: LambdaFunctionConfigurationList
    EventBridgeConfiguration: EventBridgeConfiguration
}

structure NotificationConfigurationFilter {
    @xmlName("S3Key")
    Key: S3KeyFilter
}

string NotificationId

structure Object {
    Key: ObjectKey
    LastModified: LastModified
    ETag: ETag

    @xmlFlattened
    ChecksumAlgorithm: ChecksumAlgorithmList
    ChecksumType: ChecksumType
    Size: Size
    StorageClass: ObjectStorageClass
    Owner: Owner
    RestoreStatus: RestoreStatus
}

enum ObjectAttributes {
    ETag = "ETag"
    Checksum = "Checksum"
    ObjectParts = "ObjectParts"
    StorageClass = "StorageClass"
    ObjectSize = "ObjectSize"
}

list ObjectAttributesList {
    member: ObjectAttributes
}

enum ObjectCannedACL {
    private = "private"
    public_read = "public-read"
    public_read_write = "public-read-write"
    authenticated_read = "authenticated-read"
    aws_exec_read = "aws-exec-read"
    bucket_owner_read = "bucket-owner-read"
    bucket_owner_full_control = "bucket-owner-full-control"
}

structure ObjectIdentifier {
    @required
    Key: ObjectKey
    VersionId: ObjectVersionId
    ETag: ETag
    LastModifiedTime: LastModifiedTime
    Size: Size
}

list ObjectIdentifierList {
    member: ObjectIdentifier
}

@length(min: 1)
string ObjectKey

list ObjectList {
    member: Object
}

structure ObjectLockConfiguration {
    ObjectLockEnabled: ObjectLockEnabled
    Rule: ObjectLockRule
}

enum ObjectLockEnabled {
    Enabled = "Enabled"
}

boolean ObjectLockEnabledForBucket

@xmlName("LegalHold")
structure ObjectLockLegalHold {
    Status: ObjectLockLegalHoldStatus
}

enum ObjectLockLegalHoldStatus {
    ON = "ON"
    OFF = "OFF"
}

enum ObjectLockMode {
    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"
}

@timestampFormat("date-time")
timestamp ObjectLockRetainUntilDate

@xmlName("Retention")
structure ObjectLockRetention {
    Mode: ObjectLockRetentionMode
    RetainUntilDate: Date
}

enum ObjectLockRetentionMode {
    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"
}

structure ObjectLockRule {
    DefaultRetention: DefaultRetention
}

string ObjectLockToken

@error("client")
@httpError(403)
structure ObjectNotInActiveTierError {}

enum ObjectOwnership {
    BucketOwnerPreferred = "BucketOwnerPreferred"
    ObjectWriter = "ObjectWriter"
    BucketOwnerEnforced = "BucketOwnerEnforced"
}

structure ObjectPart {
    PartNumber: PartNumber
    Size: Size
    ChecksumCRC32: ChecksumCRC32
    ChecksumCRC32C: ChecksumCRC32C
    ChecksumCRC64NVME: ChecksumCRC64NVME
    ChecksumSHA1: ChecksumSHA1
    ChecksumSHA256: ChecksumSHA256
    ChecksumSHA512: ChecksumSHA512
    ChecksumMD5: ChecksumMD5
    ChecksumXXHASH64: ChecksumXXHASH64
    ChecksumXXHASH3: ChecksumXXHASH3
    ChecksumXXHASH128: ChecksumXXHASH128
}

long ObjectSize

long ObjectSizeGreaterThanBytes

long ObjectSizeLessThanBytes

enum ObjectStorageClass {
    STANDARD = "STANDARD"
    REDUCED_REDUNDANCY = "REDUCED_REDUNDANCY"
    GLACIER = "GLACIER"
    STANDARD_IA = "STANDARD_IA"
    ONEZONE_IA = "ONEZONE_IA"
    INTELLIGENT_TIERING = "INTELLIGENT_TIERING"
    DEEP_ARCHIVE = "DEEP_ARCHIVE"
    OUTPOSTS = "OUTPOSTS"
    GLACIER_IR = "GLACIER_IR"
    SNOW = "SNOW"
    EXPRESS_ONEZONE = "EXPRESS_ONEZONE"
    FSX_OPENZFS = "FSX_OPENZFS"
    FSX_ONTAP = "FSX_ONTAP"
}

structure ObjectVersion {
    ETag: ETag

    @xmlFlattened
    ChecksumAlgorithm: ChecksumAlgorithmList
    ChecksumType: ChecksumType
    Size: Size
    StorageClass: ObjectVersionStorageClass
    Key: ObjectKey
    VersionId: ObjectVersionId
    IsLatest: IsLatest
    LastModified: LastModified
    Owner: Owner
    RestoreStatus: RestoreStatus
}

string ObjectVersionId

list ObjectVersionList {
    member: ObjectVersion
}

enum ObjectVersionStorageClass {
    STANDARD = "STANDARD"
}

enum OptionalObjectAttributes {
    RestoreStatus = "RestoreStatus"
}

list OptionalObjectAttributesList {
    member: OptionalObjectAttributes
}

structure Owner {
    DisplayName: DisplayName
    ID: ID
}

enum OwnerOverride {
    Destination = "Destination"
}

structure OwnershipControls {
    @required
    @xmlFlattened
    @xmlName("Rule")
    Rules: OwnershipControlsRules
}

structure OwnershipControlsRule {
    @required
    ObjectOwnership: ObjectOwnership
}

list OwnershipControlsRules {
    member: OwnershipControlsRule
}

structure Part {
    PartNumber: PartNumber
    LastModified: LastModified
    ETag: ETag
    Size: Size
    ChecksumCRC32: ChecksumCRC32
    ChecksumCRC32C: ChecksumCRC32C
    ChecksumCRC64NVME: ChecksumCRC64NVME
    ChecksumSHA1: ChecksumSHA1
    ChecksumSHA256: ChecksumSHA256
    ChecksumSHA512: ChecksumSHA512
    ChecksumMD5: ChecksumMD5
    ChecksumXXHASH64: ChecksumXXHASH64
    ChecksumXXHASH3: ChecksumXXHASH3
    ChecksumXXHASH128: ChecksumXXHASH128
}

integer PartNumber

integer PartNumberMarker

enum PartitionDateSource {
    EventTime = "EventTime"
    DeliveryTime = "DeliveryTime"
}

structure PartitionedPrefix {
    PartitionDateSource: PartitionDateSource
}

list Parts {
    member: Part
}

integer PartsCount

list PartsList {
    member: ObjectPart
}

enum Payer {
    Requester = "Requester"
    BucketOwner = "BucketOwner"
}

enum Permission {
    FULL_CONTROL = "FULL_CONTROL"
    WRITE = "WRITE"
    WRITE_ACP = "WRITE_ACP"
    READ = "READ"
    READ_ACP = "READ_ACP"
}

string Policy

structure PolicyStatus {
    IsPublic: IsPublic
}

string Prefix

integer Priority

enum Protocol {
    http = "http"
    https = "https"
}

structure PublicAccessBlockConfiguration {
    BlockPublicAcls: Setting
    IgnorePublicAcls: Setting
    BlockPublicPolicy: Setting
    RestrictPublicBuckets: Setting
}

structure PutBucketAccelerateConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpPayload
    @xmlName("AccelerateConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    AccelerateConfiguration: AccelerateConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm
}

structure PutBucketAclRequest {
    @httpHeader("x-amz-acl")
    ACL: BucketCannedACL

    @httpPayload
    @xmlName("AccessControlPolicy")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    AccessControlPolicy: AccessControlPolicy

    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-grant-full-control")
    GrantFullControl: GrantFullControl

    @httpHeader("x-amz-grant-read")
    GrantRead: GrantRead

    @httpHeader("x-amz-grant-read-acp")
    GrantReadACP: GrantReadACP

    @httpHeader("x-amz-grant-write")
    GrantWrite: GrantWrite

    @httpHeader("x-amz-grant-write-acp")
    GrantWriteACP: GrantWriteACP

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketCorsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpPayload
    @xmlName("CORSConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    CORSConfiguration: CORSConfiguration

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketEncryptionRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @required
    @httpPayload
    @xmlName("ServerSideEncryptionConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    ServerSideEncryptionConfiguration: ServerSideEncryptionConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketLifecycleConfigurationOutput {
    @httpHeader("x-amz-transition-default-minimum-object-size")
    TransitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize
}

structure PutBucketLifecycleConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpPayload
    @xmlName("LifecycleConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    LifecycleConfiguration: BucketLifecycleConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-transition-default-minimum-object-size")
    TransitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize
}

structure PutBucketLoggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpPayload
    @xmlName("BucketLoggingStatus")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    BucketLoggingStatus: BucketLoggingStatus

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketNotificationConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpPayload
    @xmlName("NotificationConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    NotificationConfiguration: NotificationConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-skip-destination-validation")
    @nephele#refused
    SkipDestinationValidation: SkipValidation
}

structure PutBucketOwnershipControlsRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @required
    @httpPayload
    @xmlName("OwnershipControls")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    OwnershipControls: OwnershipControls

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm
}

structure PutBucketPolicyRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-confirm-remove-self-bucket-access")
    @nephele#stored
    ConfirmRemoveSelfBucketAccess: ConfirmRemoveSelfBucketAccess

    @required
    @httpPayload
    Policy: Policy

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketRequestPaymentRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @required
    @httpPayload
    @xmlName("RequestPaymentConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    RequestPaymentConfiguration: RequestPaymentConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketTaggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @required
    @httpPayload
    @xmlName("Tagging")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    Tagging: Tagging

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketVersioningRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-mfa")
    @nephele#refused
    MFA: MFA

    @required
    @httpPayload
    @xmlName("VersioningConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    VersioningConfiguration: VersioningConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutBucketWebsiteRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @required
    @httpPayload
    @xmlName("WebsiteConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    WebsiteConfiguration: WebsiteConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutObjectAclOutput {
    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure PutObjectAclRequest {
    @httpHeader("x-amz-acl")
    ACL: ObjectCannedACL

    @httpPayload
    @xmlName("AccessControlPolicy")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    AccessControlPolicy: AccessControlPolicy

    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-grant-full-control")
    GrantFullControl: GrantFullControl

    @httpHeader("x-amz-grant-read")
    GrantRead: GrantRead

    @httpHeader("x-amz-grant-read-acp")
    GrantReadACP: GrantReadACP

    @httpHeader("x-amz-grant-write")
    GrantWrite: GrantWrite

    @httpHeader("x-amz-grant-write-acp")
    GrantWriteACP: GrantWriteACP

    @required
    @httpLabel
    Key: ObjectKey

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutObjectLegalHoldOutput {
    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure PutObjectLegalHoldRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpPayload
    @xmlName("LegalHold")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    LegalHold: ObjectLockLegalHold

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutObjectLockConfigurationOutput {
    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure PutObjectLockConfigurationRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpPayload
    @xmlName("ObjectLockConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    ObjectLockConfiguration: ObjectLockConfiguration

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-bucket-object-lock-token")
    @nephele#refused
    Token: ObjectLockToken

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutObjectOutput {
    @httpHeader("x-amz-expiration")
    Expiration: Expiration

    @httpHeader("ETag")
    ETag: ETag

    @httpHeader("x-amz-checksum-crc32")
    ChecksumCRC32: ChecksumCRC32

    @httpHeader("x-amz-checksum-crc32c")
    ChecksumCRC32C: ChecksumCRC32C

    @httpHeader("x-amz-checksum-crc64nvme")
    ChecksumCRC64NVME: ChecksumCRC64NVME

    @httpHeader("x-amz-checksum-sha1")
    ChecksumSHA1: ChecksumSHA1

    @httpHeader("x-amz-checksum-sha256")
    ChecksumSHA256: ChecksumSHA256

    @httpHeader("x-amz-checksum-sha512")
    ChecksumSHA512: ChecksumSHA512

    @httpHeader("x-amz-checksum-md5")
    ChecksumMD5: ChecksumMD5

    @httpHeader("x-amz-checksum-xxhash64")
    ChecksumXXHASH64: ChecksumXXHASH64

    @httpHeader("x-amz-checksum-xxhash3")
    ChecksumXXHASH3: ChecksumXXHASH3

    @httpHeader("x-amz-checksum-xxhash128")
    ChecksumXXHASH128: ChecksumXXHASH128

    @httpHeader("x-amz-checksum-type")
    ChecksumType: ChecksumType

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-context")
    SSEKMSEncryptionContext: SSEKMSEncryptionContext

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-object-size")
    Size: Size

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure PutObjectRequest {
    @httpHeader("x-amz-acl")
    ACL: ObjectCannedACL

    @httpPayload
    Body: StreamingBody

    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Cache-Control")
    CacheControl: CacheControl

    @httpHeader("Content-Disposition")
    ContentDisposition: ContentDisposition

    @httpHeader("Content-Encoding")
    ContentEncoding: ContentEncoding

    @httpHeader("Content-Language")
    ContentLanguage: ContentLanguage

    @httpHeader("Content-Length")
    ContentLength: ContentLength

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("Content-Type")
    ContentType: ContentType

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-checksum-crc32")
    ChecksumCRC32: ChecksumCRC32

    @httpHeader("x-amz-checksum-crc32c")
    ChecksumCRC32C: ChecksumCRC32C

    @httpHeader("x-amz-checksum-crc64nvme")
    ChecksumCRC64NVME: ChecksumCRC64NVME

    @httpHeader("x-amz-checksum-sha1")
    ChecksumSHA1: ChecksumSHA1

    @httpHeader("x-amz-checksum-sha256")
    ChecksumSHA256: ChecksumSHA256

    @httpHeader("x-amz-checksum-sha512")
    ChecksumSHA512: ChecksumSHA512

    @httpHeader("x-amz-checksum-md5")
    ChecksumMD5: ChecksumMD5

    @httpHeader("x-amz-checksum-xxhash64")
    ChecksumXXHASH64: ChecksumXXHASH64

    @httpHeader("x-amz-checksum-xxhash3")
    ChecksumXXHASH3: ChecksumXXHASH3

    @httpHeader("x-amz-checksum-xxhash128")
    ChecksumXXHASH128: ChecksumXXHASH128

    @httpHeader("Expires")
    Expires: Expires

    @httpHeader("If-Match")
    IfMatch: IfMatch

    @httpHeader("If-None-Match")
    IfNoneMatch: IfNoneMatch

    @httpHeader("x-amz-grant-full-control")
    GrantFullControl: GrantFullControl

    @httpHeader("x-amz-grant-read")
    GrantRead: GrantRead

    @httpHeader("x-amz-grant-read-acp")
    GrantReadACP: GrantReadACP

    @httpHeader("x-amz-grant-write-acp")
    GrantWriteACP: GrantWriteACP

    @required
    @httpLabel
    Key: ObjectKey

    @httpHeader("x-amz-write-offset-bytes")
    WriteOffsetBytes: WriteOffsetBytes

    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-storage-class")
    StorageClass: StorageClass

    @httpHeader("x-amz-website-redirect-location")
    WebsiteRedirectLocation: WebsiteRedirectLocation

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-context")
    SSEKMSEncryptionContext: SSEKMSEncryptionContext

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-tagging")
    Tagging: TaggingHeader

    @httpHeader("x-amz-object-lock-mode")
    ObjectLockMode: ObjectLockMode

    @httpHeader("x-amz-object-lock-retain-until-date")
    ObjectLockRetainUntilDate: ObjectLockRetainUntilDate

    @httpHeader("x-amz-object-lock-legal-hold")
    ObjectLockLegalHoldStatus: ObjectLockLegalHoldStatus

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutObjectRetentionOutput {
    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure PutObjectRetentionRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpPayload
    @xmlName("Retention")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    Retention: ObjectLockRetention

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("x-amz-bypass-governance-retention")
    BypassGovernanceRetention: BypassGovernanceRetention

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

structure PutObjectTaggingOutput {
    @httpHeader("x-amz-version-id")
    VersionId: ObjectVersionId
}

structure PutObjectTaggingRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @required
    @httpPayload
    @xmlName("Tagging")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    Tagging: Tagging

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer
}

structure PutPublicAccessBlockRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @required
    @httpPayload
    @xmlName("PublicAccessBlockConfiguration")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

string QueueArn

structure QueueConfiguration {
    Id: NotificationId

    @required
    @xmlName("Queue")
    QueueArn: QueueArn

    @required
    @xmlFlattened
    @xmlName("Event")
    Events: EventList
    Filter: NotificationConfigurationFilter
}

list QueueConfigurationList {
    member: QueueConfiguration
}

boolean Quiet

string Range

structure Redirect {
    HostName: HostName
    HttpRedirectCode: HttpRedirectCode
    Protocol: Protocol
    ReplaceKeyPrefixWith: ReplaceKeyPrefixWith
    ReplaceKeyWith: ReplaceKeyWith
}

structure RedirectAllRequestsTo {
    @required
    HostName: HostName
    Protocol: Protocol
}

@length(min: 0, max: 20)
string Region

string ReplaceKeyPrefixWith

string ReplaceKeyWith

string ReplicaKmsKeyID

structure ReplicaModifications {
    @required
    Status: ReplicaModificationsStatus
}

enum ReplicaModificationsStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

structure ReplicationConfiguration {
    @required
    Role: Role

    @required
    @xmlFlattened
    @xmlName("Rule")
    Rules: ReplicationRules
}

structure ReplicationRule {
    ID: ID
    Priority: Priority
    Prefix: Prefix
    Filter: ReplicationRuleFilter

    @required
    Status: ReplicationRuleStatus
    SourceSelectionCriteria: SourceSelectionCriteria
    ExistingObjectReplication: ExistingObjectReplication

    @required
    Destination: Destination
    DeleteMarkerReplication: DeleteMarkerReplication
}

structure ReplicationRuleAndOperator {
    Prefix: Prefix

    @xmlFlattened
    @xmlName("Tag")
    Tags: TagSet
}

structure ReplicationRuleFilter {
    Prefix: Prefix
    Tag: Tag
    And: ReplicationRuleAndOperator
}

enum ReplicationRuleStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

list ReplicationRules {
    member: ReplicationRule
}

enum ReplicationStatus {
    COMPLETE = "COMPLETE"
    PENDING = "PENDING"
    FAILED = "FAILED"
    REPLICA = "REPLICA"
    COMPLETED = "COMPLETED"
}

structure ReplicationTime {
    @required
    Status: ReplicationTimeStatus

    @required
    Time: ReplicationTimeValue
}

enum ReplicationTimeStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

structure ReplicationTimeValue {
    Minutes: Minutes
}

enum RequestCharged {
    requester = "requester"
}

enum RequestPayer {
    requester = "requester"
}

structure RequestPaymentConfiguration {
    @required
    Payer: Payer
}

string ResponseCacheControl

string ResponseContentDisposition

string ResponseContentEncoding

string ResponseContentLanguage

string ResponseContentType

string ResponseExpires

string Restore

timestamp RestoreExpiryDate

structure RestoreObjectOutput {
    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged

    @httpHeader("x-amz-restore-output-path")
    RestoreOutputPath: RestoreOutputPath
}

structure RestoreObjectRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpLabel
    Key: ObjectKey

    @httpQuery("versionId")
    VersionId: ObjectVersionId

    @httpPayload
    @xmlName("RestoreRequest")
    @xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
    RestoreRequest: RestoreRequest

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

string RestoreOutputPath

structure RestoreRequest {
    Days: Days
    GlacierJobParameters: GlacierJobParameters

    @nephele#refused
    Type: RestoreRequestType

    Tier: Tier

    @nephele#refused
    Description: RestoreDescription

    @nephele#refused
    SelectParameters: SelectParameters

    @nephele#refused
    OutputLocation: OutputLocation
}

string RestoreDescription

string RestoreRequestType

// Of queries within objects: it is refused whatever is in it.
structure SelectParameters {
    Expression: Expression
}

string Expression

// Where a query's answer goes.
structure OutputLocation {
    S3: S3Location
}

structure S3Location {
    BucketName: BucketName
}

structure GlacierJobParameters {
    @required
    Tier: Tier
}

string Tier

structure RestoreStatus {
    IsRestoreInProgress: IsRestoreInProgress
    RestoreExpiryDate: RestoreExpiryDate
}

string Role

structure RoutingRule {
    Condition: Condition

    @required
    Redirect: Redirect
}

list RoutingRules {
    @xmlName("RoutingRule")
    member: RoutingRule
}

structure S3KeyFilter {
    @xmlFlattened
    @xmlName("FilterRule")
    FilterRules: FilterRuleList
}

@length(min: 1, max: 128)
@pattern("^(?:arn:[^:]+:(s3|s3express):.*)$")
string S3RegionalOrS3ExpressBucketArnString

string SSECustomerAlgorithm

@sensitive
string SSECustomerKey

string SSECustomerKeyMD5

@sensitive
string SSEKMSEncryptionContext

@sensitive
string SSEKMSKeyId

enum ServerSideEncryption {
    AES256 = "AES256"
    aws_fsx = "aws:fsx"
    aws_kms = "aws:kms"
    aws_kms_dsse = "aws:kms:dsse"
}

structure ServerSideEncryptionByDefault {
    @required
    SSEAlgorithm: ServerSideEncryption
    KMSMasterKeyID: SSEKMSKeyId
}

structure ServerSideEncryptionConfiguration {
    @required
    @xmlFlattened
    @xmlName("Rule")
    Rules: ServerSideEncryptionRules
}

structure ServerSideEncryptionRule {
    ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault
    BucketKeyEnabled: BucketKeyEnabled
    BlockedEncryptionTypes: BlockedEncryptionTypes
}

list ServerSideEncryptionRules {
    member: ServerSideEncryptionRule
}

boolean Setting

structure SimplePrefix {}

long Size

boolean SkipValidation

structure SourceSelectionCriteria {
    SseKmsEncryptedObjects: SseKmsEncryptedObjects
    ReplicaModifications: ReplicaModifications
}

structure SseKmsEncryptedObjects {
    @required
    Status: SseKmsEncryptedObjectsStatus
}

enum SseKmsEncryptedObjectsStatus {
    Enabled = "Enabled"
    Disabled = "Disabled"
}

string StartAfter

enum StorageClass {
    STANDARD = "STANDARD"
    REDUCED_REDUNDANCY = "REDUCED_REDUNDANCY"
    STANDARD_IA = "STANDARD_IA"
    ONEZONE_IA = "ONEZONE_IA"
    INTELLIGENT_TIERING = "INTELLIGENT_TIERING"
    GLACIER = "GLACIER"
    DEEP_ARCHIVE = "DEEP_ARCHIVE"
    OUTPOSTS = "OUTPOSTS"
    GLACIER_IR = "GLACIER_IR"
    SNOW = "SNOW"
    EXPRESS_ONEZONE = "EXPRESS_ONEZONE"
    FSX_OPENZFS = "FSX_OPENZFS"
    FSX_ONTAP = "FSX_ONTAP"
}

@streaming
blob StreamingBody

string Suffix

structure Tag {
    @required
    Key: ObjectKey

    @required
    Value: Value
}

integer TagCount

list TagSet {
    @xmlName("Tag")
    member: Tag
}

structure Tagging {
    @required
    TagSet: TagSet
}

enum TaggingDirective {
    COPY = "COPY"
    REPLACE = "REPLACE"
}

string TaggingHeader

string TargetBucket

structure TargetGrant {
    Grantee: Grantee
    Permission: BucketLogsPermission
}

list TargetGrants {
    @xmlName("Grant")
    member: TargetGrant
}

structure TargetObjectKeyFormat {
    SimplePrefix: SimplePrefix
    PartitionedPrefix: PartitionedPrefix
}

string TargetPrefix

string Token

@error("client")
@httpError(400)
structure TooManyParts {}

string TopicArn

structure TopicConfiguration {
    Id: NotificationId

    @required
    @xmlName("Topic")
    TopicArn: TopicArn

    @required
    @xmlFlattened
    @xmlName("Event")
    Events: EventList
    Filter: NotificationConfigurationFilter
}

list TopicConfigurationList {
    member: TopicConfiguration
}

structure Transition {
    Date: Date
    Days: Days
    StorageClass: TransitionStorageClass
}

enum TransitionDefaultMinimumObjectSize {
    varies_by_storage_class = "varies_by_storage_class"
    all_storage_classes_128K = "all_storage_classes_128K"
}

list TransitionList {
    member: Transition
}

enum TransitionStorageClass {
    GLACIER = "GLACIER"
    STANDARD_IA = "STANDARD_IA"
    ONEZONE_IA = "ONEZONE_IA"
    INTELLIGENT_TIERING = "INTELLIGENT_TIERING"
    DEEP_ARCHIVE = "DEEP_ARCHIVE"
    GLACIER_IR = "GLACIER_IR"
}

enum Type {
    CanonicalUser = "CanonicalUser"
    AmazonCustomerByEmail = "AmazonCustomerByEmail"
    Group = "Group"
}

string URI

string UploadIdMarker

structure UploadPartCopyOutput {
    @httpHeader("x-amz-copy-source-version-id")
    CopySourceVersionId: CopySourceVersionId

    @httpPayload
    CopyPartResult: CopyPartResult

    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure UploadPartCopyRequest {
    @required
    @httpLabel
    Bucket: BucketName

    @required
    @httpHeader("x-amz-copy-source")
    CopySource: CopySource

    @httpHeader("x-amz-copy-source-if-match")
    CopySourceIfMatch: CopySourceIfMatch

    @httpHeader("x-amz-copy-source-if-modified-since")
    CopySourceIfModifiedSince: CopySourceIfModifiedSince

    @httpHeader("x-amz-copy-source-if-none-match")
    CopySourceIfNoneMatch: CopySourceIfNoneMatch

    @httpHeader("x-amz-copy-source-if-unmodified-since")
    CopySourceIfUnmodifiedSince: CopySourceIfUnmodifiedSince

    @httpHeader("x-amz-copy-source-range")
    CopySourceRange: CopySourceRange

    @required
    @httpLabel
    Key: ObjectKey

    @required
    @httpQuery("partNumber")
    PartNumber: PartNumber

    @required
    @httpQuery("uploadId")
    UploadId: MultipartUploadId

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-copy-source-server-side-encryption-customer-algorithm")
    CopySourceSSECustomerAlgorithm: CopySourceSSECustomerAlgorithm

    @httpHeader("x-amz-copy-source-server-side-encryption-customer-key")
    CopySourceSSECustomerKey: CopySourceSSECustomerKey

    @httpHeader("x-amz-copy-source-server-side-encryption-customer-key-MD5")
    CopySourceSSECustomerKeyMD5: CopySourceSSECustomerKeyMD5

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId

    @httpHeader("x-amz-source-expected-bucket-owner")
    ExpectedSourceBucketOwner: AccountId
}

structure UploadPartOutput {
    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption

    @httpHeader("ETag")
    ETag: ETag

    @httpHeader("x-amz-checksum-crc32")
    ChecksumCRC32: ChecksumCRC32

    @httpHeader("x-amz-checksum-crc32c")
    ChecksumCRC32C: ChecksumCRC32C

    @httpHeader("x-amz-checksum-crc64nvme")
    ChecksumCRC64NVME: ChecksumCRC64NVME

    @httpHeader("x-amz-checksum-sha1")
    ChecksumSHA1: ChecksumSHA1

    @httpHeader("x-amz-checksum-sha256")
    ChecksumSHA256: ChecksumSHA256

    @httpHeader("x-amz-checksum-sha512")
    ChecksumSHA512: ChecksumSHA512

    @httpHeader("x-amz-checksum-md5")
    ChecksumMD5: ChecksumMD5

    @httpHeader("x-amz-checksum-xxhash64")
    ChecksumXXHASH64: ChecksumXXHASH64

    @httpHeader("x-amz-checksum-xxhash3")
    ChecksumXXHASH3: ChecksumXXHASH3

    @httpHeader("x-amz-checksum-xxhash128")
    ChecksumXXHASH128: ChecksumXXHASH128

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId

    @httpHeader("x-amz-server-side-encryption-bucket-key-enabled")
    BucketKeyEnabled: BucketKeyEnabled

    @httpHeader("x-amz-request-charged")
    RequestCharged: RequestCharged
}

structure UploadPartRequest {
    @httpPayload
    Body: StreamingBody

    @required
    @httpLabel
    Bucket: BucketName

    @httpHeader("Content-Length")
    ContentLength: ContentLength

    @httpHeader("Content-MD5")
    ContentMD5: ContentMD5

    @httpHeader("x-amz-sdk-checksum-algorithm")
    ChecksumAlgorithm: ChecksumAlgorithm

    @httpHeader("x-amz-checksum-crc32")
    ChecksumCRC32: ChecksumCRC32

    @httpHeader("x-amz-checksum-crc32c")
    ChecksumCRC32C: ChecksumCRC32C

    @httpHeader("x-amz-checksum-crc64nvme")
    ChecksumCRC64NVME: ChecksumCRC64NVME

    @httpHeader("x-amz-checksum-sha1")
    ChecksumSHA1: ChecksumSHA1

    @httpHeader("x-amz-checksum-sha256")
    ChecksumSHA256: ChecksumSHA256

    @httpHeader("x-amz-checksum-sha512")
    ChecksumSHA512: ChecksumSHA512

    @httpHeader("x-amz-checksum-md5")
    ChecksumMD5: ChecksumMD5

    @httpHeader("x-amz-checksum-xxhash64")
    ChecksumXXHASH64: ChecksumXXHASH64

    @httpHeader("x-amz-checksum-xxhash3")
    ChecksumXXHASH3: ChecksumXXHASH3

    @httpHeader("x-amz-checksum-xxhash128")
    ChecksumXXHASH128: ChecksumXXHASH128

    @required
    @httpLabel
    Key: ObjectKey

    @required
    @httpQuery("partNumber")
    PartNumber: PartNumber

    @required
    @httpQuery("uploadId")
    UploadId: MultipartUploadId

    @httpHeader("x-amz-server-side-encryption-customer-algorithm")
    SSECustomerAlgorithm: SSECustomerAlgorithm

    @httpHeader("x-amz-server-side-encryption-customer-key")
    SSECustomerKey: SSECustomerKey

    @httpHeader("x-amz-server-side-encryption-customer-key-MD5")
    SSECustomerKeyMD5: SSECustomerKeyMD5

    @httpHeader("x-amz-request-payer")
    RequestPayer: RequestPayer

    @httpHeader("x-amz-expected-bucket-owner")
    ExpectedBucketOwner: AccountId
}

string Value

integer VersionCount

string VersionIdMarker

structure VersioningConfiguration {
    @xmlName("MfaDelete")
    @nephele#refused(off: "Disabled")
    MFADelete: MFADelete
    Status: BucketVersioningStatus
}

structure WebsiteConfiguration {
    ErrorDocument: ErrorDocument
    IndexDocument: IndexDocument
    RedirectAllRequestsTo: RedirectAllRequestsTo
    RoutingRules: RoutingRules
}

string WebsiteRedirectLocation

long WriteOffsetBytes

integer Years
