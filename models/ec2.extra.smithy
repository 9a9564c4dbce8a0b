// SPDX-License-Identifier: Apache-2.0
// ec2.extra.smithy - the errors that EC2 answers; its model lists none. Kept by hand.
$version: "2.0"

namespace com.amazonaws.ec2

@error("client") @httpError(400)
structure ActiveVpcPeeringConnectionPerVpcLimitExceeded {}
@error("client") @httpError(400)
structure AddressLimitExceeded {}
@error("client") @httpError(400)
structure AsyncRequestLimitExceeded {}
@error("client") @httpError(400)
structure AttachmentLimitExceeded {}
@error("client") @httpError(403)
structure AuthFailure {}
@error("client") @httpError(403)
structure Blocked {}
@error("client") @httpError(400)
structure CannotDelete {}
@error("client") @httpError(400)
structure ConcurrentCreateImageNoRebootLimitExceeded {}
@error("client") @httpError(400)
structure ConcurrentSnapshotLimitExceeded {}
@error("client") @httpError(400)
structure ConcurrentTagAccess {}
@error("client") @httpError(400)
structure DefaultSubnetAlreadyExistsInAvailabilityZone {}
@error("client") @httpError(400)
structure DefaultVpcAlreadyExists {}
@error("client") @httpError(400)
structure DefaultVpcDoesNotExist {}
@error("client") @httpError(400)
structure DependencyViolation {}
@error("client") @httpError(412)
structure DryRunOperation {}
@error("client") @httpError(400)
structure DuplicateSubnetsInSameZone {}
@error("client") @httpError(400)
structure EncryptedVolumesNotSupported {}
@error("client") @httpError(403)
structure ExpiredToken {}
@error("client") @httpError(400)
structure FilterLimitExceeded {}
@error("client") @httpError(400)
structure FlowLogAlreadyExists {}
@error("client") @httpError(400)
structure FlowLogsLimitExceeded {}
@error("client") @aws.protocols#awsQueryError(code: "Gateway.NotAttached", httpResponseCode: 400) @httpError(400)
structure GatewayNotAttached {}
@error("client") @httpError(400)
structure IdempotentParameterMismatch {}
@error("client") @httpError(400)
structure IncompleteSignature {}
@error("client") @httpError(400)
structure IncorrectInstanceState {}
@error("client") @httpError(400)
structure IncorrectModificationState {}
@error("client") @httpError(400)
structure IncorrectState {}
@error("client") @httpError(400)
structure IncorrectStateException {}
@error("client") @httpError(400)
structure InstanceAlreadyLinked {}
@error("client") @aws.protocols#awsQueryError(code: "InstanceCreditSpecification.NotSupported", httpResponseCode: 400) @httpError(400)
structure InstanceCreditSpecificationNotSupported {}
@error("client") @httpError(400)
structure InstanceLimitExceeded {}
@error("client") @httpError(400)
structure InsufficientAddressCapacity {}
@error("client") @httpError(400)
structure InsufficientFreeAddressesInSubnet {}
@error("server") @httpError(500)
structure InsufficientInstanceCapacity {}
@error("server") @httpError(500)
structure InternalError {}
@error("client") @httpError(400)
structure InternetGatewayLimitExceeded {}
@error("client") @httpError(400)
structure InvalidAMIAttributeItemValue {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAMIID.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidAMIIDMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAMIID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidAMIIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAMIID.Unavailable", httpResponseCode: 400) @httpError(400)
structure InvalidAMIIDUnavailable {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAMIName.Duplicate", httpResponseCode: 400) @httpError(400)
structure InvalidAMINameDuplicate {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAMIName.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidAMINameMalformed {}
@error("client") @httpError(400)
structure InvalidAction {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAddress.Locked", httpResponseCode: 400) @httpError(400)
structure InvalidAddressLocked {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAddress.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidAddressMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAddress.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidAddressNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAddressID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidAddressIDNotFound {}
@error("client") @httpError(400)
structure InvalidAffinity {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAllocationID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidAllocationIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAssociationID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidAssociationIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAttachment.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidAttachmentNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidAttachmentID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidAttachmentIDNotFound {}
@error("client") @httpError(400)
structure InvalidAvailabilityZone {}
@error("client") @httpError(400)
structure InvalidBlockDeviceMapping {}
@error("client") @httpError(400)
structure InvalidCharacter {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidCidr.InUse", httpResponseCode: 400) @httpError(400)
structure InvalidCidrInUse {}
@error("client") @httpError(400)
structure InvalidCidrBlock {}
@error("client") @httpError(400)
structure InvalidClientToken {}
@error("client") @httpError(403)
structure InvalidClientTokenId {}
@error("client") @httpError(400)
structure InvalidConfigSchema {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidDhcpOptionID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidDhcpOptionIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidDhcpOptionId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidDhcpOptionIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidDhcpOptionsID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidDhcpOptionsIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidDhcpOptionsId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidDhcpOptionsIdMalformed {}
@error("client") @httpError(400)
structure InvalidFilter {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidFlowLogId.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidFlowLogIdNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidGatewayID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidGatewayIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidGroup.Duplicate", httpResponseCode: 400) @httpError(400)
structure InvalidGroupDuplicate {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidGroup.InUse", httpResponseCode: 400) @httpError(400)
structure InvalidGroupInUse {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidGroup.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidGroupNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidGroup.Reserved", httpResponseCode: 400) @httpError(400)
structure InvalidGroupReserved {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidGroupId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidGroupIdMalformed {}
@error("client") @httpError(400)
structure InvalidID {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidIPAddress.InUse", httpResponseCode: 400) @httpError(400)
structure InvalidIPAddressInUse {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidIamInstanceProfileArn.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidIamInstanceProfileArnMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidIamInstanceProfileAssociationID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidIamInstanceProfileAssociationIDNotFound {}
@error("client") @httpError(400)
structure InvalidInput {}
@error("client") @httpError(400)
structure InvalidInstanceAttributeValue {}
@error("client") @httpError(400)
structure InvalidInstanceFamily {}
@error("client") @httpError(400)
structure InvalidInstanceID {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidInstanceID.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidInstanceIDMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidInstanceID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidInstanceIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidInstanceID.NotLinkable", httpResponseCode: 400) @httpError(400)
structure InvalidInstanceIDNotLinkable {}
@error("client") @httpError(400)
structure InvalidInstanceState {}
@error("client") @httpError(400)
structure InvalidInstanceType {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidInterface.IpAddressLimitExceeded", httpResponseCode: 400) @httpError(400)
structure InvalidInterfaceIpAddressLimitExceeded {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidInternetGatewayID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidInternetGatewayIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidInternetGatewayId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidInternetGatewayIdMalformed {}
@error("client") @httpError(400)
structure InvalidKMSKey {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidKey.Format", httpResponseCode: 400) @httpError(400)
structure InvalidKeyFormat {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidKeyPair.Duplicate", httpResponseCode: 400) @httpError(400)
structure InvalidKeyPairDuplicate {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidKeyPair.Format", httpResponseCode: 400) @httpError(400)
structure InvalidKeyPairFormat {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidKeyPair.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidKeyPairNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidKmsKey.InvalidState", httpResponseCode: 400) @httpError(400)
structure InvalidKmsKeyInvalidState {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidLaunchTemplateId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidLaunchTemplateIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidLaunchTemplateId.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidLaunchTemplateIdNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidLaunchTemplateId.VersionNotFound", httpResponseCode: 400) @httpError(400)
structure InvalidLaunchTemplateIdVersionNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidLaunchTemplateName.AlreadyExistsException", httpResponseCode: 400) @httpError(400)
structure InvalidLaunchTemplateNameAlreadyExistsException {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidLaunchTemplateName.MalformedException", httpResponseCode: 400) @httpError(400)
structure InvalidLaunchTemplateNameMalformedException {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidLaunchTemplateName.NotFoundException", httpResponseCode: 400) @httpError(400)
structure InvalidLaunchTemplateNameNotFoundException {}
@error("client") @httpError(400)
structure InvalidLaunchTemplateVersion {}
@error("client") @httpError(400)
structure InvalidManifest {}
@error("client") @httpError(400)
structure InvalidMaxResults {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNatGatewayID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidNatGatewayIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkAclEntry.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkAclEntryNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkAclID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkAclIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkAclId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkAclIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkInterface.InUse", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkInterfaceInUse {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkInterface.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkInterfaceNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkInterfaceAttachmentID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkInterfaceAttachmentIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkInterfaceAttachmentId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkInterfaceAttachmentIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkInterfaceID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkInterfaceIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidNetworkInterfaceId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidNetworkInterfaceIdMalformed {}
@error("client") @httpError(400)
structure InvalidNextToken {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidOption.Conflict", httpResponseCode: 400) @httpError(400)
structure InvalidOptionConflict {}
@error("client") @httpError(400)
structure InvalidPaginationToken {}
@error("client") @httpError(400)
structure InvalidParameter {}
@error("client") @httpError(400)
structure InvalidParameterCombination {}
@error("client") @httpError(400)
structure InvalidParameterDependency {}
@error("client") @httpError(400)
structure InvalidParameterException {}
@error("client") @httpError(400)
structure InvalidParameterValue {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPermission.Duplicate", httpResponseCode: 400) @httpError(400)
structure InvalidPermissionDuplicate {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPermission.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidPermissionMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPermission.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidPermissionNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPermissionID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidPermissionIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPlacementGroup.Unknown", httpResponseCode: 400) @httpError(400)
structure InvalidPlacementGroupUnknown {}
@error("client") @httpError(400)
structure InvalidPolicyDocument {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPrefixListID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidPrefixListIDNotFound {}
@error("client") @httpError(400)
structure InvalidPrefixListId {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPrefixListId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidPrefixListIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidPrefixListId.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidPrefixListIdNotFound {}
@error("client") @httpError(400)
structure InvalidPrefixListModification {}
@error("client") @httpError(400)
structure InvalidPrincipal {}
@error("client") @httpError(400)
structure InvalidQueryParameter {}
@error("client") @httpError(400)
structure InvalidRequest {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidRoute.InvalidState", httpResponseCode: 400) @httpError(400)
structure InvalidRouteInvalidState {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidRoute.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidRouteMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidRoute.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidRouteNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidRouteTableID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidRouteTableIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidRouteTableId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidRouteTableIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSecurity.RequestHasExpired", httpResponseCode: 400) @httpError(400)
structure InvalidSecurityRequestHasExpired {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSecurityGroupID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidSecurityGroupIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSecurityGroupId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidSecurityGroupIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSecurityGroupRuleId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidSecurityGroupRuleIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSecurityGroupRuleId.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidSecurityGroupRuleIdNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSecurityGroupVpcAssociation.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidSecurityGroupVpcAssociationNotFound {}
@error("client") @httpError(400)
structure InvalidServiceName {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSnapshot.InUse", httpResponseCode: 400) @httpError(400)
structure InvalidSnapshotInUse {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSnapshot.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidSnapshotNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSnapshotID.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidSnapshotIDMalformed {}
@error("client") @httpError(400)
structure InvalidState {}
@error("client") @httpError(400)
structure InvalidStateTransition {}
@error("client") @httpError(400)
structure InvalidSubnet {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSubnet.Conflict", httpResponseCode: 400) @httpError(400)
structure InvalidSubnetConflict {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSubnet.Range", httpResponseCode: 400) @httpError(400)
structure InvalidSubnetRange {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSubnetCidrReservationId.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidSubnetCidrReservationIdNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSubnetID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidSubnetIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidSubnetId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidSubnetIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidTagKey.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidTagKeyMalformed {}
@error("client") @httpError(400)
structure InvalidTenancy {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidUserData.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidUserDataMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVolume.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidVolumeNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVolume.ZoneMismatch", httpResponseCode: 400) @httpError(400)
structure InvalidVolumeZoneMismatch {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVolumeID.Duplicate", httpResponseCode: 400) @httpError(400)
structure InvalidVolumeIDDuplicate {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVolumeID.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidVolumeIDMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVolumeID.ZoneMismatch", httpResponseCode: 400) @httpError(400)
structure InvalidVolumeIDZoneMismatch {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpc.Range", httpResponseCode: 400) @httpError(400)
structure InvalidVpcRange {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcEndpoint.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidVpcEndpointNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcEndpointId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidVpcEndpointIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcEndpointId.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidVpcEndpointIdNotFound {}
@error("client") @httpError(400)
structure InvalidVpcEndpointType {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcID.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidVpcIDMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidVpcIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcPeeringConnectionID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidVpcPeeringConnectionIDNotFound {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcPeeringConnectionId.Malformed", httpResponseCode: 400) @httpError(400)
structure InvalidVpcPeeringConnectionIdMalformed {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcPeeringConnectionState.Invalid", httpResponseCode: 400) @httpError(400)
structure InvalidVpcPeeringConnectionStateInvalid {}
@error("client") @httpError(400)
structure InvalidVpcState {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidZone.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidZoneNotFound {}
@error("client") @httpError(400)
structure KeyPairLimitExceeded {}
@error("client") @httpError(400)
structure KmsKeyNotAccessible {}
@error("client") @httpError(400)
structure LogDestinationNotFoundException {}
@error("client") @httpError(400)
structure LogDestinationPermissionIssue {}
@error("client") @httpError(400)
structure MalformedPolicyDocument {}
@error("client") @httpError(400)
structure MalformedQueryString {}
@error("client") @httpError(400)
structure MaxIOPSLimitExceeded {}
@error("client") @httpError(400)
structure MaxScheduledInstanceCapacityExceeded {}
@error("client") @httpError(400)
structure MaxSpotInstanceCountExceeded {}
@error("client") @httpError(400)
structure MaxTemplateLimitExceeded {}
@error("client") @httpError(400)
structure MaxTemplateVersionLimitExceeded {}
@error("client") @httpError(400)
structure MissingAction {}
@error("client") @httpError(403)
structure MissingAuthenticationToken {}
@error("client") @httpError(400)
structure MissingParameter {}
@error("client") @httpError(400)
structure NatGatewayLimitExceeded {}
@error("client") @httpError(400)
structure NatGatewayMalformed {}
@error("client") @httpError(400)
structure NatGatewayNotFound {}
@error("client") @httpError(400)
structure NetworkAclEntryAlreadyExists {}
@error("client") @httpError(400)
structure NetworkAclEntryLimitExceeded {}
@error("client") @httpError(400)
structure NetworkAclLimitExceeded {}
@error("client") @httpError(400)
structure NetworkInterfaceLimitExceeded {}
@error("client") @httpError(400)
structure NetworkInterfaceNotFoundException {}
@error("client") @httpError(400)
structure NoSuchVersion {}
@error("client") @httpError(400)
structure NotExportable {}
@error("client") @httpError(400)
structure NotIdInSameRegion {}
@error("client") @httpError(400)
structure OperationNotPermitted {}
@error("client") @httpError(400)
structure OperationNotSupported {}
@error("client") @httpError(403)
structure OptInRequired {}
@error("client") @httpError(400)
structure OutstandingVpcPeeringConnectionLimitExceeded {}
@error("client") @httpError(400)
structure PeerVpcOwnerMismatch {}
@error("client") @httpError(400)
structure PendingVerification {}
@error("client") @httpError(400)
structure PrefixListMaxEntriesExceeded {}
@error("client") @httpError(400)
structure PrefixListVersionMismatch {}
@error("client") @httpError(400)
structure PrivateIpAddressLimitExceeded {}
@error("client") @httpError(400)
structure RequestExpired {}
@error("server") @httpError(503)
structure RequestLimitExceeded {}
@error("client") @aws.protocols#awsQueryError(code: "Resource.AlreadyAssigned", httpResponseCode: 400) @httpError(400)
structure ResourceAlreadyAssigned {}
@error("client") @aws.protocols#awsQueryError(code: "Resource.AlreadyAssociated", httpResponseCode: 400) @httpError(400)
structure ResourceAlreadyAssociated {}
@error("client") @httpError(400)
structure ResourceCountExceeded {}
@error("client") @httpError(400)
structure ResourceLimitExceeded {}
@error("client") @httpError(400)
structure ResourceNotReady {}
@error("client") @httpError(400)
structure RouteAlreadyExists {}
@error("client") @httpError(400)
structure RouteLimitExceeded {}
@error("client") @httpError(400)
structure RouteNotSupported {}
@error("client") @httpError(400)
structure RouteTableLimitExceeded {}
@error("client") @httpError(400)
structure RulesPerSecurityGroupLimitExceeded {}
@error("client") @httpError(400)
structure SecurityGroupLimitExceeded {}
@error("client") @httpError(400)
structure SecurityGroupsPerInstanceLimitExceeded {}
@error("client") @httpError(400)
structure SecurityGroupsPerInterfaceLimitExceeded {}
@error("server") @httpError(503)
structure ServiceUnavailable {}
@error("client") @httpError(403)
structure SignatureDoesNotMatch {}
@error("client") @aws.protocols#awsQueryError(code: "SnapshotCopyUnsupported.InterRegion", httpResponseCode: 400) @httpError(400)
structure SnapshotCopyUnsupportedInterRegion {}
@error("client") @httpError(400)
structure SnapshotLimitExceeded {}
@error("client") @httpError(400)
structure SubnetLimitExceeded {}
@error("client") @httpError(400)
structure TagLimitExceeded {}
@error("client") @httpError(400)
structure TagPolicyViolation {}
@error("client") @httpError(400)
structure TargetCapacityLimitExceededException {}
@error("client") @httpError(403)
structure UnauthorizedOperation {}
@error("server") @httpError(503)
structure Unavailable {}
@error("client") @httpError(400)
structure UnavailableHostRequirements {}
@error("client") @httpError(400)
structure UnknownParameter {}
@error("client") @httpError(400)
structure UnsupportedException {}
@error("client") @httpError(400)
structure UnsupportedHibernationConfiguration {}
@error("client") @httpError(400)
structure UnsupportedHostConfiguration {}
@error("client") @httpError(400)
structure UnsupportedInstanceAttribute {}
@error("client") @httpError(400)
structure UnsupportedOperation {}
@error("client") @httpError(400)
structure UnsupportedProtocol {}
@error("client") @httpError(400)
structure UnsupportedTenancy {}
@error("client") @httpError(400)
structure VPCIdNotSpecified {}
@error("client") @httpError(400)
structure VPCResourceNotSpecified {}
@error("client") @httpError(400)
structure ValidationError {}
@error("client") @httpError(400)
structure VcpuLimitExceeded {}
@error("client") @httpError(400)
structure VolumeIOPSLimit {}
@error("client") @httpError(400)
structure VolumeInUse {}
@error("client") @httpError(400)
structure VolumeLimitExceeded {}
@error("client") @httpError(400)
structure VolumeModificationSizeLimitExceeded {}
@error("client") @httpError(400)
structure VolumeTypeNotAvailableInZone {}
@error("client") @httpError(400)
structure VpcCidrConflict {}
@error("client") @httpError(400)
structure VpcEndpointLimitExceeded {}
@error("client") @httpError(400)
structure VpcLimitExceeded {}
@error("client") @httpError(400)
structure VpcPeeringConnectionAlreadyExists {}
@error("client") @httpError(400)
structure VpcPeeringConnectionsPerVpcLimitExceeded {}
@error("client") @httpError(400)
structure ZonesMismatched {}

// What items keep beside the structure that their Describe answers (services/ec2/kinds.def)
structure VpcOwn {
    EnableDnsSupport: Boolean
    EnableDnsHostnames: Boolean
    EnableNetworkAddressUsageMetrics: Boolean
}
structure AddressOwn {
    PtrRecord: String
    ByGateway: Boolean
    // The interface had an address of its own, and gets another one.
    GiveBack: Boolean
}
@error("client") @httpError(400)
structure CidrLimitExceeded {}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVpcCidrBlockAssociationID.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidVpcCidrBlockAssociationIDNotFound {}

structure GroupOwn {
    // Associated beside its own.
    Vpcs: OwnIdList
    Rules: OwnIdList
}
// CIDRs of its current version.
structure PrefixListOwn {
    Cidrs: OwnIdList
}
list OwnIdList {
    member: String
}

// What an instance has beside what DescribeInstances shows.
structure InstanceOwn {
    ReservationId: String
    RequesterId: String
    // run, stop, terminate: what the reconciler is to make of it.
    Want: String
    Force: Boolean
    // Another number: another boot.
    Boot: Long
    // Which range of user ids on the host.
    Slot: Integer
    // Folder of the image, and the user that gets the key.
    ImageFolder: String
    User: String
    UserData: Blob
    PublicKey: String
    DisableApiTermination: Boolean
    DisableApiStop: Boolean
    InstanceInitiatedShutdownBehavior: String
    CpuCredits: String
    // Milliseconds: when it ended, for how long it is shown.
    Terminated: Long
    // The public address that it was given by itself is one to give again at its next start.
    PublicAddress: Boolean
}

// How the interface was attached last, and when that was ended.
structure InterfaceOwn {
    Detached: NetworkInterfaceAttachment
    DetachedAt: Long
}

structure TemplateOwn {
    // Number of the version that is made next; no number is given twice.
    Next: Long
}

// A version of a launch template, an item of its own.
structure TemplateVersion {
    VersionId: String
    Version: LaunchTemplateVersion
}
structure ImageOwn {
    // Folder of <data>/images that its instances run on, and who gets the key there; without one
    // they do not.
    Folder: String
    User: String
    // What that really is.
    Runs: String
    Launch: LaunchPermissionList
}
@error("client") @httpError(400)
structure MissingInput {}
// A data key of a volume or snapshot: sealed by KMS, for whom, and under which encryption context.
structure EbsKey {
    Sealed: Blob
    Context: String
    GrantId: String
}
structure VolumeOwn {
    Key: EbsKey
    Image: String
    Force: Boolean
    Reason: String
    Modification: VolumeModification
    AutoEnableIO: Boolean
}
structure SnapshotOwn {
    Key: EbsKey
    // What it is copied from on the host; sealed anew when that is not encrypted and this is.
    Of: String
    Seal: Boolean
    // The folder below the root volume that it is of
    Image: String
    Permissions: CreateVolumePermissionList
}
// One an account and region, with the name "default".
structure EbsDefault {
    Id: String
    Encrypted: Boolean
    KmsKeyId: String
}
@error("client") @aws.protocols#awsQueryError(code: "InvalidVolumeModification.NotFound", httpResponseCode: 400) @httpError(400)
structure InvalidVolumeModificationNotFound {}
