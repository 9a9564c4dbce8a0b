// SPDX-License-Identifier: Apache-2.0
// ec2.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.ec2

@aws.api#service(sdkId: "EC2", endpointPrefix: "ec2")
@aws.auth#sigv4(name: "ec2")
@aws.protocols#ec2Query
@xmlNamespace(uri: "http://ec2.amazonaws.com/doc/2016-11-15")
service EC2 {
    version: "2016-11-15"
    operations: [
        AcceptVpcPeeringConnection
        AllocateAddress
        AssignPrivateIpAddresses
        AssignPrivateNatGatewayAddress
        AssociateAddress
        AssociateDhcpOptions
        AssociateIamInstanceProfile
        AssociateNatGatewayAddress
        AssociateRouteTable
        AssociateSecurityGroupVpc
        AssociateVpcCidrBlock
        AttachInternetGateway
        AttachNetworkInterface
        AttachVolume
        AuthorizeSecurityGroupEgress
        AuthorizeSecurityGroupIngress
        CopyImage
        CopySnapshot
        CreateDefaultSubnet
        CreateDefaultVpc
        CreateDhcpOptions
        CreateFlowLogs
        CreateImage
        CreateInternetGateway
        CreateKeyPair
        CreateLaunchTemplate
        CreateLaunchTemplateVersion
        CreateManagedPrefixList
        CreateNatGateway
        CreateNetworkAcl
        CreateNetworkAclEntry
        CreateNetworkInterface
        CreateNetworkInterfacePermission
        CreateRoute
        CreateRouteTable
        CreateSecurityGroup
        CreateSnapshot
        CreateSnapshots
        CreateSubnet
        CreateTags
        CreateVolume
        CreateVpc
        CreateVpcEndpoint
        CreateVpcPeeringConnection
        DeleteDhcpOptions
        DeleteFlowLogs
        DeleteInternetGateway
        DeleteKeyPair
        DeleteLaunchTemplate
        DeleteLaunchTemplateVersions
        DeleteManagedPrefixList
        DeleteNatGateway
        DeleteNetworkAcl
        DeleteNetworkAclEntry
        DeleteNetworkInterface
        DeleteNetworkInterfacePermission
        DeleteRoute
        DeleteRouteTable
        DeleteSecurityGroup
        DeleteSnapshot
        DeleteSubnet
        DeleteTags
        DeleteVolume
        DeleteVpc
        DeleteVpcEndpoints
        DeleteVpcPeeringConnection
        DeregisterImage
        DescribeAccountAttributes
        DescribeAddresses
        DescribeAddressesAttribute
        DescribeAvailabilityZones
        DescribeDhcpOptions
        DescribeFlowLogs
        DescribeIamInstanceProfileAssociations
        DescribeImageAttribute
        DescribeImages
        DescribeInstanceAttribute
        DescribeInstanceCreditSpecifications
        DescribeInstanceStatus
        DescribeInstanceTypeOfferings
        DescribeInstanceTypes
        DescribeInstances
        DescribeInternetGateways
        DescribeKeyPairs
        DescribeLaunchTemplateVersions
        DescribeLaunchTemplates
        DescribeManagedPrefixLists
        DescribeNatGateways
        DescribeNetworkAcls
        DescribeNetworkInterfaceAttribute
        DescribeNetworkInterfacePermissions
        DescribeNetworkInterfaces
        DescribePrefixLists
        DescribeRegions
        DescribeRouteTables
        DescribeSecurityGroupReferences
        DescribeSecurityGroupRules
        DescribeSecurityGroupVpcAssociations
        DescribeSecurityGroups
        DescribeSnapshotAttribute
        DescribeSnapshots
        DescribeStaleSecurityGroups
        DescribeSubnets
        DescribeTags
        DescribeVolumeAttribute
        DescribeVolumeStatus
        DescribeVolumes
        DescribeVolumesModifications
        DescribeVpcAttribute
        DescribeVpcEndpointServices
        DescribeVpcEndpoints
        DescribeVpcPeeringConnections
        DescribeVpcs
        DetachInternetGateway
        DetachNetworkInterface
        DetachVolume
        DisableEbsEncryptionByDefault
        DisableImageDeprecation
        DisassociateAddress
        DisassociateIamInstanceProfile
        DisassociateNatGatewayAddress
        DisassociateRouteTable
        DisassociateSecurityGroupVpc
        DisassociateVpcCidrBlock
        EnableEbsEncryptionByDefault
        EnableImageDeprecation
        EnableVolumeIO
        GetConsoleOutput
        GetEbsDefaultKmsKeyId
        GetEbsEncryptionByDefault
        GetInstanceMetadataDefaults
        GetInstanceUefiData
        GetLaunchTemplateData
        GetManagedPrefixListAssociations
        GetManagedPrefixListEntries
        GetPasswordData
        GetSecurityGroupsForVpc
        ImportKeyPair
        ModifyAddressAttribute
        ModifyEbsDefaultKmsKeyId
        ModifyImageAttribute
        ModifyInstanceAttribute
        ModifyInstanceCreditSpecification
        ModifyInstanceMaintenanceOptions
        ModifyInstanceMetadataDefaults
        ModifyInstanceMetadataOptions
        ModifyInstancePlacement
        ModifyLaunchTemplate
        ModifyManagedPrefixList
        ModifyNetworkInterfaceAttribute
        ModifyPrivateDnsNameOptions
        ModifySecurityGroupRules
        ModifySnapshotAttribute
        ModifySubnetAttribute
        ModifyVolume
        ModifyVolumeAttribute
        ModifyVpcAttribute
        ModifyVpcEndpoint
        ModifyVpcPeeringConnectionOptions
        ModifyVpcTenancy
        MonitorInstances
        RebootInstances
        RegisterImage
        RejectVpcPeeringConnection
        ReleaseAddress
        ReplaceIamInstanceProfileAssociation
        ReplaceNetworkAclAssociation
        ReplaceNetworkAclEntry
        ReplaceRoute
        ReplaceRouteTableAssociation
        ResetAddressAttribute
        ResetEbsDefaultKmsKeyId
        ResetImageAttribute
        ResetInstanceAttribute
        ResetNetworkInterfaceAttribute
        ResetSnapshotAttribute
        RestoreManagedPrefixListVersion
        RevokeSecurityGroupEgress
        RevokeSecurityGroupIngress
        RunInstances
        StartInstances
        StopInstances
        TerminateInstances
        UnassignPrivateIpAddresses
        UnassignPrivateNatGatewayAddress
        UnmonitorInstances
        UpdateSecurityGroupRuleDescriptionsEgress
        UpdateSecurityGroupRuleDescriptionsIngress
    ]
}

operation AcceptVpcPeeringConnection {
    input: AcceptVpcPeeringConnectionRequest
    output: AcceptVpcPeeringConnectionResult
}

operation AllocateAddress {
    input: AllocateAddressRequest
    output: AllocateAddressResult
}

operation AssignPrivateIpAddresses {
    input: AssignPrivateIpAddressesRequest
    output: AssignPrivateIpAddressesResult
}

operation AssignPrivateNatGatewayAddress {
    input: AssignPrivateNatGatewayAddressRequest
    output: AssignPrivateNatGatewayAddressResult
}

operation AssociateAddress {
    input: AssociateAddressRequest
    output: AssociateAddressResult
}

operation AssociateDhcpOptions {
    input: AssociateDhcpOptionsRequest
}

operation AssociateIamInstanceProfile {
    input: AssociateIamInstanceProfileRequest
    output: AssociateIamInstanceProfileResult
}

operation AssociateNatGatewayAddress {
    input: AssociateNatGatewayAddressRequest
    output: AssociateNatGatewayAddressResult
}

operation AssociateRouteTable {
    input: AssociateRouteTableRequest
    output: AssociateRouteTableResult
}

operation AssociateSecurityGroupVpc {
    input: AssociateSecurityGroupVpcRequest
    output: AssociateSecurityGroupVpcResult
}

operation AssociateVpcCidrBlock {
    input: AssociateVpcCidrBlockRequest
    output: AssociateVpcCidrBlockResult
}

operation AttachInternetGateway {
    input: AttachInternetGatewayRequest
}

operation AttachNetworkInterface {
    input: AttachNetworkInterfaceRequest
    output: AttachNetworkInterfaceResult
}

operation AttachVolume {
    input: AttachVolumeRequest
    output: VolumeAttachment
}

operation AuthorizeSecurityGroupEgress {
    input: AuthorizeSecurityGroupEgressRequest
    output: AuthorizeSecurityGroupEgressResult
}

operation AuthorizeSecurityGroupIngress {
    input: AuthorizeSecurityGroupIngressRequest
    output: AuthorizeSecurityGroupIngressResult
}

operation CopyImage {
    input: CopyImageRequest
    output: CopyImageResult
}

operation CopySnapshot {
    input: CopySnapshotRequest
    output: CopySnapshotResult
}

operation CreateDefaultSubnet {
    input: CreateDefaultSubnetRequest
    output: CreateDefaultSubnetResult
}

operation CreateDefaultVpc {
    input: CreateDefaultVpcRequest
    output: CreateDefaultVpcResult
}

operation CreateDhcpOptions {
    input: CreateDhcpOptionsRequest
    output: CreateDhcpOptionsResult
}

operation CreateFlowLogs {
    input: CreateFlowLogsRequest
    output: CreateFlowLogsResult
}

operation CreateImage {
    input: CreateImageRequest
    output: CreateImageResult
}

operation CreateInternetGateway {
    input: CreateInternetGatewayRequest
    output: CreateInternetGatewayResult
}

operation CreateKeyPair {
    input: CreateKeyPairRequest
    output: KeyPair
}

operation CreateLaunchTemplate {
    input: CreateLaunchTemplateRequest
    output: CreateLaunchTemplateResult
}

operation CreateLaunchTemplateVersion {
    input: CreateLaunchTemplateVersionRequest
    output: CreateLaunchTemplateVersionResult
}

operation CreateManagedPrefixList {
    input: CreateManagedPrefixListRequest
    output: CreateManagedPrefixListResult
}

operation CreateNatGateway {
    input: CreateNatGatewayRequest
    output: CreateNatGatewayResult
}

operation CreateNetworkAcl {
    input: CreateNetworkAclRequest
    output: CreateNetworkAclResult
}

operation CreateNetworkAclEntry {
    input: CreateNetworkAclEntryRequest
}

operation CreateNetworkInterface {
    input: CreateNetworkInterfaceRequest
    output: CreateNetworkInterfaceResult
}

operation CreateNetworkInterfacePermission {
    input: CreateNetworkInterfacePermissionRequest
    output: CreateNetworkInterfacePermissionResult
}

operation CreateRoute {
    input: CreateRouteRequest
    output: CreateRouteResult
}

operation CreateRouteTable {
    input: CreateRouteTableRequest
    output: CreateRouteTableResult
}

operation CreateSecurityGroup {
    input: CreateSecurityGroupRequest
    output: CreateSecurityGroupResult
}

operation CreateSnapshot {
    input: CreateSnapshotRequest
    output: Snapshot
}

operation CreateSnapshots {
    input: CreateSnapshotsRequest
    output: CreateSnapshotsResult
}

operation CreateSubnet {
    input: CreateSubnetRequest
    output: CreateSubnetResult
}

operation CreateTags {
    input: CreateTagsRequest
}

operation CreateVolume {
    input: CreateVolumeRequest
    output: Volume
}

operation CreateVpc {
    input: CreateVpcRequest
    output: CreateVpcResult
}

operation CreateVpcEndpoint {
    input: CreateVpcEndpointRequest
    output: CreateVpcEndpointResult
}

operation CreateVpcPeeringConnection {
    input: CreateVpcPeeringConnectionRequest
    output: CreateVpcPeeringConnectionResult
}

operation DeleteDhcpOptions {
    input: DeleteDhcpOptionsRequest
}

operation DeleteFlowLogs {
    input: DeleteFlowLogsRequest
    output: DeleteFlowLogsResult
}

operation DeleteInternetGateway {
    input: DeleteInternetGatewayRequest
}

operation DeleteKeyPair {
    input: DeleteKeyPairRequest
    output: DeleteKeyPairResult
}

operation DeleteLaunchTemplate {
    input: DeleteLaunchTemplateRequest
    output: DeleteLaunchTemplateResult
}

operation DeleteLaunchTemplateVersions {
    input: DeleteLaunchTemplateVersionsRequest
    output: DeleteLaunchTemplateVersionsResult
}

operation DeleteManagedPrefixList {
    input: DeleteManagedPrefixListRequest
    output: DeleteManagedPrefixListResult
}

operation DeleteNatGateway {
    input: DeleteNatGatewayRequest
    output: DeleteNatGatewayResult
}

operation DeleteNetworkAcl {
    input: DeleteNetworkAclRequest
}

operation DeleteNetworkAclEntry {
    input: DeleteNetworkAclEntryRequest
}

operation DeleteNetworkInterface {
    input: DeleteNetworkInterfaceRequest
}

operation DeleteNetworkInterfacePermission {
    input: DeleteNetworkInterfacePermissionRequest
    output: DeleteNetworkInterfacePermissionResult
}

operation DeleteRoute {
    input: DeleteRouteRequest
}

operation DeleteRouteTable {
    input: DeleteRouteTableRequest
}

operation DeleteSecurityGroup {
    input: DeleteSecurityGroupRequest
    output: DeleteSecurityGroupResult
}

operation DeleteSnapshot {
    input: DeleteSnapshotRequest
}

operation DeleteSubnet {
    input: DeleteSubnetRequest
}

operation DeleteTags {
    input: DeleteTagsRequest
}

operation DeleteVolume {
    input: DeleteVolumeRequest
}

operation DeleteVpc {
    input: DeleteVpcRequest
}

operation DeleteVpcEndpoints {
    input: DeleteVpcEndpointsRequest
    output: DeleteVpcEndpointsResult
}

operation DeleteVpcPeeringConnection {
    input: DeleteVpcPeeringConnectionRequest
    output: DeleteVpcPeeringConnectionResult
}

operation DeregisterImage {
    input: DeregisterImageRequest
    output: DeregisterImageResult
}

@readonly
operation DescribeAccountAttributes {
    input: DescribeAccountAttributesRequest
    output: DescribeAccountAttributesResult
}

@readonly
operation DescribeAddresses {
    input: DescribeAddressesRequest
    output: DescribeAddressesResult
}

@readonly
operation DescribeAddressesAttribute {
    input: DescribeAddressesAttributeRequest
    output: DescribeAddressesAttributeResult
}

@readonly
operation DescribeAvailabilityZones {
    input: DescribeAvailabilityZonesRequest
    output: DescribeAvailabilityZonesResult
}

@readonly
operation DescribeDhcpOptions {
    input: DescribeDhcpOptionsRequest
    output: DescribeDhcpOptionsResult
}

@readonly
operation DescribeFlowLogs {
    input: DescribeFlowLogsRequest
    output: DescribeFlowLogsResult
}

@readonly
operation DescribeIamInstanceProfileAssociations {
    input: DescribeIamInstanceProfileAssociationsRequest
    output: DescribeIamInstanceProfileAssociationsResult
}

@readonly
operation DescribeImageAttribute {
    input: DescribeImageAttributeRequest
    output: ImageAttribute
}

@readonly
operation DescribeImages {
    input: DescribeImagesRequest
    output: DescribeImagesResult
}

@readonly
operation DescribeInstanceAttribute {
    input: DescribeInstanceAttributeRequest
    output: InstanceAttribute
}

@readonly
operation DescribeInstanceCreditSpecifications {
    input: DescribeInstanceCreditSpecificationsRequest
    output: DescribeInstanceCreditSpecificationsResult
}

@readonly
operation DescribeInstanceStatus {
    input: DescribeInstanceStatusRequest
    output: DescribeInstanceStatusResult
}

@readonly
operation DescribeInstanceTypeOfferings {
    input: DescribeInstanceTypeOfferingsRequest
    output: DescribeInstanceTypeOfferingsResult
}

@readonly
operation DescribeInstanceTypes {
    input: DescribeInstanceTypesRequest
    output: DescribeInstanceTypesResult
}

@readonly
operation DescribeInstances {
    input: DescribeInstancesRequest
    output: DescribeInstancesResult
}

@readonly
operation DescribeInternetGateways {
    input: DescribeInternetGatewaysRequest
    output: DescribeInternetGatewaysResult
}

@readonly
operation DescribeKeyPairs {
    input: DescribeKeyPairsRequest
    output: DescribeKeyPairsResult
}

@readonly
operation DescribeLaunchTemplateVersions {
    input: DescribeLaunchTemplateVersionsRequest
    output: DescribeLaunchTemplateVersionsResult
}

@readonly
operation DescribeLaunchTemplates {
    input: DescribeLaunchTemplatesRequest
    output: DescribeLaunchTemplatesResult
}

@readonly
operation DescribeManagedPrefixLists {
    input: DescribeManagedPrefixListsRequest
    output: DescribeManagedPrefixListsResult
}

@readonly
operation DescribeNatGateways {
    input: DescribeNatGatewaysRequest
    output: DescribeNatGatewaysResult
}

@readonly
operation DescribeNetworkAcls {
    input: DescribeNetworkAclsRequest
    output: DescribeNetworkAclsResult
}

@readonly
operation DescribeNetworkInterfaceAttribute {
    input: DescribeNetworkInterfaceAttributeRequest
    output: DescribeNetworkInterfaceAttributeResult
}

@readonly
operation DescribeNetworkInterfacePermissions {
    input: DescribeNetworkInterfacePermissionsRequest
    output: DescribeNetworkInterfacePermissionsResult
}

@readonly
operation DescribeNetworkInterfaces {
    input: DescribeNetworkInterfacesRequest
    output: DescribeNetworkInterfacesResult
}

@readonly
operation DescribePrefixLists {
    input: DescribePrefixListsRequest
    output: DescribePrefixListsResult
}

@readonly
operation DescribeRegions {
    input: DescribeRegionsRequest
    output: DescribeRegionsResult
}

@readonly
operation DescribeRouteTables {
    input: DescribeRouteTablesRequest
    output: DescribeRouteTablesResult
}

@readonly
operation DescribeSecurityGroupReferences {
    input: DescribeSecurityGroupReferencesRequest
    output: DescribeSecurityGroupReferencesResult
}

@readonly
operation DescribeSecurityGroupRules {
    input: DescribeSecurityGroupRulesRequest
    output: DescribeSecurityGroupRulesResult
}

@readonly
operation DescribeSecurityGroupVpcAssociations {
    input: DescribeSecurityGroupVpcAssociationsRequest
    output: DescribeSecurityGroupVpcAssociationsResult
}

@readonly
operation DescribeSecurityGroups {
    input: DescribeSecurityGroupsRequest
    output: DescribeSecurityGroupsResult
}

@readonly
operation DescribeSnapshotAttribute {
    input: DescribeSnapshotAttributeRequest
    output: DescribeSnapshotAttributeResult
}

@readonly
operation DescribeSnapshots {
    input: DescribeSnapshotsRequest
    output: DescribeSnapshotsResult
}

@readonly
operation DescribeStaleSecurityGroups {
    input: DescribeStaleSecurityGroupsRequest
    output: DescribeStaleSecurityGroupsResult
}

@readonly
operation DescribeSubnets {
    input: DescribeSubnetsRequest
    output: DescribeSubnetsResult
}

@readonly
operation DescribeTags {
    input: DescribeTagsRequest
    output: DescribeTagsResult
}

@readonly
operation DescribeVolumeAttribute {
    input: DescribeVolumeAttributeRequest
    output: DescribeVolumeAttributeResult
}

@readonly
operation DescribeVolumeStatus {
    input: DescribeVolumeStatusRequest
    output: DescribeVolumeStatusResult
}

@readonly
operation DescribeVolumes {
    input: DescribeVolumesRequest
    output: DescribeVolumesResult
}

@readonly
operation DescribeVolumesModifications {
    input: DescribeVolumesModificationsRequest
    output: DescribeVolumesModificationsResult
}

@readonly
operation DescribeVpcAttribute {
    input: DescribeVpcAttributeRequest
    output: DescribeVpcAttributeResult
}

@readonly
operation DescribeVpcEndpointServices {
    input: DescribeVpcEndpointServicesRequest
    output: DescribeVpcEndpointServicesResult
}

@readonly
operation DescribeVpcEndpoints {
    input: DescribeVpcEndpointsRequest
    output: DescribeVpcEndpointsResult
}

@readonly
operation DescribeVpcPeeringConnections {
    input: DescribeVpcPeeringConnectionsRequest
    output: DescribeVpcPeeringConnectionsResult
}

@readonly
operation DescribeVpcs {
    input: DescribeVpcsRequest
    output: DescribeVpcsResult
}

operation DetachInternetGateway {
    input: DetachInternetGatewayRequest
}

operation DetachNetworkInterface {
    input: DetachNetworkInterfaceRequest
}

operation DetachVolume {
    input: DetachVolumeRequest
    output: VolumeAttachment
}

operation DisableEbsEncryptionByDefault {
    input: DisableEbsEncryptionByDefaultRequest
    output: DisableEbsEncryptionByDefaultResult
}

operation DisableImageDeprecation {
    input: DisableImageDeprecationRequest
    output: DisableImageDeprecationResult
}

operation DisassociateAddress {
    input: DisassociateAddressRequest
}

operation DisassociateIamInstanceProfile {
    input: DisassociateIamInstanceProfileRequest
    output: DisassociateIamInstanceProfileResult
}

operation DisassociateNatGatewayAddress {
    input: DisassociateNatGatewayAddressRequest
    output: DisassociateNatGatewayAddressResult
}

operation DisassociateRouteTable {
    input: DisassociateRouteTableRequest
}

operation DisassociateSecurityGroupVpc {
    input: DisassociateSecurityGroupVpcRequest
    output: DisassociateSecurityGroupVpcResult
}

operation DisassociateVpcCidrBlock {
    input: DisassociateVpcCidrBlockRequest
    output: DisassociateVpcCidrBlockResult
}

operation EnableEbsEncryptionByDefault {
    input: EnableEbsEncryptionByDefaultRequest
    output: EnableEbsEncryptionByDefaultResult
}

operation EnableImageDeprecation {
    input: EnableImageDeprecationRequest
    output: EnableImageDeprecationResult
}

operation EnableVolumeIO {
    input: EnableVolumeIORequest
}

@readonly
operation GetConsoleOutput {
    input: GetConsoleOutputRequest
    output: GetConsoleOutputResult
}

@readonly
operation GetEbsDefaultKmsKeyId {
    input: GetEbsDefaultKmsKeyIdRequest
    output: GetEbsDefaultKmsKeyIdResult
}

@readonly
operation GetEbsEncryptionByDefault {
    input: GetEbsEncryptionByDefaultRequest
    output: GetEbsEncryptionByDefaultResult
}

@readonly
operation GetInstanceMetadataDefaults {
    input: GetInstanceMetadataDefaultsRequest
    output: GetInstanceMetadataDefaultsResult
}

@readonly
operation GetInstanceUefiData {
    input: GetInstanceUefiDataRequest
    output: GetInstanceUefiDataResult
}

@readonly
operation GetLaunchTemplateData {
    input: GetLaunchTemplateDataRequest
    output: GetLaunchTemplateDataResult
}

@readonly
operation GetManagedPrefixListAssociations {
    input: GetManagedPrefixListAssociationsRequest
    output: GetManagedPrefixListAssociationsResult
}

@readonly
operation GetManagedPrefixListEntries {
    input: GetManagedPrefixListEntriesRequest
    output: GetManagedPrefixListEntriesResult
}

@readonly
operation GetPasswordData {
    input: GetPasswordDataRequest
    output: GetPasswordDataResult
}

@readonly
operation GetSecurityGroupsForVpc {
    input: GetSecurityGroupsForVpcRequest
    output: GetSecurityGroupsForVpcResult
}

operation ImportKeyPair {
    input: ImportKeyPairRequest
    output: ImportKeyPairResult
}

operation ModifyAddressAttribute {
    input: ModifyAddressAttributeRequest
    output: ModifyAddressAttributeResult
}

operation ModifyEbsDefaultKmsKeyId {
    input: ModifyEbsDefaultKmsKeyIdRequest
    output: ModifyEbsDefaultKmsKeyIdResult
}

operation ModifyImageAttribute {
    input: ModifyImageAttributeRequest
}

operation ModifyInstanceAttribute {
    input: ModifyInstanceAttributeRequest
}

operation ModifyInstanceCreditSpecification {
    input: ModifyInstanceCreditSpecificationRequest
    output: ModifyInstanceCreditSpecificationResult
}

operation ModifyInstanceMaintenanceOptions {
    input: ModifyInstanceMaintenanceOptionsRequest
    output: ModifyInstanceMaintenanceOptionsResult
}

operation ModifyInstanceMetadataDefaults {
    input: ModifyInstanceMetadataDefaultsRequest
    output: ModifyInstanceMetadataDefaultsResult
}

operation ModifyInstanceMetadataOptions {
    input: ModifyInstanceMetadataOptionsRequest
    output: ModifyInstanceMetadataOptionsResult
}

operation ModifyInstancePlacement {
    input: ModifyInstancePlacementRequest
    output: ModifyInstancePlacementResult
}

operation ModifyLaunchTemplate {
    input: ModifyLaunchTemplateRequest
    output: ModifyLaunchTemplateResult
}

operation ModifyManagedPrefixList {
    input: ModifyManagedPrefixListRequest
    output: ModifyManagedPrefixListResult
}

operation ModifyNetworkInterfaceAttribute {
    input: ModifyNetworkInterfaceAttributeRequest
}

operation ModifyPrivateDnsNameOptions {
    input: ModifyPrivateDnsNameOptionsRequest
    output: ModifyPrivateDnsNameOptionsResult
}

operation ModifySecurityGroupRules {
    input: ModifySecurityGroupRulesRequest
    output: ModifySecurityGroupRulesResult
}

operation ModifySnapshotAttribute {
    input: ModifySnapshotAttributeRequest
}

operation ModifySubnetAttribute {
    input: ModifySubnetAttributeRequest
}

operation ModifyVolume {
    input: ModifyVolumeRequest
    output: ModifyVolumeResult
}

operation ModifyVolumeAttribute {
    input: ModifyVolumeAttributeRequest
}

operation ModifyVpcAttribute {
    input: ModifyVpcAttributeRequest
}

operation ModifyVpcEndpoint {
    input: ModifyVpcEndpointRequest
    output: ModifyVpcEndpointResult
}

operation ModifyVpcPeeringConnectionOptions {
    input: ModifyVpcPeeringConnectionOptionsRequest
    output: ModifyVpcPeeringConnectionOptionsResult
}

operation ModifyVpcTenancy {
    input: ModifyVpcTenancyRequest
    output: ModifyVpcTenancyResult
}

operation MonitorInstances {
    input: MonitorInstancesRequest
    output: MonitorInstancesResult
}

operation RebootInstances {
    input: RebootInstancesRequest
}

operation RegisterImage {
    input: RegisterImageRequest
    output: RegisterImageResult
}

operation RejectVpcPeeringConnection {
    input: RejectVpcPeeringConnectionRequest
    output: RejectVpcPeeringConnectionResult
}

operation ReleaseAddress {
    input: ReleaseAddressRequest
}

operation ReplaceIamInstanceProfileAssociation {
    input: ReplaceIamInstanceProfileAssociationRequest
    output: ReplaceIamInstanceProfileAssociationResult
}

operation ReplaceNetworkAclAssociation {
    input: ReplaceNetworkAclAssociationRequest
    output: ReplaceNetworkAclAssociationResult
}

operation ReplaceNetworkAclEntry {
    input: ReplaceNetworkAclEntryRequest
}

operation ReplaceRoute {
    input: ReplaceRouteRequest
}

operation ReplaceRouteTableAssociation {
    input: ReplaceRouteTableAssociationRequest
    output: ReplaceRouteTableAssociationResult
}

operation ResetAddressAttribute {
    input: ResetAddressAttributeRequest
    output: ResetAddressAttributeResult
}

operation ResetEbsDefaultKmsKeyId {
    input: ResetEbsDefaultKmsKeyIdRequest
    output: ResetEbsDefaultKmsKeyIdResult
}

operation ResetImageAttribute {
    input: ResetImageAttributeRequest
}

operation ResetInstanceAttribute {
    input: ResetInstanceAttributeRequest
}

operation ResetNetworkInterfaceAttribute {
    input: ResetNetworkInterfaceAttributeRequest
}

operation ResetSnapshotAttribute {
    input: ResetSnapshotAttributeRequest
}

operation RestoreManagedPrefixListVersion {
    input: RestoreManagedPrefixListVersionRequest
    output: RestoreManagedPrefixListVersionResult
}

operation RevokeSecurityGroupEgress {
    input: RevokeSecurityGroupEgressRequest
    output: RevokeSecurityGroupEgressResult
}

operation RevokeSecurityGroupIngress {
    input: RevokeSecurityGroupIngressRequest
    output: RevokeSecurityGroupIngressResult
}

operation RunInstances {
    input: RunInstancesRequest
    output: Reservation
}

operation StartInstances {
    input: StartInstancesRequest
    output: StartInstancesResult
}

operation StopInstances {
    input: StopInstancesRequest
    output: StopInstancesResult
}

operation TerminateInstances {
    input: TerminateInstancesRequest
    output: TerminateInstancesResult
}

operation UnassignPrivateIpAddresses {
    input: UnassignPrivateIpAddressesRequest
}

operation UnassignPrivateNatGatewayAddress {
    input: UnassignPrivateNatGatewayAddressRequest
    output: UnassignPrivateNatGatewayAddressResult
}

operation UnmonitorInstances {
    input: UnmonitorInstancesRequest
    output: UnmonitorInstancesResult
}

operation UpdateSecurityGroupRuleDescriptionsEgress {
    input: UpdateSecurityGroupRuleDescriptionsEgressRequest
    output: UpdateSecurityGroupRuleDescriptionsEgressResult
}

operation UpdateSecurityGroupRuleDescriptionsIngress {
    input: UpdateSecurityGroupRuleDescriptionsIngressRequest
    output: UpdateSecurityGroupRuleDescriptionsIngressResult
}

structure AcceleratorCount {
    @xmlName("min")
    Min: Integer

    @xmlName("max")
    Max: Integer
}

structure AcceleratorCountRequest {
    Min: Integer
    Max: Integer
}

enum AcceleratorManufacturer {
    amazon_web_services = "amazon-web-services"
    amd = "amd"
    nvidia = "nvidia"
    xilinx = "xilinx"
    habana = "habana"
}

list AcceleratorManufacturerSet {
    @xmlName("item")
    member: AcceleratorManufacturer
}

enum AcceleratorName {
    a100 = "a100"
    inferentia = "inferentia"
    k520 = "k520"
    k80 = "k80"
    m60 = "m60"
    radeon_pro_v520 = "radeon-pro-v520"
    t4 = "t4"
    vu9p = "vu9p"
    v100 = "v100"
    a10g = "a10g"
    h100 = "h100"
    t4g = "t4g"
    l40s = "l40s"
    l4 = "l4"
    gaudi_hl_205 = "gaudi-hl-205"
    inferentia2 = "inferentia2"
    trainium = "trainium"
    trainium2 = "trainium2"
    u30 = "u30"
}

list AcceleratorNameSet {
    @xmlName("item")
    member: AcceleratorName
}

structure AcceleratorTotalMemoryMiB {
    @xmlName("min")
    Min: Integer

    @xmlName("max")
    Max: Integer
}

structure AcceleratorTotalMemoryMiBRequest {
    Min: Integer
    Max: Integer
}

enum AcceleratorType {
    gpu = "gpu"
    fpga = "fpga"
    inference = "inference"
    media = "media"
}

list AcceleratorTypeSet {
    @xmlName("item")
    member: AcceleratorType
}

structure AcceptVpcPeeringConnectionRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: VpcPeeringConnectionIdWithResolver
}

structure AcceptVpcPeeringConnectionResult {
    @xmlName("vpcPeeringConnection")
    VpcPeeringConnection: VpcPeeringConnection
}

structure AccountAttribute {
    @xmlName("attributeName")
    AttributeName: String

    @xmlName("attributeValueSet")
    AttributeValues: AccountAttributeValueList
}

list AccountAttributeList {
    @xmlName("item")
    member: AccountAttribute
}

enum AccountAttributeName {
    supported_platforms = "supported-platforms"
    default_vpc = "default-vpc"
}

list AccountAttributeNameStringList {
    @xmlName("attributeName")
    member: AccountAttributeName
}

structure AccountAttributeValue {
    @xmlName("attributeValue")
    AttributeValue: String
}

list AccountAttributeValueList {
    @xmlName("item")
    member: AccountAttributeValue
}

@length(min: 0, max: 100)
list AddPrefixListEntries {
    member: AddPrefixListEntry
}

structure AddPrefixListEntry {
    @required
    Cidr: String
    Description: String
}

integer AdditionalFlexibleNetworkInterfaces

structure Address {
    @xmlName("allocationId")
    AllocationId: String

    @xmlName("associationId")
    AssociationId: String

    @xmlName("domain")
    Domain: DomainType

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("networkInterfaceOwnerId")
    NetworkInterfaceOwnerId: String

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("publicIpv4Pool")
    PublicIpv4Pool: String

    @xmlName("networkBorderGroup")
    NetworkBorderGroup: String

    @xmlName("customerOwnedIp")
    CustomerOwnedIp: String

    @xmlName("customerOwnedIpv4Pool")
    CustomerOwnedIpv4Pool: String

    @xmlName("carrierIp")
    CarrierIp: String

    @xmlName("subnetId")
    SubnetId: String

    @xmlName("serviceManaged")
    ServiceManaged: ServiceManaged

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("publicIp")
    PublicIp: String
}

structure AddressAttribute {
    @xmlName("publicIp")
    PublicIp: PublicIpAddress

    @xmlName("allocationId")
    AllocationId: AllocationId

    @xmlName("ptrRecord")
    PtrRecord: String

    @xmlName("ptrRecordUpdate")
    PtrRecordUpdate: PtrUpdateStatus
}

enum AddressAttributeName {
    domain_name = "domain-name"
}

list AddressList {
    @xmlName("item")
    member: Address
}

@range(min: 1, max: 1000)
integer AddressMaxResults

list AddressSet {
    @xmlName("item")
    member: AddressAttribute
}

enum Affinity {
    default = "default"
    host = "host"
}

structure AllocateAddressRequest {
    Domain: DomainType
    @nephele#refused
    Address: PublicIpAddress
    @nephele#refused(off: "amazon")
    PublicIpv4Pool: Ipv4PoolEc2Id
    NetworkBorderGroup: String
    @nephele#refused
    CustomerOwnedIpv4Pool: String

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @nephele#refused
    IpamPoolId: IpamPoolId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure AllocateAddressResult {
    @xmlName("allocationId")
    AllocationId: String

    @xmlName("publicIpv4Pool")
    PublicIpv4Pool: String

    @xmlName("networkBorderGroup")
    NetworkBorderGroup: String

    @xmlName("domain")
    Domain: DomainType

    @xmlName("customerOwnedIp")
    CustomerOwnedIp: String

    @xmlName("customerOwnedIpv4Pool")
    CustomerOwnedIpv4Pool: String

    @xmlName("carrierIp")
    CarrierIp: String

    @xmlName("publicIp")
    PublicIp: String
}

string AllocationId

list AllocationIdList {
    @xmlName("AllocationId")
    member: AllocationId
}

list AllocationIds {
    @xmlName("item")
    member: AllocationId
}

@length(min: 1, max: 30)
@pattern("^[a-zA-Z0-9\\.\\*\\-]+$")
string AllowedInstanceType

@length(min: 0, max: 400)
list AllowedInstanceTypeSet {
    @xmlName("item")
    member: AllowedInstanceType
}

enum AmdSevSnpSpecification {
    enabled = "enabled"
    disabled = "disabled"
}

enum ArchitectureType {
    i386 = "i386"
    x86_64 = "x86_64"
    arm64 = "arm64"
    x86_64_mac = "x86_64_mac"
    arm64_mac = "arm64_mac"
}

list ArchitectureTypeList {
    @xmlName("item")
    member: ArchitectureType
}

enum ArchitectureValues {
    i386 = "i386"
    x86_64 = "x86_64"
    arm64 = "arm64"
    x86_64_mac = "x86_64_mac"
    arm64_mac = "arm64_mac"
}

structure AssignPrivateIpAddressesRequest {
    @xmlName("Ipv4Prefix")
    @nephele#refused
    Ipv4Prefixes: IpPrefixList

    @nephele#refused
    Ipv4PrefixCount: Integer

    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("privateIpAddress")
    PrivateIpAddresses: PrivateIpAddressStringList

    @xmlName("secondaryPrivateIpAddressCount")
    SecondaryPrivateIpAddressCount: Integer

    @xmlName("allowReassignment")
    AllowReassignment: Boolean
}

structure AssignPrivateIpAddressesResult {
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("assignedPrivateIpAddressesSet")
    AssignedPrivateIpAddresses: AssignedPrivateIpAddressList

    @xmlName("assignedIpv4PrefixSet")
    AssignedIpv4Prefixes: Ipv4PrefixesList
}

structure AssignPrivateNatGatewayAddressRequest {
    @required
    NatGatewayId: NatGatewayId

    @xmlName("PrivateIpAddress")
    PrivateIpAddresses: IpList
    PrivateIpAddressCount: PrivateIpAddressCount
    DryRun: Boolean
}

structure AssignPrivateNatGatewayAddressResult {
    @xmlName("natGatewayId")
    NatGatewayId: NatGatewayId

    @xmlName("natGatewayAddressSet")
    NatGatewayAddresses: NatGatewayAddressList
}

structure AssignedPrivateIpAddress {
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list AssignedPrivateIpAddressList {
    @xmlName("item")
    member: AssignedPrivateIpAddress
}

structure AssociateAddressRequest {
    AllocationId: AllocationId
    InstanceId: InstanceId
    PublicIp: EipAllocationPublicIp

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("allowReassociation")
    AllowReassociation: Boolean
}

structure AssociateAddressResult {
    @xmlName("associationId")
    AssociationId: String
}

structure AssociateDhcpOptionsRequest {
    @required
    DhcpOptionsId: DefaultingDhcpOptionsId

    @required
    VpcId: VpcId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure AssociateIamInstanceProfileRequest {
    @required
    IamInstanceProfile: IamInstanceProfileSpecification

    @required
    InstanceId: InstanceId
}

structure AssociateIamInstanceProfileResult {
    @xmlName("iamInstanceProfileAssociation")
    IamInstanceProfileAssociation: IamInstanceProfileAssociation
}

structure AssociateNatGatewayAddressRequest {
    @required
    NatGatewayId: NatGatewayId

    @required
    @xmlName("AllocationId")
    AllocationIds: AllocationIdList

    @xmlName("PrivateIpAddress")
    PrivateIpAddresses: IpList
    DryRun: Boolean
    @nephele#refused
    AvailabilityZone: AvailabilityZoneName
    @nephele#refused
    AvailabilityZoneId: AvailabilityZoneId
}

structure AssociateNatGatewayAddressResult {
    @xmlName("natGatewayId")
    NatGatewayId: NatGatewayId

    @xmlName("natGatewayAddressSet")
    NatGatewayAddresses: NatGatewayAddressList
}

structure AssociateRouteTableRequest {
    @nephele#refused
    GatewayId: RouteGatewayId
    @nephele#refused
    PublicIpv4Pool: Ipv4PoolEc2Id

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("subnetId")
    SubnetId: SubnetId

    @required
    @xmlName("routeTableId")
    RouteTableId: RouteTableId
}

structure AssociateRouteTableResult {
    @xmlName("associationId")
    AssociationId: String

    @xmlName("associationState")
    AssociationState: RouteTableAssociationState
}

structure AssociateSecurityGroupVpcRequest {
    @required
    GroupId: SecurityGroupId

    @required
    VpcId: VpcId
    DryRun: Boolean
}

structure AssociateSecurityGroupVpcResult {
    @xmlName("state")
    State: SecurityGroupVpcAssociationState
}

structure AssociateVpcCidrBlockRequest {
    CidrBlock: String
    @nephele#refused
    Ipv6CidrBlockNetworkBorderGroup: String
    @nephele#refused
    Ipv6Pool: Ipv6PoolEc2Id
    @nephele#refused
    Ipv6CidrBlock: String
    @nephele#refused
    Ipv4IpamPoolId: IpamPoolId
    @nephele#refused
    Ipv4NetmaskLength: NetmaskLength
    @nephele#refused
    Ipv6IpamPoolId: IpamPoolId
    @nephele#refused
    Ipv6NetmaskLength: NetmaskLength

    @required
    @xmlName("vpcId")
    VpcId: VpcId

    @xmlName("amazonProvidedIpv6CidrBlock")
    @nephele#refused
    AmazonProvidedIpv6CidrBlock: Boolean
}

structure AssociateVpcCidrBlockResult {
    @xmlName("ipv6CidrBlockAssociation")
    Ipv6CidrBlockAssociation: VpcIpv6CidrBlockAssociation

    @xmlName("cidrBlockAssociation")
    CidrBlockAssociation: VpcCidrBlockAssociation

    @xmlName("vpcId")
    VpcId: String
}

list AssociatedSubnetList {
    @xmlName("item")
    member: SubnetId
}

list AssociationIdList {
    @xmlName("AssociationId")
    member: IamInstanceProfileAssociationId
}

structure AttachInternetGatewayRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("internetGatewayId")
    InternetGatewayId: InternetGatewayId

    @required
    @xmlName("vpcId")
    VpcId: VpcId
}

structure AttachNetworkInterfaceRequest {
    @nephele#refused
    NetworkCardIndex: Integer

    @nephele#refused
    EnaSrdSpecification: EnaSrdSpecification

    @nephele#refused
    EnaQueueCount: Integer

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @required
    @xmlName("instanceId")
    InstanceId: InstanceId

    @required
    @xmlName("deviceIndex")
    DeviceIndex: Integer
}

structure AttachNetworkInterfaceResult {
    @xmlName("attachmentId")
    AttachmentId: String

    @xmlName("networkCardIndex")
    NetworkCardIndex: Integer
}

structure AttachVolumeRequest {
    @required
    Device: String

    @required
    InstanceId: InstanceId

    @required
    VolumeId: VolumeId
    @nephele#refused
    EbsCardIndex: BoxedInteger

    @xmlName("dryRun")
    DryRun: Boolean
}

structure AttachmentEnaSrdSpecification {
    @xmlName("enaSrdEnabled")
    EnaSrdEnabled: Boolean

    @xmlName("enaSrdUdpSpecification")
    EnaSrdUdpSpecification: AttachmentEnaSrdUdpSpecification
}

structure AttachmentEnaSrdUdpSpecification {
    @xmlName("enaSrdUdpEnabled")
    EnaSrdUdpEnabled: Boolean
}

enum AttachmentLimitType {
    shared = "shared"
    dedicated = "dedicated"
}

enum AttachmentStatus {
    attaching = "attaching"
    attached = "attached"
    detaching = "detaching"
    detached = "detached"
}

structure AttributeBooleanValue {
    @xmlName("value")
    Value: Boolean
}

structure AttributeValue {
    @xmlName("value")
    Value: String
}

structure AuthorizeSecurityGroupEgressRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("groupId")
    GroupId: SecurityGroupId

    @xmlName("sourceSecurityGroupName")
    SourceSecurityGroupName: String

    @xmlName("sourceSecurityGroupOwnerId")
    SourceSecurityGroupOwnerId: String

    @xmlName("ipProtocol")
    IpProtocol: String

    @xmlName("fromPort")
    FromPort: Integer

    @xmlName("toPort")
    ToPort: Integer

    @xmlName("cidrIp")
    CidrIp: String

    @xmlName("ipPermissions")
    IpPermissions: IpPermissionList
}

structure AuthorizeSecurityGroupEgressResult {
    @xmlName("return")
    Return: Boolean

    @xmlName("securityGroupRuleSet")
    SecurityGroupRules: SecurityGroupRuleList
}

structure AuthorizeSecurityGroupIngressRequest {
    CidrIp: String
    FromPort: Integer
    GroupId: SecurityGroupId
    GroupName: SecurityGroupName
    IpPermissions: IpPermissionList
    IpProtocol: String
    SourceSecurityGroupName: String
    SourceSecurityGroupOwnerId: String
    ToPort: Integer

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure AuthorizeSecurityGroupIngressResult {
    @xmlName("return")
    Return: Boolean

    @xmlName("securityGroupRuleSet")
    SecurityGroupRules: SecurityGroupRuleList
}

enum AutoProvisionZonesState {
    enabled = "enabled"
    disabled = "disabled"
}

boolean AutoRecoveryFlag

enum AutoScalingIpsState {
    enabled = "enabled"
    disabled = "disabled"
}

enum AvailabilityMode {
    zonal = "zonal"
    regional = "regional"
}

structure AvailabilityZone {
    @xmlName("optInStatus")
    OptInStatus: AvailabilityZoneOptInStatus

    @xmlName("messageSet")
    Messages: AvailabilityZoneMessageList

    @xmlName("regionName")
    RegionName: String

    @xmlName("zoneName")
    ZoneName: String

    @xmlName("zoneId")
    ZoneId: String

    @xmlName("groupName")
    GroupName: String

    @xmlName("networkBorderGroup")
    NetworkBorderGroup: String

    @xmlName("zoneType")
    ZoneType: String

    @xmlName("parentZoneName")
    ParentZoneName: String

    @xmlName("parentZoneId")
    ParentZoneId: String

    @xmlName("groupLongName")
    GroupLongName: String

    @xmlName("geographySet")
    Geography: AvailabilityZoneGeographyList

    @xmlName("subGeographySet")
    SubGeography: AvailabilityZoneSubGeographyList

    @xmlName("zoneState")
    State: AvailabilityZoneState
}

structure AvailabilityZoneAddress {
    AvailabilityZone: AvailabilityZoneName
    AvailabilityZoneId: AvailabilityZoneId

    @xmlName("AllocationId")
    AllocationIds: AllocationIdList
}

list AvailabilityZoneAddresses {
    @xmlName("AvailabilityZoneAddress")
    member: AvailabilityZoneAddress
}

structure AvailabilityZoneGeography {
    @xmlName("name")
    Name: String
}

list AvailabilityZoneGeographyList {
    @xmlName("item")
    member: AvailabilityZoneGeography
}

string AvailabilityZoneId

list AvailabilityZoneList {
    @xmlName("item")
    member: AvailabilityZone
}

structure AvailabilityZoneMessage {
    @xmlName("message")
    Message: String
}

list AvailabilityZoneMessageList {
    @xmlName("item")
    member: AvailabilityZoneMessage
}

string AvailabilityZoneName

enum AvailabilityZoneOptInStatus {
    opt_in_not_required = "opt-in-not-required"
    opted_in = "opted-in"
    not_opted_in = "not-opted-in"
}

enum AvailabilityZoneState {
    available = "available"
    information = "information"
    impaired = "impaired"
    unavailable = "unavailable"
    constrained = "constrained"
}

structure AvailabilityZoneSubGeography {
    @xmlName("name")
    Name: String
}

list AvailabilityZoneSubGeographyList {
    @xmlName("item")
    member: AvailabilityZoneSubGeography
}

enum BandwidthWeightingType {
    default = "default"
    vpc_1 = "vpc-1"
    ebs_1 = "ebs-1"
}

list BandwidthWeightingTypeList {
    @xmlName("item")
    member: BandwidthWeightingType
}

enum BareMetal {
    included = "included"
    required = "required"
    excluded = "excluded"
}

boolean BareMetalFlag

double BaselineBandwidthInGbps

integer BaselineBandwidthInMbps

structure BaselineEbsBandwidthMbps {
    @xmlName("min")
    Min: Integer

    @xmlName("max")
    Max: Integer
}

structure BaselineEbsBandwidthMbpsRequest {
    Min: Integer
    Max: Integer
}

integer BaselineIops

structure BaselinePerformanceFactors {
    @xmlName("cpu")
    Cpu: CpuPerformanceFactor
}

structure BaselinePerformanceFactorsRequest {
    Cpu: CpuPerformanceFactorRequest
}

double BaselineThroughputInMBps

list BillingProductList {
    @xmlName("item")
    member: String
}

blob Blob

structure BlobAttributeValue {
    @xmlName("value")
    Value: Blob
}

structure BlockDeviceMapping {
    @xmlName("ebs")
    Ebs: EbsBlockDevice

    @nephele#mayBeEmpty
    @xmlName("noDevice")
    NoDevice: String

    @xmlName("deviceName")
    DeviceName: String

    @xmlName("virtualName")
    @nephele#refused
    VirtualName: String
}

list BlockDeviceMappingList {
    @xmlName("item")
    member: BlockDeviceMapping
}

list BlockDeviceMappingRequestList {
    @xmlName("BlockDeviceMapping")
    member: BlockDeviceMapping
}

enum BlockPublicAccessMode {
    off = "off"
    block_bidirectional = "block-bidirectional"
    block_ingress = "block-ingress"
}

structure BlockPublicAccessStates {
    @xmlName("internetGatewayBlockMode")
    InternetGatewayBlockMode: BlockPublicAccessMode
}

boolean Boolean

enum BootModeType {
    legacy_bios = "legacy-bios"
    uefi = "uefi"
}

list BootModeTypeList {
    @xmlName("item")
    member: BootModeType
}

enum BootModeValues {
    legacy_bios = "legacy-bios"
    uefi = "uefi"
    uefi_preferred = "uefi-preferred"
}

boolean BoxedBoolean

integer BoxedInteger

enum BurstablePerformance {
    included = "included"
    required = "required"
    excluded = "excluded"
}

boolean BurstablePerformanceFlag

string CapacityReservationId

enum CapacityReservationPreference {
    capacity_reservations_only = "capacity-reservations-only"
    open = "open"
    none = "none"
}

structure CapacityReservationSpecification {
    CapacityReservationPreference: CapacityReservationPreference
    @nephele#refused
    CapacityReservationTarget: CapacityReservationTarget
}

structure CapacityReservationSpecificationResponse {
    @xmlName("capacityReservationPreference")
    CapacityReservationPreference: CapacityReservationPreference

    @xmlName("capacityReservationTarget")
    CapacityReservationTarget: CapacityReservationTargetResponse
}

structure CapacityReservationTarget {
    CapacityReservationId: CapacityReservationId
    CapacityReservationResourceGroupArn: String
}

structure CapacityReservationTargetResponse {
    @xmlName("capacityReservationId")
    CapacityReservationId: String

    @xmlName("capacityReservationResourceGroupArn")
    CapacityReservationResourceGroupArn: String
}

string CarrierGatewayId

structure CidrBlock {
    @xmlName("cidrBlock")
    CidrBlock: String
}

list CidrBlockSet {
    @xmlName("item")
    member: CidrBlock
}

string CoipPoolId

structure ConnectionTrackingConfiguration {
    @xmlName("tcpEstablishedTimeout")
    TcpEstablishedTimeout: Integer

    @xmlName("udpStreamTimeout")
    UdpStreamTimeout: Integer

    @xmlName("udpTimeout")
    UdpTimeout: Integer
}

structure ConnectionTrackingSpecification {
    @xmlName("tcpEstablishedTimeout")
    TcpEstablishedTimeout: Integer

    @xmlName("udpTimeout")
    UdpTimeout: Integer

    @xmlName("udpStreamTimeout")
    UdpStreamTimeout: Integer
}

structure ConnectionTrackingSpecificationRequest {
    TcpEstablishedTimeout: Integer
    UdpStreamTimeout: Integer
    UdpTimeout: Integer
}

structure ConnectionTrackingSpecificationResponse {
    @xmlName("tcpEstablishedTimeout")
    TcpEstablishedTimeout: Integer

    @xmlName("udpStreamTimeout")
    UdpStreamTimeout: Integer

    @xmlName("udpTimeout")
    UdpTimeout: Integer
}

enum ConnectivityType {
    private = "private"
    public = "public"
}

@length(min: 0, max: 128)
string CopyImageClientToken

structure CopyImageRequest {
    @idempotencyToken
    ClientToken: CopyImageClientToken
    Description: ImageDescriptionRequest

    @xmlName("encrypted")
    Encrypted: Boolean

    @xmlName("kmsKeyId")
    KmsKeyId: KmsKeyId

    @required
    Name: ImageNameRequest

    @required
    SourceImageId: String

    @required
    SourceRegion: String
    @nephele#refused
    DestinationOutpostArn: String
    CopyImageTags: Boolean

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @nephele#refused
    SnapshotCopyCompletionDurationMinutes: Long
    @nephele#refused
    DestinationAvailabilityZone: String
    @nephele#refused
    DestinationAvailabilityZoneId: String

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CopyImageResult {
    @xmlName("imageId")
    ImageId: String
}

structure CopySnapshotRequest {
    Description: String
    @nephele#refused
    DestinationOutpostArn: String

    @xmlName("destinationRegion")
    DestinationRegion: String

    @xmlName("encrypted")
    Encrypted: Boolean

    @xmlName("kmsKeyId")
    KmsKeyId: KmsKeyId

    @xmlName("presignedUrl")
    PresignedUrl: CopySnapshotRequestPSU

    @required
    SourceRegion: String

    @required
    SourceSnapshotId: String

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @nephele#refused
    CompletionDurationMinutes: SnapshotCompletionDurationMinutesRequest
    @nephele#refused
    DestinationAvailabilityZone: String

    @xmlName("dryRun")
    DryRun: Boolean
}

@sensitive
string CopySnapshotRequestPSU

structure CopySnapshotResult {
    @xmlName("tagSet")
    Tags: TagList

    @xmlName("snapshotId")
    SnapshotId: String
}

enum CopyTagsFromSource {
    volume = "volume"
}

integer CoreCount

list CoreCountList {
    @xmlName("item")
    member: CoreCount
}

string CoreNetworkArn

enum CpuManufacturer {
    intel = "intel"
    amd = "amd"
    amazon_web_services = "amazon-web-services"
    apple = "apple"
}

string CpuManufacturerName

list CpuManufacturerSet {
    @xmlName("item")
    member: CpuManufacturer
}

structure CpuOptions {
    @xmlName("coreCount")
    CoreCount: Integer

    @xmlName("threadsPerCore")
    ThreadsPerCore: Integer

    @xmlName("amdSevSnp")
    AmdSevSnp: AmdSevSnpSpecification

    @xmlName("nestedVirtualization")
    NestedVirtualization: NestedVirtualizationSpecification
}

structure CpuOptionsRequest {
    CoreCount: Integer
    ThreadsPerCore: Integer
    @nephele#refused(off: "disabled")
    AmdSevSnp: AmdSevSnpSpecification
    @nephele#refused(off: "disabled")
    NestedVirtualization: NestedVirtualizationSpecification
}

structure CpuPerformanceFactor {
    @xmlName("referenceSet")
    References: PerformanceFactorReferenceSet
}

structure CpuPerformanceFactorRequest {
    @xmlName("Reference")
    References: PerformanceFactorReferenceSetRequest
}

structure CreateDefaultSubnetRequest {
    AvailabilityZone: AvailabilityZoneName
    DryRun: Boolean
    @nephele#refused
    Ipv6Native: Boolean
    AvailabilityZoneId: AvailabilityZoneId
}

structure CreateDefaultSubnetResult {
    @xmlName("subnet")
    Subnet: Subnet
}

structure CreateDefaultVpcRequest {
    DryRun: Boolean
}

structure CreateDefaultVpcResult {
    @xmlName("vpc")
    Vpc: Vpc
}

structure CreateDhcpOptionsRequest {
    @required
    @xmlName("dhcpConfiguration")
    DhcpConfigurations: NewDhcpConfigurationList

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateDhcpOptionsResult {
    @xmlName("dhcpOptions")
    DhcpOptions: DhcpOptions
}

structure CreateFlowLogsRequest {
    DryRun: Boolean
    ClientToken: String

    @nephele#refused
    DeliverLogsPermissionArn: String

    @nephele#refused
    DeliverCrossAccountRole: String

    @nephele#refused
    LogGroupName: String

    @required
    @xmlName("ResourceId")
    ResourceIds: FlowLogResourceIds

    @required
    ResourceType: FlowLogsResourceType
    TrafficType: TrafficType
    LogDestinationType: LogDestinationType
    LogDestination: String
    LogFormat: String

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    MaxAggregationInterval: Integer
    DestinationOptions: DestinationOptionsRequest
}

structure CreateFlowLogsResult {
    @xmlName("clientToken")
    ClientToken: String

    @xmlName("flowLogIdSet")
    FlowLogIds: ValueStringList

    @xmlName("unsuccessful")
    Unsuccessful: UnsuccessfulItemSet
}

structure CreateImageRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @nephele#refused(off: "regional")
    SnapshotLocation: SnapshotLocationEnum

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("instanceId")
    InstanceId: InstanceId

    @required
    @xmlName("name")
    Name: ImageNameRequest

    @xmlName("description")
    Description: ImageDescriptionRequest

    @xmlName("noReboot")
    NoReboot: Boolean

    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: BlockDeviceMappingRequestList
}

structure CreateImageResult {
    @xmlName("imageId")
    ImageId: String
}

structure CreateInternetGatewayRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateInternetGatewayResult {
    @xmlName("internetGateway")
    InternetGateway: InternetGateway
}

structure CreateKeyPairRequest {
    @required
    KeyName: String
    KeyType: KeyType

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @nephele#refused(off: "pem")
    KeyFormat: KeyFormat

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateLaunchTemplateRequest {
    DryRun: Boolean

    @idempotencyToken
    ClientToken: String

    @required
    LaunchTemplateName: LaunchTemplateName
    VersionDescription: VersionDescription

    @required
    LaunchTemplateData: RequestLaunchTemplateData
    @nephele#refused
    Operator: OperatorRequest

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
}

structure CreateLaunchTemplateResult {
    @xmlName("launchTemplate")
    LaunchTemplate: LaunchTemplate

    @xmlName("warning")
    Warning: ValidationWarning
}

structure CreateLaunchTemplateVersionRequest {
    DryRun: Boolean

    @idempotencyToken
    ClientToken: String
    LaunchTemplateId: LaunchTemplateId
    LaunchTemplateName: LaunchTemplateName
    SourceVersion: String
    VersionDescription: VersionDescription

    @required
    LaunchTemplateData: RequestLaunchTemplateData
    @nephele#refused
    ResolveAlias: Boolean
}

structure CreateLaunchTemplateVersionResult {
    @xmlName("launchTemplateVersion")
    LaunchTemplateVersion: LaunchTemplateVersion

    @xmlName("warning")
    Warning: ValidationWarning
}

structure CreateManagedPrefixListRequest {
    DryRun: Boolean

    @required
    PrefixListName: String

    @xmlName("Entry")
    Entries: AddPrefixListEntries

    @required
    MaxEntries: Integer

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @required
    AddressFamily: String

    @idempotencyToken
    ClientToken: String
}

structure CreateManagedPrefixListResult {
    @xmlName("prefixList")
    PrefixList: ManagedPrefixList
}

structure CreateNatGatewayRequest {
    AvailabilityMode: AvailabilityMode
    AllocationId: AllocationId

    @idempotencyToken
    ClientToken: String
    DryRun: Boolean
    SubnetId: SubnetId
    @nephele#refused
    VpcId: VpcId

    @xmlName("AvailabilityZoneAddress")
    @nephele#refused
    AvailabilityZoneAddresses: AvailabilityZoneAddresses

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    ConnectivityType: ConnectivityType
    PrivateIpAddress: String

    @xmlName("SecondaryAllocationId")
    SecondaryAllocationIds: AllocationIdList

    @xmlName("SecondaryPrivateIpAddress")
    SecondaryPrivateIpAddresses: IpList
    SecondaryPrivateIpAddressCount: PrivateIpAddressCount
}

structure CreateNatGatewayResult {
    @xmlName("clientToken")
    ClientToken: String

    @xmlName("natGateway")
    NatGateway: NatGateway
}

structure CreateNetworkAclEntryRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkAclId")
    NetworkAclId: NetworkAclId

    @required
    @xmlName("ruleNumber")
    RuleNumber: Integer

    @required
    @xmlName("protocol")
    Protocol: String

    @required
    @xmlName("ruleAction")
    RuleAction: RuleAction

    @required
    @xmlName("egress")
    Egress: Boolean

    @xmlName("cidrBlock")
    CidrBlock: String

    @xmlName("ipv6CidrBlock")
    Ipv6CidrBlock: String

    @xmlName("Icmp")
    IcmpTypeCode: IcmpTypeCode

    @xmlName("portRange")
    PortRange: PortRange
}

structure CreateNetworkAclRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @idempotencyToken
    ClientToken: String

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("vpcId")
    VpcId: VpcId
}

structure CreateNetworkAclResult {
    @xmlName("networkAcl")
    NetworkAcl: NetworkAcl

    @xmlName("clientToken")
    ClientToken: String
}

structure CreateNetworkInterfacePermissionRequest {
    @required
    NetworkInterfaceId: NetworkInterfaceId
    AwsAccountId: String

    @nephele#refused
    AwsService: String

    @required
    Permission: InterfacePermissionType
    DryRun: Boolean
}

structure CreateNetworkInterfacePermissionResult {
    @xmlName("interfacePermission")
    InterfacePermission: NetworkInterfacePermission
}

structure CreateNetworkInterfaceRequest {
    @xmlName("Ipv4Prefix")
    @nephele#refused
    Ipv4Prefixes: Ipv4PrefixList

    @nephele#refused
    Ipv4PrefixCount: Integer

    @xmlName("Ipv6Prefix")
    @nephele#refused
    Ipv6Prefixes: Ipv6PrefixList

    @nephele#refused
    Ipv6PrefixCount: Integer

    @nephele#refused
    InterfaceType: NetworkInterfaceCreationType

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @idempotencyToken
    ClientToken: String

    @nephele#refused
    EnablePrimaryIpv6: Boolean

    @nephele#refused
    ConnectionTrackingSpecification: ConnectionTrackingSpecificationRequest

    @nephele#refused
    Operator: OperatorRequest

    @required
    @xmlName("subnetId")
    SubnetId: SubnetId

    @xmlName("description")
    Description: String

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("SecurityGroupId")
    Groups: SecurityGroupIdStringList

    @xmlName("privateIpAddresses")
    PrivateIpAddresses: PrivateIpAddressSpecificationList

    @xmlName("secondaryPrivateIpAddressCount")
    SecondaryPrivateIpAddressCount: Integer

    @xmlName("ipv6Addresses")
    @nephele#refused
    Ipv6Addresses: InstanceIpv6AddressList

    @xmlName("ipv6AddressCount")
    @nephele#refused
    Ipv6AddressCount: Integer

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateNetworkInterfaceResult {
    @xmlName("networkInterface")
    NetworkInterface: NetworkInterface

    @xmlName("clientToken")
    ClientToken: String
}

structure CreateRouteRequest {
    DestinationPrefixListId: PrefixListResourceId
    @nephele#refused
    VpcEndpointId: VpcEndpointId
    @nephele#refused
    TransitGatewayId: TransitGatewayId
    @nephele#refused
    LocalGatewayId: LocalGatewayId
    @nephele#refused
    CarrierGatewayId: CarrierGatewayId
    @nephele#refused
    CoreNetworkArn: CoreNetworkArn
    @nephele#refused
    OdbNetworkArn: OdbNetworkArn

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("routeTableId")
    RouteTableId: RouteTableId

    @xmlName("destinationCidrBlock")
    DestinationCidrBlock: String

    @xmlName("gatewayId")
    GatewayId: RouteGatewayId

    @xmlName("destinationIpv6CidrBlock")
    @nephele#refused
    DestinationIpv6CidrBlock: String

    @xmlName("egressOnlyInternetGatewayId")
    @nephele#refused
    EgressOnlyInternetGatewayId: EgressOnlyInternetGatewayId

    @xmlName("instanceId")
    InstanceId: InstanceId

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: VpcPeeringConnectionId

    @xmlName("natGatewayId")
    NatGatewayId: NatGatewayId
}

structure CreateRouteResult {
    @xmlName("return")
    Return: Boolean
}

structure CreateRouteTableRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @idempotencyToken
    ClientToken: String

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("vpcId")
    VpcId: VpcId
}

structure CreateRouteTableResult {
    @xmlName("routeTable")
    RouteTable: RouteTable

    @xmlName("clientToken")
    ClientToken: String
}

structure CreateSecurityGroupRequest {
    @required
    @xmlName("GroupDescription")
    Description: String

    @required
    GroupName: String
    VpcId: VpcId

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateSecurityGroupResult {
    @xmlName("groupId")
    GroupId: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("securityGroupArn")
    SecurityGroupArn: String
}

structure CreateSnapshotRequest {
    Description: String
    @nephele#refused
    OutpostArn: String

    @required
    VolumeId: VolumeId

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @nephele#refused(off: "regional")
    Location: SnapshotLocationEnum

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateSnapshotsRequest {
    Description: String

    @required
    InstanceSpecification: InstanceSpecification
    @nephele#refused
    OutpostArn: String

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    DryRun: Boolean
    CopyTagsFromSource: CopyTagsFromSource
    @nephele#refused(off: "regional")
    Location: SnapshotLocationEnum
}

structure CreateSnapshotsResult {
    @xmlName("snapshotSet")
    Snapshots: SnapshotSet
}

structure CreateSubnetRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    AvailabilityZone: String
    AvailabilityZoneId: String
    CidrBlock: String
    @nephele#refused
    Ipv6CidrBlock: String
    @nephele#refused
    OutpostArn: String

    @required
    VpcId: VpcId
    @nephele#refused
    Ipv6Native: Boolean
    @nephele#refused
    Ipv4IpamPoolId: IpamPoolId
    @nephele#refused
    Ipv4NetmaskLength: NetmaskLength
    @nephele#refused
    Ipv6IpamPoolId: IpamPoolId
    @nephele#refused
    Ipv6NetmaskLength: NetmaskLength

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateSubnetResult {
    @xmlName("subnet")
    Subnet: Subnet
}

structure CreateTagsRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("ResourceId")
    Resources: ResourceIdList

    @required
    @xmlName("Tag")
    Tags: TagList
}

structure CreateVolumePermission {
    @xmlName("userId")
    UserId: String

    @xmlName("group")
    Group: PermissionGroup
}

list CreateVolumePermissionList {
    @xmlName("item")
    member: CreateVolumePermission
}

structure CreateVolumePermissionModifications {
    Add: CreateVolumePermissionList
    Remove: CreateVolumePermissionList
}

structure CreateVolumeRequest {
    AvailabilityZone: AvailabilityZoneName
    AvailabilityZoneId: AvailabilityZoneId

    @xmlName("encrypted")
    Encrypted: Boolean
    Iops: Integer
    KmsKeyId: KmsKeyId
    @nephele#refused
    OutpostArn: String
    Size: Integer
    SnapshotId: SnapshotId
    VolumeType: VolumeType

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @nephele#refused
    MultiAttachEnabled: Boolean
    Throughput: Integer

    @idempotencyToken
    ClientToken: String
    @nephele#refused
    VolumeInitializationRate: Integer
    @nephele#refused
    Operator: OperatorRequest

    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateVpcEndpointRequest {
    DryRun: Boolean
    VpcEndpointType: VpcEndpointType

    @required
    VpcId: VpcId
    ServiceName: String
    PolicyDocument: String

    @xmlName("RouteTableId")
    RouteTableIds: VpcEndpointRouteTableIdList

    @xmlName("SubnetId")
    SubnetIds: VpcEndpointSubnetIdList

    @xmlName("SecurityGroupId")
    SecurityGroupIds: VpcEndpointSecurityGroupIdList
    IpAddressType: IpAddressType
    DnsOptions: DnsOptionsSpecification
    ClientToken: String
    PrivateDnsEnabled: Boolean

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("SubnetConfiguration")
    SubnetConfigurations: SubnetConfigurationsList

    @nephele#refused
    ServiceNetworkArn: ServiceNetworkArn

    @nephele#refused
    ResourceConfigurationArn: ResourceConfigurationArn
    ServiceRegion: String
}

structure CreateVpcEndpointResult {
    @xmlName("vpcEndpoint")
    VpcEndpoint: VpcEndpoint

    @xmlName("clientToken")
    ClientToken: String
}

structure CreateVpcPeeringConnectionRequest {
    PeerRegion: String

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("vpcId")
    VpcId: VpcId

    @xmlName("peerVpcId")
    PeerVpcId: String

    @xmlName("peerOwnerId")
    PeerOwnerId: String
}

structure CreateVpcPeeringConnectionResult {
    @xmlName("vpcPeeringConnection")
    VpcPeeringConnection: VpcPeeringConnection
}

structure CreateVpcRequest {
    CidrBlock: String
    @nephele#refused
    Ipv6Pool: Ipv6PoolEc2Id
    @nephele#refused
    Ipv6CidrBlock: String
    @nephele#refused
    Ipv4IpamPoolId: IpamPoolId
    @nephele#refused
    Ipv4NetmaskLength: NetmaskLength
    @nephele#refused
    Ipv6IpamPoolId: IpamPoolId
    @nephele#refused
    Ipv6NetmaskLength: NetmaskLength
    @nephele#refused
    Ipv6CidrBlockNetworkBorderGroup: String
    @nephele#refused
    VpcEncryptionControl: VpcEncryptionControlConfiguration

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("instanceTenancy")
    InstanceTenancy: Tenancy

    @xmlName("amazonProvidedIpv6CidrBlock")
    @nephele#refused
    AmazonProvidedIpv6CidrBlock: Boolean
}

structure CreateVpcResult {
    @xmlName("vpc")
    Vpc: Vpc
}

structure CreditSpecification {
    @xmlName("cpuCredits")
    CpuCredits: String
}

structure CreditSpecificationRequest {
    @required
    @nephele#stored
    CpuCredits: String
}

boolean CurrentGenerationFlag

@range(min: 5, max: 100)
integer DITMaxResults

@range(min: 5, max: 1000)
integer DITOMaxResults

timestamp DateTime

boolean DedicatedHostFlag

string DedicatedHostId

structure DefaultConnectionTrackingConfiguration {
    @xmlName("defaultTcpEstablishedTimeout")
    DefaultTcpEstablishedTimeout: DefaultTcpEstablishedTimeout

    @xmlName("defaultUdpTimeout")
    DefaultUdpTimeout: DefaultUdpTimeout

    @xmlName("defaultUdpStreamTimeout")
    DefaultUdpStreamTimeout: DefaultUdpStreamTimeout
}

integer DefaultEnaQueueCountPerInterface

enum DefaultHttpTokensEnforcedState {
    disabled = "disabled"
    enabled = "enabled"
    no_preference = "no-preference"
}

enum DefaultInstanceMetadataEndpointState {
    disabled = "disabled"
    enabled = "enabled"
    no_preference = "no-preference"
}

enum DefaultInstanceMetadataTagsState {
    disabled = "disabled"
    enabled = "enabled"
    no_preference = "no-preference"
}

integer DefaultNetworkCardIndex

integer DefaultTcpEstablishedTimeout

integer DefaultUdpStreamTimeout

integer DefaultUdpTimeout

string DefaultingDhcpOptionsId

structure DeleteDhcpOptionsRequest {
    @required
    DhcpOptionsId: DhcpOptionsId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteFlowLogsRequest {
    DryRun: Boolean

    @required
    @xmlName("FlowLogId")
    FlowLogIds: FlowLogIdList
}

structure DeleteFlowLogsResult {
    @xmlName("unsuccessful")
    Unsuccessful: UnsuccessfulItemSet
}

structure DeleteInternetGatewayRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("internetGatewayId")
    InternetGatewayId: InternetGatewayId
}

structure DeleteKeyPairRequest {
    KeyName: KeyPairNameWithResolver
    KeyPairId: KeyPairId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteKeyPairResult {
    @xmlName("return")
    Return: Boolean

    @xmlName("keyPairId")
    KeyPairId: String
}

structure DeleteLaunchTemplateRequest {
    DryRun: Boolean
    LaunchTemplateId: LaunchTemplateId
    LaunchTemplateName: LaunchTemplateName
}

structure DeleteLaunchTemplateResult {
    @xmlName("launchTemplate")
    LaunchTemplate: LaunchTemplate
}

structure DeleteLaunchTemplateVersionsRequest {
    DryRun: Boolean
    LaunchTemplateId: LaunchTemplateId
    LaunchTemplateName: LaunchTemplateName

    @required
    @xmlName("LaunchTemplateVersion")
    Versions: VersionStringList
}

structure DeleteLaunchTemplateVersionsResponseErrorItem {
    @xmlName("launchTemplateId")
    LaunchTemplateId: String

    @xmlName("launchTemplateName")
    LaunchTemplateName: String

    @xmlName("versionNumber")
    VersionNumber: Long

    @xmlName("responseError")
    ResponseError: ResponseError
}

list DeleteLaunchTemplateVersionsResponseErrorSet {
    @xmlName("item")
    member: DeleteLaunchTemplateVersionsResponseErrorItem
}

structure DeleteLaunchTemplateVersionsResponseSuccessItem {
    @xmlName("launchTemplateId")
    LaunchTemplateId: String

    @xmlName("launchTemplateName")
    LaunchTemplateName: String

    @xmlName("versionNumber")
    VersionNumber: Long
}

list DeleteLaunchTemplateVersionsResponseSuccessSet {
    @xmlName("item")
    member: DeleteLaunchTemplateVersionsResponseSuccessItem
}

structure DeleteLaunchTemplateVersionsResult {
    @xmlName("successfullyDeletedLaunchTemplateVersionSet")
    SuccessfullyDeletedLaunchTemplateVersions: DeleteLaunchTemplateVersionsResponseSuccessSet

    @xmlName("unsuccessfullyDeletedLaunchTemplateVersionSet")
    UnsuccessfullyDeletedLaunchTemplateVersions: DeleteLaunchTemplateVersionsResponseErrorSet
}

structure DeleteManagedPrefixListRequest {
    DryRun: Boolean

    @required
    PrefixListId: PrefixListResourceId
}

structure DeleteManagedPrefixListResult {
    @xmlName("prefixList")
    PrefixList: ManagedPrefixList
}

structure DeleteNatGatewayRequest {
    DryRun: Boolean

    @required
    NatGatewayId: NatGatewayId
}

structure DeleteNatGatewayResult {
    @xmlName("natGatewayId")
    NatGatewayId: String
}

structure DeleteNetworkAclEntryRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkAclId")
    NetworkAclId: NetworkAclId

    @required
    @xmlName("ruleNumber")
    RuleNumber: Integer

    @required
    @xmlName("egress")
    Egress: Boolean
}

structure DeleteNetworkAclRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkAclId")
    NetworkAclId: NetworkAclId
}

structure DeleteNetworkInterfacePermissionRequest {
    @required
    NetworkInterfacePermissionId: NetworkInterfacePermissionId

    @nephele#stored
    Force: Boolean
    DryRun: Boolean
}

structure DeleteNetworkInterfacePermissionResult {
    @xmlName("return")
    Return: Boolean
}

structure DeleteNetworkInterfaceRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId
}

structure DeleteRouteRequest {
    DestinationPrefixListId: PrefixListResourceId

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("routeTableId")
    RouteTableId: RouteTableId

    @xmlName("destinationCidrBlock")
    DestinationCidrBlock: String

    @xmlName("destinationIpv6CidrBlock")
    @nephele#refused
    DestinationIpv6CidrBlock: String
}

structure DeleteRouteTableRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("routeTableId")
    RouteTableId: RouteTableId
}

structure DeleteSecurityGroupRequest {
    GroupId: SecurityGroupId
    GroupName: SecurityGroupName

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteSecurityGroupResult {
    @xmlName("return")
    Return: Boolean

    @xmlName("groupId")
    GroupId: SecurityGroupId
}

structure DeleteSnapshotRequest {
    @required
    SnapshotId: SnapshotId

    @xmlName("dryRun")
    DryRun: Boolean
}

list DeleteSnapshotResultSet {
    @xmlName("item")
    member: DeleteSnapshotReturnCode
}

structure DeleteSnapshotReturnCode {
    @xmlName("snapshotId")
    SnapshotId: SnapshotId

    @xmlName("returnCode")
    ReturnCode: SnapshotReturnCodes
}

structure DeleteSubnetRequest {
    @required
    SubnetId: SubnetId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteTagsRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("resourceId")
    Resources: ResourceIdList

    @xmlName("tag")
    Tags: TagList
}

structure DeleteVolumeRequest {
    @required
    VolumeId: VolumeId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteVpcEndpointsRequest {
    DryRun: Boolean

    @required
    @xmlName("VpcEndpointId")
    VpcEndpointIds: VpcEndpointIdList
}

structure DeleteVpcEndpointsResult {
    @xmlName("unsuccessful")
    Unsuccessful: UnsuccessfulItemSet
}

structure DeleteVpcPeeringConnectionRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: VpcPeeringConnectionId
}

structure DeleteVpcPeeringConnectionResult {
    @xmlName("return")
    Return: Boolean
}

structure DeleteVpcRequest {
    @required
    VpcId: VpcId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeregisterImageRequest {
    @required
    ImageId: ImageId
    DeleteAssociatedSnapshots: Boolean

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeregisterImageResult {
    @xmlName("return")
    Return: Boolean

    @xmlName("deleteSnapshotResultSet")
    DeleteSnapshotResults: DeleteSnapshotResultSet
}

structure DescribeAccountAttributesRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("attributeName")
    AttributeNames: AccountAttributeNameStringList
}

structure DescribeAccountAttributesResult {
    @xmlName("accountAttributeSet")
    AccountAttributes: AccountAttributeList
}

structure DescribeAddressesAttributeRequest {
    @xmlName("AllocationId")
    AllocationIds: AllocationIds
    Attribute: AddressAttributeName
    NextToken: NextToken
    MaxResults: AddressMaxResults
    DryRun: Boolean
}

structure DescribeAddressesAttributeResult {
    @xmlName("addressSet")
    Addresses: AddressSet

    @xmlName("nextToken")
    NextToken: NextToken
}

structure DescribeAddressesRequest {
    @xmlName("PublicIp")
    PublicIps: PublicIpStringList

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList

    @xmlName("AllocationId")
    AllocationIds: AllocationIdList
}

structure DescribeAddressesResult {
    @xmlName("addressesSet")
    Addresses: AddressList
}

structure DescribeAvailabilityZonesRequest {
    @xmlName("ZoneName")
    ZoneNames: ZoneNameStringList

    @xmlName("ZoneId")
    ZoneIds: ZoneIdStringList
    AllAvailabilityZones: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeAvailabilityZonesResult {
    @xmlName("availabilityZoneInfo")
    AvailabilityZones: AvailabilityZoneList
}

@range(min: 5, max: 1000)
integer DescribeDhcpOptionsMaxResults

structure DescribeDhcpOptionsRequest {
    @xmlName("DhcpOptionsId")
    DhcpOptionsIds: DhcpOptionsIdStringList
    NextToken: String
    MaxResults: DescribeDhcpOptionsMaxResults

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeDhcpOptionsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("dhcpOptionsSet")
    DhcpOptions: DhcpOptionsList
}

structure DescribeFlowLogsRequest {
    DryRun: Boolean
    Filter: FilterList

    @xmlName("FlowLogId")
    FlowLogIds: FlowLogIdList
    MaxResults: Integer
    NextToken: String
}

structure DescribeFlowLogsResult {
    @xmlName("flowLogSet")
    FlowLogs: FlowLogSet

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeIamInstanceProfileAssociationsMaxResults

structure DescribeIamInstanceProfileAssociationsRequest {
    @xmlName("AssociationId")
    AssociationIds: AssociationIdList

    @xmlName("Filter")
    Filters: FilterList
    MaxResults: DescribeIamInstanceProfileAssociationsMaxResults
    NextToken: NextToken
}

structure DescribeIamInstanceProfileAssociationsResult {
    @xmlName("iamInstanceProfileAssociationSet")
    IamInstanceProfileAssociations: IamInstanceProfileAssociationSet

    @xmlName("nextToken")
    NextToken: NextToken
}

structure DescribeImageAttributeRequest {
    @required
    Attribute: ImageAttributeName

    @required
    ImageId: ImageId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeImagesRequest {
    @xmlName("ExecutableBy")
    ExecutableUsers: ExecutableByStringList

    @xmlName("ImageId")
    ImageIds: ImageIdStringList

    @xmlName("Owner")
    Owners: OwnerStringList
    IncludeDeprecated: Boolean
    IncludeDisabled: Boolean
    MaxResults: Integer
    NextToken: String

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeImagesResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("imagesSet")
    Images: ImageList
}

structure DescribeInstanceAttributeRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("instanceId")
    InstanceId: InstanceId

    @required
    @xmlName("attribute")
    Attribute: InstanceAttributeName
}

@range(min: 5, max: 1000)
integer DescribeInstanceCreditSpecificationsMaxResults

structure DescribeInstanceCreditSpecificationsRequest {
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList

    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    MaxResults: DescribeInstanceCreditSpecificationsMaxResults
    NextToken: String
}

structure DescribeInstanceCreditSpecificationsResult {
    @xmlName("instanceCreditSpecificationSet")
    InstanceCreditSpecifications: InstanceCreditSpecificationList

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeInstanceStatusRequest {
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    MaxResults: Integer
    NextToken: String
    @nephele#stored
    IncludeManagedResources: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList

    @xmlName("includeAllInstances")
    IncludeAllInstances: Boolean
}

structure DescribeInstanceStatusResult {
    @xmlName("instanceStatusSet")
    InstanceStatuses: InstanceStatusList

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeInstanceTypeOfferingsRequest {
    DryRun: Boolean
    LocationType: LocationType

    @xmlName("Filter")
    Filters: FilterList
    MaxResults: DITOMaxResults
    NextToken: NextToken
}

structure DescribeInstanceTypeOfferingsResult {
    @xmlName("instanceTypeOfferingSet")
    InstanceTypeOfferings: InstanceTypeOfferingsList

    @xmlName("nextToken")
    NextToken: NextToken
}

structure DescribeInstanceTypesRequest {
    DryRun: Boolean

    @xmlName("InstanceType")
    InstanceTypes: RequestInstanceTypeList

    @xmlName("Filter")
    Filters: FilterList
    MaxResults: DITMaxResults
    NextToken: NextToken
    @nephele#stored
    IncludeUnsupportedInRegion: IncludeUnsupportedInRegion
}

structure DescribeInstanceTypesResult {
    @xmlName("instanceTypeSet")
    InstanceTypes: InstanceTypeInfoList

    @xmlName("nextToken")
    NextToken: NextToken
}

structure DescribeInstancesRequest {
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    @nephele#stored
    IncludeManagedResources: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList

    @xmlName("nextToken")
    NextToken: String

    @xmlName("maxResults")
    MaxResults: Integer
}

structure DescribeInstancesResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("reservationSet")
    Reservations: ReservationList
}

@range(min: 5, max: 1000)
integer DescribeInternetGatewaysMaxResults

structure DescribeInternetGatewaysRequest {
    NextToken: String
    MaxResults: DescribeInternetGatewaysMaxResults

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("internetGatewayId")
    InternetGatewayIds: InternetGatewayIdList

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeInternetGatewaysResult {
    @xmlName("internetGatewaySet")
    InternetGateways: InternetGatewayList

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeKeyPairsRequest {
    @xmlName("KeyName")
    KeyNames: KeyNameStringList

    @xmlName("KeyPairId")
    KeyPairIds: KeyPairIdStringList
    IncludePublicKey: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeKeyPairsResult {
    @xmlName("keySet")
    KeyPairs: KeyPairList
}

structure DescribeLaunchTemplateVersionsRequest {
    DryRun: Boolean
    LaunchTemplateId: LaunchTemplateId
    LaunchTemplateName: LaunchTemplateName

    @xmlName("LaunchTemplateVersion")
    Versions: VersionStringList
    MinVersion: String
    MaxVersion: String
    NextToken: String
    MaxResults: Integer

    @xmlName("Filter")
    Filters: FilterList
    @nephele#refused
    ResolveAlias: Boolean
    @nephele#stored
    IncludeManagedResources: Boolean
}

structure DescribeLaunchTemplateVersionsResult {
    @xmlName("launchTemplateVersionSet")
    LaunchTemplateVersions: LaunchTemplateVersionSet

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 1, max: 200)
integer DescribeLaunchTemplatesMaxResults

structure DescribeLaunchTemplatesRequest {
    DryRun: Boolean

    @xmlName("LaunchTemplateId")
    LaunchTemplateIds: LaunchTemplateIdStringList

    @xmlName("LaunchTemplateName")
    LaunchTemplateNames: LaunchTemplateNameStringList

    @xmlName("Filter")
    Filters: FilterList
    NextToken: String
    MaxResults: DescribeLaunchTemplatesMaxResults
    @nephele#stored
    IncludeManagedResources: Boolean
}

structure DescribeLaunchTemplatesResult {
    @xmlName("launchTemplates")
    LaunchTemplates: LaunchTemplateSet

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeManagedPrefixListsRequest {
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
    MaxResults: PrefixListMaxResults
    NextToken: NextToken

    @xmlName("PrefixListId")
    PrefixListIds: ValueStringList
}

structure DescribeManagedPrefixListsResult {
    @xmlName("nextToken")
    NextToken: NextToken

    @xmlName("prefixListSet")
    PrefixLists: ManagedPrefixListSet
}

@range(min: 5, max: 1000)
integer DescribeNatGatewaysMaxResults

structure DescribeNatGatewaysRequest {
    DryRun: Boolean
    Filter: FilterList
    MaxResults: DescribeNatGatewaysMaxResults

    @xmlName("NatGatewayId")
    NatGatewayIds: NatGatewayIdStringList
    NextToken: String
}

structure DescribeNatGatewaysResult {
    @xmlName("natGatewaySet")
    NatGateways: NatGatewayList

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeNetworkAclsMaxResults

structure DescribeNetworkAclsRequest {
    NextToken: String
    MaxResults: DescribeNetworkAclsMaxResults

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("NetworkAclId")
    NetworkAclIds: NetworkAclIdStringList

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeNetworkAclsResult {
    @xmlName("networkAclSet")
    NetworkAcls: NetworkAclList

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeNetworkInterfaceAttributeRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("attribute")
    Attribute: NetworkInterfaceAttribute
}

structure DescribeNetworkInterfaceAttributeResult {
    @xmlName("attachment")
    Attachment: NetworkInterfaceAttachment

    @xmlName("description")
    Description: AttributeValue

    @xmlName("groupSet")
    Groups: GroupIdentifierList

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("sourceDestCheck")
    SourceDestCheck: AttributeBooleanValue

    @xmlName("associatePublicIpAddress")
    AssociatePublicIpAddress: Boolean
}

@range(min: 5, max: 255)
integer DescribeNetworkInterfacePermissionsMaxResults

structure DescribeNetworkInterfacePermissionsRequest {
    @xmlName("NetworkInterfacePermissionId")
    NetworkInterfacePermissionIds: NetworkInterfacePermissionIdList

    @xmlName("Filter")
    Filters: FilterList
    NextToken: String
    MaxResults: DescribeNetworkInterfacePermissionsMaxResults
}

structure DescribeNetworkInterfacePermissionsResult {
    @xmlName("networkInterfacePermissions")
    NetworkInterfacePermissions: NetworkInterfacePermissionList

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeNetworkInterfacesMaxResults

structure DescribeNetworkInterfacesRequest {
    NextToken: String
    MaxResults: DescribeNetworkInterfacesMaxResults

    @nephele#stored
    IncludeManagedResources: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("NetworkInterfaceId")
    NetworkInterfaceIds: NetworkInterfaceIdList

    @xmlName("filter")
    Filters: FilterList
}

structure DescribeNetworkInterfacesResult {
    @xmlName("networkInterfaceSet")
    NetworkInterfaces: NetworkInterfaceList

    @xmlName("nextToken")
    NextToken: String
}

structure DescribePrefixListsRequest {
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
    MaxResults: Integer
    NextToken: String

    @xmlName("PrefixListId")
    PrefixListIds: PrefixListResourceIdStringList
}

structure DescribePrefixListsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("prefixListSet")
    PrefixLists: PrefixListSet
}

structure DescribeRegionsRequest {
    @xmlName("RegionName")
    RegionNames: RegionNameStringList
    AllRegions: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeRegionsResult {
    @xmlName("regionInfo")
    Regions: RegionList
}

@range(min: 5, max: 100)
integer DescribeRouteTablesMaxResults

structure DescribeRouteTablesRequest {
    NextToken: String
    MaxResults: DescribeRouteTablesMaxResults

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("RouteTableId")
    RouteTableIds: RouteTableIdStringList

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeRouteTablesResult {
    @xmlName("routeTableSet")
    RouteTables: RouteTableList

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeSecurityGroupReferencesRequest {
    DryRun: Boolean

    @required
    GroupId: GroupIds
}

structure DescribeSecurityGroupReferencesResult {
    @xmlName("securityGroupReferenceSet")
    SecurityGroupReferenceSet: SecurityGroupReferences
}

@range(min: 5, max: 1000)
integer DescribeSecurityGroupRulesMaxResults

structure DescribeSecurityGroupRulesRequest {
    @xmlName("Filter")
    Filters: FilterList

    @xmlName("SecurityGroupRuleId")
    SecurityGroupRuleIds: SecurityGroupRuleIdList
    DryRun: Boolean
    NextToken: String
    MaxResults: DescribeSecurityGroupRulesMaxResults
}

structure DescribeSecurityGroupRulesResult {
    @xmlName("securityGroupRuleSet")
    SecurityGroupRules: SecurityGroupRuleList

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeSecurityGroupVpcAssociationsMaxResults

structure DescribeSecurityGroupVpcAssociationsRequest {
    @xmlName("Filter")
    Filters: FilterList
    NextToken: String
    MaxResults: DescribeSecurityGroupVpcAssociationsMaxResults
    DryRun: Boolean
}

structure DescribeSecurityGroupVpcAssociationsResult {
    @xmlName("securityGroupVpcAssociationSet")
    SecurityGroupVpcAssociations: SecurityGroupVpcAssociationList

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeSecurityGroupsMaxResults

structure DescribeSecurityGroupsRequest {
    @xmlName("GroupId")
    GroupIds: GroupIdStringList

    @xmlName("GroupName")
    GroupNames: GroupNameStringList
    NextToken: String
    MaxResults: DescribeSecurityGroupsMaxResults

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeSecurityGroupsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("securityGroupInfo")
    SecurityGroups: SecurityGroupList
}

structure DescribeSnapshotAttributeRequest {
    @required
    Attribute: SnapshotAttributeName

    @required
    SnapshotId: SnapshotId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeSnapshotAttributeResult {
    @xmlName("productCodes")
    ProductCodes: ProductCodeList

    @xmlName("snapshotId")
    SnapshotId: String

    @xmlName("createVolumePermission")
    CreateVolumePermissions: CreateVolumePermissionList
}

structure DescribeSnapshotsRequest {
    MaxResults: Integer
    NextToken: String

    @xmlName("Owner")
    OwnerIds: OwnerStringList

    @xmlName("RestorableBy")
    RestorableByUserIds: RestorableByStringList

    @xmlName("SnapshotId")
    SnapshotIds: SnapshotIdStringList

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeSnapshotsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("snapshotSet")
    Snapshots: SnapshotList
}

@range(min: 5, max: 255)
integer DescribeStaleSecurityGroupsMaxResults

@length(min: 1, max: 1024)
string DescribeStaleSecurityGroupsNextToken

structure DescribeStaleSecurityGroupsRequest {
    DryRun: Boolean
    MaxResults: DescribeStaleSecurityGroupsMaxResults
    NextToken: DescribeStaleSecurityGroupsNextToken

    @required
    VpcId: VpcId
}

structure DescribeStaleSecurityGroupsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("staleSecurityGroupSet")
    StaleSecurityGroupSet: StaleSecurityGroupSet
}

@range(min: 5, max: 1000)
integer DescribeSubnetsMaxResults

structure DescribeSubnetsRequest {
    @xmlName("Filter")
    Filters: FilterList

    @xmlName("SubnetId")
    SubnetIds: SubnetIdStringList
    NextToken: String
    MaxResults: DescribeSubnetsMaxResults

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeSubnetsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("subnetSet")
    Subnets: SubnetList
}

structure DescribeTagsRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList

    @xmlName("maxResults")
    MaxResults: Integer

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeTagsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("tagSet")
    Tags: TagDescriptionList
}

structure DescribeVolumeAttributeRequest {
    @required
    Attribute: VolumeAttributeName

    @required
    VolumeId: VolumeId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeVolumeAttributeResult {
    @xmlName("autoEnableIO")
    AutoEnableIO: AttributeBooleanValue

    @xmlName("productCodes")
    ProductCodes: ProductCodeList

    @xmlName("volumeId")
    VolumeId: String
}

structure DescribeVolumeStatusRequest {
    MaxResults: Integer
    NextToken: String

    @xmlName("VolumeId")
    VolumeIds: VolumeIdStringList
    IncludeManagedResources: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeVolumeStatusResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("volumeStatusSet")
    VolumeStatuses: VolumeStatusList
}

structure DescribeVolumesModificationsRequest {
    DryRun: Boolean

    @xmlName("VolumeId")
    VolumeIds: VolumeIdStringList

    @xmlName("Filter")
    Filters: FilterList
    NextToken: String
    MaxResults: Integer
}

structure DescribeVolumesModificationsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("volumeModificationSet")
    VolumesModifications: VolumeModificationList
}

structure DescribeVolumesRequest {
    @xmlName("VolumeId")
    VolumeIds: VolumeIdStringList
    IncludeManagedResources: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("Filter")
    Filters: FilterList

    @xmlName("nextToken")
    NextToken: String

    @xmlName("maxResults")
    MaxResults: Integer
}

structure DescribeVolumesResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("volumeSet")
    Volumes: VolumeList
}

structure DescribeVpcAttributeRequest {
    @required
    Attribute: VpcAttributeName

    @required
    VpcId: VpcId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeVpcAttributeResult {
    @xmlName("enableDnsHostnames")
    EnableDnsHostnames: AttributeBooleanValue

    @xmlName("enableDnsSupport")
    EnableDnsSupport: AttributeBooleanValue

    @xmlName("enableNetworkAddressUsageMetrics")
    EnableNetworkAddressUsageMetrics: AttributeBooleanValue

    @xmlName("vpcId")
    VpcId: String
}

structure DescribeVpcEndpointServicesRequest {
    DryRun: Boolean

    @xmlName("ServiceName")
    ServiceNames: ValueStringList

    @xmlName("Filter")
    Filters: FilterList
    MaxResults: Integer
    NextToken: String

    @xmlName("ServiceRegion")
    ServiceRegions: ValueStringList
}

structure DescribeVpcEndpointServicesResult {
    @xmlName("serviceNameSet")
    ServiceNames: ValueStringList

    @xmlName("serviceDetailSet")
    ServiceDetails: ServiceDetailSet

    @xmlName("nextToken")
    NextToken: String
}

structure DescribeVpcEndpointsRequest {
    DryRun: Boolean

    @xmlName("VpcEndpointId")
    VpcEndpointIds: VpcEndpointIdList

    @xmlName("Filter")
    Filters: FilterList
    MaxResults: Integer
    NextToken: String
}

structure DescribeVpcEndpointsResult {
    @xmlName("vpcEndpointSet")
    VpcEndpoints: VpcEndpointSet

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeVpcPeeringConnectionsMaxResults

structure DescribeVpcPeeringConnectionsRequest {
    NextToken: String
    MaxResults: DescribeVpcPeeringConnectionsMaxResults

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("VpcPeeringConnectionId")
    VpcPeeringConnectionIds: VpcPeeringConnectionIdList

    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeVpcPeeringConnectionsResult {
    @xmlName("vpcPeeringConnectionSet")
    VpcPeeringConnections: VpcPeeringConnectionList

    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeVpcsMaxResults

structure DescribeVpcsRequest {
    @xmlName("Filter")
    Filters: FilterList

    @xmlName("VpcId")
    VpcIds: VpcIdStringList
    NextToken: String
    MaxResults: DescribeVpcsMaxResults

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeVpcsResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("vpcSet")
    Vpcs: VpcList
}

enum DestinationFileFormat {
    plain_text = "plain-text"
    parquet = "parquet"
}

structure DestinationOptionsRequest {
    FileFormat: DestinationFileFormat
    HiveCompatiblePartitions: Boolean
    PerHourPartition: Boolean
}

structure DestinationOptionsResponse {
    @xmlName("fileFormat")
    FileFormat: DestinationFileFormat

    @xmlName("hiveCompatiblePartitions")
    HiveCompatiblePartitions: Boolean

    @xmlName("perHourPartition")
    PerHourPartition: Boolean
}

structure DetachInternetGatewayRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("internetGatewayId")
    InternetGatewayId: InternetGatewayId

    @required
    @xmlName("vpcId")
    VpcId: VpcId
}

structure DetachNetworkInterfaceRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("attachmentId")
    AttachmentId: NetworkInterfaceAttachmentId

    @xmlName("force")
    @nephele#stored
    Force: Boolean
}

structure DetachVolumeRequest {
    Device: String
    Force: Boolean
    InstanceId: InstanceIdForResolver

    @required
    VolumeId: VolumeIdWithResolver

    @xmlName("dryRun")
    DryRun: Boolean
}

enum DeviceType {
    ebs = "ebs"
    instance_store = "instance-store"
}

structure DhcpConfiguration {
    @xmlName("key")
    Key: String

    @xmlName("valueSet")
    Values: DhcpConfigurationValueList
}

list DhcpConfigurationList {
    @xmlName("item")
    member: DhcpConfiguration
}

list DhcpConfigurationValueList {
    @xmlName("item")
    member: AttributeValue
}

structure DhcpOptions {
    @xmlName("ownerId")
    OwnerId: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("dhcpOptionsId")
    DhcpOptionsId: String

    @xmlName("dhcpConfigurationSet")
    DhcpConfigurations: DhcpConfigurationList
}

string DhcpOptionsId

list DhcpOptionsIdStringList {
    @xmlName("DhcpOptionsId")
    member: DhcpOptionsId
}

list DhcpOptionsList {
    @xmlName("item")
    member: DhcpOptions
}

structure DisableEbsEncryptionByDefaultRequest {
    DryRun: Boolean
}

structure DisableEbsEncryptionByDefaultResult {
    @xmlName("ebsEncryptionByDefault")
    EbsEncryptionByDefault: Boolean
}

structure DisableImageDeprecationRequest {
    @required
    ImageId: ImageId
    DryRun: Boolean
}

structure DisableImageDeprecationResult {
    @xmlName("return")
    Return: Boolean
}

structure DisassociateAddressRequest {
    AssociationId: ElasticIpAssociationId
    PublicIp: EipAllocationPublicIp

    @xmlName("dryRun")
    DryRun: Boolean
}

structure DisassociateIamInstanceProfileRequest {
    @required
    AssociationId: IamInstanceProfileAssociationId
}

structure DisassociateIamInstanceProfileResult {
    @xmlName("iamInstanceProfileAssociation")
    IamInstanceProfileAssociation: IamInstanceProfileAssociation
}

structure DisassociateNatGatewayAddressRequest {
    @required
    NatGatewayId: NatGatewayId

    @required
    @xmlName("AssociationId")
    AssociationIds: EipAssociationIdList
    @nephele#stored
    MaxDrainDurationSeconds: DrainSeconds
    DryRun: Boolean
}

structure DisassociateNatGatewayAddressResult {
    @xmlName("natGatewayId")
    NatGatewayId: NatGatewayId

    @xmlName("natGatewayAddressSet")
    NatGatewayAddresses: NatGatewayAddressList
}

structure DisassociateRouteTableRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("associationId")
    AssociationId: RouteTableAssociationId
}

structure DisassociateSecurityGroupVpcRequest {
    @required
    GroupId: DisassociateSecurityGroupVpcSecurityGroupId

    @required
    VpcId: String
    DryRun: Boolean
}

structure DisassociateSecurityGroupVpcResult {
    @xmlName("state")
    State: SecurityGroupVpcAssociationState
}

string DisassociateSecurityGroupVpcSecurityGroupId

structure DisassociateVpcCidrBlockRequest {
    @required
    @xmlName("associationId")
    AssociationId: VpcCidrAssociationId
}

structure DisassociateVpcCidrBlockResult {
    @xmlName("ipv6CidrBlockAssociation")
    Ipv6CidrBlockAssociation: VpcIpv6CidrBlockAssociation

    @xmlName("cidrBlockAssociation")
    CidrBlockAssociation: VpcCidrBlockAssociation

    @xmlName("vpcId")
    VpcId: String
}

integer DiskCount

structure DiskInfo {
    @xmlName("sizeInGB")
    SizeInGB: DiskSize

    @xmlName("count")
    Count: DiskCount

    @xmlName("type")
    Type: DiskType
}

list DiskInfoList {
    @xmlName("item")
    member: DiskInfo
}

long DiskSize

enum DiskType {
    hdd = "hdd"
    ssd = "ssd"
}

structure DnsEntry {
    @xmlName("dnsName")
    DnsName: String

    @xmlName("hostedZoneId")
    HostedZoneId: String
}

list DnsEntrySet {
    @xmlName("item")
    member: DnsEntry
}

enum DnsNameState {
    pendingVerification = "pendingVerification"
    verified = "verified"
    failed = "failed"
}

structure DnsOptions {
    @xmlName("dnsRecordIpType")
    DnsRecordIpType: DnsRecordIpType

    @xmlName("privateDnsOnlyForInboundResolverEndpoint")
    PrivateDnsOnlyForInboundResolverEndpoint: Boolean

    @xmlName("privateDnsPreference")
    PrivateDnsPreference: String

    @xmlName("privateDnsSpecifiedDomainSet")
    PrivateDnsSpecifiedDomains: PrivateDnsSpecifiedDomainSet
}

structure DnsOptionsSpecification {
    DnsRecordIpType: DnsRecordIpType
    PrivateDnsOnlyForInboundResolverEndpoint: Boolean

    @nephele#refused
    PrivateDnsPreference: String

    @xmlName("PrivateDnsSpecifiedDomain")
    @nephele#refused
    PrivateDnsSpecifiedDomains: PrivateDnsSpecifiedDomainSet
}

enum DnsRecordIpType {
    ipv4 = "ipv4"
    dualstack = "dualstack"
    ipv6 = "ipv6"
    service_defined = "service-defined"
}

enum DomainType {
    vpc = "vpc"
    standard = "standard"
}

double Double

@range(min: 1, max: 4000)
integer DrainSeconds

structure EbsBlockDevice {
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("iops")
    Iops: Integer

    @xmlName("snapshotId")
    SnapshotId: SnapshotId

    @xmlName("volumeSize")
    VolumeSize: Integer

    @xmlName("volumeType")
    VolumeType: VolumeType

    @xmlName("kmsKeyId")
    KmsKeyId: String

    @xmlName("throughput")
    Throughput: Integer

    @nephele#refused
    @xmlName("outpostArn")
    OutpostArn: String

    @nephele#refused
    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("encrypted")
    Encrypted: Boolean
    @nephele#refused
    VolumeInitializationRate: Integer
    @nephele#refused
    AvailabilityZoneId: String
    @nephele#refused
    EbsCardIndex: Integer
}

integer EbsCardIndex

structure EbsCardInfo {
    @xmlName("ebsCardIndex")
    EbsCardIndex: EbsCardIndex

    @xmlName("baselineBandwidthInMbps")
    BaselineBandwidthInMbps: BaselineBandwidthInMbps

    @xmlName("baselineThroughputInMBps")
    BaselineThroughputInMBps: BaselineThroughputInMBps

    @xmlName("baselineIops")
    BaselineIops: BaselineIops

    @xmlName("maximumBandwidthInMbps")
    MaximumBandwidthInMbps: MaximumBandwidthInMbps

    @xmlName("maximumThroughputInMBps")
    MaximumThroughputInMBps: MaximumThroughputInMBps

    @xmlName("maximumIops")
    MaximumIops: MaximumIops
}

list EbsCardInfoList {
    @xmlName("item")
    member: EbsCardInfo
}

enum EbsEncryptionSupport {
    unsupported = "unsupported"
    supported = "supported"
}

structure EbsInfo {
    @xmlName("ebsOptimizedSupport")
    EbsOptimizedSupport: EbsOptimizedSupport

    @xmlName("encryptionSupport")
    EncryptionSupport: EbsEncryptionSupport

    @xmlName("ebsOptimizedInfo")
    EbsOptimizedInfo: EbsOptimizedInfo

    @xmlName("nvmeSupport")
    NvmeSupport: EbsNvmeSupport

    @xmlName("maximumEbsAttachments")
    MaximumEbsAttachments: MaximumEbsAttachments

    @xmlName("attachmentLimitType")
    AttachmentLimitType: AttachmentLimitType

    @xmlName("maximumEbsCards")
    MaximumEbsCards: MaximumEbsCards

    @xmlName("ebsCardSet")
    EbsCards: EbsCardInfoList
}

structure EbsInstanceBlockDevice {
    @xmlName("attachTime")
    AttachTime: DateTime

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("status")
    Status: AttachmentStatus

    @xmlName("volumeId")
    VolumeId: String

    @xmlName("associatedResource")
    AssociatedResource: String

    @xmlName("volumeOwnerId")
    VolumeOwnerId: String

    @xmlName("operator")
    Operator: OperatorResponse

    @xmlName("ebsCardIndex")
    EbsCardIndex: Integer
}

structure EbsInstanceBlockDeviceSpecification {
    @xmlName("volumeId")
    VolumeId: VolumeId

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
}

enum EbsNvmeSupport {
    unsupported = "unsupported"
    supported = "supported"
    required = "required"
}

structure EbsOptimizedInfo {
    @xmlName("baselineBandwidthInMbps")
    BaselineBandwidthInMbps: BaselineBandwidthInMbps

    @xmlName("baselineThroughputInMBps")
    BaselineThroughputInMBps: BaselineThroughputInMBps

    @xmlName("baselineIops")
    BaselineIops: BaselineIops

    @xmlName("maximumBandwidthInMbps")
    MaximumBandwidthInMbps: MaximumBandwidthInMbps

    @xmlName("maximumThroughputInMBps")
    MaximumThroughputInMBps: MaximumThroughputInMBps

    @xmlName("maximumIops")
    MaximumIops: MaximumIops
}

enum EbsOptimizedSupport {
    unsupported = "unsupported"
    supported = "supported"
    default = "default"
}

structure EbsStatusDetails {
    @xmlName("impairedSince")
    ImpairedSince: MillisecondDateTime

    @xmlName("name")
    Name: StatusName

    @xmlName("status")
    Status: StatusType
}

list EbsStatusDetailsList {
    @xmlName("item")
    member: EbsStatusDetails
}

structure EbsStatusSummary {
    @xmlName("details")
    Details: EbsStatusDetailsList

    @xmlName("status")
    Status: SummaryStatus
}

structure EfaInfo {
    @xmlName("maximumEfaInterfaces")
    MaximumEfaInterfaces: MaximumEfaInterfaces
}

boolean EfaSupportedFlag

string EgressOnlyInternetGatewayId

string EipAllocationPublicIp

list EipAssociationIdList {
    @xmlName("item")
    member: ElasticIpAssociationId
}

structure ElasticGpuAssociation {
    @xmlName("elasticGpuId")
    ElasticGpuId: ElasticGpuId

    @xmlName("elasticGpuAssociationId")
    ElasticGpuAssociationId: String

    @xmlName("elasticGpuAssociationState")
    ElasticGpuAssociationState: String

    @xmlName("elasticGpuAssociationTime")
    ElasticGpuAssociationTime: String
}

list ElasticGpuAssociationList {
    @xmlName("item")
    member: ElasticGpuAssociation
}

string ElasticGpuId

structure ElasticGpuSpecification {
    @required
    Type: String
}

list ElasticGpuSpecificationList {
    @xmlName("ElasticGpuSpecification")
    member: ElasticGpuSpecification
}

structure ElasticGpuSpecificationResponse {
    @xmlName("type")
    Type: String
}

list ElasticGpuSpecificationResponseList {
    @xmlName("item")
    member: ElasticGpuSpecificationResponse
}

list ElasticGpuSpecifications {
    @xmlName("item")
    member: ElasticGpuSpecification
}

structure ElasticInferenceAccelerator {
    @required
    Type: String
    Count: ElasticInferenceAcceleratorCount
}

structure ElasticInferenceAcceleratorAssociation {
    @xmlName("elasticInferenceAcceleratorArn")
    ElasticInferenceAcceleratorArn: String

    @xmlName("elasticInferenceAcceleratorAssociationId")
    ElasticInferenceAcceleratorAssociationId: String

    @xmlName("elasticInferenceAcceleratorAssociationState")
    ElasticInferenceAcceleratorAssociationState: String

    @xmlName("elasticInferenceAcceleratorAssociationTime")
    ElasticInferenceAcceleratorAssociationTime: DateTime
}

list ElasticInferenceAcceleratorAssociationList {
    @xmlName("item")
    member: ElasticInferenceAcceleratorAssociation
}

@range(min: 1)
integer ElasticInferenceAcceleratorCount

list ElasticInferenceAccelerators {
    @xmlName("item")
    member: ElasticInferenceAccelerator
}

string ElasticIpAssociationId

structure EnaSrdSpecification {
    EnaSrdEnabled: Boolean
    EnaSrdUdpSpecification: EnaSrdUdpSpecification
}

structure EnaSrdSpecificationRequest {
    EnaSrdEnabled: Boolean
    EnaSrdUdpSpecification: EnaSrdUdpSpecificationRequest
}

boolean EnaSrdSupported

structure EnaSrdUdpSpecification {
    EnaSrdUdpEnabled: Boolean
}

structure EnaSrdUdpSpecificationRequest {
    EnaSrdUdpEnabled: Boolean
}

enum EnaSupport {
    unsupported = "unsupported"
    supported = "supported"
    required = "required"
}

structure EnableEbsEncryptionByDefaultRequest {
    DryRun: Boolean
}

structure EnableEbsEncryptionByDefaultResult {
    @xmlName("ebsEncryptionByDefault")
    EbsEncryptionByDefault: Boolean
}

structure EnableImageDeprecationRequest {
    @required
    ImageId: ImageId

    @required
    DeprecateAt: MillisecondDateTime
    DryRun: Boolean
}

structure EnableImageDeprecationResult {
    @xmlName("return")
    Return: Boolean
}

structure EnableVolumeIORequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("volumeId")
    VolumeId: VolumeId
}

structure EnclaveOptions {
    @xmlName("enabled")
    Enabled: Boolean
}

structure EnclaveOptionsRequest {
    @nephele#refused
    Enabled: Boolean
}

boolean EncryptionInTransitSupported

enum EphemeralNvmeSupport {
    unsupported = "unsupported"
    supported = "supported"
    required = "required"
}

list ErrorSet {
    @xmlName("item")
    member: ValidationError
}

enum EventCode {
    instance_reboot = "instance-reboot"
    system_reboot = "system-reboot"
    system_maintenance = "system-maintenance"
    instance_retirement = "instance-retirement"
    instance_stop = "instance-stop"
}

@length(min: 1, max: 30)
@pattern("^[a-zA-Z0-9\\.\\*\\-]+$")
string ExcludedInstanceType

@length(min: 0, max: 400)
list ExcludedInstanceTypeSet {
    @xmlName("item")
    member: ExcludedInstanceType
}

list ExecutableByStringList {
    @xmlName("ExecutableBy")
    member: String
}

structure Filter {
    Name: String

    @xmlName("Value")
    Values: ValueStringList
}

list FilterList {
    @xmlName("Filter")
    member: Filter
}

enum FlexibleEnaQueuesSupport {
    unsupported = "unsupported"
    supported = "supported"
}

structure FlowLog {
    @xmlName("creationTime")
    CreationTime: MillisecondDateTime

    @xmlName("deliverLogsErrorMessage")
    DeliverLogsErrorMessage: String

    @xmlName("deliverLogsPermissionArn")
    DeliverLogsPermissionArn: String

    @xmlName("deliverCrossAccountRole")
    DeliverCrossAccountRole: String

    @xmlName("deliverLogsStatus")
    DeliverLogsStatus: String

    @xmlName("flowLogId")
    FlowLogId: String

    @xmlName("flowLogStatus")
    FlowLogStatus: String

    @xmlName("logGroupName")
    LogGroupName: String

    @xmlName("resourceId")
    ResourceId: String

    @xmlName("trafficType")
    TrafficType: TrafficType

    @xmlName("logDestinationType")
    LogDestinationType: LogDestinationType

    @xmlName("logDestination")
    LogDestination: String

    @xmlName("logFormat")
    LogFormat: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("maxAggregationInterval")
    MaxAggregationInterval: Integer

    @xmlName("destinationOptions")
    DestinationOptions: DestinationOptionsResponse
}

list FlowLogIdList {
    @xmlName("item")
    member: VpcFlowLogId
}

string FlowLogResourceId

list FlowLogResourceIds {
    @xmlName("item")
    member: FlowLogResourceId
}

list FlowLogSet {
    @xmlName("item")
    member: FlowLog
}

enum FlowLogsResourceType {
    VPC = "VPC"
    Subnet = "Subnet"
    NetworkInterface = "NetworkInterface"
    TransitGateway = "TransitGateway"
    TransitGatewayAttachment = "TransitGatewayAttachment"
    RegionalNatGateway = "RegionalNatGateway"
}

integer FpgaDeviceCount

structure FpgaDeviceInfo {
    @xmlName("name")
    Name: FpgaDeviceName

    @xmlName("manufacturer")
    Manufacturer: FpgaDeviceManufacturerName

    @xmlName("count")
    Count: FpgaDeviceCount

    @xmlName("memoryInfo")
    MemoryInfo: FpgaDeviceMemoryInfo
}

list FpgaDeviceInfoList {
    @xmlName("item")
    member: FpgaDeviceInfo
}

string FpgaDeviceManufacturerName

structure FpgaDeviceMemoryInfo {
    @xmlName("sizeInMiB")
    SizeInMiB: FpgaDeviceMemorySize
}

integer FpgaDeviceMemorySize

string FpgaDeviceName

structure FpgaInfo {
    @xmlName("fpgas")
    Fpgas: FpgaDeviceInfoList

    @xmlName("totalFpgaMemoryInMiB")
    TotalFpgaMemoryInMiB: totalFpgaMemory
}

boolean FreeTierEligibleFlag

structure GetConsoleOutputRequest {
    @required
    InstanceId: InstanceId
    Latest: Boolean

    @xmlName("dryRun")
    DryRun: Boolean
}

structure GetConsoleOutputResult {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("timestamp")
    Timestamp: DateTime

    @xmlName("output")
    Output: String
}

structure GetEbsDefaultKmsKeyIdRequest {
    DryRun: Boolean
}

structure GetEbsDefaultKmsKeyIdResult {
    @xmlName("kmsKeyId")
    KmsKeyId: String
}

structure GetEbsEncryptionByDefaultRequest {
    DryRun: Boolean
}

structure GetEbsEncryptionByDefaultResult {
    @xmlName("ebsEncryptionByDefault")
    EbsEncryptionByDefault: Boolean

    @xmlName("sseType")
    SseType: SSEType
}

structure GetInstanceMetadataDefaultsRequest {
    DryRun: Boolean
}

structure GetInstanceMetadataDefaultsResult {
    @xmlName("accountLevel")
    AccountLevel: InstanceMetadataDefaultsResponse
}

structure GetInstanceUefiDataRequest {
    @required
    InstanceId: InstanceId
    DryRun: Boolean
}

structure GetInstanceUefiDataResult {
    @xmlName("instanceId")
    InstanceId: InstanceId

    @xmlName("uefiData")
    UefiData: String
}

structure GetLaunchTemplateDataRequest {
    DryRun: Boolean

    @required
    InstanceId: InstanceId
}

structure GetLaunchTemplateDataResult {
    @xmlName("launchTemplateData")
    LaunchTemplateData: ResponseLaunchTemplateData
}

@range(min: 5, max: 255)
integer GetManagedPrefixListAssociationsMaxResults

structure GetManagedPrefixListAssociationsRequest {
    DryRun: Boolean

    @required
    PrefixListId: PrefixListResourceId
    MaxResults: GetManagedPrefixListAssociationsMaxResults
    NextToken: NextToken
}

structure GetManagedPrefixListAssociationsResult {
    @xmlName("prefixListAssociationSet")
    PrefixListAssociations: PrefixListAssociationSet

    @xmlName("nextToken")
    NextToken: String
}

structure GetManagedPrefixListEntriesRequest {
    DryRun: Boolean

    @required
    PrefixListId: PrefixListResourceId
    TargetVersion: Long
    MaxResults: PrefixListMaxResults
    NextToken: NextToken
}

structure GetManagedPrefixListEntriesResult {
    @xmlName("entrySet")
    Entries: PrefixListEntrySet

    @xmlName("nextToken")
    NextToken: NextToken
}

structure GetPasswordDataRequest {
    @required
    InstanceId: InstanceId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure GetPasswordDataResult {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("timestamp")
    Timestamp: DateTime

    @xmlName("passwordData")
    PasswordData: PasswordData
}

structure GetSecurityGroupsForVpcRequest {
    @required
    VpcId: VpcId
    NextToken: String
    MaxResults: GetSecurityGroupsForVpcRequestMaxResults

    @xmlName("Filter")
    Filters: FilterList
    DryRun: Boolean
}

@range(min: 5, max: 1000)
integer GetSecurityGroupsForVpcRequestMaxResults

structure GetSecurityGroupsForVpcResult {
    @xmlName("nextToken")
    NextToken: String

    @xmlName("securityGroupForVpcSet")
    SecurityGroupForVpcs: SecurityGroupForVpcList
}

integer GpuDeviceCount

structure GpuDeviceInfo {
    @xmlName("name")
    Name: GpuDeviceName

    @xmlName("manufacturer")
    Manufacturer: GpuDeviceManufacturerName

    @xmlName("count")
    Count: GpuDeviceCount

    @xmlName("logicalGpuCount")
    LogicalGpuCount: LogicalGpuCount

    @xmlName("gpuPartitionSize")
    GpuPartitionSize: GpuPartitionSize

    @xmlName("workloadSet")
    Workloads: WorkloadsList

    @xmlName("memoryInfo")
    MemoryInfo: GpuDeviceMemoryInfo
}

list GpuDeviceInfoList {
    @xmlName("item")
    member: GpuDeviceInfo
}

string GpuDeviceManufacturerName

structure GpuDeviceMemoryInfo {
    @xmlName("sizeInMiB")
    SizeInMiB: GpuDeviceMemorySize
}

integer GpuDeviceMemorySize

string GpuDeviceName

structure GpuInfo {
    @xmlName("gpus")
    Gpus: GpuDeviceInfoList

    @xmlName("totalGpuMemoryInMiB")
    TotalGpuMemoryInMiB: totalGpuMemory
}

double GpuPartitionSize

list GroupIdStringList {
    @xmlName("groupId")
    member: SecurityGroupId
}

structure GroupIdentifier {
    @xmlName("groupId")
    GroupId: String

    @xmlName("groupName")
    GroupName: String
}

list GroupIdentifierList {
    @xmlName("item")
    member: GroupIdentifier
}

list GroupIdentifierSet {
    @xmlName("item")
    member: SecurityGroupIdentifier
}

list GroupIds {
    @xmlName("item")
    member: SecurityGroupId
}

list GroupNameStringList {
    @xmlName("GroupName")
    member: SecurityGroupName
}

boolean HibernationFlag

structure HibernationOptions {
    @xmlName("configured")
    Configured: Boolean
}

structure HibernationOptionsRequest {
    @nephele#refused
    Configured: Boolean
}

enum HostTenancy {
    default = "default"
    dedicated = "dedicated"
    host = "host"
}

enum HostnameType {
    ip_name = "ip-name"
    resource_name = "resource-name"
}

enum HttpTokensEnforcedState {
    disabled = "disabled"
    enabled = "enabled"
}

enum HttpTokensState {
    optional = "optional"
    required = "required"
}

enum HypervisorType {
    ovm = "ovm"
    xen = "xen"
}

structure IamInstanceProfile {
    @xmlName("arn")
    Arn: String

    @xmlName("id")
    Id: String
}

structure IamInstanceProfileAssociation {
    @xmlName("associationId")
    AssociationId: String

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("iamInstanceProfile")
    IamInstanceProfile: IamInstanceProfile

    @xmlName("state")
    State: IamInstanceProfileAssociationState

    @xmlName("timestamp")
    Timestamp: DateTime
}

string IamInstanceProfileAssociationId

list IamInstanceProfileAssociationSet {
    @xmlName("item")
    member: IamInstanceProfileAssociation
}

enum IamInstanceProfileAssociationState {
    associating = "associating"
    associated = "associated"
    disassociating = "disassociating"
    disassociated = "disassociated"
}

structure IamInstanceProfileSpecification {
    @xmlName("arn")
    Arn: String

    @xmlName("name")
    Name: String
}

structure IcmpTypeCode {
    @xmlName("code")
    Code: Integer

    @xmlName("type")
    Type: Integer
}

structure Image {
    @xmlName("platformDetails")
    PlatformDetails: String

    @xmlName("usageOperation")
    UsageOperation: String

    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: BlockDeviceMappingList

    @xmlName("description")
    Description: String

    @xmlName("enaSupport")
    EnaSupport: Boolean

    @xmlName("hypervisor")
    Hypervisor: HypervisorType

    @xmlName("imageOwnerAlias")
    ImageOwnerAlias: String

    @xmlName("name")
    Name: String

    @xmlName("rootDeviceName")
    RootDeviceName: String

    @xmlName("rootDeviceType")
    RootDeviceType: DeviceType

    @xmlName("sriovNetSupport")
    SriovNetSupport: String

    @xmlName("stateReason")
    StateReason: StateReason

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("virtualizationType")
    VirtualizationType: VirtualizationType

    @xmlName("bootMode")
    BootMode: BootModeValues

    @xmlName("tpmSupport")
    TpmSupport: TpmSupportValues

    @xmlName("deprecationTime")
    DeprecationTime: String

    @xmlName("imdsSupport")
    ImdsSupport: ImdsSupportValues

    @xmlName("sourceInstanceId")
    SourceInstanceId: String

    @xmlName("deregistrationProtection")
    DeregistrationProtection: String

    @xmlName("lastLaunchedTime")
    LastLaunchedTime: String

    @xmlName("imageAllowed")
    ImageAllowed: Boolean

    @xmlName("sourceImageId")
    SourceImageId: String

    @xmlName("sourceImageRegion")
    SourceImageRegion: String

    @xmlName("freeTierEligible")
    FreeTierEligible: Boolean

    @xmlName("imageId")
    ImageId: String

    @xmlName("imageLocation")
    ImageLocation: String

    @xmlName("imageState")
    State: ImageState

    @xmlName("imageOwnerId")
    OwnerId: String

    @xmlName("creationDate")
    CreationDate: String

    @xmlName("isPublic")
    Public: Boolean

    @xmlName("productCodes")
    ProductCodes: ProductCodeList

    @xmlName("architecture")
    Architecture: ArchitectureValues

    @xmlName("imageType")
    ImageType: ImageTypeValues

    @xmlName("kernelId")
    KernelId: String

    @xmlName("ramdiskId")
    RamdiskId: String

    @xmlName("platform")
    Platform: PlatformValues
}

structure ImageAttribute {
    @xmlName("description")
    Description: AttributeValue

    @xmlName("kernel")
    KernelId: AttributeValue

    @xmlName("ramdisk")
    RamdiskId: AttributeValue

    @xmlName("sriovNetSupport")
    SriovNetSupport: AttributeValue

    @xmlName("bootMode")
    BootMode: AttributeValue

    @xmlName("tpmSupport")
    TpmSupport: AttributeValue

    @xmlName("uefiData")
    UefiData: AttributeValue

    @xmlName("lastLaunchedTime")
    LastLaunchedTime: AttributeValue

    @xmlName("imdsSupport")
    ImdsSupport: AttributeValue

    @xmlName("deregistrationProtection")
    DeregistrationProtection: AttributeValue

    @xmlName("imageId")
    ImageId: String

    @xmlName("launchPermission")
    LaunchPermissions: LaunchPermissionList

    @xmlName("productCodes")
    ProductCodes: ProductCodeList

    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: BlockDeviceMappingList
}

enum ImageAttributeName {
    description = "description"
    kernel = "kernel"
    ramdisk = "ramdisk"
    launchPermission = "launchPermission"
    productCodes = "productCodes"
    blockDeviceMapping = "blockDeviceMapping"
    sriovNetSupport = "sriovNetSupport"
    bootMode = "bootMode"
    tpmSupport = "tpmSupport"
    uefiData = "uefiData"
    lastLaunchedTime = "lastLaunchedTime"
    imdsSupport = "imdsSupport"
    deregistrationProtection = "deregistrationProtection"
}

@length(min: 0, max: 255)
string ImageDescriptionRequest

string ImageId

list ImageIdStringList {
    @xmlName("ImageId")
    member: ImageId
}

list ImageList {
    @xmlName("item")
    member: Image
}

@length(min: 0, max: 1024)
string ImageNameRequest

enum ImageState {
    pending = "pending"
    available = "available"
    invalid = "invalid"
    deregistered = "deregistered"
    transient = "transient"
    failed = "failed"
    error = "error"
    disabled = "disabled"
}

enum ImageTypeValues {
    machine = "machine"
    kernel = "kernel"
    ramdisk = "ramdisk"
}

@length(min: 0, max: 64000)
string ImageUefiDataRequest

enum ImdsSupportValues {
    v2_0 = "v2.0"
}

structure ImportKeyPairRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("keyName")
    KeyName: String

    @required
    @xmlName("publicKeyMaterial")
    PublicKeyMaterial: Blob
}

structure ImportKeyPairResult {
    @xmlName("keyFingerprint")
    KeyFingerprint: String

    @xmlName("keyName")
    KeyName: String

    @xmlName("keyPairId")
    KeyPairId: String

    @xmlName("tagSet")
    Tags: TagList
}

boolean IncludeUnsupportedInRegion

structure InferenceAcceleratorInfo {
    @xmlName("accelerators")
    Accelerators: InferenceDeviceInfoList

    @xmlName("totalInferenceMemoryInMiB")
    TotalInferenceMemoryInMiB: totalInferenceMemory
}

integer InferenceDeviceCount

structure InferenceDeviceInfo {
    @xmlName("count")
    Count: InferenceDeviceCount

    @xmlName("name")
    Name: InferenceDeviceName

    @xmlName("manufacturer")
    Manufacturer: InferenceDeviceManufacturerName

    @xmlName("memoryInfo")
    MemoryInfo: InferenceDeviceMemoryInfo
}

list InferenceDeviceInfoList {
    member: InferenceDeviceInfo
}

string InferenceDeviceManufacturerName

structure InferenceDeviceMemoryInfo {
    @xmlName("sizeInMiB")
    SizeInMiB: InferenceDeviceMemorySize
}

integer InferenceDeviceMemorySize

string InferenceDeviceName

structure InitializationStatusDetails {
    @xmlName("initializationType")
    InitializationType: InitializationType

    @xmlName("progress")
    Progress: Long

    @xmlName("estimatedTimeToCompleteInSeconds")
    EstimatedTimeToCompleteInSeconds: Long
}

enum InitializationType {
    default = "default"
    provisioned_rate = "provisioned-rate"
    volume_copy = "volume-copy"
}

@nephele#text
structure Instance {
    @xmlName("architecture")
    Architecture: ArchitectureValues

    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: InstanceBlockDeviceMappingList

    @xmlName("clientToken")
    ClientToken: String

    @xmlName("ebsOptimized")
    EbsOptimized: Boolean

    @xmlName("enaSupport")
    EnaSupport: Boolean

    @xmlName("hypervisor")
    Hypervisor: HypervisorType

    @xmlName("iamInstanceProfile")
    IamInstanceProfile: IamInstanceProfile

    @xmlName("instanceLifecycle")
    InstanceLifecycle: InstanceLifecycleType

    @xmlName("elasticGpuAssociationSet")
    ElasticGpuAssociations: ElasticGpuAssociationList

    @xmlName("elasticInferenceAcceleratorAssociationSet")
    ElasticInferenceAcceleratorAssociations: ElasticInferenceAcceleratorAssociationList

    @xmlName("networkInterfaceSet")
    NetworkInterfaces: InstanceNetworkInterfaceList

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("rootDeviceName")
    RootDeviceName: String

    @xmlName("rootDeviceType")
    RootDeviceType: DeviceType

    @xmlName("groupSet")
    SecurityGroups: GroupIdentifierList

    @xmlName("sourceDestCheck")
    SourceDestCheck: Boolean

    @xmlName("spotInstanceRequestId")
    SpotInstanceRequestId: String

    @xmlName("sriovNetSupport")
    SriovNetSupport: String

    @xmlName("stateReason")
    StateReason: StateReason

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("virtualizationType")
    VirtualizationType: VirtualizationType

    @xmlName("cpuOptions")
    CpuOptions: CpuOptions

    @xmlName("capacityBlockId")
    CapacityBlockId: String

    @xmlName("capacityReservationId")
    CapacityReservationId: String

    @xmlName("capacityReservationSpecification")
    CapacityReservationSpecification: CapacityReservationSpecificationResponse

    @xmlName("hibernationOptions")
    HibernationOptions: HibernationOptions

    @xmlName("licenseSet")
    Licenses: LicenseList

    @xmlName("metadataOptions")
    MetadataOptions: InstanceMetadataOptionsResponse

    @xmlName("enclaveOptions")
    EnclaveOptions: EnclaveOptions

    @xmlName("bootMode")
    BootMode: BootModeValues

    @xmlName("platformDetails")
    PlatformDetails: String

    @xmlName("usageOperation")
    UsageOperation: String

    @xmlName("usageOperationUpdateTime")
    UsageOperationUpdateTime: MillisecondDateTime

    @xmlName("privateDnsNameOptions")
    PrivateDnsNameOptions: PrivateDnsNameOptionsResponse

    @xmlName("ipv6Address")
    Ipv6Address: String

    @xmlName("tpmSupport")
    TpmSupport: String

    @xmlName("maintenanceOptions")
    MaintenanceOptions: InstanceMaintenanceOptions

    @xmlName("currentInstanceBootMode")
    CurrentInstanceBootMode: InstanceBootModeValues

    @xmlName("networkPerformanceOptions")
    NetworkPerformanceOptions: InstanceNetworkPerformanceOptions

    @xmlName("operator")
    Operator: OperatorResponse

    @xmlName("secondaryInterfaceSet")
    SecondaryInterfaces: InstanceSecondaryInterfaceList

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("imageId")
    ImageId: String

    @xmlName("instanceState")
    State: InstanceState

    @xmlName("privateDnsName")
    PrivateDnsName: String

    @xmlName("dnsName")
    PublicDnsName: String

    @xmlName("reason")
    StateTransitionReason: String

    @xmlName("keyName")
    KeyName: String

    @xmlName("amiLaunchIndex")
    AmiLaunchIndex: Integer

    @xmlName("productCodes")
    ProductCodes: ProductCodeList

    @xmlName("instanceType")
    InstanceType: InstanceType

    @xmlName("launchTime")
    LaunchTime: DateTime

    @xmlName("placement")
    Placement: Placement

    @xmlName("kernelId")
    KernelId: String

    @xmlName("ramdiskId")
    RamdiskId: String

    @xmlName("platform")
    Platform: PlatformValues

    @xmlName("monitoring")
    Monitoring: Monitoring

    @xmlName("subnetId")
    SubnetId: String

    @xmlName("vpcId")
    VpcId: String

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("ipAddress")
    PublicIpAddress: String
}

structure InstanceAttachmentEnaSrdSpecification {
    @xmlName("enaSrdEnabled")
    EnaSrdEnabled: Boolean

    @xmlName("enaSrdUdpSpecification")
    EnaSrdUdpSpecification: InstanceAttachmentEnaSrdUdpSpecification
}

structure InstanceAttachmentEnaSrdUdpSpecification {
    @xmlName("enaSrdUdpEnabled")
    EnaSrdUdpEnabled: Boolean
}

structure InstanceAttribute {
    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: InstanceBlockDeviceMappingList

    @xmlName("disableApiTermination")
    DisableApiTermination: AttributeBooleanValue

    @xmlName("enaSupport")
    EnaSupport: AttributeBooleanValue

    @xmlName("enclaveOptions")
    EnclaveOptions: EnclaveOptions

    @xmlName("ebsOptimized")
    EbsOptimized: AttributeBooleanValue

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("instanceInitiatedShutdownBehavior")
    InstanceInitiatedShutdownBehavior: AttributeValue

    @xmlName("instanceType")
    InstanceType: AttributeValue

    @xmlName("kernel")
    KernelId: AttributeValue

    @xmlName("productCodes")
    ProductCodes: ProductCodeList

    @xmlName("ramdisk")
    RamdiskId: AttributeValue

    @xmlName("rootDeviceName")
    RootDeviceName: AttributeValue

    @xmlName("sourceDestCheck")
    SourceDestCheck: AttributeBooleanValue

    @xmlName("sriovNetSupport")
    SriovNetSupport: AttributeValue

    @xmlName("userData")
    UserData: AttributeValue

    @xmlName("disableApiStop")
    DisableApiStop: AttributeBooleanValue

    @xmlName("groupSet")
    Groups: GroupIdentifierList
}

enum InstanceAttributeName {
    instanceType = "instanceType"
    kernel = "kernel"
    ramdisk = "ramdisk"
    userData = "userData"
    disableApiTermination = "disableApiTermination"
    instanceInitiatedShutdownBehavior = "instanceInitiatedShutdownBehavior"
    rootDeviceName = "rootDeviceName"
    blockDeviceMapping = "blockDeviceMapping"
    productCodes = "productCodes"
    sourceDestCheck = "sourceDestCheck"
    groupSet = "groupSet"
    ebsOptimized = "ebsOptimized"
    sriovNetSupport = "sriovNetSupport"
    enaSupport = "enaSupport"
    enclaveOptions = "enclaveOptions"
    disableApiStop = "disableApiStop"
}

enum InstanceAutoRecoveryState {
    disabled = "disabled"
    default = "default"
}

enum InstanceBandwidthWeighting {
    default = "default"
    vpc_1 = "vpc-1"
    ebs_1 = "ebs-1"
}

structure InstanceBlockDeviceMapping {
    @xmlName("deviceName")
    DeviceName: String

    @xmlName("ebs")
    Ebs: EbsInstanceBlockDevice
}

list InstanceBlockDeviceMappingList {
    @xmlName("item")
    member: InstanceBlockDeviceMapping
}

structure InstanceBlockDeviceMappingSpecification {
    @xmlName("deviceName")
    DeviceName: String

    @xmlName("ebs")
    Ebs: EbsInstanceBlockDeviceSpecification

    @xmlName("virtualName")
    @nephele#refused
    VirtualName: String

    @xmlName("noDevice")
    @nephele#refused
    NoDevice: String
}

list InstanceBlockDeviceMappingSpecificationList {
    @xmlName("item")
    member: InstanceBlockDeviceMappingSpecification
}

enum InstanceBootModeValues {
    legacy_bios = "legacy-bios"
    uefi = "uefi"
}

structure InstanceCreditSpecification {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("cpuCredits")
    CpuCredits: String
}

list InstanceCreditSpecificationList {
    @xmlName("item")
    member: InstanceCreditSpecification
}

list InstanceCreditSpecificationListRequest {
    @xmlName("item")
    member: InstanceCreditSpecificationRequest
}

structure InstanceCreditSpecificationRequest {
    @required
    InstanceId: InstanceId
    @nephele#stored
    CpuCredits: String
}

string InstanceEventId

enum InstanceGeneration {
    current = "current"
    previous = "previous"
}

list InstanceGenerationSet {
    @xmlName("item")
    member: InstanceGeneration
}

string InstanceId

string InstanceIdForResolver

list InstanceIdStringList {
    @xmlName("InstanceId")
    member: InstanceId
}

string InstanceIdWithVolumeResolver

enum InstanceInterruptionBehavior {
    hibernate = "hibernate"
    stop = "stop"
    terminate = "terminate"
}

structure InstanceIpv4Prefix {
    @xmlName("ipv4Prefix")
    Ipv4Prefix: String
}

list InstanceIpv4PrefixList {
    @xmlName("item")
    member: InstanceIpv4Prefix
}

structure InstanceIpv6Address {
    @xmlName("ipv6Address")
    Ipv6Address: String

    @xmlName("isPrimaryIpv6")
    IsPrimaryIpv6: Boolean
}

list InstanceIpv6AddressList {
    @xmlName("item")
    member: InstanceIpv6Address
}

list InstanceIpv6AddressListRequest {
    @xmlName("InstanceIpv6Address")
    member: InstanceIpv6AddressRequest
}

structure InstanceIpv6AddressRequest {
    Ipv6Address: String
}

structure InstanceIpv6Prefix {
    @xmlName("ipv6Prefix")
    Ipv6Prefix: String
}

list InstanceIpv6PrefixList {
    @xmlName("item")
    member: InstanceIpv6Prefix
}

enum InstanceLifecycleType {
    spot = "spot"
    scheduled = "scheduled"
    capacity_block = "capacity-block"
    interruptible_capacity_reservation = "interruptible-capacity-reservation"
}

list InstanceList {
    @xmlName("item")
    member: Instance
}

structure InstanceMaintenanceOptions {
    @xmlName("autoRecovery")
    AutoRecovery: InstanceAutoRecoveryState

    @xmlName("rebootMigration")
    RebootMigration: InstanceRebootMigrationState
}

structure InstanceMaintenanceOptionsRequest {
    AutoRecovery: InstanceAutoRecoveryState
}

structure InstanceMarketOptionsRequest {
    MarketType: MarketType
    SpotOptions: SpotMarketOptions
}

structure InstanceMetadataDefaultsResponse {
    @xmlName("httpTokens")
    HttpTokens: HttpTokensState

    @xmlName("httpPutResponseHopLimit")
    HttpPutResponseHopLimit: BoxedInteger

    @xmlName("httpEndpoint")
    HttpEndpoint: InstanceMetadataEndpointState

    @xmlName("instanceMetadataTags")
    InstanceMetadataTags: InstanceMetadataTagsState

    @xmlName("managedBy")
    ManagedBy: ManagedBy

    @xmlName("managedExceptionMessage")
    ManagedExceptionMessage: String

    @xmlName("httpTokensEnforced")
    HttpTokensEnforced: HttpTokensEnforcedState
}

enum InstanceMetadataEndpointState {
    disabled = "disabled"
    enabled = "enabled"
}

structure InstanceMetadataOptionsRequest {
    HttpTokens: HttpTokensState
    HttpPutResponseHopLimit: Integer
    HttpEndpoint: InstanceMetadataEndpointState
    @nephele#refused(off: "disabled")
    HttpProtocolIpv6: InstanceMetadataProtocolState
    InstanceMetadataTags: InstanceMetadataTagsState
}

structure InstanceMetadataOptionsResponse {
    @xmlName("state")
    State: InstanceMetadataOptionsState

    @xmlName("httpTokens")
    HttpTokens: HttpTokensState

    @xmlName("httpPutResponseHopLimit")
    HttpPutResponseHopLimit: Integer

    @xmlName("httpEndpoint")
    HttpEndpoint: InstanceMetadataEndpointState

    @xmlName("httpProtocolIpv6")
    HttpProtocolIpv6: InstanceMetadataProtocolState

    @xmlName("instanceMetadataTags")
    InstanceMetadataTags: InstanceMetadataTagsState
}

enum InstanceMetadataOptionsState {
    pending = "pending"
    applied = "applied"
}

enum InstanceMetadataProtocolState {
    disabled = "disabled"
    enabled = "enabled"
}

enum InstanceMetadataTagsState {
    disabled = "disabled"
    enabled = "enabled"
}

structure InstanceMonitoring {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("monitoring")
    Monitoring: Monitoring
}

list InstanceMonitoringList {
    @xmlName("item")
    member: InstanceMonitoring
}

structure InstanceNetworkInterface {
    @xmlName("association")
    Association: InstanceNetworkInterfaceAssociation

    @xmlName("attachment")
    Attachment: InstanceNetworkInterfaceAttachment

    @xmlName("description")
    Description: String

    @xmlName("groupSet")
    Groups: GroupIdentifierList

    @xmlName("ipv6AddressesSet")
    Ipv6Addresses: InstanceIpv6AddressList

    @xmlName("macAddress")
    MacAddress: String

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("privateDnsName")
    PrivateDnsName: String

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("privateIpAddressesSet")
    PrivateIpAddresses: InstancePrivateIpAddressList

    @xmlName("sourceDestCheck")
    SourceDestCheck: Boolean

    @xmlName("status")
    Status: NetworkInterfaceStatus

    @xmlName("subnetId")
    SubnetId: String

    @xmlName("vpcId")
    VpcId: String

    @xmlName("interfaceType")
    InterfaceType: String

    @xmlName("ipv4PrefixSet")
    Ipv4Prefixes: InstanceIpv4PrefixList

    @xmlName("ipv6PrefixSet")
    Ipv6Prefixes: InstanceIpv6PrefixList

    @xmlName("connectionTrackingConfiguration")
    ConnectionTrackingConfiguration: ConnectionTrackingSpecificationResponse

    @xmlName("operator")
    Operator: OperatorResponse
}

structure InstanceNetworkInterfaceAssociation {
    @xmlName("carrierIp")
    CarrierIp: String

    @xmlName("customerOwnedIp")
    CustomerOwnedIp: String

    @xmlName("ipOwnerId")
    IpOwnerId: String

    @xmlName("publicDnsName")
    PublicDnsName: String

    @xmlName("publicIp")
    PublicIp: String
}

structure InstanceNetworkInterfaceAttachment {
    @xmlName("attachTime")
    AttachTime: DateTime

    @xmlName("attachmentId")
    AttachmentId: String

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("deviceIndex")
    DeviceIndex: Integer

    @xmlName("status")
    Status: AttachmentStatus

    @xmlName("networkCardIndex")
    NetworkCardIndex: Integer

    @xmlName("enaSrdSpecification")
    EnaSrdSpecification: InstanceAttachmentEnaSrdSpecification

    @xmlName("enaQueueCount")
    EnaQueueCount: Integer
}

list InstanceNetworkInterfaceList {
    @xmlName("item")
    member: InstanceNetworkInterface
}

structure InstanceNetworkInterfaceSpecification {
    @xmlName("associatePublicIpAddress")
    AssociatePublicIpAddress: Boolean

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("description")
    Description: String

    @xmlName("deviceIndex")
    DeviceIndex: Integer

    @xmlName("SecurityGroupId")
    Groups: SecurityGroupIdStringList

    @xmlName("ipv6AddressCount")
    @nephele#refused
    Ipv6AddressCount: Integer

    @aws.protocols#ec2QueryName("Ipv6Addresses")
    @xmlName("ipv6AddressesSet")
    @nephele#refused
    Ipv6Addresses: InstanceIpv6AddressList

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @aws.protocols#ec2QueryName("PrivateIpAddresses")
    @xmlName("privateIpAddressesSet")
    PrivateIpAddresses: PrivateIpAddressSpecificationList

    @xmlName("secondaryPrivateIpAddressCount")
    SecondaryPrivateIpAddressCount: Integer

    @xmlName("subnetId")
    SubnetId: String
    @nephele#refused
    AssociateCarrierIpAddress: Boolean
    @nephele#refused(off: "interface")
    InterfaceType: String
    @nephele#refused(off: "0")
    NetworkCardIndex: Integer

    @xmlName("Ipv4Prefix")
    @nephele#refused
    Ipv4Prefixes: Ipv4PrefixList
    @nephele#refused
    Ipv4PrefixCount: Integer

    @xmlName("Ipv6Prefix")
    @nephele#refused
    Ipv6Prefixes: Ipv6PrefixList
    @nephele#refused
    Ipv6PrefixCount: Integer
    @nephele#refused
    PrimaryIpv6: Boolean
    @nephele#refused
    EnaSrdSpecification: EnaSrdSpecificationRequest
    @nephele#refused
    ConnectionTrackingSpecification: ConnectionTrackingSpecificationRequest
    @nephele#refused
    EnaQueueCount: Integer
}

list InstanceNetworkInterfaceSpecificationList {
    @xmlName("item")
    member: InstanceNetworkInterfaceSpecification
}

structure InstanceNetworkPerformanceOptions {
    @xmlName("bandwidthWeighting")
    BandwidthWeighting: InstanceBandwidthWeighting
}

structure InstanceNetworkPerformanceOptionsRequest {
    @nephele#refused(off: "default")
    BandwidthWeighting: InstanceBandwidthWeighting
}

structure InstancePrivateIpAddress {
    @xmlName("association")
    Association: InstanceNetworkInterfaceAssociation

    @xmlName("primary")
    Primary: Boolean

    @xmlName("privateDnsName")
    PrivateDnsName: String

    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list InstancePrivateIpAddressList {
    @xmlName("item")
    member: InstancePrivateIpAddress
}

enum InstanceRebootMigrationState {
    disabled = "disabled"
    default = "default"
}

structure InstanceRequirements {
    @xmlName("vCpuCount")
    VCpuCount: VCpuCountRange

    @xmlName("memoryMiB")
    MemoryMiB: MemoryMiB

    @xmlName("cpuManufacturerSet")
    CpuManufacturers: CpuManufacturerSet

    @xmlName("memoryGiBPerVCpu")
    MemoryGiBPerVCpu: MemoryGiBPerVCpu

    @xmlName("excludedInstanceTypeSet")
    ExcludedInstanceTypes: ExcludedInstanceTypeSet

    @xmlName("instanceGenerationSet")
    InstanceGenerations: InstanceGenerationSet

    @xmlName("spotMaxPricePercentageOverLowestPrice")
    SpotMaxPricePercentageOverLowestPrice: Integer

    @xmlName("onDemandMaxPricePercentageOverLowestPrice")
    OnDemandMaxPricePercentageOverLowestPrice: Integer

    @xmlName("bareMetal")
    BareMetal: BareMetal

    @xmlName("burstablePerformance")
    BurstablePerformance: BurstablePerformance

    @xmlName("requireHibernateSupport")
    RequireHibernateSupport: Boolean

    @xmlName("networkInterfaceCount")
    NetworkInterfaceCount: NetworkInterfaceCount

    @xmlName("localStorage")
    LocalStorage: LocalStorage

    @xmlName("localStorageTypeSet")
    LocalStorageTypes: LocalStorageTypeSet

    @xmlName("totalLocalStorageGB")
    TotalLocalStorageGB: TotalLocalStorageGB

    @xmlName("baselineEbsBandwidthMbps")
    BaselineEbsBandwidthMbps: BaselineEbsBandwidthMbps

    @xmlName("acceleratorTypeSet")
    AcceleratorTypes: AcceleratorTypeSet

    @xmlName("acceleratorCount")
    AcceleratorCount: AcceleratorCount

    @xmlName("acceleratorManufacturerSet")
    AcceleratorManufacturers: AcceleratorManufacturerSet

    @xmlName("acceleratorNameSet")
    AcceleratorNames: AcceleratorNameSet

    @xmlName("acceleratorTotalMemoryMiB")
    AcceleratorTotalMemoryMiB: AcceleratorTotalMemoryMiB

    @xmlName("networkBandwidthGbps")
    NetworkBandwidthGbps: NetworkBandwidthGbps

    @xmlName("allowedInstanceTypeSet")
    AllowedInstanceTypes: AllowedInstanceTypeSet

    @xmlName("maxSpotPriceAsPercentageOfOptimalOnDemandPrice")
    MaxSpotPriceAsPercentageOfOptimalOnDemandPrice: Integer

    @xmlName("baselinePerformanceFactors")
    BaselinePerformanceFactors: BaselinePerformanceFactors

    @xmlName("requireEncryptionInTransit")
    RequireEncryptionInTransit: Boolean
}

structure InstanceRequirementsRequest {
    @required
    VCpuCount: VCpuCountRangeRequest

    @required
    MemoryMiB: MemoryMiBRequest

    @xmlName("CpuManufacturer")
    CpuManufacturers: CpuManufacturerSet
    MemoryGiBPerVCpu: MemoryGiBPerVCpuRequest

    @xmlName("ExcludedInstanceType")
    ExcludedInstanceTypes: ExcludedInstanceTypeSet

    @xmlName("InstanceGeneration")
    InstanceGenerations: InstanceGenerationSet
    SpotMaxPricePercentageOverLowestPrice: Integer
    OnDemandMaxPricePercentageOverLowestPrice: Integer
    BareMetal: BareMetal
    BurstablePerformance: BurstablePerformance
    RequireHibernateSupport: Boolean
    NetworkInterfaceCount: NetworkInterfaceCountRequest
    LocalStorage: LocalStorage

    @xmlName("LocalStorageType")
    LocalStorageTypes: LocalStorageTypeSet
    TotalLocalStorageGB: TotalLocalStorageGBRequest
    BaselineEbsBandwidthMbps: BaselineEbsBandwidthMbpsRequest

    @xmlName("AcceleratorType")
    AcceleratorTypes: AcceleratorTypeSet
    AcceleratorCount: AcceleratorCountRequest

    @xmlName("AcceleratorManufacturer")
    AcceleratorManufacturers: AcceleratorManufacturerSet

    @xmlName("AcceleratorName")
    AcceleratorNames: AcceleratorNameSet
    AcceleratorTotalMemoryMiB: AcceleratorTotalMemoryMiBRequest
    NetworkBandwidthGbps: NetworkBandwidthGbpsRequest

    @xmlName("AllowedInstanceType")
    AllowedInstanceTypes: AllowedInstanceTypeSet
    MaxSpotPriceAsPercentageOfOptimalOnDemandPrice: Integer
    BaselinePerformanceFactors: BaselinePerformanceFactorsRequest
    RequireEncryptionInTransit: Boolean
}

structure InstanceSecondaryInterface {
    @xmlName("attachment")
    Attachment: InstanceSecondaryInterfaceAttachment

    @xmlName("macAddress")
    MacAddress: String

    @xmlName("secondaryInterfaceId")
    SecondaryInterfaceId: SecondaryInterfaceId

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("privateIpAddressSet")
    PrivateIpAddresses: InstanceSecondaryInterfacePrivateIpAddressList

    @xmlName("sourceDestCheck")
    SourceDestCheck: Boolean

    @xmlName("status")
    Status: SecondaryInterfaceStatus

    @xmlName("secondarySubnetId")
    SecondarySubnetId: SecondarySubnetId

    @xmlName("secondaryNetworkId")
    SecondaryNetworkId: SecondaryNetworkId

    @xmlName("interfaceType")
    InterfaceType: SecondaryInterfaceType
}

structure InstanceSecondaryInterfaceAttachment {
    @xmlName("attachTime")
    AttachTime: MillisecondDateTime

    @xmlName("attachmentId")
    AttachmentId: String

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("deviceIndex")
    DeviceIndex: Integer

    @xmlName("status")
    Status: AttachmentStatus

    @xmlName("networkCardIndex")
    NetworkCardIndex: Integer
}

list InstanceSecondaryInterfaceList {
    @xmlName("item")
    member: InstanceSecondaryInterface
}

structure InstanceSecondaryInterfacePrivateIpAddress {
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list InstanceSecondaryInterfacePrivateIpAddressList {
    @xmlName("item")
    member: InstanceSecondaryInterfacePrivateIpAddress
}

list InstanceSecondaryInterfacePrivateIpAddressListRequest {
    @xmlName("item")
    member: InstanceSecondaryInterfacePrivateIpAddressRequest
}

structure InstanceSecondaryInterfacePrivateIpAddressRequest {
    @required
    PrivateIpAddress: String
}

list InstanceSecondaryInterfaceSpecificationListRequest {
    @xmlName("item")
    member: InstanceSecondaryInterfaceSpecificationRequest
}

structure InstanceSecondaryInterfaceSpecificationRequest {
    DeleteOnTermination: Boolean
    DeviceIndex: Integer

    @xmlName("PrivateIpAddress")
    PrivateIpAddresses: InstanceSecondaryInterfacePrivateIpAddressListRequest
    PrivateIpAddressCount: Integer
    SecondarySubnetId: SecondarySubnetId
    InterfaceType: SecondaryInterfaceType
    NetworkCardIndex: Integer
}

structure InstanceSpecification {
    @required
    InstanceId: InstanceIdWithVolumeResolver
    ExcludeBootVolume: Boolean

    @xmlName("ExcludeDataVolumeId")
    ExcludeDataVolumeIds: VolumeIdStringList
}

structure InstanceState {
    @xmlName("code")
    Code: Integer

    @xmlName("name")
    Name: InstanceStateName
}

structure InstanceStateChange {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("currentState")
    CurrentState: InstanceState

    @xmlName("previousState")
    PreviousState: InstanceState
}

list InstanceStateChangeList {
    @xmlName("item")
    member: InstanceStateChange
}

enum InstanceStateName {
    pending = "pending"
    running = "running"
    shutting_down = "shutting-down"
    terminated = "terminated"
    stopping = "stopping"
    stopped = "stopped"
}

structure InstanceStatus {
    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("availabilityZoneId")
    AvailabilityZoneId: AvailabilityZoneId

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("operator")
    Operator: OperatorResponse

    @xmlName("eventsSet")
    Events: InstanceStatusEventList

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("instanceState")
    InstanceState: InstanceState

    @xmlName("instanceStatus")
    InstanceStatus: InstanceStatusSummary

    @xmlName("systemStatus")
    SystemStatus: InstanceStatusSummary

    @xmlName("attachedEbsStatus")
    AttachedEbsStatus: EbsStatusSummary
}

structure InstanceStatusDetails {
    @xmlName("impairedSince")
    ImpairedSince: DateTime

    @xmlName("name")
    Name: StatusName

    @xmlName("status")
    Status: StatusType
}

list InstanceStatusDetailsList {
    @xmlName("item")
    member: InstanceStatusDetails
}

structure InstanceStatusEvent {
    @xmlName("instanceEventId")
    InstanceEventId: InstanceEventId

    @xmlName("code")
    Code: EventCode

    @xmlName("description")
    Description: String

    @xmlName("notAfter")
    NotAfter: DateTime

    @xmlName("notBefore")
    NotBefore: DateTime

    @xmlName("notBeforeDeadline")
    NotBeforeDeadline: DateTime
}

list InstanceStatusEventList {
    @xmlName("item")
    member: InstanceStatusEvent
}

list InstanceStatusList {
    @xmlName("item")
    member: InstanceStatus
}

structure InstanceStatusSummary {
    @xmlName("details")
    Details: InstanceStatusDetailsList

    @xmlName("status")
    Status: SummaryStatus
}

enum InstanceStorageEncryptionSupport {
    unsupported = "unsupported"
    required = "required"
}

boolean InstanceStorageFlag

structure InstanceStorageInfo {
    @xmlName("totalSizeInGB")
    TotalSizeInGB: DiskSize

    @xmlName("disks")
    Disks: DiskInfoList

    @xmlName("nvmeSupport")
    NvmeSupport: EphemeralNvmeSupport

    @xmlName("encryptionSupport")
    EncryptionSupport: InstanceStorageEncryptionSupport
}

// Not an enum: types.def says which there are, and the fault of others is its own.
string InstanceType

enum InstanceTypeHypervisor {
    nitro = "nitro"
    xen = "xen"
}

structure InstanceTypeInfo {
    @xmlName("instanceType")
    InstanceType: InstanceType

    @xmlName("currentGeneration")
    CurrentGeneration: CurrentGenerationFlag

    @xmlName("freeTierEligible")
    FreeTierEligible: FreeTierEligibleFlag

    @xmlName("supportedUsageClasses")
    SupportedUsageClasses: UsageClassTypeList

    @xmlName("supportedRootDeviceTypes")
    SupportedRootDeviceTypes: RootDeviceTypeList

    @xmlName("supportedVirtualizationTypes")
    SupportedVirtualizationTypes: VirtualizationTypeList

    @xmlName("bareMetal")
    BareMetal: BareMetalFlag

    @xmlName("hypervisor")
    Hypervisor: InstanceTypeHypervisor

    @xmlName("processorInfo")
    ProcessorInfo: ProcessorInfo

    @xmlName("vCpuInfo")
    VCpuInfo: VCpuInfo

    @xmlName("memoryInfo")
    MemoryInfo: MemoryInfo

    @xmlName("instanceStorageSupported")
    InstanceStorageSupported: InstanceStorageFlag

    @xmlName("instanceStorageInfo")
    InstanceStorageInfo: InstanceStorageInfo

    @xmlName("ebsInfo")
    EbsInfo: EbsInfo

    @xmlName("networkInfo")
    NetworkInfo: NetworkInfo

    @xmlName("gpuInfo")
    GpuInfo: GpuInfo

    @xmlName("fpgaInfo")
    FpgaInfo: FpgaInfo

    @xmlName("placementGroupInfo")
    PlacementGroupInfo: PlacementGroupInfo

    @xmlName("inferenceAcceleratorInfo")
    InferenceAcceleratorInfo: InferenceAcceleratorInfo

    @xmlName("hibernationSupported")
    HibernationSupported: HibernationFlag

    @xmlName("burstablePerformanceSupported")
    BurstablePerformanceSupported: BurstablePerformanceFlag

    @xmlName("dedicatedHostsSupported")
    DedicatedHostsSupported: DedicatedHostFlag

    @xmlName("autoRecoverySupported")
    AutoRecoverySupported: AutoRecoveryFlag

    @xmlName("supportedBootModes")
    SupportedBootModes: BootModeTypeList

    @xmlName("nitroEnclavesSupport")
    NitroEnclavesSupport: NitroEnclavesSupport

    @xmlName("nitroTpmSupport")
    NitroTpmSupport: NitroTpmSupport

    @xmlName("nitroTpmInfo")
    NitroTpmInfo: NitroTpmInfo

    @xmlName("mediaAcceleratorInfo")
    MediaAcceleratorInfo: MediaAcceleratorInfo

    @xmlName("neuronInfo")
    NeuronInfo: NeuronInfo

    @xmlName("phcSupport")
    PhcSupport: PhcSupport

    @xmlName("rebootMigrationSupport")
    RebootMigrationSupport: RebootMigrationSupport

    @xmlName("supportedInRegion")
    SupportedInRegion: SupportedInRegion
}

list InstanceTypeInfoList {
    @xmlName("item")
    member: InstanceTypeInfo
}

structure InstanceTypeOffering {
    @xmlName("instanceType")
    InstanceType: InstanceType

    @xmlName("locationType")
    LocationType: LocationType

    @xmlName("location")
    Location: Location
}

list InstanceTypeOfferingsList {
    @xmlName("item")
    member: InstanceTypeOffering
}

integer Integer

enum InterfacePermissionType {
    INSTANCE_ATTACH = "INSTANCE-ATTACH"
    EIP_ASSOCIATE = "EIP-ASSOCIATE"
}

structure InternetGateway {
    @xmlName("attachmentSet")
    Attachments: InternetGatewayAttachmentList

    @xmlName("internetGatewayId")
    InternetGatewayId: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("tagSet")
    Tags: TagList
}

structure InternetGatewayAttachment {
    @xmlName("state")
    State: AttachmentStatus

    @xmlName("vpcId")
    VpcId: String
}

list InternetGatewayAttachmentList {
    @xmlName("item")
    member: InternetGatewayAttachment
}

string InternetGatewayId

list InternetGatewayIdList {
    @xmlName("item")
    member: InternetGatewayId
}

list InternetGatewayList {
    @xmlName("item")
    member: InternetGateway
}

enum IpAddressType {
    ipv4 = "ipv4"
    dualstack = "dualstack"
    ipv6 = "ipv6"
}

list IpList {
    @xmlName("item")
    member: String
}

structure IpPermission {
    @xmlName("ipProtocol")
    IpProtocol: String

    @xmlName("fromPort")
    FromPort: Integer

    @xmlName("toPort")
    ToPort: Integer

    @xmlName("groups")
    UserIdGroupPairs: UserIdGroupPairList

    @xmlName("ipRanges")
    IpRanges: IpRangeList

    @xmlName("ipv6Ranges")
    Ipv6Ranges: Ipv6RangeList

    @xmlName("prefixListIds")
    PrefixListIds: PrefixListIdList
}

list IpPermissionList {
    @xmlName("item")
    member: IpPermission
}

list IpPrefixList {
    @xmlName("item")
    member: String
}

structure IpRange {
    @xmlName("description")
    Description: String

    @xmlName("cidrIp")
    CidrIp: String
}

list IpRangeList {
    @xmlName("item")
    member: IpRange
}

list IpRanges {
    @xmlName("item")
    member: String
}

enum IpSource {
    amazon = "amazon"
    byoip = "byoip"
    none = "none"
}

string IpamPoolId

integer Ipv4AddressesPerSecondaryInterface

string Ipv4PoolEc2Id

list Ipv4PrefixList {
    @xmlName("item")
    member: Ipv4PrefixSpecificationRequest
}

list Ipv4PrefixListResponse {
    @xmlName("item")
    member: Ipv4PrefixSpecificationResponse
}

structure Ipv4PrefixSpecification {
    @xmlName("ipv4Prefix")
    Ipv4Prefix: String
}

structure Ipv4PrefixSpecificationRequest {
    Ipv4Prefix: String
}

structure Ipv4PrefixSpecificationResponse {
    @xmlName("ipv4Prefix")
    Ipv4Prefix: String
}

list Ipv4PrefixesList {
    @xmlName("item")
    member: Ipv4PrefixSpecification
}

enum Ipv6AddressAttribute {
    public = "public"
    private = "private"
}

structure Ipv6CidrBlock {
    @xmlName("ipv6CidrBlock")
    Ipv6CidrBlock: String
}

list Ipv6CidrBlockSet {
    @xmlName("item")
    member: Ipv6CidrBlock
}

boolean Ipv6Flag

string Ipv6PoolEc2Id

list Ipv6PrefixList {
    @xmlName("item")
    member: Ipv6PrefixSpecificationRequest
}

list Ipv6PrefixListResponse {
    @xmlName("item")
    member: Ipv6PrefixSpecificationResponse
}

structure Ipv6PrefixSpecification {
    @xmlName("ipv6Prefix")
    Ipv6Prefix: String
}

structure Ipv6PrefixSpecificationRequest {
    Ipv6Prefix: String
}

structure Ipv6PrefixSpecificationResponse {
    @xmlName("ipv6Prefix")
    Ipv6Prefix: String
}

list Ipv6PrefixesList {
    @xmlName("item")
    member: Ipv6PrefixSpecification
}

structure Ipv6Range {
    @xmlName("description")
    Description: String

    @xmlName("cidrIpv6")
    CidrIpv6: String
}

list Ipv6RangeList {
    @xmlName("item")
    member: Ipv6Range
}

string KernelId

enum KeyFormat {
    pem = "pem"
    ppk = "ppk"
}

list KeyNameStringList {
    @xmlName("KeyName")
    member: KeyPairName
}

structure KeyPair {
    @xmlName("keyPairId")
    KeyPairId: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("keyName")
    KeyName: String

    @xmlName("keyFingerprint")
    KeyFingerprint: String

    @xmlName("keyMaterial")
    KeyMaterial: SensitiveUserData
}

string KeyPairId

list KeyPairIdStringList {
    @xmlName("KeyPairId")
    member: KeyPairId
}

structure KeyPairInfo {
    @xmlName("keyPairId")
    KeyPairId: String

    @xmlName("keyType")
    KeyType: KeyType

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("publicKey")
    PublicKey: String

    @xmlName("createTime")
    CreateTime: MillisecondDateTime

    @xmlName("keyName")
    KeyName: String

    @xmlName("keyFingerprint")
    KeyFingerprint: String
}

list KeyPairList {
    @xmlName("item")
    member: KeyPairInfo
}

string KeyPairName

string KeyPairNameWithResolver

enum KeyType {
    rsa = "rsa"
    ed25519 = "ed25519"
}

string KmsKeyId

structure LastError {
    @xmlName("message")
    Message: String

    @xmlName("code")
    Code: String
}

structure LaunchPermission {
    @nephele#refused
    @xmlName("organizationArn")
    OrganizationArn: String

    @nephele#refused
    @xmlName("organizationalUnitArn")
    OrganizationalUnitArn: String

    @xmlName("userId")
    UserId: String

    @xmlName("group")
    Group: PermissionGroup
}

list LaunchPermissionList {
    @xmlName("item")
    member: LaunchPermission
}

structure LaunchPermissionModifications {
    Add: LaunchPermissionList
    Remove: LaunchPermissionList
}

structure LaunchTemplate {
    @xmlName("launchTemplateId")
    LaunchTemplateId: String

    @xmlName("launchTemplateName")
    LaunchTemplateName: LaunchTemplateName

    @xmlName("createTime")
    CreateTime: DateTime

    @xmlName("createdBy")
    CreatedBy: String

    @xmlName("defaultVersionNumber")
    DefaultVersionNumber: Long

    @xmlName("latestVersionNumber")
    LatestVersionNumber: Long

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("operator")
    Operator: OperatorResponse
}

enum LaunchTemplateAutoRecoveryState {
    default = "default"
    disabled = "disabled"
}

structure LaunchTemplateBlockDeviceMapping {
    @xmlName("deviceName")
    DeviceName: String

    @xmlName("virtualName")
    VirtualName: String

    @xmlName("ebs")
    Ebs: LaunchTemplateEbsBlockDevice

    @nephele#mayBeEmpty
    @xmlName("noDevice")
    NoDevice: String
}

list LaunchTemplateBlockDeviceMappingList {
    @xmlName("item")
    member: LaunchTemplateBlockDeviceMapping
}

structure LaunchTemplateBlockDeviceMappingRequest {
    DeviceName: String
    VirtualName: String
    Ebs: LaunchTemplateEbsBlockDeviceRequest

    @nephele#mayBeEmpty
    NoDevice: String
}

list LaunchTemplateBlockDeviceMappingRequestList {
    @xmlName("BlockDeviceMapping")
    member: LaunchTemplateBlockDeviceMappingRequest
}

structure LaunchTemplateCapacityReservationSpecificationRequest {
    CapacityReservationPreference: CapacityReservationPreference
    CapacityReservationTarget: CapacityReservationTarget
}

structure LaunchTemplateCapacityReservationSpecificationResponse {
    @xmlName("capacityReservationPreference")
    CapacityReservationPreference: CapacityReservationPreference

    @xmlName("capacityReservationTarget")
    CapacityReservationTarget: CapacityReservationTargetResponse
}

structure LaunchTemplateCpuOptions {
    @xmlName("coreCount")
    CoreCount: Integer

    @xmlName("threadsPerCore")
    ThreadsPerCore: Integer

    @xmlName("amdSevSnp")
    AmdSevSnp: AmdSevSnpSpecification

    @xmlName("nestedVirtualization")
    NestedVirtualization: NestedVirtualizationSpecification
}

structure LaunchTemplateCpuOptionsRequest {
    CoreCount: Integer
    ThreadsPerCore: Integer
    AmdSevSnp: AmdSevSnpSpecification
    NestedVirtualization: NestedVirtualizationSpecification
}

structure LaunchTemplateEbsBlockDevice {
    @xmlName("encrypted")
    Encrypted: Boolean

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("iops")
    Iops: Integer

    @xmlName("kmsKeyId")
    KmsKeyId: KmsKeyId

    @xmlName("snapshotId")
    SnapshotId: SnapshotId

    @xmlName("volumeSize")
    VolumeSize: Integer

    @xmlName("volumeType")
    VolumeType: VolumeType

    @xmlName("throughput")
    Throughput: Integer

    @xmlName("volumeInitializationRate")
    VolumeInitializationRate: Integer

    @xmlName("ebsCardIndex")
    EbsCardIndex: Integer
}

structure LaunchTemplateEbsBlockDeviceRequest {
    Encrypted: Boolean
    DeleteOnTermination: Boolean
    Iops: Integer
    KmsKeyId: KmsKeyId
    SnapshotId: SnapshotId
    VolumeSize: Integer
    VolumeType: VolumeType
    Throughput: Integer
    VolumeInitializationRate: Integer
    EbsCardIndex: Integer
}

structure LaunchTemplateElasticInferenceAccelerator {
    @required
    Type: String
    Count: LaunchTemplateElasticInferenceAcceleratorCount
}

@range(min: 1)
integer LaunchTemplateElasticInferenceAcceleratorCount

list LaunchTemplateElasticInferenceAcceleratorList {
    @xmlName("item")
    member: LaunchTemplateElasticInferenceAccelerator
}

structure LaunchTemplateElasticInferenceAcceleratorResponse {
    @xmlName("type")
    Type: String

    @xmlName("count")
    Count: Integer
}

list LaunchTemplateElasticInferenceAcceleratorResponseList {
    @xmlName("item")
    member: LaunchTemplateElasticInferenceAcceleratorResponse
}

structure LaunchTemplateEnaSrdSpecification {
    @xmlName("enaSrdEnabled")
    EnaSrdEnabled: Boolean

    @xmlName("enaSrdUdpSpecification")
    EnaSrdUdpSpecification: LaunchTemplateEnaSrdUdpSpecification
}

structure LaunchTemplateEnaSrdUdpSpecification {
    @xmlName("enaSrdUdpEnabled")
    EnaSrdUdpEnabled: Boolean
}

structure LaunchTemplateEnclaveOptions {
    @xmlName("enabled")
    Enabled: Boolean
}

structure LaunchTemplateEnclaveOptionsRequest {
    Enabled: Boolean
}

enum LaunchTemplateErrorCode {
    launchTemplateIdDoesNotExist = "launchTemplateIdDoesNotExist"
    launchTemplateIdMalformed = "launchTemplateIdMalformed"
    launchTemplateNameDoesNotExist = "launchTemplateNameDoesNotExist"
    launchTemplateNameMalformed = "launchTemplateNameMalformed"
    launchTemplateVersionDoesNotExist = "launchTemplateVersionDoesNotExist"
    unexpectedError = "unexpectedError"
}

structure LaunchTemplateHibernationOptions {
    @xmlName("configured")
    Configured: Boolean
}

structure LaunchTemplateHibernationOptionsRequest {
    Configured: Boolean
}

enum LaunchTemplateHttpTokensState {
    optional = "optional"
    required = "required"
}

structure LaunchTemplateIamInstanceProfileSpecification {
    @xmlName("arn")
    Arn: String

    @xmlName("name")
    Name: String
}

structure LaunchTemplateIamInstanceProfileSpecificationRequest {
    Arn: String
    Name: String
}

string LaunchTemplateId

list LaunchTemplateIdStringList {
    @xmlName("item")
    member: LaunchTemplateId
}

structure LaunchTemplateInstanceMaintenanceOptions {
    @xmlName("autoRecovery")
    AutoRecovery: LaunchTemplateAutoRecoveryState
}

structure LaunchTemplateInstanceMaintenanceOptionsRequest {
    AutoRecovery: LaunchTemplateAutoRecoveryState
}

structure LaunchTemplateInstanceMarketOptions {
    @xmlName("marketType")
    MarketType: MarketType

    @xmlName("spotOptions")
    SpotOptions: LaunchTemplateSpotMarketOptions
}

structure LaunchTemplateInstanceMarketOptionsRequest {
    MarketType: MarketType
    SpotOptions: LaunchTemplateSpotMarketOptionsRequest
}

enum LaunchTemplateInstanceMetadataEndpointState {
    disabled = "disabled"
    enabled = "enabled"
}

structure LaunchTemplateInstanceMetadataOptions {
    @xmlName("state")
    State: LaunchTemplateInstanceMetadataOptionsState

    @xmlName("httpTokens")
    HttpTokens: LaunchTemplateHttpTokensState

    @xmlName("httpPutResponseHopLimit")
    HttpPutResponseHopLimit: Integer

    @xmlName("httpEndpoint")
    HttpEndpoint: LaunchTemplateInstanceMetadataEndpointState

    @xmlName("httpProtocolIpv6")
    HttpProtocolIpv6: LaunchTemplateInstanceMetadataProtocolIpv6

    @xmlName("instanceMetadataTags")
    InstanceMetadataTags: LaunchTemplateInstanceMetadataTagsState
}

structure LaunchTemplateInstanceMetadataOptionsRequest {
    HttpTokens: LaunchTemplateHttpTokensState
    HttpPutResponseHopLimit: Integer
    HttpEndpoint: LaunchTemplateInstanceMetadataEndpointState
    HttpProtocolIpv6: LaunchTemplateInstanceMetadataProtocolIpv6
    InstanceMetadataTags: LaunchTemplateInstanceMetadataTagsState
}

enum LaunchTemplateInstanceMetadataOptionsState {
    pending = "pending"
    applied = "applied"
}

enum LaunchTemplateInstanceMetadataProtocolIpv6 {
    disabled = "disabled"
    enabled = "enabled"
}

enum LaunchTemplateInstanceMetadataTagsState {
    disabled = "disabled"
    enabled = "enabled"
}

structure LaunchTemplateInstanceNetworkInterfaceSpecification {
    @xmlName("associateCarrierIpAddress")
    AssociateCarrierIpAddress: Boolean

    @xmlName("associatePublicIpAddress")
    AssociatePublicIpAddress: Boolean

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("description")
    Description: String

    @xmlName("deviceIndex")
    DeviceIndex: Integer

    @xmlName("groupSet")
    Groups: GroupIdStringList

    @xmlName("interfaceType")
    InterfaceType: String

    @xmlName("ipv6AddressCount")
    Ipv6AddressCount: Integer

    @xmlName("ipv6AddressesSet")
    Ipv6Addresses: InstanceIpv6AddressList

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("privateIpAddressesSet")
    PrivateIpAddresses: PrivateIpAddressSpecificationList

    @xmlName("secondaryPrivateIpAddressCount")
    SecondaryPrivateIpAddressCount: Integer

    @xmlName("subnetId")
    SubnetId: SubnetId

    @xmlName("networkCardIndex")
    NetworkCardIndex: Integer

    @xmlName("ipv4PrefixSet")
    Ipv4Prefixes: Ipv4PrefixListResponse

    @xmlName("ipv4PrefixCount")
    Ipv4PrefixCount: Integer

    @xmlName("ipv6PrefixSet")
    Ipv6Prefixes: Ipv6PrefixListResponse

    @xmlName("ipv6PrefixCount")
    Ipv6PrefixCount: Integer

    @xmlName("primaryIpv6")
    PrimaryIpv6: Boolean

    @xmlName("enaSrdSpecification")
    EnaSrdSpecification: LaunchTemplateEnaSrdSpecification

    @xmlName("connectionTrackingSpecification")
    ConnectionTrackingSpecification: ConnectionTrackingSpecification

    @xmlName("enaQueueCount")
    EnaQueueCount: Integer
}

list LaunchTemplateInstanceNetworkInterfaceSpecificationList {
    @xmlName("item")
    member: LaunchTemplateInstanceNetworkInterfaceSpecification
}

structure LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
    AssociateCarrierIpAddress: Boolean
    AssociatePublicIpAddress: Boolean
    DeleteOnTermination: Boolean
    Description: String
    DeviceIndex: Integer

    @xmlName("SecurityGroupId")
    Groups: SecurityGroupIdStringList
    InterfaceType: String
    Ipv6AddressCount: Integer
    Ipv6Addresses: InstanceIpv6AddressListRequest
    NetworkInterfaceId: NetworkInterfaceId
    PrivateIpAddress: String
    PrivateIpAddresses: PrivateIpAddressSpecificationList
    SecondaryPrivateIpAddressCount: Integer
    SubnetId: SubnetId
    NetworkCardIndex: Integer

    @xmlName("Ipv4Prefix")
    Ipv4Prefixes: Ipv4PrefixList
    Ipv4PrefixCount: Integer

    @xmlName("Ipv6Prefix")
    Ipv6Prefixes: Ipv6PrefixList
    Ipv6PrefixCount: Integer
    PrimaryIpv6: Boolean
    EnaSrdSpecification: EnaSrdSpecificationRequest
    ConnectionTrackingSpecification: ConnectionTrackingSpecificationRequest
    EnaQueueCount: Integer
}

list LaunchTemplateInstanceNetworkInterfaceSpecificationRequestList {
    @xmlName("InstanceNetworkInterfaceSpecification")
    member: LaunchTemplateInstanceNetworkInterfaceSpecificationRequest
}

structure LaunchTemplateInstanceSecondaryInterfaceSpecification {
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("deviceIndex")
    DeviceIndex: Integer

    @xmlName("privateIpAddressesSet")
    PrivateIpAddresses: SecondaryInterfacePrivateIpAddressSpecificationList

    @xmlName("privateIpAddressCount")
    PrivateIpAddressCount: Integer

    @xmlName("secondarySubnetId")
    SecondarySubnetId: SecondarySubnetId

    @xmlName("interfaceType")
    InterfaceType: SecondaryInterfaceType

    @xmlName("networkCardIndex")
    NetworkCardIndex: Integer
}

list LaunchTemplateInstanceSecondaryInterfaceSpecificationList {
    @xmlName("item")
    member: LaunchTemplateInstanceSecondaryInterfaceSpecification
}

structure LaunchTemplateInstanceSecondaryInterfaceSpecificationRequest {
    DeleteOnTermination: Boolean
    DeviceIndex: Integer

    @xmlName("PrivateIpAddress")
    PrivateIpAddresses: SecondaryInterfacePrivateIpAddressSpecificationListRequest
    PrivateIpAddressCount: Integer
    SecondarySubnetId: SecondarySubnetId
    InterfaceType: SecondaryInterfaceType
    NetworkCardIndex: Integer
}

list LaunchTemplateInstanceSecondaryInterfaceSpecificationRequestList {
    @xmlName("InstanceSecondaryInterfaceSpecification")
    member: LaunchTemplateInstanceSecondaryInterfaceSpecificationRequest
}

structure LaunchTemplateLicenseConfiguration {
    @xmlName("licenseConfigurationArn")
    LicenseConfigurationArn: String
}

structure LaunchTemplateLicenseConfigurationRequest {
    LicenseConfigurationArn: String
}

list LaunchTemplateLicenseList {
    @xmlName("item")
    member: LaunchTemplateLicenseConfiguration
}

list LaunchTemplateLicenseSpecificationListRequest {
    @xmlName("item")
    member: LaunchTemplateLicenseConfigurationRequest
}

@length(min: 3, max: 128)
@pattern("^[a-zA-Z0-9\\(\\)\\.\\-/_]+$")
string LaunchTemplateName

list LaunchTemplateNameStringList {
    @xmlName("item")
    member: LaunchTemplateName
}

structure LaunchTemplateNetworkPerformanceOptions {
    @xmlName("bandwidthWeighting")
    BandwidthWeighting: InstanceBandwidthWeighting
}

structure LaunchTemplateNetworkPerformanceOptionsRequest {
    BandwidthWeighting: InstanceBandwidthWeighting
}

structure LaunchTemplatePlacement {
    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("availabilityZoneId")
    AvailabilityZoneId: AvailabilityZoneId

    @xmlName("affinity")
    Affinity: String

    @xmlName("groupName")
    GroupName: String

    @xmlName("hostId")
    HostId: String

    @xmlName("tenancy")
    Tenancy: Tenancy

    @xmlName("spreadDomain")
    SpreadDomain: String

    @xmlName("hostResourceGroupArn")
    HostResourceGroupArn: String

    @xmlName("partitionNumber")
    PartitionNumber: Integer

    @xmlName("groupId")
    GroupId: PlacementGroupId
}

structure LaunchTemplatePlacementRequest {
    AvailabilityZone: String
    AvailabilityZoneId: AvailabilityZoneId
    Affinity: String
    GroupName: PlacementGroupName
    HostId: DedicatedHostId
    Tenancy: Tenancy
    SpreadDomain: String
    HostResourceGroupArn: String
    PartitionNumber: Integer
    GroupId: PlacementGroupId
}

structure LaunchTemplatePrivateDnsNameOptions {
    @xmlName("hostnameType")
    HostnameType: HostnameType

    @xmlName("enableResourceNameDnsARecord")
    EnableResourceNameDnsARecord: Boolean

    @xmlName("enableResourceNameDnsAAAARecord")
    EnableResourceNameDnsAAAARecord: Boolean
}

structure LaunchTemplatePrivateDnsNameOptionsRequest {
    HostnameType: HostnameType
    EnableResourceNameDnsARecord: Boolean
    EnableResourceNameDnsAAAARecord: Boolean
}

list LaunchTemplateSet {
    @xmlName("item")
    member: LaunchTemplate
}

structure LaunchTemplateSpecification {
    LaunchTemplateId: LaunchTemplateId
    LaunchTemplateName: String
    Version: String
}

structure LaunchTemplateSpotMarketOptions {
    @xmlName("maxPrice")
    MaxPrice: String

    @xmlName("spotInstanceType")
    SpotInstanceType: SpotInstanceType

    @xmlName("blockDurationMinutes")
    BlockDurationMinutes: Integer

    @xmlName("validUntil")
    ValidUntil: DateTime

    @xmlName("instanceInterruptionBehavior")
    InstanceInterruptionBehavior: InstanceInterruptionBehavior
}

structure LaunchTemplateSpotMarketOptionsRequest {
    MaxPrice: String
    SpotInstanceType: SpotInstanceType
    BlockDurationMinutes: Integer
    ValidUntil: DateTime
    InstanceInterruptionBehavior: InstanceInterruptionBehavior
}

structure LaunchTemplateTagSpecification {
    @xmlName("resourceType")
    ResourceType: ResourceType

    @xmlName("tagSet")
    Tags: TagList
}

list LaunchTemplateTagSpecificationList {
    @xmlName("item")
    member: LaunchTemplateTagSpecification
}

structure LaunchTemplateTagSpecificationRequest {
    ResourceType: ResourceType

    @xmlName("Tag")
    Tags: TagList
}

list LaunchTemplateTagSpecificationRequestList {
    @xmlName("LaunchTemplateTagSpecificationRequest")
    member: LaunchTemplateTagSpecificationRequest
}

structure LaunchTemplateVersion {
    @xmlName("launchTemplateId")
    LaunchTemplateId: String

    @xmlName("launchTemplateName")
    LaunchTemplateName: LaunchTemplateName

    @xmlName("versionNumber")
    VersionNumber: Long

    @xmlName("versionDescription")
    VersionDescription: VersionDescription

    @xmlName("createTime")
    CreateTime: DateTime

    @xmlName("createdBy")
    CreatedBy: String

    @xmlName("defaultVersion")
    DefaultVersion: Boolean

    @xmlName("launchTemplateData")
    LaunchTemplateData: ResponseLaunchTemplateData

    @xmlName("operator")
    Operator: OperatorResponse
}

list LaunchTemplateVersionSet {
    @xmlName("item")
    member: LaunchTemplateVersion
}

structure LaunchTemplatesMonitoring {
    @xmlName("enabled")
    Enabled: Boolean
}

structure LaunchTemplatesMonitoringRequest {
    Enabled: Boolean
}

structure LicenseConfiguration {
    @xmlName("licenseConfigurationArn")
    LicenseConfigurationArn: String
}

structure LicenseConfigurationRequest {
    LicenseConfigurationArn: String
}

list LicenseList {
    @xmlName("item")
    member: LicenseConfiguration
}

list LicenseSpecificationListRequest {
    @xmlName("item")
    member: LicenseConfigurationRequest
}

string LocalGatewayId

enum LocalStorage {
    included = "included"
    required = "required"
    excluded = "excluded"
}

enum LocalStorageType {
    hdd = "hdd"
    ssd = "ssd"
}

list LocalStorageTypeSet {
    @xmlName("item")
    member: LocalStorageType
}

string Location

enum LocationType {
    region = "region"
    availability_zone = "availability-zone"
    availability_zone_id = "availability-zone-id"
    outpost = "outpost"
}

enum LogDestinationType {
    cloud_watch_logs = "cloud-watch-logs"
    s3 = "s3"
    kinesis_data_firehose = "kinesis-data-firehose"
}

integer LogicalGpuCount

long Long

enum ManagedBy {
    account = "account"
    declarative_policy = "declarative-policy"
}

structure ManagedPrefixList {
    @xmlName("prefixListId")
    PrefixListId: PrefixListResourceId

    @xmlName("addressFamily")
    AddressFamily: String

    @xmlName("state")
    State: PrefixListState

    @xmlName("stateMessage")
    StateMessage: String

    @xmlName("prefixListArn")
    PrefixListArn: ResourceArn

    @xmlName("prefixListName")
    PrefixListName: String

    @xmlName("maxEntries")
    MaxEntries: Integer

    @xmlName("version")
    Version: Long

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("ipamPrefixListResolverTargetId")
    IpamPrefixListResolverTargetId: String

    @xmlName("ipamPrefixListResolverSyncEnabled")
    IpamPrefixListResolverSyncEnabled: Boolean
}

list ManagedPrefixListSet {
    @xmlName("item")
    member: ManagedPrefixList
}

enum MarketType {
    spot = "spot"
    capacity_block = "capacity-block"
    interruptible_capacity_reservation = "interruptible-capacity-reservation"
}

integer MaxIpv4AddrPerInterface

integer MaxIpv6AddrPerInterface

integer MaxNetworkInterfaces

integer MaximumBandwidthInMbps

integer MaximumEbsAttachments

integer MaximumEbsCards

integer MaximumEfaInterfaces

integer MaximumEnaQueueCount

integer MaximumEnaQueueCountPerInterface

integer MaximumIops

integer MaximumNetworkCards

integer MaximumSecondaryNetworkInterfaces

double MaximumThroughputInMBps

structure MediaAcceleratorInfo {
    @xmlName("accelerators")
    Accelerators: MediaDeviceInfoList

    @xmlName("totalMediaMemoryInMiB")
    TotalMediaMemoryInMiB: TotalMediaMemory
}

integer MediaDeviceCount

structure MediaDeviceInfo {
    @xmlName("count")
    Count: MediaDeviceCount

    @xmlName("name")
    Name: MediaDeviceName

    @xmlName("manufacturer")
    Manufacturer: MediaDeviceManufacturerName

    @xmlName("memoryInfo")
    MemoryInfo: MediaDeviceMemoryInfo
}

list MediaDeviceInfoList {
    @xmlName("item")
    member: MediaDeviceInfo
}

string MediaDeviceManufacturerName

structure MediaDeviceMemoryInfo {
    @xmlName("sizeInMiB")
    SizeInMiB: MediaDeviceMemorySize
}

integer MediaDeviceMemorySize

string MediaDeviceName

structure MemoryGiBPerVCpu {
    @xmlName("min")
    Min: Double

    @xmlName("max")
    Max: Double
}

structure MemoryGiBPerVCpuRequest {
    Min: Double
    Max: Double
}

structure MemoryInfo {
    @xmlName("sizeInMiB")
    SizeInMiB: MemorySize
}

structure MemoryMiB {
    @xmlName("min")
    Min: Integer

    @xmlName("max")
    Max: Integer
}

structure MemoryMiBRequest {
    @required
    Min: Integer
    Max: Integer
}

long MemorySize

enum MetadataDefaultHttpTokensState {
    optional = "optional"
    required = "required"
    no_preference = "no-preference"
}

timestamp MillisecondDateTime

structure ModifyAddressAttributeRequest {
    @required
    AllocationId: AllocationId
    DomainName: String
    DryRun: Boolean
}

structure ModifyAddressAttributeResult {
    @xmlName("address")
    Address: AddressAttribute
}

structure ModifyEbsDefaultKmsKeyIdRequest {
    @required
    KmsKeyId: KmsKeyId
    DryRun: Boolean
}

structure ModifyEbsDefaultKmsKeyIdResult {
    @xmlName("kmsKeyId")
    KmsKeyId: String
}

structure ModifyImageAttributeRequest {
    Attribute: String
    Description: AttributeValue

    @required
    ImageId: ImageId
    LaunchPermission: LaunchPermissionModifications
    OperationType: OperationType

    @nephele#refused
    @xmlName("ProductCode")
    ProductCodes: ProductCodeStringList

    @xmlName("UserGroup")
    UserGroups: UserGroupStringList

    @xmlName("UserId")
    UserIds: UserIdStringList
    Value: String

    @nephele#refused
    @xmlName("OrganizationArn")
    OrganizationArns: OrganizationArnStringList

    @nephele#refused
    @xmlName("OrganizationalUnitArn")
    OrganizationalUnitArns: OrganizationalUnitArnStringList
    ImdsSupport: AttributeValue

    @xmlName("dryRun")
    DryRun: Boolean
}

structure ModifyInstanceAttributeRequest {
    SourceDestCheck: AttributeBooleanValue
    DisableApiStop: AttributeBooleanValue

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("instanceId")
    InstanceId: InstanceId

    @xmlName("attribute")
    Attribute: InstanceAttributeName

    @xmlName("value")
    Value: ModifyInstanceAttributeValue

    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: InstanceBlockDeviceMappingSpecificationList

    @xmlName("disableApiTermination")
    DisableApiTermination: AttributeBooleanValue

    @xmlName("instanceType")
    InstanceType: AttributeValue

    @xmlName("kernel")
    @nephele#refused
    Kernel: AttributeValue

    @xmlName("ramdisk")
    @nephele#refused
    Ramdisk: AttributeValue

    @xmlName("userData")
    UserData: BlobAttributeValue

    @xmlName("instanceInitiatedShutdownBehavior")
    InstanceInitiatedShutdownBehavior: AttributeValue

    @xmlName("GroupId")
    Groups: GroupIdStringList

    @xmlName("ebsOptimized")
    @nephele#stored
    EbsOptimized: AttributeBooleanValue

    @xmlName("sriovNetSupport")
    @nephele#refused
    SriovNetSupport: AttributeValue

    @xmlName("enaSupport")
    @nephele#refused
    EnaSupport: AttributeBooleanValue
}

@sensitive
string ModifyInstanceAttributeValue

structure ModifyInstanceCreditSpecificationRequest {
    DryRun: Boolean
    ClientToken: String

    @required
    @xmlName("InstanceCreditSpecification")
    InstanceCreditSpecifications: InstanceCreditSpecificationListRequest
}

structure ModifyInstanceCreditSpecificationResult {
    @xmlName("successfulInstanceCreditSpecificationSet")
    SuccessfulInstanceCreditSpecifications: SuccessfulInstanceCreditSpecificationSet

    @xmlName("unsuccessfulInstanceCreditSpecificationSet")
    UnsuccessfulInstanceCreditSpecifications: UnsuccessfulInstanceCreditSpecificationSet
}

structure ModifyInstanceMaintenanceOptionsRequest {
    @required
    InstanceId: InstanceId
    AutoRecovery: InstanceAutoRecoveryState
    RebootMigration: InstanceRebootMigrationState
    DryRun: Boolean
}

structure ModifyInstanceMaintenanceOptionsResult {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("autoRecovery")
    AutoRecovery: InstanceAutoRecoveryState

    @xmlName("rebootMigration")
    RebootMigration: InstanceRebootMigrationState
}

structure ModifyInstanceMetadataDefaultsRequest {
    HttpTokens: MetadataDefaultHttpTokensState
    HttpPutResponseHopLimit: BoxedInteger
    HttpEndpoint: DefaultInstanceMetadataEndpointState
    InstanceMetadataTags: DefaultInstanceMetadataTagsState
    DryRun: Boolean
    HttpTokensEnforced: DefaultHttpTokensEnforcedState
}

structure ModifyInstanceMetadataDefaultsResult {
    @xmlName("return")
    Return: Boolean
}

structure ModifyInstanceMetadataOptionsRequest {
    @required
    InstanceId: InstanceId
    HttpTokens: HttpTokensState
    HttpPutResponseHopLimit: Integer
    HttpEndpoint: InstanceMetadataEndpointState
    DryRun: Boolean
    @nephele#refused(off: "disabled")
    HttpProtocolIpv6: InstanceMetadataProtocolState
    InstanceMetadataTags: InstanceMetadataTagsState
}

structure ModifyInstanceMetadataOptionsResult {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("instanceMetadataOptions")
    InstanceMetadataOptions: InstanceMetadataOptionsResponse
}

structure ModifyInstancePlacementRequest {
    @nephele#refused
    GroupName: PlacementGroupName
    @nephele#refused
    PartitionNumber: Integer
    @nephele#refused
    HostResourceGroupArn: String
    @nephele#refused
    GroupId: PlacementGroupId

    @required
    @xmlName("instanceId")
    InstanceId: InstanceId

    @xmlName("tenancy")
    @nephele#refused(off: "default")
    Tenancy: HostTenancy

    @xmlName("affinity")
    @nephele#refused(off: "default")
    Affinity: Affinity

    @xmlName("hostId")
    @nephele#refused
    HostId: DedicatedHostId
}

structure ModifyInstancePlacementResult {
    @xmlName("return")
    Return: Boolean
}

structure ModifyLaunchTemplateRequest {
    DryRun: Boolean

    @idempotencyToken
    ClientToken: String
    LaunchTemplateId: LaunchTemplateId
    LaunchTemplateName: LaunchTemplateName

    @xmlName("SetDefaultVersion")
    DefaultVersion: String
}

structure ModifyLaunchTemplateResult {
    @xmlName("launchTemplate")
    LaunchTemplate: LaunchTemplate
}

structure ModifyManagedPrefixListRequest {
    DryRun: Boolean

    @required
    PrefixListId: PrefixListResourceId
    CurrentVersion: Long
    PrefixListName: String

    @xmlName("AddEntry")
    AddEntries: AddPrefixListEntries

    @xmlName("RemoveEntry")
    RemoveEntries: RemovePrefixListEntries
    MaxEntries: Integer

    @nephele#refused
    IpamPrefixListResolverSyncEnabled: BoxedBoolean
}

structure ModifyManagedPrefixListResult {
    @xmlName("prefixList")
    PrefixList: ManagedPrefixList
}

structure ModifyNetworkInterfaceAttributeRequest {
    @nephele#refused
    EnaSrdSpecification: EnaSrdSpecification

    @nephele#refused
    EnablePrimaryIpv6: Boolean

    @nephele#refused
    ConnectionTrackingSpecification: ConnectionTrackingSpecificationRequest

    @nephele#refused
    AssociatePublicIpAddress: Boolean

    @xmlName("AssociatedSubnetId")
    @nephele#refused
    AssociatedSubnetIds: SubnetIdList

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("description")
    Description: AttributeValue

    @xmlName("sourceDestCheck")
    SourceDestCheck: AttributeBooleanValue

    @xmlName("SecurityGroupId")
    Groups: SecurityGroupIdStringList

    @xmlName("attachment")
    Attachment: NetworkInterfaceAttachmentChanges
}

structure ModifyPrivateDnsNameOptionsRequest {
    DryRun: Boolean

    @required
    InstanceId: InstanceId
    PrivateDnsHostnameType: HostnameType
    EnableResourceNameDnsARecord: Boolean
    @nephele#refused
    EnableResourceNameDnsAAAARecord: Boolean
}

structure ModifyPrivateDnsNameOptionsResult {
    @xmlName("return")
    Return: Boolean
}

structure ModifySecurityGroupRulesRequest {
    @required
    GroupId: SecurityGroupId

    @required
    @xmlName("SecurityGroupRule")
    SecurityGroupRules: SecurityGroupRuleUpdateList
    DryRun: Boolean
}

structure ModifySecurityGroupRulesResult {
    @xmlName("return")
    Return: Boolean
}

structure ModifySnapshotAttributeRequest {
    Attribute: SnapshotAttributeName
    CreateVolumePermission: CreateVolumePermissionModifications

    @xmlName("UserGroup")
    GroupNames: GroupNameStringList
    OperationType: OperationType

    @required
    SnapshotId: SnapshotId

    @xmlName("UserId")
    UserIds: UserIdStringList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure ModifySubnetAttributeRequest {
    @nephele#refused
    AssignIpv6AddressOnCreation: AttributeBooleanValue
    MapPublicIpOnLaunch: AttributeBooleanValue

    @required
    @xmlName("subnetId")
    SubnetId: SubnetId
    @nephele#refused
    MapCustomerOwnedIpOnLaunch: AttributeBooleanValue
    @nephele#refused
    CustomerOwnedIpv4Pool: CoipPoolId
    @nephele#refused
    EnableDns64: AttributeBooleanValue
    PrivateDnsHostnameTypeOnLaunch: HostnameType
    EnableResourceNameDnsARecordOnLaunch: AttributeBooleanValue
    @nephele#refused
    EnableResourceNameDnsAAAARecordOnLaunch: AttributeBooleanValue
    @nephele#refused
    EnableLniAtDeviceIndex: Integer
    @nephele#refused
    DisableLniAtDeviceIndex: AttributeBooleanValue
}

structure ModifyVolumeAttributeRequest {
    AutoEnableIO: AttributeBooleanValue

    @required
    VolumeId: VolumeId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure ModifyVolumeRequest {
    DryRun: Boolean

    @required
    VolumeId: VolumeId
    Size: Integer
    VolumeType: VolumeType
    Iops: Integer
    Throughput: Integer
    @nephele#refused
    MultiAttachEnabled: Boolean
}

structure ModifyVolumeResult {
    @xmlName("volumeModification")
    VolumeModification: VolumeModification
}

structure ModifyVpcAttributeRequest {
    EnableDnsHostnames: AttributeBooleanValue
    EnableDnsSupport: AttributeBooleanValue

    @required
    @xmlName("vpcId")
    VpcId: VpcId
    EnableNetworkAddressUsageMetrics: AttributeBooleanValue
}

structure ModifyVpcEndpointRequest {
    DryRun: Boolean

    @required
    VpcEndpointId: VpcEndpointId
    ResetPolicy: Boolean
    PolicyDocument: String

    @xmlName("AddRouteTableId")
    AddRouteTableIds: VpcEndpointRouteTableIdList

    @xmlName("RemoveRouteTableId")
    RemoveRouteTableIds: VpcEndpointRouteTableIdList

    @xmlName("AddSubnetId")
    AddSubnetIds: VpcEndpointSubnetIdList

    @xmlName("RemoveSubnetId")
    RemoveSubnetIds: VpcEndpointSubnetIdList

    @xmlName("AddSecurityGroupId")
    AddSecurityGroupIds: VpcEndpointSecurityGroupIdList

    @xmlName("RemoveSecurityGroupId")
    RemoveSecurityGroupIds: VpcEndpointSecurityGroupIdList
    IpAddressType: IpAddressType
    DnsOptions: DnsOptionsSpecification
    PrivateDnsEnabled: Boolean

    @xmlName("SubnetConfiguration")
    SubnetConfigurations: SubnetConfigurationsList
}

structure ModifyVpcEndpointResult {
    @xmlName("return")
    Return: Boolean
}

structure ModifyVpcPeeringConnectionOptionsRequest {
    AccepterPeeringConnectionOptions: PeeringConnectionOptionsRequest
    DryRun: Boolean
    RequesterPeeringConnectionOptions: PeeringConnectionOptionsRequest

    @required
    VpcPeeringConnectionId: VpcPeeringConnectionId
}

structure ModifyVpcPeeringConnectionOptionsResult {
    @xmlName("accepterPeeringConnectionOptions")
    AccepterPeeringConnectionOptions: PeeringConnectionOptions

    @xmlName("requesterPeeringConnectionOptions")
    RequesterPeeringConnectionOptions: PeeringConnectionOptions
}

structure ModifyVpcTenancyRequest {
    @required
    VpcId: VpcId

    @required
    InstanceTenancy: VpcTenancy
    DryRun: Boolean
}

structure ModifyVpcTenancyResult {
    @xmlName("return")
    ReturnValue: Boolean
}

structure MonitorInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure MonitorInstancesResult {
    @xmlName("instancesSet")
    InstanceMonitorings: InstanceMonitoringList
}

structure Monitoring {
    @xmlName("state")
    State: MonitoringState
}

enum MonitoringState {
    disabled = "disabled"
    disabling = "disabling"
    enabled = "enabled"
    pending = "pending"
}

structure NatGateway {
    @xmlName("createTime")
    CreateTime: DateTime

    @xmlName("deleteTime")
    DeleteTime: DateTime

    @xmlName("failureCode")
    FailureCode: String

    @xmlName("failureMessage")
    FailureMessage: String

    @xmlName("natGatewayAddressSet")
    NatGatewayAddresses: NatGatewayAddressList

    @xmlName("natGatewayId")
    NatGatewayId: String

    @xmlName("provisionedBandwidth")
    ProvisionedBandwidth: ProvisionedBandwidth

    @xmlName("state")
    State: NatGatewayState

    @xmlName("subnetId")
    SubnetId: String

    @xmlName("vpcId")
    VpcId: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("connectivityType")
    ConnectivityType: ConnectivityType

    @xmlName("availabilityMode")
    AvailabilityMode: AvailabilityMode

    @xmlName("autoScalingIps")
    AutoScalingIps: AutoScalingIpsState

    @xmlName("autoProvisionZones")
    AutoProvisionZones: AutoProvisionZonesState

    @xmlName("attachedApplianceSet")
    AttachedAppliances: NatGatewayAttachedApplianceList

    @xmlName("routeTableId")
    RouteTableId: String
}

structure NatGatewayAddress {
    @xmlName("allocationId")
    AllocationId: String

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("privateIp")
    PrivateIp: String

    @xmlName("publicIp")
    PublicIp: String

    @xmlName("associationId")
    AssociationId: String

    @xmlName("isPrimary")
    IsPrimary: Boolean

    @xmlName("failureMessage")
    FailureMessage: String

    @xmlName("status")
    Status: NatGatewayAddressStatus

    @xmlName("availabilityZone")
    AvailabilityZone: AvailabilityZoneName

    @xmlName("availabilityZoneId")
    AvailabilityZoneId: AvailabilityZoneId
}

list NatGatewayAddressList {
    @xmlName("item")
    member: NatGatewayAddress
}

enum NatGatewayAddressStatus {
    assigning = "assigning"
    unassigning = "unassigning"
    associating = "associating"
    disassociating = "disassociating"
    succeeded = "succeeded"
    failed = "failed"
}

enum NatGatewayApplianceModifyState {
    modifying = "modifying"
    completed = "completed"
    failed = "failed"
}

enum NatGatewayApplianceState {
    attaching = "attaching"
    attached = "attached"
    detaching = "detaching"
    detached = "detached"
    attach_failed = "attach-failed"
    detach_failed = "detach-failed"
}

enum NatGatewayApplianceType {
    network_firewall_proxy = "network-firewall-proxy"
}

structure NatGatewayAttachedAppliance {
    @xmlName("type")
    Type: NatGatewayApplianceType

    @xmlName("applianceArn")
    ApplianceArn: String

    @xmlName("vpcEndpointId")
    VpcEndpointId: String

    @xmlName("attachmentState")
    AttachmentState: NatGatewayApplianceState

    @xmlName("modificationState")
    ModificationState: NatGatewayApplianceModifyState

    @xmlName("failureCode")
    FailureCode: String

    @xmlName("failureMessage")
    FailureMessage: String
}

list NatGatewayAttachedApplianceList {
    @xmlName("item")
    member: NatGatewayAttachedAppliance
}

string NatGatewayId

list NatGatewayIdStringList {
    @xmlName("item")
    member: NatGatewayId
}

list NatGatewayList {
    @xmlName("item")
    member: NatGateway
}

enum NatGatewayState {
    pending = "pending"
    failed = "failed"
    available = "available"
    deleting = "deleting"
    deleted = "deleted"
}

enum NestedVirtualizationSpecification {
    enabled = "enabled"
    disabled = "disabled"
}

integer NetmaskLength

structure NetworkAcl {
    @xmlName("associationSet")
    Associations: NetworkAclAssociationList

    @xmlName("entrySet")
    Entries: NetworkAclEntryList

    @xmlName("default")
    IsDefault: Boolean

    @xmlName("networkAclId")
    NetworkAclId: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("vpcId")
    VpcId: String

    @xmlName("ownerId")
    OwnerId: String
}

structure NetworkAclAssociation {
    @xmlName("networkAclAssociationId")
    NetworkAclAssociationId: String

    @xmlName("networkAclId")
    NetworkAclId: String

    @xmlName("subnetId")
    SubnetId: String
}

string NetworkAclAssociationId

list NetworkAclAssociationList {
    @xmlName("item")
    member: NetworkAclAssociation
}

structure NetworkAclEntry {
    @xmlName("cidrBlock")
    CidrBlock: String

    @xmlName("egress")
    Egress: Boolean

    @xmlName("icmpTypeCode")
    IcmpTypeCode: IcmpTypeCode

    @xmlName("ipv6CidrBlock")
    Ipv6CidrBlock: String

    @xmlName("portRange")
    PortRange: PortRange

    @xmlName("protocol")
    Protocol: String

    @xmlName("ruleAction")
    RuleAction: RuleAction

    @xmlName("ruleNumber")
    RuleNumber: Integer
}

list NetworkAclEntryList {
    @xmlName("item")
    member: NetworkAclEntry
}

string NetworkAclId

list NetworkAclIdStringList {
    @xmlName("item")
    member: NetworkAclId
}

list NetworkAclList {
    @xmlName("item")
    member: NetworkAcl
}

structure NetworkBandwidthGbps {
    @xmlName("min")
    Min: Double

    @xmlName("max")
    Max: Double
}

structure NetworkBandwidthGbpsRequest {
    Min: Double
    Max: Double
}

integer NetworkCardIndex

structure NetworkCardInfo {
    @xmlName("networkCardIndex")
    NetworkCardIndex: NetworkCardIndex

    @xmlName("networkPerformance")
    NetworkPerformance: NetworkPerformance

    @xmlName("maximumNetworkInterfaces")
    MaximumNetworkInterfaces: MaxNetworkInterfaces

    @xmlName("additionalFlexibleNetworkInterfaces")
    AdditionalFlexibleNetworkInterfaces: AdditionalFlexibleNetworkInterfaces

    @xmlName("baselineBandwidthInGbps")
    BaselineBandwidthInGbps: BaselineBandwidthInGbps

    @xmlName("peakBandwidthInGbps")
    PeakBandwidthInGbps: PeakBandwidthInGbps

    @xmlName("defaultEnaQueueCountPerInterface")
    DefaultEnaQueueCountPerInterface: DefaultEnaQueueCountPerInterface

    @xmlName("maximumEnaQueueCount")
    MaximumEnaQueueCount: MaximumEnaQueueCount

    @xmlName("maximumEnaQueueCountPerInterface")
    MaximumEnaQueueCountPerInterface: MaximumEnaQueueCountPerInterface
}

list NetworkCardInfoList {
    @xmlName("item")
    member: NetworkCardInfo
}

structure NetworkInfo {
    @xmlName("networkPerformance")
    NetworkPerformance: NetworkPerformance

    @xmlName("maximumNetworkInterfaces")
    MaximumNetworkInterfaces: MaxNetworkInterfaces

    @xmlName("maximumNetworkCards")
    MaximumNetworkCards: MaximumNetworkCards

    @xmlName("defaultNetworkCardIndex")
    DefaultNetworkCardIndex: DefaultNetworkCardIndex

    @xmlName("networkCards")
    NetworkCards: NetworkCardInfoList

    @xmlName("ipv4AddressesPerInterface")
    Ipv4AddressesPerInterface: MaxIpv4AddrPerInterface

    @xmlName("ipv6AddressesPerInterface")
    Ipv6AddressesPerInterface: MaxIpv6AddrPerInterface

    @xmlName("ipv6Supported")
    Ipv6Supported: Ipv6Flag

    @xmlName("enaSupport")
    EnaSupport: EnaSupport

    @xmlName("efaSupported")
    EfaSupported: EfaSupportedFlag

    @xmlName("efaInfo")
    EfaInfo: EfaInfo

    @xmlName("encryptionInTransitSupported")
    EncryptionInTransitSupported: EncryptionInTransitSupported

    @xmlName("enaSrdSupported")
    EnaSrdSupported: EnaSrdSupported

    @xmlName("bandwidthWeightings")
    BandwidthWeightings: BandwidthWeightingTypeList

    @xmlName("flexibleEnaQueuesSupport")
    FlexibleEnaQueuesSupport: FlexibleEnaQueuesSupport

    @xmlName("connectionTrackingConfiguration")
    ConnectionTrackingConfiguration: DefaultConnectionTrackingConfiguration

    @xmlName("secondaryNetworkSupported")
    SecondaryNetworkSupported: SecondaryNetworkSupportedFlag

    @xmlName("maximumSecondaryNetworkInterfaces")
    MaximumSecondaryNetworkInterfaces: MaximumSecondaryNetworkInterfaces

    @xmlName("ipv4AddressesPerSecondaryInterface")
    Ipv4AddressesPerSecondaryInterface: Ipv4AddressesPerSecondaryInterface
}

@nephele#text
structure NetworkInterface {
    @xmlName("association")
    Association: NetworkInterfaceAssociation

    @xmlName("attachment")
    Attachment: NetworkInterfaceAttachment

    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("connectionTrackingConfiguration")
    ConnectionTrackingConfiguration: ConnectionTrackingConfiguration

    @xmlName("description")
    Description: String

    @xmlName("groupSet")
    Groups: GroupIdentifierList

    @xmlName("interfaceType")
    InterfaceType: NetworkInterfaceType

    @xmlName("ipv6AddressesSet")
    Ipv6Addresses: NetworkInterfaceIpv6AddressesList

    @xmlName("macAddress")
    MacAddress: String

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("privateDnsName")
    PrivateDnsName: String

    @xmlName("publicDnsName")
    PublicDnsName: String

    @xmlName("publicIpDnsNameOptions")
    PublicIpDnsNameOptions: PublicIpDnsNameOptions

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("privateIpAddressesSet")
    PrivateIpAddresses: NetworkInterfacePrivateIpAddressList

    @xmlName("ipv4PrefixSet")
    Ipv4Prefixes: Ipv4PrefixesList

    @xmlName("ipv6PrefixSet")
    Ipv6Prefixes: Ipv6PrefixesList

    @xmlName("requesterId")
    RequesterId: String

    @xmlName("requesterManaged")
    RequesterManaged: Boolean

    @xmlName("sourceDestCheck")
    SourceDestCheck: Boolean

    @xmlName("status")
    Status: NetworkInterfaceStatus

    @xmlName("subnetId")
    SubnetId: String

    @xmlName("tagSet")
    TagSet: TagList

    @xmlName("vpcId")
    VpcId: String

    @xmlName("denyAllIgwTraffic")
    DenyAllIgwTraffic: Boolean

    @xmlName("ipv6Native")
    Ipv6Native: Boolean

    @xmlName("ipv6Address")
    Ipv6Address: String

    @xmlName("operator")
    Operator: OperatorResponse

    @xmlName("associatedSubnetSet")
    AssociatedSubnets: AssociatedSubnetList

    @xmlName("availabilityZoneId")
    AvailabilityZoneId: String
}

structure NetworkInterfaceAssociation {
    @xmlName("allocationId")
    AllocationId: String

    @xmlName("associationId")
    AssociationId: String

    @xmlName("ipOwnerId")
    IpOwnerId: String

    @xmlName("publicDnsName")
    PublicDnsName: String

    @xmlName("publicIp")
    PublicIp: String

    @xmlName("customerOwnedIp")
    CustomerOwnedIp: String

    @xmlName("carrierIp")
    CarrierIp: String
}

structure NetworkInterfaceAttachment {
    @xmlName("attachTime")
    AttachTime: DateTime

    @xmlName("attachmentId")
    AttachmentId: String

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("deviceIndex")
    DeviceIndex: Integer

    @xmlName("networkCardIndex")
    NetworkCardIndex: Integer

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("instanceOwnerId")
    InstanceOwnerId: String

    @xmlName("status")
    Status: AttachmentStatus

    @xmlName("enaSrdSpecification")
    EnaSrdSpecification: AttachmentEnaSrdSpecification

    @xmlName("enaQueueCount")
    EnaQueueCount: Integer
}

structure NetworkInterfaceAttachmentChanges {
    @nephele#refused
    DefaultEnaQueueCount: Boolean

    @nephele#refused
    EnaQueueCount: Integer

    @xmlName("attachmentId")
    AttachmentId: NetworkInterfaceAttachmentId

    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
}

string NetworkInterfaceAttachmentId

enum NetworkInterfaceAttribute {
    description = "description"
    groupSet = "groupSet"
    sourceDestCheck = "sourceDestCheck"
    attachment = "attachment"
    associatePublicIpAddress = "associatePublicIpAddress"
}

structure NetworkInterfaceCount {
    @xmlName("min")
    Min: Integer

    @xmlName("max")
    Max: Integer
}

structure NetworkInterfaceCountRequest {
    Min: Integer
    Max: Integer
}

enum NetworkInterfaceCreationType {
    efa = "efa"
    efa_only = "efa-only"
    branch = "branch"
    trunk = "trunk"
}

string NetworkInterfaceId

list NetworkInterfaceIdList {
    @xmlName("item")
    member: NetworkInterfaceId
}

structure NetworkInterfaceIpv6Address {
    @xmlName("ipv6Address")
    Ipv6Address: String

    @xmlName("publicIpv6DnsName")
    PublicIpv6DnsName: String

    @xmlName("isPrimaryIpv6")
    IsPrimaryIpv6: Boolean
}

list NetworkInterfaceIpv6AddressesList {
    @xmlName("item")
    member: NetworkInterfaceIpv6Address
}

list NetworkInterfaceList {
    @xmlName("item")
    member: NetworkInterface
}

structure NetworkInterfacePermission {
    @xmlName("networkInterfacePermissionId")
    NetworkInterfacePermissionId: String

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("awsAccountId")
    AwsAccountId: String

    @xmlName("awsService")
    AwsService: String

    @xmlName("permission")
    Permission: InterfacePermissionType

    @xmlName("permissionState")
    PermissionState: NetworkInterfacePermissionState
}

string NetworkInterfacePermissionId

list NetworkInterfacePermissionIdList {
    member: NetworkInterfacePermissionId
}

list NetworkInterfacePermissionList {
    @xmlName("item")
    member: NetworkInterfacePermission
}

structure NetworkInterfacePermissionState {
    @xmlName("state")
    State: NetworkInterfacePermissionStateCode

    @xmlName("statusMessage")
    StatusMessage: String
}

enum NetworkInterfacePermissionStateCode {
    pending = "pending"
    granted = "granted"
    revoking = "revoking"
    revoked = "revoked"
}

structure NetworkInterfacePrivateIpAddress {
    @xmlName("association")
    Association: NetworkInterfaceAssociation

    @xmlName("primary")
    Primary: Boolean

    @xmlName("privateDnsName")
    PrivateDnsName: String

    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list NetworkInterfacePrivateIpAddressList {
    @xmlName("item")
    member: NetworkInterfacePrivateIpAddress
}

enum NetworkInterfaceStatus {
    available = "available"
    associated = "associated"
    attaching = "attaching"
    in_use = "in-use"
    detaching = "detaching"
}

enum NetworkInterfaceType {
    interface = "interface"
    natGateway = "natGateway"
    efa = "efa"
    efa_only = "efa-only"
    trunk = "trunk"
    load_balancer = "load_balancer"
    network_load_balancer = "network_load_balancer"
    vpc_endpoint = "vpc_endpoint"
    branch = "branch"
    transit_gateway = "transit_gateway"
    lambda = "lambda"
    quicksight = "quicksight"
    global_accelerator_managed = "global_accelerator_managed"
    api_gateway_managed = "api_gateway_managed"
    gateway_load_balancer = "gateway_load_balancer"
    gateway_load_balancer_endpoint = "gateway_load_balancer_endpoint"
    iot_rules_managed = "iot_rules_managed"
    aws_codestar_connections_managed = "aws_codestar_connections_managed"
}

string NetworkPerformance

integer NeuronDeviceCoreCount

structure NeuronDeviceCoreInfo {
    @xmlName("count")
    Count: NeuronDeviceCoreCount

    @xmlName("version")
    Version: NeuronDeviceCoreVersion
}

integer NeuronDeviceCoreVersion

integer NeuronDeviceCount

structure NeuronDeviceInfo {
    @xmlName("count")
    Count: NeuronDeviceCount

    @xmlName("name")
    Name: NeuronDeviceName

    @xmlName("coreInfo")
    CoreInfo: NeuronDeviceCoreInfo

    @xmlName("memoryInfo")
    MemoryInfo: NeuronDeviceMemoryInfo
}

list NeuronDeviceInfoList {
    @xmlName("item")
    member: NeuronDeviceInfo
}

structure NeuronDeviceMemoryInfo {
    @xmlName("sizeInMiB")
    SizeInMiB: NeuronDeviceMemorySize
}

integer NeuronDeviceMemorySize

string NeuronDeviceName

structure NeuronInfo {
    @xmlName("neuronDevices")
    NeuronDevices: NeuronDeviceInfoList

    @xmlName("totalNeuronDeviceMemoryInMiB")
    TotalNeuronDeviceMemoryInMiB: TotalNeuronMemory
}

structure NewDhcpConfiguration {
    Key: String

    @xmlName("Value")
    Values: ValueStringList
}

list NewDhcpConfigurationList {
    @xmlName("item")
    member: NewDhcpConfiguration
}

string NextToken

enum NitroEnclavesSupport {
    unsupported = "unsupported"
    supported = "supported"
}

structure NitroTpmInfo {
    @xmlName("supportedVersions")
    SupportedVersions: NitroTpmSupportedVersionsList
}

enum NitroTpmSupport {
    unsupported = "unsupported"
    supported = "supported"
}

string NitroTpmSupportedVersionType

list NitroTpmSupportedVersionsList {
    @xmlName("item")
    member: NitroTpmSupportedVersionType
}

string OdbNetworkArn

enum OperationType {
    add = "add"
    remove = "remove"
}

structure OperatorRequest {
    Principal: String
}

structure OperatorResponse {
    @xmlName("managed")
    Managed: Boolean

    @xmlName("principal")
    Principal: String

    @xmlName("hiddenByDefault")
    HiddenByDefault: Boolean
}

list OrganizationArnStringList {
    @xmlName("OrganizationArn")
    member: String
}

list OrganizationalUnitArnStringList {
    @xmlName("OrganizationalUnitArn")
    member: String
}

list OwnerStringList {
    @xmlName("Owner")
    member: String
}

@sensitive
string PasswordData

enum PayerResponsibility {
    ServiceOwner = "ServiceOwner"
}

double PeakBandwidthInGbps

structure PeeringConnectionOptions {
    @xmlName("allowDnsResolutionFromRemoteVpc")
    AllowDnsResolutionFromRemoteVpc: Boolean

    @xmlName("allowEgressFromLocalClassicLinkToRemoteVpc")
    AllowEgressFromLocalClassicLinkToRemoteVpc: Boolean

    @xmlName("allowEgressFromLocalVpcToRemoteClassicLink")
    AllowEgressFromLocalVpcToRemoteClassicLink: Boolean
}

structure PeeringConnectionOptionsRequest {
    AllowDnsResolutionFromRemoteVpc: Boolean
    @nephele#refused
    AllowEgressFromLocalClassicLinkToRemoteVpc: Boolean
    @nephele#refused
    AllowEgressFromLocalVpcToRemoteClassicLink: Boolean
}

structure PerformanceFactorReference {
    @xmlName("instanceFamily")
    InstanceFamily: String
}

structure PerformanceFactorReferenceRequest {
    InstanceFamily: String
}

list PerformanceFactorReferenceSet {
    @xmlName("item")
    member: PerformanceFactorReference
}

list PerformanceFactorReferenceSetRequest {
    @xmlName("item")
    member: PerformanceFactorReferenceRequest
}

enum PermissionGroup {
    all = "all"
}

enum PhcSupport {
    unsupported = "unsupported"
    supported = "supported"
}

structure Placement {
    @xmlName("availabilityZoneId")
    AvailabilityZoneId: AvailabilityZoneId

    @xmlName("affinity")
    @nephele#refused(off: "default")
    Affinity: String

    @xmlName("groupName")
    @nephele#refused
    GroupName: PlacementGroupName

    @xmlName("partitionNumber")
    @nephele#refused
    PartitionNumber: Integer

    @xmlName("hostId")
    @nephele#refused
    HostId: String

    @xmlName("tenancy")
    @nephele#refused(off: "default")
    Tenancy: Tenancy

    @xmlName("spreadDomain")
    @nephele#refused
    SpreadDomain: String

    @xmlName("hostResourceGroupArn")
    @nephele#refused
    HostResourceGroupArn: String

    @xmlName("groupId")
    @nephele#refused
    GroupId: PlacementGroupId

    @xmlName("availabilityZone")
    AvailabilityZone: String
}

string PlacementGroupId

structure PlacementGroupInfo {
    @xmlName("supportedStrategies")
    SupportedStrategies: PlacementGroupStrategyList
}

string PlacementGroupName

enum PlacementGroupStrategy {
    cluster = "cluster"
    partition = "partition"
    spread = "spread"
}

list PlacementGroupStrategyList {
    @xmlName("item")
    member: PlacementGroupStrategy
}

enum PlatformValues {
    Windows = "Windows"
}

structure PortRange {
    @xmlName("from")
    From: Integer

    @xmlName("to")
    To: Integer
}

structure PrefixList {
    @xmlName("cidrSet")
    Cidrs: ValueStringList

    @xmlName("prefixListId")
    PrefixListId: String

    @xmlName("prefixListName")
    PrefixListName: String
}

structure PrefixListAssociation {
    @xmlName("resourceId")
    ResourceId: String

    @xmlName("resourceOwner")
    ResourceOwner: String
}

list PrefixListAssociationSet {
    @xmlName("item")
    member: PrefixListAssociation
}

structure PrefixListEntry {
    @xmlName("cidr")
    Cidr: String

    @xmlName("description")
    Description: String
}

list PrefixListEntrySet {
    @xmlName("item")
    member: PrefixListEntry
}

structure PrefixListId {
    @xmlName("description")
    Description: String

    @xmlName("prefixListId")
    PrefixListId: String
}

list PrefixListIdList {
    @xmlName("item")
    member: PrefixListId
}

list PrefixListIdSet {
    @xmlName("item")
    member: String
}

@range(min: 1, max: 100)
integer PrefixListMaxResults

string PrefixListResourceId

list PrefixListResourceIdStringList {
    @xmlName("item")
    member: PrefixListResourceId
}

list PrefixListSet {
    @xmlName("item")
    member: PrefixList
}

enum PrefixListState {
    create_in_progress = "create-in-progress"
    create_complete = "create-complete"
    create_failed = "create-failed"
    modify_in_progress = "modify-in-progress"
    modify_complete = "modify-complete"
    modify_failed = "modify-failed"
    restore_in_progress = "restore-in-progress"
    restore_complete = "restore-complete"
    restore_failed = "restore-failed"
    delete_in_progress = "delete-in-progress"
    delete_complete = "delete-complete"
    delete_failed = "delete-failed"
}

structure PrivateDnsDetails {
    @xmlName("privateDnsName")
    PrivateDnsName: String
}

list PrivateDnsDetailsSet {
    @xmlName("item")
    member: PrivateDnsDetails
}

structure PrivateDnsNameOptionsOnLaunch {
    @xmlName("hostnameType")
    HostnameType: HostnameType

    @xmlName("enableResourceNameDnsARecord")
    EnableResourceNameDnsARecord: Boolean

    @xmlName("enableResourceNameDnsAAAARecord")
    EnableResourceNameDnsAAAARecord: Boolean
}

structure PrivateDnsNameOptionsRequest {
    HostnameType: HostnameType
    EnableResourceNameDnsARecord: Boolean
    @nephele#refused
    EnableResourceNameDnsAAAARecord: Boolean
}

structure PrivateDnsNameOptionsResponse {
    @xmlName("hostnameType")
    HostnameType: HostnameType

    @xmlName("enableResourceNameDnsARecord")
    EnableResourceNameDnsARecord: Boolean

    @xmlName("enableResourceNameDnsAAAARecord")
    EnableResourceNameDnsAAAARecord: Boolean
}

@length(min: 0, max: 10)
list PrivateDnsSpecifiedDomainSet {
    @xmlName("item")
    member: String
}

@range(min: 1, max: 31)
integer PrivateIpAddressCount

structure PrivateIpAddressSpecification {
    @xmlName("primary")
    Primary: Boolean

    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list PrivateIpAddressSpecificationList {
    @xmlName("item")
    member: PrivateIpAddressSpecification
}

list PrivateIpAddressStringList {
    @xmlName("PrivateIpAddress")
    member: String
}

structure ProcessorInfo {
    @xmlName("supportedArchitectures")
    SupportedArchitectures: ArchitectureTypeList

    @xmlName("sustainedClockSpeedInGhz")
    SustainedClockSpeedInGhz: ProcessorSustainedClockSpeed

    @xmlName("supportedFeatures")
    SupportedFeatures: SupportedAdditionalProcessorFeatureList

    @xmlName("manufacturer")
    Manufacturer: CpuManufacturerName
}

double ProcessorSustainedClockSpeed

structure ProductCode {
    @xmlName("productCode")
    ProductCodeId: String

    @xmlName("type")
    ProductCodeType: ProductCodeValues
}

list ProductCodeList {
    @xmlName("item")
    member: ProductCode
}

list ProductCodeStringList {
    @xmlName("ProductCode")
    member: String
}

enum ProductCodeValues {
    devpay = "devpay"
    marketplace = "marketplace"
}

structure PropagatingVgw {
    @xmlName("gatewayId")
    GatewayId: String
}

list PropagatingVgwList {
    @xmlName("item")
    member: PropagatingVgw
}

structure ProvisionedBandwidth {
    @xmlName("provisionTime")
    ProvisionTime: DateTime

    @xmlName("provisioned")
    Provisioned: String

    @xmlName("requestTime")
    RequestTime: DateTime

    @xmlName("requested")
    Requested: String

    @xmlName("status")
    Status: String
}

structure PtrUpdateStatus {
    @xmlName("value")
    Value: String

    @xmlName("status")
    Status: String

    @xmlName("reason")
    Reason: String
}

string PublicIpAddress

structure PublicIpDnsNameOptions {
    @xmlName("dnsHostnameType")
    DnsHostnameType: String

    @xmlName("publicIpv4DnsName")
    PublicIpv4DnsName: String

    @xmlName("publicIpv6DnsName")
    PublicIpv6DnsName: String

    @xmlName("publicDualStackDnsName")
    PublicDualStackDnsName: String
}

list PublicIpStringList {
    @xmlName("PublicIp")
    member: String
}

string RamdiskId

structure RebootInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList

    @xmlName("dryRun")
    DryRun: Boolean
}

enum RebootMigrationSupport {
    unsupported = "unsupported"
    supported = "supported"
}

structure ReferencedSecurityGroup {
    @xmlName("groupId")
    GroupId: String

    @xmlName("peeringStatus")
    PeeringStatus: String

    @xmlName("userId")
    UserId: String

    @xmlName("vpcId")
    VpcId: String

    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: String
}

structure Region {
    @xmlName("optInStatus")
    OptInStatus: String

    @xmlName("geographySet")
    Geography: RegionGeographyList

    @xmlName("regionName")
    RegionName: String

    @xmlName("regionEndpoint")
    Endpoint: String
}

structure RegionGeography {
    @xmlName("name")
    Name: String
}

list RegionGeographyList {
    @xmlName("item")
    member: RegionGeography
}

list RegionList {
    @xmlName("item")
    member: Region
}

list RegionNameStringList {
    @xmlName("RegionName")
    member: String
}

structure RegisterImageRequest {
    @nephele#refused
    ImageLocation: String

    @nephele#refused
    @xmlName("BillingProduct")
    BillingProducts: BillingProductList
    @nephele#stored
    BootMode: BootModeValues
    @nephele#refused
    TpmSupport: TpmSupportValues
    @nephele#refused
    UefiData: ImageUefiDataRequest
    ImdsSupport: ImdsSupportValues

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("name")
    Name: ImageNameRequest

    @xmlName("description")
    Description: ImageDescriptionRequest

    @xmlName("architecture")
    Architecture: ArchitectureValues

    @nephele#refused
    @xmlName("kernelId")
    KernelId: KernelId

    @nephele#refused
    @xmlName("ramdiskId")
    RamdiskId: RamdiskId

    @xmlName("rootDeviceName")
    RootDeviceName: String

    @xmlName("BlockDeviceMapping")
    BlockDeviceMappings: BlockDeviceMappingRequestList

    @xmlName("virtualizationType")
    VirtualizationType: String

    @nephele#stored
    @xmlName("sriovNetSupport")
    SriovNetSupport: String

    @nephele#stored
    @xmlName("enaSupport")
    EnaSupport: Boolean
}

structure RegisterImageResult {
    @xmlName("imageId")
    ImageId: String
}

structure RejectVpcPeeringConnectionRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: VpcPeeringConnectionId
}

structure RejectVpcPeeringConnectionResult {
    @xmlName("return")
    Return: Boolean
}

structure ReleaseAddressRequest {
    AllocationId: AllocationId
    PublicIp: String
    NetworkBorderGroup: String

    @xmlName("dryRun")
    DryRun: Boolean
}

@length(min: 0, max: 100)
list RemovePrefixListEntries {
    member: RemovePrefixListEntry
}

structure RemovePrefixListEntry {
    @required
    Cidr: String
}

structure ReplaceIamInstanceProfileAssociationRequest {
    @required
    IamInstanceProfile: IamInstanceProfileSpecification

    @required
    AssociationId: IamInstanceProfileAssociationId
}

structure ReplaceIamInstanceProfileAssociationResult {
    @xmlName("iamInstanceProfileAssociation")
    IamInstanceProfileAssociation: IamInstanceProfileAssociation
}

structure ReplaceNetworkAclAssociationRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("associationId")
    AssociationId: NetworkAclAssociationId

    @required
    @xmlName("networkAclId")
    NetworkAclId: NetworkAclId
}

structure ReplaceNetworkAclAssociationResult {
    @xmlName("newAssociationId")
    NewAssociationId: String
}

structure ReplaceNetworkAclEntryRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkAclId")
    NetworkAclId: NetworkAclId

    @required
    @xmlName("ruleNumber")
    RuleNumber: Integer

    @required
    @xmlName("protocol")
    Protocol: String

    @required
    @xmlName("ruleAction")
    RuleAction: RuleAction

    @required
    @xmlName("egress")
    Egress: Boolean

    @xmlName("cidrBlock")
    CidrBlock: String

    @xmlName("ipv6CidrBlock")
    Ipv6CidrBlock: String

    @xmlName("Icmp")
    IcmpTypeCode: IcmpTypeCode

    @xmlName("portRange")
    PortRange: PortRange
}

structure ReplaceRouteRequest {
    DestinationPrefixListId: PrefixListResourceId
    @nephele#refused
    VpcEndpointId: VpcEndpointId
    LocalTarget: Boolean
    @nephele#refused
    TransitGatewayId: TransitGatewayId
    @nephele#refused
    LocalGatewayId: LocalGatewayId
    @nephele#refused
    CarrierGatewayId: CarrierGatewayId
    @nephele#refused
    CoreNetworkArn: CoreNetworkArn
    @nephele#refused
    OdbNetworkArn: OdbNetworkArn

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("routeTableId")
    RouteTableId: RouteTableId

    @xmlName("destinationCidrBlock")
    DestinationCidrBlock: String

    @xmlName("gatewayId")
    GatewayId: RouteGatewayId

    @xmlName("destinationIpv6CidrBlock")
    @nephele#refused
    DestinationIpv6CidrBlock: String

    @xmlName("egressOnlyInternetGatewayId")
    @nephele#refused
    EgressOnlyInternetGatewayId: EgressOnlyInternetGatewayId

    @xmlName("instanceId")
    InstanceId: InstanceId

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: VpcPeeringConnectionId

    @xmlName("natGatewayId")
    NatGatewayId: NatGatewayId
}

structure ReplaceRouteTableAssociationRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("associationId")
    AssociationId: RouteTableAssociationId

    @required
    @xmlName("routeTableId")
    RouteTableId: RouteTableId
}

structure ReplaceRouteTableAssociationResult {
    @xmlName("newAssociationId")
    NewAssociationId: String

    @xmlName("associationState")
    AssociationState: RouteTableAssociationState
}

@length(min: 0, max: 100)
list RequestInstanceTypeList {
    member: InstanceType
}

structure RequestLaunchTemplateData {
    KernelId: KernelId
    EbsOptimized: Boolean
    IamInstanceProfile: LaunchTemplateIamInstanceProfileSpecificationRequest

    @xmlName("BlockDeviceMapping")
    BlockDeviceMappings: LaunchTemplateBlockDeviceMappingRequestList

    @xmlName("NetworkInterface")
    NetworkInterfaces: LaunchTemplateInstanceNetworkInterfaceSpecificationRequestList
    ImageId: ImageId
    InstanceType: InstanceType
    KeyName: KeyPairName
    Monitoring: LaunchTemplatesMonitoringRequest
    Placement: LaunchTemplatePlacementRequest
    RamDiskId: RamdiskId
    DisableApiTermination: Boolean
    InstanceInitiatedShutdownBehavior: ShutdownBehavior
    UserData: SensitiveUserData

    @xmlName("TagSpecification")
    TagSpecifications: LaunchTemplateTagSpecificationRequestList

    @xmlName("ElasticGpuSpecification")
    ElasticGpuSpecifications: ElasticGpuSpecificationList

    @xmlName("ElasticInferenceAccelerator")
    ElasticInferenceAccelerators: LaunchTemplateElasticInferenceAcceleratorList

    @xmlName("SecurityGroupId")
    SecurityGroupIds: SecurityGroupIdStringList

    @xmlName("SecurityGroup")
    SecurityGroups: SecurityGroupStringList
    InstanceMarketOptions: LaunchTemplateInstanceMarketOptionsRequest
    CreditSpecification: CreditSpecificationRequest
    CpuOptions: LaunchTemplateCpuOptionsRequest
    CapacityReservationSpecification: LaunchTemplateCapacityReservationSpecificationRequest

    @xmlName("LicenseSpecification")
    LicenseSpecifications: LaunchTemplateLicenseSpecificationListRequest
    HibernationOptions: LaunchTemplateHibernationOptionsRequest
    MetadataOptions: LaunchTemplateInstanceMetadataOptionsRequest
    EnclaveOptions: LaunchTemplateEnclaveOptionsRequest
    InstanceRequirements: InstanceRequirementsRequest
    PrivateDnsNameOptions: LaunchTemplatePrivateDnsNameOptionsRequest
    MaintenanceOptions: LaunchTemplateInstanceMaintenanceOptionsRequest
    DisableApiStop: Boolean
    Operator: OperatorRequest
    NetworkPerformanceOptions: LaunchTemplateNetworkPerformanceOptionsRequest

    @xmlName("SecondaryInterface")
    SecondaryInterfaces: LaunchTemplateInstanceSecondaryInterfaceSpecificationRequestList
}

structure Reservation {
    @xmlName("reservationId")
    ReservationId: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("requesterId")
    RequesterId: String

    @xmlName("groupSet")
    Groups: GroupIdentifierList

    @xmlName("instancesSet")
    Instances: InstanceList
}

list ReservationList {
    @xmlName("item")
    member: Reservation
}

structure ResetAddressAttributeRequest {
    @required
    AllocationId: AllocationId

    @required
    Attribute: AddressAttributeName
    DryRun: Boolean
}

structure ResetAddressAttributeResult {
    @xmlName("address")
    Address: AddressAttribute
}

structure ResetEbsDefaultKmsKeyIdRequest {
    DryRun: Boolean
}

structure ResetEbsDefaultKmsKeyIdResult {
    @xmlName("kmsKeyId")
    KmsKeyId: String
}

enum ResetImageAttributeName {
    launchPermission = "launchPermission"
}

structure ResetImageAttributeRequest {
    @required
    Attribute: ResetImageAttributeName

    @required
    ImageId: ImageId

    @xmlName("dryRun")
    DryRun: Boolean
}

structure ResetInstanceAttributeRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("instanceId")
    InstanceId: InstanceId

    @required
    @xmlName("attribute")
    Attribute: InstanceAttributeName
}

structure ResetNetworkInterfaceAttributeRequest {
    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("sourceDestCheck")
    SourceDestCheck: String
}

structure ResetSnapshotAttributeRequest {
    @required
    Attribute: SnapshotAttributeName

    @required
    SnapshotId: SnapshotId

    @xmlName("dryRun")
    DryRun: Boolean
}

@length(min: 1, max: 1283)
string ResourceArn

string ResourceConfigurationArn

list ResourceIdList {
    member: TaggableResourceId
}

enum ResourceType {
    capacity_reservation = "capacity-reservation"
    client_vpn_endpoint = "client-vpn-endpoint"
    customer_gateway = "customer-gateway"
    carrier_gateway = "carrier-gateway"
    coip_pool = "coip-pool"
    declarative_policies_report = "declarative-policies-report"
    dedicated_host = "dedicated-host"
    dhcp_options = "dhcp-options"
    egress_only_internet_gateway = "egress-only-internet-gateway"
    elastic_ip = "elastic-ip"
    elastic_gpu = "elastic-gpu"
    export_image_task = "export-image-task"
    export_instance_task = "export-instance-task"
    fleet = "fleet"
    fpga_image = "fpga-image"
    host_reservation = "host-reservation"
    image = "image"
    image_usage_report = "image-usage-report"
    import_image_task = "import-image-task"
    import_snapshot_task = "import-snapshot-task"
    instance = "instance"
    instance_event_window = "instance-event-window"
    internet_gateway = "internet-gateway"
    ipam = "ipam"
    ipam_pool = "ipam-pool"
    ipam_scope = "ipam-scope"
    ipv4pool_ec2 = "ipv4pool-ec2"
    ipv6pool_ec2 = "ipv6pool-ec2"
    key_pair = "key-pair"
    launch_template = "launch-template"
    local_gateway = "local-gateway"
    local_gateway_route_table = "local-gateway-route-table"
    local_gateway_virtual_interface = "local-gateway-virtual-interface"
    local_gateway_virtual_interface_group = "local-gateway-virtual-interface-group"
    local_gateway_route_table_vpc_association = "local-gateway-route-table-vpc-association"
    local_gateway_route_table_virtual_interface_group_association = "local-gateway-route-table-virtual-interface-group-association"
    natgateway = "natgateway"
    network_acl = "network-acl"
    network_interface = "network-interface"
    network_insights_analysis = "network-insights-analysis"
    network_insights_path = "network-insights-path"
    network_insights_access_scope = "network-insights-access-scope"
    network_insights_access_scope_analysis = "network-insights-access-scope-analysis"
    outpost_lag = "outpost-lag"
    placement_group = "placement-group"
    prefix_list = "prefix-list"
    replace_root_volume_task = "replace-root-volume-task"
    reserved_instances = "reserved-instances"
    route_table = "route-table"
    security_group = "security-group"
    security_group_rule = "security-group-rule"
    service_link_virtual_interface = "service-link-virtual-interface"
    snapshot = "snapshot"
    spot_fleet_request = "spot-fleet-request"
    spot_instances_request = "spot-instances-request"
    subnet = "subnet"
    subnet_cidr_reservation = "subnet-cidr-reservation"
    traffic_mirror_filter = "traffic-mirror-filter"
    traffic_mirror_session = "traffic-mirror-session"
    traffic_mirror_target = "traffic-mirror-target"
    transit_gateway = "transit-gateway"
    transit_gateway_attachment = "transit-gateway-attachment"
    transit_gateway_connect_peer = "transit-gateway-connect-peer"
    transit_gateway_multicast_domain = "transit-gateway-multicast-domain"
    transit_gateway_policy_table = "transit-gateway-policy-table"
    transit_gateway_metering_policy = "transit-gateway-metering-policy"
    transit_gateway_route_table = "transit-gateway-route-table"
    transit_gateway_route_table_announcement = "transit-gateway-route-table-announcement"
    volume = "volume"
    vpc = "vpc"
    vpc_endpoint = "vpc-endpoint"
    vpc_endpoint_connection = "vpc-endpoint-connection"
    vpc_endpoint_service = "vpc-endpoint-service"
    vpc_endpoint_service_permission = "vpc-endpoint-service-permission"
    vpc_peering_connection = "vpc-peering-connection"
    vpn_connection = "vpn-connection"
    vpn_gateway = "vpn-gateway"
    vpc_flow_log = "vpc-flow-log"
    capacity_reservation_fleet = "capacity-reservation-fleet"
    traffic_mirror_filter_rule = "traffic-mirror-filter-rule"
    vpc_endpoint_connection_device_type = "vpc-endpoint-connection-device-type"
    verified_access_instance = "verified-access-instance"
    verified_access_group = "verified-access-group"
    verified_access_endpoint = "verified-access-endpoint"
    verified_access_policy = "verified-access-policy"
    verified_access_trust_provider = "verified-access-trust-provider"
    vpn_connection_device_type = "vpn-connection-device-type"
    vpc_block_public_access_exclusion = "vpc-block-public-access-exclusion"
    vpc_encryption_control = "vpc-encryption-control"
    route_server = "route-server"
    route_server_endpoint = "route-server-endpoint"
    route_server_peer = "route-server-peer"
    ipam_resource_discovery = "ipam-resource-discovery"
    ipam_resource_discovery_association = "ipam-resource-discovery-association"
    instance_connect_endpoint = "instance-connect-endpoint"
    verified_access_endpoint_target = "verified-access-endpoint-target"
    ipam_external_resource_verification_token = "ipam-external-resource-verification-token"
    capacity_block = "capacity-block"
    mac_modification_task = "mac-modification-task"
    ipam_prefix_list_resolver = "ipam-prefix-list-resolver"
    ipam_policy = "ipam-policy"
    ipam_prefix_list_resolver_target = "ipam-prefix-list-resolver-target"
    secondary_interface = "secondary-interface"
    secondary_network = "secondary-network"
    secondary_subnet = "secondary-subnet"
    capacity_manager_data_export = "capacity-manager-data-export"
    vpn_concentrator = "vpn-concentrator"
    ipam_pool_allocation = "ipam-pool-allocation"
}

structure ResponseError {
    @xmlName("code")
    Code: LaunchTemplateErrorCode

    @xmlName("message")
    Message: String
}

structure ResponseLaunchTemplateData {
    @xmlName("kernelId")
    KernelId: String

    @xmlName("ebsOptimized")
    EbsOptimized: Boolean

    @xmlName("iamInstanceProfile")
    IamInstanceProfile: LaunchTemplateIamInstanceProfileSpecification

    @xmlName("blockDeviceMappingSet")
    BlockDeviceMappings: LaunchTemplateBlockDeviceMappingList

    @xmlName("networkInterfaceSet")
    NetworkInterfaces: LaunchTemplateInstanceNetworkInterfaceSpecificationList

    @xmlName("imageId")
    ImageId: String

    @xmlName("instanceType")
    InstanceType: InstanceType

    @xmlName("keyName")
    KeyName: String

    @xmlName("monitoring")
    Monitoring: LaunchTemplatesMonitoring

    @xmlName("placement")
    Placement: LaunchTemplatePlacement

    @xmlName("ramDiskId")
    RamDiskId: String

    @xmlName("disableApiTermination")
    DisableApiTermination: Boolean

    @xmlName("instanceInitiatedShutdownBehavior")
    InstanceInitiatedShutdownBehavior: ShutdownBehavior

    @xmlName("userData")
    UserData: SensitiveUserData

    @xmlName("tagSpecificationSet")
    TagSpecifications: LaunchTemplateTagSpecificationList

    @xmlName("elasticGpuSpecificationSet")
    ElasticGpuSpecifications: ElasticGpuSpecificationResponseList

    @xmlName("elasticInferenceAcceleratorSet")
    ElasticInferenceAccelerators: LaunchTemplateElasticInferenceAcceleratorResponseList

    @xmlName("securityGroupIdSet")
    SecurityGroupIds: ValueStringList

    @xmlName("securityGroupSet")
    SecurityGroups: ValueStringList

    @xmlName("instanceMarketOptions")
    InstanceMarketOptions: LaunchTemplateInstanceMarketOptions

    @xmlName("creditSpecification")
    CreditSpecification: CreditSpecification

    @xmlName("cpuOptions")
    CpuOptions: LaunchTemplateCpuOptions

    @xmlName("capacityReservationSpecification")
    CapacityReservationSpecification: LaunchTemplateCapacityReservationSpecificationResponse

    @xmlName("licenseSet")
    LicenseSpecifications: LaunchTemplateLicenseList

    @xmlName("hibernationOptions")
    HibernationOptions: LaunchTemplateHibernationOptions

    @xmlName("metadataOptions")
    MetadataOptions: LaunchTemplateInstanceMetadataOptions

    @xmlName("enclaveOptions")
    EnclaveOptions: LaunchTemplateEnclaveOptions

    @xmlName("instanceRequirements")
    InstanceRequirements: InstanceRequirements

    @xmlName("privateDnsNameOptions")
    PrivateDnsNameOptions: LaunchTemplatePrivateDnsNameOptions

    @xmlName("maintenanceOptions")
    MaintenanceOptions: LaunchTemplateInstanceMaintenanceOptions

    @xmlName("disableApiStop")
    DisableApiStop: Boolean

    @xmlName("operator")
    Operator: OperatorResponse

    @xmlName("networkPerformanceOptions")
    NetworkPerformanceOptions: LaunchTemplateNetworkPerformanceOptions

    @xmlName("secondaryInterfaceSet")
    SecondaryInterfaces: LaunchTemplateInstanceSecondaryInterfaceSpecificationList
}

list RestorableByStringList {
    member: String
}

structure RestoreManagedPrefixListVersionRequest {
    DryRun: Boolean

    @required
    PrefixListId: PrefixListResourceId

    @required
    PreviousVersion: Long

    @required
    CurrentVersion: Long
}

structure RestoreManagedPrefixListVersionResult {
    @xmlName("prefixList")
    PrefixList: ManagedPrefixList
}

structure RevokeSecurityGroupEgressRequest {
    @xmlName("SecurityGroupRuleId")
    SecurityGroupRuleIds: SecurityGroupRuleIdList

    @xmlName("dryRun")
    DryRun: Boolean

    @required
    @xmlName("groupId")
    GroupId: SecurityGroupId

    @xmlName("sourceSecurityGroupName")
    SourceSecurityGroupName: String

    @xmlName("sourceSecurityGroupOwnerId")
    SourceSecurityGroupOwnerId: String

    @xmlName("ipProtocol")
    IpProtocol: String

    @xmlName("fromPort")
    FromPort: Integer

    @xmlName("toPort")
    ToPort: Integer

    @xmlName("cidrIp")
    CidrIp: String

    @xmlName("ipPermissions")
    IpPermissions: IpPermissionList
}

structure RevokeSecurityGroupEgressResult {
    @xmlName("return")
    Return: Boolean

    @xmlName("unknownIpPermissionSet")
    UnknownIpPermissions: IpPermissionList

    @xmlName("revokedSecurityGroupRuleSet")
    RevokedSecurityGroupRules: RevokedSecurityGroupRuleList
}

structure RevokeSecurityGroupIngressRequest {
    CidrIp: String
    FromPort: Integer
    GroupId: SecurityGroupId
    GroupName: SecurityGroupName
    IpPermissions: IpPermissionList
    IpProtocol: String
    SourceSecurityGroupName: String
    SourceSecurityGroupOwnerId: String
    ToPort: Integer

    @xmlName("SecurityGroupRuleId")
    SecurityGroupRuleIds: SecurityGroupRuleIdList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure RevokeSecurityGroupIngressResult {
    @xmlName("return")
    Return: Boolean

    @xmlName("unknownIpPermissionSet")
    UnknownIpPermissions: IpPermissionList

    @xmlName("revokedSecurityGroupRuleSet")
    RevokedSecurityGroupRules: RevokedSecurityGroupRuleList
}

structure RevokedSecurityGroupRule {
    @xmlName("securityGroupRuleId")
    SecurityGroupRuleId: SecurityGroupRuleId

    @xmlName("groupId")
    GroupId: SecurityGroupId

    @xmlName("isEgress")
    IsEgress: Boolean

    @xmlName("ipProtocol")
    IpProtocol: String

    @xmlName("fromPort")
    FromPort: Integer

    @xmlName("toPort")
    ToPort: Integer

    @xmlName("cidrIpv4")
    CidrIpv4: String

    @xmlName("cidrIpv6")
    CidrIpv6: String

    @xmlName("prefixListId")
    PrefixListId: PrefixListResourceId

    @xmlName("referencedGroupId")
    ReferencedGroupId: SecurityGroupId

    @xmlName("description")
    Description: String
}

list RevokedSecurityGroupRuleList {
    @xmlName("item")
    member: RevokedSecurityGroupRule
}

enum RootDeviceType {
    ebs = "ebs"
    instance_store = "instance-store"
}

list RootDeviceTypeList {
    @xmlName("item")
    member: RootDeviceType
}

structure Route {
    @xmlName("destinationCidrBlock")
    DestinationCidrBlock: String

    @xmlName("destinationIpv6CidrBlock")
    DestinationIpv6CidrBlock: String

    @xmlName("destinationPrefixListId")
    DestinationPrefixListId: String

    @xmlName("egressOnlyInternetGatewayId")
    EgressOnlyInternetGatewayId: String

    @xmlName("gatewayId")
    GatewayId: String

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("instanceOwnerId")
    InstanceOwnerId: String

    @xmlName("natGatewayId")
    NatGatewayId: String

    @xmlName("transitGatewayId")
    TransitGatewayId: String

    @xmlName("localGatewayId")
    LocalGatewayId: String

    @xmlName("carrierGatewayId")
    CarrierGatewayId: CarrierGatewayId

    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String

    @xmlName("origin")
    Origin: RouteOrigin

    @xmlName("state")
    State: RouteState

    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: String

    @xmlName("coreNetworkArn")
    CoreNetworkArn: CoreNetworkArn

    @xmlName("odbNetworkArn")
    OdbNetworkArn: OdbNetworkArn

    @xmlName("ipAddress")
    IpAddress: String
}

string RouteGatewayId

list RouteList {
    @xmlName("item")
    member: Route
}

enum RouteOrigin {
    CreateRouteTable = "CreateRouteTable"
    CreateRoute = "CreateRoute"
    EnableVgwRoutePropagation = "EnableVgwRoutePropagation"
    Advertisement = "Advertisement"
}

enum RouteState {
    active = "active"
    blackhole = "blackhole"
    filtered = "filtered"
}

structure RouteTable {
    @xmlName("associationSet")
    Associations: RouteTableAssociationList

    @xmlName("propagatingVgwSet")
    PropagatingVgws: PropagatingVgwList

    @xmlName("routeTableId")
    RouteTableId: String

    @xmlName("routeSet")
    Routes: RouteList

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("vpcId")
    VpcId: String

    @xmlName("ownerId")
    OwnerId: String
}

structure RouteTableAssociation {
    @xmlName("main")
    Main: Boolean

    @xmlName("routeTableAssociationId")
    RouteTableAssociationId: String

    @xmlName("routeTableId")
    RouteTableId: String

    @xmlName("subnetId")
    SubnetId: String

    @xmlName("gatewayId")
    GatewayId: String

    @xmlName("publicIpv4Pool")
    PublicIpv4Pool: String

    @xmlName("associationState")
    AssociationState: RouteTableAssociationState
}

string RouteTableAssociationId

list RouteTableAssociationList {
    @xmlName("item")
    member: RouteTableAssociation
}

structure RouteTableAssociationState {
    @xmlName("state")
    State: RouteTableAssociationStateCode

    @xmlName("statusMessage")
    StatusMessage: String
}

enum RouteTableAssociationStateCode {
    associating = "associating"
    associated = "associated"
    disassociating = "disassociating"
    disassociated = "disassociated"
    failed = "failed"
}

string RouteTableId

list RouteTableIdStringList {
    @xmlName("item")
    member: RouteTableId
}

list RouteTableList {
    @xmlName("item")
    member: RouteTable
}

enum RuleAction {
    allow = "allow"
    deny = "deny"
}

structure RunInstancesMonitoringEnabled {
    @required
    @xmlName("enabled")
    Enabled: Boolean
}

structure RunInstancesRequest {
    @xmlName("BlockDeviceMapping")
    BlockDeviceMappings: BlockDeviceMappingRequestList
    ImageId: ImageId
    InstanceType: InstanceType
    @nephele#refused
    Ipv6AddressCount: Integer

    @xmlName("Ipv6Address")
    @nephele#refused
    Ipv6Addresses: InstanceIpv6AddressList
    @nephele#refused
    KernelId: KernelId
    KeyName: KeyPairName

    @required
    MaxCount: Integer

    @required
    MinCount: Integer
    Monitoring: RunInstancesMonitoringEnabled
    Placement: Placement
    @nephele#refused
    RamdiskId: RamdiskId

    @xmlName("SecurityGroupId")
    SecurityGroupIds: SecurityGroupIdStringList

    @xmlName("SecurityGroup")
    SecurityGroups: SecurityGroupStringList
    SubnetId: SubnetId
    UserData: RunInstancesUserData
    @nephele#refused
    ElasticGpuSpecification: ElasticGpuSpecifications

    @xmlName("ElasticInferenceAccelerator")
    @nephele#refused
    ElasticInferenceAccelerators: ElasticInferenceAccelerators

    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    LaunchTemplate: LaunchTemplateSpecification
    @nephele#refused
    InstanceMarketOptions: InstanceMarketOptionsRequest
    CreditSpecification: CreditSpecificationRequest
    CpuOptions: CpuOptionsRequest
    CapacityReservationSpecification: CapacityReservationSpecification
    HibernationOptions: HibernationOptionsRequest

    @xmlName("LicenseSpecification")
    @nephele#refused
    LicenseSpecifications: LicenseSpecificationListRequest
    MetadataOptions: InstanceMetadataOptionsRequest
    EnclaveOptions: EnclaveOptionsRequest
    PrivateDnsNameOptions: PrivateDnsNameOptionsRequest
    MaintenanceOptions: InstanceMaintenanceOptionsRequest
    DisableApiStop: Boolean
    @nephele#refused
    EnablePrimaryIpv6: Boolean
    NetworkPerformanceOptions: InstanceNetworkPerformanceOptionsRequest
    @nephele#refused
    Operator: OperatorRequest

    @xmlName("SecondaryInterface")
    @nephele#refused
    SecondaryInterfaces: InstanceSecondaryInterfaceSpecificationListRequest

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("disableApiTermination")
    DisableApiTermination: Boolean

    @xmlName("instanceInitiatedShutdownBehavior")
    InstanceInitiatedShutdownBehavior: ShutdownBehavior

    @xmlName("privateIpAddress")
    PrivateIpAddress: String

    @xmlName("clientToken")
    @idempotencyToken
    ClientToken: String

    @xmlName("additionalInfo")
    @nephele#refused
    AdditionalInfo: String

    @xmlName("networkInterface")
    NetworkInterfaces: InstanceNetworkInterfaceSpecificationList

    @xmlName("iamInstanceProfile")
    IamInstanceProfile: IamInstanceProfileSpecification

    @xmlName("ebsOptimized")
    @nephele#stored
    EbsOptimized: Boolean
}

@sensitive
string RunInstancesUserData

enum SSEType {
    sse_ebs = "sse-ebs"
    sse_kms = "sse-kms"
    none = "none"
}

string SecondaryInterfaceId

structure SecondaryInterfacePrivateIpAddressSpecification {
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list SecondaryInterfacePrivateIpAddressSpecificationList {
    @xmlName("item")
    member: SecondaryInterfacePrivateIpAddressSpecification
}

list SecondaryInterfacePrivateIpAddressSpecificationListRequest {
    @xmlName("SecondaryInterfacePrivateIpAddressSpecification")
    member: SecondaryInterfacePrivateIpAddressSpecificationRequest
}

structure SecondaryInterfacePrivateIpAddressSpecificationRequest {
    PrivateIpAddress: String
}

enum SecondaryInterfaceStatus {
    available = "available"
    in_use = "in-use"
}

enum SecondaryInterfaceType {
    secondary = "secondary"
}

string SecondaryNetworkId

boolean SecondaryNetworkSupportedFlag

string SecondarySubnetId

structure SecurityGroup {
    @xmlName("groupId")
    GroupId: String

    @xmlName("ipPermissionsEgress")
    IpPermissionsEgress: IpPermissionList

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("vpcId")
    VpcId: String

    @xmlName("securityGroupArn")
    SecurityGroupArn: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("groupName")
    GroupName: String

    @xmlName("groupDescription")
    Description: String

    @xmlName("ipPermissions")
    IpPermissions: IpPermissionList
}

structure SecurityGroupForVpc {
    @xmlName("description")
    Description: String

    @xmlName("groupName")
    GroupName: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("groupId")
    GroupId: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("primaryVpcId")
    PrimaryVpcId: String
}

list SecurityGroupForVpcList {
    @xmlName("item")
    member: SecurityGroupForVpc
}

string SecurityGroupId

list SecurityGroupIdStringList {
    @xmlName("SecurityGroupId")
    member: SecurityGroupId
}

structure SecurityGroupIdentifier {
    @xmlName("groupId")
    GroupId: String

    @xmlName("groupName")
    GroupName: String
}

list SecurityGroupList {
    @xmlName("item")
    member: SecurityGroup
}

string SecurityGroupName

structure SecurityGroupReference {
    @xmlName("groupId")
    GroupId: String

    @xmlName("referencingVpcId")
    ReferencingVpcId: String

    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: String

    @xmlName("transitGatewayId")
    TransitGatewayId: String
}

list SecurityGroupReferences {
    @xmlName("item")
    member: SecurityGroupReference
}

structure SecurityGroupRule {
    @xmlName("securityGroupRuleId")
    SecurityGroupRuleId: SecurityGroupRuleId

    @xmlName("groupId")
    GroupId: SecurityGroupId

    @xmlName("groupOwnerId")
    GroupOwnerId: String

    @xmlName("isEgress")
    IsEgress: Boolean

    @xmlName("ipProtocol")
    IpProtocol: String

    @xmlName("fromPort")
    FromPort: Integer

    @xmlName("toPort")
    ToPort: Integer

    @xmlName("cidrIpv4")
    CidrIpv4: String

    @xmlName("cidrIpv6")
    CidrIpv6: String

    @xmlName("prefixListId")
    PrefixListId: PrefixListResourceId

    @xmlName("referencedGroupInfo")
    ReferencedGroupInfo: ReferencedSecurityGroup

    @xmlName("description")
    Description: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("securityGroupRuleArn")
    SecurityGroupRuleArn: String
}

structure SecurityGroupRuleDescription {
    SecurityGroupRuleId: String
    Description: String
}

list SecurityGroupRuleDescriptionList {
    @xmlName("item")
    member: SecurityGroupRuleDescription
}

string SecurityGroupRuleId

list SecurityGroupRuleIdList {
    @xmlName("item")
    member: String
}

list SecurityGroupRuleList {
    @xmlName("item")
    member: SecurityGroupRule
}

structure SecurityGroupRuleRequest {
    IpProtocol: String
    FromPort: Integer
    ToPort: Integer
    CidrIpv4: String
    CidrIpv6: String
    PrefixListId: PrefixListResourceId
    ReferencedGroupId: SecurityGroupId
    Description: String
}

structure SecurityGroupRuleUpdate {
    @required
    SecurityGroupRuleId: SecurityGroupRuleId
    SecurityGroupRule: SecurityGroupRuleRequest
}

list SecurityGroupRuleUpdateList {
    @xmlName("item")
    member: SecurityGroupRuleUpdate
}

list SecurityGroupStringList {
    @xmlName("SecurityGroup")
    member: SecurityGroupName
}

structure SecurityGroupVpcAssociation {
    @xmlName("groupId")
    GroupId: SecurityGroupId

    @xmlName("vpcId")
    VpcId: VpcId

    @xmlName("vpcOwnerId")
    VpcOwnerId: String

    @xmlName("state")
    State: SecurityGroupVpcAssociationState

    @xmlName("stateReason")
    StateReason: String

    @xmlName("groupOwnerId")
    GroupOwnerId: String
}

list SecurityGroupVpcAssociationList {
    @xmlName("item")
    member: SecurityGroupVpcAssociation
}

enum SecurityGroupVpcAssociationState {
    associating = "associating"
    associated = "associated"
    association_failed = "association-failed"
    disassociating = "disassociating"
    disassociated = "disassociated"
    disassociation_failed = "disassociation-failed"
}

@sensitive
string SensitiveUserData

enum ServiceConnectivityType {
    ipv4 = "ipv4"
    ipv6 = "ipv6"
}

structure ServiceDetail {
    @xmlName("serviceName")
    ServiceName: String

    @xmlName("serviceId")
    ServiceId: String

    @xmlName("serviceType")
    ServiceType: ServiceTypeDetailSet

    @xmlName("serviceRegion")
    ServiceRegion: String

    @xmlName("availabilityZoneIdSet")
    AvailabilityZoneIds: ValueStringList

    @xmlName("availabilityZoneSet")
    AvailabilityZones: ValueStringList

    @xmlName("owner")
    Owner: String

    @xmlName("baseEndpointDnsNameSet")
    BaseEndpointDnsNames: ValueStringList

    @xmlName("privateDnsName")
    PrivateDnsName: String

    @xmlName("privateDnsNameSet")
    PrivateDnsNames: PrivateDnsDetailsSet

    @xmlName("vpcEndpointPolicySupported")
    VpcEndpointPolicySupported: Boolean

    @xmlName("acceptanceRequired")
    AcceptanceRequired: Boolean

    @xmlName("managesVpcEndpoints")
    ManagesVpcEndpoints: Boolean

    @xmlName("payerResponsibility")
    PayerResponsibility: PayerResponsibility

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("privateDnsNameVerificationState")
    PrivateDnsNameVerificationState: DnsNameState

    @xmlName("supportedIpAddressTypeSet")
    SupportedIpAddressTypes: SupportedIpAddressTypes
}

list ServiceDetailSet {
    @xmlName("item")
    member: ServiceDetail
}

enum ServiceManaged {
    alb = "alb"
    nlb = "nlb"
    rnat = "rnat"
    rds = "rds"
}

string ServiceNetworkArn

enum ServiceType {
    Interface = "Interface"
    Gateway = "Gateway"
    GatewayLoadBalancer = "GatewayLoadBalancer"
}

structure ServiceTypeDetail {
    @xmlName("serviceType")
    ServiceType: ServiceType
}

list ServiceTypeDetailSet {
    @xmlName("item")
    member: ServiceTypeDetail
}

enum ShutdownBehavior {
    stop = "stop"
    terminate = "terminate"
}

structure Snapshot {
    @xmlName("ownerAlias")
    OwnerAlias: String

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("storageTier")
    StorageTier: StorageTier

    @xmlName("restoreExpiryTime")
    RestoreExpiryTime: MillisecondDateTime

    @xmlName("sseType")
    SseType: SSEType

    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("transferType")
    TransferType: TransferType

    @xmlName("completionDurationMinutes")
    CompletionDurationMinutes: SnapshotCompletionDurationMinutesResponse

    @xmlName("completionTime")
    CompletionTime: MillisecondDateTime

    @xmlName("fullSnapshotSizeInBytes")
    FullSnapshotSizeInBytes: Long

    @xmlName("snapshotId")
    SnapshotId: String

    @xmlName("volumeId")
    VolumeId: String

    @xmlName("status")
    State: SnapshotState

    @xmlName("statusMessage")
    StateMessage: String

    @xmlName("startTime")
    StartTime: DateTime

    @xmlName("progress")
    Progress: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("description")
    Description: String

    @xmlName("volumeSize")
    VolumeSize: Integer

    @xmlName("encrypted")
    Encrypted: Boolean

    @xmlName("kmsKeyId")
    KmsKeyId: String

    @xmlName("dataEncryptionKeyId")
    DataEncryptionKeyId: String
}

enum SnapshotAttributeName {
    productCodes = "productCodes"
    createVolumePermission = "createVolumePermission"
}

@range(min: 1, max: 2880)
integer SnapshotCompletionDurationMinutesRequest

integer SnapshotCompletionDurationMinutesResponse

string SnapshotId

list SnapshotIdStringList {
    @xmlName("SnapshotId")
    member: SnapshotId
}

structure SnapshotInfo {
    @xmlName("description")
    Description: String

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("encrypted")
    Encrypted: Boolean

    @xmlName("volumeId")
    VolumeId: String

    @xmlName("state")
    State: SnapshotState

    @xmlName("volumeSize")
    VolumeSize: Integer

    @xmlName("startTime")
    StartTime: MillisecondDateTime

    @xmlName("progress")
    Progress: String

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("snapshotId")
    SnapshotId: String

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("sseType")
    SseType: SSEType

    @xmlName("availabilityZone")
    AvailabilityZone: String
}

list SnapshotList {
    @xmlName("item")
    member: Snapshot
}

enum SnapshotLocationEnum {
    regional = "regional"
    local = "local"
}

enum SnapshotReturnCodes {
    success = "success"
    skipped = "skipped"
    missing_permissions = "missing-permissions"
    internal_error = "internal-error"
    client_error = "client-error"
}

list SnapshotSet {
    @xmlName("item")
    member: SnapshotInfo
}

enum SnapshotState {
    pending = "pending"
    completed = "completed"
    error = "error"
    recoverable = "recoverable"
    recovering = "recovering"
}

enum SpotInstanceType {
    one_time = "one-time"
    persistent = "persistent"
}

structure SpotMarketOptions {
    MaxPrice: String
    SpotInstanceType: SpotInstanceType
    BlockDurationMinutes: Integer
    ValidUntil: DateTime
    InstanceInterruptionBehavior: InstanceInterruptionBehavior
}

structure StaleIpPermission {
    @xmlName("fromPort")
    FromPort: Integer

    @xmlName("ipProtocol")
    IpProtocol: String

    @xmlName("ipRanges")
    IpRanges: IpRanges

    @xmlName("prefixListIds")
    PrefixListIds: PrefixListIdSet

    @xmlName("toPort")
    ToPort: Integer

    @xmlName("groups")
    UserIdGroupPairs: UserIdGroupPairSet
}

list StaleIpPermissionSet {
    @xmlName("item")
    member: StaleIpPermission
}

structure StaleSecurityGroup {
    @xmlName("description")
    Description: String

    @xmlName("groupId")
    GroupId: String

    @xmlName("groupName")
    GroupName: String

    @xmlName("staleIpPermissions")
    StaleIpPermissions: StaleIpPermissionSet

    @xmlName("staleIpPermissionsEgress")
    StaleIpPermissionsEgress: StaleIpPermissionSet

    @xmlName("vpcId")
    VpcId: String
}

list StaleSecurityGroupSet {
    @xmlName("item")
    member: StaleSecurityGroup
}

structure StartInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList

    @xmlName("additionalInfo")
    @nephele#refused
    AdditionalInfo: String

    @xmlName("dryRun")
    DryRun: Boolean
}

structure StartInstancesResult {
    @xmlName("instancesSet")
    StartingInstances: InstanceStateChangeList
}

enum State {
    PendingAcceptance = "PendingAcceptance"
    Pending = "Pending"
    Available = "Available"
    Deleting = "Deleting"
    Deleted = "Deleted"
    Rejected = "Rejected"
    Failed = "Failed"
    Expired = "Expired"
    Partial = "Partial"
}

structure StateReason {
    @xmlName("code")
    Code: String

    @xmlName("message")
    Message: String
}

enum StatusName {
    reachability = "reachability"
}

enum StatusType {
    passed = "passed"
    failed = "failed"
    insufficient_data = "insufficient-data"
    initializing = "initializing"
}

structure StopInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    @nephele#refused
    Hibernate: Boolean
    SkipOsShutdown: Boolean

    @xmlName("dryRun")
    DryRun: Boolean

    @xmlName("force")
    Force: Boolean
}

structure StopInstancesResult {
    @xmlName("instancesSet")
    StoppingInstances: InstanceStateChangeList
}

enum StorageTier {
    archive = "archive"
    standard = "standard"
}

string String

structure Subnet {
    @xmlName("availabilityZoneId")
    AvailabilityZoneId: String

    @xmlName("enableLniAtDeviceIndex")
    EnableLniAtDeviceIndex: Integer

    @xmlName("mapCustomerOwnedIpOnLaunch")
    MapCustomerOwnedIpOnLaunch: Boolean

    @xmlName("customerOwnedIpv4Pool")
    CustomerOwnedIpv4Pool: CoipPoolId

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("assignIpv6AddressOnCreation")
    AssignIpv6AddressOnCreation: Boolean

    @xmlName("ipv6CidrBlockAssociationSet")
    Ipv6CidrBlockAssociationSet: SubnetIpv6CidrBlockAssociationSet

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("subnetArn")
    SubnetArn: String

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("enableDns64")
    EnableDns64: Boolean

    @xmlName("ipv6Native")
    Ipv6Native: Boolean

    @xmlName("privateDnsNameOptionsOnLaunch")
    PrivateDnsNameOptionsOnLaunch: PrivateDnsNameOptionsOnLaunch

    @xmlName("blockPublicAccessStates")
    BlockPublicAccessStates: BlockPublicAccessStates

    @xmlName("type")
    Type: String

    @xmlName("subnetId")
    SubnetId: String

    @xmlName("state")
    State: SubnetState

    @xmlName("vpcId")
    VpcId: String

    @xmlName("cidrBlock")
    CidrBlock: String

    @xmlName("availableIpAddressCount")
    AvailableIpAddressCount: Integer

    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("defaultForAz")
    DefaultForAz: Boolean

    @xmlName("mapPublicIpOnLaunch")
    MapPublicIpOnLaunch: Boolean
}

string SubnetCidrAssociationId

structure SubnetCidrBlockState {
    @xmlName("state")
    State: SubnetCidrBlockStateCode

    @xmlName("statusMessage")
    StatusMessage: String
}

enum SubnetCidrBlockStateCode {
    associating = "associating"
    associated = "associated"
    disassociating = "disassociating"
    disassociated = "disassociated"
    failing = "failing"
    failed = "failed"
}

structure SubnetConfiguration {
    SubnetId: SubnetId
    Ipv4: String

    @nephele#refused
    Ipv6: String
}

list SubnetConfigurationsList {
    @xmlName("item")
    member: SubnetConfiguration
}

string SubnetId

list SubnetIdList {
    @xmlName("AssociatedSubnetId")
    member: SubnetId
}

list SubnetIdStringList {
    @xmlName("SubnetId")
    member: SubnetId
}

structure SubnetIpPrefixes {
    @xmlName("subnetId")
    SubnetId: String

    @xmlName("ipPrefixSet")
    IpPrefixes: ValueStringList
}

list SubnetIpPrefixesList {
    @xmlName("item")
    member: SubnetIpPrefixes
}

structure SubnetIpv6CidrBlockAssociation {
    @xmlName("associationId")
    AssociationId: SubnetCidrAssociationId

    @xmlName("ipv6CidrBlock")
    Ipv6CidrBlock: String

    @xmlName("ipv6CidrBlockState")
    Ipv6CidrBlockState: SubnetCidrBlockState

    @xmlName("ipv6AddressAttribute")
    Ipv6AddressAttribute: Ipv6AddressAttribute

    @xmlName("ipSource")
    IpSource: IpSource
}

list SubnetIpv6CidrBlockAssociationSet {
    @xmlName("item")
    member: SubnetIpv6CidrBlockAssociation
}

list SubnetList {
    @xmlName("item")
    member: Subnet
}

enum SubnetState {
    pending = "pending"
    available = "available"
    unavailable = "unavailable"
    failed = "failed"
    failed_insufficient_capacity = "failed-insufficient-capacity"
}

structure SuccessfulInstanceCreditSpecificationItem {
    @xmlName("instanceId")
    InstanceId: String
}

list SuccessfulInstanceCreditSpecificationSet {
    @xmlName("item")
    member: SuccessfulInstanceCreditSpecificationItem
}

enum SummaryStatus {
    ok = "ok"
    impaired = "impaired"
    insufficient_data = "insufficient-data"
    not_applicable = "not-applicable"
    initializing = "initializing"
}

enum SupportedAdditionalProcessorFeature {
    amd_sev_snp = "amd-sev-snp"
    nested_virtualization = "nested-virtualization"
}

list SupportedAdditionalProcessorFeatureList {
    @xmlName("item")
    member: SupportedAdditionalProcessorFeature
}

boolean SupportedInRegion

@length(min: 0, max: 2)
list SupportedIpAddressTypes {
    @xmlName("item")
    member: ServiceConnectivityType
}

structure Tag {
    @xmlName("key")
    Key: String

    @xmlName("value")
    Value: String
}

structure TagDescription {
    @xmlName("key")
    Key: String

    @xmlName("resourceId")
    ResourceId: String

    @xmlName("resourceType")
    ResourceType: ResourceType

    @xmlName("value")
    Value: String
}

list TagDescriptionList {
    @xmlName("item")
    member: TagDescription
}

list TagList {
    @xmlName("item")
    member: Tag
}

structure TagSpecification {
    @xmlName("resourceType")
    ResourceType: ResourceType

    @xmlName("Tag")
    Tags: TagList
}

list TagSpecificationList {
    @xmlName("item")
    member: TagSpecification
}

string TaggableResourceId

enum Tenancy {
    default = "default"
    dedicated = "dedicated"
    host = "host"
}

structure TerminateInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    Force: Boolean
    SkipOsShutdown: Boolean

    @xmlName("dryRun")
    DryRun: Boolean
}

structure TerminateInstancesResult {
    @xmlName("instancesSet")
    TerminatingInstances: InstanceStateChangeList
}

integer ThreadsPerCore

list ThreadsPerCoreList {
    @xmlName("item")
    member: ThreadsPerCore
}

structure TotalLocalStorageGB {
    @xmlName("min")
    Min: Double

    @xmlName("max")
    Max: Double
}

structure TotalLocalStorageGBRequest {
    Min: Double
    Max: Double
}

integer TotalMediaMemory

integer TotalNeuronMemory

enum TpmSupportValues {
    v2_0 = "v2.0"
}

enum TrafficType {
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    ALL = "ALL"
}

enum TransferType {
    time_based = "time-based"
    standard = "standard"
}

string TransitGatewayId

structure UnassignPrivateIpAddressesRequest {
    @xmlName("Ipv4Prefix")
    @nephele#refused
    Ipv4Prefixes: IpPrefixList

    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: NetworkInterfaceId

    @xmlName("privateIpAddress")
    PrivateIpAddresses: PrivateIpAddressStringList
}

structure UnassignPrivateNatGatewayAddressRequest {
    @required
    NatGatewayId: NatGatewayId

    @required
    @xmlName("PrivateIpAddress")
    PrivateIpAddresses: IpList
    @nephele#stored
    MaxDrainDurationSeconds: DrainSeconds
    DryRun: Boolean
}

structure UnassignPrivateNatGatewayAddressResult {
    @xmlName("natGatewayId")
    NatGatewayId: NatGatewayId

    @xmlName("natGatewayAddressSet")
    NatGatewayAddresses: NatGatewayAddressList
}

structure UnmonitorInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList

    @xmlName("dryRun")
    DryRun: Boolean
}

structure UnmonitorInstancesResult {
    @xmlName("instancesSet")
    InstanceMonitorings: InstanceMonitoringList
}

enum UnsuccessfulInstanceCreditSpecificationErrorCode {
    InvalidInstanceID_Malformed = "InvalidInstanceID.Malformed"
    InvalidInstanceID_NotFound = "InvalidInstanceID.NotFound"
    IncorrectInstanceState = "IncorrectInstanceState"
    InstanceCreditSpecification_NotSupported = "InstanceCreditSpecification.NotSupported"
}

structure UnsuccessfulInstanceCreditSpecificationItem {
    @xmlName("instanceId")
    InstanceId: String

    @xmlName("error")
    Error: UnsuccessfulInstanceCreditSpecificationItemError
}

structure UnsuccessfulInstanceCreditSpecificationItemError {
    @xmlName("code")
    Code: UnsuccessfulInstanceCreditSpecificationErrorCode

    @xmlName("message")
    Message: String
}

list UnsuccessfulInstanceCreditSpecificationSet {
    @xmlName("item")
    member: UnsuccessfulInstanceCreditSpecificationItem
}

structure UnsuccessfulItem {
    @xmlName("error")
    Error: UnsuccessfulItemError

    @xmlName("resourceId")
    ResourceId: String
}

structure UnsuccessfulItemError {
    @xmlName("code")
    Code: String

    @xmlName("message")
    Message: String
}

list UnsuccessfulItemSet {
    @xmlName("item")
    member: UnsuccessfulItem
}

structure UpdateSecurityGroupRuleDescriptionsEgressRequest {
    DryRun: Boolean
    GroupId: SecurityGroupId
    GroupName: SecurityGroupName
    IpPermissions: IpPermissionList

    @xmlName("SecurityGroupRuleDescription")
    SecurityGroupRuleDescriptions: SecurityGroupRuleDescriptionList
}

structure UpdateSecurityGroupRuleDescriptionsEgressResult {
    @xmlName("return")
    Return: Boolean
}

structure UpdateSecurityGroupRuleDescriptionsIngressRequest {
    DryRun: Boolean
    GroupId: SecurityGroupId
    GroupName: SecurityGroupName
    IpPermissions: IpPermissionList

    @xmlName("SecurityGroupRuleDescription")
    SecurityGroupRuleDescriptions: SecurityGroupRuleDescriptionList
}

structure UpdateSecurityGroupRuleDescriptionsIngressResult {
    @xmlName("return")
    Return: Boolean
}

enum UsageClassType {
    spot = "spot"
    on_demand = "on-demand"
    capacity_block = "capacity-block"
}

list UsageClassTypeList {
    @xmlName("item")
    member: UsageClassType
}

list UserGroupStringList {
    @xmlName("UserGroup")
    member: String
}

structure UserIdGroupPair {
    @xmlName("description")
    Description: String

    @xmlName("userId")
    UserId: String

    @xmlName("groupName")
    GroupName: String

    @xmlName("groupId")
    GroupId: String

    @xmlName("vpcId")
    VpcId: String

    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: String

    @xmlName("peeringStatus")
    PeeringStatus: String
}

list UserIdGroupPairList {
    @xmlName("item")
    member: UserIdGroupPair
}

list UserIdGroupPairSet {
    @xmlName("item")
    member: UserIdGroupPair
}

list UserIdStringList {
    @xmlName("UserId")
    member: String
}

integer VCpuCount

structure VCpuCountRange {
    @xmlName("min")
    Min: Integer

    @xmlName("max")
    Max: Integer
}

structure VCpuCountRangeRequest {
    @required
    Min: Integer
    Max: Integer
}

structure VCpuInfo {
    @xmlName("defaultVCpus")
    DefaultVCpus: VCpuCount

    @xmlName("defaultCores")
    DefaultCores: CoreCount

    @xmlName("defaultThreadsPerCore")
    DefaultThreadsPerCore: ThreadsPerCore

    @xmlName("validCores")
    ValidCores: CoreCountList

    @xmlName("validThreadsPerCore")
    ValidThreadsPerCore: ThreadsPerCoreList
}

structure ValidationError {
    @xmlName("code")
    Code: String

    @xmlName("message")
    Message: String
}

structure ValidationWarning {
    @xmlName("errorSet")
    Errors: ErrorSet
}

list ValueStringList {
    @xmlName("item")
    member: String
}

@length(min: 0, max: 255)
string VersionDescription

list VersionStringList {
    @xmlName("item")
    member: String
}

enum VirtualizationType {
    hvm = "hvm"
    paravirtual = "paravirtual"
}

list VirtualizationTypeList {
    @xmlName("item")
    member: VirtualizationType
}

structure Volume {
    @xmlName("availabilityZoneId")
    AvailabilityZoneId: String

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("sourceVolumeId")
    SourceVolumeId: String

    @xmlName("iops")
    Iops: Integer

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("volumeType")
    VolumeType: VolumeType

    @xmlName("fastRestored")
    FastRestored: Boolean

    @xmlName("multiAttachEnabled")
    MultiAttachEnabled: Boolean

    @xmlName("throughput")
    Throughput: Integer

    @xmlName("sseType")
    SseType: SSEType

    @xmlName("operator")
    Operator: OperatorResponse

    @xmlName("volumeInitializationRate")
    VolumeInitializationRate: Integer

    @xmlName("volumeId")
    VolumeId: String

    @xmlName("size")
    Size: Integer

    @xmlName("snapshotId")
    SnapshotId: String

    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("status")
    State: VolumeState

    @xmlName("createTime")
    CreateTime: DateTime

    @xmlName("attachmentSet")
    Attachments: VolumeAttachmentList

    @xmlName("encrypted")
    Encrypted: Boolean

    @xmlName("kmsKeyId")
    KmsKeyId: String
}

structure VolumeAttachment {
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean

    @xmlName("associatedResource")
    AssociatedResource: String

    @xmlName("instanceOwningService")
    InstanceOwningService: String

    @xmlName("ebsCardIndex")
    EbsCardIndex: Integer

    @xmlName("volumeId")
    VolumeId: String

    @xmlName("instanceId")
    InstanceId: String

    @xmlName("device")
    Device: String

    @xmlName("status")
    State: VolumeAttachmentState

    @xmlName("attachTime")
    AttachTime: DateTime
}

list VolumeAttachmentList {
    @xmlName("item")
    member: VolumeAttachment
}

enum VolumeAttachmentState {
    attaching = "attaching"
    attached = "attached"
    detaching = "detaching"
    detached = "detached"
    busy = "busy"
}

enum VolumeAttributeName {
    autoEnableIO = "autoEnableIO"
    productCodes = "productCodes"
}

string VolumeId

list VolumeIdStringList {
    @xmlName("VolumeId")
    member: VolumeId
}

string VolumeIdWithResolver

list VolumeList {
    @xmlName("item")
    member: Volume
}

structure VolumeModification {
    @xmlName("volumeId")
    VolumeId: String

    @xmlName("modificationState")
    ModificationState: VolumeModificationState

    @xmlName("statusMessage")
    StatusMessage: String

    @xmlName("targetSize")
    TargetSize: Integer

    @xmlName("targetIops")
    TargetIops: Integer

    @xmlName("targetVolumeType")
    TargetVolumeType: VolumeType

    @xmlName("targetThroughput")
    TargetThroughput: Integer

    @xmlName("targetMultiAttachEnabled")
    TargetMultiAttachEnabled: Boolean

    @xmlName("originalSize")
    OriginalSize: Integer

    @xmlName("originalIops")
    OriginalIops: Integer

    @xmlName("originalVolumeType")
    OriginalVolumeType: VolumeType

    @xmlName("originalThroughput")
    OriginalThroughput: Integer

    @xmlName("originalMultiAttachEnabled")
    OriginalMultiAttachEnabled: Boolean

    @xmlName("progress")
    Progress: Long

    @xmlName("startTime")
    StartTime: DateTime

    @xmlName("endTime")
    EndTime: DateTime

    @xmlName("operator")
    Operator: OperatorResponse
}

list VolumeModificationList {
    @xmlName("item")
    member: VolumeModification
}

enum VolumeModificationState {
    modifying = "modifying"
    optimizing = "optimizing"
    completed = "completed"
    failed = "failed"
}

enum VolumeState {
    creating = "creating"
    available = "available"
    in_use = "in-use"
    deleting = "deleting"
    deleted = "deleted"
    error = "error"
}

structure VolumeStatusAction {
    @xmlName("code")
    Code: String

    @xmlName("description")
    Description: String

    @xmlName("eventId")
    EventId: String

    @xmlName("eventType")
    EventType: String
}

list VolumeStatusActionsList {
    @xmlName("item")
    member: VolumeStatusAction
}

structure VolumeStatusAttachmentStatus {
    @xmlName("ioPerformance")
    IoPerformance: String

    @xmlName("instanceId")
    InstanceId: String
}

list VolumeStatusAttachmentStatusList {
    @xmlName("item")
    member: VolumeStatusAttachmentStatus
}

structure VolumeStatusDetails {
    @xmlName("name")
    Name: VolumeStatusName

    @xmlName("status")
    Status: String
}

list VolumeStatusDetailsList {
    @xmlName("item")
    member: VolumeStatusDetails
}

structure VolumeStatusEvent {
    @xmlName("description")
    Description: String

    @xmlName("eventId")
    EventId: String

    @xmlName("eventType")
    EventType: String

    @xmlName("notAfter")
    NotAfter: MillisecondDateTime

    @xmlName("notBefore")
    NotBefore: MillisecondDateTime

    @xmlName("instanceId")
    InstanceId: String
}

list VolumeStatusEventsList {
    @xmlName("item")
    member: VolumeStatusEvent
}

structure VolumeStatusInfo {
    @xmlName("details")
    Details: VolumeStatusDetailsList

    @xmlName("status")
    Status: VolumeStatusInfoStatus
}

enum VolumeStatusInfoStatus {
    ok = "ok"
    impaired = "impaired"
    insufficient_data = "insufficient-data"
    warning = "warning"
}

structure VolumeStatusItem {
    @xmlName("actionsSet")
    Actions: VolumeStatusActionsList

    @xmlName("availabilityZone")
    AvailabilityZone: String

    @xmlName("outpostArn")
    OutpostArn: String

    @xmlName("eventsSet")
    Events: VolumeStatusEventsList

    @xmlName("volumeId")
    VolumeId: String

    @xmlName("volumeStatus")
    VolumeStatus: VolumeStatusInfo

    @xmlName("attachmentStatuses")
    AttachmentStatuses: VolumeStatusAttachmentStatusList

    @xmlName("initializationStatusDetails")
    InitializationStatusDetails: InitializationStatusDetails

    @xmlName("availabilityZoneId")
    AvailabilityZoneId: String

    @xmlName("operator")
    Operator: OperatorResponse
}

list VolumeStatusList {
    @xmlName("item")
    member: VolumeStatusItem
}

enum VolumeStatusName {
    io_enabled = "io-enabled"
    io_performance = "io-performance"
    initialization_state = "initialization-state"
}

enum VolumeType {
    standard = "standard"
    io1 = "io1"
    io2 = "io2"
    gp2 = "gp2"
    sc1 = "sc1"
    st1 = "st1"
    gp3 = "gp3"
}

structure Vpc {
    @xmlName("ownerId")
    OwnerId: String

    @xmlName("instanceTenancy")
    InstanceTenancy: Tenancy

    @xmlName("ipv6CidrBlockAssociationSet")
    Ipv6CidrBlockAssociationSet: VpcIpv6CidrBlockAssociationSet

    @xmlName("cidrBlockAssociationSet")
    CidrBlockAssociationSet: VpcCidrBlockAssociationSet

    @xmlName("isDefault")
    IsDefault: Boolean

    @xmlName("encryptionControl")
    EncryptionControl: VpcEncryptionControl

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("blockPublicAccessStates")
    BlockPublicAccessStates: BlockPublicAccessStates

    @xmlName("vpcId")
    VpcId: String

    @xmlName("state")
    State: VpcState

    @xmlName("cidrBlock")
    CidrBlock: String

    @xmlName("dhcpOptionsId")
    DhcpOptionsId: String
}

enum VpcAttributeName {
    enableDnsSupport = "enableDnsSupport"
    enableDnsHostnames = "enableDnsHostnames"
    enableNetworkAddressUsageMetrics = "enableNetworkAddressUsageMetrics"
}

string VpcCidrAssociationId

structure VpcCidrBlockAssociation {
    @xmlName("associationId")
    AssociationId: String

    @xmlName("cidrBlock")
    CidrBlock: String

    @xmlName("cidrBlockState")
    CidrBlockState: VpcCidrBlockState
}

list VpcCidrBlockAssociationSet {
    @xmlName("item")
    member: VpcCidrBlockAssociation
}

structure VpcCidrBlockState {
    @xmlName("state")
    State: VpcCidrBlockStateCode

    @xmlName("statusMessage")
    StatusMessage: String
}

enum VpcCidrBlockStateCode {
    associating = "associating"
    associated = "associated"
    disassociating = "disassociating"
    disassociated = "disassociated"
    failing = "failing"
    failed = "failed"
}

structure VpcEncryptionControl {
    @xmlName("vpcId")
    VpcId: VpcId

    @xmlName("vpcEncryptionControlId")
    VpcEncryptionControlId: VpcEncryptionControlId

    @xmlName("mode")
    Mode: VpcEncryptionControlMode

    @xmlName("state")
    State: VpcEncryptionControlState

    @xmlName("stateMessage")
    StateMessage: String

    @xmlName("resourceExclusions")
    ResourceExclusions: VpcEncryptionControlExclusions

    @xmlName("tagSet")
    Tags: TagList
}

structure VpcEncryptionControlConfiguration {
    @required
    Mode: VpcEncryptionControlMode
    InternetGatewayExclusion: VpcEncryptionControlExclusionStateInput
    EgressOnlyInternetGatewayExclusion: VpcEncryptionControlExclusionStateInput
    NatGatewayExclusion: VpcEncryptionControlExclusionStateInput
    VirtualPrivateGatewayExclusion: VpcEncryptionControlExclusionStateInput
    VpcPeeringExclusion: VpcEncryptionControlExclusionStateInput
    LambdaExclusion: VpcEncryptionControlExclusionStateInput
    VpcLatticeExclusion: VpcEncryptionControlExclusionStateInput
    ElasticFileSystemExclusion: VpcEncryptionControlExclusionStateInput
}

structure VpcEncryptionControlExclusion {
    @xmlName("state")
    State: VpcEncryptionControlExclusionState

    @xmlName("stateMessage")
    StateMessage: String
}

enum VpcEncryptionControlExclusionState {
    enabling = "enabling"
    enabled = "enabled"
    disabling = "disabling"
    disabled = "disabled"
}

enum VpcEncryptionControlExclusionStateInput {
    enable = "enable"
    disable = "disable"
}

structure VpcEncryptionControlExclusions {
    @xmlName("internetGateway")
    InternetGateway: VpcEncryptionControlExclusion

    @xmlName("egressOnlyInternetGateway")
    EgressOnlyInternetGateway: VpcEncryptionControlExclusion

    @xmlName("natGateway")
    NatGateway: VpcEncryptionControlExclusion

    @xmlName("virtualPrivateGateway")
    VirtualPrivateGateway: VpcEncryptionControlExclusion

    @xmlName("vpcPeering")
    VpcPeering: VpcEncryptionControlExclusion

    @xmlName("lambda")
    Lambda: VpcEncryptionControlExclusion

    @xmlName("vpcLattice")
    VpcLattice: VpcEncryptionControlExclusion

    @xmlName("elasticFileSystem")
    ElasticFileSystem: VpcEncryptionControlExclusion
}

string VpcEncryptionControlId

enum VpcEncryptionControlMode {
    monitor = "monitor"
    enforce = "enforce"
}

enum VpcEncryptionControlState {
    enforce_in_progress = "enforce-in-progress"
    monitor_in_progress = "monitor-in-progress"
    enforce_failed = "enforce-failed"
    monitor_failed = "monitor-failed"
    deleting = "deleting"
    deleted = "deleted"
    available = "available"
    creating = "creating"
    delete_failed = "delete-failed"
}

structure VpcEndpoint {
    @xmlName("vpcEndpointId")
    VpcEndpointId: String

    @xmlName("vpcEndpointType")
    VpcEndpointType: VpcEndpointType

    @xmlName("vpcId")
    VpcId: String

    @xmlName("serviceName")
    ServiceName: String

    @xmlName("state")
    State: State

    @xmlName("policyDocument")
    PolicyDocument: String

    @xmlName("routeTableIdSet")
    RouteTableIds: ValueStringList

    @xmlName("subnetIdSet")
    SubnetIds: ValueStringList

    @xmlName("groupSet")
    Groups: GroupIdentifierSet

    @xmlName("ipAddressType")
    IpAddressType: IpAddressType

    @xmlName("dnsOptions")
    DnsOptions: DnsOptions

    @xmlName("privateDnsEnabled")
    PrivateDnsEnabled: Boolean

    @xmlName("requesterManaged")
    RequesterManaged: Boolean

    @xmlName("networkInterfaceIdSet")
    NetworkInterfaceIds: ValueStringList

    @xmlName("dnsEntrySet")
    DnsEntries: DnsEntrySet

    @xmlName("creationTimestamp")
    CreationTimestamp: MillisecondDateTime

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("lastError")
    LastError: LastError

    @xmlName("ipv4PrefixSet")
    Ipv4Prefixes: SubnetIpPrefixesList

    @xmlName("ipv6PrefixSet")
    Ipv6Prefixes: SubnetIpPrefixesList

    @xmlName("failureReason")
    FailureReason: String

    @xmlName("serviceNetworkArn")
    ServiceNetworkArn: ServiceNetworkArn

    @xmlName("resourceConfigurationArn")
    ResourceConfigurationArn: ResourceConfigurationArn

    @xmlName("serviceRegion")
    ServiceRegion: String
}

string VpcEndpointId

list VpcEndpointIdList {
    @xmlName("item")
    member: VpcEndpointId
}

list VpcEndpointRouteTableIdList {
    @xmlName("item")
    member: RouteTableId
}

list VpcEndpointSecurityGroupIdList {
    @xmlName("item")
    member: SecurityGroupId
}

list VpcEndpointSet {
    @xmlName("item")
    member: VpcEndpoint
}

list VpcEndpointSubnetIdList {
    @xmlName("item")
    member: SubnetId
}

enum VpcEndpointType {
    Interface = "Interface"
    Gateway = "Gateway"
    GatewayLoadBalancer = "GatewayLoadBalancer"
    Resource = "Resource"
    ServiceNetwork = "ServiceNetwork"
}

string VpcFlowLogId

string VpcId

list VpcIdStringList {
    @xmlName("VpcId")
    member: VpcId
}

structure VpcIpv6CidrBlockAssociation {
    @xmlName("associationId")
    AssociationId: String

    @xmlName("ipv6CidrBlock")
    Ipv6CidrBlock: String

    @xmlName("ipv6CidrBlockState")
    Ipv6CidrBlockState: VpcCidrBlockState

    @xmlName("networkBorderGroup")
    NetworkBorderGroup: String

    @xmlName("ipv6Pool")
    Ipv6Pool: String

    @xmlName("ipv6AddressAttribute")
    Ipv6AddressAttribute: Ipv6AddressAttribute

    @xmlName("ipSource")
    IpSource: IpSource
}

list VpcIpv6CidrBlockAssociationSet {
    @xmlName("item")
    member: VpcIpv6CidrBlockAssociation
}

list VpcList {
    @xmlName("item")
    member: Vpc
}

structure VpcPeeringConnection {
    @xmlName("accepterVpcInfo")
    AccepterVpcInfo: VpcPeeringConnectionVpcInfo

    @xmlName("expirationTime")
    ExpirationTime: DateTime

    @xmlName("requesterVpcInfo")
    RequesterVpcInfo: VpcPeeringConnectionVpcInfo

    @xmlName("status")
    Status: VpcPeeringConnectionStateReason

    @xmlName("tagSet")
    Tags: TagList

    @xmlName("vpcPeeringConnectionId")
    VpcPeeringConnectionId: String
}

string VpcPeeringConnectionId

list VpcPeeringConnectionIdList {
    @xmlName("item")
    member: VpcPeeringConnectionId
}

string VpcPeeringConnectionIdWithResolver

list VpcPeeringConnectionList {
    @xmlName("item")
    member: VpcPeeringConnection
}

structure VpcPeeringConnectionOptionsDescription {
    @xmlName("allowDnsResolutionFromRemoteVpc")
    AllowDnsResolutionFromRemoteVpc: Boolean

    @xmlName("allowEgressFromLocalClassicLinkToRemoteVpc")
    AllowEgressFromLocalClassicLinkToRemoteVpc: Boolean

    @xmlName("allowEgressFromLocalVpcToRemoteClassicLink")
    AllowEgressFromLocalVpcToRemoteClassicLink: Boolean
}

structure VpcPeeringConnectionStateReason {
    @xmlName("code")
    Code: VpcPeeringConnectionStateReasonCode

    @xmlName("message")
    Message: String
}

enum VpcPeeringConnectionStateReasonCode {
    initiating_request = "initiating-request"
    pending_acceptance = "pending-acceptance"
    active = "active"
    deleted = "deleted"
    rejected = "rejected"
    failed = "failed"
    expired = "expired"
    provisioning = "provisioning"
    deleting = "deleting"
}

structure VpcPeeringConnectionVpcInfo {
    @xmlName("cidrBlock")
    CidrBlock: String

    @xmlName("ipv6CidrBlockSet")
    Ipv6CidrBlockSet: Ipv6CidrBlockSet

    @xmlName("cidrBlockSet")
    CidrBlockSet: CidrBlockSet

    @xmlName("ownerId")
    OwnerId: String

    @xmlName("peeringOptions")
    PeeringOptions: VpcPeeringConnectionOptionsDescription

    @xmlName("vpcId")
    VpcId: String

    @xmlName("region")
    Region: String
}

enum VpcState {
    pending = "pending"
    available = "available"
}

enum VpcTenancy {
    default = "default"
}

string Workload

list WorkloadsList {
    @xmlName("item")
    member: Workload
}

list ZoneIdStringList {
    @xmlName("ZoneId")
    member: String
}

list ZoneNameStringList {
    @xmlName("ZoneName")
    member: String
}

integer totalFpgaMemory

integer totalGpuMemory

integer totalInferenceMemory
