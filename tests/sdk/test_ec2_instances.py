# SPDX-License-Identifier: Apache-2.0
"""Instances that run: their states, what stops and ends them, and what becomes of what they have."""
import pytest

from ec2_machines import end, launch, seen, state, until, wait_state
from ec2_util import ec2, fails, filters  # noqa: F401
from region import Region


@pytest.fixture(scope="module")
def able(region):
    """Skips where this host cannot run instances."""
    ec2 = region.client("ec2", "580000000001", "any")
    try:
        (i,) = launch(ec2)
    except ec2.exceptions.ClientError as e:
        if "cannot run instances" in str(e):
            pytest.skip(str(e))
        raise
    wait_state(ec2, i, "running")
    end(ec2, i)


def console(ec2, instance):
    """The client decodes it."""
    return ec2.get_console_output(InstanceId=instance).get("Output", "")


def test_runs_stops_starts_and_ends(able, ec2):
    (i,) = launch(ec2)
    d = wait_state(ec2, i, "running")
    assert d["State"] == {"Code": 16, "Name": "running"} and d["StateTransitionReason"] == "" and "StateReason" not in d
    public, private, launched = d["PublicIpAddress"], d["PrivateIpAddress"], d["LaunchTime"]
    [disk] = d["BlockDeviceMappings"]
    assert disk["DeviceName"] == "/dev/xvda" and disk["Ebs"]["Status"] == "attached"
    until(lambda: f"{i} boots" in console(ec2, i), "its first line")
    changed = ec2.stop_instances(InstanceIds=[i])["StoppingInstances"][0]
    assert changed["CurrentState"]["Name"] == "stopping" and changed["PreviousState"]["Name"] == "running"
    d = wait_state(ec2, i, "stopped")
    assert d["State"] == {"Code": 80, "Name": "stopped"} and "PublicIpAddress" not in d and d["PrivateIpAddress"] == private
    assert d["StateReason"]["Code"] == "Client.UserInitiatedShutdown" and d["StateTransitionReason"].startswith("User initiated (")
    assert [b["Ebs"]["VolumeId"] for b in d["BlockDeviceMappings"]] == [disk["Ebs"]["VolumeId"]]
    assert ec2.stop_instances(InstanceIds=[i])["StoppingInstances"][0]["CurrentState"]["Name"] == "stopped"
    fails("IncorrectInstanceState", ec2.reboot_instances, InstanceIds=[i])
    ec2.modify_instance_attribute(InstanceId=i, InstanceType={"Value": "t3.small"})
    ec2.modify_instance_attribute(InstanceId=i, UserData={"Value": b"#!/bin/sh\n"})
    changed = ec2.start_instances(InstanceIds=[i])["StartingInstances"][0]
    assert changed["CurrentState"]["Name"] == "pending" and changed["PreviousState"]["Name"] == "stopped"
    d = wait_state(ec2, i, "running")
    assert d["InstanceType"] == "t3.small" and d["PrivateIpAddress"] == private and d["LaunchTime"] >= launched and d["PublicIpAddress"]
    assert public
    end(ec2, i)
    assert ec2.describe_volumes(Filters=filters(volume_id=disk["Ebs"]["VolumeId"]))["Volumes"] == []


def test_checks(able, ec2):
    (i,) = launch(ec2)
    wait_state(ec2, i, "running")

    def fine():
        [s] = ec2.describe_instance_status(InstanceIds=[i])["InstanceStatuses"]
        return s["InstanceStatus"]["Status"] == s["SystemStatus"]["Status"] == "ok"
    until(fine, "both checks")
    ec2.stop_instances(InstanceIds=[i], Force=True)
    wait_state(ec2, i, "stopped")
    assert ec2.describe_instance_status(InstanceIds=[i])["InstanceStatuses"] == []
    [s] = ec2.describe_instance_status(InstanceIds=[i], IncludeAllInstances=True)["InstanceStatuses"]
    assert s["InstanceStatus"]["Status"] == s["SystemStatus"]["Status"] == "not-applicable"
    end(ec2, i)


def test_a_reboot_keeps_it_running(able, ec2, region):
    (i,) = launch(ec2)
    wait_state(ec2, i, "running")
    keeper = lambda: region.file(f"run/instances.d/{i}/lock")  # noqa: E731
    first = keeper()
    public = seen(ec2, i)["PublicIpAddress"]
    ec2.reboot_instances(InstanceIds=[i])
    until(lambda: keeper() not in ("", first), "another boot")
    until(lambda: f"{i} boots" in console(ec2, i), "its first line")
    assert state(ec2, i) == "running" and seen(ec2, i)["PublicIpAddress"] == public
    end(ec2, i)


def test_stop_protection(able, ec2):
    (i,) = launch(ec2, DisableApiStop=True)
    wait_state(ec2, i, "running")
    fails("OperationNotPermitted", ec2.stop_instances, InstanceIds=[i],
          message=f"The instance '{i}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.")
    fails("OperationNotPermitted", ec2.terminate_instances, InstanceIds=[i])
    assert state(ec2, i) == "running"
    end(ec2, i)


def test_a_disk_that_outlives_its_instance(able, ec2):
    (i,) = launch(ec2, BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}}])
    d = wait_state(ec2, i, "running")
    disks = {b["DeviceName"]: b["Ebs"]["VolumeId"] for b in d["BlockDeviceMappings"]}
    assert set(disks) == {"/dev/xvda", "/dev/sdf"}
    ec2.modify_instance_attribute(InstanceId=i, BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"DeleteOnTermination": False}}])
    end(ec2, i)
    [left] = ec2.describe_volumes(VolumeIds=[disks["/dev/sdf"]])["Volumes"]
    assert left["State"] == "available"
    fails("InvalidVolume.NotFound", ec2.describe_volumes, VolumeIds=[disks["/dev/xvda"]])
    ec2.delete_volume(VolumeId=disks["/dev/sdf"])


def test_ten_at_once(able, ec2):
    ids = launch(ec2, 10, InstanceType="t3.nano")
    for i in ids:
        wait_state(ec2, i, "running")
    assert len({seen(ec2, i)["PrivateIpAddress"] for i in ids}) == 10
    end(ec2, *ids)


def test_what_runs_goes_on_through_a_restart_of_the_region(able):
    with Region(dev=True) as region:
        ec2 = region.client("ec2")
        a, b = launch(ec2, 2)
        for i in (a, b):
            wait_state(ec2, i, "running")
        until(lambda: f"{a} boots" in console(ec2, a), "its first line")
        region.kill()
        region.start()
        ec2 = region.client("ec2")
        assert state(ec2, a) == "running"
        until(lambda: ec2.describe_instance_status(InstanceIds=[a])["InstanceStatuses"][0]["InstanceStatus"]["Status"] == "ok", "the check")
        assert console(ec2, a).count(f"{a} boots") == 1
        end(ec2, a, b)


