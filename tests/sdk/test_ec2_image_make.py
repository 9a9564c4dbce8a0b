# SPDX-License-Identifier: Apache-2.0
"""AMIs made of instances and of snapshots: what was on the disks is there again in what is started of them."""
import os
import subprocess

import pytest
from ec2_machines import end, image, launch, seen, until, wait_state
from region import clean_env, program
from test_ec2_images import ARCH, fault


@pytest.fixture
def ec2(client):
    return client("ec2")


def sh(region, instance, script):
    """Its output; None while init does not answer."""
    done = subprocess.run([program(), "exec", f"--data={region.data}", instance, "--", "/bin/sh", "-c", script],
                          env=clean_env(), capture_output=True, text=True, timeout=60, check=False)
    return done.stdout if done.returncode == 0 else None


def available(ec2, ami):
    return until(lambda: [i for i in ec2.describe_images(ImageIds=[ami])["Images"] if i["State"] == "available"],
                 f"{ami} is available")[0]


@pytest.fixture(scope="module")
def source(region):
    ec2 = region.client("ec2")
    instance, = launch(ec2, BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1}}])
    wait_state(ec2, instance, "running")
    until(lambda: sh(region, instance, "echo kept > /srv/file && sync && cat /srv/file") == "kept\n", "a file is written")
    yield instance
    end(ec2, instance)


def test_create_image_and_start_it(region, ec2, source, unique):
    boots = sh(region, source, "cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1")
    name = unique("made")
    ami = ec2.create_image(InstanceId=source, Name=name, Description="of a test", NoReboot=True, TagSpecifications=[
        {"ResourceType": "image", "Tags": [{"Key": "is", "Value": "image"}]},
        {"ResourceType": "snapshot", "Tags": [{"Key": "is", "Value": "snapshot"}]}])["ImageId"]
    image = available(ec2, ami)
    assert image["Name"] == name and image["Description"] == "of a test" and image["Architecture"] == ARCH
    assert image["Tags"] == [{"Key": "is", "Value": "image"}]
    assert {m["DeviceName"] for m in image["BlockDeviceMappings"]} == {image["RootDeviceName"], "/dev/sdf"}
    snapshots = [m["Ebs"]["SnapshotId"] for m in image["BlockDeviceMappings"]]
    for s in ec2.describe_snapshots(SnapshotIds=snapshots)["Snapshots"]:
        assert s["Tags"] == [{"Key": "is", "Value": "snapshot"}] and ami in s["Description"] and source in s["Description"]
    assert sh(region, source, "cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1") == boots, "it went on"
    fault("InvalidAMIName.Duplicate", ec2.create_image, InstanceId=source, Name=name, NoReboot=True)
    fault("InvalidSnapshot.InUse", ec2.delete_snapshot, SnapshotId=snapshots[0])

    copy, = launch(ec2, ImageId=ami)
    wait_state(ec2, copy, "running")
    assert until(lambda: sh(region, copy, "cat /srv/file"), "the copy answers") == "kept\n"
    assert len(seen(ec2, copy)["BlockDeviceMappings"]) == 2
    # AWS: an empty NoDevice leaves out what the image maps, in a call and in a template.
    less = [{"DeviceName": "/dev/sdf", "NoDevice": ""}]
    template = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"BlockDeviceMappings": less})
    version, = ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"] == {"BlockDeviceMappings": less}
    called, = launch(ec2, ImageId=ami, BlockDeviceMappings=less)
    by_template, = launch(ec2, ImageId=ami, LaunchTemplate={"LaunchTemplateName": name})
    for i in (called, by_template):
        assert [m["DeviceName"] for m in seen(ec2, i)["BlockDeviceMappings"]] == [image["RootDeviceName"]]
    ec2.delete_launch_template(LaunchTemplateId=template["LaunchTemplate"]["LaunchTemplateId"])
    end(ec2, copy, called, by_template)
    ec2.deregister_image(ImageId=ami)
    fault("InvalidAMIID.NotFound", ec2.run_instances, ImageId=ami, MinCount=1, MaxCount=1)
    for s in snapshots:
        ec2.delete_snapshot(SnapshotId=s)


@pytest.mark.skipif(os.geteuid() != 0, reason="encrypted root volumes need root")
def test_an_image_of_encrypted_volumes(region, ec2, unique):
    """Its snapshots are encrypted by the same keys, and so are the volumes of what is started of it."""
    kms = region.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    root = ec2.describe_images(ImageIds=[image(ec2)])["Images"][0]["RootDeviceName"]
    wanted = {root: key, "/dev/sdf": kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"], "/dev/sdg": None}
    instance, = launch(ec2, BlockDeviceMappings=[
        {"DeviceName": root, "Ebs": {"Encrypted": True, "KmsKeyId": key}},
        {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "Encrypted": True}},
        {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 1}}])
    wait_state(ec2, instance, "running")
    write = "mkfs.ext4 -q /dev/sdf && mkdir /data && mount /dev/sdf /data && echo secret | tee /data/file > /srv/file && sync"
    until(lambda: sh(region, instance, write) is not None, "the files are written")
    ami = ec2.create_image(InstanceId=instance, Name=unique("sealed"), NoReboot=True)["ImageId"]
    by = {m["DeviceName"]: m["Ebs"] for m in available(ec2, ami)["BlockDeviceMappings"]}
    assert {name: m["Encrypted"] for name, m in by.items()} == {name: arn is not None for name, arn in wanted.items()}
    for name, m in by.items():
        snapshot = ec2.describe_snapshots(SnapshotIds=[m["SnapshotId"]])["Snapshots"][0]
        assert snapshot.get("KmsKeyId") == wanted[name] and snapshot["Encrypted"] == (wanted[name] is not None)
    end(ec2, instance)

    copy, = launch(ec2, ImageId=ami)
    wait_state(ec2, copy, "running")
    read = "mkdir -p /data && mount /dev/sdf /data && cat /data/file /srv/file"
    assert until(lambda: sh(region, copy, read), "the copy answers") == "secret\nsecret\n"
    volumes = {m["DeviceName"]: m["Ebs"]["VolumeId"] for m in seen(ec2, copy)["BlockDeviceMappings"]}
    for name, volume in volumes.items():
        assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0].get("KmsKeyId") == wanted[name]
    end(ec2, copy)
    ec2.deregister_image(ImageId=ami)
    for m in by.values():
        ec2.delete_snapshot(SnapshotId=m["SnapshotId"])


def test_mappings_of_the_call(ec2, source, unique):
    ami = ec2.create_image(InstanceId=source, Name=unique("made"), NoReboot=True, BlockDeviceMappings=[
        {"DeviceName": "/dev/sdf", "NoDevice": ""}, {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 3}},
        {"DeviceName": "/dev/sdh", "NoDevice": ""},
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "DeleteOnTermination": False}}])["ImageId"]
    image = available(ec2, ami)
    by = {m["DeviceName"]: m["Ebs"] for m in image["BlockDeviceMappings"]}
    assert set(by) == {"/dev/xvda", "/dev/sdg"} and by["/dev/sdg"]["VolumeSize"] == 3
    assert by["/dev/xvda"]["VolumeSize"] == 9 and not by["/dev/xvda"]["DeleteOnTermination"]
    fault("InvalidBlockDeviceMapping", ec2.create_image, InstanceId=source, Name=unique("made"), NoReboot=True,
          BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 1}}])
    fault("InvalidBlockDeviceMapping", ec2.create_image, InstanceId=source, Name=unique("made"), NoReboot=True,
          BlockDeviceMappings=[{"DeviceName": "/dev/sdh"}])
    ec2.deregister_image(ImageId=ami)
    ec2.delete_snapshot(SnapshotId=by["/dev/xvda"]["SnapshotId"])


def test_the_instance_is_rebooted_unless_told_not_to(region, ec2, source, unique):
    sh(region, source, "touch /run/before")
    ami = ec2.create_image(InstanceId=source, Name=unique("made"))["ImageId"]
    assert until(lambda: sh(region, source, "test -e /run/before && echo old || echo new") == "new\n", "it has booted again")
    assert sh(region, source, "cat /srv/file") == "kept\n"
    image = available(ec2, ami)
    ec2.deregister_image(ImageId=ami)
    for m in image["BlockDeviceMappings"]:
        ec2.delete_snapshot(SnapshotId=m["Ebs"]["SnapshotId"])


def test_register_a_snapshot_of_a_root(region, ec2, source, unique):
    root = next(m["Ebs"]["VolumeId"] for m in seen(ec2, source)["BlockDeviceMappings"] if m["DeviceName"] == "/dev/xvda")
    snapshot = ec2.create_snapshot(VolumeId=root)["SnapshotId"]
    until(lambda: ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed", "the snapshot is whole")
    fields = {"Architecture": ARCH, "RootDeviceName": "/dev/xvda", "VirtualizationType": "hvm", "EnaSupport": True,
              "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}]}
    ami = ec2.register_image(Name=unique("made"), Description="by hand", **fields)["ImageId"]
    image = available(ec2, ami)
    assert image["BlockDeviceMappings"][0]["Ebs"] == {
        "SnapshotId": snapshot, "VolumeSize": 8, "VolumeType": "gp2", "DeleteOnTermination": True, "Encrypted": False}
    started, = launch(ec2, ImageId=ami)
    wait_state(ec2, started, "running")
    assert until(lambda: sh(region, started, "cat /srv/file"), "it answers") == "kept\n"
    end(ec2, started)
    ec2.deregister_image(ImageId=ami)

    wrong = [({"VirtualizationType": "paravirtual"}, "InvalidParameterValue"),
             ({"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}]}, "InvalidBlockDeviceMapping"),
             ({"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-00000000000000000"}}]},
              "InvalidSnapshot.NotFound"),
             ({"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot, "VolumeSize": 1}}]},
              "InvalidBlockDeviceMapping"),
             ({"RootDeviceName": "/dev/sda1"}, "InvalidBlockDeviceMapping")]
    for change, code in wrong:
        fault(code, ec2.register_image, Name=unique("made"), **{**fields, **change})
    ec2.delete_snapshot(SnapshotId=snapshot)


def test_register_a_snapshot_of_no_root(ec2, unique):
    """It is an image, but nothing that could be started."""
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    until(lambda: ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed", "the snapshot is whole")
    ami = ec2.register_image(Name=unique("made"), Architecture=ARCH, RootDeviceName="/dev/xvda", VirtualizationType="hvm",
                             BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}])["ImageId"]
    with pytest.raises(ec2.exceptions.ClientError):
        launch(ec2, ImageId=ami)
    ec2.deregister_image(ImageId=ami)
    ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.delete_volume(VolumeId=volume)
