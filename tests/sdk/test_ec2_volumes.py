# SPDX-License-Identifier: Apache-2.0
"""Volumes of instances: attached, mounted by the guest, detached, moved, kept and deleted with them."""
import os

import pytest
from ec2_machines import end, launch, seen, until, wait_state
from ec2_util import ec2, fails, filters, tagged  # noqa: F401

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="devices need root")


def volume(ec2, name):
    return ec2.describe_volumes(VolumeIds=[name])["Volumes"][0]


def zone_of(ec2, instance):
    return seen(ec2, instance)["Placement"]["AvailabilityZone"]


def make(ec2, zone, **kw):
    name = ec2.create_volume(AvailabilityZone=zone, **{"Size": 1, **kw})["VolumeId"]
    until(lambda: volume(ec2, name)["State"] == "available", name)
    return name


def attach(ec2, name, instance, device="/dev/sdf"):
    said = ec2.attach_volume(VolumeId=name, InstanceId=instance, Device=device)
    assert said["State"] == "attaching" and said["Device"] == device
    until(lambda: [a["State"] for a in volume(ec2, name)["Attachments"]] == ["attached"], f"{name} attached")


def detach(ec2, name, **kw):
    assert ec2.detach_volume(VolumeId=name, **kw)["State"] == "detaching"
    until(lambda: volume(ec2, name)["State"] == "available", f"{name} detached")


def sh(region, instance, line):
    done = region.nephele("exec", instance, "--", "/bin/sh", "-c", line)
    assert done.returncode == 0, done
    return done.stdout.strip()


@pytest.fixture
def machine(ec2):
    """A running instance."""
    (i,) = launch(ec2)
    wait_state(ec2, i, "running")
    yield i
    end(ec2, i)


def test_a_volume_goes_to_an_instance_and_to_another(region, ec2, machine):
    (other,) = launch(ec2, Placement={"AvailabilityZone": zone_of(ec2, machine)})
    wait_state(ec2, other, "running")
    name = make(ec2, zone_of(ec2, machine), Encrypted=True)
    attach(ec2, name, machine)
    assert volume(ec2, name)["State"] == "in-use"
    mapping = {m["DeviceName"]: m["Ebs"] for m in seen(ec2, machine)["BlockDeviceMappings"]}
    assert mapping["/dev/sdf"]["VolumeId"] == name and mapping["/dev/sdf"]["DeleteOnTermination"] is False
    (found,) = ec2.describe_volumes(Filters=filters(attachment__instance_id=machine, attachment__device="/dev/sdf"))["Volumes"]
    assert found["VolumeId"] == name
    sh(region, machine, "mkfs.ext4 -q /dev/sdf && mkdir -p /data && mount /dev/sdf /data && echo kept > /data/file && sync")
    # The guest has it mounted: detaching waits.
    ec2.detach_volume(VolumeId=name)
    assert [a["State"] for a in volume(ec2, name)["Attachments"]] == ["detaching"]
    assert sh(region, machine, "cat /data/file") == "kept"
    sh(region, machine, "umount /data")
    until(lambda: volume(ec2, name)["State"] == "available", "the detachment")
    attach(ec2, name, other, "/dev/xvdg")
    assert sh(region, other, "mkdir -p /data && mount /dev/xvdg /data && cat /data/file && umount /data") == "kept"
    detach(ec2, name)
    ec2.delete_volume(VolumeId=name)
    end(ec2, other)


def test_what_is_refused_of_attachments(ec2, machine):
    zone = zone_of(ec2, machine)
    elsewhere = "us-east-1b" if zone != "us-east-1b" else "us-east-1c"
    name, far = make(ec2, zone), make(ec2, elsewhere)
    fails("InvalidVolume.ZoneMismatch", ec2.attach_volume, VolumeId=far, InstanceId=machine, Device="/dev/sdf",
          message=f"The volume '{far}' is not in the same availability zone as instance '{machine}'")
    fails("InvalidParameterValue", ec2.attach_volume, VolumeId=name, InstanceId=machine, Device="sdf")
    root = seen(ec2, machine)["RootDeviceName"]
    fails("InvalidParameterValue", ec2.attach_volume, VolumeId=name, InstanceId=machine, Device=root)
    fails("InvalidInstanceID.NotFound", ec2.attach_volume, VolumeId=name, InstanceId="i-0123456789abcdef0",
          Device="/dev/sdf")
    fails("IncorrectState", ec2.detach_volume, VolumeId=name,
          message=f"Volume '{name}' is in the 'available' state.")
    attach(ec2, name, machine)
    fails("VolumeInUse", ec2.attach_volume, VolumeId=name, InstanceId=machine, Device="/dev/sdg",
          message=f"{name} is already attached to an instance")
    fails("VolumeInUse", ec2.delete_volume, VolumeId=name)
    fails("InvalidAttachment.NotFound", ec2.detach_volume, VolumeId=name, Device="/dev/sdz")
    fails("OperationNotPermitted", ec2.detach_volume, VolumeId=next(
        m["Ebs"]["VolumeId"] for m in seen(ec2, machine)["BlockDeviceMappings"] if m["DeviceName"] == root))
    detach(ec2, name)


def test_a_disabled_key_is_an_attachment_refused(region, ec2, machine):
    kms = region.client("kms", ec2.account, "any")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    name = make(ec2, zone_of(ec2, machine), Encrypted=True, KmsKeyId=key)
    kms.disable_key(KeyId=key)
    fails("InvalidKmsKey.InvalidState", ec2.attach_volume, VolumeId=name, InstanceId=machine, Device="/dev/sdf")
    assert volume(ec2, name)["State"] == "available"
    kms.enable_key(KeyId=key)
    attach(ec2, name, machine)
    detach(ec2, name)


def test_volumes_of_a_launch_and_their_end(region, ec2):
    kept = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": False}},
            {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 2, "Encrypted": True}}]
    (i,) = launch(ec2, BlockDeviceMappings=kept, TagSpecifications=tagged("volume", of="launch"))
    wait_state(ec2, i, "running")
    have = {m["DeviceName"]: m["Ebs"] for m in seen(ec2, i)["BlockDeviceMappings"]}
    stays, goes = have["/dev/sdf"]["VolumeId"], have["/dev/sdg"]["VolumeId"]
    assert have["/dev/sdg"]["DeleteOnTermination"] and volume(ec2, goes)["Encrypted"]
    assert volume(ec2, stays)["Tags"] == [{"Key": "of", "Value": "launch"}]
    assert sh(region, i, "blockdev --getsize64 /dev/sdf /dev/sdg").split() == [str(1 << 30), str(2 << 30)]
    ids = [s["VolumeId"] for s in ec2.create_snapshots(InstanceSpecification={
        "InstanceId": i, "ExcludeBootVolume": True}, CopyTagsFromSource="volume")["Snapshots"]]
    assert sorted(ids) == sorted([stays, goes])
    end(ec2, i)
    until(lambda: volume(ec2, stays)["State"] == "available", "the volume that stays")
    fails("InvalidVolume.NotFound", ec2.describe_volumes, VolumeIds=[goes])


def test_the_bytes_are_there_after_stop_and_start(region, ec2, machine):
    name = make(ec2, zone_of(ec2, machine))
    attach(ec2, name, machine)
    sh(region, machine, "mkfs.ext4 -q /dev/sdf && mkdir /data && mount /dev/sdf /data && echo kept > /data/file && "
                        "echo root > /var/lib/mine && sync")
    ec2.stop_instances(InstanceIds=[machine])
    wait_state(ec2, machine, "stopped")
    ec2.modify_volume(VolumeId=name, Size=2)
    ec2.start_instances(InstanceIds=[machine])
    wait_state(ec2, machine, "running")
    assert sh(region, machine, "mount /dev/sdf /data; cat /data/file /var/lib/mine") == "kept\nroot"
    until(lambda: volume(ec2, name)["Size"] == 2, "its size")
    assert sh(region, machine, "blockdev --getsize64 /dev/sdf") == str(2 << 30)
    sh(region, machine, "umount /data")
    detach(ec2, name)


def test_a_volume_made_of_an_instances_snapshot(region, ec2, machine):
    root = seen(ec2, machine)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    sh(region, machine, "echo before > /var/lib/point && sync")
    snap = ec2.create_snapshot(VolumeId=root)["SnapshotId"]
    until(lambda: ec2.describe_snapshots(SnapshotIds=[snap])["Snapshots"][0]["State"] == "completed", snap)
    sh(region, machine, "echo after > /var/lib/point && sync")
    name = ec2.create_volume(AvailabilityZone=zone_of(ec2, machine), SnapshotId=snap)["VolumeId"]
    until(lambda: volume(ec2, name)["State"] == "available", name)
    attach(ec2, name, machine)
    assert sh(region, machine, "mkdir -p /old && mount /dev/sdf /old && cat /old/upper/var/lib/point && umount /old") == "before"
    detach(ec2, name)
