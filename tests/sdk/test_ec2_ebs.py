# SPDX-License-Identifier: Apache-2.0
"""Volumes and snapshots by themselves: types and their rules, states, encryption, defaults, sharing.
Those of instances are in test_ec2_volumes.py."""
import os

import pytest
from ec2_util import account_number, ec2, ec2_of, fails, filters, tagged  # noqa: F401
from region import wait_for

ZONE = "us-east-1a"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="data volumes need root")


def state(ec2, volume):
    return ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"]


def make(ec2, size=1, **kw):
    volume = ec2.create_volume(AvailabilityZone=ZONE, **({"Size": size} if size else {}), **kw)["VolumeId"]
    wait_for(lambda: state(ec2, volume) == "available", what=f"{volume} available")
    return volume


def snapshot(ec2, volume, **kw):
    made = ec2.create_snapshot(VolumeId=volume, **kw)
    assert made["State"] == "pending" and made["VolumeId"] == volume
    return complete(ec2, made["SnapshotId"])


def complete(ec2, name):
    wait_for(lambda: ec2.describe_snapshots(SnapshotIds=[name])["Snapshots"][0]["State"] == "completed",
             what=f"{name} completed")
    return name


def one(ec2, volume):
    return ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]


# --- making ---

def test_a_volume_is_made_described_and_deleted(ec2):
    made = ec2.create_volume(AvailabilityZone=ZONE, Size=2, VolumeType="gp3", TagSpecifications=tagged("volume", Name="a"))
    assert made["State"] == "creating" and made["Size"] == 2 and made["VolumeType"] == "gp3"
    assert (made["Iops"], made["Throughput"], made["Encrypted"], made["SnapshotId"]) == (3000, 125, False, "")
    volume = made["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
    (seen,) = ec2.describe_volumes(Filters=filters(size="2", volume_type="gp3") + [
        {"Name": "tag:Name", "Values": ["a"]}])["Volumes"]
    assert seen["VolumeId"] == volume and seen["Attachments"] == [] and seen["AvailabilityZone"] == ZONE
    (status,) = ec2.describe_volume_status(VolumeIds=[volume])["VolumeStatuses"]
    assert status["VolumeStatus"]["Status"] == "ok"
    ec2.delete_volume(VolumeId=volume)
    fails("InvalidVolume.NotFound", ec2.describe_volumes, VolumeIds=[volume],
          message=f"The volume '{volume}' does not exist.")
    fails("InvalidVolume.NotFound", ec2.delete_volume, VolumeId=volume)


@pytest.mark.parametrize("asked, code", [
    ({}, "MissingParameter"),
    ({"Size": 0}, "MissingParameter"),
    ({"Size": 16385}, "InvalidParameterValue"),
    ({"Size": 100, "VolumeType": "st1"}, "InvalidParameterValue"),
    ({"Size": 2000, "VolumeType": "standard"}, "InvalidParameterValue"),
    ({"Size": 10, "VolumeType": "gp2", "Iops": 300}, "InvalidParameterCombination"),
    ({"Size": 10, "VolumeType": "gp2", "Throughput": 300}, "InvalidParameterCombination"),
    ({"Size": 10, "VolumeType": "io1"}, "MissingParameter"),
    ({"Size": 10, "VolumeType": "io1", "Iops": 600}, "InvalidParameterValue"),
    ({"Size": 10, "VolumeType": "gp3", "Iops": 2000}, "InvalidParameterValue"),
    ({"Size": 10, "VolumeType": "gp3", "Iops": 16001}, "InvalidParameterValue"),
    ({"Size": 100, "VolumeType": "gp3", "Throughput": 1000}, "InvalidParameterValue"),
    ({"Size": 10, "VolumeType": "io2", "Iops": 200, "MultiAttachEnabled": True}, "UnsupportedOperation"),
    ({"Size": 10, "KmsKeyId": "alias/x"}, "InvalidParameterDependency"),
    ({"SnapshotId": "snap-0123456789abcdef0"}, "InvalidSnapshot.NotFound"),
    ({"Size": 10, "AvailabilityZone": "us-east-1z"}, "InvalidZone.NotFound"),
])
def test_what_no_volume_can_be(ec2, asked, code):
    fails(code, ec2.create_volume, **{"AvailabilityZone": ZONE, **asked})


def test_types_say_their_own_figures(ec2):
    for asked, iops, throughput in [
            ({"Size": 1, "VolumeType": "gp2"}, 100, None), ({"Size": 1000, "VolumeType": "gp2"}, 3000, None),
            ({"Size": 16384, "VolumeType": "gp2"}, 16000, None), ({"Size": 125, "VolumeType": "sc1"}, None, None),
            ({"Size": 50, "VolumeType": "gp3", "Iops": 4000, "Throughput": 1000}, 4000, 1000),
            ({"Size": 4, "VolumeType": "io2", "Iops": 4000}, 4000, None)]:
        made = ec2.create_volume(AvailabilityZone=ZONE, **asked)
        assert (made.get("Iops"), made.get("Throughput")) == (iops, throughput), asked


def test_the_same_token_makes_one_volume(ec2):
    first = ec2.create_volume(AvailabilityZone=ZONE, Size=1, ClientToken="t")
    assert ec2.create_volume(AvailabilityZone=ZONE, Size=1, ClientToken="t")["VolumeId"] == first["VolumeId"]
    fails("IdempotentParameterMismatch", ec2.create_volume, AvailabilityZone=ZONE, Size=2, ClientToken="t")


def test_attributes_and_io(ec2):
    volume = make(ec2)
    ec2.enable_volume_io(VolumeId=volume)
    attribute = ec2.describe_volume_attribute(VolumeId=volume, Attribute="autoEnableIO")
    assert attribute["AutoEnableIO"] == {"Value": False}
    ec2.modify_volume_attribute(VolumeId=volume, AutoEnableIO={"Value": True})
    assert ec2.describe_volume_attribute(VolumeId=volume, Attribute="autoEnableIO")["AutoEnableIO"]["Value"]
    assert ec2.describe_volume_attribute(VolumeId=volume, Attribute="productCodes")["ProductCodes"] == []


# --- changing ---

def test_a_volume_grows_and_changes_its_type(ec2):
    volume = make(ec2, VolumeType="gp2")
    fails("InvalidVolumeModification.NotFound", ec2.describe_volumes_modifications, VolumeIds=[volume])
    modification = ec2.modify_volume(VolumeId=volume, Size=10, VolumeType="gp3", Iops=3500)["VolumeModification"]
    assert modification["ModificationState"] == "modifying" and modification["OriginalSize"] == 1

    def done():
        (m,) = ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"]
        return m if m["ModificationState"] == "completed" else None
    done = wait_for(done, what="the modification")
    assert (done["Progress"], done["TargetSize"], done["TargetThroughput"]) == (100, 10, 125)
    seen = one(ec2, volume)
    assert (seen["Size"], seen["VolumeType"], seen["Iops"], seen["Throughput"]) == (10, "gp3", 3500, 125)
    fails("InvalidParameterValue", ec2.modify_volume, VolumeId=volume, Size=2,
          message="New size cannot be smaller than existing size")
    fails("InvalidParameterCombination", ec2.modify_volume, VolumeId=volume)


# --- snapshots ---

def test_a_snapshot_is_taken_and_a_volume_made_of_it(ec2):
    volume = make(ec2, 2)
    name = snapshot(ec2, volume, Description="of a", TagSpecifications=tagged("snapshot", Name="s"))
    (seen,) = ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": "tag:Name", "Values": ["s"]}])["Snapshots"]
    assert (seen["Progress"], seen["VolumeSize"], seen["Description"], seen["OwnerId"]) == (
        "100%", 2, "of a", ec2.account)
    fails("InvalidBlockDeviceMapping", ec2.create_volume, AvailabilityZone=ZONE, Size=1, SnapshotId=name)
    copy = make(ec2, 0, SnapshotId=name)
    assert one(ec2, copy)["Size"] == 2 and one(ec2, copy)["SnapshotId"] == name
    assert one(ec2, make(ec2, 5, SnapshotId=name))["Size"] == 5
    ec2.delete_volume(VolumeId=volume)
    ec2.delete_snapshot(SnapshotId=name)
    fails("InvalidSnapshot.NotFound", ec2.describe_snapshots, SnapshotIds=[name])
    assert state(ec2, copy) == "available"


def test_a_snapshot_is_copied_to_another_region(region):
    account = account_number()
    here, there = ec2_of(region, account), ec2_of(region, account, "eu-west-1")
    name = snapshot(here, make(here))
    copy = complete(there, there.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=name, Description="c",
                                               TagSpecifications=tagged("snapshot", a="b"))["SnapshotId"])
    (seen,) = there.describe_snapshots(SnapshotIds=[copy])["Snapshots"]
    assert seen["VolumeId"] == "vol-ffffffff" and seen["Description"] == "c" and not seen["Encrypted"]
    fails("InvalidSnapshot.NotFound", here.describe_snapshots, SnapshotIds=[copy])
    fails("InvalidSnapshot.NotFound", there.copy_snapshot, SourceRegion="eu-west-1", SourceSnapshotId=name)
    sealed = complete(there, there.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=name,
                                                 Encrypted=True)["SnapshotId"])
    seen = there.describe_snapshots(SnapshotIds=[sealed])["Snapshots"][0]
    assert seen["Encrypted"] and ":kms:eu-west-1:" in seen["KmsKeyId"]
    again = complete(here, here.copy_snapshot(SourceRegion="eu-west-1", SourceSnapshotId=sealed)["SnapshotId"])
    assert ":kms:us-east-1:" in here.describe_snapshots(SnapshotIds=[again])["Snapshots"][0]["KmsKeyId"]


def test_a_snapshot_is_shared(region, ec2):
    other = account_number()
    them = ec2_of(region, other)
    them.describe_vpcs()
    name = snapshot(ec2, make(ec2))
    fails("InvalidSnapshot.NotFound", them.describe_snapshots, SnapshotIds=[name])
    fails("InvalidSnapshot.NotFound", them.create_volume, AvailabilityZone=ZONE, SnapshotId=name)
    ec2.modify_snapshot_attribute(SnapshotId=name, CreateVolumePermission={"Add": [{"UserId": other}]})
    assert ec2.describe_snapshot_attribute(SnapshotId=name, Attribute="createVolumePermission")[
        "CreateVolumePermissions"] == [{"UserId": other}]
    (seen,) = them.describe_snapshots(SnapshotIds=[name])["Snapshots"]
    assert seen["OwnerId"] == ec2.account
    assert not them.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert [s["SnapshotId"] for s in them.describe_snapshots(RestorableByUserIds=["self"])["Snapshots"]] == [name]
    make(them, 0, SnapshotId=name)
    fails("InvalidSnapshot.NotFound", them.delete_snapshot, SnapshotId=name)
    ec2.reset_snapshot_attribute(SnapshotId=name, Attribute="createVolumePermission")
    fails("InvalidSnapshot.NotFound", them.describe_snapshots, SnapshotIds=[name])
    ec2.modify_snapshot_attribute(SnapshotId=name, Attribute="createVolumePermission", OperationType="add",
                                  GroupNames=["all"])
    assert them.describe_snapshots(SnapshotIds=[name])["Snapshots"]
    fails("InvalidParameterValue", ec2.modify_snapshot_attribute, SnapshotId=name,
          CreateVolumePermission={"Add": [{"UserId": "999999999999"}]})


def test_a_volume_may_be_deleted_while_a_snapshot_of_it_is_taken(ec2):
    volume = make(ec2)
    name = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.delete_volume(VolumeId=volume)
    complete(ec2, name)

    def gone():
        return not ec2.describe_volumes(Filters=filters(volume_id=volume))["Volumes"]
    wait_for(gone, what="the end of the volume")


# --- encryption ---

def test_an_encrypted_volume_has_the_regions_key(region, ec2):
    volume = make(ec2, Encrypted=True)
    seen = one(ec2, volume)
    kms = region.client("kms", ec2.account, "any")
    key = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]
    assert seen["Encrypted"] and seen["KmsKeyId"] == key["Arn"] and key["KeyManager"] == "AWS"
    name = snapshot(ec2, volume)
    assert ec2.describe_snapshots(SnapshotIds=[name])["Snapshots"][0]["KmsKeyId"] == key["Arn"]
    assert one(ec2, make(ec2, 0, SnapshotId=name))["KmsKeyId"] == key["Arn"]
    fails("InvalidParameterValue", ec2.create_volume, AvailabilityZone=ZONE, SnapshotId=name, Encrypted=False)
    fails("OperationNotPermitted", ec2.modify_snapshot_attribute, SnapshotId=name,
          CreateVolumePermission={"Add": [{"Group": "all"}]})


def test_a_customers_key_and_one_that_is_disabled(region, ec2):
    kms = region.client("kms", ec2.account, "any")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    other = kms.create_key()["KeyMetadata"]["Arn"]
    volume = make(ec2, Encrypted=True, KmsKeyId=key)
    assert one(ec2, volume)["KmsKeyId"] == key
    assert kms.list_grants(KeyId=key)["Grants"][0]["GranteePrincipal"] == "ec2.amazonaws.com"
    name = snapshot(ec2, volume)
    copy = complete(ec2, ec2.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=name, Encrypted=True,
                                           KmsKeyId=other)["SnapshotId"])
    assert ec2.describe_snapshots(SnapshotIds=[copy])["Snapshots"][0]["KmsKeyId"] == other
    kms.disable_key(KeyId=key)
    fails("InvalidKmsKey.InvalidState", ec2.create_volume, AvailabilityZone=ZONE, Size=1, Encrypted=True, KmsKeyId=key)
    assert one(ec2, make(ec2, 0, SnapshotId=copy))["KmsKeyId"] == other
    # The last one with the data key takes the grant along.
    kms.enable_key(KeyId=key)
    ec2.delete_volume(VolumeId=volume)
    assert len(kms.list_grants(KeyId=key)["Grants"]) == 1
    ec2.delete_snapshot(SnapshotId=name)
    wait_for(lambda: not kms.list_grants(KeyId=key)["Grants"], what="the end of the grant")
    fails("KmsKeyNotAccessible", ec2.create_volume, AvailabilityZone=ZONE, Size=1, Encrypted=True,
          KmsKeyId="11111111-2222-3333-4444-555555555555")


def test_encryption_by_default(region, ec2):
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    plain = snapshot(ec2, make(ec2))
    assert ec2.enable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    assert one(ec2, make(ec2))["Encrypted"]
    key = region.client("kms", ec2.account, "any").create_key()["KeyMetadata"]["Arn"]
    assert ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)["KmsKeyId"] == key
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == key
    assert one(ec2, make(ec2, 0, SnapshotId=plain))["KmsKeyId"] == key
    assert ec2.reset_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    ec2.disable_ebs_encryption_by_default()
    assert not one(ec2, make(ec2))["Encrypted"]
    assert ec2_of(region, ec2.account, "eu-west-1").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
