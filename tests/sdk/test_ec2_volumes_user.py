# SPDX-License-Identifier: Apache-2.0
"""Volumes of a region that an ordinary user runs: what the API says, and what its instances do with them."""
import os
import signal

import pytest
from ec2_machines import end, image, launch, until, wait_state
from region import Region
from test_ec2_volumes import attach, detach, make, volume, zone_of


@pytest.fixture(scope="module")
def region():
    with Region(dev=True, uid=65534 if os.geteuid() == 0 else None) as r:
        yield r


@pytest.fixture(scope="module")
def ec2(region):
    return region.client("ec2")


@pytest.fixture(scope="module")
def machine(region, ec2):
    (i,) = launch(ec2)
    wait_state(ec2, i, "running")
    said = region.nephele("doctor", check=False).stdout
    if os.geteuid() != 0 and not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip(said)
    yield i
    end(ec2, i)


def sh(region, instance, line):
    done = region.nephele("exec", instance, "--", "/bin/sh", "-c", line)
    return done.stdout.strip()


@pytest.mark.parametrize("more", [{}, {"Encrypted": True}], ids=["plain", "encrypted"])
def test_a_volume_is_mounted_grown_copied_and_goes_to_another_instance(region, ec2, machine, more):
    zone = zone_of(ec2, machine)
    name = make(ec2, zone, **more)
    attach(ec2, name, machine)
    until(lambda: sh(region, machine, "test -e /dev/sdf && echo there || true") == "there", "/dev/sdf")
    sh(region, machine, "mkfs.ext4 -q /dev/sdf && mkdir -p /data && mount /dev/sdf /data && echo one > /data/file && sync")
    snap = ec2.create_snapshot(VolumeId=name)["SnapshotId"]
    until(lambda: ec2.describe_snapshots(SnapshotIds=[snap])["Snapshots"][0]["State"] == "completed", snap)
    ec2.modify_volume(VolumeId=name, Size=2)
    until(lambda: sh(region, machine, "blockdev --getsize64 /dev/sdf") == str(2 << 30), "its size")
    sh(region, machine, "echo two > /data/file && umount /data && e2fsck -fp /dev/sdf && resize2fs /dev/sdf")
    assert int(sh(region, machine, "mount /dev/sdf /data && df --output=size -k /data | tail -1")) > 1800 << 10
    # It stays until it is unmounted.
    ec2.detach_volume(VolumeId=name)
    assert [a["State"] for a in volume(ec2, name)["Attachments"]] == ["detaching"]
    assert sh(region, machine, "cat /data/file && umount /data") == "two"
    until(lambda: volume(ec2, name)["State"] == "available", "the detachment")
    (other,) = launch(ec2, Placement={"AvailabilityZone": zone})
    wait_state(ec2, other, "running")
    old = make(ec2, zone, Size=1, SnapshotId=snap)
    attach(ec2, name, other, "/dev/sdf")
    attach(ec2, old, other, "/dev/sdg")
    until(lambda: sh(region, other, "test -e /dev/sdf -a -e /dev/sdg && echo there || true") == "there", "both")
    assert sh(region, other, "mkdir /a /b; mount /dev/sdf /a; mount -o ro /dev/sdg /b; cat /a/file /b/file; umount /a /b") == \
        "two\none"
    detach(ec2, name)
    end(ec2, other)
    until(lambda: volume(ec2, old)["State"] == "available", "what the instance had is free")
    for v in (name, old):
        ec2.delete_volume(VolumeId=v)
    ec2.delete_snapshot(SnapshotId=snap)


def test_volumes_outlive_the_agent(region, ec2, machine):
    name = make(ec2, zone_of(ec2, machine), Encrypted=True)
    attach(ec2, name, machine, "/dev/sdh")
    until(lambda: sh(region, machine, "test -e /dev/sdh && echo there || true") == "there", "/dev/sdh")
    sh(region, machine, "mkfs.ext4 -q /dev/sdh && mkdir -p /h && mount /dev/sdh /h && echo before > /h/file")
    before = region.running("agent")
    os.kill(before, signal.SIGKILL)
    until(lambda: region.child("agent") not in (0, before), "the next agent")
    assert volume(ec2, name)["State"] == "in-use"
    until(lambda: region.nephele("exec", machine, "--", "/bin/true", check=False).returncode == 0, "an answer")
    assert sh(region, machine, "cat /h/file && echo after > /h/file && umount /h && mount /dev/sdh /h && cat /h/file") == \
        "before\nafter"
    sh(region, machine, "umount /h")
    detach(ec2, name, Force=True)
    ec2.delete_volume(VolumeId=name)


def test_an_encrypted_root_volume_is_refused_and_says_why(ec2):
    if os.geteuid() == 0 or not os.access("/dev/loop-control", os.W_OK):
        root = ec2.describe_images(ImageIds=[image(ec2)])["Images"][0]["RootDeviceName"]
        (i,) = launch(ec2, BlockDeviceMappings=[{"DeviceName": root, "Ebs": {"Encrypted": True}}])
        d = wait_state(ec2, i, "terminated")
        assert "encrypted root volumes cannot be had" in d["StateReason"]["Message"], d["StateReason"]
