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

PENDING(ec2_AssociateIamInstanceProfile_apply, txn, AssociateIamInstanceProfile,
        ec2_AssociateIamInstanceProfileRequest, ec2_AssociateIamInstanceProfileResult)
PENDING(ec2_AttachVolume_apply, txn, AttachVolume, ec2_AttachVolumeRequest, ec2_VolumeAttachment)
PENDING(ec2_CopyImage_apply, txn, CopyImage, ec2_CopyImageRequest, ec2_CopyImageResult)
PENDING(ec2_CopySnapshot_apply, txn, CopySnapshot, ec2_CopySnapshotRequest, ec2_CopySnapshotResult)
PENDING(ec2_CreateImage_apply, txn, CreateImage, ec2_CreateImageRequest, ec2_CreateImageResult)
PENDING(ec2_CreateSnapshot_apply, txn, CreateSnapshot, ec2_CreateSnapshotRequest, ec2_Snapshot)
PENDING(ec2_CreateSnapshots_apply, txn, CreateSnapshots, ec2_CreateSnapshotsRequest,
        ec2_CreateSnapshotsResult)
PENDING(ec2_CreateVolume_apply, txn, CreateVolume, ec2_CreateVolumeRequest, ec2_Volume)
PENDING(ec2_DeleteSnapshot_apply, txn, DeleteSnapshot, ec2_DeleteSnapshotRequest,
        ec2_DeleteSnapshotOutput)
PENDING(ec2_DeleteVolume_apply, txn, DeleteVolume, ec2_DeleteVolumeRequest, ec2_DeleteVolumeOutput)
PENDING(ec2_DeregisterImage_apply, txn, DeregisterImage, ec2_DeregisterImageRequest,
        ec2_DeregisterImageResult)
PENDING(ec2_DescribeIamInstanceProfileAssociations, req, DescribeIamInstanceProfileAssociations,
        ec2_DescribeIamInstanceProfileAssociationsRequest,
        ec2_DescribeIamInstanceProfileAssociationsResult)
PENDING(ec2_DescribeInstanceAttribute, req, DescribeInstanceAttribute,
        ec2_DescribeInstanceAttributeRequest, ec2_InstanceAttribute)
PENDING(ec2_DescribeInstanceCreditSpecifications, req, DescribeInstanceCreditSpecifications,
        ec2_DescribeInstanceCreditSpecificationsRequest,
        ec2_DescribeInstanceCreditSpecificationsResult)
PENDING(ec2_DescribeInstanceStatus, req, DescribeInstanceStatus, ec2_DescribeInstanceStatusRequest,
        ec2_DescribeInstanceStatusResult)
PENDING(ec2_DescribeInstances, req, DescribeInstances, ec2_DescribeInstancesRequest,
        ec2_DescribeInstancesResult)
PENDING(ec2_DescribeSnapshotAttribute, req, DescribeSnapshotAttribute,
        ec2_DescribeSnapshotAttributeRequest, ec2_DescribeSnapshotAttributeResult)
PENDING(ec2_DescribeSnapshots, req, DescribeSnapshots, ec2_DescribeSnapshotsRequest,
        ec2_DescribeSnapshotsResult)
PENDING(ec2_DescribeVolumeAttribute, req, DescribeVolumeAttribute,
        ec2_DescribeVolumeAttributeRequest, ec2_DescribeVolumeAttributeResult)
PENDING(ec2_DescribeVolumeStatus, req, DescribeVolumeStatus, ec2_DescribeVolumeStatusRequest,
        ec2_DescribeVolumeStatusResult)
PENDING(ec2_DescribeVolumes, req, DescribeVolumes, ec2_DescribeVolumesRequest,
        ec2_DescribeVolumesResult)
PENDING(ec2_DescribeVolumesModifications, req, DescribeVolumesModifications,
        ec2_DescribeVolumesModificationsRequest, ec2_DescribeVolumesModificationsResult)
PENDING(ec2_DetachVolume_apply, txn, DetachVolume, ec2_DetachVolumeRequest, ec2_VolumeAttachment)
PENDING(ec2_DisableEbsEncryptionByDefault_apply, txn, DisableEbsEncryptionByDefault,
        ec2_DisableEbsEncryptionByDefaultRequest, ec2_DisableEbsEncryptionByDefaultResult)
PENDING(ec2_DisassociateIamInstanceProfile_apply, txn, DisassociateIamInstanceProfile,
        ec2_DisassociateIamInstanceProfileRequest, ec2_DisassociateIamInstanceProfileResult)
PENDING(ec2_EnableEbsEncryptionByDefault_apply, txn, EnableEbsEncryptionByDefault,
        ec2_EnableEbsEncryptionByDefaultRequest, ec2_EnableEbsEncryptionByDefaultResult)
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
PENDING(ec2_GetPasswordData, req, GetPasswordData, ec2_GetPasswordDataRequest,
        ec2_GetPasswordDataResult)
PENDING(ec2_ModifyEbsDefaultKmsKeyId_apply, txn, ModifyEbsDefaultKmsKeyId,
        ec2_ModifyEbsDefaultKmsKeyIdRequest, ec2_ModifyEbsDefaultKmsKeyIdResult)
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
PENDING(ec2_ModifyPrivateDnsNameOptions_apply, txn, ModifyPrivateDnsNameOptions,
        ec2_ModifyPrivateDnsNameOptionsRequest, ec2_ModifyPrivateDnsNameOptionsResult)
PENDING(ec2_ModifySnapshotAttribute_apply, txn, ModifySnapshotAttribute,
        ec2_ModifySnapshotAttributeRequest, ec2_ModifySnapshotAttributeOutput)
PENDING(ec2_ModifyVolume_apply, txn, ModifyVolume, ec2_ModifyVolumeRequest, ec2_ModifyVolumeResult)
PENDING(ec2_ModifyVolumeAttribute_apply, txn, ModifyVolumeAttribute,
        ec2_ModifyVolumeAttributeRequest, ec2_ModifyVolumeAttributeOutput)
PENDING(ec2_MonitorInstances_apply, txn, MonitorInstances, ec2_MonitorInstancesRequest,
        ec2_MonitorInstancesResult)
PENDING(ec2_RebootInstances_apply, txn, RebootInstances, ec2_RebootInstancesRequest,
        ec2_RebootInstancesOutput)
PENDING(ec2_RegisterImage_apply, txn, RegisterImage, ec2_RegisterImageRequest,
        ec2_RegisterImageResult)
PENDING(ec2_ReplaceIamInstanceProfileAssociation_apply, txn, ReplaceIamInstanceProfileAssociation,
        ec2_ReplaceIamInstanceProfileAssociationRequest,
        ec2_ReplaceIamInstanceProfileAssociationResult)
PENDING(ec2_ResetEbsDefaultKmsKeyId_apply, txn, ResetEbsDefaultKmsKeyId,
        ec2_ResetEbsDefaultKmsKeyIdRequest, ec2_ResetEbsDefaultKmsKeyIdResult)
PENDING(ec2_ResetInstanceAttribute_apply, txn, ResetInstanceAttribute,
        ec2_ResetInstanceAttributeRequest, ec2_ResetInstanceAttributeOutput)
PENDING(ec2_ResetSnapshotAttribute_apply, txn, ResetSnapshotAttribute,
        ec2_ResetSnapshotAttributeRequest, ec2_ResetSnapshotAttributeOutput)
PENDING(ec2_RunInstances_apply, txn, RunInstances, ec2_RunInstancesRequest, ec2_Reservation)
PENDING(ec2_StartInstances_apply, txn, StartInstances, ec2_StartInstancesRequest,
        ec2_StartInstancesResult)
PENDING(ec2_StopInstances_apply, txn, StopInstances, ec2_StopInstancesRequest,
        ec2_StopInstancesResult)
PENDING(ec2_TerminateInstances_apply, txn, TerminateInstances, ec2_TerminateInstancesRequest,
        ec2_TerminateInstancesResult)
PENDING(ec2_UnmonitorInstances_apply, txn, UnmonitorInstances, ec2_UnmonitorInstancesRequest,
        ec2_UnmonitorInstancesResult)
