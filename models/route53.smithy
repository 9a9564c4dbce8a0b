// SPDX-License-Identifier: Apache-2.0
// route53.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.route53

@aws.api#service(sdkId: "Route 53", endpointPrefix: "route53")
@aws.auth#sigv4(name: "route53")
@aws.protocols#restXml
@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
service Route53 {
    version: "2013-04-01"
    operations: [
        ActivateKeySigningKey
        AssociateVPCWithHostedZone
        ChangeResourceRecordSets
        ChangeTagsForResource
        CreateHealthCheck
        CreateHostedZone
        CreateKeySigningKey
        CreateReusableDelegationSet
        CreateVPCAssociationAuthorization
        DeactivateKeySigningKey
        DeleteHealthCheck
        DeleteHostedZone
        DeleteKeySigningKey
        DeleteReusableDelegationSet
        DeleteVPCAssociationAuthorization
        DisableHostedZoneDNSSEC
        DisassociateVPCFromHostedZone
        EnableHostedZoneDNSSEC
        GetAccountLimit
        GetChange
        GetCheckerIpRanges
        GetDNSSEC
        GetGeoLocation
        GetHealthCheck
        GetHealthCheckCount
        GetHealthCheckLastFailureReason
        GetHealthCheckStatus
        GetHostedZone
        GetHostedZoneCount
        GetHostedZoneLimit
        GetQueryLoggingConfig
        GetReusableDelegationSet
        GetReusableDelegationSetLimit
        ListGeoLocations
        ListHealthChecks
        ListHostedZones
        ListHostedZonesByName
        ListHostedZonesByVPC
        ListQueryLoggingConfigs
        ListResourceRecordSets
        ListReusableDelegationSets
        ListTagsForResource
        ListTagsForResources
        ListVPCAssociationAuthorizations
        TestDNSAnswer
        UpdateHealthCheck
        UpdateHostedZoneComment
    ]
}

@http(method: "POST", uri: "/2013-04-01/keysigningkey/{HostedZoneId}/{Name}/activate", code: 200)
operation ActivateKeySigningKey {
    input: ActivateKeySigningKeyRequest
    output: ActivateKeySigningKeyResponse
    errors: [
        ConcurrentModification
        NoSuchKeySigningKey
        InvalidKeySigningKeyStatus
        InvalidSigningStatus
        InvalidKMSArn
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{HostedZoneId}/associatevpc", code: 200)
operation AssociateVPCWithHostedZone {
    input: AssociateVPCWithHostedZoneRequest
    output: AssociateVPCWithHostedZoneResponse
    errors: [
        NoSuchHostedZone
        NotAuthorizedException
        InvalidVPCId
        InvalidInput
        PublicZoneVPCAssociation
        ConflictingDomainExists
        LimitsExceeded
        PriorRequestNotComplete
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{HostedZoneId}/rrset/", code: 200)
operation ChangeResourceRecordSets {
    input: ChangeResourceRecordSetsRequest
    output: ChangeResourceRecordSetsResponse
    errors: [
        NoSuchHostedZone
        NoSuchHealthCheck
        InvalidChangeBatch
        InvalidInput
        PriorRequestNotComplete
    ]
}

@http(method: "POST", uri: "/2013-04-01/tags/{ResourceType}/{ResourceId}", code: 200)
operation ChangeTagsForResource {
    input: ChangeTagsForResourceRequest
    output: ChangeTagsForResourceResponse
    errors: [
        InvalidInput
        NoSuchHealthCheck
        NoSuchHostedZone
        PriorRequestNotComplete
        ThrottlingException
    ]
}

@http(method: "POST", uri: "/2013-04-01/healthcheck", code: 201)
operation CreateHealthCheck {
    input: CreateHealthCheckRequest
    output: CreateHealthCheckResponse
    errors: [
        TooManyHealthChecks
        HealthCheckAlreadyExists
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone", code: 201)
operation CreateHostedZone {
    input: CreateHostedZoneRequest
    output: CreateHostedZoneResponse
    errors: [
        InvalidDomainName
        HostedZoneAlreadyExists
        TooManyHostedZones
        InvalidVPCId
        InvalidInput
        DelegationSetNotAvailable
        ConflictingDomainExists
        NoSuchDelegationSet
        DelegationSetNotReusable
    ]
}

@http(method: "POST", uri: "/2013-04-01/keysigningkey", code: 201)
operation CreateKeySigningKey {
    input: CreateKeySigningKeyRequest
    output: CreateKeySigningKeyResponse
    errors: [
        NoSuchHostedZone
        InvalidArgument
        InvalidInput
        InvalidKMSArn
        InvalidKeySigningKeyStatus
        InvalidSigningStatus
        InvalidKeySigningKeyName
        KeySigningKeyAlreadyExists
        TooManyKeySigningKeys
        ConcurrentModification
    ]
}

@http(method: "POST", uri: "/2013-04-01/delegationset", code: 201)
operation CreateReusableDelegationSet {
    input: CreateReusableDelegationSetRequest
    output: CreateReusableDelegationSetResponse
    errors: [
        DelegationSetAlreadyCreated
        LimitsExceeded
        HostedZoneNotFound
        InvalidArgument
        InvalidInput
        DelegationSetNotAvailable
        DelegationSetAlreadyReusable
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{HostedZoneId}/authorizevpcassociation", code: 200)
operation CreateVPCAssociationAuthorization {
    input: CreateVPCAssociationAuthorizationRequest
    output: CreateVPCAssociationAuthorizationResponse
    errors: [
        ConcurrentModification
        TooManyVPCAssociationAuthorizations
        NoSuchHostedZone
        InvalidVPCId
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/keysigningkey/{HostedZoneId}/{Name}/deactivate", code: 200)
operation DeactivateKeySigningKey {
    input: DeactivateKeySigningKeyRequest
    output: DeactivateKeySigningKeyResponse
    errors: [
        ConcurrentModification
        NoSuchKeySigningKey
        InvalidKeySigningKeyStatus
        InvalidSigningStatus
        KeySigningKeyInUse
        KeySigningKeyInParentDSRecord
        InvalidInput
    ]
}

@http(method: "DELETE", uri: "/2013-04-01/healthcheck/{HealthCheckId}", code: 200)
operation DeleteHealthCheck {
    input: DeleteHealthCheckRequest
    output: DeleteHealthCheckResponse
    errors: [
        NoSuchHealthCheck
        HealthCheckInUse
        InvalidInput
    ]
}

@http(method: "DELETE", uri: "/2013-04-01/hostedzone/{Id}", code: 200)
operation DeleteHostedZone {
    input: DeleteHostedZoneRequest
    output: DeleteHostedZoneResponse
    errors: [
        NoSuchHostedZone
        HostedZoneNotEmpty
        PriorRequestNotComplete
        InvalidInput
        InvalidDomainName
    ]
}

@http(method: "DELETE", uri: "/2013-04-01/keysigningkey/{HostedZoneId}/{Name}", code: 200)
operation DeleteKeySigningKey {
    input: DeleteKeySigningKeyRequest
    output: DeleteKeySigningKeyResponse
    errors: [
        ConcurrentModification
        NoSuchKeySigningKey
        InvalidKeySigningKeyStatus
        InvalidSigningStatus
        InvalidKMSArn
        InvalidInput
    ]
}

@http(method: "DELETE", uri: "/2013-04-01/delegationset/{Id}", code: 200)
operation DeleteReusableDelegationSet {
    input: DeleteReusableDelegationSetRequest
    output: DeleteReusableDelegationSetResponse
    errors: [
        NoSuchDelegationSet
        DelegationSetInUse
        DelegationSetNotReusable
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{HostedZoneId}/deauthorizevpcassociation", code: 200)
operation DeleteVPCAssociationAuthorization {
    input: DeleteVPCAssociationAuthorizationRequest
    output: DeleteVPCAssociationAuthorizationResponse
    errors: [
        ConcurrentModification
        VPCAssociationAuthorizationNotFound
        NoSuchHostedZone
        InvalidVPCId
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{HostedZoneId}/disable-dnssec", code: 200)
operation DisableHostedZoneDNSSEC {
    input: DisableHostedZoneDNSSECRequest
    output: DisableHostedZoneDNSSECResponse
    errors: [
        NoSuchHostedZone
        InvalidArgument
        ConcurrentModification
        KeySigningKeyInParentDSRecord
        DNSSECNotFound
        InvalidKeySigningKeyStatus
        InvalidKMSArn
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{HostedZoneId}/disassociatevpc", code: 200)
operation DisassociateVPCFromHostedZone {
    input: DisassociateVPCFromHostedZoneRequest
    output: DisassociateVPCFromHostedZoneResponse
    errors: [
        NoSuchHostedZone
        InvalidVPCId
        VPCAssociationNotFound
        LastVPCAssociation
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{HostedZoneId}/enable-dnssec", code: 200)
operation EnableHostedZoneDNSSEC {
    input: EnableHostedZoneDNSSECRequest
    output: EnableHostedZoneDNSSECResponse
    errors: [
        NoSuchHostedZone
        InvalidArgument
        ConcurrentModification
        KeySigningKeyWithActiveStatusNotFound
        InvalidKMSArn
        HostedZonePartiallyDelegated
        DNSSECNotFound
        InvalidKeySigningKeyStatus
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/accountlimit/{Type}", code: 200)
operation GetAccountLimit {
    input: GetAccountLimitRequest
    output: GetAccountLimitResponse
    errors: [
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/change/{Id}", code: 200)
operation GetChange {
    input: GetChangeRequest
    output: GetChangeResponse
    errors: [
        NoSuchChange
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/checkeripranges", code: 200)
operation GetCheckerIpRanges {
    input: GetCheckerIpRangesRequest
    output: GetCheckerIpRangesResponse
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzone/{HostedZoneId}/dnssec", code: 200)
operation GetDNSSEC {
    input: GetDNSSECRequest
    output: GetDNSSECResponse
    errors: [
        NoSuchHostedZone
        InvalidArgument
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/geolocation", code: 200)
operation GetGeoLocation {
    input: GetGeoLocationRequest
    output: GetGeoLocationResponse
    errors: [
        NoSuchGeoLocation
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/healthcheck/{HealthCheckId}", code: 200)
operation GetHealthCheck {
    input: GetHealthCheckRequest
    output: GetHealthCheckResponse
    errors: [
        NoSuchHealthCheck
        InvalidInput
        IncompatibleVersion
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/healthcheckcount", code: 200)
operation GetHealthCheckCount {
    input: GetHealthCheckCountRequest
    output: GetHealthCheckCountResponse
}

@readonly
@http(method: "GET", uri: "/2013-04-01/healthcheck/{HealthCheckId}/lastfailurereason", code: 200)
operation GetHealthCheckLastFailureReason {
    input: GetHealthCheckLastFailureReasonRequest
    output: GetHealthCheckLastFailureReasonResponse
    errors: [
        NoSuchHealthCheck
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/healthcheck/{HealthCheckId}/status", code: 200)
operation GetHealthCheckStatus {
    input: GetHealthCheckStatusRequest
    output: GetHealthCheckStatusResponse
    errors: [
        NoSuchHealthCheck
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzone/{Id}", code: 200)
operation GetHostedZone {
    input: GetHostedZoneRequest
    output: GetHostedZoneResponse
    errors: [
        NoSuchHostedZone
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzonecount", code: 200)
operation GetHostedZoneCount {
    input: GetHostedZoneCountRequest
    output: GetHostedZoneCountResponse
    errors: [
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzonelimit/{HostedZoneId}/{Type}", code: 200)
operation GetHostedZoneLimit {
    input: GetHostedZoneLimitRequest
    output: GetHostedZoneLimitResponse
    errors: [
        NoSuchHostedZone
        InvalidInput
        HostedZoneNotPrivate
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/queryloggingconfig/{Id}", code: 200)
operation GetQueryLoggingConfig {
    input: GetQueryLoggingConfigRequest
    output: GetQueryLoggingConfigResponse
    errors: [
        NoSuchQueryLoggingConfig
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/delegationset/{Id}", code: 200)
operation GetReusableDelegationSet {
    input: GetReusableDelegationSetRequest
    output: GetReusableDelegationSetResponse
    errors: [
        NoSuchDelegationSet
        DelegationSetNotReusable
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/reusabledelegationsetlimit/{DelegationSetId}/{Type}", code: 200)
operation GetReusableDelegationSetLimit {
    input: GetReusableDelegationSetLimitRequest
    output: GetReusableDelegationSetLimitResponse
    errors: [
        InvalidInput
        NoSuchDelegationSet
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/geolocations", code: 200)
operation ListGeoLocations {
    input: ListGeoLocationsRequest
    output: ListGeoLocationsResponse
    errors: [
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/healthcheck", code: 200)
operation ListHealthChecks {
    input: ListHealthChecksRequest
    output: ListHealthChecksResponse
    errors: [
        InvalidInput
        IncompatibleVersion
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzone", code: 200)
operation ListHostedZones {
    input: ListHostedZonesRequest
    output: ListHostedZonesResponse
    errors: [
        InvalidInput
        NoSuchDelegationSet
        DelegationSetNotReusable
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzonesbyname", code: 200)
operation ListHostedZonesByName {
    input: ListHostedZonesByNameRequest
    output: ListHostedZonesByNameResponse
    errors: [
        InvalidInput
        InvalidDomainName
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzonesbyvpc", code: 200)
operation ListHostedZonesByVPC {
    input: ListHostedZonesByVPCRequest
    output: ListHostedZonesByVPCResponse
    errors: [
        InvalidInput
        InvalidPaginationToken
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/queryloggingconfig", code: 200)
operation ListQueryLoggingConfigs {
    input: ListQueryLoggingConfigsRequest
    output: ListQueryLoggingConfigsResponse
    errors: [
        InvalidInput
        InvalidPaginationToken
        NoSuchHostedZone
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzone/{HostedZoneId}/rrset", code: 200)
operation ListResourceRecordSets {
    input: ListResourceRecordSetsRequest
    output: ListResourceRecordSetsResponse
    errors: [
        NoSuchHostedZone
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/delegationset", code: 200)
operation ListReusableDelegationSets {
    input: ListReusableDelegationSetsRequest
    output: ListReusableDelegationSetsResponse
    errors: [
        InvalidInput
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/tags/{ResourceType}/{ResourceId}", code: 200)
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResponse
    errors: [
        InvalidInput
        NoSuchHealthCheck
        NoSuchHostedZone
        PriorRequestNotComplete
        ThrottlingException
    ]
}

@readonly
@http(method: "POST", uri: "/2013-04-01/tags/{ResourceType}", code: 200)
operation ListTagsForResources {
    input: ListTagsForResourcesRequest
    output: ListTagsForResourcesResponse
    errors: [
        InvalidInput
        NoSuchHealthCheck
        NoSuchHostedZone
        PriorRequestNotComplete
        ThrottlingException
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/hostedzone/{HostedZoneId}/authorizevpcassociation", code: 200)
operation ListVPCAssociationAuthorizations {
    input: ListVPCAssociationAuthorizationsRequest
    output: ListVPCAssociationAuthorizationsResponse
    errors: [
        NoSuchHostedZone
        InvalidInput
        InvalidPaginationToken
    ]
}

@readonly
@http(method: "GET", uri: "/2013-04-01/testdnsanswer", code: 200)
operation TestDNSAnswer {
    input: TestDNSAnswerRequest
    output: TestDNSAnswerResponse
    errors: [
        NoSuchHostedZone
        InvalidInput
    ]
}

@http(method: "POST", uri: "/2013-04-01/healthcheck/{HealthCheckId}", code: 200)
operation UpdateHealthCheck {
    input: UpdateHealthCheckRequest
    output: UpdateHealthCheckResponse
    errors: [
        NoSuchHealthCheck
        InvalidInput
        HealthCheckVersionMismatch
    ]
}

@http(method: "POST", uri: "/2013-04-01/hostedzone/{Id}", code: 200)
operation UpdateHostedZoneComment {
    input: UpdateHostedZoneCommentRequest
    output: UpdateHostedZoneCommentResponse
    errors: [
        NoSuchHostedZone
        InvalidInput
        PriorRequestNotComplete
    ]
}

string AWSAccountID

@length(min: 1, max: 64)
string AWSRegion

enum AcceleratedRecoveryStatus {
    ENABLING = "ENABLING"
    ENABLE_FAILED = "ENABLE_FAILED"
    ENABLING_HOSTED_ZONE_LOCKED = "ENABLING_HOSTED_ZONE_LOCKED"
    ENABLED = "ENABLED"
    DISABLING = "DISABLING"
    DISABLE_FAILED = "DISABLE_FAILED"
    DISABLED = "DISABLED"
    DISABLING_HOSTED_ZONE_LOCKED = "DISABLING_HOSTED_ZONE_LOCKED"
}

structure AccountLimit {
    @required
    Type: AccountLimitType

    @required
    Value: LimitValue
}

enum AccountLimitType {
    MAX_HEALTH_CHECKS_BY_OWNER = "MAX_HEALTH_CHECKS_BY_OWNER"
    MAX_HOSTED_ZONES_BY_OWNER = "MAX_HOSTED_ZONES_BY_OWNER"
    MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER = "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER"
    MAX_REUSABLE_DELEGATION_SETS_BY_OWNER = "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER"
    MAX_TRAFFIC_POLICIES_BY_OWNER = "MAX_TRAFFIC_POLICIES_BY_OWNER"
}

structure ActivateKeySigningKeyRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    @httpLabel
    Name: SigningKeyName
}

structure ActivateKeySigningKeyResponse {
    @required
    ChangeInfo: ChangeInfo
}

structure AlarmIdentifier {
    @required
    Region: CloudWatchRegion

    @required
    Name: AlarmName
}

@length(min: 1, max: 256)
string AlarmName

boolean AliasHealthEnabled

structure AliasTarget {
    @required
    HostedZoneId: ResourceId

    @required
    DNSName: DNSName

    @required
    EvaluateTargetHealth: AliasHealthEnabled
}

string AssociateVPCComment

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure AssociateVPCWithHostedZoneRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    VPC: VPC
    Comment: AssociateVPCComment
}

structure AssociateVPCWithHostedZoneResponse {
    @required
    ChangeInfo: ChangeInfo
}

@range(min: -99, max: 99)
integer Bias

structure Change {
    @required
    Action: ChangeAction

    @required
    ResourceRecordSet: ResourceRecordSet
}

enum ChangeAction {
    CREATE = "CREATE"
    DELETE = "DELETE"
    UPSERT = "UPSERT"
}

structure ChangeBatch {
    Comment: ResourceDescription

    @required
    Changes: Changes
}

@length(min: 1, max: 6500)
string ChangeId

structure ChangeInfo {
    @required
    Id: ResourceId

    @required
    Status: ChangeStatus

    @required
    SubmittedAt: TimeStamp
    Comment: ResourceDescription
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure ChangeResourceRecordSetsRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    ChangeBatch: ChangeBatch
}

structure ChangeResourceRecordSetsResponse {
    @required
    ChangeInfo: ChangeInfo
}

enum ChangeStatus {
    PENDING = "PENDING"
    INSYNC = "INSYNC"
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure ChangeTagsForResourceRequest {
    @required
    @httpLabel
    ResourceType: TagResourceType

    @required
    @httpLabel
    ResourceId: TagResourceId
    AddTags: TagList
    RemoveTagKeys: TagKeyList
}

structure ChangeTagsForResourceResponse {}

@length(min: 1)
list Changes {
    @xmlName("Change")
    member: Change
}

list CheckerIpRanges {
    member: IPAddressCidr
}

@length(max: 256)
list ChildHealthCheckList {
    @xmlName("ChildHealthCheck")
    member: HealthCheckId
}

@length(min: 1, max: 16)
@pattern("^[0-9A-Za-z_\\-\\*]+$")
string CidrLocationNameDefaultAllowed

structure CidrRoutingConfig {
    @required
    CollectionId: UUID

    @required
    LocationName: CidrLocationNameDefaultAllowed
}

structure CloudWatchAlarmConfiguration {
    @required
    EvaluationPeriods: EvaluationPeriods

    @required
    Threshold: Threshold

    @required
    ComparisonOperator: ComparisonOperator

    @required
    Period: Period

    @required
    MetricName: MetricName

    @required
    Namespace: Namespace

    @required
    Statistic: Statistic
    Dimensions: DimensionList
}

string CloudWatchLogsLogGroupArn

enum CloudWatchRegion {
    us_east_1 = "us-east-1"
    us_east_2 = "us-east-2"
    us_west_1 = "us-west-1"
    us_west_2 = "us-west-2"
    ca_central_1 = "ca-central-1"
    eu_central_1 = "eu-central-1"
    eu_central_2 = "eu-central-2"
    eu_west_1 = "eu-west-1"
    eu_west_2 = "eu-west-2"
    eu_west_3 = "eu-west-3"
    ap_east_1 = "ap-east-1"
    me_south_1 = "me-south-1"
    me_central_1 = "me-central-1"
    ap_south_1 = "ap-south-1"
    ap_south_2 = "ap-south-2"
    ap_southeast_1 = "ap-southeast-1"
    ap_southeast_2 = "ap-southeast-2"
    ap_southeast_3 = "ap-southeast-3"
    ap_northeast_1 = "ap-northeast-1"
    ap_northeast_2 = "ap-northeast-2"
    ap_northeast_3 = "ap-northeast-3"
    eu_north_1 = "eu-north-1"
    sa_east_1 = "sa-east-1"
    cn_northwest_1 = "cn-northwest-1"
    cn_north_1 = "cn-north-1"
    af_south_1 = "af-south-1"
    eu_south_1 = "eu-south-1"
    eu_south_2 = "eu-south-2"
    us_gov_west_1 = "us-gov-west-1"
    us_gov_east_1 = "us-gov-east-1"
    us_iso_east_1 = "us-iso-east-1"
    us_iso_west_1 = "us-iso-west-1"
    us_isob_east_1 = "us-isob-east-1"
    ap_southeast_4 = "ap-southeast-4"
    il_central_1 = "il-central-1"
    ca_west_1 = "ca-west-1"
    ap_southeast_5 = "ap-southeast-5"
    mx_central_1 = "mx-central-1"
    us_isof_south_1 = "us-isof-south-1"
    us_isof_east_1 = "us-isof-east-1"
    ap_southeast_7 = "ap-southeast-7"
    ap_east_2 = "ap-east-2"
    eu_isoe_west_1 = "eu-isoe-west-1"
    ap_southeast_6 = "ap-southeast-6"
    us_isob_west_1 = "us-isob-west-1"
    eusc_de_east_1 = "eusc-de-east-1"
}

enum ComparisonOperator {
    GreaterThanOrEqualToThreshold = "GreaterThanOrEqualToThreshold"
    GreaterThanThreshold = "GreaterThanThreshold"
    LessThanThreshold = "LessThanThreshold"
    LessThanOrEqualToThreshold = "LessThanOrEqualToThreshold"
}

@error("client")
@httpError(400)
structure ConcurrentModification {
    message: ErrorMessage
}

@error("client")
structure ConflictingDomainExists {
    message: ErrorMessage
}

structure Coordinates {
    @required
    Latitude: Latitude

    @required
    Longitude: Longitude
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure CreateHealthCheckRequest {
    @required
    CallerReference: HealthCheckNonce

    @required
    HealthCheckConfig: HealthCheckConfig
}

structure CreateHealthCheckResponse {
    @required
    HealthCheck: HealthCheck

    @required
    @httpHeader("Location")
    Location: ResourceURI
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure CreateHostedZoneRequest {
    @required
    Name: DNSName
    VPC: VPC

    @required
    CallerReference: Nonce
    HostedZoneConfig: HostedZoneConfig
    DelegationSetId: ResourceId
}

structure CreateHostedZoneResponse {
    @required
    HostedZone: HostedZone

    @required
    ChangeInfo: ChangeInfo

    @required
    DelegationSet: DelegationSet
    VPC: VPC

    @required
    @httpHeader("Location")
    Location: ResourceURI
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure CreateKeySigningKeyRequest {
    @required
    CallerReference: Nonce

    @required
    HostedZoneId: ResourceId

    @required
    KeyManagementServiceArn: SigningKeyString

    @required
    Name: SigningKeyName

    @required
    Status: SigningKeyStatus
}

structure CreateKeySigningKeyResponse {
    @required
    ChangeInfo: ChangeInfo

    @required
    KeySigningKey: KeySigningKey

    @required
    @httpHeader("Location")
    Location: ResourceURI
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure CreateReusableDelegationSetRequest {
    @required
    CallerReference: Nonce
    HostedZoneId: ResourceId
}

structure CreateReusableDelegationSetResponse {
    @required
    DelegationSet: DelegationSet

    @required
    @httpHeader("Location")
    Location: ResourceURI
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure CreateVPCAssociationAuthorizationRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    VPC: VPC
}

structure CreateVPCAssociationAuthorizationResponse {
    @required
    HostedZoneId: ResourceId

    @required
    VPC: VPC
}

@length(max: 1024)
string DNSName

string DNSRCode

@error("client")
@httpError(400)
structure DNSSECNotFound {
    message: ErrorMessage
}

structure DNSSECStatus {
    ServeSignature: ServeSignature
    StatusMessage: SigningKeyStatusMessage
}

structure DeactivateKeySigningKeyRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    @httpLabel
    Name: SigningKeyName
}

structure DeactivateKeySigningKeyResponse {
    @required
    ChangeInfo: ChangeInfo
}

structure DelegationSet {
    Id: ResourceId
    CallerReference: Nonce

    @required
    NameServers: DelegationSetNameServers
}

@error("client")
structure DelegationSetAlreadyCreated {
    message: ErrorMessage
}

@error("client")
structure DelegationSetAlreadyReusable {
    message: ErrorMessage
}

@error("client")
structure DelegationSetInUse {
    message: ErrorMessage
}

@length(min: 1)
list DelegationSetNameServers {
    @xmlName("NameServer")
    member: DNSName
}

@error("client")
structure DelegationSetNotAvailable {
    message: ErrorMessage
}

@error("client")
structure DelegationSetNotReusable {
    message: ErrorMessage
}

list DelegationSets {
    @xmlName("DelegationSet")
    member: DelegationSet
}

structure DeleteHealthCheckRequest {
    @required
    @httpLabel
    HealthCheckId: HealthCheckId
}

structure DeleteHealthCheckResponse {}

structure DeleteHostedZoneRequest {
    @required
    @httpLabel
    Id: ResourceId
}

structure DeleteHostedZoneResponse {
    @required
    ChangeInfo: ChangeInfo
}

structure DeleteKeySigningKeyRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    @httpLabel
    Name: SigningKeyName
}

structure DeleteKeySigningKeyResponse {
    @required
    ChangeInfo: ChangeInfo
}

structure DeleteReusableDelegationSetRequest {
    @required
    @httpLabel
    Id: ResourceId
}

structure DeleteReusableDelegationSetResponse {}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure DeleteVPCAssociationAuthorizationRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    VPC: VPC
}

structure DeleteVPCAssociationAuthorizationResponse {}

structure Dimension {
    @required
    Name: DimensionField

    @required
    Value: DimensionField
}

@length(min: 1, max: 255)
string DimensionField

@length(max: 10)
list DimensionList {
    @xmlName("Dimension")
    member: Dimension
}

structure DisableHostedZoneDNSSECRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId
}

structure DisableHostedZoneDNSSECResponse {
    @required
    ChangeInfo: ChangeInfo
}

boolean Disabled

string DisassociateVPCComment

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure DisassociateVPCFromHostedZoneRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @required
    VPC: VPC
    Comment: DisassociateVPCComment
}

structure DisassociateVPCFromHostedZoneResponse {
    @required
    ChangeInfo: ChangeInfo
}

structure EnableHostedZoneDNSSECRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId
}

structure EnableHostedZoneDNSSECResponse {
    @required
    ChangeInfo: ChangeInfo
}

boolean EnableSNI

string ErrorMessage

list ErrorMessages {
    @xmlName("Message")
    member: ErrorMessage
}

@range(min: 1)
integer EvaluationPeriods

string FailureReason

@range(min: 1, max: 10)
integer FailureThreshold

@length(max: 255)
string FullyQualifiedDomainName

structure GeoLocation {
    ContinentCode: GeoLocationContinentCode
    CountryCode: GeoLocationCountryCode
    SubdivisionCode: GeoLocationSubdivisionCode
}

@length(min: 2, max: 2)
string GeoLocationContinentCode

@length(min: 1, max: 32)
string GeoLocationContinentName

@length(min: 1, max: 2)
string GeoLocationCountryCode

@length(min: 1, max: 64)
string GeoLocationCountryName

structure GeoLocationDetails {
    ContinentCode: GeoLocationContinentCode
    ContinentName: GeoLocationContinentName
    CountryCode: GeoLocationCountryCode
    CountryName: GeoLocationCountryName
    SubdivisionCode: GeoLocationSubdivisionCode
    SubdivisionName: GeoLocationSubdivisionName
}

list GeoLocationDetailsList {
    @xmlName("GeoLocationDetails")
    member: GeoLocationDetails
}

@length(min: 1, max: 3)
string GeoLocationSubdivisionCode

@length(min: 1, max: 64)
string GeoLocationSubdivisionName

structure GeoProximityLocation {
    AWSRegion: AWSRegion
    LocalZoneGroup: LocalZoneGroup
    Coordinates: Coordinates
    Bias: Bias
}

structure GetAccountLimitRequest {
    @required
    @httpLabel
    Type: AccountLimitType
}

structure GetAccountLimitResponse {
    @required
    Limit: AccountLimit

    @required
    Count: UsageCount
}

structure GetChangeRequest {
    @required
    @httpLabel
    Id: ChangeId
}

structure GetChangeResponse {
    @required
    ChangeInfo: ChangeInfo
}

structure GetCheckerIpRangesRequest {}

structure GetCheckerIpRangesResponse {
    @required
    CheckerIpRanges: CheckerIpRanges
}

structure GetDNSSECRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId
}

structure GetDNSSECResponse {
    @required
    Status: DNSSECStatus

    @required
    KeySigningKeys: KeySigningKeys
}

structure GetGeoLocationRequest {
    @httpQuery("continentcode")
    ContinentCode: GeoLocationContinentCode

    @httpQuery("countrycode")
    CountryCode: GeoLocationCountryCode

    @httpQuery("subdivisioncode")
    SubdivisionCode: GeoLocationSubdivisionCode
}

structure GetGeoLocationResponse {
    @required
    GeoLocationDetails: GeoLocationDetails
}

structure GetHealthCheckCountRequest {}

structure GetHealthCheckCountResponse {
    @required
    HealthCheckCount: HealthCheckCount
}

structure GetHealthCheckLastFailureReasonRequest {
    @required
    @httpLabel
    HealthCheckId: HealthCheckId
}

structure GetHealthCheckLastFailureReasonResponse {
    @required
    HealthCheckObservations: HealthCheckObservations
}

structure GetHealthCheckRequest {
    @required
    @httpLabel
    HealthCheckId: HealthCheckId
}

structure GetHealthCheckResponse {
    @required
    HealthCheck: HealthCheck
}

structure GetHealthCheckStatusRequest {
    @required
    @httpLabel
    HealthCheckId: HealthCheckId
}

structure GetHealthCheckStatusResponse {
    @required
    HealthCheckObservations: HealthCheckObservations
}

structure GetHostedZoneCountRequest {}

structure GetHostedZoneCountResponse {
    @required
    HostedZoneCount: HostedZoneCount
}

structure GetHostedZoneLimitRequest {
    @required
    @httpLabel
    Type: HostedZoneLimitType

    @required
    @httpLabel
    HostedZoneId: ResourceId
}

structure GetHostedZoneLimitResponse {
    @required
    Limit: HostedZoneLimit

    @required
    Count: UsageCount
}

structure GetHostedZoneRequest {
    @required
    @httpLabel
    Id: ResourceId
}

structure GetHostedZoneResponse {
    @required
    HostedZone: HostedZone
    DelegationSet: DelegationSet
    VPCs: VPCs
}

structure GetQueryLoggingConfigRequest {
    @required
    @httpLabel
    Id: QueryLoggingConfigId
}

structure GetQueryLoggingConfigResponse {
    @required
    QueryLoggingConfig: QueryLoggingConfig
}

structure GetReusableDelegationSetLimitRequest {
    @required
    @httpLabel
    Type: ReusableDelegationSetLimitType

    @required
    @httpLabel
    DelegationSetId: ResourceId
}

structure GetReusableDelegationSetLimitResponse {
    @required
    Limit: ReusableDelegationSetLimit

    @required
    Count: UsageCount
}

structure GetReusableDelegationSetRequest {
    @required
    @httpLabel
    Id: ResourceId
}

structure GetReusableDelegationSetResponse {
    @required
    DelegationSet: DelegationSet
}

structure HealthCheck {
    @required
    Id: HealthCheckId

    @required
    CallerReference: HealthCheckNonce
    LinkedService: LinkedService

    @required
    HealthCheckConfig: HealthCheckConfig

    @required
    HealthCheckVersion: HealthCheckVersion
    CloudWatchAlarmConfiguration: CloudWatchAlarmConfiguration
}

@error("client")
@httpError(409)
structure HealthCheckAlreadyExists {
    message: ErrorMessage
}

structure HealthCheckConfig {
    IPAddress: IPAddress
    Port: Port

    @required
    Type: HealthCheckType
    ResourcePath: ResourcePath
    FullyQualifiedDomainName: FullyQualifiedDomainName
    SearchString: SearchString
    RequestInterval: RequestInterval
    FailureThreshold: FailureThreshold

    @nephele#refused
    MeasureLatency: MeasureLatency
    Inverted: Inverted
    Disabled: Disabled
    HealthThreshold: HealthThreshold
    ChildHealthChecks: ChildHealthCheckList
    EnableSNI: EnableSNI
    Regions: HealthCheckRegionList

    @nephele#refused
    AlarmIdentifier: AlarmIdentifier

    @nephele#refused
    InsufficientDataHealthStatus: InsufficientDataHealthStatus

    @nephele#refused
    RoutingControlArn: RoutingControlArn
}

long HealthCheckCount

@length(max: 64)
string HealthCheckId

@error("client")
@httpError(400)
structure HealthCheckInUse {
    message: ErrorMessage
}

@length(min: 1, max: 64)
string HealthCheckNonce

structure HealthCheckObservation {
    Region: HealthCheckRegion
    IPAddress: IPAddress
    StatusReport: StatusReport
}

list HealthCheckObservations {
    @xmlName("HealthCheckObservation")
    member: HealthCheckObservation
}

enum HealthCheckRegion {
    us_east_1 = "us-east-1"
    us_west_1 = "us-west-1"
    us_west_2 = "us-west-2"
    eu_west_1 = "eu-west-1"
    ap_southeast_1 = "ap-southeast-1"
    ap_southeast_2 = "ap-southeast-2"
    ap_northeast_1 = "ap-northeast-1"
    sa_east_1 = "sa-east-1"
}

@length(min: 3, max: 64)
list HealthCheckRegionList {
    @xmlName("Region")
    member: HealthCheckRegion
}

enum HealthCheckType {
    HTTP = "HTTP"
    HTTPS = "HTTPS"
    HTTP_STR_MATCH = "HTTP_STR_MATCH"
    HTTPS_STR_MATCH = "HTTPS_STR_MATCH"
    TCP = "TCP"
    CALCULATED = "CALCULATED"
    CLOUDWATCH_METRIC = "CLOUDWATCH_METRIC"
    RECOVERY_CONTROL = "RECOVERY_CONTROL"
}

@range(min: 1)
long HealthCheckVersion

@error("client")
@httpError(409)
structure HealthCheckVersionMismatch {
    message: ErrorMessage
}

list HealthChecks {
    @xmlName("HealthCheck")
    member: HealthCheck
}

@range(min: 0, max: 256)
integer HealthThreshold

structure HostedZone {
    @required
    Id: ResourceId

    @required
    Name: DNSName

    @required
    CallerReference: Nonce
    Config: HostedZoneConfig
    ResourceRecordSetCount: HostedZoneRRSetCount
    LinkedService: LinkedService
    Features: HostedZoneFeatures
}

@error("client")
@httpError(409)
structure HostedZoneAlreadyExists {
    message: ErrorMessage
}

structure HostedZoneConfig {
    Comment: ResourceDescription
    PrivateZone: IsPrivateZone
}

long HostedZoneCount

structure HostedZoneFailureReasons {
    AcceleratedRecovery: FailureReason
}

structure HostedZoneFeatures {
    AcceleratedRecoveryStatus: AcceleratedRecoveryStatus
    FailureReasons: HostedZoneFailureReasons
}

structure HostedZoneLimit {
    @required
    Type: HostedZoneLimitType

    @required
    Value: LimitValue
}

enum HostedZoneLimitType {
    MAX_RRSETS_BY_ZONE = "MAX_RRSETS_BY_ZONE"
    MAX_VPCS_ASSOCIATED_BY_ZONE = "MAX_VPCS_ASSOCIATED_BY_ZONE"
}

@error("client")
@httpError(400)
structure HostedZoneNotEmpty {
    message: ErrorMessage
}

@error("client")
structure HostedZoneNotFound {
    message: ErrorMessage
}

@error("client")
structure HostedZoneNotPrivate {
    message: ErrorMessage
}

structure HostedZoneOwner {
    OwningAccount: AWSAccountID
    OwningService: HostedZoneOwningService
}

@length(max: 128)
string HostedZoneOwningService

@error("client")
structure HostedZonePartiallyDelegated {
    message: ErrorMessage
}

long HostedZoneRRSetCount

list HostedZoneSummaries {
    @xmlName("HostedZoneSummary")
    member: HostedZoneSummary
}

structure HostedZoneSummary {
    @required
    HostedZoneId: ResourceId

    @required
    Name: DNSName

    @required
    Owner: HostedZoneOwner
}

enum HostedZoneType {
    PrivateHostedZone = "PrivateHostedZone"
}

list HostedZones {
    @xmlName("HostedZone")
    member: HostedZone
}

@length(max: 45)
@pattern("^(?:(^((([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))$|^(([0-9a-fA-F]{1,4}:){7,7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:((:[0-9a-fA-F]{1,4}){1,6})|:((:[0-9a-fA-F]{1,4}){1,7}|:)|fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]{1,}|::(ffff(:0{1,4}){0,1}:){0,1}((25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])\\.){3,3}(25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])|([0-9a-fA-F]{1,4}:){1,4}:((25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])\\.){3,3}(25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9]))$))$")
string IPAddress

string IPAddressCidr

@error("client")
@httpError(400)
structure IncompatibleVersion {
    message: ErrorMessage
}

enum InsufficientDataHealthStatus {
    Healthy = "Healthy"
    Unhealthy = "Unhealthy"
    LastKnownStatus = "LastKnownStatus"
}

@error("client")
structure InvalidArgument {
    message: ErrorMessage
}

@error("client")
structure InvalidChangeBatch {
    messages: ErrorMessages
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure InvalidDomainName {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure InvalidInput {
    message: ErrorMessage
}

@error("client")
structure InvalidKMSArn {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure InvalidKeySigningKeyName {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure InvalidKeySigningKeyStatus {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure InvalidPaginationToken {
    message: ErrorMessage
}

@error("client")
structure InvalidSigningStatus {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure InvalidVPCId {
    message: ErrorMessage
}

boolean Inverted

boolean IsPrivateZone

structure KeySigningKey {
    Name: SigningKeyName
    KmsArn: SigningKeyString
    Flag: SigningKeyInteger
    SigningAlgorithmMnemonic: SigningKeyString
    SigningAlgorithmType: SigningKeyInteger
    DigestAlgorithmMnemonic: SigningKeyString
    DigestAlgorithmType: SigningKeyInteger
    KeyTag: SigningKeyTag
    DigestValue: SigningKeyString
    PublicKey: SigningKeyString
    DSRecord: SigningKeyString
    DNSKEYRecord: SigningKeyString
    Status: SigningKeyStatus
    StatusMessage: SigningKeyStatusMessage
    CreatedDate: TimeStamp
    LastModifiedDate: TimeStamp
}

@error("client")
@httpError(409)
structure KeySigningKeyAlreadyExists {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure KeySigningKeyInParentDSRecord {
    message: ErrorMessage
}

@error("client")
structure KeySigningKeyInUse {
    message: ErrorMessage
}

@error("client")
structure KeySigningKeyWithActiveStatusNotFound {
    message: ErrorMessage
}

list KeySigningKeys {
    member: KeySigningKey
}

@error("client")
@httpError(400)
structure LastVPCAssociation {
    message: ErrorMessage
}

@length(min: 1, max: 6)
@pattern("^[-+]?[0-9]{1,2}(\\.[0-9]{0,2})?$")
string Latitude

@range(min: 1)
long LimitValue

@error("client")
structure LimitsExceeded {
    message: ErrorMessage
}

structure LinkedService {
    ServicePrincipal: ServicePrincipal
    Description: ResourceDescription
}

structure ListGeoLocationsRequest {
    @httpQuery("startcontinentcode")
    StartContinentCode: GeoLocationContinentCode

    @httpQuery("startcountrycode")
    StartCountryCode: GeoLocationCountryCode

    @httpQuery("startsubdivisioncode")
    StartSubdivisionCode: GeoLocationSubdivisionCode

    @httpQuery("maxitems")
    MaxItems: PageMaxItems
}

structure ListGeoLocationsResponse {
    @required
    GeoLocationDetailsList: GeoLocationDetailsList

    @required
    IsTruncated: PageTruncated
    NextContinentCode: GeoLocationContinentCode
    NextCountryCode: GeoLocationCountryCode
    NextSubdivisionCode: GeoLocationSubdivisionCode

    @required
    MaxItems: PageMaxItems
}

structure ListHealthChecksRequest {
    @httpQuery("marker")
    Marker: PageMarker

    @httpQuery("maxitems")
    MaxItems: PageMaxItems
}

structure ListHealthChecksResponse {
    @required
    HealthChecks: HealthChecks

    @required
    Marker: PageMarker

    @required
    IsTruncated: PageTruncated
    NextMarker: PageMarker

    @required
    MaxItems: PageMaxItems
}

structure ListHostedZonesByNameRequest {
    @httpQuery("dnsname")
    DNSName: DNSName

    @httpQuery("hostedzoneid")
    HostedZoneId: ResourceId

    @httpQuery("maxitems")
    MaxItems: PageMaxItems
}

structure ListHostedZonesByNameResponse {
    @required
    HostedZones: HostedZones
    DNSName: DNSName
    HostedZoneId: ResourceId

    @required
    IsTruncated: PageTruncated
    NextDNSName: DNSName
    NextHostedZoneId: ResourceId

    @required
    MaxItems: PageMaxItems
}

structure ListHostedZonesByVPCRequest {
    @required
    @httpQuery("vpcid")
    VPCId: VPCId

    @required
    @httpQuery("vpcregion")
    VPCRegion: VPCRegion

    @httpQuery("maxitems")
    MaxItems: PageMaxItems

    @httpQuery("nexttoken")
    NextToken: PaginationToken
}

structure ListHostedZonesByVPCResponse {
    @required
    HostedZoneSummaries: HostedZoneSummaries

    @required
    MaxItems: PageMaxItems
    NextToken: PaginationToken
}

structure ListHostedZonesRequest {
    @httpQuery("marker")
    Marker: PageMarker

    @httpQuery("maxitems")
    MaxItems: PageMaxItems

    @httpQuery("delegationsetid")
    DelegationSetId: ResourceId

    @httpQuery("hostedzonetype")
    HostedZoneType: HostedZoneType
}

structure ListHostedZonesResponse {
    @required
    HostedZones: HostedZones

    @required
    Marker: PageMarker

    @required
    IsTruncated: PageTruncated
    NextMarker: PageMarker

    @required
    MaxItems: PageMaxItems
}

structure ListQueryLoggingConfigsRequest {
    @httpQuery("hostedzoneid")
    HostedZoneId: ResourceId

    @httpQuery("nexttoken")
    NextToken: PaginationToken

    @httpQuery("maxresults")
    MaxResults: MaxResults
}

structure ListQueryLoggingConfigsResponse {
    @required
    QueryLoggingConfigs: QueryLoggingConfigs
    NextToken: PaginationToken
}

structure ListResourceRecordSetsRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @httpQuery("name")
    StartRecordName: DNSName

    @httpQuery("type")
    StartRecordType: RRType

    @httpQuery("identifier")
    StartRecordIdentifier: ResourceRecordSetIdentifier

    @httpQuery("maxitems")
    MaxItems: PageMaxItems
}

structure ListResourceRecordSetsResponse {
    @required
    ResourceRecordSets: ResourceRecordSets

    @required
    IsTruncated: PageTruncated
    NextRecordName: DNSName
    NextRecordType: RRType
    NextRecordIdentifier: ResourceRecordSetIdentifier

    @required
    MaxItems: PageMaxItems
}

structure ListReusableDelegationSetsRequest {
    @httpQuery("marker")
    Marker: PageMarker

    @httpQuery("maxitems")
    MaxItems: PageMaxItems
}

structure ListReusableDelegationSetsResponse {
    @required
    DelegationSets: DelegationSets

    @required
    Marker: PageMarker

    @required
    IsTruncated: PageTruncated
    NextMarker: PageMarker

    @required
    MaxItems: PageMaxItems
}

structure ListTagsForResourceRequest {
    @required
    @httpLabel
    ResourceType: TagResourceType

    @required
    @httpLabel
    ResourceId: TagResourceId
}

structure ListTagsForResourceResponse {
    @required
    ResourceTagSet: ResourceTagSet
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure ListTagsForResourcesRequest {
    @required
    @httpLabel
    ResourceType: TagResourceType

    @required
    ResourceIds: TagResourceIdList
}

structure ListTagsForResourcesResponse {
    @required
    ResourceTagSets: ResourceTagSetList
}

structure ListVPCAssociationAuthorizationsRequest {
    @required
    @httpLabel
    HostedZoneId: ResourceId

    @httpQuery("nexttoken")
    NextToken: PaginationToken

    @httpQuery("maxresults")
    MaxResults: MaxResults
}

structure ListVPCAssociationAuthorizationsResponse {
    @required
    HostedZoneId: ResourceId
    NextToken: PaginationToken

    @required
    VPCs: VPCs
}

@length(min: 1, max: 64)
string LocalZoneGroup

@length(min: 1, max: 7)
@pattern("^[-+]?[0-9]{1,3}(\\.[0-9]{0,2})?$")
string Longitude

string MaxResults

boolean MeasureLatency

@length(min: 1, max: 255)
string MetricName

@length(min: 0, max: 255)
string Nameserver

@length(min: 1, max: 255)
string Namespace

@error("client")
@httpError(404)
structure NoSuchChange {
    message: ErrorMessage
}

@error("client")
structure NoSuchDelegationSet {
    message: ErrorMessage
}

@error("client")
@httpError(404)
structure NoSuchGeoLocation {
    message: ErrorMessage
}

@error("client")
@httpError(404)
structure NoSuchHealthCheck {
    message: ErrorMessage
}

@error("client")
@httpError(404)
structure NoSuchHostedZone {
    message: ErrorMessage
}

@error("client")
@httpError(404)
structure NoSuchKeySigningKey {
    message: ErrorMessage
}

@error("client")
@httpError(404)
structure NoSuchQueryLoggingConfig {
    message: ErrorMessage
}

@length(min: 1, max: 128)
string Nonce

@error("client")
@httpError(401)
structure NotAuthorizedException {
    message: ErrorMessage
}

@length(max: 64)
string PageMarker

string PageMaxItems

boolean PageTruncated

@length(max: 1024)
string PaginationToken

@range(min: 60)
integer Period

@range(min: 1, max: 65535)
integer Port

@error("client")
@httpError(400)
structure PriorRequestNotComplete {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure PublicZoneVPCAssociation {
    message: ErrorMessage
}

structure QueryLoggingConfig {
    @required
    Id: QueryLoggingConfigId

    @required
    HostedZoneId: ResourceId

    @required
    CloudWatchLogsLogGroupArn: CloudWatchLogsLogGroupArn
}

@length(min: 1, max: 36)
string QueryLoggingConfigId

list QueryLoggingConfigs {
    @xmlName("QueryLoggingConfig")
    member: QueryLoggingConfig
}

@length(max: 4000)
string RData

enum RRType {
    SOA = "SOA"
    A = "A"
    TXT = "TXT"
    NS = "NS"
    CNAME = "CNAME"
    MX = "MX"
    NAPTR = "NAPTR"
    PTR = "PTR"
    SRV = "SRV"
    SPF = "SPF"
    AAAA = "AAAA"
    CAA = "CAA"
    DS = "DS"
    TLSA = "TLSA"
    SSHFP = "SSHFP"
    SVCB = "SVCB"
    HTTPS = "HTTPS"
}

list RecordData {
    @xmlName("RecordDataEntry")
    member: RecordDataEntry
}

@length(min: 0, max: 512)
string RecordDataEntry

@range(min: 10, max: 30)
integer RequestInterval

enum ResettableElementName {
    FullyQualifiedDomainName = "FullyQualifiedDomainName"
    Regions = "Regions"
    ResourcePath = "ResourcePath"
    ChildHealthChecks = "ChildHealthChecks"
}

@length(max: 64)
list ResettableElementNameList {
    @xmlName("ResettableElementName")
    member: ResettableElementName
}

@length(max: 256)
string ResourceDescription

@length(max: 32)
string ResourceId

@length(max: 255)
string ResourcePath

structure ResourceRecord {
    @required
    Value: RData
}

structure ResourceRecordSet {
    @required
    Name: DNSName

    @required
    Type: RRType
    SetIdentifier: ResourceRecordSetIdentifier
    Weight: ResourceRecordSetWeight
    Region: ResourceRecordSetRegion
    GeoLocation: GeoLocation
    Failover: ResourceRecordSetFailover
    MultiValueAnswer: ResourceRecordSetMultiValueAnswer
    TTL: TTL
    ResourceRecords: ResourceRecords
    AliasTarget: AliasTarget
    HealthCheckId: HealthCheckId

    @nephele#refused
    TrafficPolicyInstanceId: TrafficPolicyInstanceId

    @nephele#refused
    CidrRoutingConfig: CidrRoutingConfig

    @nephele#refused
    GeoProximityLocation: GeoProximityLocation
}

enum ResourceRecordSetFailover {
    PRIMARY = "PRIMARY"
    SECONDARY = "SECONDARY"
}

@length(min: 1, max: 128)
string ResourceRecordSetIdentifier

boolean ResourceRecordSetMultiValueAnswer

enum ResourceRecordSetRegion {
    us_east_1 = "us-east-1"
    us_east_2 = "us-east-2"
    us_west_1 = "us-west-1"
    us_west_2 = "us-west-2"
    ca_central_1 = "ca-central-1"
    eu_west_1 = "eu-west-1"
    eu_west_2 = "eu-west-2"
    eu_west_3 = "eu-west-3"
    eu_central_1 = "eu-central-1"
    eu_central_2 = "eu-central-2"
    ap_southeast_1 = "ap-southeast-1"
    ap_southeast_2 = "ap-southeast-2"
    ap_southeast_3 = "ap-southeast-3"
    ap_northeast_1 = "ap-northeast-1"
    ap_northeast_2 = "ap-northeast-2"
    ap_northeast_3 = "ap-northeast-3"
    eu_north_1 = "eu-north-1"
    sa_east_1 = "sa-east-1"
    cn_north_1 = "cn-north-1"
    cn_northwest_1 = "cn-northwest-1"
    ap_east_1 = "ap-east-1"
    me_south_1 = "me-south-1"
    me_central_1 = "me-central-1"
    ap_south_1 = "ap-south-1"
    ap_south_2 = "ap-south-2"
    af_south_1 = "af-south-1"
    eu_south_1 = "eu-south-1"
    eu_south_2 = "eu-south-2"
    ap_southeast_4 = "ap-southeast-4"
    il_central_1 = "il-central-1"
    ca_west_1 = "ca-west-1"
    ap_southeast_5 = "ap-southeast-5"
    mx_central_1 = "mx-central-1"
    ap_southeast_7 = "ap-southeast-7"
    us_gov_east_1 = "us-gov-east-1"
    us_gov_west_1 = "us-gov-west-1"
    ap_east_2 = "ap-east-2"
    ap_southeast_6 = "ap-southeast-6"
    eusc_de_east_1 = "eusc-de-east-1"
}

@range(min: 0, max: 255)
long ResourceRecordSetWeight

list ResourceRecordSets {
    @xmlName("ResourceRecordSet")
    member: ResourceRecordSet
}

@length(min: 1)
list ResourceRecords {
    @xmlName("ResourceRecord")
    member: ResourceRecord
}

structure ResourceTagSet {
    ResourceType: TagResourceType
    ResourceId: TagResourceId
    Tags: TagList
}

list ResourceTagSetList {
    @xmlName("ResourceTagSet")
    member: ResourceTagSet
}

@length(max: 1024)
string ResourceURI

structure ReusableDelegationSetLimit {
    @required
    Type: ReusableDelegationSetLimitType

    @required
    Value: LimitValue
}

enum ReusableDelegationSetLimitType {
    MAX_ZONES_BY_REUSABLE_DELEGATION_SET = "MAX_ZONES_BY_REUSABLE_DELEGATION_SET"
}

@length(min: 1, max: 255)
string RoutingControlArn

@length(max: 255)
string SearchString

@length(min: 1, max: 1024)
string ServeSignature

@length(max: 128)
string ServicePrincipal

integer SigningKeyInteger

@length(min: 3, max: 128)
string SigningKeyName

@length(min: 5, max: 150)
string SigningKeyStatus

@length(min: 0, max: 512)
string SigningKeyStatusMessage

string SigningKeyString

@range(min: 0, max: 65536)
integer SigningKeyTag

enum Statistic {
    Average = "Average"
    Sum = "Sum"
    SampleCount = "SampleCount"
    Maximum = "Maximum"
    Minimum = "Minimum"
}

string Status

structure StatusReport {
    Status: Status
    CheckedTime: TimeStamp
}

@length(min: 0, max: 3)
string SubnetMask

@range(min: 0, max: 2147483647)
long TTL

structure Tag {
    Key: TagKey
    Value: TagValue
}

@length(max: 128)
string TagKey

@length(min: 1, max: 10)
list TagKeyList {
    @xmlName("Key")
    member: TagKey
}

@length(min: 1, max: 10)
list TagList {
    @xmlName("Tag")
    member: Tag
}

@length(max: 64)
string TagResourceId

@length(min: 1, max: 10)
list TagResourceIdList {
    @xmlName("ResourceId")
    member: TagResourceId
}

enum TagResourceType {
    healthcheck = "healthcheck"
    hostedzone = "hostedzone"
}

@length(max: 256)
string TagValue

structure TestDNSAnswerRequest {
    @required
    @httpQuery("hostedzoneid")
    HostedZoneId: ResourceId

    @required
    @httpQuery("recordname")
    RecordName: DNSName

    @required
    @httpQuery("recordtype")
    RecordType: RRType

    @httpQuery("resolverip")
    ResolverIP: IPAddress

    @httpQuery("edns0clientsubnetip")
    EDNS0ClientSubnetIP: IPAddress

    @httpQuery("edns0clientsubnetmask")
    EDNS0ClientSubnetMask: SubnetMask
}

structure TestDNSAnswerResponse {
    @required
    Nameserver: Nameserver

    @required
    RecordName: DNSName

    @required
    RecordType: RRType

    @required
    RecordData: RecordData

    @required
    ResponseCode: DNSRCode

    @required
    Protocol: TransportProtocol
}

double Threshold

@error("client")
@httpError(400)
structure ThrottlingException {
    message: ErrorMessage
}

timestamp TimeStamp

@error("client")
structure TooManyHealthChecks {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure TooManyHostedZones {
    message: ErrorMessage
}

@error("client")
structure TooManyKeySigningKeys {
    message: ErrorMessage
}

@error("client")
@httpError(400)
structure TooManyVPCAssociationAuthorizations {
    message: ErrorMessage
}

@length(min: 1, max: 36)
string TrafficPolicyInstanceId

string TransportProtocol

@pattern("^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")
string UUID

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure UpdateHealthCheckRequest {
    @required
    @httpLabel
    HealthCheckId: HealthCheckId
    HealthCheckVersion: HealthCheckVersion
    IPAddress: IPAddress
    Port: Port
    ResourcePath: ResourcePath
    FullyQualifiedDomainName: FullyQualifiedDomainName
    SearchString: SearchString
    FailureThreshold: FailureThreshold
    Inverted: Inverted
    Disabled: Disabled
    HealthThreshold: HealthThreshold
    ChildHealthChecks: ChildHealthCheckList
    EnableSNI: EnableSNI
    Regions: HealthCheckRegionList

    @nephele#refused
    AlarmIdentifier: AlarmIdentifier

    @nephele#refused
    InsufficientDataHealthStatus: InsufficientDataHealthStatus
    ResetElements: ResettableElementNameList
}

structure UpdateHealthCheckResponse {
    @required
    HealthCheck: HealthCheck
}

@xmlNamespace(uri: "https://route53.amazonaws.com/doc/2013-04-01/")
structure UpdateHostedZoneCommentRequest {
    @required
    @httpLabel
    Id: ResourceId
    Comment: ResourceDescription
}

structure UpdateHostedZoneCommentResponse {
    @required
    HostedZone: HostedZone
}

@range(min: 0)
long UsageCount

structure VPC {
    VPCRegion: VPCRegion
    VPCId: VPCId
}

@error("client")
@httpError(404)
structure VPCAssociationAuthorizationNotFound {
    message: ErrorMessage
}

@error("client")
@httpError(404)
structure VPCAssociationNotFound {
    message: ErrorMessage
}

@length(max: 1024)
string VPCId

enum VPCRegion {
    us_east_1 = "us-east-1"
    us_east_2 = "us-east-2"
    us_west_1 = "us-west-1"
    us_west_2 = "us-west-2"
    eu_west_1 = "eu-west-1"
    eu_west_2 = "eu-west-2"
    eu_west_3 = "eu-west-3"
    eu_central_1 = "eu-central-1"
    eu_central_2 = "eu-central-2"
    ap_east_1 = "ap-east-1"
    me_south_1 = "me-south-1"
    us_gov_west_1 = "us-gov-west-1"
    us_gov_east_1 = "us-gov-east-1"
    us_iso_east_1 = "us-iso-east-1"
    us_iso_west_1 = "us-iso-west-1"
    us_isob_east_1 = "us-isob-east-1"
    me_central_1 = "me-central-1"
    ap_southeast_1 = "ap-southeast-1"
    ap_southeast_2 = "ap-southeast-2"
    ap_southeast_3 = "ap-southeast-3"
    ap_south_1 = "ap-south-1"
    ap_south_2 = "ap-south-2"
    ap_northeast_1 = "ap-northeast-1"
    ap_northeast_2 = "ap-northeast-2"
    ap_northeast_3 = "ap-northeast-3"
    eu_north_1 = "eu-north-1"
    sa_east_1 = "sa-east-1"
    ca_central_1 = "ca-central-1"
    cn_north_1 = "cn-north-1"
    cn_northwest_1 = "cn-northwest-1"
    af_south_1 = "af-south-1"
    eu_south_1 = "eu-south-1"
    eu_south_2 = "eu-south-2"
    ap_southeast_4 = "ap-southeast-4"
    il_central_1 = "il-central-1"
    ca_west_1 = "ca-west-1"
    ap_southeast_5 = "ap-southeast-5"
    mx_central_1 = "mx-central-1"
    us_isof_south_1 = "us-isof-south-1"
    us_isof_east_1 = "us-isof-east-1"
    ap_southeast_7 = "ap-southeast-7"
    ap_east_2 = "ap-east-2"
    eu_isoe_west_1 = "eu-isoe-west-1"
    ap_southeast_6 = "ap-southeast-6"
    us_isob_west_1 = "us-isob-west-1"
    eusc_de_east_1 = "eusc-de-east-1"
}

@length(min: 1)
list VPCs {
    @xmlName("VPC")
    member: VPC
}
