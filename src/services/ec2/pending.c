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
PENDING(ec2_EnableEbsEncryptionByDefault_apply, txn, EnableEbsEncryptionByDefault,
        ec2_EnableEbsEncryptionByDefaultRequest, ec2_EnableEbsEncryptionByDefaultResult)
PENDING(ec2_EnableVolumeIO_apply, txn, EnableVolumeIO, ec2_EnableVolumeIORequest,
        ec2_EnableVolumeIOOutput)
PENDING(ec2_GetEbsDefaultKmsKeyId, req, GetEbsDefaultKmsKeyId, ec2_GetEbsDefaultKmsKeyIdRequest,
        ec2_GetEbsDefaultKmsKeyIdResult)
PENDING(ec2_GetEbsEncryptionByDefault, req, GetEbsEncryptionByDefault,
        ec2_GetEbsEncryptionByDefaultRequest, ec2_GetEbsEncryptionByDefaultResult)
PENDING(ec2_ModifyEbsDefaultKmsKeyId_apply, txn, ModifyEbsDefaultKmsKeyId,
        ec2_ModifyEbsDefaultKmsKeyIdRequest, ec2_ModifyEbsDefaultKmsKeyIdResult)
PENDING(ec2_ModifySnapshotAttribute_apply, txn, ModifySnapshotAttribute,
        ec2_ModifySnapshotAttributeRequest, ec2_ModifySnapshotAttributeOutput)
PENDING(ec2_ModifyVolume_apply, txn, ModifyVolume, ec2_ModifyVolumeRequest, ec2_ModifyVolumeResult)
PENDING(ec2_ModifyVolumeAttribute_apply, txn, ModifyVolumeAttribute,
        ec2_ModifyVolumeAttributeRequest, ec2_ModifyVolumeAttributeOutput)
PENDING(ec2_RegisterImage_apply, txn, RegisterImage, ec2_RegisterImageRequest,
        ec2_RegisterImageResult)
PENDING(ec2_ResetEbsDefaultKmsKeyId_apply, txn, ResetEbsDefaultKmsKeyId,
        ec2_ResetEbsDefaultKmsKeyIdRequest, ec2_ResetEbsDefaultKmsKeyIdResult)
PENDING(ec2_ResetSnapshotAttribute_apply, txn, ResetSnapshotAttribute,
        ec2_ResetSnapshotAttributeRequest, ec2_ResetSnapshotAttributeOutput)
