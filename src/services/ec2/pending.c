/* SPDX-License-Identifier: Apache-2.0 */
/* pending.c - operations whose handlers are not written yet: refused. Weak: a handler takes its
 * place. */
#include "aws/fault.h"
#include "gen/ec2/ops.h"

#define PENDING(name, on, op, input, output)                                                       \
    __attribute__((weak)) int name(struct np_##on *x, const struct input *in, struct output *out,  \
                                   struct np_err *err)                                             \
    {                                                                                              \
        return np_fault(err, &EC2_UnsupportedOperation, #op " is not served");                     \
    }

PENDING(ec2_AssignPrivateIpAddresses_apply, txn, AssignPrivateIpAddresses,
        ec2_AssignPrivateIpAddressesRequest, ec2_AssignPrivateIpAddressesResult)
PENDING(ec2_AssociateIamInstanceProfile_apply, txn, AssociateIamInstanceProfile,
        ec2_AssociateIamInstanceProfileRequest, ec2_AssociateIamInstanceProfileResult)
PENDING(ec2_AssociateSecurityGroupVpc_apply, txn, AssociateSecurityGroupVpc,
        ec2_AssociateSecurityGroupVpcRequest, ec2_AssociateSecurityGroupVpcResult)
PENDING(ec2_AttachNetworkInterface_apply, txn, AttachNetworkInterface,
        ec2_AttachNetworkInterfaceRequest, ec2_AttachNetworkInterfaceResult)
PENDING(ec2_AttachVolume_apply, txn, AttachVolume, ec2_AttachVolumeRequest, ec2_VolumeAttachment)
PENDING(ec2_AuthorizeSecurityGroupEgress_apply, txn, AuthorizeSecurityGroupEgress,
        ec2_AuthorizeSecurityGroupEgressRequest, ec2_AuthorizeSecurityGroupEgressResult)
PENDING(ec2_AuthorizeSecurityGroupIngress_apply, txn, AuthorizeSecurityGroupIngress,
        ec2_AuthorizeSecurityGroupIngressRequest, ec2_AuthorizeSecurityGroupIngressResult)
PENDING(ec2_CopyImage_apply, txn, CopyImage, ec2_CopyImageRequest, ec2_CopyImageResult)
PENDING(ec2_CopySnapshot_apply, txn, CopySnapshot, ec2_CopySnapshotRequest, ec2_CopySnapshotResult)
PENDING(ec2_CreateFlowLogs_apply, txn, CreateFlowLogs, ec2_CreateFlowLogsRequest,
        ec2_CreateFlowLogsResult)
PENDING(ec2_CreateImage_apply, txn, CreateImage, ec2_CreateImageRequest, ec2_CreateImageResult)
PENDING(ec2_CreateKeyPair_apply, txn, CreateKeyPair, ec2_CreateKeyPairRequest, ec2_KeyPair)
PENDING(ec2_CreateLaunchTemplate_apply, txn, CreateLaunchTemplate, ec2_CreateLaunchTemplateRequest,
        ec2_CreateLaunchTemplateResult)
PENDING(ec2_CreateLaunchTemplateVersion_apply, txn, CreateLaunchTemplateVersion,
        ec2_CreateLaunchTemplateVersionRequest, ec2_CreateLaunchTemplateVersionResult)
PENDING(ec2_CreateManagedPrefixList_apply, txn, CreateManagedPrefixList,
        ec2_CreateManagedPrefixListRequest, ec2_CreateManagedPrefixListResult)
PENDING(ec2_CreateNetworkAcl_apply, txn, CreateNetworkAcl, ec2_CreateNetworkAclRequest,
        ec2_CreateNetworkAclResult)
PENDING(ec2_CreateNetworkAclEntry_apply, txn, CreateNetworkAclEntry,
        ec2_CreateNetworkAclEntryRequest, ec2_CreateNetworkAclEntryOutput)
PENDING(ec2_CreateNetworkInterface_apply, txn, CreateNetworkInterface,
        ec2_CreateNetworkInterfaceRequest, ec2_CreateNetworkInterfaceResult)
PENDING(ec2_CreateNetworkInterfacePermission_apply, txn, CreateNetworkInterfacePermission,
        ec2_CreateNetworkInterfacePermissionRequest, ec2_CreateNetworkInterfacePermissionResult)
PENDING(ec2_CreateSecurityGroup_apply, txn, CreateSecurityGroup, ec2_CreateSecurityGroupRequest,
        ec2_CreateSecurityGroupResult)
PENDING(ec2_CreateSnapshot_apply, txn, CreateSnapshot, ec2_CreateSnapshotRequest, ec2_Snapshot)
PENDING(ec2_CreateSnapshots_apply, txn, CreateSnapshots, ec2_CreateSnapshotsRequest,
        ec2_CreateSnapshotsResult)
PENDING(ec2_CreateVolume_apply, txn, CreateVolume, ec2_CreateVolumeRequest, ec2_Volume)
PENDING(ec2_CreateVpcEndpoint_apply, txn, CreateVpcEndpoint, ec2_CreateVpcEndpointRequest,
        ec2_CreateVpcEndpointResult)
PENDING(ec2_DeleteFlowLogs_apply, txn, DeleteFlowLogs, ec2_DeleteFlowLogsRequest,
        ec2_DeleteFlowLogsResult)
PENDING(ec2_DeleteKeyPair_apply, txn, DeleteKeyPair, ec2_DeleteKeyPairRequest,
        ec2_DeleteKeyPairResult)
PENDING(ec2_DeleteLaunchTemplate_apply, txn, DeleteLaunchTemplate, ec2_DeleteLaunchTemplateRequest,
        ec2_DeleteLaunchTemplateResult)
PENDING(ec2_DeleteLaunchTemplateVersions_apply, txn, DeleteLaunchTemplateVersions,
        ec2_DeleteLaunchTemplateVersionsRequest, ec2_DeleteLaunchTemplateVersionsResult)
PENDING(ec2_DeleteManagedPrefixList_apply, txn, DeleteManagedPrefixList,
        ec2_DeleteManagedPrefixListRequest, ec2_DeleteManagedPrefixListResult)
PENDING(ec2_DeleteNetworkAcl_apply, txn, DeleteNetworkAcl, ec2_DeleteNetworkAclRequest,
        ec2_DeleteNetworkAclOutput)
PENDING(ec2_DeleteNetworkAclEntry_apply, txn, DeleteNetworkAclEntry,
        ec2_DeleteNetworkAclEntryRequest, ec2_DeleteNetworkAclEntryOutput)
PENDING(ec2_DeleteNetworkInterface_apply, txn, DeleteNetworkInterface,
        ec2_DeleteNetworkInterfaceRequest, ec2_DeleteNetworkInterfaceOutput)
PENDING(ec2_DeleteNetworkInterfacePermission_apply, txn, DeleteNetworkInterfacePermission,
        ec2_DeleteNetworkInterfacePermissionRequest, ec2_DeleteNetworkInterfacePermissionResult)
PENDING(ec2_DeleteSecurityGroup_apply, txn, DeleteSecurityGroup, ec2_DeleteSecurityGroupRequest,
        ec2_DeleteSecurityGroupResult)
PENDING(ec2_DeleteSnapshot_apply, txn, DeleteSnapshot, ec2_DeleteSnapshotRequest,
        ec2_DeleteSnapshotOutput)
PENDING(ec2_DeleteVolume_apply, txn, DeleteVolume, ec2_DeleteVolumeRequest, ec2_DeleteVolumeOutput)
PENDING(ec2_DeleteVpcEndpoints_apply, txn, DeleteVpcEndpoints, ec2_DeleteVpcEndpointsRequest,
        ec2_DeleteVpcEndpointsResult)
PENDING(ec2_DeregisterImage_apply, txn, DeregisterImage, ec2_DeregisterImageRequest,
        ec2_DeregisterImageResult)
PENDING(ec2_DescribeFlowLogs, req, DescribeFlowLogs, ec2_DescribeFlowLogsRequest,
        ec2_DescribeFlowLogsResult)
PENDING(ec2_DescribeIamInstanceProfileAssociations, req, DescribeIamInstanceProfileAssociations,
        ec2_DescribeIamInstanceProfileAssociationsRequest,
        ec2_DescribeIamInstanceProfileAssociationsResult)
PENDING(ec2_DescribeImageAttribute, req, DescribeImageAttribute, ec2_DescribeImageAttributeRequest,
        ec2_ImageAttribute)
PENDING(ec2_DescribeImages, req, DescribeImages, ec2_DescribeImagesRequest,
        ec2_DescribeImagesResult)
PENDING(ec2_DescribeInstanceAttribute, req, DescribeInstanceAttribute,
        ec2_DescribeInstanceAttributeRequest, ec2_InstanceAttribute)
PENDING(ec2_DescribeInstanceCreditSpecifications, req, DescribeInstanceCreditSpecifications,
        ec2_DescribeInstanceCreditSpecificationsRequest,
        ec2_DescribeInstanceCreditSpecificationsResult)
PENDING(ec2_DescribeInstanceStatus, req, DescribeInstanceStatus, ec2_DescribeInstanceStatusRequest,
        ec2_DescribeInstanceStatusResult)
PENDING(ec2_DescribeInstanceTypeOfferings, req, DescribeInstanceTypeOfferings,
        ec2_DescribeInstanceTypeOfferingsRequest, ec2_DescribeInstanceTypeOfferingsResult)
PENDING(ec2_DescribeInstanceTypes, req, DescribeInstanceTypes, ec2_DescribeInstanceTypesRequest,
        ec2_DescribeInstanceTypesResult)
PENDING(ec2_DescribeInstances, req, DescribeInstances, ec2_DescribeInstancesRequest,
        ec2_DescribeInstancesResult)
PENDING(ec2_DescribeKeyPairs, req, DescribeKeyPairs, ec2_DescribeKeyPairsRequest,
        ec2_DescribeKeyPairsResult)
PENDING(ec2_DescribeLaunchTemplateVersions, req, DescribeLaunchTemplateVersions,
        ec2_DescribeLaunchTemplateVersionsRequest, ec2_DescribeLaunchTemplateVersionsResult)
PENDING(ec2_DescribeLaunchTemplates, req, DescribeLaunchTemplates,
        ec2_DescribeLaunchTemplatesRequest, ec2_DescribeLaunchTemplatesResult)
PENDING(ec2_DescribeManagedPrefixLists, req, DescribeManagedPrefixLists,
        ec2_DescribeManagedPrefixListsRequest, ec2_DescribeManagedPrefixListsResult)
PENDING(ec2_DescribeNetworkAcls, req, DescribeNetworkAcls, ec2_DescribeNetworkAclsRequest,
        ec2_DescribeNetworkAclsResult)
PENDING(ec2_DescribeNetworkInterfaceAttribute, req, DescribeNetworkInterfaceAttribute,
        ec2_DescribeNetworkInterfaceAttributeRequest, ec2_DescribeNetworkInterfaceAttributeResult)
PENDING(ec2_DescribeNetworkInterfacePermissions, req, DescribeNetworkInterfacePermissions,
        ec2_DescribeNetworkInterfacePermissionsRequest,
        ec2_DescribeNetworkInterfacePermissionsResult)
PENDING(ec2_DescribeNetworkInterfaces, req, DescribeNetworkInterfaces,
        ec2_DescribeNetworkInterfacesRequest, ec2_DescribeNetworkInterfacesResult)
PENDING(ec2_DescribePrefixLists, req, DescribePrefixLists, ec2_DescribePrefixListsRequest,
        ec2_DescribePrefixListsResult)
PENDING(ec2_DescribeSecurityGroupReferences, req, DescribeSecurityGroupReferences,
        ec2_DescribeSecurityGroupReferencesRequest, ec2_DescribeSecurityGroupReferencesResult)
PENDING(ec2_DescribeSecurityGroupRules, req, DescribeSecurityGroupRules,
        ec2_DescribeSecurityGroupRulesRequest, ec2_DescribeSecurityGroupRulesResult)
PENDING(ec2_DescribeSecurityGroupVpcAssociations, req, DescribeSecurityGroupVpcAssociations,
        ec2_DescribeSecurityGroupVpcAssociationsRequest,
        ec2_DescribeSecurityGroupVpcAssociationsResult)
PENDING(ec2_DescribeSecurityGroups, req, DescribeSecurityGroups, ec2_DescribeSecurityGroupsRequest,
        ec2_DescribeSecurityGroupsResult)
PENDING(ec2_DescribeSnapshotAttribute, req, DescribeSnapshotAttribute,
        ec2_DescribeSnapshotAttributeRequest, ec2_DescribeSnapshotAttributeResult)
PENDING(ec2_DescribeSnapshots, req, DescribeSnapshots, ec2_DescribeSnapshotsRequest,
        ec2_DescribeSnapshotsResult)
PENDING(ec2_DescribeStaleSecurityGroups, req, DescribeStaleSecurityGroups,
        ec2_DescribeStaleSecurityGroupsRequest, ec2_DescribeStaleSecurityGroupsResult)
PENDING(ec2_DescribeVolumeAttribute, req, DescribeVolumeAttribute,
        ec2_DescribeVolumeAttributeRequest, ec2_DescribeVolumeAttributeResult)
PENDING(ec2_DescribeVolumeStatus, req, DescribeVolumeStatus, ec2_DescribeVolumeStatusRequest,
        ec2_DescribeVolumeStatusResult)
PENDING(ec2_DescribeVolumes, req, DescribeVolumes, ec2_DescribeVolumesRequest,
        ec2_DescribeVolumesResult)
PENDING(ec2_DescribeVolumesModifications, req, DescribeVolumesModifications,
        ec2_DescribeVolumesModificationsRequest, ec2_DescribeVolumesModificationsResult)
PENDING(ec2_DescribeVpcEndpointServices, req, DescribeVpcEndpointServices,
        ec2_DescribeVpcEndpointServicesRequest, ec2_DescribeVpcEndpointServicesResult)
PENDING(ec2_DescribeVpcEndpoints, req, DescribeVpcEndpoints, ec2_DescribeVpcEndpointsRequest,
        ec2_DescribeVpcEndpointsResult)
PENDING(ec2_DetachNetworkInterface_apply, txn, DetachNetworkInterface,
        ec2_DetachNetworkInterfaceRequest, ec2_DetachNetworkInterfaceOutput)
PENDING(ec2_DetachVolume_apply, txn, DetachVolume, ec2_DetachVolumeRequest, ec2_VolumeAttachment)
PENDING(ec2_DisableEbsEncryptionByDefault_apply, txn, DisableEbsEncryptionByDefault,
        ec2_DisableEbsEncryptionByDefaultRequest, ec2_DisableEbsEncryptionByDefaultResult)
PENDING(ec2_DisableImageDeprecation_apply, txn, DisableImageDeprecation,
        ec2_DisableImageDeprecationRequest, ec2_DisableImageDeprecationResult)
PENDING(ec2_DisassociateIamInstanceProfile_apply, txn, DisassociateIamInstanceProfile,
        ec2_DisassociateIamInstanceProfileRequest, ec2_DisassociateIamInstanceProfileResult)
PENDING(ec2_DisassociateSecurityGroupVpc_apply, txn, DisassociateSecurityGroupVpc,
        ec2_DisassociateSecurityGroupVpcRequest, ec2_DisassociateSecurityGroupVpcResult)
PENDING(ec2_EnableEbsEncryptionByDefault_apply, txn, EnableEbsEncryptionByDefault,
        ec2_EnableEbsEncryptionByDefaultRequest, ec2_EnableEbsEncryptionByDefaultResult)
PENDING(ec2_EnableImageDeprecation_apply, txn, EnableImageDeprecation,
        ec2_EnableImageDeprecationRequest, ec2_EnableImageDeprecationResult)
PENDING(ec2_EnableVolumeIO_apply, txn, EnableVolumeIO, ec2_EnableVolumeIORequest,
        ec2_EnableVolumeIOOutput)
PENDING(ec2_GetConsoleOutput, req, GetConsoleOutput, ec2_GetConsoleOutputRequest,
        ec2_GetConsoleOutputResult)
PENDING(ec2_GetEbsDefaultKmsKeyId, req, GetEbsDefaultKmsKeyId, ec2_GetEbsDefaultKmsKeyIdRequest,
        ec2_GetEbsDefaultKmsKeyIdResult)
PENDING(ec2_GetEbsEncryptionByDefault, req, GetEbsEncryptionByDefault,
        ec2_GetEbsEncryptionByDefaultRequest, ec2_GetEbsEncryptionByDefaultResult)
PENDING(ec2_GetInstanceMetadataDefaults, req, GetInstanceMetadataDefaults,
        ec2_GetInstanceMetadataDefaultsRequest, ec2_GetInstanceMetadataDefaultsResult)
PENDING(ec2_GetInstanceUefiData, req, GetInstanceUefiData, ec2_GetInstanceUefiDataRequest,
        ec2_GetInstanceUefiDataResult)
PENDING(ec2_GetLaunchTemplateData, req, GetLaunchTemplateData, ec2_GetLaunchTemplateDataRequest,
        ec2_GetLaunchTemplateDataResult)
PENDING(ec2_GetManagedPrefixListAssociations, req, GetManagedPrefixListAssociations,
        ec2_GetManagedPrefixListAssociationsRequest, ec2_GetManagedPrefixListAssociationsResult)
PENDING(ec2_GetManagedPrefixListEntries, req, GetManagedPrefixListEntries,
        ec2_GetManagedPrefixListEntriesRequest, ec2_GetManagedPrefixListEntriesResult)
PENDING(ec2_GetPasswordData, req, GetPasswordData, ec2_GetPasswordDataRequest,
        ec2_GetPasswordDataResult)
PENDING(ec2_GetSecurityGroupsForVpc, req, GetSecurityGroupsForVpc,
        ec2_GetSecurityGroupsForVpcRequest, ec2_GetSecurityGroupsForVpcResult)
PENDING(ec2_ImportKeyPair_apply, txn, ImportKeyPair, ec2_ImportKeyPairRequest,
        ec2_ImportKeyPairResult)
PENDING(ec2_ModifyEbsDefaultKmsKeyId_apply, txn, ModifyEbsDefaultKmsKeyId,
        ec2_ModifyEbsDefaultKmsKeyIdRequest, ec2_ModifyEbsDefaultKmsKeyIdResult)
PENDING(ec2_ModifyImageAttribute_apply, txn, ModifyImageAttribute, ec2_ModifyImageAttributeRequest,
        ec2_ModifyImageAttributeOutput)
PENDING(ec2_ModifyInstanceAttribute_apply, txn, ModifyInstanceAttribute,
        ec2_ModifyInstanceAttributeRequest, ec2_ModifyInstanceAttributeOutput)
PENDING(ec2_ModifyInstanceCreditSpecification_apply, txn, ModifyInstanceCreditSpecification,
        ec2_ModifyInstanceCreditSpecificationRequest, ec2_ModifyInstanceCreditSpecificationResult)
PENDING(ec2_ModifyInstanceMaintenanceOptions_apply, txn, ModifyInstanceMaintenanceOptions,
        ec2_ModifyInstanceMaintenanceOptionsRequest, ec2_ModifyInstanceMaintenanceOptionsResult)
PENDING(ec2_ModifyInstanceMetadataDefaults_apply, txn, ModifyInstanceMetadataDefaults,
        ec2_ModifyInstanceMetadataDefaultsRequest, ec2_ModifyInstanceMetadataDefaultsResult)
PENDING(ec2_ModifyInstanceMetadataOptions_apply, txn, ModifyInstanceMetadataOptions,
        ec2_ModifyInstanceMetadataOptionsRequest, ec2_ModifyInstanceMetadataOptionsResult)
PENDING(ec2_ModifyInstancePlacement_apply, txn, ModifyInstancePlacement,
        ec2_ModifyInstancePlacementRequest, ec2_ModifyInstancePlacementResult)
PENDING(ec2_ModifyLaunchTemplate_apply, txn, ModifyLaunchTemplate, ec2_ModifyLaunchTemplateRequest,
        ec2_ModifyLaunchTemplateResult)
PENDING(ec2_ModifyManagedPrefixList_apply, txn, ModifyManagedPrefixList,
        ec2_ModifyManagedPrefixListRequest, ec2_ModifyManagedPrefixListResult)
PENDING(ec2_ModifyNetworkInterfaceAttribute_apply, txn, ModifyNetworkInterfaceAttribute,
        ec2_ModifyNetworkInterfaceAttributeRequest, ec2_ModifyNetworkInterfaceAttributeOutput)
PENDING(ec2_ModifyPrivateDnsNameOptions_apply, txn, ModifyPrivateDnsNameOptions,
        ec2_ModifyPrivateDnsNameOptionsRequest, ec2_ModifyPrivateDnsNameOptionsResult)
PENDING(ec2_ModifySecurityGroupRules_apply, txn, ModifySecurityGroupRules,
        ec2_ModifySecurityGroupRulesRequest, ec2_ModifySecurityGroupRulesResult)
PENDING(ec2_ModifySnapshotAttribute_apply, txn, ModifySnapshotAttribute,
        ec2_ModifySnapshotAttributeRequest, ec2_ModifySnapshotAttributeOutput)
PENDING(ec2_ModifyVolume_apply, txn, ModifyVolume, ec2_ModifyVolumeRequest, ec2_ModifyVolumeResult)
PENDING(ec2_ModifyVolumeAttribute_apply, txn, ModifyVolumeAttribute,
        ec2_ModifyVolumeAttributeRequest, ec2_ModifyVolumeAttributeOutput)
PENDING(ec2_ModifyVpcEndpoint_apply, txn, ModifyVpcEndpoint, ec2_ModifyVpcEndpointRequest,
        ec2_ModifyVpcEndpointResult)
PENDING(ec2_MonitorInstances_apply, txn, MonitorInstances, ec2_MonitorInstancesRequest,
        ec2_MonitorInstancesResult)
PENDING(ec2_RebootInstances_apply, txn, RebootInstances, ec2_RebootInstancesRequest,
        ec2_RebootInstancesOutput)
PENDING(ec2_RegisterImage_apply, txn, RegisterImage, ec2_RegisterImageRequest,
        ec2_RegisterImageResult)
PENDING(ec2_ReplaceIamInstanceProfileAssociation_apply, txn, ReplaceIamInstanceProfileAssociation,
        ec2_ReplaceIamInstanceProfileAssociationRequest,
        ec2_ReplaceIamInstanceProfileAssociationResult)
PENDING(ec2_ReplaceNetworkAclAssociation_apply, txn, ReplaceNetworkAclAssociation,
        ec2_ReplaceNetworkAclAssociationRequest, ec2_ReplaceNetworkAclAssociationResult)
PENDING(ec2_ReplaceNetworkAclEntry_apply, txn, ReplaceNetworkAclEntry,
        ec2_ReplaceNetworkAclEntryRequest, ec2_ReplaceNetworkAclEntryOutput)
PENDING(ec2_ResetEbsDefaultKmsKeyId_apply, txn, ResetEbsDefaultKmsKeyId,
        ec2_ResetEbsDefaultKmsKeyIdRequest, ec2_ResetEbsDefaultKmsKeyIdResult)
PENDING(ec2_ResetImageAttribute_apply, txn, ResetImageAttribute, ec2_ResetImageAttributeRequest,
        ec2_ResetImageAttributeOutput)
PENDING(ec2_ResetInstanceAttribute_apply, txn, ResetInstanceAttribute,
        ec2_ResetInstanceAttributeRequest, ec2_ResetInstanceAttributeOutput)
PENDING(ec2_ResetNetworkInterfaceAttribute_apply, txn, ResetNetworkInterfaceAttribute,
        ec2_ResetNetworkInterfaceAttributeRequest, ec2_ResetNetworkInterfaceAttributeOutput)
PENDING(ec2_ResetSnapshotAttribute_apply, txn, ResetSnapshotAttribute,
        ec2_ResetSnapshotAttributeRequest, ec2_ResetSnapshotAttributeOutput)
PENDING(ec2_RestoreManagedPrefixListVersion_apply, txn, RestoreManagedPrefixListVersion,
        ec2_RestoreManagedPrefixListVersionRequest, ec2_RestoreManagedPrefixListVersionResult)
PENDING(ec2_RevokeSecurityGroupEgress_apply, txn, RevokeSecurityGroupEgress,
        ec2_RevokeSecurityGroupEgressRequest, ec2_RevokeSecurityGroupEgressResult)
PENDING(ec2_RevokeSecurityGroupIngress_apply, txn, RevokeSecurityGroupIngress,
        ec2_RevokeSecurityGroupIngressRequest, ec2_RevokeSecurityGroupIngressResult)
PENDING(ec2_RunInstances_apply, txn, RunInstances, ec2_RunInstancesRequest, ec2_Reservation)
PENDING(ec2_StartInstances_apply, txn, StartInstances, ec2_StartInstancesRequest,
        ec2_StartInstancesResult)
PENDING(ec2_StopInstances_apply, txn, StopInstances, ec2_StopInstancesRequest,
        ec2_StopInstancesResult)
PENDING(ec2_TerminateInstances_apply, txn, TerminateInstances, ec2_TerminateInstancesRequest,
        ec2_TerminateInstancesResult)
PENDING(ec2_UnassignPrivateIpAddresses_apply, txn, UnassignPrivateIpAddresses,
        ec2_UnassignPrivateIpAddressesRequest, ec2_UnassignPrivateIpAddressesOutput)
PENDING(ec2_UnmonitorInstances_apply, txn, UnmonitorInstances, ec2_UnmonitorInstancesRequest,
        ec2_UnmonitorInstancesResult)
PENDING(ec2_UpdateSecurityGroupRuleDescriptionsEgress_apply, txn,
        UpdateSecurityGroupRuleDescriptionsEgress,
        ec2_UpdateSecurityGroupRuleDescriptionsEgressRequest,
        ec2_UpdateSecurityGroupRuleDescriptionsEgressResult)
PENDING(ec2_UpdateSecurityGroupRuleDescriptionsIngress_apply, txn,
        UpdateSecurityGroupRuleDescriptionsIngress,
        ec2_UpdateSecurityGroupRuleDescriptionsIngressRequest,
        ec2_UpdateSecurityGroupRuleDescriptionsIngressResult)
